//! Typesetting: which characters are drawn, how wide a text is, where its lines break, and how a line is written as SVG
//! so that Arabic, Latin and numbers in one line appear in the right order.

use std::collections::HashMap;
use std::fmt::Write as _;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, Node, Options, Tree};
use unicode_bidi::{BidiInfo, Level};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::error::RenderError;
use super::fonts::{ARABIC, Fonts, LATIN};

/// The style of a run of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style<'a> {
    /// Size in pixels.
    pub(crate) size: f32,
    /// 400 or 600.
    pub(crate) weight: u16,
    /// Any SVG colour.
    pub(crate) fill: &'a str,
}

/// The alignment of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Left,
    Middle,
    Right,
}

/// Measures, breaks and draws text.
pub(crate) struct Typesetter {
    fonts: Fonts,
    right_to_left: bool,
    widths: HashMap<(String, u16), f32>,
}

/// Font size at which words are measured; widths scale with the size.
const MEASURE: f32 = 100.0;

impl Typesetter {
    /// For text whose paragraphs run in this direction.
    pub(crate) fn new(right_to_left: bool) -> Self {
        Self { fonts: Fonts::new(), right_to_left, widths: HashMap::new() }
    }

    /// Whether paragraphs run from right to left.
    pub(crate) fn right_to_left(&self) -> bool {
        self.right_to_left
    }

    /// Width of one line in pixels.
    pub(crate) fn width(&mut self, line: &str, size: f32, weight: u16) -> f32 {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        self.measure(&words, weight);
        let letters: f32 = words.iter().map(|word| self.known_width(word, weight)).sum();
        let gaps = words.len().saturating_sub(1);
        #[expect(clippy::cast_precision_loss, reason = "a line has few words")]
        let spaces = gaps as f32 * self.known_width(SPACE, weight);
        (letters + spaces) * size / MEASURE
    }

    fn known_width(&self, word: &str, weight: u16) -> f32 {
        self.widths.get(&(word.to_owned(), weight)).copied().unwrap_or(0.0)
    }

    /// Shapes the words that were not measured before, all at once.
    fn measure(&mut self, words: &[&str], weight: u16) {
        let mut missing: Vec<String> = Vec::new();
        for word in words.iter().copied().chain([SPACE, SPACE_PROBE]) {
            if !self.widths.contains_key(&(word.to_owned(), weight)) && !missing.iter().any(|known| known == word) {
                missing.push(word.to_owned());
            }
        }
        if missing.is_empty() {
            return;
        }
        let style = Style { size: MEASURE, weight, fill: "#000" };
        let mut body = String::new();
        for (index, word) in missing.iter().enumerate() {
            let _ = write!(body, "<g id=\"w{index}\">{}</g>", self.line(word, style, (0.0, 0.0), Anchor::Left));
        }
        let svg = document(10_000.0, 200.0, &body);
        let Ok(tree) = self.parse(&svg) else { return };
        for (index, word) in missing.into_iter().enumerate() {
            let width = tree.node_by_id(&format!("w{index}")).map_or(0.0, text_width);
            self.widths.insert((word, weight), width);
        }
        // A lone space has no extent: its width is the difference that it makes.
        if let Some(probe) = self.widths.get(&(SPACE_PROBE.to_owned(), weight)).copied() {
            let pair = 2.0 * self.single_probe_width(weight);
            self.widths.insert((SPACE.to_owned(), weight), (probe - pair).max(MEASURE * 0.15));
        }
    }

    fn single_probe_width(&mut self, weight: u16) -> f32 {
        if let Some(known) = self.widths.get(&("n".to_owned(), weight)) {
            return *known;
        }
        let style = Style { size: MEASURE, weight, fill: "#000" };
        let body = format!("<g id=\"n\">{}</g>", self.line("n", style, (0.0, 0.0), Anchor::Left));
        let width = self
            .parse(&document(1000.0, 200.0, &body))
            .ok()
            .and_then(|tree| tree.node_by_id("n").map(text_width))
            .unwrap_or(0.0);
        self.widths.insert(("n".to_owned(), weight), width);
        width
    }

    /// Breaks text into at most `max_lines` lines of at most `max_width` pixels; what does not fit is replaced by an
    /// ellipsis, and a word wider than a line is broken between graphemes. Lines are balanced to avoid orphans.
    pub(crate) fn wrap(&mut self, text: &str, size: f32, weight: u16, max_width: f32, max_lines: usize) -> Vec<String> {
        let words = self.fitting_words(&drawable(text), size, weight, max_width);
        let greedy = self.break_greedily(&words, size, weight, max_width);
        if greedy.len() > max_lines {
            return self.shorten(greedy, size, weight, max_width, max_lines);
        }
        if greedy.len() < 2 {
            return greedy;
        }
        let (mut low, mut high) = (max_width * 0.4, max_width);
        for _ in 0..8 {
            let middle = f32::midpoint(low, high);
            let fits = self.break_greedily(&words, size, weight, middle);
            let widest = fits.iter().map(|line| self.width(line, size, weight)).fold(0.0, f32::max);
            if fits.len() <= greedy.len() && widest <= middle + 0.5 {
                high = middle;
            } else {
                low = middle;
            }
        }
        self.break_greedily(&words, size, weight, high)
    }

    /// The largest of `sizes` (in descending order) at which the text fits; if none does, the smallest one with an
    /// ellipsis.
    pub(crate) fn fit(
        &mut self,
        text: &str,
        weight: u16,
        sizes: &[f32],
        max_width: f32,
        max_lines: usize,
    ) -> (f32, Vec<String>) {
        for size in sizes {
            let words = self.fitting_words(&drawable(text), f32::INFINITY.min(*size), weight, f32::INFINITY);
            let widest = words.iter().map(|word| self.width(word, *size, weight)).fold(0.0, f32::max);
            if widest <= max_width && self.break_greedily(&words, *size, weight, max_width).len() <= max_lines {
                return (*size, self.wrap(text, *size, weight, max_width, max_lines));
            }
        }
        let smallest = sizes.last().copied().unwrap_or(16.0);
        (smallest, self.wrap(text, smallest, weight, max_width, max_lines))
    }

    fn fitting_words(&mut self, text: &str, size: f32, weight: u16, max_width: f32) -> Vec<String> {
        let mut words = Vec::new();
        // No line holds more than a few hundred letters: the rest would be cut off anyway.
        for word in text.split(' ').filter(|word| !word.is_empty()).take(400) {
            if !max_width.is_finite() || self.width(word, size, weight) <= max_width {
                words.push(word.to_owned());
            } else {
                words.extend(self.cut_word(word, size, weight, max_width));
            }
        }
        words
    }

    fn cut_word(&mut self, word: &str, size: f32, weight: u16, max_width: f32) -> Vec<String> {
        let graphemes: Vec<&str> = word.graphemes(true).take(600).collect();
        let mut pieces = Vec::new();
        let mut start = 0;
        while start < graphemes.len() {
            let (mut low, mut high) = (start + 1, graphemes.len());
            while low < high {
                let middle = (low + high).div_ceil(2);
                if self.width(&graphemes[start..middle].concat(), size, weight) <= max_width {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            pieces.push(graphemes[start..low].concat());
            start = low;
        }
        pieces
    }

    fn break_greedily(&mut self, words: &[String], size: f32, weight: u16, max_width: f32) -> Vec<String> {
        let all: Vec<&str> = words.iter().map(String::as_str).collect();
        self.measure(&all, weight);
        let scale = size / MEASURE;
        let space = self.known_width(SPACE, weight) * scale;
        let mut lines: Vec<String> = Vec::new();
        let mut used = 0.0;
        for word in words {
            let width = self.known_width(word, weight) * scale;
            match lines.last_mut() {
                Some(line) if used + space + width <= max_width => {
                    line.push(' ');
                    line.push_str(word);
                    used += space + width;
                }
                _ => {
                    lines.push(word.clone());
                    used = width;
                }
            }
        }
        lines
    }

    fn shorten(&mut self, lines: Vec<String>, size: f32, weight: u16, max_width: f32, max_lines: usize) -> Vec<String> {
        let mut kept: Vec<String> = lines.into_iter().take(max_lines.max(1)).collect();
        if let Some(last) = kept.last_mut() {
            loop {
                let candidate = format!("{}…", last.trim_end_matches([' ', ',', ';', ':', '.', '،', '؛']));
                if last.is_empty() || self.width(&candidate, size, weight) <= max_width {
                    *last = candidate;
                    break;
                }
                let shorter = last.graphemes(true).count().saturating_sub(1);
                let kept: String = last.graphemes(true).take(shorter).collect();
                kept.trim_end().clone_into(last);
            }
        }
        kept
    }

    /// One line as an SVG `<text>`; `at` is the anchor point on its baseline.
    pub(crate) fn line(&mut self, line: &str, style: Style<'_>, at: (f32, f32), anchor: Anchor) -> String {
        let runs = self.runs(line);
        let whole: String = runs.iter().map(|(_, text)| text.as_str()).collect();
        let (pieces, part) = match runs.as_slice() {
            [(family, text)] => {
                let piece = Piece { family, text, right_to_left: self.right_to_left, left: 0.0 };
                let part = match anchor {
                    Anchor::Left => "start",
                    Anchor::Middle => "middle",
                    Anchor::Right => "end",
                };
                (vec![piece], part)
            }
            runs => {
                let mut pieces = in_visual_order(runs, &whole, self.right_to_left);
                let width = self.place(&mut pieces, style);
                let before = match anchor {
                    Anchor::Left => 0.0,
                    Anchor::Middle => width / 2.0,
                    Anchor::Right => width,
                };
                for piece in &mut pieces {
                    piece.left -= before;
                }
                (pieces, "start")
            }
        };
        let mut svg = format!(
            "<text font-size=\"{}\" font-weight=\"{}\" fill=\"{}\" text-anchor=\"{part}\" xml:space=\"preserve\">",
            style.size, style.weight, style.fill
        );
        for piece in pieces {
            piece.write_into(&mut svg, at);
        }
        svg.push_str("</text>");
        svg
    }

    /// Places the pieces of a line side by side. Returns the width of the line.
    fn place(&mut self, pieces: &mut Vec<Piece<'_>>, style: Style<'_>) -> f32 {
        // As the space is, whose own width is measured.
        if pieces.is_empty() {
            return 0.0;
        }
        self.measure(&[], style.weight);
        let scale = style.size / MEASURE;
        let space = self.known_width(SPACE, style.weight) * scale;
        let mut left = 0.0;
        for piece in &mut *pieces {
            let (before, after) = (piece.text.starts_with(' '), piece.text.ends_with(' '));
            let (before, after) = if piece.right_to_left { (after, before) } else { (before, after) };
            let is_blank = piece.text == SPACE;
            piece.text = piece.text.trim_matches(' ');
            left += if before { space } else { 0.0 };
            piece.left = left;
            left += self.piece_width(piece, style.weight) * scale;
            left += if after && !is_blank { space } else { 0.0 };
        }
        pieces.retain(|piece| !piece.text.is_empty());
        left
    }

    /// At [`MEASURE`].
    fn piece_width(&mut self, piece: &Piece<'_>, weight: u16) -> f32 {
        let key = (format!("{}\n{}", piece.family, piece.text), weight);
        if let Some(known) = self.widths.get(&key) {
            return *known;
        }
        let mut body =
            format!("<text id=\"p\" font-size=\"{MEASURE}\" font-weight=\"{weight}\" xml:space=\"preserve\">");
        Piece { left: 0.0, ..*piece }.write_into(&mut body, (0.0, 0.0));
        body.push_str("</text>");
        let tree = self.parse(&document(10_000.0, 200.0, &body));
        let width = tree.ok().and_then(|tree| tree.node_by_id("p").map(text_width)).unwrap_or(0.0);
        self.widths.insert(key, width);
        width
    }

    /// Splits a line into runs of one font each. Characters that no font has are left out, rather than drawn as empty
    /// boxes.
    fn runs(&mut self, line: &str) -> Vec<(String, String)> {
        let line = drawable(line);
        let preferred = if self.right_to_left || line.chars().any(is_arabic) { ARABIC } else { LATIN };
        let mut runs: Vec<(String, String)> = Vec::new();
        for character in line.chars() {
            let joins = matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | ' ');
            // The space of an emoji font is as wide as an emoji.
            let foreign_space = |family: &str| character == ' ' && family != LATIN && family != ARABIC;
            if joins
                && let Some((family, text)) = runs.last_mut()
                && !foreign_space(family.as_str())
            {
                text.push(character);
                continue;
            }
            let Some(family) = self.fonts.family_for(character, preferred) else { continue };
            match runs.last_mut() {
                Some((known, text)) if *known == family => text.push(character),
                _ => runs.push((family, character.to_string())),
            }
        }
        runs
    }

    fn parse(&self, svg: &str) -> Result<Tree, RenderError> {
        let options = Options {
            fontdb: self.fonts.database(),
            font_family: LATIN.to_owned(),
            // Runs are split by font above: usvg's own fallback would load and try every font of the machine.
            font_resolver: FontResolver {
                select_font: FontResolver::default_font_selector(),
                select_fallback: Box::new(|_, _, _| None),
            },
            ..Options::default()
        };
        Tree::from_str(svg, &options).map_err(|error| RenderError::Picture(error.to_string()))
    }

    /// Draws an SVG document into a pixmap of this size, scaled by `scale`.
    pub(crate) fn draw(&self, svg: &str, width: u32, height: u32, scale: f32) -> Result<Pixmap, RenderError> {
        let tree = self.parse(svg)?;
        let mut pixmap = Pixmap::new(width.max(1), height.max(1))
            .ok_or_else(|| RenderError::Picture(format!("{width} x {height} pixels is no picture")))?;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
        Ok(pixmap)
    }
}

/// A part of a line in one font and one direction. usvg shapes a line in all its fonts, and puts the results together by
/// their clusters: where one font has fewer glyphs than another, as for 👩‍👩‍👧‍👦, it loses what follows, or panics. So each
/// piece has its own position, which makes it a line of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece<'a> {
    family: &'a str,
    text: &'a str,
    right_to_left: bool,
    /// Its left edge in the line.
    left: f32,
}

impl Piece<'_> {
    fn write_into(&self, svg: &mut String, (x, y): (f32, f32)) {
        let _ = write!(svg, "<tspan x=\"{:.2}\" y=\"{y:.2}\" font-family=\"{}\">", x + self.left, self.family);
        // usvg lays out every line left-to-right: an embedding gives it its direction.
        if self.right_to_left {
            svg.push('\u{202B}');
        }
        escape_into(self.text, svg);
        if self.right_to_left {
            svg.push('\u{202C}');
        }
        svg.push_str("</tspan>");
    }
}

/// The pieces of a line from left to right. `whole` is the text of all `runs`.
fn in_visual_order<'a>(runs: &'a [(String, String)], whole: &'a str, right_to_left: bool) -> Vec<Piece<'a>> {
    let base = if right_to_left { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(whole, Some(base));
    let mut pieces = Vec::new();
    for paragraph in &bidi.paragraphs {
        let (levels, parts) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for part in parts {
            let right_to_left = levels.get(part.start).is_some_and(Level::is_rtl);
            let first = pieces.len();
            let mut start = 0;
            for (family, text) in runs {
                let (from, to) = (part.start.max(start), part.end.min(start + text.len()));
                start += text.len();
                if let Some(text) = whole.get(from..to).filter(|text| !text.is_empty()) {
                    pieces.push(Piece { family, text, right_to_left, left: 0.0 });
                }
            }
            if let Some(pieces) = pieces.get_mut(first..).filter(|_| right_to_left) {
                pieces.reverse();
            }
        }
    }
    pieces
}

/// An SVG document of this size around a body.
pub(crate) fn document(width: f32, height: f32, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">{body}</svg>"
    )
}

const SPACE: &str = " ";
const SPACE_PROBE: &str = "n\u{A0}n";

fn text_width(node: &Node) -> f32 {
    match node {
        Node::Text(text) => text.bounding_box().width(),
        Node::Group(group) => group.children().iter().map(text_width).fold(0.0, f32::max),
        _ => 0.0,
    }
}

/// Letters of the Arabic script, including presentation forms.
pub(crate) fn is_arabic(character: char) -> bool {
    matches!(character, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// The drawable form of a text: NFC, white space as single spaces, no control characters, no invisible direction marks,
/// nothing that XML forbids.
pub(crate) fn drawable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.nfc() {
        let hidden = matches!(character,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}'
            | '\u{FFF9}'..='\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{E000}'..='\u{F8FF}');
        if character.is_whitespace() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if !character.is_control() && !hidden {
            out.push(character);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn escape_into(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_in_several_fonts_stands_in_visual_order() {
        let order = |parts: &[(&str, &str)], right_to_left: bool| -> Vec<String> {
            let runs: Vec<(String, String)> = parts.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            let whole: String = runs.iter().map(|(_, text)| text.as_str()).collect();
            in_visual_order(&runs, &whole, right_to_left).iter().map(|piece| piece.text.to_owned()).collect()
        };
        assert_eq!(order(&[("a", "bees "), ("e", "🐝"), ("a", " fly")], false), ["bees ", "🐝", " fly"]);
        assert_eq!(order(&[("a", "نحل "), ("e", "🐝"), ("a", " يطير")], true), [" يطير", "🐝", "نحل "]);
        assert_eq!(order(&[("a", "نحل two "), ("e", "🐝"), ("a", " bees")], true), ["two ", "🐝", " bees", "نحل "]);
    }

    #[test]
    fn what_follows_a_family_is_drawn() {
        let mut type_ = Typesetter::new(false);
        let style = Style { size: 20.0, weight: 400, fill: "#000" };
        let mut drawn = |line: &str| {
            let svg = document(800.0, 60.0, &type_.line(line, style, (10.0, 40.0), Anchor::Left));
            let pixels = type_.draw(&svg, 800, 60, 1.0).unwrap();
            pixels.pixels().iter().enumerate().filter(|(_, pixel)| pixel.alpha() > 0).map(|(at, _)| at % 800).max()
        };
        let (family, text) = (drawn("👩‍👩‍👧‍👦").unwrap_or(0), drawn("who keep bees").unwrap());
        assert!(drawn("👩‍👩‍👧‍👦 who keep bees").unwrap() >= family.max(10) + text - 12, "{family} {text}");
    }
}
