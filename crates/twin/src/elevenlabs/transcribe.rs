//! Speech to text.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::bill::prices;
use crate::call::Call;
use crate::openai::form::Form;
use crate::openai::transcript::Transcript;
use crate::refusal::{Refusal, Refused};
use crate::state::Twin;
use crate::webhooks::{self, Webhook};

/// The secret that its webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "wsec_of_the_twin";
/// The shortest sound, in seconds.
const SHORTEST: f64 = 0.1;

pub(crate) async fn transcribe(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let model = form.value("model_id").ok_or_else(|| {
        call.refuse(Refusal::Unprocessable { field: "model_id", message: "Field required".to_owned() })
    })?;
    if !model.starts_with("scribe_") {
        return Err(call.refuse(Refusal::NoModel(model.to_owned())));
    }
    let Some(file) = form.file("file") else {
        let message = "Must provide either file or cloud_storage_url parameter.";
        return Err(call.refuse(Refusal::invalid(message)));
    };
    let transcript = Transcript::of(&call.twin, &file.bytes);
    if transcript.seconds < SHORTEST {
        let code = Some("audio_too_short");
        return Err(call.refuse(Refusal::Invalid { message: "Audio is too short.".to_owned(), param: None, code }));
    }
    let id = call.twin.id("");
    call.charge(
        transcript.charged_seconds() * prices::HEARD_SECOND,
        &id,
        form.value("webhook_metadata").map(str::to_owned),
    );
    let language = form.value("language_code").map_or("eng", three_letters);
    let diarize = form.value("diarize") == Some("true");
    let written = json!({
        "language_code": language, "language_probability": 0.98, "text": transcript.text, "words": words(&transcript, diarize),
        "transcription_id": id, "audio_duration_secs": transcript.seconds,
    });
    if form.value("webhook") != Some("true") {
        return Ok(Json(written).into_response());
    }
    keep(&call.twin, &id, written, form.value("webhook_metadata"));
    let reply = json!({ "message": "Request accepted", "request_id": id, "transcription_id": id });
    Ok((StatusCode::ACCEPTED, Json(reply)).into_response())
}

/// Keeps a transcript, and notifies the account's webhook when it is ready.
fn keep(twin: &Twin, id: &str, written: Value, metadata: Option<&str>) {
    let time = twin.job_time();
    let ready = twin.now() + time;
    let url = twin.settings().elevenlabs_webhook;
    let data = json!({ "request_id": id, "transcription": written, "webhook_metadata": metadata });
    twin.with(|state| state.transcripts.insert(id.to_owned(), (ready, written)));
    let Some(url) = url else { return };
    let (twin, at) = (twin.clone(), ready.as_millis().div_euclid(1_000));
    let body = json!({ "type": "speech_to_text_transcription", "event_timestamp": at, "data": data }).to_string();
    let headers = vec![("ElevenLabs-Signature", format!("t={at},v0={}", signature(at, &body)))];
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        webhooks::send(&twin, &Webhook { url, headers, body }).await;
    });
}

fn signature(at: i64, body: &str) -> String {
    Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes())
        .map(|mac| hex::encode(mac.chain_update(format!("{at}.{body}")).finalize().into_bytes()))
        .unwrap_or_default()
}

/// A transcript that was left here; there is none before it is ready.
pub(crate) async fn kept(call: Call, Path(id): Path<String>) -> (StatusCode, Json<Value>) {
    let now = call.twin.now();
    let found = call.twin.with(|state| state.transcripts.get(&id).filter(|(ready, _)| *ready <= now).cloned());
    if let Some((_, written)) = found {
        return (StatusCode::OK, Json(written));
    }
    let detail = json!({ "status": "transcript_not_found", "message": "Transcript not found" });
    (StatusCode::NOT_FOUND, Json(json!({ "detail": detail })))
}

/// Words and the gaps between them, each an entry of its own.
fn words(transcript: &Transcript, diarize: bool) -> Vec<Value> {
    let speaker = diarize.then_some("speaker_0");
    let mut entries: Vec<Value> = Vec::new();
    let mut before: Option<f64> = None;
    for word in &transcript.words {
        if let Some(before) = before {
            entries.push(json!({
                "text": " ", "start": before, "end": word.start, "type": "spacing", "speaker_id": speaker, "logprob": 0.0,
                "characters": null,
            }));
        }
        entries.push(json!({
            "text": word.text, "start": word.start, "end": word.end, "type": "word", "speaker_id": speaker, "logprob": -0.05,
            "characters": null,
        }));
        before = Some(word.end);
    }
    entries
}

/// Codes of ISO 639-3, as the provider answers.
fn three_letters(code: &str) -> &str {
    match code {
        "en" => "eng",
        "de" => "deu",
        "fr" => "fra",
        "es" => "spa",
        "it" => "ita",
        "pt" => "por",
        "ar" => "ara",
        "he" => "heb",
        "fa" => "fas",
        "hi" => "hin",
        "ja" => "jpn",
        "zh" => "zho",
        "ru" => "rus",
        other => other,
    }
}
