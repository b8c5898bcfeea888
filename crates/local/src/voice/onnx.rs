//! The library that runs the models, loaded at run time. Used in the engine child only.

use std::path::Path;

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;

/// The library with its settings.
pub(super) struct Onnx {
    environment: Environment,
    threads: usize,
}

impl Onnx {
    /// Loads the library at `path`. Sessions compute on `threads` threads.
    pub(super) fn load(path: &Path, threads: usize) -> Result<Self, String> {
        let builder = ort::init_from(path).map_err(|error| error.to_string())?;
        let environment = builder.with_telemetry(false).build().map_err(|error| error.to_string())?;
        Ok(Self { environment, threads })
    }

    /// A session for a model that is in memory.
    pub(super) fn session(&self, model: &[u8]) -> ort::Result<Session> {
        let mut builder = Session::builder(&self.environment)?
            // Further levels make these models no faster to run, and slower to load.
            .with_optimization_level(GraphOptimizationLevel::Level1)?
            .with_intra_threads(self.threads)?
            // The cores are shared with the renderer: threads that wait must not spin.
            .with_intra_op_spinning(false)?;
        builder.commit_from_memory(model)
    }
}
