//! The thin drawing in the corner of a card: circles, rays, a lattice or waves. The look selects it; it has the accent
//! colour.

use std::fmt::Write as _;

use super::layout::Layout;
use super::palette::Palette;

/// The drawing for this look as SVG elements, in the corner where reading ends.
pub(crate) fn draw(layout: &Layout, palette: &Palette, look: u64, right_to_left: bool) -> String {
    let lines = match (look / 7) % 4 {
        0 => circles(layout),
        1 => rays(layout),
        2 => lattice(layout),
        _ => waves(layout),
    };
    let mirror =
        if right_to_left { format!("translate({} 0) scale(-1 1)", layout.width) } else { "scale(1)".to_owned() };
    format!(
        "<g transform=\"{mirror}\" fill=\"none\" stroke=\"{0}\" stroke-width=\"1.4\" stroke-opacity=\"0.30\">{lines}</g>",
        palette.accent
    )
}

fn circles(layout: &Layout) -> String {
    let (x, y) = (layout.width * 0.95, layout.height.min(layout.width) * 0.06);
    let mut svg = String::new();
    for ring in 0..9u8 {
        let radius = 70.0 + f32::from(ring) * 46.0;
        let fade = 1.0 - f32::from(ring) / 10.0;
        let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" opacity=\"{fade}\"/>");
    }
    let _ = write!(
        svg,
        "<circle cx=\"{}\" cy=\"{}\" r=\"7\" fill=\"#fff\" fill-opacity=\"0.5\" stroke=\"none\"/>",
        x - 162.0 * 0.8,
        y + 162.0 * 0.6
    );
    svg
}

fn rays(layout: &Layout) -> String {
    let (x, y) = (layout.width + 20.0, -20.0);
    let mut svg = String::new();
    for ray in 0..15u16 {
        let angle = (92.0 + f32::from(ray) * 5.6f32).to_radians();
        let (near, far) = (150.0, 390.0 + f32::from((ray * 37) % 11) * 14.0);
        let fade = 1.0 - f32::from(ray.abs_diff(7)) / 10.0;
        let _ = write!(
            svg,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" opacity=\"{fade}\"/>",
            x + near * angle.cos(),
            y + near * angle.sin(),
            x + far * angle.cos(),
            y + far * angle.sin()
        );
    }
    svg
}

fn lattice(layout: &Layout) -> String {
    let (pitch, columns, rows) = (34.0, 11u8, 8u8);
    let left = layout.width - 36.0 - pitch * f32::from(columns - 1);
    let mut svg = String::new();
    for row in 0..rows {
        for column in 0..columns {
            let reach = f32::from(column) / f32::from(columns) - f32::from(row) / f32::from(rows);
            if reach < -0.05 {
                continue;
            }
            let (x, y) = (left + f32::from(column) * pitch, 40.0 + f32::from(row) * pitch);
            let radius = 1.6 + reach.max(0.0) * 5.0;
            let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" opacity=\"{}\"/>", 0.45 + reach * 0.55);
        }
    }
    svg
}

fn waves(layout: &Layout) -> String {
    let mut svg = String::new();
    let left = layout.width * 0.55;
    for wave in 0..10u8 {
        let y = 24.0 + f32::from(wave) * 19.0;
        let _ = write!(svg, "<path opacity=\"{}\" d=\"M {} {}", 1.0 - f32::from(wave) / 11.0, left + y, y);
        let mut x = left + y;
        let mut up = true;
        while x < layout.width + 80.0 {
            let bend = if up { -17.0 } else { 17.0 };
            let _ = write!(svg, " q 30 {bend} 60 0");
            x += 60.0;
            up = !up;
        }
        svg.push_str("\"/>");
    }
    svg
}
