//! Text that is set at a slant, as a searchable scan has it that was put on the glass askew. Poppler takes its words apart and
//! mixes its lines, so that what it gives is no text.

use super::layout::Word;

/// Down by so much for each point to the right: about two degrees and a half. Poppler reads what is steeper wrongly.
const STEEPEST: f32 = 0.045;

/// Fewest neighbours that show the slope of a page.
const FEWEST_NEIGHBOURS: usize = 20;

/// Fewest words of a page of which hardly any has a neighbour.
const FEWEST_PIECES: usize = 60;

/// Whether most of a page is set at a slant. `blocks` are poppler's: lines of words.
pub(super) fn is_slanted(blocks: &[Vec<Vec<Word>>]) -> bool {
    let words: Vec<&Word> = blocks.iter().flatten().flatten().collect();
    let neighbours = words.iter().zip(words.iter().skip(1));
    let mut slopes: Vec<f32> = neighbours.filter_map(|(one, next)| slope(one.bounds, next.bounds)).collect();
    if slopes.len() < FEWEST_NEIGHBOURS {
        return are_pieces(&words, slopes.len());
    }
    slopes.sort_by(f32::total_cmp);
    slopes.get(slopes.len() / 2).is_some_and(|slope| slope.abs() > STEEPEST)
}

/// How much lower a word stands than the one before it, for each point that it stands further to the right; none if the two
/// are no neighbours on a line.
fn slope(one: [f32; 4], next: [f32; 4]) -> Option<f32> {
    let height = (one[3] - one[1]).min(next[3] - next[1]);
    let gap = (next[0] - one[2]).max(one[0] - next[2]);
    let (across, down) = (next[0] - one[0], next[1] - one[1]);
    let are_near = gap <= 1.5 * height && gap >= -0.5 * height && down.abs() < 1.5 * height;
    (are_near && across.abs() > 0.3 * height).then(|| down / across)
}

/// Steep text comes in pieces of a letter or two, none of which is beside the next.
fn are_pieces(words: &[&Word], neighbours: usize) -> bool {
    let (mut letters, mut others) = (0_usize, 0_usize);
    for c in words.iter().flat_map(|word| word.text.chars()) {
        letters += usize::from(c.is_alphabetic());
        others += usize::from(!c.is_alphabetic());
    }
    words.len() >= FEWEST_PIECES && neighbours * 10 < words.len() && letters < words.len() * 2 && letters > 2 * others
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of words that stand beside each other, each lower than the one before by `slope`.
    fn lines(slope: f32) -> Vec<Vec<Vec<Word>>> {
        let word = |row: u8, at: u8| {
            let left = 60.0 + 40.0 * f32::from(at);
            let top = 80.0 + 14.0 * f32::from(row) + slope * 40.0 * f32::from(at);
            Word { text: "word".to_owned(), bounds: [left, top, left + 36.0, top + 11.0] }
        };
        vec![(0..8).map(|row| (0..10).map(|at| word(row, at)).collect()).collect()]
    }

    #[test]
    fn the_slope_of_most_neighbours_is_that_of_a_page() {
        for (slope, expected) in [(0.0, false), (0.02, false), (0.07, true), (-0.07, true), (0.2, true)] {
            assert_eq!(is_slanted(&lines(slope)), expected, "{slope}");
        }
        let mut mixed = lines(0.0);
        mixed.extend(lines(0.07).into_iter().map(|block| block.into_iter().take(3).collect()));
        assert!(!is_slanted(&mixed), "some slanted lines");
        assert!(!is_slanted(&[]));
    }

    #[test]
    fn a_page_of_pieces_is_slanted_and_one_of_numbers_is_not() {
        let pieces = |text: &str| -> Vec<Vec<Vec<Word>>> {
            let piece = |n: u8| {
                let (column, row) = (f32::from(n % 10), f32::from(n / 10));
                let (left, top) = (60.0 + 50.0 * column, 80.0 + 40.0 * row + 25.0 * column);
                vec![Word { text: text.to_owned(), bounds: [left, top, left + 8.0, top + 11.0] }]
            };
            vec![(0..120).map(piece).collect()]
        };
        assert!(is_slanted(&pieces("o")));
        assert!(!is_slanted(&pieces("12")), "the labels of a drawing");
        assert!(!is_slanted(&pieces("January")));
    }
}
