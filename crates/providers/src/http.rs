//! One endpoint of a provider: its address and its key, calls within limits, and what each failure means for the engine.

mod failure;
mod rates;
mod secret;

use std::path::Path;
use std::time::{Duration, SystemTime};

use ::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_capability::CapabilityError;
use sluice_outbound::{Address, AddressError, Beyond, Client, Content, Incoming, Limits, Request};
use tokio::io::AsyncWriteExt as _;

pub use secret::{InvalidSecret, Secret};

pub(crate) use failure::lost;
use rates::{clock, quota, retry_after, used_up_for};

/// The most bytes of an error's body that are read.
const ERROR_BODY: usize = 64 * 1024;

/// How often a server may say that it is not ready: two and a half minutes each time.
const HOPS: usize = 40;

/// What to do if an answer is lost after its request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The provider is asked for the outcome, or a person is: it may have charged.
    Ask,
    /// The request is repeated: it charges nothing, or asks without changing anything.
    Repeat,
}

/// The limits of one kind of call, and what a lost answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The most time from the start to the last byte of the answer.
    pub(crate) time: Duration,
    /// The most bytes of an answer.
    pub(crate) body: usize,
    /// What a lost answer means.
    pub(crate) lost: Lost,
}

impl Operation {
    /// A question that changes nothing: a minute, a mebibyte.
    pub(crate) const QUESTION: Self = Self { time: Duration::from_mins(1), body: 1024 * 1024, lost: Lost::Repeat };

    fn limits(self) -> Limits {
        Limits { time: self.time, body: self.body, beyond: Beyond::Refuse }
    }
}

/// The endpoint cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Its address is not acceptable.
    #[error("the address of {provider} is not acceptable: {source}")]
    Address {
        /// The provider.
        provider: String,
        /// Why not.
        source: AddressError,
    },
    /// Its key is not.
    #[error(transparent)]
    Secret(#[from] InvalidSecret),
}

/// A successful answer of a provider.
#[derive(Debug)]
pub(crate) struct Reply<T> {
    /// Its value.
    pub(crate) value: T,
    /// Its headers.
    pub(crate) headers: HeaderMap,
}

impl<T> Reply<T> {
    /// The remaining requests of the quota and when that resets, if they are in the headers.
    pub(crate) fn quota(&self) -> Option<(u32, Duration)> {
        quota(&self.headers)
    }

    /// When the provider answered, by its own clock.
    pub(crate) fn clock(&self) -> Option<SystemTime> {
        clock(&self.headers)
    }
}

/// A text of a header, if it has that header.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A provider at an address, with a key. Cheap to clone; `Debug` shows no key.
#[derive(Clone)]
pub(crate) struct Endpoint {
    client: Client,
    provider: String,
    base: Address,
    headers: HeaderMap,
    /// What may stand in no message.
    secrets: Vec<Secret>,
    errors_inside: bool,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("provider", &self.provider).field("base", &self.base).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// `provider` at `base`, such as `https://api.openai.com/v1`.
    pub(crate) fn new(client: Client, provider: &str, base: &str) -> Result<Self, EndpointError> {
        let found = client.address(base.trim_end_matches('/'));
        let base = found.map_err(|source| EndpointError::Address { provider: provider.to_owned(), source })?;
        let provider = provider.to_owned();
        Ok(Self { client, provider, base, headers: HeaderMap::new(), secrets: Vec::new(), errors_inside: false })
    }

    /// With a key, sent as `Authorization: <scheme> <key>`: `Bearer`, `Basic`.
    pub(crate) fn with_key(self, scheme: &str, key: &Secret) -> Result<Self, EndpointError> {
        let whole = Secret::new(&format!("{scheme} {}", key.reveal()))?;
        let mut this = self.with_secret(AUTHORIZATION, &whole)?;
        this.secrets.push(key.clone());
        Ok(this)
    }

    /// With a header that is secret.
    pub(crate) fn with_secret(mut self, name: HeaderName, value: &Secret) -> Result<Self, EndpointError> {
        self.headers.insert(name, value.header()?);
        self.secrets.push(value.clone());
        Ok(self)
    }

    /// With a header that everybody may see.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With errors that come with status 200, as an `error` beside or instead of what was asked for.
    pub(crate) fn with_errors_inside(mut self) -> Self {
        self.errors_inside = true;
        self
    }

    /// Whether requests stay on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.base.host().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
    }

    /// The version of the interface that the address names in its last part: `v1` of `https://api.openai.com/v1`.
    pub(crate) fn version(&self) -> Option<&str> {
        let last = self.base.as_str().trim_end_matches('/').rsplit('/').next()?;
        let number = last.strip_prefix('v')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        is_number.then_some(last)
    }

    /// The provider's name.
    pub(crate) fn provider(&self) -> &str {
        &self.provider
    }

    /// Asks for JSON by GET. `path` begins with a slash, and has its query.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        operation: Operation,
        path: &str,
    ) -> Result<Reply<T>, CapabilityError> {
        self.call(operation, Method::GET, path, Content::from("")).await
    }

    /// Sends JSON and asks for JSON.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        operation: Operation,
        path: &str,
        body: &Value,
    ) -> Result<Reply<T>, CapabilityError> {
        self.call(operation, Method::POST, path, json(body)).await
    }

    /// Sends anything by any method, and asks for JSON.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        operation: Operation,
        method: Method,
        path: &str,
        body: Content,
    ) -> Result<Reply<T>, CapabilityError> {
        let incoming = self.open(operation, method, path, body).await?;
        self.value(operation, incoming).await
    }

    /// Fetches what a provider's answer names by URL, without the key, into a file. On error there is no file. The address is
    /// checked like any other: a provider cannot make this server ask an inner one.
    pub(crate) async fn download(
        &self,
        operation: Operation,
        url: &str,
        out: &Path,
    ) -> Result<Reply<u64>, CapabilityError> {
        let address = self.client.address(url).map_err(|error| {
            let message = "the provider named an address that may not be fetched from";
            CapabilityError::fail("address_forbidden", message).because(error)
        })?;
        let request = Request {
            method: Method::GET,
            to: &address,
            headers: HeaderMap::new(),
            body: Content::from(""),
            limits: operation.limits(),
        };
        let incoming = self.client.open(request).await.map_err(|error| self.unsent(operation, error))?;
        let incoming = self.succeeded(operation, incoming).await?;
        self.save(operation, incoming, out).await
    }

    /// Sends a request, and returns the head of a successful answer, whose body is still to be read.
    pub(crate) async fn open(
        &self,
        operation: Operation,
        method: Method,
        path: &str,
        body: Content,
    ) -> Result<Incoming, CapabilityError> {
        let to = self.address(&format!("{}{path}", self.base.as_str().trim_end_matches('/')))?;
        let incoming = self.send(operation, method, &to, body).await?;
        self.succeeded(operation, incoming).await
    }

    /// Like [`Self::open`] at a server that answers "see other" (303) as long as it is not ready: that is followed by GET, on the
    /// same host alone, with the key.
    pub(crate) async fn open_patiently(
        &self,
        operation: Operation,
        method: Method,
        path: &str,
        body: Content,
    ) -> Result<Incoming, CapabilityError> {
        let mut to = self.address(&format!("{}{path}", self.base.as_str().trim_end_matches('/')))?;
        let mut incoming = self.send(operation, method, &to, body).await?;
        for _ in 0..HOPS {
            if incoming.status != StatusCode::SEE_OTHER {
                break;
            }
            let Some(next) = header(&incoming.headers, LOCATION.as_str()).and_then(|next| to.on_same_server(next))
            else {
                let message = "the provider redirects to another host, which is not followed: change its address";
                return Err(CapabilityError::fail("redirected", message));
            };
            to = self.address(&next)?;
            incoming = self.send(operation, Method::GET, &to, Content::from("")).await?;
        }
        self.succeeded(operation, incoming).await
    }

    fn address(&self, url: &str) -> Result<Address, CapabilityError> {
        self.client.address(url).map_err(|error| {
            let message = "the provider's address is not acceptable: change it in the configuration";
            CapabilityError::fail("address_forbidden", message).because(error)
        })
    }

    async fn send(
        &self,
        operation: Operation,
        method: Method,
        to: &Address,
        body: Content,
    ) -> Result<Incoming, CapabilityError> {
        let mut headers = self.headers.clone();
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        if matches!(&body, Content::Bytes(bytes) if !bytes.is_empty()) {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        let request = Request { method, to, headers, body, limits: operation.limits() };
        self.client.open(request).await.map_err(|error| self.unsent(operation, error))
    }

    /// Reads an answer to its end, and as JSON.
    pub(crate) async fn value<T: DeserializeOwned>(
        &self,
        operation: Operation,
        incoming: Incoming,
    ) -> Result<Reply<T>, CapabilityError> {
        let headers = incoming.headers.clone();
        let body = incoming.bytes().await.map_err(|error| self.broken_off(operation, error))?;
        let value = self.parse(operation, &headers, &body)?;
        Ok(Reply { value, headers })
    }

    /// Reads JSON that came with status 200. There may be blanks around it.
    pub(crate) fn parse<T: DeserializeOwned>(
        &self,
        operation: Operation,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<T, CapabilityError> {
        if self.errors_inside
            && let Some(error) = failure::inside(body)
        {
            return Err(self.failed(operation, StatusCode::OK, headers, &error));
        }
        serde_json::from_slice(body).map_err(|error| self.unreadable(operation, headers, body, error))
    }

    /// Writes an answer to a file beside its place, and moves it there when it is complete. On error there is no file. The value is
    /// its number of bytes.
    pub(crate) async fn save(
        &self,
        operation: Operation,
        mut incoming: Incoming,
        out: &Path,
    ) -> Result<Reply<u64>, CapabilityError> {
        if let Some(error) = self.is_no_file(operation, &mut incoming).await {
            return Err(error);
        }
        let part = out.with_extension("part");
        let written = self.write(operation, &mut incoming, &part).await;
        let moved = match written {
            Ok(length) => tokio::fs::rename(&part, out).await.map(|()| length).map_err(unwritable(operation)),
            Err(error) => Err(error),
        };
        if moved.is_err() {
            // It may never have been there.
            let _ = tokio::fs::remove_file(&part).await;
        }
        Ok(Reply { value: moved?, headers: incoming.headers })
    }

    async fn write(&self, operation: Operation, incoming: &mut Incoming, part: &Path) -> Result<u64, CapabilityError> {
        let mut file = tokio::fs::File::create(part).await.map_err(unwritable(operation))?;
        let mut length = 0;
        while let Some(chunk) = incoming.chunk().await.map_err(|error| self.broken_off(operation, error))? {
            file.write_all(&chunk).await.map_err(unwritable(operation))?;
            length += chunk.len() as u64;
        }
        file.flush().await.map_err(unwritable(operation))?;
        if length == 0 {
            return Err(lost(operation, "answer_lost", "the provider sent an empty file"));
        }
        Ok(length)
    }
}

fn json(body: &Value) -> Content {
    Content::Bytes(Bytes::from(body.to_string()))
}

/// What was paid for cannot be stored here.
fn unwritable(operation: Operation) -> impl Fn(std::io::Error) -> CapabilityError {
    move |error| {
        let message = "what the provider sent cannot be written: check the space of the work folder";
        lost(operation, "file_unwritable", message).because(error)
    }
}
