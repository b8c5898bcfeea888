//! The times of a segment's chunks. Recorders state them by their own clocks, and a clock that jumps ahead would leave months of
//! silence in the player, so that implausible times are corrected here. The rows keep the stated times; everything that is made
//! of a session uses the corrected ones.

use std::collections::BTreeMap;
use std::time::Duration;

use sluice_domain::ids::OwnerId;
use sluice_domain::time::{Timestamp, millis};
use sluice_store::scribe::{self, ChunkRow, RecordingId, SegmentRow, Span};
use sluice_store::{StoreError, Tx};

/// A session without a chunk for this long is over.
pub(super) const ABANDONED: Duration = Duration::from_hours(24);
/// The longest gap between two chunks that needs no further check, in milliseconds: clocks differ by minutes.
const HOLE_MS: i64 = 10 * 60 * 1_000;
/// The longest time between the stated start of a segment and its announcement. With a longer one, the announcement is the start.
const EARLIEST: Duration = Duration::from_hours(7 * 24);
/// The longest stated length of a chunk that needs no further check, in milliseconds: as much as fits into the largest one.
const LENGTH_MS: i64 = 60 * 60 * 1_000;
/// How much two chunks may overlap.
const OVERLAP_MS: i64 = 1_000;
/// The assumed length of a chunk, in milliseconds, where it cannot be estimated from other chunks.
const USUAL_MS: i64 = 30_000;
/// The shortest time between two segments that counts as a gap, in milliseconds: recorders take a moment to start.
pub(super) const GAP_MS: u64 = 500;
/// The longest plausible time between the end of a segment and the start of the next, in milliseconds: a week. With a longer one,
/// the clock has jumped.
const JUMP_MS: u64 = 7 * 24 * 3_600 * 1_000;

/// The chunks of a segment, with plausible times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Steady {
    pub(super) chunks: Vec<ChunkRow>,
    /// How often its recorder's clock jumped.
    pub(super) jumps: u32,
    /// Their mean length, in milliseconds; none without chunks.
    usual_ms: Option<u64>,
}

impl Steady {
    /// The end of the segment: that of its last stored chunk, plus the missing chunks behind it. Each of these is assumed to have
    /// the mean length of the segment's chunks, or of the session's if the segment has none.
    pub(super) fn until(&self, segment: &SegmentRow, of_session: UsualMs) -> u64 {
        let end = self.chunks.iter().map(|chunk| chunk.start_ms + chunk.length_ms).max().unwrap_or(0);
        until(segment, end, self.usual_ms.map_or(of_session, UsualMs))
    }
}

/// The mean length of a chunk, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UsualMs(u64);

impl UsualMs {
    /// Of all chunks of a session, without those of segments whose clock may have jumped.
    pub(super) fn of_session(spans: &BTreeMap<u32, Span>) -> Self {
        let fine = spans.values().filter(|span| !is_strange(span));
        let (length, count) = fine.fold((0, 0), |sum, span| (sum.0 + span.length_ms, sum.1 + u64::from(span.chunks)));
        Self(length.checked_div(count).unwrap_or(USUAL_MS.unsigned_abs()))
    }
}

/// The end of a segment's last chunk.
pub(super) fn end_of(chunks: &[ChunkRow]) -> u64 {
    chunks.iter().map(|chunk| chunk.start_ms + chunk.length_ms).max().unwrap_or(0)
}

/// The end of a segment whose last stored chunk ends at `end_ms`, plus the chunks that its recorder announced and that are
/// missing (at most a day).
fn until(segment: &SegmentRow, end_ms: u64, UsualMs(usual): UsualMs) -> u64 {
    let missing = u64::from(segment.expected().saturating_sub(segment.beyond));
    end_ms + usual.saturating_mul(missing).min(millis(ABANDONED).unsigned_abs())
}

/// How long a segment is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Measured {
    /// The end of its last stored chunk, in milliseconds from its start.
    pub(super) end_ms: u64,
    /// Its end: later than `end_ms` if chunks are missing at its end. Each of these is assumed to have the mean length of the
    /// others; [`end_before_the_next`] shortens the estimate where another segment begins.
    pub(super) until_ms: u64,
    /// The length of all its chunks, in milliseconds.
    pub(super) length_ms: u64,
    /// How often its recorder's clock jumped.
    pub(super) jumps: u32,
}

/// Corrects the times of a segment's chunks: those after a jump of the recorder's clock are moved to the end of the sound before
/// them.
///
/// A recorder's clock continues while its machine sleeps, so that a gap may be hours long. A gap is accepted up to a day, since a
/// session without a chunk for that long has ended, and only if it does not end in the future: a chunk cannot have been recorded
/// later than it was stored.
pub(super) fn steady(segment: &SegmentRow, mut chunks: Vec<ChunkRow>) -> Steady {
    // The length of a file was measured, and the file is its whole segment.
    if segment.source == "file" && segment.chunks == Some(1) {
        for chunk in &mut chunks {
            chunk.start_ms = 0;
        }
        let usual_ms = chunks.first().map(|chunk| chunk.length_ms);
        return Steady { chunks, jumps: 0, usual_ms };
    }
    let begun = begun(segment);
    let usual = Usual::of(&chunks, begun);
    let usual_ms = (!chunks.is_empty()).then(|| usual.length_ms.unsigned_abs());
    let (mut jumps, mut shift, mut end, mut next) = (0, 0, 0, 0);
    for chunk in &mut chunks {
        let latest = latest(chunk, begun);
        let missing = usual.length_ms.saturating_mul(i64::from(chunk.number.saturating_sub(next)));
        let fits = |start: &i64| {
            let hole = start - end - missing;
            *start >= end - OVERLAP_MS && believed(hole, HOLE_MS, *start <= latest)
        };
        let stated = signed(chunk.start_ms);
        let mut has_jumped = false;
        let start = [stated + shift, stated].into_iter().find(fits).unwrap_or_else(|| {
            has_jumped = true;
            end + missing
        });
        shift = start - stated;
        let mut length = signed(chunk.length_ms);
        if !believed(length, LENGTH_MS, start + length <= latest) {
            has_jumped = true;
            let measured = usual.length_of(chunk);
            shift += measured - length;
            length = measured;
        }
        jumps += u32::from(has_jumped);
        (chunk.start_ms, chunk.length_ms) = (start.unsigned_abs(), length.unsigned_abs());
        (end, next) = (end.max(start + length), chunk.number + 1);
    }
    Steady { chunks, jumps, usual_ms }
}

/// The start of a segment: as its recorder states it if that is plausible, otherwise its announcement. A segment that was
/// recorded offline is announced later than it began.
fn begun(segment: &SegmentRow) -> Timestamp {
    let SegmentRow { started_at, created_at, .. } = segment;
    let before = created_at.since(*started_at);
    if (Duration::from_millis(1)..=EARLIEST).contains(&before) { *started_at } else { *created_at }
}

/// Whether a stated duration is plausible: up to `in_any_case` always, beyond it up to a day unless it ends in the future.
fn believed(ms: i64, in_any_case: i64, has_been: bool) -> bool {
    ms <= in_any_case || (ms <= millis(ABANDONED) && has_been)
}

/// The latest time at which a chunk can have been recorded, in milliseconds from the start of its segment.
fn latest(chunk: &ChunkRow, begun: Timestamp) -> i64 {
    chunk.stored_at.as_millis().saturating_sub(begun.as_millis()).saturating_add(HOLE_MS)
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// Statistics of the chunks of a segment whose stated length is plausible.
struct Usual {
    /// Their mean length, in milliseconds.
    length_ms: i64,
    /// Their total milliseconds and bytes.
    sum: (i64, i64),
}

impl Usual {
    fn of(chunks: &[ChunkRow], begun: Timestamp) -> Self {
        let is_believed = |chunk: &&ChunkRow| {
            let end = signed(chunk.start_ms).saturating_add(signed(chunk.length_ms));
            believed(signed(chunk.length_ms), LENGTH_MS, end <= latest(chunk, begun))
        };
        let (mut count, mut sum) = (0, (0_i64, 0_i64));
        for chunk in chunks.iter().filter(is_believed) {
            count += 1;
            sum = (sum.0 + signed(chunk.length_ms), sum.1 + signed(chunk.bytes));
        }
        Self { length_ms: sum.0.checked_div(count).unwrap_or(USUAL_MS), sum }
    }

    /// The length of a chunk, estimated from its bytes.
    fn length_of(&self, chunk: &ChunkRow) -> i64 {
        signed(chunk.bytes).saturating_mul(self.sum.0).checked_div(self.sum.1).unwrap_or(USUAL_MS)
    }
}

/// Measures the segments of a session, by their numbers. Single chunks are only read of segments whose clock may have jumped.
pub(super) async fn measured(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    segments: &[SegmentRow],
) -> Result<BTreeMap<u32, Measured>, StoreError> {
    let spans = scribe::spans(tx, owner, id).await?;
    let of_session = UsualMs::of_session(&spans);
    let mut all = Vec::with_capacity(segments.len());
    for segment in segments {
        let span = spans.get(&segment.number).copied().unwrap_or_default();
        let Span { end_ms, length_ms, chunks, .. } = span;
        all.push(if is_strange(&span) {
            let steady = steady(segment, scribe::chunks(tx, owner, id, segment.number).await?);
            let length_ms = steady.chunks.iter().map(|chunk| chunk.length_ms).sum();
            let until_ms = steady.until(segment, of_session);
            Measured { end_ms: end_of(&steady.chunks), until_ms, length_ms, jumps: steady.jumps }
        } else {
            let usual = length_ms.checked_div(chunks.into()).map_or(of_session, UsualMs);
            Measured { end_ms, until_ms: until(segment, end_ms, usual), length_ms, jumps: 0 }
        });
    }
    let recorded = segments.iter().zip(&mut all).filter(|(segment, _)| segment.expected() > 0);
    end_before_the_next(recorded.map(|(segment, of)| (segment, of.end_ms, &mut of.until_ms)));
    Ok(segments.iter().map(|segment| segment.number).zip(all).collect())
}

/// The start of each segment on the session's timeline, in milliseconds, from its stated start and its length: the first at 0,
/// and one whose clock jumped at the end of those before it.
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

/// Shortens estimated ends of segments. Each item is a segment, the end of its last stored chunk, and its estimated end; an
/// estimate that overlaps the start of another segment by less than a chunk is moved to that start. A recorder's last chunk is
/// rarely a full one, and the next recorder begins after it.
pub(super) fn end_before_the_next<'a>(segments: impl Iterator<Item = (&'a SegmentRow, u64, &'a mut u64)>) {
    let segments: Vec<_> = segments.collect();
    let starts = offsets(segments.iter().map(|(segment, _, until_ms)| (segment.started_at, **until_ms)));
    for ((segment, end_ms, until_ms), from) in segments.into_iter().zip(&starts) {
        let missing = u64::from(segment.expected().saturating_sub(segment.beyond));
        let Some(usual) = (*until_ms - end_ms).checked_div(missing) else { continue };
        let last = from + *until_ms - usual + GAP_MS..from + *until_ms;
        if let Some(start) = starts.iter().filter(|start| last.contains(start)).min() {
            *until_ms = start - from;
        }
    }
}

/// Whether the recorder's clock may have jumped: the sound is much shorter than the time that it spans, or longer, or one chunk
/// is implausibly long.
fn is_strange(span: &Span) -> bool {
    let (end, length) = (signed(span.end_ms), signed(span.length_ms));
    end - length > HOLE_MS || length - end > OVERLAP_MS || signed(span.longest_ms) > LENGTH_MS
}

#[cfg(test)]
mod tests {
    use super::super::testing::{chunk, segment};
    use super::*;

    const HOUR: u64 = 3_600_000;

    /// Chunks of these numbers, starts and lengths, each stored so many milliseconds after the segment began.
    fn placed(stated: &[(u32, u64, u64, u64)]) -> (Vec<(u64, u64)>, u32) {
        let chunk = |(number, start_ms, length_ms, stored): &(u32, u64, u64, u64)| ChunkRow {
            stored_at: Timestamp::from_millis(1_000 + signed(*stored)),
            ..chunk(*number, *start_ms, *length_ms)
        };
        let Steady { chunks, jumps, .. } = steady(&segment(1_000), stated.iter().map(chunk).collect());
        (chunks.iter().map(|chunk| (chunk.start_ms, chunk.length_ms)).collect(), jumps)
    }

    #[test]
    fn what_can_be_stays_as_it_is_said() {
        for stated in [
            &[(0, 0, 30_000, 31_000), (1, 30_000, 30_000, 61_000), (3, 90_000, 12_345, 70_000)][..],
            // All at once, long after it was recorded, or long before that could be.
            &[(0, 0, 30_000, 5), (1, 30_000, 30_000, 6), (2, 60_000, 30_000, 7)],
            &[(0, 0, HOUR, 5), (1, HOUR, HOUR, 6)],
            // A lid was closed for the night; the first chunks are missing.
            &[(0, 0, 30_000, 31_000), (1, 9 * HOUR, 30_000, 9 * HOUR + 31_000)],
            &[(0, 0, 30_000, 31_000), (1, 30_000, 9 * HOUR, 9 * HOUR + 31_000)],
            &[(40, 1_200_000, 30_000, 1_240_000)],
            &[(0, 0, 30_000, 31_000), (1, 29_500, 30_000, 61_000)],
        ] {
            let right = stated.iter().map(|(_, start, length, _)| (*start, *length)).collect();
            assert_eq!(placed(stated), (right, 0), "{stated:?}");
        }
    }

    #[test]
    fn a_clock_that_jumps_ahead_moves_nothing_out_of_reach() {
        // For good; for one chunk alone; within a chunk; at the first one.
        let far = 8_000_000_000;
        let right = vec![(0, 30_000), (30_000, 30_000), (60_000, 30_000)];
        for (second, third) in [
            ((1, far, 30_000, 61_000), (2, far + 30_000, 30_000, 91_000)),
            ((1, far, 30_000, 61_000), (2, 60_000, 30_000, 91_000)),
            ((1, 30_000, far, 61_000), (2, far + 30_000, 30_000, 91_000)),
            // By hours, which may be; but not half a minute after the one before was stored.
            ((1, 5 * HOUR, 30_000, 61_000), (2, 5 * HOUR + 30_000, 30_000, 91_000)),
        ] {
            assert_eq!(placed(&[(0, 0, 30_000, 31_000), second, third]), (right.clone(), 1), "{second:?}");
        }
        assert_eq!(placed(&[(0, far, 30_000, 31_000), (1, far + 30_000, 30_000, 61_000)]).0, right[..2]);
        // What is missing in between stays missing.
        let missing = placed(&[(0, 0, 30_000, 31_000), (3, far, 30_000, 121_000)]);
        assert_eq!(missing, (vec![(0, 30_000), (90_000, 30_000)], 1));
    }

    #[test]
    fn when_a_segment_began_is_what_its_recorder_says_if_that_can_be() {
        let announced = 1_000_000_000_000;
        let hours = |hours: i64| hours * signed(HOUR);
        for (started, right) in [
            (announced - hours(30), announced - hours(30)),
            (announced + hours(2), announced),
            (7, announced),
            (i64::MAX, announced),
            (i64::MIN, announced),
        ] {
            let row = SegmentRow { created_at: Timestamp::from_millis(announced), ..segment(started) };
            assert_eq!(begun(&row).as_millis(), right, "{started}");
        }
    }

    #[test]
    fn a_clock_that_jumps_back_lays_nothing_over_what_was_recorded_before() {
        let back = placed(&[
            (0, 0, 30_000, 31_000),
            (1, 30_000, 30_000, 61_000),
            (2, 5_000, 30_000, 91_000),
            (3, 35_000, 30_000, 121_000),
            // A hole after the jump stays.
            (4, 125_000, 30_000, 211_000),
        ]);
        assert_eq!(
            back,
            (vec![(0, 30_000), (30_000, 30_000), (60_000, 30_000), (90_000, 30_000), (180_000, 30_000)], 1)
        );
    }

    #[test]
    fn the_length_of_a_file_was_measured() {
        let chunk = chunk(0, 0, 30 * HOUR);
        let file = SegmentRow { source: "file".to_owned(), chunks: Some(1), ..segment(1_000) };
        assert_eq!(
            steady(&file, vec![chunk.clone()]),
            Steady { chunks: vec![chunk], jumps: 0, usual_ms: Some(30 * HOUR) }
        );
    }

    #[test]
    fn what_is_missing_at_the_end_of_a_segment_is_as_long_as_the_rest() {
        let span = |chunks, length_ms| Span { end_ms: length_ms, length_ms, longest_ms: 30_000, chunks };
        let of_session = UsualMs::of_session(&BTreeMap::from([(0, span(2, 40_000)), (1, span(0, 0))]));
        assert_eq!((of_session, UsualMs::of_session(&BTreeMap::new())), (UsualMs(20_000), UsualMs(30_000)));
        let closed = |chunks, beyond| SegmentRow { chunks, beyond, ..segment(1_000) };
        let none = Steady::default();
        assert_eq!(none.until(&closed(Some(8), 0), of_session), 160_000, "as in the rest of the session");
        assert_eq!(none.until(&closed(Some(0), 0), of_session), 0);
        let some = Steady { usual_ms: Some(10_000), ..Steady::default() };
        assert_eq!(some.until(&closed(Some(8), 2), of_session), 60_000, "as in this segment");
        assert_eq!(some.until(&closed(None, 2), of_session), 0, "nobody knows of more");
        assert_eq!(some.until(&closed(Some(86_400), 2), of_session), 24 * HOUR, "a day at most");
    }
    #[test]
    fn an_estimate_ends_where_another_segment_begins_less_than_a_chunk_before() {
        // Of eight chunks of ten seconds two arrived; another segment, of three seconds, begins then.
        let ends = |next: i64| {
            let first = SegmentRow { chunks: Some(8), beyond: 2, ..segment(1_000) };
            let second = SegmentRow { chunks: Some(1), beyond: 1, ..segment(1_000 + next) };
            let (mut first_until, mut second_until) = (80_000, 3_000);
            let segments = [(&first, 20_000, &mut first_until), (&second, 3_000, &mut second_until)];
            end_before_the_next(segments.into_iter());
            (first_until, second_until)
        };
        assert_eq!(ends(74_000), (74_000, 3_000));
        assert_eq!(ends(30_000), (80_000, 3_000), "another device recorded meanwhile");
        assert_eq!(ends(100_000), (80_000, 3_000));
    }
}
