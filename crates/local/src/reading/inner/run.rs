//! The operands, text position and path of a content stream that is followed.

use super::graphics::{
    Area, IDENTITY, Matrix, Paint, Resources, Space, State, around, common, product, transformed, transformed_area,
};

/// The usual width of a letter as a fraction of its size, on the low side.
const LETTER_WIDTH: f32 = 0.45;

/// What is painted less wide or high, in points, is a rule or an ornament and covers no text.
pub(super) const COVERING: f32 = 3.0;

/// A part of a path that is drawn in one go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subpath {
    pub(super) area: Area,
    /// Where it begins and ends.
    pub(super) ends: [(f32, f32); 2],
    /// Whether it comes back to where it begins.
    pub(super) closed: bool,
}

/// A content stream that is followed: its operands, its state and its path.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, and no states of a machine")]
pub(super) struct Run<'a, 'c> {
    pub(super) resources: Resources<'a>,
    pub(super) state: State,
    pub(super) saved: Vec<State>,
    pub(super) depth: usize,
    operands: [f32; 6],
    count: usize,
    pub(super) name: &'c [u8],
    pub(super) is_layer: bool,
    codes: usize,
    pub(super) has_ink: bool,
    line: Matrix,
    text: Matrix,
    /// The subpaths so far; none but the last is open.
    path: Vec<Subpath>,
    open: Option<Subpath>,
    curved: bool,
    clips: bool,
}

impl<'a, 'c> Run<'a, 'c> {
    pub(super) fn new(resources: Resources<'a>, state: State, depth: usize) -> Self {
        Self {
            resources,
            state,
            saved: Vec::new(),
            depth,
            operands: [0.0; 6],
            count: 0,
            name: b"",
            is_layer: false,
            codes: 0,
            has_ink: false,
            line: IDENTITY,
            text: IDENTITY,
            path: Vec::new(),
            open: None,
            curved: false,
            clips: false,
        }
    }

    /// Forgets the operands: an operator has used them.
    pub(super) fn clear(&mut self) {
        (self.count, self.codes, self.has_ink, self.name, self.is_layer) = (0, 0, false, b"", false);
    }

    pub(super) fn number(&mut self, number: f32) {
        if let Some(place) = self.operands.get_mut(self.count) {
            *place = number;
            self.count += 1;
        }
    }

    pub(super) fn named(&mut self, name: &'c [u8]) {
        self.is_layer |= name == b"OC";
        self.name = name;
    }

    /// A string of codes that is about to be shown.
    pub(super) fn shown(&mut self, token: &[u8]) {
        let (bytes, blank) = match token {
            [b'<', digits @ ..] => (digits.len() / 2, digits.iter().all(|byte| matches!(byte, b'2' | b'0' | b'>'))),
            [b'(', inside @ ..] => (inside.len(), inside.iter().all(|byte| matches!(byte, b' ' | b')'))),
            _ => (0, true),
        };
        self.codes += if self.state.wide_codes { bytes / 2 } else { bytes };
        self.has_ink |= !blank;
    }

    pub(super) fn matrix(&self) -> Option<Matrix> {
        (self.count == 6).then_some(self.operands)
    }

    /// The area of the text that is shown now; what follows stands behind it.
    #[expect(clippy::cast_precision_loss, reason = "a line has few letters")]
    pub(super) fn advance(&mut self) -> Area {
        let (width, size) = (self.codes as f32 * self.state.size * LETTER_WIDTH, self.state.size);
        let to_page = product(&self.text, &self.state.to_page);
        let area = transformed_area(&to_page, [0.0, 0.0, width.max(0.1 * size), 0.7 * size]);
        self.text = product(&[1.0, 0.0, 0.0, 1.0, width, 0.0], &self.text);
        area
    }

    pub(super) fn next_line(&mut self, x: f32, y: f32) {
        self.line = product(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    pub(super) fn text_operator(&mut self, operator: &[u8]) {
        let [first, second, ..] = self.operands;
        match operator {
            b"BT" => (self.line, self.text) = (IDENTITY, IDENTITY),
            b"Tf" => {
                self.state.size = first;
                self.state.wide_codes = self.resources.has_wide_codes(self.name);
            }
            b"TL" => self.state.leading = first,
            // The modes are 0 to 7.
            b"Tr" => self.state.mode = (0_u8..8).find(|mode| (f32::from(*mode) - first).abs() < 0.5).unwrap_or(0),
            b"Td" => self.next_line(first, second),
            b"TD" => {
                self.state.leading = -second;
                self.next_line(first, second);
            }
            b"Tm" => {
                if let Some(matrix) = self.matrix() {
                    (self.line, self.text) = (matrix, matrix);
                }
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            _ => {}
        }
    }

    pub(super) fn colour_operator(&mut self, operator: &[u8]) {
        let components = self.operands.get(..self.count).unwrap_or_default();
        let state = &mut self.state;
        match operator {
            b"g" | b"rg" | b"k" => (state.fill, state.fill_space) = (Paint::of(components, Space::Light), Space::Light),
            b"G" | b"RG" | b"K" => {
                (state.stroke, state.stroke_space) = (Paint::of(components, Space::Light), Space::Light);
            }
            b"cs" => {
                state.fill_space = self.resources.space(self.name);
                state.fill = if state.fill_space == Space::Other { Paint::Unknown } else { Paint::BLACK };
            }
            b"CS" => {
                state.stroke_space = self.resources.space(self.name);
                state.stroke = if state.stroke_space == Space::Other { Paint::Unknown } else { Paint::BLACK };
            }
            b"sc" | b"scn" => state.fill = Paint::of(components, state.fill_space),
            b"SC" | b"SCN" => state.stroke = Paint::of(components, state.stroke_space),
            _ => {}
        }
    }

    #[expect(clippy::many_single_char_names, reason = "the names of ISO 32000-1")]
    pub(super) fn path_operator(&mut self, operator: &[u8]) {
        let [a, b, c, d, e, f] = self.operands;
        match operator {
            b"re" => {
                self.close();
                let corners = [(a, b), (a + c, b + d)];
                let area = transformed_area(&self.state.to_page, around(corners.into_iter()));
                self.path.push(Subpath { area, ends: [(area[0], area[1]); 2], closed: true });
            }
            b"m" => {
                self.close();
                self.reach(&[(a, b)]);
            }
            b"l" => {
                self.reach(&[(a, b)]);
                self.curved = true;
            }
            b"c" => {
                self.reach(&[(a, b), (c, d), (e, f)]);
                self.curved = true;
            }
            b"v" | b"y" => {
                self.reach(&[(a, b), (c, d)]);
                self.curved = true;
            }
            b"h" => {
                if let Some(open) = &mut self.open {
                    open.closed = true;
                }
            }
            b"W" | b"W*" => self.clips = true,
            b"w" => self.state.pen = a,
            _ => {}
        }
    }

    fn reach(&mut self, points: &[(f32, f32)]) {
        let to_page = self.state.to_page;
        let mut points = points.iter().map(|(x, y)| transformed(&to_page, *x, *y));
        let area = around(points.clone());
        let (Some(first), Some(last)) = (points.clone().next(), points.next_back()) else { return };
        self.open = Some(self.open.map_or(Subpath { area, ends: [first, last], closed: false }, |open| Subpath {
            area: [
                open.area[0].min(area[0]),
                open.area[1].min(area[1]),
                open.area[2].max(area[2]),
                open.area[3].max(area[3]),
            ],
            ends: [open.ends[0], last],
            closed: open.closed,
        }));
    }

    fn close(&mut self) {
        self.path.extend(self.open.take());
    }

    /// The path that is painted now.
    pub(super) fn subpaths(&mut self) -> &[Subpath] {
        self.close();
        &self.path
    }

    /// The areas of the path that is painted now.
    pub(super) fn areas(&mut self) -> Vec<Area> {
        self.subpaths().iter().map(|subpath| subpath.area).collect()
    }

    /// The areas of the path whose outline is drawn now, as wide as the pen.
    pub(super) fn strokes(&mut self) -> Vec<Area> {
        let half = 0.5 * self.state.pen_on_page();
        let wider = |[left, bottom, right, top]: Area| [left - half, bottom - half, right + half, top + half];
        let frames = self.is_rectangle();
        let drawn = |area: Area| {
            let [left, bottom, right, top] = area;
            if !frames || (right - left).min(top - bottom) <= 2.0 * half {
                return vec![area];
            }
            // What is inside of a frame is not covered.
            vec![
                [left, bottom, right, bottom],
                [left, top, right, top],
                [left, bottom, left, top],
                [right, bottom, right, top],
            ]
        };
        if half * 2.0 < COVERING { Vec::new() } else { self.areas().into_iter().flat_map(drawn).map(wider).collect() }
    }

    /// Whether the path has rectangles only, as far as its operators tell.
    pub(super) fn is_rectangle(&self) -> bool {
        !self.curved
    }

    /// After the path was painted or not, it may become the clip.
    pub(super) fn end_path(&mut self) {
        self.close();
        if std::mem::take(&mut self.clips) {
            let areas = self.path.iter().map(|subpath| subpath.area);
            let corners = areas.flat_map(|area| [(area[0], area[1]), (area[2], area[3])]);
            self.state.clip = common(&self.state.clip, &around(corners));
        }
        self.path.clear();
        self.curved = false;
    }
}
