//! What is refused of a model's answer: a word that is not in the phrase, a text in another script, one that is too long.

use std::collections::HashSet;
use std::ops::Range;

use sluice_domain::language::Language;
use sluice_domain::study::StudyLanguage;
use sluice_local::analyse::latin_by_rules;

use super::draft::{Complaint, Draft, DraftNote, DraftWord};
use super::phrase::same_latin;
use super::task::Task;
use crate::capture::card::Made;

/// A language in Latin letters.
const LATIN: StudyLanguage = StudyLanguage::SPANISH;
/// Most characters of a translation or a transliteration beside so many for each of the phrase.
const MORE_CHARACTERS: usize = 200;
const CHARACTERS_OF_ONE: usize = 4;
/// Most characters of a field of a word, and of a remark.
const WORD_CHARACTERS: usize = 200;
const NOTE_CHARACTERS: usize = 500;
/// Most remarks, and most words.
const MOST_NOTES: usize = 12;
const MOST_WORDS: usize = 200;
const GENDERS: [&str; 5] = ["masculine", "feminine", "neuter", "common", ""];

/// What is refused of an answer.
pub(super) fn check(task: &Task, draft: &Draft) -> Vec<Complaint> {
    let mut found = Checking { task, complaints: Vec::new() };
    if task.wants(Made::Transliteration) {
        found.latin("transliteration", &task.phrase.text, &draft.transliteration, found.most());
    }
    if task.wants_marks() && !task.phrase.is_marked_as(&draft.marked) {
        found.refuse("marked", "it is not the phrase, letter by letter, with marks");
    }
    if task.wants(Made::Translation) {
        found.translation(&draft.translation);
    }
    if task.wants(Made::Grammar) {
        found.notes(&draft.grammar);
    }
    if task.wants(Made::Vocabulary) {
        found.words(&draft.words);
    }
    found.complaints
}

struct Checking<'a> {
    task: &'a Task,
    complaints: Vec<Complaint>,
}

impl Checking<'_> {
    fn refuse(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.complaints.push(Complaint { place: place.into(), what: what.into() });
    }

    fn language(&self) -> StudyLanguage {
        self.task.phrase.language
    }

    /// Most characters of a text that says the whole phrase.
    fn most(&self) -> usize {
        self.task.phrase.text.chars().count() * CHARACTERS_OF_ONE + MORE_CHARACTERS
    }

    /// Whether a text is neither too long nor markup; refuses it if it is.
    fn is_plain(&mut self, place: &str, text: &str, most: usize) -> bool {
        if text.chars().count() > most {
            self.refuse(place, format!("it has more than {most} characters"));
            return false;
        }
        // The phrase may be about markup.
        let has_markup = text.contains('<') && text.contains('>') && !self.task.phrase.text.contains('<');
        if has_markup {
            self.refuse(place, "it has markup");
        }
        !has_markup
    }

    /// What a text of the phrase is in Latin letters. Where rules are sure, it is what they make.
    fn latin(&mut self, place: &str, of: &str, text: &str, most: usize) {
        if !self.is_plain(place, text, most) {
            return;
        }
        if !LATIN.is_in(text) || self.language().is_in(text) {
            self.refuse(place, "it is not in Latin letters");
            return;
        }
        let by_rules = latin_by_rules(self.language(), of).filter(|latin| !latin.doubt.is_open());
        if let Some(latin) = by_rules.filter(|latin| !same_latin(&latin.text, text)) {
            self.refuse(place, format!("by the rules it is \"{}\"", latin.text));
        }
    }

    fn translation(&mut self, text: &str) {
        let most = self.most();
        if text.is_empty() {
            self.refuse("translation", "it is missing");
        } else if self.is_plain("translation", text, most) && !is_mostly_in(&self.task.to, text) {
            self.refuse("translation", format!("it is not in the script of \"{}\"", self.task.to));
        }
    }

    fn notes(&mut self, notes: &[DraftNote]) {
        for (at, DraftNote { about, remark }) in notes.iter().enumerate() {
            let place = format!("grammar.{at}");
            if at >= MOST_NOTES {
                self.refuse(place, "there are too many remarks");
            } else if remark.is_empty() {
                self.refuse(place, "it is empty");
            } else if !about.is_empty() && self.task.phrase.find(about).is_none() {
                self.refuse(place, "what it is about is not in the phrase");
            } else if self.is_plain(&place, remark, NOTE_CHARACTERS) && !has_letters_of(&self.task.to, remark) {
                self.refuse(place, format!("it is not in the script of \"{}\"", self.task.to));
            }
        }
    }

    fn words(&mut self, words: &[DraftWord]) {
        // Not borrowed through what is changed below.
        let task = self.task;
        let phrase = &task.phrase;
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut seen = HashSet::new();
        for (at, word) in words.iter().enumerate() {
            let place = format!("words.{at}");
            if at >= MOST_WORDS {
                self.refuse(place, "there are too many words");
                continue;
            }
            let Some(pieces) = phrase.find(&word.word) else {
                self.refuse(place, "the word is not in the phrase as it is written");
                continue;
            };
            // The same word twice is not worth another question.
            if seen.insert(pieces.clone()) {
                self.word(&place, word, phrase.slice(&pieces));
                found.push(pieces);
            }
        }
        // A word that comes twice in the phrase is listed once.
        let missing: Vec<&str> = phrase.uncovered(&found);
        let missing: Vec<&str> = missing
            .into_iter()
            .filter(|word| phrase.find(word).is_some_and(|at| !found.iter().any(|one| covers(one, &at))))
            .collect();
        if !missing.is_empty() {
            self.refuse("words", format!("these are missing: {}", missing.join(", ")));
        }
    }

    fn word(&mut self, place: &str, word: &DraftWord, as_it_stands: &str) {
        let (language, facts) = (self.language(), self.language().facts());
        for (name, text) in word.fields() {
            let place = format!("{place}.{name}");
            match name {
                "transliteration" => {
                    if facts.scheme.is_some() {
                        self.latin(&place, as_it_stands, text, WORD_CHARACTERS);
                    }
                    continue;
                }
                "lemma" | "meaning" if text.is_empty() => {
                    self.refuse(place, "it is missing");
                    continue;
                }
                _ if text.is_empty() => continue,
                _ => {}
            }
            if !self.is_plain(&place, text, WORD_CHARACTERS) {
                continue;
            }
            let what = match name {
                "lemma" | "root" if !is_only_in(language, text) => "it is not in the script of the language",
                "meaning" if !is_mostly_in(&self.task.to, text) => "it is not in the script of the learner's language",
                "gender" if !GENDERS.contains(&text.as_str()) => "there is no such gender",
                _ => continue,
            };
            self.refuse(place, what);
        }
    }
}

fn covers(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.start && other.end <= one.end
}

/// Whether all letters of a text are of a language.
fn is_only_in(language: StudyLanguage, text: &str) -> bool {
    language.is_in(text) && text.chars().filter(|letter| letter.is_alphabetic()).all(|letter| language.writes(letter))
}

/// One of the languages that are written in the script of a language; none if that is not known.
fn script_of(code: &str) -> Option<StudyLanguage> {
    // All that are narrated, but Arabic, are in Latin letters.
    StudyLanguage::from_code(code).or_else(|| Language::from_code(code).map(|_| LATIN))
}

/// Whether most letters of a text are of the script of a language, as far as that is known.
fn is_mostly_in(code: &str, text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let own = |language: StudyLanguage| {
        text.chars().filter(|letter| letter.is_alphabetic() && language.writes(*letter)).count()
    };
    script_of(code).is_none_or(|language| 2 * own(language) > letters)
}

/// Whether a text has letters of the script of a language, as far as that is known.
fn has_letters_of(code: &str, text: &str) -> bool {
    script_of(code).is_none_or(|language| language.is_in(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, latin: &str, meaning: &str) -> DraftWord {
        DraftWord {
            word: text.to_owned(),
            transliteration: latin.to_owned(),
            lemma: text.to_lowercase(),
            meaning: meaning.to_owned(),
            ..DraftWord::default()
        }
    }

    fn good() -> Draft {
        Draft {
            transliteration: "Gde moy chay?".to_owned(),
            translation: "Where is my tea?".to_owned(),
            grammar: vec![DraftNote { about: "мой".to_owned(), remark: "agrees with чай".to_owned() }],
            words: vec![word("Где", "gde", "where"), word("мой", "moy", "my"), word("чай", "chay", "tea")],
            ..Draft::default()
        }
    }

    fn places(draft: &Draft) -> Vec<String> {
        let task = Task::new("Где мой чай?", StudyLanguage::RUSSIAN, "en", &Made::ALL);
        check(&task, draft).into_iter().map(|complaint| complaint.place).collect()
    }

    fn with(change: fn(&mut Draft)) -> Vec<String> {
        let mut draft = good();
        change(&mut draft);
        places(&draft)
    }

    #[test]
    fn a_card_that_keeps_the_rules_is_accepted() {
        assert_eq!(check(&Task::new("Где мой чай?", StudyLanguage::RUSSIAN, "en", &Made::ALL), &good()), []);
        let again = Task::new("Мой чай, мой!", StudyLanguage::RUSSIAN, "en", &[Made::Vocabulary]);
        let draft =
            Draft { words: vec![word("Мой", "moy", "my"), word("чай", "chay", "tea")], ..Draft::default() };
        assert_eq!(check(&again, &draft), [], "a word that comes twice is listed once");
    }

    #[test]
    fn what_breaks_a_rule_is_refused_with_its_place() {
        assert_eq!(with(|draft| draft.translation = "Где мой чай?".to_owned()), ["translation"]);
        assert_eq!(with(|draft| draft.translation = "<b>Where</b> is my tea?".to_owned()), ["translation"]);
        assert_eq!(with(|draft| draft.translation = "a ".repeat(200)), ["translation"]);
        assert_eq!(with(|draft| draft.translation.clear()), ["translation"]);
        assert_eq!(with(|draft| draft.transliteration = "Gde tvoy chay".to_owned()), ["transliteration"]);
        assert_eq!(with(|draft| draft.transliteration = "Где мой".to_owned()), ["transliteration"]);
        assert_eq!(with(|draft| draft.grammar[0].about = "кофе".to_owned()), ["grammar.0"]);
        assert_eq!(with(|draft| draft.words[1] = word("твой", "tvoy", "your")), ["words.1", "words"]);
        assert_eq!(with(|draft| draft.words[2].lemma = "chai".to_owned()), ["words.2.lemma"]);
        assert_eq!(with(|draft| draft.words[2].meaning = "чай".to_owned()), ["words.2.meaning"]);
        assert_eq!(with(|draft| draft.words[2].gender = "strong".to_owned()), ["words.2.gender"]);
        assert_eq!(with(|draft| drop(draft.words.pop())), ["words"]);
    }

    #[test]
    fn marks_of_another_phrase_are_refused() {
        let task = Task::new("كتاب", StudyLanguage::ARABIC, "en", &[Made::Transliteration]);
        let draft =
            |marked: &str| Draft {
                transliteration: "kitāb".to_owned(), marked: marked.to_owned(), ..Draft::default()
            };
        assert_eq!(check(&task, &draft("كِتَاب")), []);
        assert_eq!(check(&task, &draft("كِتَابَة"))[0].place, "marked");
    }

    #[test]
    fn scripts_are_those_of_the_learner() {
        assert!(is_mostly_in("ar", "أين الشاي؟") && !is_mostly_in("ar", "Where is it?"));
        assert!(is_mostly_in("de", "Wo ist mein чай?") && is_mostly_in("ja", "何でも"));
        assert!(!is_mostly_in("en", "42!"), "a translation has letters");
    }
}
