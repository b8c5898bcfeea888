//! What lines side by side are: columns of text, the cells of a table, or rows with gaps in them.

use super::{Cutter, MANY_LINES, beside};
use crate::reading::layout::Line;
use crate::reading::lists;

/// Most distance between the lines of a paragraph, in line heights; a table's rows are usually further apart.
const LOOSE: f32 = 1.9;

/// The same where the lines do not fill their column.
const SOLID: f32 = 1.6;

/// A column that is narrower than this many line heights has short lines.
const NARROW: f32 = 11.0;

/// Least lines of a narrow column of text.
const NARROW_LINES: usize = 5;

/// Most lines of a sentence in a narrow column.
const SENTENCE_LINES: usize = 15;

/// Two lines stand in one row and not there by chance if their middles differ by less, in line heights.
const EXACTLY: f32 = 0.2;

/// Rows that a column has of its own, at least, to be a table by itself.
const OWN_ROWS: usize = 3;

/// Most words of a cell in lower case.
const PHRASE_WORDS: usize = 3;

/// What lines side by side are.
#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Columns,
    Table,
    Rows,
}

impl Cutter<'_> {
    /// Tells columns of text from the cells of a table, and from lines with a gap in them.
    pub(super) fn kind(&self, columns: &[Vec<usize>]) -> Kind {
        let height = self.usual_height(&columns.concat());
        if self.are_cards(columns, height) {
            return Kind::Columns;
        }
        let rows = self.rows(columns, 0.4 * height);
        let shared: Vec<f32> = rows.iter().filter(|(_, columns)| *columns > 1).map(|(row, _)| *row).collect();
        let prose = columns.iter().filter(|ids| self.is_prose(ids)).count();
        if self.is_table(columns, &shared, prose, height) {
            return Kind::Table;
        }
        let long = columns.iter().filter(|ids| ids.len() > 2).count();
        let are_rows = are_most_shared(&rows) && prose == 0 && !self.are_lists(columns);
        let single = columns.iter().any(|ids| ids.len() == 1) && prose == 0;
        if are_rows || single || long == 0 && prose == 0 { Kind::Rows } else { Kind::Columns }
    }

    /// The rows in which lines stand, from the top: the middle of each, and how many columns it is in.
    fn rows(&self, columns: &[Vec<usize>], apart: f32) -> Vec<(f32, usize)> {
        let middles = |(column, ids): (usize, &Vec<usize>)| -> Vec<(f32, usize)> {
            ids.iter().map(|id| (self.lines[*id].middle(), column)).collect()
        };
        let mut sorted: Vec<(f32, usize)> = columns.iter().enumerate().flat_map(middles).collect();
        sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut rows: Vec<(f32, usize)> = Vec::new();
        let mut last = usize::MAX;
        for (middle, column) in sorted {
            match rows.last_mut() {
                Some((row, columns)) if middle - *row < apart => *columns += usize::from(last != column),
                _ => rows.push((middle, 1)),
            }
            last = column;
        }
        rows
    }

    /// Whether each column has rows of its own, as the tables of a reference card have, and shares them with the others only
    /// by chance.
    fn are_cards(&self, columns: &[Vec<usize>], height: f32) -> bool {
        let has_rows = |ids: &Vec<usize>| {
            let pairs = ids.windows(2).map(|pair| [self.lines[pair[0]].bounds, self.lines[pair[1]].bounds]);
            ids.len() >= MANY_LINES && pairs.filter(|[one, next]| beside(*one, *next)).count() >= OWN_ROWS
        };
        columns.iter().all(has_rows) && !are_most_shared(&self.rows(columns, EXACTLY * height))
    }

    fn is_table(&self, columns: &[Vec<usize>], shared: &[f32], prose: usize, height: f32) -> bool {
        let cells = columns.iter().map(Vec::len).sum::<usize>();
        let numbers = columns.iter().flatten().filter(|id| self.lines[**id].text.contains(char::is_numeric)).count();
        let enough = if columns.len() > 2 || numbers * 2 >= cells { 2 } else { 3 };
        if shared.len() < enough || prose > 1 || self.are_lists(columns) {
            return false;
        }
        // Names with a colon: the lines of a letter's or a form's head, which are read as lines.
        let names = columns
            .iter()
            .map(|ids| ids.iter().filter(|id| self.lines[**id].text.ends_with(':')).count() * 2 > ids.len());
        if names.into_iter().any(|is_names| is_names) {
            return false;
        }
        let is_aligned = |id: &usize| {
            let middle = self.lines[*id].middle();
            let next = shared.partition_point(|row| *row <= middle - 0.5 * height);
            shared.get(next).is_some_and(|row| *row < middle + 0.5 * height)
        };
        columns.iter().filter(|ids| !self.is_prose(ids)).all(|ids| {
            let aligned = ids.iter().filter(|id| is_aligned(id)).count();
            let short = ids.iter().filter(|id| self.lines[**id].text.chars().count() <= 40).count();
            let flowing = ids.iter().skip(1).filter(|id| self.lines[**id].text.starts_with(char::is_lowercase)).count();
            let flows = flowing * 3 > ids.len() && !(columns.len() > 2 && self.are_phrases(ids));
            aligned * 10 >= ids.len() * 6 && short * 4 >= ids.len() * 3 && !flows
        })
    }

    /// Whether all lines are a few words in lower case, such as "paid in full": the text of a column has sentences that begin.
    fn are_phrases(&self, ids: &[usize]) -> bool {
        let lines = || ids.iter().map(|id| self.lines[*id].text.as_str());
        ids.len() > 2
            && lines().all(|line| line.starts_with(char::is_lowercase) && line.split(' ').count() <= PHRASE_WORDS)
    }

    /// Whether lines fill the width of their column, as those of paragraphs do, or hold sentences one under the other.
    fn is_prose(&self, ids: &[usize]) -> bool {
        let [left, right] = self.sides(ids);
        let full = ids.iter().map(|id| &self.lines[*id]).filter(|line| {
            let words = line.text.split(' ').count();
            line.bounds[2] - line.bounds[0] > 0.7 * (right - left) && words >= 3 && line.text.chars().count() > 15
        });
        let is_full = ids.len() > 2 && full.count() * 2 >= ids.len() && self.is_set_within(ids, LOOSE);
        is_full || self.is_set_within(ids, SOLID) && (self.has_sentences(ids) || self.is_narrow_prose(ids))
    }

    /// Whether the two or three words of each line run on from one to the next, as those of a narrow column do.
    fn is_narrow_prose(&self, ids: &[usize]) -> bool {
        let [left, right] = self.sides(ids);
        let lines = || ids.iter().map(|id| &self.lines[*id]);
        let full =
            lines().filter(|line| line.bounds[2] - line.bounds[0] > 0.7 * (right - left) && line.text.contains(' '));
        let runs_on = |line: &&Line| line.text.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
        let ends = lines().filter(|line| line.text.split(' ').any(ends_sentence)).count();
        ids.len() >= NARROW_LINES
            && right - left < NARROW * self.usual_height(ids)
            && full.count() * 2 >= ids.len()
            && lines().skip(1).filter(runs_on).count() * 2 >= ids.len()
            && ends > 0
            && ends * SENTENCE_LINES >= ids.len()
    }

    /// Whether sentences end in at least every third of the lines: cells have words and numbers, and no full stops.
    fn has_sentences(&self, ids: &[usize]) -> bool {
        let lines = || ids.iter().map(|id| self.lines[*id].text.as_str());
        let words: usize = lines().map(|line| line.split(' ').count()).sum();
        let ends = lines().filter(|line| line.split(' ').any(ends_sentence)).count();
        ends > 1 && ends * 3 >= ids.len() && words >= ids.len() * 3
    }

    /// Whether lines follow each other as closely as those of text: there is more room between the rows of most tables.
    fn is_set_within(&self, ids: &[usize], heights: f32) -> bool {
        let mut pitches: Vec<f32> =
            ids.windows(2).map(|pair| self.lines[pair[1]].middle() - self.lines[pair[0]].middle()).collect();
        pitches.sort_by(f32::total_cmp);
        pitches.get(pitches.len() / 2).is_some_and(|pitch| *pitch < heights * self.usual_height(ids))
    }

    fn are_lists(&self, columns: &[Vec<usize>]) -> bool {
        let items = columns.iter().flatten().filter(|id| lists::bullet(&self.lines[**id].text).is_some()).count();
        items * 3 >= columns.iter().map(Vec::len).sum::<usize>() && items > 1
    }
}

/// Whether most rows are in more than one column.
fn are_most_shared(rows: &[(f32, usize)]) -> bool {
    rows.iter().filter(|(_, columns)| *columns > 1).count() * 10 >= rows.len() * 7
}

/// `there.`, `why?`: a word of several letters, and what ends a sentence.
fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '”', '’', '»', ')']);
    let stem = word.trim_end_matches(['.', '!', '?', '؟']);
    stem.len() < word.len() && stem.chars().filter(|c| c.is_alphabetic()).count() > 2
}

#[cfg(test)]
mod tests {
    use super::super::{Region, in_order};
    use crate::reading::layout::{Line, RawBlock};

    /// Left and right edge, and the text.
    type Piece = (f32, f32, &'static str);

    /// Regions of a page whose lines stand at the given left edge and height, each as wide as its letters. A table is in
    /// brackets.
    fn read(lines: &[(f32, f32, &str)]) -> Vec<String> {
        let block = |(left, top, text): &(f32, f32, &str)| {
            let width = 5.0 * f32::from(u8::try_from(text.chars().count()).unwrap());
            let bounds = [*left, *top, left + width, top + 10.0];
            let right_to_left = text.starts_with(crate::reading::letters::runs_left);
            let text = (*text).to_owned();
            RawBlock { lines: vec![Line { text, bounds, height: 10.0, right_to_left, ..Line::default() }] }
        };
        let joined = |lines: Vec<Line>| lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("/");
        in_order(lines.iter().map(block).collect())
            .into_iter()
            .filter_map(|region| match region {
                Region::Column(lines) => (!lines.is_empty()).then(|| joined(lines)),
                Region::Table(lines) => Some(format!("[{}]", joined(lines))),
            })
            .collect()
    }

    #[test]
    fn short_sentences_side_by_side_are_columns() {
        let lines = [
            (50.0, 100.0, "The room opens at eight."),
            (250.0, 100.0, "The archive keeps maps."),
            (50.0, 113.0, "It has over sixty seats."),
            (250.0, 113.0, "It lends out none of it."),
            (50.0, 126.0, "Nobody needs any card."),
            (250.0, 126.0, "Copies take half a day."),
        ];
        assert_eq!(
            read(&lines),
            [
                "The room opens at eight./It has over sixty seats./Nobody needs any card.",
                "The archive keeps maps./It lends out none of it./Copies take half a day.",
            ]
        );
        let arabic = [
            (250.0, 100.0, "تفتح القاعة في الثامنة."),
            (50.0, 100.0, "يحفظ الأرشيف الخرائط."),
            (250.0, 113.0, "فيها أكثر من ستين مقعدا."),
            (50.0, 113.0, "ولا يعير منها شيئا."),
            (250.0, 126.0, "ولا يحتاج أحد إلى بطاقة."),
            (50.0, 126.0, "والنسخ في نصف يوم."),
        ];
        assert_eq!(
            read(&arabic),
            [
                "تفتح القاعة في الثامنة./فيها أكثر من ستين مقعدا./ولا يحتاج أحد إلى بطاقة.",
                "يحفظ الأرشيف الخرائط./ولا يعير منها شيئا./والنسخ في نصف يوم.",
            ]
        );
    }

    #[test]
    fn narrow_columns_are_read_one_after_the_other() {
        let columns: [(f32, &[&str]); 3] = [
            (
                50.0,
                &["thing made of", "many thousand", "bodies. There", "the queen can", "lay her eggs,", "and others do"],
            ),
            (
                137.0,
                &["what remains:", "they feed the", "brood and the", "queen. Drones", "leave them in", "the summer to"],
            ),
            (
                224.0,
                &["look for some", "other queens.", "In spring the", "colony grows,", "and the whole", "hive is full."],
            ),
        ];
        let lines: Vec<(f32, f32, &str)> = columns
            .iter()
            .flat_map(|(left, texts)| {
                texts.iter().zip(0_u8..).map(|(text, row)| (*left, 100.0 + 13.0 * f32::from(row), *text))
            })
            .collect();
        let expected: Vec<String> = columns.iter().map(|(_, texts)| texts.join("/")).collect();
        assert_eq!(read(&lines), expected);
    }

    #[test]
    fn cells_are_a_table() {
        let lines = [
            (50.0, 100.0, "Harvest of wheat"),
            (250.0, 100.0, "Very good rain"),
            (50.0, 120.0, "Harvest of barley"),
            (250.0, 120.0, "Hail in June"),
            (50.0, 140.0, "Harvest of oats"),
            (250.0, 140.0, "Mild winter"),
        ];
        assert_eq!(
            read(&lines),
            ["[Harvest of wheat/Very good rain/Harvest of barley/Hail in June/Harvest of oats/Mild winter]"]
        );
        // A column of cells may be all in lower case.
        let lines = [
            (50.0, 100.0, "North coast"),
            (200.0, 100.0, "37 loads"),
            (350.0, 100.0, "paid in full"),
            (50.0, 120.0, "South coast"),
            (200.0, 120.0, "74 loads"),
            (350.0, 120.0, "paid in part"),
            (50.0, 140.0, "Upper valley"),
            (200.0, 140.0, "9 loads"),
            (350.0, 140.0, "not paid"),
        ];
        assert_eq!(
            read(&lines),
            ["[North coast/37 loads/paid in full/South coast/74 loads/paid in part/Upper valley/9 loads/not paid]"]
        );
    }

    #[test]
    fn words_far_apart_in_a_narrow_column_stay_in_their_rows() {
        let rows: [(f32, &[Piece]); 7] = [
            (311.5, &[(68.0, 152.0, "Understanding"), (226.0, 244.0, "the")]),
            (326.5, &[(68.0, 148.7, "transportation"), (165.7, 244.0, "infrastructure")]),
            (341.5, &[(68.0, 79.0, "of"), (104.6, 176.7, "mountainous"), (202.3, 244.0, "regions")]),
            (355.8, &[(68.0, 115.0, "requires"), (167.5, 244.0, "extraordinary")]),
            (370.8, &[(68.0, 119.5, "patience."), (136.8, 157.7, "The"), (175.0, 244.0, "municipality")]),
            (385.8, &[(68.0, 147.4, "commissioned"), (174.2, 244.0, "independent")]),
            (400.8, &[(68.0, 244.0, "environmental investigations and")]),
        ];
        let line = |top: f32, (left, right, text): &Piece| Line {
            text: (*text).to_owned(),
            bounds: [*left, top, *right, top + 12.8],
            height: 12.8,
            ..Line::default()
        };
        let blocks = vec![RawBlock {
            lines: rows.iter().flat_map(|(top, words)| words.iter().map(|word| line(*top, word))).collect(),
        }];
        let texts: Vec<String> = in_order(blocks)
            .into_iter()
            .flat_map(|region| match region {
                Region::Column(lines) | Region::Table(lines) => lines,
            })
            .map(|line| line.text)
            .collect();
        assert_eq!(
            texts.join(" "),
            "Understanding the transportation infrastructure of mountainous regions requires extraordinary patience. The \
             municipality commissioned independent environmental investigations and"
        );
    }

    #[test]
    fn the_gaps_of_justified_lines_part_no_columns() {
        let lines = [
            (50.0, 100.0, "a fence of the old neighbourhood fell."),
            (50.0, 113.0, "Understanding"),
            (205.0, 113.0, "the whole"),
            (50.0, 126.0, "transportation"),
            (180.0, 126.0, "infrastructure"),
            (50.0, 139.0, "of"),
            (90.0, 139.0, "mountainous"),
            (200.0, 139.0, "countries"),
            (50.0, 152.0, "requires all the patience that we have"),
        ];
        assert_eq!(
            read(&lines).join("/"),
            "a fence of the old neighbourhood fell./Understanding/the whole/transportation/infrastructure/of/mountainous/\
             countries/requires all the patience that we have"
        );
    }
}
