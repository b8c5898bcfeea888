//! How long many calls took.

use std::time::Duration;

/// Durations in ascending order; at least one.
#[derive(Debug)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// `None` if there is nothing to speak of.
    pub fn new(mut durations: Vec<Duration>) -> Option<Self> {
        durations.sort_unstable();
        (!durations.is_empty()).then_some(Self(durations))
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// In milliseconds, the duration that `percent` of the calls stayed below.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let position = (self.0.len() * percent / 100).min(self.0.len() - 1);
        milliseconds(self.0[position])
    }
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "counts of jobs are far below 2^52")]
pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}
