//! What goes wrong while a reel is made, as its owner sees it: by its name, in the scene and in the step where it
//! happened; and that trying again goes on from there.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::fakes::{Fakes, Trouble, ends_with, reports};
use crate::person::{about, ada, job_path, scenes};
use crate::support::{BOTH, TestApp};

/// A failure of an engine that a scene needs.
struct Case {
    /// Makes the document another one.
    about: &'static str,
    /// What is put in the way.
    plan: fn(&Fakes),
    /// The code of what the owner is told.
    code: &'static str,
    /// What its words say.
    words: &'static str,
    /// How often the scene is tried.
    attempts: u32,
}

const fn case(about: &'static str, plan: fn(&Fakes), code: &'static str, words: &'static str, attempts: u32) -> Case {
    Case { about, plan, code, words, attempts }
}

/// In both scenes that are rendered side by side, and for every attempt.
fn voice(fakes: &Fakes, trouble: Trouble) {
    fakes.voice.plan([trouble; 60]);
}

const OF_A_SCENE: [Case; 14] = [
    case("voice", |fakes| voice(fakes, Trouble::Fail("voice_refused")), "voice_refused", "told to fail", 1),
    case("engine", |fakes| voice(fakes, Trouble::Retry("voice_stopped")), "voice_stopped", "told to fail", 5),
    case("letter", |fakes| voice(fakes, Trouble::Later), "voice_too_slow", "must be synchronous", 1),
    case("codec", |fakes| fakes.tools.always("frames", &reports("encoder")), "encoder_failed", "as planned", 5),
    case(
        "picture",
        |fakes| fakes.tools.always("frames", &reports("image")),
        "page_image",
        "page image a.png cannot",
        1,
    ),
    case("slide", |fakes| fakes.tools.always("frames", &reports("picture")), "slide_failed", "as planned", 1),
    case("disk", |fakes| fakes.tools.always("frames", &reports("disk_full")), "disk_full", "free some space", 5),
    case(
        "memory",
        |fakes| fakes.tools.always("frames", &reports("too_much_memory")),
        "render_too_much_memory",
        "memory",
        5,
    ),
    case("tool", |fakes| fakes.tools.always("frames", &reports("ffmpeg_missing")), "tool_missing", "install", 1),
    case("crash", |fakes| fakes.tools.always("frames", "kill -KILL $$"), "render_stopped", "", 5),
    case(
        "silence",
        |fakes| fakes.tools.always("frames", "cat >\"$here/order\"; exit 0"),
        "render_stopped",
        "stopped",
        5,
    ),
    case(
        "page",
        |fakes| fakes.tools.always("page", &ends_with("Syntax Error: no such object")),
        "document_damaged",
        "no such object",
        1,
    ),
    case("paper", |fakes| fakes.tools.always("page", "echo nothing; exit 0"), "document_damaged", "cannot be drawn", 1),
    case("still", |fakes| fakes.tools.always("still", &ends_with("a bad frame")), "encoder_failed", "a bad frame", 5),
];

impl Fakes {
    /// Nothing is in the way any more.
    fn mend_all(&self) {
        self.voice.forget_plan();
        for step in ["frames", "page", "still", "assemble", "probe", "decode"] {
            if self.tools.is_planned(step) {
                self.tools.mend(step);
            }
        }
    }
}

fn states(view: &Value) -> Vec<&str> {
    scenes(view).iter().map(|scene| scene["state"].as_str().unwrap()).collect()
}

/// The state of each step, as far as it is not what it is before its time.
fn steps(view: &Value) -> Vec<(&str, &str)> {
    let told = |step: &'_ Value| (step["name"].clone(), step["state"].clone());
    let all = view["steps"].as_array().unwrap();
    assert_eq!(
        all.iter().map(|step| told(step).0).collect::<Vec<_>>(),
        ["read", "outline", "script", "scenes", "assemble", "publish"]
    );
    all.iter().map(|step| (step["name"].as_str().unwrap(), step["state"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_with_a_scene_is_told_by_its_name_and_tried_as_often_as_it_may_help() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    for Case { about: subject, plan, code, words, attempts } in OF_A_SCENE {
        let reel = app.started(&about(subject), json!({ "shape": "1:1" })).await;
        plan(&fakes);
        let failed = app.run_to_end(&reel).await;
        let error = &failed["error"];
        assert_eq!((&failed["state"], &error["code"]), (&json!("failed"), &json!(code)), "{subject}: {failed}");
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.starts_with("scene ") && detail.contains(words), "{subject}: {detail}");
        assert_eq!(failed["result"], Value::Null, "{subject}");
        assert_eq!(steps(&failed)[3], ("scenes", "failed"), "{subject}");
        let broken: Vec<&Value> = scenes(&failed).iter().filter(|scene| scene["state"] == "failed").collect();
        assert!(!broken.is_empty(), "{subject}: {:?}", states(&failed));
        assert!(broken.iter().all(|scene| scene["error"]["code"] == code), "{subject}: {failed}");
        let tree = app.get(&job_path(&reel, "/progress")).of(&ada()).send().await.1;
        let parts = tree["children"].as_array().unwrap();
        let dead: Vec<&Value> = parts.iter().filter(|part| part["state"] == "dead").collect();
        assert!(!dead.is_empty(), "{subject}: {tree}");
        for part in dead {
            let view = app.get(&format!("/api/v1/jobs/{}", part["id"].as_str().unwrap())).of(&ada()).send().await.1;
            assert_eq!((&view["attempt"], &view["attempts"]), (&json!(attempts), &json!(5)), "{subject}: {view}");
            assert_eq!((&view["error"]["code"], &view["parent_id"]), (&json!(code), &reel["job_id"]), "{subject}");
        }
        fakes.mend_all();
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_not_told_at_all() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        fakes.voice.plan([Trouble::Retry("voice_stopped"), Trouble::PutOff(Duration::from_secs(20))]);
        for step in ["frames", "still", "assemble", "decode"] {
            fakes.tools.once(step, &ends_with("a passing trouble"));
        }
        let reel = app.started(&about("breeze"), json!({ "shape": "1:1" })).await;
        let done = app.run_to_end(&reel).await;
        assert_eq!((&done["state"], &done["error"]), (&json!("done"), &Value::Null), "{done}");
        assert!(states(&done).iter().all(|state| *state == "done"), "{done}");
        assert_eq!(fakes.voice.asked(), scenes(&done).len() + 2, "each scene once, and twice for nothing");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_that_failed_is_tried_again_alone() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("harbour"), json!({ "shape": "1:1" })).await;
        fakes.voice.plan([Trouble::Fail("voice_refused")]);
        let failed = app.run_to_end(&reel).await;
        let count = scenes(&failed).len();
        let broken = states(&failed).iter().filter(|state| **state == "failed").count();
        assert_eq!((broken, states(&failed).len()), (1, count), "{failed}");
        assert_eq!(failed["error"]["code"], "voice_refused");
        assert_eq!(app.job(&reel).await["state"], "dead");
        let (drawn, spoken) = (fakes.tools.asked("frames"), fakes.voice.asked());
        assert_eq!((drawn, spoken), (count - 1, count), "the others were made");
        let listed = app.get("/api/v1/reels?state=failed").of(&ada()).send().await.1;
        assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["error"]), (&reel["id"], &failed["error"]));

        let (status, answer) = app.retry(&reel).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        let going = app.show(&reel).await;
        assert_eq!((&going["state"], &going["error"]), (&json!("working"), &Value::Null), "{going}");
        let done = app.run_to_end(&reel).await;
        assert_eq!((&done["state"], &done["job_id"]), (&json!("done"), &reel["job_id"]), "{done}");
        assert_eq!((fakes.tools.asked("frames"), fakes.voice.asked()), (drawn + 1, spoken + 1));
        assert_eq!(app.retry(&reel).await.0, StatusCode::CONFLICT, "there is nothing to try again now");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_that_cannot_be_spoken_is_made_once_it_says_something_else() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let reel = app.started(&about("quay"), json!({ "shape": "1:1" })).await;
    fakes.voice.plan([Trouble::Fail("voice_refused")]);
    let failed = app.run_to_end(&reel).await;
    let broken = states(&failed).iter().position(|state| *state == "failed").unwrap();
    let n = u32::try_from(broken + 1).unwrap();
    let edited = app.edited(&reel, n, json!({ "text": "This can be said." })).await;
    let scene = &scenes(&edited)[broken];
    assert_eq!(
        (&scene["state"], &scene["error"]),
        (&json!("pending"), &Value::Null),
        "what failed is not what it says now"
    );
    assert_eq!(edited["state"], "failed", "nothing works on it yet");
    let going = app.render(&reel).await;
    assert_ne!(going["job_id"], reel["job_id"], "a new job");
    let done = app.run_to_end(&reel).await;
    assert_eq!((&done["state"], &scenes(&done)[broken]["text"]), (&json!("done"), &json!("This can be said.")));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_with_the_whole_is_told_in_its_step_and_the_scenes_stay() {
    let cases: [(&str, &str, String, &str, &str, &str); 7] = [
        ("join", "assemble", ends_with("no room for the index"), "assemble", "encoder_failed", "no room for the index"),
        ("space", "assemble", ends_with("No space left on device"), "assemble", "disk_full", "free some space"),
        ("small", "thumbnail", ends_with("no picture"), "assemble", "encoder_failed", "no picture"),
        ("outline", "waveform", ends_with("a bad sound"), "assemble", "encoder_failed", "a bad sound"),
        ("look", "probe", "echo '{}'; exit 0".to_owned(), "publish", "not_playable", "the video is invalid"),
        ("frame", "decode", ends_with("corrupt macroblock"), "publish", "not_playable", "corrupt macroblock"),
        ("probe", "probe", ends_with("moov atom not found"), "publish", "not_playable", "moov atom"),
    ];
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    for (subject, step, commands, stage, code, words) in cases {
        fakes.tools.always(step, &commands);
        let reel = app.started(&about(subject), json!({ "shape": "1:1" })).await;
        let failed = app.run_to_end(&reel).await;
        let error = &failed["error"];
        let found = error["code"].as_str().unwrap_or_default();
        assert_eq!((&failed["state"], found), (&json!("failed"), code), "{subject}: {error}");
        assert!(error["detail"].as_str().unwrap().contains(words), "{subject}: {error}");
        let at = steps(&failed).into_iter().find(|(name, _)| *name == stage).unwrap();
        assert_eq!(at.1, "failed", "{subject}");
        assert!(states(&failed).iter().all(|state| *state == "done"), "{subject}");
        assert_eq!((&failed["result"], app.job(&reel).await["attempt"].as_u64()), (&Value::Null, Some(5)));
        let drawn = fakes.tools.asked("frames");
        fakes.tools.mend(step);
        assert_eq!(app.retry(&reel).await.0, StatusCode::ACCEPTED, "{subject}");
        assert_eq!(app.run_to_end(&reel).await["state"], "done", "{subject}");
        assert_eq!(fakes.tools.asked("frames"), drawn, "{subject}: no scene is drawn again");
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_of_a_document_that_are_lost_are_called_so() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    // Its text, which the script is made from; and the file itself, whose pages are drawn.
    for (subject, column, stage) in [
        (
            "ledger",
            "SELECT text_blob AS value FROM documents WHERE name = 'tides.pdf' ORDER BY created_at DESC LIMIT 1",
            "read",
        ),
        (
            "chart",
            "SELECT blob AS value FROM documents WHERE name = 'tides.pdf' ORDER BY created_at DESC LIMIT 1",
            "scenes",
        ),
    ] {
        let reel = app.started(&about(subject), json!({ "shape": "1:1" })).await;
        let lost = app.texts(column, &[]).await.concat();
        let bytes = std::fs::read(&app.media()[&lost]).unwrap();
        let place = app.media()[&lost].clone();
        std::fs::remove_file(&place).unwrap();
        let failed = app.run_to_end(&reel).await;
        assert_eq!(
            (&failed["state"], &failed["error"]["code"]),
            (&json!("failed"), &json!("media_missing")),
            "{failed}"
        );
        let at = steps(&failed).into_iter().find(|(_, state)| *state == "failed").unwrap();
        assert_eq!(at.0, stage);
        // Brought back from a backup, it goes on.
        std::fs::write(place, bytes).unwrap();
        assert_eq!(app.retry(&reel).await.0, StatusCode::ACCEPTED);
        assert_eq!(app.run_to_end(&reel).await["state"], "done", "{subject}");
    }
    assert!(fakes.voice.asked() > 0);
    app.end().await;
}
