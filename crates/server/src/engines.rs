//! The built-in engines that several apps use: each keeps a child process warm, so there is one of each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::speech::{SpeechSettings, Transcriber};
use sluice_local::translate::{TranslateSettings, Translator};
use sluice_local::voice::{VoiceSettings, Voices};

use crate::config::Config;

/// The engines. They are started on first use.
pub struct Engines {
    /// Texts as vectors.
    pub embedder: Arc<Embedder>,
    /// Speech to text.
    pub transcriber: Arc<Transcriber>,
    /// Texts in another language.
    pub translator: Arc<Translator>,
    /// Text to speech.
    pub voices: Arc<Voices>,
}

impl Engines {
    /// With these models.
    pub fn new(config: &Config, models: Models, guard: &Guard, executable: &Path) -> Self {
        let executable = executable.to_owned();
        let speech = SpeechSettings::of(executable.clone());
        let translate = TranslateSettings::of(executable.clone());
        let embed = EmbedSettings::of(executable.clone());
        Self {
            embedder: Arc::new(Embedder::new(guard.clone(), models.clone(), embed)),
            transcriber: Arc::new(Transcriber::new(guard.clone(), models.clone(), speech)),
            translator: Arc::new(Translator::new(guard.clone(), models.clone(), translate)),
            voices: Arc::new(Voices::new(guard.clone(), models, voice_settings(config, executable))),
        }
    }
}

/// By default the program that speaks through espeak-ng is in the folder of this executable.
pub(crate) fn voice_settings(config: &Config, executable: PathBuf) -> VoiceSettings {
    let beside = VoiceSettings::beside(executable);
    VoiceSettings { espeak: config.espeak.clone().unwrap_or_else(|| beside.espeak.clone()), ..beside }
}
