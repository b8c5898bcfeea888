//! Characters: which ones are kept, and in what form.

use unicode_normalization::UnicodeNormalization;

use super::gaps::GAP;

/// Tatweel, which only stretches a word.
const TATWEEL: char = '\u{640}';

/// The text without control characters, direction marks, zero-width spaces, tatweel and what stands for a gap. Soft hyphens stay, since they
/// matter at the end of a line; so do the joiners (U+200C, U+200D), which are part of the spelling.
pub(super) fn visible(text: &str) -> String {
    let unseen = |c: char| {
        (c.is_control() && !c.is_whitespace())
            || c == TATWEEL
            || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2060}' | '\u{feff}' | GAP)
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff0}'..='\u{fffb}')
    };
    text.chars().filter(|c| !unseen(*c)).map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// Replaces presentation forms (ligatures such as "ﬁ", positional Arabic) by plain letters, composed (NFC). Needs
/// logical order, in which a ligature is decomposed.
pub(super) fn composed(text: &str) -> String {
    let is_form = |c: char| matches!(c, '\u{fb00}'..='\u{fb06}' | '\u{fb13}'..='\u{fb17}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        if is_form(c) { letters.extend(std::iter::once(c).nfkc()) } else { letters.push(c) }
    }
    letters.nfc().collect::<String>().trim().to_owned()
}

/// An Arabic or Hebrew letter, presentation forms included, or a mark on one.
pub(super) fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{5ff}' | '\u{600}'..='\u{65f}' | '\u{66e}'..='\u{6ef}' | '\u{6fa}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && !is_arabic_digit(c)
}

/// An Arabic-Indic digit, which runs from left to right like any other.
pub(super) fn is_arabic_digit(c: char) -> bool {
    matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// A vowel mark of Arabic.
pub(super) fn is_arabic_mark(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{fe70}'..='\u{fe7f}' | '\u{fc5e}'..='\u{fc63}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_marks_and_controls_are_dropped() {
        assert_eq!(visible("\u{202b}a\u{202c}\u{1}b\u{200b}c\u{a0}d\n\u{200c}"), "abc d \u{200c}");
    }

    #[test]
    fn presentation_forms_become_letters() {
        assert_eq!(composed("\u{fef9}\u{fe8d}"), "لإا");
        assert_eq!(composed("e\u{301}\u{fb01}t ½"), "éfit ½");
    }
}
