//! Arabic words with numbers, abbreviations, addresses and codes.

use super::numerals::{Case, Form, Gender, cardinal, one_by_one, ordinal};
use super::{calendar, case_before, numeric};
use crate::Said;
use crate::address::address;
use crate::number::{digit, digit_at, digits};
use crate::scan::{char_at, char_before, ends, is_word, skip_spaces, word_before};
use crate::shape;

/// As printed, and as said; `true` where a name or a number must follow.
const ABBREVIATIONS: [(&str, &str, bool); 24] = [
    ("أ.د.", "الأستاذ الدكتور", true),
    ("أ. د.", "الأستاذ الدكتور", true),
    ("د.", "الدكتور", true),
    ("د/", "الدكتور", true),
    ("أ.", "الأستاذ", true),
    ("م.", "المهندس", true),
    ("إلخ", "إلى آخره", false),
    ("الخ", "إلى آخره", false),
    ("ص.ب.", "صندوق بريد", false),
    ("ص.ب", "صندوق بريد", false),
    ("ق.م", "قبل الميلاد", false),
    ("ب.م", "بعد الميلاد", false),
    ("ص.", "صفحة", true),
    ("ص", "صفحة", true),
    ("ج.", "الجزء", true),
    ("ط.", "الطبعة", true),
    ("ت:", "هاتف", true),
    ("هـ", "للهجرة", false),
    ("أ.ف.ب", "وكالة الصحافة الفرنسية", false),
    ("د.إ", "درهم إماراتي", false),
    ("ر.س", "ريال سعودي", false),
    ("ج.م", "جنيه مصري", false),
    ("(ص)", "صلى الله عليه وسلم", false),
    ("كم/س", "كيلومتر في الساعة", false),
];

/// Definite nouns that are numbered: their ordinals agree with them.
const NUMBERED_MASCULINE: [&str; 22] = [
    "القرن",
    "الفصل",
    "الباب",
    "الجزء",
    "البند",
    "القسم",
    "المجلد",
    "الأسبوع",
    "الدرس",
    "المركز",
    "المؤتمر",
    "اليوم",
    "العدد",
    "المنتدى",
    "المهرجان",
    "الطابق",
    "الشوط",
    "العقد",
    "اللقاء",
    "الاجتماع",
    "العام",
    "الشهر",
];
const NUMBERED_FEMININE: [&str; 23] = [
    "المادة",
    "الدورة",
    "الفقرة",
    "المرحلة",
    "الطبعة",
    "الوحدة",
    "الحلقة",
    "القمة",
    "الذكرى",
    "المرتبة",
    "النسخة",
    "الجلسة",
    "السنة",
    "الجولة",
    "الدقيقة",
    "المرة",
    "الآية",
    "الفئة",
    "الدرجة",
    "الصفحة",
    "الحرب",
    "السورة",
    "الساعة",
];

/// A word: an address, an abbreviation, or letters with a number.
pub(super) fn word(text: &str, at: usize) -> Option<Said> {
    spoken_address(text, at)
        .or_else(|| abbreviation(text, at))
        .or_else(|| with_number(text, at))
        .or_else(|| by_currency(text, at))
        .or_else(|| roman_numeral(text, at))
        .or_else(|| crate::english::capitals(text, at).filter(|said| !text[at..said.end].contains(char::is_numeric)))
        .or_else(|| mixed(text, at))
}

/// A code or letters of a currency before a sum.
fn by_currency(text: &str, at: usize) -> Option<Said> {
    let (end, _) = crate::currency::currency(text, at)?;
    digit_at(text, skip_spaces(text, end)).then(|| super::quantity::quantity(text, at, ""))?
}

/// "و10", "بـ20", "الـ27", "لل5": a number with what is written together with it.
fn with_number(text: &str, at: usize) -> Option<Said> {
    let rest = &text[at..];
    let letters: String = rest.chars().take_while(|c| "وفبلكا".contains(*c)).collect();
    if letters.is_empty() || letters.len() > 8 {
        return None;
    }
    let mut end = at + letters.len();
    let mut tatweel = false;
    while text[end..].starts_with('\u{640}') {
        end += '\u{640}'.len_utf8();
        tatweel = true;
    }
    let number = if tatweel { skip_spaces(text, end) } else { end };
    let sign = crate::currency::sign_at(text, number)
        || char_at(text, number).is_some_and(|c| crate::number::vulgar(c).is_some());
    if !digit_at(text, number) && !sign {
        return None;
    }
    let known = ["و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "لل", "فال", "وب", "ول", "كال", "وبال", "ولل"];
    if !known.contains(&letters.as_str()) {
        return None;
    }
    let prefix = if letters.ends_with("لل") { letters.replace("لل", "لال") } else { letters.clone() };
    let said = numeric_after(text, number, &prefix)?;
    let spoken = match (letters.ends_with("لل"), said.text.strip_prefix("ال")) {
        // An ordinal has its own article.
        (true, Some(rest)) => format!("{letters}{rest}"),
        (false, Some(rest)) if letters.ends_with("ال") => format!("{letters}{rest}"),
        (false, Some(rest)) if letters.ends_with('ل') => format!("{letters}ل{rest}"),
        _ => format!("{letters}{}", said.text),
    };
    Some(Said::new(said.end, spoken))
}

/// The number after a prefix: nothing before it is part of it.
fn numeric_after(text: &str, at: usize, prefix: &str) -> Option<Said> {
    if prefix == "ال" || prefix == "وال" || prefix == "بال" {
        return numbered(text, at, prefix).or_else(|| super::quantity::quantity(text, at, prefix));
    }
    numeric(text, at, prefix)
}

/// "القرن 19", "المادة 5", "الدورة الـ12".
pub(super) fn numbered(text: &str, at: usize, prefix: &str) -> Option<Said> {
    let (end, run) = digits(text, at).filter(|(_, run)| run.len() <= 3)?;
    if !matches!(prefix, "" | "ال") || text[end..].starts_with(['%', '٪', '/', ':', '-', '–']) || !ends(text, end)
    {
        return None;
    }
    if text[end..].starts_with(['.', ',', '٫', '٬'])
        && char_at(text, end).is_some_and(|c| digit_at(text, end + c.len_utf8()))
    {
        return None;
    }
    let start = if prefix.is_empty() { at } else { text[..at].rfind(char::is_whitespace)? };
    let before = word_before(text, start);
    let before = before.strip_prefix(['و', 'ب']).filter(|rest| rest.starts_with("ال")).unwrap_or(before);
    let gender = if NUMBERED_MASCULINE.contains(&before) {
        Gender::Masculine
    } else if NUMBERED_FEMININE.contains(&before) {
        Gender::Feminine
    } else {
        return None;
    };
    let before_at = text[..start].rfind(before).unwrap_or(start);
    let case = case_before(text, before_at);
    let value = run.parse().ok()?;
    let said = ordinal(value, gender, case).unwrap_or_else(|| cardinal(&run, Form { gender, case, construct: false }));
    Some(Said::new(end, said))
}

fn abbreviation(text: &str, at: usize) -> Option<Said> {
    let rest = &text[at..];
    let found = ABBREVIATIONS.iter().filter(|(printed, _, follows)| {
        let Some(after) = rest.strip_prefix(printed) else { return false };
        let end = at + printed.len();
        let next = skip_spaces(text, end);
        let closed = printed.ends_with(['.', '/', ':', ')']) || ends(text, end);
        let numeric = matches!(*printed, "ص" | "ص." | "ج." | "ط." | "ت:");
        let matching =
            if numeric { digit_at(text, next) } else { char_at(text, next).is_some_and(char::is_alphabetic) };
        closed && !after.starts_with(|c: char| is_word(c) && printed.ends_with('ـ')) && (!follows || matching)
    });
    let (printed, said, _) = found.max_by_key(|(printed, ..)| printed.len())?;
    let mut end = at + printed.len();
    if *printed == "ص.ب." && text[end..].trim().is_empty() {
        end -= 1;
    }
    Some(Said::new(end, *said))
}

/// "لويس XIV", "الحرب العالمية II".
fn roman_numeral(text: &str, at: usize) -> Option<Said> {
    const RULERS: [&str; 18] = [
        "لويس",
        "تشارلز",
        "شارل",
        "هنري",
        "جورج",
        "إليزابيث",
        "فيليب",
        "إدوارد",
        "نابليون",
        "بولس",
        "يوحنا",
        "بيوس",
        "بنديكت",
        "وليام",
        "فريدريك",
        "نيقولا",
        "فيلهلم",
        "كاترين",
    ];
    let word = crate::scan::word_at(text, at);
    let value = crate::number::roman(word).filter(|value| (1..=40).contains(value))?;
    let before = word_before(text, at);
    let feminine = before.ends_with('ة') || matches!(before, "إليزابيث" | "كاترين");
    let known =
        RULERS.contains(&before) || feminine && before.starts_with("ال") || word.len() > 1 && !before.is_empty();
    let gender = if feminine { Gender::Feminine } else { Gender::Masculine };
    let said = ordinal(value, gender, Case::Nominative).filter(|_| known)?;
    Some(Said::new(at + word.len(), said))
}

/// A telephone number, group by group.
pub(super) fn phone(text: &str, at: usize) -> Option<Said> {
    if char_before(text, at).is_some_and(|c| is_word(c) || matches!(c, '-' | '.' | '/')) {
        return None;
    }
    let (end, plus, groups) = shape::phone(text, at).or_else(|| {
        // "اتصل على 920000000"
        const CALLS: [&str; 7] = ["اتصل", "اتصلوا", "هاتف", "الهاتف", "جوال", "هاتفيا", "واتساب"];
        let (end, run) = digits(text, at).filter(|(_, run)| (5..=12).contains(&run.len()))?;
        let called = crate::scan::two_before(text, at).iter().any(|word| CALLS.contains(word));
        (called && ends(text, end)).then(|| (end, false, vec![run]))
    })?;
    let groups: Vec<String> = groups.iter().map(|group| one_by_one(group)).collect();
    Some(Said::new(end, format!("{}{}", if plus { "زائد " } else { "" }, groups.join("، "))))
}

/// Versions and the like: "2.10.3".
pub(super) fn dotted(text: &str, at: usize) -> Option<Said> {
    let (end, parts) = shape::dotted(text, at)?;
    if parts.len() < 3 || !ends(text, end) {
        return None;
    }
    let parts: Vec<String> = parts.iter().map(|part| cardinal(part, Form::PLAIN)).collect();
    Some(Said::new(end, parts.join(" نقطة ")))
}

fn spoken_address(text: &str, at: usize) -> Option<Said> {
    if char_before(text, at).is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | '<' | '"' | '“' | '[' | '«')) {
        return None;
    }
    let address = address(text, at)?;
    let mut said = String::new();
    for character in address.said.chars() {
        match character {
            '.' => said.push_str(" نقطة "),
            '@' => said.push_str(" آت "),
            '/' => said.push_str(" شرطة مائلة "),
            '-' => said.push_str(" شرطة "),
            '_' => said.push_str(" شرطة سفلية "),
            c => said.push(c),
        }
    }
    Some(Said::new(address.end, said.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// Letters with digits: "G20", "H2O", "v2.1".
fn mixed(text: &str, at: usize) -> Option<Said> {
    let rest = &text[at..];
    let is_part = |c: char| is_word(c) || crate::number::lowered(c).is_some();
    let run = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
    let value = |c: char| digit(c).or_else(|| crate::number::lowered(c));
    if run.len() > 40 || !run.contains(|c| value(c).is_some()) || calendar::month_of(run).is_some() {
        return None;
    }
    let mut said: Vec<String> = Vec::new();
    let mut here = 0;
    while let Some(character) = char_at(run, here) {
        let rest = &run[here..];
        let digital = value(character).is_some();
        let length = rest.find(|c| value(c).is_some() != digital).unwrap_or(rest.len());
        let part = &rest[..length];
        if digital {
            let digits: String = part.chars().filter_map(value).collect();
            let code = digits.len() > 4 || digits.len() > 1 && digits.starts_with('0');
            said.push(if code {
                one_by_one(&digits)
            } else {
                cardinal(&digits, Form::PLAIN.with_case(Case::Nominative))
            });
        } else {
            said.push(if part.is_ascii() { crate::west::letters(part) } else { part.to_owned() });
        }
        here += length;
    }
    Some(Said::new(at + run.len(), said.join(" ")))
}
