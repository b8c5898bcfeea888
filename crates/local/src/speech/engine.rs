//! The warm child that transcribes (`sluice __engine speech …`), and its messages.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::choice::Size;
use super::error::Failure;
use super::job::{Job, Order, Step};
use super::model::{self, Files, Model};
use crate::child::serve::{serve, wrong_arguments};
use crate::guard::Guard;

/// Name of the engine child that transcribes.
pub(crate) const SUBCOMMAND: &str = "speech";

/// A request to the child.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineRequest {
    /// Load the models.
    Warm,
    /// Say in which language a sound begins.
    Detect(Order),
    /// Open a sound under a number of the caller's. What is open and not wanted any more is closed.
    Begin { id: u64, order: Order, wanted: Vec<u64> },
    /// Go on with it.
    Next { id: u64 },
}

/// The child's response.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum EngineResponse {
    Warm,
    Language(Option<String>),
    Begun,
    Heard(Step),
    Failed(Failure),
}

/// The arguments after `__engine speech`: this program, library, folder of the models, ONNX Runtime, model of voice activity,
/// threads.
pub(super) fn arguments(executable: PathBuf, files: Files) -> [OsString; 6] {
    let Files { library, models, onnx, activity, threads } = files;
    [executable.into(), library.into(), models.into(), onnx.into(), activity.into(), threads.to_string().into()]
}

/// Answers requests on standard input until it is closed.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let [executable, library, models, onnx, activity, threads] = args else {
        return wrong_arguments(SUBCOMMAND, 6);
    };
    let files = Files {
        library: library.into(),
        models: models.into(),
        onnx: onnx.into(),
        activity: activity.into(),
        threads: threads.to_str().and_then(|text| text.parse().ok()).unwrap_or(1),
    };
    let loaded = Loaded { files, sizes: BTreeMap::new(), activity: None };
    let mut engine = Engine { guard: Guard::new(executable.into()), loaded, jobs: BTreeMap::new() };
    serve(SUBCOMMAND, |request| engine.respond(request))
}

/// What is loaded, each when it is first needed.
struct Loaded {
    files: Files,
    sizes: BTreeMap<Size, Model>,
    activity: Option<Activity>,
}

impl Loaded {
    fn get(&mut self, size: Size) -> Result<(&Model, &mut Activity), Failure> {
        if self.activity.is_none() {
            model::check_libraries(&self.files)?;
            self.activity = Some(model::load_activity(&self.files)?);
        }
        if !self.sizes.contains_key(&size) {
            self.sizes.insert(size, Model::load(&self.files, size)?);
        }
        let (model, activity) = (self.sizes.get(&size), self.activity.as_mut());
        model.zip(activity).ok_or_else(|| Failure::NotLoaded { message: "the model is gone".to_owned() })
    }
}

struct Engine {
    guard: Guard,
    loaded: Loaded,
    /// Sounds that are open. The requests of several callers take turns.
    jobs: BTreeMap<u64, Job>,
}

impl Engine {
    fn respond(&mut self, request: EngineRequest) -> EngineResponse {
        let done = match request {
            EngineRequest::Warm => self.loaded.get(Size::Base).map(|_| EngineResponse::Warm),
            EngineRequest::Detect(order) => self.detect(order).map(EngineResponse::Language),
            EngineRequest::Begin { id, order, wanted } => {
                // Younger ones were begun by callers that overtook this one.
                self.jobs.retain(|open, _| *open > id || wanted.contains(open));
                self.begin(id, order).map(|()| EngineResponse::Begun)
            }
            EngineRequest::Next { id } => self.next(id).map(EngineResponse::Heard),
        };
        done.unwrap_or_else(EngineResponse::Failed)
    }

    fn detect(&mut self, order: Order) -> Result<Option<String>, Failure> {
        let (model, activity) = self.loaded.get(order.size)?;
        Job::begin(order, model, &self.guard)?.detect(model, activity)
    }

    fn begin(&mut self, id: u64, order: Order) -> Result<(), Failure> {
        let (model, _) = self.loaded.get(order.size)?;
        let job = Job::begin(order, model, &self.guard)?;
        self.jobs.insert(id, job);
        Ok(())
    }

    /// A job that failed or is done is closed.
    fn next(&mut self, id: u64) -> Result<Step, Failure> {
        let mut job = self.jobs.remove(&id).ok_or(Failure::NotBegun)?;
        let (model, activity) = self.loaded.get(job.size())?;
        let step = job.step(model, activity)?;
        if !step.is_done {
            self.jobs.insert(id, job);
        }
        Ok(step)
    }
}
