//! Pictures as YUV 4:2:0 planes (BT.709, limited range), and the operations of every frame: crop, blend, fade. All in
//! fixed-point arithmetic: these loops run for each pixel of each frame.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "fixed-point arithmetic on bytes: every sum is bounded by its weights, which add up to one"
)]

use resvg::tiny_skia::Pixmap;

use super::error::RenderError;

/// A rectangle in pixels. Everything that is blended starts and ends on even pixels, where the chroma planes have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Area {
    /// Extended to even edges.
    pub(crate) fn even(x: usize, y: usize, width: usize, height: usize) -> Self {
        let (left, top) = (x & !1, y & !1);
        let (right, bottom) = ((x + width + 1) & !1, (y + height + 1) & !1);
        Self { x: left, y: top, width: right - left, height: bottom - top }
    }

    fn halved(self) -> Self {
        Self { x: self.x / 2, y: self.y / 2, width: self.width / 2, height: self.height / 2 }
    }
}

/// One plane of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<u8>,
}

impl Plane {
    pub(crate) fn new(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, data: vec![value; width * height] }
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        let y = y.min(self.height - 1);
        &self.data[y * self.width..(y + 1) * self.width]
    }

    pub(super) fn span_mut(&mut self, x: usize, y: usize, width: usize) -> &mut [u8] {
        let start = y * self.width + x;
        &mut self.data[start..start + width]
    }
}

/// A picture in three planes: luma at full size, the two chroma planes at half size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) planes: [Plane; 3],
}

impl Picture {
    /// A black picture with even dimensions.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let half = |length: usize| length.div_ceil(2);
        Self {
            planes: [
                Plane::new(width, height, 16),
                Plane::new(half(width), half(height), 128),
                Plane::new(half(width), half(height), 128),
            ],
        }
    }

    pub(crate) fn width(&self) -> usize {
        self.planes[0].width
    }

    pub(crate) fn height(&self) -> usize {
        self.planes[0].height
    }

    /// A radial gradient from one colour to another. Computed at more than 8 bits and dithered: dark gradients would
    /// show bands otherwise.
    pub(crate) fn glow(width: usize, height: usize, centre: (f32, f32), radius: f32, colours: [[u8; 3]; 2]) -> Self {
        let mut picture = Self::new(width, height);
        let exact = colours.map(|colour| yuv(colour.map(f32::from)));
        for (index, plane) in picture.planes.iter_mut().enumerate() {
            let scale = if index == 0 { 1.0 } else { 2.0 };
            let columns = plane.width;
            for (at, value) in plane.data.iter_mut().enumerate() {
                let (x, y) = (at % columns, at / columns);
                let (dx, dy) = ((x as f32 + 0.5) * scale - centre.0, (y as f32 + 0.5) * scale - centre.1);
                let part = (dx.hypot(dy) / radius).min(1.0);
                let part = part * part * (3.0 - 2.0 * part);
                let level = exact[0][index] + (exact[1][index] - exact[0][index]) * part;
                *value = (level + DITHER[(y & 3) * 4 + (x & 3)] as f32 / 256.0) as u8;
            }
        }
        picture
    }

    /// A part of the picture as a layer for the same position; `alpha` gives the coverage of each column and row.
    pub(crate) fn cut(&self, area: Area, alpha: impl Fn(usize, usize) -> u8) -> Layer {
        let mut layer = Layer::new(area);
        for (at, value) in layer.alpha.iter_mut().enumerate() {
            *value = alpha(at % area.width, at / area.width);
        }
        let half = area.halved();
        for at in 0..half.width * half.height {
            let corner = (at / half.width) * 2 * area.width + (at % half.width) * 2;
            let sum: u16 =
                [0, 1, area.width, area.width + 1].map(|step| u16::from(layer.alpha[corner + step])).iter().sum();
            layer.half_alpha[at] = (sum / 4) as u8;
        }
        for (index, plane) in self.planes.iter().enumerate() {
            let (area, alpha) = if index == 0 { (area, &layer.alpha) } else { (half, &layer.half_alpha) };
            for (at, value) in layer.planes[index].iter_mut().enumerate() {
                let under = plane.row(area.y + at / area.width)[area.x + at % area.width];
                *value = (u16::from(under) * u16::from(alpha[at]) / 255) as u8;
            }
        }
        layer
    }

    /// Fills `area` with rows of `source` from the even row `top` on, starting at its first column.
    pub(crate) fn copy_rows(&mut self, area: Area, source: &Self, top: usize) {
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let (area, top) = if index == 0 { (area, top) } else { (area.halved(), top / 2) };
            for row in 0..area.height {
                let from = &source.planes[index].row(top + row)[..area.width];
                plane.span_mut(area.x, area.y + row, area.width).copy_from_slice(from);
            }
        }
    }

    /// An opaque pixmap. Dithering by less than one level avoids the bands of a dark gradient.
    pub(crate) fn from_pixmap(pixmap: &Pixmap) -> Self {
        let layer = Layer::from_pixmap(pixmap, 0, 0);
        let mut picture = Self::new(layer.area.width, layer.area.height);
        picture.blend(&layer, 256);
        picture
    }

    /// Copies another picture of the same size.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        for (plane, source) in self.planes.iter_mut().zip(&other.planes) {
            plane.data.copy_from_slice(&source.data);
        }
    }

    /// Blends a layer on top; `opacity` from 0 to 256.
    pub(crate) fn blend(&mut self, layer: &Layer, opacity: u16) {
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let (area, alpha) =
                if index == 0 { (layer.area, &layer.alpha) } else { (layer.area.halved(), &layer.half_alpha) };
            blend_plane(plane, area, &layer.planes[index], alpha, opacity);
        }
    }

    /// Draws a part of an opaque layer: left, top, right and bottom in pixels of the layer, rows with fractions.
    pub(crate) fn blend_part(&mut self, layer: &Layer, [left, top, right, bottom]: [f32; 4]) {
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let (area, scale) = if index == 0 { (layer.area, 1.0) } else { (layer.area.halved(), 0.5) };
            let (top, bottom) = (top * scale, bottom * scale);
            let column = |x: f32| ((x * scale).round().max(0.0) as usize).min(area.width);
            let (first, last) = (column(left), column(right).max(column(left)));
            for (row, source) in layer.planes[index].chunks_exact(area.width).enumerate() {
                let above = row as f32;
                let covered = (bottom.min(above + 1.0) - top.max(above)).clamp(0.0, 1.0);
                let weight = (covered * 256.0) as u16;
                if weight == 0 || area.y + row >= plane.height {
                    continue;
                }
                let out = plane.span_mut(area.x + first, area.y + row, last - first);
                for (value, source) in out.iter_mut().zip(&source[first..last]) {
                    let under = u16::from(*value).wrapping_mul(256u16.wrapping_sub(weight));
                    *value = (under.wrapping_add(u16::from(*source).wrapping_mul(weight)) >> 8) as u8;
                }
            }
        }
    }

    /// Mixes in another picture of the same size; `part` from 0 (this one) to 256 (the other).
    pub(crate) fn mix(&mut self, other: &Self, part: u16) {
        let rest = 256u16.wrapping_sub(part);
        for (plane, source) in self.planes.iter_mut().zip(&other.planes) {
            for (value, source) in plane.data.iter_mut().zip(&source.data) {
                let sum = u16::from(*value).wrapping_mul(rest).wrapping_add(u16::from(*source).wrapping_mul(part));
                *value = (sum >> 8) as u8;
            }
        }
    }

    /// Fades an area towards `ground`; `opacity` 256 keeps it, 0 replaces it.
    pub(crate) fn fade(&mut self, area: Area, ground: &Self, opacity: u16) {
        if opacity >= 256 {
            return;
        }
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let area = if index == 0 { area } else { area.halved() };
            let other = &ground.planes[index];
            for y in area.y..area.y + area.height {
                let under = &other.row(y)[area.x..area.x + area.width];
                for (value, ground) in plane.span_mut(area.x, y, area.width).iter_mut().zip(under) {
                    let mixed = u16::from(*value).wrapping_mul(opacity);
                    let rest = u16::from(*ground).wrapping_mul(256u16.wrapping_sub(opacity));
                    *value = (mixed.wrapping_add(rest) >> 8) as u8;
                }
            }
        }
    }

    /// Fills `area` with a part of `source`: its top left corner is at `(x, y)` in pixels of the source, and one pixel
    /// here is `step` pixels there. Bilinear, with sub-pixel positions; the last pixel repeats beyond the edge.
    pub(crate) fn sample(&mut self, area: Area, source: &Self, x: f32, y: f32, step: f32, rows: &mut RowBuffer) {
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let (area, x, y) = if index == 0 { (area, x, y) } else { (area.halved(), x / 2.0, y / 2.0) };
            sample_plane(plane, area, &source.planes[index], (x, y, step), rows);
        }
    }

    /// Converts to RGB.
    pub(crate) fn to_pixmap(&self) -> Result<Pixmap, RenderError> {
        let (width, height) = (self.width(), self.height());
        let mut pixmap = Pixmap::new(width as u32, height as u32)
            .ok_or_else(|| RenderError::Picture("a frame has no size".to_owned()))?;
        for (y, row) in pixmap.data_mut().chunks_exact_mut(width * 4).enumerate() {
            for (x, pixel) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let luma = (f32::from(self.planes[0].row(y)[x]) - 16.0) * 255.0 / 219.0;
                let half = |plane: usize| (f32::from(self.planes[plane].row(y / 2)[x / 2]) - 128.0) * 255.0 / 224.0;
                let (blue, red) = (half(1), half(2));
                let rgb = [luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue];
                let [r, g, b] = rgb.map(|value| value.round().clamp(0.0, 255.0) as u8);
                *pixel = [r, g, b, 255];
            }
        }
        Ok(pixmap)
    }
}

/// Reusable space for one row.
#[derive(Debug, Default)]
pub(crate) struct RowBuffer {
    mixed: Vec<u16>,
    taps: Vec<(u32, u16)>,
}

/// Position in 1/65536 pixels.
fn fixed(value: f32) -> i64 {
    (f64::from(value) * 65_536.0).round() as i64
}

fn sample_plane(plane: &mut Plane, area: Area, source: &Plane, cut: (f32, f32, f32), rows: &mut RowBuffer) {
    let step = fixed(cut.2);
    // Pixel centres: the middle of pixel 0 here is half a step into the part.
    let first_x = fixed(cut.0) + step / 2 - 32_768;
    let first_y = fixed(cut.1) + step / 2 - 32_768;
    let last = source.width.saturating_sub(1) as i64;
    rows.taps.clear();
    rows.taps.extend((0..area.width as i64).map(|column| {
        let position = (first_x + column * step).clamp(0, last << 16);
        let whole = (position >> 16).min((last - 1).max(0));
        (whole as u32, (((position - (whole << 16)) >> 8) as u16).min(256))
    }));
    let from = rows.taps.first().map_or(0, |tap| tap.0 as usize);
    let to = (rows.taps.last().map_or(0, |tap| tap.0 as usize) + 2).min(source.width);
    rows.mixed.resize(to - from + 1, 0);
    for line in 0..area.height {
        let position = (first_y + line as i64 * step).clamp(0, (source.height as i64 - 1) << 16);
        let (top, weight) = ((position >> 16) as usize, ((position & 0xFFFF) >> 8) as u16);
        let upper = &source.row(top)[from..to];
        let lower = &source.row(top + 1)[from..to];
        let rest = 256u16.wrapping_sub(weight);
        for ((mixed, a), b) in rows.mixed.iter_mut().zip(upper).zip(lower) {
            *mixed = u16::from(*a).wrapping_mul(rest).wrapping_add(u16::from(*b).wrapping_mul(weight));
        }
        let end = rows.mixed.len() - 1;
        rows.mixed[end] = rows.mixed[end.saturating_sub(1)];
        let out = plane.span_mut(area.x, area.y + line, area.width);
        for (value, (whole, weight)) in out.iter_mut().zip(&rows.taps) {
            let at = *whole as usize - from;
            let pair = &rows.mixed[at..at + 2];
            let sum = u32::from(pair[0])
                .wrapping_mul(256u32.wrapping_sub(u32::from(*weight)))
                .wrapping_add(u32::from(pair[1]).wrapping_mul(u32::from(*weight)));
            *value = (sum.wrapping_add(1 << 15) >> 16) as u8;
        }
    }
}

fn blend_plane(plane: &mut Plane, area: Area, source: &[u8], alpha: &[u8], opacity: u16) {
    let right = plane.width.min(area.x + area.width);
    let bottom = plane.height.min(area.y + area.height);
    if area.x >= right {
        return;
    }
    let width = right - area.x;
    for y in area.y..bottom {
        let start = (y - area.y) * area.width;
        let (source, alpha) = (&source[start..start + width], &alpha[start..start + width]);
        let out = plane.span_mut(area.x, y, width);
        if opacity >= 256 {
            for ((value, source), alpha) in out.iter_mut().zip(source).zip(alpha) {
                let under = u16::from(*value).wrapping_mul(255u16.wrapping_sub(u16::from(*alpha))).wrapping_add(128);
                // Division by 255, exact for 16 bits.
                let kept = under.wrapping_add(under >> 8) >> 8;
                *value = (kept as u8).saturating_add(*source);
            }
        } else {
            for ((value, source), alpha) in out.iter_mut().zip(source).zip(alpha) {
                let alpha = u16::from(*alpha).wrapping_mul(opacity) >> 8;
                let source = u16::from(*source).wrapping_mul(opacity) >> 8;
                let under = u16::from(*value).wrapping_mul(255u16.wrapping_sub(alpha)).wrapping_add(128);
                let kept = under.wrapping_add(under >> 8) >> 8;
                *value = (kept as u8).saturating_add(source as u8);
            }
        }
    }
}

/// A premultiplied picture with transparency at a position of the frame.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) area: Area,
    planes: [Vec<u8>; 3],
    alpha: Vec<u8>,
    half_alpha: Vec<u8>,
}

impl Layer {
    /// An empty layer of this size, to be filled by [`Layer::load`].
    pub(crate) fn new(area: Area) -> Self {
        let (full, half) = (area.width * area.height, area.width * area.height / 4);
        Self {
            area,
            planes: [vec![0; full], vec![0; half], vec![0; half]],
            alpha: vec![0; full],
            half_alpha: vec![0; half],
        }
    }

    /// A pixmap whose top left corner is at the even position `(x, y)`. Odd sizes are extended by one transparent row
    /// or column.
    pub(crate) fn from_pixmap(pixmap: &Pixmap, x: usize, y: usize) -> Self {
        let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
        let area = Area { x: x & !1, y: y & !1, width: (width + 1) & !1, height: (height + 1) & !1 };
        let mut layer = Self::new(area);
        if (area.width, area.height) == (width, height) {
            layer.load(pixmap.data());
        } else {
            let mut padded = vec![0; area.width * area.height * 4];
            for (row, line) in pixmap.data().chunks_exact(width * 4).enumerate() {
                let start = row * area.width * 4;
                padded[start..start + width * 4].copy_from_slice(line);
            }
            layer.load(&padded);
        }
        layer
    }

    /// Loads premultiplied RGBA of the layer's size.
    pub(crate) fn load(&mut self, rgba: &[u8]) {
        let width = self.area.width;
        for (y, line) in rgba.chunks_exact(width * 4).enumerate() {
            let start = y * width;
            let out = self.planes[0][start..start + width].iter_mut().zip(&mut self.alpha[start..start + width]);
            for (x, ((value, alpha), pixel)) in out.zip(line.as_chunks::<4>().0).enumerate() {
                *alpha = pixel[3];
                *value = luma(*pixel, DITHER[(y & 3) * 4 + (x & 3)]);
            }
        }
        for (y, lines) in rgba.chunks_exact(width * 8).enumerate() {
            let (upper, lower) = lines.split_at(width * 4);
            let pairs = upper.as_chunks::<8>().0.iter().zip(lower.as_chunks::<8>().0);
            for (x, (above, below)) in pairs.enumerate() {
                let sum = |channel: usize| {
                    i32::from(above[channel])
                        + i32::from(above[channel + 4])
                        + i32::from(below[channel])
                        + i32::from(below[channel + 4])
                };
                let (blue_difference, red_difference, alpha) = chroma(sum(0), sum(1), sum(2), sum(3));
                let at = y * width / 2 + x;
                self.planes[1][at] = blue_difference;
                self.planes[2][at] = red_difference;
                self.half_alpha[at] = alpha;
            }
        }
    }
}

/// An RGB colour as BT.709 in limited range, unrounded.
pub(super) fn yuv([red, green, blue]: [f32; 3]) -> [f32; 3] {
    let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    [
        16.0 + luma * 219.0 / 255.0,
        128.0 + (blue - luma) / 1.8556 * 224.0 / 255.0,
        128.0 + (red - luma) / 1.5748 * 224.0 / 255.0,
    ]
}

/// Ordered dither (Bayer, 4 × 4) in 1/256 levels.
const DITHER: [i32; 16] = [8, 136, 40, 168, 200, 72, 232, 104, 56, 184, 24, 152, 248, 120, 216, 88];

/// BT.709 luma in limited range, 8-bit fixed point in 1/65536; the alpha accounts for the offset of 16.
fn luma(pixel: [u8; 4], dither: i32) -> u8 {
    let [red, green, blue, alpha] = pixel.map(i32::from);
    let sum = 11_966i32
        .wrapping_mul(red)
        .wrapping_add(40_254i32.wrapping_mul(green))
        .wrapping_add(4_064i32.wrapping_mul(blue))
        .wrapping_add(4_112i32.wrapping_mul(alpha));
    let dithered = if alpha == 0 { sum } else { sum.wrapping_add(dither << 8) };
    (dithered >> 16) as u8
}

/// BT.709 chroma of the sum of four pixels, and their mean alpha.
fn chroma(red: i32, green: i32, blue: i32, alpha: i32) -> (u8, u8, u8) {
    let blue_difference = -6_596 * red - 22_189 * green + 28_784 * blue + 32_896 * alpha;
    let red_difference = 28_784 * red - 26_145 * green - 2_639 * blue + 32_896 * alpha;
    let round = 1 << 17;
    (
        ((blue_difference + round) >> 18).clamp(0, 255) as u8,
        ((red_difference + round) >> 18).clamp(0, 255) as u8,
        ((alpha + 2) >> 2) as u8,
    )
}
