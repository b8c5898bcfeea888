//! Texts as they are kept and compared: composed, on one line, without what nobody sees. What looks the same is the same card.

use unicode_normalization::UnicodeNormalization as _;

/// Keeps two letters apart that would be joined.
const NON_JOINER: char = '\u{200c}';
/// Joins what would stand alone.
const JOINER: char = '\u{200d}';

/// A text on one line, composed, without control characters and what nobody sees.
pub(super) fn plain(text: &str) -> String {
    let spaced: String = composed(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in Unicode's composed form (NFC), without what nobody sees.
pub(super) fn composed(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    letters.dedup_by(|one, before| one == before && matches!(*one, NON_JOINER | JOINER));
    let joins = |at: usize, by: fn(char) -> bool| letters.get(at).copied().is_some_and(by);
    let is_kept = |(at, letter): &(usize, &char)| match **letter {
        NON_JOINER => *at > 0 && joins(*at - 1, is_joined) && joins(*at + 1, is_joined),
        JOINER => *at > 0 && (joins(*at - 1, is_joined) || joins(*at - 1, is_pictograph)),
        _ => true,
    };
    letters.iter().enumerate().filter(is_kept).map(|(_, letter)| *letter).nfc().collect()
}

/// What texts that are the same phrase have in common: signs that only choose how another one is drawn are none of it.
pub(super) fn likeness(text: &str) -> String {
    plain(text)
        .chars()
        .filter(|letter| !matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'))
        .collect()
}

/// A text as it is searched for and found: in lower case, without accents, vowel marks and lengthened lines. `й` stays a letter of its
/// own.
pub(super) fn folded(text: &str) -> String {
    let mut before = ' ';
    let is_kept = |letter: &char| {
        let is_short_i = *letter == '\u{306}' && before == 'и';
        before = *letter;
        is_short_i || !is_mark(*letter)
    };
    likeness_of_lines(text).to_lowercase().nfd().filter(is_kept).nfc().collect()
}

/// The likeness of each line.
fn likeness_of_lines(text: &str) -> String {
    text.split('\n').map(likeness).collect::<Vec<_>>().join("\n")
}

/// A text in Unicode's decomposed form (NFD).
pub(super) fn decomposed(text: &str) -> String {
    text.nfd().collect()
}

/// Accents of Latin, Cyrillic and Greek letters, and the marks of Arabic.
const fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
        || matches!(letter, '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
        || matches!(letter, '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

/// Soft hyphens, spaces without width, direction marks and their like.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a letter's shape depends on its neighbours: of Arabic's script and its kin, and of the scripts of India.
const fn is_joined(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{dff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Whether it may be a part of a picture that is made of several.
const fn is_pictograph(letter: char) -> bool {
    matches!(letter, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (one, other) in [
            ("Мо\u{438}\u{306} ча\u{438}\u{306}", "Мой чай"),
            ("e\u{200b}\u{301}l", "él"),
            ("При\u{200b}вет\u{feff}", "Привет"),
            ("\u{200f}أين\u{200e} المكتبة\u{61c}؟", "أين المكتبة؟"),
            ("до\u{ad}ро\u{2060}га", "дорога"),
            ("ча\u{200d}й\u{200c}", "чай"),
            ("كتاب\u{200c}", "كتاب"),
            ("می\u{200c}\u{200c}خوانم", "می\u{200c}خوانم"),
            ("ا\u{653}ب", "آب"),
            ("a\tb\u{0}\n c", "a b c"),
        ] {
            assert_eq!(plain(one), other, "{one:?}");
        }
    }

    #[test]
    fn what_differs_in_how_it_is_drawn_alone_is_the_same_phrase() {
        assert_eq!(likeness("Я тебя ❤\u{fe0f}"), likeness("Я тебя ❤"));
        assert_eq!(likeness("a\u{301}\u{fe0e} б"), "á б");
        assert_ne!(likeness("año"), likeness("ano"));
        assert_ne!(likeness("Чай"), likeness("чай"));
    }

    #[test]
    fn a_search_is_without_accents_and_marks() {
        for (one, other) in [
            ("Café", "cafe"),
            ("ÉL", "e\u{301}l"),
            ("nǐ hǎo", "NI HAO"),
            ("Моё", "мое"),
            ("за\u{301}мок", "замок"),
            ("كِتَابٌ", "كتاب"),
            ("كـــتاب", "كتاب"),
            ("أين", "اين"),
            ("❤\u{fe0f}", "❤"),
            ("Tea\nČaj", "tea\ncaj"),
        ] {
            assert_eq!(folded(one), folded(other), "{one:?}");
        }
        assert_eq!(folded("ЧАЙ\nOne"), "чай\none", "a letter of its own, and each line");
        assert_ne!(folded("чай"), folded("чаи"));
        assert_eq!(folded(&folded("Ёж é İ")), folded("Ёж é İ"), "once is enough");
    }

    #[test]
    fn what_a_script_needs_stays() {
        for text in
            ["می\u{200c}خوانم", "ه\u{200d}", "क्\u{200d}ष", "👩\u{200d}🚀 летит", "❤\u{fe0f}\u{200d}🔥", "за\u{301}мок"]
        {
            assert_eq!(plain(text), text);
        }
    }
}
