//! Pictures and sounds: each becomes a phrase.

use std::path::{Path, PathBuf};

use serde_json::json;
use sluice_blobs::{BlobError, BlobHash};
use sluice_capability::CapabilityError;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Limited;
use sluice_engine::Engine;
use sluice_local::photo::{PhotoError, check_size};
use sluice_local::sound::sound_file;
use sluice_local::speech::SpeechError;
use sluice_store::Tx;
use sluice_store::capture::{self, Original, PhraseId, PhraseRow, SourceKind};

use super::context::CaptureApp;
use super::error::PhraseError;
use super::phrases::{self, Adding};
use super::{SOUND_MS, languages};
use crate::facts::Refusal;
use crate::intake::{self, Intake, Resumed, Said, TakeError, is_heic};
use crate::limits::admit;
use crate::media::MediaError;

/// A sound may be so much longer, in milliseconds: recorders stop a moment late.
const LATE: u64 = 500;

/// Most bytes of an idempotency key.
const KEY_BYTES: usize = 255;

/// How the names of such files end.
const ENDINGS: [&str; 14] =
    ["jpg", "jpeg", "png", "webp", "mp3", "m4a", "wav", "ogg", "oga", "opus", "webm", "flac", "mp4", "aac"];

/// Whether a file may begin with these bytes.
type Begins = fn(&[u8]) -> bool;

/// The pictures that are read.
const PICTURES: [(&str, Begins); 3] = [
    ("image/jpeg", |head| head.starts_with(&[0xff, 0xd8, 0xff])),
    ("image/png", |head| head.starts_with(b"\x89PNG\r\n\x1a\n")),
    ("image/webp", |head| head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")),
];

/// The sounds that are heard.
const SOUNDS: [(&str, Begins); 6] = [
    ("audio/webm", |head| head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])),
    ("audio/ogg", |head| head.starts_with(b"OggS")),
    ("audio/mp4", |head| head.get(4..8) == Some(b"ftyp") && !is_heic(head)),
    ("audio/wav", |head| head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE")),
    ("audio/flac", |head| head.starts_with(b"fLaC")),
    ("audio/mpeg", |head| head.starts_with(b"ID3") || matches!(head, [0xff, second, ..] if second & 0xe0 == 0xe0)),
];

/// What arrives by resumable uploads: pictures, and sounds whose sender names this app; without a name they are recordings, which
/// another app takes.
pub(super) const INTAKE: Intake = Intake {
    most_bytes: super::FILE_BYTES,
    endings: &["jpg", "jpeg", "png", "webp"],
    counted: Some(Limited::Entries),
    begins: |head| PICTURES.iter().any(|(_, begins)| begins(head)),
    begins_for_it: |head| PICTURES.iter().chain(&SOUNDS).any(|(_, begins)| begins(head)),
    refuses: unread_picture,
    refuses_said: |_| None,
};

/// The refusal of a picture of a kind that is known, and not read.
fn unread_picture(head: &[u8]) -> Option<Refusal> {
    if is_heic(head) {
        return Some(refusal(
            "picture_heic",
            "This is a HEIC picture, as phones save them: save it as JPEG, or take it with the camera of this page.",
        ));
    }
    let is_gif = head.starts_with(b"GIF8");
    is_gif.then(|| refusal("picture_gif", "GIF pictures are not read: save it as PNG or JPEG."))
}

/// A file that is to become a phrase, in a work folder on the same disk as the media folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path; it is moved away when it is stored.
    pub file: PathBuf,
    /// Its file name.
    pub name: String,
}

/// What a file is: a picture or a sound of this media type.
async fn judge(app: &CaptureApp, file: &Path) -> Result<(SourceKind, &'static str), TakeError> {
    let io = |source| MediaError::Blobs(BlobError::Io { path: file.to_owned(), source });
    let head = intake::head(file).await.map_err(io)?;
    if head.is_empty() {
        return Err(refused("file_empty", "The file is empty: choose another one, or save it again."));
    }
    if let Some((media_type, _)) = PICTURES.iter().find(|(_, begins)| begins(&head)) {
        check_picture(file).await?;
        return Ok((SourceKind::Image, media_type));
    }
    if let Some(refusal) = unread_picture(&head) {
        return Err(TakeError::Refused(refusal));
    }
    let Some((media_type, _)) = SOUNDS.iter().find(|(_, begins)| begins(&head)) else {
        return Err(refused(
            "file_unknown",
            "This is neither a picture (JPEG, PNG, WebP) nor a sound (MP3, M4A, WAV, OGG, WebM, FLAC).",
        ));
    };
    let sound = sound_file(&app.guard, file).await.map_err(|error| unfit(&error))?;
    if sound.duration_ms > SOUND_MS + LATE {
        let seconds = sound.duration_ms.div_ceil(1000);
        let most = SOUND_MS / 1000;
        return Err(refused(
            "sound_too_long",
            format!("The sound lasts {seconds} s, and {most} s is the longest that becomes a card: cut it."),
        ));
    }
    Ok((SourceKind::Audio, media_type))
}

/// Refuses a picture with more pixels than are read, by its header.
async fn check_picture(file: &Path) -> Result<(), TakeError> {
    let file = file.to_owned();
    let stopped = |error: tokio::task::JoinError| {
        TakeError::NotJudged(CapabilityError::retry("photo_stopped", format!("the picture was not looked at: {error}")))
    };
    match tokio::task::spawn_blocking(move || check_size(&file)).await.map_err(stopped)? {
        Ok(()) => Ok(()),
        Err(error @ PhotoError::TooLarge { .. }) => Err(refused(error.code(), error.to_string())),
        Err(error) => Err(TakeError::NotJudged(CapabilityError::retry(error.code(), error.to_string()))),
    }
}

fn refusal(code: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal { code, title: "No card can be made of this file", detail: detail.into() }
}

fn refused(code: &'static str, detail: impl Into<String>) -> TakeError {
    TakeError::Refused(refusal(code, detail))
}

fn unfit(error: &SpeechError) -> TakeError {
    if error.is_transient() || matches!(error, SpeechError::NoDecoder | SpeechError::NoFile { .. }) {
        return TakeError::NotJudged(CapabilityError::retry(error.code(), error.to_string()));
    }
    refused(error.code(), error.to_string())
}

/// Checks how a file is to be added, before any of it is stored.
pub fn check(adding: &Adding) -> Result<(), PhraseError> {
    adding.chosen()?;
    adding.target().map(drop)
}

/// How a file is to be added of which its sender says this with a resumable upload. The same key again with the same file gives the
/// same phrase.
pub(super) fn adding(said: &Said) -> Result<Adding, TakeError> {
    let wish = |key: &str| said.get(key).filter(|text| !text.is_empty()).cloned();
    let request_key = wish("idempotency_key");
    let is_key = |key: &str| key.len() <= KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_graphic());
    if request_key.as_deref().is_some_and(|key| !is_key(key)) {
        let detail =
            format!("The idempotency_key in Upload-Metadata must have 1 to {KEY_BYTES} visible characters of ASCII.");
        return Err(refused("bad_idempotency_key", detail));
    }
    Ok(Adding { language: wish("language"), translate_to: wish("translate_to"), request_key, again: false })
}

/// Stores a picture or a sound as a phrase, whose card is to be made.
pub async fn take(
    app: &CaptureApp,
    engine: &Engine,
    owner: &OwnerId,
    new: NewFile,
    adding: &Adding,
    resumed: Option<&Resumed>,
) -> Result<PhraseId, TakeError> {
    let (source, media_type) = judge(app, &new.file).await?;
    let platform = &app.platform;
    let staged = platform.media.stage_file(new.file.clone()).await?;
    let blob = staged.hash.to_string();
    let hash = BlobHash::of(json!([blob, adding.language, adding.translate_to]).to_string().as_bytes()).to_string();
    let now = platform.now().await?;
    let chosen = adding.chosen().map_err(not_taken)?;
    let name: String = new.name.chars().filter(|c| !c.is_control()).take(200).collect();
    let row = PhraseRow {
        original: Some(Original { blob, name, media_type: media_type.to_owned() }),
        language: chosen.map(|language| language.code().to_owned()),
        language_sure: chosen.map_or(0, |_| languages::CHOSEN),
        translate_to: adding.target().map_err(not_taken)?,
        request: adding.request_key.clone().map(|key| (key, hash)),
        ..phrases::new_row(platform.new_id(PhraseId::new).await?, owner, source, now)
    };
    platform
        .media
        .keep_with(staged, async |tx: &mut Tx, _| {
            if let Some((key, _)) = &row.request
                && let Some(known) = capture::find_by_key(tx, owner, key).await?
            {
                if known.request != row.request {
                    return Err(not_taken(PhraseError::KeyReused));
                }
                intake::finish(tx, resumed, super::NAME, known.id.as_str()).await?;
                return Ok(known.id);
            }
            let before = admit::before_keeping(tx, &platform.limits, owner).await?;
            let id = phrases::add(tx, engine, row.clone()).await.map_err(not_taken)?;
            admit::kept(tx, owner, before).await?;
            intake::finish(tx, resumed, super::NAME, id.as_str()).await?;
            Ok(id)
        })
        .await
}

fn not_taken(error: PhraseError) -> TakeError {
    match error {
        PhraseError::Store(error) => error.into(),
        PhraseError::Media(error) => error.into(),
        PhraseError::Limit(exceeded) => TakeError::Limit(exceeded),
        PhraseError::KeyReused => refused("idempotency_key_reused", PhraseError::KeyReused.to_string()),
        error => refused("no_such_language", error.to_string()),
    }
}

/// How the names of files end of which cards are made.
pub fn endings() -> &'static [&'static str] {
    &ENDINGS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        let kind = |head: &[u8]| {
            let known = PICTURES.iter().chain(&SOUNDS).find(|(_, begins)| begins(head));
            known.map(|(kind, _)| *kind)
        };
        assert_eq!(kind(&[0xff, 0xd8, 0xff, 0xe0]), Some("image/jpeg"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind(b"RIFF\0\0\0\0WAVEfmt "), Some("audio/wav"));
        assert_eq!(kind(b"\0\0\0\x1cftypM4A "), Some("audio/mp4"));
        assert_eq!(kind(b"\0\0\0\x1cftypheic"), None);
        assert!(is_heic(b"\0\0\0\x1cftypmif1"));
        assert_eq!(kind(b"GIF89a"), None);
        let unread = |head: &[u8]| unread_picture(head).map(|refusal| refusal.code);
        assert_eq!(unread(b"\0\0\0\x1cftypheic"), Some("picture_heic"));
        assert_eq!((unread(b"GIF89a"), unread(b"OggS")), (Some("picture_gif"), None));
        // By its name this app takes sounds, too.
        assert!((INTAKE.begins_for_it)(b"OggS") && !(INTAKE.begins)(b"OggS") && !(INTAKE.begins_for_it)(b"GIF89a"));
    }
}
