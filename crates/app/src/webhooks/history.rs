//! Deliveries: looking at them, sending them again, and a test.

use serde_json::{Map, json};
use sluice_domain::ids::{DeliveryId, OwnerId, WebhookId};
use sluice_store::webhooks;
use sluice_store::webhooks::deliveries::{self, AttemptRow, DeliveryRow, DeliveryState, Filter, Last, Range};
use sluice_store::{StoreError, Tx};

use super::outbox::body;
use super::{PENDING, WebhookError, Webhooks};

/// The most attempts that are shown.
const ATTEMPTS: u32 = 100;
/// The kind of a test.
const PING: &str = "webhook.ping";

impl Webhooks {
    /// The deliveries to an endpoint, the newest first.
    pub async fn deliveries(
        &self,
        owner: &OwnerId,
        id: &WebhookId,
        filter: &Filter,
    ) -> Result<Vec<DeliveryRow>, WebhookError> {
        self.platform
            .store
            .read(async |tx| match webhooks::find(tx, owner, id).await? {
                None => Err(WebhookError::NotFound),
                Some(_) => Ok(deliveries::list(tx, owner, id, filter).await?),
            })
            .await
    }

    /// A delivery with its attempts.
    pub async fn delivery_with_attempts(
        &self,
        owner: &OwnerId,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<(DeliveryRow, Vec<AttemptRow>), WebhookError> {
        self.platform
            .store
            .read(async |tx| {
                webhooks::find(tx, owner, id).await?.ok_or(WebhookError::NotFound)?;
                let row = deliveries::find(tx, owner, id, delivery).await?.ok_or(WebhookError::NotFound)?;
                Ok((row, deliveries::attempts(tx, owner, delivery, ATTEMPTS).await?))
            })
            .await
    }

    /// Sends a delivery again, with its whole schedule, and under its id. One that is pending is tried now.
    pub async fn replay(
        &self,
        owner: &OwnerId,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<DeliveryRow, WebhookError> {
        self.with_job(owner, id, async |tx| {
            let Some(mut row) = deliveries::locked(tx, owner, id, delivery).await? else { return Ok(None) };
            let now = tx.now().await?;
            row.state = DeliveryState::Pending;
            (row.round, row.queued_at, row.due_at, row.ended_at) = (0, now, now, None);
            deliveries::save(tx, &row).await?;
            Ok(Some(row))
        })
        .await?
        .ok_or(WebhookError::NotFound)
    }

    /// Sends the deliveries of a range again; returns how many.
    pub async fn replay_range(&self, owner: &OwnerId, id: &WebhookId, range: Range) -> Result<u64, WebhookError> {
        self.with_job(owner, id, async |tx| deliveries::send_again(tx, owner, id, range, PENDING).await).await
    }

    /// Sends a test, whatever the endpoint's filter is.
    pub async fn ping(&self, owner: &OwnerId, id: &WebhookId) -> Result<DeliveryRow, WebhookError> {
        self.with_job(owner, id, async |tx| {
            let now = tx.now().await?;
            let mut data = Map::new();
            data.insert("webhook_id".to_owned(), json!(id));
            let row = DeliveryRow {
                id: DeliveryId::new(now, self.platform.randomness.id_bytes()),
                owner: owner.clone(),
                webhook: id.clone(),
                seq: None,
                kind: PING.to_owned(),
                body: body(PING, now, data),
                event_at: now,
                state: DeliveryState::Pending,
                round: 0,
                attempts: 0,
                queued_at: now,
                due_at: now,
                ended_at: None,
                last: Last::default(),
            };
            deliveries::insert(tx, std::slice::from_ref(&row)).await?;
            Ok(row)
        })
        .await
    }

    /// Makes deliveries of an enabled endpoint pending, and has them sent now: whoever asks for it has mended the endpoint.
    async fn with_job<T, F>(&self, owner: &OwnerId, id: &WebhookId, work: F) -> Result<T, WebhookError>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, StoreError> + Clone,
    {
        self.platform
            .store
            .write(async |tx| {
                let mut row = webhooks::locked(tx, owner, id).await?.ok_or(WebhookError::NotFound)?;
                if row.disabled.is_some() {
                    return Err(WebhookError::Disabled);
                }
                let done = work(tx).await?;
                row.resume_at = None;
                self.ensure_job(tx, &mut row).await?;
                webhooks::save(tx, &row).await?;
                Ok(done)
            })
            .await
    }
}
