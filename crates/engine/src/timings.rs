//! How long jobs waited and attempts ran since the process started, as histograms for `/metrics`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is measured, each by kind of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timing {
    /// From enqueueing to the first claim.
    QueueWait,
    /// One attempt at one stage.
    Run,
}

impl Timing {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::QueueWait, Self::Run];

    /// Its name as a metric, by the conventions of Prometheus.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueWait => "sluice_job_queue_wait_seconds",
            Self::Run => "sluice_job_run_seconds",
        }
    }

    /// What it measures, for people.
    pub const fn help(self) -> &'static str {
        match self {
            Self::QueueWait => "Time from the enqueueing of a job to its first claim.",
            Self::Run => "Time that an attempt at a stage of a job ran.",
        }
    }
}

/// The upper bounds of the buckets in seconds; one without a bound follows.
pub const BOUNDS: [f64; 10] = [0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0];

/// The measurements of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Histogram {
    /// How many fell into each bucket and no earlier one; the last has no bound.
    pub buckets: [u64; BOUNDS.len() + 1],
    /// All of them together.
    pub sum: Duration,
}

impl Histogram {
    fn add(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        let at = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        if let Some(bucket) = self.buckets.get_mut(at) {
            *bucket += 1;
        }
        self.sum = self.sum.saturating_add(time);
    }
}

/// The measurements so far.
#[derive(Debug, Default)]
pub(crate) struct Timings {
    measured: Mutex<BTreeMap<(Timing, String), Histogram>>,
    finished: Mutex<BTreeMap<&'static str, u64>>,
}

impl Timings {
    pub(crate) fn add(&self, timing: Timing, kind: &str, time: Duration) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        measured.entry((timing, kind.to_owned())).or_default().add(time);
    }

    /// Counts a job that ended with this outcome.
    pub(crate) fn finished(&self, outcome: &'static str) {
        *self.finished.lock().unwrap_or_else(PoisonError::into_inner).entry(outcome).or_default() += 1;
    }

    /// The jobs that ended, by outcome.
    pub(crate) fn all_finished(&self) -> BTreeMap<&'static str, u64> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn all(&self) -> Vec<(Timing, String, Histogram)> {
        let measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        measured.iter().map(|((timing, kind), histogram)| (*timing, kind.clone(), *histogram)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_falls_into_the_first_bucket_that_holds_it() {
        let timings = Timings::default();
        for seconds in [0.0, 0.01, 0.02, 9000.0] {
            timings.add(Timing::Run, "reel.make", Duration::from_secs_f64(seconds));
        }
        let (_, _, histogram) = timings.all().remove(0);
        assert_eq!(histogram.buckets, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(histogram.sum, Duration::from_secs_f64(9000.03));
    }
}
