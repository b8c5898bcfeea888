//! A transcript as a file, with all that is on top of it.

use sluice_domain::ids::OwnerId;
use sluice_store::scribe::RecordingId;

use super::context::ScribeApp;
use super::error::SessionError;
use super::export::{self, Exported, Format};
use super::{summary, words};

/// The transcript of a session as a file.
pub async fn export(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    format: Format,
) -> Result<Exported, SessionError> {
    let (row, whole) = words::load(app, owner, id).await?.ok_or(SessionError::Unknown)?;
    let summary = summary::overview(app, owner, id, whole.revision).await?;
    let exported = tokio::task::spawn_blocking(move || export::export(&whole.talk(&row, summary), format)).await;
    Ok(exported.map_err(|_| SessionError::NotExported)??)
}
