//! The sentences from which a script can be made.

use std::collections::HashMap;

use super::lexicon::{Lexicon, is_topic};
use super::outline::{Bundle, Outline, Passage, is_code, is_furniture_phrase};
use super::sentences::{is_finished, split};
use super::stem::stem;
use super::text::{bare, fold, is_arabic, number, share, spoken_count, spoken_length, words};
use super::told::{LONGEST, Told, clause, told};

/// Most sentences that are compared with one another; of a longer document, the most promising paragraphs of each part
/// are used.
const MOST: usize = 900;

/// Parts of a long document that each contribute the same number of sentences.
const STRETCHES: usize = 30;

/// A sentence that can be part of the narration.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) told: Told,
    /// Words of its bare form as it is said.
    pub(super) words: u32,
    /// The time that it takes, in words of usual length.
    pub(super) length: u32,
    pub(super) page: u32,
    /// Index into the outline's sections.
    pub(super) section: usize,
    pub(super) chapter: usize,
    /// Index into the outline's passages.
    pub(super) passage: usize,
    /// Position in the document, counted over all sentences: neighbours differ by one.
    pub(super) order: usize,
    /// Not a full sentence.
    pub(super) fragment: bool,
    /// The first of its paragraph.
    pub(super) opens: bool,
    /// What it is told with, or not at all.
    pub(super) bundle: Option<Bundle>,
    /// Numbers of its stems in [`Candidates::stems`].
    pub(super) stems: Vec<u32>,
}

/// All candidates, with their shared stems.
pub(super) struct Candidates {
    pub(super) all: Vec<Candidate>,
    /// The number of distinct stems.
    pub(super) stems: usize,
    /// Stem to its number.
    pub(super) numbers: HashMap<String, u32>,
    /// How many sentences the document has in all.
    pub(super) sentences: usize,
}

/// A sentence before it is shortened.
struct Raw<'a> {
    text: &'a str,
    page: u32,
    passage: usize,
    order: usize,
    fragment: bool,
    opens: bool,
}

/// The sentences of an outline that can be narrated, including fragments only if `fragments` allows them.
pub(super) fn candidates(outline: &Outline, lexicon: &Lexicon, fragments: bool) -> Candidates {
    let mut raw = Vec::new();
    let mut order = 0;
    let mut bundled: HashMap<Bundle, usize> = HashMap::new();
    let cased = has_capitals(&outline.passages);
    for (index, passage) in outline.passages.iter().enumerate() {
        let exchange = matches!(passage.bundle, Some(Bundle::Exchange(_)));
        if passage.fragment && !fragments && !exchange {
            order += 1;
            continue;
        }
        let whole = || std::iter::once(0..passage.text.len()).collect();
        let ranges: Vec<_> = if passage.clause { whole() } else { split(&passage.text, lexicon) };
        for range in ranges {
            let text = &passage.text[range.clone()];
            order += 1;
            let fragment = !is_finished(text);
            if let (Some(bundle), true) = (passage.bundle, exchange) {
                *bundled.entry(bundle).or_default() += 1;
            }
            let prose = || (!fragment || fragments) && reads_as_prose(text, lexicon, fragments);
            let clause = passage.clause && fragments && !is_code(text);
            // The rest of a sentence whose beginning is on a page that is not in the file, or was not read.
            let is_rest = range.start == 0 && cased && begins_small(text);
            if exchange || clause || prose() && !is_rest && !is_furniture_phrase(text) {
                raw.push(Raw {
                    text,
                    page: passage.page_at(range.start),
                    passage: index,
                    order,
                    fragment,
                    opens: range.start == 0,
                });
            }
        }
    }
    let raw = most_promising(raw, &outline.passages, lexicon);
    let mut found = Candidates { all: Vec::new(), stems: 0, numbers: HashMap::new(), sentences: order };
    for sentence in raw {
        if let Some(candidate) = found.candidate(&sentence, outline, lexicon) {
            found.all.push(candidate);
        }
    }
    // A conversation of which a sentence cannot be told is not told.
    let complete = |bundle: Bundle| {
        let told = found.all.iter().filter(|candidate| candidate.bundle == Some(bundle)).count();
        bundled.get(&bundle).is_none_or(|all| *all == told)
    };
    let whole: HashMap<Bundle, bool> = bundled.keys().map(|bundle| (*bundle, complete(*bundle))).collect();
    found.all.retain(|candidate| candidate.bundle.is_none_or(|bundle| whole.get(&bundle).is_none_or(|whole| *whole)));
    found.stems = found.numbers.len();
    found
}

/// Whether most paragraphs of prose begin with a capital letter.
fn has_capitals(passages: &[Passage]) -> bool {
    let prose = || passages.iter().filter(|passage| !passage.fragment && !passage.clause);
    prose().filter(|passage| begins_small(&passage.text)).count() * 2 < prose().count()
}

/// Whether a text begins with a small letter, and not with a name such as "iPhone" or "pH".
fn begins_small(text: &str) -> bool {
    let first = words(text).next().map(bare).unwrap_or_default();
    first.starts_with(char::is_lowercase) && !first.contains(char::is_uppercase)
}

impl Candidates {
    /// The length of these together, in words of usual length.
    pub(super) fn length(&self, unit: &[usize]) -> u32 {
        unit.iter().map(|index| self.all[*index].length).sum()
    }

    /// The words of these together.
    pub(super) fn words(&self, unit: &[usize]) -> u32 {
        unit.iter().map(|index| self.all[*index].words).sum()
    }

    fn candidate(&mut self, raw: &Raw<'_>, outline: &Outline, lexicon: &Lexicon) -> Option<Candidate> {
        let passage = &outline.passages[raw.passage];
        let bundle = passage.bundle;
        let told = if bundle.is_some() { clause(raw.text, lexicon)? } else { told(raw.text, lexicon)? };
        let words = spoken_count(&told.bare, lexicon.words.code);
        let fewest = match (bundle, raw.fragment) {
            (Some(_), _) => 1,
            (None, true) => 3,
            (None, false) => 5,
        };
        if !(fewest..=LONGEST).contains(&words) {
            return None;
        }
        let length = spoken_length(&told.bare, lexicon.words.code);
        let section = outline.passages[raw.passage].section;
        let mut stems: Vec<u32> = topic_stems(&told.bare, lexicon).into_iter().map(|stem| self.number(stem)).collect();
        stems.sort_unstable();
        Some(Candidate {
            told,
            words,
            length,
            page: raw.page,
            section,
            chapter: outline.sections[section].chapter,
            passage: raw.passage,
            order: raw.order,
            fragment: raw.fragment,
            opens: raw.opens,
            bundle,
            stems,
        })
    }

    fn number(&mut self, stem: String) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(stem).or_insert(next)
    }
}

/// The stems of the topic words of a text.
pub(super) fn topic_stems(text: &str, lexicon: &Lexicon) -> Vec<String> {
    words(text).map(bare).filter(|word| is_topic(word, lexicon)).map(|word| stem(word, lexicon.words.code)).collect()
}

/// Consecutive words with stop words between them, not names, numbers or code.
fn reads_as_prose(text: &str, lexicon: &Lexicon, lenient: bool) -> bool {
    let tokens: Vec<&str> = words(text).map(bare).collect();
    let all = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    if !(3..=120).contains(&all) || text.trim_end().ends_with(':') || is_code(text) {
        return false;
    }
    let count =
        |test: &dyn Fn(&str) -> bool| u32::try_from(tokens.iter().filter(|word| test(word)).count()).unwrap_or(0);
    let small = count(&|word| lexicon.stop_words.contains(fold(word).as_str()));
    let numbers = count(&|word| word.starts_with(|c: char| c.is_numeric()));
    let single = count(&|word| word.chars().count() == 1 && !lexicon.stop_words.contains(fold(word).as_str()));
    let capitals = count(&|word| word.starts_with(char::is_uppercase));
    let arabic = lexicon.words.code == "ar";
    if arabic && count(&|word| word.starts_with(is_arabic)) * 10 < all * 6 {
        return false;
    }
    let fewest = match (arabic, lenient) {
        (true, _) => 0.0,
        (false, true) => 0.08,
        (false, false) => 0.16,
    };
    let names = if lexicon.words.code == "de" { 0.8 } else { 0.6 };
    share(small, all) >= fewest
        && share(numbers, all) <= 0.3
        && share(single, all) <= 0.25
        && (share(capitals, all) <= names || lenient)
}

/// At most [`MOST`] sentences, whole paragraphs at a time, evenly over the document: the start of each stretch, and the
/// paragraphs whose words are frequent in it.
fn most_promising<'a>(raw: Vec<Raw<'a>>, passages: &[Passage], lexicon: &Lexicon) -> Vec<Raw<'a>> {
    if raw.len() <= MOST {
        return raw;
    }
    let mut frequency: HashMap<String, u32> = HashMap::new();
    let folded: Vec<Vec<String>> = raw
        .iter()
        .map(|sentence| {
            words(sentence.text)
                .map(|word| fold(bare(word)))
                .filter(|word| word.chars().count() > 3 && !lexicon.stop_words.contains(word.as_str()))
                .collect()
        })
        .collect();
    for word in folded.iter().flatten() {
        *frequency.entry(word.clone()).or_default() += 1;
    }
    let worth = |sentence: usize| -> f32 {
        let sum: f32 = folded[sentence].iter().map(|word| number(frequency[word] as usize).ln_1p()).sum();
        sum / number(4 + folded[sentence].len())
    };
    // Paragraphs with their sentences, best first within each stretch of the document.
    let mut paragraphs: Vec<(usize, std::ops::Range<usize>, f32)> = Vec::new();
    for (index, sentence) in raw.iter().enumerate() {
        match paragraphs.last_mut() {
            Some((passage, range, value)) if *passage == sentence.passage => {
                range.end = index + 1;
                *value = value.max(worth(index));
            }
            _ => {
                let opens = sentence.passage == 0
                    || passages[sentence.passage - 1].section != passages[sentence.passage].section;
                paragraphs.push((sentence.passage, index..index + 1, worth(index) + if opens { 1.0 } else { 0.0 }));
            }
        }
    }
    let mut keep = vec![false; raw.len()];
    for stretch in 0..STRETCHES {
        let bounds = raw.len() * stretch / STRETCHES..raw.len() * (stretch + 1) / STRETCHES;
        let mut inside: Vec<_> = paragraphs.iter().filter(|(_, range, _)| bounds.contains(&range.start)).collect();
        inside.sort_by(|one, other| other.2.total_cmp(&one.2).then(one.0.cmp(&other.0)));
        let mut left = MOST / STRETCHES;
        for (_, range, _) in inside {
            for index in range.clone().take(left) {
                keep[index] = true;
            }
            left = left.saturating_sub(range.len());
            if left == 0 {
                break;
            }
        }
    }
    raw.into_iter().zip(keep).filter_map(|(sentence, keep)| keep.then_some(sentence)).collect()
}
