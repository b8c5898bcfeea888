//! Edits a storyboard: the text of a scene, its position, and rendering of what changed.

use serde_json::json;
use sluice_domain::ids::{OwnerId, ReelId, SceneId};
use sluice_domain::job::JobState;
use sluice_engine::{Engine, Job as _};
use sluice_store::jobs::{self, JobRow};
use sluice_store::reel::{self, ReelRow};
use sluice_store::{StoreError, Tx};

use super::context::ReelApp;
use super::make::MakeReel;
use super::scene::RenderScene;
use super::script::{self, TextProblem};
use super::stage::will_read_again;
use super::storyboard::{self, Scene};
use super::subject::{self, document_of, notify};
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
    /// The text cannot be spoken.
    #[error(transparent)]
    Text(#[from] TextProblem),
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
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const HEADING_LIMIT: usize = 120;

/// Edits a scene. It keeps its old parts until it is rendered again.
pub async fn edit_scene(owner: &OwnerId, app: &ReelApp, id: &ReelId, n: u32, edit: SceneEdit) -> Result<(), EditError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (reel, mut scenes) = load(tx, owner, id).await?;
            let at = scenes.iter().position(|scene| scene.row.position == n).ok_or(EditError::NoSuchScene { n })?;
            let count = scenes.len();
            let scene = scenes.get_mut(at).ok_or(EditError::NoSuchScene { n })?;
            if rewrite(scene, &reel, &edit)? {
                reel::edit_scene(tx, owner, &scene.row.id, &json!(scene.script)).await?;
            }
            if let Some(position) = edit.position {
                let to = usize::try_from(position).unwrap_or(0).checked_sub(1).filter(|to| *to < count);
                let to = to.ok_or(EditError::Position { scenes: count })?;
                let moved = scenes.remove(at);
                scenes.insert(to, moved);
                let order: Vec<SceneId> = scenes.into_iter().map(|scene| scene.row.id).collect();
                reel::order_scenes(tx, owner, &order).await?;
            }
            notify(tx, owner, id)?;
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

/// Renders everything that changed, and assembles the video again. Does nothing while an active job will see the
/// change; one that is already publishing may not, and is superseded by a new one.
pub async fn render(
    owner: &OwnerId,
    app: &ReelApp,
    engine: &Engine,
    id: &ReelId,
    n: Option<u32>,
) -> Result<(), EditError> {
    let idle = app.limits.idle;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let (reel, scenes) = load(tx, owner, id).await?;
            if let Some(n) = n
                && !scenes.iter().any(|scene| scene.row.position == n)
            {
                return Err(EditError::NoSuchScene { n });
            }
            if jobs::find(tx, owner, &reel.job_id).await?.is_some_and(|job| will_read_again(&job)) {
                return Ok(());
            }
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
            let reel = reel::reel(tx, owner, id).await?.ok_or(EditError::NoSuchReel)?;
            if jobs::find(tx, owner, &reel.job_id).await?.is_some_and(|job| !job.state.is_final()) {
                return Ok(());
            }
            reel::clear_scenes(tx, owner, id).await?;
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
        Err(_) => Err(RetryError::NothingToRetry),
    }
}

async fn may_retry(tx: &mut Tx, reel: &ReelRow) -> Result<bool, StoreError> {
    let row = jobs::find(tx, &reel.owner, &reel.job_id).await?;
    Ok(row.is_some_and(|row| row.state.is_final() && row.state != JobState::Succeeded))
}

async fn load(tx: &mut Tx, owner: &OwnerId, id: &ReelId) -> Result<(ReelRow, Vec<Scene>), EditError> {
    let reel = reel::reel(tx, owner, id).await?.ok_or(EditError::NoSuchReel)?;
    let document = document_of(tx, &reel).await?;
    let choices = storyboard::choices(&reel)?;
    let rows = reel::scenes(tx, owner, id).await?;
    let scenes = rows.into_iter().map(|row| Scene::of(row, &choices, &document)).collect::<Result<_, _>>()?;
    Ok((reel, scenes))
}
