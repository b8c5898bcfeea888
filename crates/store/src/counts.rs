//! What the committed units of work of this process did, for `/metrics`.

use std::collections::BTreeMap;

use sluice_domain::money::MicroUsd;

/// Counts since the start of the process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// New jobs, by kind.
    pub enqueued: BTreeMap<String, u64>,
    /// Money that ended attempts have spent. What is corrected downwards later stays counted.
    pub settled: MicroUsd,
}

impl Counts {
    pub(crate) fn enqueued(&mut self, kind: &str, jobs: u64) {
        match self.enqueued.get_mut(kind) {
            Some(count) => *count += jobs,
            None => drop(self.enqueued.insert(kind.to_owned(), jobs)),
        }
    }

    pub(crate) fn settled(&mut self, spent: MicroUsd) {
        self.settled.0 = self.settled.0.saturating_add(spent.0.max(0));
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (kind, jobs) in other.enqueued {
            self.enqueued(&kind, jobs);
        }
        self.settled(other.settled);
    }
}
