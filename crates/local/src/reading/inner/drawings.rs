//! Drawings: boxes that lines join, as in diagrams of classes and in flow charts. What is written there does not go on from one
//! box to the next, and a sentence says little without the lines. Boxes in one row or one column are no such drawing: they are
//! read one after the other, as their lines lead. Nor are frames around text, and tables, whose cells touch each other.

use super::graphics::{Area, common};
use super::run::Subpath;

/// What is wider and higher, in points, is a box that may have text in it.
const BOX: [f32; 2] = [24.0, 10.0];

/// What is less wide or high, in points, is a line.
const THIN: f32 = 3.0;

/// The dashes of a line, a line and its arrow head, and a line and the box at its end, are not farther apart, in points.
const NEAR: f32 = 4.0;

/// Boxes with less between them, in points, are parts of one.
const TOUCHING: f32 = 1.5;

/// Boxes with more between them, in points, are apart.
const APART: f32 = 6.0;

/// A line goes along a box and not to it if it is beside it for more than that, in points.
const ALONG: f32 = 10.0;

/// Boxes of a drawing, at least.
const LEAST: usize = 3;

/// Most boxes, and most lines, of one page: with more it is a map.
const MOST: [usize; 2] = [200, 1500];

type Point = (f32, f32);

/// What a page paints, as far as drawings are made of it.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    boxes: Vec<Area>,
    lines: Vec<Line>,
}

/// A line or a dash of one, or something small, such as the head of an arrow.
#[derive(Debug, Clone, Copy)]
struct Line {
    area: Area,
    /// None if it is something small.
    ends: Option<[Point; 2]>,
}

impl Shapes {
    /// A path is painted; what is filled is closed.
    pub(super) fn add(&mut self, path: &[Subpath], filled: bool) {
        for Subpath { area, ends, closed } in path {
            let (width, height) = (area[2] - area[0], area[3] - area[1]);
            let (x, y) = (f32::midpoint(area[0], area[2]), f32::midpoint(area[1], area[3]));
            let ends = match (filled || *closed || distance(ends[0], ends[1]) < 0.5, width < THIN, height < THIN) {
                (false, _, _) => Some(*ends),
                (true, false, true) => Some([(area[0], y), (area[2], y)]),
                (true, true, false) => Some([(x, area[1]), (x, area[3])]),
                _ if width >= BOX[0] && height >= BOX[1] => {
                    if self.boxes.len() <= MOST[0] {
                        self.boxes.push(*area);
                    }
                    continue;
                }
                _ => None,
            };
            if self.lines.len() <= MOST[1] {
                self.lines.push(Line { area: *area, ends });
            }
        }
    }

    /// Where the drawings of the page are.
    pub(super) fn drawings(&self) -> Vec<Area> {
        let is_map = self.boxes.len() > MOST[0] || self.lines.len() > MOST[1];
        if is_map || self.boxes.len() < LEAST || self.lines.is_empty() {
            return Vec::new();
        }
        let boxes = self.nodes();
        if boxes.len() < LEAST {
            return Vec::new();
        }
        let is_between = |line: &&Line| {
            let touched = |ends: [Point; 2], area: &Area| ends.iter().all(|end| is_at_edge(*end, area));
            !boxes.iter().any(|area| holds(area, &line.area) || line.ends.is_some_and(|ends| touched(ends, area)))
        };
        let mut lines: Vec<Line> = self.lines.iter().filter(is_between).copied().collect();
        let of_lines = chains(&mut lines);
        // The boxes first, then the groups of lines that end at them.
        let mut joined = Groups::new(boxes.len() + lines.len());
        for (at, line) in lines.iter().enumerate() {
            let group = boxes.len() + of_lines.of(at);
            joined.join(boxes.len() + at, group);
            for node in (0..boxes.len()).filter(|node| ends_at(line, &boxes[*node])) {
                joined.join(group, node);
            }
        }
        let areas = (0..boxes.len()).map(|first| {
            let of_group: Vec<usize> = (0..boxes.len()).filter(|node| joined.of(*node) == joined.of(first)).collect();
            let is_first = of_group.first() == Some(&first);
            let of_group: Vec<Area> = of_group.into_iter().map(|node| boxes[node]).collect();
            if !is_first || of_group.len() < LEAST || are_in_line(&of_group) {
                return None;
            }
            let own = (0..lines.len()).filter(|line| joined.of(boxes.len() + line) == joined.of(first));
            own.map(|line| lines[line].area).chain(of_group).reduce(|one, other| united(&one, &other))
        });
        let areas: Vec<Option<Area>> = areas.collect();
        areas.into_iter().flatten().collect()
    }

    /// The boxes as a reader sees them: without frames around several, and each once with its compartments and its shadow.
    fn nodes(&self) -> Vec<Area> {
        let is_frame = |area: &&Area| {
            let inside: Vec<&Area> =
                self.boxes.iter().filter(|other| !std::ptr::eq(*other, *area) && holds(area, other)).collect();
            inside.iter().any(|one| inside.iter().any(|other| gap(one, other) > APART))
        };
        let boxes: Vec<Area> = self.boxes.iter().filter(|area| !is_frame(area)).copied().collect();
        let mut groups = Groups::new(boxes.len());
        for (at, area) in boxes.iter().enumerate() {
            for (before, other) in boxes[..at].iter().enumerate() {
                if gap(area, other) < TOUCHING {
                    groups.join(at, before);
                }
            }
        }
        let mut nodes: Vec<Option<Area>> = vec![None; boxes.len()];
        for (at, area) in boxes.iter().enumerate() {
            let node = &mut nodes[groups.of(at)];
            *node = Some(node.map_or(*area, |node| united(&node, area)));
        }
        nodes.into_iter().flatten().collect()
    }
}

/// Which lines are parts of one. They are sorted from left to right.
fn chains(lines: &mut [Line]) -> Groups {
    lines.sort_by(|one, other| one.area[0].total_cmp(&other.area[0]));
    let mut groups = Groups::new(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let near = lines.iter().enumerate().skip(at + 1);
        for (next, other) in near.take_while(|(_, other)| other.area[0] <= line.area[2] + NEAR) {
            if meet(line, other) {
                groups.join(at, next);
            }
        }
    }
    groups
}

/// Sets of things that are joined one by one.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The group of a thing, by one of its things.
    fn of(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        self.0[one.max(other)] = one.min(other);
    }
}

fn distance(one: Point, other: Point) -> f32 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

/// How far a point is outside of an area; 0 inside.
fn outside((x, y): Point, [left, bottom, right, top]: &Area) -> f32 {
    (left - x).max(x - right).max(bottom - y).max(y - top).max(0.0)
}

/// What lies between two areas, across or down; less than 0 if they overlap.
fn gap(one: &Area, other: &Area) -> f32 {
    let shared = common(one, other);
    (shared[0] - shared[2]).max(shared[1] - shared[3])
}

fn united(one: &Area, other: &Area) -> Area {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
}

/// Whether an area lies in another one.
fn holds(area: &Area, inside: &Area) -> bool {
    let corners = [(inside[0], inside[1]), (inside[2], inside[3])];
    corners.into_iter().all(|corner| outside(corner, area) < TOUCHING)
}

/// Whether a point is near the edge of an area, on either side of it.
fn is_at_edge(point: Point, area: &Area) -> bool {
    let [left, bottom, right, top] = *area;
    let core = [left + NEAR, bottom + NEAR, right - NEAR, top - NEAR];
    outside(point, area) <= NEAR && outside(point, &core) > 0.0
}

/// Whether two lines are parts of one: an end of one is at the other.
fn meet(one: &Line, other: &Line) -> bool {
    if gap(&one.area, &other.area) > NEAR {
        return false;
    }
    let is_thin =
        |line: &Line| line.ends.is_none() || line.area[2] - line.area[0] < THIN || line.area[3] - line.area[1] < THIN;
    let ends_at = |line: &Line, other: &Line| {
        line.ends.into_iter().flatten().any(|end| {
            let at_end = other.ends.into_iter().flatten().any(|its| distance(end, its) <= NEAR);
            at_end || is_thin(other) && outside(end, &other.area) <= NEAR
        })
    };
    ends_at(one, other) || ends_at(other, one)
}

/// Whether a line leads to a box: it ends at its edge, and does not go along it.
fn ends_at(line: &Line, area: &Area) -> bool {
    let around = [area[0] - NEAR, area[1] - NEAR, area[2] + NEAR, area[3] + NEAR];
    let shared = common(&line.area, &around);
    let (width, height) = (shared[2] - shared[0], shared[3] - shared[1]);
    if width < 0.0 || height < 0.0 {
        return false;
    }
    let Some(ends) = line.ends else { return true };
    let is_slanted = line.area[2] - line.area[0] > THIN && line.area[3] - line.area[1] > THIN;
    ends.iter().any(|end| is_at_edge(*end, area)) && (is_slanted || width.max(height) <= ALONG)
}

/// Whether boxes stand in one row or one column.
fn are_in_line(boxes: &[Area]) -> bool {
    let shared = boxes.iter().copied().reduce(|one, other| common(&one, &other)).unwrap_or_default();
    shared[0] < shared[2] || shared[1] < shared[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The drawings of a page with those rectangles (left, bottom, width, height) and lines (from, to).
    fn drawings(boxes: &[[f32; 4]], lines: &[[f32; 4]]) -> Vec<Area> {
        let mut shapes = Shapes::default();
        for [left, bottom, width, height] in boxes {
            let area = [*left, *bottom, left + width, bottom + height];
            shapes.add(&[Subpath { area, ends: [(*left, *bottom); 2], closed: true }], false);
        }
        for [x, y, to_x, to_y] in lines {
            let area = [x.min(*to_x), y.min(*to_y), x.max(*to_x), y.max(*to_y)];
            shapes.add(&[Subpath { area, ends: [(*x, *y), (*to_x, *to_y)], closed: false }], false);
        }
        shapes.drawings()
    }

    const THREE: [[f32; 4]; 3] =
        [[200.0, 700.0, 100.0, 50.0], [100.0, 500.0, 100.0, 50.0], [300.0, 500.0, 100.0, 50.0]];

    #[test]
    fn boxes_that_lines_join_are_a_drawing() {
        let whole = [100.0, 500.0, 400.0, 750.0];
        assert_eq!(drawings(&THREE, &[[230.0, 700.0, 150.0, 550.0], [270.0, 700.0, 350.0, 550.0]]), [whole]);
        // A tree of lines at right angles, one of which is dashed.
        let tree = [
            [250.0, 700.0, 250.0, 620.0],
            [150.0, 620.0, 350.0, 620.0],
            [350.0, 620.0, 350.0, 550.0],
            [150.0, 618.0, 150.0, 600.0],
            [150.0, 597.0, 150.0, 575.0],
            [150.0, 572.0, 150.0, 551.0],
        ];
        assert_eq!(drawings(&THREE, &tree), [whole]);
        // In a frame, with shadows and a line in each box.
        let mut framed = vec![[50.0, 450.0, 400.0, 350.0]];
        framed.extend(THREE.iter().flat_map(|area| [[area[0] + 2.0, area[1] - 2.0, area[2], area[3]], *area]));
        let dividers = THREE.map(|[left, bottom, width, _]| [left, bottom + 30.0, left + width, bottom + 30.0]);
        assert_eq!(drawings(&framed, &[tree.as_slice(), &dividers].concat()).len(), 1);
    }

    #[test]
    fn frames_tables_cards_and_steps_in_a_row_are_none() {
        // Nothing joins them; a rule goes along them.
        assert_eq!(drawings(&THREE, &[]).len(), 0);
        assert_eq!(drawings(&THREE, &[[100.0, 498.0, 400.0, 498.0], [100.0, 752.0, 400.0, 752.0]]).len(), 0);
        // A table of cells with its rules.
        let cells: Vec<[f32; 4]> = [0.0, 1.0, 2.0]
            .iter()
            .flat_map(|row| [0.0, 1.0].map(|column| [100.0 + 80.0 * column, 500.0 + 20.0 * row, 80.0, 20.0]))
            .collect();
        assert_eq!(drawings(&cells, &[[100.0, 520.0, 260.0, 520.0], [180.0, 500.0, 180.0, 560.0]]).len(), 0);
        // Steps below each other, with arrows.
        let steps = [600.0, 500.0, 400.0].map(|bottom| [100.0, bottom, 150.0, 50.0]);
        let arrows = [[175.0, 600.0, 175.0, 550.0], [175.0, 500.0, 175.0, 450.0]];
        assert_eq!(drawings(&steps, &arrows).len(), 0);
        // The bars of a chart on their axis, with lines behind them.
        let bars = [100.0, 150.0, 200.0].map(|left| [left, 500.0, 30.0, left - 40.0]);
        let lines = [[90.0, 500.0, 240.0, 500.0], [90.0, 560.0, 240.0, 560.0], [90.0, 500.0, 90.0, 700.0]];
        assert_eq!(drawings(&bars, &lines).len(), 0);
    }
}
