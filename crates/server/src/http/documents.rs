//! Documents: uploaded, read and judged in one request.

use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use sluice_app::library::{self, Judged, Upload};
use sluice_app::reel::ReelApp;
use sluice_app::upkeep::UPLOAD;
use sluice_app::view::LanguageView;
use sluice_domain::ids::OwnerId;
use sluice_store::documents::DocumentRow;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use utoipa::ToSchema;

use super::Api;
use super::problem::Problem;

/// What was found in a document, and what can be made of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentView {
    id: String,
    /// The file's name.
    name: String,
    /// From the file's own metadata or its largest heading.
    title: Option<String>,
    pages: u32,
    language: LanguageView,
    /// False when the language is a guess.
    language_reliable: bool,
    words: u32,
    characters: u32,
    bytes: i64,
    /// What read it.
    read_by: String,
    /// Whether its text was read from pictures of its pages.
    ocr: bool,
    estimates: Vec<EstimateView>,
    voices: Vec<VoiceView>,
}

/// What a video in this mode would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct EstimateView {
    /// `summary` or `explanation`.
    mode: sluice_app::reel::script::Mode,
    seconds: u32,
    scenes: u32,
    words: u32,
    cost_micro_usd: i64,
    /// About how long it takes to make.
    wall_seconds: u32,
}

/// A voice that speaks the document's language.
#[derive(Serialize, ToSchema)]
pub(crate) struct VoiceView {
    id: String,
    name: String,
    language: String,
    engine: String,
    installed: bool,
    default: bool,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the handler reads its fields one by one")]
struct DocumentForm {
    /// The PDF.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `true` reads the pages as pictures (for scans).
    ocr: Option<bool>,
}

/// Takes in a document: reads it at once, and says what was found or why not.
#[utoipa::path(post, path = "/api/v1/documents", operation_id = "upload_document", tag = "documents",
    request_body(content = inline(DocumentForm), content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = 413, body = Problem), (status = 415, body = Problem),
              (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    headers: HeaderMap,
    form: Multipart,
) -> Result<(StatusCode, Json<DocumentView>), Problem> {
    let form = receive(&api, &headers, form).await?;
    let document = take_in(&api, form).await?;
    Ok((StatusCode::CREATED, Json(view(&api, &document)?)))
}

/// A form as it arrived: its file on disk, its other fields in memory.
pub(crate) struct Form {
    folder: WorkFolder,
    file: Option<(PathBuf, String)>,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Removes the folder of an upload, however the request ends.
struct WorkFolder {
    blobs: sluice_blobs::Blobs,
    name: String,
    path: PathBuf,
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        if let Err(error) = self.blobs.clear_work(&self.name) {
            tracing::warn!(%error, "the folder of an upload stays until the next sweep");
        }
    }
}

/// Receives a form with one file, to disk, within the limit.
pub(crate) async fn receive(api: &Api, headers: &HeaderMap, mut form: Multipart) -> Result<Form, Problem> {
    let received = receive_from(api, headers, &mut form).await;
    if received.is_err() {
        // The answer goes out now. A connection that is closed on a client that still sends is reset, and takes the answer with it.
        let limit = api.app.library.upload_bytes;
        tokio::spawn(tokio::time::timeout(LINGER, async move { drain(form, 3 * limit).await }));
    }
    received
}

/// How long the rest of a refused upload is read and thrown away.
const LINGER: Duration = Duration::from_secs(30);

async fn drain(mut form: Multipart, most: u64) {
    let mut bytes = 0;
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(part)) = field.chunk().await {
            bytes += part.len() as u64;
            if bytes > most {
                return;
            }
        }
    }
}

async fn receive_from(api: &Api, headers: &HeaderMap, form: &mut Multipart) -> Result<Form, Problem> {
    // The rest of the form is small: what is announced larger is refused before it is sent.
    const REST: u64 = 64 * 1024;
    let limit = api.app.library.upload_bytes;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit + REST) {
        return Err(too_large(limit));
    }
    let name = format!("{UPLOAD}{}", api.app.platform.new_id(sluice_domain::ids::DocumentId::new).await?);
    let path = api.app.platform.blobs.work_folder(&name)?;
    let folder = WorkFolder { blobs: api.app.platform.blobs.clone(), name, path };
    let mut received = Form { folder, file: None, fields: Vec::new() };
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let called = field.file_name().unwrap_or("document.pdf").to_owned();
            let target = received.folder.path.join("upload");
            write_field(field, &target, limit).await?;
            received.file = Some((target, called));
        } else {
            let text = field.text().await.map_err(|error| broken(&error))?;
            received.fields.push((name, text.chars().take(1000).collect()));
        }
    }
    Ok(received)
}

pub(crate) async fn take_in(api: &Api, mut form: Form) -> Result<DocumentRow, Problem> {
    let Some((file, name)) = form.file.take() else {
        return Err(Problem::bad_request("The form has no field \"file\" with a PDF in it."));
    };
    let ocr = form.field("ocr") == Some("true");
    Ok(library::take_in(&api.app.library, Upload { owner: OwnerId::local(), file, name, ocr }).await?)
}

async fn write_field(mut field: Field<'_>, target: &Path, limit: u64) -> Result<(), Problem> {
    let disk = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
            Problem::disk_full()
        }
        _ => Problem::internal(&error),
    };
    let mut file = tokio::fs::File::create(target).await.map_err(disk)?;
    let mut bytes = 0;
    while let Some(part) = field.chunk().await.map_err(|error| broken(&error))? {
        bytes += part.len() as u64;
        if bytes > limit {
            return Err(too_large(limit));
        }
        file.write_all(&part).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)
}

fn too_large(limit: u64) -> Problem {
    let megabytes = limit / (1024 * 1024);
    let detail = format!("A document may have {megabytes} MB. Split it, or make its pictures smaller, and try again.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "document_too_large", "The document is too large", detail)
        .with("limit_bytes", limit)
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Problem {
    tracing::debug!(%error, "an upload broke off");
    Problem::bad_request("The upload broke off or is not a multipart form. Nothing was kept; send it again.")
}

pub(crate) fn view(api: &Api, row: &DocumentRow) -> Result<DocumentView, Problem> {
    let Judged { found, read_by } = library::judged(row).map_err(|error| Problem::internal(&error))?;
    let reel = api.app.module::<ReelApp>().ok_or_else(|| Problem::not_found("app on this server"))?;
    let default = reel.voices.default_for(found.language).map(|voice| voice.id);
    let voices = reel.voices.list().into_iter().filter(|voice| voice.language == found.language);
    Ok(DocumentView {
        id: row.id.to_string(),
        name: row.name.clone(),
        title: found.title.clone(),
        pages: found.pages,
        language: found.language.into(),
        language_reliable: found.language_reliable,
        words: found.words,
        characters: found.characters,
        bytes: row.bytes,
        read_by,
        ocr: row.ocr,
        estimates: found
            .estimates
            .iter()
            .map(|estimate| EstimateView {
                mode: estimate.mode,
                seconds: estimate.seconds,
                scenes: estimate.scenes,
                words: estimate.words,
                cost_micro_usd: 0,
                wall_seconds: estimate.seconds.div_ceil(2),
            })
            .collect(),
        voices: voices
            .map(|voice| VoiceView {
                default: default.as_ref() == Some(&voice.id),
                id: voice.id,
                name: voice.name,
                language: voice.language.code().to_owned(),
                engine: voice.engine.to_owned(),
                installed: voice.installed,
            })
            .collect(),
    })
}
