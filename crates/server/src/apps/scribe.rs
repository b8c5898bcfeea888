//! Scribe, opened from the configuration, with its routes and its command.

use std::sync::Arc;

use clap::{ArgMatches, Args as _, FromArgMatches as _};
use futures::future::BoxFuture;
use sluice_app::module::Module;
use sluice_app::scribe::ScribeApp;
use sluice_capability::Router;
use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::models::Models;
use sluice_local::speakers::Speakers;
use sluice_local::speech::{SpeechSettings, Transcriber};
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::cli::transcribe::{self as command, TranscribeCommand};
use crate::config::Config;
use crate::http::{self, Api};

pub(super) struct Scribe;

impl ServerApp for Scribe {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let (guard, executable) = (common.guard, &common.executable);
        let models = Models::new(common.config.models()?);
        let speech = Transcriber::new(guard.clone(), models.clone(), SpeechSettings::of(executable.clone()));
        let speech = Arc::new(speech);
        let speakers = Speakers::new(guard.clone(), models.clone(), executable.clone());
        let embedder = Embedder::new(guard.clone(), models, EmbedSettings::of(executable.clone()));
        Ok(Arc::new(ScribeApp::new(
            common.library.platform.clone(),
            Router::only(speech.clone()),
            speech,
            Router::only(Arc::new(speakers)),
            Arc::new(embedder),
            guard.clone(),
        )))
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
