//! Arabic, without vowel marks: the model that adds them comes after this.

mod calendar;
mod nouns;
mod numerals;
mod quantity;
mod words;

use self::numerals::{Case, Form, cardinal, one_by_one};
use crate::number::{Number, Separators, digit, digit_at};
use crate::scan::{char_at, char_before, is_word, two_before, word_before};
use crate::{Said, Tongue};

/// Arabic.
pub(crate) struct Arabic;

const SEPARATORS: Separators =
    Separators { groups: &[',', '٬', '،', '\u{a0}', '\u{202f}'], decimal: &['.', '٫', ','] };

impl Tongue for Arabic {
    fn say(&self, text: &str, at: usize) -> Option<Said> {
        let character = char_at(text, at)?;
        if digit(character).is_some() || is_sign_of_number(text, at) {
            return numeric(text, at, "");
        }
        if character.is_alphabetic() || character == '\u{640}' {
            return words::word(text, at);
        }
        sign(text, at, character)
    }
}

fn is_sign_of_number(text: &str, at: usize) -> bool {
    let Some(character) = char_at(text, at) else { return false };
    crate::number::vulgar(character).is_some()
        || crate::currency::sign_at(text, at)
        || "-−–+~<>±≈≤≥(.٫".contains(character) && !char_before(text, at).is_some_and(is_word)
}

/// What begins with a number. `prefix` is what is written with it: "و", "ب", "ال".
fn numeric(text: &str, at: usize, prefix: &str) -> Option<Said> {
    words::phone(text, at)
        .or_else(|| calendar::date(text, at))
        .or_else(|| calendar::time(text, at))
        .or_else(|| words::dotted(text, at))
        .or_else(|| quantity::slashed(text, at))
        .or_else(|| quantity::ratio(text, at))
        .or_else(|| words::numbered(text, at, prefix))
        .or_else(|| calendar::year(text, at))
        .or_else(|| quantity::quantity(text, at, prefix))
}

/// Signs that are said.
fn sign(text: &str, at: usize, character: char) -> Option<Said> {
    const SIGNS: [(char, &str); 22] = [
        ('&', "و"),
        ('+', "زائد"),
        ('=', "يساوي"),
        ('≠', "لا يساوي"),
        ('×', "في"),
        ('÷', "على"),
        ('−', "ناقص"),
        ('±', "زائد أو ناقص"),
        ('≈', "نحو"),
        ('<', "أصغر من"),
        ('>', "أكبر من"),
        ('≤', "لا يزيد على"),
        ('≥', "لا يقل عن"),
        ('→', "إلى"),
        ('%', "في المئة"),
        ('٪', "في المئة"),
        ('°', "درجة"),
        ('∞', "ما لا نهاية"),
        ('§', "القسم"),
        ('$', "دولار"),
        ('€', "يورو"),
        ('ﷺ', "صلى الله عليه وسلم"),
    ];
    let end = at + character.len_utf8();
    match character {
        '[' => return crate::west::reference(text, at),
        '#' if digit_at(text, end) && word_before(text, at) == "رقم" => return Some(Said::new(end, "")),
        '#' if digit_at(text, end) => return Some(Said::new(end, "رقم ")),
        '#' if char_at(text, end).is_some_and(char::is_alphabetic) => return Some(Said::new(end, "وسم ")),
        '@' if char_at(text, end).is_some_and(char::is_alphabetic) => return Some(Said::new(end, " آت ")),
        '–' | '-' if between_names(text, at, end) => return Some(Said::new(end, " إلى ")),
        c if crate::scan::is_superscript(c) => return raised(text, at),
        '₀'..='₉' => {
            let value = crate::number::lowered(character)?;
            return Some(Said::new(end, format!(" {}", one_by_one(&value.to_string()))));
        }
        _ => {}
    }
    let said = SIGNS.iter().find(|(sign, _)| *sign == character)?.1;
    Some(Said::new(end, format!(" {said} ")))
}

/// A raised number after one letter is a power, after a word a footnote's mark.
fn raised(text: &str, at: usize) -> Option<Said> {
    let (end, power) = crate::number::raised(text, at)?;
    let letters = text[..at].chars().rev().take(3).take_while(|c| c.is_alphabetic()).count();
    let said = quantity::power(&power).filter(|_| letters == 1).map_or_else(String::new, |said| format!(" {said} "));
    Some(Said::new(end, said))
}

/// A dash from one month or day of the week to another.
fn between_names(text: &str, at: usize, end: usize) -> bool {
    let after = crate::scan::word_at(text, crate::scan::skip_spaces(text, end));
    let is_named = |word: &str| calendar::month_of(word).is_some() || calendar::DAYS.contains(&word);
    is_named(word_before(text, at)) && is_named(after)
}

/// A number with its decimals.
fn number(number: &Number, form: Form) -> String {
    let Some(decimals) = &number.decimals else {
        let code = number.whole.len() > 1 && number.whole.starts_with('0');
        return if code { one_by_one(&number.whole) } else { cardinal(&number.whole, form) };
    };
    let whole = cardinal(&number.whole, Form { construct: false, ..form });
    let plain = Form { construct: false, ..Form::PLAIN.with_case(form.case) };
    let said = match decimals.len() {
        1 | 2 if !decimals.starts_with('0') => cardinal(decimals, plain),
        2 if decimals != "00" => format!("صفر {}", cardinal(&decimals[1..], plain)),
        _ => one_by_one(decimals),
    };
    format!("{whole} فاصل {said}")
}

/// The number at a byte. A comma divides thousands, or begins the decimals where it cannot.
fn number_at(text: &str, at: usize) -> Option<Number> {
    let mut number = crate::number::number(text, at, &SEPARATORS)?;
    // "5.000": nobody gives three decimals that say nothing.
    if number.mark == '.' && number.decimals.as_deref() == Some("000") {
        number.whole.push_str("000");
        number = Number { decimals: None, grouped: true, ..number };
    }
    Some(number)
}

/// The letters that are written together with a number, and where they begin.
fn written_together(text: &str, at: usize) -> (usize, &str) {
    let before = text[..at].trim_end_matches('\u{640}');
    let stem = before.trim_end_matches(['و', 'ف', 'ب', 'ل', 'ك', 'ا']);
    let joined = stem.chars().next_back().is_some_and(is_word) || before.len() - stem.len() > 12;
    if joined { (at, "") } else { (stem.len(), &before[stem.len()..]) }
}

/// The case that what stands before asks for.
fn case_before(text: &str, at: usize) -> Case {
    /// After these a noun is in the genitive, or the accusative.
    const OBLIQUE: [&str; 72] = [
        "في",
        "من",
        "إلى",
        "الى",
        "على",
        "عن",
        "منذ",
        "حتى",
        "بعد",
        "قبل",
        "خلال",
        "بين",
        "مع",
        "عند",
        "لدى",
        "نحو",
        "حوالي",
        "حوالى",
        "قرابة",
        "زهاء",
        "عام",
        "سنة",
        "نسبة",
        "بنسبة",
        "قيمة",
        "بقيمة",
        "مدة",
        "لمدة",
        "مسافة",
        "درجة",
        "كل",
        "عمر",
        "بعمر",
        "سن",
        "ارتفاع",
        "بارتفاع",
        "طول",
        "بطول",
        "عرض",
        "وزن",
        "بوزن",
        "سعر",
        "بسعر",
        "ثمن",
        "مساحة",
        "بمساحة",
        "مبلغ",
        "بمبلغ",
        "تحت",
        "فوق",
        "ضد",
        "غير",
        "سوى",
        "أمام",
        "وراء",
        "دون",
        "بدون",
        "طوال",
        "مدى",
        "عبر",
        "ضمن",
        "بحلول",
        "بمعدل",
        "معدل",
        "بواقع",
        "لنحو",
        "يوم",
        "إن",
        "أن",
        "لأن",
        "بأن",
        "وأن",
    ];
    let (start, prefix) = written_together(text, at);
    if prefix.trim_end_matches("ال").contains(['ب', 'ل', 'ك']) || prefix.ends_with("لل") {
        return Case::Oblique;
    }
    let at = start;
    let [before, earlier] = two_before(text, at);
    // "مجموعة الـ20": what an indefinite noun stands before is in the genitive.
    if prefix == "ال" && !before.is_empty() && !before.starts_with("ال") && !before.chars().any(|c| digit(c).is_some())
    {
        return Case::Oblique;
    }
    let bare = before.strip_prefix('و').filter(|rest| OBLIQUE.contains(rest)).unwrap_or(before);
    if OBLIQUE.contains(&bare) {
        return Case::Oblique;
    }
    // "بين 20 و30": the number before stands in the same case.
    let is_number = |word: &str| word.chars().any(|c| digit(c).is_some());
    let goes_on = is_number(before) || matches!(before, "و" | "أو" | "إلى");
    if goes_on && OBLIQUE.contains(&earlier) { Case::Oblique } else { Case::Nominative }
}
