//! A card beside the labels of its phrase.

use serde::Serialize;
use sluice_app::capture::view::{FieldView, PhraseView, WordView};

use super::set::{Label, Phrase};

/// Signs of a sentence, which nobody says, and which are no mistake where they are missing.
const SIGNS: &str = ".,;:?!¿¡—–-'’\"“”«»()…·。，、；：？！（）「」";

/// A field that is not as its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Wrong {
    /// Its path: `text`, `language`, `vocabulary.2.lemma`.
    pub(super) field: String,
    /// The word that it is of; empty of the phrase.
    pub(super) word: String,
    pub(super) expected: String,
    pub(super) found: String,
    /// It is among the card's doubts, or what it was made of is.
    pub(super) is_flagged: bool,
}

/// What came of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Judged {
    /// Characters that are wrong, missing or too many.
    pub(super) errors: usize,
    /// Characters of the phrase.
    pub(super) characters: usize,
    /// Labelled fields that were compared.
    pub(super) compared: usize,
    /// Of these, such as are empty, and say that they need a provider.
    pub(super) empty: usize,
    /// Fields that are as labelled and doubtful all the same.
    pub(super) doubted: usize,
    /// Fields that are not as labelled.
    pub(super) wrong: Vec<Wrong>,
}

/// The parts of a card that are judged.
pub(super) struct Card<'a> {
    pub(super) text: &'a str,
    pub(super) language: Option<&'a str>,
    pub(super) words: &'a [WordView],
    /// Paths of the fields that are doubtful or missing.
    pub(super) doubts: &'a [String],
}

impl<'a> Card<'a> {
    pub(super) fn of(view: &'a PhraseView) -> Self {
        Self {
            text: &view.text.text,
            language: view.language.as_ref().map(|language| language.code),
            words: &view.vocabulary,
            doubts: &view.doubts,
        }
    }

    fn is_doubtful(&self, field: &str) -> bool {
        self.doubts.iter().any(|doubt| doubt == field)
    }
}

/// Compares a card with its phrase. Of a text that is wrong the words are not compared: they are those of another phrase.
pub(super) fn judge(phrase: &Phrase, card: &Card<'_>) -> Judged {
    let (read, expected) = (characters(card.text), characters(phrase.text));
    let mut judged = Judged { errors: distance(&read, &expected), characters: expected.len(), ..Judged::default() };
    judged.compared += 1;
    if judged.errors > 0 {
        judged.wrong.push(wrong(card, "text", "", phrase.text, card.text));
    } else if card.is_doubtful("text") {
        judged.doubted += 1;
    }
    if card.language != Some(phrase.language) {
        let found = card.language.unwrap_or_default();
        judged.wrong.push(wrong(card, "language", "", phrase.language, found));
    }
    if judged.wrong.is_empty() {
        for label in &phrase.labels {
            word(label, card, &mut judged);
        }
    }
    judged
}

fn word(label: &Label, card: &Card<'_>, judged: &mut Judged) {
    judged.compared += 1;
    let wanted = label.word.to_lowercase();
    let Some(at) = card.words.iter().position(|word| word.word.to_lowercase() == wanted) else {
        // A word that is not there is cut elsewhere: what stands in its place is another word.
        judged.wrong.push(wrong(card, "vocabulary", label.word, label.word, ""));
        return;
    };
    let path = format!("vocabulary.{at}.{}", label.field);
    match card.words.get(at).and_then(|word| field(word, label.field)).filter(|field| !field.text.is_empty()) {
        None => judged.empty += 1,
        Some(field) if is_same(label, &field.text) => judged.doubted += usize::from(card.is_doubtful(&path)),
        Some(field) => judged.wrong.push(wrong(card, &path, label.word, label.value, &field.text)),
    }
}

fn wrong(card: &Card<'_>, field: &str, word: &str, expected: &str, found: &str) -> Wrong {
    Wrong {
        field: field.to_owned(),
        word: word.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
        // A text in doubt is looked at, and what is made of it is made again once it is right.
        is_flagged: card.is_doubtful(field) || card.is_doubtful("text"),
    }
}

fn field<'a>(word: &'a WordView, name: &str) -> Option<&'a FieldView> {
    match name {
        "lemma" => word.lemma.as_ref(),
        "gender" => word.gender.as_ref(),
        "root" => word.root.as_ref(),
        "transliteration" => word.transliteration.as_ref(),
        _ => None,
    }
}

fn is_same(label: &Label, found: &str) -> bool {
    match label.field {
        "gender" => found.starts_with(label.value),
        "root" => found.replace(' ', "-") == label.value,
        _ => plain(found) == plain(label.value),
    }
}

/// Without vowel marks, which printed Arabic has not, and whatever the case.
fn plain(text: &str) -> String {
    let letters = text.chars().filter(|&letter| !matches!(letter, '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}'));
    // The alif that joins is written without its sign.
    letters.map(|letter| if letter == '\u{671}' { '\u{627}' } else { letter }).flat_map(char::to_lowercase).collect()
}

/// What counts of a text: all but spaces and the signs of sentences.
fn characters(text: &str) -> Vec<char> {
    plain(text).chars().filter(|letter| !letter.is_whitespace() && !SIGNS.contains(*letter)).collect()
}

/// How many characters have to be changed, added or removed (Levenshtein).
fn distance(read: &[char], expected: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=read.len()).collect();
    for (above, wanted) in expected.iter().enumerate() {
        let mut diagonal = above;
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
        for (at, found) in read.iter().enumerate() {
            let changed = diagonal + usize::from(found != wanted);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sluice_app::capture::view::DoubtState;

    use super::*;

    fn phrase() -> Phrase {
        let label = |field, value| Label { word: "книгу", field, value };
        let labels = vec![label("lemma", "книга"), label("gender", "f")];
        Phrase { number: 0, language: "ru", text: "Я читаю книгу.", labels }
    }

    fn view(text: &str) -> FieldView {
        let text = text.to_owned();
        let state = DoubtState::Sure;
        FieldView {
            text,
            alternatives: Vec::new(),
            source: None,
            state,
            reason: None,
            against: Vec::new(),
            checked_by: None,
        }
    }

    fn book(lemma: &str, gender: &str) -> WordView {
        WordView {
            word: "книгу".to_owned(),
            transliteration: None,
            lemma: Some(view(lemma)),
            root: None,
            meaning: None,
            gender: Some(view(gender)),
            declension: None,
            notes: None,
            frequency: None,
            level: None,
        }
    }

    fn judged(text: &str, words: &[WordView], doubts: &[&str]) -> Judged {
        let doubts: Vec<String> = doubts.iter().map(|doubt| (*doubt).to_owned()).collect();
        judge(&phrase(), &Card { text, language: Some("ru"), words, doubts: &doubts })
    }

    #[test]
    fn a_card_as_labelled_is_right() {
        let right = judged("Я читаю книгу", &[book("книга", "feminine")], &["vocabulary.0.gender"]);
        assert_eq!((right.errors, right.characters, right.compared), (0, 11, 3));
        assert_eq!((right.doubted, right.wrong), (1, vec![]));
        let empty = judged("Я читаю книгу", &[book("книга", "")], &["vocabulary.0.gender"]);
        assert_eq!((empty.empty, empty.wrong), (1, vec![]));
    }

    #[test]
    fn a_wrong_field_is_flagged_only_by_its_own_doubt_or_that_of_the_text() {
        let of = |doubts: &[&str]| {
            let wrong = judged("Я читаю книгу.", &[book("книг", "feminine")], doubts).wrong;
            wrong.iter().map(|one| (one.field.clone(), one.is_flagged)).collect::<Vec<_>>()
        };
        let lemma = |is_flagged| vec![("vocabulary.0.lemma".to_owned(), is_flagged)];
        assert_eq!(of(&["translation", "vocabulary.0.meaning", "vocabulary.0.gender"]), lemma(false));
        assert_eq!(of(&["vocabulary.0.lemma"]), lemma(true));
        assert_eq!(of(&["text"]), lemma(true));
        let cut = judged("Я читаю книгу", &[], &[]).wrong;
        assert_eq!((cut.len(), cut[0].is_flagged), (2, false));
    }

    #[test]
    fn a_wrong_text_is_one_mistake() {
        let wrong = judged("Я читаю кингу|", &[], &[]);
        assert_eq!((wrong.errors, wrong.compared, wrong.wrong.len()), (3, 1, 1));
        assert!(!wrong.wrong[0].is_flagged);
    }

    #[test]
    fn marks_case_and_signs_are_no_mistakes() {
        assert_eq!(characters("«Тише» едешь —"), characters("тише, едешь"));
        assert_eq!(plain("ٱِخْتِراع"), "اختراع");
        assert_eq!(distance(&['a', 'b'], &[]), 2);
        assert_eq!(distance(&[], &['a']), 1);
    }
}
