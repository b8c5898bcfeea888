//! Checks of a file before any tool opens it.

use std::io::SeekFrom;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::ReadError;

/// The header must start within this many bytes, as poppler and Acrobat require (ISO 32000-1, annex H.3.4.1, note 13).
pub const HEADER_WITHIN: usize = 1024;

/// How far from the end `startxref` is searched: some writers append garbage.
const TRAILER_WITHIN: u64 = 4096;

/// Checks that the content is a PDF. Returns the path in a form that no tool mistakes for an option.
pub(super) async fn check(pdf: &Path) -> Result<PathBuf, ReadError> {
    let mut file = tokio::fs::File::open(pdf).await.map_err(ReadError::from_io)?;
    let mut head = Vec::new();
    (&mut file).take(HEADER_WITHIN as u64).read_to_end(&mut head).await.map_err(ReadError::from_io)?;
    if head.is_empty() {
        return Err(ReadError::Empty);
    }
    if !has_header(&head) {
        return Err(ReadError::NotAPdf);
    }
    Ok(if pdf.is_absolute() { pdf.to_owned() } else { Path::new(".").join(pdf) })
}

/// Whether a file with these first bytes, [`HEADER_WITHIN`] of them or all, is a PDF.
pub fn has_header(head: &[u8]) -> bool {
    contains(head, b"%PDF-")
}

/// Whether the file ends like a PDF. Otherwise it was truncated; poppler would still show what is left.
pub(super) async fn has_trailer(pdf: &Path) -> Result<bool, ReadError> {
    let mut file = tokio::fs::File::open(pdf).await.map_err(ReadError::from_io)?;
    let length = file.metadata().await.map_err(ReadError::from_io)?.len();
    let start = length.saturating_sub(TRAILER_WITHIN);
    file.seek(SeekFrom::Start(start)).await.map_err(ReadError::from_io)?;
    let mut tail = Vec::new();
    file.take(TRAILER_WITHIN).read_to_end(&mut tail).await.map_err(ReadError::from_io)?;
    Ok(contains(&tail, b"startxref") || contains(&tail, b"%%EOF"))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
