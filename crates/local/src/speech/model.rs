//! What the engine child has loaded: Whisper with its tokens and features, and the model of voice activity.

use std::path::PathBuf;

use sluice_whisper::Whisper;

use super::activity::Activity;
use super::error::Failure;
use super::mel::Mel;
use super::tokens::Tokens;
use crate::onnx::Onnx;

/// Weights are rounded to eight bits when they are loaded: twice as fast, in half the memory, and no less exact in practice.
const COMPUTE_TYPE: &str = "int8";

/// The files, and how many threads may work on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// The C interface of CTranslate2's Whisper.
    pub(super) library: PathBuf,
    /// The folder of the model.
    pub(super) whisper: PathBuf,
    /// ONNX Runtime.
    pub(super) onnx: PathBuf,
    /// Silero's model.
    pub(super) activity: PathBuf,
    pub(super) threads: u32,
}

/// The loaded models.
pub(super) struct Model {
    pub(super) whisper: Whisper,
    pub(super) mel: Mel,
    pub(super) tokens: Tokens,
    pub(super) activity: Activity,
}

impl Model {
    /// Loads everything. Takes half a second.
    pub(super) fn load(files: &Files) -> Result<Self, Failure> {
        Self::try_load(files).map_err(|message| Failure::NotLoaded { message })
    }

    fn try_load(files: &Files) -> Result<Self, String> {
        let tokens = Tokens::load(&files.whisper.join("tokenizer.json"))?;
        // One thread: the model of voice activity is small.
        let onnx = Onnx::load(&files.onnx, 1)?;
        let activity = Activity::load(&onnx, &files.activity)?;
        let opened = Whisper::open(&files.library, &files.whisper, COMPUTE_TYPE, files.threads);
        let whisper = opened.map_err(|error| described(&error))?;
        let mel = Mel::new(whisper.bands().map_err(|error| described(&error))?);
        Ok(Self { whisper, mel, tokens, activity })
    }
}

/// An error with its cause, for a message that crosses a pipe.
fn described(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
