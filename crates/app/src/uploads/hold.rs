//! The lease on an upload, while a request appends to it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sluice_store::uploads::{self, Hold, Renewed};
use sluice_store::{Store, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long an upload is held without renewal: after so long a dead process holds it no more.
pub const HOLD: Duration = Duration::from_secs(15);
/// How often a lease is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// A request that has received nothing for so long gives way to another one of the same upload: its connection is dead.
const IDLE: Duration = Duration::from_secs(2);

/// What a request shares with the renewal of its lease.
pub(super) struct Pulse {
    began: Instant,
    /// When bytes came last, in milliseconds after the beginning; [`BUSY`] when the request waits for no bytes.
    last: AtomicU64,
    /// Set when another request wants the upload, and this one is idle.
    pub(super) give_way: CancellationToken,
    /// Set when the request writes nothing more but under its lease, and the end of that is its own end.
    ending: AtomicBool,
}

const BUSY: u64 = u64::MAX;

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
            give_way: CancellationToken::new(),
            ending: AtomicBool::new(false),
        }
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(0);
        self.last.store(now, Ordering::Relaxed);
    }

    /// From now on the request waits for no bytes.
    pub(super) fn busy(&self) {
        self.last.store(BUSY, Ordering::Relaxed);
    }

    /// From now on the request finds out by itself whether its lease is lost, by what it writes at its end.
    pub(super) fn ending(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    fn is_idle(&self) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        last != BUSY && self.began.elapsed() >= Duration::from_millis(last) + IDLE
    }
}

/// Renews a lease until it is lost. A database that does not answer is asked again until the lease would have lapsed.
pub(super) async fn keep(store: &Store, hold: &Hold, pulse: &Pulse) {
    let mut renewed_at = Instant::now();
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let asked_at = Instant::now();
        match store.write(async |tx| uploads::renew(tx, hold, HOLD).await).await {
            Ok(Renewed::Held { wanted }) => {
                renewed_at = asked_at;
                if wanted && pulse.is_idle() {
                    pulse.give_way.cancel();
                }
            }
            // The end of the upload also ends its lease.
            Ok(Renewed::Lost) if pulse.ending.load(Ordering::Relaxed) => std::future::pending().await,
            Ok(Renewed::Lost) => return,
            Err(error) if renewed_at.elapsed() + RENEW_EVERY < HOLD => note(&error, hold),
            Err(error) => {
                note(&error, hold);
                return;
            }
        }
    }
}

fn note(error: &StoreError, hold: &Hold) {
    tracing::warn!(%error, upload = %hold.upload, "the lease on an upload could not be renewed");
}
