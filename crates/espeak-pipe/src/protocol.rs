// Copyright (C) 2026 the Sluice authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What goes over the pipes: one JSON object a line.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A request.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Request {
    /// How clauses are pronounced. A clause has no punctuation at which the library would pause.
    Phonemes { voice: String, clauses: Vec<String> },
    /// The sound of sentences, one after the other, into the file `pcm`.
    Speak { voice: String, sentences: Vec<String>, words_per_minute: i32, pitch: i32, pcm: PathBuf },
    /// The library's version.
    Version,
}

/// What is answered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Phonemes(Phonemes),
    Spoken(Spoken),
    Version { version: String },
    Error { code: &'static str, message: String },
}

/// One entry for each clause.
#[derive(Debug, Serialize)]
pub(crate) struct Phonemes {
    pub(crate) clauses: Vec<Clause>,
}

/// How a clause is pronounced.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Clause {
    /// As a dictionary would write it: with stress marks, words separated by spaces.
    pub(crate) ipa: String,
    /// The same phonemes without stress, each with the word it belongs to.
    pub(crate) heard: Vec<Phoneme>,
}

/// Spoken sentences.
#[derive(Debug, Serialize)]
pub(crate) struct Spoken {
    pub(crate) sample_rate: u32,
    pub(crate) sentences: Vec<Sentence>,
}

/// One spoken sentence. Times are in milliseconds from its own start.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sentence {
    pub(crate) samples: u64,
    pub(crate) words: Vec<Word>,
    pub(crate) phonemes: Vec<Phoneme>,
}

/// A word starts to be heard. Long numbers are reported as several words inside one written word.
#[derive(Debug, Serialize)]
pub(crate) struct Word {
    /// Counted in characters from 0.
    pub(crate) character: u32,
    pub(crate) ms: u32,
}

/// A phoneme starts to be heard.
#[derive(Debug, Serialize)]
pub(crate) struct Phoneme {
    /// Empty for a pause.
    pub(crate) ipa: String,
    /// Where its word starts, counted in characters from 0.
    pub(crate) character: u32,
    pub(crate) ms: u32,
}
