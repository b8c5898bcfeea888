//! Ranges of a file: by signed links, and by nginx from the same file.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use sluice_app::links::Signer;
use sluice_domain::ids::OwnerId;
use sluice_store::StoreError;
use sluice_store::blobs::{self, Subject};

use super::load::{self, load};
use super::server::{Server, folder, free_address, program};
use crate::cli::bench::figures::{Figure, Target};
use crate::config::Config;
use crate::wiring;

const MIB: usize = 1024 * 1024;
/// The file, in MiB.
const FILE: usize = 128;
const CONNECTIONS: usize = 8;
const TIME: Duration = Duration::from_secs(3);

pub(super) async fn run(config: &Config, rounds: u32) -> anyhow::Result<Vec<Figure>> {
    let data = folder()?;
    let (link, file) = signed(config, data.path()).await?;
    let server = Server::sluice(data.path(), &["--single-user"]).await?;
    let place = folder()?;
    let nginx = nginx(place.path(), &file).await;
    let ours = ranges(&link);
    let theirs = ranges("/bench.mp4");
    let (mut rates, mut peers) = (Vec::new(), Vec::new());
    load(server.address, &ours, CONNECTIONS, TIME / 6).await?;
    for _ in 0..rounds {
        rates.push(load(server.address, &ours, CONNECTIONS, TIME).await?.megabytes_per_second());
        if let Ok(nginx) = &nginx {
            peers.push(load(nginx.address, &theirs, CONNECTIONS, TIME).await?.megabytes_per_second());
        }
    }
    let theirs = match &nginx {
        Ok(_) => Ok(peers.as_slice()),
        Err(why) => Err(why.as_str()),
    };
    Ok(vec![Figure::beside("signed_media_ranges", "MB per s", &rates, "nginx", theirs).target(Target::AtLeast(0.8))])
}

/// Ranges of 1 MiB, from the whole file.
fn ranges(path: &str) -> Arc<Vec<Vec<u8>>> {
    let range = |number: usize| {
        // Not in the order of the file, and each once.
        let first = (number * 37 % FILE) * MIB;
        load::get(path, &format!("range: bytes={first}-{}\r\n", first + MIB - 1))
    };
    Arc::new((0..FILE).map(range).collect())
}

/// A file among the media of a data folder: its link, and where it is.
async fn signed(config: &Config, data: &Path) -> anyhow::Result<(String, PathBuf)> {
    let app = wiring::open(&bare(config, data)).await?;
    let (owner, platform) = (OwnerId::local(), &app.platform);
    let made = data.join("made");
    let mut file = std::fs::File::create(&made)?;
    let piece: Vec<u8> = (0..=250).cycle().take(MIB).collect();
    for _ in 0..FILE {
        file.write_all(&piece)?;
    }
    drop(file);
    let hash = platform.media.keep_file(made).await?.hash;
    let subject = Subject { owner: &owner, app: "bench", id: "bench" };
    platform.store.write::<_, StoreError, _>(async |tx| blobs::reference(tx, &subject, &[hash.as_str()]).await).await?;
    let link = Signer::of(platform, &owner).await?.show(&hash, "bench.mp4");
    let path = platform.media.materialise(&hash).await?.path().to_owned();
    platform.store.close().await;
    Ok((link, path))
}

/// The settings of the benchmark's server: its data folder, and no database or bucket of this machine.
fn bare(config: &Config, data: &Path) -> Config {
    let mut config = config.for_bench(data.to_owned());
    (config.database_url, config.blobs.place) = (None, None);
    config
}

async fn nginx(folder: &Path, file: &Path) -> Result<Server, String> {
    let program = program("nginx")?;
    let start = async {
        let address = free_address()?;
        let by_root = std::fs::metadata(folder)?.uid() == 0;
        let settings = settings(folder, file, address, by_root);
        let path = folder.join("nginx.conf");
        std::fs::write(&path, settings)?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(&path).arg("-e").arg(folder.join("error.log"));
        Server::start(command, address, "/ready", folder).await
    };
    start.await.map_err(|error: anyhow::Error| format!("{error:#}"))
}

fn settings(folder: &Path, file: &Path, address: SocketAddr, by_root: bool) -> String {
    let (folder, file) = (folder.display(), file.display());
    // As root its workers would be nobody's, who may not read the data folder.
    let user = if by_root { "user root;" } else { "" };
    format!(
        "daemon off; {user} worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/error.log;
         events {{ worker_connections 256; }}
         http {{
             access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
             client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
             uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
             server {{
                 listen {address};
                 location = /ready {{ return 200 ready; }}
                 location = /bench.mp4 {{ alias {file}; default_type video/mp4; }}
             }}
         }}"
    )
}
