//! Speech to text, by Whisper in a warm child of this binary.
//!
//! The child (`engine`) decodes a file through ffmpeg as it reads it (`crate::sound`), keeps the stretches with a voice in them
//! (`activity`, `heard`), computes features (`mel`) and decodes window after window (`job`, `decode`) the way faster-whisper
//! does: with timestamps, from which the next window begins (`split`), and with higher temperatures where the text is not
//! plausible, and with the text before (`before`). Words get their times by alignment (`words`). What nobody said is left out (`gate`), and where somebody speaks and
//! nothing was written is noted (`unwritten`).
//!
//! A transcription is a row of short requests, so that each has a time limit and the caller sees how far it is. Several take
//! turns in one child. Speech that goes on is heard again and again, and grows (`live`).

mod activity;
mod before;
mod choice;
mod decode;
pub(crate) mod engine;
mod error;
mod gate;
mod heard;
mod job;
mod live;
mod mel;
mod model;
mod split;
mod tokens;
mod unwritten;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sluice_capability::{TranscribeRequest, Transcript};

pub use choice::{LANGUAGES, Size, is_known_to_base};
pub use error::SpeechError;
pub use live::{Growth, Live};

use self::engine::{EngineRequest, EngineResponse};
use self::job::Order;
use self::model::Files;
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{CTRANSLATE2, Models, ONNX_RUNTIME, VOICE_ACTIVITY, WHISPER_SHIM};
use crate::sound::{Part, SAMPLE_RATE};

/// Time for the engine to start and load its models.
const STARTING: Duration = Duration::from_mins(2);
/// Time for one window of thirty seconds at all temperatures, or for ten minutes without speech, on a busy machine.
const STEP: Duration = Duration::from_mins(5);
/// The engine holds a third of a gigabyte; after this time without a request it is stopped.
const IDLE: Duration = Duration::from_mins(5);

/// Address space of the engine in MiB.
const MEMORY: u64 = 4 * 1024;
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
}

/// Speech to text, with its warm engine.
pub struct Transcriber {
    models: Models,
    engine: Arc<Warm>,
    open: Arc<Open>,
}

/// The sounds that the engine has open for somebody.
#[derive(Default)]
struct Open {
    last: AtomicU64,
    wanted: Mutex<BTreeSet<u64>>,
}

/// A sound that is open until this is dropped.
struct Wanted {
    id: u64,
    open: Arc<Open>,
}

impl Wanted {
    /// It, and all that are open now.
    fn new(open: &Arc<Open>) -> (Self, Vec<u64>) {
        let id = open.last.fetch_add(1, Ordering::Relaxed);
        let mut wanted = open.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.insert(id);
        (Self { id, open: Arc::clone(open) }, wanted.iter().copied().collect())
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.open.wanted.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// What was said, and which model wrote it down.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcription {
    /// What was said.
    pub transcript: Transcript,
    /// The model.
    pub size: Size,
}

/// What a hearing added, and which model heard it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hearing {
    /// What it added.
    pub growth: Growth,
    /// The model.
    pub size: Size,
}

/// A part of a sound that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSound {
    /// A file with sound: any format that ffmpeg reads. Its end may still be written.
    pub file: PathBuf,
    /// Where the file begins in the whole sound, in milliseconds: at or before [`Live::from_ms`].
    pub starts_ms: u32,
    /// Up to where of the whole sound it is to be heard, in milliseconds.
    pub until_ms: u32,
}

impl Transcriber {
    /// The engine is started on first use.
    pub fn new(guard: Guard, models: Models, settings: SpeechSettings) -> Self {
        let files = Files {
            library: models.path(&WHISPER_SHIM),
            models: models.folder().to_owned(),
            onnx: models.path(&ONNX_RUNTIME),
            activity: models.path(&VOICE_ACTIVITY),
            threads: settings.threads,
        };
        let limits = Limits::warm(MEMORY, settings.threads);
        let arguments = engine::arguments(settings.executable.clone(), files);
        let executable = settings.executable;
        let engine = Warm::new(engine::SUBCOMMAND, Framing::Length, limits, move || {
            let fixed = [SUBCOMMAND.into(), engine::SUBCOMMAND.into()];
            guard.command(&limits, &executable, fixed.iter().chain(&arguments))
        })
        .evicted_after(IDLE);
        Self { models, engine: Arc::new(engine), open: Arc::default() }
    }

    /// The version of what runs the models.
    pub fn version() -> &'static str {
        CTRANSLATE2.name.rsplit(".so.").next().unwrap_or_default()
    }

    /// Whether all files are present, of the smallest model.
    pub fn check_installed(&self) -> Result<(), SpeechError> {
        let files: Vec<&str> = self.models.missing(&[Size::Base.set()]).iter().map(|file| file.name).collect();
        if files.is_empty() { Ok(()) } else { Err(SpeechError::NotInstalled { files }) }
    }

    /// Whether a size can be used.
    pub fn has(&self, size: Size) -> bool {
        self.models.missing(&[Size::Base.set(), size.set()]).is_empty()
    }

    /// Loads the models, so that the first request need not wait for them.
    pub async fn warm(&self) -> Result<(), SpeechError> {
        self.check_installed()?;
        self.ask(EngineRequest::Warm, STARTING).await.map(|_| ())
    }

    /// The engine's process id, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Transcribes a file, by the size that suits its language and its length, or by `size`. `progress` receives up to where
    /// the sound was read, in milliseconds.
    pub async fn transcribe(
        &self,
        request: &TranscribeRequest,
        size: Option<Size>,
        progress: &(dyn Fn(u32) + Send + Sync),
    ) -> Result<Transcription, SpeechError> {
        self.check_installed()?;
        let mut order = Order {
            sound: readable(&request.sound).await?,
            part: Part::default(),
            size: Size::Base,
            hasty: false,
            language: request.language.clone().or_else(|| request.part_of.as_ref()?.language.clone()),
            words: request.words,
            prompt: request.prompt.clone(),
        };
        match size {
            Some(size) if !self.has(size) => {
                let files = self.models.missing(&[size.set()]).iter().map(|file| file.name).collect();
                return Err(SpeechError::SizeNotInstalled { size, files });
            }
            Some(size) => order.size = size,
            None if self.has(Size::Small) => {
                if order.language.is_none() {
                    order.language = self.detect(order.clone()).await?;
                }
                if let Some(language) = &order.language {
                    let whole_ms = request.part_of.as_ref().map_or(request.duration_ms, |part| part.whole_ms);
                    order.size = Size::for_sound(language, whole_ms);
                }
            }
            None => {}
        }
        let size = order.size;
        Ok(Transcription { transcript: self.run(order, progress).await?.0, size })
    }

    /// Hears a sound that goes on from [`Live::from_ms`], by the size that suits its language and keeps up with it, and says
    /// which words are certain now. On an error `live` stays as it was: the next hearing takes in what this one missed.
    pub async fn hear(&self, live: &mut Live, sound: &LiveSound) -> Result<Hearing, SpeechError> {
        self.check_installed()?;
        let size = live.size(self.has(Size::Small));
        let begun = Instant::now();
        let starts_ms = sound.starts_ms;
        let in_file = |ms: u32| ms.saturating_sub(starts_ms);
        let order = Order {
            sound: readable(&sound.file).await?,
            part: Part { from: in_file(live.from_ms()), until: Some(in_file(sound.until_ms)) },
            size,
            hasty: true,
            language: live.certain_language().map(str::to_owned),
            words: true,
            prompt: live.prompt(),
        };
        let heard_from = live.from_ms().max(starts_ms);
        let is_past_the_end = order.part.from > 0;
        let (transcript, heard) = match self.run(order, &|_| ()).await {
            Err(SpeechError::NoSound) if is_past_the_end => Default::default(),
            run => run?,
        };
        let mut words: Vec<_> = transcript.segments.into_iter().flat_map(|segment| segment.words).collect();
        for word in &mut words {
            word.start_ms += heard_from;
            word.end_ms += heard_from;
        }
        live.heard_by(size, begun.elapsed(), heard_from + heard);
        Ok(Hearing { growth: live.grow(words, &transcript.language, heard_from + heard), size })
    }

    async fn detect(&self, order: Order) -> Result<Option<String>, SpeechError> {
        match self.ask(EngineRequest::Detect(order), STEP).await? {
            EngineResponse::Language(language) => Ok(language),
            _ => Err(another_answer()),
        }
    }

    /// The transcript, and the length of what was heard in milliseconds.
    async fn run(
        &self,
        order: Order,
        progress: &(dyn Fn(u32) + Send + Sync),
    ) -> Result<(Transcript, u32), SpeechError> {
        let (sound, wanted) = Wanted::new(&self.open);
        let id = sound.id;
        self.ask(EngineRequest::Begin { id, order, wanted }, STARTING).await?;
        let mut transcript = Transcript::default();
        loop {
            let EngineResponse::Heard(step) = self.ask(EngineRequest::Next { id }, STEP).await? else {
                return Err(another_answer());
            };
            transcript.segments.extend(step.segments);
            transcript.suppressed.extend(step.suppressed);
            transcript.unwritten.extend(step.unwritten);
            if let Some(language) = step.language {
                transcript.language = language;
            }
            progress(step.until_ms);
            if step.is_done {
                return Ok((transcript, step.until_ms));
            }
        }
    }

    /// In a task of its own: to drop a request in the middle would stop the engine, and with it what it hears for others.
    async fn ask(&self, request: EngineRequest, wall: Duration) -> Result<EngineResponse, SpeechError> {
        let engine = Arc::clone(&self.engine);
        let asked = tokio::spawn(async move { engine.ask(&request, wall).await });
        match asked.await.map_err(|error| SpeechError::Failed { message: error.to_string() })?? {
            EngineResponse::Failed(failure) => Err(failure.into()),
            response => Ok(response),
        }
    }
}

fn another_answer() -> SpeechError {
    SpeechError::Failed { message: "the engine answered another request".to_owned() }
}

/// The file as the engine is given it.
async fn readable(sound: &Path) -> Result<PathBuf, SpeechError> {
    let sound = tokio::fs::canonicalize(sound).await.map_err(|source| SpeechError::NoFile { source })?;
    if !sound.is_file() {
        return Err(SpeechError::NotMedia);
    }
    if sound.to_str().is_none() {
        return Err(SpeechError::PathNotUtf8);
    }
    Ok(sound)
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
