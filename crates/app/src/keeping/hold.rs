//! The hold on everything that an owner has.

use serde::Serialize;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::keeping::{self, Held};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::Keeper;

/// A hold on everything that an owner has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StorageHold {
    /// Why.
    pub reason: String,
    /// Since when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub placed_at: Timestamp,
}

/// Holds everything that an owner has.
pub async fn hold(keeper: &Keeper, owner: &OwnerId, reason: &str) -> Result<StorageHold, StoreError> {
    let store = &keeper.platform.store;
    let placed = store.write(async |tx: &mut Tx| keeping::hold(tx, owner, Held::Everything, reason).await).await?;
    Ok(StorageHold { reason: placed.reason, placed_at: placed.placed_at })
}

/// Ends that hold; returns whether there was one.
pub async fn lift(keeper: &Keeper, owner: &OwnerId) -> Result<bool, StoreError> {
    keeper.platform.store.write(async |tx: &mut Tx| keeping::lift(tx, owner, Held::Everything).await).await
}
