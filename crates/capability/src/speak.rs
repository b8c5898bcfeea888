//! Text to speech, with the time of every word.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sluice_domain::language::LanguageCode;
use sluice_domain::speech::Speech;

use crate::{Capability, Does};

/// The capability of [`Speak`].
#[derive(Debug, Clone, Copy)]
pub struct Speaking;

impl Capability for Speaking {
    const NAME: &'static str = "speak";
    type Request = SpeakRequest;
    type Output = Speech;
}

/// Speaks a text into a WAV file (one channel, 16 bit), and says when each word is heard.
pub trait Speak: Does<Speaking> {
    /// Its voices, the best of a language first, those that cannot be used now among them.
    fn voices(&self) -> Vec<VoiceInfo>;
}

/// What is to be spoken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeakRequest {
    /// The id of a voice: see [`Speak::voices`].
    pub voice: String,
    /// The text, in the voice's language.
    pub text: String,
    /// Where the sound is written. On error there is no file.
    pub out: PathBuf,
}

/// A voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoiceInfo {
    /// `piper:en_US-joe-medium`, `espeak:ar`.
    pub id: String,
    /// What it speaks.
    pub language: LanguageCode,
    /// For people.
    pub name: String,
    /// What speaks: `piper`, `espeak-ng`, a provider.
    pub engine: &'static str,
    /// The licence of the voice.
    pub licence: String,
    /// It can be used now.
    pub installed: bool,
}
