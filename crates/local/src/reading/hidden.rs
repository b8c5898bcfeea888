//! Text that a reader of the page does not see: under a box or a picture, in the colour of the ground, transparent,
//! clipped, in the invisible mode, outside of the page, too small.
//!
//! [`inner`] names the pages on which that is possible, most often none. Those are drawn twice, with their text and
//! without: a word that makes no difference cannot be seen. One exception: invisible text above a scan of the page, or
//! text below it, is what OCR found in it, and stays where the scan has ink and nothing else is painted over it. To find
//! that out the page is drawn twice more, with a dark and with a light ground in place of the scan.
//!
//! Where all that cannot be done, nobody knows what a reader sees, and the page is not read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
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

/// The fraction of the place of a word found by OCR where the scan is not covered, if the word can be seen.
const LEAST_GROUND: f32 = 0.5;

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
    /// It makes none, but the page is a scan that can be seen there, and has ink around it: OCR may have found it.
    InScan,
    /// It makes none, and stands where something is painted over the scan.
    Covered,
    No,
}

/// What cannot be seen of a document.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    pages: BTreeMap<u32, Sight>,
    unexamined: Unexamined,
    /// What was left out, and of which pages.
    found: Mutex<BTreeSet<(u32, Reason)>>,
}

/// The pages of which nobody knows what can be seen.
#[derive(Debug)]
enum Unexamined {
    All,
    Pages(BTreeSet<u32>),
}

impl Default for Unexamined {
    fn default() -> Self {
        Self::Pages(BTreeSet::new())
    }
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
    /// Where the scan can be seen; none if nothing is painted over it.
    ground: Option<Bits>,
    forms: Vec<[f32; 4]>,
    /// All that is hidden is what OCR laid over a scan.
    only_over_scan: bool,
    /// Where text is clipped to nothing.
    cut: Vec<[f32; 4]>,
    /// Where letters run into a blot.
    blots: Vec<[f32; 4]>,
    /// Where a scan is painted once more, and covers what it shows there.
    again: Vec<[f32; 4]>,
    /// Where text is no work of OCR, as narrow as it may be.
    shown: Vec<[f32; 4]>,
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
    pub(super) async fn find(guard: &Guard, limits: &Limits, pdf: &Path, findings: &Findings) -> Self {
        let doubtful = &findings.doubtful;
        let found = doubtful.iter().filter(|page| page.outside).map(|page| (page.number, Reason::Hidden)).collect();
        let mut unexamined: BTreeSet<u32> =
            doubtful.iter().filter(|page| page.unexamined).map(|page| page.number).collect();
        let scans = doubtful.iter().filter(|page| page.only_over_scan).count();
        let compared = |page: &&DoubtfulPage| {
            page.suspect && !page.unexamined && (!page.only_over_scan || scans <= COMPARED_SCANS)
        };
        let suspects: Vec<&DoubtfulPage> = doubtful.iter().filter(compared).collect();
        let drawn = sights(guard, limits, pdf, &suspects).await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the pages of a document cannot be compared");
            Vec::new()
        });
        let pages: BTreeMap<u32, Sight> = drawn.into_iter().collect();
        unexamined.extend(suspects.iter().map(|page| page.number).filter(|number| !pages.contains_key(number)));
        Self { pages, unexamined: Unexamined::Pages(unexamined), found: Mutex::new(found) }
    }

    /// Of a file of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self { unexamined: Unexamined::All, ..Self::default() }
    }

    /// Whether nobody knows what of a page can be seen, so that its text is not read.
    pub(super) fn is_unexamined(&self, page: u32) -> bool {
        match &self.unexamined {
            Unexamined::All => true,
            Unexamined::Pages(pages) => pages.contains(&page),
        }
    }

    /// How a word with those bounds (left, top, right and bottom in points) looks.
    pub(super) fn seen(&self, page: u32, bounds: [f32; 4]) -> Seen {
        self.pages.get(&page).map_or(Seen::Yes, |sight| sight.seen(bounds))
    }

    /// Whether a hidden word leaves a gap: one that is tiny, or clipped to nothing as text for screen readers is, takes no
    /// place of its own.
    pub(super) fn leaves_gap(&self, page: u32, bounds: [f32; 4]) -> bool {
        !is_tiny(bounds) && !self.pages.get(&page).is_some_and(|sight| is_of_text(&sight.cut, bounds))
    }

    /// Notes that a word of a page is left out.
    pub(super) fn note(&self, page: u32) {
        let reason = if self.is_unexamined(page) { Reason::Unexamined } else { Reason::Hidden };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert((page, reason));
    }

    /// Whether what is hidden on a page is what OCR took for words on a scan, and nothing that somebody wrote.
    pub(super) fn is_scan(&self, page: u32) -> bool {
        self.pages.get(&page).is_some_and(|sight| sight.only_over_scan)
    }

    /// The pages of which something was hidden. What it was is not said: it may be what somebody blacked out.
    pub(super) fn left_out(&self) -> Vec<LeftOut> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.iter().map(|&(page, reason)| LeftOut { page, reason, sample: String::new() }).collect()
    }
}

impl Sight {
    fn seen(&self, [left, top, right, bottom]: [f32; 4]) -> Seen {
        let (x, y) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
        let holds = |place: &[f32; 4]| place[0] <= x && x <= place[2] && place[1] <= y && y <= place[3];
        if self.forms.iter().any(holds) {
            return Seen::Yes;
        }
        if is_tiny([left, top, right, bottom]) || is_of_text(&self.blots, [left, top, right, bottom]) {
            return Seen::No;
        }
        let height = bottom - top;
        // Without the edges, where the letters of the lines above and below reach in.
        let inside = [left, top + 0.15 * height, right, bottom - 0.15 * height];
        // What OCR found does not stand exactly where the scan has it, and least so at the end of a line.
        let around = [left - 8.0 * height, top - height, right + 8.0 * height, bottom + height];
        if self.share(&self.changed, inside) > LEAST_SEEN {
            Seen::Yes
        } else if self.again.iter().any(holds)
            || self.ground.as_ref().is_some_and(|ground| self.share(ground, inside) < LEAST_GROUND)
        {
            Seen::Covered
        } else if self.shown.iter().any(holds)
            || is_of_text(&self.shown, [left, top, right, bottom]) && !self.has_ink(inside)
        {
            Seen::No
        } else if self.has_ink(around) {
            Seen::InScan
        } else {
            Seen::No
        }
    }

    /// Whether the page has a scan with writing in an area.
    fn has_ink(&self, area: [f32; 4]) -> bool {
        self.edges.as_ref().is_some_and(|edges| self.share(edges, area) > LEAST_INK)
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

/// Whether a word with those bounds is of one of the texts with those places, whose widths are only estimated, on the low side.
fn is_of_text(texts: &[[f32; 4]], bounds: [f32; 4]) -> bool {
    let (x, y) = (bounds[0].midpoint(bounds[2]), bounds[1].midpoint(bounds[3]));
    let holds = |[left, top, right, bottom]: &[f32; 4]| {
        *left <= x && x <= right + 0.5 * (right - left) && *top <= y && y <= *bottom
    };
    texts.iter().any(holds)
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

/// What can be seen of pages, drawn from the file and from its copies without text.
async fn sights(
    guard: &Guard,
    limits: &Limits,
    pdf: &Path,
    pages: &[&DoubtfulPage],
) -> Result<Vec<(u32, Sight)>, ReadError> {
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    let bare = super::temporary(inner::without_text(guard, limits, pdf).await?).await?;
    let mut grounds = Vec::new();
    if pages.iter().any(|page| !page.covered_scans.is_empty()) {
        for copy in inner::on_plain_grounds(guard, limits, pdf).await? {
            grounds.push(super::temporary(copy).await?);
        }
    }
    let grounds: Vec<&Path> = grounds.iter().map(tempfile::NamedTempFile::path).collect();
    let draw = |pages| sights_in_row(guard, limits, [pdf, bare.path()], &grounds, pages).boxed();
    let drawn: Vec<BoxFuture<'_, Result<_, ReadError>>> = runs(pages.iter().copied()).into_iter().map(draw).collect();
    let drawn: Vec<Result<Vec<(u32, Sight)>, ReadError>> = stream::iter(drawn).buffered(cores()).collect().await;
    let known = drawn.into_iter().filter_map(|drawn| {
        drawn
            .inspect_err(|error| {
                tracing::warn!(error = error as &dyn std::error::Error, "pages of a document cannot be compared");
            })
            .ok()
    });
    Ok(known.flatten().collect())
}

/// What can be seen of pages in a row.
async fn sights_in_row(
    guard: &Guard,
    limits: &Limits,
    [pdf, bare]: [&Path; 2],
    grounds: &[&Path],
    pages: Vec<DoubtfulPage>,
) -> Result<Vec<(u32, Sight)>, ReadError> {
    let drawn = pictures(guard, limits, pdf, &pages).await?;
    let bare = pictures(guard, limits, bare, &pages).await?;
    let mut plain: Vec<Vec<Picture>> = Vec::new();
    if pages.iter().any(|page| !page.covered_scans.is_empty()) {
        for ground in grounds {
            plain.push(pictures(guard, limits, ground, &pages).await?);
        }
    }
    let pairs = drawn.iter().zip(&bare).zip(&pages).enumerate();
    let seen = pairs.filter_map(|(at, ((drawn, bare), page))| {
        let mut sight = sight(drawn, bare, page)?;
        if !page.covered_scans.is_empty() {
            let plain: Vec<&Picture> = plain.iter().filter_map(|pictures| pictures.get(at)).collect();
            let [dark, light] = plain.as_slice() else { return None };
            sight.ground = Some(differences(dark, light)?);
        }
        Some((page.number, sight))
    });
    Ok(seen.collect())
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

/// Where two pictures of a page differ.
fn differences(one: &Picture, other: &Picture) -> Option<Bits> {
    let differ = |(one, other): (&u8, &u8)| one.abs_diff(*other) >= DIFFERENCE;
    (one.grey.len() == other.grey.len()).then(|| Bits::new(one.grey.iter().zip(&other.grey).map(differ)))
}

/// What of a page's text can be seen, by its pictures with and without.
fn sight(drawn: &Picture, bare: &Picture, page: &DoubtfulPage) -> Option<Sight> {
    let Picture { width, height, .. } = drawn;
    let changed = differences(drawn, bare).filter(|_| page.longer_edge > 0.0)?;
    // The letters of text that is no part of a scan are no ink of it.
    let grey = &bare.grey;
    let edge = |at: usize| {
        let differs = |before: Option<&u8>| before.is_some_and(|before| before.abs_diff(grey[at]) >= EDGE);
        differs(at.checked_sub(1).and_then(|at| grey.get(at)))
            || differs(at.checked_sub(*width).and_then(|at| grey.get(at)))
    };
    let edges = page.has_scan.then(|| Bits::new((0..grey.len()).map(edge)));
    #[expect(clippy::cast_precision_loss, reason = "a picture has few thousand pixels a side")]
    let scale = (*width).max(*height) as f32 / page.longer_edge;
    Some(Sight {
        scale: if page.longer_edge > LONGEST_EDGE { scale } else { 1.0 },
        width: *width,
        height: *height,
        changed,
        edges,
        ground: None,
        forms: page.forms.clone(),
        only_over_scan: page.only_over_scan,
        cut: page.cut.clone(),
        blots: page.blots.clone(),
        again: page.again.clone(),
        shown: page.shown.clone(),
    })
}
