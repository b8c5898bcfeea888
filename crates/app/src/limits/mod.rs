//! Limits: what an address, a person, a token and all accounts of a plan may use, and what they use of it.
//!
//! | file | holds |
//! |---|---|
//! | `terms` | which limits apply to whom |
//! | `admit` | uploads, jobs and bytes, each decided in the unit of work of what it admits |
//! | `requests` | requests, counted in memory in leased batches |
//! | `usage` | what is used, for display |
//! | `change` | what an administrator changes |

pub mod admit;
pub mod change;
mod requests;
mod terms;
mod usage;

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use sluice_domain::ids::{OwnerId, TokenId};
use sluice_domain::limits::{Holder, Limited, Plans};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_store::StoreError;

pub use requests::Requests;
pub use terms::{Terms, terms};
pub use usage::{State, Usage, UsageEntry, usage};

/// The plans of a process, and its counts. Cheap to share.
#[derive(Debug, Default)]
pub struct Limiter {
    /// The plans of the configuration.
    pub plans: Plans,
    /// The leases of requests.
    pub requests: Requests,
    uncounted: OnceLock<Vec<&'static str>>,
}

impl Limiter {
    /// With these plans.
    pub fn new(plans: Plans) -> Self {
        Self { plans, ..Self::default() }
    }

    /// Registers the kinds of jobs that do not count as concurrent (`Module::uncounted`), once in a process.
    pub(crate) fn leave_out(&self, kinds: impl Iterator<Item = &'static str>) {
        self.uncounted.get_or_init(|| kinds.collect());
    }

    /// The kinds of jobs that do not count as concurrent.
    pub(crate) fn uncounted(&self) -> Vec<&'static str> {
        let of_apps = self.uncounted.get().into_iter().flatten().copied();
        [DOCUMENT_READ].into_iter().chain(of_apps).collect()
    }
}

/// The kind of the job that reads a document by OCR: it belongs to an upload, and does not count as concurrent.
pub const DOCUMENT_READ: &str = "document.read";

/// The account, token and address that a limited request counts against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The owner of what is made.
    pub owner: OwnerId,
    /// The token that the request came with.
    pub token: Option<TokenId>,
    /// The network address, of somebody without an account.
    pub address: Option<String>,
}

/// How far a limit is used after a request, for the fields `RateLimit` and `RateLimit-Policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Who is limited.
    pub holder: Holder,
    /// What.
    pub limited: Limited,
    /// The limit.
    pub hard: u64,
    /// The length of its window.
    pub seconds: Option<u32>,
    /// How many more are allowed now.
    pub left: u64,
    /// Until there is more.
    pub more_in: Option<Duration>,
}

impl Standing {
    /// The name of the policy: `user-requests`.
    pub fn policy(&self) -> String {
        format!("{}-{}", self.holder, self.limited).replace('_', "-")
    }
}

/// A hard limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// Who is limited.
    pub holder: Holder,
    /// What.
    pub limited: Limited,
    /// The limit.
    pub hard: u64,
    /// What is used.
    pub used: u64,
    /// How many bytes were to be added.
    pub asked: Option<u64>,
    /// The length of the limit's window.
    pub seconds: Option<u32>,
    /// When there is room again, if that is known.
    pub frees_at: Option<Timestamp>,
    /// Until then.
    pub retry_after: Option<Duration>,
}

impl std::error::Error for Exceeded {}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Exceeded {
    fn text(&self) -> String {
        let whose = match self.holder {
            Holder::Address => "this address",
            Holder::User => "this account",
            Holder::Token => "this token",
            Holder::Plan => "this plan",
        };
        let window = self.seconds.map_or_else(String::new, |seconds| {
            format!(" within {}", humantime::format_duration(Duration::from_secs(seconds.into())))
        });
        let (hard, used) = (self.hard, self.used);
        let of = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let again = match self.retry_after {
            // Rounded up, so that a client that waits this long is not refused for a fraction of a second.
            Some(after) => format!("try again in {} s", after.as_millis().div_ceil(1_000)),
            None => "ask an administrator for a higher limit".to_owned(),
        };
        match self.limited {
            Limited::Requests => format!("{whose} may make {}{window}: {again}", of(hard, "request")),
            Limited::Uploads => format!("{whose} may send {}{window}: {again}", of(hard, "file")),
            Limited::Jobs => format!("{whose} may start {}{window}: {again}", of(hard, "job")),
            Limited::Entries if hard == 1 => format!("{whose} may send one picture, sound or text{window}: {again}"),
            Limited::Entries => format!("{whose} may send {hard} pictures, sounds and texts{window}: {again}"),
            Limited::Regenerations => format!("{whose} may have {} made again{window}: {again}", of(hard, "part")),
            Limited::Retries => format!("{whose} may try again {}{window}: {again}", of(hard, "time")),
            Limited::Approvals => format!("{whose} may approve {}{window}: {again}", of(hard, "time")),
            Limited::Generations => format!("{whose} may ask for something new {}{window}: {again}", of(hard, "time")),
            Limited::ModelCalls => {
                let times = of(hard, "time");
                format!("{whose} may call models {times}{window} without a key of its own: add one, or {again}")
            }
            Limited::UnpricedCalls => {
                let (calls, was) = (of(hard, "call"), if used == 1 { "was" } else { "were" });
                format!("{whose} may make {calls} a day whose price is not known, and {used} {was} made: {again}")
            }
            Limited::JobsAtOnce => {
                let (jobs, have) = (of(hard, "job"), if used == 1 { "has" } else { "have" });
                format!("{whose} may have {jobs} at once, and {used} {have} not ended: wait for one, or stop it")
            }
            Limited::BytesKept => {
                let more = self.asked.map_or_else(String::new, |bytes| format!(", and this needs {bytes} more"));
                format!("{whose} may keep {hard} bytes; {used} are used{more}: delete something, or ask for more room")
            }
            Limited::MoneyPerDay | Limited::MoneyPerMonth => {
                let money = |micro: u64| MicroUsd(i64::try_from(micro).unwrap_or(i64::MAX));
                format!("{whose} may spend {}, and {} are spent: {again}", money(hard), money(used))
            }
        }
    }

    /// The same as the standing of its limit.
    pub fn standing(&self) -> Standing {
        let Self { holder, limited, hard, seconds, retry_after, .. } = *self;
        Standing { holder, limited, hard, seconds, left: hard.saturating_sub(self.used), more_in: retry_after }
    }
}

/// Why something is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// A limit is reached.
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_several() {
        let said = |limited, hard| {
            let holder = Holder::User;
            let (asked, seconds, frees_at, retry_after) = (None, None, None, None);
            Exceeded { holder, limited, hard, used: hard, asked, seconds, frees_at, retry_after }.to_string()
        };
        for (limited, one, several) in [
            (Limited::Requests, "1 request:", "2 requests:"),
            (Limited::Entries, "one picture, sound or text:", "2 pictures, sounds and texts:"),
            (Limited::Retries, "try again 1 time:", "try again 2 times:"),
            (Limited::UnpricedCalls, "1 call a day", "2 calls a day"),
            (Limited::UnpricedCalls, "1 was made", "2 were made"),
            (Limited::JobsAtOnce, "1 job at once, and 1 has not ended", "2 jobs at once, and 2 have not ended"),
        ] {
            assert!(said(limited, 1).contains(one), "{}", said(limited, 1));
            assert!(said(limited, 2).contains(several), "{}", said(limited, 2));
        }
    }
}
