//! Where text is: the detector's map of how likely each pixel is part of a line, and the boxes that are drawn around what is
//! likely (differentiable binarization, Liao et al. 2019, with the parameters of RapidOCR 3.10).
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places within a picture, which has fewer than 2^23 rows and columns"
)]

use ort::session::Session;
use ort::value::Tensor;

use super::picture::Picture;
use super::rect::Rect;

/// The picture is brought to this shorter edge if it is smaller, but not enlarged more than so many times, nor beyond the
/// longer edge.
const SHORTER_EDGE: f32 = 736.0;
const MOST_ENLARGED: f32 = 3.0;
pub(super) const LONGER_EDGE: f32 = 1984.0;
/// Letters that fill a picture of that size are too large for the detector, which finds them in a copy with this longer edge.
pub(super) const SMALL_EDGE: f32 = 992.0;
/// The detector halves the picture five times.
const STEP: f32 = 32.0;

/// A pixel that is more likely than this belongs to a line.
const LIKELY: f32 = 0.3;
/// A line whose pixels are on average less likely is none.
const LIKELY_BOX: f32 = 0.5;
/// The map shows the core of each line; the line is larger by this times its area over its circumference.
const GROWTH: f32 = 1.6;
/// Fewest pixels of a core's shorter edge.
const SMALLEST: f32 = 3.0;
/// Most lines of a picture.
const MOST_BOXES: usize = 1000;

/// How likely each pixel is part of a line of text.
struct Map<'a> {
    width: usize,
    height: usize,
    likely: &'a [f32],
}

/// The places of lines of text, in pixels of the picture, of which the detector sees a copy with this longer edge at most.
pub(super) fn detect(model: &mut Session, picture: &Picture, longer_edge: f32) -> Result<Vec<Rect>, String> {
    let [width, height] = size_for_model(picture.width, picture.height, longer_edge);
    let small = picture.resized(width, height);
    let mut planes = vec![0.0; 3 * width * height];
    small.write_planes(&mut planes, width);
    let said = |error: ort::Error| error.to_string();
    let input = Tensor::from_array(([1, 3, height, width], planes)).map_err(said)?;
    let outputs = model.run(ort::inputs![input]).map_err(said)?;
    let (_, likely) = outputs[0].try_extract_tensor::<f32>().map_err(said)?;
    if likely.len() != width * height {
        return Err("the detector's answer is not as large as the picture".to_owned());
    }
    let factors = [picture.width as f32 / width as f32, picture.height as f32 / height as f32];
    let boxes = Map { width, height, likely }.boxes();
    Ok(boxes.into_iter().map(|one| one.scaled(factors)).collect())
}

fn size_for_model(width: usize, height: usize, longer_edge: f32) -> [usize; 2] {
    let (width, height) = (width as f32, height as f32);
    let wanted = (SHORTER_EDGE / width.min(height)).clamp(1.0, MOST_ENLARGED);
    let scale = wanted.min(longer_edge / width.max(height));
    [width, height].map(|edge| ((edge * scale / STEP).round().max(1.0) * STEP) as usize)
}

impl Map<'_> {
    fn boxes(&self) -> Vec<Rect> {
        let cores = self.cores();
        let core = |points| Rect::around(points).filter(|core| core.size[0].min(core.size[1]) >= SMALLEST);
        let likely = cores.into_iter().filter_map(core).filter(|core| self.mean(core) >= LIKELY_BOX);
        let grown = |core: Rect| core.grown(GROWTH * core.area() / (2.0 * (core.size[0] + core.size[1])));
        likely.take(MOST_BOXES).map(grown).collect()
    }

    /// The outlines of what is connected: of each, the corners of the first and last pixel of every row.
    fn cores(&self) -> Vec<Vec<[f32; 2]>> {
        let mut left: Vec<bool> = (0..self.likely.len()).map(|at| self.is_likely(at)).collect();
        let mut cores = Vec::new();
        let mut waiting = Vec::new();
        for start in 0..left.len() {
            if !std::mem::take(&mut left[start]) {
                continue;
            }
            waiting.push(start);
            let top = start / self.width;
            let mut rows: Vec<[usize; 2]> = Vec::new();
            while let Some(at) = waiting.pop() {
                let (x, y) = (at % self.width, at / self.width);
                // The first pixel that is found is in the uppermost row.
                if rows.len() <= y - top {
                    rows.resize(y - top + 1, [usize::MAX, 0]);
                }
                let row = &mut rows[y - top];
                *row = [row[0].min(x), row[1].max(x)];
                for y in y.saturating_sub(1)..(y + 2).min(self.height) {
                    for x in x.saturating_sub(1)..(x + 2).min(self.width) {
                        if std::mem::take(&mut left[y * self.width + x]) {
                            waiting.push(y * self.width + x);
                        }
                    }
                }
            }
            let corners = |(row, &[first, last]): (usize, &[usize; 2])| {
                let (y, first, last) = ((top + row) as f32, first as f32, last as f32 + 1.0);
                [[first, y], [last, y], [first, y + 1.0], [last, y + 1.0]]
            };
            cores.push(rows.iter().enumerate().flat_map(corners).collect());
        }
        cores
    }

    /// Whether a pixel, its left or its upper neighbour is likely: letters of a line that hardly touch are one.
    fn is_likely(&self, at: usize) -> bool {
        let (x, y) = (at % self.width, at / self.width);
        let likely = |at: usize| self.likely[at] > LIKELY;
        likely(at)
            || x > 0 && likely(at - 1)
            || y > 0 && likely(at - self.width)
            || x > 0 && y > 0 && likely(at - self.width - 1)
    }

    /// How likely the pixels in a rectangle are on average.
    fn mean(&self, rect: &Rect) -> f32 {
        let corners = rect.corners();
        let range = |axis: usize, count: usize| {
            let places = corners.iter().map(|corner| corner[axis]);
            let low = places.clone().fold(f32::MAX, f32::min).max(0.0) as usize;
            low..(places.fold(0.0, f32::max).ceil() as usize).min(count)
        };
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for y in range(1, self.height) {
            for x in range(0, self.width) {
                if rect.contains([x as f32 + 0.5, y as f32 + 0.5]) {
                    sum += self.likely[y * self.width + x];
                    count += 1.0;
                }
            }
        }
        sum / count.max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_multiples_within_bounds() {
        let of = |width, height| size_for_model(width, height, LONGER_EDGE);
        assert_eq!(of(4096, 3072), [1984, 1504]);
        assert_eq!(of(1000, 800), [992, 800]);
        assert_eq!(of(400, 300), [992, 736]);
        assert_eq!(of(200, 20), [608, 64]);
        assert_eq!(of(4096, 1), [1984, 32]);
        assert_eq!(size_for_model(4096, 3072, SMALL_EDGE), [992, 736]);
    }

    #[test]
    fn likely_pixels_that_touch_become_a_larger_box() {
        let (width, height) = (60, 30);
        let mut likely = vec![0.1; width * height];
        let mut fill = |x: std::ops::Range<usize>, y: std::ops::Range<usize>, value: f32| {
            for y in y {
                likely[y * width..][x.clone()].fill(value);
            }
        };
        fill(5..25, 5..10, 0.9);
        // Its neighbour is one pixel away.
        fill(26..45, 5..10, 0.9);
        // Not likely enough, and too small.
        fill(5..30, 20..26, 0.4);
        fill(50..52, 20..21, 0.9);
        let boxes = Map { width, height, likely: &likely }.boxes();
        assert_eq!(boxes.len(), 1, "{boxes:?}");
        let [along, across] = boxes[0].size;
        // 41 × 6 with what the neighbours add, and 1.6 × 246 / 94 on each side.
        assert!((along - 49.4).abs() < 0.1 && (across - 14.4).abs() < 0.1, "{boxes:?}");
    }
}
