//! What a person has besides what was made: documents, and uploads that are not complete.

use std::path::Path;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_testkit::pdf;

use crate::person::{about, ada, omar};
use crate::support::{BOTH, TestApp};

const DOCUMENTS: &str = "/api/v1/documents";
const UPLOADS: &str = "/api/v1/uploads";

async fn listed(app: &TestApp, query: &str) -> Vec<Value> {
    let (status, page) = app.get(&format!("{DOCUMENTS}{query}")).of(&ada()).send().await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().clone()
}

async fn names(app: &TestApp, query: &str) -> Vec<String> {
    listed(app, query).await.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_found_and_deleted() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let mut documents = Vec::new();
        for (name, subject) in [("Tides.pdf", "tide"), ("المد والجزر.pdf", "current"), ("Harbours.pdf", "harbour")]
        {
            documents.push(app.document(&ada(), name, &about(subject)).await);
            app.advance(Duration::from_secs(1)).await;
        }
        app.document(&omar(), "his.pdf", &pdf::fine()).await;
        assert_eq!(names(&app, "").await, ["Harbours.pdf", "المد والجزر.pdf", "Tides.pdf"]);
        assert_eq!(names(&app, "?sort=oldest&limit=2").await, ["Tides.pdf", "المد والجزر.pdf"]);
        assert_eq!(names(&app, "?q=tides").await, ["Tides.pdf"]);
        assert_eq!(names(&app, "?q=%D8%A7%D9%84%D8%AC%D8%B2%D8%B1").await, ["المد والجزر.pdf"]);
        let first = app.get(&format!("{DOCUMENTS}?limit=2")).of(&ada()).send().await.1;
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(names(&app, &format!("?limit=2&cursor={cursor}")).await, ["Tides.pdf"]);
        for wrong in ["?cursor=x", "?sort=size", "?limit=0", "?state=ready"] {
            let refused = app.get(&format!("{DOCUMENTS}{wrong}")).of(&ada()).send().await.0;
            assert_eq!(refused, StatusCode::BAD_REQUEST, "{wrong}");
        }

        // One of which something is made stays until that is deleted.
        let reel = app.reel(&ada(), &documents[0], json!({ "shape": "1:1" })).await;
        let item = &listed(&app, "?q=tides").await[0];
        assert_eq!((&item["in_use"], &item["state"], &item["percent"]), (&json!(true), &json!("ready"), &json!(100)));
        assert_eq!(listed(&app, "?q=harbours").await[0]["in_use"], false);
        let delete = async |document: &Value| {
            let path = format!("{DOCUMENTS}/{}", document["id"].as_str().unwrap());
            let (status, answer) = app.ask(Method::DELETE, &path).of(&ada()).send().await;
            (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(delete(&documents[0]).await, (409, "document_in_use".to_owned()));
        assert_eq!(app.run_to_end(&reel).await["state"], "done");
        assert_eq!(delete(&documents[2]).await, (204, String::new()));
        assert_eq!(delete(&documents[2]).await, (404, "not_found".to_owned()));
        assert_eq!(names(&app, "").await, ["المد والجزر.pdf", "Tides.pdf"]);
        let path = format!("{DOCUMENTS}/{}", documents[2]["id"].as_str().unwrap());
        assert_eq!(app.get(&path).of(&ada()).send().await.0, StatusCode::NOT_FOUND);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_row_cannot_be_read_ends_no_page() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        for name in ["first", "second", "third", "fourth"] {
            app.document(&ada(), &format!("{name}.pdf"), &about(name)).await;
            app.advance(Duration::from_secs(1)).await;
        }
        // As a version wrote it that this one does not know.
        app.execute(r#"UPDATE documents SET found = '{"later":1}' WHERE name = 'third.pdf'"#).await.unwrap();
        let page = app.get(&format!("{DOCUMENTS}?limit=2")).of(&ada()).send().await.1;
        let shown: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
        assert_eq!(shown, ["fourth.pdf", "second.pdf"]);
        let cursor = page["next_cursor"].as_str().unwrap();
        assert_eq!(names(&app, &format!("?limit=2&cursor={cursor}")).await, ["first.pdf"]);
        assert_eq!(names(&app, "?sort=oldest").await, ["first.pdf", "second.pdf", "fourth.pdf"]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_the_same_bytes_is_read_on_when_the_other_one_is_deleted() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let scan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../local/tests/fixtures/half-scanned.pdf");
        let scan = std::fs::read(scan).unwrap();
        let mut documents = Vec::new();
        for name in ["one.pdf", "two.pdf", "three.pdf"] {
            let (status, view) = app.post(DOCUMENTS).file(name, &scan).send().await;
            assert_eq!(status, StatusCode::ACCEPTED, "{view}");
            documents.push(view);
        }
        let path = |view: &Value| format!("{DOCUMENTS}/{}", view["id"].as_str().unwrap());
        let job = documents[0]["reading"]["job_id"].as_str().unwrap();
        assert!(documents.iter().all(|view| view["reading"]["job_id"] == job), "one job reads them");
        assert_eq!(app.ask(Method::DELETE, &path(&documents[0])).send().await.0, StatusCode::NO_CONTENT);
        let cancelled = app.get(&format!("/api/v1/jobs/{job}")).send().await.1;
        assert_eq!(cancelled["state"], "cancelled", "{cancelled}");
        let others = [app.get(&path(&documents[1])).send().await.1, app.get(&path(&documents[2])).send().await.1];
        assert!(others[0]["reading"]["job_id"].is_string(), "{}", others[0]);
        assert_eq!(others[0]["reading"]["job_id"], others[1]["reading"]["job_id"]);
        app.run_jobs().await;
        for view in &documents[1..] {
            let read = app.get(&path(view)).send().await.1;
            assert_eq!((&read["reading"], &read["refused"]), (&Value::Null, &Value::Null), "{read}");
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_are_not_complete_are_listed_and_discarded() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let begin = async |name: &str| {
            let ask = app.post(UPLOADS).of(&ada()).header("tus-resumable", "1.0.0").header("upload-length", "1000");
            let answer = ask.header("upload-metadata", &format!("filename {name}")).answer().await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
            app.advance(Duration::from_secs(1)).await;
            answer.header("location").rsplit('/').next().unwrap().to_owned()
        };
        // "tides.pdf" and "ports.pdf", in Base64.
        let (first, second) = (begin("dGlkZXMucGRm").await, begin("cG9ydHMucGRm").await);
        let patch = app.ask(Method::PATCH, &format!("{UPLOADS}/{first}")).of(&ada()).raw(&pdf::fine()[..400]);
        let patch = patch.header("tus-resumable", "1.0.0").header("upload-offset", "0");
        let answer = patch.header("content-type", "application/offset+octet-stream").answer().await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
        let open = async || app.get(UPLOADS).of(&ada()).send().await.1;
        let uploads = open().await;
        assert_eq!((&uploads[0]["id"], &uploads[1]["id"]), (&json!(second), &json!(first)), "the newest first");
        assert_eq!((&uploads[1]["name"], &uploads[1]["offset"]), (&json!("tides.pdf"), &json!(400)));
        assert!(uploads[0]["created_at"].as_i64() > uploads[1]["created_at"].as_i64(), "{uploads}");
        assert_eq!(app.get(UPLOADS).of(&omar()).send().await.1, json!([]));
        let path = format!("{UPLOADS}/{second}");
        let ended = app.ask(Method::DELETE, &path).of(&ada()).header("tus-resumable", "1.0.0").answer().await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
        assert_eq!(open().await.as_array().unwrap().len(), 1);
        app.advance(Duration::from_hours(25)).await;
        assert_eq!(open().await, json!([]), "its time is over");
        app.end().await;
    }
}
