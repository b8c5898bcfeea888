//! What Scribe's use cases need.

use std::sync::Arc;

use sluice_capability::{Complete, Completing, Listen, Router, TellApart, TellingApart, Transcribe, Transcribing};
use sluice_local::embed::Embedder;
use sluice_local::guard::Guard;
use tokio::sync::Semaphore;

use super::room::{AT_ONCE, Room};
use super::waiting::Waiting;
use crate::platform::Platform;
use crate::providers::Routes;

/// Ten minutes: a day of sound has no more than 144 of them, and a service that hears takes such a file.
const PART_MS: u64 = 10 * 60 * 1_000;

/// What Scribe's use cases need. Cheap to clone.
#[derive(Clone)]
pub struct ScribeApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// The implementations that transcribe.
    pub hearing: Routes<Transcribing, dyn Transcribe>,
    /// Hears what is being recorded.
    pub listening: Arc<dyn Listen>,
    /// Those that tell speakers apart.
    pub telling_apart: Router<TellingApart, dyn TellApart>,
    /// The models that write summaries.
    pub completing: Routes<Completing, dyn Complete>,
    /// What sentences are compared by, where its models are installed.
    pub embedder: Arc<Embedder>,
    /// Runs programs on files that people send.
    pub guard: Guard,
    /// How long the parts of a long sound are that are heard one after the other, in milliseconds.
    pub part_ms: u64,
    pub(super) waiting: Waiting,
    pub(super) room: Room,
    pub(super) receiving: Arc<Semaphore>,
}

impl ScribeApp {
    /// On this platform, with these implementations, and with no bound on the bytes of chunks in work.
    pub fn new(
        platform: Platform,
        hearing: Routes<Transcribing, dyn Transcribe>,
        listening: Arc<dyn Listen>,
        telling_apart: Router<TellingApart, dyn TellApart>,
        completing: Routes<Completing, dyn Complete>,
        embedder: Arc<Embedder>,
        guard: Guard,
    ) -> Self {
        Self {
            platform,
            hearing,
            listening,
            telling_apart,
            completing,
            embedder,
            guard,
            part_ms: PART_MS,
            waiting: Waiting::default(),
            room: Room::new(u64::MAX),
            receiving: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The same, with so many bytes of chunks in work at the same time.
    #[must_use]
    pub fn with_chunk_memory(self, bytes: u64) -> Self {
        Self { room: Room::new(bytes), ..self }
    }
}
