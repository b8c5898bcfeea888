//! The signs of a printed sentence that are not told: bullets and marks of notes.

use crate::reel::script::sentences::{is_superscript, is_terminal};

/// Removes the bullet or number of a list item.
pub(super) fn without_list_mark(text: &str) -> String {
    let rest = text.trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '•' | '▪'
                    | '●'
                    | '◦'
                    | '‣'
                    | '·'
                    | '*'
                    | '∙'
                    | '■'
                    | '□'
                    | '➢'
                    | '–'
                    | '—'
                    | '-'
                    | '►'
                    | '✓'
                    | 'o'
            ) && c != 'o'
    });
    let Some((first, tail)) = rest.split_once(char::is_whitespace) else { return rest.to_owned() };
    let core = first.trim_start_matches(['(', '[']);
    let closed = core.trim_end_matches([')', '.', ']', ':']);
    let is_mark = closed.len() < core.len()
        && !closed.is_empty()
        && (closed.chars().all(|c| c.is_numeric() || c == '.') && closed.chars().count() <= 4
            || closed.chars().count() == 1 && core.ends_with(')') && closed.chars().all(char::is_alphabetic)
            || closed.chars().all(|c| matches!(c, 'i' | 'v' | 'x')));
    if is_mark { tail.trim_start().to_owned() } else { rest.to_owned() }
}

/// Removes daggers, the superscript number of a note, and the number of a footnote after the full stop. The exponent of
/// "km²" and "10⁶" stays.
pub(super) fn without_note_marks(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let kept: String = chars
        .iter()
        .enumerate()
        .filter(|(index, c)| {
            !(matches!(c, '†' | '‡' | '∗' | '⁎') || is_superscript(**c) && is_note_number(&chars, *index))
        })
        .map(|(_, c)| *c)
        .collect();
    let trimmed = kept.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = kept.len() - trimmed.len();
    let mut ending = trimmed.chars().rev();
    let after_mark = ending.next().is_some_and(|c| is_terminal(c) || matches!(c, ')' | '”' | '"'))
        && ending.next().is_some_and(|c| c.is_alphabetic() || matches!(c, ')' | '”' | '"') || is_terminal(c));
    if (1..=3).contains(&digits) && after_mark { trimmed.to_owned() } else { kept }
}

/// Whether the superscript digit at `index` counts a note: it follows punctuation or a whole word, not a unit, a number
/// or a symbol.
fn is_note_number(chars: &[char], index: usize) -> bool {
    let before: Vec<char> = chars[..index]
        .iter()
        .rev()
        .copied()
        .skip_while(|c| is_superscript(*c))
        .take_while(|c| !c.is_whitespace())
        .collect();
    match before.first() {
        Some(c) if c.is_numeric() => false,
        Some(c) if c.is_alphabetic() => {
            let letters = before.iter().take_while(|c| c.is_alphabetic()).count();
            let without_capitals = |letters: &[char]| !letters.iter().any(|c| c.is_uppercase());
            letters >= 4 && (without_capitals(&before[..letters]) || without_capitals(&before[..letters - 1]))
        }
        // The minus of an exponent.
        Some('⁻' | '⁺') => false,
        _ => true,
    }
}

/// What cannot be spoken: addresses, paths, code, formulas.
pub(super) fn has_unspeakable(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let sign = chars.iter().enumerate().any(|(index, c)| match c {
        '{' | '}' | '\\' | '=' | '<' | '>' | '_' | '|' | '^' | '~' | '@' | '`' | '→' | '⇒' | '∑' | '∫' | '≤' | '≥'
        | '∈' | '∀' | '∂' | '√' | '∞' | '*' => true,
        '$' => !is_price(&chars, index),
        '#' => {
            !index.checked_sub(1).is_some_and(|at| chars[at].is_ascii_uppercase())
                && !chars.get(index + 1).is_some_and(char::is_ascii_digit)
        }
        _ => false,
    });
    sign || text.split_whitespace().any(is_address)
}

/// A sign of money: a digit is beside it, maybe with a space between ("$5", "5 $").
fn is_price(chars: &[char], index: usize) -> bool {
    let mut before = chars[..index].iter().rev().skip_while(|c| c.is_whitespace());
    let mut after = chars[index + 1..].iter().skip_while(|c| c.is_whitespace());
    before.next().is_some_and(char::is_ascii_digit) || after.next().is_some_and(char::is_ascii_digit)
}

/// A URL, a path, or a command-line option.
fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let domain = [".com", ".org", ".net", ".edu", ".gov", ".html", ".htm", ".io"]
        .iter()
        .any(|ending| core.ends_with(ending) || core.contains(&format!("{ending}/")));
    let path = core.starts_with('/') && core.len() > 1
        // "03/04/2024" is a date.
        || core.matches('/').count() >= 2 && !core.chars().all(|c| c.is_numeric() || c == '/');
    lower.contains("://")
        || lower.starts_with("www.")
        || domain
        || path
        || lower.trim_start_matches(['“', '"', '\'', '‘']).starts_with("--")
}
