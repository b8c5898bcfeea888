//! What is told of a sentence: its words as they are printed. Only what carries nothing may be left out: a citation in
//! brackets, the mark of a note, an opening such as "However,". A sentence that would need more is not told at all. How
//! it is said (numbers, abbreviations, signs) is the voice's part.

mod arabic;
mod brackets;
mod marks;

use super::lexicon::Lexicon;
use super::sentences::{is_finished, is_terminal};
use super::text::{capitalised, find_phrase, fold, folded_prefix, word_count};

/// A sentence as it is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// With its opening "However,": for use after the previous sentence.
    pub(super) full: String,
    /// Without the opening.
    pub(super) bare: String,
    /// Whether it depends on the previous sentence.
    pub(super) leans: bool,
    /// Whether it refers to a figure, table or another place on the page.
    pub(super) points: bool,
}

/// Most words of a sentence.
pub(super) const LONGEST: u32 = 45;

/// What is told of a sentence, or none if it cannot be told (addresses, formulas, only parentheses).
pub(super) fn told(raw: &str, lexicon: &Lexicon) -> Option<Told> {
    let text = marks::without_list_mark(raw.trim());
    let text = without_term(&text, lexicon);
    let before = word_count(text);
    let text = marks::without_note_marks(text);
    let text = brackets::without_citations(&text, lexicon)?;
    let text = without_pointers(&text, lexicon);
    let text = without_reading_hint(&text, lexicon);
    if word_count(&text) * 5 < before * 2 || marks::has_unspeakable(&text) {
        return None;
    }
    let full = ended(&text, raw);
    let mut bare = without_connective(&full, lexicon);
    if lexicon.words.code == "ar" {
        bare = arabic::without_and(bare);
    }
    let bare = if bare.len() == full.len() { full.clone() } else { capitalised(bare) };
    let points = points_elsewhere(&bare, lexicon);
    let leans = leans(&bare, lexicon);
    Some(Told { full, bare, leans, points })
}

/// A clause of a list or a turn of a conversation: as it is printed, without its bullet; none if it cannot be told.
pub(super) fn clause(raw: &str, lexicon: &Lexicon) -> Option<Told> {
    let text = marks::without_note_marks(&marks::without_list_mark(raw.trim()));
    let text = brackets::without_citations(&text, lexicon)?;
    if text.is_empty() || marks::has_unspeakable(&text) {
        return None;
    }
    let text = ended(&text, raw);
    Some(Told { full: text.clone(), bare: text, leans: false, points: false })
}

/// Removes a term before its explanation: "Build The build target compiles" starts at "The". German is excluded: "Die"
/// is too rare inside sentences, and "Sie" too frequent.
fn without_term<'a>(text: &'a str, lexicon: &Lexicon) -> &'a str {
    if matches!(lexicon.words.code, "ar" | "de") {
        return text;
    }
    let mut at = 0;
    for (index, word) in text.split_inclusive(' ').take(4).enumerate() {
        let core = word.trim();
        let opens = core.starts_with(char::is_uppercase)
            && core.chars().skip(1).all(char::is_lowercase)
            && lexicon.determiners.contains(fold(core).as_str());
        if index > 0 && opens {
            return &text[at..];
        }
        if core.ends_with(|c: char| !c.is_alphanumeric()) || lexicon.stop_words.contains(fold(core).as_str()) {
            return text;
        }
        at += word.len();
    }
    text
}

/// Without a separator at its end. What was shortened at its end keeps the full stop of the whole sentence; a line without
/// one gets none.
fn ended(text: &str, raw: &str) -> String {
    let trimmed = text
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '،' | '؛' | '-' | '–' | '—'));
    if is_finished(raw) && !is_finished(trimmed) { format!("{trimmed}.") } else { trimmed.to_owned() }
}

/// Removes "As shown in Figure 2," at the start and ", as shown in Figure 2" at the end.
fn without_pointers(text: &str, lexicon: &Lexicon) -> String {
    let folded = fold(text);
    for pointer in lexicon.pointers.iter().filter(|pointer| folded.contains(**pointer)) {
        let Some((start, end)) = find_phrase(text, pointer, 0) else { continue };
        let Some(target) = pointed_at(&text[end..], lexicon) else { continue };
        let (head, tail) = (text[..start].trim_end(), &text[end + target..]);
        let closed = text[..end + target].ends_with([',', '،']);
        let rest = if closed { Some(tail) } else { tail.trim_start().strip_prefix([',', '،']) };
        if let (true, Some(rest)) = (head.is_empty(), rest) {
            return capitalised(rest.trim_start());
        }
        let ends = tail.chars().all(|c| is_terminal(c) || c.is_whitespace());
        if let (true, Some(head)) = (ends, head.strip_suffix([',', '،'])) {
            return format!("{head}{}", tail.trim_start());
        }
    }
    text.to_owned()
}

/// Removes a final clause that only refers elsewhere: "; see the manual for details".
fn without_reading_hint(text: &str, lexicon: &Lexicon) -> String {
    for (at, mark) in text.match_indices([';', ',', '؛', '،']) {
        let rest = text[at + mark.len()..].trim_start();
        let hint = lexicon.see.iter().any(|see| find_phrase(rest, see, 0).is_some_and(|(start, _)| start == 0));
        if hint && !rest.contains([',', '،']) && word_count(&text[..at]) >= 5 {
            return text[..at].to_owned();
        }
    }
    text.to_owned()
}

/// The length in bytes of " the Figures 2 and 3a" at the start of a text, if present.
fn pointed_at(text: &str, lexicon: &Lexicon) -> Option<usize> {
    let (mut at, mut end) = (0, 0);
    let (mut named, mut numbered) = (false, false);
    for word in text.split_inclusive(' ').take(9) {
        let start = at;
        at += word.len();
        let bare = word.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ')' | '(' | ';' | '،'));
        if bare.is_empty() {
            continue;
        }
        let folded = fold(bare);
        let plain = folded.trim_end_matches(is_terminal);
        let letter = bare.chars().count() <= 2 && bare.starts_with(|c: char| c.is_ascii_uppercase());
        let joins = matches!(
            plain,
            "and"
                | "or"
                | "the"
                | "et"
                | "la"
                | "le"
                | "les"
                | "der"
                | "die"
                | "und"
                | "y"
                | "e"
                | "en"
                | "de"
                | "het"
                | "to"
                | "–"
                | "-"
                | "رقم"
        );
        if lexicon.numbered.contains(folded.as_str()) || lexicon.numbered.contains(plain) {
            named = true;
        } else if named && (bare.starts_with(char::is_numeric) || letter) {
            numbered = true;
            end = start + word.trim_end_matches(|c: char| c.is_whitespace() || is_terminal(c)).len();
        } else if !joins {
            break;
        }
        if numbered && word.trim_end().ends_with([')', '.', ';']) {
            break;
        }
    }
    (named && numbered).then_some(end)
}

/// Removes "However," at the start.
fn without_connective<'a>(text: &'a str, lexicon: &Lexicon) -> &'a str {
    for phrase in &lexicon.connectives {
        if let Some(end) = folded_prefix(text, phrase) {
            let rest = &text[end..];
            let comma = rest.trim_start().starts_with([',', '،']);
            if comma && word_count(rest) >= 4 {
                return rest.trim_start_matches([',', '،', ' ']);
            }
        }
    }
    text
}

fn starts_with_phrase(folded: &str, phrase: &str) -> bool {
    folded.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\''))
}

/// Whether a sentence needs the previous one: "This is why …", "He left", "In such cases".
pub(super) fn leans(text: &str, lexicon: &Lexicon) -> bool {
    let folded = fold(text);
    let folded = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    if lexicon.grounded.iter().any(|phrase| starts_with_phrase(folded, phrase)) {
        return false;
    }
    let words: Vec<&str> = folded.split_whitespace().take(5).map(super::text::bare).collect();
    let names_itself = |from: usize| words.iter().skip(from).take(2).any(|word| lexicon.self_names.contains(word));
    let points_back = |index: usize| words.get(index).is_some_and(|word| lexicon.demonstratives.contains(word));
    if points_back(0) || points_back(1) && lexicon.stop_words.contains(words[0]) {
        return !names_itself(1);
    }
    if lexicon.words.code == "ar" && arabic::refers_back(folded) {
        return true;
    }
    (1..=words.len().min(4)).any(|count| {
        let opening = words[..count].join(" ");
        lexicon.dangling.contains(opening.as_str())
    }) || lexicon.dangling.iter().any(|phrase| phrase.contains('.') && starts_with_phrase(folded, phrase))
}

/// Whether a sentence refers to a figure, a table, or a place above or below.
fn points_elsewhere(text: &str, lexicon: &Lexicon) -> bool {
    let folded = fold(text);
    if lexicon.pointing.iter().any(|phrase| folded.contains(*phrase)) {
        return true;
    }
    let mut named = false;
    folded.split_whitespace().any(|word| {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let number = named && core.starts_with(char::is_numeric);
        named = lexicon.numbered.contains(core);
        number
    })
}

#[cfg(test)]
mod tests;
