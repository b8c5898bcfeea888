//! Holds, tombstones and days that are set, and the tiers of sessions.

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, NewJob};
use sluice_store::keeping::{self, Days, FOREVER, Held, Terms, Tombstone};
use sluice_store::scribe::{self, ChunkRow, NewSegment, RecordingId, RecordingRow, tiers};
use sluice_store::{Store, StoreError, blobs, retention};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_hold_is_on_one_thing_or_on_all_of_an_owner,
    what_was_moved_is_written_down_until_its_owner_leaves,
    days_are_set_for_one_thing_or_all_of_an_owner_until_they_leave,
    a_session_is_due_by_its_own_days_else_its_owners_else_the_installations,
    what_is_set_holds_within_the_bounds_alone,
    a_session_passes_through_its_tiers_with_its_references,
    a_session_that_is_held_or_not_written_down_stays_where_it_is,
    a_job_that_did_not_succeed_keeps_the_sound_even_when_its_row_is_gone,
    what_a_failed_restoration_left_goes_with_the_archive,
    tiers_are_summed_by_owner_and_for_all,
);

const ONE: Held<'_> = Held::One { app: "scribe", subject: "one" };

async fn is_held(store: &Store, owner: &OwnerId, subject: &str) -> bool {
    store.read(async |tx| keeping::is_held(tx, owner, "scribe", subject).await).await.unwrap()
}

async fn a_hold_is_on_one_thing_or_on_all_of_an_owner(store: &Store) {
    let hold = async |owner: OwnerId, held: Held<'static>, reason: &'static str| {
        store.write(async |tx| keeping::hold(tx, &owner, held, reason).await).await.unwrap()
    };
    let lift = async |owner: OwnerId, held: Held<'static>| {
        store.write(async |tx| keeping::lift(tx, &owner, held).await).await.unwrap()
    };
    let first = hold(ada(), ONE, "a matter").await;
    let second = hold(ada(), ONE, "another matter").await;
    assert_eq!((second.reason.as_str(), second.placed_at), ("another matter", first.placed_at));
    assert_eq!(
        [
            is_held(store, &ada(), "one").await,
            is_held(store, &ada(), "two").await,
            is_held(store, &omar(), "one").await
        ],
        [true, false, false]
    );
    hold(ada(), Held::Everything, "").await;
    assert!(is_held(store, &ada(), "two").await);
    assert!(!lift(omar(), ONE).await);
    assert!(lift(ada(), ONE).await);
    assert!(!lift(ada(), ONE).await);
    let found = store.read(async |tx| keeping::held_by(tx, &ada(), Held::Everything).await).await.unwrap();
    assert_eq!(found.map(|hold| hold.reason).as_deref(), Some(""));
    assert!(is_held(store, &ada(), "one").await, "with everything of its owner");
}

async fn what_was_moved_is_written_down_until_its_owner_leaves(store: &Store) {
    let stone = |tier: &str| Tombstone {
        owner: ada(),
        app: "scribe".to_owned(),
        subject: "one".to_owned(),
        moved_at: Timestamp::from_millis(0),
        rule: "hot for 7 days".to_owned(),
        tier: tier.to_owned(),
        what: "3 chunks".to_owned(),
        bytes_before: 30,
        bytes_after: 31,
    };
    for tier in ["cold", "warm"] {
        store.write(async |tx| keeping::add_tombstone(tx, &stone(tier)).await).await.unwrap();
    }
    store.write(async |tx| keeping::hold(tx, &ada(), ONE, "a matter").await).await.unwrap();
    let stones = async |owner: OwnerId| {
        store.read(async |tx| keeping::tombstones(tx, &owner, "scribe", "one").await).await.unwrap()
    };
    let found = stones(ada()).await;
    assert_eq!(found.len(), 2);
    let first = &found[0];
    assert_eq!(first, &Tombstone { moved_at: first.moved_at, ..stone(&first.tier) });
    assert!(first.moved_at.as_millis() > 0);
    assert!(stones(omar()).await.is_empty());
    let leave = async |owner: OwnerId| store.write(async |tx| keeping::leave(tx, &owner, 1).await).await.unwrap();
    assert_eq!([leave(omar()).await, leave(ada()).await, leave(ada()).await, leave(ada()).await], [0, 2, 1, 0]);
    assert!(stones(ada()).await.is_empty());
}

/// Bytes that are there.
async fn blob(store: &Store, content: u8) -> String {
    let hash = hex::encode([content; 32]);
    store
        .write(async |tx| {
            let blobs::Registered::Ready(registration) = blobs::register(tx, &hash, 10).await? else { panic!() };
            assert!(blobs::confirm(tx, &hash, registration).await?);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    hash
}

/// A session that has ended, with one chunk.
async fn ended(store: &Store, owner: &OwnerId, random: u8, transcribe: bool) -> RecordingRow {
    let now = store.now().await.unwrap();
    let row = RecordingRow {
        id: RecordingId::new(now, [random; 10]),
        owner: owner.clone(),
        title: "Tides".to_owned(),
        language: None,
        state: "recording".to_owned(),
        transcribe,
        consent: String::new(),
        gaps_accepted: false,
        request: None,
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
    let chunk = ChunkRow {
        segment: 0,
        number: 0,
        start_ms: 0,
        length_ms: 1_000,
        bytes: 10,
        sha256: hex::encode([random; 32]),
        blob: blob(store, random).await,
        stored_at: now,
    };
    let segment = NewSegment {
        key: "a".to_owned(),
        source: "microphone".to_owned(),
        media_type: "audio/webm".to_owned(),
        started_at: now,
    };
    store
        .write(async |tx| {
            scribe::insert(tx, &row).await?;
            scribe::begin_segment(tx, owner, &row.id, &segment, 3).await?;
            scribe::place(tx, owner, &row.id, &chunk).await?;
            let ended = RecordingRow { state: "complete".to_owned(), ended_at: Some(now), ..row.clone() };
            scribe::update(tx, &ended).await
        })
        .await
        .unwrap();
    row
}

/// What nobody set anything for is due at once.
const AT_ONCE: Terms = Terms { days: 0, least: 0, most: 0 };

async fn due(store: &Store, tier: &'static str, after: &str) -> Vec<(OwnerId, RecordingId)> {
    let now = store.now().await.unwrap() + Duration::from_secs(1);
    let due = store.read(async |tx| tiers::due(tx, tier, AT_ONCE, now, after, 10).await).await.unwrap();
    due.into_iter().map(|(owner, id, _)| (owner, id)).collect()
}

async fn may_leave(store: &Store, row: &RecordingRow, tier: &'static str) -> bool {
    store.advance_clock(Duration::from_millis(1)).await.unwrap();
    store.write(async |tx| tiers::may_leave(tx, &row.owner, &row.id, tier, AT_ONCE).await).await.unwrap()
}

/// What is due after so many days, with the days that hold for it.
async fn due_after(store: &Store, days: u64, tier: &'static str, terms: Terms) -> Vec<(OwnerId, RecordingId, u32)> {
    let now = store.now().await.unwrap() + Duration::from_hours(24 * days) + Duration::from_mins(1);
    store.read(async |tx| tiers::due(tx, tier, terms, now, "", 10).await).await.unwrap()
}

async fn set(store: &Store, owner: &OwnerId, subject: &str, hot: Option<u32>, warm: Option<u32>) {
    let days = Days { hot, warm };
    store.write(async |tx| keeping::set_days(tx, owner, "scribe", subject, days).await).await.unwrap();
}

async fn days_are_set_for_one_thing_or_all_of_an_owner_until_they_leave(store: &Store) {
    let days = async |owner: OwnerId, subject: &str| {
        store.read(async |tx| keeping::days(tx, &owner, "scribe", subject).await).await.unwrap()
    };
    let count = async |owner: Option<OwnerId>| {
        store.read(async |tx| keeping::count_of_own(tx, owner.as_ref(), "scribe").await).await.unwrap()
    };
    set(store, &ada(), "", Some(3), None).await;
    set(store, &ada(), "one", None, Some(90)).await;
    set(store, &ada(), "one", Some(5), Some(91)).await;
    set(store, &omar(), "two", Some(1), None).await;
    assert_eq!(days(ada(), "").await, Days { hot: Some(3), warm: None });
    assert_eq!(days(ada(), "one").await, Days { hot: Some(5), warm: Some(91) });
    assert_eq!([days(omar(), "").await, days(omar(), "one").await], [Days::default(); 2]);
    assert_eq!([count(Some(ada())).await, count(Some(omar())).await, count(None).await], [1, 1, 2]);
    set(store, &ada(), "one", None, None).await;
    assert_eq!((days(ada(), "one").await, count(Some(ada())).await), (Days::default(), 0));
    let leave = async |owner: OwnerId| store.write(async |tx| keeping::leave(tx, &owner, 1).await).await.unwrap();
    assert_eq!([leave(ada()).await, leave(ada()).await], [1, 0]);
    assert_eq!((days(ada(), "").await, count(None).await), (Days::default(), 1));
}

async fn a_session_is_due_by_its_own_days_else_its_owners_else_the_installations(store: &Store) {
    let terms = Terms { days: 7, least: 1, most: 365 };
    let (hers, longer, his) = (
        ended(store, &ada(), 1, false).await,
        ended(store, &ada(), 2, false).await,
        ended(store, &omar(), 3, false).await,
    );
    set(store, &ada(), "", Some(3), Some(20)).await;
    set(store, &ada(), longer.id.as_str(), Some(40), None).await;
    // Of somebody else, with the id of hers: it means nothing.
    set(store, &omar(), hers.id.as_str(), Some(1), None).await;
    let one = |row: &RecordingRow, days: u32| (row.owner.clone(), row.id.clone(), days);
    let due = async |days: u64| due_after(store, days, "hot", terms).await;
    assert_eq!(due(2).await, []);
    assert_eq!(due(3).await, [one(&hers, 3)]);
    let mut two = [one(&hers, 3), one(&his, 7)];
    two.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!((due(6).await, due(39).await), (vec![one(&hers, 3)], two.to_vec()));
    assert_eq!(due(40).await.len(), 3);

    // A hold wins over all.
    let held = Held::One { app: "scribe", subject: hers.id.as_str() };
    store.write(async |tx| keeping::hold(tx, &ada(), held, "").await).await.unwrap();
    assert_eq!(due(6).await, []);
    store.write(async |tx| keeping::lift(tx, &ada(), held).await).await.unwrap();

    // What is set for one tier says nothing of the other, and the transaction that moves something looks again.
    let archive = blob(store, 9).await;
    store.write(async |tx| tiers::keep_archive(tx, &ada(), &longer.id, &archive).await).await.unwrap();
    let transcript = blob(store, 8).await;
    store.write(async |tx| scribe::set_transcript(tx, &ada(), &longer.id, &transcript).await).await.unwrap();
    let thirty = Terms { days: 30, ..terms };
    assert_eq!(due_after(store, 19, "warm", thirty).await, []);
    assert_eq!(due_after(store, 20, "warm", thirty).await, [one(&longer, 20)]);
    store.advance_clock(Duration::from_hours(24 * 4)).await.unwrap();
    let may =
        async || store.write(async |tx| tiers::may_leave(tx, &ada(), &hers.id, "hot", terms).await).await.unwrap();
    assert!(may().await);
    set(store, &ada(), hers.id.as_str(), Some(60), None).await;
    assert!(!may().await);
    store.write(async |tx| scribe::delete(tx, &ada(), &hers.id).await).await.unwrap();
    let left = store.read(async |tx| keeping::days(tx, &ada(), "scribe", hers.id.as_str()).await).await.unwrap();
    assert_eq!(left, Days::default(), "they go with the session");
}

async fn what_is_set_holds_within_the_bounds_alone(store: &Store) {
    let row = ended(store, &ada(), 1, false).await;
    let due =
        async |days: u64, terms: Terms| due_after(store, days, "hot", terms).await.first().map(|(_, _, days)| *days);
    let forever = Terms { days: FOREVER, least: 1, most: FOREVER };
    assert_eq!(due(50_000, forever).await, None);
    set(store, &ada(), "", Some(300), None).await;
    assert_eq!((due(299, forever).await, due(300, forever).await), (None, Some(300)));
    // The bounds were narrowed since.
    let narrow = Terms { days: 30, least: 10, most: 100 };
    assert_eq!((due(99, narrow).await, due(100, narrow).await), (None, Some(100)));
    set(store, &ada(), row.id.as_str(), Some(2), None).await;
    assert_eq!((due(9, narrow).await, due(10, narrow).await), (None, Some(10)));
}

async fn a_session_passes_through_its_tiers_with_its_references(store: &Store) {
    let row = ended(store, &ada(), 1, true).await;
    let (owner, id) = (&row.owner, &row.id);
    assert!(due(store, "hot", "").await.is_empty(), "it has no transcript yet");
    let transcript = blob(store, 2).await;
    store.write(async |tx| scribe::set_transcript(tx, owner, id, &transcript).await).await.unwrap();
    assert_eq!(due(store, "hot", "").await, [(ada(), id.clone())]);
    assert!(due(store, "hot", id.as_str()).await.is_empty());
    let early = row.created_at - Duration::from_secs(1);
    assert!(store.read(async |tx| tiers::due(tx, "hot", AT_ONCE, early, "", 10).await).await.unwrap().is_empty());
    assert!(may_leave(store, &row, "hot").await);
    assert!(!may_leave(store, &RecordingRow { owner: omar(), ..row.clone() }, "hot").await);
    let bytes = async || store.read(async |tx| tiers::bytes(tx, owner, id).await).await.unwrap();
    let shelf = async || store.read(async |tx| tiers::shelf(tx, owner, id).await).await.unwrap().unwrap();
    let referenced = async |hash: &str| store.read(async |tx| blobs::is_referenced(tx, hash).await).await.unwrap();
    let chunk = hex::encode([1; 32]);
    assert_eq!((bytes().await, shelf().await.tier.as_str()), (20, "hot"));

    let archive = blob(store, 3).await;
    store.write(async |tx| tiers::keep_archive(tx, owner, id, &archive).await).await.unwrap();
    let warm = shelf().await;
    assert_eq!((warm.tier.as_str(), warm.archive.as_deref()), ("warm", Some(archive.as_str())));
    assert_eq!((referenced(&chunk).await, referenced(&archive).await, bytes().await), (false, true, 20));
    assert_eq!(due(store, "warm", "").await, [(ada(), id.clone())]);
    let archives = async |after: &str| store.read(async |tx| tiers::archives(tx, after, 10).await).await.unwrap();
    assert_eq!(archives("").await, [(ada(), id.clone(), archive.clone())]);
    assert!(archives(id.as_str()).await.is_empty());

    // Back, and once more.
    store.write(async |tx| tiers::keep_chunks(tx, owner, id, &[&chunk]).await).await.unwrap();
    assert_eq!((referenced(&chunk).await, referenced(&archive).await), (true, false));
    assert_eq!((shelf().await.tier.as_str(), shelf().await.archive), ("hot", None));
    store.write(async |tx| tiers::keep_archive(tx, owner, id, &archive).await).await.unwrap();

    store.write(async |tx| tiers::keep_transcript(tx, owner, id).await).await.unwrap();
    assert_eq!((shelf().await.tier.as_str(), bytes().await), ("cold", 10));
    assert_eq!((referenced(&archive).await, referenced(&transcript).await), (false, true));
    let chunks = store.read(async |tx| scribe::chunks(tx, owner, id, 0).await).await.unwrap();
    assert_eq!(chunks.len(), 1, "what arrived stays known");
    assert!(due(store, "warm", "").await.is_empty());

    store.write(async |tx| scribe::delete(tx, owner, id).await).await.unwrap();
    assert!(!referenced(&transcript).await);
    assert!(store.read(async |tx| tiers::shelf(tx, owner, id).await).await.unwrap().is_none());
}

async fn a_session_that_is_held_or_not_written_down_stays_where_it_is(store: &Store) {
    let only_recorded = ended(store, &ada(), 1, false).await;
    let (owner, id) = (&only_recorded.owner, &only_recorded.id);
    assert!(may_leave(store, &only_recorded, "hot").await);
    let one = Held::One { app: "scribe", subject: id.as_str() };
    for held in [one, Held::Everything] {
        store.write(async |tx| keeping::hold(tx, owner, held, "").await).await.unwrap();
        assert!(!may_leave(store, &only_recorded, "hot").await);
        assert!(due(store, "hot", "").await.is_empty());
        store.write(async |tx| keeping::lift(tx, owner, held).await).await.unwrap();
    }
    let archive = blob(store, 3).await;
    store.write(async |tx| tiers::keep_archive(tx, owner, id, &archive).await).await.unwrap();
    assert!(!may_leave(store, &only_recorded, "warm").await, "nothing would be left of it");
}

/// A job on a session.
pub(crate) async fn job(store: &Store, row: &RecordingRow, kind: &str) -> JobId {
    let new = NewJob {
        id: JobId::new(store.now().await.unwrap(), rand(kind)),
        kind: kind.to_owned(),
        pool: "default".to_owned(),
        stage: "first".to_owned(),
        payload: "{}".to_owned(),
        owner: row.owner.clone(),
        subject: row.id.to_string(),
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
    store.write(async |tx| jobs::enqueue(tx, &new).await).await.unwrap()
}

/// Different for each kind.
fn rand(kind: &str) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes.iter_mut().zip(kind.bytes()).for_each(|(byte, letter)| *byte = letter);
    bytes
}

pub(crate) async fn finish(store: &Store, job: &JobId, state: &str) {
    let (at, result) = (store.now().await.unwrap().as_millis(), if state == "succeeded" { "'{}'" } else { "NULL" });
    let text = format!("UPDATE jobs SET state = '{state}', finished_at = {at}, result = {result} WHERE id = '{job}'");
    assert_eq!(store.execute(&text).await.unwrap(), 1);
}

async fn remember(store: &Store, after: &str, limit: u32) -> Option<String> {
    store.write(async |tx| tiers::remember_unmade(tx, after, limit).await).await.unwrap()
}

async fn a_job_that_did_not_succeed_keeps_the_sound_even_when_its_row_is_gone(store: &Store) {
    let (row, other) = (ended(store, &ada(), 1, false).await, ended(store, &omar(), 2, false).await);
    let stays = async || !may_leave(store, &row, "hot").await;
    let (heard, drawn) = (job(store, &row, "hear").await, job(store, &row, "draw").await);
    finish(store, &heard, "succeeded").await;
    assert!(stays().await, "one has not ended");
    finish(store, &drawn, "cancelled").await;
    assert!(stays().await);
    let failed = "state = 'dead', error_code = 'not_media', error_message = 'no sound'";
    assert_eq!(store.execute(&format!("UPDATE jobs SET {failed} WHERE id = '{drawn}'")).await.unwrap(), 1);
    store.write(async |tx| scribe::set_job(tx, &ada(), &row.id, &drawn).await).await.unwrap();
    let shown = async || {
        let found = store.read(async |tx| scribe::find(tx, &ada(), &row.id).await).await.unwrap().unwrap();
        let job = found.job.unwrap();
        (job.state, job.error.map(|error| (error.code, error.message)))
    };
    let dead = (Some(JobState::Dead), Some(("not_media".to_owned(), "no sound".to_owned())));
    assert_eq!(shown().await, dead);
    assert!(stays().await);
    assert!(may_leave(store, &other, "hot").await);

    // Page by page, as often as one likes.
    for _ in 0..2 {
        let first = remember(store, "", 1).await.unwrap();
        assert_eq!(first, row.id.as_str().min(other.id.as_str()));
        assert!(remember(store, &first, 1).await.is_some());
        assert_eq!(remember(store, other.id.as_str().max(row.id.as_str()), 1).await, None);
    }
    assert_eq!(remember(store, "", 10).await, None);
    let later = store.now().await.unwrap() + Duration::from_secs(1);
    let all = [heard.to_string(), drawn.to_string()];
    store.write(async |tx| retention::forget_jobs(tx, &all, later).await).await.unwrap();
    assert!(stays().await, "the row of the job is gone, and what it should have made is not there");
    assert_eq!(shown().await, dead, "and the session still says why");
    remember(store, "", 10).await;
    assert!(stays().await, "nothing was made since");
    assert!(may_leave(store, &other, "hot").await);

    // A later one of another kind says nothing, one of the same kind does.
    store.advance_clock(Duration::from_secs(1)).await.unwrap();
    let other_kind = job(store, &row, "hear").await;
    finish(store, &other_kind, "succeeded").await;
    remember(store, "", 10).await;
    assert!(stays().await);
    let again = job(store, &row, "draw").await;
    finish(store, &again, "succeeded").await;
    remember(store, "", 10).await;
    assert!(!stays().await);

    // A summary that is made again works on the text alone.
    let summary = job(store, &row, scribe::SUMMARISING).await;
    assert!(!stays().await);
    finish(store, &summary, "cancelled").await;
    remember(store, "", 10).await;
    assert!(!stays().await);

    let third = job(store, &row, "sum up").await;
    finish(store, &third, "cancelled").await;
    remember(store, "", 10).await;
    assert!(stays().await);
    store.write(async |tx| scribe::delete(tx, &row.owner, &row.id).await).await.unwrap();
}

async fn what_a_failed_restoration_left_goes_with_the_archive(store: &Store) {
    let row = ended(store, &ada(), 1, false).await;
    let (owner, id, chunk) = (&row.owner, &row.id, hex::encode([1; 32]));
    let archive = blob(store, 3).await;
    let referenced = async |hash: &str| store.read(async |tx| blobs::is_referenced(tx, hash).await).await.unwrap();
    store.write(async |tx| tiers::keep_archive(tx, owner, id, &archive).await).await.unwrap();
    assert!(!referenced(&chunk).await);
    store.write(async |tx| tiers::keep_restored(tx, owner, id, &[&chunk]).await).await.unwrap();
    assert_eq!((referenced(&chunk).await, referenced(&archive).await), (true, true));
    store.write(async |tx| tiers::keep_transcript(tx, owner, id).await).await.unwrap();
    assert_eq!((referenced(&chunk).await, referenced(&archive).await), (false, false));
}

async fn tiers_are_summed_by_owner_and_for_all(store: &Store) {
    ended(store, &ada(), 1, false).await;
    ended(store, &ada(), 2, false).await;
    let archived = ended(store, &omar(), 3, false).await;
    let archive = blob(store, 4).await;
    store.write(async |tx| tiers::keep_archive(tx, &omar(), &archived.id, &archive).await).await.unwrap();
    let sums = async |owner: Option<OwnerId>| {
        let holdings = store.read(async |tx| tiers::holdings(tx, owner.as_ref()).await).await.unwrap();
        let sum = |one: tiers::Holding| (one.tier, one.sessions, one.bytes, one.oldest.is_some());
        holdings.into_iter().map(sum).collect::<Vec<_>>()
    };
    let hot = ("hot".to_owned(), 2, 20, true);
    let warm = ("warm".to_owned(), 1, 10, true);
    assert_eq!(sums(Some(ada())).await, std::slice::from_ref(&hot));
    assert_eq!(sums(Some(omar())).await, std::slice::from_ref(&warm));
    assert_eq!(sums(None).await, [hot, warm]);
    let now = store.now().await.unwrap();
    let received = async |owner: Option<OwnerId>, since: Timestamp| {
        store.read(async |tx| tiers::received(tx, owner.as_ref(), since).await).await.unwrap()
    };
    let hour = Duration::from_hours(1);
    assert_eq!([received(None, now - hour).await, received(Some(ada()), now - hour).await], [30, 20]);
    assert_eq!(received(None, now + hour).await, 0);
}
