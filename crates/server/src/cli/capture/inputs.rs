//! What is given to the command: files, and phrases.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sluice_app::app::App;
use sluice_app::capture::originals::{self, NewFile};
use sluice_app::capture::phrases::{self, Adding};
use sluice_app::capture::view::PhraseStatus;
use sluice_app::capture::{CaptureApp, FILE_BYTES, PhraseId, redo};
use sluice_app::intake::TakeError;
use sluice_app::maintenance::work;
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;

use super::{CaptureCommand, TITLE, failure, local};
use crate::cli::Failure;
use crate::config::size_text;

/// One of them.
pub(super) enum Input {
    /// A picture or a sound.
    File(PathBuf),
    /// A phrase.
    Phrase(String),
}

/// Tells files from phrases. What is named like a file and is not there is a mistake, and no phrase.
pub(super) fn check(inputs: &[String]) -> anyhow::Result<Vec<Input>> {
    let input = |input: &String| {
        let path = Path::new(input);
        if path.is_file() {
            return Ok(Input::File(path.to_owned()));
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

/// Adds all of them; the same again is the same phrase, so that an interrupted command resumes.
pub(super) async fn add(
    app: &App,
    capture: &CaptureApp,
    inputs: &[Input],
    command: &CaptureCommand,
) -> anyhow::Result<Vec<PhraseId>> {
    let mut ids = Vec::with_capacity(inputs.len());
    for input in inputs {
        let id = match input {
            Input::Phrase(text) => phrase(app, capture, text, command).await?,
            Input::File(path) => file(app, capture, path, command).await?,
        };
        again(app, capture, &id).await?;
        ids.push(id);
    }
    Ok(ids)
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
    }
}

async fn phrase(app: &App, capture: &CaptureApp, text: &str, command: &CaptureCommand) -> anyhow::Result<PhraseId> {
    let (texts, adding) = ([text.to_owned()], adding(command, text));
    let (views, _) = phrases::add_texts(capture, &app.engine, &local(), &texts, &adding).await.map_err(failure)?;
    let id = views.into_iter().next().context("a phrase that was added is not there")?.id;
    Ok(id.parse()?)
}

async fn file(app: &App, capture: &CaptureApp, path: &Path, command: &CaptureCommand) -> anyhow::Result<PhraseId> {
    let length = tokio::fs::metadata(path).await.with_context(|| format!("cannot read {}", path.display()))?.len();
    if length > FILE_BYTES {
        let (name, length, limit) = (path.display(), size_text(length), size_text(FILE_BYTES));
        let detail = format!("{name} has {length} and the limit is {limit}: make it smaller");
        bail!(Failure::new("file_too_large", TITLE, detail));
    }
    let folder = work::hold(&app.platform).await?;
    let copy = folder.path().join("upload");
    tokio::fs::copy(path, &copy).await.with_context(|| format!("cannot copy {}", path.display()))?;
    let hash = BlobHash::of(&tokio::fs::read(&copy).await.with_context(|| format!("cannot read {}", path.display()))?);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let adding = adding(command, hash.as_str());
    originals::check(&adding).map_err(failure)?;
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
