//! Submitted work: its kinds, its states, and what its errors mean.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sluice_capability::CallProgress;
use sluice_domain::money::MicroUsd;

use super::NAME;
use crate::http::Operation;
use crate::webhook::is_id;

/// How long the link of finished work may still be missing: about a dozen looks.
const LINK_COMES_WITHIN: Duration = Duration::from_mins(1);

/// How a presenter is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// From a still image.
    Talk,
    /// From a filmed presenter.
    Clip,
    /// From an avatar with sentiments.
    Expressive,
}

impl Kind {
    /// Its name, which is also that of its model in the table of prices.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Clip => "clip",
            Self::Expressive => "expressive",
        }
    }

    /// The version of presenters that D-ID's documentation gives it; answers name none.
    pub(super) const fn version(self) -> &'static str {
        match self {
            Self::Talk => "V2",
            Self::Clip => "V3",
            Self::Expressive => "V4",
        }
    }

    /// The path of its work, and the name of its lists.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Talk => "talks",
            Self::Clip => "clips",
            Self::Expressive => "expressives",
        }
    }

    /// The longest sound, in milliseconds.
    pub(super) const fn longest_ms(self) -> u32 {
        match self {
            Self::Talk => 600_000,
            Self::Clip | Self::Expressive => 300_000,
        }
    }

    /// The id of a presenter, as requests name it.
    pub(super) fn id(self, presenter: &str) -> String {
        format!("{NAME}:{}:{presenter}", self.name())
    }

    /// The presenter that a request names, and the driver or sentiment after a slash.
    pub(super) fn named(self, id: &str) -> Option<(&str, Option<&str>)> {
        let rest = id.strip_prefix(NAME)?.strip_prefix(':')?.strip_prefix(self.name())?.strip_prefix(':')?;
        let (presenter, variant) = match rest.split_once('/') {
            Some((presenter, variant)) => (presenter, Some(variant)),
            None => (rest, None),
        };
        (is_id(presenter) && variant.is_none_or(is_id)).then_some((presenter, variant))
    }
}

/// Its state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Created,
    Started,
    Done,
    Error,
    Rejected,
    /// One that was not known when this was written: it goes on.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Work, as answers and lists describe it. Nothing but its id is certain.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Work {
    pub(super) id: String,
    #[serde(default)]
    pub(super) status: Status,
    pub(super) result_url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) user_data: Option<String>,
    error: Option<Value>,
    completed_at: Option<Value>,
    modified_at: Option<Value>,
    /// When it was looked at, by D-ID's clock; none of work in a list, which leaves out links.
    #[serde(skip)]
    seen_at: Option<SystemTime>,
}

/// How long to wait between two looks: about five seconds, spread by the id so that much work is not asked for at once.
pub(super) fn poll_after(id: &str) -> Duration {
    let spread: u64 = id.bytes().map(u64::from).sum::<u64>() % 1_000;
    Duration::from_millis(4_500 + spread)
}

/// What work is called at D-ID, so that it can be found again: nothing that could be sensitive.
pub(super) fn mark(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let short: String = hex::encode(digest).chars().take(40).collect();
    format!("sluice-{short}")
}

impl Work {
    /// Whether it carries this mark; `None` if it carries none, which does not mean that it was given none.
    pub(super) fn is_marked(&self, mark: &str) -> Option<bool> {
        let (name, data) = (self.name.as_deref(), self.user_data.as_deref());
        if name.is_none() && data.is_none() { None } else { Some(name == Some(mark) || data == Some(mark)) }
    }

    /// Its state in the engine's words. D-ID charges for what it finishes.
    pub(super) fn progress(&self, shown: impl Fn(&str) -> String) -> CallProgress {
        let provider_id = self.id.clone();
        match self.status {
            Status::Done if self.link().is_some() => CallProgress::Ready { provider_id },
            // The link may come a little later.
            Status::Done | Status::Created | Status::Started | Status::Unknown => {
                CallProgress::Pending { poll_after: poll_after(&provider_id), provider_id }
            }
            Status::Error | Status::Rejected => self.failure(shown),
        }
    }

    /// Where its video is.
    pub(super) fn link(&self) -> Option<&str> {
        self.result_url.as_deref().filter(|url| !url.is_empty() && self.status == Status::Done)
    }

    /// Whether it was finished so long ago that its link is not coming any more.
    pub(super) fn has_no_result(&self) -> bool {
        let changed = self.completed_at.as_ref().or(self.modified_at.as_ref()).and_then(Value::as_str).and_then(time);
        let since = self.seen_at.zip(changed).and_then(|(seen, changed)| seen.duration_since(changed).ok());
        let is_over = self.status == Status::Done && self.link().is_none();
        is_over && since.is_some_and(|since| since > LINK_COMES_WITHIN)
    }

    fn failure(&self, shown: impl Fn(&str) -> String) -> CallProgress {
        let text = |name: &str| self.error.as_ref().and_then(|error| error.get(name)).and_then(Value::as_str);
        let kind = text("kind").unwrap_or_default();
        let described = text("description").or_else(|| text("message"));
        let plain = self.error.as_ref().and_then(Value::as_str);
        let why = shown(described.or(plain).unwrap_or("it does not say why"));
        let cost = MicroUsd(0);
        let rejected = |code: &str, what: &str| {
            let message = format!("{what}: {why}");
            CallProgress::Rejected { code: code.to_owned(), message, cost }
        };
        let is = |hints: &[&str]| hints.iter().any(|hint| kind.to_lowercase().contains(hint));
        if is(&["insufficientcredits"]) {
            return rejected("credits_gone", "the account has no credit left, top it up");
        }
        if self.status == Status::Rejected || is(&["moderation", "celebrity"]) {
            return rejected("content_refused", "D-ID's moderation refused the content, change it");
        }
        if is(&["badrequest", "validation", "invalid", "unsupported", "permission", "notfound"]) {
            return rejected("request_refused", "D-ID cannot use what it was given");
        }
        CallProgress::Failed { message: format!("the video could not be made: {why}"), cost }
    }
}

/// A time as D-ID writes it; none if it cannot be read.
fn time(text: &str) -> Option<SystemTime> {
    let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
    UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(millis).ok()?))
}

impl super::Account {
    /// The present state of work; `None` if D-ID does not know it.
    pub(super) async fn work(&self, kind: Kind, id: &str) -> Result<Option<Work>, sluice_capability::CapabilityError> {
        if !is_id(id) {
            return Ok(None);
        }
        match self.endpoint.get::<Work>(Operation::QUESTION, &format!("/{}/{id}", kind.plural())).await {
            Ok(reply) => Ok(Some(Work { seen_at: reply.clock(), ..reply.value })),
            Err(error) if error.code == "not_found" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn progress(work: Value) -> CallProgress {
        serde_json::from_value::<Work>(work).unwrap().progress(str::to_owned)
    }

    #[test]
    fn each_state_has_its_meaning() {
        for status in ["created", "started", "paused-for-review"] {
            let found = progress(json!({ "id": "tlk_1", "status": status, "pending_url": "s3://x" }));
            assert!(
                matches!(found, CallProgress::Pending { ref provider_id, .. } if provider_id == "tlk_1"),
                "{status}"
            );
        }
        let done = progress(json!({ "id": "tlk_1", "status": "done", "result_url": "https://x.example/a.mp4" }));
        assert_eq!(done, CallProgress::Ready { provider_id: "tlk_1".to_owned() });
        let no_link = progress(json!({ "id": "tlk_1", "status": "done", "result_url": null }));
        assert!(matches!(no_link, CallProgress::Pending { .. }), "its link is not there yet");
        for (status, kind, code) in [
            ("rejected", "TextModerationError", Some("content_refused")),
            ("rejected", "", Some("content_refused")),
            ("error", "CelebrityRecognizedError", Some("content_refused")),
            ("error", "InsufficientCreditsError", Some("credits_gone")),
            ("error", "InvalidFaceError", Some("request_refused")),
            ("error", "InternalServerError", None),
            ("error", "", None),
        ] {
            let found =
                progress(json!({ "id": "a", "status": status, "error": { "kind": kind, "description": "no" } }));
            match (&found, code) {
                (CallProgress::Rejected { code: found, .. }, Some(code)) => assert_eq!(found, code, "{kind}"),
                (CallProgress::Failed { message, .. }, None) => assert!(message.ends_with("no"), "{message}"),
                _ => panic!("{status} {kind}: {found:?}"),
            }
        }
        assert!(matches!(
            progress(json!({ "id": "a", "status": "error", "error": "odd" })),
            CallProgress::Failed { .. }
        ));
    }

    #[test]
    fn presenters_are_named_with_their_kind() {
        assert_eq!(Kind::Clip.named("d-id:clip:amy-1/drv_2"), Some(("amy-1", Some("drv_2"))));
        assert_eq!(Kind::Expressive.named("d-id:expressive:av@1"), Some(("av@1", None)));
        for other in ["d-id:talk:anna", "d-id:clip:", "d-id:clip:../x", "d-id:clip:a/b/c", "amy"] {
            assert_eq!(Kind::Clip.named(other), None, "{other}");
        }
    }
}
