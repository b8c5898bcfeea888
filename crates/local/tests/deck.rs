//! Decks that somebody has already, read in their child; and what is no deck, or a hostile one.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::{Cursor, Write};

use rusqlite::Connection;
use sluice_local::deck::{DeckReadError, DeckReader, Fronts, Refusal};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

async fn read(bytes: &[u8]) -> Result<Fronts, DeckReadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    DeckReader::new(support::guard()).fronts(file.path()).await
}

async fn refusal(bytes: &[u8]) -> Refusal {
    match read(bytes).await {
        Err(DeckReadError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// A collection with these fields, in a schema as Anki has it.
fn collection(schema: i64, notes: &[&str]) -> Vec<u8> {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE col (id, ver); CREATE TABLE notes (id INTEGER PRIMARY KEY, flds TEXT)")
        .unwrap();
    connection.execute("INSERT INTO col VALUES (1, ?1)", [schema]).unwrap();
    for note in notes {
        connection.execute("INSERT INTO notes (flds) VALUES (?1)", [note]).unwrap();
    }
    connection.serialize("main").unwrap().to_vec()
}

fn package(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn packages_of_all_forms_are_read() {
    let notes = ["<b>собака</b>[sound:a.mp3]\u{1f}dog", "кошка\u{1f}cat", "собака\u{1f}hound"];
    let (old, new) = (collection(11, &notes), collection(18, &notes));
    let compressed = zstd::stream::encode_all(new.as_slice(), 1).unwrap();
    let dummy = collection(11, &["Please update"]);
    let expected = Fronts { notes: 3, texts: vec!["собака".into(), "кошка".into()] };
    for package in [
        package(&[("collection.anki2", &old)]),
        package(&[("meta", &[8, 2]), ("collection.anki2", &dummy), ("collection.anki21", &old)]),
        package(&[("meta", &[8, 3]), ("collection.anki2", &dummy), ("collection.anki21b", &compressed)]),
        old,
    ] {
        assert_eq!(read(&package).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_list_is_read() {
    assert_eq!(read(b"one\ntwo\n\none\n").await.unwrap().texts, ["one", "two"]);
}

#[tokio::test]
async fn a_newer_form_is_named() {
    let notes = collection(18, &["a"]);
    let newer = package(&[("meta", &[8, 9]), ("collection.anki21b", &notes)]);
    assert_eq!(refusal(&newer).await, Refusal::NewerForm { form: "version 9".into() });
    let newer = package(&[("collection.anki21", &collection(19, &["a"]))]);
    assert_eq!(refusal(&newer).await, Refusal::NewerForm { form: "schema 19".into() });
}

#[tokio::test]
async fn what_is_no_deck_is_refused() {
    assert_eq!(refusal(b"").await, Refusal::Empty);
    let document = package(&[("word/document.xml", b"<w:document/>")]);
    for bytes in [b"%PDF-1.7".as_slice(), &[0xff, 0xd8, 0xff, 0xe0], &document] {
        assert!(matches!(refusal(bytes).await, Refusal::NotADeck { .. }));
    }
    let other = Connection::open_in_memory().unwrap();
    other.execute_batch("CREATE TABLE moz_places (id)").unwrap();
    let other = other.serialize("main").unwrap().to_vec();
    assert!(matches!(refusal(&other).await, Refusal::NotADeck { .. }));
    assert!(matches!(
        refusal(&package(&[("collection.anki2", b"no database at all, but long enough to be")])).await,
        Refusal::NotADeck { .. }
    ));
}

#[tokio::test]
async fn a_damaged_deck_is_refused() {
    let whole = package(&[("collection.anki2", &collection(11, &["a"].repeat(5000)))]);
    assert!(matches!(refusal(&whole[..whole.len() / 2]).await, Refusal::Damaged { .. }));
    let mut broken = collection(11, &["a long enough note to be on many pages"].repeat(5000));
    broken.truncate(broken.len() / 2);
    assert!(matches!(refusal(&broken).await, Refusal::Damaged { .. }));
}

#[tokio::test]
async fn a_deck_that_unpacks_without_end_is_too_large() {
    let bomb = zstd::stream::encode_all(std::io::Read::take(std::io::repeat(0), 600 << 20), 1).unwrap();
    assert!(bomb.len() < 1 << 20);
    let bomb = package(&[("meta", &[8, 3]), ("collection.anki21b", &bomb)]);
    assert!(matches!(refusal(&bomb).await, Refusal::TooLarge { .. }));
}

#[tokio::test]
async fn a_deck_that_computes_without_end_is_stopped() {
    let hostile = Connection::open_in_memory().unwrap();
    hostile
        .execute_batch(
            "CREATE TABLE col (id, ver); INSERT INTO col VALUES (1, 11);
             CREATE TABLE notes (id INTEGER PRIMARY KEY, flds TEXT GENERATED ALWAYS AS (x) VIRTUAL, x);
             INSERT INTO notes (x) VALUES (1);
             PRAGMA writable_schema = ON;
             UPDATE sqlite_master SET sql = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, flds TEXT GENERATED ALWAYS AS
                 (hex(replace(hex(zeroblob(30000000)), ''00'', ''aaaaaaaa''))) VIRTUAL, x)' WHERE name = 'notes';",
        )
        .unwrap();
    let hostile = hostile.serialize("main").unwrap().to_vec();
    assert!(read(&hostile).await.is_err());
}
