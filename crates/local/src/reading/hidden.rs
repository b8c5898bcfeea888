//! Text that a reader of the page does not see: under a box or a picture, in the colour of the ground, transparent,
//! clipped, in the invisible mode, outside of the page, too small.
//!
//! [`inner`] names the pages on which that is possible, most often none. Those are drawn twice, with their text and
//! without: a word that makes no difference cannot be seen. One exception: invisible text above a scan of the page is
//! what OCR found in it, and stays where the scan has ink.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt, TryStreamExt};
use sluice_domain::document::{LeftOut, Reason};

use super::inner::{self, DoubtfulPage, Findings};
use super::{ReadError, cores};
use crate::guard::{Guard, Limits};

/// How much darker or lighter a pixel must become by the text, of 255.
const DIFFERENCE: u8 = 20;

/// How much two neighbours must differ to be the edge of a letter in a scan, of 255.
const EDGE: u8 = 48;

/// The fraction of a word's area that changes at least, if the word can be seen.
const LEAST_SEEN: f32 = 0.015;

/// The fraction of the surroundings of a word found by OCR that is the edge of a letter, if there is writing at all.
const LEAST_INK: f32 = 0.005;

/// A word lower and narrower than that, in points, is too small to be read.
const SMALL: f32 = 2.0;

/// Pages that are drawn by one process.
const PAGES_PER_DRAWING: usize = 8;

/// Pixels of a page's longer edge at most: one pixel per point, but for the longest of pages.
const LONGEST_EDGE: f32 = 6000.0;

/// Most pages of a scanned document on which what OCR found is compared with the scan. A longer document is trusted:
/// drawing scans takes a tenth of a second per page.
const COMPARED_SCANS: usize = 60;

/// How a word looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It makes a difference.
    Yes,
    /// It makes none, but the page may be a scan, and has ink around it: OCR may have found it there.
    InScan,
    No,
}

/// What cannot be seen of a document.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    pages: BTreeMap<u32, Sight>,
    /// The pages on which words were found to be hidden.
    found: Mutex<BTreeSet<u32>>,
}

/// One page as it looks.
#[derive(Debug)]
struct Sight {
    /// Pixels per point.
    scale: f32,
    width: usize,
    height: usize,
    /// Where the text makes a difference.
    changed: Bits,
    /// Where a scan has ink; none if the page has no scan.
    edges: Option<Bits>,
    forms: Vec<[f32; 4]>,
    /// All that is hidden is what OCR laid over a scan.
    only_over_scan: bool,
    /// Where text is clipped to nothing.
    cut: Vec<[f32; 4]>,
}

/// A bit for each pixel.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(bits: impl ExactSizeIterator<Item = bool>) -> Self {
        let mut words = vec![0_u64; bits.len().div_ceil(64)];
        for (at, _) in bits.enumerate().filter(|(_, bit)| *bit) {
            if let Some(word) = words.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
        Self(words)
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

impl Hidden {
    /// Draws the doubtful pages of a file.
    pub(super) async fn find(
        guard: &Guard,
        limits: &Limits,
        pdf: &Path,
        findings: &Findings,
    ) -> Result<Self, ReadError> {
        let found = findings.doubtful.iter().filter(|page| page.outside).map(|page| page.number).collect();
        let scans = findings.doubtful.iter().filter(|page| page.only_over_scan).count();
        let suspects = || {
            let compared = |page: &&DoubtfulPage| page.suspect && (!page.only_over_scan || scans <= COMPARED_SCANS);
            findings.doubtful.iter().filter(compared)
        };
        if suspects().next().is_none() {
            return Ok(Self { pages: BTreeMap::new(), found: Mutex::new(found) });
        }
        let bare = super::temporary(inner::without_text(guard, limits, pdf).await?).await?;
        let runs = runs(suspects());
        let draw = |pages| sights(guard, limits, [pdf, bare.path()], pages).boxed();
        let drawn: Vec<BoxFuture<'_, Result<_, ReadError>>> = runs.into_iter().map(draw).collect();
        let pages: Vec<Vec<(u32, Sight)>> = stream::iter(drawn).buffered(cores()).try_collect().await?;
        Ok(Self { pages: pages.into_iter().flatten().collect(), found: Mutex::new(found) })
    }

    /// How a word with those bounds (left, top, right and bottom in points) looks.
    pub(super) fn seen(&self, page: u32, bounds: [f32; 4]) -> Seen {
        self.pages.get(&page).map_or(Seen::Yes, |sight| sight.seen(bounds))
    }

    /// Whether a hidden word leaves a gap: one that is tiny, or clipped to nothing as text for screen readers is, takes no
    /// place of its own.
    pub(super) fn leaves_gap(&self, page: u32, bounds: [f32; 4]) -> bool {
        let (x, y) = (bounds[0].midpoint(bounds[2]), bounds[1].midpoint(bounds[3]));
        // The width of text is only estimated, on the low side.
        let holds = |[left, top, right, bottom]: &[f32; 4]| {
            *left <= x && x <= right + 0.5 * (right - left) && *top <= y && y <= *bottom
        };
        !is_tiny(bounds) && !self.pages.get(&page).is_some_and(|sight| sight.cut.iter().any(holds))
    }

    /// Notes that a word of a page is left out.
    pub(super) fn note(&self, page: u32) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(page);
    }

    /// Whether what is hidden on a page is what OCR took for words on a scan, and nothing that somebody wrote.
    pub(super) fn is_scan(&self, page: u32) -> bool {
        self.pages.get(&page).is_some_and(|sight| sight.only_over_scan)
    }

    /// The pages of which something was hidden. What it was is not said: it may be what somebody blacked out.
    pub(super) fn left_out(self) -> Vec<LeftOut> {
        let found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.into_iter().map(|page| LeftOut { page, reason: Reason::Hidden, sample: String::new() }).collect()
    }
}

impl Sight {
    fn seen(&self, [left, top, right, bottom]: [f32; 4]) -> Seen {
        let (x, y) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
        if self.forms.iter().any(|form| form[0] <= x && x <= form[2] && form[1] <= y && y <= form[3]) {
            return Seen::Yes;
        }
        if is_tiny([left, top, right, bottom]) {
            return Seen::No;
        }
        let height = bottom - top;
        // Without the edges, where the letters of the lines above and below reach in.
        let is_seen =
            self.share(&self.changed, [left, top + 0.15 * height, right, bottom - 0.15 * height]) > LEAST_SEEN;
        // What OCR found does not stand exactly where the scan has it, and least so at the end of a line.
        let around = [left - 8.0 * height, top - height, right + 8.0 * height, bottom + height];
        if is_seen {
            Seen::Yes
        } else if self.edges.as_ref().is_some_and(|edges| self.share(edges, around) > LEAST_INK) {
            Seen::InScan
        } else {
            Seen::No
        }
    }

    /// The share of the pixels in an area that are set.
    #[expect(clippy::cast_precision_loss, reason = "a word has few pixels")]
    fn share(&self, bits: &Bits, [left, top, right, bottom]: [f32; 4]) -> f32 {
        let columns = self.pixels(left, right, self.width);
        let rows = self.pixels(top, bottom, self.height);
        let all = columns.len() * rows.len();
        let pixels = rows.flat_map(|row| columns.clone().map(move |column| row * self.width + column));
        pixels.filter(|at| bits.has(*at)).count() as f32 / all.max(1) as f32
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture")]
    fn pixels(&self, from: f32, to: f32, most: usize) -> std::ops::Range<usize> {
        let pixel = |at: f32| (at * self.scale).max(0.0) as usize;
        let start = pixel(from).min(most.saturating_sub(1));
        start..pixel(to).saturating_add(1).clamp(start, most)
    }
}

/// Whether a word with those bounds is too small to be read.
fn is_tiny([left, top, right, bottom]: [f32; 4]) -> bool {
    bottom - top < SMALL && right - left < SMALL * 4.0
}

/// Pages in a row, a few at a time; a long page alone, since it has a scale of its own.
fn runs<'a>(pages: impl Iterator<Item = &'a DoubtfulPage>) -> Vec<Vec<DoubtfulPage>> {
    let mut runs: Vec<Vec<DoubtfulPage>> = Vec::new();
    for page in pages {
        match runs.last_mut() {
            Some(run)
                if run.len() < PAGES_PER_DRAWING
                    && page.longer_edge <= LONGEST_EDGE
                    && run
                        .last()
                        .is_some_and(|last| last.number + 1 == page.number && last.longer_edge <= LONGEST_EDGE) =>
            {
                run.push(page.clone());
            }
            _ => runs.push(vec![page.clone()]),
        }
    }
    runs
}

/// What can be seen of pages in a row, drawn from the file and from its copy without text.
async fn sights(
    guard: &Guard,
    limits: &Limits,
    [pdf, bare]: [&Path; 2],
    pages: Vec<DoubtfulPage>,
) -> Result<Vec<(u32, Sight)>, ReadError> {
    let drawn = pictures(guard, limits, pdf, &pages).await?;
    let bare = pictures(guard, limits, bare, &pages).await?;
    let pairs = drawn.iter().zip(&bare).zip(&pages);
    Ok(pairs.filter_map(|((drawn, bare), page)| sight(drawn, bare, page)).collect())
}

/// A page in shades of grey.
struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

/// Draws pages in a row.
async fn pictures(
    guard: &Guard,
    limits: &Limits,
    pdf: &Path,
    pages: &[DoubtfulPage],
) -> Result<Vec<Picture>, ReadError> {
    let (Some(first), Some(last)) = (pages.first(), pages.last()) else { return Ok(Vec::new()) };
    let scale = ["-gray", "-cropbox", "-r", "72"].map(OsString::from);
    let shorter = ["-gray", "-cropbox", "-scale-to", &LONGEST_EDGE.to_string()].map(OsString::from);
    let mut args: Vec<OsString> = if first.longer_edge > LONGEST_EDGE { shorter.into() } else { scale.into() };
    for (name, number) in [("-f", first.number), ("-l", last.number)] {
        args.extend([OsString::from(name), number.to_string().into()]);
    }
    args.push(pdf.as_os_str().to_owned());
    let output = guard.run(limits, "pdftoppm", args, None).await?.stdout;
    let (mut pictures, mut at) = (Vec::new(), 0);
    while let Some((picture, length)) = output.get(at..).and_then(graymap) {
        pictures.push(picture);
        at += length;
    }
    Ok(pictures)
}

/// A picture in the PGM format (`P5`, width, height, 255, pixels), and its length in bytes.
fn graymap(bytes: &[u8]) -> Option<(Picture, usize)> {
    let mut at = 0;
    let mut field = || {
        let rest = bytes.get(at..)?;
        let end = rest.iter().position(u8::is_ascii_whitespace)?;
        at += end + 1;
        std::str::from_utf8(rest.get(..end)?).ok()
    };
    let (magic, width, height, most) = (field()?, field()?, field()?, field()?);
    let (width, height): (usize, usize) = (width.parse().ok()?, height.parse().ok()?);
    let end = at.checked_add(width.checked_mul(height)?)?;
    let grey = bytes.get(at..end)?.to_vec();
    (magic == "P5" && most == "255").then_some((Picture { width, height, grey }, end))
}

/// What of a page's text can be seen, by its pictures with and without.
fn sight(drawn: &Picture, bare: &Picture, page: &DoubtfulPage) -> Option<(u32, Sight)> {
    let Picture { width, height, grey } = drawn;
    if grey.len() != bare.grey.len() || page.longer_edge <= 0.0 {
        return None;
    }
    let changed = Bits::new(grey.iter().zip(&bare.grey).map(|(one, other)| one.abs_diff(*other) >= DIFFERENCE));
    let edge = |at: usize| {
        let differs = |before: Option<&u8>| before.is_some_and(|before| before.abs_diff(grey[at]) >= EDGE);
        differs(at.checked_sub(1).and_then(|at| grey.get(at)))
            || differs(at.checked_sub(*width).and_then(|at| grey.get(at)))
    };
    let edges = page.has_scan.then(|| Bits::new((0..grey.len()).map(edge)));
    #[expect(clippy::cast_precision_loss, reason = "a picture has few thousand pixels a side")]
    let scale = (*width).max(*height) as f32 / page.longer_edge;
    let scale = if page.longer_edge > LONGEST_EDGE { scale } else { 1.0 };
    let sight = Sight {
        scale,
        width: *width,
        height: *height,
        changed,
        edges,
        forms: page.forms.clone(),
        only_over_scan: page.only_over_scan,
        cut: page.cut.clone(),
    };
    Some((page.number, sight))
}
