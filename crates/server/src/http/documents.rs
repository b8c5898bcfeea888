//! Documents: uploaded, read and judged in one request, but for pages that need OCR, which a job reads.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_app::library::shelf::{self, DeleteError, Shelved};
use sluice_app::library::{self, Judged, ReadingState, Refused, Upload};
use sluice_app::view::{ErrorView, LanguageView, ReadWithView, first_page};
use sluice_domain::document::{LeftOut, Reason};
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_domain::time::Timestamp;
use sluice_store::documents::{DocumentFilter, DocumentRow};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::errors::conflict;
use super::extract::{Json, Path, Query};
use super::forms::{self, Form};
use super::identity::Owner;
use super::limits::{self, Asking};
use super::paging::{Limit, Text};
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
    /// `hidden`, `unreadable`, `unexamined`, `scanned`, `running`, `line_numbers`, `watermark`, `earlier_build`,
    /// `references`, `furniture`, `table` or `drawing`.
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

/// A document of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentSummary {
    id: String,
    /// The name of the file.
    name: String,
    /// The file's length.
    bytes: i64,
    /// Whether its pages were read by OCR.
    ocr: bool,
    /// Whether something is made of it: then it is not deleted before that is.
    in_use: bool,
    /// `reading` while pages are recognised, `ready`, or `refused`.
    state: &'static str,
    /// How much of it is read, of a hundred.
    percent: u32,
    /// Why nothing can be made of it.
    refused: Option<ErrorView>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
}

impl From<Shelved> for DocumentSummary {
    fn from(Shelved { row, in_use, reading }: Shelved) -> Self {
        let (state, percent, refused) = match reading {
            ReadingState::Done => ("ready", 100, None),
            ReadingState::Going { percent, .. } => ("reading", percent, None),
            ReadingState::Refused(Refused { code, title, detail }) => {
                ("refused", 0, Some(ErrorView { code, title, detail }))
            }
        };
        let DocumentRow { id, name, bytes, ocr, created_at, .. } = row;
        Self { id: id.to_string(), name, bytes, ocr, in_use, state, percent, refused, created_at }
    }
}

/// A page of documents.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentPage {
    #[schema(max_items = 100)]
    items: Vec<DocumentSummary>,
    /// The cursor of the next page; none on the last page.
    next_cursor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentsQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those whose name contains this, ignoring case.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Text<200>>,
    /// `newest` or `oldest` first; without it the newest.
    #[param(pattern = "^(newest|oldest)$")]
    sort: Option<String>,
}

/// The documents that the caller has, by the time when they came. One of which nothing is made is deleted after a day.
#[utoipa::path(get, path = "/api/v1/documents", operation_id = "list_documents", tag = "documents", params(DocumentsQuery),
    responses((status = 200, body = DocumentPage), (status = 400, body = Problem)))]
pub(crate) async fn list(
    Owner(owner): Owner,
    State(api): State<Api>,
    Query(query): Query<DocumentsQuery>,
) -> Result<Json<DocumentPage>, Problem> {
    let limit = query.limit.get();
    let oldest_first = match query.sort.as_deref() {
        None | Some("newest") => false,
        Some("oldest") => true,
        Some(_) => return Err(Problem::bad_request("sort is newest or oldest.")),
    };
    let foreign = |_| Problem::bad_request("The cursor is not one that this server gave: begin again without it.");
    let after = query.cursor.map(|cursor| cursor.parse::<DocumentId>().map_err(foreign)).transpose()?;
    let text = query.q.map(|words| words.0).filter(|words| !words.is_empty());
    let filter = DocumentFilter { text, oldest_first, after };
    let (library, engine) = (&api.app.library, &api.app.engine);
    let found = shelf::list(library, &api.app.modules, engine, &owner, &filter, limit + 1).await?;
    let (found, next_cursor) = first_page(found, limit, |one| one.row.id.to_string());
    Ok(Json(DocumentPage { items: found.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Deletes a document of which nothing is made.
#[utoipa::path(delete, path = "/api/v1/documents/{id}", operation_id = "delete_document", tag = "documents",
    params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn delete(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: DocumentId = id.parse().map_err(|_| Problem::not_found("document"))?;
    match shelf::delete(&api.app.platform, &api.app.modules, &api.app.engine, &owner, &id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(DeleteError::Unknown) => Err(Problem::not_found("document")),
        Err(error @ DeleteError::InUse) => Err(conflict("document_in_use", &error)),
        Err(DeleteError::Store(error)) => Err(error.into()),
    }
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
        ReadingState::Done => return read_view(api, row).await,
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

async fn read_view(api: &Api, row: &DocumentRow) -> Result<DocumentView, Problem> {
    let Judged { facts, offers, read_by, read_with } = library::judged(row)?;
    let mut apps = BTreeMap::new();
    for app in api.app.modules.iter() {
        if let Some(judged) = offers.get(app.name()) {
            apps.insert(app.name().to_owned(), app.offer(&row.owner, &facts, judged).await);
        }
    }
    Ok(DocumentView {
        id: row.id.to_string(),
        name: row.name.clone(),
        apps,
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
