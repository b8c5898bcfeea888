//! Grey images of pages, put upright before they are read: turned, and straightened if they were scanned at an angle.

use super::draw::{netpbm, turn};

/// Steeper pages are not scanned askew: they are set that way.
const STEEPEST: f32 = 6.0;

/// Angles are found in two passes, with these steps in degrees.
const COARSE: f32 = 0.5;
const FINE: f32 = 0.1;

/// Less than this is not worth the blur of straightening.
const LEAST_SKEW: f32 = 0.25;

/// Rows must be at least this much more distinct at an angle than without it.
const CLEARER: f32 = 1.05;

/// The light is measured in squares, of which the shorter edge has so many; they are at least so many pixels wide, so that each has
/// paper in it and not print alone.
const SQUARES: usize = 12;
const LEAST_SQUARE: usize = 16;

/// The shade that evenly lit paper gets.
const PAPER: f32 = 200.0;

/// Longer edge of the image in which the angle is measured, and most points of it.
const MEASURED_EDGE: usize = 1200;
const MOST_POINTS: usize = 60_000;

/// A grey image, and how it was put upright.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

/// From places on the straightened image back to those on the turned page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Straightened {
    /// Sine and cosine of the angle by which the page is askew.
    angle: (f32, f32),
    /// Centre of the turned page, and of the straightened image.
    centres: [(f32, f32); 2],
}

impl Picture {
    /// Reads a binary PGM file.
    pub(super) fn parse(pgm: &[u8]) -> Option<Self> {
        let ([width, height], pixels) = netpbm(pgm, b"P5", 1)?;
        Some(Self { width, height, pixels: pixels.to_vec() })
    }

    /// As a binary PGM file.
    pub(super) fn to_pgm(&self) -> Vec<u8> {
        let mut pgm = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        pgm.extend_from_slice(&self.pixels);
        pgm
    }

    /// As if its light were even: each pixel by the mean of what surrounds it. Tesseract takes one shade for the border between print
    /// and paper, and what is in shadow is all print to it: it loses that part, and is sure of the rest.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places within an image, and shades"
    )]
    pub(super) fn evenly_lit(&self) -> Self {
        let light = Light::of(self);
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for (y, row) in self.pixels.chunks_exact(self.width.max(1)).enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                let even = f32::from(*pixel) * PAPER / light.at(x as f32, y as f32).max(1.0);
                pixels.push(even.min(255.0) as u8);
            }
        }
        Self { pixels, ..*self }
    }

    /// After clockwise quarter turns.
    pub(super) fn turned(&self, turns: u8) -> Self {
        let (pixels, [width, height]) = turn(&self.pixels, 1, [self.width, self.height], turns);
        Self { width, height, pixels }
    }

    /// Straightened, if its lines of text are askew.
    pub(super) fn straightened(self) -> (Self, Straightened) {
        let degrees = self.skew();
        let straight = Straightened { angle: degrees.to_radians().sin_cos(), centres: [(0.0, 0.0); 2] };
        if degrees == 0.0 { (self, straight) } else { self.rotated(straight) }
    }

    /// The angle of its lines of text in degrees, positive if they fall to the right; zero if it is small or not clear.
    fn skew(&self) -> f32 {
        let points = self.dark_points();
        let score = |degrees: f32| distinctness(&points, degrees);
        let best = |from: f32, step: f32, steps: u8| {
            let angles = (0..=steps).map(|n| from + f32::from(n) * step);
            angles.map(|angle| (score(angle), angle)).max_by(|one, other| one.0.total_cmp(&other.0))
        };
        let Some((_, coarse)) = best(-STEEPEST, COARSE, 24) else { return 0.0 };
        let Some((clarity, angle)) = best(coarse - COARSE, FINE, 10) else { return 0.0 };
        let is_clear = clarity > CLEARER * score(0.0);
        if is_clear && angle.abs() >= LEAST_SKEW { angle } else { 0.0 }
    }

    /// Places that are much darker than the page, in a smaller copy of the image.
    #[expect(clippy::cast_precision_loss, reason = "images have fewer than 2^23 rows and columns")]
    fn dark_points(&self) -> Vec<(f32, f32)> {
        let step = self.width.max(self.height).div_ceil(MEASURED_EDGE).max(1);
        let mean = self.pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>() / self.pixels.len().max(1) as u64;
        let mut points = Vec::new();
        for y in (0..self.height).step_by(step) {
            let row = self.pixels.get(y * self.width..(y + 1) * self.width).unwrap_or_default();
            for (x, pixel) in row.iter().enumerate().step_by(step) {
                if u64::from(*pixel) * 10 < mean * 7 {
                    points.push((x as f32 / step as f32, y as f32 / step as f32));
                }
            }
        }
        let every = points.len().div_ceil(MOST_POINTS).max(1);
        points.into_iter().step_by(every).collect()
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places within an image"
    )]
    fn rotated(self, straight: Straightened) -> (Self, Straightened) {
        let (sin, cos) = straight.angle;
        let (width, height) = (self.width as f32, self.height as f32);
        // Large enough for the corners.
        let new =
            [(width * cos + height * sin.abs()).ceil() as usize, (width * sin.abs() + height * cos).ceil() as usize];
        let centres = [(width / 2.0, height / 2.0), (new[0] as f32 / 2.0, new[1] as f32 / 2.0)];
        let straight = Straightened { centres, ..straight };
        let mut pixels = Vec::with_capacity(new[0] * new[1]);
        for y in 0..new[1] {
            for x in 0..new[0] {
                let (x, y) = straight.back(x as f32, y as f32);
                pixels.push(self.between(x, y));
            }
        }
        (Self { width: new[0], height: new[1], pixels }, straight)
    }

    /// The shade at a place between pixels; that of paper outside the image.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places within an image, and shades")]
    fn between(&self, x: f32, y: f32) -> u8 {
        if x < 0.0 || y < 0.0 {
            return u8::MAX;
        }
        let (left, top) = (x as usize, y as usize);
        let at = |x: usize, y: usize| {
            let inside = x < self.width && y < self.height;
            f32::from(if inside { self.pixels.get(y * self.width + x).copied().unwrap_or(u8::MAX) } else { u8::MAX })
        };
        let (right, down) = (x.fract(), y.fract());
        let upper = at(left, top) * (1.0 - right) + at(left + 1, top) * right;
        let lower = at(left, top + 1) * (1.0 - right) + at(left + 1, top + 1) * right;
        (upper * (1.0 - down) + lower * down) as u8
    }
}

/// How light a picture is, from place to place.
struct Light {
    /// Pixels of the edge of a square.
    square: f32,
    across: usize,
    down: usize,
    /// The mean of each square and those around it, row by row.
    means: Vec<f32>,
}

impl Light {
    #[expect(clippy::cast_precision_loss, reason = "images have fewer than 2^23 rows and columns")]
    fn of(picture: &Picture) -> Self {
        let square = (picture.width.min(picture.height) / SQUARES).max(LEAST_SQUARE);
        let (across, down) = (picture.width.div_ceil(square).max(1), picture.height.div_ceil(square).max(1));
        let (mut sums, mut counts) = (vec![0.0_f32; across * down], vec![0.0_f32; across * down]);
        for (y, row) in picture.pixels.chunks_exact(picture.width.max(1)).enumerate() {
            for (x, part) in row.chunks(square).enumerate() {
                let at = y / square * across + x;
                sums[at] += part.iter().map(|pixel| f32::from(*pixel)).sum::<f32>();
                counts[at] += part.len() as f32;
            }
        }
        let around = |x: usize, y: usize| {
            let rows = y.saturating_sub(2)..(y + 3).min(down);
            let places = rows.flat_map(|y| (x.saturating_sub(2)..(x + 3).min(across)).map(move |x| y * across + x));
            let (sum, count) = places.fold((0.0, 0.0), |(sum, count), at| (sum + sums[at], count + counts[at]));
            sum / f32::max(count, 1.0)
        };
        let means = (0..down).flat_map(|y| (0..across).map(move |x| (x, y))).map(|(x, y)| around(x, y)).collect();
        Self { square: square as f32, across, down, means }
    }

    /// Between the centres of the four squares that are nearest.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places within an image"
    )]
    fn at(&self, x: f32, y: f32) -> f32 {
        let along = |place: f32, count: usize| {
            let place = ((place + 0.5) / self.square - 0.5).clamp(0.0, (count - 1) as f32);
            (place as usize, (place as usize + 1).min(count - 1), place.fract())
        };
        let ((left, right, over), (top, bottom, under)) = (along(x, self.across), along(y, self.down));
        let row = |y: usize| {
            let at = |x: usize| self.means[y * self.across + x];
            at(left) * (1.0 - over) + at(right) * over
        };
        row(top) * (1.0 - under) + row(bottom) * under
    }
}

impl Straightened {
    fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (sin, cos) = self.angle;
        let [page, image] = self.centres;
        let (x, y) = (x - image.0, y - image.1);
        (page.0 + x * cos - y * sin, page.1 + x * sin + y * cos)
    }

    /// The smallest box on the turned page that contains this one of the straightened image.
    pub(super) fn box_back(&self, bounds: [f32; 4]) -> [f32; 4] {
        let [left, top, right, bottom] = bounds;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)].map(|(x, y)| self.back(x, y));
        corners.into_iter().fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |all, (x, y)| {
            [all[0].min(x), all[1].min(y), all[2].max(x), all[3].max(y)]
        })
    }
}

/// How distinct lines and gaps are if the image is rotated by this angle: lines of text that are level fill some rows and
/// leave others empty.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rows of a small image"
)]
fn distinctness(points: &[(f32, f32)], degrees: f32) -> f32 {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let mut rows = vec![0_u32; 3 * MEASURED_EDGE];
    for (x, y) in points {
        let row = y * cos - x * sin + MEASURED_EDGE as f32;
        if let Some(row) = rows.get_mut(row.max(0.0) as usize) {
            *row += 1;
        }
    }
    let steps = rows.windows(2).filter_map(|two| Some(two.first()?.abs_diff(*two.get(1)?)));
    steps.map(|step| (step * step) as f32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of dashes that fall by this angle to the right.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places within a small image"
    )]
    fn lines(degrees: f32) -> Picture {
        let (width, height) = (1000_usize, 1400_usize);
        let slope = degrees.to_radians().tan();
        let mut pixels = vec![255; width * height];
        for line in 0..30 {
            for x in (100..900).filter(|x| x % 40 < 30) {
                for thick in 0..12 {
                    let y = 150.0 + 36.0 * line as f32 + (x as f32 - 500.0) * slope + thick as f32;
                    pixels[y as usize * width + x] = 20;
                }
            }
        }
        Picture { width, height, pixels }
    }

    /// The same in a light that falls from left to right to two fifths.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shades of a small image"
    )]
    fn shaded(picture: &Picture) -> Picture {
        let light = |at: usize| 1.0 - 0.6 * (at % picture.width) as f32 / picture.width as f32;
        let pixels = picture.pixels.iter().enumerate().map(|(at, pixel)| (f32::from(*pixel) * light(at)) as u8);
        Picture { pixels: pixels.collect(), ..*picture }
    }

    #[test]
    fn in_an_even_light_one_shade_parts_print_from_paper() {
        let paper = |picture: &Picture, x: usize| picture.pixels[100 * 1000 + x];
        let dim = shaded(&lines(0.0));
        assert!(paper(&dim, 990) < 110 && paper(&dim, 10) > 250, "the darkest paper is darker than any border");
        let even = dim.evenly_lit();
        let shades: Vec<u8> = (10..1000).step_by(70).map(|x| paper(&even, x)).collect();
        assert!(shades.iter().all(|shade| *shade > 170), "{shades:?}");
        // In the second line, within dashes.
        let dark: Vec<u8> = (130..880).step_by(80).map(|x| even.pixels[(150 + 36 + 6) * 1000 + x]).collect();
        assert!(dark.iter().all(|shade| *shade < 60), "{dark:?}");
        assert!((shaded(&lines(3.0)).evenly_lit().skew() - 3.0).abs() < 0.15);
        let none = Picture { width: 0, height: 0, pixels: Vec::new() };
        assert_eq!(none.evenly_lit(), none);
    }

    #[test]
    fn the_angle_of_lines_is_measured() {
        for degrees in [-5.0, -2.3, 0.0, 1.0, 4.6] {
            let found = lines(degrees).skew();
            assert!((found - degrees).abs() < 0.15, "{found} for {degrees}");
        }
    }

    #[test]
    fn a_straightened_page_has_level_lines_and_places_lead_back() {
        let (straight, back) = lines(4.0).straightened();
        assert!(straight.skew() == 0.0, "{}", straight.skew());
        #[expect(clippy::cast_precision_loss, reason = "a small image")]
        let centre = (straight.width as f32 / 2.0, straight.height as f32 / 2.0);
        let there = back.back(centre.0, centre.1);
        assert!((there.0 - 500.0).abs() < 0.6 && (there.1 - 700.0).abs() < 0.6, "{there:?}");
        // A place to the right of the centre is lower on the page.
        let there = back.back(centre.0 + 400.0, centre.1);
        assert!((there.1 - 700.0 - 400.0 * 4_f32.to_radians().sin()).abs() < 2.0, "{there:?}");
    }

    #[test]
    fn images_are_parsed_and_written() {
        let image = Picture { width: 2, height: 1, pixels: vec![10, 32] };
        assert_eq!(Picture::parse(&image.to_pgm()), Some(image));
        assert_eq!(Picture::parse(b"P5 9 9 255\nabc"), None);
        assert_eq!(Picture::parse(b"P6 1 1 255\nabc"), None);
    }
}
