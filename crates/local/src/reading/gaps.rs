//! Sentences of which a word is missing, because a reader does not see it or because OCR is not sure of it: what is left of
//! them says something else, and goes, too.

use sluice_domain::document::{Block, Page, Role, WordBox};

use super::{bidi, letters};

/// Stands for a word that is not read. No text has it: it is no character.
pub(super) const GAP: char = '\u{fffe}';

/// Longest sample of what was left out, in characters.
const SAMPLE: usize = 80;

/// Ends of sentences.
const ENDS: [char; 10] = ['.', '!', '?', '؟', '۔', '।', '。', '！', '？', '｡'];

/// Those after which no space is written.
const WIDE_ENDS: [char; 4] = ['。', '！', '？', '｡'];

/// What may stand behind the end of a sentence.
const CLOSING: [char; 9] = ['"', '”', '»', ')', '\'', '’', '」', '』', '）'];

/// Lines whose heights differ by less than this factor are of one type.
const ALIKE: f32 = 1.25;

/// The next line of a paragraph is not farther away, in line heights.
const NEXT_LINE: f32 = 0.9;

/// What is narrower, in line heights, is a label, and does not go on.
const LABEL: f32 = 12.0;

/// A line that leaves less room at its end, in line heights, is full.
const ROOM: f32 = 3.0;

/// What stands for a word that is not read, in visual order as the word is, and ends a sentence if that word does.
pub(super) fn gap(word: &str) -> String {
    if word.contains(letters::runs_left) {
        let is_edge = |c: char| CLOSING.contains(&c) || matches!(c, '“' | '«' | '(');
        let ends = word.trim_start_matches(is_edge).starts_with(ENDS);
        return if ends { format!(".{GAP}") } else { GAP.to_string() };
    }
    if ends_sentence(word) { format!("{GAP}.") } else { GAP.to_string() }
}

/// Whether it stands for a word that is not read.
pub(super) fn is_gap(word: &str) -> bool {
    word.contains(GAP)
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
    /// The block before, if its end was removed in the middle of a sentence.
    open: Option<Open>,
}

/// A block whose end was removed in the middle of a sentence.
#[derive(Debug)]
struct Open {
    bounds: [f32; 4],
    line_height: f32,
    /// Its last word.
    end: [f32; 4],
    right_to_left: bool,
}

impl Removal {
    /// Removes from a block the sentences with gaps or with a word that is not sure, as `placed` has it, and the rest of one
    /// that began in the block before. Gives their beginnings.
    pub(super) fn of(&mut self, block: &mut Block, placed: Vec<(WordBox, bool)>) -> Vec<String> {
        let is_rest = self.open.take().is_some_and(|before| before.goes_on(block));
        let last_word = placed.last().map(|(word, _)| word.1);
        let (mut kept, mut words, mut removed) = (String::new(), Vec::new(), Vec::new());
        let mut placed = placed.into_iter().peekable();
        let mut start = 0;
        for sentence in sentences(&block.text) {
            let end = start + sentence.len();
            let mut here = Vec::new();
            while let Some(word) = placed.next_if(|(word, _)| (word.0 as usize) < end) {
                here.push(word);
            }
            if here.iter().all(|(_, sure)| *sure) && !sentence.contains(GAP) && !(is_rest && start == 0) {
                let moved = start - kept.len();
                words.extend(here.into_iter().filter_map(|(WordBox(offset, bounds), _)| {
                    Some(WordBox(offset.checked_sub(u32::try_from(moved).ok()?)?, bounds))
                }));
                kept.push_str(sentence);
            } else {
                let is_open = end == block.text.len() && !ends_sentence(sentence) && block.role != Role::Cell;
                self.open = is_open.then(|| Open {
                    bounds: block.bounds,
                    line_height: block.line_height,
                    end: last_word.unwrap_or(block.bounds),
                    right_to_left: bidi::is_right_to_left(std::iter::once(block.text.as_str())),
                });
                removed.push(sentence.trim().chars().take(SAMPLE).collect());
            }
            start = end;
        }
        kept.truncate(kept.trim_end().len());
        (block.text, block.words) = (kept, words);
        removed
    }
}

impl Open {
    /// Whether a block is its next line: below it, of the same type, and no item, cell or heading.
    fn goes_on(&self, block: &Block) -> bool {
        let ([left, _, right, bottom], height) = (self.bounds, self.line_height);
        let [next_left, top, next_right, _] = block.bounds;
        let alike = block.line_height < height * ALIKE && height < block.line_height * ALIKE;
        let is_next = left < next_right && next_left < right && (-height..NEXT_LINE * height).contains(&(top - bottom));
        let begins_inside = match block.text.chars().find(|c| c.is_alphabetic()) {
            Some(letter) if letter.is_lowercase() => true,
            Some(letter) if letter.is_uppercase() => false,
            // Without capitals, only the end of the line before tells.
            _ => self.is_full(block),
        };
        block.role == Role::Text && alike && is_next && right - left > LABEL * height && begins_inside
    }

    /// Whether its last line reaches as far as its other lines and the block below do.
    fn is_full(&self, below: &Block) -> bool {
        let room = if self.right_to_left {
            self.end[0] - self.bounds[0].min(below.bounds[0])
        } else {
            self.bounds[2].max(below.bounds[2]) - self.end[2]
        };
        room < ROOM * self.line_height
    }
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(CLOSING).ends_with(ENDS)
}

/// A text in pieces that end after a sentence and its space, if it has one.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let ends = rest.char_indices().find_map(|(at, c)| {
            let before = rest.get(..at)?;
            match c {
                ' ' => ends_sentence(before).then_some(at + 1),
                _ if CLOSING.contains(&c) || ENDS.contains(&c) => None,
                _ => before.ends_with(WIDE_ENDS).then_some(at),
            }
        });
        let (sentence, after) = rest.split_at(ends.unwrap_or(rest.len()));
        rest = after;
        Some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of blocks below each other, all of them 12 high and 300 wide.
    fn left(texts: &[(&str, Role)]) -> Vec<String> {
        let block = |((text, role), n): (&(&str, Role), u8)| {
            let top = 100.0 + 14.0 * f32::from(n);
            let bounds = [50.0, top, 350.0, top + 12.0];
            let words = vec![WordBox(0, bounds)];
            Block { text: text.replace('_', "\u{fffe}"), bounds, line_height: 12.0, lines: 1, role: *role, words }
        };
        let blocks = texts.iter().zip(0..).map(block).collect();
        let mut pages = [Page { blocks, ..Page::default() }];
        remove(&mut pages);
        pages[0].blocks.iter().map(|block| block.text.clone()).collect()
    }

    #[test]
    fn a_gap_takes_no_more_of_a_list_than_its_item() {
        for role in [Role::Item, Role::Cell] {
            assert_eq!(left(&[("a hive _", role), ("a smoker", role), ("a veil", role)]), ["a smoker", "a veil"]);
        }
        let lines = [("The keeper _", Role::Text), ("The second line", Role::Text), ("more of it", Role::Text)];
        assert_eq!(left(&lines), ["The second line", "more of it"]);
        let lines = [("The keeper _", Role::Text), ("sold it. The end.", Role::Text), ("more of it", Role::Text)];
        assert_eq!(left(&lines), ["The end.", "more of it"]);
    }

    #[test]
    fn without_capitals_only_a_full_line_goes_on() {
        let full = [("第_行没有说完", Role::Text), ("还有一句。第三句。", Role::Text)];
        assert_eq!(left(&full), ["第三句。"]);
        let mut open = Open {
            bounds: [50.0, 100.0, 350.0, 112.0],
            line_height: 12.0,
            end: [300.0, 100.0, 345.0, 112.0],
            right_to_left: false,
        };
        let below = Block {
            text: "还有".to_owned(),
            bounds: [50.0, 114.0, 350.0, 126.0],
            line_height: 12.0,
            ..Block::default()
        };
        assert!(open.goes_on(&below));
        open.right_to_left = true;
        assert!(!open.goes_on(&below));
        (open.right_to_left, open.end[2]) = (false, 200.0);
        assert!(!open.goes_on(&below));
        (open.bounds[2], open.end[2]) = (150.0, 150.0);
        assert!(!open.goes_on(&Block { bounds: [50.0, 114.0, 150.0, 126.0], ..below }));
    }

    #[test]
    fn a_gap_takes_no_more_than_its_sentence_in_any_script() {
        for (text, rest) in [
            ("第一句。第_句！第三句？", "第一句。第三句？"),
            ("彼は「行く。」と_言った。次の文。", "次の文。"),
            ("पहला वाक्य है। दूसरा _ है। तीसरा है।", "पहला वाक्य है। तीसरा है।"),
            ("One. Two _ here. Three.", "One. Three."),
        ] {
            assert_eq!(left(&[(text, Role::Text)]), [rest]);
        }
    }

    #[test]
    fn a_gap_ends_a_sentence_where_its_word_does() {
        for (visual, logical, gap_of_it) in
            [(".ماع", "عام.", ".\u{fffe}"), ("«.ماع", "عام.»", ".\u{fffe}"), ("ماع", "عام", "\u{fffe}")]
        {
            assert_eq!(gap(visual), gap_of_it, "{logical}");
        }
        assert_eq!(
            (gap("end.”").as_str(), gap("句。").as_str(), gap(".net").as_str()),
            ("\u{fffe}.", "\u{fffe}.", "\u{fffe}")
        );
        assert!(is_gap(&gap(".ماع")));
    }
}
