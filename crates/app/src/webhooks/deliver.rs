//! The job that sends the deliveries of one endpoint. There is at most one for each endpoint, however much is pending, so that
//! owners are scheduled fairly and no endpoint takes more than one slot. Pending deliveries are rows; the job sleeps until the
//! next one is due.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::{HeaderMap, HeaderValue, Method, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::WebhookId;
use sluice_domain::time::Timestamp;
use sluice_engine::{Job, JobError, Next, Randomness, Run};
use sluice_outbound::{Beyond, Client, Limits, Request, SendError};
use sluice_store::webhooks::deliveries::{self, DeliveryRow};
use sluice_store::webhooks::{self, WebhookRow};
use sluice_store::{StoreError, Tx};
use tokio::time::Instant;

use super::POOL;
use super::endpoints::{FAILING, GONE, disable};
use super::hosts::{Hosts, Permit};
use super::outcome::{Tried, Verdict, given_up, has_outlived};
use super::sign::signatures;

/// The most time of one attempt, and the most bytes of an answer that are kept.
const LIMITS: Limits = Limits { time: Duration::from_secs(20), body: 1_024, beyond: Beyond::Cut };
/// Deliveries that are read at a time, and sent at a time to an endpoint that responds.
const BATCH: u32 = 16;
const AT_ONCE: usize = 4;
/// After this long the job yields to those of other endpoints.
const TURN: Duration = Duration::from_secs(10);
/// The longest that the job sleeps: a day is the longest delay.
const LONGEST_SLEEP: Duration = Duration::from_hours(30);

/// The context of the job.
#[derive(Clone)]
pub struct Desk {
    pub(super) client: Client,
    pub(super) hosts: Arc<Hosts>,
    pub(super) randomness: Randomness,
}

/// Sends the pending deliveries of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// The endpoint.
    pub webhook: WebhookId,
}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Sends what is due.
    Send,
}

/// The next step of the job.
enum Step {
    Send(Box<WebhookRow>, Vec<DeliveryRow>),
    Sleep(Duration),
    End,
}

impl Job for Deliver {
    const KIND: &'static str = "webhook.deliver";
    type Stage = Stage;
    type Context = Desk;

    fn first_stage() -> Stage {
        Stage::Send
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Send: Stage, run: &Run, desk: &Desk) -> Result<Next<Stage>, JobError> {
        let begun = Instant::now();
        let mut rest = None;
        loop {
            let step = run.write(async |tx| self.next(tx, run, rest).await).await?;
            let (endpoint, due) = match step {
                Step::Send(endpoint, due) => (endpoint, due),
                Step::Sleep(time) => return Ok(Next::Snooze(time)),
                Step::End => return Ok(Next::Done(json!({}))),
            };
            rest = desk.send_all(run, &endpoint, due).await?;
            if run.cancelled().is_cancelled() {
                return Err(JobError::retry("stopped", "the job was stopped"));
            }
            if begun.elapsed() > TURN && rest.is_none() {
                return Ok(Next::Stage(Stage::Send));
            }
        }
    }
}

impl Deliver {
    /// Finds the deliveries that are due. That the job sleeps or ends is written in the same unit of work, with the endpoint
    /// locked, so that whoever adds a delivery afterwards knows that the job has to be woken. With `rest`, nothing is sent before
    /// it is over.
    async fn next(&self, tx: &mut Tx, run: &Run, rest: Option<Duration>) -> Result<Step, StoreError> {
        let Some(mut row) = webhooks::locked(tx, run.owner(), &self.webhook).await? else { return Ok(Step::End) };
        if row.job.as_ref() != Some(run.job_id()) {
            return Ok(Step::End);
        }
        let now = tx.now().await?;
        if let Some(rest) = rest {
            let until = now + rest;
            row.resume_at = Some(row.resume_at.map_or(until, |at| at.max(until)));
        }
        let waits = row.resume_at.is_some_and(|at| at > now);
        let next_due = deliveries::next_due(tx, &row.id).await?.filter(|_| row.disabled.is_none());
        let step = match next_due {
            None => Step::End,
            Some(next) if next > now || waits => {
                let until = row.resume_at.map_or(next, |at| at.max(next));
                row.parked_until = Some(until);
                Step::Sleep(until.since(now).min(LONGEST_SLEEP))
            }
            Some(_) => {
                // A failing endpoint is probed with one delivery.
                let limit = if row.failures > 0 { 1 } else { BATCH };
                let due = deliveries::due(tx, &row.id, limit).await?;
                row.parked_until = None;
                Step::Send(Box::new(row.clone()), due)
            }
        };
        if matches!(step, Step::End) {
            (row.job, row.parked_until) = (None, None);
        }
        webhooks::save(tx, &row).await?;
        Ok(step)
    }
}

impl Desk {
    /// Sends deliveries, a few at a time; returns the pause that the limit of the host asks for.
    async fn send_all(
        &self,
        run: &Run,
        endpoint: &WebhookRow,
        due: Vec<DeliveryRow>,
    ) -> Result<Option<Duration>, JobError> {
        // Once the limit of the host refuses one delivery, the rest of the batch is not tried: each would take a turn in its
        // queue.
        let refused = OnceLock::new();
        let sent = stream::iter(due).map(async |delivery| self.send_one(run, endpoint, delivery, &refused).await);
        let mut sent = std::pin::pin!(sent.buffer_unordered(AT_ONCE));
        let mut rest = None;
        while let Some(one) = sent.next().await {
            rest = rest.max(one?);
        }
        Ok(rest)
    }

    /// Sends a delivery, and records the attempt; returns the pause that the limit of the host asks for, if it was not sent.
    async fn send_one(
        &self,
        run: &Run,
        endpoint: &WebhookRow,
        delivery: DeliveryRow,
        refused: &OnceLock<Duration>,
    ) -> Result<Option<Duration>, JobError> {
        if run.cancelled().is_cancelled() {
            return Ok(None);
        }
        let address = match self.client.address(&endpoint.url) {
            Ok(address) => address,
            // The operator has forbidden the address since.
            Err(error) => {
                let tried = Tried { at: run.now(), took: Duration::ZERO, result: Err(error.into()) };
                return self.settle(run, delivery, &tried).await.map(|()| None);
            }
        };
        let entered = match refused.get() {
            Some(pause) => Err(*pause),
            None => self.hosts.enter(&address.authority()),
        };
        let permit = match entered {
            Ok(permit) => permit,
            Err(pause) => {
                let pause = *refused.get_or_init(|| pause);
                if has_outlived(&delivery, run.now()) {
                    self.give_up(run, delivery).await?;
                }
                return Ok(Some(pause));
            }
        };
        let (at, begun) = (run.now(), Instant::now());
        let request = Request {
            method: Method::POST,
            to: &address,
            headers: headers(endpoint, &delivery, at).map_err(|error| JobError::fail("bad_secret", error))?,
            body: Bytes::from(delivery.body.clone()).into(),
            limits: LIMITS,
        };
        let result = tokio::select! {
            result = self.client.send(request) => result,
            // It is sent again when the job continues.
            () = run.cancelled().cancelled() => return Ok(None),
        };
        note(&permit, &result);
        drop(permit);
        let tried = Tried { at, took: begun.elapsed(), result };
        self.settle(run, delivery, &tried).await.map(|()| None)
    }

    /// Records an attempt.
    async fn settle(&self, run: &Run, delivery: DeliveryRow, tried: &Tried) -> Result<(), JobError> {
        let random = self.randomness.fraction();
        run.write(async |tx| {
            let Some((mut row, mut delivery)) = both(tx, run, &delivery).await? else { return Ok(()) };
            let now = tx.now().await?;
            let verdict = tried.settle(&mut row, &mut delivery, now, random);
            deliveries::add_attempt(tx, &delivery.id, &tried.row(delivery.attempts)).await?;
            write(tx, &mut row, &delivery, verdict, now).await
        })
        .await?;
        Ok(())
    }

    /// Gives up a delivery that exceeded its lifetime while it waited for the host.
    async fn give_up(&self, run: &Run, delivery: DeliveryRow) -> Result<(), JobError> {
        run.write(async |tx| {
            let Some((mut row, mut delivery)) = both(tx, run, &delivery).await? else { return Ok(()) };
            let now = tx.now().await?;
            let verdict = given_up(&row, &mut delivery, now);
            write(tx, &mut row, &delivery, verdict, now).await
        })
        .await?;
        Ok(())
    }
}

/// The endpoint and the delivery as they are now, locked; none if one of them was deleted.
async fn both(tx: &mut Tx, run: &Run, old: &DeliveryRow) -> Result<Option<(WebhookRow, DeliveryRow)>, StoreError> {
    let Some(row) = webhooks::locked(tx, run.owner(), &old.webhook).await? else { return Ok(None) };
    let delivery = deliveries::locked(tx, run.owner(), &old.webhook, &old.id).await?;
    Ok(delivery.map(|delivery| (row, delivery)))
}

async fn write(
    tx: &mut Tx,
    row: &mut WebhookRow,
    delivery: &DeliveryRow,
    verdict: Verdict,
    now: Timestamp,
) -> Result<(), StoreError> {
    let reason = match verdict {
        Verdict::Stays => None,
        Verdict::Gone => Some(GONE),
        Verdict::Failing => Some(FAILING),
    };
    if let Some(reason) = reason.filter(|_| row.disabled.is_none()) {
        disable(tx, row, reason, now)?;
    }
    deliveries::save(tx, delivery).await?;
    webhooks::save(tx, row).await
}

/// Tells the host's circuit breaker whether the host responded. A request that was refused before a connection says nothing about
/// the host.
fn note(permit: &Permit, result: &Result<sluice_outbound::Answer, SendError>) {
    match result {
        Ok(_) => permit.answered(),
        Err(SendError::Address(_) | SendError::Forbidden) => {}
        Err(_) => permit.was_silent(),
    }
}

/// The headers of an attempt, by the standard.
fn headers(endpoint: &WebhookRow, delivery: &DeliveryRow, at: Timestamp) -> Result<HeaderMap, String> {
    let seconds = at.as_millis() / 1_000;
    let mut secrets = vec![endpoint.secret.as_str()];
    secrets.extend(endpoint.previous.as_ref().filter(|(_, until)| *until > at).map(|(secret, _)| secret.as_str()));
    let signed = signatures(&secrets, delivery.id.as_str(), seconds, &delivery.body);
    let signed = signed.map_err(|error| error.to_string())?;
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| error.to_string());
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("webhook-id", value(delivery.id.as_str())?);
    headers.insert("webhook-timestamp", value(&seconds.to_string())?);
    headers.insert("webhook-signature", value(&signed)?);
    Ok(headers)
}
