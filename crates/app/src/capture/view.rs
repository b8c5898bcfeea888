//! Phrases as clients see them.

mod cost;
mod export;
mod fields;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use sluice_domain::study::{self, StudyLanguage};
use sluice_domain::time::Timestamp;
use sluice_store::calls::OfSubject;
use sluice_store::capture::{PhraseRow, SourceKind, Status};
use sluice_store::{StoreError, jobs};
use utoipa::ToSchema;

use super::card::{self, CardFields, VoiceLost};
use super::extract::{Line, Reading};
pub use super::jobs::Work;
use crate::links::Signer;
use crate::routing::PassedOver;
use crate::view::ErrorView;
pub use cost::{CardCostView, CardStep, CardStepCostView};
pub use export::{ExportState, ExportView};
use fields::state_of;
pub use fields::{DoubtState, FieldSource, FieldView, NoteView, ObjectionView, StudyLanguageView, WordView};

/// The status of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhraseStatus {
    /// Its card is being made.
    Processing,
    /// A person is to look at it.
    PendingReview,
    /// A person has approved it.
    Approved,
    /// It is in a deck that was exported.
    Exported,
    /// Its card could not be made; `error` says why.
    Failed,
}

impl From<Status> for PhraseStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Processing => Self::Processing,
            Status::PendingReview => Self::PendingReview,
            Status::Approved => Self::Approved,
            Status::Exported => Self::Exported,
            Status::Failed => Self::Failed,
        }
    }
}

/// What a phrase came as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhraseSource {
    /// A line of text.
    Text,
    /// A picture.
    Image,
    /// A sound.
    Audio,
}

impl From<SourceKind> for PhraseSource {
    fn from(source: SourceKind) -> Self {
        match source {
            SourceKind::Text => Self::Text,
            SourceKind::Image => Self::Image,
            SourceKind::Audio => Self::Audio,
        }
    }
}

/// A line of a picture. Its place is in parts of the picture's width and height, from 0 to 1, upright as the camera was held, which
/// is how a browser shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineView {
    /// Its text.
    pub text: String,
    /// From 0 to 1; 0 if a provider read it, which does not say.
    pub confidence: f32,
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its right edge.
    pub right: f32,
    /// Its lower edge.
    pub bottom: f32,
}

/// The picture of a phrase.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PictureView {
    /// A link that shows it, for a limited time.
    pub href: String,
    /// The name of its file.
    pub name: String,
    /// Pixels across; null until it is read.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// Clockwise quarter turns, 0 to 3, after which its text is upright.
    pub quarter_turns: u8,
    /// The lines that the phrase was made of.
    pub lines: Vec<LineView>,
}

/// The sound of a card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AudioView {
    /// A link that plays it, for a limited time.
    pub href: String,
    /// The name of its file.
    pub name: String,
    /// Whether it is the recording that was sent, and not a voice.
    pub own: bool,
    /// The voice; empty for a recording.
    pub made_by: String,
}

/// A provider, or this machine, that was to read or to hear a phrase and did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PhrasePassedOver)]
pub struct PassedOverView {
    /// The provider; `local` is this machine.
    pub provider: String,
    /// Why it did not.
    pub why: String,
}

impl From<PassedOver> for PassedOverView {
    fn from(passed: PassedOver) -> Self {
        let PassedOver { provider, why } = passed;
        Self { provider, why }
    }
}

/// A provider whose answer was lost when its voice was to say a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PhraseVoiceLost)]
pub struct VoiceLostView {
    /// The provider.
    pub provider: String,
    /// Whether it says that the answer is charged; if not, it may have been paid.
    pub is_charged: bool,
}

impl From<VoiceLost> for VoiceLostView {
    fn from(lost: VoiceLost) -> Self {
        let VoiceLost { provider, is_charged } = lost;
        Self { provider, is_charged }
    }
}

/// The work on a phrase that goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkView {
    /// The job.
    pub job_id: String,
    /// What it makes.
    pub what: Work,
    /// The step that it is in: `extract`, `analyse` or `voice`.
    pub step: Option<String>,
}

/// A phrase with its card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhraseView {
    /// Its id.
    pub id: String,
    /// Changes with every change: for `If-Match`, with its quotation marks.
    pub etag: String,
    /// Its status.
    pub status: PhraseStatus,
    /// What it came as.
    pub source: PhraseSource,
    /// Whether it is left out of decks.
    pub excluded: bool,
    /// The phrase; its text is empty until it is extracted.
    pub text: FieldView,
    /// Who was to read or to hear it before whoever did, in their order, and why they did not; empty if the first one did.
    pub passed_over: Vec<PassedOverView>,
    /// Its language; null until that is known.
    pub language: Option<StudyLanguageView>,
    /// How sure that is, from 0 to 1; 1 if a person chose it.
    pub language_confidence: f64,
    /// ISO 639-1 code of what it is translated into.
    pub translate_to: String,
    /// In Latin letters; null for a language in Latin letters.
    pub transliteration: Option<FieldView>,
    /// The phrase with all its vowel marks, which a model set; null where there are no such marks, or none were set.
    pub marked: Option<FieldView>,
    /// Its translation.
    pub translation: Option<FieldView>,
    /// Remarks on its grammar.
    pub grammar: Vec<NoteView>,
    /// Its words.
    pub vocabulary: Vec<WordView>,
    /// The paths of the fields that are doubtful or missing: `text`, `language`, `translation`, `vocabulary.2.meaning`.
    pub doubts: Vec<String>,
    /// How it sounds; null while there is no sound.
    pub audio: Option<AudioView>,
    /// Whose voice was to say it and was lost, so that only this machine was asked after it; null if none was.
    pub voice_lost: Option<VoiceLostView>,
    /// The picture that was sent.
    pub picture: Option<PictureView>,
    /// A link to the sound that was sent, as it was sent.
    pub recording: Option<String>,
    /// The work that goes on; null if there is none.
    pub work: Option<WorkView>,
    /// How often something was made of it.
    pub attempts: u32,
    /// Why the latest attempt failed; null if it did not.
    pub error: Option<ErrorView>,
    /// What providers were paid for it; null if none was paid.
    pub cost: Option<CardCostView>,
    /// When it was captured.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = i64)]
    pub updated_at: Timestamp,
    /// When anything of its card changed.
    #[schema(value_type = i64)]
    pub changed_at: Timestamp,
    /// When it was last exported.
    #[schema(value_type = Option<i64>)]
    pub exported_at: Option<Timestamp>,
}

/// The entity tag of a phrase.
pub(super) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

impl PhraseView {
    /// A phrase whose links this signer signs, with what its jobs have cost.
    pub(super) fn of(row: &PhraseRow, signer: &Signer, spent: &OfSubject) -> Result<Self, StoreError> {
        let fields = card::fields(row)?;
        let status = row.status();
        Ok(Self {
            id: row.id.to_string(),
            etag: etag(row.version),
            status: status.into(),
            source: row.source.into(),
            excluded: row.excluded,
            text: text_of(row, &fields),
            passed_over: fields.passed_over.iter().cloned().map(PassedOverView::from).collect(),
            language: row.language.as_deref().and_then(StudyLanguage::from_code).map(StudyLanguageView::from),
            language_confidence: f64::from(row.language_sure) / 1000.0,
            translate_to: row.translate_to.clone(),
            transliteration: fields.analysis.transliteration.as_ref().map(FieldView::from),
            marked: fields.analysis.marked.as_ref().map(FieldView::from),
            translation: fields.analysis.translation.as_ref().map(FieldView::from),
            grammar: fields.analysis.grammar.iter().map(note).collect(),
            vocabulary: fields.analysis.vocabulary.iter().map(WordView::from).collect(),
            doubts: card::doubts(row, &fields),
            audio: audio(row, signer)?,
            voice_lost: fields.voice_lost.clone().map(VoiceLostView::from),
            picture: picture(row, signer)?,
            recording: recording(row, signer)?,
            work: work(row),
            attempts: row.attempts,
            error: error(row, status),
            cost: cost::view(row, &fields, spent),
            created_at: row.created_at,
            updated_at: row.updated_at,
            changed_at: row.content_at,
            exported_at: row.exported_at,
        })
    }
}

fn text_of(row: &PhraseRow, fields: &CardFields) -> FieldView {
    let (state, reason) = fields.origin.as_ref().map_or((DoubtState::Sure, None), |origin| state_of(origin.doubt));
    let source = fields.origin.as_ref().map(|origin| FieldSource::from(&origin.source));
    let (alternatives, against) = (Vec::new(), Vec::new());
    FieldView { text: row.text.clone(), alternatives, source, state, reason, against, checked_by: None }
}

fn note(note: &study::Note) -> NoteView {
    NoteView { about: note.about.clone(), text: FieldView::from(&note.text) }
}

fn bytes(name: &str) -> Result<sluice_blobs::BlobHash, StoreError> {
    name.parse().map_err(|_| StoreError::Unreadable { what: format!("the name of bytes \"{name}\"") })
}

fn audio(row: &PhraseRow, signer: &Signer) -> Result<Option<AudioView>, StoreError> {
    let Some(audio) = &row.audio else { return Ok(None) };
    let name = format!("{}.{}", row.id, audio.ending);
    let href = signer.show(&bytes(&audio.blob)?, &name);
    Ok(Some(AudioView { href, name, own: audio.own, made_by: audio.made_by.clone() }))
}

/// A name whose ending says what is in it, which is known by its first bytes and not by the name that it was sent with.
fn file_name(row: &PhraseRow, media_type: &str) -> String {
    let ending = match media_type.rsplit('/').next().unwrap_or_default() {
        "jpeg" => "jpg",
        "mpeg" => "mp3",
        "mp4" => "m4a",
        other => other,
    };
    format!("{}.{ending}", row.id)
}

fn picture(row: &PhraseRow, signer: &Signer) -> Result<Option<PictureView>, StoreError> {
    let Some(original) = row.original.as_ref().filter(|_| row.source == SourceKind::Image) else { return Ok(None) };
    let reading: Option<Reading> = row.reading.clone().and_then(|reading| serde_json::from_value(reading).ok());
    let href = signer.show(&bytes(&original.blob)?, &file_name(row, &original.media_type));
    Ok(Some(PictureView {
        href,
        name: original.name.clone(),
        width: reading.as_ref().map(|reading| reading.width),
        height: reading.as_ref().map(|reading| reading.height),
        quarter_turns: reading.as_ref().map_or(0, |reading| reading.quarter_turns),
        lines: reading.map_or_else(Vec::new, |reading| {
            let size = [reading.width, reading.height];
            reading.lines.iter().map(|line| placed(line, size)).collect()
        }),
    }))
}

#[expect(clippy::cast_precision_loss, reason = "pixels of a picture")]
fn placed(line: &Line, [width, height]: [u32; 2]) -> LineView {
    let part = |axis: usize, size: u32, start: f32, choose: fn(f32, f32) -> f32| {
        let edges = line.corners.iter().filter_map(|corner| corner.get(axis).copied());
        (edges.fold(start, choose) / size.max(1) as f32).clamp(0.0, 1.0)
    };
    LineView {
        text: line.text.clone(),
        confidence: line.confidence,
        left: part(0, width, f32::MAX, f32::min),
        top: part(1, height, f32::MAX, f32::min),
        right: part(0, width, 0.0, f32::max),
        bottom: part(1, height, 0.0, f32::max),
    }
}

fn recording(row: &PhraseRow, signer: &Signer) -> Result<Option<String>, StoreError> {
    let Some(original) = row.original.as_ref().filter(|_| row.source == SourceKind::Audio) else { return Ok(None) };
    Ok(Some(signer.show(&bytes(&original.blob)?, &file_name(row, &original.media_type))))
}

fn work(row: &PhraseRow) -> Option<WorkView> {
    let job = row.open_job()?;
    let step = job.stage.as_deref().map(|stage| match serde_json::from_str(stage) {
        Ok(Value::String(stage)) => stage,
        _ => stage.to_owned(),
    });
    Some(WorkView { job_id: job.id.to_string(), what: Work::parse(&job.what)?, step })
}

fn error(row: &PhraseRow, status: Status) -> Option<ErrorView> {
    let title = match status {
        Status::Failed => "This card could not be made",
        _ => "A part of this card could not be made",
    };
    let of = |error: &jobs::JobError| ErrorView {
        code: error.code.clone(),
        title: title.to_owned(),
        detail: error.message.clone(),
    };
    if let Some(error) = &row.error {
        return Some(of(error));
    }
    if status != Status::Failed {
        return None;
    }
    // The job ended without a word of its own.
    let stopped = || ErrorView {
        code: "stopped".to_owned(),
        title: title.to_owned(),
        detail: "the work on it was stopped: try it again".to_owned(),
    };
    Some(row.job.as_ref().and_then(|job| job.error.as_ref()).map_or_else(stopped, of))
}

/// A page of phrases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhrasePage {
    /// The phrases.
    #[schema(max_items = 100)]
    pub items: Vec<PhraseView>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// How many phrases there are in all with each status, whatever the filter.
    pub counts: BTreeMap<String, u64>,
}
