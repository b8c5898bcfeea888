//! Reel, opened from the configuration, with its routes and its command.

use std::sync::Arc;
use std::time::Duration;

use clap::{ArgMatches, Args, FromArgMatches as _};
use futures::future::BoxFuture;
use sluice_app::module::Module;
use sluice_app::reel::{Limits, Previews, ReelApp};
use sluice_domain::limits::{Plans, Window};
use sluice_local::render::Renderer;
use utoipa_axum::router::OpenApiRouter;

use super::{Common, ServerApp};
use crate::cli::reel::{self as command, ReelCommand};
use crate::config::Config;
use crate::http::{self, Api};

pub(super) struct Reel;

/// What can be set of Reel: among the global options, since the server and the command both make videos.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct ReelSettings {
    /// Videos that one address without an account may start over HTTP within ten minutes: short for address.jobs of the
    /// plan visitor [default: that of --plans, or 5].
    #[arg(long, env = "SLUICE_REELS_PER_TEN_MINUTES", global = true, value_name = "NUMBER")]
    reels_per_ten_minutes: Option<u32>,
    /// Minutes without progress after which an unfinished video expires.
    #[arg(long, env = "SLUICE_EXPIRE_MINUTES", default_value_t = 30, global = true, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=525_600))]
    expire_minutes: u64,
}

impl ReelSettings {
    /// The same settings, with limits high enough for a benchmark.
    pub(super) fn for_bench(&self) -> Self {
        Self { reels_per_ten_minutes: Some(1_000), ..self.clone() }
    }

    /// The plans, with the limit of the option.
    pub(super) fn plans(&self, plans: Plans) -> Plans {
        match self.reels_per_ten_minutes {
            Some(most) => plans.with_jobs_of_an_address(Window { hard: most.into(), soft: None, seconds: 600 }),
            None => plans,
        }
    }
}

impl ServerApp for Reel {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let config = common.config;
        Ok(Arc::new(ReelApp {
            platform: common.library.platform.clone(),
            reader: common.library.reader.clone(),
            speaking: common.providers.speaking(),
            completing: common.providers.completing(),
            presenting: common.providers.presenting(),
            renderer: Renderer::new(common.executable.clone()),
            limits: Limits { idle: Duration::from_mins(config.apps.reel.expire_minutes) },
            previews: Previews::default(),
        }))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        http::reel::routes()
    }

    fn commands(&self) -> Vec<clap::Command> {
        let about = "Makes a narrated video of a PDF. Interrupted, the same command continues where it was";
        vec![ReelCommand::augment_args(clap::Command::new("reel")).about(about)]
    }

    fn run<'a>(&self, config: &'a Config, _name: &str, arguments: &'a ArgMatches) -> BoxFuture<'a, anyhow::Result<()>> {
        Box::pin(async move { command::make(config, ReelCommand::from_arg_matches(arguments)?).await })
    }
}
