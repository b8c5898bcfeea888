//! The voices of servers with OpenAI's shape: those that are known of a server, and those that it lists. Kokoro lists its voices by
//! name, whose first letter is their language; speaches has them at the model that speaks, with their languages.

use std::collections::HashSet;

use futures::FutureExt as _;
use serde::Deserialize;
use sluice_capability::{CapabilityError, VoiceInfo};
use sluice_domain::language::LanguageCode;

use super::server::Server;
use super::service::Service;
use crate::http::Operation;
use crate::languages::spoken_by_default;
use crate::pages::{Bounds, Page, Pages, pages};

/// The most voices of a list that are read.
const MOST: usize = 2_000;
/// The longest name of a voice.
const NAME: usize = 64;

/// OpenAI's voices. Each of them speaks every language that OpenAI names for them.
const OPENAI: [&str; 13] =
    ["marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse"];
/// Kokoro's best voice of each language.
const KOKORO: [(&str, &str); 7] = [
    ("en", "af_heart"),
    ("en", "bf_emma"),
    ("en", "am_michael"),
    ("es", "ef_dora"),
    ("fr", "ff_siwis"),
    ("it", "if_sara"),
    ("pt", "pf_dora"),
];

/// The voices that a server is known to have, as (language, name): what is not known has to be configured.
pub fn voices(server: Server) -> Vec<(LanguageCode, String)> {
    match server {
        Server::OpenAi => {
            spoken_by_default().flat_map(|language| OPENAI.map(|name| (language, name.to_owned()))).collect()
        }
        Server::Kokoro => KOKORO
            .iter()
            .filter_map(|(code, name)| Some((LanguageCode::from_code(code)?, (*name).to_owned())))
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn info(service: &Service, (language, name): (LanguageCode, String)) -> VoiceInfo {
    VoiceInfo {
        id: format!("{}:{language}:{name}", service.profile.provider),
        language,
        name,
        engine: service.server.name(),
        licence: "the provider's terms".to_owned(),
        installed: true,
    }
}

/// The voices that a server lists, which it does at once; none if it has no list.
pub(super) fn listed(service: &Service) -> Pages<VoiceInfo> {
    let service = service.clone();
    pages(Bounds { pages: 1, items: MOST, of_page: MOST }, move |_| {
        let service = service.clone();
        async move { Ok(Page { items: all(&service).await?, next: None }) }.boxed()
    })
}

/// The voices that a server lists, each once.
async fn all(service: &Service) -> Result<Vec<VoiceInfo>, CapabilityError> {
    let named = match service.server {
        Server::Kokoro => of_kokoro(service).await?,
        Server::Speaches => of_speaches(service).await?,
        _ => Vec::new(),
    };
    let mut known = HashSet::new();
    let plain = named.into_iter().filter(|(_, name)| is_plain(name));
    let each_once = plain.filter(|(language, name)| known.insert((language.code(), name.clone())));
    Ok(each_once.map(|voice| info(service, voice)).collect())
}

fn is_plain(name: &str) -> bool {
    (1..=NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The voices of Kokoro, each whole or, of older versions, its name alone.
#[derive(Debug, Deserialize)]
struct KokoroVoices {
    voices: Vec<KokoroVoice>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum KokoroVoice {
    Whole { id: String },
    Plain(String),
}

async fn of_kokoro(service: &Service) -> Result<Vec<(LanguageCode, String)>, CapabilityError> {
    let listed = service.endpoint.get::<KokoroVoices>(Operation::QUESTION, "/audio/voices").await?.value;
    let named = listed.voices.into_iter().filter_map(|voice| {
        let (KokoroVoice::Whole { id } | KokoroVoice::Plain(id)) = voice;
        Some((kokoro_language(&id)?, id))
    });
    Ok(named.collect())
}

/// The language of one of Kokoro's voices, by the first letter of its name; none that this program does not know.
fn kokoro_language(name: &str) -> Option<LanguageCode> {
    let code = match name.chars().next()? {
        'a' | 'b' => "en",
        'e' => "es",
        'f' => "fr",
        'h' => "hi",
        'i' => "it",
        'j' => "ja",
        'p' => "pt",
        'z' => "zh",
        _ => return None,
    };
    LanguageCode::from_code(code)
}

/// A model of speaches. One that does not speak has no voices.
#[derive(Debug, Deserialize)]
struct SpeachesModel {
    voices: Option<Vec<SpeachesVoice>>,
}

#[derive(Debug, Deserialize)]
struct SpeachesVoice {
    name: Option<String>,
    /// Such as `en-us`, `pt-br`, `ja`.
    language: Option<String>,
}

/// `/audio/voices` has the voices of every model, without saying whose they are, and a model refuses another's: they are taken from
/// the model itself, which is found by its alias, too.
async fn of_speaches(service: &Service) -> Result<Vec<(LanguageCode, String)>, CapabilityError> {
    let path = format!("/models/{}", model_path(&service.model)?);
    let model = service.endpoint.get::<SpeachesModel>(Operation::QUESTION, &path).await?.value;
    let mute = || {
        let message = format!("the model \"{}\" has no voices: name one that speaks as models.speak", service.model);
        CapabilityError::fail("no_voices", message)
    };
    let named = model.voices.ok_or_else(mute)?.into_iter().filter_map(|voice| {
        let code = voice.language?.to_ascii_lowercase();
        Some((LanguageCode::from_code(code.split(['-', '_']).next()?)?, voice.name?))
    });
    Ok(named.collect())
}

/// A model's name in a path. That of speaches is a repository, with its owner before a slash.
fn model_path(model: &str) -> Result<&str, CapabilityError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(plain) && part.bytes().any(|byte| byte != b'.');
    if model.len() <= 200 && model.split('/').all(is_part) {
        return Ok(model);
    }
    let message = "the model has no name such as speaches-ai/Kokoro-82M-v1.0-ONNX: give it as models.speak";
    Err(CapabilityError::fail("no_model", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_no_way_to_another_path() {
        assert_eq!(model_path("speaches-ai/Kokoro-82M-v1.0-ONNX").unwrap(), "speaches-ai/Kokoro-82M-v1.0-ONNX");
        assert_eq!(model_path("tts-1").unwrap(), "tts-1");
        for odd in ["", "/", "a/", "a/../b", "..", "a?b", "a#b", "a b", "a%2e", &"a".repeat(201)] {
            assert_eq!(model_path(odd).unwrap_err().code, "no_model", "{odd}");
        }
    }
}
