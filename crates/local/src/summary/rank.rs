//! Which sentences are central, and which of them are taken.

use std::collections::HashMap;
use std::ops::Range;

use super::number;
use super::passages::Sentence;
use super::words::Lexicon;

/// Two sentences with a lower cosine are not connected.
const CONNECTED: f32 = 0.06;
/// The probability of following a connection, as in `PageRank`.
const DAMPING: f32 = 0.85;
/// Rounds of the random walk: it is steady then.
const ROUNDS: usize = 25;
/// Sentences with a greater cosine of their words say the same.
const SAME_WORDS: f32 = 0.8;
/// Sentences with a greater cosine of their embeddings say the same: unrelated ones have 0.7 to 0.8.
const SAME_MEANING: f32 = 0.96;
/// What a sentence without an end counts among others.
const UNENDED: f32 = 0.5;
/// Fewest sentences of a part: fewer say little about what it is about.
const LEAST: usize = 8;
/// Candidates of a part for each sentence that it may give.
const CHOICE: usize = 24;
/// A long part gives its candidates from so many stretches.
const STRETCHES: usize = 8;

/// A sentence that was taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chosen {
    pub(super) index: usize,
    pub(super) score: f32,
}

/// The text in parts, and the sentences of each that may be taken.
pub(super) struct Parts {
    candidates: Vec<Vec<usize>>,
    /// How good a quotation each sentence is, from 0 to 1.
    fitness: Vec<f32>,
}

impl Parts {
    /// Half as many parts as the `count` of wanted sentences: each gives one, and the others are free for what is most central.
    /// All parts together have about `most` candidates.
    pub(super) fn new(sentences: &[Sentence], lexicon: &Lexicon, count: usize, most: usize) -> Self {
        let parts = count.div_ceil(2).min(sentences.len() / LEAST).max(1);
        let each = (most / parts).max(CHOICE);
        let fitness = fitness(sentences, lexicon);
        let ranges = ranges(sentences, parts).into_iter();
        Self { candidates: ranges.map(|range| shortlist(lexicon, &fitness, range, each)).collect(), fitness }
    }

    pub(super) fn count(&self) -> usize {
        self.candidates.iter().filter(|part| !part.is_empty()).count()
    }

    /// All candidates, in order.
    pub(super) fn candidates(&self) -> impl Iterator<Item = usize> {
        self.candidates.iter().flatten().copied()
    }
}

/// The sentences in parts of about as many characters.
fn ranges(sentences: &[Sentence], parts: usize) -> Vec<Range<usize>> {
    let all: usize = sentences.iter().map(|sentence| sentence.text.len()).sum();
    let (mut found, mut start, mut characters) = (Vec::new(), 0, 0);
    for (at, sentence) in sentences.iter().enumerate() {
        characters += sentence.text.len();
        if characters * parts >= all * (found.len() + 1) {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    if start < sentences.len() {
        found.push(start..sentences.len());
    }
    found
}

/// At most about `most` sentences of a part: those nearest to its centroid, from each stretch of it.
fn shortlist(lexicon: &Lexicon, fitness: &[f32], part: Range<usize>, most: usize) -> Vec<usize> {
    if part.len() <= most {
        return part.collect();
    }
    let mut centroid = vec![0.0_f32; lexicon.features];
    for vector in &lexicon.vectors[part.clone()] {
        for (feature, weight) in vector {
            centroid[*feature as usize] += weight;
        }
    }
    let nearness = |at: usize| -> f32 {
        let near =
            lexicon.vectors[at].iter().map(|(feature, weight)| weight * centroid[*feature as usize]).sum::<f32>();
        near * fitness[at]
    };
    let mut found = Vec::new();
    let all: Vec<usize> = part.collect();
    for stretch in all.chunks(all.len().div_ceil(STRETCHES)) {
        let mut near: Vec<(usize, f32)> = stretch.iter().map(|&at| (at, nearness(at))).collect();
        near.sort_by(|one, other| other.1.total_cmp(&one.1));
        found.extend(near.into_iter().take(most.div_ceil(STRETCHES)).map(|(at, _)| at));
    }
    found.sort_unstable();
    found
}

/// The meanings of some sentences.
pub(super) struct Meanings {
    vectors: HashMap<usize, Meaning>,
}

struct Meaning {
    plain: Vec<f32>,
    /// Without what all sentences have in common, which is most of it; of length 1.
    own: Vec<f32>,
}

impl Meanings {
    /// `vectors` are those of `sentences`, of length 1.
    pub(super) fn new(sentences: Vec<usize>, vectors: Vec<Vec<f32>>) -> Self {
        let count = number(vectors.len().max(1));
        let mut common = vec![0.0; vectors.first().map_or(0, Vec::len)];
        for vector in &vectors {
            common.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value / count);
        }
        let meaning = |plain: Vec<f32>| {
            let mut own: Vec<f32> = plain.iter().zip(&common).map(|(value, common)| value - common).collect();
            let length = dot(&own, &own).sqrt().max(f32::EPSILON);
            for value in &mut own {
                *value /= length;
            }
            Meaning { plain, own }
        };
        Self { vectors: sentences.into_iter().zip(vectors.into_iter().map(meaning)).collect() }
    }

    fn of<'a>(&'a self, one: usize, other: usize, which: fn(&'a Meaning) -> &'a [f32]) -> f32 {
        match (self.vectors.get(&one), self.vectors.get(&other)) {
            (Some(one), Some(other)) => dot(which(one), which(other)),
            _ => 0.0,
        }
    }
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// How sentences are compared.
struct Likeness<'a> {
    lexicon: &'a Lexicon,
    meanings: Option<&'a Meanings>,
}

impl Likeness<'_> {
    /// From 0 to 1.
    fn cosine(&self, one: usize, other: usize) -> f32 {
        match self.meanings {
            Some(meanings) => meanings.of(one, other, |meaning| &meaning.own).max(0.0),
            None => self.lexicon.cosine(one, other),
        }
    }

    /// Whether two sentences say the same.
    fn is_same(&self, one: usize, other: usize) -> bool {
        let by_meaning = self.meanings.map(|meanings| meanings.of(one, other, |meaning| &meaning.plain));
        self.lexicon.cosine(one, other) > SAME_WORDS || by_meaning.is_some_and(|cosine| cosine > SAME_MEANING)
    }
}

/// At most `count` sentences, in order: each part gives its share, and the rest are the most central ones of all.
pub(super) fn choose(parts: &Parts, lexicon: &Lexicon, meanings: Option<&Meanings>, count: usize) -> Vec<Chosen> {
    let likeness = Likeness { lexicon, meanings };
    let ranked: Vec<Vec<Candidate>> =
        parts.candidates.iter().map(|part| rank(part, &likeness, &parts.fitness)).collect();
    // About half of them are the parts' own; the others may come from anywhere.
    let share = (count / 2 / parts.candidates.len().max(1)).max(1);
    let mut choice = Choice { likeness: &likeness, chosen: Vec::new() };
    let mut all = Vec::new();
    for mut part in ranked {
        choice.candidates_follow(&mut part);
        choice.take(&mut part, share.min(count - choice.chosen.len()));
        all.extend(part);
    }
    choice.candidates_follow(&mut all);
    choice.take(&mut all, count - choice.chosen.len());
    let mut chosen = choice.chosen;
    chosen.sort_unstable_by_key(|chosen| chosen.index);
    chosen
}

/// A sentence that may be taken.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    index: usize,
    score: f32,
    /// Its greatest cosine with what was taken; none if it says the same.
    repeats: Option<f32>,
}

struct Choice<'a> {
    likeness: &'a Likeness<'a>,
    chosen: Vec<Chosen>,
}

impl Choice<'_> {
    /// Compares candidates with all that was taken.
    fn candidates_follow(&self, candidates: &mut [Candidate]) {
        for candidate in candidates {
            candidate.repeats = Some(0.0);
            self.chosen.iter().for_each(|chosen| self.compare(candidate, chosen.index));
        }
    }

    fn compare(&self, candidate: &mut Candidate, taken: usize) {
        candidate.repeats = candidate
            .repeats
            .filter(|_| !self.likeness.is_same(candidate.index, taken))
            .map(|most| most.max(self.likeness.cosine(candidate.index, taken)));
    }

    /// Takes at most `count` of them, the best first.
    fn take(&mut self, candidates: &mut Vec<Candidate>, count: usize) {
        for _ in 0..count {
            let value = |candidate: &Candidate| Some(candidate.score * (1.0 - candidate.repeats?));
            let values = candidates.iter().enumerate().filter_map(|(at, candidate)| Some((at, value(candidate)?)));
            let Some((best, _)) = values.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))
            else {
                return;
            };
            let Candidate { index, score, .. } = candidates.swap_remove(best);
            self.chosen.push(Chosen { index, score });
            for candidate in candidates.iter_mut() {
                self.compare(candidate, index);
            }
        }
    }
}

/// The candidates of a part with their scores, of which the greatest is 1.
fn rank(part: &[usize], likeness: &Likeness<'_>, fitness: &[f32]) -> Vec<Candidate> {
    let central = centrality(part, likeness);
    let scores: Vec<f32> = part.iter().zip(central).map(|(&index, central)| central.sqrt() * fitness[index]).collect();
    let most = scores.iter().copied().fold(f32::EPSILON, f32::max);
    part.iter()
        .zip(scores)
        .map(|(&index, score)| Candidate { index, score: score / most, repeats: Some(0.0) })
        .collect()
}

/// How often a random walk over similar sentences comes by each.
fn centrality(part: &[usize], likeness: &Likeness<'_>) -> Vec<f32> {
    let count = part.len();
    let mut edges: Vec<Vec<(usize, f32)>> = vec![Vec::new(); count];
    for one in 0..count {
        for other in one + 1..count {
            let cosine = likeness.cosine(part[one], part[other]);
            // What says the same does not support itself.
            if cosine > CONNECTED && !likeness.is_same(part[one], part[other]) {
                edges[one].push((other, cosine));
                edges[other].push((one, cosine));
            }
        }
    }
    let even = 1.0 / number(count.max(1));
    let totals: Vec<f32> = edges.iter().map(|near| near.iter().map(|(_, cosine)| cosine).sum()).collect();
    let mut values = vec![even; count];
    for _ in 0..ROUNDS {
        let mut next = vec![(1.0 - DAMPING) * even; count];
        for (one, near) in edges.iter().enumerate() {
            for &(other, cosine) in near {
                next[other] += DAMPING * values[one] * cosine / totals[one];
            }
        }
        values = next;
    }
    values
}

/// How good a quotation each sentence is. Where most end with a full stop, those that do not are titles and items of lists.
fn fitness(sentences: &[Sentence], lexicon: &Lexicon) -> Vec<f32> {
    let whole = sentences.iter().filter(|sentence| sentence.is_whole).count();
    let unended = if 2 * whole > sentences.len() { UNENDED } else { 1.0 };
    let factor =
        |(sentence, words): (&Sentence, &f32)| length_factor(*words) * if sentence.is_whole { 1.0 } else { unended };
    sentences.iter().zip(&lexicon.words).map(factor).collect()
}

/// Fragments and endless sentences are bad quotations.
fn length_factor(words: f32) -> f32 {
    match words {
        ..4.0 => 0.3,
        ..7.0 => 0.7,
        ..46.0 => 1.0,
        _ => 0.7,
    }
}
