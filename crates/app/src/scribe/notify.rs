//! Telling those who follow a session.

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_store::scribe::RecordingId;
use sluice_store::{StoreError, Tx, events};

/// Tells the subscribers of a session that it changed.
pub(super) fn changed(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    events::emit(tx, owner, "scribe.changed", id.as_str(), &json!({ "session_id": id })).map(drop)
}

/// Tells the client of a session that had to wait that the server takes chunks again.
pub(super) fn has_room(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    let data = json!({ "session_id": id, "can_accept": true });
    events::emit(tx, owner, "scribe.room", id.as_str(), &data).map(drop)
}
