//! Webhooks and their deliveries.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{DeliveryId, JobId, OwnerId, WebhookId};
use sluice_domain::time::Timestamp;
use sluice_store::webhooks::deliveries::{self, AttemptRow, DeliveryRow, DeliveryState, Filter, Last, Range};
use sluice_store::webhooks::{self, WebhookRow};
use sluice_store::{Store, StoreError, events};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    an_endpoint_is_found_and_changed_by_its_owner_alone,
    an_owner_has_a_limited_number_of_endpoints,
    endpoints_behind_the_log_are_found_page_by_page,
    a_deleted_endpoint_is_swept_in_batches,
    an_owner_leaves_nothing,
    there_is_one_delivery_for_an_event,
    deliveries_are_due_listed_and_sent_again,
    old_deliveries_are_forgotten_with_their_attempts,
);

async fn endpoint(store: &Store, owner: &OwnerId, random: u8) -> WebhookRow {
    let now = store.now().await.unwrap();
    let (url, secret) = ("https://example.org/hooks".to_owned(), "whsec_c2VjcmV0".to_owned());
    let row = WebhookRow {
        description: "tides".to_owned(),
        kinds: vec!["reel.*".to_owned()],
        ..WebhookRow::new(WebhookId::new(now, [random; 10]), owner.clone(), url, secret, now)
    };
    assert!(store.write(async |tx| webhooks::insert(tx, &row, 20).await).await.unwrap());
    row
}

fn delivery(endpoint: &WebhookRow, random: u8, seq: Option<i64>, now: Timestamp) -> DeliveryRow {
    DeliveryRow {
        id: DeliveryId::new(now, [random; 10]),
        owner: endpoint.owner.clone(),
        webhook: endpoint.id.clone(),
        seq,
        kind: "reel.changed".to_owned(),
        body: "{}".to_owned(),
        event_at: now,
        state: DeliveryState::Pending,
        round: 0,
        attempts: 0,
        queued_at: now,
        due_at: now,
        ended_at: None,
        last: Last::default(),
    }
}

async fn add(store: &Store, rows: &[DeliveryRow]) -> u64 {
    store.write(async |tx| deliveries::insert(tx, rows).await).await.unwrap()
}

async fn find(store: &Store, owner: &OwnerId, id: &WebhookId) -> Option<WebhookRow> {
    store.read(async |tx| webhooks::find(tx, owner, id).await).await.unwrap()
}

async fn an_endpoint_is_found_and_changed_by_its_owner_alone(store: &Store) {
    let row = endpoint(store, &ada(), 1).await;
    assert_eq!(find(store, &ada(), &row.id).await, Some(row.clone()));
    assert_eq!(find(store, &omar(), &row.id).await, None);
    let now = row.created_at;
    let changed = WebhookRow {
        url: "https://example.org/other".to_owned(),
        kinds: Vec::new(),
        secret: "whsec_bmV3".to_owned(),
        previous: Some((row.secret.clone(), now)),
        disabled: Some(("gone".to_owned(), now)),
        place: 7,
        missed: 2,
        job: Some(JobId::new(now, [9; 10])),
        parked_until: Some(now),
        failures: 3,
        failing_since: Some(now),
        resume_at: Some(now),
        succeeded_at: Some(now),
        ..row.clone()
    };
    let foreign = WebhookRow { owner: omar(), ..changed.clone() };
    let save = async |row: &WebhookRow| {
        store
            .write(async |tx| {
                webhooks::locked(tx, &row.owner, &row.id).await?;
                webhooks::save(tx, row).await
            })
            .await
            .unwrap();
    };
    save(&foreign).await;
    assert_eq!(find(store, &ada(), &row.id).await, Some(row.clone()));
    save(&changed).await;
    assert_eq!(find(store, &ada(), &row.id).await, Some(changed.clone()));
    assert!(!format!("{changed:?}").contains("whsec_"));
    let list = async |owner| store.read(async |tx| webhooks::list(tx, &owner).await).await.unwrap();
    assert_eq!((list(ada()).await, list(omar()).await), (vec![changed], Vec::new()));
    let delete = async |owner| store.write(async |tx| webhooks::delete(tx, &owner, &row.id).await).await.unwrap();
    assert!(!delete(omar()).await);
    assert!(delete(ada()).await && !delete(ada()).await);
    assert_eq!((find(store, &ada(), &row.id).await, list(ada()).await), (None, Vec::new()));
}

async fn an_owner_has_a_limited_number_of_endpoints(store: &Store) {
    let row = endpoint(store, &ada(), 1).await;
    let insert = async |random: u8| {
        let row = WebhookRow { id: WebhookId::new(row.created_at, [random; 10]), ..row.clone() };
        store.write(async |tx| webhooks::insert(tx, &row, 2).await).await.unwrap()
    };
    assert!(insert(2).await);
    assert!(!insert(3).await);
    let gone = store.write(async |tx| webhooks::delete_all(tx, &ada()).await).await.unwrap();
    assert_eq!(gone, 2);
    assert!(insert(3).await, "deleted ones do not count");
}

async fn endpoints_behind_the_log_are_found_page_by_page(store: &Store) {
    let emit = async |owner: OwnerId| {
        let emit = async |tx: &mut sluice_store::Tx| events::emit(tx, &owner, "reel.changed", "x", &json!({}));
        store.write::<_, StoreError, _>(emit).await.unwrap();
    };
    let (first, second, third) =
        (endpoint(store, &ada(), 1).await, endpoint(store, &ada(), 2).await, endpoint(store, &omar(), 3).await);
    let behind = async |after: Option<(OwnerId, WebhookId)>, limit| {
        store.read(async |tx| webhooks::behind(tx, after.as_ref(), limit).await).await.unwrap()
    };
    assert_eq!(behind(None, 10).await, []);
    emit(ada()).await;
    emit(omar()).await;
    let all: Vec<_> = [&first, &second, &third].iter().map(|row| (row.owner.clone(), row.id.clone())).collect();
    assert_eq!(behind(None, 10).await, all);
    assert_eq!(behind(None, 2).await, all[..2]);
    assert_eq!(behind(Some(all[1].clone()), 2).await, all[2..]);
    let now = first.created_at;
    for row in [
        WebhookRow { place: 1, ..first.clone() },
        WebhookRow { disabled: Some(("by_owner".to_owned(), now)), ..second.clone() },
    ] {
        store.write(async |tx| webhooks::save(tx, &row).await).await.unwrap();
    }
    assert_eq!(behind(None, 10).await, all[2..], "one has come to the end, one is disabled");

    let stranded = async || store.read(async |tx| webhooks::stranded(tx, 10).await).await.unwrap();
    assert_eq!(stranded().await, []);
    add(store, &[delivery(&first, 1, None, now), delivery(&second, 2, None, now)]).await;
    assert_eq!(stranded().await, all[..1], "pending, enabled, and without a job");
}

async fn a_deleted_endpoint_is_swept_in_batches(store: &Store) {
    let (gone, stays) = (endpoint(store, &ada(), 1).await, endpoint(store, &ada(), 2).await);
    let now = gone.created_at;
    add(store, &(1..=5).map(|n| delivery(&gone, n, Some(i64::from(n)), now)).collect::<Vec<_>>()).await;
    add(store, &[delivery(&stays, 9, Some(1), now)]).await;
    store.write(async |tx| webhooks::delete(tx, &ada(), &gone.id).await).await.unwrap();
    let sweep = async || store.write(async |tx| webhooks::sweep(tx, 3).await).await.unwrap();
    assert_eq!((sweep().await, sweep().await, sweep().await), (3, 3, 0), "five deliveries and the endpoint");
    assert_eq!(listed(store, &stays, &Filter { limit: 10, ..Filter::default() }).await.len(), 1);
}

async fn an_owner_leaves_nothing(store: &Store) {
    let (hers, his) = (endpoint(store, &ada(), 1).await, endpoint(store, &omar(), 2).await);
    let now = hers.created_at;
    add(store, &(1..=3).map(|n| delivery(&hers, n, Some(i64::from(n)), now)).collect::<Vec<_>>()).await;
    add(store, &[delivery(&his, 9, Some(1), now)]).await;
    let leave = async || store.write(async |tx| webhooks::leave(tx, &ada(), 2).await).await.unwrap();
    assert_eq!((leave().await, leave().await, leave().await, leave().await), (2, 1, 1, 0));
    assert!(find(store, &omar(), &his.id).await.is_some());
    assert_eq!(listed(store, &his, &Filter { limit: 10, ..Filter::default() }).await.len(), 1);
}

async fn there_is_one_delivery_for_an_event(store: &Store) {
    let row = endpoint(store, &ada(), 1).await;
    let now = row.created_at;
    assert_eq!(add(store, &[delivery(&row, 1, Some(1), now), delivery(&row, 2, Some(2), now)]).await, 2);
    assert_eq!(add(store, &[delivery(&row, 3, Some(2), now), delivery(&row, 4, Some(3), now)]).await, 1);
    assert_eq!(
        add(store, &[delivery(&row, 5, None, now), delivery(&row, 6, None, now)]).await,
        2,
        "tests are for no event"
    );
    let many: Vec<_> = (0..250)
        .map(|n| DeliveryRow {
            id: DeliveryId::new(now, [1, 1, 1, 1, n, 1, 1, 1, 1, 7]),
            ..delivery(&row, 0, Some(100 + i64::from(n)), now)
        })
        .collect();
    assert_eq!(add(store, &many).await, 250);
    let pending = async |most| store.read(async |tx| deliveries::pending(tx, &row.id, most).await).await.unwrap();
    assert_eq!((pending(1_000).await, pending(7).await), (255, 7));
}

async fn listed(store: &Store, endpoint: &WebhookRow, filter: &Filter) -> Vec<DeliveryRow> {
    let list = async |tx: &mut sluice_store::Tx| deliveries::list(tx, &endpoint.owner, &endpoint.id, filter).await;
    store.read(list).await.unwrap()
}

async fn deliveries_are_due_listed_and_sent_again(store: &Store) {
    let row = endpoint(store, &ada(), 1).await;
    let now = row.created_at;
    let hour = Duration::from_hours(1);
    let first = delivery(&row, 1, Some(1), now);
    let later = DeliveryRow { due_at: now + hour, ..delivery(&row, 2, Some(2), now) };
    add(store, &[first.clone(), later.clone()]).await;
    let due = async || store.read(async |tx| deliveries::due(tx, &row.id, 10).await).await.unwrap();
    let next = async || store.read(async |tx| deliveries::next_due(tx, &row.id).await).await.unwrap();
    assert_eq!((due().await, next().await), (vec![first.clone()], Some(first.due_at)));

    let ended = DeliveryRow {
        state: DeliveryState::Failed,
        round: 1,
        attempts: 1,
        ended_at: Some(now),
        last: Last { status: Some(500), error: Some("refused".to_owned()) },
        ..first.clone()
    };
    let tried = AttemptRow {
        n: 1,
        at: now,
        took_ms: 12,
        status: Some(500),
        answer: Some("sorry\0".to_owned()),
        error: Some("refused".to_owned()),
        message: Some("It did not.".to_owned()),
    };
    store
        .write(async |tx| {
            deliveries::locked(tx, &ada(), &row.id, &first.id).await?;
            deliveries::save(tx, &ended).await?;
            deliveries::add_attempt(tx, &first.id, &tried).await
        })
        .await
        .unwrap();
    assert_eq!((due().await, next().await), (Vec::new(), Some(later.due_at)));
    let found = async |owner: OwnerId| {
        let find = async |tx: &mut sluice_store::Tx| deliveries::find(tx, &owner, &row.id, &first.id).await;
        store.read(find).await.unwrap()
    };
    assert_eq!((found(ada()).await, found(omar()).await), (Some(ended.clone()), None));
    let attempts = async |owner: OwnerId| {
        let attempts = async |tx: &mut sluice_store::Tx| deliveries::attempts(tx, &owner, &first.id, 10).await;
        store.read(attempts).await.unwrap()
    };
    let stored = attempts(ada()).await;
    assert_eq!((stored.len(), stored[0].status, attempts(omar()).await), (1, Some(500), Vec::new()));
    assert!(!stored[0].answer.as_deref().unwrap().contains('\0'));

    let all = Filter { limit: 10, ..Filter::default() };
    assert_eq!(listed(store, &row, &all).await, [later.clone(), ended.clone()]);
    assert_eq!(
        listed(store, &row, &Filter { before: Some(later.id.clone()), ..all.clone() }).await,
        std::slice::from_ref(&ended)
    );
    assert_eq!(listed(store, &row, &Filter { state: Some(DeliveryState::Pending), ..all }).await, [later]);

    let again = async |since: Timestamp, state| {
        let range = Range { since, until: now + hour, state };
        let again = async |tx: &mut sluice_store::Tx| deliveries::send_again(tx, &ada(), &row.id, range, 10).await;
        store.write(again).await.unwrap()
    };
    assert_eq!(again(now + hour / 2, DeliveryState::Failed).await, 0);
    assert_eq!(again(now, DeliveryState::Delivered).await, 0);
    assert_eq!(again(now, DeliveryState::Failed).await, 1);
    let pending = found(ada()).await.unwrap();
    assert_eq!(
        (pending.state, pending.round, pending.attempts, pending.ended_at),
        (DeliveryState::Pending, 0, 1, None)
    );
    assert_eq!(pending.last, ended.last, "it was tried before");
    assert_eq!(due().await, [DeliveryRow { last: Last::default(), ..pending }]);
}

async fn old_deliveries_are_forgotten_with_their_attempts(store: &Store) {
    let row = endpoint(store, &ada(), 1).await;
    let now = row.created_at;
    let old = delivery(&row, 1, Some(1), now - Duration::from_hours(48));
    let young = delivery(&row, 2, Some(2), now);
    add(store, &[old.clone(), young.clone()]).await;
    let tried = AttemptRow { n: 1, at: now, took_ms: 1, status: None, answer: None, error: None, message: None };
    store.write(async |tx| deliveries::add_attempt(tx, &old.id, &tried).await).await.unwrap();
    let forget = async || {
        store.write(async |tx| deliveries::forget(tx, now - Duration::from_hours(24), 10).await).await.unwrap()
    };
    assert_eq!((forget().await, forget().await), (1, 0));
    assert_eq!(listed(store, &row, &Filter { limit: 10, ..Filter::default() }).await, [young]);
}
