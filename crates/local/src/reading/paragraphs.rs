//! From the lines of a column to its paragraphs: by the distance of the lines, compared with the usual one of the page,
//! by indents, and by what does not fill its line.

use std::collections::HashMap;

use super::layout::Line;
use super::{legible, letters, lists};

/// Two lines whose heights differ by more than this factor belong to different paragraphs.
const SAME_HEIGHT: f32 = 1.18;

/// Two lines whose heights differ by more than this factor do not show how far the lines of a type are apart: the first may be
/// a heading.
const OF_ONE_TYPE: f32 = 1.1;

/// Lines farther apart than the usual distance by this factor belong to different paragraphs.
const FARTHER: f32 = 1.2;

/// The widest distance of lines in line heights, for what no other line shows a usual distance.
const WIDEST_DISTANCE: f32 = 1.9;

/// Lines that are farther apart than this many heights are never one paragraph.
const NEVER: f32 = 3.2;

/// Lines of a list without bullets: at least so many.
const LIST: usize = 3;

/// Most characters of an item in a script without capitals.
const SHORT: usize = 50;

/// Most items of a list in a script without capitals.
const MOST: usize = 10;

/// Most distance between the items of a list, in line heights.
const ITEM_DISTANCE: f32 = 1.9;

/// Lines below bullets that show that the items of a list go on there, and not below their text. Those of nouns with capitals
/// are shown by one.
const FLUSH: usize = 2;

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
                let [low, high] = [line.height.min(next.height), line.height.max(next.height)];
                if high <= low * OF_ONE_TYPE && distance > 0.5 * line.height && distance < NEVER * line.height {
                    distances.entry(height_key(line)).or_default().push(distance);
                }
            }
        }
        Self(distances.into_iter().filter_map(|(key, distances)| Some((key, usual(distances)?))).collect())
    }

    /// The widest distance of two lines within a paragraph. Where no other line is as high as the first, as none is as high as
    /// a heading, the second tells.
    fn widest(&self, line: &Line, next: &Line) -> f32 {
        let usual = |line: &Line| {
            let key = height_key(line);
            (key - 1..=key + 1).filter_map(|key| self.0.get(&key)).copied().reduce(f32::min)
        };
        usual(line)
            .or_else(|| usual(next))
            .map_or(WIDEST_DISTANCE * line.height, |usual| (FARTHER * usual).max(usual + 0.8).min(NEVER * line.height))
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
    // What stands behind a name with a colon belongs to it.
    let widest = if last.text.ends_with(':') { 15.0 } else { 5.0 };
    (last.middle() - line.middle()).abs() < 0.4 * height
        && gap > -0.3 * height
        && gap < widest * last.height.max(line.height)
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
    numbered(as_list(paragraphs, &column))
}

/// The edges of a column, and its direction.
struct Column {
    left: f32,
    right: f32,
    right_to_left: bool,
    lines: usize,
    /// Whether the items of its lists go on below their bullets.
    wraps_flush: bool,
}

impl Column {
    fn of(lines: &[Line]) -> Self {
        let left = lines.iter().map(|line| line.bounds[0]).fold(f32::MAX, f32::min);
        let right = lines.iter().map(|line| line.bounds[2]).fold(f32::MIN, f32::max);
        let turned = lines.iter().filter(|line| line.right_to_left).count();
        let mut column =
            Self { left, right, right_to_left: turned * 2 > lines.len(), lines: lines.len(), wraps_flush: false };
        let pairs = lines.iter().zip(lines.iter().skip(1));
        let flush = pairs.filter(|(line, next)| column.goes_on_flush(line, next)).count();
        let is_german =
            || legible::is_german(&lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" "));
        column.wraps_flush = flush >= FLUSH || flush > 0 && is_german();
        column
    }

    /// Whether an item goes on in the next line, below its bullet.
    fn goes_on_flush(&self, line: &Line, next: &Line) -> bool {
        next.text.starts_with(char::is_lowercase)
            && lists::bullet(&line.text).is_some()
            && self.indent(next) < self.indent(line) + 0.3 * line.height
            && !ends_sentence(&line.text)
    }

    /// Where lines start, measured from the edge at which they do.
    fn indent(&self, line: &Line) -> f32 {
        if self.right_to_left { self.right - line.bounds[2] } else { line.bounds[0] - self.left }
    }

    /// The room at the end of a line.
    fn room(&self, line: &Line) -> f32 {
        if self.right_to_left { line.bounds[0] - self.left } else { self.right - line.bounds[2] }
    }

    /// Whether more than a part of the column has room behind a line.
    fn is_short(&self, line: &Line, part: f32) -> bool {
        self.room(line) > part * (self.right - self.left)
    }

    /// Whether the first word of `next` would have had its place at the end of `line`.
    fn fits(&self, line: &Line, next: &Line) -> bool {
        let word = next.words.first().map_or(4.0 * next.height, |(_, bounds)| bounds[2] - bounds[0]);
        // Of two lines alone, neither shows how wide their column is.
        self.lines > 2 && self.room(line) > word + 0.6 * line.height
    }

    /// Whether two lines end at the same place, as those beside a picture do: neither has room at its end.
    fn ends_alike(&self, line: &Line, next: &Line) -> bool {
        (self.room(line) - self.room(next)).abs() < 0.3 * line.height
            && line.bounds[2] - line.bounds[0] > 8.0 * line.height
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
        let widest = leading.widest(last, next);
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
        // At the edge of the bullet and not of its text: an item whose bullet is drawn, and no character.
        let is_at_bullet = is_item && !self.wraps_flush && next_indent < first_indent + 0.3 * height;
        let begins = next.text.starts_with(char::is_uppercase) && next.text.contains(' ');
        let is_next_item = is_at_bullet && begins && !self::ends_sentence(&next.text) && self.is_short(next, 0.3);
        if is_next_item && !legible::ends_open(&last.text) {
            return false;
        }
        if next_indent < indent - 0.8 * height && paragraph.lines.len() > 1 && ends_sentence {
            return false;
        }
        if ends_sentence {
            return !next.begins_block && !self.fits(last, next);
        }
        // A line that ends early, before a capital letter, is a heading or an item. Scripts without capitals need more.
        let is_cased = next.text.starts_with(char::is_uppercase);
        let part = if is_cased { 0.3 } else { 0.5 };
        let is_short = self.fits(last, next) && self.is_short(last, part);
        !is_short || last.text.ends_with(['-', ',']) || self.ends_alike(last, next)
    }
}

/// Whether a line ends with the end of a sentence, perhaps in quotation marks or brackets.
pub(super) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']);
    text.ends_with(['.', '!', '?', '؟', ':', '…', '۔', '。'])
}

/// Lines in a row that all begin with a capital letter, none of which ends a sentence, are the items of a list without
/// bullets. In a script without capitals they must be short and of different lengths, and the last of them ends no sentence.
fn as_list(paragraphs: Vec<Paragraph>, column: &Column) -> Vec<Paragraph> {
    let mut listed: Vec<Paragraph> = Vec::with_capacity(paragraphs.len());
    let mut run: Vec<Paragraph> = Vec::new();
    for paragraph in paragraphs {
        let goes_on = run.last().is_none_or(|last| is_next_item(last, &paragraph));
        if !goes_on {
            listed.extend(items(std::mem::take(&mut run), column));
        }
        if is_plain_list(&paragraph) {
            run.push(paragraph);
        } else {
            listed.extend(items(std::mem::take(&mut run), column));
            listed.push(paragraph);
        }
    }
    listed.extend(items(run, column));
    listed
}

/// Whether each line may be an item.
fn is_plain_list(paragraph: &Paragraph) -> bool {
    let begins = |line: &Line| match line.text.chars().next() {
        Some(first) if first.is_uppercase() => line.text.chars().any(char::is_lowercase),
        Some(first) => letters::runs_left(first) && line.text.chars().count() <= SHORT,
        None => false,
    };
    let ends = |line: &Line| {
        line.text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '%' | '"' | '”' | '€' | '$' | '£'))
    };
    paragraph.item.is_none() && paragraph.lines.iter().all(|line| begins(line) && ends(line) && line.text.contains(' '))
}

/// Whether a paragraph follows another as closely as its own lines would, in the same type.
fn is_next_item(last: &Paragraph, next: &Paragraph) -> bool {
    let (Some(last), Some(next)) = (last.lines.last(), next.lines.first()) else { return false };
    let distance = next.foot() - last.foot();
    same_height(last.height, next.height) && distance > 0.0 && distance < ITEM_DISTANCE * last.height
}

/// The lines of a run as items, if there are enough and they look like a list.
fn items(run: Vec<Paragraph>, column: &Column) -> Vec<Paragraph> {
    let lines: Vec<&Line> = run.iter().flat_map(|paragraph| &paragraph.lines).collect();
    let is_cased = lines.iter().all(|line| line.text.starts_with(char::is_uppercase));
    let full = lines.iter().filter(|line| column.room(line) < 0.3 * line.height).count();
    if lines.len() < LIST || !is_cased && (full * 2 > lines.len() || lines.len() > MOST) {
        return run;
    }
    let lines = run.into_iter().flat_map(|paragraph| paragraph.lines);
    lines.map(|line| Paragraph { lines: vec![line], item: Some(0) }).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines at the given distances, each as long as its text.
    fn read(lines: &[(f32, &str)]) -> Vec<String> {
        let mut foot = 100.0;
        let mut column: Vec<Line> = Vec::new();
        for (distance, text) in lines {
            foot += distance;
            let width = 5.0 * f32::from(u8::try_from(text.chars().count()).unwrap());
            let bounds = [50.0, foot - 10.0, 50.0 + width, foot];
            column.push(Line { text: (*text).to_owned(), bounds, height: 10.0, ..Line::default() });
        }
        let leading = Leading::of(std::iter::once(column.as_slice()));
        let text = |paragraph: Paragraph| {
            let lines: Vec<&str> = paragraph.lines.iter().map(|line| line.text.as_str()).collect();
            lines.join("/")
        };
        of_column(column, &leading).into_iter().map(text).collect()
    }

    #[test]
    fn the_usual_distance_decides_whatever_it_is() {
        for leading in [11.0, 16.0, 24.0] {
            let gap = leading * 1.5;
            let lines = [
                (0.0, "The bees of the colony fly"),
                (leading, "to the field. The keeper is"),
                (gap, "Then all of them come home"),
                (leading, "and the keeper closes them."),
            ];
            assert_eq!(
                read(&lines),
                [
                    "The bees of the colony fly/to the field. The keeper is",
                    "Then all of them come home/and the keeper closes them."
                ],
                "{leading}"
            );
        }
    }

    /// Without capitals, only its distance tells a heading that is hardly larger than the text and ends as far as its lines.
    #[test]
    fn a_heading_that_is_hardly_larger_than_the_text_ends_above_it() {
        let line = |(foot, height, left, text): (f32, f32, f32, &str)| {
            let bounds = [left, foot - height, 550.0, foot];
            Line { text: text.to_owned(), bounds, height, right_to_left: true, ..Line::default() }
        };
        let lines = [
            (309.0, 23.0, 269.0, "2 الدالة المشتقة و المشتقات المتتالية"),
            (339.0, 19.7, 57.0, "تعريف 5 . لتكن الدالة قابلة للاشتقاق على المجال المفتوح و كذلك على كل مجال"),
            (356.0, 19.7, 57.0, "ضمن مجموعة تعريفها ثم نرمز لها كما نرمز للدالة الأولى التي قبلها و نكتب"),
            (373.0, 19.7, 57.0, "ما يلي في كل مرة نحتاج فيها إلى هذه الدالة أو إلى غيرها من الدوال كلها."),
        ];
        let column: Vec<Line> = lines.into_iter().map(line).collect();
        let leading = Leading::of(std::iter::once(column.as_slice()));
        let lengths: Vec<usize> = of_column(column, &leading).iter().map(|paragraph| paragraph.lines.len()).collect();
        assert_eq!(lengths, [1, 3]);
    }

    #[test]
    fn lines_that_begin_in_capitals_and_end_no_sentence_are_a_list() {
        let lines =
            [(0.0, "Water from the well"), (16.0, "Shade in the morning"), (16.0, "Flowers in the month of May")];
        assert_eq!(read(&lines), ["Water from the well", "Shade in the morning", "Flowers in the month of May"]);
    }

    #[test]
    fn items_of_several_lengths_are_a_list_in_any_script() {
        let prices = [(0.0, "A tank of 1,000 l: 180 €"), (16.0, "Pump and hose: 95 €"), (16.0, "A filter: 25 €")];
        assert_eq!(read(&prices), ["A tank of 1,000 l: 180 €", "Pump and hose: 95 €", "A filter: 25 €"]);
        let arabic = [(0.0, "قياس مساحة السطح"), (16.0, "اختيار مكان الخزان المناسب"), (16.0, "طلب رخصة")];
        assert_eq!(read(&arabic), ["قياس مساحة السطح", "اختيار مكان الخزان المناسب", "طلب رخصة"]);
        let prose = [(0.0, "تمتص الغابات ثاني أكسيد"), (16.0, "الكربون وتطلق الأكسجين في"), (16.0, "الهواء كل يوم.")];
        assert_eq!(read(&prose).len(), 1);
    }

    #[test]
    fn an_item_whose_bullet_is_drawn_ends_the_one_above() {
        let lines = [
            (0.0, "• a point about the water of the whole hive"),
            (16.0, "Shade at noon"),
            (16.0, "• another point about the hive of the"),
            (16.0, "keeper"),
        ];
        assert_eq!(
            read(&lines),
            [
                "• a point about the water of the whole hive",
                "Shade at noon",
                "• another point about the hive of the/keeper"
            ]
        );
    }

    #[test]
    fn an_item_goes_on_below_its_bullet_before_a_capital() {
        for (first, second) in [
            ("• Der Imker prüft im Frühjahr zuerst den", "Zustand der Waben"),
            ("• The hive was shown by the committee of", "New York State"),
        ] {
            assert_eq!(read(&[(0.0, first), (16.0, second)]), [format!("{first}/{second}")]);
        }
        let german = [
            (0.0, "• Der Imker prüft im Frühjahr nach dem Winter"),
            (16.0, "Zustand und Waben"),
            (16.0, "• Im Sommer erntet er den Honig und lässt die"),
            (16.0, "vollen Waben stehen"),
        ];
        assert_eq!(read(&german).len(), 2);
        let english = [
            (0.0, "• a hive that was shown by Anna to visitors in New"),
            (16.0, "York State"),
            (16.0, "• another hive which belonged to the same old"),
            (16.0, "keeper"),
            (16.0, "• a third one that nobody had seen until the last"),
            (16.0, "summer"),
        ];
        assert_eq!(read(&english).len(), 3);
    }

    #[test]
    fn numbers_in_sequence_begin_items() {
        let lines = [
            (0.0, "1. Open the hive and look at it."),
            (12.0, "2. Count the combs with brood"),
            (12.0, "in them."),
            (12.0, "3. Close it."),
        ];
        assert_eq!(
            read(&lines),
            ["1. Open the hive and look at it.", "2. Count the combs with brood/in them.", "3. Close it."]
        );
    }
}
