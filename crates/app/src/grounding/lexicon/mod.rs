//! The rules' data for each language: its stop words, openings that depend on the previous sentence,
//! headings of parts that are not narrated, and the closing question. One file per language.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod it;
mod nl;
mod pt;

use std::collections::HashSet;
use std::sync::LazyLock;

use sluice_domain::language::Language;
use sluice_domain::language::abbreviations::Abbreviations;

use super::text::fold;

/// The words of one language. Lists of words are separated by spaces, lists of phrases by `|`; all in lower case,
/// Arabic without vowel marks.
pub(crate) struct Words {
    /// ISO 639-1 code.
    pub(crate) code: &'static str,
    /// Stop words: they carry no topic.
    pub(crate) small: &'static str,
    /// Openings that can be left out if a comma follows them.
    pub(crate) connectives: &'static str,
    /// Openings that depend on the previous sentence and cannot be left out.
    pub(crate) dangling: &'static str,
    /// Words that precede a noun.
    pub(crate) determiners: &'static str,
    /// Words that refer back in second position: "with these", "in such".
    pub(crate) demonstratives: &'static str,
    /// Openings of a clause that only refers to another text.
    pub(crate) see: &'static str,
    /// Phrases that refer to another place on the page.
    pub(crate) pointing: &'static str,
    /// Openings that look like [`Words::dangling`] but are self-contained.
    pub(crate) grounded: &'static str,
    /// What a document calls itself: "this manual" refers to nothing else.
    pub(crate) self_names: &'static str,
    /// Numbered things that are referred to: figures, tables, sections.
    pub(crate) numbered: &'static str,
    /// Phrases that introduce a reference: "as shown in", "see".
    pub(crate) pointers: &'static str,
    /// Headings of parts that are not narrated: references, contents, acknowledgements.
    pub(crate) left_out: &'static str,
    /// Headings that are recognised at any font size: abstract, introduction, conclusion.
    pub(crate) plain_headings: &'static str,
    /// Phrases of copyright notices and licences.
    pub(crate) boilerplate: &'static str,
    /// Phrases of sentences that define something, or draw a conclusion.
    pub(crate) cues: &'static str,
    /// The closing question about two key terms, `{0}` and `{1}`.
    pub(crate) question_of_two: &'static str,
    /// The closing question about the title, `{0}`.
    pub(crate) question_of_title: &'static str,
    /// The closing question if there is not even a title.
    pub(crate) question: &'static str,
    /// Heading of the closing scene.
    pub(crate) question_heading: &'static str,
}

/// [`Words`] as sets, for look-ups.
pub(crate) struct Lexicon {
    pub(crate) words: &'static Words,
    pub(crate) stop_words: HashSet<&'static str>,
    pub(crate) abbreviations: HashSet<&'static str>,
    pub(crate) closing_abbreviations: HashSet<&'static str>,
    pub(crate) connectives: Vec<&'static str>,
    pub(crate) dangling: HashSet<&'static str>,
    pub(crate) determiners: HashSet<&'static str>,
    pub(crate) demonstratives: HashSet<&'static str>,
    pub(crate) see: Vec<&'static str>,
    pub(crate) pointing: Vec<&'static str>,
    pub(crate) grounded: Vec<&'static str>,
    pub(crate) self_names: HashSet<&'static str>,
    pub(crate) numbered: HashSet<&'static str>,
    pub(crate) pointers: Vec<&'static str>,
    pub(crate) left_out: HashSet<&'static str>,
    pub(crate) plain_headings: HashSet<&'static str>,
    pub(crate) boilerplate: Vec<&'static str>,
    pub(crate) cues: Vec<&'static str>,
}

static LEXICONS: LazyLock<Vec<Lexicon>> = LazyLock::new(|| {
    [&en::WORDS, &ar::WORDS, &fr::WORDS, &de::WORDS, &es::WORDS, &it::WORDS, &pt::WORDS, &nl::WORDS]
        .into_iter()
        .map(Lexicon::new)
        .collect()
});

impl Lexicon {
    fn new(words: &'static Words) -> Self {
        let abbreviations = Abbreviations::of(words.code);
        Self {
            words,
            stop_words: words.small.split_whitespace().collect(),
            abbreviations: abbreviations.open().collect(),
            closing_abbreviations: abbreviations.closing().collect(),
            connectives: longest_first(words.connectives),
            dangling: phrases(words.dangling).collect(),
            determiners: words.determiners.split_whitespace().collect(),
            demonstratives: words.demonstratives.split_whitespace().collect(),
            see: phrases(words.see).collect(),
            pointing: phrases(words.pointing).collect(),
            grounded: longest_first(words.grounded),
            self_names: words.self_names.split_whitespace().collect(),
            numbered: words.numbered.split_whitespace().collect(),
            pointers: longest_first(words.pointers),
            left_out: phrases(words.left_out).collect(),
            plain_headings: phrases(words.plain_headings).collect(),
            boilerplate: phrases(words.boilerplate).collect(),
            cues: phrases(words.cues).collect(),
        }
    }

    /// The lexicon of a language; English for one that has none.
    pub(crate) fn of(language: Language) -> &'static Self {
        let code = language.code();
        LEXICONS.iter().find(|lexicon| lexicon.words.code == code).unwrap_or(&LEXICONS[0])
    }

    /// All lexicons, in the order of `LANGUAGES`.
    pub(crate) fn all() -> &'static [Self] {
        &LEXICONS
    }
}

/// Whether a word carries a topic: no stop word, no number, no single letter.
pub(crate) fn is_topic(word: &str, lexicon: &Lexicon) -> bool {
    let folded = fold(word);
    folded.chars().count() >= 2
        && folded.chars().any(char::is_alphabetic)
        && !folded.starts_with(|c: char| c.is_numeric())
        && !lexicon.stop_words.contains(folded.as_str())
        && !folded.rsplit('\'').next().is_some_and(|rest| lexicon.stop_words.contains(rest))
}

fn phrases(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split('|').map(str::trim).filter(|phrase| !phrase.is_empty())
}

fn longest_first(list: &'static str) -> Vec<&'static str> {
    let mut found: Vec<&str> = phrases(list).collect();
    found.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    found
}

#[cfg(test)]
mod tests {
    use sluice_domain::language::LANGUAGES;

    use super::*;

    #[test]
    fn every_language_has_its_words() {
        for (facts, lexicon) in LANGUAGES.iter().zip(Lexicon::all()) {
            assert_eq!(facts.code, lexicon.words.code);
            assert!(lexicon.stop_words.len() > 80, "{} has {} stop words", facts.code, lexicon.stop_words.len());
            assert!(lexicon.words.question_of_two.contains("{0}") && lexicon.words.question_of_two.contains("{1}"));
            assert!(lexicon.words.question_of_title.contains("{0}"));
        }
    }
}
