//! Secrets of providers as rows, what was notified, and what is spent.

use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_store::provider_keys::{self, KeyRow, Purpose, SpendOf, Spent};
use sluice_store::{Store, StoreError, Tx, testing};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_secret_is_its_owners_alone,
    secrets_are_encrypted_anew_one_by_one,
    an_owner_who_leaves_has_no_secrets,
    a_notification_counts_once,
    spending_is_added_up_by_provider_and_owner,
);

fn row(owner: &OwnerId, provider: &str, sealed: &str, at: Timestamp) -> KeyRow {
    KeyRow {
        owner: owner.clone(),
        provider: provider.to_owned(),
        purpose: Purpose::Call,
        sealed_by: "one".to_owned(),
        sealed: sealed.to_owned(),
        ending: "abcd".to_owned(),
        set_at: at,
        checked_at: Some(at),
    }
}

async fn set(store: &Store, row: &KeyRow) {
    store.write(async |tx| provider_keys::set(tx, row).await).await.unwrap();
}

async fn find(store: &Store, owner: &OwnerId, provider: &str, purpose: Purpose) -> Option<KeyRow> {
    store.read(async |tx| provider_keys::find(tx, owner, provider, purpose).await).await.unwrap()
}

async fn of_owner(store: &Store, owner: &OwnerId) -> Vec<KeyRow> {
    store.read(async |tx| provider_keys::of_owner(tx, owner).await).await.unwrap()
}

async fn a_secret_is_its_owners_alone(store: &Store) {
    let now = store.now().await.unwrap();
    let (hers, his) = (row(&ada(), "openai", "hers", now), row(&omar(), "openai", "his", now));
    let hook = KeyRow { purpose: Purpose::Hook, checked_at: None, ..row(&ada(), "openai", "hook", now) };
    for row in [&hers, &his, &hook] {
        set(store, row).await;
    }
    assert_eq!(find(store, &ada(), "openai", Purpose::Call).await, Some(hers.clone()));
    assert_eq!(find(store, &ada(), "openai", Purpose::Hook).await, Some(hook.clone()));
    assert_eq!(find(store, &ada(), "d-id", Purpose::Call).await, None);
    assert_eq!(of_owner(store, &ada()).await, [hers.clone(), hook]);
    assert_eq!(of_owner(store, &omar()).await, [his]);

    let later =
        KeyRow { sealed: "new".to_owned(), checked_at: None, set_at: now + Duration::from_secs(1), ..hers.clone() };
    set(store, &later).await;
    assert_eq!(find(store, &ada(), "openai", Purpose::Call).await, Some(later.clone()), "the one before is replaced");
    let at = now + Duration::from_secs(2);
    let checked = async |row: &KeyRow| store.write(async |tx| provider_keys::checked(tx, row, at).await).await.unwrap();
    assert!(!checked(&hers).await, "it was replaced since");
    assert!(checked(&later).await);
    assert_eq!(find(store, &ada(), "openai", Purpose::Call).await.unwrap().checked_at, Some(at));

    let remove = async |owner: &OwnerId| {
        store.write(async |tx| provider_keys::remove(tx, owner, "openai", Purpose::Call).await).await.unwrap()
    };
    assert!(remove(&ada()).await && !remove(&ada()).await);
    assert_eq!((of_owner(store, &ada()).await.len(), of_owner(store, &omar()).await.len()), (1, 1));
    let long = row(&ada(), &"x".repeat(513), "long", now);
    let refused = store.write(async |tx| provider_keys::set(tx, &long).await).await;
    assert!(matches!(refused, Err(StoreError::NotStorable { .. })), "{refused:?}");
}

async fn secrets_are_encrypted_anew_one_by_one(store: &Store) {
    let now = store.now().await.unwrap();
    let rows = [row(&ada(), "d-id", "a", now), row(&ada(), "openai", "b", now), row(&omar(), "d-id", "c", now)];
    for row in &rows {
        set(store, row).await;
    }
    set(store, &KeyRow { sealed_by: "two".to_owned(), ..row(&omar(), "openai", "d", now) }).await;
    let page = async |after: Option<&KeyRow>, limit| {
        let read = async |tx: &mut Tx| provider_keys::sealed_otherwise(tx, "two", after, limit).await;
        store.read(read).await.unwrap()
    };
    assert_eq!(page(None, 2).await, rows[..2]);
    assert_eq!(page(Some(&rows[1]), 2).await, rows[2..]);
    let reseal = async |row: &KeyRow| {
        store.write(async |tx| provider_keys::reseal(tx, row, "two", "again").await).await.unwrap()
    };
    assert!(reseal(&rows[0]).await && !reseal(&rows[0]).await, "what was replaced since stays");
    let found = find(store, &ada(), "d-id", Purpose::Call).await.unwrap();
    assert_eq!((found.sealed_by.as_str(), found.sealed.as_str(), found.ending.as_str()), ("two", "again", "abcd"));
    assert_eq!(page(None, 9).await, rows[1..]);
}

async fn an_owner_who_leaves_has_no_secrets(store: &Store) {
    let now = store.now().await.unwrap();
    for provider in ["a", "b", "c"] {
        set(store, &row(&ada(), provider, provider, now)).await;
    }
    set(store, &row(&omar(), "a", "his", now)).await;
    let leave = async || store.write(async |tx| provider_keys::leave(tx, &ada(), 2).await).await.unwrap();
    assert_eq!([leave().await, leave().await, leave().await], [2, 1, 0]);
    assert_eq!((of_owner(store, &ada()).await.len(), of_owner(store, &omar()).await.len()), (0, 1));
}

async fn a_notification_counts_once(store: &Store) {
    let window = Duration::from_mins(10);
    let note = async |provider: &str, notice: &str| {
        let since = store.now().await.unwrap() - window;
        store.write(async |tx| provider_keys::note_notice(tx, provider, notice, since).await).await.unwrap()
    };
    assert!(note("d-id", "one").await && !note("d-id", "one").await);
    assert!(note("runner", "one").await, "each provider has its own");
    store.advance_clock(window + Duration::from_secs(1)).await.unwrap();
    assert!(note("d-id", "two").await);
    let left = async |tx: &mut Tx| testing::texts(tx, "SELECT notice AS value FROM provider_notices", &[]).await;
    assert_eq!(store.read(left).await.unwrap(), ["two"], "old ones are forgotten");
}

async fn spending_is_added_up_by_provider_and_owner(store: &Store) {
    // From the middle of a month on, so that the day before is in it.
    let mut now = store.now().await.unwrap();
    while !("10".."20").contains(&&sluice_store::jobs::spend::day(now)[8..]) {
        store.advance_clock(Duration::from_hours(24)).await.unwrap();
        now = store.now().await.unwrap();
    }
    let day = |ago: u64| sluice_store::jobs::spend::day(now - Duration::from_hours(24 * ago));
    for (job, owner, provider, ago, state, spent) in [
        ("1", "ada", Some("openai"), 0, "settled", Some(5)),
        ("2", "ada", Some("openai"), 1, "settled", Some(7)),
        ("3", "ada", Some("openai"), 40, "settled", Some(100)),
        ("4", "ada", Some("d-id"), 0, "reserved", None),
        ("5", "omar", Some("openai"), 0, "settled", Some(11)),
        ("6", "ada", None, 0, "settled", Some(1_000)),
    ] {
        let text = |value: Option<&str>| value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
        let number = spent.map_or("NULL".to_owned(), |spent: i64| spent.to_string());
        let statement = format!(
            "INSERT INTO spend (job, lease, attempt, stage, owner, provider, day, reserved, spent, state, at)
             VALUES ('{job}', 'l', 1, 's', '{owner}', {}, '{}', 0, {number}, '{state}', {})",
            text(provider),
            day(ago),
            now.as_millis()
        );
        store.execute(&statement).await.unwrap();
    }
    let spent = async |of| store.read(async |tx| provider_keys::spent(tx, of).await).await.unwrap();
    let openai = |today, this_month| Spent {
        provider: "openai".to_owned(),
        today: MicroUsd(today),
        this_month: MicroUsd(this_month),
        unpriced_today: 0,
    };
    let (hers, his) = (ada(), omar());
    assert_eq!(spent(SpendOf::Owner(&hers)).await, [openai(5, 12)]);
    assert_eq!(spent(SpendOf::Owner(&his)).await, [openai(11, 11)]);
    assert_eq!(spent(SpendOf::All).await, [openai(16, 23)]);
    // What is paid with a key of one's own is in no budget, and what has no price in no amount.
    for (id, owner, provider, ago, own_key, unpriced, cost) in [
        ("1", "ada", "openai", 0, 1, 0, "3"),
        ("2", "ada", "openai", 1, 1, 0, "4"),
        ("3", "ada", "faces", 0, 0, 1, "NULL"),
        ("4", "ada", "openai", 0, 0, 0, "1000"),
        ("5", "omar", "openai", 0, 1, 1, "NULL"),
    ] {
        let at = (now - Duration::from_hours(24 * ago)).as_millis();
        let statement = format!(
            "INSERT INTO calls (id, key, kind, owner, provider, job, attempt, lease, askable, started_at, deadline_at,
                 finished_at, outcome, own_key, unpriced, cost)
             VALUES ('{id}', 'k{id}', 'k', '{owner}', '{provider}', 'j', 1, 'l', 1, {at}, {at}, {at}, 'succeeded', {own_key},
                 {unpriced}, {cost})"
        );
        store.execute(&statement).await.unwrap();
    }
    let faces = Spent { provider: "faces".to_owned(), unpriced_today: 1, ..openai(0, 0) };
    assert_eq!(spent(SpendOf::Owner(&hers)).await, [faces.clone(), openai(8, 19)]);
    assert_eq!(spent(SpendOf::Owner(&his)).await, [Spent { unpriced_today: 1, ..openai(11, 11) }]);
    assert_eq!(spent(SpendOf::All).await, [faces, Spent { unpriced_today: 1, ..openai(19, 30) }]);
}
