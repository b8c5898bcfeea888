//! Lists of reels: states, pages, search, and rows that cannot be read.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::documents::DocumentRow;
use sluice_store::jobs::{self, NewJob};
use sluice_store::reel::ReelId;
use sluice_store::reel::list::{ListedReel, ReelFilter};
use sluice_store::reel::{self, ReelRow};
use sluice_store::{Store, StoreError};
use sluice_testkit::TestStore;

use crate::{Dice, ada, document, insert_document, new_reel, omar, on_both, random, read, scene, stored_document};
use crate::{stored_reel, write};

on_both! {
    a_reels_state_follows_from_its_job_and_from_what_can_be_played
    pages_of_any_size_are_the_whole_list_in_order
    what_is_made_or_deleted_meanwhile_moves_no_cursor
    a_search_finds_titles_and_file_names_in_any_case
    what_is_searched_for_means_nothing_to_the_database
    a_list_shows_the_first_rendered_scene_until_there_is_a_video
    a_reel_that_cannot_be_read_is_left_out_of_its_list_alone
}

async fn listed(store: &Store, owner: &OwnerId, filter: &ReelFilter, limit: u32) -> Vec<ListedReel> {
    read(store, async |tx| reel::list::listed(tx, owner, filter, limit).await).await
}

async fn all(store: &Store, owner: &OwnerId) -> Vec<ListedReel> {
    listed(store, owner, &ReelFilter::default(), 1_000).await
}

fn place(row: &ListedReel) -> (Timestamp, ReelId) {
    (row.created_at, row.id.clone())
}

/// All pages of a list.
async fn walked(store: &Store, owner: &OwnerId, filter: &ReelFilter, limit: u32) -> Vec<ReelId> {
    let (mut filter, mut ids) = (filter.clone(), Vec::new());
    loop {
        let page = listed(store, owner, &filter, limit).await;
        assert!(page.len() <= limit as usize);
        let Some(last) = page.last() else { return ids };
        filter.after = Some(place(last));
        ids.extend(page.into_iter().map(|row| row.id));
    }
}

/// A job of a reel, in a state that it could have come to.
async fn job(store: &Store, number: usize, state: &str) -> JobId {
    let id = write(store, async |tx| {
        let new = NewJob {
            id: JobId::new(tx.now().await?, random(number)),
            kind: "reel.make".into(),
            pool: "default".into(),
            stage: "read".into(),
            payload: "{}".into(),
            owner: ada(),
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
        };
        jobs::enqueue(tx, &new).await
    })
    .await;
    let more = match state {
        "running" => ", attempt = 1, lease_id = id, lease_until = 1, lease_worker = 'w'",
        "waiting" => ", wait_signal = 's'",
        "succeeded" => ", finished_at = 1, result = 'null'",
        "dead" => ", finished_at = 1, error_code = 'no_words', error_message = 'too few'",
        "cancelled" | "expired" => ", finished_at = 1",
        _ => "",
    };
    assert_eq!(store.execute(&format!("UPDATE jobs SET state = '{state}'{more} WHERE id = '{id}'")).await.unwrap(), 1);
    id
}

async fn a_reels_state_follows_from_its_job_and_from_what_can_be_played(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let cases = [
        ("ready", false, "working"),
        ("scheduled", false, "working"),
        ("blocked", false, "working"),
        ("waiting", true, "working"),
        ("running", true, "working"),
        ("succeeded", true, "done"),
        ("succeeded", false, "failed"),
        ("dead", false, "failed"),
        ("dead", true, "failed"),
        ("cancelled", true, "cancelled"),
        ("expired", false, "expired"),
        // Its job was forgotten long ago.
        ("", true, "done"),
        ("", false, "failed"),
    ];
    let mut expected = BTreeMap::new();
    for (number, (state, playable, shown)) in cases.into_iter().enumerate() {
        let row = stored_reel(store, &document, number).await;
        if !state.is_empty() {
            let job = job(store, number, state).await;
            write(store, async |tx| reel::set_reel_job(tx, &ada(), &row.id, &job).await).await;
        }
        if playable {
            write(store, async |tx| reel::set_result(tx, &ada(), &row.id, &json!({ "n": number })).await).await;
        }
        expected.insert(row.id, (shown, playable.then(|| json!({ "n": number })), state == "dead"));
    }
    for row in all(store, &ada()).await {
        let (shown, result, failed) = &expected[&row.id];
        assert_eq!((row.state.as_str(), &row.result), (*shown, result));
        let error = row.error.map(|error| (error.code, error.message));
        assert_eq!(error, failed.then(|| ("no_words".to_owned(), "too few".to_owned())));
    }
    for state in ["working", "done", "failed", "cancelled", "expired", "succeeded", ""] {
        let filter = ReelFilter { state: Some(state.to_owned()), ..ReelFilter::default() };
        let mut found = walked(store, &ada(), &filter, 2).await;
        found.sort();
        let of_state = expected.iter().filter(|(_, (shown, ..))| *shown == state);
        assert_eq!(found, of_state.map(|(id, _)| id.clone()).collect::<Vec<_>>(), "{state}");
    }
    let end =
        "UPDATE jobs SET state = 'cancelled', finished_at = 1, result = NULL, lease_id = NULL, lease_until = NULL,
        lease_worker = NULL, wait_signal = NULL";
    store.execute(end).await.unwrap();
}

/// Reels of both owners, many of them asked for in the same millisecond, with their titles and file names.
async fn many(store: &Store, count: usize, seed: u64) -> Vec<(ReelRow, String)> {
    const WORDS: [&str; 8] = ["Ebbe", "FLUT", "über", "Ärger", "мост", "المدّ", "100%", "a_b!"];
    let mut dice = Dice::new(seed);
    let start = store.now().await.unwrap();
    let mut made = Vec::new();
    for number in 0..count {
        let owner = if number % 4 == 0 { omar() } else { ada() };
        let name = format!("{}.PDF", dice.pick(&WORDS));
        let title = format!("{} {}", dice.pick(&WORDS), dice.pick(&WORDS));
        let at = start + Duration::from_millis(dice.below(5) as u64);
        let id = ReelId::new(at, random(dice.below(1_000_000)));
        let row = write(store, async |tx| {
            let known = document(tx, &owner, 10 + 2 * number).await?;
            let document = DocumentRow { name: name.clone(), ..known };
            insert_document(tx, &document).await?;
            let known = new_reel(tx, &document, number).await?;
            let row = ReelRow { id: id.clone(), title: title.clone(), created_at: at, ..known };
            reel::insert_reel(tx, &row).await?;
            Ok(row)
        })
        .await;
        made.push((row, name));
    }
    made.sort_by(|(one, _), (other, _)| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
    made
}

async fn pages_of_any_size_are_the_whole_list_in_order(test: &TestStore) {
    let store = test.store();
    let made = many(store, 40, 1).await;
    for owner in [ada(), omar()] {
        let own: Vec<&(ReelRow, String)> = made.iter().filter(|(row, _)| row.owner == owner).collect();
        let expected: Vec<ReelId> = own.iter().map(|(row, _)| row.id.clone()).collect();
        for limit in [1, 2, 7, 30, 100] {
            assert_eq!(walked(store, &owner, &ReelFilter::default(), limit).await, expected, "{limit} at a time");
        }
        let backwards = ReelFilter { oldest_first: true, ..ReelFilter::default() };
        let reversed: Vec<_> = expected.iter().rev().cloned().collect();
        assert_eq!(walked(store, &owner, &backwards, 3).await, reversed, "the oldest first");
        assert_eq!(listed(store, &owner, &ReelFilter::default(), 0).await, []);
        for (row, (made, name)) in all(store, &owner).await.iter().zip(own) {
            assert_eq!((&row.title, &row.document_name, &row.choices), (&made.title, name, &made.choices));
            assert_eq!((row.created_at, row.updated_at), (made.created_at, made.updated_at));
        }
    }
    let (nobodys, _) = &made[0];
    let filter = ReelFilter { after: Some((nobodys.created_at, nobodys.id.clone())), ..ReelFilter::default() };
    let stranger = "stranger".parse().unwrap();
    assert_eq!(listed(store, &stranger, &filter, 100).await, [], "another's cursor opens nothing");
}

async fn what_is_made_or_deleted_meanwhile_moves_no_cursor(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let mut made = Vec::new();
    for number in 0..8 {
        made.insert(0, stored_reel(store, &document, number).await.id);
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
    }
    let first = listed(store, &ada(), &ReelFilter::default(), 3).await;
    let filter = ReelFilter { after: first.last().map(place), ..ReelFilter::default() };
    stored_reel(store, &document, 100).await;
    // The one at the cursor, one before it and one after it.
    for gone in [2, 0, 4] {
        write(store, async |tx| reel::delete_reel(tx, &ada(), &made[gone]).await).await;
    }
    let rest: Vec<ReelId> = listed(store, &ada(), &filter, 100).await.into_iter().map(|row| row.id).collect();
    assert_eq!(rest, [3, 5, 6, 7].map(|n: usize| made[n].clone()));
}

async fn a_search_finds_titles_and_file_names_in_any_case(test: &TestStore) {
    let store = test.store();
    let made = many(store, 30, 2).await;
    for words in ["ebbe", "FLUT", "ÜBER", "ärger", "МОСТ", "المدّ", ".pdf", "e", "%", "_", "!", "0%", "a_", "no such"]
    {
        let filter = ReelFilter { text: Some(words.to_owned()), ..ReelFilter::default() };
        let holds = |(row, name): &&(ReelRow, String)| {
            row.owner == ada() && format!("{}\n{name}", row.title).to_lowercase().contains(&words.to_lowercase())
        };
        let expected: Vec<ReelId> = made.iter().filter(holds).map(|(row, _)| row.id.clone()).collect();
        assert_eq!(walked(store, &ada(), &filter, 4).await, expected, "{words}");
    }
    // A title that the script gives is found from then on, and the one before no longer.
    let (row, _) = made.iter().find(|(row, _)| row.owner == ada()).unwrap();
    write(store, async |tx| reel::set_script(tx, &ada(), &row.id, "ΣΊΣΥΦΟΣ Ж", "extract").await).await;
    let find = async |words: &str| {
        let filter = ReelFilter { text: Some(words.to_owned()), ..ReelFilter::default() };
        walked(store, &ada(), &filter, 10).await
    };
    assert_eq!(find("σίσυφος ж").await, std::slice::from_ref(&row.id));
    assert!(!find(&row.title).await.contains(&row.id));
    assert_eq!(find("").await.len(), all(store, &ada()).await.len());
}

async fn what_is_searched_for_means_nothing_to_the_database(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    for (number, odd) in crate::ODD.iter().enumerate() {
        let row = stored_reel(store, &document, number).await;
        write(store, async |tx| reel::set_script(tx, &ada(), &row.id, &format!("«{odd}»"), "extract").await).await;
        let filter = ReelFilter { text: Some(format!("«{odd}»")), ..ReelFilter::default() };
        assert_eq!(walked(store, &ada(), &filter, 10).await, [row.id], "{odd:?}");
    }
    for words in ["%", "_____________", "«%»", "«'»", "\\", "a\0"] {
        let filter = ReelFilter { text: Some(words.to_owned()), ..ReelFilter::default() };
        let found = walked(store, &ada(), &filter, 10).await.len();
        let holds = crate::ODD.iter().filter(|odd| format!("«{odd}»").contains(words)).count();
        assert_eq!(found, holds, "{words:?}");
    }
}

async fn a_list_shows_the_first_rendered_scene_until_there_is_a_video(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let row = stored_reel(store, &document, 1).await;
    let scenes: Vec<_> = (1..=3).map(|place| scene(&row, place, "Tides")).collect();
    write(store, async |tx| {
        for scene in &scenes {
            reel::insert_scene(tx, scene).await?;
        }
        Ok(())
    })
    .await;
    let first = async || all(store, &ada()).await.remove(0).first_made;
    assert_eq!(first().await, None);
    for (index, shown) in [(2, 2), (1, 1), (0, 0)] {
        let made = json!({ "still": index });
        write(store, async |tx| reel::set_scene_made(tx, &ada(), &scenes[index].id, &made).await).await;
        assert_eq!(first().await, Some(json!({ "still": shown })));
    }
    let order = [2, 1, 0].map(|n: usize| scenes[n].id.clone());
    write(store, async |tx| reel::order_scenes(tx, &ada(), &order).await).await;
    assert_eq!(first().await, Some(json!({ "still": 2 })), "by place, not by age");
    write(store, async |tx| reel::set_result(tx, &ada(), &row.id, &json!({ "poster": 9 })).await).await;
    let shown = all(store, &ada()).await.remove(0);
    assert_eq!((shown.first_made, shown.result), (None, Some(json!({ "poster": 9 }))));
}

async fn a_reel_that_cannot_be_read_is_left_out_of_its_list_alone(test: &TestStore) {
    let store = test.store();
    let document = stored_document(store, &ada(), 10).await;
    let mut made = Vec::new();
    for number in 0..9 {
        made.insert(0, stored_reel(store, &document, number).await.id);
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
    }
    for (bad, set) in [(1, "choices = '{'"), (2, "result = 'nonsense'"), (3, "job_id = 'no id'"), (8, "choices = ''")] {
        store.execute(&format!("UPDATE reels SET {set} WHERE id = '{}'", made[bad])).await.unwrap();
        let alone: Result<_, StoreError> = store.read(async |tx| reel::reel(tx, &ada(), &made[bad]).await).await;
        assert_eq!(alone.unwrap_err().code(), "unreadable_row", "asked for by itself, it says so");
    }
    let expected = [0, 4, 5, 6, 7].map(|n: usize| made[n].clone());
    for limit in [1, 2, 3, 4, 5, 9, 100] {
        assert_eq!(walked(store, &ada(), &ReelFilter::default(), limit).await, expected, "{limit} at a time");
    }
    let page = listed(store, &ada(), &ReelFilter::default(), 4).await;
    assert_eq!(page.len(), 4, "a page is as full as it can be: whoever asks takes a short one for the last");
}
