//! Müller's English–Russian dictionary, read backwards: which English words have a Russian word as a translation.
//!
//! An entry is a line at the margin with the English word, and indented lines: pronunciation, then senses ("1)", "а)") of
//! translations divided by commas, with examples after semicolons. Capital letters mark the stress, labels begin with "_".

use super::archive::unzipped;

/// A Russian word, and an English one that it translates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    russian: Box<str>,
    /// Less is better.
    rank: i16,
    /// Its number in `heads`.
    head: u32,
}

/// The dictionary by Russian words.
#[derive(Debug)]
pub(super) struct Mueller {
    /// Sorted.
    pairs: Vec<Pair>,
    heads: Vec<Box<str>>,
}

/// Labels that say nothing about how common a sense is.
const GRAMMAR: [&str; 22] = [
    "_n.", "_v.", "_a.", "_adv.", "_pl.", "_pron.", "_prep.", "_cj.", "_num.", "_pres.", "_p.", "_poss.", "_int.",
    "_attr.", "_predic.", "_sing.", "_refl.", "_p-p.", "_impers.", "_inf.", "_см.", "_тж.",
];

impl Mueller {
    /// Reads the text of the dictionary, compressed by `dictzip`.
    pub(super) fn read(dictionary: &[u8]) -> Result<Self, String> {
        let text = unzipped(dictionary)?;
        let text = std::str::from_utf8(&text).map_err(|error| format!("the dictionary is not UTF-8: {error}"))?;
        let mut this = Self { pairs: Vec::new(), heads: Vec::new() };
        let (mut head, mut body) = ("", Vec::new());
        for line in text.lines().filter(|line| !line.is_empty()) {
            if line.starts_with(char::is_whitespace) {
                body.push(line.trim());
            } else {
                this.entry(head, &body);
                (head, body) = (line, Vec::new());
            }
        }
        this.entry(head, &body);
        if this.pairs.is_empty() {
            return Err("the dictionary has no entry".to_owned());
        }
        this.pairs.sort_unstable();
        this.pairs.shrink_to_fit();
        Ok(this)
    }

    /// English words for a Russian one, the likeliest first.
    pub(super) fn english(&self, russian: &str) -> Vec<String> {
        let key = plain(russian);
        let from = self.pairs.partition_point(|pair| *pair.russian < *key);
        let same = self.pairs.iter().skip(from).take_while(|pair| *pair.russian == *key);
        let mut found: Vec<String> = Vec::new();
        for head in same.filter_map(|pair| self.heads.get(usize::try_from(pair.head).ok()?)) {
            if found.iter().all(|known| **known != **head) {
                found.push(head.to_string());
            }
        }
        found
    }

    fn entry(&mut self, head: &str, body: &[&str]) {
        let is_word = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, ' ' | '\'' | '-');
        let begins = head.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let Ok(number) = u32::try_from(self.heads.len()) else { return };
        if !begins || !head.chars().all(is_word) {
            return;
        }
        // Words with many senses are common ones.
        let bonus = 2 * i16::try_from((body.len() + 1).ilog2()).unwrap_or(0);
        let compound = if head.contains([' ', '-']) { 3 } else { 0 };
        let mut sense = 0;
        for text in senses(body) {
            let words = translations(&text);
            let rare = if labels(&text) { 8 } else { 0 };
            for (place, word) in words.iter().enumerate() {
                let Some(word) = word else { continue };
                let place = i16::try_from(place).unwrap_or(i16::MAX / 2);
                let rank = place.saturating_add(3 * sense + rare + compound - bonus);
                self.pairs.push(Pair { russian: plain(word).into_boxed_str(), rank, head: number });
            }
            // Entries have at most some hundred senses.
            if !words.is_empty() && sense < 1_000 {
                sense += 1;
            }
        }
        self.heads.push(head.into());
    }
}

/// A word as it is compared: without stress, in small letters, ё as е.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('ё', "е")
}

/// The lines of an entry, by senses.
fn senses(body: &[&str]) -> Vec<String> {
    let mut senses = Vec::new();
    let mut sense = String::new();
    for line in body.iter().filter(|line| !line.starts_with('[')) {
        if let Some(rest) = after_number(line) {
            senses.push(std::mem::take(&mut sense));
            sense.push_str(rest);
        } else {
            sense.push(' ');
            sense.push_str(line);
        }
    }
    senses.push(sense);
    senses
}

/// What follows "1)", "2.", "а)", "IV" or "*".
fn after_number(line: &str) -> Option<&str> {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let digits = first.strip_suffix([')', '.']).unwrap_or_default();
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit());
    let is_letter = first.ends_with(')') && first.chars().count() == 2;
    let is_roman = rest.is_empty() && !first.is_empty() && first.chars().all(|letter| "IVX".contains(letter));
    (is_number || is_letter || is_roman || first == "*").then_some(rest)
}

/// Whether a sense is obsolete, of a trade, of a dialect.
fn labels(sense: &str) -> bool {
    let first = sense.split(';').next().unwrap_or_default();
    first.split_whitespace().any(|word| word.starts_with('_') && !GRAMMAR.contains(&word))
}

/// The translations of a sense before its first example, each a word, or none for several words.
fn translations(sense: &str) -> Vec<Option<String>> {
    let words: Vec<&str> = sense.split_whitespace().filter(|word| !word.starts_with('_')).collect();
    let text = without_brackets(&words.join(" "));
    let groups = text.split(';').take_while(|group| !group.contains(|letter: char| letter.is_ascii_alphabetic()));
    let parts = groups.flat_map(|group| group.split(',')).map(|part| part.trim().trim_end_matches('.'));
    let is_russian = |part: &str| part.chars().all(|letter| matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | '-'));
    parts.filter(|part| !part.is_empty()).map(|part| is_russian(part).then(|| part.to_owned())).collect()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(letter),
            _ => (),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &str = "board\n   [bɔːd]\n   1. _n.\n      1) доскА\n      2) стол, едА\n\ntable\n   [tɛɪbl]\n   1. _n.\n      1) стол; to sit at table обЕдать, есть\n      2) _уст. доскА (тж. для игр)\n      3) таблИца\n      4) плитА\n\nx-ray\n   рентген\n";

    fn read(text: &str) -> Result<Mueller, String> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        Mueller::read(&gzip.finish().unwrap())
    }

    #[test]
    fn the_first_sense_of_a_common_word_is_the_likeliest() {
        let mueller = read(TEXT).unwrap();
        assert_eq!(mueller.english("стол"), ["table", "board"]);
        assert_eq!(mueller.english("Доска"), ["board", "table"]);
        assert_eq!(mueller.english("есть"), Vec::<String>::new(), "examples are no translations");
        assert_eq!(mueller.english("рентген"), ["x-ray"]);
    }

    #[test]
    fn what_is_no_dictionary_is_an_error() {
        assert!(read("").unwrap_err().contains("no entry"));
        assert!(Mueller::read(b"no gzip").is_err());
    }
}
