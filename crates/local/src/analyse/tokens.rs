//! Where words are in a phrase.

use std::ops::Range;

use sluice_domain::study::StudyLanguage;
use unicode_normalization::char::is_combining_mark;

/// The words of a phrase in the script of a language, in bytes of the text. What has letters of another script is none.
pub(super) fn words(language: StudyLanguage, text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut end = 0;
    for (at, letter) in text.char_indices() {
        if language.writes(letter) || (start.is_some() && is_combining_mark(letter)) {
            start.get_or_insert(at);
            end = at + letter.len_utf8();
        } else if !(is_inner(letter) && start.is_some() && end == at) {
            words.extend(start.take().map(|start| start..end));
        }
    }
    words.extend(start.map(|start| start..end));
    words
}

/// Signs that join two parts of a word; at its end they do not belong to it.
fn is_inner(letter: char) -> bool {
    matches!(letter, '-' | '‐' | '‑' | '\'' | '’' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(language: StudyLanguage, text: &str) -> Vec<&str> {
        words(language, text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_have_hyphens_and_marks_inside() {
        assert_eq!(of(StudyLanguage::RUSSIAN, "Кто-то — из «Москвы»- 42!"), ["Кто-то", "из", "Москвы"]);
        assert_eq!(of(StudyLanguage::RUSSIAN, "за\u{301}мок, i-мир"), ["за\u{301}мок", "мир"]);
        assert_eq!(of(StudyLanguage::ARABIC, "أَيْنَ المَكْتَبَة؟"), ["أَيْنَ", "المَكْتَبَة"]);
        assert_eq!(of(StudyLanguage::SPANISH, "¿Dónde está el baño?"), ["Dónde", "está", "el", "baño"]);
        assert_eq!(of(StudyLanguage::GEORGIAN, "სად არის, WC?"), ["სად", "არის"]);
        assert_eq!(of(StudyLanguage::RUSSIAN, " 😀 "), Vec::<&str>::new());
    }
}
