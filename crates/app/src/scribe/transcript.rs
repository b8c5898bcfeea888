//! What was said in a whole session, on one time line.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sluice_capability::{MadeBy, Segment, Suppressed, Transcript, Word};
use sluice_store::scribe::{ChunkRow, EditRow, NamedSpeaker, RecordingRow, SegmentRow};
use utoipa::ToSchema;

use super::clock::{GAP_MS, offsets};
use super::cut;
use super::export::{self, Overview, Talk};
use super::gap::{Gap, GapReason};
use super::holes;

/// What was heard of a segment.
pub(super) struct Heard {
    pub(super) segment: SegmentRow,
    pub(super) chunks: Vec<ChunkRow>,
    /// Where it ends, in milliseconds of the segment: later than its chunks, if some are missing at its end.
    pub(super) until_ms: u64,
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
    /// `silence`, `repetition`, `phantom` or `too_fast`: nobody speaks there, it repeats itself, it is a phrase that models make up, or it has more words than anybody says in the time.
    #[schema(value_type = String)]
    pub reason: sluice_capability::Suppression,
}

impl Transcription {
    /// Of the segments that were heard, in order.
    pub(super) fn of(heard: &[Heard]) -> Self {
        let starts = offsets(heard.iter().map(|one| (one.segment.started_at, one.until_ms)));
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
        for (one, &from) in heard.iter().zip(&starts) {
            for name in one.made_by.iter().map(engine_name) {
                if !whole.made_by.contains(&name) {
                    whole.made_by.push(name);
                }
            }
            let gaps = holes::of(&one.chunks, &one.lost, &one.transcript, one.until_ms);
            let moments: Vec<u64> = gaps.iter().map(|gap| gap.start_ms).collect();
            for segment in &one.transcript.segments {
                // What is said before a gap and what is said after it are no one sentence.
                let cuts = cut::words_after(&segment.words, &moments);
                let pieces = cut::before(segment.clone(), &cuts).into_iter();
                whole.passages.extend(pieces.map(|piece| passage(&piece, one.segment.number, from)));
            }
            whole.suppressed.extend(one.transcript.suppressed.iter().map(|text| left_out(text, from)));
            whole.gaps.extend(gaps.into_iter().map(|gap| gap.on_line(from)));
            spans.push((from, from + one.until_ms));
        }
        spans.sort_unstable();
        let mut until = 0;
        for (start, end) in spans {
            if start > until + GAP_MS {
                let reason = GapReason::NotRecorded;
                whole.gaps.push(Gap { start_ms: until, end_ms: start, reason, estimated: false });
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
        let gap = |gap: &Gap| export::Gap {
            start_ms: short(gap.start_ms),
            end_ms: short(gap.end_ms),
            reason: gap.reason,
            estimated: gap.estimated,
        };
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

/// What made a transcript: provider, model and version.
fn engine_name(made_by: &MadeBy) -> String {
    [&made_by.provider, &made_by.model, &made_by.version].map(String::as_str).join(" ").trim().to_owned()
}

/// The language of most words.
fn language(heard: &[Heard]) -> String {
    let words = |one: &&Heard| one.transcript.segments.iter().map(|segment| segment.words.len()).sum::<usize>();
    let known = heard.iter().filter(|one| !one.transcript.language.is_empty());
    known.max_by_key(words).map(|one| one.transcript.language.clone()).unwrap_or_default()
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
mod tests;
