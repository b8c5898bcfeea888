//! A picture in memory: smaller, larger, turned, and parts of it cut out straight.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places within a picture, which has fewer than 2^23 rows and columns, and shades"
)]

use super::rect::Rect;
use crate::reading::turn_pixels;

/// Rows of red, green and blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Vec<u8>,
}

/// The pixels that one pixel of a resized picture is made of, along one axis.
struct Taps {
    first: usize,
    /// Their sum is 1.
    weights: Vec<f32>,
}

impl Picture {
    /// After clockwise quarter turns.
    pub(super) fn turned(&self, turns: u8) -> Self {
        let (rgb, [width, height]) = turn_pixels(&self.rgb, 3, [self.width, self.height], turns);
        Self { width, height, rgb }
    }

    /// In another size: linear between pixels where it grows, and the mean of what a pixel covers where it shrinks.
    pub(super) fn resized(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        self.with_width(width).with_height(height)
    }

    /// Not longer than so many pixels on its longer edge.
    pub(super) fn within(self, longest: usize) -> Self {
        let longer = self.width.max(self.height);
        if longer <= longest {
            return self;
        }
        let edge = |edge: usize| (edge * longest / longer).max(1);
        self.resized(edge(self.width), edge(self.height))
    }

    fn with_width(&self, width: usize) -> Self {
        let taps: Vec<Taps> = taps(self.width, width);
        let mut rgb = Vec::with_capacity(width * self.height * 3);
        for row in self.rgb.chunks_exact((self.width * 3).max(1)) {
            for Taps { first, weights } in &taps {
                let mut sum = [0.0_f32; 3];
                for (pixel, weight) in row[first * 3..].chunks_exact(3).zip(weights) {
                    for (sum, shade) in sum.iter_mut().zip(pixel) {
                        *sum += weight * f32::from(*shade);
                    }
                }
                rgb.extend(sum.map(|sum| (sum + 0.5) as u8));
            }
        }
        Self { width, height: self.height, rgb }
    }

    fn with_height(&self, height: usize) -> Self {
        let length = self.width * 3;
        let mut rgb = Vec::with_capacity(length * height);
        let mut sums = vec![0.0_f32; length];
        for Taps { first, weights } in taps(self.height, height) {
            sums.fill(0.5);
            for (row, weight) in self.rgb[first * length..].chunks_exact(length.max(1)).zip(&weights) {
                for (sum, shade) in sums.iter_mut().zip(row) {
                    *sum += weight * f32::from(*shade);
                }
            }
            rgb.extend(sums.iter().map(|sum| *sum as u8));
        }
        Self { width: self.width, height, rgb }
    }

    /// What is in a rectangle, put level. Outside of the picture its edge goes on.
    pub(super) fn cut(&self, rect: &Rect) -> Self {
        let [width, height] = rect.size.map(|edge| (edge.round() as usize).max(1));
        let [start, right, _, down] = rect.corners();
        let step = |to: [f32; 2], count: usize| [0, 1].map(|axis| (to[axis] - start[axis]) / count as f32);
        let (across, downward) = (step(right, width), step(down, height));
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                // The middle of the pixel.
                let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
                let [x, y] = [0, 1].map(|axis| start[axis] + across[axis] * x + downward[axis] * y - 0.5);
                rgb.extend(self.between(x, y));
            }
        }
        Self { width, height, rgb }
    }

    /// The colour at a place between the middles of pixels.
    fn between(&self, x: f32, y: f32) -> [u8; 3] {
        let inside = |place: f32, count: usize| place.clamp(0.0, (count.max(1) - 1) as f32);
        let (x, y) = (inside(x, self.width), inside(y, self.height));
        let (left, top) = (x as usize, y as usize);
        let (right, down) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let at = |x: usize, y: usize, channel: usize| f32::from(self.rgb[(y * self.width + x) * 3 + channel]);
        [0, 1, 2].map(|channel| {
            let upper = at(left, top, channel) * (1.0 - x.fract()) + at(right, top, channel) * x.fract();
            let lower = at(left, down, channel) * (1.0 - x.fract()) + at(right, down, channel) * x.fract();
            (upper * (1.0 - y.fract()) + lower * y.fract() + 0.5) as u8
        })
    }

    /// Its shades as the models take them, from -1 to 1: a plane for each colour, in the order blue, green, red. Planes have
    /// `width` columns, and what is right of the picture stays as it is.
    pub(super) fn write_planes(&self, planes: &mut [f32], width: usize) {
        let size = width * self.height;
        for (y, row) in self.rgb.chunks_exact((self.width * 3).max(1)).enumerate() {
            for (x, pixel) in row.chunks_exact(3).enumerate() {
                for (channel, shade) in pixel.iter().rev().enumerate() {
                    planes[channel * size + y * width + x] = f32::from(*shade) / 127.5 - 1.0;
                }
            }
        }
    }

    /// As a binary PGM file, in shades of grey.
    pub(super) fn to_pgm(&self) -> Vec<u8> {
        let mut pgm = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        pgm.extend(self.rgb.chunks_exact(3).map(grey));
        pgm
    }
}

/// The shade of a pixel, by the weights of ITU-R BT.601.
fn grey(pixel: &[u8]) -> u8 {
    let sum: u32 = pixel.iter().zip([299, 587, 114]).map(|(shade, weight)| u32::from(*shade) * weight).sum();
    (sum / 1000) as u8
}

/// Triangles as wide as two of the larger pixels.
fn taps(from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f32 / to.max(1) as f32;
    let reach = scale.max(1.0);
    let tap = |index: usize| {
        let middle = (index as f32 + 0.5) * scale;
        let first = ((middle - reach).max(0.0) as usize).min(from - 1);
        let end = ((middle + reach).ceil() as usize).clamp(first + 1, from);
        let weight = |at: usize| (1.0 - (at as f32 + 0.5 - middle).abs() / reach).max(0.0);
        let mut weights: Vec<f32> = (first..end).map(weight).collect();
        let sum: f32 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum.max(f32::EPSILON);
        }
        Taps { first, weights }
    };
    (0..to).map(tap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_greys(width: usize, shades: &[u8]) -> Picture {
        let rgb = shades.iter().flat_map(|shade| [*shade; 3]).collect();
        Picture { width, height: shades.len() / width, rgb }
    }

    fn shades(picture: &Picture) -> Vec<u8> {
        picture.rgb.chunks_exact(3).map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn sizes_change_without_moving_or_darkening() {
        let even = of_greys(4, &[100; 16]);
        for (width, height) in [(1, 1), (3, 7), (4, 4), (40, 2)] {
            let resized = even.resized(width, height);
            assert_eq!((resized.width, resized.height, shades(&resized)), (width, height, vec![100; width * height]));
        }
        let step = of_greys(4, &[0, 0, 200, 200]);
        // At an edge, what lies outside counts nothing: a quarter of 1.75.
        assert_eq!(shades(&step.resized(2, 1)), [29, 171]);
        assert_eq!(shades(&of_greys(2, &[0, 200]).resized(4, 1)), [0, 50, 150, 200]);
        assert_eq!(shades(&step.clone().within(4)), shades(&step));
        assert_eq!(step.within(2).width, 2);
    }

    #[test]
    fn a_rectangle_is_cut_out() {
        let picture = of_greys(3, &[10, 20, 30, 40, 50, 60, 70, 80, 90]);
        let rect = Rect { centre: [2.0, 1.5], size: [2.0, 1.0], axis: [1.0, 0.0] };
        assert_eq!(shades(&picture.cut(&rect)), [50, 60]);
        let beyond = Rect { centre: [3.5, 0.5], size: [2.0, 1.0], axis: [1.0, 0.0] };
        assert_eq!(shades(&picture.cut(&beyond)), [30, 30]);
    }

    #[test]
    fn planes_have_the_colours_apart() {
        let picture = Picture { width: 1, height: 1, rgb: vec![0, 255, 255] };
        let mut planes = vec![0.0; 6];
        picture.write_planes(&mut planes, 2);
        assert_eq!(planes, [1.0, 0.0, 1.0, 0.0, -1.0, 0.0]);
        assert_eq!(picture.to_pgm(), b"P5\n1 1\n255\n\xb2");
    }
}
