//! What a prompt gives to quote from.

use serde_json::Value;

use crate::text::{Sentence, sentences};

/// Fewest words of a sentence that is worth quoting, where there are others.
const FEWEST: usize = 4;
/// Most of them.
const MOST: usize = 32;

/// The source of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) sentences: Vec<Sentence>,
    /// Parts that are to be written again: their ids, and their pages.
    pub(crate) parts: Vec<(String, Option<u64>)>,
    /// How many words are asked for: the middle of `from 120 to 300 words`.
    pub(crate) words: u64,
}

impl Source {
    /// Of what the user wrote; the other messages say how long the answer shall be.
    pub(crate) fn of(asked: &str, prompt: &str) -> Self {
        let mut source = Self { words: words(prompt), ..Self::default() };
        for line in asked.lines().filter(|line| line.starts_with(['{', '['])) {
            if let Ok(data) = serde_json::from_str(line) {
                source.read(&data);
            }
        }
        if source.sentences.is_empty() {
            source.sentences = sentences(asked);
        }
        let good = |sentence: &Sentence| {
            let count = sentence.text.split_whitespace().count();
            (FEWEST..=MOST).contains(&count) && sentence.text.ends_with(['.', '!', '?', '…', '。', '؟', '۔'])
        };
        if source.sentences.iter().any(good) {
            source.sentences.retain(good);
        }
        source
    }

    /// Objects with a page and a text are pages; those with an id, too, are parts. A passage of a transcript is as good as a page, and
    /// so is the first of several.
    fn read(&mut self, data: &Value) {
        match data {
            Value::Array(all) => all.iter().for_each(|one| self.read(one)),
            Value::Object(fields) => {
                let first = || fields.get("passages").and_then(|all| all.get(0));
                let page = fields.get("page").or_else(|| fields.get("passage")).or_else(first).and_then(Value::as_u64);
                match (fields.get("id").and_then(Value::as_str), fields.get("text").and_then(Value::as_str)) {
                    (Some(id), Some(_)) => self.parts.push((id.to_owned(), page)),
                    (None, Some(text)) if page.is_some() => {
                        self.sentences
                            .extend(sentences(text).into_iter().map(|sentence| Sentence { page, ..sentence }));
                    }
                    _ => fields.values().for_each(|value| self.read(value)),
                }
            }
            _ => {}
        }
    }

    /// A sentence of a page, or any: the `number`th, from the beginning again when there are no more.
    pub(crate) fn sentence(&self, page: Option<u64>, number: usize) -> Option<&Sentence> {
        let of_page: Vec<&Sentence> =
            self.sentences.iter().filter(|sentence| page.is_none() || sentence.page == page).collect();
        if of_page.is_empty() && page.is_some() {
            return self.sentence(None, number);
        }
        of_page.get(number % of_page.len().max(1)).copied()
    }
}

/// The middle of `from 120 to 300 words`: whoever counts otherwise, or leaves some out, still finds enough, and not too many.
fn words(prompt: &str) -> u64 {
    let Some((before, _)) = prompt.split_once(" words") else { return 0 };
    let mut last = before.rsplit(' ');
    let (most, to, least, from) = (last.next(), last.next(), last.next(), last.next());
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u64>().ok());
    match (from, number(least), to, number(most)) {
        (Some("from"), Some(least), Some("to"), Some(most)) => u64::midpoint(least, most.max(least)),
        // Phrases of so many words are no length of the whole.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_as_json() {
        let asked = "Write the narration.\nDATA 12ab\n{\"pages\":[{\"page\":3,\"text\":\"A Title\\nThe tower is 35 m high. It was built in 1811.\"}]}\nDATA 12ab END";
        let source = Source::of(asked, "Write from 120 to 300 words, best about 200.");
        assert_eq!(source.words, 210);
        let found: Vec<(&str, Option<u64>)> =
            source.sentences.iter().map(|sentence| (sentence.text.as_str(), sentence.page)).collect();
        assert_eq!(found, [("The tower is 35 m high.", Some(3)), ("It was built in 1811.", Some(3))]);
    }

    #[test]
    fn passages_are_quoted_as_pages_are() {
        let whole = r#"{"passages":[{"passage":0,"speaker":null,"text":"We sail on Monday with the tide."}]}"#;
        let part = r#"{"parts":[{"overview":[{"text":"Omar brings the map along.","passages":[4,5]}]}]}"#;
        for (asked, text, passage) in
            [(whole, "We sail on Monday with the tide.", 0), (part, "Omar brings the map along.", 4)]
        {
            let found = Source::of(asked, asked).sentences;
            assert_eq!(found, [Sentence { text: text.to_owned(), page: Some(passage), number: None }]);
        }
    }

    #[test]
    fn parts_are_written_again() {
        let asked = "{\"title\":\"T\",\"refused\":[{\"id\":\"scene 1 heading\",\"text\":\"x\",\"page\":2,\"refused\":\"why\"}],\"pages\":[{\"page\":2,\"text\":\"The lamp burns clean oil.\"}]}";
        let source = Source::of(asked, asked);
        assert_eq!(source.parts, [("scene 1 heading".to_owned(), Some(2))]);
        assert_eq!(source.sentences.len(), 1);
    }
}
