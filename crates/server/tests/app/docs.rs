//! The page about the API.

use axum::http::StatusCode;
use sluice_store::Dialect;

use crate::support::TestApp;

#[tokio::test]
async fn the_page_about_the_api_has_every_operation_and_needs_nothing_else() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let page = app.get("/docs").unknown().answer().await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    let text = page.text();
    let document = app.get("/api/v1/openapi.json").answer().await.json();
    let paths = document["paths"].as_object().unwrap();
    let mut operations = 0;
    for operation in paths.values().flat_map(|path| path.as_object().unwrap().values()) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(text.contains(&format!("id=\"{id}\"")) && text.contains(&format!("href=\"#{id}\"")), "{id}");
        operations += 1;
    }
    assert!(operations > 40, "{operations}");
    for schema in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("id=\"schema-{schema}\"")), "{schema}");
    }
    for foreign in ["<script", "src=\"http", "href=\"http", "@import", "url("] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    let again = app.get("/docs").header("if-none-match", page.header("etag")).answer().await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    app.end().await;
}
