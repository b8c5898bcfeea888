//! What every job does: it counts itself and, if someone waits for it, reports how long it took to get here.
//!
//! The libraries build and call handlers in ways of their own, so this is state of the process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The stamp of a job that nobody waits for.
pub const UNTIMED: i64 = 0;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static RAN: AtomicU64 = AtomicU64::new(0);
static AWAITED: Mutex<Option<Awaited>> = Mutex::new(None);

struct Awaited {
    stamp: i64,
    arrived: oneshot::Sender<Duration>,
}

/// The body of every job; `stamp` is the job's payload.
pub fn handle(stamp: i64) {
    RAN.fetch_add(1, Ordering::SeqCst);
    if stamp == UNTIMED {
        return;
    }
    let now = now_ns();
    let mut awaited = AWAITED.lock().unwrap_or_else(PoisonError::into_inner);
    // A job that came after its caller gave up must not pass for the next one.
    if let Some(waiter) = awaited.take_if(|waiter| waiter.stamp == stamp) {
        // Nobody listens any more if the caller gave up in this moment.
        let _ = waiter.arrived.send(Duration::from_nanos((now - stamp).unsigned_abs()));
    }
}

/// How many jobs ran in this process.
pub fn ran() -> u64 {
    RAN.load(Ordering::SeqCst)
}

/// A stamp of this moment for a job, and the time from now to its handler, once it is known.
pub fn expect_job() -> (i64, oneshot::Receiver<Duration>) {
    let (arrived, arrival) = oneshot::channel();
    let mut awaited = AWAITED.lock().unwrap_or_else(PoisonError::into_inner);
    let stamp = now_ns();
    *awaited = Some(Awaited { stamp, arrived });
    (stamp, arrival)
}

/// Nanoseconds since the first call, and one: never [`UNTIMED`].
fn now_ns() -> i64 {
    i64::try_from(START.elapsed().as_nanos()).map_or(i64::MAX, |nanoseconds| nanoseconds + 1)
}
