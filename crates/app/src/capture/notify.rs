//! Telling those who follow a phrase.

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_store::capture::{DraftId, PhraseId};
use sluice_store::{StoreError, Tx, events};

/// The types of events.
pub(super) const EVENTS: [&str; 3] = ["capture.changed", "capture.deleted", "capture.drafted"];

/// A phrase is new, or changed.
pub(super) fn changed(tx: &mut Tx, owner: &OwnerId, id: &PhraseId) -> Result<(), StoreError> {
    events::emit(tx, owner, "capture.changed", id.as_str(), &json!({ "phrase_id": id }))
}

/// A phrase was deleted.
pub(super) fn deleted(tx: &mut Tx, owner: &OwnerId, id: &PhraseId) -> Result<(), StoreError> {
    events::emit(tx, owner, "capture.deleted", id.as_str(), &json!({ "phrase_id": id }))
}

/// Drafts are there.
pub(super) fn drafted(tx: &mut Tx, owner: &OwnerId, id: &DraftId) -> Result<(), StoreError> {
    events::emit(tx, owner, "capture.drafted", id.as_str(), &json!({ "draft_id": id }))
}
