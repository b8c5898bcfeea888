//! Numbers with what they count, in Arabic.

use super::nouns::{Noun, gender_of, unit as unit_noun};
use super::numerals::{Case, Form, Gender, cardinal, definite, dual, fraction, spelled};
use super::{case_before, number, number_at};
use crate::Said;
use crate::currency::currency;
use crate::number::{Number, digit_at, digits, exponent, raised, vulgar};
use crate::scan::{char_at, char_before, ends, is_word, skip_spaces, word_after, word_at, word_before};
use crate::units::unit;

/// Before a number.
const SIGNS: [(char, &str); 11] = [
    ('-', "ناقص "),
    ('−', "ناقص "),
    ('–', "ناقص "),
    ('+', "زائد "),
    ('±', "زائد أو ناقص "),
    ('~', "نحو "),
    ('≈', "نحو "),
    ('<', "أقل من "),
    ('>', "أكثر من "),
    ('≤', "لا يزيد على "),
    ('≥', "لا يقل عن "),
];

/// Words for great numbers, and their plurals.
const MAGNITUDES: [(&str, &str); 5] =
    [("ألف", "آلاف"), ("مليون", "ملايين"), ("مليار", "مليارات"), ("بليون", "بلايين"), ("تريليون", "تريليونات")];

/// Letters after a sum.
const LETTERS: [(&str, usize); 8] = [("bn", 2), ("B", 2), ("b", 2), ("m", 1), ("M", 1), ("mn", 1), ("k", 0), ("K", 0)];

/// What a number counts.
enum Counted {
    Nothing,
    /// Said after the number in the singular, whatever it is.
    After(&'static str),
    Noun(Noun, String),
    /// A currency's key: with cents.
    Money(&'static str),
}

/// A quantity, or a range of them; `prefix` is written together with it.
pub(super) fn quantity(text: &str, at: usize, prefix: &str) -> Option<Said> {
    let (here, mut sign) = signed(text, at);
    let money = currency(text, here);
    let mut start = money.map_or(here, |(end, _)| skip_spaces(text, end));
    if money.is_some() && sign.is_empty() {
        (start, sign) = signed(text, start);
    }
    // "نحو" and its like are prepositions, too.
    let approximate = sign.ends_with("من ") || matches!(sign, "نحو " | "لا يزيد على " | "لا يقل عن ");
    let case = if approximate { Case::Oblique } else { case_before(text, at) };
    if let Some(said) = part_of_one(text, start, case) {
        return Some(Said::new(said.end, format!("{sign}{}", said.text)));
    }
    let first = number_at(text, start)?;
    if let Some(said) = raised_power(text, &first, sign, case) {
        return Some(said);
    }
    let mut spoken = sign.to_owned();
    let (mut last, mut case) = (first, case);
    if let Some((second, _)) = range(text, &last, money.is_some()) {
        let form = Form { gender: range_gender(text, &second), case, construct: false };
        spoken.push_str(&number(&last, form));
        spoken.push_str(" إلى ");
        last = second;
        case = Case::Oblique;
    }
    let (end, said) = counted(text, &last, case, money.map(|(_, key)| key), prefix);
    Some(Said::new(end, spoken + &said))
}

fn signed(text: &str, at: usize) -> (usize, &'static str) {
    crate::west::before_number(text, at, &SIGNS)
}

/// ½, 2½.
fn part_of_one(text: &str, at: usize, case: Case) -> Option<Said> {
    let whole = number_at(text, at);
    let here = whole.as_ref().map_or(at, |number| number.end);
    let sign = char_at(text, here)?;
    let (numerator, denominator) = vulgar(sign)?;
    let end = here + sign.len_utf8();
    let follows = !word_after(text, end).is_empty() && whole.is_none();
    let noun = noun_after(text, end);
    let gender = if noun.is_empty() { Gender::Masculine } else { gender_of(noun, false) };
    let form = Form { gender, case, construct: false };
    let part = fraction(numerator, denominator, Form { construct: follows, ..form });
    Some(Said::new(end, whole.map_or(part.clone(), |whole| format!("{} و{part}", number(&whole, form)))))
}

/// 10⁶.
fn raised_power(text: &str, base: &Number, sign: &str, case: Case) -> Option<Said> {
    let (end, power) = exponent(text, base.end)?;
    let form = Form { case, ..Form::PLAIN };
    let said = number(base, form);
    if (base.is_plain(4) || base.grouped) && raised(text, base.end).is_some() {
        return Some(Said::new(end, format!("{sign}{said}")));
    }
    let power = self::power(&power)?;
    // "5×10⁸ م/ث"
    let next = skip_spaces(text, end);
    if let Some(unit) = unit(text, next).filter(|_| next > end)
        && let Some((noun, under)) = unit_noun(&unit)
    {
        return Some(Said::new(unit.end, format!("{sign}{said} {power} {}{under}", noun.single())));
    }
    Some(Said::new(end, format!("{sign}{said} {power}")))
}

/// "to the power of"; nothing for a charge ("2+").
pub(super) fn power(power: &str) -> Option<String> {
    let digits = power.trim_start_matches('-');
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(match power {
        "2" => "تربيع".to_owned(),
        "3" => "تكعيب".to_owned(),
        power if power.starts_with('-') => format!("أس ناقص {}", cardinal(digits, Form::PLAIN)),
        _ => format!("أس {}", cardinal(digits, Form::PLAIN)),
    })
}

/// The second number of a range.
fn range(text: &str, first: &Number, money: bool) -> Option<(Number, usize)> {
    let rest = text[first.end..].trim_start_matches(['%', '٪']);
    let at = text.len() - rest.len();
    let dash = skip_spaces(text, at);
    let sign = char_at(text, dash).filter(|c| matches!(c, '-' | '–' | '‑' | '−'))?;
    let mut start = skip_spaces(text, dash + sign.len_utf8());
    if (dash > at) != (start > dash + sign.len_utf8()) || dash > at && sign == '-' {
        return None;
    }
    if let Some((end, _)) = currency(text, start).filter(|_| money) {
        start = end;
    }
    let second = number_at(text, start)?;
    let more = text[second.end..].starts_with(['-', '–']) && digit_at(text, second.end + 1);
    let code = |number: &Number| number.whole.len() > 1 && number.whole.starts_with('0');
    (!more && !code(first) && !code(&second)).then(|| (second.clone(), second.end))
}

/// The gender of what is counted after a number.
fn range_gender(text: &str, number: &Number) -> Gender {
    let noun = noun_after(text, number.end);
    let plural = number.value().is_some_and(|value| (3..=10).contains(&(value % 100)));
    if noun.is_empty() { Gender::Masculine } else { gender_of(noun, plural) }
}

/// The word after a number, when it can be counted: Arabic, and no function word.
fn noun_after(text: &str, at: usize) -> &str {
    const NOT_COUNTED: [&str; 44] = [
        "لسنة",
        "لعام",
        "لمدة",
        "لكل",
        "في",
        "من",
        "إلى",
        "على",
        "عن",
        "مع",
        "أو",
        "و",
        "ثم",
        "بعد",
        "قبل",
        "خلال",
        "منذ",
        "حتى",
        "بين",
        "أن",
        "أنه",
        "كان",
        "كانت",
        "هو",
        "هي",
        "هذا",
        "هذه",
        "ذلك",
        "التي",
        "الذي",
        "بما",
        "مما",
        "لكن",
        "كما",
        "عند",
        "بنسبة",
        "فقط",
        "تقريبا",
        "قد",
        "لم",
        "لن",
        "لا",
        "ما",
        "إلا",
    ];
    let word = word_after(text, at);
    let arabic = word.chars().next().is_some_and(|c| ('\u{620}'..='\u{64a}').contains(&c));
    let joined = ["بال", "لل", "كال"].iter().any(|article| word.starts_with(article))
        || word.starts_with('و') && word.chars().count() > 4
        || word.starts_with("ال");
    if arabic && !joined && word.chars().count() > 1 && !NOT_COUNTED.contains(&word) { word } else { "" }
}

/// A number with what follows it: where that ends, and what is said.
fn counted(text: &str, amount: &Number, case: Case, key: Option<&'static str>, prefix: &str) -> (usize, String) {
    let next = skip_spaces(text, amount.end);
    // "3 ملايين دولار", "$1.2 مليار"
    if let Some((end, said)) = magnitude(text, amount, case, key, prefix) {
        return (end, said);
    }
    let (end, kind) = tail(text, amount, key);
    let article = if prefix.ends_with("ال") { "ال" } else { "" };
    let said = match kind {
        Counted::After(word) => format!("{} {word}", plain(amount, Form { case, ..Form::PLAIN }, article)),
        Counted::Noun(noun, under) => format!("{}{under}", noun.counted(amount, case)),
        Counted::Money(key) => money(amount, key, case),
        Counted::Nothing => {
            if let Some(said) = one_or_two(text, amount, case).filter(|_| article.is_empty()) {
                return said;
            }
            let noun = noun_after(text, amount.end);
            let plural = amount.value().is_some_and(|value| (3..=10).contains(&(value % 100)));
            let follows = !noun.is_empty() && next > amount.end;
            let gender = if follows { gender_of(noun, plural) } else { gender_before(text, amount, prefix) };
            let room = if char_at(text, end).is_some_and(is_word) { " " } else { "" };
            let form = Form { gender, case, construct: follows && article.is_empty() };
            return (end, plain(amount, form, article) + room);
        }
    };
    (end, said.strip_prefix("ال").filter(|_| !article.is_empty()).map(ToOwned::to_owned).unwrap_or(said))
}

/// "2 دينار": one and two are said by the noun itself, where it is surely one.
fn one_or_two(text: &str, amount: &Number, case: Case) -> Option<(usize, String)> {
    const NOUNS: [&str; 24] = [
        "دولار",
        "دينار",
        "ريال",
        "جنيه",
        "درهم",
        "ليرة",
        "سنة",
        "عام",
        "يوم",
        "شهر",
        "أسبوع",
        "ساعة",
        "دقيقة",
        "ثانية",
        "كتاب",
        "دولة",
        "شخص",
        "مرة",
        "درجة",
        "نقطة",
        "صفحة",
        "طفل",
        "رجل",
        "مدينة",
    ];
    let noun = noun_after(text, amount.end);
    let value = amount.value().filter(|_| amount.decimals.is_none() && NOUNS.contains(&noun))?;
    let end = skip_spaces(text, amount.end) + noun.len();
    let follows = !noun_after(text, end).is_empty();
    match value {
        1 if !follows => {
            Some((end, format!("{noun} {}", spelled(1, Form { gender: gender_of(noun, false), ..Form::PLAIN }))))
        }
        2 if !follows => Some((end, dual(noun, case, false))),
        _ => None,
    }
}

/// "الدول الـ27": the noun stands before its number.
fn gender_before(text: &str, amount: &Number, prefix: &str) -> Gender {
    if !prefix.ends_with("ال") {
        return Gender::Masculine;
    }
    let start = text[..amount.end].rfind(char::is_whitespace).unwrap_or(0);
    let plural = amount.value().is_some_and(|value| value >= 3);
    gender_of(word_before(text, start), plural)
}

/// The number itself; the prefix brings the article, so that its first is left out.
fn plain(amount: &Number, form: Form, article: &str) -> String {
    match amount.value().filter(|_| amount.decimals.is_none() && !article.is_empty()) {
        Some(value) => definite(value, form).trim_start_matches("ال").to_owned(),
        None => number(amount, form),
    }
}

fn magnitude(
    text: &str,
    amount: &Number,
    case: Case,
    key: Option<&'static str>,
    prefix: &str,
) -> Option<(usize, String)> {
    let letters = crate::scan::word_at(text, amount.end);
    let by_letters = LETTERS.iter().find(|(known, _)| *known == letters).filter(|_| key.is_some());
    let word = word_after(text, amount.end);
    let (end, (one, few)) = if let Some((letters, index)) = by_letters {
        (amount.end + letters.len(), MAGNITUDES[*index])
    } else {
        let found = MAGNITUDES.iter().find(|(one, few)| *one == word || *few == word)?;
        (skip_spaces(text, amount.end) + word.len(), *found)
    };
    let noun = key.and_then(Noun::of_currency);
    let follows = noun.is_some() || !noun_after(text, end).is_empty();
    let form = Form { case, construct: true, ..Form::PLAIN };
    let article = if prefix.ends_with("ال") { "ال" } else { "" };
    let said = match amount.value().filter(|_| amount.decimals.is_none()) {
        Some(1) => one.to_owned(),
        Some(2) => dual(one, case, follows),
        Some(value) if (3..=10).contains(&(value % 100)) => format!("{} {few}", plain(amount, form, article)),
        Some(value) if value % 100 == 0 || follows || by_letters.is_some() => {
            format!("{} {one}", plain(amount, form, article))
        }
        // As it is printed, with its ending or without.
        Some(_) => format!("{} {one}", plain(amount, form, article)),
        None => {
            format!("{} {}", number(amount, form), if word.is_empty() || by_letters.is_some() { one } else { word })
        }
    };
    Some((end, noun.map_or(said.clone(), |noun| format!("{said} {}", noun.single()))))
}

/// What follows a number.
fn tail(text: &str, amount: &Number, key: Option<&'static str>) -> (usize, Counted) {
    let end = amount.end;
    if let Some(key) = key {
        return (end, Counted::Money(key));
    }
    let next = skip_spaces(text, end);
    let Some(sign) = char_at(text, next) else { return (end, Counted::Nothing) };
    match sign {
        '%' | '٪' => return (next + sign.len_utf8(), Counted::After("في المئة")),
        '‰' => return (next + sign.len_utf8(), Counted::After("في الألف")),
        'x' | '×' if ends(text, next + sign.len_utf8()) && next == end => {
            return (next + sign.len_utf8(), Counted::After("مرات"));
        }
        _ => {}
    }
    if let Some((after, key)) = currency(text, next)
        && !digit_at(text, skip_spaces(text, after))
    {
        return (after, Counted::Money(key));
    }
    if let Some(found) = unit(text, next)
        && let Some((noun, under)) = unit_noun(&found)
    {
        return (found.end, Counted::Noun(noun, under));
    }
    if sign == '°' {
        return (next + sign.len_utf8(), Counted::Noun(Noun::degree(), String::new()));
    }
    (end, Counted::Nothing)
}

/// "أربعة دولارات وتسعة وتسعون سنتا".
fn money(amount: &Number, key: &str, case: Case) -> String {
    let Some(noun) = Noun::of_currency(key) else {
        return format!("{} {key}", number(amount, Form { case, ..Form::PLAIN }));
    };
    let cents = amount.decimals.as_ref().filter(|decimals| decimals.len() == 2);
    let (Some(cents), Some(part)) = (cents, Noun::of_cents(key)) else { return noun.counted(amount, case) };
    let whole = Number { decimals: None, ..amount.clone() };
    let cents = Number { whole: cents.trim_start_matches('0').to_owned(), decimals: None, ..amount.clone() };
    match (whole.value(), cents.whole.is_empty()) {
        (_, true) => noun.counted(&whole, case),
        (Some(0), _) => part.counted(&cents, case),
        _ => format!("{} و{}", noun.counted(&whole, case), part.counted(&cents, case)),
    }
}

/// "2/3", "24/7".
pub(super) fn slashed(text: &str, at: usize) -> Option<Said> {
    if char_before(text, at).is_some_and(|c| c == '/') {
        return None;
    }
    let (middle, first) = digits(text, at)?;
    let sign = char_at(text, middle).filter(|c| matches!(c, '/' | '⁄'))?;
    let (end, second) = digits(text, middle + sign.len_utf8())?;
    if !ends(text, end) || text[end..].starts_with('/') || first.len() > 4 || second.len() > 4 {
        return None;
    }
    let (n, d): (u64, u64) = (first.parse().ok()?, second.parse().ok()?);
    let case = case_before(text, at);
    let form = Form { case, construct: !noun_of_part(text, end).is_empty(), ..Form::PLAIN };
    let year = second.len() == 4 && (1900..2100).contains(&d);
    let said = if first == "24" && second == "7" {
        "على مدار الساعة طوال أيام الأسبوع".to_owned()
    } else if year && word_before(text, at) == "رقم" {
        let of_year = Form { gender: Gender::Feminine, case: Case::Oblique, construct: false };
        format!("{} لسنة {}", spelled(n, Form { construct: false, ..form }), spelled(d, of_year))
    } else if year && let Some(said) = super::calendar::month_and_year(n, &second) {
        said
    } else if first.len() == 4 && (1100..2100).contains(&n) {
        let short = d + if second.len() == 2 { n / 100 * 100 } else { 0 };
        format!(
            "{} إلى {}",
            spelled(n, Form { construct: false, ..form }),
            spelled(short, Form::PLAIN.with_case(Case::Oblique))
        )
    } else if n < d && d > 1 {
        fraction(n, d, form)
    } else {
        format!("{} على {}", spelled(n, Form::PLAIN), spelled(d, Form::PLAIN))
    };
    Some(Said::new(end, said))
}

/// What a part is a part of.
fn noun_of_part(text: &str, at: usize) -> &str {
    let word = word_at(text, skip_spaces(text, at));
    if word.starts_with("ال") || !noun_after(text, at).is_empty() { word } else { "" }
}

/// "16:9".
pub(super) fn ratio(text: &str, at: usize) -> Option<Said> {
    let first = number_at(text, at)?;
    if !text[first.end..].starts_with(':') || !digit_at(text, first.end + 1) {
        return None;
    }
    let second = number_at(text, first.end + 1)?;
    let case = case_before(text, at);
    let standard = matches!(word_before(text, at), "ISO" | "IEC" | "EN" | "آيزو" | "أيزو" | "الأيزو");
    let link = if standard { "، عام" } else { " إلى" };
    let said = format!(
        "{}{link} {}",
        number(&first, Form::PLAIN.with_case(case)),
        number(&second, Form::PLAIN.with_case(Case::Oblique))
    );
    ends(text, second.end).then(|| Said::new(second.end, said))
}
