//! Old rows of apps, table by table. A row that cannot be deleted is found by halving its batch, and passed over, so that it
//! stops nothing but itself.

use sluice_domain::time::Timestamp;
use sluice_store::retention::RetentionPeriods;
use sluice_store::{StoreError, Tx};

use super::Retained;
use crate::maintenance::{BatchSize, Context};
use crate::module::Module;

/// If more rows of a table cannot be deleted, something else is wrong than single rows: the rest waits until those are mended.
const MOST_PASSED_OVER: u32 = 1000;
/// If so many cannot be deleted and not one could, it is the table.
const ALL_PASSED_OVER: u32 = 20;

/// Deletes the old rows of an app; what became of them is noted under its name.
pub(super) async fn retain(
    context: &Context,
    module: &dyn Module,
    keep: RetentionPeriods,
    batches: &mut BatchSize,
    stop: &impl Fn() -> bool,
    retained: &mut Retained,
) {
    let app = module.name();
    let before = match context.platform.store.now().await {
        Ok(now) => now - keep.history,
        Err(error) => {
            retained.failed.insert(app, error.to_string());
            return;
        }
    };
    for &table in module.expiring() {
        let mut forgotten = Forgotten::default();
        let done = Expiring { context, module, table, before }.forget(batches, stop, &mut forgotten).await;
        if forgotten.removed > 0 {
            *retained.removed.entry(app).or_default() += forgotten.removed;
        }
        if forgotten.passed_over > 0 {
            *retained.passed_over.entry(app).or_default() += forgotten.passed_over as usize;
        }
        if let Err(error) = done {
            let failed = format!("{table}: {error}");
            retained.failed.entry(app).and_modify(|all| *all = format!("{all}; {failed}")).or_insert(failed);
        }
    }
}

/// A table of an app, and since when its rows are old.
struct Expiring<'a> {
    context: &'a Context,
    module: &'a dyn Module,
    table: &'static str,
    before: Timestamp,
}

/// What became of the old rows of a table.
#[derive(Debug, Default)]
struct Forgotten {
    removed: u64,
    /// Those that cannot be deleted.
    passed_over: u32,
}

impl Forgotten {
    fn is_the_table(&self) -> bool {
        self.passed_over >= MOST_PASSED_OVER || self.removed == 0 && self.passed_over >= ALL_PASSED_OVER
    }
}

impl Expiring<'_> {
    /// Deletes all old rows in batches, until there are none or `stop` returns true. What was done before an error is in
    /// `forgotten`.
    async fn forget(
        &self,
        batches: &mut BatchSize,
        stop: &impl Fn() -> bool,
        forgotten: &mut Forgotten,
    ) -> Result<(), StoreError> {
        let Self { context, module, table, before } = *self;
        while !stop() {
            // What was passed over is older than what is left.
            let (skip, limit) = (forgotten.passed_over, batches.rows());
            let expired = async |tx: &mut Tx| module.expired(tx, table, before, skip, limit).await;
            let ids = context.platform.store.read(expired).await?;
            if ids.is_empty() {
                break;
            }
            let is_last = ids.len() < limit as usize;
            let known = (forgotten.removed, forgotten.passed_over);
            self.forget_rows(ids, batches, stop, forgotten).await?;
            // What neither goes nor fails would be found again and again.
            if is_last || known == (forgotten.removed, forgotten.passed_over) {
                break;
            }
        }
        Ok(())
    }

    /// Deletes rows at once; if that fails because of one of them, each half, down to that row.
    async fn forget_rows(
        &self,
        ids: Vec<String>,
        batches: &mut BatchSize,
        stop: &impl Fn() -> bool,
        forgotten: &mut Forgotten,
    ) -> Result<(), StoreError> {
        let Self { context, module, table, .. } = *self;
        let app = module.name();
        let mut open = vec![ids];
        while let Some(mut ids) = open.pop() {
            if stop() {
                break;
            }
            let forget = async |tx: &mut Tx, _: u32| module.forget(tx, table, &ids).await;
            let done = batches.batch(context, forget).await;
            match done {
                Ok(removed) => forgotten.removed += removed,
                Err(error) if error.is_outage() || forgotten.is_the_table() => return Err(error),
                Err(error) if ids.len() <= 1 => {
                    forgotten.passed_over += 1;
                    let (id, code) = (ids.first().map(String::as_str), error.code());
                    tracing::error!(app, table, id, code, %error, "an old row cannot be deleted; it is passed over");
                }
                Err(error) => {
                    let (rows, code) = (ids.len(), error.code());
                    tracing::warn!(app, table, rows, code, %error, "a batch of old rows failed; it is split");
                    let second = ids.split_off(rows / 2);
                    open.extend([second, ids]);
                }
            }
        }
        Ok(())
    }
}
