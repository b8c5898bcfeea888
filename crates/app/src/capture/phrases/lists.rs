//! The lines of a pasted list.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::error::PhraseError;
use super::super::text::plain;

/// Characters of a line that an error shows.
const SHOWN: usize = 40;

/// A text that is to become a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewText {
    /// The text.
    pub text: String,
    /// Which line of a list it is, from 1; none if it is no line of one.
    pub line: Option<usize>,
}

impl NewText {
    /// No line of a list.
    pub fn alone(text: impl Into<String>) -> Self {
        Self { text: text.into(), line: None }
    }

    /// What is wrong with it, which of a list names the line.
    pub(super) fn refused(&self, error: PhraseError) -> PhraseError {
        let Some(line) = self.line else { return error };
        match error {
            // What is wrong with how they are added is no matter of a line.
            PhraseError::Language(_) | PhraseError::Target { .. } => error,
            _ => PhraseError::Line { line, beginning: beginning(&self.text), error: Box::new(error) },
        }
    }
}

/// So much of a line that a person finds it.
fn beginning(text: &str) -> String {
    let text = plain(text);
    let shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

/// A line of a list that becomes no phrase, without the list being refused for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PhraseLineLeftOut)]
pub struct LeftOut {
    /// Which it is, from 1, as the text was sent.
    pub line: usize,
    /// How it begins.
    pub beginning: String,
    /// Why: `no_words`, as a number or a rule between the others.
    #[schema(pattern = "^no_words$")]
    pub code: &'static str,
    /// The same for people.
    pub detail: String,
}

impl LeftOut {
    fn of(line: &NewText) -> Self {
        let (number, beginning) = (line.line.unwrap_or_default(), beginning(&line.text));
        let detail = format!("line {number} (\"{beginning}\") has no letter, and was left out");
        Self { line: number, beginning, code: "no_words", detail }
    }
}

/// The lines of a pasted list that are not empty, and those of them that are left out: those without a letter, such as numbers and
/// rules between the others, unless all are so.
pub fn lines(text: &str) -> (Vec<NewText>, Vec<LeftOut>) {
    let all = text.lines().enumerate().map(|(at, text)| NewText { text: text.trim().to_owned(), line: Some(at + 1) });
    let lines: Vec<NewText> = all.filter(|line| !line.text.is_empty()).collect();
    let has_letter = |line: &NewText| line.text.chars().any(char::is_alphabetic);
    if !lines.iter().any(has_letter) {
        return (lines, Vec::new());
    }
    let (lines, left_out): (Vec<_>, Vec<_>) = lines.into_iter().partition(has_letter);
    (lines, left_out.iter().map(LeftOut::of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_number_where_others_are_left_out() {
        let of = |text: &str| lines(text).0.into_iter().map(|line| (line.line, line.text)).collect::<Vec<_>>();
        let line = |number: usize, text: &str| (Some(number), text.to_owned());
        assert_eq!(of("\nДа\r\n\n  ---\n 42\nНет "), [line(2, "Да"), line(6, "Нет")]);
        assert_eq!(of("42\n7"), [line(1, "42"), line(2, "7")]);
        let left_out = |text: &str| lines(text).1.iter().map(|line| line.detail.clone()).collect::<Vec<_>>();
        let said =
            ["line 4 (\"---\") has no letter, and was left out", "line 5 (\"42\") has no letter, and was left out"];
        assert_eq!(left_out("\nДа\r\n\n  ---\n 42\nНет "), said);
        assert!(left_out("42\n7").is_empty() && left_out("Да\n\nНет").is_empty());
    }

    #[test]
    fn what_is_wrong_with_a_line_names_it() {
        let line = NewText { text: "x".repeat(50), line: Some(3) };
        let told = line.refused(PhraseError::NoLanguage).to_string();
        assert!(told.starts_with(&format!("line 3 (\"{}…\"): the text has no word", "x".repeat(40))), "{told}");
        assert!(matches!(line.refused(PhraseError::Language(String::new())), PhraseError::Language(_)));
        assert!(matches!(NewText::alone("x").refused(PhraseError::NoWords), PhraseError::NoWords));
    }
}
