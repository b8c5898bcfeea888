//! Lines that were pulled apart to fill their column: poppler takes words that are far from each other for columns of
//! their own. Such words reach from one edge of the column to the other, and the gaps between them are equal. Two words may
//! be as far from each other as the column is wide: they are a line if the first word below had no room beside them.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::reading::layout::Line;

/// How far edges of the lines of a column may differ, in points.
const ALIGNED: f32 = 1.5;

/// Lines that make the edges of a column, at least.
const LINES: usize = 3;

/// Most pieces of a line.
const PIECES: usize = 24;

/// Most lines with nearly the same edges that are compared.
const ALIKE: usize = 64;

/// Most lines below a row among which its next line is looked for.
const BELOW: usize = 500;

/// Widest gap of a line of several words, in line heights: it is equal to the other gaps.
const WIDEST: f32 = 6.0;

/// Narrowest column in line heights.
const NARROWEST: f32 = 5.0;

/// Narrowest space between two words in line heights.
const SPACE: f32 = 0.2;

/// The next line of a column is not farther away, in line heights.
const NEXT_LINE: f32 = 2.2;

/// Puts the pieces of justified lines together.
pub(super) fn join(lines: &mut Vec<Line>) {
    let mut order: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].turns == 0).collect();
    order.sort_by(|one, other| lines[*one].middle().total_cmp(&lines[*other].middle()));
    let mut edges = Edges::of(lines);
    let mut gone = vec![false; lines.len()];
    let mut start = 0;
    while start < order.len() {
        let first = &lines[order[start]];
        let is_row = |at: &usize| lines[*at].middle() - first.middle() < 0.3 * lines[*at].height.min(first.height);
        let end = start + order[start..].iter().take_while(|at| is_row(at)).count().max(1);
        let mut row = order[start..end].to_vec();
        row.sort_by(|one, other| lines[*one].bounds[0].total_cmp(&lines[*other].bounds[0]));
        let mut from = 0;
        while from < row.len() {
            let whole = ends(lines, &row, from).find(|to| is_line(lines, &row[from..*to], &edges, &order[end..]));
            if let Some(to) = whole
                && let Some(joined) = put_together(lines, &row[from..to], &mut gone)
            {
                edges.add(lines, joined);
            }
            from = whole.unwrap_or(from + 1);
        }
        start = end;
    }
    let mut gone = gone.into_iter();
    lines.retain(|_| !gone.next().unwrap_or_default());
}

/// Where the line may end that begins with the piece `from` of a row: a page may have thousands of pieces in one row, most
/// of them too far from each other.
fn ends(lines: &[Line], row: &[usize], from: usize) -> RangeInclusive<usize> {
    let first = &lines[row[from]];
    let mut right = first.bounds[2];
    let is_near = |at: &&usize| {
        let near = lines[**at].bounds[0] - right < WIDEST * first.height;
        right = right.max(lines[**at].bounds[2]);
        near
    };
    let near = row[from + 1..].iter().take(PIECES - 1).take_while(is_near).count();
    // Two words may be farther apart.
    from + 2..=row.len().min(from + 1 + near.max(1))
}

/// Lines by the places of their edges.
struct Edges(HashMap<[i32; 2], Vec<usize>>);

impl Edges {
    fn of(lines: &[Line]) -> Self {
        let mut edges = Self(HashMap::new());
        for id in 0..lines.len() {
            edges.add(lines, id);
        }
        edges
    }

    fn add(&mut self, lines: &[Line], id: usize) {
        let alike = self.0.entry([cell(lines[id].bounds[0]), cell(lines[id].bounds[2])]).or_default();
        if lines[id].turns == 0 && alike.len() < ALIKE {
            alike.push(id);
        }
    }

    /// Whether enough lines have these edges to make a column.
    fn make_column(&self, lines: &[Line], [left, right]: [f32; 2]) -> bool {
        let near = |at: i32| at.saturating_sub(1)..=at.saturating_add(1);
        let cells = near(cell(left)).flat_map(|left| near(cell(right)).map(move |right| [left, right]));
        let is_alike = |id: &&usize| {
            let bounds = lines[**id].bounds;
            (bounds[0] - left).abs() < ALIGNED && (bounds[2] - right).abs() < ALIGNED
        };
        cells.filter_map(|cell| self.0.get(&cell)).flatten().filter(is_alike).take(LINES).count() == LINES
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place that is no page's becomes the last one")]
fn cell(edge: f32) -> i32 {
    (edge / ALIGNED).floor() as i32
}

/// Whether pieces from left to right are one justified line of a column. `after` are the lines of the rows below, from the
/// top.
fn is_line(lines: &[Line], pieces: &[usize], edges: &Edges, after: &[usize]) -> bool {
    let (Some(first), Some(last)) = (pieces.first().map(|at| &lines[*at]), pieces.last().map(|at| &lines[*at])) else {
        return false;
    };
    let (left, right) = (first.bounds[0], last.bounds[2]);
    if right - left < NARROWEST * first.height
        || pieces.iter().any(|at| lines[*at].right_to_left != first.right_to_left)
    {
        return false;
    }
    let mut words: Vec<[f32; 4]> = pieces.iter().flat_map(|at| words(&lines[*at])).collect();
    words.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let gaps = words.iter().zip(words.iter().skip(1)).map(|(one, next)| next[0] - one[2]);
    let (least, most) = gaps.fold((f32::MAX, 0.0_f32), |(least, most), gap| (least.min(gap), most.max(gap)));
    // One gap alone is equal to nothing else.
    let widest = if words.len() > 2 { WIDEST } else { 2.5 };
    let is_near = most < widest * first.height;
    most - least <= (0.15 * most).max(1.0)
        && (is_near || words.len() == 2)
        && edges.make_column(lines, [left, right])
        && (is_near || is_filled(lines, pieces, [left, right], after))
}

/// Whether pieces that reach from edge to edge have no room for the first word below them, as they would if they were cells:
/// that word is why their line ends there.
fn is_filled(lines: &[Line], pieces: &[usize], [left, right]: [f32; 2], after: &[usize]) -> bool {
    let Some(first) = pieces.first().map(|at| &lines[*at]) else { return false };
    if pieces.iter().any(|at| lines[*at].text.contains(char::is_numeric)) {
        return false;
    }
    let begins = |line: &Line| if line.right_to_left { right - line.bounds[2] } else { line.bounds[0] - left };
    let is_below = |line: &Line| {
        let down = line.middle() - first.middle();
        down > 0.5 * first.height
            && down < NEXT_LINE * first.height
            && begins(line).abs() < ALIGNED
            && line.bounds[0] > left - ALIGNED
            && line.bounds[2] < right + ALIGNED
            && line.turns == 0
    };
    let below = after.iter().take(BELOW).map(|at| &lines[*at]).find(|line| is_below(line));
    let width = |bounds: &[f32; 4]| bounds[2] - bounds[0];
    let inside: f32 =
        pieces.iter().flat_map(|at| words(&lines[*at])).map(|word| width(&word) + SPACE * first.height).sum();
    let next = below.map(|line| line.words.first().map_or(width(&line.bounds), |(_, bounds)| width(bounds)));
    next.is_some_and(|next| inside + next > right - left)
}

/// The places of its words, or its own.
fn words(line: &Line) -> Vec<[f32; 4]> {
    if line.words.is_empty() { vec![line.bounds] } else { line.words.iter().map(|(_, bounds)| *bounds).collect() }
}

/// The piece that has become the whole line.
fn put_together(lines: &mut [Line], pieces: &[usize], gone: &mut [bool]) -> Option<usize> {
    let mut pieces = pieces.to_vec();
    if pieces.first().is_some_and(|first| lines[*first].right_to_left) {
        pieces.reverse();
    }
    let (first, rest) = pieces.split_first()?;
    for at in rest {
        let piece = std::mem::take(&mut lines[*at]);
        lines[*first].append(&piece);
        gone[*at] = true;
    }
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(left: f32, right: f32, top: f32, text: &str) -> Line {
        Line { text: text.to_owned(), bounds: [left, top, right, top + 10.0], height: 10.0, ..Line::default() }
    }

    fn column() -> Vec<Line> {
        (0_u8..4).map(|at| line(220.0, 374.0, 140.0 + 14.0 * f32::from(at), "a line of the column")).collect()
    }

    fn texts(mut lines: Vec<Line>) -> Vec<String> {
        join(&mut lines);
        lines.into_iter().map(|line| line.text).filter(|text| !text.starts_with("a line")).collect()
    }

    #[test]
    fn words_that_fill_a_column_are_its_line() {
        let row = [
            line(60.0, 209.0, 100.0, "beside it"),
            line(220.0, 284.0, 100.0, "and"),
            line(299.0, 305.0, 100.0, "a"),
            line(320.0, 350.0, 100.0, "school"),
            line(365.0, 374.0, 100.0, "of"),
        ];
        assert_eq!(texts([row.to_vec(), column()].concat()), ["beside it", "and a school of"]);
        let mut arabic = row.to_vec();
        for line in &mut arabic {
            line.right_to_left = true;
        }
        assert_eq!(texts([arabic, column()].concat()), ["beside it", "of school a and"]);
    }

    #[test]
    fn two_words_are_a_line_if_the_next_had_no_room_beside_them() {
        let below = |right: f32| Line {
            words: vec![(0, [220.0, 114.0, right, 124.0])],
            ..line(220.0, 374.0, 114.0, "a line below it")
        };
        let row = [line(220.0, 240.0, 100.0, "for"), line(330.0, 374.0, 100.0, "other")];
        assert_eq!(texts([row.to_vec(), vec![below(330.0)], column()].concat()), ["for other"]);
        assert_eq!(texts([row.to_vec(), vec![below(260.0)], column()].concat()).len(), 2, "cells");
        let price = [line(220.0, 240.0, 100.0, "Oats"), line(330.0, 374.0, 100.0, "12 t")];
        assert_eq!(texts([price.to_vec(), vec![below(330.0)], column()].concat()).len(), 2, "a number");
    }

    #[test]
    fn thousands_of_pieces_in_a_row_are_compared_with_the_next_ones_alone() {
        for gap in [25.0, 50.0, 70.0] {
            let letters = (0..5_000_u16).map(|at| {
                let left = (6.0 + gap) * f32::from(at);
                line(left, left + 6.0, 100.0, "a")
            });
            let letters: Vec<Line> = letters.collect();
            let row: Vec<usize> = (0..letters.len()).collect();
            let candidates: usize = row.iter().map(|from| ends(&letters, &row, *from).count()).sum();
            assert!(candidates <= PIECES * row.len(), "{candidates}");
            assert!(gap < 60.0 || candidates < row.len(), "{candidates}");
            assert_eq!(texts(letters).len(), 5_000);
        }
    }

    #[test]
    fn cells_stay_apart() {
        let uneven =
            [line(220.0, 260.0, 100.0, "Oats"), line(280.0, 300.0, 100.0, "12"), line(352.0, 374.0, 100.0, "9")];
        assert_eq!(texts([uneven.to_vec(), column()].concat()).len(), 3);
        let other = [line(220.0, 284.0, 100.0, "Oats"), line(299.0, 340.0, 100.0, "12")];
        assert_eq!(texts([other.to_vec(), column()].concat()).len(), 2, "they do not reach the edge");
    }
}
