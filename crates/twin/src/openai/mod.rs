//! `OpenAI`: chat, sound, images, embeddings.

pub(crate) mod audio;
mod catalogue;
pub(crate) mod chat;
pub(crate) mod chat_reply;
pub(crate) mod embeddings;
pub(crate) mod form;
pub(crate) mod images;
pub(crate) mod transcript;

use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::call::{Call, Provider};
use crate::gate::Gate;
use crate::refusal::{Refusal, Refused};
use crate::state::Twin;

/// What there is, and since when.
const MODELS: [(&str, i64); 10] = [
    ("gpt-5-mini", 1_754_425_928),
    ("gpt-4o", 1_715_367_049),
    ("gpt-4o-mini", 1_721_172_741),
    ("whisper-1", 1_677_532_384),
    ("gpt-4o-transcribe", 1_742_068_463),
    ("tts-1", 1_681_940_951),
    ("gpt-4o-mini-tts", 1_742_403_959),
    ("gpt-image-1", 1_745_517_030),
    ("text-embedding-3-small", 1_705_948_997),
    ("text-embedding-3-large", 1_705_953_180),
];

pub(crate) fn routes(twin: &Twin) -> Router {
    let gate = Gate::new(twin, Provider::OpenAi);
    Router::new()
        .route(
            "/chat/completions",
            gate.guard("chat", post(chat::complete)).merge(gate.guard("chat_list", get(chat::list))),
        )
        .route("/audio/transcriptions", gate.guard("transcribe", post(audio::transcribe)))
        .route("/audio/translations", gate.guard("translate", post(audio::translate)))
        .route("/audio/speech", gate.guard("speech", post(audio::speak)))
        .route("/images/generations", gate.guard("images", post(images::generate)))
        .route("/images/edits", gate.guard("image_edits", post(images::edit)))
        .route("/embeddings", gate.guard("embeddings", post(embeddings::embed)))
        .route("/moderations", gate.guard("moderations", post(moderate)))
        .route("/models", gate.guard("models", get(models)))
        .route("/models/{*model}", gate.guard("models_get", get(catalogue::show)))
}

/// The object of a request's body.
pub(crate) fn object(call: &Call, body: &Bytes) -> Result<Value, Refused> {
    match serde_json::from_slice::<Value>(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(call.refuse(Refusal::invalid("We could not parse the JSON body of your request."))),
    }
}

/// A text that has to be there.
pub(crate) fn required<'a>(call: &Call, body: &'a Value, field: &'static str) -> Result<&'a str, Refused> {
    body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(|| {
        call.refuse(Refusal::Unprocessable { field, message: format!("Missing required parameter: '{field}'.") })
    })
}

/// The model, unless there is none of its name: those that begin with `no-such`.
pub(crate) fn model<'a>(call: &Call, body: &'a Value) -> Result<&'a str, Refused> {
    let model = required(call, body, "model")?;
    if model.starts_with("no-such") {
        return Err(call.refuse(Refusal::NoModel(model.to_owned())));
    }
    Ok(model)
}

/// What the caller calls the request.
pub(crate) fn reference(body: &Value) -> Option<String> {
    let metadata = body.get("metadata").and_then(Value::as_object);
    let named = metadata.and_then(|metadata| metadata.get("reference").or_else(|| metadata.values().next()));
    let otherwise = ["session_id", "safety_identifier", "user"].iter().find_map(|field| body.get(field));
    named.or(otherwise).and_then(Value::as_str).map(str::to_owned)
}

async fn models(_: Call) -> Json<Value> {
    let all: Vec<Value> = MODELS
        .iter()
        .map(|(id, created)| json!({ "id": id, "object": "model", "created": created, "owned_by": "system" }))
        .collect();
    Json(json!({ "object": "list", "data": all }))
}

/// Flags what has the word `forbidden`.
async fn moderate(call: Call, body: Bytes) -> Result<Json<Value>, Refused> {
    const ALL: [&str; 13] = [
        "hate",
        "hate/threatening",
        "harassment",
        "harassment/threatening",
        "illicit",
        "illicit/violent",
        "self-harm",
        "self-harm/intent",
        "self-harm/instructions",
        "sexual",
        "sexual/minors",
        "violence",
        "violence/graphic",
    ];
    let body = object(&call, &body)?;
    let inputs = match body.get("input") {
        Some(Value::Array(inputs)) => inputs.clone(),
        Some(input) => vec![input.clone()],
        None => return Err(call.refuse(Refusal::field("input", "Missing required parameter: 'input'."))),
    };
    let results: Vec<Value> = inputs
        .iter()
        .map(|input| {
            let flagged = input.to_string().contains("forbidden");
            let each = |value: &dyn Fn(bool) -> Value| -> Value {
                ALL.iter().map(|name| ((*name).to_owned(), value(flagged && *name == "violence"))).collect()
            };
            json!({
                "flagged": flagged,
                "categories": each(&|yes| json!(yes)),
                "category_scores": each(&|yes| json!(if yes { 0.9 } else { 0.001 })),
                "category_applied_input_types": each(&|_| json!(["text"])),
            })
        })
        .collect();
    Ok(Json(json!({ "id": call.twin.id("modr-"), "model": "omni-moderation-latest", "results": results })))
}
