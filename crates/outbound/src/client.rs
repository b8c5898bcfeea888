//! Requests: without redirects, with a time and a size.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use reqwest::Url;
use reqwest::redirect::Policy;

use crate::content::Content;
use crate::incoming::Incoming;
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
    pub body: Content,
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
    #[error("The host has no public address. Give one that has, or ask the operator to allow it (outbound.allow).")]
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
        /// A connection was open, so that the request may have arrived.
        connected: bool,
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
    /// A file of the request's body cannot be read.
    #[error("A file that was to be sent cannot be read.")]
    File(#[source] io::Error),
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
            Self::File(_) => "file_unreadable",
        }
    }

    /// Whether the request may have arrived, and what it asks for may have been done.
    pub const fn may_have_arrived(&self) -> bool {
        match self {
            Self::Address(_) | Self::Forbidden | Self::Unresolved(_) | Self::Connect(_) | Self::File(_) => false,
            Self::TimedOut { connected, .. } => *connected,
            Self::TooLong { .. } | Self::Broken(_) => true,
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

    /// Sends a request, once, and reads the whole answer. An answer of any status is an answer; a redirect is not followed.
    pub async fn send(&self, request: Request<'_>) -> Result<Answer, SendError> {
        let incoming = self.open(request).await?;
        let (status, headers) = (incoming.status, incoming.headers.clone());
        Ok(Answer { status, headers, body: incoming.bytes().await? })
    }

    /// Sends a request, once. The body of the answer is read piece by piece.
    pub async fn open(&self, request: Request<'_>) -> Result<Incoming, SendError> {
        let Request { method, to, headers, body, limits } = request;
        // The address may have been made under other rules.
        self.rules.address(to.as_str())?;
        let client = if to.is_encrypted() { &self.encrypted } else { &self.plain };
        let begun = client.request(method, to.url.clone()).headers(headers).timeout(limits.time);
        let sent = body.put_into(begun).await.map_err(SendError::File)?.send();
        Ok(Incoming::new(sent.await.map_err(|error| classified(error, limits))?, limits))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("rules", &self.rules).finish_non_exhaustive()
    }
}

pub(crate) fn classified(error: reqwest::Error, limits: Limits) -> SendError {
    // The address may contain a secret, and errors are logged.
    let error = error.without_url();
    match refusal(&error) {
        Some(Refused::Forbidden) => SendError::Forbidden,
        Some(Refused::Unresolved(_)) => SendError::Unresolved(error),
        None if error.is_timeout() && !error.is_connect() => SendError::TimedOut { time: limits.time, connected: true },
        None if error.is_timeout() => SendError::TimedOut { time: limits.time.min(CONNECT), connected: false },
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
