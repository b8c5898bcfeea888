//! Throttles of failed attempts.

use std::time::Duration;

use sluice_domain::time::Timestamp;
use sluice_store::Store;
use sluice_store::throttles::{self, Rule};

use crate::on_both_databases;

on_both_databases!(failures_slow_the_next_attempt_until_they_are_forgotten, old_failures_are_deleted_in_batches);

const RULE: Rule =
    Rule { free: 3, first: Duration::from_secs(1), longest: Duration::from_secs(5), forget: Duration::from_mins(15) };

async fn fail(store: &Store, key: &str, now: Timestamp) -> Duration {
    store.write(async |tx| throttles::fail(tx, key, RULE, now).await).await.unwrap().since(now)
}

async fn until(store: &Store, key: &str, now: Timestamp) -> Option<Duration> {
    store.read(async |tx| throttles::until(tx, key, now).await).await.unwrap().map(|until| until.since(now))
}

async fn failures_slow_the_next_attempt_until_they_are_forgotten(store: &Store) {
    let now = Timestamp::from_millis(1_000_000_000);
    for seconds in [0, 0, 0, 1, 2, 4, 5, 5] {
        assert_eq!(fail(store, "address 192.0.2.1", now).await, Duration::from_secs(seconds));
    }
    assert_eq!(until(store, "address 192.0.2.1", now).await, Some(Duration::from_secs(5)));
    assert_eq!(until(store, "address 192.0.2.1", now + Duration::from_secs(5)).await, None);
    assert_eq!(until(store, "address 192.0.2.2", now).await, None);
    let later = now + RULE.forget + Duration::from_secs(1);
    assert_eq!(fail(store, "address 192.0.2.1", later).await, Duration::ZERO, "forgotten");
    for _ in 0..4 {
        fail(store, "address 192.0.2.1", later).await;
    }
    store.write(async |tx| throttles::clear(tx, "address 192.0.2.1").await).await.unwrap();
    assert_eq!(until(store, "address 192.0.2.1", later).await, None);
    assert_eq!(fail(store, "address 192.0.2.1", later).await, Duration::ZERO);
}

async fn old_failures_are_deleted_in_batches(store: &Store) {
    let now = Timestamp::from_millis(1_000_000_000);
    for n in 0..5 {
        fail(store, &format!("key {n}"), now).await;
    }
    let later = now + Duration::from_hours(1);
    fail(store, "new", later).await;
    let delete = async || {
        let age = Duration::from_mins(30);
        store.write(async |tx| throttles::delete_old(tx, later, age, 2).await).await.unwrap()
    };
    assert_eq!([delete().await, delete().await, delete().await, delete().await], [2, 2, 1, 0]);
}
