//! Finds where a sentence of the script stands in the document: its words are aligned with the words of the page that it
//! cites, and of the next page, where a sentence at the foot of a page ends.
//!
//! A shortened sentence lacks words of the printed one, and its first letter may differ: the alignment tolerates both. A
//! sentence that somebody wrote is not found, and gets no lines.

use sluice_domain::document::{Block, Document, Page, WordBox};

use super::script::{PrintedLine, Script};

/// The gain of a word that is in both.
const SAME: f32 = 1.0;
/// The cost of a word of the sentence that the page does not have.
const ONLY_SAID: f32 = 0.6;
/// The cost of a word of the page that the sentence lacks: little, because a bracket of ten words may have been dropped.
const ONLY_PRINTED: f32 = 0.08;
/// The share of a sentence's words that must be found.
const ENOUGH: f32 = 0.66;

/// So few words at an end of a sentence may stand elsewhere by chance: a number, a name.
const FEW: usize = 2;

/// How much wider another block of the same column may be.
const HARDLY_WIDER: f32 = 0.12;

/// Finds the sentences of a script that cite a page.
pub(crate) fn locate(script: &mut Script, document: &Document) {
    for sentence in script.scenes.iter_mut().flat_map(|scene| &mut scene.sentences) {
        sentence.lines = sentence.page.map_or_else(Vec::new, |page| lines_of(&sentence.text, page, document));
    }
}

/// The printed lines of a sentence that stands on `page` (counted from 1), in reading order; none if it is not found.
pub(crate) fn lines_of(sentence: &str, page: u32, document: &Document) -> Vec<PrintedLine> {
    let said: Vec<String> = sentence.split_whitespace().map(letters).filter(|word| !word.is_empty()).collect();
    let following = page.saturating_add(1);
    let pages: Vec<&Page> =
        document.pages.iter().filter(|candidate| candidate.number == page || candidate.number == following).collect();
    let printed: Vec<Printed<'_>> = pages.into_iter().flat_map(words_of).collect();
    let found = align(&said, &printed);
    if said.is_empty() || share(found.len(), said.len()) < ENOUGH {
        return Vec::new();
    }
    lines(without_strays(&found, &printed).iter().filter_map(|index| printed.get(*index)))
}

/// The words that were found, without those at the ends that stand by themselves in another paragraph: the number of a
/// figure, and not that of the sentence which names it.
fn without_strays<'a>(found: &'a [usize], printed: &[Printed<'_>]) -> &'a [usize] {
    let leaps = |two: &[usize]| {
        let [one, next] = [two[0], two[1]];
        one + 1 < next && !std::ptr::eq(printed[one].block, printed[next].block)
    };
    let (mut start, mut end) = (0, found.len());
    for at in (1..found.len()).filter(|at| leaps(&found[at - 1..=*at])) {
        if at <= FEW && 2 * at < found.len() {
            start = at;
        }
        if found.len() - at <= FEW && 2 * at > found.len() {
            end = end.min(at);
        }
    }
    &found[start..end]
}

/// A word of a page: its letters, and a box for each line that it stands on.
struct Printed<'a> {
    letters: String,
    /// Its letters without a source in brackets at its end, which is not told.
    without_source: Option<String>,
    page: &'a Page,
    block: &'a Block,
    boxes: &'a [WordBox],
}

/// What two spellings of a word have in common: letters and digits, in lower case.
fn letters(word: &str) -> String {
    word.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn words_of(page: &Page) -> Vec<Printed<'_>> {
    let mut words = Vec::new();
    for block in &page.blocks {
        let mut first = 0;
        for (index, WordBox(start, _)) in block.words.iter().enumerate() {
            let end = block.words.get(index + 1).map_or(block.text.len(), |next| next.0 as usize);
            let text = block.text.get(*start as usize..end).unwrap_or_default();
            // A word that is broken at the end of a line has two boxes, and no space in between.
            if text.ends_with(char::is_whitespace) || index + 1 == block.words.len() {
                let from = block.words.get(first).map_or(0, |word| word.0 as usize);
                let whole = block.text.get(from..end).unwrap_or_default();
                let boxes = block.words.get(first..=index).unwrap_or_default();
                let without_source = whole.split_once('[').map(|(word, _)| letters(word));
                words.push(Printed { letters: letters(whole), without_source, page, block, boxes });
                first = index + 1;
            }
        }
    }
    words.retain(|word| !word.letters.is_empty());
    words
}

/// How the best alignment of two beginnings ends.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Start,
    Same,
    OnlySaid,
    OnlyPrinted,
}

/// The indices of the printed words that are those of the sentence: the best local alignment (Smith and Waterman, 1981).
fn align(said: &[String], printed: &[Printed<'_>]) -> Vec<usize> {
    let width = printed.len() + 1;
    let mut scores = vec![0.0f32; width];
    let mut steps = vec![Step::Start; width * (said.len() + 1)];
    let mut best = (0.0, 0, 0);
    for (row, word) in said.iter().enumerate() {
        let mut diagonal = 0.0;
        for (column, other) in printed.iter().enumerate() {
            let at = column + 1;
            let is_same = *word == other.letters
                || other.without_source.as_ref() == Some(word)
                || row == 0 && is_after_and(word, &other.letters);
            let same = if is_same { diagonal + SAME } else { f32::MIN };
            let choices = [
                (0.0, Step::Start),
                (same, Step::Same),
                (scores[at] - ONLY_SAID, Step::OnlySaid),
                (scores[at - 1] - ONLY_PRINTED, Step::OnlyPrinted),
            ];
            let (score, step) =
                choices.into_iter().fold(choices[0], |most, choice| if choice.0 > most.0 { choice } else { most });
            diagonal = scores[at];
            scores[at] = score;
            steps[(row + 1) * width + at] = step;
            if score > best.0 {
                best = (score, row + 1, at);
            }
        }
    }
    let (_, mut row, mut column) = best;
    let mut found = Vec::new();
    while row > 0 && column > 0 {
        match steps[row * width + column] {
            Step::Start => break,
            Step::Same => {
                found.push(column - 1);
                (row, column) = (row - 1, column - 1);
            }
            Step::OnlySaid => row -= 1,
            Step::OnlyPrinted => column -= 1,
        }
    }
    found.reverse();
    found
}

/// Whether a printed word is that of the sentence behind an Arabic "and" or "so", which a sentence does not begin with.
fn is_after_and(said: &str, printed: &str) -> bool {
    printed.strip_prefix(['و', 'ف']) == Some(said)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of words")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

/// Words become lines: boxes of the same block that stand side by side are united.
fn lines<'a>(words: impl Iterator<Item = &'a Printed<'a>>) -> Vec<PrintedLine> {
    let mut lines: Vec<(&Page, &Block, [f32; 4])> = Vec::new();
    for word in words {
        for WordBox(_, bounds) in word.boxes {
            match lines.last_mut() {
                Some((_, block, line)) if std::ptr::eq(*block, word.block) && beside(*line, *bounds) => {
                    *line = union(*line, *bounds);
                }
                _ => lines.push((word.page, word.block, *bounds)),
            }
        }
    }
    lines.into_iter().map(|(page, block, bounds)| printed_line(page, block, bounds)).collect()
}

fn beside(line: [f32; 4], word: [f32; 4]) -> bool {
    let overlap = line[3].min(word[3]) - line[1].max(word[1]);
    overlap > 0.5 * (line[3] - line[1]).min(word[3] - word[1])
}

fn union(one: [f32; 4], other: [f32; 4]) -> [f32; 4] {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
}

fn printed_line(page: &Page, block: &Block, [left, top, right, bottom]: [f32; 4]) -> PrintedLine {
    let across = |x: f32| (x / page.width.max(1.0)).clamp(0.0, 1.0);
    let down = |y: f32| (y / page.height.max(1.0)).clamp(0.0, 1.0);
    let column = column_of(page, block);
    PrintedLine {
        page: page.number,
        bounds: [across(left), down(top), across(right), down(bottom)],
        column: [across(column[0].min(left)), across(column[1].max(right))],
    }
}

/// Left and right edge of a block, and of those above and below it that are hardly wider: a view of it cuts none of their
/// words.
fn column_of(page: &Page, block: &Block) -> [f32; 2] {
    let [left, _, right, _] = block.bounds;
    let room = (right - left) * HARDLY_WIDER;
    let of_column = |other: &&Block| {
        let [other_left, _, other_right, _] = other.bounds;
        other_left < right && left < other_right && other_left > left - room && other_right < right + room
    };
    let edges = page.blocks.iter().filter(of_column).map(|other| other.bounds);
    edges.fold([left, right], |[left, right], other| [left.min(other[0]), right.max(other[2])])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block whose lines are 12 points apart, each letter 5 points wide. A hyphen at the end of a line is removed.
    fn block(left: f32, top: f32, right_to_left: bool, rows: &[&str]) -> Block {
        let (mut text, mut words) = (String::new(), Vec::new());
        let width = 300.0;
        for (row, line) in (0u8..).zip(rows) {
            let y = top + 12.0 * f32::from(row);
            let mut x = 0.0;
            for word in line.split(' ') {
                let wide = 5.0 * f32::from(u8::try_from(word.chars().count()).unwrap());
                let from = if right_to_left { left + width - x - wide } else { left + x };
                words.push(WordBox(u32::try_from(text.len()).unwrap(), [from, y, from + wide, y + 10.0]));
                x += wide + 5.0;
                match word.strip_suffix('\u{2010}') {
                    Some(broken) => text.push_str(broken),
                    None => text.extend([word, " "]),
                }
            }
        }
        let bottom = top + 12.0 * f32::from(u8::try_from(rows.len()).unwrap());
        let text = text.trim_end().to_owned();
        Block { text, bounds: [left, top, left + width, bottom], words, ..Block::default() }
    }

    fn document(pages: Vec<Vec<Block>>) -> Document {
        let page = |(number, blocks)| Page { number, width: 1000.0, height: 500.0, blocks, ..Page::default() };
        Document { pages: (1..).zip(pages).map(page).collect(), ..Document::default() }
    }

    /// Lines in points, rounded.
    fn found(sentence: &str, page: u32, document: &Document) -> Vec<(u32, [i32; 4])> {
        #[expect(clippy::cast_possible_truncation, reason = "points of a page")]
        let points = |line: &PrintedLine| {
            let [left, top, right, bottom] = line.bounds;
            [left * 1000.0, top * 500.0, right * 1000.0, bottom * 500.0].map(|value| value.round() as i32)
        };
        lines_of(sentence, page, document).iter().map(|line| (line.page, points(line))).collect()
    }

    #[test]
    fn a_sentence_is_found_on_its_lines() {
        let text =
            block(100.0, 50.0, false, &["Water falls. Water rises twice a", "day because of the moon. It falls."]);
        let document = document(vec![vec![text]]);
        let rises = "Water rises twice a day because of the moon.";
        assert_eq!(found(rises, 1, &document), [(1, [165, 50, 260, 60]), (1, [100, 62, 220, 72])]);
        assert!(
            lines_of(rises, 1, &document)[0].column.iter().zip([0.1, 0.4]).all(|(is, right)| (is - right).abs() < 1e-6)
        );
        assert_eq!(found("It falls.", 1, &document), [(1, [225, 62, 270, 72])]);
    }

    #[test]
    fn a_shortened_sentence_is_found_and_one_of_a_persons_own_is_not() {
        let rows = ["The harbour, which is old (see the list", "of ports), holds sixty ships in winter."];
        let document = document(vec![vec![block(0.0, 0.0, false, &rows)]]);
        let lines = found("The harbour holds sixty ships in winter.", 1, &document);
        assert_eq!(lines, [(1, [0, 0, 60, 10]), (1, [55, 12, 195, 22])]);
        assert_eq!(found("I went to the harbour and saw a whale in it.", 1, &document), []);
        assert_eq!(found("", 1, &document), []);
        assert_eq!(found("The harbour holds sixty ships in winter.", 7, &document), []);
    }

    #[test]
    fn a_column_is_as_wide_as_its_widest_paragraph() {
        let mut first = block(100.0, 50.0, false, &["Water falls twice a day."]);
        first.bounds[2] = 380.0;
        let second = block(102.0, 90.0, false, &["It rises after that."]);
        let mut title = block(100.0, 20.0, false, &["All about water"]);
        title.bounds[2] = 900.0;
        let document = document(vec![vec![title, first, second]]);
        let column = lines_of("Water falls twice a day.", 1, &document)[0].column;
        assert!((column[0] - 0.1).abs() < 1e-6 && (column[1] - 0.402).abs() < 1e-6, "{column:?}");
    }

    #[test]
    fn a_broken_word_and_a_sentence_over_two_pages_are_found() {
        let first = block(0.0, 400.0, false, &["Tides are re\u{2010}", "gular and"]);
        let second = block(0.0, 20.0, false, &["they can be foretold."]);
        let document = document(vec![vec![first], vec![second]]);
        let lines = found("Tides are regular and they can be foretold.", 1, &document);
        assert_eq!(lines, [(1, [0, 400, 65, 410]), (1, [0, 412, 45, 422]), (2, [0, 20, 105, 30])]);
    }

    #[test]
    fn columns_side_by_side_are_told_apart() {
        let left = block(0.0, 50.0, false, &["One ship left the port", "early and never"]);
        let right = block(500.0, 50.0, false, &["came back. Two came."]);
        let document = document(vec![vec![left, right]]);
        let lines = found("One ship left the port early and never came back.", 1, &document);
        assert_eq!(lines, [(1, [0, 50, 110, 60]), (1, [0, 62, 75, 72]), (1, [500, 50, 550, 60])]);
    }

    #[test]
    fn the_number_of_a_figure_is_not_that_of_the_sentence_which_names_it() {
        let caption = || block(100.0, 90.0, false, &["Figure 1-1. Letters of the font"]);
        let number = |text: &str| document(vec![vec![block(100.0, 50.0, false, &[text]), caption()]]);
        let sentence = "The font of this book is Amiri 1-1.";
        for text in ["The font of this book is Amiri 1-1[1].", "The font of this book is Amiri 1-1 [1]."] {
            let wide = if text.contains(" [") { 270 } else { 290 };
            assert_eq!(found(sentence, 1, &number(text)), [(1, [100, 50, wide, 60])], "{text}");
        }
        // Printed in another way, it is not found, and nor is another one.
        assert_eq!(found(sentence, 1, &number("The font of this book is Amiri one.")), [(1, [100, 50, 250, 60])]);
    }

    #[test]
    fn arabic_is_found_from_the_right() {
        let text = block(100.0, 0.0, true, &["يعيش النحل في", "خلايا. ويصنع العسل."]);
        let document = document(vec![vec![text]]);
        assert_eq!(found("يعيش النحل في خلايا.", 1, &document), [(1, [335, 0, 400, 10]), (1, [370, 12, 400, 22])]);
        assert_eq!(found("ويصنع العسل.", 1, &document), [(1, [305, 12, 365, 22])]);
        // Told without its "and", it is marked from its first word on all the same.
        assert_eq!(found("يصنع العسل.", 1, &document), [(1, [305, 12, 365, 22])]);
    }
}
