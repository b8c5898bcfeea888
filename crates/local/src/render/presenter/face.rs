//! The moving parts of a face, drawn as SVG: eyes, brows and mouth, on the same canvas of 400 × 400 as the rest of the
//! person.

use std::fmt::Write as _;

use super::cast::Person;
use super::visemes::Mouth;

/// Where the mouth is drawn: left, top, width, height.
pub(crate) const MOUTH_FIELD: [f32; 4] = [150.0, 208.0, 100.0, 72.0];
/// Where eyes and brows are drawn.
pub(crate) const EYES_FIELD: [f32; 4] = [124.0, 128.0, 152.0, 80.0];

/// Steps between a closed and an open mouth and so on: values between them share an image, so that images can be
/// cached.
const STEPS: f32 = 14.0;

/// A mouth, quantised for caching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MouthKey([i8; 7]);

impl MouthKey {
    #[expect(clippy::cast_possible_truncation, reason = "values from -1 to 1 in a few steps")]
    pub(crate) fn of(mouth: Mouth) -> Self {
        let step = |value: f32, steps: f32| (value.clamp(-1.0, 1.0) * steps).round() as i8;
        Self([
            step(mouth.open, STEPS),
            step(mouth.wide, 6.0),
            step(mouth.round, 6.0),
            step(mouth.teeth, 4.0),
            step(mouth.tongue, 3.0),
            step(mouth.press, 3.0),
            step(mouth.tuck, 3.0),
        ])
    }

    fn mouth(self) -> Mouth {
        let value = |at: usize, steps: f32| f32::from(self.0[at]) / steps;
        Mouth {
            open: value(0, STEPS),
            wide: value(1, 6.0),
            round: value(2, 6.0),
            teeth: value(3, 4.0),
            tongue: value(4, 3.0),
            press: value(5, 3.0),
            tuck: value(6, 3.0),
        }
    }

    /// The mouth as SVG.
    pub(crate) fn svg(self, person: &Person) -> String {
        draw_mouth(self.mouth(), person)
    }
}

const MOUTH_X: f32 = 200.0;
const MOUTH_Y: f32 = 234.0;

fn draw_mouth(mouth: Mouth, person: &Person) -> String {
    let half = 29.0 * (1.0 + 0.22 * mouth.wide - 0.37 * mouth.round);
    let inner = half * (0.88 - 0.10 * mouth.round);
    let opening = 29.0 * mouth.open * (1.0 - 0.35 * mouth.tuck);
    // A friendly mouth: its corners point up a little unless a sound moves them.
    let smile = 3.2 * (1.0 - mouth.open) * (1.0 - mouth.round) * (1.0 - 0.5 * mouth.press);
    let corner = MOUTH_Y - smile - 2.2 * mouth.wide.max(0.0) * (1.0 - mouth.open);
    let (upper, lower) = (MOUTH_Y - 0.24 * opening, MOUTH_Y + 0.76 * opening);
    let upper_lip = 5.2 * (1.0 - 0.5 * mouth.press) * (1.0 + 0.4 * mouth.round);
    let lower_lip = 7.4 * (1.0 - 0.4 * mouth.press) * (1.0 + 0.3 * mouth.round) * (1.0 - 0.35 * mouth.tuck);
    // A cubic curve reaches three quarters of the way to its control points.
    let reach = |from: f32, to: f32| from + (to - from) * 4.0 / 3.0;
    let (x, left, right) = (MOUTH_X, MOUTH_X - half, MOUTH_X + half);
    let bow = upper - upper_lip;
    let outline = format!(
        "M{left} {corner} C{} {} {} {} {x} {} C{} {} {} {} {right} {corner} C{} {low} {} {low} {left} {corner}Z",
        x - half * 0.62,
        f32::midpoint(corner, bow) - 1.0,
        x - half * 0.36,
        bow - 2.6,
        bow + 0.6,
        x + half * 0.36,
        bow - 2.6,
        x + half * 0.62,
        f32::midpoint(corner, bow) - 1.0,
        x + half * 0.66,
        x - half * 0.66,
        low = reach(corner, lower + lower_lip),
    );
    let hole = format!(
        "M{} {corner} C{} {top} {} {top} {} {corner} C{} {bottom} {} {bottom} {} {corner}Z",
        x - inner,
        x - inner * 0.6,
        x + inner * 0.6,
        x + inner,
        x + inner * 0.66,
        x - inner * 0.66,
        x - inner,
        top = reach(corner, upper),
        bottom = reach(corner, lower),
    );
    let mut svg = format!("<path d=\"{outline}\" fill=\"{}\"/>", person.lips);
    if opening > 1.4 {
        let teeth = (0.46 * opening).min(8.5) * mouth.teeth;
        let tongue = opening * (0.20 + 0.30 * mouth.tongue);
        let _ = write!(
            svg,
            "<defs><clipPath id=\"h\"><path d=\"{hole}\"/></clipPath></defs><path d=\"{hole}\" fill=\"#521a22\"/><g clip-path=\"url(#h)\">\
             <ellipse cx=\"{x}\" cy=\"{}\" rx=\"{}\" ry=\"{tongue}\" fill=\"#cf6b72\"/><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"#fdf8f2\"/></g>",
            lower + 1.5 - mouth.tongue * opening * 0.12,
            inner * 0.62,
            x - inner * 0.84,
            upper - 4.0,
            inner * 1.68,
            teeth + 4.0,
        );
    } else {
        let middle = MOUTH_Y + 0.9;
        let _ = write!(
            svg,
            "<path d=\"M{} {corner} Q{x} {} {} {corner}\" fill=\"none\" stroke=\"#6d2a2c\" stroke-width=\"2.4\" stroke-linecap=\"round\"/>",
            x - half * 0.97,
            reach(corner, middle) + 0.8,
            x + half * 0.97,
        );
    }
    if !person.is_bearded() {
        let _ = write!(
            svg,
            "<path d=\"M{} {y} Q{x} {} {} {y}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2.6\" stroke-linecap=\"round\" opacity=\"0.7\"/>",
            x - 10.0,
            lower + lower_lip + 8.5,
            x + 10.0,
            person.skin_shade,
            y = lower + lower_lip + 5.5,
        );
    }
    svg
}

/// Eyes and brows, quantised for caching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EyesKey {
    /// Lids: 0 open to 4 closed.
    pub(crate) lids: u8,
    /// Gaze to the right in half units.
    pub(crate) x: i8,
    /// Gaze down.
    pub(crate) y: i8,
    /// Brows up, in steps of one unit.
    pub(crate) brows: i8,
}

impl EyesKey {
    /// Eyes and brows as SVG.
    pub(crate) fn svg(self, person: &Person, over: &str) -> String {
        let mut svg = String::new();
        let open = 1.0 - f32::from(self.lids) / 4.0;
        for (index, x) in [165.0, 235.0].into_iter().enumerate() {
            let outwards = if index == 0 { -1.0 } else { 1.0 };
            eye(&mut svg, x, outwards, open, (f32::from(self.x) * 0.5, f32::from(self.y) * 0.5), person);
            let raise = f32::from(self.brows);
            let _ = write!(
                svg,
                "<path d=\"M{} {} Q{} {} {} {}\" fill=\"none\" stroke=\"{}\" stroke-width=\"5.6\" stroke-linecap=\"round\"/>",
                x - outwards * 17.0,
                149.5 - raise,
                x + outwards * 4.0,
                139.5 - raise * 1.15,
                x + outwards * 19.0,
                149.0 - raise * 0.8,
                person.brow,
            );
        }
        svg.push_str(over);
        svg
    }
}

fn eye(svg: &mut String, x: f32, outwards: f32, open: f32, gaze: (f32, f32), person: &Person) {
    let (y, reach) = (177.0, 15.5);
    let (top, bottom) = (y - 14.6 * open + 4.0 * (1.0 - open), y + 9.5 * open + 4.6 * (1.0 - open));
    let upper = format!("M{} {} C{} {top} {} {top} {} {}", x - reach, y + 1.0, x - 9.0, x + 9.0, x + reach, y + 1.0);
    if open > 0.1 {
        let _ = write!(
            svg,
            "<defs><clipPath id=\"e{0}\"><path d=\"{upper} C{1} {bottom} {2} {bottom} {3} {4}Z\"/></clipPath></defs>\
             <g clip-path=\"url(#e{0})\"><rect x=\"{3}\" y=\"150\" width=\"40\" height=\"50\" fill=\"#fffdfa\"/>\
             <circle cx=\"{5}\" cy=\"{6}\" r=\"8.4\" fill=\"{7}\"/><circle cx=\"{5}\" cy=\"{6}\" r=\"4.3\" fill=\"#160f0d\"/>\
             <circle cx=\"{8}\" cy=\"{9}\" r=\"2.4\" fill=\"#fff\"/></g>",
            x,
            x + 9.0,
            x - 9.0,
            x - reach,
            y + 1.0,
            x + gaze.0,
            y - 1.0 + gaze.1,
            person.iris,
            x + gaze.0 - 2.7,
            y - 4.0 + gaze.1,
        );
    }
    let _ = write!(
        svg,
        "<path d=\"{upper}\" fill=\"none\" stroke=\"#241a18\" stroke-width=\"3.8\" stroke-linecap=\"round\"/>"
    );
    if !person.is_bearded() {
        let _ = write!(
            svg,
            "<path d=\"M{} {} l{} -3.6\" stroke=\"#241a18\" stroke-width=\"2.8\" stroke-linecap=\"round\" fill=\"none\"/>",
            x + outwards * reach,
            y + 1.0,
            outwards * 3.4,
        );
    }
}
