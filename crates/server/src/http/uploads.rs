//! Resumable uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>), with its extensions creation,
//! creation-with-upload, expiration, checksum and termination.
//!
//! `X-HTTP-Method-Override` names the method of a request whatever its actual one is, so all handlers dispatch through
//! [`serve`].

mod headers;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;
use serde::Serialize;
use sluice_app::limits::Asker;
use sluice_app::uploads::{self, Announced, Append, Appended, UploadError};
use sluice_domain::ids::{OwnerId, UploadId};
use sluice_domain::time::Timestamp;
use sluice_store::uploads::{Taken, UploadRow};
use utoipa::ToSchema;

use super::Api;
use super::extract::{Json, Path};
use super::forms;
use super::limits::{self, Asking};
use super::problem::Problem;

pub(super) use headers::{TUS_VERSION, VERSION};

const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The id of the document that an upload became.
const DOCUMENT: HeaderName = HeaderName::from_static("sluice-document");
/// What an app made of an upload that is no document: the app's name, a slash, and an id.
const TAKEN: HeaderName = HeaderName::from_static("sluice-taken");

const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";

/// A resumable upload.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadView {
    id: String,
    /// The file's name.
    name: String,
    /// The file's length in bytes.
    length: u64,
    /// How many of its bytes are stored. All of them are once it has become something.
    offset: u64,
    /// The document that it became.
    document_id: Option<String>,
    /// What an app made of it, if it is no document: a sound or a video becomes a session of `scribe`.
    taken: Option<TakenView>,
    /// When it was begun.
    created_at: i64,
    /// When it is forgotten, if nothing more comes of it.
    expires_at: i64,
}

/// What an app made of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakenView {
    /// The app's name.
    app: String,
    /// The id of what it made.
    id: String,
}

impl From<&Taken> for TakenView {
    fn from(taken: &Taken) -> Self {
        Self { app: taken.app.clone(), id: taken.id.clone() }
    }
}

impl From<&UploadRow> for UploadView {
    fn from(row: &UploadRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            length: row.length,
            offset: row.received,
            document_id: row.document.as_ref().map(ToString::to_string),
            taken: row.taken.as_ref().map(TakenView::from),
            created_at: row.created_at.as_millis(),
            expires_at: row.expires_at.as_millis(),
        }
    }
}

/// What the server speaks: tus 1.0 with its extensions, and the largest file.
#[utoipa::path(options, path = "/api/v1/uploads", operation_id = "upload_options", tag = "uploads", security(()),
    responses((status = 204, headers(("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Max-Size" = u64),
        ("Tus-Checksum-Algorithm" = String)))))]
pub(crate) async fn options(State(api): State<Api>) -> Response {
    as_tus(capabilities(&api))
}

/// The uploads that are not complete, the newest first: each can be continued from its offset, or deleted.
#[utoipa::path(get, path = "/api/v1/uploads", operation_id = "list_uploads", tag = "uploads",
    responses((status = 200, body = Vec<UploadView>)))]
pub(crate) async fn list(Asking(asker): Asking, State(api): State<Api>, request: Request) -> Response {
    serve(&api, &asker, None, request).await
}

/// Begins a resumable upload (tus 1.0). `Location` is its address, to which the bytes are sent by `PATCH`; the request may
/// bring the first ones itself.
#[utoipa::path(post, path = "/api/v1/uploads", operation_id = "create_upload", tag = "uploads",
    params(("Tus-Resumable" = String, Header),
           ("Upload-Length" = u64, Header, description = "The file's length in bytes."),
           ("Upload-Metadata" = Option<String>, Header, description =
            "Pairs of a key and a value in Base64, separated by commas: `filename` is the file's name; `ocr` is `true` if \
             its pages are to be read by OCR; `app` is the app that is to take a file that is no document, where several could; \
             `language` and `translate_to` are for that app, if it asks for them.")),
    responses((status = 201, headers(("Location" = String), ("Upload-Offset" = u64), ("Upload-Expires" = String),
                                     ("Sluice-Document" = String), ("Sluice-Taken" = String))),
              (status = 409, body = Problem), (status = 412, description = "Another version of tus is needed.", body = Problem), (status = 413, body = Problem),
              (status = 415, body = Problem), (status = 422, body = Problem), (status = 423, body = Problem),
              (status = 429, body = Problem), (status = 460, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn create(Asking(asker): Asking, State(api): State<Api>, request: Request) -> Response {
    serve(&api, &asker, None, request).await
}

/// Where an upload stands. `HEAD` gives the headers alone, as tus has it.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", operation_id = "show_upload", tag = "uploads",
    params(("id" = String, Path)),
    responses((status = 200, body = UploadView, headers(("Upload-Offset" = u64), ("Upload-Length" = u64),
                ("Upload-Expires" = String), ("Upload-Metadata" = String), ("Sluice-Document" = String), ("Sluice-Taken" = String))),
              (status = 404, body = Problem), (status = 410, body = Problem)))]
pub(crate) async fn show(
    Asking(asker): Asking,
    State(api): State<Api>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    serve(&api, &asker, Some(id), request).await
}

/// Appends bytes at `Upload-Offset`. When they are the last ones, the file becomes a document, whose id is in
/// `Sluice-Document`, or what an app makes of it: `Sluice-Taken` has the app's name, `/` and the id.
/// A file that can become neither is refused with its reason, and the upload has ended.
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", operation_id = "append_to_upload", tag = "uploads",
    params(("id" = String, Path), ("Tus-Resumable" = String, Header),
           ("Upload-Offset" = u64, Header, description = "Where the bytes belong: what `HEAD` gave."),
           ("Upload-Checksum" = Option<String>, Header, description =
            "`sha1` or `sha256`, a space, and the digest of the request's body in Base64.")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, headers(("Upload-Offset" = u64), ("Upload-Expires" = String), ("Sluice-Document" = String), ("Sluice-Taken" = String))),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem),
              (status = 412, description = "Another version of tus is needed.", body = Problem), (status = 413, body = Problem), (status = 422, body = Problem), (status = 423, body = Problem),
              (status = 429, body = Problem), (status = 460, body = Problem), (status = 507, body = Problem)))]
pub(crate) async fn append(
    Asking(asker): Asking,
    State(api): State<Api>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    serve(&api, &asker, Some(id), request).await
}

/// Removes an upload with what was received. A document that it became stays.
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", operation_id = "terminate_upload", tag = "uploads",
    params(("id" = String, Path), ("Tus-Resumable" = String, Header)),
    responses((status = 204), (status = 404, body = Problem), (status = 410, body = Problem),
              (status = 412, description = "Another version of tus is needed.", body = Problem), (status = 423, body = Problem)))]
pub(crate) async fn terminate(
    Asking(asker): Asking,
    State(api): State<Api>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    serve(&api, &asker, Some(id), request).await
}

/// Any other method on all uploads, which may be overridden.
pub(crate) async fn other(Asking(asker): Asking, State(api): State<Api>, request: Request) -> Response {
    serve(&api, &asker, None, request).await
}

/// Any other method on one upload, which may be overridden.
pub(crate) async fn other_of_one(
    Asking(asker): Asking,
    State(api): State<Api>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    serve(&api, &asker, Some(id), request).await
}

/// Answers any request to uploads, by its overriding method if it has one.
async fn serve(api: &Api, asker: &Asker, id: Option<String>, request: Request) -> Response {
    as_tus(dispatch(api, asker, id, request).await.unwrap_or_else(Problem::into_response))
}

/// With the headers of every response of the protocol.
fn as_tus(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(headers::TUS_RESUMABLE, VERSION);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn dispatch(api: &Api, asker: &Asker, id: Option<String>, request: Request) -> Result<Response, Problem> {
    let method = headers::method(&request)?;
    if method == Method::OPTIONS {
        return Ok(capabilities(api));
    }
    let Some(id) = id else {
        // This is not part of tus: JSON for clients that inspect uploads.
        if method == Method::GET {
            let open = uploads::open(&api.app.uploads(), &asker.owner).await?;
            return Ok(Json(open.iter().map(UploadView::from).collect::<Vec<_>>()).into_response());
        }
        if method != Method::POST {
            return Err(not_allowed("GET, OPTIONS, POST"));
        }
        headers::check_version(request.headers())?;
        return begin(api, asker, request).await;
    };
    let known = [Method::GET, Method::HEAD, Method::PATCH, Method::DELETE];
    if !known.contains(&method) {
        return Err(not_allowed("DELETE, GET, HEAD, OPTIONS, PATCH"));
    }
    // GET is not part of tus, and needs no version.
    if method != Method::GET {
        headers::check_version(request.headers())?;
    }
    let id: UploadId = id.parse().map_err(|_| Problem::from(UploadError::Unknown))?;
    let owner = asker.owner.clone();
    match method {
        Method::PATCH => continue_with(api, owner, id, request).await,
        Method::DELETE => {
            uploads::terminate(&api.app.uploads(), &owner, &id).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        _ => view(&uploads::find(&api.app.uploads(), &owner, &id).await?),
    }
}

fn not_allowed(allow: &'static str) -> Problem {
    Problem::of_status(StatusCode::METHOD_NOT_ALLOWED).header(header::ALLOW, HeaderValue::from_static(allow))
}

fn capabilities(api: &Api) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_VERSION, VERSION);
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    let most = uploads::largest(&api.app.modules, api.app.library.upload_bytes);
    headers.insert("tus-max-size", most.into());
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static(headers::ALGORITHMS));
    response
}

fn view(row: &UploadRow) -> Result<Response, Problem> {
    let mut response = Json(UploadView::from(row)).into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, row.received.into());
    headers.insert(UPLOAD_LENGTH, row.length.into());
    headers.insert(UPLOAD_EXPIRES, date(row.expires_at)?);
    if !row.metadata.is_empty() {
        headers.insert(UPLOAD_METADATA, value(&row.metadata)?);
    }
    if let Some(document) = &row.document {
        headers.insert(DOCUMENT, value(document.as_str())?);
    }
    if let Some(taken) = &row.taken {
        headers.insert(TAKEN, header_of(taken)?);
    }
    Ok(response)
}

/// Creates an upload, and takes the bytes that come with the request.
async fn begin(api: &Api, asker: &Asker, request: Request) -> Result<Response, Problem> {
    let headers = request.headers();
    let length = headers::length(headers)?;
    let metadata = headers::metadata(headers)?;
    let announced = Announced { length, metadata: metadata.text, name: metadata.name, ocr: metadata.ocr };
    let with_bytes = headers::brings_bytes(headers)?;
    let checksum = headers::checksum(headers)?;
    let (row, standings) = uploads::create(&api.app.uploads(), asker, announced).await?;
    let location = value(&format!("/api/v1/uploads/{}", row.id))?;
    let mut response = limits::with(&standings, StatusCode::CREATED);
    response.headers_mut().insert(header::LOCATION, location.clone());
    if with_bytes {
        let append = Append { offset: 0, announced: headers::announced(headers), checksum };
        let appended = receive(api, asker.owner.clone(), row.id, append, request.into_body()).await;
        // The upload exists even if its first bytes were refused.
        let appended = appended.map_err(|problem| problem.header(header::LOCATION, location))?;
        progress(&mut response, &appended)?;
    } else {
        response.headers_mut().insert(UPLOAD_EXPIRES, date(row.expires_at)?);
    }
    Ok(response)
}

/// Takes the bytes of a request.
async fn continue_with(api: &Api, owner: OwnerId, id: UploadId, request: Request) -> Result<Response, Problem> {
    let headers = request.headers();
    headers::check_media_type(headers)?;
    let append = Append {
        offset: headers::offset(headers)?,
        announced: headers::announced(headers),
        checksum: headers::checksum(headers)?,
    };
    let appended = receive(api, owner, id, append, request.into_body()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    progress(&mut response, &appended)?;
    Ok(response)
}

/// Appends what a body brings. When the client goes away, the handler of its request is dropped; what has arrived is kept
/// all the same, by a task of its own.
async fn receive(api: &Api, owner: OwnerId, id: UploadId, append: Append, body: Body) -> Result<Appended, Problem> {
    let (desk, stopping, metrics) = (api.app.uploads(), api.stopping.clone(), api.metrics.clone());
    let task = tokio::spawn(async move {
        let mut body = body.into_data_stream();
        let counted = (&mut body).inspect_ok(|bytes| metrics.received(bytes.len()));
        let outcome = uploads::append(&desk, &owner, &id, append, counted, &stopping).await;
        (outcome, body)
    });
    let (outcome, rest) = task.await.map_err(|error| Problem::internal(&error))?;
    Ok(outcome.inspect_err(|_| forms::discard_later(rest, api.app.library.upload_bytes))?)
}

fn progress(response: &mut Response, appended: &Appended) -> Result<(), Problem> {
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, appended.received.into());
    headers.insert(UPLOAD_EXPIRES, date(appended.expires_at)?);
    if let Some(document) = &appended.document {
        headers.insert(DOCUMENT, value(document.id.as_str())?);
    }
    if let Some(taken) = &appended.taken {
        headers.insert(TAKEN, header_of(taken)?);
    }
    Ok(())
}

fn header_of(taken: &Taken) -> Result<HeaderValue, Problem> {
    value(&format!("{}/{}", taken.app, taken.id))
}

/// A time as RFC 9110 writes it.
fn date(at: Timestamp) -> Result<HeaderValue, Problem> {
    let since = std::time::Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0));
    value(&httpdate::fmt_http_date(std::time::UNIX_EPOCH + since))
}

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|error| Problem::internal(&error))
}
