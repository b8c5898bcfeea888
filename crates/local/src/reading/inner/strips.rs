//! A scan that is stored in pieces: strips below each other, or tiles. Each is a picture by itself, and hardly any is as large
//! as a scan.

use std::collections::BTreeSet;

use super::graphics::{Area, common, size};
use super::painting::SCAN;

/// The edges of two pieces differ by less, in points.
const NEAR: f32 = 1.5;

/// Two pieces side by side share at least this part of the shorter one's edge.
const SHARED: f32 = 0.9;

/// Pictures of a page at most: beyond that they are no pieces of one.
const MOST: usize = 1000;

/// Print and paper may be stored apart, each in its own pieces.
const LAYERS: usize = 3;

/// Which pictures, given by their places in the order of painting, are pieces of scans of the page.
pub(super) fn of_scan(pictures: &[Area], page: &Area) -> BTreeSet<usize> {
    let mut pieces = BTreeSet::new();
    if !(2..=MOST).contains(&pictures.len()) {
        return pieces;
    }
    let mut left: Vec<usize> = (0..pictures.len()).filter(|at| size(&pictures[*at]) > 0.0).collect();
    for _ in 0..LAYERS {
        let (side_by_side, over) = without_overlap(pictures, &left);
        let found = groups(pictures, &side_by_side).into_iter().filter(|group| is_scan(pictures, group, page));
        pieces.extend(found.flatten());
        left = over;
    }
    pieces
}

/// Those that overlap none before them, and the others, which are painted over those.
fn without_overlap(pictures: &[Area], left: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let mut side_by_side: Vec<usize> = Vec::with_capacity(left.len());
    let mut over = Vec::new();
    for at in left {
        let overlaps = side_by_side.iter().any(|before| {
            let shared = common(&pictures[*before], &pictures[*at]);
            shared[2] - shared[0] > NEAR && shared[3] - shared[1] > NEAR
        });
        if overlaps { over.push(*at) } else { side_by_side.push(*at) }
    }
    (side_by_side, over)
}

/// Those that are next to each other, together.
fn groups(pictures: &[Area], all: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in all {
        let is_next = |group: &Vec<usize>| group.iter().any(|other| is_beside(&pictures[*other], &pictures[*at]));
        let (next, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_next);
        others.push(next.into_iter().flatten().chain([*at]).collect());
        groups = others;
    }
    groups
}

/// Whether two places touch along an edge.
fn is_beside(one: &Area, other: &Area) -> bool {
    let touches =
        |low: usize, high: usize| (one[high] - other[low]).abs() < NEAR || (other[high] - one[low]).abs() < NEAR;
    let shares = |low: usize, high: usize| {
        let shorter = (one[high] - one[low]).min(other[high] - other[low]);
        one[high].min(other[high]) - one[low].max(other[low]) > SHARED * shorter
    };
    touches(0, 2) && shares(1, 3) || touches(1, 3) && shares(0, 2)
}

/// Whether pieces that do not overlap are as large as a scan of the page.
fn is_scan(pictures: &[Area], group: &[usize], page: &Area) -> bool {
    group.len() > 1 && group.iter().map(|at| size(&pictures[*at])).sum::<f32>() > SCAN * size(page)
}

/// Whether two places are one.
pub(super) fn is_same(one: &Area, other: &Area) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() < NEAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Area = [0.0, 0.0, 600.0, 800.0];

    fn strip(bottom: f32, top: f32) -> Area {
        [0.0, bottom, 600.0, top]
    }

    fn pieces(pictures: &[Area]) -> Vec<usize> {
        of_scan(pictures, &PAGE).into_iter().collect()
    }

    #[test]
    fn pictures_side_by_side_are_pieces_of_a_scan() {
        assert_eq!(pieces(&[strip(600.0, 800.0), strip(300.0, 600.4), strip(0.0, 300.0)]), [0, 1, 2]);
        let tiles: Vec<Area> = [0.0, 300.0]
            .iter()
            .flat_map(|left| [0.0, 400.0].map(|bottom| [*left, bottom, left + 300.0, bottom + 400.0]))
            .collect();
        assert_eq!(pieces(&tiles), [0, 1, 2, 3]);
        // Print and paper, each in strips.
        assert_eq!(
            pieces(&[strip(400.0, 800.0), strip(0.0, 400.0), strip(380.0, 790.0), strip(0.0, 380.0)]),
            [0, 1, 2, 3]
        );
    }

    #[test]
    fn a_picture_over_the_pieces_or_away_from_them_is_none() {
        let cover = [100.0, 500.0, 300.0, 640.0];
        assert_eq!(pieces(&[strip(600.0, 800.0), strip(300.0, 600.0), strip(0.0, 300.0), cover]), [0, 1, 2]);
        // Exactly where one of them is.
        assert_eq!(pieces(&[strip(400.0, 800.0), strip(0.0, 400.0), strip(0.0, 400.0)]), [0, 1]);
        assert_eq!(pieces(&[strip(700.0, 800.0), strip(100.0, 300.0)]), Vec::<usize>::new());
        assert_eq!(pieces(&[strip(700.0, 800.0), strip(600.0, 700.0)]), Vec::<usize>::new());
        assert_eq!(pieces(&[PAGE]), Vec::<usize>::new());
    }
}
