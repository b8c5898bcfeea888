//! `POST /images/generations` and `/images/edits`.

use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use image::ImageFormat;
use serde_json::{Value, json};

use super::chat_reply::events;
use super::form::Form;
use super::{model, object, reference, required};
use crate::bill::prices;
use crate::call::Call;
use crate::media::picture::draw;
use crate::refusal::{Refusal, Refused};
use crate::state::hash;
use crate::text::tokens;

/// The most characters of a prompt.
const PROMPT: usize = 32_000;
/// The most images of a request.
const IMAGES: u64 = 10;
/// What is drawn if no size is given.
const SIDE: u32 = 1_024;

pub(crate) async fn generate(call: Call, body: Bytes) -> Result<Response, Refused> {
    let body = object(&call, &body)?;
    let model = body.get("model").and_then(Value::as_str).map_or(Ok("gpt-image-1"), |_| model(&call, &body))?;
    let prompt = required(&call, &body, "prompt")?;
    if prompt.chars().count() > PROMPT {
        return Err(call.refuse(Refusal::field("prompt", format!("Invalid 'prompt': more than {PROMPT} characters."))));
    }
    let by_url = model.starts_with("dall-e");
    if !by_url && body.get("response_format").is_some() {
        let code = Some("unknown_parameter");
        let message = "Unknown parameter: 'response_format'.".to_owned();
        return Err(call.refuse(Refusal::Invalid { message, param: Some("response_format".to_owned()), code }));
    }
    let (width, height) = size(&call, body.get("size").and_then(Value::as_str).unwrap_or("auto"))?;
    let (kind, format) = kind(&call, body.get("output_format").and_then(Value::as_str))?;
    let count = body.get("n").and_then(Value::as_u64).unwrap_or(1);
    if !(1..=IMAGES).contains(&count) {
        return Err(call.refuse(Refusal::field("n", format!("Invalid 'n': must be between 1 and {IMAGES}."))));
    }
    call.charge(count * prices::IMAGE, &call.twin.id("img_"), reference(&body));
    let images: Vec<String> = (0..count)
        .map(|number| {
            let hash = hash(call.twin.seed(), &["image", prompt, &number.to_string()]);
            BASE64_STANDARD.encode(draw(width, height, hash, format))
        })
        .collect();
    if !by_url && body.get("stream").and_then(Value::as_bool) == Some(true) {
        return Ok(streamed(&call, &images, kind, prompt));
    }
    let revised = by_url.then_some(prompt);
    let data: Vec<Value> = images
        .iter()
        .map(|image| match revised {
            Some(prompt) => json!({ "b64_json": image, "revised_prompt": prompt }),
            None => json!({ "b64_json": image }),
        })
        .collect();
    let mut reply = json!({ "created": call.twin.now_seconds(), "data": data });
    if let (false, Some(reply)) = (by_url, reply.as_object_mut()) {
        reply.insert("background".to_owned(), json!("opaque"));
        reply.insert("output_format".to_owned(), json!(kind));
        reply.insert("size".to_owned(), json!(named_size(width, height)));
        reply.insert("quality".to_owned(), json!("high"));
        reply.insert("usage".to_owned(), usage(prompt));
    }
    Ok(Json(reply).into_response())
}

pub(crate) async fn edit(call: Call, form: Result<Multipart, MultipartRejection>) -> Result<Response, Refused> {
    let form = Form::read(&call, form).await?;
    let prompt = form.value("prompt").filter(|prompt| !prompt.is_empty());
    let Some(prompt) = prompt else {
        return Err(call.refuse(Refusal::field("prompt", "Missing required parameter: 'prompt'.")));
    };
    if !form.files.iter().any(|file| file.field.trim_end_matches("[]") == "image") {
        return Err(call.refuse(Refusal::field("image", "Missing required parameter: 'image'.")));
    }
    let (width, height) = size(&call, form.value("size").unwrap_or("auto"))?;
    call.charge(prices::IMAGE, &call.twin.id("img_"), None);
    let picture = draw(width, height, hash(call.twin.seed(), &["edit", prompt]), ImageFormat::Png);
    Ok(Json(json!({
        "created": call.twin.now_seconds(), "data": [{ "b64_json": BASE64_STANDARD.encode(picture) }], "background": "opaque",
        "output_format": "png", "size": named_size(width, height), "quality": "high", "usage": usage(prompt),
    }))
    .into_response())
}

/// Width and height of `1024x1536`.
pub(crate) fn size(call: &Call, size: &str) -> Result<(u32, u32), Refused> {
    if size == "auto" {
        return Ok((SIDE, SIDE));
    }
    let sides = size.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    let fits = |side: u32| (16..=3_840).contains(&side);
    sides.filter(|(width, height)| fits(*width) && fits(*height)).ok_or_else(|| {
        let code = Some("invalid_value");
        call.refuse(Refusal::Invalid {
            message: format!("Invalid value: '{size}'."),
            param: Some("size".to_owned()),
            code,
        })
    })
}

/// The sizes that have a name in replies; the nearest by shape.
fn named_size(width: u32, height: u32) -> &'static str {
    match width.cmp(&height) {
        std::cmp::Ordering::Less => "1024x1536",
        std::cmp::Ordering::Equal => "1024x1024",
        std::cmp::Ordering::Greater => "1536x1024",
    }
}

/// The format of pictures by its name.
pub(crate) fn kind(call: &Call, name: Option<&str>) -> Result<(&'static str, ImageFormat), Refused> {
    match name {
        None | Some("png") => Ok(("png", ImageFormat::Png)),
        Some("jpeg") => Ok(("jpeg", ImageFormat::Jpeg)),
        Some("webp") => Ok(("webp", ImageFormat::WebP)),
        Some(other) => Err(call.refuse(Refusal::field("output_format", format!("Invalid value: '{other}'.")))),
    }
}

fn usage(prompt: &str) -> Value {
    let (input, output) = (tokens(prompt).max(1), 4_160);
    json!({
        "input_tokens": input, "output_tokens": output, "total_tokens": input + output,
        "input_tokens_details": { "text_tokens": input, "image_tokens": 0 },
        "output_tokens_details": { "text_tokens": 0, "image_tokens": output },
    })
}

fn streamed(call: &Call, images: &[String], kind: &str, prompt: &str) -> Response {
    let all = images.iter().map(|image| {
        let event = json!({
            "type": "image_generation.completed", "b64_json": image, "created_at": call.twin.now_seconds(), "size": "1024x1024",
            "quality": "high", "background": "opaque", "output_format": kind, "usage": usage(prompt),
        });
        format!("event: image_generation.completed\ndata: {event}\n\n")
    });
    events(all.collect())
}
