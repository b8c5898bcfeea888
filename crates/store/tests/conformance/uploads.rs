//! Resumable uploads.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{DocumentId, LeaseId, OwnerId, UploadId};
use sluice_domain::time::Timestamp;
use sluice_store::uploads::{self, Acquired, Hold, Renewed, Taken, UploadRow};
use sluice_store::{Store, StoreError};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    an_upload_is_found_by_its_owner_alone,
    one_request_at_a_time_holds_an_upload,
    a_lease_that_is_not_renewed_lapses_and_writes_nothing_more,
    what_is_durable_only_grows,
    an_upload_ends_with_its_document_or_with_a_reason,
    an_upload_ends_with_what_an_app_made_of_it,
    an_expired_upload_is_held_by_nobody_and_forgotten,
    all_uploads_of_an_owner_end_at_once,
    an_owner_has_a_limited_number_of_open_uploads,
);

const HOLD: Duration = Duration::from_secs(20);
const LIFETIME: Duration = Duration::from_hours(24);

async fn upload(store: &Store, owner: &OwnerId, random: u8) -> UploadRow {
    let now = store.now().await.unwrap();
    let row = UploadRow {
        id: UploadId::new(now, [random; 10]),
        owner: owner.clone(),
        length: 100,
        received: 0,
        metadata: "filename dGlkZXMucGRm".to_owned(),
        name: "tides.pdf".to_owned(),
        ocr: true,
        document: None,
        taken: None,
        refused: None,
        created_at: now,
        expires_at: now + LIFETIME,
    };
    assert!(store.write(async |tx| uploads::insert(tx, &row, 50).await).await.unwrap());
    row
}

fn hold(row: &UploadRow, lease: u8) -> Hold {
    let lease = LeaseId::new(Timestamp::from_millis(0), [lease; 10]);
    Hold { owner: row.owner.clone(), upload: row.id.clone(), lease }
}

async fn acquire(store: &Store, hold: &Hold) -> Acquired {
    store.write(async |tx| uploads::acquire(tx, hold, HOLD).await).await.unwrap()
}

async fn renew(store: &Store, hold: &Hold) -> Renewed {
    store.write(async |tx| uploads::renew(tx, hold, HOLD).await).await.unwrap()
}

async fn record(store: &Store, hold: &Hold, received: u64) -> bool {
    let expires_at = store.now().await.unwrap() + LIFETIME;
    store.write(async |tx| uploads::record(tx, hold, received, expires_at).await).await.unwrap()
}

async fn release(store: &Store, hold: &Hold) {
    store.write(async |tx| uploads::release(tx, hold).await).await.unwrap();
}

async fn find(store: &Store, row: &UploadRow) -> Option<UploadRow> {
    store.read(async |tx| uploads::find(tx, &row.owner, &row.id).await).await.unwrap()
}

async fn an_upload_is_found_by_its_owner_alone(store: &Store) {
    let row = upload(store, &ada(), 1).await;
    assert_eq!(find(store, &row).await, Some(row.clone()), "all of it comes back as it was stored");
    let open = async |owner, limit| store.read(async |tx| uploads::open(tx, &owner, limit).await).await.unwrap();
    assert_eq!((open(ada(), 9).await, open(ada(), 0).await), (vec![row.clone()], Vec::new()));
    assert_eq!(open(omar(), 9).await, []);
    let announced = async |owner| store.read(async |tx| uploads::announced(tx, &owner).await).await.unwrap();
    assert_eq!((announced(ada()).await, announced(omar()).await), (row.length, 0));
    let other = UploadRow { owner: omar(), ..row.clone() };
    assert_eq!(find(store, &other).await, None);
    assert_eq!(acquire(store, &hold(&other, 1)).await, Acquired::Unknown);
    assert_eq!(acquire(store, &hold(&row, 1)).await, Acquired::Held(row.clone()));
    // Not even the lease is of use to another owner.
    let stolen = hold(&other, 1);
    assert_eq!(renew(store, &stolen).await, Renewed::Lost);
    assert!(!record(store, &stolen, 5).await);
    release(store, &stolen).await;
    let now = store.now().await.unwrap();
    let ended = store
        .write(async |tx| {
            let document = DocumentId::new(now, [1; 10]);
            let finished = uploads::finish(tx, &stolen, &document, now).await?;
            let refused = uploads::refuse(tx, &stolen, &json!({}), now).await?;
            let expired = uploads::expire(tx, &stolen.owner, &stolen.upload).await?.is_some();
            Ok::<_, StoreError>(finished || refused || expired)
        })
        .await
        .unwrap();
    assert!(!ended);
    assert_eq!(renew(store, &hold(&row, 1)).await, Renewed::Held { wanted: false });
    assert_eq!(find(store, &row).await, Some(row));
}

async fn one_request_at_a_time_holds_an_upload(store: &Store) {
    let row = upload(store, &ada(), 1).await;
    let (one, two) = (hold(&row, 1), hold(&row, 2));
    assert!(matches!(acquire(store, &one).await, Acquired::Held(_)));
    assert_eq!(renew(store, &one).await, Renewed::Held { wanted: false });
    assert_eq!(acquire(store, &two).await, Acquired::Locked);
    assert_eq!(renew(store, &one).await, Renewed::Held { wanted: true }, "it learns that another one waits");
    release(store, &two).await;
    assert_eq!(acquire(store, &two).await, Acquired::Locked, "a lease is given back by its holder alone");
    release(store, &one).await;
    assert!(matches!(acquire(store, &two).await, Acquired::Held(_)));
    assert_eq!(renew(store, &two).await, Renewed::Held { wanted: false }, "the next one starts afresh");
}

async fn a_lease_that_is_not_renewed_lapses_and_writes_nothing_more(store: &Store) {
    let row = upload(store, &ada(), 1).await;
    let (dead, next) = (hold(&row, 1), hold(&row, 2));
    assert!(matches!(acquire(store, &dead).await, Acquired::Held(_)));
    store.advance_clock(HOLD.saturating_sub(Duration::from_secs(5))).await.unwrap();
    assert_eq!(renew(store, &dead).await, Renewed::Held { wanted: false });
    store.advance_clock(HOLD.saturating_sub(Duration::from_secs(5))).await.unwrap();
    assert_eq!(acquire(store, &next).await, Acquired::Locked, "it was renewed");
    store.advance_clock(HOLD).await.unwrap();
    assert!(matches!(acquire(store, &next).await, Acquired::Held(_)));
    assert_eq!(renew(store, &dead).await, Renewed::Lost);
    assert!(!record(store, &dead, 50).await);
    assert!(record(store, &next, 10).await);
    assert_eq!(find(store, &row).await.unwrap().received, 10);
}

async fn what_is_durable_only_grows(store: &Store) {
    let row = upload(store, &ada(), 1).await;
    let held = hold(&row, 1);
    assert!(!record(store, &held, 10).await, "without a lease");
    acquire(store, &held).await;
    assert!(record(store, &held, 40).await);
    assert!(!record(store, &held, 39).await);
    assert!(record(store, &held, 99).await);
    let expires_at = store.now().await.unwrap();
    let whole = store.write(async |tx| uploads::record(tx, &held, 100, expires_at).await).await;
    assert!(whole.is_err(), "the last byte comes with its document");
    assert_eq!(find(store, &row).await.unwrap().received, 99);
}

async fn an_upload_ends_with_its_document_or_with_a_reason(store: &Store) {
    let (one, two) = (upload(store, &ada(), 1).await, upload(store, &ada(), 2).await);
    let (finished, refused) = (hold(&one, 1), hold(&two, 2));
    acquire(store, &finished).await;
    acquire(store, &refused).await;
    let now = store.now().await.unwrap();
    let document = DocumentId::new(now, [7; 10]);
    let why = json!({ "code": "not_a_pdf" });
    let ended = store
        .write(async |tx| {
            let one = uploads::finish(tx, &finished, &document, now + LIFETIME).await?;
            Ok::<_, StoreError>((one, uploads::refuse(tx, &refused, &why, now + LIFETIME).await?))
        })
        .await
        .unwrap();
    assert_eq!(ended, (true, true));
    let (one, two) = (find(store, &one).await.unwrap(), find(store, &two).await.unwrap());
    assert_eq!((one.received, one.document.as_ref(), &one.refused), (100, Some(&document), &None));
    assert_eq!((two.received, &two.document, two.refused.as_ref()), (0, &None, Some(&why)));
    for (row, lease) in [(one, 1), (two, 2)] {
        assert_eq!(acquire(store, &hold(&row, lease)).await, Acquired::Over(row.clone()));
        assert!(!record(store, &hold(&row, lease), 1).await);
    }
}

async fn an_upload_ends_with_what_an_app_made_of_it(store: &Store) {
    let row = upload(store, &ada(), 9).await;
    let held = hold(&row, 1);
    let taken = Taken { app: "scribe".to_owned(), id: DocumentId::new(row.created_at, [7; 10]).to_string() };
    let finish =
        async || store.write(async |tx| uploads::finish_taken(tx, &held, &taken, row.expires_at).await).await.unwrap();
    assert!(!finish().await, "nobody holds it");
    assert!(matches!(acquire(store, &held).await, Acquired::Held(_)));
    assert!(finish().await);
    let found = find(store, &row).await.unwrap();
    assert!(found.has_ended());
    assert_eq!((found.received, found.document, found.taken), (row.length, None, Some(taken.clone())));
    assert!(matches!(acquire(store, &held).await, Acquired::Over(over) if over.taken.as_ref() == Some(&taken)));
}

async fn an_expired_upload_is_held_by_nobody_and_forgotten(store: &Store) {
    let (old, held, ended) =
        (upload(store, &ada(), 1).await, upload(store, &ada(), 2).await, upload(store, &omar(), 3).await);
    let keeper = hold(&held, 1);
    store.advance_clock(LIFETIME.saturating_sub(Duration::from_secs(1))).await.unwrap();
    acquire(store, &keeper).await;
    renew(store, &keeper).await;
    let terminated = hold(&ended, 1);
    acquire(store, &terminated).await;
    let expire = async |upload: &UploadRow| {
        store.write(async |tx| uploads::expire(tx, &upload.owner, &upload.id).await).await.unwrap()
    };
    assert_eq!(expire(&ended).await.map(|row| row.id), Some(ended.id.clone()), "whoever holds it");
    assert_eq!(renew(store, &terminated).await, Renewed::Lost);
    store.advance_clock(Duration::from_secs(2)).await.unwrap();
    assert!(matches!(acquire(store, &hold(&old, 1)).await, Acquired::Over(_)));
    let expired = async || store.read(async |tx| uploads::expired(tx, 10).await).await.unwrap();
    let found = expired().await;
    assert_eq!(found.len(), 2, "not the one that is being received");
    assert!(found.contains(&old.id) && found.contains(&ended.id));
    let all = [old.id.clone(), held.id.clone(), ended.id.clone()];
    assert_eq!(store.write(async |tx| uploads::forget(tx, &all).await).await.unwrap(), 2);
    assert_eq!(expired().await, []);
    let unknown = store.read(async |tx| uploads::unknown(tx, &all).await).await.unwrap();
    assert_eq!(unknown, [old.id, ended.id]);
}

async fn all_uploads_of_an_owner_end_at_once(store: &Store) {
    let (held, idle, other) =
        (upload(store, &ada(), 1).await, upload(store, &ada(), 2).await, upload(store, &omar(), 3).await);
    let (keeper, others) = (hold(&held, 1), hold(&other, 1));
    acquire(store, &keeper).await;
    acquire(store, &others).await;
    assert_eq!(store.write(async |tx| uploads::end_all(tx, &ada()).await).await.unwrap(), 2);
    assert_eq!(renew(store, &keeper).await, Renewed::Lost);
    assert!(!record(store, &keeper, 5).await);
    assert!(matches!(acquire(store, &hold(&idle, 2)).await, Acquired::Over(_)));
    assert_eq!(renew(store, &others).await, Renewed::Held { wanted: false }, "another's goes on");
    assert_eq!(store.write(async |tx| uploads::end_all(tx, &ada()).await).await.unwrap(), 0);
}

async fn an_owner_has_a_limited_number_of_open_uploads(store: &Store) {
    let row = upload(store, &ada(), 1).await;
    let more = async |owner: OwnerId, random: u8| {
        let row = UploadRow { id: UploadId::new(row.created_at, [random; 10]), owner, ..row.clone() };
        store.write(async |tx| uploads::insert(tx, &row, 2).await).await.unwrap()
    };
    assert!(more(ada(), 2).await && !more(ada(), 3).await);
    assert!(more(omar(), 4).await, "each owner has a number of their own");
    let ended = hold(&row, 1);
    acquire(store, &ended).await;
    store.write(async |tx| uploads::refuse(tx, &ended, &json!({}), row.expires_at).await).await.unwrap();
    assert!(more(ada(), 5).await, "one that has ended does not count");
}
