//! The tiers of sessions: raw chunks, then one verified archive, then the transcript alone. See `docs/keeping.md`.

mod archive;
mod hold;
mod tiers;

use futures::FutureExt as _;
use sluice_blobs::BlobError;
use sluice_domain::ids::OwnerId;
use sluice_store::keeping::{self, Terms, Tombstone};
use sluice_store::scribe::{self, ChunkRow, RecordingId, RecordingRow, SegmentRow};
use sluice_store::{StoreError, Tx};

use self::archive::Contents;
use super::NAME;
use super::context::ScribeApp;
use super::error::SessionError;
use super::export::Format;
use super::exporting;
use super::notify::changed;
use super::view::{KeepingView, MoveView};
use crate::maintenance::work;
use crate::media::MediaError;
use crate::tiers::{MoveError, Moved, Tier};

pub use hold::{HoldView, hold, lift};

/// A session with the rows of its chunks.
struct Loaded {
    row: RecordingRow,
    segments: Vec<(SegmentRow, Vec<ChunkRow>)>,
    bytes: u64,
}

async fn load(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<Loaded, MoveError> {
    app.platform
        .store
        .read(async |tx: &mut Tx| {
            let row = scribe::find(tx, owner, id).await?.ok_or(MoveError::Unknown)?;
            let mut segments = Vec::new();
            for segment in scribe::segments(tx, owner, id).await? {
                let chunks = scribe::chunks(tx, owner, id, segment.number).await?;
                segments.push((segment, chunks));
            }
            let bytes = scribe::tiers::bytes(tx, owner, id).await?;
            Ok(Loaded { row, segments, bytes })
        })
        .await
}

impl Loaded {
    fn described(&self) -> String {
        let chunks: usize = self.segments.iter().map(|(_, chunks)| chunks.len()).sum();
        let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        format!("{} of {}", counted(chunks, "chunk"), counted(self.segments.len(), "segment"))
    }

    fn stone(&self, rule: &str, tier: Tier, what: String, bytes_after: u64) -> Tombstone {
        Tombstone {
            owner: self.row.owner.clone(),
            app: NAME.to_owned(),
            subject: self.row.id.to_string(),
            moved_at: self.row.updated_at,
            rule: rule.to_owned(),
            tier: tier.as_str().to_owned(),
            what,
            bytes_before: self.bytes,
            bytes_after,
        }
    }

    /// The contents of its archive, with the transcript as text.
    async fn contents(&self, app: &ScribeApp) -> Result<Contents, MoveError> {
        let transcript = match &self.row.transcript {
            None => None,
            Some(_) => Some(text_of(app, &self.row).await?),
        };
        Contents::of(&self.row, self.segments.clone(), transcript)
    }
}

async fn text_of(app: &ScribeApp, row: &RecordingRow) -> Result<Vec<u8>, MoveError> {
    match exporting::export(app, &row.owner, &row.id, Format::Txt).await {
        Ok(exported) => Ok(exported.bytes),
        Err(SessionError::Store(error)) => Err(error.into()),
        Err(SessionError::Media(error)) => Err(error.into()),
        Err(error) => Err(MoveError::Archive { what: error.to_string() }),
    }
}

/// Writes the archive of a session, verifies the stored copy, and only then releases the chunks.
async fn pack(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    terms: Terms,
    rule: &str,
) -> Result<Moved, MoveError> {
    let media = &app.platform.media;
    let loaded = load(app, owner, id).await?;
    let contents = loaded.contents(app).await?;
    let folder = work::hold(&app.platform).await?;
    let file = folder.path().join("session.zip");
    contents.write(media, file.clone()).await?;
    let stored = media.keep_file(file).await?;
    let copy = media.read_back(&stored.hash, folder.path().join("stored.zip")).await?;
    contents.compare(copy).await?;
    folder.clear().await.map_err(MediaError::from)?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if !scribe::tiers::may_leave(tx, owner, id, "hot", terms).await? {
                return Err(MoveError::NotDue);
            }
            let row = scribe::find(tx, owner, id).await?.ok_or(MoveError::Unknown)?;
            if row.updated_at != loaded.row.updated_at || row.transcript != loaded.row.transcript {
                return Err(MoveError::NotDue);
            }
            scribe::tiers::keep_archive(tx, owner, id, stored.hash.as_str()).await?;
            let after = scribe::tiers::bytes(tx, owner, id).await?;
            let what = format!("{}: their bytes are in one archive", loaded.described());
            keeping::add_tombstone(tx, &loaded.stone(rule, Tier::Warm, what, after)).await?;
            changed(tx, owner, id)?;
            Ok(Moved { bytes_before: loaded.bytes, bytes_after: after })
        })
        .await
}

/// Verifies the archive of a session: it is the only copy of the sound.
async fn inspect(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<(), MoveError> {
    let shelf = app.platform.store.read(async |tx| scribe::tiers::shelf(tx, owner, id).await).await?;
    match shelf.ok_or(MoveError::Unknown)?.archive {
        Some(archive) => compare(app, owner, id, &archive).await,
        // It was restored since.
        None => Err(MoveError::NotDue),
    }
}

/// Releases the sound of a session for good; its transcript and the rows of its chunks stay. A damaged archive is not released:
/// it is the only copy, and may still be repaired.
async fn forget_sound(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    terms: Terms,
    rule: &str,
) -> Result<Moved, MoveError> {
    let loaded = load(app, owner, id).await?;
    // The transcript has to be readable: it is all that will be left.
    text_of(app, &loaded.row).await?;
    inspect(app, owner, id).await?;
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if !scribe::tiers::may_leave(tx, owner, id, "warm", terms).await? {
                return Err(MoveError::NotDue);
            }
            scribe::tiers::keep_transcript(tx, owner, id).await?;
            let after = scribe::tiers::bytes(tx, owner, id).await?;
            let what = format!("the sound: {}", loaded.described());
            keeping::add_tombstone(tx, &loaded.stone(rule, Tier::Cold, what, after)).await?;
            changed(tx, owner, id)?;
            Ok(Moved { bytes_before: loaded.bytes, bytes_after: after })
        })
        .await
}

/// Whether the sound of a session had to be restored from its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was there.
    WasThere,
    /// It was restored.
    Yes,
}

/// Whether a session is still in its archive; it is locked, so that this stays true until the transaction ends.
async fn is_archived(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<bool, MoveError> {
    scribe::lock(tx, owner, id).await?.ok_or(MoveError::Unknown)?;
    let now = scribe::tiers::shelf(tx, owner, id).await?.ok_or(MoveError::Unknown)?;
    match Tier::parse(&now.tier)? {
        Tier::Cold => Err(MoveError::Deleted),
        tier => Ok(tier == Tier::Warm),
    }
}

/// References restored chunks; false if another request has restored them all.
async fn keep_restored(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    chunks: Vec<String>,
) -> Result<bool, MoveError> {
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if !is_archived(tx, owner, id).await? {
                return Ok(false);
            }
            let names: Vec<&str> = chunks.iter().map(String::as_str).collect();
            scribe::tiers::keep_restored(tx, owner, id, &names).await?;
            Ok(true)
        })
        .await
}

/// Makes the sound of a session readable: restores its chunks, byte for byte, if they are in an archive.
pub async fn restore(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<Restored, MoveError> {
    let shelf = app.platform.store.read(async |tx| scribe::tiers::shelf(tx, owner, id).await).await?;
    let shelf = shelf.ok_or(MoveError::Unknown)?;
    let archive = match (Tier::parse(&shelf.tier)?, shelf.archive) {
        (Tier::Cold, _) => return Err(MoveError::Deleted),
        (_, Some(archive)) => archive,
        (_, None) => return Ok(Restored::WasThere),
    };
    let loaded = load(app, owner, id).await?;
    let hash = archive.parse().map_err(|_| MoveError::Archive { what: "its name cannot be read".to_owned() })?;
    let file = app.platform.media.materialise(&hash).await.map_err(of_archive)?;
    let keep = |chunks| keep_restored(app, owner, id, chunks).boxed();
    let unpacked = archive::unpack(&app.platform.media, file.path().to_owned(), loaded.segments.clone(), keep).await?;
    drop(file);
    // Another request has restored them.
    let Some(chunks) = unpacked else { return Ok(Restored::WasThere) };
    app.platform
        .store
        .write(async |tx: &mut Tx| {
            if !is_archived(tx, owner, id).await? {
                return Ok(Restored::WasThere);
            }
            let names: Vec<&str> = chunks.iter().map(String::as_str).collect();
            scribe::tiers::keep_chunks(tx, owner, id, &names).await?;
            let after = scribe::tiers::bytes(tx, owner, id).await?;
            let what = "the archive: its bytes are chunks again".to_owned();
            keeping::add_tombstone(tx, &loaded.stone("restored on demand", Tier::Hot, what, after)).await?;
            changed(tx, owner, id)?;
            Ok(Restored::Yes)
        })
        .await
}

/// A missing or changed archive counts as unreadable.
fn of_archive(error: MediaError) -> MoveError {
    match error {
        MediaError::Blobs(error @ (BlobError::Missing { .. } | BlobError::Damaged { .. })) => {
            MoveError::Archive { what: error.to_string() }
        }
        error => error.into(),
    }
}

/// Verifies the archive of a session against its rows.
async fn compare(app: &ScribeApp, owner: &OwnerId, id: &RecordingId, archive: &str) -> Result<(), MoveError> {
    let loaded = load(app, owner, id).await?;
    let hash = archive.parse().map_err(|_| MoveError::Archive { what: "its name cannot be read".to_owned() })?;
    let folder = work::hold(&app.platform).await?;
    let copy = app.platform.media.read_back(&hash, folder.path().join("stored.zip")).await.map_err(of_archive)?;
    archive::check(copy, loaded.segments).await?;
    folder.clear().await.map_err(MediaError::from)?;
    Ok(())
}

/// The tier of a session, for display.
pub(super) async fn shown(tx: &mut Tx, owner: &OwnerId, id: &RecordingId) -> Result<Option<KeepingView>, StoreError> {
    let Some(shelf) = scribe::tiers::shelf(tx, owner, id).await? else { return Ok(None) };
    let stones = keeping::tombstones(tx, owner, NAME, id.as_str()).await?;
    let moved = |stone: Tombstone| {
        Ok(MoveView {
            at: stone.moved_at,
            rule: stone.rule,
            tier: Tier::parse(&stone.tier)?,
            what: stone.what,
            bytes_before: stone.bytes_before,
            bytes_after: stone.bytes_after,
        })
    };
    let moves = stones.into_iter().map(moved).collect::<Result<_, StoreError>>()?;
    Ok(Some(KeepingView {
        tier: Tier::parse(&shelf.tier)?,
        since: shelf.since,
        held: keeping::is_held(tx, owner, NAME, id.as_str()).await?,
        moves,
    }))
}
