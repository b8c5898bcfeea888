//! Scribe, opened from the configuration, with its routes.

use std::sync::Arc;

use sluice_app::module::Module;
use sluice_app::scribe::ScribeApp;
use sluice_capability::Router;
use sluice_local::models::Models;
use sluice_local::speech::{SpeechSettings, Transcriber};
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::http::{self, Api};

pub(super) struct Scribe;

impl ServerApp for Scribe {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let settings = SpeechSettings::of(common.executable.clone());
        let hearing = Transcriber::new(common.guard.clone(), Models::new(common.config.models()?), settings);
        Ok(Arc::new(ScribeApp::new(common.library.platform.clone(), Router::only(Arc::new(hearing)))))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        http::scribe::routes()
    }
}
