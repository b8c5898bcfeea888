//! The transcript as JSON, version 1.
//!
//! ```json
//! {
//!   "version": 1,
//!   "title": "Board meeting",
//!   "language": "en",
//!   "direction": "ltr",
//!   "recorded_at": "2026-05-12T09:00:00Z",
//!   "consent": "All agreed at the start.",
//!   "provisional": false,
//!   "summary": { "kind": "extract", "text": "We will open on Monday.", "older": false },
//!   "speakers": [{ "number": 0, "name": "Amal" }],
//!   "gaps": [{ "start_ms": 60000, "end_ms": 72000, "reason": "not_received", "estimated": false }],
//!   "segments": [{
//!     "start_ms": 0, "end_ms": 900, "speaker": 0, "text": "Good morning.",
//!     "words": [{ "text": "Good", "start_ms": 0, "end_ms": 300, "confidence": 0.98 }]
//!   }]
//! }
//! ```
//!
//! `recorded_at`, `consent`, `summary` and `speaker` may be null. A summary that models wrote is `written`,
//! and has their names as `made_by`; one that is `older` was made before the transcript was corrected. A gap's `reason` is `not_recorded`, `not_received`, `unreadable` or `not_written`;
//! `estimated`: chunks are missing at the end of a segment, and how long they were is not known. Times are milliseconds of the recording, ends exclusive.
//! `speakers` has everyone who speaks, and everyone with a name. `words` is empty where their times are not known. Version 1
//! may get more fields, so ignore those that you do not know; a change of meaning gets a new version.

use std::collections::BTreeSet;

use serde::Serialize;
use sluice_capability::Segment;

use super::{Gap, Talk};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    title: &'a str,
    language: &'a str,
    direction: &'static str,
    recorded_at: Option<String>,
    consent: Option<&'a str>,
    provisional: bool,
    summary: Option<Summary<'a>>,
    speakers: Vec<Speaker>,
    gaps: &'a [Gap],
    segments: Vec<Said<'a>>,
}

#[derive(Serialize)]
struct Summary<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<&'a str>,
    text: &'a str,
    older: bool,
}

#[derive(Serialize)]
struct Speaker {
    number: u32,
    name: String,
}

/// A segment, field by field: what the engines pass around may change, this shape may not.
#[derive(Serialize)]
struct Said<'a> {
    start_ms: u32,
    end_ms: u32,
    speaker: Option<u32>,
    text: &'a str,
    words: Vec<SaidWord<'a>>,
}

#[derive(Serialize)]
struct SaidWord<'a> {
    text: &'a str,
    start_ms: u32,
    end_ms: u32,
    confidence: f32,
}

pub(super) fn write(talk: &Talk) -> Result<Vec<u8>, serde_json::Error> {
    let segments = &talk.transcript.segments;
    let speaking = segments.iter().filter_map(|segment| segment.speaker);
    let numbers: BTreeSet<u32> = speaking.chain(talk.speakers.keys().copied()).collect();
    let mut bytes = serde_json::to_vec_pretty(&Document {
        version: VERSION,
        title: &talk.title,
        language: &talk.language,
        direction: talk.direction().name(),
        recorded_at: talk.recorded_at(),
        consent: talk.consent.as_deref(),
        provisional: talk.provisional,
        summary: talk.summary.as_ref().map(|summary| Summary {
            kind: if summary.written_by.is_some() { "written" } else { "extract" },
            made_by: summary.written_by.as_deref(),
            text: &summary.text,
            older: summary.is_older,
        }),
        speakers: numbers.into_iter().map(|number| Speaker { number, name: talk.name_of(number) }).collect(),
        gaps: &talk.gaps,
        segments: segments.iter().map(said).collect(),
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn said(segment: &Segment) -> Said<'_> {
    let words = segment.words.iter().map(|word| SaidWord {
        text: &word.text,
        start_ms: word.start_ms,
        end_ms: word.end_ms,
        confidence: word.confidence,
    });
    Said {
        start_ms: segment.start_ms,
        end_ms: segment.end_ms,
        speaker: segment.speaker,
        text: &segment.text,
        words: words.collect(),
    }
}
