//! In Arabic "and" is a prefix of the next word, and "it" and "its" are suffixes of the previous one: a self-contained
//! sentence starts without the prefix, and one with a suffix depends on the previous sentence.

use crate::reel::script::text::fold;

/// Words that are certainly complete after the prefix "and".
const AFTER_AND: &[&str] = &[
    "في",
    "من",
    "على",
    "إلى",
    "عن",
    "مع",
    "قد",
    "لقد",
    "كان",
    "كانت",
    "كانوا",
    "لكل",
    "فوق",
    "تحت",
    "بين",
    "عند",
    "عندما",
    "بعد",
    "قبل",
    "هناك",
    "لا",
    "ليس",
    "ليست",
    "إذا",
    "إن",
    "لعل",
    "كل",
    "أما",
    "منذ",
    "خلال",
    "حين",
    "بسبب",
    "من أجل",
    "أصبح",
    "أصبحت",
    "ظل",
    "ظلت",
    "لم",
    "لن",
    "كلما",
    "مهما",
    "سوف",
    "غالبا",
    "يبلغ",
    "تبلغ",
    "أكثر",
    "أهم",
    "أكبر",
];

/// Words in which "wa" or "fa" before "al" is not a prefix.
const NOT_AND: &[&str] =
    &["والد", "والي", "واله", "والت", "فالح", "فالس", "فالن", "فالي", "ويل", "ويب", "ويند", "ويكي", "وتير", "وتر"];

/// Words with an ending like "his" or "its" that is not a suffix.
const NOT_ITS: &[&str] = &[
    "الله",
    "لله",
    "اتجاه",
    "تجاه",
    "باتجاه",
    "مياه",
    "المياه",
    "وجوه",
    "الوجوه",
    "فقه",
    "الفقه",
    "الوجه",
    "وجه",
    "تنبيه",
    "التنبيه",
    "تشبيه",
    "توجيه",
    "التوجيه",
    "ترفيه",
    "الترفيه",
    "انتباه",
    "الانتباه",
    "الرفاه",
    "شبه",
    "إله",
    "الإله",
    "الفقيه",
    "شبيه",
    "كنه",
    "المهم",
    "الأهم",
    "أهم",
    "فهم",
    "الفهم",
    "تفاهم",
    "أسهم",
    "الأسهم",
    "سهم",
    "السهم",
    "درهم",
    "الدرهم",
    "وهم",
    "الوهم",
    "منتبه",
    "هذه",
    "هم",
    "متهم",
    "المتهم",
    "مبهم",
];

/// The sentence without the "and" before its first word, if that is certain.
pub(super) fn without_and(text: &str) -> &str {
    let first = fold(text.split_whitespace().next().unwrap_or_default());
    let Some(rest) = first.strip_prefix(['و', 'ف']) else { return text };
    let and = first.starts_with('و');
    if NOT_AND.iter().any(|word| first.starts_with(word)) {
        return text;
    }
    let letters = rest.chars().count();
    let noun = rest.starts_with("ال") && letters >= 4;
    let verb = and && rest.starts_with(['ي', 'ت']) && letters >= 4;
    if noun || verb || (and && AFTER_AND.contains(&rest)) {
        let mut chars = text.chars();
        chars.next();
        chars.as_str()
    } else {
        text
    }
}

/// Whether the first word has the suffix "him", "her", "it", "them" or "its", which refers back.
pub(super) fn refers_back(text: &str) -> bool {
    let first = fold(text.split_whitespace().next().unwrap_or_default());
    let word = first.trim_matches(|c: char| !c.is_alphanumeric());
    if word.chars().count() < 4 || NOT_ITS.contains(&word) {
        return false;
    }
    word.ends_with("ها")
        || word.ends_with("هم")
        || word.ends_with("هما")
        || (word.ends_with('ه') && !word.starts_with("ال"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_is_removed_only_where_it_is_certain() {
        for (with, without) in [
            ("والزوايا تبقى كما هي.", "الزوايا تبقى كما هي."),
            ("فالأسطرلاب نموذج للعالم.", "الأسطرلاب نموذج للعالم."),
            ("وفي طليطلة عاش رجل.", "في طليطلة عاش رجل."),
            ("وتتكون الآلة من أقراص.", "تتكون الآلة من أقراص."),
            ("والدة الملك في القصر.", "والدة الملك في القصر."),
            ("وتيرة العمل بطيئة.", "وتيرة العمل بطيئة."),
            ("وجد الناس الماء هناك.", "وجد الناس الماء هناك."),
        ] {
            assert_eq!(without_and(with), without);
        }
    }

    #[test]
    fn a_first_word_with_a_possessive_refers_back() {
        assert!(refers_back("يرفعه صاحبه بيده."));
        assert!(refers_back("صناعتها صارت حرفة."));
        assert!(!refers_back("المياه كثيرة هناك."));
        assert!(!refers_back("مدينة حلب قديمة."));
    }
}
