//! `OpenRouter`: as `OpenAI`, but where it differs.

use axum::extract::{FromRequest as _, Multipart, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::bill::prices;
use crate::call::{Call, Provider};
use crate::gate::Gate;
use crate::media::picture::draw;
use crate::openai::chat_reply::{Reply, dollars};
use crate::openai::form::Form;
use crate::openai::transcript::Transcript;
use crate::openai::{audio, chat, embeddings, images, object, reference, required};
use crate::refusal::{Refusal, Refused};
use crate::state::{Twin, date, hash};
use crate::text::tokens;

/// Models: id, USD per token of a prompt, per token of a completion.
const MODELS: [(&str, &str, &str); 3] =
    [("openai/gpt-4o-mini", "0.00000015", "0.0000006"), ("twin/free:free", "0", "0"), ("openrouter/auto", "-1", "-1")];

pub(crate) fn routes(twin: &Twin) -> Router {
    let gate = Gate::new(twin, Provider::OpenRouter);
    Router::new()
        .route("/chat/completions", gate.guard("chat", post(chat::complete)))
        .route("/audio/transcriptions", gate.guard("transcribe", post(transcribe)))
        .route("/audio/speech", gate.guard("speech", post(audio::speak)))
        .route("/images", gate.guard("images", post(draw_images)))
        .route("/embeddings", gate.guard("embeddings", post(embeddings::embed)))
        .route("/models", gate.guard("models", get(models)))
        .route("/generation", gate.guard("generation", get(look_up)))
        .route("/key", gate.guard("key", get(key)))
        .route("/credits", gate.guard("credits", get(credits)))
}

/// What is known of a chat afterwards.
pub(crate) fn generation(call: &Call, reply: &Reply, body: &Value) -> Value {
    let mut known = bare(call, &reply.id, &reply.model, reply.micro_usd);
    if let Some(known) = known.as_object_mut() {
        let completion = reply.completion_tokens();
        for (prompt, field) in [
            (true, "tokens_prompt"),
            (true, "native_tokens_prompt"),
            (false, "tokens_completion"),
            (false, "native_tokens_completion"),
        ] {
            known.insert(field.to_owned(), json!(if prompt { reply.prompt_tokens } else { completion }));
        }
        known.insert("api_type".to_owned(), json!("completions"));
        known.insert("finish_reason".to_owned(), json!(reply.finish_reason()));
        known.insert("native_finish_reason".to_owned(), json!("stop"));
        known.insert("external_user".to_owned(), json!(body.get("user").and_then(Value::as_str)));
        known.insert("session_id".to_owned(), json!(body.get("session_id").and_then(Value::as_str)));
        known.insert("streamed".to_owned(), json!(body.get("stream").and_then(Value::as_bool).unwrap_or(false)));
    }
    known
}

/// Remembers what is no chat.
pub(crate) fn remember(call: &Call, id: &str, model: &str, micro_usd: u64) {
    let known = bare(call, id, model, micro_usd);
    call.twin.with(|state| state.generations.insert(id.to_owned(), known));
}

/// What is not known of a generation.
const UNKNOWN: [&str; 30] = [
    "api_type",
    "app_id",
    "cache_discount",
    "external_user",
    "finish_reason",
    "http_referer",
    "moderation_latency",
    "native_finish_reason",
    "native_tokens_cached",
    "native_tokens_completion",
    "native_tokens_completion_images",
    "native_tokens_prompt",
    "native_tokens_reasoning",
    "num_fetches",
    "num_input_audio_prompt",
    "num_media_completion",
    "num_media_prompt",
    "num_search_results",
    "preset_id",
    "provider_responses",
    "router",
    "service_tier",
    "session_id",
    "web_search_engine",
    "tokens_completion",
    "tokens_prompt",
    "upstream_id",
    "upstream_inference_cost",
    "user_agent",
    "workspace_id",
];

fn bare(call: &Call, id: &str, model: &str, micro_usd: u64) -> Value {
    let cost = dollars(micro_usd);
    let mut known = json!({
        "id": id, "model": model, "total_cost": cost, "usage": cost, "created_at": date(call.twin.now()), "cancelled": false,
        "data_region": "global", "generation_time": 12, "is_byok": false, "latency": 5, "origin": "", "provider_name": "Twin",
        "streamed": false,
    });
    if let Some(known) = known.as_object_mut() {
        known.extend(UNKNOWN.iter().map(|name| ((*name).to_owned(), Value::Null)));
    }
    known
}

async fn look_up(call: Call, Query(query): Query<Vec<(String, String)>>) -> Result<Json<Value>, Refused> {
    let id = query.iter().find(|(name, _)| name == "id").map(|(_, id)| id.as_str()).unwrap_or_default();
    let found = call.twin.with(|state| state.generations.get(id).cloned());
    let data = found.ok_or_else(|| call.refuse(Refusal::NotFound(format!("Generation {id} not found"))))?;
    Ok(Json(json!({ "data": data })))
}

/// A sound in JSON, or in a form.
async fn transcribe(call: Call, request: Request) -> Result<Json<Value>, Refused> {
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let (transcript, format, words, language, model) = if is_form {
        let form = Form::read(&call, Multipart::from_request(request, &()).await).await?;
        let text = |name: &str| form.value(name).unwrap_or_default().to_owned();
        let words = form.has("timestamp_granularities", "word");
        (audio::transcript(&call, &form)?, text("response_format"), words, text("language"), text("model"))
    } else {
        let body = Bytes::from_request(request, &()).await.unwrap_or_default();
        let body = object(&call, &body)?;
        let model = crate::openai::model(&call, &body)?.to_owned();
        let sound = body.pointer("/input_audio/data").and_then(Value::as_str).unwrap_or_default();
        let sound =
            BASE64_STANDARD.decode(sound).map_err(|_| call.refuse(Refusal::field("input_audio", "not base64")))?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let words = body.get("timestamp_granularities").is_some_and(|all| all.to_string().contains("word"));
        (audio::heard(&call, &sound.into())?, text("response_format"), words, text("language"), model)
    };
    if !matches!(format.as_str(), "" | "json" | "verbose_json") {
        return Err(call.refuse(Refusal::field("response_format", "response_format must be json or verbose_json")));
    }
    Ok(Json(transcribed(&call, &transcript, &format, words, &language, &model)))
}

fn transcribed(call: &Call, transcript: &Transcript, format: &str, words: bool, language: &str, model: &str) -> Value {
    let id = call.twin.id("gen-");
    let price = transcript.charged_seconds() * prices::HEARD_SECOND;
    call.charge(price, &id, None);
    remember(call, &id, model, price);
    let usage = json!({
        "seconds": transcript.seconds, "input_tokens": 1, "output_tokens": tokens(&transcript.text),
        "total_tokens": tokens(&transcript.text) + 1, "cost": dollars(price),
    });
    let mut reply = if format == "verbose_json" {
        transcript.verbose(if language.is_empty() { "en" } else { language }, words, true)
    } else {
        json!({ "text": transcript.text })
    };
    if let Some(reply) = reply.as_object_mut() {
        reply.insert("usage".to_owned(), usage);
    }
    reply
}

async fn draw_images(call: Call, body: Bytes) -> Result<Response, Refused> {
    let body = object(&call, &body)?;
    let model = crate::openai::model(&call, &body)?.to_owned();
    let prompt = required(&call, &body, "prompt")?;
    let (width, height) = images::size(&call, body.get("size").and_then(Value::as_str).unwrap_or("auto"))?;
    let (kind, format) = images::kind(&call, body.get("output_format").and_then(Value::as_str))?;
    let count = body.get("n").and_then(Value::as_u64).unwrap_or(1).clamp(1, 10);
    let data: Vec<Value> = (0..count)
        .map(|number| {
            let picture = draw(width, height, hash(call.twin.seed(), &["image", prompt, &number.to_string()]), format);
            json!({ "b64_json": BASE64_STANDARD.encode(picture), "media_type": format!("image/{kind}") })
        })
        .collect();
    let (id, price) = (call.twin.id("gen-"), count * prices::IMAGE);
    call.charge(price, &id, reference(&body));
    remember(&call, &id, &model, price);
    let prompt = tokens(prompt).max(1);
    let usage = json!({
        "prompt_tokens": prompt, "completion_tokens": 4_160, "total_tokens": prompt + 4_160, "cost": dollars(price), "is_byok": false,
    });
    let reply = json!({ "created": call.twin.now_seconds(), "data": data, "usage": usage });
    Ok(([("x-generation-id", id)], Json(reply)).into_response())
}

async fn models(_: Call) -> Json<Value> {
    let all: Vec<Value> = MODELS
        .iter()
        .map(|(id, prompt, completion)| {
            json!({
                "id": id, "canonical_slug": id, "name": id, "created": 1_721_172_741, "description": "", "context_length": 128_000,
                "architecture": { "modality": "text->text", "input_modalities": ["text"], "output_modalities": ["text"],
                                  "tokenizer": "GPT", "instruct_type": null },
                "pricing": { "prompt": prompt, "completion": completion, "request": "0", "image": "0" },
                "top_provider": { "context_length": null, "max_completion_tokens": null, "is_moderated": false },
                "per_request_limits": null, "supported_parameters": ["max_tokens", "temperature", "response_format"],
                "default_parameters": null, "supported_voices": null, "links": { "details": format!("/api/v1/models/{id}/endpoints") },
            })
        })
        .collect();
    Json(json!({ "data": all, "total_count": all.len(), "links": { "next": null } }))
}

async fn key(call: Call) -> Json<Value> {
    let used = dollars(call.twin.spent("openrouter"));
    Json(json!({ "data": {
        "label": "sk-or-v1-twin...", "limit": null, "limit_remaining": null, "limit_reset": null, "include_byok_in_limit": false,
        "usage": used, "usage_daily": used, "usage_weekly": used, "usage_monthly": used, "byok_usage": 0.0,
        "byok_usage_daily": 0.0, "byok_usage_weekly": 0.0, "byok_usage_monthly": 0.0, "is_free_tier": false,
        "is_management_key": false, "is_provisioning_key": false, "creator_user_id": null, "expires_at": null,
        "rate_limit": { "requests": -1, "interval": "10s", "note": "This field is deprecated and safe to ignore." },
    } }))
}

async fn credits(call: Call) -> Json<Value> {
    let total = dollars(call.twin.settings().openrouter_micro_usd);
    Json(json!({ "data": { "total_credits": total, "total_usage": dollars(call.twin.spent("openrouter")) } }))
}
