//! Speech to text.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Capability, Does};

/// The capability of [`Transcribe`].
#[derive(Debug, Clone, Copy)]
pub struct Transcribing;

impl Capability for Transcribing {
    const NAME: &'static str = "transcribe";
    type Request = TranscribeRequest;
    type Output = Transcript;
}

/// Hears speech, and writes down what was said.
pub trait Transcribe: Does<Transcribing> {}

impl<T: Does<Transcribing> + ?Sized> Transcribe for T {}

/// What is to be heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscribeRequest {
    /// A file with sound: any format that ffmpeg reads.
    pub sound: PathBuf,
    /// Its length in milliseconds; 0 if that is not known.
    pub duration_ms: u64,
    /// The longer sound that it is a part of, if it is one.
    pub part_of: Option<PartOf>,
    /// ISO 639-1 code of what is spoken; found out when it is not given.
    pub language: Option<String>,
    /// When each word is heard is wanted, too.
    pub words: bool,
    /// Names and terms that occur in it, or the text before it.
    pub prompt: Option<String>,
}

/// A longer sound that is heard in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// Where the part begins in it, in milliseconds.
    pub starts_ms: u64,
    /// Its length in milliseconds.
    pub whole_ms: u64,
    /// ISO 639-1 code of what was heard in the parts before: a guess for an engine that would else make one of each part.
    pub language: Option<String>,
}

/// What was said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// ISO 639-1 code of what was spoken.
    pub language: String,
    /// In order. They never overlap.
    pub segments: Vec<Segment>,
    /// What the engine wrote and then left out, since probably nobody said it.
    #[serde(default)]
    pub suppressed: Vec<Suppressed>,
    /// Where somebody speaks and nothing was written, as far as the engine knows: what is said in another language than the one
    /// that it heard, for example.
    #[serde(default)]
    pub unwritten: Vec<Unwritten>,
}

/// A stretch with a voice and without a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwritten {
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
}

/// A text that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suppressed {
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// What was written.
    pub text: String,
    /// Why it was left out.
    pub reason: Suppression,
}

/// Why a text was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// Nobody speaks there.
    Silence,
    /// It repeats itself, as a model does that has lost its place.
    Repetition,
    /// There is little speech, and the phrase is one that models make up.
    Phantom,
    /// It has more words than anybody says in the time.
    TooFast,
}

/// A stretch of speech.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// What was said, with punctuation.
    pub text: String,
    /// Who spoke, numbered from 0, where that is told apart.
    pub speaker: Option<u32>,
    /// Its words, where they were asked for.
    pub words: Vec<Word>,
}

/// A word that was heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The word, with the punctuation that follows it.
    pub text: String,
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// How sure that is, from 0 to 1; 1 where nothing is said about it.
    pub confidence: f32,
}
