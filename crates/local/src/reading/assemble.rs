//! From lines to blocks: what is no text is left out, lines become paragraphs, and hyphenation is undone.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sluice_domain::document::{Block, LeftOut, Page, Reason, Role, WordBox};

use super::gaps::{self, GAP};
use super::hyphens::{Evidence, Joint};
use super::layout::{Line, RawPage, united};
use super::letters::is_arabic_mark;
use super::paragraphs::{self, Leading, Paragraph};
use super::regions::{self, Region};
use super::{builds, dropcaps, lines, margins, running, watermarks};

/// What a document's lines become.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub(super) pages: Vec<Page>,
    /// In the order of the pages.
    pub(super) left_out: Vec<LeftOut>,
}

/// Longest sample of what was left out, in characters.
const SAMPLE: usize = 80;

/// The pages with their paragraphs, and what was left out of them.
pub(super) fn assembled(mut raw: Vec<RawPage>) -> Assembled {
    let mut left_out = Vec::new();
    watermarks::remove(&mut raw, &mut left_out);
    margins::remove_line_numbers(&mut raw, &mut left_out);
    let earlier = builds::earlier(&raw);
    let printed = running::remove(&mut raw, &earlier, &mut left_out);
    builds::remove(&mut raw, &earlier, &mut left_out);
    let drafts: Vec<(Draft, Vec<LeftOut>)> = raw.into_par_iter().map(draft).collect();
    let (mut drafts, of_pages): (Vec<Draft>, Vec<Vec<LeftOut>>) = drafts.into_iter().unzip();
    left_out.extend(of_pages.into_iter().flatten());
    let is_cut = drafts.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.tokens).any(Token::is_cut);
    let words = drafts
        .iter()
        .filter(|_| is_cut)
        .flat_map(|page| &page.blocks)
        .flat_map(|block| &block.tokens)
        .filter(|token| !token.is_cut());
    let evidence = Evidence::of(words.map(|token| token.text.as_str()));
    for (draft, printed) in drafts.iter_mut().zip(printed) {
        draft.page.printed_number = printed;
    }
    let pages = drafts.into_par_iter().map(|draft| finished(draft, &evidence)).collect();
    left_out.sort_by_key(|left_out| left_out.page);
    Assembled { pages, left_out }
}

/// Names what was left out.
pub(super) fn left_out(page: u32, reason: Reason, text: &str) -> LeftOut {
    LeftOut { page, reason, sample: text.chars().filter(|c| *c != GAP).take(SAMPLE).collect() }
}

/// A page whose hyphens are not resolved yet.
struct Draft {
    page: Page,
    blocks: Vec<DraftBlock>,
}

#[derive(Default)]
struct DraftBlock {
    tokens: Vec<Token>,
    bounds: [f32; 4],
    line_height: f32,
    lines: u32,
    role: Role,
    turns: u8,
    right_to_left: bool,
    /// Whether its last line reaches the end of its column.
    is_full: bool,
}

/// A word, or a part of it on a line of its own.
struct Token {
    text: String,
    bounds: Option<[f32; 4]>,
    /// The hyphen at the end of its line is not in the text until it is known whether it belongs there.
    cut: Cut,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    None,
    /// After it the line ends in a hyphen, which may belong to the word.
    After,
    /// The rest of a word that was cut.
    Before,
    /// Both.
    Both,
}

impl Token {
    fn is_cut(&self) -> bool {
        self.cut != Cut::None
    }

    fn goes_on(&self) -> bool {
        matches!(self.cut, Cut::After | Cut::Both)
    }
}

/// The paragraphs of a page, and what is left out of it.
fn draft(mut raw: RawPage) -> (Draft, Vec<LeftOut>) {
    let mut left_out = Vec::new();
    let mut page = Page {
        number: raw.number,
        width: raw.width,
        height: raw.height,
        quarter_turns: raw.quarter_turns,
        ..Page::default()
    };
    let blocks = dropcaps::joined(std::mem::take(&mut raw.blocks));
    let mut regions = regions::in_order(blocks);
    for region in &mut regions {
        if let Region::Column(lines) = region {
            *lines = paragraphs::rows(std::mem::take(lines));
        }
    }
    let leading = Leading::of(regions.iter().filter_map(|region| match region {
        Region::Column(lines) => Some(lines.as_slice()),
        Region::Table(_) => None,
    }));
    let mut blocks: Vec<DraftBlock> = Vec::new();
    for region in regions {
        match region {
            Region::Column(lines) => add_column(&mut blocks, lines, &leading),
            Region::Table(cells) => {
                if cells.iter().all(|line| line.text.split(' ').all(gaps::is_gap)) {
                    // Nobody knows whether it is a table: it may be the middle of a sentence.
                    let line = |line: Line| to_block(Paragraph { lines: vec![line], item: None }, Role::Text);
                    blocks.extend(cells.into_iter().map(line));
                    continue;
                }
                left_out.push(self::left_out(raw.number, Reason::Table, &beginning(&cells)));
                blocks.extend(cells.into_iter().map(to_cell));
            }
        }
    }
    if !raw.drawn.is_empty() {
        left_out.push(self::left_out(raw.number, Reason::Drawing, &beginning(&raw.drawn)));
        blocks.extend(raw.drawn.into_iter().map(to_cell));
    }
    blocks.retain(|block| is_readable(&block.tokens));
    page.blocks = Vec::with_capacity(blocks.len());
    (Draft { page, blocks }, left_out)
}

/// How lines begin that are no sentences.
fn beginning(lines: &[Line]) -> String {
    let texts: Vec<&str> = lines.iter().take(12).map(|line| line.text.as_str()).collect();
    texts.join(" ")
}

fn to_cell(line: Line) -> DraftBlock {
    to_block(Paragraph { lines: vec![line], item: None }, Role::Cell)
}

/// Adds the paragraphs of a column. The first may be the rest of the last one before.
fn add_column(blocks: &mut Vec<DraftBlock>, lines: Vec<Line>, leading: &Leading) {
    let edges = lines
        .iter()
        .fold([f32::MAX, f32::MIN], |[left, right], line| [left.min(line.bounds[0]), right.max(line.bounds[2])]);
    for (index, paragraph) in paragraphs::of_column(lines, leading).into_iter().enumerate() {
        let role = if paragraph.item.is_some() { Role::Item } else { Role::Text };
        let mut block = to_block(paragraph, role);
        block.is_full &= block.lines > 0;
        let last = blocks.iter_mut().rev().find(|block| block.role != Role::Cell);
        match last {
            Some(last) if index == 0 && continues(last, &block) => merge(last, block),
            _ => blocks.push(block),
        }
        if let Some(last) = blocks.last_mut() {
            last.is_full = last.is_full && {
                let room = if last.right_to_left { last.bounds[0] - edges[0] } else { edges[1] - last.bounds[2] };
                room < 3.0 * last.line_height
            };
        }
    }
}

/// Whether a paragraph continues in the next block: in the next column, or after a figure.
fn continues(last: &DraftBlock, next: &DraftBlock) -> bool {
    let (Some(end), Some(start)) = (last.tokens.last(), next.tokens.first()) else { return false };
    let same = last.turns == next.turns
        && last.right_to_left == next.right_to_left
        && paragraphs::same_height(last.line_height, next.line_height);
    if !same || next.role != Role::Text || paragraphs::ends_sentence(&end.text) {
        return false;
    }
    let ends_open =
        end.goes_on() || end.text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '،' | ';' | '؛' | GAP));
    let starts_inside = start.text.starts_with(char::is_lowercase);
    // At least two lines: labels do not continue.
    let long = last.lines > 1 && next.lines > 1 || last.is_full && last.lines + next.lines > 3;
    ends_open && (starts_inside && (long || end.goes_on()) || last.right_to_left && long && last.is_full)
}

/// Whether a text is more than a lone ornament or a row of them. What stands for hidden words keeps its place, since it may be
/// the middle of a sentence.
fn is_readable(tokens: &[Token]) -> bool {
    if tokens.iter().any(|token| gaps::is_gap(&token.text)) {
        return true;
    }
    let mut chars = tokens.iter().flat_map(|token| token.text.chars());
    let is_speck = chars.clone().count() <= 3 && !chars.any(|c| c.is_alphanumeric() && !is_arabic_mark(c));
    let is_ornament = tokens.len() >= 4 && tokens.iter().all(|token| token.text.chars().count() <= 1);
    !(tokens.is_empty() || is_speck || is_ornament)
}

fn merge(last: &mut DraftBlock, next: DraftBlock) {
    append(&mut last.tokens, next.tokens);
    last.lines += next.lines;
    last.bounds = united(&last.bounds, &next.bounds);
    last.is_full = next.is_full;
}

fn to_block(paragraph: Paragraph, role: Role) -> DraftBlock {
    let mut heights: Vec<f32> = paragraph.lines.iter().map(|line| line.height).collect();
    heights.sort_by(f32::total_cmp);
    let mut block = DraftBlock {
        line_height: heights.get(heights.len() / 2).copied().unwrap_or_default(),
        role,
        ..DraftBlock::default()
    };
    let mut bullet = paragraph.item.unwrap_or_default();
    for line in paragraph.lines {
        block.bounds = if block.lines == 0 { line.bounds } else { united(&block.bounds, &line.bounds) };
        block.lines += 1;
        (block.turns, block.right_to_left) = (line.turns, line.right_to_left);
        append(&mut block.tokens, without_leaders(tokens(&line, bullet)));
        bullet = 0;
    }
    block.is_full = true;
    block
}

/// The words of a line from the byte `start` on.
fn tokens(line: &Line, start: usize) -> Vec<Token> {
    let mut places = line.words.iter().peekable();
    let mut tokens = Vec::with_capacity(line.words.len());
    let mut offset = 0;
    for word in line.text.split(' ') {
        let (begin, end) = (offset, offset + word.len());
        offset = end + 1;
        let mut bounds: Option<[f32; 4]> = None;
        while let Some((_, place)) =
            places.next_if(|(at, _)| usize::try_from(*at).is_ok_and(|at| at < end.max(begin + 1)))
        {
            bounds = Some(bounds.map_or(*place, |bounds| united(&bounds, place)));
        }
        let text = word.get(start.saturating_sub(begin)..).unwrap_or_default();
        if !text.is_empty() {
            tokens.push(Token { text: text.to_owned(), bounds, cut: Cut::None });
        }
    }
    tokens
}

/// Appends the words of a line; a hyphen between them is taken off until it is resolved.
fn append(tokens: &mut Vec<Token>, mut line: Vec<Token>) {
    if let (Some(last), Some(next)) = (tokens.last_mut(), line.first_mut())
        && let Some(rest) =
            last.text.strip_suffix(['-', '\u{ad}', '\u{2010}']).filter(|rest| rest.ends_with(char::is_alphanumeric))
        && next.text.starts_with(char::is_alphanumeric)
    {
        let (length, is_soft) = (rest.len(), last.text.ends_with('\u{ad}'));
        // A soft hyphen is never part of the word, and stays as a mark of that.
        if !is_soft {
            last.text.truncate(length);
        }
        last.cut = if last.cut == Cut::Before { Cut::Both } else { Cut::After };
        next.cut = Cut::Before;
    }
    tokens.append(&mut line);
}

/// Replaces the dot leaders of a table of contents by an ellipsis.
fn without_leaders(tokens: Vec<Token>) -> Vec<Token> {
    let is_dot = |c: char| matches!(c, '.' | '…' | '·' | '_');
    if !tokens.iter().any(|token| token.text.chars().all(is_dot) || token.text.contains("....")) {
        return tokens;
    }
    // For poppler, "Chapter......12" is one word.
    let mut parts: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token.text.find("....").map(|at| (at, token.text.trim_start_matches(is_dot).is_empty())) {
            Some((at, false)) => {
                let (head, tail) = token.text.split_at(at);
                let rest = tail.trim_start_matches('.');
                for text in [head, tail.get(..tail.len() - rest.len()).unwrap_or_default(), rest] {
                    if !text.is_empty() {
                        parts.push(Token { text: text.to_owned(), bounds: token.bounds, cut: Cut::None });
                    }
                }
            }
            _ => parts.push(token),
        }
    }
    let is_leader = |token: &Token| token.text.chars().all(is_dot);
    let mut kept: Vec<Token> = Vec::with_capacity(parts.len());
    let mut run: Vec<Token> = Vec::new();
    let finish = |run: &mut Vec<Token>, kept: &mut Vec<Token>| {
        let dots: usize = run.iter().map(|token| token.text.chars().count()).sum();
        if dots >= 4 {
            kept.push(Token { text: "…".to_owned(), bounds: None, cut: Cut::None });
            run.clear();
        }
        kept.append(run);
    };
    for token in parts {
        if is_leader(&token) {
            run.push(token);
        } else {
            finish(&mut run, &mut kept);
            kept.push(token);
        }
    }
    finish(&mut run, &mut kept);
    kept
}

/// The page with its blocks' text.
fn finished(draft: Draft, evidence: &Evidence) -> Page {
    let Draft { mut page, blocks } = draft;
    let size = [page.width, page.height];
    page.blocks = blocks
        .into_iter()
        .map(|block| to_text(&block, evidence, size))
        .filter(|block| !block.text.is_empty())
        .collect();
    page
}

fn to_text(block: &DraftBlock, evidence: &Evidence, size: [f32; 2]) -> Block {
    let place = |bounds: [f32; 4]| turned_back(bounds, size, block.turns);
    let mut text = String::new();
    let mut words = Vec::with_capacity(block.tokens.len());
    let mut tokens = block.tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        if let Some(bounds) = token.bounds {
            words.push(WordBox(u32::try_from(text.len()).unwrap_or(u32::MAX), place(bounds).map(rounded)));
        }
        // Inside a word and at the end of a line, a soft hyphen is not part of it.
        text.extend(token.text.chars().filter(|c| *c != '\u{ad}'));
        let Some(next) = tokens.peek() else { break };
        if !token.goes_on() {
            text.push(' ');
            continue;
        }
        let joint =
            if token.text.ends_with('\u{ad}') { Joint::Closed } else { evidence.joint(&token.text, &next.text) };
        match joint {
            Joint::Closed => {}
            Joint::Hyphen => text.push('-'),
            Joint::Suspended => text.push_str("- "),
        }
    }
    Block {
        text,
        bounds: place(block.bounds),
        line_height: block.line_height,
        lines: block.lines,
        role: block.role,
        words,
    }
}

/// The bounds on the page of the size `size` of what was turned to be read.
fn turned_back(bounds: [f32; 4], [width, height]: [f32; 2], turns: u8) -> [f32; 4] {
    let turned = if turns % 2 == 1 { [height, width] } else { [width, height] };
    lines::turn(bounds, turned, (4 - turns % 4) % 4)
}

fn rounded(points: f32) -> f32 {
    (points * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::layout::RawBlock;

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts
            .iter()
            .zip(0_u8..)
            .map(|(text, n)| {
                let top = 200.0 + 12.0 * f32::from(n);
                Line {
                    text: (*text).to_owned(),
                    bounds: [50.0, top, 300.0, top + 12.0],
                    height: 12.0,
                    ..Line::default()
                }
            })
            .collect()
    }

    fn read(blocks: Vec<Vec<Line>>) -> Vec<String> {
        let blocks = blocks.into_iter().map(|lines| RawBlock { lines }).collect();
        let read =
            assembled(vec![RawPage { number: 1, width: 500.0, height: 800.0, blocks, ..RawPage::default() }]).pages;
        read.into_iter().flat_map(|page| page.blocks).map(|block| block.text).collect()
    }

    #[test]
    fn lines_are_joined_and_hyphens_resolved_by_the_documents_own_words() {
        let text = read(vec![lines(&[
            "A well-known ex-",
            "ample of a well-",
            "known word, pre-",
            "War and soft\u{ad}",
            "ened.",
        ])]);
        assert_eq!(text, ["A well-known example of a well-known word, pre-War and softened."]);
    }

    #[test]
    fn a_paragraph_continues_in_the_next_column() {
        let first = lines(&["First line and then", "the second, and a", "third that does"]);
        let mut next = lines(&["not end the text but", "goes on to a line", "of the next column."]);
        for line in &mut next {
            line.bounds = [320.0, line.bounds[1], 570.0, line.bounds[3]];
        }
        let text = read(vec![first, next]);
        let whole = "First line and then the second, and a third that does not end the text but goes on to a line of the \
                     next column.";
        assert_eq!(text, [whole]);
    }

    #[test]
    fn lines_that_poppler_separated_are_one_paragraph() {
        let text = read(
            lines(&["One line that goes on", "in the next one.", "Another one"])
                .into_iter()
                .map(|line| vec![line])
                .collect(),
        );
        assert_eq!(text, ["One line that goes on in the next one.", "Another one"]);
    }

    #[test]
    fn headings_and_list_items_stand_alone() {
        let mut all = lines(&["Heading", "Some text.", "• one", "two", "• three"]);
        all[0].height += 6.0;
        assert_eq!(read(vec![all]), ["Heading", "Some text.", "one two", "three"]);
    }

    #[test]
    fn leaders_become_an_ellipsis() {
        let read = |text: &str| {
            let line = Line { text: text.to_owned(), ..Line::default() };
            let words: Vec<String> = without_leaders(tokens(&line, 0)).into_iter().map(|token| token.text).collect();
            words.join(" ")
        };
        assert_eq!(read("Introduction . . . . . . 3"), "Introduction … 3");
        assert_eq!(read("Introduction.......... 3"), "Introduction … 3");
        assert_eq!(read("wait... what"), "wait... what");
    }
}
