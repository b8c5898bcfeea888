//! Scans: upside down, askew, blurred, and among pages with text.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use sluice_domain::document::{Document, LeftOut, Reason};
use sluice_domain::language::Language;
use sluice_local::guard::Limits;
use sluice_local::reading::{Reader, ReadingLimits, unread_pages};
use sluice_testkit::pdf;
use support::guard;

fn reader() -> Reader {
    Reader::new(guard(), ReadingLimits::DEFAULT)
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn scanned(page: u32) -> LeftOut {
    LeftOut { page, reason: Reason::Scanned, sample: String::new() }
}

/// Each word with a place is where its box says: the box of the first word is above or beside that of the next.
fn words_have_places(document: &Document) {
    for page in &document.pages {
        for block in &page.blocks {
            let count = block.text.split_whitespace().count();
            assert!(block.words.len() * 10 >= count * 9, "{} of {count} in {}", block.words.len(), block.text);
            for word in &block.words {
                let [left, top, right, bottom] = word.1;
                let inside = left >= -1.0 && top >= -1.0 && right <= page.width + 1.0 && bottom <= page.height + 1.0;
                assert!(inside && left < right && top < bottom, "{word:?} on {}x{}", page.width, page.height);
                assert!(block.text.is_char_boundary(word.0 as usize));
            }
        }
    }
}

#[tokio::test]
async fn a_scan_that_is_upside_down_is_turned() {
    let document = reader().read_by_ocr(&fixture("scan-180.pdf"), &[Language::ENGLISH]).await.unwrap();
    let turns: Vec<u8> = document.pages.iter().map(|page| page.quarter_turns).collect();
    assert_eq!(turns, [2, 2]);
    let text = document.text();
    assert!(text.contains("A colony") && text.contains("swarm"), "{text}");
    assert!(text.split_whitespace().count() > 150, "{text}");
    words_have_places(&document);
    // The first line is at the top of the turned page.
    let first = document.pages[0].blocks.first().unwrap();
    assert!(first.bounds[1] < 200.0, "{:?}", first.bounds);
}

#[tokio::test]
async fn scanned_pages_among_text_are_named_and_only_they_are_read() {
    let reader = reader();
    let file = fixture("half-scanned.pdf");
    let document = reader.read(&file).await.unwrap();
    assert_eq!(document.left_out, [scanned(3), scanned(4)]);
    assert_eq!(unread_pages(&document), [3, 4]);
    let steps = Mutex::new(Vec::new());
    let progress = |done: f32| steps.lock().unwrap().push(done);
    let read = reader.read_pages_by_ocr(&file, document.clone(), &[Language::ENGLISH], progress).await.unwrap();
    assert_eq!(read.pages[..2], document.pages[..2], "pages with text stay as they are");
    assert_eq!(unread_pages(&read), Vec::<u32>::new());
    for page in &read.pages[2..] {
        assert!(page.text().split_whitespace().count() > 60, "{}", page.text());
    }
    let by: Vec<&str> = read.read_by.split("; ").collect();
    assert!(by.len() == 2 && by[0].starts_with("poppler ") && by[1].starts_with("pages 3, 4 by tesseract "), "{by:?}");
    assert_eq!(steps.into_inner().unwrap().last(), Some(&1.0));
}

/// A page of text as an image, turned by some degrees and blurred.
async fn scan(folder: &Path, source: &Path, filter: &str) -> PathBuf {
    // Beside other tests this may take long.
    let limits = Limits { cpu: Duration::from_mins(1), wall: Duration::from_mins(2), ..Limits::DOCUMENT };
    let args = ["-png", "-singlefile", "-scale-to-x", "1240", "-scale-to-y", "1754", source.to_str().unwrap()];
    let png = guard().run(&limits, "pdftoppm", args, None).await.unwrap().stdout;
    let (from, to) = (folder.join("page.png"), folder.join("page.jpg"));
    std::fs::write(&from, png).unwrap();
    let run = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i", from.to_str().unwrap(), "-vf", filter, "-q:v", "4", to.to_str().unwrap()])
        .status();
    assert!(run.unwrap().success());
    let file = folder.join("scan.pdf");
    std::fs::write(&file, pdf::scanned_from_jpegs(&[(std::fs::read(to).unwrap(), 1240, 1754)])).unwrap();
    file
}

#[tokio::test]
async fn pages_that_are_askew_are_straightened_and_words_keep_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let source = fixture("half-scanned.pdf");
    let right = reader().read(&source).await.unwrap().pages[0].clone();
    for degrees in ["5", "-4"] {
        let filter = format!("rotate={degrees}*PI/180:fillcolor=white");
        let file = scan(folder.path(), &source, &filter).await;
        let document = reader().read_by_ocr(&file, &[Language::ENGLISH]).await.unwrap();
        let (read, expected) = (document.text(), right.text());
        let words: Vec<&str> = read.split_whitespace().collect();
        let found = expected.split_whitespace().filter(|word| words.contains(word)).count();
        let all = expected.split_whitespace().count();
        assert!(found * 100 >= all * 95, "{found} of {all} at {degrees}°: {read}");
        words_have_places(&document);
    }
}

#[tokio::test]
async fn what_is_read_without_confidence_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = scan(folder.path(), &fixture("half-scanned.pdf"), "gblur=sigma=4.5").await;
    let document = reader().read_by_ocr(&file, &[Language::ENGLISH]).await.unwrap();
    let unreadable = document.left_out.iter().filter(|one| one.reason == Reason::Unreadable).count();
    assert!(unreadable > 0 || document.text().is_empty(), "{document:?}");
}

#[tokio::test]
async fn an_arabic_scan_is_read_in_arabic() {
    let folder = tempfile::tempdir().unwrap();
    let file = scan(folder.path(), &fixture("arabic-latin-digits.pdf"), "null").await;
    let document = reader().read_by_ocr(&file, &[]).await.unwrap();
    let text = document.text();
    assert!(text.contains("القهوة"), "{text}");
    assert!(!text.contains("وثفرز"), "a misread word is not told: {text}");
    words_have_places(&document);
}

#[tokio::test]
async fn a_page_whose_letters_are_lost_is_read_as_an_image() {
    let reader = reader();
    let file = fixture("office.pdf");
    let mut document = reader.read(&file).await.unwrap();
    document.left_out = vec![LeftOut { page: 1, reason: Reason::Unreadable, sample: "The o ce".to_owned() }];
    let read = reader.read_pages_by_ocr(&file, document, &[Language::ENGLISH], |_| {}).await.unwrap();
    assert!(read.text().contains("The office offers financial aid"), "{}", read.text());
    assert!(read.left_out.is_empty() && read.read_by.starts_with("tesseract "), "{:?}", read.left_out);
    words_have_places(&read);
}

#[tokio::test]
async fn an_arabic_page_with_wrong_letters_is_read_as_an_image_and_keeps_its_title() {
    let reader = reader();
    let file = fixture("bees-wrong-letters.pdf");
    let document = reader.read(&file).await.unwrap();
    assert_eq!(unread_pages(&document), [1]);
    let read = reader.read_pages_by_ocr(&file, document, &[], |_| {}).await.unwrap();
    let blocks = &read.pages[0].blocks;
    assert_eq!(blocks[0].text, "حياة النحل خلال العام");
    // Boxes that reach over a line make no heading of it.
    for block in &blocks[1..] {
        assert!(block.line_height < blocks[0].line_height, "{}: {}", block.text, block.line_height);
    }
    // What tesseract can hardly read takes its sentence with it, instead of being missing from it.
    for torn in ["آلاف ولا", "فصل ويزداد", "العسل إذ", "تنج من الشتاء"] {
        assert!(!read.text().contains(torn), "{torn}: {}", read.text());
    }
    assert!(read.text().contains("يبلغ سعر كيلوغرام العسل الجبلي"), "{}", read.text());
    // Not with a letter for the comma.
    assert!(read.text().contains("120 ريالا، بينما"), "{}", read.text());
    assert!(read.left_out.iter().any(|one| one.reason == Reason::Unreadable), "{:?}", read.left_out);
    words_have_places(&read);
}

/// A page of lines that rise to the right by some degrees, as the text behind a scan does that was put on the glass askew.
fn slanted(lines: &[&str], degrees: f32) -> Vec<u8> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let rows: Vec<String> = lines
        .iter()
        .zip(0_u8..)
        .map(|(line, row)| {
            let down = 18.0 * f32::from(row);
            let (x, y) = (70.0 + down * sin, 740.0 - down * cos);
            format!("BT /F1 12 Tf {cos:.5} {sin:.5} {:.5} {cos:.5} {x:.2} {y:.2} Tm ({line}) Tj ET", -sin)
        })
        .collect();
    pdf::drawn(&[&rows.join("\n")], "", "")
}

#[tokio::test]
async fn text_at_a_slant_is_read_as_an_image_and_never_as_poppler_mixes_it() {
    let lines = [
        "Salt was carried over the mountains for more than nine hundred years.",
        "The drivers left the coast before sunrise and reached the first pass on",
        "the evening of the second day. Every mule carried two sacks of forty",
        "kilograms each, and a driver looked after six animals. Tolls were paid",
        "at the bridge of the valley, where the clerk wrote down the weight.",
    ];
    let (reader, folder) = (reader(), tempfile::tempdir().unwrap());
    let file = folder.path().join("slanted.pdf");
    let text = lines.join(" ");
    std::fs::write(&file, slanted(&lines, 1.0)).unwrap();
    let slight = reader.read(&file).await.unwrap();
    let sentence =
        "reached the first pass on the evening of the second day. Every mule carried two sacks of forty kilograms";
    let joined = slight.text().replace("\n\n", " ");
    assert!(joined.contains(sentence) && slight.left_out.is_empty(), "{slight:?}");
    for degrees in [4.0, -5.0, 17.0, 45.0] {
        std::fs::write(&file, slanted(&lines, degrees)).unwrap();
        let document = reader.read(&file).await.unwrap();
        assert_eq!((document.text().trim(), unread_pages(&document)), ("", vec![1]), "{degrees}°: {document:?}");
        if degrees.abs() <= 5.0 {
            let read = reader.read_pages_by_ocr(&file, document, &[Language::ENGLISH], |_| {}).await.unwrap();
            let words: Vec<String> = read.text().split_whitespace().map(str::to_owned).collect();
            let found = text.split_whitespace().filter(|word| words.iter().any(|read| read == word)).count();
            assert!(found * 100 >= text.split_whitespace().count() * 90, "{degrees}°: {}", read.text());
        }
    }
}
