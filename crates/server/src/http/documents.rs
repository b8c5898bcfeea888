//! Documents: uploaded, read and judged in one request, but for pages that need OCR, which a job reads.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use sluice_app::library::{self, Judged, ReadingState, Refused, Upload};
use sluice_app::module::Module;
use sluice_app::reel::view::ReadWithView;
use sluice_app::view::ErrorView;
use sluice_app::view::LanguageView;
use sluice_domain::document::{LeftOut, Reason};
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_store::documents::DocumentRow;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

use super::Api;
use super::extract::{Json, Path};
use super::forms::{self, Form};
use super::identity::Owner;
use super::limits::{self, Asking};
use super::problem::Problem;

/// The properties of a document, and what can be made of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentView {
    id: String,
    /// The file's name.
    name: String,
    /// From the file's own metadata or its largest heading.
    title: Option<String>,
    pages: u32,
    /// Null until it is read.
    language: Option<LanguageView>,
    /// False if the language is a guess.
    language_reliable: bool,
    words: u32,
    characters: u32,
    bytes: i64,
    /// The program that read it.
    read_by: String,
    /// What read its text layer, and what read which pages by OCR; null until that is known.
    read_with: Option<ReadWithView>,
    /// Whether its text was read by OCR.
    ocr: bool,
    /// Set while a job reads pages of it by OCR; what is found in it follows.
    reading: Option<ReadingView>,
    /// Why nothing can be made of it, or why it could not be read by OCR.
    refused: Option<ErrorView>,
    /// What is in the file and is not told, once per page and reason, in the order of the pages.
    left_out: Vec<LeftOutView>,
    /// What each app can make of it, by the app's name.
    #[schema(value_type = Object)]
    apps: BTreeMap<String, Value>,
}

/// How far the job is that reads a document.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadingView {
    job_id: String,
    /// From 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    percent: u32,
}

/// Something that is in the file and is not told.
#[derive(Serialize, ToSchema)]
struct LeftOutView {
    /// The page, counted from 1.
    page: u32,
    /// `hidden`, `unreadable`, `scanned`, `running`, `line_numbers`, `watermark`, `earlier_build`, `references`,
    /// `furniture` or `table`.
    #[schema(value_type = String)]
    reason: Reason,
    /// The beginning of its text, at most 80 characters; empty if it has none or must not be shown.
    sample: String,
}

impl From<LeftOut> for LeftOutView {
    fn from(LeftOut { page, reason, sample }: LeftOut) -> Self {
        Self { page, reason, sample }
    }
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the handler reads its fields one by one")]
struct DocumentForm {
    /// The PDF.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `true` reads the pages by OCR (for scans).
    #[schema(value_type = Option<bool>, nullable = false)]
    ocr: Option<bool>,
}

/// Uploads a document: reads it immediately, and returns its properties or why it was rejected. If pages are read by OCR,
/// that is done by a job: the answer is 202, `reading` tells how far it is, and `document.changed` events tell of changes.
#[utoipa::path(post, path = "/api/v1/documents", operation_id = "upload_document", tag = "documents",
    request_body(content = inline(DocumentForm), content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = 202, body = DocumentView), (status = 413, body = Problem), (status = 415, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn create(
    Asking(asker): Asking,
    State(api): State<Api>,
    request: Request,
) -> Result<Response, Problem> {
    let (standings, request) = limits::begin_upload(&api, &asker, request).await?;
    let form = forms::receive(&api, request, &["ocr"]).await?;
    let document = ingest(&asker.owner, &api, form).await?;
    let view = view(&api, &document).await?;
    let status = if view.reading.is_some() { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    Ok(limits::with(&standings, (status, Json(view))))
}

/// A document as it is known now.
#[utoipa::path(get, path = "/api/v1/documents/{id}", operation_id = "show_document", tag = "documents",
    params(("id" = String, Path)), responses((status = 200, body = DocumentView), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<DocumentView>, Problem> {
    let no_such = || Problem::not_found("document");
    let id: DocumentId = id.parse().map_err(|_| no_such())?;
    let row = library::document(&api.app.platform, &owner, &id).await?.ok_or_else(no_such)?;
    Ok(Json(view(&api, &row).await?))
}

pub(crate) async fn ingest(owner: &OwnerId, api: &Api, mut form: Form) -> Result<DocumentRow, Problem> {
    let Some((file, name)) = form.file.take() else {
        return Err(Problem::bad_request("The form has no field \"file\" with a PDF in it."));
    };
    let ocr = match form.field("ocr") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Problem::bad_request("The field \"ocr\" is true or false.")),
    };
    Ok(library::ingest(owner, &api.app.library, &api.app.modules, &api.app.engine, Upload { file, name, ocr }).await?)
}

pub(crate) async fn view(api: &Api, row: &DocumentRow) -> Result<DocumentView, Problem> {
    let (reading, refused) = match library::reading_state(&api.app.engine, row).await? {
        ReadingState::Done => return read_view(api, row),
        ReadingState::Going { job_id, percent } => (Some(ReadingView { job_id: job_id.to_string(), percent }), None),
        ReadingState::Refused(Refused { code, title, detail }) => (None, Some(ErrorView { code, title, detail })),
    };
    let document = library::read_text(&api.app.platform, row).await?;
    Ok(DocumentView {
        id: row.id.to_string(),
        name: row.name.clone(),
        title: document.title,
        pages: u32::try_from(document.pages.len()).unwrap_or(u32::MAX),
        language: None,
        language_reliable: false,
        words: 0,
        characters: 0,
        bytes: row.bytes,
        read_with: None,
        read_by: document.read_by,
        ocr: row.ocr,
        reading,
        refused,
        left_out: Vec::new(),
        apps: BTreeMap::new(),
    })
}

fn read_view(api: &Api, row: &DocumentRow) -> Result<DocumentView, Problem> {
    let Judged { facts, offers, read_by, read_with } = library::judged(row)?;
    let offer = |app: &Arc<dyn Module>| {
        let judged = offers.get(app.name())?;
        Some((app.name().to_owned(), app.offer(&facts, judged)))
    };
    Ok(DocumentView {
        id: row.id.to_string(),
        name: row.name.clone(),
        apps: api.app.modules.iter().filter_map(offer).collect(),
        title: facts.title,
        pages: facts.pages,
        language: Some(facts.language.into()),
        language_reliable: facts.language_reliable,
        words: facts.words,
        characters: facts.characters,
        bytes: row.bytes,
        read_by,
        read_with: read_with.map(Into::into),
        ocr: row.ocr,
        reading: None,
        refused: None,
        left_out: facts.left_out.into_iter().map(LeftOutView::from).collect(),
    })
}
