//! Speech.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use sluice_capability::{Does as _, Remedy, Speak as _, SpeakRequest};
use sluice_domain::money::MicroUsd;
use sluice_providers::openai::{Server, SpeechModel, voices};
use tempfile::TempDir;

use crate::support::{Fake, Reply, done, failed};

fn model(fake: &Fake, server: Server, name: &str) -> SpeechModel {
    let known = if server == Server::Speaches { Server::OpenAi } else { server };
    SpeechModel::new(fake.service(server, name), voices(known)).unwrap()
}

fn request(folder: &TempDir, voice: &str, text: &str) -> SpeakRequest {
    SpeakRequest { voice: voice.to_owned(), text: text.to_owned(), out: folder.path().join("sound.wav") }
}

fn is_empty(folder: &TempDir) -> bool {
    folder.path().read_dir().unwrap().next().is_none()
}

#[tokio::test]
async fn openai_speaks_into_a_wav_file() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([Reply::new(200, "audio/pcm", vec![1; 48_000])]).await;
    let model = model(&fake, Server::OpenAi, "tts-1");
    assert!(model.voices().iter().any(|voice| voice.id == "openai:ar:marin"));
    let request = request(&folder, "openai:en:marin", "Hello, world.");
    let most = model.estimate(&request).unwrap();
    let answer = done(&model, &request).await;
    assert_eq!((answer.value.sample_rate, answer.value.samples, answer.value.words.len()), (24_000, 24_000, 2));
    assert_eq!((answer.usage.characters, answer.cost), (13, Some(MicroUsd(195))));
    assert_eq!(answer.cost, Some(most));
    assert_eq!((answer.made_by.model.as_str(), answer.made_by.version.as_str()), ("tts-1", "v1"), "of its address");
    assert!(answer.value.spoken_by.contains(" tts-1 v1 "), "{}", answer.value.spoken_by);
    assert_eq!(std::fs::read(&request.out).unwrap().len(), 44 + 48_000);
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing else is left");
    let seen = fake.one();
    assert_eq!(seen.path, "/v1/audio/speech");
    let body = json!({ "model": "tts-1", "input": "Hello, world.", "voice": "marin", "response_format": "pcm" });
    assert_eq!(seen.json(), body);
}

#[tokio::test]
async fn a_version_that_the_provider_says_is_that_of_its_voice() {
    for (said, version) in [("2020-10-01", "2020-10-01"), ("", "v1")] {
        let folder = tempfile::tempdir().unwrap();
        let fake = Fake::new([Reply::new(200, "audio/pcm", vec![1; 480]).with("openai-version", said)]).await;
        let answer =
            done(&model(&fake, Server::OpenAi, "tts-1"), &request(&folder, "openai:en:marin", "Hello, world.")).await;
        assert_eq!(answer.made_by.version, version);
    }
}

#[tokio::test]
async fn each_server_gets_what_it_wants() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([Reply::new(200, "audio/pcm", vec![1; 480])]).await;
    done(
        &model(&fake, Server::Speaches, "speaches-ai/Kokoro-82M-v1.0-ONNX"),
        &request(&folder, "speaches:en:alloy", "Hi."),
    )
    .await;
    assert_eq!(fake.one().json()["sample_rate"], json!(24_000));
    let stamps = json!([
        { "word": "Hi", "start_time": 0.25, "end_time": 0.5 }, { "word": ".", "start_time": 0.5, "end_time": 0.6 },
    ]);
    let captioned =
        json!({ "audio": STANDARD.encode(vec![1; 48_000]), "audio_format": "audio/pcm", "timestamps": stamps });
    let fake = Fake::new([Reply::json(200, &captioned.to_string())]).await;
    let answer = done(&model(&fake, Server::Kokoro, "kokoro"), &request(&folder, "kokoro:en:af_heart", "Hi.")).await;
    let word = &answer.value.words[0];
    assert_eq!((word.start_byte, word.end_byte, word.start_ms, word.end_ms), (0, 3, 250, 500));
    assert_eq!(answer.cost, Some(MicroUsd(0)));
    let seen = fake.one();
    assert_eq!((seen.path.as_str(), &seen.json()["stream"]), ("/dev/captioned_speech", &Value::Bool(false)));
}

#[tokio::test]
async fn texts_that_are_empty_or_too_long_are_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([]).await;
    let model = model(&fake, Server::OpenAi, "tts-1");
    for (voice, text, code) in [
        ("openai:en:marin", "x".repeat(1_000_000), "text_too_long"),
        ("openai:en:marin", "é".repeat(4_097), "text_too_long"),
        ("openai:en:marin", " \n\t".to_owned(), "empty_text"),
        ("openai:en:marin", "… ★ — !?".to_owned(), "nothing_to_say"),
        ("openai:en:nobody", "Hello.".to_owned(), "no_such_voice"),
    ] {
        let request = request(&folder, voice, &text);
        assert!(model.accepts(&request).is_err());
        let error = failed(&model, &request).await;
        assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, code));
    }
    assert!(model.accepts(&request(&folder, "openai:en:marin", &"é".repeat(4_096))).is_ok());
    assert!(fake.seen().is_empty() && is_empty(&folder));
}

#[tokio::test]
async fn sound_that_cannot_be_used_leaves_no_file() {
    for (reply, remedy, code) in [
        (Reply::new(200, "audio/pcm", vec![1; 1_000]).cut(), Remedy::Look, "connection_broken"),
        (Reply::new(200, "audio/pcm", vec![1; 1_001]), Remedy::Look, "bad_answer"),
        (Reply::new(200, "audio/mpeg", "ID3…"), Remedy::Look, "bad_answer"),
        (Reply::new(200, "audio/pcm", ""), Remedy::Look, "answer_lost"),
        (Reply::json(200, r#"{"error":{"code":429,"message":"slow down"}}"#), Remedy::PutOff(None), "rate_limited"),
        (Reply::new(200, "text/html", "<html><title>Sign in</title>"), Remedy::Fail, "bad_answer"),
        (
            Reply::json(400, r#"{"detail":{"error":"validation_error","message":"no such voice"}}"#),
            Remedy::Fail,
            "request_refused",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let fake = Fake::new([reply.clone()]).await;
        let error =
            failed(&model(&fake, Server::OpenAi, "tts-1"), &request(&folder, "openai:en:marin", "Hello.")).await;
        assert_eq!((error.remedy, error.code.as_str()), (remedy, code), "{reply:?}");
        assert!(is_empty(&folder), "{reply:?}");
    }
}

#[tokio::test]
async fn kokoro_lists_its_voices_and_until_then_takes_any() {
    let folder = tempfile::tempdir().unwrap();
    let whole =
        r#"{"voices":[{"id":"af_heart","name":"Heart"},{"id":"bf_new","name":"New"},{"id":"x_of_none","name":"X"}]}"#;
    let fake = Fake::new([Reply::json(200, whole), Reply::json(200, r#"{"voices":["ef_dora","e/../x"]}"#)]).await;
    let kokoro = model(&fake, Server::Kokoro, "kokoro");
    let listed = kokoro.listed().try_concat().await.unwrap();
    let ids: Vec<&str> = listed.iter().map(|voice| voice.id.as_str()).collect();
    assert_eq!(ids, ["kokoro:en:af_heart", "kokoro:en:bf_new"]);
    let older = kokoro.listed().try_concat().await.unwrap();
    assert_eq!(older.len(), 1, "a name that can be no voice is left out: {older:?}");
    assert_eq!(fake.seen()[0].path, "/v1/audio/voices");
    let takes = |model: &SpeechModel, voice: &str| model.accepts(&request(&folder, voice, "Hello.")).is_ok();
    assert!(!takes(&kokoro, "kokoro:en:bf_new"));
    let known = kokoro.clone().with_listed(&listed);
    assert!(takes(&known, "kokoro:en:bf_new") && !takes(&known, "kokoro:en:bf_other"));
    let open = kokoro.with_listed(&[]);
    assert!(takes(&open, "kokoro:en:bf_other") && !takes(&open, "other:en:bf_other") && !takes(&open, "kokoro:en:"));
    let openai = model(&fake, Server::OpenAi, "tts-1").with_listed(&[]);
    assert!(!takes(&openai, "openai:en:nobody"));
    assert!(openai.listed().try_concat().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_list_of_voices_has_a_bound_and_says_that_there_are_more() {
    let voices = |count: usize| {
        let ids: Vec<String> = (0..count).map(|n| format!("af_{n}")).collect();
        Reply::json(200, &json!({ "voices": ids }).to_string())
    };
    let fake = Fake::new([voices(2_000), voices(2_001)]).await;
    let kokoro = model(&fake, Server::Kokoro, "kokoro");
    assert_eq!(kokoro.listed().try_concat().await.unwrap().len(), 2_000, "these are all");
    let mut pages = kokoro.listed();
    assert_eq!(pages.try_next().await.unwrap().unwrap().len(), 2_000);
    assert_eq!(pages.try_next().await.unwrap_err().code, "list_too_long");
}
