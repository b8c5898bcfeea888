//! Why a file could not be read.

use std::io;

use crate::guard::GuardError;

/// Why a file could not be read, for the user.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file has no bytes.
    #[error("the file is empty: choose another one, or save it again")]
    Empty,
    /// Its content is not a PDF file, whatever its name.
    #[error("the file is not a PDF, despite its name: save it as PDF and try again")]
    NotAPdf,
    /// It cannot be opened without a password.
    #[error("the file is protected by a password: save a copy without one and try again")]
    Encrypted,
    /// It is cut short or broken.
    #[error("the file is damaged ({detail}): download it again, or save it as PDF again")]
    Damaged {
        /// What is wrong with it.
        detail: String,
    },
    /// It is a PDF without pages.
    #[error("the file has no pages: choose another one")]
    NoPages,
    /// Its pages are images of text.
    #[error("{} without text: {}", images(*.pages), advice(*.ocr_available))]
    Scanned {
        /// Pages in all.
        pages: u32,
        /// Whether its text can be recognised on this machine.
        ocr_available: bool,
    },
    /// Its pages are images of text, and more than are read by OCR.
    #[error(
        "its {found} pages are images without text, and character recognition (OCR) reads {limit} at most: split it"
    )]
    TooManyScans {
        /// Pages in all.
        found: u32,
        /// Most pages that are read by OCR.
        limit: u32,
    },
    /// It is a portfolio: the page is a cover sheet, and the documents are embedded files.
    #[error(
        "the file is a portfolio: the documents are inside it ({files}), and its page is only the cover. Open it in Acrobat, \
         save the document that you want, and use that one"
    )]
    Portfolio {
        /// Embedded files.
        files: u32,
    },
    /// It is a dynamic form (XFA), whose page only asks for another reader.
    #[error(
        "the file is a form that only Acrobat can show, and its page only says \"please wait\": open it in Acrobat, and \
         print it or save it as PDF"
    )]
    DynamicForm,
    /// It has more pages than are read.
    #[error("the file has {found} pages and the limit is {limit}: split it")]
    TooManyPages {
        /// Pages in all.
        found: u32,
        /// Most pages that are allowed.
        limit: u32,
    },
    /// Reading took longer than any well-formed file of its length needs.
    #[error("the file takes too long to read: print it to a new PDF and try again")]
    TooSlow,
    /// The file expands to more than the limits of a document.
    #[error("the file expands to more than can be read: print it to a new PDF and try again")]
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
    #[error("no space is left on the disk: free some and try again")]
    DiskFull,
    /// Reading failed for reasons unrelated to the file; it may work later.
    #[error("the file could not be read")]
    Io(#[source] io::Error),
}

/// So many pages are images.
fn images(pages: u32) -> String {
    if pages == 1 { "its page is an image".to_owned() } else { format!("its {pages} pages are images") }
}

/// What can be done about a scan.
const fn advice(ocr_available: bool) -> &'static str {
    if ocr_available {
        "use character recognition (OCR)"
    } else {
        "install the package tesseract-ocr to read them by character recognition (OCR), or choose a file with text"
    }
}

impl ReadError {
    /// A stable code for clients and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "document_empty",
            Self::NotAPdf => "not_a_pdf",
            Self::Encrypted => "document_encrypted",
            Self::Damaged { .. } => "document_damaged",
            Self::NoPages => "document_no_pages",
            Self::Scanned { .. } => "document_scanned",
            Self::TooManyScans { .. } => "document_too_many_scans",
            Self::Portfolio { .. } => "document_portfolio",
            Self::DynamicForm => "document_dynamic_form",
            Self::TooManyPages { .. } => "document_too_many_pages",
            Self::TooSlow => "document_too_slow",
            Self::TooMuchMemory => "document_too_much_memory",
            Self::ToolMissing { .. } => "tool_missing",
            Self::DiskFull => "disk_full",
            Self::Io(_) => "document_unreadable",
        }
    }

    /// Distinguishes a full disk from other I/O errors.
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

/// Maps poppler's last error message to a reason.
fn from_poppler(words: &str) -> ReadError {
    if words.contains("Incorrect password") || words.contains("security handler") {
        return ReadError::Encrypted;
    }
    if words.contains("Invalid page count 0") {
        return ReadError::NoPages;
    }
    if words.contains("Wrong page range") {
        return ReadError::Damaged { detail: "its pages cannot be found".to_owned() };
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
