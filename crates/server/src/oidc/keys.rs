//! The issuer's discovery document and keys: both are cached, and fetched again when they are old or a key is unknown.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use reqwest::Url;
use serde::Deserialize;
use tokio::time::Instant;

use super::{IssuerError, json};

/// How long keys are fresh.
const FRESH: Duration = Duration::from_mins(5);
/// An unknown key id causes a fetch, but no more often than this: anybody can send a token with any key id.
const PAUSE: Duration = Duration::from_secs(30);
/// The delay before an issuer that did not respond is asked again, while none of its keys is known.
const RETRY: Duration = Duration::from_secs(1);

/// The members of the discovery document that are used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Discovered {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    jwks_uri: String,
}

impl Discovered {
    /// The endpoints that it names, by the names of the members.
    fn addresses(&self) -> [(&'static str, &str); 3] {
        [
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("jwks_uri", &self.jwks_uri),
        ]
    }
}

/// Whether an address that the issuer names may be requested. Over TLS it may be any, since some issuers keep their keys at
/// another host. Without TLS it has to be of the same origin as an issuer that has no TLS itself, such as one on this machine:
/// keys that are fetched in the clear could be forged, and this server's secret could be intercepted.
fn may_be_asked(issuer: &str, address: &str) -> bool {
    let (Ok(issuer), Ok(address)) = (Url::parse(issuer), Url::parse(address)) else { return false };
    let is_bare = address.username().is_empty() && address.password().is_none();
    is_bare && (address.scheme() == "https" || address.origin() == issuer.origin())
}

/// The keys of one issuer.
pub(super) struct Keys {
    issuer: String,
    known: Mutex<Known>,
    /// Held by the request that fetches.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    discovered: Option<Discovered>,
    keys: Vec<Jwk>,
    /// When the keys were fetched.
    fetched: Option<Instant>,
    /// When the last fetch began.
    asked: Option<Instant>,
    /// When the issuer last failed to respond.
    failed: Option<Instant>,
}

impl Known {
    fn should_ask(&self, id: Option<&str>) -> bool {
        let is_fresh = self.fetched.is_some_and(|at| at.elapsed() < FRESH);
        let may_ask = self.keys.is_empty() || self.asked.is_none_or(|at| at.elapsed() >= PAUSE);
        may_ask && (!is_fresh || find(&self.keys, id).is_none())
    }

    fn failed_just_now(&self) -> bool {
        self.failed.is_some_and(|at| at.elapsed() < RETRY)
    }
}

impl Keys {
    pub(super) fn new(issuer: String) -> Self {
        Self { issuer, known: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The discovery document.
    pub(super) async fn discovered(&self, client: &reqwest::Client) -> Result<Discovered, IssuerError> {
        if let Some(found) = self.known().discovered.clone() {
            return Ok(found);
        }
        let _turn = self.turn.lock().await;
        let known = self.known().discovered.clone();
        match known {
            Some(found) => Ok(found),
            None => self.noting_failure(self.discover(client).await),
        }
    }

    async fn discover(&self, client: &reqwest::Client) -> Result<Discovered, IssuerError> {
        if self.known().failed_just_now() {
            return Err(IssuerError::Silent { issuer: self.issuer.clone() });
        }
        // Appended to the path as it stands (Discovery 1.0, 4.1); a slash at its end is the issuer's.
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let odd = |why: String| IssuerError::Odd { url: url.clone(), why };
        let found: Discovered =
            serde_json::from_value(get(client, &url).await?).map_err(|error| odd(error.to_string()))?;
        // A document for another issuer could vouch for any user.
        if found.issuer != self.issuer {
            return Err(odd(format!("it calls itself {:?}", found.issuer)));
        }
        for (name, address) in found.addresses() {
            if !may_be_asked(&self.issuer, address) {
                return Err(odd(format!("its {name} is {address:?}, which is not asked: it has to have https")));
            }
        }
        self.known().discovered = Some(found.clone());
        Ok(found)
    }

    /// Notes a failed fetch, so that requests that waited for it fail at once, instead of each trying again.
    fn noting_failure<T>(&self, result: Result<T, IssuerError>) -> Result<T, IssuerError> {
        let silent = matches!(result, Err(IssuerError::Silent { .. }));
        if result.is_err() && !silent {
            self.known().failed = Some(Instant::now());
        }
        result
    }

    /// The key with this id; without an id, the only key. While the issuer does not answer, the keys that are known are used.
    pub(super) async fn key(&self, client: &reqwest::Client, id: Option<&str>) -> Result<Option<Jwk>, IssuerError> {
        let (asks, known) = {
            let known = self.known();
            (known.should_ask(id), find(&known.keys, id).cloned())
        };
        if !asks {
            return Ok(known);
        }
        // While one request fetches, others use the key that they know, or else wait for the result.
        let turn = if known.is_some() { self.turn.try_lock().ok() } else { Some(self.turn.lock().await) };
        if turn.is_none() {
            return Ok(known);
        }
        // Another request may have fetched in the meantime.
        let asks = self.known().should_ask(id);
        if asks {
            self.known().asked = Some(Instant::now());
            let fetched = self.noting_failure(self.fetch(client).await);
            let mut known = self.known();
            match fetched {
                Ok(keys) => (known.keys, known.fetched) = (keys, Some(Instant::now())),
                // Without any keys no one can sign in.
                Err(error) if known.keys.is_empty() => return Err(error),
                Err(error) => tracing::warn!(%error, "the issuer's keys cannot be renewed; the known ones are used"),
            }
        }
        Ok(find(&self.known().keys, id).cloned())
    }

    async fn fetch(&self, client: &reqwest::Client) -> Result<Vec<Jwk>, IssuerError> {
        // Discovered again with the keys, since an issuer may move them.
        let url = self.discover(client).await?.jwks_uri;
        let set = get(client, &url).await?;
        // One by one: keys of unknown kinds, and those that are not for signatures, are skipped.
        let keys = set.get("keys").and_then(serde_json::Value::as_array).into_iter().flatten();
        let signs = |key: &Jwk| key.common.public_key_use.as_ref().is_none_or(|what| *what == PublicKeyUse::Signature);
        let keys: Vec<Jwk> = keys.filter_map(|key| serde_json::from_value(key.clone()).ok()).filter(signs).collect();
        if keys.is_empty() {
            return Err(IssuerError::Odd { url, why: "it has no key that can be used".to_owned() });
        }
        Ok(keys)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::net::TcpListener;

    use super::*;

    /// An issuer that accepts connections and never responds: its address, and the number of connections.
    async fn hanging() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                open.push(stream);
            }
        });
        (address, accepted)
    }

    #[test]
    fn what_an_issuer_names_is_asked_by_tls_or_at_the_issuer_itself() {
        let (remote, local) = ("https://accounts.example.org/realm", "http://localhost:4000");
        let cases = [
            (remote, "https://accounts.example.org/realm/keys", true),
            (remote, "https://keys.example.net/certs", true),
            (remote, "http://accounts.example.org/realm/keys", false),
            (remote, "http://169.254.169.254/latest", false),
            (remote, "https://me:secret@accounts.example.org/keys", false),
            (remote, "file:///etc/passwd", false),
            (remote, "javascript:alert(1)", false),
            (remote, "/keys", false),
            (local, "http://localhost:4000/keys", true),
            (local, "http://localhost:4001/keys", false),
            (local, "http://127.0.0.1:4000/keys", false),
            (local, "http://10.0.0.1/keys", false),
        ];
        for (issuer, address, asked) in cases {
            assert_eq!(may_be_asked(issuer, address), asked, "{address} of {issuer}");
        }
    }

    #[tokio::test]
    async fn those_who_wait_for_an_issuer_that_hangs_wait_for_one_request() {
        let (issuer, accepted) = hanging().await;
        let keys = Keys::new(issuer);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(Duration::from_millis(300)).build().unwrap();
        let asked = [(); 5].map(|()| keys.key(&client, Some("a")));
        let failed = futures::future::join_all(asked).await;
        let silent = failed.iter().filter(|failed| matches!(failed, Err(IssuerError::Silent { .. }))).count();
        let unreachable = failed.iter().filter(|failed| matches!(failed, Err(IssuerError::Unreachable { .. }))).count();
        assert_eq!((unreachable, silent, accepted.load(Ordering::Relaxed)), (1, 4, 1));
    }
}
