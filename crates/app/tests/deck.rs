//! Decks as files: what is in them, that they are whole or fail, and that nothing of a card is taken for something else. What
//! Anki makes of them, `scripts/tests/anki_import.py` asks Anki itself.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use futures::TryStreamExt as _;
use rusqlite::Connection;
use sluice_app::capture::deck::{
    AudioFile, AudioSource, Card, Deck, DeckError, Direction, Export, Files, Form, Made, Word, guid, preview,
    pushed_note, stream, write,
};
use sluice_blobs::BlobHash;
use sluice_domain::time::Timestamp;
use zip::ZipArchive;

const ALL: [Form; 4] = [Form::PackageLegacy, Form::Package, Form::Csv, Form::Archive];

fn card(id: &str, source: &str) -> Card {
    let at = Timestamp::from_millis(1_780_000_000_000);
    Card {
        id: id.into(),
        source: source.into(),
        transliteration: String::new(),
        translation: "a translation".into(),
        grammar: vec!["first\tnote".into(), "second\nnote".into()],
        vocabulary: vec![Word { word: "word".into(), meaning: "meaning".into(), ..Word::default() }],
        language: "ru".into(),
        direction: Direction::LeftToRight,
        audio: None,
        created_at: at,
        changed_at: at,
    }
}

fn recording(folder: &Path, name: &str, bytes: &[u8]) -> AudioFile {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    AudioFile { name: name.into(), source: AudioSource::File(path) }
}

fn missing(name: &str) -> AudioFile {
    AudioFile { name: name.into(), source: AudioSource::File(PathBuf::from("/nowhere/at-all")) }
}

fn deck() -> Deck {
    Deck { id: "d".into(), name: "Test".into(), credits: Vec::new() }
}

fn written(form: Form, cards: &[Card]) -> Result<Vec<u8>, DeckError> {
    let mut bytes = Vec::new();
    write(form, &deck(), cards, &Files, &mut bytes).map(|_| bytes)
}

fn entry(archive: &[u8], name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    ZipArchive::new(Cursor::new(archive)).unwrap().by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn names(archive: &[u8]) -> Vec<String> {
    ZipArchive::new(Cursor::new(archive)).unwrap().file_names().map(str::to_owned).collect()
}

fn collection(bytes: &[u8]) -> Connection {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let path = file.into_temp_path().keep().unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("SELECT count(*) FROM notes").unwrap();
    std::fs::remove_file(path).unwrap();
    connection
}

#[test]
fn the_same_cards_make_the_same_bytes_in_each_form() {
    let folder = tempfile::tempdir().unwrap();
    let mut cards = vec![card("a", "one"), card("b", "two")];
    cards[0].audio = Some(recording(folder.path(), "x.mp3", b"sound"));
    for form in ALL {
        assert!(written(form, &cards).unwrap() == written(form, &cards).unwrap(), "{form:?}");
    }
}

#[test]
fn a_package_has_a_note_and_a_card_of_each_with_the_guid_of_its_id_and_the_second_of_its_change() {
    let mut cards = vec![card("b", "two"), card("a", "one")];
    cards[0].changed_at = Timestamp::from_millis(1_780_000_009_999);
    for form in [Form::PackageLegacy, Form::Package] {
        let bytes = written(form, &cards).unwrap();
        let database = if form == Form::Package {
            zstd::stream::decode_all(entry(&bytes, "collection.anki21b").as_slice()).unwrap()
        } else {
            assert!(entry(&bytes, "collection.anki21") == entry(&bytes, "collection.anki2"));
            entry(&bytes, "collection.anki21")
        };
        let connection = collection(&database);
        let mut statement = connection
            .prepare(
                "SELECT n.guid, n.mod, n.id, n.flds, c.due FROM cards c JOIN notes n ON n.id = c.nid ORDER BY c.due",
            )
            .unwrap();
        let rows: Vec<(String, i64, i64, String, i64)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].0.as_str(), rows[0].1), (guid("b").as_str(), 1_780_000_009));
        assert_eq!((rows[1].0.as_str(), rows[1].1), (guid("a").as_str(), 1_780_000_000));
        assert_ne!(rows[0].2, rows[1].2, "both were made in the same millisecond");
        assert_eq!(rows[0].3.split('\u{1f}').count(), 11);
        let version: i64 = connection.query_row("SELECT ver FROM col", [], |row| row.get(0)).unwrap();
        assert_eq!(version, 11);
    }
}

#[test]
fn the_newer_form_tells_programs_that_are_too_old_what_to_do() {
    let bytes = written(Form::Package, &[card("a", "one"), card("b", "two")]).unwrap();
    let dummy = collection(&entry(&bytes, "collection.anki2"));
    let fronts: Vec<String> = dummy
        .prepare("SELECT flds FROM notes")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(fronts.len() == 1 && fronts[0].contains("Update Anki"), "{fronts:?}");
    let version: i64 = dummy.query_row("SELECT ver FROM col", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 11);
}

#[test]
fn recordings_are_in_a_package_once_and_under_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut cards = vec![card("a", "one"), card("b", "two"), card("c", "three")];
    cards[0].audio = Some(recording(folder.path(), "x.mp3", b"first sound"));
    cards[1].audio = Some(recording(folder.path(), "y.mp3", b"second sound"));
    cards[2].audio = cards[0].audio.clone();
    let legacy = written(Form::PackageLegacy, &cards).unwrap();
    assert_eq!(entry(&legacy, "media"), br#"{"0":"x.mp3","1":"y.mp3"}"#);
    assert_eq!((entry(&legacy, "0"), entry(&legacy, "1")), (b"first sound".to_vec(), b"second sound".to_vec()));
    let latest = written(Form::Package, &cards).unwrap();
    assert_eq!(entry(&latest, "meta"), [8, 3]);
    assert_eq!(zstd::stream::decode_all(entry(&latest, "1").as_slice()).unwrap(), b"second sound");
    let archive = written(Form::Archive, &cards).unwrap();
    assert_eq!(names(&archive), ["cards.txt", "media/x.mp3", "media/y.mp3"]);
    assert_eq!(entry(&archive, "media/y.mp3"), b"second sound");
}

#[test]
fn plain_text_has_six_fields_a_line_whatever_is_in_them() {
    let mut nasty = card("a", "#a\tb\r\nc \"d\" {{c1::e}}");
    nasty.audio = Some(missing("x.mp3"));
    nasty.transliteration = "t".into();
    let mut bytes = Vec::new();
    // The recording is missing, but the text comes first.
    assert!(write(Form::Archive, &deck(), std::slice::from_ref(&nasty), &Files, &mut bytes).is_err());
    nasty.audio = None;
    let text =
        String::from_utf8(entry(&written(Form::Archive, &[nasty, card("b", "two")]).unwrap(), "cards.txt")).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0],
        [
            "&#35;a b c &quot;d&quot; &#123;&#123;c1::e&#125;&#125;",
            "a translation",
            "first note<br>second note",
            "<b><bdi>word</bdi></b> – <bdi>meaning</bdi>",
            "",
            "t"
        ]
    );
}

#[test]
fn csv_says_how_it_is_to_be_read_and_quotes_every_value() {
    let text = String::from_utf8(written(Form::Csv, &[card("a", "#deck:Other\n\"x\"")]).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..6],
        [
            "#separator:Comma",
            "#html:true",
            "#notetype:Sluice phrase",
            "#deck:Test",
            "#guid column:1",
            "#if matches:update current"
        ]
    );
    assert_eq!(lines.len(), 8, "one line of columns, and one a card: {text}");
    assert!(lines[7].starts_with(&format!("\"{}\",\"#deck:Other<br>&quot;x&quot;\",", guid("a"))), "{}", lines[7]);
}

#[test]
fn whose_data_a_deck_has_is_said_in_each_form() {
    let deck = Deck { credits: vec!["CC-CEDICT <1> (CC-BY-SA-4.0)".into(), "another".into()], ..deck() };
    let written = |form| {
        let mut bytes = Vec::new();
        write(form, &deck, &[card("a", "one")], &Files, &mut bytes).unwrap();
        bytes
    };
    let named = "With data of CC-CEDICT <1> (CC-BY-SA-4.0); another.";
    let decks: String = collection(&entry(&written(Form::PackageLegacy), "collection.anki21"))
        .query_row("SELECT decks FROM col", [], |row| row.get(0))
        .unwrap();
    assert!(decks.contains("With data of CC-CEDICT &lt;1&gt;"), "{decks}");
    let csv = String::from_utf8(written(Form::Csv)).unwrap();
    assert!(csv.lines().any(|line| line == format!("#credits:{named}")), "{csv}");
    assert_eq!(entry(&written(Form::Archive), "credits.txt"), format!("{named}\n").into_bytes());
    assert!(!names(&self::written(Form::Archive, &[card("a", "one")]).unwrap()).contains(&"credits.txt".to_owned()));
}

#[test]
fn what_no_deck_can_be_made_of_is_refused_in_all_forms() {
    let with = |audio| Card { audio: Some(audio), ..card("a", "one") };
    for form in ALL {
        assert!(matches!(written(form, &[]), Err(DeckError::NoCards)));
        assert!(matches!(written(form, &[card("a", " \n\u{1f}")]), Err(DeckError::EmptySource { .. })));
        assert!(matches!(written(form, &[card("a", "x"), card("a", "y")]), Err(DeckError::Repeated { .. })));
        assert!(matches!(written(form, &[with(missing("../x.mp3"))]), Err(DeckError::RecordingName { .. })));
        let clash = [
            with(missing("x.mp3")),
            Card {
                id: "b".into(),
                ..with(AudioFile { source: AudioSource::Stored(BlobHash::of(b"y")), ..missing("X.mp3") })
            },
        ];
        assert!(matches!(written(form, &clash), Err(DeckError::Clash { .. })));
    }
    for form in [Form::PackageLegacy, Form::Package, Form::Archive] {
        assert!(matches!(written(form, &[with(missing("x.mp3"))]), Err(DeckError::Recording { .. })));
    }
    let folder = tempfile::tempdir().unwrap();
    let empty = recording(folder.path(), "x.mp3", b"");
    assert!(matches!(written(Form::Package, &[with(empty)]), Err(DeckError::Recording { .. })));
}

#[test]
fn a_part_of_a_deck_is_no_whole_zip() {
    let folder = tempfile::tempdir().unwrap();
    let first = Card { audio: Some(recording(folder.path(), "a.mp3", b"sound")), ..card("a", "one") };
    let second = Card { audio: Some(missing("b.mp3")), ..card("b", "two") };
    for form in [Form::PackageLegacy, Form::Package, Form::Archive] {
        let mut bytes = Vec::new();
        assert!(write(form, &deck(), &[first.clone(), second.clone()], &Files, &mut bytes).is_err());
        assert!(!bytes.is_empty(), "the first recording was written");
        assert!(ZipArchive::new(Cursor::new(bytes)).is_err(), "{form:?}");
    }
}

fn export(cards: Vec<Card>) -> Export {
    Export { form: Form::Archive, deck: deck(), cards }
}

#[tokio::test]
async fn a_stream_has_the_bytes_of_the_file_and_says_that_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut cards = vec![card("a", "one")];
    cards[0].audio = Some(recording(folder.path(), "x.mp3", &vec![7; 3_000_000]));
    let exporting = stream(export(cards.clone()), Files);
    let parts: Vec<_> = exporting.body.try_collect().await.unwrap();
    assert!(parts.concat() == written(Form::Archive, &cards).unwrap());
    assert_eq!(exporting.outcome.wait().await.unwrap(), Made { cards: 1, recordings: 1 });
}

#[tokio::test]
async fn a_stream_that_is_not_whole_ends_with_an_error() {
    let cards = vec![Card { audio: Some(missing("x.mp3")), ..card("a", "one") }];
    let exporting = stream(export(cards), Files);
    assert!(exporting.body.try_collect::<Vec<_>>().await.is_err());
    assert!(matches!(exporting.outcome.wait().await, Err(DeckError::Recording { .. })));
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_the_export() {
    let folder = tempfile::tempdir().unwrap();
    let mut cards = vec![card("a", "one")];
    cards[0].audio = Some(recording(folder.path(), "x.mp3", &vec![7; 3_000_000]));
    let exporting = stream(export(cards), Files);
    drop(exporting.body);
    assert!(matches!(exporting.outcome.wait().await, Err(DeckError::Output(_))));
}

#[test]
fn a_preview_shows_both_sides_and_nothing_of_a_text_is_markup() {
    let mut arabic = card("a", "<script>alert(1)</script> {{Translation}}");
    arabic.language = "ar\" onload=\"x".into();
    arabic.direction = Direction::RightToLeft;
    arabic.grammar.clear();
    arabic.audio = Some(missing("x.mp3"));
    let sides = preview(&arabic);
    assert_eq!(
        sides.front,
        "<div class=\"source\" lang=\"aronloadx\" dir=\"rtl\">&lt;script&gt;alert(1)&lt;/script&gt; \
         &#123;&#123;Translation&#125;&#125;</div>"
    );
    assert!(sides.back.starts_with(&sides.front) && sides.back.contains(">a translation</div>"), "{}", sides.back);
    assert!(
        !sides.back.contains("grammar") && !sides.back.contains("{{") && !sides.back.contains("[sound"),
        "{}",
        sides.back
    );
    assert_eq!(sides.audio.as_deref(), Some("x.mp3"));
}

#[test]
fn a_pushed_note_has_the_fields_of_a_package_but_the_spare_ones() {
    let note = pushed_note(&card("a", "one"));
    assert_eq!(note.fields.get("Source").map(String::as_str), Some("one"));
    assert_eq!(note.fields.get("Id").map(String::as_str), Some("a"));
    assert_eq!(note.fields.len(), 9);
}
