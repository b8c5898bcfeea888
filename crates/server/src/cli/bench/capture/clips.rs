//! Clips of phrases, said by the built-in voices of their languages.

use std::path::{Path, PathBuf};

use sluice_domain::study::StudyLanguage;
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::voice::{VoiceSettings, Voices};

use super::set::Phrase;

/// Length of a clip that is said to take twenty seconds, in milliseconds.
const LONG: u32 = 20_000;

pub(super) struct Clips {
    voices: Voices,
    folder: PathBuf,
}

impl Clips {
    pub(super) fn new(executable: &Path, models: Models, folder: &Path) -> Self {
        let settings = VoiceSettings::beside(executable.to_owned());
        let voices = Voices::new(Guard::new(executable.to_owned()), models, settings);
        Self { voices, folder: folder.to_owned() }
    }

    /// Says a phrase into a file, or why it cannot be said here.
    pub(super) async fn say(&self, phrase: &Phrase) -> Result<PathBuf, String> {
        let out = self.folder.join(format!("{}.wav", phrase.number));
        self.speak(phrase.language, phrase.text, &out).await?;
        Ok(out)
    }

    /// Clips of about twenty seconds of these phrases, which are of one language.
    pub(super) async fn long(&self, phrases: &[&Phrase]) -> Result<Vec<PathBuf>, String> {
        let mut clips = Vec::new();
        let mut text = String::new();
        for phrase in phrases {
            text.push_str(phrase.text);
            text.push(' ');
            let out = self.folder.join(format!("long-{}.wav", clips.len()));
            if self.speak(phrase.language, &text, &out).await? >= LONG {
                clips.push(out);
                text.clear();
            }
        }
        Ok(clips)
    }

    /// Milliseconds of what was said.
    async fn speak(&self, language: &str, text: &str, out: &Path) -> Result<u32, String> {
        let facts = StudyLanguage::from_code(language).map(StudyLanguage::facts);
        let voice = facts.map(|facts| format!("espeak:{}", facts.voice)).unwrap_or_default();
        let said = self.voices.speak(&voice, text, out).await;
        said.map(|speech| speech.duration_ms()).map_err(|error| error.to_string())
    }
}
