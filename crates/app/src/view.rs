//! What the views of all apps share.

use serde::Serialize;
use sluice_domain::document::ReadWith;
use sluice_domain::language::Language;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::{JobError, Reason, Why};
use utoipa::ToSchema;

/// The direction of a text.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the values of `LanguageView::dir`")]
enum Direction {
    Ltr,
    Rtl,
}

/// A language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LanguageView {
    /// ISO 639-1.
    pub code: &'static str,
    /// The name of the language in the language itself.
    pub name: &'static str,
    /// `ltr` or `rtl`.
    #[schema(value_type = Direction)]
    pub dir: &'static str,
}

impl From<Language> for LanguageView {
    fn from(language: Language) -> Self {
        Self { code: language.code(), name: language.facts().name, dir: language.direction() }
    }
}

/// What read a document: its text layer, OCR, or both.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReadWithView {
    /// What read the text layer, with version; null if OCR read every page.
    pub text_layer: Option<String>,
    /// The OCR that read pages, with version; null if none did.
    pub ocr: Option<String>,
    /// The pages that OCR read.
    pub ocr_pages: Vec<u32>,
}

impl From<ReadWith> for ReadWithView {
    fn from(with: ReadWith) -> Self {
        let ReadWith { text_layer, ocr, ocr_pages } = with;
        Self { text_layer, ocr, ocr_pages }
    }
}

/// The state of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not started.
    Pending,
    /// In progress.
    Running,
    /// Finished.
    Done,
    /// The job failed in it.
    Failed,
}

/// Why something failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorView {
    /// A stable code for clients.
    pub code: String,
    /// A short title.
    pub title: String,
    /// What happened and what to do about it.
    pub detail: String,
}

impl ErrorView {
    /// The stored failure of a job.
    pub fn of(error: &JobError) -> Self {
        Self { code: error.code.clone(), title: "It could not be made".to_owned(), detail: error.message.clone() }
    }
}

/// Why a job waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyView {
    /// Its state.
    pub state: &'static str,
    /// Every current reason. Each has a `reason` (`time`, `dependency`, `children`, `signal`, `call`, `paused`, `limit`, `rate`,
    /// `provider`, `budget`, `no_worker`, `share`, `running`, `ended`) and its details.
    #[schema(value_type = Vec<Object>)]
    pub reasons: Vec<Reason>,
    /// Its position among the ready jobs of its owner, from 1.
    pub position: Option<u64>,
    /// The estimated time of its start: from and to.
    #[schema(value_type = Option<Vec<i64>>)]
    pub eta: Option<(Timestamp, Timestamp)>,
    /// The estimated time of its end, once it has started: from and to, by the usual duration of its kind.
    #[schema(value_type = Option<Vec<i64>>)]
    pub done_by: Option<(Timestamp, Timestamp)>,
}

impl WhyView {
    /// The engine's answer, with an estimate of the end.
    pub fn of(why: Why, done_by: Option<(Timestamp, Timestamp)>) -> Self {
        let Why { state, reasons, position, eta } = why;
        Self { state: state.as_str(), reasons, position, eta, done_by }
    }
}

/// The first `limit` of some rows and, when there are more, the cursor that the last one of them gives.
pub fn first_page<T>(mut rows: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let limit = limit as usize;
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| !is_last).map(cursor);
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_cursor_when_more_follows() {
        let page = |rows, limit| first_page(rows, limit, |row: &u8| format!("after {row}"));
        assert_eq!(page(vec![], 2), (vec![], None));
        assert_eq!(page(vec![1, 2], 2), (vec![1, 2], None));
        assert_eq!(page(vec![1, 2, 3], 2), (vec![1, 2], Some("after 2".to_owned())));
    }
}
