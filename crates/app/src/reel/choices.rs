//! What the owner of a reel chooses, and what is chosen for whoever does not: one table for the page, the command line
//! and the API.

use serde::{Deserialize, Serialize};
use sluice_capability::VoiceInfo;
use sluice_domain::language::Language;
use sluice_local::render::{PresenterInfo, Shape, presenters};
use utoipa::ToSchema;

use super::script::Mode;

/// Where the captions are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptionsPlace {
    /// "Burned in": part of the picture, always shown; and as separate files.
    #[default]
    Burned,
    /// "Subtitle track": a track of the video that a player shows on request; and as separate files.
    Beside,
}

/// How the script is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScriptChoice {
    /// Sentences of the document itself, chosen and shortened by rules; costs nothing.
    #[default]
    Extract,
    /// By a language model, each sentence checked against its page.
    Written,
}

impl ScriptChoice {
    /// Whether nothing is chosen, or what is chosen by default.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// All choices, with the defaults filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// Summary or explanation.
    pub mode: Mode,
    /// The aspect ratio.
    pub shape: Shape,
    /// The voice's id.
    pub voice: String,
    /// The presenter's id; none for a video without.
    pub presenter: Option<String>,
    /// Where the captions are.
    pub captions: CaptionsPlace,
    /// How the script is written. Left out for an extract, as in what was stored before there was a choice.
    #[serde(default, skip_serializing_if = "ScriptChoice::is_default")]
    pub script: ScriptChoice,
}

/// The mode of a video for which none is chosen.
pub const DEFAULT_MODE: Mode = Mode::Summary;
/// The shape of a video for which none is chosen.
pub const DEFAULT_SHAPE: Shape = Shape::Landscape;
/// Instead of a presenter's id: a video without one.
pub const NO_PRESENTER: &str = "none";

/// The choice of a presenter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenterChoice {
    /// The one who fits the voice.
    Default,
    /// A video without.
    Nobody,
    /// The one with this id.
    Named(String),
}

impl PresenterChoice {
    /// From an id, or [`NO_PRESENTER`].
    pub fn of(id: &str) -> Self {
        if id == NO_PRESENTER { Self::Nobody } else { Self::Named(id.to_owned()) }
    }
}

/// How a voice sounds, or a presenter looks as if they would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    /// A woman's.
    Female,
    /// A man's.
    Male,
    /// Either; it fits everybody.
    Neutral,
}

impl Register {
    fn fits(self, other: Self) -> bool {
        self == other || self == Self::Neutral || other == Self::Neutral
    }
}

/// How the presenters look. Who is not in it fits every voice.
const PRESENTERS: [(&str, Register); 4] =
    [("ada", Register::Female), ("omar", Register::Male), ("noor", Register::Female), ("lin", Register::Female)];

/// How the voices sound, by the beginnings of their ids. What is not in it fits every presenter.
const VOICES: [(&str, Register); 2] = [("piper:en_US-joe", Register::Male), ("espeak:", Register::Male)];

/// How a presenter looks.
pub fn register_of_presenter(id: &str) -> Register {
    PRESENTERS.iter().find(|(known, _)| *known == id).map_or(Register::Neutral, |(_, register)| *register)
}

/// How a voice sounds.
pub fn register_of_voice(id: &str) -> Register {
    VOICES.iter().find(|(start, _)| id.starts_with(start)).map_or(Register::Neutral, |(_, register)| *register)
}

/// Whether a presenter is drawn by this program: any other one is a provider's.
pub fn is_drawn(presenter: &str) -> bool {
    presenters().iter().any(|known| known.id == presenter)
}

/// The presenter of a video for which a voice is chosen, and nobody to present it: the first who fits.
pub fn presenter_for(voice: &str) -> Option<&'static PresenterInfo> {
    let register = register_of_voice(voice);
    let cast = presenters();
    cast.iter().find(|presenter| register_of_presenter(presenter.id).fits(register)).or_else(|| cast.first())
}

/// The voice of a video for which a presenter is chosen, and no voice: the best installed one that fits, else the best
/// installed one, else the best one. `voices` are all voices, the best of a language first.
pub fn voice_for(voices: &[VoiceInfo], language: Language, presenter: Option<&str>) -> Option<VoiceInfo> {
    let register = presenter.map_or(Register::Neutral, register_of_presenter);
    let known = || voices.iter().filter(|voice| voice.language == language);
    let installed = || known().filter(|voice| voice.installed);
    let fitting = installed().find(|voice| register_of_voice(&voice.id).fits(register));
    fitting.or_else(|| installed().next()).or_else(|| known().next()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(id: &str, language: Language, installed: bool) -> VoiceInfo {
        let (id, name, licence) = (id.to_owned(), id.to_owned(), "CC0".to_owned());
        VoiceInfo { id, language: language.into(), name, engine: "test", licence, installed }
    }

    #[test]
    fn whoever_presents_fits_the_voice() {
        assert_eq!(presenter_for("piper:en_US-joe-medium").map(|presenter| presenter.id), Some("omar"));
        assert_eq!(presenter_for("espeak:ar").map(|presenter| presenter.id), Some("omar"));
        assert_eq!(presenter_for("unknown").map(|presenter| presenter.id), Some("ada"), "the first fits");
        for presenter in presenters() {
            assert_ne!(register_of_presenter(presenter.id), Register::Neutral, "{} is not in the table", presenter.id);
        }
    }

    #[test]
    fn the_voice_fits_whoever_presents() {
        let english = Language::ENGLISH;
        let all = [
            voice("piper:en_US-joe-medium", english, true),
            voice("other:absent", english, false),
            voice("other:en", english, true),
            voice("espeak:ar", Language::ARABIC, true),
        ];
        let chosen = |language, presenter| voice_for(&all, language, presenter).map(|voice| voice.id);
        assert_eq!(chosen(english, None).as_deref(), Some("piper:en_US-joe-medium"));
        assert_eq!(chosen(english, Some("omar")).as_deref(), Some("piper:en_US-joe-medium"));
        assert_eq!(chosen(english, Some("ada")).as_deref(), Some("other:en"), "a man's voice does not fit");
        assert_eq!(chosen(Language::ARABIC, Some("ada")).as_deref(), Some("espeak:ar"), "there is no other");
        let absent = [voice("other:absent", english, false)];
        assert!(voice_for(&absent, english, None).is_some_and(|voice| !voice.installed));
        assert_eq!(voice_for(&[], english, None), None);
    }
}
