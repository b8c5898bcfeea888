//! The voices, with the engines and models of this machine.

#[path = "models.rs"]
mod folder;

pub(crate) use folder::models;
use sluice_local::models::VOICE_EN;
use sluice_local::voice::{VoiceSettings, Voices};

/// The engine child of the examples, and `sluice-espeak` one folder above it.
pub(crate) fn settings() -> VoiceSettings {
    let executable = crate::support::engine_child();
    let espeak = executable.ancestors().nth(2).unwrap().join("sluice-espeak");
    assert!(espeak.exists(), "{} is missing: cargo build --release -p sluice-espeak", espeak.display());
    VoiceSettings { espeak, ..VoiceSettings::beside(executable) }
}

pub(crate) fn voices() -> Voices {
    Voices::new(crate::support::guard(), models(&VOICE_EN), settings())
}
