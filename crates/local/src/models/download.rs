//! Downloads over HTTPS, which go on where they were interrupted.

use std::io;
use std::path::Path;
use std::time::Duration;

use futures::StreamExt;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::error::failed;
use super::{ModelError, ModelFile, Progress};

/// Appends the rest of a file to `part`.
pub(super) async fn append(
    file: &'static ModelFile,
    url: &str,
    part: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<(), ModelError> {
    let unreachable = |source| ModelError::Unreachable { name: file.name, url: url.to_owned(), source };
    // It fails if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_mins(1))
        .build()
        .map_err(unreachable)?;
    let have = fs::metadata(part).await.map_or(0, |found| found.len());
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(reqwest::header::RANGE, format!("bytes={have}-"));
    }
    let response = request.send().await.map_err(unreachable)?;
    let resumed = response.status() == reqwest::StatusCode::PARTIAL_CONTENT;
    if !response.status().is_success() {
        return Err(ModelError::Refused { name: file.name, url: url.to_owned(), status: response.status().as_u16() });
    }
    // A server without range support sends the whole file again.
    let received = if resumed { have } else { 0 };
    let mut target = fs::OpenOptions::new()
        .create(true)
        .append(resumed)
        .write(true)
        .truncate(!resumed)
        .open(part)
        .await
        .map_err(|source| failed(file, part, source))?;
    let wrote = receive(file, response, &mut target, received, progress).await;
    // What was received is in the file when this ends, however it does; only this tells that the last write failed.
    target.flush().await.map_err(|source| failed(file, part, source))?;
    match wrote {
        Ok(()) => {}
        Err(Broken::Body(source)) => return Err(unreachable(source)),
        Err(Broken::Disk(source)) => return Err(failed(file, part, source)),
    }
    target.sync_all().await.map_err(|source| failed(file, part, source))
}

/// What ended a download.
enum Broken {
    Body(reqwest::Error),
    Disk(io::Error),
}

/// Writes the body of a response, until it has more than the file should.
async fn receive(
    file: &'static ModelFile,
    response: reqwest::Response,
    target: &mut fs::File,
    mut received: u64,
    progress: &mut impl FnMut(Progress),
) -> Result<(), Broken> {
    let mut body = response.bytes_stream();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(Broken::Body)?;
        received += chunk.len() as u64;
        if file.bytes().is_some_and(|bytes| received > bytes) {
            break;
        }
        target.write_all(&chunk).await.map_err(Broken::Disk)?;
        progress(Progress { name: file.name, received, bytes: file.bytes().unwrap_or(received) });
    }
    Ok(())
}
