//! Progress and log lines of a running job, buffered in memory and written a few times a second.

use std::sync::{Mutex, PoisonError};

use sluice_store::jobs::StepChange;
use sluice_store::storable;
use tokio::sync::Notify;

/// The buffer of what is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    pending: Mutex<Pending>,
    pub(crate) news: Notify,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Pending {
    pub(crate) steps: Vec<StepChange>,
    pub(crate) lines: Vec<String>,
}

/// The most buffered lines, for example while the disk is full; further ones are dropped.
const MOST_LINES: usize = 1_000;

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.lines.is_empty()
    }
}

impl Reports {
    pub(crate) fn step(&self, name: &str, fraction: f64) {
        let (name, fraction) = (storable::cut(name, storable::NAME_LIMIT), storable::fraction(fraction));
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        match pending.steps.iter_mut().find(|step| step.name == name) {
            Some(step) => step.fraction = fraction,
            None => pending.steps.push(StepChange { name, fraction }),
        }
        drop(pending);
        self.news.notify_one();
    }

    pub(crate) fn line(&self, line: &str) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.lines.len() < MOST_LINES {
            pending.lines.push(storable::cut(line, storable::TEXT_LIMIT));
        }
        drop(pending);
        self.news.notify_one();
    }

    pub(crate) fn take(&self) -> Pending {
        std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts back what could not be written, before what was reported since.
    pub(crate) fn put_back(&self, old: Pending) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut merged = old;
        for step in pending.steps.drain(..) {
            match merged.steps.iter_mut().find(|known| known.name == step.name) {
                Some(known) => known.fraction = step.fraction,
                None => merged.steps.push(step),
            }
        }
        merged.lines.append(&mut pending.lines);
        *pending = merged;
    }
}
