//! When which voice speaks, within a window of ten seconds, from the classes of segmentation-3.0; and whole turns of them.

use std::ops::Range;

/// Samples of a window: ten seconds.
pub(super) const WINDOW: usize = 160_000;
/// Voices that are told apart within a window.
pub(super) const VOICES: usize = 3;
/// The voices of each class: nobody, one of three, or two of them at once.
const CLASSES: [&[usize]; 7] = [&[], &[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2]];
/// A voice that pauses for less than this goes on with its turn, in milliseconds.
const PAUSE_MS: u32 = 700;

/// Which voices speak in a stretch of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Samples from the window's start.
    pub(super) samples: Range<usize>,
    /// Numbers of the window's voices: one, or two at once.
    pub(super) voices: &'static [usize],
}

/// The stretches of a window with somebody speaking, from the scores of the classes, frame after frame.
pub(super) fn stretches(scores: &[f32], length: usize) -> Vec<Stretch> {
    let frames = scores.len() / CLASSES.len();
    let mut found: Vec<Stretch> = Vec::new();
    for (at, scores) in scores.chunks_exact(CLASSES.len()).enumerate() {
        let best = (0..CLASSES.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let (start, end) = (at * WINDOW / frames, ((at + 1) * WINDOW / frames).min(length));
        if CLASSES[best].is_empty() || start >= end {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.samples.end == start && last.voices == CLASSES[best] => last.samples.end = end,
            _ => found.push(Stretch { samples: start..end, voices: CLASSES[best] }),
        }
    }
    found
}

/// Somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Turn {
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// Who, numbered from 0 in the order in which they are first heard. Turns of several may overlap.
    pub speaker: u32,
}

/// Joins the turns of each speaker over short pauses in which nobody else speaks. Numbers speakers anew, by when they are heard;
/// returns their old numbers in that order, too.
pub(super) fn whole(mut parts: Vec<Turn>) -> (Vec<Turn>, Vec<u32>) {
    parts.sort_by_key(|turn| (turn.start_ms, turn.speaker));
    let mut names: Vec<u32> = Vec::new();
    let mut whole: Vec<Turn> = Vec::new();
    for part in parts {
        let name = names.iter().position(|known| *known == part.speaker).unwrap_or_else(|| {
            names.push(part.speaker);
            names.len() - 1
        });
        let turn = Turn { speaker: u32::try_from(name).unwrap_or(u32::MAX), ..part };
        let is_between = |other: &Turn, own: &Turn| other.speaker != own.speaker && other.end_ms > own.end_ms;
        let last = whole.iter().rposition(|known| known.speaker == turn.speaker);
        match last {
            Some(at)
                if turn.start_ms <= whole[at].end_ms + PAUSE_MS
                    && !whole[at + 1..].iter().any(|other| is_between(other, &whole[at])) =>
            {
                whole[at].end_ms = whole[at].end_ms.max(turn.end_ms);
            }
            _ => whole.push(turn),
        }
    }
    (whole, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(start_ms: u32, end_ms: u32, speaker: u32) -> Turn {
        Turn { start_ms, end_ms, speaker }
    }

    #[test]
    fn frames_of_the_same_voices_are_one_stretch() {
        let frame = |class: usize| (0..7).map(move |at| if at == class { 1.0 } else { 0.0 });
        let scores: Vec<f32> = [0, 1, 1, 4, 2, 0, 0, 0, 1, 1].into_iter().flat_map(frame).collect();
        let found = stretches(&scores, 150_000);
        let of = |samples: Range<usize>, voices: &'static [usize]| Stretch { samples, voices };
        assert_eq!(
            found,
            [
                of(16_000..48_000, &[0]),
                of(48_000..64_000, &[0, 1]),
                of(64_000..80_000, &[1]),
                of(128_000..150_000, &[0])
            ]
        );
    }

    #[test]
    fn a_turn_goes_on_over_a_short_pause_and_speakers_are_numbered_as_they_are_heard() {
        let parts = vec![turn(5_000, 6_000, 7), turn(0, 2_000, 9), turn(2_500, 4_000, 9), turn(6_500, 7_000, 9)];
        let joined = vec![turn(0, 4_000, 0), turn(5_000, 6_000, 1), turn(6_500, 7_000, 0)];
        assert_eq!(whole(parts), (joined, vec![9, 7]));
    }

    #[test]
    fn somebody_else_in_the_pause_ends_a_turn() {
        let parts = vec![turn(0, 2_000, 0), turn(2_000, 2_300, 1), turn(2_400, 4_000, 0)];
        assert_eq!(whole(parts.clone()), (parts, vec![0, 1]));
    }
}
