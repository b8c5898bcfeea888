//! What stands behind the presenter: a title card, a page of the document, a closing question. Each is drawn once; for every
//! frame it only says where the camera is.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates: small and positive by layout"
)]

use std::fmt::Write as _;
use std::path::Path as FilePath;

use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use super::camera::{Path, View};
use super::error::RenderError;
use super::layout::{Layout, Zone};
use super::motif;
use super::page;
use super::palette::Palette;
use super::spec::{Focus, Slide};
use super::text::{Anchor, Style, Typesetter, document};
use super::yuv::{Area, Layer, Picture, RowBuffer};

/// Page pixels kept for each pixel that is shown: what small print needs to move without shimmering.
const OVERSAMPLING: f32 = 2.0;
/// Roundness of the page's corners in pixels.
const CORNER: usize = 10;
/// How long things take to appear, in seconds.
const APPEAR: f32 = 0.32;

/// A slide, drawn.
pub(crate) struct Stage {
    ground: Picture,
    window: Option<Window>,
    layers: Vec<(f32, Layer)>,
    seconds: f32,
}

/// The page behind its window, and the small map beside it.
struct Window {
    area: Area,
    source: Picture,
    path: Path,
    /// Shown pixels of the page's useful part at zoom 1.
    shown: (f32, f32),
    corners: Vec<Layer>,
    map: Option<Map>,
}

/// The whole page, small, with the part that the window shows lit up.
struct Map {
    lit: Layer,
    dim: Layer,
    /// Window height over page height.
    share: f32,
}

/// What is common to all slides of a clip.
pub(crate) struct Scene<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) palette: &'a Palette,
    pub(crate) look: u64,
    pub(crate) label: Option<&'a str>,
    pub(crate) seconds: f32,
}

impl Stage {
    /// Draws a slide.
    pub(crate) fn new(slide: &Slide, scene: &Scene<'_>, type_: &mut Typesetter) -> Result<Self, RenderError> {
        match slide {
            Slide::Title { kicker, title, subtitle } => {
                let parts = [
                    (kicker.as_str(), Part::Kicker),
                    (title.as_str(), Part::Title),
                    (subtitle.as_str(), Part::Subtitle),
                ];
                Self::words(&parts, "", scene, type_)
            }
            Slide::Question { kicker, text } => {
                let sign = if type_.right_to_left() { "؟" } else { "?" };
                Self::words(&[(kicker.as_str(), Part::Kicker), (text.as_str(), Part::Question)], sign, scene, type_)
            }
            Slide::Page { image, heading, focus } => Self::page(image, heading.as_deref(), focus, scene, type_),
        }
    }

    /// Draws the slide as it is `seconds` into the clip; the frame has the slide's size.
    pub(crate) fn draw(&self, frame: &mut Picture, seconds: f32, rows: &mut RowBuffer) {
        frame.copy_from(&self.ground);
        if let Some(window) = &self.window {
            window.draw(frame, &self.ground, seconds, rows);
        }
        for (delay, layer) in &self.layers {
            frame.blend(layer, opacity(seconds, *delay, self.seconds));
        }
    }

    fn words(
        parts: &[(&str, Part)],
        sign: &str,
        scene: &Scene<'_>,
        type_: &mut Typesetter,
    ) -> Result<Self, RenderError> {
        let layout = scene.layout;
        let mut ground = backdrop(scene, type_.right_to_left());
        ground.push_str(&motif::draw(layout, scene.palette, scene.look, type_.right_to_left()));
        if !sign.is_empty() {
            ground.push_str(&big_sign(sign, scene, type_));
        }
        let ground = paint(&ground, layout, type_)?;
        let blocks = set_parts(parts, layout, type_);
        let high: f32 = blocks.iter().map(|block| block.above + block.height).sum();
        let mut top = layout.words.y + ((layout.words.height - high) * 0.5).max(0.0);
        let mut layers = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            top += block.above;
            let svg = block.svg(layout.words, top, scene.palette, type_);
            let delay = 0.1 + 0.16 * index as f32;
            layers.push((delay, layer_of(&svg, layout, (top - 24.0, block.height + 48.0), type_)?));
            top += block.height;
        }
        if let Some(label) = scene.label {
            layers.push((0.1, label_layer(label, scene, type_)?));
        }
        Ok(Self { ground: Picture::from_pixmap(&ground), window: None, layers, seconds: scene.seconds })
    }

    fn page(
        image: &FilePath,
        heading: Option<&str>,
        focus: &[Focus],
        scene: &Scene<'_>,
        type_: &mut Typesetter,
    ) -> Result<Self, RenderError> {
        let layout = scene.layout;
        let pixmap = page::open(image)?;
        let fitted = Fitted::new(&pixmap, layout);
        let card = fitted.card;
        let mut ground = backdrop(scene, type_.right_to_left());
        ground.push_str(&shadow(card, CORNER as f32));
        let map_zone = if fitted.pans() { layout.map.map(|zone| map_card(zone, &pixmap)) } else { None };
        if let Some(zone) = map_zone {
            ground.push_str(&shadow(zone, 4.0));
        }
        let ground = paint(&ground, layout, type_)?;
        let corners = corners(&ground, card, CORNER);
        let map = map_zone.map(|zone| fitted.map(&pixmap, zone, scene.palette)).transpose()?;
        let window = fitted.window(&pixmap, focus, scene.seconds, type_.right_to_left(), corners, map)?;
        let mut layers = Vec::new();
        let label_width = match scene.label {
            Some(label) => {
                let layer = label_layer(label, scene, type_)?;
                let width = type_.width(&super::text::drawable(label), LABEL_SIZE, 600) + 64.0;
                layers.push((0.1, layer));
                width
            }
            None => 0.0,
        };
        if let Some(heading) = heading.filter(|heading| !super::text::drawable(heading).is_empty()) {
            layers.push((0.1, heading_layer(heading, label_width, scene, type_)?));
        }
        Ok(Self { ground: Picture::from_pixmap(&ground), window: Some(window), layers, seconds: scene.seconds })
    }
}

/// From 0 to 256: things appear after their delay, and everything leaves in the last moments of the clip.
fn opacity(seconds: f32, delay: f32, length: f32) -> u16 {
    let coming = ((seconds - delay) / APPEAR).clamp(0.0, 1.0);
    let leaving = ((length - seconds) / 0.2).clamp(0.0, 1.0);
    let part = coming.min(leaving);
    (part * part * (3.0 - 2.0 * part) * 256.0) as u16
}

/// How a page stands in its window.
struct Fitted {
    useful: page::Cut,
    scale: f32,
    card: Zone,
}

impl Fitted {
    fn new(pixmap: &Pixmap, layout: &Layout) -> Self {
        let useful = page::useful_part(pixmap);
        let (wide, high) = (useful.width as f32, useful.height as f32);
        let room = layout.page;
        let whole = (room.width / wide).min(room.height / high);
        let fill = (room.width / wide).max(room.height / high);
        // Seen whole when that wastes little room; otherwise it fills the window and the camera moves.
        let scale = if whole * wide > room.width * 0.8 && whole * high > room.height * 0.62 { whole } else { fill };
        let scale = scale.min(4.0);
        let width = ((wide * scale).min(room.width)).max(24.0).floor();
        let height = ((high * scale).min(room.height)).max(24.0).floor();
        let even = |value: f32| (value / 2.0).floor() * 2.0;
        let card = Zone {
            x: even(room.x + (room.width - width) / 2.0),
            y: even(room.y + (room.height - height) / 2.0),
            width: even(width),
            height: even(height),
        };
        Self { useful, scale, card }
    }

    fn shown(&self) -> (f32, f32) {
        (
            (self.useful.width as f32 * self.scale).max(self.card.width),
            (self.useful.height as f32 * self.scale).max(self.card.height),
        )
    }

    fn pans(&self) -> bool {
        self.shown().1 > self.card.height * 1.3
    }

    fn map(&self, pixmap: &Pixmap, zone: Zone, palette: &Palette) -> Result<Map, RenderError> {
        let whole = page::Cut { x: 0, y: 0, width: pixmap.width() as usize, height: pixmap.height() as usize };
        let mut lit = page::resize(pixmap, whole, zone.width as usize, zone.height as usize)?;
        let bright = Layer::from_pixmap(&lit, zone.x as usize, zone.y as usize);
        let shade = shade_of(&palette.raised);
        for pixel in lit.pixels_mut() {
            let mix = |value: u8, shade: u8| ((u16::from(value) * 88 + u16::from(shade) * 168) >> 8) as u8;
            let (red, green, blue) =
                (mix(pixel.red(), shade[0]), mix(pixel.green(), shade[1]), mix(pixel.blue(), shade[2]));
            *pixel = PremultipliedColorU8::from_rgba(red, green, blue, 255).unwrap_or(*pixel);
        }
        let dim = Layer::from_pixmap(&lit, zone.x as usize, zone.y as usize);
        let scale = zone.height / pixmap.height() as f32;
        let share = self.card.height / self.scale * scale / zone.height;
        Ok(Map { lit: bright, dim, share })
    }

    fn window(
        &self,
        pixmap: &Pixmap,
        focus: &[Focus],
        seconds: f32,
        right_to_left: bool,
        corners: Vec<Layer>,
        map: Option<Map>,
    ) -> Result<Window, RenderError> {
        let (page_wide, page_high) = (pixmap.width() as f32, pixmap.height() as f32);
        let shown = self.shown();
        let targets: Vec<(f32, f32, f32)> = focus
            .iter()
            .map(|focus| {
                let [left, top, right, bottom] = focus.bounds;
                let x = (f32::midpoint(left, right) * page_wide - self.useful.x as f32) / self.useful.width as f32;
                // A paragraph longer than the window is read from its first line.
                let view = self.card.height / self.scale / page_high;
                let middle = if bottom - top > view { top + view / 2.0 } else { f32::midpoint(top, bottom) };
                let y = (middle * page_high - self.useful.y as f32) / self.useful.height as f32;
                (focus.at_ms as f32 / 1000.0, x, y)
            })
            .collect();
        let window = (self.card.width, self.card.height);
        let path = Path::over(shown.0, shown.1, window, seconds, &targets, right_to_left);
        let (wide, high) = ((shown.0 * OVERSAMPLING) as usize, (shown.1 * OVERSAMPLING) as usize);
        // A scroll many windows long is prepared only as far as the camera can get.
        let limit = 8192;
        let soft = page::resize(pixmap, self.useful, wide.clamp(2, limit), high.clamp(2, limit))?;
        let area =
            Area::even(self.card.x as usize, self.card.y as usize, self.card.width as usize, self.card.height as usize);
        Ok(Window { area, source: Picture::from_pixmap(&soft), path, shown, corners, map })
    }
}

impl Window {
    fn draw(&self, frame: &mut Picture, ground: &Picture, seconds: f32, rows: &mut RowBuffer) {
        let View { x, y, zoom } = self.path.at(seconds);
        let (wide, high) = (self.source.width() as f32, self.source.height() as f32);
        let step = wide / (self.shown.0 * zoom);
        frame.sample(self.area, &self.source, x * wide, y * high, step, rows);
        for corner in &self.corners {
            frame.blend(corner, 256);
        }
        let _ = ground;
        if let Some(map) = &self.map {
            map.draw(frame, y, self.shown.1);
        }
    }
}

impl Map {
    fn draw(&self, frame: &mut Picture, y: f32, _shown: f32) {
        frame.blend(&self.dim, 256);
        let high = self.lit.area.height as f32;
        frame.blend_rows(&self.lit, y * high, (y + self.share) * high);
    }
}

/// The zone of the map's page: as large as the zone allows, in the page's form, at its outer edge.
fn map_card(zone: Zone, pixmap: &Pixmap) -> Zone {
    let (wide, high) = (pixmap.width() as f32, pixmap.height() as f32);
    let scale = (zone.width / wide).min(zone.height / high);
    let even = |value: f32| ((value / 2.0).floor() * 2.0).max(8.0);
    let (width, height) = (even(wide * scale), even(high * scale));
    Zone { x: even(zone.x + (zone.width - width) / 2.0), y: even(zone.y), width, height }
}

/// The ground of every slide: one deep colour, a little lighter towards the side where reading starts.
fn backdrop(scene: &Scene<'_>, right_to_left: bool) -> String {
    let (width, height) = (scene.layout.width, scene.layout.height);
    let x = if right_to_left { 0.78 } else { 0.22 };
    format!(
        "<defs><radialGradient id=\"b\" gradientUnits=\"userSpaceOnUse\" cx=\"{}\" cy=\"{}\" r=\"{}\"><stop offset=\"0\" stop-color=\"{}\"/>\
         <stop offset=\"1\" stop-color=\"{}\"/></radialGradient></defs><rect width=\"{width}\" height=\"{height}\" fill=\"url(#b)\"/>",
        width * x,
        height * 0.2,
        width.max(height) * 0.95,
        scene.palette.ground,
        scene.palette.deep,
    )
}

/// A soft shadow under a card: many thin layers instead of a blur, which costs more than all the rest of the slide.
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

/// The ground around the rounded corners of a card, to be put back over the page.
fn corners(ground: &Pixmap, card: Zone, radius: usize) -> Vec<Layer> {
    let size = (radius + 2) & !1;
    let (left, top) = (card.x as usize, card.y as usize);
    let (right, bottom) = (left + card.width as usize - size, top + card.height as usize - size);
    let mut layers = Vec::new();
    for (x, y, from_right, from_bottom) in
        [(left, top, false, false), (right, top, true, false), (left, bottom, false, true), (right, bottom, true, true)]
    {
        let Some(mut piece) = Pixmap::new(size as u32, size as u32) else { continue };
        for row in 0..size {
            for column in 0..size {
                let inner_x = if from_right { size - 1 - column } else { column };
                let inner_y = if from_bottom { size - 1 - row } else { row };
                let (dx, dy) = (radius as f32 - inner_x as f32 - 0.5, radius as f32 - inner_y as f32 - 0.5);
                let outside = if dx > 0.0 && dy > 0.0 { dx.hypot(dy) - radius as f32 + 0.5 } else { 0.0 };
                let alpha = (outside.clamp(0.0, 1.0) * 255.0) as u16;
                let Some(under) = ground.pixel((x + column) as u32, (y + row) as u32) else { continue };
                let times = |value: u8| (u16::from(value) * alpha / 255) as u8;
                let colour = PremultipliedColorU8::from_rgba(
                    times(under.red()),
                    times(under.green()),
                    times(under.blue()),
                    alpha as u8,
                );
                if let Some(colour) = colour {
                    piece.pixels_mut()[row * size + column] = colour;
                }
            }
        }
        layers.push(Layer::from_pixmap(&piece, x, y));
    }
    layers
}

fn paint(body: &str, layout: &Layout, type_: &Typesetter) -> Result<Pixmap, RenderError> {
    type_.draw(&document(layout.width, layout.height, body), layout.width as u32, layout.height as u32, 1.0)
}

/// A strip of the frame, `strip` = top and height, with this drawing on it.
fn layer_of(body: &str, layout: &Layout, strip: (f32, f32), type_: &Typesetter) -> Result<Layer, RenderError> {
    let top = (strip.0.max(0.0) / 2.0).floor() * 2.0;
    let height = strip.1.min(layout.height - top).max(2.0);
    let moved = format!("<g transform=\"translate(0 {})\">{body}</g>", -top);
    let pixmap = type_.draw(&document(layout.width, height, &moved), layout.width as u32, height.ceil() as u32, 1.0)?;
    Ok(Layer::from_pixmap(&pixmap, 0, top as usize))
}

const LABEL_SIZE: f32 = 22.0;

fn label_layer(label: &str, scene: &Scene<'_>, type_: &mut Typesetter) -> Result<Layer, RenderError> {
    let (layout, palette) = (scene.layout, scene.palette);
    let lines = type_.wrap(label, LABEL_SIZE, 600, 200.0, 1);
    let text = lines.first().cloned().unwrap_or_default();
    let width = type_.width(&text, LABEL_SIZE, 600) + 32.0;
    let header = layout.header;
    let x = if type_.right_to_left() { header.x } else { header.right() - width };
    let y = header.y + (header.height - 40.0) / 2.0;
    let style = Style { size: LABEL_SIZE, weight: 600, fill: &palette.accent };
    let mut svg =
        format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"40\" rx=\"20\" fill=\"{}\"/>", palette.raised);
    svg.push_str(&type_.line(&text, style, (x + width / 2.0, y + 27.5), Anchor::Middle));
    layer_of(&svg, layout, (y - 4.0, 48.0), type_)
}

fn heading_layer(
    heading: &str,
    label_width: f32,
    scene: &Scene<'_>,
    type_: &mut Typesetter,
) -> Result<Layer, RenderError> {
    let (layout, palette) = (scene.layout, scene.palette);
    let header = layout.header;
    let lines_allowed = if header.height > 90.0 { 2 } else { 1 };
    let width = header.width - label_width - 24.0;
    let (size, lines) = type_.fit(heading, 600, &layout.heading_sizes, width, lines_allowed);
    let leading = size * 1.28;
    let high = leading * lines.len() as f32;
    let first = header.y + (header.height - high) / 2.0 + leading * 0.5 + size * 0.345;
    let (bar_x, text_x, anchor) = if type_.right_to_left() {
        (header.right() - 6.0, header.right() - 24.0, Anchor::Right)
    } else {
        (header.x, header.x + 24.0, Anchor::Left)
    };
    let bar = high.max(34.0) - 4.0;
    let mut svg = format!(
        "<rect x=\"{bar_x}\" y=\"{}\" width=\"6\" height=\"{bar}\" rx=\"3\" fill=\"{}\"/>",
        header.y + (header.height - bar) / 2.0,
        palette.accent
    );
    let style = Style { size, weight: 600, fill: &palette.text };
    for (index, line) in lines.iter().enumerate() {
        svg.push_str(&type_.line(line, style, (text_x, first + leading * index as f32), anchor));
    }
    layer_of(&svg, layout, (header.y - 16.0, header.height + 32.0), type_)
}

/// The question mark behind the closing question.
fn big_sign(sign: &str, scene: &Scene<'_>, type_: &mut Typesetter) -> String {
    let layout = scene.layout;
    let size = layout.height.min(layout.width) * 0.62;
    let inset = layout.margin + size * 0.24;
    let x = if type_.right_to_left() { inset } else { layout.width - inset };
    let style = Style { size, weight: 600, fill: &scene.palette.accent };
    let line = type_.line(sign, style, (x, layout.margin + size * 0.76), Anchor::Middle);
    format!("<g opacity=\"0.13\">{line}</g>")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Kicker,
    Title,
    Question,
    Subtitle,
}

/// Lines of one part of a card.
struct Block {
    part: Part,
    size: f32,
    lines: Vec<String>,
    above: f32,
    height: f32,
}

fn set_parts(parts: &[(&str, Part)], layout: &Layout, type_: &mut Typesetter) -> Vec<Block> {
    let width = layout.words.width;
    let small = layout.title_sizes[4];
    let mut blocks = Vec::new();
    for (text, part) in parts {
        if super::text::drawable(text).is_empty() {
            continue;
        }
        let (size, lines) = match part {
            Part::Kicker => type_.fit(text, 600, &[small * 0.68, small * 0.6], width, 1),
            Part::Title => type_.fit(text, 600, &layout.title_sizes, width, 4),
            Part::Question => type_.fit(text, 600, &layout.title_sizes[1..], width, 6),
            Part::Subtitle => type_.fit(text, 400, &[small * 0.82, small * 0.7], width, 2),
        };
        let leading = size * part.leading();
        let above = if blocks.is_empty() { 0.0 } else { small * 0.72 };
        let bar = if *part == Part::Kicker { small * 0.62 } else { 0.0 };
        blocks.push(Block { part: *part, size, above, height: bar + leading * lines.len() as f32, lines });
    }
    blocks
}

impl Part {
    fn leading(self) -> f32 {
        match self {
            Self::Title => 1.2,
            Self::Question => 1.3,
            Self::Kicker | Self::Subtitle => 1.35,
        }
    }
}

impl Block {
    fn svg(&self, zone: Zone, top: f32, palette: &Palette, type_: &mut Typesetter) -> String {
        let (x, anchor) = if type_.right_to_left() { (zone.right(), Anchor::Right) } else { (zone.x, Anchor::Left) };
        let (weight, fill) = match self.part {
            Part::Kicker => (600, &palette.accent),
            Part::Title | Part::Question => (600, &palette.text),
            Part::Subtitle => (400, &palette.muted),
        };
        let leading = self.size * self.part.leading();
        let lines_high = leading * self.lines.len() as f32;
        let mut svg = String::new();
        if self.part == Part::Kicker {
            let x = if type_.right_to_left() { zone.right() - 56.0 } else { zone.x };
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{top}\" width=\"56\" height=\"5\" rx=\"2.5\" fill=\"{}\"/>",
                palette.accent
            );
        }
        let first = top + (self.height - lines_high) + leading * 0.5 + self.size * 0.345;
        let style = Style { size: self.size, weight, fill };
        for (index, line) in self.lines.iter().enumerate() {
            svg.push_str(&type_.line(line, style, (x, first + leading * index as f32), anchor));
        }
        svg
    }
}

/// `#rrggbb` as numbers.
fn shade_of(colour: &str) -> [u8; 3] {
    let part = |at: usize| colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    [part(1), part(3), part(5)]
}
