//! What stands after a number, and numbers with nothing after them.

use super::West;
use super::quantity::{Amount, Part, is_year};
use crate::Said;
use crate::currency::currency;
use crate::number::{Number, digit_at, exponent, raised};
use crate::scan::{char_at, ends, skip_spaces, word_after, word_before};
use crate::units::{Factor, Unit, unit};

/// What a number counts.
pub(super) enum Kind {
    Nothing,
    Percent,
    /// "3–4x"
    Times,
    PerMille,
    /// Its key, and the magnitude that stands as a word before it.
    Currency(&'static str, &'static str),
    Unit(Unit),
    /// Degrees without a scale, with what follows them.
    Degrees(String),
}

impl West<'_> {
    /// What follows a number.
    pub(super) fn tail(&self, text: &str, part: &Part, key: Option<&'static str>) -> Option<(usize, Kind)> {
        let end = part.end;
        let next = skip_spaces(text, end);
        if let Some(key) = key {
            // "$5 million"
            let word = word_after(text, end);
            let known = self.0.table().magnitude_words.iter().find(|known| **known == word).filter(|_| next > end);
            // "$3.5-million"
            let hyphened = text[end..].strip_prefix('-').map_or("", |_| crate::scan::word_at(text, end + 1));
            if let Some(word) = self.0.table().magnitude_words.iter().find(|known| **known == hyphened) {
                return Some((end + 1 + word.len(), Kind::Currency(key, word)));
            }
            return Some(match known {
                Some(word) => (next + word.len(), Kind::Currency(key, word)),
                None => (end, Kind::Currency(key, "")),
            });
        }
        let sign = char_at(text, next)?;
        let after = next + sign.len_utf8();
        match sign {
            'x' | '×' if next == end && ends(text, after) => return Some((after, Kind::Times)),
            '%' | '٪' | '﹪' => return Some((after, Kind::Percent)),
            '‰' => return Some((after, Kind::PerMille)),
            _ => {}
        }
        if let Some((after, key)) = currency(text, next)
            && !digit_at(text, skip_spaces(text, after))
        {
            return Some((after, Kind::Currency(key, "")));
        }
        // "3 millions €"
        let word = word_after(text, end);
        let magnitude = self.0.table().magnitude_words.iter().find(|known| **known == word && next > end);
        if let Some(word) = magnitude
            && let Some((after, key)) = currency(text, skip_spaces(text, next + word.len()))
        {
            return Some((after, Kind::Currency(key, word)));
        }
        if let Some(unit) = unit(text, next)
            && (next > end || !Self::is_mix(text, end))
        {
            return Some((unit.end, Kind::Unit(unit)));
        }
        (sign == '°').then(|| self.degrees(text, after))
    }

    /// "3D" is no measure, "5m" is one; "2b" is neither.
    fn is_mix(text: &str, at: usize) -> bool {
        let next = crate::scan::word_at(text, at);
        matches!(next, "b" | "B" | "t" | "T" | "N" | "J" | "K")
    }

    /// Degrees, with minutes and a direction: `51°30′N`.
    fn degrees(&self, text: &str, at: usize) -> (usize, Kind) {
        let table = self.0.table();
        let mut end = at;
        let mut said = String::new();
        if let Some(minutes) = self.plain_number(text, skip_spaces(text, end))
            && char_at(text, minutes.end).is_some_and(|c| matches!(c, '′' | '\'' | '’'))
        {
            let name = if minutes.is_one() { table.minute.0 } else { table.minute.1 };
            said = format!(" {} {name}", self.number(&minutes, false));
            end = minutes.end + char_at(text, minutes.end).map_or(0, char::len_utf8);
        }
        let start = skip_spaces(text, end);
        let direction = match char_at(text, start).filter(|_| ends(text, start + 1)) {
            Some('N') => 0,
            Some('E') => 1,
            Some('S') => 2,
            Some('W') => 3,
            _ => return (end, Kind::Degrees(said)),
        };
        said.push(' ');
        said.push_str(table.north_east_south_west[direction]);
        (start + 1, Kind::Degrees(said))
    }

    pub(super) fn is_feminine(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Currency(key, "") => self.currency_names(key).is_some_and(|names| names.5),
            Kind::Unit(unit) => {
                unit.over.last().and_then(|factor| self.unit_names(factor)).is_some_and(|names| names.3)
            }
            _ => false,
        }
    }

    /// What is counted, one or many; `after_magnitude` when "million" or the like was said.
    pub(super) fn counted(&self, kind: &Kind, one: bool, after_magnitude: bool) -> String {
        let table = self.0.table();
        let of =
            if after_magnitude || matches!(kind, Kind::Currency(_, word) if !word.is_empty()) { table.of } else { "" };
        match kind {
            Kind::Nothing => String::new(),
            Kind::Times => format!(" {}", table.times),
            Kind::Percent => format!(" {}", table.percent),
            Kind::PerMille => format!(" {}", table.per_mille),
            Kind::Degrees(more) => format!(" {}{more}", if one { table.degree.0 } else { table.degree.1 }),
            Kind::Currency(key, word) => {
                let names = self.currency_names(key);
                let name = names.map_or(*key, |names| {
                    if one && (word.is_empty() || !table.articles.is_empty()) { names.1 } else { names.2 }
                });
                let word = if word.is_empty() { String::new() } else { format!(" {word}") };
                // "d'euros", "de dollars"
                let of = if of == "de" && table.comma == "virgule" && name.starts_with(['e', 'a', 'i', 'o', 'u']) {
                    " d'"
                } else if of.is_empty() {
                    " "
                } else {
                    " de "
                };
                format!("{word}{of}{name}")
            }
            Kind::Unit(unit) => format!(" {}", self.unit(unit, one)),
        }
    }

    fn has_names(&self, unit: &Unit) -> bool {
        unit.over.iter().chain(&unit.under).all(|factor| self.unit_names(factor).is_some())
    }

    fn currency_names(&self, key: &str) -> Option<&'static super::Currency> {
        self.0.table().currencies.iter().find(|currency| currency.0 == key)
    }

    fn unit_names(&self, factor: &Factor) -> Option<&'static super::UnitName> {
        self.0.table().units.iter().find(|unit| unit.0 == factor.base)
    }

    /// "kilometers per hour", with "square" where it belongs.
    pub(crate) fn unit(&self, unit: &Unit, one: bool) -> String {
        let table = self.0.table();
        let last = unit.over.len() - 1;
        let mut said: Vec<String> = Vec::new();
        for (index, factor) in unit.over.iter().enumerate() {
            said.push(self.factor(factor, one || index < last));
        }
        for factor in &unit.under {
            said.push(table.per.to_owned());
            said.push(self.factor(factor, true));
        }
        said.join(" ")
    }

    fn factor(&self, factor: &Factor, one: bool) -> String {
        let table = self.0.table();
        let (single, many) = self.unit_names(factor).map_or((factor.base, factor.base), |names| (names.1, names.2));
        let whole = format!("{} {}", factor.prefix, factor.base);
        let known = |english: &str| english == factor.prefix || english == whole;
        let prefix = table.prefixes.iter().find(|(english, _)| known(english)).map_or(factor.prefix, |p| p.1);
        let name = if one { single } else { many };
        let mut chars = name.chars();
        // German nouns keep one capital.
        let name = match (prefix, chars.next()) {
            ("", _) | (_, None) => name.to_owned(),
            (_, Some(first)) if first.is_uppercase() => {
                let mut prefix = prefix.to_owned();
                if let Some(head) = prefix.get_mut(..1) {
                    head.make_ascii_uppercase();
                }
                format!("{prefix}{}{}", first.to_lowercase(), chars.as_str())
            }
            _ => format!("{prefix}{name}"),
        };
        let is_length = factor.base == "meter" || matches!(factor.base, "mile" | "foot" | "yard");
        let (before, after) = match (factor.power, is_length) {
            (2, true) => (table.square.0, table.square.1),
            (3, true) => (table.cubic.0, table.cubic.1),
            (2, false) => (table.squared, table.squared),
            (3, false) => (table.cubed, table.cubed),
            (1, _) => return name,
            _ => return format!("{name} {} {}", table.power, self.0.cardinal(&factor.power.to_string(), false)),
        };
        if !is_length {
            return format!("{name} {before}");
        }
        let word = if one { before } else { after };
        match (table.power_before, word.strip_suffix('-')) {
            // "Quadratkilometer"
            (true, Some(word)) => format!("{word}{}", name.to_lowercase()),
            (true, None) => format!("{word} {name}"),
            (false, _) => format!("{name} {word}"),
        }
    }

    /// "four pounds and ninety-nine pence".
    pub(super) fn money_with_cents(&self, number: &Number, key: &str) -> Option<String> {
        let names = self.currency_names(key)?;
        let cents = number.decimals.as_ref().filter(|decimals| decimals.len() == 2 && !names.3.is_empty())?;
        let cents_are_none = cents == "00";
        let cents = cents.trim_start_matches('0');
        let part = (!cents_are_none).then(|| {
            let name = if cents == "1" { names.3 } else { names.4 };
            format!("{} {name}", self.0.cardinal(cents, false))
        });
        if number.value() == Some(0) && part.is_some() {
            return part;
        }
        let name = if number.value() == Some(1) { names.1 } else { names.2 };
        let whole = format!("{} {name}", self.0.counting(&number.whole, Some(names.5), ""));
        Some(part.map_or(whole.clone(), |part| format!("{whole} {} {part}", self.0.table().and)))
    }

    /// A number with nothing that it counts.
    pub(super) fn bare(&self, text: &str, part: &Part) -> Option<Said> {
        let table = self.0.table();
        let sign = part.sign;
        let end = part.end;
        let Amount::Number(number) = &part.amount else {
            let joined = char_at(text, end).is_some_and(char::is_alphanumeric);
            return Some(Said::new(
                end,
                format!("{sign}{}{}", self.amount(&part.amount, false), if joined { " " } else { "" }),
            ));
        };
        if is_code(number) && ends(text, end) {
            return Some(Said::new(end, format!("{sign}{}", self.digits(&number.whole))));
        }
        if let Some((after, power)) = exponent(text, end) {
            let said = self.number(number, false);
            let footnote = number.is_plain(4) || number.grouped || power.starts_with('+');
            if footnote && raised(text, end).is_some() {
                return Some(Said::new(after, format!("{sign}{}", self.cardinal_or_year(text, number, part))));
            }
            let power = format!("{sign}{said} {}", self.power(&power));
            // "1.67 × 10⁻²⁷ kg"
            return Some(
                match unit(text, skip_spaces(text, after)).filter(|unit| unit.end > after && self.has_names(unit)) {
                    Some(unit) => Said::new(unit.end, format!("{power} {}", self.unit(&unit, false))),
                    None => Said::new(after, power),
                },
            );
        }
        // "4x4"
        if let Some(after) = ["x", "×"].iter().find_map(|x| text[end..].starts_with(x).then_some(end + x.len()))
            && digit_at(text, after)
            && !table.by.is_empty()
            && self.plain_number(text, after).is_none_or(|number| exponent(text, number.end).is_none())
        {
            let other = self.quantity(text, after)?;
            let said = format!("{sign}{} {} {}", self.number(number, false), table.by, other.text);
            return Some(Said::new(other.end, said));
        }
        let feet = text[end..].chars().next().filter(|c| matches!(c, '′' | '″'));
        if let Some(mark) = feet {
            let base = if mark == '′' { "foot" } else { "inch" };
            let factor = Factor { prefix: "", base, power: 1 };
            let said = format!("{} {}", self.number(number, false), self.factor(&factor, number.is_one()));
            return Some(Said::new(end + mark.len_utf8(), said));
        }
        if crate::scan::word_at(text, end).chars().next().is_some_and(char::is_alphanumeric) {
            return self
                .mixed(text, end - number.whole.len())
                .filter(|_| number.decimals.is_none())
                .or_else(|| Some(Said::new(end, format!("{sign}{} ", self.number(number, false)))));
        }
        let next = word_after(text, end);
        if number.decimals.is_none()
            && !is_year(number)
            && next.starts_with(char::is_lowercase)
            && !Self::is_code(number)
        {
            return Some(Said::new(end, format!("{sign}{}", self.0.counting(&number.whole, None, next))));
        }
        Some(Said::new(end, format!("{sign}{}", self.cardinal_or_year(text, number, part))))
    }

    /// Digits that are no quantity.
    fn is_code(number: &Number) -> bool {
        let code = number.decimals.is_none() && !number.grouped && number.whole.len() > 1;
        code && (number.whole.starts_with('0') || number.whole.len() > 12)
    }

    /// "squared", "to the power of minus three".
    pub(super) fn power(&self, power: &str) -> String {
        let table = self.0.table();
        match power {
            "2" => table.squared.to_owned(),
            "3" => table.cubed.to_owned(),
            "n" => format!("{} n", table.power),
            power => {
                let (sign, digits) = power.strip_prefix('-').map_or(("", power), |digits| ("-", digits));
                let minus = table.before_numbers.iter().find(|(c, _)| *c == '-').map_or("", |(_, said)| said);
                let sign = if sign.is_empty() { "" } else { minus };
                let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
                format!("{} {sign}{}", table.power, self.0.cardinal(&digits, false))
            }
        }
    }

    fn cardinal_or_year(&self, text: &str, number: &Number, part: &Part) -> String {
        let start = part.end.saturating_sub(number.whole.len());
        let before = if text.is_char_boundary(start) { word_before(text, start) } else { "" };
        let counts = self.0.table().not_years.iter().any(|word| word.eq_ignore_ascii_case(before));
        if Self::is_code(number) {
            return self.digits(&number.whole);
        }
        if is_year(number) && part.sign.is_empty() && !counts {
            return self.0.year(&number.whole);
        }
        self.number(number, false)
    }

    /// "-95" after a year.
    pub(super) fn short_year(&self, digits: &str) -> String {
        match digits.strip_prefix('0') {
            Some(_) => self.0.year(&format!("20{digits}")),
            None => self.0.cardinal(digits, false),
        }
    }
}

/// The number of an account or an order: eight digits or more that nothing divides, and that are no round sum.
fn is_code(number: &crate::number::Number) -> bool {
    number.decimals.is_none() && !number.grouped && number.whole.len() >= 8 && !number.whole.ends_with("000")
}
