//! The apps of the server: one line each in [`APPS`]. An app provides its handles, its routes and its commands.

mod capture;
mod reel;
mod scribe;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgMatches, Args};
use futures::future::BoxFuture;
use sluice_app::library::Library;
use sluice_app::module::Module;
use sluice_app::providers::Providers;
use sluice_domain::limits::Plans;
use sluice_local::guard::Guard;
use utoipa_axum::router::OpenApiRouter;

use crate::config::Config;
use crate::engines::Engines;
use crate::http::Api;

/// Every app of this server.
pub const APPS: &[&dyn ServerApp] = &[&reel::Reel, &scribe::Scribe, &capture::Capture];

/// The settings of the apps that have any, among the global options: one line each.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct AppSettings {
    #[command(flatten)]
    reel: reel::ReelSettings,
    #[command(flatten)]
    scribe: scribe::ScribeSettings,
}

impl AppSettings {
    /// The same settings, with limits high enough for a benchmark.
    pub(crate) fn for_bench(&self) -> Self {
        Self { reel: self.reel.for_bench(), ..self.clone() }
    }

    /// The plans, with the limits that have an option of their own.
    pub(crate) fn plans(&self, plans: Plans) -> Plans {
        self.reel.plans(plans)
    }
}

/// What an app needs to open its handles.
pub struct Common<'a> {
    /// The settings.
    pub config: &'a Config,
    /// Documents, with the platform below.
    pub library: &'a Library,
    /// Runs programs on untrusted files.
    pub guard: &'a Guard,
    /// The built-in engines that several of them share.
    pub engines: &'a Engines,
    /// Remote providers, with the built-in engines among them.
    pub providers: &'a Providers,
    /// The path of this executable, from which child processes are started.
    pub executable: PathBuf,
}

/// An app, as seen by the server.
pub trait ServerApp: Sync {
    /// Opens its handles.
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>>;

    /// Its endpoints with their documentation. They find their app by [`crate::http::Opened`].
    fn routes(&self) -> OpenApiRouter<Api>;

    /// The origins on the visitor's own machine that its page connects to, beside this server: the content security policy
    /// allows no others. Such as `http://127.0.0.1:8765`.
    fn connects(&self) -> &'static [&'static str] {
        &[]
    }

    /// Its commands.
    fn commands(&self) -> Vec<clap::Command> {
        Vec::new()
    }

    /// Runs one of its commands.
    fn run<'a>(&self, config: &'a Config, name: &str, _arguments: &'a ArgMatches) -> BoxFuture<'a, anyhow::Result<()>> {
        let _ = config;
        let error = anyhow::anyhow!("there is no command {name}");
        Box::pin(async { Err(error) })
    }
}
