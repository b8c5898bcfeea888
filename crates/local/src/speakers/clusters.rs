//! Which voices are the same person: average linkage of their embeddings.

use kodama::{Dendrogram, Method, linkage};

/// Voices that are less alike than this, by the cosine of their embeddings, are two people. With 0.3 two of the benchmark's nine
/// voices are one; no recording of one person in it is two with 0.4.
const ALIKE: f32 = 0.4;
/// How unlike the voices of strangers are in the mean.
const STRANGERS: f32 = 1.0;
/// Voices of two sounds that are more alike than this, by the cosine of their embeddings, are the same person: the readers of the
/// tests are, with more than 0.5, and different ones have less than 0.3.
pub const SAME_PERSON: f32 = 0.5;
/// A person who is heard for less than this is taken for the one who sounds most alike, in milliseconds.
const SHORTEST_MS: u32 = 1_500;

/// Voices that are compared with each other, of which the memory is the square: some hours. Later ones are taken for the nearest.
const MOST: usize = 8_000;
/// Groups of voices that are too short to be a person, which are looked past to find a given number of people.
const NOISES: usize = 20;

/// A piece of a voice of one window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voice {
    /// Of length 1.
    pub(super) embedding: Vec<f32>,
    /// How long it is heard alone.
    pub(super) heard_ms: u32,
    /// The window in which it is heard.
    pub(super) window: usize,
    /// Its number among the voices of that window.
    pub(super) number: usize,
}

impl Voice {
    /// How unlike two voices are, from 0 to 2: at least as unlike as strangers if they are told apart where both are heard.
    fn distance(&self, other: &Self) -> f32 {
        let distance = 1.0 - cosine(&self.embedding, &other.embedding);
        let told_apart = self.window == other.window && self.number != other.number;
        if told_apart { distance.max(STRANGERS) } else { distance }
    }
}

/// The person of each voice, numbered from 0 without a gap. `count` people, if that is known.
pub(super) fn people(voices: &[Voice], count: Option<usize>) -> Vec<usize> {
    let (compared, rest) = voices.split_at(voices.len().min(MOST));
    let mut people = cluster(compared, count);
    if !rest.is_empty() {
        let number = people.iter().max().map_or(0, |last| last + 1);
        let centres: Vec<_> = (0..number).map(|person| centre(compared, &people, person)).collect();
        people.extend(rest.iter().map(|voice| nearest(voice, &centres).unwrap_or(0)));
    }
    people
}

fn cluster(voices: &[Voice], count: Option<usize>) -> Vec<usize> {
    if voices.is_empty() {
        return Vec::new();
    }
    let mut distances = Vec::with_capacity(voices.len() * (voices.len() - 1) / 2);
    for (at, voice) in voices.iter().enumerate() {
        distances.extend(voices[at + 1..].iter().map(|other| voice.distance(other)));
    }
    let tree = linkage(&mut distances, voices.len(), Method::Average);
    let Some(count) = count.map(|count| count.max(1)) else {
        let joins = tree.steps().iter().take_while(|step| step.dissimilarity <= 1.0 - ALIKE).count();
        let mut people = after(&tree, voices.len(), joins);
        join_short(voices, &mut people);
        return people;
    };
    // A noise may be less like everybody than two people are like each other: so many who are heard for long are looked for.
    for number in count..=voices.len().min(count + NOISES) {
        let mut people = after(&tree, voices.len(), voices.len() - number);
        let long = (0..number).filter(|person| heard(voices, &people, *person) >= SHORTEST_MS).count();
        if long == count {
            join_short(voices, &mut people);
            return people;
        }
    }
    after(&tree, voices.len(), voices.len().saturating_sub(count))
}

/// The person of each voice after so many steps of a tree.
fn after(tree: &Dendrogram<f32>, voices: usize, joins: usize) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..voices + tree.len()).collect();
    for (at, step) in tree.steps().iter().enumerate().take(joins) {
        parents[step.cluster1] = voices + at;
        parents[step.cluster2] = voices + at;
    }
    let root = |mut at: usize| {
        while parents[at] != at {
            at = parents[at];
        }
        at
    };
    renumbered((0..voices).map(root))
}

fn nearest(voice: &Voice, centres: &[Vec<f32>]) -> Option<usize> {
    let alike = |at: &usize| cosine(&voice.embedding, &centres[*at]);
    (0..centres.len()).max_by(|a, b| alike(a).total_cmp(&alike(b)))
}

/// Gives the voices of people who are hardly heard to those who sound most alike.
fn join_short(voices: &[Voice], people: &mut Vec<usize>) {
    let number = people.iter().max().map_or(0, |last| last + 1);
    let heard: Vec<u32> = (0..number).map(|person| heard(voices, people, person)).collect();
    let long: Vec<usize> = (0..number).filter(|person| heard[*person] >= SHORTEST_MS).collect();
    let centres: Vec<Vec<f32>> = long.iter().map(|person| centre(voices, people, *person)).collect();
    for (voice, person) in voices.iter().zip(people.iter_mut()).filter(|(_, person)| heard[**person] < SHORTEST_MS) {
        *person = nearest(voice, &centres).map_or(*person, |at| long[at]);
    }
    *people = renumbered(people.iter().copied());
}

fn heard(voices: &[Voice], people: &[usize], person: usize) -> u32 {
    let own = voices.iter().zip(people).filter(|(_, own)| **own == person);
    own.map(|(voice, _)| voice.heard_ms).sum()
}

/// What a person sounds like: the mean of the embeddings by how long each is heard, of length 1.
pub(super) fn centre(voices: &[Voice], people: &[usize], person: usize) -> Vec<f32> {
    let mut sum = vec![0.0; voices.first().map_or(0, |voice| voice.embedding.len())];
    for (voice, _) in voices.iter().zip(people).filter(|(_, own)| **own == person) {
        #[expect(clippy::cast_precision_loss, reason = "a weight")]
        let weight = voice.heard_ms as f32;
        for (sum, value) in sum.iter_mut().zip(&voice.embedding) {
            *sum += value * weight;
        }
    }
    normalise(&mut sum);
    sum
}

/// Makes a vector's length 1.
pub(super) fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in vector {
            *value /= length;
        }
    }
}

/// How alike two voices sound, from -1 to 1, by their embeddings of length 1.
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn renumbered(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut known: Vec<usize> = Vec::new();
    let mut number = |of: usize| {
        known.iter().position(|one| *one == of).unwrap_or_else(|| {
            known.push(of);
            known.len() - 1
        })
    };
    numbers.map(&mut number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(angle: f32, heard_ms: u32) -> Voice {
        let embedding = vec![angle.to_radians().cos(), angle.to_radians().sin()];
        Voice { embedding, heard_ms, window: 0, number: 0 }
    }

    #[test]
    fn who_is_told_apart_within_a_window_is_not_one_person_for_sounding_alike() {
        let (one, other) = (voice(0.0, 3_000), voice(50.0, 3_000));
        assert_eq!(people(&[one.clone(), other.clone()], None), [0, 0]);
        let of = |voice: &Voice, window, number| Voice { window, number, ..voice.clone() };
        let apart = [of(&one, 0, 0), of(&other, 0, 1), of(&one, 1, 2), of(&other, 1, 0)];
        assert_eq!(people(&apart, None), [0, 1, 0, 1]);
        let same = [of(&one, 0, 0), of(&one, 0, 1), of(&one, 1, 0), of(&one, 2, 0), of(&one, 3, 0)];
        assert_eq!(people(&same, None), [0; 5], "a window that hears one person twice");
    }

    #[test]
    fn voices_that_are_alike_are_one_person() {
        let voices = [voice(0.0, 3_000), voice(120.0, 3_000), voice(10.0, 3_000), voice(110.0, 3_000)];
        assert_eq!(people(&voices, None), [0, 1, 0, 1]);
        assert_eq!(people(&[], None), Vec::<usize>::new());
        assert_eq!(people(&voices[..1], None), [0]);
    }

    #[test]
    fn the_number_of_people_may_be_given() {
        let voices = [voice(0.0, 3_000), voice(20.0, 3_000), voice(100.0, 3_000)];
        assert_eq!(people(&voices, Some(1)), [0, 0, 0]);
        assert_eq!(people(&voices, Some(2)), [0, 0, 1]);
        assert_eq!(people(&voices, Some(3)), [0, 1, 2]);
        assert_eq!(people(&voices, Some(9)), [0, 1, 2]);
    }

    #[test]
    fn a_noise_is_not_one_of_a_given_number() {
        let voices = [voice(0.0, 9_000), voice(75.0, 9_000), voice(190.0, 400)];
        assert_eq!(people(&voices, Some(2)), [0, 1, 1]);
    }

    #[test]
    fn voices_without_number_are_given_to_the_nearest() {
        let mut voices = vec![voice(0.0, 9_000), voice(170.0, 9_000)];
        voices.extend((0..MOST).map(|at| voice(if at % 2 == 0 { 3.0 } else { 168.0 }, 1_000)));
        let people = people(&voices, None);
        assert_eq!((people.len(), &people[people.len() - 2..]), (MOST + 2, &[0, 1][..]));
    }

    #[test]
    fn who_is_hardly_heard_is_the_one_most_alike() {
        let voices = [voice(0.0, 9_000), voice(180.0, 9_000), voice(100.0, 400)];
        assert_eq!(people(&voices, None), [0, 1, 1]);
        assert_eq!(people(&[voice(0.0, 400), voice(180.0, 400)], None), [0, 1], "nobody is heard for long");
    }

    #[test]
    fn a_centre_is_weighted_by_time() {
        let voices = [voice(0.0, 3_000), voice(90.0, 1_000)];
        let centre = centre(&voices, &[0, 0], 0);
        assert!((centre[0] / centre[1] - 3.0).abs() < 1e-5);
        assert!((cosine(&centre, &centre) - 1.0).abs() < 1e-6);
    }
}
