//! The job that makes a reel: read → outline → script → scenes → assemble → publish.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_domain::ids::{OwnerId, ReelId, SceneId};
use sluice_engine::{ChildOptions, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::documents::DocumentRow;
use sluice_store::reel::{self, ReelRow, SceneRow};
use sluice_store::{StoreError, Tx, blobs, events, jobs, results};
use utoipa::ToSchema;

use super::ReelApp;
use super::assemble;
use super::choices::Choices;
use super::failure::{self, OrFail as _, OrRetry as _};
use super::keys;
use super::scene::RenderScene;
use super::script::{self, Script, ScriptSource};
use super::start::document_of;
use super::storyboard::{self, Scene};
use crate::library;

/// Makes, or brings up to date, the video of a reel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeReel {
    /// Which.
    pub reel: ReelId,
}

/// The named stages of [`MakeReel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReelStage)]
pub enum Stage {
    /// The text of the document is at hand.
    Read,
    /// Sentences are chosen.
    Outline,
    /// They are checked, mended, and become scenes.
    Script,
    /// Every scene has its current parts.
    Scenes,
    /// The parts become one file.
    Assemble,
    /// The file opens and is shown.
    Publish,
}

impl Stage {
    /// In their order.
    pub const ALL: [Self; 6] = [Self::Read, Self::Outline, Self::Script, Self::Scenes, Self::Assemble, Self::Publish];

    /// As it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Outline => "outline",
            Self::Script => "script",
            Self::Scenes => "scenes",
            Self::Assemble => "assemble",
            Self::Publish => "publish",
        }
    }
}

/// How jobs about an owner's reel are enqueued.
pub(crate) fn options(owner: &OwnerId, reel: &ReelId, idle: Duration) -> EnqueueOptions {
    EnqueueOptions { subject: Some(reel.to_string()), ttl: Some(idle), ..EnqueueOptions::of(owner) }
}

/// What the job works on, read at the start of each stage.
pub(crate) struct Subject {
    pub(crate) reel: ReelRow,
    pub(crate) document: DocumentRow,
    pub(crate) choices: Choices,
    pub(crate) scenes: Vec<Scene>,
}

impl Job for MakeReel {
    const KIND: &'static str = "reel.make";
    type Stage = Stage;
    type Context = ReelApp;

    fn first_stage() -> Stage {
        Stage::Read
    }

    async fn run(&self, stage: Stage, run: &Run, app: &ReelApp) -> Result<Next<Stage>, JobError> {
        let subject = load(app, &self.reel).await?;
        match stage {
            Stage::Read => read(run, app, &subject).await,
            Stage::Outline => outline(run, app, &subject).await,
            Stage::Script => write_script(run, app, &subject).await,
            Stage::Scenes => render_scenes(run, app, subject).await,
            Stage::Assemble => assemble::assemble(run, app, &subject).await,
            Stage::Publish => Box::pin(assemble::publish(run, app, &subject)).await,
        }
    }
}

pub(crate) async fn load(app: &ReelApp, id: &ReelId) -> Result<Subject, JobError> {
    let id = id.clone();
    let subject = app.platform.store.read(async move |tx| load_in(tx, &id).await).await?;
    subject.ok_or_else(|| JobError::fail("reel_deleted", "the reel was deleted"))
}

async fn load_in(tx: &mut Tx, id: &ReelId) -> Result<Option<Subject>, StoreError> {
    let Some(reel) = reel::reel(tx, id).await? else { return Ok(None) };
    let document = document_of(tx, &reel).await?;
    let choices = storyboard::choices(&reel)?;
    let rows = reel::scenes(tx, id).await?;
    let scenes = rows.into_iter().map(|row| Scene::of(row, &choices, &document)).collect::<Result<_, _>>()?;
    Ok(Some(Subject { reel, document, choices, scenes }))
}

async fn read(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    let document = library::read_text(&app.platform, &subject.document).await.map_err(failure::intake)?;
    run.log(format!("{} pages, read by {}", document.pages.len(), document.read_by));
    run.progress("read", 1.0);
    Ok(Next::Stage(Stage::Outline))
}

async fn outline(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    draft(run, app, subject).await?;
    run.progress("outline", 1.0);
    Ok(Next::Stage(Stage::Script))
}

/// The chosen sentences; found again by hash for the same document and the same mode.
async fn draft(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Script, JobError> {
    let mode = subject.choices.mode;
    let key = keys::key("script/1", &(&subject.document.text_blob, mode)).or_fail("bad_key")?;
    let language = subject.reel.language;
    let value = result_of(run, app, &subject.reel.id, &key, "script", async || {
        let document = library::read_text(&app.platform, &subject.document).await.map_err(failure::intake)?;
        let script = failure::blocking(move || script::extract(&document, language, mode)).await?;
        serde_json::to_value(script.map_err(failure::script)?).or_fail("bad_script")
    })
    .await?;
    serde_json::from_value(value).or_fail("bad_script")
}

async fn write_script(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    // A reel that already has scenes keeps them: they may have been edited.
    if subject.scenes.is_empty() {
        let script = draft(run, app, subject).await?;
        let found = library::judged(&subject.document).or_fail("bad_document")?.found;
        script::validate(&script, found.pages).map_err(failure::script)?;
        let mut rows = Vec::with_capacity(script.scenes.len());
        for (index, scene) in script.scenes.iter().enumerate() {
            rows.push(SceneRow {
                id: run.new_id(SceneId::new),
                owner: subject.reel.owner.clone(),
                reel_id: subject.reel.id.clone(),
                position: u32::try_from(index + 1).unwrap_or(u32::MAX),
                script: json!(scene),
                edited: false,
                job_id: None,
                made: None,
            });
        }
        let reel = subject.reel.id.clone();
        run.write(async move |tx| {
            for row in &rows {
                reel::insert_scene(tx, row).await?;
            }
            reel::set_script(tx, &reel, &script.title, script_source(script.source)).await?;
            announce(tx, run.owner(), &reel)
        })
        .await?;
    }
    run.progress("script", 1.0);
    Ok(Next::Stage(Stage::Scenes))
}

const fn script_source(source: ScriptSource) -> &'static str {
    match source {
        ScriptSource::Extract => "extract",
    }
}

/// Asks for a job for every scene that has no current parts, and waits for them.
async fn render_scenes(run: &Run, app: &ReelApp, subject: Subject) -> Result<Next<Stage>, JobError> {
    let pending: Vec<Scene> = subject.scenes.into_iter().filter(|scene| scene.current().is_none()).collect();
    if pending.is_empty() {
        run.progress("scenes", 1.0);
        return Ok(Next::Stage(Stage::Assemble));
    }
    let mut wanted = Vec::new();
    for scene in pending {
        let last = match scene.row.job_id.clone() {
            Some(job) => run.read(async |tx| jobs::find(tx, run.owner(), &job).await).await?,
            None => None,
        };
        let job = RenderScene { reel: subject.reel.id.clone(), scene: scene.row.id.clone(), key: scene.key.clone() };
        match last {
            Some(last) if !last.state.is_final() => {}
            // It ended without parts for just what is wanted now: asking again would give the same.
            Some(last) if last.parent.as_ref() == Some(run.job_id()) && RenderScene::wants(&last.payload, &job.key) => {
                let (code, why) =
                    last.error.map_or(("scene_stopped".to_owned(), last.state.as_str().to_owned()), |error| {
                        (error.code, error.message)
                    });
                return Err(JobError::fail(&code, format!("scene {}: {why}", scene.row.position)));
            }
            _ => wanted.push(job),
        }
    }
    let idle = app.limits.idle;
    run.write(async |tx| {
        for job in &wanted {
            let id = run.enqueue(tx, job, ChildOptions { ttl: Some(idle), ..ChildOptions::default() }).await?;
            reel::set_scene_job(tx, &job.scene, &id).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(Next::WaitForChildren { then: Stage::Scenes })
}

/// A stored result that a reel stands on. It is made when it is not there, or when bytes that it points at are gone.
pub(crate) async fn result_of<F>(
    run: &Run,
    app: &ReelApp,
    reel: &ReelId,
    key: &str,
    kind: &str,
    make: F,
) -> Result<Value, JobError>
where
    F: AsyncFnOnce() -> Result<Value, JobError>,
{
    let stored = run.read(async |tx| results::find(tx, key).await).await?;
    if let Some(value) = stored {
        let named: Vec<BlobHash> = blobs::named_in(&value).iter().filter_map(|hash| hash.parse().ok()).collect();
        if !app.platform.media.has_all(&named).await.or_retry()? {
            run.forget_result(key).await?;
        }
    }
    let outcome = run.result_or(key, kind, make).await;
    // What is worth keeping was moved to the media folder.
    app.platform.media.clear_work(&run.lease().name()).await.or_retry()?;
    run.write(async |tx| reel::use_result(tx, reel, key).await).await?;
    outcome
}

/// Tells those who look at a reel that it changed.
pub(crate) fn announce(tx: &mut Tx, owner: &OwnerId, reel: &ReelId) -> Result<(), StoreError> {
    events::emit(tx, owner, "reel.changed", reel.as_str(), &json!({})).map(drop)
}
