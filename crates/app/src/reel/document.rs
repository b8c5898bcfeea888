//! What Reel can make of a document: judged on arrival, and displayed with the voices that are installed now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_capability::VoiceInfo;
use sluice_domain::document::Document;
use sluice_local::render::presenters;
use utoipa::ToSchema;

use super::choices::{self, Register};
use super::context::ReelApp;
use super::script::{self, Estimate, Found, Mode, ScriptError, Unfit};
use crate::facts::{Facts, Judgement, Refusal};

/// The stored part of the judgement, beside the facts.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    estimates: Vec<Estimate>,
}

/// What can be made of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReelOffer {
    /// One per mode; a mode that the text is too short for is missing.
    pub estimates: Vec<EstimateView>,
    /// The voices that speak the document's language.
    pub voices: Vec<VoiceView>,
    /// The voice that a presenter has if none is chosen, by the presenter's id.
    pub voice_of_presenter: BTreeMap<&'static str, String>,
}

/// An estimate of a video in this mode.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimateView {
    /// `summary` or `explanation`.
    pub mode: Mode,
    /// Length of the video.
    pub seconds: u32,
    /// Scenes, title and question included.
    pub scenes: u32,
    /// Number of spoken words.
    pub words: u32,
    /// In millionths of a US dollar; none where nothing can cost, because no provider takes part.
    pub cost_micro_usd: Option<i64>,
    /// Estimated time to make it, in seconds.
    pub wall_seconds: u32,
}

/// A voice that speaks the document's language.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoiceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// ISO 639-1.
    pub language: String,
    /// Its engine.
    pub engine: String,
    /// Whether its model is installed.
    pub installed: bool,
    /// Whether it is the default.
    pub default: bool,
    /// How it sounds.
    pub register: Register,
    /// The presenter of its videos if none is chosen: one who fits it.
    pub presenter: Option<String>,
    /// A sentence in this voice, as WAV: made by the first request. None if it is not installed, or costs money.
    pub sample_url: Option<String>,
}

impl VoiceView {
    fn of(app: &ReelApp, voice: VoiceInfo, default: Option<&str>) -> Self {
        let can_be_heard = voice.installed && !app.can_cost(&voice.id);
        Self {
            default: default == Some(&voice.id),
            register: choices::register_of_voice(&voice.id),
            presenter: choices::presenter_for(&voice.id).map(|presenter| presenter.id.to_owned()),
            sample_url: can_be_heard.then(|| format!("/api/v1/voices/{}/sample", voice.id)),
            id: voice.id,
            name: voice.name,
            language: voice.language.code().to_owned(),
            engine: voice.engine.to_owned(),
            installed: voice.installed,
        }
    }
}

/// Tries to extract a script: a document that gives none is rejected now, and not after the work has begun.
pub(super) fn judge(document: &Document) -> Result<Judgement, Refusal> {
    let found = script::judge(document)?;
    script::extract(document, found.language, Mode::Summary)?;
    let Found { pages, language, language_reliable, words, characters, title, estimates } = found;
    let facts = Facts { pages, language, language_reliable, words, characters, title };
    Ok(Judgement { facts, offer: json!(Stored { estimates }) })
}

/// The stored judgement, for display.
pub(super) fn offer(app: &ReelApp, facts: &Facts, judged: &Value) -> Value {
    let stored = Stored::deserialize(judged).unwrap_or(Stored { estimates: Vec::new() });
    let voice_for = |presenter| app.default_voice(facts.language, presenter).map(|voice| voice.id);
    let default = voice_for(None);
    let voices = app.voices().into_iter().filter(|voice| voice.language == facts.language);
    json!(ReelOffer {
        estimates: stored
            .estimates
            .iter()
            .map(|estimate| EstimateView {
                mode: estimate.mode,
                seconds: estimate.seconds,
                scenes: estimate.scenes,
                words: estimate.words,
                cost_micro_usd: None,
                wall_seconds: estimate.seconds.div_ceil(2),
            })
            .collect(),
        voices: voices.map(|voice| VoiceView::of(app, voice, default.as_deref())).collect(),
        voice_of_presenter: presenters()
            .iter()
            .filter_map(|presenter| Some((presenter.id, voice_for(Some(presenter.id))?)))
            .collect(),
    })
}

const REFUSED: &str = "No video can be made of this document";

impl From<Unfit> for Refusal {
    fn from(error: Unfit) -> Self {
        Self { code: error.code(), title: REFUSED, detail: error.to_string() }
    }
}

impl From<ScriptError> for Refusal {
    fn from(error: ScriptError) -> Self {
        Self { code: error.code(), title: REFUSED, detail: error.to_string() }
    }
}
