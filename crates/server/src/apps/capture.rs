//! Capture, opened from the configuration, with its routes and its command.

use std::sync::Arc;

use clap::{ArgMatches, FromArgMatches as _};
use futures::future::BoxFuture;
use sluice_app::capture::CaptureApp;
use sluice_app::module::Module;
use sluice_local::analyse::Analyser;
use sluice_local::deck::DeckReader;
use sluice_local::models::Models;
use sluice_local::photo::PhotoReader;
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::cli::capture::{self as command, CaptureCommand};
use crate::config::Config;
use crate::http::{self, Api};

pub(super) struct Capture;

impl ServerApp for Capture {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let (guard, engines) = (common.guard, common.engines);
        let models = Models::new(common.config.models()?);
        Ok(Arc::new(CaptureApp {
            platform: common.library.platform.clone(),
            photos: Arc::new(PhotoReader::new(guard.clone(), models.clone(), common.executable.clone())),
            reading: common.providers.reading(),
            hearing: common.providers.transcribing(),
            analyser: Analyser::new(models),
            translator: engines.translator.clone(),
            speaking: common.providers.speaking(),
            completing: common.providers.completing(),
            decks: DeckReader::new(guard.clone()),
            guard: guard.clone(),
        }))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        http::capture::routes()
    }

    /// Where AnkiConnect listens: the page pushes cards to the learner's own Anki.
    fn connects(&self) -> &'static [&'static str] {
        &["http://127.0.0.1:8765"]
    }

    fn commands(&self) -> Vec<clap::Command> {
        let about = "Makes cards of pictures, sounds and lines, and writes them as a deck";
        vec![<CaptureCommand as clap::Args>::augment_args(clap::Command::new("capture")).about(about)]
    }

    fn run<'a>(&self, config: &'a Config, _name: &str, arguments: &'a ArgMatches) -> BoxFuture<'a, anyhow::Result<()>> {
        Box::pin(async move { command::run(config, CaptureCommand::from_arg_matches(arguments)?).await })
    }
}
