//! The event log: a stream per owner, counted without gaps, and read page by page whatever is wrong with a row.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_store::events::{self, Event, Page, Place, Sought};
use sluice_store::faults::Fault;
use sluice_store::{Dialect, Store, StoreError, Tx, retention};
use sluice_testkit::TestStore;

use crate::{Dice, ODD, ada, nested, omar, on_both, read, refused, write};

on_both! {
    every_page_is_what_a_list_of_all_entries_would_give
    streams_are_counted_each_by_itself_also_by_many_processes
    a_unit_of_work_that_fails_leaves_no_entry_and_no_gap
    the_latest_of_all_owners_come_first
    an_operator_finds_entries_by_owner_kind_and_subject_page_by_page
    pages_go_on_behind_what_is_looked_through_for_one
    who_only_reads_adds_nothing
    a_row_that_cannot_be_read_is_passed_over_and_leaves_a_gap_at_the_start_of_a_page
    of_entries_that_share_a_row_one_that_cannot_be_read_hides_no_other
    a_log_of_which_nothing_can_be_read_still_takes_entries
    data_that_could_not_be_read_again_is_refused_alone
    old_rows_are_forgotten_in_batches_and_the_count_goes_on
    whoever_listens_hears_of_each_commit_that_added_entries
}

async fn emit(store: &Store, owner: &OwnerId, subjects: std::ops::Range<usize>) {
    write(store, async |tx| {
        for n in subjects {
            events::emit(tx, owner, "test.made", &n.to_string(), &json!({ "n": n }))?;
        }
        Ok(())
    })
    .await;
}

async fn page(store: &Store, owner: &OwnerId, seq: i64, limit: u32) -> Page {
    read(store, async |tx| events::page(tx, owner, seq, limit).await).await
}

async fn after(store: &Store, owner: &OwnerId, seq: i64, limit: u32) -> Vec<Event> {
    read(store, async |tx| events::after(tx, owner, seq, limit).await).await
}

/// Everything, page by page, as one who follows the log reads it: the places of the entries.
async fn followed(store: &Store, owner: &OwnerId, limit: u32) -> Vec<i64> {
    let mut places = Vec::new();
    loop {
        let batch = after(store, owner, places.last().copied().unwrap_or(0), limit).await;
        if batch.is_empty() {
            return places;
        }
        let seqs: Vec<i64> = batch.iter().map(|event| event.seq).collect();
        assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "no gap within a page: {seqs:?}");
        places.extend(seqs);
    }
}

async fn ends(store: &Store, owner: &OwnerId) -> (Option<i64>, i64) {
    read(store, async |tx| Ok((events::first(tx, owner).await?, events::last(tx, owner).await?))).await
}

async fn every_page_is_what_a_list_of_all_entries_would_give(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    assert_eq!((ends(store, &owner).await, after(store, &owner, 0, 10).await), ((None, 0), Vec::new()));
    // Rows of one entry, of just as many as fit, and of one more.
    let mut count = 0;
    for size in [1, 1, 499, 500, 501, 2, 1_200, 1] {
        emit(store, &owner, count..count + size).await;
        count += size;
    }
    let all = after(store, &owner, 0, u32::MAX).await;
    assert_eq!(all.len(), count);
    for (n, event) in all.iter().enumerate() {
        assert_eq!((event.seq, event.subject.as_str()), (i64::try_from(n + 1).unwrap(), n.to_string().as_str()));
        assert_eq!((&event.data, &event.owner, event.kind.as_str()), (&json!({ "n": n }), &owner, "test.made"));
    }
    assert_eq!(ends(store, &owner).await, (Some(1), i64::try_from(count).unwrap()));
    let mut dice = Dice::new(7);
    for _ in 0..40 {
        let (from, limit) = (dice.below(count + 20), dice.below(700));
        let found = page(store, &owner, i64::try_from(from).unwrap(), u32::try_from(limit).unwrap()).await;
        let expected: Vec<_> = all.iter().skip(from).take(limit).cloned().collect();
        let read_to = expected.last().map_or(i64::try_from(from).unwrap(), |event| event.seq);
        assert_eq!(found, Page { events: expected, unreadable: 0, read_to }, "{limit} after {from}");
    }
    assert_eq!(after(store, &owner, -5, 2).await, all[..2]);
    assert_eq!(after(store, &owner, i64::MIN, 1).await, all[..1]);
    assert_eq!(after(store, &owner, i64::MAX, 1).await, []);
}

async fn streams_are_counted_each_by_itself_also_by_many_processes(test: &TestStore) {
    const UNITS: usize = 12;
    let owners = [ada(), omar(), OwnerId::local()];
    let mut tasks = Vec::new();
    for writer in 0..4_usize {
        let (store, owners) = (test.open_again().await, owners.clone());
        tasks.push(tokio::spawn(async move {
            let mut dice = Dice::new(writer as u64 + 1);
            let mut sent = [0_usize; 3];
            for unit in 0..UNITS {
                let entries: Vec<usize> = (0..=dice.below(4)).map(|_| dice.below(3)).collect();
                let emit_all = async |tx: &mut Tx| {
                    for owner in &entries {
                        events::emit(tx, &owners[*owner], "test", &format!("{writer}"), &json!(unit))?;
                    }
                    Ok::<_, StoreError>(())
                };
                store.write(emit_all).await.unwrap();
                for owner in &entries {
                    sent[*owner] += 1;
                }
            }
            store.close().await;
            sent
        }));
    }
    let mut sent = [0_usize; 3];
    for task in tasks {
        task.await.unwrap().iter().zip(&mut sent).for_each(|(count, sum)| *sum += count);
    }
    for (owner, sent) in owners.iter().zip(sent) {
        let log = after(test.store(), owner, 0, u32::MAX).await;
        assert!(log.iter().map(|event| event.seq).eq(1..=i64::try_from(sent).unwrap()), "{owner}: {sent}");
        assert!(log.iter().all(|event| event.owner == *owner));
        for writer in 0..4 {
            let units: Vec<i64> = log
                .iter()
                .filter(|event| event.subject == writer.to_string())
                .map(|event| event.data.as_i64().unwrap())
                .collect();
            assert!(units.is_sorted(), "what one wrote later comes later: {units:?}");
        }
    }
    let mut all = owners.to_vec();
    all.sort();
    assert_eq!(read(test.store(), async |tx| events::owners(tx).await).await, all);
}

async fn the_latest_of_all_owners_come_first(test: &TestStore) {
    let store = test.store();
    emit(store, &ada(), 0..3).await;
    store.advance_clock(Duration::from_secs(1)).await.unwrap();
    emit(store, &omar(), 0..2).await;
    store.advance_clock(Duration::from_secs(1)).await.unwrap();
    emit(store, &ada(), 3..4).await;
    let latest = async |limit: u32| -> Vec<(String, i64)> {
        let events = read(store, async |tx| events::search(tx, &Sought::default(), limit).await).await;
        events.into_iter().map(|event| (event.owner.to_string(), event.seq)).collect()
    };
    let all = [("ada", 4), ("omar", 2), ("omar", 1), ("ada", 3), ("ada", 2), ("ada", 1)];
    let all: Vec<(String, i64)> = all.map(|(owner, seq)| (owner.to_owned(), seq)).to_vec();
    for limit in 0..=all.len() {
        assert_eq!(latest(u32::try_from(limit).unwrap()).await, all[..limit], "{limit}");
    }
    assert_eq!(latest(100).await, all);
}

async fn an_operator_finds_entries_by_owner_kind_and_subject_page_by_page(test: &TestStore) {
    let store = test.store();
    let mut all = Vec::new();
    // Rows of one entry and of many, of two owners in turns, some at the same time.
    for (round, size) in [1, 3, 501, 2, 700, 1, 1].into_iter().enumerate() {
        let owner = if round % 2 == 0 { ada() } else { omar() };
        write(store, async |tx| {
            for n in 0..size {
                let kind = if n % 2 == 0 { "test.even" } else { "test.odd" };
                events::emit(tx, &owner, kind, &(n % 5).to_string(), &json!({}))?;
            }
            Ok(())
        })
        .await;
        if round % 3 == 0 {
            store.advance_clock(Duration::from_secs(1)).await.unwrap();
        }
    }
    for owner in [ada(), omar()] {
        all.extend(after(store, &owner, 0, u32::MAX).await);
    }
    all.sort_by_key(|event| (std::cmp::Reverse(event.at), event.owner.clone(), std::cmp::Reverse(event.seq)));
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        Sought::default(),
        Sought { owner: Some(ada()), ..Sought::default() },
        Sought { owner: Some(omar()), kind: text("test.odd"), ..Sought::default() },
        Sought { kind: text("test.even"), subject: text("4"), ..Sought::default() },
        Sought { subject: text("nothing"), ..Sought::default() },
        Sought { owner: Some("nobody".parse().unwrap()), ..Sought::default() },
    ];
    for case in cases {
        let is = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| wanted == text);
        let expected: Vec<&Event> = all
            .iter()
            .filter(|event| case.owner.as_ref().is_none_or(|owner| *owner == event.owner))
            .filter(|event| is(&case.kind, &event.kind) && is(&case.subject, &event.subject))
            .collect();
        let mut found: Vec<Event> = Vec::new();
        loop {
            let place = |last: &Event| Place { at: last.at, owner: last.owner.clone(), seq: last.seq };
            let sought = Sought { after: found.last().map(place), ..case.clone() };
            let page = read(store, async |tx| events::search(tx, &sought, 97).await).await;
            let is_last = page.len() < 97;
            found.extend(page);
            if is_last {
                break;
            }
        }
        assert!(found.iter().eq(expected.iter().copied()), "{case:?}: {} of {}", found.len(), expected.len());
    }
}

async fn pages_go_on_behind_what_is_looked_through_for_one(test: &TestStore) {
    let store = test.store();
    // In the order of bytes, but of no language.
    let owners: [OwnerId; 3] = ["Zoe", "ada", "bea"].map(|owner| owner.parse().unwrap());
    let mut expected = Vec::new();
    for round in 0..16 {
        write(store, async |tx| {
            for owner in owners.iter().filter(|owner| round % 5 == 0 || owner.as_str() == "ada") {
                for _ in 0..1_500 {
                    events::emit(tx, owner, "test.many", &round.to_string(), &json!({}))?;
                }
            }
            Ok(())
        })
        .await;
        store.advance_clock(Duration::from_secs(7)).await.unwrap();
    }
    for owner in &owners {
        expected.extend(after(store, owner, 0, u32::MAX).await);
    }
    assert!(expected.len() > events::LOOKED_THROUGH + 10_000, "{}", expected.len());
    expected.sort_by_key(|event| (std::cmp::Reverse(event.at), event.owner.clone(), std::cmp::Reverse(event.seq)));
    let mut found: Vec<Event> = Vec::new();
    loop {
        let place = |last: &Event| Place { at: last.at, owner: last.owner.clone(), seq: last.seq };
        let sought = Sought { after: found.last().map(place), ..Sought::default() };
        let page = read(store, async |tx| events::search(tx, &sought, 4_000).await).await;
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().eq(expected.iter()), "in the same order on every database");
    // What is rare is found where it is, and no further than that is looked.
    let sought = Sought { subject: Some("0".to_owned()), ..Sought::default() };
    let far = read(store, async |tx| events::search(tx, &sought, 10).await).await;
    assert_eq!(far, [], "it is behind what is looked through");
}

async fn a_unit_of_work_that_fails_leaves_no_entry_and_no_gap(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    emit(store, &owner, 0..1).await;
    let named = async |subject: &'static str| {
        let emit = async |tx: &mut Tx| {
            tx.at("tell");
            events::emit(tx, &ada(), "test", subject, &json!({}))
        };
        store.write(emit).await
    };
    let stop = async |tx: &mut Tx| {
        events::emit(tx, &owner, "test", "stopped", &json!({}))?;
        Err::<(), _>(StoreError::Interrupted)
    };
    refused(store, stop).await;
    test.faults().plan("tell", Fault::BeforeCommit);
    named("lost").await.unwrap_err();
    test.faults().plan("tell", Fault::LostReply);
    named("kept").await.unwrap_err();
    named("last").await.unwrap();
    let log: Vec<_> = after(store, &owner, 0, 10).await.into_iter().map(|event| (event.seq, event.subject)).collect();
    assert_eq!(log, [(1, "0".to_owned()), (2, "kept".to_owned()), (3, "last".to_owned())]);
}

async fn who_only_reads_adds_nothing(test: &TestStore) {
    let store = test.store();
    let emitted = store.read(async |tx| events::emit(tx, &ada(), "test", "a", &json!({}))).await;
    assert_eq!(emitted.unwrap_err().code(), "read_only");
    assert_eq!(ends(store, &ada()).await, (None, 0));
}

/// Ten rows of two entries each, of which the given ones cannot be read.
async fn damaged(store: &Store, owner: &OwnerId, rows: &[i64]) {
    for n in 0..10 {
        emit(store, owner, 2 * n..2 * n + 2).await;
    }
    for row in rows {
        damage(store, owner, 2 * row, "'[{'").await;
    }
}

async fn damage(store: &Store, owner: &OwnerId, seq: i64, entries: &str) {
    let update = format!("UPDATE event_log SET entries = {entries} WHERE owner = '{owner}' AND seq = {seq}");
    assert_eq!(store.execute(&update).await.unwrap(), 1);
}

async fn a_row_that_cannot_be_read_is_passed_over_and_leaves_a_gap_at_the_start_of_a_page(test: &TestStore) {
    let store = test.store();
    let owner = ada();
    damaged(store, &owner, &[4, 5, 10]).await;
    damaged(store, &omar(), &[]).await;
    let readable: Vec<i64> = (1..=6).chain(11..=18).collect();
    for limit in [1, 2, 3, 5, 100] {
        assert_eq!(followed(store, &owner, limit).await, readable, "{limit} at a time");
    }
    let before = page(store, &owner, 3, 100).await;
    assert_eq!((before.events.len(), before.unreadable), (3, 0), "a page ends before what cannot be read");
    let beyond = page(store, &owner, 6, 3).await;
    assert_eq!((beyond.events[0].seq, beyond.unreadable), (11, 2), "and the next begins beyond it, and says so");
    assert_eq!(page(store, &owner, 7, 3).await.events[0].seq, 11, "also from within it");
    assert_eq!(page(store, &owner, 18, 3).await, Page { events: Vec::new(), unreadable: 1, read_to: 20 });
    assert_eq!(ends(store, &owner).await, (Some(1), 20));
    emit(store, &owner, 20..21).await;
    let next = page(store, &owner, 18, 3).await;
    assert_eq!((next.events[0].seq, next.unreadable), (21, 1), "what comes later is found");
    assert_eq!(followed(store, &omar(), 7).await, (1..=20).collect::<Vec<_>>(), "another's log is whole");
    if store.dialect() == Dialect::Sqlite {
        damage(store, &omar(), 2, "CAST(x'ff' AS TEXT)").await;
        assert_eq!(followed(store, &omar(), 7).await, (3..=20).collect::<Vec<_>>(), "text that is no UTF-8");
    }
}

async fn of_entries_that_share_a_row_one_that_cannot_be_read_hides_no_other(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    write(store, async |tx| {
        for (n, subject) in ["a", "b", "c", "d", "e"].iter().enumerate() {
            // Half of a pair: JSON's grammar takes it, and no string does.
            let text = if n == 2 { r#""\ud800""#.to_owned() } else { n.to_string() };
            let data = serde_json::value::RawValue::from_string(text).unwrap();
            events::emit(tx, &ada(), "test", subject, &data)?;
        }
        Ok(())
    })
    .await;
    let all = |page: Page| page.events.into_iter().map(|event| (event.seq, event.subject)).collect::<Vec<_>>();
    let expected = |subjects: &[(i64, &str)]| subjects.iter().map(|(n, s)| (*n, (*s).to_owned())).collect::<Vec<_>>();
    assert_eq!(all(page(store, &owner, 0, 10).await), expected(&[(1, "a"), (2, "b")]));
    let rest = page(store, &owner, 2, 10).await;
    assert_eq!(rest.unreadable, 1);
    assert_eq!(all(rest), expected(&[(4, "d"), (5, "e")]), "their places are as they were counted");
    assert_eq!(page(store, &owner, 3, 10).await.unreadable, 0, "what a reader has behind it is not looked at");
    assert_eq!(followed(store, &owner, 1).await, [1, 2, 4, 5]);
}

async fn a_log_of_which_nothing_can_be_read_still_takes_entries(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    damaged(store, &owner, &(1..=10).collect::<Vec<_>>()).await;
    assert_eq!(ends(store, &owner).await, (None, 20));
    assert_eq!(page(store, &owner, 0, 10).await, Page { events: Vec::new(), unreadable: 10, read_to: 20 });
    emit(store, &owner, 20..22).await;
    assert_eq!(ends(store, &owner).await, (Some(21), 22));
    assert_eq!(followed(store, &owner, 1).await, [21, 22]);
    store.advance_clock(Duration::from_hours(1)).await.unwrap();
    let forget = async |tx: &mut Tx| {
        let now = tx.now().await?;
        retention::forget_events(tx, "", now, 100).await.map(|batch| batch.removed)
    };
    assert_eq!(write(store, forget).await, 11, "what cannot be read has an end, too");
    assert_eq!(page(store, &owner, 0, 10).await.unreadable, 0);
}

async fn data_that_could_not_be_read_again_is_refused_alone(test: &TestStore) {
    let (store, owner) = (test.store(), ada());
    let emit = async |data: Value| {
        let kept = async |tx: &mut Tx| {
            let refused = events::emit(tx, &owner, "test", "it", &data).err().map(|error| error.code());
            events::emit(tx, &owner, "test", "beside", &json!({}))?;
            Ok(refused)
        };
        write(store, kept).await
    };
    // The entry is an object in itself.
    assert_eq!(emit(nested(99)).await, None);
    assert_eq!(emit(nested(100)).await, Some("not_storable"));
    assert_eq!(emit(nested(500)).await, Some("not_storable"));
    assert_eq!(emit(json!({ "brackets": "[".repeat(500), "quoted": r#"\"[[{"#.repeat(200) })).await, None);
    for odd in ODD {
        assert_eq!(emit(json!({ odd: [odd, "a\0b"] })).await, None);
    }
    let log = page(store, &owner, 0, 1_000).await;
    assert_eq!((log.unreadable, log.events.len()), (0, 4 + 2 * (2 + ODD.len()) - 2));
    assert!(log.events.iter().any(|event| event.data == nested(99)));
    assert_eq!(log.events.iter().filter(|event| event.data[ODD[1]] == json!([ODD[1], "a\0b"])).count(), 1);
}

async fn old_rows_are_forgotten_in_batches_and_the_count_goes_on(test: &TestStore) {
    let store = test.store();
    for hour in 0..6 {
        emit(store, &ada(), 10 * hour..10 * hour + 3).await;
        emit(store, &omar(), hour..hour + 1).await;
        store.advance_clock(Duration::from_hours(1)).await.unwrap();
    }
    let cut = after(store, &ada(), 9, 1).await[0].at;
    let forget =
        async |limit| write(store, async |tx| retention::forget_events(tx, "", cut, limit).await).await.removed;
    // Three rows of each owner are older; half a batch says that there are no more.
    assert_eq!((forget(4).await, forget(4).await, forget(4).await), (4, 2, 0));
    assert_eq!((ends(store, &ada()).await, ends(store, &omar()).await), ((Some(10), 18), (Some(4), 6)));
    let behind = page(store, &ada(), 2, 2).await;
    assert_eq!((behind.events[0].seq, behind.unreadable), (10, 0), "a reader that was behind sees the gap");
    store.advance_clock(Duration::from_hours(1)).await.unwrap();
    let now = store.now().await.unwrap();
    assert_eq!(write(store, async |tx| retention::forget_events(tx, "", now, 100).await).await.removed, 6);
    assert_eq!(ends(store, &ada()).await, (None, 18));
    emit(store, &ada(), 0..1).await;
    assert_eq!(ends(store, &ada()).await, (Some(19), 19), "places are never given twice");
}

async fn whoever_listens_hears_of_each_commit_that_added_entries(test: &TestStore) {
    let store = test.store();
    let mut news = store.events_hint();
    news.mark_unchanged();
    emit(store, &ada(), 0..1).await;
    let heard = tokio::time::timeout(Duration::from_secs(20), news.changed()).await;
    heard.expect("a hint").unwrap();
    assert_eq!(after(store, &ada(), 0, 10).await.len(), 1, "it comes when they can be read");
    let other = test.open_again().await;
    if store.dialect() == Dialect::Postgres {
        // The connection that listens is made beside: until it is there, a commit is told to nobody.
        let heard = async {
            loop {
                news.mark_unchanged();
                emit(&other, &omar(), 0..1).await;
                if tokio::time::timeout(Duration::from_millis(200), news.changed()).await.is_ok() {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), heard).await.expect("a hint of another process");
    }
    other.close().await;
}
