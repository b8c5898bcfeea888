//! The numbers of lines in the margin of pleadings, contracts and manuscripts.

use sluice_domain::document::{LeftOut, Reason};

use super::assemble::left_out;
use super::layout::{Line, RawPage};

/// Fewest numbers that count lines.
const FEWEST: usize = 5;

/// How far edges of the numbers may differ, in points.
const ALIGNED: f32 = 4.0;

/// A number at the beginning of a line.
#[derive(Debug, Clone, Copy)]
struct Number {
    block: usize,
    line: usize,
    value: u32,
    middle: f32,
    left: f32,
    right: f32,
    /// Whether there is nothing else on the line.
    is_alone: bool,
}

/// Removes the numbers of lines.
pub(super) fn remove_line_numbers(pages: &mut [RawPage], report: &mut Vec<LeftOut>) {
    let mut first = None;
    for page in pages {
        let numbers = line_numbers(page);
        if let Some(number) = numbers.first() {
            first.get_or_insert_with(|| left_out(page.number, Reason::LineNumbers, &number.value.to_string()));
        }
        for number in numbers {
            remove(&mut page.blocks[number.block].lines[number.line], number.is_alone);
        }
        for block in &mut page.blocks {
            block.lines.retain(|line| !line.text.is_empty());
        }
        page.blocks.retain(|block| !block.lines.is_empty());
    }
    report.extend(first);
}

fn remove(line: &mut Line, is_alone: bool) {
    if is_alone {
        line.text.clear();
        return;
    }
    let cut = line.text.find(' ').map_or(line.text.len(), |space| space + 1);
    line.text = line.text.split_off(cut);
    let cut = u32::try_from(cut).unwrap_or(u32::MAX);
    line.words.retain(|(offset, _)| *offset >= cut);
    for (offset, _) in &mut line.words {
        *offset -= cut;
    }
    if let Some((_, first)) = line.words.first() {
        line.bounds[0] = first[0];
    }
}

/// The numbers of a page that stand below each other at even distances, count by ones or by a fixed step, and have at
/// most one line of text beside them.
fn line_numbers(page: &RawPage) -> Vec<Number> {
    let mut numbers: Vec<Number> = Vec::new();
    for (block, lines) in page.blocks.iter().enumerate() {
        for (line, text) in lines.lines.iter().enumerate().filter(|(_, line)| line.turns == 0) {
            numbers.extend(number(text).map(|number| Number { block, line, ..number }));
        }
    }
    if numbers.len() < FEWEST {
        return Vec::new();
    }
    let by_right = |number: &Number| number.right;
    let by_left = |number: &Number| number.left;
    let mut found = Vec::new();
    for edge in [&by_right as &dyn Fn(&Number) -> f32, &by_left] {
        numbers.sort_by(|one, other| edge(one).total_cmp(&edge(other)));
        for group in numbers.chunk_by(|one, next| edge(next) - edge(one) < ALIGNED) {
            let mut group = group.to_vec();
            group.sort_by(|one, other| one.middle.total_cmp(&other.middle));
            if count_lines(page, &group) && group.len() > found.len() {
                found = group;
            }
        }
    }
    found
}

fn number(line: &Line) -> Option<Number> {
    let first = line.text.split(' ').next()?;
    let is_number = first.chars().count() <= 4 && first.chars().all(char::is_numeric);
    let value = if is_number { value(first)? } else { return None };
    let is_alone = first.len() == line.text.len();
    let bounds = if is_alone { line.bounds } else { line.words.first()?.1 };
    Some(Number { block: 0, line: 0, value, middle: line.middle(), left: bounds[0], right: bounds[2], is_alone })
}

/// The value of digits, Arabic-Indic ones included.
pub(super) fn value(digits: &str) -> Option<u32> {
    digits.chars().try_fold(0_u32, |sum, c| {
        let digit = match c {
            '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
            '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
            _ => c.to_digit(10)?,
        };
        sum.checked_mul(10)?.checked_add(digit)
    })
}

fn count_lines(page: &RawPage, group: &[Number]) -> bool {
    if group.len() < FEWEST {
        return false;
    }
    let pairs = || group.iter().zip(group.iter().skip(1));
    let mut steps: Vec<u32> = pairs().map(|(one, next)| next.value.saturating_sub(one.value)).collect();
    let mut distances: Vec<f32> = pairs().map(|(one, next)| next.middle - one.middle).collect();
    steps.sort_unstable();
    distances.sort_by(f32::total_cmp);
    let (step, distance) = (steps[steps.len() / 2], distances[distances.len() / 2]);
    let most = |fitting: usize| fitting * 10 >= (group.len() - 1) * 8;
    let in_step = steps.iter().filter(|other| **other == step).count();
    let even = distances.iter().filter(|other| (**other - distance).abs() < 0.12 * distance).count();
    let counts = (1..=10).contains(&step) && most(in_step) && most(even) && distance > 4.0;
    counts && in_margin(page, group) && !has_columns(page, group)
}

/// Whether the text is all on one side of the numbers.
fn in_margin(page: &RawPage, group: &[Number]) -> bool {
    let left = group.iter().map(|number| number.left).fold(f32::MAX, f32::min);
    let right = group.iter().map(|number| number.right).fold(f32::MIN, f32::max);
    let (top, bottom) = (group[0].middle, group[group.len() - 1].middle);
    let lines = page.blocks.iter().flat_map(|block| &block.lines);
    let (mut before, mut after) = (0, 0);
    for line in lines.filter(|line| line.turns == 0 && line.middle() > top - 1.0 && line.middle() < bottom + 1.0) {
        before += usize::from(line.bounds[0] < left - ALIGNED);
        after += usize::from(line.bounds[2] > right + ALIGNED);
    }
    before == 0 && after > 2 || after == 0 && before > 2 || before * 20 < after
}

/// Whether most rows have several cells beside the number, as those of a table do.
fn has_columns(page: &RawPage, group: &[Number]) -> bool {
    let mut rows: Vec<f32> = Vec::new();
    for (at, block) in page.blocks.iter().enumerate() {
        for (index, line) in block.lines.iter().enumerate() {
            let is_number = group.iter().any(|number| number.is_alone && (number.block, number.line) == (at, index));
            if !is_number && line.turns == 0 {
                rows.push(line.middle());
            }
        }
    }
    rows.sort_by(f32::total_cmp);
    let cells = |number: &Number| {
        let start = rows.partition_point(|row| *row < number.middle - 3.0);
        rows[start..].iter().take_while(|row| **row < number.middle + 3.0).count()
    };
    group.iter().filter(|number| cells(number) > 1).count() * 3 > group.len()
}
