//! What Georgian words mean by the names that CLDR gives to emoji in both languages. There is no free dictionary, and these are the names of
//! pictures: each is doubtful.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use sluice_domain::study::{Reason, Source, StudyLanguage, Word};

use super::{Addition, Files, meaning};
use crate::models::KA_EMOJI;

/// The English names of the emoji that a Georgian word is the whole name of.
pub(super) struct EmojiNames {
    names: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct File {
    annotations: Annotations,
}

#[derive(Deserialize)]
struct Annotations {
    annotations: BTreeMap<String, Annotation>,
}

/// The keywords of an emoji beside its name are not read: they are no translations of each other.
#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    tts: Vec<String>,
}

impl EmojiNames {
    /// Of another language there are none.
    pub(super) fn read(files: Files<'_>, language: StudyLanguage) -> Result<Option<Self>, String> {
        if language != StudyLanguage::GEORGIAN {
            return Ok(None);
        }
        let wanted = ["annotations/ka/annotations.json", "annotations/en/annotations.json"];
        let found = files.members(&KA_EMOJI, &wanted)?;
        let [georgian, english] = found.as_slice() else { return Err("two files were to be found".to_owned()) };
        Self::of(georgian, english).map(Some)
    }

    fn of(georgian: &[u8], english: &[u8]) -> Result<Self, String> {
        let (georgian, english) = (named(georgian)?, named(english)?);
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        for (emoji, name) in georgian {
            if let Some(meaning) = english.get(&emoji) {
                let known = names.entry(name).or_default();
                if !known.contains(meaning) {
                    known.push(meaning.clone());
                }
            }
        }
        Ok(Self { names })
    }
}

/// The name of each emoji.
fn named(file: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let file: File = serde_json::from_slice(file).map_err(|error| error.to_string())?;
    let first = |(emoji, annotation): (String, Annotation)| Some((emoji, annotation.tts.into_iter().next()?));
    Ok(file.annotations.annotations.into_iter().filter_map(first).collect())
}

impl Addition for EmojiNames {
    /// A meaning for a word without one.
    fn add(&self, word: &mut Word) {
        if word.meaning.as_ref().is_some_and(|meaning| !meaning.text.is_empty()) {
            return;
        }
        let lemma = word.lemma.as_ref().map(|lemma| lemma.text.as_str()).filter(|lemma| !lemma.is_empty());
        let Some(names) = self.names.get(lemma.unwrap_or(&word.word)) else { return };
        let source = Source::Pack { name: "cldr-annotations".to_owned(), version: "48.2.0".to_owned() };
        word.meaning = Some(meaning(names.clone(), source, Some(Reason::SeveralSenses)));
    }
}

#[cfg(test)]
mod tests {
    use sluice_domain::study::{Doubt, Field};

    use super::*;

    fn annotations(names: &[(&str, &str)]) -> Vec<u8> {
        let each = names
            .iter()
            .map(|(emoji, name)| ((*emoji).to_owned(), serde_json::json!({ "default": ["a keyword"], "tts": [name] })));
        let each: serde_json::Map<String, serde_json::Value> = each.collect();
        serde_json::json!({ "annotations": { "identity": { "language": "ka" }, "annotations": each } })
            .to_string()
            .into_bytes()
    }

    fn names() -> EmojiNames {
        let georgian =
            annotations(&[("🐕", "ძაღლი"), ("🧒", "ბავშვი"), ("👁", "თვალი"), ("👀", "თვალი"), ("🦵", "ფეხი")]);
        let english = annotations(&[("🐕", "dog"), ("🧒", "child"), ("👁", "eye"), ("👀", "eyes")]);
        EmojiNames::of(&georgian, &english).unwrap()
    }

    fn of(word: Word) -> Option<Field> {
        let mut word = word;
        names().add(&mut word);
        word.meaning
    }

    #[test]
    fn a_word_means_what_the_emoji_of_that_name_is_called_and_that_is_doubtful() {
        let lemma = Field::sure("ბავშვი", Source::Rules { name: "test".to_owned() });
        let children = Word {
            lemma: Some(lemma),
            meaning: Some(Field::needs_provider(Reason::NoLocalSource)),
            ..Word::of("ბავშვები")
        };
        let child = of(children).unwrap();
        assert_eq!((child.text.as_str(), child.doubt), ("child", Doubt::Doubtful { reason: Reason::SeveralSenses }));
        let eye = of(Word::of("თვალი")).unwrap();
        assert_eq!((eye.text.is_empty(), eye.alternatives.len()), (false, 1));
    }

    #[test]
    fn nothing_is_made_up_and_nothing_is_replaced() {
        assert_eq!(of(Word::of("სახლი")), None);
        assert_eq!(of(Word::of("ფეხი")), None, "it has no English name");
        let known = Field::sure("hound", Source::Person);
        assert_eq!(of(Word { meaning: Some(known.clone()), ..Word::of("ძაღლი") }), Some(known));
        assert!(EmojiNames::of(b"{}", b"{}").is_err());
    }
}
