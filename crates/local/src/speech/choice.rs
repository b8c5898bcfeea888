//! Which size of Whisper hears a sound: by its language and its length, of those that are installed.

use serde::{Deserialize, Serialize};

use crate::models::{ModelSet, SPEECH, SPEECH_SMALL};

/// A size of Whisper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 74 million parameters: part of every installation.
    Base,
    /// 244 million parameters: fewer errors, and slower.
    Small,
}

/// The languages that Whisper writes down, by their codes: ISO 639-1, but for `haw`, and `jw`, which is Javanese.
pub const LANGUAGES: [&str; 99] = [
    "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da", "de", "el", "en",
    "es", "et", "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he", "hi", "hr", "ht", "hu", "hy", "id", "is",
    "it", "ja", "jw", "ka", "kk", "km", "kn", "ko", "la", "lb", "ln", "lo", "lt", "lv", "mg", "mi", "mk", "ml", "mn",
    "mr", "ms", "mt", "my", "ne", "nl", "nn", "no", "oc", "pa", "pl", "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk",
    "sl", "sn", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl", "tr", "tt", "uk", "ur", "uz",
    "vi", "yi", "yo", "zh",
];

/// Languages that `base` writes down well or fairly; others poorly.
const BASE_KNOWS: [&str; 7] = ["de", "en", "es", "fr", "it", "nl", "pt"];

/// Longest sound that `small` hears in a language that `base` knows, too: an hour, in milliseconds.
const LONGEST_FOR_SMALL: u64 = 60 * 60 * 1_000;

impl Size {
    /// Its name and how its weights are rounded, as it is stored with what it made.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "whisper base int8",
            Self::Small => "whisper small int8",
        }
    }

    /// The set of files that it needs.
    pub const fn set(self) -> &'static ModelSet {
        match self {
            Self::Base => &SPEECH,
            Self::Small => &SPEECH_SMALL,
        }
    }

    /// Its folder among the models.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Base => "faster-whisper-base",
            Self::Small => "whisper-small",
        }
    }

    /// The size that should hear this language for so many milliseconds, 0 if that is not known.
    pub(super) fn for_sound(language: &str, duration_ms: u64) -> Self {
        let is_short = (1..=LONGEST_FOR_SMALL).contains(&duration_ms);
        if !is_known_to_base(language) || is_short { Self::Small } else { Self::Base }
    }

    /// The size that should hear this language while it is spoken: the smaller one, unless it knows the language poorly.
    pub(super) fn for_live(language: Option<&str>) -> Self {
        if language.is_none_or(is_known_to_base) { Self::Base } else { Self::Small }
    }
}

/// Whether `base` writes down this language well enough for there to be nothing to say about it.
pub fn is_known_to_base(language: &str) -> bool {
    BASE_KNOWS.contains(&language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_model_hears_what_the_smaller_one_does_not_know_and_what_is_short() {
        let hour = LONGEST_FOR_SMALL;
        assert_eq!(Size::for_sound("ja", 5 * hour), Size::Small);
        assert_eq!(Size::for_sound("ja", 0), Size::Small);
        assert_eq!(Size::for_sound("en", hour), Size::Small);
        assert_eq!(Size::for_sound("en", hour + 1), Size::Base);
        assert_eq!(Size::for_sound("fr", 0), Size::Base, "it may be a day long");
        assert_eq!(Size::for_live(Some("ja")), Size::Small);
        assert_eq!((Size::for_live(Some("en")), Size::for_live(None)), (Size::Base, Size::Base));
    }
}
