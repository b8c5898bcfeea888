//! Documents: whose they are, what they are called, and the bytes that they keep.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::DocumentId;
use sluice_store::blobs::{self, GRACE};
use sluice_store::documents::{self, DocumentRow};
use sluice_store::faults::Fault;
use sluice_store::{Store, StoreError};
use sluice_testkit::TestStore;

use crate::{Dice, ODD, ada, bring, document, hash, insert_document, nested, omar, on_both, random, read, refused};
use crate::{stored_document, usage, write};

on_both! {
    the_same_bytes_of_two_owners_are_one_blob_and_two_documents
    known_bytes_are_found_under_their_name_first_and_else_under_any
    a_document_without_its_bytes_is_refused_and_leaves_nothing
    whatever_a_document_is_called_comes_back
    what_no_database_could_keep_is_refused_by_name
    a_document_is_added_with_its_references_or_not_at_all
    processes_that_take_in_one_file_at_once_make_one_document
    a_walk_over_old_documents_meets_each_once
}

async fn found(store: &Store, row: &DocumentRow) -> Option<DocumentRow> {
    read(store, async |tx| documents::document(tx, &row.owner, &row.id).await).await
}

async fn garbage(store: &Store) -> Vec<String> {
    store.advance_clock(GRACE + Duration::from_secs(1)).await.unwrap();
    let mut hashes = write(store, async |tx| blobs::begin_collecting(tx, GRACE, 100).await).await.hashes;
    hashes.sort();
    hashes
}

async fn the_same_bytes_of_two_owners_are_one_blob_and_two_documents(test: &TestStore) {
    let store = test.store();
    let hers = stored_document(store, &ada(), 10).await;
    let his = write(store, async |tx| {
        let known = document(tx, &omar(), 10).await?;
        let row = DocumentRow { id: DocumentId::new(known.created_at, random(99)), name: "mine.pdf".into(), ..known };
        insert_document(tx, &row).await?;
        Ok(row)
    })
    .await;
    let rows = read(store, async |tx| blobs::after(tx, "", 10).await).await;
    assert_eq!(rows.iter().map(|row| row.hash.clone()).collect::<Vec<_>>(), [hash(10), hash(11)]);
    assert_eq!((usage(store, &ada()).await, usage(store, &omar()).await), (1_010, 1_010));
    let name = async |of: &DocumentRow, asked: &str| {
        let find =
            async |tx: &mut sluice_store::Tx| documents::document_of_blob(tx, &of.owner, &of.blob, false, asked).await;
        read(store, find).await.unwrap().name
    };
    assert_eq!(name(&hers, "mine.pdf").await, "10.pdf", "the name that another owner gave is nobody else's");
    assert_eq!(name(&his, "10.pdf").await, "mine.pdf");

    write(store, async |tx| documents::forget(tx, &[hers.id.to_string()]).await).await;
    assert_eq!((found(store, &hers).await, found(store, &his).await), (None, Some(his.clone())));
    assert_eq!((usage(store, &ada()).await, usage(store, &omar()).await), (0, 1_010));
    assert_eq!(garbage(store).await, [] as [String; 0], "the other still points at both");
    write(store, async |tx| documents::forget(tx, &[his.id.to_string()]).await).await;
    assert_eq!(garbage(store).await, [hash(10), hash(11)]);
}

async fn known_bytes_are_found_under_their_name_first_and_else_under_any(test: &TestStore) {
    let store = test.store();
    let first = stored_document(store, &ada(), 10).await;
    write(store, async |tx| {
        for (number, name, ocr) in [(2, "b.pdf", false), (3, "c.pdf", false), (1, "scan.pdf", true)] {
            let id = DocumentId::new(first.created_at + Duration::from_secs(1), random(number));
            insert_document(tx, &DocumentRow { id, name: name.into(), ocr, ..first.clone() }).await?;
        }
        Ok(())
    })
    .await;
    let named = async |blob: &str, ocr: bool, name: &str| {
        let found = read(store, async |tx| documents::document_of_blob(tx, &ada(), blob, ocr, name).await).await;
        found.map(|row| row.name)
    };
    for name in ["10.pdf", "b.pdf", "c.pdf"] {
        assert_eq!(named(&first.blob, false, name).await.as_deref(), Some(name));
    }
    assert_eq!(named(&first.blob, false, "scan.pdf").await.as_deref(), Some("10.pdf"), "the oldest, read the same way");
    assert_eq!(named(&first.blob, true, "b.pdf").await.as_deref(), Some("scan.pdf"));
    assert_eq!(named(&first.text_blob, false, "10.pdf").await, None, "its text is not its file");
    assert_eq!(usage(store, &ada()).await, 1_010, "the same bytes count once, under however many names");
}

async fn a_document_without_its_bytes_is_refused_and_leaves_nothing(test: &TestStore) {
    let store = test.store();
    let whole = write(store, async |tx| document(tx, &ada(), 10).await).await;
    for row in [
        DocumentRow { blob: hash(50), ..whole.clone() },
        DocumentRow { text_blob: hash(51), ..whole.clone() },
        DocumentRow { blob: hash(52), text_blob: hash(53), ..whole.clone() },
    ] {
        let gone = store.write(async |tx| insert_document(tx, &row).await).await;
        let Err(StoreError::BlobGone { hash }) = gone else { panic!("{gone:?}") };
        assert!(hash == row.blob || hash == row.text_blob, "it says which: {hash}");
        assert_eq!(found(store, &row).await, None);
    }
    assert_eq!(usage(store, &ada()).await, 0);
    let short = DocumentRow { blob: "abc".into(), ..whole.clone() };
    assert_eq!(refused(store, async |tx| insert_document(tx, &short).await).await, "database_failed");
    write(store, async |tx| insert_document(tx, &whole).await).await;
    assert_eq!(found(store, &whole).await, Some(whole));
}

async fn whatever_a_document_is_called_comes_back(test: &TestStore) {
    let store = test.store();
    for (number, odd) in ODD.iter().enumerate() {
        let row = write(store, async |tx| {
            let known = document(tx, &ada(), 100 + 2 * number).await?;
            let found = json!({ "title": odd, *odd: [odd, 1.5, -7, i64::MAX, null, true] });
            let row = DocumentRow { name: (*odd).to_owned(), found, bytes: i64::MAX, ocr: number % 2 == 1, ..known };
            insert_document(tx, &row).await?;
            Ok(row)
        })
        .await;
        assert_eq!(found(store, &row).await, Some(row.clone()));
        let ask =
            async |tx: &mut sluice_store::Tx| documents::document_of_blob(tx, &ada(), &row.blob, row.ocr, odd).await;
        assert_eq!(read(store, ask).await, Some(row.clone()));
    }
    let row = write(store, async |tx| {
        let known = document(tx, &omar(), 300).await?;
        let row = DocumentRow { name: "a\0b.pdf".into(), found: json!({ "title": "a\0b" }), ..known };
        insert_document(tx, &row).await?;
        Ok(row)
    })
    .await;
    let found = found(store, &row).await.unwrap();
    assert_eq!(found.name, "a\u{fffd}b.pdf", "neither database would take it");
    assert_eq!(found.found, row.found, "JSON has its own way to write it");
}

async fn what_no_database_could_keep_is_refused_by_name(test: &TestStore) {
    let store = test.store();
    let row = write(store, async |tx| document(tx, &ada(), 10).await).await;
    let mut dice = Dice::new(1);
    let long = DocumentRow { name: dice.letters(513), ..row.clone() };
    let deep = DocumentRow { found: nested(101), ..row.clone() };
    for (refused, what) in [(&long, "a document's name"), (&deep, "what was found in a document")] {
        let error = store.write(async |tx| insert_document(tx, refused).await).await.unwrap_err();
        assert_eq!(error.code(), "not_storable");
        assert!(error.to_string().contains(what), "{error}");
        assert!(!error.is_outage(), "trying again would help nobody");
    }
    let most = DocumentRow { name: dice.letters(512), found: nested(100), ..row };
    write(store, async |tx| insert_document(tx, &most).await).await;
    assert_eq!(found(store, &most).await, Some(most));
}

async fn a_document_is_added_with_its_references_or_not_at_all(test: &TestStore) {
    let store = test.store();
    let row = write(store, async |tx| document(tx, &ada(), 10).await).await;
    let insert = async || {
        let insert = async |tx: &mut sluice_store::Tx| {
            tx.at("take in");
            insert_document(tx, &row).await
        };
        store.write(insert).await
    };
    test.faults().plan("take in", Fault::BeforeCommit);
    assert_eq!(insert().await.unwrap_err().code(), "planned_failure");
    assert_eq!((found(store, &row).await, usage(store, &ada()).await), (None, 0));
    test.faults().plan("take in", Fault::LostReply);
    assert_eq!(insert().await.unwrap_err().code(), "planned_failure");
    assert_eq!((found(store, &row).await, usage(store, &ada()).await), (Some(row.clone()), 1_010));
    assert_eq!(insert().await.unwrap_err().code(), "already_exists", "whoever lost the reply finds it there");
}

async fn processes_that_take_in_one_file_at_once_make_one_document(test: &TestStore) {
    let mut tasks = Vec::new();
    for number in 0..6 {
        let store = test.open_again().await;
        tasks.push(tokio::spawn(async move {
            let take_in = async |tx: &mut sluice_store::Tx| {
                bring(tx, &hash(10), 1_000).await?;
                if let Some(known) = documents::document_of_blob(tx, &ada(), &hash(10), false, "10.pdf").await? {
                    return Ok(known.id);
                }
                let known = document(tx, &ada(), 10).await?;
                let row = DocumentRow { id: DocumentId::new(known.created_at, random(number)), ..known };
                insert_document(tx, &row).await?;
                Ok::<_, StoreError>(row.id)
            };
            let id = store.write(take_in).await.unwrap();
            store.close().await;
            id
        }));
    }
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(usage(test.store(), &ada()).await, 1_010);
}

async fn a_walk_over_old_documents_meets_each_once(test: &TestStore) {
    let store = test.store();
    let mut made = Vec::new();
    for number in 0..12 {
        let owner = if number % 3 == 0 { omar() } else { ada() };
        made.push(stored_document(store, &owner, 10 + 2 * number).await);
        store.advance_clock(Duration::from_mins(1)).await.unwrap();
    }
    for (kept, limit) in [(0_usize, 1_u32), (0, 5), (5, 3), (5, 100), (12, 4)] {
        let before =
            made.get(12 - kept).map_or_else(|| made[11].created_at + Duration::from_secs(1), |row| row.created_at);
        let mut walked: Vec<String> = Vec::new();
        loop {
            let after = walked.last().cloned().unwrap_or_default();
            let page = write(store, async |tx| documents::old(tx, &after, before, limit).await).await;
            assert!(page.len() <= limit as usize);
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        let expected: Vec<String> = made[..12 - kept].iter().map(|row| row.id.to_string()).collect();
        assert_eq!(walked, expected, "all owners' that are older, from old to new");
    }
}
