//! The checks of what a model wrote: every number, name and quotation of a sentence stands on the page that it names.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::check::check_text;
use super::super::detect::detect;
use super::super::lexicon::Lexicon;
use super::super::text::{find_markup, is_arabic, word_count};
use super::super::{TextProblem, scene_words};
use super::draft::{Draft, Part, Place};
use super::source::Source;
use crate::grounding::ground::Ground;
use crate::grounding::{names, unknown_number};

/// Most characters of what was found, in a reason.
const MOST_FOUND: usize = 120;
/// Fewest words of a text whose language can be told.
const WORDS_OF_A_LANGUAGE: u32 = 16;

/// Why a sentence is refused. The names are permanent: clients translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefusalReason)]
pub enum Reason {
    /// It names no page of those that were given.
    NoPage,
    /// A number does not stand on its page.
    Number,
    /// A name does not stand on its page.
    Name,
    /// A quotation does not stand on its page word for word.
    Quotation,
    /// Most of its words do not stand on its page.
    Unsupported,
    /// It is in another language than the document.
    Language,
    /// It cannot be spoken: markup, control characters, no words.
    NotPlain,
    /// It is too long for a scene.
    TooLong,
    /// The closing question is none.
    NoQuestion,
}

/// A refused sentence, title, heading or question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it is in the draft.
    pub(super) place: Place,
    /// Its text.
    pub text: String,
    /// The page that it names; none for what names none.
    pub page: Option<u32>,
    /// Why.
    pub reason: Reason,
    /// What was found: the number, the name, the quotation; may be empty.
    pub found: String,
}

impl Refused {
    /// The reason in a sentence.
    pub fn detail(&self) -> String {
        let found = &self.found;
        let there = self.page.map_or_else(|| "in the document".to_owned(), |page| format!("on page {page}"));
        match self.reason {
            Reason::NoPage => "It names no page of the document that was given.".to_owned(),
            Reason::Number => format!("The number \"{found}\" does not stand {there}."),
            Reason::Name => format!("\"{found}\" looks like a name and does not stand {there}."),
            Reason::Quotation => format!("The quotation \"{found}\" does not stand {there} word for word."),
            Reason::Unsupported => format!("Most of its words do not stand {there}: {found}"),
            Reason::Language => format!("It is in another language ({found}) than the document."),
            Reason::NotPlain => format!("It is not plain spoken text: {found}"),
            Reason::TooLong => format!("It has {found} words, which is too long."),
            Reason::NoQuestion => "It is not a question.".to_owned(),
        }
    }
}

/// What is refused of a draft, in its order; each part for its first reason.
pub(super) fn check(draft: &Draft, source: &Source) -> Vec<Refused> {
    draft.parts().iter().filter_map(|part| refused(part, source)).collect()
}

fn refused(part: &Part<'_>, source: &Source) -> Option<Refused> {
    let refuse = |(reason, found): (Reason, String)| Refused {
        place: part.place,
        text: part.text.to_owned(),
        page: part.page,
        reason,
        found: found.chars().take(MOST_FOUND).collect(),
    };
    unspeakable(part, source).or_else(|| unfounded(part, source)).map(refuse)
}

/// Text that no voice can say, or in another language.
fn unspeakable(part: &Part<'_>, source: &Source) -> Option<(Reason, String)> {
    let text = part.text;
    match check_text(text, source.language) {
        Ok(()) => {}
        Err(TextProblem::TooLong { words, .. }) => return Some((Reason::TooLong, words.to_string())),
        Err(TextProblem::TooManyCharacters { .. }) => return Some((Reason::NotPlain, "endless words".to_owned())),
        Err(TextProblem::Empty) => return Some((Reason::NotPlain, "there is no text".to_owned())),
        Err(TextProblem::ControlCharacters) => return Some((Reason::NotPlain, "control characters".to_owned())),
    }
    let words = word_count(text);
    if part.place.is_heading() && words > scene_words(source.language).1 / 4 {
        return Some((Reason::TooLong, words.to_string()));
    }
    if let Some(markup) = find_markup(text) {
        return Some((Reason::NotPlain, markup));
    }
    other_language(text, source).map(|found| (Reason::Language, found))
}

fn other_language(text: &str, source: &Source) -> Option<String> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let arabic = text.chars().filter(|c| is_arabic(*c) && c.is_alphabetic()).count();
    let is_arabic_text = source.language.code() == "ar";
    if letters >= 8 && is_arabic_text != (arabic * 2 >= letters) {
        return Some(if is_arabic_text { "not Arabic" } else { "Arabic" }.to_owned());
    }
    if word_count(text) < WORDS_OF_A_LANGUAGE {
        return None;
    }
    let found = detect(text);
    (found.reliable && found.language != source.language).then(|| found.language.facts().name.to_owned())
}

/// Facts that do not stand on the page: for a title, a heading or a question, in the document.
fn unfounded(part: &Part<'_>, source: &Source) -> Option<(Reason, String)> {
    let lexicon = Lexicon::of(source.language);
    let page = match (part.place, part.page) {
        (Place::Sentence(..), Some(page)) => match source.ground(page) {
            Some(ground) => ground,
            None => return Some((Reason::NoPage, page.to_string())),
        },
        (Place::Sentence(..), None) => return Some((Reason::NoPage, String::new())),
        _ => &source.all,
    };
    if part.place == Place::Question && !part.text.trim_end_matches(['”', '»', '"', '“', '’']).ends_with(['?', '؟'])
    {
        return Some((Reason::NoQuestion, String::new()));
    }
    unknown_number(part.text, page, source.language.code(), &source.number_words)
        .map(|found| (Reason::Number, found))
        .or_else(|| names::unknown_quotation(part.text, page).map(|found| (Reason::Quotation, found)))
        .or_else(|| names::unknown_name(part.text, page, &source.all, lexicon).map(|found| (Reason::Name, found)))
        .or_else(|| unsupported(part, page, lexicon).map(|found| (Reason::Unsupported, found)))
}

fn unsupported(part: &Part<'_>, page: &Ground, lexicon: &Lexicon) -> Option<String> {
    matches!(part.place, Place::Sentence(..)).then(|| names::unsupported(part.text, page, lexicon)).flatten()
}
