//! The warm child that transcribes (`sluice __engine speech …`), and its messages.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::error::Failure;
use super::job::{Job, Order, Step};
use super::model::{Files, Model};
use crate::child::frames::{read_message, write_message};
use crate::guard::Guard;

/// Name of the engine child that transcribes.
pub(crate) const SUBCOMMAND: &str = "speech";

/// A request to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load the models.
    Warm,
    /// Open a sound. One that was open is closed.
    Begin(Order),
    /// Go on with it.
    Next,
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    Begun,
    Heard(Step),
    Failed(Failure),
}

/// The arguments after `__engine speech`: this program, library, model folder, ONNX Runtime, model of voice activity, threads.
pub(super) fn arguments(executable: PathBuf, files: Files) -> [OsString; 6] {
    let Files { library, whisper, onnx, activity, threads } = files;
    [executable.into(), library.into(), whisper.into(), onnx.into(), activity.into(), threads.to_string().into()]
}

/// Answers requests on standard input until it is closed.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [executable, library, whisper, onnx, activity, threads] = args else {
        let _ = writeln!(io::stderr(), "sluice speech: six arguments are expected");
        return ExitCode::from(64); // EX_USAGE of sysexits.h
    };
    let files = Files {
        library: library.into(),
        whisper: whisper.into(),
        onnx: onnx.into(),
        activity: activity.into(),
        threads: threads.to_str().and_then(|text| text.parse().ok()).unwrap_or(1),
    };
    let mut engine = Engine { guard: Guard::new(executable.into()), files, model: None, job: None };
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    loop {
        let exchange = match read_message::<EngineRequest>(&mut input) {
            Ok(None) => return ExitCode::SUCCESS,
            Ok(Some(request)) => write_message(&mut output, &engine.respond(request)),
            Err(error) => Err(error),
        };
        if let Err(error) = exchange {
            let _ = writeln!(io::stderr(), "sluice speech: {error}");
            return ExitCode::FAILURE;
        }
    }
}

struct Engine {
    guard: Guard,
    files: Files,
    model: Option<Model>,
    job: Option<Job>,
}

impl Engine {
    fn respond(&mut self, request: EngineRequest) -> EngineResponse {
        let done = match request {
            EngineRequest::Warm => self.warm().map(|_| EngineResponse::Warm),
            EngineRequest::Begin(order) => self.begin(order).map(|()| EngineResponse::Begun),
            EngineRequest::Next => self.next().map(EngineResponse::Heard),
        };
        done.unwrap_or_else(EngineResponse::Failed)
    }

    fn warm(&mut self) -> Result<&mut Model, Failure> {
        let model = self.model.take().map_or_else(|| Model::load(&self.files), Ok)?;
        Ok(self.model.insert(model))
    }

    fn begin(&mut self, order: Order) -> Result<(), Failure> {
        self.job = None;
        let guard = self.guard.clone();
        let job = Job::begin(order, self.warm()?, &guard)?;
        self.job = Some(job);
        Ok(())
    }

    /// A job that failed or is done is closed.
    fn next(&mut self) -> Result<Step, Failure> {
        let mut job = self.job.take().ok_or(Failure::NotBegun)?;
        let step = job.step(self.warm()?)?;
        if !step.is_done {
            self.job = Some(job);
        }
        Ok(step)
    }
}
