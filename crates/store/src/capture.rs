//! Phrases that become cards: their fields, the one job whose results count for each, and the decks that they are exported in.
//!
//! A phrase is written as a whole under its lock ([`update`]), so that a job and a person never overwrite half of what the other
//! wrote. A deleted phrase is in no list; its row stays until [`forget`] removes it, so that a deletion can be undone.

mod likeness;
mod others;
mod rows;

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use crate::blobs::{self, Subject};
use crate::migrations::{Migration, Module};
use crate::sql::{ROWS, containing, list, parse, placeholders, sql};
use crate::{StoreError, Tx, storable};

pub use likeness::{Unlike, same_as, set_likeness, without_likeness};
pub use others::{
    OTHERS, actions_before, actions_with, draft, export_of, finish_export, forget_others, forget_others_of,
    insert_action, insert_draft, insert_export, old_others, set_drafts, take_action,
};
use rows::phrase_row;
pub use rows::{ActionRow, DraftRow, ExportRow, Original, PhraseAudio, PhraseJob, PhraseRow, SourceKind, Status};

sluice_domain::typed_id!(
    /// A phrase.
    PhraseId
);
sluice_domain::typed_id!(
    /// Phrases that a model made on a theme.
    DraftId
);
sluice_domain::typed_id!(
    /// What was done to several phrases at once.
    ActionId
);
sluice_domain::typed_id!(
    /// A deck that is exported.
    ExportId
);

/// Its tables.
pub(crate) const MODULE: Module = Module {
    name: "capture",
    migrations: &[
        Migration { name: "baseline", sql: include_str!("../migrations/capture/0001_baseline.sql") },
        Migration { name: "texts", sql: include_str!("../migrations/capture/0002_texts.sql") },
        Migration { name: "likeness", sql: include_str!("../migrations/capture/0003_likeness.sql") },
        Migration { name: "by_time", sql: include_str!("../migrations/capture/0004_by_time.sql") },
    ],
};

/// Its name in references to blobs.
const APP: &str = "capture";

/// A phrase with its job, which is looked up for each: with a join, `PostgreSQL` may walk over all jobs.
const SELECT: &str = "SELECT capture_phrases.*,
        (SELECT state FROM jobs WHERE jobs.id = job_id) AS job_state,
        (SELECT stage FROM jobs WHERE jobs.id = job_id) AS job_stage,
        (SELECT error_code FROM jobs WHERE jobs.id = job_id) AS job_error_code,
        (SELECT error_message FROM jobs WHERE jobs.id = job_id) AS job_error_message
    FROM capture_phrases";

/// As [`PhraseRow::status`] has it.
const STATUS: &str =
    "CASE WHEN status = 'processing' AND COALESCE((SELECT state FROM jobs WHERE jobs.id = job_id), 'dead')
        IN ('dead', 'cancelled', 'expired') THEN 'failed' ELSE status END";

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// Those that changed last first.
    Changed,
    /// Those with the most doubtful fields first.
    Doubtful,
}

impl Sort {
    /// The column that it sorts by, which is a number, and whether the smallest is first.
    const fn by(self) -> (&'static str, bool) {
        match self {
            Self::Newest => ("created_at", false),
            Self::Oldest => ("created_at", true),
            Self::Changed => ("updated_at", false),
            Self::Doubtful => ("doubts", false),
        }
    }

    /// A row's number by which it sorts.
    pub fn key(self, row: &PhraseRow) -> i64 {
        match self {
            Self::Newest | Self::Oldest => row.created_at.as_millis(),
            Self::Changed => row.updated_at.as_millis(),
            Self::Doubtful => row.doubts.into(),
        }
    }
}

/// Which phrases a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those in this language.
    pub language: Option<String>,
    /// Only those that came as this.
    pub source: Option<SourceKind>,
    /// Only those that are left out of decks, or only the others.
    pub excluded: Option<bool>,
    /// Only those with a field that is doubtful or missing, or only the others.
    pub doubtful: Option<bool>,
    /// Only those that have this in their phrase, its translation or its transliteration, ignoring case.
    pub words: String,
    /// The order.
    pub sort: Sort,
    /// Only those after this one: its number by which the list sorts ([`Sort::key`]), and its id.
    pub after: Option<(i64, PhraseId)>,
}

/// Adds a phrase.
pub async fn insert(tx: &mut Tx, row: &PhraseRow) -> Result<(), StoreError> {
    storable::name("an idempotency key", row.request.as_ref().map_or("", |(key, _)| key))?;
    storable::json("the card of a phrase", &row.card)?;
    sql("INSERT INTO capture_phrases (id, owner, source, original, original_name, media_type, text, language, language_sure,
             translate_to, card, doubts, reading, audio, audio_ending, audio_by, audio_own, status, excluded, job_what, attempts,
             version, request_key, request_hash, search, created_at, updated_at, content_at, likeness)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '', $20, $21, $22, $23,
             $24, $25, $25, $26, $27)")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(row.source.as_str())
    .bind(row.original.as_ref().map(|it| it.blob.as_str()))
    .bind(row.original.as_ref().map_or("", |it| it.name.as_str()))
    .bind(row.original.as_ref().map_or("", |it| it.media_type.as_str()))
    .bind(&row.text)
    .bind(row.language.as_deref())
    .bind(row.language_sure)
    .bind(&row.translate_to)
    .bind(row.card.to_string())
    .bind(row.doubts)
    .bind(row.reading.as_ref().map(ToString::to_string))
    .bind(row.audio.as_ref().map(|it| it.blob.as_str()))
    .bind(row.audio.as_ref().map_or("", |it| it.ending.as_str()))
    .bind(row.audio.as_ref().map_or("", |it| it.made_by.as_str()))
    .bind(row.audio.as_ref().is_some_and(|it| it.own))
    .bind(row.stored_status.as_str())
    .bind(row.excluded)
    .bind(row.attempts)
    .bind(row.version)
    .bind(row.request.as_ref().map(|(key, _)| key.as_str()))
    .bind(row.request.as_ref().map(|(_, hash)| hash.as_str()))
    .bind(&row.search)
    .bind(row.created_at.as_millis())
    .bind(row.content_at.as_millis())
    .bind(&row.likeness)
    .execute(tx)
    .await?;
    refer(tx, row).await
}

/// References what a phrase has: what was sent, and its sound.
async fn refer(tx: &mut Tx, row: &PhraseRow) -> Result<(), StoreError> {
    let original = row.original.as_ref().map(|it| it.blob.as_str());
    let audio = row.audio.as_ref().map(|it| it.blob.as_str());
    let blobs: Vec<&str> = original.into_iter().chain(audio).collect();
    blobs::replace(tx, &Subject { owner: &row.owner, app: APP, id: row.id.as_str() }, &blobs).await
}

/// A phrase of this owner by its id; none if it was deleted.
pub async fn find(tx: &mut Tx, owner: &OwnerId, id: &PhraseId) -> Result<Option<PhraseRow>, StoreError> {
    let row = sql(format!("{SELECT} WHERE id = $1 AND owner = $2 AND deleted_at IS NULL"))
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(phrase_row).transpose()
}

/// The same, locked until the transaction ends; also one that was deleted.
pub async fn lock(tx: &mut Tx, owner: &OwnerId, id: &PhraseId) -> Result<Option<PhraseRow>, StoreError> {
    let row = sql(format!("{SELECT} WHERE id = $1 AND owner = $2 {{lock}}"))
        .bind(id.as_str())
        .bind(owner.as_str())
        .optional(tx)
        .await?;
    row.as_ref().map(phrase_row).transpose()
}

/// The phrase that an owner added with this idempotency key.
pub async fn find_by_key(tx: &mut Tx, owner: &OwnerId, key: &str) -> Result<Option<PhraseRow>, StoreError> {
    let row = sql(format!("{SELECT} WHERE owner = $1 AND request_key = $2"))
        .bind(owner.as_str())
        .bind(key)
        .optional(tx)
        .await?;
    row.as_ref().map(phrase_row).transpose()
}

/// Lets nobody else add texts of this owner until the transaction ends, so that what is not there now is added once. On `SQLite` there
/// is one writer anyway.
pub async fn lock_texts(tx: &mut Tx, owner: &OwnerId) -> Result<(), StoreError> {
    if tx.on_postgres() {
        sql("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 0)) AS TEXT)")
            .bind(format!("capture_texts:{owner}"))
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// The phrases of an owner that match a filter, at most `limit`. One whose row cannot be read is logged and left out.
pub async fn listed(tx: &mut Tx, owner: &OwnerId, filter: &Filter, limit: u32) -> Result<Vec<PhraseRow>, StoreError> {
    let (column, ascending) = filter.sort.by();
    let (compare, order) = if ascending { (">", "ASC") } else { ("<", "DESC") };
    let first = if ascending { (i64::MIN, String::new()) } else { (i64::MAX, "~".to_owned()) };
    let mut after = filter.after.as_ref().map_or(first, |(key, id)| (*key, id.to_string()));
    let mut listed = Vec::new();
    while listed.len() < limit as usize {
        let wanted = limit - u32::try_from(listed.len()).unwrap_or(limit);
        let rows = sql(format!(
            "{SELECT} WHERE owner = $1 AND deleted_at IS NULL AND ({column}, id) {compare} ($2, $3)
                 AND search LIKE $4 ESCAPE '!'
                 AND ($5 = '' OR {STATUS} = $5) AND ($6 = '' OR language = $6) AND ($7 = '' OR source = $7)
                 AND ($8 < 0 OR excluded = $8) AND ($9 < 0 OR CASE WHEN doubts > 0 THEN 1 ELSE 0 END = $9)
             ORDER BY {column} {order}, id {order} LIMIT $10"
        ))
        .bind(owner.as_str())
        .bind(after.0)
        .bind(&after.1)
        .bind(containing(&filter.words))
        .bind(filter.status.map_or("", Status::as_str))
        .bind(filter.language.as_deref().unwrap_or_default())
        .bind(filter.source.map_or("", SourceKind::as_str))
        .bind(filter.excluded.map_or(-1, i64::from))
        .bind(filter.doubtful.map_or(-1, i64::from))
        .bind(wanted)
        .all(tx)
        .await?;
        for row in &rows {
            match phrase_row(row) {
                Ok(row) => listed.push(row),
                Err(error) => tracing::error!(%owner, %error, "a phrase is left out of a list"),
            }
        }
        match rows.last() {
            Some(last) if rows.len() == wanted as usize => after = (last.get(column)?, last.get("id")?),
            _ => break,
        }
    }
    Ok(listed)
}

/// How many phrases of an owner have each status.
pub async fn counts(tx: &mut Tx, owner: &OwnerId) -> Result<Vec<(Status, u64)>, StoreError> {
    let rows = sql(format!(
        "SELECT status_now, COUNT(*) AS count FROM (SELECT {STATUS} AS status_now FROM capture_phrases
             WHERE owner = $1 AND deleted_at IS NULL) AS found GROUP BY status_now"
    ))
    .bind(owner.as_str())
    .all(tx)
    .await?;
    let mut counts = Vec::with_capacity(rows.len());
    for row in &rows {
        let name: String = row.get("status_now")?;
        if let Some(status) = Status::parse(&name) {
            counts.push((status, row.get::<i64>("count")?.unsigned_abs()));
        }
    }
    Ok(counts)
}

/// Writes a phrase as a whole, with a new version, and references what it has now. `content_at` is written as it is. What is deleted
/// gives its idempotency key back.
pub async fn update(tx: &mut Tx, row: &PhraseRow) -> Result<(), StoreError> {
    storable::json("the card of a phrase", &row.card)?;
    let now = tx.now().await?;
    sql("UPDATE capture_phrases SET text = $3, language = $4, language_sure = $5, translate_to = $6, card = $7, doubts = $8,
             reading = $9, audio = $10, audio_ending = $11, audio_by = $12, audio_own = $13, status = $14, excluded = $15,
             job_id = $16, job_what = $17, attempts = $18, error_code = $19, error_message = $20, version = version + 1,
             request_key = CASE WHEN $25 IS NULL THEN request_key ELSE NULL END, search = $21, updated_at = $22, content_at = $23, exported_at = $24, deleted_at = $25,
             likeness = $26
         WHERE id = $1 AND owner = $2")
    .bind(row.id.as_str())
    .bind(row.owner.as_str())
    .bind(&row.text)
    .bind(row.language.as_deref())
    .bind(row.language_sure)
    .bind(&row.translate_to)
    .bind(row.card.to_string())
    .bind(row.doubts)
    .bind(row.reading.as_ref().map(ToString::to_string))
    .bind(row.audio.as_ref().map(|it| it.blob.as_str()))
    .bind(row.audio.as_ref().map_or("", |it| it.ending.as_str()))
    .bind(row.audio.as_ref().map_or("", |it| it.made_by.as_str()))
    .bind(row.audio.as_ref().is_some_and(|it| it.own))
    .bind(row.stored_status.as_str())
    .bind(row.excluded)
    .bind(row.job.as_ref().map(|job| job.id.as_str()))
    .bind(row.job.as_ref().map_or("", |job| job.what.as_str()))
    .bind(row.attempts)
    .bind(row.error.as_ref().map(|error| storable::cut(&error.code, 200)))
    .bind(row.error.as_ref().map(|error| storable::cut(&error.message, storable::TEXT_LIMIT)))
    .bind(&row.search)
    .bind(now.as_millis())
    .bind(row.content_at.as_millis())
    .bind(row.exported_at.map(Timestamp::as_millis))
    .bind(row.deleted_at.map(Timestamp::as_millis))
    .bind(&row.likeness)
    .execute(tx)
    .await?;
    refer(tx, row).await
}

/// The phrases that a deck has: approved and not excluded; those that were exported before only if their card changed since, or
/// with `everything`. In the order in which they were captured, at most `limit` after the id `after`.
pub async fn exportable(
    tx: &mut Tx,
    owner: &OwnerId,
    everything: bool,
    after: &str,
    limit: u32,
) -> Result<Vec<PhraseRow>, StoreError> {
    let rows = sql(format!(
        "{SELECT} WHERE owner = $1 AND deleted_at IS NULL AND excluded = 0 AND id > $2
             AND (status = 'approved' OR (status = 'exported' AND ($3 = 1 OR content_at > COALESCE(exported_at, 0))))
         ORDER BY id LIMIT $4"
    ))
    .bind(owner.as_str())
    .bind(after)
    .bind(everything)
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(phrase_row).collect()
}

/// Marks phrases as exported whose card is still that of this time ([`PhraseRow::content_at`]); returns how many.
pub async fn mark_exported(tx: &mut Tx, owner: &OwnerId, cards: &[(PhraseId, Timestamp)]) -> Result<u64, StoreError> {
    let (mut marked, now) = (0, tx.now().await?);
    for cards in cards.chunks(ROWS) {
        let mut update = sql(format!(
            "UPDATE capture_phrases SET status = 'exported', updated_at = $2, version = version + 1,
                 exported_at = CASE WHEN content_at > $2 THEN content_at ELSE CAST($2 AS BIGINT) END
             WHERE owner = $1 AND status IN ('approved', 'exported') AND deleted_at IS NULL
                 AND (id, content_at) IN (VALUES {})",
            placeholders(3, cards.len(), 2)
        ))
        .bind(owner.as_str())
        .bind(now.as_millis());
        for (id, content_at) in cards {
            update = update.bind(id.as_str()).bind(content_at.as_millis());
        }
        marked += update.execute(tx).await?;
    }
    Ok(marked)
}

/// The texts of all phrases of an owner in a language, the newest first, at most `limit`.
pub async fn texts(tx: &mut Tx, owner: &OwnerId, language: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT text FROM capture_phrases
         WHERE owner = $1 AND deleted_at IS NULL AND language = $2 AND text <> '' ORDER BY created_at DESC, id DESC LIMIT $3")
    .bind(owner.as_str())
    .bind(language)
    .bind(limit)
    .all(tx)
    .await?;
    rows.iter().map(|row| row.get("text")).collect()
}

/// At most `limit` phrases that were deleted before `before`, of all owners.
pub async fn deleted(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<Vec<(OwnerId, PhraseId)>, StoreError> {
    let rows = sql("SELECT owner, id FROM capture_phrases WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2")
        .bind(before.as_millis())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| Ok((parse(row, "owner")?, parse(row, "id")?))).collect()
}

/// At most `limit` phrases of an owner, by their ids; also those that were deleted.
pub async fn of_owner(tx: &mut Tx, owner: &OwnerId, limit: u32) -> Result<Vec<PhraseId>, StoreError> {
    let rows = sql("SELECT id FROM capture_phrases WHERE owner = $1 ORDER BY created_at, id LIMIT $2")
        .bind(owner.as_str())
        .bind(limit)
        .all(tx)
        .await?;
    rows.iter().map(|row| parse(row, "id")).collect()
}

/// Removes phrases for good; their bytes are collected.
pub async fn forget(tx: &mut Tx, owner: &OwnerId, ids: &[PhraseId]) -> Result<u64, StoreError> {
    let mut gone = 0;
    for ids in ids.chunks(ROWS) {
        let names: Vec<&str> = ids.iter().map(PhraseId::as_str).collect();
        blobs::release_all(tx, owner, APP, &names).await?;
        gone += sql(format!("DELETE FROM capture_phrases WHERE owner = $1 AND id IN ({})", list(2, ids.len())))
            .bind(owner.as_str())
            .bind_all(names)
            .execute(tx)
            .await?;
    }
    Ok(gone)
}
