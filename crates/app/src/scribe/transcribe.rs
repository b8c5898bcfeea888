//! The job that writes down what was said in a session, segment by segment: each is one call, whose result is kept, so that
//! an interruption costs at most one segment, and the same sound is not heard twice.

use std::path::PathBuf;

use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{CapabilityError, Doing, TranscribeRequest, Transcript, Wish};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_engine::{Called, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::scribe::{self, RecordingId, RecordingRow};
use sluice_store::{StoreError, Tx};
use tokio::io::AsyncWriteExt as _;

use super::audio::{self, Joined};
use super::context::ScribeApp;
use super::keeping::restore;
use super::notify::changed;
use super::transcript::{Heard, Transcription};
use crate::media::{Media, MediaError};
use crate::routing::{self, Made};
use crate::tiers::MoveError;

/// Changes with what is made of the same sound.
const VERSION: &str = "transcribe/1";
/// Most bytes of a stored transcript.
pub(super) const TRANSCRIPT_BYTES: u64 = 256 * 1024 * 1024;

/// Writes down a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscribeSession {
    /// The session.
    pub session: RecordingId,
}

/// All in one: what was heard of each segment is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Hears the segments.
    Hear,
}

impl Job for TranscribeSession {
    const KIND: &'static str = "scribe.transcribe";
    type Stage = Stage;
    type Context = ScribeApp;

    fn first_stage() -> Stage {
        Stage::Hear
    }

    /// Hears: for machines with enough cores.
    fn pool() -> &'static str {
        "speech"
    }

    async fn run(&self, Stage::Hear: Stage, run: &Run, app: &ScribeApp) -> Result<Next<Stage>, JobError> {
        match restore(app, run.owner(), &self.session).await {
            Ok(_) => {}
            Err(MoveError::Deleted) => return Err(JobError::fail("audio_deleted", MoveError::Deleted.to_string())),
            Err(MoveError::Unknown) => return Err(JobError::fail("session_deleted", "the session was deleted")),
            Err(MoveError::Media(error)) => return Err(error.into()),
            Err(MoveError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(JobError::fail("bad_archive", error.to_string())),
        }
        let load = async |tx: &mut Tx| {
            let row = scribe::find(tx, run.owner(), &self.session).await?;
            let segments = scribe::segments(tx, run.owner(), &self.session).await?;
            let mut sounds = Vec::with_capacity(segments.len());
            for segment in &segments {
                let chunks = scribe::chunks(tx, run.owner(), &self.session, segment.number).await?;
                sounds.push((segment.clone(), chunks));
            }
            Ok::<_, StoreError>((row, sounds))
        };
        let (row, sounds) = run.read(load).await?;
        let row = row.ok_or_else(|| JobError::fail("session_deleted", "the session was deleted"))?;
        let mut heard = Vec::with_capacity(sounds.len());
        for (segment, chunks) in sounds {
            if chunks.is_empty() {
                continue;
            }
            let sound = audio::of(&segment, &chunks)?;
            let length_ms = chunks.iter().map(|chunk| chunk.length_ms).sum();
            let made = match hear(run, app, &row, &sound, length_ms).await? {
                Called::Done(made) => made,
                Called::Pending(pending) => return Ok(Next::AwaitCall(pending)),
            };
            let bytes = app.platform.media.read(&made.value, TRANSCRIPT_BYTES).await?;
            let transcript: Transcript =
                serde_json::from_slice(&bytes).map_err(|error| JobError::fail("bad_transcript", error.to_string()))?;
            heard.push(Heard { segment, chunks, transcript, made_by: made.made_by });
        }
        let whole = Transcription::of(&heard);
        let bytes = serde_json::to_vec(&whole).map_err(|error| JobError::fail("bad_transcript", error.to_string()))?;
        let stored = app.platform.media.keep_bytes(bytes).await?;
        run.write(async |tx| {
            if scribe::set_transcript(tx, run.owner(), &self.session, stored.hash.as_str()).await? {
                changed(tx, run.owner(), &self.session)?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(Next::Done(json!({ "words": whole.words(), "language": whole.language })))
    }
}

/// What is said in a segment: the stored transcript.
async fn hear(
    run: &Run,
    app: &ScribeApp,
    row: &RecordingRow,
    sound: &Joined,
    length_ms: u64,
) -> Result<Called<Made<BlobHash>>, JobError> {
    let names: Vec<&str> = sound.parts.iter().map(|(hash, _)| hash.as_str()).collect();
    let of = json!([VERSION, row.language, sound.media_type, names]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let file = join(run, app, sound).await?;
    let request = TranscribeRequest {
        sound: file,
        duration_ms: length_ms,
        language: row.language.clone(),
        words: true,
        prompt: None,
    };
    let language = row.language.as_deref().and_then(Language::from_code);
    let wish = Wish { language, length: Some(length_ms), ..Wish::default() };
    let keep = keeping(app.platform.media.clone());
    routing::ask(run, &key, &app.hearing, &request, &wish, keep).await
}

/// Stores a transcript, which may be long, outside the database.
fn keeping(media: Media) -> impl Fn(Transcript) -> Doing<'static, BlobHash> + Send + Sync {
    move |transcript| {
        let media = media.clone();
        Box::pin(async move {
            let bytes = serde_json::to_vec(&transcript)
                .map_err(|error| CapabilityError::fail("bad_transcript", error.to_string()))?;
            let stored = media.keep_bytes(bytes).await;
            Ok(stored.map_err(|error| CapabilityError::retry("not_stored", error.to_string()))?.hash)
        })
    }
}

/// A file with the bytes of a segment, for a child process.
async fn join(run: &Run, app: &ScribeApp, sound: &Joined) -> Result<PathBuf, JobError> {
    let media = &app.platform.media;
    let path = media.work_folder(&run.lease().name()).await?.join(&sound.name);
    let failed = |source| MediaError::Blobs(sluice_blobs::BlobError::Io { path: path.clone(), source });
    let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
    for (hash, bytes) in &sound.parts {
        let mut stream = media.open_range(hash, 0..*bytes).await?;
        while let Some(piece) = stream.try_next().await.map_err(MediaError::from)? {
            file.write_all(&piece).await.map_err(failed)?;
        }
    }
    file.flush().await.map_err(failed)?;
    Ok(path)
}

/// The job of a session that has ended, and how it is enqueued. [`scribe::set_job`] follows.
pub(super) fn job_of(owner: &OwnerId, id: &RecordingId) -> (TranscribeSession, EnqueueOptions) {
    let options = EnqueueOptions { subject: Some(id.to_string()), ..EnqueueOptions::of(owner) };
    (TranscribeSession { session: id.clone() }, options)
}
