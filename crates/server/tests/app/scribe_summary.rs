//! Summaries of recordings that a language model writes: what is taken, repaired once or dropped, what stands in their place, and
//! what is paid for them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_capability::{CapabilityError, Finish};
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;

use crate::model::FakeModel;
use crate::person::{ada, omar};
use crate::scribe::Recording;
use crate::scribe_words::{Ears, WithEars, column, ended, heard, recorded, said};
use crate::support::{Answer as Answered, BOTH, TestApp};

/// Scribe with a model, which may be asked so often in a day.
async fn open(dialect: Dialect, most: u32) -> (TestApp, Arc<FakeModel>) {
    let model = Arc::new(FakeModel::new());
    let limit = json!({ "hard": most, "seconds": 86_400 });
    let plans = json!({ "visitor": { "user": { "model_calls": limit } } }).to_string();
    let scribe = WithEars(Ears::new(), Some(Arc::clone(&model)));
    (TestApp::with(dialect, MODULES, &[&scribe], &["--plans", &plans]).await, model)
}

/// A sound in which one voice says this, in a language.
fn speech(language: &str, segments: &[Value]) -> Value {
    let mut heard = heard(segments);
    heard["language"] = json!(language);
    let turns = json!([{ "start_ms": 0, "end_ms": 100_000_000, "speaker": 0 }]);
    json!({ "heard": { "en": heard }, "voices": { "turns": turns, "speakers": [[1.0, 0.0]] } })
}

/// What is said about a day of the week.
fn sailing(day: &str) -> Value {
    speech(
        "en",
        &[
            said(0, "The harbour is full of boats."),
            said(3_000, &format!("We decided to sail on {day}.")),
            said(8_000, "I'll send Omar the map of the harbour tonight."),
        ],
    )
}

fn item(text: &str, passages: &[u32]) -> Value {
    json!({ "text": text, "passages": passages })
}

/// A summary of that with this decision.
fn summary(decision: &str) -> Value {
    json!({
        "overview": [item("The harbour is full of boats.", &[0])],
        "decisions": [item(decision, &[1])],
        "actions": [{ "text": "The map is sent to Omar.", "who": "Omar", "by_when": "tonight", "passages": [2] }],
        "moments": [item("When they sail", &[1])],
        "terms": ["harbour", "map", "pirates"],
    })
}

async fn paid(app: &TestApp) -> usize {
    app.texts("SELECT id AS value FROM calls WHERE kind = 'complete' AND outcome = 'succeeded'", &[]).await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_writes_it_and_every_item_has_its_passages() {
    for dialect in BOTH {
        let (app, model) = open(dialect, 100).await;
        model.answer(&summary("They sail on Monday."));
        let recording = recorded(&app, &sailing("Monday")).await;
        let written = recording.read("/summary").await;
        assert_eq!(
            (&written["kind"], &written["made_by"], &written["instead"]),
            (&json!("written"), &json!("letters quill 7"), &Value::Null),
            "{written}"
        );
        let decided = json!([{ "text": "They sail on Monday.", "start_ms": 3_000, "passage": 1, "passages": [1],
                               "speaker": 0, "who": null, "by_when": null }]);
        assert_eq!(written["decisions"], decided);
        let action = &written["actions"][0];
        assert_eq!((&action["who"], &action["by_when"]), (&json!("Omar"), &json!("tonight")));
        assert_eq!(written["moments"], json!([{ "start_ms": 3_000, "title": "When they sail", "passages": [1] }]));
        assert_eq!(written["key_terms"], json!(["harbour", "map"]), "what nobody says is no term");
        assert_eq!(column(&written["participants"], "share"), json!([1.0]));
        assert!(recording.export("md").await.contains("## Summary, written by letters quill 7"));
        let asked = model.asked();
        assert_eq!((asked.len(), paid(&app).await), (1, 1));
        assert!(asked[0].messages[1].text.contains("We decided to sail on Monday."));

        // The same words are not asked about again, and other ones are when somebody wants it.
        recording.transcribe_again().await;
        assert_eq!((model.asked().len(), &recording.read("/summary").await["decisions"]), (0, &decided));
        let edit = json!({ "text": "We decided to sail on Friday." });
        assert_eq!(recording.edit(1, None, &edit).await.status, StatusCode::OK);
        let after = recording.export("md").await;
        assert!(after.contains("(older than the corrections of the transcript)"), "{after}");
        model.answer(&summary("They sail on Friday."));
        recording.transcribe_again().await;
        let written = recording.read("/summary").await;
        assert_eq!(column(&written["decisions"], "text"), json!(["They sail on Friday."]));
        assert_eq!((model.asked().len(), paid(&app).await), (1, 2));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_said_is_asked_for_once_more_and_then_dropped() {
    let (app, model) = open(Dialect::Sqlite, 100).await;
    model.answer(&summary("They sail on Tuesday."));
    model.answer(&summary("They sail on Monday."));
    let mended = recorded(&app, &sailing("Monday")).await.read("/summary").await;
    assert_eq!(column(&mended["decisions"], "text"), json!(["They sail on Monday."]), "{mended}");
    let asked = model.asked();
    let repair = &asked[1].messages[1].text;
    assert!(asked.len() == 2 && repair.contains("decisions.0") && repair.contains("Tuesday"), "{repair}");

    for invented in ["They sail on Thursday.", "They sail on Friday with 13 boats.", "Omar sails on Friday."] {
        let mut wrong = summary(invented);
        wrong["overview"].as_array_mut().unwrap().push(item("The harbour is empty.", &[7]));
        wrong["actions"][0]["who"] = json!("Amal");
        model.answer(&wrong);
        model.answer(&wrong);
        let script = speech(
            "en",
            &[
                said(0, "The harbour is full of boats."),
                said(3_000, "We decided to sail on Friday."),
                said(8_000, &format!("So {invented}")),
            ],
        );
        let dropped = recorded(&app, &script).await.read("/summary").await;
        assert_eq!((&dropped["kind"], model.asked().len()), (&json!("written"), 2), "{dropped}");
        assert_eq!((&dropped["decisions"], &dropped["actions"]), (&json!([]), &json!([])), "{dropped}");
        assert_eq!(column(&dropped["overview"], "text"), json!(["The harbour is full of boats."]));
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_useful_answer_it_is_an_extract_that_says_why() {
    let (app, model) = open(Dialect::Sqlite, 100).await;
    let whole = summary("They sail on Monday.").to_string();
    let (half, more) = (whole.split_at(80).0, format!("{whole} Done."));
    let useless = ["<html><body>busy</body></html>", "{\"overview\":[]}", half, more.as_str()];
    for (day, text) in ["Monday", "Tuesday", "Wednesday", "Thursday"].into_iter().zip(useless) {
        model.say(text, Finish::Stop);
        model.say(text, Finish::Stop);
        let recording = recorded(&app, &sailing(day)).await;
        let extract = recording.read("/summary").await;
        assert_eq!((&extract["kind"], &extract["instead"]), (&json!("extract"), &json!("model_failed")), "{extract}");
        assert_eq!(column(&extract["decisions"], "text"), json!([format!("We decided to sail on {day}.")]));
        assert!(recording.export("txt").await.contains("Extract"));
        assert_eq!(model.asked().len(), 2);

        // Whoever wants it again gets new answers, and keeps them.
        model.answer(&summary(&format!("They sail on {day}.")));
        for asked in [1, 0] {
            recording.transcribe_again().await;
            assert_eq!((&recording.read("/summary").await["kind"], model.asked().len()), (&json!("written"), asked));
        }
    }
    // It will not answer, or cannot: it is not asked a second time.
    model.say("", Finish::Filtered);
    assert_eq!(recorded(&app, &sailing("Friday")).await.read("/summary").await["instead"], "model_failed");
    model.fail(CapabilityError::fail("no_credits", "there is no money left there"));
    assert_eq!(recorded(&app, &sailing("Saturday")).await.read("/summary").await["instead"], "model_failed");
    assert_eq!(model.asked().len(), 2);
    // All that it says is made up.
    let mut made_up = summary("They sail on Monday.");
    made_up["overview"] = json!([item("The pirates of Tortuga come.", &[0])]);
    model.answer(&made_up);
    model.answer(&made_up);
    assert_eq!(recorded(&app, &sailing("Sunday")).await.read("/summary").await["instead"], "nothing_stands");
    // What cannot be checked is not asked for.
    model.asked();
    let swedish = speech("sv", &[said(0, "Hamnen är full av båtar.")]);
    let extract = recorded(&app, &swedish).await.read("/summary").await;
    assert_eq!((&extract["instead"], model.asked().len()), (&json!("language"), 0), "{extract}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_late_is_waited_for_and_paid_once() {
    let (app, model) = open(Dialect::Sqlite, 100).await;
    model.answer_later(&summary("They sail on Monday."));
    let recording = ended(&app, &sailing("Monday")).await;
    app.run_jobs().await;
    assert_eq!((&recording.show().await["state"], model.asked().len()), (&json!("finishing"), 1));
    app.advance(Duration::from_secs(2)).await;
    recording.complete().await;
    assert_eq!(recording.read("/summary").await["kind"], "written");
    assert_eq!((model.asked().len(), paid(&app).await), (0, 1));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_fails_between_pays_for_no_part_twice() {
    let (app, model) = open(Dialect::Sqlite, 100).await;
    model.answer(&part(0));
    model.fail(CapabilityError::retry("busy", "it is busy"));
    let recording = ended(&app, &long(2)).await;
    app.run_jobs().await;
    assert_eq!((&recording.show().await["state"], model.asked().len()), (&json!("finishing"), 2));
    model.answer(&part(1));
    model.answer(&part(0));
    app.advance(Duration::from_mins(10)).await;
    recording.complete().await;
    assert_eq!(recording.read("/summary").await["kind"], "written");
    assert_eq!((model.asked().len(), paid(&app).await), (2, 3), "the second part, and one summary of both");
    app.end().await;
}

/// So many passages, none of which fits into a part with another one.
fn long(count: u32) -> Value {
    let text = "The tide is low today. We decided to wait. ".repeat(320);
    let segments: Vec<Value> = (0..count).map(|at| said(at * 3_000_000, text.trim())).collect();
    speech("en", &segments)
}

fn part(passage: u32) -> Value {
    json!({
        "overview": [item("The tide is low today.", &[passage])],
        "decisions": [item("They wait.", &[passage])],
        "actions": [], "moments": [], "terms": ["tide"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_one_is_written_by_parts_over_the_whole_and_loses_no_decision() {
    let (app, model) = open(Dialect::Sqlite, 100).await;
    for passage in 0..3 {
        model.answer(&part(passage));
    }
    let mut merged = part(0);
    merged["overview"] = json!([item("The tide is low today, and they wait.", &[0, 1, 2])]);
    model.answer(&merged);
    let recording = recorded(&app, &long(3)).await;
    let written = recording.read("/summary").await;
    let asked = model.asked();
    assert_eq!((asked.len(), &written["kind"]), (4, &json!("written")), "{written}");
    for (at, request) in asked[..3].iter().enumerate() {
        let text = &request.messages[1].text;
        let has = |passage: usize| text.contains(&format!("\"passage\":{passage},"));
        assert!((0..3).all(|passage| has(passage) == (passage == at)), "part {at}");
    }
    assert_eq!(written["overview"][0]["passages"], json!([0, 1, 2]));
    assert_eq!(column(&written["decisions"], "passage"), json!([0, 1, 2]), "those that it left out are there");

    // Without one summary of all parts, all parts are there.
    model.say("<html>", Finish::Stop);
    model.say("<html>", Finish::Stop);
    let joined = recorded(&app, &long(2)).await.read("/summary").await;
    assert_eq!((&joined["kind"], model.asked().len()), (&json!("written"), 2), "the parts are known: {joined}");
    assert_eq!(column(&joined["overview"], "passage"), json!([0, 1]));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_that_is_used_up_leaves_an_extract_and_says_so() {
    let (app, model) = open(Dialect::Sqlite, 1).await;
    model.answer(&part(0));
    let recording = recorded(&app, &long(2)).await;
    let extract = recording.read("/summary").await;
    assert_eq!((&extract["kind"], &extract["instead"]), (&json!("extract"), &json!("allowance_used")));
    assert_eq!(model.asked().len(), 1);

    // What was answered is kept: a day later only the rest is asked. The summary of both waits for another day.
    app.advance(Duration::from_hours(25)).await;
    model.answer(&part(1));
    recording.transcribe_again().await;
    let joined = recording.read("/summary").await;
    assert_eq!((&joined["kind"], model.asked().len()), (&json!("written"), 1), "{joined}");
    assert_eq!(column(&joined["overview"], "passage"), json!([0, 1]), "both parts, one after the other");
    app.end().await;
}

impl Recording<'_> {
    /// Asks for its summary again.
    async fn summarise(&self) -> Answered {
        self.app.post(&self.path("/summary")).of(&ada()).answer().await
    }

    /// Asks for its transcription in a language.
    async fn transcribe_in(&self, language: &str) -> Value {
        let change = self.app.ask(Method::PATCH, &self.path("")).of(&ada()).json(&json!({ "language": language }));
        assert_eq!(change.send().await.0, StatusCode::OK);
        let (status, view) = self.app.post(&self.path("/transcribe")).of(&ada()).send().await;
        assert_eq!((status, &view["state"]), (StatusCode::ACCEPTED, &json!("finishing")), "{view}");
        view
    }

    /// How it stands once nothing is made of it any more.
    async fn over(&self) -> Value {
        let begun = Instant::now();
        loop {
            let view = self.show().await;
            if view["state"] != "finishing" {
                return view;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "{view}");
            self.app.run_jobs().await;
        }
    }

    /// Corrects what was decided to another day.
    async fn sails_on(&self, day: &str) {
        let edit = json!({ "text": format!("We decided to sail on {day}.") });
        assert_eq!(self.edit(1, None, &edit).await.status, StatusCode::OK);
    }
}

/// The state of a job of hers.
async fn state_of(app: &TestApp, job: &Value) -> Value {
    let path = format!("/api/v1/jobs/{}", job.as_str().unwrap());
    app.get(&path).of(&ada()).answer().await.json()["state"].clone()
}

/// The jobs that make summaries again.
const SUMMARIES: &str = "SELECT id AS value FROM jobs WHERE kind = 'scribe.summarise'";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_again_of_the_corrected_words_without_hearing_them_again() {
    for dialect in BOTH {
        let (app, model) = open(dialect, 100).await;
        let goes_on = Recording::begin(&app).await;
        assert_eq!(goes_on.summarise().await.problem(), (409, "session_goes_on".to_owned()));
        let recording = ended(&app, &sailing("Monday")).await;
        assert_eq!(recording.summarise().await.problem(), (409, "no_transcript".to_owned()));
        model.answer(&summary("They sail on Monday."));
        recording.complete().await;
        let heard = async || app.texts("SELECT id AS value FROM calls WHERE kind = 'transcribe'", &[]).await.len();
        assert_eq!((model.asked().len(), heard().await), (1, 1));

        let edit = json!({ "text": "We decided to sail on Friday." });
        assert_eq!(recording.edit(1, None, &edit).await.status, StatusCode::OK);
        model.answer(&summary("They sail on Friday."));
        let first = recording.summarise().await;
        assert_eq!((first.status, &first.json()["state"]), (StatusCode::ACCEPTED, &json!("finishing")));
        let second = recording.summarise().await;
        assert_eq!((second.status, &second.json()["job_id"]), (StatusCode::ACCEPTED, &first.json()["job_id"]));
        assert_eq!(app.texts(SUMMARIES, &[]).await, [first.json()["job_id"].as_str().unwrap()]);
        let old = recording.read("/summary").await;
        assert_eq!((&old["revision"], column(&old["decisions"], "text")), (&json!(0), json!(["They sail on Monday."])));
        recording.complete().await;
        let new = recording.read("/summary").await;
        assert_eq!((&new["revision"], column(&new["decisions"], "text")), (&json!(1), json!(["They sail on Friday."])));
        assert_eq!((model.asked().len(), paid(&app).await, heard().await), (1, 2, 1), "nothing is heard again");

        // The same words are not paid for again, and somebody else has no such session.
        assert_eq!(recording.summarise().await.status, StatusCode::ACCEPTED);
        recording.complete().await;
        assert_eq!((model.asked().len(), app.texts(SUMMARIES, &[]).await.len()), (0, 2));
        let his = app.post(&recording.path("/summary")).of(&omar()).answer().await;
        assert_eq!(his.problem(), (404, "not_found".to_owned()));
        assert_eq!(app.texts(SUMMARIES, &[]).await.len(), 2);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_that_is_not_made_again_leaves_all_as_it_was() {
    for dialect in BOTH {
        let (app, model) = open(dialect, 100).await;
        model.answer(&summary("They sail on Monday."));
        let recording = recorded(&app, &sailing("Monday")).await;
        let before = recording.read("/summary").await;
        let job = recording.summarise().await.json()["job_id"].as_str().unwrap().to_owned();
        let cancelled = app.post(&format!("/api/v1/jobs/{job}/cancel")).of(&ada()).answer().await;
        assert!(cancelled.status.is_success(), "{}", cancelled.text());
        app.run_jobs().await;
        let view = recording.show().await;
        assert_eq!((&view["state"], &view["error"]), (&json!("complete"), &Value::Null), "{view}");
        assert_eq!(recording.read("/summary").await, before);

        // One that waits does not keep its session from being written down again.
        assert_eq!(recording.summarise().await.status, StatusCode::ACCEPTED);
        recording.transcribe_again().await;
        let jobs = "SELECT id AS value FROM jobs WHERE kind = 'scribe.transcribe'";
        assert_eq!(app.texts(jobs, &[]).await.len(), 2);
        assert_eq!(recording.read("/summary").await["decisions"], before["decisions"]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_that_is_made_again_hides_no_transcription_that_failed() {
    for dialect in BOTH {
        let (app, model) = open(dialect, 100).await;
        model.answer(&summary("They sail on Monday."));
        let mut script = sailing("Monday");
        script["heard"]["de"] = json!("the wind is too loud");
        let recording = recorded(&app, &script).await;
        recording.transcribe_in("de").await;
        let failed = recording.over().await;
        assert_eq!((&failed["state"], &failed["error"]["code"]), (&json!("failed"), &json!("not_heard")), "{failed}");

        recording.sails_on("Friday").await;
        model.answer(&summary("They sail on Friday."));
        let again = recording.summarise().await;
        assert_eq!((again.status, &again.json()["state"]), (StatusCode::ACCEPTED, &json!("finishing")));
        assert_ne!(again.json()["job_id"], failed["job_id"]);
        let after = recording.over().await;
        for name in ["state", "error", "job_id"] {
            assert_eq!(after[name], failed[name], "{name}: {after}");
        }
        assert_eq!(state_of(&app, &again.json()["job_id"]).await, "succeeded");
        let written = recording.read("/summary").await;
        assert_eq!(column(&written["decisions"], "text"), json!(["They sail on Friday."]), "it is there all the same");
        let (_, listed) = app.get("/api/v1/sessions").of(&ada()).send().await;
        assert_eq!((&listed["items"][0]["state"], &listed["items"][0]["error"]), (&json!("failed"), &failed["error"]));

        // A transcription that succeeds ends that, and its job need not be known when the session is deleted.
        recording.transcribe_in("en").await;
        let well = recording.over().await;
        assert_eq!((&well["state"], &well["error"]), (&json!("complete"), &Value::Null), "{well}");
        app.execute("DELETE FROM jobs WHERE subject <> ''").await.unwrap();
        let deleted = app.ask(Method::DELETE, &recording.path("")).of(&ada()).answer().await;
        assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.text());
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcription_ends_the_summary_that_is_being_made_and_makes_its_own() {
    for dialect in BOTH {
        let (app, model) = open(dialect, 100).await;
        model.answer(&summary("They sail on Monday."));
        let mut script = sailing("Monday");
        script["heard"]["de"] = sailing("Sunday")["heard"]["en"].clone();
        let recording = recorded(&app, &script).await;
        recording.sails_on("Friday").await;
        model.answer_later(&summary("They sail on Friday."));
        let summarises = recording.summarise().await.json()["job_id"].clone();
        app.run_jobs().await;
        assert_eq!((&recording.show().await["job_id"], model.asked().len()), (&summarises, 2), "it is being written");

        model.answer(&summary("They sail on Sunday."));
        let transcribes = recording.transcribe_in("de").await["job_id"].clone();
        assert_ne!(transcribes, summarises);
        app.advance(Duration::from_secs(2)).await;
        let view = recording.over().await;
        assert_eq!((&view["state"], &view["job_id"]), (&json!("complete"), &transcribes), "{view}");
        let (first, second) = (state_of(&app, &summarises).await, state_of(&app, &transcribes).await);
        assert_eq!((first, second), (json!("cancelled"), json!("succeeded")));
        let (_, transcript) = app.get(&recording.path("/transcript")).of(&ada()).send().await;
        let written = recording.read("/summary").await;
        assert_eq!((&written["revision"], model.asked().len()), (&transcript["revision"], 1), "{written}");
        assert_eq!(column(&written["decisions"], "text"), json!(["They sail on Sunday."]));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_that_is_cancelled_in_its_last_attempt_changes_nothing() {
    for dialect in BOTH {
        let (app, model) = open(dialect, 100).await;
        model.answer(&summary("They sail on Monday."));
        let recording = recorded(&app, &sailing("Monday")).await;
        let before = recording.read("/summary").await;
        recording.sails_on("Friday").await;
        model.answer_later(&summary("They sail on Friday."));
        let job = recording.summarise().await.json()["job_id"].clone();
        app.run_jobs().await;
        app.execute("UPDATE jobs SET max_attempts = 1 WHERE kind = 'scribe.summarise'").await.unwrap();
        let path = format!("/api/v1/jobs/{}/cancel", job.as_str().unwrap());
        assert!(app.post(&path).of(&ada()).answer().await.status.is_success());
        let view = recording.over().await;
        assert_eq!((&view["state"], state_of(&app, &job).await), (&json!("complete"), json!("cancelled")));
        assert_eq!(recording.read("/summary").await, before);
        app.end().await;
    }
}
