//! Downloads over HTTPS, which go on where they were interrupted.

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
    let mut received = if resumed { have } else { 0 };
    let mut target = fs::OpenOptions::new()
        .create(true)
        .append(resumed)
        .write(true)
        .truncate(!resumed)
        .open(part)
        .await
        .map_err(|source| failed(file, part, source))?;
    let mut body = response.bytes_stream();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(unreachable)?;
        received += chunk.len() as u64;
        if file.bytes().is_some_and(|bytes| received > bytes) {
            break;
        }
        target.write_all(&chunk).await.map_err(|source| failed(file, part, source))?;
        progress(Progress { name: file.name, received, bytes: file.bytes().unwrap_or(received) });
    }
    target.sync_all().await.map_err(|source| failed(file, part, source))
}
