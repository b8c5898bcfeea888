//! ElevenLabs: speech, voices, transcription, and what goes wrong.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use sluice_capability::{Begun, CallProgress, Does as _, Remedy, Speak as _, SpeakRequest, TranscribeRequest};
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_providers::elevenlabs::{
    Account, Settings, SpeechModel, SpeechSettings, TranscriptionModel, TranscriptionSettings, webhook,
};
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_providers::webhook::Refused;

use super::support::{Fake, KEY, Reply, begin, client, done, failed};

const PRICES: &str = "version = \"test\"
[[models]]\nprovider = \"elevenlabs\"\nmodel = \"eleven_multilingual_v2\"\ncharacters = \"200\"\nsource = \"t\"\ndate = \"2026-11-28\"
[[models]]\nprovider = \"elevenlabs\"\nmodel = \"scribe_v1\"\nminutes = \"0.006\"\nsource = \"t\"\ndate = \"2026-11-28\"";

const TEXT: &str = "Né à Brême, 5 fois.";

fn account(fake: &Fake) -> Account {
    let prices = Arc::new(Prices::default().overridden(PRICES).unwrap());
    let settings = Settings {
        provider: None,
        address: Some(format!("http://{}", fake.at)),
        key: Secret::new(KEY).unwrap(),
        prices,
    };
    Account::new(client(), settings).unwrap()
}

fn voices() -> Reply {
    Reply::json(
        200,
        r#"{"voices":[{"voice_id":"21m00","name":"Rachel","category":"premade","labels":{"language":"fr"}}],"has_more":false,"next_page_token":null}"#,
    )
}

/// A model of this name; the first answer of the server is the list of voices.
async fn speaker(fake: &Fake, model: &str) -> SpeechModel {
    let account = account(fake);
    let voices = account.voices().try_concat().await.unwrap();
    SpeechModel::new(account, SpeechSettings { model: model.to_owned(), ..SpeechSettings::default() }, voices)
}

fn request(folder: &Path, text: &str) -> SpeakRequest {
    SpeakRequest { voice: "elevenlabs:fr:21m00".to_owned(), text: text.to_owned(), out: folder.join("speech.wav") }
}

/// Two seconds of silence, with a tenth of a second for each character of the text.
fn spoken(alignment: bool) -> Value {
    let characters: Vec<String> = TEXT.chars().map(String::from).collect();
    let at = |n: usize| f64::from(u32::try_from(n).unwrap()) / 10.0;
    let starts: Vec<f64> = (0..characters.len()).map(at).collect();
    let ends: Vec<f64> = (1..=characters.len()).map(at).collect();
    let times = json!({ "characters": characters, "character_start_times_seconds": starts, "character_end_times_seconds": ends });
    json!({
        "audio_base64": STANDARD.encode(vec![0; 96_000]),
        "alignment": if alignment { times } else { Value::Null },
        "normalized_alignment": null,
    })
}

#[tokio::test]
async fn a_text_is_spoken_with_the_times_of_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let answer = Reply::json(200, &spoken(true).to_string())
        .with("request-id", "req-1")
        .with("character-cost", "10")
        .with("current-concurrent-requests", "2")
        .with("maximum-concurrent-requests", "5");
    let fake = Fake::new([voices(), answer]).await;
    let model = speaker(&fake, "eleven_multilingual_v2").await;
    let request = request(folder.path(), TEXT);
    assert_eq!((model.accepts(&request), model.estimate(&request)), (Ok(()), Some(MicroUsd(3_800))));
    let answer = done(&model, &request).await;
    let speech = answer.value;
    assert_eq!(
        (speech.sample_rate, speech.samples, std::fs::read(&request.out).unwrap().len()),
        (24_000, 48_000, 96_044)
    );
    let words: Vec<(&str, u32)> =
        speech.words.iter().map(|w| (&TEXT[w.start_byte as usize..w.end_byte as usize], w.start_ms)).collect();
    assert_eq!(words, [("Né", 0), ("à", 300), ("Brême,", 500), ("5", 1_200), ("fois.", 1_400)]);
    assert_eq!(answer.cost, Some(MicroUsd(2_000)), "what was charged, not what was estimated");
    assert_eq!((answer.made_by.model.as_str(), answer.made_by.version.as_str()), ("eleven_multilingual_v2", "v1"));
    assert_eq!(speech.spoken_by, "elevenlabs eleven_multilingual_v2 v1 elevenlabs:fr:21m00");
    assert_eq!((answer.provider_id.as_deref(), answer.quota), (Some("req-1"), Some((4, Duration::from_secs(1)))));
    let seen = fake.seen();
    assert_eq!(seen[1].path, "/v1/text-to-speech/21m00/with-timestamps?output_format=pcm_24000");
    assert_eq!(seen[1].header("xi-api-key"), Some(KEY));
    assert_eq!(seen[1].json(), json!({ "text": TEXT, "model_id": "eleven_multilingual_v2" }));
    assert_eq!(model.look("key", None).await.unwrap(), CallProgress::CannotTell);
}

#[tokio::test]
async fn without_an_alignment_times_are_estimated_and_flash_is_told_the_language() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([voices(), Reply::json(200, &spoken(false).to_string())]).await;
    let model = speaker(&fake, "eleven_flash_v2_5").await;
    let answer = done(&model, &request(folder.path(), TEXT)).await;
    assert_eq!((answer.value.words.len(), answer.value.words[4].end_ms), (5, answer.value.words[4].end_ms.min(2_000)));
    assert_eq!((answer.cost, answer.quota), (None, None), "its price is not known");
    assert_eq!(fake.seen()[1].json()["language_code"], "fr");
}

#[tokio::test]
async fn errors_of_every_shape_have_their_remedies() {
    let folder = tempfile::tempdir().unwrap();
    let request = request(folder.path(), TEXT);
    let legacy = |status: u16, code: &str| {
        Reply::json(status, &json!({ "detail": { "status": code, "message": "no" } }).to_string())
    };
    let new = |status: u16, kind: &str, code: &str| {
        let body =
            json!({ "detail": { "type": kind, "code": code, "message": format!("no {KEY}"), "request_id": "r" } });
        Reply::json(status, &body.to_string())
    };
    let list = r#"{"detail":[{"loc":["body","text"],"msg":"field required","type":"missing"}]}"#;
    let later = Remedy::PutOff(None);
    let whole = spoken(true).to_string();
    for (reply, code, remedy) in [
        (legacy(401, "invalid_api_key"), "key_refused", Remedy::Fail),
        (new(401, "authentication_error", "invalid_api_key"), "key_refused", Remedy::Fail),
        (legacy(401, "quota_exceeded"), "credits_gone", Remedy::Fail),
        (new(402, "payment_required", "insufficient_credits"), "credits_gone", Remedy::Fail),
        (legacy(403, "only_for_creator+"), "forbidden", Remedy::Fail),
        (legacy(400, "voice_not_found"), "no_such_voice", Remedy::Fail),
        (legacy(400, "max_character_limit_exceeded"), "too_long", Remedy::Fail),
        (Reply::json(422, list), "request_refused", Remedy::Fail),
        (legacy(429, "too_many_concurrent_requests"), "rate_limited", later),
        (
            new(429, "rate_limit_error", "system_busy").with("retry-after-ms", "1500"),
            "rate_limited",
            Remedy::PutOff(Some(Duration::from_millis(1_500))),
        ),
        (legacy(425, "too_early"), "conflict", Remedy::Retry),
        (Reply::new(503, "text/html", "<html><title>503</title></html>"), "provider_unavailable", later),
        (Reply::new(200, "text/html", "<html></html>"), "bad_answer", Remedy::Fail),
        (Reply::json(200, &whole[..whole.len() / 2]), "answer_lost", Remedy::Look),
        (Reply::json(200, &whole).cut(), "connection_broken", Remedy::Look),
        (Reply::new(504, "text/html", "<html></html>"), "answer_lost", Remedy::Look),
        (Reply::json(200, r#"{"audio_base64":"AAA","alignment":null}"#), "bad_answer", Remedy::Look),
        (Reply::json(200, r#"{"audio_base64":"","alignment":null}"#), "bad_answer", Remedy::Look),
        (Reply::json(302, "").with("location", "http://10.0.0.1/"), "redirected", Remedy::Fail),
    ] {
        let fake = Fake::new([voices(), reply]).await;
        let error = failed(&speaker(&fake, "eleven_multilingual_v2").await, &request).await;
        assert_eq!((error.code.as_str(), error.remedy), (code, remedy), "{}", error.message);
        assert!(!request.out.exists());
    }
}

#[tokio::test]
async fn what_cannot_be_spoken_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([voices(), voices()]).await;
    let model = speaker(&fake, "eleven_multilingual_v2").await;
    let v3 = speaker(&fake, "eleven_v3").await;
    assert_eq!(failed(&model, &request(folder.path(), " \n")).await.code, "empty_text");
    assert_eq!(failed(&model, &request(folder.path(), "⸘⁂ ☙ …")).await.code, "nothing_to_say", "in no language");
    assert_eq!(failed(&model, &request(folder.path(), &"a".repeat(1_000_000))).await.code, "text_too_long");
    assert_eq!(failed(&v3, &request(folder.path(), &"a".repeat(3_001))).await.code, "text_too_long");
    let mut other = request(folder.path(), TEXT);
    other.voice = "elevenlabs:fr:../user".to_owned();
    assert_eq!(failed(&model, &other).await.code, "no_such_voice");
    assert_eq!(fake.seen().len(), 2, "nothing but the voices was asked for");
}

#[tokio::test]
async fn a_list_of_voices_is_no_longer_than_what_was_asked_for() {
    let voice = json!({ "voice_id": "a", "name": format!("A\n{}", "b".repeat(10_000)),
                        "labels": { "language": "en" } });
    let page = json!({ "voices": vec![voice; 150], "has_more": false });
    let fake = Fake::new([Reply::json(200, &page.to_string())]).await;
    let mut pages = account(&fake).voices();
    let voices = pages.try_next().await.unwrap().unwrap();
    assert_eq!((voices.len(), voices[0].name.len()), (100, 100));
    assert!(voices[0].name.starts_with("Ab"), "on one line");
    assert_eq!(pages.try_next().await.unwrap_err().code, "list_too_long", "and it is said that there are more");
}

#[tokio::test]
async fn voices_come_in_pages_with_their_languages() {
    let first = json!({ "voices": [
        { "voice_id": "a", "name": "Anna", "category": "professional",
          "verified_languages": [{ "language": "de", "locale": "de-DE" }, { "language": "en" }, { "language": "de" }, { "language": "xx" }] },
        { "voice_id": "../x" },
    ], "has_more": true, "next_page_token": "p 2" });
    let second =
        json!({ "voices": [{ "voice_id": "b", "labels": { "accent": null }, "sharing": null }], "has_more": false });
    let plan = r#"{"tier":"creator","status":"active","character_count":10,"character_limit":100000}"#;
    let fake = Fake::new([
        Reply::json(200, &first.to_string()),
        Reply::json(200, &second.to_string()),
        Reply::json(200, plan),
    ])
    .await;
    let account = account(&fake);
    let voices = account.voices().try_concat().await.unwrap();
    let ids: Vec<&str> = voices.iter().map(|voice| voice.id.as_str()).collect();
    assert_eq!(ids[..2], ["elevenlabs:de:a", "elevenlabs:en:a"]);
    assert_eq!(ids[2..].len(), 10, "a voice that says no language speaks those of the apps");
    assert!(ids.contains(&"elevenlabs:ru:b") && ids.contains(&"elevenlabs:zh:b"), "{ids:?}");
    assert!(voices[0].licence.contains("consent"));
    assert_eq!(fake.seen()[1].path, "/v2/voices?page_size=100&next_page_token=p%202");
    assert_eq!(account.subscription().await.unwrap().tier, "creator");
    let model = SpeechModel::new(account, SpeechSettings::default(), voices);
    assert_eq!(model.voices().len(), 12);
    assert!(
        sluice_capability::Does::<sluice_capability::Speaking>::profile(&model)
            .languages
            .contains(&Language::ARABIC.into())
    );
}

#[tokio::test]
async fn what_came_of_a_list_before_it_failed_is_there() {
    let page = |token: &str| {
        let voice = json!({ "voice_id": format!("of-{token}"), "labels": { "language": "en" } });
        Reply::json(200, &json!({ "voices": [voice], "has_more": true, "next_page_token": token }).to_string())
    };
    let busy = Reply::json(429, r#"{"detail":{"status":"system_busy","message":"later"}}"#);
    for (last, code) in [(busy, "rate_limited"), (page("b"), "list_broken"), (page(""), "list_broken")] {
        let is_page = code != "rate_limited";
        let fake = Fake::new([page("a"), page("b"), last]).await;
        let mut pages = account(&fake).voices();
        let mut listed = Vec::new();
        let error = loop {
            match pages.try_next().await {
                Ok(page) => listed.extend(page.unwrap()),
                Err(error) => break error,
            }
        };
        assert_eq!((listed.len(), error.code.as_str()), (2 + usize::from(is_page), code), "{error}");
        assert_eq!(fake.seen().len(), 3, "it is not asked again");
    }
}

fn sound(folder: &Path) -> TranscribeRequest {
    let sound = folder.join("talk.mp3");
    std::fs::write(&sound, b"ID3 sound").unwrap();
    TranscribeRequest {
        sound,
        duration_ms: 60_000,
        part_of: None,
        language: Some("de".to_owned()),
        words: true,
        prompt: None,
    }
}

const HEARD: &str = r#"{"language_code":"deu","language_probability":0.9,"text":"Guten Tag.","words":[
    {"text":"Guten","start":0.1,"end":0.4,"type":"word","speaker_id":"speaker_0","logprob":0},
    {"text":" ","start":0.4,"end":0.5,"type":"spacing","speaker_id":null},
    {"text":"Tag.","start":0.5,"end":0.9,"type":"word","speaker_id":null,"logprob":null},
    {"text":"(Lachen)","start":0.9,"end":1.5,"type":"audio_event"}],
    "transcription_id":"tr-1","audio_duration_secs":90.0}"#;

#[tokio::test]
async fn a_sound_is_transcribed_in_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([Reply::json(200, HEARD)]).await;
    let model = TranscriptionModel::new(account(&fake), TranscriptionSettings::default());
    let request = sound(folder.path());
    assert_eq!(model.estimate(&request), Some(MicroUsd(6_000)));
    let answer = done(&model, &request).await;
    let texts: Vec<&str> = answer.value.segments.iter().map(|segment| segment.text.as_str()).collect();
    assert_eq!((answer.value.language.as_str(), texts), ("de", vec!["Guten Tag."]));
    assert_eq!((answer.cost, answer.usage.media_ms), (Some(MicroUsd(9_000)), 90_000));
    assert_eq!(answer.made_by.version, "v1");
    let form = fake.one().text();
    for part in [
        "name=\"model_id\"\r\n\r\nscribe_v1",
        "name=\"language_code\"\r\n\r\nde",
        "name=\"diarize\"\r\n\r\ntrue",
        "filename=\"sound.mp3\"",
        "ID3 sound",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    assert_eq!(model.look("key", None).await.unwrap(), CallProgress::CannotTell);
}

#[tokio::test]
async fn a_sound_that_is_left_there_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let accepted = r#"{"message":"Request accepted.","request_id":"req-1","transcription_id":"tr-1"}"#;
    let early = || Reply::json(404, r#"{"detail":{"status":"not_found","message":"no transcript"}}"#);
    let fake =
        Fake::new([Reply::json(202, accepted), early(), Reply::json(200, HEARD), Reply::json(200, HEARD), early()])
            .await;
    let settings = TranscriptionSettings { by_webhook: true, ..TranscriptionSettings::default() };
    let model = TranscriptionModel::new(account(&fake), settings);
    let request = sound(folder.path());
    let Begun::Accepted { provider_id, .. } = begin(&model, &request).await.unwrap() else { panic!("accepted") };
    assert_eq!(provider_id, "tr-1");
    assert!(fake.one().text().contains(r#"{"key":"key"}"#));
    assert!(matches!(model.look("key", Some("tr-1")).await.unwrap(), CallProgress::Pending { .. }));
    assert_eq!(model.look("key", Some("tr-1")).await.unwrap(), CallProgress::Ready { provider_id });
    assert_eq!(model.fetch(&request, "tr-1").await.unwrap().provider_id.as_deref(), Some("tr-1"));
    assert_eq!(model.fetch(&request, "tr-1").await.unwrap_err().code, "not_ready");
    assert_eq!(fake.seen()[1].path, "/v1/speech-to-text/transcripts/tr-1");
}

/// It was taken, and will be paid, so that no other provider is asked.
#[tokio::test]
async fn a_sound_that_is_left_there_without_an_id_is_looked_for_by_a_person() {
    let folder = tempfile::tempdir().unwrap();
    for accepted in [r#"{"message":"ok","request_id":"req-1","transcription_id":null}"#, r#"{"message":"ok"}"#] {
        let fake = Fake::new([Reply::json(202, accepted)]).await;
        let settings = TranscriptionSettings { by_webhook: true, ..TranscriptionSettings::default() };
        let error = failed(&TranscriptionModel::new(account(&fake), settings), &sound(folder.path())).await;
        assert_eq!((error.code.as_str(), error.remedy), ("answer_lost", Remedy::Look));
    }
}

#[tokio::test]
async fn a_lost_transcription_is_not_paid_twice() {
    let folder = tempfile::tempdir().unwrap();
    let request = sound(folder.path());
    let fake = Fake::new([Reply::json(200, HEARD).cut()]).await;
    let model = TranscriptionModel::new(account(&fake), TranscriptionSettings::default());
    assert_eq!(failed(&model, &request).await.remedy, Remedy::Look);
    std::fs::write(&request.sound, b"").unwrap();
    assert_eq!(failed(&model, &request).await.code, "empty_file");
    assert_eq!(fake.seen().len(), 1);
}

#[test]
fn a_signed_webhook_names_its_transcription() {
    let secret = Secret::new("wsec_test").unwrap();
    let body = r#"{"type":"speech_to_text_transcription","event_timestamp":1,"data":{"request_id":"req-1","transcription":{"transcription_id":"tr-1","text":"x"}}}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"wsec_test").unwrap();
    mac.update(format!("1739537297.{body}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let mut headers = HeaderMap::new();
    headers.insert("elevenlabs-signature", HeaderValue::from_str(&format!("t=1739537297,v0={signature}")).unwrap());
    let read =
        |now: i64| webhook(std::slice::from_ref(&secret), &headers, body.as_bytes(), Timestamp::from_millis(now));
    assert_eq!(read(1_739_537_300_000).unwrap().provider_id, "tr-1");
    assert_eq!(read(1_771_073_297_000), Err(Refused::Stale), "a year later");
}
