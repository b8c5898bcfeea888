//! Speech to text, by Whisper in a warm child of this binary.
//!
//! The child (`engine`) decodes a file through ffmpeg as it reads it (`sound`), keeps the stretches with a voice in them
//! (`activity`, `heard`), computes features (`mel`) and decodes window after window (`job`, `decode`) the way faster-whisper
//! does: with timestamps, from which the next window begins (`split`), and with higher temperatures where the text is not
//! plausible. Words get their times by alignment (`words`). What nobody said is left out (`gate`).
//!
//! A transcription is a row of short requests, so that each has a time limit and the caller sees how far it is.

mod activity;
mod decode;
pub(crate) mod engine;
mod error;
mod gate;
mod heard;
mod job;
mod mel;
mod model;
mod sound;
mod split;
mod tokens;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use sluice_capability::{TranscribeRequest, Transcript};

pub use error::SpeechError;

use self::engine::{EngineRequest, EngineResponse};
use self::job::Order;
use self::model::Files;
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{CTRANSLATE2, Models, ONNX_RUNTIME, SPEECH, VOICE_ACTIVITY, WHISPER_MODEL, WHISPER_SHIM};

/// Samples per second of what is transcribed.
pub(crate) const SAMPLE_RATE: u32 = 16_000;

/// Time for the engine to start and load its models.
const STARTING: Duration = Duration::from_mins(2);
/// Time for one window of thirty seconds at all temperatures, or for ten minutes without speech, on a busy machine.
const STEP: Duration = Duration::from_mins(5);
/// The engine holds a third of a gigabyte; after this time without a request it is stopped.
const IDLE: Duration = Duration::from_mins(5);

/// A month. Warm children have no time limit of their own; each request has one.
const NO_TIME_LIMIT: Duration = Duration::from_hours(30 * 24);
const MIB: u64 = 1024 * 1024;
/// More threads make one window hardly faster.
const MOST_THREADS: usize = 4;

/// What speech to text needs to know about its environment.
#[derive(Debug, Clone)]
pub struct SpeechSettings {
    /// This binary, which re-executes itself as the engine child.
    pub executable: PathBuf,
    /// Threads of the model.
    pub threads: u32,
}

impl SpeechSettings {
    /// The defaults for a binary: as many threads as there are cores, at most four.
    pub fn of(executable: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { executable, threads: u32::try_from(cores.min(MOST_THREADS)).unwrap_or(1) }
    }

    fn limits(&self) -> Limits {
        Limits {
            memory_bytes: 4 * 1024 * MIB,
            cpu: NO_TIME_LIMIT,
            wall: NO_TIME_LIMIT,
            file_bytes: 64 * MIB,
            output_bytes: u64::MAX,
            threads: self.threads,
        }
    }
}

/// Speech to text, with its warm engine.
pub struct Transcriber {
    models: Models,
    engine: Warm,
    /// One transcription at a time: the engine has one sound open.
    turn: tokio::sync::Mutex<()>,
}

impl Transcriber {
    /// The engine is started on first use.
    pub fn new(guard: Guard, models: Models, settings: SpeechSettings) -> Self {
        let whisper = models.path(&WHISPER_MODEL);
        let files = Files {
            library: models.path(&WHISPER_SHIM),
            whisper: whisper.parent().map(PathBuf::from).unwrap_or_default(),
            onnx: models.path(&ONNX_RUNTIME),
            activity: models.path(&VOICE_ACTIVITY),
            threads: settings.threads,
        };
        let limits = settings.limits();
        let arguments = engine::arguments(settings.executable.clone(), files);
        let executable = settings.executable;
        let engine = Warm::new(engine::SUBCOMMAND, Framing::Length, limits, move || {
            let fixed = [SUBCOMMAND.into(), engine::SUBCOMMAND.into()];
            guard.command(&limits, &executable, fixed.iter().chain(&arguments))
        })
        .evicted_after(IDLE);
        Self { models, engine, turn: tokio::sync::Mutex::default() }
    }

    /// The model and what runs it, as it is stored with what it made.
    pub fn model() -> (&'static str, &'static str) {
        let version = CTRANSLATE2.name.rsplit(".so.").next().unwrap_or_default();
        ("whisper base int8", version)
    }

    /// Whether all files are present.
    pub fn check_installed(&self) -> Result<(), SpeechError> {
        let files: Vec<&str> = self.models.missing(&[&SPEECH]).iter().map(|file| file.name).collect();
        if files.is_empty() { Ok(()) } else { Err(SpeechError::NotInstalled { files }) }
    }

    /// Loads the models, so that the first request need not wait for them.
    pub async fn warm(&self) -> Result<(), SpeechError> {
        self.check_installed()?;
        self.ask(&EngineRequest::Warm, STARTING).await.map(|_| ())
    }

    /// The engine's process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Transcribes a file. `progress` receives up to where the sound was read, in milliseconds.
    pub async fn transcribe(
        &self,
        request: &TranscribeRequest,
        progress: &(dyn Fn(u32) + Send + Sync),
    ) -> Result<Transcript, SpeechError> {
        self.check_installed()?;
        let sound = tokio::fs::canonicalize(&request.sound).await.map_err(|source| SpeechError::NoFile { source })?;
        if !sound.is_file() {
            return Err(SpeechError::NotMedia);
        }
        if sound.to_str().is_none() {
            return Err(SpeechError::PathNotUtf8);
        }
        let order =
            Order { sound, language: request.language.clone(), words: request.words, prompt: request.prompt.clone() };
        let _turn = self.turn.lock().await;
        self.ask(&EngineRequest::Begin(order), STARTING).await?;
        let mut transcript = Transcript { language: String::new(), segments: Vec::new(), suppressed: Vec::new() };
        loop {
            let EngineResponse::Heard(step) = self.ask(&EngineRequest::Next, STEP).await? else {
                return Err(SpeechError::Failed { message: "the engine answered another request".to_owned() });
            };
            transcript.segments.extend(step.segments);
            transcript.suppressed.extend(step.suppressed);
            if let Some(language) = step.language {
                transcript.language = language;
            }
            progress(step.until_ms);
            if step.is_done {
                return Ok(transcript);
            }
        }
    }

    async fn ask(&self, request: &EngineRequest, wall: Duration) -> Result<EngineResponse, SpeechError> {
        match self.engine.ask(request, wall).await? {
            EngineResponse::Failed(failure) => Err(failure.into()),
            response => Ok(response),
        }
    }
}

/// Seconds of a number of samples.
#[expect(clippy::cast_precision_loss, reason = "less than a year")]
fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}

/// Seconds of a number of frames of 10 ms.
fn frame_seconds(frames: usize) -> f64 {
    seconds(frames * mel::HOP)
}

/// Frames of 10 ms in this time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, within a window")]
fn frames(seconds: f64) -> usize {
    (seconds * 100.0).round() as usize
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, less than a month")]
fn milliseconds(seconds: f64) -> u32 {
    (seconds.max(0.0) * 1_000.0).round() as u32
}

#[expect(clippy::cast_precision_loss, reason = "counts within a window")]
fn ratio(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}
