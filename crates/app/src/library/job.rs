//! The job that reads those pages of a document by OCR that have no readable text: page by page, each of them kept, so
//! that an interruption costs at most one page. At its end the document is judged like any other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_domain::document::Document;
use sluice_domain::ids::{DocumentId, OwnerId};
use sluice_engine::{Builder, Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_local::reading::{ReadError, RecognisedPage, unread_pages};
use sluice_store::documents::{self, DocumentRow};
use sluice_store::{StoreError, Tx, events};

use super::{Library, State, judge_off_runtime, read_text};
use crate::limits::DOCUMENT_READ;
use crate::module::Module;

/// Changes with the recognition of a page, so that pages are read anew.
const RECOGNITION: &str = "ocr/2";

/// What the job needs.
#[derive(Clone)]
pub struct Desk {
    /// Reads the documents.
    pub library: Library,
    /// Judge them.
    pub apps: Arc<[Arc<dyn Module>]>,
}

/// Reads the pages of a document that have no readable text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDocument {
    /// The document.
    pub document: DocumentId,
}

/// All in one: each page is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Recognises the pages.
    Pages,
}

/// Registers the job.
pub(crate) fn register(engine: Builder, library: &Library, apps: &Arc<[Arc<dyn Module>]>) -> Builder {
    engine.register::<ReadDocument>(Desk { library: library.clone(), apps: Arc::clone(apps) })
}

/// Enqueues the job for a document, and returns the state of the document.
pub(super) async fn enqueue(
    engine: &Engine,
    tx: &mut Tx,
    owner: &OwnerId,
    document: &DocumentId,
) -> Result<State, StoreError> {
    let options = EnqueueOptions { subject: Some(document.to_string()), ..EnqueueOptions::of(owner) };
    let job_id = engine.enqueue(tx, &ReadDocument { document: document.clone() }, options).await?;
    Ok(State::Reading { job_id })
}

impl Job for ReadDocument {
    const KIND: &'static str = DOCUMENT_READ;
    type Stage = Stage;
    type Context = Desk;

    fn first_stage() -> Stage {
        Stage::Pages
    }

    async fn run(&self, Stage::Pages: Stage, run: &Run, desk: &Desk) -> Result<Next<Stage>, JobError> {
        let row = run.read(async |tx| documents::document(tx, run.owner(), &self.document).await).await?;
        let row = row.ok_or_else(|| JobError::fail("document_deleted", "the document was deleted"))?;
        let partly_read = read_text(&desk.library.platform, &row).await.map_err(failed_to_load)?;
        let pages = recognise(run, desk, &row, &partly_read).await?;
        let document = desk.library.reader.with_recognised(partly_read, pages).await;
        let mut row = row;
        let judged = judge_off_runtime(document.clone(), &desk.apps).await?;
        let is_usable = judged.is_ok();
        row.found = match judged {
            Ok(judged) => {
                let text = serde_json::to_vec(&document);
                let text = text.map_err(|error| JobError::fail("bad_document", error.to_string()))?;
                row.text_blob = desk.library.platform.media.keep_bytes(text).await?.hash.to_string();
                State::Judged(judged).to_json()?
            }
            // It keeps what was read before, to be read again.
            Err(refusal) => State::Refused { refused: refusal.into() }.to_json()?,
        };
        run.write(async |tx| {
            for id in documents::set_read(tx, &row).await? {
                changed(tx, run.owner(), &id, 100)?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(Next::Done(json!({ "usable": is_usable })))
    }
}

/// The pages without readable text, each recognised now or by an earlier attempt.
async fn recognise(
    run: &Run,
    desk: &Desk,
    row: &DocumentRow,
    document: &Document,
) -> Result<Vec<RecognisedPage>, JobError> {
    let hash: BlobHash = row.blob.parse().map_err(|_| JobError::fail("bad_hash", "the document's hash is not one"))?;
    let file = desk.library.platform.media.materialise(&hash).await?;
    let unread = unread_pages(document);
    let mut recognised: Vec<RecognisedPage> = Vec::with_capacity(unread.len());
    for (page, done) in unread.iter().zip(1_u32..) {
        let key = BlobHash::of(format!("{RECOGNITION}/{hash}/{page}").as_bytes()).to_string();
        let recognising = run.result_or(&key, "ocr", async || {
            let recognising = desk.library.reader.recognise_page(file.path(), *page, &[]);
            tokio::select! {
                page = recognising => page.map_err(failed),
                () = run.cancelled().cancelled() => Err(JobError::retry("stopped", "the job was stopped")),
            }
        });
        recognised.push(recognising.await?);
        let fraction = f64::from(done) / f64::from(u32::try_from(unread.len()).unwrap_or(u32::MAX));
        run.progress("pages", fraction);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
        let percent = (fraction * 99.0) as u32;
        run.write(async |tx| changed(tx, run.owner(), row.id.as_str(), percent)).await?;
    }
    Ok(recognised)
}

/// Tells the subscribers of a document how much of it is read.
fn changed(tx: &mut Tx, owner: &OwnerId, document: &str, percent: u32) -> Result<(), StoreError> {
    let data = json!({ "document_id": document, "percent": percent });
    events::emit(tx, owner, "document.changed", document, &data).map(drop)
}

fn failed(error: ReadError) -> JobError {
    let (code, text) = (error.code(), error.to_string());
    let transient = matches!(error, ReadError::Io(_) | ReadError::DiskFull);
    let made = if transient { JobError::retry(code, text) } else { JobError::fail(code, text) };
    made.because(error)
}

fn failed_to_load(error: super::IngestError) -> JobError {
    match error {
        super::IngestError::Media(error) => JobError::from(error),
        super::IngestError::Store(error) => JobError::from(error),
        error => JobError::fail("bad_document", error.to_string()),
    }
}
