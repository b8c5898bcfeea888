//! Scribe, opened from the configuration, with its routes.

use std::sync::Arc;

use sluice_app::module::Module;
use sluice_app::scribe::ScribeApp;
use sluice_capability::Router;
use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::models::Models;
use sluice_local::speakers::Speakers;
use sluice_local::speech::{SpeechSettings, Transcriber};
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::http::{self, Api};

pub(super) struct Scribe;

impl ServerApp for Scribe {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let (guard, executable) = (common.guard, &common.executable);
        let models = Models::new(common.config.models()?);
        let hearing = Transcriber::new(guard.clone(), models.clone(), SpeechSettings::of(executable.clone()));
        let speakers = Speakers::new(guard.clone(), models.clone(), executable.clone());
        let embedder = Embedder::new(guard.clone(), models, EmbedSettings::of(executable.clone()));
        Ok(Arc::new(ScribeApp::new(
            common.library.platform.clone(),
            Router::only(Arc::new(hearing)),
            Router::only(Arc::new(speakers)),
            Arc::new(embedder),
            guard.clone(),
        )))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        http::scribe::routes()
    }
}
