//! Sentences of which a word is missing, because a reader does not see it or because OCR is not sure of it: what is left of
//! them says something else, and goes, too, also where it stands in the next column or on the next page. Where it is not
//! certain that a sentence has ended, more is removed rather than less.

mod sentences;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use sluice_domain::document::{Block, Page, Role, WordBox};

use super::{bidi, letters};
use sentences::{CLOSING, ends_sentence, surely_ends};

/// Stands for a word that is not read. No text has it: it is no character.
pub(super) const GAP: char = '\u{fffe}';

/// Longest sample of what was left out, in characters.
const SAMPLE: usize = 80;

/// Lines whose heights differ by less than this factor are of one type.
const ALIKE: f32 = 1.25;

/// The next line of a paragraph is not farther away, in line heights.
const NEXT_LINE: f32 = 0.9;

/// What is narrower, in line heights, is a label, and does not go on.
const LABEL: f32 = 12.0;

/// So many other blocks may stand between two parts of a sentence: notes, captions, cells.
const BETWEEN: usize = 64;

/// A sentence goes over so many ends of columns or pages.
const JUMPS: u32 = 2;

/// A line that leaves less room at its end, in line heights, is full.
const ROOM: f32 = 3.0;

/// What stands for a word that is not read, in visual order as the word is, and ends a sentence if that word surely does.
pub(super) fn gap(word: &str) -> String {
    if word.contains(letters::runs_left) {
        let is_edge = |c: char| CLOSING.contains(&c) || matches!(c, '“' | '«' | '(');
        let logical: String = word.trim_start_matches(is_edge).chars().rev().collect();
        return if surely_ends(&letters::composed(&logical)) { format!(".{GAP}") } else { GAP.to_string() };
    }
    if surely_ends(word) { format!("{GAP}.") } else { GAP.to_string() }
}

/// Whether it stands for a word that is not read.
pub(super) fn is_gap(word: &str) -> bool {
    word.contains(GAP)
}

/// Where the words of blocks begin that are not sure. Blocks are named by the number of their page and their place on it.
pub(super) type Unsure = BTreeMap<(u32, usize), BTreeSet<u32>>;

/// Removes the sentences with gaps from pages.
pub(super) fn remove(pages: &mut [Page]) {
    remove_unsure(pages, &Unsure::new());
}

/// Removes from pages the sentences with gaps or with a word that is not sure. Gives their pages and beginnings.
pub(super) fn remove_unsure(pages: &mut [Page], unsure: &Unsure) -> Vec<(u32, String)> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for page in pages.iter_mut() {
        let number = page.number;
        let part = |(at, block)| Part::new(number, block, unsure.get(&(number, at)));
        parts.extend(page.blocks.iter_mut().enumerate().map(part));
    }
    if parts.iter().all(|part| part.sentences.is_empty()) {
        return Vec::new();
    }
    let next: Vec<Option<Next>> = (0..parts.len()).map(|at| goes_on_in(&parts, at)).collect();
    for (at, next) in next.iter().enumerate() {
        if let (Some(next), Some(jumps)) = (next, parts[at].sentences.last().and_then(|last| last.lost)) {
            parts[next.at].lose(false, jumps + u32::from(next.is_jump));
        }
    }
    for (at, next) in next.iter().enumerate().rev() {
        let Some(next) = next else { continue };
        if let Some(jumps) = parts[next.at].sentences.first().and_then(|first| first.lost) {
            parts[at].lose(true, jumps + u32::from(next.is_jump));
        }
    }
    let removed = parts.into_iter().flat_map(Part::without_lost).collect();
    for page in pages {
        page.blocks.retain(|block| !block.text.is_empty());
    }
    removed
}

/// A block and what of it is to be removed.
struct Part<'a> {
    page: u32,
    block: &'a mut Block,
    unsure: Option<&'a BTreeSet<u32>>,
    /// Empty as long as nothing is to be removed.
    sentences: Vec<Sentence>,
}

struct Sentence {
    range: Range<usize>,
    /// If it is removed: over how many ends of columns and pages it is away from what is missing.
    lost: Option<u32>,
}

/// The block in which the last sentence of another one goes on.
#[derive(Debug, PartialEq, Eq)]
struct Next {
    at: usize,
    /// Whether it is not the next line below.
    is_jump: bool,
}

impl<'a> Part<'a> {
    fn new(page: u32, block: &'a mut Block, unsure: Option<&'a BTreeSet<u32>>) -> Self {
        let mut part = Part { page, block, unsure, sentences: Vec::new() };
        if part.block.text.contains(GAP) || unsure.is_some_and(|unsure| !unsure.is_empty()) {
            part.split();
        }
        part
    }

    fn split(&mut self) {
        let mut start = 0;
        let sentence = |sentence: &str| {
            let range = start..start + sentence.len();
            start = range.end;
            let mut words = self.unsure.into_iter().flatten();
            let is_lost = sentence.contains(GAP) || words.any(|at| range.contains(&(*at as usize)));
            Sentence { range, lost: is_lost.then_some(0) }
        };
        self.sentences = sentences::of(&self.block.text, |at| self.is_unsure(at)).map(sentence).collect();
    }

    /// Whether a byte is in a word that is not sure.
    fn is_unsure(&self, at: usize) -> bool {
        let Some(unsure) = self.unsure else { return false };
        let after = self.block.words.partition_point(|word| word.0 as usize <= at);
        after.checked_sub(1).is_some_and(|word| unsure.contains(&self.block.words[word].0))
    }

    /// Has its last sentence removed, or its first one, that many jumps away from what is missing.
    fn lose(&mut self, last: bool, jumps: u32) {
        if jumps > JUMPS {
            return;
        }
        if self.sentences.is_empty() {
            self.split();
        }
        let sentence = if last { self.sentences.last_mut() } else { self.sentences.first_mut() };
        if let Some(sentence) = sentence {
            sentence.lost = Some(sentence.lost.map_or(jumps, |lost| lost.min(jumps)));
        }
    }

    /// Removes what is lost from the block, and gives its beginnings.
    fn without_lost(self) -> Vec<(u32, String)> {
        if self.sentences.iter().all(|sentence| sentence.lost.is_none()) {
            return Vec::new();
        }
        let (text, words) = (std::mem::take(&mut self.block.text), std::mem::take(&mut self.block.words));
        let mut words = words.into_iter().peekable();
        let mut removed = Vec::new();
        for Sentence { range, lost } in self.sentences {
            let moved = range.start - self.block.text.len();
            let sentence = &text[range.clone()];
            while let Some(WordBox(offset, bounds)) = words.next_if(|word| (word.0 as usize) < range.end) {
                let offset = u32::try_from(moved).ok().and_then(|moved| offset.checked_sub(moved));
                self.block.words.extend(offset.filter(|_| lost.is_none()).map(|offset| WordBox(offset, bounds)));
            }
            if lost.is_none() {
                self.block.text.push_str(sentence);
            } else {
                removed.push((self.page, sentence.trim().chars().take(SAMPLE).collect()));
            }
        }
        self.block.text.truncate(self.block.text.trim_end().len());
        removed
    }
}

/// The block in which the last sentence of the one at `at` goes on: the next of the same type, in this column, in another
/// one or on the next page.
fn goes_on_in(parts: &[Part<'_>], at: usize) -> Option<Next> {
    let Part { page, block, .. } = &parts[at];
    let is_narrow = block.bounds[2] - block.bounds[0] <= LABEL * block.line_height;
    if block.role == Role::Cell || is_narrow && !is_all_gaps(block) {
        return None;
    }
    if surely_ends(&block.text) {
        return None;
    }
    for (to, next) in parts.iter().enumerate().skip(at + 1).take(BETWEEN) {
        if next.page > page + 1 {
            return None;
        }
        let is_below = to == at + 1 && next.page == *page && is_below(block, next.block);
        if !is_of_type(block, next.block) || is_label(next.block) && !is_below {
            // It would go on right below, where something else stands that is no label.
            if is_below && !is_label(next.block) && next.block.role != Role::Cell {
                return None;
            }
            continue;
        }
        let is_elsewhere = next.page > *page || next.block.bounds[1] < block.bounds[3] - block.line_height;
        let place = if is_below {
            Place::NextLine
        } else if is_elsewhere {
            Place::Elsewhere
        } else {
            Place::Below
        };
        let goes_on = goes_on(block, next.block, place) || interrupts(parts, at, next.block, place);
        return goes_on.then_some(Next { at: to, is_jump: !is_below });
    }
    None
}

/// Whether what is hidden at `at` as a whole stands between the lines of a paragraph of which `next` is the rest: its lines
/// are open above, or go on inside of a sentence below.
fn interrupts(parts: &[Part<'_>], at: usize, next: &Block, place: Place) -> bool {
    let hidden = &*parts[at].block;
    if !is_all_gaps(hidden) || place == Place::Elsewhere || next.role != Role::Text {
        return false;
    }
    if is_all_gaps(next) || begins_inside(next) {
        return true;
    }
    let above = parts[..at].iter().rev().find(|part| !is_all_gaps(part.block));
    above.filter(|above| above.page == parts[at].page).is_some_and(|above| {
        let above = &*above.block;
        let is_open = above.role != Role::Cell && !surely_ends(&above.text);
        is_open && is_alike(above, next) && is_above(above, hidden) && (above.lines > 1 || is_full(above, Some(next)))
    })
}

/// Whether a block begins inside of a sentence, as far as its first letter tells.
fn begins_inside(block: &Block) -> bool {
    block.text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase)
}

/// Whether a block stands above another one in its column.
fn is_above(block: &Block, below: &Block) -> bool {
    let ([left, _, right, bottom], [below_left, _, below_right, below_bottom]) = (block.bounds, below.bounds);
    left < below_right && below_left < right && bottom < below_bottom
}

/// Where a block stands to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    NextLine,
    /// Farther below, as after a figure.
    Below,
    /// In another column or on another page.
    Elsewhere,
}

/// Whether a block is text of the same type. What is hidden as a whole between the lines of a paragraph may be of any.
fn is_of_type(block: &Block, next: &Block) -> bool {
    let is_before = is_all_gaps(next) && (block.lines > 1 || is_full(block, Some(next)));
    let is_between = is_before || is_all_gaps(block) && (!is_label(next) || begins_inside(next));
    let is_alike = is_alike(block, next);
    next.role != Role::Cell && (is_alike || is_between) && next.text.contains(|c: char| c.is_alphabetic() || c == GAP)
}

/// Whether two blocks are set in one size.
fn is_alike(block: &Block, next: &Block) -> bool {
    let (height, next_height) = (block.line_height, next.line_height);
    next_height < height * ALIKE && height < next_height * ALIKE
}

/// Whether nothing of a block is read.
fn is_all_gaps(block: &Block) -> bool {
    block.text.contains(GAP) && !block.text.contains(char::is_alphanumeric)
}

/// Whether a block is a short line that is no sentence, as above and below the text of a page.
fn is_label(block: &Block) -> bool {
    let width = block.bounds[2] - block.bounds[0];
    block.lines <= 1 && width <= LABEL * block.line_height && !ends_sentence(&block.text)
}

/// Whether a block is the next line of another one.
fn is_below(block: &Block, next: &Block) -> bool {
    let [left, _, right, bottom] = block.bounds;
    let [next_left, top, next_right, _] = next.bounds;
    // What is hidden may be set smaller than the lines around it.
    let height = if is_all_gaps(block) { block.line_height.max(next.line_height) } else { block.line_height };
    left < next_right && next_left < right && (-height..NEXT_LINE * height).contains(&(top - bottom))
}

/// Whether a block without an end goes on in another one: in no item or heading.
fn goes_on(block: &Block, next: &Block, place: Place) -> bool {
    let is_full = || is_full(block, (place != Place::Elsewhere).then_some(next));
    let begins_inside = match next.text.chars().find(|c| c.is_alphabetic() || *c == GAP) {
        Some(letter) if letter.is_lowercase() => place != Place::Below || is_full(),
        // A name: after "Dr.", or where the paragraph ends with its column.
        Some(letter) if letter.is_uppercase() => {
            // Nothing tells how far a last line goes whose end is hidden.
            let is_hidden = || place == Place::NextLine && block.lines > 1 && block.text.trim_end().ends_with(GAP);
            ends_sentence(&block.text) || is_hidden() || place == Place::Elsewhere && block.lines > 1 && is_full()
        }
        // Without capitals, only the end of the line before tells; that of a column or page does not, if it is ragged.
        _ => place == Place::Elsewhere || ends_sentence(&block.text) || is_full(),
    };
    // Nothing tells how what is hidden between the lines of a paragraph begins.
    let is_between = place == Place::NextLine && block.lines > 1 && is_all_gaps(next);
    next.role == Role::Text && (begins_inside || is_between)
}

/// Whether the last line of a block reaches as far as its other lines and the block below do.
fn is_full(block: &Block, below: Option<&Block>) -> bool {
    let [left, _, right, _] = block.bounds;
    let end = block.words.last().map_or(block.bounds, |word| word.1);
    let room = if bidi::is_right_to_left(std::iter::once(block.text.as_str())) {
        end[0] - below.map_or(left, |below| left.min(below.bounds[0]))
    } else {
        below.map_or(right, |below| right.max(below.bounds[2])) - end[2]
    };
    room < ROOM * block.line_height
}
