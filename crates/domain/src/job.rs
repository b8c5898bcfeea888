//! The states of a job and the rules for trying again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Where a job is. `docs/ARCHITECTURE.md` draws the machine; the `jobs` table holds it with `CHECK`s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Not before a time.
    Scheduled,
    /// Can be claimed now.
    Ready,
    /// Leased to a worker.
    Running,
    /// For a signal or the next poll; no worker is held.
    Waiting,
    /// For jobs that it depends on.
    Blocked,
    /// Finished with a result.
    Succeeded,
    /// Gave up: the dead-letter queue.
    Dead,
    /// Stopped by its owner.
    Cancelled,
    /// Past its time to live.
    Expired,
}

impl JobState {
    /// All states, in the order of a job's life cycle.
    pub const ALL: [Self; 9] = [
        Self::Scheduled,
        Self::Ready,
        Self::Running,
        Self::Waiting,
        Self::Blocked,
        Self::Succeeded,
        Self::Dead,
        Self::Cancelled,
        Self::Expired,
    ];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::Succeeded => "succeeded",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// From its stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Nothing more will happen to it by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Dead | Self::Cancelled | Self::Expired)
    }
}

/// How often and when a failed job is tried again: exponential backoff with full jitter
/// (`random(0, min(longest, first * 2^(attempt - 1)))`, after the AWS architecture blog, 2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryRule {
    /// Attempts in all, the first included. A crash counts as one.
    pub attempts: u32,
    /// Upper bound of the first delay.
    pub first: Duration,
    /// Upper bound of every delay.
    pub longest: Duration,
}

impl RetryRule {
    /// Five attempts over about a minute.
    pub const DEFAULT: Self = Self { attempts: 5, first: Duration::from_secs(2), longest: Duration::from_mins(1) };

    /// The delay after attempt number `attempt` (counted from 1), or none when that was the last. `jitter` is a random
    /// number from 0 to 1.
    pub fn delay_after(&self, attempt: u32, jitter: f64) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let bound = self.first.saturating_mul(1 << doublings.min(30)).min(self.longest);
        Some(bound.mul_f64(jitter.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest_and_end_with_the_attempts() {
        let rule = RetryRule { attempts: 4, first: Duration::from_secs(1), longest: Duration::from_secs(3) };
        assert_eq!(rule.delay_after(1, 1.0), Some(Duration::from_secs(1)));
        assert_eq!(rule.delay_after(2, 1.0), Some(Duration::from_secs(2)));
        assert_eq!(rule.delay_after(3, 1.0), Some(Duration::from_secs(3)));
        assert_eq!(rule.delay_after(4, 1.0), None);
        assert_eq!(rule.delay_after(1, 0.0), Some(Duration::ZERO));
    }
}
