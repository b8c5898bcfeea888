//! Edits a storyboard: the text of a scene, its position, scenes added and deleted, and rendering of what changed.
//!
//! Every change locks the reel first, so that two people's changes happen one after the other, and each may say with a
//! [`Precondition`] which text it is a change of.

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::job::JobState;
use sluice_engine::{Engine, Job as _};
use sluice_store::jobs::{self, JobRow};
use sluice_store::reel::{self, ReelRow, SceneChange, SceneRow};
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::{StoreError, Tx};

use super::context::ReelApp;
use super::make::MakeReel;
use super::scene::RenderScene;
use super::script::{self, SceneScript, Sentence, SlideKind, TextProblem};
use super::stage::will_read_again;
use super::storyboard::{self, Scene};
use super::subject::{self, document_of, notify};
use crate::limits::{Exceeded, LimitError, admit};
use crate::module::RetryError;

/// The changes that a user makes to a scene.
#[derive(Debug, Clone, Default)]
pub struct SceneEdit {
    /// A new text.
    pub text: Option<String>,
    /// A new heading.
    pub heading: Option<String>,
    /// A new position, from 1.
    pub position: Option<u32>,
}

/// Why a storyboard is not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// No such reel.
    #[error("there is no such video")]
    NoSuchReel,
    /// No such scene.
    #[error("the video has no scene {n}")]
    NoSuchScene {
        /// The requested number.
        n: u32,
    },
    /// The scene is not the one that the change was made for.
    #[error("{}", if scene.is_some() { CHANGED } else { GONE })]
    SceneChanged {
        /// The scene, if it still exists.
        scene: Option<SceneId>,
    },
    /// The text cannot be spoken.
    #[error("Scene {n}: {problem}")]
    Text {
        /// The number of the scene, from 1.
        n: u32,
        /// What is wrong with it.
        problem: TextProblem,
    },
    /// A video has a scene.
    #[error(
        "the video has only this scene: a video without scenes cannot be made; delete the video, or change the text"
    )]
    LastScene,
    /// No scene can be added before there are any.
    #[error("the storyboard is not written yet: wait until the scenes are there, then add one")]
    NoStoryboard,
    /// Enough scenes.
    #[error(
        "the video has {MOST_SCENES} scenes, and no more are possible: delete one first, or add to the text of one"
    )]
    TooManyScenes,
    /// There is no such place for a new scene.
    #[error("the video has {scenes} scenes: add one after 0 (at the beginning) to {scenes} (at the end)")]
    After {
        /// How many there are.
        scenes: usize,
    },
    /// The heading is too long or empty.
    #[error("a heading has 1 to 120 characters")]
    Heading,
    /// The position does not exist.
    #[error("the video has {scenes} scenes: choose a place from 1 to {scenes}")]
    Position {
        /// How many there are.
        scenes: usize,
    },
    /// The reel is not in a state that allows this.
    #[error("there is nothing to try again: the video did not fail and was not stopped")]
    NothingToRetry,
    /// There are too many jobs already.
    #[error(transparent)]
    Limit(Exceeded),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for EditError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exceeded(exceeded) => Self::Limit(exceeded),
            LimitError::Store(error) => error.into(),
        }
    }
}

const CHANGED: &str = "the scene was changed meanwhile: look at its present text, then change that one";
const GONE: &str = "the scene was deleted meanwhile";

/// Most characters of a heading.
pub const HEADING_LIMIT: usize = 120;

/// Most scenes of a video: more than anybody watches, and few enough to show and to join at once.
pub const MOST_SCENES: usize = 100;

/// What a caller requires of a scene before it is changed (RFC 9110, 13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing, or that it exists.
    Exists,
    /// It has one of these entity tags.
    Matches(Vec<String>),
}

impl Precondition {
    /// The index of scene `n`, if it is there and fits.
    fn find(&self, scenes: &[Scene], n: u32) -> Result<usize, EditError> {
        let at = scenes.iter().position(|scene| scene.row.position == n);
        let Self::Matches(tags) = self else { return at.ok_or(EditError::NoSuchScene { n }) };
        let fits = |at: &usize| scenes.get(*at).is_some_and(|scene| tags.contains(&scene.etag()));
        at.filter(fits).ok_or_else(|| {
            // The scene that the caller knows may be in another place now.
            let known = tags.iter().find_map(|tag| Scene::id_of_etag(tag));
            let known = known.or_else(|| Some(scenes.get(at?)?.row.id.clone()));
            EditError::SceneChanged { scene: known.filter(|id| scenes.iter().any(|scene| scene.row.id == *id)) }
        })
    }
}

/// A scene that a person adds.
#[derive(Debug, Clone)]
pub struct NewScene {
    /// The number of the scene that it follows; 0 for the beginning.
    pub after: u32,
    /// Its text.
    pub text: String,
    /// Its heading; that of the scene before it by default, so that it belongs to the same chapter.
    pub heading: Option<String>,
}

/// Edits a scene. It keeps its old parts until it is rendered again.
pub async fn edit_scene(
    owner: &OwnerId,
    app: &ReelApp,
    id: &ReelId,
    n: u32,
    precondition: &Precondition,
    edit: SceneEdit,
) -> Result<(), EditError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (reel, mut scenes) = load(tx, owner, id).await?;
            let at = precondition.find(&scenes, n)?;
            let count = scenes.len();
            let scene = scenes.get_mut(at).ok_or(EditError::NoSuchScene { n })?;
            if let Some(change) = rewrite(scene, &reel, &edit)? {
                reel::edit_scene(tx, owner, &scene.row.id, &change).await?;
            }
            if let Some(position) = edit.position {
                let to = usize::try_from(position).unwrap_or(0).checked_sub(1).filter(|to| *to < count);
                let to = to.ok_or(EditError::Position { scenes: count })?;
                let moved = scenes.remove(at);
                scenes.insert(to, moved);
                if to != at {
                    reorder(tx, owner, id, scenes.into_iter().map(|scene| scene.row.id)).await?;
                }
            }
            notify(tx, owner, id)?;
            Ok(())
        })
        .await
}

/// Stores a new order of the scenes, which a person made.
async fn reorder(
    tx: &mut Tx,
    owner: &OwnerId,
    reel: &ReelId,
    order: impl Iterator<Item = SceneId>,
) -> Result<(), StoreError> {
    reel::order_scenes(tx, owner, &order.collect::<Vec<_>>()).await?;
    reel::set_edited(tx, owner, reel, true).await
}

/// Changes the script of a scene; none if it is the same as before.
fn rewrite(scene: &mut Scene, reel: &ReelRow, edit: &SceneEdit) -> Result<Option<SceneChange>, EditError> {
    let before = scene.script.clone();
    if let Some(text) = &edit.heading {
        scene.script.heading = heading(text)?;
    }
    if let Some(text) = &edit.text {
        let n = scene.row.position;
        script::check_text(text, reel.language).map_err(|problem| EditError::Text { n, problem })?;
        // A sentence that is taken back cites its page again.
        let known = |sentence: &Sentence| before.sentences.iter().any(|known| known.text == sentence.text);
        let first = scene.original.iter().flat_map(|first| &first.sentences);
        scene.script.sentences.extend(first.filter(|sentence| !known(sentence)).cloned());
        storyboard::rewrite(&mut scene.script, text);
    }
    if scene.script == before {
        return Ok(None);
    }
    let is_added = scene.row.edited && scene.original.is_none();
    let first = scene.original.take().or((!is_added).then_some(before));
    let edited = first
        .as_ref()
        .is_none_or(|first| (&first.heading, first.text()) != (&scene.script.heading, scene.script.text()));
    Ok(Some(SceneChange { script: json!(scene.script), original: first.map(|first| json!(first)), edited }))
}

/// A heading as it is stored.
fn heading(text: &str) -> Result<String, EditError> {
    let heading = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = heading.chars().count();
    if length == 0 || length > HEADING_LIMIT || heading.chars().any(char::is_control) {
        return Err(EditError::Heading);
    }
    Ok(heading)
}

/// Adds a scene. Its text is a person's own, so it shows a card and no page. Returns its id.
pub async fn add_scene(owner: &OwnerId, app: &ReelApp, id: &ReelId, new: NewScene) -> Result<SceneId, EditError> {
    let scene = app.platform.new_id(SceneId::new).await?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (reel, scenes) = load(tx, owner, id).await?;
            let count = scenes.len();
            if scenes.is_empty() {
                return Err(EditError::NoStoryboard);
            }
            if count >= MOST_SCENES {
                return Err(EditError::TooManyScenes);
            }
            let at = usize::try_from(new.after).ok().filter(|after| *after <= count);
            let at = at.ok_or(EditError::After { scenes: count })?;
            let script = own_script(&reel, &scenes, at, &new)?;
            let row = SceneRow {
                id: scene.clone(),
                owner: owner.clone(),
                reel_id: id.clone(),
                position: u32::try_from(count + 1).unwrap_or(u32::MAX),
                script: json!(script),
                edited: true,
                original: None,
                job_id: None,
                made: None,
            };
            reel::insert_scene(tx, &row).await?;
            let mut order: Vec<SceneId> = scenes.into_iter().map(|scene| scene.row.id).collect();
            order.insert(at, scene.clone());
            reorder(tx, owner, id, order.into_iter()).await?;
            notify(tx, owner, id)?;
            Ok(scene.clone())
        })
        .await
}

fn own_script(reel: &ReelRow, scenes: &[Scene], at: usize, new: &NewScene) -> Result<SceneScript, EditError> {
    let n = new.after + 1;
    script::check_text(&new.text, reel.language).map_err(|problem| EditError::Text { n, problem })?;
    let neighbour = scenes.get(at.saturating_sub(1)).map(|scene| scene.script.heading.clone());
    let heading = match &new.heading {
        Some(text) => heading(text)?,
        None => neighbour.unwrap_or_default(),
    };
    let mut script = SceneScript { heading, slide: SlideKind::Title, sentences: Vec::new() };
    storyboard::rewrite(&mut script, &new.text);
    Ok(script)
}

/// Deletes a scene; the work on it ends.
pub async fn delete_scene(
    owner: &OwnerId,
    app: &ReelApp,
    id: &ReelId,
    n: u32,
    precondition: &Precondition,
) -> Result<(), EditError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (_, mut scenes) = load(tx, owner, id).await?;
            let at = precondition.find(&scenes, n)?;
            if scenes.len() == 1 {
                return Err(EditError::LastScene);
            }
            let deleted = scenes.remove(at).row;
            if let Some(job) = &deleted.job_id
                && jobs::find(tx, owner, job).await?.is_some_and(|job| !job.state.is_final())
            {
                jobs::cancel(tx, owner, job).await?;
            }
            reel::delete_scene(tx, owner, &deleted.id).await?;
            reorder(tx, owner, id, scenes.into_iter().map(|scene| scene.row.id)).await?;
            notify(tx, owner, id)?;
            Ok(())
        })
        .await
}

/// Renders everything that changed, and assembles the video again. Does nothing while an active job will see the
/// change; one that is already publishing may not, and is superseded by a new one.
pub async fn render(
    owner: &OwnerId,
    app: &ReelApp,
    engine: &Engine,
    id: &ReelId,
    scene: Option<(u32, &Precondition)>,
) -> Result<(), EditError> {
    let idle = app.limits.idle;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (reel, scenes) = load(tx, owner, id).await?;
            if let Some((n, precondition)) = scene {
                precondition.find(&scenes, n)?;
            }
            if jobs::find(tx, owner, &reel.job_id).await?.is_some_and(|job| will_read_again(&job)) {
                return Ok(());
            }
            admit::job_again(tx, &app.platform.limits, owner).await?;
            let options = subject::options(owner, id, idle);
            let job = engine.enqueue(tx, &MakeReel { reel: id.clone() }, options).await?;
            reel::set_reel_job(tx, owner, id, &job).await?;
            notify(tx, owner, id)?;
            Ok(())
        })
        .await
}

/// Makes a finished reel again from its document: a new script, with cached results reused. The old video stays until
/// the new one replaces it, even if that never happens. Does nothing while the reel is being made.
pub async fn again(owner: &OwnerId, app: &ReelApp, engine: &Engine, id: &ReelId) -> Result<(), EditError> {
    let idle = app.limits.idle;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let reel = reel::lock_reel(tx, owner, id).await?.ok_or(EditError::NoSuchReel)?;
            if jobs::find(tx, owner, &reel.job_id).await?.is_some_and(|job| !job.state.is_final()) {
                return Ok(());
            }
            reel::clear_scenes(tx, owner, id).await?;
            reel::set_edited(tx, owner, id, false).await?;
            admit::job_again(tx, &app.platform.limits, owner).await?;
            let options = subject::options(owner, id, idle);
            let job = engine.enqueue(tx, &MakeReel { reel: id.clone() }, options).await?;
            reel::set_reel_job(tx, owner, id, &job).await?;
            notify(tx, owner, id)?;
            Ok(())
        })
        .await
}

/// Retries a failed, cancelled or expired reel from where it stopped; finished work is kept.
pub async fn retry(owner: &OwnerId, app: &ReelApp, id: &ReelId) -> Result<(), EditError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (reel, _) = load(tx, owner, id).await?;
            if !may_retry(tx, &reel).await? {
                return Err(EditError::NothingToRetry);
            }
            admit::job_again(tx, &app.platform.limits, owner).await?;
            // The scenes that stopped are child jobs, and are retried with it.
            jobs::retry(tx, owner, &reel.job_id).await?;
            notify(tx, owner, id)?;
            Ok(())
        })
        .await
}

/// Retries the reel of one of its jobs; none if the job belongs to no reel of this owner.
pub(super) async fn retry_job(owner: &OwnerId, app: &ReelApp, job: &JobRow) -> Result<Option<()>, RetryError> {
    let reel = job.subject.parse::<ReelId>().ok().filter(|_| [MakeReel::KIND, RenderScene::KIND].contains(&&*job.kind));
    let Some(reel) = reel else { return Ok(None) };
    match retry(owner, app, &reel).await {
        Ok(()) => Ok(Some(())),
        Err(EditError::NoSuchReel) => Ok(None),
        Err(EditError::Store(error)) => Err(error.into()),
        Err(EditError::Limit(exceeded)) => Err(RetryError::Limit(exceeded)),
        Err(_) => Err(RetryError::NothingToRetry),
    }
}

async fn may_retry(tx: &mut Tx, reel: &ReelRow) -> Result<bool, StoreError> {
    let row = jobs::find(tx, &reel.owner, &reel.job_id).await?;
    Ok(row.is_some_and(|row| row.state.is_final() && row.state != JobState::Succeeded))
}

async fn load(tx: &mut Tx, owner: &OwnerId, id: &ReelId) -> Result<(ReelRow, Vec<Scene>), EditError> {
    let reel = reel::lock_reel(tx, owner, id).await?.ok_or(EditError::NoSuchReel)?;
    let document = document_of(tx, &reel).await?;
    let choices = storyboard::choices(&reel)?;
    let rows = reel::scenes(tx, owner, id).await?;
    let scenes = rows.into_iter().map(|row| Scene::of(row, &choices, &document)).collect::<Result<_, _>>()?;
    Ok((reel, scenes))
}
