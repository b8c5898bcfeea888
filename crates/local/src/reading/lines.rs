//! From the words of a page to its lines: turned text is set upright, pieces of a line are joined, raised and lowered
//! characters become what they mean, and words printed twice are kept once.

use super::layout::{Line, RawBlock, RawPage, Word, united};
use super::{bidi, gaps, letters, pictographs, scripts, slant};

/// A gap wider than this many line heights, and than [`WIDE_GAP_TO_USUAL`] usual gaps of the line, separates columns.
const WIDE_GAP: f32 = 1.6;

/// See [`WIDE_GAP`].
const WIDE_GAP_TO_USUAL: f32 = 3.0;

/// A gap of so many line heights separates two sizes of type: a caption and the text beside it.
const GAP_OF_SIZES: f32 = 0.5;

/// Two sizes of type differ by this factor.
const OTHER_SIZE: f32 = 1.2;

/// Two words whose edges differ by less than this many points are one word printed twice.
const SAME_PLACE: f32 = 1.2;

/// The part of a page's letters that makes its direction that of the page.
const MOST_LETTERS: usize = 80;

/// The page with its lines. `blocks` are poppler's: lines of words in visual order; `drawn` are those of its drawings.
pub(super) fn page(mut page: RawPage, mut blocks: Vec<Vec<Vec<Word>>>, drawn: Vec<Vec<Vec<Word>>>) -> RawPage {
    let first_drawn = blocks.len();
    blocks.extend(drawn);
    pictographs::settle(&mut blocks);
    page.slanted = slant::is_slanted(&blocks);
    let turned = turns_of_lines(&blocks);
    page.quarter_turns = turns_of_page(&blocks, &turned);
    let size = [page.width, page.height];
    if page.quarter_turns % 2 == 1 {
        std::mem::swap(&mut page.width, &mut page.height);
    }
    let page_is_rtl = bidi::is_right_to_left(blocks.iter().flatten().flatten().map(|word| word.text.as_str()));
    for (at, (lines, turns)) in blocks.into_iter().zip(turned).enumerate() {
        let mut by_turn: [Vec<Vec<Word>>; 4] = Default::default();
        for (mut words, turns) in lines.into_iter().zip(turns) {
            for word in &mut words {
                word.bounds = turn(word.bounds, size, turns);
            }
            by_turn[usize::from(turns % 4)].push(words);
        }
        for (lines, turns) in by_turn.into_iter().zip(0_u8..).filter(|(lines, _)| !lines.is_empty()) {
            let turns = (turns + 4 - page.quarter_turns) % 4;
            let block = block(lines, turns, page_is_rtl);
            if at >= first_drawn {
                page.drawn.extend(block.lines);
            } else if !block.lines.is_empty() {
                page.blocks.push(block);
            }
        }
    }
    page
}

/// The bounds on a page of the size `size` after clockwise quarter turns.
pub(super) fn turn([left, top, right, bottom]: [f32; 4], [width, height]: [f32; 2], turns: u8) -> [f32; 4] {
    match turns % 4 {
        1 => [height - bottom, left, height - top, right],
        2 => [width - right, height - bottom, width - left, height - top],
        3 => [top, width - right, bottom, width - left],
        _ => [left, top, right, bottom],
    }
}

/// For each line, the clockwise quarter turns that set it upright.
fn turns_of_lines(blocks: &[Vec<Vec<Word>>]) -> Vec<Vec<u8>> {
    let known: Vec<Vec<Option<u8>>> =
        blocks.iter().map(|lines| lines.iter().map(|line| turns(line)).collect()).collect();
    let count = |turns: u8| known.iter().flatten().filter(|known| **known == Some(turns)).count();
    // A single word at a right angle: like the others of its page.
    let at_right_angle = if count(3) > count(1) { 3 } else { 1 };
    let upside_down = count(2) > count(0);
    let resolve = |(words, known): (&Vec<Word>, Option<u8>)| match known {
        Some(turns) => turns,
        None if words.iter().all(is_tall) => at_right_angle,
        None if upside_down => 2,
        None => 0,
    };
    blocks.iter().zip(known).map(|(lines, known)| lines.iter().zip(known).map(resolve).collect()).collect()
}

/// Taller than wide by far, as no upright word of three characters is.
fn is_tall(word: &Word) -> bool {
    let [left, top, right, bottom] = word.bounds;
    (word.text.chars().count() > 2 || gaps::is_gap(&word.text)) && bottom - top > 1.5 * (right - left)
}

/// The clockwise quarter turns that set a line upright, as far as the order of its words shows it: poppler gives them in
/// the order of the turned line.
fn turns(words: &[Word]) -> Option<u8> {
    let middle = |word: &Word| (word.bounds[0] + word.bounds[2], word.bounds[1] + word.bounds[3]);
    let (first, last) = (words.first()?, words.last()?);
    if words.len() < 2 {
        return (first.text.chars().count() > 2 && !is_tall(first) && words.len() > 2).then_some(0);
    }
    let ((x, y), (last_x, last_y)) = (middle(first), middle(last));
    let (across, down) = (last_x - x, last_y - y);
    let is_vertical =
        down.abs() > 3.0 * across.abs() && words.iter().filter(|word| is_tall(word)).count() * 3 >= words.len();
    if is_vertical {
        return Some(if down < 0.0 { 1 } else { 3 });
    }
    let backwards = words.iter().zip(words.iter().skip(1)).filter(|(one, next)| middle(next).0 < middle(one).0).count();
    if words.len() > 2 && backwards + 1 == words.len() {
        return Some(2);
    }
    (words.len() > 2).then_some(0)
}

/// The turns of nearly all letters, or none.
fn turns_of_page(blocks: &[Vec<Vec<Word>>], turned: &[Vec<u8>]) -> u8 {
    let mut letters = [0_usize; 4];
    for (words, turns) in blocks.iter().flatten().zip(turned.iter().flatten()) {
        letters[usize::from(turns % 4)] += words.iter().map(|word| word.text.len()).sum::<usize>();
    }
    let all: usize = letters.iter().sum();
    (1..4).find(|turns| letters[usize::from(*turns)] * 100 > all * MOST_LETTERS).unwrap_or_default()
}

/// The lines of one of poppler's blocks; the block as a whole decides the direction, or the page where the block is one
/// line of two scripts.
fn block(mut lines: Vec<Vec<Word>>, turns: u8, page_is_rtl: bool) -> RawBlock {
    let texts = || lines.iter().flatten().map(|word| word.text.as_str());
    let is_mixed = lines.len() == 1 && texts().flat_map(str::chars).any(letters::runs_left);
    let right_to_left = bidi::is_right_to_left(texts()) || page_is_rtl && is_mixed;
    join_pieces(&mut lines, right_to_left);
    let mut block = RawBlock::default();
    for words in lines {
        for words in at_wide_gaps(without_doubles(words)) {
            let line = line(&words, right_to_left, turns);
            if !line.text.is_empty() {
                block.lines.push(line);
            }
        }
    }
    block
}

fn line(words: &[Word], right_to_left: bool, turns: u8) -> Line {
    let whole = scripts::with_whole_capitals(words);
    let words = whole.as_ref();
    let height = median_height(words);
    let foot = median(words.iter().map(|word| word.bounds[3]));
    let words = scripts::resolved(words, height, right_to_left);
    let bounds = words.iter().map(|word| word.bounds).reduce(|one, other| united(&one, &other)).unwrap_or_default();
    let has_rtl = words.iter().any(|word| word.text.chars().any(letters::runs_left));
    let (text, words) = if right_to_left || has_rtl {
        let text = letters::composed(&bidi::line(&words, right_to_left));
        let places = matched(&text, &words);
        (text, places)
    } else {
        left_to_right(&words)
    };
    Line { text, bounds, height, foot, right_to_left, words, turns, begins_block: false }
}

/// Words in the order of the page, one after the other.
fn left_to_right(words: &[Word]) -> (String, Vec<(u32, [f32; 4])>) {
    let mut text = String::new();
    let mut places = Vec::with_capacity(words.len());
    for word in words {
        let plain = word.text.trim();
        if plain.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        places.push((u32::try_from(text.len()).unwrap_or(u32::MAX), word.bounds));
        if plain.is_ascii() { text.push_str(plain) } else { text.push_str(&letters::composed(plain)) }
    }
    (text, places)
}

/// Finds the words of a line in logical order among those of the page. A word of the text has the letters of one word
/// of the page, or of some adjacent ones, in any order; of several places the one next to the last word is taken.
fn matched(text: &str, words: &[Word]) -> Vec<(u32, [f32; 4])> {
    let keys: Vec<u64> = words.iter().map(|word| letters_key(&letters::composed(&word.text))).collect();
    let mut used = vec![false; words.len()];
    let mut places = Vec::with_capacity(words.len());
    let mut last = words.len();
    let mut offset = 0;
    for token in text.split(' ') {
        let key = letters_key(token);
        let runs = (0..words.len()).flat_map(|start| (1..=6).map(move |length| (start, start + length)));
        let found = runs
            .filter(|(_, end)| *end <= words.len())
            .filter(|(start, end)| used[*start..*end].iter().all(|used| !used))
            .filter(|(start, end)| keys[*start..*end].iter().fold(0, |sum: u64, key| sum.wrapping_add(*key)) == key)
            .min_by_key(|(start, end)| (last.abs_diff(*end).min(last.abs_diff(*start)), end - start));
        if let Some((start, end)) = found.filter(|_| !token.is_empty()) {
            used[start..end].fill(true);
            last = start;
            let bounds = words[start..end].iter().map(|word| word.bounds).reduce(|one, other| united(&one, &other));
            places.push((u32::try_from(offset).unwrap_or(u32::MAX), bounds.unwrap_or_default()));
        }
        offset += token.len() + 1;
    }
    places
}

/// The same for the same letters in any order; vowel marks and punctuation do not count unless there is nothing else.
fn letters_key(text: &str) -> u64 {
    let mixed = |c: char| (u64::from(u32::from(c)) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    let is_letter = |c: &char| c.is_alphanumeric() && !letters::is_arabic_mark(*c);
    let key = text.chars().filter(is_letter).fold(0_u64, |sum, c| sum.wrapping_add(mixed(c)));
    if key == 0 { text.chars().fold(0, |sum, c| sum.wrapping_add(mixed(c))) } else { key }
}

/// Poppler splits a line at a superscript and sorts the pieces from left to right. Pieces at the same height are joined
/// again.
fn join_pieces(lines: &mut Vec<Vec<Word>>, right_to_left: bool) {
    let mut joined: Vec<(Vec<Word>, [f32; 4])> = Vec::with_capacity(lines.len());
    for words in lines.drain(..) {
        let Some(bounds) = words.iter().map(|word| word.bounds).reduce(|one, other| united(&one, &other)) else {
            continue;
        };
        match joined.last_mut() {
            Some((last_words, last)) if share_height(last, &bounds, right_to_left) => {
                last_words.extend(words);
                last_words.sort_by(|one, other| one.bounds[0].total_cmp(&other.bounds[0]));
                *last = united(last, &bounds);
            }
            _ => joined.push((words, bounds)),
        }
    }
    lines.extend(joined.into_iter().map(|(words, _)| words));
}

/// Whether the two are pieces of one line: at the same height by more than the overlap of adjacent lines, and side by
/// side.
fn share_height(one: &[f32; 4], other: &[f32; 4], right_to_left: bool) -> bool {
    let overlap = one[3].min(other[3]) - one[1].max(other[1]);
    let (height, other_height) = (one[3] - one[1], other[3] - other[1]);
    let smaller = height.min(other_height);
    let shared_width = one[2].min(other[2]) - one[0].max(other[0]);
    let beside = shared_width < 0.3 * (one[2] - one[0]).min(other[2] - other[0]);
    let near = -shared_width < if right_to_left { 1.5 } else { 0.4 } * height.max(other_height);
    beside && near && overlap > 0.6 * smaller
}

/// Splits a line at gaps that no justification opens: they are between columns. So are narrower ones between two sizes of
/// type.
fn at_wide_gaps(words: Vec<Word>) -> Vec<Vec<Word>> {
    let gap = |one: &Word, next: &Word| next.bounds[0] - one.bounds[2];
    let mut gaps: Vec<f32> = words.iter().zip(words.iter().skip(1)).map(|(one, next)| gap(one, next)).collect();
    gaps.sort_by(f32::total_cmp);
    let usual = if gaps.len() < 3 { 0.0 } else { gaps[gaps.len() / 2] };
    let height = median_height(&words);
    let widest = (WIDE_GAP * height).max(WIDE_GAP_TO_USUAL * usual);
    let narrowest = (GAP_OF_SIZES * height).max(1.3 * usual);
    if gaps.last().is_none_or(|last| *last <= widest.min(narrowest)) {
        return vec![words];
    }
    let mut parts: Vec<Vec<Word>> = Vec::new();
    let mut rest = words.into_iter();
    while let Some(word) = rest.next() {
        match parts.last_mut() {
            Some(part)
                if part.last().is_some_and(|last| {
                    let gap = gap(last, &word);
                    gap <= widest && (gap <= narrowest || !differ_in_size(part, &word, rest.as_slice()))
                }) =>
            {
                part.push(word);
            }
            _ => parts.push(vec![word]),
        }
    }
    parts
}

/// Whether two or more words before a gap are of another size than two or more behind it.
fn differ_in_size(before: &[Word], next: &Word, rest: &[Word]) -> bool {
    if before.len() < 2 || rest.is_empty() {
        return false;
    }
    let behind = median(std::iter::once(next).chain(rest).map(|word| word.bounds[3] - word.bounds[1]));
    let before = median_height(before);
    before.max(behind) > OTHER_SIZE * before.min(behind)
}

/// Keeps words once that are printed twice to look bold.
fn without_doubles(words: Vec<Word>) -> Vec<Word> {
    let same = |one: &Word, other: &Word| {
        one.text == other.text
            && one.bounds.iter().zip(other.bounds).all(|(one, other)| (one - other).abs() < SAME_PLACE)
    };
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        if !kept.iter().rev().take(2).any(|last| same(last, &word)) {
            kept.push(word);
        }
    }
    kept
}

fn median_height(words: &[Word]) -> f32 {
    median(words.iter().map(|word| word.bounds[3] - word.bounds[1]))
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words with the gap before each and their height, all on one foot.
    fn parts(words: &[(f32, f32, &str)]) -> Vec<String> {
        let mut at = 0.0;
        let word = |(gap, height, text): &(f32, f32, &str)| {
            let left = at + gap;
            at = left + 0.5 * height * f32::from(u8::try_from(text.len()).unwrap());
            Word { text: (*text).to_owned(), bounds: [left, 100.0 - height, at, 100.0] }
        };
        let words = words.iter().map(word).collect();
        let text = |part: &Vec<Word>| part.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        at_wide_gaps(words).iter().map(text).collect()
    }

    #[test]
    fn a_caption_is_told_from_the_text_beside_it() {
        let caption = [(0.0, 7.0, "filled"), (2.0, 7.0, "with"), (2.0, 7.0, "balls")];
        let text = [(7.5, 10.0, "brave"), (3.0, 10.0, "it"), (3.0, 10.0, "out.")];
        assert_eq!(parts(&[caption, text].concat()), ["filled with balls", "brave it out."]);
        let justified = [(7.5, 10.0, "brave"), (7.5, 10.0, "it"), (7.5, 10.0, "out."), (7.5, 10.0, "Then")];
        assert_eq!(parts(&justified), ["brave it out. Then"]);
        // One small word is a raised one.
        let raised = [(0.0, 10.0, "area"), (3.0, 10.0, "in"), (3.0, 10.0, "km"), (6.0, 6.0, "2"), (6.0, 10.0, "is")];
        assert_eq!(parts(&raised).len(), 1);
    }
}
