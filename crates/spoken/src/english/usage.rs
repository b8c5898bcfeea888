//! What finance, law, science and the kitchen print in their own way.

use super::{English, numerals, tables};
use crate::Said;
use crate::currency::currency;
use crate::number::{Number, digit_at, digits, number, roman};
use crate::scan::{
    char_at, char_before, ends, is_word, sentence_may_end, skip_spaces, starts_with_any, two_before, word_after,
    word_at, word_before,
};
use crate::units::unit;
use crate::west::West;

/// After a sum and a slash.
const EACH: [(&str, &str); 25] = [
    ("day", "day"),
    ("d", "day"),
    ("week", "week"),
    ("wk", "week"),
    ("month", "month"),
    ("mo", "month"),
    ("year", "year"),
    ("yr", "year"),
    ("hour", "hour"),
    ("hr", "hour"),
    ("h", "hour"),
    ("night", "night"),
    ("person", "person"),
    ("user", "user"),
    ("unit", "unit"),
    ("share", "share"),
    ("kg", "kilogram"),
    ("lb", "pound"),
    ("oz", "ounce"),
    ("t", "tonne"),
    ("ton", "ton"),
    ("bbl", "barrel"),
    ("kWh", "kilowatt hour"),
    ("MWh", "megawatt hour"),
    ("l", "liter"),
];

/// Units that only English shortens so: one and many.
const UNITS: [(&str, &str, &str); 9] = [
    ("mmHg", "millimeter of mercury", "millimeters of mercury"),
    ("kt", "knot", "knots"),
    ("kts", "knot", "knots"),
    ("ly", "light year", "light years"),
    ("tsp", "teaspoon", "teaspoons"),
    ("tbsp", "tablespoon", "tablespoons"),
    ("bbl", "barrel", "barrels"),
    ("gal", "gallon", "gallons"),
    ("pt", "pint", "pints"),
];

const DAYS: [(&str, &str); 9] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Tues", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Thurs", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];

const GREEK: [(&str, &str); 24] = [
    ("αΑ", "alpha"),
    ("βΒ", "beta"),
    ("γΓ", "gamma"),
    ("δΔ", "delta"),
    ("εϵ", "epsilon"),
    ("ζ", "zeta"),
    ("η", "eta"),
    ("θΘ", "theta"),
    ("ι", "iota"),
    ("κ", "kappa"),
    ("λΛ", "lambda"),
    ("μµ", "mu"),
    ("ν", "nu"),
    ("ξΞ", "xi"),
    ("ο", "omicron"),
    ("πΠ", "pi"),
    ("ρ", "rho"),
    ("σΣς", "sigma"),
    ("τ", "tau"),
    ("υ", "upsilon"),
    ("φΦϕ", "phi"),
    ("χ", "chi"),
    ("ψΨ", "psi"),
    ("ωΩ", "omega"),
];

impl English {
    /// Numbers that only some trade prints so.
    pub(super) fn number_of_trade(&self, text: &str, at: usize) -> Option<Said> {
        self.loss_in_brackets(text, at)
            .or_else(|| basis_points(text, at))
            .or_else(|| hexadecimal(text, at))
            .or_else(|| emergency(text, at))
            .or_else(|| docket(text, at))
            .or_else(|| equation(text, at))
            .or_else(|| noon(text, at))
            .or_else(|| self.clock_with_point(text, at))
            .or_else(|| foot_and_inch(text, at))
            .or_else(|| plural_fraction(text, at))
            .or_else(|| self.dimensions(text, at))
            .or_else(|| self.each(text, at))
    }

    /// "$(4.2)m": a loss.
    fn loss_in_brackets(&self, text: &str, at: usize) -> Option<Said> {
        let (open, _) = currency(text, at)?;
        let inside = text[open..].strip_prefix('(')?;
        let amount = plain(text, open + 1)?;
        inside.get(amount.end - open - 1..)?.strip_prefix(')')?;
        let after = amount.end + 1;
        let magnitude = word_at(text, after);
        let sum = format!("{}{}{magnitude}", &text[at..open], &text[open + 1..amount.end]);
        let said = West(self).quantity(&sum, 0).filter(|said| said.end == sum.len())?;
        Some(Said::new(after + magnitude.len(), format!("minus {}", said.text)))
    }

    /// "$3/day", "2x/day".
    fn each(&self, text: &str, at: usize) -> Option<Said> {
        let slash = at + text[at..].char_indices().take(24).find(|(_, c)| *c == '/')?.0;
        let word = word_at(text, slash + 1);
        let (_, said) = EACH.iter().find(|(printed, _)| *printed == word)?;
        let end = slash + 1 + word.len();
        let quantity = West(self).quantity(text, at).filter(|quantity| quantity.end == slash)?;
        let counts = currency(text, at).is_some() || quantity.text.ends_with(" times");
        let counts = counts || text[..slash].ends_with(['€', '£', '$', 'p', '¢']);
        (counts && ends(text, end)).then(|| Said::new(end, format!("{} per {said}", quantity.text)))
    }

    /// "3 × 4 cm", "2 m x 3 m": lengths, and no product.
    fn dimensions(&self, text: &str, at: usize) -> Option<Said> {
        let mut said: Vec<String> = Vec::new();
        let mut here = at;
        loop {
            let amount = plain(text, here)?;
            let length = unit(text, skip_spaces(text, amount.end)).filter(|unit| {
                let is_length = |base: &str| matches!(base, "meter" | "foot" | "yard" | "mile" | "pixel");
                unit.under.is_empty() && unit.over.iter().all(|factor| factor.power == 1 && is_length(factor.base))
            });
            let end = length.as_ref().map_or(amount.end, |unit| unit.end);
            let next = skip_spaces(text, end);
            let by = starts_with_any(&text[next..], ["×", "x"]).map(|sign| skip_spaces(text, next + sign.len()));
            let Some(next) = by.filter(|next| digit_at(text, *next) && said.len() < 3) else {
                let (unit, adjective) = (length?, tables::TABLE.articles.contains(&word_before(text, at)));
                let name = West(self).unit(&unit, amount.is_one() || adjective);
                let last = format!("{} {name}", West(self).number(&amount, false));
                return (!said.is_empty()).then(|| Said::new(end, format!("{} by {last}", said.join(" by "))));
            };
            let name = length.map_or(String::new(), |unit| format!(" {}", West(self).unit(&unit, amount.is_one())));
            said.push(format!("{}{name}", West(self).number(&amount, false)));
            here = next;
        }
    }

    /// "at 14.30 on Monday": a time with a full stop, where the words beside it leave no doubt.
    fn clock_with_point(&self, text: &str, at: usize) -> Option<Said> {
        use crate::west::Language;
        const AFTER: [&str; 14] = [
            "",
            "on",
            "and",
            "today",
            "yesterday",
            "tomorrow",
            "local",
            "GMT",
            "CET",
            "BST",
            "UTC",
            "hrs",
            "hours",
            "until",
        ];
        let clock = crate::shape::clock(text, at, &['.']).filter(|clock| clock.hour >= 10 && clock.minute % 5 == 0)?;
        let known = ["at", "At", "until", "till"].contains(&word_before(text, at));
        let next = word_after(text, clock.end);
        let alone = ends(text, clock.end) && !text[clock.end..].starts_with(['%', '-', '–']);
        (known && alone && AFTER.contains(&next)).then(|| Said::new(clock.end, self.clock(&clock)))
    }
}

/// Words that only some trade prints so.
pub(super) fn word_of_trade(text: &str, at: usize) -> Option<Said> {
    unit_of_trade(text, at)
        .or_else(|| greek(text, at))
        .or_else(|| month_alone(text, at))
        .or_else(|| day(text, at))
        .or_else(|| roman_year(text, at))
}

fn plain(text: &str, at: usize) -> Option<Number> {
    number(text, at, &tables::TABLE.separators)
}

/// "25 bps": a hundredth of a percent; thousands of them are bits.
fn basis_points(text: &str, at: usize) -> Option<Said> {
    let amount = plain(text, at)?;
    let start = skip_spaces(text, amount.end);
    let unit = starts_with_any(&text[start..], ["bps", "bp"])?;
    let end = start + unit.len();
    let few = amount.decimals.is_none() && amount.value().is_some_and(|value| value < 1000);
    let name = if amount.is_one() { "basis point" } else { "basis points" };
    (few && ends(text, end)).then(|| Said::new(end, format!("{} {name}", numerals::cardinal(&amount.whole))))
}

/// "0x1F".
fn hexadecimal(text: &str, at: usize) -> Option<Said> {
    let run = text[at..].strip_prefix("0x").map(|_| word_at(text, at + 2))?;
    let known = !run.is_empty() && run.len() <= 16 && run.chars().all(|c| c.is_ascii_hexdigit());
    let said =
        |c: char| if c.is_ascii_digit() { numerals::cardinal(&c.to_string()) } else { c.to_uppercase().collect() };
    let said: Vec<String> = run.chars().map(said).collect();
    known.then(|| Said::new(at + 2 + run.len(), format!("zero X {}", said.join(" "))))
}

/// "Call 911", "dial 999 or 112".
fn emergency(text: &str, at: usize) -> Option<Said> {
    let (end, run) = digits(text, at).filter(|(_, run)| run.len() == 3)?;
    let calls = |word: &str| ["call", "dial", "ring", "phone", "calling", "dialling"].contains(&&*word.to_lowercase());
    let [before, earlier] = two_before(text, at);
    let called = calls(before) || before == "or" && earlier.len() == 3 && text[..at].to_lowercase().contains("dial ");
    let alone = ends(text, end) && !text[end..].starts_with(['-', '/', '%', ':']);
    let people = word_after(text, end).ends_with('s');
    (called && alone && !people).then(|| Said::new(end, digit_by_digit(&run)))
}

fn digit_by_digit(run: &str) -> String {
    let said: Vec<String> = run.chars().map(|digit| numerals::cardinal(&digit.to_string())).collect();
    said.join(" ")
}

/// "No. 12-345": a file's number, and no range.
fn docket(text: &str, at: usize) -> Option<Said> {
    let (middle, first) = digits(text, at).filter(|(_, run)| run.len() <= 2)?;
    let start = middle + text[middle..].strip_prefix(['-', '–']).map(|rest| text.len() - middle - rest.len())?;
    let (end, second) = digits(text, start).filter(|(_, run)| (3..=5).contains(&run.len()))?;
    let numbered = ["No", "no", "Nos", "Case", "Docket"].contains(&word_before(text, at));
    let alone = ends(text, end) && !text[end..].starts_with(['-', '–', '%']);
    (numbered && alone).then(|| Said::new(end, format!("{} {}", numerals::cardinal(&first), digit_by_digit(&second))))
}

/// "7-1=6", "10/2 = 5", "3x4=12": the left side.
fn equation(text: &str, at: usize) -> Option<Said> {
    let first = plain(text, at)?;
    let start = skip_spaces(text, first.end);
    let sign = char_at(text, start)?;
    let said = match sign {
        '-' | '−' | '–' => "minus",
        '/' | '÷' | ':' => "divided by",
        'x' | '×' | '*' => "times",
        _ => return None,
    };
    let second = plain(text, skip_spaces(text, start + sign.len_utf8()))?;
    let equal = text[skip_spaces(text, second.end)..].strip_prefix('=')?;
    let number = |number: &Number| {
        let point = number.decimals.as_ref().map_or(String::new(), |run| format!(" point {}", digit_by_digit(run)));
        format!("{}{point}", numerals::cardinal(&number.whole))
    };
    equal
        .trim_start()
        .starts_with(|c: char| c.is_ascii_digit() || c == '-')
        .then(|| Said::new(second.end, format!("{} {said} {}", number(&first), number(&second))))
}

/// "12:00 noon".
fn noon(text: &str, at: usize) -> Option<Said> {
    let rest = text[at..].strip_prefix("12:00")?;
    let word = word_after(text, text.len() - rest.len());
    let end = skip_spaces(text, text.len() - rest.len()) + word.len();
    ["noon", "midnight"].contains(&word).then(|| Said::new(end, format!("twelve {word}")))
}

/// "6 ft 2 in".
fn foot_and_inch(text: &str, at: usize) -> Option<Said> {
    let (end, feet) = digits(text, at).filter(|(_, run)| run.len() <= 2)?;
    let start = skip_spaces(text, end);
    let start = start + starts_with_any(&text[start..], ["ft.", "ft", "feet"])?.len();
    let (end, inches) = digits(text, skip_spaces(text, start)).filter(|(_, run)| run.len() <= 2)?;
    let start = skip_spaces(text, end);
    let end = start + starts_with_any(&text[start..], ["in.", "in", "inches"])?.len();
    let many = |run: &str, one: &str, many: &str| {
        format!("{} {}", numerals::cardinal(run), if run == "1" { one } else { many })
    };
    let said = format!("{} {}", many(&feet, "foot", "feet"), many(&inches, "inch", "inches"));
    ends(text, end).then(|| Said::new(end, said))
}

/// "4/5ths".
fn plural_fraction(text: &str, at: usize) -> Option<Said> {
    let (middle, first) = digits(text, at)?;
    let start = middle + usize::from(text[middle..].starts_with('/'));
    let (end, second) = digits(text, start).filter(|_| start > middle)?;
    let end = end + starts_with_any(&text[end..], ["ths", "rds", "nds", "th", "rd"])?.len();
    let (first, second) = (first.parse().ok()?, second.parse().ok().filter(|second| (2..=1000).contains(second))?);
    ends(text, end).then(|| Said::new(end, numerals::fraction(first, second)))
}

/// "90 mmHg", "2 tbsp".
fn unit_of_trade(text: &str, at: usize) -> Option<Said> {
    let word = word_at(text, at);
    let (_, one, many) = UNITS.iter().find(|(printed, ..)| *printed == word)?;
    let before = word_before(text, at);
    let counted = before.chars().all(char::is_numeric) && !before.is_empty()
        || char_before(text, text[..at].trim_end().len()).is_some_and(|c| crate::number::vulgar(c).is_some());
    let single = before == "1" && !text[..at].trim_end().ends_with(".1");
    counted.then(|| Said::new(at + word.len(), if single { *one } else { *many }))
}

/// A Greek letter that stands alone.
fn greek(text: &str, at: usize) -> Option<Said> {
    let letter = char_at(text, at)?;
    let (_, name) = GREEK.iter().find(|(letters, _)| letters.contains(letter))?;
    let end = at + letter.len_utf8();
    ends(text, end).then(|| Said::new(end, *name))
}

/// "in Sept., in Aug.": without a day.
fn month_alone(text: &str, at: usize) -> Option<Said> {
    let west = West(&English { order: crate::shape::Order::DayFirst });
    let (month, end) = west.month(text, at).filter(|_| char_at(text, at).is_some_and(char::is_uppercase))?;
    let word = word_at(text, at);
    let keeps = text[end..].trim().is_empty() || sentence_may_end(text, end);
    let name = tables::TABLE.months[month - 1];
    (end > at + word.len() && !char_at(text, end).is_some_and(is_word))
        .then(|| Said::new(end, format!("{name}{}", if keeps { "." } else { "" })))
}

/// "Tues., 3 May", "Mon–Fri".
fn day(text: &str, at: usize) -> Option<Said> {
    let word = word_at(text, at);
    let name = |word: &str| DAYS.iter().find(|(short, _)| *short == word).map(|(_, name)| *name);
    let said = name(word)?;
    let end = at + word.len();
    let dash = |c: char| matches!(c, '–' | '-' | '/');
    let until = text[end..].strip_prefix(dash).is_some_and(|rest| name(word_at(rest, 0)).is_some());
    let from = text[..at].strip_suffix(dash).is_some_and(|head| name(word_before(head, head.len())).is_some());
    if until || from {
        return Some(Said::new(end, said));
    }
    // "Sun." and "Sat." may end a sentence.
    let dotted =
        text[end..].starts_with('.') && !matches!(word, "Sun" | "Sat") && text[end + 1..].starts_with([',', ' ']);
    dotted.then(|| Said::new(end + 1, said))
}

/// "MCMXCVIII".
fn roman_year(text: &str, at: usize) -> Option<Said> {
    let word = word_at(text, at);
    let value = roman(word).filter(|value| word.len() >= 5 && (1000..2100).contains(value))?;
    Some(Said::new(at + word.len(), numerals::year(&value.to_string())))
}
