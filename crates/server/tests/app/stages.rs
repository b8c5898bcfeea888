//! Stopping, trying again and deleting a reel at each stage of its work, and what another owner may not.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_engine::Worker;

use crate::fakes::Fakes;
use crate::person::{about, ada, job_path, omar, path, scenes};
use crate::support::{BOTH, TestApp};

/// Where a reel is when something is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    /// No worker has seen it.
    Queued,
    /// A scene is being spoken.
    Voice,
    /// A page is being drawn, in a child process.
    Page,
    /// A scene is being drawn and encoded, in a child process.
    Frames,
    /// All scenes are there, and are being joined.
    Assemble,
    /// The video is there, and is being looked at.
    Publish,
    /// It is over.
    Done,
}

const ALL: [At; 7] = [At::Queued, At::Voice, At::Page, At::Frames, At::Assemble, At::Publish, At::Done];

impl At {
    /// The step of the program that holds it there.
    const fn step(self) -> Option<&'static str> {
        match self {
            Self::Page => Some("page"),
            Self::Frames => Some("frames"),
            Self::Assemble => Some("assemble"),
            Self::Publish => Some("decode"),
            Self::Queued | Self::Voice | Self::Done => None,
        }
    }

    /// The stage of the reel's job.
    const fn stage(self) -> &'static str {
        match self {
            Self::Queued => "read",
            Self::Voice | Self::Page | Self::Frames => "scenes",
            Self::Assemble => "assemble",
            Self::Publish | Self::Done => "publish",
        }
    }
}

/// A reel that is held at a place, with the worker that is at work on it.
async fn held(app: &TestApp, fakes: &Fakes, at: At, subject: &str) -> (Value, Option<Worker>) {
    let bytes = about(&format!("{subject} {at:?}").to_lowercase());
    if at == At::Done {
        return (app.made(&bytes).await, None);
    }
    let (spoken, asked) = (fakes.voice.asked(), at.step().map(|step| fakes.tools.asked(step)));
    fakes.voice.hold(at == At::Voice);
    if let Some(step) = at.step() {
        fakes.tools.hold(step);
    }
    let reel = app.started(&bytes, json!({ "shape": "1:1" })).await;
    if at == At::Queued {
        return (reel, None);
    }
    let worker = app.app.engine.start();
    match (at.step(), asked) {
        (Some(step), Some(asked)) => fakes.tools.until_asked(step, asked).await,
        _ => fakes.voice.until_asked(spoken).await,
    }
    assert_eq!(app.job(&reel).await["stage"], at.stage(), "{at:?}");
    (app.show(&reel).await, Some(worker))
}

/// Lets go of what was held.
fn let_go(fakes: &Fakes, at: At) {
    fakes.voice.hold(false);
    if let Some(step) = at.step() {
        fakes.tools.mend(step);
    }
}

async fn end(worker: Option<Worker>) {
    if let Some(worker) = worker {
        worker.shutdown(Duration::from_secs(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reel_is_stopped_at_any_stage_and_goes_on_from_there() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        for at in ALL {
            let (reel, worker) = held(&app, &fakes, at, "stop").await;
            let (status, _) = app.post(&job_path(&reel, "/cancel")).of(&omar()).send().await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{at:?}: another owner stops nothing");
            assert_eq!(app.show(&reel).await["state"], reel["state"], "{at:?}");

            app.stop(&reel).await;
            // What holds it is still there: it is stopped in the midst of it.
            let stopped = app.until_done(&reel).await;
            let wanted = if at == At::Done { "done" } else { "cancelled" };
            assert_eq!((&stopped["state"], &stopped["error"]), (&json!(wanted), &Value::Null), "{at:?}: {stopped}");
            end(worker).await;
            let_go(&fakes, at);
            app.run_jobs().await;
            let tree = app.get(&job_path(&reel, "/progress")).of(&ada()).send().await.1;
            for part in tree["children"].as_array().unwrap() {
                let state = part["state"].as_str().unwrap();
                assert!(["succeeded", "cancelled"].contains(&state), "{at:?}: {tree}");
            }
            // Twice is as once.
            app.stop(&reel).await;
            assert_eq!(app.show(&reel).await["state"], wanted, "{at:?}");

            let now = app.show(&reel).await;
            let made = scenes(&now).iter().filter(|scene| scene["state"] == "done").count();
            let whole = at >= At::Assemble;
            assert_eq!(made == scenes(&now).len() && made > 0, whole, "{at:?}: {now}");
            let drawn = fakes.tools.asked("frames");
            let (status, answer) = app.retry(&reel).await;
            if at == At::Done {
                assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("not_retryable")));
                continue;
            }
            assert_eq!((status, &answer["stage"]), (StatusCode::ACCEPTED, &json!(at.stage())), "{at:?}: {answer}");
            let (status, answer) = app.retry(&reel).await;
            assert_eq!(
                (status, &answer["code"]),
                (StatusCode::CONFLICT, &json!("not_retryable")),
                "it goes on already"
            );
            let done = app.run_to_end(&reel).await;
            assert_eq!((&done["state"], &done["job_id"]), (&json!("done"), &reel["job_id"]), "{at:?}: {done}");
            assert_eq!(
                fakes.tools.asked("frames"),
                drawn + scenes(&done).len() - made,
                "{at:?}: what was made is kept"
            );
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reel_is_deleted_at_any_stage_and_stays_so() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        for at in ALL {
            let (reel, worker) = held(&app, &fakes, at, "delete").await;
            let theirs = app.ask(Method::DELETE, &path(&reel)).of(&omar()).send().await;
            assert_eq!((theirs.0, &theirs.1["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{at:?}");
            let links: Vec<String> = [&reel["result"]["video_url"], &reel["scenes"][0]["clip_url"]]
                .into_iter()
                .filter_map(|link| link.as_str().map(str::to_owned))
                .collect();
            assert!(at < At::Assemble || !links.is_empty(), "{at:?}: what is made can be seen");
            for link in &links {
                assert_eq!(app.get(link).bytes().await.0, StatusCode::OK, "{at:?}");
            }

            assert_eq!(app.delete(&reel).await, StatusCode::NO_CONTENT, "{at:?}");
            assert_eq!(app.delete(&reel).await, StatusCode::NOT_FOUND, "{at:?}: twice");
            let lost = (404, "not_found".to_owned());
            for rest in ["", "/result", "/captions.srt", "/captions.vtt"] {
                assert_eq!(app.code_of(&format!("{}{rest}", path(&reel))).await, lost, "{at:?} {rest}");
            }
            for link in &links {
                assert_eq!(app.code_of(link).await, (410, "media_gone".to_owned()), "{at:?}");
            }
            assert_eq!(app.edit(&reel, 1, json!({ "heading": "x" })).await.0, StatusCode::NOT_FOUND);
            let render = app.post(&format!("{}/render", path(&reel))).of(&ada()).send().await;
            assert_eq!(render.0, StatusCode::NOT_FOUND);

            // Its work ends, and brings nothing back.
            end(worker).await;
            let_go(&fakes, at);
            app.run_jobs().await;
            let job = app.job(&reel).await;
            assert_eq!(job["state"], if at == At::Done { "succeeded" } else { "cancelled" }, "{at:?}");
            assert_eq!(app.code_of(&path(&reel)).await, lost, "{at:?}");
            let listed = app.get("/api/v1/reels").of(&ada()).send().await.1;
            assert_eq!(listed["items"], json!([]), "{at:?}");
            for query in [
                "SELECT id AS value FROM scenes",
                "SELECT id AS value FROM documents",
                "SELECT key AS value FROM reel_results",
            ] {
                assert_eq!(app.texts(query, &[]).await, Vec::<String>::new(), "{at:?}: {query}");
            }
            let (status, answer) = app.retry(&reel).await;
            assert_eq!(status, if at == At::Done { StatusCode::CONFLICT } else { StatusCode::ACCEPTED }, "{answer}");
            app.run_jobs().await;
            let error = &app.job(&reel).await["error"]["code"];
            assert_eq!(error, &if at == At::Done { Value::Null } else { json!("reel_deleted") }, "{at:?}");
            assert_eq!(app.code_of(&path(&reel)).await, lost, "{at:?}: trying the job again brings nothing back");
        }
        // Of what they were, a person can begin anew.
        let reel = app.made(&about("stage")).await;
        assert_eq!(reel["state"], "done");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_it_is_is_told_step_by_step_and_never_goes_back() {
    let (app, fakes) = TestApp::faked(sluice_store::Dialect::Sqlite).await;
    let mut last = -1.0;
    for at in ALL {
        let (reel, worker) = held(&app, &fakes, at, "step").await;
        let view = app.show(&reel).await;
        let percent = view["percent"].as_f64().unwrap();
        assert!(
            percent > last || (at == At::Page && percent >= last) || at == At::Frames,
            "{at:?}: {percent} after {last}"
        );
        last = last.max(percent);
        let steps = view["steps"].as_array().unwrap();
        let at_work: Vec<&str> =
            steps.iter().filter(|step| step["state"] == "running").map(|step| step["name"].as_str().unwrap()).collect();
        let all_done = steps.iter().all(|step| step["state"] == "done" && step["percent"] == 100.0);
        // Nobody has begun with what is queued.
        let wanted = if matches!(at, At::Queued | At::Done) { vec![] } else { vec![at.stage()] };
        assert_eq!((at_work, all_done), (wanted, at == At::Done), "{at:?}");
        let item = &app.get("/api/v1/reels").of(&ada()).send().await.1["items"][0];
        assert_eq!((&item["id"], &item["state"]), (&reel["id"], &view["state"]), "{at:?}");
        assert_eq!(
            item["poster_url"].is_null(),
            scenes(&view).iter().all(|scene| scene["image_url"].is_null()),
            "{at:?}"
        );
        // From the first step on there is the first page of its document, at least.
        match item["thumbnail_url"].as_str() {
            Some(link) => assert_eq!(app.get(link).answer().await.status, StatusCode::OK, "{at:?}"),
            None => assert_eq!(at, At::Queued),
        }
        assert_eq!(view["cost"], Value::Null, "{at:?}");
        let busy: Vec<&str> = scenes(&view).iter().filter_map(|scene| scene["step"].as_str()).collect();
        match at {
            At::Voice => assert!(!busy.is_empty() && busy.iter().all(|step| *step == "voice"), "{busy:?}"),
            At::Page => assert!(busy.contains(&"frames"), "{busy:?}"),
            At::Frames => assert!(busy.contains(&"clip"), "{busy:?}"),
            _ => assert_eq!(busy, Vec::<&str>::new(), "{at:?}"),
        }
        assert_eq!(app.code_of(&format!("{}/result", path(&reel))).await.0, if at == At::Done { 302 } else { 409 });
        let why = app.get(&job_path(&reel, "/why")).of(&ada()).send().await.1;
        let state = app.job(&reel).await["state"].clone();
        assert_eq!(why["state"], state, "{at:?}");
        let reasons = why["reasons"].as_array().unwrap();
        if at == At::Done {
            assert_eq!(reasons[0]["reason"], "ended", "{why}");
        } else if state == "waiting" {
            assert_eq!(reasons[0]["reason"], "children", "{why}");
        }
        app.stop(&reel).await;
        app.until_done(&reel).await;
        end(worker).await;
        let_go(&fakes, at);
        app.run_jobs().await;
        assert_eq!(app.delete(&reel).await, StatusCode::NO_CONTENT);
    }
    app.end().await;
}
