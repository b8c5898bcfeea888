//! Words that are not said as they are printed.

use super::West;
use super::table::When;
use crate::Said;
use crate::address::address;
use crate::number::{digits, lowered, roman};
use crate::scan::{
    char_at, char_before, ends, is_word, sentence_may_end, skip_spaces, word_after, word_at, word_before,
};
use crate::units::unit;

/// Units that stand alone after "per"; elsewhere their letters may be something else.
const PER_UNITS: [&str; 18] =
    ["kg", "mg", "km", "cm", "mm", "ml", "dl", "ha", "lb", "oz", "kB", "MB", "GB", "TB", "kWh", "MWh", "kW", "MW"];

impl West<'_> {
    pub(super) fn word(&self, text: &str, at: usize) -> Option<Said> {
        self.address(text, at)
            .or_else(|| self.version(text, at))
            .or_else(|| self.abbreviation(text, at))
            .or_else(|| self.roman(text, at))
            .or_else(|| self.0.own_word(text, at))
            .or_else(|| self.short_month(text, at))
            .or_else(|| self.lone_unit(text, at))
            .or_else(|| self.mixed(text, at))
    }

    /// A web or mail address.
    fn address(&self, text: &str, at: usize) -> Option<Said> {
        if char_before(text, at).is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | '<' | '"' | '“' | '[' | '«'))
        {
            return None;
        }
        let address = address(text, at)?;
        let table = self.0.table();
        let mut said: Vec<String> = Vec::new();
        let mut here = 0;
        while let Some(character) = char_at(address.said, here) {
            let sign = match character {
                '.' => table.dot,
                '@' => table.at,
                '/' => table.slash,
                '-' => table.dash,
                '_' => table.underscore,
                '+' => "plus",
                _ => "",
            };
            if !sign.is_empty() {
                said.push(sign.to_owned());
                here += character.len_utf8();
            } else if let Some((end, run)) = digits(address.said, here) {
                said.push(self.part_of_code(&run));
                here = end;
            } else {
                let rest = &address.said[here..];
                let run = &rest[..rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())];
                let length = run.len().max(character.len_utf8());
                // "uk" and "io" are letters.
                let spelled = run.len() == 2 && here > 0 && run.is_ascii() && !["co", "me", "to", "go"].contains(&run);
                said.push(if spelled { spell(&run.to_uppercase()) } else { run.to_owned() });
                here += length;
            }
        }
        said.retain(|part| !part.is_empty());
        Some(Said::new(address.end, said.join(" ")))
    }

    /// `v1.2.3`.
    fn version(&self, text: &str, at: usize) -> Option<Said> {
        let rest = text[at..].strip_prefix(['v', 'V'])?;
        let start = at + text[at..].len() - rest.len();
        let (end, parts) = crate::shape::dotted(text, start)?;
        ends(text, end).then(|| Said::new(end, format!("{} {}", self.0.table().version, self.dotted_parts(&parts))))
    }

    /// An abbreviation of the table.
    fn abbreviation(&self, text: &str, at: usize) -> Option<Said> {
        let rest = &text[at..];
        let table = self.0.table().abbreviations;
        let matching = table.iter().filter(|(printed, _, when)| {
            let Some(end) = starts_with_folded(rest, printed).map(|length| at + length) else { return false };
            let after = skip_spaces(text, end);
            let closed = printed.ends_with('.') || ends(text, end) && !text[end..].starts_with('-');
            closed
                && match when {
                    When::Always | When::Closing => {
                        !printed.ends_with('.')
                            || !char_at(text, end).is_some_and(char::is_alphanumeric)
                            || printed.len() > 4
                    }
                    When::Number => {
                        char_at(text, after).is_some_and(|c| c.is_numeric() || c == '#')
                            || text[after..].starts_with('(') && crate::number::digit_at(text, after + 1)
                            || roman(&word_at(text, after).to_uppercase()).is_some() && after > end
                    }
                    When::Name => char_at(text, after).is_some_and(char::is_uppercase) && after > end,
                }
        });
        let (printed, said, when) = matching.max_by_key(|(printed, ..)| printed.len())?;
        let end = at + starts_with_folded(rest, printed)?;
        let keeps = printed.ends_with('.')
            && (text[end..].trim().is_empty() || *when == When::Closing && sentence_may_end(text, end));
        // "No.1"
        let room = if char_at(text, end).is_some_and(char::is_alphanumeric) { " " } else { "" };
        Some(Said::new(end, format!("{said}{}{room}", if keeps { "." } else { "" })))
    }

    /// A roman numeral after a name, or a noun that is numbered.
    fn roman(&self, text: &str, at: usize) -> Option<Said> {
        let table = self.0.table();
        let word = word_at(text, at);
        let end = at + word.len();
        let before = word_before(text, at);
        // "(iv)"
        let bracketed = char_before(text, at) == Some('(') && text[end..].starts_with(')');
        let lower = word.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
        if lower && (bracketed || ["pages", "page", "pp", "p", "chapter"].contains(&before)) {
            let value = roman(&word.to_uppercase())?;
            return Some(Said::new(end, self.0.cardinal(&value.to_string(), false)));
        }
        let value = roman(word)?;
        let cardinal = || self.0.cardinal(&value.to_string(), false);
        let after = word_after(text, end);
        if table.century.iter().any(|noun| noun.eq_ignore_ascii_case(after)) {
            return Some(Said::new(end, self.0.ordinal(value, false)));
        }
        if text[at..].len() > word.len()
            && text[end..].starts_with(['-', '&', '\'', '’', '/'])
            && word.len() == 1
            && before != "War"
        {
            return None;
        }
        if table.rulers.contains(&before) {
            let ordinal = value <= table.ruler_ordinals;
            let feminine = ["Elizabeth", "Elisabeth", "Isabel", "Catherine", "Catalina", "Katharina", "Mary", "Anne"];
            let dotted =
                table.day_marks.contains(&".") && text[end..].starts_with('.') && !text[end + 1..].trim().is_empty();
            let said = if ordinal { self.0.ordinal(value, feminine.contains(&before)) } else { cardinal() };
            let article = if ordinal { table.ruler_article } else { "" };
            let article = if feminine.contains(&before) && article == "der " { "die " } else { article };
            return Some(Said::new(end + usize::from(dotted), format!("{article}{said}")));
        }
        let numbered = table.numbered.iter().any(|noun| noun.eq_ignore_ascii_case(before));
        let plain = word.len() >= 2 && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X')) && !before.is_empty();
        (numbered || plain).then(|| Said::new(end, cardinal()))
    }

    /// "en sept. 2023", "en sept. de 2023".
    fn short_month(&self, text: &str, at: usize) -> Option<Said> {
        let (month, end) = self.month(text, at)?;
        let name = self.0.table().months[month - 1];
        let (_, year) = self.year_after(text, end);
        (year.is_some() && end - at != name.len()).then(|| Said::new(end, name))
    }

    /// "per km²": a unit without a number that no word looks like.
    fn lone_unit(&self, text: &str, at: usize) -> Option<Said> {
        let unit = unit(text, at)?;
        let printed = &text[at..unit.end];
        let word = word_at(text, at);
        let plain = unit.under.is_empty() && printed == word;
        let is_per = self.0.table().per == word_before(text, at);
        let known = is_per && PER_UNITS.contains(&printed)
            || !plain
                && word.chars().count() <= 3
                && !printed.chars().any(|c| c.is_ascii_digit())
                && (printed.chars().any(crate::scan::is_superscript)
                    || unit.over.iter().any(|f| !f.prefix.is_empty())
                    || matches!(printed, "m/s"));
        known.then(|| Said::new(unit.end, self.unit(&unit, is_per)))
    }

    /// Letters with digits: `COVID19`, `H2O`, `IPv6`, `CO₂`.
    pub(super) fn mixed(&self, text: &str, at: usize) -> Option<Said> {
        let rest = text.get(at..)?;
        let is_part = |c: char| is_word(c) || lowered(c).is_some();
        let run = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let is_digit = |c: char| c.is_ascii_digit() || lowered(c).is_some();
        if run.len() > 40 || !run.contains(is_digit) || !run.contains(char::is_alphabetic) {
            return None;
        }
        let mut said: Vec<String> = Vec::new();
        let mut here = 0;
        while let Some(character) = char_at(run, here) {
            let rest = &run[here..];
            let digital = is_digit(character);
            let length = rest.find(|c| is_digit(c) != digital).unwrap_or(rest.len());
            let part = &rest[..length];
            if digital {
                let digits: String = part.chars().map(|c| lowered(c).unwrap_or(c)).collect();
                said.push(self.number_in_code(&digits));
            } else {
                said.push(letters(part));
            }
            here += length;
        }
        let mut end = at + run.len();
        // "PM2.5"
        if run.ends_with(is_digit)
            && text[end..].starts_with('.')
            && let Some((after, decimals)) = digits(text, end + 1)
        {
            said.push(format!("{} {}", self.0.table().full_stop, self.part_of_code(&decimals)));
            end = after;
        }
        // "SO₄²⁻"
        if run.contains(|c| lowered(c).is_some())
            && let Some((after, charge)) = crate::number::raised(text, end)
        {
            let sign = if charge.ends_with('-') { "minus" } else { "plus" };
            let count = charge.trim_end_matches(['-', '+']);
            if !count.is_empty() {
                said.push(self.0.cardinal(count, false));
            }
            said.push(sign.to_owned());
            end = after;
        }
        Some(Said::new(end, said.join(" ")))
    }

    fn number_in_code(&self, digits: &str) -> String {
        let year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        if year { self.0.year(digits) } else { self.part_of_code(digits) }
    }
}

/// The length of `key` at the start of `rest`; the first letter may be a capital, and where all of `key` is small letters
/// no other may.
fn starts_with_folded(rest: &str, key: &str) -> Option<usize> {
    if rest.starts_with(key) {
        return Some(key.len());
    }
    let (first, wanted) = (rest.chars().next()?, key.chars().next()?);
    let folded = first.to_lowercase().eq(wanted.to_lowercase()) && wanted.is_lowercase();
    (folded && rest[first.len_utf8()..].starts_with(&key[wanted.len_utf8()..]))
        .then(|| first.len_utf8() + key.len() - wanted.len_utf8())
}

/// Letters one by one.
pub(crate) fn spell(letters: &str) -> String {
    let said: Vec<String> = letters.chars().map(String::from).collect();
    said.join(" ")
}

/// Letters of a code: what looks like a word is one.
pub(crate) fn letters(part: &str) -> String {
    let count = part.chars().count();
    let capitals = part.chars().filter(|c| c.is_uppercase()).count();
    let vowels = part.contains(|c: char| "AEIOUYaeiouy".contains(c));
    let word = vowels && count >= 4 || capitals == 0 && count >= 2 || capitals == 1 && count >= 3 && vowels;
    if word { part.to_owned() } else { spell(part) }
}
