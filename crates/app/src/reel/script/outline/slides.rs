//! Slides and lists: each bullet is a clause of its own.

use sluice_domain::document::{Block, Document, Role, WordBox};

use crate::reel::script::placed::Placed;
use crate::reel::script::sentences::is_finished;
use crate::reel::script::text::{clean, is_arabic, word_count};

/// Most words of the clauses that are told together.
pub(super) const BUNDLE_WORDS: u32 = 50;

/// Most words on a slide, on average.
const SLIDE_WORDS: u32 = 110;

/// Most words of one item without a full stop: more are a run of clauses that was not divided.
const LONGEST_ITEM: u32 = 30;

const BULLETS: &[char] = &['•', '▪', '●', '◦', '‣', '∙', '■', '□', '➢', '►', '✓', '➤'];

/// Whether a document is a set of slides: pages that are wider than high, with little on each.
pub(super) fn is_deck(document: &Document) -> bool {
    let pages = u32::try_from(document.pages.len()).unwrap_or(u32::MAX);
    let wide = document.pages.iter().filter(|page| page.width > page.height * 1.15).count();
    let words: u32 = document.pages.iter().map(|page| word_count(&page.text())).sum();
    pages >= 2 && wide * 5 >= document.pages.len() * 4 && words / pages <= SLIDE_WORDS
}

/// Marks what reading calls an item and what begins with a bullet; of slides, whose text is as high as `body`, also the
/// clauses.
pub(super) fn mark_items(placed: &mut [Placed<'_>], body: Option<f32>) {
    for at in 0..placed.len() {
        let (before, rest) = placed.split_at_mut(at);
        let Some(block) = rest.first_mut() else { return };
        let is_item = block.block.role == Role::Item || block.text.starts_with(BULLETS);
        let is_clause = |body: f32| {
            let enough = block.words >= 3 || before.last().is_some_and(|last| last.item && is_below(last, block));
            block.page_index > 0 && enough && is_clause(block, body)
        };
        block.item = is_item || body.is_some_and(is_clause);
    }
}

/// Whether a block stands directly below another of the same size, at the same edge.
fn is_below(last: &Placed<'_>, block: &Placed<'_>) -> bool {
    let ([left, _, right, bottom], [next_left, top, next_right, _]) = (last.block.bounds, block.block.bounds);
    let height = block.block.line_height;
    let aligned = (left - next_left).abs() < 0.2 * height || (right - next_right).abs() < 0.2 * height;
    last.page == block.page
        && aligned
        && (height - last.block.line_height).abs() < 0.05 * height
        && (-0.5 * height..height).contains(&(top - bottom))
}

/// Whether a block of a slide is a clause, or several of them, and no heading: it is as large as the text.
fn is_clause(block: &Placed<'_>, body: f32) -> bool {
    block.block.line_height <= body * 1.12
        && !is_finished(&block.text)
        && (block.block.lines <= 2 || !block.block.words.is_empty())
        && block.text.starts_with(|c: char| c.is_uppercase() || is_arabic(c) || c.is_numeric())
}

/// The items of a block: what reading calls one is one; else it is divided at its bullets, or at its lines where their
/// places are known.
pub(super) fn items(block: &Placed<'_>) -> Vec<String> {
    let parts: Vec<String> = if block.text.contains(BULLETS) {
        block.text.split(BULLETS).map(str::to_owned).collect()
    } else if block.block.role == Role::Item || block.block.lines <= 1 {
        vec![block.text.clone()]
    } else {
        lines(block.block)
    };
    let told = |item: &String| item.chars().any(char::is_alphanumeric) && word_count(item) <= LONGEST_ITEM;
    parts.iter().map(|item| clean(item)).filter(told).collect()
}

/// The text of a block line by line, where a line that goes on with a small letter, or (without capitals) after a full line,
/// belongs to the one before it.
fn lines(block: &Block) -> Vec<String> {
    let [left, _, right, _] = block.bounds;
    let mut starts = vec![0];
    for pair in block.words.windows(2) {
        let (WordBox(_, before), WordBox(at, after)) = (pair[0], pair[1]);
        let below = after[1] > before[1] + block.line_height * 0.6;
        let Some(rest) = block.text.get(at as usize..) else { continue };
        let opens = match rest.chars().next() {
            Some(c) if is_arabic(c) => before[0] - left > (right - left) * 0.2,
            Some(c) => !c.is_lowercase(),
            None => false,
        };
        if below && opens {
            starts.push(at as usize);
        }
    }
    starts.push(block.text.len());
    starts.windows(2).filter_map(|pair| block.text.get(pair[0]..pair[1])).map(str::to_owned).collect()
}
