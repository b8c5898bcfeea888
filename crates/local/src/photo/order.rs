//! The order in which the lines of a picture are read: rows from the top, each from its left; columns of text one after the
//! other.

/// Left, top, right, bottom.
type Bounds = [f32; 4];

/// Columns are parted by a gap as wide as so many line heights.
const GUTTER: f32 = 1.0;
/// What stands in columns has lines as wide as so many heights: the prices of a bill do not.
const COLUMN_WIDTH: f32 = 8.0;
/// Fewest lines of a column.
const COLUMN_LINES: usize = 3;

/// The indices of level lines in reading order.
pub(super) fn in_order(lines: &[Bounds]) -> Vec<usize> {
    let mut ordered = Vec::with_capacity(lines.len());
    order((0..lines.len()).collect(), lines, &mut ordered);
    ordered
}

fn order(ids: Vec<usize>, lines: &[Bounds], ordered: &mut Vec<usize>) {
    if let Some((left, right)) = columns(&ids, lines) {
        order(left, lines, ordered);
        return order(right, lines, ordered);
    }
    // A heading may stand above columns.
    if let Some((upper, lower)) = bands(&ids, lines) {
        ordered.extend(rows(upper, lines));
        return order(lower, lines, ordered);
    }
    ordered.extend(rows(ids, lines));
}

/// What is left and what is right of a gap that parts columns of text.
fn columns(ids: &[usize], lines: &[Bounds]) -> Option<(Vec<usize>, Vec<usize>)> {
    let gutter = GUTTER * median(ids.iter().map(|&id| height(&lines[id])));
    let mut sorted = ids.to_vec();
    sorted.sort_by(|&one, &other| lines[one][0].total_cmp(&lines[other][0]));
    let mut end = f32::MIN;
    for (at, &id) in sorted.iter().enumerate() {
        let (left, right) = sorted.split_at(at);
        if at > 0 && lines[id][0] - end >= gutter && is_column(left, lines) && is_column(right, lines) {
            return Some((left.to_vec(), right.to_vec()));
        }
        end = end.max(lines[id][2]);
    }
    None
}

fn is_column(ids: &[usize], lines: &[Bounds]) -> bool {
    let shape = ids.iter().map(|&id| (lines[id][2] - lines[id][0]) / height(&lines[id]).max(1.0));
    ids.len() >= COLUMN_LINES && median(shape) >= COLUMN_WIDTH
}

/// The first lines of a page, and the others if those stand in columns.
fn bands(ids: &[usize], lines: &[Bounds]) -> Option<(Vec<usize>, Vec<usize>)> {
    let mut sorted = ids.to_vec();
    sorted.sort_by(|&one, &other| lines[one][1].total_cmp(&lines[other][1]));
    (1..sorted.len()).find_map(|at| {
        let (upper, lower) = sorted.split_at(at);
        columns(lower, lines).map(|_| (upper.to_vec(), lower.to_vec()))
    })
}

/// Lines beside each other are one row.
fn rows(mut ids: Vec<usize>, lines: &[Bounds]) -> Vec<usize> {
    ids.sort_by(|&one, &other| middle(&lines[one]).total_cmp(&middle(&lines[other])));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for id in ids {
        let beside = |row: &&mut Vec<usize>| {
            row.last().is_some_and(|&last| {
                let (last, line) = (&lines[last], &lines[id]);
                let shared = last[3].min(line[3]) - last[1].max(line[1]);
                shared > 0.5 * height(last).min(height(line))
            })
        };
        match rows.last_mut().filter(beside) {
            Some(row) => row.push(id),
            None => rows.push(vec![id]),
        }
    }
    for row in &mut rows {
        row.sort_by(|&one, &other| lines[one][0].total_cmp(&lines[other][0]));
    }
    rows.concat()
}

fn height(line: &Bounds) -> f32 {
    line[3] - line[1]
}

fn middle(line: &Bounds) -> f32 {
    line[1].midpoint(line[3])
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(left: f32, top: f32, width: f32) -> Bounds {
        [left, top, left + width, top + 10.0]
    }

    #[test]
    fn the_pieces_of_a_row_are_read_from_the_left() {
        // A bill: what, and how much.
        let bill = [line(200.0, 31.0, 30.0), line(0.0, 30.0, 120.0), line(0.0, 12.0, 90.0), line(202.0, 10.0, 28.0)];
        assert_eq!(in_order(&bill), [2, 3, 1, 0]);
        assert_eq!(in_order(&[]), Vec::<usize>::new());
    }

    #[test]
    fn columns_of_text_are_read_one_after_the_other_below_their_heading() {
        let mut page = vec![line(20.0, 0.0, 260.0)];
        for row in 1_u8..5 {
            page.push(line(0.0, 20.0 * f32::from(row), 140.0));
            page.push(line(160.0, 20.0 * f32::from(row), 140.0));
        }
        assert_eq!(in_order(&page), [0, 1, 3, 5, 7, 2, 4, 6, 8]);
    }
}
