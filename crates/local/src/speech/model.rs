//! What the engine child loads: sizes of Whisper with their tokens and features, and the model of voice activity.

use std::path::PathBuf;

use sluice_whisper::Whisper;

use super::activity::Activity;
use super::choice::Size;
use super::error::Failure;
use super::mel::Mel;
use super::tokens::Tokens;
use crate::models::{CTRANSLATE2, CTRANSLATE2_THREADS, VOICE_ACTIVITY, WHISPER_SHIM, verified};
use crate::onnx::Onnx;

/// Weights are rounded to eight bits when they are loaded: twice as fast, in half the memory, and no less exact in practice.
const COMPUTE_TYPE: &str = "int8";

/// The files, and how many threads may work on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// The C interface of CTranslate2's Whisper.
    pub(super) library: PathBuf,
    /// The folder with the folders of the models.
    pub(super) models: PathBuf,
    /// ONNX Runtime.
    pub(super) onnx: PathBuf,
    /// Silero's model.
    pub(super) activity: PathBuf,
    pub(super) threads: u32,
}

/// A size of Whisper, loaded.
pub(super) struct Model {
    pub(super) whisper: Whisper,
    pub(super) mel: Mel,
    pub(super) tokens: Tokens,
}

impl Model {
    /// Takes half a second for `base`. CTranslate2 would go on with other weights of the same length: what it made of them
    /// would be stored as what this model heard.
    pub(super) fn load(files: &Files, size: Size) -> Result<Self, Failure> {
        Self::try_load(files, size).map_err(|message| Failure::NotLoaded { message })
    }

    fn try_load(files: &Files, size: Size) -> Result<Self, String> {
        for file in size.set().files.iter().filter(|file| file.name.starts_with(size.folder())) {
            verified(file, &files.models.join(file.name))?;
        }
        let folder = files.models.join(size.folder());
        let tokens = Tokens::load(&folder.join("tokenizer.json"))?;
        let opened = Whisper::open(&files.library, &folder, COMPUTE_TYPE, files.threads);
        let whisper = opened.map_err(|error| described(&error))?;
        let mel = Mel::new(whisper.bands().map_err(|error| described(&error))?);
        Ok(Self { whisper, mel, tokens })
    }
}

/// Compares the libraries of CTranslate2 with those that were installed, before this process opens them.
pub(super) fn check_libraries(files: &Files) -> Result<(), Failure> {
    let others = [&CTRANSLATE2, &CTRANSLATE2_THREADS].map(|file| (file, files.models.join(file.name)));
    for (file, path) in others.iter().map(|(file, path)| (*file, path)).chain([(&WHISPER_SHIM, &files.library)]) {
        verified(file, path).map_err(|message| Failure::NotLoaded { message })?;
    }
    Ok(())
}

/// Loads the model of voice activity.
pub(super) fn load_activity(files: &Files) -> Result<Activity, Failure> {
    // One thread: it is small.
    let load = || {
        verified(&VOICE_ACTIVITY, &files.activity)?;
        Activity::load(&Onnx::load(&files.onnx, 1)?, &files.activity)
    };
    load().map_err(|message| Failure::NotLoaded { message })
}

/// An error with its cause, for a message that crosses a pipe.
fn described(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
