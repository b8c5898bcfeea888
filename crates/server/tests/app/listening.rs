//! What is heard while a session is recorded, and files that become sessions.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_app::scribe::ScribeApp;
use sluice_capability::{
    Answer, Begun, CapabilityError, Context, Does, Doing, Listen, ListenRequest, Listened, Profile, Router, Segment,
    Transcribe, TranscribeRequest, Transcribing, Transcript, Word,
};
use sluice_domain::money::MicroUsd;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;
use sluice_testkit::{corpus, pdf};
use utoipa_axum::router::OpenApiRouter;

use crate::person::{ada, omar};
use crate::scribe::EBML;
use crate::support::{Answer as Answered, BOTH, TestApp};

/// Writes down that something was said.
struct Hearing(Profile);

impl Does<Transcribing> for Hearing {
    fn profile(&self) -> &Profile {
        &self.0
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        let text = format!("{} ms were heard.", request.duration_ms);
        let segment = Segment { start_ms: 0, end_ms: 900, text, speaker: None, words: Vec::new() };
        let transcript = Transcript {
            language: "en".to_owned(),
            segments: vec![segment],
            suppressed: Vec::new(),
            unwritten: Vec::new(),
        };
        Box::pin(async move { Ok(Begun::Done(Answer::local(transcript, "test", "1"))) })
    }
}

/// Hears a word a second: all but the last two are certain. It keeps what it was asked.
#[derive(Default)]
struct Listening {
    asked: Mutex<Vec<ListenRequest>>,
    trouble: Mutex<Option<CapabilityError>>,
}

impl Listening {
    fn asked(&self) -> Vec<(Option<u32>, u32)> {
        self.asked.lock().unwrap().iter().map(|request| (request.skip_to, request.until_ms)).collect()
    }
}

impl Listen for Listening {
    fn can(&self) -> bool {
        true
    }

    fn listen<'a>(&'a self, request: &'a ListenRequest) -> Doing<'a, Listened> {
        self.asked.lock().unwrap().push(request.clone());
        assert!(request.sound.is_file(), "there is something to hear");
        if let Some(error) = self.trouble.lock().unwrap().take() {
            return Box::pin(async move { Err(error) });
        }
        let from = request.skip_to.map(|ms| ms / 1_000);
        let from = from.or_else(|| request.state.as_ref()?.as_u64()?.try_into().ok()).unwrap_or(0);
        let until = request.until_ms / 1_000;
        let certain_until = until.saturating_sub(2).max(from);
        let words = |from: u32, until: u32| {
            let word = |at: u32| Word {
                text: format!("word{at}{}", if at % 5 == 4 { "." } else { "" }),
                start_ms: at * 1_000,
                end_ms: at * 1_000 + 900,
                confidence: 0.9,
            };
            (from..until).map(word).collect()
        };
        let listened = Listened {
            state: json!(certain_until),
            from_ms: certain_until * 1_000,
            certain: words(from, certain_until),
            provisional: words(certain_until, until),
            until_ms: request.until_ms,
            language: Some("en".to_owned()),
        };
        Box::pin(async move { Ok(listened) })
    }
}

/// Scribe with these ears.
struct Ears(Arc<Listening>);

impl ServerApp for Ears {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[1].open(common)?;
        let real: &dyn Any = &*real;
        let mut scribe = real.downcast_ref::<ScribeApp>().unwrap().clone();
        let profile = Profile { provider: "test".to_owned(), is_local: true, languages: Vec::new() };
        scribe.hearing = Routes::only(Router::only(Arc::new(Hearing(profile)) as Arc<dyn Transcribe>));
        scribe.listening = Arc::clone(&self.0) as Arc<dyn Listen>;
        Ok(Arc::new(scribe))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[1].routes()
    }
}

async fn open(dialect: Dialect) -> (TestApp, Arc<Listening>) {
    let listening = Arc::new(Listening::default());
    let app = TestApp::with(dialect, MODULES, &[APPS[0], &Ears(Arc::clone(&listening))], &[]).await;
    (app, listening)
}

/// Begins a recording with one segment; gives its address.
async fn begin(app: &TestApp, new: &Value) -> String {
    let (status, view) = app.post("/api/v1/sessions").of(&ada()).json(new).send().await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    let path = format!("/api/v1/sessions/{}", view["id"].as_str().unwrap());
    let segment = json!({ "key": "a", "source": "microphone", "media_type": "audio/webm", "started_at": 7 });
    let (status, view) = app.post(&format!("{path}/segments")).of(&ada()).json(&segment).send().await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    path
}

/// What a chunk has.
fn bytes(number: u32) -> Vec<u8> {
    let head: &[u8] = if number == 0 { &EBML } else { &[] };
    [head, format!("chunk {number} ").as_bytes()].concat()
}

/// A chunk of five seconds.
async fn put(app: &TestApp, path: &str, number: u32) {
    put_of(app, path, number, 5).await;
}

/// A chunk of so many seconds, like all of its segment.
async fn put_of(app: &TestApp, path: &str, number: u32, seconds: u32) {
    put_in(app, &format!("{path}/segments/0"), number, seconds).await;
}

/// The same in any segment.
async fn put_in(app: &TestApp, segment: &str, number: u32, seconds: u32) {
    let (bytes, length_ms) = (bytes(number), seconds * 1_000);
    let path = format!("{segment}/chunks/{number}?start_ms={}&length_ms={length_ms}", number * length_ms);
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes)));
    let answer = app.ask(Method::PUT, &path).of(&ada()).header("content-digest", &digest).raw(&bytes).answer().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
}

async fn live(app: &TestApp, path: &str, query: &str) -> Value {
    app.get(&format!("{path}/live{query}")).of(&ada()).send().await.1
}

/// Runs jobs until the session is heard up to a moment: what tells its job of a chunk runs beside the request.
async fn heard(app: &TestApp, path: &str, until_ms: u64) -> Value {
    for _ in 0..400 {
        app.run_jobs().await;
        let view = live(app, path, "").await;
        if view["heard_until_ms"] == until_ms && view["behind_ms"] == 0 {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it is not heard up to {until_ms} ms: {}", live(app, path, "").await);
}

fn texts(view: &Value) -> Vec<(&str, bool)> {
    let passages = view["passages"].as_array().unwrap().iter();
    passages.map(|passage| (passage["text"].as_str().unwrap(), passage["certain"].as_bool().unwrap())).collect()
}

async fn finish(app: &TestApp, path: &str, chunks: u32) {
    let close = app.post(&format!("{path}/segments/0/close")).of(&ada()).json(&json!({ "chunks": chunks }));
    assert_eq!(close.answer().await.status, StatusCode::OK);
    let finish = app.post(&format!("{path}/finish")).of(&ada()).json(&json!({ "accept_gaps": true }));
    assert_eq!(finish.answer().await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_segment_that_ended_before_anything_was_recorded_is_no_beginning() {
    for dialect in BOTH {
        let (app, _listening) = open(dialect).await;
        let path = begin(&app, &json!({ "title": "Tides", "language": "en" })).await;
        let close = app.post(&format!("{path}/segments/0/close")).of(&ada()).json(&json!({ "chunks": 0 }));
        assert_eq!(close.answer().await.status, StatusCode::OK);
        let second = json!({ "key": "b", "source": "microphone", "media_type": "audio/webm", "started_at": 60_007 });
        let (status, view) = app.post(&format!("{path}/segments")).of(&ada()).json(&second).send().await;
        assert_eq!(status, StatusCode::CREATED, "{view}");
        put_in(&app, &format!("{path}/segments/1"), 0, 5).await;
        // Where the transcript has it, too.
        let view = heard(&app, &path, 5_000).await;
        assert!(view["passages"][0]["start_ms"].as_u64().unwrap() < 5_000, "{view}");
        finish(&app, &path, 0).await;
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_heard_while_a_session_is_recorded() {
    for dialect in BOTH {
        let (app, _listening) = open(dialect).await;
        let path = begin(&app, &json!({ "title": "Tides", "language": "en" })).await;
        assert_eq!(live(&app, &path, "").await["passages"], json!([]));
        put(&app, &path, 0).await;
        let view = heard(&app, &path, 5_000).await;
        assert_eq!(texts(&view), [("word0 word1 word2", true), ("word3 word4.", false)]);
        assert_eq!(view["language"], "en");
        put(&app, &path, 1).await;
        let view = heard(&app, &path, 10_000).await;
        let now = [("word0 word1 word2 word3 word4.", true), ("word5 word6 word7", true), ("word8 word9.", false)];
        assert_eq!(texts(&view), now);
        let later = live(&app, &path, "?after_ms=5000").await;
        assert_eq!(texts(&later), now[1..]);
        assert_eq!(app.get(&format!("{path}/live")).of(&omar()).send().await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.get(&format!("{path}/live?after_ms=x")).of(&ada()).answer().await.problem().0, 400);
        let events = app.app.engine.events_after(&ada(), 0, 100).await.unwrap();
        let told: Vec<&Value> =
            events.iter().filter(|event| event.kind == "scribe.heard").map(|event| &event.data).collect();
        assert_eq!(told.last().unwrap()["heard_until_ms"], 10_000);
        assert_eq!(told.last().unwrap()["text"], Value::Null, "an event has no words in it");

        // When it ends, the transcript takes the place of what was heard.
        finish(&app, &path, 2).await;
        app.run_jobs().await;
        let (_, transcript) = app.get(&format!("{path}/transcript")).of(&ada()).send().await;
        assert_eq!(transcript["passages"][0]["text"], "10000 ms were heard.");
        assert_eq!(live(&app, &path, "").await["passages"], json!([]));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_at_once_is_skipped_and_a_failure_costs_one_stretch() {
    let (app, listening) = open(Dialect::Sqlite).await;
    let path = begin(&app, &json!({ "title": "Tides" })).await;
    *listening.trouble.lock().unwrap() = Some(CapabilityError::fail("no_sound", "there is no sound in the file"));
    put(&app, &path, 0).await;
    heard(&app, &path, 5_000).await;
    put(&app, &path, 1).await;
    heard(&app, &path, 10_000).await;
    assert_eq!(listening.asked(), [(None, 5_000), (Some(5_000), 10_000)]);

    // They come while nobody works: all but the last fifteen seconds are left to the transcript.
    listening.asked.lock().unwrap().clear();
    for number in 2..20 {
        put(&app, &path, number).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    heard(&app, &path, 100_000).await;
    assert_eq!(listening.asked()[0], (Some(85_000), 100_000));
    finish(&app, &path, 20).await;
    app.run_jobs().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_only_recorded_or_deleted_is_heard_by_nobody() {
    let (app, listening) = open(Dialect::Sqlite).await;
    let silent = begin(&app, &json!({ "transcribe": false })).await;
    put(&app, &silent, 0).await;
    let path = begin(&app, &json!({})).await;
    put(&app, &path, 0).await;
    heard(&app, &path, 5_000).await;
    assert_eq!(listening.asked().len(), 1);
    assert_eq!(app.ask(Method::DELETE, &path).of(&ada()).answer().await.status, StatusCode::NO_CONTENT);
    app.run_jobs().await;
    assert_eq!(app.get(&format!("{path}/live")).of(&ada()).answer().await.problem().0, 404);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_recorded_and_transcribed_whole() {
    const CHUNKS: u32 = 24 * 3_600 / 30;
    const DAY_MS: u64 = 24 * 3_600 * 1_000;
    let (app, listening) = open(Dialect::Sqlite).await;
    let path = begin(&app, &json!({ "title": "A day", "language": "en" })).await;
    // Several at a time, as an outbox sends what it has kept, and fewer than a session may have in work.
    let chunks: Vec<u32> = (0..CHUNKS).collect();
    for some in chunks.chunks(8) {
        join_all(some.iter().map(|number| put_of(&app, &path, *number, 30))).await;
    }
    let (_, gaps) = app.get(&format!("{path}/gaps")).of(&ada()).send().await;
    assert_eq!((&gaps["missing"], &gaps["total"]), (&json!([]), &json!(CHUNKS)));
    let whole: Vec<u8> = (0..CHUNKS).flat_map(bytes).collect();
    let (_, audio) = app.get(&format!("{path}/segments/0/audio")).of(&ada()).bytes().await;
    assert!(audio == whole, "{} bytes of {}", audio.len(), whole.len());

    heard(&app, &path, DAY_MS).await;
    let asked = listening.asked();
    assert_eq!(asked[0].0, Some(u32::try_from(DAY_MS).unwrap() - 15_000), "only its end is heard while it is recorded");
    finish(&app, &path, CHUNKS).await;
    app.run_jobs().await;
    let (_, session) = app.get(&path).of(&ada()).send().await;
    assert_eq!((&session["state"], &session["length_ms"]), (&json!("complete"), &json!(DAY_MS)), "{session}");
    let (_, transcript) = app.get(&format!("{path}/transcript")).of(&ada()).send().await;
    assert_eq!(transcript["passages"][0]["text"], format!("{DAY_MS} ms were heard."));
    assert_eq!(transcript["gaps"], json!([]));
    app.end().await;
}

fn sound() -> Vec<u8> {
    let sounds = corpus::sounds().into_iter().map(|sound| sound.path());
    let path = sounds.into_iter().find(|path| path.ends_with("austen-0880.wav")).unwrap();
    std::fs::read(path).unwrap()
}

/// Sends a file by tus in one request, under this name.
async fn send(app: &TestApp, name: &str, bytes: &[u8]) -> Answered {
    let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
    let ask = ask.header("upload-length", &bytes.len().to_string());
    let ask = ask.header("upload-metadata", &format!("filename {}", STANDARD.encode(name)));
    let ask = ask.header("content-length", &bytes.len().to_string());
    ask.header("content-type", "application/offset+octet-stream").raw(bytes).answer().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_that_is_uploaded_becomes_a_session_with_a_transcript() {
    for dialect in BOTH {
        let (app, _listening) = open(dialect).await;
        let sound = sound();
        let answer = send(&app, "Emma.wav", &sound).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        assert_eq!(answer.header("sluice-document"), "");
        let id = answer.header("sluice-taken").strip_prefix("scribe/").unwrap().to_owned();
        let upload = answer.header("location").to_owned();
        let (_, view) = app.get(&upload).of(&ada()).send().await;
        assert_eq!((&view["taken"], &view["document_id"]), (&json!({ "app": "scribe", "id": id }), &Value::Null));
        assert_eq!(app.get("/api/v1/uploads").of(&ada()).send().await.1, json!([]), "it does not go on");

        let path = format!("/api/v1/sessions/{id}");
        let (_, session) = app.get(&path).of(&ada()).send().await;
        assert_eq!([&session["title"], &session["state"]], [&json!("Emma"), &json!("finishing")], "{session}");
        let segment = &session["segments"][0];
        assert_eq!([&segment["source"], &segment["media_type"]], [&json!("file"), &json!("audio/wav")]);
        let length_ms = segment["length_ms"].as_u64().unwrap();
        assert!((1_000..60_000).contains(&length_ms), "{segment}");
        let (_, audio) = app.get(&format!("{path}/segments/0/audio")).of(&ada()).bytes().await;
        assert_eq!(audio, sound);
        app.run_jobs().await;
        let (_, transcript) = app.get(&format!("{path}/transcript")).of(&ada()).send().await;
        assert_eq!(transcript["passages"][0]["text"], format!("{length_ms} ms were heard."));
        assert_eq!(app.get(&path).of(&omar()).send().await.0, StatusCode::NOT_FOUND);

        // The same by a form, as often as a client likes.
        let form = async || {
            let ask = app.post("/api/v1/sessions/files").of(&ada()).header("idempotency-key", "once");
            let fields =
                [("title", None, &b"Woodhouse"[..]), ("language", None, b"en"), ("file", Some("e.wav"), &sound)];
            ask.form(&fields).answer().await
        };
        let (one, two) = (form().await, form().await);
        assert_eq!((one.status, &one.json()["title"]), (StatusCode::CREATED, &json!("Woodhouse")));
        assert_eq!(one.json()["id"], two.json()["id"]);
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_sound_is_refused_and_leaves_nothing() {
    let (app, _listening) = open(Dialect::Sqlite).await;
    let false_sound = [&b"RIFF\x24\0\0\0WAVE"[..], &b"these are notes ".repeat(100)].concat();
    assert_eq!(send(&app, "notes.wav", &false_sound).await.problem(), (422, "not_media".to_owned()));
    assert_eq!(send(&app, "notes.mp3", &b"these are notes ".repeat(100)).await.problem().0, 415);
    // A document is one whatever its name says, with the limit of documents.
    let document = send(&app, "talk.mp3", &pdf::fine()).await;
    assert!(!document.header("sluice-document").is_empty(), "{}", document.text());
    let announce = async |name: &str, length: u64| {
        let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
        let ask = ask.header("upload-metadata", &format!("filename {}", STANDARD.encode(name)));
        ask.header("upload-length", &length.to_string()).answer().await
    };
    assert_eq!(announce("talk.M4A", 2_000_000_000).await.status, StatusCode::CREATED);
    assert_eq!(announce("talk.m4a", 3_000_000_000).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(announce("talk.pdf", 2_000_000_000).await.status, StatusCode::PAYLOAD_TOO_LARGE);

    let form = async |fields: &[(&str, Option<&str>, &[u8])]| {
        app.post("/api/v1/sessions/files").of(&ada()).form(fields).answer().await.problem()
    };
    let sound = sound();
    assert_eq!(form(&[("file", Some("a.txt"), &b"text"[..])]).await, (422, "not_media".to_owned()));
    assert_eq!(form(&[("file", Some("a.wav"), &b""[..])]).await, (422, "file_empty".to_owned()));
    let spoken = [("language", None, &b"English"[..]), ("file", Some("a.wav"), sound.as_slice())];
    assert_eq!(form(&spoken).await, (422, "no_such_language".to_owned()));
    assert_eq!(form(&[("title", None, &b"x"[..])]).await.0, 400);
    assert_eq!(app.get("/api/v1/sessions").of(&ada()).send().await.1["items"], json!([]));
    app.end().await;
}
