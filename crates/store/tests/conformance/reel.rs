//! Reel's tables.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::language::Language;
use sluice_store::documents::{self, DocumentRow};
use sluice_store::reel::list::ReelFilter;
use sluice_store::reel::{self, ReelRow, SceneChange, SceneRow};
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::{Store, StoreError, Tx, results};

use crate::documents::document;
use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_reel_comes_back_as_it_was_stored_and_to_its_owner_alone,
    what_is_written_with_another_owner_changes_nothing,
    the_same_key_of_two_owners_is_two_requests,
    a_deleted_reel_leaves_its_key_and_counts_for_its_address,
    a_document_goes_with_its_last_reel,
    results_go_with_the_last_reel_that_uses_them,
    scenes_keep_their_ids_when_their_order_changes,
    a_scene_keeps_what_it_was_before_a_person_changed_it,
    a_deleted_scene_leaves_the_others_and_no_reference,
    that_a_person_changed_a_storyboard_is_known_until_it_is_written_anew,
    lists_have_the_newest_first,
);

async fn stored_document(tx: &mut Tx, owner: &OwnerId, digit: char, random: u8) -> Result<DocumentRow, StoreError> {
    let row = document(tx, owner, digit, random).await?;
    documents::insert_document(tx, &row).await?;
    Ok(row)
}

async fn stored_reel(tx: &mut Tx, document: &DocumentRow, random: u8, key: &str) -> Result<ReelRow, StoreError> {
    let now = tx.now().await?;
    let row = ReelRow {
        id: ReelId::new(now, [random; 10]),
        owner: document.owner.clone(),
        document_id: document.id.clone(),
        job_id: JobId::new(now, [random; 10]),
        title: "Tides".to_owned(),
        language: Language::ARABIC,
        choices: json!({ "mode": "summary" }),
        script_source: None,
        script_note: None,
        edited: false,
        result: None,
        address: "127.0.0.1".to_owned(),
        request: Some((key.to_owned(), "hash".to_owned())),
        created_at: now,
        updated_at: now,
    };
    reel::insert_reel(tx, &row).await?;
    Ok(row)
}

async fn stored_scenes(tx: &mut Tx, of: &ReelRow, count: u8) -> Result<Vec<SceneRow>, StoreError> {
    let mut rows = Vec::new();
    for position in 1..=count {
        let row = SceneRow {
            id: SceneId::new(of.created_at, [position; 10]),
            owner: of.owner.clone(),
            reel_id: of.id.clone(),
            position: position.into(),
            script: json!({ "heading": format!("Scene {position}") }),
            edited: false,
            original: None,
            job_id: None,
            made: None,
        };
        reel::insert_scene(tx, &row).await?;
        rows.push(row);
    }
    Ok(rows)
}

/// A reel of Ada's with three scenes.
async fn three_scenes(store: &Store) -> (ReelRow, Vec<SceneRow>) {
    let made = store
        .write(async |tx| {
            let document = stored_document(tx, &ada(), 'a', 1).await?;
            let reel = stored_reel(tx, &document, 1, "one").await?;
            let scenes = stored_scenes(tx, &reel, 3).await?;
            Ok::<_, StoreError>((reel, scenes))
        })
        .await;
    made.unwrap()
}

async fn look(store: &Store, owner: &OwnerId, id: &ReelId) -> (Option<ReelRow>, Vec<SceneRow>) {
    let found = store
        .read(async |tx| Ok::<_, StoreError>((reel::reel(tx, owner, id).await?, reel::scenes(tx, owner, id).await?)))
        .await;
    found.unwrap()
}

async fn a_reel_comes_back_as_it_was_stored_and_to_its_owner_alone(store: &Store) {
    let (row, scenes) = three_scenes(store).await;
    assert_eq!(look(store, &ada(), &row.id).await, (Some(row.clone()), scenes.clone()));
    assert_eq!(look(store, &omar(), &row.id).await, (None, Vec::new()));

    let job = JobId::new(row.created_at, [9; 10]);
    store.advance_clock(Duration::from_secs(5)).await.unwrap();
    store
        .write(async |tx| {
            reel::set_script(tx, &ada(), &row.id, "Ebb and flow", "extract").await?;
            reel::set_script_note(tx, &ada(), &row.id, &json!({ "asked": 2 })).await?;
            reel::set_reel_job(tx, &ada(), &row.id, &job).await?;
            reel::set_result(tx, &ada(), &row.id, &json!({ "video": "…" })).await?;
            reel::edit_scene(tx, &ada(), &scenes[0].id, &change(json!({ "heading": "Mine" }))).await?;
            reel::set_scene_job(tx, &ada(), &scenes[1].id, &job).await?;
            reel::set_scene_made(tx, &ada(), &scenes[2].id, &json!({ "clip": "…" })).await
        })
        .await
        .unwrap();
    let (found, now) = look(store, &ada(), &row.id).await;
    let found = found.unwrap();
    assert_eq!((&*found.title, found.script_source.as_deref()), ("Ebb and flow", Some("extract")));
    assert_eq!(found.script_note, Some(json!({ "asked": 2 })));
    assert_eq!((&found.job_id, &found.result), (&job, &Some(json!({ "video": "…" }))));
    assert!(found.updated_at > row.updated_at && found.created_at == row.created_at);
    assert_eq!((now[0].edited, &now[0].script), (true, &json!({ "heading": "Mine" })));
    assert_eq!((now[1].edited, now[1].job_id.as_ref()), (false, Some(&job)));
    assert_eq!(now[2].made, Some(json!({ "clip": "…" })));
    store.write(async |tx| reel::clear_scenes(tx, &ada(), &row.id).await).await.unwrap();
    assert_eq!(look(store, &ada(), &row.id).await.1, Vec::new());
}

/// What a person makes of a scene.
fn change(script: Value) -> SceneChange {
    SceneChange { script, original: None, edited: true }
}

async fn what_is_written_with_another_owner_changes_nothing(store: &Store) {
    let (row, scenes) = three_scenes(store).await;
    let before = look(store, &ada(), &row.id).await;
    let job = JobId::new(row.created_at, [9; 10]);
    let order: Vec<SceneId> = scenes.iter().rev().map(|scene| scene.id.clone()).collect();
    store
        .write(async |tx| {
            let owner = omar();
            reel::set_script(tx, &owner, &row.id, "Taken", "extract").await?;
            reel::set_script_note(tx, &owner, &row.id, &json!({})).await?;
            reel::set_reel_job(tx, &owner, &row.id, &job).await?;
            reel::set_result(tx, &owner, &row.id, &json!({})).await?;
            reel::edit_scene(tx, &owner, &scenes[0].id, &change(json!({}))).await?;
            reel::order_scenes(tx, &owner, &order).await?;
            reel::set_scene_job(tx, &owner, &scenes[0].id, &job).await?;
            reel::set_scene_made(tx, &owner, &scenes[0].id, &json!({})).await?;
            reel::use_result(tx, &owner, &row.id, "key").await?;
            reel::clear_scenes(tx, &owner, &row.id).await?;
            reel::delete_reel(tx, &owner, &row.id).await
        })
        .await
        .unwrap();
    assert_eq!(look(store, &ada(), &row.id).await, before);
    assert_eq!(listed(store, &omar(), 10).await, [] as [ReelId; 0]);
}

async fn the_same_key_of_two_owners_is_two_requests(store: &Store) {
    let (hers, his) = store
        .write(async |tx| {
            let one = stored_document(tx, &ada(), 'a', 1).await?;
            let other = stored_document(tx, &omar(), 'a', 2).await?;
            Ok::<_, StoreError>((stored_reel(tx, &one, 1, "key").await?, stored_reel(tx, &other, 2, "key").await?))
        })
        .await
        .unwrap();
    let of = async |owner: OwnerId, key: &str| {
        store.read(async |tx| reel::reel_of_request(tx, &owner, key).await).await.unwrap().map(|row| row.id)
    };
    assert_eq!((of(ada(), "key").await, of(omar(), "key").await), (Some(hers.id.clone()), Some(his.id)));
    assert_eq!(of(ada(), "another").await, None);
    let again = store
        .write(async |tx| {
            let document = documents::document(tx, &ada(), &hers.document_id).await?.unwrap();
            stored_reel(tx, &document, 3, "key").await
        })
        .await;
    assert!(again.is_err(), "an owner's key is used once");
}

async fn a_deleted_reel_leaves_its_key_and_counts_for_its_address(store: &Store) {
    let (row, _) = three_scenes(store).await;
    let all_of = async |owner: OwnerId| store.read(async |tx| reel::reels_of(tx, &owner, 9).await).await.unwrap();
    assert_eq!((all_of(ada()).await, all_of(omar()).await), (vec![row.id.clone()], Vec::new()));
    store
        .write(async |tx| {
            reel::delete_reel(tx, &ada(), &row.id).await?;
            reel::delete_reel(tx, &ada(), &row.id).await
        })
        .await
        .unwrap();
    assert_eq!(look(store, &ada(), &row.id).await, (None, Vec::new()));
    assert!(all_of(ada()).await.is_empty());
    let again = store
        .write(async |tx| {
            let document = stored_document(tx, &ada(), 'a', 7).await?;
            stored_reel(tx, &document, 7, "one").await
        })
        .await;
    assert!(again.is_ok(), "the key of a deleted reel is free: {again:?}");
}

async fn a_document_goes_with_its_last_reel(store: &Store) {
    let (document, first, second) = store
        .write(async |tx| {
            let document = stored_document(tx, &ada(), 'a', 1).await?;
            let (one, two) = (stored_reel(tx, &document, 1, "one").await?, stored_reel(tx, &document, 2, "two").await?);
            Ok::<_, StoreError>((document, one, two))
        })
        .await
        .unwrap();
    let mut there = Vec::new();
    let used = async || {
        let ids = [document.id.to_string()];
        store.read(async |tx| reel::documents_in_use(tx, &ids).await).await.unwrap().len()
    };
    assert_eq!(used().await, 1);
    for reel in [first, second] {
        store.write(async |tx| reel::delete_reel(tx, &ada(), &reel.id).await).await.unwrap();
        let found = store.read(async |tx| documents::document(tx, &ada(), &document.id).await).await.unwrap();
        there.push(found.is_some());
    }
    assert_eq!((there, used().await), (vec![true, false], 0));
    store.advance_clock(Duration::from_hours(1)).await.unwrap();
    let forget = async || {
        let forget = async |tx: &mut Tx| {
            let now = tx.now().await?;
            let ids = reel::tombstones(tx, now, 0, 1).await?;
            reel::forget_tombstones(tx, &ids).await
        };
        store.write::<_, StoreError, _>(forget).await.unwrap()
    };
    assert_eq!((forget().await, forget().await, forget().await), (1, 1, 0));
}

async fn results_go_with_the_last_reel_that_uses_them(store: &Store) {
    let (first, second) = store
        .write(async |tx| {
            let one = stored_document(tx, &ada(), 'a', 1).await?;
            let other = stored_document(tx, &omar(), 'a', 2).await?;
            let (one, other) = (stored_reel(tx, &one, 1, "one").await?, stored_reel(tx, &other, 2, "two").await?);
            for key in ["shared", "hers"] {
                results::store(tx, key, "clip", &Value::Null).await?;
                reel::use_result(tx, &ada(), &one.id, key).await?;
                reel::use_result(tx, &ada(), &one.id, key).await?;
            }
            reel::use_result(tx, &omar(), &other.id, "shared").await?;
            Ok::<_, StoreError>((one, other))
        })
        .await
        .unwrap();
    let left = async || {
        let mut left = Vec::new();
        for key in ["shared", "hers"] {
            left.push(store.read(async |tx| results::find(tx, key).await).await.unwrap().is_some());
        }
        left
    };
    assert_eq!(left().await, [true, true]);
    store.write(async |tx| reel::delete_reel(tx, &ada(), &first.id).await).await.unwrap();
    assert_eq!(left().await, [true, false]);
    store.write(async |tx| reel::delete_reel(tx, &omar(), &second.id).await).await.unwrap();
    assert_eq!(left().await, [false, false]);
}

async fn scenes_keep_their_ids_when_their_order_changes(store: &Store) {
    let (row, scenes) = three_scenes(store).await;
    let order = [&scenes[2], &scenes[0], &scenes[1]].map(|scene| scene.id.clone());
    store.write(async |tx| reel::order_scenes(tx, &ada(), &order).await).await.unwrap();
    let found = look(store, &ada(), &row.id).await.1;
    let found: Vec<_> = found.into_iter().map(|scene| (scene.position, scene.id)).collect();
    assert_eq!(found, [1, 2, 3].into_iter().zip(order).collect::<Vec<_>>());
}

async fn a_scene_keeps_what_it_was_before_a_person_changed_it(store: &Store) {
    let (row, scenes) = three_scenes(store).await;
    let change = |edited| SceneChange {
        script: json!({ "heading": if edited { "Mine" } else { "Tides" } }),
        original: Some(json!({ "heading": "Tides" })),
        edited,
    };
    let mut seen = Vec::new();
    for (owner, edited) in [(ada(), true), (omar(), false), (ada(), false)] {
        store.write(async |tx| reel::edit_scene(tx, &owner, &scenes[1].id, &change(edited)).await).await.unwrap();
        let now = look(store, &ada(), &row.id).await.1.remove(1);
        assert_eq!(now.original, Some(json!({ "heading": "Tides" })));
        seen.push((now.script["heading"].clone(), now.edited));
    }
    let mine = (json!("Mine"), true);
    assert_eq!(seen, [mine.clone(), mine, (json!("Tides"), false)], "another owner changes nothing");
}

async fn a_deleted_scene_leaves_the_others_and_no_reference(store: &Store) {
    let (row, scenes) = three_scenes(store).await;
    store.write(async |tx| reel::delete_scene(tx, &omar(), &scenes[0].id).await).await.unwrap();
    assert_eq!(look(store, &ada(), &row.id).await.1.len(), 3, "another owner deletes nothing");
    store
        .write(async |tx| {
            reel::delete_scene(tx, &ada(), &scenes[0].id).await?;
            reel::order_scenes(tx, &ada(), &[scenes[1].id.clone(), scenes[2].id.clone()]).await
        })
        .await
        .unwrap();
    let left = look(store, &ada(), &row.id).await.1;
    let left: Vec<_> = left.into_iter().map(|scene| (scene.position, scene.id)).collect();
    assert_eq!(left, [(1, scenes[1].id.clone()), (2, scenes[2].id.clone())]);
    let again = store.write(async |tx| reel::delete_scene(tx, &ada(), &scenes[0].id).await).await;
    assert!(again.is_ok(), "what is gone is gone");
}

async fn that_a_person_changed_a_storyboard_is_known_until_it_is_written_anew(store: &Store) {
    let (row, _) = three_scenes(store).await;
    for (owner, edited, wanted) in [(ada(), true, true), (omar(), false, true), (ada(), false, false)] {
        let locked = store
            .write(async |tx| {
                reel::set_edited(tx, &owner, &row.id, edited).await?;
                reel::lock_reel(tx, &ada(), &row.id).await
            })
            .await
            .unwrap();
        assert_eq!(locked.map(|reel| reel.edited), Some(wanted));
    }
    let theirs = store.write(async |tx| reel::lock_reel(tx, &omar(), &row.id).await).await.unwrap();
    assert_eq!(theirs, None);
}

async fn listed(store: &Store, owner: &OwnerId, limit: u32) -> Vec<ReelId> {
    let filter = ReelFilter::default();
    let rows = store.read(async |tx| reel::list::listed(tx, owner, &filter, limit).await).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

async fn lists_have_the_newest_first(store: &Store) {
    let mut made = Vec::new();
    for random in 1..=3 {
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
        let row = store
            .write(async |tx| {
                let document =
                    match documents::document_of_blob(tx, &ada(), &"a".repeat(64), false, "ada a.pdf").await? {
                        Some(document) => document,
                        None => stored_document(tx, &ada(), 'a', 1).await?,
                    };
                stored_reel(tx, &document, random, &random.to_string()).await
            })
            .await
            .unwrap();
        made.push(row.id);
    }
    assert_eq!(listed(store, &ada(), 2).await, [made[2].clone(), made[1].clone()]);
}
