//! What is read is what a reader of the page sees, letter by letter.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use sluice_domain::document::{Document, LeftOut, Reason};
use sluice_local::reading::{Reader, ReadingLimits};
use sluice_testkit::pdf;
use support::guard;

async fn read(file: &[u8]) -> Document {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, file).unwrap();
    Reader::new(guard(), ReadingLimits::DEFAULT).read(&path).await.unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

#[tokio::test]
async fn a_ligature_of_several_letters_is_in_logical_order() {
    let text = read(&fixture("bees-lam-alef.pdf")).await.text();
    for part in [
        "حياة النحل خلال العام",
        "آلاف الأفراد، ولا",
        "120 ريالا، بينما لا",
        "الاهتمام بالأزهار حول الخلايا لا يقل أهمية عن العلاج، لأن",
        "الغذاء إلا في دائرة قطرها ثلاثة كيلومترات.",
        "سامي الأحمد إن الإنتاج الأولي لهذا العام أقل من",
        "نظام GPS ورسائل SMS",
        "قال الخبير",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

/// Glyphs of a font that joins what calligraphy joins.
fn joined_lines() -> Vec<Vec<&'static str>> {
    vec![
        vec!["الله", " ", "لا", " ", "ي", "ق", "و", "ل", " ", "لأ", "ح", "د", " ", "ق", "ا", "ل"],
        vec!["ا", "لإ", "ن", "ت", "ا", "ج", " ", "فم", " ", "لله", " ", "ا", "لآ", "ن", "."],
    ]
}

#[tokio::test]
async fn every_ligature_of_a_font_is_put_in_order() {
    let text = read(&pdf::right_to_left(&joined_lines(), str::to_owned)).await.text();
    assert_eq!(text.replace("\n\n", " "), "الله لا يقول لأحد قال الإنتاج فم لله الآن.");
}

#[tokio::test]
async fn a_map_in_visual_order_is_left_alone() {
    let visual = |letters: &str| letters.chars().rev().collect();
    let text = read(&pdf::right_to_left(&joined_lines(), visual)).await.text();
    assert_eq!(text.replace("\n\n", " "), "الله لا يقول لأحد قال الإنتاج فم لله الآن.");
}

#[tokio::test]
async fn a_replacement_text_is_in_logical_order() {
    let content = "BT /F1 12 Tf 72 700 Td /Span<</ActualText<FEFF06440627>>>BDC (x) Tj EMC ( is no, ) Tj \
                   /Span<</ActualText<FEFF0627064406390644062706 2C>>>BDC (xxxxxx) Tj EMC ( is a cure.) Tj ET";
    let text = read(&pdf::drawn(&[content], "", "")).await.text();
    assert_eq!(text, "لا is no, العلاج is a cure.");
}

/// The words of a page, in alphabetical order.
fn words(document: &Document) -> Vec<String> {
    let mut words: Vec<String> = document.text().split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

fn hidden(page: u32) -> LeftOut {
    LeftOut { page, reason: Reason::Hidden, sample: String::new() }
}

#[tokio::test]
async fn what_a_reader_cannot_see_is_not_read() {
    let document = read(&fixture("hidden.pdf")).await;
    let text = document.text();
    for part in ["PRINTER", "trimmed", "Ignore the document", "candidate", "secret price", "dollars"] {
        assert!(!text.contains(part), "{part} is in\n{text}");
    }
    for part in ["A Year With Honey Bees", "The queen lays the eggs", "the keeper must leave them enough."] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(document.left_out, [hidden(1)]);
}

/// Every way to hide a word, one to a page, beside one that is seen.
#[tokio::test]
async fn every_way_of_hiding_is_noticed() {
    let seen = "BT /F1 12 Tf 72 700 Td (seen) Tj ET";
    let ways = [
        "BT /F1 12 Tf 72 600 Td (boxed) Tj ET 0 g 70 595 60 20 re f",
        "BT /F1 12 Tf 72 600 Td (boxed) Tj ET 0.2 0.4 0.9 rg 70 595 60 20 re f",
        "1 g BT /F1 12 Tf 72 600 Td (white) Tj ET",
        "0 0.5 0 rg 60 590 100 30 re f BT /F1 12 Tf 72 600 Td (green) Tj ET",
        "BT /F1 12 Tf 3 Tr 72 600 Td (invisible) Tj ET",
        "/Clear gs BT /F1 12 Tf 72 600 Td (transparent) Tj ET",
        "q 0 0 10 10 re W n BT /F1 12 Tf 72 600 Td (clipped) Tj ET Q",
        "BT /F1 0.2 Tf 72 600 Td (tiny) Tj ET",
        "BT /F1 12 Tf 72 600 Td (pictured) Tj ET q 80 0 0 30 70 590 cm /Dots Do Q",
        "18 w BT /F1 12 Tf 2 Tr 72 600 Td (blotted) Tj ET",
        "q 2 0 0 2 0 0 cm 9 w 1 0 0 RG BT /F1 6 Tf 1 Tr 36 300 Td (blotted) Tj ET Q",
        "BT /F1 12 Tf 72 600 Td (struck) Tj ET 18 w 66 604 m 140 604 l S",
        "BT /F1 12 Tf 72 600 Td (scribbled) Tj ET q 2 0 0 2 0 0 cm 9 w 33 302 m 52 302 l 70 303 l S Q",
    ];
    let contents: Vec<String> = ways.iter().map(|way| format!("{seen} {way}")).collect();
    let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
    let document = read(&pdf::drawn(&contents, &format!("{CLEAR} /XObject << /Dots 3 0 R >>"), "")).await;
    for page in &document.pages {
        assert_eq!(page.text(), "seen", "page {}", page.number);
    }
    let pages: Vec<LeftOut> = (1..=13).map(hidden).collect();
    assert_eq!(document.left_out, pages);
}

/// A mark without an appearance of its own is drawn by its kind.
#[tokio::test]
async fn what_a_mark_covers_is_not_read() {
    let content = "BT /F1 12 Tf 72 700 Td (seen) Tj ET BT /F1 12 Tf 72 600 Td (marked) Tj ET";
    let marks = [
        "/Subtype /Square /Rect [60 590 300 620] /C [0 0 0] /IC [0 0 0]",
        "/Subtype /Line /Rect [60 590 300 620] /L [60 604 300 604] /C [0 0 0] /BS << /W 20 >>",
    ];
    for mark in marks {
        let document = read(&pdf::drawn(&[content], "", &format!("/Annots [<< /Type /Annot /F 4 {mark} >>]"))).await;
        assert_eq!(
            (document.text().as_str(), document.left_out.as_slice()),
            ("seen", [hidden(1)].as_slice()),
            "{mark}"
        );
    }
}

/// Without its hidden words a sentence says something else.
#[tokio::test]
async fn what_is_left_of_a_sentence_with_a_hidden_word_is_not_read() {
    let lines = [
        "The bees left the hive. The witness said that the keeper",
        "sold all of the honey to his brother in the spring. The",
        "brother paid nothing for it. The court does not believe",
        "a word of what they said. The office will pay for it.",
    ];
    let shown = format!("BT /F1 12 Tf 16 TL 72 700 Td ({}) Tj ET", lines.join(") Tj T* ("));
    let [first, third, fourth, last] = [
        "The bees left the hive.",
        "The brother paid nothing for it.",
        "The court does not believe a word of what they said.",
        "The office will pay for it.",
    ];
    for (covered, left) in [
        ("216 697 43 13", vec![first, third, fourth, last]),
        ("285 697 90 13", vec![first, third, fourth, last]),
        ("60 681 400 13", vec![first, fourth, last]),
        ("60 665 400 29", vec![first, last]),
    ] {
        let document = read(&pdf::drawn(&[&format!("{shown} 0 g {covered} re f")], "", "")).await;
        assert_eq!((document.text(), document.left_out), (left.join(" "), vec![hidden(1)]), "{covered}");
    }
}

/// A page of lines in which the words in brackets are covered.
fn with_covered(lines: &[&str]) -> String {
    let (mut shown, mut boxes) = (String::new(), String::new());
    for (line, y) in lines.iter().zip([700, 684, 668, 652]) {
        let mut x = 72.0;
        for word in line.split(' ') {
            let is_covered = word.starts_with('[');
            let word = word.trim_matches(['[', ']']);
            // Each word is put in its place, since the letters are not equally wide.
            let width = 7.0 * f64::from(u32::try_from(word.len()).unwrap());
            let _ = write!(shown, "BT /F1 11 Tf {x} {y} Td ({word}) Tj ET ");
            if is_covered {
                let _ = write!(boxes, "{} {} {width} 13 re f ", x - 1.0, y - 3);
            }
            x += width + 3.0;
        }
    }
    format!("{shown} 0 g {boxes}")
}

/// The full stop of "Dr." or "Inc." ends no sentence.
#[tokio::test]
async fn what_is_left_of_a_sentence_with_an_abbreviation_and_a_hidden_word_is_not_read() {
    for lines in [
        ["It rained on Monday. Payments were made in cash to", "Dr. [Smithson] in June. The court fined the company."],
        [
            "It rained on Monday. Payments were made in cash to",
            "Dr. Adam [Smithson] there. The court fined the company.",
        ],
        [
            "It rained on Monday. The payment that was made by",
            "J. [Paul] Smithson was illegal. The court fined the company.",
        ],
    ] {
        let document = read(&pdf::drawn(&[&with_covered(&lines)], "", "")).await;
        let text = "It rained on Monday. The court fined the company.";
        assert_eq!((document.text().as_str(), document.left_out), (text, vec![hidden(1)]), "{lines:?}");
    }
}

/// A sentence that goes on on the next page is left out on both.
#[tokio::test]
async fn what_is_left_of_a_sentence_with_a_hidden_word_is_not_read_on_the_next_page() {
    let first = "It rained on Monday. The payments were all made in cash";
    for [end, start] in [
        ["by the keeper of the bees and his brother to [Smithson]", "in the spring. The court fined the company."],
        ["by the keeper of the bees and his brother to a man", "called [Smithson] there. The court fined the company."],
        ["by the keeper of the bees and his brother to Dr.", "[Smithson] in June. The court fined the company."],
    ] {
        let pages =
            [with_covered(&[first, end]), with_covered(&[start, "It was a mild winter in all of the country."])];
        let document = read(&pdf::drawn(&[&pages[0], &pages[1]], "", "")).await;
        let texts: Vec<String> = document.pages.iter().map(|page| page.text().replace("\n\n", " ")).collect();
        let rest = "The court fined the company. It was a mild winter in all of the country.";
        assert_eq!(texts, ["It rained on Monday.", rest], "{end}");
    }
}

/// The ground of a slide is a picture, and no scan.
#[tokio::test]
async fn what_is_left_of_a_sentence_on_a_slide_with_a_hidden_word_is_not_read() {
    let slide = "q 595 0 0 842 0 0 cm /Dots Do Q 1 g BT /F1 12 Tf 16 TL 72 700 Td \
                 (The bees left the hive. The keeper sold his) Tj T* (honey to nobody. It was cold.) Tj ET 1 0 0 rg";
    for covered in ["239 697 42 13", "281 697 26 13"] {
        let content = format!("{slide} {covered} re f");
        let document = read(&pdf::drawn(&[&content], "/XObject << /Dots 3 0 R >>", "")).await;
        let text = "The bees left the hive. It was cold.".to_owned();
        assert_eq!((document.text(), document.left_out), (text, vec![hidden(1)]), "{covered}");
    }
}

/// Where a text is only for screen readers, nothing is missing.
#[tokio::test]
async fn a_hidden_word_that_takes_no_place_leaves_its_sentence() {
    let shown = "BT /F1 12 Tf 16 TL 72 700 Td (The sum of x and y) Tj T* (is small. It stays so.) Tj ET";
    let plus = "BT /F1 12 Tf 185 700 Td (with plus signs) Tj ET";
    for unseen in [format!("q 185 700 0.7 0.7 re W n {plus} Q"), format!("q 0 0 9 9 re W n {plus} Q")] {
        let document = read(&pdf::drawn(&[&format!("{shown} {unseen}")], "", "")).await;
        let text = "The sum of x and y is small. It stays so.".to_owned();
        assert_eq!((document.text(), document.left_out), (text, vec![hidden(1)]), "{unseen}");
    }
    let document = read(&pdf::drawn(&[&format!("{shown} 0 g {plus} 180 695 100 16 re f")], "", "")).await;
    assert_eq!(document.text(), "It stays so.");
}

const CLEAR: &str = "/ExtGState << /Clear << /ca 0 >> >>";

#[tokio::test]
async fn what_can_be_seen_stays() {
    let contents = [
        "0 0 0.4 rg 60 590 400 30 re f 1 g BT /F1 14 Tf 72 600 Td (White on a dark bar) Tj ET",
        "0.8 g 60 590 400 30 re f 0 g BT /F1 10 Tf 72 600 Td (Black on grey) Tj ET 0.7 g 60 560 400 30 re f",
        "q 400 0 0 100 60 560 cm /Dots Do Q 1 g BT /F1 40 Tf 72 600 Td (White on a picture) Tj ET",
        "0.6 g BT /F1 8 Tf 72 600 Td (Small and grey) Tj ET",
        "0.5 w BT /F1 12 Tf 2 Tr 72 600 Td (Bold by its outline) Tj ET",
    ];
    let document = read(&pdf::drawn(&contents, "/XObject << /Dots 3 0 R >>", "")).await;
    let texts: Vec<String> = document.pages.iter().map(sluice_domain::document::Page::text).collect();
    assert_eq!(
        texts,
        ["White on a dark bar", "Black on grey", "White on a picture", "Small and grey", "Bold by its outline"]
    );
    assert_eq!(document.left_out, []);
}

#[tokio::test]
async fn what_stands_outside_of_the_crop_box_is_left_out() {
    let content = "BT /F1 12 Tf 72 600 Td (inside) Tj ET BT /F1 12 Tf 72 820 Td (outside) Tj ET";
    let document = read(&pdf::drawn(&[content], "", "/CropBox [40 40 555 800]")).await;
    assert_eq!((words(&document), document.left_out.as_slice()), (vec!["inside".to_owned()], [hidden(1)].as_slice()));
    // Positions are those of the page as it is shown.
    assert!(
        (document.pages[0].width - 515.0).abs() < 0.1 && (document.pages[0].blocks[0].bounds[0] - 32.0).abs() < 1.0
    );
}

#[tokio::test]
async fn a_page_whose_letters_are_lost_or_wrong_is_left_out() {
    let begins = [
        ("office.pdf", "How the O ce Helps Keepers The o ce o ers nancial aid to keepers who lost"),
        ("bad-ocr-layer.pdf", "A c010ny 0f h0ney bees is a sing1c 1iving tbing rnadc 0f"),
        ("bees-wrong-letters.pdf", "حياة اونحل خلال اويام"),
    ];
    for (name, begin) in begins {
        let document = read(&fixture(name)).await;
        assert!(document.text().trim().is_empty(), "{name}");
        let first = document.left_out.iter().find(|one| one.reason == Reason::Unreadable).unwrap();
        assert_eq!(first.page, 1, "{name}");
        assert!(first.sample.starts_with(begin) && first.sample.chars().count() <= 80, "{name}: {}", first.sample);
    }
}

#[tokio::test]
async fn a_font_that_is_not_embedded_is_read_by_its_map() {
    let line = "これは日本語の文書です。";
    assert_eq!(read(&pdf::japanese(line)).await.text(), line);
}
