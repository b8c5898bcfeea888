//! Why a file could not be read.

use std::io;

use crate::guard::GuardError;

/// Why a file could not be read, for the person whose file it is.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// Its content is not that of a PDF file, whatever its name says.
    #[error("the file is not a PDF")]
    NotAPdf,
    /// It cannot be opened without a password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// It is cut short or broken.
    #[error("the file is damaged: {detail}")]
    Damaged {
        /// What is wrong with it.
        detail: String,
    },
    /// It is a PDF without pages.
    #[error("the file has no pages")]
    NoPages,
    /// Its pages are pictures of text.
    #[error("the {pages} pages of the file are pictures without a text layer")]
    Scanned {
        /// Pages in all.
        pages: u32,
        /// Whether its text can be recognised on this machine.
        ocr_available: bool,
    },
    /// It has more pages than are read.
    #[error("the file has {found} pages, more than {limit}")]
    TooManyPages {
        /// Pages in all.
        found: u32,
        /// Most pages that are read.
        limit: u32,
    },
    /// Reading took longer than any honest file of its length does.
    #[error("the file takes too long to read")]
    TooSlow,
    /// The file unfolds into more than a document holds.
    #[error("the file takes too much memory to read")]
    TooMuchMemory,
    /// A program that reading needs is not installed.
    #[error("\"{tool}\" is missing: install the package {package}")]
    ToolMissing {
        /// The program.
        tool: String,
        /// The Debian package that has it.
        package: String,
    },
    /// The disk is full.
    #[error("no space is left on the disk")]
    DiskFull,
    /// Reading failed for reasons that lie outside the file; it may work later.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
}

impl ReadError {
    /// Tells a full disk from other trouble.
    pub(super) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<GuardError> for ReadError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Missing { program } => {
                let package = if program == "tesseract" { "tesseract-ocr" } else { "poppler-utils" };
                Self::ToolMissing { tool: program, package: package.to_owned() }
            }
            GuardError::TimedOut { .. } => Self::TooSlow,
            GuardError::OutOfMemory { .. } | GuardError::TooMuchOutput { .. } => Self::TooMuchMemory,
            GuardError::DiskFull => Self::DiskFull,
            GuardError::Failed { stderr_tail, .. } => from_poppler(&stderr_tail),
            GuardError::Io(error) => Self::from_io(error),
            error @ GuardError::Killed { .. } => Self::Io(io::Error::other(error)),
        }
    }
}

/// What poppler's last words mean.
fn from_poppler(words: &str) -> ReadError {
    if words.contains("Incorrect password") || words.contains("security handler") {
        return ReadError::Encrypted;
    }
    if words.contains("Invalid page count 0") {
        return ReadError::NoPages;
    }
    let detail = words.lines().rev().find_map(|line| line.split_once("Error: ").map(|(_, detail)| detail.trim()));
    let detail = detail.filter(|detail| !detail.is_empty()).unwrap_or("its reader crashed");
    ReadError::Damaged { detail: detail.chars().take(200).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn popplers_words_become_reasons() {
        assert!(matches!(from_poppler("Command Line Error: Incorrect password"), ReadError::Encrypted));
        let words = "Syntax Error (12): Illegal character\nSyntax Error: Couldn't find trailer dictionary";
        let ReadError::Damaged { detail } = from_poppler(words) else { panic!() };
        assert_eq!(detail, "Couldn't find trailer dictionary");
        assert!(matches!(from_poppler(""), ReadError::Damaged { detail } if detail == "its reader crashed"));
    }
}
