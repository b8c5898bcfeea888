//! What was said in a whole session, on one time line.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sluice_capability::{MadeBy, Segment, Suppressed, Transcript, Word};
use sluice_domain::time::Timestamp;
use sluice_store::scribe::{ChunkRow, EditRow, NamedSpeaker, RecordingRow, SegmentRow};
use utoipa::ToSchema;

use super::export::{self, Overview, Talk};
use super::gap::GapReason;

/// A stretch without a segment that is shorter is no gap, in milliseconds: recorders take a moment to start.
const GAP_MS: u64 = 500;
/// A segment that began later than this after the one before did so by a clock that jumped, in milliseconds: a week.
const JUMP_MS: u64 = 7 * 24 * 3_600 * 1_000;

/// What was heard of a segment.
pub(super) struct Heard {
    pub(super) segment: SegmentRow,
    pub(super) chunks: Vec<ChunkRow>,
    pub(super) transcript: Transcript,
    pub(super) made_by: Vec<MadeBy>,
    /// What of it is not in the transcript, in milliseconds of the segment.
    pub(super) lost: Vec<(Range<u64>, GapReason)>,
}

/// The transcript of a session. Times are milliseconds from its beginning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Transcription {
    /// ISO 639-1 code of what is spoken most.
    pub language: String,
    /// What wrote it down: provider, model and version of each that did.
    pub made_by: Vec<String>,
    /// What was said, in the order in which it begins.
    pub passages: Vec<Passage>,
    /// What was written and then left out, since probably nobody said it.
    pub suppressed: Vec<LeftOut>,
    /// What is not in it: where nothing was recorded, or what was recorded never arrived, cannot be read, or was not written down.
    pub gaps: Vec<Gap>,
    /// The end of the last sound.
    pub length_ms: u64,
    /// 0 as it was heard; greater with every edit, and when it is heard again with another outcome. Names of speakers are not
    /// part of it.
    #[serde(default)]
    #[schema(required = true)]
    pub revision: u64,
    /// Edits that were dropped when it was heard again, since what they changed was heard otherwise.
    #[serde(default)]
    #[schema(required = true)]
    pub edits_dropped: u32,
    /// Who speaks, in the order in which they first do; empty if they were not told apart.
    #[serde(default)]
    #[schema(required = true)]
    pub speakers: Vec<Speaker>,
    /// Whether speakers were told apart, or why not.
    #[serde(default)]
    #[schema(required = true)]
    pub told_apart: ToldApart,
}

/// Somebody who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Speaker {
    /// From 0.
    pub number: u32,
    /// What a person called the voice, in this session or in another one.
    pub name: Option<String>,
    /// The voice: the same in every session in which it was recognised.
    #[schema(format = "uuid")]
    pub voice_id: Option<String>,
}

/// Whether speakers were told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldApart {
    /// They were.
    Yes,
    /// What tells them apart is not installed.
    NotInstalled,
    /// It failed, for all or a part of the recording.
    Failed,
    /// Nobody tried: the transcript is from before it could be done.
    #[default]
    NotTried,
}

/// A stretch of speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Passage {
    /// Its number: its place in the transcript as it was heard, from 0.
    #[serde(default)]
    #[schema(required = true)]
    pub number: u32,
    /// The number of the segment in which it was said.
    pub segment: u32,
    /// Start.
    pub start_ms: u64,
    /// End, exclusive.
    pub end_ms: u64,
    /// What was said, with punctuation.
    pub text: String,
    /// Its words.
    pub words: Vec<SpokenWord>,
    /// Who speaks, by their number.
    #[serde(default)]
    pub speaker: Option<u32>,
    /// Whether a person changed it.
    #[serde(default)]
    #[schema(required = true)]
    pub edited: bool,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpokenWord {
    /// The word, with the punctuation that follows it.
    pub text: String,
    /// Start.
    pub start_ms: u64,
    /// End, exclusive.
    pub end_ms: u64,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
}

/// A text that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// Start.
    pub start_ms: u64,
    /// End, exclusive.
    pub end_ms: u64,
    /// What was written.
    pub text: String,
    /// `silence`, `repetition` or `phantom`: nobody speaks there, it repeats itself, or it is a phrase that models make up.
    #[schema(value_type = String)]
    pub reason: sluice_capability::Suppression,
}

/// A stretch of which nothing is in the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// Start.
    pub start_ms: u64,
    /// End, exclusive.
    pub end_ms: u64,
    /// Why.
    pub reason: GapReason,
}

impl Transcription {
    /// Of the segments that were heard, in order.
    pub(super) fn of(heard: &[Heard]) -> Self {
        let starts = starts(heard.iter().map(|one| (&one.segment, &*one.chunks)));
        let mut whole = Self {
            language: language(heard),
            made_by: Vec::new(),
            passages: Vec::new(),
            suppressed: Vec::new(),
            gaps: Vec::new(),
            length_ms: 0,
            revision: 0,
            edits_dropped: 0,
            speakers: Vec::new(),
            told_apart: ToldApart::default(),
        };
        let mut spans = Vec::new();
        for (one, from) in heard.iter().zip(starts) {
            for name in one.made_by.iter().map(engine_name) {
                if !whole.made_by.contains(&name) {
                    whole.made_by.push(name);
                }
            }
            let number = one.segment.number;
            whole.passages.extend(one.transcript.segments.iter().map(|segment| passage(segment, number, from)));
            whole.suppressed.extend(one.transcript.suppressed.iter().map(|text| left_out(text, from)));
            whole.gaps.extend(not_received(one, from));
            whole.gaps.extend(one.lost.iter().map(|(lost, reason)| Gap {
                start_ms: from + lost.start,
                end_ms: from + lost.end,
                reason: *reason,
            }));
            whole.gaps.extend(one.transcript.unwritten.iter().map(|stretch| Gap {
                start_ms: from + u64::from(stretch.start_ms),
                end_ms: from + u64::from(stretch.end_ms),
                reason: GapReason::NotWritten,
            }));
            spans.push((from, from + end_of(&one.chunks)));
        }
        spans.sort_unstable();
        let mut until = 0;
        for (start, end) in spans {
            if start > until + GAP_MS {
                whole.gaps.push(Gap { start_ms: until, end_ms: start, reason: GapReason::NotRecorded });
            }
            until = until.max(end);
        }
        whole.length_ms = until;
        whole.passages.sort_by_key(|passage| (passage.start_ms, passage.segment));
        whole.number();
        whole.suppressed.sort_by_key(|text| text.start_ms);
        whole.gaps.sort_by_key(|gap| gap.start_ms);
        whole
    }

    /// Numbers the passages by their places.
    pub(super) fn number(&mut self) {
        for (number, passage) in (0..).zip(&mut self.passages) {
            passage.number = number;
        }
    }

    /// The people of the passages in the order in which they first speak; afterwards the passages have their places in it.
    pub(super) fn renumber_speakers(&mut self) -> Vec<u32> {
        let mut order: Vec<u32> = Vec::new();
        for speaker in self.passages.iter_mut().filter_map(|passage| passage.speaker.as_mut()) {
            let place = order.iter().position(|known| known == speaker).unwrap_or_else(|| {
                order.push(*speaker);
                order.len() - 1
            });
            *speaker = u32::try_from(place).unwrap_or(u32::MAX);
        }
        order
    }

    /// With what is on top of it.
    pub(super) fn with(mut self, session: &RecordingRow, edits: &[EditRow], speakers: Vec<NamedSpeaker>) -> Self {
        self.number();
        self.revision = session.revision;
        self.edits_dropped = session.edits_dropped;
        let speaker = |speaker: NamedSpeaker| Speaker {
            number: speaker.number,
            name: speaker.name,
            voice_id: Some(speaker.voice.to_string()),
        };
        self.speakers = speakers.into_iter().map(speaker).collect();
        for edit in edits {
            if let Some(passage) = usize::try_from(edit.passage).ok().and_then(|at| self.passages.get_mut(at)) {
                passage.change(edit);
            }
        }
        self
    }

    /// The same for a file of its own.
    pub fn talk(&self, session: &RecordingRow, summary: Option<Overview>) -> Talk {
        let named = |speaker: &Speaker| Some((speaker.number, speaker.name.clone()?));
        let gap =
            |gap: &Gap| export::Gap { start_ms: short(gap.start_ms), end_ms: short(gap.end_ms), reason: gap.reason };
        Talk {
            title: session.title.clone(),
            language: self.language.clone(),
            recorded: Some(session.created_at),
            consent: Some(session.consent.clone()).filter(|consent| !consent.is_empty()),
            speakers: self.speakers.iter().filter_map(named).collect(),
            gaps: self.gaps.iter().map(gap).collect(),
            provisional: false,
            summary,
            transcript: Transcript {
                language: self.language.clone(),
                segments: self.passages.iter().filter(|passage| !passage.is_empty()).map(Passage::segment).collect(),
                suppressed: Vec::new(),
                unwritten: Vec::new(),
            },
        }
    }

    /// How many words there are.
    pub fn words(&self) -> usize {
        self.passages.iter().map(|passage| passage.words.len()).sum()
    }
}

impl Passage {
    /// Whether a person had it say nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.edited
    }

    fn segment(&self) -> Segment {
        let word = |word: &SpokenWord| Word {
            text: word.text.clone(),
            start_ms: short(word.start_ms),
            end_ms: short(word.end_ms),
            confidence: word.confidence,
        };
        Segment {
            start_ms: short(self.start_ms),
            end_ms: short(self.end_ms),
            text: self.text.clone(),
            speaker: self.speaker,
            words: self.words.iter().map(word).collect(),
        }
    }
}

/// A time within the first seven weeks, which is longer than a session.
fn short(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}

/// Where each segment begins on the time line of the session, by the clocks of their recorders: the first at 0, and one whose
/// clock jumped where those before it end.
pub(super) fn starts<'a>(sounds: impl Iterator<Item = (&'a SegmentRow, &'a [ChunkRow])>) -> Vec<u64> {
    offsets(sounds.map(|(segment, chunks)| (segment.started_at, end_of(chunks))))
}

/// The same for segments that began at these times, and have these lengths in milliseconds.
pub(super) fn offsets(segments: impl Iterator<Item = (Timestamp, u64)>) -> Vec<u64> {
    let (mut offsets, mut begun, mut until) = (Vec::new(), None, 0_u64);
    for (started_at, length_ms) in segments {
        let started = started_at.as_millis();
        let offset = u64::try_from(started.saturating_sub(*begun.get_or_insert(started))).ok();
        let start = offset.filter(|offset| *offset <= until.saturating_add(JUMP_MS)).unwrap_or(until);
        offsets.push(start);
        until = until.max(start + length_ms);
    }
    offsets
}

/// The end of a segment's last chunk.
pub(super) fn end_of(chunks: &[ChunkRow]) -> u64 {
    chunks.iter().map(|chunk| chunk.start_ms + chunk.length_ms).max().unwrap_or(0)
}

/// What made a transcript: provider, model and version.
fn engine_name(made_by: &MadeBy) -> String {
    [&made_by.provider, &made_by.model, &made_by.version].map(String::as_str).join(" ").trim().to_owned()
}

/// The language of most words.
fn language(heard: &[Heard]) -> String {
    let words = |one: &&Heard| one.transcript.segments.iter().map(|segment| segment.words.len()).sum::<usize>();
    heard.iter().max_by_key(words).map(|one| one.transcript.language.clone()).unwrap_or_default()
}

/// The chunks that are missing between those that are there, as stretches of time.
fn not_received(heard: &Heard, from: u64) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut until = (0, 0);
    for chunk in &heard.chunks {
        if chunk.number > until.0 && chunk.start_ms > until.1 {
            let (start_ms, end_ms) = (from + until.1, from + chunk.start_ms);
            gaps.push(Gap { start_ms, end_ms, reason: GapReason::NotReceived });
        }
        until = (chunk.number + 1, chunk.start_ms + chunk.length_ms);
    }
    gaps
}

fn passage(segment: &Segment, number: u32, from: u64) -> Passage {
    let word = |word: &Word| SpokenWord {
        text: word.text.clone(),
        start_ms: from + u64::from(word.start_ms),
        end_ms: from + u64::from(word.end_ms),
        confidence: word.confidence,
    };
    Passage {
        number: 0,
        segment: number,
        start_ms: from + u64::from(segment.start_ms),
        end_ms: from + u64::from(segment.end_ms),
        text: segment.text.clone(),
        words: segment.words.iter().map(word).collect(),
        speaker: segment.speaker,
        edited: false,
    }
}

fn left_out(text: &Suppressed, from: u64) -> LeftOut {
    LeftOut {
        start_ms: from + u64::from(text.start_ms),
        end_ms: from + u64::from(text.end_ms),
        text: text.text.clone(),
        reason: text.reason,
    }
}

#[cfg(test)]
mod tests {
    use sluice_capability::Unwritten;

    use super::*;

    /// A segment that began at a time, with chunks of ten seconds of these numbers, and a word in its first second.
    fn heard(number: u32, started_at: i64, chunks: &[u32]) -> Heard {
        let word = Word { text: format!("word{number}"), start_ms: 100, end_ms: 900, confidence: 0.9 };
        let segment = Segment { start_ms: 100, end_ms: 900, text: word.text.clone(), speaker: None, words: vec![word] };
        let chunk = |number: &u32| ChunkRow {
            segment: 0,
            number: *number,
            start_ms: u64::from(*number) * 10_000,
            length_ms: 10_000,
            bytes: 1,
            sha256: String::new(),
            blob: String::new(),
            stored_at: Timestamp::from_millis(0),
        };
        Heard {
            segment: SegmentRow {
                number,
                key: String::new(),
                source: "microphone".to_owned(),
                media_type: String::new(),
                started_at: Timestamp::from_millis(started_at),
                created_at: Timestamp::from_millis(0),
                chunks: None,
                stored: 0,
                beyond: 0,
            },
            chunks: chunks.iter().map(chunk).collect(),
            transcript: Transcript {
                language: "en".to_owned(),
                segments: vec![segment],
                suppressed: Vec::new(),
                unwritten: Vec::new(),
            },
            made_by: vec![MadeBy {
                provider: "local".to_owned(),
                model: "whisper base".to_owned(),
                version: String::new(),
            }],
            lost: Vec::new(),
        }
    }

    #[test]
    fn segments_are_on_one_time_line_and_what_is_missing_is_a_gap() {
        let whole = Transcription::of(&[heard(0, 1_000, &[0, 1, 3]), heard(1, 101_000, &[0])]);
        let at: Vec<(u64, &str)> = whole.passages.iter().map(|passage| (passage.start_ms, &*passage.text)).collect();
        assert_eq!(at, [(100, "word0"), (100_100, "word1")]);
        let gaps: Vec<(u64, u64, GapReason)> =
            whole.gaps.iter().map(|gap| (gap.start_ms, gap.end_ms, gap.reason)).collect();
        let right = [(20_000, 30_000, GapReason::NotReceived), (40_000, 100_000, GapReason::NotRecorded)];
        assert_eq!(gaps, right);
        assert_eq!((whole.length_ms, whole.words()), (110_000, 2));
        assert_eq!(whole.made_by, ["local whisper base"]);
    }

    #[test]
    fn what_cannot_be_read_or_was_not_written_is_a_gap_on_the_same_time_line() {
        let mut second = heard(1, 101_000, &[0, 1]);
        second.lost = vec![(3_000..9_000, GapReason::Unreadable)];
        second.transcript.unwritten = vec![Unwritten { start_ms: 12_000, end_ms: 14_500 }];
        let whole = Transcription::of(&[heard(0, 1_000, &[0]), second]);
        let gaps: Vec<(u64, u64, GapReason)> =
            whole.gaps.iter().map(|gap| (gap.start_ms, gap.end_ms, gap.reason)).collect();
        let right = [
            (10_000, 100_000, GapReason::NotRecorded),
            (103_000, 109_000, GapReason::Unreadable),
            (112_000, 114_500, GapReason::NotWritten),
        ];
        assert_eq!(gaps, right);
        assert_eq!(whole.length_ms, 120_000);
    }

    #[test]
    fn two_recorders_at_the_same_time_take_turns_and_leave_no_gap() {
        let whole = Transcription::of(&[heard(0, 0, &[0, 1]), heard(1, 400, &[0, 1])]);
        let at: Vec<u64> = whole.passages.iter().map(|passage| passage.start_ms).collect();
        assert_eq!(at, [100, 500]);
        assert_eq!(whole.gaps, []);
    }

    #[test]
    fn a_clock_that_jumps_moves_nothing_out_of_reach() {
        let whole = Transcription::of(&[heard(0, 5_000_000, &[0]), heard(1, 10, &[0]), heard(2, i64::MAX, &[0])]);
        let at: Vec<u64> = whole.passages.iter().map(|passage| passage.start_ms).collect();
        assert_eq!(at, [100, 10_100, 20_100]);
    }

    #[test]
    fn nothing_heard_is_an_empty_transcript() {
        let whole = Transcription::of(&[]);
        assert_eq!((whole.words(), whole.length_ms, whole.language.as_str()), (0, 0, ""));
    }
}
