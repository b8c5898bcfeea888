//! Every client against each fault of the twin: what comes of it, within which time and memory, and what was charged. Where
//! something was charged, nothing is tried again by itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluice_capability::{
    Begun, Capability, CapabilityError, CompleteRequest, Does, DrawRequest, EmbedRequest, Finish, Message,
    PresentRequest, Purpose, ReadRequest, Remedy, Role, SpeakRequest, TranscribeRequest,
};
use sluice_domain::language::Language;
use sluice_domain::time::Timestamp;
use sluice_providers::did::{self, Presenter};
use sluice_providers::elevenlabs::{self, SpeechSettings, TranscriptionSettings};
use sluice_providers::http::Secret;
use sluice_providers::openai::{
    ChatModel, Delivery, EmbeddingModel, ImageModel, Server, Service, Settings, SpeechModel, TranscriptionModel, voices,
};
use sluice_providers::prices::Prices;
use sluice_providers::vision::{self, Vision};
use sluice_twin::Options;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::support::{KEY, begin, client, failed, picture};

/// 2026-01-02T03:04:05Z
const STARTED: Timestamp = Timestamp::from_millis(1_767_323_045_000);
/// No fault keeps a client for longer, on a busy machine.
const LONGEST: Duration = Duration::from_mins(1);
/// What reading 10 GB may take of memory, in megabytes, beside all else that these tests do meanwhile.
const MEMORY: u64 = 400;

/// A twin with a fault for everything that is charged, and clients of it.
struct Twin {
    at: String,
    folder: tempfile::TempDir,
    _stop: DropGuard,
}

impl Twin {
    async fn failing(fault: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let script: Vec<Value> = CHARGED
            .iter()
            .map(|(provider, operation)| {
                json!({ "match": { "provider": provider, "operation": operation, "count": 0 }, "fault": fault })
            })
            .collect();
        let plan = serde_json::from_value(json!(script)).unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(sluice_twin::serve(listener, Options { seed: 7, started: STARTED, plan }, stop.clone()));
        Self { at, folder: tempfile::tempdir().unwrap(), _stop: stop.drop_guard() }
    }

    async fn get(&self, path: &str) -> Value {
        let host = self.at.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    async fn charged(&self) -> u64 {
        self.get("/twin/bill").await["count"].as_u64().unwrap()
    }

    /// How often something was asked for that is charged.
    async fn asked(&self) -> u64 {
        let all = self.get("/twin/requests").await;
        CHARGED.iter().filter_map(|(provider, operation)| all[provider][operation].as_u64()).sum()
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }

    fn service(&self, server: Server, model: &str) -> Service {
        let path = if server == Server::OpenRouter { "/openrouter/api/v1" } else { "/openai/v1" };
        let prices = Arc::new(Prices::built_in().unwrap());
        let settings = Settings {
            address: Some(format!("{}{path}", self.at)),
            key: Some(Secret::new(KEY).unwrap()),
            ..Settings::new(server, model, prices)
        };
        Service::new(client(), settings).unwrap()
    }

    fn chat(&self, server: Server, delivery: Delivery) -> ChatModel {
        ChatModel::new(self.service(server, "gpt-5-mini"), delivery).unwrap()
    }

    fn elevenlabs(&self) -> elevenlabs::Account {
        let settings = elevenlabs::Settings {
            provider: None,
            address: Some(format!("{}/elevenlabs", self.at)),
            key: Secret::new(KEY).unwrap(),
            prices: Arc::default(),
        };
        elevenlabs::Account::new(client(), settings).unwrap()
    }

    fn presenter(&self) -> Presenter {
        let settings = did::Settings {
            address: Some(format!("{}/d-id", self.at)),
            settle: Duration::ZERO,
            ..did::Settings::new(Secret::new(KEY).unwrap(), Arc::default())
        };
        Presenter::new(did::Account::new(client(), settings).unwrap(), did::Kind::Clip)
    }

    fn vision(&self) -> Vision {
        let settings = vision::Settings {
            provider: None,
            address: Some(format!("{}/vision/v1", self.at)),
            key: Secret::new(KEY).unwrap(),
            feature: vision::Feature::Document,
            prices: Arc::default(),
        };
        Vision::new(client(), settings).unwrap()
    }

    async fn met<C: Capability>(&self, model: &impl Does<C>, request: &C::Request) -> Met {
        let (charged, asked, began) = (self.charged().await, self.asked().await, Instant::now());
        let ended = tokio::time::timeout(LONGEST, begin(model, request)).await;
        let outcome = ended.map(|ended| ended.map(|begun| matches!(begun, Begun::Done(_))));
        Met {
            outcome: outcome.map_err(|_| began.elapsed()),
            charged: self.charged().await - charged,
            asked: self.asked().await - asked,
        }
    }

    /// What each client makes of it.
    async fn all(&self) -> Vec<(&'static str, Met)> {
        let sound = || self.file("sound.wav", &wave());
        let out = || self.folder.path().join("out");
        let speak = |voice: &str| SpeakRequest { voice: voice.to_owned(), text: "High tide.".to_owned(), out: out() };
        let transcribe = || TranscribeRequest {
            sound: sound(),
            duration_ms: 1_000,
            part_of: None,
            language: Some("en".to_owned()),
            words: true,
            prompt: None,
        };
        let present = PresentRequest {
            presenter: "d-id:clip:v2_public_twin_ada".to_owned(),
            sound: sound(),
            duration_ms: 1_000,
            phonemes: Vec::new(),
            width: 1_280,
            height: 720,
            out: out(),
        };
        let draw = DrawRequest { prompt: "A lock".to_owned(), width: 1_024, height: 1_024, seed: 1, out: out() };
        let embed = EmbedRequest { texts: vec!["High tide.".to_owned()], purpose: Purpose::Query };
        let file = self.file("sign.png", &picture(100, 50));
        let read = ReadRequest { file, as_pictures: true, languages: vec![Language::ENGLISH.into()] };
        let service = |model| self.service(Server::OpenAi, model);
        let speaker = SpeechModel::new(service("tts-1"), voices(Server::OpenAi)).unwrap();
        let hearing = TranscriptionModel::new(service("whisper-1")).unwrap();
        let drawing = ImageModel::new(service("gpt-image-1")).unwrap();
        let embedding = EmbeddingModel::new(service("text-embedding-3-small")).unwrap();
        let other_speaker =
            elevenlabs::SpeechModel::new(self.elevenlabs(), SpeechSettings::default(), Vec::new()).with_others();
        let other_hearing = elevenlabs::TranscriptionModel::new(self.elevenlabs(), TranscriptionSettings::default());
        vec![
            ("chat", self.met(&self.chat(Server::OpenAi, Delivery::Whole), &question(None)).await),
            ("streamed chat", self.met(&self.chat(Server::OpenAi, Delivery::Streamed), &question(None)).await),
            ("OpenRouter", self.met(&self.chat(Server::OpenRouter, Delivery::Whole), &question(None)).await),
            (
                "streamed OpenRouter",
                self.met(&self.chat(Server::OpenRouter, Delivery::Streamed), &question(None)).await,
            ),
            ("speech", self.met(&speaker, &speak("openai:en:marin")).await),
            ("transcription", self.met(&hearing, &transcribe()).await),
            ("pictures", self.met(&drawing, &draw).await),
            ("embeddings", self.met(&embedding, &embed).await),
            ("ElevenLabs speech", self.met(&other_speaker, &speak("elevenlabs:en:JBFqnCBsd6RMkjVDRZzb")).await),
            ("ElevenLabs transcription", self.met(&other_hearing, &transcribe()).await),
            ("Vision", self.met(&self.vision(), &read).await),
            ("D-ID", self.met(&self.presenter(), &present).await),
        ]
    }
}

/// What of the twin is charged, and asked for by these clients.
const CHARGED: [(&str, &str); 10] = [
    ("openai", "chat"),
    ("openrouter", "chat"),
    ("openai", "speech"),
    ("openai", "transcribe"),
    ("openai", "images"),
    ("openai", "embeddings"),
    ("elevenlabs", "speech_timestamps"),
    ("elevenlabs", "transcribe"),
    ("vision", "annotate"),
    ("d-id", "clips_create"),
];

/// What came of a request: whether it was answered at once, its error, or how long it was waited for.
#[derive(Debug)]
struct Met {
    outcome: Result<Result<bool, CapabilityError>, Duration>,
    charged: u64,
    asked: u64,
}

fn question(schema: Option<Value>) -> CompleteRequest {
    let text = "## Page 1\nHigh tide is at 7. The lamp was lit before dusk.\n".to_owned();
    CompleteRequest {
        messages: vec![Message { role: Role::User, text }],
        schema,
        max_output_tokens: 200,
        temperature: None,
        once: false,
    }
}

/// A second of silence.
fn wave() -> Vec<u8> {
    let samples = vec![0_u8; 32_000];
    let size = u32::try_from(samples.len()).unwrap();
    let numbers = |one: u16, two: u16| [one.to_le_bytes(), two.to_le_bytes()].concat();
    [
        b"RIFF",
        &(size + 36).to_le_bytes()[..],
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &numbers(1, 1),
        &16_000_u32.to_le_bytes(),
        &32_000_u32.to_le_bytes(),
        &numbers(2, 16),
        b"data",
        &size.to_le_bytes(),
        samples.as_slice(),
    ]
    .concat()
}

/// Whether whoever gets this error makes the same call again without being told to.
fn is_made_again(error: &CapabilityError) -> bool {
    matches!(error.remedy, Remedy::Retry | Remedy::PutOff(_))
}

/// The most memory that this process had so far, in megabytes.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
}

/// What a fault ends with.
enum End {
    /// The answer, in the end.
    Answer,
    /// An error: with one of these codes, if any are said.
    Error(&'static [&'static str]),
    /// An error, or an answer: half of a sound sounds like a whole one.
    Either,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_done_wrong_nothing_that_was_charged_is_made_again() {
    let mut surprises = Vec::new();
    for (fault, end) in [
        (json!({ "kind": "slow_drip", "ms": 1, "bytes": 40_000 }), End::Answer),
        (json!("empty_body"), End::Error(&[])),
        (json!("truncated_body"), End::Error(&["answer_lost", "connection_broken"])),
        (json!("malformed_json"), End::Either),
        (json!("huge_body"), End::Error(&[])),
        (json!("reset_after"), End::Error(&["answer_lost", "connection_broken"])),
        (json!("reset_before"), End::Error(&["answer_lost", "connection_broken"])),
        (json!("error_inside"), End::Error(&[])),
        (json!("html"), End::Error(&["provider_unavailable"])),
        (json!({ "kind": "html", "status": 200 }), End::Error(&[])),
        (json!("redirect"), End::Error(&["redirected"])),
        (json!({ "kind": "rate_limit", "retry_after": 3 }), End::Error(&["rate_limited"])),
        (json!("unauthorized"), End::Error(&["key_refused", "request_refused"])),
        (json!("no_credits"), End::Error(&["credits_gone", "forbidden"])),
        (json!("moderation"), End::Error(&["content_refused", "request_refused", "forbidden"])),
    ] {
        let twin = Twin::failing(&fault).await;
        for (client, met) in twin.all().await {
            let is_fine = match (&met.outcome, &end) {
                (Ok(Ok(_)), End::Answer | End::Either) | (Ok(Err(_)), End::Either) => true,
                (Ok(Err(error)), End::Error(codes)) => codes.is_empty() || codes.contains(&error.code.as_str()),
                // OpenRouter has named its id before the answer was lost: it says later what became of it.
                (Ok(Ok(false)), End::Error(_)) => client.ends_with("OpenRouter"),
                _ => false,
            };
            // No provider charges for what it says itself has failed; the twin does.
            let is_lost = met.charged > 0 && fault != "error_inside";
            let is_clear = met.outcome.as_ref().is_ok_and(|outcome| match outcome {
                Ok(_) => true,
                Err(error) => {
                    let is_shown = !error.message.is_empty() && !format!("{error:?}").contains(KEY);
                    is_shown && !(is_lost && is_made_again(error))
                }
            });
            if !is_fine || !is_clear || met.charged > 1 || met.asked > 1 {
                surprises.push(format!("{fault}: {client}: {met:?}"));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let memory = most_memory();
    assert!(memory < MEMORY, "{memory} MB");
}

fn narration() -> Value {
    let sentence = json!({
        "type": "object", "properties": { "text": { "type": "string" }, "page": { "type": "integer" } },
        "required": ["text", "page"], "additionalProperties": false,
    });
    json!({
        "type": "object", "properties": { "sentences": { "type": "array", "items": sentence } },
        "required": ["sentences"], "additionalProperties": false,
    })
}

async fn told(fault: &str, delivery: Delivery) -> (String, Finish) {
    let twin = Twin::failing(&json!(fault)).await;
    let model = twin.chat(Server::OpenAi, delivery);
    let answer = super::support::done(&model, &question(Some(narration()))).await;
    assert!(answer.cost.is_some_and(|cost| cost.0 > 0), "{fault}: what was charged is known: {:?}", answer.cost);
    assert_eq!((twin.charged().await, twin.asked().await), (1, 1), "{fault}");
    (answer.value.text, answer.value.finish)
}

/// What a model says is judged by whoever asked: the client brings it as it is, and says where it was cut.
#[tokio::test]
async fn what_a_model_says_wrong_arrives_as_it_was_said() {
    for delivery in [Delivery::Whole, Delivery::Streamed] {
        let (text, finish) = told("cut_by_length", delivery).await;
        assert_eq!(finish, Finish::Length);
        assert!(serde_json::from_str::<Value>(&text).is_err(), "half of it: {text}");
        let (text, finish) = told("ignores_schema", delivery).await;
        assert!(finish == Finish::Stop && serde_json::from_str::<Value>(&text).is_err(), "prose: {text}");
        let (text, finish) = told("invents", delivery).await;
        let invented: Value = serde_json::from_str(&text).unwrap();
        assert!(finish == Finish::Stop && !invented["sentences"].as_array().unwrap().is_empty(), "{text}");
    }
}

#[tokio::test]
async fn an_error_within_a_stream_ends_it_and_is_not_asked_again() {
    for server in [Server::OpenAi, Server::OpenRouter] {
        let twin = Twin::failing(&json!("stream_error")).await;
        let error = match twin.met(&twin.chat(server, Delivery::Streamed), &question(None)).await.outcome {
            Ok(Err(error)) => error,
            // OpenRouter has named its id: it says later what became of it.
            Ok(Ok(false)) if server == Server::OpenRouter => continue,
            other => panic!("{server:?}: {other:?}"),
        };
        assert!(!is_made_again(&error) && !error.message.is_empty(), "{server:?}: {error:?}");
        assert_eq!((twin.charged().await, twin.asked().await), (1, 1), "{server:?}");
    }
}

#[tokio::test]
async fn a_model_that_refuses_says_so() {
    for delivery in [Delivery::Whole, Delivery::Streamed] {
        let (text, finish) = told("refusal", delivery).await;
        assert!(finish == Finish::Filtered && !text.is_empty(), "{text}");
    }
}

fn left(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_none_or(|extension| extension != "wav" && extension != "png")).collect()
}

/// A sound of 10 GB is read as far as its limit, and nothing of it stays.
#[tokio::test]
async fn a_sound_without_end_leaves_no_file() {
    let twin = Twin::failing(&json!("huge_body")).await;
    let speaker = SpeechModel::new(twin.service(Server::OpenAi, "tts-1"), voices(Server::OpenAi)).unwrap();
    let out = twin.folder.path().join("spoken");
    let request = SpeakRequest { voice: "openai:en:marin".to_owned(), text: "High tide.".to_owned(), out };
    let error = failed(&speaker, &request).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Look, "answer_too_long"), "it may be charged: {error:?}");
    assert_eq!(left(twin.folder.path()), [] as [PathBuf; 0]);
}
