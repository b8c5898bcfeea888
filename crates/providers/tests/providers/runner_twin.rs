//! A runner against the twin's, which speaks the protocol of `docs/gpu-runner.md`: every kind, what goes wrong, and the bill.

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};
use sluice_capability::{
    Begun, CallProgress, Capability, CapabilityError, Context, Does, PresentRequest, Presenting, Remedy, SpeakRequest,
    Speaking, TranscribeRequest, Transcribing,
};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_providers::http::Secret;
use sluice_providers::runner::{Runner, Settings, webhook};
use sluice_providers::webhook::Refused;
use sluice_twin::{Options, RUNNER_WEBHOOK_SECRET};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::runner;
use super::support::client;

/// 2026-01-02T03:04:05Z
const STARTED: Timestamp = Timestamp::from_millis(1_767_323_045_000);
const TEXT: &str = "The lamp was lit before dusk. Ships passed the rock.";
/// What the twin charges for a job.
const PRICE: MicroUsd = MicroUsd(5_000);

struct Twin {
    at: String,
    runner: Runner,
    _stop: DropGuard,
}

impl Twin {
    async fn new(script: &Value) -> Self {
        Self::with(script, None).await
    }

    /// With faults, and an address for its notifications.
    async fn with(script: &Value, hook: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let settings = json!({ "job_ms": 30, "webhook_retry_ms": [5, 5, 5] });
        let plan = serde_json::from_value(json!({ "script": script, "settings": settings })).unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(sluice_twin::serve(listener, Options { seed: 7, started: STARTED, plan }, stop.clone()));
        let settings = Settings { webhook: hook, ..runner::settings(format!("http://{at}/runner")) };
        Self { at, runner: Runner::new(client(), settings).unwrap(), _stop: stop.drop_guard() }
    }

    /// One fault for the first request of an operation.
    async fn failing(operation: &str, fault: Value) -> Self {
        Self::new(&json!([{ "match": { "provider": "runner", "operation": operation }, "fault": fault }])).await
    }

    async fn begin<C: Capability>(&self, key: &str, request: &C::Request) -> Result<String, CapabilityError>
    where
        Runner: Does<C>,
    {
        match Does::<C>::begin(&self.runner, request, Context { key, progress: &|_| {} }).await? {
            Begun::Accepted { provider_id, .. } => Ok(provider_id),
            Begun::Done(_) => panic!("a runner takes its time"),
        }
    }

    /// What is known of a job in the end, by its id or its key.
    async fn end<C: Capability>(&self, key: &str, id: Option<&str>) -> CallProgress
    where
        Runner: Does<C>,
    {
        let end = async {
            loop {
                match Does::<C>::look(&self.runner, key, id).await.unwrap() {
                    CallProgress::Pending { .. } => tokio::time::sleep(Duration::from_millis(5)).await,
                    end => return end,
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), end).await.unwrap()
    }

    /// The keys on the bill, and what each was charged.
    async fn bill(&self) -> Vec<(String, i64)> {
        let mut stream = TcpStream::connect(&self.at).await.unwrap();
        let request = format!("GET /twin/bill HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.at);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let bill: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let one = |entry: &Value| {
            let key = entry.get("idempotency_key").and_then(Value::as_str).unwrap().to_owned();
            (key, entry.get("micro_usd").and_then(Value::as_i64).unwrap())
        };
        bill.get("entries").and_then(Value::as_array).unwrap().iter().map(one).collect()
    }
}

fn speak(folder: &Path) -> SpeakRequest {
    SpeakRequest { voice: "gpu:en:ada".to_owned(), text: TEXT.to_owned(), out: folder.join("speech.wav") }
}

#[tokio::test]
async fn each_kind_is_made_and_charged_once() {
    let folder = tempfile::tempdir().unwrap();
    let twin = Twin::new(&json!([])).await;
    let request = speak(folder.path());
    let id = twin.begin::<Speaking>("one", &request).await.unwrap();
    assert_eq!(
        twin.begin::<Speaking>("one", &request).await.unwrap(),
        id,
        "a key that is known is the job that it made"
    );
    assert_eq!(twin.end::<Speaking>("one", Some(&id)).await, CallProgress::Ready { provider_id: id.clone() });
    let spoken = Does::<Speaking>::fetch(&twin.runner, &request, &id).await.unwrap();
    assert_eq!((spoken.value.words.len(), spoken.cost), (10, Some(PRICE)));
    assert_eq!((spoken.value.sample_rate, spoken.made_by.model.as_str()), (24_000, "twin-speak"));
    assert!(spoken.value.spoken_by.ends_with(" twin-speak 1"), "with its version: {}", spoken.value.spoken_by);
    assert!(spoken.value.words.is_sorted_by_key(|word| word.start_ms));
    let again = Does::<Speaking>::fetch(&twin.runner, &request, &id).await.unwrap();
    assert_eq!(again.value.samples, spoken.value.samples, "it may be fetched more than once");

    // What it spoke is heard again.
    let sound = request.out.clone();
    let (language, prompt) = (Some("en".to_owned()), None);
    let request = TranscribeRequest {
        sound,
        duration_ms: spoken.value.duration_ms().into(),
        part_of: None,
        language,
        words: true,
        prompt,
    };
    let id = twin.begin::<Transcribing>("two", &request).await.unwrap();
    twin.end::<Transcribing>("two", Some(&id)).await;
    let heard = Does::<Transcribing>::fetch(&twin.runner, &request, &id).await.unwrap();
    let said: Vec<&str> = heard.value.segments.iter().map(|segment| segment.text.as_str()).collect();
    assert_eq!((said.join(" ").as_str(), heard.value.language.as_str()), (TEXT, "en"));
    assert_eq!(heard.value.segments.iter().map(|segment| segment.words.len()).sum::<usize>(), 10);

    let (sound, out) = (request.sound, folder.path().join("out.mp4"));
    let (presenter, phonemes) = ("gpu:ada".to_owned(), Vec::new());
    let request = PresentRequest { presenter, sound, duration_ms: 2_500, phonemes, width: 640, height: 360, out };
    let id = twin.begin::<Presenting>("three", &request).await.unwrap();
    twin.end::<Presenting>("three", Some(&id)).await;
    let presented = Does::<Presenting>::fetch(&twin.runner, &request, &id).await.unwrap();
    assert!(presented.value.duration_ms >= 2_000 && presented.cost == Some(PRICE), "{presented:?}");
    let charged = |key: &str| (key.to_owned(), PRICE.0);
    assert_eq!(twin.bill().await, [charged("one"), charged("two"), charged("three")]);
}

#[tokio::test]
async fn an_answer_that_was_lost_after_billing_is_found_by_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let request = speak(folder.path());
    for fault in ["reset_after", "truncated_body", "empty_body", "malformed_json"] {
        let twin = Twin::failing("submit", json!(fault)).await;
        let error = twin.begin::<Speaking>("key", &request).await.unwrap_err();
        assert_eq!(error.remedy, Remedy::Look, "{fault}: {}", error.message);
        let CallProgress::Ready { provider_id } = twin.end::<Speaking>("key", None).await else { panic!("{fault}") };
        Does::<Speaking>::fetch(&twin.runner, &request, &provider_id).await.unwrap();
        assert_eq!(twin.bill().await.len(), 1, "{fault}");
    }
    let twin = Twin::failing("submit", json!("reset_before")).await;
    twin.begin::<Speaking>("key", &request).await.unwrap_err();
    assert_eq!(twin.end::<Speaking>("key", None).await, CallProgress::NotFound, "it never arrived");
    assert!(twin.bill().await.is_empty());
    let twin = Twin::failing("submit", json!({ "kind": "see_other", "hops": 3 })).await;
    twin.begin::<Speaking>("key", &request).await.unwrap();
    assert_eq!(twin.bill().await.len(), 1, "a cold start is waited for, and not begun again");
}

#[tokio::test]
async fn jobs_end_in_every_way() {
    let folder = tempfile::tempdir().unwrap();
    let request = speak(folder.path());
    let twin = Twin::failing("submit", json!("job_rejected")).await;
    let id = twin.begin::<Speaking>("key", &request).await.unwrap();
    let end = twin.end::<Speaking>("key", Some(&id)).await;
    assert!(matches!(&end, CallProgress::Rejected { code, cost: MicroUsd(0), .. } if code == "moderation"), "{end:?}");
    let twin = Twin::failing("submit", json!("job_error")).await;
    let id = twin.begin::<Speaking>("key", &request).await.unwrap();
    let end = twin.end::<Speaking>("key", Some(&id)).await;
    assert!(matches!(&end, CallProgress::Failed { message, .. } if message.contains("CUDA")), "{end:?}");
    assert!(twin.bill().await.is_empty(), "what fails is not charged");

    let twin = Twin::failing("submit", json!("never_ends")).await;
    let id = twin.begin::<Speaking>("key", &request).await.unwrap();
    assert_eq!(Does::<Speaking>::cancel(&twin.runner, &id).await.unwrap(), Some(MicroUsd(0)));
    let end = twin.end::<Speaking>("key", Some(&id)).await;
    assert!(matches!(&end, CallProgress::Failed { message, .. } if message.contains("cancelled")), "{end:?}");

    let twin = Twin::failing("file", json!("link_expired")).await;
    let id = twin.begin::<Speaking>("key", &request).await.unwrap();
    twin.end::<Speaking>("key", Some(&id)).await;
    let error = Does::<Speaking>::fetch(&twin.runner, &request, &id).await.unwrap_err();
    assert_eq!(error.code, "not_found", "{}", error.message);
    let twin = Twin::failing("status", json!("link_expired")).await;
    let id = twin.begin::<Speaking>("key", &request).await.unwrap();
    assert_eq!(twin.end::<Speaking>("key", Some(&id)).await, CallProgress::NotFound);
}

#[tokio::test]
async fn its_reports_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, mut arrived) = mpsc::unbounded_channel();
    let receive = async move |headers: HeaderMap, body: Bytes| {
        sender.send((headers, body)).ok();
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(receive))).await });
    let fault = |nth: u32, fault: &str| json!({ "match": { "operation": "submit", "nth": nth }, "fault": fault });
    let twin = Twin::with(&json!([fault(1, "webhook_forged"), fault(2, "webhook_old")]), Some(hook)).await;
    let mut next = async || -> Result<String, Refused> {
        let (headers, body) = arrived.recv().await.unwrap();
        let secrets = [Secret::new(RUNNER_WEBHOOK_SECRET).unwrap()];
        webhook(&secrets, &headers, &body, STARTED).map(|notice| notice.provider_id)
    };
    let request = speak(folder.path());
    let id = twin.begin::<Speaking>("one", &request).await.unwrap();
    assert_eq!(next().await, Err(Refused::WrongSignature), "of somebody who does not know the secret");
    assert_eq!(next().await, Ok(id));
    twin.begin::<Speaking>("two", &request).await.unwrap();
    assert_eq!(next().await, Err(Refused::Stale), "a year old");
}
