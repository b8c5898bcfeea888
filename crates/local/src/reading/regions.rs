//! Reading order by geometry: a page is cut into bands, bands into columns, and tables are told from columns of text.

mod justified;
mod kinds;

use kinds::Kind;

use super::layout::{Line, RawBlock};

/// Narrowest gap between two columns in line heights.
const GUTTER: f32 = 0.9;

/// The same between columns of many lines, where a chance gap is out of the question.
const GUTTER_OF_MANY: f32 = 0.5;

/// Lines of two columns that make [`GUTTER_OF_MANY`] enough.
const MANY_LINES: usize = 8;

/// A column narrower than this part of the widest one beside it is a sidebar: read after the text.
const SIDEBAR: f32 = 0.45;

/// Deepest nesting of columns in columns.
const DEEPEST: u32 = 12;

/// Most columns side by side: each line is compared with all of them.
const MOST_COLUMNS: usize = 300;

/// A part of a page whose lines stand below each other.
#[derive(Debug)]
pub(super) enum Region {
    /// Text.
    Column(Vec<Line>),
    /// The cells of a table, row by row.
    Table(Vec<Line>),
}

/// The lines of a page in reading order.
pub(super) fn in_order(mut blocks: Vec<RawBlock>) -> Vec<Region> {
    for first in blocks.iter_mut().filter_map(|block| block.lines.first_mut()) {
        first.begins_block = true;
    }
    let mut lines: Vec<Line> = blocks.into_iter().flat_map(|block| block.lines).collect();
    justified::join(&mut lines);
    let mut regions = Vec::new();
    // What is turned is read after what is upright, each in its own order.
    for turns in 0..4 {
        let ids: Vec<usize> = (0..lines.len()).filter(|id| lines[*id].turns == turns).collect();
        let letters = |rtl: bool| -> usize {
            ids.iter().map(|id| &lines[*id]).filter(|line| line.right_to_left == rtl).map(|line| line.text.len()).sum()
        };
        let mut cutter = Cutter { right_to_left: letters(true) > letters(false), lines: &lines, parts: Vec::new() };
        cutter.cut(ids, 0);
        regions.extend(cutter.parts);
    }
    regions
        .into_iter()
        .map(|part| {
            let mut take = |ids: Vec<usize>| ids.into_iter().map(|id| std::mem::take(&mut lines[id])).collect();
            match part {
                Part::Column(ids) => Region::Column(take(ids)),
                Part::Table(ids) => Region::Table(take(ids)),
            }
        })
        .collect()
}

enum Part {
    Column(Vec<usize>),
    Table(Vec<usize>),
}

struct Cutter<'a> {
    lines: &'a [Line],
    right_to_left: bool,
    parts: Vec<Part>,
}

impl Cutter<'_> {
    fn cut(&mut self, mut ids: Vec<usize>, depth: u32) {
        if ids.is_empty() {
            return;
        }
        if ids.len() == 1 || depth > DEEPEST {
            self.sort_rows(&mut ids);
            return self.push_column(ids);
        }
        if let Some(columns) = self.full_columns(&ids) {
            return self.side_by_side(columns, depth);
        }
        let Some(bands) = self.bands(&ids).filter(|bands| bands.len() > 1) else {
            self.sort_rows(&mut ids);
            return self.push_column(ids);
        };
        for band in bands {
            match band {
                Band { columns, .. } if columns.len() > 1 => {
                    self.side_by_side(columns.into_iter().map(|column| column.ids).collect(), depth);
                }
                Band { columns, .. } => {
                    let mut ids: Vec<usize> = columns.into_iter().flat_map(|column| column.ids).collect();
                    self.sort_rows(&mut ids);
                    self.push_column(ids);
                }
            }
        }
    }

    /// Adds lines below each other; what follows a column directly belongs to it.
    fn push_column(&mut self, ids: Vec<usize>) {
        match self.parts.last_mut() {
            Some(Part::Column(last))
                if last
                    .last()
                    .zip(ids.first())
                    .is_some_and(|(last, next)| self.lines[*last].bounds[3] <= self.lines[*next].bounds[3]) =>
            {
                last.extend(ids);
            }
            _ => self.parts.push(Part::Column(ids)),
        }
    }

    fn side_by_side(&mut self, mut columns: Vec<Vec<usize>>, depth: u32) {
        for column in &mut columns {
            self.sort_rows(column);
        }
        match self.kind(&columns) {
            Kind::Table => {
                let mut ids = columns.concat();
                self.sort_rows(&mut ids);
                self.add_table(ids);
            }
            Kind::Rows => {
                let mut ids = columns.concat();
                self.sort_rows(&mut ids);
                self.push_column(ids);
            }
            Kind::Columns => {
                self.arrange(&mut columns);
                // Each column is a region of its own.
                self.parts.push(Part::Column(Vec::new()));
                for column in columns {
                    self.cut(column, depth + 1);
                    self.parts.push(Part::Column(Vec::new()));
                }
            }
        }
    }

    /// Adds the rows of a table: to the table directly above, if there is one.
    fn add_table(&mut self, ids: Vec<usize>) {
        if let Some(Part::Table(last)) = self.parts.last_mut() {
            last.extend(ids);
        } else {
            self.parts.push(Part::Table(ids));
        }
    }

    /// From left to right, or from right to left; sidebars after the text.
    fn arrange(&self, columns: &mut [Vec<usize>]) {
        let width = |ids: &Vec<usize>| {
            let [left, right] = self.sides(ids);
            right - left
        };
        let widest = columns.iter().map(width).fold(0.0, f32::max);
        let longest = columns.iter().map(Vec::len).max().unwrap_or_default();
        let key = |ids: &Vec<usize>| {
            let [left, right] = self.sides(ids);
            let is_sidebar = width(ids) < SIDEBAR * widest && ids.len() <= longest;
            (is_sidebar, if self.right_to_left { -right } else { left })
        };
        columns.sort_by(|one, other| {
            let (one, other) = (key(one), key(other));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        });
    }

    fn sides(&self, ids: &[usize]) -> [f32; 2] {
        let bounds = ids.iter().map(|id| self.lines[*id].bounds);
        bounds.fold([f32::MAX, f32::MIN], |[left, right], bounds| [left.min(bounds[0]), right.max(bounds[2])])
    }

    fn ends(&self, ids: &[usize]) -> [f32; 2] {
        let bounds = ids.iter().map(|id| self.lines[*id].bounds);
        bounds.fold([f32::MAX, f32::MIN], |[top, bottom], bounds| [top.min(bounds[1]), bottom.max(bounds[3])])
    }

    fn usual_height(&self, ids: &[usize]) -> f32 {
        let mut heights: Vec<f32> = ids.iter().map(|id| self.lines[*id].height).collect();
        heights.sort_by(f32::total_cmp);
        heights.get(heights.len() / 2).copied().unwrap_or_default().max(1.0)
    }

    /// By rows from the top, and within a row in reading direction.
    fn sort_rows(&self, ids: &mut [usize]) {
        ids.sort_by(|one, other| self.lines[*one].middle().total_cmp(&self.lines[*other].middle()));
        let mut start = 0;
        while start < ids.len() {
            let first = &self.lines[ids[start]];
            let is_row =
                |id: &usize| self.lines[*id].middle() - first.middle() < 0.4 * self.lines[*id].height.min(first.height);
            let end = start + ids[start..].iter().take_while(|id| is_row(id)).count().max(1);
            ids[start..end].sort_by(|one, other| {
                let (one, other) = (self.lines[*one].bounds, self.lines[*other].bounds);
                if self.right_to_left { other[2].total_cmp(&one[2]) } else { one[0].total_cmp(&other[0]) }
            });
            start = end;
        }
    }

    /// Columns with a gap between them from the top of all lines to the bottom.
    fn full_columns(&self, ids: &[usize]) -> Option<Vec<Vec<usize>>> {
        let gutter = self.usual_height(ids) * GUTTER_OF_MANY;
        let mut sorted = ids.to_vec();
        sorted.sort_by(|one, other| self.lines[*one].bounds[0].total_cmp(&self.lines[*other].bounds[0]));
        let mut columns: Vec<(Vec<usize>, f32)> = Vec::new();
        for id in sorted {
            let bounds = self.lines[id].bounds;
            match columns.last_mut() {
                Some((column, right)) if bounds[0] < *right + gutter => {
                    column.push(id);
                    *right = right.max(bounds[2]);
                }
                _ => columns.push((vec![id], bounds[2])),
            }
        }
        let columns: Vec<Vec<usize>> = columns.into_iter().map(|(ids, _)| ids).collect();
        let valid = columns.len() > 1 && columns.windows(2).all(|pair| self.are_columns(&pair[0], &pair[1], gutter));
        valid.then_some(columns)
    }

    /// Whether two sets of lines with a narrow gap between them stand side by side.
    fn are_columns(&self, one: &[usize], other: &[usize], narrow: f32) -> bool {
        let (ends, other_ends) = (self.ends(one), self.ends(other));
        let shared = ends[1].min(other_ends[1]) - ends[0].max(other_ends[0]);
        let shorter = (ends[1] - ends[0]).min(other_ends[1] - other_ends[0]);
        let gap = self.sides(other)[0] - self.sides(one)[1];
        let many = one.len() >= MANY_LINES && other.len() >= MANY_LINES;
        one.len() > 1 && other.len() > 1 && shared > 0.5 * shorter && (many || gap > narrow / GUTTER_OF_MANY * GUTTER)
    }

    /// Cuts lines into bands of one or several columns, from the top; none if there are too many columns.
    fn bands(&self, ids: &[usize]) -> Option<Vec<Band>> {
        let mut sorted = ids.to_vec();
        sorted.sort_by(|one, other| self.lines[*one].bounds[1].total_cmp(&self.lines[*other].bounds[1]));
        let gutter = self.usual_height(ids) * GUTTER;
        let mut bands: Vec<Band> = vec![Band::default()];
        for id in sorted {
            let band = bands.last_mut().filter(|band| band.columns.len() <= MOST_COLUMNS)?;
            if band.add(self.lines, id, gutter) {
                continue;
            }
            let next = band.split_off(self.lines, id, gutter);
            if band.columns.is_empty() {
                bands.pop();
            }
            bands.push(next);
        }
        Some(bands)
    }
}

/// Lines between two heights on the page, in one or several columns.
#[derive(Default)]
struct Band {
    columns: Vec<Column>,
    bottom: f32,
}

#[derive(Default)]
struct Column {
    left: f32,
    right: f32,
    ids: Vec<usize>,
}

impl Band {
    /// Adds a line, unless it begins another band.
    fn add(&mut self, lines: &[Line], id: usize, gutter: f32) -> bool {
        let [left, top, right, bottom] = lines[id].bounds;
        let hits: Vec<usize> =
            (0..self.columns.len()).filter(|at| overlap(&self.columns[*at], left, right) > 0.2 * gutter).collect();
        let is_beside = self
            .columns
            .iter()
            .flat_map(|column| column.ids.iter().rev().take(4))
            .any(|other| beside(lines[*other].bounds, lines[id].bounds));
        match (self.columns.as_mut_slice(), hits.as_slice()) {
            ([], _) => self.columns.push(Column { left, right, ids: vec![id] }),
            // One column so far: lines below each other, wherever they stand.
            ([column], _) if !is_beside => column.add(id, left, right),
            ([_], _) => return false,
            (columns, [at])
                if columns.iter().enumerate().all(|(other, column)| {
                    other == *at || column.left - right > 0.3 * gutter || left - column.right > 0.3 * gutter
                }) =>
            {
                columns[*at].add(id, left, right);
            }
            (_, []) if is_beside || top < self.bottom => {
                self.columns.push(Column { left, right, ids: vec![id] });
            }
            _ => return false,
        }
        self.bottom = self.bottom.max(bottom);
        true
    }

    /// The band that begins with a line: lines beside it go with it, and those above that stand in their columns; so does
    /// what stands below all other columns with a gap above it: the heading of what follows.
    fn split_off(&mut self, lines: &[Line], id: usize, gutter: f32) -> Band {
        let mut next = Band::default();
        if self.columns.len() == 1 {
            let bounds = lines[id].bounds;
            next.put(lines, id, gutter);
            let ids = &mut self.columns[0].ids;
            let beside_it = ids.iter().rev().take_while(|last| beside(lines[**last].bounds, bounds)).count();
            for id in ids.split_off(ids.len() - beside_it) {
                next.put(lines, id, gutter);
            }
            let above = ids.iter().rev().take_while(|id| next.has_place(lines[**id].bounds)).count();
            // The last line of a paragraph across the page is short as well: only what stands apart from it.
            let starts = (ids.len() - above..ids.len()).find(|at| match at.checked_sub(1) {
                Some(last) => lines[ids[*at]].bounds[1] - lines[ids[last]].bounds[3] > 0.4 * gutter,
                None => true,
            });
            for id in starts.map(|at| ids.split_off(at)).unwrap_or_default() {
                next.put(lines, id, gutter);
            }
        } else if let Some(row) = self.row_of(lines, id) {
            for id in row.into_iter().chain([id]) {
                next.put(lines, id, gutter);
            }
        } else {
            for id in self.tail(lines, gutter).into_iter().rev().chain([id]) {
                match next.columns.first_mut() {
                    Some(column) => column.add(id, lines[id].bounds[0], lines[id].bounds[2]),
                    None => next.put(lines, id, gutter),
                }
                next.bottom = next.bottom.max(lines[id].bounds[3]);
            }
        }
        self.columns.retain(|column| !column.ids.is_empty());
        next
    }

    /// Takes the last lines that stand at the height of a line, if there are any: a row is not torn.
    fn row_of(&mut self, lines: &[Line], id: usize) -> Option<Vec<usize>> {
        let mut row = Vec::new();
        for column in &mut self.columns {
            while let Some(last) = column.ids.pop_if(|last| beside(lines[*last].bounds, lines[id].bounds)) {
                row.push(last);
            }
        }
        (!row.is_empty()).then_some(row)
    }

    /// Puts a line into the column in which it stands, or into a new one.
    fn put(&mut self, lines: &[Line], id: usize, gutter: f32) {
        let [left, _, right, bottom] = lines[id].bounds;
        match self.columns.iter_mut().find(|column| overlap(column, left, right) > 0.2 * gutter) {
            Some(column) => column.add(id, left, right),
            None => self.columns.push(Column { left, right, ids: vec![id] }),
        }
        self.bottom = self.bottom.max(bottom);
    }

    /// Whether a line touches one of the columns and ends before the next.
    fn has_place(&self, bounds: [f32; 4]) -> bool {
        let touched = self.columns.iter().filter(|column| overlap(column, bounds[0], bounds[2]) > 0.0).count();
        touched == 1 && self.columns.len() > 1
    }

    /// Takes the last lines, in reverse, that stand below all others after a gap.
    fn tail(&mut self, lines: &[Line], gutter: f32) -> Vec<usize> {
        let bottom = |column: &Column| column.ids.iter().map(|id| lines[*id].bounds[3]).fold(f32::MIN, f32::max);
        let Some(longest) = (0..self.columns.len())
            .max_by(|one, other| bottom(&self.columns[*one]).total_cmp(&bottom(&self.columns[*other])))
        else {
            return Vec::new();
        };
        let others = self
            .columns
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != longest)
            .map(|(_, column)| bottom(column))
            .fold(f32::MIN, f32::max);
        let ids = &mut self.columns[longest].ids;
        let below = ids.iter().rev().take_while(|id| lines[**id].bounds[1] > others).count();
        let first = ids.len() - below;
        let gap_above = |at: usize| {
            lines[ids[at]].bounds[1] - at.checked_sub(1).map_or(others, |last| lines[ids[last]].bounds[3]).max(others)
        };
        match (first..ids.len()).rev().find(|at| gap_above(*at) > 0.9 * gutter) {
            Some(at) => {
                let mut tail = ids.split_off(at);
                tail.reverse();
                tail
            }
            None => Vec::new(),
        }
    }
}

impl Column {
    fn add(&mut self, id: usize, left: f32, right: f32) {
        self.left = self.left.min(left);
        self.right = self.right.max(right);
        self.ids.push(id);
    }
}

fn overlap(column: &Column, left: f32, right: f32) -> f32 {
    column.right.min(right) - column.left.max(left)
}

/// At the same height, one at the left of the other.
fn beside(one: [f32; 4], other: [f32; 4]) -> bool {
    let shared = one[3].min(other[3]) - one[1].max(other[1]);
    let smaller = (one[3] - one[1]).min(other[3] - other[1]);
    shared > 0.35 * smaller && (one[2] <= other[0] + 1.0 || other[2] <= one[0] + 1.0)
}
