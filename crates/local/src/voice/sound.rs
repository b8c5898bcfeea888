//! Joins spoken sentences into one audio file with timings: silence is trimmed, pauses are set, loudness is normalised.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::Range;
use std::path::Path;

use sluice_domain::speech::{PhonemeTiming, WordTiming};

/// Silence before the first word.
const LEAD_MS: usize = 60;
/// Silence after a sentence, including the last one.
const SENTENCE_PAUSE_MS: usize = 320;
/// Silence after a piece whose sentence continues in the next piece.
const CLAUSE_PAUSE_MS: usize = 120;
/// What is left of an engine's own silence around a sentence.
const KEPT_MS: usize = 30;
/// Samples below this fraction of full scale are silence (-46 dB).
const SILENCE: i16 = 164;
/// Speech is scaled to this root mean square (-20 dB of full scale, as in podcasts and audiobooks), …
const LOUDNESS: f64 = 0.1;
/// … unless its highest peak would exceed this one (-1 dB).
const HIGHEST_PEAK: f64 = 0.89;

/// A spoken sentence as an engine returns it. All times are in samples from its start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Piece {
    pub(crate) samples: Vec<i16>,
    /// For each word with a sound of its own: its index in the plan, and its time. In order.
    pub(crate) words: Vec<(usize, Range<usize>)>,
    /// Each phoneme, in order, with its start; pauses have none.
    pub(crate) phonemes: Vec<(String, Range<usize>)>,
    /// Whether the sentence ends here; otherwise it continues in the next piece.
    pub(crate) ends: bool,
}

/// Joined pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sound {
    pub(crate) samples: Vec<i16>,
    words: Vec<(usize, Range<usize>)>,
    phonemes: Vec<(String, Range<usize>)>,
}

impl Sound {
    /// Joins pieces, with pauses between them, at a uniform loudness.
    pub(crate) fn join(pieces: Vec<Piece>, sample_rate: u32) -> Self {
        let of_ms = |ms: usize| ms * usize::try_from(sample_rate).unwrap_or(0) / 1000;
        let mut sound = Self { samples: vec![0; of_ms(LEAD_MS)], ..Self::default() };
        for piece in pieces {
            let pause = if piece.ends { SENTENCE_PAUSE_MS } else { CLAUSE_PAUSE_MS };
            sound.append(piece, of_ms(KEPT_MS));
            sound.samples.resize(sound.samples.len() + of_ms(pause), 0);
        }
        normalise(&mut sound.samples);
        sound
    }

    fn append(&mut self, piece: Piece, kept: usize) {
        let loud = |sample: &i16| sample.unsigned_abs() > SILENCE.unsigned_abs();
        let Some(first) = piece.samples.iter().position(loud) else { return };
        let last = piece.samples.iter().rposition(loud).unwrap_or(first);
        let cut = first.saturating_sub(kept)..(last + 1 + kept).min(piece.samples.len());
        let at = self.samples.len();
        // Times are clamped to what was not trimmed.
        let moved = |time: &Range<usize>| {
            let place = |sample: usize| sample.clamp(cut.start, cut.end) - cut.start + at;
            place(time.start)..place(time.end)
        };
        self.words.extend(piece.words.iter().map(|(word, time)| (*word, moved(time))));
        self.phonemes.extend(piece.phonemes.into_iter().map(|(ipa, time)| (ipa, moved(&time))));
        self.samples.extend_from_slice(&piece.samples[cut]);
        fade(&mut self.samples[at..], kept / 4);
    }

    /// The time of each of the `written` words. Words without a sound of their own share the time of the preceding word
    /// (or of the first one), in proportion to their lengths.
    pub(crate) fn words(&self, written: &[Range<usize>], sample_rate: u32) -> Vec<WordTiming> {
        let mut timings: Vec<WordTiming> = Vec::with_capacity(written.len());
        let mut heard = self.words.iter().peekable();
        let mut first = 0;
        while first < written.len() {
            let Some((_, time)) = heard.next() else { break };
            let after = heard.peek().map_or(written.len(), |(word, _)| *word).max(first + 1).min(written.len());
            share(&written[first..after], time, sample_rate, &mut timings);
            first = after;
        }
        timings
    }

    /// The phonemes and the pauses between them, without gaps from the first sample to the last.
    pub(crate) fn phonemes(&self, sample_rate: u32) -> Vec<PhonemeTiming> {
        let mut timings: Vec<PhonemeTiming> = Vec::with_capacity(self.phonemes.len() + 8);
        let mut reached = 0;
        let mut push = |ipa: String, until: u32| {
            if until > reached {
                timings.push(PhonemeTiming { ipa, start_ms: reached, end_ms: until });
                reached = until;
            }
        };
        for (ipa, time) in &self.phonemes {
            push(String::new(), milliseconds(time.start, sample_rate));
            push(ipa.clone(), milliseconds(time.end, sample_rate));
        }
        push(String::new(), milliseconds(self.samples.len(), sample_rate));
        timings
    }
}

/// Splits a time among words in proportion to their lengths in bytes.
fn share(words: &[Range<usize>], time: &Range<usize>, sample_rate: u32, timings: &mut Vec<WordTiming>) {
    let all: usize = words.iter().map(Range::len).sum::<usize>().max(1);
    let mut before = 0;
    for word in words {
        let start = time.start + time.len() * before / all;
        before += word.len();
        let end = time.start + time.len() * before / all;
        timings.push(WordTiming {
            start_byte: u32::try_from(word.start).unwrap_or(u32::MAX),
            end_byte: u32::try_from(word.end).unwrap_or(u32::MAX),
            start_ms: milliseconds(start, sample_rate),
            end_ms: milliseconds(end, sample_rate),
        });
    }
}

fn milliseconds(samples: usize, sample_rate: u32) -> u32 {
    u32::try_from(samples as u64 * 1000 / u64::from(sample_rate.max(1))).unwrap_or(u32::MAX)
}

/// Fades both ends to avoid clicks.
fn fade(samples: &mut [i16], length: usize) {
    let length = length.min(samples.len() / 2);
    let last = samples.len().saturating_sub(1);
    for index in 0..length {
        for place in [index, last - index] {
            samples[place] = rounded(f64::from(samples[place]) * number(index) / number(length));
        }
    }
}

/// Scales speech to [`LOUDNESS`], measured without silence, but below [`HIGHEST_PEAK`].
fn normalise(samples: &mut [i16]) {
    let full = f64::from(i16::MAX);
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    let loud = || samples.iter().filter(|sample| sample.unsigned_abs() > SILENCE.unsigned_abs());
    let count = loud().count();
    if count == 0 {
        return;
    }
    let power: f64 = loud().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / number(count);
    let gain = (LOUDNESS * full / power.sqrt()).min(HIGHEST_PEAK * full / f64::from(peak));
    for sample in samples {
        *sample = rounded(f64::from(*sample) * gain);
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not 2^53 samples")]
fn number(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16 just before")]
fn rounded(sample: f64) -> i16 {
    sample.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

/// Reads raw 16-bit little-endian samples.
pub(crate) fn read_pcm(path: &Path) -> io::Result<Vec<i16>> {
    let mut bytes = Vec::new();
    BufReader::new(File::open(path)?).read_to_end(&mut bytes)?;
    Ok(bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())
}

/// Writes raw 16-bit little-endian samples.
pub(crate) fn write_pcm(target: &mut impl Write, samples: &[i16]) -> io::Result<()> {
    samples.iter().try_for_each(|sample| target.write_all(&sample.to_le_bytes()))
}

/// Writes a WAV file (RIFF, PCM, mono, 16 bit; after Microsoft's "Multimedia Programming Interface", 1991) beside
/// `path` and renames it when it is complete.
pub(crate) fn write_wav(path: &Path, samples: &[i16], sample_rate: u32) -> io::Result<()> {
    let too_long = |_| io::Error::new(io::ErrorKind::FileTooLarge, "a WAV file holds at most 4 GiB");
    let data = u32::try_from(samples.len() * 2).map_err(too_long)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = tempfile::NamedTempFile::new_in(folder)?;
    let mut target = BufWriter::new(part.as_file());
    target.write_all(b"RIFF")?;
    target.write_all(&(36 + data).to_le_bytes())?;
    target.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0")?;
    target.write_all(&sample_rate.to_le_bytes())?;
    target.write_all(&(sample_rate * 2).to_le_bytes())?;
    target.write_all(b"\x02\0\x10\0data")?;
    target.write_all(&data.to_le_bytes())?;
    write_pcm(&mut target, samples)?;
    target.flush()?;
    drop(target);
    part.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone between two silences, of a hundred samples each at 1,000 samples per second.
    fn piece(words: Vec<(usize, Range<usize>)>) -> Piece {
        let tone = (0..100).map(|n| if n % 2 == 0 { 2000 } else { -2000 });
        let samples = std::iter::repeat_n(0, 100).chain(tone).chain(std::iter::repeat_n(0, 100)).collect();
        Piece { samples, words, phonemes: vec![("a".to_owned(), 0..150), ("b".to_owned(), 150..300)], ends: true }
    }

    #[test]
    fn silence_is_trimmed_and_timings_follow() {
        let sound = Sound::join(vec![piece(vec![(0, 0..150), (1, 150..300)])], 1000);
        // 60 lead, 30 kept, 100 tone, 30 kept, 320 pause
        assert_eq!(sound.samples.len(), 540);
        let words = sound.words(&[0..3, 4..7], 1000);
        assert_eq!((words[0].start_ms, words[0].end_ms, words[1].start_ms, words[1].end_ms), (60, 140, 140, 220));
        let phonemes = sound.phonemes(1000);
        let said: Vec<(&str, u32, u32)> = phonemes.iter().map(|p| (p.ipa.as_str(), p.start_ms, p.end_ms)).collect();
        assert_eq!(said, [("", 0, 60), ("a", 60, 140), ("b", 140, 220), ("", 220, 540)]);
    }

    #[test]
    fn words_without_sound_share_the_time_of_their_neighbour() {
        let sound = Sound::join(vec![piece(vec![(1, 100..200)]), piece(vec![(3, 100..200)])], 1000);
        let words = sound.words(&[0..2, 3..5, 6..12, 13..15, 16..18], 1000);
        assert_eq!(words.len(), 5);
        for pair in words.windows(2) {
            assert!(pair[0].end_ms <= pair[1].start_ms && pair[0].start_ms < pair[0].end_ms, "{words:?}");
        }
    }

    #[test]
    fn loudness_is_uniform_and_never_clips() {
        let quiet = Sound::join(vec![piece(Vec::new())], 1000);
        let middle = quiet.samples[120];
        assert!((i32::from(middle).abs() - 3277).abs() < 3, "a root mean square of 0.1: {middle}");
        let mut click = piece(Vec::new());
        click.samples[150] = i16::MAX;
        let peak = Sound::join(vec![click], 1000).samples.iter().map(|s| s.unsigned_abs()).max();
        assert!(peak.is_some_and(|peak| peak <= 29_200));
    }

    #[test]
    fn silence_alone_is_joined_to_its_pauses() {
        let silent = Piece { samples: vec![0; 500], ends: true, ..Piece::default() };
        assert_eq!(Sound::join(vec![silent], 1000).samples.len(), 380);
    }
}
