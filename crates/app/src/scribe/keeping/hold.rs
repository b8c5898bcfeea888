//! Holds on sessions: while there is one, nothing of the session is moved or deleted.

use serde::Serialize;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::keeping::{self, Held};
use sluice_store::scribe::{self, RecordingId};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use crate::scribe::NAME;
use crate::scribe::context::ScribeApp;
use crate::scribe::notify::changed;

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HoldView {
    /// Why.
    pub reason: String,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub placed_at: Timestamp,
}

/// Holds a session; none if this owner has no such session.
pub async fn hold(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    reason: &str,
) -> Result<Option<HoldView>, StoreError> {
    let held = Held::One { app: NAME, subject: id.as_str() };
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if scribe::lock(tx, owner, id).await?.is_none() {
                return Ok(None);
            }
            let placed = keeping::hold(tx, owner, held, reason).await?;
            changed(tx, owner, id)?;
            Ok::<_, StoreError>(Some(HoldView { reason: placed.reason, placed_at: placed.placed_at }))
        })
        .await
}

/// Ends the hold on a session, if there is one; false if this owner has no such session.
pub async fn lift(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<bool, StoreError> {
    let held = Held::One { app: NAME, subject: id.as_str() };
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if scribe::lock(tx, owner, id).await?.is_none() {
                return Ok(false);
            }
            if keeping::lift(tx, owner, held).await? {
                changed(tx, owner, id)?;
            }
            Ok::<_, StoreError>(true)
        })
        .await
}
