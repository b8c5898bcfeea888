//! A phrase, as what a model says of it is compared with it.

use std::ops::Range;

use sluice_domain::study::StudyLanguage;
use sluice_local::analyse::{is_vowel_mark, latin_by_rules, word_ranges};
use unicode_normalization::UnicodeNormalization as _;

/// The mark of stress in Russian, which is written for learners alone.
const STRESS: char = '\u{301}';

/// A phrase with its words; where words are not divided by spaces, with its characters.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) text: String,
    pub(super) language: StudyLanguage,
    pieces: Vec<Piece>,
}

/// A word or a character.
#[derive(Debug, Clone)]
struct Piece {
    range: Range<usize>,
    normal: String,
}

impl Phrase {
    pub(super) fn new(text: &str, language: StudyLanguage) -> Self {
        Self { text: text.to_owned(), language, pieces: pieces(language, text) }
    }

    /// How many words or characters it has.
    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Which of its pieces, by their numbers, some words are: the first that follow one another as these do.
    pub(super) fn find(&self, words: &str) -> Option<Range<usize>> {
        let wanted = pieces(self.language, words);
        if wanted.is_empty() {
            return None;
        }
        let is_here = |window: &[Piece]| window.iter().zip(&wanted).all(|(one, other)| one.normal == other.normal);
        let start = self.pieces.windows(wanted.len()).position(is_here)?;
        Some(start..start + wanted.len())
    }

    /// These pieces, as they stand in it.
    pub(super) fn slice(&self, pieces: &Range<usize>) -> &str {
        let found = self.pieces.get(pieces.clone()).unwrap_or_default();
        match (found.first(), found.last()) {
            (Some(first), Some(last)) => self.text.get(first.range.start..last.range.end).unwrap_or_default(),
            _ => "",
        }
    }

    /// Its pieces that are in none of these ranges.
    pub(super) fn uncovered(&self, ranges: &[Range<usize>]) -> Vec<&str> {
        let is_covered = |at: usize| ranges.iter().any(|range| range.contains(&at));
        let pieces = self.pieces.iter().enumerate().filter(|(at, _)| !is_covered(*at));
        pieces.map(|(_, piece)| self.text.get(piece.range.clone()).unwrap_or_default()).collect()
    }

    /// Whether vowel marks are missing in it.
    pub(super) fn lacks_marks(&self) -> bool {
        self.language == StudyLanguage::ARABIC
            && latin_by_rules(self.language, &self.text).is_none_or(|latin| latin.doubt.is_open())
    }

    /// Whether a text is this one with more vowel marks, and with all that it had.
    pub(super) fn is_marked_as(&self, marked: &str) -> bool {
        let mut rest = marked.nfc();
        normal(self.language, &self.text) == normal(self.language, marked)
            && self.text.nfc().all(|letter| rest.any(|other| other == letter))
    }
}

fn pieces(language: StudyLanguage, text: &str) -> Vec<Piece> {
    let piece = |range: Range<usize>| {
        let normal = normal(language, text.get(range.clone()).unwrap_or_default());
        Piece { range, normal }
    };
    let ranges = word_ranges(language, text).into_iter();
    if language.facts().has_spaces {
        return ranges.map(piece).collect();
    }
    let characters = |run: Range<usize>| {
        let (start, run) = (run.start, text.get(run).unwrap_or_default());
        run.char_indices().map(move |(at, letter)| start + at..start + at + letter.len_utf8())
    };
    ranges.flat_map(characters).map(piece).collect()
}

/// A text in one case, composed, without marks that only learners write.
pub(super) fn normal(language: StudyLanguage, text: &str) -> String {
    let is_kept = |letter: &char| language != StudyLanguage::ARABIC || !is_vowel_mark(*letter);
    let composed: String = if language == StudyLanguage::RUSSIAN {
        text.nfd().filter(|letter| *letter != STRESS).nfc().collect()
    } else {
        text.nfc().filter(is_kept).collect()
    };
    composed.chars().flat_map(char::to_lowercase).collect()
}

/// Whether two texts are the same but for marks, case and punctuation.
pub(super) fn same(language: StudyLanguage, one: &str, other: &str) -> bool {
    let bare =
        |text: &str| normal(language, text).chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    bare(one) == bare(other)
}

/// Whether two texts in Latin letters are the same but for the marks on their letters, case, spaces and signs.
pub(super) fn same_latin(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        text.nfd().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    letters(one) == letters(other)
}

/// Whether at least half of the words of the shorter one are in the other: of glosses and translations, which nobody words alike.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (words_of(one), words_of(other));
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let common = few.iter().filter(|word| many.contains(word)).count();
    !few.is_empty() && 2 * common >= few.len()
}

/// Its words without those that glosses have or have not.
fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let (small, words): (Vec<&str>, Vec<&str>) = words.partition(|word| ["a", "an", "the", "to"].contains(word));
    let kept = if words.is_empty() { small } else { words };
    kept.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(phrase: &'a Phrase, words: &str) -> Option<&'a str> {
        phrase.find(words).map(|pieces| phrase.slice(&pieces))
    }

    #[test]
    fn a_word_is_found_as_it_stands_in_the_phrase() {
        let phrase = Phrase::new("Где же, Кто-то, мой чай?", StudyLanguage::RUSSIAN);
        assert_eq!(found(&phrase, "где"), Some("Где"));
        assert_eq!(found(&phrase, "мо\u{301}й чай"), Some("мой чай"));
        assert_eq!(found(&phrase, "кто-то"), Some("Кто-то"));
        for other in ["ча", "чай мой", "чаю", "tea", "", "!?"] {
            assert_eq!(found(&phrase, other), None, "{other}");
        }
        assert_eq!(phrase.uncovered(&[0..1, 2..4]), ["же", "чай"]);
        let arabic = Phrase::new("أين المكتبة؟", StudyLanguage::ARABIC);
        assert_eq!(found(&arabic, "المَكْتَبَة"), Some("المكتبة"));
        assert_eq!(found(&arabic, "اين"), None, "a hamza is no mark");
        let chinese = Phrase::new("我喜欢喝茶。", StudyLanguage::MANDARIN);
        assert_eq!((found(&chinese, "喜欢"), found(&chinese, "欢茶")), (Some("喜欢"), None));
    }

    #[test]
    fn marks_are_added_and_nothing_else() {
        let phrase = Phrase::new("أين المَكتبة؟", StudyLanguage::ARABIC);
        assert!(phrase.lacks_marks());
        assert!(phrase.is_marked_as("أَيْنَ المَكْتَبَة؟"));
        assert!(!phrase.is_marked_as("أَيْنَ المُكْتَبَة؟"), "a mark of the phrase is another");
        assert!(!phrase.is_marked_as("أَيْنَ الكِتَاب؟"));
        assert!(!Phrase::new("Дом", StudyLanguage::RUSSIAN).lacks_marks());
    }

    #[test]
    fn texts_are_compared_as_loosely_as_they_are_written() {
        assert!(same(StudyLanguage::ARABIC, "كِتَاب", "كتاب") && !same(StudyLanguage::SPANISH, "esta", "está"));
        assert!(same_latin("Wǒ xǐhuan", "wo xi huan") && !same_latin("wo", "wa"));
        assert!(alike("to drink", "drink") && alike("tea", "tea, tea plant") && alike("the", "a, the"));
        assert!(!alike("tea", "coffee") && !alike("", "tea"));
    }
}
