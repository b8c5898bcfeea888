//! Builds a running application from the configuration.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use sluice_app::app::{App, Parts};
use sluice_app::library::Library;
use sluice_app::limits::Limiter;
use sluice_app::media::Media;
use sluice_app::models::Installation;
use sluice_app::platform::Platform;
use sluice_blobs::Blobs;
use sluice_capability::Router;
use sluice_engine::{Randomness, Settings};
use sluice_local::guard::Guard;
use sluice_local::models::ModelSet;
use sluice_local::reading::{Reader, ReadingLimits};
use sluice_outbound::Client;
use sluice_store::Store;

use crate::apps::{APPS, Common, ServerApp};
use crate::config::Config;
use crate::engines::Engines;
use crate::providers;
use crate::servers;

/// Opens the data folder and connects everything.
pub(crate) async fn open(config: &Config) -> anyhow::Result<App> {
    let data = config.data()?;
    sluice_blobs::private_folder(&data).with_context(|| format!("cannot make the data folder {}", data.display()))?;
    let store = Store::open_with(&config.database()?, config.database_options()).await?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    connect(config, store, executable, APPS, config.all_models()?.sets())
}

/// Connects everything on top of an open database, with these apps and sets of models. `executable` is the `sluice`
/// program, which runs the built-in engines in child processes.
pub fn connect(
    config: &Config,
    store: Store,
    executable: PathBuf,
    apps: &[&dyn ServerApp],
    sets: &'static [ModelSet],
) -> anyhow::Result<App> {
    let data = config.data()?;
    let guard = Guard::new(executable.clone());
    let blobs = Blobs::open(&data, &config.blobs.place()?)?;
    let platform = Platform {
        store: store.clone(),
        media: Media::new(store, blobs),
        randomness: Randomness::from_entropy(),
        limits: Arc::new(Limiter::new(config.plans())),
    };
    let limits = ReadingLimits { max_pages: config.page_limit, ..ReadingLimits::DEFAULT };
    let reader = Reader::new(guard.clone(), limits);
    let library = Library {
        platform,
        reading: Router::only(Arc::new(reader.clone())),
        reader,
        upload_bytes: config.upload_limit,
    };
    let models = config.all_models()?;
    let engines = Engines::new(config, models.clone(), &guard, &executable);
    let client = Client::new(&config.outbound.settings())?;
    let providers = providers::open(config, &library, &engines, &client)?;
    let common =
        Common { config, library: &library, guard: &guard, engines: &engines, providers: &providers, executable };
    let modules = apps.iter().map(|app| app.open(&common)).collect::<anyhow::Result<_>>()?;
    let settings = Settings { lease: config.lease(), patience: config.patience(), ..Settings::default() };
    let installation = Installation { models, sets, mirror: config.models_mirror.clone(), machine: servers::host() };
    let (workers, rules) = (config.workers(), config.keep.rules());
    Ok(App::new(Parts { library, modules, settings, workers, client, installation, rules, providers }))
}
