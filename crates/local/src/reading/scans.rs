//! Pages of a document that are images, or whose text is not readable: found when it is read, and replaced by what OCR
//! recognises on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sluice_domain::document::{Block, Document, LeftOut, OcrPages, Page, Reason, WordBox};
use sluice_domain::language::Language;

use super::info::Info;
use super::layout::{Line, RawBlock, RawPage, united};
use super::ocr::{Recognised, RecognisedPage};
use super::{ReadError, Reader, assemble, bidi, cores, gaps, info, intake, ocr};

/// A page with fewer letters has no text to speak of: a page number, a stamp.
const SPARSE_PAGE_LETTERS: usize = 30;

/// Pages without text that are this near to each other are asked about together, and at most so many times.
const NEAR: u32 = 4;
const MOST_RUNS: usize = 6;

/// The pages of a document that OCR would read: those that are images, and those whose text is not readable or may not be
/// what a reader sees.
pub fn unread_pages(document: &Document) -> Vec<u32> {
    let unread = document.left_out.iter().filter(|one| is_unread(one.reason));
    unread.map(|one| one.page).collect::<BTreeSet<u32>>().into_iter().collect()
}

fn is_unread(reason: Reason) -> bool {
    matches!(reason, Reason::Scanned | Reason::Unreadable | Reason::Unexamined)
}

impl Reader {
    /// Which pages are images without text. An error if that is true of most of them.
    pub(super) async fn scanned_pages(
        &self,
        pdf: &Path,
        info: &Info,
        pages: &[Page],
    ) -> Result<Vec<LeftOut>, ReadError> {
        let letters = |page: &Page| page.text().chars().filter(|c| c.is_alphabetic()).count();
        let sparse: Vec<u32> =
            pages.iter().filter(|page| letters(page) < SPARSE_PAGE_LETTERS).map(|page| page.number).collect();
        let images = self.pages_with_images(pdf, &sparse).await?;
        let scanned: Vec<u32> = sparse.into_iter().filter(|number| images.contains(number)).collect();
        if scanned.len() * 2 > pages.len() {
            let (pages, limit) = (info.pages, self.limits.max_ocr_pages);
            return Err(match self.ocr_available().await {
                true if pages > limit => ReadError::TooManyScans { found: pages, limit },
                ocr_available => ReadError::Scanned { pages, ocr_available },
            });
        }
        Ok(scanned.into_iter().map(scanned_page).collect())
    }

    /// Those of some pages that have images as large as a scan. Listing images takes as long as reading, so the pages
    /// between are spared unless there are many gaps.
    async fn pages_with_images(&self, pdf: &Path, pages: &[u32]) -> Result<BTreeSet<u32>, ReadError> {
        let mut runs: Vec<&[u32]> = pages.chunk_by(|page, next| next - page <= NEAR).collect();
        if runs.len() > MOST_RUNS {
            runs = vec![pages];
        }
        let mut images = BTreeSet::new();
        for run in runs {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            images.extend(info::pages_with_images(&self.guard, &self.limits.metadata(), pdf, *first, *last).await?);
        }
        Ok(images)
    }

    /// The pages of a file, none of them read yet: every one is left out as scanned.
    pub async fn unread(&self, pdf: &Path) -> Result<Document, ReadError> {
        let pdf = intake::check(pdf).await?;
        let info = self.info(&pdf, self.limits.max_ocr_pages).await?;
        let sizes = info::page_sizes(&self.guard, &self.limits.metadata(), &pdf, 1, info.pages).await?;
        let page = |size: &info::PageSize| Page {
            number: size.number,
            width: size.width,
            height: size.height,
            ..Page::default()
        };
        Ok(Document {
            title: info.title,
            left_out: sizes.iter().map(|size| scanned_page(size.number)).collect(),
            pages: sizes.iter().map(page).collect(),
            ..Document::default()
        })
    }

    /// Reads `pdf` by optical character recognition in the given languages, or in any installed one if none is given.
    /// Takes seconds per page.
    pub async fn read_by_ocr(&self, pdf: &Path, languages: &[Language]) -> Result<Document, ReadError> {
        let document = self.unread(pdf).await?;
        self.read_pages_by_ocr(pdf, document, languages, |_| {}).await
    }

    /// Replaces the pages that are images, or whose text is not readable, by what OCR recognises on them. Calls
    /// `progress` with the fraction that is done.
    pub async fn read_pages_by_ocr(
        &self,
        pdf: &Path,
        document: Document,
        languages: &[Language],
        progress: impl Fn(f32),
    ) -> Result<Document, ReadError> {
        let unread = unread_pages(&document);
        let mut recognised = Vec::with_capacity(unread.len());
        for pages in unread.chunks(cores()) {
            let reading = pages.iter().map(|page| self.recognise_page(pdf, *page, languages));
            recognised.extend(futures::future::try_join_all(reading).await?);
            #[expect(clippy::cast_precision_loss, reason = "a document has few pages")]
            progress(recognised.len() as f32 / unread.len() as f32);
        }
        Ok(self.with_recognised(document, recognised).await)
    }

    /// Recognises the text of one page. Many can be kept, and put into the document together by
    /// [`Self::with_recognised`].
    pub async fn recognise_page(
        &self,
        pdf: &Path,
        page: u32,
        languages: &[Language],
    ) -> Result<RecognisedPage, ReadError> {
        let pdf = intake::check(pdf).await?;
        let usable = ocr::usable_languages(&self.guard, languages).await?;
        let sizes = info::page_sizes(&self.guard, &self.limits.metadata(), &pdf, page, page).await?;
        let missing = || ReadError::Damaged { detail: format!("page {page} cannot be found") };
        ocr::read_page(&self.guard, &pdf, sizes.first().ok_or_else(missing)?, &usable).await
    }

    /// The document with these pages instead of those that could not be read.
    pub async fn with_recognised(&self, document: Document, recognised: Vec<RecognisedPage>) -> Document {
        let by = ocr::name(&self.guard).await;
        merged(document, recognised, &by)
    }
}

/// Lines of OCR whose heights differ by less than this factor are of one type.
const ALIKE: f32 = 1.25;

/// An Arabic line that reaches up and down no less than usual by this factor has low words, and is no smaller print.
const LOW: f32 = 1.4;

/// So many words of a line may be as high as the line by themselves; so may all of a line that has hardly more.
const MOST_OF_FULL_HEIGHT: usize = 2;
const FEW_WORDS: usize = 3;

fn scanned_page(page: u32) -> LeftOut {
    LeftOut { page, reason: Reason::Scanned, sample: String::new() }
}

/// The document that has only this page.
pub(super) fn document_of(page: RecognisedPage, by: &str) -> Document {
    let pages = vec![Page { number: page.number, ..Page::default() }];
    merged(Document { pages, ..Document::default() }, vec![page], by)
}

fn merged(mut document: Document, mut recognised: Vec<RecognisedPage>, by: &str) -> Document {
    recognised.sort_by_key(|page| page.number);
    let numbers: Vec<u32> = recognised.iter().map(|page| page.number).collect();
    let replaced = |page: u32| numbers.contains(&page);
    document.left_out.retain(|one| !(replaced(one.page) && is_unread(one.reason)));
    // Assembled together, so that the headers they repeat are found.
    let assemble::Assembled { mut pages, left_out } = assemble::assembled(recognised.iter().map(raw).collect());
    document.left_out.extend(left_out);
    let mut unsure = BTreeMap::new();
    for (page, recognised) in pages.iter_mut().zip(&recognised) {
        let words: Vec<&Recognised> = recognised.blocks.iter().flatten().flatten().collect();
        for (at, block) in page.blocks.iter_mut().enumerate() {
            unsure.insert((page.number, at), place_words(block, &words));
        }
    }
    for (page, sample) in gaps::remove_unsure(&mut pages, &unsure) {
        // The specks of a photograph are no words.
        if is_of_words(&sample) {
            document.left_out.push(LeftOut { page, reason: Reason::Unreadable, sample });
        }
    }
    for mut page in pages {
        if let Some(old) = document.pages.iter_mut().find(|old| old.number == page.number) {
            page.printed_number = page.printed_number.take().or_else(|| old.printed_number.take());
            *old = page;
        }
    }
    document.left_out.sort_by_key(|one| one.page);
    if !numbers.is_empty() {
        note_ocr(&mut document, numbers, by);
    }
    document
}

/// Notes the pages that OCR read: `poppler 22.12.0; pages 3, 5 by tesseract 5.3.0`.
fn note_ocr(document: &mut Document, mut pages: Vec<u32>, by: &str) {
    let earlier = document.ocr.take();
    let layer = earlier.as_ref().map_or(Some(&document.read_by), |earlier| earlier.text_layer.as_ref()).cloned();
    pages.extend(earlier.into_iter().flat_map(|earlier| earlier.pages));
    pages.sort_unstable();
    pages.dedup();
    let layer = layer.filter(|_| pages.len() < document.pages.len());
    let named: Vec<String> = pages.iter().map(u32::to_string).collect();
    document.read_by = match (&layer, named.as_slice()) {
        (None, _) => by.to_owned(),
        (Some(layer), [page]) => format!("{layer}; page {page} by {by}"),
        (Some(layer), pages) => format!("{layer}; pages {} by {by}", pages.join(", ")),
    };
    document.ocr = Some(OcrPages { text_layer: layer, by: by.to_owned(), pages });
}

fn raw(page: &RecognisedPage) -> RawPage {
    let block =
        |lines: &Vec<Vec<Recognised>>| RawBlock { lines: lines.iter().filter_map(|line| raw_line(line)).collect() };
    let mut page = RawPage {
        number: page.number,
        width: page.width,
        height: page.height,
        quarter_turns: page.quarter_turns,
        slanted: false,
        blocks: page.blocks.iter().map(block).collect(),
        drawn: Vec::new(),
    };
    level_heights(&mut page);
    page
}

/// A line of OCR is as high as its own letters are: one without tall letters is no smaller print, nor is one with marks a
/// heading. Heights near the usual one are made equal to it, and so are those of Arabic lines that reach as far up and down as
/// others do: most of their words may be low.
fn level_heights(page: &mut RawPage) {
    let extent = |line: &Line| line.bounds[3] - line.bounds[1];
    let lines = || page.blocks.iter().flat_map(|block| &block.lines);
    let (Some(usual), Some(usual_extent)) = (median(lines().map(|line| line.height)), median(lines().map(extent)))
    else {
        return;
    };
    for line in page.blocks.iter_mut().flat_map(|block| &mut block.lines) {
        let is_low = line.right_to_left && line.height < usual && extent(line) * LOW > usual_extent;
        if is_low || line.height <= 0.0 || (usual / ALIKE..usual * ALIKE).contains(&line.height) {
            line.height = usual;
        }
    }
}

/// The one in the middle of those that are known.
fn median(heights: impl Iterator<Item = f32>) -> Option<f32> {
    let mut heights: Vec<f32> = heights.filter(|height| *height > 0.0).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied()
}

fn raw_line(words: &[Recognised]) -> Option<Line> {
    let bounds = words.iter().map(|word| word.level).reduce(|one, other| united(&one, &other))?;
    let right_to_left = bidi::is_right_to_left(words.iter().map(|word| word.text.as_str()));
    let mut line = Line { bounds, height: height(words, right_to_left), right_to_left, ..Line::default() };
    for word in words {
        if !line.text.is_empty() {
            line.text.push(' ');
        }
        line.words.push((u32::try_from(line.text.len()).ok()?, word.level));
        line.text.push_str(&word.text);
    }
    Some(line)
}

/// The height of a line; 0 if the boxes of its words do not show it. Where tesseract cannot part the words of an Arabic line,
/// most have the box of the line and of what reaches into it, and only the others are as high as they are.
fn height(words: &[Recognised], right_to_left: bool) -> f32 {
    let edges = words.iter().map(|word| [word.level[1], word.level[3]]);
    let (top, bottom) =
        edges.clone().fold((f32::MAX, f32::MIN), |(top, bottom), [one, other]| (top.min(one), bottom.max(other)));
    if !right_to_left {
        return bottom - top;
    }
    let is_of_line = |one: f32, other: f32| (one - top).abs() < 0.01 && (other - bottom).abs() < 0.01;
    let has_its_own = |[one, other]: &[f32; 2]| !is_of_line(*one, *other);
    let mut known: Vec<[f32; 2]> = edges.clone().filter(has_its_own).collect();
    if words.len() <= FEW_WORDS || words.len() - known.len() <= MOST_OF_FULL_HEIGHT {
        known = edges.collect();
    } else if known.len() * 2 < words.len() {
        return 0.0;
    }
    let mut heights: Vec<f32> = known.iter().map(|[top, bottom]| bottom - top).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or_default()
}

/// Moves the words of a block from their places on the straightened page to those on the page itself. Gives where those begin
/// that are probably misread.
fn place_words(block: &mut Block, words: &[&Recognised]) -> BTreeSet<u32> {
    let (mut placed, mut unsure) = (Vec::with_capacity(block.words.len()), BTreeSet::new());
    for WordBox(offset, level) in &block.words {
        // More than one where they were joined.
        let mut found = words.iter().filter(|word| is_inside(&word.level, level));
        let Some(first) = found.next() else { continue };
        let joined = |(bounds, sure), word: &&Recognised| (united(&bounds, &word.bounds), sure && word.sure);
        let (bounds, sure) = found.fold((first.bounds, first.sure), joined);
        placed.push(WordBox(*offset, bounds));
        if !sure {
            unsure.insert(*offset);
        }
    }
    if let Some(bounds) = placed.iter().map(|word| word.1).reduce(|one, other| united(&one, &other)) {
        block.bounds = bounds;
    }
    block.words = placed;
    unsure
}

/// Whether the middle of a place is inside another one.
fn is_inside(place: &[f32; 4], outer: &[f32; 4]) -> bool {
    let (x, y) = (place[0].midpoint(place[2]), place[1].midpoint(place[3]));
    (outer[0]..=outer[2]).contains(&x) && (outer[1]..=outer[3]).contains(&y)
}

/// Whether a text has at least three words of at least two letters.
fn is_of_words(text: &str) -> bool {
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    text.split_whitespace().filter(is_word).count() >= 3
}

#[cfg(test)]
mod tests {
    use sluice_domain::document::ReadWith;

    use super::*;

    #[test]
    fn a_line_has_the_height_of_its_type() {
        let word = |text: &str, top: f32, bottom: f32| Recognised {
            text: text.to_owned(),
            level: [0.0, top, 10.0, bottom],
            bounds: [0.0; 4],
            sure: true,
            ..Recognised::default()
        };
        let words = |edges: &[[f32; 2]]| -> Vec<Recognised> {
            edges.iter().map(|[top, bottom]| word("النحلة", *top, *bottom)).collect()
        };
        let page = RecognisedPage {
            blocks: vec![vec![
                words(&[[0.0, 56.0], [2.0, 54.0], [0.0, 57.0]]),
                words(&[[100.0, 137.0], [101.0, 138.0], [90.0, 149.0]]),
                words(&[[150.0, 183.0], [150.0, 187.0], [151.0, 184.0]]),
                words(&[[200.0, 272.0]; 5]),
                words(&[[300.0, 336.0], [301.0, 338.0], [300.0, 337.0]]),
                // Most of the words could not be parted, and then some of them.
                words(&[[400.0, 472.0], [400.0, 472.0], [400.0, 472.0], [420.0, 449.0]]),
                words(&[
                    [500.0, 555.0],
                    [500.0, 555.0],
                    [500.0, 555.0],
                    [509.0, 546.0],
                    [508.0, 546.0],
                    [510.0, 545.0],
                ]),
                // Most words have no tall letter, and one has.
                words(&[
                    [620.0, 647.0],
                    [625.0, 647.0],
                    [615.0, 644.0],
                    [620.0, 647.0],
                    [605.0, 648.0],
                    [621.0, 645.0],
                ]),
                // Smaller print.
                words(&[[700.0, 722.0], [700.0, 724.0], [701.0, 726.0], [699.0, 722.0]]),
            ]],
            ..RecognisedPage::default()
        };
        let heights: Vec<f32> = raw(&page).blocks[0].lines.iter().map(|line| line.height).collect();
        assert_eq!(heights, [56.0, 37.0, 37.0, 37.0, 37.0, 37.0, 37.0, 37.0, 24.0]);
    }

    fn word(text: &str, [left, top]: [f32; 2], sure: bool) -> Recognised {
        let bounds = [left, top, left + 20.0, top + 10.0];
        let text = text.to_owned();
        Recognised { text, level: bounds, bounds: bounds.map(|edge| edge + 1.0), sure, ..Recognised::default() }
    }

    #[test]
    fn sentences_with_a_misread_word_are_left_out_and_the_others_keep_their_places() {
        let lines = vec![
            vec![
                word("Bees", [10.0, 110.0], true),
                word("fly.", [40.0, 110.0], true),
                word("Qvccns", [70.0, 110.0], false),
                word("lay", [100.0, 110.0], true),
                word("eggs.", [130.0, 110.0], true),
            ],
            vec![
                word("They", [10.0, 122.0], true),
                word("are", [40.0, 122.0], true),
                word("really", [70.0, 122.0], true),
                word("very", [100.0, 122.0], true),
                word("won-", [130.0, 122.0], true),
            ],
            vec![word("derful.", [10.0, 134.0], true)],
        ];
        let page = RecognisedPage { number: 2, width: 500.0, height: 800.0, quarter_turns: 2, blocks: vec![lines] };
        let pages = [1, 2, 3].map(|number| Page { number, ..Page::default() }).into();
        let document = Document {
            pages,
            left_out: vec![scanned_page(2), scanned_page(3)],
            read_by: "poppler 1".into(),
            ..Document::default()
        };
        let merged = merged(document, vec![page], "tesseract 5");
        let block = &merged.pages[1].blocks[0];
        assert_eq!(block.text, "Bees fly. They are really very wonderful.");
        let starts: Vec<(&str, f32)> =
            block.words.iter().map(|WordBox(at, bounds)| (&block.text[*at as usize..][..3], bounds[0])).collect();
        let first = [("Bee", 11.0), ("fly", 41.0), ("The", 11.0), ("are", 41.0), ("rea", 71.0)];
        let expected = [first.as_slice(), &[("ver", 101.0), ("won", 131.0), ("der", 11.0)]].concat();
        assert_eq!(starts, expected);
        assert_eq!(merged.pages[1].quarter_turns, 2);
        let unreadable = LeftOut { page: 2, reason: Reason::Unreadable, sample: "Qvccns lay eggs.".to_owned() };
        assert_eq!(merged.left_out, [unreadable, scanned_page(3)]);
        assert_eq!(merged.read_by, "poppler 1; page 2 by tesseract 5");
        let both = ReadWith {
            text_layer: Some("poppler 1".to_owned()),
            ocr: Some("tesseract 5".to_owned()),
            ocr_pages: vec![2],
        };
        assert_eq!(merged.read_with(), both);
    }

    #[test]
    fn every_unread_page_is_named_once() {
        let one = |page, reason| LeftOut { page, reason, sample: String::new() };
        let left_out = vec![
            one(5, Reason::Unreadable),
            one(3, Reason::Scanned),
            one(5, Reason::Unreadable),
            one(4, Reason::Running),
        ];
        assert_eq!(unread_pages(&Document { left_out, ..Document::default() }), [3, 5]);
    }
}
