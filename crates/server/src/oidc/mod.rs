//! OpenID Connect: people sign in at an issuer, and programs send its tokens.
//!
//! | file | holds |
//! |---|---|
//! | `keys` | what the issuer says of itself, and its keys |
//! | `token` | what is checked of a token |
//! | `flow` | signing in by a browser: authorisation code with PKCE |
//!
//! Written after OpenID Connect Core 1.0 and Discovery 1.0, RFC 7517 (keys), RFC 7636 (PKCE), RFC 8725 (what goes wrong with
//! tokens) and RFC 9068 (access tokens). The signatures are checked by `jsonwebtoken`.

mod flow;
mod keys;
mod token;

pub(crate) use flow::{Attempt, FlowError};
pub(crate) use token::{Claims, Rejected};

use std::time::Duration;

use keys::Keys;

/// What is configured of an issuer.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// Its address, as its tokens name it, byte by byte.
    pub issuer: String,
    /// The name on the button.
    pub name: String,
    /// This server's id there; without it nobody signs in by the page.
    pub client_id: Option<String>,
    /// This server's secret there; a public client has none.
    pub client_secret: Option<String>,
    /// The audiences of bearer tokens that are accepted. Without any, `parties` decide.
    pub audiences: Vec<String>,
    /// The origins whose tokens are accepted (`azp`), as Clerk's session tokens have them.
    pub parties: Vec<String>,
}

/// An issuer whose tokens are accepted.
pub struct Oidc {
    settings: OidcSettings,
    client: reqwest::Client,
    keys: Keys,
}

/// Why the issuer could not be asked, or answered what cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssuerError {
    /// It does not answer.
    #[error("the issuer at {url} does not answer")]
    Unreachable {
        /// What was asked.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// It did not answer another request just now.
    #[error("the issuer {issuer} did not answer a moment ago")]
    Silent {
        /// Its address.
        issuer: String,
    },
    /// It answered with another status.
    #[error("the issuer answered {status} at {url}")]
    Refused {
        /// What was asked.
        url: String,
        /// Its answer.
        status: u16,
    },
    /// It answered something else than it should.
    #[error("the issuer's answer at {url} cannot be used: {why}")]
    Odd {
        /// What was asked.
        url: String,
        /// What is wrong.
        why: String,
    },
}

/// The issuer is asked for little, and must answer at once.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const ANSWER: usize = 512 * 1024;

impl Oidc {
    /// With these settings; the issuer is asked when it is first needed.
    pub fn new(settings: OidcSettings) -> Result<Self, reqwest::Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            // It is asked at addresses that it names itself; what it redirects to is not.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let keys = Keys::new(settings.issuer.clone());
        Ok(Self { settings, client, keys })
    }

    /// The settings.
    pub(crate) const fn settings(&self) -> &OidcSettings {
        &self.settings
    }
}

/// The body of an answer, which must be short JSON.
async fn json(url: &str, response: reqwest::Response) -> Result<serde_json::Value, IssuerError> {
    let odd = |why: &str| IssuerError::Odd { url: url.to_owned(), why: why.to_owned() };
    let unreachable = |source| IssuerError::Unreachable { url: url.to_owned(), source };
    if !response.status().is_success() {
        return Err(IssuerError::Refused { url: url.to_owned(), status: response.status().as_u16() });
    }
    let mut response = response;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER {
            return Err(odd("it is too long"));
        }
    }
    serde_json::from_slice(&bytes).map_err(|_| odd("it is no JSON"))
}
