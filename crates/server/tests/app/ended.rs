//! What goes on when a session, a token or an account ends: nothing.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sluice_app::account::SignUp;
use sluice_app::maintenance::leave::leave;
use sluice_domain::ids::OwnerId;
use sluice_store::Dialect;
use sluice_store::uploads::{self, Hold};
use sluice_testkit::pdf;
use tokio::time::timeout;

use crate::access::{PASSWORD, token, with_ada};
use crate::scribe::EBML;
use crate::support::{Ask, BOTH, TestApp};

/// An event stream that has begun.
async fn stream(ask: Ask<'_>) -> BodyDataStream {
    let answer = ask.response().await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut stream = answer.into_body().into_data_stream();
    assert!(next(&mut stream).await.unwrap().contains("event: hello"));
    stream
}

/// The next piece of a stream; none at its end.
async fn next(stream: &mut BodyDataStream) -> Option<String> {
    let piece =
        timeout(Duration::from_mins(1), stream.next()).await.expect("it neither ends nor keeps the connection open");
    piece.map(|piece| String::from_utf8(piece.unwrap().to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stream_ends_with_the_token_that_it_was_opened_with() {
    let (app, ada) = with_ada(Dialect::Sqlite, SignUp::Closed).await;
    let (id, secret) = token(&app, &ada, &["read"], None).await;
    let mut by_token = stream(app.get("/api/v1/events").bearer(&secret)).await;
    let mut by_session = stream(app.get("/api/v1/events").cookie(&ada)).await;
    let revoked = app.ask(Method::DELETE, &format!("/api/v1/tokens/{id}")).cookie(&ada).send().await;
    assert_eq!(revoked.0, StatusCode::NO_CONTENT);
    assert_eq!(next(&mut by_token).await, None, "before anything else is sent");
    assert!(next(&mut by_session).await.unwrap().starts_with(':'), "the other one is kept open");
    app.end().await;
}

/// A recording with a chunk, and a phrase of which a card is being made.
async fn record_and_capture(app: &TestApp, cookie: &str) {
    let made = async |ask: Ask<'_>| {
        let (status, view) = ask.cookie(cookie).send().await;
        assert!(status.is_success(), "{status}: {view}");
        view
    };
    let recording = json!({ "title": "Tides", "transcribe": false });
    let recording = made(app.post("/api/v1/sessions").json(&recording)).await;
    let path = format!("/api/v1/sessions/{}/segments", recording["id"].as_str().unwrap());
    made(app.post(&path).json(&json!({ "key": "a", "source": "tab", "media_type": "audio/webm" }))).await;
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(EBML)));
    let chunk = app.ask(Method::PUT, &format!("{path}/0/chunks/0?start_ms=0&length_ms=1000"));
    made(chunk.header("content-digest", &digest).raw(&EBML)).await;
    made(app.post("/api/v1/phrases").json(&json!({ "text": "Где библиотека?", "language": "ru" }))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deleted_account_had_goes_and_what_is_on_its_way_arrives_nowhere() {
    for dialect in BOTH {
        let (app, _ada) = with_ada(dialect, SignUp::Open).await;
        let body = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
        let omar = app.post("/api/v1/accounts").unknown().json(&body).answer().await.cookie();
        let own = app.get("/api/v1/account").cookie(&omar).send().await.1;
        let owner: OwnerId = own["owner"].as_str().unwrap().parse().unwrap();
        let document = app.document(&owner, "tides.pdf", &pdf::fine()).await;
        let reel = app.reel(&owner, &document, json!({})).await;
        record_and_capture(&app, &omar).await;
        let arriving = app.post("/api/v1/uploads").cookie(&omar).header("tus-resumable", "1.0.0");
        let arriving = arriving.header("upload-length", "1000").answer().await;
        assert_eq!(arriving.status, StatusCode::CREATED, "{}", arriving.json());
        let upload = arriving.header("location").rsplit('/').next().unwrap().to_owned();
        // As a process that is receiving it.
        let (id, lease) = (upload.parse().unwrap(), upload.parse().unwrap());
        let (hold, store) = (Hold { owner: owner.clone(), upload: id, lease }, app.app.platform.store.clone());
        store.write(async |tx| uploads::acquire(tx, &hold, sluice_app::uploads::HOLD).await).await.unwrap();

        let gone = app.ask(Method::DELETE, "/api/v1/account").cookie(&omar).json(&json!({ "password": PASSWORD }));
        assert_eq!(gone.send().await.0, StatusCode::NO_CONTENT);
        assert_eq!(leave(&app.app.maintenance(), || false).await.unwrap(), 1);

        let job = reel["job_id"].as_str().unwrap();
        assert_eq!(app.texts("SELECT state AS value FROM jobs WHERE id = $1", &[job]).await, ["cancelled"]);
        for table in [
            "SELECT id AS value FROM documents WHERE owner = $1",
            "SELECT id AS value FROM reels WHERE owner = $1 AND deleted_at IS NULL",
            "SELECT id AS value FROM scribe_sessions WHERE owner = $1",
            "SELECT blob AS value FROM scribe_chunks WHERE owner = $1",
            "SELECT id AS value FROM capture_phrases WHERE owner = $1",
            "SELECT id AS value FROM jobs WHERE owner = $1 AND state <> 'cancelled'",
        ] {
            assert_eq!(app.texts(table, &[owner.as_str()]).await, [""; 0], "{table}");
        }
        let now = store.now().await.unwrap();
        assert!(!store.write(async |tx| uploads::record(tx, &hold, 5, now).await).await.unwrap());
        let tombstone = app.texts("SELECT state AS value FROM accounts WHERE owner = $1", &[owner.as_str()]).await;
        assert_eq!(tombstone, ["deleted"]);
        assert_eq!(leave(&app.app.maintenance(), || false).await.unwrap(), 0, "nothing is left");
        app.end().await;
    }
}
