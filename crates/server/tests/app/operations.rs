//! What administrators do with the work of everybody.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fakes::Trouble;
use crate::person::{about, ada, job_path, omar};
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
        let events = events["items"].as_array().unwrap();
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

/// All pages of a list, with so many items each.
async fn pages(app: &TestApp, path: &str, limit: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(&format!("{path}&limit={limit}{cursor}").replace("?&", "?")).send().await.1;
        let some = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
        assert!(some.len() <= limit && (cursor.is_empty() || !some.is_empty()), "{page}");
        items.extend(some.iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_filtered_and_shown_page_by_page() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        app.run_to_end(&reel).await;
        let document = app.document(&omar(), "breeze.pdf", &about("breeze")).await;
        let his = app.reel(&omar(), &document, json!({ "shape": "1:1" })).await;
        assert_eq!(app.post(&job_path(&his, "/cancel")).of(&omar()).send().await.0, StatusCode::OK);
        let path = |filter: &str| format!("/api/v1/admin/events?{filter}");
        let all = pages(&app, &path(""), 100).await;
        assert!(all.len() > 10, "{}", all.len());
        assert_eq!(pages(&app, &path(""), 7).await, all, "pages of any size");
        let kind = all[0]["kind"].as_str().unwrap();
        for (filter, field, value) in [
            ("owner=omar".to_owned(), "owner", "omar"),
            (format!("kind={kind}"), "kind", kind),
            (format!("subject={}", reel["id"].as_str().unwrap()), "subject", reel["id"].as_str().unwrap()),
        ] {
            let expected: Vec<&Value> = all.iter().filter(|event| event[field] == value).collect();
            assert!(!expected.is_empty() && expected.len() < all.len(), "{filter}");
            assert!(pages(&app, &path(&filter), 3).await.iter().eq(expected), "{filter}");
        }
        let both = pages(&app, &path(&format!("owner=omar&kind={kind}")), 100).await;
        assert!(both.iter().all(|event| event["owner"] == "omar" && event["kind"] == kind));
        assert_eq!(pages(&app, &path("owner=nobody"), 5).await, [] as [Value; 0]);
        for wrong in ["cursor=6e6f", "cursor=x", "limit=0", "limit=101", "level=high"] {
            assert_eq!(app.get(&path(wrong)).send().await.0, StatusCode::BAD_REQUEST, "{wrong}");
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_filtered_and_those_alone_run_again() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        fakes.voice.plan([Trouble::Fail("voice_refused")]);
        assert_eq!(app.run_to_end(&reel).await["state"], "failed");
        let count =
            async |filter: &str| pages(&app, &format!("/api/v1/admin/jobs?state=dead{filter}"), 100).await.len();
        let all = count("").await;
        assert!(all >= 1);
        let refused = count("&code=voice_refused").await;
        assert!(refused >= 1);
        assert_eq!((count("&owner=ada").await, count("&owner=omar").await), (all, 0));
        assert_eq!((count("&code=no_such").await, count("&kind=no.such").await, count("&owner=%20").await), (0, 0, 0));
        let redrive = async |body: Value| app.post("/api/v1/admin/jobs/redrive").json(&body).send().await.1;
        for body in [json!({ "owner": "omar" }), json!({ "code": "no_such" }), json!({ "kind": "no.such" })] {
            assert_eq!(redrive(body.clone()).await["redriven"], 0, "{body}");
        }
        assert_eq!(count("").await, all, "nothing was run again");
        assert!(redrive(json!({ "owner": "ada" })).await["redriven"].as_u64().unwrap() >= 1);
        assert_eq!(app.run_to_end(&reel).await["state"], "done");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_limited_is_shown_set_and_lifted() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let limits = async || app.get("/api/v1/admin/limits").send().await.1;
        let set = async |body: Value| {
            let (status, answer) = app.ask(Method::PUT, "/api/v1/admin/limits").json(&body).send().await;
            (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
        };
        let unset = async |body: Value| app.post("/api/v1/admin/limits/unset").json(&body).send().await.0;
        assert_eq!(limits().await, json!({ "limits": [], "rates": [] }));
        let done = (204, String::new());
        assert_eq!(set(json!({ "scope": "kind", "name": "reel.make", "concurrency": 0 })).await, done);
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        assert_eq!(app.run_jobs().await, 0, "none at once");
        let why = async || app.get(&job_path(&reel, "/why")).of(&ada()).send().await.1["reasons"].to_string();
        assert!(why().await.contains("\"limit\""), "{}", why().await);
        assert_eq!(set(json!({ "scope": "kind", "name": "reel.make", "concurrency": 2 })).await, done);
        assert!(!why().await.contains("\"limit\""), "{}", why().await);
        assert_eq!(app.post(&job_path(&reel, "/cancel")).of(&ada()).send().await.0, StatusCode::OK);

        let rate = json!({ "unit": "tokens", "amount": 90_000, "period_ms": 60_000, "burst": 20_000 });
        assert_eq!(set(json!({ "scope": "owner", "name": "ada", "weight": 3, "concurrency": 4 })).await, done);
        assert_eq!(set(json!({ "scope": "provider", "name": "*", "rate": rate })).await, done);
        let per_second = json!({ "unit": "requests", "amount": 5, "period_ms": 1_000 });
        assert_eq!(set(json!({ "scope": "provider", "name": "*", "rate": per_second })).await, done);
        let now = limits().await;
        let kind = json!({ "scope": "kind", "name": "reel.make", "concurrency": 2, "weight": 1 });
        let ada = json!({ "scope": "owner", "name": "ada", "concurrency": 4, "weight": 3 });
        assert_eq!(now["limits"], json!([kind, ada]));
        let of = |rate: &Value, burst: u64| {
            let mut shown = json!({ "scope": "provider", "name": "*", "burst": burst });
            shown.as_object_mut().unwrap().extend(rate.as_object().unwrap().clone());
            shown
        };
        assert_eq!(now["rates"], json!([of(&per_second, 5), of(&rate, 20_000)]), "{now}");

        for (body, code) in [
            (json!({ "scope": "planet", "name": "earth", "concurrency": 1 }), "invalid_scope"),
            (json!({ "scope": "kind", "name": " ", "concurrency": 1 }), "invalid_name"),
            (json!({ "scope": "kind", "name": "reel.make" }), "invalid_limit"),
            (json!({ "scope": "kind", "name": "reel.make", "weight": 2 }), "invalid_limit"),
            (json!({ "scope": "owner", "name": "*", "weight": 2 }), "invalid_limit"),
            (json!({ "scope": "owner", "name": "ada", "weight": 0 }), "invalid_limit"),
            (json!({ "scope": "owner", "name": "ada", "concurrency": 1_000_001 }), "invalid_limit"),
            (
                json!({ "scope": "owner", "name": "ada", "rate": { "unit": "wishes", "amount": 3, "period_ms": 1 } }),
                "invalid_limit",
            ),
            (
                json!({ "scope": "owner", "name": "ada", "rate": { "unit": "tokens", "amount": 0, "period_ms": 1 } }),
                "invalid_limit",
            ),
        ] {
            assert_eq!(set(body.clone()).await, (422, code.to_owned()), "{body}");
        }
        assert_eq!(limits().await, now, "a refusal changes nothing");

        let requests = json!({ "scope": "provider", "name": "*", "rate": "requests" });
        assert_eq!(unset(requests.clone()).await, StatusCode::NO_CONTENT);
        assert_eq!(unset(requests).await, StatusCode::NOT_FOUND, "it is gone");
        assert_eq!(unset(json!({ "scope": "owner", "name": "ada", "weight": true })).await, StatusCode::NO_CONTENT);
        let rest = limits().await;
        assert_eq!(
            (rest["limits"][1]["weight"].clone(), rest["limits"][1]["concurrency"].clone()),
            (json!(1), json!(4))
        );
        for (scope, name) in [("owner", "ada"), ("kind", "reel.make"), ("provider", "*")] {
            assert_eq!(unset(json!({ "scope": scope, "name": name })).await, StatusCode::NO_CONTENT, "{name}");
        }
        assert_eq!(limits().await, json!({ "limits": [], "rates": [] }));
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
