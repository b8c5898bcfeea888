//! Each step by itself.

use sluice_store::blobs::{self, COLLECT_WITHIN, Registered, TAKE_OVER};
use sluice_store::{StoreError, results};
use sluice_testkit::TestStore;

use super::{
    after_the_grace, begin, bring, confirm, exists, finish, hash, on_both, owner, ready, reference, register, release,
    subject,
};

on_both! {
    what_nothing_points_at_goes_after_its_grace_and_the_rest_stays
    the_last_subject_that_lets_go_makes_garbage
    the_same_bytes_are_counted_once_for_each_owner
    a_marked_blob_takes_no_reference_and_no_bytes
    the_mark_of_a_dead_collector_is_taken_over
    a_registration_ends_when_its_bytes_are_collected
    bytes_that_are_not_confirmed_take_no_reference
    a_late_collector_forgets_no_row_of_another
    replacing_lets_go_of_what_is_not_named_any_more
    a_stored_result_keeps_the_bytes_that_it_names
    bytes_without_a_row_become_garbage
}

async fn what_nothing_points_at_goes_after_its_grace_and_the_rest_stays(test: TestStore) {
    let (store, ada) = (test.store(), owner("ada"));
    let (kept, lost) = (hash(1), hash(2));
    bring(store, &kept).await;
    bring(store, &lost).await;
    reference(store, &subject(&ada, "reel"), &[&kept]).await.unwrap();
    assert!(begin(store).await.hashes.is_empty(), "it is too young");
    after_the_grace(store).await;
    let garbage = begin(store).await;
    assert_eq!(garbage.hashes, [lost.as_str()]);
    assert_eq!(finish(store, &garbage).await, 1);
    assert!(exists(store, &kept).await && !exists(store, &lost).await);
    test.end().await;
}

async fn the_last_subject_that_lets_go_makes_garbage(test: TestStore) {
    let (store, ada, ben) = (test.store(), owner("ada"), owner("ben"));
    bring(store, &hash(1)).await;
    reference(store, &subject(&ada, "reel"), &[&hash(1), &hash(1)]).await.unwrap();
    reference(store, &subject(&ben, "reel"), &[&hash(1)]).await.unwrap();
    release(store, &subject(&ada, "reel")).await;
    after_the_grace(store).await;
    assert!(begin(store).await.hashes.is_empty());
    let pointing = store.read(async |tx| blobs::pointing_at(tx, &hash(1), 10).await).await.unwrap();
    assert_eq!(pointing, [(ben.to_string(), "test".to_owned(), "reel".to_owned())]);
    release(store, &subject(&ben, "reel")).await;
    assert!(begin(store).await.hashes.is_empty(), "the grace begins now");
    after_the_grace(store).await;
    assert_eq!(begin(store).await.hashes, [hash(1)]);
    test.end().await;
}

async fn the_same_bytes_are_counted_once_for_each_owner(test: TestStore) {
    let (store, ada, ben) = (test.store(), owner("ada"), owner("ben"));
    for number in 1..=3 {
        bring(store, &hash(number)).await;
    }
    reference(store, &subject(&ada, "one"), &[&hash(1), &hash(2)]).await.unwrap();
    reference(store, &subject(&ada, "two"), &[&hash(2), &hash(3)]).await.unwrap();
    reference(store, &subject(&ben, "one"), &[&hash(3)]).await.unwrap();
    let usage = async |of| store.read(async |tx| blobs::usage(tx, of).await).await.unwrap();
    assert_eq!((usage(&ada).await, usage(&ben).await, usage(&owner("eve")).await), (30, 10, 0));
    let sees = async |of| store.read(async |tx| blobs::is_referenced_by(tx, of, &hash(1)).await).await.unwrap();
    assert!(sees(&ada).await && !sees(&ben).await);
    test.end().await;
}

async fn a_marked_blob_takes_no_reference_and_no_bytes(test: TestStore) {
    let (store, ada) = (test.store(), owner("ada"));
    bring(store, &hash(1)).await;
    after_the_grace(store).await;
    let garbage = begin(store).await;
    let refused = reference(store, &subject(&ada, "reel"), &[&hash(1)]).await;
    assert!(matches!(refused, Err(StoreError::BlobGone { .. })), "{refused:?}");
    assert_eq!(register(store, &hash(1)).await, Registered::Collecting { until: garbage.since + TAKE_OVER });
    assert_eq!(finish(store, &garbage).await, 1);
    bring(store, &hash(1)).await;
    reference(store, &subject(&ada, "reel"), &[&hash(1)]).await.unwrap();
    test.end().await;
}

async fn the_mark_of_a_dead_collector_is_taken_over(test: TestStore) {
    let (store, ada) = (test.store(), owner("ada"));
    bring(store, &hash(1)).await;
    bring(store, &hash(2)).await;
    after_the_grace(store).await;
    let dead = begin(store).await;
    assert!(COLLECT_WITHIN < TAKE_OVER, "by then it deletes nothing any more");
    store.advance_clock(TAKE_OVER).await.unwrap();
    // Who brings the bytes takes over one of them, and another collector the other.
    bring(store, &hash(1)).await;
    reference(store, &subject(&ada, "reel"), &[&hash(1)]).await.unwrap();
    let garbage = begin(store).await;
    assert_eq!(garbage.hashes, [hash(2)]);
    assert_eq!(finish(store, &dead).await, 0);
    assert_eq!(finish(store, &garbage).await, 1);
    assert!(exists(store, &hash(1)).await);
    test.end().await;
}

async fn a_registration_ends_when_its_bytes_are_collected(test: TestStore) {
    let store = test.store();
    let slow = ready(store, &hash(1)).await;
    after_the_grace(store).await;
    let garbage = begin(store).await;
    assert!(!confirm(store, &hash(1), slow).await, "they are being removed");
    finish(store, &garbage).await;
    assert!(!confirm(store, &hash(1), slow).await, "they are gone");
    let other = ready(store, &hash(1)).await;
    assert!(!confirm(store, &hash(1), slow).await, "they are what another brings now");
    assert!(confirm(store, &hash(1), other).await);
    test.end().await;
}

async fn bytes_that_are_not_confirmed_take_no_reference(test: TestStore) {
    let (store, ada) = (test.store(), owner("ada"));
    ready(store, &hash(1)).await;
    let refused = reference(store, &subject(&ada, "reel"), &[&hash(1)]).await;
    assert!(matches!(refused, Err(StoreError::BlobGone { .. })), "{refused:?}");
    test.end().await;
}

async fn a_late_collector_forgets_no_row_of_another(test: TestStore) {
    let store = test.store();
    bring(store, &hash(1)).await;
    after_the_grace(store).await;
    let late = begin(store).await;
    store.advance_clock(TAKE_OVER).await.unwrap();
    let other = begin(store).await;
    assert_eq!(other.hashes, late.hashes);
    assert_eq!(finish(store, &late).await, 0);
    assert!(exists(store, &hash(1)).await);
    assert_eq!(finish(store, &other).await, 1);
    test.end().await;
}

async fn replacing_lets_go_of_what_is_not_named_any_more(test: TestStore) {
    let (store, ada) = (test.store(), owner("ada"));
    for number in 1..=3 {
        bring(store, &hash(number)).await;
    }
    let scene = subject(&ada, "scene");
    reference(store, &scene, &[&hash(1), &hash(2)]).await.unwrap();
    store.write(async |tx| blobs::replace(tx, &scene, &[&hash(2), &hash(3)]).await).await.unwrap();
    after_the_grace(store).await;
    assert_eq!(begin(store).await.hashes, [hash(1)]);
    test.end().await;
}

async fn a_stored_result_keeps_the_bytes_that_it_names(test: TestStore) {
    let store = test.store();
    for number in 1..=2 {
        bring(store, &hash(number)).await;
    }
    // One more hash, of something that is no blob.
    let value = |number| serde_json::json!({ "clip": hash(number), "model": hash(99) });
    store.write(async |tx| results::store(tx, "clip:a", "clip", &value(1)).await).await.unwrap();
    store.write(async |tx| results::store(tx, "clip:a", "clip", &value(2)).await).await.unwrap();
    after_the_grace(store).await;
    assert_eq!(begin(store).await.hashes, [hash(1)], "the older result gave way");
    store.write(async |tx| results::forget(tx, "clip:a").await).await.unwrap();
    after_the_grace(store).await;
    assert!(begin(store).await.hashes.contains(&hash(2)));
    test.end().await;
}

async fn bytes_without_a_row_become_garbage(test: TestStore) {
    let store = test.store();
    bring(store, &hash(1)).await;
    let found = [hash(1), hash(2)];
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    let unknown = store.read(async |tx| blobs::unknown(tx, &found).await).await.unwrap();
    assert_eq!(unknown.into_iter().collect::<Vec<_>>(), [hash(2)]);
    let with_bytes: Vec<(&str, u64)> = found.iter().map(|hash| (*hash, 10)).collect();
    assert_eq!(store.write(async |tx| blobs::adopt(tx, &with_bytes).await).await.unwrap(), 1);
    after_the_grace(store).await;
    assert_eq!(begin(store).await.hashes.len(), 2);
    test.end().await;
}
