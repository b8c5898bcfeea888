//! The walk over a text, and what comes of it.

use std::ops::Range;

use crate::Tongue;
use crate::scan::{char_at, char_before, is_mark, is_pictured, is_superscript, is_word};

/// A text as it is said, with the way back to what is printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spoken {
    /// What is said. Line breaks and the punctuation that makes pauses are those of the printed text.
    pub text: String,
    /// Stretches of the printed text, in bytes, each with the stretch of `text` that says it. They are in order, do not
    /// overlap, and hold every printed word once. What is said for several words together ("1 May") is divided among
    /// them; one stretch holds several only where fewer words are said. What is not said (a picture, a footnote mark)
    /// has an empty stretch, or one of punctuation alone.
    pub spans: Vec<(Range<usize>, Range<usize>)>,
}

impl Spoken {
    /// How many words are said: the measure of how long it takes.
    pub fn words(&self) -> usize {
        let words = self.text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '…'));
        words.filter(|word| word.contains(char::is_alphanumeric)).count()
    }

    /// Takes back the white space at the end, which something silent left.
    fn trim(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        for (_, said) in self.spans.iter_mut().rev().take_while(|(_, said)| said.end > end) {
            *said = end..end;
        }
    }

    /// The stretch between two words.
    fn gap(&mut self, gap: &str) {
        if self.text.is_empty() && !self.spans.is_empty() {
            return;
        }
        if self.text.is_empty() || !self.text.ends_with(char::is_whitespace) {
            self.text.push_str(gap);
        } else if gap.contains('\n') {
            // Something silent stood between: the wider gap stays.
            self.trim();
            self.text.push_str(gap);
        }
    }

    fn word(&mut self, text: &str, printed: Range<usize>, said: &str, changed: bool) {
        // The full stop after something silent ends what is before it.
        let closes = |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '،' | '؛' | '؟');
        if changed && !said.is_empty() && said.chars().all(closes) && !self.text.ends_with('\n') {
            self.trim();
        }
        let start = self.text.len();
        self.text.push_str(said);
        for (word, part) in divide(text, &printed, said) {
            self.spans.push((word, start + part.start..start + part.end));
        }
    }
}

/// The words of a text, in bytes.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in text.split(char::is_whitespace) {
        if !word.is_empty() {
            words.push(at..at + word.len());
        }
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
    }
    words
}

/// Divides what is said among the printed words that it stands for: a word that is said as it is printed keeps its
/// place, and those between share what is left by their lengths.
fn divide(text: &str, printed: &Range<usize>, said: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let (from, to) = (words(&text[printed.clone()]), words(said));
    if from.len() < 2 || to.len() < from.len() {
        return vec![(printed.clone(), 0..said.len())];
    }
    let core = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let written: Vec<String> =
        from.iter().map(|word| core(&text[printed.start + word.start..printed.start + word.end])).collect();
    let spoken: Vec<String> = to.iter().map(|word| core(&said[word.clone()])).collect();
    // Which spoken word each printed one begins with. The groups of a telephone number have pauses between.
    let after_pauses = || (1..to.len()).filter(|index| said[to[index - 1].clone()].ends_with([',', '،']));
    if after_pauses().count() + 1 == from.len() {
        let starts: Vec<usize> = std::iter::once(0).chain(after_pauses()).chain([to.len()]).collect();
        return divided(printed, &from, &to, &starts);
    }
    let mut starts = vec![0; from.len() + 1];
    let mut known = 0;
    for index in 1..=from.len() {
        let (low, high) = (starts[known] + index - known, to.len() - (from.len() - index));
        let place = match written.get(index).filter(|word| !word.is_empty()) {
            Some(word) => (low..=high).find(|place| spoken.get(*place) == Some(word)),
            None => (index == from.len()).then_some(to.len()),
        };
        let Some(place) = place else { continue };
        starts[index] = place;
        let weight = |range: Range<usize>| written[range].iter().map(|word| word.chars().count().max(1)).sum::<usize>();
        let (all, first) = (weight(known..index), starts[known]);
        for between in known + 1..index {
            let share = first + (place - first) * weight(known..between) / all;
            starts[between] = share.clamp(starts[between - 1] + 1, place - (index - between));
        }
        known = index;
    }
    divided(printed, &from, &to, &starts)
}

/// The stretches, where each printed word begins with the spoken word of that number in `starts`.
fn divided(
    printed: &Range<usize>,
    from: &[Range<usize>],
    to: &[Range<usize>],
    starts: &[usize],
) -> Vec<(Range<usize>, Range<usize>)> {
    let part = |index: usize| to[starts[index]].start..to[starts[index + 1] - 1].end;
    let written = |word: &Range<usize>| printed.start + word.start..printed.start + word.end;
    from.iter().enumerate().map(|(index, word)| (written(word), part(index))).collect()
}

/// Every word as it is printed.
pub(crate) fn unchanged(printed: &str) -> Spoken {
    struct Silent;
    impl Tongue for Silent {
        fn say(&self, _: &str, _: usize) -> Option<crate::Said> {
            None
        }
    }
    let words = walk(&Silent, printed, false);
    Spoken { text: printed.to_owned(), spans: words.spans.into_iter().map(|(word, _)| (word.clone(), word)).collect() }
}

/// What `tongue` makes of a text.
pub(crate) fn run(tongue: &dyn Tongue, printed: &str) -> Spoken {
    walk(tongue, printed, true)
}

fn walk(tongue: &dyn Tongue, printed: &str, tidy: bool) -> Spoken {
    let mut spoken = Spoken::default();
    let mut at = 0;
    while let Some(next) = char_at(printed, at) {
        if next.is_whitespace() {
            let end = at + printed[at..].find(|c: char| !c.is_whitespace()).unwrap_or(printed.len() - at);
            spoken.gap(&printed[at..end]);
            at = end;
            continue;
        }
        let start = at;
        let said = one_word(tongue, printed, &mut at, tidy);
        let said = said.trim();
        spoken.word(printed, start..at, said, said != &printed[start..at]);
    }
    spoken
}

/// Says what is at `at` up to white space, or to a dash that joins words in print only, and moves `at` there.
fn one_word(tongue: &dyn Tongue, printed: &str, at: &mut usize, tidy: bool) -> String {
    let mut said = String::new();
    let start = *at;
    while let Some(character) = char_at(printed, *at).filter(|c| !c.is_whitespace()) {
        let inside = is_word(character) && char_before(printed, *at).is_some_and(is_word);
        if !inside && let Some(rule) = tongue.say(printed, *at).filter(|rule| rule.end > *at) {
            // A rule that says nothing leaves no mark, and one that asks for room gets it once.
            let room = said.is_empty() || said.ends_with(' ');
            said.push_str(if room { rule.text.trim_start() } else { &rule.text });
            *at = rule.end;
            continue;
        }
        let first = *at == start;
        let end = if is_word(character) {
            *at + printed[*at..].find(|c| !is_word(c)).unwrap_or(printed.len() - *at)
        } else {
            *at + character.len_utf8()
        };
        if tidy {
            pass(printed, *at..end, &mut said);
        } else {
            said.push_str(&printed[*at..end]);
        }
        *at = end;
        if matches!(character, '—' | '…') && !first {
            break;
        }
    }
    said
}

/// Passes on what no rule took, without what cannot be said.
fn pass(printed: &str, range: Range<usize>, said: &mut String) {
    let character = char_at(printed, range.start).unwrap_or_default();
    let between_words =
        || char_before(printed, range.start).is_some_and(is_word) && char_at(printed, range.end).is_some_and(is_word);
    match character {
        c if is_pictured(c) || is_superscript(c) => {}
        '/' | '_' | '|' | '\\' if between_words() => said.push(' '),
        '_' | '|' | '\\' | '/' | '*' | '†' | '‡' | '®' | '™' | '•' | '▪' | '■' | '●' | '►' | '`' | '^' | '\u{ad}' =>
            {}
        _ => {
            let run = &printed[range];
            said.extend(run.chars().filter(|c| (!is_superscript(*c) && !is_pictured(*c)) || is_mark(*c)));
        }
    }
}
