//! ONNX Runtime, loaded at run time. Used in engine children only.

use std::path::Path;

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

use crate::models::{ONNX_RUNTIME, verified};

/// The runtime with its settings.
pub(crate) struct Onnx {
    environment: Environment,
    threads: usize,
}

impl Onnx {
    /// Loads the library at `path`, after comparing its hash. Sessions use `threads` threads.
    pub(crate) fn load(path: &Path, threads: usize) -> Result<Self, String> {
        verified(&ONNX_RUNTIME, path)?;
        let builder = ort::init_from(path).map_err(|error| error.to_string())?;
        let environment = builder.with_telemetry(false).build().map_err(|error| error.to_string())?;
        Ok(Self { environment, threads })
    }

    /// A session for a model in memory.
    pub(crate) fn session(&self, model: &[u8]) -> ort::Result<Session> {
        self.builder()?.commit_from_memory(model)
    }

    /// A session for a graph in memory whose weights are in files of a folder.
    pub(crate) fn session_with_weights(&self, graph: &[u8], folder: &Path) -> ort::Result<Session> {
        let folder = folder.to_string_lossy();
        self.builder()?
            .with_config_entry("session.model_external_initializers_file_folder_path", folder)?
            .commit_from_memory(graph)
    }

    /// The same with every optimisation of the graph: embeddings are a sixth faster, and load in the same time.
    pub(crate) fn optimized_session(&self, model: &[u8]) -> ort::Result<Session> {
        self.builder()?.with_optimization_level(GraphOptimizationLevel::All)?.commit_from_memory(model)
    }

    fn builder(&self) -> ort::Result<SessionBuilder> {
        let builder = Session::builder(&self.environment)?
            // Higher levels make most models no faster to run, and slower to load.
            .with_optimization_level(GraphOptimizationLevel::Level1)?
            .with_intra_threads(self.threads)?
            // The renderer uses the same cores: waiting threads must not spin.
            .with_intra_op_spinning(false)?;
        Ok(builder)
    }
}
