//! Exports as clients see them.

use serde::Serialize;
use sluice_domain::time::Timestamp;
use sluice_store::capture::ExportRow;
use utoipa::ToSchema;

/// Whether a deck was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// Its file was not received as a whole yet.
    Pending,
    /// It was: its cards are exported.
    Done,
    /// Its file could not be written; it may be asked for again.
    Failed,
}

/// A deck that is exported.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExportView {
    /// Its id.
    pub id: String,
    /// `package`, `package_legacy`, `csv` or `archive`.
    pub form: String,
    /// The deck's name.
    pub deck: String,
    /// Also those that were exported before and have not changed since.
    pub all: bool,
    /// Whether its file was received.
    pub state: ExportState,
    /// How many cards it had.
    pub cards: Option<u32>,
    /// Why its file could not be written.
    pub error: Option<String>,
    /// Where its file is.
    pub href: String,
    /// When it was asked for.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// When its file was received.
    #[schema(value_type = Option<i64>)]
    pub finished_at: Option<Timestamp>,
}

impl From<ExportRow> for ExportView {
    fn from(row: ExportRow) -> Self {
        let state = match (&row.finished, &row.error) {
            (Some(_), None) => ExportState::Done,
            (_, Some(_)) => ExportState::Failed,
            (None, None) => ExportState::Pending,
        };
        Self {
            href: format!("/api/v1/phrase-exports/{}/file", row.id),
            id: row.id.to_string(),
            form: row.form,
            deck: row.deck,
            all: row.everything,
            state,
            cards: row.finished.map(|(cards, _)| cards),
            error: row.error,
            created_at: row.created_at,
            finished_at: row.finished.map(|(_, at)| at),
        }
    }
}
