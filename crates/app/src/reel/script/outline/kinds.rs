//! Classifies a single block by its appearance.

use super::literature;
use crate::reel::script::lexicon::Lexicon;
use crate::reel::script::placed::Placed;
use crate::reel::script::sentences::is_finished;
use crate::reel::script::text::{bare, capital_share, fold, is_arabic, share, word_count, words};

/// The kind of a block.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A heading without its number; `depth` is the number's depth (2 for "3.1").
    Heading { text: String, depth: Option<usize> },
    /// A paragraph, or a list item or a line that is not a full sentence.
    Prose { fragment: bool },
    /// An entry of a list of literature.
    Reference,
    /// A table that reading took for text.
    Table,
    /// Not narrated.
    Nothing,
}

/// Classifies a block, given the next block (and whether that is the next line of the same paragraph) and the most
/// common line height of the text.
pub(super) fn kind_of(block: &Placed<'_>, next: Option<(&Placed<'_>, bool)>, body: f32, lexicon: &Lexicon) -> Kind {
    let text = block.text.as_str();
    if !text.chars().any(char::is_alphabetic) || leads_to_page_numbers(text) {
        return Kind::Nothing;
    }
    if let Some((text, depth)) = heading(block, next, body, lexicon) {
        return Kind::Heading { text, depth };
    }
    if literature::is_entry(text, lexicon) {
        return Kind::Reference;
    }
    if is_caption(text, lexicon) || is_notice(text, lexicon) || is_code(text) || is_note(block, body) {
        return Kind::Nothing;
    }
    if is_table(block) {
        return Kind::Table;
    }
    Kind::Prose { fragment: !is_finished(text) && !text.contains(". ") }
}

fn heading(
    block: &Placed<'_>,
    next: Option<(&Placed<'_>, bool)>,
    body: f32,
    lexicon: &Lexicon,
) -> Option<(String, Option<usize>)> {
    let text = block.text.trim();
    let length = text.chars().count();
    let height = block.block.line_height;
    if length > 120
        || block.words > 14
        || text.contains(" ,")
        || text.contains(['=', '≤', '≥'])
        || block.block.lines > 3
        || text.ends_with(['.', ',', ';', ':', '،', '؛']) && length > 40
    {
        return None;
    }
    let goes_on = next.is_some_and(|(next, flows)| {
        let same_size = (next.block.line_height / height.max(1.0) - 1.0).abs() < 0.25;
        same_size && next.text.starts_with(char::is_lowercase) || flows && next.block.line_height < body * 1.12
    });
    if goes_on && !is_finished(text) && block.words > 2 {
        return None;
    }
    let (title, depth) = match without_number(text, lexicon) {
        // "Article 7" has no other name.
        (rest, depth) if !rest.chars().any(char::is_alphabetic) => (text, depth),
        found => found,
    };
    let title = title.trim_end_matches(['.', ':', ' ']).to_owned();
    let letters = u32::try_from(title.chars().filter(|c| c.is_alphabetic()).count()).unwrap_or(0);
    if letters < 2
        || share(letters, u32::try_from(title.chars().filter(|c| !c.is_whitespace()).count()).unwrap_or(1)) < 0.6
    {
        return None;
    }
    let key = fold(bare(&title));
    let named = literature::is_heading(&title) || lexicon.left_out.contains(key.as_str());
    if named || lexicon.plain_headings.contains(key.as_str()) {
        return Some((title, depth));
    }
    let first = title.chars().find(|c| c.is_alphabetic())?;
    let starts_well = first.is_uppercase() || !first.is_lowercase();
    if !starts_well || is_code(text) || text.ends_with(|c: char| c.is_ascii_digit()) && text.contains("..") {
        return None;
    }
    // A line of full width needs more than a single taller character.
    let long = block.words > 9;
    let large = body > 0.0 && height >= body * if long { 1.3 } else { 1.12 };
    let numbered = depth.is_some() && !is_finished(text) && block.block.lines <= 2 && height >= body * 0.97;
    let leads_paragraph = next.is_some_and(|(next, _)| next.block.lines >= 2 && next.text.chars().count() > 100);
    let tops = next.is_some_and(|(next, _)| next.block.lines >= 2 && height >= next.block.line_height * 1.1);
    let capitals = capital_share(&title) > 0.9 && letters > 3 && word_count(&title) <= 10;
    let short_line =
        block.block.lines == 1 && word_count(text) <= 8 && length >= 4 && !is_finished(text) && height >= body * 0.97;
    if large || numbered || ((leads_paragraph || tops) && (capitals || short_line) && !block.marginal) {
        Some((title, depth))
    } else {
        None
    }
}

/// A heading without "3.1", "Chapter 3:" or "IV." before it, and the depth of the number.
pub(super) fn without_number<'a>(text: &'a str, lexicon: &Lexicon) -> (&'a str, Option<usize>) {
    let text = text.trim();
    let separators = [' ', '-', '–', '—', ':', '.'];
    let Some((first, tail)) = text.split_once(char::is_whitespace) else { return (text, None) };
    let word = fold(first.trim_end_matches(['.', ':', ')']));
    let counted = tail.trim_start().starts_with(|c: char| c.is_numeric() || is_roman_letter(c));
    if lexicon.numbered.contains(word.as_str()) && counted {
        return match tail.trim_start().split_once(char::is_whitespace) {
            Some((number, title)) if number_depth(number).is_some() => (title.trim_start_matches(separators), Some(1)),
            _ => (tail.trim_start(), Some(1)),
        };
    }
    match number_depth(first) {
        Some(depth) => (tail.trim_start_matches(separators), Some(depth)),
        None => (text, None),
    }
}

fn is_roman_letter(c: char) -> bool {
    matches!(c, 'I' | 'V' | 'X' | 'L' | 'C')
}

/// The depth of "3" and "IV." is 1, that of "3.1" and "A.2" is 2; anything else is not a number.
fn number_depth(word: &str) -> Option<usize> {
    let core = word.trim_end_matches(['.', ':', ')']);
    if core.is_empty() || core.len() > 12 {
        return None;
    }
    let parts: Vec<&str> = core.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.chars().count() <= 3 && part.chars().all(char::is_numeric);
    let roman = parts.len() == 1 && core.chars().all(is_roman_letter) && (core.len() > 1 || word.len() > 1);
    let letter = parts[0].len() == 1 && parts[0].chars().all(|c| c.is_ascii_uppercase()) && parts.len() > 1;
    if roman || parts.iter().all(digits) || (letter && parts[1..].iter().all(digits)) {
        Some(parts.len())
    } else {
        None
    }
}

/// Dots or spaces before page numbers, as in a table of contents.
pub(super) fn leads_to_page_numbers(text: &str) -> bool {
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let dots = squeezed.matches("....").count() + squeezed.matches("……").count() + squeezed.matches("·····").count();
    if dots == 0 {
        return false;
    }
    let leaders = squeezed.chars().filter(|c| matches!(c, '.' | '…' | '·')).count();
    leaders * 5 > squeezed.chars().count() || squeezed.ends_with(|c: char| c.is_numeric())
}

/// "Figure 3: ...", "Tabelle 2.1 - ...", "Table 4. ...".
fn is_caption(text: &str, lexicon: &Lexicon) -> bool {
    let mut words = text.split_whitespace();
    let (Some(first), Some(second)) = (words.next(), words.next()) else { return false };
    if !lexicon.numbered.contains(fold(first.trim_end_matches(':')).as_str()) || !second.starts_with(char::is_numeric) {
        return false;
    }
    let third = words.next().unwrap_or_default();
    second.ends_with([':', '.', ')']) || matches!(third, "-" | "–" | "—" | ":" | "|") || text.chars().count() < 90
}

/// Copyright notices, licences, addresses of publishers.
fn is_notice(text: &str, lexicon: &Lexicon) -> bool {
    let lower = fold(text);
    let found = lexicon.boilerplate.iter().filter(|phrase| lower.contains(**phrase)).count();
    let short = text.chars().count() < 240;
    (found >= 1 && (short || lower.starts_with("copyright") || lower.starts_with('©'))) || found >= 2
}

/// Listings, commands, formulas: few words and many symbols.
pub(in crate::reel::script) fn is_code(text: &str) -> bool {
    let (mut signs, mut letters, mut all) = (0_u32, 0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        letters += u32::from(c.is_alphabetic());
        signs += u32::from(matches!(
            c,
            '{' | '}'
                | '\\'
                | '='
                | '<'
                | '>'
                | '_'
                | '$'
                | '#'
                | '|'
                | '^'
                | '~'
                | '@'
                | '+'
                | '*'
                | '`'
                | ';'
                | '∑'
                | '∫'
                | '≤'
                | '≥'
                | '∈'
                | '∀'
                | '∂'
                | '√'
        ));
    }
    share(signs, all) > 0.08 || share(letters, all) < 0.5
}

/// Table cells: many short lines, or mostly numbers without the end of a sentence.
fn is_table(block: &Placed<'_>) -> bool {
    let text = block.text.as_str();
    let all = u32::try_from(text.chars().filter(|c| !c.is_whitespace()).count()).unwrap_or(1);
    let digits = u32::try_from(text.chars().filter(|c| c.is_numeric()).count()).unwrap_or(0);
    let per_line = text.chars().count() / usize::try_from(block.block.lines.max(1)).unwrap_or(1);
    share(digits, all) > 0.25 && !is_finished(text)
        || (block.block.lines >= 5 && per_line < 14 && !text.chars().any(is_arabic))
}

/// A line such as "Spring School, 12 May 2024": not told, but nobody would call it a table.
pub(super) fn is_date(block: &Placed<'_>) -> bool {
    block.block.lines <= 1 && words(&block.text).filter(|word| word.contains(char::is_numeric)).count() < 3
}

/// Small type at the bottom of the page that starts with a note mark, or tiny type anywhere.
fn is_note(block: &Placed<'_>, body: f32) -> bool {
    let height = block.block.line_height;
    if body <= 0.0 || height <= 0.0 {
        return false;
    }
    let mark = block.text.starts_with(|c: char| c.is_numeric() || matches!(c, '*' | '†' | '‡' | '∗' | '§'));
    (height < body * 0.93 && mark && block.low) || (height < body * 0.72 && words(&block.text).count() < 120)
}
