//! The rows behind a reel's view, and the conversion into it.

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_store::documents::DocumentRow;
use sluice_store::jobs::{self, JobRow, Step};
use sluice_store::reel::{self, ReelRow};
use sluice_store::{StoreError, Tx};

use super::cost;
use super::details::Details;
use super::{DocumentBrief, MadeWith, PartState, ReelState, ReelView, ResultView, SceneKind, SceneView, StepView};
use crate::library::Judged;
use crate::links::Signer;
use crate::reel::assemble::Published;
use crate::reel::choices::{self, Choices};
use crate::reel::context::ReelApp;
use crate::reel::document;
use crate::reel::note::{PresenterNote, ScriptNote};
use crate::reel::previews;
use crate::reel::scene::{self, RenderScene};
use crate::reel::script::SlideKind;
use crate::reel::stage::Stage;
use crate::reel::storyboard::{self, Scene};
use crate::reel::subject::document_of;
use crate::view::{ErrorView, StepState, WhyView};

/// A job with its steps.
pub(super) struct Watched {
    pub(super) row: JobRow,
    steps: Vec<Step>,
}

impl Watched {
    async fn read(tx: &mut Tx, owner: &OwnerId, id: &JobId) -> Result<Option<Self>, StoreError> {
        let Some(row) = jobs::find(tx, owner, id).await? else { return Ok(None) };
        Ok(Some(Self { row, steps: jobs::steps_of(tx, owner, id).await? }))
    }
}

/// A reel with everything that its view needs.
pub(super) struct Rows {
    pub(super) reel: ReelRow,
    document: DocumentRow,
    choices: Choices,
    pub(super) job: Option<Watched>,
    pub(super) scenes: Vec<(Scene, Option<Watched>)>,
    now: Timestamp,
}

impl Rows {
    pub(super) async fn read(tx: &mut Tx, reel: ReelRow) -> Result<Self, StoreError> {
        let document = document_of(tx, &reel).await?;
        let choices = storyboard::choices(&reel)?;
        let job = Watched::read(tx, &reel.owner, &reel.job_id).await?;
        let mut scenes = Vec::new();
        for row in reel::scenes(tx, &reel.owner, &reel.id).await? {
            let job = match &row.job_id {
                Some(id) => Watched::read(tx, &reel.owner, id).await?,
                None => None,
            };
            scenes.push((Scene::of(row, &choices, &document)?, job));
        }
        Ok(Self { now: tx.now().await?, reel, document, choices, job, scenes })
    }

    pub(super) fn view(self, app: &ReelApp, links: &Signer, mut more: Details) -> Result<ReelView, StoreError> {
        let judged = crate::library::judged(&self.document)?;
        let published: Option<Published> =
            self.reel.result.as_ref().map(|result| storyboard::decode(result, "a reel's result")).transpose()?;
        let state = self.state(published.is_some());
        let mut start = Some(0);
        let mut scenes: Vec<SceneView> =
            self.scenes.iter().map(|part| scene_view(&self.reel, part, links, &mut start)).collect();
        for (view, (scene, _)) in scenes.iter_mut().zip(&self.scenes) {
            view.waiting = more.scenes.remove(&scene.row.id).map(|why| WhyView::of(why, None));
        }
        let steps = self.steps(&scenes.iter().map(|scene| scene.percent).collect::<Vec<_>>(), state);
        let percent = overall(&steps);
        let storyboard: Vec<Scene> = self.scenes.iter().map(|(scene, _)| scene.clone()).collect();
        let current = published.as_ref().is_some_and(|published| {
            storyboard::assembly_key(&self.reel, &storyboard).is_ok_and(|key| key == published.key)
        });
        let edited = storyboard::is_edited(&self.reel, &storyboard);
        let source = |edited| self.reel.script_source.as_ref().map(|source| source_name(source, edited));
        let note: Option<ScriptNote> =
            self.reel.script_note.as_ref().map(|note| storyboard::decode(note, "a note about a script")).transpose()?;
        let written = self.written_price(app, &judged, note.as_ref());
        let cost = cost::view(app, &self.choices, (storyboard.as_slice(), self.reel.language), written, &more.spent);
        let voice = self.scenes.iter().find_map(|(scene, _)| scene.made.as_ref().map(|made| made.spoken_by.clone()));
        Ok(ReelView {
            id: self.reel.id.to_string(),
            title: self.title().to_owned(),
            document: DocumentBrief {
                id: self.document.id.to_string(),
                name: self.document.name.clone(),
                pages: judged.facts.pages,
                words: judged.facts.words,
            },
            mode: self.choices.mode,
            shape: self.choices.shape,
            voice: self.choices.voice.clone(),
            presenter: self.choices.presenter.clone(),
            captions: self.choices.captions,
            script: self.choices.script,
            language: self.reel.language.into(),
            state,
            job_id: self.reel.job_id.to_string(),
            created_at: self.reel.created_at,
            updated_at: self.reel.updated_at,
            percent,
            eta_ms: self.eta(percent, state),
            steps,
            script_source: source(edited),
            edited,
            waiting: more.waiting.map(|why| WhyView::of(why, None)),
            made_with: MadeWith {
                reading: Some(judged.read_by.clone()),
                read_with: judged.read_with.clone().map(Into::into),
                script: source(published.as_ref().map_or(edited, |published| published.edited)),
                voice,
                video: published.as_ref().map(|published| published.made_by.clone()),
            },
            script_note: note,
            presenter_note: self.presenter_note(),
            cost,
            error: self.error(),
            scenes,
            result: published.map(|published| result_view(published, links, self.title(), current)),
        })
    }

    /// Who presents its scenes, as far as they are rendered, if that was to be a provider's presenter.
    fn presenter_note(&self) -> Option<PresenterNote> {
        self.choices.presenter.as_ref().filter(|presenter| !choices::is_drawn(presenter))?;
        Some(PresenterNote::of(self.scenes.iter().filter_map(|(scene, _)| {
            let presented = scene.made.as_ref()?.presented.as_ref()?;
            Some((scene.row.position, presented))
        })))
    }

    /// The most that its script costs if a model writes it: as it was estimated when it was asked, or before.
    fn written_price(&self, app: &ReelApp, judged: &Judged, note: Option<&ScriptNote>) -> Option<MicroUsd> {
        match note {
            Some(note) => note.estimated_micro_usd.map(MicroUsd),
            None => document::written_price(app, judged, self.choices.mode)?.1,
        }
    }

    /// Its progress, from 0 to 100.
    pub(super) fn percent(&self) -> f64 {
        let scenes: Vec<f64> = self.scenes.iter().map(|part| scene_state(part).1).collect();
        overall(&self.steps(&scenes, self.state(self.reel.result.is_some())))
    }

    /// Its display name: its title, or the file's name.
    fn title(&self) -> &str {
        Some(&*self.reel.title).filter(|title| !title.is_empty()).unwrap_or(&self.document.name)
    }

    fn state(&self, published: bool) -> ReelState {
        match self.job.as_ref().map(|job| job.row.state) {
            Some(JobState::Succeeded) | None if published => ReelState::Done,
            Some(JobState::Dead | JobState::Succeeded) | None => ReelState::Failed,
            Some(JobState::Cancelled) => ReelState::Cancelled,
            Some(JobState::Expired) => ReelState::Expired,
            Some(_) => ReelState::Working,
        }
    }

    fn error(&self) -> Option<ErrorView> {
        let job = &self.job.as_ref()?.row;
        let error = job.error.as_ref().filter(|_| job.state == JobState::Dead)?;
        Some(ErrorView::of(error))
    }

    /// `scenes` has the progress of each.
    fn steps(&self, scenes: &[f64], state: ReelState) -> Vec<StepView> {
        let stage = self.job.as_ref().map_or("read", |job| job.row.stage.as_str());
        let at = Stage::ALL.iter().position(|known| known.name() == stage).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "a reel has tens of scenes")]
        let rendered = scenes.iter().sum::<f64>() / scenes.len().max(1) as f64;
        let step = |(index, known): (usize, &Stage)| {
            let name = known.name();
            let done = state == ReelState::Done || index < at;
            let noted = self.job.iter().flat_map(|job| &job.steps).find(|step| step.name == name);
            let percent = match (done, *known) {
                (true, _) => 100.0,
                (false, Stage::Scenes) if index == at => rendered,
                (false, _) if index == at => noted.map_or(0.0, |step| step.fraction * 100.0),
                _ => 0.0,
            };
            let state = match (done, index == at, state) {
                (true, _, _) => StepState::Done,
                (false, true, ReelState::Working) if !self.has_begun(*known) => StepState::Pending,
                (false, true, ReelState::Working) => StepState::Running,
                (false, true, _) => StepState::Failed,
                _ => StepState::Pending,
            };
            StepView { name: *known, state, percent }
        };
        Stage::ALL.iter().enumerate().map(step).collect()
    }

    /// Whether anything of its current stage has been done: its job may still wait for its turn, and so may its scenes.
    fn has_begun(&self, stage: Stage) -> bool {
        let job = self.job.as_ref().is_some_and(|job| has_begun(&job.row));
        let of_a_scene = |part| !matches!(scene_state(part), (PartState::Pending | PartState::Edited, _));
        job && (stage != Stage::Scenes || self.scenes.iter().any(of_a_scene))
    }

    /// The estimated remaining time, extrapolated from the progress so far. A learned estimate would come from the
    /// engine.
    fn eta(&self, percent: f64, state: ReelState) -> Option<i64> {
        const ENOUGH: f64 = 15.0;
        let started = self.job.as_ref()?.row.started_at?;
        if state != ReelState::Working || percent < ENOUGH {
            return None;
        }
        let elapsed = self.now.since(started).as_secs_f64();
        #[expect(clippy::cast_possible_truncation, reason = "an estimate")]
        Some((elapsed * (100.0 - percent) / percent * 1000.0) as i64)
    }
}

/// The weight of each step in the total progress, in the order of the stages, in percent.
const WEIGHTS: [f64; 6] = [2.0, 2.0, 2.0, 84.0, 8.0, 2.0];

fn overall(steps: &[StepView]) -> f64 {
    steps.iter().zip(WEIGHTS).map(|(step, weight)| step.percent * weight / 100.0).sum()
}

/// Whether any stage of a job has started.
pub(super) fn has_begun(job: &JobRow) -> bool {
    job.started_at.is_some() || !matches!(job.state, JobState::Ready | JobState::Scheduled | JobState::Blocked)
}

/// `extract`, or `extract_edited`.
fn source_name(source: &str, edited: bool) -> String {
    if edited { format!("{source}_edited") } else { source.to_owned() }
}

/// The state of a scene, and its progress.
fn scene_state((scene, job): &(Scene, Option<Watched>)) -> (PartState, f64) {
    // The failure may be about the text before an edit.
    let failed = |job: &&Watched| job.row.state == JobState::Dead && RenderScene::wants(&job.row.payload, &scene.key);
    let error = job.as_ref().filter(failed).and_then(|job| job.row.error.as_ref());
    let working = job.as_ref().filter(|job| !job.row.state.is_final());
    match (scene.current(), working, error, &scene.made) {
        (Some(_), ..) => (PartState::Done, 100.0),
        (None, Some(job), ..) if !has_begun(&job.row) => (PartState::Pending, 0.0),
        (None, Some(job), ..) => (PartState::Working, scene_percent(&job.steps)),
        (None, None, Some(_), _) => (PartState::Failed, 0.0),
        (None, None, None, Some(_)) => (PartState::Edited, 0.0),
        (None, None, None, None) => (PartState::Pending, 0.0),
    }
}

fn scene_view(reel: &ReelRow, part: &(Scene, Option<Watched>), links: &Signer, start: &mut Option<u32>) -> SceneView {
    let (scene, job) = part;
    let (state, percent) = scene_state(part);
    let current = scene.current();
    let working = job.as_ref().filter(|_| state == PartState::Working);
    let step = working.and_then(|job| scene::Stage::parse(&job.row.stage));
    let error = job.as_ref().and_then(|job| job.row.error.as_ref());
    let start_ms = *start;
    *start = start.zip(current).map(|(start, made)| start + made.duration_ms);
    let made = scene.made.as_ref();
    SceneView {
        id: scene.row.id.to_string(),
        n: scene.row.position,
        kind: match scene.script.slide {
            SlideKind::Title => SceneKind::Title,
            SlideKind::Page(_) => SceneKind::Page,
            SlideKind::Question => SceneKind::Question,
        },
        heading: scene.script.heading.clone(),
        text: scene.script.text(),
        etag: scene.etag(),
        edited: scene.row.edited,
        pages: storyboard::pages(&scene.script),
        sentences: scene.script.sentences.clone(),
        state,
        percent,
        step,
        seconds: made.map(|made| f64::from(made.duration_ms) / 1000.0),
        start_ms,
        image_url: made.map(|made| links.show(&made.still, "scene.jpg")),
        clip_url: made.map(|made| links.show(&made.clip, "scene.mp4")),
        voice_url: made.map(|made| links.show(&made.voice, "scene.wav")),
        page_image_url: previews::page_of(scene)
            .filter(|_| made.is_none())
            .map(|page| format!("/api/v1/reels/{}/pages/{page}", reel.id)),
        waiting: None,
        error: error.filter(|_| state == PartState::Failed).map(ErrorView::of),
    }
}

/// Voice is about an eighth of the work, drawing and encoding the rest; a film, where one is waited for, is not counted.
fn scene_percent(steps: &[Step]) -> f64 {
    let of = |name: &str| steps.iter().find(|step| step.name == name).map_or(0.0, |step| step.fraction);
    of("voice") * 12.0 + of("captions") + of("frames") * 3.0 + of("clip") * 84.0
}

fn result_view(published: Published, links: &Signer, title: &str, current: bool) -> ResultView {
    let name = file_stem(title);
    let video = format!("{name}.mp4");
    ResultView {
        video_url: links.show(&published.video, &video),
        download_url: links.save(&published.video, &video),
        poster_url: links.show(&published.poster, "poster.jpg"),
        thumbnail_url: published.thumbnail.as_ref().map(|hash| links.show(hash, "thumbnail.jpg")),
        waveform_url: published.waveform.as_ref().map(|hash| links.show(hash, "waveform.json")),
        srt_url: links.save(&published.srt, &format!("{name}.srt")),
        vtt_url: links.show(&published.vtt, &format!("{name}.vtt")),
        transcript_url: links.save(&published.transcript, &format!("{name}.txt")),
        chapters_url: links.save(&published.chapters, &format!("{name} chapters.txt")),
        seconds: f64::from(published.duration_ms) / 1000.0,
        bytes: published.bytes,
        width: published.width,
        height: published.height,
        download_name: video,
        current,
        edited: published.edited,
        lines: published.lines,
        chapters: published.marks,
    }
}

/// A title as a file name: no separators, at most 80 characters.
pub fn file_stem(title: &str) -> String {
    let clean: String =
        title.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c }).take(80).collect();
    let joined = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let trimmed = joined.trim_matches('.').to_owned();
    if trimmed.is_empty() { "video".to_owned() } else { trimmed }
}
