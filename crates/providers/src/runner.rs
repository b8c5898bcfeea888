//! Jobs on a GPU of one's own, at Modal or anywhere: a small protocol that a web function of a few lines speaks, described in
//! `docs/gpu-runner.md`.
//!
//! A job is submitted with our key, under which the runner makes it once, however often it is submitted; it is polled or
//! reports its end by a signed webhook; its result is fetched. One runner does one or several kinds of jobs.

mod capabilities;
mod job;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sluice_capability::{Begun, CallProgress, CapabilityError, Offered, Profile, Remedy, Usage, VoiceInfo};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_outbound::{Client, Content, Field};

use crate::http::{Endpoint, EndpointError, Lost, Operation, Reply, Secret};
use crate::prices::Prices;
use crate::webhook::{Notice, Refused, id_in, is_id, parse, standard};
use job::{Job, Jobs};

/// Submitting, with a cold start. The key makes it safe to repeat, but what became of it is looked for first.
const SUBMIT: Operation = Operation { time: Duration::from_mins(10), body: 1024 * 1024, lost: Lost::Ask };
const ASK: Operation = Operation { time: Duration::from_mins(10), body: 64 * 1024 * 1024, lost: Lost::Repeat };
const FETCH: Operation = Operation { time: Duration::from_mins(30), body: 2 * 1024 * 1024 * 1024, lost: Lost::Repeat };
/// When a job is polled first, and later if the runner does not say.
const POLL_AFTER: Duration = Duration::from_secs(10);
/// The most characters of a key, which is sent as a header.
const LONGEST_KEY: usize = 255;

/// What a runner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Text to a WAV file, with the times of the words.
    Speak,
    /// Sound to text.
    Transcribe,
    /// Sound to a video of a presenter.
    Present,
}

impl Kind {
    /// Its name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Speak => "speak",
            Self::Transcribe => "transcribe",
            Self::Present => "present",
        }
    }
}

/// How the runner knows us.
#[derive(Debug, Clone)]
pub enum Access {
    /// It does not ask.
    Open,
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// Modal's tokens of a proxy: `Modal-Key` and `Modal-Secret`.
    Modal {
        /// `wk-…`.
        key: Secret,
        /// `ws-…`.
        secret: Secret,
    },
}

impl Access {
    /// By one text: Modal's two tokens with a colon between them, `wk-…:ws-…`, or a token.
    pub fn of(key: &Secret) -> Result<Self, EndpointError> {
        match key.reveal().split_once(':') {
            Some((key, secret)) if key.starts_with("wk-") => {
                Ok(Self::Modal { key: Secret::new(key)?, secret: Secret::new(secret)? })
            }
            _ => Ok(Self::Bearer(key.clone())),
        }
    }

    /// An endpoint that is reached like this.
    pub(crate) fn open(&self, endpoint: Endpoint) -> Result<Endpoint, EndpointError> {
        match self {
            Self::Open => Ok(endpoint),
            Self::Bearer(token) => endpoint.with_key("Bearer", token),
            Self::Modal { key, secret } => endpoint
                .with_secret(HeaderName::from_static("modal-key"), key)?
                .with_secret(HeaderName::from_static("modal-secret"), secret),
        }
    }
}

/// How a runner is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's name in health, limits and prices.
    pub provider: String,
    /// Its address: `https://me--sluice-runner.modal.run`.
    pub address: String,
    /// How it knows us.
    pub access: Access,
    /// What it does.
    pub kinds: BTreeSet<Kind>,
    /// The voices that it speaks with.
    pub voices: Vec<VoiceInfo>,
    /// Where it reports the end of a job, with an unguessable token in its path. Without one it is polled.
    pub webhook: Option<String>,
    /// What it charges; the models are the names of the kinds.
    pub prices: Arc<Prices>,
}

/// A runner. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runner {
    endpoint: Endpoint,
    settings: Arc<Settings>,
    profile: Profile,
    presenters: Arc<[Offered]>,
}

/// Verifies a webhook by Standard Webhooks, at most five minutes old, and returns of which job it tells. Any of the secrets
/// (`whsec_…`) counts, so that they can be rotated.
pub fn webhook(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, Refused> {
    let event_id = Some(standard(secrets, headers, body, now)?);
    Ok(Notice { provider_id: id_in(&parse(body)?, &["/data/id"])?, event_id })
}

impl Runner {
    /// With these settings. Nothing is sent.
    pub fn new(client: Client, settings: Settings) -> Result<Self, EndpointError> {
        let endpoint = settings.access.open(Endpoint::new(client, &settings.provider, &settings.address)?)?;
        let is_local = endpoint.is_loopback();
        let profile = Profile { provider: settings.provider.clone(), is_local, languages: Vec::new() };
        Ok(Self { endpoint, settings: Arc::new(settings), profile, presenters: Arc::default() })
    }

    /// The same with presenters of these names, whose ids begin with the provider's: `gpu:ada`.
    #[must_use]
    pub fn with_presenters(self, names: impl IntoIterator<Item = String>) -> Self {
        let provider = &self.settings.provider;
        let offered = |name: String| Offered { id: format!("{provider}:{name}"), name, kind: None, picture: None };
        let presenters = names.into_iter().map(offered).collect();
        Self { presenters, ..self }
    }

    fn able(&self, kind: Kind) -> Result<(), String> {
        if self.settings.kinds.contains(&kind) {
            return Ok(());
        }
        Err(format!("{} has no jobs of the kind \"{}\"", self.settings.provider, kind.name()))
    }

    fn cost(&self, kind: Kind, usage: &Usage) -> Option<MicroUsd> {
        self.settings.prices.cost(&self.settings.provider, kind.name(), usage)
    }

    async fn submit<T>(
        &self,
        kind: Kind,
        key: &str,
        request: Value,
        files: Vec<Field>,
    ) -> Result<Begun<T>, CapabilityError> {
        self.able(kind).map_err(|message| CapabilityError::fail("unsupported", message))?;
        let job = json!({
            "kind": kind.name(),
            "key": key,
            "request": request,
            "callback_url": self.settings.webhook,
        });
        let mut fields = vec![Field::text("job", job.to_string())];
        fields.extend(files);
        let value = HeaderValue::from_str(key)
            .ok()
            .filter(|_| key.len() <= LONGEST_KEY)
            .ok_or_else(|| CapabilityError::fail("bad_key", "the key of the request cannot be sent as a header"))?;
        let endpoint = self.endpoint.clone().with_header(HeaderName::from_static("idempotency-key"), value);
        let sent = endpoint.open_patiently(SUBMIT, Method::POST, "/jobs", Content::Form(fields)).await;
        let reply = match sent {
            Ok(incoming) => endpoint.value::<Job>(SUBMIT, incoming).await?,
            // A gateway may have given up on what goes on behind it: the runner says what it has.
            Err(mut error) if error.code == "provider_unavailable" => {
                error.remedy = Remedy::Look;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        let job = reply.value;
        if !is_id(&job.id) {
            return Err(CapabilityError::fail("bad_answer", "the runner's id of the job cannot be part of a path"));
        }
        Ok(Begun::Accepted { poll_after: job.poll_after(), provider_id: job.id })
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<Reply<T>, CapabilityError> {
        let incoming = self.endpoint.open_patiently(ASK, Method::GET, path, Content::from("")).await?;
        self.endpoint.value(ASK, incoming).await
    }

    /// The job of an id; `None` if the runner does not have it (any longer).
    async fn job(&self, id: &str) -> Result<Option<Job>, CapabilityError> {
        if !is_id(id) {
            return Ok(None);
        }
        match self.ask::<Job>(&format!("/jobs/{id}")).await {
            Ok(reply) => Ok(Some(reply.value)),
            Err(error) if error.code == "not_found" => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn progress(&self, key: &str, id: Option<&str>) -> Result<CallProgress, CapabilityError> {
        let job = if let Some(id) = id {
            self.job(id).await?
        } else {
            let key = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
            match self.ask::<Jobs>(&format!("/jobs?key={key}")).await {
                Ok(reply) => {
                    let job = reply.value.jobs.into_iter().next();
                    // It was made, and may have cost something: it is not for us to have it made again.
                    if job.as_ref().is_some_and(Job::is_expired) {
                        return Ok(CallProgress::CannotTell);
                    }
                    job
                }
                // A runner without a list of its jobs.
                Err(error) if ["not_found", "request_refused"].contains(&error.code.as_str()) => {
                    return Ok(CallProgress::CannotTell);
                }
                Err(error) => return Err(error),
            }
        };
        Ok(job.map_or(CallProgress::NotFound, |job| job.progress(|text| self.endpoint.shown(text))))
    }

    async fn finished(&self, id: &str) -> Result<Job, CapabilityError> {
        let job = self.job(id).await?;
        let job = job.ok_or_else(|| CapabilityError::fail("not_found", "the runner no longer has the job"))?;
        if job.is_done() { Ok(job) } else { Err(CapabilityError::retry("not_ready", "the job is not finished yet")) }
    }

    /// Writes the file of a finished job.
    async fn file(&self, id: &str, out: &std::path::Path) -> Result<(), CapabilityError> {
        let path = format!("/jobs/{id}/file");
        let incoming = self.endpoint.open_patiently(FETCH, Method::GET, &path, Content::from("")).await?;
        self.endpoint.save(FETCH, incoming, out).await.map(|_| ())
    }

    /// Cancels a job; returns what it cost if it ended with that.
    async fn stop(&self, id: &str) -> Result<Option<MicroUsd>, CapabilityError> {
        if !is_id(id) {
            return Ok(None);
        }
        let path = format!("/jobs/{id}");
        match self.endpoint.call::<Job>(ASK, Method::DELETE, &path, Content::from("")).await {
            Ok(reply) => Ok(reply.value.is_cancelled().then(|| reply.value.cost().unwrap_or_default())),
            // It has ended, or cannot be cancelled.
            Err(error) if ["not_found", "conflict", "request_refused"].contains(&error.code.as_str()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
