//! Bytes and who points at them, beside a model of it: sums per owner, garbage, many at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_store::blobs::{self, COLLECT_WITHIN, GRACE, Registered, Subject, TAKE_OVER};
use sluice_store::{Store, StoreError, Tx};
use sluice_testkit::TestStore;

use crate::{Dice, ada, bring, hash, omar, on_both, read, refused, usage, write};

on_both! {
    what_is_pointed_at_and_what_it_sums_up_to_is_as_in_a_model
    a_subject_may_point_at_more_blobs_than_a_statement_takes
    garbage_is_collected_in_batches_the_oldest_first
    a_reference_is_kept_only_with_the_unit_of_work_that_made_it
    subjects_of_one_name_in_two_apps_and_of_two_owners_are_four
    what_one_unit_brings_another_cannot_point_at_before_its_commit
    bringing_bytes_again_gives_them_another_grace
    the_rows_of_blobs_are_walked_in_order_and_once
    what_is_no_hash_is_no_blob
}

const BLOBS: usize = 6;

/// A row that may point at bytes, as the model has it.
type Key = (OwnerId, &'static str, &'static str);

struct Model {
    refs: BTreeMap<Key, BTreeSet<usize>>,
}

impl Model {
    fn usage(&self, owner: &OwnerId) -> u64 {
        let own = self.refs.iter().filter(|((of, ..), _)| of == owner).flat_map(|(_, blobs)| blobs);
        own.collect::<BTreeSet<_>>().into_iter().map(|blob| length(*blob)).sum()
    }

    fn pointing_at(&self, blob: usize) -> Vec<(String, String, String)> {
        let pointing = self.refs.iter().filter(|(_, blobs)| blobs.contains(&blob));
        pointing.map(|((owner, app, id), _)| (owner.to_string(), (*app).to_owned(), (*id).to_owned())).collect()
    }
}

/// Powers, so that every sum says of what it is one.
fn length(blob: usize) -> u64 {
    10_u64.pow(u32::try_from(blob).unwrap())
}

async fn check(store: &Store, model: &Model, seed: u64) {
    for owner in [ada(), omar()] {
        assert_eq!(usage(store, &owner).await, model.usage(&owner), "seed {seed}: {owner}");
    }
    for blob in 0..BLOBS {
        let hash = hash(blob);
        let (pointing, referenced, hers, row) = read(store, async |tx| {
            let pointing = blobs::pointing_at(tx, &hash, 100).await?;
            let referenced = blobs::is_referenced(tx, &hash).await?;
            let hers = blobs::is_referenced_by(tx, &ada(), &hash).await?;
            Ok((pointing, referenced, hers, blobs::find(tx, &hash).await?.unwrap()))
        })
        .await;
        assert_eq!(pointing, model.pointing_at(blob), "seed {seed}");
        assert_eq!(referenced, !pointing.is_empty());
        assert_eq!(hers, pointing.iter().any(|(owner, ..)| owner == ada().as_str()));
        assert_eq!(row.unreferenced_since.is_none(), referenced, "seed {seed}: {row:?}");
        assert_eq!((row.bytes, row.present, row.collecting_since), (length(blob), true, None));
    }
}

async fn what_is_pointed_at_and_what_it_sums_up_to_is_as_in_a_model(test: &TestStore) {
    let store = test.store();
    write(store, async |tx| {
        for blob in 0..BLOBS {
            bring(tx, &hash(blob), length(blob)).await?;
        }
        Ok(())
    })
    .await;
    for seed in 1..=6 {
        let mut dice = Dice::new(seed);
        let mut model = Model { refs: BTreeMap::new() };
        for _ in 0..30 {
            let owner = dice.pick(&[ada(), omar()]).clone();
            let (app, id) = (*dice.pick(&["one", "two"]), *dice.pick(&["a", "b", "c"]));
            let wanted: Vec<usize> = (0..dice.below(4)).map(|_| dice.below(BLOBS)).collect();
            let hashes: Vec<String> = wanted.iter().map(|blob| hash(*blob)).collect();
            let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
            let subject = Subject { owner: &owner, app, id };
            let now = model.refs.entry((owner.clone(), app, id)).or_default();
            match dice.below(4) {
                0 => {
                    write(store, async |tx| blobs::release(tx, &subject).await).await;
                    now.clear();
                }
                1 => {
                    let ids = ["a", "b", "c"];
                    write(store, async |tx| blobs::release_all(tx, &owner, app, &ids).await).await;
                    model.refs.retain(|(of, in_app, _), _| *of != owner || *in_app != app);
                }
                2 => {
                    write(store, async |tx| blobs::replace(tx, &subject, &hashes).await).await;
                    *now = wanted.into_iter().collect();
                }
                _ => {
                    write(store, async |tx| blobs::reference(tx, &subject, &hashes).await).await;
                    now.extend(wanted);
                }
            }
            check(store, &model, seed).await;
        }
        for owner in [ada(), omar()] {
            for app in ["one", "two"] {
                write(store, async |tx| blobs::release_all(tx, &owner, app, &["a", "b", "c"]).await).await;
            }
        }
        check(store, &Model { refs: BTreeMap::new() }, seed).await;
    }
}

async fn bring_many(store: &Store, count: usize) -> Vec<String> {
    let hashes: Vec<String> = (0..count).map(hash).collect();
    write(store, async |tx| {
        for hash in &hashes {
            bring(tx, hash, 3).await?;
        }
        Ok(())
    })
    .await;
    hashes
}

async fn a_subject_may_point_at_more_blobs_than_a_statement_takes(test: &TestStore) {
    const MANY: usize = 600;
    let (store, owner) = (test.store(), ada());
    let hashes = bring_many(store, MANY).await;
    let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
    let subject = Subject { owner: &owner, app: "test", id: "much" };
    write(store, async |tx| blobs::reference(tx, &subject, &hashes).await).await;
    assert_eq!(usage(store, &owner).await, 3 * MANY as u64);
    let mut with_others = hashes.clone();
    let others: Vec<String> = (MANY..2 * MANY).map(hash).collect();
    with_others.extend(others.iter().map(String::as_str));
    let unknown = read(store, async |tx| blobs::unknown(tx, &with_others).await).await;
    assert_eq!(unknown, others.iter().cloned().collect());
    let found: Vec<(&str, u64)> = with_others.iter().map(|hash| (*hash, 3)).collect();
    assert_eq!(write(store, async |tx| blobs::adopt(tx, &found).await).await, MANY as u64);
    write(store, async |tx| blobs::replace(tx, &subject, &hashes[..2]).await).await;
    assert_eq!(usage(store, &owner).await, 6);
    write(store, async |tx| blobs::release(tx, &subject).await).await;
    assert_eq!(usage(store, &owner).await, 0);
}

async fn garbage_is_collected_in_batches_the_oldest_first(test: &TestStore) {
    let store = test.store();
    for blob in 0..7 {
        write(store, async |tx| bring(tx, &hash(blob), 1).await).await;
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
    }
    store.advance_clock(GRACE).await.unwrap();
    let mut collected = Vec::new();
    for expected in [3, 3, 1, 0] {
        let mut garbage = write(store, async |tx| blobs::begin_collecting(tx, GRACE, 3).await).await;
        assert_eq!(garbage.hashes.len(), expected, "what is marked is not marked again");
        garbage.hashes.sort();
        let hashes: Vec<&str> = garbage.hashes.iter().map(String::as_str).collect();
        // One in each batch cannot be deleted: its row stays, for the next who comes after the mark has lapsed.
        let deleted = hashes.get(1..).unwrap_or_default();
        let gone = write(store, async |tx| blobs::finish_collecting(tx, deleted, garbage.since).await).await;
        assert_eq!(gone, deleted.len() as u64);
        collected.extend(garbage.hashes);
    }
    assert_eq!(collected, (0..7).map(hash).collect::<Vec<_>>());
    store.advance_clock(TAKE_OVER).await.unwrap();
    let left = write(store, async |tx| blobs::begin_collecting(tx, GRACE, 100).await).await;
    assert_eq!(left.hashes.into_iter().collect::<BTreeSet<_>>(), [0, 3, 6].map(hash).into());
}

async fn a_reference_is_kept_only_with_the_unit_of_work_that_made_it(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    bring_many(store, 2).await;
    let subject = Subject { owner: &owner, app: "test", id: "row" };
    let stop = async |tx: &mut Tx| {
        blobs::reference(tx, &subject, &[&hash(0)]).await?;
        Err::<(), _>(StoreError::Interrupted)
    };
    assert_eq!(refused(store, stop).await, "interrupted");
    assert_eq!(usage(store, &owner).await, 0);
    write(store, async |tx| blobs::reference(tx, &subject, &[&hash(0)]).await).await;
    let stop = async |tx: &mut Tx| {
        blobs::replace(tx, &subject, &[&hash(1)]).await?;
        blobs::reference(tx, &subject, &[&hash(77)]).await
    };
    assert_eq!(refused(store, stop).await, "blob_gone");
    let pointing = read(store, async |tx| blobs::pointing_at(tx, &hash(0), 10).await).await;
    assert_eq!(pointing.len(), 1, "what it pointed at before it still does");
    assert!(!read(store, async |tx| blobs::is_referenced(tx, &hash(1)).await).await);
}

async fn subjects_of_one_name_in_two_apps_and_of_two_owners_are_four(test: &TestStore) {
    let (store, hers, his) = (test.store(), ada(), omar());
    bring_many(store, 1).await;
    let subjects = [(&hers, "reel"), (&hers, "notes"), (&his, "reel"), (&his, "notes")];
    for (owner, app) in subjects {
        let subject = Subject { owner, app, id: "one" };
        write(store, async |tx| blobs::reference(tx, &subject, &[&hash(0)]).await).await;
    }
    for (left, (owner, app)) in (0..4).rev().zip(subjects) {
        write(store, async |tx| blobs::release(tx, &Subject { owner, app, id: "one" }).await).await;
        let pointing = read(store, async |tx| blobs::pointing_at(tx, &hash(0), 10).await).await;
        assert_eq!(pointing.len(), left);
        assert!(pointing.iter().all(|(of, in_app, _)| (of.as_str(), in_app.as_str()) != (owner.as_str(), app)));
    }
    let all = read(store, async |tx| blobs::pointing_at(tx, &hash(9), 10).await).await;
    assert_eq!(all, [], "nothing points at what does not exist");
}

async fn what_one_unit_brings_another_cannot_point_at_before_its_commit(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    let subject = Subject { owner: &owner, app: "test", id: "row" };
    let registered = write(store, async |tx| blobs::register(tx, &hash(1), 5).await).await;
    let Registered::Ready(registration) = registered else { panic!("{registered:?}") };
    let early = refused(store, async |tx| blobs::reference(tx, &subject, &[&hash(1)]).await).await;
    assert_eq!(early, "blob_gone", "its bytes may not be there yet");
    // Someone else who brings the same bytes has the same registration.
    let twin = write(store, async |tx| blobs::register(tx, &hash(1), 5).await).await;
    assert_eq!(twin, Registered::Ready(registration));
    assert!(write(store, async |tx| blobs::confirm(tx, &hash(1), registration).await).await);
    assert!(write(store, async |tx| blobs::confirm(tx, &hash(1), registration).await).await, "it may be said twice");
    write(store, async |tx| blobs::reference(tx, &subject, &[&hash(1)]).await).await;
    assert!(!write(store, async |tx| blobs::confirm(tx, &hash(2), registration).await).await, "of other bytes");
}

async fn bringing_bytes_again_gives_them_another_grace(test: &TestStore) {
    let store = test.store();
    bring_many(store, 2).await;
    let minute = Duration::from_mins(1);
    let begin = async || write(store, async |tx| blobs::begin_collecting(tx, GRACE, 10).await).await.hashes;
    store.advance_clock(GRACE.saturating_sub(minute)).await.unwrap();
    write(store, async |tx| bring(tx, &hash(1), 3).await).await;
    store.advance_clock(2 * minute).await.unwrap();
    assert_eq!(begin().await, [hash(0)]);
    store.advance_clock(GRACE.saturating_sub(3 * minute)).await.unwrap();
    assert!(!begin().await.contains(&hash(1)));
    store.advance_clock(2 * minute).await.unwrap();
    assert!(begin().await.contains(&hash(1)));
    assert!(COLLECT_WITHIN < TAKE_OVER && TAKE_OVER < GRACE);
}

async fn the_rows_of_blobs_are_walked_in_order_and_once(test: &TestStore) {
    let store = test.store();
    let hashes = bring_many(store, 23).await;
    for limit in [1, 7, 23, 100] {
        let mut walked: Vec<String> = Vec::new();
        loop {
            let after = walked.last().cloned().unwrap_or_default();
            let page = read(store, async |tx| blobs::after(tx, &after, limit).await).await;
            if page.is_empty() {
                break;
            }
            walked.extend(page.into_iter().map(|row| row.hash));
        }
        assert_eq!(walked, hashes, "{limit} at a time");
    }
}

async fn what_is_no_hash_is_no_blob(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    for bad in ["", "abc", &"a".repeat(63), &"a".repeat(65)] {
        assert_eq!(refused(store, async |tx| blobs::register(tx, bad, 1).await).await, "database_failed", "{bad}");
        let subject = Subject { owner: &owner, app: "test", id: "row" };
        assert_eq!(refused(store, async |tx| blobs::reference(tx, &subject, &[bad]).await).await, "blob_gone");
    }
    assert_eq!(read(store, async |tx| blobs::after(tx, "", 10).await).await, []);
    let nothing: [&str; 0] = [];
    let subject = Subject { owner: &owner, app: "test", id: "row" };
    write(store, async |tx| blobs::reference(tx, &subject, &nothing).await).await;
    assert_eq!(read(store, async |tx| blobs::unknown(tx, &nothing).await).await, BTreeSet::new());
}
