//! Builds of a slide: successive pages of which each repeats the one before and adds to it. The last one counts.

use std::collections::HashSet;

use sluice_domain::document::{LeftOut, Reason};

use super::assemble::left_out;
use super::layout::{Line, RawPage};

/// Most lines of a page that can be a slide.
const MOST_LINES: usize = 60;

/// For each page, whether the next one is a later build of it.
pub(super) fn earlier(pages: &[RawPage]) -> Vec<bool> {
    let mut earlier: Vec<bool> =
        pages.windows(2).map(|pair| matches!(pair, [page, next] if is_build(page, next))).collect();
    earlier.push(false);
    earlier.truncate(pages.len());
    earlier
}

/// Removes the text of earlier builds.
pub(super) fn remove(pages: &mut [RawPage], earlier: &[bool], report: &mut Vec<LeftOut>) {
    for (page, _) in pages.iter_mut().zip(earlier).filter(|(_, earlier)| **earlier) {
        let first = page.blocks.iter().flat_map(|block| &block.lines).next();
        report.push(left_out(page.number, Reason::EarlierBuild, first.map_or("", |line| line.text.as_str())));
        page.blocks.clear();
    }
}

/// Whether all of a page stands at the same place on the next one. Only of pages that are wider than high: a form that
/// is printed twice is not a slide.
fn is_build(page: &RawPage, next: &RawPage) -> bool {
    let same_size = (page.width - next.width).abs() < 1.0 && (page.height - next.height).abs() < 1.0;
    let lines = || page.blocks.iter().flat_map(|block| &block.lines);
    let count = lines().count();
    if !same_size || page.width <= page.height || !(2..=MOST_LINES).contains(&count) {
        return false;
    }
    let later: HashSet<(String, i32, i32)> =
        next.blocks.iter().flat_map(|block| &block.lines).flat_map(near_keys).collect();
    let content = lines().filter(|line| !is_counter(&line.text));
    let mut compared = 0;
    for line in content {
        compared += 1;
        let [own, ..] = near_keys(line);
        if !later.contains(&own) {
            return false;
        }
    }
    compared > 1
}

/// A page number, which the builds of a slide may count.
fn is_counter(text: &str) -> bool {
    text.chars().count() <= 12 && text.chars().any(char::is_numeric) && !text.chars().any(char::is_alphabetic)
}

/// The text and its place in points, and the places beside it.
#[expect(clippy::cast_possible_truncation, reason = "a position on a page is far below the limits of i32")]
fn near_keys(line: &Line) -> [(String, i32, i32); 9] {
    let (left, bottom) = (line.bounds[0].round() as i32, line.bounds[3].round() as i32);
    let places = [(0, 0), (0, 1), (0, -1), (1, 0), (1, 1), (1, -1), (-1, 0), (-1, 1), (-1, -1)];
    places.map(|(across, down)| (line.text.clone(), left + across, bottom + down))
}
