//! Counts of failures that were worked around since the process started, for `/metrics`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What is counted, each with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Rows that a maintenance task could not read or write, by task. They are retried later.
    MaintenanceFailures,
    /// Jobs that could not be read or changed by a claim, by pool. They are retried later.
    JobsDeferred,
    /// Rows that could not be read, by table. Of limits, rates and pauses, once a minute each: the jobs that they concern are
    /// held back. Of the event log, whenever a reader skips them.
    UnreadableRows,
    /// Attempts whose settlement the database refused, by kind. The job died with `unwritable_ending`.
    UnwritableEndings,
}

impl Counter {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::MaintenanceFailures, Self::JobsDeferred, Self::UnreadableRows, Self::UnwritableEndings];

    /// Its name as a metric, by the conventions of Prometheus.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaintenanceFailures => "sluice_maintenance_failures_total",
            Self::JobsDeferred => "sluice_jobs_deferred_total",
            Self::UnreadableRows => "sluice_unreadable_rows_total",
            Self::UnwritableEndings => "sluice_unwritable_endings_total",
        }
    }

    /// What it counts, for people.
    pub const fn help(self) -> &'static str {
        match self {
            Self::MaintenanceFailures => {
                "Rows that a maintenance task could not read or write; they are tried again later."
            }
            Self::JobsDeferred => {
                "Jobs that could not be read or changed when they were to be claimed; they are tried again later."
            }
            Self::UnreadableRows => {
                "Rows of limits, rates, pauses and events that could not be read; they are held back or skipped."
            }
            Self::UnwritableEndings => {
                "Attempts whose ending the database refused; their jobs died with unwritable_ending."
            }
        }
    }

    /// The name of its label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MaintenanceFailures => "task",
            Self::JobsDeferred => "pool",
            Self::UnreadableRows => "table",
            Self::UnwritableEndings => "kind",
        }
    }
}

/// The counts so far.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    counts: Mutex<BTreeMap<(Counter, String), u64>>,
}

impl Counters {
    pub(crate) fn add(&self, counter: Counter, label: &str, count: usize) {
        if count > 0 {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry((counter, label.to_owned())).or_default() += count as u64;
        }
    }

    /// Each counter that is not zero, with the value of its label.
    pub(crate) fn all(&self) -> Vec<(Counter, String, u64)> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|((counter, label), count)| (*counter, label.clone(), *count)).collect()
    }
}
