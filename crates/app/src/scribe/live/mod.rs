//! Transcription of a session while it is recorded.
//!
//! A job of each session waits for chunks, without a worker, and transcribes those that arrived: of each segment the stretch
//! whose words are not final yet. Final words are rows that never change; the others, with the progress of each segment, are one
//! row that is replaced. Chunks do not wait for this: a chunk is acknowledged first, and the signal to the job may be lost, since
//! that of the next chunk follows. The job ends with the session, and the transcript replaces its results.

mod job;
mod passages;
mod stretch;
mod webm;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_engine::{Engine, Signalled};
use sluice_store::scribe::{self, RecordingId};
use sluice_store::{StoreError, Tx, jobs};
use utoipa::ToSchema;

use super::clock;
use super::context::ScribeApp;
use super::transcript::SpokenWord;
pub use job::HearSession;
use passages::Ears;

/// The signal that a chunk arrived, or that the session ended.
const SIGNAL: &str = "chunk";
/// Most passages of an answer: hours of speech. A client asks for those that it does not have.
const MOST_PASSAGES: u32 = 1_000;

/// A stretch of speech that was heard while it went on. Times are milliseconds from the session's beginning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LivePassage {
    /// The number of the segment in which it was said.
    pub segment: u32,
    /// Start.
    pub start_ms: u64,
    /// End, exclusive.
    pub end_ms: u64,
    /// What was said, with punctuation.
    pub text: String,
    /// Its words.
    pub words: Vec<SpokenWord>,
    /// Always null: who speaks is told apart when the session has ended.
    pub speaker: Option<u32>,
    /// Whether its words stay as they are; otherwise the next hearing takes its place. The last one of a segment may still grow:
    /// then it comes again with the same start.
    pub certain: bool,
}

/// What is heard of a session so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct LiveTranscript {
    /// What was said, in the order in which it was heard: the latest 1000 that are certain, and what is not certain yet.
    #[schema(max_items = 4000)]
    pub passages: Vec<LivePassage>,
    /// Up to where the session was heard, in milliseconds from its beginning.
    pub heard_until_ms: u64,
    /// How much sound there is that was not heard yet, in milliseconds. What is skipped to keep up counts as heard.
    pub behind_ms: u64,
    /// ISO 639-1 code of what is spoken, or so far seems to be.
    pub language: Option<String>,
}

/// Signals the job of a session that a chunk arrived, and enqueues it with the first one. To be called after the chunk was
/// acknowledged.
pub async fn wake(app: &ScribeApp, engine: &Engine, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    if !app.listening.can() {
        return Ok(());
    }
    let store = &app.platform.store;
    let row = store.read(async |tx| scribe::find(tx, owner, id).await).await?;
    if !row.is_some_and(|row| row.transcribe && row.ended_at.is_none()) {
        return Ok(());
    }
    store
        .write(async |tx: &mut Tx| {
            // Locked, so that only one of two concurrent chunks enqueues the job.
            let row = scribe::lock(tx, owner, id).await?;
            if row.is_none_or(|row| row.ended_at.is_some()) {
                return Ok(());
            }
            if let Some(live) = scribe::live(tx, owner, id).await? {
                match jobs::send_signal(tx, owner, &live.job, SIGNAL, &Value::Null).await {
                    Ok(Signalled::Woke | Signalled::Kept) => return Ok(()),
                    // The job has ended: another one is enqueued.
                    Ok(Signalled::Late) | Err(StoreError::NoSuchJob { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            let (job, options) = job::of(owner, id);
            let job = engine.enqueue(tx, &job, options).await?;
            scribe::hear_by(tx, owner, id, &job).await
        })
        .await
}

/// Signals the job of a session that the session ended.
pub(super) async fn ended(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    let Some(live) = scribe::live(tx, owner, id).await? else { return Ok(()) };
    match jobs::send_signal(tx, owner, &live.job, SIGNAL, &json!({ "ended": true })).await {
        Ok(_) | Err(StoreError::NoSuchJob { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Cancels the job of a session that is being deleted.
pub(super) async fn stop(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    let Some(live) = scribe::live(tx, owner, id).await? else { return Ok(()) };
    match jobs::cancel(tx, owner, &live.job).await {
        Ok(_) | Err(StoreError::NoSuchJob { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The live transcript of a session, with the passages that end after a time; none if this owner has no such session.
pub async fn show(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    after_ms: u64,
) -> Result<Option<LiveTranscript>, StoreError> {
    app.platform
        .store
        .read(async |tx: &mut Tx| {
            if scribe::find(tx, owner, id).await?.is_none() {
                return Ok(None);
            }
            let Some(row) = scribe::live(tx, owner, id).await? else { return Ok(Some(LiveTranscript::default())) };
            let ears = Ears::of(&row.state);
            let certain = scribe::live_passages(tx, owner, id, after_ms, MOST_PASSAGES).await?;
            let mut passages = Vec::with_capacity(certain.len());
            for row in certain {
                let unreadable = |_| StoreError::Unreadable { what: "a passage of a session".to_owned() };
                passages.push(serde_json::from_value(row.passage).map_err(unreadable)?);
            }
            passages.extend(ears.open().into_iter().filter(|passage: &LivePassage| passage.end_ms > after_ms));
            let segments = scribe::segments(tx, owner, id).await?;
            let measured = clock::measured(tx, owner, id, &segments).await?;
            let ends = measured.into_iter().map(|(number, of)| (number, of.end_ms)).collect();
            Ok(Some(LiveTranscript {
                passages,
                heard_until_ms: ears.heard_until_ms(),
                behind_ms: ears.behind_ms(&ends),
                language: ears.language.clone(),
            }))
        })
        .await
}
