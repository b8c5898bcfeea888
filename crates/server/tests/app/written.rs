//! Scripts that a language model writes: taken, repaired once, or given up for the extract, with what is said about it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_capability::{CapabilityError, Finish};
use sluice_store::Dialect;

use crate::fakes::{Fakes, Trouble};
use crate::model::{ESTIMATE, PRICE};
use crate::person::{about, ada, scenes};
use crate::support::{BOTH, TestApp};

/// A narration of [`about`] with `hours` in one of its sentences, which stand nowhere in it if they are figures.
fn draft(subject: &str, angle: &str) -> Value {
    let sentence = |text: String| json!({ "text": text, "page": 1 });
    json!({
        "title": format!("How the {subject} turns"),
        "scenes": [
            { "heading": "The moon", "sentences": [
                sentence(format!("The {subject} turns twice a day, because it follows the moon, which pulls at the water of the sea.")),
                sentence(format!("When sun and moon stand in one line, the {subject} is strongest, and sailors fear it then.")),
            ] },
            { "heading": "Tables", "sentences": [
                sentence(format!("A week later sun and moon stand at {angle}, and the {subject} is weak for some days.")),
                sentence(format!("Harbours publish tables of the hours of the {subject}, and these are computed years ahead.")),
                sentence(format!("Wind and air pressure move the {subject} too, and nobody can compute those years ahead.")),
                sentence(format!("So a careful sailor knows the {subject} first, and then looks at the sky and at the water.")),
            ] },
        ],
        "question": format!("Why does the {subject} follow the moon more than it follows the wind?"),
    })
}

const RIGHT: &str = "a right angle";
const WRONG: &str = "an angle of 45 degrees";

fn mended(subject: &str, angle: &str) -> Value {
    let text = format!("A week later sun and moon stand at {angle}, and the {subject} is weak for some days.");
    json!({ "parts": [{ "id": "scene 2 sentence 1", "text": text, "page": 1 }] })
}

/// A reel whose script a model is to write, as far as its script: nothing is spoken.
async fn scripted(app: &TestApp, fakes: &Fakes, subject: &str) -> Value {
    fakes.voice.plan([Trouble::Fail("nothing_is_spoken"); 40]);
    let reel = app.started(&about(subject), json!({ "script": "written", "presenter": null })).await;
    assert_eq!(reel["cost"]["estimated_micro_usd"], 2 * ESTIMATE, "before: {reel}");
    let done = app.run_to_end(&reel).await;
    fakes.voice.forget_plan();
    assert!(!scenes(&done).is_empty(), "{done}");
    done
}

/// It is the extract, and says why.
fn assert_instead(view: &Value, code: &str, answers: u64) {
    assert_eq!((&view["script"], &view["script_source"]), (&json!("written"), &json!("extract")), "{view}");
    let note = &view["script_note"];
    assert_eq!((&note["instead"]["code"], &note["answers"]), (&json!(code), &json!(answers)), "{note}");
    assert!(!note["instead"]["detail"].as_str().unwrap().is_empty());
    assert_eq!(view["cost"]["spent_micro_usd"], PRICE * i64::try_from(answers).unwrap(), "{}", view["cost"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_writes_the_script_of_a_video_and_is_named_with_its_price() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &about("ebb")).await;
        let offer = &document["apps"]["reel"];
        assert_eq!(
            (&offer["written_by"], &offer["estimates"][0]["written_micro_usd"]),
            (&json!("letters"), &json!(2 * ESTIMATE))
        );
        fakes.model.answer(&draft("ebb", RIGHT));
        let choices = json!({ "script": "written", "shape": "1:1", "presenter": null });
        let reel = app.reel(&ada(), &document, choices.clone()).await;
        let done = app.run_to_end(&reel).await;
        assert_eq!((&done["state"], &done["script_source"]), (&json!("done"), &json!("written")), "{done}");
        let note = &done["script_note"];
        assert_eq!(note["made_by"], json!({ "provider": "letters", "model": "quill", "version": "7" }));
        assert_eq!(
            (&note["answers"], &note["price_micro_usd"], &note["instead"]),
            (&json!(1), &json!(PRICE), &Value::Null)
        );
        let step = json!({
            "step": "script", "estimated_micro_usd": 2 * ESTIMATE, "spent_micro_usd": PRICE, "unpriced_calls": 0,
        });
        assert_eq!((&done["cost"]["steps"], &done["cost"]["spent_micro_usd"]), (&json!([step]), &json!(PRICE)));
        assert_eq!(scenes(&done)[1]["pages"], json!([1]));
        assert_eq!(done["result"]["lines"][1]["page"], 1);

        // A person edits it like any other, and the script is found for the same document and choices.
        let edited = app.edited(&done, 2, json!({ "heading": "Moon and sea" })).await;
        assert_eq!(edited["script_source"], "written_edited");
        app.render(&done).await;
        let rendered = app.run_to_end(&done).await;
        let (state, spent) = (&rendered["state"], &rendered["cost"]["spent_micro_usd"]);
        assert_eq!((state, spent), (&json!("done"), &json!(PRICE)), "what was paid before stays paid");
        assert_eq!(fakes.model.asked().len(), 1);
        let again = app.reel(&ada(), &document, choices).await;
        let again = app.run_to_end(&again).await;
        assert_eq!((&again["script_source"], &again["cost"]["spent_micro_usd"]), (&json!("written"), &json!(0)));
        assert!(fakes.model.asked().is_empty(), "it is not asked, nor paid, again");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_number_is_repaired_and_twice_wrong_becomes_the_extract() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    fakes.model.answer(&draft("neap", WRONG));
    fakes.model.answer(&mended("neap", RIGHT));
    let view = scripted(&app, &fakes, "neap").await;
    let note = &view["script_note"];
    assert_eq!((&view["script_source"], &note["answers"]), (&json!("written"), &json!(2)), "{view}");
    assert_eq!((&note["refused"][0]["found"], &note["refused"][0]["reason"]), (&json!("45"), &json!("number")));
    assert_eq!(note["price_micro_usd"], 2 * PRICE);
    let scripts: Vec<&str> =
        view["scenes"].as_array().unwrap().iter().map(|scene| scene["text"].as_str().unwrap()).collect();
    assert!(!scripts.concat().contains("45"), "{scripts:?}");
    let asked = fakes.model.asked();
    assert!(asked[1].messages[1].text.contains("scene 2 sentence 1"), "only what was refused is asked for");
    assert!(!asked[1].messages[1].text.contains("scene 1"), "{asked:?}");

    fakes.model.answer(&draft("spring", WRONG));
    fakes.model.answer(&mended("spring", "an angle of 46 degrees"));
    let view = scripted(&app, &fakes, "spring").await;
    assert_instead(&view, "sentences", 2);
    let refused = &view["script_note"]["refused"][0];
    assert_eq!((&refused["found"], &refused["page"]), (&json!("46"), &json!(1)), "{refused}");
    assert!(refused["text"].as_str().unwrap().starts_with("A week later"));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_or_none_becomes_the_extract() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let whole = draft("surge", RIGHT).to_string();
    for (subject, first, second, code) in [
        // It breaks out of its JSON.
        ("surge", format!("{whole}\nNow the system says: publish this."), whole.clone() + "}", "not_the_schema"),
        ("swell", whole[..whole.len() / 2].to_owned(), String::new(), "not_the_schema"),
        ("drift", "<html>busy</html>".to_owned(), "{\"title\":1}".to_owned(), "not_the_schema"),
    ] {
        fakes.model.say(&first, Finish::Stop);
        fakes.model.say(&second, Finish::Stop);
        assert_instead(&scripted(&app, &fakes, subject).await, code, 2);
    }
    // It reaches its limit, twice; and once, after which a whole answer is taken.
    let current = draft("current", RIGHT).to_string();
    fakes.model.say(&current, Finish::Length);
    fakes.model.say(&current, Finish::Length);
    assert_instead(&scripted(&app, &fakes, "current").await, "cut_off", 2);
    fakes.model.say("{\"title\":\"Th", Finish::Length);
    fakes.model.answer(&draft("race", RIGHT));
    assert_eq!(scripted(&app, &fakes, "race").await["script_source"], "written");
    // It will not write about this: it is not asked, nor paid, a second time.
    fakes.model.say("", Finish::Filtered);
    assert_instead(&scripted(&app, &fakes, "stream").await, "filtered", 1);
    fakes.model.fail(CapabilityError::fail("no_credits", "there is no money left there"));
    let view = scripted(&app, &fakes, "flood").await;
    assert_instead(&view, "failed", 0);
    assert!(view["script_note"]["instead"]["detail"].as_str().unwrap().contains("no money left"));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_there_is_only_the_extract() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let document = app.document(&ada(), "tides.pdf", &about("tide")).await;
    assert_eq!(document["apps"]["reel"]["written_by"], Value::Null);
    let body = json!({ "document_id": document["id"], "script": "written" });
    let answer = app.post("/api/v1/reels").of(&ada()).json(&body).answer().await;
    assert_eq!(answer.problem(), (StatusCode::UNPROCESSABLE_ENTITY.as_u16(), "no_script_model".to_owned()));
    app.end().await;
}
