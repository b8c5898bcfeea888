//! Bytes and who points at them, on both databases: what is pointed at is never lost, and what nothing points at goes,
//! whoever stops where.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[path = "blobs/crashes.rs"]
mod crashes;
#[path = "blobs/steps.rs"]
mod steps;

use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_store::blobs::{self, Registered, Registration, Subject};
use sluice_store::{Store, StoreError};

/// Runs tests on both databases.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite { $(#[tokio::test] async fn $name() {
            super::$name(sluice_testkit::TestStore::open_on(sluice_store::Dialect::Sqlite).await).await;
        })* }
        mod postgres { $(#[tokio::test] async fn $name() {
            super::$name(sluice_testkit::TestStore::open_on(sluice_store::Dialect::Postgres).await).await;
        })* }
    };
}
pub(crate) use on_both;

fn hash(number: u32) -> String {
    format!("{number:064x}")
}

fn owner(name: &str) -> OwnerId {
    name.parse().unwrap()
}

fn subject<'a>(owner: &'a OwnerId, id: &'a str) -> Subject<'a> {
    Subject { owner, app: "test", id }
}

async fn register(store: &Store, hash: &str) -> Registered {
    store.write(async |tx| blobs::register(tx, hash, 10).await).await.unwrap()
}

async fn ready(store: &Store, hash: &str) -> Registration {
    match register(store, hash).await {
        Registered::Ready(registration) => registration,
        Registered::Collecting { .. } => panic!("{hash} is being collected"),
    }
}

async fn confirm(store: &Store, hash: &str, registration: Registration) -> bool {
    store.write(async |tx| blobs::confirm(tx, hash, registration).await).await.unwrap()
}

async fn bring(store: &Store, hash: &str) {
    let registration = ready(store, hash).await;
    assert!(confirm(store, hash, registration).await);
}

async fn reference(store: &Store, subject: &Subject<'_>, hashes: &[&str]) -> Result<(), StoreError> {
    store.write(async |tx| blobs::reference(tx, subject, hashes).await).await
}

async fn release(store: &Store, subject: &Subject<'_>) {
    store.write(async |tx| blobs::release(tx, subject).await).await.unwrap();
}

async fn begin(store: &Store) -> blobs::Garbage {
    store.write(async |tx| blobs::begin_collecting(tx, blobs::GRACE, 100).await).await.unwrap()
}

async fn finish(store: &Store, garbage: &blobs::Garbage) -> u64 {
    let hashes: Vec<&str> = garbage.hashes.iter().map(String::as_str).collect();
    store.write(async |tx| blobs::finish_collecting(tx, &hashes, garbage.since).await).await.unwrap()
}

async fn after_the_grace(store: &Store) {
    store.advance_clock(blobs::GRACE + Duration::from_secs(1)).await.unwrap();
}

async fn exists(store: &Store, hash: &str) -> bool {
    store.read(async |tx| blobs::find(tx, hash).await).await.unwrap().is_some()
}
