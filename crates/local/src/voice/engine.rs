//! The warm child that runs the models (`sluice __engine voice …`), and its messages.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::piper::Piper;
use super::sound::write_pcm;
use super::vowels::Vowels;
use crate::child::serve::{serve, wrong_arguments};
use crate::onnx::Onnx;

/// Name of the engine child that runs the models.
pub(crate) const SUBCOMMAND: &str = "voice";

/// A request to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load the English voice.
    Warm,
    /// Speak phoneme strings, one after the other, into the file `pcm` (raw 16-bit samples).
    Speak { sentences: Vec<String>, pace: f32, pcm: PathBuf },
    /// Add vowel marks to Arabic sentences.
    Vowels { sentences: Vec<String> },
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    Spoken { sample_rate: u32, sentences: Vec<Utterance> },
    Vowels { sentences: Vec<String> },
    NotLoaded { message: String },
    Failed { message: String, disk_full: bool },
}

/// A spoken phoneme string.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Utterance {
    /// The number of samples of the file that belong to it.
    pub(super) samples: usize,
    /// Start and end of each character in samples from its start; equal for a silent one.
    pub(super) times: Vec<(usize, usize)>,
}

/// The arguments after `__engine voice`: library, model, description of the voice, number of threads.
pub(super) fn arguments(library: PathBuf, model: PathBuf, config: PathBuf, threads: usize) -> [OsString; 4] {
    [library.into(), model.into(), config.into(), threads.to_string().into()]
}

/// Answers requests on standard input until it is closed.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [library, model, config, threads] = args else {
        return wrong_arguments(SUBCOMMAND, 4);
    };
    let threads = threads.to_str().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut engine = Engine {
        library: library.into(),
        model: model.into(),
        config: config.into(),
        threads,
        onnx: None,
        piper: None,
        vowels: None,
    };
    serve(SUBCOMMAND, |request| engine.respond(request))
}

/// Why a request was not fulfilled.
enum Failure {
    /// A model or its library cannot be loaded.
    NotLoaded {
        message: String,
    },
    Failed {
        message: String,
        disk_full: bool,
    },
}

impl Failure {
    fn not_loaded(message: String) -> Self {
        Self::NotLoaded { message }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed { message, disk_full: false }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed { message: error.to_string(), disk_full: error.kind() == io::ErrorKind::StorageFull }
    }
}

impl From<Failure> for EngineResponse {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotLoaded { message } => Self::NotLoaded { message },
            Failure::Failed { message, disk_full } => Self::Failed { message, disk_full },
        }
    }
}

struct Engine {
    library: PathBuf,
    model: PathBuf,
    config: PathBuf,
    threads: usize,
    onnx: Option<Onnx>,
    piper: Option<Piper>,
    vowels: Option<Vowels>,
}

impl Engine {
    fn respond(&mut self, request: EngineRequest) -> EngineResponse {
        let done = match request {
            EngineRequest::Warm => self.piper().map(|_| EngineResponse::Warm),
            EngineRequest::Speak { sentences, pace, pcm } => self.speak(&sentences, pace, &pcm),
            EngineRequest::Vowels { sentences } => self.add_vowels(&sentences),
        };
        done.unwrap_or_else(EngineResponse::from)
    }

    fn speak(&mut self, sentences: &[String], pace: f32, pcm: &Path) -> Result<EngineResponse, Failure> {
        let piper = self.piper()?;
        let mut file = BufWriter::new(File::create(pcm)?);
        let mut spoken = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let utterance = piper.speak(sentence, pace)?;
            write_pcm(&mut file, &utterance.samples)?;
            let times = utterance.times.into_iter().map(|time| (time.start, time.end)).collect();
            spoken.push(Utterance { samples: utterance.samples.len(), times });
        }
        file.flush()?;
        Ok(EngineResponse::Spoken { sample_rate: piper.sample_rate(), sentences: spoken })
    }

    fn add_vowels(&mut self, sentences: &[String]) -> Result<EngineResponse, Failure> {
        let mut vowels = match self.vowels.take() {
            Some(vowels) => vowels,
            None => self.onnx().and_then(Vowels::load).map_err(Failure::not_loaded)?,
        };
        let sentences = sentences.iter().map(|sentence| vowels.add(sentence)).collect::<Result<_, _>>()?;
        self.vowels = Some(vowels);
        Ok(EngineResponse::Vowels { sentences })
    }

    fn onnx(&mut self) -> Result<&Onnx, String> {
        let onnx = self.onnx.take().map_or_else(|| Onnx::load(&self.library, self.threads), Ok)?;
        Ok(self.onnx.insert(onnx))
    }

    fn piper(&mut self) -> Result<&mut Piper, Failure> {
        let piper = if let Some(piper) = self.piper.take() {
            piper
        } else {
            let (model, config) = (self.model.clone(), self.config.clone());
            let loaded = self.onnx().and_then(|onnx| Piper::load(onnx, &model, &config));
            loaded.map_err(Failure::not_loaded)?
        };
        Ok(self.piper.insert(piper))
    }
}
