//! Requests that make or change the same at the same time, on both databases and over two processes: one of them makes it, the
//! others find it or are told so, and none is an internal error.

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use serde_json::json;
use sluice_app::account::SignUp;
use sluice_store::faults::Fault;
use sluice_testkit::pdf;

use crate::access::{PASSWORD, with_ada};
use crate::scribe::Recording;
use crate::support::{Answer, Ask, BOTH, TestApp};

/// An address may start as many reels as it likes.
const FREELY: [&str; 2] = ["--reels-per-ten-minutes", "1000"];
/// How many come at the same time.
const MANY: usize = 8;

/// Sends the same request many times at once, every other one to another process.
async fn at_once<'a>(app: &'a TestApp, ask: impl Fn() -> Ask<'a>) -> Vec<Answer> {
    let other = app.beside(&FREELY).await;
    let asks = (0..MANY).map(|n| if n % 2 == 0 { ask() } else { ask().to(&other) }.answer());
    join_all(asks).await
}

/// All of them answer with one of these statuses, and all that made or found something name the same id.
fn same(what: &str, answers: &[Answer], allowed: &[u16]) -> String {
    let mut ids: Vec<String> = Vec::new();
    for answer in answers {
        let shown = String::from_utf8_lossy(&answer.bytes);
        assert!(allowed.contains(&answer.status.as_u16()), "{what}: {} {shown}", answer.status);
        if answer.status.is_success() && !answer.bytes.is_empty() {
            let body = answer.json();
            let first = body["items"].get(0).unwrap_or(&body);
            ids.push(first["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    ids.dedup();
    assert!(ids.len() <= 1, "{what}: {ids:?}");
    ids.pop().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_with_the_same_key_one_makes_it_and_the_others_find_it() {
    for dialect in BOTH {
        let app = TestApp::open_with(dialect, &FREELY).await;
        let document = same(
            "documents",
            &at_once(&app, || app.post("/api/v1/documents").file("tides.pdf", &pdf::fine())).await,
            &[201],
        );
        let reel = json!({ "document_id": document });
        let phrases = json!({ "text": "Добрый день.", "language": "ru", "translate_to": "en" });
        let session = json!({ "title": "Tides", "transcribe": false, "consent": "Everybody agreed." });
        for (path, body, rows) in [
            ("/api/v1/reels", reel, "SELECT id AS value FROM reels"),
            ("/api/v1/phrases", phrases, "SELECT id AS value FROM capture_phrases"),
            ("/api/v1/sessions", session, "SELECT id AS value FROM scribe_sessions"),
        ] {
            let ask = || app.post(path).header("idempotency-key", "once").json(&body);
            let id = same(path, &at_once(&app, ask).await, &[200, 201, 202]);
            assert!(!id.is_empty(), "{path}");
            assert_eq!(app.texts(rows, &[]).await, [id], "{path} on {dialect:?}");
        }
        for job in app.texts("SELECT id AS value FROM jobs WHERE finished_at IS NULL", &[]).await {
            app.post(&format!("/api/v1/jobs/{job}/cancel")).send().await;
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_requests_with_the_same_line_one_makes_the_card() {
    for dialect in BOTH {
        let app = TestApp::open_with(dialect, &FREELY).await;
        let line = json!({ "text": "Добрый день.", "language": "ru" });
        let id = same("a line", &at_once(&app, || app.post("/api/v1/phrases").json(&line)).await, &[200, 201]);
        assert_eq!(app.texts("SELECT id AS value FROM capture_phrases", &[]).await, [id], "{dialect:?}");
        for job in app.texts("SELECT id AS value FROM jobs WHERE finished_at IS NULL", &[]).await {
            app.post(&format!("/api/v1/jobs/{job}/cancel")).send().await;
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_recorders_that_send_the_same_at_once_one_is_taken() {
    for dialect in BOTH {
        let app = TestApp::open_with(dialect, &FREELY).await;
        let recording = Recording::begin(&app).await;
        let segment = json!({ "key": "b", "source": "tab", "media_type": "audio/webm;codecs=opus" });
        let begin = || app.post(&recording.path("/segments")).of(&crate::person::ada()).json(&segment);
        for answer in at_once(&app, begin).await {
            assert_eq!(
                (answer.status, &answer.json()["number"]),
                (StatusCode::CREATED, &json!(1)),
                "{}",
                answer.json()
            );
        }
        let hold = json!({ "reason": "A dispute." });
        let hold = || app.ask(Method::PUT, &recording.path("/hold")).of(&crate::person::ada()).json(&hold);
        same("a hold", &at_once(&app, hold).await, &[200, 204]);
        let all = json!({ "reason": "A dispute." });
        let all = || app.ask(Method::PUT, "/api/v1/storage/hold").of(&crate::person::ada()).json(&all);
        same("a hold of everything", &at_once(&app, all).await, &[200, 204]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_people_who_take_the_same_address_one_gets_it() {
    for dialect in BOTH {
        let (app, cookie) = with_ada(dialect, SignUp::Open).await;
        let omar = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
        let answers = join_all((0..MANY).map(|_| app.post("/api/v1/accounts").unknown().json(&omar).answer())).await;
        let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
        same("accounts", &answers, &[201, 409]);
        assert_eq!(made, 1, "{dialect:?}");
        for (method, path, body) in [
            (
                Method::POST,
                "/api/v1/admin/queues/pause",
                json!({ "scope": "queue", "name": "video", "reason": "repair" }),
            ),
            (Method::PUT, "/api/v1/admin/limits", json!({ "scope": "kind", "name": "reel.make", "concurrency": 2 })),
            (
                Method::POST,
                "/api/v1/admin/limits/unset",
                json!({ "scope": "kind", "name": "reel.make", "concurrency": true }),
            ),
            (Method::POST, "/api/v1/admin/queues/resume", json!({ "scope": "queue", "name": "video" })),
        ] {
            let asks = (0..MANY).map(|_| app.ask(method.clone(), path).cookie(&cookie).json(&body).answer());
            for answer in join_all(asks).await {
                let shown = String::from_utf8_lossy(&answer.bytes);
                assert!(
                    answer.status.is_success() || answer.status == StatusCode::NOT_FOUND,
                    "{path}: {} {shown}",
                    answer.status
                );
            }
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_loses_a_race_is_done_again_and_what_loses_every_race_says_when_to_come_back() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let hook = json!({ "url": "https://example.org/hooks" });
        let add = || app.post("/api/v1/webhooks").json(&hook).answer();
        let hooks = async || app.texts("SELECT id AS value FROM webhooks", &[]).await.len();
        for _ in 0..3 {
            app.faults().plan("", Fault::LostRace);
        }
        let answer = add().await;
        assert_eq!((answer.status, hooks().await), (StatusCode::CREATED, 1), "{}", answer.json());
        assert!(app.faults().all_happened());
        for _ in 0..6 {
            app.faults().plan("", Fault::LostRace);
        }
        let answer = add().await;
        assert_eq!((answer.problem(), answer.header("retry-after")), ((503, "contended".to_owned()), "2"));
        assert!(answer.json()["detail"].as_str().unwrap().contains("Nothing was stored"), "{}", answer.json());
        assert!(app.faults().all_happened());
        assert_eq!((hooks().await, add().await.status), (1, StatusCode::CREATED));
        app.end().await;
    }
}
