//! What Reel's use cases and jobs need.

use std::time::Duration;

use sluice_capability::{Router, Speak, Speaking, VoiceInfo};
use sluice_domain::language::Language;
use sluice_local::reading::Reader;
use sluice_local::render::Renderer;

use crate::platform::Platform;

/// What Reel's use cases and jobs need. Cheap to clone.
#[derive(Clone)]
pub struct ReelApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// Renders the pages of a document.
    pub reader: Reader,
    /// The implementations that speak.
    pub speaking: Router<Speaking, dyn Speak>,
    /// Draws and encodes.
    pub renderer: Renderer,
    /// The limits of the configuration.
    pub limits: Limits,
}

/// Limits from the configuration.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Reels that one address may start within [`Limits::WINDOW`].
    pub reels_per_window: u32,
    /// How long an unfinished reel lives without progress.
    pub idle: Duration,
}

impl Limits {
    /// The window in which the reels of an address are counted.
    pub const WINDOW: Duration = Duration::from_mins(10);
}

impl ReelApp {
    /// Every voice, the best of a language first, installed or not.
    pub fn voices(&self) -> Vec<VoiceInfo> {
        self.speaking.implementations().flat_map(|speaker| speaker.voices()).collect()
    }

    /// The best installed voice of a language; if none is installed, the best one, with `installed` false.
    pub fn default_voice(&self, language: Language) -> Option<VoiceInfo> {
        let mut voices: Vec<_> = self.voices().into_iter().filter(|voice| voice.language == language).collect();
        let place = voices.iter().position(|voice| voice.installed).unwrap_or(0);
        (!voices.is_empty()).then(|| voices.swap_remove(place))
    }
}
