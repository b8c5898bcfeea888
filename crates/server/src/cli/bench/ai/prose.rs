//! Texts to embed and translate, from a file.

use std::path::Path;

/// The words of a file's prose: without tables, headings and listings of Markdown.
pub(super) fn words(file: &Path) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}; give --text", file.display()))?;
    let is_prose = |line: &&str| !line.trim_start().starts_with(['|', '#', '`', '<']);
    let words = text.lines().filter(is_prose).flat_map(str::split_whitespace).map(str::to_owned);
    let words: Vec<String> = words.collect();
    if words.len() < 1_000 {
        return Err(format!("{} has fewer than 1,000 words of prose; give --text", file.display()));
    }
    Ok(words)
}

/// At most `count` texts, of at least `characters` each.
pub(super) fn texts(words: &[String], characters: usize, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut text = String::new();
    for word in words {
        text.push_str(word);
        if text.chars().count() >= characters {
            found.push(std::mem::take(&mut text));
        } else {
            text.push(' ');
        }
        if found.len() == count {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_about_the_same_length() {
        let words: Vec<String> = "one two three four five six".split(' ').map(str::to_owned).collect();
        assert_eq!(texts(&words, 7, 9), ["one two", "three four", "five six"]);
        assert_eq!(texts(&words, 7, 1), ["one two"]);
    }
}
