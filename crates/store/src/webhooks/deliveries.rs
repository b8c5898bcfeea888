//! The outbox of webhooks: what is to be sent to each endpoint, and what came of each attempt.

use sluice_domain::ids::{DeliveryId, OwnerId, WebhookId};
use sluice_domain::time::Timestamp;

use crate::sql::{Row, parse, placeholders, sql};
use crate::{StoreError, Tx, storable};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be sent.
    Pending,
    /// The endpoint accepted it.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for DeliveryState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Pending, Self::Delivered, Self::Failed].into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// What is sent to an endpoint about one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id, by which the receiver knows a repetition.
    pub id: DeliveryId,
    /// Whose event.
    pub owner: OwnerId,
    /// The endpoint.
    pub webhook: WebhookId,
    /// The number of the event in its owner's log; none for a test.
    pub seq: Option<i64>,
    /// The kind of the event.
    pub kind: String,
    /// What is sent.
    pub body: String,
    /// When the event happened.
    pub event_at: Timestamp,
    /// What became of it.
    pub state: DeliveryState,
    /// Attempts since it was queued.
    pub round: u32,
    /// All attempts.
    pub attempts: u32,
    /// When it was created, or sent again.
    pub queued_at: Timestamp,
    /// When the next attempt is due.
    pub due_at: Timestamp,
    /// When it was delivered or given up.
    pub ended_at: Option<Timestamp>,
    /// What came of its last attempt; nothing before the first one, and in what [`due`] returns.
    pub last: Last,
}

/// What came of the last attempt of a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Last {
    /// The status of the answer, if there was one.
    pub status: Option<u32>,
    /// Why it failed, as a code.
    pub error: Option<String>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// Its number, from 1.
    pub n: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The status of the answer.
    pub status: Option<u32>,
    /// The beginning of the answer's body.
    pub answer: Option<String>,
    /// Why it failed, as a code.
    pub error: Option<String>,
    /// The same for people.
    pub message: Option<String>,
}

/// A delivery with what came of its last attempt.
const WITH_LAST: &str = "deliveries.*,
    (SELECT status FROM delivery_attempts WHERE delivery = deliveries.id AND n = deliveries.attempts) AS last_status,
    (SELECT error FROM delivery_attempts WHERE delivery = deliveries.id AND n = deliveries.attempts) AS last_error";

/// The most rows of one statement: each has ten values.
const AT_ONCE: usize = 100;

/// Adds pending deliveries. There is at most one for an event at an endpoint: another one is ignored.
pub async fn insert(tx: &mut Tx, rows: &[DeliveryRow]) -> Result<u64, StoreError> {
    let mut inserted = 0;
    for rows in rows.chunks(AT_ONCE) {
        let mut query = sql(format!(
            "INSERT INTO deliveries (id, owner, webhook, seq, kind, body, event_at, state, queued_at, due_at)
             VALUES {} ON CONFLICT (webhook, seq) DO NOTHING",
            placeholders(1, rows.len(), 10)
        ));
        for row in rows {
            query = query
                .bind(row.id.as_str())
                .bind(row.owner.as_str())
                .bind(row.webhook.as_str())
                .bind(row.seq)
                .bind(&row.kind)
                .bind(&row.body)
                .bind(row.event_at.as_millis())
                .bind(DeliveryState::Pending.as_str())
                .bind(row.queued_at.as_millis())
                .bind(row.due_at.as_millis());
        }
        inserted += query.execute(tx).await?;
    }
    Ok(inserted)
}

/// How many deliveries to an endpoint are pending, counted up to `most`.
pub async fn pending(tx: &mut Tx, webhook: &WebhookId, most: u32) -> Result<u32, StoreError> {
    let text = "SELECT COUNT(*) AS count FROM
        (SELECT 1 FROM deliveries WHERE webhook = $1 AND state = 'pending' LIMIT $2) AS pending";
    sql(text).bind(webhook.as_str()).bind(most).one(tx).await?.get("count")
}

/// The next deliveries to an endpoint that are due, the longest first.
pub async fn due(tx: &mut Tx, webhook: &WebhookId, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
    let now = tx.now().await?;
    let rows = sql("SELECT * FROM deliveries WHERE webhook = $1 AND state = 'pending' AND due_at <= $2
         ORDER BY due_at, id LIMIT $3")
    .bind(webhook.as_str())
    .bind(now.as_millis())
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(delivery_row).collect()
}

/// When the next pending delivery to an endpoint is due.
pub async fn next_due(tx: &mut Tx, webhook: &WebhookId) -> Result<Option<Timestamp>, StoreError> {
    let row = sql("SELECT MIN(due_at) AS next FROM deliveries WHERE webhook = $1 AND state = 'pending'")
        .bind(webhook.as_str())
        .one(tx)
        .await?;
    Ok(row.get::<Option<i64>>("next")?.map(Timestamp::from_millis))
}

/// Writes what became of a delivery.
pub async fn save(tx: &mut Tx, row: &DeliveryRow) -> Result<(), StoreError> {
    sql("UPDATE deliveries SET state = $3, round = $4, attempts = $5, queued_at = $6, due_at = $7, ended_at = $8
         WHERE id = $1 AND owner = $2")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(row.state.as_str())
    .bind(row.round)
    .bind(row.attempts)
    .bind(row.queued_at.as_millis())
    .bind(row.due_at.as_millis())
    .bind(row.ended_at.map(Timestamp::as_millis))
    .execute(tx)
    .await?;
    Ok(())
}

/// Adds what came of an attempt.
pub async fn add_attempt(tx: &mut Tx, delivery: &DeliveryId, row: &AttemptRow) -> Result<(), StoreError> {
    sql("INSERT INTO delivery_attempts (delivery, n, at, took_ms, status, answer, error, message)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (delivery, n) DO NOTHING")
    .bind(delivery.as_str())
    .bind(row.n)
    .bind(row.at.as_millis())
    .bind(row.took_ms)
    .bind(row.status.map(i64::from))
    .bind(row.answer.as_deref().map(|text| storable::text(text).into_owned()))
    .bind(row.error.as_deref())
    .bind(row.message.as_deref())
    .execute(tx)
    .await?;
    Ok(())
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those before this id.
    pub before: Option<DeliveryId>,
    /// The most of them.
    pub limit: u32,
}

/// The deliveries to an endpoint, the newest first.
pub async fn list(
    tx: &mut Tx,
    owner: &OwnerId,
    webhook: &WebhookId,
    filter: &Filter,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let rows = sql(format!(
        "SELECT {WITH_LAST} FROM deliveries WHERE webhook = $1 AND owner = $2
             AND ($3 = '' OR id < $3) AND ($4 = '' OR state = $4)
         ORDER BY id DESC LIMIT $5"
    ))
    .bind(webhook.as_str())
    .bind(owner.as_str())
    .bind(filter.before.as_ref().map_or("", DeliveryId::as_str))
    .bind(filter.state.map_or("", DeliveryState::as_str))
    .bind(filter.limit)
    .all(tx)
    .await?;
    rows.iter().map(row_with_last).collect()
}

/// A delivery to an endpoint.
pub async fn find(
    tx: &mut Tx,
    owner: &OwnerId,
    webhook: &WebhookId,
    id: &DeliveryId,
) -> Result<Option<DeliveryRow>, StoreError> {
    let text = format!("SELECT {WITH_LAST} FROM deliveries WHERE id = $1 AND webhook = $2 AND owner = $3");
    let query = sql(text).bind(id.as_str()).bind(webhook.as_str()).bind(owner.as_str());
    query.optional(tx).await?.as_ref().map(row_with_last).transpose()
}

/// The same, locked until the unit of work ends, to be changed by [`save`].
pub async fn locked(
    tx: &mut Tx,
    owner: &OwnerId,
    webhook: &WebhookId,
    id: &DeliveryId,
) -> Result<Option<DeliveryRow>, StoreError> {
    let text = format!("SELECT {WITH_LAST} FROM deliveries WHERE id = $1 AND webhook = $2 AND owner = $3 {{lock}}");
    let query = sql(text).bind(id.as_str()).bind(webhook.as_str()).bind(owner.as_str());
    query.optional(tx).await?.as_ref().map(row_with_last).transpose()
}

/// The last `limit` attempts of a delivery, the oldest first.
pub async fn attempts(
    tx: &mut Tx,
    owner: &OwnerId,
    delivery: &DeliveryId,
    limit: u32,
) -> Result<Vec<AttemptRow>, StoreError> {
    let rows = sql("SELECT delivery_attempts.* FROM deliveries
             JOIN delivery_attempts ON delivery_attempts.delivery = deliveries.id
         WHERE deliveries.id = $1 AND deliveries.owner = $2 ORDER BY n DESC LIMIT $3")
    .bind(delivery.as_str())
    .bind(owner.as_str())
    .bind(limit)
    .all(tx)
    .await?;
    let mut attempts = rows.iter().map(attempt_row).collect::<Result<Vec<_>, _>>()?;
    attempts.reverse();
    Ok(attempts)
}

/// A part of an endpoint's deliveries, by when their events happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first moment.
    pub since: Timestamp,
    /// The moment after the last.
    pub until: Timestamp,
    /// Only those that ended so.
    pub state: DeliveryState,
}

/// Makes up to `limit` ended deliveries of a range pending again, the oldest first; returns how many.
pub async fn send_again(
    tx: &mut Tx,
    owner: &OwnerId,
    webhook: &WebhookId,
    range: Range,
    limit: u32,
) -> Result<u64, StoreError> {
    let now = tx.now().await?;
    sql("UPDATE deliveries SET state = 'pending', round = 0, queued_at = $6, due_at = $6, ended_at = NULL
         WHERE id IN (SELECT id FROM deliveries WHERE webhook = $1 AND owner = $2 AND state = $3
             AND event_at >= $4 AND event_at < $5 ORDER BY id LIMIT $7) AND state <> 'pending'")
    .bind(webhook.as_str())
    .bind(owner.as_str())
    .bind(range.state.as_str())
    .bind(range.since.as_millis())
    .bind(range.until.as_millis())
    .bind(now.as_millis())
    .bind(limit)
    .execute(tx)
    .await
}

/// Deletes up to `limit` deliveries that were created before `before`, with their attempts.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    // Ids sort by time of creation.
    let youngest = DeliveryId::new(before, [0; 10]);
    sql("DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE id < $1 ORDER BY id LIMIT $2)")
        .bind(youngest.as_str())
        .bind(limit)
        .execute(tx)
        .await
}

fn delivery_row(row: &Row) -> Result<DeliveryRow, StoreError> {
    let state: String = row.get("state")?;
    let unreadable = |()| StoreError::Unreadable { what: format!("the state \"{state}\" of a delivery") };
    Ok(DeliveryRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        webhook: parse(row, "webhook")?,
        seq: row.get("seq")?,
        kind: row.get("kind")?,
        body: row.get("body")?,
        event_at: Timestamp::from_millis(row.get("event_at")?),
        state: state.parse().map_err(unreadable)?,
        round: row.get("round")?,
        attempts: row.get("attempts")?,
        queued_at: Timestamp::from_millis(row.get("queued_at")?),
        due_at: Timestamp::from_millis(row.get("due_at")?),
        ended_at: row.get::<Option<i64>>("ended_at")?.map(Timestamp::from_millis),
        last: Last::default(),
    })
}

fn row_with_last(row: &Row) -> Result<DeliveryRow, StoreError> {
    let status: Option<i64> = row.get("last_status")?;
    let status = status.and_then(|status| u32::try_from(status).ok());
    Ok(DeliveryRow { last: Last { status, error: row.get("last_error")? }, ..delivery_row(row)? })
}

fn attempt_row(row: &Row) -> Result<AttemptRow, StoreError> {
    let status: Option<i64> = row.get("status")?;
    Ok(AttemptRow {
        n: row.get("n")?,
        at: Timestamp::from_millis(row.get("at")?),
        took_ms: row.get::<i64>("took_ms")?.unsigned_abs(),
        status: status.and_then(|status| u32::try_from(status).ok()),
        answer: row.get("answer")?,
        error: row.get("error")?,
        message: row.get("message")?,
    })
}
