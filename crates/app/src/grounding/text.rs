//! Characters and words: the basis of all other rules.

use unicode_normalization::UnicodeNormalization;

/// A letter, digit or mark of the Arabic script, presentation forms included.
pub(crate) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{870}'..='\u{8FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// A vowel mark, a Quranic sign or the tatweel: it is not part of the spelling.
pub(crate) fn is_arabic_mark(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}')
}

/// A character that correctly extracted text never has: private use, replacement, noncharacter, control.
pub(crate) fn is_garbage(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FFFD}' | '\u{FFFE}' | '\u{FFFF}')
        || (c.is_control() && !c.is_whitespace())
}

/// Normalises text: composed (NFC), ligatures and presentation forms as letters, no invisible characters, single
/// spaces.
pub(crate) fn clean(text: &str) -> String {
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
            // Direction marks, joiners, soft hyphens, byte order marks: they affect layout, not speech.
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
    with_spaces_after_marks(out)
}

/// Some files lack the space after an Arabic comma or full stop, or between Latin and Arabic letters after them.
fn with_spaces_after_marks(text: String) -> String {
    if !text.chars().any(is_arabic) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let (mut before, mut last) = (' ', ' ');
    for c in text.chars() {
        let letter = c.is_alphabetic();
        // The full stop after a Latin word in an Arabic line may be on its other side.
        if letter && last == '.' && before == ' ' && out.ends_with(" .") {
            out.truncate(out.len() - 2);
            out.push_str(". ");
        }
        let after_mark = matches!(last, '،' | '؛' | '؟') || (matches!(last, '.' | ':' | '!') && is_arabic(before));
        let after_latin = last.is_ascii_alphabetic() && is_arabic(c);
        if letter && (after_mark || after_latin) {
            out.push(' ');
        }
        out.push(c);
        (before, last) = (last, c);
    }
    // A mark belongs to the preceding word.
    for mark in ['،', '؛', '؟'] {
        if out.contains(mark) {
            out = out.replace(&format!(" {mark}"), &mark.to_string());
        }
    }
    out
}

/// The words of a text: everything between spaces that has a letter or digit.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric))
}

/// The number of words that a narrator says, in a language by its code: "1,234,567" is thirteen in English.
pub fn spoken_count(text: &str, code: &str) -> u32 {
    u32::try_from(sluice_spoken::spoken_words(code, text)).unwrap_or(u32::MAX)
}

/// What time a text takes, in words of usual length.
pub fn spoken_length(text: &str, code: &str) -> u32 {
    u32::try_from(sluice_spoken::spoken_length(code, text)).unwrap_or(u32::MAX)
}

/// The number of printed words.
pub fn word_count(text: &str) -> u32 {
    u32::try_from(words(text).count()).unwrap_or(u32::MAX)
}

/// A word without the punctuation around it.
pub(crate) fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Normalised for comparison: lower case, without vowel marks, with the straight apostrophe.
pub(crate) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            '’' | '‘' | 'ʼ' => out.push('\''),
            c if is_arabic_mark(c) => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The length in bytes of a phrase (in folded form) at the start of a text, if present.
pub(crate) fn folded_prefix(text: &str, phrase: &str) -> Option<usize> {
    let mut wanted = phrase.chars();
    let mut next = wanted.next();
    for (at, c) in text.char_indices() {
        let Some(expected) = next else { return Some(at) };
        let same = match c {
            c if c == expected => true,
            c if c.is_ascii() => c.to_ascii_lowercase() == expected,
            '’' | '‘' | 'ʼ' => expected == '\'',
            c if is_arabic_mark(c) => continue,
            c => c.to_lowercase().eq(std::iter::once(expected)),
        };
        if !same {
            return None;
        }
        next = wanted.next();
    }
    next.is_none().then_some(text.len())
}

/// The start and end of a phrase (in folded form) in a text, from byte `from` on, as whole words.
pub(crate) fn find_phrase(text: &str, phrase: &str, from: usize) -> Option<(usize, usize)> {
    let mut inside_word = text[..from].ends_with(char::is_alphanumeric);
    for (at, c) in text[from..].char_indices() {
        if !inside_word
            && let Some(length) = folded_prefix(&text[from + at..], phrase)
            && !text[from + at + length..].starts_with(char::is_alphanumeric)
        {
            return Some((from + at, from + at + length));
        }
        inside_word = c.is_alphanumeric();
    }
    None
}

/// The text with its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
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

/// The fraction of the letters that are capitals, counting letters without case. From 0 to 1.
pub(crate) fn capital_share(text: &str) -> f32 {
    let (mut upper, mut letters) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        upper += u32::from(c.is_uppercase());
        letters += 1;
    }
    share(upper, letters)
}

/// `part / whole`; zero if the whole is zero.
pub(crate) fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 {
        return 0.0;
    }
    number(part as usize) / number(whole as usize)
}

/// A count as a float. The counts of one document's words are small; otherwise a rounding in the eighth digit does not
/// matter.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(crate) fn number(count: usize) -> f32 {
    count as f32
}

/// The text truncated at a word to at most `longest` characters, with an ellipsis if something was cut off.
pub(crate) fn cut(text: &str, longest: usize) -> String {
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

/// The first part of a text that is markup: a bullet, emphasis, a link, a tag, code. What is printed in a document passes,
/// such as "–5 °C", "#1" or a web address: the voice says them.
pub(crate) fn find_markup(text: &str) -> Option<String> {
    let bullet = text.strip_prefix(['•', '▪', '●', '*', '#', '-', '–']);
    if bullet.is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '#' | '*' | '-'))) {
        return Some(text.chars().take(1).collect());
    }
    text.split_whitespace()
        .find(|word| {
            word.contains("**")
                || word.contains("__")
                || word.contains('`')
                || word.contains("](")
                || is_tag(word)
                || word.starts_with('\\')
        })
        .map(|word| word.chars().take(40).collect())
}

/// "<b>word</b>", "<br/>"; not "<5" or "a<b>c" of a formula.
fn is_tag(word: &str) -> bool {
    word.split_once('<').is_some_and(|(_, rest)| {
        rest.contains('>') && rest.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_has_letters_where_there_were_shapes() {
        assert_eq!(clean("ﬁrst\u{200F}  of\u{AD}fice\n"), "first office");
        assert_eq!(clean("\u{202B}ﺍﻟﻌﺮﺑﻴﺔ\u{202C}"), "العربية");
        assert_eq!(clean("e\u{301}te\u{301}"), "été");
        assert_eq!(clean("الصفيحة،وكل Sluiceوهو كتاب.ثم PDF ، 3.5"), "الصفيحة، وكل Sluice وهو كتاب. ثم PDF، 3.5");
    }

    #[test]
    fn words_are_what_has_a_letter_or_digit_and_numbers_are_said_in_several() {
        assert_eq!(word_count("One – two, 3 … «أربعة»."), 4);
        assert_eq!((word_count("1,234,567 bees"), spoken_count("1,234,567 bees", "en")), (2, 14));
    }

    #[test]
    fn a_sentence_starts_with_a_capital_but_a_name_keeps_its_case() {
        assert_eq!(capitalised("“the end”"), "“The end”");
        assert_eq!(capitalised("pdfTeX is old"), "pdfTeX is old");
        assert_eq!(capitalised("1st"), "1st");
    }

    #[test]
    fn phrases_are_found_as_whole_words_in_any_case() {
        assert_eq!(find_phrase("Oversee, SEE it", "see", 0), Some((9, 12)));
        assert_eq!(find_phrase("Today’s Über-fall", "über", 0), Some((10, 15)));
        assert_eq!(find_phrase("هَذَا كتاب", "هذا", 0), Some((0, 10)));
        assert_eq!(find_phrase("e.g.", "e.g.", 0), Some((0, 4)));
        assert_eq!(find_phrase("nothing", "see", 0), None);
    }

    #[test]
    fn long_headings_are_cut_at_a_word() {
        assert_eq!(cut("A short one", 20), "A short one");
        assert_eq!(cut("The quick brown fox, jumping", 20), "The quick brown…");
    }
}
