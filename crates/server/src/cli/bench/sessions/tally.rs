//! What happened so far, for the progress bar and for the report.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;

/// Counts of all recordings.
pub(super) struct Tally {
    times: Mutex<Vec<Duration>>,
    bytes: AtomicU64,
    waits: AtomicU64,
    failed: AtomicU64,
    first_failure: Mutex<Option<String>>,
    bar: ProgressBar,
}

impl Tally {
    pub(super) const fn new(bar: ProgressBar) -> Self {
        Self {
            times: Mutex::new(Vec::new()),
            bytes: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            first_failure: Mutex::new(None),
            bar,
        }
    }

    pub(super) fn acknowledged(&self, time: Duration, bytes: usize, and_wait: bool) {
        self.times.lock().unwrap_or_else(PoisonError::into_inner).push(time);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if and_wait {
            self.waits.fetch_add(1, Ordering::Relaxed);
        }
        self.bar.inc(1);
    }

    pub(super) fn told_to_wait(&self) {
        self.waits.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a chunk that was never acknowledged; the first reason is kept.
    pub(super) fn failed(&self, reason: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut first = self.first_failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| reason.to_owned());
    }

    pub(super) fn first_failure(&self) -> Option<String> {
        self.first_failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How often the server told a client to wait.
    pub(super) fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    pub(super) fn failures(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// How long each acknowledgement took, sorted.
    pub(super) fn times(&self) -> Vec<Duration> {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner).clone();
        times.sort_unstable();
        times
    }

    /// Says on the bar what is known now.
    pub(super) fn show(&self) {
        let times = self.times();
        let (p50, p99) = (milliseconds(&times, 50), milliseconds(&times, 99));
        self.bar.set_message(format!("p50 {p50:.1} ms, p99 {p99:.1} ms, told to wait {}", self.waits()));
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// The milliseconds within which so many of a hundred were acknowledged; 0 if there were none.
pub(super) fn milliseconds(times: &[Duration], percent: usize) -> f64 {
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        let at = |times: &[Duration], percent| format!("{:.0}", milliseconds(times, percent));
        assert_eq!([50, 95, 99, 100].map(|percent| at(&times, percent)), ["100", "190", "198", "200"]);
        assert_eq!(at(&[], 50), "0");
    }
}
