//! What owners do with their endpoints.

use std::sync::Arc;
use std::time::Duration;

use sluice_domain::ids::{OwnerId, WebhookId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;
use sluice_store::webhooks::{self, WebhookRow};
use sluice_store::{StoreError, Tx, events};

use super::sign::Secret;
use super::{ENDPOINTS, WebhookError, Webhooks};
use crate::module::Module;

/// Its owner disabled it.
pub const BY_OWNER: &str = "by_owner";
/// It answered 410.
pub const GONE: &str = "gone";
/// Nothing arrived for as long as is tried.
pub const FAILING: &str = "failing";

/// The longest that a secret signs after it was replaced.
pub const LONGEST_OVERLAP: Duration = Duration::from_hours(24 * 7);
/// The most kinds of events in a filter.
const KINDS: usize = 50;
/// The most characters of a kind, and of a description.
const LETTERS: usize = 100;
const DESCRIPTION: usize = 500;

/// A new endpoint.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where events are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The kinds of events; empty: all.
    pub kinds: Vec<String>,
}

/// Whether events are sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// They are.
    Enabled,
    /// They are not.
    Disabled,
}

/// What is to be changed of an endpoint; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Where events are sent.
    pub url: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The kinds of events.
    pub kinds: Option<Vec<String>>,
    /// Whether they are sent.
    pub switch: Option<Switch>,
}

impl Webhooks {
    /// The endpoints of an owner.
    pub async fn list(&self, owner: &OwnerId) -> Result<Vec<WebhookRow>, StoreError> {
        self.platform.store.read(async |tx| webhooks::list(tx, owner).await).await
    }

    /// An endpoint.
    pub async fn find(&self, owner: &OwnerId, id: &WebhookId) -> Result<WebhookRow, WebhookError> {
        let found = self.platform.store.read(async |tx| webhooks::find(tx, owner, id).await).await?;
        found.ok_or(WebhookError::NotFound)
    }

    /// Makes an endpoint, which is notified of what happens from now on. Its secret is shown this once.
    pub async fn create(&self, owner: &OwnerId, new: NewWebhook) -> Result<(WebhookRow, Secret), WebhookError> {
        let url = self.client.address(new.url.trim())?.as_str().to_owned();
        let (description, kinds) = (description(&new.description)?, kinds(new.kinds)?);
        let secret = Secret::new();
        let made = self.platform.store.write(async |tx| {
            let now = tx.now().await?;
            let id = WebhookId::new(now, self.platform.randomness.id_bytes());
            let row = WebhookRow {
                description: description.clone(),
                kinds: kinds.clone(),
                place: events::last(tx, owner).await?,
                ..WebhookRow::new(id, owner.clone(), url.clone(), secret.reveal().to_owned(), now)
            };
            let inserted = webhooks::insert(tx, &row, ENDPOINTS).await?;
            Ok::<_, StoreError>(inserted.then_some(row))
        });
        let row = made.await?.ok_or(WebhookError::TooMany)?;
        Ok((row, secret))
    }

    /// Changes an endpoint. One that is enabled again is notified of what happens from now on, and of what was pending.
    pub async fn change(&self, owner: &OwnerId, id: &WebhookId, change: Change) -> Result<WebhookRow, WebhookError> {
        let url =
            change.url.map(|url| self.client.address(url.trim()).map(|url| url.as_str().to_owned())).transpose()?;
        let description = change.description.as_deref().map(description).transpose()?;
        let kinds = change.kinds.map(kinds).transpose()?;
        let changed = self.platform.store.write(async |tx| {
            let Some(mut row) = webhooks::locked(tx, owner, id).await? else { return Ok(None) };
            row.updated_at = tx.now().await?;
            if let Some(url) = url.clone().filter(|url| *url != row.url) {
                row.url = url;
                // What is known of the old address says nothing of the new one.
                healthy(&mut row);
            }
            row.description = description.clone().unwrap_or(row.description);
            row.kinds = kinds.clone().unwrap_or(row.kinds);
            match change.switch {
                Some(Switch::Disabled) if row.disabled.is_none() => {
                    row.disabled = Some((BY_OWNER.to_owned(), row.updated_at));
                }
                Some(Switch::Enabled) if row.disabled.is_some() => {
                    row.disabled = None;
                    row.place = events::last(tx, owner).await?;
                    healthy(&mut row);
                }
                _ => {}
            }
            self.ensure_job(tx, &mut row).await?;
            webhooks::save(tx, &row).await?;
            Ok::<_, StoreError>(Some(row))
        });
        changed.await?.ok_or(WebhookError::NotFound)
    }

    /// Makes a new secret, which is shown this once. Deliveries are signed with the old one, too, for `overlap`.
    pub async fn rotate(
        &self,
        owner: &OwnerId,
        id: &WebhookId,
        overlap: Duration,
    ) -> Result<(WebhookRow, Secret), WebhookError> {
        if overlap > LONGEST_OVERLAP {
            return Err(WebhookError::Invalid("The old secret signs for at most 7 days.".to_owned()));
        }
        let secret = Secret::new();
        let rotated = self.platform.store.write(async |tx| {
            let Some(mut row) = webhooks::locked(tx, owner, id).await? else { return Ok(None) };
            let now = tx.now().await?;
            let old = std::mem::replace(&mut row.secret, secret.reveal().to_owned());
            row.previous = (!overlap.is_zero()).then(|| (old, now + overlap));
            row.updated_at = now;
            webhooks::save(tx, &row).await?;
            Ok::<_, StoreError>(Some(row))
        });
        let row = rotated.await?.ok_or(WebhookError::NotFound)?;
        Ok((row, secret))
    }

    /// Deletes an endpoint, and ends its deliveries.
    pub async fn delete(&self, owner: &OwnerId, id: &WebhookId) -> Result<(), WebhookError> {
        let deleted = self.platform.store.write(async |tx| {
            // Before the endpoint is locked, as its job does it.
            let job = webhooks::find(tx, owner, id).await?.and_then(|row| row.job);
            if let Some(job) = job {
                self.cancel(tx, owner, &job).await?;
            }
            webhooks::delete(tx, owner, id).await
        });
        if deleted.await? { Ok(()) } else { Err(WebhookError::NotFound) }
    }
}

/// Disables an endpoint, and notifies its owner.
pub(super) fn disable(tx: &mut Tx, row: &mut WebhookRow, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    row.disabled = Some((reason.to_owned(), now));
    let data = serde_json::json!({ "webhook_id": row.id, "reason": reason });
    tracing::warn!(webhook = %row.id, owner = %row.owner, reason, "an endpoint is disabled");
    events::emit(tx, &row.owner, "webhook.disabled", row.id.as_str(), &data)
}

/// As if nothing had failed.
pub(super) fn healthy(row: &mut WebhookRow) {
    (row.failures, row.failing_since, row.resume_at) = (0, None, None);
}

fn description(text: &str) -> Result<String, WebhookError> {
    let text = text.trim();
    if text.chars().count() > DESCRIPTION || text.chars().any(char::is_control) {
        return Err(WebhookError::Invalid(format!(
            "A description has at most {DESCRIPTION} characters, in one line. Shorten it."
        )));
    }
    Ok(text.to_owned())
}

/// Kinds of events without repetitions: names with full stops, the last of which may be an asterisk.
fn kinds(mut kinds: Vec<String>) -> Result<Vec<String>, WebhookError> {
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() > KINDS {
        return Err(WebhookError::Invalid(format!(
            "A filter has at most {KINDS} kinds of events. Use job.* and the like."
        )));
    }
    let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let fine = |kind: &String| {
        let stem = kind.strip_suffix(".*").unwrap_or(kind);
        kind.len() <= LETTERS && stem.split('.').all(word)
    };
    match kinds.iter().find(|kind| !fine(kind)) {
        None => Ok(kinds),
        Some(bad) => {
            let bad: String = bad.chars().take(LETTERS).collect();
            Err(WebhookError::Invalid(format!(
                "\"{bad}\" is no kind of event. Name one such as job.succeeded or job.*."
            )))
        }
    }
}

/// The types of events that endpoints choose from: of jobs, by the state that they reach, of what all apps share, and of the
/// apps.
pub fn event_types(modules: &[Arc<dyn Module>]) -> Vec<String> {
    let jobs = JobState::ALL.iter().map(|state| format!("job.{}", state.as_str()));
    let shared = ["document.changed", "limit.near", "webhook.disabled"].map(str::to_owned);
    let apps = modules.iter().flat_map(|module| module.events()).map(|kind| (*kind).to_owned());
    jobs.chain(shared).chain(apps).collect()
}

/// Whether an endpoint wants events of this kind.
pub(super) fn wants(kinds: &[String], kind: &str) -> bool {
    let matches = |wanted: &String| match wanted.strip_suffix('*') {
        Some(stem) => kind.starts_with(stem),
        None => wanted == kind,
    };
    kinds.is_empty() || kinds.iter().any(matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_has_names_and_families_of_names() {
        let list = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>();
        let filter = kinds(list(&["reel.*", "job.succeeded", "reel.*"])).unwrap();
        assert_eq!(filter, list(&["job.succeeded", "reel.*"]));
        assert!(wants(&filter, "reel.changed") && wants(&filter, "job.succeeded"));
        assert!(!wants(&filter, "job.dead") && !wants(&filter, "reels.changed") && !wants(&filter, "reel"));
        assert!(wants(&[], "anything"));
        for bad in ["", "*", ".*", "Reel.*", "reel.*.x", "reel..x", "a b", "reel*"] {
            assert!(kinds(list(&[bad])).is_err(), "{bad}");
        }
        assert!(kinds((0..51).map(|n| "x".repeat(n + 1)).collect()).is_err());
    }
}
