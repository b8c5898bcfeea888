//! The window onto a page of the document: the page behind it, the camera's path over it, and the small map beside it.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates: small and positive by layout"
)]

use std::fmt::Write as _;

use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use super::camera::{Look, Path, View};
use super::error::RenderError;
use super::fitted::Fitted;
use super::layout::Zone;
use super::marks::Marks;
use super::page;
use super::palette::Palette;
use super::spec::Focus;
use super::yuv::{Area, Layer, Picture, RowBuffer};

/// Page pixels per displayed pixel, so that small print moves without shimmering.
const OVERSAMPLING: f32 = 2.0;
/// Corner radius of the page in pixels.
const CORNER: usize = 10;
/// Most pixels of a prepared page: a very long one is prepared at less than [`OVERSAMPLING`].
const MOST_PIXELS: f32 = 24_000_000.0;

/// The page behind its window, drawn.
pub(crate) struct Window {
    area: Area,
    source: Picture,
    /// Pixels of the source per displayed pixel at zoom 1.
    sampling: f32,
    /// The first displayed row that the source has.
    top: f32,
    /// The page as displayed when the camera is at whole pixels: from the top, and from one row below it (the chroma
    /// planes have half the rows).
    whole: Option<[Picture; 2]>,
    path: Path,
    marks: Marks,
    corners: Vec<Layer>,
    map: Option<Map>,
}

/// The whole page, small, with the visible part highlighted.
struct Map {
    lit: Layer,
    dim: Layer,
    /// Columns and rows of the map before the cropped page.
    before: (f32, f32),
    /// Pixels of the map per displayed pixel.
    scale: f32,
    /// The size of the window at zoom 1 in pixels of the map.
    size: (f32, f32),
}

/// What a window needs to know about its clip.
pub(crate) struct Shot<'a> {
    pub(crate) ground: &'a Picture,
    pub(crate) palette: &'a Palette,
    /// When the page is visible, in seconds of the clip.
    pub(crate) time: (f32, f32),
    pub(crate) right_to_left: bool,
}

impl Window {
    /// Prepares a page.
    pub(crate) fn new(pixmap: &Pixmap, fitted: &Fitted, focus: &[Focus], shot: &Shot<'_>) -> Result<Self, RenderError> {
        let card = fitted.card;
        let path = fitted.path(focus, shot.time, shot.right_to_left);
        let shown = fitted.shown();
        // Only the part that the camera will see is prepared.
        let (first, last) = path.band(card.height);
        let top_row = ((first - 2.0).max(0.0) / fitted.scale).floor() as usize;
        let last_row = ((last + 4.0).min(shown.1) / fitted.scale).ceil() as usize;
        let useful = page::Cut {
            y: fitted.useful.y + top_row.min(fitted.useful.height - 1),
            width: fitted.useful.width.min((shown.0 / fitted.scale).ceil() as usize).max(1),
            height: last_row.min(fitted.useful.height).saturating_sub(top_row).max(1),
            ..fitted.useful
        };
        let displayed = (useful.width as f32 * fitted.scale, useful.height as f32 * fitted.scale);
        let affordable = (MOST_PIXELS / (displayed.0 * displayed.1)).sqrt();
        let sampling = (OVERSAMPLING * path.largest_zoom()).min(affordable);
        let even = |length: f32| ((length * sampling).round() as usize & !1).max(2);
        let (wide, high) = (even(displayed.0.max(card.width)), even(displayed.1.max(card.height.min(last - first))));
        let source = Picture::from_pixmap(&page::resize(pixmap, useful, wide, high)?);
        let area = Area::even(card.x as usize, card.y as usize, card.width as usize, card.height as usize);
        let pans_down = matches!(path, Path::Pan { towards: (_, down), .. } if down > 0.0);
        let whole = pans_down.then(|| displayed_whole(&source, area, sampling));
        let map = fitted.map.map(|zone| Map::new(pixmap, fitted, zone, shot.palette)).transpose()?;
        Ok(Self {
            area,
            source,
            sampling,
            top: top_row as f32 * fitted.scale,
            whole,
            path,
            marks: Marks::new(focus, fitted, shot.palette),
            corners: corners(shot.ground, card, CORNER),
            map,
        })
    }

    /// Draws the page at `seconds`; with an `opacity` below 256 the background shows through.
    pub(crate) fn draw(&self, frame: &mut Picture, ground: &Picture, seconds: f32, opacity: u16, work: &mut Work) {
        match self.path.at(seconds) {
            Look::At(view) => self.draw_view(frame, view, seconds, &mut work.rows),
            Look::Fading(from, to, part) => {
                self.draw_view(frame, from, seconds, &mut work.rows);
                let other = work.spare.get_or_insert_with(|| Picture::new(frame.width(), frame.height()));
                other.copy_from(frame);
                self.draw_view(other, to, seconds, &mut work.rows);
                frame.mix(other, (part * 256.0) as u16);
            }
        }
        for corner in &self.corners {
            frame.blend(corner, 256);
        }
        frame.fade(self.area, ground, opacity);
        if let Some(map) = &self.map {
            frame.fade(map.lit.area, ground, opacity);
        }
    }

    fn draw_view(&self, frame: &mut Picture, view: View, seconds: f32, rows: &mut RowBuffer) {
        let View { x, y, zoom } = view;
        match &self.whole {
            Some(whole) if y.fract() == 0.0 && x == 0.0 => {
                let top = y as usize;
                frame.copy_rows(self.area, &whole[top % 2], top & !1);
            }
            _ => {
                let step = self.sampling / zoom;
                let (x, y) = (x * self.sampling, (y - self.top) * self.sampling);
                frame.sample(self.area, &self.source, x, y, step, rows);
            }
        }
        self.marks.draw(frame, self.area, view, seconds);
        if let Some(map) = &self.map {
            frame.blend(&map.dim, 256);
            let (left, top) = (map.before.0 + x * map.scale, map.before.1 + y * map.scale);
            frame.blend_part(&map.lit, [left, top, left + map.size.0 / zoom, top + map.size.1 / zoom]);
        }
    }
}

/// Space that is used again for each frame.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) rows: RowBuffer,
    spare: Option<Picture>,
}

/// The source at the size at which it is displayed, from the top and from one row below it.
fn displayed_whole(source: &Picture, area: Area, sampling: f32) -> [Picture; 2] {
    let height = ((source.height() as f32 / sampling) as usize & !1).max(area.height);
    let full = Area { x: 0, y: 0, width: area.width, height };
    let mut rows = RowBuffer::default();
    [0.0, 1.0].map(|top| {
        let mut picture = Picture::new(full.width, full.height);
        picture.sample(full, source, 0.0, top * sampling, sampling, &mut rows);
        picture
    })
}

impl Map {
    fn new(pixmap: &Pixmap, fitted: &Fitted, zone: Zone, palette: &Palette) -> Result<Self, RenderError> {
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
        let scale = zone.height / pixmap.height() as f32 / fitted.scale;
        let before = (fitted.useful.x as f32, fitted.useful.y as f32);
        let before = (before.0 * fitted.scale * scale, before.1 * fitted.scale * scale);
        Ok(Self { lit, dim, before, scale, size: (fitted.card.width * scale, fitted.card.height * scale) })
    }
}

/// The shadows of page and map, to be drawn on the background.
pub(crate) fn shadows(fitted: &Fitted) -> String {
    let mut svg = shadow(fitted.card, CORNER as f32);
    if let Some(map) = fitted.map {
        svg.push_str(&shadow(map, 2.0));
    }
    svg
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
