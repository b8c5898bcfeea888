//! Files whose page stands in for something else, and pages of unusual sizes.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::PathBuf;

use sluice_local::reading::{PageView, ReadError, Reader, ReadingLimits};
use support::guard;

fn reader() -> Reader {
    Reader::new(guard(), ReadingLimits::DEFAULT)
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Width and height of a PNG image.
fn size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[tokio::test]
async fn the_cover_of_a_portfolio_is_refused() {
    let error = reader().read(&fixture("portfolio.pdf")).await.unwrap_err();
    assert!(matches!(error, ReadError::Portfolio { files: 1 }), "{error:?}");
    assert_eq!(error.code(), "document_portfolio");
}

#[tokio::test]
async fn embedded_files_alone_make_no_portfolio() {
    // The same file without its collection: an ordinary letter with an attachment.
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter.pdf");
    let bytes = std::fs::read(fixture("portfolio.pdf")).unwrap();
    let at = bytes.windows(11).position(|part| part == b"/Collection").unwrap();
    let mut letter_bytes = bytes.clone();
    letter_bytes[at..at + 11].copy_from_slice(b"/Xollection");
    std::fs::write(&letter, letter_bytes).unwrap();
    assert!(reader().read(&letter).await.unwrap().text().starts_with("For the best experience"));
}

#[tokio::test]
async fn the_sheet_of_a_dynamic_form_is_refused_and_a_form_with_fields_is_not() {
    let error = reader().read(&fixture("xfa-please-wait.pdf")).await.unwrap_err();
    assert!(matches!(error, ReadError::DynamicForm), "{error:?}");
    assert_eq!(error.code(), "document_dynamic_form");
    let form = reader().read(&fixture("acroform.pdf")).await.unwrap();
    assert!(form.text().split_whitespace().count() > 20, "{}", form.text());
}

#[tokio::test]
async fn images_of_long_pages_are_bounded_and_their_parts_sharp() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page.png");
    for (file, whole) in [("webpage-600x12000.pdf", (894, 17_889)), ("receipt-long.pdf", (776, 20_610))] {
        reader().page_image(&fixture(file), 1, 1800, &out).await.unwrap();
        let drawn = size(&std::fs::read(&out).unwrap());
        assert!(drawn.0.abs_diff(whole.0) < 3 && drawn.1.abs_diff(whole.1) < 30, "{file}: {drawn:?}");
        let view = PageView { part: [0.0, 0.1, 1.0, 0.2], ..PageView::whole(1, 1800) };
        reader().draw(&fixture(file), &view, &out).await.unwrap();
        assert_eq!(size(&std::fs::read(&out).unwrap()).0, 1800, "{file}");
    }
}

#[tokio::test]
async fn a_page_without_a_size_is_read_and_drawn_at_a_size_of_its_own() {
    let document = reader().read(&fixture("zero-page.pdf")).await.unwrap();
    assert_eq!(document.pages.len(), 3);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page.png");
    for page in 1..=3 {
        reader().page_image(&fixture("zero-page.pdf"), page, 600, &out).await.unwrap();
        assert_eq!(size(&std::fs::read(&out).unwrap()).0, 600, "page {page}");
    }
}

#[tokio::test]
async fn a_turned_page_is_drawn_upright() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page.png");
    let view = PageView { quarter_turns: 1, ..PageView::whole(1, 1200) };
    reader().draw(&fixture("sideways-page.pdf"), &view, &out).await.unwrap();
    let (width, height) = size(&std::fs::read(&out).unwrap());
    assert!(width == 1200 && height.abs_diff(848) < 3, "{width}x{height}");
}
