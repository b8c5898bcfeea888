//! The backoff between two runs of a unit of work.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Duration;

/// The pause after the `run`th run of a unit of work: exponential backoff with full jitter, so that units that collided do
/// not collide again.
pub(crate) fn pause(run: u32) -> Duration {
    const FIRST: Duration = Duration::from_millis(5);
    let most = FIRST * 2_u32.saturating_pow(run.min(8));
    // A new state is seeded from the system's entropy, which is random enough here.
    let random = RandomState::new().hash_one(run) % 1_000;
    most * u32::try_from(random).unwrap_or(0) / 1_000
}
