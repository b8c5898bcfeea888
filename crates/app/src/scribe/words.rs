//! Transcripts with their corrections and the names of speakers. The original is never overwritten; edits are rows on top of it.

use sluice_domain::ids::OwnerId;
use sluice_engine::JobError;
use sluice_store::scribe::{self, EditRow, RecordingId, RecordingRow};
use sluice_store::{StoreError, Tx, storable};

use super::context::ScribeApp;
use super::error::SessionError;
use super::notify::changed;
use super::sounds::TRANSCRIPT_BYTES;
use super::transcript::{Passage, Speaker, Transcription};

/// Most characters of a passage.
pub const PASSAGE_CHARACTERS: usize = 5_000;
/// Most characters of a speaker's name.
pub const NAME_CHARACTERS: usize = 100;

/// Why a transcript was not changed.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// There is no such session, or no transcript of it, or it cannot be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The transcript has no such passage.
    #[error("the transcript has no such passage: load it again")]
    NoPassage,
    /// The session has no such speaker.
    #[error("the session has no such speaker: load the transcript again")]
    NoSpeaker,
    /// Somebody else changed it first.
    #[error("the transcript was changed since: load it again")]
    Changed {
        /// The present revision.
        revision: u64,
    },
    /// Neither a text nor a speaker was given.
    #[error("there is nothing to change: give a text, or a speaker, or both")]
    Nothing,
    /// The speaker that a passage is given to is none of the session.
    #[error("the session has no speaker {number}")]
    GivenToNobody {
        /// Its number.
        number: u32,
    },
}

impl From<StoreError> for WordsError {
    fn from(error: StoreError) -> Self {
        Self::Session(error.into())
    }
}

/// The revision that a change is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Whatever it is: the last writer wins.
    Any,
    /// One of these.
    OneOf(Vec<u64>),
}

impl Expected {
    fn check(&self, revision: u64) -> Result<(), WordsError> {
        match self {
            Self::OneOf(revisions) if !revisions.contains(&revision) => Err(WordsError::Changed { revision }),
            _ => Ok(()),
        }
    }
}

/// What is changed of a passage; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassageChange {
    /// What was said. Empty: nothing.
    pub text: Option<String>,
    /// Who said it.
    pub speaker: Option<u32>,
}

/// A passage after a change, and the revision of the transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The passage.
    pub passage: Passage,
    /// The transcript's.
    pub revision: u64,
}

/// The transcript of a session, with its row; none if there is no such session.
pub(super) async fn load(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
) -> Result<Option<(RecordingRow, Transcription)>, SessionError> {
    let found = app
        .platform
        .store
        .read(async |tx: &mut Tx| {
            let Some(row) = scribe::find(tx, owner, id).await? else { return Ok(None) };
            Ok::<_, StoreError>(Some((
                row,
                scribe::edits(tx, owner, id).await?,
                scribe::speakers(tx, owner, id).await?,
            )))
        })
        .await?;
    let Some((row, edits, speakers)) = found else { return Ok(None) };
    let whole = as_heard(app, &row).await?.with(&row, &edits, speakers);
    Ok(Some((row, whole)))
}

/// The transcript without edits.
async fn as_heard(app: &ScribeApp, row: &RecordingRow) -> Result<Transcription, SessionError> {
    let hash = row.transcript.as_ref().ok_or(SessionError::NoTranscript)?;
    let unreadable = |what: String| SessionError::Store(StoreError::Unreadable { what });
    let hash = hash.parse().map_err(|_| unreadable("the name of a transcript".to_owned()))?;
    let bytes = app.platform.media.read(&hash, TRANSCRIPT_BYTES).await?;
    let mut whole: Transcription =
        serde_json::from_slice(&bytes).map_err(|error| unreadable(format!("a transcript ({error})")))?;
    whole.number();
    Ok(whole)
}

/// Why a job cannot load a transcript.
pub(super) fn failed(error: SessionError) -> JobError {
    match error {
        SessionError::Store(error) => error.into(),
        SessionError::Media(error) => error.into(),
        error => JobError::fail("no_transcript", error.to_string()),
    }
}

/// Corrects a passage, or assigns it to another speaker. A text equal to the original is not stored as an edit.
pub async fn edit(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
    expected: &Expected,
    change: PassageChange,
) -> Result<Changed, WordsError> {
    // Normalised as it is stored, so that the response is what later reads return.
    let text = change.text.map(|text| storable::text(text.trim()).into_owned());
    if text.as_ref().is_some_and(|text| text.chars().count() > PASSAGE_CHARACTERS) {
        return Err(SessionError::TooLong { what: "text", most: PASSAGE_CHARACTERS }.into());
    }
    if text.is_none() && change.speaker.is_none() {
        return Err(WordsError::Nothing);
    }
    let heard = heard_passage(app, owner, id, number).await?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let row = lock(tx, owner, id, &heard, expected).await?;
            if let Some(number) = change.speaker
                && !scribe::speakers(tx, owner, id).await?.iter().any(|speaker| speaker.number == number)
            {
                return Err(WordsError::GivenToNobody { number });
            }
            let before = scribe::edits(tx, owner, id).await?.into_iter().find(|edit| edit.passage == number);
            let (old_text, old_speaker) = before.clone().map_or((None, None), |edit| (edit.text, edit.speaker));
            let passage = &heard.passage;
            let after = EditRow {
                passage: number,
                segment: passage.segment,
                start_ms: passage.start_ms,
                end_ms: passage.end_ms,
                heard: passage.text.clone(),
                text: text.clone().or(old_text).filter(|text| *text != passage.text),
                speaker: change.speaker.or(old_speaker).filter(|speaker| Some(*speaker) != passage.speaker),
            };
            let is_edit = after.text.is_some() || after.speaker.is_some();
            let revision = match (is_edit, &before) {
                (true, Some(before)) if *before == after => None,
                (true, _) => scribe::edit(tx, owner, id, &after).await?,
                (false, _) => scribe::delete_edit(tx, owner, id, number).await?,
            };
            if revision.is_some() {
                changed(tx, owner, id)?;
            }
            let mut passage = passage.clone();
            if is_edit {
                passage.change(&after);
            }
            Ok(Changed { passage, revision: revision.unwrap_or(row.revision) })
        })
        .await
}

/// Removes the edit of a passage.
pub async fn restore(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
    expected: &Expected,
) -> Result<Changed, WordsError> {
    let heard = heard_passage(app, owner, id, number).await?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let row = lock(tx, owner, id, &heard, expected).await?;
            let revision = scribe::delete_edit(tx, owner, id, number).await?;
            if revision.is_some() {
                changed(tx, owner, id)?;
            }
            Ok(Changed { passage: heard.passage.clone(), revision: revision.unwrap_or(row.revision) })
        })
        .await
}

/// A passage without its edit.
struct HeardPassage {
    passage: Passage,
    /// The blob of its transcript.
    transcript: Option<String>,
}

async fn heard_passage(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
) -> Result<HeardPassage, WordsError> {
    let row = app.platform.store.read(async |tx| scribe::find(tx, owner, id).await).await?;
    let row = row.ok_or(SessionError::Unknown)?;
    let whole = as_heard(app, &row).await?;
    let passage = whole.passages.into_iter().find(|passage| passage.number == number).ok_or(WordsError::NoPassage)?;
    Ok(HeardPassage { passage, transcript: row.transcript })
}

/// Locks a session, if its transcript has not changed since it was read, and has an expected revision.
async fn lock(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    heard: &HeardPassage,
    expected: &Expected,
) -> Result<RecordingRow, WordsError> {
    let row = scribe::lock(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
    expected.check(row.revision)?;
    if row.transcript != heard.transcript {
        return Err(WordsError::Changed { revision: row.revision });
    }
    Ok(row)
}

/// Names the voice of a speaker in all sessions in which it was recognised; an empty name removes its name.
pub async fn name_speaker(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    number: u32,
    name: &str,
) -> Result<Speaker, WordsError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > NAME_CHARACTERS {
        return Err(SessionError::TooLong { what: "name", most: NAME_CHARACTERS }.into());
    }
    let name = Some(name).filter(|name| !name.is_empty());
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            scribe::find(tx, owner, id).await?.ok_or(SessionError::Unknown)?;
            let heard_in = scribe::name_speaker(tx, owner, id, number, name.as_deref()).await?;
            for session in heard_in.ok_or(WordsError::NoSpeaker)? {
                changed(tx, owner, &session)?;
            }
            let speakers = scribe::speakers(tx, owner, id).await?;
            let speaker = speakers.into_iter().find(|speaker| speaker.number == number).ok_or(WordsError::NoSpeaker)?;
            Ok(Speaker { number, name: speaker.name, voice_id: Some(speaker.voice.to_string()) })
        })
        .await
}
