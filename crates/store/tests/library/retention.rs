//! The end of other rows: in batches that are found by an age or walk from a cursor, whatever their size.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sluice_domain::ids::JobId;
use sluice_domain::time::Timestamp;
use sluice_store::jobs;
use sluice_store::retention::{self, Batch, RetentionPeriods};
use sluice_store::workers::{self, Capability};
use sluice_store::{Store, StoreError, Tx, testing};
use sluice_testkit::TestStore;

use crate::families::new_job;
use crate::{Dice, ada, on_both, read, refused, write};

on_both! {
    a_walk_goes_on_where_it_stopped_and_begins_again_at_its_end
    ended_calls_go_by_their_age_and_open_ones_stay
    calls_whose_outcome_nobody_will_ask_for_end_as_lost
    spent_money_is_forgotten_and_stays_in_the_figures
    days_that_are_over_lose_their_budgets_but_for_what_is_reserved
    budgets_of_jobs_go_with_their_jobs_in_pages_of_any_size
    shares_that_say_no_more_than_their_pools_clock_go
    buckets_that_are_full_go
    workers_that_are_gone_are_forgotten
}

async fn texts(store: &Store, query: &'static str) -> Vec<String> {
    // Both of the names that no row has.
    read(store, async |tx| testing::texts(tx, query, &["\u{1}"]).await).await
}

/// All batches of a walk; gives what they removed.
async fn walk(store: &Store, limit: u32, batch: impl AsyncFn(&mut Tx, &str, u32) -> Result<Batch, StoreError>) -> u64 {
    let (mut after, mut removed) = (String::new(), 0);
    loop {
        let (batch, from) = (&batch, after.as_str());
        let done = write(store, async |tx| batch(tx, from, limit).await).await;
        assert!(done.removed <= u64::from(limit));
        removed += done.removed;
        let Some(next) = done.next else { return removed };
        assert!(next > after, "it comes further: {next:?} after {after:?}");
        after = next;
    }
}

async fn a_walk_goes_on_where_it_stopped_and_begins_again_at_its_end(test: &TestStore) {
    let store = test.store();
    let cursor = async |walk: &str| read(store, async |tx| retention::cursor(tx, walk).await).await;
    let set = async |walk: &str, position: Option<&str>| {
        write(store, async |tx| retention::set_cursor(tx, walk, position).await).await;
    };
    assert_eq!(cursor("jobs").await, "");
    set("jobs", Some("one\ntwo")).await;
    set("shares", Some("ö")).await;
    assert_eq!((cursor("jobs").await, cursor("shares").await), ("one\ntwo".to_owned(), "ö".to_owned()));
    set("jobs", Some("three")).await;
    let lost = async |tx: &mut Tx| {
        retention::set_cursor(tx, "jobs", Some("four")).await?;
        Err::<(), _>(StoreError::Interrupted)
    };
    refused(store, lost).await;
    assert_eq!(cursor("jobs").await, "three", "it goes on with what was done, and not before");
    set("jobs", None).await;
    assert_eq!((cursor("jobs").await, cursor("shares").await), (String::new(), "ö".to_owned()));
    let keep = RetentionPeriods::default();
    assert!(keep.events < keep.history && keep.documents < keep.history && keep.history < keep.spend);
    let month = Duration::from_hours(31 * 24);
    assert!(keep.calls > month && keep.results > month, "what a month's money is about outlives the month");
}

async fn ended_calls_go_by_their_age_and_open_ones_stay(test: &TestStore) {
    let store = test.store();
    let now = store.now().await.unwrap().as_millis();
    for n in 0..9 {
        let (outcome, finished) =
            if n % 3 == 0 { ("started", "NULL".to_owned()) } else { ("failed", (now + n).to_string()) };
        let insert = format!(
            "INSERT INTO calls (id, key, kind, owner, job, attempt, lease, askable, started_at, deadline_at, finished_at,
             outcome) VALUES ('call {n}', 'key {n}', 'voice', 'ada', 'job', 1, 'lease', 0, 1, 2, {finished}, '{outcome}')"
        );
        store.execute(&insert).await.unwrap();
    }
    let before = Timestamp::from_millis(now + 8);
    let forget = async |limit| write(store, async |tx| retention::forget_calls(tx, before, limit).await).await;
    let left = async || texts(store, "SELECT id AS value FROM calls WHERE id <> $1 ORDER BY id").await;
    assert_eq!(forget(2).await, 2);
    assert_eq!(left().await, ["call 0", "call 3", "call 4", "call 5", "call 6", "call 7", "call 8"]);
    assert_eq!((forget(2).await, forget(2).await, forget(2).await), (2, 1, 0));
    assert_eq!(left().await, ["call 0", "call 3", "call 6", "call 8"], "one ended just then, three never");
}

async fn calls_whose_outcome_nobody_will_ask_for_end_as_lost(test: &TestStore) {
    let store = test.store();
    let working = JobId::new(Timestamp::from_millis(1), [7; 10]);
    write(store, async |tx| jobs::enqueue(tx, &new_job(&working, None)).await).await;
    for n in 0..9 {
        // One of a job that has not ended and one whose provider is at work on it; two have the same deadline, one a later one.
        let (job, outcome) =
            (if n == 2 { working.as_str() } else { "gone" }, if n == 3 { "submitted" } else { "unknown" });
        let insert = format!(
            "INSERT INTO calls (id, key, kind, owner, provider, job, attempt, lease, askable, started_at, deadline_at, outcome,
             provider_id)
             VALUES ('call {n}', 'key {n}', 'voice', 'ada', 'voices', '{job}', 1, 'lease', 1, 1, {}, '{outcome}', 'theirs')",
            10 + n / 2 * 2
        );
        store.execute(&insert).await.unwrap();
    }
    let ended = async || {
        let query =
            "SELECT id || ' ' || outcome AS value FROM calls WHERE id <> $1 AND finished_at IS NOT NULL ORDER BY id";
        texts(store, query).await
    };
    let give_up = async |before| {
        let batch = async move |tx: &mut Tx, after: &str, limit| {
            retention::give_up_calls(tx, after, Timestamp::from_millis(before), limit).await
        };
        walk(store, 2, batch).await
    };
    assert_eq!(give_up(10).await, 0, "not before its time");
    assert_eq!(give_up(18).await, 6);
    let lost = [0, 1, 4, 5, 6, 7].map(|n| format!("call {n} lost"));
    assert_eq!(ended().await, lost, "2 may still be asked for, 3 is at work, 8 comes later");
    assert_eq!(give_up(18).await, 0, "a walk over what stays ends");
    assert_eq!(give_up(19).await, 1);
    let until = Timestamp::from_millis(store.now().await.unwrap().as_millis() + 1);
    assert_eq!(
        write(store, async |tx| retention::forget_calls(tx, until, 50).await).await,
        7,
        "they go like any other"
    );
    assert_eq!(texts(store, "SELECT id AS value FROM calls WHERE id <> $1 ORDER BY id").await, ["call 2", "call 3"]);
    store.execute("DELETE FROM jobs").await.unwrap();
    assert_eq!(give_up(19).await, 1, "the job of the other one is gone");
    assert_eq!(ended().await, ["call 2 lost"]);
}

async fn budget(store: &Store, scope: &str, name: &str, reserved: i64, spent: i64) {
    let insert = format!(
        "INSERT INTO budgets (scope, name, cap, reserved, spent, over) VALUES ('{scope}', '{name}', 1000000, {reserved},
         {spent}, 'wait')"
    );
    store.execute(&insert).await.unwrap();
}

async fn spent_money_is_forgotten_and_stays_in_the_figures(test: &TestStore) {
    let store = test.store();
    budget(store, "owner", "ada", 4, 111).await;
    budget(store, "provider", "voices", 4, 10).await;
    let rows = [
        ("a", 1, "settled", "1"),
        ("b", 10, "settled", "10"),
        ("c", 5, "released", "NULL"),
        ("d", 4, "reserved", "NULL"),
        ("e", 100, "settled", "100"),
    ];
    for (at, (lease, reserved, state, spent)) in rows.into_iter().enumerate() {
        let provider = if lease == "b" || lease == "d" { "'voices'" } else { "NULL" };
        let insert = format!(
            "INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, spent, state, at)
             VALUES ('job', '{lease}', 1, 'first', 'ada', {provider}, '2026-01-01', {reserved}, {spent}, '{state}', {at})"
        );
        store.execute(&insert).await.unwrap();
    }
    let drift = async || read(store, async |tx| sluice_store::jobs::spend::drift(tx).await).await;
    assert_eq!(drift().await, [] as [String; 0]);
    let forget = async |limit| {
        write(store, async |tx| retention::forget_spend(tx, Timestamp::from_millis(4), limit).await).await
    };
    let left = async || texts(store, "SELECT lease AS value FROM spend WHERE lease <> $1 ORDER BY lease").await;
    for (removed, leases) in [(2, "cde"), (1, "de"), (0, "de")] {
        assert_eq!(forget(2).await, removed);
        assert_eq!(left().await.concat(), leases);
        assert_eq!(drift().await, [] as [String; 0], "the figures still add up");
    }
    let query = "SELECT scope || ' ' || CAST(spent AS TEXT) || ' ' || CAST(forgotten AS TEXT) AS value FROM budgets
        WHERE name <> $1 ORDER BY scope";
    assert_eq!(texts(store, query).await, ["owner 111 11", "provider 10 10"]);
}

async fn days_that_are_over_lose_their_budgets_but_for_what_is_reserved(test: &TestStore) {
    let store = test.store();
    for (day, reserved) in [("2026-01-01", 5), ("2026-01-02", 0), ("2026-01-03", 0), ("2026-01-04", 0), ("*", 0)] {
        budget(store, "day", day, reserved, 1).await;
    }
    budget(store, "owner", "2026-01-02", 0, 1).await;
    // Noon of the fourth day.
    let before = Timestamp::from_millis(1_767_528_000_000);
    let forget = async |limit| write(store, async |tx| retention::forget_day_budgets(tx, before, limit).await).await;
    let days = async || {
        texts(store, "SELECT scope || ' ' || name AS value FROM budgets WHERE name <> $1 ORDER BY scope, name").await
    };
    assert_eq!((forget(1).await, forget(1).await, forget(1).await), (1, 1, 0), "what is reserved stops no other");
    assert_eq!(days().await, ["day *", "day 2026-01-01", "day 2026-01-04", "owner 2026-01-02"]);
    store.execute("UPDATE budgets SET reserved = 0").await.unwrap();
    assert_eq!(forget(100).await, 1);
}

async fn budgets_of_jobs_go_with_their_jobs_in_pages_of_any_size(test: &TestStore) {
    let store = test.store();
    for limit in [1, 2, 3, 100] {
        store.execute("DELETE FROM budgets").await.unwrap();
        budget(store, "job", "*", 0, 0).await;
        for n in 0..10 {
            budget(store, "job", &format!("job {n}"), i64::from(n == 4), 7).await;
        }
        budget(store, "owner", "job 3", 0, 7).await;
        let removed =
            walk(store, limit, async |tx, after, limit| retention::forget_job_budgets(tx, after, limit).await).await;
        assert_eq!(removed, 9, "{limit} at a time");
        let query = "SELECT scope || ' ' || name AS value FROM budgets WHERE name <> $1 ORDER BY scope, name";
        assert_eq!(texts(store, query).await, ["job *", "job job 4", "owner job 3"]);
    }
}

async fn shares_that_say_no_more_than_their_pools_clock_go(test: &TestStore) {
    let store = test.store();
    for limit in [1, 2, 5, 100] {
        let mut dice = Dice::new(u64::from(limit));
        store.execute("DELETE FROM shares").await.unwrap();
        let mut stay = BTreeSet::new();
        let mut made = 0;
        // The last pool has no clock: there is nothing to begin at.
        for (pool, clock) in [("a", Some(50)), ("b", Some(0)), ("c d", Some(100)), ("e", None)] {
            let owners = (0..6).map(|n| (format!("owner {n}"), i64::try_from(dice.below(100)).unwrap()));
            let rows: BTreeMap<String, i64> = owners.chain(clock.map(|used| (String::new(), used))).collect();
            for (owner, used) in rows {
                let insert = format!("INSERT INTO shares (pool, owner, used) VALUES ('{pool}', '{owner}', {used})");
                store.execute(&insert).await.unwrap();
                made += 1;
                if owner.is_empty() || clock.is_none_or(|clock| used > clock) {
                    stay.insert(format!("{pool}/{owner}"));
                }
            }
        }
        let removed =
            walk(store, limit, async |tx, after, limit| retention::forget_shares(tx, after, limit).await).await;
        let left = texts(store, "SELECT pool || '/' || owner AS value FROM shares WHERE pool <> $1").await;
        assert_eq!(left.into_iter().collect::<BTreeSet<_>>(), stay, "{limit} at a time");
        assert_eq!(removed, made - stay.len() as u64);
    }
}

async fn buckets_that_are_full_go(test: &TestStore) {
    let store = test.store();
    for limit in [1, 3, 100] {
        store.execute("DELETE FROM buckets").await.unwrap();
        let now = store.now().await.unwrap().as_millis();
        let mut stay = BTreeSet::new();
        for n in 0..12 {
            let (scope, unit) = (["kind", "owner"][n % 2], ["requests", "tokens"][n / 6]);
            // A minute is more than the test takes.
            let full_at = if n % 4 == 1 { now + 60_000 } else { now - 1 };
            let insert = format!(
                "INSERT INTO buckets (scope, name, unit, level, filled_at, full_at)
                 VALUES ('{scope}', 'name {n}', '{unit}', 1, 1, {full_at})"
            );
            store.execute(&insert).await.unwrap();
            if n % 4 == 1 {
                stay.insert(format!("name {n}"));
            }
        }
        let forget = async || {
            walk(store, limit, async |tx, after, limit| retention::forget_buckets(tx, after, limit).await).await
        };
        assert_eq!(forget().await, 9, "{limit} at a time");
        let left = texts(store, "SELECT name AS value FROM buckets WHERE name <> $1").await;
        assert_eq!(left.into_iter().collect::<BTreeSet<_>>(), stay);
        store.advance_clock(Duration::from_mins(2)).await.unwrap();
        assert_eq!(forget().await, 3, "they fill as time passes");
    }
}

async fn workers_that_are_gone_are_forgotten(test: &TestStore) {
    let store = test.store();
    let pools: BTreeMap<String, Capability> =
        [("default".to_owned(), Capability { kinds: vec![ada().to_string()], slots: 2 })].into();
    for name in ["one", "two", "three"] {
        write(store, async |tx| workers::seen(tx, name, &pools).await).await;
    }
    store.advance_clock(Duration::from_mins(5)).await.unwrap();
    write(store, async |tx| workers::seen(tx, "two", &pools).await).await;
    let before = store.now().await.unwrap() - Duration::from_mins(1);
    let forget = async |limit| write(store, async |tx| retention::forget_workers(tx, before, limit).await).await;
    assert_eq!((forget(1).await, forget(1).await, forget(1).await), (1, 1, 0));
    let alive = read(store, async |tx| workers::alive(tx).await).await;
    assert_eq!(alive.iter().map(|worker| worker.name.as_str()).collect::<Vec<_>>(), ["two"]);
}
