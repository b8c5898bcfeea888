//! Nouns that are counted, as they stand behind a number in Arabic: with an alef for their vowel, as in `120 ريالا`. A comma
//! behind that alef is to tesseract a hamza, `ريالاء`, of which it is sure; no such word exists.

/// Currencies, units and what is counted most often, without their alef.
const NOUNS: [&str; 33] = [
    "ريال",
    "دولار",
    "دينار",
    "درهم",
    "جنيه",
    "قرش",
    "فلس",
    "يوم",
    "شهر",
    "عام",
    "أسبوع",
    "قرن",
    "متر",
    "كيلومتر",
    "سنتيمتر",
    "طن",
    "كيلوغرام",
    "كيلوجرام",
    "غرام",
    "جرام",
    "لتر",
    "فدان",
    "هكتار",
    "برميل",
    "شخص",
    "رجل",
    "طفل",
    "طالب",
    "عضو",
    "كتاب",
    "نوع",
    "بيت",
    "مرض",
];

const HAMZA: char = 'ء';

/// A word that was read, with the comma that its last letter was.
pub(super) fn with_comma(word: String) -> String {
    let is_counted = |noun: &str| NOUNS.contains(&noun.strip_prefix('و').unwrap_or(noun));
    match word.strip_suffix(HAMZA) {
        Some(noun) if noun.strip_suffix('ا').is_some_and(is_counted) => format!("{noun}،"),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hamza_behind_a_counted_noun_is_a_comma() {
        for (read, printed) in
            [("ريالاء", "ريالا،"), ("ودولاراء", "ودولارا،"), ("يوماء", "يوما،"), ("كيلوغراماء", "كيلوغراما،")]
        {
            assert_eq!(with_comma(read.to_owned()), printed);
        }
        for word in ["بناء", "ضعفاء", "الماء", "ريالا", "أسماء", "ء", "جزء"] {
            assert_eq!(with_comma(word.to_owned()), word);
        }
    }
}
