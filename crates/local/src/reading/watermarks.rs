//! Stamps and marks behind or across the text.

use sluice_domain::document::{LeftOut, Reason};

use super::assemble::left_out;
use super::layout::{Line, RawPage};
use super::paragraphs::ends_sentence;

/// Taller than the text by this factor.
const TALLER: f32 = 2.2;

/// A line at an angle to the page of fewer words is a stamp, unless there are more such lines.
const STAMP_WORDS: usize = 25;

/// So many letters on a slope are a line at an angle.
const SLOPE: usize = 4;

/// Removes watermarks.
pub(super) fn remove(pages: &mut [RawPage], report: &mut Vec<LeftOut>) {
    let mut named: Vec<String> = Vec::new();
    for page in pages {
        let text_height = usual_height(page);
        let lines: Vec<&Line> = page.blocks.iter().flat_map(|block| &block.lines).collect();
        let rises = on_a_slope(&lines, text_height);
        let is_slanted: Vec<bool> =
            lines.iter().map(|line| is_slanted(line, text_height) || rises && is_letter(line, text_height)).collect();
        let is_mark: Vec<bool> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| {
                is_slanted[at]
                    || is_between(line, &lines, &is_slanted, text_height)
                    || is_across(line, &lines, text_height)
                    || is_stamp(line, &lines)
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

/// Whether large letters stand one above the other from side to side, as those of a line at an angle do: the initials of
/// paragraphs stand below each other.
fn on_a_slope(lines: &[&Line], text_height: f32) -> bool {
    let mut places: Vec<[f32; 4]> =
        lines.iter().filter(|line| is_letter(line, text_height)).map(|line| line.bounds).collect();
    places.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let steps = || places.windows(2).map(|pair| (pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]));
    places.len() >= SLOPE
        && (steps().all(|(across, down)| across > 2.0 && down < 0.0)
            || steps().all(|(across, down)| across > 2.0 && down > 0.0))
}

/// Large letters that touch two pieces of slanted text are the piece between them.
fn is_between(line: &Line, lines: &[&Line], is_slanted: &[bool], text_height: f32) -> bool {
    let [left, top, right, bottom] = line.bounds;
    let touches = |other: &Line| {
        let [other_left, other_top, other_right, other_bottom] = other.bounds;
        left < other_right + 1.0 && other_left < right + 1.0 && top < other_bottom + 1.0 && other_top < bottom + 1.0
    };
    let is_large = bottom - top > TALLER * text_height && text_height > 0.0 && line.text.chars().count() <= 4;
    is_large && lines.iter().zip(is_slanted).filter(|(other, slanted)| **slanted && touches(other)).count() >= 2
}

/// Large letters that overlap lines of the text.
fn is_across(line: &Line, lines: &[&Line], text_height: f32) -> bool {
    if line.height < TALLER * text_height || line.text.split(' ').count() > 5 || line.text.chars().count() < 2 {
        return false;
    }
    let crossed = |other: &&&Line| {
        let [left, top, right, bottom] = line.bounds;
        let width = right.min(other.bounds[2]) - left.max(other.bounds[0]);
        let height = bottom.min(other.bounds[3]) - top.max(other.bounds[1]);
        other.height < 0.7 * line.height && width > other.height && height > 0.6 * other.height
    };
    lines.iter().filter(crossed).count() > 1
}

/// A line or two at a right angle to the page, as in the margin of a preprint, that are no sentence.
fn is_stamp(line: &Line, lines: &[&Line]) -> bool {
    if line.turns == 0 {
        return false;
    }
    let turned = || lines.iter().filter(|other| other.turns == line.turns);
    let words: usize = turned().map(|line| line.text.split(' ').count()).sum();
    let is_text = turned().count() > 1 && turned().any(|line| ends_sentence(&line.text));
    words < STAMP_WORDS && !is_text
}

fn count(letters: usize) -> f32 {
    u8::try_from(letters).map_or(255.0, f32::from)
}
