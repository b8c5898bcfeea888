//! Keys of links, and what decides whether a link works.

use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_store::blobs::{self, Registered, Subject};
use sluice_store::links::{self, Holder, LinkKey};
use sluice_store::{Store, StoreError, results};

use crate::{ada, omar, on_both_databases};

on_both_databases!(one_key_signs_and_the_others_are_kept_for_a_while, bytes_are_those_of_the_owner_or_of_a_result);

async fn key(store: &Store, id: &str) -> LinkKey {
    let now = store.now().await.unwrap();
    LinkKey { id: id.to_owned(), secret: "ab".repeat(32), created_at: now }
}

async fn rotate(store: &Store, key: &LinkKey, newest: Option<&str>) -> bool {
    store.write(async |tx| links::rotate(tx, key, newest).await).await.unwrap()
}

async fn signs(store: &Store) -> Option<LinkKey> {
    store.read(async |tx| links::signing(tx, &ada()).await).await.unwrap().key
}

async fn is_known(store: &Store, id: &str) -> bool {
    let hash = "0".repeat(64);
    let asked = store.read(async |tx| links::asked(tx, id, &ada(), Holder::Owner, &hash).await).await.unwrap();
    asked.secret.is_some()
}

async fn one_key_signs_and_the_others_are_kept_for_a_while(store: &Store) {
    let nothing = store.read(async |tx| links::signing(tx, &ada()).await).await.unwrap();
    assert_eq!((nothing.key, nothing.epoch), (None, 0));
    let first = key(store, "first").await;
    assert!(rotate(store, &first, None).await);
    assert!(!rotate(store, &key(store, "late").await, None).await, "somebody else was first");
    assert_eq!(signs(store).await, Some(first));
    store.advance_clock(Duration::from_hours(24)).await.unwrap();
    let second = key(store, "second").await;
    assert!(rotate(store, &second, Some("first")).await);
    assert_eq!(signs(store).await, Some(second.clone()));
    assert!(is_known(store, "first").await && is_known(store, "second").await && !is_known(store, "late").await);
    let delete = async |before| store.write(async |tx| links::delete_retired(tx, before).await).await.unwrap();
    assert_eq!(delete(second.created_at).await, 0);
    assert_eq!(delete(second.created_at + Duration::from_millis(1)).await, 1);
    assert!(!is_known(store, "first").await && is_known(store, "second").await);
    assert!(!format!("{second:?}").contains("abab"), "a secret is not shown");
    assert_eq!(store.write(async |tx| links::revoke(tx).await).await.unwrap(), 1);
    assert_eq!(signs(store).await, None);
}

async fn bytes_are_those_of_the_owner_or_of_a_result(store: &Store) {
    let (hash, owner) = ("1".repeat(64), ada());
    let registered = store.write(async |tx| blobs::register(tx, &hash, 7).await).await.unwrap();
    let Registered::Ready(registration) = registered else { panic!("nothing collects it") };
    let reference = async |tx: &mut sluice_store::Tx| {
        blobs::confirm(tx, &hash, registration).await?;
        blobs::reference(tx, &Subject { owner: &owner, app: "test", id: "one" }, &[&hash]).await?;
        results::store(tx, "key", "page", &serde_json::json!({ "hash": hash })).await
    };
    store.write(reference).await.unwrap();
    let asked = async |owner: &OwnerId, holder: Holder<'_>| {
        store.read(async |tx| links::asked(tx, "none", owner, holder, &hash).await).await.unwrap()
    };
    let bytes = async |owner: &OwnerId, holder: Holder<'_>| asked(owner, holder).await.bytes;
    assert_eq!(bytes(&owner, Holder::Owner).await, Some(7));
    assert_eq!(bytes(&omar(), Holder::Owner).await, None);
    assert_eq!(bytes(&omar(), Holder::Result("key")).await, Some(7));
    assert_eq!(bytes(&omar(), Holder::Result("another")).await, None);
    let found = asked(&owner, Holder::Owner).await;
    assert_eq!((found.secret, found.epoch), (None, Some(0)));
    let release =
        async |tx: &mut sluice_store::Tx| blobs::release(tx, &Subject { owner: &owner, app: "test", id: "one" }).await;
    store.write::<_, StoreError, _>(release).await.unwrap();
    assert_eq!(bytes(&owner, Holder::Owner).await, None);
}
