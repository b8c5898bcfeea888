//! What the configuration says of providers and routes.

mod check;

use std::collections::BTreeMap;

use http::Uri;
use serde::{Deserialize, Deserializer, Serialize, de};
use sluice_capability::When;
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;

pub use check::ConfigProblem;

/// The built-in engines, in a route.
pub const LOCAL: &str = "local";
/// What the built-in engines can do, of that.
const LOCAL_SERVES: [Served; 5] = [Served::Embed, Served::Read, Served::Speak, Served::Transcribe, Served::Translate];
/// Longest name of a provider.
const NAME: usize = 40;

/// A capability that remote providers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Served {
    /// Text from a language model.
    Complete,
    /// Pictures.
    Draw,
    /// Texts as vectors.
    Embed,
    /// A presenter.
    Present,
    /// Documents to text.
    Read,
    /// Text to speech.
    Speak,
    /// Speech to text.
    Transcribe,
    /// Texts in another language.
    Translate,
}

impl Served {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Complete,
        Self::Draw,
        Self::Embed,
        Self::Present,
        Self::Read,
        Self::Speak,
        Self::Transcribe,
        Self::Translate,
    ];

    /// Its name, that of the capability.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Draw => "draw",
            Self::Embed => "embed",
            Self::Present => "present",
            Self::Read => "read",
            Self::Speak => "speak",
            Self::Transcribe => "transcribe",
            Self::Translate => "translate",
        }
    }
}

/// What a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// `OpenAI`, or a server that speaks like it.
    #[serde(rename = "openai")]
    OpenAi,
    /// `OpenRouter`.
    #[serde(rename = "openrouter")]
    OpenRouter,
    /// `ElevenLabs`.
    #[serde(rename = "elevenlabs")]
    ElevenLabs,
    /// D-ID.
    #[serde(rename = "d-id")]
    DId,
    /// Google Cloud Vision.
    #[serde(rename = "vision")]
    Vision,
    /// A worker of one's own that takes jobs.
    #[serde(rename = "runner")]
    Runner,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::OpenAi, Self::OpenRouter, Self::ElevenLabs, Self::DId, Self::Vision, Self::Runner];

    /// By its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// As it is configured and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::OpenRouter => "openrouter",
            Self::ElevenLabs => "elevenlabs",
            Self::DId => "d-id",
            Self::Vision => "vision",
            Self::Runner => "runner",
        }
    }

    /// What it can do.
    pub const fn serves(self) -> &'static [Served] {
        match self {
            Self::OpenAi | Self::OpenRouter => {
                &[Served::Complete, Served::Draw, Served::Embed, Served::Speak, Served::Transcribe]
            }
            Self::ElevenLabs => &[Served::Speak, Served::Transcribe],
            Self::DId => &[Served::Present],
            Self::Vision => &[Served::Read],
            Self::Runner => &[Served::Present, Served::Speak, Served::Transcribe],
        }
    }
}

/// The server behind an interface like `OpenAI`'s, for what it does in its own way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Server {
    /// `OpenAI` itself.
    #[default]
    #[serde(rename = "openai")]
    OpenAi,
    /// Ollama.
    #[serde(rename = "ollama")]
    Ollama,
    /// llama.cpp's server.
    #[serde(rename = "llama-cpp")]
    LlamaCpp,
    /// vLLM.
    #[serde(rename = "vllm")]
    Vllm,
    /// speaches.
    #[serde(rename = "speaches")]
    Speaches,
    /// Kokoro-FastAPI.
    #[serde(rename = "kokoro")]
    Kokoro,
}

/// How D-ID gets its key after `Basic`: accounts differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyForm {
    /// As its studio shows it.
    #[default]
    Verbatim,
    /// In Base64.
    Base64,
}

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// What it speaks.
    pub kind: Kind,
    /// Its address; the public one of its kind if there is none.
    pub url: Option<String>,
    /// The server at that address.
    pub server: Option<Server>,
    /// How D-ID gets its key.
    pub key_form: Option<KeyForm>,
    /// `ElevenLabs` keeps what is to be transcribed, and notifies: a webhook has to be set up in the account.
    #[serde(default)]
    pub by_webhook: bool,
    /// The model of each capability, where a route names none.
    #[serde(default)]
    pub models: BTreeMap<String, String>,
    /// Models that `OpenRouter` asks if the first one fails, in order.
    #[serde(default)]
    pub fallbacks: Vec<String>,
    /// Its voices, by the code of their language; those that are known of its kind if there are none.
    #[serde(default)]
    pub voices: BTreeMap<String, Vec<String>>,
    /// Faces for the talks of D-ID, by name: a link that D-ID fetches (`https://….jpg`), or a picture on this machine.
    #[serde(default)]
    pub faces: BTreeMap<String, String>,
    /// The presenters that it offers: of D-ID the ids of the account's presenters of clips, or of its avatars for expressives; of
    /// a runner the names that it knows.
    #[serde(default)]
    pub presenters: Vec<String>,
    /// What its models charge, by model, instead of what the table of prices has.
    #[serde(default)]
    pub prices: BTreeMap<String, PriceSettings>,
}

/// What a model charges: decimal texts, in US dollars.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriceSettings {
    /// Per million input tokens.
    pub input: Option<String>,
    /// Per million input tokens that the provider had cached.
    pub cached_input: Option<String>,
    /// Per million output tokens.
    pub output: Option<String>,
    /// Per million characters.
    pub characters: Option<String>,
    /// Per minute of sound.
    pub minutes: Option<String>,
    /// Per picture.
    pub pictures: Option<String>,
}

impl ProviderSettings {
    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        if self.url.is_none() {
            // The usual addresses of servers of one's own are here.
            return self.kind == Kind::OpenAi && self.server.unwrap_or_default() != Server::OpenAi;
        }
        let url = self.url.as_ref().and_then(|url| url.parse::<Uri>().ok());
        let host = url.as_ref().and_then(Uri::host).unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether nothing can be asked of it without a key. Servers of one's own may need none.
    pub fn needs_key(&self) -> bool {
        match self.kind {
            Kind::OpenAi => self.server.unwrap_or_default() == Server::OpenAi,
            Kind::Runner => false,
            Kind::OpenRouter | Kind::ElevenLabs | Kind::DId | Kind::Vision => true,
        }
    }
}

/// One of the ways to serve a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// The name of a provider, or `local`.
    pub provider: String,
    /// The model, instead of the provider's for this capability.
    pub model: Option<String>,
    /// Only these languages; any where the key is left out. An empty list is refused, since it reads as none.
    #[serde(default, deserialize_with = "some_languages", skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<LanguageCode>,
    /// The greatest length, in the capability's unit.
    pub longest: Option<u64>,
    /// The least length.
    pub shortest: Option<u64>,
    /// The greatest cost, in millionths of a US dollar.
    pub cost_cap: Option<u32>,
    /// It has to be on this machine.
    #[serde(default)]
    pub local_only: bool,
}

/// A list of languages that has one.
fn some_languages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<LanguageCode>, D::Error> {
    let languages: Vec<LanguageCode> = Vec::deserialize(deserializer)?;
    if languages.is_empty() {
        return Err(de::Error::custom("languages is empty: name at least one, or leave it out for requests in any"));
    }
    Ok(languages)
}

impl RouteSettings {
    /// As the router takes it.
    pub fn when(&self) -> When {
        When {
            languages: self.languages.clone(),
            longest: self.longest,
            shortest: self.shortest,
            cost_cap: self.cost_cap.map(|cap| MicroUsd(cap.into())),
        }
    }

    /// The model that serves a capability: its own, or that of its provider.
    pub(super) fn model_of<'a>(&'a self, served: Served, provider: &'a ProviderSettings) -> Option<&'a str> {
        self.model.as_ref().or_else(|| provider.models.get(served.as_str())).map(String::as_str)
    }
}

/// The routes of each capability, in the order in which they are tried; none means the built-in engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routes {
    complete: Vec<RouteSettings>,
    draw: Vec<RouteSettings>,
    embed: Vec<RouteSettings>,
    present: Vec<RouteSettings>,
    read: Vec<RouteSettings>,
    speak: Vec<RouteSettings>,
    transcribe: Vec<RouteSettings>,
    translate: Vec<RouteSettings>,
}

impl Routes {
    /// Those of a capability.
    pub fn of(&self, served: Served) -> &[RouteSettings] {
        match served {
            Served::Complete => &self.complete,
            Served::Draw => &self.draw,
            Served::Embed => &self.embed,
            Served::Present => &self.present,
            Served::Read => &self.read,
            Served::Speak => &self.speak,
            Served::Transcribe => &self.transcribe,
            Served::Translate => &self.translate,
        }
    }
}

/// Providers by name, and routes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProvidersConfig {
    /// The providers.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// The routes.
    pub routes: Routes,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    pub(super) fn config(value: &serde_json::Value) -> ProvidersConfig {
        ProvidersConfig {
            providers: serde_json::from_value(value["providers"].clone()).unwrap(),
            routes: serde_json::from_value(value["route"].clone()).unwrap(),
        }
    }

    #[test]
    fn a_good_configuration_has_no_problems() {
        let good = config(&json!({
            "providers": {
                "openai": { "kind": "openai", "models": { "complete": "gpt-5-mini", "speak": "tts" } },
                "here": { "kind": "openai", "server": "llama-cpp", "url": "http://[::1]:8081/v1" },
                "mouth": { "kind": "elevenlabs", "voices": { "ru": ["a"], "zh": ["b"], "ka": ["c"], "uk": ["d"] } },
                "faces": {
                    "kind": "d-id", "key_form": "base64",
                    "faces": { "ada": "https://x.org/ada.JPG?a=b", "alan": "s3://x/alan.png", "eva": "/srv/eva.png" },
                },
            },
            "route": {
                "complete": [
                    { "provider": "here", "local_only": true, "longest": 4000 },
                    { "provider": "openai", "languages": ["en", "ar"], "cost_cap": 50_000 },
                ],
                "speak": [
                    { "provider": "mouth", "languages": ["ru", "zh", "ka", "uk"] },
                    { "provider": "openai" },
                    { "provider": "local" },
                ],
            },
        }));
        assert_eq!(good.check(&[]), []);
        let [first, second] = good.routes.of(Served::Complete) else { panic!("two routes") };
        assert_eq!(first.when(), When { longest: Some(4000), ..When::default() });
        assert_eq!((second.when().cost_cap, second.when().languages.len()), (Some(MicroUsd(50_000)), 2));
        let of_cards = good.routes.of(Served::Speak)[0].when().languages;
        assert_eq!(of_cards.iter().map(|language| language.code()).collect::<Vec<_>>(), ["ru", "zh", "ka", "uk"]);
        let is_local = |name: &str| good.providers[name].is_local();
        assert!(is_local("here") && !is_local("openai"));
        let needs_key = |name: &str| good.providers[name].needs_key();
        assert!(needs_key("openai") && needs_key("faces") && !needs_key("here"));
        assert!(good.routes.of(Served::Draw).is_empty());
    }

    #[test]
    fn unknown_keys_are_refused() {
        let read = |value| serde_json::from_value::<ProviderSettings>(value).map_err(|error| error.to_string());
        assert!(read(json!({ "kind": "openai", "key": "sk-1" })).unwrap_err().contains("key"));
        assert!(read(json!({ "kind": "opnai" })).unwrap_err().contains("opnai"));
        assert!(serde_json::from_value::<Routes>(json!({ "sing": [] })).is_err());
        let unknown = json!({ "speak": [{ "provider": "local", "languages": ["xx"] }] });
        let said = serde_json::from_value::<Routes>(unknown).unwrap_err().to_string();
        assert!(said.contains("\"xx\" is no language that is known here"), "{said}");
    }

    #[test]
    fn a_route_for_no_language_is_refused_and_one_for_any_leaves_them_out() {
        let read = |route: &serde_json::Value| serde_json::from_value::<RouteSettings>(route.clone());
        let said = read(&json!({ "provider": "local", "languages": [] })).unwrap_err().to_string();
        assert!(said.contains("languages is empty: name at least one, or leave it out"), "{said}");
        let any = read(&json!({ "provider": "local" })).unwrap();
        assert_eq!(any.when(), When::default());
        assert_eq!(read(&json!(any)).unwrap(), any, "it is read as it is written");
    }
}
