//! What D-ID accepts of a submission.

use serde_json::Value;

use super::jobs::Kind;
use crate::call::Call;
use crate::media::sound;
use crate::openai::form::Form;
use crate::refusal::{Refusal, Refused};
use crate::webhooks::is_loopback;

/// Characters of a script.
const INPUT: std::ops::RangeInclusive<usize> = 3..=40_000;
/// The longest sound of a clip, in seconds.
const CLIP: f64 = 300.0;
/// The longest sound otherwise, in seconds.
const OTHERS: f64 = 600.0;

const TALK: [&str; 7] = ["source_url", "script", "config", "user_data", "name", "webhook", "result_url"];
const CLIPS: [&str; 10] = [
    "presenter_id",
    "driver_id",
    "script",
    "config",
    "presenter_config",
    "background",
    "user_data",
    "name",
    "webhook",
    "result_url",
];
const EXPRESSIVE: [&str; 10] = [
    "avatar_id",
    "script",
    "sentiment_id",
    "config",
    "background",
    "user_data",
    "persist",
    "result_url",
    "webhook",
    "name",
];

/// Refuses what is not accepted; how many seconds the presenter speaks.
pub(super) fn submission(call: &Call, kind: Kind, body: &Value) -> Result<f64, Refused> {
    let refuse =
        |message: String| call.refuse(Refusal::Invalid { message, param: None, code: Some("ValidationError") });
    let Some(fields) = body.as_object() else { return Err(refuse("the body is no object".to_owned())) };
    let known: &[&str] = match kind {
        Kind::Talk => &TALK,
        Kind::Clip => &CLIPS,
        Kind::Expressive => &EXPRESSIVE,
    };
    if let Some(unknown) = fields.keys().find(|field| !known.contains(&field.as_str())) {
        return Err(refuse(format!("'{unknown}' is not allowed")));
    }
    if kind == Kind::Expressive && fields.get("avatar_id").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(refuse("'avatar_id' is required".to_owned()));
    }
    if let Some(webhook) = fields.get("webhook") {
        let url = webhook.as_str().unwrap_or_default();
        // The provider takes https alone; tests listen on this machine.
        if !url.starts_with("https://") && !is_loopback(url) {
            return Err(refuse("'webhook' must match ^https://".to_owned()));
        }
    }
    if let Some(data) = fields.get("user_data") {
        let data = data.as_str().unwrap_or_default();
        if data.trim().is_empty() || data.chars().count() > 1_000 || data.contains('\n') {
            return Err(refuse("'user_data' must have 1 to 1000 characters in one line".to_owned()));
        }
    }
    if let Some(source) = fields.get("source_url") {
        let source = source.as_str().unwrap_or_default();
        if !is_media(source, &[".jpg", ".jpeg", ".png"]) {
            return Err(refuse("'source_url' must be an image at https:// or s3://".to_owned()));
        }
    }
    let seconds = script(call, fields.get("script"), &refuse)?;
    let longest = if kind == Kind::Clip { CLIP } else { OTHERS };
    if fields.get("script").and_then(|script| script.get("audio_url")).is_some() && seconds > longest {
        return Err(refuse(format!("the audio is longer than {longest} seconds")));
    }
    Ok(seconds)
}

fn script(call: &Call, script: Option<&Value>, refuse: &dyn Fn(String) -> Refused) -> Result<f64, Refused> {
    let Some(script) = script else { return Err(refuse("'script' is required".to_owned())) };
    let text = |name: &str| script.get(name).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "text" => {
            let input = text("input");
            if !INPUT.contains(&input.chars().count()) {
                return Err(refuse("'script.input' must have 3 to 40000 characters".to_owned()));
            }
            Ok(sound::seconds(input, 1.0))
        }
        "audio" => {
            let url = text("audio_url");
            if !is_media(url, &[".m4a", ".flac", ".mp3", ".mp4", ".wav"]) {
                return Err(refuse(
                    "'script.audio_url' must be a sound at https:// or s3://, with its ending in the path".to_owned(),
                ));
            }
            // What lies elsewhere is not looked at.
            Ok(call.twin.with(|state| state.sounds.get(url).copied()).unwrap_or(4.0))
        }
        _ => Err(refuse("'script.type' must be text or audio".to_owned())),
    }
}

/// Whether an address ends as it must, before its query. The provider takes https and s3; tests serve on this machine.
fn is_media(url: &str, endings: &[&str]) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    (path.starts_with("https://") || path.starts_with("s3://") || is_loopback(url))
        && endings.iter().any(|end| path.ends_with(end))
}

/// Whether a file's name is accepted: up to 50 letters, digits and `._-`.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    (1..=50).contains(&name.len()) && name.chars().all(fits)
}

/// The upload of a form in a field.
pub(super) fn upload<'a>(call: &Call, form: &'a Form, field: &str) -> Result<&'a crate::openai::form::Upload, Refused> {
    form.file(field).ok_or_else(|| call.refuse(Refusal::invalid(format!("'{field}' is required"))))
}
