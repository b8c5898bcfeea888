//! Errors: the same class on both databases, a stable code, and whether it helps to try again.

use std::collections::BTreeSet;

use serde_json::json;
use sluice_domain::ids::JobId;
use sluice_store::faults::Fault;
use sluice_store::{Database, Dialect, Options, PostgresUrl, Store, StoreError, Tx, documents, events, reel, testing};
use sluice_testkit::TestStore;

use crate::{ada, insert_document, on_both, random, read, refused, scene, stored_document, stored_reel, write};

on_both! {
    what_the_database_refuses_has_the_same_class_on_both
    an_unreadable_row_says_what_and_stops_nothing_but_itself
    a_database_that_takes_no_writes_says_so_and_still_reads
    an_error_of_the_callers_own_undoes_the_unit_of_work
    of_a_unit_of_work_that_is_refused_nothing_is_kept
    a_planned_failure_happens_once_where_it_was_planned
    a_closed_database_refuses_and_does_not_hang
    a_value_that_is_refused_harms_no_later_statement_of_another_unit
}

fn one_of_each() -> Vec<StoreError> {
    let job: JobId = "00000000-0000-7000-8000-000000000000".parse().unwrap();
    vec![
        StoreError::LeaseLost { job: job.clone() },
        StoreError::NoSuchJob { job: job.clone() },
        StoreError::IdempotencyConflict { key: "k".into() },
        StoreError::PayloadTooLarge { bytes: 1 },
        StoreError::NotRetryable { job: job.clone(), state: "running" },
        StoreError::DiskFull,
        StoreError::ReadOnly,
        StoreError::CannotOpen { path: "a.db".into(), source: "cause".into() },
        StoreError::Unreachable("cause".into()),
        StoreError::Contended("cause".into()),
        StoreError::BadSchedule { cron: "* *".into(), why: "too few fields".into() },
        StoreError::BadRate { why: "zero".into() },
        StoreError::NoSuchDependency { job },
        StoreError::BlobGone { hash: "ab".into() },
        StoreError::Interrupted,
        StoreError::NewerSchema { module: "core".into(), found: 2, known: 1 },
        StoreError::SchemaGap { module: "core", version: 1 },
        StoreError::SchemaEdited { module: "core", version: 1 },
        StoreError::SchemaUnknown,
        StoreError::Damaged("cause".into()),
        StoreError::Unreadable { what: "it".into() },
        StoreError::NotStorable { what: "it is too long".into() },
        StoreError::AlreadyExists("cause".into()),
        StoreError::Planned { point: "here" },
        StoreError::Database("cause".into()),
    ]
}

#[test]
fn every_error_has_a_code_of_its_own_and_a_message_without_its_cause() {
    let errors = one_of_each();
    let codes: BTreeSet<&str> = errors.iter().map(StoreError::code).collect();
    assert_eq!(codes.len(), errors.len(), "{codes:?}");
    for error in &errors {
        assert!(error.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", error.code());
        let message = error.to_string();
        assert!(!message.is_empty() && !message.contains("cause"), "{message}");
        let carries = format!("{error:?}").contains("cause");
        assert_eq!(std::error::Error::source(error).is_some(), carries, "{}", error.code());
    }
    let outages: Vec<&str> = errors.iter().filter(|error| error.is_outage()).map(StoreError::code).collect();
    let expected = [
        "disk_full",
        "read_only",
        "cannot_open",
        "database_unreachable",
        "contended",
        "interrupted",
        "planned_failure",
    ];
    assert_eq!(outages, expected);
}

#[test]
fn those_who_share_a_commit_get_the_same_class_or_hear_what_it_was() {
    for error in one_of_each() {
        let again = error.again();
        let shared = matches!(
            error,
            StoreError::DiskFull
                | StoreError::ReadOnly
                | StoreError::Planned { .. }
                | StoreError::Interrupted
                | StoreError::Contended(_)
                | StoreError::Unreachable(_)
        );
        assert_eq!(again.code(), if shared { error.code() } else { "database_failed" });
        assert!(!shared || again.is_outage());
        if !shared {
            let cause = std::error::Error::source(&again).unwrap().to_string();
            assert!(cause.contains(&error.to_string()), "{cause}");
        }
    }
}

async fn what_the_database_refuses_has_the_same_class_on_both(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let cases = [
        ("INSERT INTO clock (id, offset_ms) VALUES (1, 5)", "already_exists"),
        ("INSERT INTO streams (owner, last) VALUES ('x', 1), ('x', 2)", "already_exists"),
        ("INSERT INTO clock (id, offset_ms) VALUES (2, 5)", "database_failed"),
        ("INSERT INTO streams (owner, last) VALUES ('', 1)", "database_failed"),
        ("INSERT INTO streams (owner, last) VALUES ('y', NULL)", "database_failed"),
        ("INSERT INTO streams (owner) VALUES ('y')", "database_failed"),
        ("INSERT INTO streams (owner, last) VALUES ('y', 'many')", "database_failed"),
        ("INSERT INTO reel_results (reel_id, key) VALUES ('no reel', 'k')", "database_failed"),
        ("DELETE FROM blobs", "database_failed"),
        ("SELECT * FROM no_such_table", "database_failed"),
        ("no statement at all", "database_failed"),
    ];
    for (statement, code) in cases {
        let error = store.execute(statement).await.expect_err(statement);
        assert_eq!((error.code(), error.is_outage()), (code, false), "{statement}: {error:?}");
    }
    let again = refused(store, async |tx| insert_document(tx, &document).await).await;
    assert_eq!(again, "already_exists");
    assert_eq!(
        store.execute("UPDATE clock SET offset_ms = 0 WHERE id = 7").await.unwrap(),
        0,
        "and nothing is nothing"
    );
}

async fn an_unreadable_row_says_what_and_stops_nothing_but_itself(test: &TestStore) {
    let store = test.store();
    let good = stored_document(store, &ada(), 10).await;
    let bad = stored_document(store, &ada(), 20).await;
    let row = stored_reel(store, &good, 1).await;
    let scene = scene(&row, 1, "Tides");
    write(store, async |tx| reel::insert_scene(tx, &scene).await).await;
    let code = |error: StoreError| {
        assert!(!error.is_outage());
        (error.code(), error.to_string())
    };
    for (set, what) in [("found = 'nonsense'", "found"), ("found = '{'", "found"), ("found = ''", "found")] {
        store.execute(&format!("UPDATE documents SET {set} WHERE id = '{}'", bad.id)).await.unwrap();
        let error = store.read(async |tx| documents::document(tx, &ada(), &bad.id).await).await.unwrap_err();
        let (code, message) = code(error);
        assert_eq!(code, "unreadable_row");
        assert!(message.contains(what) && message.contains("this version cannot read"), "{message}");
    }
    assert_eq!(read(store, async |tx| documents::document(tx, &ada(), &good.id).await).await, Some(good.clone()));
    for set in ["script = '['", "made = 'x'", "job_id = 'no id'"] {
        let column = set.split(' ').next().unwrap();
        store.execute(&format!("UPDATE scenes SET {set}")).await.unwrap();
        let error = store.read(async |tx| reel::scenes(tx, &ada(), &row.id).await).await.unwrap_err();
        let (code, message) = code(error);
        assert!(code == "unreadable_row" && message.contains(column), "{message}");
        let mended = "UPDATE scenes SET script = '{\"heading\":\"Tides\"}', made = NULL, job_id = NULL";
        store.execute(mended).await.unwrap();
        assert_eq!(read(store, async |tx| reel::scenes(tx, &ada(), &row.id).await).await, std::slice::from_ref(&scene));
    }
    // A row that cannot be read can be deleted all the same.
    store.execute("UPDATE reels SET choices = '{'").await.unwrap();
    write(store, async |tx| reel::delete_reel(tx, &ada(), &row.id).await).await;
    let ids = [bad.id.to_string()];
    assert_eq!(write(store, async |tx| documents::forget(tx, &ids).await).await, 1);
}

async fn a_database_that_takes_no_writes_says_so_and_still_reads(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let emit = async || store.write(async |tx| events::emit(tx, &ada(), "test", "a", &json!({}))).await;
    test.set_read_only(true).await;
    let error = emit().await.unwrap_err();
    assert_eq!((error.code(), error.is_outage()), ("read_only", true));
    assert_eq!(read(store, async |tx| documents::document(tx, &ada(), &document.id).await).await, Some(document));
    test.set_read_only(false).await;
    emit().await.unwrap();
    assert_eq!(read(store, async |tx| events::last(tx, &ada()).await).await, 1);
}

#[derive(Debug, thiserror::Error)]
enum CallersError {
    #[error("no more than two")]
    Enough,
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn an_error_of_the_callers_own_undoes_the_unit_of_work(test: &TestStore) {
    let store = test.store();
    let add = async |name: &str, limit: i64| {
        let add = async |tx: &mut Tx| {
            events::emit(tx, &ada(), "test", "a", &json!({}))?;
            let insert = "INSERT INTO pauses (scope, name, reason, since) VALUES ('kind', $1, '', 1)";
            testing::run(tx, insert, &[name]).await?;
            if events::last(tx, &ada()).await? >= limit { Err(CallersError::Enough) } else { Ok(()) }
        };
        store.write(add).await
    };
    assert!(matches!(add("a", 0).await, Err(CallersError::Enough)));
    assert_eq!(read(store, async |tx| events::last(tx, &ada()).await).await, 0);
    add("a", 1).await.unwrap();
    assert!(matches!(add("b", 1).await, Err(CallersError::Enough)));
    let error: Result<(), CallersError> = store
        .write(async |tx| {
            testing::run(tx, "no statement", &[]).await?;
            Ok(())
        })
        .await;
    assert!(matches!(error, Err(CallersError::Store(StoreError::Database(_)))));
    let names = "SELECT name AS value FROM pauses WHERE scope = $1";
    let names = read(store, async |tx| testing::texts(tx, names, &["kind"]).await).await;
    assert_eq!((names.len(), read(store, async |tx| events::last(tx, &ada()).await).await), (1, 1));
}

async fn of_a_unit_of_work_that_is_refused_nothing_is_kept(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let row = stored_reel(store, &document, 1).await;
    let work = async |tx: &mut Tx| {
        events::emit(tx, &ada(), "test", "a", &json!({}))?;
        reel::set_script(tx, &ada(), &row.id, "Another title", "extract").await?;
        // The caller looks at the error and goes on; what was refused may not be half kept on one of the databases.
        let twice = insert_document(tx, &document).await;
        assert_eq!(twice.as_ref().map_err(StoreError::code), Err("already_exists"));
        twice
    };
    assert_eq!(refused(store, work).await, "already_exists");
    let title = read(store, async |tx| reel::reel(tx, &ada(), &row.id).await).await.unwrap().title;
    assert_eq!((title, read(store, async |tx| events::last(tx, &ada()).await).await), (row.title, 0));
}

async fn a_planned_failure_happens_once_where_it_was_planned(test: &TestStore) {
    let store = test.store();
    let at = async |point: &'static str| {
        let emit = async |tx: &mut Tx| {
            tx.at(point);
            events::emit(tx, &ada(), "test", point, &json!({}))
        };
        store.write(emit).await.map_err(|error| error.to_string())
    };
    test.faults().plan("second", Fault::BeforeCommit);
    test.faults().plan("second", Fault::LostReply);
    at("first").await.unwrap();
    let planned = Err("planned failure at \"second\"".to_owned());
    assert_eq!((at("second").await, at("second").await, at("second").await), (planned.clone(), planned, Ok(())));
    let log = read(store, async |tx| events::after(tx, &ada(), 0, 10).await).await;
    let subjects: Vec<_> = log.iter().map(|event| event.subject.as_str()).collect();
    assert_eq!(subjects, ["first", "second", "second"], "one was undone, of the other only the reply was lost");
}

async fn a_closed_database_refuses_and_does_not_hang(test: &TestStore) {
    let other = test.open_again().await;
    let twin = other.clone();
    write(&other, async |tx| events::emit(tx, &ada(), "test", "a", &json!({}))).await;
    other.close().await;
    let look = async {
        for _ in 0..10 {
            twin.read(async |tx| events::last(tx, &ada()).await).await.unwrap_err();
        }
        twin.close().await;
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), look).await.expect("an answer");
    assert_eq!(read(test.store(), async |tx| events::last(tx, &ada()).await).await, 1, "others are not closed with it");
}

async fn a_value_that_is_refused_harms_no_later_statement_of_another_unit(test: &TestStore) {
    let store = test.store();
    for n in 0..40_usize {
        let bad = store.execute("INSERT INTO streams (owner, last) VALUES ('', 1)");
        let good = async |tx: &mut Tx| {
            let now = tx.now().await?;
            events::emit(tx, &ada(), "test", JobId::new(now, random(n)).as_str(), &json!(n))
        };
        let (bad, good) = tokio::join!(bad, store.write(good));
        assert_eq!(bad.unwrap_err().code(), "database_failed");
        good.unwrap();
    }
    let log = read(store, async |tx| events::after(tx, &ada(), 0, 100).await).await;
    assert!(log.iter().map(|event| event.data.as_u64().unwrap()).eq(0..40));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_said_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let host = folder.path().display();
    for url in [format!("postgres://sluice:secret@localhost/x?host={host}"), "no address:secret".to_owned()] {
        let database = Database::Postgres(PostgresUrl { url, direct: None });
        assert!(!format!("{database:?}").contains("secret"));
        let error = Store::open_with(&database, Options::default()).await.err().unwrap();
        assert_eq!((error.code(), error.is_outage()), ("database_unreachable", true));
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_is_left_behind() {
    let test = TestStore::open_on(Dialect::Sqlite).await;
    let store = test.store();
    store.limit_free_pages(0).await.unwrap();
    let long = json!({ "long": "x".repeat(200_000) });
    let keep = async || store.write(async |tx| sluice_store::results::store(tx, "k", "clip", &long).await).await;
    for _ in 0..2 {
        let error = keep().await.unwrap_err();
        assert_eq!((error.code(), error.is_outage()), ("disk_full", true));
    }
    assert_eq!(read(store, async |tx| sluice_store::results::find(tx, "k").await).await, None);
    store.limit_free_pages(10_000).await.unwrap();
    keep().await.unwrap();
    assert_eq!(read(store, async |tx| sluice_store::results::find(tx, "k").await).await, Some(long));
    test.end().await;
}
