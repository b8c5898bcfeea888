//! Texts that the twin answers with.

use crate::numbers::{float, long, thousandths};
use crate::state::hash;

/// Words for what nobody said.
const WORDS: [&str; 32] = [
    "the", "keeper", "lit", "lamp", "before", "dusk", "and", "ships", "passed", "rock", "in", "calm", "water", "while",
    "wind", "turned", "north", "again", "every", "hour", "a", "bell", "rang", "from", "tower", "over", "quiet",
    "harbour", "where", "boats", "were", "waiting",
];
/// Words of a sentence that was made up.
const SENTENCE: usize = 8;

/// About how many tokens a text has.
pub(crate) fn tokens(text: &str) -> u64 {
    long(text.chars().count().div_ceil(4))
}

/// A sentence, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    /// The page that the source says.
    pub(crate) page: Option<u64>,
    /// The number that the source gives the sentence, as in `[12] It was built …`.
    pub(crate) number: Option<u64>,
}

/// The sentences of a prompt. If it has pages (lines such as `Page 3`, `[page 3]`, `## Page 3`, `<page n="3">`), or objects
/// with `page` and `text`, those alone: what precedes them is the task.
pub(crate) fn sentences(prompt: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut page = None;
    for line in prompt.lines() {
        let (number, rest) = match page_of(line) {
            Some((number, rest)) => {
                if page.is_none() {
                    found.clear();
                }
                (Some(number), rest)
            }
            None => (page, line),
        };
        page = number;
        for text in split(rest) {
            let (number, text) = number_of(text);
            if text.split_whitespace().count() >= 3 {
                found.push(Sentence { text: text.to_owned(), page, number });
            }
        }
    }
    found
}

/// The page that a line begins, and what follows on the line.
fn page_of(line: &str) -> Option<(u64, &str)> {
    let marks = |character: char| !character.is_alphanumeric();
    let rest = line.trim_start_matches(marks);
    let word = rest.get(..4)?;
    let rest = word.eq_ignore_ascii_case("page").then(|| rest.get(4..))??;
    let gap = rest.find(|character: char| character.is_ascii_digit())?;
    let before = rest.get(..gap)?;
    // `<page number="3">`, `page n=3`, `PAGE: 3`
    let named =
        ["", "n", "no", "nr", "number", "id"].contains(&before.trim_matches(marks).to_ascii_lowercase().as_str());
    let rest = rest.get(gap..)?;
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest.get(..digits)?.parse().ok()?;
    let rest = rest.get(digits..)?;
    // The quotation mark of an attribute; one further on begins a sentence.
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let after = rest.trim_start_matches([']', ')', '>', ':', '.', '-', '–', '*', '=', '#', ' ']);
    named.then_some((number, after))
}

/// A number in front of a sentence: `[12] text`, `12. text`, `s12: text`.
fn number_of(sentence: &str) -> (Option<u64>, &str) {
    let bare = sentence.trim_start_matches(['[', '(', '-', '*', ' ', 's', 'S', '#']);
    let digits = bare.find(|character: char| !character.is_ascii_digit()).unwrap_or(0);
    let (Some(number), Some(rest)) = (bare.get(..digits), bare.get(digits..)) else { return (None, sentence) };
    match (number.parse().ok(), rest.strip_prefix([']', ')', '.', ':', '|'])) {
        (Some(number), Some(rest)) if rest.starts_with(char::is_whitespace) => (Some(number), rest.trim()),
        _ => (None, sentence),
    }
}

/// Sentences of a line: they end with a mark and a gap.
fn split(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut ended = false;
    for (at, character) in line.char_indices() {
        if ended && character.is_whitespace() {
            // `12. Text` is one sentence with its number.
            let text = line.get(start..at).unwrap_or_default().trim();
            if !text.trim_end_matches('.').chars().all(|character| character.is_ascii_digit()) {
                found.push(text);
                start = at;
            }
        }
        ended = matches!(character, '.' | '!' | '?' | '…' | '。' | '؟' | '।')
            || (ended && matches!(character, '"' | '”' | ')' | '\''));
    }
    found.push(line.get(start..).unwrap_or_default().trim());
    found.retain(|text| !text.is_empty());
    found
}

/// A word with its time in a sound, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Timed {
    pub(crate) text: String,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

/// A text's words over a sound: each takes time by its length, with the gap after it.
pub(crate) fn timed(text: &str, seconds: f64) -> Vec<Timed> {
    let all = float(text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>().max(1));
    let mut at = 0_usize;
    let time = |at: usize| thousandths(float(at) / all * seconds);
    text.split_whitespace()
        .map(|word| {
            let (start, end) = (at, at + word.chars().count());
            at = end + 1;
            Timed { text: word.to_owned(), start: time(start), end: time(end) }
        })
        .collect()
}

/// What was said in a sound that the twin does not know: by its bytes, about five words in two seconds.
pub(crate) fn heard(seed: u64, sound: &[u8], seconds: f64) -> String {
    let digest = blake3::hash(sound).to_hex();
    let count = usize::try_from(crate::numbers::ceil(seconds * 2.5)).unwrap_or(1).clamp(1, 20_000);
    let mut text = String::new();
    for number in 0..count {
        let which = hash(seed, &[digest.as_str(), &number.to_string()]) % long(WORDS.len());
        let word = usize::try_from(which).ok().and_then(|which| WORDS.get(which)).copied().unwrap_or("the");
        if number % SENTENCE == 0 {
            let (first, rest) = word.split_at(1);
            text.push_str(&first.to_ascii_uppercase());
            text.push_str(rest);
        } else {
            text.push_str(word);
        }
        let last = number % SENTENCE == SENTENCE - 1 || number + 1 == count;
        text.push_str(if last { ". " } else { " " });
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(prompt: &str) -> Vec<(String, Option<u64>, Option<u64>)> {
        sentences(prompt).into_iter().map(|one| (one.text, one.page, one.number)).collect()
    }

    #[test]
    fn sentences_have_their_pages() {
        let prompt = "Write a script of ten sentences.\n\n## Page 3\nThe tower is 35 m high. It was built in 1811.\n[page 4] \"Keep a good light,\" they said.\n";
        assert_eq!(
            found(prompt),
            [
                ("The tower is 35 m high.".to_owned(), Some(3), None),
                ("It was built in 1811.".to_owned(), Some(3), None),
                ("\"Keep a good light,\" they said.".to_owned(), Some(4), None),
            ]
        );
        assert_eq!(found("<page number=\"7\">\nThe lamp was lit."), [("The lamp was lit.".to_owned(), Some(7), None)]);
        assert_eq!(found("[12] The lamp was lit."), [("The lamp was lit.".to_owned(), None, Some(12))]);
        assert_eq!(found("Pages are numbered here."), [("Pages are numbered here.".to_owned(), None, None)]);
    }

    #[test]
    fn words_fill_their_sound() {
        let words = timed("the lamp was lit", 8.5);
        assert_eq!(words.len(), 4);
        assert_eq!((words[0].start, words[0].end, words[1].start, words[3].end), (0.0, 1.5, 2.0, 8.0));
    }
}
