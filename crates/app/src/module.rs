//! What an app brings to the process that it is part of.

use std::any::Any;
use std::collections::HashSet;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_domain::time::Timestamp;
use sluice_engine::Builder;
use sluice_store::{StoreError, Tx};

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
}
