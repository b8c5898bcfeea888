//! The key terms of a document: recurring nouns and word pairs, recognised by their context (a preceding article, a
//! following stop word or punctuation mark).

use std::collections::HashMap;

use super::candidates::Candidates;
use super::lexicon::{Lexicon, is_topic};
use super::stem::stem;
use super::text::{bare, fold, number};

#[derive(Default)]
struct Seen {
    all: u32,
    /// Occurrences after an article or a preposition.
    introduced: u32,
    /// Occurrences before a stop word, a punctuation mark, or the end.
    ends: u32,
    /// Occurrences of each spelling.
    forms: HashMap<String, u32>,
}

/// The possible terms of a document, with their counts.
pub(super) struct Terms {
    seen: HashMap<Vec<String>, Seen>,
}

impl Terms {
    /// Counts the words of all candidates.
    pub(super) fn new(candidates: &Candidates, lexicon: &Lexicon) -> Self {
        let mut seen = HashMap::new();
        for candidate in &candidates.all {
            count(&candidate.told.bare, lexicon, &mut seen);
        }
        Self { seen }
    }

    /// Up to `wanted` terms that occur in the narrated sentences, the most typical of the document first, none part of
    /// another.
    pub(super) fn key(&self, candidates: &Candidates, told: &[usize], lexicon: &Lexicon, wanted: usize) -> Vec<String> {
        let mut heard: HashMap<Vec<String>, Seen> = HashMap::new();
        for index in told {
            count(&candidates.all[*index].told.bare, lexicon, &mut heard);
        }
        ranked(&self.seen, &heard, lexicon, wanted)
    }
}

fn ranked(
    seen: &HashMap<Vec<String>, Seen>,
    heard: &HashMap<Vec<String>, Seen>,
    lexicon: &Lexicon,
    wanted: usize,
) -> Vec<String> {
    let mut ranked: Vec<(f32, String, Vec<String>)> = heard
        .iter()
        .filter_map(|(key, in_script)| {
            let all = seen.get(key)?;
            let form = display(all, lexicon)?;
            let pair = key.len() > 1;
            let noun = all.introduced * 4 >= all.all && all.ends * 10 >= all.all * 3;
            let often = all.all >= if pair { 2 } else { 3 };
            let value = number(all.all as usize).ln_1p()
                * if pair { 1.5 } else { 1.0 }
                * (1.0 + 0.25 * number(in_script.all.min(3) as usize));
            (noun && often).then_some((value, form, key.clone()))
        })
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let mut terms: Vec<(String, Vec<String>)> = Vec::new();
    for (_, form, key) in ranked {
        // "light" adds nothing to "lighthouse".
        let alike = |one: &String, other: &String| one.starts_with(other.as_str()) || other.starts_with(one.as_str());
        let related = terms.iter().any(|(_, other)| key.iter().any(|one| other.iter().any(|other| alike(one, other))));
        if !related {
            terms.push((form, key));
        }
        if terms.len() == wanted {
            break;
        }
    }
    terms.into_iter().map(|(form, _)| form).collect()
}

fn count(text: &str, lexicon: &Lexicon, seen: &mut HashMap<Vec<String>, Seen>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let arabic = lexicon.words.code == "ar";
    let topic = |index: usize| words.get(index).is_some_and(|word| is_topic(bare(word), lexicon));
    let closed = |index: usize| words[index].ends_with(|c: char| !c.is_alphanumeric());
    for start in 0..words.len() {
        if !topic(start) || words[start].starts_with('“') {
            continue;
        }
        let definite = arabic && bare(words[start]).starts_with("ال");
        let introduced = definite
            || start.checked_sub(1).is_some_and(|at| lexicon.determiners.contains(fold(bare(words[at])).as_str()))
            || words[start].contains(['\'', '’']);
        for length in 1..=2 {
            let last = start + length - 1;
            if !topic(last) || (start..last).any(closed) {
                break;
            }
            if length == 2 && arabic && !bare(words[last]).starts_with("ال") {
                break;
            }
            let plain: Vec<&str> = words[start..=last].iter().map(|word| without_article(bare(word))).collect();
            let key: Vec<String> = plain.iter().map(|word| stem(word, lexicon.words.code)).collect();
            let entry = seen.entry(key).or_default();
            entry.all += 1;
            entry.introduced += u32::from(introduced);
            entry.ends += u32::from(closed(last) || !topic(last + 1));
            // The first word of a sentence is capitalised: it does not count for the spelling.
            let form = plain.join(" ");
            *entry.forms.entry(form).or_default() += u32::from(start > 0);
        }
    }
}

/// French and Italian articles are attached to the word.
fn without_article(word: &str) -> &str {
    match word.split_once(['\'', '’']) {
        Some((article, rest)) if article.chars().count() <= 4 && rest.chars().count() >= 3 => rest,
        _ => word,
    }
}

/// The most common spelling, if it can be put in quotation marks.
fn display(seen: &Seen, lexicon: &Lexicon) -> Option<String> {
    let mut forms: Vec<(&String, &u32)> = seen.forms.iter().collect();
    forms.sort_by(|one, other| other.1.cmp(one.1).then_with(|| one.0.cmp(other.0)));
    let fits = |form: &str| {
        let letters = form.chars().filter(|c| c.is_alphabetic()).count();
        let shape = match lexicon.words.code {
            // The definite form is certainly a noun.
            "ar" => form.starts_with("ال"),
            "de" => form.split(' ').next_back().is_some_and(|word| word.starts_with(char::is_uppercase)),
            _ => true,
        };
        shape
            && letters >= 4
            && form.chars().count() <= 40
            && form.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '’'))
    };
    forms.into_iter().map(|(form, _)| form).find(|form| fits(form)).cloned()
}
