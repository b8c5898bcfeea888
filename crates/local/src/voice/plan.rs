//! Turns written text into what is spoken: words with their pronunciation, grouped into clauses and sentences. Each
//! word remembers which bytes of the given text it stands for, so that timings can be mapped back. What is not spoken
//! as it is written is first expanded into words by `sluice-spoken`.

use std::ops::Range;

use sluice_domain::language::Language;

use super::token::{Spoken, Token, spoken_form, tokens};
use super::written::{Stretch, Written};

/// Most characters of a sentence; a longer one is split, because the memory of the voice model grows with the square.
const LONGEST_SENTENCE: usize = 360;

/// Characters of a line that may have been broken where the page ended; a shorter one ends with what it says.
const SHORTEST_WRAPPED_LINE: usize = 45;

/// How the letter A is spelled so that the synthesiser does not take it for the article.
const LETTER_A: &str = "eigh";

/// A word that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// The bytes of the given text that it stands for, punctuation included. Where one written word is said as several,
    /// or several together as one sum, all of these have the start of the first.
    pub(crate) range: Range<usize>,
    /// What is pronounced: letters and digits, and spaces where symbols separate them.
    pub(crate) spoken: String,
}

/// Words that are spoken in one breath.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// The range of the plan's words.
    pub(crate) words: Range<usize>,
    /// What it ends with: one of `,` `;` `:` `.` `?` `!`.
    pub(crate) mark: char,
}

/// Clauses up to a full stop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sentence {
    /// In order; never empty.
    pub(crate) clauses: Vec<Clause>,
}

/// A text, ready to be spoken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// In order; their ranges overlap only where they start together.
    pub(crate) words: Vec<Word>,
    /// In order; together they hold each word once.
    pub(crate) sentences: Vec<Sentence>,
}

/// A clause as it is sent to the engines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ClauseText {
    /// The words' spoken forms, separated by spaces; no punctuation.
    pub(crate) text: String,
    /// For each word of the clause, its first character in `text`.
    pub(crate) starts: Vec<usize>,
}

impl ClauseText {
    /// Joins spoken forms.
    pub(crate) fn join<'a>(spoken: impl IntoIterator<Item = &'a str>) -> Self {
        let mut joined = Self::default();
        let mut characters = 0;
        for word in spoken {
            if characters > 0 {
                joined.text.push(' ');
                characters += 1;
            }
            joined.starts.push(characters);
            joined.text.push_str(word);
            characters += word.chars().count();
        }
        joined
    }

    /// Which word of the clause a character belongs to.
    pub(crate) fn word_at(&self, character: usize) -> usize {
        self.starts.partition_point(|start| *start <= character).saturating_sub(1)
    }
}

impl Plan {
    /// Plans how to speak `text` in `language`. A text without anything to say has no words.
    #[cfg(test)]
    pub(crate) fn new(text: &str, language: Language) -> Self {
        Self::of(text, language.code())
    }

    /// The same in any language, by its ISO 639-1 code.
    pub(super) fn of(text: &str, language: &str) -> Self {
        let is_english = language == Language::ENGLISH.code();
        let normal = sluice_spoken::normalise(language, text);
        let tokens = tokens(&normal.text);
        let letter_a = if is_english { LETTER_A } else { "A" };
        let mut plan = Self::default();
        let mut clauses = Clauses::default();
        let mut written = Written::new(&normal, text);
        let mut waiting = None;
        for (index, token) in tokens.iter().enumerate() {
            let Stretch { range, silent, again, verbatim } = written.stretch(&token.range);
            // What has been put into words has lost the full stops that end no sentence; so has all of English.
            let initials = verbatim && !is_english;
            let mut spoken = spoken_form(token, tokens.get(index + 1), initials);
            if let Some(silent) = silent {
                plan.attach_across_lines(text, &silent, &clauses, &mut waiting);
                if text.get(silent.end..range.start).is_some_and(|gap| gap.contains('\n')) {
                    plan.give_back(silent.end, &mut waiting);
                }
            }
            if spoken.text.is_empty() {
                plan.attach(&range, clauses.begins_with(token.text, plan.words.len()), &mut waiting);
                if token.lines_after > 0 && clauses.line > 0 {
                    plan.give_back(range.end, &mut waiting);
                }
            } else {
                if spoken.text == "A" && !verbatim {
                    letter_a.clone_into(&mut spoken.text);
                }
                clauses.break_before(token, plan.words.len());
                let first = plan.words.last().filter(|_| again).map(|word| word.range.start);
                let start = first.or(waiting.take()).unwrap_or(range.start);
                plan.words.push(Word { range: start..range.end, spoken: spoken.text.clone() });
            }
            clauses.push(token, &spoken, plan.words.len());
        }
        if let Some(silent) = written.rest() {
            plan.attach(&silent, false, &mut waiting);
            plan.give_back(silent.end, &mut waiting);
        } else {
            plan.give_back(text.len(), &mut waiting);
        }
        clauses.end_sentence('.', plan.words.len());
        plan.sentences = clauses.sentences;
        plan.split_long_sentences();
        plan
    }

    /// Silent text belongs to the preceding word; what begins a sentence or a line belongs to the first word after it.
    fn attach(&mut self, silent: &Range<usize>, begins: bool, waiting: &mut Option<usize>) {
        match self.words.last_mut() {
            Some(word) if !begins && waiting.is_none() => word.range.end = word.range.end.max(silent.end),
            _ => *waiting = waiting.or(Some(silent.start)),
        }
    }

    /// Silent text that may go over the end of a line: each side of it belongs to its own line.
    fn attach_across_lines(
        &mut self,
        text: &str,
        silent: &Range<usize>,
        clauses: &Clauses,
        waiting: &mut Option<usize>,
    ) {
        let part = &text[silent.clone()];
        let Some(line) = part.rfind('\n').map(|end| silent.start + end + 1) else {
            return self.attach(silent, clauses.begins_with(part, self.words.len()), waiting);
        };
        let end = silent.start + text[silent.start..line].trim_end().len();
        self.attach(&(silent.start..end), false, waiting);
        self.give_back(end, waiting);
        if !text[line..silent.end].trim().is_empty() {
            self.attach(&(line..silent.end), true, waiting);
        }
    }

    /// Silent text after which its line ends without another word belongs to the last word after all.
    fn give_back(&mut self, end: usize, waiting: &mut Option<usize>) {
        if let Some(word) = self.words.last_mut()
            && waiting.take().is_some()
        {
            word.range.end = word.range.end.max(end);
        }
    }

    /// The words of a clause as they are sent to the engines.
    pub(crate) fn clause_text(&self, clause: &Clause) -> ClauseText {
        ClauseText::join(self.words[clause.words.clone()].iter().map(|word| word.spoken.as_str()))
    }

    fn length(&self, clause: &Clause) -> usize {
        self.words[clause.words.clone()].iter().map(|word| word.spoken.chars().count() + 1).sum()
    }

    fn split_long_sentences(&mut self) {
        for sentence in std::mem::take(&mut self.sentences) {
            let mut current = Sentence::default();
            let mut length = 0;
            let clauses: Vec<Clause> = sentence.clauses.into_iter().flat_map(|clause| self.split(&clause)).collect();
            for clause in clauses {
                let more = self.length(&clause);
                if length + more > LONGEST_SENTENCE && !current.clauses.is_empty() {
                    self.sentences.push(std::mem::take(&mut current));
                    length = 0;
                }
                length += more;
                current.clauses.push(clause);
            }
            self.sentences.push(current);
        }
    }

    /// Splits a clause that is too long for one sentence, between words.
    fn split(&self, clause: &Clause) -> Vec<Clause> {
        let mut parts = Vec::new();
        let mut start = clause.words.start;
        let mut length = 0;
        for index in clause.words.clone() {
            length += self.words[index].spoken.chars().count() + 1;
            if length > LONGEST_SENTENCE && index > start {
                parts.push(Clause { words: start..index, mark: ',' });
                start = index;
                length = self.words[index].spoken.chars().count() + 1;
            }
        }
        parts.push(Clause { words: start..clause.words.end, mark: clause.mark });
        parts
    }
}

/// Gathers words into clauses and sentences.
#[derive(Default)]
struct Clauses {
    sentences: Vec<Sentence>,
    open: Vec<Clause>,
    start: usize,
    ends_line: bool,
    /// Characters of the line so far.
    line: usize,
}

impl Clauses {
    /// Before a spoken token: an opening bracket causes a pause, and so does the end of a line. What ends with a line (a
    /// heading, an item of a list) is a sentence, whatever its punctuation; only a long line goes on with a small letter.
    fn break_before(&mut self, token: &Token, words: usize) {
        let goes_on = token.core().starts_with(char::is_lowercase) && self.line >= SHORTEST_WRAPPED_LINE;
        if self.ends_line && !goes_on {
            self.end_sentence('.', words);
        } else if self.ends_line || token.text.starts_with(['(', '[']) {
            self.end_clause(',', words);
        }
        if self.ends_line {
            self.line = 0;
        }
        self.ends_line = false;
    }

    /// Whether silent text after so many words begins a sentence or a line, and does not close the one before.
    fn begins_with(&self, silent: &str, words: usize) -> bool {
        let closes =
            |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '}' | '»' | '”' | '’' | '"' | '\'' | '…' | '.');
        let ended = self.ends_line || self.open.is_empty() && self.start == words;
        words > 0 && ended && !silent.starts_with('[') && !silent.chars().all(closes)
    }

    fn push(&mut self, token: &Token, spoken: &Spoken, words: usize) {
        match spoken.mark {
            Some(mark @ ('.' | '?' | '!')) => self.end_sentence(mark, words),
            Some(mark) => self.end_clause(mark, words),
            None => {}
        }
        self.line += token.text.chars().count() + 1;
        match token.lines_after {
            0 => {}
            1 => self.ends_line = true,
            _ => self.end_sentence('.', words),
        }
    }

    fn end_clause(&mut self, mark: char, words: usize) {
        if words > self.start {
            self.open.push(Clause { words: self.start..words, mark });
            self.start = words;
        }
    }

    fn end_sentence(&mut self, mark: char, words: usize) {
        self.end_clause(mark, words);
        if let Some(last) = self.open.last_mut() {
            last.mark = mark;
            self.sentences.push(Sentence { clauses: std::mem::take(&mut self.open) });
        }
        if std::mem::take(&mut self.ends_line) {
            self.line = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::LONGEST_WORD;
    use super::*;

    fn said(text: &str) -> Vec<String> {
        sentences(text, Language::ENGLISH)
    }

    fn sentences(text: &str, language: Language) -> Vec<String> {
        let plan = Plan::new(text, language);
        plan.sentences
            .iter()
            .map(|sentence| {
                let clauses: Vec<String> = sentence
                    .clauses
                    .iter()
                    .map(|clause| format!("{}{}", plan.clause_text(clause).text, clause.mark))
                    .collect();
                clauses.join(" ")
            })
            .collect()
    }

    #[test]
    fn sentences_and_clauses_follow_the_punctuation() {
        assert_eq!(
            said("Hello there, world! Is it (really) so? Yes: \"it is.\""),
            ["Hello there, world!", "Is it, really, so?", "Yes: it is."]
        );
        let wrapped = "A heading\n\nThe text goes on and on until the page is full\nand then—of course—goes on";
        assert_eq!(
            said(wrapped),
            ["A heading.", "The text goes on and on until the page is full, and then, of course, goes on."]
        );
    }

    #[test]
    fn what_ends_with_its_line_is_a_sentence() {
        assert_eq!(said("More honey;\nfewer mites\n3 new hives"), ["More honey.", "fewer mites.", "three new hives."]);
        assert_eq!(sentences("عسل أكثر\nعث أقل", Language::ARABIC), ["عسل أكثر.", "عث أقل."]);
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            said("Dr. J. Smith met Mrs. Jones, e.g. at 5 p.m. in St. Ives. Then etc."),
            ["Doctor J Smith met Missus Jones, for example at five P M in Saint Ives.", "Then et cetera."]
        );
        assert_eq!(said("The vol. was thick. Next"), ["The vol was thick.", "Next."]);
    }

    #[test]
    fn every_word_maps_back_to_its_bytes() {
        let text = "  ★ It costs $5.2 million [12] — about 25% more 🎉.";
        let plan = Plan::new(text, Language::ENGLISH);
        let words: Vec<(&str, &str)> =
            plan.words.iter().map(|word| (&text[word.range.clone()], word.spoken.as_str())).collect();
        assert_eq!(
            words,
            [
                ("★ It", "It"),
                ("costs", "costs"),
                ("$5.2", "five"),
                ("$5.2", "point"),
                ("$5.2", "two"),
                ("million", "million"),
                ("million [12] —", "dollars"),
                ("about", "about"),
                ("25%", "twenty-five"),
                ("25%", "percent"),
                ("more 🎉.", "more")
            ]
        );
        let starts: Vec<usize> = plan.words.iter().map(|word| word.range.start).collect();
        assert!(starts.is_sorted(), "{starts:?}");
    }

    #[test]
    fn a_symbol_belongs_to_its_own_sentence_and_line() {
        for (text, words) in [
            ("Our Village 🐝\n\n🐝 The queen", "Our|Village 🐝|🐝 The|queen"),
            ("Our Village 🐝\n🐝 The queen", "Our|Village 🐝|🐝 The|queen"),
            ("It is so. ② Then", "It|is|so.|② Then"),
            ("It is so. 🐝\n\nThen", "It|is|so. 🐝|Then"),
            ("It is so. 🐝 🎉\nThen", "It|is|so. 🐝 🎉|Then"),
            ("It is so. 🐝", "It|is|so. 🐝"),
            ("Good ★★★★☆\nBad ★☆☆☆☆\n✅ Done", "Good ★★★★☆|Bad ★☆☆☆☆|✅ Done"),
            ("Il dit « oui. » Puis", "Il|dit «|oui. »|Puis"),
            ("Many — 🐝 — bees", "Many — 🐝 —|bees"),
        ] {
            let plan = Plan::new(text, Language::ENGLISH);
            let found: Vec<&str> = plan.words.iter().map(|word| &text[word.range.clone()]).collect();
            assert_eq!(found.join("|"), words, "{text:?}");
        }
    }

    #[test]
    fn letters_are_told_from_the_article() {
        assert_eq!(said("A bee at 5 a.m. in the USA"), ["A bee at five eigh M in the U S eigh."]);
        assert_eq!(said("It was 5 p.m. Then plan B. All"), ["It was five P M.", "Then plan B.", "All."]);
        assert_eq!(sentences("De J. Dupont", Language::from_code("fr").unwrap()), ["De J Dupont."]);
    }

    #[test]
    fn a_telephone_number_is_one_written_word_in_several_clauses() {
        let plan = Plan::new("Call 555-0199 now", Language::ENGLISH);
        assert_eq!(said("Call 555-0199 now"), ["Call five five five, zero one nine nine now."]);
        let ranges: Vec<Range<usize>> = plan.words.iter().map(|word| word.range.clone()).collect();
        assert_eq!((ranges[0].clone(), ranges[8].clone()), (0..4, 14..17));
        assert!(ranges[1..8].iter().all(|range| *range == (5..13)));
    }

    #[test]
    fn arabic_is_split_at_its_own_punctuation() {
        assert_eq!(
            sentences("مرحبا بكم، في 22 دولة. هل هذا PDF؟ نعم", Language::ARABIC),
            ["مرحبا بكم, في اثنتين وعشرين دولة.", "هل هذا P D F?", "نعم."]
        );
        // Direction marks and tatweel are dropped; vowel marks are kept.
        assert_eq!(sentences("\u{202b}كـــتَاب\u{202c}", Language::ARABIC), ["كتَاب."]);
    }

    #[test]
    fn nothing_to_say_has_no_words() {
        for text in ["", "  \n", "🎉 🎉🎉", "… — !", "\u{200f}\u{202b}", "\u{1}\u{2}", "[1] [2,3]"] {
            assert_eq!(Plan::new(text, Language::ENGLISH), Plan::default(), "{text:?}");
        }
    }

    #[test]
    fn long_sentences_and_words_are_split() {
        let plan = Plan::new(&"word ".repeat(400), Language::ENGLISH);
        assert!(plan.sentences.len() >= 5);
        let counted: usize = plan.sentences.iter().flat_map(|s| &s.clauses).map(|clause| clause.words.len()).sum();
        assert_eq!(counted, 400);
        let long = Plan::new(&"a".repeat(1000), Language::ENGLISH);
        assert_eq!(long.words.len(), 1);
        assert!(long.words[0].spoken.split(' ').all(|part| part.len() <= LONGEST_WORD));
    }

    #[test]
    fn characters_are_found_in_their_word() {
        let text = ClauseText::join(["ab", "c d", "e"]);
        assert_eq!(text.text, "ab c d e");
        let words: Vec<usize> = (0..8).map(|character| text.word_at(character)).collect();
        assert_eq!(words, [0, 0, 0, 1, 1, 1, 1, 2]);
    }
}
