//! Reads PDF files into pages, and each page into blocks of text in reading order and logical order.
//!
//! Poppler's tools read the file, each under [`crate::guard`]: `pdfinfo` gives the metadata, `pdftotext -bbox-layout`
//! the words with their positions, flow by flow. The output is parsed as a stream, so memory is bounded by the text and
//! not by the file. This module does what poppler does not: words of right-to-left lines come in visual order
//! ([`bidi`]), lines end in hyphens, pages repeat their headers and footers ([`running`]).
//!
//! Whether the text is good enough for a video is decided by the application.

mod assemble;
mod bidi;
mod builds;
mod draw;
mod dropcaps;
mod error;
mod gaps;
mod hidden;
mod hyphens;
mod info;
mod inner;
mod intake;
mod layout;
mod legible;
mod letters;
mod lines;
mod lists;
mod margins;
mod ocr;
mod paragraphs;
mod photo;
mod pictographs;
mod picture;
mod regions;
mod running;
mod scans;
mod scripts;
mod slant;
mod title;
mod watermarks;
mod wrapper;

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, Shared, try_join_all};
use sluice_domain::document::Document;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::OnceCell;

use crate::guard::{Guard, Limits};

pub use draw::PageView;
pub(crate) use draw::turn as turn_pixels;
pub use error::ReadError;
use hidden::Hidden;
use info::Info;
use inner::Findings;
pub(crate) use inner::{SUBCOMMAND as INNER_SUBCOMMAND, run_child as run_inner_child};
pub use intake::{HEADER_WITHIN, has_header};
use layout::{Drawings, RawPage};
pub(crate) use legible::function_words;
pub use ocr::RecognisedPage;
pub use photo::PhotoLine;
pub(crate) use photo::{GreyPicture, PhotoPage, read_picture, turned as turned_place};
pub use scans::unread_pages;

const MIB: u64 = 1024 * 1024;

/// Most processes that read one document in parallel, given enough cores.
const MOST_READERS: u32 = 4;

/// Pages for which another process pays off.
const PAGES_PER_READER: u32 = 40;

/// Most bytes of a process's text that are kept until it is known what of it can be seen. The process waits with the rest.
const AHEAD: usize = 16 << 20;

/// What is hidden in a document, which several wait for.
type HiddenLater<'a> = Shared<BoxFuture<'a, Arc<Hidden>>>;

/// Limits of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingLimits {
    /// Most pages of a document.
    pub max_pages: u32,
    /// Most pages of a document that is read by OCR, which takes seconds per page.
    pub max_ocr_pages: u32,
    /// Address space of each process, in bytes.
    pub memory_bytes: u64,
    /// CPU time of each process for a document of up to 100 pages.
    pub cpu: Duration,
    /// CPU time for each further page.
    pub cpu_per_page: Duration,
    /// Wall-clock time for all steps together. Well above the CPU time, since the machine may be busy.
    pub wall: Duration,
    /// Most bytes of positioned text from each process (a dense page has some 60 KiB).
    pub text_bytes: u64,
}

impl ReadingLimits {
    /// A thousand pages, one gibibyte, and on an idle machine an answer within five seconds for any file of up to 100
    /// pages, however hostile.
    pub const DEFAULT: Self = Self {
        max_pages: 1000,
        max_ocr_pages: 60,
        memory_bytes: 1024 * MIB,
        cpu: Duration::from_secs(3),
        cpu_per_page: Duration::from_millis(10),
        wall: Duration::from_secs(30),
        text_bytes: 96 * MIB,
    };

    /// For reading a file's metadata, whatever its length.
    fn metadata(&self) -> Limits {
        let cpu = Duration::from_secs(2).min(self.cpu);
        Limits { memory_bytes: self.memory_bytes, cpu, wall: self.wall, ..Limits::DOCUMENT }
    }

    /// For a look into the objects of a document with that many pages.
    fn examining(&self, pages: u32) -> Limits {
        let cpu = Duration::from_secs(1) + self.cpu_per_page * pages.saturating_sub(100);
        Limits { cpu: cpu.min(self.reading(pages).cpu), ..self.metadata() }
    }

    /// For the text of a document with that many pages.
    fn reading(&self, pages: u32) -> Limits {
        let cpu = self.cpu + self.cpu_per_page * pages.saturating_sub(100);
        Limits { cpu, output_bytes: self.text_bytes, ..self.metadata() }
    }
}

/// Reads documents.
#[derive(Debug, Clone)]
pub struct Reader {
    guard: Guard,
    limits: ReadingLimits,
    /// Poppler's version, determined once.
    poppler: Arc<OnceCell<String>>,
}

impl Reader {
    /// A reader whose tools run under `guard`.
    pub fn new(guard: Guard, limits: ReadingLimits) -> Self {
        Self { guard, limits, poppler: Arc::default() }
    }

    /// Reads the text layer of `pdf`. A file of images without text is [`ReadError::Scanned`]; one with little text and
    /// no images is a document with little text.
    pub async fn read(&self, pdf: &Path) -> Result<Document, ReadError> {
        let read = async {
            let pdf = intake::check(pdf).await?;
            let info = self.info(&pdf, self.limits.max_pages).await?;
            self.read_text(&pdf, info).await
        };
        tokio::time::timeout(self.limits.wall, read).await.unwrap_or(Err(ReadError::TooSlow))
    }

    /// Whether [`Self::read_by_ocr`] can be used on this machine.
    pub async fn ocr_available(&self) -> bool {
        ocr::usable_languages(&self.guard, &[]).await.is_ok()
    }

    async fn info(&self, pdf: &Path, max_pages: u32) -> Result<Info, ReadError> {
        let info = info::ask(&self.guard, &self.limits.metadata(), pdf).await?;
        if info.pages == 0 {
            return Err(ReadError::NoPages);
        }
        if info.pages > max_pages {
            return Err(ReadError::TooManyPages { found: info.pages, limit: max_pages });
        }
        Ok(info)
    }

    async fn read_text(&self, pdf: &Path, info: Info) -> Result<Document, ReadError> {
        let findings = self.examine(pdf, info.pages).await;
        let turned = match &findings {
            Some(findings) => self.with_visual_ligatures(pdf, info.pages, findings).await?,
            None => None,
        };
        let hidden = async {
            Arc::new(match &findings {
                Some(findings) => self.hidden(pdf, info.pages, findings).await,
                None => Hidden::unknown(),
            })
        };
        let hidden = hidden.boxed().shared();
        let text_of = turned.as_ref().map_or(pdf, tempfile::NamedTempFile::path);
        let drawings = findings.as_ref().map(|findings| findings.drawings.clone()).unwrap_or_default();
        let raw = self.raw_pages(text_of, info.pages, &hidden, &drawings).await?;
        let slanted: Vec<u32> = raw.iter().filter(|page| page.slanted).map(|page| page.number).collect();
        // On a thread of its own: nothing could stop it at the limit of time, nor could others be served meanwhile.
        let assembling = tokio::task::spawn_blocking(move || {
            let mut assembled = assemble::assembled(raw);
            gaps::remove(&mut assembled.pages);
            assembled
        });
        let assembled = assembling.await.map_err(|error| ReadError::Io(error.into()))?;
        let assemble::Assembled { pages, mut left_out } = assembled;
        self.refuse_wrapper(pdf, &info, &pages).await?;
        left_out.extend(self.scanned_pages(pdf, &info, &pages).await?);
        left_out.extend(hidden.await.left_out());
        let read_by = self.poppler.get_or_init(|| info::poppler_version(&self.guard)).await.clone();
        let document = Document { title: info.title, pages, read_by, ocr: None, left_out };
        let judging = tokio::task::spawn_blocking(move || legible::without_unreadable(document, &slanted));
        judging.await.map_err(|error| ReadError::Io(error.into()))
    }

    /// What poppler does not report about the file; none if only poppler can take it apart.
    async fn examine(&self, pdf: &Path, pages: u32) -> Option<Findings> {
        let found = inner::examine(&self.guard, &self.limits.examining(pages), pdf).await;
        let found = found.inspect_err(|error| {
            tracing::warn!(error = error as &dyn std::error::Error, "the objects of a document cannot be examined");
        });
        // Where poppler counts other pages, what is found of a page is not found of the one that poppler reads.
        found.ok().filter(|found| {
            let is_same = found.pages == pages;
            if !is_same {
                tracing::warn!(pages, examined = found.pages, "a document has not the pages that poppler finds");
            }
            is_same
        })
    }

    /// A copy of the file whose ligatures poppler reads in the right order, if it needs one.
    async fn with_visual_ligatures(
        &self,
        pdf: &Path,
        pages: u32,
        findings: &Findings,
    ) -> Result<Option<tempfile::NamedTempFile>, ReadError> {
        if !findings.logical_ligatures {
            return Ok(None);
        }
        let copy = inner::with_visual_ligatures(&self.guard, &self.limits.examining(pages), pdf).await?;
        temporary(copy).await.map(Some)
    }

    /// What a reader does not see.
    async fn hidden(&self, pdf: &Path, pages: u32, findings: &Findings) -> Hidden {
        let limits = Limits { cpu: Duration::from_secs(20), ..self.limits.reading(pages) };
        Hidden::find(&self.guard, &limits, pdf, findings).await
    }

    /// The lines of the pages, read by several processes in parallel if there are many, while what is hidden on them is
    /// still looked for.
    async fn raw_pages(
        &self,
        pdf: &Path,
        pages: u32,
        hidden: &HiddenLater<'_>,
        drawings: &Drawings,
    ) -> Result<Vec<RawPage>, ReadError> {
        let cores = u32::try_from(cores()).unwrap_or(1);
        let readers = (pages / PAGES_PER_READER + 1).min(cores).min(MOST_READERS);
        let each = pages.div_ceil(readers);
        let limits = self.limits.reading(pages);
        let parts = (0..readers).map(|part| {
            let first = part * each + 1;
            self.page_range(&limits, pdf, (first, (first + each - 1).min(pages)), hidden, drawings)
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    async fn page_range(
        &self,
        limits: &Limits,
        pdf: &Path,
        (first, last): (u32, u32),
        hidden: &HiddenLater<'_>,
        drawings: &Drawings,
    ) -> Result<Vec<RawPage>, ReadError> {
        let (first_arg, last_arg) = (first.to_string(), last.to_string());
        let fixed =
            ["-q", "-cropbox", "-bbox-layout", "-enc", "UTF-8", "-f", first_arg.as_str(), "-l", last_arg.as_str()];
        let mut args: Vec<OsString> = fixed.map(OsString::from).into();
        args.extend([pdf.as_os_str().to_owned(), "-".into()]);
        let parse = async |mut stdout| {
            let (hidden, begun) = ahead(&mut stdout, hidden.clone()).await.map_err(ReadError::from_io)?;
            layout::parse(begun.as_slice().chain(stdout), first, &hidden, drawings).await
        };
        let (pages, _) = self.guard.run_with(limits, "pdftotext", args, None, parse).await?;
        pages
    }
}

/// Waits for `value`, and reads as much of `input` meanwhile as is there, up to [`AHEAD`].
async fn ahead<T>(
    input: &mut (impl AsyncRead + Unpin),
    value: impl Future<Output = T>,
) -> std::io::Result<(T, Vec<u8>)> {
    let mut read = Vec::new();
    let mut value = std::pin::pin!(value);
    loop {
        let may_read = read.len() < AHEAD;
        tokio::select! {
            biased;
            value = &mut value => return Ok((value, read)),
            count = input.read_buf(&mut read), if may_read => if count? == 0 {
                return Ok((value.await, read));
            },
        }
    }
}

/// A file that vanishes with its handle.
async fn temporary(content: Vec<u8>) -> Result<tempfile::NamedTempFile, ReadError> {
    let file = tempfile::NamedTempFile::new().map_err(ReadError::from_io)?;
    tokio::fs::write(file.path(), content).await.map_err(ReadError::from_io)?;
    Ok(file)
}

/// Processes that can run in parallel on this machine.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
