//! Words in a text: where each one stands, and what punctuation follows it.

use std::ops::Range;

/// Where `words` stand in `text`, in order, as bytes; `None` for those that are not found. Case is ignored.
pub(super) fn places(text: &str, words: &[&str]) -> Vec<Option<Range<usize>>> {
    let mut from = 0;
    let find = |word: &&str| {
        let place = find(text, from, word)?;
        from = place.end;
        Some(place)
    };
    words.iter().map(find).collect()
}

/// The words as they are printed in `text`, each with the punctuation that follows it.
pub(super) fn with_punctuation(text: &str, words: &[&str]) -> Vec<String> {
    let places = places(text, words);
    let printed = |(word, place): (&&str, &Option<Range<usize>>)| {
        let Some(place) = place else { return (*word).to_owned() };
        let rest = text.get(place.end..).unwrap_or_default();
        let length = rest.find(|c: char| c.is_whitespace() || c.is_alphanumeric()).unwrap_or(rest.len());
        text.get(place.start..place.end + length).unwrap_or(word).to_owned()
    };
    words.iter().zip(&places).map(printed).collect()
}

/// How far ahead a word is looked for: one that is missing must not carry the others away.
const AHEAD: usize = 200;

fn find(text: &str, from: usize, word: &str) -> Option<Range<usize>> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if word.is_empty() {
        return None;
    }
    let rest = text.get(from..)?;
    rest.char_indices().take(AHEAD).find_map(|(at, _)| {
        let mut end = from + at;
        let mut printed = text.get(end..)?.chars();
        for wanted in word.chars() {
            let found = printed.next()?;
            if !found.to_lowercase().eq(wanted.to_lowercase()) {
                return None;
            }
            end += found.len_utf8();
        }
        Some(from + at..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_order_with_their_punctuation() {
        let text = "Élan, the «end»: it's 5 o'clock — no?";
        let words = ["élan", "THE", "end", "missing", "it's", "5", "o'clock", "no"];
        let printed = with_punctuation(text, &words);
        assert_eq!(printed, ["Élan,", "the", "end»:", "missing", "it's", "5", "o'clock", "no?"]);
        assert_eq!(places("a a", &["a", "a", "a"]), [Some(0..1), Some(2..3), None]);
        assert_eq!(places("", &["", "."]), [None, None]);
    }
}
