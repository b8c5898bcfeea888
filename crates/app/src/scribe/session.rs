//! Sessions: begun, listed, changed, ended, deleted.

use serde::Serialize;
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_engine::{Engine, Run};
use sluice_store::keeping::is_held;
use sluice_store::scribe::{self, RecordingId, RecordingRow, SegmentRow};
use sluice_store::{StoreError, Tx, events, jobs};
use utoipa::ToSchema;

use super::NAME;
use super::clock;
use super::context::ScribeApp;
pub use super::error::SessionError;
pub use super::exporting::export;
use super::keeping;
use super::languages;
use super::live;
use super::notify::changed;
use super::segment::gaps_in;
use super::summary;
use super::transcribe::job_of;
use super::transcript::Transcription;
use super::view::{Accepted, RecordingSummary, RecordingView, SegmentView};
use super::words;
use crate::limits::{Asker, Standing, admit};
use crate::tiers::Tier;

/// Most characters of a title.
pub const TITLE_CHARACTERS: usize = 300;
/// Most characters of a consent note.
pub const CONSENT_CHARACTERS: usize = 4_000;

/// What a session is begun with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// Its title; may be empty.
    pub title: String,
    /// ISO 639-1 code of what is spoken, or a tag that begins with one; none to have it found out.
    pub language: Option<String>,
    /// Whether it is to be transcribed, or only recorded.
    pub transcribe: bool,
    /// What those who are recorded were told.
    pub consent: String,
    /// The caller's idempotency key.
    pub request_key: Option<String>,
}

/// What is changed of a session; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its title.
    pub title: Option<String>,
    /// What is spoken.
    pub language: Option<Spoken>,
    /// Whether it is to be transcribed.
    pub transcribe: Option<bool>,
    /// Whether it is paused.
    pub paused: Option<bool>,
}

/// What is spoken in a session, as a person chooses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spoken {
    /// That is to be found out.
    FoundOut,
    /// The language of this ISO 639-1 code, or of a tag that begins with it.
    Language(String),
}

/// A page of sessions, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordingPage {
    /// The sessions.
    #[schema(max_items = 100)]
    pub items: Vec<RecordingSummary>,
    /// The cursor of the next page; none on the last page.
    pub next_cursor: Option<String>,
}

/// Begins a session, or returns the one that was begun with the same key. It counts against the limit of uploads.
pub async fn begin(
    app: &ScribeApp,
    asker: &Asker,
    new: NewRecording,
) -> Result<(RecordingView, Vec<Standing>), SessionError> {
    check_title(&new.title)?;
    if new.consent.chars().count() > CONSENT_CHARACTERS {
        return Err(SessionError::TooLong { what: "consent", most: CONSENT_CHARACTERS });
    }
    let owner = &asker.owner;
    let language = languages::chosen(app, owner, new.language).await?;
    let asked = json!([new.title, language, new.transcribe, new.consent]);
    let hash = sluice_blobs::BlobHash::of(asked.to_string().as_bytes()).to_string();
    let now = app.platform.now().await?;
    let row = RecordingRow {
        id: app.platform.new_id(RecordingId::new).await?,
        owner: owner.clone(),
        title: new.title,
        language,
        state: "recording".to_owned(),
        transcribe: new.transcribe,
        consent: new.consent,
        gaps_accepted: false,
        request: new.request_key.map(|key| (key, hash.clone())),
        created_at: now,
        updated_at: now,
        active_at: now,
        ended_at: None,
        job: None,
        summary_job: None,
        transcript: None,
        revision: 0,
        edits_dropped: 0,
    };
    let (id, standings) = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            if let Some((key, hash)) = &row.request
                && let Some(known) = scribe::find_by_key(tx, owner, key).await?
            {
                let same = known.request.is_some_and(|(_, known)| known == *hash);
                return if same { Ok((known.id, Vec::new())) } else { Err(SessionError::KeyReused) };
            }
            let standings = admit::upload(tx, &app.platform.limits, asker, None).await?;
            scribe::insert(tx, &row).await?;
            changed(tx, owner, &row.id)?;
            Ok((row.id.clone(), standings))
        })
        .await?;
    Ok((show(app, owner, &id).await?, standings))
}

/// A session with its segments.
pub async fn show(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<RecordingView, SessionError> {
    app.platform
        .store
        .read(async |tx: &mut Tx| {
            let row = scribe::find(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            let segments = scribe::segments(tx, owner, id).await?;
            let measured = clock::measured(tx, owner, id, &segments).await?;
            let measured_of = |row: &SegmentRow| measured.get(&row.number).copied().unwrap_or_default();
            let segments = segments.iter().map(|row| SegmentView::of(row, measured_of(row))).collect();
            let length_ms = measured.values().map(|of| of.length_ms).sum();
            let bytes = scribe::stored_bytes(tx, owner, id).await?;
            let session = RecordingSummary::of(&row, tx.now().await?);
            let kept = keeping::shown(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            Ok(RecordingView { session, segments, bytes, length_ms, kept })
        })
        .await
}

/// A page of the sessions whose title contains `words`.
pub async fn page(
    app: &ScribeApp,
    owner: &OwnerId,
    words: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<RecordingPage, SessionError> {
    let after = cursor.map(|cursor| decode(cursor).ok_or(SessionError::Cursor)).transpose()?;
    app.platform
        .store
        .read(async |tx: &mut Tx| {
            let mut rows = scribe::listed(tx, owner, words, after.clone(), limit + 1).await?;
            let more = rows.len() > limit as usize;
            rows.truncate(limit as usize);
            let next = rows.last().filter(|_| more).map(|last| format!("{}.{}", last.created_at.as_millis(), last.id));
            let now = tx.now().await?;
            let items = rows.iter().map(|row| RecordingSummary::of(row, now)).collect();
            Ok(RecordingPage { items, next_cursor: next })
        })
        .await
}

/// Changes a session.
pub async fn change(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    change: &Change,
) -> Result<RecordingView, SessionError> {
    if let Some(title) = &change.title {
        check_title(title)?;
    }
    let language = match &change.language {
        Some(Spoken::Language(named)) => Some(languages::chosen(app, owner, Some(named.clone())).await?),
        Some(Spoken::FoundOut) => Some(None),
        None => None,
    };
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let mut row = scribe::lock(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            if let Some(title) = &change.title {
                row.title.clone_from(title);
            }
            if let Some(language) = &language {
                row.language.clone_from(language);
            }
            row.transcribe = change.transcribe.unwrap_or(row.transcribe);
            if let Some(paused) = change.paused {
                if row.ended_at.is_some() {
                    return Err(SessionError::Ended);
                }
                if paused { "paused" } else { "recording" }.clone_into(&mut row.state);
            }
            scribe::update(tx, &row).await?;
            Ok(changed(tx, owner, id)?)
        })
        .await?;
    show(app, owner, id).await
}

/// Ends a session. Refused while chunks are missing, unless all that are missing now are accepted. An ended session stays ended.
/// Its transcription is enqueued in the same unit of work.
pub async fn finish(
    app: &ScribeApp,
    engine: &Engine,
    owner: &OwnerId,
    id: &RecordingId,
    accepted: &Accepted,
) -> Result<RecordingView, SessionError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let row = scribe::lock(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            if row.ended_at.is_some() {
                return Ok(());
            }
            let gaps = gaps_in(tx, owner, id).await?;
            if !accepted.covers(&gaps) {
                return Err(SessionError::HasGaps(gaps));
            }
            Ok(end_with(tx, engine, row, !gaps.complete).await?)
        })
        .await?;
    show(app, owner, id).await
}

/// Transcribes a session that has ended, for the first time or again, such as in another language. A summary that is being made
/// is cancelled: it would be of the old transcript, and the transcription makes a new one at its end.
pub async fn transcribe(
    app: &ScribeApp,
    engine: &Engine,
    owner: &OwnerId,
    id: &RecordingId,
) -> Result<RecordingView, SessionError> {
    let found = app.platform.store.read(async |tx| scribe::find(tx, owner, id).await).await?;
    // The engine that transcribed it before may be gone.
    languages::chosen(app, owner, found.and_then(|row| row.language)).await?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let row = scribe::lock(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            if row.ended_at.is_none() {
                return Err(SessionError::GoesOn);
            }
            if row.is_being_transcribed() {
                return Ok(());
            }
            if keeping::shown(tx, owner, id).await?.is_some_and(|kept| kept.tier == Tier::Cold) {
                return Err(SessionError::AudioDeleted);
            }
            cancel_jobs(tx, &row).await?;
            admit::job_again(tx, &app.platform.limits, owner).await?;
            let (job, options) = job_of(owner, id);
            let job = engine.enqueue(tx, &job, options).await?;
            scribe::set_job(tx, owner, id, &job).await?;
            Ok(changed(tx, owner, id)?)
        })
        .await?;
    show(app, owner, id).await
}

/// Makes the summary of a session again, from its present transcript. Does nothing while a job of the session runs: a
/// transcription makes a summary at its end.
pub async fn summarise(
    app: &ScribeApp,
    engine: &Engine,
    owner: &OwnerId,
    id: &RecordingId,
) -> Result<RecordingView, SessionError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let row = scribe::lock(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            if row.ended_at.is_none() {
                return Err(SessionError::GoesOn);
            }
            if row.transcript.is_none() {
                return Err(SessionError::NoTranscript);
            }
            if row.jobs_at_work().next().is_some() {
                return Ok(());
            }
            admit::job_again(tx, &app.platform.limits, owner).await?;
            let (job, options) = summary::job_of(owner, id);
            let job = engine.enqueue(tx, &job, options).await?;
            scribe::set_summary_job(tx, owner, id, &job).await?;
            Ok(changed(tx, owner, id)?)
        })
        .await?;
    show(app, owner, id).await
}

/// Ends a locked session that is still open, and enqueues its transcription if one is wanted.
pub(super) async fn end_with(
    tx: &mut Tx,
    engine: &Engine,
    row: RecordingRow,
    gaps_accepted: bool,
) -> Result<(), StoreError> {
    let (owner, id) = (row.owner.clone(), row.id.clone());
    if end(tx, row, gaps_accepted).await? {
        let (job, options) = job_of(&owner, &id);
        let job = engine.enqueue(tx, &job, options).await?;
        scribe::set_job(tx, &owner, &id, &job).await?;
    }
    Ok(())
}

/// Ends a locked session that is still open; returns whether it is to be transcribed.
async fn end(tx: &mut Tx, row: RecordingRow, gaps_accepted: bool) -> Result<bool, StoreError> {
    let ended_at = Some(tx.now().await?);
    let row = RecordingRow { state: "complete".to_owned(), gaps_accepted, ended_at, ..row };
    scribe::update(tx, &row).await?;
    changed(tx, &row.owner, &row.id)?;
    live::ended(tx, &row.owner, &row.id).await?;
    // Chunks that never arrived are gaps of the transcript, too.
    let segments = scribe::segments(tx, &row.owner, &row.id).await?;
    Ok(row.transcribe && segments.iter().any(|segment| segment.expected() > 0))
}

/// Ends a session that receives nothing any more, with the chunks that it has; returns whether it did.
pub(super) async fn end_abandoned(run: &Run, owner: &OwnerId, id: &RecordingId) -> Result<bool, StoreError> {
    run.write(async |tx: &mut Tx| {
        let Some(row) = scribe::lock(tx, owner, id).await? else { return Ok(false) };
        if row.ended_at.is_some() || row.active_at + clock::ABANDONED >= tx.now().await? {
            return Ok(false);
        }
        let gaps = gaps_in(tx, owner, id).await?;
        if end(tx, row, !gaps.complete).await? {
            let (job, options) = job_of(owner, id);
            let job = run.submit(tx, &job, options).await?;
            scribe::set_job(tx, owner, id, &job).await?;
        }
        Ok(true)
    })
    .await
}

/// The transcript of a session with its corrections, once there is one.
pub async fn transcript(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<Transcription, SessionError> {
    Ok(words::load(app, owner, id).await?.ok_or(SessionError::Unknown)?.1)
}

/// Deletes a session with everything of it. Returns whether it existed.
pub async fn delete(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<bool, SessionError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            scribe::lock_voices(tx, owner).await?;
            let Some(row) = scribe::lock(tx, owner, id).await? else { return Ok(false) };
            if is_held(tx, owner, NAME, id.as_str()).await? {
                return Err(SessionError::Held);
            }
            live::stop(tx, owner, id).await?;
            cancel_jobs(tx, &row).await?;
            let existed = scribe::delete(tx, owner, id).await?;
            if existed {
                events::emit(tx, owner, "scribe.deleted", id.as_str(), &json!({ "session_id": id }))?;
            }
            Ok(existed)
        })
        .await
}

/// Cancels the jobs of a locked session.
async fn cancel_jobs(tx: &mut Tx, row: &RecordingRow) -> Result<(), StoreError> {
    for job in row.jobs_at_work() {
        jobs::cancel(tx, &row.owner, job).await?;
    }
    Ok(())
}

fn check_title(title: &str) -> Result<(), SessionError> {
    if title.chars().count() > TITLE_CHARACTERS {
        return Err(SessionError::TooLong { what: "title", most: TITLE_CHARACTERS });
    }
    Ok(())
}

fn decode(cursor: &str) -> Option<(Timestamp, RecordingId)> {
    let (at, id) = cursor.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}
