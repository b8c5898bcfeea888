//! `sluice transcribe talk.m4a -o talk.srt`: the same jobs on the same engine as in the server.

mod progress;

use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use sluice_app::app::App;
use sluice_app::intake::TakeError;
use sluice_app::maintenance::work;
use sluice_app::scribe::export::Format;
use sluice_app::scribe::file::{self, FILE_BYTES, NewFile};
use sluice_app::scribe::session::{self, SessionError};
use sluice_app::scribe::transcript::Transcription;
use sluice_app::scribe::view::RecordingState;
use sluice_app::scribe::{RecordingId, ScribeApp, languages};
use sluice_capability::TranscribeRequest;
use sluice_domain::ids::{JobId, OwnerId};

use self::progress::Progress;
use crate::cli::failure::USAGE;
use crate::cli::outputs::{Outputs, Product};
use crate::cli::waits::Waits;
use crate::cli::{Failure, say, serve};
use crate::config::{Config, sizes_over};
use crate::wiring;

/// A transcript in one of its formats.
const TRANSCRIPT: Product = Product {
    source: "recording",
    wanted: "a sound or a video",
    endings: &["txt", "srt", "vtt", "json", "md", "docx"],
    code: "output_unknown_format",
    reason: ".txt, .srt, .vtt, .json, .md or .docx",
    option: "--output",
    beside: &[],
};

const TITLE: &str = "No transcript was made";

/// Writes down what is said in a sound or a video.
#[derive(Debug, Args)]
pub(crate) struct TranscribeCommand {
    /// The sound or the video: MP3, M4A, WAV, OGG, WEBM, FLAC or MP4.
    file: PathBuf,
    /// File for the transcript, whose format is that of its extension: txt, srt, vtt, json, md or docx. May be given several
    /// times [default: the sound's name with .txt, beside it].
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// What is spoken, as an ISO 639-1 code ("fr"); found out if it is not given.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Overwrites existing files. Without it, only files that sluice wrote and that are unchanged since are replaced; the
    /// recording itself, and anything but a regular file, never is.
    #[arg(long)]
    force: bool,
    /// Prints the result or the failure as one JSON object, without progress.
    #[arg(long)]
    json: bool,
}

/// What was made.
#[derive(Serialize)]
struct Done {
    session_id: String,
    language: String,
    length_ms: u64,
    words: usize,
    made_by: Vec<String>,
    files: Vec<String>,
}

pub(crate) async fn make(config: &Config, mut command: TranscribeCommand) -> anyhow::Result<()> {
    if let Some(named) = &command.language {
        command.language = Some(languages::known(named).map_err(|error| not_written_down(&error))?.to_owned());
    }
    let outputs = check(config, &command)?;
    let app = wiring::open(config).await?;
    let owner = OwnerId::local();
    let chosen = languages::chosen(scribe_of(&app)?, &owner, command.language.clone()).await;
    chosen.map_err(|error| not_written_down(&error))?;
    refuse(scribe_of(&app)?, &command).await?;
    let worker = app.engine.start();
    let working = async {
        let session = start(&app, &command).await?;
        watch(&app, &session, Progress::new(command.json)?).await?;
        anyhow::Ok(session)
    };
    let watched = tokio::select! {
        watched = working => watched,
        () = serve::stop_signal() => Err(Failure::interrupted("stopped: the same command continues where it was").into()),
    };
    worker.shutdown(Duration::from_secs(5)).await;
    let session = watched?;
    let files = write(&app, &session, outputs).await?;
    let transcript = session::transcript(scribe_of(&app)?, &OwnerId::local(), &session).await?;
    report(&command, &session, &transcript, files)
}

fn not_written_down(error: &SessionError) -> Failure {
    Failure { exit: USAGE, ..Failure::new("no_such_language", "Wrong usage", error.to_string()) }
}

/// The files that are to be written, checked before the database is opened, so that a rejected command leaves nothing behind.
fn check(config: &Config, command: &TranscribeCommand) -> anyhow::Result<Vec<(Outputs, Format)>> {
    let data = config.data()?;
    let wanted: Vec<Option<PathBuf>> =
        if command.output.is_empty() { vec![None] } else { command.output.iter().cloned().map(Some).collect() };
    let mut outputs: Vec<(Outputs, Format)> = Vec::with_capacity(wanted.len());
    for output in wanted {
        let checked = Outputs::check(TRANSCRIPT, &command.file, output.as_deref(), command.force, &data)?;
        let path = checked.main();
        if outputs.iter().any(|(other, _)| other.main() == path) {
            let detail = format!("{} is given twice: give each output another name", path.display());
            bail!(Failure { exit: USAGE, ..Failure::new("output_repeated", "Wrong usage", detail) });
        }
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let format = Format::of_extension(&extension).context("a format without a name")?;
        outputs.push((checked, format));
    }
    Ok(outputs)
}

/// Scribe's handles.
fn scribe_of(app: &App) -> anyhow::Result<&ScribeApp> {
    app.module().context("this program was built without Scribe")
}

/// Refuses what cannot be transcribed, or not on this machine, before it is copied.
async fn refuse(scribe: &ScribeApp, command: &TranscribeCommand) -> anyhow::Result<()> {
    let judged = file::judge(scribe, &command.file).await.map_err(|error| not_taken(error, command))?;
    let request = TranscribeRequest {
        sound: command.file.clone(),
        duration_ms: judged.duration_ms,
        part_of: None,
        language: command.language.clone(),
        words: true,
        prompt: None,
    };
    let hearing = scribe.hearing.configured();
    let refusals: Vec<String> = hearing.implementations().map_while(|one| one.accepts(&request).err()).collect();
    if refusals.len() == hearing.implementations().count() {
        bail!(Failure::new("speech_not_installed", TITLE, refusals.join("; ")));
    }
    Ok(())
}

fn not_taken(error: TakeError, command: &TranscribeCommand) -> anyhow::Error {
    let (code, detail) = match error {
        TakeError::Refused(refusal) => (refusal.code.to_owned(), refusal.detail),
        TakeError::NotJudged(error) => (error.code, error.message),
        // Keeps its code and its causes.
        TakeError::Limit(exceeded) => ("limit_bytes_kept".to_owned(), exceeded.to_string()),
        error => return error.into(),
    };
    Failure::new(code, TITLE, format!("{}: {detail}", command.file.display())).into()
}

/// The session of the file: the same file in the same language is the same one, so that an interrupted command resumes.
async fn start(app: &App, command: &TranscribeCommand) -> anyhow::Result<RecordingId> {
    let source = &command.file;
    let length = tokio::fs::metadata(source).await.with_context(|| format!("cannot read {}", source.display()))?.len();
    if length > FILE_BYTES {
        let (name, [length, limit]) = (source.display(), sizes_over(length, FILE_BYTES));
        let detail = format!("{name} has {length} and the limit is {limit}: split it");
        bail!(Failure::new("file_too_large", TITLE, detail));
    }
    let folder = work::hold(&app.platform).await?;
    let copy = folder.path().join("upload");
    tokio::fs::copy(source, &copy).await.with_context(|| format!("cannot copy {}", source.display()))?;
    let name = source.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let key = file::key_of("cli", &copy, &name, command.language.as_deref()).await?;
    let new = NewFile { file: copy, name, title: None, language: command.language.clone(), request_key: Some(key) };
    let (scribe, owner) = (scribe_of(app)?, OwnerId::local());
    let taken = file::take(scribe, &app.engine, &owner, new, None).await;
    folder.clear().await?;
    let session = taken.map_err(|error| not_taken(error, command))?;
    let view = session::show(scribe, &owner, &session).await?;
    // It failed earlier, or its transcript was never made.
    if view.session.state == RecordingState::Failed || !view.session.has_transcript {
        session::transcribe(scribe, &app.engine, &owner, &session).await?;
    }
    Ok(session)
}

/// Shows the progress until the transcript is there, or cannot be made.
async fn watch(app: &App, session: &RecordingId, mut progress: Progress) -> anyhow::Result<()> {
    let (scribe, owner) = (scribe_of(app)?, OwnerId::local());
    let mut changed = app.engine.changed();
    let mut waits = Waits::default();
    loop {
        changed.mark_unchanged();
        let view = session::show(scribe, &owner, session).await?.session;
        match view.state {
            RecordingState::Complete => {
                progress.done();
                return Ok(());
            }
            RecordingState::Failed => bail!(match view.error {
                Some(error) => Failure::new(error.code, TITLE, error.detail),
                None => Failure::new("cancelled", TITLE, "it was cancelled: the same command starts it again"),
            }),
            _ => {}
        }
        if let Some(job) = view.job_id.as_deref().and_then(|id| id.parse::<JobId>().ok())
            && let Some(found) = app.engine.progress(&owner, &job).await?
        {
            progress.show(found.fraction);
            let why = app.engine.why(&owner, &job).await?;
            if let Some(line) = waits.changed(&why.reasons, app.platform.store.now().await?) {
                progress.tell(&line);
            }
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// Writes the transcript to where it was asked for; gives the paths.
async fn write(app: &App, id: &RecordingId, outputs: Vec<(Outputs, Format)>) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::with_capacity(outputs.len());
    for (output, format) in outputs {
        let exported = session::export(scribe_of(app)?, &OwnerId::local(), id, format).await?;
        files.push(output.main());
        let content: Vec<Box<dyn Read + Send>> = vec![Box::new(Cursor::new(exported.bytes))];
        tokio::task::spawn_blocking(move || output.write(content)).await??;
    }
    Ok(files)
}

fn report(
    command: &TranscribeCommand,
    session: &RecordingId,
    transcript: &Transcription,
    files: Vec<PathBuf>,
) -> anyhow::Result<()> {
    let words = transcript.words();
    let files: Vec<String> = files.into_iter().map(|file| file.display().to_string()).collect();
    if !command.json {
        let seconds = transcript.length_ms / 1_000;
        let language = if transcript.language.is_empty() { "nobody speaks" } else { &transcript.language };
        let clock = format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
        return say(&format!("{} ({clock}, {language}, {words} words)", files.join(", ")));
    }
    let done = Done {
        session_id: session.to_string(),
        language: transcript.language.clone(),
        length_ms: transcript.length_ms,
        words,
        made_by: transcript.made_by.clone(),
        files,
    };
    say(&serde_json::to_string_pretty(&done)?)
}
