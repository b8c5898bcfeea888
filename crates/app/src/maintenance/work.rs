//! The temporary files of this machine: folders of finished attempts and uploads, and bytes that were never published.
//! No other machine can remove them, so this is not a scheduled job: every process that serves or works does it at
//! start and once an hour.

use std::error::Error as _;
use std::time::Duration;

use sluice_blobs::HeldFolder;
use sluice_domain::ids::{DocumentId, JobId};
use sluice_store::retention;

use crate::media::MediaError;
use crate::platform::Platform;

/// Prefix of the temporary folders that a process holds.
const UPLOAD: &str = "upload-";
/// Bytes that are to be published are, within this.
const INCOMING_REST: Duration = Duration::from_hours(1);
/// Folders that are checked together.
const PAGE: usize = 100;
/// The interval.
pub const EVERY: Duration = Duration::from_hours(1);

/// A folder for temporary files that no attempt of a job owns: of what is being received, above all.
pub async fn hold(platform: &Platform) -> Result<HeldFolder, MediaError> {
    let name = format!("{UPLOAD}{}", platform.new_id(DocumentId::new).await?);
    Ok(platform.media.blobs().hold_folder(&name).await?)
}

/// Removes what is left over; returns the number of files and folders. What cannot be removed is logged, and stops nothing else.
pub async fn clear(platform: &Platform) -> Result<usize, MediaError> {
    let blobs = platform.media.blobs();
    let mut cleared = blobs.clear_incoming(INCOMING_REST).await.unwrap_or_else(|error| {
        tracing::warn!(%error, cause = error.source(), "bytes that were never published cannot be cleared; it is tried again");
        0
    });
    let mut after = String::new();
    loop {
        let names = blobs.work_names(&after, PAGE).await?;
        let Some(last) = names.last() else { return Ok(cleared) };
        after.clone_from(last);
        for name in names {
            match clear_folder(platform, &name).await {
                Ok(is_gone) => cleared += usize::from(is_gone),
                Err(MediaError::Store(error)) if error.is_outage() => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(
                        folder = name, %error, cause = error.source(),
                        "a temporary folder cannot be removed; it is tried again"
                    );
                }
            }
        }
    }
}

/// Removes a folder that nobody uses any more; returns whether it did.
async fn clear_folder(platform: &Platform, name: &str) -> Result<bool, MediaError> {
    let blobs = platform.media.blobs();
    if name.starts_with(UPLOAD) {
        return Ok(blobs.clear_unless_held(name).await?);
    }
    let is_over = is_over(platform, name).await?;
    if is_over {
        blobs.clear_work(name).await?;
    }
    Ok(is_over)
}

/// Whether no attempt uses a folder: it is named after the attempt's lease.
async fn is_over(platform: &Platform, name: &str) -> Result<bool, MediaError> {
    let Some((job, lease)) = name.split_once('.') else { return Ok(true) };
    let Ok(job) = job.parse::<JobId>() else { return Ok(true) };
    Ok(!platform.store.read(async |tx| retention::is_leased(tx, &job, lease).await).await?)
}

/// Removes what is left over, periodically.
pub async fn clear_periodically(platform: Platform) {
    loop {
        match clear(&platform).await {
            Ok(0) => {}
            Ok(cleared) => {
                tracing::info!(cleared, "temporary files of attempts and uploads that are over were removed");
            }
            Err(error) => tracing::warn!(%error, "temporary files could not be cleared; it is tried again"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
