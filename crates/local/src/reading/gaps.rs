//! Sentences of which a word is missing, because a reader does not see it or because OCR is not sure of it: what is left of
//! them says something else, and goes, too, also where it stands in the next column or on the next page. Where it is not
//! certain that a sentence has ended, more is removed rather than less.

mod sentences;

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
        return goes_on(block, next.block, place).then_some(Next { at: to, is_jump: !is_below });
    }
    None
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
    let (height, next_height) = (block.line_height, next.line_height);
    let is_alike = next_height < height * ALIKE && height < next_height * ALIKE;
    let is_between = is_all_gaps(next) && block.lines > 1 || is_all_gaps(block) && next.lines > 1;
    next.role != Role::Cell && (is_alike || is_between) && next.text.contains(|c: char| c.is_alphabetic() || c == GAP)
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
    let ([left, _, right, bottom], height) = (block.bounds, block.line_height);
    let [next_left, top, next_right, _] = next.bounds;
    left < next_right && next_left < right && (-height..NEXT_LINE * height).contains(&(top - bottom))
}

/// Whether a block without an end goes on in another one: in no item or heading.
fn goes_on(block: &Block, next: &Block, place: Place) -> bool {
    let is_full = || is_full(block, (place != Place::Elsewhere).then_some(next));
    let begins_inside = match next.text.chars().find(|c| c.is_alphabetic() || *c == GAP) {
        Some(letter) if letter.is_lowercase() => place != Place::Below || is_full(),
        // A name: after "Dr.", or where the paragraph ends with its column.
        Some(letter) if letter.is_uppercase() => {
            ends_sentence(&block.text) || place == Place::Elsewhere && block.lines > 1 && is_full()
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
        let open = |text: &str, right: f32, end: f32| Block {
            text: text.to_owned(),
            bounds: [50.0, 100.0, right, 112.0],
            line_height: 12.0,
            words: vec![WordBox(0, [end - 45.0, 100.0, end, 112.0])],
            ..Block::default()
        };
        let below = |right: f32| Block {
            text: "还有".to_owned(),
            bounds: [50.0, 114.0, right, 126.0],
            line_height: 12.0,
            ..Block::default()
        };
        let goes_on = |mut block: Block, mut below: Block| {
            let parts = [Part::new(1, &mut block, None), Part::new(1, &mut below, None)];
            goes_on_in(&parts, 0).is_some()
        };
        assert!(goes_on(open("行没有说完", 350.0, 345.0), below(350.0)));
        assert!(!goes_on(open("سطر", 350.0, 345.0), below(350.0)));
        assert!(!goes_on(open("行没有说完", 350.0, 200.0), below(350.0)));
        assert!(!goes_on(open("行没有说完", 150.0, 150.0), below(150.0)));
    }

    /// What is left of a text that is read, in which words in brackets are hidden, or of which OCR is not sure.
    fn left_of(text: &str) -> [String; 2] {
        let words: Vec<&str> = text.split(' ').collect();
        let hidden: Vec<String> = words
            .iter()
            .map(|word| {
                word.strip_prefix('⟨').map_or_else(|| (*word).to_owned(), |word| gap(word.trim_end_matches('⟩')))
            })
            .collect();
        let (mut read, mut places, mut unsure) = (String::new(), Vec::new(), BTreeSet::new());
        for word in words {
            let at = u32::try_from(read.len()).unwrap();
            places.push(WordBox(at, [0.0, 0.0, 10.0, 10.0]));
            if word.starts_with('⟨') {
                unsure.insert(at);
            }
            read.push_str(word.trim_matches(['⟨', '⟩']));
            read.push(' ');
        }
        let block = Block { text: read.trim_end().to_owned(), words: places, ..Block::default() };
        let mut pages = [Page { number: 1, blocks: vec![block], ..Page::default() }];
        remove_unsure(&mut pages, &Unsure::from([((1, 0), unsure)]));
        [left(&[(&hidden.join(" "), Role::Text)]).join("|"), pages[0].text()]
    }

    #[test]
    fn an_abbreviation_ends_no_sentence_that_has_a_gap() {
        for (text, rest) in [
            ("It rained. Cash went to Dr. ⟨Smith⟩ in June. The court fined it.", "It rained. The court fined it."),
            ("It rained. Cash went to Dr. John ⟨Smith⟩ in June. The court fined it.", "It rained. The court fined it."),
            ("The court met. The payment by Acme ⟨Inc.⟩ to him was illegal. It ended.", "The court met. It ended."),
            ("The court met. The payment by ⟨Acme⟩ Inc. to him was illegal. It ended.", "The court met. It ended."),
            ("The court met. The payment by ⟨Acme⟩ ⟨Inc.⟩ Rome was illegal. It ended.", "The court met. It ended."),
            ("It rained. He met J. ⟨Paul⟩ Smith in Rome. It ended.", "It rained. It ended."),
            ("It rained. He met ⟨J.⟩ Smith in Rome. It ended.", "It rained. It ended."),
            ("It rained. He met J. Smith ⟨there⟩ in Rome. It ended.", "It rained. It ended."),
            ("Es regnete. Er gab z. B. ⟨Geld⟩ an Dr. Meier. Es endete.", "Es regnete. Es endete."),
            ("Es regnete. Er gab z. B. Geld an Dr. ⟨Meier⟩ ab. Es endete.", "Es regnete. Es endete."),
            ("Es regnete. Am 3. Oktober war ⟨niemand⟩ da. Es endete.", "Es regnete. Es endete."),
            ("It rained. He went to Insp. ⟨Smith⟩ by car. It ended.", "It rained. It ended."),
            ("It rained. “Go!” he ⟨said⟩ then. It ended.", "It rained. It ended."),
            ("أمطرت السماء. دفع المبلغ إلى د. ⟨أحمد⟩ في يونيو. انتهى الأمر.", "أمطرت السماء. انتهى الأمر."),
            ("أمطرت السماء. دفع المبلغ إلى د. سامي ⟨أحمد⟩ في يونيو. انتهى الأمر.", "أمطرت السماء. انتهى الأمر."),
        ] {
            assert_eq!(left_of(text), [rest, rest], "{text}");
        }
        // Neither the word nor what OCR made of it tells whether it ends the sentence.
        assert_eq!(left_of("It rained. He met ⟨Mi.⟩ Smith there. It ended.")[1], "It rained. It ended.");
        assert_eq!(gap(".د"), "\u{fffe}");
    }

    /// What is left of the pages of a document whose texts are in one column, 300 wide, or in two if `left` is not 50.
    fn left_of_pages(blocks: &[(u32, f32, &str)]) -> Vec<String> {
        let mut pages: Vec<Page> = (1..=3).map(|number| Page { number, ..Page::default() }).collect();
        for (page, left, text) in blocks {
            let bounds = [*left, 100.0, left + 200.0, 124.0];
            let words = vec![WordBox(0, bounds)];
            let text = text.replace('_', "\u{fffe}");
            let block = Block { text, bounds, line_height: 12.0, lines: 2, role: Role::Text, words };
            pages[*page as usize - 1].blocks.push(block);
        }
        remove(&mut pages);
        pages.into_iter().flat_map(|page| page.blocks).map(|block| block.text).collect()
    }

    #[test]
    fn a_gap_takes_its_sentence_over_columns_and_pages() {
        for (first, second, rest) in [
            ("أمطرت السماء. دفع المبلغ إلى _", "في يونيو. انتهى الأمر.", ["أمطرت السماء.", "انتهى الأمر."]),
            ("أمطرت السماء. دفع المبلغ", "إلى _ في يونيو. انتهى الأمر.", ["أمطرت السماء.", "انتهى الأمر."]),
            ("It rained. They paid the _", "a sum in June. It ended.", ["It rained.", "It ended."]),
            ("It rained. They paid the", "mayor _ in June. It ended.", ["It rained.", "It ended."]),
            ("It rained. They paid _ to Dr.", "Smith in June. It ended.", ["It rained.", "It ended."]),
            ("It rained. They paid it to Dr.", "_ in June. It ended.", ["It rained.", "It ended."]),
            ("It rained. They paid _", "Smith in June. It ended.", ["It rained.", "It ended."]),
            ("أمطرت السماء. دفع المبلغ _.", "في يونيو عاد. انتهى _ الأمر.", ["أمطرت السماء.", "في يونيو عاد."]),
        ] {
            assert_eq!(left_of_pages(&[(1, 50.0, first), (2, 50.0, second)]), rest, "{first}");
            assert_eq!(left_of_pages(&[(1, 50.0, first), (1, 270.0, second)]), rest, "{first}");
        }
        let whole_pages = [(1, 50.0, "One. They paid _"), (2, 50.0, "and paid"), (3, 50.0, "and paid. The end.")];
        assert_eq!(left_of_pages(&whole_pages), ["One.", "The end."]);
        let page_between = [(1, 50.0, "One. They paid _"), (3, 50.0, "and paid. The end.")];
        assert_eq!(left_of_pages(&page_between), ["One.", "and paid. The end."]);
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
