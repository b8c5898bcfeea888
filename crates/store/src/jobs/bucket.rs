//! The arithmetic of a token bucket, in integers.
//!
//! A level is stored in units × the period's milliseconds: it grows by the rate's amount per millisecond, and `n` units cost
//! `n` × the period, so nothing is rounded.

use std::time::Duration;

use sluice_domain::time::{Timestamp, millis};

use crate::StoreError;
use crate::jobs::rates::{Rate, Unit};
use crate::sql::Row;

/// A rate as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) amount: i64,
    pub(crate) period: i64,
    pub(crate) burst: i64,
}

/// The limits of a full level, a period and a debt, so that 64 bits do not overflow.
const FULLEST: i64 = 1_000_000_000_000_000_000;
const LONGEST: Duration = Duration::from_hours(366 * 24);
const DEEPEST: i64 = -4 * FULLEST;

impl Terms {
    pub(crate) fn of(rate: Rate) -> Result<Self, StoreError> {
        let bad = |why: &str| Err(StoreError::BadRate { why: why.to_owned() });
        if rate.amount == 0 || rate.burst == 0 {
            return bad("it would never let anything through: give at least 1, or pause what is to be held back");
        }
        if rate.per < Duration::from_millis(1) || rate.per > LONGEST {
            return bad("its period must be between a millisecond and a year: give the same rate for another period");
        }
        let (amount, burst) = (i64::try_from(rate.amount), i64::try_from(rate.burst));
        let period = millis(rate.per);
        match (amount, burst) {
            (Ok(amount), Ok(burst))
                if amount <= FULLEST && burst.checked_mul(period).is_some_and(|full| full <= FULLEST) =>
            {
                Ok(Self { amount, period, burst })
            }
            _ => bad(
                "it is too large to be counted exactly: give the same rate for a shorter period, or a smaller burst",
            ),
        }
    }

    /// A rate whose figures overflow is treated like one that cannot be read.
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let terms = Self { amount: row.get("amount")?, period: row.get("period_ms")?, burst: row.get("burst")? };
        let Self { amount, period, burst } = terms;
        let full = burst.checked_mul(period).is_some_and(|full| full <= FULLEST);
        if full && (1..=FULLEST).contains(&amount) && (1..=millis(LONGEST)).contains(&period) && burst > 0 {
            return Ok(terms);
        }
        Err(StoreError::Unreadable { what: format!("a rate of {amount} per {period} ms with a burst of {burst}") })
    }

    pub(crate) fn rate(self) -> Rate {
        Rate {
            amount: self.amount.unsigned_abs(),
            per: Duration::from_millis(self.period.unsigned_abs()),
            burst: self.burst.unsigned_abs(),
        }
    }

    pub(crate) const fn full(self) -> i64 {
        self.burst * self.period
    }

    /// What `n` units cost.
    pub(crate) fn price(self, n: u64) -> i64 {
        i64::try_from(n).unwrap_or(i64::MAX).saturating_mul(self.period)
    }

    /// How long it takes to gain this much.
    pub(crate) const fn time_for(self, much: i64) -> i64 {
        much / self.amount + (much % self.amount > 0) as i64
    }
}

/// The state of a rate's token bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) unit: Unit,
    pub(crate) terms: Terms,
    pub(crate) level: i64,
    pub(crate) filled_at: i64,
    /// It differs from what is stored.
    pub(crate) changed: bool,
}

impl Bucket {
    pub(crate) fn full(unit: Unit, terms: Terms, now: i64) -> Self {
        Self { unit, terms, level: terms.full(), filled_at: now, changed: false }
    }

    /// Reads a stored bucket; an impossible level is clamped.
    pub(crate) fn read(row: &Row, unit: Unit, terms: Terms) -> Result<Self, StoreError> {
        let level: i64 = row.get("level")?;
        let level = level.clamp(DEEPEST, terms.full());
        Ok(Self { unit, terms, level, filled_at: row.get("filled_at")?, changed: false })
    }

    /// Adds what was gained since it was last filled. After a clock was set back, nothing is added until it has caught up, but
    /// for no longer than it takes to fill a bucket.
    pub(crate) fn fill(&mut self, now: i64) {
        if now < self.filled_at {
            let latest = now.saturating_add(self.terms.time_for(self.terms.full()));
            self.changed |= latest < self.filled_at;
            self.filled_at = self.filled_at.min(latest);
            return;
        }
        let more = now.saturating_sub(self.filled_at).saturating_mul(self.terms.amount);
        self.level = self.level.saturating_add(more).min(self.terms.full());
        self.filled_at = now;
    }

    /// How much is missing until it admits `need` units.
    pub(crate) fn shortfall(&self, need: u64) -> i64 {
        (self.terms.price(need).min(self.terms.full()) - self.level).max(0)
    }

    pub(crate) fn available_at(&self, need: u64) -> Timestamp {
        Timestamp::from_millis(self.filled_at.saturating_add(self.terms.time_for(self.shortfall(need))))
    }

    pub(crate) fn full_at(&self) -> i64 {
        self.filled_at.saturating_add(self.terms.time_for(self.terms.full() - self.level))
    }

    pub(crate) fn take(&mut self, n: u64) {
        self.level = self.level.saturating_sub(self.terms.price(n)).max(DEEPEST);
        self.changed |= n > 0;
    }

    pub(crate) fn refund(&mut self, n: u64) {
        self.level = self.level.saturating_add(self.terms.price(n)).min(self.terms.full());
        self.changed |= n > 0;
    }

    /// Changes the rate: a positive level stays the same fraction of the burst, and a debt the same number of units.
    pub(crate) fn change(&mut self, terms: Terms) {
        let (level, old, new) = (i128::from(self.level), self.terms, terms);
        let level = if level > 0 {
            level * i128::from(new.full()) / i128::from(old.full())
        } else {
            level * i128::from(new.period) / i128::from(old.period)
        };
        self.level = i64::try_from(level).unwrap_or(DEEPEST).max(DEEPEST);
        self.terms = terms;
        self.changed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn per_minute(amount: i64, burst: i64) -> Terms {
        Terms { amount, period: 60_000, burst }
    }

    fn bucket(terms: Terms) -> Bucket {
        Bucket::full(Unit::Tokens, terms, 0)
    }

    #[test]
    fn a_third_of_a_token_is_not_lost() {
        let mut bucket = bucket(Terms { amount: 1, period: 3, burst: 2 });
        bucket.take(2);
        for now in 1..=300 {
            bucket.fill(now);
            if bucket.shortfall(1) == 0 {
                bucket.take(1);
            }
        }
        assert_eq!(bucket.level, 0, "a hundred came in three hundred milliseconds, and went");
    }

    #[test]
    fn more_than_the_burst_is_let_through_when_it_is_full_and_paid_off_first() {
        let mut bucket = bucket(per_minute(60, 10));
        assert_eq!(bucket.shortfall(25), 0);
        bucket.take(25);
        assert_eq!(bucket.available_at(1).as_millis(), 16_000);
        bucket.fill(15_999);
        assert!(bucket.shortfall(1) > 0);
        bucket.fill(16_000);
        assert_eq!((bucket.shortfall(1), bucket.full_at()), (0, 25_000));
    }

    #[test]
    fn a_clock_that_is_set_back_gives_nothing_twice_and_stops_nothing_for_long() {
        let mut bucket = bucket(per_minute(60, 10));
        bucket.fill(100_000);
        bucket.take(10);
        bucket.fill(97_000);
        assert_eq!((bucket.level, bucket.filled_at), (0, 100_000));
        bucket.fill(100_000);
        assert_eq!(bucket.level, 0);
        bucket.fill(-5_000_000);
        assert_eq!(bucket.filled_at, -4_990_000, "no longer than a bucket takes to fill");
    }

    #[test]
    fn other_terms_keep_the_part_of_the_burst_and_the_debt() {
        let mut bucket = bucket(per_minute(60, 10));
        bucket.take(5);
        bucket.change(Terms { amount: 100, period: 1_000, burst: 100 });
        assert_eq!(bucket.level, 50 * 1_000);
        bucket.take(80);
        bucket.change(per_minute(1, 1));
        assert_eq!(bucket.level, -30 * 60_000);
        let huge = Terms { amount: FULLEST, period: 1, burst: FULLEST };
        bucket.change(huge);
        bucket.fill(i64::MAX);
        assert_eq!(bucket.level, FULLEST);
        bucket.take(u64::MAX);
        bucket.take(u64::MAX);
        assert_eq!(bucket.level, DEEPEST);
        assert!(bucket.available_at(u64::MAX).as_millis() > 0);
    }

    #[test]
    fn what_cannot_be_counted_is_refused_with_what_to_do() {
        let rate = |amount, per, burst| Terms::of(Rate { amount, per, burst });
        let minute = Duration::from_mins(1);
        for bad in [
            rate(0, minute, 1),
            rate(1, minute, 0),
            rate(1, Duration::ZERO, 1),
            rate(1, Duration::from_hours(24 * 400), 1),
            rate(1, minute, u64::MAX),
            rate(u64::MAX, minute, 1),
            rate(1, LONGEST, 1_000_000_000),
        ] {
            let text = bad.unwrap_err().to_string();
            assert!(text.contains("give"), "{text}");
        }
        assert!(rate(1_000_000_000, minute, 1_000_000_000).is_ok());
    }
}
