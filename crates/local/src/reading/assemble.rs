//! From lines to paragraphs: running headers and footers are removed, lines are joined, and hyphenation is undone.

use std::collections::HashSet;

use sluice_domain::document::{Block, Page};

use super::layout::{Line, RawPage, united};
use super::letters::is_arabic_mark;
use super::running;

/// Stands for a hyphen at the end of a line until it is known whether it belongs to the word. Never in the text itself:
/// control characters are dropped when it is read.
const DOUBTFUL_HYPHEN: char = '\u{1}';

/// Two lines whose heights differ by more than this factor belong to different paragraphs.
const SAME_HEIGHT: f32 = 1.18;

/// A line of a paragraph is at least this fraction of the page width; a table cell is narrower.
const WIDE_LINE: f32 = 0.3;

/// Starts of list items.
const BULLETS: [char; 9] = ['•', '◦', '▪', '‣', '●', '○', '■', '–', '∙'];

/// The pages with their paragraphs.
pub(super) fn pages(mut raw: Vec<RawPage>) -> Vec<Page> {
    running::remove(&mut raw);
    let mut pages: Vec<Page> = raw.iter().map(page).collect();
    resolve_hyphens(&mut pages);
    pages
}

fn page(raw: &RawPage) -> Page {
    let mut blocks: Vec<Block> = Vec::new();
    let mut last_line: Option<&Line> = None;
    for lines in raw.blocks.iter().flat_map(|block| paragraphs(&block.lines)) {
        let block = to_block(lines);
        let runs_on = last_line.zip(lines.first()).is_some_and(|(last, next)| is_next_line(last, next, raw.width));
        match blocks.last_mut() {
            Some(last) if runs_on || continues(last, &block) => merge(last, &block),
            _ => blocks.push(block),
        }
        last_line = lines.last();
    }
    blocks.retain(|block| is_readable(&block.text));
    Page { number: raw.number, width: raw.width, height: raw.height, blocks, ..Page::default() }
}

/// Splits a block where the font size changes or a list item begins.
fn paragraphs(lines: &[Line]) -> impl Iterator<Item = &[Line]> {
    lines.chunk_by(|line, next| same_height(line.height, next.height) && !next.text.starts_with(BULLETS))
}

fn same_height(one: f32, other: f32) -> bool {
    one.max(other) <= one.min(other) * SAME_HEIGHT
}

/// Whether a line continues in the next one although poppler separated them: tall scripts reach into the line above,
/// and poppler then starts a new block.
fn is_next_line(line: &Line, next: &Line, page_width: f32) -> bool {
    let [left, top, right, bottom] = line.bounds;
    let [next_left, next_top, next_right, _] = next.bounds;
    let height = line.height.max(1.0);
    // A lower-case letter after an unfinished sentence outweighs a wide gap.
    let widest_gap = if next.text.starts_with(char::is_lowercase) { 0.8 } else { 0.2 };
    let follows = next_top > top + 0.3 * height && next_top - bottom < widest_gap * height;
    let is_full = if line.right_to_left { left <= next_left + height } else { right >= next_right - height };
    let is_indented = if line.right_to_left { next_right < right - height } else { next_left > left + height };
    let is_wide = right - left > WIDE_LINE * page_width;
    let ends_open = !line.text.ends_with(['.', '!', '?', '؟', ':', '…']);
    line.right_to_left == next.right_to_left
        && same_height(line.height, next.height)
        && follows
        && is_full
        && !is_indented
        && is_wide
        && ends_open
        && !next.text.starts_with(BULLETS)
}

/// Whether a paragraph continues in the next block: in the next column, or after a figure.
fn continues(last: &Block, next: &Block) -> bool {
    let ends_open =
        last.text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | ';' | '-' | '\u{ad}' | '\u{2010}'));
    let starts_inside = next.text.starts_with(char::is_lowercase);
    // At least two lines: table cells and labels do not continue.
    ends_open && starts_inside && last.lines > 1 && next.lines > 1 && same_height(last.line_height, next.line_height)
}

/// Whether a text is more than a lone ornament or a row of them.
fn is_readable(text: &str) -> bool {
    let is_speck = text.chars().count() <= 3 && !text.chars().any(|c| c.is_alphanumeric() && !is_arabic_mark(c));
    let words: Vec<&str> = text.split(' ').collect();
    let is_ornament = words.len() >= 4 && words.iter().all(|word| word.chars().count() <= 1);
    !(text.is_empty() || is_speck || is_ornament)
}

fn merge(last: &mut Block, next: &Block) {
    append_line(&mut last.text, &next.text);
    last.lines += next.lines;
    last.bounds = united(&last.bounds, &next.bounds);
}

fn to_block(lines: &[Line]) -> Block {
    let mut block = Block { bounds: [f32::MAX, f32::MAX, f32::MIN, f32::MIN], ..Block::default() };
    let mut heights: Vec<f32> = lines.iter().map(|line| line.height).collect();
    heights.sort_by(f32::total_cmp);
    block.line_height = heights.get(heights.len() / 2).copied().unwrap_or_default();
    for line in lines {
        let one = Block { text: without_leaders(&line.text), bounds: line.bounds, lines: 1, ..Block::default() };
        merge(&mut block, &one);
    }
    block
}

/// Appends a line to a text; a hyphen between them is marked as doubtful.
fn append_line(text: &mut String, line: &str) {
    if line.is_empty() {
        return;
    }
    let before_hyphen =
        text.strip_suffix(['-', '\u{ad}', '\u{2010}']).filter(|rest| rest.ends_with(char::is_alphabetic));
    match before_hyphen {
        Some(rest) if line.starts_with(char::is_lowercase) => {
            text.truncate(rest.len());
            text.push(DOUBTFUL_HYPHEN);
        }
        _ if text.is_empty() => {}
        _ => text.push(' '),
    }
    // Inside a line a soft hyphen is ignored; at its end, the next line decides.
    text.extend(
        line.char_indices().filter(|(at, c)| *c != '\u{ad}' || at + c.len_utf8() == line.len()).map(|(_, c)| c),
    );
}

/// Replaces the dot leaders of a table of contents by an ellipsis.
fn without_leaders(line: &str) -> String {
    let is_leader = |word: &str| word.chars().all(|c| matches!(c, '.' | '…' | '·' | '_'));
    let words: Vec<&str> = line.split(' ').collect();
    let mut kept: Vec<&str> = Vec::with_capacity(words.len());
    for run in words.chunk_by(|one, other| is_leader(one) == is_leader(other)) {
        let dots: usize = run.iter().map(|word| word.chars().count()).sum();
        if dots >= 4 && run.first().is_some_and(|word| is_leader(word)) { kept.push("…") } else { kept.extend(run) }
    }
    let line = kept.join(" ");
    // For poppler, "Chapter......12" is one word.
    match line.find("....") {
        Some(start) => {
            let rest = line.get(start..).unwrap_or_default().trim_start_matches('.');
            format!("{} … {}", line.get(..start).unwrap_or_default().trim_end(), rest.trim_start())
                .trim_end()
                .to_owned()
        }
        None => line,
    }
}

/// Decides for each hyphen at the end of a line whether it is kept, by the words of the document itself: `well-known`
/// where that is written elsewhere, `wellknown` otherwise.
fn resolve_hyphens(pages: &mut [Page]) {
    let blocks = || pages.iter().flat_map(|page| &page.blocks);
    if !blocks().any(|block| block.text.contains(DOUBTFUL_HYPHEN)) {
        return;
    }
    let hyphenated: HashSet<String> = blocks()
        .flat_map(|block| block.text.split_whitespace())
        .filter(|word| word.contains('-') && !word.contains(DOUBTFUL_HYPHEN))
        .map(core)
        .collect();
    for block in pages.iter_mut().flat_map(|page| &mut page.blocks) {
        if !block.text.contains(DOUBTFUL_HYPHEN) {
            continue;
        }
        let mend = |word: &str| {
            let with_hyphen = word.replace(DOUBTFUL_HYPHEN, "-");
            if hyphenated.contains(&core(&with_hyphen)) { with_hyphen } else { word.replace(DOUBTFUL_HYPHEN, "") }
        };
        block.text = block.text.split(' ').map(mend).collect::<Vec<_>>().join(" ");
    }
}

/// A word without the punctuation around it, in lower case.
fn core(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
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
                    right_to_left: false,
                }
            })
            .collect()
    }

    fn read(blocks: Vec<Vec<Line>>) -> Vec<String> {
        let blocks = blocks.into_iter().map(|lines| RawBlock { lines }).collect();
        let read = pages(vec![RawPage { number: 1, width: 500.0, height: 800.0, blocks }]);
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
        assert_eq!(text, ["A well-known example of a well-known word, pre- War and softened."]);
    }

    #[test]
    fn a_paragraph_continues_in_the_next_column() {
        let text = read(vec![lines(&["First line and", "a second that does"]), lines(&["not end but", "goes on."])]);
        assert_eq!(text, ["First line and a second that does not end but goes on."]);
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
        assert_eq!(read(vec![all]), ["Heading", "Some text.", "• one two", "• three"]);
    }

    #[test]
    fn leaders_become_an_ellipsis() {
        assert_eq!(without_leaders("Introduction . . . . . . 3"), "Introduction … 3");
        assert_eq!(without_leaders("Introduction.......... 3"), "Introduction … 3");
        assert_eq!(without_leaders("wait... what"), "wait... what");
    }
}
