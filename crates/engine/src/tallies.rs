//! What this process counted since its start, for `/metrics`: requests to providers, leases that expired, late writes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::call::CallError;

/// The counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// Requests to providers, by provider and status: `ok`, `trouble`, `refused` or `unknown`.
    pub requests: BTreeMap<(String, &'static str), u64>,
    /// Jobs that were taken back from a worker whose lease had expired.
    pub expired_leases: u64,
    /// Writes that were rejected because the attempt no longer had its lease, by what was written: `progress`,
    /// `settlement` or `stage`.
    pub stale_writes: BTreeMap<&'static str, u64>,
}

/// The counts so far.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Tallies>);

impl Tally {
    pub(crate) fn all(&self) -> Tallies {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a request to a provider by its outcome.
    pub(crate) fn requested<T>(&self, provider: &str, result: &Result<T, CallError>) {
        let status = match result {
            Ok(_) => "ok",
            Err(CallError::Trouble { .. }) => "trouble",
            Err(CallError::Refused { .. }) => "refused",
            Err(CallError::Unknown { .. }) => "unknown",
        };
        self.change(|tallies| *tallies.requests.entry((provider.to_owned(), status)).or_default() += 1);
    }

    pub(crate) fn lease_expired(&self) {
        self.change(|tallies| tallies.expired_leases += 1);
    }

    pub(crate) fn stale_write(&self, what: &'static str) {
        self.change(|tallies| *tallies.stale_writes.entry(what).or_default() += 1);
    }

    fn change(&self, change: impl FnOnce(&mut Tallies)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
