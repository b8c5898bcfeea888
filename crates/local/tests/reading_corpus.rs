//! Real documents from third parties, well-formed and hostile: `tests/corpus.tsv` has the expected result of each.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use sluice_domain::document::{Document, Reason, Role};
use sluice_local::reading::{ReadError, Reader, ReadingLimits};
use sluice_testkit::corpus;
use support::guard;

/// Fewest letters of a document that is worth reading out, according to the rules.
const WORTH_READING: usize = 50;

async fn read(name: &str) -> Result<Document, ReadError> {
    Reader::new(guard(), ReadingLimits::DEFAULT).read(&corpus::path(name)).await
}

/// The code with which the rules reject a document, and its number of pages if known.
fn outcome(read: &Result<Document, ReadError>) -> (&'static str, Option<u32>) {
    match read {
        Ok(document) => {
            let letters = document.text().chars().filter(|c| c.is_alphanumeric()).count();
            let code = if letters < WORTH_READING { "document_too_short" } else { "ok" };
            (code, Some(u32::try_from(document.pages.len()).unwrap()))
        }
        Err(ReadError::Encrypted) => ("document_encrypted", None),
        Err(ReadError::Scanned { pages, .. }) => ("document_scanned", Some(*pages)),
        Err(ReadError::TooManyPages { found, .. }) => ("document_too_many_pages", Some(*found)),
        Err(error) => panic!("{error:?}"),
    }
}

/// The fraction of the letters that are Arabic.
fn arabic_part(text: &str) -> f64 {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    let arabic = letters.iter().filter(|c| ('\u{600}'..='\u{6ff}').contains(*c)).count();
    f64::from(u32::try_from(arabic).unwrap()) / f64::from(u32::try_from(letters.len().max(1)).unwrap())
}

#[tokio::test]
async fn every_document_has_the_result_of_the_table() {
    for row in corpus::table() {
        let began = Instant::now();
        let read = read(&row.name).await;
        assert_eq!(outcome(&read), (row.outcome.as_str(), row.pages), "{} in {:?}", row.name, began.elapsed());
        let Ok(document) = read else { continue };
        let text = document.text();
        assert_eq!(arabic_part(&text) > 0.3, row.language == "ar", "{}", row.name);
        let leftover = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fb50}'..='\u{fdcf}' | '\u{fe70}'..='\u{fefc}' | '\0'..='\u{8}');
        assert_eq!(text.chars().find(|c| leftover(*c)), None, "{}", row.name);
    }
    // The requirement: never above 200 MB, neither here nor in a child.
    let children = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    let own = getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss();
    assert!(children < 200_000 && own < 200_000, "{children} KiB in a child, {own} KiB here");
}

#[tokio::test]
async fn arabic_paragraphs_are_whole_and_in_logical_order() {
    let amiri = read("amiri-arabic").await.unwrap().text();
    assert!(amiri.contains(
        "الخط الأميري خط نسخي موجه لطباعة الكتب و النصوص الطويلة، و هو إحياء و محاكاة للخط الطباعي الجميل الذي \
         تميزت به مطبعة بولاق منذ أوائل القرن العشرين."
    ));
    // This one is set in presentation forms.
    let calculus = read("arabic-calculus").await.unwrap().text();
    assert!(calculus.contains("المماس لمنحنى دالة في نقطة"), "{calculus}");
    for heading in ["الدالة المشتقة و المشتقات المتتالية", "رتابة و مطارف دالة قابلة للاشتقاق"]
    {
        assert!(calculus.contains(&format!("{heading}\n\n")), "{heading} ends above its definition: {calculus}");
    }
    let book = read("arabic-book").await.unwrap().text();
    assert!(book.contains("تم إعداده لكتابة كتاب باللغة العربية."), "{book}");
}

#[tokio::test]
async fn headers_footers_and_hyphens_do_not_reach_the_text() {
    let manual = read("gnuplot-manual").await.unwrap();
    let heads = manual.pages.iter().filter(|page| page.text().contains("gnuplot 5.4 ")).count();
    assert!(heads < 10, "{heads} pages with their head");
    let french = read("debian-reference-french").await.unwrap();
    let heads = french.pages.iter().filter(|page| page.text().contains("Guide de référence pour Debian")).count();
    assert!(heads < 10, "{heads} pages with their head");
}

#[tokio::test]
async fn tables_beside_each_other_are_read_one_after_the_other() {
    let document = read("debian-refcard-german").await.unwrap();
    let text = document.pages[1].text().replace("\n\n", " ");
    for part in [
        "Inhalt der Depots oder die Datei selbst geändert wurde.",
        "Auflisten der Pakete, die das angegebene Paket benötigt.",
        "Einen normalen Benutzer einen Befehl als root ausführen lassen; siehe",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// Notes in diagrams of classes: "Island polygons are formed according to …" says nothing by itself.
#[tokio::test]
async fn what_stands_in_diagrams_is_no_text() {
    let document = read("roads-data-model").await.unwrap();
    let told: Vec<&str> = document
        .pages
        .iter()
        .flat_map(|page| &page.blocks)
        .filter(|block| block.role != Role::Cell)
        .map(|block| block.text.as_str())
        .collect();
    for part in ["Island polygons", "WaterRegion polygons", "ObstacleType: CL_Obstacle", "uses geometry of"] {
        let found = told.iter().find(|text| text.contains(part));
        assert_eq!(found, None, "{part}");
    }
    for part in [
        "The data model can (and must) extend beyond the smallest common denominator obtained with the partners.",
        "Four packages constitute the NHNC1 : Hydro Network, Hydrographic, Hydro Events and Metadata.",
        "There are implied associations with all hydrographic features",
    ] {
        assert!(told.iter().any(|text| text.contains(part)), "{part}");
    }
    let pages = document.left_out.iter().filter(|one| one.reason == Reason::Drawing).map(|one| one.page);
    assert_eq!(pages.collect::<Vec<_>>(), [10, 11, 12, 13, 14, 15, 16, 17, 18]);
}
