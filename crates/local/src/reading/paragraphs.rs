//! From the lines of a column to its paragraphs: by the distance of the lines, compared with the usual one of the page,
//! by indents, and by what does not fill its line.

use std::collections::HashMap;

use super::layout::Line;
use super::lists;

/// Two lines whose heights differ by more than this factor belong to different paragraphs.
const SAME_HEIGHT: f32 = 1.18;

/// Lines farther apart than the usual distance by this factor belong to different paragraphs.
const FARTHER: f32 = 1.2;

/// The widest distance of lines in line heights, for what no other line shows a usual distance.
const WIDEST_DISTANCE: f32 = 1.9;

/// Lines that are farther apart than this many heights are never one paragraph.
const NEVER: f32 = 3.2;

/// Lines of a list without bullets: at least so many.
const LIST: usize = 3;

/// Lines that belong together.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub(super) lines: Vec<Line>,
    /// The bytes of the bullet, if it is an item of a list.
    pub(super) item: Option<usize>,
}

/// The usual distances of lines on a page, for each height of letters.
#[derive(Debug, Default)]
pub(super) struct Leading(HashMap<i32, f32>);

impl Leading {
    /// Measures columns of lines.
    pub(super) fn of<'a>(columns: impl Iterator<Item = &'a [Line]>) -> Self {
        let mut distances: HashMap<i32, Vec<f32>> = HashMap::new();
        for column in columns {
            for (line, next) in column.iter().zip(column.iter().skip(1)) {
                let distance = next.foot() - line.foot();
                if same_height(line.height, next.height)
                    && distance > 0.5 * line.height
                    && distance < NEVER * line.height
                {
                    distances.entry(height_key(line)).or_default().push(distance);
                }
            }
        }
        Self(distances.into_iter().filter_map(|(key, distances)| Some((key, usual(distances)?))).collect())
    }

    /// The widest distance within a paragraph.
    fn widest(&self, line: &Line) -> f32 {
        let key = height_key(line);
        let usual = (key - 1..=key + 1).filter_map(|key| self.0.get(&key)).copied().reduce(f32::min);
        usual.map_or(WIDEST_DISTANCE * line.height, |usual| (FARTHER * usual).max(usual + 0.8).min(NEVER * line.height))
    }
}

/// The smallest distance that occurs often.
fn usual(mut distances: Vec<f32>) -> Option<f32> {
    distances.sort_by(f32::total_cmp);
    let often = (distances.len() * 15 / 100).max(if distances.len() > 3 { 2 } else { 1 });
    let mut end = 0;
    for (start, smallest) in distances.iter().enumerate() {
        while distances.get(end).is_some_and(|distance| *distance <= smallest * 1.1) {
            end += 1;
        }
        if end - start >= often {
            return distances.get(start + (end - start) / 2).copied();
        }
    }
    None
}

#[expect(clippy::cast_possible_truncation, reason = "a height on a page is far below the limits of i32")]
fn height_key(line: &Line) -> i32 {
    line.height.round() as i32
}

pub(super) fn same_height(one: f32, other: f32) -> bool {
    one.max(other) <= one.min(other) * SAME_HEIGHT
}

/// Joins what stands on the same row.
pub(super) fn rows(lines: Vec<Line>) -> Vec<Line> {
    let mut rows: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines {
        match rows.last_mut() {
            Some(last) if is_same_row(last, &line) => last.append(&line),
            _ => rows.push(line),
        }
    }
    rows
}

fn is_same_row(last: &Line, line: &Line) -> bool {
    let height = last.height.min(line.height);
    let gap = (line.bounds[0] - last.bounds[2]).max(last.bounds[0] - line.bounds[2]);
    (last.middle() - line.middle()).abs() < 0.4 * height
        && gap > -0.3 * height
        && gap < 5.0 * last.height.max(line.height)
}

/// The paragraphs of a column.
pub(super) fn of_column(lines: Vec<Line>, leading: &Leading) -> Vec<Paragraph> {
    let column = Column::of(&lines);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut last_number = 0;
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        let bullet = lists::bullet(&line.text);
        let number = lists::number(&line.text).map(|(number, _)| number);
        let follows_number = number.is_some_and(|number| number == 1 || number == last_number + 1);
        let is_item =
            bullet.is_some() || follows_number && paragraphs.last().is_none_or(|last| column.may_end(last, &line));
        last_number = number.filter(|_| is_item).unwrap_or(last_number);
        match paragraphs.last_mut() {
            Some(last) if !is_item && column.goes_on(last, &line, lines.peek(), leading) => last.lines.push(line),
            _ => paragraphs.push(Paragraph { lines: vec![line], item: bullet }),
        }
    }
    let paragraphs = paragraphs.into_iter().flat_map(as_list).collect();
    numbered(paragraphs)
}

/// The edges of a column, and its direction.
struct Column {
    left: f32,
    right: f32,
    right_to_left: bool,
}

impl Column {
    fn of(lines: &[Line]) -> Self {
        let left = lines.iter().map(|line| line.bounds[0]).fold(f32::MAX, f32::min);
        let right = lines.iter().map(|line| line.bounds[2]).fold(f32::MIN, f32::max);
        let turned = lines.iter().filter(|line| line.right_to_left).count();
        Self { left, right, right_to_left: turned * 2 > lines.len() }
    }

    /// Where lines start, measured from the edge at which they do.
    fn indent(&self, line: &Line) -> f32 {
        if self.right_to_left { self.right - line.bounds[2] } else { line.bounds[0] - self.left }
    }

    /// The room at the end of a line.
    fn room(&self, line: &Line) -> f32 {
        if self.right_to_left { line.bounds[0] - self.left } else { self.right - line.bounds[2] }
    }

    /// Whether the first word of `next` would have had its place at the end of `line`.
    fn fits(&self, line: &Line, next: &Line) -> bool {
        let word = next.words.first().map_or(4.0 * next.height, |(_, bounds)| bounds[2] - bounds[0]);
        self.room(line) > word + 0.6 * line.height
    }

    /// Whether a paragraph may end before `next`: it ends a sentence, or its line is not full.
    fn may_end(&self, paragraph: &Paragraph, next: &Line) -> bool {
        paragraph.lines.last().is_none_or(|last| ends_sentence(&last.text) || self.fits(last, next))
    }

    fn goes_on(&self, paragraph: &Paragraph, next: &Line, after: Option<&Line>, leading: &Leading) -> bool {
        let Some(last) = paragraph.lines.last() else { return false };
        let distance = next.foot() - last.foot();
        let height = last.height.max(1.0);
        if !same_height(last.height, next.height) || distance < 0.3 * height || distance > NEVER * height {
            return false;
        }
        let widest = leading.widest(last);
        let ends_sentence = ends_sentence(&last.text);
        // A lower-case letter after an unfinished sentence outweighs a somewhat wide gap.
        let runs_on = next.text.starts_with(char::is_lowercase) && !ends_sentence;
        if distance > widest * if runs_on { 1.3 } else { 1.0 } {
            return false;
        }
        if runs_on {
            return true;
        }
        let (indent, next_indent) = (self.indent(last), self.indent(next));
        let is_flush = paragraph.lines.len() < 2
            || paragraph.lines.iter().rev().take(2).all(|line| (self.indent(line) - indent).abs() < 0.5 * height);
        let returns = after.is_none_or(|after| self.indent(after) < next_indent - 0.5 * height);
        let is_indented = next_indent > indent + 0.8 * height && is_flush && returns;
        let is_item = paragraph.item.is_some();
        if is_indented && !is_item && (ends_sentence || paragraph.lines.len() > 1) {
            return false;
        }
        let first_indent = paragraph.lines.first().map_or(indent, |line| self.indent(line));
        if is_item && ends_sentence && next_indent < first_indent + 0.3 * height {
            return false;
        }
        if next_indent < indent - 0.8 * height && paragraph.lines.len() > 1 && ends_sentence {
            return false;
        }
        if ends_sentence {
            return !self.fits(last, next);
        }
        // A line that ends early, before a capital letter, is a heading or an item. Scripts without capitals need more.
        let is_cased = next.text.starts_with(char::is_uppercase);
        let part = if is_cased { 0.3 } else { 0.5 };
        !(self.fits(last, next) && self.room(last) > part * (self.right - self.left)) || last.text.ends_with(['-', ','])
    }
}

/// Whether a line ends with the end of a sentence, perhaps in quotation marks or brackets.
pub(super) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']);
    text.ends_with(['.', '!', '?', '؟', ':', '…', '۔', '。'])
}

/// Lines that all begin with a capital letter, none of which ends a sentence, are the items of a list without bullets.
fn as_list(paragraph: Paragraph) -> Vec<Paragraph> {
    let lines = &paragraph.lines;
    let begins = |line: &Line| line.text.starts_with(char::is_uppercase) && line.text.chars().any(char::is_lowercase);
    let ends = |line: &Line| line.text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%' | '"' | '”'));
    let is_list = lines.len() >= LIST
        && paragraph.item.is_none()
        && lines.iter().all(|line| begins(line) && ends(line) && line.text.contains(' '));
    if !is_list {
        return vec![paragraph];
    }
    paragraph.lines.into_iter().map(|line| Paragraph { lines: vec![line], item: Some(0) }).collect()
}

/// Numbers in sequence make items; a number alone may be that of a heading.
fn numbered(mut paragraphs: Vec<Paragraph>) -> Vec<Paragraph> {
    let number = |paragraph: &Paragraph| {
        let line = paragraph.lines.first()?;
        lists::number(&line.text).map(|(number, length)| (number, length, line.height))
    };
    let numbers: Vec<Option<(u32, usize, f32)>> = paragraphs.iter().map(number).collect();
    let in_sequence =
        |one: Option<&Option<(u32, usize, f32)>>, next: Option<&Option<(u32, usize, f32)>>| match (one, next) {
            (Some(Some((one, _, height))), Some(Some((next, _, next_height)))) => {
                *next == one + 1 && same_height(*height, *next_height)
            }
            _ => false,
        };
    for (at, paragraph) in paragraphs.iter_mut().enumerate() {
        let is_item = in_sequence(numbers.get(at), numbers.get(at + 1))
            || at > 0 && in_sequence(numbers.get(at - 1), numbers.get(at));
        if let (None, Some(Some((_, length, _))), true) = (paragraph.item, numbers.get(at), is_item) {
            paragraph.item = Some(*length);
        }
    }
    paragraphs
}
