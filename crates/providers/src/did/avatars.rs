//! Whom an account can present: the presenters of clips and the avatars of expressives, as D-ID lists them, and their pictures.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use futures::FutureExt as _;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use image::ImageFormat;
use serde::Deserialize;
use sluice_capability::{CapabilityError, Offered};

use super::Account;
use super::account::PAGES;
use super::work::Kind;
use crate::http::{Lost, Operation};
use crate::pages::{Bounds, Pages, pages};
use crate::picture::Picture;
use crate::webhook::is_id;

/// The most of a list that are read.
const MOST: usize = 2_000;
/// The most characters of a name.
const NAME_CHARACTERS: usize = 100;
/// The most bytes of a picture's address.
const LINK_BYTES: usize = 1_024;
/// A picture of a presenter. Somebody looks at a page meanwhile.
const PICTURE: Operation = Operation { time: Duration::from_secs(20), body: 8 * 1024 * 1024, lost: Lost::Repeat };
/// The most pixels of a picture: a browser has to decode it.
const PICTURE_PIXELS: u64 = 16_000_000;

/// Accounts differ in what they get: all but the id may be missing.
#[derive(Debug, Deserialize)]
struct Listed {
    id: Option<String>,
    presenter_id: Option<String>,
    name: Option<String>,
    thumbnail_url: Option<String>,
    image_url: Option<String>,
    status: Option<String>,
}

impl Account {
    /// Whom it can present in this way, each once. For talks these are the faces of the settings.
    pub fn avatars(&self, kind: Kind) -> Pages<Offered> {
        let (path, field) = match kind {
            Kind::Talk => {
                let face = |name: &String| Offered {
                    id: kind.id(name),
                    name: name.clone(),
                    kind: Some(kind.name()),
                    picture: None,
                };
                let faces: Vec<Offered> = self.settings.faces.keys().map(face).collect();
                return stream::iter([Ok(faces)]).boxed();
            }
            Kind::Clip => ("/clips/presenters?limit=100", "presenters"),
            // It takes no limit.
            Kind::Expressive => ("/expressives/avatars", "avatars"),
        };
        let account = self.clone();
        let listed = pages(Bounds { pages: PAGES, items: MOST, of_page: MOST }, move |token| {
            let account = account.clone();
            async move { account.page::<Listed>(path, field, token.as_deref()).await }.boxed()
        });
        let mut known = HashSet::new();
        let offered = move |page: Vec<Listed>| {
            let offered = page.into_iter().filter_map(|one| one.offered(kind));
            offered.filter(|one| known.insert(one.id.clone())).collect::<Vec<_>>()
        };
        listed.map_ok(offered).boxed()
    }

    /// Fetches the picture of a presenter, and returns the ending of its format. On error there is no file.
    pub(super) async fn picture(&self, link: &str, out: &Path) -> Result<&'static str, CapabilityError> {
        self.endpoint.download(PICTURE, link, out).await?;
        let usable = async {
            let picture = Picture::of(out).await?;
            picture.check(PICTURE_PIXELS, PICTURE.body as u64)?;
            ending(picture.format)
        };
        let usable = usable.await;
        if usable.is_err() {
            // Whoever asks again starts anew.
            let _ = tokio::fs::remove_file(out).await;
        }
        usable
    }
}

impl Listed {
    /// As it is offered; none that cannot be asked for, or is not ready.
    fn offered(self, kind: Kind) -> Option<Offered> {
        let id = self.presenter_id.or(self.id).filter(|id| is_id(id))?;
        if self.status.is_some_and(|status| status != "done") {
            return None;
        }
        let name: String =
            self.name.unwrap_or_default().chars().filter(|one| !one.is_control()).take(NAME_CHARACTERS).collect();
        let name = if name.trim().is_empty() { id.clone() } else { name };
        let picture = self.thumbnail_url.or(self.image_url).filter(|link| is_link(link));
        Some(Offered { id: kind.id(&id), name, kind: Some(kind.name()), picture })
    }
}

fn is_link(text: &str) -> bool {
    text.len() <= LINK_BYTES && ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme))
}

fn ending(format: ImageFormat) -> Result<&'static str, CapabilityError> {
    match format {
        ImageFormat::Png => Ok("png"),
        ImageFormat::Jpeg => Ok("jpg"),
        ImageFormat::WebP => Ok("webp"),
        _ => Err(CapabilityError::fail("picture_unreadable", "the picture is no PNG, JPEG or WebP file")),
    }
}
