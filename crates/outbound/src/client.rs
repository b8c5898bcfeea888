//! Requests: without redirects, with a time and a size.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::Url;
use reqwest::redirect::Policy;

use crate::resolver::{Guarded, Lookup, Reach, Refused, SystemLookup};
use crate::rules::{Address, AddressError, Rules};

/// The most time to open a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(10);
/// Connections that are kept open for later requests, to each host.
const IDLE: usize = 2;
/// How long they are kept.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// How this installation reaches others.
#[derive(Clone)]
pub struct Settings {
    /// What may be reached.
    pub rules: Rules,
    /// A proxy of the operator, through which everything is sent. It resolves names itself, so that it has to refuse what is
    /// not public. The variables of the environment that name proxies are not read.
    pub proxy: Option<String>,
    /// What the client calls itself.
    pub user_agent: String,
    /// Resolves names.
    pub lookup: Arc<dyn Lookup>,
}

impl Settings {
    /// Everything public, by the system's resolver.
    pub fn new(user_agent: &str) -> Self {
        Self { rules: Rules::default(), proxy: None, user_agent: user_agent.to_owned(), lookup: Arc::new(SystemLookup) }
    }
}

/// The guarded client. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    rules: Arc<Rules>,
    encrypted: reqwest::Client,
    plain: reqwest::Client,
}

/// What happens to an answer that is longer than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// It is cut.
    Cut,
    /// It is an error.
    Refuse,
}

/// The limits of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most time from the start to the last byte of the answer.
    pub time: Duration,
    /// The most bytes of the answer's body that are read.
    pub body: usize,
    /// What happens to a longer one.
    pub beyond: Beyond,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Its method.
    pub method: Method,
    /// Where it goes.
    pub to: &'a Address,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Its limits.
    pub limits: Limits,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, not longer than its limit.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The address is not acceptable.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The host's addresses may not be reached.
    #[error("The host has no public address. Give one that has, or ask the operator to allow it.")]
    Forbidden,
    /// The host's name has no address.
    #[error("The host's name cannot be resolved.")]
    Unresolved(#[source] reqwest::Error),
    /// No connection could be opened.
    #[error("The host cannot be connected to.")]
    Connect(#[source] reqwest::Error),
    /// The time was over.
    #[error("There was no complete answer within {} seconds.", time.as_secs())]
    TimedOut {
        /// The time.
        time: Duration,
    },
    /// The answer was longer than its limit.
    #[error("The answer has more than {limit} bytes.")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("The connection ended before the answer was complete.")]
    Broken(#[source] reqwest::Error),
}

impl SendError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::Forbidden => "address_forbidden",
            Self::Unresolved(_) => "host_unknown",
            Self::Connect(_) => "connection_failed",
            Self::TimedOut { .. } => "timed_out",
            Self::TooLong { .. } => "answer_too_long",
            Self::Broken(_) => "connection_broken",
        }
    }
}

/// The client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct SetupError(#[from] reqwest::Error);

impl Client {
    /// With these settings.
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let rules = Arc::new(settings.rules.clone());
        let proxy = settings.proxy.as_deref();
        let proxy_host = proxy.and_then(|proxy| Some(Url::parse(proxy).ok()?.host_str()?.to_owned()));
        let build = |reach| {
            let guarded = Guarded {
                lookup: Arc::clone(&settings.lookup),
                rules: Arc::clone(&rules),
                reach,
                proxy: proxy_host.clone(),
            };
            // Names are resolved by this client alone, whatever the environment says.
            let mut builder = reqwest::Client::builder()
                .no_proxy()
                .dns_resolver(Arc::new(guarded))
                .redirect(Policy::none())
                .referer(false)
                .retry(reqwest::retry::never())
                .user_agent(&settings.user_agent)
                .https_only(reach == Reach::PublicAndNamed)
                .connect_timeout(CONNECT)
                .pool_max_idle_per_host(IDLE)
                .pool_idle_timeout(IDLE_FOR);
            if let Some(proxy) = proxy {
                builder = builder.proxy(reqwest::Proxy::all(proxy)?);
            }
            builder.build()
        };
        Ok(Self { encrypted: build(Reach::PublicAndNamed)?, plain: build(Reach::Named)?, rules })
    }

    /// Checks what can be checked of a URL without resolving its host.
    pub fn address(&self, text: &str) -> Result<Address, AddressError> {
        self.rules.address(text)
    }

    /// Sends a request, once. An answer of any status is an answer; a redirect is not followed.
    pub async fn send(&self, request: Request<'_>) -> Result<Answer, SendError> {
        let Request { method, to, headers, body, limits } = request;
        // The address may have been made under other rules.
        self.rules.address(to.as_str())?;
        let client = if to.is_encrypted() { &self.encrypted } else { &self.plain };
        let sent = client.request(method, to.url.clone()).headers(headers).body(body).timeout(limits.time).send();
        let mut response = sent.await.map_err(|error| classified(error, limits))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| classified(error, limits))? {
            let room = limits.body - body.len();
            if chunk.len() <= room {
                body.extend_from_slice(&chunk);
                continue;
            }
            if limits.beyond == Beyond::Refuse {
                return Err(SendError::TooLong { limit: limits.body });
            }
            body.extend_from_slice(&chunk[..room]);
            break;
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("rules", &self.rules).finish_non_exhaustive()
    }
}

fn classified(error: reqwest::Error, limits: Limits) -> SendError {
    // The address may contain a secret, and errors are logged.
    let error = error.without_url();
    match refusal(&error) {
        Some(Refused::Forbidden) => SendError::Forbidden,
        Some(Refused::Unresolved(_)) => SendError::Unresolved(error),
        None if error.is_timeout() && !error.is_connect() => SendError::TimedOut { time: limits.time },
        None if error.is_timeout() => SendError::TimedOut { time: limits.time.min(CONNECT) },
        None if error.is_connect() => SendError::Connect(error),
        None => SendError::Broken(error),
    }
}

/// The resolver's refusal among the causes of an error.
fn refusal(error: &reqwest::Error) -> Option<&Refused> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref() {
            return Some(refused);
        }
        cause = error.source();
    }
    None
}
