//! Prepares a page image for the camera: opens it, crops its white margins, and resizes it to twice the displayed size,
//! so that slow movement over small print does not shimmer.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates: small, and clamped to the picture where they are computed"
)]

use std::path::Path;

use resvg::tiny_skia::Pixmap;

use super::error::RenderError;

/// Largest page image that is opened, in pixels: a larger one is a mistake or an attack.
const MAX_PIXELS: u64 = 60_000_000;

/// A rectangle of a pixmap, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// Opens a PNG and composes it onto white.
pub(crate) fn open(path: &Path) -> Result<Pixmap, RenderError> {
    let refused = |detail: &str| RenderError::Image { path: path.to_owned(), detail: detail.to_owned() };
    let bytes = std::fs::read(path).map_err(|error| refused(&error.to_string()))?;
    let header = bytes.get(..24).filter(|header| header.starts_with(b"\x89PNG\r\n\x1a\n"));
    let header = header.ok_or_else(|| refused("it is not a PNG image"))?;
    let number = |at: usize| header[at..at + 4].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let (width, height) = (number(16), number(20));
    if width == 0 || height == 0 || width.saturating_mul(height) > MAX_PIXELS {
        return Err(refused(&format!("{width} × {height} pixels is not a size that can be used")));
    }
    let mut pixmap = Pixmap::decode_png(&bytes).map_err(|error| refused(&error.to_string()))?;
    for pixel in pixmap.data_mut().as_chunks_mut::<4>().0 {
        let rest = 255 - pixel[3];
        if rest > 0 {
            *pixel = [pixel[0].saturating_add(rest), pixel[1].saturating_add(rest), pixel[2].saturating_add(rest), 255];
        }
    }
    Ok(pixmap)
}

/// The part of a page that is not blank, with a small margin; the whole page if it is empty or nearly so.
pub(crate) fn useful_part(pixmap: &Pixmap) -> Cut {
    let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
    let whole = Cut { x: 0, y: 0, width, height };
    let pixels = pixmap.data().as_chunks::<4>().0;
    let paper = brightness(pixels[0]);
    let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
    for (y, row) in pixels.chunks_exact(width).enumerate() {
        let marked = |pixel: &[u8; 4]| brightness(*pixel).abs_diff(paper) > 40;
        let Some(first) = row.iter().position(marked) else { continue };
        let last = row.iter().rposition(marked).unwrap_or(first);
        left = left.min(first);
        right = right.max(last + 1);
        top = top.min(y);
        bottom = bottom.max(y + 1);
    }
    if left >= right || (right - left) * 3 < width || (bottom - top) * 8 < height {
        return whole;
    }
    let air = (width / 28).max(2);
    let (x, y) = (left.saturating_sub(air), top.saturating_sub(air));
    Cut { x, y, width: (right + air).min(width) - x, height: (bottom + air).min(height) - y }
}

fn brightness(pixel: [u8; 4]) -> u8 {
    ((u32::from(pixel[0]) * 54 + u32::from(pixel[1]) * 183 + u32::from(pixel[2]) * 19) >> 8) as u8
}

/// The weights that make one pixel of the result.
struct Taps {
    first: usize,
    weights: Vec<u32>,
}

/// Weights in 1/4096 of a triangle filter: linear interpolation for enlarging, area averaging for shrinking.
fn taps(from: usize, length: usize, limit: usize, out: usize) -> Vec<Taps> {
    let ratio = length as f32 / out as f32;
    let reach = ratio.max(1.0);
    (0..out)
        .map(|index| {
            let centre = from as f32 + (index as f32 + 0.5) * ratio - 0.5;
            let first = (centre - reach).ceil().max(0.0) as usize;
            let last = ((centre + reach).floor().max(0.0) as usize).min(limit - 1).max(first.min(limit - 1));
            let first = first.min(last);
            let raw: Vec<f32> = (first..=last).map(|at| (1.0 - (at as f32 - centre).abs() / reach).max(0.0)).collect();
            let sum: f32 = raw.iter().sum();
            let mut weights: Vec<u32> = if sum > 0.0 {
                raw.iter().map(|weight| (weight / sum * 4096.0).round() as u32).collect()
            } else {
                vec![4096; 1]
            };
            // Rounding must not make the image brighter than white.
            let total: u32 = weights.iter().sum();
            if let Some(largest) = weights.iter_mut().max() {
                *largest = (*largest + 4096).saturating_sub(total);
            }
            Taps { first, weights }
        })
        .collect()
}

/// Resizes a rectangle of a pixmap to `width` × `height`.
pub(crate) fn resize(source: &Pixmap, cut: Cut, width: usize, height: usize) -> Result<Pixmap, RenderError> {
    let mut out = Pixmap::new(width as u32, height as u32)
        .ok_or_else(|| RenderError::Picture(format!("{width} × {height} pixels is no picture")))?;
    let stride = source.width() as usize;
    let pixels = source.data().as_chunks::<4>().0;
    let columns = taps(cut.x, cut.width, stride, width);
    let rows = taps(cut.y, cut.height, source.height() as usize, height);
    let first_row = rows.first().map_or(0, |taps| taps.first);
    let last_row = rows.last().map_or(0, |taps| taps.first + taps.weights.len());
    let mut narrowed: Vec<u8> = Vec::with_capacity((last_row - first_row) * width * 4);
    for y in first_row..last_row {
        let row = &pixels[y * stride..(y + 1) * stride];
        for taps in &columns {
            let mut sums = [2048u32; 4];
            for (pixel, weight) in row[taps.first..].iter().zip(&taps.weights) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum = sum.wrapping_add(u32::from(*value).wrapping_mul(*weight));
                }
            }
            narrowed.extend(sums.map(|sum| (sum >> 12) as u8));
        }
    }
    let mut sums = vec![0u32; width * 4];
    for (taps, line) in rows.iter().zip(out.data_mut().chunks_exact_mut(width * 4)) {
        sums.fill(2048);
        for (offset, weight) in taps.weights.iter().enumerate() {
            let start = (taps.first - first_row + offset) * width * 4;
            for (sum, value) in sums.iter_mut().zip(&narrowed[start..start + width * 4]) {
                *sum = sum.wrapping_add(u32::from(*value).wrapping_mul(*weight));
            }
        }
        for (value, sum) in line.iter_mut().zip(&sums) {
            *value = (*sum >> 12) as u8;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::tiny_skia::Color;

    fn sheet(width: u32, height: u32) -> Pixmap {
        let mut pixmap = Pixmap::new(width, height).unwrap();
        pixmap.fill(Color::WHITE);
        pixmap
    }

    #[test]
    fn white_stays_white_in_any_size() {
        for (width, height) in [(7, 5), (300, 2), (1, 1), (40, 40)] {
            let out = resize(&sheet(40, 40), Cut { x: 3, y: 3, width: 30, height: 30 }, width, height).unwrap();
            assert!(out.data().iter().all(|value| *value == 255));
        }
    }

    #[test]
    fn margins_are_cut_and_an_empty_page_is_kept_whole() {
        let mut page = sheet(200, 280);
        assert_eq!(useful_part(&page), Cut { x: 0, y: 0, width: 200, height: 280 });
        for y in 60..200 {
            for x in 40..160 {
                let at = (y * 200 + x) * 4;
                page.data_mut()[at..at + 3].fill(0);
            }
        }
        let cut = useful_part(&page);
        assert!(cut.x >= 30 && cut.x < 40 && cut.x + cut.width <= 170 && cut.y > 50 && cut.y < 60, "{cut:?}");
    }

    #[test]
    fn a_file_that_is_not_an_image_is_rejected_with_a_reason() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"%PDF-1.7").unwrap();
        let error = open(file.path()).unwrap_err();
        assert!(error.to_string().contains("not a PNG"), "{error}");
        let bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0\x08\x02\0\0\0".to_vec();
        std::fs::write(file.path(), bomb).unwrap();
        assert!(open(file.path()).unwrap_err().to_string().contains("65536 × 65536"));
    }
}
