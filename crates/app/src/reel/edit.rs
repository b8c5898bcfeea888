//! Changing a storyboard: a scene's words, its place, and having what changed rendered.

use serde_json::json;
use sluice_domain::ids::{ReelId, SceneId};
use sluice_domain::job::JobState;
use sluice_engine::Engine;
use sluice_store::jobs;
use sluice_store::reel::{self, ReelRow};
use sluice_store::{StoreError, Tx};

use super::ReelApp;
use super::make::{self, MakeReel, announce};
use super::script::{self, TextProblem};
use super::start::document_of;
use super::storyboard::{self, Scene};

/// What a person changes in a scene.
#[derive(Debug, Clone, Default)]
pub struct SceneEdit {
    /// New words to be said.
    pub text: Option<String>,
    /// A new heading.
    pub heading: Option<String>,
    /// A new place, from 1.
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
        /// What was asked for.
        n: u32,
    },
    /// The words cannot be said.
    #[error(transparent)]
    Text(#[from] TextProblem),
    /// The heading is too long or empty.
    #[error("a heading has 1 to 120 characters")]
    Heading,
    /// The place does not exist.
    #[error("the video has {scenes} scenes: choose a place from 1 to {scenes}")]
    Position {
        /// How many there are.
        scenes: usize,
    },
    /// The reel is not in a state in which this can be done.
    #[error("there is nothing to try again: the video did not fail and was not stopped")]
    NothingToRetry,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const HEADING_LIMIT: usize = 120;

/// Changes a scene. It keeps its old parts until it is rendered again.
pub async fn edit_scene(app: &ReelApp, id: &ReelId, n: u32, edit: SceneEdit) -> Result<(), EditError> {
    let id = id.clone();
    app.platform
        .store
        .write(async move |tx: &mut Tx| {
            let (reel, mut scenes) = load(tx, &id).await?;
            let at = scenes.iter().position(|scene| scene.row.position == n).ok_or(EditError::NoSuchScene { n })?;
            let count = scenes.len();
            let scene = scenes.get_mut(at).ok_or(EditError::NoSuchScene { n })?;
            if rewrite(scene, &reel, &edit)? {
                reel::edit_scene(tx, &scene.row.id, &json!(scene.script)).await?;
            }
            if let Some(position) = edit.position {
                let to = usize::try_from(position).unwrap_or(0).checked_sub(1).filter(|to| *to < count);
                let to = to.ok_or(EditError::Position { scenes: count })?;
                let moved = scenes.remove(at);
                scenes.insert(to, moved);
                let order: Vec<SceneId> = scenes.into_iter().map(|scene| scene.row.id).collect();
                reel::order_scenes(tx, &order).await?;
            }
            announce(tx, &reel.owner, &id)?;
            Ok(())
        })
        .await
}

fn rewrite(scene: &mut Scene, reel: &ReelRow, edit: &SceneEdit) -> Result<bool, EditError> {
    let before = scene.script.clone();
    if let Some(heading) = &edit.heading {
        let heading = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        let length = heading.chars().count();
        if length == 0 || length > HEADING_LIMIT || heading.chars().any(char::is_control) {
            return Err(EditError::Heading);
        }
        scene.script.heading = heading;
    }
    if let Some(text) = &edit.text {
        script::check_text(text, reel.language)?;
        storyboard::rewrite(&mut scene.script, text);
    }
    Ok(scene.script != before)
}

/// Has everything rendered that changed, and the video put together again. Does nothing while that is under way anyway.
pub async fn render(app: &ReelApp, engine: &Engine, id: &ReelId, n: Option<u32>) -> Result<(), EditError> {
    let (id, engine, idle) = (id.clone(), engine.clone(), app.limits.idle);
    app.platform
        .store
        .write(async move |tx: &mut Tx| {
            let (reel, scenes) = load(tx, &id).await?;
            if let Some(n) = n
                && !scenes.iter().any(|scene| scene.row.position == n)
            {
                return Err(EditError::NoSuchScene { n });
            }
            if jobs::find(tx, &reel.owner, &reel.job_id).await?.is_some_and(|job| !job.state.is_final()) {
                return Ok(());
            }
            let job = engine.enqueue(tx, &MakeReel { reel: id.clone() }, make::options(&reel.owner, &id, idle)).await?;
            reel::set_reel_job(tx, &id, &job).await?;
            announce(tx, &reel.owner, &id)?;
            Ok(())
        })
        .await
}

/// Tries a failed, stopped or expired reel again, from where it stopped; what was finished stays finished.
pub async fn retry(app: &ReelApp, id: &ReelId) -> Result<(), EditError> {
    let id = id.clone();
    app.platform
        .store
        .write(async move |tx: &mut Tx| {
            let (reel, _) = load(tx, &id).await?;
            if !may_retry(tx, &reel).await? {
                return Err(EditError::NothingToRetry);
            }
            // The scenes that stopped are parts of it, and are tried again with it.
            jobs::retry(tx, &reel.owner, &reel.job_id).await?;
            announce(tx, &reel.owner, &id)?;
            Ok(())
        })
        .await
}

async fn may_retry(tx: &mut Tx, reel: &ReelRow) -> Result<bool, StoreError> {
    let row = jobs::find(tx, &reel.owner, &reel.job_id).await?;
    Ok(row.is_some_and(|row| row.state.is_final() && row.state != JobState::Succeeded))
}

async fn load(tx: &mut Tx, id: &ReelId) -> Result<(ReelRow, Vec<Scene>), EditError> {
    let reel = reel::reel(tx, id).await?.ok_or(EditError::NoSuchReel)?;
    let document = document_of(tx, &reel).await?;
    let choices = storyboard::choices(&reel)?;
    let rows = reel::scenes(tx, id).await?;
    let scenes = rows.into_iter().map(|row| Scene::of(row, &choices, &document)).collect::<Result<_, _>>()?;
    Ok((reel, scenes))
}
