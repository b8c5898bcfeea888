//! From configuration to a running application.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rand::RngExt as _;
use sluice_app::platform::{App, Limits, Platform};
use sluice_blobs::{Blobs, Links};
use sluice_engine::{Randomness, Settings};
use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::reading::{Reader, ReadingLimits};
use sluice_local::render::Renderer;
use sluice_local::voice::{VoiceSettings, Voices};
use sluice_store::{Options, Store};

use crate::config::Config;

/// Opens the data folder and connects everything.
pub(crate) async fn open(config: &Config) -> anyhow::Result<App> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
    let store = Store::open_with(&config.database()?, Options::default()).await?;
    let executable = std::env::current_exe().context("cannot find this program's own file")?;
    let guard = Guard::new(executable.clone());
    let limits = Limits {
        upload_bytes: config.upload_limit,
        reels_per_window: config.reels_per_ten_minutes,
        idle: Duration::from_mins(config.expire_minutes.max(1)),
    };
    let platform = Platform {
        store,
        blobs: Blobs::open(&config.data)?,
        links: Links::new(link_key(&config.data)?),
        reader: Reader::new(guard.clone(), ReadingLimits { max_pages: config.page_limit, ..ReadingLimits::DEFAULT }),
        voices: Arc::new(Voices::new(
            guard,
            Models::new(config.models.clone()),
            voice_settings(config, executable.clone()),
        )),
        renderer: Renderer::new(executable),
        randomness: Randomness::from_entropy(),
        limits,
    };
    let settings = Settings { lease: config.lease(), ..Settings::default() };
    Ok(App::new(platform, settings, config.workers()))
}

/// The program that speaks through espeak-ng lies beside this one, if nothing else is said.
fn voice_settings(config: &Config, executable: PathBuf) -> VoiceSettings {
    let beside = VoiceSettings::beside(executable);
    VoiceSettings { espeak: config.espeak.clone().unwrap_or_else(|| beside.espeak.clone()), ..beside }
}

/// The secret that signs links: made at the first start, readable by the owner alone.
fn link_key(data: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data.join("link.key");
    if !path.exists() {
        let mut key = [0; 32];
        rand::rng().fill(&mut key);
        let mut file = tempfile::Builder::new().permissions(owner_only()).tempfile_in(data)?;
        file.write_all(&key)?;
        file.as_file().sync_all()?;
        // Another process may have been first: then its key holds.
        file.persist_noclobber(&path)
            .map(drop)
            .or_else(|error| if path.exists() { Ok(()) } else { Err(error.error) })?;
    }
    let key = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    match <[u8; 32]>::try_from(key) {
        Ok(key) => Ok(key),
        Err(_) => bail!("{} does not hold 32 bytes: remove it, and a new one is made", path.display()),
    }
}

fn owner_only() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o600)
}
