//! Talks, clips and expressives: created, started, and then done, error or rejected.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use sluice_domain::time::{Timestamp, millis};

use super::check;
use crate::bill::prices;
use crate::call::Call;
use crate::faults::Fault;
use crate::media::video;
use crate::numbers::ceil;
use crate::refusal::{Refusal, Refused};
use crate::state::{Twin, date, hash};
use crate::webhooks::{self, Webhook};

/// Seconds of video that a credit pays for.
const CREDIT_SECONDS: f64 = 15.0;
/// What an old webhook is older by.
const YEAR: Duration = Duration::from_hours(365 * 24);
const OWNER: &str = "twin|owner";

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Talk,
    Clip,
    Expressive,
}

/// A job of D-ID.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    id: String,
    kind: Kind,
    created: Timestamp,
    outcome: Outcome,
    /// What was asked for.
    body: Value,
    /// What the video has.
    seconds: f64,
    /// How many links that have expired are still given.
    expired_links: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Error,
    Rejected,
    Never,
}

impl Job {
    fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }

    fn status(&self, now: Timestamp, time: Duration) -> &'static str {
        let age = now.since(self.created);
        match self.outcome {
            _ if age * 3 < time => "created",
            // Moderation refuses what was not begun.
            Outcome::Rejected if age >= time => "rejected",
            Outcome::Rejected => "created",
            Outcome::Never => "started",
            _ if age < time => "started",
            Outcome::Done => "done",
            Outcome::Error => "error",
        }
    }

    pub(super) fn is_done(&self, twin: &Twin) -> bool {
        self.status(twin.now(), twin.job_time()) == "done"
    }

    pub(super) fn format(&self) -> &str {
        self.body.pointer("/config/result_format").and_then(Value::as_str).unwrap_or("mp4")
    }

    pub(super) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// What the provider tells of it.
    fn view(&self, twin: &Twin) -> Value {
        let (now, time) = (twin.now(), twin.job_time());
        let status = self.status(now, time);
        let changed = if status == "created" { self.created } else { now.min(self.created + time) };
        let mut view = Map::new();
        let mut set = |name: &str, value: Value| view.insert(name.to_owned(), value);
        set("id", json!(self.id));
        set("status", json!(status));
        set("created_at", json!(date(self.created)));
        set("modified_at", json!(date(changed)));
        set("created_by", json!(OWNER));
        for field in ["user_data", "name", "webhook"] {
            if let Some(value) = self.text(field) {
                set(field, json!(value));
            }
        }
        if status != "created" {
            set("started_at", json!(date(self.created + time / 3)));
        }
        set("metadata", json!({}));
        self.of_kind(&mut set);
        match status {
            "done" => {
                let extension = self.format();
                set("result_url", json!(self.link(twin)));
                set("duration", json!(video::length(self.seconds, extension)));
                if self.kind != Kind::Talk {
                    set("completed_at", json!(date(self.created + time)));
                }
                set("audio_url", json!(format!("https://example.org/twin-results/{}.wav", self.id)));
            }
            "error" => {
                set(
                    "error",
                    json!({ "kind": "InternalServerError", "description": "the video could not be rendered" }),
                );
            }
            "rejected" => {
                set(
                    "error",
                    json!({ "kind": "TextModerationError", "description": "the script was refused by moderation" }),
                );
            }
            _ if self.kind == Kind::Talk => {
                set("pending_url", json!(format!("s3://twin-results/pending/{}.mp4", self.id)));
            }
            _ => {}
        }
        Value::Object(view)
    }

    /// What the list of its kind tells of it, which leaves out what only the job itself has.
    fn listed(&self, twin: &Twin) -> Value {
        let left_out: &[&str] = match self.kind {
            Kind::Talk => &["name", "user_data", "duration", "error", "pending_url"],
            Kind::Clip => &["user_data", "duration", "error"],
            Kind::Expressive => &[],
        };
        let mut view = self.view(twin);
        if let Some(view) = view.as_object_mut() {
            view.retain(|name, _| !left_out.contains(&name.as_str()));
        }
        view
    }

    /// What only jobs of this kind have.
    fn of_kind(&self, set: &mut impl FnMut(&str, Value) -> Option<Value>) {
        match self.kind {
            Kind::Talk => {
                set("user_id", json!(OWNER));
                set("source_url", json!(self.text("source_url").unwrap_or("https://example.org/actor.jpg")));
                // Observed: the format comes back with a dot.
                set(
                    "config",
                    json!({ "stitch": false, "fluent": false, "pad_audio": 0.0, "result_format": format!(".{}", self.format()) }),
                );
            }
            Kind::Clip => {
                set("owner_id", json!(OWNER));
                set("presenter_id", json!(self.text("presenter_id").unwrap_or("v2_public_twin_ada")));
                set("driver_id", json!(self.text("driver_id").unwrap_or("driver-1")));
                set("config", json!({ "result_format": self.format() }));
            }
            Kind::Expressive => {
                set("owner_id", json!(OWNER));
                set("avatar_id", json!(self.text("avatar_id").unwrap_or_default()));
                if let Some(sentiment) = self.text("sentiment_id") {
                    set("sentiment_id", json!(sentiment));
                }
            }
        }
    }

    /// A link to the result, signed anew each time; one that has expired if that is planned.
    fn link(&self, twin: &Twin) -> String {
        let valid = i64::try_from(twin.settings().link_seconds).unwrap_or(i64::MAX);
        let expires = twin.now_seconds().saturating_add(if self.expired_links > 0 { -60 } else { valid });
        let file = format!("{}.{}", self.id, self.format());
        format!(
            "{}/d-id/results/{file}?AWSAccessKeyId=TWIN&Expires={expires}&Signature={}",
            twin.base(),
            signature(twin, &file, expires)
        )
    }
}

/// What signs a link.
pub(super) fn signature(twin: &Twin, file: &str, expires: i64) -> String {
    format!("{:016x}", hash(twin.seed(), &["link", file, &expires.to_string()]))
}

pub(crate) async fn create_talk(call: Call, body: Bytes) -> Result<Response, Refused> {
    create(call, Kind::Talk, &body).await
}

pub(crate) async fn create_clip(call: Call, body: Bytes) -> Result<Response, Refused> {
    create(call, Kind::Clip, &body).await
}

pub(crate) async fn create_expressive(call: Call, body: Bytes) -> Result<Response, Refused> {
    create(call, Kind::Expressive, &body).await
}

async fn create(call: Call, kind: Kind, body: &Bytes) -> Result<Response, Refused> {
    let body: Value = serde_json::from_slice(body).map_err(|_| call.refuse(Refusal::invalid("the body is no JSON")))?;
    let seconds = check::submission(&call, kind, &body)?;
    let twin = &call.twin;
    // By the length of the video.
    let format = body.pointer("/config/result_format").and_then(Value::as_str).unwrap_or("mp4");
    let credits = ceil(video::length(seconds, format) / CREDIT_SECONDS).max(1);
    if spent(twin) + credits > twin.settings().did_credits {
        return Err(call.refuse(Refusal::NoCredits));
    }
    let outcome = match call.fault {
        Some(Fault::JobError) => Outcome::Error,
        Some(Fault::JobRejected) => Outcome::Rejected,
        Some(Fault::NeverEnds) => Outcome::Never,
        _ => Outcome::Done,
    };
    let (prefix, object) = match kind {
        Kind::Talk => ("tlk_", "talk"),
        Kind::Clip => ("clp_", "clip"),
        Kind::Expressive => ("exp_", "expressive"),
    };
    let mut created = twin.now();
    let early = call.fails_with(&Fault::WebhookEarly);
    if early {
        created = Timestamp::from_millis(created.as_millis() - millis(twin.job_time()));
    }
    let expired_links = if let Some(Fault::LinkExpired { times }) = call.fault { times } else { 0 };
    let job = Job { id: twin.id(prefix), kind, created, outcome, body, seconds, expired_links };
    // What fails gives its credits back.
    if matches!(outcome, Outcome::Done | Outcome::Never) {
        call.charge(credits * prices::DID_CREDIT, &job.id, job.text("user_data").map(str::to_owned));
    }
    let reply = json!({ "id": job.id, "object": object, "created_at": date(created), "created_by": OWNER, "status": "created" });
    twin.with(|state| state.jobs.insert(job.id.clone(), job.clone()));
    let notifying = notify(twin.clone(), job, call.fault.clone());
    if early {
        notifying.await;
    } else if outcome != Outcome::Never {
        let time = twin.job_time();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            notifying.await;
        });
    }
    Ok((StatusCode::CREATED, Json(reply)).into_response())
}

/// Credits that were used so far.
pub(super) fn spent(twin: &Twin) -> u64 {
    twin.spent("d-id") / prices::DID_CREDIT
}

/// Sends the webhook of a job that has ended, with the faults of webhooks. It has no signature.
async fn notify(twin: Twin, job: Job, fault: Option<Fault>) {
    let Some(url) = job.text("webhook").map(str::to_owned) else { return };
    if fault == Some(Fault::WebhookNever) || twin.with(|state| !state.jobs.contains_key(&job.id)) {
        return;
    }
    if fault == Some(Fault::WebhookForged) {
        let mut forged = job.view(&twin);
        if let Some(forged) = forged.as_object_mut() {
            let status = if job.outcome == Outcome::Done { "error" } else { "done" };
            forged.insert("status".to_owned(), json!(status));
            forged.insert("result_url".to_owned(), json!("http://169.254.169.254/latest/meta-data/forged.mp4"));
        }
        webhooks::send(&twin, &unsigned(&url, &forged)).await;
    }
    let told = match fault {
        Some(Fault::WebhookOld) => {
            let created = Timestamp::from_millis(job.created.as_millis() - millis(YEAR));
            Job { created, expired_links: 1, ..job.clone() }.view(&twin)
        }
        _ => job.view(&twin),
    };
    let webhook = unsigned(&url, &told);
    webhooks::send(&twin, &webhook).await;
    if fault == Some(Fault::WebhookTwice) {
        webhooks::send(&twin, &webhook).await;
    }
}

fn unsigned(url: &str, body: &Value) -> Webhook {
    Webhook { url: url.to_owned(), headers: Vec::new(), body: body.to_string() }
}

pub(super) fn find(call: &Call, id: &str) -> Result<Job, Refused> {
    call.twin
        .with(|state| state.jobs.get(id).cloned())
        .ok_or_else(|| call.refuse(Refusal::NotFound(format!("{id} not found"))))
}

pub(crate) async fn show(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let job = find(&call, &id)?;
    let view = job.view(&call.twin);
    if view.get("result_url").is_some() && job.expired_links > 0 {
        call.twin.with(|state| {
            if let Some(job) = state.jobs.get_mut(&id) {
                job.expired_links -= 1;
            }
        });
    }
    Ok(Json(view))
}

pub(crate) async fn remove(call: Call, Path(id): Path<String>) -> Result<Response, Refused> {
    let job = find(&call, &id)?;
    if matches!(job.status(call.twin.now(), call.twin.job_time()), "created" | "started") {
        return Err(call.refuse(Refusal::Conflict("it is being processed")));
    }
    let view = job.view(&call.twin);
    call.twin.with(|state| state.jobs.remove(&id));
    Ok(if job.kind == Kind::Expressive { StatusCode::NO_CONTENT.into_response() } else { Json(view).into_response() })
}

type Options = Query<Vec<(String, String)>>;

pub(crate) async fn list_talks(call: Call, query: Options) -> Json<Value> {
    list(&call, Kind::Talk, "talks", &query)
}

pub(crate) async fn list_clips(call: Call, query: Options) -> Json<Value> {
    list(&call, Kind::Clip, "clips", &query)
}

pub(crate) async fn list_expressives(call: Call, query: Options) -> Json<Value> {
    list(&call, Kind::Expressive, "expressives", &query)
}

/// Newest first, in pages.
fn list(call: &Call, kind: Kind, name: &str, query: &Options) -> Json<Value> {
    let mut jobs: Vec<Job> =
        call.twin.with(|state| state.jobs.values().filter(|job| job.kind == kind).cloned().collect());
    jobs.sort_by(|one, other| other.created.cmp(&one.created).then_with(|| other.id.cmp(&one.id)));
    let views: Vec<Value> = jobs.iter().map(|job| job.listed(&call.twin)).collect();
    paged(&views, name, query)
}

/// A page of a list, by `limit` and `token`.
pub(super) fn paged(all: &[Value], name: &str, query: &Options) -> Json<Value> {
    let value =
        |wanted: &str| query.iter().find(|(field, _)| field == wanted).and_then(|(_, value)| value.parse().ok());
    let start: usize = value("token").unwrap_or(0).min(all.len());
    let end = start.saturating_add(value("limit").unwrap_or(100).clamp(1, 100)).min(all.len());
    let mut page = Map::new();
    page.insert(name.to_owned(), json!(all.get(start..end).unwrap_or_default()));
    if end < all.len() {
        page.insert("token".to_owned(), json!(end.to_string()));
    }
    Json(Value::Object(page))
}
