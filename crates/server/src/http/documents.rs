//! Documents: uploaded, read and judged in one request.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use sluice_app::library::{self, Judged, Upload};
use sluice_app::reel::ReelApp;
use sluice_app::view::LanguageView;
use sluice_domain::ids::OwnerId;
use sluice_store::documents::DocumentRow;
use utoipa::ToSchema;

use super::Api;
use super::extract::Json;
use super::forms::{self, Form};
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
    #[schema(value_type = Option<bool>, nullable = false)]
    ocr: Option<bool>,
}

/// Takes in a document: reads it at once, and says what was found or why not.
#[utoipa::path(post, path = "/api/v1/documents", operation_id = "upload_document", tag = "documents",
    request_body(content = inline(DocumentForm), content_type = "multipart/form-data"),
    responses((status = 201, body = DocumentView), (status = 413, body = Problem), (status = 415, body = Problem),
              (status = 422, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn create(
    State(api): State<Api>,
    request: Request,
) -> Result<(StatusCode, Json<DocumentView>), Problem> {
    let form = forms::receive(&api, request, &["ocr"]).await?;
    let document = take_in(&api, form).await?;
    Ok((StatusCode::CREATED, Json(view(&api, &document)?)))
}

pub(crate) async fn take_in(api: &Api, mut form: Form) -> Result<DocumentRow, Problem> {
    let Some((file, name)) = form.file.take() else {
        return Err(Problem::bad_request("The form has no field \"file\" with a PDF in it."));
    };
    let ocr = form.field("ocr") == Some("true");
    Ok(library::take_in(&api.app.library, Upload { owner: OwnerId::local(), file, name, ocr }).await?)
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
