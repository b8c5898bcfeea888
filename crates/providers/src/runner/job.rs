//! A job in the words of the protocol.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Number, Value};
use sluice_capability::CallProgress;
use sluice_domain::money::MicroUsd;

use super::POLL_AFTER;
use crate::prices::dollars;

/// The longest time between two looks that a runner can ask for.
const LONGEST_POLL: Duration = Duration::from_mins(10);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Queued,
    Running,
    Succeeded,
    /// Made again, it may succeed.
    Failed,
    /// Made again, it would fail again.
    Rejected,
    Cancelled,
    /// Its result is gone.
    Expired,
    #[default]
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
pub(super) struct Job {
    pub(super) id: String,
    #[serde(default)]
    status: Status,
    poll_after_seconds: Option<f64>,
    error: Option<Failure>,
    cost_usd: Option<Number>,
    /// The model that did it, and its version.
    pub(super) model: Option<String>,
    pub(super) version: Option<String>,
    pub(super) result: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Failure {
    code: Option<String>,
    message: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Jobs {
    pub(super) jobs: Vec<Job>,
}

impl Job {
    pub(super) fn is_done(&self) -> bool {
        self.status == Status::Succeeded
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    pub(super) fn is_expired(&self) -> bool {
        self.status == Status::Expired
    }

    /// What it cost, if the runner says so.
    pub(super) fn cost(&self) -> Option<MicroUsd> {
        dollars(self.cost_usd.as_ref()?)
    }

    pub(super) fn poll_after(&self) -> Duration {
        let told = self.poll_after_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        told.unwrap_or(POLL_AFTER).clamp(Duration::from_secs(1), LONGEST_POLL)
    }

    pub(super) fn progress(self, shown: impl Fn(&str) -> String) -> CallProgress {
        let (poll_after, cost) = (self.poll_after(), self.cost().unwrap_or_default());
        let failure = self.error.unwrap_or_default();
        let why = shown(failure.message.as_deref().unwrap_or("the runner does not say why"));
        match self.status {
            Status::Queued | Status::Running | Status::Unknown => {
                CallProgress::Pending { provider_id: self.id, poll_after }
            }
            Status::Succeeded => CallProgress::Ready { provider_id: self.id },
            Status::Failed => CallProgress::Failed { message: format!("the job failed: {why}"), cost },
            Status::Cancelled => CallProgress::Failed { message: "the job was cancelled".to_owned(), cost },
            Status::Rejected => {
                let code = failure.code.filter(|code| is_code(code)).unwrap_or_else(|| "request_refused".to_owned());
                CallProgress::Rejected { code, message: format!("the runner refused the job: {why}"), cost }
            }
            Status::Expired => CallProgress::NotFound,
        }
    }
}

/// Codes are for programs: a word in lower case.
fn is_code(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_state_has_its_meaning() {
        let progress = |job: Value| serde_json::from_value::<Job>(job).unwrap().progress(str::to_owned);
        let id = || "fc-1".to_owned();
        for status in ["queued", "running", "warming"] {
            let found = progress(json!({ "id": "fc-1", "status": status, "poll_after_seconds": 3 }));
            assert_eq!(
                found,
                CallProgress::Pending { provider_id: id(), poll_after: Duration::from_secs(3) },
                "{status}"
            );
        }
        assert_eq!(progress(json!({ "id": "fc-1", "status": "succeeded" })), CallProgress::Ready { provider_id: id() });
        assert_eq!(progress(json!({ "id": "fc-1", "status": "expired" })), CallProgress::NotFound);
        let failed =
            progress(json!({ "id": "fc-1", "status": "failed", "error": { "message": "CUDA" }, "cost_usd": 0.02 }));
        assert!(
            matches!(&failed, CallProgress::Failed { message, cost: MicroUsd(20_000) } if message.ends_with("CUDA")),
            "{failed:?}"
        );
        for (code, expected) in [("no_face", "no_face"), ("No face!", "request_refused")] {
            let found = progress(json!({ "id": "a", "status": "rejected", "error": { "code": code } }));
            assert!(matches!(&found, CallProgress::Rejected { code, .. } if code == expected), "{found:?}");
        }
        let odd = progress(json!({ "id": "a", "status": "running", "poll_after_seconds": -1 }));
        assert_eq!(odd, CallProgress::Pending { provider_id: "a".to_owned(), poll_after: POLL_AFTER });
    }
}
