//! Sounds by resumable uploads: what they become, in which language, and what is said of files that only have such a name.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::capture::wave;
use crate::damaged::open_for;
use crate::person::ada;
use crate::support::{Answer, BOTH, TestApp};

fn metadata(said: &[(&str, &str)]) -> String {
    said.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect::<Vec<_>>().join(",")
}

/// Sends a file by tus in one request, with this said of it.
async fn send(app: &TestApp, said: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let length = bytes.len().to_string();
    let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
    let ask = ask.header("upload-length", &length).header("upload-metadata", &metadata(said));
    let ask = ask.header("content-length", &length);
    ask.header("content-type", "application/offset+octet-stream").raw(bytes).answer().await
}

async fn sessions(app: &TestApp) -> Value {
    app.get("/api/v1/sessions").of(&ada()).send().await.1["items"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_is_a_session_in_the_language_that_its_sender_chose() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        for (said, language) in [
            (&[("filename", "a.wav")][..], Value::Null),
            (&[("filename", "a.wav"), ("app", "scribe"), ("language", "fr")][..], json!("fr")),
            (&[("filename", "a.bin"), ("language", "")][..], Value::Null),
            (&[("filename", "a.wav"), ("language", "EN-us")][..], json!("en")),
        ] {
            let answer = send(&app, said, &wave(2)).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{said:?}: {}", answer.text());
            let id = answer.header("sluice-taken").strip_prefix("scribe/").unwrap();
            let (_, view) = app.get(&format!("/api/v1/sessions/{id}")).of(&ada()).send().await;
            assert_eq!(view["language"], language, "{said:?}");
        }
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_language_is_refused_before_anything_is_sent() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let said = metadata(&[("filename", "a.wav"), ("app", "scribe"), ("language", "tlh")]);
    let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
    let answer = ask.header("upload-length", "1000000").header("upload-metadata", &said).answer().await;
    assert_eq!(answer.problem(), (422, "no_such_language".to_owned()), "{}", answer.text());
    // Without the name of an app, by the name of the file; and where that says nothing either, by its first bytes.
    for (name, bytes) in [("a.wav", &b""[..]), ("a.bin", &wave(2)[..20_000])] {
        let said = metadata(&[("filename", name), ("language", "tlh")]);
        let ask = app.post("/api/v1/uploads").of(&ada()).header("tus-resumable", "1.0.0");
        let ask = ask.header("upload-length", "1000000").header("upload-metadata", &said);
        let ask = ask.header("content-length", &bytes.len().to_string());
        let answer = ask.header("content-type", "application/offset+octet-stream").raw(bytes).answer().await;
        assert_eq!(answer.problem(), (422, "no_such_language".to_owned()), "{name}: {}", answer.text());
    }
    let sound = wave(1);
    let form = [("language", None, b"xx".as_slice()), ("file", Some("a.wav"), sound.as_slice())];
    let answer = app.post("/api/v1/sessions/files").of(&ada()).form(&form).answer().await;
    assert_eq!(answer.problem(), (422, "no_such_language".to_owned()));
    assert_eq!(sessions(&app).await, json!([]));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_header_and_no_sound_is_refused_at_every_door() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let answer = app.post("/api/v1/sessions/files").of(&ada()).file("a.wav", &wave(0)).answer().await;
    assert_eq!(answer.problem(), (422, "no_sound".to_owned()), "{}", answer.text());
    let answer = send(&app, &[("filename", "a.wav")], &wave(0)).await;
    assert_eq!(answer.problem(), (422, "no_sound".to_owned()), "{}", answer.text());
    assert_eq!(sessions(&app).await, json!([]));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_has_the_name_of_a_sound_is_told_what_is_taken() {
    let app = TestApp::open(Dialect::Sqlite).await;
    for (name, content, words) in [
        ("talk.wav", &b"These are notes."[..], "not what its name says"),
        ("talk.MP3", &[b'x'; 5_000][..], "not what its name says"),
        ("notes.txt", b"These are notes.", "neither like a document"),
    ] {
        let answer = send(&app, &[("filename", name)], content).await;
        assert_eq!(answer.problem(), (415, "no_app_for_file".to_owned()), "{name}: {}", answer.text());
        for said in [words, "\"scribe\"", "wav", "PDF"] {
            assert!(answer.json()["detail"].as_str().unwrap().contains(said), "{name}: {}", answer.text());
        }
    }
    // Who means Scribe is told what that takes, and who sends a PDF that is none, that it is none.
    let meant = send(&app, &[("filename", "talk.wav"), ("app", "scribe")], b"These are notes.").await;
    assert_eq!(meant.problem(), (422, "file_unused".to_owned()));
    assert!(meant.text().contains("wav, ogg"), "{}", meant.text());
    let paper = send(&app, &[("filename", "paper.pdf")], b"These are notes.").await;
    assert_eq!(paper.problem(), (415, "not_a_pdf".to_owned()));
    // A sound whose name says that it is something else is a sound.
    assert_eq!(send(&app, &[("filename", "talk.txt")], &wave(1)).await.status, StatusCode::CREATED);
    assert_eq!(sessions(&app).await.as_array().unwrap().len(), 1);
    app.run_jobs().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_the_same_however_it_is_written() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let spoken = |code: &str| json!({ "language": code });
    let begin = async |code: &str| app.post("/api/v1/sessions").of(&ada()).json(&spoken(code)).answer().await;
    let begun = begin("en-US").await;
    assert_eq!((begun.status, &begun.json()["language"]), (StatusCode::CREATED, &json!("en")), "{}", begun.text());
    let path = format!("/api/v1/sessions/{}", begun.json()["id"].as_str().unwrap());
    let changed = app.ask(Method::PATCH, &path).of(&ada()).json(&spoken("FR")).answer().await;
    assert_eq!(changed.json()["language"], "fr", "{}", changed.text());
    assert_eq!(begin("xx-US").await.problem(), (422, "no_such_language".to_owned()));
    let sound = wave(1);
    let form = [("language", None, b"pt_BR".as_slice()), ("file", Some("a.wav"), sound.as_slice())];
    let answer = app.post("/api/v1/sessions/files").of(&ada()).form(&form).answer().await;
    assert_eq!(answer.json()["language"], "pt", "{}", answer.text());
    app.run_jobs().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_nothing_hears_is_refused_at_every_door_with_those_that_are_heard() {
    let app = open_for(&["de", "fr"]).await;
    let refused = async |answer: Answer| {
        assert_eq!(answer.problem(), (422, "no_such_language".to_owned()), "{}", answer.text());
        assert!(answer.text().contains("give one of"), "{}", answer.text());
    };
    let begin =
        async |code: &str| app.post("/api/v1/sessions").of(&ada()).json(&json!({ "language": code })).answer().await;
    let answer = begin("es").await;
    let named = answer.json()["languages"].as_array().unwrap().clone();
    assert!(named.contains(&json!("fr")) && !named.contains(&json!("es")), "{named:?}");
    assert_eq!(answer.problem(), (422, "no_such_language".to_owned()));
    let begun = begin("de").await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    let path = format!("/api/v1/sessions/{}", begun.json()["id"].as_str().unwrap());
    refused(app.ask(Method::PATCH, &path).of(&ada()).json(&json!({ "language": "es" })).answer().await).await;
    let sound = wave(1);
    let form = [("language", None, b"es".as_slice()), ("file", Some("a.wav"), sound.as_slice())];
    refused(app.post("/api/v1/sessions/files").of(&ada()).form(&form).answer().await).await;
    refused(send(&app, &[("filename", "a.wav"), ("app", "scribe"), ("language", "es")], &sound).await).await;
    assert_eq!(sessions(&app).await.as_array().unwrap().len(), 1);
    app.end().await;
}
