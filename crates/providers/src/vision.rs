//! Google Cloud Vision: text in pictures (`images:annotate`), with a box and a confidence for each word.

mod answer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use image::ImageFormat;
use serde_json::json;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Profile, ReadRequest, Reading, Usage,
};
use sluice_domain::document::Document;
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;
use sluice_outbound::Client;

pub use answer::{SeenBlock, SeenPage, SeenWord, Then};

use crate::http::{Endpoint, EndpointError, Lost, Operation, Secret};
use crate::picture::Picture;
use crate::prices::Prices;
use answer::Annotated;

/// The provider's name in health, limits and prices.
pub const NAME: &str = "google-vision";

const ADDRESS: &str = "https://vision.googleapis.com/v1";
/// The most pixels that Vision reads without shrinking the picture.
const PIXELS: u64 = 75_000_000;
/// A request has at most 10 MB, in which four characters stand for three bytes.
const BYTES: u64 = 7_400_000;
/// Every request is charged; its answer names each letter.
const ANNOTATE: Operation = Operation { time: Duration::from_mins(2), body: 64 * 1024 * 1024, lost: Lost::Ask };

/// What Vision looks for, which is also the model in the table of prices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Feature {
    /// Dense text: a page, handwriting.
    #[default]
    Document,
    /// A few words: signs, labels.
    Sparse,
}

impl Feature {
    /// Its name in requests and in the table of prices.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "DOCUMENT_TEXT_DETECTION",
            Self::Sparse => "TEXT_DETECTION",
        }
    }
}

/// How Vision is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's name in health, limits and prices; the usual one if there is none. Two accounts need two.
    pub provider: Option<String>,
    /// Its address; Google's own if there is none.
    pub address: Option<String>,
    /// An API key.
    pub key: Secret,
    /// What it looks for.
    pub feature: Feature,
    /// What it charges: per picture.
    pub prices: Arc<Prices>,
}

/// Reads text in pictures.
#[derive(Debug, Clone)]
pub struct Vision {
    endpoint: Endpoint,
    feature: Feature,
    prices: Arc<Prices>,
    profile: Profile,
}

impl Vision {
    /// With these settings. Nothing is sent.
    pub fn new(client: Client, settings: Settings) -> Result<Self, EndpointError> {
        let Settings { provider, address, key, feature, prices } = settings;
        let provider = provider.unwrap_or_else(|| NAME.to_owned());
        let endpoint = Endpoint::new(client, &provider, address.as_deref().unwrap_or(ADDRESS))?
            .with_secret(HeaderName::from_static("x-goog-api-key"), &key)?
            // An error of a picture comes with status 200.
            .with_errors_inside();
        let profile = Profile { provider, is_local: false, languages: Vec::new() };
        Ok(Self { endpoint, feature, prices, profile })
    }

    fn cost(&self) -> Option<MicroUsd> {
        self.prices.cost(&self.profile.provider, self.feature.name(), &Usage { pictures: 1, ..Usage::default() })
    }

    /// What is seen in a picture (PNG, JPEG, WebP), with the confidence of each word. Sizes are in pixels.
    pub async fn see(&self, file: &Path, languages: &[LanguageCode]) -> Result<Answer<SeenPage>, CapabilityError> {
        let picture = Picture::of(file).await?;
        picture.check(PIXELS, BYTES)?;
        if !matches!(picture.format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
            return Err(CapabilityError::fail(
                "unsupported_media",
                "the picture is neither PNG, JPEG nor WebP: convert it",
            ));
        }
        let bytes = tokio::fs::read(file).await.map_err(|error| {
            CapabilityError::fail("picture_unreadable", "the picture cannot be read").because(error)
        })?;
        let hints: Vec<&str> = languages.iter().map(|language| language.code()).collect();
        let body = json!({ "requests": [{
            "image": { "content": STANDARD.encode(bytes) },
            "features": [{ "type": self.feature.name() }],
            "imageContext": { "languageHints": hints },
        }] });
        let reply = self.endpoint.post::<Annotated>(ANNOTATE, "/images:annotate", &body).await?;
        let quota = reply.quota();
        let value = reply.value.page((picture.width, picture.height), |text| self.endpoint.shown(text))?;
        Ok(Answer {
            value,
            made_by: MadeBy {
                provider: self.profile.provider.clone(),
                model: self.feature.name().to_owned(),
                version: "v1".to_owned(),
            },
            provider_id: None,
            usage: Usage { pictures: 1, ..Usage::default() },
            cost: self.cost(),
            quota,
        })
    }
}

/// Whether a file may be a picture that is read here. A PDF is read page by page elsewhere.
fn check(request: &ReadRequest) -> Result<(), String> {
    let extension = request.file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if extension.eq_ignore_ascii_case("pdf") { Err("it reads pictures, not PDF files".to_owned()) } else { Ok(()) }
}

impl Does<Reading> for Vision {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn made_with(&self) -> String {
        self.feature.name().to_owned()
    }

    fn accepts(&self, request: &ReadRequest) -> Result<(), String> {
        check(request)
    }

    fn estimate(&self, _request: &ReadRequest) -> Option<MicroUsd> {
        self.cost()
    }

    fn begin<'a>(&'a self, request: &'a ReadRequest, _context: Context<'a>) -> Doing<'a, Begun<Document>> {
        Box::pin(async move {
            check(request).map_err(|message| CapabilityError::fail("unsupported_media", message))?;
            let seen = self.see(&request.file, &request.languages).await?;
            Ok(Begun::Done(seen.map(|page| page.document(self.feature.name()))))
        })
    }

    /// Vision keeps nothing that could be asked for.
    fn look<'a>(&'a self, _key: &'a str, _provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async { Ok(CallProgress::CannotTell) })
    }
}
