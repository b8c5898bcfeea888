//! Who speaks when.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Capability, Does};

/// The capability of [`TellApart`].
#[derive(Debug, Clone, Copy)]
pub struct TellingApart;

impl Capability for TellingApart {
    const NAME: &'static str = "tell_apart";
    type Request = TellApartRequest;
    type Output = Voices;
}

/// Tells the speakers of a sound apart. Only embeddings of the same model can be compared: see [`crate::MadeBy`].
pub trait TellApart: Does<TellingApart> {}

impl<T: Does<TellingApart> + ?Sized> TellApart for T {}

/// Whose speakers are to be told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellApartRequest {
    /// A file with sound: any format that ffmpeg reads.
    pub sound: PathBuf,
    /// Its length in milliseconds; 0 if that is not known.
    pub duration_ms: u64,
    /// How many people speak, if that is known.
    pub people: Option<u32>,
}

/// Who speaks when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Voices {
    /// In order of their starts. Those of several speakers may overlap.
    pub turns: Vec<VoiceTurn>,
    /// What each speaker sounds like: vectors of length 1, by their numbers.
    pub speakers: Vec<Vec<f32>>,
}

/// Somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceTurn {
    /// Start in milliseconds of the sound.
    pub start_ms: u32,
    /// End in milliseconds, exclusive.
    pub end_ms: u32,
    /// Who, numbered from 0 in the order in which they are first heard.
    pub speaker: u32,
}
