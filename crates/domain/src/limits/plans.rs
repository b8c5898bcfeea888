//! The plans of an installation: its configuration over the built-in ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BadLimit, Cap, Limits, Window, Windows};

const MINUTE: u32 = 60;
const DAY: u32 = 24 * 3_600;

/// A named set of limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Of each address of people without an account; of the plan [`Plans::VISITOR`] alone.
    pub address: Windows,
    /// Of each person.
    pub user: Limits,
    /// Of each API token.
    pub token: Windows,
    /// Of all accounts of the plan together.
    pub together: Windows,
}

/// The plans of an installation: those of the configuration over the built-in ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Plan>")]
pub struct Plans(BTreeMap<String, Plan>);

impl Default for Plans {
    fn default() -> Self {
        let window = |hard, seconds| Some(Window { hard, soft: None, seconds });
        let jobs = window(5, 600);
        let visitor = Plan { address: Windows { jobs, ..Windows::default() }, ..Plan::default() };
        let jobs_at_once = Some(Cap { hard: 2, soft: None });
        let user = Limits {
            jobs_at_once,
            entries: window(10, MINUTE),
            regenerations: window(5, MINUTE),
            retries: window(5, MINUTE),
            approvals: window(20, MINUTE),
            generations: window(10, MINUTE),
            model_calls: window(10, DAY),
            ..Limits::default()
        };
        let standard = Plan { user, ..Plan::default() };
        Self([(Self::VISITOR.to_owned(), visitor), (Self::STANDARD.to_owned(), standard)].into())
    }
}

impl TryFrom<BTreeMap<String, Plan>> for Plans {
    type Error = BadLimit;

    fn try_from(given: BTreeMap<String, Plan>) -> Result<Self, BadLimit> {
        let mut plans = Self::default();
        for (name, plan) in given {
            let letters = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if !(1..=64).contains(&name.len()) || !letters(&name) {
                return Err(BadLimit::Name(name.chars().take(64).collect()));
            }
            if name != Self::VISITOR && plan.address != Windows::default() {
                return Err(BadLimit::Address(name));
            }
            plans.0.insert(name, plan);
        }
        Ok(plans)
    }
}

impl Plans {
    /// The plan of people without an account: of the one person of a machine in single-user mode, and of requests before
    /// sign-in.
    pub const VISITOR: &str = "visitor";
    /// The plan of an account for which nothing else was said, or whose plan is not configured any more.
    pub const STANDARD: &str = "standard";

    /// A plan; that of [`Plans::STANDARD`] if there is none of this name.
    pub fn of(&self, name: &str) -> Plan {
        self.0.get(name).or_else(|| self.0.get(Self::STANDARD)).copied().unwrap_or_default()
    }

    /// Whether there is a plan of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Plan)> {
        self.0.iter().map(|(name, plan)| (name.as_str(), plan))
    }

    /// Replaces how many jobs an address may start in a window.
    #[must_use]
    pub fn with_jobs_of_an_address(mut self, window: Window) -> Self {
        self.0.entry(Self::VISITOR.to_owned()).or_default().address.jobs = Some(window);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plans_are_read_over_the_built_in_ones() {
        let plans: Plans = serde_json::from_value(json!({
            "team": { "user": { "requests": { "hard": 600, "soft": 500, "seconds": 60 }, "bytes_kept": { "hard": 10 } },
                "token": { "jobs": { "hard": 3, "seconds": 60 } }, "together": { "uploads": { "hard": 9, "seconds": 1 } } },
        }))
        .unwrap();
        assert_eq!(plans.of("team").user.requests, Some(Window { hard: 600, soft: Some(500), seconds: 60 }));
        assert_eq!(plans.of("visitor").address.jobs, Some(Window { hard: 5, soft: None, seconds: 600 }));
        assert_eq!(plans.of("gone"), plans.of("standard"));
        assert_eq!(plans.of("standard").user.jobs_at_once, Some(Cap { hard: 2, soft: None }));
        let again: Plans = serde_json::from_value(serde_json::to_value(&plans).unwrap()).unwrap();
        assert_eq!(again, plans);
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_reason() {
        let window = |value| json!({ "p": { "user": { "jobs": value } } });
        for (bad, why) in [
            (window(json!({ "hard": 1, "soft": 2, "seconds": 1 })), "above the hard one"),
            (window(json!({ "hard": 1, "seconds": 0 })), "from 1 to"),
            (window(json!({ "hard": 1 })), "seconds"),
            (window(json!({ "hard": u64::MAX, "seconds": 1 })), "larger than"),
            (window(json!({ "hard": -1, "seconds": 1 })), "invalid value"),
            (window(json!({ "hard": 1, "seconds": 1, "burst": 1 })), "unknown field"),
            (json!({ "p": { "users": {} } }), "unknown field"),
            (json!({ "p": { "token": { "jobs_at_once": { "hard": 1 } } } }), "unknown field"),
            (json!({ "a b": {} }), "a plan's name"),
            (json!({ "p": { "address": { "jobs": { "hard": 1, "seconds": 1 } } } }), "without an account"),
        ] {
            let error = serde_json::from_value::<Plans>(bad.clone()).unwrap_err().to_string();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
