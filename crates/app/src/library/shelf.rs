//! The documents that an owner has: listed, and deleted when nothing is made of them.

use std::sync::Arc;

use sluice_domain::ids::{DocumentId, JobId, OwnerId};
use sluice_engine::Engine;
use sluice_store::documents::{self, DocumentFilter, DocumentRow};
use sluice_store::{StoreError, Tx};

use super::{Library, ReadingState, State, job, reading_state};
use crate::module::Module;
use crate::platform::Platform;

/// A document of a list.
#[derive(Debug)]
pub struct Shelved {
    /// Its row.
    pub row: DocumentRow,
    /// Whether an app uses it: then it is not deleted.
    pub in_use: bool,
    /// How far its reading is.
    pub reading: ReadingState,
}

/// Why a document is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// This owner has no such document.
    #[error("there is no such document")]
    Unknown,
    /// Something is made of it.
    #[error("something is made of this document: delete that first, and the document goes with it")]
    InUse,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which of these documents an app uses.
async fn used(tx: &mut Tx, apps: &[Arc<dyn Module>], ids: &[String]) -> Result<Vec<String>, StoreError> {
    let mut used = Vec::new();
    for app in apps {
        used.extend(app.documents_in_use(tx, ids).await?);
    }
    Ok(used)
}

/// Documents of an owner, at most `limit`.
pub async fn list(
    library: &Library,
    apps: &[Arc<dyn Module>],
    engine: &Engine,
    owner: &OwnerId,
    filter: &DocumentFilter,
    limit: u32,
) -> Result<Vec<Shelved>, StoreError> {
    let (mut filter, mut shelved) = (filter.clone(), Vec::new());
    loop {
        // Documents that are skipped below are made up for: a short page means that there is no further one.
        let wanted = limit - u32::try_from(shelved.len()).unwrap_or(limit);
        let read = async |tx: &mut Tx| {
            let rows = documents::listed(tx, owner, &filter, wanted).await?;
            let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
            let used = if ids.is_empty() { Vec::new() } else { used(tx, apps, &ids).await? };
            Ok::<_, StoreError>((rows, used))
        };
        let (rows, used) = library.platform.store.read(read).await?;
        let is_last = rows.len() < wanted as usize;
        filter.after = rows.last().map(|row| row.id.clone());
        for row in rows {
            match reading_state(engine, &row).await {
                Ok(reading) => shelved.push(Shelved { in_use: used.contains(&row.id.to_string()), row, reading }),
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => tracing::error!(%owner, id = %row.id, %error, "a document is left out of a list"),
            }
        }
        if is_last || shelved.len() >= limit as usize {
            return Ok(shelved);
        }
    }
}

/// Deletes a document of which nothing is made. The job that reads it stops; another document of the same bytes, which waits
/// for the same job, gets one of its own, and goes on with the pages that were read.
pub async fn delete(
    platform: &Platform,
    apps: &[Arc<dyn Module>],
    engine: &Engine,
    owner: &OwnerId,
    id: &DocumentId,
) -> Result<(), DeleteError> {
    let id_text = [id.to_string()];
    let deleted = platform.store.write(async |tx| {
        // Locked, so that no app begins to use it meanwhile.
        if !documents::lock(tx, owner, id).await? {
            return Err(DeleteError::Unknown);
        }
        if !used(tx, apps, &id_text).await?.is_empty() {
            return Err(DeleteError::InUse);
        }
        // One that cannot be read can be deleted all the same.
        let row = documents::document(tx, owner, id).await.ok().flatten();
        documents::forget(tx, &id_text).await?;
        if let Some(row) = row
            && let Ok(State::Reading { job_id }) = super::state(&row)
        {
            match engine.cancel(tx, owner, &job_id).await {
                // It ended long ago, and its row is gone.
                Ok(_) | Err(StoreError::NoSuchJob { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            read_twin(tx, engine, &row, &job_id).await?;
        }
        Ok(())
    });
    deleted.await
}

/// Has a document read that has the same bytes as a deleted one, and waited for the same job.
async fn read_twin(tx: &mut Tx, engine: &Engine, deleted: &DocumentRow, job_id: &JobId) -> Result<(), StoreError> {
    let DocumentRow { owner, blob, ocr, name, .. } = deleted;
    let Some(mut twin) = documents::document_of_blob(tx, owner, blob, *ocr, name).await? else { return Ok(()) };
    let waits = matches!(super::state(&twin), Ok(State::Reading { job_id: waited_for }) if waited_for == *job_id);
    if waits {
        twin.found = job::enqueue(engine, tx, owner, &twin.id).await?.to_json()?;
        documents::set_read(tx, &twin).await?;
    }
    Ok(())
}
