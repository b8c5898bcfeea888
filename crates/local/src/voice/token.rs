//! Tokens of a text: what is pronounced of each, and the pause that its punctuation asks for.

use std::ops::Range;

/// Most characters that are pronounced without a space; the engines reject longer ones.
pub(super) const LONGEST_WORD: usize = 48;

/// A run of characters without white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) range: Range<usize>,
    pub(super) text: &'a str,
    /// Line breaks between this token and the next one.
    pub(super) lines_after: usize,
}

impl<'a> Token<'a> {
    /// Without the punctuation around it.
    pub(super) fn core(&self) -> &'a str {
        self.text.trim_matches(|c: char| !is_sounded(c) && !matches!(c, '$' | '€' | '£' | '¥' | '%' | '#' | '~' | '+'))
    }

    /// The punctuation after the last sounded character.
    fn tail(&self) -> &'a str {
        let end =
            self.text.rfind(is_sounded).map_or(0, |at| at + self.text[at..].chars().next().map_or(0, char::len_utf8));
        &self.text[end..]
    }

    /// Nothing but a number in brackets: a citation, which is not read out.
    fn is_reference(&self) -> bool {
        let inside = self.text.trim_end_matches(['.', ',', ';', ':']);
        let Some(inside) = inside.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
        !inside.is_empty() && inside.chars().all(|c| c.is_numeric() || matches!(c, ',' | '-' | '–'))
    }
}

/// The spoken form of a token, and the pause after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) mark: Option<char>,
}

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut start = None;
    let token = |range: Range<usize>| Token { text: &text[range.clone()], range, lines_after: 0 };
    for (at, character) in text.char_indices() {
        if character.is_whitespace() || character.is_control() {
            if let Some(start) = start.take() {
                tokens.push(token(start..at));
            }
            if let (true, Some(last)) = (matches!(character, '\n' | '\u{c}' | '\u{2029}'), tokens.last_mut()) {
                last.lines_after += 1;
            }
            continue;
        }
        let start_of_token = *start.get_or_insert(at);
        // A dash between two words joins them in writing only.
        if matches!(character, '—' | '…') && start_of_token < at {
            tokens.push(token(start_of_token..at + character.len_utf8()));
            start = None;
        }
    }
    if let Some(start) = start {
        tokens.push(token(start..text.len()));
    }
    tokens
}

pub(super) fn spoken_form(token: &Token<'_>, next: Option<&Token<'_>>, initials: bool) -> Spoken {
    let text = if token.is_reference() { String::new() } else { sounded(token.core()) };
    Spoken { text, mark: mark_of(token, next, initials) }
}

/// The pause that the punctuation of a token asks for; `initials` where a single letter may stand for a name.
fn mark_of(token: &Token<'_>, next: Option<&Token<'_>>, initials: bool) -> Option<char> {
    let tail = if token.core().is_empty() { token.text } else { token.tail() };
    let mark = tail.chars().find_map(|c| match c {
        '.' | '。' | '۔' | '।' => Some('.'),
        '?' | '؟' | '？' => Some('?'),
        '!' | '！' => Some('!'),
        ',' | '،' | '、' | '—' | '…' | ')' | ']' => Some(','),
        ';' | '؛' => Some(';'),
        ':' => Some(':'),
        '–' | '-' | '•' | '|' if token.core().is_empty() => Some(','),
        _ => None,
    })?;
    let goes_on = next.is_some_and(|next| next.core().chars().next().is_some_and(char::is_lowercase));
    match mark {
        // An abbreviation that no table has, or an initial ("J. Smith"): no full stop.
        '.' if goes_on || (initials && is_initial(token.core()) && next.is_some()) => None,
        '?' | '!' if goes_on => Some(','),
        mark => Some(mark),
    }
}

fn is_initial(core: &str) -> bool {
    let mut characters = core.chars();
    matches!((characters.next(), characters.next()), (Some(first), None) if first.is_uppercase())
}

fn is_sounded(character: char) -> bool {
    character.is_alphanumeric() || is_mark(character)
}

/// A character that modifies the preceding letter: Latin accents, Arabic vowel marks.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}')
}

/// Keeps what the engines can pronounce; pictographs, symbols and invisible characters are dropped.
fn sounded(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut spoken = String::with_capacity(text.len());
    let mut run = 0;
    for (index, character) in characters.iter().copied().enumerate() {
        let before = index.checked_sub(1).and_then(|index| characters.get(index)).copied();
        let after = characters.get(index + 1).copied();
        let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
        let kept = match character {
            '\u{2019}' | '\u{2bc}' => Some('\''),
            '\u{2010}' | '\u{2011}' => Some('-'),
            // Tatweel only stretches a line.
            '\u{640}' => None,
            '.' | ',' | ':' | '٫' | '٬' if digit(before) && digit(after) => Some(character),
            '%' | '٪' if digit(before) => Some('%'),
            c if "'-$€£¥&+@°".contains(c) || (is_sounded(c) && !is_pictured(c)) => Some(c),
            c if is_invisible(c) => None,
            _ => Some(' '),
        };
        let Some(character) = kept else { continue };
        run = if character == ' ' { 0 } else { run + 1 };
        if run > LONGEST_WORD {
            spoken.push(' ');
            run = 1;
        }
        spoken.push(character);
    }
    let spoken = spoken.split_whitespace().collect::<Vec<_>>().join(" ");
    let silent = !spoken.chars().any(|c| c.is_alphanumeric() || "$€£¥&+@%°".contains(c));
    if silent { String::new() } else { spoken }
}

/// Letters and digits in circles and squares, which Unicode classifies as such.
fn is_pictured(character: char) -> bool {
    matches!(character, '\u{2460}'..='\u{24ff}' | '\u{1f100}'..='\u{1f1ff}')
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}
