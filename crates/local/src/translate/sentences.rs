//! Texts in sentences, and back: the models were trained on single sentences.
//!
//! What is between sentences (spaces, line ends, blank lines) stays as it is, and so do those without a letter: numbers, signs,
//! emoji.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Languages that are written without spaces between sentences.
const WITHOUT_SPACES: [&str; 2] = ["zh", "ja"];

/// Most bytes of a sentence; longer ones are cut. A model reads about a quarter of that at once.
const LONGEST: usize = 2_000;

/// The sentences of a text that are to be translated, as ranges of bytes without the blanks around them.
pub(crate) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut fit = |part: &str| part.len() <= LONGEST;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let sentences = line.split_sentence_bound_indices().map(|(start, sentence)| (at + start, sentence));
        for range in sentences.filter_map(|(start, sentence)| trimmed(start, sentence)) {
            let start = text.as_ptr().addr();
            found.extend(parts(&text[range], &mut fit).into_iter().map(|part| {
                let at = part.as_ptr().addr() - start;
                at..at + part.len()
            }));
        }
        at += line.len();
    }
    found.retain(|range| text[range.clone()].chars().any(char::is_alphabetic));
    found
}

fn trimmed(start: usize, sentence: &str) -> Option<Range<usize>> {
    let begun = sentence.trim_start();
    let start = start + sentence.len() - begun.len();
    let content = begun.trim_end();
    (!content.is_empty()).then(|| start..start + content.len())
}

/// The text with its sentences replaced by their translations into `language`.
pub(super) fn joined(text: &str, sentences: &[Range<usize>], translated: &[String], language: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let mut at = 0;
    for (range, translation) in sentences.iter().zip(translated) {
        let between = &text[at..range.start];
        match between {
            "" if at > 0 && !WITHOUT_SPACES.contains(&language) => out.push(' '),
            " " if WITHOUT_SPACES.contains(&language) => (),
            _ => out.push_str(between),
        }
        out.push_str(translation);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// A sentence in parts that `fit`: whole if it does, or else cut near its middle, at the end of a clause or between words
/// where there is one.
pub(crate) fn parts<'a>(sentence: &'a str, fit: &mut impl FnMut(&str) -> bool) -> Vec<&'a str> {
    if sentence.chars().nth(1).is_none() || fit(sentence) {
        return vec![sentence];
    }
    let (first, second) = sentence.split_at(cut(sentence));
    [first.trim(), second.trim()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .flat_map(|part| parts(part, fit))
        .collect()
}

/// Where a sentence of at least two characters is cut: after a clause in its middle half, else after a word there, else in the
/// middle.
fn cut(sentence: &str) -> usize {
    let middle = sentence.len() / 2;
    let distance = |at: usize| at.abs_diff(middle);
    let after = |is: fn(char) -> bool| {
        let ends = sentence.char_indices().filter(|&(_, c)| is(c)).map(|(at, c)| at + c.len_utf8());
        ends.filter(|&at| distance(at) <= sentence.len() / 4).min_by_key(|&at| distance(at))
    };
    let is_clause = |c: char| matches!(c, ',' | ';' | ':' | '،' | '؛' | '、' | '，' | '；' | '：' | '—');
    let anywhere =
        || sentence.char_indices().map(|(at, _)| at).skip(1).min_by_key(|&at| distance(at)).unwrap_or(middle);
    after(is_clause).or_else(|| after(char::is_whitespace)).unwrap_or_else(anywhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_are_found_and_what_is_no_language_is_left() {
        assert_eq!(found("One. Two?  Three!\n\n  Title\n42 €\n😀"), ["One.", "Two?", "Three!", "Title"]);
        assert_eq!(found("الجملة الأولى. ما الثانية؟ نعم"), ["الجملة الأولى.", "ما الثانية؟", "نعم"]);
        assert_eq!(found("今日は。元気？"), ["今日は。", "元気？"]);
        assert_eq!(found(" \n\t"), [""; 0]);
        let endless = "word ".repeat(100_000);
        assert!(
            found(&endless).iter().all(|part| part.len() <= LONGEST && part.starts_with('w') && part.ends_with('d'))
        );
    }

    #[test]
    fn what_is_between_sentences_is_kept() {
        let text = "  One. Two?\r\n\r\n- Three 42\n";
        let ranges = sentences(text);
        let upper: Vec<String> = ranges.iter().map(|range| text[range.clone()].to_uppercase()).collect();
        assert_eq!(joined(text, &ranges, &upper, "pt"), "  ONE. TWO?\r\n\r\n- THREE 42\n");
        let text = "今日は。元気？";
        let translated = ["Hello.".to_owned(), "How are you?".to_owned()];
        assert_eq!(joined(text, &sentences(text), &translated, "en"), "Hello. How are you?");
        let text = "Hello. How are you?";
        let translated = ["今日は。".to_owned(), "元気？".to_owned()];
        assert_eq!(joined(text, &sentences(text), &translated, "ja"), "今日は。元気？");
    }

    #[test]
    fn a_long_sentence_is_cut_at_a_clause_or_between_words() {
        let mut fit = |part: &str| part.len() <= 24;
        assert_eq!(
            parts("When the tide is out, you can walk to the island", &mut fit),
            ["When the tide is out,", "you can walk", "to the island"]
        );
        let endless = "é".repeat(100);
        let cut = parts(&endless, &mut fit);
        assert_eq!(cut.concat(), endless);
        assert!(cut.iter().all(|part| part.len() <= 24), "{cut:?}");
        assert_eq!(parts("é", &mut |_| false), ["é"]);
    }
}
