//! Gaps in the transcript of a segment: chunks that never arrived, sound that cannot be decoded or was not transcribed, and
//! pauses of the recorder.

use std::ops::Range;

use sluice_capability::Transcript;
use sluice_local::sound::Readable;
use sluice_store::scribe::{ChunkRow, SegmentRow};

use super::clock::end_of;
use super::gap::{Gap, GapReason};

/// The shortest stretch without sound that is a gap, in milliseconds: recorders stutter, and packets are lost.
const LEAST_MS: u64 = 1_000;
/// The clocks of a recorder and of its sound differ by at most one part in this many.
const DRIFT: u64 = 1_000;

/// A stretch of a segment without transcript, in milliseconds, with the reason.
pub(super) type Lost = (Range<u64>, GapReason);

/// The gaps of a segment that ends at `until_ms`, in milliseconds from its start.
pub(super) fn of(chunks: &[ChunkRow], lost: &[Lost], transcript: &Transcript, until_ms: u64) -> Vec<Gap> {
    let gap = |(lost, reason): &Lost| Gap { start_ms: lost.start, end_ms: lost.end, reason: *reason, estimated: false };
    let mut gaps = not_received(chunks, until_ms);
    gaps.extend(lost.iter().map(gap));
    // Engines transcribe in windows, the last of which may end after the sound.
    let end = end_of(chunks);
    for stretch in &transcript.unwritten {
        let (from, until) = (u64::from(stretch.start_ms), u64::from(stretch.end_ms).min(end));
        if from < until {
            gaps.push(gap(&(from..until, GapReason::NotWritten)));
        }
    }
    gaps
}

/// The missing chunks, as time ranges. The lengths of those that are missing at the end are estimated.
fn not_received(chunks: &[ChunkRow], until_ms: u64) -> Vec<Gap> {
    let reason = GapReason::NotReceived;
    let (mut gaps, mut until) = (Vec::new(), (0, 0));
    for chunk in chunks {
        if chunk.number > until.0 && chunk.start_ms > until.1 {
            gaps.push(Gap { start_ms: until.1, end_ms: chunk.start_ms, reason, estimated: false });
        }
        until = (chunk.number + 1, chunk.start_ms + chunk.length_ms);
    }
    let end = end_of(chunks);
    if until_ms > end {
        gaps.push(Gap { start_ms: end, end_ms: until_ms, reason, estimated: true });
    }
    gaps
}

/// The stretches of a segment that have chunks but no sound, in milliseconds from its start, with the reasons. If nothing of a
/// transcribed segment can be decoded here, nothing is lost: a provider could decode it.
pub(super) fn lost(segment: &SegmentRow, media_type: &str, chunks: &[ChunkRow], readable: &Readable) -> Vec<Lost> {
    let Readable { stretches, is_damaged } = readable;
    if stretches.is_empty() {
        return Vec::new();
    }
    let mut holes = Vec::new();
    for covered in covered(chunks) {
        let mut from = covered.start;
        for stretch in stretches.iter().filter(|one| one.end > covered.start && one.start < covered.end) {
            holes.push(from..stretch.start.max(from));
            from = from.max(stretch.end);
        }
        holes.push(from..covered.end.max(from));
    }
    let end = end_of(chunks);
    let is_file = segment.source == "file";
    // The length of an MP3 is an estimate, and that of a video is the length of its picture.
    let is_exact = media_type != "audio/mpeg" && !media_type.starts_with("video/");
    // A recorder's clock continues while its machine sleeps, so that less sound than time is not a sign of damage on its own.
    let ends_early = is_exact && (*is_damaged || is_file);
    let is_lost = |hole: &Range<u64>| match (hole.start, hole.end) {
        (_, until) if until == end => ends_early && until - hole.start >= LEAST_MS + end / DRIFT,
        (0, until) => is_exact && until >= LEAST_MS,
        (from, until) => until - from >= LEAST_MS,
    };
    holes.retain(is_lost);
    let pauses = pauses(chunks);
    let mut lost = Vec::new();
    for hole in holes {
        if *is_damaged || (is_file && hole.end == end) {
            lost.extend(without(&pauses, hole));
        } else {
            lost.push((hole, GapReason::NotRecorded));
        }
    }
    lost
}

/// The whole segment, if nothing of it can be decoded.
pub(super) fn unreadable(chunks: &[ChunkRow]) -> Vec<Lost> {
    let pauses = pauses(chunks);
    covered(chunks).into_iter().flat_map(|covered| without(&pauses, covered)).collect()
}

/// The parts of a stretch that cannot be decoded, and those without a recording.
fn without(pauses: &[Range<u64>], stretch: Range<u64>) -> Vec<Lost> {
    let (mut all, mut from) = (Vec::new(), stretch.start);
    for pause in pauses.iter().filter(|pause| pause.start < stretch.end && pause.end > stretch.start) {
        let pause = pause.start.max(from)..pause.end.min(stretch.end);
        all.push((from..pause.start, GapReason::Unreadable));
        from = pause.end;
        all.push((pause, GapReason::NotRecorded));
    }
    all.push((from..stretch.end, GapReason::Unreadable));
    // Containers and recorders do not agree on the bounds of a pause to the millisecond.
    if all.len() > 1 {
        all.retain(|(part, _)| part.end.saturating_sub(part.start) >= LEAST_MS);
    }
    all
}

/// The time ranges without missing chunks.
fn covered(chunks: &[ChunkRow]) -> Vec<Range<u64>> {
    let (mut all, mut next) = (Vec::<Range<u64>>::new(), 0);
    for chunk in chunks {
        let end = chunk.start_ms + chunk.length_ms;
        match all.last_mut().filter(|_| chunk.number == next) {
            Some(last) => last.end = last.end.max(end),
            None => all.push(chunk.start_ms..end),
        }
        next = chunk.number + 1;
    }
    all
}

/// Pauses of the recorder, by its own times: between a chunk and the next one.
fn pauses(chunks: &[ChunkRow]) -> Vec<Range<u64>> {
    let (mut all, mut last) = (Vec::new(), None);
    for chunk in chunks {
        let before = last.filter(|(number, end)| number + 1 == chunk.number && chunk.start_ms >= end + LEAST_MS);
        all.extend(before.map(|(_, end)| end..chunk.start_ms));
        let end = last.map_or(0, |(_, end)| end);
        last = Some((chunk.number, (chunk.start_ms + chunk.length_ms).max(end)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    /// Chunks of ten seconds of these numbers.
    fn chunks(numbers: &[u32]) -> Vec<ChunkRow> {
        testing::chunks(numbers, 10_000)
    }

    /// Two of them: their recorder had nothing for a minute in between.
    fn paused() -> Vec<ChunkRow> {
        let mut paused = chunks(&[0, 1]);
        paused[1].start_ms = 70_000;
        paused
    }

    /// From and to, in milliseconds.
    type Times = (u64, u64);

    fn segment(source: &str) -> SegmentRow {
        SegmentRow { source: source.to_owned(), ..testing::segment(0) }
    }

    /// The holes of these chunks of a source, of which this can be read.
    fn holes(
        (source, media_type): (&str, &str),
        chunks: &[ChunkRow],
        readable: &[Times],
        is_damaged: bool,
    ) -> Vec<Times> {
        let segment = segment(source);
        let stretches = readable.iter().map(|&(from, to)| from..to).collect();
        let lost = lost(&segment, media_type, chunks, &Readable { stretches, is_damaged });
        let is_broken_off = |hole: &Range<u64>| source == "file" && hole.end == end_of(chunks);
        let right = |hole: &Range<u64>| is_damaged || is_broken_off(hole);
        let reasons = |(hole, reason): &(Range<u64>, GapReason)| right(hole) == (*reason == GapReason::Unreadable);
        assert!(lost.iter().all(reasons), "{lost:?}");
        lost.into_iter().map(|(hole, _)| (hole.start, hole.end)).collect()
    }

    #[test]
    fn what_is_recorded_and_not_readable_is_a_hole_and_a_missing_chunk_is_none() {
        let recorder = ("microphone", "audio/webm");
        let damaged = |chunks: &[ChunkRow], readable: &[Times]| holes(recorder, chunks, readable, true);
        let (all, none) = (chunks(&[0, 1, 2, 3]), Vec::<Times>::new());
        assert_eq!(damaged(&all, &[(0, 12_000), (17_500, 39_800)]), [(12_000, 17_500)]);
        assert_eq!(damaged(&all, &[(3_000, 40_100)]), [(0, 3_000)]);
        assert_eq!(damaged(&all, &[(0, 25_000)]), [(25_000, 40_000)], "it ends too early");
        assert_eq!(damaged(&all, &[(0, 20_000), (20_900, 39_000)]), none, "a recorder stumbles");
        assert_eq!(damaged(&all, &[]), none, "what was heard can be read");
        let missing = chunks(&[0, 1, 3]);
        assert_eq!(damaged(&missing, &[(0, 20_000), (30_000, 40_000)]), none);
        assert_eq!(damaged(&missing, &[(0, 15_000), (32_000, 40_000)]), [(15_000, 20_000), (30_000, 32_000)]);
    }

    #[test]
    fn a_recorder_that_slept_and_a_length_that_is_not_exact_are_no_damage() {
        let all = chunks(&[0, 1, 2, 3]);
        let readable = [(2_000, 12_000), (17_500, 30_000)];
        let of = |source, media_type| holes((source, media_type), &all, &readable, false);
        assert_eq!(of("microphone", "audio/webm"), [(0, 2_000), (12_000, 17_500)], "its clock went on");
        assert_eq!(of("file", "audio/wav"), [(0, 2_000), (12_000, 17_500), (30_000, 40_000)]);
        assert_eq!(of("file", "video/webm"), [(12_000, 17_500)], "its picture begins earlier and goes on");
        assert_eq!(of("file", "audio/mpeg"), [(12_000, 17_500)]);
    }

    #[test]
    fn a_pause_between_two_successive_chunks_is_a_hole_if_the_container_has_it_too() {
        let recorder = ("microphone", "audio/webm");
        let readable = [(0, 10_020), (70_010, 80_000)];
        assert_eq!(holes(recorder, &paused(), &readable, false), [(10_020, 70_010)]);
        // The sound goes on as if nothing had happened: there is nothing to pass over in it.
        assert_eq!(holes(recorder, &paused(), &[(0, 20_000)], false), Vec::<Times>::new());
        let row = segment("microphone");
        let damaged = Readable { stretches: vec![0..4_000, 72_000..80_000], is_damaged: true };
        let (unreadable, not_recorded) = (GapReason::Unreadable, GapReason::NotRecorded);
        assert_eq!(
            lost(&row, "audio/webm", &paused(), &damaged),
            [(4_000..10_000, unreadable), (10_000..70_000, not_recorded), (70_000..72_000, unreadable)],
            "what is damaged is told from what was not recorded"
        );
        assert_eq!(
            super::unreadable(&paused()),
            [(0..10_000, unreadable), (10_000..70_000, not_recorded), (70_000..80_000, unreadable)]
        );
        assert_eq!(super::unreadable(&chunks(&[0, 1, 3])), [(0..20_000, unreadable), (30_000..40_000, unreadable)]);
    }
}
