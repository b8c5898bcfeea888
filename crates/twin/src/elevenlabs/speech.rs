//! Text to speech.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::account::{VOICES, limit_of};
use crate::bill::prices;
use crate::call::Call;
use crate::media::sound::{Format, character_seconds, seconds, speak};
use crate::numbers::{float, long, thousandths};
use crate::refusal::{Refusal, Refused};

/// Spoken texts that are kept to be listed.
const HISTORY: usize = 100_000;

/// What is to be spoken.
struct Order {
    text: String,
    speed: f64,
    format: Format,
    /// What it costs, in characters.
    characters: u64,
    request_id: String,
    item_id: String,
}

type Options = Query<Vec<(String, String)>>;

pub(crate) async fn whole(
    call: Call,
    Path(voice): Path<String>,
    query: Options,
    body: Bytes,
) -> Result<Response, Refused> {
    let (order, sound) = spoken(&call, &voice, &query, &body)?;
    Ok(with_headers(&order, ([(CONTENT_TYPE, order.format.content_type())], sound).into_response()))
}

pub(crate) async fn timed(
    call: Call,
    Path(voice): Path<String>,
    query: Options,
    body: Bytes,
) -> Result<Response, Refused> {
    let (order, sound) = spoken(&call, &voice, &query, &body)?;
    let reply = json!({
        "audio_base64": BASE64_STANDARD.encode(sound), "alignment": alignment(&order, 0, usize::MAX), "normalized_alignment": null,
    });
    Ok(with_headers(&order, Json(reply).into_response()))
}

/// The sound in two halves, each with its characters.
pub(crate) async fn timed_stream(
    call: Call,
    Path(voice): Path<String>,
    query: Options,
    body: Bytes,
) -> Result<Response, Refused> {
    let (order, sound) = spoken(&call, &voice, &query, &body)?;
    let (characters, bytes) = (order.text.chars().count() / 2, sound.len() / 2);
    let part = |sound: Bytes, from, to| {
        json!({
            "audio_base64": BASE64_STANDARD.encode(sound), "alignment": alignment(&order, from, to), "normalized_alignment": null,
        })
    };
    let first = part(sound.slice(..bytes), 0, characters);
    let second = part(sound.slice(bytes..), characters, usize::MAX);
    Ok(with_headers(&order, ([(CONTENT_TYPE, "application/json")], format!("{first}\n{second}\n")).into_response()))
}

/// The times of the characters from one to before another.
fn alignment(order: &Order, from: usize, to: usize) -> Value {
    let each = character_seconds(&order.text, order.speed);
    let all: Vec<(usize, char)> = order.text.chars().enumerate().skip(from).take(to.saturating_sub(from)).collect();
    // What is spoken ends with its sound, though a very short text is padded.
    let end = seconds(&order.text, order.speed);
    let time = |number: usize| thousandths((float(number) * each).min(end));
    json!({
        "characters": all.iter().map(|(_, character)| character.to_string()).collect::<Vec<_>>(),
        "character_start_times_seconds": all.iter().map(|(number, _)| time(*number)).collect::<Vec<_>>(),
        "character_end_times_seconds": all.iter().map(|(number, _)| time(number + 1)).collect::<Vec<_>>(),
    })
}

/// What is ordered, and its sound, whose text is known when it is heard again.
fn spoken(call: &Call, voice: &str, query: &Options, body: &Bytes) -> Result<(Order, Bytes), Refused> {
    let order = order(call, voice, query, body)?;
    let sound = speak(&order.text, order.speed, order.format);
    call.twin.remember(&sound, &order.text);
    Ok((order, sound))
}

/// Reads what is to be spoken, and charges it.
fn order(call: &Call, voice: &str, query: &Options, body: &Bytes) -> Result<Order, Refused> {
    let missing = || call.refuse(Refusal::Unprocessable { field: "text", message: "Field required".to_owned() });
    let body: Value = serde_json::from_slice(body).map_err(|_| missing())?;
    let text = body.get("text").and_then(Value::as_str).ok_or_else(missing)?;
    if !VOICES.iter().any(|(id, ..)| *id == voice) {
        let message = format!("A voice with voice_id '{voice}' was not found.");
        return Err(call.refuse(Refusal::NotFound(message)));
    }
    let model = body.get("model_id").and_then(Value::as_str).unwrap_or("eleven_multilingual_v2");
    let limit = limit_of(model).ok_or_else(|| call.refuse(Refusal::NoModel(model.to_owned())))?;
    let count = text.chars().count();
    if long(count) > limit {
        let message = format!("A single request can only be up to {limit} characters long, but it has {count}.");
        let code = Some("max_character_limit_exceeded");
        return Err(call.refuse(Refusal::Invalid { message, param: None, code }));
    }
    let format = query.iter().find(|(name, _)| name == "output_format").map_or("mp3_44100_128", |(_, format)| format);
    let format =
        format_of(format).ok_or_else(|| call.refuse(Refusal::invalid(format!("Invalid output format: {format}"))))?;
    let characters = long(count);
    if spent(call) + characters > call.twin.settings().elevenlabs_characters {
        return Err(call.refuse(Refusal::Quota));
    }
    let (request_id, item_id) = (call.twin.id(""), call.twin.id("hist_"));
    call.charge(characters * prices::ELEVENLABS_CHARACTER, &request_id, None);
    let item = json!({
        "history_item_id": item_id, "request_id": request_id, "voice_id": voice, "model_id": model, "text": text,
        "date_unix": call.twin.now_seconds(), "character_count_change_from": 0, "character_count_change_to": characters,
        "content_type": format.content_type(), "state": "created", "source": "TTS",
    });
    call.twin.with(|state| {
        if state.history.len() < HISTORY {
            state.history.push(item);
        }
    });
    let speed = body.pointer("/voice_settings/speed").and_then(Value::as_f64).unwrap_or(1.0);
    Ok(Order { text: text.to_owned(), speed, format, characters, request_id, item_id })
}

/// Characters that were spoken so far.
pub(super) fn spent(call: &Call) -> u64 {
    call.twin.spent("elevenlabs") / prices::ELEVENLABS_CHARACTER
}

/// `mp3_44100_128` and the like.
fn format_of(name: &str) -> Option<Format> {
    let mut parts = name.split('_');
    let (kind, rate) = (parts.next()?, parts.next()?.parse().ok()?);
    let known = |rates: &[u32]| rates.contains(&rate);
    let plain = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
    match kind {
        "mp3" if known(&[22_050, 24_000, 44_100]) => Some(Format::Mp3),
        "pcm" if known(&plain) => Some(Format::Pcm(rate)),
        "wav" if known(&plain) => Some(Format::Wav(rate)),
        "opus" if rate == 48_000 => Some(Format::Opus),
        "ulaw" if rate == 8_000 => Some(Format::Ulaw(rate)),
        _ => None,
    }
}

fn with_headers(order: &Order, response: Response) -> Response {
    let headers = [
        ("character-cost", order.characters.to_string()),
        ("request-id", order.request_id.clone()),
        ("history-item-id", order.item_id.clone()),
    ];
    (headers, response).into_response()
}
