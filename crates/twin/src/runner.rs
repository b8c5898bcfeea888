//! A runner of jobs, as `docs/gpu-runner.md` describes it: people's own workers. Submit, look, fetch the file, cancel, and a signed
//! webhook by Standard Webhooks. The same key is the same job, and is charged once.

use std::time::Duration;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use sluice_domain::time::Timestamp;

use crate::bill::prices;
use crate::call::{Call, Provider};
use crate::faults::Fault;
use crate::gate::Gate;
use crate::media::sound::{Format, seconds, speak};
use crate::media::video;
use crate::openai::form::Form;
use crate::openai::transcript::Transcript;
use crate::refusal::{Refusal, Refused};
use crate::state::{Twin, date};
use crate::text::{Timed, timed};
use crate::webhooks::{self, Webhook};

/// The secret that the runner signs its webhooks with.
pub const WEBHOOK_SECRET: &str = "whsec_c2x1aWNlLXR3aW4tcnVubmVyLXNlY3JldC0wMDE=";
/// A secret that nobody gave the runner.
const FORGED_SECRET: &str = "whsec_Zm9yZ2VkLWZvcmdlZC1mb3JnZWQtZm9yZ2VkLTE=";
/// The parameter with the id of a call that takes long.
const CALL_ID: &str = "__modal_function_call_id";
/// What an old webhook is older by, in seconds.
const YEAR: i64 = 365 * 86_400;
/// Samples of a second of what it speaks.
const RATE: u32 = 24_000;
const DOLLAR: f64 = 1_000_000.0;

/// A job of the runner.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    id: String,
    key: Option<String>,
    kind: &'static str,
    callback: Option<String>,
    created: Timestamp,
    outcome: Outcome,
    is_cancelled: bool,
    made: Made,
}

/// What a job makes.
#[derive(Debug, Clone)]
struct Made {
    result: Value,
    /// Its type and its bytes.
    file: Option<(&'static str, Bytes)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Succeeds,
    Fails,
    IsRejected,
    Never,
}

pub(crate) fn routes(twin: &Twin) -> Router {
    let gate = Gate::new(twin, Provider::Runner);
    Router::new()
        .route("/jobs", gate.guard("submit", post(submit)).merge(gate.guard("list", get(list))))
        .route(
            "/jobs/{id}",
            gate.guard("status", get(status)).merge(gate.guard("cancel", axum::routing::delete(cancel))),
        )
        .route("/jobs/{id}/file", gate.guard("file", get(file)))
}

impl Run {
    fn status(&self, now: Timestamp, time: Duration) -> &'static str {
        let age = now.since(self.created);
        match self.outcome {
            _ if self.is_cancelled => "cancelled",
            _ if age * 3 < time => "queued",
            Outcome::Never => "running",
            _ if age < time => "running",
            Outcome::Succeeds => "succeeded",
            Outcome::Fails => "failed",
            Outcome::IsRejected => "rejected",
        }
    }

    fn view(&self, twin: &Twin) -> Value {
        let status = self.status(twin.now(), twin.job_time());
        let mut view =
            json!({ "id": self.id, "status": status, "model": format!("twin-{}", self.kind), "version": "1" });
        let more = match status {
            "queued" | "running" => json!({ "poll_after_seconds": 1 }),
            "succeeded" => json!({ "result": self.made.result, "cost_usd": self.cost() }),
            "failed" => json!({ "error": { "code": "worker_failed", "message": "CUDA out of memory" }, "cost_usd": 0 }),
            "rejected" => {
                json!({ "error": { "code": "moderation", "message": "The text is not spoken." }, "cost_usd": 0 })
            }
            _ => json!({ "cost_usd": self.cost() }),
        };
        if let (Some(view), Value::Object(more)) = (view.as_object_mut(), more) {
            view.extend(more);
        }
        view
    }

    /// What is on the bill for it.
    fn cost(&self) -> f64 {
        if self.outcome == Outcome::Succeeds {
            f64::from(u32::try_from(prices::RUN).unwrap_or(0)) / DOLLAR
        } else {
            0.0
        }
    }
}

async fn submit(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let missing = |field: &'static str| {
        call.refuse(Refusal::Unprocessable { field, message: format!("The field {field} is missing or wrong.") })
    };
    let job = form.value("job").and_then(|job| serde_json::from_str::<Value>(job).ok()).filter(Value::is_object);
    let job = job.ok_or_else(|| missing("job"))?;
    let text = |name: &str| job.get(name).and_then(Value::as_str).map(str::to_owned);
    let key = text("key").or_else(|| call.idempotency_key.clone());
    if call.idempotency_key.is_some() && call.idempotency_key != key {
        return Err(missing("key"));
    }
    let known = key
        .as_ref()
        .and_then(|key| call.twin.with(|state| state.runs.values().find(|run| run.key.as_ref() == Some(key)).cloned()));
    if let Some(run) = known {
        return Ok((StatusCode::ACCEPTED, Json(run.view(&call.twin))).into_response());
    }
    let (kind, made) = make(&call, &job, &form)?;
    let outcome = match call.fault {
        Some(Fault::JobError) => Outcome::Fails,
        Some(Fault::JobRejected) => Outcome::IsRejected,
        Some(Fault::NeverEnds) => Outcome::Never,
        _ => Outcome::Succeeds,
    };
    let mut run = Run {
        id: call.twin.id("fc-"),
        key,
        kind,
        callback: text("callback_url"),
        created: call.twin.now(),
        outcome,
        is_cancelled: false,
        made,
    };
    let early = call.fails_with(&Fault::WebhookEarly);
    if early {
        run.created =
            Timestamp::from_millis(run.created.as_millis() - sluice_domain::time::millis(call.twin.job_time()));
    }
    if outcome == Outcome::Succeeds {
        let charged = Call { idempotency_key: run.key.clone(), ..call.clone() };
        charged.charge(prices::RUN, &run.id, None);
    }
    call.twin.with(|state| state.runs.insert(run.id.clone(), run.clone()));
    let notifying = notify(call.twin.clone(), run.clone(), call.fault.clone());
    if early {
        notifying.await;
    } else if outcome != Outcome::Never {
        let time = call.twin.job_time();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            notifying.await;
        });
    }
    if let Some(Fault::SeeOther { hops }) = call.fault {
        return Ok(see_other(&call.twin, &run.id, hops));
    }
    Ok((StatusCode::ACCEPTED, Json(submitted(&run))).into_response())
}

/// Does what a job asks for, at once; it is shown when the job's time is over.
fn make(call: &Call, job: &Value, form: &Form) -> Result<(&'static str, Made), Refused> {
    let missing = |field: &'static str| {
        call.refuse(Refusal::Unprocessable { field, message: format!("The field {field} is missing or wrong.") })
    };
    let request = job.get("request").ok_or_else(|| missing("request"))?;
    let sound = || form.file("sound").map(|sound| &sound.bytes).ok_or_else(|| missing("sound"));
    match job.get("kind").and_then(Value::as_str) {
        Some("speak") => {
            let text = request.get("text").and_then(Value::as_str).ok_or_else(|| missing("text"))?;
            request.get("voice").and_then(Value::as_str).ok_or_else(|| missing("voice"))?;
            let bytes = speak(text, 1.0, Format::Wav(RATE));
            call.twin.remember(&bytes, text);
            let words: Vec<Value> = timed(text, seconds(text, 1.0)).iter().map(word).collect();
            Ok(("speak", Made { result: json!({ "words": words }), file: Some(("audio/wav", bytes)) }))
        }
        Some("transcribe") => {
            let heard = Transcript::of(&call.twin, sound()?);
            let language = request.get("language").and_then(Value::as_str).unwrap_or("en");
            let of = |start: f64, end: f64| {
                heard.words.iter().filter(move |it| it.start >= start && it.end <= end).map(word)
            };
            let segments = heard.segments().into_iter().map(|segment| {
                let words: Vec<Value> = of(segment.start, segment.end).collect();
                json!({ "text": segment.text, "start": segment.start, "end": segment.end, "speaker": 0, "words": words })
            });
            let segments: Vec<Value> = segments.collect();
            let result = json!({ "language": language, "duration": heard.seconds, "segments": segments });
            Ok(("transcribe", Made { result, file: None }))
        }
        Some("present") => {
            sound()?;
            request.get("presenter").and_then(Value::as_str).ok_or_else(|| missing("presenter"))?;
            let length = request.get("duration_ms").and_then(Value::as_f64).unwrap_or(5_000.0) / 1_000.0;
            let (kind, bytes) = video::presenter(length, "mp4");
            Ok(("present", Made { result: json!({}), file: Some((kind, bytes)) }))
        }
        _ => Err(missing("kind")),
    }
}

fn word(word: &Timed) -> Value {
    json!({ "text": word.text, "start": word.start, "end": word.end })
}

/// A redirect to the reply of a call, which there is after so many of them.
fn see_other(twin: &Twin, id: &str, hops: u64) -> Response {
    let location = format!("{}/runner/jobs?{CALL_ID}={id}&hops={}", twin.base(), hops.saturating_sub(1));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn submitted(run: &Run) -> Value {
    json!({ "id": run.id, "status": "queued", "poll_after_seconds": 1 })
}

/// Sends the webhook of a job that has ended, with the faults of webhooks.
async fn notify(twin: Twin, run: Run, fault: Option<Fault>) {
    let Some(url) = run.callback.clone() else { return };
    let known = twin.with(|state| state.runs.get(&run.id).cloned());
    if known.is_none_or(|run| run.is_cancelled) || fault == Some(Fault::WebhookNever) {
        return;
    }
    let kind = if run.outcome == Outcome::Succeeds { "job.completed" } else { "job.failed" };
    let id = twin.id("msg_");
    let now = twin.now_seconds();
    let body =
        |kind: &str| json!({ "type": kind, "timestamp": date(twin.now()), "data": { "id": run.id } }).to_string();
    if fault == Some(Fault::WebhookForged) {
        webhooks::send(&twin, &signed(&url, &twin.id("msg_"), now, FORGED_SECRET, body("job.failed"))).await;
    }
    let at = if fault == Some(Fault::WebhookOld) { now - YEAR } else { now };
    let webhook = signed(&url, &id, at, WEBHOOK_SECRET, body(kind));
    webhooks::send(&twin, &webhook).await;
    if fault == Some(Fault::WebhookTwice) {
        webhooks::send(&twin, &webhook).await;
    }
}

/// A webhook with its signature.
fn signed(url: &str, id: &str, at: i64, secret: &str, body: String) -> Webhook {
    let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok()).unwrap_or_default();
    let signature = Hmac::<Sha256>::new_from_slice(&key)
        .map(|mac| BASE64_STANDARD.encode(mac.chain_update(format!("{id}.{at}.{body}")).finalize().into_bytes()))
        .unwrap_or_default();
    let headers = vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ];
    Webhook { url: url.to_owned(), headers, body }
}

fn find(call: &Call, id: &str) -> Result<Run, Refused> {
    call.twin
        .with(|state| state.runs.get(id).cloned())
        .ok_or_else(|| call.refuse(Refusal::NotFound(format!("There is no job {id}."))))
}

/// Jobs, all or those of a key; or the reply of a call that was redirected here.
async fn list(call: Call, Query(query): Query<Vec<(String, String)>>) -> Result<Response, Refused> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    if let Some(id) = value(CALL_ID) {
        let run = find(&call, &id)?;
        return Ok(match value("hops").and_then(|hops| hops.parse().ok()).unwrap_or(0) {
            0 => (StatusCode::ACCEPTED, Json(submitted(&run))).into_response(),
            hops => see_other(&call.twin, &id, hops),
        });
    }
    let key = value("key");
    let runs: Vec<Run> =
        call.twin.with(|state| state.runs.values().filter(|run| key.is_none() || run.key == key).cloned().collect());
    let views: Vec<Value> = runs.iter().map(|run| run.view(&call.twin)).collect();
    Ok(Json(json!({ "jobs": views })).into_response())
}

async fn status(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let run = find(&call, &id)?;
    if call.fails_with(&Fault::LinkExpired { times: 1 }) {
        return Ok(Json(json!({ "id": run.id, "status": "expired" })));
    }
    Ok(Json(run.view(&call.twin)))
}

async fn cancel(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let mut run = find(&call, &id)?;
    if matches!(run.status(call.twin.now(), call.twin.job_time()), "queued" | "running") {
        run.is_cancelled = true;
        call.twin.with(|state| state.runs.insert(id, run.clone()));
    }
    Ok(Json(run.view(&call.twin)))
}

/// What the job made: 404 while there is nothing, 410 when it is gone.
async fn file(call: Call, Path(id): Path<String>) -> Result<Response, Refused> {
    let run = find(&call, &id)?;
    if call.fails_with(&Fault::LinkExpired { times: 1 }) {
        return Ok((StatusCode::GONE, Json(json!({ "detail": "The result has expired." }))).into_response());
    }
    let is_done = run.status(call.twin.now(), call.twin.job_time()) == "succeeded";
    let (kind, bytes) = run
        .made
        .file
        .filter(|_| is_done)
        .ok_or_else(|| call.refuse(Refusal::NotFound(format!("The job {id} has no file, or none yet."))))?;
    Ok(([(CONTENT_TYPE, kind)], bytes).into_response())
}
