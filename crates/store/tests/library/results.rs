//! Stored results of stages: found by the hash of what went in, by whoever has the same, and of no owner.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_store::{Store, StoreError, Tx, blobs, documents, reel, results, retention, testing};
use sluice_testkit::TestStore;

use crate::{ODD, ada, bring, hash, nested, omar, on_both, read, refused, stored_document, stored_reel, usage, write};

on_both! {
    what_is_kept_is_found_under_its_key_alone
    a_later_result_under_a_key_takes_the_place_of_an_earlier_one
    what_each_owner_keeps_is_counted_once_for_each_of_them
    a_result_is_shared_by_its_key_and_gives_its_bytes_to_no_owner
    a_result_holds_nothing_that_says_whose_it_is
    results_go_by_when_they_were_last_used_batch_by_batch
    a_result_that_could_not_be_read_again_is_refused
    an_unreadable_result_costs_nothing_but_itself
}

async fn keep(store: &Store, key: &str, value: &Value) {
    write(store, async |tx| results::store(tx, key, "clip", value).await).await;
}

async fn find(store: &Store, key: &str) -> Option<Value> {
    read(store, async |tx| results::find(tx, key).await).await
}

async fn what_is_kept_is_found_under_its_key_alone(test: &TestStore) {
    let store = test.store();
    let values = [json!(null), json!({ "a": [1, 2.5, -3] }), json!(ODD), json!(i64::MIN), json!("a\0b")];
    for (number, value) in values.iter().enumerate() {
        keep(store, &format!("clip/1:{number}"), value).await;
    }
    for (number, value) in values.iter().enumerate() {
        assert_eq!(find(store, &format!("clip/1:{number}")).await.as_ref(), Some(value));
    }
    for other in ["", "clip/1", "clip/1:", "clip/1:00", "CLIP/1:0", "clip/1:0 "] {
        assert_eq!(find(store, other).await, None, "{other}");
    }
    write(store, async |tx| results::forget(tx, "clip/1:0").await).await;
    write(store, async |tx| results::forget(tx, "never there").await).await;
    assert_eq!((find(store, "clip/1:0").await, find(store, "clip/1:1").await), (None, Some(values[1].clone())));
}

async fn a_later_result_under_a_key_takes_the_place_of_an_earlier_one(test: &TestStore) {
    let store = test.store();
    let system = OwnerId::system();
    write(store, async |tx| {
        bring(tx, &hash(1), 100).await?;
        bring(tx, &hash(2), 20).await
    })
    .await;
    keep(store, "key", &json!({ "file": hash(1) })).await;
    assert_eq!(usage(store, &system).await, 100);
    keep(store, "key", &json!([hash(2), hash(1), hash(3)])).await;
    assert_eq!(usage(store, &system).await, 120, "a hash of bytes that are not there is passed over");
    keep(store, "key", &json!({ "file": hash(2) })).await;
    assert_eq!((find(store, "key").await, usage(store, &system).await), (Some(json!({ "file": hash(2) })), 20));
    let stop = async |tx: &mut Tx| {
        results::store(tx, "key", "clip", &json!("lost")).await?;
        Err::<(), _>(StoreError::Interrupted)
    };
    refused(store, stop).await;
    assert_eq!((find(store, "key").await, usage(store, &system).await), (Some(json!({ "file": hash(2) })), 20));
}

async fn what_each_owner_keeps_is_counted_once_for_each_of_them(test: &TestStore) {
    let store = test.store();
    assert_eq!(read(store, async |tx| blobs::kept_by_owner(tx, 10).await).await, []);
    stored_document(store, &ada(), 10).await;
    stored_document(store, &omar(), 20).await;
    stored_document(store, &omar(), 30).await;
    let kept = read(store, async |tx| blobs::kept_by_owner(tx, 10).await).await;
    let expected = [(omar(), usage(store, &omar()).await), (ada(), usage(store, &ada()).await)];
    assert!(expected[0].1 > expected[1].1);
    let found: Vec<(String, u64)> = kept.iter().map(|row| (row.owner.clone(), row.bytes)).collect();
    assert_eq!(found, expected.map(|(owner, bytes)| (owner.to_string(), bytes)));
    assert!(kept[0].files > kept[1].files && kept[1].files > 0, "{kept:?}");
    assert_eq!(read(store, async |tx| blobs::kept_by_owner(tx, 1).await).await, kept[..1]);
}

async fn a_result_is_shared_by_its_key_and_gives_its_bytes_to_no_owner(test: &TestStore) {
    let store = test.store();
    let hers = stored_document(store, &ada(), 10).await;
    let his = stored_document(store, &omar(), 20).await;
    let (her_reel, his_reel) = (stored_reel(store, &hers, 1).await, stored_reel(store, &his, 2).await);
    write(store, async |tx| bring(tx, &hash(1), 500).await).await;
    // She makes it, and he finds it by the same hash.
    keep(store, "voice/1:same words", &json!({ "wav": hash(1) })).await;
    for reel in [&her_reel, &his_reel] {
        write(store, async |tx| reel::use_result(tx, &reel.owner, &reel.id, "voice/1:same words").await).await;
    }
    for owner in [ada(), omar()] {
        assert_eq!(usage(store, &owner).await, 1_010, "what is shared is on nobody's account");
        assert!(!read(store, async |tx| blobs::is_referenced_by(tx, &owner, &hash(1)).await).await);
    }
    // Only what a reel is made of is its owner's.
    write(store, async |tx| reel::set_result(tx, &omar(), &his_reel.id, &json!({ "video": hash(1) })).await).await;
    assert_eq!((usage(store, &ada()).await, usage(store, &omar()).await), (1_010, 1_510));
    write(store, async |tx| reel::delete_reel(tx, &omar(), &his_reel.id).await).await;
    assert!(find(store, "voice/1:same words").await.is_some(), "she still uses it");
    write(store, async |tx| reel::delete_reel(tx, &ada(), &her_reel.id).await).await;
    assert_eq!(find(store, "voice/1:same words").await, None);
    assert!(!read(store, async |tx| blobs::is_referenced(tx, &hash(1)).await).await);
    assert_eq!(read(store, async |tx| documents::document(tx, &omar(), &his.id).await).await, None);
}

async fn a_result_holds_nothing_that_says_whose_it_is(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let row = stored_reel(store, &document, 1).await;
    write(store, async |tx| {
        bring(tx, &hash(1), 5).await?;
        results::store(tx, "key", "script", &json!({ "file": hash(1) })).await?;
        reel::use_result(tx, &ada(), &row.id, "key").await
    })
    .await;
    let query = "SELECT key || ' ' || kind || ' ' || value AS value FROM stage_results
        UNION ALL SELECT owner || ' ' || app || ' ' || subject FROM blob_refs WHERE app = $1";
    let texts = read(store, async |tx| testing::texts(tx, query, &["results"]).await).await;
    assert_eq!(texts.len(), 2);
    let names = [ada().to_string(), document.name, document.id.to_string(), row.id.to_string(), row.title];
    for name in names {
        assert!(texts.iter().all(|text| !text.contains(&name)), "{name} in {texts:?}");
    }
}

async fn results_go_by_when_they_were_last_used_batch_by_batch(test: &TestStore) {
    let store = test.store();
    for number in 0..5 {
        write(store, async |tx| bring(tx, &hash(number), 1).await).await;
        keep(store, &format!("key {number}"), &json!({ "file": hash(number) })).await;
        store.advance_clock(Duration::from_mins(1)).await.unwrap();
    }
    let before = store.now().await.unwrap();
    store.advance_clock(Duration::from_mins(1)).await.unwrap();
    write(store, async |tx| results::touch(tx, "key 0").await).await;
    keep(store, "key 3", &json!("made again")).await;
    let forget = async |limit| write(store, async |tx| retention::forget_results(tx, before, limit).await).await;
    assert_eq!(forget(2).await, 2);
    let left = async || {
        let query = "SELECT key AS value FROM stage_results WHERE key <> $1 ORDER BY key";
        read(store, async |tx| testing::texts(tx, query, &[""]).await).await
    };
    assert_eq!(left().await, ["key 0", "key 3", "key 4"], "the oldest of those that nobody used since");
    assert_eq!((forget(2).await, forget(2).await), (1, 0));
    assert_eq!(left().await, ["key 0", "key 3"]);
    assert_eq!(usage(store, &OwnerId::system()).await, 1, "of what is left, one has a file");
    let none: [String; 0] = [];
    assert_eq!(write(store, async |tx| retention::forget_result_keys(tx, &none).await).await, 0);
}

async fn a_result_that_could_not_be_read_again_is_refused(test: &TestStore) {
    let store = test.store();
    assert_eq!(refused(store, async |tx| results::store(tx, "deep", "clip", &nested(101)).await).await, "not_storable");
    assert_eq!(find(store, "deep").await, None);
    keep(store, "deep", &nested(100)).await;
    assert_eq!(find(store, "deep").await, Some(nested(100)));
}

async fn an_unreadable_result_costs_nothing_but_itself(test: &TestStore) {
    let store = test.store();
    keep(store, "bad", &json!(1)).await;
    keep(store, "good", &json!(2)).await;
    store.execute("UPDATE stage_results SET value = '{' WHERE key = 'bad'").await.unwrap();
    let error = store.read(async |tx| results::find(tx, "bad").await).await.unwrap_err();
    assert_eq!((error.code(), error.is_outage()), ("unreadable_row", false));
    assert_eq!(find(store, "good").await, Some(json!(2)));
    keep(store, "bad", &json!(3)).await;
    assert_eq!(find(store, "bad").await, Some(json!(3)), "made again, it is mended");
}
