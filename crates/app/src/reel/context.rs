//! What Reel's use cases and jobs need.

use std::sync::Arc;
use std::time::Duration;

use sluice_capability::{Router, Speak, Speaking, VoiceInfo};
use sluice_domain::language::Language;
use sluice_local::reading::Reader;
use sluice_local::render::Renderer;
use tokio::sync::Semaphore;

use super::choices;
use crate::platform::Platform;

/// How many pages are drawn on request at the same time. Of samples, one is made at a time.
const PAGES_AT_ONCE: usize = 2;

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
    /// How many pictures and samples are made on request at the same time.
    pub previews: Previews,
}

/// The turns of those who make a picture or a sample on request. Cheap to clone.
#[derive(Clone)]
pub struct Previews {
    pub(super) pages: Arc<Semaphore>,
    pub(super) samples: Arc<Semaphore>,
}

impl Default for Previews {
    fn default() -> Self {
        Self { pages: Arc::new(Semaphore::new(PAGES_AT_ONCE)), samples: Arc::new(Semaphore::new(1)) }
    }
}

/// Limits from the configuration.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long an unfinished reel lives without progress.
    pub idle: Duration,
}

impl ReelApp {
    /// Every voice, the best of a language first, installed or not.
    pub fn voices(&self) -> Vec<VoiceInfo> {
        self.speaking.implementations().flat_map(|speaker| speaker.voices()).collect()
    }

    /// The voice of a language for this presenter, if none is chosen: see [`choices::voice_for`].
    pub fn default_voice(&self, language: Language, presenter: Option<&str>) -> Option<VoiceInfo> {
        choices::voice_for(&self.voices(), language, presenter)
    }

    /// Whether speaking with a voice can cost money: it is not spoken on this machine.
    pub fn can_cost(&self, voice: &str) -> bool {
        let speaks = |speaker: &&Arc<dyn Speak>| speaker.voices().iter().any(|known| known.id == voice);
        self.speaking.implementations().find(speaks).is_some_and(|speaker| !speaker.profile().is_local)
    }
}
