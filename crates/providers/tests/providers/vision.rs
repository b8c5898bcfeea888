//! Google Cloud Vision: pictures, and what goes wrong.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sluice_capability::{CallProgress, Does as _, ReadRequest, Remedy};
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_providers::vision::{Feature, Settings, Vision};

use super::support::{Fake, KEY, Reply, client, done, failed, picture};

const PRICES: &str = "version = \"test\"\n[[models]]\nprovider = \"google-vision\"\nmodel = \"DOCUMENT_TEXT_DETECTION\"\npictures = \"0.0015\"\nsource = \"test\"\ndate = \"2026-11-28\"";

fn vision(fake: &Fake) -> Vision {
    let prices = Arc::new(Prices::default().overridden(PRICES).unwrap());
    let address = Some(format!("http://{}/v1", fake.at));
    Vision::new(
        client(),
        Settings { provider: None, address, key: Secret::new(KEY).unwrap(), feature: Feature::Document, prices },
    )
    .unwrap()
}

fn request(folder: &Path, name: &str, bytes: &[u8]) -> ReadRequest {
    let file: PathBuf = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    ReadRequest { file, as_pictures: true, languages: vec![Language::ENGLISH.into(), Language::ARABIC.into()] }
}

#[tokio::test]
async fn words_of_a_picture_have_boxes_and_confidence() {
    let folder = tempfile::tempdir().unwrap();
    let word = json!({
        "confidence": 0.97,
        "boundingBox": { "vertices": [{}, { "x": 40 }, { "x": 40, "y": 12 }, { "y": 12 }] },
        "symbols": [{ "text": "O" }, { "text": "K", "property": { "detectedBreak": { "type": "LINE_BREAK" } } }],
    });
    let page =
        json!({ "width": 100, "height": 50, "blocks": [{ "paragraphs": [{ "confidence": 0.97, "words": [word] }] }] });
    let answer = json!({ "responses": [{ "fullTextAnnotation": { "pages": [page], "text": "OK" } }] }).to_string();
    let fake = Fake::new([Reply::json(200, &answer), Reply::json(200, &answer)]).await;
    let vision = vision(&fake);
    let bytes = picture(100, 50);
    let request = request(folder.path(), "sign.png", &bytes);
    let read = done(&vision, &request).await;
    let block = &read.value.pages[0].blocks[0];
    assert_eq!((block.text.as_str(), block.words[0].1), ("OK", [0.0, 0.0, 40.0, 12.0]));
    assert_eq!((read.cost, read.usage.pictures), (Some(MicroUsd(1_500)), 1));
    assert!(read.value.ocr.is_some());
    let seen = vision.see(&request.file, &[]).await.unwrap().value;
    assert!((seen.blocks[0].words[0].confidence - 0.97).abs() < 1e-6);
    let sent = fake.seen()[0].clone();
    assert_eq!((sent.path.as_str(), sent.header("x-goog-api-key")), ("/v1/images:annotate", Some(KEY)));
    let expected = json!({ "requests": [{
        "image": { "content": STANDARD.encode(&bytes) },
        "features": [{ "type": "DOCUMENT_TEXT_DETECTION" }],
        "imageContext": { "languageHints": ["en", "ar"] },
    }] });
    assert_eq!(sent.json(), expected);
    assert_eq!(vision.look("key", None).await.unwrap(), CallProgress::CannotTell);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([]).await;
    let vision = vision(&fake);
    let huge = request(folder.path(), "huge.png", &picture(30_000, 30_000));
    let error = failed(&vision, &huge).await;
    assert!(error.code == "picture_too_large" && error.message.contains("30000 × 30000"), "{}", error.message);
    let mut heavy = picture(100, 100);
    heavy.resize(7_400_001, 0);
    assert_eq!(failed(&vision, &request(folder.path(), "heavy.png", &heavy)).await.code, "picture_too_large");
    for odd in [&b""[..], b"<html></html>", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(
            failed(&vision, &request(folder.path(), "odd.png", odd)).await.code,
            "picture_unreadable",
            "{odd:?}"
        );
    }
    let pdf = request(folder.path(), "a.pdf", b"%PDF-1.7");
    assert!(vision.accepts(&pdf).is_err());
    assert_eq!(failed(&vision, &pdf).await.code, "unsupported_media");
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn refusals_have_their_remedies() {
    let folder = tempfile::tempdir().unwrap();
    let request = request(folder.path(), "a.png", &picture(10, 10));
    let google = |status: u16, name: &str| {
        Reply::json(status, &json!({ "error": { "code": status, "message": "no", "status": name } }).to_string())
    };
    let inside = |code: i64| {
        Reply::json(
            200,
            &json!({ "responses": [{ "error": { "code": code, "message": format!("no {KEY}") } }] }).to_string(),
        )
    };
    for (reply, code, remedy) in [
        (google(400, "INVALID_ARGUMENT"), "request_refused", Remedy::Fail),
        (google(401, "UNAUTHENTICATED"), "key_refused", Remedy::Fail),
        (google(403, "PERMISSION_DENIED"), "forbidden", Remedy::Fail),
        (google(429, "RESOURCE_EXHAUSTED"), "rate_limited", Remedy::PutOff(None)),
        (google(503, "UNAVAILABLE"), "provider_unavailable", Remedy::PutOff(None)),
        (google(504, "DEADLINE_EXCEEDED"), "answer_lost", Remedy::Look),
        (inside(3), "picture_refused", Remedy::Fail),
        (inside(8), "provider_unavailable", Remedy::PutOff(None)),
        (Reply::json(200, r#"{"responses":[{"fullText"#), "answer_lost", Remedy::Look),
        (Reply::new(200, "text/html", "<html></html>"), "bad_answer", Remedy::Fail),
    ] {
        let fake = Fake::new([reply]).await;
        let error = failed(&vision(&fake), &request).await;
        assert_eq!((error.code.as_str(), error.remedy), (code, remedy), "{}", error.message);
        assert!(!error.message.contains(KEY));
    }
}
