//! The world's clock: tokio's, which stands still until every task waits, and what jumps add to it.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

thread_local! {
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
    static JUMPED: Cell<i64> = const { Cell::new(0) };
}

/// 2026-01-01, and a little.
const EPOCH: i64 = 1_767_225_600_123;

/// Sets it to the beginning. Call it on the world's own thread, in its runtime.
pub(crate) fn begin() {
    BEGAN.set(Some(Instant::now()));
    JUMPED.set(0);
}

/// What the database takes for the time.
pub(crate) fn now() -> Duration {
    let passed = BEGAN.get().map_or(Duration::ZERO, |began| began.elapsed());
    let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    Duration::from_millis(u64::try_from(EPOCH + passed + JUMPED.get()).unwrap_or(0))
}

/// Milliseconds since the world began, without the jumps.
pub(crate) fn passed() -> u64 {
    BEGAN.get().map_or(0, |began| u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX))
}

/// The database's clock is set, forward or back.
pub(crate) fn jump(milliseconds: i64) {
    JUMPED.set(JUMPED.get() + milliseconds);
}
