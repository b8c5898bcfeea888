//! What is painted over the text of a page with a large picture, and pages of which nobody knows what a reader sees.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fmt::Write as _;

use sluice_domain::document::{Document, LeftOut, Reason};
use sluice_domain::language::Language;
use sluice_local::guard::Limits;
use sluice_local::reading::{Reader, ReadingLimits, unread_pages};
use sluice_testkit::pdf::{self, Pdf};
use support::guard;

fn reader() -> Reader {
    Reader::new(guard(), ReadingLimits::DEFAULT)
}

async fn read(file: &[u8]) -> Document {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, file).unwrap();
    reader().read(&path).await.unwrap()
}

fn left_out(page: u32, reason: Reason) -> LeftOut {
    LeftOut { page, reason, sample: String::new() }
}

/// The paragraphs of a page, in one line each.
const PARAGRAPHS: [&str; 3] = [
    "The bees left the hive in the first week of May.",
    "The keeper paid nine thousand dollars to the mayor.",
    "It was a mild winter in all parts of the country.",
];

/// What is painted over the second of them.
const PLACE: &str = "60 590 400 30 re f";

/// The operators that show the paragraphs, each far from the next.
fn paragraphs(mode: u8) -> String {
    PARAGRAPHS.iter().zip([700, 600, 500]).fold(String::new(), |mut shown, (text, y)| {
        let _ = write!(shown, "BT {mode} Tr /F1 14 Tf 72 {y} Td ({text}) Tj ET 0 g ");
        shown
    })
}

/// A picture of a page.
async fn picture(content: &str) -> (Vec<u8>, usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, pdf::drawn(&[content], "", "")).unwrap();
    let args = ["-jpeg", "-singlefile", "-scale-to-x", "1240", "-scale-to-y", "1754", path.to_str().unwrap()];
    (guard().run(&Limits::DOCUMENT, "pdftoppm", args, None).await.unwrap().stdout, 1240, 1754)
}

/// A scan of the page that shows the paragraphs.
async fn scan() -> (Vec<u8>, usize, usize) {
    picture(&paragraphs(0)).await
}

const SCAN: &str = "q 595 0 0 842 0 0 cm /I Do Q";
const PICTURE: &str = "q 400 0 0 30 60 590 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x40 EI Q";
/// The scan itself, small, as what covers a part of it.
const AGAIN: &str = "q 400 0 0 30 60 590 cm /I Do Q";
const SQUARE: &str = "/Annots [<< /Type /Annot /F 4 /Subtype /Square /Rect [60 590 460 620] /C [0 0 0] /IC [0 0 0] >>]";
const STATES: &str = "/ExtGState << /Multiply << /BM /Multiply >> /Half << /ca 0.3 >> >>";

#[tokio::test]
async fn a_block_that_is_covered_on_a_slide_is_not_read() {
    let shown = format!("q 595 0 0 842 0 0 cm /Dots Do Q 1 g {}", paragraphs(0).replace("0 g ", ""));
    let boxed = |colour: &str| format!("{shown} {colour} {PLACE}");
    let struck = format!("{shown} 20 w 60 605 m 460 605 l S");
    for (content, marks) in [
        (boxed("0 g"), ""),
        (boxed("1 g"), ""),
        (boxed("0.9 0.1 0 rg"), ""),
        (struck, ""),
        (format!("{shown} {PICTURE}"), ""),
        (shown.clone(), SQUARE),
    ] {
        let document = read(&pdf::drawn(&[&content], "/XObject << /Dots 3 0 R >>", marks)).await;
        assert_eq!(document.text(), format!("{}\n\n{}", PARAGRAPHS[0], PARAGRAPHS[2]), "{content} {marks}");
        assert_eq!(document.left_out, [left_out(1, Reason::Hidden)], "{content} {marks}");
    }
    // The ground of the text, and what marks it, cover nothing.
    let ground = format!("q 595 0 0 842 0 0 cm /Dots Do Q 1 g {PLACE} 0 g {}", paragraphs(0).replace("Td", "Td 1 g"));
    let document =
        read(&pdf::drawn(&[&ground.replacen("72 600 Td 1 g", "72 600 Td 0 g", 1)], "/XObject << /Dots 3 0 R >>", ""))
            .await;
    assert_eq!((document.text(), document.left_out), (PARAGRAPHS.join("\n\n"), vec![]));
}

/// The scan in three strips below each other.
fn strips() -> String {
    [[561, 281], [281, 280], [0, 281]].map(|[y, high]| format!("q 0 {y} 595 {high} re W n {SCAN} Q")).join(" ")
}

#[tokio::test]
async fn what_is_painted_over_a_scan_is_not_read_from_the_layer_of_its_ocr() {
    let scan = scan().await;
    let (layer, below) = (paragraphs(3), paragraphs(0));
    for drawn in [SCAN, &strips()] {
        for (content, marks) in [
            (format!("{drawn} {layer} 0 g {PLACE}"), ""),
            (format!("{drawn} {layer} 1 g {PLACE}"), ""),
            (format!("{drawn} 0 g {PLACE} {layer}"), ""),
            (format!("{drawn} 1 g {PLACE} {layer}"), ""),
            (format!("{layer} {drawn} 0 g {PLACE}"), ""),
            (format!("{below} {drawn} 1 g {PLACE}"), ""),
            (format!("{drawn} {layer} 20 w 60 605 m 460 605 l S"), ""),
            (format!("{drawn} 20 w 60 605 m 460 605 l S {layer}"), ""),
            (format!("{drawn} {layer} {PICTURE}"), ""),
            (format!("{drawn} {PICTURE} {layer}"), ""),
            (format!("{drawn} {layer} {AGAIN}"), ""),
            (format!("{drawn} {AGAIN} {layer}"), ""),
            (format!("{layer} {drawn} {AGAIN}"), ""),
            (format!("{drawn} {layer}"), SQUARE),
        ] {
            let document = read(&pdf::pictured(&content, &scan, STATES, marks)).await;
            assert_eq!(document.text(), format!("{}\n\n{}", PARAGRAPHS[0], PARAGRAPHS[2]), "{content} {marks}");
            assert_eq!(document.left_out, [left_out(1, Reason::Hidden)], "{content} {marks}");
        }
    }
}

/// The scan once more, moved down, so that it covers what stands there, however much of the page that is.
#[tokio::test]
async fn a_scan_that_is_painted_again_elsewhere_covers_what_is_there() {
    let scan = scan().await;
    for content in [
        format!("{SCAN} {} q 595 0 0 842 0 -300 cm /I Do Q", paragraphs(3)),
        format!("{SCAN} q 595 0 0 842 0 -300 cm /I Do Q {}", paragraphs(3)),
    ] {
        let document = read(&pdf::pictured(&content, &scan, "", "")).await;
        assert_eq!(document.text(), format!("{}\n\n{}", PARAGRAPHS[0], PARAGRAPHS[1]), "{content}");
        assert_eq!(document.left_out, [left_out(1, Reason::Hidden)], "{content}");
    }
}

/// White on white, between the paragraphs of the scan, as the next line, and by itself.
#[tokio::test]
async fn text_in_the_colour_of_a_scan_is_not_read_beside_the_layer_of_its_ocr() {
    let scan = scan().await;
    let layer = paragraphs(3);
    for drawn in [SCAN, &strips()] {
        for (x, y) in [(72, 550), (72, 684), (72, 100)] {
            let white = format!("1 g BT 0 Tr /F1 14 Tf {x} {y} Td (The mayor kept the dollars.) Tj ET 0 g");
            for content in [format!("{drawn} {layer} {white}"), format!("{drawn} {white} {layer}")] {
                for entries in ["", "/Rotate 90", "/Rotate 180"] {
                    let document = read(&pdf::pictured(&content, &scan, "", entries)).await;
                    assert_eq!(document.text(), PARAGRAPHS.join("\n\n"), "{content} {entries}");
                    assert_eq!(document.left_out, [left_out(1, Reason::Hidden)], "{content} {entries}");
                }
            }
        }
    }
}

/// White on white beside a sentence of the scan, on its row: the sentence stays, since all of it is in the scan.
#[tokio::test]
async fn text_in_the_colour_of_a_scan_takes_nothing_of_the_sentence_on_its_row() {
    let scan = scan().await;
    let layer = paragraphs(3);
    for drawn in [SCAN, &strips()] {
        for (x, y, size, hidden) in [
            (412, 600, 14, "The mayor kept the dollars."),
            (430, 603, 6, "not one"),
            (480, 597, 10, "The mayor kept them."),
            (5, 600, 14, "All lies:"),
            (5, 604, 6, "never"),
        ] {
            let white = format!("1 g BT 0 Tr /F1 {size} Tf {x} {y} Td ({hidden}) Tj ET 0 g");
            for content in [format!("{drawn} {layer} {white}"), format!("{drawn} {white} {layer}")] {
                let document = read(&pdf::pictured(&content, &scan, "", "")).await;
                assert_eq!(document.text(), PARAGRAPHS.join("\n\n"), "{content}");
                assert_eq!(document.left_out, [left_out(1, Reason::Hidden)], "{content}");
            }
        }
    }
    // Where something covers the sentence as well, it goes.
    let white = "1 g BT 0 Tr /F1 10 Tf 430 600 Td (The mayor kept them.) Tj ET 0 g 176 594 90 18 re f";
    let document = read(&pdf::pictured(&format!("{SCAN} {layer} {white}"), &scan, "", "")).await;
    assert_eq!(document.text(), format!("{}\n\n{}", PARAGRAPHS[0], PARAGRAPHS[2]));
}

#[tokio::test]
async fn what_marks_a_scan_covers_nothing() {
    let scan = scan().await;
    let (layer, below) = (paragraphs(3), paragraphs(0));
    for content in [
        format!("{SCAN} {layer}"),
        format!("{layer} {SCAN}"),
        format!("{below} {SCAN}"),
        format!("{} {layer}", strips()),
        format!("{layer} {}", strips()),
        format!("{below} {}", strips()),
        format!("{SCAN} {SCAN} {layer}"),
        format!("{SCAN} {layer} {SCAN}"),
        format!("{AGAIN} {SCAN} {layer}"),
        format!("{SCAN} {AGAIN} {SCAN} {layer}"),
        format!("0 g {PLACE} {SCAN} {layer}"),
        format!("{SCAN} {layer} /Multiply gs 1 1 0 rg {PLACE}"),
        format!("{SCAN} {layer} /Half gs 0 1 0 rg {PLACE}"),
        format!("{SCAN} 0 g 0 0 595 40 re f {layer} 1 w 60 590 400 30 re S 72 598 380 1 re f"),
    ] {
        let document = read(&pdf::pictured(&content, &scan, STATES, "")).await;
        assert_eq!((document.text(), document.left_out), (PARAGRAPHS.join("\n\n"), vec![]), "{content}");
    }
}

/// An annotation with an appearance of its own, which may be any.
#[tokio::test]
async fn what_the_appearance_of_an_annotation_covers_is_not_read() {
    for (kind, shown) in [("Redact", ""), ("FreeText", "0 g BT /F1 14 Tf 12 10 Td (Withheld.) Tj ET"), ("Stamp", "")] {
        let mut file = Pdf::new();
        let font = file.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        let tree = file.object("");
        let content = file.stream("", paragraphs(0).as_bytes());
        let resources = format!("/Resources << /Font << /F1 {font} 0 R >> >>");
        let entries = format!("/Type /XObject /Subtype /Form /BBox [0 0 400 30] {resources}");
        let form = file.stream(&entries, format!("0.8 g 0 0 400 30 re f {shown}").as_bytes());
        let page = file.object(format!(
            "<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R {resources} /Annots \
             [<< /Type /Annot /F 4 /Subtype /{kind} /Rect [60 590 460 620] /Contents (Withheld.) /DA (/Helv 12 Tf) \
             /AP << /N {form} 0 R >> >>] >>"
        ));
        file.replace(tree, format!("<< /Type /Pages /Count 1 /Kids [{page} 0 R] >>"));
        let catalog = file.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
        let document = read(&file.finish(catalog, "")).await;
        let text = document.text();
        assert!(
            !text.contains("mayor") && text.contains(PARAGRAPHS[0]) && text.contains(PARAGRAPHS[2]),
            "{kind}: {text}"
        );
        assert_eq!(text.contains("Withheld."), !shown.is_empty(), "{kind}: {text}");
        assert_eq!(document.left_out, [left_out(1, Reason::Hidden)], "{kind}");
    }
}

/// Without the word that is struck out, its sentence says something else.
#[tokio::test]
async fn a_sentence_on_a_scan_with_a_covered_word_is_not_read() {
    let scan = scan().await;
    // "nine thousand"
    let content = format!("{SCAN} {} 0 g 176 594 90 18 re f", paragraphs(3));
    let document = read(&pdf::pictured(&content, &scan, "", "")).await;
    assert_eq!(document.text(), format!("{}\n\n{}", PARAGRAPHS[0], PARAGRAPHS[2]));
    assert_eq!(document.left_out, [left_out(1, Reason::Hidden)]);
}

/// A scan has no ink where only other text is shown.
#[tokio::test]
async fn invisible_text_on_a_slide_is_not_read_beside_text_that_is_seen() {
    let [first, second, third] = PARAGRAPHS;
    let content = format!(
        "q 595 0 0 842 0 0 cm /I Do Q BT /F1 14 Tf 72 700 Td ({first}) Tj 0 -16 Td ({third}) Tj ET \
         BT 3 Tr /F1 14 Tf 72 668 Td ({second}) Tj ET"
    );
    let ground = picture("0.9 1 0.9 rg 0 0 595 842 re f").await;
    let document = read(&pdf::pictured(&content, &ground, "", "")).await;
    assert!(!document.text().contains("dollars"), "{}", document.text());
    assert!(document.text().starts_with(first), "{}", document.text());
}

/// What is hidden between the lines of a paragraph may be a block of its own, in any type, and what is below begin with a name.
#[tokio::test]
async fn a_sentence_around_a_hidden_block_is_not_read() {
    let before = [
        "The court heard the witness on a cold Monday morning in May.",
        "He said that he had handed the whole sum over to",
    ];
    let last = "The court does not believe a single word of this story.";
    let rests = [
        "in the spring of that year, and that he did not regret it.",
        "Adam in the spring of that year, without any regret at all.",
    ];
    for (rest, joined) in rests.iter().flat_map(|rest| [(rest, true), (rest, false)]) {
        for (size, y) in [(4, 672), (6, 671), (8, 670), (12, 668), (15, 667), (20, 666)] {
            let hidden = "his brother and to the mayor of the town";
            let gap = if joined { 16 } else { 60 };
            let content = format!(
                "BT /F1 12 Tf 16 TL 72 700 Td ({}) Tj T* ({}) Tj ET BT /F1 {size} Tf 72 {y} Td ({hidden}) Tj ET \
                 BT /F1 12 Tf 72 652 Td ({rest}) Tj 0 -{gap} Td ({last}) Tj ET 0 g 60 664 480 20 re f",
                before[0], before[1]
            );
            let document = read(&pdf::drawn(&[&content], "", "")).await;
            let text = document.text().replace("\n\n", " ");
            assert_eq!(text, format!("{} {last}", before[0]), "{size} {joined} {rest}");
            assert_eq!(document.left_out, [left_out(1, Reason::Hidden)]);
        }
    }
}

/// A document of pages with those contents, each with the entries of its stream and of its page.
fn of_contents(pages: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut file = Pdf::new();
    let font = file.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    let tree = file.object("");
    let mut kids = String::new();
    for (stream, page, content) in pages {
        let content = file.stream(stream, content.as_bytes());
        let page = file.object(format!(
            "<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] {page} /Contents {content} 0 R \
             /Resources << /Font << /F1 {font} 0 R >> >> >>"
        ));
        let _ = write!(kids, "{page} 0 R ");
    }
    file.replace(tree, format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len()));
    let catalog = file.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
    file.finish(catalog, "")
}

/// A page whose second paragraph is white.
fn with_white() -> String {
    paragraphs(0).replace("72 600 Td", "1 g 72 600 Td")
}

/// Places without end make nothing of the other pages unknown.
#[tokio::test]
async fn what_is_hidden_is_found_whatever_stands_on_another_page() {
    let (endless, white) = ("9".repeat(60), with_white());
    let seen = "BT /F1 14 Tf 72 700 Td (Seen.) Tj ET";
    let contents = [
        format!("{seen} q 0 0 10 10 re W n BT /F1 {endless} Tf 72 600 Td (clipped) Tj ET Q"),
        format!("{seen} q 0 0 10 10 re W n BT /F1 12 Tf {endless} 0 0 {endless} 72 600 Tm (clipped) Tj ET Q"),
        format!(
            "{seen} q {endless} 0 0 -{endless} {endless} 0 cm {endless} 0 0 0 0 {endless} cm BT /F1 12 Tf (x) Tj ET Q"
        ),
        format!(
            "{seen} BT /F1 12 Tf 72 600 Td {endless} Tc (wide) Tj ET q {endless} 0 0 {endless} -{endless} 0 cm 0 0 1 1 re f Q"
        ),
    ];
    let rects = [
        format!("/Annots [<< /Type /Annot /Subtype /FreeText /Rect [0 0 {endless}.0 {endless}.0] /Contents (x) >>]"),
        format!("/Annots [<< /Type /Annot /Subtype /Square /Rect [-{endless}.0 0 {endless}.0 9] >>]"),
        format!("/CropBox [-{endless}.0 0 {endless}.0 842]"),
    ];
    let pages = contents
        .iter()
        .map(|content| (content.as_str(), ""))
        .chain(rects.iter().map(|entries| (seen, entries.as_str())));
    for (content, entries) in pages {
        let document = read(&of_contents(&[("", entries, content), ("", "", &white)])).await;
        let text = document.pages[1].text();
        assert_eq!(text, format!("{}\n\n{}", PARAGRAPHS[0], PARAGRAPHS[2]), "{content} {entries}");
        assert!(document.left_out.contains(&left_out(2, Reason::Hidden)), "{content} {entries}: {document:?}");
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Where a page cannot be taken apart, what it shows is read from its image.
#[tokio::test]
async fn a_page_that_cannot_be_examined_is_left_to_ocr() {
    // Poppler knows the short name of the filter.
    let (plain, packed) = (paragraphs(0), hex(&with_white()));
    let file = of_contents(&[("", "", &plain), ("/Filter /AHx", "", &packed)]);
    let document = read(&file).await;
    assert_eq!(document.pages[0].text(), PARAGRAPHS.join("\n\n"));
    assert_eq!(
        (document.pages[1].text().as_str(), document.left_out.as_slice()),
        ("", [left_out(2, Reason::Unexamined)].as_slice())
    );
    assert_eq!(unread_pages(&document), [2]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, file).unwrap();
    let read = reader().read_pages_by_ocr(&path, document, &[Language::ENGLISH], |_| {}).await.unwrap();
    let text = read.pages[1].text();
    assert!(text.contains("bees left the hive") && text.contains("mild winter") && !text.contains("mayor"), "{text}");
    assert_eq!(read.left_out, []);
}

/// A file that only poppler can take apart.
#[tokio::test]
async fn a_file_that_cannot_be_examined_is_left_to_ocr() {
    let white = with_white();
    let file = of_contents(&[("", "", &white)]);
    // The table of the objects begins elsewhere than the file says.
    let text = String::from_utf8_lossy(&file).replace("startxref\n", "startxref\n9");
    let start = text.find("\nxref").unwrap();
    let file = [&text.as_bytes()[..start], text[start..].replace("0000", "0009").as_bytes()].concat();
    let document = read(&file).await;
    assert!(!document.text().contains("mayor"), "{}", document.text());
    assert!(!document.left_out.is_empty());
}
