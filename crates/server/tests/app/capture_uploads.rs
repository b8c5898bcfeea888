//! Files that become phrases by resumable uploads, and those that are refused before anything is made of them.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sluice_app::account::SignUp;
use sluice_app::capture::{CaptureApp, FILE_BYTES};
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_capability::{
    Answer as Heard, Begun, CallProgress, CapabilityError, Context, Does, Doing, Profile, Route, Router, Segment,
    Transcribe, TranscribeRequest, Transcribing, Transcript, When, Word,
};
use sluice_domain::money::MicroUsd;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;
use utoipa_axum::router::OpenApiRouter;

use crate::access::with_ada;
use crate::capture::{picture, wave};
use crate::person::ada;
use crate::support::{Answer, BOTH, TestApp};

/// Sends a file by tus in one request, with this said of it.
async fn send(app: &TestApp, said: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let said: Vec<String> = said.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
    let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
    let ask = ask.header("upload-length", &bytes.len().to_string());
    let ask = ask.header("upload-metadata", &said.join(","));
    let ask = ask.header("content-length", &bytes.len().to_string());
    ask.header("content-type", "application/offset+octet-stream").raw(bytes).answer().await
}

/// The beginning of a PNG picture of so many pixels.
fn png(edge: u32) -> Vec<u8> {
    let edge = edge.to_be_bytes();
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &edge, &edge, b"\x08\x02\0\0\0"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_that_names_capture_becomes_a_phrase_and_not_a_session() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let said = [("filename", "clip.wav"), ("app", "capture"), ("language", "ru"), ("translate_to", "ar")];
    let answer = send(&app, &said, &wave(2)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let id = answer.header("sluice-taken").strip_prefix("capture/").unwrap().to_owned();
    let phrase = app.get(&format!("/api/v1/phrases/{id}")).of(&ada()).send().await.1;
    assert_eq!((&phrase["source"], &phrase["language"]["code"]), (&json!("audio"), &json!("ru")), "{phrase}");
    assert_eq!((&phrase["translate_to"], &phrase["status"]), (&json!("ar"), &json!("processing")), "{phrase}");
    assert_eq!(app.get("/api/v1/sessions").of(&ada()).send().await.1["items"], json!([]));
    app.run_jobs().await;
    app.end().await;
}

/// A file whose bytes alone say whose it is counts like any other.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_without_app_and_ending_is_counted_by_the_limits() {
    let (app, cookie) = with_ada(Dialect::Sqlite, SignUp::Closed).await;
    let send = async |number: u32| {
        let bytes = picture(&format!("Chapter {number}"));
        let ask = app.post("/api/v1/uploads").cookie(&cookie).header("tus-resumable", "1.0.0");
        let ask = ask.header("upload-metadata", &format!("filename {}", STANDARD.encode("picture")));
        let ask = ask.header("upload-length", &bytes.len().to_string());
        let ask = ask.header("content-length", &bytes.len().to_string());
        ask.header("content-type", "application/offset+octet-stream").raw(&bytes).answer().await
    };
    for number in 0..10 {
        let answer = send(number).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{number}: {}", answer.text());
    }
    assert_eq!(send(10).await.problem(), (429, "limit_entries".to_owned()));
    let listed = app.get("/api/v1/phrases").cookie(&cookie).send().await.1;
    assert_eq!(listed["items"].as_array().unwrap().len(), 10, "{listed}");
    app.run_jobs().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_sent_twice_with_its_key_is_one_phrase_by_either_door() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let said = [("filename", "clip.wav"), ("app", "capture"), ("language", "ru"), ("idempotency_key", "k-1")];
    let first = send(&app, &said, &wave(2)).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let taken = first.header("sluice-taken").to_owned();
    let again = send(&app, &said, &wave(2)).await;
    assert_eq!((again.status, again.header("sluice-taken")), (StatusCode::CREATED, &*taken), "{}", again.text());
    let sound = wave(2);
    let fields = [("file", Some("clip.wav"), sound.as_slice()), ("language", None, b"ru".as_slice())];
    let form = app.post("/api/v1/phrases/files").of(&ada()).header("idempotency-key", "k-1").form(&fields);
    assert_eq!(form.answer().await.json()["id"].as_str(), taken.strip_prefix("capture/"));
    // Another file under that key is none of it, and neither is a key that is none.
    assert_eq!(send(&app, &said, &wave(3)).await.problem(), (422, "idempotency_key_reused".to_owned()));
    let bad = [("filename", "clip.wav"), ("app", "capture"), ("idempotency_key", "k\n1")];
    assert_eq!(send(&app, &bad, &wave(2)).await.problem(), (422, "bad_idempotency_key".to_owned()));
    let counts = &app.get("/api/v1/phrases").of(&ada()).send().await.1["counts"];
    assert_eq!(counts, &json!({ "processing": 1 }));
    app.run_jobs().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_card_can_be_made_of_is_refused_at_each_door() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let capture = [("filename", "a"), ("app", "capture")];
    for (said, bytes, code) in [
        (&capture[..], wave(31), "sound_too_long"),
        (&capture[..], png(30_000), "picture_too_large"),
        (&capture[..], b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "picture_gif"),
        (&capture[..], b"no picture".to_vec(), "file_unused"),
        (&[("filename", "a.heic")][..], b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "picture_heic"),
        (&[("filename", "a.png")][..], png(30_000), "picture_too_large"),
        (&[("filename", "a"), ("app", "nobody")][..], wave(1), "no_such_app"),
        (&[("filename", "a"), ("app", "capture"), ("language", "en")][..], wave(1), "no_such_language"),
    ] {
        let answer = send(&app, said, &bytes).await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{said:?}: {}", answer.text());
    }
    let large = png(30_000);
    let answer =
        app.post("/api/v1/phrases/files").of(&ada()).form(&[("file", Some("a.png"), large.as_slice())]).answer().await;
    assert_eq!(answer.problem(), (422, "picture_too_large".to_owned()));
    assert!(answer.text().contains("30000 × 30000"), "{}", answer.text());
    let counts = &app.get("/api/v1/phrases").of(&ada()).send().await.1["counts"];
    assert_eq!(counts, &json!({}), "nothing of it was kept");
    // A file for Capture may have as many bytes as Capture takes, whatever its name says.
    let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
    let named = format!("filename {},app {}", STANDARD.encode("a.wav"), STANDARD.encode("capture"));
    let ask = ask.header("upload-metadata", &named).header("upload-length", "22000000");
    assert_eq!(ask.answer().await.status, StatusCode::PAYLOAD_TOO_LARGE);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_be_as_long_as_the_limit_and_not_a_byte_longer() {
    let app = TestApp::open(Dialect::Sqlite).await;
    // What follows the end of a picture is passed over.
    let mut bytes = picture("La casa de mi abuela es muy grande.");
    bytes.resize(usize::try_from(FILE_BYTES).unwrap(), 0);
    let said = [("filename", "sign.png"), ("app", "capture"), ("language", "es")];
    let form = async |bytes: &[u8]| {
        let fields = [("file", Some("sign.png"), bytes), ("language", None, b"es".as_slice())];
        app.post("/api/v1/phrases/files").of(&ada()).form(&fields).answer().await
    };
    for answer in [send(&app, &said, &bytes).await, form(&bytes).await] {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    }
    bytes.push(0);
    for answer in [send(&app, &said, &bytes).await, form(&bytes).await] {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.text());
    }
    app.run_jobs().await;
    let page = app.get("/api/v1/phrases").of(&ada()).send().await.1;
    assert_eq!(page["counts"], json!({ "pending_review": 2 }), "{page}");
    for phrase in page["items"].as_array().unwrap() {
        assert_eq!(phrase["text"]["text"], "La casa de mi abuela es muy grande.", "{phrase}");
    }
    app.end().await;
}

/// Hears every word clearly: a question in Russian, and thanks in English.
struct TwoTongues(Profile);

impl Does<Transcribing> for TwoTongues {
    fn profile(&self) -> &Profile {
        &self.0
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, _: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        let segment = |start_ms: u32, text: &str| Segment {
            start_ms,
            end_ms: start_ms + 900,
            text: text.to_owned(),
            speaker: None,
            words: vec![Word { text: text.to_owned(), start_ms, end_ms: start_ms + 900, confidence: 0.99 }],
        };
        let segments = vec![segment(0, "Где находится вокзал в этом городе?"), segment(1_000, "Thank you!")];
        let transcript =
            Transcript { language: "ru".to_owned(), segments, suppressed: Vec::new(), unwritten: Vec::new() };
        Box::pin(async move { Ok(Begun::Done(Heard::local(transcript, "test", "1"))) })
    }
}

/// Hears nothing, and says so; or its answer is lost, and charged.
struct Deaf {
    profile: Profile,
    charges: bool,
}

impl Does<Transcribing> for Deaf {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(if self.charges { 7 } else { 0 }))
    }

    fn begin<'a>(&'a self, _: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        let refused = CapabilityError::fail("no_credits", "there is no money left there");
        let lost = CapabilityError::lost("bad_answer", "its answer cannot be read");
        let error = if self.charges { lost } else { refused };
        Box::pin(async { Err(error) })
    }

    fn look<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> Doing<'a, CallProgress> {
        let (code, message) = ("answer_lost".to_owned(), "its answer was lost and is charged".to_owned());
        Box::pin(async { Ok(CallProgress::Rejected { code, message, cost: MicroUsd(7) }) })
    }
}

/// Capture with these ears, of which the first are deaf.
struct WithTwoTongues {
    charges: bool,
}

impl ServerApp for WithTwoTongues {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[2].open(common)?;
        let real: &dyn Any = &*real;
        let mut capture = real.downcast_ref::<CaptureApp>().unwrap().clone();
        let profile = Profile { provider: "test".to_owned(), is_local: true, languages: Vec::new() };
        let deaf = Profile { provider: "deaf".to_owned(), is_local: false, languages: Vec::new() };
        let deaf = Deaf { profile: deaf, charges: self.charges };
        let ears = [Arc::new(deaf) as Arc<dyn Transcribe>, Arc::new(TwoTongues(profile))];
        let route = |implementation| Route { implementation, when: When::default() };
        capture.hearing = Routes::only(Router::new(ears.map(route)));
        Ok(Arc::new(capture))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[2].routes()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_of_two_languages_is_flagged_however_clearly_it_is_heard() {
    let app = TestApp::with(Dialect::Sqlite, MODULES, &[APPS[0], &WithTwoTongues { charges: false }], &[]).await;
    let is_open = |card: &Value, path: &str| card["doubts"].as_array().unwrap().contains(&json!(path));
    let whole = [("filename", "clip.wav"), ("app", "capture"), ("language", "ru")];
    // Whoever chose the language knows it; what was heard in two is to be looked at all the same.
    for (said, is_language_open) in [(&whole[..2], true), (&whole[..], false)] {
        let answer = send(&app, said, &wave(2)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let id = answer.header("sluice-taken").strip_prefix("capture/").unwrap().to_owned();
        app.run_jobs().await;
        let card = app.get(&format!("/api/v1/phrases/{id}")).of(&ada()).send().await.1;
        assert_eq!(card["status"], "pending_review", "{card}");
        assert_eq!((is_open(&card, "text"), is_open(&card, "language")), (true, is_language_open), "{card}");
        let passed = json!([{ "provider": "deaf", "why": "there is no money left there" }]);
        assert_eq!((&card["passed_over"], &card["text"]["source"]["name"]), (&passed, &json!("speech test 1")));
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_of_which_the_answer_was_lost_and_is_charged_is_heard_here() {
    for dialect in BOTH {
        let app = TestApp::with(dialect, MODULES, &[APPS[0], &WithTwoTongues { charges: true }], &[]).await;
        let answer = send(&app, &[("filename", "clip.wav"), ("app", "capture"), ("language", "ru")], &wave(2)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let id = answer.header("sluice-taken").strip_prefix("capture/").unwrap().to_owned();
        app.run_jobs().await;
        app.advance(Duration::from_mins(1)).await;
        app.run_jobs().await;
        let card = app.get(&format!("/api/v1/phrases/{id}")).of(&ada()).send().await.1;
        assert_eq!((&card["status"], &card["error"]), (&json!("pending_review"), &Value::Null), "{card}");
        let why = "its answer was lost and is charged: it was not asked again";
        let passed = json!([{ "provider": "deaf", "why": why }]);
        assert_eq!((&card["passed_over"], &card["text"]["source"]["name"]), (&passed, &json!("speech test 1")));
        app.end().await;
    }
}
