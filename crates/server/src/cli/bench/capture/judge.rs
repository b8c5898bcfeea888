//! A card beside the labels of its phrase.

use std::collections::BTreeMap;

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

/// How the labelled fields of a kind came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    /// Fields with a label.
    pub(super) labelled: usize,
    /// Of these, such as are empty, and say that they need a provider.
    pub(super) empty: usize,
    /// As labelled, and doubtful all the same.
    pub(super) doubted: usize,
    /// Not as labelled.
    pub(super) wrong: usize,
    /// Not as labelled, and nothing says so.
    pub(super) not_flagged: usize,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.labelled += other.labelled;
        self.empty += other.empty;
        self.doubted += other.doubted;
        self.wrong += other.wrong;
        self.not_flagged += other.not_flagged;
    }
}

/// Kinds of fields with how they came out.
pub(super) type Kinds = BTreeMap<&'static str, Tally>;

/// What came of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Judged {
    /// Characters that are wrong, missing or too many.
    pub(super) errors: usize,
    /// Characters of the phrase.
    pub(super) characters: usize,
    /// By the kind of the field: `text`, `language`, `translation`, `latin`, or that of a label.
    pub(super) kinds: Kinds,
    /// Fields that are not as labelled.
    pub(super) wrong: Vec<Wrong>,
}

impl Judged {
    /// Of all kinds.
    pub(super) fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.kinds.values().for_each(|tally| total.add(*tally));
        total
    }

    fn of(&mut self, kind: &'static str) -> &mut Tally {
        self.kinds.entry(kind).or_default()
    }

    fn is_wrong(&mut self, kind: &'static str, wrong: Wrong) {
        let tally = self.of(kind);
        tally.wrong += 1;
        tally.not_flagged += usize::from(!wrong.is_flagged);
        self.wrong.push(wrong);
    }
}

/// The parts of a card that are judged.
pub(super) struct Card<'a> {
    pub(super) text: &'a str,
    pub(super) language: Option<&'a str>,
    pub(super) latin: Option<&'a FieldView>,
    pub(super) translation: Option<&'a FieldView>,
    pub(super) words: &'a [WordView],
    /// Paths of the fields that are doubtful or missing.
    pub(super) doubts: &'a [String],
}

impl<'a> Card<'a> {
    pub(super) fn of(view: &'a PhraseView) -> Self {
        Self {
            text: &view.text.text,
            language: view.language.as_ref().map(|language| language.code),
            latin: view.transliteration.as_ref(),
            translation: view.translation.as_ref(),
            words: &view.vocabulary,
            doubts: &view.doubts,
        }
    }

    fn is_doubtful(&self, field: &str) -> bool {
        self.doubts.iter().any(|doubt| doubt == field)
    }
}

/// Compares a card with its phrase. Of a text that is wrong no other field is compared: they are those of another phrase.
pub(super) fn judge(phrase: &Phrase, card: &Card<'_>) -> Judged {
    let (read, expected) = (characters(card.text), characters(phrase.text));
    let mut judged = Judged { errors: distance(&read, &expected), characters: expected.len(), ..Judged::default() };
    judged.of("text").labelled += 1;
    if judged.errors > 0 {
        judged.is_wrong("text", wrong(card, "text", "", phrase.text, card.text));
    } else if card.is_doubtful("text") {
        judged.of("text").doubted += 1;
    }
    judged.of("language").labelled += 1;
    if card.language != Some(phrase.language) {
        let found = card.language.unwrap_or_default();
        judged.is_wrong("language", wrong(card, "language", "", phrase.language, found));
    }
    if !judged.wrong.is_empty() {
        return judged;
    }
    if let Some(latin) = phrase.latin {
        let is_same = |found: &str| letters(found) == letters(latin);
        compare(card, &mut judged, "latin", ("transliteration", "", latin), card.latin, is_same);
    }
    if !phrase.meaning.is_empty() {
        let expected = ("translation", "", phrase.meaning);
        compare(card, &mut judged, "translation", expected, card.translation, |found| agree(found, phrase.meaning));
    }
    for label in &phrase.labels {
        word(label, card, &mut judged);
    }
    judged
}

fn word(label: &Label, card: &Card<'_>, judged: &mut Judged) {
    let wanted = label.word.to_lowercase();
    let Some(at) = card.words.iter().position(|word| word.word.to_lowercase() == wanted) else {
        // A word that is not there is cut elsewhere: what stands in its place is another word, whose lemma may be in doubt.
        judged.of(label.field).labelled += 1;
        let is_instead = |word: &WordView| word.word.contains(label.word) || label.word.contains(&word.word);
        let instead = card.words.iter().enumerate().filter(|(_, word)| is_instead(word));
        let is_flagged = instead.into_iter().any(|(at, _)| card.is_doubtful(&format!("vocabulary.{at}.lemma")));
        let missing = wrong(card, "vocabulary", label.word, label.value, "");
        let is_flagged = missing.is_flagged || is_flagged;
        judged.is_wrong(label.field, Wrong { is_flagged, ..missing });
        return;
    };
    let path = format!("vocabulary.{at}.{}", label.field);
    let found = card.words.get(at).and_then(|word| field(word, label.field));
    let expected = (path.as_str(), label.word, label.value);
    compare(card, judged, label.field, expected, found, |found| is_same(label, found));
}

/// Compares a field with what is expected of it: its path, the word that it is of, and the label.
fn compare(
    card: &Card<'_>,
    judged: &mut Judged,
    kind: &'static str,
    (path, word, label): (&str, &str, &str),
    found: Option<&FieldView>,
    is_same: impl Fn(&str) -> bool,
) {
    judged.of(kind).labelled += 1;
    match found.filter(|field| !field.text.is_empty()) {
        None => judged.of(kind).empty += 1,
        Some(field) if is_same(&field.text) => judged.of(kind).doubted += usize::from(card.is_doubtful(path)),
        Some(field) => judged.is_wrong(kind, wrong(card, path, word, label, &field.text)),
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
        "declension" => word.declension.as_ref(),
        "meaning" => word.meaning.as_ref(),
        _ => None,
    }
}

fn is_same(label: &Label, found: &str) -> bool {
    match label.field {
        "gender" => found.starts_with(label.value),
        "root" => found.replace(' ', "-") == label.value,
        "declension" => {
            let terms: Vec<&str> = found.split(", ").collect();
            label.value.split(',').all(|term| terms.contains(&term.replace('_', " ").as_str()))
        }
        "meaning" => label.value.split('/').any(|meaning| has(found, &meaning.replace('_', " "))),
        _ => plain(found) == plain(label.value),
    }
}

/// The words of an English text, between spaces.
fn english(text: &str) -> String {
    let is_in_word = |letter: char| letter.is_alphanumeric() || letter == '\'';
    let words = text.split(|letter| !is_in_word(letter)).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" ").to_lowercase())
}

/// Whether a text has these words, one after the other.
fn has(text: &str, words: &str) -> bool {
    english(text).contains(&english(words))
}

/// Whether half of the words of the shorter of two texts are in the other.
fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (english(one), english(other));
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let words: Vec<&str> = shorter.split_whitespace().collect();
    let shared = words.iter().filter(|word| longer.contains(&format!(" {word} "))).count();
    2 * shared >= words.len()
}

/// What counts of a text in Latin letters: an apostrophe may be a letter's.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric() || "’”ʿʾ".contains(*letter))
        .flat_map(char::to_lowercase)
        .collect()
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
        Phrase { number: 0, language: "ru", text: "Я читаю книгу.", meaning: "", latin: None, labels }
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
        judge(&phrase(), &card(text, words, &doubts))
    }

    fn card<'a>(text: &'a str, words: &'a [WordView], doubts: &'a [String]) -> Card<'a> {
        Card { text, language: Some("ru"), latin: None, translation: None, words, doubts }
    }

    #[test]
    fn a_card_as_labelled_is_right() {
        let right = judged("Я читаю книгу", &[book("книга", "feminine")], &["vocabulary.0.gender"]);
        assert_eq!((right.errors, right.characters, right.total().labelled), (0, 11, 4));
        assert_eq!((right.total().doubted, right.wrong), (1, vec![]));
        let empty = judged("Я читаю книгу", &[book("книга", "")], &["vocabulary.0.gender"]);
        assert_eq!((empty.kinds["gender"].empty, empty.wrong), (1, vec![]));
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
        let longer = WordView { word: "книгу о".to_owned(), ..book("", "") };
        let elsewhere = judged("Я читаю книгу", &[longer], &["vocabulary.0.lemma"]).wrong;
        assert_eq!((elsewhere.len(), elsewhere[0].is_flagged), (2, true), "the word in its place is in doubt");
    }

    #[test]
    fn forms_meanings_and_whole_texts_are_compared_by_what_counts_of_them() {
        let is = |field, value, found: &str| is_same(&Label { word: "", field, value }, found);
        assert!(is("declension", "accusative,singular", "accusative, singular, feminine"));
        assert!(!is("declension", "accusative,singular", "accusative, plural"));
        assert!(is("declension", "first_person", "present, first person"));
        assert!(is("meaning", "go_in/enter", "to enter") && is("meaning", "go_in/enter", "to go in (somewhere)"));
        assert!(!is("meaning", "at", "that") && !is("meaning", "ago", "to do"));
        assert!(agree("Where is the railway station?", "Where is the train station?"));
        assert!(!agree("I like tea.", "Where is the station?"));
        assert_eq!(letters("Ya chitayu knigu."), letters("ya chitayu, knigu"));
        assert_ne!(letters("k’ari"), letters("kari"));

        let (latin, translation) = (view("Ya chitayu knigu."), view("I sleep well."));
        let labelled =
            Phrase { meaning: "I am reading a book.", latin: Some("Ya chitayu knigu."), labels: vec![], ..phrase() };
        let of = |doubts: &[String]| {
            let card =
                Card {
                    latin: Some(&latin), translation: Some(&translation), ..card("Я читаю книгу", &[], doubts)
                };
            judge(&labelled, &card)
        };
        let found = of(&[]);
        assert_eq!((found.kinds["latin"].wrong, found.kinds["translation"].not_flagged), (0, 1));
        assert_eq!(of(&["translation".to_owned()]).total().not_flagged, 0);
    }

    #[test]
    fn a_wrong_text_is_one_mistake() {
        let wrong = judged("Я читаю кингу|", &[], &[]);
        assert_eq!((wrong.errors, wrong.total().labelled, wrong.wrong.len()), (3, 2, 1));
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
