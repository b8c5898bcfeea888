//! A reel as its owner sees it: state, steps, scenes, cost and result, from one snapshot of the database.

mod cost;
mod details;
pub mod list;
mod rows;
mod waiting;

use serde::{Deserialize, Serialize};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::reel;
use sluice_store::reel::ReelId;
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::artefacts::{ChapterMark, Line};
use super::choices::{CaptionsPlace, ScriptChoice};
use super::context::ReelApp;
use super::note::{PresenterNote, ScriptNote};
use super::script::{Mode, Sentence};
use super::stage::Stage;
use crate::links::Signer;
use crate::view::{ErrorView, LanguageView, ReadWithView, StepState, WhyView};
use details::Details;
use rows::Rows;

pub use rows::file_stem;

/// The state of a reel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReelState {
    /// It is being made, or will be as soon as a worker is free.
    Working,
    /// The video is playable.
    Done,
    /// It failed; `error` has the reason.
    Failed,
    /// Its owner cancelled it.
    Cancelled,
    /// It made no progress for too long.
    Expired,
}

impl ReelState {
    const ALL: [Self; 5] = [Self::Working, Self::Done, Self::Failed, Self::Cancelled, Self::Expired];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// The state of a step or a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// Not started.
    Pending,
    /// In progress.
    Working,
    /// Rendered, and current.
    Done,
    /// It failed.
    Failed,
    /// Rendered before, and edited since.
    Edited,
}

/// The slide of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SceneKind {
    /// The title.
    Title,
    /// A page of the document.
    Page,
    /// A question to think about.
    Question,
}

/// A named step of making a reel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// Its name.
    pub name: Stage,
    /// Its state.
    pub state: StepState,
    /// From 0 to 100.
    pub percent: f64,
}

/// A scene of the storyboard.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SceneView {
    /// Its id; it stays the same when the scenes are reordered.
    pub id: String,
    /// Its position, from 1.
    pub n: u32,
    /// Its slide.
    pub kind: SceneKind,
    /// Its heading.
    pub heading: String,
    /// Its text.
    pub text: String,
    /// Its entity tag: in `If-Match`, it makes a change conditional on the text and the heading being these.
    pub etag: String,
    /// Whether a person wrote its text or its heading.
    pub edited: bool,
    /// Its text, sentence by sentence, each with the page that it comes from; none for a person's own, for a question, and for a title that no page has.
    pub sentences: Vec<Sentence>,
    /// The pages that it cites.
    pub pages: Vec<u32>,
    /// Its state.
    pub state: PartState,
    /// From 0 to 100.
    pub percent: f64,
    /// The current stage.
    pub step: Option<super::scene::Stage>,
    /// Its length in seconds.
    pub seconds: Option<f64>,
    /// Its start in milliseconds of the video.
    pub start_ms: Option<u32>,
    /// A still image.
    pub image_url: Option<String>,
    /// Its video without audio.
    pub clip_url: Option<String>,
    /// Its audio.
    pub voice_url: Option<String>,
    /// Until it is rendered, the picture of its page; drawn by the first request. None for a scene without a page.
    pub page_image_url: Option<String>,
    /// Why it has not begun, or does not go on.
    pub waiting: Option<WhyView>,
    /// Why it failed.
    pub error: Option<ErrorView>,
}

/// The published video.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResultView {
    /// MP4, for playback.
    pub video_url: String,
    /// MP4, for download.
    pub download_url: String,
    /// JPEG.
    pub poster_url: String,
    /// JPEG, the same in small (the longer edge has 480 pixels); none for a video that was made before there were thumbnails.
    pub thumbnail_url: Option<String>,
    /// JSON, the outline of its sound: `peaks`, up to 400 numbers from 0 to 100 for equal spans of time. None for a video that
    /// was made before there were outlines.
    pub waveform_url: Option<String>,
    /// Captions for players and editors.
    pub srt_url: String,
    /// Captions for browsers.
    pub vtt_url: String,
    /// The transcript, with page numbers.
    pub transcript_url: String,
    /// Chapters, one per line.
    pub chapters_url: String,
    /// Length in seconds.
    pub seconds: f64,
    /// Length of the MP4 in bytes.
    pub bytes: u64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The file name of the MP4 for downloads.
    pub download_name: String,
    /// Whether it matches the current storyboard.
    pub current: bool,
    /// Whether a person changed the storyboard that it was made from.
    pub edited: bool,
    /// The transcript with times and pages.
    pub lines: Vec<Line>,
    /// The chapters, in order, without gaps.
    pub chapters: Vec<ChapterMark>,
}

/// What produced a result.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct MadeWith {
    /// The program that read the document.
    pub reading: Option<String>,
    /// What read its text layer, and what read which pages by OCR.
    pub read_with: Option<ReadWithView>,
    /// How the script of the video was written; before there is one, that of the storyboard: `extract` or `written`, with
    /// `_edited` if a person changed it.
    pub script: Option<String>,
    /// The voice engine.
    pub voice: Option<String>,
    /// The renderer.
    pub video: Option<String>,
}

/// A summary of a reel's document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentBrief {
    /// Its id.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// Number of pages.
    pub pages: u32,
    /// Number of words.
    pub words: u32,
}

/// What a reel costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReelCostView {
    /// The most that was estimated before, in millionths of a US dollar; none if a price is not known.
    pub estimated_micro_usd: Option<i64>,
    /// The amount spent so far, as far as it is known.
    pub spent_micro_usd: i64,
    /// How many calls have no known cost, also because their answer was lost: they are in no amount.
    pub unpriced_calls: u64,
    /// The same step by step: those in which a provider takes part.
    pub steps: Vec<StepCostView>,
}

/// What a step of a reel costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepCostView {
    /// The step.
    pub step: PaidStep,
    /// The most that was estimated before, in millionths of a US dollar; none if its price is not known.
    pub estimated_micro_usd: Option<i64>,
    /// The amount spent so far, as far as it is known.
    pub spent_micro_usd: i64,
    /// How many of its calls have no known cost.
    pub unpriced_calls: u64,
}

/// A step in which a provider may take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaidStep {
    /// The script is written.
    Script,
    /// The text is spoken.
    Voice,
    /// The presenter is animated.
    Presenter,
}

/// A reel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReelView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The document that it is made from.
    pub document: DocumentBrief,
    /// `summary` or `explanation`.
    pub mode: Mode,
    /// `16:9`, `9:16` or `1:1`.
    #[schema(value_type = String)]
    pub shape: sluice_local::render::Shape,
    /// The voice's id.
    pub voice: String,
    /// The presenter's id.
    pub presenter: Option<String>,
    /// `burned` or `beside`.
    pub captions: CaptionsPlace,
    /// How its script was asked for: `extract` or `written`.
    pub script: ScriptChoice,
    /// The language of its script.
    pub language: LanguageView,
    /// Its state.
    pub state: ReelState,
    /// The job that makes it.
    pub job_id: String,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub updated_at: Timestamp,
    /// From 0 to 100.
    pub percent: f64,
    /// Estimated remaining time, in milliseconds.
    pub eta_ms: Option<i64>,
    /// Its steps, in order.
    pub steps: Vec<StepView>,
    /// `extract` if the script consists of sentences of the document, `written` if a model wrote it; `extract_edited` or
    /// `written_edited` if a person changed it since.
    pub script_source: Option<String>,
    /// Whether a person changed the storyboard: a text, a heading, the order, scenes added or deleted.
    pub edited: bool,
    /// Why nothing of it goes on; none while something does.
    pub waiting: Option<WhyView>,
    /// What produced it.
    pub made_with: MadeWith,
    /// What is known of its script if a model was asked for it: who wrote it, what was refused, and why it is an extract
    /// instead if it is.
    pub script_note: Option<ScriptNote>,
    /// Who presents it if a provider's presenter was asked for, and which scenes have the drawn one instead, with the reason. None
    /// without such a presenter.
    pub presenter_note: Option<PresenterNote>,
    /// Its cost; none where nothing can cost, because no provider takes part.
    pub cost: Option<ReelCostView>,
    /// Why it failed.
    pub error: Option<ErrorView>,
    /// The storyboard.
    pub scenes: Vec<SceneView>,
    /// The video, once it is playable.
    pub result: Option<ResultView>,
}

/// A reel of this owner by its id.
pub async fn reel(owner: &OwnerId, app: &ReelApp, id: &ReelId) -> Result<Option<ReelView>, StoreError> {
    let rows = app
        .platform
        .store
        .read(async |tx: &mut Tx| match reel::reel(tx, owner, id).await? {
            Some(reel) => {
                let rows = Rows::read(tx, reel).await?;
                let more = Details::read(tx, &rows).await?;
                Ok(Some((rows, more)))
            }
            None => Ok::<_, StoreError>(None),
        })
        .await?;
    let Some((rows, more)) = rows else { return Ok(None) };
    let links = Signer::of(&app.platform, owner).await?;
    rows.view(app, &links, more).map(Some)
}
