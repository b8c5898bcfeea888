//! What a content stream paints with: the graphics state as far as it decides whether a text can be seen, and the
//! resources that change it.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

/// Left, bottom, right, top, in the coordinates of the page.
pub(super) type Area = [f32; 4];

/// A transformation (ISO 32000-1, 8.3.3).
pub(super) type Matrix = [f32; 6];

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `one`, then `other`.
#[expect(clippy::many_single_char_names, reason = "the names of ISO 32000-1")]
pub(super) fn product(one: &Matrix, other: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *one;
    let [k, l, m, n, x, y] = *other;
    [a * k + b * m, a * l + b * n, c * k + d * m, c * l + d * n, e * k + f * m + x, e * l + f * n + y]
}

#[expect(clippy::many_single_char_names, reason = "the names of ISO 32000-1")]
pub(super) fn transformed(matrix: &Matrix, x: f32, y: f32) -> (f32, f32) {
    let [a, b, c, d, e, f] = *matrix;
    (a * x + c * y + e, b * x + d * y + f)
}

/// The smallest area around the transformed corners.
pub(super) fn transformed_area(matrix: &Matrix, [left, bottom, right, top]: Area) -> Area {
    let corners = [(left, bottom), (left, top), (right, bottom), (right, top)];
    around(corners.into_iter().map(|(x, y)| transformed(matrix, x, y)))
}

/// The smallest area around points; one turned inside out if there is none.
pub(super) fn around(points: impl Iterator<Item = (f32, f32)>) -> Area {
    points.fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], |area, (x, y)| {
        [area[0].min(x), area[1].min(y), area[2].max(x), area[3].max(y)]
    })
}

/// What both have in common; turned inside out if that is nothing.
pub(super) fn common(one: &Area, other: &Area) -> Area {
    [one[0].max(other[0]), one[1].max(other[1]), one[2].min(other[2]), one[3].min(other[3])]
}

pub(super) fn size(area: &Area) -> f32 {
    (area[2] - area[0]).max(0.0) * (area[3] - area[1]).max(0.0)
}

/// What something is painted with, as far as it matters: a colour, or what only drawing can tell (a pattern, a picture).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Paint {
    Colour([f32; 3]),
    Unknown,
}

impl Paint {
    pub(super) const BLACK: Self = Self::Colour([0.0; 3]);
    pub(super) const WHITE: Self = Self::Colour([1.0; 3]);

    /// A colour by its components in a space with that many.
    pub(super) fn of(components: &[f32], space: Space) -> Self {
        match (components, space) {
            (tints, Space::Inks) => Self::Colour([1.0 - tints.iter().copied().fold(0.0, f32::max); 3]),
            ([grey], Space::Light) => Self::Colour([*grey; 3]),
            ([red, green, blue], Space::Light) => Self::Colour([*red, *green, *blue]),
            ([cyan, magenta, yellow, black], Space::Light) => {
                Self::Colour([cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)))
            }
            _ => Self::Unknown,
        }
    }

    /// Whether a reader can tell the two apart; unknown if either is.
    pub(super) fn stands_out_from(self, other: Self) -> Option<bool> {
        let (Self::Colour(one), Self::Colour(other)) = (self, other) else { return None };
        let distance = one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        Some(distance > 0.3)
    }

    pub(super) fn is_light(self) -> bool {
        matches!(self, Self::Colour(parts) if parts.iter().all(|part| *part > 0.7))
    }
}

/// How the components of a colour are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Grey, red green blue, or the four inks of printing, by their number.
    Light,
    /// Amounts of inks by name: none is white.
    Inks,
    /// Anything else.
    Other,
}

/// The part of the graphics state that decides whether text can be seen.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) to_page: Matrix,
    pub(super) clip: Area,
    pub(super) fill: Paint,
    pub(super) stroke: Paint,
    pub(super) fill_space: Space,
    pub(super) stroke_space: Space,
    pub(super) look: Look,
    pub(super) mode: u8,
    /// The width of a stroke, in the units of [`Self::to_page`].
    pub(super) pen: f32,
    pub(super) size: f32,
    pub(super) leading: f32,
    pub(super) wide_codes: bool,
}

impl State {
    pub(super) fn new(clip: Area) -> Self {
        Self {
            to_page: IDENTITY,
            clip,
            fill: Paint::BLACK,
            stroke: Paint::BLACK,
            fill_space: Space::Light,
            stroke_space: Space::Light,
            look: Look { alpha: 1.0, masked: false, blended: false },
            mode: 0,
            pen: 1.0,
            size: 0.0,
            leading: 0.0,
            wide_codes: false,
        }
    }

    /// The width of a stroke on the page.
    pub(super) fn pen_on_page(&self) -> f32 {
        let [a, b, c, d, ..] = self.to_page;
        self.pen * (a * d - b * c).abs().sqrt()
    }
}

/// The transparency of what is painted (ISO 32000-1, 11).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) alpha: f32,
    pub(super) masked: bool,
    pub(super) blended: bool,
}

/// What the names in a content stream stand for.
#[derive(Debug)]
pub(super) struct Resources<'a> {
    document: &'a Document,
    dictionary: Option<&'a Dictionary>,
    fonts: HashMap<Vec<u8>, bool>,
}

/// An external object that a stream draws.
#[derive(Debug, Clone, Copy)]
pub(super) enum Drawn {
    Picture(ObjectId),
    Form(ObjectId),
}

impl<'a> Resources<'a> {
    pub(super) fn new(document: &'a Document, dictionary: Option<&'a Dictionary>) -> Self {
        Self { document, dictionary, fonts: HashMap::new() }
    }

    pub(super) fn dictionary(&self) -> Option<&'a Dictionary> {
        self.dictionary
    }

    fn named(&self, kind: &[u8], name: &[u8]) -> Option<&'a Object> {
        self.dictionary?.get_deref(kind, self.document).ok()?.as_dict().ok()?.get(name).ok()
    }

    fn resolved(&self, kind: &[u8], name: &[u8]) -> Option<&'a Object> {
        self.document.dereference(self.named(kind, name)?).ok().map(|(_, object)| object)
    }

    /// Whether the codes of a font have two bytes.
    pub(super) fn has_wide_codes(&mut self, name: &[u8]) -> bool {
        if let Some(known) = self.fonts.get(name) {
            return *known;
        }
        let font = self.resolved(b"Font", name).and_then(|font| font.as_dict().ok());
        let wide = font.and_then(|font| font.get(b"Subtype").ok()?.as_name().ok()).is_some_and(|kind| kind == b"Type0");
        self.fonts.insert(name.to_vec(), wide);
        wide
    }

    pub(super) fn drawn(&self, name: &[u8]) -> Option<Drawn> {
        let id = self.named(b"XObject", name)?.as_reference().ok()?;
        let stream = self.document.get_object(id).and_then(Object::as_stream).ok()?;
        match stream.dict.get(b"Subtype").and_then(Object::as_name).ok()? {
            b"Image" => Some(Drawn::Picture(id)),
            b"Form" => Some(Drawn::Form(id)),
            _ => None,
        }
    }

    pub(super) fn apply_state(&self, name: &[u8], look: &mut Look) {
        let Some(entries) = self.resolved(b"ExtGState", name).and_then(|state| state.as_dict().ok()) else { return };
        if let Ok(alpha) = entries.get(b"ca").and_then(Object::as_float) {
            look.alpha = alpha;
        }
        if let Ok(mask) = entries.get_deref(b"SMask", self.document) {
            look.masked = mask.as_dict().is_ok();
        }
        if let Ok(mode) = entries.get(b"BM") {
            look.blended = !matches!(mode.as_name(), Ok(b"Normal" | b"Compatible"));
        }
    }

    pub(super) fn space(&self, name: &[u8]) -> Space {
        match name {
            b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK" | b"G" | b"RGB" | b"CMYK" => return Space::Light,
            _ => {}
        }
        let kind = self.resolved(b"ColorSpace", name).and_then(|space| match space {
            Object::Array(parts) => parts.first()?.as_name().ok(),
            Object::Name(name) => Some(name.as_slice()),
            _ => None,
        });
        match kind {
            Some(b"ICCBased" | b"CalGray" | b"CalRGB" | b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK") => Space::Light,
            Some(b"Separation" | b"DeviceN") => Space::Inks,
            _ => Space::Other,
        }
    }
}
