//! From blocks to narratable text: classifies blocks as headings, prose, or neither (running headers, captions,
//! contents, references, code, tables, notices).

mod dialogue;
mod furniture;
mod kinds;
mod literature;
mod slides;

use std::collections::HashMap;

use sluice_domain::document::{Document, LeftOut, Reason, Role};

use self::dialogue::Speakers;
pub(super) use self::furniture::is_phrase as is_furniture_phrase;
pub(super) use self::kinds::is_code;
use self::kinds::{Kind, kind_of};
use super::lexicon::Lexicon;
use super::placed::{Placed, body_height, line_key, place};
use super::sentences::is_finished;
use super::text::{fold, is_arabic, word_count};

/// A document as a sequence of sections.
pub(super) struct Outline {
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) passages: Vec<Passage>,
    /// What is not told and why, once per page and reason.
    pub(super) left_out: Vec<LeftOut>,
    /// Words in tables, which are not told.
    pub(super) table_words: u32,
}

/// Sentences that are told together or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bundle {
    /// A question and its answer, or another turn of a conversation: every sentence of it.
    Exchange(usize),
    /// Clauses of one list, those of them that can be told.
    List(usize),
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
    /// A slide's bullet or an item of a list: a clause of its own if it has no full stop.
    pub(super) clause: bool,
    /// What it is told with.
    pub(super) bundle: Option<Bundle>,
}

impl Passage {
    /// The page of a byte of the text.
    pub(super) fn page_at(&self, byte: usize) -> u32 {
        self.pages.iter().rev().find(|(start, _)| *start <= byte).or(self.pages.first()).map_or(1, |(_, page)| *page)
    }
}

/// Builds the outline of a document in a language.
pub(super) fn outline(document: &Document, lexicon: &Lexicon) -> Outline {
    let (furniture, mut placed): (Vec<_>, Vec<_>) = place(document).into_iter().partition(furniture::is_furniture);
    let names = dialogue::names_alone(&placed);
    let mut at = 0..;
    placed.retain(|_| at.next().is_none_or(|at| !names.contains(&at)));
    let body = body_height(&placed);
    let running = running_lines(&placed, document.pages.len(), body);
    let contents = contents_pages(&placed);
    let title = super::title::title(document, &placed, &running, lexicon);
    slides::mark_items(&mut placed, slides::is_deck(document).then_some(body));
    // What stands above the salutation of a letter are addresses, dates and the subject; its end has a greeting and a name.
    let letter = super::title::salutation(&placed).unwrap_or_default();
    let mut builder = Builder::new(lexicon, body, Speakers::of(&placed, lexicon));
    for block in &furniture {
        builder.leave_out(block, Reason::Furniture);
    }
    let mut told = false;
    for (index, block) in placed.iter().enumerate() {
        let flows = told && index.checked_sub(1).is_some_and(|before| is_next_line(&placed[before], block));
        if flows && !builder.is_turn(block) && !block.item {
            builder.continue_paragraph(block);
            continue;
        }
        let skipped = contents.contains(&block.page_index)
            || (block.marginal && running.contains_key(&line_key(&block.text)))
            || title.as_ref().is_some_and(|title| title.covers(block))
            || index < letter
            || letter > 0 && super::title::closes_letter(&block.text)
            || block.page_index == 0 && super::title::is_letter_head(&block.text);
        let kind = if skipped {
            Kind::Nothing
        } else if block.item || builder.is_turn(block) {
            Kind::Prose { fragment: !is_finished(&block.text) }
        } else {
            kind_of(block, placed.get(index + 1).map(|next| (next, is_next_line(block, next))), body, lexicon)
        };
        told = matches!(kind, Kind::Prose { .. });
        builder.add(block, kind, title.as_ref().map(|title| title.text.as_str()));
    }
    builder.close_list();
    let mut passages = builder.passages;
    dialogue::join_questions(&mut passages, &mut builder.bundles);
    let cells = document.pages.iter().flat_map(|page| &page.blocks).filter(|block| block.role == Role::Cell);
    let table_words = builder.table_words + cells.map(|block| word_count(&block.text)).sum::<u32>();
    let title = title.map(|title| title.text);
    Outline { title, sections: builder.sections, passages, left_out: builder.omitted, table_words }
}

/// Lines at the edge of three pages or more (of most pages, in a short document), in type no larger than the text: the
/// title of several slides is none.
fn running_lines(placed: &[Placed<'_>], pages: usize, body: f32) -> HashMap<String, usize> {
    let mut found: HashMap<String, (usize, usize)> = HashMap::new();
    let small = |block: &&Placed<'_>| body <= 0.0 || block.block.line_height <= body * 1.12;
    for block in placed.iter().filter(|block| block.marginal && block.text.len() < 160).filter(small) {
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
    speakers: Speakers,
    /// Bundles so far: the next one gets this number.
    bundles: usize,
    /// The first passage of the open list.
    list: Option<usize>,
    /// Whether the open part that is not narrated is one of literature.
    literature: bool,
    omitted: Vec<LeftOut>,
    table_words: u32,
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
    fn new(lexicon: &'a Lexicon, body: f32, speakers: Speakers) -> Self {
        let first = Section { heading: None, chapter: 0 };
        Self {
            lexicon,
            sections: vec![first],
            passages: Vec::new(),
            body,
            left_out: None,
            chapter_rank: None,
            last_page: 0,
            speakers,
            bundles: 0,
            list: None,
            literature: false,
            omitted: Vec::new(),
            table_words: 0,
        }
    }

    /// Notes that a block is not told, once per page and reason.
    fn leave_out(&mut self, block: &Placed<'_>, reason: Reason) {
        if !self.omitted.iter().any(|part| part.page == block.page && part.reason == reason) {
            self.omitted.push(LeftOut { page: block.page, reason, sample: block.text.chars().take(80).collect() });
        }
    }

    fn is_turn(&self, block: &Placed<'_>) -> bool {
        self.speakers.begins_turn(&block.text)
    }

    fn add(&mut self, block: &Placed<'_>, kind: Kind, title: Option<&str>) {
        match kind {
            Kind::Heading { text, depth } => self.heading(block, text, depth, title),
            Kind::Reference => {
                self.close_list();
                self.leave_out(block, Reason::References);
            }
            Kind::Table => {
                self.close_list();
                self.table_words += block.words;
                if !kinds::is_date(block) {
                    self.leave_out(block, Reason::Table);
                }
            }
            Kind::Prose { fragment } if self.left_out.is_none() => self.tell(block, fragment),
            Kind::Prose { .. } if self.literature => self.leave_out(block, Reason::References),
            Kind::Nothing | Kind::Prose { .. } => {}
        }
    }

    /// A turn of a conversation, an item of a list, or a paragraph.
    fn tell(&mut self, block: &Placed<'_>, fragment: bool) {
        if let Some(turns) = self.speakers.turns(&block.text, self.lexicon) {
            self.close_list();
            for turn in turns {
                self.turn(block, turn);
            }
        } else if block.item {
            self.items(block);
        } else {
            self.close_list();
            self.prose(block, fragment);
        }
    }

    /// An answer is told with the question before it.
    fn turn(&mut self, block: &Placed<'_>, text: &str) {
        let asked = self.passages.last().and_then(|before| match before.bundle {
            Some(Bundle::Exchange(number)) if dialogue::is_question(&before.text) => Some(number),
            _ => None,
        });
        let number = asked.unwrap_or_else(|| self.next_bundle());
        self.push(block, text, true, Some(Bundle::Exchange(number)), false);
    }

    fn items(&mut self, block: &Placed<'_>) {
        for item in slides::items(block) {
            let clause = !is_finished(&item);
            self.push(block, &item, clause, None, clause);
            self.list.get_or_insert(self.passages.len() - 1);
        }
    }

    /// Makes bundles of the open list.
    fn close_list(&mut self) {
        let Some(first) = self.list.take() else { return };
        let mut words = slides::BUNDLE_WORDS;
        let mut number = 0;
        for index in first..self.passages.len() {
            if !self.passages[index].clause {
                // A whole sentence is told on its own, but a question with its answer: dashes may be turns of a conversation.
                let asks = dialogue::is_question(&self.passages[index].text);
                let answer = |next: &Passage| !next.clause && !dialogue::is_question(&next.text);
                if asks && self.passages.get(index + 1).is_some_and(answer) {
                    let exchange = Some(Bundle::Exchange(self.next_bundle()));
                    for passage in self.passages.iter_mut().skip(index).take(2) {
                        passage.bundle = exchange;
                    }
                }
                continue;
            }
            let length = word_count(&self.passages[index].text);
            if words + length > slides::BUNDLE_WORDS {
                number = self.next_bundle();
                words = 0;
            }
            words += length;
            self.passages[index].bundle = Some(Bundle::List(number));
        }
    }

    fn next_bundle(&mut self) -> usize {
        self.bundles += 1;
        self.bundles
    }

    fn push(&mut self, block: &Placed<'_>, text: &str, fragment: bool, bundle: Option<Bundle>, clause: bool) {
        let section = self.sections.len() - 1;
        self.last_page = block.page_index;
        let pages = vec![(0, block.page)];
        self.passages.push(Passage { text: text.to_owned(), section, pages, fragment, clause, bundle });
    }

    fn heading(&mut self, block: &Placed<'_>, text: String, depth: Option<usize>, title: Option<&str>) {
        let rank = Rank { depth, height: block.block.line_height };
        let key = fold(text.trim_matches(|c: char| !c.is_alphanumeric()));
        self.close_list();
        if literature::is_heading(&text) || self.lexicon.left_out.contains(key.as_str()) {
            self.literature = literature::is_heading(&text);
            if self.literature {
                self.leave_out(block, Reason::References);
            }
            self.left_out = Some(rank);
            return;
        }
        if self.left_out.is_some_and(|opened| !rank.covers(opened)) {
            return;
        }
        self.left_out = None;
        self.literature = false;
        if block.page_index == 0 && super::title::is_no_subject(&text) {
            return;
        }
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
            && open.bundle.is_none()
            && !open.clause
            && !is_finished(&open.text)
            && continues(&open.text, block, turned, self.body)
        {
            append(open, block);
            open.fragment = open.fragment && fragment;
            return;
        }
        self.push(block, &block.text, fragment, None, false);
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
