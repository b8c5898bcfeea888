//! A storyboard that is edited, replaced and published: all of it or nothing, and of what there is at that moment.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::JobId;
use sluice_store::faults::Fault;
use sluice_store::reel::{self, ReelRow, SceneChange, SceneRow};
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::{Store, StoreError, Tx, blobs};
use sluice_testkit::TestStore;

use crate::{
    Dice, ada, bring, hash, nested, omar, on_both, random, read, refused, scene, stored_document, stored_reel,
};
use crate::{usage, write};

on_both! {
    replacing_a_storyboard_gives_the_new_or_keeps_the_old
    the_old_video_stays_until_the_new_one_takes_its_place
    publishing_compares_the_storyboard_inside_its_unit_of_work
    what_is_made_for_scenes_that_are_gone_is_kept_nowhere
    an_edited_scene_keeps_its_old_parts_until_it_is_rendered
    scenes_are_put_into_any_order_and_back
    a_place_is_held_by_one_scene
    a_scene_belongs_to_a_reel_that_there_is
    what_could_not_be_read_again_is_refused_by_every_writer
}

const DOCUMENT: u64 = 1_010;

/// A reel of Ada's with three rendered scenes, of 1, 10 and 100 bytes.
async fn rendered(store: &Store) -> (ReelRow, Vec<SceneRow>) {
    let document = stored_document(store, &ada(), 1_000).await;
    let row = stored_reel(store, &document, 1).await;
    write(store, async |tx| {
        for place in 1..=3_u32 {
            let scene = scene(&row, place, &format!("Scene {place}"));
            reel::insert_scene(tx, &scene).await?;
            bring(tx, &hash(place as usize), 10_u64.pow(place - 1)).await?;
            reel::set_scene_made(tx, &ada(), &scene.id, &json!({ "clip": hash(place as usize) })).await?;
        }
        Ok(())
    })
    .await;
    let scenes = scenes(store, &row.id).await;
    (row, scenes)
}

async fn scenes(store: &Store, id: &ReelId) -> Vec<SceneRow> {
    read(store, async |tx| reel::scenes(tx, &ada(), id).await).await
}

async fn result(store: &Store, id: &ReelId) -> Option<Value> {
    read(store, async |tx| reel::reel(tx, &ada(), id).await).await.unwrap().result
}

/// What takes the place of the scenes: two new ones, one of them with the parts of an old one.
async fn replace(tx: &mut Tx, row: &ReelRow, job: &JobId) -> Result<(), StoreError> {
    tx.at("replace");
    reel::clear_scenes(tx, &row.owner, &row.id).await?;
    for place in 1..=2_u32 {
        let new =
            SceneRow { id: SceneId::new(row.created_at, random(50 + place as usize)), ..scene(row, place, "New") };
        reel::insert_scene(tx, &new).await?;
        reel::set_scene_job(tx, &row.owner, &new.id, job).await?;
        if place == 1 {
            reel::set_scene_made(tx, &row.owner, &new.id, &json!({ "clip": hash(3) })).await?;
        }
    }
    reel::set_reel_job(tx, &row.owner, &row.id, job).await
}

async fn replacing_a_storyboard_gives_the_new_or_keeps_the_old(test: &TestStore) {
    let store = test.store();
    let (row, before) = rendered(store).await;
    let job = JobId::new(row.created_at, random(9));
    let state = async || (scenes(store, &row.id).await, usage(store, &ada()).await);
    assert_eq!(state().await, (before.clone(), DOCUMENT + 111));

    test.faults().plan("replace", Fault::BeforeCommit);
    assert_eq!(refused(store, async |tx| replace(tx, &row, &job).await).await, "planned_failure");
    assert_eq!(state().await, (before.clone(), DOCUMENT + 111));
    let stopped = async |tx: &mut Tx| {
        replace(tx, &row, &job).await?;
        // The same place once more: refused by the database, in the midst of it.
        reel::insert_scene(tx, &scene(&row, 2, "Twice")).await
    };
    assert_eq!(refused(store, stopped).await, "already_exists");
    assert_eq!(state().await, (before.clone(), DOCUMENT + 111), "nothing of it was kept");
    let found = read(store, async |tx| reel::reel(tx, &ada(), &row.id).await).await.unwrap();
    assert_eq!(found.job_id, row.job_id);

    test.faults().plan("replace", Fault::LostReply);
    assert_eq!(refused(store, async |tx| replace(tx, &row, &job).await).await, "planned_failure");
    let (now, bytes) = state().await;
    let headings: Vec<_> = now.iter().map(|scene| (&scene.script["heading"], scene.job_id.as_ref())).collect();
    assert_eq!(headings, [(&json!("New"), Some(&job)); 2]);
    assert_eq!(bytes, DOCUMENT + 100, "the parts that are used again stay, and no others");
    assert!(read(store, async |tx| blobs::is_referenced(tx, &hash(3)).await).await);
    assert!(!read(store, async |tx| blobs::is_referenced(tx, &hash(1)).await).await);
}

async fn the_old_video_stays_until_the_new_one_takes_its_place(test: &TestStore) {
    let store = test.store();
    let (row, _) = rendered(store).await;
    let files = |numbers: &[usize]| json!({ "files": numbers.iter().map(|n| hash(*n)).collect::<Vec<_>>() });
    write(store, async |tx| {
        for (number, bytes) in [(11, 1_000_000), (12, 2_000_000), (13, 4_000_000)] {
            bring(tx, &hash(number), bytes).await?;
        }
        reel::set_result(tx, &ada(), &row.id, &files(&[11, 12])).await
    })
    .await;
    assert_eq!(usage(store, &ada()).await, DOCUMENT + 111 + 3_000_000);
    let job = JobId::new(row.created_at, random(9));
    write(store, async |tx| replace(tx, &row, &job).await).await;
    assert_eq!(result(store, &row.id).await, Some(files(&[11, 12])), "whatever becomes of the new one");
    assert_eq!(usage(store, &ada()).await, DOCUMENT + 100 + 3_000_000);
    let gone = store.write(async |tx| reel::set_result(tx, &ada(), &row.id, &files(&[12, 99])).await).await;
    assert!(matches!(gone, Err(StoreError::BlobGone { hash: gone }) if gone == hash(99)));
    assert_eq!(result(store, &row.id).await, Some(files(&[11, 12])), "a video without its bytes is not shown");
    write(store, async |tx| reel::set_result(tx, &ada(), &row.id, &files(&[12, 13])).await).await;
    assert_eq!(result(store, &row.id).await, Some(files(&[12, 13])));
    assert_eq!(usage(store, &ada()).await, DOCUMENT + 100 + 6_000_000);
}

/// Shows the video of these headings if they are what there is in this unit of work, as a job does that publishes.
async fn publish(tx: &mut Tx, row: &ReelRow, assembled: &[String], job: &JobId) -> Result<bool, StoreError> {
    let Some(now) = reel::reel(tx, &row.owner, &row.id).await? else { return Ok(false) };
    if now.job_id != *job || headings(&reel::scenes(tx, &row.owner, &row.id).await?) != assembled {
        return Ok(false);
    }
    reel::set_result(tx, &row.owner, &row.id, &json!({ "shows": assembled })).await?;
    Ok(true)
}

fn headings(scenes: &[SceneRow]) -> Vec<String> {
    scenes.iter().map(|scene| scene.script["heading"].as_str().unwrap().to_owned()).collect()
}

async fn publishing_compares_the_storyboard_inside_its_unit_of_work(test: &TestStore) {
    let store = test.store();
    let (row, first) = rendered(store).await;
    let other = test.open_again().await;
    let edits: [&dyn Fn() -> Value; 2] = [&|| json!({ "heading": "Mine" }), &|| json!({ "heading": "Mine, too" })];
    for (at, edit) in edits.iter().enumerate() {
        let assembled = headings(&scenes(store, &row.id).await);
        // While it is put together, another process edits a scene.
        write(&other, async |tx| reel::edit_scene(tx, &ada(), &first[at].id, &change(edit())).await).await;
        assert!(!write(store, async |tx| publish(tx, &row, &assembled, &row.job_id).await).await);
        assert_eq!(result(store, &row.id).await, None);
    }
    let order = [1, 0, 2].map(|n: usize| first[n].id.clone());
    let assembled = headings(&scenes(store, &row.id).await);
    write(&other, async |tx| reel::order_scenes(tx, &ada(), &order).await).await;
    assert!(!write(store, async |tx| publish(tx, &row, &assembled, &row.job_id).await).await, "another order");
    let assembled = headings(&scenes(store, &row.id).await);
    let newer = JobId::new(row.created_at, random(9));
    write(&other, async |tx| reel::set_reel_job(tx, &ada(), &row.id, &newer).await).await;
    assert!(!write(store, async |tx| publish(tx, &row, &assembled, &row.job_id).await).await, "another is in charge");
    assert!(write(store, async |tx| publish(tx, &row, &assembled, &newer).await).await);
    assert_eq!(result(store, &row.id).await, Some(json!({ "shows": ["Mine, too", "Mine", "Scene 3"] })));
    write(&other, async |tx| reel::delete_reel(tx, &ada(), &row.id).await).await;
    assert!(!write(store, async |tx| publish(tx, &row, &assembled, &newer).await).await, "it is gone");
    other.close().await;
}

async fn what_is_made_for_scenes_that_are_gone_is_kept_nowhere(test: &TestStore) {
    let store = test.store();
    let (row, before) = rendered(store).await;
    write(store, async |tx| bring(tx, &hash(20), 7).await).await;
    let late = json!({ "clip": hash(20) });
    write(store, async |tx| {
        reel::clear_scenes(tx, &ada(), &row.id).await?;
        // A job of one of them ends only now.
        reel::set_scene_made(tx, &ada(), &before[0].id, &late).await?;
        reel::set_scene_job(tx, &ada(), &before[1].id, &row.job_id).await?;
        reel::edit_scene(tx, &ada(), &before[2].id, &change(json!({ "heading": "Late" }))).await
    })
    .await;
    assert_eq!((scenes(store, &row.id).await, usage(store, &ada()).await), (Vec::new(), DOCUMENT));
    write(store, async |tx| reel::delete_reel(tx, &ada(), &row.id).await).await;
    write(store, async |tx| {
        reel::set_result(tx, &ada(), &row.id, &late).await?;
        reel::use_result(tx, &ada(), &row.id, "key").await
    })
    .await;
    assert_eq!(usage(store, &ada()).await, 0, "nor for a reel that is gone");
    assert!(!read(store, async |tx| blobs::is_referenced(tx, &hash(20)).await).await);
}

async fn an_edited_scene_keeps_its_old_parts_until_it_is_rendered(test: &TestStore) {
    let store = test.store();
    let (row, before) = rendered(store).await;
    write(store, async |tx| reel::edit_scene(tx, &ada(), &before[1].id, &change(json!({ "heading": "Mine" }))).await)
        .await;
    let now = scenes(store, &row.id).await;
    assert_eq!((now[1].edited, &now[1].made), (true, &before[1].made));
    assert_eq!((&now[0], &now[2]), (&before[0], &before[2]), "the others are as they were");
    assert_eq!(usage(store, &ada()).await, DOCUMENT + 111);
    write(store, async |tx| {
        bring(tx, &hash(20), 7_000).await?;
        reel::set_scene_made(tx, &ada(), &before[1].id, &json!({ "clip": hash(20), "again": hash(20) })).await
    })
    .await;
    assert_eq!(usage(store, &ada()).await, DOCUMENT + 7_101);
    let untouched = async |tx: &mut Tx| {
        reel::edit_scene(tx, &omar(), &before[1].id, &change(json!({ "heading": "His" }))).await?;
        reel::set_scene_made(tx, &omar(), &before[1].id, &json!({ "clip": hash(1) })).await
    };
    let known = scenes(store, &row.id).await;
    write(store, untouched).await;
    assert_eq!((scenes(store, &row.id).await, usage(store, &omar()).await), (known, 0));
}

async fn scenes_are_put_into_any_order_and_back(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 1_000).await;
    let row = stored_reel(store, &document, 1).await;
    let made: Vec<SceneRow> = (1..=7).map(|place| scene(&row, place, &format!("{place}"))).collect();
    write(store, async |tx| {
        for scene in &made {
            reel::insert_scene(tx, scene).await?;
        }
        Ok(())
    })
    .await;
    let mut dice = Dice::new(3);
    let mut order: Vec<SceneId> = made.iter().map(|scene| scene.id.clone()).collect();
    for _ in 0..12 {
        for last in (1..order.len()).rev() {
            order.swap(last, dice.below(last + 1));
        }
        write(store, async |tx| reel::order_scenes(tx, &ada(), &order).await).await;
        let found = scenes(store, &row.id).await;
        assert!(found.iter().map(|scene| scene.position).eq(1..=7), "without gaps");
        assert!(found.iter().map(|scene| &scene.id).eq(&order));
    }
    let unknown = [SceneId::new(row.created_at, random(99))];
    write(store, async |tx| reel::order_scenes(tx, &ada(), &unknown).await).await;
    assert!(scenes(store, &row.id).await.iter().map(|scene| &scene.id).eq(&order));
}

async fn a_place_is_held_by_one_scene(test: &TestStore) {
    let store = test.store();
    let (row, before) = rendered(store).await;
    let twice = SceneRow { id: SceneId::new(row.created_at, random(40)), ..scene(&row, 3, "Twice") };
    assert_eq!(refused(store, async |tx| reel::insert_scene(tx, &twice).await).await, "already_exists");
    let same = SceneRow { position: 4, ..before[0].clone() };
    assert_eq!(refused(store, async |tx| reel::insert_scene(tx, &same).await).await, "already_exists");
    // An order that leaves one out would put two into one place.
    let partial = [before[2].id.clone()];
    assert_eq!(refused(store, async |tx| reel::order_scenes(tx, &ada(), &partial).await).await, "already_exists");
    assert_eq!(scenes(store, &row.id).await, before);
}

async fn a_scene_belongs_to_a_reel_that_there_is(test: &TestStore) {
    let store = test.store();
    let (row, before) = rendered(store).await;
    let nowhere = ReelRow { id: ReelId::new(row.created_at, random(77)), ..row.clone() };
    let lost = SceneRow { id: SceneId::new(row.created_at, random(40)), ..scene(&nowhere, 1, "Lost") };
    assert_eq!(refused(store, async |tx| reel::insert_scene(tx, &lost).await).await, "database_failed");
    let other = ReelRow { document_id: "00000000-0000-7000-8000-000000000000".parse().unwrap(), ..nowhere };
    assert_eq!(refused(store, async |tx| reel::insert_reel(tx, &other).await).await, "database_failed");
    assert_eq!(scenes(store, &row.id).await, before);
}

async fn what_could_not_be_read_again_is_refused_by_every_writer(test: &TestStore) {
    let store = test.store();
    let (row, before) = rendered(store).await;
    store.advance_clock(Duration::from_secs(1)).await.unwrap();
    let new = ReelRow { id: ReelId::new(row.created_at, random(2)), ..row.clone() };
    let long = Dice::new(9).letters(513);
    let (deep, place) = (nested(101), scene(&row, 9, "Deep"));
    let codes = [
        refused(store, async |tx| reel::insert_reel(tx, &ReelRow { choices: deep.clone(), ..new.clone() }).await).await,
        refused(store, async |tx| reel::insert_reel(tx, &ReelRow { address: long.clone(), ..new.clone() }).await).await,
        refused(store, async |tx| {
            let request = Some((long.clone(), "hash".to_owned()));
            reel::insert_reel(tx, &ReelRow { request, ..new.clone() }).await
        })
        .await,
        refused(store, async |tx| reel::set_result(tx, &ada(), &row.id, &deep).await).await,
        refused(store, async |tx| reel::edit_scene(tx, &ada(), &before[0].id, &change(deep.clone())).await).await,
        refused(store, async |tx| reel::set_scene_made(tx, &ada(), &before[0].id, &deep).await).await,
        refused(store, async |tx| reel::insert_scene(tx, &SceneRow { script: deep.clone(), ..place.clone() }).await)
            .await,
    ];
    assert_eq!(codes, ["not_storable"; 7]);
    assert_eq!(read(store, async |tx| reel::reel(tx, &ada(), &row.id).await).await, Some(row.clone()));
    assert_eq!(scenes(store, &row.id).await, before);
    let odd = json!({ "heading": crate::ODD, "nul": "a\0b", "deep": nested(99) });
    write(store, async |tx| reel::edit_scene(tx, &ada(), &before[0].id, &change(odd.clone())).await).await;
    assert_eq!(scenes(store, &row.id).await[0].script, odd);
}

/// What a person makes of a scene.
fn change(script: Value) -> SceneChange {
    SceneChange { script, original: None, edited: true }
}
