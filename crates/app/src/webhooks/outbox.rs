//! From the event log to deliveries. The log itself is the outbox: each endpoint has a place in it, which moves in the
//! transaction that writes the deliveries of the events before it. So no event is left out by a crash, and none is there
//! twice. What an endpoint cannot take yet stays in the log.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use futures::FutureExt as _;
use futures::stream::{self, StreamExt as _};
use serde_json::{Map, Value, json};
use sluice_domain::account::AccountState;
use sluice_domain::ids::{DeliveryId, JobId, OwnerId, WebhookId};
use sluice_domain::time::Timestamp;
use sluice_engine::EnqueueOptions;
use sluice_store::events::{self, Event};
use sluice_store::webhooks::deliveries::{self, DeliveryRow, DeliveryState, Last};
use sluice_store::webhooks::{self, WebhookRow};
use sluice_store::{StoreError, Tx, accounts, jobs};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::deliver::Deliver;
use super::endpoints::wants;
use super::{PENDING, Webhooks};

/// Every commit causes a notification; the log is read at most this often.
const PAUSE: Duration = Duration::from_millis(200);
/// Another process may have written without notifying this one.
const POLL: Duration = Duration::from_secs(1);
/// How often endpoints are looked for whose job was cancelled or died.
const RESCUE: Duration = Duration::from_secs(30);
/// Endpoints that are found at a time, and events that are read at a time.
const ENDPOINTS: u32 = 1_000;
const EVENTS: u32 = 500;
/// Endpoints that are written for at a time.
const AT_ONCE: usize = 16;
/// How long an endpoint that takes no more is left alone.
const FULL: Duration = Duration::from_secs(10);
/// The same for one that wanted none of the latest events, such as those of the jobs that send webhooks: otherwise all
/// endpoints of an owner are looked at for each.
const QUIET: Duration = Duration::from_millis(500);
/// The most bytes of what is sent.
const BODY: usize = 20_000;

/// How far an endpoint has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// There may be more.
    Some,
    /// To the end of the log.
    All,
    /// Nothing that it has subscribed to.
    Nothing,
    /// It takes no more for now.
    Full,
}

impl Webhooks {
    /// Writes deliveries as events happen, until it is told to stop. Any number of processes may do so.
    pub async fn run(self, stopping: CancellationToken) {
        let mut changed = self.platform.store.events_hint();
        let mut rescued: Option<Instant> = None;
        loop {
            changed.mark_unchanged();
            if let Err(error) = self.turns(&stopping).await {
                tracing::warn!(%error, "events cannot be prepared for webhooks; trying again");
            }
            if rescued.is_none_or(|at| at.elapsed() >= RESCUE) {
                rescued = Some(Instant::now());
                if let Err(error) = self.rescue().await {
                    tracing::warn!(%error, "webhooks without a job cannot be looked for; trying again");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = stopping.cancelled() => return,
            }
            tokio::select! {
                _ = changed.changed() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stopping.cancelled() => return,
            }
        }
    }

    /// Writes the deliveries of everything in the log, for every endpoint: in turns, so that none waits for all
    /// deliveries of another one. One that fails delays no other.
    pub async fn dispatch(&self) -> Result<(), StoreError> {
        self.full.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.turns(&CancellationToken::new()).await
    }

    /// The same until it is told to stop, but for endpoints that are left alone.
    async fn turns(&self, stopping: &CancellationToken) -> Result<(), StoreError> {
        for n in 0.. {
            if !self.turn(n).await? || stopping.is_cancelled() {
                break;
            }
        }
        Ok(())
    }

    /// A few events for one endpoint of each owner, each time another one: so an owner waits for one endpoint of every other
    /// owner, however many those have. Returns whether there may be more.
    async fn turn(&self, n: usize) -> Result<bool, StoreError> {
        let store = &self.platform.store;
        let mut after: Option<(OwnerId, WebhookId)> = None;
        let mut more = false;
        loop {
            let page = store.read(async |tx| webhooks::behind(tx, after.as_ref(), ENDPOINTS).await).await?;
            let mut takes = Vec::new();
            for endpoints in page.chunk_by(|(one, _), (other, _)| one == other) {
                let ready: Vec<_> = endpoints.iter().filter(|(_, id)| !self.is_left_alone(id)).collect();
                let Some((owner, id)) = ready.get(n % ready.len().max(1)) else { continue };
                more |= ready.len() > 1;
                takes.push(self.clone().take_once(owner.clone(), id.clone()).boxed());
            }
            // Units of work that wait together share a commit.
            let mut takes = stream::iter(takes).buffer_unordered(AT_ONCE);
            while let Some((id, taken)) = takes.next().await {
                match taken {
                    Ok(Taken::Some) => more = true,
                    Ok(Taken::All) => {}
                    Ok(Taken::Full) => self.leave_alone(&id, FULL),
                    Ok(Taken::Nothing) => {
                        more = true;
                        self.leave_alone(&id, QUIET);
                    }
                    Err(error) if error.is_outage() => return Err(error),
                    Err(error) => {
                        tracing::error!(webhook = %id, %error, "events cannot be prepared for a webhook");
                        self.leave_alone(&id, FULL);
                    }
                }
            }
            if page.len() < ENDPOINTS as usize {
                return Ok(more);
            }
            after = page.last().cloned();
        }
    }

    async fn take_once(self, owner: OwnerId, id: WebhookId) -> (WebhookId, Result<Taken, StoreError>) {
        let taken = self.platform.store.write(async |tx| self.take(tx, &owner, &id).await).await;
        (id, taken)
    }

    /// Writes the deliveries of the next events, and moves the endpoint's place.
    async fn take(&self, tx: &mut Tx, owner: &OwnerId, id: &WebhookId) -> Result<Taken, StoreError> {
        tx.at("webhooks.take");
        let Some(mut row) = webhooks::locked(tx, owner, id).await? else { return Ok(Taken::All) };
        if row.disabled.is_some() {
            return Ok(Taken::All);
        }
        let account = accounts::account(tx, owner).await?;
        if account.is_some_and(|account| account.state != AccountState::Active) {
            return Ok(Taken::Full);
        }
        let room = PENDING - deliveries::pending(tx, id, PENDING).await?;
        if room == 0 {
            return Ok(Taken::Full);
        }
        let page = events::page(tx, owner, row.place, room.min(EVENTS)).await?;
        if page.read_to <= row.place {
            return Ok(Taken::All);
        }
        // Numbers have no gaps: what is missing was removed, or cannot be read.
        let first = page.events.first().map_or(page.read_to + 1, |event| event.seq);
        let missed = first - row.place - 1;
        if missed > 0 {
            tracing::warn!(webhook = %id, missed, "events are not in the log any more: an endpoint is not notified of them");
            row.missed += missed.unsigned_abs();
        }
        let now = tx.now().await?;
        let wanted = page.events.iter().filter_map(|event| self.delivery(&row, event, now)).collect::<Vec<_>>();
        deliveries::insert(tx, &wanted).await?;
        row.place = page.read_to;
        if !wanted.is_empty() {
            self.ensure_job(tx, &mut row).await?;
        }
        webhooks::save(tx, &row).await?;
        Ok(if wanted.is_empty() && page.events.len() < EVENTS as usize { Taken::Nothing } else { Taken::Some })
    }

    /// The delivery of an event, if the endpoint has subscribed to its kind.
    fn delivery(&self, row: &WebhookRow, event: &Event, now: Timestamp) -> Option<DeliveryRow> {
        let kind = public_kind(event)?;
        wants(&row.kinds, &kind).then(|| DeliveryRow {
            id: DeliveryId::new(now, self.platform.randomness.id_bytes()),
            owner: row.owner.clone(),
            webhook: row.id.clone(),
            seq: Some(event.seq),
            body: body(&kind, event.at, data(event)),
            kind,
            event_at: event.at,
            state: DeliveryState::Pending,
            round: 0,
            attempts: 0,
            queued_at: now,
            due_at: now,
            ended_at: None,
            last: Last::default(),
        })
    }

    /// Makes sure that a job looks at the endpoint's deliveries soon. The endpoint is locked, so that its job cannot park or
    /// end at the same time; the caller saves it.
    pub(super) async fn ensure_job(&self, tx: &mut Tx, row: &mut WebhookRow) -> Result<(), StoreError> {
        if row.disabled.is_some() {
            return Ok(());
        }
        let now = tx.now().await?;
        if let Some(job) = row.job.clone()
            && let Some(found) = jobs::find(tx, &row.owner, &job).await?
            && !found.state.is_final()
        {
            let parked = row.parked_until.is_some_and(|until| until > now);
            let rests = row.resume_at.is_some_and(|at| at > now);
            if !parked || rests {
                return Ok(());
            }
            self.cancel(tx, &row.owner, &job).await?;
        }
        row.job =
            Some(self.engine.enqueue(tx, &Deliver { webhook: row.id.clone() }, EnqueueOptions::of(&row.owner)).await?);
        row.parked_until = None;
        Ok(())
    }

    /// Cancels a job, which maintenance may have removed.
    pub(super) async fn cancel(&self, tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<(), StoreError> {
        match self.engine.cancel(tx, owner, job).await {
            Ok(_) | Err(StoreError::NoSuchJob { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Gives a job to endpoints whose job was cancelled or died.
    pub async fn rescue(&self) -> Result<(), StoreError> {
        let store = &self.platform.store;
        for (owner, id) in store.read(async |tx| webhooks::stranded(tx, ENDPOINTS).await).await? {
            store
                .write(async |tx| {
                    let Some(mut row) = webhooks::locked(tx, &owner, &id).await? else { return Ok(()) };
                    self.ensure_job(tx, &mut row).await?;
                    webhooks::save(tx, &row).await
                })
                .await?;
        }
        Ok(())
    }

    fn is_left_alone(&self, id: &WebhookId) -> bool {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        full.retain(|_, until| *until > now);
        full.contains_key(id)
    }

    fn leave_alone(&self, id: &WebhookId, time: Duration) {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        full.insert(id.clone(), Instant::now() + time);
    }
}

/// The kind of an event in a delivery: `job.changed` is published as the state that the job has reached. None for the jobs that
/// send webhooks: each delivery would cause another one.
fn public_kind(event: &Event) -> Option<String> {
    if event.kind != "job.changed" {
        return Some(event.kind.clone());
    }
    if event.data["kind"].as_str().is_some_and(|kind| kind.starts_with("webhook.")) {
        return None;
    }
    Some(format!("job.{}", event.data["state"].as_str().unwrap_or("changed")))
}

/// What an event is about, with its number: the same as in `/api/v1/events`.
fn data(event: &Event) -> Map<String, Value> {
    let mut data = match &event.data {
        Value::Object(fields) => fields.clone(),
        _ => Map::new(),
    };
    let name = if event.kind == "job.changed" { "job_id" } else { "subject" };
    data.insert(name.to_owned(), json!(event.subject));
    data.insert("event".to_owned(), json!(event.seq));
    data
}

/// What is sent, as Standard Webhooks has it. Data that would make it too long is replaced by the ids in it: the rest is
/// found by them.
pub(super) fn body(kind: &str, at: Timestamp, data: Map<String, Value>) -> String {
    let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0));
    let timestamp = humantime::format_rfc3339_millis(moment).to_string();
    let whole = json!({ "type": kind, "timestamp": timestamp, "data": data }).to_string();
    if whole.len() <= BODY {
        return whole;
    }
    let is_id = |name: &str| name.ends_with("_id") || ["subject", "event", "kind", "state"].contains(&name);
    let mut ids: Map<String, Value> =
        data.into_iter().filter(|(name, value)| is_id(name) && value.to_string().len() <= 1_000).collect();
    ids.insert("shortened".to_owned(), json!(true));
    json!({ "type": kind, "timestamp": timestamp, "data": ids }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, data: Value) -> Event {
        let at = Timestamp::from_millis(1_700_000_000_123);
        Event { seq: 7, owner: OwnerId::local(), kind: kind.to_owned(), subject: "x".to_owned(), data, at }
    }

    #[test]
    fn what_is_sent_has_type_timestamp_and_ids() {
        let changed = event("job.changed", json!({ "kind": "reel.make", "state": "succeeded" }));
        let kind = public_kind(&changed).unwrap();
        assert_eq!(kind, "job.succeeded");
        let sent: Value = serde_json::from_str(&body(&kind, changed.at, data(&changed))).unwrap();
        let data_sent = json!({ "kind": "reel.make", "state": "succeeded", "job_id": "x", "event": 7 });
        let expected = json!({ "type": "job.succeeded", "timestamp": "2023-11-14T22:13:20.123Z", "data": data_sent });
        assert_eq!(sent, expected);
        assert_eq!(public_kind(&event("job.changed", json!({ "kind": "webhook.deliver", "state": "ready" }))), None);
        assert_eq!(public_kind(&event("reel.changed", json!({}))).as_deref(), Some("reel.changed"));
    }

    #[test]
    fn what_is_too_long_is_replaced_by_its_ids() {
        let long = event("reel.changed", json!({ "reel_id": "r", "text": "a".repeat(30_000) }));
        let text = body("reel.changed", long.at, data(&long));
        assert!(text.len() < 1_000);
        let sent: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sent["data"], json!({ "reel_id": "r", "subject": "x", "event": 7, "shortened": true }));
    }
}
