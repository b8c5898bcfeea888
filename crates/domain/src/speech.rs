//! What a voice gives beside its sound: when each word and each phoneme is heard.

use serde::{Deserialize, Serialize};

/// Spoken text: the sound itself is a WAV file beside this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speech {
    /// Samples per second of the WAV file (mono, 16 bit).
    pub sample_rate: u32,
    /// Samples in the WAV file.
    pub samples: u64,
    /// The words of the text that was given, in order. They never overlap.
    pub words: Vec<WordTiming>,
    /// The phonemes, in order.
    pub phonemes: Vec<PhonemeTiming>,
    /// What spoke, with model and version (`piper en_US-joe-medium`, `espeak-ng 1.51 ar`).
    pub spoken_by: String,
}

/// When a word is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordTiming {
    /// Where the word starts in the text that was given to the voice, in bytes.
    pub start_byte: u32,
    /// Where it ends, in bytes, exclusive; trailing punctuation belongs to the word.
    pub end_byte: u32,
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
}

/// When a phoneme is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhonemeTiming {
    /// The phoneme in the International Phonetic Alphabet; empty for a pause.
    pub ipa: String,
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
}

impl Speech {
    /// Length of the sound in milliseconds.
    pub fn duration_ms(&self) -> u32 {
        let rate = u64::from(self.sample_rate.max(1));
        u32::try_from(self.samples.saturating_mul(1000) / rate).unwrap_or(u32::MAX)
    }
}
