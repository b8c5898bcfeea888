//! Raised and lowered characters: exponents and formulas become the characters that Unicode has for them (10⁶, km²,
//! CO₂), marks of footnotes go, and pieces of a word that touch are one word.

use std::borrow::Cow;

use super::layout::{Word, united};
use super::letters::runs_left;

/// A character is raised or lowered if it is smaller than this part of the line.
const SMALL: f32 = 0.9;

/// Edges that are nearer than this part of the line height touch.
const TOUCHING: f32 = 0.06;

/// The same for raised and lowered characters, which some programs set a little apart.
const NEAR: f32 = 0.22;

/// The same for a mark beside a word in a right-to-left script: farther from it stands a variable.
const AT_WORD: f32 = 0.12;

/// A capital is taller than the small capitals beside it by a factor in between.
const CAPITALS: std::ops::Range<f32> = 1.1..1.7;

/// The part of a word's box below its baseline.
const BELOW: f32 = 0.2;

/// Units of two or more letters that take an exponent. Those of one letter look like variables, which take one as well.
const UNITS: [&str; 16] =
    ["mm", "cm", "dm", "km", "nm", "µm", "μm", "ft", "in", "yd", "mi", "kg", "mol", "sec", "cd", "Pa"];

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Base,
    Raised,
    Lowered,
}

/// The words with raised and lowered characters resolved, of a line of the height `height`.
pub(super) fn resolved(words: &[Word], height: f32, right_to_left: bool) -> Vec<Word> {
    let base = baseline(words, height);
    let levels: Vec<Level> = words.iter().map(|word| level(word, height, base)).collect();
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    // Whether the last word that was kept ends in what was raised or lowered.
    let mut after_script = false;
    for (index, word) in words.iter().enumerate() {
        let level = levels[index];
        let gap = |last: &Word| word.bounds[0] - last.bounds[2];
        if level == Level::Base {
            let is_piece = kept.last().is_some_and(|last| touches(last, word, gap(last), height, after_script));
            after_script = false;
            match kept.last_mut() {
                Some(last) if is_piece => glue(last, &word.text, word),
                _ => kept.push(word.clone()),
            }
            continue;
        }
        // In a right-to-left line an Arabic word stands to the right of its mark.
        let right = words.get(index + 1).filter(|right| right_to_left && right.text.ends_with(runs_left));
        let right = right.filter(|right| right.bounds[0] - word.bounds[2] < AT_WORD * height);
        let left = kept.last().filter(|last| gap(last) < NEAR * height && !last.text.contains(runs_left));
        // The full stop at the left end of a sentence carries no mark.
        let left = left.filter(|left| !right_to_left || left.text.contains(char::is_alphanumeric));
        let before = left.map(|left| left.text.as_str());
        match (level, before, script(&word.text, level)) {
            (Level::Lowered, Some(_), Some(text)) => after_script |= append(&mut kept, &text, word),
            (Level::Raised, Some(before), Some(text)) if takes_exponent(before, &word.text) => {
                after_script |= append(&mut kept, &text, word);
            }
            (Level::Raised, before, _) if is_mark(&word.text) && (before.is_some() || right.is_some()) => {}
            (Level::Raised, None, _) if index == 0 && opens_note(word, words.get(1), height) => {}
            (Level::Raised, Some(_), _) if !is_mark(&word.text) => after_script |= append(&mut kept, &word.text, word),
            _ => kept.push(word.clone()),
        }
    }
    kept
}

/// The words of a line with capitals and the small capitals beside them in one: to poppler each size is a word of its own.
pub(super) fn with_whole_capitals(words: &[Word]) -> Cow<'_, [Word]> {
    if !words.windows(2).any(|pair| is_set_in_capitals(&pair[0], &pair[1])) {
        return Cow::Borrowed(words);
    }
    let mut whole: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match whole.last_mut() {
            Some(last) if is_set_in_capitals(last, word) => glue(last, &word.text, word),
            _ => whole.push(word.clone()),
        }
    }
    Cow::Owned(whole)
}

/// Whether two pieces of a word touch each other on one baseline, and the larger begins or ends with a capital there.
fn is_set_in_capitals(last: &Word, word: &Word) -> bool {
    let height = |word: &Word| word.bounds[3] - word.bounds[1];
    let (one, two) = (height(last), height(word));
    let (gap, large) = (word.bounds[0] - last.bounds[2], one.max(two));
    if !CAPITALS.contains(&(large / one.min(two).max(0.1))) || gap.abs() > TOUCHING * large {
        return false;
    }
    let baseline = |word: &Word| word.bounds[3] - BELOW * height(word);
    let (Some(end), Some(start)) = (last.text.chars().next_back(), word.text.chars().next()) else { return false };
    (baseline(last) - baseline(word)).abs() < TOUCHING * large
        && (end.is_alphabetic() && start.is_alphabetic())
        && if one > two { end.is_uppercase() } else { start.is_uppercase() }
}

/// Whether the first word of a line is the mark of the footnote that follows: not a number of a formula, as in ¹³¹I.
fn opens_note(word: &Word, next: Option<&Word>, height: f32) -> bool {
    let opens = |next: &Word| {
        let apart = next.bounds[0] - word.bounds[2] > TOUCHING * height;
        apart && next.text.starts_with(char::is_uppercase) && next.text.chars().count() > 1
    };
    is_mark(&word.text) && next.is_some_and(opens)
}

fn append(kept: &mut [Word], text: &str, word: &Word) -> bool {
    if let Some(last) = kept.last_mut() {
        glue(last, text, word);
    }
    true
}

fn glue(last: &mut Word, text: &str, word: &Word) {
    last.text.push_str(text);
    last.bounds = united(&last.bounds, &word.bounds);
}

/// Whether a word is the rest of the one before.
fn touches(last: &Word, word: &Word, gap: f32, height: f32, after_script: bool) -> bool {
    let limit = if after_script { 0.1 } else { TOUCHING };
    let same_height = (last.bounds[3] - word.bounds[3]).abs() < 0.2 * height || after_script;
    let is_arabic = last.text.contains(runs_left) || word.text.contains(runs_left);
    !is_arabic && same_height && gap < limit * height && gap > -0.15 * height
}

/// The lower edge of the words of usual height.
fn baseline(words: &[Word], height: f32) -> f32 {
    let usual = words.iter().filter(|word| word.bounds[3] - word.bounds[1] >= SMALL * height);
    let mut bottoms: Vec<f32> = usual.map(|word| word.bounds[3]).collect();
    bottoms.sort_by(f32::total_cmp);
    bottoms.get(bottoms.len() / 2).copied().unwrap_or_default()
}

fn level(word: &Word, height: f32, base: f32) -> Level {
    let [_, top, _, bottom] = word.bounds;
    if bottom - top >= SMALL * height || word.text.chars().count() > 5 {
        return Level::Base;
    }
    let rise = (base - bottom) / height.max(1.0);
    if rise > 0.13 {
        Level::Raised
    } else if rise < -0.03 {
        // Smaller letters on the same line would have their lower edge somewhat higher.
        Level::Lowered
    } else {
        Level::Base
    }
}

/// A number, a letter or a sign that refers to a footnote, or several: `a,b`.
fn is_mark(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '*' | '†' | '‡' | '§' | '¶' | ',' | '[' | ']' | '(' | ')' | '–' | '-');
    let is_number = text.chars().all(|c| c.is_numeric() || is_sign(c));
    let is_letter = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_lowercase);
    is_number || text.split(',').all(is_letter)
}

/// Whether a raised number after `before` is an exponent: after a power's usual bases, a variable or a unit. After other
/// words and numbers it is the mark of a footnote.
fn takes_exponent(before: &str, raised: &str) -> bool {
    let tail: String = before.chars().rev().take_while(|c| c.is_alphabetic()).collect();
    let unit: String = tail.chars().rev().collect();
    if !unit.is_empty() {
        return unit.chars().count() == 1 || UNITS.contains(&unit.as_str());
    }
    if raised.starts_with(['-', '−', '–', '+']) {
        return true;
    }
    let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
    let is_whole = !before.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(['.', ',']);
    // Collected from the end: ten, or two.
    is_whole && (digits == "01" || digits == "2") || before.ends_with(')') && raised.len() == 1
}

/// The raised or lowered characters for a text, if there are some for all of it.
fn script(text: &str, level: Level) -> Option<String> {
    const RAISED: [(char, char); 18] = [
        ('0', '⁰'),
        ('1', '¹'),
        ('2', '²'),
        ('3', '³'),
        ('4', '⁴'),
        ('5', '⁵'),
        ('6', '⁶'),
        ('7', '⁷'),
        ('8', '⁸'),
        ('9', '⁹'),
        ('+', '⁺'),
        ('-', '⁻'),
        ('−', '⁻'),
        ('–', '⁻'),
        ('(', '⁽'),
        (')', '⁾'),
        ('n', 'ⁿ'),
        ('i', 'ⁱ'),
    ];
    const LOWERED: [(char, char); 18] = [
        ('0', '₀'),
        ('1', '₁'),
        ('2', '₂'),
        ('3', '₃'),
        ('4', '₄'),
        ('5', '₅'),
        ('6', '₆'),
        ('7', '₇'),
        ('8', '₈'),
        ('9', '₉'),
        ('+', '₊'),
        ('-', '₋'),
        ('−', '₋'),
        ('n', 'ₙ'),
        ('i', 'ᵢ'),
        ('x', 'ₓ'),
        ('a', 'ₐ'),
        ('e', 'ₑ'),
    ];
    let table = if level == Level::Raised { &RAISED } else { &LOWERED };
    text.chars().map(|c| table.iter().find(|(plain, _)| *plain == c).map(|(_, script)| *script)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words beside each other: `^` raises one, `_` lowers it, and `~` puts it directly at the one before.
    fn read(line: &str) -> String {
        let (mut words, mut x) = (Vec::new(), 0.0);
        for text in line.split(' ') {
            let plain = text.trim_start_matches(['^', '_', '~']);
            let width = 5.0 * f32::from(u8::try_from(plain.chars().count()).unwrap());
            let at_last = text.starts_with(['^', '_', '~']);
            let left = if at_last { x } else { x + 3.0 };
            let (top, bottom) = match text.chars().next() {
                Some('^') => (100.0, 107.0),
                Some('_') => (105.5, 112.5),
                _ => (100.0, 110.0),
            };
            words.push(Word { text: plain.to_owned(), bounds: [left, top, left + width, bottom] });
            x = left + width;
        }
        let words = resolved(&words, 10.0, false);
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn exponents_and_formulas_are_characters() {
        assert_eq!(read("an area of 25 km ^2 and 10 ^6 people"), "an area of 25 km² and 10⁶ people");
        assert_eq!(read("5 m ^3 of H _2 ~O and CO _2 here"), "5 m³ of H₂O and CO₂ here");
        assert_eq!(read("at 10 ^−3 or x ^2"), "at 10⁻³ or x²");
    }

    #[test]
    fn a_word_in_small_capitals_is_as_high_as_its_capital() {
        let word = |text: &str, left: f32, right: f32, height: f32| Word {
            text: text.to_owned(),
            bounds: [left, 100.0 - 0.8 * height, right, 100.0 + 0.2 * height],
        };
        let words = [
            word("T", 10.0, 20.0, 28.0),
            word("he", 20.0, 38.0, 20.0),
            word("e", 46.0, 54.0, 20.0),
            word("B", 54.0, 66.0, 28.0),
            word("ay", 66.0, 80.0, 20.0),
            word("of", 90.0, 100.0, 20.0),
        ];
        let whole = with_whole_capitals(&words);
        let texts: Vec<&str> = whole.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["The", "eBay", "of"]);
        let expected = [46.0, 100.0 - 0.8 * 28.0, 80.0, 100.0 + 0.2 * 28.0];
        let is_at = |(found, expected): (&f32, f32)| (found - expected).abs() < 0.01;
        assert!(whole[1].bounds.iter().zip(expected).all(is_at), "{:?}", whole[1]);
        let raised = Word { bounds: [20.0, 76.0, 38.0, 92.0], ..word("me", 0.0, 0.0, 0.0) };
        assert_eq!(with_whole_capitals(&[word("M", 10.0, 20.0, 20.0), raised]).len(), 2);
    }

    #[test]
    fn marks_of_footnotes_go() {
        assert_eq!(
            read("in the water ^1 of the sea. ^12 It rose in 2019 ^3 again ^* there"),
            "in the water of the sea. It rose in 2019 again there"
        );
        assert_eq!(
            read("Germline RET oncogene ^a,b and ^a,b,c of the 21 ^st"),
            "Germline RET oncogene and of the 21st"
        );
    }

    #[test]
    fn the_mark_at_the_beginning_of_a_footnote_goes() {
        let word = |text: &str, left: f32, top: f32, right: f32, bottom: f32| Word {
            text: text.to_owned(),
            bounds: [left, top, right, bottom],
        };
        let note = |next: &str, left: f32| {
            let words = [word("c", 10.0, 100.0, 14.0, 107.0), word(next, left, 100.0, left + 30.0, 110.0)];
            resolved(&words, 10.0, false).len()
        };
        assert_eq!((note("Germline", 16.0), note("I", 14.0), note("mutation", 16.0)), (1, 2, 2));
    }

    #[test]
    fn other_raised_letters_stay() {
        assert_eq!(read("the 21 ^st of May"), "the 21st of May");
    }

    #[test]
    fn a_variable_among_arabic_words_is_no_mark() {
        let word = |text: &str, left: f32, right: f32, rise: f32, height: f32| Word {
            text: text.to_owned(),
            bounds: [left, 110.0 - rise - height, right, 110.0 - rise],
        };
        let read = |words: &[Word]| {
            let words = resolved(words, 20.0, true);
            words.iter().map(|word| word.text.clone()).collect::<Vec<_>>().join(" ")
        };
        let noun = || word("الدالة", 67.0, 95.0, 0.0, 20.0);
        assert!(read(&[word("f", 56.6, 62.4, 3.3, 12.0), noun()]).starts_with("f "));
        assert!(!read(&[word("1", 63.0, 66.5, 6.0, 8.0), noun()]).contains('1'), "a footnote");
        // The end of a sentence: full stop, variable, noun, from the left.
        let stop = word(".", 50.0, 52.0, 0.0, 20.0);
        assert!(read(&[stop, word("x", 52.0, 58.6, 3.3, 12.0), noun()]).contains('x'));
    }

    #[test]
    fn pieces_that_touch_are_one_word() {
        assert_eq!(read("H ~e ~l ~l ~o world"), "Hello world");
    }
}
