//! `sluice reel paper.pdf -o paper.mp4`: the same jobs on the same engine, with a bar per scene.

pub(crate) mod bench;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use sluice_app::app::App;
use sluice_app::library::{self, Upload};
use sluice_app::reel::choices::CaptionsPlace;
use sluice_app::reel::script::Mode;
use sluice_app::reel::start::{self, StartReel};
use sluice_app::reel::view::{self, PartState, ReelState, ReelView};
use sluice_app::reel::{ReelApp, delete, edit};
use sluice_app::upkeep::UPLOAD;
use sluice_app::view::StepState;
use sluice_domain::ids::{DocumentId, OwnerId, ReelId};
use sluice_local::render::Shape;
use sluice_store::reel::{self, ReelRow};

use crate::cli::{say, serve};
use crate::config::Config;
use crate::wiring;

/// Makes a narrated video of a PDF.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct ReelCommand {
    /// The document.
    pdf: PathBuf,
    /// Where the video goes; captions and transcript are put beside it. By default beside the document.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// How much to say.
    #[arg(long, value_enum, default_value_t = ModeArgument::Summary)]
    mode: ModeArgument,
    /// The voice's id; by default the best one of the document's language.
    #[arg(long)]
    voice: Option<String>,
    /// The picture's shape: 16:9, 9:16 or 1:1.
    #[arg(long, default_value = "16:9", value_parser = shape)]
    shape: Shape,
    /// Who presents; `none` for a video without.
    #[arg(long, default_value = "ada")]
    presenter: String,
    /// Leaves the captions out of the picture; the caption files are made all the same.
    #[arg(long)]
    no_captions: bool,
    /// Reads the pages as pictures, for scans.
    #[arg(long)]
    ocr: bool,
    /// Makes the video again even if it was made before. Scenes that did not change are not rendered again.
    #[arg(long)]
    again: bool,
    /// Prints what was made as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArgument {
    /// 60 to 90 seconds.
    Summary,
    /// 90 to 150 seconds.
    Explanation,
}

fn shape(text: &str) -> Result<Shape, String> {
    Shape::from_ratio(text).ok_or_else(|| "choose 16:9, 9:16 or 1:1".to_owned())
}

pub(crate) async fn make(config: &Config, command: ReelCommand) -> anyhow::Result<()> {
    let app = wiring::open(config).await?;
    let reel = start(&app, &command).await?;
    let worker = app.engine.start();
    let watched = tokio::select! {
        watched = watch(&app, &reel.id, command.json) => watched,
        () = serve::stop_signal() => bail!("stopped. The same command goes on where it was."),
    };
    worker.shutdown(Duration::from_secs(5)).await;
    let made = watched?;
    let output = command.output.clone().unwrap_or_else(|| command.pdf.with_extension("mp4"));
    copy_out(&app, &reel.id, &output).await?;
    if command.json {
        return say(&serde_json::to_string_pretty(&made)?);
    }
    let seconds = made.result.as_ref().map_or(0.0, |result| result.seconds);
    let source = made.script_source.as_deref().unwrap_or("extract");
    let cost = sluice_domain::money::MicroUsd(made.cost.spent_micro_usd);
    say(&format!("{} ({seconds:.0} s, {} scenes, script: {source}, {cost})", output.display(), made.scenes.len()))
}

/// Reel's handles.
fn reel_of(app: &App) -> anyhow::Result<&ReelApp> {
    app.module().context("this program was built without Reel")
}

async fn start(app: &App, command: &ReelCommand) -> anyhow::Result<ReelRow> {
    let document = take_in(app, command).await?;
    // The same document with the same choices is the same reel: that is how an interrupted command goes on.
    let shape = command.shape.ratio();
    let key = format!(
        "cli:{document}:{:?}:{shape}:{:?}:{}:{}",
        command.mode, command.voice, command.presenter, command.no_captions
    );
    let ask = StartReel {
        owner: OwnerId::local(),
        document: document.clone(),
        mode: match command.mode {
            ModeArgument::Summary => Mode::Summary,
            ModeArgument::Explanation => Mode::Explanation,
        },
        shape: command.shape,
        voice: command.voice.clone(),
        presenter: Some(command.presenter.clone()).filter(|id| id != "none"),
        captions: if command.no_captions { CaptionsPlace::Beside } else { CaptionsPlace::Burned },
        address: "command line".to_owned(),
        request_key: Some(key),
    };
    let reel = start::start(reel_of(app)?, &app.engine, ask).await?;
    let view = view::reel(reel_of(app)?, &reel.id).await?.context("the video was deleted meanwhile")?;
    match view.state {
        ReelState::Failed | ReelState::Cancelled | ReelState::Expired => edit::retry(reel_of(app)?, &reel.id).await?,
        ReelState::Done if command.again => {
            delete::delete(reel_of(app)?, &reel.id).await?;
            return Box::pin(start(app, command)).await;
        }
        ReelState::Done | ReelState::Working => {}
    }
    Ok(reel)
}

async fn take_in(app: &App, command: &ReelCommand) -> anyhow::Result<DocumentId> {
    let platform = &app.platform;
    let name = command.pdf.file_name().and_then(|name| name.to_str()).unwrap_or("document.pdf").to_owned();
    let length = tokio::fs::metadata(&command.pdf)
        .await
        .with_context(|| format!("cannot read {}", command.pdf.display()))?
        .len();
    let limit = app.library.upload_bytes;
    if length > limit {
        bail!(
            "{} has {length} bytes and the limit is {limit}: split it, or raise --upload-limit",
            command.pdf.display()
        );
    }
    let folder = format!("{UPLOAD}{}", platform.new_id(DocumentId::new).await?);
    let file = platform.blobs.work_folder(&folder)?.join("upload");
    tokio::fs::copy(&command.pdf, &file).await.with_context(|| format!("cannot copy {}", command.pdf.display()))?;
    let taken = library::take_in(&app.library, Upload { owner: OwnerId::local(), file, name, ocr: command.ocr }).await;
    platform.blobs.clear_work(&folder)?;
    let row = taken.with_context(|| command.pdf.display().to_string())?;
    Ok(row.id)
}

/// Shows a bar per scene until the reel is done or has failed.
async fn watch(app: &App, id: &ReelId, quiet: bool) -> anyhow::Result<ReelView> {
    let bars = MultiProgress::new();
    if quiet {
        bars.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{prefix:>10} {bar:28} {percent:>3} %  {msg}")?;
    let whole = bars.add(ProgressBar::new(100).with_style(style.clone()).with_prefix("video"));
    let mut by_scene: HashMap<String, ProgressBar> = HashMap::new();
    let mut changed = app.engine.changed();
    loop {
        changed.mark_unchanged();
        let reel = view::reel(reel_of(app)?, id).await?.context("the video was deleted meanwhile")?;
        for scene in &reel.scenes {
            let bar = by_scene.entry(scene.id.clone()).or_insert_with(|| {
                bars.add(ProgressBar::new(100).with_style(style.clone()).with_prefix(format!("scene {}", scene.n)))
            });
            show(bar, scene.percent, &scene.heading);
            if scene.state == PartState::Done && !bar.is_finished() {
                bar.finish();
            }
        }
        let step = reel.steps.iter().find(|step| step.state == StepState::Running).map_or("", |step| step.name.name());
        show(&whole, reel.percent, step);
        match reel.state {
            ReelState::Done => {
                whole.finish_with_message("");
                return Ok(reel);
            }
            ReelState::Working => {}
            ReelState::Cancelled => bail!("the video was stopped. The same command starts it again."),
            ReelState::Expired => bail!("the video expired. The same command starts it again."),
            ReelState::Failed => {
                let error = reel
                    .error
                    .map_or_else(|| "it failed".to_owned(), |error| format!("{} [{}]", error.detail, error.code));
                bail!("{error}");
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

fn show(bar: &ProgressBar, percent: f64, message: &str) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
    bar.set_position(percent.clamp(0.0, 100.0) as u64);
    bar.set_message(message.chars().take(48).collect::<String>());
}

/// Copies the video, and what comes with it, to where it was asked for: under a temporary name first, so that a file
/// of that name is whole.
async fn copy_out(app: &App, id: &ReelId, output: &Path) -> anyhow::Result<()> {
    let row = app
        .platform
        .store
        .read(async |tx| reel::reel(tx, id).await)
        .await?
        .context("the video was deleted meanwhile")?;
    let result = row.result.context("the video has no file")?;
    let published: sluice_app::reel::assemble::Published = serde_json::from_value(result)?;
    let files = [
        (&published.video, output.to_owned()),
        (&published.srt, output.with_extension("srt")),
        (&published.vtt, output.with_extension("vtt")),
        (&published.transcript, output.with_extension("txt")),
        (&published.chapters, output.with_extension("chapters.txt")),
        (&published.poster, output.with_extension("jpg")),
    ];
    for (hash, target) in files {
        let partial = target.with_extension("part");
        let copied = tokio::fs::copy(app.platform.blobs.path(hash), &partial).await;
        copied.with_context(|| format!("cannot write {}", target.display()))?;
        tokio::fs::rename(&partial, &target).await.with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(())
}
