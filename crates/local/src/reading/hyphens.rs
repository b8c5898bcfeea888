//! Hyphens at the ends of lines: whether a hyphen belongs to the word (`self-` / `employed`) or was put in to break the
//! line (`infor-` / `mation`).
//!
//! The document itself is the best evidence: either form elsewhere in it decides. Without it, by language: in English,
//! compounds have hyphens, so a hyphen between two words of the dictionary stays unless the two together are one as well
//! ([`english`]); French keeps those before its pronouns and after its
//! prefixes. German, Spanish, Italian and the others write compounds as one word or with spaces, and the hyphen goes.

mod english;

use std::borrow::Cow;
use std::collections::HashSet;

/// Second parts before which French keeps the hyphen.
const FRENCH_SECOND: [&str; 22] = [
    "je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "ce", "ci", "là", "le", "la", "les", "lui", "leur",
    "moi", "toi", "en", "y", "même",
];

/// Words after which a hyphen stands for a word to come (`Small- and medium-sized`).
const CONJUNCTIONS: [&str; 10] = ["and", "or", "to", "und", "oder", "bis", "et", "ou", "y", "o"];

/// What joins the two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// Nothing.
    Closed,
    /// A hyphen.
    Hyphen,
    /// A hyphen and a space.
    Suspended,
}

/// The languages whose rules differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    English,
    French,
    Closed,
}

/// The words of a document.
#[derive(Debug)]
pub(super) struct Evidence {
    words: HashSet<String>,
    rules: Rules,
}

impl Evidence {
    /// Of all words of a document that are not cut by the end of a line.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut known: HashSet<String> = HashSet::new();
        let (mut english, mut french, mut other) = (0, 0, 0);
        for word in words {
            let core = core(word);
            match core.as_ref() {
                "the" | "of" | "and" | "is" | "to" => english += 1,
                "le" | "les" | "et" | "des" | "du" | "une" => french += 1,
                "der" | "die" | "und" | "el" | "los" | "y" | "di" | "che" | "il" | "van" | "het" => other += 1,
                _ => {}
            }
            if !core.is_empty() && !known.contains(core.as_ref()) {
                known.insert(core.into_owned());
            }
        }
        let rules = if english >= french && english >= other {
            Rules::English
        } else if french >= other {
            Rules::French
        } else {
            Rules::Closed
        };
        Self { words: known, rules }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// What joins `first`, without its hyphen, and `second`, which begins the next line.
    pub(super) fn joint(&self, first: &str, second: &str) -> Joint {
        let (one, two) = (core(first), core(second));
        if CONJUNCTIONS.contains(&two.as_ref()) && !second.contains('-') {
            return Joint::Suspended;
        }
        if !second.starts_with(char::is_lowercase) {
            return Joint::Hyphen;
        }
        if self.has(&format!("{one}-{two}")) {
            return Joint::Hyphen;
        }
        if self.has(&format!("{one}{two}")) {
            return Joint::Closed;
        }
        let one_letter = one.chars().count() == 1;
        let last = one.rsplit('-').next().unwrap_or_default();
        let begin = two.split('-').next().unwrap_or_default();
        let is_broken = self.rules == Rules::English && english::is_word(&format!("{last}{begin}"));
        // What has a hyphen already is a chain of words, one of which may be broken: state-of-the-art, long-dis/tance.
        if one.contains('-') && is_broken {
            return Joint::Closed;
        }
        if one_letter || one.contains('-') || two.contains('-') && self.rules == Rules::English {
            return Joint::Hyphen;
        }
        let keeps = match self.rules {
            Rules::English => english::is_compound(last, begin),
            Rules::French => FRENCH_SECOND.contains(&begin),
            Rules::Closed => false,
        };
        if keeps { Joint::Hyphen } else { Joint::Closed }
    }
}

/// A word without the punctuation around it, in lower case.
fn core(word: &str) -> Cow<'_, str> {
    let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric());
    if trimmed.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        return Cow::Borrowed(trimmed);
    }
    Cow::Owned(trimmed.replace(['\u{2010}', '\u{2011}'], "-").replace('\u{ad}', "").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(text: &str, first: &str, second: &str) -> Joint {
        Evidence::of(text.split(' ')).joint(first, second)
    }

    #[test]
    fn the_document_decides() {
        assert_eq!(joint("a well-known thing", "well", "known,"), Joint::Hyphen);
        assert_eq!(joint("the income of the state", "in", "come"), Joint::Closed);
        assert_eq!(joint("the statehood", "state", "hood"), Joint::Closed);
    }

    #[test]
    fn english_compounds_keep_their_hyphen() {
        let text = "the price of the honey and the weather";
        for (first, second) in [
            ("price", "determining"),
            ("X", "ray"),
            ("self", "employed"),
            ("state", "owned"),
            ("first", "class"),
            ("pre", "war"),
            ("state-of-the", "art"),
            ("state", "of-the-art"),
            ("carbon", "neutral"),
            ("ex", "president."),
            ("Anglo", "Saxon"),
            ("COVID", "19"),
        ] {
            assert_eq!(joint(text, first, second), Joint::Hyphen, "{first}-{second}");
        }
        for (first, second) in [
            ("in", "come"),
            ("long-dis", "tance"),
            ("decision-mak", "ers,"),
            ("mov", "able"),
            ("infor", "mation"),
            ("un", "derstand"),
            ("de", "termining"),
            ("bet", "ter"),
            ("hap", "pened."),
        ] {
            assert_eq!(joint(text, first, second), Joint::Closed, "{first}-{second}");
        }
        assert_eq!(joint(text, "Small", "and"), Joint::Suspended);
    }

    #[test]
    fn other_languages_have_their_own_rules() {
        assert_eq!(joint("der Preis und die Wirtschaft der Stadt", "Wirt", "schaft"), Joint::Closed);
        assert_eq!(joint("le prix et les abeilles des villes", "est", "ce"), Joint::Hyphen);
        assert_eq!(joint("le prix et les abeilles des villes", "abeil", "les"), Joint::Closed);
    }
}
