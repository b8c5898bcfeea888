//! The tiers of sessions: raw chunks, one archive, or the transcript alone.

use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;

use super::{APP, RecordingId, SUMMARISING};
use crate::blobs::{self, Subject};
use crate::keeping::{self, Terms, not_held};
use crate::sql::{Row, parse, sql};
use crate::{StoreError, Tx};

/// Where a session is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// `hot`, `warm` or `cold`.
    pub tier: String,
    /// Since when; if it never left the first tier, since it ended or began.
    pub since: Timestamp,
    /// The name of the bytes of its archive.
    pub archive: Option<String>,
}

/// What is kept in a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// `hot`, `warm` or `cold`.
    pub tier: String,
    /// How many sessions.
    pub sessions: u64,
    /// Bytes that they reference: sound, archives and transcripts.
    pub bytes: u64,
    /// When the oldest began.
    pub oldest: Option<Timestamp>,
}

/// The subject of the reference to a session's archive.
pub(super) fn archive_of(id: &RecordingId) -> String {
    format!("{id}/archive")
}

/// Of the jobs `made` of sessions: none of the same kind and session is later.
const LATEST: &str =
    "NOT EXISTS (SELECT 1 FROM jobs AS later WHERE later.owner = made.owner AND later.subject = made.subject
    AND later.subject > '' AND later.id > made.id AND later.kind = made.kind)";

/// What has to be true of a session in `tier` that leaves it: it has ended, nobody holds it, the latest job of each kind that
/// works on its sound has succeeded (see [`remember_unmade`]; a summary that is made again works on the text), and it has its
/// transcript; while nothing is deleted for good, one that is only recorded needs none.
///
/// With `id > ''` `SQLite` finds the jobs by their subject; without it, it walks over all of the owner's.
fn leaves(tier: &str) -> String {
    let held = not_held("scribe_sessions", APP, "scribe_sessions.id");
    let transcribed =
        if tier == "hot" { "(transcribe = 0 OR transcript IS NOT NULL)" } else { "transcript IS NOT NULL" };
    format!(
        "scribe_sessions.tier = '{tier}' AND ended_at IS NOT NULL AND {transcribed} AND {held}
         AND EXISTS (SELECT 1 FROM scribe_chunks WHERE scribe_chunks.session_id = scribe_sessions.id)
         AND NOT EXISTS (SELECT 1 FROM jobs AS made WHERE made.owner = scribe_sessions.owner
             AND made.subject = scribe_sessions.id AND made.subject > '' AND made.id > '' AND made.state <> 'succeeded'
             AND made.kind <> '{SUMMARISING}' AND {LATEST})
         AND NOT EXISTS (SELECT 1 FROM scribe_unmade WHERE scribe_unmade.session_id = scribe_sessions.id)"
    )
}

/// Writes down which kinds of jobs did not succeed the latest time, and why, and forgets those that did since, of at most `limit` sessions
/// of all owners by their ids after `after`. Returns the last of them; none at the end.
pub async fn remember_unmade(tx: &mut Tx, after: &str, limit: u32) -> Result<Option<String>, StoreError> {
    let page = sql("SELECT MAX(id) AS last, COUNT(*) AS count FROM
             (SELECT id FROM scribe_sessions WHERE id > $1 ORDER BY id LIMIT $2) AS page")
    .bind(after)
    .bind(limit)
    .one(tx)
    .await?;
    let Some(last) = page.get::<Option<String>>("last")? else { return Ok(None) };
    sql("DELETE FROM scribe_unmade WHERE session_id > $1 AND session_id <= $2
         AND EXISTS (SELECT 1 FROM jobs WHERE jobs.owner = scribe_unmade.owner AND subject = scribe_unmade.session_id
             AND subject > '' AND jobs.id >= scribe_unmade.job_id AND jobs.kind = scribe_unmade.kind
             AND jobs.state = 'succeeded')")
    .bind(after)
    .bind(&last)
    .execute(tx)
    .await?;
    sql(format!(
        "INSERT INTO scribe_unmade (session_id, kind, owner, job_id, state, error_code, error_message)
         SELECT page.id, made.kind, made.owner, made.id, made.state, made.error_code, made.error_message FROM
             (SELECT id, owner, tier FROM scribe_sessions WHERE id > $1 ORDER BY id LIMIT $2) AS page
         CROSS JOIN jobs AS made
         WHERE page.tier <> 'cold' AND made.owner = page.owner AND made.subject = page.id AND made.subject > ''
             AND made.id > '' AND made.finished_at IS NOT NULL AND made.state <> 'succeeded'
             AND made.kind <> '{SUMMARISING}'
             AND {LATEST}
         ON CONFLICT (session_id, kind) DO UPDATE SET job_id = excluded.job_id, state = excluded.state,
             error_code = excluded.error_code, error_message = excluded.error_message"
    ))
    .bind(after)
    .bind(limit)
    .execute(tx)
    .await?;
    let whole = page.get::<i64>("count")? == i64::from(limit);
    Ok(Some(last).filter(|_| whole))
}

/// Whether a session has been in `tier` for the days that hold for it; see [`keeping::stayed`].
fn stayed(tier: &str) -> String {
    keeping::stayed("scribe_sessions", APP, "scribe_sessions.id", tier, "COALESCE(tier_at, ended_at)")
}

/// At most `limit` sessions of all owners that at `now` have been in `tier` for the days that hold for them and may leave it, with
/// those days, by their ids, after `after`.
pub async fn due(
    tx: &mut Tx,
    tier: &'static str,
    terms: Terms,
    now: Timestamp,
    after: &str,
    limit: u32,
) -> Result<Vec<(OwnerId, RecordingId, u32)>, StoreError> {
    let set = keeping::days_set("scribe_sessions", APP, "scribe_sessions.id", tier);
    let rows = sql(format!(
        "SELECT owner, id, {set} AS days FROM scribe_sessions WHERE {} AND {} AND id > $5 ORDER BY id LIMIT $6",
        stayed(tier),
        leaves(tier)
    ))
    .bind_all(terms.bounds(now))
    .bind(after)
    .bind(limit)
    .all(tx)
    .await?;
    let due = |row: &Row| {
        let set = row.get::<Option<i64>>("days")?.and_then(|days| u32::try_from(days).ok());
        Ok((parse(row, "owner")?, parse(row, "id")?, terms.hold(set)))
    };
    rows.iter().map(due).collect()
}

/// Whether a session is due, see [`due`]: locks it, so that this stays true until the transaction ends.
pub async fn may_leave(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    tier: &'static str,
    terms: Terms,
) -> Result<bool, StoreError> {
    super::lock(tx, owner, id).await?;
    let now = tx.now().await?;
    let row = sql(format!(
        "SELECT 1 AS one FROM scribe_sessions WHERE {} AND id = $5 AND owner = $6 AND {}",
        stayed(tier),
        leaves(tier)
    ))
    .bind_all(terms.bounds(now))
    .bind(id.as_str())
    .bind(owner.as_str())
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Where a session is kept.
pub async fn shelf(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Option<Shelf>, StoreError> {
    let row = sql("SELECT tier, COALESCE(tier_at, ended_at, created_at) AS since, archive FROM scribe_sessions
         WHERE id = $1 AND owner = $2")
    .bind(id.as_str())
    .bind(owner.as_str())
    .optional(tx)
    .await?;
    let shelf = |row: Row| {
        let since = Timestamp::from_millis(row.get("since")?);
        Ok(Shelf { tier: row.get("tier")?, since, archive: row.get("archive")? })
    };
    row.map(shelf).transpose()
}

/// Keeps a session as its archive from now on: its chunks release their bytes. Their rows stay.
pub async fn keep_archive(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, archive: &str) -> Result<(), StoreError> {
    blobs::replace(tx, &Subject { owner, app: APP, id: &archive_of(id) }, &[archive]).await?;
    put(tx, owner, id, "warm", Some(archive)).await?;
    blobs::release(tx, &Subject { owner, app: APP, id: id.as_str() }).await
}

/// Keeps the transcript of a session alone from now on: its archive is released, with chunks of a restoration that failed. The rows
/// of its chunks stay.
pub async fn keep_transcript(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<(), StoreError> {
    put(tx, owner, id, "cold", None).await?;
    blobs::release_all(tx, owner, APP, &[id.as_str(), &archive_of(id)]).await
}

/// Keeps some chunks of an archived session, whose bytes must have been confirmed, beside its archive: those that are restored first
/// must not be collected before the last.
pub async fn keep_restored(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, chunks: &[&str]) -> Result<(), StoreError> {
    blobs::reference(tx, &Subject { owner, app: APP, id: id.as_str() }, chunks).await
}

/// Keeps the chunks of a session again, whose bytes must have been confirmed: its archive is released.
pub async fn keep_chunks(tx: &mut Tx, owner: &OwnerId, id: &RecordingId, chunks: &[&str]) -> Result<(), StoreError> {
    blobs::replace(tx, &Subject { owner, app: APP, id: id.as_str() }, chunks).await?;
    put(tx, owner, id, "hot", None).await?;
    blobs::release(tx, &Subject { owner, app: APP, id: &archive_of(id) }).await
}

async fn put(
    tx: &mut Tx,
    owner: &OwnerId,
    id: &RecordingId,
    tier: &str,
    archive: Option<&str>,
) -> Result<(), StoreError> {
    let now = tx.now().await?;
    sql("UPDATE scribe_sessions SET tier = $3, archive = $4, tier_at = $5, updated_at = $5 WHERE id = $1 AND owner = $2")
        .bind(id.as_str())
        .bind(owner.as_str())
        .bind(tier)
        .bind(archive)
        .bind(now.as_millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// The bytes that a session references.
pub async fn bytes(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<u64, StoreError> {
    let row = sql("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM blob_refs
         WHERE owner = $1 AND app = $2 AND subject IN ($3, $4, $5)")
    .bind(owner.as_str())
    .bind(APP)
    .bind(id.as_str())
    .bind(super::transcript_of(id))
    .bind(archive_of(id))
    .one(tx)
    .await?;
    Ok(row.get::<i64>("bytes")?.unsigned_abs())
}

/// What is kept in each tier; of one owner, or of all.
pub async fn holdings(tx: &mut Tx, owner: Option<&OwnerId>) -> Result<Vec<Holding>, StoreError> {
    let whose = if owner.is_some() { "owner = $2" } else { "$2 = ''" };
    let rows = sql(format!(
        "SELECT tier, COUNT(*) AS sessions, MIN(created_at) AS oldest, CAST(SUM(bytes) AS BIGINT) AS bytes FROM
             (SELECT tier, created_at, COALESCE((SELECT SUM(bytes) FROM blob_refs WHERE blob_refs.owner = scribe_sessions.owner
                 AND app = $1 AND subject IN (scribe_sessions.id, scribe_sessions.id || '/transcript',
                     scribe_sessions.id || '/archive')), 0) AS bytes
              FROM scribe_sessions WHERE {whose}) AS kept
         GROUP BY tier ORDER BY tier"
    ))
    .bind(APP)
    .bind(owner.map_or("", OwnerId::as_str))
    .all(tx)
    .await?;
    let holding = |row: &Row| {
        Ok(Holding {
            tier: row.get("tier")?,
            sessions: row.get::<i64>("sessions")?.unsigned_abs(),
            bytes: row.get::<i64>("bytes")?.unsigned_abs(),
            oldest: row.get::<Option<i64>>("oldest")?.map(Timestamp::from_millis),
        })
    };
    rows.iter().map(holding).collect()
}

/// Bytes that arrived of the sessions that were begun since `since`; of one owner, or of all.
pub async fn received(tx: &mut Tx, owner: Option<&OwnerId>, since: Timestamp) -> Result<u64, StoreError> {
    let whose = if owner.is_some() { "scribe_sessions.owner = $2" } else { "$2 = ''" };
    let row = sql(format!(
        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM scribe_sessions
         JOIN scribe_chunks ON scribe_chunks.session_id = scribe_sessions.id
         WHERE scribe_sessions.created_at >= $1 AND {whose}"
    ))
    .bind(since.as_millis())
    .bind(owner.map_or("", OwnerId::as_str))
    .one(tx)
    .await?;
    Ok(row.get::<i64>("bytes")?.unsigned_abs())
}

/// The archives of all owners, by the ids of their sessions, after `after`, at most `limit`.
pub async fn archives(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<(OwnerId, RecordingId, String)>, StoreError> {
    let rows =
        sql("SELECT owner, id, archive FROM scribe_sessions WHERE tier = 'warm' AND id > $1 ORDER BY id LIMIT $2")
            .bind(after)
            .bind(limit)
            .all(tx)
            .await?;
    rows.iter().map(|row| Ok((parse(row, "owner")?, parse(row, "id")?, row.get("archive")?))).collect()
}
