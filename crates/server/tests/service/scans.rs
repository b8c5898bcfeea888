//! Documents with pages that OCR reads: a job does it, which survives a crash, can be stopped, and is done once.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_testkit::pdf;

use crate::support::{Server, file, problem};

fn scan(name: &str) -> Vec<u8> {
    file(&format!("crates/local/tests/fixtures/{name}"))
}

async fn accepted(server: &Server, bytes: Vec<u8>, fields: &[(&'static str, &'static str)]) -> Value {
    let answer = server.upload(bytes, fields).await;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    body
}

#[tokio::test]
async fn scanned_pages_among_text_are_read_by_a_job() {
    let server = Server::start().await;
    let begun = accepted(&server, scan("half-scanned.pdf"), &[]).await;
    assert_eq!(
        (&begun["pages"], &begun["language"], &begun["ocr"]),
        (&json!(4), &Value::Null, &json!(false)),
        "{begun}"
    );
    let job = begun["reading"]["job_id"].as_str().unwrap();
    // The same bytes are the same document and the same job, and no video is made before it is read.
    let same = accepted(&server, scan("half-scanned.pdf"), &[]).await;
    assert_eq!((&same["id"], same["reading"]["job_id"].as_str()), (&begun["id"], Some(job)));
    let order = server.post("/api/v1/reels").json(&json!({ "document_id": begun["id"] })).send().await.unwrap();
    let (status, code, body) = problem(order).await;
    assert_eq!((status, code.as_str()), (StatusCode::CONFLICT, "document_being_read"));
    assert_eq!((&body["job_id"], &body["document_id"]), (&json!(job), &begun["id"]));

    let read = server.read(begun["id"].as_str().unwrap()).await;
    assert_eq!((&read["refused"], &read["language"]["code"]), (&Value::Null, &json!("en")), "{read}");
    let by = read["read_by"].as_str().unwrap();
    assert!(by.starts_with("poppler ") && by.contains("; pages 3, 4 by tesseract "), "{by}");
    let with = &read["read_with"];
    assert!(with["text_layer"].as_str().unwrap().starts_with("poppler "), "{with}");
    assert!(with["ocr"].as_str().unwrap().starts_with("tesseract "), "{with}");
    assert_eq!(with["ocr_pages"], json!([3, 4]));
    let job = server.ended(job).await;
    assert_eq!((&job["kind"], &job["state"]), (&json!("document.read"), &json!("succeeded")));
    server.reel(json!({ "document_id": begun["id"] })).await;
}

#[tokio::test]
async fn a_scan_is_read_on_after_a_crash_and_after_it_was_stopped() {
    let mut server = Server::start().await;
    let begun = accepted(&server, scan("scan-180.pdf"), &[("ocr", "true")]).await;
    let id = begun["id"].as_str().unwrap().to_owned();
    server.kill();
    server.restart().await;
    let read = server.read(&id).await;
    assert_eq!((&read["refused"], &read["ocr"]), (&Value::Null, &json!(true)), "{read}");
    assert!(
        read["words"].as_u64().unwrap() > 150 && read["read_by"].as_str().unwrap().starts_with("tesseract "),
        "{read}"
    );

    let begun = accepted(&server, scan("half-scanned.pdf"), &[("ocr", "true")]).await;
    let (id, job) = (begun["id"].as_str().unwrap(), begun["reading"]["job_id"].as_str().unwrap());
    server.post(&format!("/api/v1/jobs/{job}/cancel")).send().await.unwrap();
    let stopped = server.read(id).await;
    assert_eq!(stopped["refused"]["code"], "reading_stopped", "{stopped}");
    let order = server.post("/api/v1/reels").json(&json!({ "document_id": id })).send().await.unwrap();
    assert_eq!(problem(order).await.1, "document_refused");
    let again = accepted(&server, scan("half-scanned.pdf"), &[("ocr", "true")]).await;
    assert_eq!(again["id"], begun["id"]);
    assert_eq!(server.read(id).await["refused"], Value::Null);
}

#[tokio::test]
async fn a_page_whose_font_lies_is_read_by_what_it_looks_like() {
    let server = Server::start().await;
    let begun = accepted(&server, pdf::lying_font(), &[]).await;
    let read = server.read(begun["id"].as_str().unwrap()).await;
    // All 180 words are recognised; that they are one sentence, twelve times, is another matter.
    let refused = &read["refused"];
    assert_eq!(refused["code"], "document_no_sentences", "{read}");
    assert!(refused["detail"].as_str().unwrap().contains("180 words"), "{read}");
}

#[tokio::test]
async fn files_whose_page_stands_for_something_else_are_refused() {
    let server = Server::start().await;
    for (name, code) in [("portfolio.pdf", "document_portfolio"), ("xfa-please-wait.pdf", "document_dynamic_form")] {
        let (status, found, body) = problem(server.upload(scan(name), &[]).await).await;
        assert_eq!((status, found.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code), "{body}");
    }
}
