//! English numerals.

use crate::west::one_by_one;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const POWERS: [&str; 8] =
    ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion"];

/// A whole number; one that is too long is said digit by digit.
pub(super) fn cardinal(digits: &str) -> String {
    match digits.parse::<u128>() {
        Ok(value) if value < 10_u128.pow(24) => spelled(value),
        _ => one_by_one(digits, &SMALL),
    }
}

fn spelled(value: u128) -> String {
    if value == 0 {
        return SMALL[0].to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    for (power, name) in POWERS.iter().enumerate().rev() {
        let group = (value / 1000_u128.pow(u32::try_from(power).unwrap_or(0)) % 1000) as usize;
        if group == 0 {
            continue;
        }
        // "one thousand and five"
        let and = power == 0 && group < 100 && !parts.is_empty();
        parts.push(format!("{}{}", if and { "and " } else { "" }, hundreds(group)));
        if power > 0 {
            parts.push((*name).to_owned());
        }
    }
    parts.join(" ")
}

fn hundreds(value: usize) -> String {
    match (value / 100, value % 100) {
        (0, rest) => tens(rest),
        (hundred, 0) => format!("{} hundred", SMALL[hundred]),
        (hundred, rest) => format!("{} hundred and {}", SMALL[hundred], tens(rest)),
    }
}

fn tens(value: usize) -> String {
    match value {
        0..20 => SMALL[value].to_owned(),
        _ if value.is_multiple_of(10) => TENS[value / 10].to_owned(),
        _ => format!("{}-{}", TENS[value / 10], SMALL[value % 10]),
    }
}

/// A year in its two halves.
pub(super) fn year(digits: &str) -> String {
    let Ok(value) = digits.parse::<usize>() else { return cardinal(digits) };
    match (value / 100, value % 100) {
        (1..=9, 0) | (10 | 20, 0..10) => cardinal(digits),
        (first @ 1..=99, 0) if value % 1000 != 0 => format!("{} hundred", tens(first)),
        (first @ 1..=99, rest @ 1..10) => format!("{} oh {}", tens(first), SMALL[rest]),
        (first @ 1..=99, rest @ 10..) => format!("{} {}", tens(first), tens(rest)),
        _ => cardinal(digits),
    }
}

/// A decade, by its first year, whole or its last two digits.
pub(super) fn decade(digits: &str) -> String {
    let said = match digits {
        "00" => "two thousand".to_owned(),
        _ if digits.len() == 2 => cardinal(digits),
        _ => year(digits),
    };
    match said.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{said}s"),
    }
}

/// "twenty-first".
pub(super) fn ordinal(value: u64) -> String {
    const IRREGULAR: [(&str, &str); 8] = [
        ("one", "first"),
        ("two", "second"),
        ("three", "third"),
        ("five", "fifth"),
        ("eight", "eighth"),
        ("nine", "ninth"),
        ("twelve", "twelfth"),
        ("zero", "zeroth"),
    ];
    let said = spelled(u128::from(value));
    let start = said.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = said.split_at(start);
    let last = match IRREGULAR.iter().find(|(cardinal, _)| *cardinal == last) {
        Some((_, ordinal)) => (*ordinal).to_owned(),
        None => last.strip_suffix('y').map_or_else(|| format!("{last}th"), |stem| format!("{stem}ieth")),
    };
    format!("{head}{last}")
}

/// "two thirds".
pub(super) fn fraction(numerator: u64, denominator: u64) -> String {
    let one = numerator == 1;
    let part = match denominator {
        2 => if one { "half" } else { "halves" }.to_owned(),
        4 => if one { "quarter" } else { "quarters" }.to_owned(),
        1 => return cardinal(&numerator.to_string()),
        // "one hundredth"
        100 | 1000 => format!("{}{}", ordinal(denominator).trim_start_matches("one "), if one { "" } else { "s" }),
        _ => format!("{}{}", ordinal(denominator), if one { "" } else { "s" }),
    };
    format!("{} {part}", cardinal(&numerator.to_string()))
}
