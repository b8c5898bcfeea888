//! What Scribe's use cases need.

use std::sync::Arc;

use sluice_capability::{Listen, Router, TellApart, TellingApart, Transcribe, Transcribing};
use sluice_local::embed::Embedder;
use sluice_local::guard::Guard;
use tokio::sync::Semaphore;

use super::waiting::Waiting;
use crate::platform::Platform;

/// Chunks that are received at the same time, of all sessions: each holds a file open. What comes beyond them waits in the
/// network's buffers.
const AT_ONCE: usize = 256;

/// What Scribe's use cases need. Cheap to clone.
#[derive(Clone)]
pub struct ScribeApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// The implementations that transcribe.
    pub hearing: Router<Transcribing, dyn Transcribe>,
    /// Hears what is being recorded.
    pub listening: Arc<dyn Listen>,
    /// Those that tell speakers apart.
    pub telling_apart: Router<TellingApart, dyn TellApart>,
    /// What sentences are compared by, where its models are installed.
    pub embedder: Arc<Embedder>,
    /// Runs programs on files that people send.
    pub guard: Guard,
    pub(super) waiting: Waiting,
    pub(super) receiving: Arc<Semaphore>,
}

impl ScribeApp {
    /// On this platform, with these implementations.
    pub fn new(
        platform: Platform,
        hearing: Router<Transcribing, dyn Transcribe>,
        listening: Arc<dyn Listen>,
        telling_apart: Router<TellingApart, dyn TellApart>,
        embedder: Arc<Embedder>,
        guard: Guard,
    ) -> Self {
        Self {
            platform,
            hearing,
            listening,
            telling_apart,
            embedder,
            guard,
            waiting: Waiting::default(),
            receiving: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}
