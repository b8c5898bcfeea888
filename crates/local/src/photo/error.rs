//! Why a picture was not read.

use std::io;

use serde::{Deserialize, Serialize};

use super::decode::MOST_PIXELS;
use crate::child::warm::WarmError;
use crate::models::{PHOTO_READING, incomplete};
use crate::reading::ReadError;

/// Why a picture was not read, for the user.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// A file of the engine or of its models is missing.
    #[error("what reads photographs is not installed: {}", incomplete(&PHOTO_READING, files))]
    NotInstalled {
        /// The names of the files that are not there, or not as they should be.
        files: Vec<&'static str>,
    },
    /// The engine is there but cannot be loaded.
    #[error("what reads photographs cannot be loaded: {message}; `sluice models verify` finds damaged files")]
    NotLoaded {
        /// What the engine says.
        message: String,
    },
    /// There is no such file, or it cannot be opened.
    #[error("the file cannot be opened: {message}")]
    NoFile {
        /// What went wrong.
        message: String,
    },
    /// The engine takes paths as text.
    #[error("the path of the file is not UTF-8: rename the file, or the folder that it is in")]
    PathNotUtf8,
    /// The file has no bytes.
    #[error("the file is empty: choose another one, or save it again")]
    Empty,
    /// The file is longer than what is opened.
    #[error("the file has {bytes} bytes and the limit is {limit}: save the picture smaller, or as JPEG")]
    LargeFile {
        /// Its length.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// It has more pixels than what is decoded.
    #[error(
        "the picture has {width} × {height} pixels, and some {} millions at most are read, fewer of a PNG with transparency \
         or deep colours: save it smaller",
        MOST_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Its content is not a picture of a known kind, whatever its name.
    #[error("the file is not a PNG, JPEG or WebP picture{}", kind(*is_heic))]
    NotAPicture {
        /// It is a HEIC picture.
        is_heic: bool,
    },
    /// It is cut short or broken.
    #[error("the picture is damaged ({message}): copy it again from where it is whole")]
    Damaged {
        /// What is wrong with it.
        message: String,
    },
    /// Neither engine reads this language.
    #[error("no language \"{code}\" can be read; an ISO 639-1 code such as \"en\" or \"ar\" is expected")]
    UnknownLanguage {
        /// As it was given.
        code: String,
    },
    /// tesseract could not read it.
    #[error("the picture could not be read by tesseract")]
    Tesseract(#[source] ReadError),
    /// tesseract is not there, or not with the language.
    #[error("this language is read by tesseract: install the package {package}")]
    TesseractMissing {
        /// The Debian package that is missing.
        package: String,
    },
    /// The engine crashed, hung or could not be started. The next request restarts it.
    #[error("the engine that reads photographs stopped")]
    Engine(#[from] WarmError),
    /// A temporary file could not be written or read.
    #[error("the picture could not be passed on")]
    Io(#[source] io::Error),
    /// The engine works but could not fulfil the request.
    #[error("the picture could not be read: {message}")]
    Failed {
        /// Its message.
        message: String,
    },
}

const fn kind(is_heic: bool) -> &'static str {
    if is_heic { " but HEIC: save or export it as JPEG" } else { ": save it as one of these" }
}

/// A failure as the engine child reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    NotLoaded { message: String },
    NoFile { message: String },
    Empty,
    LargeFile { bytes: u64, limit: u64 },
    TooLarge { width: u32, height: u32 },
    NotAPicture { is_heic: bool },
    Damaged { message: String },
    Failed { message: String },
}

impl From<Failure> for PhotoError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotLoaded { message } => Self::NotLoaded { message },
            Failure::NoFile { message } => Self::NoFile { message },
            Failure::Empty => Self::Empty,
            Failure::LargeFile { bytes, limit } => Self::LargeFile { bytes, limit },
            Failure::TooLarge { width, height } => Self::TooLarge { width, height },
            Failure::NotAPicture { is_heic } => Self::NotAPicture { is_heic },
            Failure::Damaged { message } => Self::Damaged { message },
            Failure::Failed { message } => Self::Failed { message },
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed { message }
    }
}

impl From<ReadError> for PhotoError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::ToolMissing { package, .. } => Self::TesseractMissing { package },
            other => Self::Tesseract(other),
        }
    }
}

impl PhotoError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "photo_not_installed",
            Self::NotLoaded { .. } => "photo_not_loaded",
            Self::NoFile { .. } => "not_found",
            Self::PathNotUtf8 => "path_not_utf8",
            Self::Empty => "file_empty",
            Self::LargeFile { .. } | Self::TooLarge { .. } => "picture_too_large",
            Self::NotAPicture { .. } => "not_a_picture",
            Self::Damaged { .. } => "picture_damaged",
            Self::UnknownLanguage { .. } => "language_unknown",
            Self::Tesseract(error) => error.code(),
            Self::TesseractMissing { .. } => "tool_missing",
            Self::Engine(_) => "photo_stopped",
            Self::Io(_) => "photo_io",
            Self::Failed { .. } => "photo_failed",
        }
    }

    /// Whether the same request may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Engine(_)
                | Self::Io(_)
                | Self::Failed { .. }
                | Self::Tesseract(ReadError::Io(_) | ReadError::DiskFull | ReadError::TooSlow)
        )
    }
}
