//! A schedule, and whether it made one job for each of its ticks: neither crashes nor nodes that look at the same moment
//! nor a clock that jumps make two of one, or none.

use std::sync::PoisonError;

use sluice_engine::{CatchUp, Engine, EnqueueOptions};
use sluice_store::{StoreError, Tx, schedules};

use crate::history::Told;
use crate::jobs::{Outside, Tick};
use crate::world::owner;

const NAME: &str = "tick";
const EVERY_MS: i64 = 10_000;

/// When the schedule's next tick is, in milliseconds.
async fn next(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    let all = schedules::all(tx).await?;
    Ok(all.iter().find(|schedule| schedule.name == NAME).map(|schedule| schedule.next_at.as_millis()))
}

pub(crate) async fn begin(tx: &mut Tx, engine: &Engine, outside: &Outside) -> Result<(), StoreError> {
    let options = EnqueueOptions::of(&owner("clock"));
    engine.schedule(tx, NAME, "*/10 * * * * *", &Tick {}, options, CatchUp::All).await?;
    *outside.first_tick.lock().unwrap_or_else(PoisonError::into_inner) = next(tx).await?;
    Ok(())
}

/// Ends the schedule; gives how many of its ticks have passed.
pub(crate) async fn end(tx: &mut Tx, outside: &Outside) -> Result<u64, StoreError> {
    let first = *outside.first_tick.lock().unwrap_or_else(PoisonError::into_inner);
    let passed = first.zip(next(tx).await?).map_or(0, |(first, next)| (next - first) / EVERY_MS);
    schedules::remove(tx, NAME).await?;
    Ok(passed.unsigned_abs())
}

pub(crate) fn judge(told: &Told, ticks: u64) -> Option<String> {
    let made = told.jobs_of_kind("sim.tick");
    (made != ticks).then(|| format!("{made} jobs were made for {ticks} ticks of a schedule"))
}
