//! Built-in voices: they turn text into an audio file with the time of every word and phoneme.
//!
//! Piper's voice model speaks English in a warm child of this binary (`engine`), on phonemes from `sluice-espeak`. The
//! other languages, and English without the model, are spoken by `sluice-espeak` itself. Arabic is vowelled first.
//! Text becomes words and sentences (`plan`), these become audio with events (`by_piper`, `by_espeak`), and both are
//! written to one file with timings relative to the given text (`sound`).

mod align;
mod arabic;
mod by_espeak;
mod by_piper;
pub(crate) mod engine;
mod error;
mod onnx_patch;
mod piper;
mod plan;
mod sound;
mod table;
mod token;
mod vowels;
mod written;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use sluice_domain::language::Language;
use sluice_domain::speech::{Speech, WordTiming};
use tempfile::NamedTempFile;

pub use error::VoiceError;
pub use sluice_capability::VoiceInfo;

use self::by_espeak::{Request, Response};
use self::engine::{EngineRequest, EngineResponse};
use self::plan::Plan;
use self::sound::{Piece, Sound};
use self::table::{Engine, VOICES, Voice};
use crate::child::SUBCOMMAND;
use crate::child::warm::{Framing, Warm};
use crate::guard::{Guard, Limits};
use crate::models::{Models, ONNX_RUNTIME, PIPER_CONFIG, PIPER_MODEL, VOICE_AR, VOICE_EN, pull_command};

/// Most characters of one text: six minutes of speech. A scene has a tenth of that.
pub const MOST_CHARACTERS: usize = 5_000;

/// Time for an engine to start and load its model.
const STARTING: Duration = Duration::from_mins(1);
/// Further time for each character: a fifth of the speed of speech.
const EACH_CHARACTER: Duration = Duration::from_millis(300);

const MIB: u64 = 1024 * 1024;

/// For the child that runs the models. It writes the sound into a file.
const ENGINE_LIMITS: Limits = Limits { file_bytes: 512 * MIB, ..Limits::warm(3 * 1024, 1) };

/// For `sluice-espeak`.
const ESPEAK_LIMITS: Limits = Limits { memory_bytes: 512 * MIB, ..ENGINE_LIMITS };

/// What the voices need to know about their environment.
#[derive(Debug, Clone)]
pub struct VoiceSettings {
    /// This binary, which re-executes itself as the engine child.
    pub executable: PathBuf,
    /// The program `sluice-espeak`: beside the executable.
    pub espeak: PathBuf,
    /// Threads of the voice model.
    pub threads: usize,
}

impl VoiceSettings {
    /// The defaults for a binary: `sluice-espeak` beside it, two threads.
    pub fn beside(executable: PathBuf) -> Self {
        let espeak = executable.with_file_name("sluice-espeak");
        Self { executable, espeak, threads: 2 }
    }
}

/// All voices, with their warm engines.
pub struct Voices {
    models: Models,
    settings: VoiceSettings,
    engine: Warm,
    espeak: Warm,
    espeak_version: OnceLock<String>,
}

impl Voices {
    /// Engines are started on first use.
    pub fn new(guard: Guard, models: Models, settings: VoiceSettings) -> Self {
        let arguments = engine::arguments(
            models.path(&ONNX_RUNTIME),
            models.path(&PIPER_MODEL),
            models.path(&PIPER_CONFIG),
            settings.threads,
        );
        let (executable, own_guard) = (settings.executable.clone(), guard.clone());
        let engine = Warm::new("voice", Framing::Length, ENGINE_LIMITS, move || {
            let fixed = [SUBCOMMAND.into(), engine::SUBCOMMAND.into()];
            own_guard.command(&ENGINE_LIMITS, &executable, fixed.iter().chain(&arguments))
        });
        let program = settings.espeak.clone();
        let espeak = Warm::new("sluice-espeak", Framing::Lines, ESPEAK_LIMITS, move || {
            guard.command(&ESPEAK_LIMITS, &program, [""; 0])
        });
        Self { models, settings, engine, espeak, espeak_version: OnceLock::new() }
    }

    /// Every known voice, the best of a language first, installed or not.
    pub fn list(&self) -> Vec<VoiceInfo> {
        VOICES.iter().map(|voice| voice.info(self.is_installed(voice))).collect()
    }

    /// Whether there is a voice of this id, installed or not. There are more than [`Self::list`] has: those of languages that only
    /// phrases are said in.
    pub fn knows(&self, voice_id: &str) -> bool {
        table::voice(voice_id).is_some()
    }

    /// The best installed voice of a language; if none is installed, the best one, with `installed` false.
    pub fn default_for(&self, language: Language) -> Option<VoiceInfo> {
        let voices = || VOICES.iter().filter(|voice| voice.language == language.code());
        let voice = voices().find(|voice| self.is_installed(voice)).or_else(|| voices().next())?;
        Some(voice.info(self.is_installed(voice)))
    }

    /// Loads the English voice, so that the first sentence need not wait for it. Does nothing without the model.
    pub async fn warm(&self) -> Result<(), VoiceError> {
        if self.missing(&VOICES[0]).is_some() {
            return Ok(());
        }
        self.ask_engine(&EngineRequest::Warm, STARTING).await.map(|_| ())
    }

    /// The process id of the engine of English, when it runs.
    pub async fn process_id(&self) -> Option<u32> {
        self.engine.process_id().await
    }

    /// Speaks `text` with a voice into a WAV file (mono, 16 bit). On error there is no file.
    pub async fn speak(&self, voice_id: &str, text: &str, out_wav: &Path) -> Result<Speech, VoiceError> {
        let voice = table::voice(voice_id).ok_or_else(|| VoiceError::unknown(voice_id))?;
        let characters = text.chars().count();
        if characters > MOST_CHARACTERS {
            return Err(VoiceError::TooLong { characters, limit: MOST_CHARACTERS });
        }
        let plan = Plan::of(text, voice.language);
        if plan.words.is_empty() {
            return Err(VoiceError::NothingToSay);
        }
        if let Some(missing) = self.missing(voice) {
            return Err(VoiceError::NotInstalled { id: voice.id.to_owned(), missing });
        }
        let wall = STARTING + EACH_CHARACTER * u32::try_from(characters).unwrap_or(u32::MAX);
        let folder = out_wav.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let pcm = NamedTempFile::new_in(folder).map_err(VoiceError::from_io)?;
        let (pieces, sample_rate) = match voice.engine {
            Engine::Piper => self.by_piper(&plan, pcm.path(), wall).await?,
            Engine::Espeak { .. } => self.by_espeak(voice, &plan, pcm.path(), wall).await?,
        };
        let spoken_by = self.spoken_by(voice).await?;
        let out = out_wav.to_owned();
        tokio::task::spawn_blocking(move || finish(pieces, sample_rate, &plan, spoken_by, &out))
            .await
            .map_err(|error| VoiceError::Io { source: std::io::Error::other(error) })?
            .map_err(VoiceError::from_io)
    }

    fn is_installed(&self, voice: &Voice) -> bool {
        self.missing(voice).is_none()
    }

    /// What a voice lacks, and how to get it.
    fn missing(&self, voice: &Voice) -> Option<String> {
        if !self.settings.espeak.is_file() {
            return Some(format!("the program {} is missing: run `make setup`", self.settings.espeak.display()));
        }
        if !table::espeak_library_found() {
            return Some("the package libespeak-ng1 is missing: run `make setup`, or install it".to_owned());
        }
        let set = match voice.engine {
            Engine::Piper => &VOICE_EN,
            Engine::Espeak { vowel_marks: true, .. } => &VOICE_AR,
            Engine::Espeak { .. } => return None,
        };
        let file = set.files.iter().find(|file| !self.models.has(file))?;
        Some(format!("{} is missing: run `make setup`, or `{}`", file.name, pull_command(set, [file])))
    }

    async fn by_piper(&self, plan: &Plan, pcm: &Path, wall: Duration) -> Result<(Vec<Piece>, u32), VoiceError> {
        let request = Request::Phonemes { voice: table::PIPER_PHONEMES, clauses: by_piper::clauses(plan) };
        let Response::Phonemes { clauses } = self.ask_espeak(&request, wall).await? else {
            return Err(unexpected_response());
        };
        let sentences = by_piper::sentences(plan, &clauses);
        let phonemes = sentences.iter().map(by_piper::Sentence::phonemes).collect();
        let request = EngineRequest::Speak { sentences: phonemes, pace: table::PIPER_PACE, pcm: pcm.to_owned() };
        let response = self.ask_engine(&request, wall).await?;
        let EngineResponse::Spoken { sample_rate, sentences: spoken } = response else {
            return Err(unexpected_response());
        };
        let samples = read(pcm).await?;
        Ok((by_piper::pieces(&sentences, &spoken, &samples), sample_rate))
    }

    async fn by_espeak(
        &self,
        voice: &Voice,
        plan: &Plan,
        pcm: &Path,
        wall: Duration,
    ) -> Result<(Vec<Piece>, u32), VoiceError> {
        let Engine::Espeak { name, words_per_minute, pitch, vowel_marks } = voice.engine else {
            return Err(unexpected_response());
        };
        let spoken = if vowel_marks {
            let request = EngineRequest::Vowels { sentences: by_piper::clauses(plan) };
            let EngineResponse::Vowels { sentences } = self.ask_engine(&request, wall).await? else {
                return Err(unexpected_response());
            };
            by_espeak::vowelled_words(plan, &sentences)
        } else {
            plan.words.iter().map(|word| word.spoken.clone()).collect()
        };
        let texts = by_espeak::sentence_texts(plan, &spoken);
        let sentences = texts.iter().map(|text| text.text().to_owned()).collect();
        let request = Request::Speak { voice: name, sentences, words_per_minute, pitch, pcm: pcm.to_owned() };
        let Response::Spoken { sample_rate, sentences } = self.ask_espeak(&request, wall).await? else {
            return Err(unexpected_response());
        };
        let samples = read(pcm).await?;
        Ok((by_espeak::pieces(sentences, &texts, &samples, sample_rate), sample_rate))
    }

    async fn spoken_by(&self, voice: &Voice) -> Result<String, VoiceError> {
        if let Some(version) = self.espeak_version.get() {
            return Ok(voice.spoken_by(version));
        }
        let response = self.ask_espeak(&Request::Version, STARTING).await?;
        let Response::Version { version } = response else { return Err(unexpected_response()) };
        let version = self.espeak_version.get_or_init(|| version);
        Ok(voice.spoken_by(version))
    }

    async fn ask_engine(&self, request: &EngineRequest, wall: Duration) -> Result<EngineResponse, VoiceError> {
        match self.engine.ask(request, wall).await? {
            EngineResponse::NotLoaded { message } => Err(VoiceError::NotLoaded { message }),
            EngineResponse::Failed { disk_full: true, .. } => Err(VoiceError::DiskFull),
            EngineResponse::Failed { message, .. } => Err(VoiceError::Failed { engine: "voice", message }),
            response => Ok(response),
        }
    }

    async fn ask_espeak(&self, request: &Request<'_>, wall: Duration) -> Result<Response, VoiceError> {
        match self.espeak.ask(request, wall).await? {
            Response::Error { code, message } => Err(match code.as_str() {
                "disk_full" => VoiceError::DiskFull,
                "library_missing" => VoiceError::NotInstalled { id: "espeak".to_owned(), missing: message },
                _ => VoiceError::Failed { engine: "sluice-espeak", message },
            }),
            response => Ok(response),
        }
    }
}

fn unexpected_response() -> VoiceError {
    VoiceError::Failed { engine: "voice", message: "it answered another request".to_owned() }
}

async fn read(pcm: &Path) -> Result<Vec<i16>, VoiceError> {
    let path = pcm.to_owned();
    tokio::task::spawn_blocking(move || sound::read_pcm(&path))
        .await
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(VoiceError::from_io)
}

/// Puts the times together of what is said for one written word.
fn by_written_word(timings: Vec<WordTiming>) -> Vec<WordTiming> {
    let mut written: Vec<WordTiming> = Vec::with_capacity(timings.len());
    for timing in timings {
        match written.last_mut().filter(|last| last.start_byte == timing.start_byte) {
            Some(last) => {
                last.end_byte = last.end_byte.max(timing.end_byte);
                last.end_ms = timing.end_ms;
            }
            None => written.push(timing),
        }
    }
    written
}

fn finish(
    pieces: Vec<Piece>,
    sample_rate: u32,
    plan: &Plan,
    spoken_by: String,
    out_wav: &Path,
) -> std::io::Result<Speech> {
    let sound = Sound::join(pieces, sample_rate);
    let written: Vec<_> = plan.words.iter().map(|word| word.range.clone()).collect();
    sound::write_wav(out_wav, &sound.samples, sample_rate)?;
    Ok(Speech {
        sample_rate,
        samples: sound.samples.len() as u64,
        words: by_written_word(sound.words(&written, sample_rate)),
        phonemes: sound.phonemes(sample_rate),
        spoken_by,
    })
}
