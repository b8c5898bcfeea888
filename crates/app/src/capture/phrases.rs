//! Phrases: added as text, shown, listed, deleted.

mod lists;
mod there;

use std::collections::BTreeMap;

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Limited;
use sluice_domain::study::{Doubt, Source};
use sluice_domain::time::Timestamp;
use sluice_engine::Engine;
use sluice_store::calls::{self, OfSubject};
use sluice_store::capture::{self, Filter, PhraseId, PhraseRow, SourceKind, Status};
use sluice_store::{Tx, jobs as stored_jobs};

use super::card::{self, CardFields, Origin};
use super::context::CaptureApp;
use super::error::PhraseError;
use super::jobs::{self, Order};
use super::notify::{changed, deleted};
use super::text::{folded, likeness};
use super::view::{PhrasePage, PhraseView};
use super::{LIST_LINES, languages};
use crate::limits::{Asker, Standing, admit};
use crate::links::Signer;
pub use lists::{LeftOut, NewText, lines};
pub use there::HeldBack;
pub(super) use there::same_as;
use there::{There, by_text, settle_language, there};

/// What is translated into if nobody says.
pub const TRANSLATED_TO: &str = "en";

/// How phrases are added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adding {
    /// ISO 639-1 code of their language; none to have it found out.
    pub language: Option<String>,
    /// ISO 639-1 code of what they are translated into; none for [`TRANSLATED_TO`].
    pub translate_to: Option<String>,
    /// The caller's idempotency key.
    pub request_key: Option<String>,
    /// Whether a text of which there is a card becomes another one.
    pub again: bool,
}

/// What became of texts that were to be added.
#[derive(Debug)]
pub struct Added {
    /// Their phrases, each once, in the order of the texts.
    pub phrases: Vec<PhraseView>,
    /// The ids of those that were there before this request.
    pub known: Vec<String>,
    /// Those among them that no deck has as they are, and what to do.
    pub held_back: Vec<HeldBack>,
    /// What is left of the limits.
    pub standings: Vec<Standing>,
}

impl Adding {
    /// The language that was chosen, if it is one.
    pub(super) fn chosen(&self) -> Result<Option<sluice_domain::study::StudyLanguage>, PhraseError> {
        self.language.as_deref().map(languages::parse).transpose()
    }

    pub(super) fn target(&self) -> Result<String, PhraseError> {
        let code = self.translate_to.as_deref().unwrap_or(TRANSLATED_TO);
        if languages::is_code(code) {
            return Ok(code.to_owned());
        }
        Err(PhraseError::Target { code: code.chars().take(20).collect() })
    }
}

/// A phrase that is new.
pub(super) fn new_row(id: PhraseId, owner: &OwnerId, source: SourceKind, now: Timestamp) -> PhraseRow {
    PhraseRow {
        id,
        owner: owner.clone(),
        source,
        original: None,
        text: String::new(),
        language: None,
        language_sure: 0,
        translate_to: TRANSLATED_TO.to_owned(),
        card: json!(CardFields::default()),
        doubts: 0,
        reading: None,
        audio: None,
        stored_status: Status::Processing,
        excluded: false,
        job: None,
        attempts: 0,
        error: None,
        version: 0,
        request: None,
        search: String::new(),
        likeness: String::new(),
        created_at: now,
        updated_at: now,
        content_at: now,
        exported_at: None,
        deleted_at: None,
    }
}

/// Adds a phrase with its job, in the unit of work of its caller.
pub(super) async fn add(tx: &mut Tx, engine: &Engine, mut row: PhraseRow) -> Result<PhraseId, PhraseError> {
    capture::insert(tx, &row).await?;
    jobs::start(tx, engine, &mut row, Order::Make).await?;
    capture::update(tx, &row).await?;
    changed(tx, &row.owner, &row.id)?;
    Ok(row.id)
}

/// Adds phrases, each with its card to be made; all of them, or none. A text of which there is a card in the same languages is that
/// card, unless another one is asked for; the same key again with the same texts gives the same phrases.
pub async fn add_texts(
    app: &CaptureApp,
    engine: &Engine,
    asker: &Asker,
    texts: &[NewText],
    adding: &Adding,
) -> Result<Added, PhraseError> {
    if texts.is_empty() {
        return Err(PhraseError::NoWords);
    }
    if texts.len() > LIST_LINES {
        return Err(PhraseError::TooMany { what: "phrases", found: texts.len(), most: LIST_LINES });
    }
    let (owner, now) = (&asker.owner, app.platform.now().await?);
    let mut rows = Vec::with_capacity(texts.len());
    for (number, text) in texts.iter().enumerate() {
        let id = app.platform.new_id(PhraseId::new).await?;
        let row = text_row(id, owner, now, (number, text.text.as_str()), adding);
        rows.push(row.map_err(|error| text.refused(error))?);
    }
    let (ids, known, standings) = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            capture::lock_texts(tx, owner).await?;
            let there = there(tx, owner, &rows, adding.again).await?;
            let is_new = there.iter().any(Option::is_none);
            let standings =
                if is_new { admit::one(tx, &app.platform.limits, asker, Limited::Entries).await? } else { Vec::new() };
            let (mut ids, mut known) = (Vec::<PhraseId>::with_capacity(rows.len()), Vec::new());
            for (row, there) in rows.iter().zip(there) {
                let (id, is_known) = match there {
                    Some(There::ByKey(id)) => (id, false),
                    Some(There::ByText(id)) => {
                        settle_language(tx, owner, &id, row).await?;
                        (id, true)
                    }
                    // The lines above it in the list are there by now.
                    None => match by_text(tx, row, adding.again).await? {
                        Some(id) => (id, false),
                        None => (add(tx, engine, row.clone()).await?, false),
                    },
                };
                if !ids.contains(&id) {
                    known.extend(is_known.then(|| id.clone()));
                    ids.push(id);
                }
            }
            Ok::<_, PhraseError>((ids, known, standings))
        })
        .await?;
    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
    let phrases = of_ids(app, owner, &ids).await?;
    let held_back = phrases.iter().filter(|phrase| known.contains(&phrase.id)).filter_map(HeldBack::of).collect();
    Ok(Added { phrases, known, held_back, standings })
}

fn text_row(
    id: PhraseId,
    owner: &OwnerId,
    now: Timestamp,
    (number, text): (usize, &str),
    adding: &Adding,
) -> Result<PhraseRow, PhraseError> {
    let text = languages::phrase(text)?;
    let (language, sure) = languages::of(&text, adding.chosen()?)?;
    let hash = BlobHash::of(json!([text, adding.language, adding.translate_to]).to_string().as_bytes()).to_string();
    let mut row = PhraseRow {
        text,
        language: language.map(|language| language.code().to_owned()),
        language_sure: sure,
        translate_to: adding.target()?,
        request: adding.request_key.as_ref().map(|key| (format!("{key}.{number}"), hash)),
        ..new_row(id, owner, SourceKind::Text, now)
    };
    let origin = Origin { source: Source::Person, doubt: Doubt::Sure };
    card::put(&mut row, &CardFields { origin: Some(origin), ..CardFields::default() }, now);
    Ok(row)
}

/// A phrase.
pub async fn show(app: &CaptureApp, owner: &OwnerId, id: &PhraseId) -> Result<PhraseView, PhraseError> {
    let shown = of_ids(app, owner, std::slice::from_ref(id)).await?;
    shown.into_iter().next().ok_or(PhraseError::Unknown { what: "phrase" })
}

/// Several phrases, in the order of their ids as given; those that are not there are left out.
pub(super) async fn of_ids(
    app: &CaptureApp,
    owner: &OwnerId,
    ids: &[PhraseId],
) -> Result<Vec<PhraseView>, PhraseError> {
    let find = async |tx: &mut Tx| {
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.extend(capture::find(tx, owner, id).await?);
        }
        let spent = spent(tx, owner, &rows).await?;
        Ok::<_, PhraseError>((rows, spent))
    };
    let (rows, spent) = app.platform.store.read(find).await?;
    views(app, owner, &rows, &spent).await
}

/// What the jobs of each phrase have cost, by its id.
type Spent = BTreeMap<String, OfSubject>;

async fn spent(tx: &mut Tx, owner: &OwnerId, rows: &[PhraseRow]) -> Result<Spent, PhraseError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    Ok(calls::of_subjects(tx, owner, &ids).await?)
}

async fn views(
    app: &CaptureApp,
    owner: &OwnerId,
    rows: &[PhraseRow],
    spent: &Spent,
) -> Result<Vec<PhraseView>, PhraseError> {
    let signer = Signer::of(&app.platform, owner).await?;
    let nothing = OfSubject::default();
    let view = |row: &PhraseRow| PhraseView::of(row, &signer, spent.get(row.id.as_str()).unwrap_or(&nothing));
    Ok(rows.iter().map(view).collect::<Result<_, _>>()?)
}

/// A page of phrases.
pub async fn page(
    app: &CaptureApp,
    owner: &OwnerId,
    filter: Filter,
    cursor: Option<&str>,
    limit: u32,
) -> Result<PhrasePage, PhraseError> {
    let after = cursor.map(|cursor| decode(cursor).ok_or(PhraseError::Cursor)).transpose()?;
    let words = folded(&filter.words);
    // Marks alone are found in nothing: without them every card would be.
    let finds_nothing = words.is_empty() && !likeness(&filter.words).is_empty();
    let filter = Filter { after, words, ..filter };
    let read = async |tx: &mut Tx| {
        let rows = if finds_nothing { Vec::new() } else { capture::listed(tx, owner, &filter, limit + 1).await? };
        let spent = spent(tx, owner, &rows).await?;
        Ok::<_, PhraseError>((rows, spent, capture::counts(tx, owner).await?))
    };
    let (rows, spent, counts) = app.platform.store.read(read).await?;
    let cursor = |row: &PhraseRow| format!("{}.{}", filter.sort.key(row), row.id);
    let (rows, next_cursor) = crate::view::first_page(rows, limit, cursor);
    let counts = counts.into_iter().map(|(status, count)| (status.as_str().to_owned(), count)).collect();
    Ok(PhrasePage { items: views(app, owner, &rows, &spent).await?, next_cursor, counts })
}

fn decode(cursor: &str) -> Option<(i64, PhraseId)> {
    let (key, id) = cursor.split_once('.')?;
    Some((key.parse().ok()?, id.parse().ok()?))
}

/// A phrase that was not deleted, locked.
pub(super) async fn lock(tx: &mut Tx, owner: &OwnerId, id: &PhraseId) -> Result<PhraseRow, PhraseError> {
    let row = capture::lock(tx, owner, id).await?;
    row.filter(|row| row.deleted_at.is_none()).ok_or(PhraseError::Unknown { what: "phrase" })
}

/// Marks a locked phrase as deleted, and stops what is being made of it.
pub(super) async fn delete_row(tx: &mut Tx, row: &mut PhraseRow) -> Result<(), PhraseError> {
    if let Some(job) = row.open_job() {
        stored_jobs::cancel(tx, &row.owner, &job.id).await?;
    }
    row.deleted_at = Some(tx.now().await?);
    Ok(deleted(tx, &row.owner, &row.id)?)
}

/// Deletes a phrase. It goes for good a while later.
pub async fn delete(app: &CaptureApp, owner: &OwnerId, id: &PhraseId) -> Result<(), PhraseError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            let mut row = lock(tx, owner, id).await?;
            delete_row(tx, &mut row).await?;
            Ok::<_, PhraseError>(capture::update(tx, &row).await?)
        })
        .await
}
