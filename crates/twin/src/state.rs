//! What a twin remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sluice_domain::time::Timestamp;
use tokio::time::Instant;

use crate::Options;
use crate::bill::Charge;
use crate::did::Job;
use crate::faults::{Fault, Plan};
use crate::runner::Run;
use crate::settings::Settings;

/// Texts that the twin spoke, kept to write them down again; older ones are forgotten.
const SPOKEN: usize = 4_096;

/// A twin; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Twin(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    options: Options,
    begun: Instant,
    /// Each operation that is served, with its provider.
    served: Mutex<BTreeSet<(&'static str, &'static str)>>,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) bill: Vec<Charge>,
    pub(crate) requests: BTreeMap<(&'static str, &'static str), u64>,
    pub(crate) plan: Plan,
    pub(crate) settings: Settings,
    /// Chats that were to be stored, newest last.
    pub(crate) stored_chats: Vec<Value>,
    /// What `OpenRouter` knows of its generations, by id.
    pub(crate) generations: BTreeMap<String, Value>,
    /// What `ElevenLabs` writes down and keeps, by id: since when it is ready, and what it is.
    pub(crate) transcripts: BTreeMap<String, (Timestamp, Value)>,
    /// What `ElevenLabs` spoke, newest last.
    pub(crate) history: Vec<Value>,
    pub(crate) jobs: BTreeMap<String, Job>,
    pub(crate) runs: BTreeMap<String, Run>,
    /// Seconds of sounds that were uploaded to D-ID, by their URL.
    pub(crate) sounds: BTreeMap<String, f64>,
    spoken: Vec<(blake3::Hash, String)>,
    serial: u64,
}

impl Twin {
    pub(crate) fn new(address: SocketAddr, options: Options) -> Self {
        let begun = Instant::now();
        let twin = Self(Arc::new(Inner { address, options, begun, served: Mutex::default(), state: Mutex::default() }));
        twin.reset();
        twin
    }

    /// Forgets everything; what was planned at the start is planned again.
    pub(crate) fn reset(&self) {
        let plan = self.0.options.plan.clone();
        let settings = plan.settings.clone().unwrap_or_default();
        self.with(|state| *state = State { plan, settings, ..State::default() });
    }

    /// Notes that an operation is served.
    pub(crate) fn serves(&self, provider: &'static str, operation: &'static str) {
        self.0.served.lock().unwrap_or_else(PoisonError::into_inner).insert((provider, operation));
    }

    /// The operations that are served, each with its provider.
    pub(crate) fn served(&self) -> BTreeSet<(&'static str, &'static str)> {
        self.0.served.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads or changes the state. Nothing waits inside.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn seed(&self) -> u64 {
        self.0.options.seed
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.0.address)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.options.started + self.0.begun.elapsed()
    }

    /// Seconds since 1970.
    pub(crate) fn now_seconds(&self) -> i64 {
        self.now().as_millis().div_euclid(1_000)
    }

    pub(crate) fn settings(&self) -> Settings {
        self.with(|state| state.settings.clone())
    }

    pub(crate) fn job_time(&self) -> Duration {
        Duration::from_millis(self.with(|state| state.settings.job_ms))
    }

    /// What goes wrong with the request that was counted last.
    pub(crate) fn fault_of(&self, provider: &'static str, operation: &'static str) -> Option<Fault> {
        let seed = self.seed();
        self.with(|state| {
            let number = state.requests.get(&(provider, operation)).copied().unwrap_or(0);
            state.plan.take(provider, operation, number, seed)
        })
    }

    /// Counts a request.
    pub(crate) fn count(&self, provider: &'static str, operation: &'static str) {
        self.with(|state| *state.requests.entry((provider, operation)).or_default() += 1);
    }

    /// A new id: `prefix` and 24 hexadecimal digits.
    pub(crate) fn id(&self, prefix: &str) -> String {
        let serial = self.with(|state| {
            state.serial += 1;
            state.serial
        });
        let hash = blake3::hash(format!("{}/{prefix}/{serial}", self.seed()).as_bytes()).to_hex();
        format!("{prefix}{}", hash.get(..24).unwrap_or_default())
    }

    /// Remembers what was spoken, so that its sound can be written down.
    pub(crate) fn remember(&self, sound: &[u8], text: &str) {
        let hash = blake3::hash(sound);
        self.with(|state| {
            if state.spoken.len() >= SPOKEN {
                state.spoken.remove(0);
            }
            state.spoken.push((hash, text.to_owned()));
        });
    }

    /// The text of a sound that the twin spoke.
    pub(crate) fn recall(&self, sound: &[u8]) -> Option<String> {
        let hash = blake3::hash(sound);
        self.with(|state| state.spoken.iter().rev().find(|(of, _)| *of == hash).map(|(_, text)| text.clone()))
    }

    /// What was charged for a provider so far, in micro-USD.
    pub(crate) fn spent(&self, provider: &str) -> u64 {
        self.with(|state| {
            state.bill.iter().filter(|charge| charge.provider == provider).map(|charge| charge.micro_usd).sum()
        })
    }
}

/// A hash of the seed and some words.
pub(crate) fn hash(seed: u64, words: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    for word in words {
        hasher.update(&[0xff]);
        hasher.update(word.as_bytes());
    }
    hasher.finalize().as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// A time as RFC 3339 writes it, in UTC.
pub(crate) fn date(at: Timestamp) -> String {
    DateTime::<Utc>::from_timestamp_millis(at.as_millis()).map(|time| format!("{time:?}")).unwrap_or_default()
}
