//! What is used of limits: windows, leases, warnings, jobs at once.

use std::time::Duration;

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::limits::{Holder, Limited, Plans, Window};
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{self, Need, NewJob};
use sluice_store::limits::{self, Of, Taken, Use, Warning};
use sluice_store::{Store, StoreError, events};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_sliding_window_admits_so_many_and_the_next_when_the_first_has_left,
    many_at_once_take_exactly_what_there_is,
    a_lowered_limit_says_when_there_is_room_again,
    leases_never_exceed_the_window_and_what_is_given_back_is_free,
    many_processes_lease_exactly_what_there_is,
    a_warning_is_given_once,
    jobs_that_have_not_ended_are_counted,
    what_is_over_is_deleted_in_batches,
    plans_are_written_once,
    calls_of_today_without_a_price_are_counted,
);

fn of(name: &str) -> Of {
    Of::new(Holder::User, name)
}

const fn window(hard: u64, seconds: u32) -> Window {
    Window { hard, soft: None, seconds }
}

async fn take(store: &Store, name: &str, window: Window) -> Taken {
    store.write(async |tx| limits::take(tx, &of(name), Limited::Jobs, window).await).await.unwrap()
}

async fn used(store: &Store, name: &str, window: Window) -> Use {
    store.read(async |tx| limits::used(tx, &of(name), Limited::Jobs, window).await).await.unwrap()
}

async fn advance(store: &Store, seconds: u64) {
    store.advance_clock(Duration::from_secs(seconds)).await.unwrap();
}

async fn a_sliding_window_admits_so_many_and_the_next_when_the_first_has_left(store: &Store) {
    let two = window(2, 60);
    assert_eq!(used(store, "ada", two).await, Use { used: 0, frees_at: None });
    assert!(matches!(take(store, "ada", two).await, Taken::Yes(Use { used: 1, .. })));
    advance(store, 30).await;
    assert!(matches!(take(store, "ada", two).await, Taken::Yes(Use { used: 2, .. })));
    let Taken::Full(full) = take(store, "ada", two).await else { panic!("a third one") };
    let now = store.now().await.unwrap();
    let wait = full.frees_at.unwrap().since(now);
    assert!((29..=30).contains(&wait.as_secs()) && full.used == 2, "{wait:?}");
    assert!(matches!(take(store, "omar", two).await, Taken::Yes(_)), "another one has their own");
    advance(store, 31).await;
    assert_eq!(used(store, "ada", two).await.used, 1, "it slides");
    assert!(matches!(take(store, "ada", two).await, Taken::Yes(Use { used: 2, .. })));
    assert!(matches!(take(store, "ada", window(0, 60)).await, Taken::Full(Use { frees_at: None, .. })));
}

async fn many_at_once_take_exactly_what_there_is(store: &Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let store = store.clone();
        tasks.spawn(async move { matches!(take(&store, "ada", window(7, 600)).await, Taken::Yes(_)) });
    }
    let taken = tasks.join_all().await.into_iter().filter(|taken| *taken).count();
    assert_eq!(taken, 7);
}

async fn a_lowered_limit_says_when_there_is_room_again(store: &Store) {
    for _ in 0..4 {
        take(store, "ada", window(9, 60)).await;
        advance(store, 10).await;
    }
    // Forty seconds later two of the four have to leave before one of two is free: the third leaves at 80.
    let Taken::Full(full) = take(store, "ada", window(2, 60)).await else { panic!("more than the limit") };
    let wait = full.frees_at.unwrap().since(store.now().await.unwrap()).as_secs();
    assert!((39..=40).contains(&wait) && full.used == 4, "{wait} {full:?}");
}

async fn lease(store: &Store, window: Window, wanted: u64, back: Option<(Timestamp, u64)>) -> limits::Leased {
    store.write(async |tx| limits::lease(tx, &of("ada"), Limited::Requests, window, wanted, back).await).await.unwrap()
}

async fn leases_never_exceed_the_window_and_what_is_given_back_is_free(store: &Store) {
    let ten = window(10, 60);
    let first = lease(store, ten, 6, None).await;
    assert_eq!((first.granted, first.used), (6, 6));
    let second = lease(store, ten, 6, None).await;
    assert_eq!((second.granted, second.used), (4, 10));
    assert_eq!(lease(store, ten, 1, None).await.granted, 0);
    let again = lease(store, ten, 1, Some((first.began_at, 3))).await;
    assert_eq!((again.granted, again.used), (1, 8));
    let seen = store.read(async |tx| limits::leased(tx, &of("ada"), Limited::Requests).await).await.unwrap();
    assert_eq!(seen, Use { used: 8, frees_at: Some(first.ends_at) });
    assert_eq!(lease(store, window(20, 60), 100, None).await.granted, 12, "a raised limit holds at once");
    advance(store, 61).await;
    let new = lease(store, ten, 6, Some((first.began_at, 3))).await;
    assert_eq!((new.granted, new.used), (6, 6), "what was left of an earlier window is nothing");
    assert!(new.began_at > first.began_at);
    let shorter = lease(store, window(10, 5), 1, None).await;
    assert_eq!(shorter.used, 1, "a window of another length begins anew");
    advance(store, 6).await;
    let none = store.read(async |tx| limits::leased(tx, &of("ada"), Limited::Requests).await).await.unwrap();
    assert_eq!(none, Use { used: 0, frees_at: None });
}

async fn many_processes_lease_exactly_what_there_is(store: &Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let store = store.clone();
        tasks.spawn(async move { lease(&store, window(50, 600), 3, None).await.granted });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<u64>(), 50);
}

async fn a_warning_is_given_once(store: &Store) {
    let warning = |until| Warning { of: of("ada"), limited: Limited::Jobs, used: 8, soft: 8, hard: 10, until };
    let warn = async |owner: OwnerId| {
        let until = store.now().await.unwrap() + Duration::from_mins(1);
        store.write(async |tx| limits::warn(tx, &owner, &warning(until)).await).await.unwrap()
    };
    assert_eq!((warn(ada()).await, warn(ada()).await, warn(omar()).await), (true, false, true));
    advance(store, 61).await;
    assert!(warn(ada()).await);
    let seen = store.read(async |tx| events::after(tx, &ada(), 0, 10).await).await.unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].kind.as_str(), &seen[0].data["limit"]), ("limit.near", &"jobs".into()));
    assert_eq!(
        (&seen[0].data["used"], &seen[0].data["hard"], &seen[0].data["holder"]),
        (&8.into(), &10.into(), &"user".into())
    );
}

async fn jobs_that_have_not_ended_are_counted(store: &Store) {
    let now = store.now().await.unwrap();
    let job = |n: u8, owner: OwnerId, kind: &str, subject: &str| NewJob {
        id: JobId::new(now, [n; 10]),
        kind: kind.to_owned(),
        pool: "default".to_owned(),
        stage: "one".to_owned(),
        payload: "{}".to_owned(),
        owner,
        subject: subject.to_owned(),
        parent: None,
        priority: 0,
        delay: Duration::ZERO,
        max_attempts: 1,
        idle_ttl: None,
        idempotency_key: None,
        after: Vec::new(),
        limit_key: None,
        need: Need::default(),
    };
    let first = job(1, ada(), "make", "a");
    let part = NewJob { parent: Some(first.id.clone()), ..job(2, ada(), "part", "a") };
    let others = [
        job(3, ada(), "make", "b"),
        job(4, ada(), "read", "c"),
        job(5, ada(), "make", ""),
        job(6, omar(), "make", "d"),
    ];
    for job in [&first, &part].into_iter().chain(&others) {
        store.write(async |tx| jobs::enqueue(tx, job).await).await.unwrap();
    }
    let count =
        async || store.read(async |tx| limits::jobs_at_once(tx, &ada(), &["read", "hear"]).await).await.unwrap();
    assert_eq!(count().await, 2, "not a part, not what is about nothing, not those of another kind or owner");
    store.write(async |tx| jobs::cancel(tx, &ada(), &first.id).await).await.unwrap();
    assert_eq!(count().await, 1);
    for job in &others {
        store.write(async |tx| jobs::cancel(tx, &job.owner, &job.id).await).await.unwrap();
    }
}

async fn what_is_over_is_deleted_in_batches(store: &Store) {
    store.write(async |tx| limits::lock(tx, &of("ada"), Limited::BytesKept).await).await.unwrap();
    for _ in 0..3 {
        take(store, "ada", window(9, 60)).await;
    }
    lease(store, window(10, 60), 6, None).await;
    advance(store, 120).await;
    take(store, "omar", window(9, 60)).await;
    let before = store.now().await.unwrap() - Duration::from_secs(30);
    let forget = async || store.write(async |tx| limits::forget(tx, before, 2).await).await.unwrap();
    assert_eq!([forget().await, forget().await, forget().await], [3, 1, 0]);
    assert_eq!(used(store, "omar", window(9, 60)).await.used, 1);
}

async fn plans_are_written_once(store: &Store) {
    let set = async |plans: Plans| {
        store.write(async |tx| Ok::<_, StoreError>(limits::set_plans(tx, &plans).await?)).await.unwrap()
    };
    assert!(set(Plans::default()).await);
    assert!(!set(Plans::default()).await, "nothing has changed");
    let one = serde_json::from_str(r#"{"small": {"user": {"micro_usd_per_day": {"hard": 5, "soft": 3}}}}"#).unwrap();
    assert!(set(one).await);
    assert!(set(Plans::default()).await, "one is gone");
    let spent = store.read(async |tx| limits::money(tx, &ada()).await).await.unwrap();
    assert_eq!(spent, limits::Money::default());
    assert_eq!(store.write(async |tx| limits::release_over_budget(tx, &ada()).await).await.unwrap(), 0);
}

async fn calls_of_today_without_a_price_are_counted(store: &Store) {
    let now = store.now().await.unwrap().as_millis();
    let yesterday = now - 86_400_000;
    for (id, owner, began, unpriced, cost) in [
        ("one", "ada", now, 1, "NULL"),
        ("two", "ada", now, 1, "0"),
        ("three", "ada", now, 0, "NULL"),
        ("four", "ada", yesterday, 1, "NULL"),
        ("five", "omar", now, 1, "NULL"),
    ] {
        let call = format!(
            "INSERT INTO calls (id, key, kind, owner, job, attempt, lease, askable, started_at, deadline_at, outcome, \
                 unpriced, cost)
             VALUES ('{id}', '{id}', 'k', '{owner}', 'a job', 1, 'a lease', 0, {began}, {began}, 'started', {unpriced}, \
                 {cost})"
        );
        store.execute(&call).await.unwrap();
    }
    assert_eq!(store.read(async |tx| limits::unpriced_calls(tx, &ada()).await).await.unwrap(), 1);
}
