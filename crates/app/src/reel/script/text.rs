//! Characters and words: what every other rule stands on.

use unicode_normalization::UnicodeNormalization;

/// A letter, digit or mark of the Arabic script, presentation forms included.
pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{870}'..='\u{8FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// A vowel mark, a Quranic sign or the stretching line: shape, not spelling.
pub(super) fn is_arabic_mark(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')
}

/// A character that text never has where reading went right: private use, replacement, not a character, control.
pub(super) fn is_garbage(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FFFD}' | '\u{FFFE}' | '\u{FFFF}')
        || (c.is_control() && !c.is_whitespace())
}

/// Text in one form: composed (NFC), ligatures and presentation forms as letters, no invisible characters, single
/// spaces.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut push = |c: char| {
        if c.is_whitespace() {
            space = true;
        } else {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    };
    for c in text.nfc() {
        match c {
            // Directions, joiners, soft hyphens, byte order marks: they steer layout, not speech.
            '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{AD}'
            | '\u{FEFF}'
            | '\u{61C}' => {}
            '\u{FB00}'..='\u{FB06}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
                std::iter::once(c).nfkc().for_each(&mut push);
            }
            c if c.is_control() && !c.is_whitespace() => {}
            c if is_garbage(c) => push(' '),
            c => push(c),
        }
    }
    out
}

/// The spoken words of a text: what is between spaces and has a letter or digit.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric))
}

/// How many words a narrator says.
pub fn word_count(text: &str) -> u32 {
    u32::try_from(words(text).count()).unwrap_or(u32::MAX)
}

/// A word without the punctuation around it.
pub(super) fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// For comparing: lower case, without vowel marks, with the straight apostrophe.
pub(super) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().filter(|c| !is_arabic_mark(*c)) {
        match c {
            '’' | '‘' | 'ʼ' => out.push('\''),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The text with its first letter in upper case.
pub(super) fn capitalised(text: &str) -> String {
    let Some((at, first)) = text.char_indices().find(|(_, c)| c.is_alphanumeric()) else { return text.to_owned() };
    // A name like "pdfTeX" or "iPhone" keeps its own case.
    let next_is_upper =
        text[at + first.len_utf8()..].chars().take_while(|c| c.is_alphanumeric()).any(char::is_uppercase);
    if !first.is_lowercase() || next_is_upper {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push_str(&text[..at]);
    out.extend(first.to_uppercase());
    out.push_str(&text[at + first.len_utf8()..]);
    out
}

/// Share of the letters that are capitals, of those that have a case. From 0 to 1.
pub(super) fn capital_share(text: &str) -> f32 {
    let (mut upper, mut cased) = (0_u32, 0_u32);
    for c in text.chars() {
        upper += u32::from(c.is_uppercase());
        cased += u32::from(c.is_uppercase() || c.is_lowercase());
    }
    if cased == 0 { 0.0 } else { share(upper, cased) }
}

/// `part / whole`; zero when there is no whole.
pub(super) fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 {
        return 0.0;
    }
    number(part as usize) / number(whole as usize)
}

/// A count as a number to reckon with. Counts of one document's words are small; where one is not, a rounding in the
/// eighth digit does not matter.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn number(count: usize) -> f32 {
    count as f32
}

/// The text cut at a word to at most `longest` characters, with an ellipsis when something was cut.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut out = String::new();
    for word in text.split_whitespace() {
        if out.chars().count() + word.chars().count() + 2 > longest {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.is_empty() {
        out = text.chars().take(longest.saturating_sub(1)).collect();
    }
    let kept = out.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')').to_owned();
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_has_letters_where_there_were_shapes() {
        assert_eq!(clean("ﬁrst\u{200F}  of\u{AD}fice\n"), "first office");
        assert_eq!(clean("\u{202B}ﺍﻟﻌﺮﺑﻴﺔ\u{202C}"), "العربية");
        assert_eq!(clean("e\u{301}te\u{301}"), "été");
    }

    #[test]
    fn words_are_what_is_said() {
        assert_eq!(word_count("One – two, 3 … «أربعة»."), 4);
    }

    #[test]
    fn a_sentence_starts_with_a_capital_but_a_name_keeps_its_case() {
        assert_eq!(capitalised("“the end”"), "“The end”");
        assert_eq!(capitalised("pdfTeX is old"), "pdfTeX is old");
        assert_eq!(capitalised("1st"), "1st");
    }

    #[test]
    fn long_headings_are_cut_at_a_word() {
        assert_eq!(cut("A short one", 20), "A short one");
        assert_eq!(cut("The quick brown fox, jumping", 20), "The quick brown…");
    }
}
