//! Transcription.

use sluice_capability::{Does as _, Remedy, TranscribeRequest};
use sluice_domain::money::MicroUsd;
use sluice_providers::openai::{Server, TranscriptionModel};
use tempfile::TempDir;

use crate::support::{Fake, Reply, done, failed};

fn request(folder: &TempDir, name: &str, words: bool) -> TranscribeRequest {
    let sound = folder.path().join(name);
    std::fs::write(&sound, b"RIFF the sound").unwrap();
    TranscribeRequest {
        sound,
        duration_ms: 2_000,
        part_of: None,
        language: Some("en".to_owned()),
        words,
        prompt: Some("Sluice".to_owned()),
    }
}

fn model(fake: &Fake, server: Server, name: &str) -> TranscriptionModel {
    TranscriptionModel::new(fake.service(server, name)).unwrap()
}

const HEARD: &str = r#"{"task":"transcribe","language":"english","duration":2.0,"text":"Hello, world.",
    "segments":[{"id":0,"seek":0,"start":0.0,"end":2.0,"text":" Hello, world.","tokens":[1],"temperature":0,"avg_logprob":-0.1,"compression_ratio":1,"no_speech_prob":0.1}],
    "words":[{"word":"Hello","start":0.1,"end":0.6},{"word":"world","start":0.7,"end":1.4}],
    "usage":{"type":"duration","seconds":2}}"#;

#[tokio::test]
async fn the_file_is_sent_as_a_form_and_words_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([Reply::json(200, HEARD)]).await;
    let model = model(&fake, Server::OpenAi, "whisper-1");
    let request = request(&folder, "talk é.WAV", true);
    assert_eq!(model.estimate(&request), Some(MicroUsd(200)));
    let answer = done(&model, &request).await;
    assert_eq!((answer.cost, answer.usage.media_ms), (Some(MicroUsd(200)), 2_000));
    let words: Vec<(&str, u32)> =
        answer.value.segments[0].words.iter().map(|word| (word.text.as_str(), word.start_ms)).collect();
    assert_eq!(words, [("Hello,", 100), ("world.", 700)]);
    let seen = fake.one();
    assert_eq!(seen.path, "/v1/audio/transcriptions");
    assert!(seen.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    assert_eq!(seen.header("content-length"), Some(seen.body.len().to_string().as_str()), "its length is known");
    let form = seen.text();
    for (name, value) in [
        ("model", "whisper-1"),
        ("response_format", "verbose_json"),
        ("language", "en"),
        ("prompt", "Sluice"),
        ("timestamp_granularities[]", "segment"),
        ("timestamp_granularities[]", "word"),
    ] {
        assert!(form.contains(&format!("name=\"{name}\"\r\n\r\n{value}\r\n")), "{name}: {form}");
    }
    assert!(
        form.contains("name=\"file\"; filename=\"sound.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF the sound"),
        "{form}"
    );
}

#[tokio::test]
async fn every_server_s_form_of_an_answer_is_read() {
    for (server, reply) in [
        (
            Server::Vllm,
            r#"{"text":"Hello","language":"en","duration":"2.0","segments":null,"words":null,"usage":{"type":"duration","seconds":2}}"#,
        ),
        (
            Server::Speaches,
            r#"{"text":"Hello","language":"en","duration":2.0,"segments":[{"id":1,"start":0,"end":2,"text":" Hello"}],"words":[{"word":" Hello","start":0,"end":1,"probability":0.9}],"usage":null}"#,
        ),
        (Server::OpenRouter, r#"{"text":"Hello","usage":{"seconds":2,"total_tokens":3,"cost":0.0002}}"#),
        (Server::LlamaCpp, r#"{"text":"Hello"}"#),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let fake = Fake::new([Reply::json(200, reply)]).await;
        let answer = done(&model(&fake, server, "whisper"), &request(&folder, "a.mp3", true)).await;
        let segment = &answer.value.segments[0];
        assert_eq!((segment.text.as_str(), segment.end_ms, answer.value.language.as_str()), ("Hello", 2_000, "en"));
        let cost = if server == Server::OpenRouter { MicroUsd(200) } else { MicroUsd(0) };
        assert_eq!(answer.cost, Some(cost), "{server:?}");
    }
}

#[tokio::test]
async fn sound_that_would_be_refused_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([]).await;
    let whisper = model(&fake, Server::OpenAi, "whisper-1");
    let newer = model(&fake, Server::OpenAi, "gpt-4o-transcribe");
    let odd = request(&folder, "a.aiff", false);
    assert_eq!(failed(&whisper, &odd).await.code, "unsupported_media");
    assert_eq!(failed(&newer, &request(&folder, "a.wav", true)).await.code, "no_words");
    let long = TranscribeRequest { duration_ms: 1_400_001, ..request(&folder, "a.wav", false) };
    assert_eq!(failed(&newer, &long).await.code, "sound_too_long");
    let large = request(&folder, "b.wav", false);
    std::fs::File::options().write(true).open(&large.sound).unwrap().set_len(26_214_400).unwrap();
    let error = failed(&whisper, &large).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "too_large"));
    let gone = TranscribeRequest { sound: folder.path().join("gone.wav"), ..large };
    assert_eq!(failed(&whisper, &gone).await.code, "file_unreadable");
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_refused_file_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let body = r#"{"error":{"message":"(413: )Maximum content size limit (26214400) exceeded (26214401 bytes read)","type":"server_error","param":null,"code":null},"usage":{"type":"duration","seconds":0}}"#;
    let fake = Fake::new([Reply::json(413, body)]).await;
    let error = failed(&model(&fake, Server::OpenAi, "whisper-1"), &request(&folder, "a.wav", false)).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "too_large"));
    assert!(error.message.contains("Maximum content size"), "{}", error.message);
}
