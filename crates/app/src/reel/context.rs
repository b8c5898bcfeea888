//! What Reel's use cases and jobs work with.

use std::time::Duration;

use sluice_capability::{Router, Speak, Speaking, VoiceInfo};
use sluice_domain::language::Language;
use sluice_local::reading::Reader;
use sluice_local::render::Renderer;

use crate::platform::Platform;

/// What Reel's use cases and jobs work with. Cheap to clone.
#[derive(Clone)]
pub struct ReelApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// Draws a document's pages.
    pub reader: Reader,
    /// Who speaks.
    pub speaking: Router<Speaking, dyn Speak>,
    /// Draws and encodes.
    pub renderer: Renderer,
    /// What the configuration allows.
    pub limits: Limits,
}

/// Limits that are set in the configuration.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Reels that one address may start within [`Limits::WINDOW`].
    pub reels_per_window: u32,
    /// How long an unfinished reel lives without any work on it.
    pub idle: Duration,
}

impl Limits {
    /// The span in which an address's reels are counted.
    pub const WINDOW: Duration = Duration::from_mins(10);
}

impl ReelApp {
    /// Every voice, the best of a language first, installed or not.
    pub fn voices(&self) -> Vec<VoiceInfo> {
        self.speaking.implementations().flat_map(|speaker| speaker.voices()).collect()
    }

    /// The best installed voice of a language; when none is installed, the best one with `installed` false.
    pub fn default_voice(&self, language: Language) -> Option<VoiceInfo> {
        let mut voices: Vec<_> = self.voices().into_iter().filter(|voice| voice.language == language).collect();
        let place = voices.iter().position(|voice| voice.installed).unwrap_or(0);
        (!voices.is_empty()).then(|| voices.swap_remove(place))
    }
}
