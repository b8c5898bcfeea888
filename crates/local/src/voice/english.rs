//! How an English narrator reads abbreviations, years, sums of money, units and addresses.

use super::plan::Token;

/// The pronunciation of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) text: String,
    /// Whether its full stop marks an abbreviation and does not end a sentence.
    pub(super) dot_is_part: bool,
}

/// Abbreviations with their full stop, in lower case.
const ABBREVIATIONS: [(&str, &str); 44] = [
    ("dr.", "Doctor"),
    ("mr.", "Mister"),
    ("mrs.", "Missus"),
    ("ms.", "Miz"),
    ("prof.", "Professor"),
    ("st.", "Saint"),
    ("jr.", "Junior"),
    ("sr.", "Senior"),
    ("gen.", "General"),
    ("gov.", "Governor"),
    ("sen.", "Senator"),
    ("rep.", "Representative"),
    ("rev.", "Reverend"),
    ("e.g.", "for example"),
    ("eg.", "for example"),
    ("i.e.", "that is"),
    ("ie.", "that is"),
    ("etc.", "et cetera"),
    ("vs.", "versus"),
    ("cf.", "compare"),
    ("ca.", "circa"),
    ("al.", "al"),
    ("approx.", "approximately"),
    ("fig.", "figure"),
    ("figs.", "figures"),
    ("eq.", "equation"),
    ("eqs.", "equations"),
    ("sec.", "section"),
    ("ch.", "chapter"),
    ("vol.", "volume"),
    ("pp.", "pages"),
    ("p.", "page"),
    ("no.", "number"),
    ("nos.", "numbers"),
    ("inc.", "Incorporated"),
    ("ltd.", "Limited"),
    ("co.", "Company"),
    ("corp.", "Corporation"),
    ("dept.", "department"),
    ("est.", "established"),
    ("ed.", "edition"),
    ("eds.", "editors"),
    ("a.m.", "a m"),
    ("p.m.", "p m"),
];

/// Abbreviations that are also words, and count as abbreviations only before a number.
const ONLY_BEFORE_NUMBERS: [&str; 14] =
    ["fig.", "figs.", "eq.", "eqs.", "sec.", "ch.", "vol.", "pp.", "p.", "no.", "nos.", "ed.", "est.", "gen."];

/// Words without a full stop, and symbols that stand alone.
const WORDS: [(&str, &str); 20] = [
    ("vs", "versus"),
    ("eg", "for example"),
    ("etc", "et cetera"),
    ("&", "and"),
    ("+", "plus"),
    ("=", "equals"),
    ("×", "times"),
    ("±", "plus or minus"),
    ("≈", "about"),
    ("→", "to"),
    ("<", "less than"),
    (">", "greater than"),
    ("≤", "at most"),
    ("≥", "at least"),
    ("%", "percent"),
    ("c++", "C plus plus"),
    ("c#", "C sharp"),
    ("f#", "F sharp"),
    ("w/", "with"),
    ("w/o", "without"),
];

/// Units, pronounced after a number.
const UNITS: [(&str, &str); 24] = [
    ("km", "kilometers"),
    ("m", "meters"),
    ("cm", "centimeters"),
    ("mm", "millimeters"),
    ("µm", "micrometers"),
    ("nm", "nanometers"),
    ("kg", "kilograms"),
    ("g", "grams"),
    ("mg", "milligrams"),
    ("km/h", "kilometers per hour"),
    ("m/s", "meters per second"),
    ("mph", "miles per hour"),
    ("ms", "milliseconds"),
    ("kb", "kilobytes"),
    ("mb", "megabytes"),
    ("gb", "gigabytes"),
    ("tb", "terabytes"),
    ("khz", "kilohertz"),
    ("mhz", "megahertz"),
    ("ghz", "gigahertz"),
    ("kw", "kilowatts"),
    ("mw", "megawatts"),
    ("°c", "degrees Celsius"),
    ("°f", "degrees Fahrenheit"),
];

const MAGNITUDES: [&str; 4] = ["thousand", "million", "billion", "trillion"];

const CURRENCIES: [(char, &str); 4] = [('$', "dollars"), ('€', "euros"), ('£', "pounds"), ('¥', "yen")];

/// For each token, the spoken form if it differs from the written one.
pub(super) fn spoken_forms(tokens: &[Token<'_>]) -> Vec<Option<Form>> {
    let mut forms: Vec<Option<Form>> = Vec::with_capacity(tokens.len());
    // The currency of a sum follows its magnitude: "$5 million" is five million dollars.
    let mut currency: Option<&str> = None;
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map_or("", Token::core);
        let before = index.checked_sub(1).map_or("", |index| tokens[index].core());
        let form = match currency.take() {
            Some(currency) => Some(plain(format!("{} {currency}", token.core()))),
            None => abbreviation(token, next).or_else(|| word(token.core(), before, token.text)),
        };
        let form = form.or_else(|| {
            let (text, waiting) = money(token.core(), next)?;
            currency = waiting;
            Some(plain(text))
        });
        forms.push(form.or_else(|| number(token.core()).or_else(|| address(token.core())).map(plain)));
    }
    forms
}

fn plain(text: String) -> Form {
    Form { text, dot_is_part: false }
}

fn look_up<'a>(table: &[(&str, &'a str)], key: &str) -> Option<&'a str> {
    table.iter().find(|(name, _)| *name == key).map(|(_, said)| *said)
}

fn abbreviation(token: &Token<'_>, next: &str) -> Option<Form> {
    let written = token.text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let end = written.rfind('.')?;
    let key = &written[..=end];
    if ONLY_BEFORE_NUMBERS.contains(&key) && !next.starts_with(|c: char| c.is_numeric()) {
        return None;
    }
    let said = look_up(&ABBREVIATIONS, key)?;
    // At the end of a sentence a single full stop serves both.
    let ends = matches!(key, "etc." | "a.m." | "p.m." | "inc." | "ltd." | "co." | "corp." | "jr." | "sr." | "al.")
        && next.starts_with(char::is_uppercase);
    Some(Form { text: said.to_owned(), dot_is_part: !ends })
}

fn word(core: &str, before: &str, text: &str) -> Option<Form> {
    let lower = core.to_lowercase();
    if lower.is_empty() || lower == "+" || lower == "%" {
        return look_up(&WORDS, text).map(|said| plain(said.to_owned()));
    }
    if before.ends_with(|c: char| c.is_ascii_digit())
        && let Some(said) = look_up(&UNITS, &lower)
    {
        return Some(plain(singular(before, said)));
    }
    let bare = text.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '"'));
    look_up(&WORDS, &bare.to_lowercase()).map(|said| plain(said.to_owned()))
}

fn singular(number: &str, unit: &str) -> String {
    match (number, unit.strip_suffix('s')) {
        ("1", Some(one)) => one.to_owned(),
        _ => unit.to_owned(),
    }
}

/// A sum of money, and the currency if it belongs after the next word.
fn money(core: &str, next: &str) -> Option<(String, Option<&'static str>)> {
    let sign = core.chars().next()?;
    let currency = CURRENCIES.iter().find(|(written, _)| *written == sign).map(|(_, said)| *said)?;
    let amount = &core[sign.len_utf8()..];
    let digits = amount.trim_end_matches(|c: char| c.is_alphabetic());
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let magnitude = match &amount[digits.len()..] {
        "" => "",
        "k" | "K" => " thousand",
        "m" | "M" => " million",
        "bn" | "B" | "b" => " billion",
        _ => return None,
    };
    if magnitude.is_empty() && MAGNITUDES.contains(&next) {
        return Some((digits.to_owned(), Some(currency)));
    }
    let currency = if digits == "1" && magnitude.is_empty() { singular(digits, currency) } else { currency.to_owned() };
    Some((format!("{digits}{magnitude} {currency}"), None))
}

/// Numbers with a sign or a unit, ranges and years.
fn number(core: &str) -> Option<String> {
    if let Some(rest) = core.strip_prefix('#').filter(|rest| starts_with_digit(rest)) {
        return Some(format!("number {rest}"));
    }
    if let Some(rest) = core.strip_prefix('~').filter(|rest| starts_with_digit(rest)) {
        return Some(format!("about {}", number(rest).unwrap_or_else(|| rest.to_owned())));
    }
    if !starts_with_digit(core) {
        return None;
    }
    let digits = core.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = &core[digits.len()..];
    if let Some((from, to)) = range(digits) {
        return Some(format!("{} to {}{}", said(from), said(to), unit_name(unit, to)?));
    }
    if unit.is_empty() {
        return year(core);
    }
    Some(format!("{digits}{}", unit_name(unit, digits)?))
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn said(number: &str) -> String {
    year(number).unwrap_or_else(|| number.to_owned())
}

fn unit_name(unit: &str, number: &str) -> Option<String> {
    match unit {
        "" => Some(String::new()),
        "%" => Some(" percent".to_owned()),
        "x" => Some(" times".to_owned()),
        "²" => Some(" squared".to_owned()),
        unit => look_up(&UNITS, &unit.to_lowercase()).map(|name| format!(" {}", singular(number, name))),
    }
}

fn range(text: &str) -> Option<(&str, &str)> {
    let (from, to) = text.split_once(['–', '-'])?;
    let is_number = |part: &str| {
        starts_with_digit(part) && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%'))
    };
    // Several dashes make a date or a telephone number.
    (is_number(from) && is_number(to)).then_some((from, to))
}

/// A year read as two halves: "1984" is nineteen eighty-four.
fn year(core: &str) -> Option<String> {
    if core.len() != 4 || !core.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (century, rest) = core.split_at(2);
    let first = (11..20).contains(&century.parse::<u32>().ok()?);
    match rest {
        "00" if first => Some(format!("{century} hundred")),
        rest if rest.starts_with('0') => first.then(|| format!("{century} oh {}", &rest[1..])),
        rest => (first || century == "20").then(|| format!("{century} {rest}")),
    }
}

/// A web or mail address, reduced to its host.
fn address(core: &str) -> Option<String> {
    let host = match core.split_once("://") {
        Some((_, rest)) => rest,
        None if core.starts_with("www.") => core,
        None if core.contains('@') && core.contains('.') => core,
        None => return None,
    };
    let host = host.split(['/', '?', '#']).next()?.trim_start_matches("www.");
    Some(host.replace('@', " at ").replace('.', " dot "))
}

#[cfg(test)]
mod tests {
    use super::super::plan::Plan;
    use sluice_domain::language::Language;

    fn said(text: &str) -> String {
        let plan = Plan::new(text, Language::ENGLISH);
        plan.words.iter().map(|word| word.spoken.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_read_as_a_narrator_reads_them() {
        for (written, spoken) in [
            ("in 1984, 1905, 1900 and 2024", "in 19 84 19 oh 5 19 hundred and 20 24"),
            ("2007 has 3,000 of 1,984", "2007 has 3,000 of 1,984"),
            ("from 1990–1995, 3-5% or ~7", "from 19 90 to 19 95 3 to 5 percent or about 7"),
            (
                "$5 and $1 and €3.5 billion and $20k",
                "5 dollars and 1 dollar and 3.5 billion euros and 20 thousand dollars",
            ),
            ("10 km, 1 kg at 20°C, 5GB", "10 kilometers 1 kilogram at 20 degrees Celsius 5 gigabytes"),
            ("#3 is 2x", "number 3 is 2 times"),
        ] {
            assert_eq!(said(written), spoken);
        }
    }

    #[test]
    fn abbreviations_and_symbols_are_read_in_full() {
        for (written, spoken) in [
            ("see Fig. 3 & Eq. 2", "see figure 3 and equation 2"),
            ("No. It is no. 5", "No It is number 5"),
            ("Lee et al. (2019)", "Lee et al 20 19"),
            ("cats vs. dogs, i.e., pets", "cats versus dogs that is pets"),
            ("https://www.example.com/a?b and a.b@example.org", "example dot com and a dot b at example dot org"),
            ("C++ + C#", "C plus plus plus C sharp"),
            ("well-known it’s and/or snake_case", "well-known it's and or snake case"),
        ] {
            assert_eq!(said(written), spoken);
        }
    }
}
