//! The warm child that reads photographs (`sluice __engine photo …`), and its messages.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::decode;
use super::error::Failure;
use super::model::{Files, Model};
use crate::child::serve::{serve, wrong_arguments};
use crate::reading::PhotoLine;

/// Name of the engine child that reads photographs.
pub(crate) const SUBCOMMAND: &str = "photo";

/// A request to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load the models.
    Warm,
    /// Read the text of a picture.
    Read { picture: PathBuf },
    /// Write a picture as PGM into this file, upright as the camera was held. Needs no model.
    Grey { picture: PathBuf, into: PathBuf },
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    Read(Found),
    /// Width and height of the picture, not of the copy.
    Grey {
        size: [u32; 2],
    },
    Failed(Failure),
}

/// What was found on a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Found {
    /// Width and height of the picture, upright as the camera was held.
    pub(super) size: [u32; 2],
    /// Clockwise quarter turns after which the text is upright.
    pub(super) quarter_turns: u8,
    /// Mean confidence of all that looks like text, by its length; also of what is left out because it is not confident.
    pub(super) confidence: f32,
    /// In reading order.
    pub(super) lines: Vec<PhotoLine>,
    /// Nothing looks like text, in whatever script.
    pub(super) is_blank: bool,
}

/// The arguments after `__engine photo`: ONNX Runtime, detector, recogniser, threads.
pub(super) fn arguments(files: Files) -> [OsString; 4] {
    let Files { onnx, detector, recogniser, threads } = files;
    [onnx.into(), detector.into(), recogniser.into(), threads.to_string().into()]
}

/// Answers requests on standard input until it is closed.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [onnx, detector, recogniser, threads] = args else {
        return wrong_arguments(SUBCOMMAND, 4);
    };
    let files = Files {
        onnx: onnx.into(),
        detector: detector.into(),
        recogniser: recogniser.into(),
        threads: threads.to_str().and_then(|text| text.parse().ok()).unwrap_or(1),
    };
    let mut engine = Engine { files, model: None };
    serve(SUBCOMMAND, |request| engine.respond(request))
}

struct Engine {
    files: Files,
    model: Option<Model>,
}

impl Engine {
    fn respond(&mut self, request: EngineRequest) -> EngineResponse {
        let done = match request {
            EngineRequest::Warm => self.warm().map(|_| EngineResponse::Warm),
            EngineRequest::Read { picture } => self.read(&picture),
            EngineRequest::Grey { picture, into } => grey(&picture, &into),
        };
        done.unwrap_or_else(EngineResponse::Failed)
    }

    fn read(&mut self, picture: &Path) -> Result<EngineResponse, Failure> {
        let loaded = decode::load(picture)?;
        Ok(EngineResponse::Read(self.warm()?.read(&loaded)?))
    }

    fn warm(&mut self) -> Result<&mut Model, Failure> {
        let model = self.model.take().map_or_else(|| Model::load(&self.files), Ok)?;
        Ok(self.model.insert(model))
    }
}

fn grey(picture: &Path, into: &Path) -> Result<EngineResponse, Failure> {
    let decode::Loaded { picture, size } = decode::load(picture)?;
    let written = std::fs::write(into, picture.to_pgm());
    written.map_err(|error| Failure::from(format!("a copy of the picture cannot be written: {error}")))?;
    Ok(EngineResponse::Grey { size })
}
