//! Health: each part is taken away, and named.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;
use sluice_server::apps::APPS;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;

use crate::bucket::Server;
use crate::links::in_bucket;
use crate::support::{Answer, BOTH, TestApp};

/// As a probe asks: without an identity, by the address of the machine.
async fn ready(app: &TestApp) -> Answer {
    // Answers are given again for a second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    app.get("/health/ready").unknown().answer().await
}

/// The part that is not ready, alone.
async fn unready(app: &TestApp, part: &str) {
    let answer = ready(app).await;
    assert_eq!(answer.problem(), (503, "not_ready".to_owned()));
    let body = answer.json();
    for (name, check) in body["checks"].as_object().unwrap() {
        assert_eq!(check["ok"], name != part, "{name}: {body}");
        assert_eq!(check["why"].is_string(), name == part, "{body}");
    }
    assert_eq!(body["checks"].as_object().unwrap().len(), 4);
    let data = app.data().display().to_string();
    assert!(!answer.text().contains(&data), "nothing of the machine is told: {}", answer.text());
    let live = app.get("/health/live").unknown().answer().await;
    assert_eq!((live.status, &live.json()["status"]), (StatusCode::OK, &Value::from("live")));
}

#[tokio::test]
async fn a_server_that_can_work_is_ready() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let answer = ready(&app).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["status"]), (StatusCode::OK, &Value::from("ready")), "{body}");
        assert_eq!(answer.header("cache-control"), "no-store");
        for part in ["database", "blobs", "engine", "disk"] {
            assert_eq!(body["checks"][part]["ok"], true, "{body}");
        }
        app.end().await;
    }
}

#[tokio::test]
async fn without_its_database_a_server_lives_and_is_not_ready() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        app.app.platform.store.close().await;
        unready(&app, "database").await;
        app.end_closed();
    }
}

#[tokio::test]
async fn without_the_folder_of_its_media_a_server_is_not_ready() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let media = app.data().join("media");
    std::fs::rename(&media, app.data().join("elsewhere")).unwrap();
    unready(&app, "blobs").await;
    std::fs::rename(app.data().join("elsewhere"), &media).unwrap();
    assert_eq!(ready(&app).await.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test]
async fn without_its_bucket_a_server_is_not_ready() {
    let server = Server::start().await;
    let app = in_bucket(&server, &[]).await;
    assert_eq!(ready(&app).await.status, StatusCode::OK);
    server.cut_after(0);
    unready(&app, "blobs").await;
    server.mend();
    assert_eq!(ready(&app).await.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test]
async fn without_room_on_its_disk_a_server_is_not_ready() {
    let app = TestApp::with(Dialect::Sqlite, MODULES, APPS, &["--upload-limit", "4EiB"]).await;
    unready(&app, "disk").await;
    app.end().await;
}

#[tokio::test]
async fn without_its_worker_a_server_that_runs_jobs_is_not_ready() {
    let mut app = TestApp::open(Dialect::Sqlite).await;
    app.runs_jobs();
    unready(&app, "engine").await;
    let worker = app.app.engine.start();
    worker.poll_now().await;
    assert_eq!(ready(&app).await.status, StatusCode::OK);
    worker.shutdown(Duration::from_secs(5)).await;
    app.end().await;
}

#[tokio::test]
async fn many_probes_cost_one_look() {
    let server = Server::start().await;
    let app = in_bucket(&server, &[]).await;
    ready(&app).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let before = server.requests();
    let ask = || async { app.get("/health/ready").unknown().answer().await.status };
    let all = futures::future::join_all((0..50).map(|_| ask())).await;
    assert!(all.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(server.requests() - before, 1);
    app.end().await;
}

#[tokio::test]
async fn probes_ask_under_any_name_and_nothing_else_does() {
    let app = TestApp::open(Dialect::Sqlite).await;
    for (path, status) in [("/health/live", 200), ("/health/ready", 200), ("/api/v1/health", 421)] {
        let answer = app.get_at("10.1.2.3:8080", path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
    app.end().await;
}
