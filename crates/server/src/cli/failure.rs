//! How a command fails: with a stable code, a readable message, and an exit code.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::process::ExitCode;

use serde_json::json;
use sluice_app::account::AccountError;
use sluice_app::library::IngestError;
use sluice_app::media::MediaError;
use sluice_blobs::BlobError;
use sluice_store::StoreError;

use crate::config::NoDataFolder;

/// Why a command failed.
pub(crate) const FAILED: u8 = 1;
/// The command line or the configuration is invalid: an unknown option, a value that is not allowed, a folder that is not known.
pub(crate) const USAGE: u8 = 2;
/// Interrupted by SIGINT or SIGTERM, with the exit code that a shell reports.
pub(crate) const INTERRUPTED: u8 = 130;

/// A failure that a command reports itself.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Failure {
    /// A stable code for programs.
    pub(crate) code: Cow<'static, str>,
    /// A short title.
    pub(crate) title: &'static str,
    /// What happened and what to do about it.
    pub(crate) detail: String,
    /// The exit code.
    pub(crate) exit: u8,
}

impl Failure {
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, title: &'static str, detail: impl Into<String>) -> Self {
        Self { code: code.into(), title, detail: detail.into(), exit: FAILED }
    }

    pub(crate) fn interrupted(detail: &str) -> Self {
        Self { exit: INTERRUPTED, ..Self::new("interrupted", "Stopped", detail) }
    }

    /// The failure that an error of a command is reported as.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if let Some(Self { code, title, exit, .. }) = error.downcast_ref::<Self>() {
            return Self { code: code.clone(), title, detail: format!("{error:#}"), exit: *exit };
        }
        if error.chain().any(<dyn std::error::Error>::is::<NoDataFolder>) {
            let failure = Self::new("data_folder_unknown", "There is no data folder", format!("{error:#}"));
            return Self { exit: USAGE, ..failure };
        }
        let (code, title) = classify(error);
        Self::new(code, title, format!("{error:#}"))
    }
}

/// Code and title of the errors of the lower layers.
fn classify(error: &anyhow::Error) -> (&'static str, &'static str) {
    if let Some(error) = error.downcast_ref::<IngestError>() {
        return ingest(error);
    }
    if let Some(error) = error.downcast_ref::<AccountError>() {
        return (error.code(), "The account cannot be changed like this");
    }
    for cause in error.chain() {
        if let Some(error) = cause.downcast_ref::<StoreError>() {
            return (error.code(), "The database cannot do this");
        }
        if let Some(error) = cause.downcast_ref::<MediaError>() {
            return media(error);
        }
        if let Some(error) = cause.downcast_ref::<BlobError>() {
            return blobs(error);
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return files(error);
        }
    }
    ("failed", "It failed")
}

fn ingest(error: &IngestError) -> (&'static str, &'static str) {
    const UNFIT: &str = "No video can be made of this document";
    match error {
        IngestError::Unreadable(error) => (error.code(), UNFIT),
        IngestError::NotRead(_) => ("document_not_read", UNFIT),
        IngestError::Refused(refusal) => (refusal.code, refusal.title),
        IngestError::Media(error) => media(error),
        IngestError::Store(error) => (error.code(), "The database cannot do this"),
        IngestError::Limit(_) => ("limit_bytes_kept", "There is no room for more"),
        IngestError::Kept(_) | IngestError::UploadLost => ("internal", "Internal error"),
    }
}

fn media(error: &MediaError) -> (&'static str, &'static str) {
    match error {
        MediaError::Blobs(error) => blobs(error),
        MediaError::Store(error) => (error.code(), "The database cannot do this"),
        MediaError::Collecting => ("media_collecting", "These bytes are being deleted"),
    }
}

fn blobs(error: &BlobError) -> (&'static str, &'static str) {
    match error {
        BlobError::DiskFull { .. } => ("disk_full", "The disk is full"),
        _ => ("media_failed", "The media folder cannot be used"),
    }
}

fn files(error: &io::Error) -> (&'static str, &'static str) {
    match error.kind() {
        io::ErrorKind::NotFound => ("not_found", "Not found"),
        io::ErrorKind::PermissionDenied => ("permission_denied", "Not permitted"),
        io::ErrorKind::StorageFull => ("disk_full", "The disk is full"),
        io::ErrorKind::ReadOnlyFilesystem => ("read_only", "The disk is read-only"),
        _ => ("io_failed", "A file cannot be used"),
    }
}

/// Prints a failure to standard error, as JSON for programs, and returns its exit code. A closed standard output
/// (`sluice jobs list | head`) is not a failure.
pub(crate) fn report(error: &anyhow::Error, as_json: bool) -> ExitCode {
    let is_broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref().map(io::Error::kind) == Some(io::ErrorKind::BrokenPipe)
    };
    if error.downcast_ref::<super::OutputError>().is_some() && error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    print(&Failure::of(error), as_json)
}

pub(crate) fn print(failure: &Failure, as_json: bool) -> ExitCode {
    if as_json {
        let object = json!({ "code": failure.code, "title": failure.title, "detail": failure.detail });
        // If standard error is closed, the exit code is the only report.
        writeln!(io::stderr().lock(), "{object}").ok();
    } else {
        super::complain(&failure.detail);
    }
    ExitCode::from(failure.exit)
}
