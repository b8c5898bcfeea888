//! The job that makes a reel: read → outline → script → scenes → assemble → publish.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_engine::{Called, ChildOptions, Job, JobError, Next, Run};
use sluice_store::reel::{self, SceneRow};
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::{StoreError, jobs};

use super::assemble;
use super::choices::ScriptChoice;
use super::context::ReelApp;
use super::failure::{self, OrFail as _};
use super::keys;
use super::locate;
use super::note;
use super::previews;
use super::scene::RenderScene;
use super::script::{self, Script, ScriptSource};
use super::stage::{Stage, superseded};
use super::storyboard::Scene;
use super::subject::{Subject, load, notify, result_of};
use super::write;
use crate::library;

/// Makes the video of a reel, or updates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeReel {
    /// The reel.
    pub reel: ReelId,
}

impl Job for MakeReel {
    const KIND: &'static str = "reel.make";
    type Stage = Stage;
    type Context = ReelApp;

    fn first_stage() -> Stage {
        Stage::Read
    }

    async fn run(&self, stage: Stage, run: &Run, app: &ReelApp) -> Result<Next<Stage>, JobError> {
        let subject = load(run, app, &self.reel).await?;
        if subject.reel.job_id != *run.job_id() {
            return Ok(superseded());
        }
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

async fn read(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    let document = library::read_text(&app.platform, &subject.document).await.map_err(failure::ingest)?;
    run.log(format!("{} pages, read by {}", document.pages.len(), document.read_by));
    // Only lists show it: a page that cannot be drawn is a trouble of the scenes, if they show it.
    if let Err(error) = previews::cover(app, &subject.reel, &subject.document).await {
        run.log(format!("There is no picture of the first page: {error}"));
    }
    run.progress("read", 1.0);
    Ok(Next::Stage(Stage::Outline))
}

async fn outline(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    draft(run, app, subject).await?;
    run.progress("outline", 1.0);
    Ok(Next::Stage(Stage::Script))
}

/// The selected sentences; cached by hash for the same document and the same mode.
async fn draft(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Script, JobError> {
    let mode = subject.choices.mode;
    let key = keys::key("script/2", &(&subject.document.text_blob, mode)).or_fail("bad_key")?;
    let language = subject.reel.language;
    let value = result_of(run, app, &subject.reel, &key, "script", async || {
        let document = library::read_text(&app.platform, &subject.document).await.map_err(failure::ingest)?;
        let script = failure::blocking(move || {
            let mut script = script::extract(&document, language, mode)?;
            locate::locate(&mut script, &document);
            Ok(script)
        })
        .await?;
        serde_json::to_value(script.map_err(failure::script)?).or_fail("bad_script")
    })
    .await?;
    serde_json::from_value(value).or_fail("bad_script")
}

async fn write_script(run: &Run, app: &ReelApp, subject: &Subject) -> Result<Next<Stage>, JobError> {
    // A reel that already has scenes keeps them: they may have been edited.
    if subject.scenes.is_empty() {
        let extract = draft(run, app, subject).await?;
        let (script, note) = match subject.choices.script {
            ScriptChoice::Extract => (extract, None),
            ScriptChoice::Written => match write::write(run, app, subject, extract).await? {
                Called::Done((script, note)) => (script, Some(note)),
                Called::Pending(pending) => return Ok(Next::AwaitCall(pending)),
            },
        };
        let found = library::judged(&subject.document).or_fail("bad_document")?.facts;
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
                original: None,
                job_id: None,
                made: None,
            });
        }
        let reel = &subject.reel;
        run.write(async move |tx| {
            for row in &rows {
                reel::insert_scene(tx, row).await?;
            }
            reel::set_script(tx, &reel.owner, &reel.id, &script.title, script_source(script.source)).await?;
            if let Some(mut note) = note {
                note.price_micro_usd = note::price(tx, &reel.owner, run.job_id()).await?;
                reel::set_script_note(tx, &reel.owner, &reel.id, &json!(note)).await?;
            }
            notify(tx, &reel.owner, &reel.id)
        })
        .await?;
    }
    run.progress("script", 1.0);
    Ok(Next::Stage(Stage::Scenes))
}

const fn script_source(source: ScriptSource) -> &'static str {
    match source {
        ScriptSource::Extract => "extract",
        ScriptSource::Written => "written",
    }
}

/// Enqueues a child job for every scene without current parts, and waits for them.
async fn render_scenes(run: &Run, app: &ReelApp, subject: Subject) -> Result<Next<Stage>, JobError> {
    let pending: Vec<Scene> = subject.scenes.into_iter().filter(|scene| scene.current().is_none()).collect();
    if pending.is_empty() {
        run.progress("scenes", 1.0);
        return Ok(Next::Stage(Stage::Assemble));
    }
    let mut wanted = Vec::new();
    for scene in pending {
        let last = match scene.row.job_id.clone() {
            Some(job) => app.platform.store.read(async move |tx| jobs::find(tx, run.owner(), &job).await).await?,
            None => None,
        };
        let job = RenderScene { reel: subject.reel.id.clone(), scene: scene.row.id.clone(), key: scene.key.clone() };
        match last {
            // A child of this job is working on it; a child of another job may be about an earlier script.
            Some(last) if !last.state.is_final() && last.parent.as_ref() == Some(run.job_id()) => {}
            // It ended without parts for exactly this key: another attempt would end in the same way.
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
    run.write(async |tx| {
        for job in &wanted {
            // Without a time to live of its own: a scene whose turn comes late expires with its reel, not before.
            let id = run.enqueue(tx, job, ChildOptions::default()).await?;
            reel::set_scene_job(tx, &subject.reel.owner, &job.scene, &id).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(Next::WaitForChildren { then: Stage::Scenes })
}
