//! What is kept, for how long, and what goes: as an owner sees it, and as an operator sees the maintenance that does it.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_app::maintenance;
use sluice_app::maintenance::collect::Collect;
use sluice_app::maintenance::retain::Retain;
use sluice_app::maintenance::verify::Verify;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_engine::{Counter, EnqueueOptions, Filter, Job, JobRow};
use sluice_store::blobs::GRACE;
use sluice_store::{Dialect, StoreError};
use sluice_testkit::pdf;

use crate::person::{about, ada, job_path, omar, path, scenes};
use crate::support::{BOTH, TestApp};

const DAY: Duration = Duration::from_hours(24);

impl TestApp {
    /// Runs a job of maintenance, as its schedule does; gives it as the operator sees it.
    async fn maintain<J: Job>(&self, job: &J) -> JobRow {
        let id: JobId = self.app.engine.submit(job, EnqueueOptions::of(&OwnerId::system())).await.unwrap();
        self.run_jobs().await;
        let row = self.app.engine.operator().job(&id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), &row.error), ("succeeded", &None));
        row
    }

    async fn log_of(&self, job: &JobRow) -> Vec<String> {
        let lines = self.app.engine.operator().log(&job.id, 100).await.unwrap();
        lines.into_iter().map(|line| line.line).collect()
    }

    /// What was deleted is removed, now that nobody may still be bringing it.
    async fn collect(&self) -> u64 {
        self.advance(GRACE + Duration::from_secs(1)).await;
        result_of(&self.maintain(&Collect::default()).await)["blobs"].as_u64().unwrap()
    }
}

/// The links to the files of a finished video.
const PUBLISHED: [&str; 8] = [
    "video_url",
    "poster_url",
    "thumbnail_url",
    "waveform_url",
    "srt_url",
    "vtt_url",
    "transcript_url",
    "chapters_url",
];

/// The hashes of all files that a reel links to.
fn files_of(view: &Value) -> BTreeSet<&str> {
    let links = scenes(view).iter().flat_map(|scene| ["image_url", "clip_url", "voice_url"].map(|url| &scene[url]));
    let links = links.chain(PUBLISHED.iter().map(|url| &view["result"][url]));
    links.map(|link| link.as_str().unwrap().split('/').nth(2).unwrap()).collect()
}

fn result_of(job: &JobRow) -> Value {
    job.result.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_a_deleted_reel_go_and_those_of_others_stay() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let (gone, stays) = (app.made(&about("ebb")).await, app.made(&about("flow")).await);
        assert_eq!(app.collect().await, 0, "there is no garbage");
        let all = app.media();
        assert_eq!(app.delete(&gone).await, StatusCode::NO_CONTENT);
        let link = gone["result"]["video_url"].as_str().unwrap();
        assert_eq!(app.code_of(link).await, (410, "media_gone".to_owned()), "before its bytes are");
        assert_eq!(app.media(), all);
        let job = app.maintain(&Collect::default()).await;
        assert_eq!((result_of(&job)["blobs"].as_u64(), app.media()), (Some(0), all.clone()), "it was deleted just now");
        let removed = app.collect().await;
        assert_eq!(app.media().len() as u64 + removed, all.len() as u64);
        // Some bytes are the same for both, such as the voice of a sentence that both have.
        let (hers, others) = (files_of(&gone), files_of(&stays));
        let own: BTreeSet<_> = hers.difference(&others).collect();
        assert!(own.len() > 6, "{own:?}");
        assert_eq!(
            removed,
            own.len() as u64 + 4,
            "what only it had; its document, the text of that, the page, and that in small"
        );
        let left = app.media();
        assert!(
            own.iter().all(|hash| !left.contains_key(**hash)) && others.iter().all(|hash| left.contains_key(*hash))
        );

        let shown = app.show(&stays).await;
        for url in PUBLISHED {
            assert_eq!(app.get(shown["result"][url].as_str().unwrap()).bytes().await.0, StatusCode::OK, "{url}");
        }
        for scene in scenes(&shown) {
            for url in ["image_url", "clip_url", "voice_url"] {
                assert_eq!(app.get(scene[url].as_str().unwrap()).bytes().await.0, StatusCode::OK, "{url}");
            }
        }
        let (status, _) = app.get(link).of(&ada()).send().await;
        assert!(status == StatusCode::GONE || status == StatusCode::FORBIDDEN, "{status}");
        assert_eq!(app.collect().await, 0);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_can_be_used_again_after_it_was_removed() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let first = app.made(&about("ebb")).await;
    let spoken = fakes.voice.asked();
    assert_eq!(app.delete(&first).await, StatusCode::NO_CONTENT);
    app.collect().await;
    assert!(app.media().is_empty());
    let second = app.made(&about("ebb")).await;
    assert_ne!(second["id"], first["id"]);
    assert_eq!(fakes.voice.asked(), 2 * spoken, "nothing of the first is used");
    assert_eq!(app.collect().await, 0);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_which_nothing_is_made_goes_after_a_day() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let used = app.made(&about("flow")).await;
        let unused = app.document(&ada(), "unused.pdf", &pdf::fine()).await;
        let theirs = app.document(&omar(), "theirs.pdf", &pdf::fine()).await;
        let start = async |document: &Value| {
            let body = json!({ "document_id": document["id"] });
            app.post("/api/v1/reels").of(&ada()).json(&body).send().await
        };
        app.advance(Duration::from_mins(24 * 60 - 5)).await;
        assert_eq!(result_of(&app.maintain(&Retain::default()).await)["removed"]["documents"], Value::Null);
        assert_eq!(start(&theirs).await.0, StatusCode::NOT_FOUND);
        app.advance(Duration::from_mins(10)).await;
        let retained = result_of(&app.maintain(&Retain::default()).await);
        assert_eq!((&retained["removed"]["documents"], &retained["failed"]), (&json!(2), &json!({})), "{retained}");
        let (status, answer) = start(&unused).await;
        assert_eq!((status, &answer["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{answer}");
        let shown = app.show(&used).await;
        assert_eq!((&shown["state"], &shown["document"]["name"]), (&json!("done"), &json!("tides.pdf")));
        assert_eq!(app.collect().await, 2, "the file and its text, which both had");
        let (status, again) = start(&app.document(&ada(), "unused.pdf", &pdf::fine()).await).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{again}");
        app.stop(&again).await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reel_outlives_its_jobs_and_a_tombstone_has_an_end() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let (made, deleted) = (app.made(&about("flow")).await, app.made(&about("ebb")).await);
        let stopped = app.started(&about("calm"), json!({ "shape": "1:1" })).await;
        app.stop(&stopped).await;
        assert_eq!(app.delete(&deleted).await, StatusCode::NO_CONTENT);
        let tombstones = "SELECT id AS value FROM reels WHERE deleted_at IS NOT NULL";
        app.advance(29 * DAY).await;
        app.maintain(&Retain::default()).await;
        assert_eq!(app.texts(tombstones, &[]).await.len(), 1);
        assert_eq!(app.job(&made).await["state"], "succeeded");

        app.advance(2 * DAY).await;
        let retained = result_of(&app.maintain(&Retain::default()).await);
        assert_eq!((&retained["removed"]["reel"], &retained["failed"]), (&json!(1), &json!({})), "{retained}");
        assert_eq!(app.texts(tombstones, &[]).await.len(), 0);
        for reel in [&made, &stopped] {
            assert_eq!(app.code_of(&job_path(reel, "")).await, (404, "not_found".to_owned()));
            assert_eq!(app.retry(reel).await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(app.get("/api/v1/jobs").of(&ada()).send().await.1["items"], json!([]));
        let shown = app.show(&made).await;
        assert_eq!(
            (&shown["state"], &shown["error"], &shown["percent"]),
            (&json!("done"), &Value::Null, &json!(100.0))
        );
        assert_eq!(app.get(shown["result"]["video_url"].as_str().unwrap()).bytes().await.0, StatusCode::OK);
        assert_eq!(app.show(&stopped).await["state"], "failed", "nothing works on it, and there is nothing to play");
        let listed = app.get("/api/v1/reels?state=done").of(&ada()).send().await.1;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "the list says the same");

        // It can still be edited and rendered, and the one that was stopped be made. Results are kept for two days longer.
        app.advance(2 * DAY).await;
        app.maintain(&Retain::default()).await;
        app.collect().await;
        let before = fakes.voice.asked();
        app.edited(&made, 2, json!({ "text": "A month later." })).await;
        for reel in [&made, &stopped] {
            app.render(reel).await;
            let done = app.run_to_end(reel).await;
            assert_eq!((&done["state"], &done["result"]["current"]), (&json!("done"), &json!(true)), "{done}");
        }
        assert_eq!(fakes.voice.asked(), before + 1 + scenes(&app.show(&stopped).await).len());
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_row_that_cannot_be_deleted_stops_no_other() {
    let id = |number: i64| format!("01900000-0000-7000-8000-{number:012}");
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let now = app.app.platform.now().await.unwrap().as_millis();
        for number in 0..30 {
            let (id, at) = (id(number), now + number);
            let tombstone = format!(
                "INSERT INTO reels (id, owner, job_id, title, language, choices, address, created_at, updated_at, deleted_at)
                 VALUES ('{id}', 'ada', 'gone', '', 'en', '{{}}', '', {at}, {at}, {at})"
            );
            app.execute(&tombstone).await.unwrap();
        }
        let bad = [id(0), id(7), id(8)];
        for (number, reel) in bad.iter().enumerate() {
            let late = format!(
                "INSERT INTO scenes (id, owner, reel_id, position, script) VALUES ('late {number}', 'a b', '{reel}', 1, '{{}}')"
            );
            app.execute(&late).await.unwrap();
        }
        let draft = format!(
            "INSERT INTO capture_drafts (id, owner, request, job_id, texts, created_at)
             VALUES ('draft', 'ada', '{{}}', 'gone', '[]', {now})"
        );
        app.execute(&draft).await.unwrap();
        app.advance(31 * DAY).await;
        let retained = result_of(&app.maintain(&Retain::default()).await);
        assert_eq!(
            (
                &retained["removed"]["reel"],
                &retained["removed"]["capture"],
                &retained["passed_over"],
                &retained["failed"]
            ),
            (&json!(27), &json!(1), &json!({ "reel": 3 }), &json!({})),
            "{retained}"
        );
        assert_eq!(app.texts("SELECT id AS value FROM reels ORDER BY id", &[]).await, bad);
        let counted = app.app.engine.counters();
        assert!(counted.contains(&(Counter::MaintenanceFailures, "retain".to_owned(), 3)), "{counted:?}");
        app.execute("UPDATE scenes SET owner = 'ada'").await.unwrap();
        let mended = result_of(&app.maintain(&Retain::default()).await);
        assert_eq!((&mended["removed"]["reel"], &mended["passed_over"]), (&json!(3), &Value::Null), "{mended}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_lost_are_named_to_the_operator_and_can_be_made_again() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let made = app.made(&about("flow")).await;
        let whole = app.maintain(&Verify::default()).await;
        assert_eq!(
            (app.log_of(&whole).await, result_of(&whole)),
            (vec![], json!({ "without_row": 0, "uploads_without_row": 0 }))
        );
        let (clip, video) = (&scenes(&made)[1]["clip_url"], &made["result"]["video_url"]);
        for link in [clip, video] {
            std::fs::remove_file(app.file_behind(link)).unwrap();
        }
        let log = app.log_of(&app.maintain(&Verify::default()).await).await;
        let hash = |link: &Value| link.as_str().unwrap().split('/').nth(2).unwrap().to_owned();
        for (link, subject) in [(clip, &scenes(&made)[1]["id"]), (video, &made["id"])] {
            let line = format!("missing: {}, of reel {} of ada", hash(link), subject.as_str().unwrap());
            assert!(log.contains(&line), "{line} in {log:?}");
            assert_eq!(app.code_of(link.as_str().unwrap()).await, (410, "media_gone".to_owned()));
        }
        let drawn = fakes.tools.asked("frames");
        app.again(&ada(), &made).await.unwrap();
        let mended = app.run_to_end(&made).await;
        assert_eq!((&mended["state"], fakes.tools.asked("frames")), (&json!("done"), drawn + 1), "the lost clip alone");
        assert_eq!(app.get(mended["result"]["video_url"].as_str().unwrap()).bytes().await.0, StatusCode::OK);
        assert_eq!(app.log_of(&app.maintain(&Verify::default()).await).await, Vec::<String>::new());
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_runs_by_its_schedule_and_belongs_to_no_one_who_asks() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        // Each process says so when it starts.
        for _ in 0..2 {
            maintenance::schedule(&app.app.engine).await.unwrap();
        }
        app.run_jobs().await;
        let jobs = async |kind: &str| {
            let filter = Filter { kind: Some(kind.to_owned()), limit: 100, ..Filter::default() };
            app.app.engine.operator().list(&filter).await.unwrap()
        };
        let before = jobs("maintenance.collect").await.len();
        for _ in 0..6 {
            app.advance(Duration::from_mins(5)).await;
            app.run_jobs().await;
        }
        let collected = jobs("maintenance.collect").await;
        // One more if its time comes while this runs.
        let more = collected.len() - before;
        assert!((6..=7).contains(&more), "every five minutes, once however many processes there are: {more}");
        app.advance(DAY).await;
        app.run_jobs().await;
        for kind in ["maintenance.collect", "maintenance.retain", "maintenance.verify"] {
            let found = jobs(kind).await;
            assert!(!found.is_empty(), "{kind}");
            assert!(found.iter().all(|job| job.state.as_str() == "succeeded" && job.pool == "maintenance"), "{kind}");
            assert!(found.iter().all(|job| job.owner == OwnerId::system()), "{kind}");
        }
        let more = jobs("maintenance.collect").await.len() - collected.len();
        assert!((1..=2).contains(&more), "of a day in which nobody was there, the latest: {more}");
        for owner in [OwnerId::local(), ada()] {
            assert_eq!(app.get("/api/v1/jobs").of(&owner).send().await.1["items"], json!([]));
            let address = format!("/api/v1/jobs/{}", collected[0].id);
            assert_eq!(app.get(&address).of(&owner).send().await.0, StatusCode::NOT_FOUND);
            let cancel = app.post(&format!("{address}/cancel")).of(&owner).send().await;
            assert_eq!(cancel.0, StatusCode::NOT_FOUND);
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_keeps_nothing_else_from_going() {
    let (app, _fakes) = TestApp::faked(Dialect::Sqlite).await;
    let made = app.made(&about("flow")).await;
    app.document(&ada(), "unused.pdf", &pdf::fine()).await;
    app.advance(2 * DAY).await;
    // What was chosen for a reel cannot be understood any more.
    let broken: Result<u64, StoreError> = app.execute("UPDATE reels SET choices = '{}' WHERE owner = 'ada'").await;
    assert_eq!(broken.unwrap(), 1);
    let (status, answer) = app.get(&path(&made)).of(&ada()).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::INTERNAL_SERVER_ERROR, &json!("internal")), "{answer}");
    let retained = result_of(&app.maintain(&Retain::default()).await);
    assert_eq!((&retained["removed"]["documents"], &retained["failed"]), (&json!(1), &json!({})), "{retained}");
    assert_eq!(app.collect().await, 2);
    assert_eq!(app.delete(&made).await, StatusCode::NO_CONTENT, "what cannot be shown can be deleted");
    assert!(app.collect().await > 0);
    assert!(app.media().is_empty(), "{:?}", app.media());
    app.end().await;
}
