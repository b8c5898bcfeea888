//! Capitals: initials, acronyms that are spelled or said, formulas; and "St.", which is a saint or a street.

use crate::Said;
use crate::number::lowered;
use crate::scan::{
    char_at, char_before, ends, is_word, sentence_may_end, skip_spaces, word_after, word_at, word_before,
};
use crate::west::spell;

/// Spelled although they could be said, or are words.
const SPELLED: [&str; 76] = [
    "US", "IT", "WHO", "UK", "EU", "UN", "UAE", "USA", "AI", "ID", "IP", "IQ", "IPO", "CEO", "CFO", "CIO", "COO",
    "CTO", "HR", "PR", "TV", "PC", "OS", "API", "APIs", "URL", "UI", "UX", "IMF", "WTO", "ECB", "EPA", "FDA", "IRS",
    "NGO", "GDP", "GDPR", "FAQ", "ETA", "ATM", "DIY", "ESG", "EV", "EVs", "ICU", "IOU", "ISP", "KPI", "LED", "LLM",
    "MIT", "UCLA", "NIH", "OECD", "ROI", "SUV", "UFO", "USB", "VAT", "VIP", "AC", "DC", "AM", "PM", "AC", "ICE", "EEA",
    "USDA", "NAACP", "AIDA", "IEEE", "IAEA", "IATA", "UEA", "EIB", "ISO",
];

/// Said as words although a reader of letters would spell them, short as they are.
const SAID: [&str; 30] = [
    "AIDS", "RAM", "ROM", "LAN", "WAN", "PIN", "SIM", "GIF", "JPEG", "SARS", "NASA", "NATO", "OPEC", "CERN", "FIFA",
    "UEFA", "UNESCO", "UNICEF", "ASEAN", "COVID", "NAFTA", "RADAR", "LASER", "SWAT", "FEMA", "OSHA", "YAML", "JSON",
    "BRICS", "COP",
];

/// Short words that may stand in capitals for weight.
const WORDS: [&str; 46] = [
    "A", "I", "AN", "AND", "ANY", "ARE", "AS", "AT", "BE", "BUT", "BY", "CAN", "DO", "FOR", "GO", "HAS", "HE", "HIS",
    "HOW", "IF", "IN", "IS", "ITS", "MAY", "ME", "MY", "NEW", "NO", "NOT", "NOW", "OF", "OFF", "OLD", "ON", "ONE",
    "OR", "OUR", "OUT", "SHE", "SO", "THE", "TO", "TWO", "UP", "WE", "YOU",
];

const ELEMENTS: [&str; 62] = [
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S", "Cl", "Ar", "K", "Ca",
    "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y",
    "Zr", "Nb", "Mo", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Xe", "Cs", "Ba", "W", "Pt", "Au",
    "Hg", "Pb", "U", "Bi",
];

/// "St. Ives", "Main St.", "Dr. Keeper", "Elm Dr."
pub(super) fn street_or_saint(text: &str, at: usize) -> Option<Said> {
    let (printed, before_name, after_name) =
        [("St.", "Saint", "Street"), ("Dr.", "Doctor", "Drive"), ("St", "Saint", "")]
            .into_iter()
            .find(|(printed, ..)| text[at..].starts_with(printed))?;
    let end = at + printed.len();
    if !ends(text, end) {
        return None;
    }
    let next = skip_spaces(text, end);
    let name_follows = next > end && char_at(text, next).is_some_and(char::is_uppercase);
    let before = word_before(text, at);
    let spaced = text[..at].ends_with(' ');
    let named =
        spaced && before.starts_with(char::is_uppercase) && before.len() > 2 && text[..at].trim_end().ends_with(before);
    let numbered =
        text[..at].split_whitespace().rev().nth(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    if after_name.is_empty() {
        let closed = text[end..].starts_with([',', ';']) || text[end..].trim().is_empty();
        let said = if name_follows && !named { Some(before_name) } else { (named && closed).then_some("Street") };
        return said.map(|said| Said::new(end, said));
    }
    let street = named && (!name_follows || numbered);
    let said = if street { after_name } else { before_name };
    let keeps = street && sentence_may_end(text, end) || text[end..].trim().is_empty();
    Some(Said::new(end, format!("{said}{}", if keeps { "." } else { "" })))
}

/// "A. B. Keeper", "U.S.", "J.R.R.", "D.C."
pub(super) fn initials(text: &str, at: usize) -> Option<Said> {
    let mut letters = String::new();
    let mut end = at;
    while letters.len() < 12
        && let Some(letter) = char_at(text, end).filter(|c| c.is_alphabetic())
        && text[end + letter.len_utf8()..].starts_with('.')
        && (letter.is_uppercase()
            || !letters.is_empty()
            || text[end + letter.len_utf8() + 1..].starts_with(char::is_alphabetic))
    {
        letters.push(letter);
        end += letter.len_utf8() + 1;
    }
    let count = letters.chars().count();
    let lower = letters.chars().any(char::is_lowercase);
    if count == 0 || count > 6 || char_at(text, end).is_some_and(|c| is_word(c) || c == '.') && count == 1 {
        return None;
    }
    if char_at(text, end).is_some_and(is_word) || lower && count > 4 {
        // "U.S" at the end, or a host name.
        return None;
    }
    if count == 1 {
        // An initial before a name; "Plan B. The" ends a sentence.
        let next = skip_spaces(text, end);
        let named = next > end && char_at(text, next).is_some_and(char::is_uppercase);
        let before = word_before(text, at);
        let follows =
            text[..at].trim_end().ends_with(['.', ',']) || before.is_empty() || before.starts_with(char::is_uppercase);
        let starter =
            ["The", "It", "In", "This", "A", "We", "He", "She", "They", "But", "And"].contains(&word_at(text, next));
        return (named && follows && !starter && letters != "I").then(|| Said::new(end, letters));
    }
    // "in the U.S. It": the full stop does both.
    let next = word_after(text, end);
    let names =
        ["Government", "Senate", "Congress", "Army", "Navy", "President", "Supreme", "Department", "Court", "Treasury"];
    let starter =
        ["The", "It", "In", "This", "A", "We", "He", "She", "They", "But", "And", "However", "There", "Its", "These"];
    let closes = text[end..].trim().is_empty()
        || sentence_may_end(text, end) && starter.contains(&next) && !names.contains(&next)
        || text[end..].starts_with("\n\n");
    Some(Said::new(end, format!("{}{}", spell(&letters), if closes { "." } else { "" })))
}

/// "AT&T", "R&D", "Q&A".
pub(super) fn ampersand(text: &str, at: usize) -> Option<Said> {
    let first = word_at(text, at);
    let middle = at + first.len();
    let second = text[middle..].strip_prefix('&').map(|_| word_at(text, middle + 1))?;
    let short = |word: &str| (1..=3).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
    (short(first) && short(second))
        .then(|| Said::new(middle + 1 + second.len(), format!("{} and {}", spell(first), spell(second))))
}

/// "CO₂", "H2O", "Fe2O3": symbols of elements with a number among them.
pub(super) fn formula(text: &str, at: usize) -> Option<Said> {
    let rest = &text[at..];
    let is_part = |c: char| c.is_ascii_alphanumeric() || lowered(c).is_some();
    let run = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
    let is_digit = |c: char| c.is_ascii_digit() || lowered(c).is_some();
    if run.len() > 30 || !run.contains(is_digit) || !ends(text, at + run.len()) || run.contains(['₊', '₋']) {
        return None;
    }
    // Only what "mixed" would not spell: two letters of one element.
    let letters: Vec<char> = run.chars().filter(|c| c.is_alphabetic()).collect();
    if !letters.iter().any(|c| c.is_lowercase()) || text[at + run.len()..].starts_with(crate::scan::is_superscript) {
        return None;
    }
    let mut said: Vec<String> = Vec::new();
    let mut here = 0;
    while here < run.len() {
        let rest = &run[here..];
        let digits: String =
            rest.chars().map_while(|c| lowered(c).or_else(|| c.is_ascii_digit().then_some(c))).collect();
        if !digits.is_empty() {
            here += rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
            said.push(super::numerals::cardinal(&digits));
            continue;
        }
        let length = [2, 1].into_iter().find(|length| rest.get(..*length).is_some_and(|s| ELEMENTS.contains(&s)))?;
        said.push(spell(&rest[..length]));
        here += length;
    }
    (said.len() > 1).then(|| Said::new(at + run.len(), said.join(" ")))
}

/// "WHO" is spelled, "NASA" is said; so are "CEOs" and "the UK's".
pub(super) fn acronym(text: &str, at: usize) -> Option<Said> {
    let word = word_at(text, at);
    let end = at + word.len();
    let (letters, plural) = match word.strip_suffix('s') {
        Some(letters) if letters.len() >= 2 => (letters, "s"),
        _ => (word, ""),
    };
    let capitals = letters.chars().all(|c| c.is_ascii_uppercase());
    if word == "pH" {
        return Some(Said::new(end, "P H"));
    }
    if !capitals || letters.len() < 2 || SAID.contains(&letters) || char_before(text, at).is_some_and(is_word) {
        return None;
    }
    let sure = SPELLED.contains(&letters);
    let is_word_too = WORDS.contains(&letters) || matches!(letters, "US" | "IT" | "WHO" | "ICE" | "AM" | "COP" | "LED");
    if is_word_too && in_capitals(text, at, end) || !sure && WORDS.contains(&letters) {
        return None;
    }
    let long = letters.len() >= 4;
    if !sure && (long && is_sayable(letters) || letters.len() == 3 && in_capitals(text, at, end) && is_sayable(letters))
    {
        return None;
    }
    if letters.len() > 6 {
        return None;
    }
    Some(Said::new(end, format!("{}{}", spell(letters), if plural.is_empty() { "" } else { "'s" })))
}

/// Whether the words beside it are in capitals too, as in a heading: then capitals say nothing.
fn in_capitals(text: &str, at: usize, end: usize) -> bool {
    let shouted = |word: &str| word.len() >= 2 && word.chars().all(char::is_uppercase) && !SPELLED.contains(&word);
    let (before, after) = (word_before(text, at), word_after(text, end));
    shouted(before) && (shouted(after) || after.is_empty()) || before.is_empty() && shouted(after)
}

/// Vowels among consonants, as in a word.
fn is_sayable(letters: &str) -> bool {
    let vowel = |c: char| "AEIOUY".contains(c);
    let mut run = 0;
    for letter in letters.chars() {
        run = if vowel(letter) { 0 } else { run + 1 };
        if run > 3 {
            return false;
        }
    }
    let mut start = letters.chars();
    let (first, second) = (start.next().unwrap_or('A'), start.next().unwrap_or('A'));
    let clusters = [
        "BL", "BR", "CH", "CL", "CR", "DR", "FL", "FR", "GL", "GR", "PH", "PL", "PR", "QU", "SC", "SH", "SK", "SL",
        "SM", "SN", "SP", "ST", "SW", "TH", "TR", "TW", "WH", "WR", "KN",
    ];
    let begins = vowel(first) || vowel(second) || clusters.contains(&letters.get(..2).unwrap_or_default());
    // "ECHR": no short word begins or ends so.
    let hard = letters.len() <= 5 && letters.chars().rev().take(3).all(|c| !vowel(c));
    let vowels = letters.chars().filter(|c| vowel(*c)).count();
    begins && !hard && vowels > 0 && vowels < letters.len()
}
