//! Draws a page, or a part of one, as an image. Pages may be of any size, so the number of pixels is bounded.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use super::info::PageSize;
use super::{ReadError, Reader, info, intake};
use crate::guard::Limits;

/// Most pixels of an image: over three times an A4 page that is 1,800 pixels wide.
const MOST_PIXELS: f64 = 16_000_000.0;

/// What to draw of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageView {
    /// The page, counted from 1.
    pub page: u32,
    /// Clockwise quarter turns, as [`sluice_domain::document::Page::quarter_turns`].
    pub quarter_turns: u8,
    /// Left, top, right and bottom edge as fractions of the turned page.
    pub part: [f32; 4],
    /// Width of the image. It is narrower if the image would have more than 16 million pixels.
    pub width_px: u32,
}

/// How to call `pdftoppm`: the size of the whole page in pixels, and the part of it.
#[derive(Debug, PartialEq)]
struct Crop {
    page: [u32; 2],
    /// Left, top, width, height.
    part: [u32; 4],
}

impl PageView {
    /// A whole page as it is in the file.
    pub const fn whole(page: u32, width_px: u32) -> Self {
        Self { page, quarter_turns: 0, part: [0.0, 0.0, 1.0, 1.0], width_px }
    }

    /// The part on the page as it is in the file, as fractions of it.
    fn unturned_part(&self) -> [f64; 4] {
        let [left, top, right, bottom] = self.part.map(|edge| f64::from(edge).clamp(0.0, 1.0));
        match self.quarter_turns % 4 {
            0 => [left, top, right, bottom],
            1 => [top, 1.0 - right, bottom, 1.0 - left],
            2 => [1.0 - right, 1.0 - bottom, 1.0 - left, 1.0 - top],
            _ => [1.0 - bottom, left, 1.0 - top, right],
        }
    }

    fn crop(&self, size: &PageSize) -> Crop {
        let [left, top, right, bottom] = self.unturned_part();
        let (width, height) = (f64::from(size.width).max(1.0), f64::from(size.height).max(1.0));
        let part_width = ((right - left) * width).max(1.0);
        let part_height = ((bottom - top) * height).max(1.0);
        let across = if self.quarter_turns.is_multiple_of(2) { part_width } else { part_height };
        let wanted = f64::from(self.width_px.max(1)) / across;
        let bounded = (MOST_PIXELS / (part_width * part_height)).sqrt();
        let scale = wanted.min(bounded);
        let pixels = |points: f64| whole(points * scale).max(1);
        Crop {
            page: [pixels(width), pixels(height)],
            part: [whole(left * width * scale), whole(top * height * scale), pixels(part_width), pixels(part_height)],
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the numbers above")]
fn whole(pixels: f64) -> u32 {
    pixels.round().clamp(0.0, 1e9) as u32
}

impl Reader {
    /// Renders one page (counted from 1) as a PNG image `width_px` wide, at `out_png`: narrower if the page is so long
    /// that the image would have more than 16 million pixels.
    pub async fn page_image(&self, pdf: &Path, page: u32, width_px: u32, out_png: &Path) -> Result<(), ReadError> {
        self.draw(pdf, &PageView::whole(page, width_px), out_png).await
    }

    /// Renders a page, or a part of one, as a PNG image at `out_png`.
    pub async fn draw(&self, pdf: &Path, view: &PageView, out_png: &Path) -> Result<(), ReadError> {
        let pdf = intake::check(pdf).await?;
        let limits = Limits { cpu: Duration::from_secs(20), wall: Duration::from_mins(1), ..self.limits.metadata() };
        let undrawable = || ReadError::Damaged { detail: format!("page {} cannot be drawn", view.page) };
        let sizes = info::page_sizes(&self.guard, &self.limits.metadata(), &pdf, view.page, view.page).await?;
        let crop = view.crop(sizes.first().ok_or_else(undrawable)?);
        let mut args: Vec<OsString> = ["-q", "-cropbox", "-singlefile"].map(OsString::from).into();
        let [left, top, width, height] = crop.part;
        let numbers = [
            ("-f", view.page),
            ("-l", view.page),
            ("-scale-to-x", crop.page[0]),
            ("-scale-to-y", crop.page[1]),
            ("-x", left),
            ("-y", top),
            ("-W", width),
            ("-H", height),
        ];
        for (name, value) in numbers {
            args.extend([OsString::from(name), value.to_string().into()]);
        }
        args.push(pdf.into_os_string());
        // Not as a PNG file, which takes pdftoppm twenty times as long.
        let pixels = self.guard.run(&limits, "pdftoppm", args, None).await?.stdout;
        let turns = view.quarter_turns % 4;
        let encoding = tokio::task::spawn_blocking(move || encoded(&pixels, turns)).await;
        let png = encoding.map_err(|error| ReadError::Io(error.into()))?.ok_or_else(undrawable)?;
        // Under a temporary name first, so that an incomplete image is never visible.
        let mut partial = out_png.as_os_str().to_owned();
        partial.push(".part");
        let partial = PathBuf::from(partial);
        tokio::fs::write(&partial, png).await.map_err(ReadError::from_io)?;
        tokio::fs::rename(&partial, out_png).await.map_err(ReadError::from_io)
    }
}

/// A binary PPM image as a PNG file, after clockwise quarter turns. Its pixels are written as they are: with an opacity of
/// each, which no page has, this took twice the time, and held them four times.
fn encoded(ppm: &[u8], turns: u8) -> Option<Vec<u8>> {
    let (size, pixels) = netpbm(ppm, b"P6", 3)?;
    let (pixels, [width, height]) = if turns == 0 {
        (Cow::Borrowed(pixels), size)
    } else {
        let (turned, size) = turn(pixels, 3, size, turns);
        (Cow::Owned(turned), size)
    };
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive)
        .write_image(&pixels, u32::try_from(width).ok()?, u32::try_from(height).ok()?, ExtendedColorType::Rgb8)
        .ok()?;
    Some(png)
}

/// The size and the pixels of a binary Netpbm image: `P5` or `P6`, width, height and 255, each followed by white space,
/// and the pixels of `depth` bytes.
pub(super) fn netpbm<'a>(image: &'a [u8], magic: &[u8], depth: usize) -> Option<([usize; 2], &'a [u8])> {
    let mut fields = [0; 3];
    let mut at = image.starts_with(magic).then_some(magic.len())?;
    for field in &mut fields {
        while image.get(at)?.is_ascii_whitespace() {
            at += 1;
        }
        let length = image.get(at..)?.iter().position(|byte| !byte.is_ascii_digit())?;
        *field = std::str::from_utf8(image.get(at..at + length)?).ok()?.parse().ok()?;
        at += length;
    }
    let [width, height, _] = fields;
    Some(([width, height], image.get(at + 1..)?.get(..width.checked_mul(height)?.checked_mul(depth)?)?))
}

/// Rows of pixels of `depth` bytes after clockwise quarter turns, and the new width and height.
pub(crate) fn turn(pixels: &[u8], depth: usize, size: [usize; 2], turns: u8) -> (Vec<u8>, [usize; 2]) {
    let [width, height] = size;
    let new = if turns.is_multiple_of(2) { size } else { [height, width] };
    let mut turned = Vec::with_capacity(pixels.len());
    for y in 0..new[1] {
        for x in 0..new[0] {
            let (x, y) = match turns % 4 {
                0 => (x, y),
                1 => (y, height - 1 - x),
                2 => (width - 1 - x, height - 1 - y),
                _ => (width - 1 - y, x),
            };
            let at = (y * width + x) * depth;
            turned.extend_from_slice(pixels.get(at..at + depth).unwrap_or_default());
        }
    }
    (turned, new)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A4: PageSize = PageSize { number: 1, width: 600.0, height: 800.0 };

    #[test]
    fn images_are_as_wide_as_requested_whatever_part_they_show() {
        let view = PageView::whole(1, 1800);
        assert_eq!(view.crop(&A4), Crop { page: [1800, 2400], part: [0, 0, 1800, 2400] });
        let lower = PageView { part: [0.0, 0.5, 0.5, 1.0], ..view };
        assert_eq!(lower.crop(&A4), Crop { page: [3600, 4800], part: [0, 2400, 1800, 2400] });
        // The upper right quarter of the page after one turn is the upper left one of the page in the file.
        let turned = PageView { quarter_turns: 1, part: [0.5, 0.0, 1.0, 0.5], ..view };
        assert_eq!(turned.crop(&A4), Crop { page: [2700, 3600], part: [0, 0, 1350, 1800] });
    }

    #[test]
    fn long_pages_have_a_bounded_number_of_pixels() {
        let long = PageSize { number: 1, width: 600.0, height: 12_000.0 };
        let crop = PageView::whole(1, 1800).crop(&long);
        assert_eq!(crop, Crop { page: [894, 17889], part: [0, 0, 894, 17889] });
        // A part of it is sharp.
        let crop = PageView { part: [0.0, 0.5, 1.0, 0.55], ..PageView::whole(1, 1800) }.crop(&long);
        assert_eq!(crop, Crop { page: [1800, 36000], part: [0, 18000, 1800, 1800] });
    }

    #[test]
    fn turns_are_clockwise() {
        // 1 2 3
        // 4 5 6
        let pixels = [1, 2, 3, 4, 5, 6];
        assert_eq!(turn(&pixels, 1, [3, 2], 1), (vec![4, 1, 5, 2, 6, 3], [2, 3]));
        assert_eq!(turn(&pixels, 1, [3, 2], 2), (vec![6, 5, 4, 3, 2, 1], [3, 2]));
        assert_eq!(turn(&pixels, 1, [3, 2], 3), (vec![3, 6, 2, 5, 1, 4], [2, 3]));
    }
}
