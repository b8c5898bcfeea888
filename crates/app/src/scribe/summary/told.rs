//! What a model is told of a transcript, in parts that fit, and what is refused of what it wrote about it.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use sluice_domain::language::Language;

use super::draft::{Draft, Item, Refused};
use crate::grounding::ground::Ground;
use crate::grounding::lexicon::Lexicon;
use crate::grounding::text::{find_markup, is_arabic};
use crate::grounding::{names, numbers, unknown_number};

/// Most characters of a part: what every model of today reads at once, with room for its answer.
const PART_CHARACTERS: usize = 24_000;
/// Most parts: about ten hours of speech.
const MOST_PARTS: usize = 24;
/// Most characters of a sentence, and of the title of a moment.
const SENTENCE: usize = 500;
const TITLE: usize = 120;
/// Most passages that a sentence is from.
pub(super) const MOST_PASSAGES: usize = 12;
/// Most terms, and most characters of one.
const MOST_TERMS: usize = 20;
const TERM: usize = 60;
/// Fewest letters whose script tells a language.
const LETTERS: usize = 8;

/// A passage as a model is told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ToldPassage {
    #[serde(rename = "passage")]
    pub(super) number: u32,
    pub(super) speaker: Option<u32>,
    pub(super) text: String,
}

/// What a model is told.
pub(super) struct Told {
    pub(super) language: Language,
    passages: Vec<ToldPassage>,
    lexicon: &'static Lexicon,
    /// What is said in any passage.
    all: Ground,
    number_words: HashSet<String>,
}

impl Told {
    /// These passages, in this language. It is work for a blocking thread.
    pub(super) fn new(passages: Vec<ToldPassage>, language: Language) -> Self {
        let lexicon = Lexicon::of(language);
        let texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
        let all = Ground::new(&texts.join("\n"), lexicon);
        Self { language, passages, lexicon, all, number_words: numbers::number_words(lexicon) }
    }

    /// All passages, in parts that fit; none if there are too many.
    pub(super) fn parts(&self) -> Option<Vec<&[ToldPassage]>> {
        let (mut parts, mut start, mut characters) = (Vec::new(), 0, 0);
        for (at, passage) in self.passages.iter().enumerate() {
            let more = passage.text.chars().count();
            if at > start && characters + more > PART_CHARACTERS {
                parts.extend(self.passages.get(start..at));
                (start, characters) = (at, 0);
            }
            characters += more;
        }
        parts.extend(self.passages.get(start..).filter(|rest| !rest.is_empty()));
        (parts.len() <= MOST_PARTS).then_some(parts)
    }

    /// What is refused of a draft that may be from these passages.
    pub(super) fn check(&self, draft: &Draft, given: &BTreeSet<u32>) -> Vec<Refused> {
        let mut refused = Vec::new();
        for (list, items) in draft.lists() {
            let most = if list == "moments" { TITLE } else { SENTENCE };
            for (at, item) in items.iter().enumerate() {
                refused.extend(self.fault(item, given, most).map(|why| Refused { list, at, why }));
            }
        }
        refused
    }

    /// Leaves the terms that are said, each once.
    pub(super) fn keep_terms(&self, draft: &mut Draft) {
        let mut known = HashSet::new();
        draft.terms.retain(|term| {
            term.contains(char::is_alphanumeric)
                && term.chars().count() <= TERM
                && self.all.has_phrase(term)
                && known.insert(term.to_lowercase())
        });
        draft.terms.truncate(MOST_TERMS);
    }

    /// Why an item is refused, for the model.
    fn fault(&self, item: &Item, given: &BTreeSet<u32>, most: usize) -> Option<String> {
        let Item { text, who, by_when, passages } = item;
        if !text.contains(char::is_alphanumeric) {
            return Some("it has no text".to_owned());
        }
        if text.chars().count() > most {
            return Some(format!("it has more than {most} characters"));
        }
        if let Some(markup) = find_markup(text) {
            return Some(format!("it has markup: {markup}"));
        }
        if !self.is_in_script(text) {
            return Some("it is not in the language of the transcript".to_owned());
        }
        if passages.is_empty() || passages.len() > MOST_PASSAGES {
            return Some(format!("it names {} passages, and 1 to {MOST_PASSAGES} were asked for", passages.len()));
        }
        if let Some(unknown) = passages.iter().find(|passage| !given.contains(passage)) {
            return Some(format!("there is no passage {unknown} in the data"));
        }
        let ground = self.ground(passages);
        for (name, copied) in [("who", who), ("by_when", by_when)] {
            if !ground.has_phrase(copied) {
                return Some(format!("{name} is not said word for word in its passages"));
            }
        }
        self.unfounded(text, &ground)
    }

    /// The first number, quotation or name of a sentence that is not said in its passages.
    fn unfounded(&self, text: &str, ground: &Ground) -> Option<String> {
        let code = self.language.code();
        if let Some(number) = unknown_number(text, ground, code, &self.number_words) {
            return Some(format!("the number \"{number}\" is not said in its passages"));
        }
        if let Some(quotation) = names::unknown_quotation(text, ground) {
            return Some(format!("the quotation \"{quotation}\" is not said word for word in its passages"));
        }
        if let Some(name) = names::unknown_name(text, ground, &self.all, self.lexicon) {
            return Some(format!("\"{name}\" looks like a name, and is not said in its passages"));
        }
        let words = names::unsupported(text, ground, self.lexicon)?;
        Some(format!("most of its words are not said in its passages: {words}"))
    }

    /// What is said in these passages.
    fn ground(&self, numbers: &[u32]) -> Ground {
        let named = self.passages.iter().filter(|passage| numbers.contains(&passage.number));
        let texts: Vec<&str> = named.map(|passage| passage.text.as_str()).collect();
        Ground::new(&texts.join("\n"), self.lexicon)
    }

    /// Whether a text is in Arabic letters if the transcript is, and in others if it is not.
    fn is_in_script(&self, text: &str) -> bool {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let arabic = text.chars().filter(|c| c.is_alphabetic() && is_arabic(*c)).count();
        letters < LETTERS || (self.language == Language::ARABIC) == (arabic * 2 >= letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(texts: &[&str]) -> Told {
        let passages = (0..).zip(texts);
        let passages = passages.map(|(number, text)| ToldPassage { number, speaker: None, text: (*text).to_owned() });
        Told::new(passages.collect(), Language::ENGLISH)
    }

    fn fault(told: &Told, text: &str, passages: &[u32]) -> Option<String> {
        let item = Item { text: text.to_owned(), passages: passages.to_vec(), ..Item::default() };
        told.fault(&item, &BTreeSet::from([0, 1]), SENTENCE)
    }

    #[test]
    fn what_is_not_said_in_the_named_passages_is_refused() {
        let told = told(&["We sail on Monday with 12 boats.", "Omar brings the map."]);
        assert_eq!(fault(&told, "We sail with twelve boats on Monday.", &[0]), None);
        assert_eq!(fault(&told, "Omar brings the map, and we sail on Monday.", &[0, 1]), None);
        for (text, passages, why) in [
            ("We sail with 13 boats.", &[0][..], "13"),
            ("On Tuesday we sail.", &[0][..], "Tuesday"),
            ("We sail with Omar.", &[0][..], "Omar"),
            ("We sail “on a Monday”.", &[0][..], "quotation"),
            ("We sail on **Monday**.", &[0][..], "markup"),
            ("We sail on Monday.", &[][..], "passages"),
            ("We sail on Monday.", &[7][..], "passage 7"),
            ("", &[0][..], "no text"),
        ] {
            let found = fault(&told, text, passages).unwrap_or_default();
            assert!(found.contains(why), "{text}: {found}");
        }
        let mut item = Item { text: "The map is to be brought.".to_owned(), passages: vec![1], ..Item::default() };
        item.who = "Omar".to_owned();
        assert_eq!(told.fault(&item, &BTreeSet::from([1]), SENTENCE), None);
        item.by_when = "by Friday".to_owned();
        assert!(told.fault(&item, &BTreeSet::from([1]), SENTENCE).is_some());
    }

    #[test]
    fn parts_have_every_passage_once_and_fit() {
        let long = "word ".repeat(2_000);
        let parts = |count: usize| {
            let told = told(&vec![long.as_str(); count]);
            told.parts().map(|parts| parts.iter().map(|part| part.len()).collect::<Vec<_>>())
        };
        assert_eq!(parts(0), Some(vec![]));
        assert_eq!(parts(5), Some(vec![2, 2, 1]));
        assert_eq!(parts(2 * MOST_PARTS + 1), None);
    }

    #[test]
    fn terms_are_said() {
        let told = told(&["The tide is low."]);
        let terms = ["tide", "Tide", "high tide", "…"].map(str::to_owned).to_vec();
        let mut draft = Draft { terms, ..Draft::default() };
        told.keep_terms(&mut draft);
        assert_eq!(draft.terms, ["tide"]);
    }
}
