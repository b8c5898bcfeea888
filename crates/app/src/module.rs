//! What an app provides to its process, and what the shared modules ask of it.

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
use crate::intake::{Incoming, Intake, TakeError, Taking};
use crate::limits::Exceeded;
use crate::tiers::Tiers;

/// An app with its handles to engines and its settings.
pub trait Module: Any + Send + Sync {
    /// Its name: that of its folder in every layer.
    fn name(&self) -> &'static str;

    /// The types of its events, such as `reel.changed`, by which webhooks choose what they are notified of.
    fn events(&self) -> &'static [&'static str] {
        &[]
    }

    /// Registers its kinds of jobs, each with its context.
    fn register(&self, engine: Builder) -> Builder;

    /// Its kinds of jobs that are not among an owner's jobs at once, because what they belong to is counted itself. By default
    /// none.
    fn uncounted(&self) -> &'static [&'static str] {
        &[]
    }

    /// Which of these documents the app uses: the others may be deleted. By default none.
    fn documents_in_use<'a>(
        &'a self,
        tx: &'a mut Tx,
        documents: &'a [String],
    ) -> BoxFuture<'a, Result<HashSet<String>, StoreError>> {
        let _ = (tx, documents);
        async { Ok(HashSet::new()) }.boxed()
    }

    /// Sets the schedules of its jobs. Every process does so: an unchanged schedule keeps its next run. By default it has
    /// none.
    fn schedule<'a>(&'a self, _engine: &'a Engine) -> BoxFuture<'a, Result<(), StoreError>> {
        async { Ok(()) }.boxed()
    }

    /// Its tables whose rows are deleted when they are old. By default it has none.
    fn expiring(&self) -> &'static [&'static str] {
        &[]
    }

    /// The ids of the rows of such a table that ended before `before`, the oldest first: at most `limit`, behind the first
    /// `skip`.
    fn expired<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _table: &'static str,
        _before: Timestamp,
        _skip: u32,
        _limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    /// Deletes these rows of such a table, with what belongs to them, and returns how many.
    fn forget<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _table: &'static str,
        _ids: &'a [String],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        async { Ok(0) }.boxed()
    }

    /// Deletes at most `limit` of the things that an owner has, whose account was deleted and whose jobs have ended, and
    /// returns how many. By default it has none.
    fn leave<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _owner: &'a OwnerId,
        _limit: u32,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        async { Ok(0) }.boxed()
    }

    /// Which files that are no documents this app takes; [`Module::take`] then makes something of them. By default none.
    fn intake(&self) -> Option<Intake> {
        None
    }

    /// Takes such a file, and returns the id of what it became.
    fn take<'a>(&'a self, incoming: Incoming<'a>) -> Taking<'a> {
        let refusal = Refusal {
            code: "file_unused",
            title: "Nothing works on such files here",
            detail: format!("No app of this server can use {}.", incoming.name),
        };
        async { Err(TakeError::Refused(refusal)) }.boxed()
    }

    /// What the app keeps in tiers, and how one of its things is moved to the next. None of an app that keeps everything as it
    /// is.
    fn tiers(&self) -> Option<&dyn Tiers> {
        None
    }

    /// Judges a document on arrival: what it is, and what this app can make of it, or why nothing. None from an app
    /// that does not use documents.
    fn judge(&self, _document: &Document) -> Option<Result<Judgement, Refusal>> {
        None
    }

    /// What this app can make of an owner's document, for display: combines what [`Module::judge`] stored with the current
    /// state.
    fn offer<'a>(&'a self, _owner: &'a OwnerId, _facts: &'a Facts, judged: &'a Value) -> BoxFuture<'a, Value> {
        async { judged.clone() }.boxed()
    }

    /// The options that this app offers, for the description of the server.
    fn choices(&self) -> Value {
        Value::Null
    }

    /// What the page shows of this app: the unfinished work of an owner and the latest, for a client that missed events. By
    /// default nothing.
    fn snapshot<'a>(&'a self, _owner: &'a OwnerId) -> BoxFuture<'a, Result<Value, StoreError>> {
        async { Ok(Value::Null) }.boxed()
    }

    /// Retries a job of this app in the app's own way; none to leave it to the engine.
    fn retry<'a>(
        &'a self,
        _owner: &'a OwnerId,
        _job: &'a JobRow,
        _engine: &'a Engine,
    ) -> BoxFuture<'a, Result<Option<()>, RetryError>> {
        Box::pin(async { Ok(None) })
    }
}

/// Why a job is not retried.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// It did not fail, and was not cancelled.
    #[error("there is nothing to try again: it did not fail and was not stopped")]
    NothingToRetry,
    /// There are too many jobs already.
    #[error(transparent)]
    Limit(Exceeded),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
