//! What Reel's use cases and jobs work with.

use std::sync::Arc;
use std::time::Duration;

use sluice_local::reading::Reader;
use sluice_local::render::Renderer;
use sluice_local::voice::Voices;

use crate::platform::Platform;

/// What Reel's use cases and jobs work with. Cheap to clone.
#[derive(Clone)]
pub struct ReelApp {
    /// Rows and bytes.
    pub platform: Platform,
    /// Draws a document's pages.
    pub reader: Reader,
    /// Speaks.
    pub voices: Arc<Voices>,
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
