//! What is counted in Arabic: genders of nouns, units and currencies.

use super::numerals::{Case, Form, Gender, accusative, dual, spelled};
use crate::number::Number;
use crate::units::{Factor, Unit};

use Gender::{Feminine, Masculine};

/// A noun that numbers agree with, and its adjective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noun {
    pub(super) one: String,
    /// Three to ten of it.
    pub(super) few: String,
    pub(super) gender: Gender,
    /// Masculine singular; empty without one.
    pub(super) adjective: &'static str,
    /// Foreign words that take no ending.
    pub(super) fixed: bool,
}

/// Plurals whose singular is feminine, and feminine nouns that do not look it.
const FEMININE: [&str; 66] = [
    "سنوات",
    "سنين",
    "دول",
    "مدن",
    "قرى",
    "أسر",
    "فرق",
    "غرف",
    "صور",
    "نسخ",
    "حروب",
    "نساء",
    "بنات",
    "دقائق",
    "ثوان",
    "ثواني",
    "نقاط",
    "نقط",
    "خلايا",
    "جزر",
    "شقق",
    "علب",
    "قطع",
    "حصص",
    "لغات",
    "طرق",
    "مدارس",
    "جوائز",
    "وثائق",
    "رسائل",
    "قصص",
    "تجارب",
    "مناطق",
    "محاور",
    "وظائف",
    "حدائق",
    "سفن",
    "طائرات",
    "قنوات",
    "خطط",
    "لجان",
    "كليات",
    "جامعات",
    "مزارع",
    "نوافذ",
    "زوايا",
    "قضايا",
    "مزايا",
    "هدايا",
    "وصايا",
    "حرب",
    "شمس",
    "أرض",
    "دار",
    "نار",
    "بنت",
    "عين",
    "يد",
    "قدم",
    "سوق",
    "بئر",
    "روح",
    "نفس",
    "كأس",
    "سن",
    "أم",
];

/// Plurals in -at whose singular is masculine.
const MASCULINE: [&str; 44] = [
    "دولارات",
    "كيلومترات",
    "سنتيمترات",
    "مليمترات",
    "غرامات",
    "جرامات",
    "كيلوغرامات",
    "لترات",
    "ريالات",
    "جنيهات",
    "مليارات",
    "تريليونات",
    "مؤتمرات",
    "مطارات",
    "قرارات",
    "خيارات",
    "قطارات",
    "مشروعات",
    "مجلدات",
    "مسلسلات",
    "مستويات",
    "قطاعات",
    "حيوانات",
    "نباتات",
    "شعارات",
    "حسابات",
    "خطابات",
    "بلاغات",
    "مليونات",
    "طلبات",
    "عناصر",
    "محاور",
    "مصانع",
    "مخيمات",
    "مستشفيات",
    "معسكرات",
    "منتخبات",
    "مرشحات",
    "باصات",
    "فيروسات",
    "كيلوات",
    "صاروخات",
    "رهانات",
    "سباقات",
];

/// The gender of a counted noun: after three to ten it stands in the plural, otherwise in the singular.
pub(super) fn gender_of(word: &str, plural: bool) -> Gender {
    let bare: String = word.chars().filter(|c| !matches!(c, '\u{64b}'..='\u{652}' | '\u{640}')).collect();
    let word = bare.strip_prefix("ال").unwrap_or(&bare);
    if MASCULINE.contains(&word) {
        return Masculine;
    }
    if FEMININE.contains(&word) {
        return Feminine;
    }
    let length = word.chars().count();
    let feminine = if plural {
        match word.strip_suffix("ات") {
            // Verbal nouns: meetings, announcements, changes.
            Some(stem) => {
                let verbal = stem.starts_with('ا') && length >= 6
                    || stem.starts_with('إ')
                    || stem.starts_with('ت') && length >= 7 && stem.chars().rev().nth(1) == Some('ي');
                word.ends_with("يات") || !verbal
            }
            // "devices", "questions" have masculine singulars.
            None => word.ends_with('ة') && !(word.starts_with('أ') && length >= 5) && word != "طلبة",
        }
    } else {
        word.ends_with(['ة', 'ى']) || word.ends_with("اء") && length > 4
    };
    if feminine { Feminine } else { Masculine }
}

/// A base unit: its singular, its plural, an adjective.
const UNITS: [(&str, &str, &str, &str); 40] = [
    ("meter", "متر", "أمتار", ""),
    ("gram", "غرام", "غرامات", ""),
    ("second", "ثانية", "ثوان", ""),
    ("minute", "دقيقة", "دقائق", ""),
    ("hour", "ساعة", "ساعات", ""),
    ("liter", "لتر", "لترات", ""),
    ("watt", "واط", "", ""),
    ("watt hour", "واط ساعة", "", ""),
    ("volt", "فولت", "", ""),
    ("ampere", "أمبير", "", ""),
    ("ampere hour", "أمبير ساعة", "", ""),
    ("hertz", "هرتز", "", ""),
    ("pascal", "باسكال", "", ""),
    ("joule", "جول", "", ""),
    ("newton", "نيوتن", "", ""),
    ("byte", "بايت", "", ""),
    ("bit", "بت", "", ""),
    ("electronvolt", "إلكترون فولت", "", ""),
    ("calorie", "سعرة", "سعرات", "حراري"),
    ("mole", "مول", "", ""),
    ("ohm", "أوم", "", ""),
    ("kelvin", "كلفن", "", ""),
    ("degree", "درجة", "درجات", ""),
    ("degree Celsius", "درجة", "درجات", "مئوي"),
    ("degree Fahrenheit", "درجة فهرنهايت", "درجات فهرنهايت", ""),
    ("tonne", "طن", "أطنان", ""),
    ("hectare", "هكتار", "هكتارات", ""),
    ("mile", "ميل", "أميال", ""),
    ("foot", "قدم", "أقدام", ""),
    ("inch", "بوصة", "بوصات", ""),
    ("yard", "ياردة", "ياردات", ""),
    ("pound", "رطل", "أرطال", ""),
    ("ounce", "أونصة", "أونصات", ""),
    ("bar", "بار", "", ""),
    ("decibel", "ديسيبل", "", ""),
    ("pixel", "بكسل", "", ""),
    ("part per million", "جزء في المليون", "أجزاء في المليون", ""),
    ("part per billion", "جزء في المليار", "أجزاء في المليار", ""),
    ("mile per hour", "ميل في الساعة", "أميال في الساعة", ""),
    ("bit per second", "بت في الثانية", "", ""),
];

const PREFIXES: [(&str, &str); 10] = [
    ("kilo", "كيلو"),
    ("mega", "ميغا"),
    ("giga", "غيغا"),
    ("tera", "تيرا"),
    ("peta", "بيتا"),
    ("milli", "ميلي"),
    ("micro", "ميكرو"),
    ("nano", "نانو"),
    ("centi", "سنتي"),
    ("deci", "ديسي"),
];

/// A currency: its key, its noun, plural and adjective; then the hundredth part and its plural.
const CURRENCIES: [(&str, &str, &str, &str, &str, &str); 34] = [
    ("$", "دولار", "دولارات", "", "سنت", "سنتات"),
    ("USD", "دولار", "دولارات", "أمريكي", "سنت", "سنتات"),
    ("CAD", "دولار", "دولارات", "كندي", "سنت", "سنتات"),
    ("AUD", "دولار", "دولارات", "أسترالي", "سنت", "سنتات"),
    ("EUR", "يورو", "", "", "سنت", "سنتات"),
    ("GBP", "جنيه", "جنيهات", "إسترليني", "بنس", "بنسات"),
    ("JPY", "ين", "ينات", "ياباني", "", ""),
    ("CNY", "يوان", "يوانات", "صيني", "", ""),
    ("CHF", "فرنك", "فرنكات", "سويسري", "", ""),
    ("INR", "روبية", "روبيات", "هندي", "", ""),
    ("RUB", "روبل", "روبلات", "روسي", "", ""),
    ("TRY", "ليرة", "ليرات", "تركي", "قرش", "قروش"),
    ("ILS", "شيكل", "شواكل", "", "", ""),
    ("BRL", "ريال", "ريالات", "برازيلي", "", ""),
    ("KRW", "وون", "", "", "", ""),
    ("BTC", "بتكوين", "", "", "", ""),
    ("AED", "درهم", "دراهم", "إماراتي", "فلس", "فلوس"),
    ("MAD", "درهم", "دراهم", "مغربي", "سنتيم", "سنتيمات"),
    ("SAR", "ريال", "ريالات", "سعودي", "هللة", "هللات"),
    ("QAR", "ريال", "ريالات", "قطري", "درهم", "دراهم"),
    ("OMR", "ريال", "ريالات", "عماني", "", ""),
    ("YER", "ريال", "ريالات", "يمني", "", ""),
    ("EGP", "جنيه", "جنيهات", "مصري", "قرش", "قروش"),
    ("SDG", "جنيه", "جنيهات", "سوداني", "", ""),
    ("KWD", "دينار", "دنانير", "كويتي", "", ""),
    ("BHD", "دينار", "دنانير", "بحريني", "", ""),
    ("JOD", "دينار", "دنانير", "أردني", "", ""),
    ("DZD", "دينار", "دنانير", "جزائري", "سنتيم", "سنتيمات"),
    ("TND", "دينار", "دنانير", "تونسي", "", ""),
    ("IQD", "دينار", "دنانير", "عراقي", "", ""),
    ("LYD", "دينار", "دنانير", "ليبي", "", ""),
    ("LBP", "ليرة", "ليرات", "لبناني", "", ""),
    ("SYP", "ليرة", "ليرات", "سوري", "", ""),
    ("SEK", "كرونة", "كرونات", "سويدي", "", ""),
];

impl Noun {
    fn new(one: &str, few: &str, adjective: &'static str) -> Self {
        let fixed = few.is_empty();
        let few = if fixed { one } else { few };
        // The first word tells: "a degree Fahrenheit".
        let head = one.split(' ').next().unwrap_or(one);
        let gender = if head.ends_with('ة') { Feminine } else { Masculine };
        Self { one: one.to_owned(), few: few.to_owned(), gender, adjective, fixed }
    }

    fn of_factor(factor: &Factor) -> Option<Self> {
        let (_, one, few, adjective) = UNITS.iter().find(|unit| unit.0 == factor.base)?;
        let adjective = match factor.power {
            2 => "مربع",
            3 => "مكعب",
            _ => adjective,
        };
        if factor.prefix.is_empty() {
            return Some(Self::new(one, few, adjective));
        }
        let (_, prefix) = PREFIXES.iter().find(|(english, _)| *english == factor.prefix)?;
        let few = if few.is_empty() { String::new() } else { format!("{prefix}{one}ات") };
        Some(Self::new(&format!("{prefix}{one}"), &few, adjective))
    }

    /// A currency.
    pub(super) fn of_currency(key: &str) -> Option<Self> {
        let (_, one, few, adjective, ..) = CURRENCIES.iter().find(|currency| currency.0 == key)?;
        Some(Self::new(one, few, adjective))
    }

    /// The hundredth part of a currency.
    pub(super) fn of_cents(key: &str) -> Option<Self> {
        let (.., one, few) = CURRENCIES.iter().find(|currency| currency.0 == key)?;
        (!one.is_empty()).then(|| Self::new(one, few, ""))
    }

    /// Degrees without a scale.
    pub(super) fn degree() -> Self {
        Self::new("درجة", "درجات", "")
    }

    fn adjective(&self, feminine: bool, ending: &str) -> String {
        match self.adjective {
            "" => String::new(),
            adjective if feminine => format!(
                " {}",
                if ending.is_empty() { format!("{adjective}ة") } else { format!("{adjective}ت{ending}") }
            ),
            adjective => format!(" {adjective}{ending}"),
        }
    }

    /// One of it, with its adjective.
    pub(super) fn single(&self) -> String {
        format!("{}{}", self.one, self.adjective(self.gender == Feminine, ""))
    }

    /// So many of it.
    pub(super) fn counted(&self, number: &Number, case: Case) -> String {
        let Some(value) = number.value().filter(|_| number.decimals.is_none()) else {
            return format!("{} {}", super::number(number, Form::PLAIN.with_case(case)), self.single());
        };
        let form = Form { gender: self.gender, case, construct: true };
        if self.fixed {
            return format!("{} {}", spelled(value, Form { construct: false, ..form }), self.single());
        }
        let feminine = self.gender == Feminine;
        match (value, value % 100) {
            (1, _) => format!("{} {}", self.single(), spelled(1, form)),
            (2, _) => {
                let ending = if case == Case::Nominative { "ان" } else { "ين" };
                let mut words = self.one.splitn(2, ' ');
                let head = dual(words.next().unwrap_or_default(), case, false);
                let rest = words.next().map_or_else(String::new, |rest| format!(" {rest}"));
                format!("{head}{rest}{}", self.adjective(feminine, ending))
            }
            (_, 3..=10) => format!("{} {}{}", spelled(value, form), self.few, self.adjective(true, "")),
            (_, 11..=99) => {
                let mut words = self.one.splitn(2, ' ');
                // The hamza of "جزء" stands before the alif.
                let head = match words.next().unwrap_or_default() {
                    "جزء" => "جزءا".to_owned(),
                    head => accusative(head),
                };
                let rest = words.next().map_or_else(String::new, |rest| format!(" {rest}"));
                let ending = if feminine { "" } else { "ا" };
                format!("{} {head}{rest}{}", spelled(value, form), self.adjective(feminine, ending))
            }
            _ => format!("{} {}", spelled(value, form), self.single()),
        }
    }
}

/// A unit: its noun, and what it is divided by.
pub(super) fn unit(unit: &Unit) -> Option<(Noun, String)> {
    let noun = Noun::of_factor(unit.over.first()?)?;
    let mut under = String::new();
    for factor in &unit.under {
        let name = Noun::of_factor(factor)?;
        let part = match (factor.base, factor.power) {
            ("hour", _) => " في الساعة".to_owned(),
            ("minute", _) => " في الدقيقة".to_owned(),
            ("second", 1) => " في الثانية".to_owned(),
            ("second", _) => " في الثانية المربعة".to_owned(),
            _ => format!(" لكل {}", name.single()),
        };
        under.push_str(&part);
    }
    (unit.over.len() == 1).then_some((noun, under))
}
