//! How the reader handles malformed and hostile documents: each gets a clear answer within seconds.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sluice_domain::document::{Document, Reason};
use sluice_domain::language::Language;
use sluice_local::reading::{ReadError, Reader, ReadingLimits};
use sluice_testkit::pdf::{self, Filling};
use support::guard;

/// Longest time for any file: the requirement is five seconds on an idle machine, and tests run in parallel.
const LONGEST: Duration = Duration::from_secs(15);

struct Desk {
    reader: Reader,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { reader: Reader::new(guard(), ReadingLimits::DEFAULT), folder: tempfile::tempdir().unwrap() }
    }

    fn lay(&self, file: &[u8]) -> PathBuf {
        let path = self.folder.path().join("document.pdf");
        std::fs::write(&path, file).unwrap();
        path
    }

    async fn read(&self, file: &[u8]) -> Result<Document, ReadError> {
        let path = self.lay(file);
        let began = Instant::now();
        let read = self.reader.read(&path).await;
        assert!(began.elapsed() < LONGEST, "{read:?} after {:?}", began.elapsed());
        read
    }

    async fn refusal(&self, file: &[u8]) -> ReadError {
        self.read(file).await.unwrap_err()
    }
}

fn letters(document: &Document) -> usize {
    document.text().chars().filter(|c| c.is_alphabetic()).count()
}

#[tokio::test]
async fn a_plain_document_is_read() {
    let document = Desk::new().read(&pdf::text(&["First page.\nIt has two lines.", "Second page."])).await.unwrap();
    assert_eq!(document.pages.len(), 2);
    assert_eq!(document.text(), "First page. It has two lines.\u{c}Second page.");
    assert!(document.read_by.starts_with("poppler "), "{}", document.read_by);
    let block = &document.pages[0].blocks[0];
    assert!(block.lines == 2 && block.line_height > 8.0 && block.bounds[0] > 70.0, "{block:?}");
}

#[tokio::test]
async fn a_name_does_not_make_a_pdf() {
    let desk = Desk::new();
    assert!(matches!(desk.refusal(b"").await, ReadError::Empty));
    for file in [pdf::png(), pdf::zip(), pdf::html()] {
        assert!(matches!(desk.refusal(&file).await, ReadError::NotAPdf));
    }
}

#[tokio::test]
async fn a_header_alone_is_damaged() {
    let error = Desk::new().refusal(b"%PDF-1.7\nand nothing more").await;
    assert!(matches!(error, ReadError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_truncated_document_is_damaged_however_much_is_left() {
    let desk = Desk::new();
    for part in [0.1, 0.5, 0.9, 0.97] {
        let error = desk.refusal(&pdf::truncated(&pdf::of_pages(50), part)).await;
        assert!(matches!(error, ReadError::Damaged { .. }), "{part}: {error:?}");
    }
}

#[tokio::test]
async fn a_document_with_a_password_is_encrypted() {
    assert!(matches!(Desk::new().refusal(&pdf::encrypted()).await, ReadError::Encrypted));
}

#[tokio::test]
async fn a_document_without_pages_says_so() {
    assert!(matches!(Desk::new().refusal(&pdf::without_pages()).await, ReadError::NoPages));
}

#[tokio::test]
async fn too_many_pages_are_counted_and_not_read() {
    let error = Desk::new().refusal(&pdf::of_pages(5_000)).await;
    assert!(matches!(error, ReadError::TooManyPages { found: 5_000, limit: 1_000 }), "{error:?}");
}

#[tokio::test]
async fn a_page_tree_loop_terminates() {
    let read = Desk::new().read(&pdf::page_tree_loop()).await;
    match read {
        Ok(document) => assert_eq!(letters(&document), 0),
        Err(error) => assert!(matches!(error, ReadError::Damaged { .. } | ReadError::NoPages), "{error:?}"),
    }
}

#[tokio::test]
async fn depth_and_recursion_terminate() {
    let desk = Desk::new();
    for file in [pdf::deep_page_tree(20_000), pdf::self_drawing_form()] {
        match desk.read(&file).await {
            Ok(document) => assert_eq!(letters(&document), 0),
            Err(error) => {
                let clear = matches!(error, ReadError::Damaged { .. } | ReadError::NoPages | ReadError::TooSlow);
                assert!(clear, "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn bombs_reach_the_limits_and_not_those_of_the_machine() {
    let desk = Desk::new();
    for filling in [Filling::Nothing, Filling::Text] {
        let error = desk.refusal(&pdf::bomb(filling, 8 << 30)).await;
        assert!(matches!(error, ReadError::TooSlow | ReadError::TooMuchMemory), "{filling:?}: {error:?}");
    }
}

/// A page of rows of words, each too far from the next to be of its line.
fn words_far_apart(rows: usize, columns: usize) -> Vec<u8> {
    let (across, down) = (24, 24);
    let row = format!("(At) Tj {across} 0 Td ").repeat(columns);
    let content = format!("{row} -{} -{down} Td ", across * columns).repeat(rows);
    let (width, height) = (across * columns + 100, down * rows + 100);
    let mut file = pdf::Pdf::new();
    let font = file.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    let content = file.stream("", format!("BT /F1 6 Tf 50 {} Td {content} ET", height - 50).as_bytes());
    let page = file.object("");
    let tree = file.object(format!("<< /Type /Pages /Count 1 /Kids [{page} 0 R] >>"));
    file.replace(
        page,
        format!(
            "<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {width} {height}] /Contents {content} 0 R \
             /Resources << /Font << /F1 {font} 0 R >> >> >>"
        ),
    );
    let catalog = file.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
    file.finish(catalog, "")
}

#[tokio::test]
async fn thousands_of_words_far_apart_are_read_in_time() {
    for (rows, columns) in [(1, 5_000), (2, 2_500), (70, 70), (5_000, 1)] {
        let document = Desk::new().read(&words_far_apart(rows, columns)).await;
        let document = document.unwrap_or_else(|error| panic!("{rows} × {columns}: {error:?}"));
        assert_eq!(document.text().matches("At").count(), rows * columns, "{rows} × {columns}");
    }
}

#[tokio::test]
async fn images_without_text_are_a_scan() {
    let error = Desk::new().refusal(&pdf::scanned(3)).await;
    assert!(matches!(error, ReadError::Scanned { pages: 3, .. }), "{error:?}");
}

#[tokio::test]
async fn little_text_without_images_is_left_to_the_judge() {
    let document = Desk::new().read(&pdf::text(&["Only twenty letters."])).await.unwrap();
    assert_eq!(document.text(), "Only twenty letters.");
}

#[tokio::test]
async fn a_font_with_a_wrong_encoding_is_left_out() {
    let document = Desk::new().read(&pdf::lying_font()).await.unwrap();
    assert_eq!(letters(&document), 0);
    let reasons: Vec<(u32, Reason)> = document.left_out.iter().map(|one| (one.page, one.reason)).collect();
    assert_eq!(reasons, [(1, Reason::Unreadable)]);
}

#[tokio::test]
async fn a_large_document_is_read_as_any_other() {
    let document = Desk::new().read(&pdf::of_size(20_000_000)).await.unwrap();
    assert!(letters(&document) > 300);
}

#[tokio::test]
async fn a_missing_program_is_reported_with_its_package() {
    let desk = Desk::new();
    let path = desk.lay(&pdf::fine());
    // The guard itself is missing: the error is about that, not about the file.
    let reader = Reader::new(sluice_local::guard::Guard::new("/nonexistent".into()), ReadingLimits::DEFAULT);
    assert!(matches!(reader.read(&path).await, Err(ReadError::Io(_))));
}

#[tokio::test]
async fn a_page_becomes_an_image_of_the_requested_width() {
    let desk = Desk::new();
    let path = desk.lay(&pdf::text(&["One", "Two"]));
    let out = desk.folder.path().join("page.png");
    desk.reader.page_image(&path, 2, 640, &out).await.unwrap();
    let png = std::fs::read(&out).unwrap();
    let width = u32::from_be_bytes(png[16..20].try_into().unwrap());
    assert_eq!((width, &png[..4]), (640, b"\x89PNG".as_slice()));
    let error = desk.reader.page_image(&path, 9, 640, &out).await.unwrap_err();
    assert!(matches!(error, ReadError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_scan_is_read_by_recognition() {
    let desk = Desk::new();
    if !desk.reader.ocr_available().await {
        return;
    }
    // A page of text, rendered and put back as an image.
    let path = desk.lay(&pdf::fine());
    let limits = sluice_local::guard::Limits::DOCUMENT;
    let args = ["-jpeg", "-singlefile", "-scale-to-x", "1240", "-scale-to-y", "1754", path.to_str().unwrap()];
    let jpeg = guard().run(&limits, "pdftoppm", args, None).await.unwrap().stdout;
    let scan = pdf::scanned_from_jpegs(&[(jpeg, 1240, 1754)]);
    assert!(matches!(desk.refusal(&scan).await, ReadError::Scanned { pages: 1, ocr_available: true }));
    let document = desk.reader.read_by_ocr(&desk.lay(&scan), &[Language::ENGLISH]).await.unwrap();
    let text = document.text();
    // Which gaps are spaces depends on the font that the page was rendered with; the letters do not.
    let letters: String = text.split_whitespace().collect();
    assert!(letters.contains("sailorscallitaspringtide"), "{text}");
    assert!(document.read_by.starts_with("tesseract "), "{}", document.read_by);
}

#[tokio::test]
async fn what_the_engines_need_is_named() {
    let needs = sluice_local::tools::needs(&guard()).await;
    let poppler = needs.iter().find(|need| need.install == "poppler-utils").unwrap();
    assert!(poppler.version.as_deref().is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit())));
    assert!(needs.iter().all(|need| !need.without_it.is_empty()));
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

#[tokio::test]
async fn right_to_left_text_with_latin_digits_is_in_logical_order() {
    let document = Desk::new().read(&fixture("arabic-latin-digits.pdf")).await.unwrap();
    assert_eq!(document.title.as_deref(), Some("القهوة وتجارتها"));
    let text = document.text();
    for part in [
        "في عام 1652 افتتح أول مقهى في لندن، وبلغ عدد المقاهي 82 مقهى بعد 11 سنة.",
        "وارتفع السعر بنسبة 12.5% بين 2019 و 2021، أي من 1,250 دولارا إلى 1,406 دولارات للطن.",
        "تستورد شركة Nordic Roast من اليمن 35 طنا كل عام (نحو 700 كيس)،",
        "من الساعة 8:30 إلى الساعة 17:00 على نظام Windows 11 Pro الحديث.",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    let columns = ["يبدأ العمود الأول هنا", "وزن الواحد منها 60 كيلوغراما.", "ينتهي العمود الثاني هنا"];
    let places: Vec<Option<usize>> = columns.iter().map(|part| text.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in\n{text}");
}

#[tokio::test]
async fn columns_are_read_one_after_the_other() {
    let text = Desk::new().read(&fixture("two-columns.pdf")).await.unwrap().text();
    let parts = [
        "The first column opens the story.",
        "When the weight had sunk to the floor of the tower the light stood still, and a light that stands still tells \
         a sailor nothing about the place where he is.",
        "The second column closes the story.",
    ];
    let places: Vec<Option<usize>> = parts.iter().map(|part| text.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in\n{text}");
}
