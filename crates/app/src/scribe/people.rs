//! Speaker attribution: groups the voices of all segments into people, and divides passages by speaker.

use std::collections::BTreeMap;

use sluice_capability::{Segment, Transcript, VoiceTurn, Voices, Word};
use sluice_local::speakers::{SAME_PERSON, cosine};
use sluice_store::scribe::{SpeakerRow, VoiceId};

use super::cut;
use super::export::speech::ends_sentence;

/// A change of speakers is moved to the end of a sentence that is at most this many words away: the times of turns and words are
/// not exact.
const SNAP_WORDS: usize = 2;

/// A speaker, by the embedding of their voice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    /// A unit vector; empty if it is not known.
    pub(super) embedding: Vec<f32>,
    pub(super) model: String,
    pub(super) heard_ms: u64,
}

impl Person {
    /// The cosine similarity, from -1 to 1; none if the embeddings cannot be compared.
    fn alike(&self, other: &Self) -> Option<f32> {
        let same = self.model == other.model && self.embedding.len() == other.embedding.len();
        (same && !self.embedding.is_empty()).then(|| cosine(&self.embedding, &other.embedding))
    }

    /// Merges another embedding of the same person: the mean, weighted by how long each is heard.
    fn join(&mut self, other: &Self) {
        #[expect(clippy::cast_precision_loss, reason = "weights")]
        let (own, others) = (self.heard_ms.max(1) as f32, other.heard_ms.max(1) as f32);
        for (value, more) in self.embedding.iter_mut().zip(&other.embedding) {
            *value = *value * own + more * others;
        }
        let length = cosine(&self.embedding, &self.embedding).sqrt();
        if length > 0.0 {
            self.embedding.iter_mut().for_each(|value| *value /= length);
        }
        self.heard_ms += other.heard_ms;
    }
}

/// Which of `known` each of `ours` is: the most similar pairs first, and each of `known` at most once, since the voices of one
/// sound are different people.
fn matched(ours: &[Person], known: &[Person]) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (at, one) in ours.iter().enumerate() {
        let alike = known.iter().enumerate().filter_map(|(with, other)| Some((one.alike(other)?, at, with)));
        pairs.extend(alike.filter(|(alike, ..)| *alike >= SAME_PERSON));
    }
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut partners, mut taken) = (vec![None; ours.len()], vec![false; known.len()]);
    for (_, at, with) in pairs {
        if partners[at].is_none() && !taken[with] {
            partners[at] = Some(with);
            taken[with] = true;
        }
    }
    partners
}

/// The people of a session.
#[derive(Debug, Default)]
pub(super) struct People(Vec<Person>);

impl People {
    /// Sets the speakers of a segment, as indexes into the people of the session.
    pub(super) fn hear(&mut self, transcript: &mut Transcript, voices: &Voices, model: &str) {
        let numbers = self.meet(voices, model);
        let segments = std::mem::take(&mut transcript.segments);
        let mut turns = &voices.turns[..];
        for segment in segments {
            while turns.first().is_some_and(|turn| turn.end_ms <= segment.start_ms) {
                turns = &turns[1..];
            }
            transcript.segments.extend(divided(segment, turns, &numbers));
        }
    }

    fn meet(&mut self, voices: &Voices, model: &str) -> Vec<u32> {
        let heard_ms = |speaker: usize| {
            let own = voices.turns.iter().filter(|turn| usize::try_from(turn.speaker) == Ok(speaker));
            own.map(|turn| u64::from(turn.end_ms.saturating_sub(turn.start_ms))).sum()
        };
        let person = |(speaker, embedding): (usize, &Vec<f32>)| Person {
            embedding: embedding.clone(),
            model: model.to_owned(),
            heard_ms: heard_ms(speaker),
        };
        let ours: Vec<Person> = voices.speakers.iter().enumerate().map(person).collect();
        let partners = matched(&ours, &self.0);
        let mut numbers = Vec::with_capacity(ours.len());
        for (person, partner) in ours.iter().zip(partners) {
            let place = if let Some(place) = partner {
                self.0[place].join(person);
                place
            } else {
                self.0.push(person.clone());
                self.0.len() - 1
            };
            numbers.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        numbers
    }

    /// The people at these indexes, in this order.
    pub(super) fn in_order(self, places: &[u32]) -> Vec<Person> {
        let at = |place: &u32| self.0.get(usize::try_from(*place).ok()?).cloned();
        places.iter().filter_map(at).collect()
    }
}

/// The speakers of a session: each with the known voice of the owner that matches, or with a new one.
pub(super) fn recognised(
    people: Vec<Person>,
    known: &[SpeakerRow],
    mut new: impl FnMut() -> VoiceId,
) -> Vec<SpeakerRow> {
    let mut voices: BTreeMap<(&VoiceId, &str), Person> = BTreeMap::new();
    for row in known {
        let heard = Person { embedding: row.embedding.clone(), model: row.model.clone(), heard_ms: row.heard_ms };
        let of_voice = voices.entry((&row.voice, row.model.as_str()));
        of_voice.and_modify(|person| person.join(&heard)).or_insert(heard);
    }
    let (ids, known): (Vec<_>, Vec<_>) = voices.into_iter().unzip();
    let partners = matched(&people, &known);
    let speaker = |(number, (person, partner)): (u32, (Person, Option<usize>))| {
        let voice = partner.map_or_else(&mut new, |place| ids[place].0.clone());
        let Person { embedding, model, heard_ms } = person;
        SpeakerRow { number, voice, embedding, model, heard_ms }
    };
    (0..).zip(people.into_iter().zip(partners)).map(speaker).collect()
}

/// Divides a segment into pieces with one speaker each. `numbers` has the person of each speaker of the turns.
fn divided(segment: Segment, turns: &[VoiceTurn], numbers: &[u32]) -> Vec<Segment> {
    let number = |speaker: u32| numbers.get(usize::try_from(speaker).ok()?).copied();
    if segment.words.is_empty() {
        let speaker = speaker_at(turns, segment.start_ms, segment.end_ms).and_then(number);
        return vec![Segment { speaker, ..segment }];
    }
    let heard = segment.words.iter().map(|word| speaker_at(turns, word.start_ms, word.end_ms).and_then(number));
    let Some(speakers) = filled(heard.collect()) else { return vec![Segment { speaker: None, ..segment }] };
    let cuts = cuts(&segment.words, &speakers);
    let mut from = 0;
    let of_one = |piece: Segment| {
        let own = from..from + piece.words.len();
        from = own.end;
        Segment { speaker: Some(most_frequent(&speakers[own])), ..piece }
    };
    cut::before(segment, &cuts).into_iter().map(of_one).collect()
}

/// The speaker of most of a time range.
fn speaker_at(turns: &[VoiceTurn], start_ms: u32, end_ms: u32) -> Option<u32> {
    let mut heard: BTreeMap<u32, u32> = BTreeMap::new();
    for turn in turns.iter().take_while(|turn| turn.start_ms < end_ms) {
        let both = turn.end_ms.min(end_ms).saturating_sub(turn.start_ms.max(start_ms));
        *heard.entry(turn.speaker).or_default() += both;
    }
    heard.into_iter().filter(|(_, ms)| *ms > 0).max_by_key(|(speaker, ms)| (*ms, u32::MAX - speaker)).map(|(it, _)| it)
}

/// Assigns words without a speaker to the speaker before, or else after them; none if no word has a speaker.
fn filled(speakers: Vec<Option<u32>>) -> Option<Vec<u32>> {
    let mut now = speakers.iter().flatten().next().copied()?;
    let fill = |speaker: Option<u32>| {
        now = speaker.unwrap_or(now);
        now
    };
    Some(speakers.into_iter().map(fill).collect())
}

/// The indexes of the words at which the speaker changes.
fn cuts(words: &[Word], speakers: &[u32]) -> Vec<usize> {
    let ends = |at: usize| at.checked_sub(1).is_some_and(|last| ends_sentence(&words[last].text));
    let mut cuts: Vec<usize> = Vec::new();
    for at in (1..words.len()).filter(|at| speakers[at - 1] != speakers[*at]) {
        let near = (0..=SNAP_WORDS).flat_map(|away| [at.saturating_sub(away), at + away]);
        let cut = near.filter(|at| (1..words.len()).contains(at)).find(|at| ends(*at)).unwrap_or(at);
        if cuts.last().is_none_or(|last| *last < cut) {
            cuts.push(cut);
        }
    }
    // A single word within a sentence of another speaker is not a turn.
    let bounds: Vec<usize> = [0].into_iter().chain(cuts.iter().copied()).chain([words.len()]).collect();
    let mut kept: Vec<usize> = Vec::new();
    for piece in bounds.windows(3) {
        let (start, cut, end) = (kept.last().copied().unwrap_or(0), piece[1], piece[2]);
        let is_turn = |from: usize, to: usize| to - from > 1 || ends(to) || (to == words.len() && ends(from));
        let changes = most_frequent(&speakers[start..cut]) != most_frequent(&speakers[cut..end]);
        if changes && is_turn(start, cut) && is_turn(cut, end) {
            kept.push(cut);
        }
    }
    kept
}

fn most_frequent(speakers: &[u32]) -> u32 {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for speaker in speakers {
        *counts.entry(*speaker).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(speaker, count)| (*count, u32::MAX - speaker)).map_or(0, |(speaker, _)| speaker)
}

#[cfg(test)]
mod tests {
    use sluice_domain::time::Timestamp;

    use super::*;

    /// A segment whose words last a second each.
    fn said(text: &str) -> Segment {
        let words: Vec<Word> = (0..)
            .zip(text.split(' '))
            .map(|(at, word)| Word {
                text: word.to_owned(),
                start_ms: at * 1_000,
                end_ms: at * 1_000 + 900,
                confidence: 1.0,
            })
            .collect();
        let end_ms = words.last().map_or(0, |word| word.end_ms);
        Segment { start_ms: 0, end_ms, text: text.to_owned(), speaker: None, words }
    }

    fn turn(start_ms: u32, end_ms: u32, speaker: u32) -> VoiceTurn {
        VoiceTurn { start_ms, end_ms, speaker }
    }

    fn pieces(text: &str, turns: &[VoiceTurn]) -> Vec<(String, Option<u32>, u32, u32)> {
        let pieces = divided(said(text), turns, &[7, 9]).into_iter();
        pieces.map(|piece| (piece.text, piece.speaker, piece.start_ms, piece.end_ms)).collect()
    }

    fn person(angle: f32, heard_ms: u64) -> Person {
        let embedding = vec![angle.to_radians().cos(), angle.to_radians().sin()];
        Person { embedding, model: "m".to_owned(), heard_ms }
    }

    #[test]
    fn a_segment_is_divided_where_the_speaker_changes_at_the_end_of_a_sentence() {
        let text = "Is it high? It is not. Good.";
        // The turn begins a word late.
        let turns = [turn(0, 3_500, 0), turn(4_000, 6_000, 1), turn(6_000, 7_000, 0)];
        let right = [
            ("Is it high?".to_owned(), Some(7), 0, 2_900),
            ("It is not.".to_owned(), Some(9), 3_000, 5_900),
            ("Good.".to_owned(), Some(7), 6_000, 6_900),
        ];
        assert_eq!(pieces(text, &turns), right);
    }

    #[test]
    fn a_word_in_the_middle_of_a_sentence_is_no_turn() {
        let turns = [turn(0, 2_000, 0), turn(2_000, 2_900, 1), turn(2_900, 6_000, 0)];
        assert_eq!(
            pieces("it is not so high here", &turns),
            [("it is not so high here".to_owned(), Some(7), 0, 5_900)]
        );
    }

    #[test]
    fn where_nobody_is_heard_it_is_who_spoke_before() {
        assert_eq!(pieces("one two three", &[turn(900, 1_900, 1)]), [("one two three".to_owned(), Some(9), 0, 2_900)]);
        assert_eq!(pieces("one two", &[]), [("one two".to_owned(), None, 0, 1_900)]);
        let whole = Segment { words: Vec::new(), ..said("one two three") };
        assert_eq!(divided(whole, &[turn(0, 500, 1), turn(500, 2_000, 0)], &[7, 9])[0].speaker, Some(7));
    }

    #[test]
    fn words_that_are_not_in_the_text_are_joined() {
        let segment = Segment { text: "12 boats. Yes.".to_owned(), ..said("twelve boats. Yes.") };
        let texts: Vec<String> = cut::before(segment, &[2]).into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["twelve boats.", "Yes."]);
    }

    #[test]
    fn the_same_voice_in_two_segments_is_one_person_and_two_voices_of_one_segment_are_two() {
        let mut people = People::default();
        let voices = |angles: &[f32]| Voices {
            turns: vec![turn(0, 1_000, 0)],
            speakers: angles.iter().map(|angle| person(*angle, 0).embedding).collect(),
        };
        assert_eq!(people.meet(&voices(&[0.0, 120.0]), "m"), [0, 1]);
        assert_eq!(people.meet(&voices(&[115.0, 200.0]), "m"), [1, 2]);
        assert_eq!(people.meet(&voices(&[5.0, 10.0]), "m"), [0, 3], "they were told apart");
        assert_eq!(people.meet(&voices(&[5.0]), "another"), [4], "models cannot be compared");
    }

    #[test]
    fn a_voice_is_recognised_by_all_that_was_heard_of_it() {
        let id = |random| VoiceId::new(Timestamp::from_millis(0), [random; 10]);
        let known = |random, angle, heard_ms| {
            let Person { embedding, model, heard_ms } = person(angle, heard_ms);
            SpeakerRow { number: 0, voice: id(random), embedding, model, heard_ms }
        };
        let known = [known(1, 0.0, 1_000), known(1, 50.0, 9_000), known(2, 180.0, 1_000)];
        let found = recognised(vec![person(100.0, 500), person(300.0, 500), person(170.0, 500)], &known, || id(9));
        let voices: Vec<VoiceId> = found.iter().map(|row| row.voice.clone()).collect();
        assert_eq!(voices, [id(1), id(9), id(2)]);
        assert_eq!(found.iter().map(|row| row.number).collect::<Vec<_>>(), [0, 1, 2]);
    }
}
