//! Scribe, opened from the configuration, with its routes and its command.

use std::sync::Arc;

use clap::{ArgMatches, Args, FromArgMatches as _};
use futures::future::BoxFuture;
use sluice_app::module::Module;
use sluice_app::scribe::ScribeApp;
use sluice_capability::Router;
use sluice_local::models::Models;
use sluice_local::speakers::Speakers;
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::cli::scribe::{self as command, TranscribeCommand};
use crate::config::{self, Config};
use crate::http::{self, Api};
use crate::memory;

pub(super) struct Scribe;

/// What can be set of Scribe.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
#[group(skip)]
pub(super) struct ScribeSettings {
    /// Most memory for the chunks of recordings that are received at the same time; those beyond it are told to wait
    /// [default: 80 % of the memory that is free when it starts, and at most 256MiB].
    #[arg(long, env = "SLUICE_CHUNK_MEMORY", global = true, value_name = "SIZE", value_parser = config::size)]
    chunk_memory: Option<u64>,
}

impl ServerApp for Scribe {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let (guard, executable) = (common.guard, &common.executable);
        let models = Models::new(common.config.models()?);
        let speech = common.engines.transcriber.clone();
        let speakers = Speakers::new(guard.clone(), models, executable.clone());
        let app = ScribeApp::new(
            common.library.platform.clone(),
            common.providers.transcribing(),
            speech,
            Router::only(Arc::new(speakers)),
            common.providers.completing(),
            common.engines.embedder.clone(),
            guard.clone(),
        );
        Ok(Arc::new(app.with_chunk_memory(common.config.apps.scribe.chunk_memory.unwrap_or_else(memory::for_chunks))))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        http::scribe::routes()
    }

    fn commands(&self) -> Vec<clap::Command> {
        let about =
            "Writes down what is said in a sound or a video. Interrupted, the same command continues where it was";
        vec![TranscribeCommand::augment_args(clap::Command::new("transcribe")).about(about)]
    }

    fn run<'a>(&self, config: &'a Config, _name: &str, arguments: &'a ArgMatches) -> BoxFuture<'a, anyhow::Result<()>> {
        Box::pin(async move { command::make(config, TranscribeCommand::from_arg_matches(arguments)?).await })
    }
}
