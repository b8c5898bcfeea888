//! Forms with one file (multipart/form-data, RFC 7578), received within limits: the file is streamed to disk, all other
//! fields and all part headers are short, and nothing is read that will not be stored.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures::{Stream, StreamExt as _};
use sluice_app::maintenance::work;
use sluice_blobs::HeldFolder;
use tokio::io::AsyncWriteExt as _;

use super::Api;
use super::extract;
use super::metrics::Metrics;
use super::problem::Problem;
use crate::config::size_text;

/// Most fields of a form, including its file.
const FIELDS: usize = 16;
/// Most bytes of a field other than the file.
const FIELD: usize = 4 * 1024;
/// Most bytes of a field name, and of a file name.
const NAME: usize = 1024;
/// Most bytes between the end of a field and the first byte of the next: a boundary and the part headers.
const HEAD: usize = 16 * 1024;
/// Most bytes of a form without its file.
const REST: u64 = (FIELDS * (FIELD + HEAD)) as u64;
/// More than the parts of a form with one file and its fields, around them.
pub(super) const AROUND: u64 = REST;
/// Most bytes of the rest of a rejected upload that are read and discarded.
const DISCARDED: u64 = 1024 * 1024 * 1024;
/// How long the rest of a rejected upload is read and discarded, and how long its client may be silent meanwhile.
const LINGER: Duration = Duration::from_secs(30);
const SILENT: Duration = Duration::from_secs(5);

/// A received form: its file on disk, its other fields in memory.
pub(crate) struct Form {
    /// Removed however the request ends.
    folder: HeldFolder,
    pub(crate) file: Option<(PathBuf, String)>,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Receives a form with one document, to disk, within the limits. `known` are the names of its other fields.
pub(crate) async fn receive(api: &Api, request: Request, known: &[&str]) -> Result<Form, Problem> {
    receive_within(api, request, known, api.app.library.upload_bytes).await
}

/// The same for a file of at most `limit` bytes.
pub(crate) async fn receive_within(api: &Api, request: Request, known: &[&str], limit: u64) -> Result<Form, Problem> {
    // A Content-Length above the limit is rejected before the body is sent, or while a client that does not wait is sending it.
    if announced(request.headers()).is_some_and(|bytes| bytes > limit.saturating_add(REST)) {
        if !request.headers().contains_key(header::EXPECT) {
            discard_later(request.into_body().into_data_stream(), limit);
        }
        return Err(too_large(limit));
    }
    let (parts, body) = request.into_parts();
    let state = Arc::new(State { head: AtomicUsize::new(0), body: Mutex::new(Some(body.into_data_stream())) });
    let guarded = Guarded { state: Arc::clone(&state), yielded: false };
    let guarded = Request::from_parts(parts, Body::from_stream(guarded));
    let form = Multipart::from_request(guarded, &()).await;
    let mut form = form.map_err(|_| {
        Problem::unsupported_media_type("Send a form: multipart/form-data, with a boundary in its Content-Type.")
    })?;
    let received = receive_from(api, &mut form, &state.head, known, limit).await;
    if received.is_err() {
        // The response is sent now. Closing the connection while the client is still sending would reset it, and lose
        // the response.
        if let Some(body) = state.body().take() {
            discard_later(body, limit);
        }
    }
    received
}

/// Reads and discards the rest of a rejected body in the background.
pub(super) fn discard_later(body: BodyDataStream, limit: u64) {
    tokio::spawn(tokio::time::timeout(LINGER, discard(body, limit.saturating_mul(3).min(DISCARDED))));
}

async fn discard(mut body: BodyDataStream, most: u64) {
    let mut bytes = 0;
    while let Ok(Some(Ok(piece))) = tokio::time::timeout(SILENT, body.next()).await {
        bytes += piece.len() as u64;
        if bytes > most {
            return;
        }
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok())
}

async fn receive_from(
    api: &Api,
    form: &mut Multipart,
    head: &AtomicUsize,
    known: &[&str],
    limit: u64,
) -> Result<Form, Problem> {
    let folder = work::hold(&api.app.platform).await?;
    let mut received = Form { folder, file: None, fields: Vec::new() };
    for _ in 0..=FIELDS {
        head.store(0, Ordering::Relaxed);
        let Some(field) = form.next_field().await.map_err(|error| broken(&error))? else { return Ok(received) };
        head.store(IN_A_FIELD, Ordering::Relaxed);
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let called = field.file_name().unwrap_or("document.pdf").to_owned();
            if called.len() > NAME {
                return Err(Problem::bad_request(format!("The file's name is longer than {NAME} bytes.")));
            }
            if received.file.is_some() {
                return Err(Problem::bad_request("The form has more than one file. Send them one by one."));
            }
            let target = received.folder.path().join("upload");
            write_field(field, &target, limit, &api.metrics).await?;
            received.file = Some((target, called));
        } else if !known.contains(&name.as_str()) {
            let shown: String = name.chars().take(50).collect();
            let known = [&["file"], known].concat().join(", ");
            let detail =
                format!("The form has a field \"{shown}\", which means nothing here. Its fields are: {known}.");
            return Err(Problem::bad_request(detail));
        } else if received.field(&name).is_some() {
            return Err(Problem::bad_request(format!("The form has the field \"{name}\" twice.")));
        } else {
            let text = read_field(field, &name).await?;
            received.fields.push((name, text));
        }
    }
    Err(Problem::too_large(format!("A form has {FIELDS} fields at most.")))
}

async fn read_field(mut field: Field<'_>, name: &str) -> Result<String, Problem> {
    let mut text = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|error| broken(&error))? {
        if text.len() + part.len() > FIELD {
            return Err(Problem::too_large(format!("The field \"{name}\" is longer than {FIELD} bytes.")));
        }
        text.extend_from_slice(&part);
    }
    String::from_utf8(text).map_err(|_| Problem::bad_request(format!("The field \"{name}\" is not text in UTF-8.")))
}

async fn write_field(mut field: Field<'_>, target: &Path, limit: u64, metrics: &Metrics) -> Result<(), Problem> {
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
        metrics.received(part.len());
        if bytes > limit {
            return Err(too_large(limit));
        }
        file.write_all(&part).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)
}

pub(super) fn too_large(limit: u64) -> Problem {
    let most = size_text(limit);
    let detail =
        format!("Such a file may have {most}. Split it, or make it smaller, as by smaller pictures, and try again.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "document_too_large", "The file is too large", detail)
        .with("limit_bytes", limit)
}

fn broken(error: &MultipartError) -> Problem {
    tracing::debug!(%error, "an upload was interrupted");
    if extract::timed_out(error) {
        return Problem::timeout();
    }
    if extract::causes(error).any(<dyn std::error::Error>::is::<LongHead>) {
        return Problem::too_large(format!("The headers of a field, or what is before it, exceed {HEAD} bytes."));
    }
    Problem::bad_request("The upload is incomplete or not a multipart form. Nothing was stored; send it again.")
}

/// The part headers exceeded their limit.
#[derive(Debug, thiserror::Error)]
#[error("the headers of a form's field are too long")]
struct LongHead;

/// Instead of a count: the bytes belong to a field, which counts them itself.
const IN_A_FIELD: usize = usize::MAX;

/// State shared between the form parser and the body that it reads from.
struct State {
    /// Bytes since the last field ended, or [`IN_A_FIELD`].
    head: AtomicUsize,
    /// Taken out when the form is rejected.
    body: Mutex<Option<BodyDataStream>>,
}

impl State {
    fn body(&self) -> MutexGuard<'_, Option<BodyDataStream>> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that ends when part headers are too long, and that yields at most one chunk at a time: multer buffers all
/// that is available, without a limit on part headers.
struct Guarded {
    state: Arc<State>,
    yielded: bool,
}

impl Stream for Guarded {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.yielded) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let head = self.state.head.load(Ordering::Relaxed);
        if (HEAD..IN_A_FIELD).contains(&head) {
            return Poll::Ready(Some(Err(LongHead.into())));
        }
        let piece = match self.state.body().as_mut() {
            Some(body) => std::task::ready!(Pin::new(body).poll_next(context)),
            None => None,
        };
        if let Some(Ok(piece)) = &piece {
            self.yielded = true;
            if head != IN_A_FIELD {
                self.state.head.store(head + piece.len(), Ordering::Relaxed);
            }
        }
        Poll::Ready(piece.map(|piece| piece.map_err(Into::into)))
    }
}
