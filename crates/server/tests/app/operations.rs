//! What administrators do with the work of everybody.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fakes::Trouble;
use crate::person::{about, ada, job_path};
use crate::support::{BOTH, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_paused_with_its_reason_and_resumed() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let queues = app.get("/api/v1/admin/queues").send().await.1;
        let name = queues["queues"][0]["name"].as_str().unwrap().to_owned();
        assert_eq!((&queues["queues"][0]["paused"], &queues["pauses"]), (&json!(false), &json!([])));
        let body = json!({ "scope": "queue", "name": name, "reason": "the disk is changed" });
        assert_eq!(app.post("/api/v1/admin/queues/pause").json(&body).send().await.0, StatusCode::NO_CONTENT);
        let queues = app.get("/api/v1/admin/queues").send().await.1;
        assert_eq!(queues["queues"][0]["paused"], true);
        assert_eq!(queues["pauses"][0]["reason"], "the disk is changed");

        // Who waits is told.
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        assert_eq!(app.run_jobs().await, 0, "nothing is started");
        let why = app.get(&job_path(&reel, "/why")).of(&ada()).send().await.1;
        assert!(why["reasons"].to_string().contains("the disk is changed"), "{why}");

        let body = json!({ "scope": "queue", "name": name });
        assert_eq!(app.post("/api/v1/admin/queues/resume").json(&body).send().await.0, StatusCode::NO_CONTENT);
        assert_eq!(app.post("/api/v1/admin/queues/resume").json(&body).send().await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.run_to_end(&reel).await["state"], "done");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_paused_is_told() {
    let (app, _) = TestApp::faked(BOTH[0]).await;
    for (body, code) in [
        (json!({ "scope": "queue", "name": "no such" }), "invalid_name"),
        (json!({ "scope": "planet", "name": "earth" }), "invalid_scope"),
        (json!({ "scope": "kind", "name": " " }), "invalid_name"),
        (json!({ "scope": "kind", "name": "reel.make", "reason": "x".repeat(501) }), "invalid_reason"),
    ] {
        let (status, answer) = app.post("/api/v1/admin/queues/pause").json(&body).send().await;
        assert_eq!((status, &answer["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)), "{answer}");
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_with_their_owner_and_run_again() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        fakes.voice.plan([Trouble::Fail("voice_refused")]);
        assert_eq!(app.run_to_end(&reel).await["state"], "failed");
        let dead = app.get("/api/v1/admin/jobs?state=dead").send().await.1;
        let items = dead["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["job"]["error"]["code"] == "voice_refused"), "{dead}");
        assert!(items.iter().all(|item| item["owner"] == "ada" && item["job"]["state"] == "dead"), "{dead}");
        let page = app.get("/api/v1/admin/jobs?state=dead&limit=1").send().await.1;
        assert_eq!((page["items"].as_array().unwrap().len(), page["next_cursor"].is_string()), (1, true), "{page}");

        let none = json!({ "kind": "no.such" });
        let answer = app.post("/api/v1/admin/jobs/redrive").json(&none).send().await.1;
        assert_eq!(answer, json!({ "redriven": 0, "more": false }));
        let (status, answer) = app.post("/api/v1/admin/jobs/redrive").json(&json!({})).send().await;
        assert_eq!((status, &answer["more"]), (StatusCode::OK, &json!(false)), "{answer}");
        assert!(answer["redriven"].as_u64().unwrap() >= 1, "{answer}");
        assert_eq!(app.run_to_end(&reel).await["state"], "done");
        assert_eq!(app.get("/api/v1/admin/jobs?state=dead").send().await.1["items"], json!([]));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anybodys_job_is_retried_by_its_id() {
    let (app, fakes) = TestApp::faked(BOTH[0]).await;
    let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
    fakes.voice.plan([Trouble::Fail("voice_refused")]);
    assert_eq!(app.run_to_end(&reel).await["state"], "failed");
    let path = format!("/api/v1/admin/jobs/{}/retry", reel["job_id"].as_str().unwrap());
    assert_eq!(app.post(&path).send().await.0, StatusCode::ACCEPTED);
    assert_eq!(app.run_to_end(&reel).await["state"], "done");
    assert_eq!(app.post(&path).send().await.0, StatusCode::CONFLICT);
    let unknown = "/api/v1/admin/jobs/01890a5d-ac96-774b-bcce-b302099a8057/retry";
    assert_eq!(app.post(unknown).send().await.0, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_and_events_say_whose_they_are_and_nothing_of_their_content() {
    for dialect in BOTH {
        let (app, _) = TestApp::faked(dialect).await;
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        app.run_to_end(&reel).await;
        let kept = app.get("/api/v1/admin/storage").send().await.1;
        let hers = kept.as_array().unwrap().iter().find(|row| row["owner"] == "ada").unwrap();
        assert!(hers["bytes"].as_u64().unwrap() > 0 && hers["files"].as_u64().unwrap() > 0, "{kept}");
        let events = app.get("/api/v1/admin/events?limit=5").send().await.1;
        let events = events.as_array().unwrap();
        assert_eq!(events.len(), 5);
        for event in events {
            let mut keys: Vec<&String> = event.as_object().unwrap().keys().collect();
            keys.sort();
            assert_eq!(keys, ["at", "kind", "owner", "owner_name", "subject"], "{event}");
            assert_eq!(event["owner"], "ada");
        }
        let times: Vec<i64> = events.iter().map(|event: &Value| event["at"].as_i64().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "the newest first: {times:?}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reels_are_listed_from_the_oldest_too() {
    let (app, _) = TestApp::faked(BOTH[0]).await;
    for subject in ["harbour", "breeze"] {
        let reel = app.started(&about(subject), json!({ "shape": "1:1" })).await;
        app.run_to_end(&reel).await;
        app.advance(std::time::Duration::from_secs(1)).await;
    }
    let ids = async |path: &str| -> Vec<Value> {
        let page = app.ask(Method::GET, path).of(&ada()).send().await.1;
        page["items"].as_array().unwrap().iter().map(|reel| reel["id"].clone()).collect()
    };
    let newest = ids("/api/v1/reels").await;
    let oldest: Vec<Value> = ids("/api/v1/reels?sort=oldest").await;
    assert_eq!(oldest, newest.iter().rev().cloned().collect::<Vec<_>>());
    let first = app.get("/api/v1/reels?sort=oldest&limit=1").of(&ada()).send().await.1;
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&format!("/api/v1/reels?sort=oldest&limit=1&cursor={cursor}")).await, oldest[1..]);
    app.end().await;
}
