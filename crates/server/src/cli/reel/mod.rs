//! `sluice reel paper.pdf -o paper.mp4`: the same jobs on the same engine as in the server.

pub(crate) mod bench;
mod progress;
mod reading;

use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use sluice_app::app::App;
use sluice_app::library::{self, Judged, Upload};
use sluice_app::maintenance::work;
use sluice_app::reel::ReelId;
use sluice_app::reel::choices::{self, CaptionsPlace, PresenterChoice, ScriptChoice};
use sluice_app::reel::document::{estimate, voice_price, written_price};
use sluice_app::reel::script::Mode;
use sluice_app::reel::start::{self, StartReel, StartReelError};
use sluice_app::reel::view::{self, ReelCostView, ReelState, ReelView};
use sluice_app::reel::{ReelApp, edit};
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_domain::money::MicroUsd;
use sluice_local::render::Shape;
use sluice_store::reel::{self, ReelRow};

use self::progress::Progress;
use crate::cli::outputs::{Outputs, Product};
use crate::cli::waits::Waits;
use crate::cli::{Failure, say, serve};
use crate::config::{Config, sizes_over};
use crate::wiring;

/// A video, with captions, transcript, chapters and poster.
const VIDEO: Product = Product {
    source: "document",
    wanted: "a PDF file",
    endings: &["mp4", "m4v"],
    code: "output_not_mp4",
    reason: ".mp4, which is what the video is",
    option: "--output",
    beside: &["srt", "vtt", "txt", "chapters.txt", "jpg"],
};

/// Makes a narrated video of a PDF.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct ReelCommand {
    /// The document.
    pdf: PathBuf,
    /// File for the video, whose name ends in .mp4; captions (srt, vtt), transcript (txt), chapters and poster (jpg)
    /// are written beside it [default: the document's name, beside it].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrites existing files. Without it, only files that sluice wrote and that are unchanged since are replaced; the
    /// document itself, and anything but a regular file, never is.
    #[arg(long)]
    force: bool,
    /// Level of detail.
    #[arg(long, value_enum, default_value_t = ModeArgument::from(choices::DEFAULT_MODE))]
    mode: ModeArgument,
    /// Id of the voice, as "sluice doctor" lists them [default: the best one for the document's language that fits the
    /// presenter].
    #[arg(long, value_name = "VOICE")]
    voice: Option<String>,
    /// Aspect ratio: 16:9, 9:16 or 1:1.
    #[arg(long, default_value = choices::DEFAULT_SHAPE.ratio(), value_parser = shape)]
    shape: Shape,
    /// Presenter in the video: one that is drawn, or one of a provider, such as d-id:clip:amy-Aq6OmGZnMt; "none" for a video
    /// without [default: the drawn one who fits the voice].
    #[arg(long, value_name = "PRESENTER")]
    presenter: Option<String>,
    /// Captions as a subtitle track, which a player shows on request, instead of burned in (part of the picture, always
    /// shown). The caption files are written all the same.
    #[arg(long)]
    no_captions: bool,
    /// Who writes the script.
    #[arg(long, value_enum, default_value_t = ScriptArgument::Extract)]
    script: ScriptArgument,
    /// Reads the pages by OCR, for scans.
    #[arg(long)]
    ocr: bool,
    /// Makes the video again even if it exists. Unchanged scenes are not rendered again.
    #[arg(long)]
    again: bool,
    /// Prints the result or the failure as one JSON object, without progress. What providers may charge is an object with "prices"
    /// on standard error, on a line of its own before anything is spent.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeArgument {
    /// 60 to 90 seconds, less of a short document.
    Summary,
    /// 90 to 150 seconds, less of a short document.
    Explanation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScriptArgument {
    /// Sentences of the document itself; costs nothing.
    Extract,
    /// A language model of a configured provider; each sentence is checked against its page.
    Written,
}

impl From<ScriptArgument> for ScriptChoice {
    fn from(script: ScriptArgument) -> Self {
        match script {
            ScriptArgument::Extract => Self::Extract,
            ScriptArgument::Written => Self::Written,
        }
    }
}

impl From<Mode> for ModeArgument {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Summary => Self::Summary,
            Mode::Explanation => Self::Explanation,
        }
    }
}

impl From<ModeArgument> for Mode {
    fn from(mode: ModeArgument) -> Self {
        match mode {
            ModeArgument::Summary => Self::Summary,
            ModeArgument::Explanation => Self::Explanation,
        }
    }
}

fn shape(text: &str) -> Result<Shape, String> {
    Shape::from_ratio(text).ok_or_else(|| "choose 16:9, 9:16 or 1:1".to_owned())
}

pub(crate) async fn make(config: &Config, command: ReelCommand) -> anyhow::Result<()> {
    // Before the database is opened, so that a rejected command leaves nothing behind.
    let outputs = Outputs::check(VIDEO, &command.pdf, command.output.as_deref(), command.force, &config.data()?)?;
    let app = wiring::open(config).await?;
    let worker = app.engine.start();
    let working = async {
        let reel = start(&app, &command).await?;
        let made = watch(&app, &reel.id, Progress::new(command.json)?).await?;
        anyhow::Ok((reel, made))
    };
    let watched = tokio::select! {
        watched = working => watched,
        () = serve::stop_signal() => Err(Failure::interrupted("stopped: the same command continues where it was").into()),
    };
    worker.shutdown(Duration::from_secs(5)).await;
    let (reel, made) = watched?;
    let video = outputs.main();
    write(&app, &reel.id, outputs).await?;
    if command.json {
        return say(&serde_json::to_string_pretty(&made)?);
    }
    let seconds = made.result.as_ref().map_or(0.0, |result| result.seconds);
    let source = made.script_source.as_deref().unwrap_or("extract");
    // Nothing is said about money where nothing can cost.
    let cost = made.cost.map_or_else(String::new, |cost| format!(", {}", cost_text(&cost)));
    if let Some(instead) = made.script_note.as_ref().and_then(|note| note.instead.as_ref()) {
        writeln!(io::stderr().lock(), "the script is an extract instead: {}", instead.detail).ok();
    }
    for drawn in made.presenter_note.iter().flat_map(|note| &note.drawn) {
        let (scene, detail) = (drawn.scene, &drawn.detail);
        writeln!(io::stderr().lock(), "scene {scene} has a drawn presenter instead: {detail}").ok();
    }
    say(&format!("{} ({seconds:.0} s, {} scenes, script: {source}{cost})", video.display(), made.scenes.len()))
}

/// Reel's handles.
fn reel_of(app: &App) -> anyhow::Result<&ReelApp> {
    app.module().context("this program was built without Reel")
}

async fn start(app: &App, command: &ReelCommand) -> anyhow::Result<ReelRow> {
    let document = ingest(app, command).await?;
    let judged = reading::wait(app, &document, command.json).await?;
    if let Some(estimate) = estimate(&judged, command.mode.into(), ScriptChoice::Extract)
        .filter(|estimate| estimate.is_short() && !command.json)
    {
        // The video is made whether or not this can be displayed.
        writeln!(io::stderr().lock(), "the document is short: the video will take about {} s", estimate.seconds).ok();
    }
    // The same document with the same choices is the same reel, so that an interrupted command resumes.
    let shape = command.shape.ratio();
    let mut key = format!(
        "cli:{document}:{:?}:{shape}:{:?}:{:?}:{}",
        command.mode, command.voice, command.presenter, command.no_captions
    );
    if command.script == ScriptArgument::Written {
        key.push_str(":written");
    }
    let ask = StartReel {
        document: document.clone(),
        mode: command.mode.into(),
        shape: command.shape,
        voice: command.voice.clone(),
        presenter: command.presenter.as_deref().map_or(PresenterChoice::Default, PresenterChoice::of),
        script: command.script.into(),
        captions: if command.no_captions { CaptionsPlace::Beside } else { CaptionsPlace::Burned },
        // Who has the machine is not limited.
        asker: None,
        request_key: Some(key),
    };
    say_prices(&prices(app, &ask, &judged).await?, command.json);
    let started = start::start(&OwnerId::local(), reel_of(app)?, &app.engine, ask).await.map_err(not_started)?;
    let reel = started.reel;
    let view =
        view::reel(&OwnerId::local(), reel_of(app)?, &reel.id).await?.context("the video was deleted meanwhile")?;
    match view.state {
        ReelState::Failed | ReelState::Cancelled | ReelState::Expired => {
            edit::retry(&OwnerId::local(), reel_of(app)?, &reel.id).await?;
        }
        ReelState::Done if command.again => {
            edit::again(&OwnerId::local(), reel_of(app)?, &app.engine, &reel.id).await?;
        }
        ReelState::Done | ReelState::Working => {}
    }
    Ok(reel)
}

/// The cost. Calls without a known price are named, and not counted as free.
fn cost_text(cost: &ReelCostView) -> String {
    let known = MicroUsd(cost.spent_micro_usd);
    match cost.unpriced_calls {
        0 => known.to_string(),
        1 => format!("{known} and one call whose price is not known"),
        count => format!("{known} and {count} calls whose price is not known"),
    }
}

/// What a provider may charge, before anything is spent.
struct Price {
    /// `script`, `voice` or `presenter`.
    what: &'static str,
    /// The provider, or the presenter.
    of: String,
    /// At most; none if that is not known.
    most: Option<MicroUsd>,
}

/// For the script, the voice and the presenter, where they may cost something.
async fn prices(app: &App, ask: &StartReel, judged: &Judged) -> anyhow::Result<Vec<Price>> {
    let reel = reel_of(app)?;
    let mut prices = Vec::new();
    let written = written_price(reel, judged, ask.mode).filter(|_| ask.script == ScriptChoice::Written);
    prices.extend(written.map(|(of, most)| Price { what: "script", of, most }));
    let spoken = voice_price(reel, &OwnerId::local(), judged, ask).await;
    prices.extend(spoken.map(|(of, most)| Price { what: "voice", of, most }));
    if let PresenterChoice::Named(presenter) = &ask.presenter
        && !choices::is_drawn(presenter)
        && reel.can_film(presenter)
    {
        let made = estimate(judged, ask.mode, ask.script);
        let most = made.and_then(|made| reel.estimated_price(presenter, &made));
        prices.push(Price { what: "presenter", of: presenter.clone(), most });
    }
    Ok(prices)
}

/// Says them on standard error, where they are in the way of no result; as one object on a line of its own if the result is one.
fn say_prices(prices: &[Price], as_json: bool) {
    let mut lines = Vec::new();
    if as_json && !prices.is_empty() {
        let price = |price: &Price| json!({ "what": price.what, "of": price.of, "at_most_micro_usd": price.most.map(|most| most.0) });
        lines.push(json!({ "prices": prices.iter().map(price).collect::<Vec<_>>() }).to_string());
    } else {
        lines.extend(prices.iter().map(|Price { what, of, most }| {
            let most =
                most.map_or_else(|| "its price is not known".to_owned(), |most| format!("at most {}", most.at_most()));
            match *what {
                "script" => format!("the script will be written by a model of {of}: {most}"),
                "voice" => format!("the text will be spoken by a voice of {of}: {most}"),
                _ => format!("the presenter will be filmed by a provider: {most}"),
            }
        }));
    }
    for line in lines {
        // The video is made whether or not this can be displayed.
        writeln!(io::stderr().lock(), "{line}").ok();
    }
}

fn not_started(error: StartReelError) -> anyhow::Error {
    let code = match error {
        // Keeps its code and its causes.
        StartReelError::Store(error) => return error.into(),
        StartReelError::NoSuchVoice { .. } => "no_such_voice",
        StartReelError::VoiceNotInstalled { .. } => "voice_not_installed",
        StartReelError::NoSuchPresenter { .. } => "no_such_presenter",
        StartReelError::NoModel { .. } => "no_script_model",
        StartReelError::BeingRead { .. } => "document_being_read",
        StartReelError::Refused(_) => "document_refused",
        StartReelError::KeyReused => "idempotency_key_reused",
        StartReelError::NoSuchDocument | StartReelError::Limit(_) => "refused",
    };
    Failure::new(code, "The request cannot be fulfilled", error.to_string()).into()
}

async fn ingest(app: &App, command: &ReelCommand) -> anyhow::Result<DocumentId> {
    let platform = &app.platform;
    let name =
        command.pdf.file_name().map_or_else(|| "document.pdf".into(), |name| name.to_string_lossy().into_owned());
    let unreadable = || format!("cannot read {}", command.pdf.display());
    let length = tokio::fs::metadata(&command.pdf).await.with_context(unreadable)?.len();
    let limit = app.library.upload_bytes;
    if length > limit {
        let (pdf, [length, limit]) = (command.pdf.display(), sizes_over(length, limit));
        let detail = format!("{pdf} has {length} and the limit is {limit}: split it, or raise --upload-limit");
        bail!(Failure::new("document_too_large", "The document is too large", detail));
    }
    let folder = work::hold(platform).await?;
    let file = folder.path().join("upload");
    tokio::fs::copy(&command.pdf, &file).await.with_context(|| format!("cannot copy {}", command.pdf.display()))?;
    let upload = Upload { file, name, ocr: command.ocr };
    let taken = library::ingest(&OwnerId::local(), &app.library, &app.modules, &app.engine, upload).await;
    folder.clear().await?;
    let row = taken.with_context(|| command.pdf.display().to_string())?;
    Ok(row.id)
}

/// Shows the progress until the video is done or has failed.
async fn watch(app: &App, id: &ReelId, mut progress: Progress) -> anyhow::Result<ReelView> {
    let stopped = |code: &'static str, detail: &str| Failure::new(code, "No video was made", detail);
    let mut changed = app.engine.changed();
    let mut waits = Waits::default();
    loop {
        changed.mark_unchanged();
        let reel =
            view::reel(&OwnerId::local(), reel_of(app)?, id).await?.context("the video was deleted meanwhile")?;
        progress.show(&reel);
        if let Some(waiting) = &reel.waiting
            && let Some(line) = waits.changed(&waiting.reasons, app.platform.store.now().await?)
        {
            progress.tell(&line);
        }
        match reel.state {
            ReelState::Done => return Ok(reel),
            ReelState::Working => {}
            ReelState::Cancelled => {
                bail!(stopped("cancelled", "the video was cancelled: the same command starts it again"))
            }
            ReelState::Expired => bail!(stopped("expired", "the video expired: the same command starts it again")),
            ReelState::Failed => bail!(match reel.error {
                Some(error) => Failure::new(error.code, "No video was made", error.detail),
                None => stopped("failed", "it failed, and the reason is not known"),
            }),
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// Copies the video, and what belongs to it, to where it was asked for.
async fn write(app: &App, id: &ReelId, outputs: Outputs) -> anyhow::Result<()> {
    let row = app
        .platform
        .store
        .read(async |tx| reel::reel(tx, &OwnerId::local(), id).await)
        .await?
        .context("the video was deleted meanwhile")?;
    let result = row.result.context("the video has no file")?;
    let published: sluice_app::reel::assemble::Published = serde_json::from_value(result)?;
    let blobs = [
        &published.video,
        &published.srt,
        &published.vtt,
        &published.transcript,
        &published.chapters,
        &published.poster,
    ];
    let mut contents: Vec<Box<dyn Read + Send>> = Vec::new();
    // Kept until they are copied.
    let mut files = Vec::new();
    for hash in blobs {
        let file = app.platform.media.materialise(hash).await?;
        let path = file.path();
        contents.push(Box::new(std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?));
        files.push(file);
    }
    tokio::task::spawn_blocking(move || outputs.write(contents)).await??;
    Ok(())
}
