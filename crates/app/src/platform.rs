//! What every use case and every job of any app needs.

use std::sync::Arc;

use sluice_domain::time::Timestamp;
use sluice_engine::Randomness;
use sluice_store::{Store, StoreError};

use crate::limits::Limiter;
use crate::media::Media;

/// Handles to rows and bytes. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// Rows.
    pub store: Store,
    /// Bytes.
    pub media: Media,
    /// For ids.
    pub randomness: Randomness,
    /// The plans with their limits.
    pub limits: Arc<Limiter>,
}

impl Platform {
    /// The current time of the database's clock.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.now().await
    }

    /// A new id: `platform.new_id(DocumentId::new)`.
    pub async fn new_id<T>(&self, make: impl FnOnce(Timestamp, [u8; 10]) -> T) -> Result<T, StoreError> {
        Ok(make(self.now().await?, self.randomness.id_bytes()))
    }
}
