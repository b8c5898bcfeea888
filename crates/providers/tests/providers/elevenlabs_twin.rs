//! Transcriptions that are left with ElevenLabs, against the twin's: they are found again, notified with a signature, and charged once.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::json;
use sluice_capability::{Begun, CallProgress, Does as _, TranscribeRequest};
use sluice_domain::time::Timestamp;
use sluice_providers::elevenlabs::{Account, Settings, TranscriptionModel, TranscriptionSettings, webhook};
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_providers::webhook::Refused;
use sluice_twin::{ELEVENLABS_WEBHOOK_SECRET, Options};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::support::{KEY, begin, client};

/// 2026-01-02T03:04:05Z
const STARTED: Timestamp = Timestamp::from_millis(1_767_323_045_000);

#[tokio::test]
async fn what_is_left_with_it_is_fetched_when_it_notifies() {
    let (sender, mut arrived) = mpsc::unbounded_channel();
    let receive = async move |headers: HeaderMap, body: Bytes| {
        sender.send((headers, body)).ok();
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(receive))).await });

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let plan = json!({ "settings": { "job_ms": 300, "elevenlabs_webhook": hook } });
    let options = Options { seed: 7, started: STARTED, plan: serde_json::from_value(plan).unwrap() };
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    tokio::spawn(sluice_twin::serve(listener, options, stop));

    let settings = Settings {
        provider: None,
        address: Some(format!("http://{at}/elevenlabs")),
        key: Secret::new(KEY).unwrap(),
        prices: Arc::new(Prices::default()),
    };
    let settings_of_model = TranscriptionSettings { by_webhook: true, ..TranscriptionSettings::default() };
    let model = TranscriptionModel::new(Account::new(client(), settings).unwrap(), settings_of_model);
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("speech.wav");
    std::fs::write(&sound, vec![1; 96_000]).unwrap();
    let request = json!({ "sound": sound, "duration_ms": 2_000, "language": "en", "words": true, "prompt": null });
    let request: TranscribeRequest = serde_json::from_value(request).unwrap();
    let Begun::Accepted { provider_id, .. } = begin(&model, &request).await.unwrap() else { panic!("it is kept") };
    let early = model.look("key", Some(&provider_id)).await.unwrap();
    assert!(matches!(&early, CallProgress::Pending { provider_id: id, .. } if *id == provider_id), "{early:?}");

    let (headers, body) = tokio::time::timeout(Duration::from_secs(20), arrived.recv()).await.unwrap().unwrap();
    let read = |secret: &str| webhook(&[Secret::new(secret).unwrap()], &headers, &body, STARTED);
    assert_eq!(read(ELEVENLABS_WEBHOOK_SECRET).unwrap().provider_id, provider_id);
    assert_eq!(read("wsec_of_somebody_else"), Err(Refused::WrongSignature));
    let ready = model.look("key", Some(&provider_id)).await.unwrap();
    assert_eq!(ready, CallProgress::Ready { provider_id: provider_id.clone() });
    let heard = model.fetch(&request, &provider_id).await.unwrap();
    assert!(!heard.value.segments.is_empty() && heard.value.language == "en", "{heard:?}");
    assert_eq!(heard.provider_id.as_deref(), Some(provider_id.as_str()));
}
