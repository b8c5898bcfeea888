//! An account: its key, its quota, and what its answers say of it.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use sluice_capability::{CapabilityError, Profile};
use sluice_domain::language::LanguageCode;
use sluice_outbound::Client;

use super::NAME;
use crate::http::{Endpoint, EndpointError, Operation, Secret, header};
use crate::prices::Prices;

const ADDRESS: &str = "https://api.elevenlabs.io";

/// How an account is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's name in health, limits and prices; the usual one if there is none. Two accounts need two.
    pub provider: Option<String>,
    /// Its address; ElevenLabs' own if there is none. Regions have their own.
    pub address: Option<String>,
    /// Its key.
    pub key: Secret,
    /// What it charges: `characters` per million credits, `minutes` per minute of transcribed sound.
    pub prices: Arc<Prices>,
}

/// An account. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Account {
    pub(super) endpoint: Endpoint,
    pub(super) provider: String,
    pub(super) prices: Arc<Prices>,
}

/// The state of the account's plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subscription {
    /// The plan.
    pub tier: String,
    /// `active`, `free`, `past_due`, …
    #[serde(default)]
    pub status: String,
    /// Credits that were used in this period.
    pub character_count: u64,
    /// Credits of this period.
    pub character_limit: u64,
}

impl Account {
    /// With these settings. Nothing is sent.
    pub fn new(client: Client, settings: Settings) -> Result<Self, EndpointError> {
        let Settings { provider, address, key, prices } = settings;
        let provider = provider.unwrap_or_else(|| NAME.to_owned());
        let endpoint = Endpoint::new(client, &provider, address.as_deref().unwrap_or(ADDRESS))?
            .with_secret(HeaderName::from_static("xi-api-key"), &key)?;
        Ok(Self { endpoint, provider, prices })
    }

    /// The state of its plan, which also proves the key: lists of voices have been given without one.
    pub async fn subscription(&self) -> Result<Subscription, CapabilityError> {
        Ok(self.endpoint.get(Operation::QUESTION, "/v1/user/subscription").await?.value)
    }

    pub(super) fn profile(&self, languages: Vec<LanguageCode>) -> Profile {
        Profile { provider: self.provider.clone(), is_local: false, languages }
    }
}

/// The free places among the plan's concurrent requests. They hold for a moment: one of them is free when any request ends.
pub(super) fn places(headers: &HeaderMap) -> Option<(u32, Duration)> {
    let number = |name| header(headers, name)?.parse::<u32>().ok();
    let (now, most) = (number("current-concurrent-requests")?, number("maximum-concurrent-requests")?);
    // The request that this answers is among them, and has ended.
    Some((most.saturating_sub(now.saturating_sub(1)), Duration::from_secs(1)))
}

/// Its id of a request.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    header(headers, "request-id").filter(|id| !id.is_empty() && id.len() <= 200).map(str::to_owned)
}
