//! The apps of a process and the engine that runs their jobs.

use std::any::Any;
use std::sync::Arc;

use sluice_engine::{Engine, Settings};

use crate::library::{self, Library};
use crate::maintenance;
use crate::module::Module;
use crate::platform::Platform;

/// Everything that a process holds. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What all apps share.
    pub platform: Platform,
    /// Documents and uploads.
    pub library: Library,
    /// Enqueues jobs, and runs them once it is started.
    pub engine: Engine,
    /// The apps.
    pub modules: Arc<[Arc<dyn Module>]>,
}

impl App {
    /// An engine with the jobs of all `modules`. Each pool runs up to `workers` jobs at a time.
    pub fn new(library: Library, modules: Vec<Arc<dyn Module>>, settings: Settings, workers: usize) -> Self {
        let platform = library.platform.clone();
        let builder = Engine::builder(platform.store.clone())
            .settings(settings)
            .randomness(platform.randomness.clone())
            .pool("default", workers)
            .pool("video", workers);
        let builder = modules.iter().fold(builder, |builder, module| module.register(builder));
        let modules: Arc<[Arc<dyn Module>]> = modules.into();
        let builder = library::register(builder, &library, &modules);
        let builder = maintenance::register(
            builder,
            &maintenance::Context { platform: platform.clone(), modules: Arc::clone(&modules) },
        );
        Self { platform, library, engine: builder.build(), modules }
    }

    /// What maintenance jobs need.
    pub fn maintenance(&self) -> maintenance::Context {
        maintenance::Context { platform: self.platform.clone(), modules: Arc::clone(&self.modules) }
    }

    /// The names of the apps in this process.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.modules.iter().map(|module| module.name())
    }

    /// The app of this type, if it is part of this process.
    pub fn module<M: Module>(&self) -> Option<&M> {
        self.modules.iter().find_map(|module| {
            let module: &dyn Any = module.as_ref();
            module.downcast_ref()
        })
    }
}
