//! Limits: what an address, a person, an API token and all accounts of a plan together may use. They are the entries of
//! named plans, which the configuration holds; of a person an administrator can replace single ones.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// Requests to the API, in a window.
    Requests,
    /// Files that are sent, in a window.
    Uploads,
    /// Jobs that a person starts, in a window.
    Jobs,
    /// Jobs that a person has started and that have not ended.
    JobsAtOnce,
    /// Bytes that are kept: documents, and what was made of them.
    BytesKept,
    /// Money of a day in UTC, in millionths of a US dollar.
    MoneyPerDay,
    /// Money of a month in UTC, in millionths of a US dollar.
    MoneyPerMonth,
}

impl Limited {
    /// The name as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Uploads => "uploads",
            Self::Jobs => "jobs",
            Self::JobsAtOnce => "jobs_at_once",
            Self::BytesKept => "bytes_kept",
            Self::MoneyPerDay => "money_per_day",
            Self::MoneyPerMonth => "money_per_month",
        }
    }
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The network address of somebody without an account.
    Address,
    /// A person: the owner of what is made.
    User,
    /// An API token.
    Token,
    /// All accounts of a plan together.
    Plan,
}

impl Holder {
    /// The name as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::User => "user",
            Self::Token => "token",
            Self::Plan => "plan",
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// So many in each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WindowText")]
pub struct Window {
    /// The next one is refused.
    pub hard: u64,
    /// From so many on there is a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft: Option<u64>,
    /// The length of the window.
    pub seconds: u32,
}

/// At most so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CapText")]
pub struct Cap {
    /// What exceeds it is refused, or waits.
    pub hard: u64,
    /// From so much on there is a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft: Option<u64>,
}

/// The longest window: 31 days.
pub const LONGEST_WINDOW: u32 = 31 * 24 * 3_600;
/// The largest limit: sums of a few fit into 64 bits of either database.
pub const LARGEST: u64 = 1_000_000_000_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    hard: u64,
    soft: Option<u64>,
    seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapText {
    hard: u64,
    soft: Option<u64>,
}

/// A limit that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLimit {
    /// The warning would never come.
    #[error("the soft limit {soft} is above the hard one, {hard}: give a smaller one, or leave it out")]
    Soft {
        /// The soft limit.
        soft: u64,
        /// The hard limit.
        hard: u64,
    },
    /// Too large to be counted.
    #[error("{0} is larger than {LARGEST}: leave the limit out")]
    Large(u64),
    /// No window.
    #[error("a window has from 1 to {LONGEST_WINDOW} seconds (31 days), and not {0}")]
    Seconds(u32),
    /// No plan.
    #[error("a plan's name has 1 to 64 letters, digits, - or _, and not \"{0}\"")]
    Name(String),
    /// Addresses are those of people without an account.
    #[error("only the plan visitor limits addresses, since it is for people without an account; \"{0}\" cannot")]
    Address(String),
}

fn checked(hard: u64, soft: Option<u64>) -> Result<(), BadLimit> {
    match soft {
        _ if hard > LARGEST => Err(BadLimit::Large(hard)),
        Some(soft) if soft > hard => Err(BadLimit::Soft { soft, hard }),
        _ => Ok(()),
    }
}

impl TryFrom<WindowText> for Window {
    type Error = BadLimit;

    fn try_from(text: WindowText) -> Result<Self, BadLimit> {
        let WindowText { hard, soft, seconds } = text;
        checked(hard, soft)?;
        if (1..=LONGEST_WINDOW).contains(&seconds) {
            Ok(Self { hard, soft, seconds })
        } else {
            Err(BadLimit::Seconds(seconds))
        }
    }
}

impl TryFrom<CapText> for Cap {
    type Error = BadLimit;

    fn try_from(text: CapText) -> Result<Self, BadLimit> {
        let CapText { hard, soft } = text;
        checked(hard, soft).map(|()| Self { hard, soft })
    }
}

/// What is counted in windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Windows {
    /// Requests to the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Window>,
    /// Files that are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploads: Option<Window>,
    /// Jobs that are started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<Window>,
}

impl Windows {
    /// The window of what is counted in one.
    pub fn of(&self, limited: Limited) -> Option<Window> {
        match limited {
            Limited::Requests => self.requests,
            Limited::Uploads => self.uploads,
            Limited::Jobs => self.jobs,
            _ => None,
        }
    }
}

/// What a person may use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests to the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Window>,
    /// Files that are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploads: Option<Window>,
    /// Jobs that are started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<Window>,
    /// Jobs that have not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs_at_once: Option<Cap>,
    /// Bytes that are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_kept: Option<Cap>,
    /// Money of a day in UTC, in millionths of a US dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micro_usd_per_day: Option<Cap>,
    /// Money of a month in UTC, in millionths of a US dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micro_usd_per_month: Option<Cap>,
}

impl Limits {
    /// What is counted in windows.
    pub const fn windows(&self) -> Windows {
        Windows { requests: self.requests, uploads: self.uploads, jobs: self.jobs }
    }
}

/// Limits of one person instead of those of the plan: none leaves the plan's, and `Some(None)` lifts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// Requests to the API.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub requests: Option<Option<Window>>,
    /// Files that are sent.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub uploads: Option<Option<Window>>,
    /// Jobs that are started.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub jobs: Option<Option<Window>>,
    /// Jobs that have not ended.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub jobs_at_once: Option<Option<Cap>>,
    /// Bytes that are kept.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub bytes_kept: Option<Option<Cap>>,
    /// Money of a day in UTC.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub micro_usd_per_day: Option<Option<Cap>>,
    /// Money of a month in UTC.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub micro_usd_per_month: Option<Option<Cap>>,
}

/// A member that is there, even as null.
#[expect(clippy::option_option, reason = "left out, null and a limit are three different things")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Overrides {
    /// Whether the plan applies as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A plan's limits with these in their place.
    #[must_use]
    pub fn over(&self, plan: &Limits) -> Limits {
        Limits {
            requests: self.requests.unwrap_or(plan.requests),
            uploads: self.uploads.unwrap_or(plan.uploads),
            jobs: self.jobs.unwrap_or(plan.jobs),
            jobs_at_once: self.jobs_at_once.unwrap_or(plan.jobs_at_once),
            bytes_kept: self.bytes_kept.unwrap_or(plan.bytes_kept),
            micro_usd_per_day: self.micro_usd_per_day.unwrap_or(plan.micro_usd_per_day),
            micro_usd_per_month: self.micro_usd_per_month.unwrap_or(plan.micro_usd_per_month),
        }
    }
}

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
        let standard = Plan { user: Limits { jobs_at_once, ..Limits::default() }, ..Plan::default() };
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

    #[test]
    fn one_person_has_more_less_or_no_limit() {
        let plan = Limits { jobs_at_once: Some(Cap { hard: 2, soft: None }), ..Limits::default() };
        let overrides: Overrides =
            serde_json::from_value(json!({ "jobs_at_once": null, "bytes_kept": { "hard": 5 } })).unwrap();
        let limits = overrides.over(&plan);
        assert_eq!((limits.jobs_at_once, limits.bytes_kept), (None, Some(Cap { hard: 5, soft: None })));
        assert_eq!(
            serde_json::to_value(overrides).unwrap(),
            json!({ "jobs_at_once": null, "bytes_kept": { "hard": 5 } })
        );
        assert!(Overrides::default().is_empty() && !overrides.is_empty());
        assert_eq!(Overrides::default().over(&plan), plan);
    }
}
