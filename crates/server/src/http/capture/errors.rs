//! Maps the errors of Capture's use cases to responses. The codes are stable.

use axum::http::StatusCode;
use sluice_app::capture::PhraseError;
use sluice_app::capture::deck::DeckError;
use sluice_local::deck::DeckReadError;

use crate::http::errors::{conflict, invalid};
use crate::http::problem::Problem;

impl From<PhraseError> for Problem {
    fn from(error: PhraseError) -> Self {
        let text = error.to_string();
        match error {
            PhraseError::Unknown { what } => Self::not_found(what),
            PhraseError::NoWords => invalid("no_words", text),
            PhraseError::TooLong { what, found, most } => {
                invalid("text_too_long", text).with("what", what).with("found", found).with("most", most)
            }
            PhraseError::TooMany { found, most, .. } => {
                invalid("too_many", text).with("found", found).with("most", most)
            }
            PhraseError::Language(_) => invalid("no_such_language", text).with("pointer", "/language"),
            PhraseError::Target { .. } => invalid("no_such_language", text).with("pointer", "/translate_to"),
            PhraseError::NoLanguage => invalid("text_no_language", text).with("pointer", "/text"),
            PhraseError::WrongScript { .. } => invalid("text_wrong_script", text).with("pointer", "/language"),
            PhraseError::Line { line, beginning, error } => {
                Self::from(*error).because(text).with("line", line).with("beginning", beginning)
            }
            PhraseError::NoSuchDraft { count, .. } => {
                invalid("no_such_draft", text).with("pointer", "/places").with("count", count)
            }
            PhraseError::NothingKept => invalid("nothing_kept", text).with("pointer", "/places"),
            PhraseError::Field { .. } => invalid("no_such_field", text).with("pointer", "/field"),
            PhraseError::Changed { etag } => {
                Self::new(StatusCode::PRECONDITION_FAILED, "phrase_changed", "Somebody else changed it first", text)
                    .with("etag", etag)
            }
            PhraseError::SamePhrase { ref id } => conflict("same_phrase", &error).with("phrase", id.to_string()),
            PhraseError::Working => conflict("phrase_working", &error),
            PhraseError::Status { status, .. } => conflict("wrong_status", &error).with("phrase_status", status),
            PhraseError::NothingToUndo => conflict("nothing_to_undo", &error),
            PhraseError::NeedsProvider => conflict("needs_provider", &error),
            PhraseError::Theme(_) => invalid("bad_theme", text),
            PhraseError::NotDrafted => conflict("not_drafted", &error),
            PhraseError::Deck(error) => error.into(),
            PhraseError::KeyReused => invalid("idempotency_key_reused", text),
            PhraseError::Cursor => Self::bad_request(text),
            PhraseError::Limit(exceeded) => exceeded.into(),
            PhraseError::Media(error) => error.into(),
            PhraseError::Store(error) => error.into(),
        }
    }
}

impl From<DeckError> for Problem {
    fn from(error: DeckError) -> Self {
        match error {
            DeckError::NoCards | DeckError::AllExported | DeckError::AllExcluded => conflict("no_cards", &error),
            DeckError::EmptySource { .. } => conflict("card_without_text", &error),
            _ => Self::internal(&error),
        }
    }
}

impl From<DeckReadError> for Problem {
    fn from(error: DeckReadError) -> Self {
        let Some(reason) = error.reason() else { return Self::internal(&error) };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "deck_unreadable", "This deck cannot be read", error.to_string())
            .with("reason", reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deck_that_takes_too_long_to_read_is_refused_and_no_failure_of_the_server() {
        let problem = serde_json::to_value(Problem::from(DeckReadError::TooSlow)).unwrap();
        assert_eq!(
            (&problem["status"], &problem["code"], &problem["reason"]),
            (&422.into(), &"deck_unreadable".into(), &"too_slow".into()),
            "{problem}"
        );
    }
}
