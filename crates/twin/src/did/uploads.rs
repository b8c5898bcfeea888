//! Uploads of images and sounds, and links to results.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::check::{is_name, upload};
use super::jobs::{find, signature};
use crate::call::Call;
use crate::faults::Fault;
use crate::media::{length, video};
use crate::openai::form::Form;
use crate::refusal::{Refusal, Refused};

/// The most bytes of a sound.
const AUDIO: usize = 6 * 1024 * 1024;
/// The most bytes of an image.
const IMAGE: usize = 10 * 1024 * 1024;
/// What S3 says of a link that has expired.
const EXPIRED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>\
                       <Message>Request has expired</Message></Error>";

pub(crate) async fn image(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let file = upload(&call, &form, "image")?;
    if !matches!(file.content_type.as_str(), "image/jpeg" | "image/png") {
        return Err(call.refuse(Refusal::UnsupportedType(file.content_type.clone())));
    }
    if !is_name(&file.name) || file.bytes.is_empty() {
        return Err(call.refuse(Refusal::invalid("the name of the image is not allowed, or it is empty")));
    }
    if file.bytes.len() > IMAGE {
        return Err(call.refuse(Refusal::TooLarge { limit: IMAGE, found: file.bytes.len() }));
    }
    let id = call.twin.id("img_");
    let url = format!("s3://twin-uploads/{id}/{}", file.name);
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "url": url }))).into_response())
}

pub(crate) async fn audio(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let file = upload(&call, &form, "audio")?;
    if !file.content_type.starts_with("audio/") && !file.content_type.starts_with("video/") {
        return Err(call.refuse(Refusal::UnsupportedType(file.content_type.clone())));
    }
    if file.bytes.len() > AUDIO {
        return Err(call.refuse(Refusal::TooLarge { limit: AUDIO, found: file.bytes.len() }));
    }
    let Some(seconds) = length::seconds(&file.bytes) else {
        return Err(call.refuse(Refusal::invalid("the sound cannot be read")));
    };
    let id = call.twin.id("aud_");
    // It is converted to WAV.
    let url = format!("s3://twin-uploads/{id}.wav");
    call.twin.with(|state| state.sounds.insert(url.clone(), seconds));
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "url": url, "duration": seconds }))).into_response())
}

/// The video of a job, while its link is valid.
pub(crate) async fn download(
    call: Call,
    Path(file): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Refused> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let expires: i64 = value("Expires").and_then(|expires| expires.parse().ok()).unwrap_or(0);
    let signed = value("Signature") == Some(signature(&call.twin, &file, expires).as_str());
    let planned = matches!(call.fault, Some(Fault::LinkExpired { .. }));
    if !signed || planned || expires < call.twin.now_seconds() {
        return Ok((StatusCode::FORBIDDEN, [(CONTENT_TYPE, "application/xml")], EXPIRED).into_response());
    }
    let job = find(&call, file.split('.').next().unwrap_or_default())?;
    if !job.is_done(&call.twin) {
        return Err(call.refuse(Refusal::NotFound("there is no result yet".to_owned())));
    }
    let (kind, bytes) = video::presenter(job.seconds(), job.format());
    Ok(([(CONTENT_TYPE, kind)], bytes).into_response())
}
