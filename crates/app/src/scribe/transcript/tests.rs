use sluice_capability::Unwritten;

use super::*;
use crate::scribe::clock::{end_before_the_next, end_of};
use crate::scribe::testing;

/// A segment that began at a time, with chunks of ten seconds of these numbers, and a word in its first second.
fn heard(number: u32, started_at: i64, chunks: &[u32]) -> Heard {
    let word = Word { text: format!("word{number}"), start_ms: 100, end_ms: 900, confidence: 0.9 };
    let segment = Segment { start_ms: 100, end_ms: 900, text: word.text.clone(), speaker: None, words: vec![word] };
    let beyond = chunks.last().map_or(0, |last| last + 1);
    Heard {
        segment: SegmentRow { number, beyond, ..testing::segment(started_at) },
        chunks: testing::chunks(chunks, 10_000),
        until_ms: u64::from(beyond) * 10_000,
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

/// Of segments whose estimated ends are as a job has them.
fn whole_of<const N: usize>(mut heard: [Heard; N]) -> Transcription {
    end_before_the_next(heard.iter_mut().map(|one| (&one.segment, end_of(&one.chunks), &mut one.until_ms)));
    Transcription::of(&heard)
}

/// The gaps of a transcript: from, to, why, and whether that is an estimate.
fn gaps(whole: &Transcription) -> Vec<(u64, u64, GapReason, bool)> {
    whole.gaps.iter().map(|gap| (gap.start_ms, gap.end_ms, gap.reason, gap.estimated)).collect()
}

/// A segment that was closed with so many chunks of ten seconds.
fn closed(number: u32, started_at: i64, chunks: &[u32], count: u32) -> Heard {
    let mut closed = heard(number, started_at, chunks);
    closed.segment.chunks = Some(count);
    closed.until_ms = u64::from(count) * 10_000;
    if chunks.is_empty() {
        closed.transcript = Transcript::default();
        closed.made_by = Vec::new();
    }
    closed
}

#[test]
fn what_is_missing_at_the_end_of_a_segment_never_arrived() {
    let whole = whole_of([closed(0, 1_000, &[0, 1], 8), heard(1, 101_000, &[0])]);
    let right = [(20_000, 80_000, GapReason::NotReceived, true), (80_000, 100_000, GapReason::NotRecorded, false)];
    assert_eq!(gaps(&whole), right);
    let last = whole_of([closed(0, 1_000, &[0, 1], 8)]);
    assert_eq!((gaps(&last), last.length_ms), (right[..1].to_vec(), 80_000), "also where nothing follows");
    // The next one began before a whole chunk would have ended: so did this one.
    let next = whole_of([closed(0, 1_000, &[0, 1], 8), heard(1, 75_000, &[0])]);
    assert_eq!(gaps(&next), [(20_000, 74_000, GapReason::NotReceived, true)]);
    // Another device recorded meanwhile: what it has takes nothing of the gap away.
    let beside = whole_of([closed(0, 1_000, &[0, 1], 8), heard(1, 31_000, &[0])]);
    assert_eq!(gaps(&beside), right[..1]);
}

#[test]
fn a_segment_of_which_nothing_arrived_was_recorded() {
    let whole = whole_of([heard(0, 1_000, &[0]), closed(1, 11_000, &[], 3), heard(2, 41_000, &[0])]);
    assert_eq!(gaps(&whole), [(10_000, 40_000, GapReason::NotReceived, true)]);
    assert_eq!((whole.language.as_str(), whole.length_ms), ("en", 50_000));
    // At the beginning the time line begins with it, and one whose clock jumped is put behind it.
    let whole = whole_of([closed(0, 9_000_000, &[], 3), heard(1, 5, &[0])]);
    assert_eq!(gaps(&whole), [(0, 30_000, GapReason::NotReceived, true)]);
    assert_eq!(whole.passages[0].start_ms, 30_100);
}

#[test]
fn a_passage_ends_where_a_gap_begins() {
    let mut one = heard(0, 0, &[0, 1, 3]);
    let word = |text: &str, start_ms| Word { text: text.to_owned(), start_ms, end_ms: start_ms + 900, confidence: 0.9 };
    let words = vec![word("We", 100), word("meet", 19_000), word("at", 30_100), word("noon.", 31_000)];
    let text = "We meet at noon.".to_owned();
    one.transcript.segments = vec![Segment { start_ms: 100, end_ms: 32_000, text, speaker: None, words }];
    let whole = Transcription::of(&[one]);
    let said: Vec<_> = whole.passages.iter().map(|one| (one.number, &*one.text, one.start_ms, one.end_ms)).collect();
    assert_eq!(said, [(0, "We meet", 100, 19_900), (1, "at noon.", 30_100, 32_000)]);
}

#[test]
fn what_nobody_wrote_down_ends_with_its_segment() {
    let mut one = heard(0, 0, &[0]);
    let stretch = |start_ms, end_ms| Unwritten { start_ms, end_ms };
    one.transcript.unwritten = vec![stretch(8_000, 30_000), stretch(12_000, 30_000)];
    let whole = Transcription::of(&[one]);
    assert_eq!(gaps(&whole), [(8_000, 10_000, GapReason::NotWritten, false)]);
}
