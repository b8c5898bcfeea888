//! Numbers with a slash, a colon or full stops between them.

use super::West;
use crate::Said;
use crate::number::{digit_at, digits};
use crate::scan::{char_before, ends, is_word, skip_spaces, two_before, word_after, word_before};
use crate::shape;

impl West<'_> {
    /// A telephone number, group by group.
    pub(super) fn phone(&self, text: &str, at: usize) -> Option<Said> {
        if char_before(text, at).is_some_and(|c| is_word(c) || matches!(c, '-' | '.' | '/')) {
            return None;
        }
        let (end, plus, groups) = shape::phone(text, at).or_else(|| shape::coded(text, at))?;
        let groups: Vec<String> = groups.iter().map(|group| self.digits(group)).collect();
        let sign = self.0.table().before_numbers.iter().find(|(sign, _)| *sign == '+').map_or("", |(_, said)| said);
        let plus = if plus { sign } else { "" };
        Some(Said::new(end, format!("{plus}{}", groups.join(", "))))
    }

    /// `20-00-00`, the sort code of a bank, where it is no date: digit by digit.
    pub(super) fn pairs(&self, text: &str, at: usize) -> Option<Said> {
        let (mut end, first) = digits(text, at)?;
        let mut groups = vec![first];
        while groups.len() < 3 {
            let (next, group) = digits(text, text[end..].strip_prefix('-').map(|_| end + 1)?)?;
            groups.push(group);
            end = next;
        }
        let are_pairs = groups.iter().all(|group| group.len() == 2);
        let said: Vec<String> = groups.iter().map(|group| self.digits(group)).collect();
        (are_pairs && ends(text, end)).then(|| Said::new(end, said.join(", ")))
    }

    /// `2.10.3`, with a `v` before it or not.
    pub(super) fn dotted(&self, text: &str, at: usize) -> Option<Said> {
        let (end, parts) = shape::dotted(text, at)?;
        // "1.234.567" is one number where thousands are divided so.
        if self.plain_number(text, at).is_some_and(|number| number.grouped && number.end == end) {
            return None;
        }
        if parts.len() < 3 || !ends(text, end) && !text[end..].starts_with(['-', '_']) {
            return None;
        }
        Some(Said::new(end, self.dotted_parts(&parts)))
    }

    pub(super) fn dotted_parts(&self, parts: &[String]) -> String {
        let point = self.0.table().full_stop;
        let said: Vec<String> = parts.iter().map(|part| self.part_of_code(part)).collect();
        said.join(&format!(" {point} "))
    }

    pub(super) fn part_of_code(&self, digits: &str) -> String {
        if digits.len() > 4 || digits.len() > 1 && digits.starts_with('0') {
            return self.digits(digits);
        }
        self.0.cardinal(digits, false)
    }

    /// `2/3`, `24/7`, `2023/24`, `120/80`.
    pub(super) fn slashed(&self, text: &str, at: usize) -> Option<Said> {
        let table = self.0.table();
        let (middle, first) = digits(text, at)?;
        let sign = text[middle..].chars().next().filter(|c| matches!(c, '/' | '⁄'))?;
        let (end, second) = digits(text, middle + sign.len_utf8())?;
        if !ends(text, end) || text[end..].starts_with(['/', ':']) || first.len() > 4 || second.len() > 4 {
            return None;
        }
        let (n, d): (u64, u64) = (first.parse().ok()?, second.parse().ok()?);
        let said = |digits: &str| self.part_of_code(digits);
        let marked = table.marks.iter().any(|word| {
            word.eq_ignore_ascii_case(word_before(text, at)) || word.eq_ignore_ascii_case(word_after(text, end))
        });
        let text = match (first.as_str(), second.as_str()) {
            ("24", "7") | ("9", "11") | ("50", "50") => format!("{} {}", said(&first), said(&second)),
            _ if first.len() == 4 && (1100..2100).contains(&n) && matches!(second.len(), 2 | 4) => {
                let second = if second.len() == 4 { self.0.year(&second) } else { self.short_year(&second) };
                format!("{} {} {second}", self.0.year(&first), table.to)
            }
            // "Regulation 2016/679"
            _ if first.len() == 4 && (1900..2100).contains(&n) && second.len() == 3 => {
                format!("{} {} {}", self.0.year(&first), table.slash, said(&second))
            }
            _ if (1..=12).contains(&n) && second.len() == 4 && (1900..2100).contains(&d) => {
                let month = usize::try_from(n).ok().and_then(|month| table.months.get(month - 1))?;
                format!("{month} {}", self.0.year(&second))
            }
            _ if first.starts_with('0') || second.starts_with('0') => {
                format!("{} {} {}", said(&first), table.slash, said(&second))
            }
            _ if n == d || marked => format!("{} {} {}", said(&first), table.out_of, said(&second)),
            _ if n < d && d <= 100 && d > 1 => self.0.fraction(n, d),
            _ if d > 1 && d <= 10 && n <= 20 => self.0.fraction(n, d),
            _ => format!("{} {} {}", said(&first), table.over, said(&second)),
        };
        Some(Said::new(end, text))
    }

    /// `16:9`, `1:100`; and `9001:2015`, which is a number and its year.
    pub(super) fn ratio(&self, text: &str, at: usize) -> Option<Said> {
        let table = self.0.table();
        let mut numbers = vec![self.plain_number(text, at)?];
        while let Some(last) = numbers.last()
            && text[last.end..].starts_with(':')
            && digit_at(text, last.end + 1)
        {
            numbers.push(self.plain_number(text, last.end + 1)?);
        }
        let end = numbers.last()?.end;
        if numbers.len() < 2 || numbers.len() > 4 || !ends(text, end) {
            return None;
        }
        if let [standard, year] = &numbers[..]
            && standard.whole.len() >= 3
            && super::quantity::is_year(year)
        {
            return Some(Said::new(
                end,
                format!("{}, {}", self.0.cardinal(&standard.whole, false), self.0.year(&year.whole)),
            ));
        }
        let said: Vec<String> = numbers.iter().map(|number| self.number(number, false)).collect();
        Some(Said::new(end, said.join(&format!(" {} ", table.ratio))))
    }

    /// Whether a time beside these words is a ratio.
    pub(super) fn is_ratio(&self, text: &str, at: usize, end: usize) -> bool {
        let is_one = |word: &str| self.0.table().ratios.iter().any(|ratio| ratio.eq_ignore_ascii_case(word));
        // "the ratio was 10:15", "a ratio of 10:15"
        two_before(text, at).into_iter().any(is_one)
            || is_one(word_after(text, skip_spaces(text, end)))
            || is_one(word_after(text, end))
    }
}
