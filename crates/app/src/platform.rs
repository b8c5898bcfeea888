//! What every use case and every job stands on.

use std::sync::Arc;
use std::time::Duration;

use sluice_blobs::{Blobs, Links};
use sluice_domain::time::Timestamp;
use sluice_engine::{Engine, Randomness};
use sluice_local::reading::Reader;
use sluice_local::render::Renderer;
use sluice_local::voice::Voices;
use sluice_store::{Store, StoreError};

use crate::reel::make::MakeReel;
use crate::reel::scene::RenderScene;

/// Limits that are set in the configuration.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most bytes of an uploaded document.
    pub upload_bytes: u64,
    /// Reels that one address may start within [`Limits::WINDOW`].
    pub reels_per_window: u32,
    /// How long an unfinished reel lives without any work on it.
    pub idle: Duration,
}

impl Limits {
    /// The span in which an address's reels are counted.
    pub const WINDOW: Duration = Duration::from_mins(10);
}

/// Handles to rows, bytes and engines: what a job works with. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// Rows.
    pub store: Store,
    /// Bytes.
    pub blobs: Blobs,
    /// Signed links to bytes.
    pub links: Links,
    /// Reads documents.
    pub reader: Reader,
    /// Speaks.
    pub voices: Arc<Voices>,
    /// Draws and encodes.
    pub renderer: Renderer,
    /// For ids.
    pub randomness: Randomness,
    /// What the configuration allows.
    pub limits: Limits,
}

impl Platform {
    /// The time by the database's clock.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.now().await
    }

    /// A new id: `platform.new_id(ReelId::new)`.
    pub async fn new_id<T>(&self, make: impl FnOnce(Timestamp, [u8; 10]) -> T) -> Result<T, StoreError> {
        Ok(make(self.now().await?, self.randomness.id_bytes()))
    }
}

/// The platform and the engine that runs its jobs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What jobs work with.
    pub platform: Platform,
    /// Takes jobs in, and runs them once it is started.
    pub engine: Engine,
}

impl App {
    /// The list of all kinds of jobs. `workers` run side by side in each pool.
    pub fn new(platform: Platform, settings: sluice_engine::Settings, workers: usize) -> Self {
        let engine = Engine::builder(platform.store.clone())
            .settings(settings)
            .randomness(platform.randomness.clone())
            .pool("default", workers)
            .pool("video", workers)
            .register::<MakeReel>(platform.clone())
            .register::<RenderScene>(platform.clone())
            .build();
        Self { platform, engine }
    }
}
