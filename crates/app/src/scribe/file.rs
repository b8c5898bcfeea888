//! A file with sound becomes a session of one segment, which has ended, and is transcribed.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use sluice_blobs::{BlobError, BlobHash};
use sluice_capability::CapabilityError;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_engine::Engine;
use sluice_local::sound::{SoundFile, sound_file};
use sluice_local::speech::SpeechError;
use sluice_store::scribe::{self, Begun, ChunkRow, Closed, NewSegment, Placed, RecordingId, RecordingRow};
use sluice_store::{StoreError, Tx};
use tokio::io::AsyncReadExt as _;

use super::context::ScribeApp;
use super::header;
use super::languages;
use super::session::{self, SessionError, TITLE_CHARACTERS};
use crate::facts::Refusal;
use crate::intake::{self, Intake, Resumed, Said, TakeError};
use crate::limits::admit;
use crate::media::MediaError;

/// Most bytes of a file: two gigabytes.
pub const FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// How the names of such files end.
const ENDINGS: [&str; 14] =
    ["mp3", "m4a", "m4b", "wav", "ogg", "oga", "opus", "webm", "mkv", "mka", "flac", "mp4", "m4v", "mov"];

/// Which files become sessions.
pub(super) const INTAKE: Intake = Intake {
    most_bytes: FILE_BYTES,
    endings: &ENDINGS,
    counted: None,
    begins: is_sound,
    begins_for_it: is_sound,
    refuses: |_| None,
    refuses_said: |said| language_of(said).err(),
};

/// What is spoken in a file, as its sender says. Whether anything hears that is found out when it has arrived.
pub(super) fn language_of(said: &Said) -> Result<Option<String>, Refusal> {
    let language = said.get("language").filter(|named| !named.is_empty());
    language.map(|named| languages::known(named).map(str::to_owned)).transpose().map_err(|error| unfit(&error))
}

/// The refusal of a language.
pub(super) fn unfit(error: &SessionError) -> Refusal {
    Refusal { code: "no_such_language", title: UNFIT, detail: error.to_string() }
}

fn is_sound(head: &[u8]) -> bool {
    header::sniff(head).is_some() && !intake::is_heic(head)
}

/// The refusal of every file that is no sound.
const UNFIT: &str = "This file cannot be transcribed";

/// A file that is to become a session, in a work folder on the same disk as the media folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path; it is moved away when it is stored.
    pub file: PathBuf,
    /// Its file name.
    pub name: String,
    /// The session's title; none for the file's name.
    pub title: Option<String>,
    /// ISO 639-1 code of what is spoken; none to have it found out.
    pub language: Option<String>,
    /// The same key again with the same file is the same session.
    pub request_key: Option<String>,
}

/// What a file is, judged before any work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Its media type.
    pub media_type: &'static str,
    /// How long it lasts, in milliseconds.
    pub duration_ms: u64,
}

/// Judges a file: refuses what has no sound, or is in no format that is known.
pub async fn judge(app: &ScribeApp, file: &Path) -> Result<Judged, TakeError> {
    let io = |source| MediaError::Blobs(BlobError::Io { path: file.to_owned(), source });
    let head = intake::head(file).await.map_err(io)?;
    if head.is_empty() {
        return Err(refused(&SpeechError::Empty));
    }
    let Some(media_type) = header::sniff(&head) else { return Err(refused(&SpeechError::NotMedia)) };
    let SoundFile { duration_ms, is_video } = sound_file(&app.guard, file).await.map_err(|error| refused(&error))?;
    Ok(Judged { media_type: header::with_picture(media_type, is_video), duration_ms })
}

fn refused(error: &SpeechError) -> TakeError {
    if error.is_transient() || matches!(error, SpeechError::NoDecoder | SpeechError::NoFile { .. }) {
        return TakeError::NotJudged(CapabilityError::retry(error.code(), error.to_string()));
    }
    let known = "Known are MP3, M4A, WAV, OGG, WebM, FLAC and MP4";
    let detail = match error {
        SpeechError::NotMedia => format!("{error}. {known}."),
        _ => error.to_string(),
    };
    TakeError::Refused(Refusal { code: error.code(), title: UNFIT, detail })
}

/// An idempotency key by which the same file, of the same name and in the same language, is the same session.
pub async fn key_of(prefix: &str, file: &Path, name: &str, language: Option<&str>) -> Result<String, TakeError> {
    let sha256 = sha256_of(file).await?;
    let of = BlobHash::of(format!("{sha256}\n{}\n{name}", language.unwrap_or_default()).as_bytes());
    Ok(format!("{prefix}:{of}"))
}

/// Stores a file as a session that has ended, and has it transcribed.
pub async fn take(
    app: &ScribeApp,
    engine: &Engine,
    owner: &OwnerId,
    new: NewFile,
    resumed: Option<&Resumed>,
) -> Result<RecordingId, TakeError> {
    let Judged { media_type, duration_ms } = judge(app, &new.file).await?;
    let platform = &app.platform;
    let sha256 = sha256_of(&new.file).await?;
    let staged = platform.media.stage_file(new.file.clone()).await?;
    let now = platform.now().await?;
    let request = new.request_key.clone().map(|key| (key, BlobHash::of(sha256.as_bytes()).to_string()));
    let row = RecordingRow {
        id: platform.new_id(RecordingId::new).await?,
        owner: owner.clone(),
        title: title_of(&new),
        language: new.language.clone(),
        state: "recording".to_owned(),
        transcribe: true,
        consent: String::new(),
        gaps_accepted: false,
        request,
        created_at: now,
        updated_at: now,
        active_at: now,
        ended_at: None,
        job: None,
        summary_job: None,
        transcript: None,
        revision: 0,
        edits_dropped: 0,
    };
    let segment = NewSegment {
        key: "file".to_owned(),
        source: "file".to_owned(),
        media_type: media_type.to_owned(),
        started_at: now,
    };
    let chunk = ChunkRow {
        segment: 0,
        number: 0,
        start_ms: 0,
        length_ms: duration_ms,
        bytes: staged.bytes,
        sha256,
        blob: staged.hash.to_string(),
        stored_at: Timestamp::from_millis(0),
    };
    platform
        .media
        .keep_with(staged, async |tx: &mut Tx, _| {
            if let Some((key, hash)) = &row.request
                && let Some(known) = scribe::find_by_key(tx, owner, key).await?
            {
                if known.request.as_ref().is_none_or(|(_, known)| known != hash) {
                    return Err(key_reused());
                }
                intake::finish(tx, resumed, super::NAME, known.id.as_str()).await?;
                return Ok(known.id);
            }
            let before = admit::before_keeping(tx, &platform.limits, owner).await?;
            scribe::insert(tx, &row).await?;
            store(tx, &row, &segment, &chunk).await?;
            session::end_with(tx, engine, row.clone(), false).await?;
            admit::kept(tx, owner, before).await?;
            intake::finish(tx, resumed, super::NAME, row.id.as_str()).await?;
            Ok(row.id.clone())
        })
        .await
}

/// The one segment and the one chunk of a session that is new.
async fn store(tx: &mut Tx, row: &RecordingRow, segment: &NewSegment, chunk: &ChunkRow) -> Result<(), StoreError> {
    let (owner, id) = (&row.owner, &row.id);
    let begun = scribe::begin_segment(tx, owner, id, segment, 1).await?;
    let placed = scribe::place(tx, owner, id, chunk).await?;
    let closed = scribe::close_segment(tx, owner, id, 0, 1).await?;
    match (begun, placed, closed) {
        (Begun::Segment(_), Placed::New, Closed::Yes) => Ok(()),
        _ => Err(StoreError::Unreadable { what: "a session that was made a moment ago".to_owned() }),
    }
}

fn key_reused() -> TakeError {
    TakeError::Refused(Refusal {
        code: "idempotency_key_reused",
        title: "The request cannot be fulfilled",
        detail: SessionError::KeyReused.to_string(),
    })
}

/// The title that was given, or the file's name without its ending.
fn title_of(new: &NewFile) -> String {
    let title = new.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let name = || Path::new(&new.name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    title.map_or_else(name, str::to_owned).chars().take(TITLE_CHARACTERS).collect()
}

/// The SHA-256 of a file, in hexadecimal.
async fn sha256_of(path: &Path) -> Result<String, TakeError> {
    let io = |source| MediaError::Blobs(BlobError::Io { path: path.to_owned(), source });
    let mut file = tokio::fs::File::open(path).await.map_err(io)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut buffer).await.map_err(io)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
    }
    Ok(hex::encode(hasher.finalize()))
}
