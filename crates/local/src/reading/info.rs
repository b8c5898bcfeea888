//! What `pdfinfo` and `pdfimages` report about a file.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{ReadError, intake, title};
use crate::guard::{Guard, GuardError, Limits};

/// Images with fewer pixels are ornaments: no scan of a page is that small.
const IMAGE_PIXELS: u64 = 200 * 200;

/// The metadata of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Info {
    pub(super) pages: u32,
    /// Its title, when usable.
    pub(super) title: Option<String>,
    /// Whether it has an XFA form.
    pub(super) has_xfa: bool,
}

/// Runs `pdfinfo`. A truncated file is damaged, even if poppler could recover a part of it.
pub(super) async fn ask(guard: &Guard, limits: &Limits, pdf: &Path) -> Result<Info, ReadError> {
    let args = [OsStr::new("-enc"), OsStr::new("UTF-8"), pdf.as_os_str()];
    let asked = guard.run(limits, "pdfinfo", args, None).await;
    let complaint = match &asked {
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(GuardError::Failed { stderr_tail, .. }) => stderr_tail.clone(),
        Err(_) => String::new(),
    };
    if is_about_the_trailer(&complaint) && !intake::has_trailer(pdf).await? {
        return Err(ReadError::Damaged { detail: "its end is missing".to_owned() });
    }
    Ok(parse(&String::from_utf8_lossy(&asked?.stdout)))
}

fn is_about_the_trailer(complaint: &str) -> bool {
    ["trailer dictionary", "xref", "XRef", "Page count"].iter().any(|words| complaint.contains(words))
}

fn parse(text: &str) -> Info {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    Info {
        pages: field("Pages").and_then(|pages| pages.parse().ok()).unwrap_or(0),
        title: field("Title").and_then(title::usable),
        has_xfa: field("Form") == Some("XFA"),
    }
}

/// A page as it is displayed, in points: turned by its `Rotate` entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PageSize {
    pub(super) number: u32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// The sizes of some pages. Those of the media box, by which poppler's other tools measure.
pub(super) async fn page_sizes(
    guard: &Guard,
    limits: &Limits,
    pdf: &Path,
    first: u32,
    last: u32,
) -> Result<Vec<PageSize>, ReadError> {
    let [first, last] = [first, last].map(|page| OsString::from(page.to_string()));
    let args = [OsStr::new("-box"), OsStr::new("-f"), &first, OsStr::new("-l"), &last, pdf.as_os_str()];
    let output = guard.run(limits, "pdfinfo", args, None).await?;
    Ok(parse_sizes(&String::from_utf8_lossy(&output.stdout)))
}

/// Lines of `Page    3 rot:   90`, and later `Page    3 MediaBox:      0.00     0.00   595.00   842.00`.
fn parse_sizes(text: &str) -> Vec<PageSize> {
    let mut sideways = BTreeSet::new();
    let mut sizes = Vec::new();
    for line in text.lines() {
        let Some((page, rest)) = line.strip_prefix("Page ").and_then(|line| line.trim_start().split_once(' ')) else {
            continue;
        };
        let Ok(number) = page.parse::<u32>() else { continue };
        if let Some(degrees) = rest.strip_prefix("rot:") {
            if matches!(degrees.trim(), "90" | "270") {
                sideways.insert(number);
            }
        } else if let Some(edges) = rest.strip_prefix("MediaBox:") {
            let edges: Vec<f32> = edges.split_whitespace().filter_map(|edge| edge.parse().ok()).collect();
            let &[left, bottom, right, top] = edges.as_slice() else { continue };
            let (width, height) = (right - left, top - bottom);
            let (width, height) = if sideways.contains(&number) { (height, width) } else { (width, height) };
            sizes.push(PageSize { number, width, height });
        }
    }
    sizes
}

/// Those of some pages that have images as large as a scan would be.
pub(super) async fn pages_with_images(
    guard: &Guard,
    limits: &Limits,
    pdf: &Path,
    first: u32,
    last: u32,
) -> Result<BTreeSet<u32>, ReadError> {
    let [first, last] = [first, last].map(|page| OsString::from(page.to_string()));
    let args = [OsStr::new("-list"), OsStr::new("-f"), &first, OsStr::new("-l"), &last, pdf.as_os_str()];
    let output = guard.run(limits, "pdfimages", args, None).await?;
    Ok(parse_images(&String::from_utf8_lossy(&output.stdout)))
}

/// Rows of `page num type width height …`, after a header of two lines. Some scanners write a page as strips, so the
/// images of a page count together; masks of other images do not count.
fn parse_images(text: &str) -> BTreeSet<u32> {
    let mut pixels: BTreeMap<u32, u64> = BTreeMap::new();
    for row in text.lines() {
        let columns: Vec<&str> = row.split_whitespace().take(5).collect();
        let &[page, _, kind, width, height] = columns.as_slice() else { continue };
        let (Ok(page), Ok(width), Ok(height)) = (page.parse(), width.parse::<u64>(), height.parse::<u64>()) else {
            continue;
        };
        if !matches!(kind, "mask" | "smask") {
            let sum = pixels.entry(page).or_default();
            *sum = sum.saturating_add(width.saturating_mul(height));
        }
    }
    pixels.into_iter().filter(|(_, sum)| *sum >= IMAGE_PIXELS).map(|(page, _)| page).collect()
}

/// `poppler 22.12.0`.
pub(super) async fn poppler_version(guard: &Guard) -> String {
    let version = crate::tools::version_of(guard, "pdftotext", [OsString::from("-v")]).await;
    version.map_or_else(|| "poppler".to_owned(), |version| format!("poppler {version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_title_are_found() {
        let info = parse("Title:           On Growth\nPages:           12\nEncrypted:       no\n");
        assert_eq!(info, Info { pages: 12, title: Some("On Growth".to_owned()), has_xfa: false });
        assert!(parse("Form:            XFA\n").has_xfa);
        assert_eq!(parse("nothing"), Info::default());
    }

    #[test]
    fn small_images_do_not_count() {
        let text = "page   num  type   width height color comp bpc\n-----\n\
                    \u{20}  1     0 image    1654  2339  gray    1   8\n   2     1 image      32    32  gray    1   8\n";
        assert_eq!(parse_images(text), BTreeSet::from([1]));
        let strip = "3 0 image 2480 64 gray 1 8\n";
        assert_eq!(parse_images(&strip.repeat(54)), BTreeSet::from([3]), "a page in strips");
        assert_eq!(parse_images("4 0 smask 2480 640 gray 1 8\n"), BTreeSet::new());
    }
}
