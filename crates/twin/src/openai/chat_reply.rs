//! The forms of a chat's reply: whole, or as a stream of events.

use std::convert::Infallible;

use axum::Json;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use serde_json::{Value, json};

use super::chat::pieces;
use crate::call::{Call, Provider};
use crate::faults::Fault;
use crate::refusal::Refusal;

/// What is answered.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) created: i64,
    pub(crate) content: String,
    pub(crate) refusal: Option<String>,
    /// A call of a function: its id, its name, and its arguments as JSON.
    pub(crate) tool: Option<(String, String, String)>,
    pub(crate) cut_short: bool,
    pub(crate) choices: u64,
    pub(crate) prompt_tokens: u64,
    pub(crate) micro_usd: u64,
}

impl Reply {
    pub(crate) fn finish_reason(&self) -> &'static str {
        match self {
            Self { cut_short: true, .. } => "length",
            Self { tool: Some(_), .. } => "tool_calls",
            _ => "stop",
        }
    }

    fn content(&self) -> Value {
        if self.refusal.is_some() || self.tool.is_some() { Value::Null } else { json!(self.content) }
    }

    fn usage(&self, provider: Provider) -> Value {
        let completion = self.completion_tokens();
        let mut usage = json!({
            "prompt_tokens": self.prompt_tokens, "completion_tokens": completion, "total_tokens": self.total_tokens(),
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": {
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            },
        });
        if let (Provider::OpenRouter, Some(usage)) = (provider, usage.as_object_mut()) {
            usage.insert("cost".to_owned(), json!(dollars(self.micro_usd)));
            usage.insert("is_byok".to_owned(), json!(false));
            let details = json!({
                "upstream_inference_cost": null, "upstream_inference_prompt_cost": 0.0, "upstream_inference_completions_cost": 0.0,
            });
            usage.insert("cost_details".to_owned(), details);
        }
        usage
    }

    /// The reply in one piece.
    pub(crate) fn whole(&self, provider: Provider) -> Value {
        let mut message =
            json!({ "role": "assistant", "content": self.content(), "refusal": self.refusal, "annotations": [] });
        if let (Some((id, name, arguments)), Some(message)) = (&self.tool, message.as_object_mut()) {
            let tool = json!([{ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } }]);
            message.insert("tool_calls".to_owned(), tool);
        }
        let choices: Vec<Value> = (0..self.choices)
            .map(|index| {
                let mut choice =
                    json!({ "index": index, "message": message, "logprobs": null, "finish_reason": self.finish_reason() });
                if let (Provider::OpenRouter, Some(choice)) = (provider, choice.as_object_mut()) {
                    choice.insert("native_finish_reason".to_owned(), json!("stop"));
                }
                choice
            })
            .collect();
        let mut whole = json!({
            "id": self.id, "object": "chat.completion", "created": self.created, "model": self.model, "choices": choices,
            "usage": self.usage(provider), "service_tier": "default", "system_fingerprint": "fp_twin",
        });
        if let (Provider::OpenRouter, Some(whole)) = (provider, whole.as_object_mut()) {
            whole.insert("provider".to_owned(), json!("Twin"));
        }
        whole
    }

    fn chunk(&self, provider: Provider, index: u64, delta: &Value, reason: Option<&str>) -> Value {
        let mut chunk = self.bare_chunk(provider);
        if let Some(chunk) = chunk.as_object_mut() {
            let choice = json!({ "index": index, "delta": delta, "logprobs": null, "finish_reason": reason });
            chunk.insert("choices".to_owned(), json!([choice]));
        }
        chunk
    }

    fn bare_chunk(&self, provider: Provider) -> Value {
        let mut chunk = json!({
            "id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": self.model, "choices": [],
            "service_tier": "default", "system_fingerprint": "fp_twin",
        });
        if let (Provider::OpenRouter, Some(chunk)) = (provider, chunk.as_object_mut()) {
            chunk.insert("provider".to_owned(), json!("Twin"));
        }
        chunk
    }

    /// The chunks of a stream, without its end.
    fn chunks(&self, provider: Provider, with_usage: bool) -> Vec<Value> {
        let mut chunks = Vec::new();
        for index in 0..self.choices {
            chunks.push(self.chunk(
                provider,
                index,
                &json!({ "role": "assistant", "content": "", "refusal": null }),
                None,
            ));
            if let Some(refusal) = &self.refusal {
                chunks.extend(
                    pieces(refusal).iter().map(|piece| self.chunk(provider, index, &json!({ "refusal": piece }), None)),
                );
            } else if let Some((id, name, arguments)) = &self.tool {
                let begin = json!([{ "index": 0, "id": id, "type": "function", "function": { "name": name, "arguments": "" } }]);
                chunks.push(self.chunk(provider, index, &json!({ "tool_calls": begin }), None));
                chunks.extend(pieces(arguments).iter().map(|piece| {
                    let part = json!([{ "index": 0, "function": { "arguments": piece } }]);
                    self.chunk(provider, index, &json!({ "tool_calls": part }), None)
                }));
            } else {
                chunks.extend(
                    pieces(&self.content)
                        .iter()
                        .map(|piece| self.chunk(provider, index, &json!({ "content": piece }), None)),
                );
            }
            chunks.push(self.chunk(provider, index, &json!({}), Some(self.finish_reason())));
        }
        if with_usage {
            // OpenRouter has usage in the last chunk alone.
            let others = chunks.iter_mut().filter(|_| provider != Provider::OpenRouter);
            for chunk in others.filter_map(Value::as_object_mut) {
                chunk.insert("usage".to_owned(), Value::Null);
            }
            let mut last = self.bare_chunk(provider);
            if let Some(last) = last.as_object_mut() {
                last.insert("usage".to_owned(), self.usage(provider));
            }
            chunks.push(last);
        }
        chunks
    }
}

/// Micro-USD as USD.
pub(crate) fn dollars(micro_usd: u64) -> f64 {
    u32::try_from(micro_usd).map_or(f64::from(u32::MAX), f64::from) / 1_000_000.0
}

/// The reply as it was asked for.
pub(crate) fn respond(call: &Call, body: &Value, reply: &Reply) -> Response {
    let provider = call.operation.provider;
    let streamed = body.get("stream").and_then(Value::as_bool) == Some(true);
    let mut response = if streamed {
        let usage = body.pointer("/stream_options/include_usage").and_then(Value::as_bool) == Some(true);
        let chunks = reply.chunks(provider, usage || provider == Provider::OpenRouter);
        events(stream_of(provider, chunks, call.fails_with(&Fault::StreamError)))
    } else {
        Json(reply.whole(provider)).into_response()
    };
    if provider == Provider::OpenRouter
        && let Ok(id) = HeaderValue::from_str(&reply.id)
    {
        response.headers_mut().insert("x-generation-id", id);
    }
    response
}

/// The events of a stream; with a failure in the middle.
fn stream_of(provider: Provider, mut chunks: Vec<Value>, fails: bool) -> Vec<String> {
    let mut events = Vec::new();
    if provider == Provider::OpenRouter {
        events.push(": OPENROUTER PROCESSING\n\n".to_owned());
    }
    if fails {
        chunks.truncate(chunks.len() / 2);
        let mut error = Refusal::Status(502).form(provider).1;
        if let (Provider::OpenRouter, Some(error)) = (provider, error.as_object_mut()) {
            error.insert(
                "error".to_owned(),
                json!({ "code": "server_error", "message": "Provider disconnected unexpectedly" }),
            );
            error.insert(
                "choices".to_owned(),
                json!([{ "index": 0, "delta": { "content": "" }, "finish_reason": "error" }]),
            );
        }
        chunks.push(error);
    }
    events.extend(chunks.iter().map(|chunk| format!("data: {chunk}\n\n")));
    if !fails {
        events.push("data: [DONE]\n\n".to_owned());
    }
    events
}

/// A stream of server-sent events, one by one.
pub(crate) fn events(events: Vec<String>) -> Response {
    let body = Body::from_stream(stream::iter(events.into_iter().map(Ok::<_, Infallible>)));
    ([(CONTENT_TYPE, "text/event-stream; charset=utf-8"), (CACHE_CONTROL, "no-cache")], body).into_response()
}
