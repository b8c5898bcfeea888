//! Jobs on a GPU of one's own: each kind, each end, and what goes wrong.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sluice_capability::{
    Begun, CallProgress, Capability, Does, Present as _, PresentRequest, Presenting, Remedy, SpeakRequest, Speaking,
    TranscribeRequest, Transcribing, VoiceInfo,
};
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_providers::runner::{Access, Kind, Runner, Settings, webhook};
use sluice_providers::webhook::Refused;
use standardwebhooks::Webhook;

use super::support::{Fake, KEY, Reply, begin, client, failed, video};

const PRICES: &str = "version = \"test\"\n[[models]]\nprovider = \"gpu\"\nmodel = \"transcribe\"\nminutes = \"0.01\"\nsource = \"test\"\ndate = \"2026-11-28\"";

/// A runner at an address, for every kind, which charges nothing and is polled.
pub(super) fn settings(address: String) -> Settings {
    let voice = VoiceInfo {
        id: "gpu:en:ada".to_owned(),
        language: Language::ENGLISH.into(),
        name: "Ada".to_owned(),
        engine: "runner",
        licence: "CC0".to_owned(),
        installed: true,
    };
    Settings {
        provider: "gpu".to_owned(),
        address,
        access: modal(),
        kinds: ALL.into(),
        voices: vec![voice],
        webhook: None,
        prices: Arc::new(Prices::default()),
    }
}

fn runner(fake: &Fake, access: Access, kinds: &[Kind]) -> Runner {
    let settings = Settings {
        access,
        kinds: kinds.iter().copied().collect(),
        webhook: Some("https://sluice.example.org/in/gpu/token".to_owned()),
        prices: Arc::new(Prices::default().overridden(PRICES).unwrap()),
        ..settings(format!("http://{}", fake.at))
    };
    Runner::new(client(), settings).unwrap()
}

fn modal() -> Access {
    Access::of(&Secret::new(&format!("wk-1:{KEY}")).unwrap()).unwrap()
}

const ALL: [Kind; 3] = [Kind::Speak, Kind::Transcribe, Kind::Present];

fn speak(folder: &Path) -> SpeakRequest {
    SpeakRequest { voice: "gpu:en:ada".to_owned(), text: "High tide.".to_owned(), out: folder.join("speech.wav") }
}

fn transcribe(folder: &Path) -> TranscribeRequest {
    let sound = folder.join("talk.wav");
    std::fs::write(&sound, b"RIFF sound").unwrap();
    TranscribeRequest { sound, duration_ms: 60_000, part_of: None, language: None, words: true, prompt: None }
}

fn present(folder: &Path) -> PresentRequest {
    let sound = folder.join("speech.wav");
    std::fs::write(&sound, b"RIFF sound").unwrap();
    let (width, height) = (640, 360);
    let (presenter, out) = ("gpu:ada".to_owned(), folder.join("out.mp4"));
    PresentRequest { presenter, sound, duration_ms: 2_500, phonemes: Vec::new(), width, height, out }
}

fn job(status: &str, more: &Value) -> Reply {
    let mut body = json!({ "id": "fc-1", "status": status });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Reply::json(200, &body.to_string())
}

async fn look<C: Capability>(runner: &impl Does<C>, id: Option<&str>) -> CallProgress {
    runner.look("key", id).await.unwrap()
}

async fn accepted<C: Capability>(runner: &impl Does<C>, request: &C::Request) -> String {
    let Begun::Accepted { provider_id, .. } = begin(runner, request).await.unwrap() else { panic!("accepted") };
    provider_id
}

#[tokio::test]
async fn a_sound_is_transcribed_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let result = json!({ "language": "en", "duration": 61.0, "segments": [
        { "text": " High tide. ", "start": 0.1, "end": 1.0, "speaker": 0,
          "words": [{ "text": "High", "start": 0.1, "end": 0.4, "confidence": 0.5 }, { "text": "tide.", "start": 0.3, "end": 1.0 }] },
        { "text": "Bye", "start": 0.5, "end": 2.0 },
    ] });
    let finished = json!({ "result": result, "model": "large-v3", "version": "7" });
    let fake = Fake::new([
        job("queued", &json!({ "poll_after_seconds": 4 })),
        job("running", &json!({ "progress": 0.5 })),
        job("succeeded", &finished),
        job("succeeded", &finished),
    ])
    .await;
    let runner = runner(&fake, modal(), &ALL);
    let request = transcribe(folder.path());
    let id = accepted::<Transcribing>(&runner, &request).await;
    assert!(matches!(look::<Transcribing>(&runner, Some(&id)).await, CallProgress::Pending { .. }));
    assert_eq!(look::<Transcribing>(&runner, Some(&id)).await, CallProgress::Ready { provider_id: id.clone() });
    let answer = Does::<Transcribing>::fetch(&runner, &request, &id).await.unwrap();
    let segments: Vec<(&str, u32, u32)> =
        answer.value.segments.iter().map(|s| (s.text.as_str(), s.start_ms, s.end_ms)).collect();
    assert_eq!(segments, [("High tide.", 100, 1_000), ("Bye", 1_000, 2_000)]);
    assert_eq!(answer.value.segments[0].words[1].start_ms, 400, "words do not overlap either");
    assert_eq!((answer.made_by.model.as_str(), answer.made_by.version.as_str()), ("large-v3", "7"));
    assert_eq!(answer.cost, Some(MicroUsd(10_167)));
    let sent = fake.seen()[0].clone();
    assert_eq!((sent.path.as_str(), sent.header("idempotency-key")), ("/jobs", Some("key")));
    assert_eq!((sent.header("modal-key"), sent.header("modal-secret")), (Some("wk-1"), Some(KEY)));
    let form = sent.text();
    for part in [
        "RIFF sound",
        r#""kind":"transcribe""#,
        r#""key":"key""#,
        r#""callback_url":"https://sluice.example.org/in/gpu/token""#,
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
}

#[tokio::test]
async fn speech_and_video_come_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let words = json!({ "result": { "words": [
        { "text": "High", "start": 0.0, "end": 0.5 }, { "text": "tide", "start": 0.5, "end": 1.0 },
    ] }, "cost_usd": 0.0021 });
    let raw = vec![0_u8; 48_000];
    let fake = Fake::new([
        job("queued", &json!({})),
        job("succeeded", &words),
        Reply::new(200, "application/octet-stream", raw),
        job("queued", &json!({})),
        job("succeeded", &json!({})),
        Reply::new(200, "video/mp4", video()),
        job("succeeded", &json!({})),
        Reply::new(200, "video/mp4", video()[..99].to_vec()),
    ])
    .await;
    let runner = runner(&fake, Access::Bearer(Secret::new(KEY).unwrap()), &ALL);
    let request = speak(folder.path());
    let id = accepted::<Speaking>(&runner, &request).await;
    let answer = Does::<Speaking>::fetch(&runner, &request, &id).await.unwrap();
    assert_eq!((answer.value.samples, answer.cost), (24_000, Some(MicroUsd(2_100))));
    let times: Vec<(u32, u32)> = answer.value.words.iter().map(|word| (word.start_ms, word.end_ms)).collect();
    assert_eq!(times, [(0, 500), (500, 1_000)]);
    assert!(request.out.exists());
    let request = present(folder.path());
    let id = accepted::<Presenting>(&runner, &request).await;
    let answer = Does::<Presenting>::fetch(&runner, &request, &id).await.unwrap();
    assert_eq!((answer.value.duration_ms, answer.cost), (2_500, None), "its price is not known");
    std::fs::remove_file(&request.out).unwrap();
    assert_eq!(
        Does::<Presenting>::fetch(&runner, &request, &id).await.unwrap_err().remedy,
        Remedy::Retry,
        "half a video"
    );
    assert!(!request.out.exists());
    assert_eq!(fake.seen()[2].path, "/jobs/fc-1/file");
    assert_eq!(fake.seen()[2].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
}

#[tokio::test]
async fn a_cold_function_is_waited_for_on_the_same_server_alone() {
    let folder = tempfile::tempdir().unwrap();
    let wait = |to: &str| Reply::new(303, "text/plain", "").with("location", to);
    let fake = Fake::with(|at| {
        let absolute = format!("http://{at}/jobs?__modal_function_call_id=fc-9");
        let mut replies: Vec<Reply> = (0..25).map(|n| wait(&format!("/jobs?hop={n}"))).collect();
        replies.extend([wait(&absolute), job("queued", &json!({}))]);
        replies
    })
    .await;
    assert_eq!(accepted::<Transcribing>(&runner(&fake, modal(), &ALL), &transcribe(folder.path())).await, "fc-1");
    let seen = fake.seen();
    assert_eq!((seen.len(), seen[26].path.as_str()), (27, "/jobs?__modal_function_call_id=fc-9"));
    assert!(seen.iter().all(|one| one.header("modal-secret") == Some(KEY)) && seen[1].body.is_empty());
    for to in ["http://10.0.0.1/jobs", "http://127.0.0.1:1/jobs", "file:///etc/passwd"] {
        let fake = Fake::new([wait(to)]).await;
        let error = failed::<Transcribing>(&runner(&fake, modal(), &ALL), &transcribe(folder.path())).await;
        assert_eq!((error.code.as_str(), fake.seen().len()), ("redirected", 1), "{to}");
    }
    let fake = Fake::new((0..100).map(|n| wait(&format!("/jobs?hop={n}")))).await;
    let error = failed::<Transcribing>(&runner(&fake, modal(), &ALL), &transcribe(folder.path())).await;
    assert_eq!((error.code.as_str(), fake.seen().len()), ("redirected", 41), "it ends");
}

#[tokio::test]
async fn refusals_and_lost_answers_have_their_remedies() {
    let folder = tempfile::tempdir().unwrap();
    let request = transcribe(folder.path());
    for (reply, code, remedy) in [
        (
            Reply::new(401, "text/plain", "modal-http: missing credentials for proxy authorization"),
            "key_refused",
            Remedy::Fail,
        ),
        (Reply::json(403, r#"{"detail":"Invalid token"}"#), "forbidden", Remedy::Fail),
        (
            Reply::json(422, r#"{"detail":[{"loc":["body","job"],"msg":"no","type":"x"}]}"#),
            "request_refused",
            Remedy::Fail,
        ),
        (Reply::new(404, "text/plain", "modal-http: invalid function call"), "not_found", Remedy::Fail),
        (
            Reply::new(429, "text/plain", "slow down").with("retry-after", "2"),
            "rate_limited",
            Remedy::PutOff(Some(Duration::from_secs(2))),
        ),
        (
            Reply::new(500, "text/plain", "modal-http: internal error: function was terminated"),
            "provider_unavailable",
            Remedy::Look,
        ),
        (Reply::json(200, r#"{"id":"fc-1""#), "answer_lost", Remedy::Look),
        (Reply::json(200, r#"{"id":"fc-1"}"#).cut(), "connection_broken", Remedy::Look),
        (Reply::json(200, r#"{"id":"../x"}"#), "bad_answer", Remedy::Fail),
    ] {
        let fake = Fake::new([reply]).await;
        let error = failed::<Transcribing>(&runner(&fake, modal(), &ALL), &request).await;
        assert_eq!((error.code.as_str(), error.remedy), (code, remedy), "{}", error.message);
    }
    let fake = Fake::new([]).await;
    let only = runner(&fake, Access::Open, &[Kind::Speak]);
    assert!(Does::<Transcribing>::accepts(&only, &request).is_err());
    assert_eq!(failed::<Transcribing>(&only, &request).await.code, "unsupported");
    let mut long = speak(folder.path());
    long.text = "a".repeat(1_000_000);
    assert_eq!(failed::<Speaking>(&only, &long).await.code, "text_too_long");
    long.text = "☙".repeat(100);
    assert_eq!(failed::<Speaking>(&only, &long).await.code, "nothing_to_say");
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_lost_job_is_found_by_its_key() {
    let fake = Fake::new([
        Reply::json(200, r#"{"jobs":[{"id":"fc-7","status":"running"}]}"#),
        Reply::json(200, r#"{"jobs":[]}"#),
        Reply::json(200, r#"{"jobs":[{"id":"fc-7","status":"expired"}]}"#),
        Reply::json(405, r#"{"detail":"Method Not Allowed"}"#),
        Reply::json(404, r#"{"detail":"Not Found"}"#),
        Reply::json(410, r#"{"detail":"expired"}"#),
    ])
    .await;
    let runner = runner(&fake, Access::Open, &ALL);
    let found = look::<Presenting>(&runner, None).await;
    assert!(matches!(&found, CallProgress::Pending { provider_id, .. } if provider_id == "fc-7"), "{found:?}");
    assert_eq!(look::<Presenting>(&runner, None).await, CallProgress::NotFound);
    assert_eq!(look::<Presenting>(&runner, None).await, CallProgress::CannotTell, "it was made, and is not paid twice");
    assert_eq!(look::<Presenting>(&runner, None).await, CallProgress::CannotTell, "it has no list");
    assert_eq!(look::<Presenting>(&runner, Some("fc-7")).await, CallProgress::NotFound);
    assert_eq!(look::<Presenting>(&runner, Some("fc-7")).await, CallProgress::NotFound, "after a week");
    assert_eq!(fake.seen()[0].path, "/jobs?key=key");
}

#[tokio::test]
async fn jobs_are_cancelled_where_that_is_possible() {
    let fake = Fake::new([
        job("cancelled", &json!({ "cost_usd": 0.5 })),
        job("running", &json!({})),
        Reply::json(405, r#"{"detail":"Method Not Allowed"}"#),
    ])
    .await;
    let runner = runner(&fake, Access::Open, &ALL);
    let cancel = async || Does::<Speaking>::cancel(&runner, "fc-1").await.unwrap();
    assert_eq!(cancel().await, Some(MicroUsd(500_000)));
    assert_eq!(cancel().await, None, "it goes on");
    assert_eq!(cancel().await, None, "it cannot be cancelled");
}

#[test]
fn a_signed_webhook_names_its_job() {
    let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let body = br#"{"type":"job.completed","timestamp":"2021-02-25T15:02:10Z","data":{"id":"fc-1"}}"#;
    let at = 1_614_265_330;
    let signature = Webhook::new(text).unwrap().sign("msg_1", at, body).unwrap();
    let read = |body: &[u8], seconds: i64| {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("msg_1"));
        headers.insert("webhook-timestamp", HeaderValue::from_str(&at.to_string()).unwrap());
        headers.insert("webhook-signature", HeaderValue::from_str(&signature).unwrap());
        webhook(&[Secret::new(text).unwrap()], &headers, body, Timestamp::from_millis(seconds * 1_000))
    };
    let notice = read(body, at + 10).unwrap();
    assert_eq!((notice.provider_id.as_str(), notice.event_id.as_deref()), ("fc-1", Some("msg_1")));
    assert_eq!(read(body, at + 31_536_000), Err(Refused::Stale), "a year later");
    assert_eq!(read(br#"{"data":{"id":"fc-2"}}"#, at), Err(Refused::WrongSignature), "a forged body");
}

#[tokio::test]
async fn its_presenters_have_its_name_before_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([]).await;
    let runner = runner(&fake, modal(), &ALL).with_presenters(["ada".to_owned()]);
    let offered: Vec<String> = runner.presenters().into_iter().map(|one| one.id).collect();
    assert_eq!(offered, ["gpu:ada"]);
    let accepts = |presenter: &str| {
        let request = PresentRequest { presenter: presenter.to_owned(), ..present(folder.path()) };
        Does::<Presenting>::accepts(&runner, &request)
    };
    assert_eq!(accepts("gpu:ada"), Ok(()));
    assert_eq!(accepts("gpu:whoever-it-knows"), Ok(()));
    assert_eq!(accepts("gpu:ada@2/happy"), Ok(()));
    let long = format!("gpu:{}", "a".repeat(151));
    for other in [
        "ada",
        "d-id:clip:ada",
        "gpu",
        "gpus:ada",
        "gpu:",
        "gpu:../ada",
        "gpu:/etc/ada",
        "gpu:a\nb",
        "gpu:<b>",
        long.as_str(),
    ] {
        assert!(accepts(other).unwrap_err().contains("no presenter of gpu"), "{other}");
    }
}
