//! Scores sentences by centrality (`LexRank` by Erkan and Radev, 2004: the stationary distribution of a random walk
//! over sentences that are similar by TF-IDF cosine), position in the document, and words shared with the title and
//! their heading.

use super::candidates::{Candidate, Candidates, topic_stems};
use super::lexicon::Lexicon;
use super::outline::Outline;
use super::text::{fold, number};

/// Below this cosine two sentences are unrelated.
const SIMILAR: f32 = 0.06;
/// The probability of following a similarity edge, as in `PageRank`.
const DAMPING: f32 = 0.85;

/// Scores and similarities of candidates, by their index.
pub(super) struct Ranking {
    /// From 0 (least) to about 1.
    pub(super) scores: Vec<f32>,
    vectors: Vec<Vec<(u32, f32)>>,
}

impl Ranking {
    /// Cosine of two candidates.
    pub(super) fn similarity(&self, one: usize, other: usize) -> f32 {
        dot(&self.vectors[one], &self.vectors[other])
    }
}

/// Ranks all candidates.
pub(super) fn rank(candidates: &Candidates, outline: &Outline, lexicon: &Lexicon) -> Ranking {
    let vectors = vectors(candidates);
    let centrality = centrality(&vectors, candidates.stems);
    let title = weights(outline.title.as_deref(), candidates, lexicon);
    let headings: Vec<Vec<u32>> =
        outline.sections.iter().map(|section| weights(section.heading.as_deref(), candidates, lexicon)).collect();
    let scores = candidates
        .all
        .iter()
        .zip(&centrality)
        .map(|(candidate, central)| {
            let place = place(candidate, candidates, outline);
            let value = 0.5 * central
                + 0.17 * place
                + 0.15 * overlap(&candidate.stems, &title)
                + 0.08 * overlap(&candidate.stems, &headings[candidate.section])
                + cue(candidate, lexicon)
                - penalties(candidate)
                - notice(candidate, lexicon);
            value.max(0.0)
        })
        .collect();
    Ranking { scores, vectors }
}

/// Normalised TF-IDF vectors; terms in ascending order.
fn vectors(candidates: &Candidates) -> Vec<Vec<(u32, f32)>> {
    let mut documents = vec![0_u32; candidates.stems];
    for candidate in &candidates.all {
        let mut last = None;
        for &stem in &candidate.stems {
            if last != Some(stem) {
                documents[stem as usize] += 1;
            }
            last = Some(stem);
        }
    }
    let all = number(candidates.all.len());
    candidates
        .all
        .iter()
        .map(|candidate| {
            let mut vector: Vec<(u32, f32)> = Vec::new();
            for &stem in &candidate.stems {
                let idf = ((all + 1.0) / (number(documents[stem as usize] as usize) + 0.5)).ln().max(0.1);
                match vector.last_mut() {
                    Some((last, weight)) if *last == stem => *weight += idf,
                    _ => vector.push((stem, idf)),
                }
            }
            let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
            for (_, weight) in &mut vector {
                *weight /= length.max(f32::EPSILON);
            }
            vector
        })
        .collect()
}

fn dot(one: &[(u32, f32)], other: &[(u32, f32)]) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < one.len() && j < other.len() {
        match one[i].0.cmp(&other[j].0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += one[i].1 * other[j].1;
                i += 1;
                j += 1;
            }
        }
    }
    sum
}

/// From 0 to 1; the most central sentence has 1.
fn centrality(vectors: &[Vec<(u32, f32)>], stems: usize) -> Vec<f32> {
    let mut postings: Vec<Vec<(usize, f32)>> = vec![Vec::new(); stems];
    for (index, vector) in vectors.iter().enumerate() {
        for &(stem, weight) in vector {
            postings[stem as usize].push((index, weight));
        }
    }
    let count = vectors.len();
    let mut edges: Vec<Vec<(usize, f32)>> = Vec::with_capacity(count);
    let mut row = vec![0.0_f32; count];
    for (index, vector) in vectors.iter().enumerate() {
        row.fill(0.0);
        for &(stem, weight) in vector {
            for &(other, theirs) in &postings[stem as usize] {
                row[other] += weight * theirs;
            }
        }
        row[index] = 0.0;
        let near: Vec<(usize, f32)> =
            row.iter().copied().enumerate().filter(|(_, similarity)| *similarity > SIMILAR).collect();
        let total: f32 = near.iter().map(|(_, similarity)| similarity).sum();
        edges.push(near.into_iter().map(|(other, similarity)| (other, similarity / total)).collect());
    }
    let even = 1.0 / number(count.max(1));
    let mut values = vec![even; count];
    for _ in 0..25 {
        let mut next = vec![(1.0 - DAMPING) * even; count];
        for (index, near) in edges.iter().enumerate() {
            for &(other, part) in near {
                next[other] += DAMPING * values[index] * part;
            }
        }
        values = next;
    }
    let most = values.iter().copied().fold(f32::EPSILON, f32::max);
    values.into_iter().map(|value| (value / most).sqrt()).collect()
}

/// The stem numbers of a heading that occur in the text.
fn weights(heading: Option<&str>, candidates: &Candidates, lexicon: &Lexicon) -> Vec<u32> {
    let Some(heading) = heading else { return Vec::new() };
    topic_stems(heading, lexicon).iter().filter_map(|stem| candidates.numbers.get(stem).copied()).collect()
}

fn overlap(stems: &[u32], wanted: &[u32]) -> f32 {
    if wanted.is_empty() {
        return 0.0;
    }
    let found = wanted.iter().filter(|stem| stems.binary_search(stem).is_ok()).count();
    number(found) / number(wanted.len())
}

/// The first sentences of a document, section and paragraph are more informative.
fn place(candidate: &Candidate, candidates: &Candidates, outline: &Outline) -> f32 {
    let early = 1.0 - (number(candidate.order) / number(candidates.sentences.max(1))).min(1.0);
    let passage = &outline.passages[candidate.passage];
    let opens_section = candidate.passage == 0 || outline.passages[candidate.passage - 1].section != passage.section;
    0.4 * early.powi(2) + if opens_section { 0.35 } else { 0.0 } + if candidate.opens { 0.25 } else { 0.0 }
}

fn cue(candidate: &Candidate, lexicon: &Lexicon) -> f32 {
    let folded = fold(&candidate.told.bare);
    let found = lexicon.cues.iter().filter(|cue| folded.contains(**cue)).count();
    0.05 * number(found.min(2))
}

/// Sentences of licences and notices are narrated only if there is little else.
fn notice(candidate: &Candidate, lexicon: &Lexicon) -> f32 {
    let folded = fold(&candidate.told.bare);
    if lexicon.boilerplate.iter().any(|phrase| folded.contains(*phrase)) { 0.35 } else { 0.0 }
}

/// Properties that make a sentence hard to follow when heard.
fn penalties(candidate: &Candidate) -> f32 {
    let length = match candidate.words {
        0..=6 => 0.2,
        7..=9 | 27..=32 => 0.06,
        10..=26 => 0.0,
        _ => 0.15,
    };
    let asks = candidate.told.bare.trim_end_matches(['”', '"', '»']).ends_with(['?', '؟', '!']);
    let digits = candidate.told.bare.chars().filter(char::is_ascii_digit).count();
    let marks = candidate.told.bare.chars().filter(|c| matches!(c, '/' | ':' | ';' | '"' | '“' | '«' | '„')).count();
    length
        + if candidate.told.points { 0.3 } else { 0.0 }
        + if asks { 0.15 } else { 0.0 }
        + if candidate.fragment { 0.25 } else { 0.0 }
        + 0.02 * number(digits.min(8))
        + 0.03 * number(marks.min(5))
}
