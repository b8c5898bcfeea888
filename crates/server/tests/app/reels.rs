//! A reel from the upload to the file, on both databases, with the real engines.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_store::Dialect;
use sluice_testkit::pdf;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_becomes_a_video_on_sqlite() {
    a_document_becomes_a_video(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_becomes_a_video_on_postgres() {
    a_document_becomes_a_video(Dialect::Postgres).await;
}

async fn a_document_becomes_a_video(dialect: Dialect) {
    let app = TestApp::open(dialect).await;
    let owner = OwnerId::local();
    let document = app.document(&owner, "tides.pdf", &pdf::fine()).await;
    assert_eq!(document["apps"]["reel"]["estimates"][0]["mode"], "summary", "{document}");
    let reel = app.reel(&owner, &document, json!({ "shape": "1:1" })).await;
    app.run_jobs().await;
    let id = reel["id"].as_str().unwrap();
    let made = app.get(&format!("/api/v1/reels/{id}")).send().await.1;
    assert_eq!((&made["state"], &made["error"]), (&json!("done"), &Value::Null), "{made}");
    let video = made["result"]["video_url"].as_str().unwrap();
    let (status, bytes) = app.get(video).bytes().await;
    assert_eq!((status, &bytes[4..8]), (StatusCode::OK, &b"ftyp"[..]));
    assert_eq!(bytes.len() as u64, made["result"]["bytes"].as_u64().unwrap());

    // Deleted, it is gone at once; the rest of the work has an end, too.
    let (status, _) = app.ask(axum::http::Method::DELETE, &format!("/api/v1/reels/{id}")).send().await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(app.get(&format!("/api/v1/reels/{id}")).send().await.0, StatusCode::NOT_FOUND);
    app.run_jobs().await;
    app.end().await;
}
