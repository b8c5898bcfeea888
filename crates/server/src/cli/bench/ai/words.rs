//! Errors in words and characters.

/// Languages whose errors are counted in characters: they have no spaces between words.
const BY_CHARACTERS: [&str; 2] = ["ja", "zh"];

/// Words or characters of a text, as they are compared: without case and punctuation.
fn tokens(text: &str, language: &str) -> Vec<String> {
    let is_kept = |c: &char| c.is_alphanumeric() || c.is_whitespace() || *c == '-' || !c.is_ascii() && is_mark(*c);
    let plain: String = text.to_lowercase().replace("mr.", "mister").chars().filter(is_kept).collect();
    if BY_CHARACTERS.contains(&language) {
        return plain.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
    }
    plain.split([' ', '-']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Marks that belong to letters, in Devanagari.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}')
}

/// Words to change, add or leave out to come from what was said to what was heard, and words that were said.
pub(super) fn errors(said: &str, heard: &str, language: &str) -> (usize, usize) {
    distance(&tokens(said, language), &tokens(heard, language))
}

/// The same for characters, blanks aside.
pub(super) fn of_characters(said: &str, read: &str) -> (usize, usize) {
    let characters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).map(String::from).collect::<Vec<_>>();
    distance(&characters(said), &characters(read))
}

fn distance(said: &[String], heard: &[String]) -> (usize, usize) {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (at, word) in said.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (other, found) in heard.iter().enumerate() {
            let changed = diagonal + usize::from(word != found);
            diagonal = row[other + 1];
            row[other + 1] = changed.min(row[other] + 1).min(diagonal + 1);
        }
    }
    (row.last().copied().unwrap_or_default(), said.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_added_and_left_out_words_are_errors() {
        assert_eq!(errors("And Mister Dashwood had leisure", "and Mr. Dashwood had leisure.", "en"), (0, 5));
        assert_eq!(errors("one two three", "one too three four", "en"), (2, 3));
        assert_eq!(of_characters("1858, alone.", "1853, al one"), (2, 11));
        assert_eq!(errors("灯台。", "灯 塔", "ja"), (1, 2));
        assert_eq!(errors("नमस्ते दुनिया.", "नमस्ते दुनिया", "hi"), (0, 2));
    }
}
