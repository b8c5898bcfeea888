//! The window onto a page of the document: the page behind it, the camera's path over it, and the small map beside it.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates: small and positive by layout"
)]

use std::fmt::Write as _;

use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use super::camera::{Path, View};
use super::error::RenderError;
use super::layout::{Layout, Zone};
use super::page;
use super::palette::Palette;
use super::spec::Focus;
use super::yuv::{Area, Layer, Picture, RowBuffer};

/// Page pixels per displayed pixel, so that small print moves without shimmering.
const OVERSAMPLING: f32 = 2.0;
/// Corner radius of the page in pixels.
const CORNER: usize = 10;
/// Most pixels of a prepared page along one side: the camera does not reach further.
const LONGEST: f32 = 8192.0;

/// How a page is fitted into its window.
pub(crate) struct Fitted {
    useful: page::Cut,
    /// Displayed pixels per pixel of the page image.
    scale: f32,
    card: Zone,
    map: Option<Zone>,
}

/// The page behind its window, drawn.
pub(crate) struct Window {
    area: Area,
    source: Picture,
    /// The page as displayed when the camera is at whole pixels: from the top, and from one row below it (the chroma
    /// planes have half the rows).
    whole: Option<[Picture; 2]>,
    path: Path,
    /// Displayed pixels of the cropped page at zoom 1.
    shown: (f32, f32),
    corners: Vec<Layer>,
    map: Option<Map>,
}

/// The whole page, small, with the visible part highlighted.
struct Map {
    lit: Layer,
    dim: Layer,
    /// Rows of the map above the cropped page.
    above: f32,
    /// Rows of the map per displayed row.
    scale: f32,
    /// Rows of the map that the window covers.
    rows: f32,
}

impl Fitted {
    /// Fits a page: entirely visible if that wastes little space, otherwise as wide as the window, with a map beside
    /// it.
    pub(crate) fn new(pixmap: &Pixmap, layout: &Layout) -> Self {
        let useful = page::useful_part(pixmap);
        let (wide, high) = (useful.width as f32, useful.height as f32);
        let room = layout.wide_page;
        let whole = (room.width / wide).min(room.height / high);
        if whole * wide > room.width * 0.66 && whole * high > room.height * 0.45 {
            return Self { useful, scale: whole.min(4.0), card: card(room, wide, high, whole.min(4.0)), map: None };
        }
        let room = layout.page;
        // A good part of it is always visible.
        let scale = (room.width / wide).max(room.height / high).min(whole * 3.2).min(4.0);
        let card = card(room, wide, high, scale);
        let map = layout.map.filter(|_| high * scale > card.height * 1.3).map(|zone| map_card(zone, pixmap));
        Self { useful, scale, card, map }
    }

    /// The shadows of page and map, to be drawn on the background.
    pub(crate) fn shadows(&self) -> String {
        let mut svg = shadow(self.card, CORNER as f32);
        if let Some(map) = self.map {
            svg.push_str(&shadow(map, 2.0));
        }
        svg
    }

    fn shown(&self) -> (f32, f32) {
        let (wide, high) = (self.useful.width as f32 * self.scale, self.useful.height as f32 * self.scale);
        (wide.max(self.card.width).min(LONGEST / OVERSAMPLING), high.max(self.card.height).min(LONGEST / OVERSAMPLING))
    }

    /// Prepares the page for a clip of so many seconds.
    pub(crate) fn window(
        &self,
        pixmap: &Pixmap,
        ground: &Picture,
        palette: &Palette,
        focus: &[Focus],
        seconds: f32,
        right_to_left: bool,
    ) -> Result<Window, RenderError> {
        let shown = self.shown();
        let size = (self.card.width, self.card.height);
        let path = Path::over(shown.0, shown.1, size, seconds, &self.targets(pixmap, focus), right_to_left);
        // Only the part that the camera will see is prepared.
        let seen = (path.lowest() + self.card.height + 4.0).min(shown.1);
        let useful = page::Cut {
            width: self.useful.width.min((shown.0 / self.scale).ceil() as usize).max(1),
            height: self.useful.height.min((seen / self.scale).ceil() as usize).max(1),
            ..self.useful
        };
        let wide = (shown.0 * OVERSAMPLING).round() as usize & !1;
        let high = (useful.height as f32 * self.scale * OVERSAMPLING).max(seen * OVERSAMPLING).round() as usize & !1;
        let source = Picture::from_pixmap(&page::resize(pixmap, useful, wide, high)?);
        let area =
            Area::even(self.card.x as usize, self.card.y as usize, self.card.width as usize, self.card.height as usize);
        let mut rows = RowBuffer::default();
        let whole = matches!(path, Path::Pan { towards: (_, down), .. } if down > 0.0).then(|| {
            let height = ((high / 2) & !1).max(area.height);
            let full = Area { x: 0, y: 0, width: area.width, height };
            [0.0, 1.0].map(|top| {
                let mut picture = Picture::new(full.width, full.height);
                picture.sample(full, &source, 0.0, top * OVERSAMPLING, OVERSAMPLING, &mut rows);
                picture
            })
        });
        let map = self.map.map(|zone| self.map(pixmap, zone, palette)).transpose()?;
        Ok(Window { area, source, whole, path, shown, corners: corners(ground, self.card, CORNER), map })
    }

    /// The focus points in displayed pixels: time, centre x, centre y.
    fn targets(&self, pixmap: &Pixmap, focus: &[Focus]) -> Vec<(f32, f32, f32)> {
        let (wide, high) = (pixmap.width() as f32, pixmap.height() as f32);
        // A paragraph taller than the window is read from its first line.
        let view = self.card.height / self.scale / high;
        let target = |focus: &Focus| {
            let [left, top, right, bottom] = focus.bounds;
            let down = if bottom - top > view { top + view / 2.0 } else { f32::midpoint(top, bottom) };
            let x = (f32::midpoint(left, right) * wide - self.useful.x as f32) * self.scale;
            let y = (down * high - self.useful.y as f32) * self.scale;
            (focus.at_ms as f32 / 1000.0, x, y)
        };
        focus.iter().map(target).collect()
    }

    fn map(&self, pixmap: &Pixmap, zone: Zone, palette: &Palette) -> Result<Map, RenderError> {
        let whole = page::Cut { x: 0, y: 0, width: pixmap.width() as usize, height: pixmap.height() as usize };
        let mut small = page::resize(pixmap, whole, zone.width as usize, zone.height as usize)?;
        let lit = Layer::from_pixmap(&small, zone.x as usize, zone.y as usize);
        let shade = shade_of(&palette.raised);
        for pixel in small.pixels_mut() {
            let mix = |value: u8, shade: u8| ((u16::from(value) * 72 + u16::from(shade) * 184) >> 8) as u8;
            let (red, green, blue) =
                (mix(pixel.red(), shade[0]), mix(pixel.green(), shade[1]), mix(pixel.blue(), shade[2]));
            *pixel = PremultipliedColorU8::from_rgba(red, green, blue, 255).unwrap_or(*pixel);
        }
        let dim = Layer::from_pixmap(&small, zone.x as usize, zone.y as usize);
        let scale = zone.height / pixmap.height() as f32 / self.scale;
        let above = self.useful.y as f32 * self.scale * scale;
        Ok(Map { lit, dim, above, scale, rows: self.card.height * scale })
    }
}

impl Window {
    /// Draws the page at `seconds`; with an `opacity` below 256 the background shows through.
    pub(crate) fn draw(&self, frame: &mut Picture, ground: &Picture, seconds: f32, opacity: u16, rows: &mut RowBuffer) {
        let View { x, y, zoom } = self.path.at(seconds);
        match &self.whole {
            Some(whole) if y.fract() == 0.0 && x == 0.0 => {
                let top = y as usize;
                frame.copy_rows(self.area, &whole[top % 2], top & !1);
            }
            _ => {
                let step = self.source.width() as f32 / (self.shown.0 * zoom);
                frame.sample(self.area, &self.source, x * step * zoom, y * step * zoom, step, rows);
            }
        }
        for corner in &self.corners {
            frame.blend(corner, 256);
        }
        frame.fade(self.area, ground, opacity);
        if let Some(map) = &self.map {
            frame.blend(&map.dim, 256);
            let top = map.above + y * map.scale;
            frame.blend_rows(&map.lit, top, top + map.rows);
            frame.fade(map.lit.area, ground, opacity);
        }
    }
}

/// The card of a page of `wide` × `high` pixels at a scale, centred in its space, on even pixels.
fn card(room: Zone, wide: f32, high: f32, scale: f32) -> Zone {
    let even = |value: f32| (value / 2.0).floor() * 2.0;
    let width = even((wide * scale + 0.5).min(room.width).max(24.0));
    let height = even((high * scale + 0.5).min(room.height).max(24.0));
    Zone { x: even(room.x + (room.width - width) / 2.0), y: even(room.y + (room.height - height) / 2.0), width, height }
}

/// The zone of the page in the map: as large as possible, with the aspect ratio of the page.
fn map_card(zone: Zone, pixmap: &Pixmap) -> Zone {
    let (wide, high) = (pixmap.width() as f32, pixmap.height() as f32);
    let scale = (zone.width / wide).min(zone.height / high);
    let even = |value: f32| ((value / 2.0).floor() * 2.0).max(8.0);
    let (width, height) = (even(wide * scale), even(high * scale));
    Zone { x: even(zone.x + (zone.width - width) / 2.0), y: even(zone.y), width, height }
}

/// A soft shadow under a card: many thin layers instead of a blur, which would cost more than the rest of the slide.
fn shadow(card: Zone, radius: f32) -> String {
    let mut svg = String::new();
    for ring in 0..14u8 {
        let grow = f32::from(ring) * 1.8;
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" fill=\"#000\" fill-opacity=\"0.028\"/>",
            card.x - grow,
            card.y - grow + 8.0,
            card.width + 2.0 * grow,
            card.height + 2.0 * grow,
            radius + grow,
        );
    }
    svg
}

/// The background around the rounded corners of a card, drawn over the page.
fn corners(ground: &Picture, card: Zone, radius: usize) -> Vec<Layer> {
    let size = (radius + 2) & !1;
    let (left, top) = (card.x as usize, card.y as usize);
    let (right, bottom) = (left + card.width as usize - size, top + card.height as usize - size);
    let corner = |x: usize, y: usize, from_right: bool, from_bottom: bool| {
        ground.cut(Area { x, y, width: size, height: size }, |column, row| {
            let inner_x = if from_right { size - 1 - column } else { column };
            let inner_y = if from_bottom { size - 1 - row } else { row };
            let (dx, dy) = (radius as f32 - inner_x as f32 - 0.5, radius as f32 - inner_y as f32 - 0.5);
            let outside = if dx > 0.0 && dy > 0.0 { dx.hypot(dy) - radius as f32 + 0.5 } else { 0.0 };
            (outside.clamp(0.0, 1.0) * 255.0) as u8
        })
    };
    vec![
        corner(left, top, false, false),
        corner(right, top, true, false),
        corner(left, bottom, false, true),
        corner(right, bottom, true, true),
    ]
}

/// The components of `#rrggbb`; black for anything else.
pub(crate) fn shade_of(colour: &str) -> [u8; 3] {
    let mut rgb = [0; 3];
    hex::decode_to_slice(colour.trim_start_matches('#'), &mut rgb).map_or([0; 3], |()| rgb)
}
