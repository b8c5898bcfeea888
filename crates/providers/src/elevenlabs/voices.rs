//! The voices of an account.

use std::collections::BTreeMap;

use futures::FutureExt as _;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use sluice_capability::{CapabilityError, VoiceInfo};
use sluice_domain::language::LanguageCode;

use super::NAME;
use super::account::Account;
use crate::http::Operation;
use crate::languages::spoken_by_default;
use crate::pages::{Bounds, Page, Pages, pages};
use crate::webhook::is_id;

/// The most pages that are read, and the most voices of each: as many as are asked for.
const PAGES: usize = 30;
const OF_PAGE: usize = 100;
/// The most characters of a name: it is kept for each language of its voice.
const NAME_CHARACTERS: usize = 100;

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default)]
    voices: Vec<Voice>,
    next_page_token: Option<String>,
    #[serde(default)]
    has_more: bool,
}

/// Accounts differ in what they get: all but the id may be missing.
#[derive(Debug, Deserialize)]
struct Voice {
    #[serde(rename = "voice_id")]
    id: String,
    name: Option<String>,
    category: Option<String>,
    labels: Option<BTreeMap<String, Option<String>>>,
    verified_languages: Option<Vec<Verified>>,
}

#[derive(Debug, Deserialize)]
struct Verified {
    language: Option<String>,
}

/// Voices by language and name, as they are configured: a name is ElevenLabs' id of a voice.
pub fn voices(configured: Vec<(LanguageCode, String)>) -> Vec<VoiceInfo> {
    let plain = configured.into_iter().filter(|(_, voice)| is_id(voice));
    let info = |(language, voice): (LanguageCode, String)| VoiceInfo {
        id: format!("{NAME}:{language}:{voice}"),
        language,
        name: voice,
        engine: NAME,
        licence: "the provider's terms".to_owned(),
        installed: true,
    };
    plain.map(info).collect()
}

impl Account {
    /// The account's voices, one entry for each language that a voice was verified in, or for those of the apps if it was in none.
    pub fn voices(&self) -> Pages<VoiceInfo> {
        let account = self.clone();
        let bounds = Bounds { pages: PAGES, items: PAGES * OF_PAGE, of_page: OF_PAGE };
        let listed = pages(bounds, move |token| {
            let account = account.clone();
            async move { account.page(token.as_deref()).await }.boxed()
        });
        let infos = |page: Vec<Voice>| {
            page.into_iter().filter(|voice| is_id(&voice.id)).flat_map(Voice::infos).collect::<Vec<_>>()
        };
        listed.map_ok(infos).boxed()
    }

    async fn page(&self, token: Option<&str>) -> Result<Page<Voice>, CapabilityError> {
        let operation = Operation { body: 16 * 1024 * 1024, ..Operation::QUESTION };
        let mut path = format!("/v2/voices?page_size={OF_PAGE}");
        if let Some(token) = token {
            path.push_str("&next_page_token=");
            path.extend(percent_encoding::utf8_percent_encode(token, percent_encoding::NON_ALPHANUMERIC));
        }
        let page: Listed = self.endpoint.get(operation, &path).await?.value;
        let next = page.has_more.then(|| page.next_page_token.unwrap_or_default());
        Ok(Page { items: page.voices, next })
    }
}

impl Voice {
    fn infos(self) -> Vec<VoiceInfo> {
        let mut languages: Vec<LanguageCode> = Vec::new();
        let verified = self.verified_languages.into_iter().flatten().filter_map(|one| one.language);
        let labelled = self.labels.as_ref().and_then(|labels| labels.get("language").cloned().flatten());
        for code in verified.chain(labelled) {
            let known = LanguageCode::from_code(code.split(['-', '_']).next().unwrap_or_default());
            languages.extend(known.filter(|language| !languages.contains(language)));
        }
        if languages.is_empty() {
            languages.extend(spoken_by_default());
        }
        let name = self.name.unwrap_or_else(|| self.id.clone());
        let name: String = name.chars().filter(|one| !one.is_control()).take(NAME_CHARACTERS).collect();
        let licence = match self.category.as_deref() {
            Some("cloned" | "professional") => "the provider's terms, and the consent of whose voice it is",
            _ => "the provider's terms",
        };
        let info = |language: LanguageCode| VoiceInfo {
            id: format!("{NAME}:{language}:{}", self.id),
            language,
            name: name.clone(),
            engine: NAME,
            licence: licence.to_owned(),
            installed: true,
        };
        languages.into_iter().map(info).collect()
    }
}

/// Language and voice of an id.
pub(super) fn named(id: &str) -> Option<(LanguageCode, &str)> {
    let (language, voice) = id.strip_prefix(NAME)?.strip_prefix(':')?.split_once(':')?;
    is_id(voice).then_some((LanguageCode::from_code(language)?, voice))
}
