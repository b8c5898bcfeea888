//! Where sentences end, for what must not be told without a part of it: rather too late than too early.

use sluice_domain::language::abbreviations;

use super::GAP;
use crate::reading::letters;

/// Ends of sentences.
const ENDS: [char; 10] = ['.', '!', '?', '؟', '۔', '।', '。', '！', '？', '｡'];

/// Those after which no space is written.
const WIDE_ENDS: [char; 4] = ['。', '！', '？', '｡'];

/// What may stand behind the end of a sentence.
pub(super) const CLOSING: [char; 9] = ['"', '”', '»', ')', '\'', '’', '」', '』', '）'];

/// A word of so few letters that is not sure may be an abbreviation.
const SHORT: usize = 4;

/// So far ahead the next word is looked for, in characters.
const AHEAD: usize = 80;

pub(super) fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(CLOSING).ends_with(ENDS)
}

/// Whether a text ends a sentence, and not perhaps with an abbreviation, an initial or an ordinal.
pub(super) fn surely_ends(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(CLOSING);
    text.ends_with(ENDS) && !(text.ends_with('.') && abbreviations::is_possible(last_word(text)))
}

/// The last word of a text, without what stands around it.
fn last_word(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(CLOSING).trim_end_matches('.');
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '°') || letters::is_arabic_mark(c);
    text.rsplit(|c: char| !is_of_word(c)).next().unwrap_or_default()
}

/// A text in pieces that end after a sentence and its space, if it has one. `is_unsure` tells whether a byte is in a word that
/// is not sure.
pub(super) fn of(text: &str, is_unsure: impl Fn(usize) -> bool) -> impl Iterator<Item = &str> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let ends = rest.char_indices().find_map(|(at, c)| {
            let before = rest.get(..at)?;
            match c {
                ' ' => ends_before(before, rest.get(at + 1..)?, start + at, &is_unsure).then_some(at + 1),
                _ if CLOSING.contains(&c) || ENDS.contains(&c) => None,
                _ => before.ends_with(WIDE_ENDS).then_some(at),
            }
        });
        let sentence = rest.get(..ends.unwrap_or(rest.len()))?;
        start += sentence.len();
        Some(sentence)
    })
}

/// Whether a sentence surely ends before the space at `space`. A full stop before a word that is not read may be that of an
/// abbreviation: "Mr." is before a name that is struck out.
fn ends_before(before: &str, after: &str, space: usize, is_unsure: impl Fn(usize) -> bool) -> bool {
    if !surely_ends(before) {
        return false;
    }
    let next = after.char_indices().take(AHEAD).find(|(_, c)| c.is_alphanumeric() || *c == GAP);
    let Some((at, first)) = next else { return true };
    if first.is_lowercase() {
        return false;
    }
    let word = last_word(before);
    // What OCR is not sure of is still there, and most words before it are not abbreviated: capitals may be.
    let is_unread = first == GAP || is_unsure(space + 1 + at) && word.starts_with(char::is_uppercase);
    let may_be_short = || is_unsure(space.saturating_sub(1)) && word.chars().count() <= SHORT;
    !(before.trim_end_matches(CLOSING).ends_with('.') && (is_unread || may_be_short()))
}
