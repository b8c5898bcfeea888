//! What a person does with a reel between the upload and the video: starting, editing, changing the order, stopping,
//! trying again, making it again.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::reel::ReelId;
use sluice_app::reel::{ReelApp, edit};
use sluice_domain::ids::OwnerId;
use sluice_store::Dialect;
use sluice_testkit::pdf;

use crate::person::{ada, path};
use crate::support::{BOTH, TestApp};

impl TestApp {
    /// A reel with its storyboard written and none of its scenes rendered: the pool that renders has no worker.
    async fn written(&self) -> Value {
        let document = self.document(&ada(), "tides.pdf", &pdf::fine()).await;
        let reel = self.reel(&ada(), &document, json!({ "shape": "1:1" })).await;
        let worker = self.app.engine.start_pools(&["default".to_owned()]);
        let mut changed = self.app.engine.changed();
        let mut view = self.show(&reel).await;
        while view["scenes"].as_array().unwrap().is_empty() {
            changed.changed().await.unwrap();
            view = self.show(&reel).await;
        }
        worker.shutdown(Duration::from_secs(20)).await;
        self.show(&reel).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_starts_one_reel_however_often_and_from_wherever_it_is_sent() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
        let start = async |mode: &str| {
            let body = json!({ "document_id": document["id"], "mode": mode });
            app.post("/api/v1/reels").of(&ada()).header("idempotency-key", "\"one\"").json(&body).send().await
        };
        let at_once = futures::future::join_all((0..4).map(|_| start("summary"))).await;
        let (status, first) = &at_once[0];
        assert_eq!(*status, StatusCode::ACCEPTED, "{first}");
        for (status, other) in &at_once {
            assert_eq!((status, &other["id"]), (&StatusCode::ACCEPTED, &first["id"]), "{other}");
        }
        let (status, refused) = start("explanation").await;
        assert_eq!((status, &refused["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("idempotency_key_reused")));
        let listed = app.get("/api/v1/reels").of(&ada()).send().await.1.to_string();
        assert_eq!(listed.matches(&format!("\"id\":{}", first["id"])).count(), 1, "{listed}");

        // Deleted, its key starts another one.
        assert_eq!(app.ask(Method::DELETE, &path(first)).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
        let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
        let body = json!({ "document_id": document["id"] });
        let again = app.post("/api/v1/reels").of(&ada()).header("idempotency-key", "one").json(&body).send().await;
        assert_eq!(again.0, StatusCode::ACCEPTED, "{}", again.1);
        assert_ne!(again.1["id"], first["id"]);
        app.stop(&again.1).await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_starts_so_many_reels_and_the_next_when_time_has_passed() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
    let body = json!({ "document_id": document["id"] });
    let mut started = Vec::new();
    for _ in 0..5 {
        started.push(app.reel(&ada(), &document, json!({})).await);
        app.advance(Duration::from_mins(1)).await;
    }
    // Another owner at the same address does not get more.
    for owner in [ada(), "omar".parse().unwrap()] {
        let document = app.document(&owner, "tides.pdf", &pdf::fine()).await;
        let body = json!({ "document_id": document["id"] });
        let (status, refused) = app.post("/api/v1/reels").of(&owner).json(&body).send().await;
        assert_eq!((status, &refused["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("limit_jobs")));
        let wait = refused["retry_after_seconds"].as_u64().unwrap();
        assert!((295..=302).contains(&wait), "the first leaves the window in 5 minutes: {wait}");
    }
    assert_eq!(app.ask(Method::DELETE, &path(&started[4])).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
    let (status, _) = app.post("/api/v1/reels").of(&ada()).json(&body).send().await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "a deleted one counts");
    app.advance(Duration::from_secs(302)).await;
    started[4] = app.reel(&ada(), &document, json!({})).await;
    for reel in &started {
        app.stop(reel).await;
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scenes_are_rewritten_and_moved_and_what_cannot_be_is_refused() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let reel = app.written().await;
        let scenes = reel["scenes"].as_array().unwrap().clone();
        let count = u32::try_from(scenes.len()).unwrap();
        assert!(count >= 3, "{reel}");

        let text = "The sea breathes twice a day. Nobody hears it.";
        let (status, edited) = app.edit(&reel, 2, json!({ "text": text, "heading": " The  sea " })).await;
        assert_eq!(status, StatusCode::OK, "{edited}");
        let scene = &edited["scenes"][1];
        assert_eq!((&scene["text"], &scene["heading"]), (&json!(text), &json!("The sea")));
        assert_eq!(scene["sentences"].as_array().unwrap().len(), 2);
        assert_eq!(scene["id"], scenes[1]["id"], "a scene keeps its id");

        let (status, moved) = app.edit(&reel, 2, json!({ "position": count })).await;
        assert_eq!(status, StatusCode::OK, "{moved}");
        let order: Vec<&Value> = moved["scenes"].as_array().unwrap().iter().map(|scene| &scene["id"]).collect();
        assert_eq!(order.last(), Some(&&scenes[1]["id"]));
        assert_eq!(order[1], &scenes[2]["id"]);

        let long = "a".repeat(121);
        for (n, change, status, code) in [
            (1, json!({ "text": "" }), 422, "text_empty"),
            (1, json!({ "text": "bell \u{7}" }), 422, "text_control_characters"),
            (1, json!({ "text": "word ".repeat(5000) }), 422, "text_too_long"),
            (1, json!({ "text": "a".repeat(5001) }), 422, "text_too_long"),
            (1, json!({ "heading": " " }), 422, "bad_heading"),
            (1, json!({ "heading": long }), 422, "bad_heading"),
            (1, json!({ "position": 0 }), 422, "bad_position"),
            (1, json!({ "position": count + 1 }), 422, "bad_position"),
            (count + 1, json!({ "heading": "x" }), 404, "not_found"),
        ] {
            let (got, answer) = app.edit(&reel, n, change.clone()).await;
            assert_eq!((got.as_u16(), answer["code"].as_str().unwrap()), (status, code), "{change}");
        }
        assert_eq!(app.show(&reel).await["scenes"], moved["scenes"], "what was refused changed nothing");
        app.stop(&reel).await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reel_that_was_stopped_goes_on_and_one_that_was_not_is_not_tried_again() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let reel = app.written().await;
    let retry = format!("/api/v1/jobs/{}/retry", reel["job_id"].as_str().unwrap());
    let (status, answer) = app.post(&retry).of(&ada()).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("not_retryable")));
    app.stop(&reel).await;
    assert_eq!(app.show(&reel).await["state"], "cancelled");
    let omar: OwnerId = "omar".parse().unwrap();
    assert_eq!(app.post(&retry).of(&omar).send().await.0, StatusCode::NOT_FOUND);
    assert_eq!(app.post(&retry).of(&ada()).send().await.0, StatusCode::ACCEPTED);
    let going = app.show(&reel).await;
    assert_eq!((&going["state"], &going["scenes"][0]["id"]), (&json!("working"), &reel["scenes"][0]["id"]));
    app.stop(&reel).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reel_expires_when_nothing_works_on_it_and_can_be_tried_again() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
    let reel = app.reel(&ada(), &document, json!({})).await;
    app.advance(Duration::from_mins(31)).await;
    app.run_jobs().await;
    assert_eq!(app.show(&reel).await["state"], "expired");
    app.end().await;
}

/// The fault that was: the job had looked at the storyboard, and ended after it was changed; what was asked for was never
/// made. Here the change comes while the file is being opened.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_while_the_video_is_published_is_in_the_video_on_sqlite() {
    a_change_while_the_video_is_published_is_in_the_video(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_while_the_video_is_published_is_in_the_video_on_postgres() {
    a_change_while_the_video_is_published_is_in_the_video(Dialect::Postgres).await;
}

async fn a_change_while_the_video_is_published_is_in_the_video(dialect: Dialect) {
    let app = TestApp::open(dialect).await;
    let document = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
    let reel = app.reel(&ada(), &document, json!({ "shape": "1:1" })).await;
    let worker = app.app.engine.start();
    let mut hit = false;
    for round in 0..5 {
        let shown = app.show(&reel).await;
        let job = format!("/api/v1/jobs/{}", shown["job_id"].as_str().unwrap());
        loop {
            let job = app.get(&job).of(&ada()).send().await.1;
            if job["stage"] == "publish" || job["finished_at"].is_number() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let text = format!("The last word of round {round} is this one.");
        assert_eq!(app.edit(&reel, 2, json!({ "text": text })).await.0, StatusCode::OK);
        let render = app.post(&format!("{}/render", path(&reel))).of(&ada()).send().await;
        assert_eq!(render.0, StatusCode::ACCEPTED);
        let at_work = app.get(&job).of(&ada()).send().await.1;
        hit |= at_work["stage"] == "publish" && at_work["finished_at"].is_null();
        if hit {
            let done = app.until_done(&reel).await;
            assert_eq!((&done["state"], &done["result"]["current"]), (&json!("done"), &json!(true)), "{done}");
            let said = done["result"]["lines"].to_string();
            assert!(said.contains(&text), "{said}");
            break;
        }
    }
    assert!(hit, "no change came while a video was published");
    worker.shutdown(Duration::from_secs(20)).await;
    app.run_jobs().await;

    // Made again, it keeps its video until there is a new one, and makes nothing twice.
    let before = app.show(&reel).await;
    let calls = app.calls().await;
    let id: ReelId = reel["id"].as_str().unwrap().parse().unwrap();
    let handle = app.app.module::<ReelApp>().unwrap();
    edit::again(&ada(), handle, &app.app.engine, &id).await.unwrap();
    let meanwhile = app.show(&reel).await;
    assert_eq!((&meanwhile["state"], &meanwhile["result"]["current"]), (&json!("working"), &json!(false)));
    assert_eq!(app.get(meanwhile["result"]["video_url"].as_str().unwrap()).bytes().await.0, StatusCode::OK);
    app.stop(&meanwhile).await;
    let stopped = app.show(&reel).await;
    assert_eq!(stopped["result"]["bytes"], before["result"]["bytes"], "stopped, the old one is still there");
    edit::again(&ada(), handle, &app.app.engine, &id).await.unwrap();
    app.run_jobs().await;
    let after = app.show(&reel).await;
    assert_eq!((&after["state"], &after["result"]["current"]), (&json!("done"), &json!(true)), "{after}");
    assert!(!after["result"]["lines"].to_string().contains("The last word of"), "it is the document's script again");
    assert!(app.calls().await <= calls + 5, "only the scene that had been edited, and the whole, are made");
    app.end().await;
}
