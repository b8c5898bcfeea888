//! The documents that an owner has: listed, and deleted when nothing is made of them.

use std::sync::Arc;

use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_engine::Engine;
use sluice_store::documents::{self, DocumentFilter, DocumentRow};
use sluice_store::{StoreError, Tx};

use super::{Library, ReadingState, reading_state};
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
    let read = async |tx: &mut Tx| {
        let rows = documents::listed(tx, owner, filter, limit).await?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        let used = if ids.is_empty() { Vec::new() } else { used(tx, apps, &ids).await? };
        Ok::<_, StoreError>((rows, used))
    };
    let (rows, used) = library.platform.store.read(read).await?;
    let mut shelved = Vec::with_capacity(rows.len());
    for row in rows {
        let reading = match reading_state(engine, &row).await {
            Ok(reading) => reading,
            Err(error) if error.is_outage() => return Err(error),
            Err(error) => {
                tracing::error!(%owner, %error, "a document is left out of a list");
                continue;
            }
        };
        shelved.push(Shelved { in_use: used.contains(&row.id.to_string()), row, reading });
    }
    Ok(shelved)
}

/// Deletes a document of which nothing is made. The job that reads it finds it gone, and ends.
pub async fn delete(
    platform: &Platform,
    apps: &[Arc<dyn Module>],
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
        documents::forget(tx, &id_text).await?;
        Ok(())
    });
    deleted.await
}
