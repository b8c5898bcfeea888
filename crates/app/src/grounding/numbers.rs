//! Numbers as they are printed, in one form for comparison: digits of any script, with or without thousands separators.

use std::collections::HashSet;

use sluice_spoken::normalise;

use super::lexicon::Lexicon;
use super::normal::{ascii_digit, normal};
use super::sentences::is_superscript;
use super::text::fold;

/// A number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// As it is printed.
    pub(crate) printed: String,
    /// What it may mean, in one form: "1234.5". "1.234" means 1234 in German and 1.234 in a table of measurements.
    pub(crate) meanings: Vec<String>,
    /// If its groups are separated by spaces, each of them: "12 300" may be two numbers.
    pub(crate) parts: Vec<String>,
}

/// The numbers of a text, in order. Digits that follow a letter ("A4", "H2O") are part of a name, not numbers.
pub(crate) fn numbers(text: &str, code: &str) -> Vec<Number> {
    let chars: Vec<char> = text.chars().filter(|c| !is_superscript(*c)).collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or(' ');
    let digit = |index: usize| ascii_digit(at(index)).is_some();
    let mut found = Vec::new();
    let mut index = 0;
    while index < chars.len() {
        if !digit(index) {
            index += 1;
            continue;
        }
        let start = index;
        while digit(index) || (is_separator(at(index)) && digit(index + 1)) || is_group_space(&chars, start, index) {
            index += 1;
        }
        let named = start.checked_sub(1).is_some_and(|before| at(before).is_alphabetic());
        if !named {
            found.push(number(chars.get(start..index).unwrap_or_default(), code));
        }
    }
    found
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | '٫' | '٬')
}

/// A space between groups of three digits: "1 234 567".
fn is_group_space(chars: &[char], start: usize, index: usize) -> bool {
    let digit = |index: usize| chars.get(index).is_some_and(|c| ascii_digit(*c).is_some());
    let before = chars.get(start..index).unwrap_or_default();
    let group = before.iter().rev().take_while(|c| ascii_digit(**c).is_some()).count();
    let first = before.iter().all(|c| ascii_digit(*c).is_some());
    chars.get(index).is_some_and(|c| c.is_whitespace())
        && (1..=3).all(|ahead| digit(index + ahead))
        && !digit(index + 4)
        && if first { (1..=3).contains(&group) } else { group == 3 && before.iter().any(|c| c.is_whitespace()) }
}

fn number(chars: &[char], code: &str) -> Number {
    let printed: String = chars.iter().collect();
    let mut plain = String::new();
    for c in chars {
        match c {
            '٬' | '\'' | '’' => {}
            '٫' => plain.push('.'),
            c => plain.push(ascii_digit(*c).unwrap_or(*c)),
        }
    }
    let arabic_point = chars.contains(&'٫');
    let groups: Vec<&str> = plain.split(char::is_whitespace).collect();
    let parts = if groups.len() > 1 { groups.iter().map(|group| integer(group)).collect() } else { Vec::new() };
    let joined = groups.concat();
    let meanings = if arabic_point { vec![decimal(&joined.replace(',', ""))] } else { meanings(&joined, code) };
    Number { printed, meanings, parts }
}

/// What digits with full stops and commas may mean.
fn meanings(plain: &str, code: &str) -> Vec<String> {
    let groups: Vec<&str> = plain.split(['.', ',']).collect();
    let separators: String = plain.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let thousands = groups.iter().skip(1).all(|group| group.len() == 3)
        && groups.first().is_some_and(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'));
    let last = separators.chars().last();
    let mixed = separators.chars().any(|c| Some(c) != last);
    match (groups.len(), last) {
        (0 | 1, _) | (_, None) => vec![integer(plain)],
        // "1.234,5" and "1,234.5": the last one is the decimal point.
        (_, Some(point)) if mixed && separators.matches(point).count() == 1 => {
            let whole: String = plain.chars().filter(|c| *c == point || c.is_ascii_digit()).collect();
            vec![decimal(&whole.replace(point, "."))]
        }
        (2, Some(point)) => {
            let value = decimal(&plain.replace(point, "."));
            match (thousands, code, point) {
                (true, "en", ',') => vec![integer(&groups.concat())],
                (true, "en", _) | (false, ..) => vec![value],
                (true, ..) => vec![integer(&groups.concat()), value],
            }
        }
        (_, Some(_)) if thousands && !mixed => vec![integer(&groups.concat())],
        // A date, a version, a clause: "12.03.2024", "1.2.3".
        _ => vec![groups.iter().map(|group| integer(group)).collect::<Vec<_>>().join(".")],
    }
}

fn integer(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}

fn decimal(text: &str) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    if part.is_empty() { integer(whole) } else { format!("{}.{part}", integer(whole)) }
}

/// The words of a text, folded, as numbers in it are said: "12 ships" has "twelve".
pub(crate) fn said(text: &str, code: &str) -> HashSet<String> {
    number_form(&normalise(code, text).text).collect()
}

/// Words that are compared as words of numbers: without the gender of Arabic ones.
pub(crate) fn number_form(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    words.map(|word| {
        let folded = normal(word);
        folded.strip_suffix('ه').map_or_else(|| folded.clone(), str::to_owned)
    })
}

/// The words of a language that are numbers and nothing else: "twelve", "zwölf", but not "one".
pub(crate) fn number_words(lexicon: &Lexicon) -> HashSet<String> {
    let code = lexicon.words.code;
    let written = match code {
        "it" => {
            "due tre quattro cinque sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette \
             diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento mille"
        }
        "pt" => {
            "dois duas três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezasseis \
             dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem mil"
        }
        "nl" => {
            "twee drie vijf zes zeven negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien \
             negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd duizend"
        }
        _ => "",
    };
    let values = (2..=100).chain((200..=900).step_by(100)).chain([1_000, 1_000_000]);
    let of_values: Vec<String> = if written.is_empty() {
        values.map(|value: u32| normalise(code, &value.to_string()).text).collect()
    } else {
        vec![written.to_owned()]
    };
    // French "neuf" is also "new", and a language says "and" and "one" within numbers.
    let one: HashSet<String> = number_form(&normalise(code, "1").text).chain(["neuf".to_owned()]).collect();
    let words = of_values.iter().flat_map(|text| number_form(text).collect::<Vec<_>>());
    words
        .filter(|word| word.chars().count() > 1 && word.chars().all(char::is_alphabetic))
        .filter(|word| !lexicon.stop_words.contains(fold(word).as_str()) && !one.contains(word))
        .collect()
}

#[cfg(test)]
mod tests {
    use sluice_domain::language::Language;

    use super::*;

    fn found(text: &str, code: &str) -> Vec<Vec<String>> {
        numbers(text, code).into_iter().map(|number| number.meanings).collect()
    }

    #[test]
    fn the_same_number_is_found_in_every_form() {
        for (text, code) in [
            ("1,234,567 bees", "en"),
            ("1.234.567 Bienen", "de"),
            ("1 234 567 abeilles", "fr"),
            ("1’234’567 Bienen", "de"),
            ("١٬٢٣٤٬٥٦٧ نحلة", "ar"),
            ("١٢٣٤٥٦٧ نحلة", "ar"),
            ("１２３４５６７", "en"),
        ] {
            assert_eq!(found(text, code), [["1234567"]], "{text}");
        }
        assert_eq!(found("1,234.50", "en"), [["1234.5"]]);
        assert_eq!(found("1.234,50", "de"), [["1234.5"]]);
        assert_eq!(found("٣٫٥", "ar"), [["3.5"]]);
    }

    #[test]
    fn a_point_is_what_it_is_in_the_language() {
        assert_eq!(found("1.234", "en"), [["1.234"]]);
        assert_eq!(found("1,234", "en"), [["1234"]]);
        assert_eq!(found("1.234", "de"), [["1234", "1.234"]]);
        assert_eq!(found("12.03.2024", "de"), [["12.3.2024"]]);
        assert_eq!(found("It was 1990.", "en"), [["1990"]]);
    }

    #[test]
    fn years_side_by_side_ranges_and_names_are_told_apart() {
        assert_eq!(found("In 1990 300 ships", "en"), [["1990"], ["300"]]);
        assert_eq!(found("1990–1995, the 2nd", "en"), [["1990"], ["1995"], ["2"]]);
        assert_eq!(found("A4 and H2O of 10² m²", "en"), [["10"]]);
        let spaced = numbers("12 300 ships", "en");
        assert_eq!((spaced[0].meanings[0].as_str(), spaced[0].parts.join("+")), ("12300", "12+300".to_owned()));
    }

    #[test]
    fn words_of_numbers_are_known_in_every_language() {
        for (code, word) in [
            ("en", "twelve"),
            ("de", "fünfundzwanzig"),
            ("fr", "douze"),
            ("es", "doce"),
            ("it", "dodici"),
            ("pt", "doze"),
            ("nl", "twaalf"),
        ] {
            let words = number_words(Lexicon::of(Language::from_code(code).unwrap()));
            assert!(words.contains(word), "{code}: {words:?}");
            assert!(!words.contains("and") && !words.contains("und") && !words.contains("one") && words.len() > 20);
        }
        assert!(said("12 ships", "en").contains("twelve"));
    }
}
