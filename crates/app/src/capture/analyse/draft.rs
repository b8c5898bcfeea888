//! What a model answers, decoded strictly: nothing that the schema does not have is accepted. And what is refused of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::capture::text::plain;

/// Most bytes of an answer: far more than the longest card.
const MOST_BYTES: usize = 64 * 1024;

/// A card as a model filled it; what is empty it does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) transliteration: String,
    pub(super) marked: String,
    pub(super) translation: String,
    pub(super) grammar: Vec<DraftNote>,
    pub(super) words: Vec<DraftWord>,
    /// The places of what was refused for good.
    #[serde(skip)]
    pub(super) dropped: BTreeSet<String>,
}

/// Why a part of a draft is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    /// `translation`, `grammar.0`, `words.2`, `words.2.lemma`; `words` if some are missing.
    pub(super) place: String,
    /// Why, for the model.
    pub(super) what: String,
}

/// A remark on the grammar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DraftNote {
    pub(super) about: String,
    pub(super) remark: String,
}

/// A word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DraftWord {
    pub(super) word: String,
    pub(super) transliteration: String,
    pub(super) lemma: String,
    pub(super) root: String,
    pub(super) meaning: String,
    pub(super) gender: String,
    pub(super) declension: String,
    pub(super) notes: String,
}

impl DraftWord {
    /// Its fields, with their names.
    pub(super) fn fields(&self) -> [(&'static str, &String); 7] {
        let Self { word: _, transliteration, lemma, root, meaning, gender, declension, notes } = self;
        [
            ("transliteration", transliteration),
            ("lemma", lemma),
            ("root", root),
            ("meaning", meaning),
            ("gender", gender),
            ("declension", declension),
            ("notes", notes),
        ]
    }

    fn fields_mut(&mut self) -> [(&'static str, &mut String); 7] {
        let Self { word: _, transliteration, lemma, root, meaning, gender, declension, notes } = self;
        [
            ("transliteration", transliteration),
            ("lemma", lemma),
            ("root", root),
            ("meaning", meaning),
            ("gender", gender),
            ("declension", declension),
            ("notes", notes),
        ]
    }
}

impl Draft {
    /// From an answer; the reason if it is none.
    pub(super) fn of(answer: &str) -> Result<Self, String> {
        if answer.len() > MOST_BYTES {
            return Err(format!("it has more than {MOST_BYTES} bytes"));
        }
        let answer = answer.trim();
        // A list would be taken for the values of an object.
        if !answer.starts_with('{') {
            return Err("it does not begin with {".to_owned());
        }
        let mut draft: Self = serde_json::from_str(answer).map_err(|error| error.to_string())?;
        draft.each_text(|text| *text = plain(text));
        for word in &mut draft.words {
            word.gender = word.gender.to_lowercase();
        }
        Ok(draft)
    }

    fn each_text(&mut self, mut change: impl FnMut(&mut String)) {
        for text in [&mut self.transliteration, &mut self.marked, &mut self.translation] {
            change(text);
        }
        for note in &mut self.grammar {
            change(&mut note.about);
            change(&mut note.remark);
        }
        for word in &mut self.words {
            change(&mut word.word);
            for (_, text) in word.fields_mut() {
                change(text);
            }
        }
    }

    /// Empties what stands at a place: `translation`, `grammar.0`, `words.2`, `words.2.lemma`.
    pub(super) fn drop_at(&mut self, place: &str) {
        self.dropped.insert(place.to_owned());
        let mut parts = place.split('.');
        let (list, at, field) = (parts.next(), parts.next(), parts.next());
        let at = at.and_then(|at| at.parse::<usize>().ok());
        match (list, at) {
            (Some("transliteration"), _) => self.transliteration.clear(),
            (Some("marked"), _) => self.marked.clear(),
            (Some("translation"), _) => self.translation.clear(),
            (Some("grammar"), Some(at)) => {
                if let Some(note) = self.grammar.get_mut(at) {
                    note.remark.clear();
                }
            }
            (Some("words"), Some(at)) => {
                let Some(word) = self.words.get_mut(at) else { return };
                match field {
                    Some(name) => {
                        for (_, text) in word.fields_mut().into_iter().filter(|(known, _)| *known == name) {
                            text.clear();
                        }
                    }
                    None => word.word.clear(),
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_json_that_was_asked_for_is_accepted() {
        let draft = Draft::of(
            " {\"translation\":\"Where\\nis it?\\u202e\",\"words\":[{\"word\":\"чай\",\"gender\":\"Masculine\"}]}\n",
        );
        let draft = draft.unwrap();
        assert_eq!((draft.translation.as_str(), draft.words[0].gender.as_str()), ("Where is it?", "masculine"));
        for bad in
            ["", "<html>busy</html>", "{\"translation\":\"Wh", "{\"title\":\"a\"}", "[]", "{\"translation\":1}", "{}x"]
        {
            assert!(Draft::of(bad).is_err(), "{bad}");
        }
        assert!(Draft::of(&format!("{{\"translation\":\"{}\"}}", "a".repeat(MOST_BYTES))).is_err());
    }

    #[test]
    fn what_is_dropped_is_empty_and_known() {
        let word = DraftWord { word: "чай".to_owned(), lemma: "чай".to_owned(), ..DraftWord::default() };
        let mut draft = Draft { words: vec![word.clone(), word], translation: "Tea".to_owned(), ..Draft::default() };
        for place in ["words.0.lemma", "words.1", "translation", "words.7", "other"] {
            draft.drop_at(place);
        }
        assert_eq!((draft.words[0].lemma.as_str(), draft.words[0].word.as_str()), ("", "чай"));
        assert_eq!((draft.words[1].word.as_str(), draft.translation.as_str()), ("", ""));
        assert!(draft.dropped.contains("words.0.lemma"));
    }
}
