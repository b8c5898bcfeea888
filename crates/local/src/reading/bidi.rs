//! From visual to logical order.
//!
//! Poppler gives the words of a line from left to right, and the characters of each word in the order in which they
//! appear on the page. Reading aloud needs logical order. This is the inverse of the Unicode bidirectional algorithm
//! (UAX #9), which is not unique: where several texts would be displayed as the same line, the most common one is
//! assumed.
//!
//! - Latin words and what is between them run from left to right, also inside a right-to-left line.
//! - Two numbers with a space between them follow the direction of the line; a number with separators inside
//!   (`1,234.5`, `2021-06-01`, `10:30`) is a single number.
//! - Brackets of a right-to-left run are mirrored if that makes them open before they close: some producers write the
//!   glyph that is shown, others the character of the text.

use super::layout::Word;
use super::letters::{is_arabic_digit, is_arabic_mark, runs_left};

/// A gap narrower than this fraction of the line's usual gap does not separate two Arabic words: justification and the
/// kerning of non-joining letters open such gaps inside words.
const NARROW_GAP: f32 = 0.45;

/// The same next to a vowel mark, which has no width of its own.
const NARROW_GAP_AT_MARK: f32 = 0.75;

/// The widest gap that a mark tears into a word, in usual gaps.
const TORN_GAP: f32 = 2.0;

/// Least ratio of marks to letters in a fully vowelled line.
const VOWELLED: f32 = 0.4;

/// The usual gap as a fraction of the line height, for a line too short to measure its own.
const USUAL_GAP_TO_HEIGHT: f32 = 0.17;

/// Whether most letters run from right to left.
pub(super) fn is_right_to_left<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut right_to_left, mut left_to_right) = (0_usize, 0_usize);
    for c in texts.flat_map(str::chars) {
        if runs_left(c) {
            right_to_left += 1;
        } else if c.is_alphabetic() {
            left_to_right += 1;
        }
    }
    right_to_left > left_to_right
}

/// The text of a line of words, in logical order. `right_to_left` is the direction of its paragraph.
pub(super) fn line(words: &[Word], right_to_left: bool) -> String {
    let has_arabic = words.iter().any(|word| word.text.chars().any(runs_left));
    if !has_arabic && !right_to_left {
        return words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    }
    let shown: Vec<char> = shown_line(words);
    if right_to_left { right_to_left_line(&shown) } else { left_to_right_line(&shown) }
}

/// The line as it is displayed, with the pieces of one word joined.
fn shown_line(words: &[Word]) -> Vec<char> {
    let usual = usual_gap(words);
    let mut shown = Vec::new();
    for (word, next) in words.iter().zip(words.iter().skip(1).map(Some).chain([None])) {
        shown.extend(word.text.chars());
        if next.is_some_and(|next| !are_one_word(word, next, usual)) {
            shown.push(' ');
        }
    }
    if !marks_can_be_trusted(words) {
        shown.retain(|c| !is_arabic_mark(*c));
    }
    shown
}

/// Whether a word and the next one to its right are pieces of one Arabic word.
fn are_one_word(word: &Word, next: &Word, usual_gap: f32) -> bool {
    let mut edge = word.text.chars().rev();
    let mut next_edge = next.text.chars();
    let near = [edge.next(), edge.next(), next_edge.next(), next_edge.next()];
    let [Some(last), _, Some(first), _] = near else { return false };
    let at_mark = near.iter().flatten().any(|c| is_arabic_mark(*c));
    if at_mark && is_torn(word, next) && next.bounds[0] - word.bounds[2] < usual_gap * TORN_GAP {
        return true;
    }
    let narrow = usual_gap * if at_mark { NARROW_GAP_AT_MARK } else { NARROW_GAP };
    runs_left(last) && runs_left(first) && !is_tanween(last) && next.bounds[0] - word.bounds[2] < narrow
}

/// Whether a mark tore a word: fonts that draw letters in several parts leave a gap as wide as a letter beside one with a
/// mark. No word is a single letter but `و`, and none of two letters ends in `ة`.
fn is_torn(word: &Word, next: &Word) -> bool {
    let letters =
        |word: &Word| -> Vec<char> { word.text.chars().filter(|c| runs_left(*c) && !is_arabic_mark(*c)).collect() };
    let rest = letters(word);
    let is_rest = matches!(rest.as_slice(), [letter] if *letter != 'و') || matches!(rest.as_slice(), ['ة', _]);
    is_rest && letters(next).len() > 1
}

/// Whether vowel marks follow their letters. Marks are positioned separately, often some points off, and poppler sorts
/// glyphs by position. They are kept only in a fully vowelled line in which no word starts with a mark (no correct word
/// does). Elsewhere they are optional, and dropping them is safer.
fn marks_can_be_trusted(words: &[Word]) -> bool {
    let (mut marks, mut letters) = (0.0, 0.0);
    for c in words.iter().flat_map(|word| word.text.chars()) {
        if is_arabic_mark(c) {
            marks += 1.0;
        } else if runs_left(c) {
            letters += 1.0;
        }
    }
    let starts_with_mark = |word: &Word| word.text.chars().next_back().is_some_and(is_arabic_mark);
    marks > VOWELLED * letters && !words.iter().any(starts_with_mark)
}

/// The median gap between Arabic words.
fn usual_gap(words: &[Word]) -> f32 {
    let edge_runs_left = |c: Option<char>| c.is_some_and(runs_left);
    let mut gaps: Vec<f32> = words
        .iter()
        .zip(words.iter().skip(1))
        .filter(|(word, next)| {
            edge_runs_left(word.text.chars().next_back()) && edge_runs_left(next.text.chars().next())
        })
        .map(|(word, next)| next.bounds[0] - word.bounds[2])
        .collect();
    if gaps.len() < 3 {
        return words.first().map_or(0.0, |word| (word.bounds[3] - word.bounds[1]) * USUAL_GAP_TO_HEIGHT);
    }
    gaps.sort_by(f32::total_cmp);
    gaps[gaps.len() / 2]
}

/// Logical order of a displayed line of a left-to-right paragraph: its right-to-left runs are reversed.
fn left_to_right_line(shown: &[char]) -> String {
    let mut text = String::with_capacity(shown.len() * 2);
    let mut at = 0;
    while let Some(start) = shown[at..].iter().position(|c| runs_left(*c)).map(|offset| at + offset) {
        text.extend(&shown[at..start]);
        // Up to the last right-to-left letter before the next left-to-right one.
        let limit = shown[start..].iter().position(|c| is_latin(*c)).map_or(shown.len(), |offset| start + offset);
        let end = shown[start..limit].iter().rposition(|c| runs_left(*c)).map_or(limit, |offset| start + offset + 1);
        text.push_str(&right_to_left_line(&shown[start..end]));
        at = end;
    }
    text.extend(&shown[at..]);
    text
}

/// Logical order of a displayed line of a right-to-left paragraph.
fn right_to_left_line(shown: &[char]) -> String {
    let mut runs = left_to_right_runs(shown);
    let mut text: Vec<(char, bool)> = Vec::with_capacity(shown.len());
    let mut at = shown.len();
    while at > 0 {
        let (start, end) = runs.pop().unwrap_or((0, 0));
        text.extend(shown[end..at].iter().rev().map(|c| (*c, true)));
        text.extend(shown[start..end].iter().map(|c| (*c, false)));
        at = start;
    }
    let mirrored: Vec<(char, bool)> =
        text.iter().map(|(c, turned)| (if *turned { mirror(*c) } else { *c }, *turned)).collect();
    let best = if misplaced_brackets(&mirrored) <= misplaced_brackets(&text) { mirrored } else { text };
    best.into_iter().map(|(c, _)| c).collect()
}

/// The left-to-right runs of a displayed line: numbers, and Latin words with what is between them.
fn left_to_right_runs(shown: &[char]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    let mut at = 0;
    while at < shown.len() {
        let start = at;
        if is_digit(shown[at]) {
            at = number_end(shown, at);
        } else if is_latin(shown[at]) {
            while at < shown.len() && (is_latin(shown[at]) || is_digit(shown[at])) {
                at += 1;
            }
        } else {
            at += 1;
            continue;
        }
        let latin = shown[start..at].iter().any(|c| is_latin(*c));
        let (start, at) = with_its_brackets(shown, start, at);
        match runs.last_mut() {
            // Between two runs of which one is Latin, everything but right-to-left letters belongs to them.
            Some((_, end, was_latin))
                if (latin || *was_latin) && !shown[(*end).min(start)..start].iter().any(|c| runs_left(*c)) =>
            {
                *end = at;
                *was_latin |= latin;
            }
            _ => runs.push((start, at, latin)),
        }
    }
    // A full stop at the right edge, where the line starts: no text starts with one, so it ends the Latin words beside
    // it.
    if let Some((_, end, true)) = runs.last_mut()
        && *end + 1 == shown.len()
        && matches!(shown[*end], '.' | ',' | ';' | ':' | '!' | '?')
    {
        *end += 1;
    }
    runs.into_iter().map(|(start, end, _)| (start, end)).collect()
}

/// The end of the number at `start`: digits, single separators between them, and a percent sign after them.
fn number_end(shown: &[char], start: usize) -> usize {
    let mut end = start;
    while end < shown.len() {
        let between =
            matches!(shown[end], '.' | ',' | ':' | '/' | '-' | '\u{2013}' | '\u{66b}' | '\u{66c}' | '\u{60c}');
        let goes_on = is_digit(shown[end]) || (between && shown.get(end + 1).is_some_and(|c| is_digit(*c)));
        if !goes_on {
            break;
        }
        end += 1;
    }
    if shown.get(end).is_some_and(|c| matches!(c, '%' | '\u{66a}' | '°')) { end + 1 } else { end }
}

/// Extends a run by the brackets directly around it.
fn with_its_brackets(shown: &[char], start: usize, end: usize) -> (usize, usize) {
    let before = start.checked_sub(1).map(|index| shown[index]);
    match (before, shown.get(end)) {
        (Some(open), Some(close)) if is_opening(open) && mirror(open) == *close => (start - 1, end + 1),
        _ => (start, end),
    }
}

/// A mark that ends a word: what follows it is another word.
fn is_tanween(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{64d}')
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || is_arabic_digit(c)
}

/// A left-to-right letter.
fn is_latin(c: char) -> bool {
    c.is_alphabetic() && !runs_left(c)
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '<' | '«' | '‹')
}

fn mirror(c: char) -> char {
    const PAIRS: [(char, char); 6] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›')];
    let other = |(open, close): &(char, char)| {
        if c == *open { Some(*close) } else { (c == *close).then_some(*open) }
    };
    PAIRS.iter().find_map(other).unwrap_or(c)
}

/// Counts the brackets of the reversed characters that close what was not opened, or stay open.
fn misplaced_brackets(text: &[(char, bool)]) -> usize {
    let (mut open, mut misplaced) = (0_usize, 0_usize);
    for (c, _) in text.iter().filter(|(_, turned)| *turned) {
        if is_opening(*c) {
            open += 1;
        } else if mirror(*c) != *c {
            if open == 0 { misplaced += 1 } else { open -= 1 }
        }
    }
    misplaced + open
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line displayed with usual gaps.
    fn logical(shown: &str, right_to_left: bool) -> String {
        let mut x = 0.0;
        let words: Vec<Word> = shown
            .split(' ')
            .map(|text| {
                let start = x;
                x += 10.0;
                Word { text: text.to_owned(), bounds: [start, 0.0, start + 7.0, 12.0] }
            })
            .collect();
        line(&words, right_to_left)
    }

    /// How a text without Latin words is displayed.
    fn reversed(text: &str) -> String {
        text.chars().rev().collect()
    }

    #[test]
    fn arabic_is_reversed() {
        assert_eq!(logical(&reversed("اللغة العربية."), true), "اللغة العربية.");
    }

    #[test]
    fn latin_words_and_numbers_keep_their_order() {
        let shown = format!("{} Windows 11 Pro {}", reversed("جديد."), reversed("نظام"));
        assert_eq!(logical(&shown, true), "نظام Windows 11 Pro جديد.");
        let shown = format!("{} 2021-06-01 {} 1,234.5 {}", reversed("يوم"), reversed("في"), reversed("دفع"));
        assert_eq!(logical(&shown, true), "دفع 1,234.5 في 2021-06-01 يوم");
        assert_eq!(logical("\u{661}\u{662} 20", true), "20 \u{661}\u{662}", "two numbers follow the paragraph");
        let shown = format!("{} Xelatex.", reversed("الملف"));
        assert_eq!(logical(&shown, true), "Xelatex. الملف");
        let shown = format!("50% {}", reversed("نسبة"));
        assert_eq!(logical(&shown, true), "نسبة 50%");
    }

    #[test]
    fn brackets_open_before_they_close() {
        let by_shape = format!("({}) {}", reversed("الصحة"), reversed("منظمة"));
        assert_eq!(logical(&by_shape, true), "منظمة (الصحة)");
        let by_character = format!("){}( {}", reversed("الصحة"), reversed("منظمة"));
        assert_eq!(logical(&by_character, true), "منظمة (الصحة)");
        assert_eq!(logical(&format!("(WHO) {}", reversed("منظمة")), true), "منظمة (WHO)");
        assert_eq!(logical(&format!("(1) {}", reversed("شكل")), true), "شكل (1)");
    }

    #[test]
    fn arabic_inside_english_is_reversed_alone() {
        let shown = format!("The word {} means the house.", reversed("كلمة البيت"));
        assert_eq!(logical(&shown, false), "The word كلمة البيت means the house.");
    }

    #[test]
    fn narrow_gaps_do_not_separate_words() {
        let word = |text: &str, left: f32, right: f32| Word { text: reversed(text), bounds: [left, 0.0, right, 12.0] };
        let words = [
            word("رابع", 0.0, 8.0),
            word("ثالث", 10.0, 18.0),
            word("ثاني", 20.0, 28.0),
            word("يادي", 30.0, 38.0),
            word("الز", 38.4, 44.0),
        ];
        assert_eq!(line(&words, true), "الزيادي ثاني ثالث رابع");
    }

    #[test]
    fn marks_without_their_letters_are_dropped() {
        let word = |text: &str, left: f32, right: f32| Word { text: reversed(text), bounds: [left, 0.0, right, 12.0] };
        let words = [word("جميلة", 0.0, 18.0), word("\u{651}ة", 20.0, 24.0), word("العربي", 25.0, 38.0)];
        assert_eq!(line(&words, true), "العربية جميلة");
    }
    #[test]
    fn a_gap_beside_a_mark_tears_no_word() {
        let word = |text: &str, left: f32, right: f32| Word { text: reversed(text), bounds: [left, 0.0, right, 22.0] };
        // Words are 3 apart, and the mark leaves a gap of 4.6.
        let words = [
            word("المياه", 0.0, 20.0),
            word("حركة", 23.0, 40.0),
            word("م", 43.0, 50.0),
            word("وتنظ\u{651}", 54.6, 70.0),
            word("التربة", 73.0, 90.0),
        ];
        assert_eq!(line(&words, true), "التربة وتنظم حركة المياه");
        let words =
            [word("سة", 0.0, 8.0), word("مؤس\u{651}", 12.6, 30.0), word("هذه", 33.0, 45.0), word("في", 48.0, 55.0)];
        assert_eq!(line(&words, true), "في هذه مؤسسة");
        let words =
            [word("شيء", 0.0, 8.0), word("كل\u{651}", 12.6, 30.0), word("هذا", 33.0, 45.0), word("في", 48.0, 55.0)];
        assert_eq!(line(&words, true), "في هذا كل شيء", "two words");
    }
}
