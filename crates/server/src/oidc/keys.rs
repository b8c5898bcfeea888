//! What the issuer says of itself, and its keys: both are kept, and asked again when they are old or a key is unknown.

use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{IssuerError, json};

/// Keys are asked again after this.
const FRESH: Duration = Duration::from_mins(5);
/// An unknown key lets them be asked again, but not more often than this: anybody can send a token with any key id.
const PAUSE: Duration = Duration::from_secs(30);

/// The discovery document, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Discovered {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    jwks_uri: String,
}

/// The keys of one issuer.
pub(super) struct Keys {
    issuer: String,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    discovered: Option<Discovered>,
    keys: Vec<Jwk>,
    /// When the keys came.
    fetched: Option<Instant>,
    /// When they were last asked for.
    asked: Option<Instant>,
}

impl Keys {
    pub(super) fn new(issuer: String) -> Self {
        Self { issuer, known: Mutex::default() }
    }

    /// What the issuer says of itself.
    pub(super) async fn discovered(&self, client: &reqwest::Client) -> Result<Discovered, IssuerError> {
        let mut known = self.known.lock().await;
        self.discover(&mut known, client).await
    }

    async fn discover(&self, known: &mut Known, client: &reqwest::Client) -> Result<Discovered, IssuerError> {
        if let Some(found) = &known.discovered {
            return Ok(found.clone());
        }
        // Appended to the path as it stands (Discovery 1.0, 4.1); a slash at its end is the issuer's.
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let odd = |why: String| IssuerError::Odd { url: url.clone(), why };
        let found: Discovered =
            serde_json::from_value(get(client, &url).await?).map_err(|error| odd(error.to_string()))?;
        // One that says that it is another could vouch for anybody.
        if found.issuer != self.issuer {
            return Err(odd(format!("it calls itself {:?}", found.issuer)));
        }
        known.discovered = Some(found.clone());
        Ok(found)
    }

    /// The key with this id; without an id, the only key. While the issuer does not answer, the keys that are known are used.
    pub(super) async fn key(&self, client: &reqwest::Client, id: Option<&str>) -> Result<Option<Jwk>, IssuerError> {
        let mut known = self.known.lock().await;
        let is_fresh = known.fetched.is_some_and(|at| at.elapsed() < FRESH);
        let may_ask = known.asked.is_none_or(|at| at.elapsed() >= PAUSE);
        if may_ask && (!is_fresh || find(&known.keys, id).is_none()) {
            known.asked = Some(Instant::now());
            match self.fetch(&mut known, client).await {
                Ok(keys) => (known.keys, known.fetched) = (keys, Some(Instant::now())),
                Err(error) if known.keys.is_empty() => {
                    // The next request may ask again at once: nobody can sign in without.
                    known.asked = None;
                    return Err(error);
                }
                Err(error) => tracing::warn!(%error, "the issuer's keys cannot be renewed; the known ones are used"),
            }
        }
        Ok(find(&known.keys, id).cloned())
    }

    async fn fetch(&self, known: &mut Known, client: &reqwest::Client) -> Result<Vec<Jwk>, IssuerError> {
        let url = self.discover(known, client).await?.jwks_uri;
        let set = get(client, &url).await?;
        // One by one: a key of a kind that is not known here is passed over.
        let keys = set.get("keys").and_then(serde_json::Value::as_array).into_iter().flatten();
        let keys: Vec<Jwk> = keys.filter_map(|key| serde_json::from_value(key.clone()).ok()).collect();
        if keys.is_empty() {
            return Err(IssuerError::Odd { url, why: "it has no key that can be used".to_owned() });
        }
        Ok(JwkSet { keys }.keys)
    }
}

fn find<'k>(keys: &'k [Jwk], id: Option<&str>) -> Option<&'k Jwk> {
    match (id, keys) {
        (Some(id), keys) => keys.iter().find(|key| key.common.key_id.as_deref() == Some(id)),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

async fn get(client: &reqwest::Client, url: &str) -> Result<serde_json::Value, IssuerError> {
    let sent = client.get(url).send().await;
    let response = sent.map_err(|source| IssuerError::Unreachable { url: url.to_owned(), source })?;
    json(url, response).await
}
