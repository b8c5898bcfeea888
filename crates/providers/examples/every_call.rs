//! Makes every kind of call of every remote client whose contract is published, for tests from outside: `every_call ADDRESS`,
//! where a provider twin is at the address, or what passes requests on to one.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt as _;
use image::RgbImage;
use serde_json::json;
use sluice_capability::{
    Begun, CallProgress, Capability, CompleteRequest, Context, Does, DrawRequest, EmbedRequest, Message,
    PresentRequest, Purpose, Role, SpeakRequest, TranscribeRequest,
};
use sluice_domain::language::Language;
use sluice_outbound::{Client, Rules, Settings as Outbound};
use sluice_providers::account::Account as Checked;
use sluice_providers::did::{self, Face, Kind, Presenter};
use sluice_providers::elevenlabs::{self, SpeechSettings, TranscriptionSettings};
use sluice_providers::http::Secret;
use sluice_providers::openai::{
    ChatModel, Delivery, EmbeddingModel, ImageModel, Server, Service, Settings, SpeechModel, TranscriptionModel, voices,
};
use sluice_providers::prices::Prices;
use tempfile::TempDir;

type Failed = Box<dyn Error>;

const TEXT: &str = "The lamp was lit before dusk. Ships passed the rock.";
const KEY: &str = "one-of-every-kind";
/// A voice that every account of ElevenLabs has.
const VOICE: &str = "elevenlabs:en:JBFqnCBsd6RMkjVDRZzb";

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let address = std::env::args().nth(1).ok_or("give the address of the twin, such as http://127.0.0.1:9000")?;
    let rules = Rules::new(vec!["127.0.0.0/8".parse()?]);
    let client = Client::new(&Outbound { rules, ..Outbound::new("Sluice/test") })?;
    let prices = Arc::new(Prices::built_in()?);
    let calls = Calls { address, client, prices, folder: tempfile::tempdir()? };
    calls.check_keys().await?;
    calls.openai().await?;
    calls.openrouter().await?;
    calls.own_servers().await?;
    calls.elevenlabs().await?;
    calls.did().await
}

struct Calls {
    address: String,
    client: Client,
    prices: Arc<Prices>,
    folder: TempDir,
}

impl Calls {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn service(&self, server: Server, path: &str, model: &str) -> Result<Service, Failed> {
        let settings = Settings {
            address: Some(self.at(path)),
            key: Some(Secret::new("key")?),
            ..Settings::new(server, model, Arc::clone(&self.prices))
        };
        Ok(Service::new(self.client.clone(), settings)?)
    }

    /// As `sluice providers test` and the settings ask.
    async fn check_keys(&self) -> Result<(), Failed> {
        let key = Secret::new("key")?;
        for (account, path) in [
            (Checked::OpenAi, "/openai/v1"),
            (Checked::OpenRouter, "/openrouter/api/v1"),
            (Checked::ElevenLabs, "/elevenlabs"),
            (Checked::DId, "/d-id"),
        ] {
            account.check(self.client.clone(), "checked", Some(&self.at(path)), Some(&key)).await?;
        }
        Ok(())
    }

    async fn openai(&self) -> Result<(), Failed> {
        let service = |model| self.service(Server::OpenAi, "/openai/v1", model);
        for (delivery, model) in [(Delivery::Whole, "gpt-5-mini"), (Delivery::Streamed, "gpt-4o-mini")] {
            chat(service(model)?, delivery).await?;
        }
        for model in ["tts-1", "gpt-4o-mini-tts"] {
            let speaker = SpeechModel::new(service(model)?, voices(Server::OpenAi))?;
            finish(&speaker, &self.speak("openai:en:marin")).await?;
        }
        for (model, words) in [("whisper-1", true), ("whisper-1", false), ("gpt-4o-transcribe", false)] {
            finish(&TranscriptionModel::new(service(model)?)?, &self.transcribe(words)?).await?;
        }
        for model in ["gpt-image-1", "dall-e-3"] {
            finish(&ImageModel::new(service(model)?)?, &self.draw()).await?;
        }
        finish(&EmbeddingModel::new(service("text-embedding-3-small")?)?, &embed()).await
    }

    async fn openrouter(&self) -> Result<(), Failed> {
        let service = |model: &str, fallbacks: &[&str]| -> Result<Service, Failed> {
            let settings = Settings {
                address: Some(self.at("/openrouter/api/v1")),
                key: Some(Secret::new("key")?),
                fallbacks: fallbacks.iter().map(|&model| model.to_owned()).collect(),
                attribution: Some(("https://sluice.example".to_owned(), "Sluice".to_owned())),
                ..Settings::new(Server::OpenRouter, model, Arc::clone(&self.prices))
            };
            Ok(Service::new(self.client.clone(), settings)?)
        };
        for delivery in [Delivery::Whole, Delivery::Streamed] {
            chat(service("openai/gpt-4o-mini", &["openrouter/auto"])?, delivery).await?;
        }
        let known = vec![(Language::ENGLISH.into(), "alloy".to_owned())];
        let speaker = SpeechModel::new(service("openai/tts-1", &[])?, known)?;
        finish(&speaker, &self.speak("openrouter:en:alloy")).await?;
        finish(&TranscriptionModel::new(service("openai/whisper-1", &[])?)?, &self.transcribe(true)?).await?;
        finish(&ImageModel::new(service("openai/gpt-image-1", &[])?)?, &self.draw()).await?;
        finish(&EmbeddingModel::new(service("openai/text-embedding-3-small", &[])?)?, &embed()).await
    }

    /// Servers of one's own: those of language models have OpenAI's contract, speaches has its own at `/v1`.
    async fn own_servers(&self) -> Result<(), Failed> {
        for server in [Server::Ollama, Server::LlamaCpp, Server::Vllm] {
            chat(self.service(server, "/openai/v1", "gpt-4o-mini")?, Delivery::Streamed).await?;
        }
        let service = |model| self.service(Server::Speaches, "/v1", model);
        let speaker = SpeechModel::new(service("speaches-ai/Kokoro-82M-v1.0-ONNX")?, Vec::new())?;
        let listed: Vec<_> = speaker.listed().try_concat().await?;
        finish(&speaker.with_listed(&listed), &self.speak("speaches:en:af_heart")).await?;
        finish(&TranscriptionModel::new(service("Systran/faster-whisper-small")?)?, &self.transcribe(true)?).await
    }

    async fn elevenlabs(&self) -> Result<(), Failed> {
        let settings = elevenlabs::Settings {
            provider: None,
            address: Some(self.at("/elevenlabs")),
            key: Secret::new("key")?,
            prices: Arc::clone(&self.prices),
        };
        let account = elevenlabs::Account::new(self.client.clone(), settings)?;
        account.subscription().await?;
        let known: Vec<_> = account.voices().try_concat().await?;
        for (model, zero_retention) in [("eleven_multilingual_v2", false), ("eleven_flash_v2_5", true)] {
            let settings = SpeechSettings { model: model.to_owned(), zero_retention, ..SpeechSettings::default() };
            let speaker = elevenlabs::SpeechModel::new(account.clone(), settings, known.clone());
            finish(&speaker, &self.speak(VOICE)).await?;
        }
        for by_webhook in [false, true] {
            let settings = TranscriptionSettings { by_webhook, ..TranscriptionSettings::default() };
            let model = elevenlabs::TranscriptionModel::new(account.clone(), settings);
            finish(&model, &self.transcribe(true)?).await?;
        }
        Ok(())
    }

    async fn did(&self) -> Result<(), Failed> {
        let face = self.file("face.png");
        RgbImage::new(64, 64).save(&face)?;
        let link = Face::Link("https://example.org/ada.jpg".to_owned());
        let settings = did::Settings {
            address: Some(self.at("/d-id")),
            webhook: Some("https://sluice.example/api/v1/hooks/d-id/token".to_owned()),
            background: Some("#102030".to_owned()),
            faces: [("ada".to_owned(), link), ("file".to_owned(), Face::File(face))].into(),
            settle: Duration::ZERO,
            ..did::Settings::new(Secret::new("key")?, Arc::clone(&self.prices))
        };
        let account = did::Account::new(self.client.clone(), settings)?;
        account.credits().await?;
        for (kind, presenter) in [
            (Kind::Talk, "d-id:talk:ada"),
            (Kind::Talk, "d-id:talk:file"),
            (Kind::Clip, "d-id:clip:v2_public_twin_ada"),
            (Kind::Clip, "d-id:clip:v2_public_twin_ada/driver-1"),
            (Kind::Expressive, "d-id:expressive:avt_twin_mary"),
            (Kind::Expressive, "d-id:expressive:avt_twin_mary/snt_friendly"),
        ] {
            if account.avatars(kind).try_concat().await?.is_empty() {
                return Err(format!("there is nobody for {presenter}").into());
            }
            let model = Presenter::new(account.clone(), kind);
            finish(&model, &self.present(presenter)).await?;
            // As after a lost answer: by the mark alone.
            model.look(KEY, None).await?;
        }
        Ok(())
    }

    fn speak(&self, voice: &str) -> SpeakRequest {
        SpeakRequest { voice: voice.to_owned(), text: TEXT.to_owned(), out: self.file("speech.wav") }
    }

    /// What was spoken last.
    fn transcribe(&self, words: bool) -> Result<TranscribeRequest, Failed> {
        let sound = self.file("speech.wav");
        let request =
            json!({ "sound": sound, "duration_ms": 4_000, "language": "en", "words": words, "prompt": "Sluice" });
        Ok(serde_json::from_value(request)?)
    }

    fn draw(&self) -> DrawRequest {
        let prompt = "A lock on a canal".to_owned();
        DrawRequest { prompt, width: 1_024, height: 1_024, seed: 7, out: self.file("picture.png") }
    }

    fn present(&self, presenter: &str) -> PresentRequest {
        PresentRequest {
            presenter: presenter.to_owned(),
            sound: self.file("speech.wav"),
            duration_ms: 4_000,
            phonemes: Vec::new(),
            width: 1_280,
            height: 720,
            out: self.file("presenter.mp4"),
        }
    }
}

async fn chat(service: Service, delivery: Delivery) -> Result<(), Failed> {
    let model = ChatModel::new(service, delivery)?;
    let message = |role, text: &str| Message { role, text: text.to_owned() };
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["sentences", "mood"],
        "properties": {
            "sentences": { "type": "array", "items": { "type": "string" } },
            "mood": { "type": "string", "enum": ["calm", "stormy"] },
        },
    });
    for schema in [None, Some(schema)] {
        let messages = vec![message(Role::System, "Quote."), message(Role::User, TEXT)];
        let request = CompleteRequest { messages, schema, max_output_tokens: 500, temperature: Some(0.3), once: false };
        finish(&model, &request).await?;
    }
    Ok(())
}

fn embed() -> EmbedRequest {
    EmbedRequest { texts: vec![TEXT.to_owned(), "A bell".to_owned()], purpose: Purpose::Passage }
}

/// Begins a call and, if it takes its time, asks until it has ended, and fetches what was made.
async fn finish<C: Capability>(model: &impl Does<C>, request: &C::Request) -> Result<(), Failed> {
    let begun = model.begin(request, Context { key: KEY, progress: &|_| {} }).await?;
    let Begun::Accepted { provider_id: mut id, .. } = begun else { return Ok(()) };
    loop {
        match model.look(KEY, Some(&id)).await? {
            CallProgress::Pending { provider_id, .. } => id = provider_id,
            CallProgress::Ready { provider_id } => {
                model.fetch(request, &provider_id).await?;
                return Ok(());
            }
            other => return Err(format!("the call ended as {other:?}").into()),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
