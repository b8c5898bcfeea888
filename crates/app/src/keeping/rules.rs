//! The rules: how long something stays in a tier.

use std::fmt;
use std::str::FromStr;

use sluice_store::keeping::{FOREVER, Terms};

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
pub const MOST_DAYS: u32 = 36_500;

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

impl Period {
    /// As the store counts them.
    const fn days(self) -> u32 {
        match self {
            Self::Days(days) => days,
            Self::Forever => FOREVER,
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
    /// The fewest days that somebody may set for what they have.
    pub least: u32,
    /// The longest that somebody may set.
    pub most: Period,
    /// At which hour of the day they are applied, in UTC.
    pub hour: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self { hot: Period::Days(7), warm: Period::Days(30), least: 1, most: Period::Days(365), hour: 3 }
    }
}

/// One rule: what leaves a tier, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) from: Tier,
    pub(super) to: Tier,
    pub(super) terms: Terms,
}

impl Rule {
    /// As tombstones name it, of something with these days.
    pub(super) fn name(&self, days: u32) -> String {
        format!("{} for {}", self.from.as_str(), Period::Days(days))
    }
}

impl Rules {
    /// The rules, the last tier first: so that nothing passes two tiers in one sweep.
    pub(super) fn all(&self) -> [Rule; 2] {
        let rule = |from, to| Rule { from, to, terms: self.terms(from) };
        [rule(Tier::Warm, Tier::Cold), rule(Tier::Hot, Tier::Warm)]
    }

    /// How long things stay in a tier. What the installation does is always allowed.
    pub(super) fn terms(&self, tier: Tier) -> Terms {
        let days = match tier {
            Tier::Hot => self.hot.days(),
            Tier::Warm => self.warm.days(),
            Tier::Cold => FOREVER,
        };
        Terms { days, least: self.least.min(days), most: self.most.days().max(days) }
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
    fn the_last_tier_comes_first_and_what_the_installation_does_is_always_allowed() {
        let from = |rules: Rules| rules.all().map(|rule| (rule.from, rule.terms));
        let terms = |days, least, most| Terms { days, least, most };
        assert_eq!(from(Rules::default()), [(Tier::Warm, terms(30, 1, 365)), (Tier::Hot, terms(7, 1, 365))]);
        let strict = Rules { warm: Period::Forever, least: 10, most: Period::Days(20), ..Rules::default() };
        assert_eq!(from(strict), [(Tier::Warm, terms(FOREVER, 10, FOREVER)), (Tier::Hot, terms(7, 7, 20))]);
        assert_eq!(strict.all()[1].name(9), "hot for 9 days");
    }
}
