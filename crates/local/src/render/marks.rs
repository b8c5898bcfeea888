//! The soft marks over the lines that are read out: like a highlighter, which tints the paper and leaves the print dark.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates and fixed-point colours: bounded by the area that is marked"
)]

use super::camera::View;
use super::fitted::Fitted;
use super::palette::Palette;
use super::spec::Focus;
use super::window::shade_of;
use super::yuv::{Area, Picture, yuv};

/// Seconds in which a mark appears; it begins a little before the voice.
const APPEAR: f32 = 0.28;
/// How long before the voice.
const BEFORE: f32 = 0.12;
/// Seconds in which a mark disappears, from the end of the voice on.
const LEAVE: f32 = 0.3;
/// How strongly the paper is tinted, of 256.
const STRENGTH: f32 = 150.0;
/// Pixels around a line.
const AROUND: (f32, f32) = (5.0, 2.0);
/// Corner radius in pixels.
const RADIUS: usize = 6;

/// The marks of one page.
pub(crate) struct Marks {
    marks: Vec<Mark>,
    tint: Tint,
}

struct Mark {
    from: f32,
    until: f32,
    /// In displayed pixels of the page.
    lines: Vec<[f32; 4]>,
}

/// A colour as what it does to white paper.
#[derive(Debug, Clone, Copy)]
struct Tint {
    /// Luma that white loses.
    darker: i32,
    /// Chroma that white gains.
    chroma: [i32; 2],
}

impl Marks {
    pub(crate) fn new(focus: &[Focus], fitted: &Fitted, palette: &Palette) -> Self {
        let marks = focus.iter().map(|focus| Mark {
            from: focus.from_ms as f32 / 1000.0,
            until: focus.until_ms as f32 / 1000.0,
            lines: apart(focus.lines.iter().map(|line| fitted.displayed(*line)).collect()),
        });
        let accent = yuv(shade_of(&palette.accent).map(f32::from));
        let tint = Tint {
            darker: (235.0 - accent[0]).round() as i32,
            chroma: [(accent[1] - 128.0).round() as i32, (accent[2] - 128.0).round() as i32],
        };
        Self { marks: marks.collect(), tint }
    }

    /// Tints the lines that are read out at `seconds`, as seen in `area`.
    pub(crate) fn draw(&self, frame: &mut Picture, area: Area, view: View, seconds: f32) {
        for mark in &self.marks {
            let strength = mark.strength(seconds);
            if strength == 0 {
                continue;
            }
            for line in &mark.lines {
                if let Some(part) = on_screen(*line, area, view) {
                    tint(frame, part, self.tint, strength);
                }
            }
        }
    }
}

impl Mark {
    /// From 0 to 256.
    fn strength(&self, seconds: f32) -> i32 {
        let coming = ((seconds - self.from + BEFORE) / APPEAR).clamp(0.0, 1.0);
        let leaving = ((self.until + LEAVE - seconds) / LEAVE).clamp(0.0, 1.0);
        let part = coming.min(leaving);
        (part * part * (3.0 - 2.0 * part) * STRENGTH) as i32
    }
}

/// Grows lines a little, and lets neighbours meet instead of overlap: an overlap would be tinted twice.
fn apart(mut lines: Vec<[f32; 4]>) -> Vec<[f32; 4]> {
    for line in &mut lines {
        *line = [line[0] - AROUND.0, line[1] - AROUND.1, line[2] + AROUND.0, line[3] + AROUND.1];
    }
    for index in 1..lines.len() {
        let (above, below) = (lines[index - 1], lines[index]);
        if below[1] < above[3] && below[3] > above[3] && below[0] < above[2] && above[0] < below[2] {
            let middle = f32::midpoint(below[1], above[3]);
            lines[index - 1][3] = middle;
            lines[index][1] = middle;
        }
    }
    lines
}

/// The part of a line within the window, on even pixels.
fn on_screen(line: [f32; 4], area: Area, view: View) -> Option<Area> {
    let even = |value: f32, from: usize, length: usize| {
        let position = (value.clamp(0.0, length as f32) / 2.0).round() as usize * 2;
        from + position.min(length)
    };
    let (left, right) = ((line[0] - view.x) * view.zoom, (line[2] - view.x) * view.zoom);
    let (top, bottom) = ((line[1] - view.y) * view.zoom, (line[3] - view.y) * view.zoom);
    let (x, y) = (even(left, area.x, area.width), even(top, area.y, area.height));
    let (width, height) = (even(right, area.x, area.width) - x, even(bottom, area.y, area.height) - y);
    (width > 0 && height > 0).then_some(Area { x, y, width, height })
}

/// Multiplies an area by the tint: white takes its colour, black stays black.
fn tint(frame: &mut Picture, area: Area, tint: Tint, strength: i32) {
    let [luma, blue, red] = &mut frame.planes;
    for row in 0..area.height / 2 {
        let inset = inset(row * 2, area.height).min(area.width / 4) / 2;
        let (x, width) = (area.x / 2 + inset, area.width / 2 - 2 * inset);
        let paper = &luma.row(area.y + row * 2)[x * 2..(x + width) * 2];
        for (plane, colour) in [(&mut *blue, tint.chroma[0]), (&mut *red, tint.chroma[1])] {
            let gain = colour * strength;
            for (value, pair) in plane.span_mut(x, area.y / 2 + row, width).iter_mut().zip(paper.as_chunks::<2>().0) {
                let bright = i32::midpoint(i32::from(pair[0]), i32::from(pair[1])) - 16;
                // 219 × 256, as a power of two: the tint is a fortieth weaker than the palette's.
                *value = (i32::from(*value) + ((gain * bright) >> 16)).clamp(16, 240) as u8;
            }
        }
    }
    for row in 0..area.height {
        let inset = inset(row, area.height).min(area.width / 4) & !1;
        let loss = tint.darker * strength;
        for value in luma.span_mut(area.x + inset, area.y + row, area.width - 2 * inset) {
            *value = (i32::from(*value) - ((loss * (i32::from(*value) - 16)) >> 16)).clamp(16, 235) as u8;
        }
    }
}

/// How far a row of a rounded rectangle is from its left edge.
fn inset(row: usize, height: usize) -> usize {
    let edge = row.min(height.saturating_sub(row + 1));
    let radius = RADIUS.min(height / 2);
    if edge >= radius {
        return 0;
    }
    let (r, up) = (radius as f32, (radius - edge) as f32 - 0.5);
    (r - (r * r - up * up).max(0.0).sqrt()).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_takes_the_colour_and_black_stays() {
        let mut frame = Picture::new(40, 40);
        frame.planes[0].data.fill(235);
        frame.planes[0].data[20 * 40 + 20] = 16;
        let area = Area { x: 10, y: 10, width: 20, height: 20 };
        tint(&mut frame, area, Tint { darker: 60, chroma: [-30, 20] }, 256);
        let at = |x: usize, y: usize| frame.planes[0].data[y * 40 + x];
        assert_eq!((at(5, 5), at(20, 20)), (235, 16), "outside and black are as before");
        assert!((180..=188).contains(&at(24, 24)), "{}", at(24, 24));
        let chroma = [1, 2].map(|plane| frame.planes[plane].data[12 * 20 + 12]);
        assert!((100..=104).contains(&chroma[0]) && (144..=148).contains(&chroma[1]), "{chroma:?}");
        assert_eq!(at(10, 10), 235, "corners are round");
    }

    #[test]
    fn marks_begin_before_the_voice_and_end_softly() {
        let mark = Mark { from: 2.0, until: 4.0, lines: Vec::new() };
        assert_eq!(mark.strength(1.8), 0);
        assert_eq!(mark.strength(3.0), 150);
        assert!((1..150).contains(&mark.strength(4.15)));
        assert_eq!(mark.strength(4.4), 0);
    }

    #[test]
    fn lines_of_a_sentence_meet_and_do_not_overlap() {
        let lines = apart(vec![[0.0, 0.0, 50.0, 12.0], [0.0, 11.0, 30.0, 23.0]]);
        assert_eq!(lines, [[-5.0, -2.0, 55.0, 11.5], [-5.0, 11.5, 35.0, 25.0]]);
    }
}
