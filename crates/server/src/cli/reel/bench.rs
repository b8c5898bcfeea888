//! `sluice bench reel`: how long it takes to make a reel.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use sluice_app::app::App;
use sluice_app::library::{self, Upload};
use sluice_app::maintenance::work;
use sluice_app::reel::choices::{CaptionsPlace, PresenterChoice, ScriptChoice};
use sluice_app::reel::edit::{self, Precondition, SceneEdit};
use sluice_app::reel::script::{Mode, SceneScript, SlideKind};
use sluice_app::reel::start::{self, StartReel};
use sluice_app::reel::view::{self, ReelState, ReelView};
use sluice_app::reel::{ReelId, SceneId};
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_local::render::Shape;
use sluice_store::reel::{self, SceneRow};
use sluice_store::{StoreError, calls};

use super::reel_of;
use crate::cli::say;
use crate::config::Config;
use crate::wiring;

#[derive(Debug, Args)]
pub(crate) struct ReelBench {
    /// The document to make it of.
    #[arg(default_value = "examples/lighthouses.pdf")]
    pdf: PathBuf,
    /// Prints one JSON object as the last line.
    #[arg(long)]
    json: bool,
}

/// The measurements.
#[derive(Debug, Serialize)]
struct Report {
    /// Length of the video.
    video_seconds: f64,
    /// From the upload to a playable video.
    wall_seconds: f64,
    /// Drawing and encoding time, relative to the length of the video, when scenes are rendered in parallel.
    clip_wall_ratio: f64,
    /// Seconds of each kind of engine call, summed over all scenes; calls run in parallel.
    stages: BTreeMap<String, f64>,
    /// Peak resident memory of this process and its children together.
    peak_rss_mb: u64,
    /// Scenes of the second reel.
    scenes: usize,
    /// Time to make the second reel.
    first_render_seconds: f64,
    /// Time until an edited scene was part of the video.
    edit_one_scene_seconds: f64,
    /// The ratio of the two.
    edit_one_scene_ratio: f64,
}

pub(crate) async fn run(config: &Config, options: ReelBench) -> anyhow::Result<()> {
    // A new folder, so that nothing is cached.
    let data = tempfile::tempdir()?;
    let config = config.for_bench(data.path().to_owned());
    let app = wiring::open(&config).await?;
    let worker = app.engine.start();
    let memory = Memory::watch();
    let report = measure(&app, &options.pdf, &memory).await;
    worker.shutdown(Duration::from_secs(1)).await;
    let report = report?;
    print(&report)?;
    if options.json { say(&serde_json::to_string(&report)?) } else { Ok(()) }
}

async fn measure(app: &App, pdf: &Path, memory: &Memory) -> anyhow::Result<Report> {
    let started = Instant::now();
    let document = ingest(app, pdf).await?;
    let reel = start::start(&OwnerId::local(), reel_of(app)?, &app.engine, ask(&document, "first")).await?.reel;
    let made = finish(app, &reel.id).await?;
    let wall_seconds = started.elapsed().as_secs_f64();
    let video_seconds = made.result.as_ref().map_or(0.0, |result| result.seconds);
    let (stages, clip_wall) = call_times(app).await?;
    let peak_rss_mb = memory.peak_mb();

    let twenty = twenty_scenes(app, &document, &made).await?;
    let started = Instant::now();
    let made = finish_after(app, &twenty).await?;
    let first_render_seconds = started.elapsed().as_secs_f64();
    let middle = u32::try_from(made.scenes.len() / 2)?;
    let text = made.scenes.iter().find(|scene| scene.n == middle).map(|scene| format!("Once more: {}", scene.text));
    let started = Instant::now();
    let edit = SceneEdit { text, ..SceneEdit::default() };
    edit::edit_scene(&OwnerId::local(), reel_of(app)?, &twenty, middle, &Precondition::Exists, edit).await?;
    let made = finish_after(app, &twenty).await?;
    let edit_one_scene_seconds = started.elapsed().as_secs_f64();
    Ok(Report {
        video_seconds,
        wall_seconds,
        clip_wall_ratio: clip_wall / video_seconds,
        stages,
        peak_rss_mb,
        scenes: made.scenes.len(),
        first_render_seconds,
        edit_one_scene_seconds,
        edit_one_scene_ratio: edit_one_scene_seconds / first_render_seconds,
    })
}

async fn ingest(app: &App, pdf: &Path) -> anyhow::Result<DocumentId> {
    let folder = work::hold(&app.platform).await?;
    let file = folder.path().join("upload");
    tokio::fs::copy(pdf, &file).await.with_context(|| format!("cannot read {}", pdf.display()))?;
    let row = library::ingest(
        &OwnerId::local(),
        &app.library,
        &app.modules,
        &app.engine,
        Upload { file, name: "bench.pdf".to_owned(), ocr: false },
    )
    .await?;
    folder.clear().await?;
    Ok(row.id)
}

fn ask(document: &DocumentId, key: &str) -> StartReel {
    StartReel {
        document: document.clone(),
        mode: Mode::Summary,
        shape: Shape::Landscape,
        voice: None,
        presenter: PresenterChoice::Named("ada".to_owned()),
        script: ScriptChoice::Extract,
        captions: CaptionsPlace::Burned,
        asker: None,
        request_key: Some(key.to_owned()),
    }
}

async fn finish_after(app: &App, reel: &ReelId) -> anyhow::Result<ReelView> {
    edit::render(&OwnerId::local(), reel_of(app)?, &app.engine, reel, None).await?;
    finish(app, reel).await
}

async fn finish(app: &App, id: &ReelId) -> anyhow::Result<ReelView> {
    let mut changed = app.engine.changed();
    loop {
        changed.mark_unchanged();
        let reel = view::reel(&OwnerId::local(), reel_of(app)?, id).await?.context("the reel is gone")?;
        match reel.state {
            ReelState::Done => return Ok(reel),
            ReelState::Working => changed.changed().await?,
            _ => bail!("the reel was not made: {:?}", reel.error),
        }
    }
}

/// A second reel of the same document whose storyboard has twenty scenes, none of them rendered before.
async fn twenty_scenes(app: &App, document: &DocumentId, first: &ReelView) -> anyhow::Result<ReelId> {
    const SCENES: u32 = 20;
    let reel = start::start(
        &OwnerId::local(),
        reel_of(app)?,
        &app.engine,
        StartReel { mode: Mode::Explanation, ..ask(document, "twenty") },
    )
    .await?
    .reel;
    // The job would write one at its first attempt; this storyboard takes its place.
    app.platform.store.write(async |tx| app.engine.cancel(tx, &reel.owner, &reel.job_id).await).await?;
    while app.engine.job(&reel.owner, &reel.job_id).await?.is_some_and(|view| !view.job.state.is_final()) {
        app.engine.changed().changed().await?;
    }
    let sentences: Vec<_> = first
        .scenes
        .iter()
        .filter(|scene| scene.kind == view::SceneKind::Page)
        .flat_map(|scene| &scene.sentences)
        .collect();
    let mut rows = Vec::new();
    for position in 1..=SCENES {
        let sentence =
            sentences.get(position as usize % sentences.len().max(1)).context("the document gave no sentences")?;
        let mut sentence = (*sentence).clone();
        sentence.text = format!("Scene {position}. {}", sentence.text);
        let slide = SlideKind::Page(sentence.page.unwrap_or(1));
        let script = SceneScript { heading: format!("Scene {position}"), slide, sentences: vec![sentence] };
        rows.push(SceneRow {
            id: app.platform.new_id(SceneId::new).await?,
            owner: reel.owner.clone(),
            reel_id: reel.id.clone(),
            position,
            script: json!(script),
            edited: false,
            original: None,
            job_id: None,
            made: None,
        });
    }
    app.platform
        .store
        .write(async |tx| {
            reel::clear_scenes(tx, &reel.owner, &reel.id).await?;
            for row in &rows {
                reel::insert_scene(tx, row).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(reel.id)
}

/// Seconds by kind of call, and the interval in which clips were rendered.
async fn call_times(app: &App) -> anyhow::Result<(BTreeMap<String, f64>, f64)> {
    let calls = app.platform.store.read(async |tx| calls::finished(tx).await).await?;
    let mut stages = BTreeMap::new();
    for (kind, from, to) in &calls {
        *stages.entry(kind.clone()).or_insert(0.0) += to.since(*from).as_secs_f64();
    }
    let clips = || calls.iter().filter(|(kind, _, _)| kind == "clip");
    let (from, to) = (clips().map(|(_, from, _)| *from).min(), clips().map(|(_, _, to)| *to).max());
    let span = from.zip(to).map_or(0.0, |(from, to)| to.since(from).as_secs_f64());
    Ok((stages, span))
}

fn print(report: &Report) -> anyhow::Result<()> {
    say("what                                   measured       to reach")?;
    say(&format!("video                                {:>8.1} s", report.video_seconds))?;
    say(&format!("upload to playable                   {:>8.1} s       30 s for 60 s of video", report.wall_seconds))?;
    say(&format!("frames and encoding / video          {:>8.2}         0.35", report.clip_wall_ratio))?;
    say(&format!("peak memory                          {:>8} MB", report.peak_rss_mb))?;
    for (stage, seconds) in &report.stages {
        say(&format!("  {stage:<33}  {seconds:>8.2} s"))?;
    }
    say(&format!("first render of {} scenes            {:>8.1} s", report.scenes, report.first_render_seconds))?;
    say(&format!("one scene edited                     {:>8.1} s", report.edit_one_scene_seconds))?;
    say(&format!("one edited / first render            {:>8.3}         0.15", report.edit_one_scene_ratio))
}

/// Samples the resident memory of this process and all its descendants.
struct Memory {
    peak_kb: Arc<AtomicU64>,
}

impl Memory {
    fn watch() -> Self {
        let peak_kb = Arc::new(AtomicU64::new(0));
        let peak = Arc::clone(&peak_kb);
        tokio::task::spawn_blocking(move || {
            // Ends together with the watcher: when only this task still holds the counter.
            while Arc::strong_count(&peak) > 1 {
                peak.fetch_max(resident_kb(std::process::id()), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Self { peak_kb }
    }

    fn peak_mb(&self) -> u64 {
        self.peak_kb.load(Ordering::Relaxed) / 1024
    }
}

/// Resident kilobytes of a process and its descendants, from `/proc` (proc(5)).
fn resident_kb(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let own =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let mut total = own.unwrap_or(0);
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    for thread in threads {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        total += children.split_whitespace().filter_map(|child| child.parse().ok()).map(resident_kb).sum::<u64>();
    }
    total
}
