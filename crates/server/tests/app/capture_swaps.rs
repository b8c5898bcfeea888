//! A phrase has one current job. Another one takes its place while a step is under way, at each step of each kind of job: the row stays
//! as it was at that moment, whether the step succeeds or fails. And a card that is made again in another language.

use std::any::Any;
use std::sync::{Arc, Mutex, OnceLock};

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_app::capture::CaptureApp;
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_capability::{
    Answer, Begun, CapabilityError, Complete, CompleteRequest, Completing, Completion, Context, Does, Doing, Profile,
    Router, Segment, Speak, SpeakRequest, Speaking, Transcribe, TranscribeRequest, Transcribing, Transcript, VoiceInfo,
    Word,
};
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::migrations::MODULES;
use sluice_store::{Store, StoreError, Tx, testing};
use utoipa_axum::router::OpenApiRouter;

use crate::capture::wave;
use crate::person::ada;
use crate::support::{BOTH, TestApp};

/// A job that nobody knows.
const OTHER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// All of a phrase that a job writes.
const ROW: &str =
    "SELECT text || '|' || card || '|' || COALESCE(audio, '') || '|' || COALESCE(language, '') || '|' || status || '|'
                          || COALESCE(error_code, '') || '|' || CAST(version AS TEXT) AS value
                   FROM capture_phrases WHERE id = $1";

/// Where the job of a phrase is replaced: while its step asks somebody, who then answers or fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Extract,
    ExtractFails,
    Analyse,
    Voice,
    VoiceFails,
}

/// Replaces the job of a phrase at a step, once.
#[derive(Default)]
struct Swap {
    store: OnceLock<Store>,
    armed: Mutex<Option<(At, String)>>,
    /// The row after that.
    row: Mutex<Option<String>>,
}

impl Swap {
    fn arm(&self, at: At, phrase: &Value) {
        *self.armed.lock().unwrap() = Some((at, phrase["id"].as_str().unwrap().to_owned()));
    }

    /// Replaces the job if it is armed for one of these steps; returns for which it was.
    async fn reached(&self, steps: &[At]) -> Option<At> {
        let (at, id) = self.armed.lock().unwrap().take_if(|(at, _)| steps.contains(at))?;
        let store = self.store.get().unwrap();
        let swap = format!("UPDATE capture_phrases SET job_id = '{OTHER}', version = version + 1 WHERE id = '{id}'");
        assert_eq!(store.execute(&swap).await.unwrap(), 1);
        let read = async |tx: &mut Tx| testing::texts(tx, ROW, &[&id]).await;
        let row = store.read::<_, StoreError, _>(read).await.unwrap().remove(0);
        *self.row.lock().unwrap() = Some(row);
        Some(at)
    }
}

fn broken() -> CapabilityError {
    CapabilityError::fail("broken", "it is broken")
}

/// Hears a question in the language that it is asked for.
struct Ears(Profile, Arc<Swap>);

const HEARD: [(&str, &str); 2] = [("ru", "Где находится вокзал?"), ("es", "¿Dónde está la estación?")];

impl Does<Transcribing> for Ears {
    fn profile(&self) -> &Profile {
        &self.0
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            if self.1.reached(&[At::Extract, At::ExtractFails]).await == Some(At::ExtractFails) {
                return Err(broken());
            }
            // Providers tell what a file is by its name, and what it costs by its length.
            let ending = request.sound.extension().and_then(|ending| ending.to_str());
            assert!(ending == Some("wav") && request.duration_ms > 0, "{request:?}");
            let language = request.language.as_deref().unwrap_or("ru");
            let (language, text) = HEARD.into_iter().find(|(code, _)| *code == language).unwrap();
            let (text, start_ms, end_ms) = (text.to_owned(), 0, 900);
            let words = vec![Word { text: text.clone(), start_ms, end_ms, confidence: 0.99 }];
            let segments = vec![Segment { start_ms, end_ms, text, speaker: None, words }];
            let (suppressed, unwritten) = (Vec::new(), Vec::new());
            let heard = Transcript { language: language.to_owned(), segments, suppressed, unwritten };
            Ok(Begun::Done(Answer::local(heard, "test", "1")))
        })
    }
}

/// A model that never has an answer.
struct Mute(Profile, Arc<Swap>);

impl Does<Completing> for Mute {
    fn profile(&self) -> &Profile {
        &self.0
    }

    fn estimate(&self, _: &CompleteRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, _: &'a CompleteRequest, _: Context<'a>) -> Doing<'a, Begun<Completion>> {
        Box::pin(async move {
            self.1.reached(&[At::Analyse]).await;
            Err(broken())
        })
    }
}

/// The voices of this machine.
struct Voices(Arc<dyn Speak>, Arc<Swap>);

impl Does<Speaking> for Voices {
    fn profile(&self) -> &Profile {
        self.0.profile()
    }

    fn estimate(&self, request: &SpeakRequest) -> Option<MicroUsd> {
        self.0.estimate(request)
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, context: Context<'a>) -> Doing<'a, Begun<Speech>> {
        Box::pin(async move {
            match self.1.reached(&[At::Voice, At::VoiceFails]).await {
                Some(At::VoiceFails) => Err(broken()),
                _ => self.0.begin(request, context).await,
            }
        })
    }
}

impl Speak for Voices {
    fn voices(&self) -> Vec<VoiceInfo> {
        self.0.voices()
    }
}

/// Capture with these.
struct Capture(Arc<Swap>);

impl ServerApp for Capture {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[2].open(common)?;
        let real: &dyn Any = &*real;
        let mut capture = real.downcast_ref::<CaptureApp>().unwrap().clone();
        self.0.store.set(capture.platform.store.clone()).ok();
        let profile =
            |provider: &str, is_local| Profile { provider: provider.to_owned(), is_local, languages: Vec::new() };
        let ears = Arc::new(Ears(profile("ears", true), Arc::clone(&self.0))) as Arc<dyn Transcribe>;
        let model = Arc::new(Mute(profile("mute", false), Arc::clone(&self.0))) as Arc<dyn Complete>;
        let voices = Arc::clone(capture.speaking.configured().implementations().next().unwrap());
        let voices = Arc::new(Voices(voices, Arc::clone(&self.0))) as Arc<dyn Speak>;
        capture.hearing = Routes::only(Router::only(ears));
        capture.completing = Routes::only(Router::only(model));
        capture.speaking = Routes::only(Router::only(voices));
        Ok(Arc::new(capture))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[2].routes()
    }
}

impl TestApp {
    async fn clip(&self, number: u8, language: &str) -> Value {
        // Another sound, so that nobody knows yet what is said in it.
        let mut bytes = wave(1);
        bytes.extend([number, 0]);
        let form = [("file", Some("a.wav"), bytes.as_slice()), ("language", None, language.as_bytes())];
        let answer = self.post("/api/v1/phrases/files").of(&ada()).form(&form).answer().await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()
    }

    /// The phrase with this status, although nothing was made of it.
    async fn parked(&self, phrase: &Value, status: &str) {
        let id = phrase["id"].as_str().unwrap();
        let park = format!("UPDATE capture_phrases SET job_id = NULL, status = '{status}' WHERE id = '{id}'");
        assert_eq!(self.execute(&park).await.unwrap(), 1);
        self.run_jobs().await;
    }
}

/// A kind of job: what it makes, what asks for it if it is not the phrase itself, and at which steps it is replaced.
type Kind = (&'static str, Option<(&'static str, Value)>, &'static [At]);

fn kinds() -> [Kind; 5] {
    let whole = &[At::Extract, At::ExtractFails, At::Analyse, At::Voice, At::VoiceFails];
    [
        ("make", None, whole),
        ("retry", Some(("/retry", json!({}))), whole),
        ("language", Some(("/redo", json!({ "what": "language", "language": "ru" }))), whole),
        ("field", Some(("/redo", json!({ "what": "field", "field": "translation" }))), &[At::Analyse]),
        ("voice", Some(("/redo", json!({ "what": "voice" }))), &[At::Voice, At::VoiceFails]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_of_any_other_job_is_ignored_at_each_step_of_each_kind_of_job() {
    for dialect in BOTH {
        let swap = Arc::new(Swap::default());
        let app = TestApp::with(dialect, MODULES, &[&Capture(Arc::clone(&swap))], &[]).await;
        let mut number = 0;
        for (what, ask, steps) in kinds() {
            for &at in steps {
                number += 1;
                let phrase = match at {
                    At::Extract | At::ExtractFails => app.clip(number, "ru").await,
                    _ => app.phrase(&format!("Где мой чай номер {number}?"), "ru").await,
                };
                if let Some((rest, body)) = &ask {
                    app.parked(&phrase, if what == "retry" { "failed" } else { "pending_review" }).await;
                    let answer = app.on_phrase(&phrase, rest, body).await;
                    assert_eq!(answer.status, StatusCode::ACCEPTED, "{what} {at:?}: {}", answer.text());
                }
                let begun = app.phrase_now(&phrase).await;
                assert_eq!(begun["work"]["what"], what, "{begun}");
                swap.arm(at, &phrase);
                app.run_jobs().await;
                let then = swap.row.lock().unwrap().take();
                let now = app.texts(ROW, &[phrase["id"].as_str().unwrap()]).await.pop();
                assert!(then.is_some(), "{dialect:?} {what}: nobody was asked at {at:?}");
                assert_eq!(now, then, "{dialect:?} {what} {at:?}");
            }
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_made_again_in_another_language() {
    for dialect in BOTH {
        let swap = Arc::new(Swap::default());
        let app = TestApp::with(dialect, MODULES, &[&Capture(swap)], &[]).await;
        let clip = app.clip(0, "ru").await;
        app.run_jobs().await;
        let russian = app.phrase_now(&clip).await;
        assert_eq!((&russian["status"], &russian["text"]["text"]), (&json!("pending_review"), &json!(HEARD[0].1)));
        app.on_phrase(&clip, "/approve", &json!({})).await;
        let redo = json!({ "what": "language", "language": "es" });
        let begun = app.on_phrase(&clip, "/redo", &redo).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
        let begun = begun.json();
        assert_eq!((&begun["status"], &begun["text"]["text"]), (&json!("processing"), &json!("")), "{begun}");
        assert_eq!((&begun["vocabulary"], &begun["audio"]), (&json!([]), &Value::Null), "nothing Russian is left");
        app.run_jobs().await;
        let spanish = app.phrase_now(&clip).await;
        assert_eq!((&spanish["status"], &spanish["text"]["text"]), (&json!("pending_review"), &json!(HEARD[1].1)));
        assert_eq!((&spanish["language"]["code"], &spanish["language_confidence"]), (&json!("es"), &json!(1.0)));
        assert_eq!((&spanish["transliteration"], &spanish["audio"]["own"]), (&Value::Null, &json!(true)), "{spanish}");
        let words: Vec<&str> =
            spanish["vocabulary"].as_array().unwrap().iter().map(|word| word["word"].as_str().unwrap()).collect();
        assert_eq!(words, ["Dónde", "está", "la", "estación"]);
        // A link's signature is another one every ten minutes.
        let file = |card: &Value| card["recording"].as_str().unwrap().split('?').next().unwrap().to_owned();
        assert_eq!(file(&spanish), file(&russian), "what was sent is kept");

        // Of a text in two scripts it is the person who says which one is learned; what they typed stays as it is.
        let both = app.phrase("Hola, друг", "ru").await;
        app.run_jobs().await;
        let russian = app.phrase_now(&both).await;
        assert_eq!(app.on_phrase(&both, "/redo", &redo).await.status, StatusCode::ACCEPTED);
        app.run_jobs().await;
        let spanish = app.phrase_now(&both).await;
        assert_eq!((&spanish["text"], &spanish["language"]["code"]), (&russian["text"], &json!("es")), "{spanish}");
        assert_eq!(
            (&russian["vocabulary"][0]["word"], &spanish["vocabulary"][0]["word"]),
            (&json!("друг"), &json!("Hola"))
        );
        assert_ne!(spanish["audio"]["href"], russian["audio"]["href"], "another voice says it");
        app.end().await;
    }
}
