//! Speech to text.

use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::bill::prices;
use crate::call::Call;
use crate::openai::form::Form;
use crate::openai::transcript::Transcript;
use crate::refusal::{Refusal, Refused};

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
    if form.value("webhook") == Some("true") {
        let reply = json!({ "message": "Request accepted", "request_id": id, "transcription_id": id });
        return Ok((StatusCode::ACCEPTED, Json(reply)).into_response());
    }
    let language = form.value("language_code").map_or("eng", three_letters);
    let diarize = form.value("diarize") == Some("true");
    Ok(Json(json!({
        "language_code": language, "language_probability": 0.98, "text": transcript.text, "words": words(&transcript, diarize),
        "transcription_id": id, "audio_duration_secs": transcript.seconds,
    }))
    .into_response())
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
