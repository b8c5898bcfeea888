//! Phrases and what belongs to them as rows.

use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;

use super::{ActionId, DraftId, ExportId, PhraseId};
use crate::StoreError;
use crate::jobs::JobError;
use crate::sql::{Row, json, optional_json, parse};

/// What a phrase came as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A line of text.
    Text,
    /// A picture.
    Image,
    /// A sound.
    Audio,
}

/// What is known to be done about a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Its card is being made.
    Processing,
    /// A person is to look at it.
    PendingReview,
    /// A person has approved it.
    Approved,
    /// It is in a deck that was exported.
    Exported,
    /// Its card could not be made.
    Failed,
}

macro_rules! named {
    ($type:ident: $($variant:ident = $name:literal),+) => {
        impl $type {
            /// Its name in what is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// That of this name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
named!(SourceKind: Text = "text", Image = "image", Audio = "audio");
named!(Status: Processing = "processing", PendingReview = "pending_review", Approved = "approved",
    Exported = "exported", Failed = "failed");

/// The bytes that a phrase came as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The name of the bytes.
    pub blob: String,
    /// The name of the file.
    pub name: String,
    /// Its media type.
    pub media_type: String,
}

/// How a phrase sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseAudio {
    /// The name of the bytes.
    pub blob: String,
    /// How a file's name ends that holds them: `mp3`.
    pub ending: String,
    /// What made it.
    pub made_by: String,
    /// Whether it is the recording of a person that was sent.
    pub own: bool,
}

/// The job whose results count for a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseJob {
    /// Its id.
    pub id: JobId,
    /// What it is to make, in the app's words.
    pub what: String,
    /// Its state; none if it was so long ago that it is forgotten.
    pub state: Option<JobState>,
    /// The stage that it is in.
    pub stage: Option<String>,
    /// Why it failed.
    pub error: Option<JobError>,
}

/// A phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct PhraseRow {
    /// Its id.
    pub id: PhraseId,
    /// Its owner.
    pub owner: OwnerId,
    /// What it came as.
    pub source: SourceKind,
    /// What was sent; none of a text.
    pub original: Option<Original>,
    /// The phrase; empty until it is extracted.
    pub text: String,
    /// ISO 639-1 code of its language; none until that is known.
    pub language: Option<String>,
    /// How sure that is, in thousandths: 1000 if a person chose it.
    pub language_sure: u32,
    /// ISO 639-1 code of what it is translated into.
    pub translate_to: String,
    /// Its fields, in the app's format.
    pub card: Value,
    /// How many of them are doubtful or missing.
    pub doubts: u32,
    /// The lines of its picture, in the app's format.
    pub reading: Option<Value>,
    /// How it sounds.
    pub audio: Option<PhraseAudio>,
    /// As it was stored; [`Self::status`] takes its job into account.
    pub stored_status: Status,
    /// Whether it is left out of decks.
    pub excluded: bool,
    /// The one job whose results count.
    pub job: Option<PhraseJob>,
    /// How often something was made for it.
    pub attempts: u32,
    /// Why the latest of them failed.
    pub error: Option<JobError>,
    /// Changes with every change.
    pub version: u64,
    /// The caller's idempotency key, and the hash of the request under it.
    pub request: Option<(String, String)>,
    /// What it is found by, in the app's form.
    pub search: String,
    /// What texts that are the same phrase have in common, in the app's form; empty until there is a text.
    pub likeness: String,
    /// When it was captured.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When anything of the card itself changed.
    pub content_at: Timestamp,
    /// When it was last exported.
    pub exported_at: Option<Timestamp>,
    /// When it was deleted; it goes for good later.
    pub deleted_at: Option<Timestamp>,
}

impl PhraseRow {
    /// Its status. A phrase whose job ended otherwise than by its own words has failed.
    pub fn status(&self) -> Status {
        let lost = |job: &PhraseJob| job.state.is_none_or(|state| state.is_final() && state != JobState::Succeeded);
        match self.stored_status {
            Status::Processing if self.job.as_ref().is_none_or(lost) => Status::Failed,
            status => status,
        }
    }

    /// The job that has not ended.
    pub fn open_job(&self) -> Option<&PhraseJob> {
        self.job.as_ref().filter(|job| job.state.is_some_and(|state| !state.is_final()))
    }
}

/// Phrases that a model made on a theme.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftRow {
    /// Their id.
    pub id: DraftId,
    /// Whose they are.
    pub owner: OwnerId,
    /// What was asked for, in the app's format.
    pub request: Value,
    /// The job that makes them.
    pub job: JobId,
    /// The state of the job; none if it is forgotten.
    pub job_state: Option<JobState>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// The phrases that are there.
    pub texts: Vec<String>,
    /// When they were asked for.
    pub created_at: Timestamp,
}

/// What was done to several phrases at once.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRow {
    /// Its id.
    pub id: ActionId,
    /// Whose phrases they were.
    pub owner: OwnerId,
    /// What was done.
    pub action: String,
    /// What they were before, in the app's format.
    pub before: Value,
    /// When it was done.
    pub created_at: Timestamp,
}

/// A deck that is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Its id.
    pub id: ExportId,
    /// Whose cards they are.
    pub owner: OwnerId,
    /// The form of the file, in the app's words.
    pub form: String,
    /// The deck's name.
    pub deck: String,
    /// Also those that were exported before and have not changed since.
    pub everything: bool,
    /// How many cards it has, once its file was whole, and when that was.
    pub finished: Option<(u32, Timestamp)>,
    /// Why the latest file was not whole.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

fn unreadable(column: &str, name: &str) -> StoreError {
    StoreError::Unreadable { what: format!("the {column} \"{name}\"") }
}

pub(super) fn state_of(row: &Row) -> Result<Option<JobState>, StoreError> {
    Ok(row.get::<Option<String>>("job_state")?.and_then(|state| JobState::parse(&state)))
}

fn error_of(row: &Row, code: &str, message: &str) -> Result<Option<JobError>, StoreError> {
    let (code, message): (Option<String>, Option<String>) = (row.get(code)?, row.get(message)?);
    Ok(code.map(|code| JobError { code, message: message.unwrap_or_default() }))
}

fn time(row: &Row, column: &str) -> Result<Timestamp, StoreError> {
    row.get(column).map(Timestamp::from_millis)
}

fn optional_time(row: &Row, column: &str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis))
}

pub(super) fn phrase_row(row: &Row) -> Result<PhraseRow, StoreError> {
    let (source, status): (String, String) = (row.get("source")?, row.get("status")?);
    let original = match row.get::<Option<String>>("original")? {
        Some(blob) => Some(Original { blob, name: row.get("original_name")?, media_type: row.get("media_type")? }),
        None => None,
    };
    let audio = match row.get::<Option<String>>("audio")? {
        Some(blob) => Some(PhraseAudio {
            blob,
            ending: row.get("audio_ending")?,
            made_by: row.get("audio_by")?,
            own: row.get("audio_own")?,
        }),
        None => None,
    };
    let job = match row.get::<Option<String>>("job_id")? {
        Some(_) => Some(PhraseJob {
            id: parse(row, "job_id")?,
            what: row.get("job_what")?,
            state: state_of(row)?,
            stage: row.get("job_stage")?,
            error: error_of(row, "job_error_code", "job_error_message")?,
        }),
        None => None,
    };
    Ok(PhraseRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        source: SourceKind::parse(&source).ok_or_else(|| unreadable("source", &source))?,
        original,
        text: row.get("text")?,
        language: row.get("language")?,
        language_sure: row.get("language_sure")?,
        translate_to: row.get("translate_to")?,
        card: json(row, "card")?,
        doubts: row.get("doubts")?,
        reading: optional_json(row, "reading")?,
        audio,
        stored_status: Status::parse(&status).ok_or_else(|| unreadable("status", &status))?,
        excluded: row.get("excluded")?,
        job,
        attempts: row.get("attempts")?,
        error: error_of(row, "error_code", "error_message")?,
        version: row.get::<i64>("version")?.unsigned_abs(),
        request: (row.get::<Option<String>>("request_key")?).zip(row.get("request_hash")?),
        search: row.get("search")?,
        likeness: row.get("likeness")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        content_at: time(row, "content_at")?,
        exported_at: optional_time(row, "exported_at")?,
        deleted_at: optional_time(row, "deleted_at")?,
    })
}

pub(super) fn draft_row(row: &Row) -> Result<DraftRow, StoreError> {
    let texts = serde_json::from_value(json(row, "texts")?);
    Ok(DraftRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        request: json(row, "request")?,
        job: parse(row, "job_id")?,
        job_state: state_of(row)?,
        error: error_of(row, "job_error_code", "job_error_message")?,
        texts: texts.map_err(|error| StoreError::Unreadable { what: format!("the texts of drafts ({error})") })?,
        created_at: time(row, "created_at")?,
    })
}

pub(super) fn action_row(row: &Row) -> Result<ActionRow, StoreError> {
    Ok(ActionRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        action: row.get("action")?,
        before: json(row, "before")?,
        created_at: time(row, "created_at")?,
    })
}

pub(super) fn export_row(row: &Row) -> Result<ExportRow, StoreError> {
    let finished_at = optional_time(row, "finished_at")?;
    Ok(ExportRow {
        id: parse(row, "id")?,
        owner: parse(row, "owner")?,
        form: row.get("form")?,
        deck: row.get("deck")?,
        everything: row.get("everything")?,
        finished: match finished_at {
            Some(at) => Some((row.get("cards")?, at)),
            None => None,
        },
        error: row.get("error")?,
        created_at: time(row, "created_at")?,
    })
}
