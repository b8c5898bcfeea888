//! Documents.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_store::documents::{self, DocumentFilter, DocumentRow};
use sluice_store::{Store, StoreError, Tx, blobs};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_document_is_found_by_its_owner_alone,
    the_same_bytes_are_one_document_per_owner_and_reading,
    what_is_read_later_is_set_in_all_documents_of_the_same_bytes,
    documents_of_an_owner_are_listed_page_by_page_and_found_by_name,
    old_documents_are_found_page_by_page_and_forgotten_with_their_references,
);

/// A document of 64 digits of `digit`.
pub(crate) async fn document(tx: &mut Tx, owner: &OwnerId, digit: char, random: u8) -> Result<DocumentRow, StoreError> {
    let now = tx.now().await?;
    let (blob, text) = (digit.to_string().repeat(64), "f".repeat(64));
    for (hash, bytes) in [(&blob, 1234), (&text, 99)] {
        if let blobs::Registered::Ready(registration) = blobs::register(tx, hash, bytes).await? {
            blobs::confirm(tx, hash, registration).await?;
        }
    }
    Ok(DocumentRow {
        id: DocumentId::new(now, [random; 10]),
        owner: owner.clone(),
        blob,
        text_blob: text,
        ocr: false,
        name: format!("{owner} {digit}.pdf"),
        bytes: 1234,
        found: json!({ "pages": 3, "title": "Über Ebbe und Flut" }),
        created_at: now,
    })
}

async fn a_document_is_found_by_its_owner_alone(store: &Store) {
    let row = store
        .write(async |tx| {
            let row = document(tx, &ada(), 'a', 1).await?;
            documents::insert_document(tx, &row).await?;
            Ok::<_, StoreError>(row)
        })
        .await
        .unwrap();
    let of = async |owner: OwnerId| {
        let found = store.read(async |tx| documents::document(tx, &owner, &row.id).await).await.unwrap();
        let by_blob = store
            .read(async |tx| documents::document_of_blob(tx, &owner, &row.blob, false, &row.name).await)
            .await
            .unwrap();
        (found, by_blob)
    };
    assert_eq!(of(ada()).await, (Some(row.clone()), Some(row.clone())), "all of it comes back as it was stored");
    assert_eq!(of(omar()).await, (None, None));
    let locked =
        async |owner: OwnerId| store.write(async |tx| documents::lock(tx, &owner, &row.id).await).await.unwrap();
    assert!(locked(ada()).await && !locked(omar()).await);
    let all_of = async |owner: OwnerId, limit: u32| {
        store.read(async |tx| documents::of_owner(tx, &owner, limit).await).await.unwrap()
    };
    assert_eq!((all_of(ada(), 9).await, all_of(ada(), 0).await), (vec![row.id.to_string()], Vec::new()));
    assert!(all_of(omar(), 9).await.is_empty());
}

async fn what_is_read_later_is_set_in_all_documents_of_the_same_bytes(store: &Store) {
    let insert = async |owner: OwnerId, random: u8, ocr: bool, name: &str| {
        store
            .write(async |tx| {
                let row = DocumentRow { ocr, name: name.into(), ..document(tx, &owner, 'e', random).await? };
                documents::insert_document(tx, &row).await?;
                Ok::<_, StoreError>(row)
            })
            .await
            .unwrap()
    };
    let one = insert(ada(), 1, true, "a.pdf").await;
    let twin = insert(ada(), 2, true, "b.pdf").await;
    let others = [insert(ada(), 3, false, "a.pdf").await, insert(omar(), 4, true, "a.pdf").await];
    let text = "9".repeat(64);
    let read = DocumentRow { text_blob: text.clone(), found: json!({ "words": 7 }), ..one.clone() };
    let set = store
        .write(async |tx| {
            if let blobs::Registered::Ready(registration) = blobs::register(tx, &text, 5).await? {
                blobs::confirm(tx, &text, registration).await?;
            }
            documents::set_read(tx, &read).await
        })
        .await
        .unwrap();
    assert_eq!(std::collections::BTreeSet::from_iter(set), [one.id.to_string(), twin.id.to_string()].into());
    for (before, owner) in [(&one, ada()), (&twin, ada())] {
        let expected = DocumentRow { text_blob: text.clone(), found: json!({ "words": 7 }), ..before.clone() };
        let found = store.read(async |tx| documents::document(tx, &owner, &before.id).await).await.unwrap();
        assert_eq!(found, Some(expected));
    }
    for other in &others {
        let found = store.read(async |tx| documents::document(tx, &other.owner, &other.id).await).await.unwrap();
        assert_eq!(found.as_ref(), Some(other), "another way of reading, and another owner");
    }
    let pointing = store.read(async |tx| blobs::pointing_at(tx, &text, 9).await).await.unwrap();
    assert_eq!(pointing.len(), 2, "{pointing:?}");
}

async fn the_same_bytes_are_one_document_per_owner_and_reading(store: &Store) {
    let insert = async |owner: OwnerId, random: u8, ocr: bool| {
        store
            .write(async |tx| {
                let row = DocumentRow { ocr, ..document(tx, &owner, 'b', random).await? };
                documents::insert_document(tx, &row).await
            })
            .await
    };
    insert(ada(), 1, false).await.unwrap();
    insert(ada(), 2, true).await.unwrap();
    insert(omar(), 3, false).await.unwrap();
    assert!(insert(ada(), 4, false).await.is_err(), "a second row of the same owner, bytes, reading and name");
    let blob = "b".repeat(64);
    let names = store
        .read(async |tx| {
            let one = documents::document_of_blob(tx, &ada(), &blob, false, "another.pdf").await?.unwrap().name;
            let other = documents::document_of_blob(tx, &omar(), &blob, false, "ada b.pdf").await?.unwrap().name;
            Ok::<_, StoreError>((one, other))
        })
        .await
        .unwrap();
    assert_eq!(names, ("ada b.pdf".to_owned(), "omar b.pdf".to_owned()), "each has the name that its owner gave");
}

async fn documents_of_an_owner_are_listed_page_by_page_and_found_by_name(store: &Store) {
    let names = ["tides.pdf", "ÜBER EBBE.pdf", "المد والجزر.pdf", "Tides again.pdf"];
    for (name, random) in names.iter().zip(1_u8..) {
        let insert = async |tx: &mut Tx| {
            let row = DocumentRow { name: (*name).to_owned(), ..document(tx, &ada(), 'a', random).await? };
            documents::insert_document(tx, &row).await
        };
        store.write(insert).await.unwrap();
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
    }
    let listed = async |owner: OwnerId, filter: DocumentFilter, limit: u32| {
        store.read(async |tx| documents::listed(tx, &owner, &filter, limit).await).await.unwrap()
    };
    let named = async |filter: DocumentFilter| -> Vec<String> {
        listed(ada(), filter, 10).await.into_iter().map(|row| row.name).collect()
    };
    let mut newest = names.map(str::to_owned);
    newest.reverse();
    assert_eq!(named(DocumentFilter::default()).await, newest);
    assert_eq!(named(DocumentFilter { oldest_first: true, ..DocumentFilter::default() }).await, names);
    assert!(listed(omar(), DocumentFilter::default(), 10).await.is_empty());
    assert!(listed(ada(), DocumentFilter::default(), 0).await.is_empty());
    for oldest_first in [false, true] {
        let mut paged: Vec<DocumentRow> = Vec::new();
        loop {
            let after = paged.last().map(|row| row.id.clone());
            let page = listed(ada(), DocumentFilter { text: None, oldest_first, after }, 3).await;
            let last = page.len() < 3;
            paged.extend(page);
            if last {
                break;
            }
        }
        let mut paged: Vec<String> = paged.into_iter().map(|row| row.name).collect();
        if oldest_first {
            paged.reverse();
        }
        assert_eq!(paged, newest);
    }
    let found =
        async |words: &str| named(DocumentFilter { text: Some(words.to_owned()), ..DocumentFilter::default() }).await;
    assert_eq!(found("tides").await, ["Tides again.pdf", "tides.pdf"]);
    assert_eq!(found("über").await, ["ÜBER EBBE.pdf"]);
    assert_eq!(found("الجزر").await, ["المد والجزر.pdf"]);
    assert!(found("%").await.is_empty());
}

async fn old_documents_are_found_page_by_page_and_forgotten_with_their_references(store: &Store) {
    for (digit, random) in [('c', 1), ('d', 2), ('e', 3)] {
        store
            .write(async |tx| {
                let row = document(tx, &ada(), digit, random).await?;
                documents::insert_document(tx, &row).await
            })
            .await
            .unwrap();
    }
    store.advance_clock(Duration::from_hours(2)).await.unwrap();
    let old = async |after: &str, hours: u64, limit: u32| {
        let read = async |tx: &mut Tx| {
            let before = tx.now().await? - Duration::from_hours(hours);
            documents::old(tx, after, before, limit).await
        };
        store.write::<_, StoreError, _>(read).await.unwrap()
    };
    assert_eq!(old("", 3, 10).await, [] as [String; 0], "they are younger");
    let first = old("", 1, 2).await;
    let rest = old(&first[1], 1, 2).await;
    assert_eq!((first.len(), rest.len()), (2, 1));
    let usage = async || store.read(async |tx| blobs::usage(tx, &ada()).await).await.unwrap();
    assert_eq!(usage().await, 3 * 1234 + 99);
    let forget = async |ids: &[String]| store.write(async |tx| documents::forget(tx, ids).await).await.unwrap();
    assert_eq!((forget(&first).await, forget(&first).await, forget(&[]).await), (2, 0, 0));
    assert_eq!(usage().await, 1234 + 99, "what nothing points at is nobody's");
    assert_eq!(forget(&rest).await, 1);
}
