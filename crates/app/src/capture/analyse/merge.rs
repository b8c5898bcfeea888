//! Merges a model's answer with what this machine knows. Fields that agree are sure; those that do not are doubtful, with the
//! other version and its source. Refused parts of the answer leave the local fields as they are.

use std::ops::Range;

use sluice_domain::study::{Analysis, Doubt, Field, Note, Objection, Reason, Source, StudyLanguage, Word};
use sluice_local::analyse::latin_by_rules;

use super::draft::{Draft, DraftWord};
use super::phrase::{Phrase, alike, normal, same, same_latin};
use super::task::Task;
use crate::capture::card::Made;

/// The language of the meanings in the built-in dictionaries.
const LOCAL_MEANINGS: &str = "en";

/// Merges a model's answer with the local fields. Both have passed their checks.
pub(super) fn merge(task: &Task, local: Analysis, draft: &Draft, source: &Source) -> Analysis {
    let merging = Merging { task, draft, source };
    let mut merged = local;
    if task.wants(Made::Transliteration) {
        merged.marked = merging.marked();
        merged.transliteration = merging.transliteration(merged.transliteration.take());
    }
    if task.wants(Made::Translation) {
        merged.translation = merging.field("translation", merged.translation.take(), &draft.translation, alike);
    }
    if task.wants(Made::Grammar) {
        merging.grammar(&mut merged.grammar);
    }
    if task.wants(Made::Vocabulary) {
        merged.vocabulary = merging.vocabulary(std::mem::take(&mut merged.vocabulary));
    }
    merged
}

/// Sets the reason for all missing fields.
pub(super) fn missing_because(analysis: &mut Analysis, reason: Reason) {
    for (_, field) in analysis.fields_mut() {
        if let Doubt::NeedsProvider { .. } = field.doubt {
            field.doubt = Doubt::NeedsProvider { reason };
        }
    }
}

struct Merging<'a> {
    task: &'a Task,
    draft: &'a Draft,
    source: &'a Source,
}

impl<'a> Merging<'a> {
    fn phrase(&self) -> &'a Phrase {
        &self.task.phrase
    }

    fn language(&self) -> StudyLanguage {
        self.phrase().language
    }

    /// The merged field at a place of the draft.
    fn field(
        &self,
        place: &str,
        local: Option<Field>,
        said: &str,
        agree: impl Fn(&str, &str) -> bool,
    ) -> Option<Field> {
        let is_known = local.as_ref().is_some_and(|field| field.source.is_some());
        match (said.is_empty(), local) {
            (false, local) => Some(self.weighed(local, said, agree)),
            (true, local) if is_known => local,
            // The model's answer was refused.
            (true, _) if self.draft.dropped.contains(place) => Some(Field::needs_provider(Reason::ModelFailed)),
            // The model says that there is none.
            (true, _) => None,
        }
    }

    fn weighed(&self, local: Option<Field>, said: &str, agree: impl Fn(&str, &str) -> bool) -> Field {
        let mut made = Field::sure(said, self.source.clone());
        let Some(Field { text, alternatives, source: Some(by), .. }) = local else { return made };
        if text.is_empty() || [&text].into_iter().chain(&alternatives).any(|known| agree(known, said)) {
            return made;
        }
        made.alternatives = alternatives;
        made.object(Reason::Disagreement, Objection { by, text, why: String::new() });
        made
    }

    /// The phrase with its vowel marks; the rules decide whether they are complete.
    fn marked(&self) -> Option<Field> {
        if !self.task.wants_marks() || self.draft.marked.is_empty() {
            return None;
        }
        let mut field = Field::sure(&self.draft.marked, self.source.clone());
        if let Some(latin) = latin_by_rules(self.language(), &self.draft.marked) {
            field.doubt = latin.doubt;
        }
        Some(field)
    }

    /// The transliteration. With vowel marks the rules make it, and the model's own is only compared with it.
    fn transliteration(&self, local: Option<Field>) -> Option<Field> {
        let said = &self.draft.transliteration;
        if let Some(local) = local.as_ref().filter(|local| is_ruled(local)) {
            return Some(local.clone());
        }
        match self.by_marks(&self.draft.marked) {
            Some(made) => Some(self.compared(made, said)),
            None => self.field("transliteration", local, said, same_latin),
        }
    }

    /// The transliteration by rules of a text whose vowel marks are the model's.
    fn by_marks(&self, marked: &str) -> Option<Field> {
        let latin = latin_by_rules(self.language(), marked).filter(|_| !marked.is_empty())?;
        Some(Field { source: Some(self.source.clone()), ..latin })
    }

    fn compared(&self, mut made: Field, said: &str) -> Field {
        if !said.is_empty() && !same_latin(&made.text, said) {
            let objection = Objection { by: self.source.clone(), text: said.to_owned(), why: String::new() };
            made.object(Reason::Disagreement, objection);
        }
        made
    }

    fn grammar(&self, notes: &mut Vec<Note>) {
        let said = self.draft.grammar.iter().filter(|note| !note.remark.is_empty());
        let made = |about: &str, text: &str| {
            let about = self.phrase().find(about).map(|pieces| self.phrase().slice(&pieces).to_owned());
            Note { about: about.unwrap_or_default(), text: Field::sure(text, self.source.clone()) }
        };
        let said: Vec<Note> = said.map(|note| made(&note.about, &note.remark)).collect();
        if said.is_empty() && !self.draft.grammar.is_empty() {
            // All of its remarks were refused.
            for note in notes.iter_mut().filter(|note| note.text.source.is_none()) {
                note.text = Field::needs_provider(Reason::ModelFailed);
            }
            return;
        }
        *notes = said;
    }

    /// The model's words, in the order of the phrase, with the local words that it left out.
    fn vocabulary(&self, mut local: Vec<Word>) -> Vec<Word> {
        let phrase = self.phrase();
        let mut words: Vec<(Range<usize>, Word)> = Vec::new();
        for (at, said) in self.draft.words.iter().enumerate() {
            let Some(pieces) = phrase.find(&said.word).filter(|_| !said.word.is_empty()) else { continue };
            if words.iter().any(|(known, _)| *known == pieces) {
                continue;
            }
            let is_it = |word: &Word| normal(self.language(), &word.word) == normal(self.language(), &said.word);
            let known = local.iter().position(is_it).map(|place| local.remove(place));
            let known = known.unwrap_or_else(|| Word::of(phrase.slice(&pieces)));
            let word = self.word(&format!("words.{at}"), known, said, &pieces);
            words.push((pieces, word));
        }
        for word in local {
            let Some(pieces) = phrase.find(&word.word) else { continue };
            let is_in = |(known, _): &(Range<usize>, Word)| known.start <= pieces.start && pieces.end <= known.end;
            if !words.iter().any(is_in) {
                words.push((pieces, word));
            }
        }
        words.sort_by_key(|(pieces, _)| (pieces.start, pieces.end));
        words.into_iter().map(|(_, word)| word).collect()
    }

    fn word(&self, place: &str, local: Word, said: &DraftWord, pieces: &Range<usize>) -> Word {
        let (language, facts) = (self.language(), self.language().facts());
        let has_local_meanings = self.task.to == LOCAL_MEANINGS;
        let at = |name: &str| format!("{place}.{name}");
        let same = |one: &str, other: &str| same(language, one, other);
        // Meanings in different languages cannot be compared.
        let explained = |local: Option<Field>| local.filter(|local| has_local_meanings || local.source.is_none());
        let local_latin = local.transliteration;
        let transliteration = match local_latin {
            _ if facts.scheme.is_none() => None,
            Some(local) if is_ruled(&local) => Some(local),
            local => match self.marked_word(pieces) {
                Some(made) => Some(self.compared(made, &said.transliteration)),
                None => self.field(&at("transliteration"), local, &said.transliteration, same_latin),
            },
        };
        let of = |has: bool, name: &str, local: Option<Field>, said: &str, agree: &dyn Fn(&str, &str) -> bool| {
            if has { self.field(&at(name), local, said, agree) } else { None }
        };
        Word {
            transliteration,
            lemma: of(true, "lemma", local.lemma, &said.lemma, &same),
            root: of(facts.root.is_some(), "root", local.root, &said.root, &same),
            meaning: of(true, "meaning", explained(local.meaning), &said.meaning, &alike),
            gender: of(facts.gender.is_some(), "gender", local.gender, &said.gender, &same),
            declension: of(
                facts.declension.is_some(),
                "declension",
                explained(local.declension),
                &said.declension,
                &alike,
            ),
            notes: of(true, "notes", explained(local.notes), &said.notes, &alike),
            // These come from lists, and no model is asked for them.
            frequency: local.frequency,
            level: local.level,
            word: local.word,
        }
    }

    /// The transliteration of a word by the vowel marks that the model set in the phrase.
    fn marked_word(&self, pieces: &Range<usize>) -> Option<Field> {
        let marked = Phrase::new(&self.draft.marked, self.language());
        if marked.len() != self.phrase().len() {
            return None;
        }
        self.by_marks(marked.slice(pieces))
    }
}

/// Whether a field was made by rules that are sure of it: no model overrides these.
fn is_ruled(field: &Field) -> bool {
    field.doubt == Doubt::Sure && matches!(field.source, Some(Source::Rules { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::analyse::draft::DraftNote;

    fn model() -> Source {
        Source::Model { provider: "letters".to_owned(), name: "quill".to_owned(), version: "7".to_owned() }
    }

    fn pack() -> Source {
        Source::Pack { name: "mueller".to_owned(), version: "7".to_owned() }
    }

    fn local() -> Analysis {
        let rules = Source::Rules { name: "bgn-pcgn-1947".to_owned() };
        let missing = || Some(Field::needs_provider(Reason::NoLocalSource));
        let meaning = Field::doubtful("gull", pack(), Reason::SeveralSenses).or(vec!["tea".to_owned()]);
        let tea = Word {
            lemma: Some(Field::sure("чай", pack())),
            meaning: Some(meaning),
            gender: Some(Field::sure("masculine", pack())),
            declension: missing(),
            ..Word::of("чай")
        };
        Analysis {
            transliteration: Some(Field::sure("Moy chay", rules)),
            translation: missing(),
            grammar: vec![Note { about: String::new(), text: Field::needs_provider(Reason::NoLocalSource) }],
            vocabulary: vec![Word { lemma: missing(), ..Word::of("Мой") }, tea],
            ..Analysis::default()
        }
    }

    fn said(word: DraftWord) -> Draft {
        Draft {
            transliteration: "Moj čaj".to_owned(),
            translation: "My tea".to_owned(),
            grammar: vec![DraftNote { about: "мой".to_owned(), remark: "agrees".to_owned() }],
            words: vec![word],
            ..Draft::default()
        }
    }

    fn tea(meaning: &str) -> DraftWord {
        DraftWord {
            word: "чай".to_owned(),
            lemma: "чай".to_owned(),
            meaning: meaning.to_owned(),
            gender: "feminine".to_owned(),
            ..DraftWord::default()
        }
    }

    fn merged(draft: &Draft) -> Analysis {
        merge(&Task::new("Мой чай", StudyLanguage::RUSSIAN, "en", &Made::ALL), local(), draft, &model())
    }

    #[test]
    fn what_agrees_is_sure_and_what_does_not_says_who_has_what() {
        let merged = merged(&said(tea("tea")));
        assert_eq!(merged.transliteration.unwrap().text, "Moy chay", "the rules know it");
        assert_eq!(merged.translation, Some(Field::sure("My tea", model())));
        assert_eq!((merged.grammar[0].about.as_str(), merged.grammar.len()), ("Мой", 1), "as it stands in the phrase");
        let words: Vec<&str> = merged.vocabulary.iter().map(|word| word.word.as_str()).collect();
        assert_eq!(words, ["Мой", "чай"], "what the model left out is there");
        let tea = &merged.vocabulary[1];
        assert_eq!(tea.meaning, Some(Field::sure("tea", model())), "it is one of the dictionary's");
        assert_eq!(tea.declension, None, "the model says that there is none");
        let gender = tea.gender.as_ref().unwrap();
        assert_eq!(
            (gender.text.as_str(), gender.doubt),
            ("feminine", Doubt::Doubtful { reason: Reason::Disagreement })
        );
        let objection = Objection { by: pack(), text: "masculine".to_owned(), why: String::new() };
        assert_eq!(gender.against, [objection]);
    }

    #[test]
    fn what_was_refused_stays_as_it_is_known_here() {
        let mut draft = said(tea("tea"));
        for place in ["translation", "grammar.0", "words.0.lemma", "words.0.declension", "words.0.meaning"] {
            draft.drop_at(place);
        }
        let merged = merged(&draft);
        let failed = Some(Field::needs_provider(Reason::ModelFailed));
        assert_eq!((&merged.translation, &Some(merged.grammar[0].text.clone())), (&failed, &failed));
        let tea = &merged.vocabulary[1];
        assert_eq!((&tea.lemma, &tea.declension), (&Some(Field::sure("чай", pack())), &failed));
        let meaning = tea.meaning.as_ref().unwrap();
        assert_eq!((meaning.text.as_str(), meaning.source.clone()), ("gull", Some(pack())));
        let mut none = local();
        missing_because(&mut none, Reason::AllowanceUsed);
        assert_eq!(none.translation, Some(Field::needs_provider(Reason::AllowanceUsed)));
    }

    #[test]
    fn meanings_in_another_language_are_not_compared() {
        let task = Task::new("Мой чай", StudyLanguage::RUSSIAN, "de", &[Made::Vocabulary]);
        let merged = merge(&task, local(), &said(tea("Tee")), &model());
        assert_eq!(merged.vocabulary[1].meaning, Some(Field::sure("Tee", model())));
        assert_eq!(merged.translation, local().translation, "nobody asked for it");
    }

    #[test]
    fn vowels_of_a_model_become_latin_by_the_rules() {
        let task = Task::new("كتاب", StudyLanguage::ARABIC, "en", &[Made::Transliteration]);
        let local =
            Analysis { transliteration: latin_by_rules(StudyLanguage::ARABIC, "كتاب"), ..Analysis::default() };
        let draft =
            |latin: &str| Draft {
                transliteration: latin.to_owned(), marked: "كِتَاب".to_owned(), ..Draft::default()
            };
        let made = merge(&task, local.clone(), &draft("kitāb"), &model());
        assert_eq!(made.marked.unwrap().text, "كِتَاب");
        let latin = made.transliteration.unwrap();
        assert_eq!((latin.text.as_str(), latin.source), ("kitāb", Some(model())));
        let other = merge(&task, local, &draft("kuttāb"), &model()).transliteration.unwrap();
        assert_eq!((other.text.as_str(), other.against[0].text.as_str()), ("kitāb", "kuttāb"));
    }
}
