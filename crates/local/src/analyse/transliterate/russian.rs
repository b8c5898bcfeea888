//! Russian by BGN/PCGN 1947.

use sluice_domain::study::{Reason, StudyLanguage};
use unicode_normalization::UnicodeNormalization;

use super::Latin;

const STRESS: char = '\u{0301}';

/// A phrase in Latin letters.
pub(super) fn latin(text: &str) -> Latin {
    let letters: Vec<char> = text.nfc().collect();
    let mut out = String::with_capacity(text.len());
    let mut foreign = false;
    let mut before = None;
    for (at, &letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied();
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        match of(lower, before) {
            Some(latin) if letter == lower => out.push_str(latin),
            Some(latin) => out.push_str(&capital(latin, is_loud(&letters, at))),
            None => {
                // Letters of other languages stay as they are.
                foreign |= StudyLanguage::RUSSIAN.writes(letter);
                out.push(letter);
            }
        }
        before = if letter == STRESS && next.is_some() { before } else { Some(lower) };
    }
    Latin { text: out.nfc().collect(), doubt: foreign.then_some(Reason::ForeignLetters) }
}

/// Whether the letters beside a capital are capitals, too.
fn is_loud(letters: &[char], at: usize) -> bool {
    let neighbour = |at: Option<usize>| at.and_then(|at| letters.get(at)).filter(|letter| letter.is_alphabetic());
    let next = neighbour(at.checked_add(1));
    next.or_else(|| neighbour(at.checked_sub(1))).is_some_and(|letter| letter.is_uppercase())
}

/// "shch" as "Shch" or "SHCH".
fn capital(latin: &str, is_loud: bool) -> String {
    if is_loud {
        return latin.to_uppercase();
    }
    let mut rest = latin.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// The Latin letters of a small one, by what stands before it.
fn of(letter: char, before: Option<char>) -> Option<&'static str> {
    let is_soft = before.is_none_or(|before| !before.is_alphabetic() || "аеёиоуыэюяйъь".contains(before));
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' if is_soft => "ye",
        'е' | 'э' => "e",
        'ё' if is_soft => "yë",
        'ё' => "ë",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' => "”",
        'ь' => "’",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [(&str, &str); 26] = [
        ("привет", "privet"),
        ("спасибо", "spasibo"),
        ("пожалуйста", "pozhaluysta"),
        ("здравствуйте", "zdravstvuyte"),
        ("хорошо", "khorosho"),
        ("человек", "chelovek"),
        ("женщина", "zhenshchina"),
        ("ещё", "yeshchë"),
        ("ёлка", "yëlka"),
        ("объявление", "ob”yavleniye"),
        ("съёмка", "s”yëmka"),
        ("семья", "sem’ya"),
        ("день", "den’"),
        ("поезд", "poyezd"),
        ("это", "eto"),
        ("поэт", "poet"),
        ("язык", "yazyk"),
        ("юг", "yug"),
        ("цирк", "tsirk"),
        ("шапка", "shapka"),
        ("русский", "russkiy"),
        ("новый", "novyy"),
        ("музей", "muzey"),
        ("Москва", "Moskva"),
        ("Щукино", "Shchukino"),
        ("ЕЩЁ", "YESHCHË"),
    ];

    #[test]
    fn words_are_written_by_the_table() {
        for (word, expected) in WORDS {
            assert_eq!(latin(word), Latin { text: expected.to_owned(), doubt: None }, "{word}");
        }
    }

    #[test]
    fn phrases_keep_their_signs_and_stress() {
        assert_eq!(latin("Где ты, Ёж? — Я еду домой.").text, "Gde ty, Yëzh? — Ya yedu domoy.");
        assert_eq!(latin("за\u{301}мок и замо\u{301}к").text, "zámok i zamók");
        // The same letter in two parts.
        assert_eq!(latin("мои\u{306} е\u{308}ж").text, "moy yëzh");
    }

    #[test]
    fn letters_of_other_languages_are_doubtful() {
        let mixed = latin("Київ");
        assert_eq!(mixed.doubt, Some(Reason::ForeignLetters));
        assert!(mixed.text.contains('ї'));
        assert_eq!(latin("Wi-Fi 42 😀"), Latin { text: "Wi-Fi 42 😀".to_owned(), doubt: None });
    }
}
