//! Recordings: chunks that are stored exactly once, whatever a client and its network do.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sluice_app::scribe::{EndAbandoned, MOST_WAITING};
use sluice_domain::ids::OwnerId;
use sluice_engine::EnqueueOptions;
use sluice_store::Dialect;
use sluice_testkit::corpus;
use tokio::sync::{Semaphore, oneshot};

use crate::person::{ada, omar};
use crate::support::{Answer, BOTH, TestApp};

/// What a `WebM` file begins with.
pub(crate) const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// The bytes of a chunk, of which the first has its container's header.
pub(crate) fn bytes(number: u32) -> Vec<u8> {
    let head: &[u8] = if number == 0 { &EBML } else { &[] };
    [head, format!("chunk {number} ").repeat(50).as_bytes()].concat()
}

/// A recording of somebody, with one segment.
pub(crate) struct Recording<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) id: String,
}

impl<'a> Recording<'a> {
    pub(crate) async fn begin(app: &'a TestApp) -> Self {
        let new = json!({ "title": "Tides", "language": "en", "transcribe": false, "consent": "Everybody agreed." });
        Self::begin_with(app, &new, "audio/webm;codecs=opus").await
    }

    pub(crate) async fn begin_with(app: &'a TestApp, new: &Value, media_type: &str) -> Self {
        let (status, view) = app.post("/api/v1/sessions").of(&ada()).json(new).send().await;
        assert_eq!((status, &view["state"]), (StatusCode::CREATED, &json!("recording")), "{view}");
        let recording = Self { app, id: view["id"].as_str().unwrap().to_owned() };
        let new = json!({ "key": "a", "source": "microphone", "media_type": media_type, "started_at": 7 });
        let (status, segment) = app.post(&recording.path("/segments")).of(&ada()).json(&new).send().await;
        assert_eq!((status, &segment["number"]), (StatusCode::CREATED, &json!(0)), "{segment}");
        recording
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/sessions/{}{rest}", self.id)
    }

    pub(crate) async fn segment(&self, key: &str) -> (StatusCode, Value) {
        let new =
            json!({ "key": key, "source": "microphone", "media_type": "audio/webm;codecs=opus", "started_at": 7 });
        self.app.post(&self.path("/segments")).of(&ada()).json(&new).send().await
    }

    pub(crate) async fn put(&self, number: u32, bytes: &[u8]) -> Answer {
        self.put_with(number, bytes, &Sha256::digest(bytes)).await
    }

    async fn put_with(&self, number: u32, bytes: &[u8], digest: &[u8]) -> Answer {
        let path = self.path(&format!("/segments/0/chunks/{number}?start_ms={}&length_ms=30000", number * 30_000));
        self.put_under(&path, bytes, digest).await
    }

    /// With the times of this address.
    pub(crate) async fn put_at(&self, path: &str, bytes: &[u8]) -> Answer {
        self.put_under(path, bytes, &Sha256::digest(bytes)).await
    }

    async fn put_under(&self, path: &str, bytes: &[u8], digest: &[u8]) -> Answer {
        let digest = format!("sha-256=:{}:", STANDARD.encode(digest));
        self.app.ask(Method::PUT, path).of(&ada()).header("content-digest", &digest).raw(bytes).answer().await
    }

    /// A chunk of the usual bytes, which come when the client has them.
    async fn put_slowly<S>(&self, number: u32, body: S) -> Answer
    where
        S: futures::Stream<Item = Result<Bytes, io::Error>> + Send + 'static,
    {
        let path = self.path(&format!("/segments/0/chunks/{number}?start_ms={}&length_ms=30000", number * 30_000));
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes(number))));
        self.app.ask(Method::PUT, &path).of(&ada()).header("content-digest", &digest).streamed(body).answer().await
    }

    pub(crate) async fn close(&self, chunks: u32) -> Answer {
        let path = self.path("/segments/0/close");
        self.app.post(&path).of(&ada()).json(&json!({ "chunks": chunks })).answer().await
    }

    pub(crate) async fn finish(&self, accept_gaps: bool) -> Answer {
        self.finish_with(&json!({ "accept_gaps": accept_gaps })).await
    }

    pub(crate) async fn finish_with(&self, body: &Value) -> Answer {
        self.app.post(&self.path("/finish")).of(&ada()).json(body).answer().await
    }

    pub(crate) async fn gaps(&self) -> Value {
        self.app.get(&self.path("/gaps")).of(&ada()).send().await.1
    }

    pub(crate) async fn audio(&self) -> Vec<u8> {
        self.app.get(&self.path("/segments/0/audio")).of(&ada()).bytes().await.1
    }

    /// How often its client was told that it need not wait any more.
    async fn told_of_room(&self) -> usize {
        let events = self.app.app.engine.events_after(&ada(), 0, 1_000).await.unwrap();
        let own = |data: &Value| data["session_id"] == self.id && data["can_accept"] == true;
        events.iter().filter(|event| event.kind == "scribe.room" && own(&event.data)).count()
    }

    pub(crate) async fn show(&self) -> Value {
        self.app.get(&self.path("")).of(&ada()).send().await.1
    }
}

fn acknowledged(answer: &Answer) -> (u16, bool) {
    let body = answer.json();
    assert_eq!(body["can_accept"], true, "{body}");
    (answer.status.as_u16(), body["duplicate"].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_chunk_is_stored_exactly_once() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = Recording::begin(&app).await;
        // Out of order, many at once, and some of them again.
        let order = [3, 0, 5, 1, 4, 7, 2, 6];
        let answers = join_all(order.iter().map(async |number| recording.put(*number, &bytes(*number)).await)).await;
        assert!(answers.iter().all(|answer| acknowledged(answer) == (201, false)));
        assert_eq!(acknowledged(&recording.put(3, &bytes(3)).await), (200, true));
        assert_eq!(recording.put(3, &bytes(4)).await.problem(), (409, "chunk_differs".to_owned()));
        let answer = recording.put_with(8, &bytes(8), &[0; 32]).await;
        assert_eq!(answer.problem(), (422, "wrong_digest".to_owned()));
        assert_eq!(recording.put(9, &bytes(9)).await.status, StatusCode::CREATED);
        let gaps = recording.gaps().await;
        assert_eq!(
            gaps,
            json!({ "missing": [[0, [8]]], "max_sequence": 9, "total": 10, "open": [0], "complete": false })
        );

        // It ends once nothing is missing any more.
        let refused = recording.finish(false).await;
        assert_eq!(refused.problem(), (409, "session_has_gaps".to_owned()));
        assert_eq!(refused.json()["gaps"]["missing"], json!([[0, [8]]]));
        assert_eq!(recording.put(8, &bytes(8)).await.status, StatusCode::CREATED);
        assert_eq!(recording.finish(false).await.problem().1, "session_has_gaps", "its recorder may send more");
        assert_eq!(recording.close(9).await.problem(), (409, "segment_differs".to_owned()));
        assert_eq!(recording.close(10).await.status, StatusCode::OK);
        assert_eq!(recording.gaps().await["complete"], true);
        let view = recording.finish(false).await.json();
        assert_eq!((&view["state"], &view["gaps_accepted"]), (&json!("complete"), &json!(false)), "{view}");
        assert_eq!(recording.finish(false).await.json()["ended_at"], view["ended_at"], "it ends once");
        assert_eq!(
            acknowledged(&recording.put(2, &bytes(2)).await),
            (200, true),
            "an answer that was lost is given again"
        );
        assert_eq!(recording.put(10, &bytes(10)).await.problem(), (409, "session_ended".to_owned()));
        assert_eq!(recording.segment("b").await.0, StatusCode::CONFLICT);

        let whole: Vec<u8> = (0..10).flat_map(bytes).collect();
        assert_eq!(recording.audio().await, whole);
        let part =
            app.get(&recording.path("/segments/0/audio")).of(&ada()).header("range", "bytes=10-899").answer().await;
        assert_eq!((part.status, &part.bytes[..]), (StatusCode::PARTIAL_CONTENT, &whole[10..900]));
        assert_eq!(part.header("content-range"), format!("bytes 10-899/{}", whole.len()));
        assert_eq!(part.header("content-security-policy"), "default-src 'none'; sandbox");
        let view = recording.show().await;
        assert_eq!((&view["bytes"], &view["length_ms"]), (&json!(whole.len()), &json!(300_000)));

        // Deleted, its bytes are garbage.
        let path = recording.path("");
        assert_eq!(app.ask(Method::DELETE, &path).of(&omar()).send().await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.ask(Method::DELETE, &path).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
        assert_eq!(app.get(&path).of(&ada()).send().await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.texts("SELECT blob AS value FROM blob_refs", &[]).await, [""; 0]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_cannot_be_right_is_refused_and_costs_nothing() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let recording = Recording::begin(&app).await;
    let problem = async |number, bytes: &[u8]| recording.put(number, bytes).await.problem();
    assert_eq!(problem(0, b"<html>").await, (422, "not_audio".to_owned()));
    assert_eq!(problem(0, b"").await, (422, "empty_chunk".to_owned()));
    assert_eq!(problem(1_000, &bytes(1)).await, (422, "chunk_too_far".to_owned()));
    let large = recording.put(1, &vec![0; 10_000_001]).await;
    assert_eq!(
        (large.problem(), &large.json()["most_bytes"]),
        ((413, "chunk_too_large".to_owned()), &json!(10_000_000))
    );
    let path = recording.path("/segments/0/chunks/1?start_ms=0&length_ms=1000");
    let undigested = app.ask(Method::PUT, &path).of(&ada()).raw(b"x").answer().await;
    assert_eq!(undigested.problem(), (400, "bad_request".to_owned()));
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(b"x")));
    let nowhere = recording.path("/segments/7/chunks/1?start_ms=0&length_ms=1000");
    let nowhere = app.ask(Method::PUT, &nowhere).of(&ada()).header("content-digest", &digest).raw(b"x").answer().await;
    assert_eq!(nowhere.problem(), (404, "not_found".to_owned()));
    for (times, problem) in [
        ("start_ms=-5&length_ms=1000", (400, "bad_request")),
        ("start_ms=0&length_ms=0", (422, "chunk_without_length")),
    ] {
        let path = recording.path(&format!("/segments/0/chunks/1?{times}"));
        let answer = app.ask(Method::PUT, &path).of(&ada()).header("content-digest", &digest).raw(b"x").answer().await;
        assert_eq!(answer.problem(), (problem.0, problem.1.to_owned()), "{times}");
    }

    assert_eq!(recording.put(0, &bytes(0)).await.status, StatusCode::CREATED);
    for _ in 0..3 {
        assert_eq!(acknowledged(&recording.put(0, &bytes(0)).await), (200, true));
    }
    let often = recording.put(0, &bytes(0)).await;
    assert_eq!(often.problem(), (429, "chunk_repeated".to_owned()));
    assert!(often.header("retry-after").parse::<u64>().unwrap() <= 61);

    for (media_type, code) in [("text/html", "unknown_media_type"), ("audio/webm", "bad_key")] {
        let key = if code == "bad_key" { "" } else { "b" };
        let new = json!({ "key": key, "source": "tab", "media_type": media_type });
        let answer = app.post(&recording.path("/segments")).of(&ada()).json(&new).answer().await;
        assert_eq!(answer.problem(), (422, code.to_owned()));
    }
    assert_eq!(recording.audio().await, bytes(0));
    assert_eq!(
        std::fs::read_dir(app.data().join("incoming")).unwrap().count(),
        0,
        "nothing is left of what was refused"
    );
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_session_lets_its_client_wait_and_another_one_goes_on() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let recording = Recording::begin(&app).await;
    let other = Recording::begin(&app).await;
    let arrived = Arc::new(Semaphore::new(0));
    let slow = |number: u32| {
        let (send, bytes) = oneshot::channel();
        let arrived = Arc::clone(&arrived);
        let body = futures::stream::once(async move {
            arrived.add_permits(1);
            bytes.await.map_err(io::Error::other)
        });
        (send, recording.put_slowly(number, body))
    };
    let (sends, sending): (Vec<_>, Vec<_>) = (0..MOST_WAITING).map(slow).unzip();
    let meanwhile = async {
        let _all = arrived.acquire_many(MOST_WAITING).await.unwrap();
        // It is answered although none of its bytes has come.
        let refused = recording.put_slowly(MOST_WAITING, futures::stream::pending()).await;
        assert_eq!(refused.problem(), (429, "session_busy".to_owned()));
        assert_eq!((refused.header("retry-after"), &refused.json()["waiting"]), ("1", &json!(MOST_WAITING)));
        assert_eq!(acknowledged(&other.put(0, &bytes(0)).await), (201, false));
        for (send, number) in sends.into_iter().zip(0..) {
            send.send(Bytes::from(bytes(number))).unwrap();
        }
    };
    let (answers, ()) = tokio::join!(join_all(sending), meanwhile);
    assert!(answers.iter().all(|answer| answer.status == StatusCode::CREATED), "nothing is dropped");
    let told = |answer: &Answer| answer.json()["can_accept"] == false && answer.header("retry-after") == "1";
    assert!(answers.iter().any(told), "its client is told to wait");
    assert!(recording.told_of_room().await >= 1, "and to go on");
    assert_eq!(other.told_of_room().await, 0);
    let last = recording.put(MOST_WAITING, &bytes(MOST_WAITING)).await;
    assert_eq!(acknowledged(&last), (201, false), "what was refused is taken later");
    assert_eq!(recording.audio().await, (0..=MOST_WAITING).flat_map(bytes).collect::<Vec<u8>>());
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_room_tells_every_session_to_wait_and_stores_the_chunk_later() {
    for dialect in BOTH {
        // One chunk is always worked on, and with this bound no second one beside it.
        let app = TestApp::open_with(dialect, &["--chunk-memory", "1KiB"]).await;
        let recording = Recording::begin(&app).await;
        let other = Recording::begin(&app).await;
        let (send, sent) = oneshot::channel();
        let (arrived, begun) = oneshot::channel();
        let body = futures::stream::once(async move {
            arrived.send(()).unwrap();
            sent.await.map_err(io::Error::other)
        });
        let meanwhile = async {
            begun.await.unwrap();
            for (session, number, waiting) in [(&recording, 1, 1), (&other, 0, 0)] {
                // It is answered although none of its bytes has come.
                let refused = session.put_slowly(number, futures::stream::pending()).await;
                assert_eq!(refused.problem(), (503, "server_busy".to_owned()));
                let view = refused.json();
                assert_eq!((&view["can_accept"], &view["waiting"]), (&json!(false), &json!(waiting)), "{view}");
                let pause: u64 = refused.header("retry-after").parse().unwrap();
                assert!((1..=5).contains(&pause), "{pause}");
            }
            send.send(Bytes::from(bytes(0))).unwrap();
        };
        let (first, ()) = tokio::join!(recording.put_slowly(0, body), meanwhile);
        assert_eq!(acknowledged(&first), (201, false), "what was begun goes on");
        assert_eq!(recording.gaps().await["max_sequence"], 0, "nothing of what was refused is stored");
        assert_eq!((recording.told_of_room().await, other.told_of_room().await), (1, 1), "both are told to go on");
        for (session, number) in [(&recording, 1), (&other, 0)] {
            assert_eq!(acknowledged(&session.put(number, &bytes(number)).await), (201, false), "it is taken later");
            assert_eq!(acknowledged(&session.put(number, &bytes(number)).await), (200, true), "exactly once");
        }
        assert_eq!(recording.audio().await, [bytes(0), bytes(1)].concat());
        assert_eq!(other.audio().await, bytes(0));
        let incoming = std::fs::read_dir(app.data().join("incoming")).unwrap();
        assert_eq!(incoming.count(), 0, "nothing is left of what was refused");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_of_nothing_is_complete_and_says_that_there_is_no_transcript() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = Recording::begin_with(&app, &json!({ "title": "Nothing" }), "audio/webm;codecs=opus").await;
        assert_eq!(recording.close(0).await.status, StatusCode::OK);
        assert_eq!(recording.gaps().await["complete"], true);
        let view = recording.finish(false).await.json();
        assert_eq!(
            [&view["state"], &view["length_ms"], &view["error"]],
            [&json!("complete"), &json!(0), &Value::Null],
            "{view}"
        );
        app.run_jobs().await;
        assert_eq!(recording.show().await["state"], "complete");
        assert!(recording.audio().await.is_empty());
        for path in ["/transcript", "/transcript/srt", "/summary"] {
            let none = app.get(&recording.path(path)).of(&ada()).answer().await;
            assert_eq!(none.problem(), (409, "no_transcript".to_owned()), "{path}");
            assert!(none.json()["detail"].as_str().unwrap().contains("a session with sound"), "{}", none.text());
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_begun_again_with_its_key_is_the_same() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let begin = async |title: &str| {
        let ask = app.post("/api/v1/sessions").of(&ada()).header("idempotency-key", "device-1");
        ask.json(&json!({ "title": title })).answer().await
    };
    let (one, two) = (begin("Tides").await.json(), begin("Tides").await.json());
    assert_eq!(one["id"], two["id"]);
    assert_eq!(begin("Ebb").await.problem(), (422, "idempotency_key_reused".to_owned()));
    let (_, list) = app.get("/api/v1/sessions?q=tid").of(&ada()).send().await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    for (body, code) in [
        (json!({ "title": "x".repeat(301) }), "text_too_long"),
        (json!({ "consent": "x".repeat(4_001) }), "text_too_long"),
        (json!({ "language": "English" }), "no_such_language"),
        (json!({ "language": "xx" }), "no_such_language"),
        (json!({ "language": "tlh" }), "no_such_language"),
    ] {
        let answer = app.post("/api/v1/sessions").of(&ada()).json(&body).answer().await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{body}");
        if code == "no_such_language" {
            let named = answer.json()["languages"].as_array().unwrap().clone();
            assert!(named.contains(&json!("ar")) && answer.text().contains("found out"), "{}", answer.text());
        }
    }
    let path = format!("/api/v1/sessions/{}", one["id"].as_str().unwrap());
    let change =
        async |code: &str| app.ask(Method::PATCH, &path).of(&ada()).json(&json!({ "language": code })).answer().await;
    assert_eq!(change("xx").await.problem(), (422, "no_such_language".to_owned()));
    // As in forms and uploads, an empty one is none.
    let begun = app.post("/api/v1/sessions").of(&ada()).json(&json!({ "language": "" })).answer().await;
    assert_eq!((begun.status, &begun.json()["language"]), (StatusCode::CREATED, &Value::Null), "{}", begun.text());
    assert_eq!(
        (change("fr").await.json()["language"].clone(), change("").await.json()["language"].clone()),
        (json!("fr"), Value::Null)
    );
    let (_, config) = app.get("/api/v1/config").of(&ada()).send().await;
    let offered = config["apps"]["scribe"]["languages"].as_array().unwrap();
    assert!(offered.len() > 90, "{config}");
    assert_eq!(change(offered[0].as_str().unwrap()).await.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_paused_interrupted_and_ends_itself_when_nobody_comes_back() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = Recording::begin(&app).await;
        assert_eq!(recording.put(0, &bytes(0)).await.status, StatusCode::CREATED);
        assert_eq!(recording.put(2, &bytes(2)).await.status, StatusCode::CREATED);
        let change = async |body: Value| {
            let ask = app.ask(Method::PATCH, &recording.path("")).of(&ada());
            ask.json(&body).answer().await
        };
        let view = change(json!({ "state": "paused", "title": "Ebb", "language": null })).await.json();
        assert_eq!(
            [&view["state"], &view["title"], &view["language"]],
            [&json!("paused"), &json!("Ebb"), &Value::Null]
        );
        assert_eq!(change(json!({ "state": "recording" })).await.json()["title"], "Ebb");
        app.advance(Duration::from_secs(100)).await;
        assert_eq!(recording.show().await["state"], "interrupted");

        let end_abandoned = async || {
            app.app.engine.submit(&EndAbandoned::default(), EnqueueOptions::of(&OwnerId::system())).await.unwrap();
            app.run_jobs().await;
        };
        app.advance(Duration::from_hours(23)).await;
        end_abandoned().await;
        assert_eq!(recording.show().await["state"], "interrupted");
        app.advance(Duration::from_hours(1)).await;
        end_abandoned().await;
        let view = recording.show().await;
        assert_eq!([&view["state"], &view["gaps_accepted"]], [&json!("complete"), &json!(true)], "{view}");
        assert_eq!(recording.gaps().await["missing"], json!([[0, [1]]]), "what is missing stays known");
        assert_eq!(change(json!({ "state": "recording" })).await.problem(), (409, "session_ended".to_owned()));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_may_be_ended_although_chunks_are_missing() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let recording = Recording::begin(&app).await;
    assert_eq!(recording.put(1, &bytes(1)).await.status, StatusCode::CREATED);
    assert_eq!(recording.finish(false).await.problem().0, 409);
    let view = recording.finish(true).await.json();
    assert_eq!([&view["state"], &view["gaps_accepted"]], [&json!("complete"), &json!(true)], "{view}");
    assert_eq!(recording.put(0, &bytes(0)).await.problem(), (409, "session_ended".to_owned()));
    assert_eq!(recording.audio().await, bytes(1));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_written_down_when_a_session_has_ended() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let sound = corpus::sounds().into_iter().map(|sound| sound.path());
    let sound = sound.into_iter().find(|path| path.ends_with("austen-0880.wav")).unwrap();
    let sound = std::fs::read(sound).unwrap();
    let recording = Recording::begin_with(&app, &json!({ "title": "Austen" }), "audio/wav").await;
    let none = app.get(&recording.path("/transcript")).of(&ada()).answer().await;
    assert_eq!(none.problem(), (409, "no_transcript".to_owned()));
    let early = app.post(&recording.path("/transcribe")).of(&ada()).answer().await;
    assert_eq!(early.problem(), (409, "session_goes_on".to_owned()));
    let chunks: Vec<&[u8]> = sound.chunks(40_000).collect();
    for (number, bytes) in (0..).zip(&chunks) {
        assert_eq!(recording.put(number, bytes).await.status, StatusCode::CREATED);
    }
    assert_eq!(recording.close(u32::try_from(chunks.len()).unwrap()).await.status, StatusCode::OK);
    assert_eq!(recording.finish(false).await.json()["state"], "finishing");
    app.run_jobs().await;
    let view = recording.show().await;
    assert_eq!((&view["state"], &view["has_transcript"]), (&json!("complete"), &json!(true)), "{view}");
    let (_, transcript) = app.get(&recording.path("/transcript")).of(&ada()).send().await;
    let texts: Vec<&str> =
        transcript["passages"].as_array().unwrap().iter().map(|passage| passage["text"].as_str().unwrap()).collect();
    let text = texts.join(" ").to_lowercase();
    assert!(text.contains("ill-disposed young man") || text.contains("ill disposed young man"), "{text}");
    assert_eq!((&transcript["language"], &transcript["gaps"]), (&json!("en"), &json!([])));
    let words = transcript["passages"][0]["words"].as_array().unwrap();
    assert!(words.is_sorted_by_key(|word| word["start_ms"].as_u64()), "{words:?}");

    let export =
        async |format: &str| app.get(&recording.path(&format!("/transcript/{format}"))).of(&ada()).answer().await;
    let captions = export("vtt").await;
    assert!(captions.text().starts_with("WEBVTT") && captions.text().contains("00:00:0"), "{}", captions.text());
    assert_eq!(
        captions.header("content-disposition"),
        "attachment; filename=\"Austen.vtt\"; filename*=UTF-8''Austen.vtt"
    );
    for format in ["txt", "srt", "json", "md"] {
        assert!(export(format).await.text().contains("disposed"), "{format}");
    }
    assert!(export("docx").await.bytes.starts_with(b"PK"));
    assert_eq!(export("exe").await.problem(), (404, "not_found".to_owned()));

    // Once more is the same, without hearing it again.
    let again = app.post(&recording.path("/transcribe")).of(&ada()).send().await;
    assert_eq!((again.0, &again.1["state"]), (StatusCode::ACCEPTED, &json!("finishing")));
    app.run_jobs().await;
    assert_eq!(app.get(&recording.path("/transcript")).of(&ada()).send().await.1, transcript);
    assert_eq!(app.texts("SELECT id AS value FROM calls WHERE kind = 'transcribe'", &[]).await.len(), 1);
    app.end().await;
}
