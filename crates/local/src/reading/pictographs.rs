//! Emoji and symbols: poppler gives them the bounds of the largest glyph of their font, far above and below their line.

use super::layout::Word;

/// A symbol is about as high as wide; one that is higher by this factor has the bounds of its font.
const TOO_HIGH: f32 = 1.8;

/// A word of the same line is not farther away, in widths of the symbol.
const NEAR: f32 = 2.0;

/// Most symbols of a page that are looked at.
const MOST: usize = 300;

/// Gives symbols the height of the words beside them.
pub(super) fn settle(blocks: &mut [Vec<Vec<Word>>]) {
    let all = || blocks.iter().flatten().flatten();
    if !all().any(is_too_high) {
        return;
    }
    let words: Vec<[f32; 4]> =
        all().filter(|word| word.text.contains(char::is_alphanumeric)).map(|word| word.bounds).collect();
    for symbol in blocks.iter_mut().flatten().flatten().filter(|word| is_too_high(word)).take(MOST) {
        symbol.bounds = settled(symbol.bounds, &words);
    }
}

fn is_too_high(word: &Word) -> bool {
    let [left, top, right, bottom] = word.bounds;
    let is_pictograph = |c: char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    bottom - top > TOO_HIGH * (right - left)
        && word.text.contains(is_pictograph)
        && !word.text.contains(char::is_alphanumeric)
}

/// As high as the nearest word whose line it reaches over; without one, as high as wide.
fn settled([left, top, right, bottom]: [f32; 4], words: &[[f32; 4]]) -> [f32; 4] {
    let width = right - left;
    let middle = f32::midpoint(top, bottom);
    let is_of_line = |word: &&[f32; 4]| top <= word[1] && word[3] <= bottom;
    // Of two lines that it reaches over, the one in its middle.
    let distance = |word: &[f32; 4]| {
        let apart = (word[0] - right).max(left - word[2]).max(0.0);
        (apart <= NEAR * width).then(|| apart + (f32::midpoint(word[1], word[3]) - middle).abs())
    };
    let nearest = words.iter().filter(is_of_line).filter_map(|word| Some((distance(word)?, word)));
    match nearest.min_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((_, word)) => [left, word[1], right, word[3]],
        None => [left, middle - 0.5 * width, right, middle + 0.5 * width],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, bounds: [f32; 4]) -> Word {
        Word { text: text.to_owned(), bounds }
    }

    #[test]
    fn a_symbol_is_as_high_as_the_words_beside_it() {
        let mut blocks = vec![
            vec![vec![word("Summer", [63.0, 75.0, 176.0, 103.0])]],
            vec![vec![
                word("🌻", [185.0, 41.0, 215.0, 118.0]),
                word("of", [223.0, 75.0, 249.0, 103.0]),
                word("★", [260.0, 75.0, 280.0, 103.0]),
            ]],
            vec![vec![word("👑", [63.0, 123.0, 78.0, 162.0])]],
        ];
        settle(&mut blocks);
        let edges: Vec<[f32; 2]> =
            blocks.iter().flatten().flatten().map(|word| [word.bounds[1], word.bounds[3]]).collect();
        assert_eq!(edges, [[75.0, 103.0], [75.0, 103.0], [75.0, 103.0], [75.0, 103.0], [135.0, 150.0]]);
    }
}
