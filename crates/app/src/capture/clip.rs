//! A clip as providers want it.

use std::path::PathBuf;

use sluice_blobs::BlobHash;
use sluice_engine::{JobError, Run};
use sluice_local::sound::sound_file;
use sluice_store::capture::Original;

use super::context::CaptureApp;

/// A copy of a clip whose name says what it is, as providers want it, and how long it is in milliseconds, for its price.
pub(super) async fn with_ending(
    run: &Run,
    app: &CaptureApp,
    hash: &BlobHash,
    original: &Original,
) -> Result<(PathBuf, u64), JobError> {
    let file = app.platform.media.materialise(hash).await?;
    let ending = match original.media_type.as_str() {
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        other => other.rsplit('/').next().unwrap_or(other),
    };
    let copy = app.platform.media.work_folder(&run.lease().name()).await?.join(format!("heard.{ending}"));
    let unread = |error: String| JobError::retry("clip_unread", error);
    tokio::fs::copy(file.path(), &copy).await.map_err(|error| unread(format!("the clip cannot be copied: {error}")))?;
    let sound = sound_file(&app.guard, &copy).await.map_err(|error| unread(error.to_string()))?;
    Ok((copy, sound.duration_ms))
}
