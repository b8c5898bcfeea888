//! Endpoints of others that are notified of their owner's events. What is sent to each is in [`deliveries`].
//!
//! A deleted endpoint is not found any more; its rows are removed by maintenance, in small batches.

pub mod deliveries;

use sluice_domain::ids::{JobId, OwnerId, WebhookId};
use sluice_domain::time::Timestamp;

use crate::migrations::{Migration, Module};
use crate::sql::{Row, json, parse, sql};
use crate::{StoreError, Tx, storable};

/// The tables.
pub(crate) const MODULE: Module = Module {
    name: "webhooks",
    migrations: &[Migration { name: "baseline", sql: include_str!("../migrations/webhooks/0001_baseline.sql") }],
};

/// An endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Its owner, of whose events it is notified.
    pub owner: OwnerId,
    /// Where they are sent.
    pub url: String,
    /// What it is for, in its owner's words.
    pub description: String,
    /// The kinds of events that it is notified of; empty: all.
    pub kinds: Vec<String>,
    /// The secret that signs.
    pub secret: String,
    /// The one before, and until when it signs, too.
    pub previous: Option<(String, Timestamp)>,
    /// Why it is disabled, and since when.
    pub disabled: Option<(String, Timestamp)>,
    /// The number of the last event that was looked at.
    pub place: i64,
    /// Events that were removed from the log before they were looked at.
    pub missed: u64,
    /// The job that sends what is pending; it may have ended.
    pub job: Option<JobId>,
    /// Until when that job sleeps.
    pub parked_until: Option<Timestamp>,
    /// Attempts that failed since the last one that did not.
    pub failures: u32,
    /// Since when they have failed.
    pub failing_since: Option<Timestamp>,
    /// No attempt before this.
    pub resume_at: Option<Timestamp>,
    /// The last attempt that did not fail.
    pub succeeded_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

impl WebhookRow {
    /// A new endpoint without a filter, at the beginning of its owner's log.
    pub fn new(id: WebhookId, owner: OwnerId, url: String, secret: String, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            url,
            description: String::new(),
            kinds: Vec::new(),
            secret,
            previous: None,
            disabled: None,
            place: 0,
            missed: 0,
            job: None,
            parked_until: None,
            failures: 0,
            failing_since: None,
            resume_at: None,
            succeeded_at: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Without its secrets and its address, which may contain one.
impl std::fmt::Debug for WebhookRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("WebhookRow");
        fields.field("id", &self.id).field("owner", &self.owner).field("kinds", &self.kinds);
        fields.field("disabled", &self.disabled).field("place", &self.place).field("missed", &self.missed);
        fields.field("job", &self.job).field("failures", &self.failures).field("failing_since", &self.failing_since);
        fields.field("resume_at", &self.resume_at).field("succeeded_at", &self.succeeded_at).finish_non_exhaustive()
    }
}

/// Adds an endpoint, unless its owner has `most`; false then.
pub async fn insert(tx: &mut Tx, row: &WebhookRow, most: u32) -> Result<bool, StoreError> {
    check(row)?;
    let count = sql("SELECT COUNT(*) AS count FROM webhooks WHERE owner = $1 AND state <> 'deleted'")
        .bind(row.owner.as_str())
        .one(tx)
        .await?;
    if count.get::<i64>("count")? >= i64::from(most) {
        return Ok(false);
    }
    sql("INSERT INTO webhooks (id, owner, url, description, kinds, secret, state, place, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'enabled', $7, $8, $8)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.url)
    .bind(&row.description)
    .bind(kinds_text(row))
    .bind(&row.secret)
    .bind(row.place)
    .bind(row.created_at.as_millis())
    .execute(tx)
    .await?;
    Ok(true)
}

/// An endpoint of this owner.
pub async fn find(tx: &mut Tx, owner: &OwnerId, id: &WebhookId) -> Result<Option<WebhookRow>, StoreError> {
    let row = sql("SELECT * FROM webhooks WHERE id = $1 AND owner = $2 AND state <> 'deleted'")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(webhook_row).transpose()
}

/// The same, locked until the unit of work ends, to be changed by [`save`].
pub async fn locked(tx: &mut Tx, owner: &OwnerId, id: &WebhookId) -> Result<Option<WebhookRow>, StoreError> {
    let row = sql("SELECT * FROM webhooks WHERE id = $1 AND owner = $2 AND state <> 'deleted' {lock}")
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(webhook_row).transpose()
}

/// The endpoints of an owner, the oldest first.
pub async fn list(tx: &mut Tx, owner: &OwnerId) -> Result<Vec<WebhookRow>, StoreError> {
    let rows = sql("SELECT * FROM webhooks WHERE owner = $1 AND state <> 'deleted' ORDER BY id")
        .bind(owner.as_str())
        .all(tx)
        .await?;
    rows.iter().map(webhook_row).collect()
}

/// Writes all that can change of an endpoint that is locked.
pub async fn save(tx: &mut Tx, row: &WebhookRow) -> Result<(), StoreError> {
    check(row)?;
    let stored = |time: Option<Timestamp>| time.map(Timestamp::as_millis);
    sql("UPDATE webhooks SET url = $3, description = $4, kinds = $5, secret = $6, previous_secret = $7, previous_until = $8,
             state = $9, reason = $10, disabled_at = $11, place = $12, missed = $13, job = $14, failures = $15,
             failing_since = $16, resume_at = $17, succeeded_at = $18, updated_at = $19, parked_until = $20
         WHERE id = $1 AND owner = $2 AND state <> 'deleted'")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.url)
    .bind(&row.description)
    .bind(kinds_text(row))
    .bind(&row.secret)
    .bind(row.previous.as_ref().map(|(secret, _)| secret.as_str()))
    .bind(row.previous.as_ref().map(|(_, until)| until.as_millis()))
    .bind(if row.disabled.is_some() { "disabled" } else { "enabled" })
    .bind(row.disabled.as_ref().map(|(reason, _)| reason.as_str()))
    .bind(row.disabled.as_ref().map(|(_, at)| at.as_millis()))
    .bind(row.place)
    .bind(row.missed)
    .bind(row.job.as_ref().map(JobId::as_str))
    .bind(row.failures)
    .bind(stored(row.failing_since))
    .bind(stored(row.resume_at))
    .bind(stored(row.succeeded_at))
    .bind(row.updated_at.as_millis())
    .bind(stored(row.parked_until))
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes an endpoint for everybody but maintenance. False if there is none.
pub async fn delete(tx: &mut Tx, owner: &OwnerId, id: &WebhookId) -> Result<bool, StoreError> {
    let deleted = sql(format!("{DELETE} AND id = $2")).bind(owner.as_str()).bind(id.as_str()).execute(tx).await?;
    Ok(deleted == 1)
}

/// The same for all endpoints of an owner; returns how many there were.
pub async fn delete_all(tx: &mut Tx, owner: &OwnerId) -> Result<u64, StoreError> {
    sql(DELETE).bind(owner.as_str()).execute(tx).await
}

const DELETE: &str =
    "UPDATE webhooks SET state = 'deleted', secret = '', previous_secret = NULL, previous_until = NULL,
         reason = NULL, disabled_at = NULL, job = NULL WHERE owner = $1 AND state <> 'deleted'";

/// Removes up to `limit` deliveries of deleted endpoints, and the endpoints that have none; returns how many rows.
pub async fn sweep(tx: &mut Tx, limit: u32) -> Result<u64, StoreError> {
    let removed = sql("DELETE FROM deliveries WHERE id IN (SELECT deliveries.id FROM webhooks
             JOIN deliveries ON deliveries.webhook = webhooks.id WHERE webhooks.state = 'deleted' LIMIT $1)")
    .bind(limit)
    .execute(tx)
    .await?;
    if removed >= u64::from(limit) {
        return Ok(removed);
    }
    let endpoints = sql("DELETE FROM webhooks WHERE id IN (SELECT id FROM webhooks WHERE state = 'deleted'
             AND NOT EXISTS (SELECT 1 FROM deliveries WHERE webhook = webhooks.id) LIMIT $1)")
    .bind(limit)
    .execute(tx)
    .await?;
    Ok(removed + endpoints)
}

/// Removes up to `limit` rows of an owner who leaves; returns how many. None is left when it returns 0.
pub async fn leave(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<u64, StoreError> {
    delete_all(tx, owner).await?;
    let removed =
        sql("DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE owner = $1 ORDER BY id LIMIT $2)")
            .bind(owner.as_str())
            .bind(limit)
            .execute(tx)
            .await?;
    if removed > 0 {
        return Ok(removed);
    }
    sql("DELETE FROM webhooks WHERE owner = $1").bind(owner.as_str()).execute(tx).await
}

/// The enabled endpoints whose owner's log goes on behind their place, by owner, with `after` as the last owner and id of the
/// previous page.
pub async fn behind(
    tx: &mut Tx,
    after: Option<&(OwnerId, WebhookId)>,
    limit: u32,
) -> Result<Vec<(OwnerId, WebhookId)>, StoreError> {
    let (owner, id) = after.map_or(("", ""), |(owner, id)| (owner.as_str(), id.as_str()));
    let rows = sql("SELECT webhooks.owner AS owner, webhooks.id AS id FROM webhooks
             JOIN streams ON streams.owner = webhooks.owner
         WHERE webhooks.state = 'enabled' AND webhooks.place < streams.last
             AND (webhooks.owner > $1 OR (webhooks.owner = $1 AND webhooks.id > $2))
         ORDER BY webhooks.owner, webhooks.id LIMIT $3")
    .bind(owner)
    .bind(id)
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(|row| Ok((parse(row, "owner")?, parse(row, "id")?))).collect()
}

/// The enabled endpoints that have pending deliveries and no job that sends them, because it was cancelled or died.
pub async fn stranded(tx: &mut Tx, limit: u32) -> Result<Vec<(OwnerId, WebhookId)>, StoreError> {
    let rows = sql("SELECT owner, id FROM webhooks WHERE state = 'enabled'
             AND EXISTS (SELECT 1 FROM deliveries WHERE webhook = webhooks.id AND state = 'pending')
             AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = webhooks.job AND jobs.finished_at IS NULL)
         ORDER BY owner, id LIMIT $1")
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(|row| Ok((parse(row, "owner")?, parse(row, "id")?))).collect()
}

fn check(row: &WebhookRow) -> Result<(), StoreError> {
    storable::name("an endpoint's description", &row.description)?;
    row.kinds.iter().try_for_each(|kind| storable::name("a kind of event", kind))
}

fn kinds_text(row: &WebhookRow) -> String {
    serde_json::Value::from(row.kinds.clone()).to_string()
}

fn webhook_row(row: &Row) -> Result<WebhookRow, StoreError> {
    let time = |column| Ok::<_, StoreError>(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let kinds = serde_json::from_value(json(row, "kinds")?)
        .map_err(|error| StoreError::Unreadable { what: format!("an endpoint's kinds ({error})") })?;
    Ok(WebhookRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        url: row.get("url")?,
        description: row.get("description")?,
        kinds,
        secret: row.get("secret")?,
        previous: row.get::<Option<String>>("previous_secret")?.zip(time("previous_until")?),
        disabled: row.get::<Option<String>>("reason")?.zip(time("disabled_at")?),
        place: row.get("place")?,
        missed: row.get::<i64>("missed")?.unsigned_abs(),
        job: row.get::<Option<String>>("job")?.map(|_| parse(row, "job")).transpose()?,
        parked_until: time("parked_until")?,
        failures: row.get("failures")?,
        failing_since: time("failing_since")?,
        resume_at: time("resume_at")?,
        succeeded_at: time("succeeded_at")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}
