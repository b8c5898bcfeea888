//! A service: a server at an address, with a key and a model. What its operations have in common.

use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::Number;
use sluice_capability::{Answer, Begun, CallProgress, CapabilityError, Doing, MadeBy, Profile, Remedy, Usage};
use sluice_domain::money::MicroUsd;
use sluice_outbound::Client;

use super::server::{Quirks, Server};
use crate::http::{Endpoint, EndpointError, Lost, Operation, Reply, Secret, header};
use crate::openrouter;
use crate::prices::{Price, Prices, dollars};

/// Longest text that is a version.
const VERSION: usize = 40;

/// The most characters of any text that is sent.
pub(super) const LONGEST_TEXT: usize = 2_000_000;

/// How a service is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What it is.
    pub server: Server,
    /// The provider's name in health, limits and prices; the server's own if there is none. Two servers of one kind need two.
    pub provider: Option<String>,
    /// Its address; the usual one if there is none.
    pub address: Option<String>,
    /// Its key.
    pub key: Option<Secret>,
    /// The model.
    pub model: String,
    /// Models that are used if that one fails, in order: of OpenRouter alone.
    pub fallbacks: Vec<String>,
    /// The site and the name that OpenRouter attributes requests to.
    pub attribution: Option<(String, String)>,
    /// What it charges.
    pub prices: Arc<Prices>,
}

impl Settings {
    /// A server at its usual address, without a key.
    pub fn new(server: Server, model: &str, prices: Arc<Prices>) -> Self {
        Self {
            server,
            provider: None,
            address: None,
            key: None,
            model: model.to_owned(),
            fallbacks: Vec::new(),
            attribution: None,
            prices,
        }
    }
}

/// A service cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Its address or its key is not acceptable.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// There is no key.
    #[error("{0} needs a key: give one, or leave the provider out")]
    NoKey(String),
    /// There is no model.
    #[error("no model is named for {0}: name one")]
    NoModel(String),
    /// The attribution cannot be sent.
    #[error("the name or the site that {0} gets cannot stand in a header: use plain characters")]
    Attribution(String),
    /// The server cannot do that.
    #[error("{server} cannot {capability}: choose another server for it")]
    Unable {
        /// The server.
        server: &'static str,
        /// The name of the capability.
        capability: &'static str,
    },
}

/// A service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    pub(super) endpoint: Endpoint,
    pub(super) server: Server,
    pub(super) model: String,
    pub(super) fallbacks: Vec<String>,
    pub(super) profile: Profile,
    prices: Arc<Prices>,
}

impl Service {
    /// With these settings. Nothing is sent.
    pub fn new(client: Client, settings: Settings) -> Result<Self, ServiceError> {
        let Settings { server, provider, address, key, model, fallbacks, attribution, prices } = settings;
        let provider = provider.unwrap_or_else(|| server.name().to_owned());
        if model.trim().is_empty() {
            return Err(ServiceError::NoModel(provider));
        }
        let address = address.unwrap_or_else(|| server.usual_address().to_owned());
        let mut endpoint = Endpoint::new(client, &provider, &address)?.with_errors_inside();
        match &key {
            Some(key) => endpoint = endpoint.with_key("Bearer", key)?,
            None if server.needs_key() => return Err(ServiceError::NoKey(provider)),
            None => {}
        }
        if let Some((site, name)) = attribution.filter(|_| server == Server::OpenRouter) {
            for (header, value) in [("http-referer", site), ("x-openrouter-title", name)] {
                let value = HeaderValue::from_str(&value).map_err(|_| ServiceError::Attribution(provider.clone()))?;
                endpoint = endpoint.with_header(HeaderName::from_static(header), value);
            }
        }
        let is_local = endpoint.is_loopback();
        let profile = Profile { provider, is_local, languages: Vec::new() };
        Ok(Self { endpoint, server, model, fallbacks, profile, prices })
    }

    pub(super) const fn quirks(&self) -> Quirks {
        self.server.quirks()
    }

    /// Whether its work costs money: a server of one's own costs nothing, unless it has a price.
    pub(super) fn charges(&self) -> bool {
        self.quirks().charges || self.price().is_some()
    }

    /// The limits of a call that makes something.
    pub(super) fn operation(&self, time: Duration, body: usize) -> Operation {
        Operation { time, body, lost: if self.charges() { Lost::Ask } else { Lost::Repeat } }
    }

    pub(super) fn price(&self) -> Option<&Price> {
        self.prices.of(&self.profile.provider, &self.model)
    }

    /// The most that `usage` costs, with whatever model is used in the end.
    pub(super) fn estimate(&self, usage: &Usage) -> Option<MicroUsd> {
        if !self.charges() {
            return Some(MicroUsd(0));
        }
        let cost = |model: &String| self.prices.cost(&self.profile.provider, model, usage);
        std::iter::once(&self.model)
            .chain(&self.fallbacks)
            .map(cost)
            .try_fold(MicroUsd(0), |most, one| Some(most.max(one?)))
    }

    /// The models that may answer, in the order in which they are asked.
    pub(super) fn models(&self) -> String {
        let models: Vec<&str> = std::iter::once(&self.model).chain(&self.fallbacks).map(String::as_str).collect();
        models.join(", ")
    }

    /// An answer, with what it cost: what the provider says, or else by the table. Without any usage that is not known.
    pub(super) fn answer<T>(&self, reply: Reply<T>, made: Made) -> Answer<T> {
        let Made { model, version, id, usage, cached, cost } = made;
        let model = model.filter(|model| !model.is_empty()).unwrap_or_else(|| self.model.clone());
        let priced = || {
            if !self.charges() {
                return Some(MicroUsd(0));
            }
            let price = self.prices.of(&self.profile.provider, &model).or_else(|| self.price())?;
            if usage == Usage::default() { None } else { price.cost(&usage, cached) }
        };
        let cost = cost.or_else(priced);
        let id = id.or_else(|| header(&reply.headers, openrouter::ID).map(str::to_owned));
        let version = version.unwrap_or_else(|| self.version(&reply.headers));
        let made_by = MadeBy { provider: self.profile.provider.clone(), model, version };
        let quota = reply.quota();
        Answer { value: reply.value, made_by, provider_id: id, usage, cost, quota }
    }

    /// The version of whoever answers, where the answer itself names none of its model: what the provider says of its interface,
    /// or else the one in its address; empty if there is neither.
    pub(super) fn version(&self, headers: &HeaderMap) -> String {
        let said = header(headers, "openai-version").map(str::trim).filter(|said| (1..=VERSION).contains(&said.len()));
        said.or_else(|| self.endpoint.version()).unwrap_or_default().to_owned()
    }

    /// What follows from an answer that was lost after its head had come: OpenRouter has named its id of the work, by which it
    /// says later what that cost.
    pub(super) fn lost<T>(&self, headers: &HeaderMap, error: CapabilityError) -> Result<Begun<T>, CapabilityError> {
        match header(headers, openrouter::ID) {
            Some(id) if error.remedy == Remedy::Look && self.server == Server::OpenRouter => {
                Ok(Begun::Accepted { provider_id: id.to_owned(), poll_after: openrouter::COUNTED_AFTER })
            }
            _ => Err(error),
        }
    }

    /// What became of a request. Nobody but OpenRouter keeps anything that can be asked for: of the others, one that charges
    /// cannot tell, and one that does not is asked again.
    pub(super) fn look<'a>(&'a self, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async move {
            match (self.server, provider_id) {
                (Server::OpenRouter, Some(id)) => openrouter::outcome(&self.endpoint, id).await,
                _ if self.charges() => Ok(CallProgress::CannotTell),
                _ => Ok(CallProgress::NotFound),
            }
        })
    }

    /// What a finished request cost, if OpenRouter says so nowhere else.
    pub(super) async fn cost_later(&self, headers: &HeaderMap) -> Option<MicroUsd> {
        let id = header(headers, openrouter::ID).filter(|_| self.server == Server::OpenRouter)?;
        openrouter::cost(&self.endpoint, id).await
    }

    /// Refuses what the server cannot do.
    pub(super) fn able<T>(&self, capability: &'static str, can: Option<T>) -> Result<T, ServiceError> {
        can.ok_or(ServiceError::Unable { server: self.server.name(), capability })
    }
}

/// What is known of an answer beside its value.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) model: Option<String>,
    pub(super) version: Option<String>,
    pub(super) id: Option<String>,
    pub(super) usage: Usage,
    /// Input tokens that the provider had cached.
    pub(super) cached: u64,
    pub(super) cost: Option<MicroUsd>,
}

/// Metered as chat, embeddings and pictures report them: by either pair of names. Any number may be missing or null.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Metered {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    /// Seconds of sound.
    pub(super) seconds: Option<f64>,
    cost: Option<Number>,
    is_byok: Option<bool>,
    cost_details: Option<CostDetails>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct CostDetails {
    upstream_inference_cost: Option<Number>,
}

impl Metered {
    pub(super) fn usage(&self) -> Usage {
        Usage {
            input_tokens: self.prompt_tokens.or(self.input_tokens).unwrap_or(0),
            output_tokens: self.completion_tokens.or(self.output_tokens).unwrap_or(0),
            ..Usage::default()
        }
    }

    pub(super) fn cached(&self) -> u64 {
        self.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens).unwrap_or(0)
    }

    /// What it cost, if that is reported. With a key of one's own at the provider behind it, `cost` is only the fee.
    pub(super) fn cost(&self) -> Option<MicroUsd> {
        let fee = dollars(self.cost.as_ref()?)?;
        if self.is_byok != Some(true) {
            return Some(fee);
        }
        let upstream = self.cost_details.as_ref()?.upstream_inference_cost.as_ref()?;
        Some(fee + dollars(upstream)?)
    }
}

/// Refuses a text that is empty or longer than `limit` characters.
pub(crate) fn check_text(text: &str, limit: usize) -> Result<(), (&'static str, String)> {
    if text.trim().is_empty() {
        return Err(("empty_text", "the text is empty: give one".to_owned()));
    }
    // A character takes four bytes at most, so that a long text is not counted.
    let length = if text.len() > limit.saturating_mul(4) { None } else { Some(text.chars().count()) };
    match length {
        Some(length) if length <= limit => Ok(()),
        _ => Err(("text_too_long", format!("the text has more than {limit} characters: split it"))),
    }
}

/// The same of a text that is to be spoken: signs alone are in no language, and silence would be paid for.
pub(crate) fn check_spoken(text: &str, limit: usize) -> Result<(), (&'static str, String)> {
    check_text(text, limit)?;
    if text.chars().any(char::is_alphanumeric) {
        return Ok(());
    }
    Err((
        "nothing_to_say",
        "the text has no letter and no digit, so that nothing would be heard: give words".to_owned(),
    ))
}

/// A refusal before anything is sent.
pub(crate) fn refused((code, message): (&'static str, String)) -> CapabilityError {
    CapabilityError::fail(code, message)
}
