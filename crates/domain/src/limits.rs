//! Limits: what an address, a person, an API token and all accounts of a plan together may use. They are the entries of
//! named plans, which the configuration holds; of a person an administrator can replace single ones.

mod plans;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

pub use plans::{Plan, Plans};

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
    /// Entries: pictures, sounds and texts of which something is made, in a window.
    Entries,
    /// Parts that are made again, in a window.
    Regenerations,
    /// What failed and is tried again, in a window.
    Retries,
    /// Approvals, in a window.
    Approvals,
    /// Requests for something new of a model, in a window.
    Generations,
    /// Calls of models with the installation's own keys, in a window.
    ModelCalls,
    /// Calls of providers whose price is not known, of a day in UTC.
    UnpricedCalls,
}

impl Limited {
    /// What is counted one by one in sliding windows.
    pub const COUNTED: [Self; 8] = [
        Self::Uploads,
        Self::Jobs,
        Self::Entries,
        Self::Regenerations,
        Self::Retries,
        Self::Approvals,
        Self::Generations,
        Self::ModelCalls,
    ];

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
            Self::Entries => "entries",
            Self::Regenerations => "regenerations",
            Self::Retries => "retries",
            Self::Approvals => "approvals",
            Self::Generations => "generations",
            Self::ModelCalls => "model_calls",
            Self::UnpricedCalls => "unpriced_calls",
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
    /// Pictures, sounds and texts of which something is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Window>,
    /// Parts that are made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regenerations: Option<Window>,
    /// What failed and is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<Window>,
    /// Approvals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Window>,
    /// Requests for something new of a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generations: Option<Window>,
    /// Calls of models with the installation's own keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_calls: Option<Window>,
}

impl Windows {
    /// The window of what is counted in one.
    pub fn of(&self, limited: Limited) -> Option<Window> {
        match limited {
            Limited::Requests => self.requests,
            Limited::Uploads => self.uploads,
            Limited::Jobs => self.jobs,
            Limited::Entries => self.entries,
            Limited::Regenerations => self.regenerations,
            Limited::Retries => self.retries,
            Limited::Approvals => self.approvals,
            Limited::Generations => self.generations,
            Limited::ModelCalls => self.model_calls,
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
    /// Pictures, sounds and texts of which something is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Window>,
    /// Parts that are made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regenerations: Option<Window>,
    /// What failed and is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<Window>,
    /// Approvals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Window>,
    /// Requests for something new of a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generations: Option<Window>,
    /// Calls of models with the installation's own keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_calls: Option<Window>,
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
    /// Calls whose price is not known, of a day in UTC. If it is left out, [`UNPRICED_CALLS`] applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced_calls_per_day: Option<Cap>,
}

/// The cap of calls whose price is not known, where none is given: no cap on money stops them.
pub const UNPRICED_CALLS: Cap = Cap { hard: 100, soft: None };

impl Limits {
    /// What is counted in windows.
    pub const fn windows(&self) -> Windows {
        Windows {
            requests: self.requests,
            uploads: self.uploads,
            jobs: self.jobs,
            entries: self.entries,
            regenerations: self.regenerations,
            retries: self.retries,
            approvals: self.approvals,
            generations: self.generations,
            model_calls: self.model_calls,
        }
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
    /// Pictures, sounds and texts of which something is made.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub entries: Option<Option<Window>>,
    /// Parts that are made again.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub regenerations: Option<Option<Window>>,
    /// What failed and is tried again.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub retries: Option<Option<Window>>,
    /// Approvals.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Option<Window>>,
    /// Requests for something new of a model.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub generations: Option<Option<Window>>,
    /// Calls of models with the installation's own keys.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub model_calls: Option<Option<Window>>,
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
    /// Calls whose price is not known, of a day in UTC.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub unpriced_calls_per_day: Option<Option<Cap>>,
}

/// A member that is there, even as null.
#[expect(clippy::option_option, reason = "left out, null and a limit are three different things")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Overrides {
    /// The cap of calls whose price is not known: a plan that does not say it has [`UNPRICED_CALLS`], and it is lifted of a person
    /// alone.
    pub fn unpriced_cap(&self, of_plan: Option<Cap>) -> Option<Cap> {
        self.unpriced_calls_per_day.unwrap_or_else(|| Some(of_plan.unwrap_or(UNPRICED_CALLS)))
    }

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
            entries: self.entries.unwrap_or(plan.entries),
            regenerations: self.regenerations.unwrap_or(plan.regenerations),
            retries: self.retries.unwrap_or(plan.retries),
            approvals: self.approvals.unwrap_or(plan.approvals),
            generations: self.generations.unwrap_or(plan.generations),
            model_calls: self.model_calls.unwrap_or(plan.model_calls),
            jobs_at_once: self.jobs_at_once.unwrap_or(plan.jobs_at_once),
            bytes_kept: self.bytes_kept.unwrap_or(plan.bytes_kept),
            micro_usd_per_day: self.micro_usd_per_day.unwrap_or(plan.micro_usd_per_day),
            micro_usd_per_month: self.micro_usd_per_month.unwrap_or(plan.micro_usd_per_month),
            unpriced_calls_per_day: self.unpriced_calls_per_day.unwrap_or(plan.unpriced_calls_per_day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        assert_eq!(overrides.unpriced_cap(None), Some(UNPRICED_CALLS), "an unknown price has a cap, said or not");
        let seven = Some(Cap { hard: 7, soft: None });
        assert_eq!(overrides.unpriced_cap(seven), seven);
        for (own, cap) in [(json!({ "hard": 7 }), seven), (json!(null), None)] {
            let own: Overrides = serde_json::from_value(json!({ "unpriced_calls_per_day": own })).unwrap();
            assert_eq!(own.unpriced_cap(None), cap);
        }
    }
}
