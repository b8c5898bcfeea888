//! A job in a worker's hands: under which leases, and whether it must stop.

use std::sync::{Mutex, OnceLock, PoisonError};

use sluice_domain::ids::{JobId, LeaseId};
use tokio_util::sync::CancellationToken;

/// Why a running job must stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    Cancelled,
    LeaseLost,
    Shutdown,
}

/// A job in our hands.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The leases under which it may be held: the present one, and while it is settled also the next stage's.
    leases: Mutex<Vec<(JobId, LeaseId)>>,
    stop: CancellationToken,
    reason: OnceLock<Stop>,
    draining: CancellationToken,
}

impl Live {
    pub(crate) fn new(job: JobId, lease: LeaseId, draining: CancellationToken) -> Self {
        Self { leases: Mutex::new(vec![(job, lease)]), draining, ..Self::default() }
    }

    /// Adds the lease under which the next stage may be held.
    pub(crate) fn expect(&self, job: &JobId, lease: &LeaseId) {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of stages before the present one are settled.
        let settled = leases.len().saturating_sub(1);
        leases.drain(..settled);
        leases.push((job.clone(), lease.clone()));
    }

    pub(crate) fn leases(&self) -> Vec<(JobId, LeaseId)> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn stop(&self, reason: Stop) {
        // The first reason counts.
        if self.reason.set(reason).is_ok() {
            self.stop.cancel();
        }
    }

    pub(crate) fn lost(&self) {
        self.stop(Stop::LeaseLost);
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.stop
    }

    pub(crate) fn reason(&self) -> Option<Stop> {
        self.reason.get().copied()
    }

    /// The worker wants to end: no further stage is begun.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }
}
