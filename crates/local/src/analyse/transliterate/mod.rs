//! Latin letters for other scripts, by published rules. What the rules cannot decide is said, not guessed silently.
//!
//! - Russian: BGN/PCGN 1947, without its optional middle dots; stress marks stay.
//! - Georgian: the national system of 2002.
//! - Arabic: that of the International Journal of Middle East Studies, in pausal form. Without vowel marks, vowels are missing.
//! - Mandarin: Hanyu Pinyin from the numbered syllables of a dictionary ([`pinyin`]): characters have no rules.

mod arabic;
mod georgian;
pub(super) mod pinyin;
mod russian;

use sluice_domain::study::{Field, Reason, Source, StudyLanguage};

pub(super) use arabic::is_mark;

/// Text in Latin letters, and why it is doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Latin {
    pub(super) text: String,
    pub(super) doubt: Option<Reason>,
}

impl Latin {
    /// As a field that the rules of a language made.
    pub(super) fn field(self, language: StudyLanguage) -> Field {
        let name = language.facts().scheme.as_ref().map_or("none", |scheme| scheme.id);
        let source = Source::Rules { name: name.to_owned() };
        match self.doubt {
            Some(reason) => Field::doubtful(self.text, source, reason),
            None => Field::sure(self.text, source),
        }
    }
}

/// A phrase in Latin letters; none for a language that is written in them, and for Mandarin.
pub(super) fn by_rules(language: StudyLanguage, text: &str) -> Option<Latin> {
    match language.code() {
        "ru" => Some(russian::latin(text)),
        "ka" => Some(georgian::latin(text)),
        "ar" => Some(arabic::latin(text)),
        _ => None,
    }
}
