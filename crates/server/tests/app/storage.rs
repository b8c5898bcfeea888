//! Keeping: from chunks to an archive to the transcript, by rules, on a clock that the test moves.

use std::io::Read as _;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::keeping::{Doing, Swept, sweep, verify};
use sluice_app::scribe::transcribe::TranscribeSession;
use sluice_domain::ids::OwnerId;
use sluice_engine::EnqueueOptions;
use sluice_store::scribe as rows;
use sluice_store::{Dialect, jobs};

use crate::bucket::Server;
use crate::damaged::ended;
use crate::links::in_bucket;
use crate::person::{ada, omar};
use crate::scribe::{Recording, bytes};
use crate::support::{BOTH, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn swept(app: &TestApp, doing: Doing) -> Swept {
    sweep(&app.app.keeper, doing, || false).await.unwrap()
}

/// A session of three chunks that has ended.
async fn recorded(app: &TestApp) -> Recording<'_> {
    let recording = Recording::begin(app).await;
    for number in 0..3 {
        assert_eq!(recording.put(number, &bytes(number)).await.status, StatusCode::CREATED);
    }
    recording.close(3).await;
    assert_eq!(recording.finish(false).await.json()["state"], "complete");
    recording
}

/// Gives it a transcript, as if it had been heard.
async fn written_down(app: &TestApp, recording: &Recording<'_>) {
    let word = |(number, text): (u64, &str)| json!({ "text": text, "start_ms": number * 300, "end_ms": number * 300 + 300, "confidence": 0.9 });
    let words: Vec<Value> = (0..).zip(["The", "tide", "turns."]).map(word).collect();
    let transcript = json!({ "language": "en", "made_by": [], "suppressed": [], "gaps": [], "length_ms": 90_000,
        "passages": [{ "segment": 0, "start_ms": 0, "end_ms": 900, "text": "The tide turns.", "words": words }] });
    let stored = app.app.platform.media.keep_bytes(transcript.to_string().into_bytes()).await.unwrap();
    let id = recording.id.parse().unwrap();
    let set = async |tx: &mut sluice_store::Tx| rows::set_transcript(tx, &ada(), &id, stored.hash.as_str()).await;
    assert!(app.app.platform.store.write(set).await.unwrap());
}

async fn collect(app: &TestApp) {
    app.advance(Duration::from_hours(1)).await;
    let job = sluice_app::maintenance::collect::Collect::default();
    app.app.engine.submit(&job, EnqueueOptions::of(&OwnerId::system())).await.unwrap();
    app.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_becomes_an_archive_and_is_restored_on_demand() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = recorded(&app).await;
        written_down(&app, &recording).await;
        let whole: Vec<u8> = (0..3).flat_map(bytes).collect();
        app.advance(DAY * 6).await;
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0, "it is hot for a week");
        app.advance(DAY + DAY).await;
        let dry = swept(&app, Doing::DryRun).await;
        assert_eq!((dry.moved.count, dry.items[0].rule.as_str()), (1, "hot for 7 days"));
        assert_eq!(recording.show().await["kept"]["tier"], "hot", "a dry run moves nothing");

        let moved = swept(&app, Doing::Moves).await;
        assert_eq!((moved.moved.count, moved.failed), (1, 0), "{moved:?}");
        collect(&app).await;
        let view = recording.show().await;
        let (kept, id) = (&view["kept"], recording.id.as_str());
        assert_eq!((&kept["tier"], &kept["moves"][0]["rule"]), (&json!("warm"), &json!("hot for 7 days")), "{view}");
        let archive = app.texts("SELECT archive AS value FROM scribe_sessions", &[]).await.remove(0);
        assert_eq!(app.media().len(), 2, "the archive and the transcript");
        let file = std::fs::File::open(&app.media()[&archive]).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(read("audio/segment-0.webm"), whole);
        assert!(String::from_utf8(read("transcript.txt")).unwrap().contains("The tide turns."));
        let metadata: Value = serde_json::from_slice(&read("metadata.json")).unwrap();
        assert_eq!((&metadata["id"], &metadata["segments"][0]["chunks"][2]["number"]), (&json!(id), &json!(2)));
        assert_eq!(verify(&app.app.keeper).await.unwrap().archives, 1);
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0);

        // Who listens gets it back, and is told so once.
        let audio = async || app.get(&recording.path("/segments/0/audio")).of(&ada()).answer().await;
        let (first, second) = (audio().await, audio().await);
        assert_eq!((&first.bytes, &second.bytes), (&whole, &whole));
        assert_eq!(
            (first.header("sluice-restored"), recording.show().await["kept"]["tier"].as_str()),
            ("archive", Some("hot"))
        );
        assert!(second.bytes == whole && recording.show().await["kept"]["moves"].as_array().unwrap().len() == 2);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_is_deleted_a_month_later_and_the_transcript_stays() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (recording, untold) = (recorded(&app).await, recorded(&app).await);
        written_down(&app, &recording).await;
        app.advance(DAY * 8).await;
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 2);
        app.advance(DAY * 29).await;
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0);
        app.advance(DAY * 2).await;
        let moved = swept(&app, Doing::Moves).await;
        assert_eq!(moved.moved.count, 1, "what nobody wrote down keeps its sound: {moved:?}");
        assert!(moved.moved.bytes_after < moved.moved.bytes_before, "{moved:?}");
        collect(&app).await;
        let view = recording.show().await;
        assert_eq!((&view["kept"]["tier"], &view["has_transcript"]), (&json!("cold"), &json!(true)), "{view}");
        assert_eq!(untold.show().await["kept"]["tier"], "warm");
        let gone = app.get(&recording.path("/segments/0/audio")).of(&ada()).answer().await;
        assert_eq!(gone.problem(), (410, "audio_deleted".to_owned()));
        let again = app.post(&recording.path("/transcribe")).of(&ada()).answer().await;
        assert_eq!(again.problem(), (410, "audio_deleted".to_owned()));
        let text = app.get(&recording.path("/transcript/txt")).of(&ada()).answer().await;
        assert!(text.text().contains("The tide turns."));
        let (_, report) = app.get("/api/v1/storage").of(&ada()).send().await;
        let tiers: Vec<_> = report["tiers"].as_array().unwrap().iter().map(|tier| &tier["tier"]).collect();
        assert_eq!((tiers, &report["count"]), (vec![&json!("warm"), &json!("cold")], &json!(2)), "{report}");
        assert_eq!(app.get("/api/v1/storage").of(&omar()).send().await.1["count"], 0);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_neither_moved_nor_deleted() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let recording = recorded(&app).await;
        app.advance(DAY * 8).await;
        for path in [recording.path("/hold"), "/api/v1/storage/hold".to_owned()] {
            let hold = app.ask(Method::PUT, &path).of(&ada()).json(&json!({ "reason": "A matter" })).answer().await;
            assert_eq!((hold.status, &hold.json()["reason"]), (StatusCode::OK, &json!("A matter")));
            let long =
                app.ask(Method::PUT, &path).of(&ada()).json(&json!({ "reason": "x".repeat(251) })).answer().await;
            assert_eq!(long.problem(), (422, "reason_too_long".to_owned()));
            for none in [json!({}), json!({ "reason": "" }), json!({ "reason": " \n" })] {
                let answer = app.ask(Method::PUT, &path).of(&ada()).json(&none).answer().await;
                assert_eq!(answer.problem(), (422, "no_reason".to_owned()), "{none}");
            }
            assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0);
            let deleted = app.ask(Method::DELETE, &recording.path("")).of(&ada()).answer().await;
            assert_eq!(deleted.problem(), (409, "session_held".to_owned()));
            assert_eq!(recording.show().await["kept"]["held"], true);
            assert_eq!(app.ask(Method::DELETE, &path).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
        }
        assert_eq!(app.ask(Method::DELETE, &recording.path("/hold")).of(&omar()).send().await.0, StatusCode::NOT_FOUND);
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 1);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_was_damaged_is_named_and_never_the_reason_to_delete() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let recording = recorded(&app).await;
    app.advance(DAY * 8).await;
    assert_eq!(swept(&app, Doing::Moves).await.moved.count, 1);
    let archive = app.texts("SELECT archive AS value FROM scribe_sessions", &[]).await.remove(0);
    let file = &app.media()[&archive];
    let mut damaged = std::fs::read(file).unwrap();
    let at = damaged.windows(7).position(|bytes| bytes == b"chunk 1").unwrap();
    damaged[at] ^= 1;
    // Published files are read-only.
    std::fs::remove_file(file).unwrap();
    std::fs::write(file, damaged).unwrap();
    let verified = verify(&app.app.keeper).await.unwrap();
    assert_eq!((verified.archives, verified.wrong.len(), verified.wrong[0].2.as_str()), (1, 1, recording.id.as_str()));
    let audio = async || app.get(&recording.path("/segments/0/audio")).of(&ada()).answer().await;
    assert_eq!(audio().await.problem(), (500, "bad_archive".to_owned()));
    std::fs::remove_file(file).unwrap();
    let missing = audio().await;
    assert_eq!(missing.problem(), (500, "bad_archive".to_owned()), "{}", missing.text());
    assert!(missing.text().contains("backup"), "{}", missing.text());
    assert_eq!(recording.show().await["kept"]["tier"], "warm");
    // Who has it written down is told the same.
    assert_eq!(app.post(&recording.path("/transcribe")).of(&ada()).answer().await.status, StatusCode::ACCEPTED);
    let view = ended(&recording).await;
    assert_eq!(view["error"]["code"], "bad_archive", "{view}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_archive_is_the_only_copy_and_stays_however_old_it_is() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (damaged, whole) = (recorded(&app).await, recorded(&app).await);
        for recording in [&damaged, &whole] {
            written_down(&app, recording).await;
        }
        app.advance(DAY * 8).await;
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 2);
        let of_session = "SELECT archive AS value FROM scribe_sessions WHERE id = $1";
        let archive = app.texts(of_session, &[&damaged.id]).await.remove(0);
        let file = app.media()[&archive].clone();
        let mut bytes = std::fs::read(&file).unwrap();
        let at = bytes.windows(7).position(|bytes| bytes == b"chunk 1").unwrap();
        bytes[at] ^= 1;
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(verify(&app.app.keeper).await.unwrap().wrong.len(), 1);
        let asked = app.get(&damaged.path("/segments/0/audio")).of(&ada()).answer().await;
        assert_eq!(asked.problem(), (500, "bad_archive".to_owned()), "{}", asked.text());
        assert!(asked.text().contains("backup"), "{}", asked.text());

        app.advance(DAY * 31).await;
        for doing in [Doing::DryRun, Doing::Moves, Doing::Moves] {
            let swept = swept(&app, doing).await;
            assert_eq!(swept.failed, 1, "{doing:?}: {swept:?}");
            let stays = swept.items.iter().find(|item| item.subject == damaged.id).unwrap();
            let error = stays.error.as_deref().unwrap_or_default();
            assert!(error.contains("chunk 1") && error.contains("nothing was deleted"), "{doing:?}: {error}");
            assert!(swept.items.iter().all(|item| item.subject == damaged.id || item.error.is_none()), "{swept:?}");
        }
        assert_eq!(whole.show().await["kept"]["tier"], "cold", "it stops no other");
        collect(&app).await;
        assert_eq!(damaged.show().await["kept"]["tier"], "warm");
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "what is left of it can still be repaired");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_in_a_bucket_is_compared_as_it_is_there() {
    let server = Server::start().await;
    let app = in_bucket(&server, &[]).await;
    let recording = recorded(&app).await;
    app.advance(DAY * 8).await;
    assert_eq!(swept(&app, Doing::Moves).await.moved.count, 1);
    assert!(verify(&app.app.keeper).await.unwrap().wrong.is_empty());
    let archive = app.texts("SELECT archive AS value FROM scribe_sessions", &[]).await.remove(0);
    let object = server.object(&archive.parse().unwrap());
    let mut damaged = std::fs::read(&object).unwrap();
    let at = damaged.windows(7).position(|bytes| bytes == b"chunk 1").unwrap();
    damaged[at] ^= 1;
    std::fs::write(&object, damaged).unwrap();
    let verified = verify(&app.app.keeper).await.unwrap();
    assert_eq!(verified.wrong.len(), 1, "the local copy is good, what is in the bucket is not");
    assert_eq!(verified.wrong[0].2, recording.id.as_str());
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_failed_keeps_the_sound_for_longer_than_its_own_row() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let recording = recorded(&app).await;
    let id = recording.id.as_str();
    let session = id.parse().unwrap();
    let options = EnqueueOptions { subject: Some(id.to_owned()), ..EnqueueOptions::of(&ada()) };
    let job = app.app.engine.submit(&TranscribeSession { session }, options).await.unwrap();
    app.app.platform.store.write(async |tx| jobs::cancel(tx, &ada(), &job).await).await.unwrap();
    for _ in 0..60 {
        app.advance(DAY).await;
        assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0);
    }
    assert_eq!(app.execute("DELETE FROM jobs WHERE subject <> ''").await.unwrap(), 1);
    assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0, "nothing was made since");
    assert_eq!(recording.show().await["kept"]["tier"], "hot");
    app.end().await;
}

fn periods_of(recording: &Recording<'_>) -> String {
    format!("/api/v1/storage/periods/scribe/{}", recording.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sessions_own_days_win_over_its_owners_and_these_over_the_installations() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (hers, longer, held) = (recorded(&app).await, recorded(&app).await, recorded(&app).await);
        let set = async |path: &str, owner: OwnerId, days: Value| {
            let answer = app.ask(Method::PUT, path).of(&owner).json(&days).answer().await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            answer.json()
        };
        let all = "/api/v1/storage/periods/scribe";
        let shown = set(all, ada(), json!({ "hot": 2, "warm": 10 })).await;
        assert_eq!(shown["hot"], json!({ "days": 2, "set_by": "owner", "shortest": 1, "longest": 365 }), "{shown}");
        set(all, omar(), json!({ "hot": 100 })).await;
        let shown = set(&periods_of(&longer), ada(), json!({ "hot": 20 })).await;
        let whose = (&shown["hot"]["set_by"], &shown["warm"]["set_by"], &shown["subject"]);
        assert_eq!(whose, (&json!("subject"), &json!("owner"), &json!(longer.id)), "{shown}");
        set(&periods_of(&held), ada(), json!({ "hot": 1 })).await;
        let reason = json!({ "reason": "A matter" });
        let hold = app.ask(Method::PUT, &held.path("/hold")).of(&ada()).json(&reason).answer().await;
        assert_eq!(hold.status, StatusCode::OK);
        // One of somebody else, who keeps it for longer.
        let moved = app
            .execute(&format!("UPDATE scribe_sessions SET owner = 'omar' WHERE id = '{}'", recorded(&app).await.id))
            .await;
        assert_eq!(moved.unwrap(), 1);

        app.advance(DAY * 3).await;
        let named = async |doing| {
            let swept = swept(&app, doing).await;
            swept.items.into_iter().map(|item| (item.subject, item.rule)).collect::<Vec<_>>()
        };
        let first = [(hers.id.clone(), "hot for 2 days".to_owned())];
        assert_eq!(named(Doing::DryRun).await, first);
        assert_eq!(named(Doing::Moves).await, first);
        assert_eq!(hers.show().await["kept"]["moves"][0]["rule"], "hot for 2 days");
        app.advance(DAY * 15).await;
        assert_eq!(named(Doing::DryRun).await, [], "not hers, which nobody wrote down, nor the others");
        app.advance(DAY * 3).await;
        assert_eq!(named(Doing::Moves).await, [(longer.id.clone(), "hot for 20 days".to_owned())]);

        let (_, report) = app.get("/api/v1/storage").of(&ada()).send().await;
        let kept = &report["periods"][0];
        assert_eq!(
            (&kept["app"], &kept["warm"]["days"], &kept["exceptions"]),
            (&json!("scribe"), &json!(10), &json!(2))
        );
        assert_eq!(app.ask(Method::DELETE, all).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
        let again = app.get(all).of(&ada()).send().await.1;
        assert_eq!((&again["hot"]["days"], &again["hot"]["set_by"]), (&json!(7), &json!("installation")), "{again}");
        let one = app.get(&periods_of(&longer)).of(&ada()).send().await.1;
        assert_eq!((&one["hot"]["days"], &one["warm"]["set_by"]), (&json!(20), &json!("installation")), "{one}");
        assert_eq!(app.ask(Method::DELETE, &periods_of(&longer)).of(&ada()).send().await.0, StatusCode::NO_CONTENT);
        assert_eq!(app.get(&periods_of(&longer)).of(&ada()).send().await.1["hot"]["set_by"], "installation");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_set_within_bounds_and_for_ones_own_alone() {
    let app =
        TestApp::open_with(Dialect::Sqlite, &["--keep-least", "3", "--keep-most", "20", "--keep-warm", "forever"])
            .await;
    let recording = recorded(&app).await;
    let one = periods_of(&recording);
    let put = async |path: &str, owner: OwnerId, days: Value| {
        app.ask(Method::PUT, path).of(&owner).json(&days).answer().await
    };
    for path in [one.as_str(), "/api/v1/storage/periods/scribe"] {
        for (days, pointer) in
            [(json!({ "hot": 2 }), "/hot"), (json!({ "hot": 21 }), "/hot"), (json!({ "warm": 2 }), "/warm")]
        {
            let answer = put(path, ada(), days).await;
            assert_eq!(answer.problem(), (422, "period_out_of_bounds".to_owned()), "{}", answer.text());
            assert_eq!(answer.json()["pointer"], pointer);
        }
        for days in [json!({ "hot": 0 }), json!({ "hot": 36_501 }), json!({ "cold": 5 }), json!({ "hot": "5" })] {
            assert_eq!(put(path, ada(), days).await.problem(), (400, "bad_request".to_owned()));
        }
        assert_eq!(put(path, ada(), json!({ "hot": 20, "warm": 36_500 })).await.status, StatusCode::OK);
    }
    let shown = app.get(&one).of(&ada()).send().await.1;
    assert_eq!(shown["warm"], json!({ "days": 36_500, "set_by": "subject", "shortest": 3, "longest": 36_500 }));
    for nothing in [one.as_str(), "/api/v1/storage/periods/scribe/none", "/api/v1/storage/periods/tides"] {
        let asked = [
            app.get(nothing),
            app.ask(Method::PUT, nothing).json(&json!({ "hot": 5 })),
            app.ask(Method::DELETE, nothing),
        ];
        for ask in asked {
            assert_eq!(ask.of(&omar()).answer().await.problem(), (404, "not_found".to_owned()), "{nothing}");
        }
    }
    assert_eq!(app.get(&one).of(&ada()).send().await.1, shown, "as it was");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_periods_are_settings() {
    let app = TestApp::open_with(Dialect::Sqlite, &["--keep-hot", "1", "--keep-warm", "forever"]).await;
    let recording = recorded(&app).await;
    written_down(&app, &recording).await;
    app.advance(DAY * 2).await;
    assert_eq!(swept(&app, Doing::Moves).await.moved.count, 1);
    app.advance(DAY * 4_000).await;
    assert_eq!(swept(&app, Doing::Moves).await.moved.count, 0);
    app.end().await;
}
