//! A store that fails: now and then at any commit, and for a while at all of them, as when a node is cut off.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sluice_store::faults::{Fault, Faults};
use std::sync::{Mutex, PoisonError};

/// One node's failures.
pub(crate) struct Troubles {
    random: Mutex<StdRng>,
    /// Of 10,000 commits.
    often: AtomicU32,
    cut_off: AtomicBool,
    happened: AtomicU64,
}

impl Troubles {
    pub(crate) fn new(seed: u64, often: u32) -> Self {
        Self {
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            often: AtomicU32::new(often),
            cut_off: AtomicBool::new(false),
            happened: AtomicU64::new(0),
        }
    }

    pub(crate) fn cut_off(&self, yes: bool) {
        self.cut_off.store(yes, Ordering::Relaxed);
    }

    pub(crate) fn cease(&self) {
        self.often.store(0, Ordering::Relaxed);
        self.cut_off(false);
    }

    pub(crate) fn happened(&self) -> u64 {
        self.happened.load(Ordering::Relaxed)
    }

    fn decide(&self) -> Option<Fault> {
        if self.cut_off.load(Ordering::Relaxed) {
            return Some(Fault::BeforeCommit);
        }
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        if random.random_range(0..10_000) >= self.often.load(Ordering::Relaxed) {
            return None;
        }
        Some(if random.random() { Fault::BeforeCommit } else { Fault::LostReply })
    }
}

impl Faults for Troubles {
    fn at(&self, _point: &'static str) -> Option<Fault> {
        let fault = self.decide();
        self.happened.fetch_add(u64::from(fault.is_some()), Ordering::Relaxed);
        fault
    }
}
