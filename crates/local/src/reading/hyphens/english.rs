//! Which words there are in English, and which of them a hyphen joins.

use std::sync::LazyLock;

/// Sorted words, one a line; inflected forms are left to [`ENDINGS`].
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    include_str!("../languages/en-dictionary.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Endings of inflected forms, and what stands in the dictionary instead.
const ENDINGS: [(&str, &str); 11] = [
    ("s", ""),
    ("es", ""),
    ("ed", ""),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
    ("r", ""),
    ("ness", ""),
    ("ies", "y"),
];

/// First parts that are followed by a hyphen before any word.
const HYPHENATED: [&str; 14] =
    ["self", "ex", "quasi", "half", "all", "well", "non", "anti", "mid", "pre", "post", "pro", "co", "vice"];

/// Words in which "non" has become a part.
const NON_WORDS: [&str; 6] = ["sense", "sensical", "stop", "descript", "chalant", "entity"];

/// First parts that are written together with any word, although some of them are words of their own.
const CLOSED: [&str; 30] = [
    "un", "re", "de", "dis", "mis", "im", "under", "over", "out", "fore", "inter", "intra", "super", "hyper", "sub",
    "trans", "micro", "macro", "multi", "mono", "poly", "photo", "electro", "bio", "geo", "hydro", "thermo", "tele",
    "auto", "counter",
];

/// Last syllables of longer words that are words of their own.
const SYLLABLES: [&str; 24] = [
    "able", "ably", "age", "ages", "ally", "ant", "ants", "ate", "ates", "ent", "hood", "ion", "ions", "ism", "ist",
    "less", "ling", "ness", "ors", "ship", "ships", "ties", "ward", "wards",
];

/// Whether `word`, in lower case, is an English word.
pub(super) fn is_word(word: &str) -> bool {
    is_form(word, |word| WORDS.binary_search(&word).is_ok())
}

/// Whether `word` is one of those that `has` knows, or an inflected form of it.
fn is_form(word: &str, has: impl Fn(&str) -> bool) -> bool {
    let inflected = |&(ending, instead): &(&str, &str)| {
        word.strip_suffix(ending).is_some_and(|stem| stem.len() > 2 && has(&format!("{stem}{instead}")))
    };
    has(word) || ENDINGS.iter().any(inflected)
}

/// Whether a hyphen belongs between two parts, the second of them whole: not if they are a word together, and only if each
/// is a word, or the first part of compounds. "re" before an e and "non" keep theirs: dictionaries have both forms.
pub(super) fn is_compound(one: &str, two: &str) -> bool {
    let keeps = one == "re" && two.starts_with('e') || one == "non" && !is_form(two, |word| NON_WORDS.contains(&word));
    if keeps && two.len() > 3 && is_word(two) {
        return true;
    }
    if is_word(&format!("{one}{two}")) || CLOSED.contains(&one) || SYLLABLES.contains(&two) {
        return false;
    }
    let is_first = HYPHENATED.contains(&one) || is_word(one);
    is_first && two.len() > 2 && is_word(two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_is_sorted_and_knows_inflected_forms() {
        assert!(WORDS.is_sorted());
        for word in [
            "water",
            "cooled",
            "preserved",
            "studies",
            "photographs",
            "saving",
            "taller",
            "happiness",
            "colour",
            "color",
        ] {
            assert!(is_word(word), "{word}");
        }
        for word in ["mation", "waterc", "termining", "xray"] {
            assert!(!is_word(word), "{word}");
        }
    }

    #[test]
    fn two_words_that_are_none_together_have_a_hyphen() {
        for (one, two) in [
            ("carbon", "neutral"),
            ("water", "cooled"),
            ("decision", "makers"),
            ("hand", "painted"),
            ("wind", "driven"),
            ("coal", "fired"),
            ("ex", "president"),
            ("self", "taught"),
            ("non", "smokers"),
            ("anti", "inflammatory"),
            ("well", "preserved"),
            ("user", "friendly"),
            ("part", "timer"),
            ("twenty", "one"),
            ("gluten", "free"),
            ("co", "founder"),
            ("in", "house"),
            ("re", "elected"),
            ("re", "examination"),
            ("non", "profit"),
            ("non", "resident"),
        ] {
            assert!(is_compound(one, two), "{one}-{two}");
        }
    }

    #[test]
    fn a_broken_word_has_none() {
        for (one, two) in [
            ("under", "standing"),
            ("trans", "portation"),
            ("pa", "tience"),
            ("care", "fully"),
            ("day", "light"),
            ("self", "ish"),
            ("pre", "dict"),
            ("ex", "pedition"),
            ("co", "operate"),
            ("rain", "water"),
            ("micro", "plastics"),
            ("photo", "voltaic"),
            ("unread", "able"),
            ("neighbour", "hood"),
            ("manage", "ment"),
            ("or", "ganise"),
            ("fire", "fighters"),
            ("re", "negotiate"),
            ("re", "turned"),
            ("non", "sense"),
            ("non", "stop"),
            ("non", "entity"),
            ("non", "entities"),
        ] {
            assert!(!is_compound(one, two), "{one}{two}");
        }
    }
}
