//! The labelled phrases: `tests/phrases.tsv` says where they are from, and what its columns are.

const TABLE: &str = include_str!("../../../../../../tests/phrases.tsv");

/// What is not labelled.
const UNKNOWN: &str = "-";

/// A phrase, with what is certain of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Its place in the set.
    pub(super) number: usize,
    /// ISO 639-1.
    pub(super) language: &'static str,
    /// As it is typed, printed and said.
    pub(super) text: &'static str,
    /// In English; empty of a recording.
    pub(super) meaning: &'static str,
    /// The whole of it in Latin letters, if that is labelled.
    pub(super) latin: Option<&'static str>,
    /// What is certain of its words.
    pub(super) labels: Vec<Label>,
}

/// What a field of a word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// As it stands in the phrase.
    pub(super) word: &'static str,
    /// The name of the field, as in the paths of doubts.
    pub(super) field: &'static str,
    pub(super) value: &'static str,
}

/// The columns of a word after itself.
const FIELDS: [&str; 6] = ["lemma", "gender", "root", "transliteration", "declension", "meaning"];

/// Every phrase, or about so many of them, of all languages evenly.
pub(super) fn phrases(most: Option<usize>) -> Vec<Phrase> {
    let all: Vec<Phrase> = lines().enumerate().filter_map(|(number, line)| phrase(number, line)).collect();
    let step = all.len().div_ceil(most.unwrap_or(all.len()).max(1)).max(1);
    all.into_iter().step_by(step).collect()
}

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

fn phrase(number: usize, line: &'static str) -> Option<Phrase> {
    let [language, _, text, meaning, latin, words] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let labels = words.split("; ").flat_map(labels).collect();
    let latin = Some(latin).filter(|latin| *latin != UNKNOWN);
    Some(Phrase { number, language, text, meaning, latin, labels })
}

fn labels(word: &'static str) -> Vec<Label> {
    let mut columns = word.split(' ');
    let word = columns.next().unwrap_or_default();
    let labelled = FIELDS.into_iter().zip(columns).filter(|(_, value)| *value != UNKNOWN);
    labelled.map(|(field, value)| Label { word, field, value }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_set_has_two_hundred_phrases_in_five_languages_and_says_where_they_are_from() {
        let all = phrases(None);
        assert_eq!(all.len(), lines().count(), "a line without six columns");
        assert!(all.len() >= 200, "{}", all.len());
        let mut counts = BTreeMap::new();
        for phrase in &all {
            *counts.entry(phrase.language).or_insert(0) += 1;
        }
        assert_eq!(counts.keys().copied().collect::<Vec<_>>(), ["ar", "es", "ka", "ru", "zh"]);
        assert!(counts.values().all(|count| *count >= 40), "{counts:?}");
        let texts: BTreeSet<&str> = all.iter().map(|phrase| phrase.text).collect();
        assert_eq!(texts.len(), all.len(), "a phrase stands twice");
        let sources: BTreeSet<&str> = lines().filter_map(|line| line.split('\t').nth(1)).collect();
        assert_eq!(sources.into_iter().collect::<Vec<_>>(), ["own", "proverb", "udhr"]);
    }

    #[test]
    fn labels_are_of_words_of_their_phrase() {
        for Phrase { text, meaning, latin, labels, .. } in phrases(None) {
            assert!(!meaning.is_empty() && latin.is_none_or(|latin| !latin.is_empty()), "{text}");
            let text = text.to_lowercase();
            for Label { word, field, value } in labels {
                assert!(text.contains(&word.to_lowercase()), "{word}: {text}");
                assert!(field != "gender" || ["m", "f", "n"].contains(&value), "{word}: {value}");
            }
        }
        let labels = super::labels("الكلمة كلمة f ك-ل-م");
        let values: Vec<_> = labels.iter().map(|label| (label.field, label.value)).collect();
        assert_eq!(values, [("lemma", "كلمة"), ("gender", "f"), ("root", "ك-ل-م")]);
        let of = |word| super::labels(word).len();
        assert_eq!(
            (of("-"), of("поздно -"), of("茶 茶 - - chá"), of("чай - - - - nominative tea/tea_plant")),
            (0, 0, 2, 2)
        );
    }

    #[test]
    fn every_kind_of_field_is_labelled_often() {
        let all = phrases(None);
        let count =
            |field: &str| all.iter().flat_map(|phrase| &phrase.labels).filter(|label| label.field == field).count();
        for (field, least) in [
            ("lemma", 400),
            ("gender", 200),
            ("root", 60),
            ("transliteration", 100),
            ("declension", 150),
            ("meaning", 250),
        ] {
            assert!(count(field) >= least, "{field}: {}", count(field));
        }
        let latin = all.iter().filter(|phrase| phrase.latin.is_some()).map(|phrase| phrase.language);
        assert_eq!(latin.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), ["ka", "ru", "zh"]);
    }

    #[test]
    fn fewer_phrases_are_of_all_languages() {
        let some = phrases(Some(25));
        assert!((20..=25).contains(&some.len()), "{}", some.len());
        assert_eq!(some.iter().map(|phrase| phrase.language).collect::<BTreeSet<_>>().len(), 5);
        assert_eq!(phrases(Some(0)).len(), 1);
    }
}
