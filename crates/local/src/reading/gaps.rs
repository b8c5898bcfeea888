//! Sentences of which a word is missing, because a reader does not see it or because OCR is not sure of it: what is left of
//! them says something else, and goes, too.

use sluice_domain::document::{Block, Page, WordBox};

/// Stands for a word that is not read. No text has it: it is no character.
pub(super) const GAP: char = '\u{fffe}';

/// Longest sample of what was left out, in characters.
const SAMPLE: usize = 80;

/// Ends of sentences.
const ENDS: [char; 5] = ['.', '!', '?', '؟', '۔'];

/// Lines whose heights differ by less than this factor are of one type.
const ALIKE: f32 = 1.25;

/// The next line of a paragraph is not farther away, in line heights.
const NEXT_LINE: f32 = 0.9;

/// What stands for a word that is not read, and ends a sentence if that word does.
pub(super) fn gap(word: &str) -> String {
    if ends_sentence(word) { format!("{GAP}.") } else { GAP.to_string() }
}

/// Whether it stands for a word that is not read.
pub(super) fn is_gap(word: &str) -> bool {
    word.starts_with(GAP)
}

/// Removes the sentences with gaps from pages.
pub(super) fn remove(pages: &mut [Page]) {
    for page in pages.iter_mut().filter(|page| page.blocks.iter().any(|block| block.text.contains(GAP))) {
        let mut removal = Removal::default();
        for block in &mut page.blocks {
            let words = std::mem::take(&mut block.words);
            removal.of(block, words.into_iter().map(|word| (word, true)).collect());
        }
        page.blocks.retain(|block| !block.text.is_empty());
    }
}

/// Removes sentences from the blocks of a page, one after the other.
#[derive(Debug, Default)]
pub(super) struct Removal {
    /// Bounds and line height of the block before, if its end was removed in the middle of a sentence.
    open: Option<([f32; 4], f32)>,
}

impl Removal {
    /// Removes from a block the sentences with gaps or with a word that is not sure, as `placed` has it, and the rest of one
    /// that began in the block before. Gives their beginnings.
    pub(super) fn of(&mut self, block: &mut Block, mut placed: Vec<(WordBox, bool)>) -> Vec<String> {
        let is_rest = self.open.take().is_some_and(|before| goes_on(before, block));
        if let (true, Some((_, sure))) = (is_rest, placed.first_mut()) {
            *sure = false;
        }
        let (mut kept, mut words, mut removed) = (String::new(), Vec::new(), Vec::new());
        let mut placed = placed.into_iter().peekable();
        let mut start = 0;
        for sentence in sentences(&block.text) {
            let end = start + sentence.len();
            let mut here = Vec::new();
            while let Some(word) = placed.next_if(|(word, _)| (word.0 as usize) < end) {
                here.push(word);
            }
            if here.iter().all(|(_, sure)| *sure) && !sentence.contains(GAP) {
                let moved = start - kept.len();
                words.extend(here.into_iter().filter_map(|(WordBox(offset, bounds), _)| {
                    Some(WordBox(offset.checked_sub(u32::try_from(moved).ok()?)?, bounds))
                }));
                kept.push_str(sentence);
            } else {
                self.open =
                    (end == block.text.len() && !ends_sentence(sentence)).then_some((block.bounds, block.line_height));
                removed.push(sentence.trim().chars().take(SAMPLE).collect());
            }
            start = end;
        }
        kept.truncate(kept.trim_end().len());
        (block.text, block.words) = (kept, words);
        removed
    }
}

/// Whether a block is the next line of the one with those bounds and line height.
fn goes_on(([left, _, right, bottom], height): ([f32; 4], f32), block: &Block) -> bool {
    let [next_left, top, next_right, _] = block.bounds;
    let alike = block.line_height < height * ALIKE && height < block.line_height * ALIKE;
    alike && left < next_right && next_left < right && (-height..NEXT_LINE * height).contains(&(top - bottom))
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '»', ')', '\'', '’']).ends_with(ENDS)
}

/// A text in pieces that end after a sentence and its space.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends = rest.match_indices(' ').find(|(at, _)| rest.get(..*at).is_some_and(ends_sentence));
        let (sentence, after) = rest.split_at(ends.map_or(rest.len(), |(at, _)| at + 1));
        rest = after;
        Some(sentence)
    })
}
