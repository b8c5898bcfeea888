//! A text in passages, and passages in sentences.

use serde::{Deserialize, Serialize};
use sluice_domain::language::abbreviations;

use super::words::is_unspaced;
use crate::translate::sentences as bounds;

/// Most characters of a sentence; longer ones, and text without punctuation, are cut.
const LONGEST: usize = 400;
/// Bytes after which no passage is added to a sentence that has not ended.
const JOINED: usize = 2_000;
/// A line is wrapped if it is at least this share of the longest, in percent.
const WRAPPED: usize = 60;
/// Longer lines are not wrapped: they are paragraphs.
const WIDEST: usize = 160;

/// A paragraph of a text, or a stretch of speech.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// What it says. A line ends a sentence.
    pub text: String,
    /// Where it begins in a sound, in milliseconds.
    pub start_ms: Option<u32>,
    /// Where it ends in a sound, in milliseconds.
    pub end_ms: Option<u32>,
    /// Who says it.
    pub speaker: Option<u32>,
}

/// A sentence and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    pub(super) text: String,
    pub(super) passage: usize,
    pub(super) start_ms: Option<u32>,
    pub(super) end_ms: Option<u32>,
    pub(super) speaker: Option<u32>,
    /// Whether it ends like one: titles, items of lists and pieces of endless text do not.
    pub(super) is_whole: bool,
}

/// The paragraphs of a plain text: what stands between blank lines. Lines that were wrapped are joined.
pub fn passages(text: &str) -> Vec<Passage> {
    let mut found = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        let line = line.trim();
        if !line.is_empty() {
            lines.push(line);
            continue;
        }
        let all_wrapped = are_wrapped(&lines);
        let mut paragraph = String::new();
        for line in &lines {
            if !(all_wrapped || paragraph.is_empty() || goes_on(&paragraph, line)) {
                found.push(std::mem::take(&mut paragraph));
            }
            append(&mut paragraph, line);
        }
        found.extend(Some(paragraph).filter(|paragraph| !paragraph.is_empty()));
        lines.clear();
    }
    found.into_iter().map(|text| Passage { text, ..Passage::default() }).collect()
}

/// Whether all lines but the last were broken for their width.
fn are_wrapped(lines: &[&str]) -> bool {
    let width = |line: &&str| line.chars().count();
    let widest = lines.iter().map(width).max().unwrap_or_default();
    let Some((_, first)) = lines.split_last() else { return false };
    widest <= WIDEST && first.iter().all(|line| width(line) * 100 >= widest * WRAPPED)
}

/// Whether a sentence goes on in the next line.
fn goes_on(paragraph: &str, line: &str) -> bool {
    !ends_sentence(paragraph) && line.starts_with(char::is_lowercase)
}

/// Adds text, with a space before it where the script has spaces.
fn append(joined: &mut String, text: &str) {
    let is_close = |c: Option<char>| c.is_some_and(|c| is_unspaced(c) || is_full_width(c));
    let is_spaced = !is_close(joined.chars().next_back()) || !is_close(text.chars().next());
    if is_spaced && !joined.is_empty() {
        joined.push(' ');
    }
    joined.push_str(text);
}

/// Punctuation that needs no space.
fn is_full_width(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
}

/// The sentences of all passages, in order. Of speech, a sentence may go on over passages of the same speaker.
pub(super) fn sentences(passages: &[Passage]) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut next = 0;
    while next < passages.len() {
        let group = Group::new(passages, next);
        next += group.starts.len();
        let whole = whole_sentences(&group.text);
        let mut fit = |part: &str| part.chars().nth(LONGEST).is_none();
        let parts = whole.into_iter().flat_map(|sentence| bounds::parts(sentence, &mut fit));
        found.extend(
            parts.filter(|part| part.chars().any(char::is_alphabetic)).map(|part| group.sentence(passages, part)),
        );
    }
    found
}

/// Passages that go on in each other.
struct Group {
    text: String,
    first: usize,
    /// Where each passage begins in the text.
    starts: Vec<usize>,
}

impl Group {
    fn new(passages: &[Passage], first: usize) -> Self {
        let mut group = Self { text: passages[first].text.trim().to_owned(), first, starts: vec![0] };
        for pair in passages[first..].windows(2) {
            let goes_on =
                pair[0].start_ms.is_some() && pair[1].start_ms.is_some() && pair[0].speaker == pair[1].speaker;
            if !goes_on || group.text.len() > JOINED || ends_sentence(&group.text) {
                break;
            }
            group.starts.push(group.text.len());
            append(&mut group.text, pair[1].text.trim());
        }
        group
    }

    /// `part` is a part of the group's text.
    fn sentence(&self, passages: &[Passage], part: &str) -> Sentence {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        let passage = |at: usize| self.first + self.starts.partition_point(|begin| *begin <= at).saturating_sub(1);
        let (first, last) = (passage(start), passage(start + part.len().saturating_sub(1)));
        Sentence {
            text: part.split_whitespace().collect::<Vec<_>>().join(" "),
            passage: first,
            start_ms: passages[first].start_ms,
            end_ms: passages[last].end_ms,
            speaker: passages[first].speaker,
            is_whole: ends_sentence(part),
        }
    }
}

fn ends_sentence(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '。' | '！' | '？' | '।');
    text.trim_end_matches(['"', '”', '’', '»', ')', '」', '』']).ends_with(is_mark)
}

/// The sentences of a text. One that ends with an abbreviation goes on in the next.
fn whole_sentences(text: &str) -> Vec<&str> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for range in bounds::sentences(text) {
        match found.last_mut() {
            Some(last)
                if ends_with_abbreviation(&text[last.clone()]) && !text[last.end..range.start].contains('\n') =>
            {
                last.end = range.end;
            }
            _ => found.push(range),
        }
    }
    found.into_iter().map(|range| &text[range]).collect()
}

fn ends_with_abbreviation(sentence: &str) -> bool {
    let Some(rest) = sentence.strip_suffix('.') else { return false };
    let word = rest.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    abbreviations::is_likely(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(text: &str, start_ms: u32, speaker: u32) -> Passage {
        let (start_ms, end_ms) = (Some(start_ms), Some(start_ms + 1_000));
        Passage { text: text.to_owned(), start_ms, end_ms, speaker: Some(speaker) }
    }

    fn texts(passages: &[Passage]) -> Vec<String> {
        sentences(passages).into_iter().map(|sentence| sentence.text).collect()
    }

    #[test]
    fn wrapped_lines_are_joined_and_others_are_not() {
        let wrapped = "The lighthouse stands on a rock in the\nnorth, where the sea is deep.\n\nA title\n\nOne line.\nA second line that is much longer than it,\nand goes on.";
        let found: Vec<String> = passages(wrapped).into_iter().map(|passage| passage.text).collect();
        assert_eq!(found[0], "The lighthouse stands on a rock in the north, where the sea is deep.");
        assert_eq!(found[1..], ["A title", "One line.", "A second line that is much longer than it, and goes on."]);
        let japanese: Vec<String> = passages("灯台は岩の上に\n立っている。").into_iter().map(|p| p.text).collect();
        assert_eq!(japanese, ["灯台は岩の上に立っている。"]);
    }

    #[test]
    fn abbreviations_end_no_sentence() {
        let text = "And Mr. John Dashwood had leisure. He met J. Smith. Then he left.";
        let passages = passages(text);
        assert_eq!(texts(&passages), ["And Mr. John Dashwood had leisure.", "He met J. Smith.", "Then he left."]);
    }

    #[test]
    fn speech_goes_on_in_the_next_passage_of_the_same_speaker() {
        let all = [spoken("we build", 0, 0), spoken("a tower. Then", 1_000, 0), spoken("No.", 2_000, 1)];
        let found = sentences(&all);
        let places: Vec<_> =
            found.iter().map(|one| (one.text.as_str(), one.passage, one.start_ms, one.end_ms)).collect();
        assert_eq!(
            places,
            [
                ("we build a tower.", 0, Some(0), Some(2_000)),
                ("Then", 1, Some(1_000), Some(2_000)),
                ("No.", 2, Some(2_000), Some(3_000))
            ]
        );
    }

    #[test]
    fn text_without_punctuation_is_cut() {
        let endless = "word ".repeat(3_000);
        let found = texts(&passages(&endless));
        assert!(found.len() > 30 && found.iter().all(|one| one.chars().count() <= LONGEST), "{}", found.len());
        assert_eq!(texts(&passages("12 34 — 56\n\n• 😀")), Vec::<String>::new());
    }
}
