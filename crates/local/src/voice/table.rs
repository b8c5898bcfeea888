//! The voices. An espeak-ng voice is added by one line in [`VOICES`].

use std::path::Path;

use serde::{Deserialize, Serialize};
use sluice_capability::VoiceInfo;
use sluice_domain::language::{Language, LanguageCode};

/// Which engine speaks a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Engine {
    /// The voice model.
    Piper,
    /// libespeak-ng.
    Espeak {
        /// Its name in libespeak-ng.
        name: &'static str,
        /// Its speaking rate, chosen to match a narrator's pace.
        words_per_minute: u32,
        /// 0 to 100.
        pitch: u32,
        /// Whether the text is vowelled first.
        vowel_marks: bool,
    },
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Voice {
    pub(super) id: &'static str,
    pub(super) language: &'static str,
    name: &'static str,
    licence: &'static str,
    pub(super) engine: Engine,
}

const fn espeak(id: &'static str, language: &'static str, name: &'static str, words_per_minute: u32) -> Voice {
    let engine = Engine::Espeak { name, words_per_minute, pitch: 45, vowel_marks: false };
    Voice { id, language, name: "eSpeak NG", licence: "GPL-3.0-or-later", engine }
}

/// All voices; the best of a language comes first.
pub(super) static VOICES: [Voice; 9] = [
    Voice { id: "piper:en_US-joe-medium", language: "en", name: "Joe", licence: "CC0-1.0", engine: Engine::Piper },
    espeak("espeak:en", "en", "en-us", 146),
    Voice {
        engine: Engine::Espeak { name: "ar", words_per_minute: 215, pitch: 45, vowel_marks: true },
        ..espeak("espeak:ar", "ar", "ar", 215)
    },
    espeak("espeak:fr", "fr", "fr", 126),
    espeak("espeak:de", "de", "de", 148),
    espeak("espeak:es", "es", "es", 140),
    espeak("espeak:it", "it", "it", 160),
    espeak("espeak:pt", "pt", "pt-br", 165),
    espeak("espeak:nl", "nl", "nl", 150),
];

/// Voices of languages that nothing is narrated in, only phrases are said: at the pace of somebody who teaches.
static PHRASE_VOICES: [Voice; 3] = [
    espeak("espeak:ru", "ru", "ru", 130),
    // Its other voice of Mandarin makes pinyin of the characters and spells that in English, digits and all.
    espeak("espeak:cmn", "zh", "cmn-latn-pinyin", 130),
    espeak("espeak:ka", "ka", "ka", 130),
];

/// A voice by its id.
pub(super) fn voice(id: &str) -> Option<&'static Voice> {
    VOICES.iter().chain(&PHRASE_VOICES).find(|voice| voice.id == id)
}

/// The phonemes that Piper's English voice was trained on.
pub(super) const PIPER_PHONEMES: &str = "en-us";

/// How much slower than its default Piper's voice speaks: at this pace it says 181 words a minute.
pub(super) const PIPER_PACE: f32 = 1.18;

impl Voice {
    pub(super) fn info(&self, installed: bool) -> VoiceInfo {
        VoiceInfo {
            id: self.id.to_owned(),
            language: LanguageCode::from_code(self.language).unwrap_or_else(|| Language::ENGLISH.into()),
            name: self.name.to_owned(),
            engine: match self.engine {
                Engine::Piper => "piper",
                Engine::Espeak { .. } => "espeak-ng",
            },
            licence: self.licence.to_owned(),
            installed,
        }
    }

    /// The engine that spoke, with model and version.
    pub(super) fn spoken_by(&self, espeak_version: &str) -> String {
        match self.engine {
            Engine::Piper => {
                format!("piper {} (phonemes: espeak-ng {espeak_version})", self.id.trim_start_matches("piper:"))
            }
            Engine::Espeak { name, vowel_marks: true, .. } => {
                format!("espeak-ng {espeak_version} {name} (vowel marks: rawi v3)")
            }
            Engine::Espeak { name, .. } => format!("espeak-ng {espeak_version} {name}"),
        }
    }
}

/// Whether libespeak-ng is where the dynamic linker of Debian and its derivatives looks for it.
pub(super) fn espeak_library_found() -> bool {
    let has = |folder: &Path| folder.join("libespeak-ng.so.1").exists();
    let subfolders = |folder: &str| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    ["/usr/lib", "/lib", "/usr/local/lib", "/usr/lib64"].iter().any(|folder| has(Path::new(folder)))
        || subfolders("/usr/lib").filter(|path| path.to_string_lossy().contains("-linux-")).any(|path| has(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_domain::language::LANGUAGES;

    #[test]
    fn every_language_has_a_voice() {
        for language in &LANGUAGES {
            assert!(VOICES.iter().any(|voice| voice.language == language.code), "{}", language.code);
        }
        for voice in &VOICES {
            assert!(Language::from_code(voice.language).is_some(), "{}", voice.id);
        }
    }
}
