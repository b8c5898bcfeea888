//! Pictures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, RgbImage};
use serde_json::{Value, json};
use sluice_capability::{Does as _, DrawRequest, Remedy};
use sluice_domain::money::MicroUsd;
use sluice_providers::openai::{ImageModel, Server};
use tempfile::TempDir;

use crate::support::{Fake, Reply, done, failed};

fn request(folder: &TempDir, width: u32, height: u32) -> DrawRequest {
    DrawRequest {
        prompt: "A lock on a canal".to_owned(),
        width,
        height,
        seed: u64::MAX,
        out: folder.path().join("a.png"),
    }
}

fn model(fake: &Fake, server: Server, name: &str) -> ImageModel {
    ImageModel::new(fake.service(server, name)).unwrap()
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::new(12, 8).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn listed(bytes: &[u8]) -> Reply {
    Reply::json(200, &json!({ "created": 1, "data": [{ "b64_json": STANDARD.encode(bytes) }] }).to_string())
}

fn is_png(folder: &TempDir) -> bool {
    std::fs::read(folder.path().join("a.png")).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG"))
}

#[tokio::test]
async fn each_model_gets_the_fields_that_it_takes() {
    for (server, name, path, size, present, absent) in [
        (Server::OpenAi, "gpt-image-1", "/v1/images/generations", "1536x1024", "output_format", "response_format"),
        (Server::OpenAi, "dall-e-3", "/v1/images/generations", "1792x1024", "response_format", "output_format"),
        (Server::OpenRouter, "x/y", "/v1/images", "1536x1024", "seed", "response_format"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let fake = Fake::new([listed(&picture(ImageFormat::Png))]).await;
        let answer = done(&model(&fake, server, name), &request(&folder, 1_920, 1_080)).await;
        assert_eq!((answer.value.width, answer.value.height, is_png(&folder)), (12, 8, true), "its real size");
        let seen = fake.one();
        let body = seen.json();
        assert_eq!((seen.path.as_str(), body["size"].as_str()), (path, Some(size)));
        assert!(body[present] != Value::Null && body[absent] == Value::Null, "{body}");
    }
}

#[tokio::test]
async fn other_formats_and_addresses_become_png_files_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let files = Fake::new([Reply::new(200, "image/jpeg", picture(ImageFormat::Jpeg))]).await;
    let url = format!("http://{}/file.jpg?sig=1", files.at);
    let fake = Fake::new([Reply::json(200, &json!({ "created": 1, "data": [{ "url": url }] }).to_string())]).await;
    let answer = done(&model(&fake, Server::OpenAi, "dall-e-3"), &request(&folder, 1_024, 1_024)).await;
    assert_eq!((answer.cost, is_png(&folder)), (Some(MicroUsd(80_000)), true));
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing else is left");
    assert_eq!(files.one().header("authorization"), None);
}

#[tokio::test]
async fn an_inner_address_is_not_fetched() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["http://169.254.169.254/latest/meta-data", "https://10.0.0.1/a.png", "file:///etc/passwd"] {
        let fake = Fake::new([Reply::json(200, &json!({ "data": [{ "url": url }] }).to_string())]).await;
        let error = failed(&model(&fake, Server::OpenAi, "dall-e-3"), &request(&folder, 1_024, 1_024)).await;
        assert_eq!(error.code, "address_forbidden", "{url}");
    }
}

#[tokio::test]
async fn sizes_and_prompts_that_cannot_be_are_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([]).await;
    let model = model(&fake, Server::OpenAi, "dall-e-3");
    for (width, height) in [(0, 100), (30_000, 30_000), (4_000, 100)] {
        let request = request(&folder, width, height);
        assert!(model.accepts(&request).is_err());
        let error = failed(&model, &request).await;
        assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "unsupported_size"));
    }
    let long = DrawRequest { prompt: "x".repeat(4_001), ..request(&folder, 1_024, 1_024) };
    assert_eq!(failed(&model, &long).await.code, "text_too_long");
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_picture_that_claims_to_be_huge_is_not_decoded() {
    let mut huge = picture(ImageFormat::Png);
    // The width and the height in the head; the checksum is of the old ones, which is looked at later or not at all.
    huge[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    huge[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    for bytes in [huge, b"no picture".to_vec(), Vec::new()] {
        let folder = tempfile::tempdir().unwrap();
        let fake = Fake::new([listed(&bytes)]).await;
        let error = failed(&model(&fake, Server::OpenAi, "dall-e-3"), &request(&folder, 1_024, 1_024)).await;
        assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "bad_answer"));
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "there is no file");
    }
}

#[tokio::test]
async fn moderation_is_no_reason_to_try_again() {
    let folder = tempfile::tempdir().unwrap();
    let body = r#"{"error":{"message":"Your request was rejected by the safety system","type":"image_generation_user_error","param":null,"code":"moderation_blocked"}}"#;
    let fake = Fake::new([Reply::json(400, body)]).await;
    let error = failed(&model(&fake, Server::OpenAi, "gpt-image-1"), &request(&folder, 1_024, 1_024)).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "content_refused"));
}
