//! Keeping: the rules by which what apps have is moved from tier to tier, and what they report. See `docs/keeping.md`.

mod hold;
mod periods;
mod report;
mod rules;
mod sweep;

use std::sync::Arc;

use sluice_domain::ids::OwnerId;
use sluice_engine::{Builder, Engine, EnqueueOptions, Job as _};
use sluice_store::StoreError;
use sluice_store::schedules::CatchUp;

use crate::module::Module;
use crate::platform::Platform;
use crate::tiers::Tiers;

pub use hold::{StorageHold, hold, lift};
pub use periods::{PeriodError, Periods, TierPeriod, Whose, periods, set_periods};
pub use report::{AppTier, Disk, Forecast, Report, report};
pub use rules::{MOST_DAYS, Period, Rules};
pub use sweep::{Count, Doing, Item, Sweep, Swept, Verified, sweep, verify};

/// The pool of the sweep, which may take an hour: it must not keep garbage collection waiting.
pub const POOL: &str = "keeping";

/// What the rules work on. Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    /// Rows and bytes.
    pub platform: Platform,
    /// The apps.
    pub modules: Arc<[Arc<dyn Module>]>,
    /// The periods and the hour.
    pub rules: Rules,
}

impl Keeper {
    /// The apps that keep something in tiers, by name.
    fn apps(&self) -> impl Iterator<Item = (&'static str, &dyn Tiers)> {
        self.modules.iter().filter_map(|module| Some((module.name(), module.tiers()?)))
    }
}

/// Registers the job.
pub(crate) fn register(engine: Builder, keeper: &Keeper) -> Builder {
    engine.pool(POOL, 1).register::<Sweep>(keeper.clone())
}

/// Sets the schedule: once a day, at the hour of the rules.
pub(crate) async fn schedule(engine: &Engine, rules: Rules) -> Result<(), StoreError> {
    let options = EnqueueOptions::of(&OwnerId::system());
    let cron = format!("7 {} * * *", rules.hour);
    engine
        .store()
        .write(async |tx| {
            let (job, options) = (Sweep::default(), options.clone());
            engine.schedule(tx, Sweep::KIND, &cron, &job, options, CatchUp::Latest).await
        })
        .await
}
