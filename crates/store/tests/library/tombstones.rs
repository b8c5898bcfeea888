//! Deleted reels: what goes with them, what is left for a while, and what another may do meanwhile.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::faults::Fault;
use sluice_store::reel::list::ReelFilter;
use sluice_store::reel::{self, ReelRow, SceneRow};
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::{Store, StoreError, Tx, documents, testing};
use sluice_testkit::TestStore;

use crate::write;
use crate::{
    ada, bring, hash, new_reel, omar, on_both, random, read, refused, scene, stored_document, stored_reel, usage,
};

on_both! {
    nothing_of_a_deleted_reel_is_left_but_that_it_was_asked_for
    a_reel_is_deleted_wholly_or_not_at_all
    a_key_means_one_request_of_one_owner_until_its_reel_is_deleted
    tombstones_go_in_batches_from_old_to_new_and_live_reels_stay
    what_a_job_still_writes_for_a_deleted_reel_goes_with_its_tombstone
    both_reels_of_a_document_may_be_deleted_at_once
    a_document_that_a_reel_stands_on_cannot_be_forgotten
}

async fn found(store: &Store, owner: &OwnerId, id: &ReelId) -> Option<ReelRow> {
    read(store, async |tx| reel::reel(tx, owner, id).await).await
}

/// A reel of Ada's with two scenes and a video, of 1, 10 and 100 bytes beside its document's 1,010.
async fn finished(store: &Store) -> ReelRow {
    let document = stored_document(store, &ada(), 1_000).await;
    write(store, async |tx| {
        let known = new_reel(tx, &document, 1).await?;
        let row = ReelRow { request: Some(("key".into(), "asked".into())), ..known };
        reel::insert_reel(tx, &row).await?;
        for place in 1..=2_u32 {
            let scene = scene(&row, place, "Tides");
            reel::insert_scene(tx, &scene).await?;
            bring(tx, &hash(place as usize), 10_u64.pow(place - 1)).await?;
            reel::set_scene_made(tx, &ada(), &scene.id, &json!({ "clip": hash(place as usize) })).await?;
        }
        bring(tx, &hash(3), 100).await?;
        reel::set_result(tx, &ada(), &row.id, &json!({ "video": hash(3), "clip": hash(1) })).await?;
        reel::use_result(tx, &ada(), &row.id, "voice:1").await?;
        Ok(row)
    })
    .await
}

async fn delete(store: &Store, row: &ReelRow) {
    write(store, async |tx| reel::delete_reel(tx, &row.owner, &row.id).await).await;
}

async fn nothing_of_a_deleted_reel_is_left_but_that_it_was_asked_for(test: &TestStore) {
    let store = test.store();
    let row = finished(store).await;
    assert_eq!(usage(store, &ada()).await, 1_121);
    write(store, async |tx| reel::delete_reel(tx, &omar(), &row.id).await).await;
    assert!(found(store, &ada(), &row.id).await.is_some(), "another's wish changes nothing");
    delete(store, &row).await;
    assert_eq!((found(store, &ada(), &row.id).await, usage(store, &ada()).await), (None, 0));
    let (scenes, by_key, document) = read(store, async |tx| {
        let scenes = reel::scenes(tx, &ada(), &row.id).await?;
        let by_key = reel::reel_of_request(tx, &ada(), "key").await?;
        Ok((scenes, by_key, documents::document(tx, &ada(), &row.document_id).await?))
    })
    .await;
    assert_eq!((scenes, by_key, document), (Vec::new(), None, None));
    let listed = read(store, async |tx| reel::list::listed(tx, &ada(), &ReelFilter::default(), 10).await).await;
    assert_eq!(listed, []);
    let left = "SELECT id || title || search || COALESCE(document_id, '') || COALESCE(request_key, '') ||
        COALESCE(request_hash, '') || COALESCE(result, '') AS value FROM reels WHERE owner = $1
        UNION ALL SELECT key FROM reel_results UNION ALL SELECT subject FROM blob_refs";
    let left = read(store, async |tx| testing::texts(tx, left, &["ada"]).await).await;
    assert_eq!(left, [row.id.to_string()]);

    let deleted_at = "SELECT CAST(deleted_at AS TEXT) AS value FROM reels WHERE owner = $1";
    let first = read(store, async |tx| testing::texts(tx, deleted_at, &["ada"]).await).await;
    store.advance_clock(Duration::from_hours(1)).await.unwrap();
    delete(store, &row).await;
    let again = read(store, async |tx| testing::texts(tx, deleted_at, &["ada"]).await).await;
    assert_eq!(again, first, "deleted twice, it does not stay longer");
}

async fn a_reel_is_deleted_wholly_or_not_at_all(test: &TestStore) {
    let store = test.store();
    let row = finished(store).await;
    let before = found(store, &ada(), &row.id).await;
    let named = async |tx: &mut Tx| {
        tx.at("delete");
        reel::delete_reel(tx, &ada(), &row.id).await
    };
    test.faults().plan("delete", Fault::BeforeCommit);
    assert_eq!(refused(store, named).await, "planned_failure");
    assert_eq!((found(store, &ada(), &row.id).await, usage(store, &ada()).await), (before, 1_121));
    let scenes = read(store, async |tx| reel::scenes(tx, &ada(), &row.id).await).await;
    assert_eq!(scenes.len(), 2);
    test.faults().plan("delete", Fault::LostReply);
    assert_eq!(refused(store, named).await, "planned_failure");
    assert_eq!((found(store, &ada(), &row.id).await, usage(store, &ada()).await), (None, 0));
    write(store, named).await;
}

async fn a_key_means_one_request_of_one_owner_until_its_reel_is_deleted(test: &TestStore) {
    let store = test.store();
    let hers = stored_document(store, &ada(), 10).await;
    let his = stored_document(store, &omar(), 20).await;
    let ask = async |document: &documents::DocumentRow, number: usize, key: Option<&str>| {
        let insert = async |tx: &mut Tx| {
            let known = new_reel(tx, document, number).await?;
            let row = ReelRow { request: key.map(|key| (key.to_owned(), format!("asked {number}"))), ..known };
            reel::insert_reel(tx, &row).await?;
            Ok::<_, StoreError>(row)
        };
        store.write(insert).await
    };
    let first = ask(&hers, 1, Some("key")).await.unwrap();
    let other = ask(&his, 2, Some("key")).await.unwrap();
    assert_eq!(ask(&hers, 3, Some("key")).await.unwrap_err().code(), "already_exists");
    // Without a key there is nothing that two requests could share.
    ask(&hers, 4, None).await.unwrap();
    ask(&hers, 5, None).await.unwrap();
    let of_key = async |owner: OwnerId| read(store, async |tx| reel::reel_of_request(tx, &owner, "key").await).await;
    assert_eq!((of_key(ada()).await, of_key(omar()).await), (Some(first.clone()), Some(other)));
    delete(store, &first).await;
    assert_eq!(of_key(ada()).await, None);
    let again = ask(&hers, 6, Some("key")).await.unwrap();
    assert_eq!(of_key(ada()).await.map(|row| row.request), Some(again.request));
}

async fn tombstones_go_in_batches_from_old_to_new_and_live_reels_stay(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let mut rows = Vec::new();
    for number in 0..7 {
        rows.push(stored_reel(store, &document, number).await);
    }
    for row in &rows[..5] {
        delete(store, row).await;
        store.advance_clock(Duration::from_mins(1)).await.unwrap();
    }
    let last = "SELECT CAST(deleted_at AS TEXT) AS value FROM reels WHERE id = $1";
    let last = read(store, async |tx| testing::texts(tx, last, &[rows[4].id.as_str()]).await).await;
    let before = Timestamp::from_millis(last[0].parse().unwrap());
    let forget = async |limit| {
        let oldest = async |tx: &mut Tx| {
            let ids = reel::tombstones(tx, before, 0, limit).await?;
            reel::forget_tombstones(tx, &ids).await
        };
        write(store, oldest).await
    };
    let left = async || {
        let query = "SELECT id AS value FROM reels WHERE owner = $1 ORDER BY id";
        read(store, async |tx| testing::texts(tx, query, &["ada"]).await).await
    };
    let behind = read(store, async |tx| reel::tombstones(tx, before, 1, 2).await).await;
    assert_eq!(behind, [rows[1].id.to_string(), rows[2].id.to_string()]);
    assert_eq!(forget(3).await, 3);
    assert_eq!(left().await, rows[3..].iter().map(|row| row.id.to_string()).collect::<Vec<_>>());
    assert_eq!((forget(3).await, forget(3).await), (1, 0), "the last one was deleted just then, not before");
    assert_eq!(left().await.len(), 3);
    assert!(found(store, &ada(), &rows[6].id).await.is_some());
    let none: [String; 0] = [];
    assert!(read(store, async |tx| reel::documents_in_use(tx, &none).await).await.is_empty());
}

async fn what_a_job_still_writes_for_a_deleted_reel_goes_with_its_tombstone(test: &TestStore) {
    let store = test.store();
    let row = finished(store).await;
    let other = stored_document(store, &ada(), 20).await;
    let other = stored_reel(store, &other, 2).await;
    for row in [&row, &other] {
        delete(store, row).await;
    }
    let late = SceneRow { id: SceneId::new(row.created_at, random(70)), ..scene(&row, 1, "Late") };
    write(store, async |tx| {
        bring(tx, &hash(9), 40).await?;
        reel::insert_scene(tx, &late).await?;
        reel::set_scene_made(tx, &ada(), &late.id, &json!({ "clip": hash(9) })).await?;
        reel::set_result(tx, &ada(), &row.id, &json!({ "video": hash(9) })).await?;
        reel::use_result(tx, &ada(), &row.id, "voice:2").await
    })
    .await;
    let used = "SELECT key AS value FROM reel_results WHERE key <> $1";
    assert_eq!(read(store, async |tx| testing::texts(tx, used, &[""]).await).await, [] as [String; 0]);
    assert_eq!(found(store, &ada(), &row.id).await, None, "it stays deleted");
    store.advance_clock(Duration::from_hours(1)).await.unwrap();
    let forget = async |tx: &mut Tx| {
        let now = tx.now().await?;
        let ids = reel::tombstones(tx, now, 0, 10).await?;
        reel::forget_tombstones(tx, &ids).await
    };
    assert_eq!(write(store, forget).await, 2);
    assert_eq!(read(store, async |tx| reel::scenes(tx, &ada(), &row.id).await).await, []);
    assert_eq!(usage(store, &ada()).await, 0, "its bytes are let go");
}

async fn both_reels_of_a_document_may_be_deleted_at_once(test: &TestStore) {
    let store = test.store();
    for round in 0..5 {
        let document = stored_document(store, &ada(), 100 + 10 * round).await;
        let rows = [stored_reel(store, &document, 2 * round).await, stored_reel(store, &document, 2 * round + 1).await];
        let others = [test.open_again().await, test.open_again().await];
        let delete = async |store: &Store, row: &ReelRow| {
            store.write(async |tx| reel::delete_reel(tx, &ada(), &row.id).await).await
        };
        let (one, two) = tokio::join!(delete(&others[0], &rows[0]), delete(&others[1], &rows[1]));
        one.unwrap();
        two.unwrap();
        for row in &rows {
            assert_eq!(found(store, &ada(), &row.id).await, None);
        }
        // Where each saw the other's reel, the document is one of which nothing was made, and goes with those.
        let id = [document.id.to_string()];
        assert!(read(store, async |tx| reel::documents_in_use(tx, &id).await).await.is_empty());
        write(store, async |tx| documents::forget(tx, &id).await).await;
        assert_eq!(usage(store, &ada()).await, 0);
        for other in others {
            other.close().await;
        }
    }
}

async fn a_document_that_a_reel_stands_on_cannot_be_forgotten(test: &TestStore) {
    let store = test.store();
    let used = stored_document(store, &ada(), 10).await;
    let unused = stored_document(store, &ada(), 20).await;
    let row = stored_reel(store, &used, 1).await;
    let both = [used.id.to_string(), unused.id.to_string()];
    let in_use = read(store, async |tx| reel::documents_in_use(tx, &both).await).await;
    assert_eq!(in_use.into_iter().collect::<Vec<_>>(), [used.id.to_string()]);
    assert_eq!(refused(store, async |tx| documents::forget(tx, &both).await).await, "database_failed");
    assert_eq!(usage(store, &ada()).await, 2_020, "all of that batch is as it was");
    let ids = [ReelId::new(row.created_at, random(8)).to_string(), unused.id.to_string()];
    assert_eq!(write(store, async |tx| documents::forget(tx, &ids).await).await, 1);
    assert_eq!(usage(store, &ada()).await, 1_010);
}
