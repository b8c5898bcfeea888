//! The rules: how long something stays in a tier.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::tiers::Tier;

/// How long something stays in a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// So many days.
    Days(u32),
    /// For ever.
    Forever,
}

/// Most days of a period: a hundred years.
const MOST_DAYS: u32 = 36_500;

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "forever" => Ok(Self::Forever),
            Ok(days) if (1..=MOST_DAYS).contains(&days) => Ok(Self::Days(days)),
            _ => Err(format!("a number of days from 1 to {MOST_DAYS} is needed, or forever")),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(formatter, "{days} days"),
            Self::Forever => formatter.write_str("forever"),
        }
    }
}

/// The rules of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How long something stays hot.
    pub hot: Period,
    /// How long it then stays warm.
    pub warm: Period,
    /// At which hour of the day they are applied, in UTC.
    pub hour: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self { hot: Period::Days(7), warm: Period::Days(30), hour: 3 }
    }
}

/// One rule: what leaves a tier, when, and for which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) from: Tier,
    pub(super) to: Tier,
    pub(super) after: Duration,
    period: Period,
}

impl Rule {
    /// As tombstones name it.
    pub(super) fn name(&self) -> String {
        format!("{} for {}", self.from.as_str(), self.period)
    }
}

impl Rules {
    /// The rules that move something, the last tier first: so that nothing passes two tiers in one sweep.
    pub(super) fn all(&self) -> Vec<Rule> {
        let rule = |from, to, period| match period {
            Period::Days(days) => Some(Rule { from, to, after: Duration::from_hours(24 * u64::from(days)), period }),
            Period::Forever => None,
        };
        [rule(Tier::Warm, Tier::Cold, self.warm), rule(Tier::Hot, Tier::Warm, self.hot)].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_days_or_for_ever() {
        assert_eq!("7".parse(), Ok(Period::Days(7)));
        assert_eq!("forever".parse(), Ok(Period::Forever));
        for bad in ["0", "-1", "36501", "week", ""] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_tier_comes_first_and_forever_is_no_rule() {
        let names = |rules: Rules| rules.all().iter().map(Rule::name).collect::<Vec<_>>();
        assert_eq!(names(Rules::default()), ["warm for 30 days", "hot for 7 days"]);
        assert_eq!(names(Rules { warm: Period::Forever, ..Rules::default() }), ["hot for 7 days"]);
    }
}
