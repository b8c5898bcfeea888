//! What is given to the command: files, and phrases.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sluice_app::app::App;
use sluice_app::capture::originals::{self, NewFile};
use sluice_app::capture::phrases::{self, Adding, NewText};
use sluice_app::capture::view::PhraseStatus;
use sluice_app::capture::{CaptureApp, FILE_BYTES, PhraseId, redo};
use sluice_app::intake::TakeError;
use sluice_app::maintenance::work;
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;

use super::{CaptureCommand, TITLE, failure, local};
use crate::cli::Failure;
use crate::config::sizes_over;

/// One of them.
pub(super) enum Input {
    /// A picture or a sound.
    File(PathBuf),
    /// A phrase.
    Phrase(String),
}

/// The files among them.
pub(super) fn files(inputs: &[Input]) -> Vec<PathBuf> {
    let file = |input: &Input| match input {
        Input::File(path) => Some(path.clone()),
        Input::Phrase(_) => None,
    };
    inputs.iter().filter_map(file).collect()
}

/// What was added of one: its phrase, or why there is none.
pub(super) type Added = Result<PhraseId, Failure>;

/// Tells files from phrases. What is named like a file and is not there is a mistake, and no phrase.
pub(super) fn check(inputs: &[String]) -> anyhow::Result<Vec<Input>> {
    let input = |input: &String| {
        let path = Path::new(input);
        if path.is_file() {
            return Ok(Input::File(path.to_owned()));
        }
        if path.is_dir() {
            let detail = format!("{input} is a folder: name the files in it");
            bail!(Failure::new("not_a_file", "The file cannot be read", detail));
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if originals::endings().contains(&ending.as_str()) {
            bail!(Failure::new(
                "not_found",
                "The file cannot be read",
                format!("cannot read {input}: there is no such file")
            ));
        }
        Ok(Input::Phrase(input.clone()))
    };
    inputs.iter().map(input).collect()
}

/// Adds all of them; the same again is the same phrase, so that an interrupted command resumes. What can be no card does not keep the
/// others from being made.
pub(super) async fn add(
    app: &App,
    capture: &CaptureApp,
    inputs: &[Input],
    command: &CaptureCommand,
) -> anyhow::Result<Vec<Added>> {
    // What is wrong for every one of them is a mistake of the command.
    originals::check(&adding(command, "")).map_err(failure)?;
    let mut added = Vec::with_capacity(inputs.len());
    for input in inputs {
        let id = match input {
            Input::Phrase(text) => phrase(app, capture, text, command).await,
            Input::File(path) => file(app, capture, path, command).await,
        };
        if let Ok(id) = &id {
            again(app, capture, id).await?;
        }
        // What is no failure of the input's own is one of the machine.
        added.push(match id {
            Ok(id) => Ok(id),
            Err(error) => Err(error.downcast::<Failure>()?),
        });
    }
    Ok(added)
}

/// Makes what failed earlier once more.
async fn again(app: &App, capture: &CaptureApp, id: &PhraseId) -> anyhow::Result<()> {
    let view = phrases::show(capture, &OwnerId::local(), id).await.map_err(failure)?;
    if view.status == PhraseStatus::Failed {
        redo::redo(capture, &app.engine, &local(), id, &redo::Redo::Retry).await.map_err(failure)?;
    }
    Ok(())
}

fn adding(command: &CaptureCommand, what: &str) -> Adding {
    let of = format!("{what}\n{}\n{}", command.language.as_deref().unwrap_or_default(), command.translate_to);
    Adding {
        language: command.language.clone(),
        translate_to: Some(command.translate_to.clone()),
        request_key: Some(format!("cli:{}", BlobHash::of(of.as_bytes()))),
        again: false,
    }
}

async fn phrase(app: &App, capture: &CaptureApp, text: &str, command: &CaptureCommand) -> anyhow::Result<PhraseId> {
    let (texts, adding) = ([NewText::alone(text)], adding(command, text));
    let added = phrases::add_texts(capture, &app.engine, &local(), &texts, &adding).await.map_err(failure)?;
    let id = added.phrases.into_iter().next().context("a phrase that was added is not there")?.id;
    Ok(id.parse()?)
}

async fn file(app: &App, capture: &CaptureApp, path: &Path, command: &CaptureCommand) -> anyhow::Result<PhraseId> {
    let unreadable = |error: io::Error| {
        let detail = format!("{} cannot be read: {error}", path.display());
        Failure::new("file_unreadable", TITLE, detail)
    };
    let length = tokio::fs::metadata(path).await.map_err(unreadable)?.len();
    if length > FILE_BYTES {
        let (name, [length, limit]) = (path.display(), sizes_over(length, FILE_BYTES));
        let detail = format!("{name} has {length} and the limit is {limit}: make it smaller");
        bail!(Failure::new("file_too_large", TITLE, detail));
    }
    let folder = work::hold(&app.platform).await?;
    let copy = folder.path().join("upload");
    let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
    tokio::fs::write(&copy, &bytes).await.with_context(|| format!("cannot copy {}", path.display()))?;
    let hash = BlobHash::of(&bytes);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let adding = adding(command, hash.as_str());
    let taken =
        originals::take(capture, &app.engine, &OwnerId::local(), NewFile { file: copy, name }, &adding, None).await;
    folder.clear().await?;
    taken.map_err(|error| not_taken(error, path))
}

fn not_taken(error: TakeError, path: &Path) -> anyhow::Error {
    let (code, detail) = match error {
        TakeError::Refused(refusal) => (refusal.code.to_owned(), refusal.detail),
        TakeError::NotJudged(error) => (error.code, error.message),
        TakeError::Limit(exceeded) => ("limit_bytes_kept".to_owned(), exceeded.to_string()),
        error => return error.into(),
    };
    Failure::new(code, TITLE, format!("{}: {detail}", path.display())).into()
}
