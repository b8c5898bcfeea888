//! Scribe, opened from the configuration, with its routes.

use std::sync::Arc;

use sluice_app::module::Module;
use sluice_app::scribe::ScribeApp;
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::http::{self, Api};

pub(super) struct Scribe;

impl ServerApp for Scribe {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        Ok(Arc::new(ScribeApp::new(common.library.platform.clone())))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        http::scribe::routes()
    }
}
