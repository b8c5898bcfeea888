//! What is on top of a recording's transcript: corrections, speakers with names, an extract, a waveform. Who hears and who tells
//! speakers apart do as the test says: the sound itself is JSON with what is heard in it.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_app::scribe::ScribeApp;
use sluice_capability::{
    Answer, Begun, CapabilityError, Complete, Context, Does, Doing, Profile, Router, TellApart, TellApartRequest,
    TellingApart, Transcribe, TranscribeRequest, Transcribing, Transcript, Voices,
};
use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;
use utoipa_axum::router::OpenApiRouter;

use crate::model::FakeModel;
use crate::person::{ada, omar};
use crate::scribe::{EBML, Recording};
use crate::support::{Answer as Answered, BOTH, TestApp};

/// Scribe with ears that do as they are told.
pub(crate) struct Ears {
    profile: Profile,
    installed: AtomicBool,
}

impl Ears {
    pub(crate) fn new() -> Arc<Self> {
        let profile = Profile { provider: "test".to_owned(), is_local: true, languages: Vec::new() };
        Arc::new(Self { profile, installed: AtomicBool::new(true) })
    }
}

/// What a sound says: nothing if it is a real one.
fn script(sound: &Path) -> Value {
    let bytes = std::fs::read(sound).unwrap();
    bytes.strip_prefix(&EBML).map_or(Value::Null, |json| serde_json::from_slice(json).unwrap())
}

impl Does<Transcribing> for Ears {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &TranscribeRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TranscribeRequest, _: Context<'a>) -> Doing<'a, Begun<Transcript>> {
        Box::pin(async move {
            let language = request.language.as_deref().unwrap_or("en");
            let heard = script(&request.sound)["heard"][language].clone();
            if let Some(why) = heard.as_str() {
                return Err(CapabilityError::fail("not_heard", why));
            }
            let transcript = serde_json::from_value(heard).unwrap_or_default();
            Ok(Begun::Done(Answer::local(transcript, "test ears", "1")))
        })
    }
}

impl Does<TellingApart> for Ears {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, _: &TellApartRequest) -> Result<(), String> {
        if self.installed.load(Ordering::SeqCst) { Ok(()) } else { Err("it is not installed".to_owned()) }
    }

    fn estimate(&self, _: &TellApartRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a TellApartRequest, _: Context<'a>) -> Doing<'a, Begun<Voices>> {
        Box::pin(async move {
            let voices = serde_json::from_value(script(&request.sound)["voices"].clone());
            let voices = voices.map_err(|_| CapabilityError::fail("speakers_failed", "the test has no voices"))?;
            Ok(Begun::Done(Answer::local(voices, "test voices", "1")))
        })
    }
}

/// Scribe with these ears, and with this model, if any.
pub(crate) struct WithEars(pub(crate) Arc<Ears>, pub(crate) Option<Arc<FakeModel>>);

impl ServerApp for WithEars {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[1].open(common)?;
        let real: &dyn Any = &*real;
        let mut scribe = real.downcast_ref::<ScribeApp>().unwrap().clone();
        scribe.hearing = Routes::only(Router::only(Arc::clone(&self.0) as Arc<dyn Transcribe>));
        scribe.telling_apart = Router::only(Arc::clone(&self.0) as Arc<dyn TellApart>);
        if let Some(model) = &self.1 {
            scribe.completing = Routes::only(Router::only(Arc::clone(model) as Arc<dyn Complete>));
        }
        Ok(Arc::new(scribe))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[1].routes()
    }
}

async fn open(dialect: Dialect) -> (TestApp, Arc<Ears>) {
    let ears = Ears::new();
    let app = TestApp::with(dialect, MODULES, &[&WithEars(Arc::clone(&ears), None)], &[]).await;
    (app, ears)
}

/// A segment of a transcript whose words last half a second each.
pub(crate) fn said(start_ms: u32, text: &str) -> Value {
    let words: Vec<Value> = (0..)
        .zip(text.split(' '))
        .map(|(at, word)| {
            let start_ms = start_ms + at * 500;
            json!({ "text": word, "start_ms": start_ms, "end_ms": start_ms + 400, "confidence": 0.8 })
        })
        .collect();
    let end_ms = words.last().unwrap()["end_ms"].clone();
    json!({ "start_ms": start_ms, "end_ms": end_ms, "text": text, "speaker": null, "words": words })
}

pub(crate) fn heard(segments: &[Value]) -> Value {
    json!({ "language": "en", "segments": segments })
}

/// A conversation of two: who speaks first, and who answers after three seconds, sound like these angles.
fn conversation(first: f32, second: f32) -> Value {
    let sounds = |angle: f32| json!([angle.to_radians().cos(), angle.to_radians().sin()]);
    json!({
        "heard": { "en": heard(&[said(0, "The tied is low today."), said(3_000, "Then we sail. Good.")]) },
        "voices": {
            "turns": [
                { "start_ms": 0, "end_ms": 2_900, "speaker": 0 },
                { "start_ms": 2_900, "end_ms": 4_450, "speaker": 1 },
                { "start_ms": 4_450, "end_ms": 5_000, "speaker": 0 },
            ],
            "speakers": [sounds(first), sounds(second)],
        },
    })
}

/// A finished recording of a sound.
pub(crate) async fn recorded<'a>(app: &'a TestApp, script: &Value) -> Recording<'a> {
    let recording = ended(app, script).await;
    recording.complete().await;
    recording
}

/// A recording of a sound that has ended, and of which nothing was made yet.
pub(crate) async fn ended<'a>(app: &'a TestApp, script: &Value) -> Recording<'a> {
    let new = json!({ "title": "Tides", "language": "en" });
    let recording = Recording::begin_with(app, &new, "audio/webm;codecs=opus").await;
    let sound = [&EBML[..], script.to_string().as_bytes()].concat();
    assert_eq!(recording.put(0, &sound).await.status, StatusCode::CREATED);
    assert_eq!(recording.close(1).await.status, StatusCode::OK);
    assert_eq!(recording.finish(false).await.json()["state"], "finishing");
    recording
}

impl Recording<'_> {
    /// Has everything made of it.
    pub(crate) async fn complete(&self) {
        // A busy machine may need a second attempt at what a program reads.
        let begun = Instant::now();
        while self.show().await["state"] != "complete" {
            assert!(begun.elapsed() < Duration::from_mins(1), "{}", self.show().await);
            self.app.run_jobs().await;
        }
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        self.app.get(&self.path(path)).of(&ada()).send().await.1
    }

    async fn transcript(&self) -> (String, Value) {
        let answer = self.app.get(&self.path("/transcript")).of(&ada()).answer().await;
        (answer.header("etag").to_owned(), answer.json())
    }

    pub(crate) async fn edit(&self, passage: u32, if_match: Option<&str>, edit: &Value) -> Answered {
        let path = self.path(&format!("/transcript/passages/{passage}"));
        let ask = self.app.ask(Method::PUT, &path).of(&ada());
        let ask = if let Some(tag) = if_match { ask.header("if-match", tag) } else { ask };
        ask.json(edit).answer().await
    }

    async fn restore(&self, passage: u32) -> Answered {
        let path = self.path(&format!("/transcript/passages/{passage}"));
        self.app.ask(Method::DELETE, &path).of(&ada()).answer().await
    }

    async fn name(&self, owner: &OwnerId, speaker: u32, name: &str) -> Answered {
        let path = self.path(&format!("/speakers/{speaker}"));
        self.app.ask(Method::PUT, &path).of(owner).json(&json!({ "name": name })).answer().await
    }

    pub(crate) async fn export(&self, format: &str) -> String {
        let path = self.path(&format!("/transcript/{format}"));
        self.app.get(&path).of(&ada()).answer().await.text().to_owned()
    }

    pub(crate) async fn transcribe_again(&self) {
        let again = self.app.post(&self.path("/transcribe")).of(&ada()).send().await;
        assert_eq!(again.0, StatusCode::ACCEPTED, "{}", again.1);
        self.app.run_jobs().await;
        assert_eq!(self.show().await["state"], "complete");
    }
}

pub(crate) fn column(items: &Value, name: &str) -> Value {
    items.as_array().unwrap().iter().map(|item| item[name].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_is_corrected_and_taken_back() {
    for dialect in BOTH {
        let (app, _) = open(dialect).await;
        let recording = recorded(&app, &conversation(0.0, 120.0)).await;
        let (tag, original) = recording.transcript().await;
        assert_eq!((tag.as_str(), &original["revision"], &original["told_apart"]), ("\"0\"", &json!(0), &json!("yes")));
        let passages = &original["passages"];
        assert_eq!(column(passages, "text"), json!(["The tied is low today.", "Then we sail.", "Good."]));
        assert_eq!(column(passages, "number"), json!([0, 1, 2]));
        assert_eq!(column(passages, "speaker"), json!([0, 1, 0]), "{passages}");
        assert_eq!(column(passages, "edited"), json!([false, false, false]));

        let answer = recording.edit(0, Some("\"0\""), &json!({ "text": " The tide is low. " })).await;
        let passage = answer.json();
        assert_eq!((answer.status, answer.header("etag")), (StatusCode::OK, "\"1\""), "{passage}");
        assert_eq!((&passage["text"], &passage["edited"]), (&json!("The tide is low."), &json!(true)));
        assert_eq!(column(&passage["words"], "start_ms"), json!([0, 500, 1_000, 1_500]));
        let (tag, now) = recording.transcript().await;
        assert_eq!((tag.as_str(), &now["passages"][0]), ("\"1\"", &passage));

        // Somebody else's change is not overwritten, unless one does not mind.
        let stale = recording.edit(1, Some("\"0\""), &json!({ "text": "x" })).await;
        assert_eq!((stale.problem(), &stale.json()["revision"]), ((412, "transcript_changed".to_owned()), &json!(1)));
        assert_eq!(recording.edit(1, Some("\"0\", \"1\""), &json!({ "speaker": 0 })).await.header("etag"), "\"2\"");
        assert_eq!(recording.edit(2, Some("W/\"0\""), &json!({ "text": "" })).await.header("etag"), "\"3\"");
        assert_eq!(recording.edit(2, Some("0"), &json!({ "text": "" })).await.problem().0, 400);
        let (_, now) = recording.transcript().await;
        assert_eq!(column(&now["passages"], "speaker"), json!([0, 0, 0]));
        assert_eq!(now["passages"][1]["text"], "Then we sail.");
        let text = recording.export("txt").await;
        // The summary quotes what was, and says that it is older; the words are the corrected ones.
        let (summary, words) = text.split_once("\n[00:00:00] ").unwrap_or_else(|| panic!("{text}"));
        assert!(summary.contains("older than the corrections") && summary.contains("The tied is low today."), "{text}");
        assert_eq!(words.trim_end(), "Speaker 1: The tide is low. Then we sail.");
        assert!(recording.export("srt").await.contains("The tide is low."));

        let problem = async |passage, edit: Value| recording.edit(passage, None, &edit).await.problem();
        assert_eq!(problem(3, json!({ "text": "x" })).await, (404, "not_found".to_owned()));
        assert_eq!(problem(0, json!({})).await, (422, "nothing_to_change".to_owned()));
        assert_eq!(problem(0, json!({ "speaker": 2 })).await, (422, "no_such_speaker".to_owned()));
        assert_eq!(problem(0, json!({ "text": "x".repeat(5_001) })).await, (422, "text_too_long".to_owned()));
        let path = recording.path("/transcript/passages/0");
        let his = app.ask(Method::PUT, &path).of(&omar()).json(&json!({ "text": "x" })).answer().await;
        assert_eq!(his.problem(), (404, "not_found".to_owned()));

        // What is as it was heard is no edit.
        assert_eq!(recording.edit(1, None, &json!({ "speaker": 1 })).await.json()["edited"], false);
        assert_eq!(recording.restore(0).await.json(), original["passages"][0]);
        assert_eq!(recording.restore(2).await.header("etag"), "\"6\"");
        assert_eq!(recording.restore(2).await.header("etag"), "\"6\"", "it is as it was heard");
        assert_eq!(recording.transcript().await.1["passages"], original["passages"]);
        // What no database stores is answered as it is stored, and is the same when it is sent again.
        let odd = async || recording.edit(0, None, &json!({ "text": "The\u{0}tide." })).await;
        let (first, again) = (odd().await, odd().await);
        assert_eq!(first.json(), recording.transcript().await.1["passages"][0]);
        assert_eq!(first.header("etag"), again.header("etag"));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_is_named_once_for_all_sessions() {
    for dialect in BOTH {
        let (app, _) = open(dialect).await;
        let first = recorded(&app, &conversation(0.0, 120.0)).await;
        // The same two the other way round, and somebody else.
        let second = recorded(&app, &conversation(115.0, 10.0)).await;
        let third = recorded(&app, &conversation(230.0, 190.0)).await;
        let named = first.name(&ada(), 1, "  Amal   Haddad ").await;
        assert_eq!((named.status, &named.json()["name"]), (StatusCode::OK, &json!("Amal Haddad")));
        let names = async |recording: &Recording<'_>| column(&recording.transcript().await.1["speakers"], "name");
        assert_eq!(names(&first).await, json!([null, "Amal Haddad"]));
        assert_eq!(names(&second).await, json!(["Amal Haddad", null]));
        assert_eq!(names(&third).await, json!([null, null]));
        let voices = async |recording: &Recording<'_>| column(&recording.transcript().await.1["speakers"], "voice_id");
        let (one, two) = (voices(&first).await, voices(&second).await);
        assert_eq!((&one[0], &one[1]), (&two[1], &two[0]));
        assert_eq!(first.transcript().await.0, "\"0\"", "the text is the same");
        assert!(second.export("vtt").await.contains("<v Amal Haddad>"));
        assert!(second.export("md").await.contains("Amal Haddad"));
        let exported: Value = serde_json::from_str(&second.export("json").await).unwrap();
        assert_eq!(exported["speakers"][0], json!({ "number": 0, "name": "Amal Haddad" }));

        // Who is heard later is recognised at once, and so is who is heard again.
        let fourth = recorded(&app, &conversation(125.0, 295.0)).await;
        assert_eq!(names(&fourth).await, json!(["Amal Haddad", null]));
        second.transcribe_again().await;
        assert_eq!(names(&second).await, json!(["Amal Haddad", null]));
        assert_eq!(column(&second.read("/summary").await["participants"], "name"), json!(["Amal Haddad", null]));
        assert_eq!(first.name(&ada(), 1, "").await.json()["name"], Value::Null);
        assert_eq!(names(&second).await, json!([null, null]));

        assert_eq!(first.name(&ada(), 2, "Nobody").await.problem(), (404, "not_found".to_owned()));
        assert_eq!(first.name(&omar(), 1, "Omar").await.problem(), (404, "not_found".to_owned()));
        assert_eq!(first.name(&ada(), 1, &"x".repeat(101)).await.problem(), (422, "text_too_long".to_owned()));

        // Nothing of a voice is kept when it is heard nowhere.
        for recording in [first, second, third, fourth] {
            let deleted = app.ask(Method::DELETE, &recording.path("")).of(&ada()).send().await;
            assert_eq!(deleted.0, StatusCode::NO_CONTENT);
        }
        assert_eq!(app.texts("SELECT id AS value FROM scribe_voices", &[]).await, [""; 0]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_models_a_transcript_has_no_speakers_and_says_so() {
    let (app, ears) = open(Dialect::Sqlite).await;
    ears.installed.store(false, Ordering::SeqCst);
    let recording = recorded(&app, &conversation(0.0, 120.0)).await;
    let (_, transcript) = recording.transcript().await;
    assert_eq!((&transcript["told_apart"], &transcript["speakers"]), (&json!("not_installed"), &json!([])));
    assert_eq!(column(&transcript["passages"], "speaker"), json!([null, null]));
    assert_eq!(recording.name(&ada(), 0, "Amal").await.problem(), (404, "not_found".to_owned()));

    // With them, what was heard is not heard again; and once they were told apart, the models may be gone.
    ears.installed.store(true, Ordering::SeqCst);
    recording.transcribe_again().await;
    let (tag, transcript) = recording.transcript().await;
    assert_eq!((tag.as_str(), &transcript["told_apart"]), ("\"1\"", &json!("yes")));
    ears.installed.store(false, Ordering::SeqCst);
    recording.transcribe_again().await;
    assert_eq!(recording.transcript().await, (tag, transcript));
    let calls = app.texts("SELECT kind AS value FROM calls WHERE outcome = 'succeeded' ORDER BY kind", &[]).await;
    let of = |kind: &str| calls.iter().filter(|call| *call == kind).count();
    assert_eq!((of("transcribe"), of("tell_apart"), of("summarise")), (1, 1, 2), "{calls:?}");

    // What fails for good is said, too.
    ears.installed.store(true, Ordering::SeqCst);
    let mut silent = conversation(0.0, 120.0);
    silent["voices"] = Value::Null;
    let recording = recorded(&app, &silent).await;
    assert_eq!(recording.transcript().await.1["told_apart"], "failed");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heard_again_otherwise_it_keeps_the_edits_that_fit_and_counts_the_others() {
    let (app, _) = open(Dialect::Sqlite).await;
    let mut script = conversation(0.0, 120.0);
    script["heard"]["de"] = heard(&[said(0, "The tied is low today."), said(3_000, "Then we fail. Good.")]);
    let recording = recorded(&app, &script).await;
    assert_eq!(recording.edit(0, None, &json!({ "text": "The tide is low today." })).await.status, StatusCode::OK);
    assert_eq!(recording.edit(1, None, &json!({ "text": "Then we sailed." })).await.status, StatusCode::OK);
    let change = app.ask(Method::PATCH, &recording.path("")).of(&ada()).json(&json!({ "language": "de" }));
    assert_eq!(change.send().await.0, StatusCode::OK);
    recording.transcribe_again().await;
    let (tag, transcript) = recording.transcript().await;
    assert_eq!((tag.as_str(), &transcript["edits_dropped"]), ("\"3\"", &json!(1)));
    let texts = column(&transcript["passages"], "text");
    assert_eq!(texts, json!(["The tide is low today.", "Then we fail.", "Good."]));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extract_quotes_what_was_decided_and_what_is_to_be_done() {
    let (app, _) = open(Dialect::Sqlite).await;
    let none = Recording::begin(&app).await;
    let early = app.get(&none.path("/summary")).of(&ada()).answer().await;
    assert_eq!(early.problem(), (409, "no_transcript".to_owned()));
    let mut script = conversation(0.0, 120.0);
    script["heard"]["en"] = heard(&[
        said(0, "The harbour is full of boats."),
        said(3_000, "We decided to sail on Monday."),
        said(8_000, "I'll send Omar the map of the harbour."),
    ]);
    script["voices"]["turns"] = json!([
        { "start_ms": 0, "end_ms": 2_900, "speaker": 0 },
        { "start_ms": 2_900, "end_ms": 7_900, "speaker": 1 },
        { "start_ms": 7_900, "end_ms": 13_000, "speaker": 0 },
    ]);
    let recording = recorded(&app, &script).await;
    let summary = recording.read("/summary").await;
    assert_eq!(
        (&summary["kind"], &summary["language"], &summary["revision"]),
        (&json!("extract"), &json!("en"), &json!(0))
    );
    assert_eq!(summary["instead"], "no_model");
    let decided = json!([{ "text": "We decided to sail on Monday.", "start_ms": 3_000, "passage": 1, "passages": [1],
                           "speaker": 1, "who": null, "by_when": null }]);
    assert_eq!(summary["decisions"], decided);
    assert_eq!(column(&summary["actions"], "text"), json!(["I'll send Omar the map of the harbour."]));
    assert_eq!(summary["overview"].as_array().unwrap().len(), 3, "{summary}");
    assert_eq!(column(&summary["moments"], "start_ms"), json!([0, 3_000, 8_000]));
    assert!(summary["key_terms"].to_string().contains("harbour"), "{summary}");
    let shares = column(&summary["participants"], "share");
    let all: f64 = shares.as_array().unwrap().iter().map(|share| share.as_f64().unwrap()).sum();
    assert!((all - 1.0).abs() < 0.01, "{shares}");
    assert!(recording.export("md").await.contains("Extract"));

    // After an edit it quotes what was, and a file with it says that it is older.
    let older = "older than the corrections";
    assert!(!recording.export("md").await.contains(older));
    assert_eq!(recording.edit(0, None, &json!({ "text": "The harbour is empty." })).await.status, StatusCode::OK);
    let export = recording.export("md").await;
    assert!(export.contains("Extract") && export.contains(older), "{export}");
    recording.transcribe_again().await;
    assert_eq!(recording.read("/summary").await["revision"], 1);
    let export = recording.export("md").await;
    assert!(export.contains("Extract") && !export.contains(older), "{export}");
    app.end().await;
}

/// A second of silence and a second of a loud tone, as a WAVE file: one channel, 16 bit.
fn half_loud() -> Vec<u8> {
    const RATE: u32 = 8_000;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + 4 * RATE).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(RATE.to_le_bytes());
    file.extend((2 * RATE).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((4 * RATE).to_le_bytes());
    let sample = |n: u32| if n < RATE { 0_i16 } else { [16_000, -16_000][usize::from(n % 40 < 20)] };
    file.extend((0..2 * RATE).flat_map(|n| sample(n).to_le_bytes()));
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waveform_shows_where_it_is_loud() {
    let (app, _) = open(Dialect::Sqlite).await;
    let recording = Recording::begin_with(&app, &json!({ "title": "Tone" }), "audio/wav").await;
    let path = recording.path("/waveform");
    let early = app.get(&path).of(&ada()).answer().await;
    assert_eq!(early.problem(), (409, "no_waveform".to_owned()));
    let put = recording.path("/segments/0/chunks/0?start_ms=0&length_ms=2000");
    assert_eq!(recording.put_at(&put, &half_loud()).await.status, StatusCode::CREATED);
    assert_eq!(recording.close(1).await.status, StatusCode::OK);
    recording.finish(false).await;
    app.run_jobs().await;
    let drawn = recording.read("/waveform?points=10").await;
    assert_eq!(drawn["length_ms"], 2_000);
    let points: Vec<u64> = drawn["points"].as_array().unwrap().iter().map(|point| point.as_u64().unwrap()).collect();
    assert_eq!(points.len(), 10);
    assert!(points[..4].iter().all(|point| *point < 10) && points[6..].iter().all(|point| *point > 100), "{points:?}");
    assert_eq!(recording.read("/waveform").await["points"].as_array().unwrap().len(), 1_000);
    for wrong in ["0", "4001", "x"] {
        let answer = app.get(&format!("{path}?points={wrong}")).of(&ada()).answer().await;
        assert_eq!(answer.problem().0, 400, "{wrong}");
    }
    recording.transcribe_again().await;
    assert_eq!(app.texts("SELECT id AS value FROM calls WHERE kind = 'draw'", &[]).await.len(), 1);
    app.end().await;
}
