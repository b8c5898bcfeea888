//! Units of measurement as they are printed: `km²`, `µg/m³`, `kWh`.

use crate::number::{digit_at, digits, raised};
use crate::scan::{char_at, ends};

/// A prefix, a unit and its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Factor {
    /// As in English; empty where there is none.
    pub(crate) prefix: &'static str,
    /// The unit's English name.
    pub(crate) base: &'static str,
    pub(crate) power: u8,
}

/// A unit with what it is divided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) end: usize,
    pub(crate) over: Vec<Factor>,
    pub(crate) under: Vec<Factor>,
}

const PREFIXES: [(&str, &str); 13] = [
    ("k", "kilo"),
    ("K", "kilo"),
    ("M", "mega"),
    ("G", "giga"),
    ("T", "tera"),
    ("P", "peta"),
    ("m", "milli"),
    ("µ", "micro"),
    ("μ", "micro"),
    ("n", "nano"),
    ("p", "pico"),
    ("c", "centi"),
    ("d", "deci"),
];

/// A unit's symbol, its name, and the prefixes that it takes; `1` is none. What could be a word or a letter of something
/// else is never taken bare.
const BASES: [(&str, &str, &str); 52] = [
    ("m", "meter", "1kmcµμnd"),
    ("g", "gram", "1kmµμn"),
    ("s", "second", "1mµμn"),
    ("l", "liter", "1mcd"),
    ("L", "liter", "1mµμcd"),
    ("W", "watt", "1kMGTm"),
    ("Wh", "watt hour", "1kMGT"),
    ("V", "volt", "1kmµμ"),
    ("A", "ampere", "mk"),
    ("Ah", "ampere hour", "1m"),
    ("Hz", "hertz", "1kMGT"),
    ("Pa", "pascal", "1kMGh"),
    ("J", "joule", "1kMG"),
    ("N", "newton", "1k"),
    ("B", "byte", "kKMGTP"),
    ("b", "bit", "kMGT"),
    ("bit", "bit", "kMGT"),
    ("eV", "electronvolt", "1kMGT"),
    ("cal", "calorie", "k"),
    ("mol", "mole", "1mµμn"),
    ("Ω", "ohm", "1kM"),
    ("K", "kelvin", "1m"),
    ("°C", "degree Celsius", "1"),
    ("℃", "degree Celsius", "1"),
    ("°F", "degree Fahrenheit", "1"),
    ("℉", "degree Fahrenheit", "1"),
    ("h", "hour", "1"),
    ("hr", "hour", "1"),
    ("hrs", "hour", "1"),
    ("min", "minute", "1"),
    ("sec", "second", "1"),
    ("t", "tonne", "1M"),
    ("ha", "hectare", "1"),
    ("mi", "mile", "1"),
    ("ft", "foot", "1"),
    ("yd", "yard", "1"),
    ("lb", "pound", "1"),
    ("lbs", "pound", "1"),
    ("oz", "ounce", "1"),
    ("mph", "mile per hour", "1"),
    ("kph", "kilometer per hour", "1"),
    ("bar", "bar", "1m"),
    ("dB", "decibel", "1"),
    ("px", "pixel", "1"),
    ("rpm", "revolution per minute", "1"),
    ("bpm", "beat per minute", "1"),
    ("ppm", "part per million", "1"),
    ("ppb", "part per billion", "1"),
    ("fps", "frame per second", "1"),
    ("bps", "bit per second", "1kMG"),
    ("Bq", "becquerel", "1kM"),
    ("Sv", "sievert", "1mµμ"),
];

/// In Arabic letters.
const ARABIC: [(&str, &str, &str); 37] = [
    ("كم", "kilo", "meter"),
    ("كلم", "kilo", "meter"),
    ("م", "", "meter"),
    ("سم", "centi", "meter"),
    ("مم", "milli", "meter"),
    ("ملم", "milli", "meter"),
    ("كغ", "kilo", "gram"),
    ("كغم", "kilo", "gram"),
    ("كجم", "kilo", "gram"),
    ("كلغ", "kilo", "gram"),
    ("غ", "", "gram"),
    ("غم", "", "gram"),
    ("جم", "", "gram"),
    ("ملغ", "milli", "gram"),
    ("ملغم", "milli", "gram"),
    ("مغ", "milli", "gram"),
    ("مجم", "milli", "gram"),
    ("ل", "", "liter"),
    ("لتر", "", "liter"),
    ("مل", "milli", "liter"),
    ("ملل", "milli", "liter"),
    ("س", "", "hour"),
    ("ساعة", "", "hour"),
    ("ث", "", "second"),
    ("د", "", "minute"),
    ("°م", "", "degree Celsius"),
    ("°ف", "", "degree Fahrenheit"),
    ("ه", "", "hectare"),
    ("ط", "", "tonne"),
    ("طن", "", "tonne"),
    ("واط", "", "watt"),
    ("كيلوواط", "kilo", "watt"),
    ("ميغاواط", "mega", "watt"),
    ("ميجاواط", "mega", "watt"),
    ("كيلومتر", "kilo", "meter"),
    ("متر", "", "meter"),
    ("هكتار", "", "hectare"),
];

fn symbol(run: &str) -> Option<(&'static str, &'static str)> {
    if let Some((_, prefix, base)) = ARABIC.iter().find(|(symbol, ..)| *symbol == run) {
        return Some((prefix, base));
    }
    if let Some((_, base, _)) = BASES.iter().find(|(symbol, _, prefixes)| *symbol == run && prefixes.starts_with('1')) {
        return Some(("", base));
    }
    PREFIXES.iter().find_map(|(sign, prefix)| {
        let rest = run.strip_prefix(sign)?;
        let (_, base, _) = BASES.iter().find(|(symbol, _, prefixes)| *symbol == rest && prefixes.contains(sign))?;
        Some((*prefix, *base))
    })
}

/// One symbol with its exponent, and whether that is negative.
fn factor(text: &str, at: usize) -> Option<(usize, Factor, bool)> {
    let is_sign = |c: char| c.is_alphabetic() || matches!(c, '°' | '℃' | '℉');
    let rest = &text[at..];
    let length = rest.find(|c: char| !is_sign(c) || c == 'ª' || c == 'º').unwrap_or(rest.len());
    if length > 24 {
        return None;
    }
    // "35 ° C" has a space that is none.
    let run = &rest[..length];
    let spaced = (run == "°").then(|| {
        ["°C", "°F", "°م"].into_iter().find(|unit| {
            rest[length..].trim_start().starts_with(&unit["°".len()..]) && {
                let end = at + rest.len() - rest[length..].trim_start().len() + unit.len() - "°".len();
                ends(text, end)
            }
        })
    });
    let (end, (prefix, base)) = match spaced.flatten() {
        Some(unit) => (at + rest.len() - rest[length..].trim_start().len() + unit.len() - "°".len(), symbol(unit)?),
        None => (at + length, symbol(run)?),
    };
    let exponent = raised(text, end).or_else(|| {
        let start = end + usize::from(text[end..].starts_with('^'));
        let minus = usize::from(start > end && text[start..].starts_with('-'));
        let sign = if minus == 1 { "-" } else { "" };
        digits(text, start + minus).map(|(end, run)| (end, format!("{sign}{run}")))
    });
    let (end, power) = exponent.unwrap_or((end, "1".to_owned()));
    let power: i8 = power.parse().ok().filter(|power| (-4..=4).contains(power) && *power != 0)?;
    Some((end, Factor { prefix, base, power: power.unsigned_abs() }, power < 0))
}

/// The unit at a byte.
pub(crate) fn unit(text: &str, at: usize) -> Option<Unit> {
    let (mut end, first, negative) = factor(text, at)?;
    let mut unit = Unit { end, over: Vec::new(), under: Vec::new() };
    let side = if negative { &mut unit.under } else { &mut unit.over };
    side.push(first);
    while let Some(sign) = char_at(text, end).filter(|c| matches!(c, '/' | '·' | '⋅'))
        && let Some((after, next, negative)) = factor(text, end + sign.len_utf8())
    {
        let side = if (sign == '/') == negative { &mut unit.over } else { &mut unit.under };
        side.push(next);
        end = after;
    }
    unit.end = end;
    let degrees = unit.under.is_empty() && unit.over.iter().all(|factor| factor.base.starts_with("degree"));
    let whole =
        !char_at(text, end).is_some_and(|c| c == '\'' || c == '’' || c == '/' && !digit_at(text, end + 1) && !degrees);
    (ends(text, end) && whole && !unit.over.is_empty()).then_some(unit)
}
