//! Presenters that a provider films: paid once for each sound, shown in the corner, and replaced by a drawn one where there is
//! no film, which is said.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sluice_app::reel::script::Mode;
use sluice_app::reel::script::written::most_scenes;
use sluice_domain::language::Language;
use sluice_store::Dialect;

use crate::fakes::{Fakes, Trouble};
use crate::person::{about, ada, scenes};
use crate::studio::{FILM, FILM_ESTIMATE, GRETA};
use crate::support::{BOTH, TestApp};

fn choices() -> Value {
    json!({ "presenter": GRETA, "shape": "1:1" })
}

/// Red, green and blue in the middle of the corner where the presenter of a square video is, half a second into it.
fn corner(clip: &Path) -> [u8; 3] {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-ss", "0.5", "-i"])
        .arg(clip)
        .args(["-vf", "crop=16:16:590:594,scale=1:1", "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.try_into().unwrap()
}

impl TestApp {
    /// Whether the presenter of each scene stands in front of the green wall.
    fn are_green(&self, view: &Value) -> Vec<bool> {
        let is_green = |scene: &Value| {
            let [red, green, blue] = corner(&self.file_behind(&scene["clip_url"]));
            green > 180 && red < 90 && blue < 90
        };
        scenes(view).iter().map(is_green).collect()
    }
}

/// What the presenter cost and was estimated to cost.
fn paid(view: &Value) -> (i64, Option<i64>) {
    let steps = view["cost"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"] == "presenter").unwrap();
    (step["spent_micro_usd"].as_i64().unwrap(), step["estimated_micro_usd"].as_i64())
}

fn times(count: usize, price: i64) -> i64 {
    i64::try_from(count).unwrap() * price
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presenter_is_filmed_and_paid_once_for_each_sound() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let document = app.document(&ada(), "tides.pdf", &about("bore")).await;
        let offer = &document["apps"]["reel"];
        let offered = &offer["filmed_presenters"][0];
        assert_eq!((&offered["id"], &offered["name"]), (&json!(GRETA), &json!("Greta")), "{offer}");
        let estimate = &offer["estimates"][0];
        // A model may write the script, and divide it into more scenes than the extract has.
        let most = i64::from(most_scenes(Language::ENGLISH, Mode::Summary));
        assert!(estimate["scenes"].as_i64().unwrap() < most, "{estimate}");
        let price = json!({ "mode": "summary", "micro_usd": most * FILM_ESTIMATE });
        assert_eq!((&offered["provider"], &offered["prices"][0]), (&json!("studio"), &price), "before: {offered}");

        let reel = app.reel(&ada(), &document, choices()).await;
        let done = app.run_to_end(&reel).await;
        assert_eq!((&done["state"], &done["presenter"]), (&json!("done"), &json!(GRETA)), "{done}");
        let (count, films) = (scenes(&done).len(), fakes.studio.asked());
        assert_eq!(films.len(), count, "one for each scene");
        assert!(films.iter().all(|film| film.duration_ms > 0 && film.width == film.height), "{films:?}");
        let by = json!({ "provider": "studio", "model": "greta", "version": "2" });
        assert_eq!(done["presenter_note"], json!({ "made_by": by, "filmed": count, "drawn": [] }));
        assert_eq!(paid(&done), (times(count, FILM), Some(times(count, FILM_ESTIMATE))), "after: {}", done["cost"]);
        assert_eq!(app.are_green(&done), vec![true; count]);

        // Again, and in another shape: what is heard is the same.
        app.again(&ada(), &done).await.unwrap();
        let again = app.run_to_end(&done).await;
        let spent = (times(count, FILM), 0);
        assert_eq!((paid(&again).0, fakes.studio.asked().len()), spent, "what was paid before: {}", again["cost"]);
        let wide = app.reel(&ada(), &document, json!({ "presenter": GRETA, "shape": "9:16" })).await;
        let wide = app.run_to_end(&wide).await;
        assert_eq!((&wide["state"], paid(&wide).0, fakes.studio.asked().len()), (&json!("done"), 0, 0), "{wide}");
        assert_eq!(wide["presenter_note"]["filmed"], count);

        // Another heading is the same sound; another text is one film.
        app.edited(&again, 2, json!({ "heading": "Moon and sea" })).await;
        app.render(&again).await;
        assert_eq!(app.run_to_end(&again).await["state"], "done");
        assert!(fakes.studio.asked().is_empty());
        app.edited(&again, 2, json!({ "text": "The bore runs up the river." })).await;
        app.render(&again).await;
        let edited = app.run_to_end(&again).await;
        assert_eq!((&edited["state"], fakes.studio.asked().len()), (&json!("done"), 1), "{edited}");
        assert_eq!((paid(&edited).0, app.are_green(&edited)), (times(count + 1, FILM), vec![true; count]));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_provider_films_the_presenter_is_drawn_and_that_is_said() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    fakes.studio.plan([Trouble::Fail("content_refused"); 40]);
    let reel = app.started(&about("ebb"), choices()).await;
    let done = app.run_to_end(&reel).await;
    let count = scenes(&done).len();
    assert_eq!((&done["state"], &done["error"]), (&json!("done"), &Value::Null), "{done}");
    let note = &done["presenter_note"];
    assert_eq!((&note["made_by"], &note["filmed"]), (&Value::Null, &json!(0)), "{note}");
    let drawn = note["drawn"].as_array().unwrap();
    let numbers: Vec<&Value> = drawn.iter().map(|scene| &scene["scene"]).collect();
    assert_eq!(json!(numbers), json!((1..=count).collect::<Vec<_>>()), "{note}");
    assert!(drawn.iter().all(|scene| scene["code"] == "failed"), "{note}");
    assert!(drawn[0]["detail"].as_str().unwrap().contains("told to fail"), "{note}");
    assert_eq!((paid(&done).0, app.are_green(&done)), (0, vec![false; count]));

    // Whoever makes it again asks again, and pays then.
    fakes.studio.forget_plan();
    app.again(&ada(), &done).await.unwrap();
    let again = app.run_to_end(&done).await;
    assert_eq!((&again["presenter_note"]["filmed"], &again["presenter_note"]["drawn"]), (&json!(count), &json!([])));
    assert_eq!((paid(&again).0, app.are_green(&again)), (times(count, FILM), vec![true; count]));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_cannot_be_shown_is_replaced_and_not_paid_again() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    fakes.studio.spoil(true);
    let reel = app.started(&about("surge"), choices()).await;
    let done = app.run_to_end(&reel).await;
    let count = scenes(&done).len();
    assert_eq!((&done["state"], fakes.studio.asked().len()), (&json!("done"), count), "{done}");
    let drawn = done["presenter_note"]["drawn"].as_array().unwrap();
    assert!(drawn.len() == count && drawn.iter().all(|scene| scene["code"] == "unusable"), "{drawn:?}");
    assert_eq!((paid(&done).0, app.are_green(&done)), (times(count, FILM), vec![false; count]));
    app.again(&ada(), &done).await.unwrap();
    let again = app.run_to_end(&done).await;
    assert_eq!((&again["state"], fakes.studio.asked().len()), (&json!("done"), 0), "{again}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_is_asked_when_a_provider_refuses_what_it_took() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    fakes.studio.be_picky();
    let reel = app.started(&about("drift"), choices()).await;
    let done = app.run_to_end(&reel).await;
    let count = scenes(&done).len();
    let drawn = &done["presenter_note"]["drawn"];
    assert_eq!(drawn.as_array().unwrap().len(), count, "{drawn}");
    assert!(drawn[0]["detail"].as_str().unwrap().contains("does not like"), "{drawn}");
    assert_eq!((fakes.studio.asked().len(), paid(&done).0), (count, 0), "each was asked for once");

    fakes.annex.be_open();
    app.again(&ada(), &done).await.unwrap();
    let again = app.run_to_end(&done).await;
    let note = &again["presenter_note"];
    assert_eq!((&note["made_by"]["provider"], &note["filmed"]), (&json!("annex"), &json!(count)), "{note}");
    assert_eq!((fakes.studio.asked().len(), fakes.annex.asked().len()), (count, count));
    assert_eq!((paid(&again).0, app.are_green(&again)), (times(count, FILM), vec![true; count]));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_is_being_made_is_waited_for_after_a_restart() {
    for dialect in BOTH {
        let (mut app, fakes): (TestApp, Fakes) = TestApp::faked(dialect).await;
        fakes.studio.be_busy(true);
        let reel = app.started(&about("swell"), choices()).await;
        app.run_jobs().await;
        let meanwhile = app.show(&reel).await;
        let asked = fakes.studio.asked().len();
        assert_eq!((&meanwhile["state"], asked), (&json!("working"), scenes(&meanwhile).len()), "{meanwhile}");
        assert_eq!(scenes(&meanwhile)[0]["step"], "presenter", "{meanwhile}");
        app.restart(&fakes).await;
        app.advance(std::time::Duration::from_secs(20)).await;
        app.run_jobs().await;
        assert_eq!((&app.show(&reel).await["state"], fakes.studio.asked().len()), (&json!("working"), 0));
        fakes.studio.be_busy(false);
        let done = app.run_to_end(&reel).await;
        assert_eq!((&done["state"], fakes.studio.asked().len()), (&json!("done"), 0), "{done}");
        assert_eq!((paid(&done).0, &done["presenter_note"]["filmed"]), (times(asked, FILM), &json!(asked)));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presenter_whom_no_provider_has_is_refused_with_those_that_there_are() {
    let (app, _fakes) = TestApp::faked(Dialect::Sqlite).await;
    let document = app.document(&ada(), "tides.pdf", &about("tide")).await;
    let body = json!({ "document_id": document["id"], "presenter": "studio:gustav" });
    let answer = app.post("/api/v1/reels").of(&ada()).json(&body).answer().await;
    assert_eq!(answer.problem(), (422, "no_such_presenter".to_owned()));
    assert!(answer.text().contains(GRETA) && answer.text().contains("ada"), "{}", answer.text());
    app.end().await;
}
