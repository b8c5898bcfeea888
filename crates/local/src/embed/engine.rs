//! The warm child that embeds (`sluice __engine embed …`), and its messages.

use std::ffi::OsString;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use sluice_capability::Purpose;

use super::error::Failure;
use super::model::{Files, Model, Row};
use crate::child::serve::{serve, wrong_arguments};

/// Name of the engine child that embeds.
pub(crate) const SUBCOMMAND: &str = "embed";

/// A request to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load the model.
    Warm,
    /// Embed these texts.
    Embed { texts: Vec<String>, purpose: Purpose },
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    /// In the order of the texts.
    Embedded(Vec<Row>),
    Failed(Failure),
}

/// The arguments after `__engine embed`: ONNX Runtime, model, tokenizer, threads.
pub(super) fn arguments(files: Files) -> [OsString; 4] {
    let Files { onnx, model, tokenizer, threads } = files;
    [onnx.into(), model.into(), tokenizer.into(), threads.to_string().into()]
}

/// Answers requests on standard input until it is closed.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [onnx, model, tokenizer, threads] = args else {
        return wrong_arguments(SUBCOMMAND, 4);
    };
    let files = Files {
        onnx: onnx.into(),
        model: model.into(),
        tokenizer: tokenizer.into(),
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
            EngineRequest::Embed { texts, purpose } => self.embed(&texts, purpose),
        };
        done.unwrap_or_else(EngineResponse::Failed)
    }

    fn embed(&mut self, texts: &[String], purpose: Purpose) -> Result<EngineResponse, Failure> {
        Ok(EngineResponse::Embedded(self.warm()?.embed(texts, purpose)?))
    }

    fn warm(&mut self) -> Result<&mut Model, Failure> {
        let model = self.model.take().map_or_else(|| Model::load(&self.files), Ok)?;
        Ok(self.model.insert(model))
    }
}
