//! A model by its name: `OpenAI`'s, and the models of a speaches server, which has voices at those that speak.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use super::MODELS;
use crate::call::Call;
use crate::refusal::{Refusal, Refused};

/// Voices of speaches: model, voice, language. Of the last model there are none, since it listens.
const SPEACHES: [(&str, &[(&str, &str)]); 3] = [
    (
        "speaches-ai/Kokoro-82M-v1.0-ONNX",
        &[("af_heart", "en-us"), ("bf_emma", "en-gb"), ("ff_siwis", "fr-fr"), ("hf_alpha", "hi"), ("pf_dora", "pt-br")],
    ),
    ("speaches-ai/piper-ar_JO-kareem-medium", &[("kareem", "ar")]),
    ("Systran/faster-whisper-small", &[]),
];

pub(super) async fn show(call: Call, Path(model): Path<String>) -> Result<Json<Value>, Refused> {
    if let Some((id, created)) = MODELS.iter().find(|(id, _)| *id == model) {
        return Ok(Json(json!({ "id": id, "object": "model", "created": created, "owned_by": "system" })));
    }
    let found = SPEACHES.iter().find(|(id, _)| *id == model);
    let (id, voices) = found.ok_or_else(|| call.refuse(Refusal::NoModel(model.clone())))?;
    let (owner, _) = id.split_once('/').unwrap_or_default();
    let mut shown =
        json!({ "id": id, "created": 1_740_000_000, "object": "model", "owned_by": owner, "language": null });
    let speaks = !voices.is_empty();
    shown["task"] = json!(if speaks { "text-to-speech" } else { "automatic-speech-recognition" });
    if speaks {
        let voice = |(name, language): &(&str, &str)| json!({ "name": name, "language": language, "id": name });
        shown["voices"] = voices.iter().map(voice).collect();
        shown["sample_rate"] = json!(24_000);
    }
    Ok(Json(shown))
}
