//! Initials: a letter several lines tall belongs to the word beside its top.

use std::collections::HashMap;

use super::layout::{Line, RawBlock, united};

/// An initial is taller than the lines beside it by this factor.
const TALLER: f32 = 1.7;

/// Most letters of a page that may be initials: each is compared with all lines.
const MOST: usize = 500;

/// The blocks with their initials joined to their words.
pub(super) fn joined(mut blocks: Vec<RawBlock>) -> Vec<RawBlock> {
    let initials: Vec<(usize, usize)> =
        places(&blocks).filter(|(block, line)| is_letter(&blocks[*block].lines[*line])).take(MOST).collect();
    if initials.is_empty() {
        return blocks;
    }
    let mut words: HashMap<String, usize> = HashMap::new();
    for word in blocks.iter().flat_map(|block| &block.lines).flat_map(|line| line.text.split(' ')) {
        *words.entry(plain(word)).or_default() += 1;
    }
    for (block, line) in initials {
        let initial = blocks[block].lines[line].clone();
        let beside = |at: &(usize, usize)| is_beside(&initial, &blocks[at.0].lines[at.1]);
        let top = |at: &(usize, usize)| blocks[at.0].lines[at.1].bounds[1];
        let Some((to, at)) = places(&blocks).filter(beside).min_by(|one, other| top(one).total_cmp(&top(other))) else {
            continue;
        };
        join(&initial, &mut blocks[to].lines[at], &words);
        blocks[block].lines[line].text.clear();
    }
    for block in &mut blocks {
        block.lines.retain(|line| !line.text.is_empty());
    }
    blocks.retain(|block| !block.lines.is_empty());
    blocks
}

fn places(blocks: &[RawBlock]) -> impl Iterator<Item = (usize, usize)> {
    blocks.iter().enumerate().flat_map(|(block, lines)| (0..lines.lines.len()).map(move |line| (block, line)))
}

/// One capital letter, perhaps after a quotation mark.
fn is_letter(line: &Line) -> bool {
    let letters = line.text.trim_start_matches(['"', '“', '‘', '«', '„']);
    letters.chars().count() == 1 && letters.chars().all(|c| c.is_alphabetic() && !c.is_lowercase())
}

fn is_beside(initial: &Line, line: &Line) -> bool {
    let [left, top, right, bottom] = initial.bounds;
    let height = line.height;
    let gap = if line.right_to_left { left - line.bounds[2] } else { line.bounds[0] - right };
    line.turns == initial.turns
        && initial.height > TALLER * height
        && line.text.chars().count() > 10
        && gap > -0.5 * height
        && gap < 1.2 * height
        && line.middle() > top
        && line.middle() < bottom
}

/// An initial that is a word of its own (`A colony`) is told by the rest, which then is a word elsewhere on the page as well.
/// `words` are all of the page with their number, the rest among them.
fn join(initial: &Line, line: &mut Line, words: &HashMap<String, usize>) {
    let first = line.text.split(' ').next().unwrap_or_default();
    let (whole, rest) = (plain(&format!("{}{first}", initial.text)), plain(first));
    let can_stand_alone = matches!(initial.text.as_str(), "A" | "I" | "O" | "À" | "É" | "Y");
    let times = |word: &str| words.get(word).copied().unwrap_or_default();
    let stands_alone = can_stand_alone
        && times(&whole) == 0
        && (times(&rest) > 1 && rest.len() > 3
            || first.starts_with(char::is_uppercase) && first.chars().any(char::is_lowercase));
    let space = if stands_alone { " " } else { "" };
    let shift = u32::try_from(initial.text.len() + space.len()).unwrap_or_default();
    line.text = format!("{}{space}{}", initial.text, line.text);
    for (offset, _) in &mut line.words {
        *offset += shift;
    }
    // The bounds of the line stay: it is as high as the others, and starts where the text beside the initial starts.
    match line.words.first_mut() {
        Some((offset, bounds)) if !stands_alone => {
            *offset = 0;
            *bounds = united(bounds, &initial.bounds);
        }
        _ => line.words.insert(0, (0, initial.bounds)),
    }
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(initial: &str, first: &str, second: &str) -> String {
        let line = |text: &str, bounds: [f32; 4]| Line {
            text: text.to_owned(),
            bounds,
            height: bounds[3] - bounds[1],
            words: vec![(0, bounds)],
            ..Line::default()
        };
        let lines = [
            line(initial, [50.0, 98.0, 70.0, 124.0]),
            line(first, [72.0, 100.0, 300.0, 110.0]),
            line(second, [72.0, 112.0, 300.0, 122.0]),
        ];
        let blocks = joined(lines.into_iter().map(|line| RawBlock { lines: vec![line] }).collect());
        let texts: Vec<&str> = blocks.iter().flat_map(|block| &block.lines).map(|line| line.text.as_str()).collect();
        texts.join("/")
    }

    #[test]
    fn an_initial_belongs_to_its_word() {
        assert_eq!(read("T", "he colony of bees", "is a living thing"), "The colony of bees/is a living thing");
        assert_eq!(read("A", "fter the harvest", "the colony rests"), "After the harvest/the colony rests");
        assert_eq!(
            read("A", "colony of bees lives", "as a colony should"),
            "A colony of bees lives/as a colony should"
        );
    }
}
