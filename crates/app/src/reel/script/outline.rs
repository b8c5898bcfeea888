//! From blocks to narratable text: classifies blocks as headings, prose, or neither (running headers, captions,
//! contents, references, code, tables, notices).

mod kinds;

use std::collections::HashMap;

use sluice_domain::document::{Block, Document};

pub(super) use self::kinds::is_code;
use self::kinds::{Kind, kind_of};
use super::lexicon::Lexicon;
use super::sentences::is_finished;
use super::text::{clean, fold, is_arabic, word_count};

/// A document as a sequence of sections.
pub(super) struct Outline {
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) passages: Vec<Passage>,
}

/// The text under one heading.
pub(super) struct Section {
    /// Its heading without the number; none before the first heading.
    pub(super) heading: Option<String>,
    /// Chapter index: sections under the same top-level heading share it.
    pub(super) chapter: usize,
}

/// A paragraph or list item, joined again if a page break split it.
pub(super) struct Passage {
    pub(super) text: String,
    /// Index into [`Outline::sections`].
    pub(super) section: usize,
    /// The start of each page in `text`, in bytes, with the page's number.
    pub(super) pages: Vec<(usize, u32)>,
    /// A list item or a line without a full stop: narrated only if there is nothing better.
    pub(super) fragment: bool,
}

impl Passage {
    /// The page of a byte of the text.
    pub(super) fn page_at(&self, byte: usize) -> u32 {
        self.pages.iter().rev().find(|(start, _)| *start <= byte).or(self.pages.first()).map_or(1, |(_, page)| *page)
    }
}

/// A block with its context on the page.
pub(super) struct Placed<'a> {
    pub(super) block: &'a Block,
    pub(super) text: String,
    /// Words of the text.
    pub(super) words: u32,
    pub(super) page: u32,
    /// Index of the page in the document.
    pub(super) page_index: usize,
    /// At the very top or bottom of its page.
    pub(super) marginal: bool,
    /// In the lower half of its page.
    pub(super) low: bool,
}

/// Builds the outline of a document in a language.
pub(super) fn outline(document: &Document, lexicon: &Lexicon) -> Outline {
    let placed = place(document);
    let body = body_height(&placed);
    let running = running_lines(&placed, document.pages.len());
    let contents = contents_pages(&placed);
    let title = super::title::title(document, &placed, lexicon);
    let mut builder = Builder::new(lexicon, body);
    let mut told = false;
    for (index, block) in placed.iter().enumerate() {
        let flows = told && index.checked_sub(1).is_some_and(|before| is_next_line(&placed[before], block));
        if flows {
            builder.continue_paragraph(block);
            continue;
        }
        let kind = if contents.contains(&block.page_index)
            || (block.marginal && running.contains_key(&line_key(&block.text)))
        {
            Kind::Nothing
        } else {
            kind_of(block, placed.get(index + 1).map(|next| (next, is_next_line(block, next))), body, lexicon)
        };
        told = matches!(kind, Kind::Prose { .. });
        builder.add(block, kind, title.as_deref());
    }
    Outline { title, sections: builder.sections, passages: builder.passages }
}

fn place(document: &Document) -> Vec<Placed<'_>> {
    let mut out = Vec::new();
    for (page_index, page) in document.pages.iter().enumerate() {
        let last = page.blocks.len().saturating_sub(1);
        for (index, block) in page.blocks.iter().enumerate() {
            let text = clean(&block.text);
            if text.is_empty() {
                continue;
            }
            let [_, top, _, bottom] = block.bounds;
            let known = page.height > 0.0 && bottom > 0.0;
            let marginal = if known {
                bottom < page.height * 0.13 || top > page.height * 0.87
            } else {
                index <= 1 || index + 1 >= last
            };
            let low = known && top > page.height * 0.5;
            out.push(Placed { block, words: word_count(&text), text, page: page.number, page_index, marginal, low });
        }
    }
    out
}

/// The most common line height, in points; 0 if unknown.
fn body_height(placed: &[Placed<'_>]) -> f32 {
    let mut heights: Vec<(f32, usize)> =
        placed.iter().map(|block| (block.block.line_height, block.text.len())).collect();
    heights.sort_by(|one, other| one.0.total_cmp(&other.0));
    let total: usize = heights.iter().map(|(_, length)| length).sum();
    let mut seen = 0;
    for (height, length) in heights {
        seen += length;
        if seen * 2 >= total {
            return height;
        }
    }
    0.0
}

/// A line without its numbers, which change from page to page.
fn line_key(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphabetic()).filter(|part| part.len() > 1).collect::<Vec<_>>().join(" ")
}

/// Lines at the edge of three pages or more (of most pages, in a short document).
fn running_lines(placed: &[Placed<'_>], pages: usize) -> HashMap<String, usize> {
    let mut found: HashMap<String, (usize, usize)> = HashMap::new();
    for block in placed.iter().filter(|block| block.marginal && block.text.len() < 160) {
        let entry = found.entry(line_key(&block.text)).or_insert((0, usize::MAX));
        if entry.1 != block.page_index {
            *entry = (entry.0 + 1, block.page_index);
        }
    }
    let enough = if pages <= 3 { 2 } else { 3 };
    found.into_iter().filter(|(_, (count, _))| *count >= enough).map(|(key, (count, _))| (key, count)).collect()
}

/// Pages (by index) that are mostly a table of contents or an index: lines that end in page numbers.
fn contents_pages(placed: &[Placed<'_>]) -> Vec<usize> {
    let mut leading: HashMap<usize, (usize, usize)> = HashMap::new();
    for block in placed {
        let entry = leading.entry(block.page_index).or_default();
        entry.1 += block.text.len();
        if kinds::leads_to_page_numbers(&block.text) {
            entry.0 += block.text.len();
        }
    }
    leading.into_iter().filter(|(_, (found, all))| found * 2 > *all).map(|(page, _)| page).collect()
}

/// Builds sections and passages block by block.
struct Builder<'a> {
    lexicon: &'a Lexicon,
    sections: Vec<Section>,
    passages: Vec<Passage>,
    body: f32,
    /// Set inside a part that is not narrated, to the rank of its heading.
    left_out: Option<Rank>,
    chapter_rank: Option<Rank>,
    /// Page index of the last prose block.
    last_page: usize,
}

/// The level of a heading: the depth of its number if it has one, otherwise its font size.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rank {
    depth: Option<usize>,
    height: f32,
}

impl Rank {
    /// Whether this is at least as high a level as another.
    fn covers(self, other: Self) -> bool {
        match (self.depth, other.depth) {
            (Some(one), Some(two)) => one <= two,
            _ => self.height >= other.height * 0.97,
        }
    }
}

impl<'a> Builder<'a> {
    fn new(lexicon: &'a Lexicon, body: f32) -> Self {
        let first = Section { heading: None, chapter: 0 };
        Self {
            lexicon,
            sections: vec![first],
            passages: Vec::new(),
            body,
            left_out: None,
            chapter_rank: None,
            last_page: 0,
        }
    }

    fn add(&mut self, block: &Placed<'_>, kind: Kind, title: Option<&str>) {
        match kind {
            Kind::Heading { text, depth } => self.heading(block, text, depth, title),
            Kind::Prose { fragment } if self.left_out.is_none() => self.prose(block, fragment),
            Kind::Nothing | Kind::Prose { .. } => {}
        }
    }

    fn heading(&mut self, block: &Placed<'_>, text: String, depth: Option<usize>, title: Option<&str>) {
        let rank = Rank { depth, height: block.block.line_height };
        let key = fold(text.trim_matches(|c: char| !c.is_alphanumeric()));
        if self.lexicon.left_out.contains(key.as_str()) {
            self.left_out = Some(rank);
            return;
        }
        if self.left_out.is_some_and(|opened| !rank.covers(opened)) {
            return;
        }
        self.left_out = None;
        if title.is_some_and(|title| fold(title) == fold(&text)) {
            return;
        }
        let chapter = self.sections.last().map_or(0, |section| section.chapter);
        let opens = self.chapter_rank.is_none_or(|known| rank.covers(known));
        if opens {
            self.chapter_rank = Some(rank);
        }
        let section = Section { heading: Some(text), chapter: chapter + usize::from(opens) };
        let unused = self.passages.last().is_none_or(|passage| passage.section + 1 < self.sections.len());
        if unused && self.sections.len() > 1 && !opens {
            // A heading directly under another one: the lower one describes the following text better.
            if let Some(last) = self.sections.last_mut() {
                *last = section;
                return;
            }
        }
        self.sections.push(section);
    }

    /// Continues the previous paragraph.
    fn continue_paragraph(&mut self, block: &Placed<'_>) {
        self.last_page = block.page_index;
        if self.left_out.is_none()
            && let Some(open) = self.passages.last_mut()
        {
            append(open, block);
            open.fragment = open.fragment && !is_finished(&block.text) && !block.text.contains(". ");
        }
    }

    fn prose(&mut self, block: &Placed<'_>, fragment: bool) {
        let section = self.sections.len() - 1;
        let turned = block.page_index != self.last_page;
        self.last_page = block.page_index;
        if let Some(open) = self.passages.last_mut()
            && open.section == section
            && !is_finished(&open.text)
            && continues(&open.text, block, turned, self.body)
        {
            append(open, block);
            open.fragment = open.fragment && fragment;
            return;
        }
        self.passages.push(Passage { text: block.text.clone(), section, pages: vec![(0, block.page)], fragment });
    }
}

/// Some files have each line of a paragraph as its own block: a full line, and directly below it one of the same size.
fn is_next_line(before: &Placed<'_>, block: &Placed<'_>) -> bool {
    let ([left, _, right, bottom], [other_left, top, other_right, _]) = (before.block.bounds, block.block.bounds);
    let (height, other_height) = (before.block.line_height, block.block.line_height);
    let (width, other_width) = (right - left, other_right - other_left);
    let same_size = height > 0.0 && (height / other_height.max(1.0) - 1.0).abs() < 0.3;
    let below = top > bottom - height * 0.6 && top < bottom + height * 0.6;
    let same_column = left < other_right && other_left < right;
    let full = width >= other_width * 0.93;
    let open = !is_finished(&before.text) && !before.text.ends_with(':');
    let listed = block.text.starts_with(['•', '▪', '●', '◦', '‣', '–', '*']);
    before.block.lines == 1
        && before.page == block.page
        && same_size
        && below
        && same_column
        && full
        && !listed
        && (open || before.words >= 6)
        && before.words >= 4
}

fn append(open: &mut Passage, block: &Placed<'_>) {
    open.text.push(' ');
    open.pages.push((open.text.len(), block.page));
    open.text.push_str(&block.text);
}

/// Whether a block continues the unfinished sentence of the previous block.
fn continues(open: &str, block: &Placed<'_>, turned: bool, body: f32) -> bool {
    if open.ends_with(':') || block.block.line_height < body * 0.85 {
        return false;
    }
    match block.text.chars().find(|c| c.is_alphanumeric()) {
        Some(first) if first.is_lowercase() => block.text.starts_with(first),
        // Arabic has no capitals: only a page break makes it likely.
        Some(first) if is_arabic(first) => turned && open.len() > 120,
        _ => false,
    }
}
