//! Who speaks when, in a warm child of this binary.
//!
//! The child (`engine`) listens to ten seconds after the other: segmentation-3.0 tells up to three voices apart (`turns`), CAM++
//! says of each what it sounds like (`filterbank`), and at the end those that sound alike are one person (`clusters`). What a
//! person sounds like is part of the answer, to recognise the same one in another sound.

mod clusters;
pub(crate) mod engine;
mod error;
mod filterbank;
mod turns;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

pub use clusters::{SAME_PERSON, cosine};
pub use error::SpeakersError;
pub use turns::Turn;

use self::engine::{EngineRequest, EngineResponse, Files};
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{Models, ONNX_RUNTIME, SPEAKER_TURNS, SPEAKER_WEIGHTS, SPEAKERS};

/// Time for the engine to start and load its models.
const STARTING: Duration = Duration::from_mins(1);
/// Time for a minute of sound on a busy machine.
const STEP: Duration = Duration::from_mins(2);
/// Time to compare the voices of a long sound with each other.
const FINISHING: Duration = Duration::from_mins(5);
/// After this time without a request the engine is stopped.
const IDLE: Duration = Duration::from_mins(5);
/// In MiB.
const MEMORY: u64 = 1024;
/// More threads make these small models hardly faster.
const MOST_THREADS: usize = 2;

/// Who speaks when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Voiced {
    /// In order of their starts.
    pub turns: Vec<Turn>,
    /// What each speaker sounds like: vectors of length 1, compared by [`cosine`].
    pub speakers: Vec<Vec<f32>>,
}

/// Tells speakers apart, with its warm engine.
pub struct Speakers {
    models: Models,
    engine: Warm,
    /// One sound at a time.
    turn: Mutex<()>,
}

impl Speakers {
    /// The engine is started on first use. `executable` is this binary, which re-executes itself as the engine child.
    pub fn new(guard: Guard, models: Models, executable: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = u32::try_from(cores.min(MOST_THREADS)).unwrap_or(1);
        let weights = models.path(&SPEAKER_WEIGHTS);
        let files = Files {
            onnx: models.path(&ONNX_RUNTIME),
            segmentation: models.path(&SPEAKER_TURNS),
            weights: weights.parent().map(PathBuf::from).unwrap_or_default(),
            threads,
        };
        let limits = Limits::warm(MEMORY, threads);
        let arguments = engine::arguments(executable.clone(), files);
        let engine = Warm::new(engine::SUBCOMMAND, Framing::Length, limits, move || {
            let fixed = [SUBCOMMAND.into(), engine::SUBCOMMAND.into()];
            guard.command(&limits, &executable, fixed.iter().chain(&arguments))
        })
        .evicted_after(IDLE);
        Self { models, engine, turn: Mutex::default() }
    }

    /// The models, as they are stored with what they made.
    pub const fn model() -> &'static str {
        "segmentation-3.0, CAM++ zh-en common"
    }

    /// Whether all files are present.
    pub fn check_installed(&self) -> Result<(), SpeakersError> {
        let files: Vec<&str> = self.models.missing(&[&SPEAKERS]).iter().map(|file| file.name).collect();
        if files.is_empty() { Ok(()) } else { Err(SpeakersError::NotInstalled { files }) }
    }

    /// Loads the models, so that the first request need not wait for them.
    pub async fn warm(&self) -> Result<(), SpeakersError> {
        self.check_installed()?;
        self.ask(&EngineRequest::Warm, STARTING).await.map(|_| ())
    }

    /// The engine's process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Says who speaks when in a file: of `count` people, if that is known. `progress` receives up to where the sound was heard,
    /// in milliseconds.
    pub async fn tell_apart(
        &self,
        sound: &Path,
        count: Option<usize>,
        progress: &(dyn Fn(u32) + Send + Sync),
    ) -> Result<Voiced, SpeakersError> {
        self.check_installed()?;
        let sound = tokio::fs::canonicalize(sound).await.map_err(|source| SpeakersError::NoFile { source })?;
        if !sound.is_file() {
            return Err(SpeakersError::NotMedia);
        }
        if sound.to_str().is_none() {
            return Err(SpeakersError::PathNotUtf8);
        }
        let _turn = self.turn.lock().await;
        self.ask(&EngineRequest::Begin { sound }, STARTING).await?;
        loop {
            let EngineResponse::Heard { until_ms, is_done } = self.ask(&EngineRequest::Next, STEP).await? else {
                return Err(another_answer());
            };
            progress(until_ms);
            if is_done {
                break;
            }
        }
        match self.ask(&EngineRequest::Finish { count }, FINISHING).await? {
            EngineResponse::Told(voiced) => Ok(voiced),
            _ => Err(another_answer()),
        }
    }

    async fn ask(&self, request: &EngineRequest, wall: Duration) -> Result<EngineResponse, SpeakersError> {
        match self.engine.ask(request, wall).await? {
            EngineResponse::Failed(failure) => Err(failure.into()),
            response => Ok(response),
        }
    }
}

fn another_answer() -> SpeakersError {
    SpeakersError::Failed { message: "the engine answered another request".to_owned() }
}
