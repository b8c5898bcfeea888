//! What Reel can make of a document: judged on arrival, and displayed with the voices that are installed now.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_capability::{Offered, Speak, VoiceInfo};
use sluice_domain::document::Document;
use sluice_domain::ids::OwnerId;
use sluice_domain::language::LANGUAGES;
use sluice_domain::money::MicroUsd;
use sluice_local::render::presenters;
use utoipa::ToSchema;

use super::choices::{self, PresenterChoice, Register, ScriptChoice};
use super::context::ReelApp;
use super::filming::{FilmPriceView, FilmedPresenterView};
use super::script::{self, Estimate, Found, Mode, ScriptError, Unfit, written};
use super::start::StartReel;
use crate::facts::{Facts, Judgement, Refusal};
use crate::library::Judged;

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
    /// The provider whose model can write the script; none if there is only the extract.
    pub written_by: Option<String>,
    /// The presenters of providers that can be chosen beside the drawn ones; at most 200.
    #[schema(max_items = 200)]
    pub filmed_presenters: Vec<FilmedPresenterView>,
}

/// An estimate of a video in this mode.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimateView {
    /// `summary` or `explanation`.
    pub mode: Mode,
    /// Length of the video.
    pub seconds: u32,
    /// Whether the document is too short for the usual length of this mode.
    pub short: bool,
    /// Scenes, title and question included.
    pub scenes: u32,
    /// Number of spoken words.
    pub words: u32,
    /// In millionths of a US dollar; none where nothing can cost, because no provider takes part.
    pub cost_micro_usd: Option<i64>,
    /// Estimated time to make it, in seconds.
    pub wall_seconds: u32,
    /// In millionths of a US dollar: the most that a script costs that a model writes, its repair included. None if its
    /// price is not known, or if there is no model.
    pub written_micro_usd: Option<i64>,
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
    /// The most that it costs in each mode; empty if it costs nothing.
    pub prices: Vec<FilmPriceView>,
}

impl VoiceView {
    fn of(app: &ReelApp, voice: VoiceInfo, default: Option<&str>, lengths: &[(Estimate, usize)]) -> Self {
        let can_cost = app.can_cost(&voice.id);
        let can_be_heard = voice.installed && !can_cost;
        let price = |(estimate, characters): &(Estimate, usize)| {
            let micro_usd = app.spoken_price(&voice.id, *characters, estimate.scenes).map(|price| price.0);
            FilmPriceView { mode: estimate.mode, micro_usd }
        };
        Self {
            prices: if can_cost { lengths.iter().map(price).collect() } else { Vec::new() },
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
pub(super) fn judge(app: &ReelApp, document: &Document) -> Result<Judgement, Refusal> {
    let spoken = spoken_languages(app);
    let found = script::judge(document).map_err(|error| match error {
        Unfit::OtherLanguage { found } => no_voice(found, &spoken),
        error => error.into(),
    })?;
    if !spoken.is_empty() && !spoken.contains(&found.language.facts().name) {
        return Err(no_voice(found.language.facts().name, &spoken));
    }
    script::extract(document, found.language, Mode::Summary)?;
    let Found { pages, language, language_reliable, words, characters, title, estimates, left_out } = found;
    let facts = Facts { pages, language, language_reliable, words, characters, title, left_out };
    Ok(Judgement { facts, offer: json!(Stored { estimates }) })
}

/// The languages that have a voice, installed or not, by their own names in the order of the table; none where a provider has
/// yet to say which voices it has.
fn spoken_languages(app: &ReelApp) -> Vec<&'static str> {
    let is_open = |speaker: &Arc<dyn Speak>| !speaker.profile().is_local && speaker.voices().is_empty();
    if app.speaking.configured().implementations().any(is_open) {
        return Vec::new();
    }
    let voices = app.voices();
    let has_voice = |code: &str| voices.iter().any(|voice| voice.language.code() == code);
    LANGUAGES.iter().filter(|facts| has_voice(facts.code)).map(|facts| facts.name).collect()
}

/// The refusal of a document that nobody here can read out.
fn no_voice(language: &str, spoken: &[&str]) -> Refusal {
    let detail = if spoken.is_empty() {
        format!("The document is in {language}, and no voice is installed. Run `make setup` to install voices.")
    } else {
        format!(
            "The document is in {language}, and no voice here speaks it. There are voices for {}.",
            spoken.join(", ")
        )
    };
    Refusal { code: "document_other_language", title: REFUSED, detail }
}

/// The stored judgement, for display.
pub(super) fn offer(
    app: &ReelApp,
    (voices, filmed): (&[VoiceInfo], &[(String, Offered)]),
    facts: &Facts,
    judged: &Value,
) -> Value {
    let stored = Stored::deserialize(judged).unwrap_or(Stored { estimates: Vec::new() });
    let voice_for = |presenter| choices::voice_for(voices, facts.language, presenter).map(|voice| voice.id);
    let default = voice_for(None);
    let of_language = voices.iter().filter(|voice| voice.language == facts.language).cloned();
    let written = |mode| writer(app, facts, mode);
    // What a model would write may be longer than the extract.
    let most: Vec<Estimate> = stored
        .estimates
        .iter()
        .map(|estimate| if written(estimate.mode).is_some() { longest_written(facts, estimate) } else { *estimate })
        .collect();
    let lengths: Vec<(Estimate, usize)> =
        most.iter().map(|estimate| (*estimate, spoken_characters(facts, estimate))).collect();
    json!(ReelOffer {
        estimates: stored
            .estimates
            .iter()
            .map(|estimate| EstimateView {
                mode: estimate.mode,
                seconds: estimate.seconds,
                short: estimate.is_short(),
                scenes: estimate.scenes,
                words: estimate.words,
                cost_micro_usd: None,
                wall_seconds: estimate.seconds.div_ceil(2),
                written_micro_usd: written(estimate.mode).and_then(|(_, price)| price).map(|price| price.0),
            })
            .collect(),
        voices: of_language.map(|voice| VoiceView::of(app, voice, default.as_deref(), &lengths)).collect(),
        voice_of_presenter: presenters()
            .iter()
            .filter_map(|presenter| Some((presenter.id, voice_for(Some(presenter.id))?)))
            .collect(),
        written_by: written(choices::DEFAULT_MODE).map(|(provider, _)| provider),
        filmed_presenters: app.filmed_offer(filmed, &most),
    })
}

/// How many characters are spoken in a video that is estimated. Where that was not counted: its words, as long as those of the
/// document, and a sign between two.
fn spoken_characters(facts: &Facts, estimate: &Estimate) -> usize {
    let counted = Some(estimate.characters).filter(|counted| *counted > 0);
    let characters = counted.unwrap_or_else(|| estimate.words.saturating_mul(word_length(facts)));
    usize::try_from(characters).unwrap_or(usize::MAX)
}

/// The characters of a word and what follows it, rounded up.
fn word_length(facts: &Facts) -> u32 {
    facts.characters.div_ceil(facts.words.max(1)) + 1
}

/// The longest script that a model may write in this mode, where the extract is not longer still.
fn longest_written(facts: &Facts, estimate: &Estimate) -> Estimate {
    let (_, _, seconds) = estimate.mode.seconds();
    let Estimate { mode, seconds: extracted, words: told, scenes, characters } = *estimate;
    let scenes = scenes.max(written::most_scenes(facts.language, mode));
    let seconds = seconds.max(extracted);
    let language = facts.language.facts();
    let words = (seconds * language.spoken_per_minute).div_ceil(60).min(language.max_words).max(told);
    // Where the chosen words are longer than those of the whole document, fewer of them fill the time.
    let characters = words.saturating_mul(word_length(facts)).max(characters);
    Estimate { mode, seconds, words, scenes, characters }
}

/// The provider whose model would write the script of a document, and the most that this costs.
fn writer(app: &ReelApp, facts: &Facts, mode: Mode) -> Option<(String, Option<MicroUsd>)> {
    app.writer(&written::likely_request(facts.language, mode, facts.characters), facts.language)
}

/// The provider whose model would write the script of a document that was read, and the most that this costs; no price if it
/// is not known.
pub fn written_price(app: &ReelApp, document: &Judged, mode: Mode) -> Option<(String, Option<MicroUsd>)> {
    writer(app, &document.facts, mode)
}

/// The provider of the voice that a video would have, and the most that this costs; no price if it is not known, and nothing
/// where a voice costs nothing.
pub async fn voice_price(
    app: &ReelApp,
    owner: &OwnerId,
    document: &Judged,
    ask: &StartReel,
) -> Option<(String, Option<MicroUsd>)> {
    let presenter = match &ask.presenter {
        PresenterChoice::Named(id) => Some(id.as_str()),
        PresenterChoice::Default | PresenterChoice::Nobody => None,
    };
    let facts = &document.facts;
    let voice = match &ask.voice {
        Some(voice) => voice.clone(),
        None => choices::voice_for(&app.voices_of(owner).await, facts.language, presenter)?.id,
    };
    let provider = app.speaker(&voice).filter(|_| app.can_cost(&voice))?.profile().provider.clone();
    let price = estimate(document, ask.mode, ask.script)
        .and_then(|made| app.spoken_price(&voice, spoken_characters(facts, &made), made.scenes));
    Some((provider, price))
}

/// The estimate of a video in this mode, if one can be made of the document; of a script that a model writes the longest.
pub fn estimate(document: &Judged, mode: Mode, script: ScriptChoice) -> Option<Estimate> {
    let stored = Stored::deserialize(document.offers.get(super::NAME)?).ok()?;
    let estimate = stored.estimates.into_iter().find(|estimate| estimate.mode == mode)?;
    Some(match script {
        ScriptChoice::Extract => estimate,
        ScriptChoice::Written => longest_written(&document.facts, &estimate),
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
