//! The text of a card: a title or a question, with the lines above and below it.

#![expect(clippy::cast_precision_loss, reason = "a card has few lines")]

use std::fmt::Write as _;

use super::layout::{Layout, Zone};
use super::palette::Palette;
use super::text::{Anchor, Style, Typesetter, drawable};

/// The role of a text on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Kicker,
    Title,
    Question,
    Subtitle,
}

/// Lines of one part of a card.
pub(crate) struct Block {
    part: Part,
    size: f32,
    lines: Vec<String>,
    pub(crate) above: f32,
    pub(crate) height: f32,
}

/// Breaks the parts of a card into lines; empty ones are left out.
pub(crate) fn set_parts(parts: &[(&str, Part)], layout: &Layout, type_: &mut Typesetter) -> Vec<Block> {
    let width = layout.words.width;
    let small = layout.title_sizes[4];
    let mut blocks = Vec::new();
    for (text, part) in parts {
        if drawable(text).is_empty() {
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
    /// The block as SVG, its top at `top`.
    pub(crate) fn svg(&self, zone: Zone, top: f32, palette: &Palette, type_: &mut Typesetter) -> String {
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
