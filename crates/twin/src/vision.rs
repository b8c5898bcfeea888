//! Google Cloud Vision: reads the text of images.

use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::bill::prices;
use crate::call::{Call, Provider};
use crate::gate::Gate;
use crate::numbers::long;
use crate::refusal::{Refusal, Refused};
use crate::state::Twin;
use crate::text::heard;

/// The most images of a request.
const IMAGES: usize = 16;
/// The most pixels of an image.
const PIXELS: u64 = 75_000_000;
/// Seconds of speech as long as what stands on an image.
const AS_LONG_AS: f64 = 8.0;

pub(crate) fn routes(twin: &Twin) -> Router {
    let gate = Gate::new(twin, Provider::Vision);
    Router::new().route("/v1/images:annotate", gate.guard("annotate", post(annotate)))
}

async fn annotate(call: Call, body: Bytes) -> Result<Json<Value>, Refused> {
    let body: Value =
        serde_json::from_slice(&body).map_err(|_| call.refuse(Refusal::invalid("Invalid JSON payload received.")))?;
    let requests = body.get("requests").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if requests.is_empty() || requests.len() > IMAGES {
        return Err(call.refuse(Refusal::invalid(format!("Between 1 and {IMAGES} images are needed."))));
    }
    let responses: Vec<Value> = requests.iter().map(|request| read(&call, request)).collect();
    let fine = responses.iter().filter(|response| response.get("error").is_none()).count();
    if fine > 0 {
        call.charge(long(fine) * prices::READ_IMAGE, &call.twin.id("vision_"), None);
    }
    Ok(Json(json!({ "responses": responses })))
}

/// What stands on an image, or its own error.
fn read(call: &Call, request: &Value) -> Value {
    let bad = |message: &str| json!({ "error": { "code": 3, "message": message } });
    let wants_text = |feature: &Value| {
        matches!(feature.get("type").and_then(Value::as_str), Some("TEXT_DETECTION" | "DOCUMENT_TEXT_DETECTION"))
    };
    if !request.get("features").and_then(Value::as_array).is_some_and(|features| features.iter().any(wants_text)) {
        return json!({});
    }
    let content = request.pointer("/image/content").and_then(Value::as_str).unwrap_or_default();
    let Ok(image) = BASE64_STANDARD.decode(content) else { return bad("Bad image data.") };
    let reader = image::ImageReader::new(std::io::Cursor::new(&image)).with_guessed_format();
    let Some((width, height)) = reader.ok().and_then(|reader| reader.into_dimensions().ok()) else {
        return bad("Bad image data.");
    };
    if u64::from(width) * u64::from(height) > PIXELS {
        return bad("The image has too many pixels.");
    }
    described(&heard(call.twin.seed(), &image, AS_LONG_AS), width, height)
}

/// The text as a line for each sentence: the whole, and every word with its place.
fn described(text: &str, width: u32, height: u32) -> Value {
    let lines: Vec<&str> = text.split_inclusive(". ").map(str::trim).collect();
    let tall = (height / u32::try_from(lines.len() + 1).unwrap_or(u32::MAX)).max(1);
    let mut words = Vec::new();
    let mut paragraphs = Vec::new();
    for (line, top) in lines.iter().zip((1_u32..).map(|number| number * tall)) {
        let all: Vec<&str> = line.split_whitespace().collect();
        let wide = (width / u32::try_from(all.len() + 1).unwrap_or(u32::MAX)).max(1);
        let mut of_line = Vec::new();
        for (number, (word, left)) in all.iter().zip((0_u32..).map(|number| number * wide + wide / 2)).enumerate() {
            let place = place(left, top - tall / 2, wide * 4 / 5, tall * 2 / 5);
            words.push(json!({ "description": word, "boundingPoly": place }));
            of_line.push(symbols(word, &place, number + 1 == all.len()));
        }
        let place = place(wide / 2, top - tall / 2, width - wide / 2, tall * 2 / 5);
        paragraphs.push(json!({ "boundingBox": place, "words": of_line, "confidence": 0.98 }));
    }
    let whole = json!({ "locale": "en", "description": lines.join("\n"), "boundingPoly": place(0, 0, width, height) });
    let block = json!({ "blockType": "TEXT", "boundingBox": place(0, 0, width, height), "paragraphs": paragraphs, "confidence": 0.98 });
    let languages = json!({ "detectedLanguages": [{ "languageCode": "en", "confidence": 0.98 }] });
    json!({
        "textAnnotations": std::iter::once(whole).chain(words).collect::<Vec<_>>(),
        "fullTextAnnotation": {
            "pages": [{ "property": languages, "width": width, "height": height, "blocks": [block], "confidence": 0.98 }],
            "text": lines.join("\n"),
        },
    })
}

/// A word, letter by letter; the last one says what follows.
fn symbols(word: &str, place: &Value, ends_line: bool) -> Value {
    let count = word.chars().count();
    let symbols: Vec<Value> = word
        .chars()
        .enumerate()
        .map(|(number, letter)| {
            let mut symbol = json!({ "text": letter.to_string(), "boundingBox": place, "confidence": 0.98 });
            if let (true, Some(symbol)) = (number + 1 == count, symbol.as_object_mut()) {
                let kind = if ends_line { "EOL_SURE_SPACE" } else { "SPACE" };
                symbol.insert("property".to_owned(), json!({ "detectedBreak": { "type": kind } }));
            }
            symbol
        })
        .collect();
    json!({ "boundingBox": place, "symbols": symbols, "confidence": 0.98 })
}

fn place(left: u32, top: u32, width: u32, height: u32) -> Value {
    let (right, bottom) = (left + width, top + height);
    json!({ "vertices": [
        { "x": left, "y": top }, { "x": right, "y": top }, { "x": right, "y": bottom }, { "x": left, "y": bottom },
    ] })
}
