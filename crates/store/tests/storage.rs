//! The database file: what opens, and what is refused.

use std::path::Path;
use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, NewJob};
use sluice_store::{Store, StoreError, Tx, events, retention};

fn new_job(now: Timestamp) -> NewJob {
    NewJob {
        id: JobId::new(now, [3; 10]),
        kind: "test.row".into(),
        pool: "default".into(),
        stage: "first".into(),
        payload: "{}".into(),
        owner: OwnerId::local(),
        subject: String::new(),
        parent: None,
        priority: 0,
        delay: Duration::ZERO,
        max_attempts: 3,
        idle_ttl: None,
        idempotency_key: None,
        after: Vec::new(),
        limit_key: None,
        need: jobs::Need::default(),
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sluice.db");
    let store = Store::open(&path).await.unwrap();
    let job = store
        .write(async |tx| {
            let new = new_job(tx.now().await?);
            jobs::enqueue(tx, &new).await
        })
        .await
        .unwrap();
    drop(store);
    let store = Store::open(&path).await.unwrap();
    assert!(store.read(async |tx| jobs::operator::find(tx, &job).await).await.unwrap().is_some());
}

#[tokio::test]
async fn the_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sluice.db");
    drop(Store::open(&path).await.unwrap());
    // As an earlier version left it.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(&path).await.unwrap();
    for file in ["sluice.db", "sluice.db-wal", "sluice.db-shm"] {
        let mode = folder.path().join(file).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sluice.db");
    std::fs::write(&path, "dear diary, ".repeat(1000)).unwrap();
    let error = Store::open(&path).await.err().unwrap();
    assert_eq!(error.code(), "database_damaged");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("dear diary"));
}

#[tokio::test]
async fn a_path_that_cannot_be_opened_is_named() {
    let error = Store::open(Path::new("/nowhere/at/all/sluice.db")).await.err().unwrap();
    assert!(error.to_string().contains("/nowhere/at/all/sluice.db"), "{error}");
}

#[tokio::test]
async fn a_reader_sees_one_moment_and_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("sluice.db")).await.unwrap();
    let emit = async |subject: &str| {
        let data = serde_json::json!({});
        store.write(async |tx| events::emit(tx, &OwnerId::local(), "test", subject, &data)).await.unwrap();
    };
    emit("before").await;
    store
        .read(async |tx| {
            emit("meanwhile").await;
            let seen = events::after(tx, &OwnerId::local(), 0, 10).await?;
            assert_eq!(seen.len(), 1, "what is committed meanwhile is not seen");
            let refused = events::emit(tx, &OwnerId::local(), "test", "by a reader", &serde_json::json!({}));
            assert_eq!(refused.unwrap_err().code(), "read_only");
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert_eq!(store.read(async |tx| events::after(tx, &OwnerId::local(), 0, 10).await).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_unit_of_work_whose_task_is_stopped_leaves_nothing_and_blocks_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("sluice.db")).await.unwrap();
    let data = serde_json::json!({});
    {
        let (inside, is_inside) = tokio::sync::oneshot::channel();
        let stopped = store.write_once(async |tx| {
            events::emit(tx, &OwnerId::local(), "test", "half", &data)?;
            inside.send(()).unwrap();
            std::future::pending::<Result<(), StoreError>>().await
        });
        tokio::select! {
            _ = stopped => unreachable!("it never ends"),
            _ = is_inside => {}
        }
    }
    store.write(async |tx| events::emit(tx, &OwnerId::local(), "test", "whole", &data)).await.unwrap();
    let seen = store.read(async |tx| events::after(tx, &OwnerId::local(), 0, 10).await).await.unwrap();
    assert_eq!(seen.iter().map(|event| event.subject.as_str()).collect::<Vec<_>>(), ["whole"]);
}

#[tokio::test]
async fn finished_jobs_and_old_events_are_forgotten_and_unfinished_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("sluice.db")).await.unwrap();
    let (whole, part) = store
        .write(async |tx| {
            let whole = new_job(tx.now().await?);
            let part = NewJob {
                id: JobId::new(tx.now().await?, [4; 10]),
                parent: Some(whole.id.clone()),
                ..new_job(tx.now().await?)
            };
            Ok::<_, StoreError>((jobs::enqueue(tx, &whole).await?, jobs::enqueue(tx, &part).await?))
        })
        .await
        .unwrap();
    let later = async || {
        store.advance_clock(Duration::from_hours(1)).await.unwrap();
        store.now().await.unwrap()
    };
    let now = later().await;
    let forget = async |now| {
        let forget_all = async |tx: &mut Tx| {
            let mut removed = 0;
            for family in retention::finished_jobs(tx, "", now, 10).await?.families {
                removed += retention::forget_family(tx, &family, now, 10).await?.removed;
            }
            Ok::<_, StoreError>(removed)
        };
        store.write(forget_all).await.unwrap()
    };
    assert_eq!(forget(now).await, 0);
    store.write(async |tx| jobs::operator::cancel(tx, &whole).await).await.unwrap();
    let now = later().await;
    assert_eq!(forget(now).await, 2);
    assert!(
        store.read(async |tx| jobs::operator::find(tx, &part).await).await.unwrap().is_none(),
        "it goes with the whole"
    );
    assert_eq!(
        store.write(async |tx| retention::forget_events(tx, "", now, 100).await).await.unwrap().removed,
        2,
        "a row for each commit"
    );
    assert!(store.read(async |tx| events::after(tx, &OwnerId::local(), 0, 10).await).await.unwrap().is_empty());
}
