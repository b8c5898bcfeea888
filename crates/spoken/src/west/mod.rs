//! The European languages: what a number, a sign or a word is, and how the language's table says it.

mod calendar;
mod counted;
mod quantity;
mod slash;
mod table;
mod words;

pub(crate) use self::quantity::before_number;
pub(crate) use self::table::{Abbreviation, Currency, Table, UnitName, When};
pub(crate) use self::words::{letters, spell};

use crate::number::{Number, digit_at, number};
use crate::scan::{char_at, char_before, is_superscript, is_word};
use crate::shape::{Clock, Order};
use crate::{Said, Tongue};

/// What a language says in its own way.
pub(crate) trait Language {
    fn table(&self) -> &'static Table;
    /// A whole number, in digits; feminine where it counts something feminine.
    fn cardinal(&self, digits: &str, feminine: bool) -> String;
    /// A number before what it counts: the noun's gender, where a table knows it, or the noun.
    fn counting(&self, digits: &str, feminine: Option<bool>, _: &str) -> String {
        self.cardinal(digits, feminine.unwrap_or_default())
    }
    /// A year.
    fn year(&self, digits: &str) -> String {
        self.cardinal(digits, false)
    }
    /// "third".
    fn ordinal(&self, value: u64, feminine: bool) -> String;
    /// Two thirds, of its own: `denominator` is at least 2.
    fn fraction(&self, numerator: u64, denominator: u64) -> String;
    /// A date: the printed order, and what stands before it.
    fn date(&self, year: Option<&str>, month: usize, day: u64, order: Order, before: &str) -> String;
    /// A time.
    fn clock(&self, clock: &Clock) -> String;
    /// Which number of a date in digits is the day.
    fn order(&self) -> Order {
        Order::DayFirst
    }
    /// Numbers that only this language prints so; asked first.
    fn own_number(&self, _: &str, _: usize) -> Option<Said> {
        None
    }
    /// Words that only this language prints so; asked first.
    fn own_word(&self, _: &str, _: usize) -> Option<Said> {
        None
    }
}

/// One of these languages as a [`Tongue`].
pub(crate) struct West<'a>(pub(crate) &'a dyn Language);

impl Tongue for West<'_> {
    fn say(&self, text: &str, at: usize) -> Option<Said> {
        let character = char_at(text, at)?;
        if character.is_alphabetic() {
            return self.numeric_word(text, at).or_else(|| self.word(text, at));
        }
        self.numeric(text, at).or_else(|| self.sign(text, at, character))
    }
}

impl West<'_> {
    fn numeric(&self, text: &str, at: usize) -> Option<Said> {
        let before = char_before(text, at);
        let first = char_at(text, at)?;
        // A hyphen joins what is before it.
        if matches!(first, '-' | '−' | '+' | '~' | '.')
            && before.is_some_and(|c| is_word(c) || matches!(c, '-' | ')' | '.'))
        {
            return None;
        }
        if first.is_ascii_punctuation() && !"-+~<>$#.('".contains(first) {
            return None;
        }
        self.phone(text, at)
            .or_else(|| self.0.own_number(text, at))
            .or_else(|| self.date(text, at))
            .or_else(|| self.pairs(text, at))
            .or_else(|| self.time(text, at))
            .or_else(|| self.dotted(text, at))
            .or_else(|| self.slashed(text, at))
            .or_else(|| self.ratio(text, at))
            .or_else(|| self.quantity(text, at))
    }

    /// A currency's code before a sum.
    fn numeric_word(&self, text: &str, at: usize) -> Option<Said> {
        crate::currency::currency(text, at)?;
        self.quantity(text, at)
    }

    /// Signs that are said.
    fn sign(&self, text: &str, at: usize, character: char) -> Option<Said> {
        let table = self.0.table();
        let end = at + character.len_utf8();
        let next = char_at(text, end);
        let before = char_before(text, at);
        match character {
            '[' => return reference(text, at),
            '#' if digit_at(text, crate::scan::skip_spaces(text, end)) => {
                let number = self.plain_number(text, crate::scan::skip_spaces(text, end))?;
                return Some(Said::new(number.end, format!("{} {}", table.number, self.number(&number, false))));
            }
            '#' if next.is_some_and(char::is_alphabetic) => return Some(Said::new(end, format!("{} ", table.hashtag))),
            '@' if next.is_some_and(char::is_alphabetic) => return Some(Said::new(end, format!(" {} ", table.at))),
            '§' | '¶' => {
                let twice = text[end..].starts_with(character);
                let end = end + if twice { character.len_utf8() } else { 0 };
                let (one, many) = if character == '§' { table.section } else { table.paragraph };
                return Some(Said::new(end, format!("{} ", if twice { many } else { one })));
            }
            '/' if before.is_some_and(is_word) && next.is_some_and(is_word) => return Some(Said::new(end, " ")),
            '–' if before.is_some_and(is_word) && (digit_at(text, end) || before.is_some_and(char::is_numeric)) => {
                return next.is_some_and(is_word).then(|| Said::new(end, format!(" {} ", table.to)));
            }
            '–' | '-' | '→' if before.is_some_and(char::is_alphabetic) && next.is_some_and(char::is_alphabetic) => {
                return self.joined(text, at, end, character);
            }
            '₀'..='₉' => {
                let digits: String = text[at..].chars().map_while(crate::number::lowered).collect();
                let end = at + digits.len() * '₀'.len_utf8();
                let said = self.0.cardinal(&digits, false);
                let more = char_at(text, end).is_some_and(char::is_alphanumeric);
                return Some(Said::new(end, format!(" {said}{}", if more { " " } else { "" })));
            }
            _ if is_superscript(character) => return self.raised_sign(text, at),
            _ => {}
        }
        let said = table.signs.iter().find(|(sign, _)| *sign == character)?.1;
        Some(Said::new(end, format!(" {said} ")))
    }

    /// A raised number after a letter is a power, after a word a footnote's mark.
    fn raised_sign(&self, text: &str, at: usize) -> Option<Said> {
        let table = self.0.table();
        let (end, power) = crate::number::raised(text, at)?;
        let before = &text[..at];
        let letters = before.chars().rev().take(3).take_while(|c| c.is_alphabetic()).count();
        let sign = match power.chars().next_back() {
            Some('+') => table.before_numbers.iter().find(|(sign, _)| *sign == '+'),
            Some('-') => table.before_numbers.iter().find(|(sign, _)| *sign == '-'),
            _ => None,
        };
        // "Ca²⁺"
        if let Some((_, sign)) = sign.filter(|_| (1..=2).contains(&letters)) {
            let count = power.trim_end_matches(['+', '-']);
            let count = if count.is_empty() { String::new() } else { self.0.cardinal(count, false) };
            return Some(Said::new(end, format!(" {count} {}", sign.trim()).replace("  ", " ")));
        }
        // "¹⁴C"
        let element = crate::scan::word_at(text, end);
        if letters == 0
            && power.len() >= 2
            && (1..=2).contains(&element.len())
            && element.starts_with(|c: char| c.is_ascii_uppercase())
            && power.bytes().all(|digit| digit.is_ascii_digit())
        {
            return Some(Said::new(end, format!("{} ", self.0.cardinal(&power, false))));
        }
        let said = if (1..=2).contains(&letters) { format!(" {} ", self.power(&power)) } else { String::new() };
        Some(Said::new(end, said))
    }

    /// A dash from one letter or name of a day or month to another.
    fn joined(&self, text: &str, at: usize, end: usize, sign: char) -> Option<Said> {
        let table = self.0.table();
        let before = crate::scan::word_before(text, at);
        let after = crate::scan::word_at(text, end);
        let shortened = |word: &str| table.month_abbreviations.iter().any(|(short, _)| *short == word.to_lowercase());
        let is_named = |word: &str| table.months.iter().chain(table.days).any(|name| *name == word) || shortened(word);
        let letters = before == "A" && after == "Z";
        let said = letters || sign == '→' || is_named(before) && is_named(after);
        said.then(|| Said::new(end, format!(" {} ", table.to)))
    }

    pub(super) fn plain_number(&self, text: &str, at: usize) -> Option<Number> {
        number(text, at, &self.0.table().separators)
    }

    /// A number as it is said, with its decimals.
    pub(crate) fn number(&self, number: &Number, feminine: bool) -> String {
        let table = self.0.table();
        let whole = self.0.cardinal(&number.whole, feminine && number.decimals.is_none());
        let Some(decimals) = &number.decimals else { return whole };
        let point = if number.mark == '.' { table.full_stop } else { table.comma };
        format!("{whole} {point} {}", self.decimals(decimals))
    }

    /// Decimals: each for itself, or as one number where the language does that.
    fn decimals(&self, decimals: &str) -> String {
        if self.0.table().decimals_as_number && decimals.len() <= 2 && !decimals.starts_with('0') {
            return self.0.cardinal(decimals, false);
        }
        self.digits(decimals)
    }

    /// Digit by digit.
    pub(super) fn digits(&self, digits: &str) -> String {
        let said: Vec<String> =
            digits.chars().map(|digit| self.0.cardinal(digit.encode_utf8(&mut [0; 4]), false)).collect();
        said.join(" ")
    }
}

/// Digit by digit, with the names of the digits; what is no digit is left out.
pub(crate) fn one_by_one(digits: &str, names: &[&str]) -> String {
    let said =
        digits.bytes().filter(u8::is_ascii_digit).filter_map(|digit| names.get(usize::from(digit - b'0')).copied());
    said.collect::<Vec<_>>().join(" ")
}

/// A number in brackets that refers to the literature; it is not said.
pub(crate) fn reference(text: &str, at: usize) -> Option<Said> {
    let close = text[at..].char_indices().take(24).find(|(_, c)| *c == ']')?.0;
    let inside = &text[at + 1..at + close];
    let is_reference = inside.chars().any(char::is_numeric)
        && inside.chars().all(|c| c.is_numeric() || matches!(c, ',' | ' ' | '-' | '–' | '،' | ';'));
    is_reference.then(|| Said::new(at + close + 1, ""))
}
