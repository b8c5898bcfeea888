//! One transcription in the engine child: reads sound, decodes window after window, and reports segments.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sluice_capability::{Segment, Suppressed, Unwritten, Word};
use sluice_whisper::{Encoded, WINDOW_FRAMES};

use super::activity::{Activity, Ear};
use super::before::Before;
use super::choice::Size;
use super::decode::{self, Decoded, HASTY, PATIENT};
use super::error::Failure;
use super::gate::{Evidence, Gate};
use super::heard::Heard;
use super::model::Model;
use super::split::{self, Span};
use super::unwritten::Writing;
use super::words::{self, Timed};
use super::{frame_seconds, milliseconds};
use crate::guard::{Guard, GuardError};
use crate::sound::SAMPLE_RATE;
use crate::sound::{Part, Sound, SoundError, Unhearable};

/// Samples that are read before a step ends, even if it found no speech: ten minutes.
const MOST_SAMPLES: usize = 600 * SAMPLE_RATE as usize;
/// A rest shorter than this has no word in it: 0.1 seconds, in frames.
const SHORTEST: usize = 10;

/// What is to be transcribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) sound: PathBuf,
    pub(super) part: Part,
    pub(super) size: Size,
    /// Whether somebody waits for it, and it will be heard again.
    pub(super) hasty: bool,
    /// ISO 639 code; found out when it is not given.
    pub(super) language: Option<String>,
    pub(super) words: bool,
    pub(super) prompt: Option<String>,
}

/// What a step found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) segments: Vec<Segment>,
    pub(super) suppressed: Vec<Suppressed>,
    /// Of the whole sound, at its end.
    pub(super) unwritten: Vec<Unwritten>,
    /// The language, once it is known.
    pub(super) language: Option<String>,
    /// Up to where the sound was read, in milliseconds.
    pub(super) until_ms: u32,
    /// Whether that was its end.
    pub(super) is_done: bool,
}

/// A transcription that has begun.
pub(super) struct Job {
    order: Order,
    sound: Sound,
    ear: Ear,
    heard: Heard,
    /// The first frame of the next window.
    seek: usize,
    language: Option<String>,
    before: Before,
    gate: Gate,
    writing: Writing,
    /// Where speech ended last, in seconds of what is transcribed.
    last_end: f64,
    /// Where the last segment ended, in milliseconds of the sound.
    last_ms: u32,
}

impl Job {
    /// Opens the sound.
    pub(super) fn begin(order: Order, model: &Model, guard: &Guard) -> Result<Self, Failure> {
        if let Some(language) = order.language.as_ref().filter(|language| model.tokens.beginning(language).is_none()) {
            return Err(Failure::UnknownLanguage { language: language.clone() });
        }
        let prompt = match &order.prompt {
            Some(prompt) => model.tokens.encode(&format!(" {}", prompt.trim()))?,
            None => Vec::new(),
        };
        let sound = Sound::open(guard, &order.sound, order.part)?;
        Ok(Self {
            language: order.language.clone(),
            order,
            sound,
            ear: Ear::default(),
            heard: Heard::default(),
            seek: 0,
            before: Before::new(prompt),
            gate: Gate::default(),
            writing: Writing::default(),
            last_end: 0.0,
            last_ms: 0,
        })
    }

    pub(super) fn size(&self) -> Size {
        self.order.size
    }

    /// The language that is spoken first; none if nobody speaks in the first ten minutes. The job is of no use afterwards.
    pub(super) fn detect(mut self, model: &Model, activity: &mut Activity) -> Result<Option<String>, Failure> {
        while self.read(activity)? {
            let frames = self.heard.frames().saturating_sub(self.seek).min(WINDOW_FRAMES);
            if frames < SHORTEST {
                break;
            }
            if self.is_voiced(frames) {
                let (language, _) = self.encode(model, frames)?.detect().map_err(|error| error.to_string())?;
                return Ok(Some(language));
            }
            self.seek += frames;
            self.heard.forget_before(self.seek);
        }
        Ok(None)
    }

    /// Decodes the next window, or reads on for a while if there is no speech.
    pub(super) fn step(&mut self, model: &Model, activity: &mut Activity) -> Result<Step, Failure> {
        let mut step = Step::default();
        if self.read(activity)? {
            let frames = self.heard.frames().saturating_sub(self.seek).min(WINDOW_FRAMES);
            if frames < SHORTEST {
                step.is_done = true;
                step.unwritten = self.writing.unwritten(self.heard.probabilities());
            } else if self.is_voiced(frames) {
                self.window(model, frames, &mut step)?;
            } else {
                self.seek += frames;
            }
            self.heard.forget_before(self.seek);
        }
        step.language.clone_from(&self.language);
        step.until_ms = milliseconds(super::seconds(self.heard.original_length()));
        Ok(step)
    }

    /// Reads until the next window is complete; false if there is none yet.
    fn read(&mut self, activity: &mut Activity) -> Result<bool, Failure> {
        let most = self.heard.original_length() + MOST_SAMPLES;
        while !self.heard.has_window(self.seek, WINDOW_FRAMES) {
            let samples = self.sound.read()?;
            let ear = &mut self.ear;
            if samples.is_empty() {
                self.heard.end(|step| activity.hear(ear, step))?;
            } else {
                self.heard.push(&samples, |step| activity.hear(ear, step))?;
            }
            if self.heard.original_length() > most && !self.heard.has_ended() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether there is any voice in the next frames.
    fn is_voiced(&self, frames: usize) -> bool {
        let (start, end) = self.heard.original_span(frame_seconds(self.seek), frame_seconds(self.seek + frames));
        self.heard.voiced(start, end) > 0.0
    }

    fn encode<'a>(&self, model: &'a Model, frames: usize) -> Result<Encoded<'a>, Failure> {
        let samples = self.heard.window(self.seek, frames);
        let features = model.mel.features(&samples, frames, WINDOW_FRAMES)?;
        Ok(model.whisper.encode(&features).map_err(|error| error.to_string())?)
    }

    fn window(&mut self, model: &Model, frames: usize, step: &mut Step) -> Result<(), Failure> {
        let encoded = self.encode(model, frames)?;
        let language = match &self.language {
            Some(language) => language.clone(),
            None => encoded.detect().map_err(|error| error.to_string())?.0,
        };
        let Some(beginning) = model.tokens.beginning(&language) else {
            return Err(Failure::UnknownLanguage { language });
        };
        self.language = Some(language.clone());
        let temperatures = if self.order.hasty { HASTY } else { PATIENT };
        let prompt = model.tokens.prompt(self.before.recent(), &beginning);
        let decoded = decode::decode(&encoded, &model.tokens, &prompt, temperatures)?;
        if decoded.is_silence() {
            self.seek += frames;
            return Ok(());
        }
        let mut split = split::split(&decoded.tokens, model.tokens.first_time, frames);
        let stamped: Vec<(f64, f64)> = split.spans.iter().map(|span| (span.start, span.end)).collect();
        let mut timed = if self.order.words {
            let alignment = Aligning { model, encoded: &encoded, beginning: &beginning, language: &language, frames };
            self.words(&alignment, &mut split.spans)?
        } else {
            Vec::new()
        };
        let last_word = timed.iter().flatten().next_back().map(|word| word.end);
        timed.resize(split.spans.len(), Vec::new());
        for ((span, words), stamped) in split.spans.iter().zip(timed).zip(stamped) {
            self.segment(model, span, stamped, &words, &decoded, step);
        }
        self.before.end_window(decoded.temperature);
        self.seek += advance(&split, last_word, frames);
        Ok(())
    }

    /// The words of each span, whose times follow them.
    fn words(&mut self, aligning: &Aligning<'_>, spans: &mut [Span]) -> Result<Vec<Vec<Timed>>, Failure> {
        let text = |span: &Span| -> Vec<u32> {
            span.tokens.iter().copied().filter(|token| *token < aligning.model.tokens.end).collect()
        };
        let texts: Vec<Vec<u32>> = spans.iter().map(text).collect();
        let all = texts.concat();
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let alignment = aligning.align(&all)?;
        let timed = words::timed(aligning.model.tokens.words(&all, aligning.language), &alignment);
        let median = words::median_duration(&timed);
        let mut timed = timed.into_iter();
        let offset = frame_seconds(self.seek);
        let mut found = Vec::with_capacity(spans.len());
        for (span, text) in spans.iter_mut().zip(&texts) {
            let own = words::of_span(span, text.len(), &mut timed, median, self.last_end - offset, offset);
            if !own.is_empty() {
                self.last_end = offset + span.end;
            }
            found.push(own);
        }
        Ok(found)
    }

    /// Adds a span to the step's segments, or to what is left out. `stamped` are the model's own timestamps of it, in seconds from the
    /// window's start.
    fn segment(
        &mut self,
        model: &Model,
        span: &Span,
        stamped: (f64, f64),
        words: &[Timed],
        decoded: &Decoded,
        step: &mut Step,
    ) {
        let text = model.tokens.text(&span.tokens);
        if text.trim().is_empty() || span.end <= span.start {
            return;
        }
        let offset = frame_seconds(self.seek);
        let words: Vec<Word> = words.iter().map(|word| self.word(word, offset)).collect();
        let (start, end) = match words.as_slice() {
            [first, .., last] => (first.start_ms, last.end_ms),
            [only] => (only.start_ms, only.end_ms),
            [] => {
                let (start, end) = self.heard.original_span(offset + span.start, offset + span.end);
                (milliseconds(start), milliseconds(end))
            }
        };
        let start_ms = start.max(self.last_ms);
        let end_ms = end.max(start_ms);
        let voiced = self.heard.voiced(f64::from(start) / 1_000.0, f64::from(end_ms) / 1_000.0);
        // Either its timestamps or the times of its words may be too close together.
        let (from, until) = self.heard.original_span(offset + stamped.0, offset + stamped.1);
        let lasts_ms = end_ms.max(milliseconds(until)).saturating_sub(start.min(milliseconds(from)));
        let window = Evidence { unsure: decoded.is_unsure(), compression: decoded.compression };
        let text = text.trim().to_owned();
        if let Some(reason) = self.gate.judge(&text, lasts_ms, voiced, window) {
            step.suppressed.push(Suppressed { start_ms, end_ms, text, reason });
            return;
        }
        self.before.said(&span.tokens);
        self.last_ms = end_ms;
        if words.is_empty() {
            self.writing.wrote(start_ms..end_ms);
        }
        for word in &words {
            self.writing.wrote(word.start_ms..word.end_ms);
        }
        step.segments.push(Segment { start_ms, end_ms, text, speaker: None, words });
    }

    fn word(&self, word: &Timed, offset: f64) -> Word {
        let (start, end) = self.heard.original_times(offset + word.start, offset + word.end);
        let start_ms = milliseconds(start).max(self.last_ms);
        let text = word.text.trim().to_owned();
        Word { text, start_ms, end_ms: milliseconds(end).max(start_ms), confidence: word.confidence.clamp(0.0, 1.0) }
    }
}

/// How a window's words are aligned.
struct Aligning<'a> {
    model: &'a Model,
    encoded: &'a Encoded<'a>,
    beginning: &'a [u32],
    language: &'a str,
    frames: usize,
}

impl Aligning<'_> {
    fn align(&self, text: &[u32]) -> Result<sluice_whisper::Alignment, Failure> {
        let aligned = self.encoded.align(self.beginning, text, self.frames);
        aligned.map_err(|error| error.to_string().into())
    }
}

/// Frames to the next window. Words say more exactly than timestamps where an unfinished window was understood up to.
fn advance(split: &split::Split, last_word: Option<f64>, frames: usize) -> usize {
    let exact = last_word.filter(|end| !split.is_closed && *end > 0.0).map(super::frames);
    match exact.unwrap_or(split.advance) {
        // It would be decoded for ever.
        0 => frames,
        advance => advance.min(frames),
    }
}

impl From<SoundError> for Failure {
    fn from(error: SoundError) -> Self {
        match error {
            SoundError::Unhearable(Unhearable::Empty) => Self::Empty,
            SoundError::Unhearable(Unhearable::NoSound) => Self::NoSound,
            SoundError::Unhearable(Unhearable::NotMedia) => Self::NotMedia,
            SoundError::Failed(GuardError::Missing { .. }) => Self::NoDecoder,
            SoundError::Failed(error) => Self::Failed { message: error.to_string() },
            SoundError::Io(error) => Self::Failed { message: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(advance: usize, is_closed: bool) -> split::Split {
        split::Split { spans: vec![], advance, is_closed }
    }

    #[test]
    fn the_next_window_begins_where_the_last_word_ended() {
        assert_eq!(advance(&split(400, false), Some(4.21), 3_000), 421);
        assert_eq!(advance(&split(400, false), None, 3_000), 400);
        assert_eq!(advance(&split(3_000, true), Some(4.21), 3_000), 3_000);
    }

    #[test]
    fn it_always_goes_on() {
        assert_eq!(advance(&split(0, false), None, 3_000), 3_000);
        assert_eq!(advance(&split(0, false), Some(0.001), 900), 900);
        assert_eq!(advance(&split(1_200, false), None, 900), 900);
    }
}
