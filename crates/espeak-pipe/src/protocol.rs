// Copyright (C) 2026 the Sluice authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The protocol on the pipes: one JSON object per line.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A request.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Request {
    /// How clauses are pronounced. A clause has no punctuation at which the library would pause.
    Phonemes { voice: String, clauses: Vec<String> },
    /// The audio of sentences, one after the other, into the file `pcm`.
    Speak { voice: String, sentences: Vec<String>, words_per_minute: i32, pitch: i32, pcm: PathBuf },
    /// The library's version.
    Version,
}

/// A response.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Response {
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
    /// As in a dictionary: with stress marks, words separated by spaces.
    pub(crate) ipa: String,
    /// The same phonemes without stress, each with the word that it belongs to.
    pub(crate) heard: Vec<Phoneme>,
}

/// Spoken sentences.
#[derive(Debug, Serialize)]
pub(crate) struct Spoken {
    pub(crate) sample_rate: u32,
    pub(crate) sentences: Vec<Sentence>,
}

/// One spoken sentence. Times are in milliseconds from its start.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sentence {
    pub(crate) samples: u64,
    pub(crate) words: Vec<Word>,
    pub(crate) phonemes: Vec<Phoneme>,
}

/// The start of a word. Long numbers are reported as several words inside one written word.
#[derive(Debug, Serialize)]
pub(crate) struct Word {
    /// Position in characters, counted from 0.
    pub(crate) character: u32,
    pub(crate) ms: u32,
}

/// The start of a phoneme.
#[derive(Debug, Serialize)]
pub(crate) struct Phoneme {
    /// Empty for a pause.
    pub(crate) ipa: String,
    /// Position of its word in characters, counted from 0.
    pub(crate) character: u32,
    pub(crate) ms: u32,
}
