//! The state of a running job in its worker: its leases, and whether it must stop.

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

/// A running job.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// The leases that may hold it: the present one, and during settlement also that of the next stage.
    leases: Mutex<Vec<(JobId, LeaseId)>>,
    stop: CancellationToken,
    reason: OnceLock<Stop>,
    draining: CancellationToken,
}

impl Live {
    pub(crate) fn new(job: JobId, lease: LeaseId, draining: CancellationToken) -> Self {
        Self { leases: Mutex::new(vec![(job, lease)]), draining, ..Self::default() }
    }

    /// Adds the lease of the next stage.
    pub(crate) fn expect(&self, job: &JobId, lease: &LeaseId) {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        // The leases of earlier stages are settled.
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

    /// Whether the worker is shutting down: no further stage is started.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }
}
