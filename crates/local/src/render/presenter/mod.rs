//! The presenter: a person in a circle, in a corner of the frame, lip-synced to the voice. Head, body and hair are
//! drawn once, mouths and eyes on first use; for every frame they are composed, rotated slightly, and clipped to the
//! circle.

mod cast;
mod face;
mod film;
mod motion;
mod visemes;

use std::collections::HashMap;

use resvg::tiny_skia::Pixmap;
use sluice_domain::speech::PhonemeTiming;

pub use cast::{PresenterInfo, presenters};
pub(crate) use film::{Film, Screen};

use super::error::RenderError;
use super::layout::Zone;
use super::palette::Palette;
use super::text::{Typesetter, document};
use super::yuv::{Area, Layer, Picture};
use cast::Person;
use face::{EYES_FIELD, EyesKey, MOUTH_FIELD, MouthKey};
use motion::{Motion, Pose};
use visemes::Lips;

/// Side of the canvas on which people are drawn.
const FIELD: f32 = 400.0;
/// Pixels drawn per displayed pixel: the head rotates, and must stay sharp.
const OVERSAMPLING: f32 = 2.0;
/// Magnification of the canvas: people fill their circle.
const ZOOM: f32 = 1.15;
/// The point of the canvas that is the top left corner of the picture.
const ORIGIN: (f32, f32) = (FIELD / 2.0 * (1.0 - 1.0 / ZOOM), 36.0);
/// The pivot of the head: the neck.
const NECK: (f32, f32) = (200.0, 292.0);

/// A presenter that is being drawn.
pub(crate) struct Actor {
    person: Person,
    size: usize,
    scale: f32,
    disc: Vec<u8>,
    mask: Vec<u8>,
    behind: Sprite,
    body: Sprite,
    head: Sprite,
    bare: Vec<u8>,
    mouths: HashMap<MouthKey, Patch>,
    eyes: HashMap<EyesKey, Patch>,
    lips: Lips,
    motion: Motion,
    canvas: Vec<u8>,
    layer: Layer,
    type_: Typesetter,
}

/// A drawing at twice the size of the frame.
struct Sprite {
    width: usize,
    height: usize,
    data: Vec<u8>,
    /// Its bounds in pixels of the frame, with room for its movements: left, top, right, bottom.
    reach: [usize; 4],
}

/// A small drawing with its position on a sprite.
struct Patch {
    x: usize,
    y: usize,
    width: usize,
    data: Vec<u8>,
}

impl Actor {
    /// A person by an id in a square zone, for a clip of so many seconds, with a seed of small movements and the phonemes that
    /// are said.
    pub(crate) fn new(
        (id, seed, phonemes): (&str, u64, &[PhonemeTiming]),
        zone: Zone,
        frame_width: f32,
        seconds: f32,
        palette: &Palette,
    ) -> Result<Self, RenderError> {
        let type_ = Typesetter::new(false);
        let person = cast::person(id);
        let size = whole(zone.width) & !1;
        let drawn = whole(zone.width * OVERSAMPLING);
        let fit = zone.width / FIELD;
        let scale = fit * ZOOM;
        let draw = |body: &str| -> Result<Sprite, RenderError> {
            let body = format!("<g transform=\"translate({} {})\">{body}</g>", -ORIGIN.0, -ORIGIN.1);
            let pixmap = type_.draw(&document(FIELD, FIELD, &body), side(drawn), side(drawn), scale * OVERSAMPLING)?;
            Ok(Sprite::new(drawn, pixmap.take()))
        };
        let head = draw(&person.head())?;
        let Circle { disc, mask } = Circle::new(size, fit, palette, &type_)?;
        Ok(Self {
            behind: draw(person.behind())?,
            body: draw(&person.body())?,
            bare: head.data.clone(),
            head,
            mask,
            canvas: vec![0; size * size * 4],
            layer: Layer::new(Area::even(whole(zone.x), whole(zone.y), size, size)),
            disc,
            lips: Lips::new(phonemes),
            motion: Motion::new(seed, seconds, zone.x + zone.width / 2.0 > frame_width / 2.0),
            mouths: HashMap::new(),
            eyes: HashMap::new(),
            person,
            size,
            scale,
            type_,
        })
    }

    /// Draws the person into a frame, as of `seconds` into the clip.
    pub(crate) fn draw(&mut self, frame: &mut Picture, seconds: f32) -> Result<(), RenderError> {
        let pose = self.motion.at(seconds, &self.lips);
        let mouth = MouthKey::of(self.lips.at(seconds));
        self.compose(pose, mouth)?;
        self.layer.load(&self.canvas);
        frame.blend(&self.layer, 256);
        Ok(())
    }

    fn compose(&mut self, pose: Pose, mouth: MouthKey) -> Result<(), RenderError> {
        let size = self.scale * OVERSAMPLING;
        if !self.mouths.contains_key(&mouth) {
            let patch = Patch::new(&mouth.svg(&self.person), MOUTH_FIELD, size, &self.type_)?;
            self.mouths.insert(mouth, patch);
        }
        if !self.eyes.contains_key(&pose.eyes) {
            let svg = pose.eyes.svg(&self.person, self.person.over_eyes());
            self.eyes.insert(pose.eyes, Patch::new(&svg, EYES_FIELD, size, &self.type_)?);
        }
        for patch in self.mouths.get(&mouth).into_iter().chain(self.eyes.get(&pose.eyes)) {
            patch.put(&mut self.head, &self.bare);
        }
        self.canvas.copy_from_slice(&self.disc);
        let turned = Transform::new(pose.turn, (pose.x, pose.y - pose.breath * 0.5), self.scale);
        let raised = Transform::new(0.0, (0.0, -pose.breath), self.scale);
        for (sprite, turn) in [(&self.behind, turned), (&self.body, raised), (&self.head, turned)] {
            sprite.blend_onto(&mut self.canvas, self.size, &self.mask, turn);
        }
        Ok(())
    }
}

/// A presenter as a still image: a square PNG with so many pixels a side, transparent around the circle.
pub fn presenter_still(id: &str, look: u64, pixels: u32) -> Result<Vec<u8>, RenderError> {
    let known = presenters().iter().any(|info| info.id == id);
    if !known {
        return Err(RenderError::Picture(format!("there is no presenter \"{id}\"")));
    }
    let side = pixels.clamp(32, 1024) & !1;
    #[expect(clippy::cast_precision_loss, reason = "at most 1024")]
    let zone = Zone { x: 0.0, y: 0.0, width: side as f32, height: side as f32 };
    let silence: &[PhonemeTiming] = &[];
    let mut actor = Actor::new((id, 0, silence), zone, 10_000.0, 10.0, &Palette::of(look))?;
    let pose = actor.motion.at(0.0, &actor.lips);
    let mouth = MouthKey::of(actor.lips.at(0.0));
    actor.compose(pose, mouth)?;
    let mut pixmap =
        Pixmap::new(side, side).ok_or_else(|| RenderError::Picture("a presenter needs some room".to_owned()))?;
    pixmap.data_mut().copy_from_slice(&actor.canvas);
    pixmap.encode_png().map_err(|error| RenderError::Picture(error.to_string()))
}

/// What a presenter is shown in, as pixels: the circle with its ring, and how much of each pixel is inside.
struct Circle {
    disc: Vec<u8>,
    mask: Vec<u8>,
}

impl Circle {
    /// In a square with so many pixels a side, of which one is `fit` of the field.
    fn new(size: usize, fit: f32, palette: &Palette, type_: &Typesetter) -> Result<Self, RenderError> {
        let disc = type_.draw(&document(FIELD, FIELD, &disc(palette)), side(size), side(size), fit)?;
        let mask = type_.draw(&document(FIELD, FIELD, INSIDE), side(size), side(size), fit)?;
        Ok(Self { disc: disc.take(), mask: mask.pixels().iter().map(|pixel| pixel.alpha()).collect() })
    }
}

/// The circle behind a person, and the ring around it.
fn disc(palette: &Palette) -> String {
    format!(
        "<defs><linearGradient id=\"d\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></linearGradient></defs>\
         <circle cx=\"200\" cy=\"200\" r=\"188\" fill=\"url(#d)\"/><circle cx=\"200\" cy=\"200\" r=\"196\" fill=\"none\" stroke=\"{}\" stroke-width=\"5\" stroke-opacity=\"0.9\"/>",
        palette.accent_deep, palette.raised, palette.accent
    )
}

const INSIDE: &str = "<circle cx=\"200\" cy=\"200\" r=\"188\" fill=\"#fff\"/>";

/// Maps a pixel of the frame to a pixel of a sprite, in 1/65536 pixels.
#[derive(Debug, Clone, Copy)]
struct Transform {
    /// Step in the sprite for one pixel to the right; for one pixel down it is rotated by 90 degrees.
    along: (i64, i64),
    origin: (i64, i64),
}

impl Transform {
    #[expect(clippy::cast_possible_truncation, reason = "positions on a small field")]
    fn new(degrees: f32, moved: (f32, f32), scale: f32) -> Self {
        // The inverse of: rotate about the neck, then translate.
        let (sin, cos) = (-degrees.to_radians()).sin_cos();
        let neck = ((NECK.0 - ORIGIN.0) * scale, (NECK.1 - ORIGIN.1) * scale);
        let centre = (neck.0 + moved.0 * scale, neck.1 + moved.1 * scale);
        let at = (0.5 - centre.0, 0.5 - centre.1);
        let x = (cos * at.0 - sin * at.1 + neck.0) * OVERSAMPLING - 0.5;
        let y = (sin * at.0 + cos * at.1 + neck.1) * OVERSAMPLING - 0.5;
        let fixed = |value: f32| (f64::from(value) * 65_536.0) as i64;
        Self { along: (fixed(cos * OVERSAMPLING), fixed(sin * OVERSAMPLING)), origin: (fixed(x), fixed(y)) }
    }

    /// The position in the sprite for a pixel of the frame.
    fn at(self, column: usize, row: usize) -> (i64, i64) {
        let (column, row) = (i64::try_from(column).unwrap_or(0), i64::try_from(row).unwrap_or(0));
        (
            self.origin.0 + column * self.along.0 - row * self.along.1,
            self.origin.1 + column * self.along.1 + row * self.along.0,
        )
    }
}

impl Sprite {
    fn new(side: usize, data: Vec<u8>) -> Self {
        let (mut left, mut top, mut right, mut bottom) = (side, side, 0, 0);
        for (at, pixel) in data.as_chunks::<4>().0.iter().enumerate() {
            if pixel[3] > 0 {
                left = left.min(at % side);
                right = right.max(at % side + 1);
                top = top.min(at / side);
                bottom = bottom.max(at / side + 1);
            }
        }
        let room = side / 40 + 4;
        let low = |edge: usize| edge.saturating_sub(room) / 2;
        let high = |edge: usize| (edge + room).min(side) / 2;
        Self { width: side, height: side, data, reach: [low(left), low(top), high(right), high(bottom)] }
    }

    /// Blends the sprite onto a canvas of `size` × `size`, through `mask`.
    fn blend_onto(&self, canvas: &mut [u8], size: usize, mask: &[u8], turn: Transform) {
        let [left, top, right, bottom] = self.reach.map(|edge| edge.min(size));
        if left >= right {
            return;
        }
        let pixels = self.data.as_chunks::<4>().0;
        let rows = canvas.as_chunks_mut::<4>().0.chunks_exact_mut(size).zip(mask.chunks_exact(size));
        for (row, (out, mask)) in rows.enumerate().take(bottom).skip(top) {
            let (mut x, mut y) = turn.at(left, row);
            for (under, mask) in out[left..right].iter_mut().zip(&mask[left..right]) {
                if *mask > 0
                    && let Some(colour) = self.pixel(pixels, x, y)
                {
                    over(under, colour, u64::from(*mask));
                }
                x += turn.along.0;
                y += turn.along.1;
            }
        }
    }

    /// Bilinear sample at a position, its channels spread over the four lanes of a word; none if transparent.
    #[expect(clippy::cast_sign_loss, reason = "checked to be inside the sprite")]
    fn pixel(&self, pixels: &[[u8; 4]], x: i64, y: i64) -> Option<u64> {
        if x < 0 || y < 0 {
            return None;
        }
        let (column, row) = ((x >> 16) as usize, (y >> 16) as usize);
        if column + 1 >= self.width || row + 1 >= self.height {
            return None;
        }
        let at = row * self.width + column;
        let (top, bottom) = (&pixels[at..at + 2], &pixels[at + self.width..at + self.width + 2]);
        if top[0][3] | top[1][3] | bottom[0][3] | bottom[1][3] == 0 {
            return None;
        }
        let (right, down) = (((x >> 8) & 0xFF) as u64, ((y >> 8) & 0xFF) as u64);
        let upper = between(spread(top[0]), spread(top[1]), right);
        let lower = between(spread(bottom[0]), spread(bottom[1]), right);
        Some(between(upper, lower, down))
    }
}

const LANES: u64 = 0x00FF_00FF_00FF_00FF;

/// Four bytes in lanes of 16 bits: red, blue, green, alpha from the lowest.
fn spread(pixel: [u8; 4]) -> u64 {
    let packed = u64::from(u32::from_le_bytes(pixel));
    (packed & 0x00FF_00FF) | (packed & 0xFF00_FF00) << 24
}

/// The inverse of [`spread`].
#[expect(clippy::cast_possible_truncation, reason = "each lane holds a byte")]
fn gather(spread: u64) -> [u8; 4] {
    ((spread & 0x00FF_00FF) as u32 | ((spread >> 24) as u32 & 0xFF00_FF00)).to_le_bytes()
}

/// Interpolates two spread pixels, `part` of 256 towards the second.
fn between(one: u64, other: u64, part: u64) -> u64 {
    (one.wrapping_mul(256 - part).wrapping_add(other.wrapping_mul(part)) >> 8) & LANES
}

/// Blends a spread pixel over another one. No lane overflows: none is larger than its alpha.
fn over(under: &mut [u8; 4], colour: u64, mask: u64) {
    let colour = if mask == 255 { colour } else { (colour.wrapping_mul(mask + 1) >> 8) & LANES };
    let alpha = colour >> 48;
    let kept = if alpha == 255 { 0 } else { (spread(*under).wrapping_mul(256 - alpha) >> 8) & LANES };
    *under = gather(colour.wrapping_add(kept));
}

impl Patch {
    /// Draws a part of the canvas that begins on whole pixels.
    fn new(svg: &str, field: [f32; 4], scale: f32, type_: &Typesetter) -> Result<Self, RenderError> {
        let [left, top, width, height] = field;
        let (left, top) = (left - ORIGIN.0, top - ORIGIN.1);
        let (x, y) = (whole((left * scale).floor()), whole((top * scale).floor()));
        let (columns, rows) = (whole((width * scale).ceil()), whole((height * scale).ceil()));
        #[expect(clippy::cast_precision_loss, reason = "small pixel coordinates")]
        let moved = format!(
            "<g transform=\"translate({} {})\">{svg}</g>",
            -ORIGIN.0 - x as f32 / scale,
            -ORIGIN.1 - y as f32 / scale
        );
        let pixmap = type_.draw(&document(FIELD, FIELD, &moved), side(columns), side(rows), scale)?;
        Ok(Self { x, y, width: columns, data: pixmap.take() })
    }

    /// Puts the patch onto the head without a face.
    fn put(&self, sprite: &mut Sprite, bare: &[u8]) {
        for (row, line) in self.data.chunks_exact(self.width * 4).enumerate() {
            let start = ((self.y + row) * sprite.width + self.x) * 4;
            let Some(out) = sprite.data.get_mut(start..start + line.len()) else { return };
            out.copy_from_slice(&bare[start..start + line.len()]);
            for (under, pixel) in out.as_chunks_mut::<4>().0.iter_mut().zip(line.as_chunks::<4>().0) {
                if pixel[3] > 0 {
                    over(under, spread(*pixel), 255);
                }
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, positive pixel coordinates")]
fn whole(value: f32) -> usize {
    value.max(0.0) as usize
}

fn side(pixels: usize) -> u32 {
    u32::try_from(pixels).unwrap_or(1).max(1)
}
