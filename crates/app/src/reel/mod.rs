//! Reel: a document becomes a narrated, captioned video.
//!
//! The storyboard is the source of truth: a reel has scenes, each scene has a script, and every rendered part is keyed
//! by what went into it. Editing a scene changes its key; making the reel again renders what has no current part.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_domain::time::Timestamp;
use sluice_engine::Builder;
use sluice_local::reading::Reader;
use sluice_local::render::Renderer;
use sluice_local::voice::Voices;
use sluice_store::{StoreError, Tx, reel};

use self::make::MakeReel;
use self::scene::RenderScene;
use crate::module::Module;
use crate::platform::Platform;

pub mod artefacts;
pub mod assemble;
pub mod choices;
pub mod delete;
pub mod edit;
mod failure;
mod keys;
pub mod make;
pub mod scene;
pub mod script;
pub mod start;
pub mod storyboard;
pub mod view;

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

impl Module for ReelApp {
    fn name(&self) -> &'static str {
        "reel"
    }

    fn register(&self, engine: Builder) -> Builder {
        engine.register::<MakeReel>(self.clone()).register::<RenderScene>(self.clone())
    }

    fn documents_in_use<'a>(
        &'a self,
        tx: &'a mut Tx,
        documents: &'a [String],
    ) -> BoxFuture<'a, Result<HashSet<String>, StoreError>> {
        reel::documents_in_use(tx, documents).boxed()
    }

    fn retain<'a>(&'a self, tx: &'a mut Tx, before: Timestamp, limit: u32) -> BoxFuture<'a, Result<u64, StoreError>> {
        reel::forget_tombstones(tx, before, limit).boxed()
    }
}
