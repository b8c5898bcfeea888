//! `POST /embeddings`: vectors of length 1, nearer to each other the more words two texts share.

use axum::Json;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{model, object, reference};
use crate::bill::prices;
use crate::call::{Call, Provider};
use crate::numbers::{float, long, unit};
use crate::openai::chat_reply::dollars;
use crate::refusal::{Refusal, Refused};
use crate::state::hash;
use crate::text::tokens;

/// The most inputs of a request.
const INPUTS: usize = 2_048;
/// The most tokens of an input.
const TOKENS: u64 = 8_192;
/// The most tokens of a request.
const ALL_TOKENS: u64 = 300_000;

pub(crate) async fn embed(call: Call, body: Bytes) -> Result<Json<Value>, Refused> {
    let body = object(&call, &body)?;
    let model = model(&call, &body)?;
    let inputs = inputs(&call, &body)?;
    let size = if model.contains("3-large") { 3_072 } else { 1_536 };
    let wanted = body.get("dimensions").and_then(Value::as_u64).and_then(|wanted| usize::try_from(wanted).ok());
    let size = match wanted {
        Some(wanted) if model.contains("ada") || wanted == 0 || wanted > size => {
            return Err(call.refuse(Refusal::field("dimensions", "This model does not support the given dimensions.")));
        }
        Some(wanted) => wanted,
        None => size,
    };
    let total: u64 = inputs.iter().map(|input| tokens(input).max(1)).sum();
    let encoded = body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let data: Vec<Value> = inputs
        .iter()
        .enumerate()
        .map(|(index, input)| {
            let vector = vector(call.twin.seed(), input, size);
            let embedding = if encoded {
                let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
                json!(BASE64_STANDARD.encode(bytes))
            } else {
                json!(vector)
            };
            json!({ "object": "embedding", "index": index, "embedding": embedding })
        })
        .collect();
    let router = call.operation.provider == Provider::OpenRouter;
    let id = call.twin.id(if router { "gen-" } else { "emb_" });
    let price = (total * prices::EMBEDDING_100).div_ceil(100);
    call.charge(price, &id, reference(&body));
    let usage = json!({ "prompt_tokens": total, "total_tokens": total });
    let mut reply = json!({ "object": "list", "data": data, "model": model, "usage": usage });
    if router && let Some(reply) = reply.as_object_mut() {
        reply.insert("id".to_owned(), json!(id));
        reply.insert(
            "usage".to_owned(),
            json!({ "prompt_tokens": total, "total_tokens": total, "cost": dollars(price) }),
        );
        crate::openrouter::remember(&call, &id, model, price);
    }
    Ok(Json(reply))
}

/// The texts of a request; lists of tokens as the numbers that they are.
fn inputs(call: &Call, body: &Value) -> Result<Vec<String>, Refused> {
    let invalid = |message: String| call.refuse(Refusal::field("input", message));
    let texts: Vec<String> = match body.get("input") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) if all.iter().all(Value::is_number) && !all.is_empty() => {
            vec![Value::Array(all.clone()).to_string()]
        }
        Some(Value::Array(all)) => {
            all.iter().map(|input| input.as_str().map_or_else(|| input.to_string(), str::to_owned)).collect()
        }
        _ => return Err(invalid("Missing required parameter: 'input'.".to_owned())),
    };
    if texts.is_empty() || texts.len() > INPUTS || texts.iter().any(String::is_empty) {
        return Err(invalid("'$.input' is invalid. Please check the API reference.".to_owned()));
    }
    if let Some(long) = texts.iter().map(|text| tokens(text)).find(|tokens| *tokens > TOKENS) {
        return Err(invalid(format!(
            "This model's maximum context length is {TOKENS} tokens, however you requested {long} tokens."
        )));
    }
    if texts.iter().map(|text| tokens(text)).sum::<u64>() > ALL_TOKENS {
        return Err(invalid(format!("Requested too many tokens: the maximum is {ALL_TOKENS} per request.")));
    }
    Ok(texts)
}

/// The sum of a vector for each word.
fn vector(seed: u64, text: &str, size: usize) -> Vec<f32> {
    let mut sum = vec![0.0; size];
    for word in text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let start = hash(seed, &["word", &word.to_lowercase()]);
        // Few places for each word, far from those of others.
        for step in 0..16_u64 {
            let place = hash(start, &[&step.to_string()]);
            let at = usize::try_from(place % long(size)).unwrap_or(0);
            if let Some(value) = sum.get_mut(at) {
                *value += unit(place.rotate_left(17)) * 2.0 - 1.0;
            }
        }
    }
    let norm = sum.iter().map(|value: &f64| value * value).sum::<f64>().sqrt();
    let even = 1.0 / float(size).sqrt();
    sum.into_iter().map(|value| single(if norm > 0.0 { value / norm } else { even })).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a component of a unit vector, to the precision that is sent")]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> f32 {
        vector(3, one, 1_536).iter().zip(vector(3, other, 1_536)).map(|(one, other)| one * other).sum()
    }

    #[test]
    fn texts_with_the_same_words_are_near() {
        assert!((likeness("the lamp", "the lamp") - 1.0).abs() < 1e-4);
        assert!(likeness("the lamp was lit", "the lamp was out") > 0.4);
        assert!(likeness("the lamp was lit", "ships passed north") < 0.3);
    }
}
