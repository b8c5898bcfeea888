//! Scheduled jobs, owned by the installation itself: garbage collection, retention, and verification of rows against
//! bytes. Each uses small transactions, so that it blocks nobody, and resumes where the last run stopped. None of this
//! happens during a request.
//!
//! Temporary files are local to a machine, so each process cleans them up itself: [`work`].

use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_engine::{Builder, Engine, EnqueueOptions};
use sluice_store::schedules::CatchUp;
use sluice_store::{StoreError, Tx};
use tokio::time::Instant;

use self::collect::Collect;
use self::leave::Leave;
use self::retain::Retain;
use self::verify::Verify;
use crate::module::Module;
use crate::platform::Platform;

pub mod collect;
pub mod leave;
pub mod retain;
pub mod uploads;
pub mod verify;
pub mod work;

/// The maintenance pool: one job at a time in each process.
pub const POOL: &str = "maintenance";

/// What the jobs need.
#[derive(Clone)]
pub struct Context {
    /// Rows and bytes.
    pub platform: Platform,
    /// The apps, which know what they still use and what they no longer need.
    pub modules: Arc<[Arc<dyn Module>]>,
}

/// Registers the jobs.
pub(crate) fn register(engine: Builder, context: &Context) -> Builder {
    engine
        .pool(POOL, 1)
        .register::<Collect>(context.clone())
        .register::<Leave>(context.clone())
        .register::<Retain>(context.clone())
        .register::<Verify>(context.clone())
}

/// Sets the schedules. Every process may call this: an unchanged schedule keeps its next run.
pub async fn schedule(engine: &Engine) -> Result<(), StoreError> {
    let options = || EnqueueOptions::of(&OwnerId::system());
    engine
        .store()
        .write(async |tx| {
            engine
                .schedule(tx, "maintenance.collect", "*/5 * * * *", &Collect::default(), options(), CatchUp::Latest)
                .await?;
            engine
                .schedule(tx, "maintenance.retain", "17 * * * *", &Retain::default(), options(), CatchUp::Latest)
                .await?;
            engine
                .schedule(tx, "maintenance.leave", "* * * * *", &Leave::default(), options(), CatchUp::Latest)
                .await?;
            engine
                .schedule(tx, "maintenance.verify", "41 3 * * *", &Verify::default(), options(), CatchUp::Latest)
                .await
        })
        .await
}

/// Target duration of a transaction.
const TARGET: Duration = Duration::from_millis(10);
/// Fewest and most rows of a batch.
const SMALLEST: u32 = 10;
const LARGEST: u32 = 500;

/// Adapts the batch size to [`TARGET`], by how long the last batches took.
#[derive(Debug)]
pub struct BatchSize {
    rows: u32,
    /// The longest transaction so far.
    pub longest: Duration,
}

impl Default for BatchSize {
    fn default() -> Self {
        Self { rows: 50, longest: Duration::ZERO }
    }
}

impl BatchSize {
    /// The size of the next batch.
    pub const fn rows(&self) -> u32 {
        self.rows
    }

    fn took(&mut self, time: Duration) {
        self.longest = self.longest.max(time);
        self.rows = if time > TARGET { self.rows / 2 } else { self.rows + self.rows / 4 + 1 }.clamp(SMALLEST, LARGEST);
    }

    /// Runs one batch in its own transaction, measures how long it holds the writer, and then pauses for as long, so
    /// that others can write.
    pub(crate) async fn batch<T, F>(&mut self, context: &Context, work: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&mut Tx, u32) -> Result<T, StoreError> + Clone,
    {
        let rows = self.rows;
        let asked = Instant::now();
        let done = context
            .platform
            .store
            .write(async |tx| {
                tx.at("maintenance");
                let begun = Instant::now();
                let value = work(tx, rows).await?;
                Ok::<_, StoreError>((value, begun.elapsed()))
            })
            .await;
        let (value, time) = match done {
            Ok((value, time)) => (Ok(value), time),
            // Of one that failed it is known only how long it took in all.
            Err(error) => (Err(error), asked.elapsed().min(TARGET)),
        };
        if value.is_ok() {
            self.took(time);
        }
        tokio::time::sleep(time.max(Duration::from_millis(1))).await;
        value
    }
}
