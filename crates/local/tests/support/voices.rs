//! The voices, with the engines and models of this machine.

use std::path::PathBuf;

use sluice_local::models::Models;
use sluice_local::voice::{VoiceSettings, Voices};

/// Where set-up puts the models (`scripts/fetch-models.sh`).
pub(crate) fn models() -> Models {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let data = || variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local/share")));
    let folder = variable("SLUICE_MODELS").or_else(|| Some(data()?.join("sluice/models"))).unwrap();
    let models = Models::new(folder);
    assert!(models.missing().is_empty(), "run `make setup`: {:?} are missing", models.missing());
    models
}

/// The engine child of the examples, and `sluice-espeak` one folder above it.
pub(crate) fn settings() -> VoiceSettings {
    let executable = crate::support::engine_child();
    let espeak = executable.ancestors().nth(2).unwrap().join("sluice-espeak");
    assert!(espeak.exists(), "{} is missing: cargo build --release -p sluice-espeak", espeak.display());
    VoiceSettings { espeak, ..VoiceSettings::beside(executable) }
}

pub(crate) fn voices() -> Voices {
    Voices::new(crate::support::guard(), models(), settings())
}
