//! Documents: read and judged on arrival, so that one that no app can use is rejected before any work. Pages that are
//! images are read by a job, and the document is judged at its end.

mod error;
mod job;
pub mod shelf;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sluice_blobs::{BlobError, BlobHash};
use sluice_capability::{Attempt, Begun, CapabilityError, Context, Read, ReadRequest, Reading, Router, Wish};
use sluice_domain::document::{Document, ReadWith};
use sluice_domain::ids::{DocumentId, JobId, OwnerId};
use sluice_engine::Engine;
use sluice_local::reading::{ReadError, Reader, unread_pages};
use sluice_store::documents::{self, DocumentRow};
use sluice_store::uploads;
use sluice_store::{StoreError, Tx};

use crate::facts::{Facts, Judgement, Refusal};
use crate::intake::Resumed;
use crate::limits::admit;
use crate::media::MediaError;
use crate::module::Module;
use crate::platform::Platform;
use crate::view::ErrorView;

pub use error::IngestError;
pub(crate) use job::register;
pub use job::{Desk, ReadDocument, Stage};

/// Documents and uploads. Cheap to clone.
#[derive(Clone)]
pub struct Library {
    /// Rows and bytes.
    pub platform: Platform,
    /// Renders pages, and knows whether OCR is available.
    pub reader: Reader,
    /// The implementations that read documents.
    pub reading: Router<Reading, dyn Read>,
    /// Most bytes of an uploaded document.
    pub upload_bytes: u64,
}

/// An uploaded file, in a work folder on the same disk as the media folder.
#[derive(Debug)]
pub struct Upload {
    /// Its path; it is moved away when it is stored.
    pub file: PathBuf,
    /// Its file name.
    pub name: String,
    /// Whether to read its pages by OCR.
    pub ocr: bool,
}

/// Reads and judges a document, and stores it for its owner. The same bytes of one owner are read once. A document with
/// pages that OCR has to read is stored at once, and a job reads it: see [`State::Reading`].
pub async fn ingest(
    owner: &OwnerId,
    library: &Library,
    apps: &Arc<[Arc<dyn Module>]>,
    engine: &Engine,
    upload: Upload,
) -> Result<DocumentRow, IngestError> {
    ingest_of(owner, library, apps, engine, upload, None).await
}

/// The same for a file that came by a resumable upload, which ends in the same transaction.
pub async fn ingest_resumed(
    owner: &OwnerId,
    library: &Library,
    apps: &Arc<[Arc<dyn Module>]>,
    engine: &Engine,
    upload: Upload,
    resumed: &Resumed,
) -> Result<DocumentRow, IngestError> {
    ingest_of(owner, library, apps, engine, upload, Some(resumed)).await
}

async fn ingest_of(
    owner: &OwnerId,
    library: &Library,
    apps: &Arc<[Arc<dyn Module>]>,
    engine: &Engine,
    upload: Upload,
    resumed: Option<&Resumed>,
) -> Result<DocumentRow, IngestError> {
    let platform = &library.platform;
    let bytes = i64::try_from(tokio::fs::metadata(&upload.file).await.map_or(0, |meta| meta.len())).unwrap_or(i64::MAX);
    let file = platform.media.stage_file(upload.file.clone()).await?;
    let name = tidy_name(&upload.name);
    if let Some(row) = find(platform, owner, file.hash.as_str(), upload.ocr, &name).await? {
        if row.name == name {
            return read_again(platform, engine, row, resumed).await;
        }
        let row = with_name(platform, row, name, resumed).await?;
        return read_again(platform, engine, row, None).await;
    }
    // The bytes are staged: nothing is visible before the document has been read and judged, or is going to be.
    let document = if upload.ocr && library.reads_by_page() {
        if !library.reader.ocr_available().await {
            // Says what is missing.
            library.reader.recognise_page(&upload.file, 1, &[]).await?;
        }
        library.reader.unread(&upload.file).await?
    } else {
        read(&library.reading, &upload).await?
    };
    let by_job = !unread_pages(&document).is_empty() && library.reads_by_page() && library.reader.ocr_available().await;
    let text = serde_json::to_vec(&document)?;
    let found =
        if by_job { Value::Null } else { State::Judged(judge_off_runtime(document, apps).await??).to_json()? };
    let text = platform.media.keep_bytes(text).await?;
    let file = platform.media.keep(file).await?;
    let row = DocumentRow {
        id: platform.new_id(DocumentId::new).await?,
        owner: owner.clone(),
        blob: file.hash.to_string(),
        text_blob: text.hash.to_string(),
        ocr: upload.ocr,
        name,
        bytes,
        found,
        created_at: platform.now().await?,
    };
    insert(platform, row, by_job.then_some(engine), resumed).await
}

impl Library {
    /// Whether the built-in reader does all reading, so that its pages can be read one by one. Others read a whole file.
    fn reads_by_page(&self) -> bool {
        self.reading.implementations().all(|reader| reader.profile().provider == BUILT_IN)
    }
}

/// The provider of the built-in reader.
const BUILT_IN: &str = "local";

/// Known bytes under the name of this upload: the results of reading them are reused, the name is not.
async fn with_name(
    platform: &Platform,
    known: DocumentRow,
    name: String,
    resumed: Option<&Resumed>,
) -> Result<DocumentRow, IngestError> {
    let id = platform.new_id(DocumentId::new).await?;
    insert(platform, DocumentRow { id, name, created_at: platform.now().await?, ..known }, None, resumed).await
}

/// Ends the upload that a document came by, if it came by one.
async fn finish(tx: &mut Tx, resumed: Option<&Resumed>, document: &DocumentId) -> Result<(), IngestError> {
    let Some(Resumed { hold, expires_at }) = resumed else { return Ok(()) };
    if uploads::finish(tx, hold, document, *expires_at).await? { Ok(()) } else { Err(IngestError::UploadLost) }
}

/// Stores a document, or returns the same one if a concurrent upload has stored it. With an engine, its pages are read by
/// a job.
async fn insert(
    platform: &Platform,
    row: DocumentRow,
    job: Option<&Engine>,
    resumed: Option<&Resumed>,
) -> Result<DocumentRow, IngestError> {
    platform
        .store
        .write(async |tx| {
            let mut row = row.clone();
            let before = admit::before_keeping(tx, &platform.limits, &row.owner).await?;
            match documents::document_of_blob(tx, &row.owner, &row.blob, row.ocr, &row.name).await? {
                Some(twin) if twin.name == row.name => {
                    finish(tx, resumed, &twin.id).await?;
                    return Ok::<_, IngestError>(twin);
                }
                // As it is now: the job that reads it may just have ended.
                Some(twin) => (row.text_blob, row.found) = (twin.text_blob, twin.found),
                None => {
                    if let Some(engine) = job {
                        row.found = job::enqueue(engine, tx, &row.owner, &row.id).await?.to_json()?;
                    }
                }
            }
            documents::insert_document(tx, &row).await?;
            admit::kept(tx, &row.owner, before).await?;
            finish(tx, resumed, &row.id).await?;
            Ok(row)
        })
        .await
}

/// A document whose reading was stopped, or failed, or that was refused after OCR, is read again: recognised pages are
/// kept, so that this costs little.
async fn read_again(
    platform: &Platform,
    engine: &Engine,
    row: DocumentRow,
    resumed: Option<&Resumed>,
) -> Result<DocumentRow, IngestError> {
    let again = match state(&row)? {
        State::Judged(_) => false,
        State::Refused { .. } => true,
        State::Reading { job_id } => match engine.job(&row.owner, &job_id).await? {
            Some(view) => view.job.state.is_final(),
            None => true,
        },
    };
    if !again && resumed.is_none() {
        return Ok(row);
    }
    platform
        .store
        .write(async |tx| {
            let mut row = row.clone();
            if !documents::lock(tx, &row.owner, &row.id).await? {
                // Deleted since it was found: it is stored anew when the last bytes come again.
                return Err(StoreError::BlobGone { hash: row.blob }.into());
            }
            if again {
                row.found = job::enqueue(engine, tx, &row.owner, &row.id).await?.to_json()?;
                documents::set_read(tx, &row).await?;
            }
            finish(tx, resumed, &row.id).await?;
            Ok::<_, IngestError>(row)
        })
        .await
}

/// Reads a file with the first implementation that can.
async fn read(reading: &Router<Reading, dyn Read>, upload: &Upload) -> Result<Document, IngestError> {
    let request = &ReadRequest { file: upload.file.clone(), as_pictures: upload.ocr, languages: Vec::new() };
    let wish = Wish::default();
    let read = reading.first(request, &wish, &(), |reader| async move {
        match reader.begin(request, Context { key: "", progress: &|_| {} }).await {
            Ok(Begun::Done(answer)) => Ok(answer.value),
            Ok(Begun::Accepted { .. }) => {
                let message = "documents are read during the upload, and this reader is asynchronous";
                Err(Attempt::Next(CapabilityError::fail("reader_too_slow", message)))
            }
            Err(error) => Err(Attempt::Next(error)),
        }
    });
    read.await.map_err(|no_route| {
        let text = no_route.to_string();
        let mut error = no_route.error.unwrap_or_else(|| CapabilityError::fail("no_reader", text));
        // If it comes from the built-in reader, whose error has more detail.
        match error.source.take().map(<dyn std::error::Error + Send + Sync>::downcast::<ReadError>) {
            Some(Ok(read)) => IngestError::Unreadable(*read),
            Some(Err(source)) => error.because(source).into(),
            None => error.into(),
        }
    })
}

/// The stored part of the judgement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judged {
    /// What the document is.
    pub facts: Facts,
    /// What each app can make of it, by the name of the app, in the app's own format.
    pub offers: BTreeMap<String, Value>,
    /// The program that read it, with its version.
    pub read_by: String,
    /// The same by parts; unknown of documents that an earlier version read.
    #[serde(default)]
    pub read_with: Option<ReadWith>,
}

/// What is known about a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum State {
    /// It was read, and an app can use it.
    Judged(Judged),
    /// A job reads its pages by OCR.
    Reading {
        /// The job.
        job_id: JobId,
    },
    /// It was read by a job, and no app can use it.
    Refused {
        /// Why.
        refused: Refused,
    },
}

/// Why no app can use a document, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// A stable code for clients.
    pub code: String,
    /// A short title.
    pub title: String,
    /// What is wrong and what to do about it.
    pub detail: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code.to_owned(), title: refusal.title.to_owned(), detail: refusal.detail }
    }
}

impl State {
    fn to_json(&self) -> Result<Value, StoreError> {
        serde_json::to_value(self)
            .map_err(|_| StoreError::Unreadable { what: "what was found in a document".to_owned() })
    }
}

/// How far the reading of a document is, for display.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadingState {
    /// It is read.
    Done,
    /// A job reads it.
    Going {
        /// The job.
        job_id: JobId,
        /// From 0 to 100.
        percent: u32,
    },
    /// It was refused, or its reading failed or was stopped.
    Refused(Refused),
}

/// How far the reading of a document is.
pub async fn reading_state(engine: &Engine, row: &DocumentRow) -> Result<ReadingState, StoreError> {
    let job_id = match state(row)? {
        State::Judged(_) => return Ok(ReadingState::Done),
        State::Refused { refused } => return Ok(ReadingState::Refused(refused)),
        State::Reading { job_id } => job_id,
    };
    let stopped = |code: &str, detail: &str| {
        let title = "The document was not read".to_owned();
        ReadingState::Refused(Refused { code: code.to_owned(), title, detail: detail.to_owned() })
    };
    let again = "the reading of the document was stopped: upload it again to continue";
    let Some(progress) = engine.progress(&row.owner, &job_id).await? else {
        return Ok(stopped("reading_stopped", again));
    };
    if !progress.job.state.is_final() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
        let percent = (progress.fraction * 99.0).clamp(0.0, 99.0) as u32;
        return Ok(ReadingState::Going { job_id, percent });
    }
    Ok(match progress.job.error.as_ref().map(ErrorView::of) {
        Some(error) => stopped(&error.code, &error.detail),
        None => stopped("reading_stopped", again),
    })
}

/// Judges a document on a thread for long computations.
async fn judge_off_runtime(
    document: Document,
    apps: &Arc<[Arc<dyn Module>]>,
) -> Result<Result<Judged, Refusal>, MediaError> {
    let apps = Arc::clone(apps);
    let judging = tokio::task::spawn_blocking(move || {
        let (read_by, read_with) = (document.read_by.clone(), Some(document.read_with()));
        judge(&document, &apps).map(|(facts, offers)| Judged { facts, offers, read_by, read_with })
    });
    let failed = |error: tokio::task::JoinError| BlobError::Io { path: PathBuf::new(), source: error.into() };
    Ok(judging.await.map_err(failed)?)
}

/// Asks every app. It is enough if one can use the document; otherwise the first refusal is returned.
fn judge(document: &Document, apps: &[Arc<dyn Module>]) -> Result<(Facts, BTreeMap<String, Value>), Refusal> {
    let (mut facts, mut refusal, mut offers) = (None, None, BTreeMap::new());
    for app in apps {
        match app.judge(document) {
            Some(Ok(Judgement { facts: found, offer })) => {
                facts.get_or_insert(found);
                offers.insert(app.name().to_owned(), offer);
            }
            Some(Err(why)) => {
                refusal.get_or_insert(why);
            }
            None => {}
        }
    }
    let unused = || Refusal {
        code: "document_unused",
        title: "Nothing works on documents here",
        detail: "No app of this server works on documents.".to_owned(),
    };
    facts.map(|facts| (facts, offers)).ok_or_else(|| refusal.unwrap_or_else(unused))
}

/// The stored judgement of a document that is read.
pub fn judged(row: &DocumentRow) -> Result<Judged, StoreError> {
    match state(row)? {
        State::Judged(judged) => Ok(judged),
        _ => Err(StoreError::Unreadable { what: "what was found in a document that is not read".to_owned() }),
    }
}

/// What is stored about a document.
pub fn state(row: &DocumentRow) -> Result<State, StoreError> {
    serde_json::from_value(row.found.clone())
        .map_err(|_| StoreError::Unreadable { what: "what was found in a document".to_owned() })
}

/// A document of this owner.
pub async fn document(
    platform: &Platform,
    owner: &OwnerId,
    id: &DocumentId,
) -> Result<Option<DocumentRow>, StoreError> {
    platform.store.read(async |tx| documents::document(tx, owner, id).await).await
}

/// Size limit of the stored text of a document, in bytes.
const MOST_TEXT: u64 = 256 * 1024 * 1024;

/// The stored text of a document.
pub async fn read_text(platform: &Platform, row: &DocumentRow) -> Result<Document, IngestError> {
    let hash: BlobHash =
        row.text_blob.parse().map_err(|_| StoreError::Unreadable { what: "a text hash".to_owned() })?;
    Ok(serde_json::from_slice(&platform.media.read(&hash, MOST_TEXT).await?)?)
}

/// A document with these bytes whose files exist, preferably with this name.
async fn find(
    platform: &Platform,
    owner: &OwnerId,
    blob: &str,
    ocr: bool,
    name: &str,
) -> Result<Option<DocumentRow>, IngestError> {
    let (owner, blob, name) = (owner.clone(), blob.to_owned(), name.to_owned());
    let read = async move |tx: &mut Tx| documents::document_of_blob(tx, &owner, &blob, ocr, &name).await;
    let Some(row) = platform.store.read(read).await? else { return Ok(None) };
    let hashes: Vec<BlobHash> = [&row.blob, &row.text_blob].into_iter().filter_map(|hash| hash.parse().ok()).collect();
    Ok(platform.media.has_all(&hashes).await?.then_some(row))
}

/// A file name for display: no folders, no control characters, at most 120 characters.
pub(crate) fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if clean.trim().is_empty() { "document.pdf".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_and_control_characters() {
        assert_eq!(tidy_name("C:\\papers\\tide\u{7}s.pdf"), "tides.pdf");
        assert_eq!(tidy_name("../.."), "..");
        assert_eq!(tidy_name("\n"), "document.pdf");
    }
}
