//! The non-letters of a written sentence: brackets, bullets, note marks, abbreviations, capitals.

use super::is_note_mark;
use crate::reel::script::lexicon::Lexicon;
use crate::reel::script::sentences::is_terminal;
use crate::reel::script::text::{capital_share, capitalised, find_phrase, fold};

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

/// Removes superscript digits, daggers, and the number of a footnote after the full stop.
pub(super) fn without_note_marks(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !is_note_mark(*c)).collect();
    let trimmed = kept.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = kept.len() - trimmed.len();
    let mut ending = trimmed.chars().rev();
    let after_mark = ending.next().is_some_and(|c| is_terminal(c) || matches!(c, ')' | '”' | '"'))
        && ending.next().is_some_and(|c| c.is_alphabetic() || matches!(c, ')' | '”' | '"') || is_terminal(c));
    if (1..=3).contains(&digits) && after_mark { trimmed.to_owned() } else { kept }
}

/// Removes text in round or square brackets: citations, parentheses. "function(s)" becomes "function", "\[w\]hen"
/// becomes "when".
pub(super) fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut hidden = String::new();
    let mut open: Vec<char> = Vec::new();
    let mut touches = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '(' | '[' => {
                if open.is_empty() {
                    hidden.clear();
                    touches = out.ends_with(char::is_alphanumeric) || out.is_empty() || out.ends_with(['“', '"', ' ']);
                } else {
                    hidden.push(c);
                }
                open.push(c);
            }
            ')' | ']' if !open.is_empty() => {
                let square = open.pop() == Some('[');
                let letter = hidden.chars().count() <= 2 && hidden.chars().all(char::is_alphabetic);
                if !open.is_empty() {
                    hidden.push(c);
                } else if square && letter && touches && chars.peek().is_some_and(|next| next.is_alphabetic()) {
                    out.push_str(&hidden);
                }
            }
            // An unmatched bracket is noise.
            ')' | ']' => {}
            c if open.is_empty() => out.push(c),
            c => hidden.push(c),
        }
    }
    if !open.is_empty() {
        // Never closed: the text is part of the sentence.
        out.push_str(&hidden);
    }
    out
}

/// Replaces `%`, `&`, `§`, typographic dashes and quotes by words and commas.
pub(super) fn with_words_for_signs(text: &str, lexicon: &Lexicon) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let chars: Vec<char> = text.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map_or(' ', |at| chars[at]);
        let after = chars.get(index + 1).copied().unwrap_or(' ');
        match c {
            '%' | '٪' => word(&mut out, lexicon.words.percent, after),
            '&' if before == ' ' && after == ' ' => out.push_str(lexicon.words.and),
            '§' => word(&mut out, lexicon.words.section, after),
            '—' | '―' | '•' | '▪' | '●' | '◦' | '‣' | '■' => comma(&mut out),
            '–' | '-' if before == ' ' && after == ' ' => comma(&mut out),
            '-' if before == '-' || after == '-' => {
                if after == '-' && (before == ' ' || before.is_alphanumeric()) {
                    comma(&mut out);
                }
            }
            '`' if before == '`' => out.push('“'),
            '\'' if after == '\'' => out.push('”'),
            '`' => {}
            '\'' if before == '\'' => {}
            '…' => out.push('.'),
            c => out.push(c),
        }
    }
    out
}

fn word(out: &mut String, word: &str, after: char) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
    out.push_str(word);
    if after.is_alphanumeric() {
        out.push(' ');
    }
}

fn comma(out: &mut String) {
    out.truncate(out.trim_end().len());
    if !out.is_empty() && !out.ends_with([',', '،', ';', ':']) {
        out.push(',');
    }
    out.push(' ');
}

/// Replaces "e.g." by "for example" and so on, at word boundaries, ignoring case.
pub(super) fn with_abbreviations_said(text: &str, lexicon: &Lexicon) -> String {
    let mut out = text.to_owned();
    let folded = fold(text);
    for (short, long) in lexicon.words.expansions.iter().filter(|(short, _)| folded.contains(short)) {
        let mut from = 0;
        while let Some((at, end)) = find_phrase(&out, short, from) {
            let rest = &out[end..];
            if *short == "no." && !rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
                from = end;
                continue;
            }
            let last = rest.trim_end_matches(['”', '"', ')', '»']).is_empty() && short.ends_with('.');
            let said = if at == 0 { capitalised(long) } else { (*long).to_owned() };
            let said = if last { format!("{said}.") } else { said };
            out.replace_range(at..end, &said);
            from = at + said.len();
        }
    }
    out
}

/// Stop words in capitals ("MUST NOT") and sentences in capitals, in lower case. Acronyms stay.
pub(super) fn with_quiet_capitals(text: &str, lexicon: &Lexicon) -> String {
    if capital_share(text) > 0.6 && text.split_whitespace().count() >= 3 {
        return capitalised(&text.to_lowercase());
    }
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(char::is_whitespace) {
        let core = part.trim_matches(|c: char| !c.is_alphanumeric());
        let loud = core.chars().count() >= 2 && core.chars().all(char::is_uppercase);
        if loud && lexicon.stop_words.contains(core.to_lowercase().as_str()) {
            out.push_str(&part.to_lowercase());
        } else {
            out.push_str(part);
        }
    }
    out
}

/// A heading or title in capitals, in sentence case; others unchanged.
pub(in crate::reel::script) fn softened(text: &str, lexicon: &Lexicon) -> String {
    let long = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 4).count();
    if capital_share(text) > 0.8 && long >= 1 && !text.contains(char::is_numeric) {
        return capitalised(&text.to_lowercase());
    }
    with_quiet_capitals(text, lexicon)
}

/// Normalises to single spaces, none before closing marks, no repeated or leading commas, quotes in pairs.
pub(super) fn tidy(text: &str, lexicon: &Lexicon) -> String {
    let mut out = String::with_capacity(text.len());
    let spaced = lexicon.words.code == "fr";
    for word in text.split_whitespace() {
        // French has a space before these four; other closing marks stand alone only if something was removed.
        let french = spaced && matches!(word, "!" | "?" | ":" | ";");
        let closing =
            word.chars().all(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | '،' | '؛' | '؟' | '”'));
        // A compound that a line break split: "Software- Distribution".
        let cut = out.ends_with('-') && !out.ends_with(" -") && word.starts_with(char::is_uppercase);
        if !out.is_empty() && (french || !closing) && !cut {
            out.push(' ');
        }
        // A term repeated by its explanation: "Aptitude aptitude is a program".
        let again = out.split_whitespace().count() == 1 && word.chars().count() > 2 && fold(word) == fold(out.trim());
        if again {
            out.clear();
        }
        out.push_str(word);
    }
    for (twice, once) in [
        (",,", ","),
        (", ,", ","),
        (",.", "."),
        (" ,", ","),
        ("،،", "،"),
        (" ،", "،"),
        ("،.", "."),
        (".,", ","),
        ("( ", "("),
        (";.", "."),
        (":.", "."),
        ("..", "."),
    ] {
        while out.contains(twice) && !(twice == ".," && out.contains("etc.,")) {
            out = out.replace(twice, once);
        }
    }
    if let Some(start) = out.strip_suffix(" .") {
        out = format!("{start}.");
    }
    let out = out.replace(" . ", ". ");
    let out = out.trim_start_matches([',', '،', ';', ':', '.', ' ', ')', '؛']).trim_end().to_owned();
    with_paired_quotes(&out)
}

fn with_paired_quotes(text: &str) -> String {
    let mut out = text.to_owned();
    let pairs: [(char, char); 2] =
        if out.contains('„') { [('„', '“'), ('«', '»')] } else { [('“', '”'), ('«', '»')] };
    for (open, close) in pairs {
        if out.matches(open).count() != out.matches(close).count() {
            out = out.replace([open, close], "");
        }
    }
    if out.matches('"').count() % 2 == 1 {
        out = out.replace('"', "");
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What cannot be spoken: addresses, paths, code, formulas.
pub(super) fn has_unspeakable(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let sign = chars.iter().enumerate().any(|(index, c)| match c {
        '{' | '}' | '\\' | '=' | '<' | '>' | '_' | '|' | '^' | '~' | '@' | '`' | '→' | '⇒' | '∑' | '∫' | '≤' | '≥'
        | '∈' | '∀' | '∂' | '√' | '∞' | '*' => true,
        '$' => !chars.get(index + 1).is_some_and(char::is_ascii_digit),
        '#' => !index.checked_sub(1).is_some_and(|at| chars[at].is_ascii_uppercase()),
        _ => false,
    });
    sign || text.split_whitespace().any(is_address)
}

/// A URL, a path, or a command-line option.
pub(in crate::reel::script) fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let domain = [".com", ".org", ".net", ".edu", ".gov", ".html", ".htm", ".io"]
        .iter()
        .any(|ending| core.ends_with(ending) || core.contains(&format!("{ending}/")));
    let path = core.starts_with('/') && core.len() > 1 || core.matches('/').count() >= 2;
    lower.contains("://")
        || lower.starts_with("www.")
        || domain
        || path
        || lower.trim_start_matches(['“', '"', '\'', '‘']).starts_with("--")
}
