//! Reel as a module of the process: its jobs, and its implementation of what the shared modules ask for. It imports the
//! rest of Reel, and nothing in Reel imports it.

use std::collections::{BTreeMap, HashSet};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use sluice_domain::document::Document;
use sluice_domain::ids::OwnerId;
use sluice_domain::language::{LANGUAGES, Language, LanguageFacts};
use sluice_domain::time::Timestamp;
use sluice_engine::{Builder, Engine};
use sluice_local::render::{Shape, presenters};
use sluice_store::jobs::JobRow;
use sluice_store::{StoreError, Tx, reel};
use utoipa::ToSchema;

use super::choices::{self, CaptionsPlace, Register, ScriptChoice};
use super::context::ReelApp;
use super::make::MakeReel;
use super::scene::RenderScene;
use super::script::{self, Mode};
use super::view::ReelState;
use super::view::list::{self, ReelSummary};
use super::{document, edit};
use crate::facts::{Facts, Judgement, Refusal};
use crate::module::{Module, RetryError};

/// The most unfinished reels of a snapshot.
const UNFINISHED: u32 = 50;
/// The most recent reels of a snapshot.
const LATEST: u32 = 12;

/// Reel's part of a snapshot: what its part of the page shows of an owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReelSnapshot {
    /// Those that are being made, the newest first; at most 50.
    #[schema(max_items = 50)]
    pub unfinished: Vec<ReelSummary>,
    /// The newest in any state; at most 12.
    #[schema(max_items = 12)]
    pub latest: Vec<ReelSummary>,
}

/// The available options.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReelChoices {
    /// The level of detail.
    pub modes: [&'static str; 2],
    /// Aspect ratios.
    pub shapes: [&'static str; 3],
    /// Who can write the script: `extract`, and `written` where a language model is configured.
    pub scripts: Vec<ScriptChoice>,
    /// The presenters.
    pub presenters: Vec<PresenterView>,
    /// What a video has for which nothing is chosen. Its voice depends on the document's language, and its presenter on
    /// the voice: see the offer of a document.
    pub defaults: DefaultsView,
    /// How many words the text of a scene has, by language (ISO 639-1).
    pub scene_words: BTreeMap<&'static str, SceneWords>,
    /// Most characters of a heading.
    pub heading_characters: usize,
    /// Most scenes of a video.
    pub most_scenes: usize,
}

/// The choices of a video for which nothing is chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct DefaultsView {
    /// `summary` or `explanation`.
    pub mode: Mode,
    /// `16:9`, `9:16` or `1:1`.
    #[schema(value_type = String)]
    pub shape: Shape,
    /// `burned` or `beside`.
    pub captions: CaptionsPlace,
}

/// How many words the text of a scene has.
#[derive(Debug, Serialize, ToSchema)]
pub struct SceneWords {
    /// Fewest.
    pub least: u32,
    /// Most.
    pub most: u32,
}

/// A presenter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PresenterView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// An image of it.
    pub image_url: String,
    /// How it looks: voices of the same register fit it.
    pub register: Register,
}

impl ReelChoices {
    fn of_this_server(app: &ReelApp) -> Self {
        let presenter = |known: &sluice_local::render::PresenterInfo| PresenterView {
            id: known.id.to_owned(),
            name: known.name.to_owned(),
            image_url: format!("/presenters/{}.png", known.id),
            register: choices::register_of_presenter(known.id),
        };
        let model = app.completing.configured().implementations().next();
        Self {
            modes: ["summary", "explanation"],
            shapes: ["16:9", "9:16", "1:1"],
            scripts: [ScriptChoice::Extract].into_iter().chain(model.map(|_| ScriptChoice::Written)).collect(),
            presenters: presenters().iter().map(presenter).collect(),
            defaults: DefaultsView {
                mode: choices::DEFAULT_MODE,
                shape: choices::DEFAULT_SHAPE,
                captions: CaptionsPlace::default(),
            },
            scene_words: LANGUAGES.iter().filter_map(scene_words).collect(),
            heading_characters: edit::HEADING_LIMIT,
            most_scenes: edit::MOST_SCENES,
        }
    }
}

fn scene_words(facts: &LanguageFacts) -> Option<(&'static str, SceneWords)> {
    let language = Language::from_code(facts.code)?;
    let (least, most) = script::scene_words(language);
    Some((language.code(), SceneWords { least, most }))
}

impl Module for ReelApp {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn events(&self) -> &'static [&'static str] {
        &["reel.changed", "reel.deleted"]
    }

    fn register(&self, engine: Builder) -> Builder {
        engine.register::<MakeReel>(self.clone()).register::<RenderScene>(self.clone())
    }

    fn documents_in_use<'a>(
        &'a self,
        tx: &'a mut Tx,
        documents: &'a [String],
    ) -> BoxFuture<'a, Result<HashSet<String>, StoreError>> {
        reel::documents_in_use(tx, documents).boxed()
    }

    fn expiring(&self) -> &'static [&'static str] {
        &["reels"]
    }

    fn expired<'a>(
        &'a self,
        tx: &'a mut Tx,
        _table: &'static str,
        before: Timestamp,
        skip: u32,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        reel::tombstones(tx, before, skip, limit).boxed()
    }

    fn forget<'a>(
        &'a self,
        tx: &'a mut Tx,
        _table: &'static str,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        reel::forget_tombstones(tx, ids).boxed()
    }

    fn leave<'a>(&'a self, tx: &'a mut Tx, owner: &'a OwnerId, limit: u32) -> BoxFuture<'a, Result<u64, StoreError>> {
        async move {
            let reels = reel::reels_of(tx, owner, limit).await?;
            for id in &reels {
                reel::delete_reel(tx, owner, id).await?;
            }
            Ok(reels.len() as u64)
        }
        .boxed()
    }

    fn judge(&self, document: &Document) -> Option<Result<Judgement, Refusal>> {
        Some(document::judge(self, document))
    }

    fn offer<'a>(&'a self, owner: &'a OwnerId, facts: &'a Facts, judged: &'a Value) -> BoxFuture<'a, Value> {
        async move {
            let (voices, filmed) = tokio::join!(self.voices_of(owner), self.presenters_of(owner));
            document::offer(self, (&voices, &filmed), facts, judged)
        }
        .boxed()
    }

    fn choices(&self) -> Value {
        json!(ReelChoices::of_this_server(self))
    }

    fn snapshot<'a>(&'a self, owner: &'a OwnerId) -> BoxFuture<'a, Result<Value, StoreError>> {
        async move {
            let unfinished = list::newest(owner, self, Some(ReelState::Working), UNFINISHED).await?;
            let latest = list::newest(owner, self, None, LATEST).await?;
            Ok(json!(ReelSnapshot { unfinished: unfinished.items, latest: latest.items }))
        }
        .boxed()
    }

    fn retry<'a>(
        &'a self,
        owner: &'a OwnerId,
        job: &'a JobRow,
        _engine: &'a Engine,
    ) -> BoxFuture<'a, Result<Option<()>, RetryError>> {
        Box::pin(edit::retry_job(owner, self, job))
    }
}
