//! The backoff between two runs of a unit of work.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Duration;

/// The pause after the `run`th run of a unit of work: exponential backoff with full jitter, so that units that collided do
/// not collide again.
pub(crate) fn pause(run: u32) -> Duration {
    // A new state is seeded from the system's entropy, which is random enough here.
    jittered(run, RandomState::new().hash_one(run))
}

fn jittered(run: u32, random: u64) -> Duration {
    const FIRST: Duration = Duration::from_millis(5);
    let most = FIRST * 2_u32.saturating_pow(run.min(8));
    most * u32::try_from(random % 1_000).unwrap_or(0) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_anything_up_to_a_bound_that_doubles() {
        for (run, millis) in [(0, 5), (1, 10), (4, 80), (8, 1_280), (9, 1_280), (u32::MAX, 1_280)] {
            let most = Duration::from_millis(millis);
            assert_eq!(jittered(run, 0), Duration::ZERO);
            assert_eq!(jittered(run, 500), most / 2);
            assert_eq!(jittered(run, 7_000), Duration::ZERO, "only its last digits count");
            assert_eq!(jittered(run, 999), most * 999 / 1_000);
        }
    }
}
