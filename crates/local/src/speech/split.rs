//! What Whisper wrote about a window, as segments between its timestamps, and where the next window begins.

/// Seconds of a timestamp's step, and frames of 10 ms in it.
pub(super) const STEP_SECONDS: f64 = 0.02;
const STEP_FRAMES: usize = 2;

/// A stretch of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    /// In seconds from the window's start.
    pub(super) start: f64,
    pub(super) end: f64,
    /// Timestamps included.
    pub(super) tokens: Vec<u32>,
}

/// The segments of a window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Split {
    pub(super) spans: Vec<Span>,
    /// Frames from the window's start to where the next one begins.
    pub(super) advance: usize,
    /// The text ends with a single timestamp: nothing is said after it.
    pub(super) is_closed: bool,
}

/// Splits `tokens` at pairs of timestamps (the first one is `first_time`). The window has `frames` frames of sound.
///
/// Text after the last pair is unfinished, so the next window begins at that pair. Without a pair the whole window is one segment.
pub(super) fn split(tokens: &[u32], first_time: u32, frames: usize) -> Split {
    let is_time = |token: &u32| *token >= first_time;
    let steps = |token: u32| token.saturating_sub(first_time);
    let seconds = |token: u32| f64::from(steps(token)) * STEP_SECONDS;
    let is_closed = matches!(tokens, [.., before, last] if !is_time(before) && is_time(last));
    let mut cuts: Vec<usize> =
        (1..tokens.len()).filter(|at| is_time(&tokens[*at]) && is_time(&tokens[*at - 1])).collect();
    if cuts.is_empty() {
        let last = tokens.iter().copied().rfind(is_time).filter(|last| *last != first_time);
        let end = last.map_or(super::frame_seconds(frames), seconds);
        let spans = vec![Span { start: 0.0, end, tokens: tokens.to_vec() }];
        return Split { spans, advance: frames, is_closed };
    }
    if is_closed {
        cuts.push(tokens.len());
    }
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let spans: Vec<Span> = starts
        .zip(&cuts)
        .map(|(from, to)| &tokens[from..*to])
        .map(|tokens| Span {
            start: tokens.first().copied().map_or(0.0, seconds),
            end: tokens.last().copied().map_or(0.0, seconds),
            tokens: tokens.to_vec(),
        })
        .collect();
    let last_cut = cuts.last().map_or(0, |cut| cut - 1);
    let at_last_time = tokens.get(last_cut).map_or(0, |token| steps(*token) as usize * STEP_FRAMES);
    Split { spans, advance: if is_closed { frames } else { at_last_time }, is_closed }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first timestamp.
    const T: u32 = 1_000;

    fn at(seconds: f64) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
        let steps = (seconds / STEP_SECONDS).round() as u32;
        T + steps
    }

    #[test]
    fn pairs_of_timestamps_separate_segments_and_unfinished_text_is_heard_again() {
        let tokens = [at(0.0), 1, 2, at(2.0), at(2.5), 3, at(4.0), at(4.0), 4, 5];
        let split = split(&tokens, T, 3_000);
        let times: Vec<_> = split.spans.iter().map(|span| (span.start, span.end)).collect();
        assert_eq!(times, [(0.0, 2.0), (2.5, 4.0)]);
        assert_eq!(split.spans[1].tokens, [at(2.5), 3, at(4.0)]);
        assert_eq!((split.advance, split.is_closed), (400, false));
    }

    #[test]
    fn a_single_timestamp_at_the_end_finishes_the_window() {
        let tokens = [at(0.0), 1, at(2.0), at(2.0), 2, at(5.0)];
        let split = split(&tokens, T, 3_000);
        assert_eq!(split.spans.len(), 2);
        assert_eq!((split.advance, split.is_closed), (3_000, true));
    }

    #[test]
    fn without_a_pair_the_window_is_one_segment() {
        let one = split(&[at(0.0), 1, 2, at(3.0)], T, 3_000);
        assert_eq!((one.spans.len(), one.spans[0].end, one.advance), (1, 3.0, 3_000));
        let open = split(&[at(0.0), 1, 2], T, 1_200);
        assert_eq!((open.spans[0].end, open.advance), (12.0, 1_200));
    }

    #[test]
    fn nothing_written_is_one_segment_without_text() {
        let nothing = split(&[], T, 100);
        assert_eq!((nothing.spans.len(), nothing.advance), (1, 100));
    }
}
