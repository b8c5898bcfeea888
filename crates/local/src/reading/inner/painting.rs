//! Follows what a page paints, roughly and quickly, to find the pages on which a text may be hidden. Only those are
//! drawn; so a doubt is a suspicion, and a page of plain text is none.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::STREAM_BYTES;
use super::drawings::Shapes;
use super::graphics::{Area, Drawn, Paint, Resources, State, around, common, product, size, transformed_area};
use super::lexer::{Lexer, Token};
use super::run::{COVERING, Run};
use super::strips;

/// Text with less opacity may be too faint.
const FAINT: f32 = 0.4;

/// Text lower than that, in points, may be too small.
const SMALL: f32 = 2.0;

/// How deep forms may be nested.
const DEPTH: usize = 8;

/// Most forms that are drawn on one page: a form may draw itself, and more than once.
const FORMS: usize = 500;

/// Most comparisons of a text with an area on one page; beyond that the page is drawn.
const COMPARISONS: usize = 2_000_000;

/// A text of which less than that is left, in points, is clipped to nothing.
const CUT: f32 = 1.0;

/// Most places of clipped texts, and of blots, that are told of one page.
const CUTS: usize = 500;

/// The outline of a text whose pen is wider than this part of its height leaves nothing of its letters.
const BLOT: f32 = 0.7;

/// No place is farther away, in points.
const LARGEST: f32 = 1e9;

/// Most places of texts that are told of one page which are no work of OCR.
const SHOWN: usize = 5000;

/// A picture that covers this fraction of the page may be a scan of it.
pub(super) const SCAN: f32 = 0.5;

/// What one page may hide.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, and no states of a machine")]
pub(super) struct Suspicion {
    /// A text may be invisible where it stands.
    pub(super) suspect: bool,
    /// All that is suspect is text in the invisible mode above a picture: what OCR lays over a scan.
    pub(super) only_over_scan: bool,
    /// The page has a picture that may be a scan of it.
    pub(super) has_scan: bool,
    /// A text is in the invisible mode or below such a picture, as what OCR found in it is.
    pub(super) has_layer: bool,
    /// Such a text stands where something else is painted over the picture.
    pub(super) covered: bool,
    /// The pictures that may be scans.
    pub(super) scans: Vec<ObjectId>,
    /// Where such a picture is painted once more, over another place of the page.
    pub(super) again: Vec<Area>,
    /// Where texts are shown that are no work of OCR: neither in the invisible mode nor below a scan.
    pub(super) shown: Vec<Area>,
    /// A text stands outside of the page.
    pub(super) outside: bool,
    /// Where texts would stand that are clipped to nothing.
    pub(super) cut: Vec<Area>,
    /// Where texts stand whose outline is so wide that their letters run into a blot.
    pub(super) blots: Vec<Area>,
    /// Where drawings are: boxes that lines join.
    pub(super) drawings: Vec<Area>,
    /// A part of what the page draws cannot be unpacked.
    pub(super) unexamined: bool,
}

#[derive(Debug, Clone, Copy)]
struct Painted {
    area: Area,
    paint: Paint,
    /// A rectangle, which covers all of its area.
    exact: bool,
}

/// Follows the content of one page.
#[derive(Debug)]
pub(super) struct Painter<'a> {
    document: &'a Document,
    page: Area,
    texts: Vec<Area>,
    painted: Vec<Painted>,
    /// What is painted over a scan.
    over_scan: Vec<Area>,
    /// Where each picture is painted, in their order.
    pictures: Vec<Area>,
    /// Which of them are parts of a scan that is stored in pieces.
    parts: BTreeSet<usize>,
    /// Where each picture that may be a scan is painted as one.
    scans: Vec<(ObjectId, Area)>,
    shapes: Shapes,
    comparisons: usize,
    forms: usize,
    layers: bool,
    invisible_over_scan: bool,
    otherwise_suspect: bool,
    found: Suspicion,
}

impl<'a> Painter<'a> {
    /// For a page with that visible area. `layers` tells whether the document has layers that are switched off.
    pub(super) fn new(document: &'a Document, page: Area, layers: bool) -> Self {
        Self {
            document,
            page,
            texts: Vec::new(),
            painted: Vec::new(),
            over_scan: Vec::new(),
            pictures: Vec::new(),
            parts: BTreeSet::new(),
            scans: Vec::new(),
            shapes: Shapes::default(),
            comparisons: 0,
            forms: 0,
            layers,
            invisible_over_scan: false,
            otherwise_suspect: false,
            found: Suspicion::default(),
        }
    }

    pub(super) fn page(mut self, content: &[u8], resources: Option<&'a Dictionary>) -> Suspicion {
        let state = State::new(self.page);
        self.stream(content, resources, state.clone(), 0);
        let parts = strips::of_scan(&self.pictures, &self.page);
        if !parts.is_empty() {
            // Where a scan is stored in pieces is known at the end only.
            self = Self { parts, ..Self::new(self.document, self.page, self.layers) };
            self.stream(content, resources, state, 0);
        }
        let drawings = self.shapes.drawings();
        Suspicion {
            drawings: drawings.iter().map(|area| common(area, &self.page)).collect(),
            suspect: self.otherwise_suspect || self.invisible_over_scan,
            only_over_scan: !self.otherwise_suspect && self.invisible_over_scan && !self.found.covered,
            ..self.found
        }
    }

    fn stream(&mut self, content: &[u8], resources: Option<&'a Dictionary>, state: State, depth: usize) {
        let mut run = Run::new(Resources::new(self.document, resources), state, depth);
        let mut lexer = Lexer::new(content);
        while let Some((token, _)) = lexer.token() {
            match token {
                Token::Number(number) => run.number(number),
                Token::Name(name) => run.named(name),
                Token::String(text) => run.shown(text),
                Token::Bracket(_) => {}
                Token::InlineImage => {
                    let area = transformed_area(&run.state.to_page, [0.0, 0.0, 1.0, 1.0]);
                    self.cover(area, Paint::Unknown, true, &run.state);
                    run.clear();
                }
                Token::Operator(operator) => {
                    self.operator(operator, &mut run);
                    run.clear();
                }
            }
        }
    }

    fn operator(&mut self, operator: &[u8], run: &mut Run<'a, '_>) {
        match operator {
            b"q" if run.saved.len() < 256 => run.saved.push(run.state.clone()),
            b"Q" => run.state = run.saved.pop().unwrap_or_else(|| run.state.clone()),
            b"cm" => {
                if let Some(matrix) = run.matrix() {
                    run.state.to_page = product(&matrix, &run.state.to_page);
                }
            }
            b"gs" => run.resources.apply_state(run.name, &mut run.state.look),
            b"Tj" | b"TJ" => self.show(run),
            b"'" | b"\"" => {
                run.next_line(0.0, -run.state.leading);
                self.show(run);
            }
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => {
                let (paint, exact) = (run.state.fill, run.is_rectangle());
                self.shapes.add(run.subpaths(), true);
                for area in run.areas() {
                    self.cover(area, paint, exact, &run.state);
                }
                run.end_path();
            }
            b"S" | b"s" => {
                self.shapes.add(run.subpaths(), operator == b"s");
                if covers(run.state.stroke, &run.state) {
                    for area in run.strokes().iter().filter_map(|area| shown(area, &run.state)) {
                        self.paint_over(&area, false);
                    }
                }
                run.end_path();
            }
            b"n" => run.end_path(),
            b"sh" => self.cover(run.state.clip, Paint::Unknown, true, &run.state),
            b"Do" => self.draw(run),
            b"BDC" if self.layers && run.is_layer => self.otherwise_suspect = true,
            _ => {
                run.path_operator(operator);
                run.colour_operator(operator);
                run.text_operator(operator);
            }
        }
    }

    fn draw(&mut self, run: &mut Run<'a, '_>) {
        match run.resources.drawn(run.name) {
            Some(Drawn::Picture(id)) => self.picture(id, &run.state),
            Some(Drawn::Form(id)) if run.depth < DEPTH && self.forms < FORMS => {
                self.forms += 1;
                self.form(id, run);
            }
            // What it draws is not followed, and only drawing tells.
            Some(Drawn::Form(_)) => self.otherwise_suspect = true,
            None => {}
        }
    }

    fn picture(&mut self, id: ObjectId, state: &State) {
        let area = transformed_area(&state.to_page, [0.0, 0.0, 1.0, 1.0]);
        let seen = common(&common(&area, &state.clip), &self.page);
        let is_part = self.parts.contains(&self.pictures.len());
        self.pictures.push(seen);
        let mut known = self.scans.iter().filter(|(scan, _)| *scan == id).peekable();
        let is_known = known.peek().is_some();
        let is_elsewhere = is_known && !known.any(|(_, place)| strips::is_same(place, &seen));
        if is_part || size(&seen) > SCAN * size(&self.page) && !is_elsewhere {
            self.scan(id, seen, state);
            return;
        }
        if is_known && covers(Paint::Unknown, state) && self.found.again.len() < CUTS {
            self.found.again.push(seen);
        }
        self.cover(area, Paint::Unknown, true, state);
    }

    /// A picture that may be a scan of the page, or a part of one, is painted.
    fn scan(&mut self, id: ObjectId, area: Area, state: &State) {
        if covers(Paint::Unknown, state) {
            self.paint_over(&area, true);
        }
        self.found.has_layer |= self.texts.iter().any(|text| hides(&area, text));
        self.comparisons += self.found.shown.len() + self.found.again.len();
        if self.comparisons <= COMPARISONS {
            self.found.shown.retain(|text| !hides(&area, text));
            self.found.again.retain(|cover| size(&common(cover, &area)) < size(cover));
        }
        self.found.has_scan = true;
        if !self.found.scans.contains(&id) {
            self.found.scans.push(id);
        }
        if self.scans.len() < CUTS {
            self.scans.push((id, area));
        }
        self.painted.push(Painted { area, paint: Paint::Unknown, exact: true });
    }

    fn form(&mut self, id: ObjectId, run: &Run<'a, '_>) {
        let document = self.document;
        let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else { return };
        let Ok(content) = stream.get_plain_content_with_limit(STREAM_BYTES) else {
            self.found.unexamined = true;
            return;
        };
        let mut state = run.state.clone();
        if let Some(matrix) = stream.dict.get(b"Matrix").ok().and_then(numbers::<6>) {
            state.to_page = product(&matrix, &state.to_page);
        }
        if let Some(bounds) = stream.dict.get(b"BBox").ok().and_then(numbers::<4>) {
            let bounds = around([(bounds[0], bounds[1]), (bounds[2], bounds[3])].into_iter());
            state.clip = common(&state.clip, &transformed_area(&state.to_page, bounds));
        }
        let own = stream.dict.get_deref(b"Resources", document).ok().and_then(|own| own.as_dict().ok());
        self.stream(&content, own.or(run.resources.dictionary()), state, run.depth + 1);
    }

    /// Something is painted over an area, and may be the ground of what is shown later.
    fn cover(&mut self, area: Area, paint: Paint, exact: bool, state: &State) {
        let Some(area) = shown(&area, state) else { return };
        let covers = covers(paint, state);
        if covers {
            self.paint_over(&area, false);
        }
        self.painted.push(Painted { area, paint: if covers { paint } else { Paint::Unknown }, exact });
    }

    /// Something covers an area: a scan, or what may be painted over one.
    fn paint_over(&mut self, area: &Area, is_scan: bool) {
        let is_over_scan = self.found.has_scan && !is_scan;
        if is_over_scan {
            self.over_scan.push(*area);
        }
        if self.otherwise_suspect && (self.found.covered || !is_over_scan) {
            return;
        }
        self.comparisons += self.texts.len();
        let hides = self.comparisons > COMPARISONS || self.texts.iter().any(|text| hides(area, text));
        self.otherwise_suspect |= hides;
        self.found.covered |= hides && is_over_scan;
    }

    fn show(&mut self, run: &mut Run<'a, '_>) {
        let text = run.advance();
        if !run.has_ink {
            return;
        }
        let seen = common(&text, &self.page);
        if seen[2] <= seen[0] || seen[3] <= seen[1] {
            self.found.outside = true;
            return;
        }
        self.texts.push(text);
        let state = &run.state;
        let clipped = common(&text, &state.clip);
        let is_left = |from: usize, to: usize| clipped[to] - clipped[from] > CUT.min(0.2 * (text[to] - text[from]));
        let is_cut = !is_left(0, 2) || !is_left(1, 3);
        if is_cut && self.found.cut.len() < CUTS {
            // Cut to the page: a text of endless width has an edge that no JSON holds.
            self.found.cut.push(seen);
        }
        if matches!(state.mode, 1 | 2 | 5 | 6) && state.pen_on_page() > BLOT * (text[3] - text[1]) {
            self.otherwise_suspect = true;
            if self.found.blots.len() < CUTS {
                self.found.blots.push(seen);
            }
        }
        if state.mode == 3 {
            self.invisible(&text);
            return;
        }
        let is_faint = state.look.alpha < FAINT || state.look.masked;
        if !(is_cut || is_faint || state.mode == 7) && self.found.shown.len() < SHOWN {
            self.found.shown.push(seen);
        }
        if self.otherwise_suspect {
            return;
        }
        let is_small = text[3] - text[1] < SMALL && text[2] - text[0] < SMALL;
        let paint = if matches!(state.mode, 1 | 5) { state.stroke } else { state.fill };
        self.otherwise_suspect = state.mode == 7 || is_cut || is_small || is_faint || self.may_blend_in(&text, paint);
    }

    /// A text is shown in the invisible mode.
    fn invisible(&mut self, text: &Area) {
        self.found.has_layer = true;
        if !self.found.has_scan {
            self.otherwise_suspect = true;
            return;
        }
        self.invisible_over_scan = true;
        if !self.found.covered {
            self.comparisons += self.over_scan.len();
            self.found.covered = self.comparisons > COMPARISONS || self.over_scan.iter().any(|area| hides(area, text));
        }
    }

    /// Whether the paint of a text may be that of the ground below it.
    fn may_blend_in(&mut self, text: &Area, paint: Paint) -> bool {
        let (x, y) = (text[0] + 0.3 * (text[3] - text[1]).min(text[2] - text[0]), f32::midpoint(text[1], text[3]));
        self.comparisons += self.painted.len() / 8;
        let holds = |painted: &&Painted| {
            let area = painted.area;
            area[0] <= x && x <= area[2] && area[1] <= y && y <= area[3]
        };
        for ground in self.painted.iter().rev().filter(holds) {
            match paint.stands_out_from(ground.paint) {
                Some(true) if ground.exact => return false,
                Some(true) => {}
                Some(false) => return true,
                // Dark text on a picture or a pattern is as it should be; light text may need that picture.
                None => return paint.is_light(),
            }
        }
        paint.stands_out_from(Paint::WHITE) == Some(false)
    }
}

/// The part of an area that is seen, if it is large enough to cover something.
fn shown(area: &Area, state: &State) -> Option<Area> {
    let area = common(area, &state.clip);
    (area[2] - area[0] >= COVERING && area[3] - area[1] >= COVERING).then_some(area)
}

/// Whether what is painted covers what was there before.
fn covers(paint: Paint, state: &State) -> bool {
    state.look.alpha > FAINT && !(state.look.blended && paint.is_light())
}

/// Whether an area that is painted over hides a part of a text.
fn hides(area: &Area, text: &Area) -> bool {
    let (shared, height) = (common(text, area), text[3] - text[1]);
    shared[2] - shared[0] > 0.3 * height && shared[3] - shared[1] > 0.5 * height
}

/// An array of that many numbers. Those that are beyond all measure are cut: no JSON holds what is endless.
pub(super) fn numbers<const N: usize>(object: &Object) -> Option<[f32; N]> {
    let number = |object: &Object| Some(object.as_float().ok()?.clamp(-LARGEST, LARGEST));
    let numbers: Vec<f32> = object.as_array().ok()?.iter().filter_map(number).collect();
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_covers_what_is_below_its_line_and_not_what_it_frames() {
        for (path, covers) in [
            ("4 w 60 500 400 200 re S", false),
            ("6 w 60 500 400 104 re S", true),
            ("6 w 60 604 400 200 re S", true),
            ("20 w 60 600 400 10 re S", true),
            ("20 w 60 604 m 400 604 l S", true),
        ] {
            let content = format!("BT /F1 12 Tf 72 600 Td (framed) Tj ET {path}");
            let document = Document::new();
            let found = Painter::new(&document, [0.0, 0.0, 595.0, 842.0], false).page(content.as_bytes(), None);
            assert_eq!(found.suspect, covers, "{path}");
        }
    }
}
