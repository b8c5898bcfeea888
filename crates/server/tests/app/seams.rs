//! Long sounds, which are heard in parts: a word that is spoken where a part should end is in one of them, whole.

use std::any::Any;
use std::sync::Arc;

use serde_json::Value;
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_app::scribe::ScribeApp;
use sluice_capability::{
    Answer, Begun, Context, Does, Doing, Profile, Router, Segment, Transcribe, TranscribeRequest, Transcribing,
    Transcript, Word,
};
use sluice_domain::money::MicroUsd;
use sluice_local::guard::Guard;
use sluice_local::waveform::amplitudes;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;
use utoipa_axum::router::OpenApiRouter;

use crate::damaged::{ended, sounding};
use crate::person::ada;
use crate::scribe::Recording;
use crate::support::{TestApp, sluice};

/// Its words are so long, and each is followed by half as long a pause.
const WORD_MS: u64 = 2_000;
/// How long a sound is looked at together.
const STEP_MS: u32 = 50;

/// Hears a word wherever it is loud.
struct Counting {
    profile: Profile,
    guard: Guard,
}

impl Does<Transcribing> for Counting {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            let peaks = amplitudes(&self.guard, &request.sound, STEP_MS).await.unwrap();
            let half = peaks.iter().max().unwrap() / 2;
            let mut words: Vec<Word> = Vec::new();
            for (at, _) in (0..).zip(&peaks).filter(|(_, peak)| **peak > half) {
                let (start_ms, end_ms) = (at * STEP_MS, (at + 1) * STEP_MS);
                match words.last_mut().filter(|word| word.end_ms == start_ms) {
                    Some(word) => word.end_ms = end_ms,
                    None => words.push(Word { text: "word".to_owned(), start_ms, end_ms, confidence: 1.0 }),
                }
            }
            let text = vec!["word"; words.len()].join(" ");
            let end_ms = words.last().map_or(0, |word| word.end_ms);
            let segments = vec![Segment { start_ms: 0, end_ms, text, speaker: None, words }];
            let (suppressed, unwritten) = (Vec::new(), Vec::new());
            let transcript = Transcript { language: "en".to_owned(), segments, suppressed, unwritten };
            Ok(Begun::Done(Answer::local(transcript, "counting", "1")))
        })
    }
}

struct WithCounting;

impl ServerApp for WithCounting {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[1].open(common)?;
        let real: &dyn Any = &*real;
        let mut scribe = real.downcast_ref::<ScribeApp>().unwrap().clone();
        let profile = Profile { provider: "test".to_owned(), is_local: true, languages: Vec::new() };
        let counting = Counting { profile, guard: Guard::new(sluice()) };
        scribe.hearing = Routes::only(Router::only(Arc::new(counting) as Arc<dyn Transcribe>));
        scribe.part_ms = 20_000;
        Ok(Arc::new(scribe))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[1].routes()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_spoken_where_a_part_should_end_is_there_once() {
    let app = TestApp::with(Dialect::Sqlite, MODULES, &[&WithCounting], &[]).await;
    // From 1 s on each three seconds begin with a word: one lasts from the 19th to the 21st second.
    let sound = sounding("lt(mod(t+2\\,3)\\,2)", 80, &[]);
    let form = [("file", Some("talk.webm"), sound.as_slice())];
    let view = app.post("/api/v1/sessions/files").of(&ada()).form(&form).answer().await.json();
    let recording = Recording { app: &app, id: view["id"].as_str().unwrap().to_owned() };
    assert_eq!(ended(&recording).await["state"], "complete");
    let transcript = recording.read("/transcript").await;
    let passages = transcript["passages"].as_array().unwrap();
    assert!(passages.len() > 2, "it is heard in parts: {transcript}");
    let words: Vec<&Value> = passages.iter().flat_map(|one| one["words"].as_array().unwrap()).collect();
    let time = |word: &Value, name: &str| word[name].as_u64().unwrap();
    let lengths: Vec<u64> = words.iter().map(|word| time(word, "end_ms") - time(word, "start_ms")).collect();
    let inner = &lengths[1..lengths.len() - 1];
    assert!(inner.iter().all(|length| length.abs_diff(WORD_MS) < 300), "each is whole: {lengths:?}");
    let starts: Vec<u64> = words.iter().map(|word| time(word, "start_ms")).collect();
    assert!(starts[1..].windows(2).all(|two| (two[1] - two[0]).abs_diff(3_000) < 300), "and there once: {starts:?}");
    assert!(starts.iter().any(|start| start.abs_diff(19_000) < 300), "one is where a part should end: {starts:?}");
    app.end().await;
}
