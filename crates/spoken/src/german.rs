//! German, in the plain cases.

use crate::Said;
use crate::number::{Separators, digits};
use crate::scan::{char_at, ends, skip_spaces, word_after, word_before};
use crate::shape::{Clock, Order};
use crate::west::When::{Always, Closing, Name, Number};
use crate::west::{Language, Table, one_by_one};

/// German.
pub(crate) struct German;

const SMALL: [&str; 20] = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const TENS: [&str; 10] =
    ["", "zehn", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

fn below_thousand(value: usize, last: bool) -> String {
    let stem = |unit: usize| if unit == 1 { "ein" } else { SMALL[unit] };
    let rest = match value % 100 {
        0 => String::new(),
        1 if !last => "ein".to_owned(),
        rest @ 1..20 => SMALL[rest].to_owned(),
        rest if rest.is_multiple_of(10) => TENS[rest / 10].to_owned(),
        rest => format!("{}und{}", stem(rest % 10), TENS[rest / 10]),
    };
    if value >= 100 { format!("{}hundert{rest}", stem(value / 100)) } else { rest }
}

fn spelled(value: u64) -> String {
    if value == 0 {
        return SMALL[0].to_owned();
    }
    let group = |power: u32| (value / 1000_u64.pow(power) % 1000) as usize;
    let mut parts: Vec<String> = Vec::new();
    for (power, one, many) in
        [(4, "eine Billion", "Billionen"), (3, "eine Milliarde", "Milliarden"), (2, "eine Million", "Millionen")]
    {
        match group(power) {
            0 => {}
            1 => parts.push(one.to_owned()),
            count => parts.push(format!("{} {many}", below_thousand(count, false))),
        }
    }
    let thousands = if group(1) > 0 { format!("{}tausend", below_thousand(group(1), false)) } else { String::new() };
    let low = format!("{thousands}{}", below_thousand(group(0), true));
    if !low.is_empty() {
        parts.push(low);
    }
    parts.join(" ")
}

/// The stem that takes the endings: "dritt".
fn ordinal_stem(value: u64) -> String {
    let said = spelled(value);
    for (cardinal, ordinal) in [("eins", "erst"), ("drei", "dritt"), ("sieben", "siebt"), ("acht", "acht")] {
        if value % 100 < 20
            && let Some(head) = said.strip_suffix(cardinal)
        {
            return format!("{head}{ordinal}");
        }
    }
    if (1..20).contains(&(value % 100)) { format!("{said}t") } else { format!("{said}st") }
}

/// The ending that the word before asks for.
fn ending(before: &str) -> &'static str {
    match before {
        "am" | "Am" | "dem" | "vom" | "zum" | "im" | "den" | "ab" | "bis" | "seit" | "Seit" | "Vom" | "des"
        | "beim" | "Im" => "en",
        "der" | "Der" | "die" | "Die" | "das" | "Das" => "e",
        _ => "er",
    }
}

impl Language for German {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn cardinal(&self, digits: &str, feminine: bool) -> String {
        match digits.parse::<u64>() {
            Ok(1) if feminine => "eine".to_owned(),
            Ok(value) if value < 1_000_000_000_000_000 => spelled(value),
            _ => one_by_one(digits, &SMALL),
        }
    }

    fn year(&self, digits: &str) -> String {
        match digits.parse::<usize>() {
            Ok(year @ 1100..2000) => {
                let rest = if year % 100 == 0 { String::new() } else { below_thousand(year % 100, true) };
                format!("{}hundert{rest}", SMALL[year / 100])
            }
            _ => self.cardinal(digits, false),
        }
    }

    fn counting(&self, digits: &str, feminine: Option<bool>, _: &str) -> String {
        match (digits, feminine) {
            ("1", Some(true)) => "eine".to_owned(),
            ("1", Some(false)) => "ein".to_owned(),
            _ => self.cardinal(digits, false),
        }
    }

    fn ordinal(&self, value: u64, _: bool) -> String {
        format!("{}e", ordinal_stem(value))
    }

    fn fraction(&self, numerator: u64, denominator: u64) -> String {
        let count = if numerator == 1 { "ein".to_owned() } else { spelled(numerator) };
        match denominator {
            2 if numerator == 1 => "ein halb".to_owned(),
            2 => format!("{count} halbe"),
            _ => {
                let stem = ordinal_stem(denominator);
                let mut letters = stem.chars();
                let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
                format!("{count} {first}{}el", letters.as_str())
            }
        }
    }

    fn date(&self, year: Option<&str>, month: usize, day: u64, _: Order, before: &str) -> String {
        let year = year.map_or_else(String::new, |year| format!(" {}", self.year(year)));
        format!("{}{} {}{year}", ordinal_stem(day), ending(before), TABLE.months[month - 1])
    }

    fn clock(&self, clock: &Clock) -> String {
        let hour = if clock.hour == 1 { "ein".to_owned() } else { spelled(clock.hour) };
        if clock.minute == 0 { format!("{hour} Uhr") } else { format!("{hour} Uhr {}", spelled(clock.minute)) }
    }

    fn own_number(&self, text: &str, at: usize) -> Option<Said> {
        let (end, run) = digits(text, at).filter(|(_, run)| run.len() <= 4)?;
        // "1990er", "90er"
        if let Some(rest) = text[end..].strip_prefix("er")
            && run.ends_with('0')
            && (ends(text, end + 2) || rest.starts_with('-'))
        {
            return Some(Said::new(end + 2, format!("{}er", self.year(&run))));
        }
        // "im 19. Jahrhundert", "am 3. Tag"
        let after = end + usize::from(text[end..].starts_with('.'));
        let next = word_after(text, after);
        let noun = next.starts_with(char::is_uppercase) && next.chars().count() > 2 && skip_spaces(text, after) > after;
        let known = matches!(
            word_before(text, at),
            "der"
                | "die"
                | "das"
                | "dem"
                | "den"
                | "des"
                | "am"
                | "im"
                | "zum"
                | "beim"
                | "vom"
                | "Der"
                | "Die"
                | "Das"
                | "Dem"
                | "Den"
                | "Am"
                | "Im"
                | "Zum"
                | "Vom"
                | "seit"
        );
        if after > end && noun && known && run.len() <= 3 && crate::west::West(self).date(text, at).is_none() {
            let value = run.parse().ok().filter(|value| *value > 0)?;
            return Some(Said::new(after, format!("{}{}", ordinal_stem(value), ending(word_before(text, at)))));
        }
        // "14 Uhr"
        (next == "Uhr" && after == end && char_at(text, end) == Some(' '))
            .then(|| run.parse().ok().filter(|hour| *hour <= 24))
            .flatten()
            .map(|hour| Said::new(end, if hour == 1 { "ein".to_owned() } else { spelled(hour) }))
    }
}

static TABLE: Table = Table {
    separators: Separators { groups: &['.', '\u{a0}', '\u{202f}', '\u{2009}', '\''], decimal: &[',', '.'] },
    full_stop: "Punkt",
    comma: "Komma",
    and: "und",
    to: "bis",
    between: "zwischen",
    by: "mal",
    definite_articles: &[],
    not_nouns: &[],
    ratio: "zu",
    over: "zu",
    out_of: "von",
    percent: "Prozent",
    per_mille: "Promille",
    degree: ("Grad", "Grad"),
    minute: ("Minute", "Minuten"),
    north_east_south_west: ["Nord", "Ost", "Süd", "West"],
    power: "hoch",
    squared: "hoch zwei",
    cubed: "hoch drei",
    section: ("Paragraf", "Paragrafen"),
    paragraph: ("Absatz", "Absätze"),
    number: "Nummer",
    at: "at",
    dot: "Punkt",
    dash: "Bindestrich",
    underscore: "Unterstrich",
    version: "Version",
    times: "mal",
    per: "pro",
    square: ("Quadrat-", "Quadrat-"),
    cubic: ("Kubik-", "Kubik-"),
    power_before: true,
    prefixes: &[("micro", "mikro"), ("centi", "zenti"), ("deci", "dezi")],
    units: &[
        ("meter", "Meter", "Meter", false),
        ("gram", "Gramm", "Gramm", false),
        ("second", "Sekunde", "Sekunden", true),
        ("minute", "Minute", "Minuten", true),
        ("part per million", "Teil pro Million", "Teile pro Million", false),
        ("part per billion", "Teil pro Milliarde", "Teile pro Milliarde", false),
        ("hour", "Stunde", "Stunden", true),
        ("liter", "Liter", "Liter", false),
        ("watt hour", "Wattstunde", "Wattstunden", true),
        ("watt", "Watt", "Watt", false),
        ("volt", "Volt", "Volt", false),
        ("byte", "Byte", "Byte", false),
        ("bit", "Bit", "Bit", false),
        ("hertz", "Hertz", "Hertz", false),
        ("tonne", "Tonne", "Tonnen", true),
        ("hectare", "Hektar", "Hektar", false),
        ("calorie", "Kalorie", "Kalorien", true),
        ("degree Celsius", "Grad Celsius", "Grad Celsius", false),
        ("degree Fahrenheit", "Grad Fahrenheit", "Grad Fahrenheit", false),
    ],
    magnitudes: &[("Mio", "Million", "Millionen"), ("Mrd", "Milliarde", "Milliarden")],
    magnitude_words: &["Million", "Millionen", "Milliarde", "Milliarden", "Mio", "Mrd", "Tausend"],
    currencies: &[
        ("$", "Dollar", "Dollar", "Cent", "Cent", false),
        ("USD", "US-Dollar", "US-Dollar", "Cent", "Cent", false),
        ("EUR", "Euro", "Euro", "Cent", "Cent", false),
        ("GBP", "Pfund", "Pfund", "Penny", "Pence", false),
        ("CHF", "Schweizer Franken", "Schweizer Franken", "Rappen", "Rappen", false),
        ("JPY", "Yen", "Yen", "", "", false),
    ],
    before_numbers: &[
        ('-', "minus "),
        ('−', "minus "),
        ('–', "minus "),
        ('+', "plus "),
        ('±', "plus minus "),
        ('~', "etwa "),
        ('≈', "etwa "),
        ('<', "weniger als "),
        ('>', "mehr als "),
    ],
    signs: &[
        ('&', "und"),
        ('+', "plus"),
        ('=', "gleich"),
        ('×', "mal"),
        ('÷', "geteilt durch"),
        ('%', "Prozent"),
        ('→', "nach"),
        ('−', "minus"),
    ],
    months: &[
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    month_abbreviations: &[
        ("jan", 1),
        ("feb", 2),
        ("apr", 4),
        ("aug", 8),
        ("sept", 9),
        ("sep", 9),
        ("okt", 10),
        ("nov", 11),
        ("dez", 12),
    ],
    days: &["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    day_marks: &["."],
    clock_marks: &[':'],
    abbreviations: &[
        ("z. B.", "zum Beispiel", Always),
        ("z.B.", "zum Beispiel", Always),
        ("d. h.", "das heißt", Always),
        ("d.h.", "das heißt", Always),
        ("u. a.", "unter anderem", Always),
        ("u.a.", "unter anderem", Always),
        ("usw.", "und so weiter", Closing),
        ("bzw.", "beziehungsweise", Always),
        ("ca.", "circa", Always),
        ("Dr.", "Doktor", Always),
        ("Prof.", "Professor", Always),
        ("Hr.", "Herr", Name),
        ("Fr.", "Frau", Name),
        ("Nr.", "Nummer", Number),
        ("S.", "Seite", Number),
        ("Abb.", "Abbildung", Number),
        ("Abs.", "Absatz", Number),
        ("Art.", "Artikel", Number),
        ("Kap.", "Kapitel", Number),
        ("Bd.", "Band", Number),
        ("v. Chr.", "vor Christus", Closing),
        ("n. Chr.", "nach Christus", Closing),
        ("Mio.", "Millionen", Always),
        ("Mrd.", "Milliarden", Always),
        ("St.", "Sankt", Always),
        ("Str.", "Straße", Closing),
        ("inkl.", "inklusive", Always),
        ("ggf.", "gegebenenfalls", Always),
        ("vgl.", "vergleiche", Always),
    ],
    rulers: &[
        "Ludwig",
        "Karl",
        "Friedrich",
        "Wilhelm",
        "Heinrich",
        "Otto",
        "Johannes",
        "Paul",
        "Pius",
        "Leo",
        "Benedikt",
        "Elisabeth",
        "Katharina",
        "Franz",
        "Joseph",
        "Leopold",
        "Georg",
        "Maximilian",
        "Rudolf",
        "Napoleon",
        "Philipp",
        "Peter",
        "Nikolaus",
    ],
    numbered: &[
        "Weltkrieg",
        "Kapitel",
        "Teil",
        "Band",
        "Akt",
        "Szene",
        "Buch",
        "Artikel",
        "Abschnitt",
        "Anhang",
        "Typ",
        "Phase",
    ],
    century: &["Jahrhundert"],
    ruler_article: "der ",
    ruler_ordinals: 99,
    not_years: &["Seite", "Nummer", "ISO", "DIN", "Artikel"],
    ..Table::EMPTY
};
