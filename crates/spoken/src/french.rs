//! French, in the plain cases.

use crate::Said;
use crate::number::{Separators, digits};
use crate::scan::{char_at, ends, starts_with_any};
use crate::shape::{Clock, Order};
use crate::west::When::{Always, Closing, Name, Number};
use crate::west::{Language, Table, one_by_one};

/// French.
pub(crate) struct French;

const SMALL: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize",
];
const TENS: [&str; 10] =
    ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"];

/// Up to ninety-nine.
fn tens(value: usize, feminine: bool) -> String {
    let one = if feminine { "une" } else { "un" };
    match (value / 10, value % 10) {
        (0, 1) => one.to_owned(),
        _ if value <= 16 => SMALL[value].to_owned(),
        (1, unit) => format!("dix-{}", SMALL[unit]),
        (7, 1) => "soixante et onze".to_owned(),
        (7 | 9, unit) => format!("{}-{}", TENS[value / 10], tens(10 + unit, feminine)),
        (8, 0) => "quatre-vingts".to_owned(),
        (8, 1) => format!("quatre-vingt-{one}"),
        (ten, 0) => TENS[ten].to_owned(),
        (ten, 1) => format!("{} et {one}", TENS[ten]),
        (ten, unit) => format!("{}-{}", TENS[ten], SMALL[unit]),
    }
}

/// Up to nine hundred and ninety-nine; "cents" and "vingts" lose their s where a numeral follows.
fn hundreds(value: usize, feminine: bool, last: bool) -> String {
    let rest = tens(value % 100, feminine);
    let rest = if last { rest } else { rest.replace("quatre-vingts", "quatre-vingt") };
    match (value / 100, value % 100) {
        (0, _) => rest,
        (1, 0) => "cent".to_owned(),
        (1, _) => format!("cent {rest}"),
        (hundred, 0) => format!("{} cent{}", SMALL[hundred], if last { "s" } else { "" }),
        (hundred, _) => format!("{} cent {rest}", SMALL[hundred]),
    }
}

fn spelled(value: u64, feminine: bool) -> String {
    const POWERS: [&str; 5] = ["", "mille", "million", "milliard", "billion"];
    if value == 0 {
        return SMALL[0].to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    for (power, name) in POWERS.iter().enumerate().rev() {
        let group = (value / 1000_u64.pow(u32::try_from(power).unwrap_or(0)) % 1000) as usize;
        match (group, power) {
            (0, _) => {}
            (_, 0) => parts.push(hundreds(group, feminine, true)),
            (1, 1) => parts.push((*name).to_owned()),
            (_, 1) => parts.push(format!("{} {name}", hundreds(group, false, false))),
            _ => parts.push(format!("{} {name}{}", hundreds(group, false, true), if group > 1 { "s" } else { "" })),
        }
    }
    parts.join(" ")
}

impl Language for French {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn cardinal(&self, digits: &str, feminine: bool) -> String {
        match digits.parse::<u64>() {
            Ok(value) if value < 1_000_000_000_000_000 => spelled(value, feminine),
            _ => one_by_one(digits, &SMALL),
        }
    }

    fn ordinal(&self, value: u64, feminine: bool) -> String {
        if value == 1 {
            return if feminine { "première" } else { "premier" }.to_owned();
        }
        let said = spelled(value, false);
        let plural = said.ends_with("vingts") || said.ends_with("cents") || said.ends_with("millions");
        let said = if plural { said.trim_end_matches('s').to_owned() } else { said };
        if let Some(stem) = said.strip_suffix("cinq") {
            return format!("{stem}cinquième");
        }
        if let Some(stem) = said.strip_suffix("neuf") {
            return format!("{stem}neuvième");
        }
        format!("{}ième", said.strip_suffix('e').unwrap_or(&said))
    }

    fn fraction(&self, numerator: u64, denominator: u64) -> String {
        let many = if numerator > 1 { "s" } else { "" };
        let part = match denominator {
            2 => format!("demi{many}"),
            3 => "tiers".to_owned(),
            4 => format!("quart{many}"),
            _ => format!("{}{many}", self.ordinal(denominator, false)),
        };
        format!("{} {part}", spelled(numerator, false))
    }

    fn date(&self, year: Option<&str>, month: usize, day: u64, _: Order, before: &str) -> String {
        let day = if day == 1 { "premier".to_owned() } else { spelled(day, false) };
        let named = ["le", "Le", "au", "du", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
        let article = if named.contains(&before) { "" } else { "le " };
        let year = year.map_or_else(String::new, |year| format!(" {}", self.cardinal(year, false)));
        format!("{article}{day} {}{year}", TABLE.months[month - 1])
    }

    fn clock(&self, clock: &Clock) -> String {
        let hour = match clock.hour {
            0 | 24 => "minuit".to_owned(),
            12 => "midi".to_owned(),
            1 => "une heure".to_owned(),
            hour => format!("{} heures", spelled(hour, true)),
        };
        if clock.minute == 0 { hour } else { format!("{hour} {}", spelled(clock.minute, true)) }
    }

    fn own_number(&self, text: &str, at: usize) -> Option<Said> {
        // "24h/24", "7j/7"
        const ALWAYS: [(&str, &str); 4] = [
            ("24h/24", "vingt-quatre heures sur vingt-quatre"),
            ("24 h/24", "vingt-quatre heures sur vingt-quatre"),
            ("7j/7", "sept jours sur sept"),
            ("7 j/7", "sept jours sur sept"),
        ];
        if let Some((printed, said)) = ALWAYS.iter().find(|(printed, _)| text[at..].starts_with(printed)) {
            return ends(text, at + printed.len()).then(|| Said::new(at + printed.len(), *said));
        }
        let (end, run) = digits(text, at)?;
        // "1er", "2e", "XXe" has no digits
        let marks = ["er", "re", "ère", "e", "ème", "ᵉ", "ᵉʳ", "nd", "nde"];
        if let Some(mark) = starts_with_any(&text[end..], marks)
            && ends(text, end + mark.len())
        {
            let said = match (mark, run.as_str()) {
                ("nd", "2") => "second".to_owned(),
                ("nde", "2") => "seconde".to_owned(),
                _ => self.ordinal(run.parse().ok()?, mark != "er" && mark != "ᵉʳ"),
            };
            let feminine_or_any = run != "1" || matches!(mark, "er" | "re" | "ère" | "ᵉʳ");
            // "1er mai" is a date.
            let date = crate::west::West(self).date(text, at).is_some();
            return (feminine_or_any && !date).then(|| Said::new(end + mark.len(), said));
        }
        // "14 h 30", "14h"
        let hour: u64 = run.parse().ok().filter(|hour| *hour <= 24 && run.len() <= 2)?;
        let start = end + usize::from(text[end..].starts_with([' ']));
        let start = if text[end..].starts_with(['\u{a0}', '\u{202f}']) {
            end + char_at(text, end).map_or(0, char::len_utf8)
        } else {
            start
        };
        let after = start + text[start..].strip_prefix('h').map(|_| 1)?;
        let minute_start = crate::scan::skip_spaces(text, after);
        let minute =
            digits(text, minute_start).filter(|(stop, run)| run.len() == 2 && run.as_str() < "60" && ends(text, *stop));
        let (end, minute) = minute.map_or((after, 0), |(stop, run)| (stop, run.parse().unwrap_or(0)));
        (ends(text, end) && !text[end..].starts_with('/'))
            .then(|| Said::new(end, self.clock(&Clock { end, hour, minute, second: None })))
    }

    fn own_word(&self, text: &str, at: usize) -> Option<Said> {
        // "XXe siècle"
        let word = crate::scan::word_at(text, at);
        let (numeral, mark) =
            ["ème", "ᵉ", "er", "e"].iter().find_map(|mark| Some((word.strip_suffix(mark)?, *mark)))?;
        let value = crate::number::roman(numeral)
            .filter(|_| numeral.len() > 1 || mark != "e" || matches!(numeral, "X" | "V" | "I"))?;
        Some(Said::new(at + word.len(), self.ordinal(value, false)))
    }
}

static TABLE: Table = Table {
    separators: Separators { groups: &[' ', '\u{a0}', '\u{202f}', '\u{2009}'], decimal: &[',', '.'] },
    full_stop: "point",
    comma: "virgule",
    decimals_as_number: true,
    and: "et",
    to: "à",
    between: "entre",
    by: "sur",
    definite_articles: &[],
    not_nouns: &[],
    ratio: "pour",
    over: "sur",
    out_of: "sur",
    percent: "pour cent",
    per_mille: "pour mille",
    degree: ("degré", "degrés"),
    minute: ("minute", "minutes"),
    north_east_south_west: ["nord", "est", "sud", "ouest"],
    power: "puissance",
    squared: "au carré",
    cubed: "au cube",
    section: ("paragraphe", "paragraphes"),
    paragraph: ("alinéa", "alinéas"),
    number: "numéro",
    at: "arobase",
    dot: "point",
    dash: "tiret",
    underscore: "tiret bas",
    times: "fois",
    per: "par",
    square: ("carré", "carrés"),
    cubic: ("cube", "cubes"),
    prefixes: &[("mega", "méga"), ("tera", "téra"), ("peta", "péta"), ("deci", "déci")],
    units: &[
        ("meter", "mètre", "mètres", false),
        ("gram", "gramme", "grammes", false),
        ("second", "seconde", "secondes", true),
        ("minute", "minute", "minutes", true),
        ("part per million", "partie par million", "parties par million", true),
        ("part per billion", "partie par milliard", "parties par milliard", true),
        ("hour", "heure", "heures", true),
        ("liter", "litre", "litres", false),
        ("watt hour", "wattheure", "wattheures", false),
        ("watt", "watt", "watts", false),
        ("volt", "volt", "volts", false),
        ("byte", "octet", "octets", false),
        ("bit", "bit", "bits", false),
        ("hertz", "hertz", "hertz", false),
        ("tonne", "tonne", "tonnes", true),
        ("hectare", "hectare", "hectares", false),
        ("calorie", "calorie", "calories", true),
        ("degree Celsius", "degré Celsius", "degrés Celsius", false),
        ("degree Fahrenheit", "degré Fahrenheit", "degrés Fahrenheit", false),
    ],
    of: "de",
    magnitudes: &[("M", "million", "millions"), ("Md", "milliard", "milliards"), ("k", "mille", "mille")],
    magnitude_words: &["million", "millions", "milliard", "milliards", "mille"],
    currencies: &[
        ("$", "dollar", "dollars", "cent", "cents", false),
        ("USD", "dollar américain", "dollars américains", "cent", "cents", false),
        ("EUR", "euro", "euros", "centime", "centimes", false),
        ("GBP", "livre", "livres", "penny", "pence", true),
        ("CHF", "franc suisse", "francs suisses", "centime", "centimes", false),
        ("JPY", "yen", "yens", "", "", false),
        ("MAD", "dirham", "dirhams", "centime", "centimes", false),
    ],
    before_numbers: &[
        ('-', "moins "),
        ('−', "moins "),
        ('–', "moins "),
        ('+', "plus "),
        ('±', "plus ou moins "),
        ('~', "environ "),
        ('≈', "environ "),
        ('<', "moins de "),
        ('>', "plus de "),
    ],
    signs: &[
        ('&', "et"),
        ('+', "plus"),
        ('=', "égale"),
        ('×', "fois"),
        ('÷', "divisé par"),
        ('%', "pour cent"),
        ('→', "vers"),
        ('−', "moins"),
    ],
    months: &[
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    month_abbreviations: &[
        ("janv", 1),
        ("févr", 2),
        ("avr", 4),
        ("juil", 7),
        ("sept", 9),
        ("oct", 10),
        ("nov", 11),
        ("déc", 12),
    ],
    days: &["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    day_marks: &["er"],
    abbreviations: &[
        ("M.", "Monsieur", Name),
        ("MM.", "Messieurs", Name),
        ("Mme", "Madame", Name),
        ("Mmes", "Mesdames", Name),
        ("Mlle", "Mademoiselle", Name),
        ("Dr", "Docteur", Name),
        ("Dr.", "Docteur", Name),
        ("Pr", "Professeur", Name),
        ("St", "Saint", Name),
        ("Ste", "Sainte", Name),
        ("etc.", "et cetera", Closing),
        ("p. ex.", "par exemple", Always),
        ("c.-à-d.", "c'est-à-dire", Always),
        ("av. J.-C.", "avant Jésus-Christ", Closing),
        ("apr. J.-C.", "après Jésus-Christ", Closing),
        ("n°", "numéro", Number),
        ("N°", "Numéro", Number),
        ("nº", "numéro", Number),
        ("p.", "page", Number),
        ("pp.", "pages", Number),
        ("art.", "article", Number),
        ("chap.", "chapitre", Number),
        ("fig.", "figure", Number),
        ("vol.", "volume", Number),
        ("env.", "environ", Number),
    ],
    rulers: &[
        "Louis",
        "Charles",
        "Henri",
        "François",
        "Napoléon",
        "Philippe",
        "Jean",
        "Paul",
        "Pie",
        "Léon",
        "Benoît",
        "Élisabeth",
        "Elizabeth",
        "Guillaume",
        "Édouard",
        "Georges",
        "Nicolas",
        "Pierre",
        "Catherine",
        "Hassan",
        "Mohammed",
        "Albert",
        "Léopold",
    ],
    numbered: &[
        "mondiale", "chapitre", "partie", "tome", "acte", "scène", "livre", "article", "section", "titre", "annexe",
        "type", "phase",
    ],
    century: &["siècle", "siècles"],
    ruler_ordinals: 1,
    ..Table::EMPTY
};
