//! How a page is fitted into its window: how large it is displayed, and where the camera has to be when.

#![expect(clippy::cast_precision_loss, reason = "pixel coordinates: small and positive by layout")]

use resvg::tiny_skia::Pixmap;

use super::camera::{Aim, Path};
use super::layout::{Layout, Zone};
use super::page;
use super::spec::Focus;

/// Most pixels of a displayed page along one side when the camera pans over it.
const LONGEST: f32 = 4096.0;
/// Displayed pixels that a line of print should have at least, from the top of its tallest letter to the lowest descender.
const LEGIBLE: f32 = 20.0;
/// The same on a slide, which is shown whole even if it is not as easy to read: its parts belong together.
const LEGIBLE_SLIDE: f32 = 14.0;
/// A page that is wider than high by this factor is a slide.
const SLIDE: f32 = 1.2;
/// Displayed pixels of a line of print beyond which the page looks coarse.
const LARGEST_LINE: f32 = 42.0;
/// Displayed pixels per pixel of the image beyond which it looks blurred.
const SHARP: f32 = 1.25;
/// Pixels that are kept free on both sides of a column together.
const SIDES: f32 = 36.0;
/// Magnifications that differ less are made equal: the camera is calmer.
const ALIKE: f32 = 1.3;
/// A narrower map shows nothing.
const NARROWEST_MAP: f32 = 60.0;

/// How a page is fitted into its window.
pub(crate) struct Fitted {
    pub(crate) useful: page::Cut,
    /// Displayed pixels per pixel of the page image, at zoom 1.
    pub(crate) scale: f32,
    pub(crate) card: Zone,
    pub(crate) map: Option<Zone>,
    image: (f32, f32),
    /// Of each part that is read out.
    zooms: Vec<f32>,
}

impl Fitted {
    /// Fits a page: entirely visible if that wastes little space or it is a slide, and its print is large enough;
    /// otherwise as large as the columns that are read out allow, with a map beside it.
    pub(crate) fn new(pixmap: &Pixmap, layout: &Layout, focus: &[Focus]) -> Self {
        let useful = page::useful_part(pixmap);
        let image = (pixmap.width() as f32, pixmap.height() as f32);
        let (wide, high) = (useful.width as f32, useful.height as f32);
        let room = layout.wide_page;
        let whole = (room.width / wide).min(room.height / high).min(4.0);
        let fills = (whole * wide / room.width, whole * high / room.height);
        let full = if layout.width > layout.height { fills.0 > 0.66 && fills.1 > 0.45 } else { fills.0 > 0.9 };
        let has_lines_of = |least| focus.iter().all(|focus| line_height(focus) * image.1 * whole >= least);
        let is_slide = image.0 > image.1 * SLIDE && !focus.is_empty();
        if full && has_lines_of(LEGIBLE) || is_slide && has_lines_of(LEGIBLE_SLIDE) {
            let card = card(room, wide, high, whole);
            return Self { useful, scale: whole, card, map: None, image, zooms: vec![1.0; focus.len()] };
        }
        let room = layout.page;
        let contained = (room.width / wide).min(room.height / high).min(4.0);
        let scales: Vec<f32> = focus.iter().map(|focus| scale_for(focus, image, room.width, contained)).collect();
        // Without anything to look at, a good part of the page is always visible.
        let unguided = (room.width / wide).max(room.height / high).min(contained * 3.2).min(4.0);
        let scale = scales.iter().copied().reduce(f32::min).unwrap_or(unguided);
        let zooms = scales.iter().map(|other| if *other < scale * ALIKE { 1.0 } else { other / scale }).collect();
        let card = card(room, wide, high, scale);
        let map = layout.map.filter(|_| high * scale > card.height * 1.3).map(|zone| map_card(zone, image));
        let map = map.filter(|zone| zone.width >= NARROWEST_MAP);
        Self { useful, scale, card, map, image, zooms }
    }

    /// The size of the useful part in displayed pixels at zoom 1, at least that of the window.
    pub(crate) fn shown(&self) -> (f32, f32) {
        let (wide, high) = (self.useful.width as f32 * self.scale, self.useful.height as f32 * self.scale);
        let most = if self.zooms.is_empty() { LONGEST } else { f32::MAX };
        (wide.max(self.card.width).min(most), high.max(self.card.height).min(most))
    }

    /// The camera's path between two times in seconds.
    pub(crate) fn path(&self, focus: &[Focus], time: (f32, f32), right_to_left: bool) -> Path {
        let window = (self.card.width, self.card.height);
        let aims = self.aims(focus);
        if aims.is_empty() {
            return Path::pan(self.shown(), window, time, right_to_left);
        }
        Path::following(&aims, self.shown(), window)
    }

    /// A rectangle in fractions of the page, in displayed pixels of the useful part at zoom 1.
    pub(crate) fn displayed(&self, [left, top, right, bottom]: [f32; 4]) -> [f32; 4] {
        let across = |x: f32| (x * self.image.0 - self.useful.x as f32) * self.scale;
        let down = |y: f32| (y * self.image.1 - self.useful.y as f32) * self.scale;
        [across(left), down(top), across(right), down(bottom)]
    }

    /// The reverse of [`Self::displayed`].
    pub(crate) fn fractions(&self, [left, top, right, bottom]: [f32; 4]) -> [f32; 4] {
        let across = |x: f32| (x / self.scale + self.useful.x as f32) / self.image.0;
        let down = |y: f32| (y / self.scale + self.useful.y as f32) / self.image.1;
        [across(left), down(top), across(right), down(bottom)]
    }

    /// The places to look at. Lines that do not fit into one view become several places, each for its share of the time.
    fn aims(&self, focus: &[Focus]) -> Vec<Aim> {
        let mut aims = Vec::new();
        for (focus, zoom) in focus.iter().zip(&self.zooms) {
            let most = (self.card.width / zoom, self.card.height / zoom * 0.84);
            let [left, _, right, _] = self.displayed([focus.column[0], 0.0, focus.column[1], 0.0]);
            let mut places: Vec<([f32; 4], f32)> = Vec::new();
            for line in &focus.lines {
                let line = self.displayed(*line);
                let length = (line[2] - line[0]).max(1.0);
                match places.last_mut() {
                    Some((place, sum)) if fits(union(*place, line), most) => {
                        *place = union(*place, line);
                        *sum += length;
                    }
                    _ => places.push((line, length)),
                }
            }
            let whole: f32 = places.iter().map(|(_, length)| length).sum();
            let (from, until) = (focus.from_ms as f32 / 1000.0, focus.until_ms as f32 / 1000.0);
            let mut at = from;
            for (place, length) in places {
                let end = at + (until - from) * length / whole;
                aims.push(Aim { time: (at, end), place, column: [left, right], zoom: *zoom });
                at = end;
            }
        }
        aims
    }
}

/// The median height of the lines in fractions of the page.
fn line_height(focus: &Focus) -> f32 {
    let mut heights: Vec<f32> = focus.lines.iter().map(|line| line[3] - line[1]).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(0.0).max(1e-4)
}

/// Displayed pixels per pixel of the image at which a part is read: its column as wide as the room, or only its own lines
/// if print would be too small otherwise.
fn scale_for(focus: &Focus, image: (f32, f32), room: f32, contained: f32) -> f32 {
    let line = line_height(focus) * image.1;
    let left = focus.lines.iter().map(|line| line[0]).fold(1.0, f32::min);
    let right = focus.lines.iter().map(|line| line[2]).fold(0.0, f32::max);
    let fitting = |from: f32, to: f32| (room - SIDES) / ((to - from).max(0.01) * image.0);
    let own = fitting(left, right);
    let column = fitting(focus.column[0].min(left), focus.column[1].max(right));
    let scale = if column * line < LEGIBLE { own.min(LEGIBLE / line) } else { column };
    scale.min(LARGEST_LINE / line).min(SHARP).max(contained)
}

fn fits(place: [f32; 4], most: (f32, f32)) -> bool {
    place[2] - place[0] <= most.0 && place[3] - place[1] <= most.1
}

fn union(one: [f32; 4], other: [f32; 4]) -> [f32; 4] {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
}

/// The card of a page of `wide` × `high` pixels at a scale, centred in its space, on even pixels.
fn card(room: Zone, wide: f32, high: f32, scale: f32) -> Zone {
    let even = |value: f32| (value / 2.0).floor() * 2.0;
    let width = even((wide * scale + 0.5).min(room.width).max(24.0));
    let height = even((high * scale + 0.5).min(room.height).max(24.0));
    Zone { x: even(room.x + (room.width - width) / 2.0), y: even(room.y + (room.height - height) / 2.0), width, height }
}

/// The zone of the page in the map: as large as possible, with the aspect ratio of the page.
fn map_card(zone: Zone, (wide, high): (f32, f32)) -> Zone {
    let scale = (zone.width / wide).min(zone.height / high);
    let even = |value: f32| ((value / 2.0).floor() * 2.0).max(8.0);
    let (width, height) = (even(wide * scale), even(high * scale));
    Zone { x: even(zone.x + (zone.width - width) / 2.0), y: even(zone.y), width, height }
}
