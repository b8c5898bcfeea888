//! Splits text into sentences: a full stop ends one only if it is not part of an abbreviation, number, initial or file
//! name.

use std::ops::Range;

use super::lexicon::Lexicon;
use super::text::{fold, is_arabic};

const CLOSERS: &[char] = &['"', '\'', '”', '’', '»', ')', ']', '}', '“', '›', '*', '†', '‡'];

/// The sentences of a paragraph as ranges of bytes, in order; together they cover everything but spaces.
pub(crate) fn split(text: &str, lexicon: &Lexicon) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let byte_at = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    let mut found = Vec::new();
    let mut start = 0;
    let mut index = 0;
    while index < chars.len() {
        if !is_terminal(chars[index].1) {
            index += 1;
            continue;
        }
        let mut end = index + 1;
        while end < chars.len() && (is_terminal(chars[end].1) || CLOSERS.contains(&chars[end].1)) {
            end += 1;
        }
        end = past_note_mark(&chars, index, end);
        if ends_here(text, &chars, start, index, end, lexicon) {
            found.push(byte_at(start)..byte_at(end));
            start = end;
            while start < chars.len() && chars[start].1.is_whitespace() {
                start += 1;
            }
            index = start;
        } else {
            index = end;
        }
    }
    if start < chars.len() {
        found.push(byte_at(start)..text.len());
    }
    found
}

/// Whether a character can end a sentence.
pub(crate) fn is_terminal(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '。' | '！' | '？')
}

/// Whether the text ends like a sentence.
pub(crate) fn is_finished(text: &str) -> bool {
    text.trim_end_matches(|c: char| CLOSERS.contains(&c) || c.is_whitespace()).ends_with(is_terminal)
}

/// The number of a footnote directly after the full stop: "systems.12 The next". It is skipped, and removed later.
fn past_note_mark(chars: &[(usize, char)], mark: usize, end: usize) -> usize {
    let before = mark.checked_sub(1).map_or(' ', |index| chars[index].1);
    if !(before.is_lowercase() || before == ')' || before == '”') {
        return end;
    }
    let digits = chars[end..].iter().take_while(|(_, c)| c.is_ascii_digit() || is_superscript(*c)).count();
    let after = chars.get(end + digits).map_or(' ', |(_, c)| *c);
    if (1..=3).contains(&digits) && after.is_whitespace() { end + digits } else { end }
}

/// A superscript digit.
pub(crate) fn is_superscript(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

fn ends_here(text: &str, chars: &[(usize, char)], start: usize, mark: usize, end: usize, lexicon: &Lexicon) -> bool {
    let Some((after, c)) = chars.get(end) else { return true };
    if !c.is_whitespace() {
        // A full stop without the space after it: "geometry.The package".
        if chars[mark].1 == '.' && end == mark + 1 && c.is_uppercase() {
            let word: String = text[*after..].chars().take_while(|c| c.is_alphabetic()).collect();
            let before = chars[..mark].iter().rev().take(3).all(|(_, c)| c.is_lowercase());
            return before && lexicon.stop_words.contains(fold(&word).as_str());
        }
        // Arabic marks are sometimes set without a space.
        return is_arabic(*c) && is_arabic(chars[mark.saturating_sub(1)].1) && chars[mark].1 != '.';
    }
    let next = text[*after..].trim_start();
    let Some(first) = next.chars().find(|c| c.is_alphanumeric()) else { return true };
    if first.is_lowercase() {
        return false;
    }
    if chars[mark].1 != '.' || end > mark + 1 && chars[mark + 1].1 == '.' {
        return true;
    }
    !is_inside_abbreviation(text, chars, start, mark, first, lexicon)
}

fn is_inside_abbreviation(
    text: &str,
    chars: &[(usize, char)],
    start: usize,
    mark: usize,
    first: char,
    lexicon: &Lexicon,
) -> bool {
    let sentence = &text[chars[start].0..=chars[mark].0];
    let word = sentence.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let folded = fold(word);
    let body = folded.trim_end_matches('.');
    if body.is_empty() {
        return false;
    }
    if lexicon.closing_abbreviations.contains(folded.as_str()) {
        // "Example Honey, Inc. (“Honey”) claims": a bracket explains the name.
        if text[chars[mark].0..].trim_start_matches('.').trim_start().starts_with('(') {
            return true;
        }
        return !first.is_uppercase() && !is_arabic(first);
    }
    // "No. 5" is an abbreviation, "He said no." is not.
    if folded == "no." {
        return first.is_ascii_digit();
    }
    if lexicon.abbreviations.contains(folded.as_str())
        || ends_with_spaced_abbreviation(sentence, lexicon)
        || continues_abbreviation(&text[chars[mark].0..], word, lexicon)
    {
        return true;
    }
    // An initial: "J. Smith". "section A." before a capital is rarer.
    if body.chars().count() == 1
        && body.chars().all(char::is_alphabetic)
        && word.chars().all(|c| c.is_uppercase() || c == '.')
    {
        return true;
    }
    // The number of a list item or heading: "1. Open the box" (at the start), and German ordinals: "am 3. Oktober".
    let number = body.chars().all(|c| c.is_ascii_digit() || c == '.') && body.len() <= 5;
    let alone = sentence.trim().len() == word.len();
    number && (alone || (lexicon.words.code == "de" && body.len() <= 2))
}

/// The first full stop of an abbreviation with a space inside.
fn continues_abbreviation(rest: &str, word: &str, lexicon: &Lexicon) -> bool {
    let Some(next) = rest.split_whitespace().nth(1) else { return false };
    let next = next.trim_end_matches([',', ';', ')']);
    next.ends_with('.') && next.chars().count() <= 5 && {
        let joined = fold(&format!("{word} {next}"));
        lexicon.abbreviations.contains(joined.as_str()) || lexicon.closing_abbreviations.contains(joined.as_str())
    }
}

/// Abbreviations with a space inside: "z. B.", "p. ex.".
fn ends_with_spaced_abbreviation(sentence: &str, lexicon: &Lexicon) -> bool {
    let mut words = sentence.rsplit(char::is_whitespace);
    let (Some(last), Some(before)) = (words.next(), words.next()) else { return false };
    let before = before.trim_start_matches(|c: char| !c.is_alphanumeric());
    lexicon.abbreviations.contains(fold(&format!("{before} {last}")).as_str())
}

#[cfg(test)]
mod tests {
    use sluice_domain::language::Language;

    use super::*;

    fn sentences(code: &str, text: &str) -> Vec<String> {
        let language = Language::from_code(code).unwrap();
        split(text, Lexicon::of(language)).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn abbreviations_decimals_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            sentences(
                "en",
                "Dr. J. R. Smith paid 3.14 dollars, e.g. For rent. See www.a.org now. It cost 5. Then he left."
            ),
            ["Dr. J. R. Smith paid 3.14 dollars, e.g. For rent.", "See www.a.org now.", "It cost 5.", "Then he left."]
        );
        assert_eq!(
            sentences("en", "Sold by Acme Inc. in Rome etc. The end."),
            ["Sold by Acme Inc. in Rome etc.", "The end."]
        );
        assert_eq!(
            sentences("en", "The plaintiff, Acme Honey, Inc. (“Honey”) claims the hives. The court agrees."),
            ["The plaintiff, Acme Honey, Inc. (“Honey”) claims the hives.", "The court agrees."]
        );
    }

    #[test]
    fn quotes_and_footnote_numbers_belong_to_the_sentence_before() {
        assert_eq!(
            sentences("en", "“Is it so?” Yes! It works.12 And on."),
            ["“Is it so?”", "Yes!", "It works.12", "And on."]
        );
    }

    #[test]
    fn a_missing_space_is_tolerated() {
        assert_eq!(
            sentences("en", "It has geometry.The package uses System.Object."),
            ["It has geometry.", "The package uses System.Object."]
        );
    }

    #[test]
    fn german_ordinals_and_spaced_abbreviations() {
        assert_eq!(
            sentences("de", "Am 3. Oktober war z. B. Ruhe. Danach nicht."),
            ["Am 3. Oktober war z. B. Ruhe.", "Danach nicht."]
        );
    }

    #[test]
    fn arabic_marks() {
        assert_eq!(
            sentences("ar", "ما هذا؟ هذا كتاب، وهو مفيد؛ لا شك. انتهى!"),
            ["ما هذا؟", "هذا كتاب، وهو مفيد؛ لا شك.", "انتهى!"]
        );
    }

    #[test]
    fn numbers_of_list_items_stay_with_their_text() {
        assert_eq!(sentences("en", "1. Open the box. 2. Close it."), ["1. Open the box.", "2. Close it."]);
    }

    #[test]
    fn every_byte_but_spaces_is_in_a_sentence() {
        for text in ["", ".", "…", "a", "A. B. C.", "؟؟؟", "One.  Two", "\"'). X"] {
            let total: usize =
                sentences("en", text).iter().map(|s| s.chars().filter(|c| !c.is_whitespace()).count()).sum();
            assert_eq!(total, text.chars().filter(|c| !c.is_whitespace()).count(), "{text:?}");
        }
    }
}
