//! Stamps and marks behind or across the text.

use sluice_domain::document::{LeftOut, Reason};

use super::assemble::left_out;
use super::layout::{Line, RawPage};
use super::paragraphs::ends_sentence;

/// Taller than the text by this factor.
const TALLER: f32 = 2.2;

/// A line at an angle to the page of fewer words is a stamp, unless there are more such lines.
const STAMP_WORDS: usize = 25;

/// So many letters on a slope, in so many pieces at least, are a line at an angle. Letters without cases are words, and may be
/// labels in stairs.
const SLOPE: usize = 4;
const SLOPE_UNCASED: usize = 5;
const PIECES: usize = 4;

/// The slope from one to the next differs by no more than this part of it.
const SAME_SLOPE: f32 = 0.2;

/// Letters of a piece of a line at an angle, at most.
const PIECE: usize = 4;

/// Edges that differ by less, in points, are one.
const SAME_EDGE: f32 = 0.05;

/// Most pieces of slanted text on a page between which others are looked for.
const MOST_SLANTED: usize = 2000;

/// Most large lines of a page that are compared with all others.
const MOST_LARGE: usize = 500;

/// Removes watermarks.
pub(super) fn remove(pages: &mut [RawPage], report: &mut Vec<LeftOut>) {
    let mut named: Vec<String> = Vec::new();
    for page in pages {
        let text_height = usual_height(page);
        let lines: Vec<&Line> = page.blocks.iter().flat_map(|block| &block.lines).collect();
        let rises = on_a_slope(&lines, text_height);
        let chained = chained(&lines, text_height);
        let is_slanted: Vec<bool> = lines
            .iter()
            .zip(chained)
            .map(|(line, chained)| chained || is_slanted(line, text_height) || rises && is_letter(line, text_height))
            .collect();
        let slanted: Vec<&Line> = lines
            .iter()
            .zip(&is_slanted)
            .filter_map(|(line, slanted)| slanted.then_some(*line))
            .take(MOST_SLANTED)
            .collect();
        let stamps = [0, 1, 2, 3].map(|turns| is_stamp(turns, &lines));
        let mut large = 0;
        let is_mark: Vec<bool> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| {
                is_slanted[at]
                    || is_between(line, &slanted, text_height)
                    || is_large(line, text_height) && {
                        large += 1;
                        large <= MOST_LARGE && is_across(line, &lines)
                    }
                    || stamps[usize::from(line.turns % 4)]
            })
            .collect();
        if !is_mark.contains(&true) {
            continue;
        }
        let texts: Vec<&str> =
            lines.iter().zip(&is_mark).filter(|(_, mark)| **mark).map(|(line, _)| line.text.as_str()).collect();
        // A slanted word comes in pieces of a letter or two.
        let text = if texts.iter().all(|text| text.chars().count() < 4) { texts.concat() } else { texts.join(" ") };
        if !named.contains(&text) {
            report.push(left_out(page.number, Reason::Watermark, &text));
            named.push(text);
        }
        let mut marks = is_mark.into_iter();
        for block in &mut page.blocks {
            block.lines.retain(|_| !marks.next().unwrap_or_default());
        }
        page.blocks.retain(|block| !block.lines.is_empty());
    }
}

/// The height of most letters on the page.
fn usual_height(page: &RawPage) -> f32 {
    let mut heights: Vec<(f32, usize)> =
        page.blocks.iter().flat_map(|block| &block.lines).map(|line| (line.height, line.text.len())).collect();
    heights.sort_by(|one, other| one.0.total_cmp(&other.0));
    let all: usize = heights.iter().map(|(_, letters)| letters).sum();
    let mut sum = 0;
    for (height, letters) in heights {
        sum += letters;
        if sum * 2 >= all {
            return height;
        }
    }
    0.0
}

/// Pieces of slanted text: the bounds of each letter are those of a turned square, far wider than letters of the height
/// would be apart.
fn is_slanted(line: &Line, text_height: f32) -> bool {
    let letters = line.text.chars().filter(|c| !c.is_whitespace()).count();
    let [left, top, right, bottom] = line.bounds;
    let (width, height) = (right - left, bottom - top);
    let is_large = height > TALLER * text_height && text_height > 0.0;
    let is_piece = letters <= 4
        && (letters == 1 && width > 1.5 * height
            || letters > 1 && (line.height < 0.99 * height || width > 0.95 * height * count(letters)));
    is_large && is_piece
}

/// One or two large letters by themselves.
fn is_letter(line: &Line, text_height: f32) -> bool {
    let is_large = line.bounds[3] - line.bounds[1] > TALLER * text_height && text_height > 0.0;
    is_large && line.text.chars().count() <= 2 && line.text.chars().all(char::is_alphabetic)
}

/// Whether large letters stand on one slope, each where the one before ends, as those of a line at an angle do: the initials
/// of paragraphs stand below each other, and labels in stairs apart from each other.
fn on_a_slope(lines: &[&Line], text_height: f32) -> bool {
    let mut letters: Vec<&&Line> = lines.iter().filter(|line| is_letter(line, text_height)).collect();
    letters.sort_by(|one, other| one.bounds[0].total_cmp(&other.bounds[0]));
    let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return false };
    // Where a letter begins on its line: at its lower edge if the line rises.
    let edge = if last.bounds[1] < first.bounds[1] { 3 } else { 1 };
    let slope =
        |one: &Line, next: &Line| (next.bounds[edge] - one.bounds[edge]) / (next.bounds[0] - one.bounds[0]).max(0.1);
    let usual = slope(first, last);
    let touches = |one: &Line, next: &Line| {
        let ([_, top, right, bottom], [next_left, next_top, next_right, next_bottom]) = (one.bounds, next.bounds);
        let apart = (next_left - right).abs().min((next_top - bottom).max(top - next_bottom).abs());
        apart < 0.3 * (next_bottom - next_top).min(next_right - next_left)
    };
    let pairs = || letters.windows(2).map(|pair| (pair[0], pair[1]));
    let chars = || letters.iter().flat_map(|line| line.text.chars());
    let is_cased = chars().all(|c| c.is_uppercase() || c.is_lowercase());
    letters.len() >= PIECES
        && chars().count() >= if is_cased { SLOPE } else { SLOPE_UNCASED }
        && usual.abs() > 0.1
        && pairs().all(|(one, next)| {
            next.bounds[0] - one.bounds[0] > 2.0 && (slope(one, next) - usual).abs() < SAME_SLOPE * usual.abs()
        })
        && pairs().filter(|(one, next)| touches(one, next)).count() * 2 >= letters.len() - 1
}

/// For each line whether it is a piece of a line at an angle of which poppler joins some letters: at steep angles the box of
/// each piece ends exactly where that of the next begins, one higher or lower, and both reach beside each other.
fn chained(lines: &[&Line], text_height: f32) -> Vec<bool> {
    let is_piece = |line: &Line| {
        let count = line.text.chars().count();
        // A narrow letter that lies nearly on its side is wide, and not high.
        let (width, height) = (line.bounds[2] - line.bounds[0], line.bounds[3] - line.bounds[1]);
        let size = if count == 1 { height.max(width) } else { height };
        let is_large = size > TALLER * text_height && text_height > 0.0;
        is_large && (1..=PIECE).contains(&count) && line.text.chars().all(char::is_alphabetic)
    };
    let pieces: Vec<usize> = (0..lines.len()).filter(|at| is_piece(lines[*at])).take(MOST_LARGE).collect();
    let mut chains: Vec<usize> = pieces.clone();
    for (at, one) in pieces.iter().enumerate() {
        for (to, other) in pieces.iter().enumerate().skip(at + 1) {
            if ends_where_begins(&lines[*one].bounds, &lines[*other].bounds) {
                let (kept, joined) = (chains[at], chains[to]);
                chains.iter_mut().filter(|chain| **chain == joined).for_each(|chain| *chain = kept);
            }
        }
    }
    let mut marks = vec![false; lines.len()];
    for (piece, chain) in pieces.iter().zip(&chains) {
        let of_chain =
            || pieces.iter().zip(&chains).filter(|(_, other)| *other == chain).map(|(piece, _)| lines[*piece]);
        let chars = || of_chain().flat_map(|line| line.text.chars());
        let is_cased = chars().all(|c| c.is_uppercase() || c.is_lowercase());
        marks[*piece] =
            of_chain().take(2).count() > 1 && chars().count() >= if is_cased { SLOPE } else { SLOPE_UNCASED };
    }
    marks
}

/// Whether two boxes share an edge, and are shifted along it.
fn ends_where_begins(one: &[f32; 4], other: &[f32; 4]) -> bool {
    let shares = |axis: usize| {
        (one[axis + 2] - other[axis]).abs() < SAME_EDGE || (other[axis + 2] - one[axis]).abs() < SAME_EDGE
    };
    let is_shifted = |axis: usize| {
        let least = 0.1 * (one[axis + 2] - one[axis]).min(other[axis + 2] - other[axis]);
        let (start, end) = (other[axis] - one[axis], other[axis + 2] - one[axis + 2]);
        let common = one[axis + 2].min(other[axis + 2]) - one[axis].max(other[axis]);
        start * end > 0.0 && start.abs() > least && end.abs() > least && common > least
    };
    shares(0) && is_shifted(1) || shares(1) && is_shifted(0)
}

/// Large letters that touch two pieces of slanted text are the piece between them; those of one height with a piece of
/// several letters that they touch are its end.
fn is_between(line: &Line, slanted: &[&Line], text_height: f32) -> bool {
    let [left, top, right, bottom] = line.bounds;
    let touches = |other: &&&Line| {
        let [other_left, other_top, other_right, other_bottom] = other.bounds;
        left < other_right + 1.0 && other_left < right + 1.0 && top < other_bottom + 1.0 && other_top < bottom + 1.0
    };
    let is_same_type = |other: &&Line| {
        other.text.chars().count() > 1
            && other.height < 0.99 * (other.bounds[3] - other.bounds[1])
            && (other.height - line.height).abs() < 0.02 * line.height
    };
    let is_large = bottom - top > TALLER * text_height && text_height > 0.0 && line.text.chars().count() <= 4;
    let touched = || slanted.iter().filter(touches);
    is_large && (touched().take(2).count() == 2 || is_letter(line, text_height) && touched().any(is_same_type))
}

/// A few words in large letters.
fn is_large(line: &Line, text_height: f32) -> bool {
    line.height >= TALLER * text_height && line.text.split(' ').count() <= 5 && line.text.chars().count() > 1
}

/// Letters that overlap lines of smaller ones.
fn is_across(line: &Line, lines: &[&Line]) -> bool {
    let crossed = |other: &&&Line| {
        let [left, top, right, bottom] = line.bounds;
        let width = right.min(other.bounds[2]) - left.max(other.bounds[0]);
        let height = bottom.min(other.bounds[3]) - top.max(other.bounds[1]);
        other.height < 0.7 * line.height && width > other.height && height > 0.6 * other.height
    };
    lines.iter().filter(crossed).count() > 1
}

/// A line or two at a right angle to the page, as in the margin of a preprint, that are no sentence.
fn is_stamp(turns: u8, lines: &[&Line]) -> bool {
    let turned = || lines.iter().filter(|line| line.turns == turns);
    let words: usize = turned().map(|line| line.text.split(' ').count()).sum();
    let is_text = turned().count() > 1 && turned().any(|line| ends_sentence(&line.text));
    turns != 0 && words < STAMP_WORDS && !is_text
}

fn count(letters: usize) -> f32 {
    u8::try_from(letters).map_or(255.0, f32::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::layout::RawBlock;

    fn line(text: &str, bounds: [f32; 4]) -> Line {
        Line { text: text.to_owned(), bounds, height: bounds[3] - bounds[1], ..Line::default() }
    }

    /// The text that is left on a page of twenty lines of prose and those.
    fn left(large: &[(&str, [f32; 4])]) -> String {
        let prose = (0..20_u8).map(|n| {
            let top = 400.0 + 14.0 * f32::from(n);
            line("Some of the usual lines of a page that tells something.", [50.0, top, 400.0, top + 11.0])
        });
        let large = large.iter().map(|(text, bounds)| line(text, *bounds));
        let blocks = large.chain(prose).map(|line| RawBlock { lines: vec![line] }).collect();
        let mut pages = [RawPage { blocks, ..RawPage::default() }];
        remove(&mut pages, &mut Vec::new());
        let left = pages[0].blocks.iter().flat_map(|block| &block.lines).filter(|line| line.height > 20.0);
        left.map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn labels_in_stairs_are_no_watermark() {
        let stairs = |letters: &[&'static str], step: [f32; 2]| -> String {
            let place = |(n, letter): (u8, &&'static str)| {
                let (left, top) = (60.0 + step[0] * f32::from(n), 350.0 + step[1] * f32::from(n));
                (*letter, [left, top, left + 36.0, top + 40.0])
            };
            left(&(0..).zip(letters).map(place).collect::<Vec<_>>())
        };
        assert_eq!(stairs(&["春", "夏", "秋", "冬"], [36.0, -30.0]), "春夏秋冬");
        assert_eq!(stairs(&["A", "B", "C", "D", "E", "F"], [80.0, -60.0]), "ABCDEF");
        assert_eq!(stairs(&["D", "R", "A", "F", "T"], [36.0, -24.0]), "");
        assert_eq!(stairs(&["D", "R", "A", "F", "T"], [36.0, 24.0]), "");
        assert_eq!(stairs(&["V", "O", "I", "D"], [36.0, -18.0]), "");
        assert_eq!(stairs(&["A", "B", "C", "D"], [80.0, -60.0]), "ABCD");
        // Not one after the other on one line.
        let bent = [60.0_f32, 96.0, 132.0, 168.0, 204.0].into_iter().zip([350.0_f32, 340.0, 300.0, 290.0, 200.0]);
        let bent: Vec<(&str, [f32; 4])> = bent.map(|(left, top)| ("A", [left, top, left + 36.0, top + 40.0])).collect();
        assert_eq!(left(&bent), "AAAAA");
    }
}
