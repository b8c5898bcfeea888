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
mod dropcaps;
mod error;
mod hyphens;
mod info;
mod intake;
mod layout;
mod letters;
mod lines;
mod lists;
mod margins;
mod ocr;
mod paragraphs;
mod regions;
mod running;
mod scripts;
mod title;
mod watermarks;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use futures::stream::{self, StreamExt, TryStreamExt};
use sluice_domain::document::Document;
use sluice_domain::language::Language;
use tokio::sync::OnceCell;

use crate::guard::{Guard, Limits};

pub use error::ReadError;
use info::Info;
use layout::RawPage;

const MIB: u64 = 1024 * 1024;

/// A page with fewer letters has no text to speak of: a page number, a stamp.
const SPARSE_PAGE_LETTERS: usize = 30;

/// Most processes that read one document in parallel, given enough cores.
const MOST_READERS: u32 = 4;

/// Pages for which another process pays off.
const PAGES_PER_READER: u32 = 40;

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

    /// Reads `pdf` by optical character recognition in the given languages, or in any installed one if none is given.
    /// Takes seconds per page.
    pub async fn read_by_ocr(&self, pdf: &Path, languages: &[Language]) -> Result<Document, ReadError> {
        let pdf = intake::check(pdf).await?;
        let info = self.info(&pdf, self.limits.max_ocr_pages).await?;
        let usable = ocr::usable_languages(&self.guard, languages).await?;
        let chosen = ocr::of_one_script(&self.guard, &pdf, &usable).await?;
        let pages = stream::iter(1..=info.pages)
            .map(|number| ocr::read_page(&self.guard, &pdf, number, &chosen))
            .buffered(cores())
            .try_collect()
            .await?;
        let read_by = ocr::name(&self.guard).await;
        Ok(Document { title: info.title, pages: assemble::pages(pages), read_by, left_out: Vec::new() })
    }

    /// Renders one page (counted from 1) as a PNG image `width_px` wide, at `out_png`.
    pub async fn page_image(&self, pdf: &Path, page: u32, width_px: u32, out_png: &Path) -> Result<(), ReadError> {
        let pdf = intake::check(pdf).await?;
        let limits = Limits { cpu: Duration::from_secs(20), wall: Duration::from_secs(30), ..self.limits.metadata() };
        let mut args: Vec<OsString> = ["-png", "-singlefile", "-scale-to-y", "-1"].map(OsString::from).into();
        for (name, value) in [("-f", page), ("-l", page), ("-scale-to-x", width_px)] {
            args.extend([OsString::from(name), value.to_string().into()]);
        }
        args.push(pdf.into_os_string());
        let png = self.guard.run(&limits, "pdftoppm", args, None).await?.stdout;
        if !png.starts_with(b"\x89PNG") {
            return Err(ReadError::Damaged { detail: format!("page {page} cannot be drawn") });
        }
        // Under a temporary name first, so that an incomplete image is never visible.
        let mut partial = out_png.as_os_str().to_owned();
        partial.push(".part");
        let partial = PathBuf::from(partial);
        tokio::fs::write(&partial, png).await.map_err(ReadError::from_io)?;
        tokio::fs::rename(&partial, out_png).await.map_err(ReadError::from_io)
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
        let raw = self.raw_pages(pdf, info.pages).await?;
        let assemble::Assembled { pages, left_out } = assemble::assembled(raw);
        let letters = |page: &sluice_domain::document::Page| page.text().chars().filter(|c| c.is_alphabetic()).count();
        let sparse: Vec<u32> =
            pages.iter().filter(|page| letters(page) < SPARSE_PAGE_LETTERS).map(|page| page.number).collect();
        // If less than half of the pages have text: are the others images?
        if sparse.len() * 2 > pages.len() {
            let images = info::pages_with_images(&self.guard, &self.limits.metadata(), pdf).await?;
            let scanned = sparse.iter().filter(|number| images.contains(number)).count();
            if scanned * 2 > pages.len() {
                return Err(ReadError::Scanned { pages: info.pages, ocr_available: self.ocr_available().await });
            }
        }
        let read_by = self.poppler.get_or_init(|| info::poppler_version(&self.guard)).await.clone();
        Ok(Document { title: info.title, pages, read_by, left_out })
    }

    /// The lines of the pages, read by several processes in parallel if there are many.
    async fn raw_pages(&self, pdf: &Path, pages: u32) -> Result<Vec<RawPage>, ReadError> {
        let cores = u32::try_from(cores()).unwrap_or(1);
        let readers = (pages / PAGES_PER_READER + 1).min(cores).min(MOST_READERS);
        let each = pages.div_ceil(readers);
        let limits = self.limits.reading(pages);
        let parts = (0..readers).map(|part| {
            let first = part * each + 1;
            self.page_range(&limits, pdf, first, (first + each - 1).min(pages))
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    async fn page_range(&self, limits: &Limits, pdf: &Path, first: u32, last: u32) -> Result<Vec<RawPage>, ReadError> {
        let (first_arg, last_arg) = (first.to_string(), last.to_string());
        let fixed = ["-q", "-bbox-layout", "-enc", "UTF-8", "-f", first_arg.as_str(), "-l", last_arg.as_str()];
        let mut args: Vec<OsString> = fixed.map(OsString::from).into();
        args.extend([pdf.as_os_str().to_owned(), "-".into()]);
        let parse = |stdout| layout::parse(stdout, first);
        let (pages, _) = self.guard.run_with(limits, "pdftotext", args, None, parse).await?;
        pages
    }
}

/// Processes that can run in parallel on this machine.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
