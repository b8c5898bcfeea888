//! What was said in a sound, in the forms that providers give it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::media::length;
use crate::numbers::{ceil, float, thousandths};
use crate::state::Twin;
use crate::text::{Timed, heard, timed, tokens};

/// Words of a segment, if no sentence ends before.
const SEGMENT: usize = 12;
/// Bytes of a second in formats that the twin does not know.
const BYTES_PER_SECOND: f64 = 16_000.0;

/// A transcript.
#[derive(Debug, Clone)]
pub(crate) struct Transcript {
    pub(crate) text: String,
    pub(crate) seconds: f64,
    pub(crate) words: Vec<Timed>,
}

/// Some words of a transcript.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) text: String,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Transcript {
    /// Of a sound: its own text, if the twin spoke it.
    pub(crate) fn of(twin: &Twin, sound: &[u8]) -> Self {
        let seconds = thousandths(length::seconds(sound).unwrap_or_else(|| float(sound.len()) / BYTES_PER_SECOND));
        let text = twin.recall(sound).unwrap_or_else(|| heard(twin.seed(), sound, seconds));
        let words = timed(&text, seconds);
        Self { text, seconds, words }
    }

    /// Whole seconds, as they are charged.
    pub(crate) fn charged_seconds(&self) -> u64 {
        ceil(self.seconds).max(1)
    }

    pub(crate) fn segments(&self) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut count = 0;
        for word in &self.words {
            match segments.last_mut().filter(|_| count > 0) {
                Some(segment) => {
                    segment.text.push(' ');
                    segment.text.push_str(&word.text);
                    segment.end = word.end;
                }
                None => segments.push(Segment { text: word.text.clone(), start: word.start, end: word.end }),
            }
            let ends = word.text.ends_with(['.', '!', '?']);
            count = if ends || count + 1 == SEGMENT { 0 } else { count + 1 };
        }
        segments
    }

    /// `verbose_json`, with words or segments or both; `language` as the provider writes it.
    pub(crate) fn verbose(&self, language: &str, with_words: bool, with_segments: bool) -> Value {
        let mut verbose = json!({
            "task": "transcribe", "language": language, "duration": self.seconds, "text": self.text,
            "usage": { "type": "duration", "seconds": self.charged_seconds() },
        });
        if let Some(verbose) = verbose.as_object_mut() {
            if with_words {
                let words =
                    self.words.iter().map(|word| json!({ "word": word.text, "start": word.start, "end": word.end }));
                verbose.insert("words".to_owned(), words.collect());
            }
            if with_segments {
                let segments = self.segments().into_iter().enumerate().map(|(id, segment)| {
                    json!({
                        "id": id, "seek": 0, "start": segment.start, "end": segment.end, "text": format!(" {}", segment.text),
                        "tokens": [50_364, 440, 50_564], "temperature": 0.0, "avg_logprob": -0.25, "compression_ratio": 1.2,
                        "no_speech_prob": 0.01,
                    })
                });
                verbose.insert("segments".to_owned(), segments.collect());
            }
        }
        verbose
    }

    /// The usage of models that count tokens.
    pub(crate) fn token_usage(&self) -> Value {
        let (input, output) = (ceil(self.seconds * 10.0).max(1), tokens(&self.text).max(1));
        json!({
            "type": "tokens", "input_tokens": input, "input_token_details": { "text_tokens": 0, "audio_tokens": input },
            "output_tokens": output, "total_tokens": input + output,
        })
    }

    pub(crate) fn captions(&self, web: bool) -> String {
        let mut text = if web { "WEBVTT\n\n".to_owned() } else { String::new() };
        for (number, segment) in self.segments().iter().enumerate() {
            if !web {
                let _ = writeln!(text, "{}", number + 1);
            }
            let _ = writeln!(text, "{} --> {}\n{}\n", clock(segment.start, web), clock(segment.end, web), segment.text);
        }
        text
    }
}

/// `00:01:02.345`, with a comma for SubRip.
fn clock(seconds: f64, web: bool) -> String {
    let all = ceil(seconds * 1_000.0);
    let (whole, thousandths) = (all / 1_000, all % 1_000);
    let mark = if web { '.' } else { ',' };
    format!("{:02}:{:02}:{:02}{mark}{thousandths:03}", whole / 3_600, whole / 60 % 60, whole % 60)
}

/// The English name of a language, which `OpenAI` answers with; the code if the twin does not know it.
pub(crate) fn language_name(code: &str) -> &str {
    match code {
        "" | "en" => "english",
        "de" => "german",
        "fr" => "french",
        "es" => "spanish",
        "it" => "italian",
        "pt" => "portuguese",
        "ar" => "arabic",
        "he" => "hebrew",
        "fa" => "persian",
        "hi" => "hindi",
        "ja" => "japanese",
        "zh" => "chinese",
        "ru" => "russian",
        other => other,
    }
}
