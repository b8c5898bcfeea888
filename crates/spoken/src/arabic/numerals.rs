//! Arabic numerals: they agree with what is counted, and take a case.

/// The gender of what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Masculine,
    Feminine,
}

/// The two cases that a reader tells apart in numerals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Nominative,
    /// Accusative and genitive.
    Oblique,
}

use Case::Nominative;
use Gender::{Feminine, Masculine};

/// How a number stands in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) gender: Gender,
    pub(super) case: Case,
    /// What is counted follows at once.
    pub(super) construct: bool,
}

impl Form {
    /// As one counts, with nothing counted.
    pub(super) const PLAIN: Self = Self { gender: Masculine, case: Nominative, construct: false };

    pub(super) fn with_case(self, case: Case) -> Self {
        Self { case, ..self }
    }
}

/// With masculine nouns three to ten are feminine, and the other way round.
const WITH_MASCULINE: [&str; 11] =
    ["صفر", "واحد", "", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"];
const WITH_FEMININE: [&str; 11] = ["صفر", "واحدة", "", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع", "عشر"];
const TENS: [&str; 10] = ["", "", "عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"];
const HUNDREDS: [&str; 10] = ["", "مئة", "", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة"];

/// A power of a thousand: one, the stem of two, three to ten.
const POWERS: [(&str, &str); 4] = [("ألف", "آلاف"), ("مليون", "ملايين"), ("مليار", "مليارات"), ("تريليون", "تريليونات")];

/// A whole number in digits; one that is too long is said digit by digit.
pub(super) fn cardinal(digits: &str, form: Form) -> String {
    match digits.parse::<u64>() {
        Ok(value) if value < 1_000_000_000_000_000 => spelled(value, form),
        _ => one_by_one(digits),
    }
}

/// Digit by digit.
pub(super) fn one_by_one(digits: &str) -> String {
    let said: Vec<String> =
        digits.bytes().map(|digit| spelled(u64::from(digit.saturating_sub(b'0')), Form::PLAIN)).collect();
    said.join(" ")
}

/// A number in words.
pub(super) fn spelled(value: u64, form: Form) -> String {
    if value == 0 {
        return WITH_MASCULINE[0].to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    for (power, names) in [1, 2, 3, 4].into_iter().zip(POWERS).rev() {
        let group = value / 1000_u64.pow(power) % 1000;
        if group > 0 {
            let last = value.is_multiple_of(1000_u64.pow(power));
            parts.push(of_power(group, names, form, last && form.construct));
        }
    }
    let rest = value % 1000;
    if rest > 0 {
        parts.push(hundreds(rest, form));
    }
    parts.join(" و")
}

/// So many thousands, millions, …
fn of_power(count: u64, (one, few): (&str, &str), form: Form, construct: bool) -> String {
    let counted = Form { gender: Masculine, case: form.case, construct: true };
    let dual = || dual(one, form.case, construct);
    match (count / 100, count % 100) {
        (0, 1) => one.to_owned(),
        (0, 2) => dual(),
        (_, 1) => format!("{} و{one}", hundreds(count - 1, counted.alone())),
        (_, 2) => format!("{} و{}", hundreds(count - 2, counted.alone()), dual()),
        (_, 3..=10) => format!("{} {few}", hundreds(count, counted)),
        (_, 0) => format!("{} {one}", hundreds(count, counted)),
        _ if construct => format!("{} {one}", hundreds(count, counted)),
        _ => format!("{} {}", hundreds(count, counted), accusative(one)),
    }
}

impl Form {
    fn alone(self) -> Self {
        Self { construct: false, ..self }
    }
}

/// The accusative of an indefinite noun, as it is written.
pub(super) fn accusative(noun: &str) -> String {
    if noun.ends_with(['ة', 'ء', 'ى', 'و', 'ا', 'أ']) { noun.to_owned() } else { format!("{noun}ا") }
}

/// Two of a noun.
pub(super) fn dual(noun: &str, case: Case, construct: bool) -> String {
    let stem = noun.strip_suffix('ة').map_or_else(|| noun.to_owned(), |stem| format!("{stem}ت"));
    let ending = match (case, construct) {
        (Nominative, false) => "ان",
        (Nominative, true) => "ا",
        (Case::Oblique, false) => "ين",
        (Case::Oblique, true) => "ي",
    };
    stem + ending
}

fn hundreds(value: u64, form: Form) -> String {
    let value = usize::try_from(value).unwrap_or(0);
    let (hundred, rest) = (value / 100, value % 100);
    let said = match hundred {
        0 => return tens(rest, form),
        2 => dual("مئة", form.case, form.construct && rest == 0),
        _ => HUNDREDS[hundred].to_owned(),
    };
    if rest == 0 { said } else { format!("{said} و{}", tens(rest, form)) }
}

fn tens(value: usize, form: Form) -> String {
    let unit = value % 10;
    match value {
        8 if form.gender == Feminine && form.construct => "ثماني".to_owned(),
        0..=10 => units(value, form),
        11 => if form.gender == Masculine { "أحد عشر" } else { "إحدى عشرة" }.to_owned(),
        12 => match (form.gender, form.case) {
            (Masculine, Nominative) => "اثنا عشر",
            (Masculine, Case::Oblique) => "اثني عشر",
            (Feminine, Nominative) => "اثنتا عشرة",
            (Feminine, Case::Oblique) => "اثنتي عشرة",
        }
        .to_owned(),
        18 if form.gender == Feminine => "ثماني عشرة".to_owned(),
        13..=19 => format!("{} {}", units(unit, form), if form.gender == Masculine { "عشر" } else { "عشرة" }),
        _ if unit == 0 => full_tens(value / 10, form.case),
        21 | 31 | 41 | 51 | 61 | 71 | 81 | 91 if form.gender == Feminine => {
            format!("إحدى و{}", full_tens(value / 10, form.case))
        }
        _ => format!("{} و{}", units(unit, form), full_tens(value / 10, form.case)),
    }
}

fn full_tens(ten: usize, case: Case) -> String {
    format!("{}{}", TENS[ten], if case == Nominative { "ون" } else { "ين" })
}

fn units(value: usize, form: Form) -> String {
    match (value, form.gender, form.case) {
        (2, Masculine, Nominative) => "اثنان".to_owned(),
        (2, Masculine, Case::Oblique) => "اثنين".to_owned(),
        (2, Feminine, Nominative) => "اثنتان".to_owned(),
        (2, Feminine, Case::Oblique) => "اثنتين".to_owned(),
        (value, Masculine, _) => WITH_MASCULINE[value].to_owned(),
        (value, Feminine, _) => WITH_FEMININE[value].to_owned(),
    }
}

const ORDINALS: [(&str, &str); 11] = [
    ("", ""),
    ("الأول", "الأولى"),
    ("الثاني", "الثانية"),
    ("الثالث", "الثالثة"),
    ("الرابع", "الرابعة"),
    ("الخامس", "الخامسة"),
    ("السادس", "السادسة"),
    ("السابع", "السابعة"),
    ("الثامن", "الثامنة"),
    ("التاسع", "التاسعة"),
    ("العاشر", "العاشرة"),
];

/// "the fifteenth", with the article, agreeing with its noun. Nothing above ninety-nine.
pub(super) fn ordinal(value: u64, gender: Gender, case: Case) -> Option<String> {
    let of = |value: usize| if gender == Masculine { ORDINALS[value].0 } else { ORDINALS[value].1 };
    let eleventh = |unit: usize| match (unit, gender) {
        (1, Masculine) => "الحادي",
        (1, Feminine) => "الحادية",
        (unit, _) => of(unit),
    };
    let (ten, unit) = (usize::try_from(value / 10).ok()?, usize::try_from(value % 10).ok()?);
    Some(match value {
        1..=10 => of(usize::try_from(value).ok()?).to_owned(),
        11..=19 => format!("{} {}", eleventh(unit), if gender == Masculine { "عشر" } else { "عشرة" }),
        20..=99 if unit == 0 => format!("ال{}", full_tens(ten, case)),
        20..=99 => format!("{} وال{}", eleventh(unit), full_tens(ten, case)),
        100 => "المئة".to_owned(),
        _ => return None,
    })
}

/// A number with the article: "the twenty-seven".
pub(super) fn definite(value: u64, form: Form) -> String {
    let said = spelled(value, form);
    match value {
        21..=99 if !value.is_multiple_of(10) => format!("ال{}", said.replace(" و", " وال")),
        _ => format!("ال{said}"),
    }
}

const PARTS: [(&str, &str); 11] = [
    ("", ""),
    ("", ""),
    ("نصف", "أنصاف"),
    ("ثلث", "أثلاث"),
    ("ربع", "أرباع"),
    ("خمس", "أخماس"),
    ("سدس", "أسداس"),
    ("سبع", "أسباع"),
    ("ثمن", "أثمان"),
    ("تسع", "أتساع"),
    ("عشر", "أعشار"),
];

/// "two thirds".
pub(super) fn fraction(numerator: u64, denominator: u64, form: Form) -> String {
    let part = usize::try_from(denominator).ok().and_then(|index| PARTS.get(index)).filter(|part| !part.0.is_empty());
    match (numerator, part) {
        (1, Some((one, _))) => (*one).to_owned(),
        (2, Some((one, _))) => dual(one, form.case, form.construct),
        (3..=10, Some((_, many))) => format!("{} {many}", spelled(numerator, Form { gender: Masculine, ..form })),
        _ => format!("{} على {}", spelled(numerator, form.alone()), spelled(denominator, form.alone())),
    }
}
