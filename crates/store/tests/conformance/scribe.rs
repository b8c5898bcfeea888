//! Recorded sessions, segments and chunks.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::scribe::{
    self, Begun, ChunkRow, Closed, FARTHEST, LivePassage, LiveRow, NewSegment, Placed, RecordingId, RecordingJob,
    RecordingRow, Span, SummaryJob,
};
use sluice_store::{Store, blobs};

use crate::keeping::{finish, job};
use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_session_is_found_by_its_owner_alone,
    sessions_are_listed_page_by_page,
    a_segment_is_begun_once_for_each_key,
    a_chunk_is_placed_once_in_any_order,
    a_chunk_that_is_sent_too_often_is_refused_for_a_while,
    a_segment_ends_with_the_chunks_that_it_has,
    two_requests_with_one_number_store_it_once,
    a_session_has_its_latest_job_and_its_latest_transcript,
    a_summary_that_took_the_place_of_a_transcription_gives_it_back,
    a_session_that_gets_nothing_is_found_and_a_deleted_one_leaves_nothing,
    what_is_heard_of_a_session_while_it_is_recorded_is_its_owners_alone,
);

pub(crate) async fn session(store: &Store, owner: &OwnerId, random: u8) -> RecordingRow {
    let now = store.now().await.unwrap();
    let row = RecordingRow {
        id: RecordingId::new(now, [random; 10]),
        owner: owner.clone(),
        title: format!("Tides {random}"),
        language: Some("en".to_owned()),
        state: "recording".to_owned(),
        transcribe: true,
        consent: "Everybody agreed.".to_owned(),
        gaps_accepted: false,
        request: Some((format!("key-{random}"), "hash".to_owned())),
        created_at: now,
        updated_at: now,
        active_at: now,
        ended_at: None,
        job: None,
        summary_job: None,
        transcript: None,
        revision: 0,
        edits_dropped: 0,
    };
    store.write(async |tx| scribe::insert(tx, &row).await).await.unwrap();
    row
}

fn new(key: &str) -> NewSegment {
    NewSegment {
        key: key.to_owned(),
        source: "microphone".to_owned(),
        media_type: "audio/webm;codecs=opus".to_owned(),
        started_at: Timestamp::from_millis(5),
    }
}

async fn begin(store: &Store, row: &RecordingRow, key: &str) -> Begun {
    store.write(async |tx| scribe::begin_segment(tx, &row.owner, &row.id, &new(key), 3).await).await.unwrap()
}

/// A chunk whose bytes are there.
async fn chunk(store: &Store, segment: u32, number: u32, content: u8) -> ChunkRow {
    let blob = hex::encode([content; 32]);
    store
        .write(async |tx| {
            let blobs::Registered::Ready(registration) = blobs::register(tx, &blob, 10).await? else { panic!() };
            assert!(blobs::confirm(tx, &blob, registration).await?);
            Ok::<_, sluice_store::StoreError>(())
        })
        .await
        .unwrap();
    ChunkRow {
        segment,
        number,
        start_ms: u64::from(number) * 1_000,
        length_ms: 1_000,
        bytes: 10,
        sha256: hex::encode([content; 32]),
        blob,
        stored_at: Timestamp::from_millis(0),
    }
}

async fn place(store: &Store, owner: &OwnerId, id: &RecordingId, chunk: &ChunkRow) -> Placed {
    store.write(async |tx| scribe::place(tx, owner, id, chunk).await).await.unwrap()
}

async fn stored(store: &Store, row: &RecordingRow) -> Vec<u32> {
    let chunks = store.read(async |tx| scribe::chunks(tx, &row.owner, &row.id, 0).await).await.unwrap();
    chunks.iter().map(|chunk| chunk.number).collect()
}

async fn a_session_is_found_by_its_owner_alone(store: &Store) {
    let row = session(store, &ada(), 1).await;
    let find = async |owner| store.read(async |tx| scribe::find(tx, &owner, &row.id).await).await.unwrap();
    assert_eq!((find(ada()).await, find(omar()).await), (Some(row.clone()), None));
    let lock = async |owner| store.write(async |tx| scribe::lock(tx, &owner, &row.id).await).await.unwrap();
    assert_eq!((lock(ada()).await, lock(omar()).await), (Some(row.clone()), None));
    let by_key = async |owner| store.read(async |tx| scribe::find_by_key(tx, &owner, "key-1").await).await.unwrap();
    assert_eq!((by_key(ada()).await, by_key(omar()).await), (Some(row.clone()), None));

    let now = store.now().await.unwrap();
    let ended = RecordingRow {
        title: "Ebb".to_owned(),
        language: None,
        state: "complete".to_owned(),
        transcribe: false,
        gaps_accepted: true,
        ended_at: Some(now),
        ..row.clone()
    };
    let stolen = RecordingRow { owner: omar(), ..ended.clone() };
    assert!(!store.write(async |tx| scribe::update(tx, &stolen).await).await.unwrap());
    assert!(store.write(async |tx| scribe::update(tx, &ended).await).await.unwrap());
    let found = find(ada()).await.unwrap();
    assert_eq!(RecordingRow { updated_at: row.updated_at, ..found }, ended);

    assert!(matches!(begin(store, &RecordingRow { owner: omar(), ..row.clone() }, "a").await, Begun::Unknown));
    let deleted = async |owner| store.write(async |tx| scribe::delete(tx, &owner, &row.id).await).await.unwrap();
    assert!(!deleted(omar()).await);
    assert!(deleted(ada()).await);
    assert!(!deleted(ada()).await);
}

async fn sessions_are_listed_page_by_page(store: &Store) {
    let mut rows = Vec::new();
    for random in [1, 2, 3] {
        rows.insert(0, session(store, &ada(), random).await);
    }
    session(store, &omar(), 9).await;
    let listed = async |words, after, limit| {
        store.read(async |tx| scribe::listed(tx, &ada(), words, after, limit).await).await.unwrap()
    };
    assert_eq!(listed("", None, 9).await, rows);
    assert_eq!(listed("", None, 2).await, rows[..2]);
    let after = Some((rows[1].created_at, rows[1].id.clone()));
    assert_eq!(listed("", after, 9).await, rows[2..]);
    assert_eq!(listed("TIDES 2", None, 9).await, rows[1..2]);
    assert_eq!(listed("%", None, 9).await, []);
    let of_ada = store.read(async |tx| scribe::of_owner(tx, &ada(), 2).await).await.unwrap();
    assert_eq!(of_ada, [rows[2].id.clone(), rows[1].id.clone()]);
}

async fn a_segment_is_begun_once_for_each_key(store: &Store) {
    let row = session(store, &ada(), 1).await;
    let Begun::Segment(first) = begin(store, &row, "a").await else { panic!() };
    assert_eq!(begin(store, &row, "a").await, Begun::Segment(first.clone()));
    let Begun::Segment(second) = begin(store, &row, "b").await else { panic!() };
    assert_eq!((first.number, second.number), (0, 1));
    assert!(matches!(begin(store, &row, "c").await, Begun::Segment(_)));
    assert_eq!(begin(store, &row, "d").await, Begun::TooMany);
    let segment =
        async |owner, number| store.read(async |tx| scribe::segment(tx, &owner, &row.id, number).await).await.unwrap();
    assert_eq!(segment(ada(), 1).await, Some(second.clone()));
    assert_eq!((segment(omar(), 1).await, segment(ada(), 7).await), (None, None));
    let all = async |owner| store.read(async |tx| scribe::segments(tx, &owner, &row.id).await).await.unwrap();
    assert_eq!(all(ada()).await[..2], [first.clone(), second]);
    assert_eq!(all(omar()).await, []);

    let now = store.now().await.unwrap();
    let ended = RecordingRow { state: "complete".to_owned(), ended_at: Some(now), ..row.clone() };
    assert!(store.write(async |tx| scribe::update(tx, &ended).await).await.unwrap());
    assert_eq!(begin(store, &row, "e").await, Begun::Ended);
    assert_eq!(begin(store, &row, "a").await, Begun::Segment(first), "what was begun is known afterwards, too");
}

async fn a_chunk_is_placed_once_in_any_order(store: &Store) {
    let row = session(store, &ada(), 1).await;
    begin(store, &row, "a").await;
    let put = async |number, content| {
        let chunk = chunk(store, 0, number, content).await;
        place(store, &ada(), &row.id, &chunk).await
    };
    assert_eq!([put(2, 3).await, put(0, 1).await, put(5, 6).await], [Placed::New; 3]);
    assert_eq!(put(2, 3).await, Placed::Duplicate);
    assert_eq!(put(2, 4).await, Placed::Differs);
    assert_eq!(put(5 + 1 + FARTHEST, 7).await, Placed::TooFar { most: 5 + FARTHEST });
    assert_eq!(stored(store, &row).await, [0, 2, 5]);
    let segment = store.read(async |tx| scribe::segment(tx, &ada(), &row.id, 0).await).await.unwrap().unwrap();
    assert_eq!((segment.stored, segment.beyond, segment.expected()), (3, 6, 6));
    let bytes = async |owner| store.read(async |tx| scribe::stored_bytes(tx, &owner, &row.id).await).await.unwrap();
    assert_eq!((bytes(ada()).await, bytes(omar()).await), (30, 0));
    assert_eq!(store.read(async |tx| blobs::usage(tx, &ada()).await).await.unwrap(), 30, "its bytes are referenced");
    let spans = async |owner| store.read(async |tx| scribe::spans(tx, &owner, &row.id).await).await.unwrap();
    let span = Span { end_ms: 6_000, length_ms: 3_000, longest_ms: 1_000, chunks: 3 };
    assert_eq!((spans(ada()).await, spans(omar()).await), (BTreeMap::from([(0, span)]), BTreeMap::new()));
    let one = chunk(store, 0, 1, 2).await;
    assert_eq!(place(store, &omar(), &row.id, &one).await, Placed::Unknown);
    let nowhere = ChunkRow { segment: 4, ..one.clone() };
    assert_eq!(place(store, &ada(), &row.id, &nowhere).await, Placed::Unknown);
    assert_eq!(store.read(async |tx| scribe::chunks(tx, &omar(), &row.id, 0).await).await.unwrap(), []);

    let now = store.now().await.unwrap();
    let ended = RecordingRow { state: "complete".to_owned(), ended_at: Some(now), ..row.clone() };
    assert!(store.write(async |tx| scribe::update(tx, &ended).await).await.unwrap());
    assert_eq!(place(store, &ada(), &row.id, &one).await, Placed::Ended);
    assert_eq!(put(0, 1).await, Placed::Duplicate, "what is stored is acknowledged afterwards, too");
}

async fn a_chunk_that_is_sent_too_often_is_refused_for_a_while(store: &Store) {
    let row = session(store, &ada(), 1).await;
    begin(store, &row, "a").await;
    let chunk = chunk(store, 0, 0, 1).await;
    let again = async || place(store, &ada(), &row.id, &chunk).await;
    assert_eq!(again().await, Placed::New);
    for _ in 0..scribe::MOST_REPEATS {
        assert_eq!(again().await, Placed::Duplicate);
    }
    let Placed::TooOften { until } = again().await else { panic!("it may be sent for ever") };
    let now = store.now().await.unwrap();
    assert!(until > now && until <= now + scribe::REPEATS_WITHIN);
    store.advance_clock(scribe::REPEATS_WITHIN + Duration::from_secs(1)).await.unwrap();
    assert_eq!(again().await, Placed::Duplicate);
}

async fn a_segment_ends_with_the_chunks_that_it_has(store: &Store) {
    let row = session(store, &ada(), 1).await;
    begin(store, &row, "a").await;
    let close = async |owner, number, chunks| {
        store.write(async |tx| scribe::close_segment(tx, &owner, &row.id, number, chunks).await).await.unwrap()
    };
    let two = chunk(store, 0, 2, 3).await;
    assert_eq!(place(store, &ada(), &row.id, &two).await, Placed::New);
    assert_eq!(close(omar(), 0, 3).await, Closed::Unknown);
    assert_eq!(close(ada(), 9, 3).await, Closed::Unknown);
    assert_eq!(close(ada(), 0, 2).await, Closed::Differs { chunks: 3 }, "it has more");
    assert_eq!(close(ada(), 0, 4).await, Closed::Yes);
    assert_eq!(close(ada(), 0, 4).await, Closed::Yes);
    assert_eq!(close(ada(), 0, 5).await, Closed::Differs { chunks: 4 });
    let beyond = chunk(store, 0, 4, 5).await;
    assert_eq!(place(store, &ada(), &row.id, &beyond).await, Placed::Closed { chunks: 4 });
    let missing = chunk(store, 0, 3, 4).await;
    assert_eq!(place(store, &ada(), &row.id, &missing).await, Placed::New, "what is missing may still come");
}

async fn two_requests_with_one_number_store_it_once(store: &Store) {
    let row = session(store, &ada(), 1).await;
    begin(store, &row, "a").await;
    for number in 0..5 {
        let (one, other) = (chunk(store, 0, number, 1).await, chunk(store, 0, number, 2).await);
        let owner = ada();
        let both = tokio::join!(place(store, &owner, &row.id, &one), place(store, &owner, &row.id, &other));
        let outcomes = [both.0, both.1];
        assert!(outcomes.contains(&Placed::New) && outcomes.contains(&Placed::Differs), "{outcomes:?}");
    }
    assert_eq!(stored(store, &row).await, [0, 1, 2, 3, 4]);
}

async fn a_session_that_gets_nothing_is_found_and_a_deleted_one_leaves_nothing(store: &Store) {
    let row = session(store, &ada(), 1).await;
    begin(store, &row, "a").await;
    let first = chunk(store, 0, 0, 1).await;
    assert_eq!(place(store, &ada(), &row.id, &first).await, Placed::New);
    let abandoned = async || {
        let before = store.now().await.unwrap() - Duration::from_hours(24);
        store.read(async |tx| scribe::abandoned(tx, before, 9).await).await.unwrap()
    };
    assert_eq!(abandoned().await, []);
    store.advance_clock(Duration::from_hours(25)).await.unwrap();
    assert_eq!(abandoned().await, [(ada(), row.id.clone())]);
    let second = chunk(store, 0, 1, 2).await;
    assert_eq!(place(store, &ada(), &row.id, &second).await, Placed::New);
    assert_eq!(abandoned().await, [], "somebody still sends");
    assert!(store.write(async |tx| scribe::delete(tx, &ada(), &row.id).await).await.unwrap());
    assert_eq!(stored(store, &row).await, [0; 0]);
    assert_eq!(store.read(async |tx| scribe::segments(tx, &ada(), &row.id).await).await.unwrap(), []);
    assert_eq!(store.read(async |tx| blobs::usage(tx, &ada()).await).await.unwrap(), 0);
}

async fn a_session_has_its_latest_job_and_its_latest_transcript(store: &Store) {
    let row = session(store, &ada(), 1).await;
    let job = JobId::new(row.created_at, [3; 10]);
    let set_job = async |owner| store.write(async |tx| scribe::set_job(tx, &owner, &row.id, &job).await).await.unwrap();
    let find = async || store.read(async |tx| scribe::find(tx, &ada(), &row.id).await).await.unwrap().unwrap();
    set_job(omar()).await;
    assert_eq!(find().await.job, None);
    set_job(ada()).await;
    assert_eq!(find().await.job, Some(RecordingJob { id: job.clone(), state: None, error: None }));
    let again = JobId::new(row.created_at, [4; 10]);
    let set_summary_job =
        async |owner| store.write(async |tx| scribe::set_summary_job(tx, &owner, &row.id, &again).await).await.unwrap();
    set_summary_job(omar()).await;
    assert_eq!(find().await.summary_job, None);
    set_summary_job(ada()).await;
    let now = find().await;
    assert_eq!(now.summary_job, Some(SummaryJob { id: again.clone(), state: None }));
    assert_eq!(now.job.as_ref().map(|job| &job.id), Some(&job), "neither takes the place of the other");
    assert_eq!(now.jobs_at_work().next(), None, "a job that is forgotten is over");

    let usage = async || store.read(async |tx| blobs::usage(tx, &ada()).await).await.unwrap();
    let [first, second] = [chunk(store, 0, 0, 1).await.blob, chunk(store, 0, 0, 2).await.blob];
    let set = async |owner: OwnerId, blob: &str| {
        store.write(async |tx| scribe::set_transcript(tx, &owner, &row.id, blob).await).await.unwrap()
    };
    assert!(!set(omar(), &first).await);
    assert_eq!((find().await.transcript, usage().await), (None, 0));
    assert!(set(ada(), &first).await);
    assert_eq!(find().await.revision, 0, "it is as it was heard");
    assert!(set(ada(), &second).await);
    assert!(set(ada(), &second).await);
    assert_eq!(find().await.revision, 1, "the same again changes nothing");
    assert_eq!((find().await.transcript, usage().await), (Some(second), 10));
    assert!(store.write(async |tx| scribe::delete(tx, &ada(), &row.id).await).await.unwrap());
    assert_eq!(usage().await, 0);
}

/// What the migration makes of rows from before a summary's job had a column of its own.
async fn a_summary_that_took_the_place_of_a_transcription_gives_it_back(store: &Store) {
    let (_, update) = include_str!("../../migrations/scribe/0005_summary_job.sql").split_once("UPDATE").unwrap();
    let migrate = async || store.execute(&format!("UPDATE{}", update.trim_end().trim_end_matches(';'))).await.unwrap();
    let row = session(store, &ada(), 1).await;
    let later = async |kind: &'static str| {
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
        let job = job(store, &row, kind).await;
        finish(store, &job, "succeeded").await;
        job
    };
    let jobs = async || {
        let now = store.read(async |tx| scribe::find(tx, &ada(), &row.id).await).await.unwrap().unwrap();
        (now.job.map(|job| job.id), now.summary_job.map(|job| job.id))
    };
    later("scribe.transcribe").await;
    let heard = later("scribe.transcribe").await;
    store.write(async |tx| scribe::set_job(tx, &ada(), &row.id, &heard).await).await.unwrap();
    assert_eq!((migrate().await, jobs().await), (0, (Some(heard.clone()), None)));
    let summary = later(scribe::SUMMARISING).await;
    store.write(async |tx| scribe::set_job(tx, &ada(), &row.id, &summary).await).await.unwrap();
    assert_eq!((migrate().await, jobs().await), (1, (Some(heard), Some(summary))));
}

async fn what_is_heard_of_a_session_while_it_is_recorded_is_its_owners_alone(store: &Store) {
    let row = session(store, &ada(), 1).await;
    let job = |random| JobId::new(row.created_at, [random; 10]);
    let live = async |owner: OwnerId| store.read(async |tx| scribe::live(tx, &owner, &row.id).await).await.unwrap();
    let set = async |owner: OwnerId, state: &Value, certain: &[LivePassage]| {
        store.write(async |tx| scribe::set_live(tx, &owner, &row.id, state, certain).await).await.unwrap()
    };
    let passages = async |owner: OwnerId, after_ms, limit| {
        let read = store.read(async |tx| scribe::live_passages(tx, &owner, &row.id, after_ms, limit).await);
        read.await.unwrap().into_iter().map(|passage| passage.end_ms).collect::<Vec<_>>()
    };
    assert_eq!(live(ada()).await, None);
    assert!(!set(ada(), &json!(1), &[]).await, "nobody hears it");
    let hear = async |job: &JobId| {
        store.write(async |tx| scribe::hear_by(tx, &ada(), &row.id, job).await).await.unwrap();
    };
    hear(&job(1)).await;
    assert_eq!(live(ada()).await, Some(LiveRow { job: job(1), state: Value::Null }));
    let passage = |end_ms| LivePassage { end_ms, passage: json!({ "text": end_ms }) };
    assert!(set(ada(), &json!({ "heard": 5 }), &[passage(1_000), passage(2_000)]).await);
    assert!(set(ada(), &json!({ "heard": 9 }), &[passage(3_000)]).await);
    assert!(!set(omar(), &json!({ "heard": 1 }), &[passage(9_000)]).await);
    // A job that follows another one goes on with what that one knew.
    hear(&job(2)).await;
    assert_eq!(live(ada()).await, Some(LiveRow { job: job(2), state: json!({ "heard": 9 }) }));
    assert_eq!(live(omar()).await, None);
    assert_eq!(passages(ada(), 0, 10).await, [1_000, 2_000, 3_000]);
    assert_eq!((passages(ada(), 1_000, 10).await, passages(ada(), 0, 1).await), (vec![2_000, 3_000], vec![3_000]));
    assert_eq!(passages(omar(), 0, 10).await, [0_u64; 0]);

    let forget = async |owner: OwnerId| {
        store.write(async |tx| scribe::forget_live(tx, &owner, &row.id).await).await.unwrap();
    };
    forget(omar()).await;
    assert_eq!(passages(ada(), 0, 10).await.len(), 3);
    forget(ada()).await;
    assert_eq!((live(ada()).await, passages(ada(), 0, 10).await), (None, Vec::new()));
    hear(&job(3)).await;
    assert!(set(ada(), &json!(1), &[passage(1)]).await);
    assert!(store.write(async |tx| scribe::delete(tx, &ada(), &row.id).await).await.unwrap());
    assert_eq!((live(ada()).await, passages(ada(), 0, 10).await), (None, Vec::new()));
}
