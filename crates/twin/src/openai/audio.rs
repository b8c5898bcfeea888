//! `/audio`: transcription, translation, speech.

use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::chat_reply::events;
use super::form::Form;
use super::transcript::{Transcript, language_name};
use super::{model, object, reference, required};
use crate::bill::prices;
use crate::call::{Call, Provider};
use crate::media::sound::{Format, speak as sound_of};
use crate::numbers::long;
use crate::refusal::{Refusal, Refused};
use crate::text::tokens;

/// The most bytes of a sound.
const FILE: usize = 26_214_400;
/// The shortest sound, in seconds.
const SHORTEST: f64 = 0.1;
/// The most characters to speak.
const INPUT: usize = 4_096;
/// Bytes of a piece of a streamed sound.
const PIECE: usize = 8_192;
const FORMATS: [&str; 9] = ["flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"];

pub(crate) async fn transcribe(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let transcript = transcript(&call, &form)?;
    let model = form.value("model").unwrap_or_default();
    let by_tokens = model.contains("transcribe");
    let format = form.value("response_format").unwrap_or("json");
    let diarize = model.contains("diarize");
    let allowed: &[&str] = match (by_tokens, diarize) {
        (true, true) => &["json", "text", "diarized_json"],
        (true, false) => &["json"],
        _ => &["json", "text", "srt", "vtt", "verbose_json"],
    };
    if !allowed.contains(&format) {
        let message = format!(
            "response_format '{format}' is not compatible with model '{model}'. Use {} instead.",
            allowed.join(", ")
        );
        let code = Some("unsupported_value");
        return Err(call.refuse(Refusal::Invalid { message, param: Some("response_format".to_owned()), code }));
    }
    let id = call.twin.id("tr_");
    call.charge(transcript.charged_seconds() * prices::HEARD_SECOND, &id, form.value("prompt").map(str::to_owned));
    if by_tokens && form.value("stream") == Some("true") {
        return Ok(streamed(&transcript));
    }
    let text = |text: String| ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response();
    let language = language_name(form.value("language").unwrap_or("en"));
    Ok(match format {
        "text" => text(format!("{}\n", transcript.text)),
        "srt" => text(transcript.captions(false)),
        "vtt" => text(transcript.captions(true)),
        "verbose_json" => {
            let words = form.has("timestamp_granularities", "word");
            let segments = !words || form.has("timestamp_granularities", "segment");
            Json(transcript.verbose(language, words, segments)).into_response()
        }
        "diarized_json" => Json(diarized(&transcript)).into_response(),
        _ if by_tokens => Json(json!({ "text": transcript.text, "usage": transcript.token_usage() })).into_response(),
        _ => {
            let usage = json!({ "type": "duration", "seconds": transcript.charged_seconds() });
            Json(json!({ "text": transcript.text, "usage": usage })).into_response()
        }
    })
}

pub(crate) async fn translate(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let transcript = transcript(&call, &form)?;
    call.charge(transcript.charged_seconds() * prices::HEARD_SECOND, &call.twin.id("tr_"), None);
    Ok(match form.value("response_format") {
        Some("verbose_json") => Json(transcript.verbose("english", false, true)).into_response(),
        Some("text") => transcript.text.into_response(),
        _ => Json(json!({ "text": transcript.text })).into_response(),
    })
}

/// What is said in the file of a form.
pub(crate) fn transcript(call: &Call, form: &Form) -> Result<Transcript, Refused> {
    let missing = |field: &'static str| {
        call.refuse(Refusal::Unprocessable { field, message: format!("Missing required parameter: '{field}'.") })
    };
    let file = form.file("file").ok_or_else(|| missing("file"))?;
    let model = form.value("model").ok_or_else(|| missing("model"))?;
    if model.starts_with("no-such") {
        return Err(call.refuse(Refusal::NoModel(model.to_owned())));
    }
    let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if !FORMATS.contains(&ending.as_str()) {
        let message = format!("Unrecognized file format. Supported formats: {FORMATS:?}");
        return Err(call.refuse(Refusal::field("file", message)));
    }
    heard(call, &file.bytes)
}

/// What is said in a sound that is not too large and not too short.
pub(crate) fn heard(call: &Call, sound: &Bytes) -> Result<Transcript, Refused> {
    if sound.len() > FILE {
        return Err(call.refuse(Refusal::TooLarge { limit: FILE, found: sound.len() }));
    }
    let transcript = Transcript::of(&call.twin, sound);
    if transcript.seconds < SHORTEST {
        let message = format!("Audio file is too short. Minimum audio length is {SHORTEST} seconds.");
        let code = Some("audio_too_short");
        return Err(call.refuse(Refusal::Invalid { message, param: Some("file".to_owned()), code }));
    }
    Ok(transcript)
}

fn streamed(transcript: &Transcript) -> Response {
    let mut all: Vec<Value> = transcript
        .text
        .split_inclusive(' ')
        .map(|delta| json!({ "type": "transcript.text.delta", "delta": delta }))
        .collect();
    all.push(json!({ "type": "transcript.text.done", "text": transcript.text, "usage": transcript.token_usage() }));
    events(all.iter().map(|event| format!("data: {event}\n\n")).collect())
}

/// Two speakers in turn.
fn diarized(transcript: &Transcript) -> Value {
    let segments: Vec<Value> = transcript
        .segments()
        .into_iter()
        .enumerate()
        .map(|(number, segment)| {
            json!({
                "type": "transcript.text.segment", "id": format!("seg_{number}"), "start": segment.start, "end": segment.end,
                "text": segment.text, "speaker": if number % 2 == 0 { "A" } else { "B" },
            })
        })
        .collect();
    json!({
        "task": "transcribe", "duration": transcript.seconds, "text": transcript.text, "segments": segments,
        "usage": { "type": "duration", "seconds": transcript.charged_seconds() },
    })
}

pub(crate) async fn speak(call: Call, body: Bytes) -> Result<Response, Refused> {
    let body = object(&call, &body)?;
    let model = model(&call, &body)?;
    let input = required(&call, &body, "input")?;
    let voice = body.get("voice").and_then(|voice| voice.as_str().or_else(|| voice.get("id")?.as_str()));
    if voice.is_none() {
        let message = "Missing required parameter: 'voice'.".to_owned();
        return Err(call.refuse(Refusal::Unprocessable { field: "voice", message }));
    }
    let characters = input.chars().count();
    if characters > INPUT {
        let message = format!(
            "Invalid 'input': string too long. Expected a string with maximum length {INPUT}, but got a string with length {characters} instead."
        );
        let code = Some("string_above_max_length");
        return Err(call.refuse(Refusal::Invalid { message, param: Some("input".to_owned()), code }));
    }
    let format = format(&call, &body)?;
    let speed = body.get("speed").and_then(Value::as_f64).unwrap_or(1.0);
    if !(0.25..=4.0).contains(&speed) {
        return Err(call.refuse(Refusal::field("speed", "Invalid 'speed': must be between 0.25 and 4.0.")));
    }
    let sound = sound_of(input, speed, format);
    call.twin.remember(&sound, input);
    let router = call.operation.provider == Provider::OpenRouter;
    let id = call.twin.id(if router { "gen-" } else { "speech_" });
    let price = long(characters) * prices::SPOKEN_CHARACTER;
    call.charge(price, &id, reference(&body));
    if router {
        crate::openrouter::remember(&call, &id, model, price);
    }
    if !router && body.get("stream_format").and_then(Value::as_str) == Some("sse") {
        return Ok(sound_events(&sound, input));
    }
    Ok(([("content-type", format.content_type()), ("x-generation-id", id.as_str())], sound).into_response())
}

fn format(call: &Call, body: &Value) -> Result<Format, Refused> {
    // Theirs differ in what they send if nothing is said.
    let usual = if call.operation.provider == Provider::OpenRouter { "pcm" } else { "mp3" };
    match body.get("response_format").and_then(Value::as_str).unwrap_or(usual) {
        "mp3" => Ok(Format::Mp3),
        "pcm" => Ok(Format::Pcm(24_000)),
        _ if call.operation.provider == Provider::OpenRouter => {
            Err(call.refuse(Refusal::field("response_format", "response_format must be mp3 or pcm")))
        }
        "opus" => Ok(Format::Opus),
        "wav" => Ok(Format::Wav(24_000)),
        "flac" => Ok(Format::Flac),
        "aac" => Ok(Format::Aac),
        other => Err(call.refuse(Refusal::field("response_format", format!("Invalid value: '{other}'.")))),
    }
}

fn sound_events(sound: &Bytes, input: &str) -> Response {
    let mut all: Vec<Value> = sound
        .chunks(PIECE)
        .map(|piece| json!({ "type": "speech.audio.delta", "audio": BASE64_STANDARD.encode(piece) }))
        .collect();
    let (input, output) = (tokens(input).max(1), long(sound.len() / 100));
    let usage = json!({ "input_tokens": input, "output_tokens": output, "total_tokens": input + output });
    all.push(json!({ "type": "speech.audio.done", "usage": usage }));
    events(all.iter().map(|event| format!("data: {event}\n\n")).collect())
}
