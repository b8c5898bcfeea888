//! What is behind the presenter: a title card, a page of the document, a closing question. Each is drawn once; for
//! every frame only the camera position changes.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates: small and positive by layout"
)]

use std::path::Path as FilePath;

use super::card::{Part, set_parts};
use super::error::RenderError;
use super::fitted::Fitted;
use super::layout::Layout;
use super::motif;
use super::page;
use super::palette::Palette;
use super::spec::{Focus, Slide};
use super::text::{Anchor, Style, Typesetter, document, drawable};
use super::window::{Shot, Window, Work, shade_of, shadows};
use super::yuv::{Layer, Picture};

/// Fade-in time in seconds.
const APPEAR: f32 = 0.32;
/// Fade-out time in seconds.
const LEAVE: f32 = 0.2;

/// A slide, drawn.
pub(crate) struct Stage {
    ground: Picture,
    window: Option<Window>,
    /// Each with the delay of its fade-in; none: visible from the start.
    layers: Vec<(Option<f32>, Layer)>,
    time: (f32, f32),
    fades: Fades,
}

/// At which ends of its time a slide fades from and to its background: not where another slide is cross-faded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fades {
    pub(crate) at_start: bool,
    pub(crate) at_end: bool,
}

/// What a slide needs to know about its clip.
pub(crate) struct Scene<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) palette: &'a Palette,
    pub(crate) look: u64,
    /// When the slide is visible, in seconds of the clip.
    pub(crate) time: (f32, f32),
    pub(crate) fades: Fades,
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
            Slide::Page { image, label, heading, focus } => {
                let words = [label, heading].map(|words| words.as_deref().unwrap_or_default());
                Self::page(image, words, focus, scene, type_)
            }
        }
    }

    /// Draws the slide as it is `seconds` into the clip; the frame has the slide's size.
    pub(crate) fn draw(&self, frame: &mut Picture, seconds: f32, work: &mut Work) {
        frame.copy_from(&self.ground);
        if let Some(window) = &self.window {
            window.draw(frame, &self.ground, seconds, self.opacity(seconds, Some(0.0)), work);
        }
        for (delay, layer) in &self.layers {
            frame.blend(layer, self.opacity(seconds, *delay));
        }
    }

    /// From 0 to 256: a layer with a delay fades in after it, and everything fades out at the end of the clip.
    fn opacity(&self, seconds: f32, delay: Option<f32>) -> u16 {
        let delay = delay.filter(|_| self.fades.at_start);
        let coming = delay.map_or(1.0, |delay| ((seconds - self.time.0 - delay) / APPEAR).clamp(0.0, 1.0));
        let leaving = if self.fades.at_end { ((self.time.1 - seconds) / LEAVE).clamp(0.0, 1.0) } else { 1.0 };
        let part = coming.min(leaving);
        (part * part * (3.0 - 2.0 * part) * 256.0) as u16
    }

    fn words(
        parts: &[(&str, Part)],
        sign: &str,
        scene: &Scene<'_>,
        type_: &mut Typesetter,
    ) -> Result<Self, RenderError> {
        let layout = scene.layout;
        let mut ground = backdrop(scene, type_.right_to_left());
        let drawing = if sign.is_empty() {
            motif::draw(layout, scene.palette, scene.look, type_.right_to_left())
        } else {
            big_sign(sign, scene, type_)
        };
        ground.blend(&layer_of(&drawing, layout, (0.0, layout.height), type_)?, 256);
        let blocks = set_parts(parts, layout, type_);
        let high: f32 = blocks.iter().map(|block| block.above + block.height).sum();
        let mut top = layout.words.y + ((layout.words.height - high) * 0.5).max(0.0);
        let mut layers = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            top += block.above;
            let svg = block.svg(layout.words, top, scene.palette, type_);
            // A video begins with its title visible: file managers show its first frame.
            let delay = (!sign.is_empty()).then_some(0.16 * index as f32);
            layers.push((delay, layer_of(&svg, layout, (top - 24.0, block.height + 48.0), type_)?));
            top += block.height;
        }
        Ok(Self { ground, window: None, layers, time: scene.time, fades: scene.fades })
    }

    fn page(
        image: &FilePath,
        [label, heading]: [&str; 2],
        focus: &[Focus],
        scene: &Scene<'_>,
        type_: &mut Typesetter,
    ) -> Result<Self, RenderError> {
        let layout = scene.layout;
        let pixmap = page::open(image)?;
        let fitted = Fitted::new(&pixmap, layout, focus);
        let mut ground = backdrop(scene, type_.right_to_left());
        ground.blend(&layer_of(&shadows(&fitted), layout, (0.0, layout.height), type_)?, 256);
        let (palette, time, right_to_left) = (scene.palette, scene.time, type_.right_to_left());
        let window = Window::new(&pixmap, &fitted, focus, &Shot { ground: &ground, palette, time, right_to_left })?;
        let mut layers = Vec::new();
        let mut label_width = 0.0;
        if !drawable(label).is_empty() {
            layers.push((Some(0.0), label_layer(label, scene, type_)?));
            label_width = type_.width(&drawable(label), LABEL_SIZE, 600) + 64.0;
        }
        if !drawable(heading).is_empty() {
            layers.push((Some(0.0), heading_layer(heading, label_width, scene, type_)?));
        }
        Ok(Self { ground, window: Some(window), layers, time, fades: scene.fades })
    }
}

/// The background of every slide: one dark colour, a little lighter towards the side where reading starts.
fn backdrop(scene: &Scene<'_>, right_to_left: bool) -> Picture {
    let (width, height) = (scene.layout.width, scene.layout.height);
    let x = if right_to_left { 0.78 } else { 0.22 };
    let colours = [shade_of(&scene.palette.ground), shade_of(&scene.palette.deep)];
    let centre = (width * x, height * 0.2);
    Picture::glow(width as usize, height as usize, centre, width.max(height) * 0.95, colours)
}

/// A layer for a strip of the frame, `strip` = top and height, with this drawing on it.
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
