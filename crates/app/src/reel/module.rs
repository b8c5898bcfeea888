//! Reel as a module of the process: its jobs, and its implementation of what the shared modules ask for. It imports the
//! rest of Reel, and nothing in Reel imports it.

use std::collections::HashSet;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use sluice_domain::document::Document;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_engine::{Builder, Engine};
use sluice_local::render::presenters;
use sluice_store::jobs::JobRow;
use sluice_store::{StoreError, Tx, reel};
use utoipa::ToSchema;

use super::context::ReelApp;
use super::make::MakeReel;
use super::scene::RenderScene;
use super::{document, edit};
use crate::facts::{Facts, Judgement, Refusal};
use crate::module::{Module, RetryError};

/// The available options.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReelChoices {
    /// The level of detail.
    pub modes: [&'static str; 2],
    /// Aspect ratios.
    pub shapes: [&'static str; 3],
    /// The presenters.
    pub presenters: Vec<PresenterView>,
}

/// A presenter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PresenterView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// An image of it.
    pub image_url: String,
}

impl ReelChoices {
    fn of_this_server() -> Self {
        let presenter = |known: &sluice_local::render::PresenterInfo| PresenterView {
            id: known.id.to_owned(),
            name: known.name.to_owned(),
            image_url: format!("/presenters/{}.png", known.id),
        };
        Self {
            modes: ["summary", "explanation"],
            shapes: ["16:9", "9:16", "1:1"],
            presenters: presenters().iter().map(presenter).collect(),
        }
    }
}

impl Module for ReelApp {
    fn name(&self) -> &'static str {
        "reel"
    }

    fn register(&self, engine: Builder) -> Builder {
        engine.register::<MakeReel>(self.clone()).register::<RenderScene>(self.clone())
    }

    fn documents_in_use<'a>(
        &'a self,
        tx: &'a mut Tx,
        documents: &'a [String],
    ) -> BoxFuture<'a, Result<HashSet<String>, StoreError>> {
        reel::documents_in_use(tx, documents).boxed()
    }

    fn retain<'a>(&'a self, tx: &'a mut Tx, before: Timestamp, limit: u32) -> BoxFuture<'a, Result<u64, StoreError>> {
        reel::forget_tombstones(tx, before, limit).boxed()
    }

    fn judge(&self, document: &Document) -> Option<Result<Judgement, Refusal>> {
        Some(document::judge(self, document))
    }

    fn offer(&self, facts: &Facts, judged: &Value) -> Value {
        document::offer(self, facts, judged)
    }

    fn choices(&self) -> Value {
        json!(ReelChoices::of_this_server())
    }

    fn retry<'a>(
        &'a self,
        owner: &'a OwnerId,
        job: &'a JobRow,
        _engine: &'a Engine,
    ) -> BoxFuture<'a, Result<Option<()>, RetryError>> {
        Box::pin(edit::retry_job(owner, self, job))
    }
}
