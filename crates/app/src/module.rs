//! What an app brings to the process that it is part of, and what the shared parts ask of it.

use std::any::Any;
use std::collections::HashSet;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value;
use sluice_domain::document::Document;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_engine::{Builder, Engine};
use sluice_store::jobs::JobRow;
use sluice_store::{StoreError, Tx};

use crate::facts::{Facts, Judgement, Refusal};

/// An app, opened: its handles to engines and its settings.
pub trait Module: Any + Send + Sync {
    /// Its name: that of its folder in every layer.
    fn name(&self) -> &'static str;

    /// Adds its kinds of jobs, each with what it needs to work.
    fn register(&self, engine: Builder) -> Builder;

    /// Which of these documents something of it stands on: the others may be forgotten. By default none.
    fn documents_in_use<'a>(
        &'a self,
        tx: &'a mut Tx,
        documents: &'a [String],
    ) -> BoxFuture<'a, Result<HashSet<String>, StoreError>> {
        let _ = (tx, documents);
        async { Ok(HashSet::new()) }.boxed()
    }

    /// Forgets at most `limit` rows of its own that ended before `before`, and says how many. By default it has none.
    fn retain<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _before: Timestamp,
        _limit: u32,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        async { Ok(0) }.boxed()
    }
    /// Looks at a document that arrives: what it is, and what this app can make of it, or why nothing. An app that
    /// works on no documents says nothing.
    fn judge(&self, _document: &Document) -> Option<Result<Judgement, Refusal>> {
        None
    }

    /// What this app can make of a document, as it is shown: from what [`Module::judge`] stored, and what it has now.
    fn offer(&self, _facts: &Facts, judged: &Value) -> Value {
        judged.clone()
    }

    /// What this app has to choose from, for the description of the server.
    fn choices(&self) -> Value {
        Value::Null
    }

    /// Tries a job of this app again, in the app's own way; none for the engine's way.
    fn retry<'a>(
        &'a self,
        _owner: &'a OwnerId,
        _job: &'a JobRow,
        _engine: &'a Engine,
    ) -> BoxFuture<'a, Result<Option<()>, RetryError>> {
        Box::pin(async { Ok(None) })
    }
}

/// Why a job is not tried again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// It did not fail, and was not stopped.
    #[error("there is nothing to try again: it did not fail and was not stopped")]
    NothingToRetry,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
