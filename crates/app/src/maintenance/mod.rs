//! What is done now and then, as scheduled jobs of the installation's own owner: garbage is collected, rows that have
//! served their time go, rows and bytes are compared. Each works in small units of work, so that nobody waits for it, and
//! goes on where the last run stopped. Nothing of it is on a request's path.
//!
//! What is local to a process, its temporary files, is cleared by each process for itself: [`work`].

use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_engine::{Builder, Engine, EnqueueOptions};
use sluice_store::schedules::CatchUp;
use sluice_store::{StoreError, Tx};
use tokio::time::Instant;

use self::collect::Collect;
use self::retain::Retain;
use self::verify::Verify;
use crate::module::Module;
use crate::platform::Platform;

pub mod collect;
pub mod retain;
pub mod verify;
pub mod work;

/// The pool of maintenance: one job at a time in each process.
pub const POOL: &str = "maintenance";

/// What the jobs work with.
#[derive(Clone)]
pub struct Context {
    /// Rows and bytes.
    pub platform: Platform,
    /// What the apps keep, and what they let go.
    pub modules: Arc<[Arc<dyn Module>]>,
}

/// Adds the jobs.
pub(crate) fn register(engine: Builder, context: &Context) -> Builder {
    engine
        .pool(POOL, 1)
        .register::<Collect>(context.clone())
        .register::<Retain>(context.clone())
        .register::<Verify>(context.clone())
}

/// Sets when they run. Every process may call this: a schedule that stays as it is keeps its next time.
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
                .schedule(tx, "maintenance.verify", "41 3 * * *", &Verify::default(), options(), CatchUp::Latest)
                .await
        })
        .await
}

/// A unit of work should take no longer.
const AIM: Duration = Duration::from_millis(10);
/// Fewest and most rows in one.
const SMALLEST: u32 = 10;
const LARGEST: u32 = 500;

/// How many rows a batch takes: as many as fit into [`AIM`], going by how long the last ones took.
#[derive(Debug)]
pub struct Pace {
    rows: u32,
    /// The longest unit of work so far.
    pub longest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { rows: 50, longest: Duration::ZERO }
    }
}

impl Pace {
    /// Rows of the next batch.
    pub const fn rows(&self) -> u32 {
        self.rows
    }

    fn took(&mut self, time: Duration) {
        self.longest = self.longest.max(time);
        self.rows = if time > AIM { self.rows / 2 } else { self.rows + self.rows / 4 + 1 }.clamp(SMALLEST, LARGEST);
    }

    /// Runs one batch in a unit of work of its own, measures how long it holds the writer, and lets others go first
    /// afterwards for as long.
    pub(crate) async fn batch<T, F>(&mut self, context: &Context, work: F) -> Result<T, StoreError>
    where
        F: AsyncFnOnce(&mut Tx, u32) -> Result<T, StoreError> + Clone,
    {
        let rows = self.rows;
        let (value, time) = context
            .platform
            .store
            .write(async |tx| {
                tx.at("maintenance");
                let begun = Instant::now();
                let value = work(tx, rows).await?;
                Ok::<_, StoreError>((value, begun.elapsed()))
            })
            .await?;
        self.took(time);
        tokio::time::sleep(time.max(Duration::from_millis(1))).await;
        Ok(value)
    }
}
