//! The apps of a process and the engine that runs their jobs.

use std::any::Any;
use std::sync::Arc;

use sluice_engine::{Engine, Settings};
use sluice_outbound::Client;
use sluice_store::StoreError;

use crate::keeping::{self, Keeper, Rules};
use crate::library::{self, Library};
use crate::maintenance;
use crate::models::{self, Installation};
use crate::module::Module;
use crate::platform::Platform;
use crate::providers::Providers;
use crate::uploads;
use crate::webhooks::{self, Webhooks};

/// Everything that a process holds. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What all apps share.
    pub platform: Platform,
    /// Documents and uploads.
    pub library: Library,
    /// Enqueues jobs, and runs them once it is started.
    pub engine: Engine,
    /// Endpoints of others that are notified of events.
    pub webhooks: Webhooks,
    /// The models of this machine.
    pub installation: Installation,
    /// The rules of what is kept in which tier.
    pub keeper: Keeper,
    /// Remote providers.
    pub providers: Providers,
    /// The apps.
    pub modules: Arc<[Arc<dyn Module>]>,
}

/// What an app is made of.
pub struct Parts {
    /// Documents and uploads, with the platform below.
    pub library: Library,
    /// The apps.
    pub modules: Vec<Arc<dyn Module>>,
    /// The settings of the engine.
    pub settings: Settings,
    /// How many jobs each pool that computes runs at a time.
    pub workers: usize,
    /// Reaches what people name.
    pub client: Client,
    /// The models of this machine.
    pub installation: Installation,
    /// The rules of what is kept in which tier.
    pub rules: Rules,
    /// Remote providers.
    pub providers: Providers,
}

impl App {
    /// With an engine that has the jobs of all modules.
    pub fn new(parts: Parts) -> Self {
        let Parts { library, modules, settings, workers, client, installation, rules, providers } = parts;
        let platform = library.platform.clone();
        platform.limits.leave_out(modules.iter().flat_map(|module| module.uncounted()).copied());
        let builder = Engine::builder(platform.store.clone())
            .settings(settings)
            .randomness(platform.randomness.clone())
            .pool("default", workers)
            .pool("video", workers)
            .pool("speech", workers);
        let builder = modules.iter().fold(builder, |builder, module| module.register(builder));
        let modules: Arc<[Arc<dyn Module>]> = modules.into();
        let builder = library::register(builder, &library, &modules);
        let builder = maintenance::register(
            builder,
            &maintenance::Context { platform: platform.clone(), modules: Arc::clone(&modules) },
        );
        let keeper = Keeper { platform: platform.clone(), modules: Arc::clone(&modules), rules };
        let builder = keeping::register(builder, &keeper);
        let context = models::Context { platform: platform.clone(), installation: installation.clone() };
        let builder = models::register(builder, &context);
        let engine = webhooks::register(builder, &platform, &client).build();
        let webhooks = Webhooks::new(platform.clone(), engine.clone(), client);
        Self { platform, library, engine, webhooks, installation, keeper, providers, modules }
    }

    /// Sets the schedules of all jobs that have one. Every process may call this.
    pub async fn schedule(&self) -> Result<(), StoreError> {
        maintenance::schedule(&self.engine).await?;
        keeping::schedule(&self.engine, self.keeper.rules).await?;
        for module in self.modules.iter() {
            module.schedule(&self.engine).await?;
        }
        Ok(())
    }

    /// What resumable uploads need.
    pub fn uploads(&self) -> uploads::Desk {
        let (library, apps) = (self.library.clone(), Arc::clone(&self.modules));
        uploads::Desk { library, apps, engine: self.engine.clone() }
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
