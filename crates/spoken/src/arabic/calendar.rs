//! Dates, times and years in Arabic.

use super::case_before;
use super::numerals::{Case, Form, Gender, ordinal, spelled};
use crate::Said;
use crate::number::{digit_at, digits};
use crate::scan::{char_at, ends, skip_spaces, starts_with_any, two_before, word_at};
use crate::shape::{self, Order};

/// The months, by number, as Egypt and the Gulf name them.
const MONTHS: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];

/// Other names of months: of the Levant, of the Maghreb, of the Hijri year, and other spellings.
const NAMED: [&str; 43] = [
    "كانون",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين",
    "جانفي",
    "فيفري",
    "أفريل",
    "ماي",
    "جوان",
    "جويلية",
    "أوت",
    "محرم",
    "المحرم",
    "صفر",
    "ربيع",
    "جمادى",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو",
    "ذي",
    "ابريل",
    "إبريل",
    "اغسطس",
    "غشت",
    "يونيه",
    "يوليه",
    "اكتوبر",
    "شتنبر",
    "نونبر",
    "دجنبر",
    "يوليوز",
    "ينایر",
    "مايس",
    "أوكتوبر",
    "نوفمر",
];

/// The second words of such names.
const SECOND: [&str; 9] = ["الثاني", "الأول", "الآخر", "الأولى", "الآخرة", "القعدة", "الحجة", "الثانية", "الاول"];

/// The days of the week.
pub(super) const DAYS: [&str; 8] = ["الأحد", "الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"];

const YEARS_MASCULINE: [&str; 11] =
    ["عام", "العام", "لعام", "بعام", "وعام", "عامي", "بحلول", "للعام", "الأعوام", "للأعوام", "أعوام"];
const YEARS_FEMININE: [&str; 8] = ["سنة", "السنة", "لسنة", "بسنة", "وسنة", "سنتي", "السنوات", "للسنوات"];

/// A month's name, if it is one.
pub(super) fn month_of(word: &str) -> Option<&str> {
    (MONTHS.contains(&word) || NAMED.contains(&word)).then_some(word)
}

/// The name of a month at a byte, both words of it, or both names ("مارس/آذار"): its end.
fn month_at(text: &str, at: usize) -> Option<usize> {
    let word = month_of(word_at(text, at))?;
    let mut end = at + word.len();
    let second = word_at(text, skip_spaces(text, end));
    if matches!(word, "كانون" | "تشرين" | "ربيع" | "جمادى" | "ذو" | "ذي") {
        if !SECOND.contains(&second) {
            return None;
        }
        end = skip_spaces(text, end) + second.len();
    }
    if text[end..].starts_with('/')
        && let Some(after) = month_at(text, end + 1)
    {
        end = after;
    }
    Some(end)
}

/// A date in digits, or a day with the name of its month.
pub(super) fn date(text: &str, at: usize) -> Option<Said> {
    let case = case_before(text, at);
    if let Some(date) = shape::date(text, at, Order::DayFirst) {
        let (end, era) = era(text, date.end);
        let day = ordinal(date.day, Gender::Masculine, case)?;
        let hijri = era.contains("هجرة");
        // Months of the Hijri year have other names; their number is all that is known.
        let month = if hijri {
            ordinal(date.month as u64, Gender::Masculine, Case::Oblique)?
        } else {
            MONTHS[date.month - 1].to_owned()
        };
        let link = if hijri { "من الشهر" } else { "من" };
        return Some(Said::new(end, format!("{day} {link} {month} {}{era}", of_year(&date.year, Gender::Masculine))));
    }
    let (end, run) = digits(text, at).filter(|(_, run)| run.len() <= 2)?;
    let day: u64 = run.parse().ok().filter(|day| (1..=31).contains(day))?;
    let start = skip_spaces(text, end);
    if start == end {
        return None;
    }
    // "1 من مايو"
    let start = if word_at(text, start) == "من" { skip_spaces(text, start + "من".len()) } else { start };
    let month_end = month_at(text, start)?;
    let month = text[start..month_end].replace('/', " ");
    let said = format!("{} من {month}", ordinal(day, Gender::Masculine, case)?);
    let comma =
        month_end + text[month_end..].chars().next().filter(|c| matches!(c, '،' | ',')).map_or(0, char::len_utf8);
    let year_start = skip_spaces(text, comma);
    match digits(text, year_start) {
        Some((year_end, year)) if year.len() == 4 && year_start > comma => {
            let (end, era) = era(text, year_end);
            Some(Said::new(end, format!("{said} {}{era}", of_year(&year, Gender::Masculine))))
                .filter(|said| ends(text, said.end))
        }
        _ => Some(Said::new(month_end, said)),
    }
}

/// "12/2023".
pub(super) fn month_and_year(month: u64, year: &str) -> Option<String> {
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    Some(format!("{name} {}", of_year(year, Gender::Masculine)))
}

/// "عام ألفين وأربعة وعشرين".
fn of_year(digits: &str, gender: Gender) -> String {
    format!("عام {}", year_words(digits, gender))
}

fn year_words(digits: &str, gender: Gender) -> String {
    super::cardinal(digits, Form { gender, case: Case::Oblique, construct: false })
}

/// "م" and "هـ" after a year, and what they say.
fn era(text: &str, at: usize) -> (usize, &'static str) {
    let start = skip_spaces(text, at);
    let eras = [
        ("هـ", " للهجرة"),
        ("ه", " للهجرة"),
        ("م", " للميلاد"),
        ("ق.م.", " قبل الميلاد"),
        ("ق.م", " قبل الميلاد"),
        ("ق م", " قبل الميلاد"),
        ("قم", " قبل الميلاد"),
        ("ميلادية", " ميلادية"),
    ];
    let Some(printed) = starts_with_any(&text[start..], eras.iter().map(|(era, _)| *era)) else { return (at, "") };
    let mut end = start + printed.len();
    if !ends(text, end) || text[end..].starts_with('²') {
        return (at, "");
    }
    if printed == "ق.م." && text[end..].trim().is_empty() {
        end -= 1;
    }
    let said = eras.iter().find(|(era, _)| *era == printed).map_or("", |(_, said)| said);
    (end, said)
}

/// A year, after "عام" or "سنة", a month, or with its era; and from one to another.
pub(super) fn year(text: &str, at: usize) -> Option<Said> {
    let (end, run) = digits(text, at).filter(|(_, run)| (3..=4).contains(&run.len()) && !run.starts_with('0'))?;
    let [before, earlier] = two_before(text, super::written_together(text, at).0);
    // "عامي 1990 و1995": the second belongs to the same word.
    let word = if before.chars().all(|c| crate::number::digit(c).is_some() || c == 'و') && !before.is_empty() {
        earlier
    } else {
        before
    };
    let masculine = YEARS_MASCULINE.contains(&word);
    let feminine = YEARS_FEMININE.contains(&word);
    let month = month_of(before).is_some() || SECOND.contains(&before) && month_of(earlier).is_some();
    let (era_end, era) = era(text, end);
    let plausible = run.len() == 4 && ("1000".."2200").contains(&run.as_str());
    let has_era = !era.is_empty() && (plausible || era.contains("قبل") || masculine || feminine);
    let grouped = text[end..].starts_with([',', '.', '٬', '٫', '%', '٪'])
        && char_at(text, end).is_some_and(|c| digit_at(text, end + c.len_utf8()) || matches!(c, '%' | '٪'));
    if !(masculine || feminine || month && plausible || has_era) || grouped {
        return None;
    }
    let gender = if feminine { Gender::Feminine } else { Gender::Masculine };
    let prefix = if month && !masculine && !feminine { "عام " } else { "" };
    let mut said = format!("{prefix}{}", year_words(&run, gender));
    let mut end = if has_era { era_end } else { end };
    if has_era {
        said.push_str(era);
    }
    let dash = text[end..].chars().next().filter(|c| matches!(c, '-' | '–' | '/'));
    if let Some(dash) = dash
        && let Some((after, second)) = digits(text, end + dash.len_utf8())
        && (second.len() == 4 || second.len() == 2 && run.len() == 4)
        && ends(text, after)
    {
        let second = if second.len() == 2 { format!("{}{second}", &run[..2]) } else { second };
        said.push_str(" إلى ");
        said.push_str(&year_words(&second, gender));
        end = after;
    }
    ends(text, end).then(|| Said::new(end, said))
}

/// A time: "التاسعة والنصف".
pub(super) fn time(text: &str, at: usize) -> Option<Said> {
    let clock = shape::clock(text, at, &[':']).filter(|clock| ends(text, clock.end))?;
    if two_before(text, at).iter().any(|word| matches!(*word, "نسبة" | "بنسبة" | "النسبة" | "مقياس"))
    {
        return None;
    }
    let case = Case::Oblique;
    let hour = |hour: u64| {
        if hour == 0 { ordinal(12, Gender::Feminine, case) } else { ordinal(hour % 24, Gender::Feminine, case) }
    };
    let mut said = match (clock.hour, clock.minute) {
        (0 | 24, 0) => "منتصف الليل".to_owned(),
        (h, 0) => hour(h)?,
        (h, 15) => format!("{} والربع", hour(h)?),
        (h, 20) => format!("{} والثلث", hour(h)?),
        (h, 30) => format!("{} والنصف", hour(h)?),
        (h, 45) if h < 23 => format!("{} إلا الربع", hour(if h == 12 { 1 } else { h + 1 })?),
        (h, minute) => format!("{} و{}", hour(h)?, minutes(minute)),
    };
    if let Some(second) = clock.second.filter(|second| *second > 0) {
        let number =
            crate::number::Number { end: 0, whole: second.to_string(), decimals: None, mark: '.', grouped: false };
        let unit = crate::units::unit("s", 0).and_then(|unit| super::nouns::unit(&unit));
        said.push_str(&unit.map_or_else(String::new, |(noun, _)| format!(" و{}", noun.counted(&number, case))));
    }
    let next = skip_spaces(text, clock.end);
    let halves = [("ص", "صباحا"), ("م", "مساء"), ("AM", "صباحا"), ("PM", "مساء"), ("am", "صباحا"), ("pm", "مساء")];
    let half = halves.iter().find(|(printed, _)| word_at(text, next) == *printed);
    let end = half.map_or(clock.end, |(printed, _)| next + printed.len());
    Some(Said::new(end, half.map_or(said.clone(), |(_, half)| format!("{said} {half}"))))
}

fn minutes(count: u64) -> String {
    let form = Form { gender: Gender::Feminine, case: Case::Oblique, construct: true };
    match count {
        1 => "دقيقة".to_owned(),
        2 => "دقيقتين".to_owned(),
        3..=10 => format!("{} دقائق", spelled(count, form)),
        _ => format!("{} دقيقة", spelled(count, form)),
    }
}
