//! Numbers with what they count: sums, measures, percentages, and ranges of them.

use super::West;
use super::counted::Kind;
use crate::Said;
use crate::currency::{currency, sign_at};
use crate::number::{Number, digit_at, digits, vulgar};
use crate::scan::{char_at, char_before, ends, is_word, skip_spaces, starts_with_any, word_before};

/// A number, or one with a fraction.
pub(super) enum Amount {
    Number(Number),
    Mixed { end: usize, whole: Option<Number>, numerator: u64, denominator: u64 },
}

impl Amount {
    pub(super) fn end(&self) -> usize {
        match self {
            Self::Number(number) => number.end,
            Self::Mixed { end, .. } => *end,
        }
    }

    fn is_one(&self) -> bool {
        match self {
            Self::Number(number) => number.is_one(),
            Self::Mixed { whole, .. } => whole.is_none(),
        }
    }

    pub(super) fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Mixed { .. } => None,
        }
    }
}

/// A number as printed with its currency and magnitude.
pub(super) struct Part {
    pub(super) end: usize,
    pub(super) sign: &'static str,
    currency: Option<&'static str>,
    pub(super) amount: Amount,
    magnitude: Option<(&'static str, &'static str)>,
}

impl West<'_> {
    /// A quantity or a range of them.
    pub(crate) fn quantity(&self, text: &str, at: usize) -> Option<Said> {
        let first = self.part(text, at, None)?;
        let second = self.second(text, &first);
        let last = second.as_ref().unwrap_or(&first);
        let key = first.currency.or(last.currency);
        let mut spoken = String::new();
        let tail = self.tail(text, last, key);
        if second.is_none() && tail.is_none() && last.magnitude.is_none() && key.is_none() {
            return self.bare(text, &first);
        }
        let (end, tail) = tail.unwrap_or((last.end, Kind::Nothing));
        let feminine = self.is_feminine(&tail);
        let counts = matches!(tail, Kind::Currency(_, "") | Kind::Unit(_)) && last.magnitude.is_none();
        if let (Kind::Currency(key, ""), Amount::Number(number), None, None) =
            (&tail, &first.amount, &second, last.magnitude)
            && let Some(money) = self.money_with_cents(number, key)
        {
            return Some(Said::new(end, format!("{}{money}", first.sign)));
        }
        spoken.push_str(first.sign);
        if let Some(second) = &second {
            let years = matches!(tail, Kind::Nothing) && self.are_years(text, at, &first, second);
            spoken.push_str(&self.side(&first, feminine, years, counts));
            spoken.push_str(&Self::magnitude(&first));
            spoken.push_str(&[" ", self.between(text, at), " ", second.sign].concat());
            spoken.push_str(&self.side(second, feminine, years, counts));
            spoken.push_str(&Self::magnitude(second));
        } else {
            spoken.push_str(&self.side(&first, feminine, false, counts));
            spoken.push_str(&Self::magnitude(&first));
        }
        let adjective = self.is_adjective(text, at, end);
        let one = adjective || second.is_none() && last.amount.is_one() && last.magnitude.is_none();
        spoken.push_str(&self.counted(&tail, one, last.magnitude.is_some()));
        let room = if char_at(text, end).is_some_and(char::is_alphanumeric) { " " } else { "" };
        Some(Said::new(end, spoken + room))
    }

    /// Whether a quantity is an adjective, in the singular: "a $5 note", "the £3.5m contract".
    fn is_adjective(&self, text: &str, at: usize, end: usize) -> bool {
        let table = self.0.table();
        let before = word_before(text, at);
        if table.articles.contains(&before) {
            return true;
        }
        // After "the" only where a noun follows, as far as can be seen.
        let next = crate::scan::word_after(text, end);
        let counts = table.not_nouns.contains(&next) || next.ends_with("ed") || next.ends_with("ing");
        let noun = next.starts_with(char::is_lowercase) && next.len() > 2 && !counts;
        table.definite_articles.contains(&before) && noun
    }

    /// What stands between the two numbers of a range.
    fn between(&self, text: &str, at: usize) -> &'static str {
        let table = self.0.table();
        let is_between = !table.between.is_empty() && table.between.eq_ignore_ascii_case(word_before(text, at));
        if is_between { table.and } else { table.to }
    }

    fn side(&self, part: &Part, feminine: bool, year: bool, counts: bool) -> String {
        match &part.amount {
            Amount::Number(number) if year => self.year_or_short(number),
            amount => self.amount_of(amount, feminine, counts),
        }
    }

    /// A year, or the two digits that are left of one.
    fn year_or_short(&self, number: &Number) -> String {
        if number.whole.len() == 4 { self.0.year(&number.whole) } else { self.short_year(&number.whole) }
    }

    pub(super) fn amount(&self, amount: &Amount, feminine: bool) -> String {
        self.amount_of(amount, feminine, false)
    }

    /// As [`Self::amount`]; `counts` where what it counts is said after it.
    fn amount_of(&self, amount: &Amount, feminine: bool, counts: bool) -> String {
        match amount {
            Amount::Number(number) if number.decimals.is_none() && counts => {
                self.0.counting(&number.whole, Some(feminine), "")
            }
            Amount::Number(number) => self.number(number, feminine),
            Amount::Mixed { whole: None, numerator, denominator, .. } => self.0.fraction(*numerator, *denominator),
            Amount::Mixed { whole: Some(whole), numerator, denominator, .. } => {
                let fraction = match (self.0.table().dot, numerator, denominator) {
                    ("dot", 1, 2) => "a half".to_owned(),
                    ("dot", 1, 4) => "a quarter".to_owned(),
                    _ => self.0.fraction(*numerator, *denominator),
                };
                format!("{} {} {fraction}", self.number(whole, feminine), self.0.table().and)
            }
        }
    }

    fn magnitude(part: &Part) -> String {
        part.magnitude.map_or_else(String::new, |(one, many)| {
            let word = if part.amount.is_one() { one } else { many };
            format!(" {word}")
        })
    }

    /// One side: sign, currency, number, magnitude.
    fn part(&self, text: &str, at: usize, known: Option<&'static str>) -> Option<Part> {
        let table = self.0.table();
        let (mut here, mut sign) = before_number(text, at, table.before_numbers);
        let mut money = currency(text, here);
        if let Some((end, _)) = money {
            here = skip_spaces(text, end);
            let (after, more) = before_number(text, here, table.before_numbers);
            if sign.is_empty() {
                (here, sign) = (after, more);
            }
        }
        let amount = self.amount_at(text, here)?;
        let mut end = amount.end();
        let has_money = money.is_some() || known.is_some();
        let sign_after = |at: usize| sign_at(text, at);
        let magnitude = starts_with_any(&text[end..], table.magnitudes.iter().map(|(letters, ..)| *letters))
            .or_else(|| {
                // "USD 4.5 MM", "CHF 300 k"
                let rest = text[end..].strip_prefix(' ')?;
                let letters = table.magnitudes.iter().map(|(letters, ..)| *letters);
                let closed = |after: usize| ends(text, after) && (has_money || sign_after(after));
                starts_with_any(rest, letters).filter(|letters| closed(end + 1 + letters.len()))
            })
            .filter(|letters| has_money || !matches!(*letters, "m" | "b" | "B" | "MM" | "T" | "t"))
            .and_then(|letters| {
                let start = end + usize::from(text[end..].starts_with(' '));
                let (_, one, many) = table.magnitudes.iter().find(|(known, ..)| *known == letters)?;
                ends(text, start + letters.len()).then_some((start + letters.len(), *one, *many))
            });
        if let Some((after, ..)) = magnitude {
            end = after;
        }
        if money.is_none() {
            money = known.map(|key| (end, key));
        }
        let magnitude = magnitude.map(|(_, one, many)| (one, many));
        Some(Part { end, sign, currency: money.map(|(_, key)| key), amount, magnitude })
    }

    /// A number, a fraction of one character, or both.
    pub(super) fn amount_at(&self, text: &str, at: usize) -> Option<Amount> {
        let whole = self.plain_number(text, at);
        let here = whole.as_ref().map_or(at, |number| number.end);
        let spaced = if whole.is_some() { skip_spaces(text, here) } else { here };
        if let Some(sign) = char_at(text, spaced)
            && let Some((numerator, denominator)) = vulgar(sign)
        {
            return Some(Amount::Mixed { end: spaced + sign.len_utf8(), whole, numerator, denominator });
        }
        let number = whole?;
        // "2 1/2"
        if spaced > here
            && number.decimals.is_none()
            && let Some((end, numerator)) = digits(text, spaced).filter(|(_, run)| run.len() <= 2)
            && text[end..].starts_with('/')
            && let Some((end, denominator)) = digits(text, end + 1).filter(|(_, run)| run.len() <= 2)
            && ends(text, end)
            && let (Ok(numerator), Ok(denominator)) = (numerator.parse(), denominator.parse())
            && numerator < denominator
            && !text[end..].starts_with('/')
        {
            return Some(Amount::Mixed { end, whole: Some(number), numerator, denominator });
        }
        Some(Amount::Number(number))
    }

    /// What a range goes up to.
    fn second(&self, text: &str, first: &Part) -> Option<Part> {
        // "5 %–10 %", "5°–10°"
        let mut end = first.end;
        if let Some(sign) = char_at(text, skip_spaces(text, end)).filter(|c| matches!(c, '%' | '°')) {
            let after = skip_spaces(text, end) + sign.len_utf8();
            if char_at(text, after).is_some_and(|c| matches!(c, '–' | '-')) {
                end = after;
            }
        }
        let rest = &text[end..];
        let dash = rest.trim_start_matches([' ', '\u{a0}', '\u{2009}']);
        let spaced = dash.len() < rest.len();
        let sign = dash.chars().next()?;
        let is_dash = matches!(sign, '–' | '‒' | '−') || matches!(sign, '-' | '‑' | '—' | '~') && !spaced;
        if !is_dash {
            return None;
        }
        let start = text.len() - dash.len() + sign.len_utf8();
        let start_number = skip_spaces(text, start);
        if spaced != (start_number > start) {
            return None;
        }
        let second = self.part(text, start_number, first.currency)?;
        // A third number makes it something else.
        let goes_on = text[second.end..].starts_with(['-', '–']) && digit_at(text, second.end + 1);
        let same = first.currency.is_none() || first.currency == second.currency;
        let is_code =
            |part: &Part| part.amount.as_number().is_some_and(|n| n.whole.len() > 2 && n.whole.starts_with('0'));
        (same && !goes_on && !is_code(first) && !is_code(&second)).then_some(second)
    }

    fn are_years(&self, text: &str, at: usize, first: &Part, second: &Part) -> bool {
        let (Some(from), Some(to)) = (first.amount.as_number(), second.amount.as_number()) else { return false };
        let before = word_before(text, at);
        let counts = self.0.table().not_years.iter().any(|word| word.eq_ignore_ascii_case(before));
        is_year(from) && (is_year(to) || to.is_plain(2)) && !counts
    }
}

/// Four digits that are a year as a rule.
pub(crate) fn is_year(number: &Number) -> bool {
    number.is_plain(4) && number.value().is_some_and(|value| (1100..=2099).contains(&value))
}

/// The signs before a number, and what they say.
pub(crate) fn before_number(text: &str, at: usize, signs: &[(char, &'static str)]) -> (usize, &'static str) {
    let Some(sign) = char_at(text, at) else { return (at, "") };
    let Some((_, said)) = signs.iter().find(|(known, _)| *known == sign) else { return (at, "") };
    let end = at + sign.len_utf8();
    let after = if matches!(sign, '-' | '−' | '+' | '–') { end } else { skip_spaces(text, end) };
    let numeric = digit_at(text, after)
        || text[after..].starts_with('.') && digit_at(text, after + 1)
        || sign_at(text, after)
        || char_at(text, after).is_some_and(|c| vulgar(c).is_some());
    let joined = char_before(text, at).is_some_and(is_word);
    if numeric && !(joined && matches!(sign, '-' | '–')) { (after, said) } else { (at, "") }
}
