//! Files whose page stands in for what is inside: portfolios, which are collections of embedded files behind a cover
//! sheet, and dynamic forms (XFA), which only some readers can draw.
//!
//! Both are told by structure, since the words on the page are in any language. The catalogue's entries are not among
//! what poppler's tools report, so they are searched in the file itself.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;

use flate2::read::ZlibDecoder;
use sluice_domain::document::Page;

use super::info::Info;
use super::{ReadError, Reader};

/// A cover sheet has fewer pages and words than this, a document more.
const COVER_PAGES: u32 = 3;
const COVER_WORDS: usize = 400;

/// The sheet of a dynamic form is one page that asks for another reader, in up to three languages.
const SHEET_WORDS: usize = 250;

/// Largest file that is searched: an archive may be large, and its catalogue is anywhere in it.
const SEARCHED_BYTES: u64 = 256 * 1024 * 1024;

/// Most bytes of one object stream, and of all, once inflated.
const STREAM_BYTES: u64 = 4 * 1024 * 1024;
const STREAMS_BYTES: usize = 64 * 1024 * 1024;

/// Entries of dictionaries that tell what a file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Entries {
    /// The catalogue has a collection that is shown instead of the pages.
    collection: bool,
    /// The catalogue says that the pages are to be drawn from the XFA form.
    needs_rendering: bool,
    /// There are form fields on pages.
    widgets: bool,
}

impl Reader {
    /// Refuses a file whose pages only stand in for what it contains.
    pub(super) async fn refuse_wrapper(&self, pdf: &Path, info: &Info, pages: &[Page]) -> Result<(), ReadError> {
        let words: usize = pages.iter().map(|page| page.text().split_whitespace().count()).sum();
        let maybe_sheet = info.has_xfa && info.pages == 1 && words <= SHEET_WORDS;
        let maybe_cover = info.pages <= COVER_PAGES && words <= COVER_WORDS;
        if !maybe_sheet && !maybe_cover {
            return Ok(());
        }
        let files = if maybe_cover { self.embedded_files(pdf).await? } else { 0 };
        if !maybe_sheet && files == 0 {
            return Ok(());
        }
        let path = pdf.to_owned();
        let searched = tokio::task::spawn_blocking(move || entries_of(&path)).await;
        let entries = searched.map_err(|error| ReadError::Io(error.into()))?.map_err(ReadError::from_io)?;
        if files > 0 && entries.collection {
            return Err(ReadError::Portfolio { files });
        }
        // A static form has its fields on the page beside the XFA copy of them, and its page can be read.
        if maybe_sheet && (entries.needs_rendering || !entries.widgets) {
            return Err(ReadError::DynamicForm);
        }
        Ok(())
    }

    async fn embedded_files(&self, pdf: &Path) -> Result<u32, ReadError> {
        let args = [OsStr::new("-list"), pdf.as_os_str()];
        let listed = self.guard.run(&self.limits.metadata(), "pdfdetach", args, None).await?.stdout;
        Ok(embedded(&String::from_utf8_lossy(&listed)))
    }
}

/// `3 embedded files`, and then their names.
fn embedded(listed: &str) -> u32 {
    let count = |line: &str| line.strip_suffix(" embedded files")?.trim().parse().ok();
    listed.lines().find_map(count).unwrap_or(0)
}

fn entries_of(pdf: &Path) -> std::io::Result<Entries> {
    let mut file = Vec::new();
    std::fs::File::open(pdf)?.take(SEARCHED_BYTES).read_to_end(&mut file)?;
    let mut entries = Entries::default();
    entries.search(&file);
    // Since PDF 1.5 most objects are in compressed streams.
    let mut left = STREAMS_BYTES;
    for dictionary in positions(&file, b"/ObjStm") {
        let objects = inflated(file.get(dictionary..).unwrap_or_default());
        entries.search(&objects);
        left = left.saturating_sub(objects.len());
        if left == 0 {
            break;
        }
    }
    Ok(entries)
}

impl Entries {
    fn search(&mut self, objects: &[u8]) {
        self.collection |= has_collection(objects);
        self.needs_rendering |= values(objects, b"/NeedsRendering").any(|value| value.starts_with(b"true"));
        self.widgets |= values(objects, b"/Subtype").any(|value| value.starts_with(b"/Widget"));
    }
}

/// Whether there is a dictionary or a reference under the key `Collection`. A collection that is hidden at first
/// (`/View /H`) leaves the stage to the pages.
fn has_collection(objects: &[u8]) -> bool {
    let shown = |value: &[u8]| {
        let end = value.windows(2).position(|two| two == b">>").unwrap_or(value.len());
        let dictionary = value.get(..end).unwrap_or_default();
        !values(dictionary, b"/View").any(|view| view.first_chunk() == Some(b"/H"))
    };
    values(objects, b"/Collection").any(|value| match value.first() {
        Some(b'<') => shown(value),
        Some(first) => first.is_ascii_digit(),
        None => false,
    })
}

/// What follows each occurrence of a key, without white space.
fn values<'a>(bytes: &'a [u8], key: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    positions(bytes, key).filter_map(move |at| {
        let rest = bytes.get(at + key.len()..)?;
        // `/CollectionItem` is another key.
        (!rest.first()?.is_ascii_alphanumeric()).then(|| rest.trim_ascii_start())
    })
}

fn positions<'a>(bytes: &'a [u8], part: &'a [u8]) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        // By the first byte, which is several times faster than comparing windows.
        while let Some(rest) = bytes.get(from..) {
            let at = from + rest.iter().position(|byte| Some(byte) == part.first())?;
            from = at + 1;
            if bytes.get(at..).is_some_and(|rest| rest.starts_with(part)) {
                return Some(at);
            }
        }
        None
    })
}

/// The content of the first stream in these bytes; what there is of it, if it is broken.
fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let Some(stream) = positions(bytes, b"stream").next().and_then(|at| bytes.get(at + 6..)) else { return content };
    let stream = stream.strip_prefix(b"\r").unwrap_or(stream);
    let stream = stream.strip_prefix(b"\n").unwrap_or(stream);
    if let Err(error) = ZlibDecoder::new(stream).take(STREAM_BYTES).read_to_end(&mut content) {
        tracing::debug!(%error, "an object stream cannot be inflated");
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_files_are_counted() {
        assert_eq!(embedded("12 embedded files\n1: inner.pdf\n"), 12);
        assert_eq!(embedded("0 embedded files\n"), 0);
        assert_eq!(embedded(""), 0);
    }

    #[test]
    fn a_collection_that_is_shown_makes_a_portfolio() {
        for (objects, expected) in [
            ("<< /Collection << /Type /Collection /View /D >> /Pages 4 0 R >>", true),
            ("<</Collection 7 0 R/Pages 4 0 R>>", true),
            ("<</Collection<</View/H>>/Pages 4 0 R>>", false),
            ("<</CollectionItem 7 0 R>>", false),
            ("<</Type/Collection/View/D>>", false),
        ] {
            assert_eq!(has_collection(objects.as_bytes()), expected, "{objects}");
        }
    }

    #[test]
    fn entries_are_found_in_compressed_objects() {
        let mut stream = b"5 0 obj <</Type/ObjStm/N 1/Filter/FlateDecode>> stream\r\n".to_vec();
        let mut deflate = flate2::read::ZlibEncoder::new(
            &b"1 0 <</Collection 2 0 R/NeedsRendering true>> <</Subtype/Widget>>"[..],
            flate2::Compression::default(),
        );
        deflate.read_to_end(&mut stream).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pdf");
        std::fs::write(&file, stream).unwrap();
        let all = Entries { collection: true, needs_rendering: true, widgets: true };
        assert_eq!(entries_of(&file).unwrap(), all);
    }
}
