//! Previews before there is a video: the picture of a page, a sentence in a voice, and the picture of a provider's presenter.
//! They are made or fetched once, on request, and only a few at a time, however many people ask.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::{BlobHash, Stored};
use sluice_capability::{Attempt, Begun, CapabilityError, Context, Present, SpeakRequest, Wish};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_local::reading::{PageView, ReadError};
use sluice_store::documents::DocumentRow;
use sluice_store::reel::{ReelId, ReelRow};
use sluice_store::{StoreError, Tx, reel, results};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::context::ReelApp;
use super::keys;
use super::script::{SceneScript, SlideKind};
use super::storyboard::{self, Scene};
use super::subject;
use crate::library::{self, IngestError};
use crate::links::Signer;
use crate::maintenance::work;
use crate::media::MediaError;
use crate::providers::ProviderError;
use crate::providers::pictures::Unavailable;

/// Width of a page's picture: enough for a scene in the list.
const WIDTH: u32 = 640;
/// Width of the picture of the first page, for lists of reels.
const COVER_WIDTH: u32 = 320;
/// The kind of the stored result, by which lists find it.
const COVER: &str = "cover";
/// How long a request waits for a slot.
const PATIENCE: Duration = Duration::from_secs(15);

async fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, PreviewError> {
    let turn = tokio::time::timeout(PATIENCE, turns.acquire()).await;
    turn.map_err(|_| PreviewError::Busy)?.map_err(|_| PreviewError::Busy)
}

/// Why there is no picture or no sample.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// No such reel, or it does not show the page.
    #[error("there is no such page in this video")]
    NoSuchPage,
    /// No such voice.
    #[error("there is no voice \"{voice}\"")]
    NoSuchVoice {
        /// The requested voice.
        voice: String,
    },
    /// No such presenter of a provider, or one without a picture.
    #[error("there is no picture of a presenter \"{presenter}\"")]
    NoSuchFace {
        /// The requested presenter.
        presenter: String,
    },
    /// The provider's picture cannot be fetched, or is none.
    #[error("the provider's picture cannot be shown: {0}")]
    Face(Unavailable),
    /// The voice's model is not installed.
    #[error("the voice \"{voice}\" is not installed: run `make setup`, or choose another one")]
    VoiceNotInstalled {
        /// The requested voice.
        voice: String,
    },
    /// Speaking with it costs money.
    #[error("the voice \"{voice}\" is not on this machine: a sample of it would cost money")]
    NotLocal {
        /// The requested voice.
        voice: String,
    },
    /// Too many others are waiting.
    #[error("too many pictures and samples are being made at the moment: try again in a few seconds")]
    Busy,
    /// The page cannot be drawn.
    #[error(transparent)]
    Page(#[from] ReadError),
    /// The voice failed.
    #[error(transparent)]
    Voice(#[from] CapabilityError),
    /// The provider of the voice cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The blob store failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A link to the picture of a page that a scene of the reel shows.
pub async fn page(owner: &OwnerId, app: &ReelApp, id: &ReelId, page: u32) -> Result<String, PreviewError> {
    let read = async |tx: &mut Tx| subject::load_in(tx, owner, id).await;
    let subject = app.platform.store.read(read).await?.ok_or(PreviewError::NoSuchPage)?;
    if !subject.scenes.iter().any(|scene| page_of(scene) == Some(page)) {
        return Err(PreviewError::NoSuchPage);
    }
    let document = &subject.document;
    // The rotation of the page is part of its text.
    let key = keys::key("page/2", &(&document.blob, &document.text_blob, page, WIDTH)).map_err(|_| unreadable())?;
    let hash = if let Some(hash) = kept(app, &key).await? {
        hash
    } else {
        let _turn = turn(&app.previews.pages).await?;
        match kept(app, &key).await? {
            Some(hash) => hash,
            None => draw(app, document, (page, WIDTH), &key, "page").await?,
        }
    };
    // The picture is deleted with the last reel that uses it.
    app.platform.store.write(async |tx| reel::use_result(tx, owner, id, &key).await).await?;
    link(owner, app, &key, &hash, "page.png").await
}

/// The page of a scene: the one it shows, or the first one that it cites.
pub(crate) fn page_of(scene: &Scene) -> Option<u32> {
    slide_page(&scene.script).or_else(|| storyboard::pages(&scene.script).first().copied())
}

fn slide_page(script: &SceneScript) -> Option<u32> {
    match script.slide {
        SlideKind::Page(page) => Some(page),
        SlideKind::Title | SlideKind::Question => None,
    }
}

/// Draws a small picture of the first page of a reel's document, for lists of reels without a poster. Called by its job.
pub(crate) async fn cover(app: &ReelApp, reel: &ReelRow, document: &DocumentRow) -> Result<(), PreviewError> {
    let key = keys::key("cover/1", &(&document.blob, &document.text_blob, COVER_WIDTH)).map_err(|_| unreadable())?;
    if kept(app, &key).await?.is_none() {
        draw(app, document, (1, COVER_WIDTH), &key, COVER).await?;
    }
    app.platform.store.write(async |tx| reel::use_result(tx, &reel.owner, &reel.id, &key).await).await?;
    Ok(())
}

async fn draw(
    app: &ReelApp,
    document: &DocumentRow,
    (page, width): (u32, u32),
    key: &str,
    kind: &str,
) -> Result<BlobHash, PreviewError> {
    let media = &app.platform.media;
    let text = library::read_text(&app.platform, document).await.map_err(|error| match error {
        IngestError::Media(error) => PreviewError::Media(error),
        IngestError::Store(error) => PreviewError::Store(error),
        _ => PreviewError::Store(unreadable()),
    })?;
    let quarter_turns = text.pages.iter().find(|known| known.number == page).map_or(0, |known| known.quarter_turns);
    let view = PageView { quarter_turns, ..PageView::whole(page, width) };
    let source = media.materialise(&document.blob.parse().map_err(|_| unreadable())?).await?;
    let stored: Stored = in_folder(app, key, kind, async |folder| {
        let file = folder.join("page.png");
        app.reader.draw(source.path(), &view, &file).await?;
        Ok(media.keep_file(file).await?)
    })
    .await?;
    Ok(stored.hash)
}

/// A link to a sentence in a voice.
pub async fn sample(owner: &OwnerId, app: &ReelApp, id: &str) -> Result<String, PreviewError> {
    let voice = || id.to_owned();
    let known = app.voices_of(owner).await.into_iter().find(|known| known.id == id);
    let known = known.and_then(|known| Some((known.language.narrated()?, known.installed)));
    let (language, installed) = known.ok_or_else(|| PreviewError::NoSuchVoice { voice: voice() })?;
    if app.can_cost(id) {
        return Err(PreviewError::NotLocal { voice: voice() });
    }
    let text = sentence(language);
    let key = keys::key("sample/1", &(id, text)).map_err(|_| unreadable())?;
    if let Some(hash) = kept(app, &key).await? {
        return link(owner, app, &key, &hash, "sample.wav").await;
    }
    if !installed {
        return Err(PreviewError::VoiceNotInstalled { voice: voice() });
    }
    let _turn = turn(&app.previews.samples).await?;
    let hash = match kept(app, &key).await? {
        Some(hash) => hash,
        None => speak(owner, app, id, language, (text, &key)).await?,
    };
    link(owner, app, &key, &hash, "sample.wav").await
}

/// The stored picture of a presenter.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Portrait {
    hash: BlobHash,
    /// The extension of its file: `png`, `jpg`, `webp`.
    ending: String,
}

/// A link to the picture of a provider's presenter. It is served from here, so that the provider does not learn who looks at it.
pub async fn portrait(owner: &OwnerId, app: &ReelApp, id: &str) -> Result<String, PreviewError> {
    let router = app.presenting.choosing(owner).await?;
    let found = router.implementations().find_map(|provider| {
        let picture = provider.presenters().into_iter().find(|one| one.id == id)?.picture?;
        Some((Arc::clone(provider), picture))
    });
    let (provider, picture) =
        found.ok_or_else(|| PreviewError::NoSuchFace { presenter: id.chars().take(200).collect() })?;
    // The signature in a link may change with each listing.
    let place = picture.split('?').next().unwrap_or_default();
    let name = &provider.profile().provider;
    let key = keys::key("portrait/1", &(name, id, place)).map_err(|_| unreadable())?;
    let portrait = match kept_portrait(app, &key).await? {
        Some(known) => known,
        None => fetch_portrait(app, &*provider, id, (&key, &picture)).await?,
    };
    link(owner, app, &key, &portrait.hash, &format!("presenter.{}", portrait.ending)).await
}

/// Fetches a picture, once for all concurrent requests, whether it succeeds or fails. A failure is remembered for this link only:
/// another one may be listed later.
async fn fetch_portrait(
    app: &ReelApp,
    provider: &dyn Present,
    id: &str,
    (key, picture): (&str, &str),
) -> Result<Portrait, PreviewError> {
    let faces = &app.previews.faces;
    let place = BlobHash::of(format!("{key}\n{picture}").as_bytes()).to_string();
    let alone = faces.alone(&place);
    let _alone = tokio::time::timeout(PATIENCE, alone.lock()).await.map_err(|_| PreviewError::Busy)?;
    if let Some(known) = kept_portrait(app, key).await? {
        return Ok(known);
    }
    faces.check(&place, app.platform.store.now().await?).map_err(PreviewError::Face)?;
    let _turn = turn(&faces.turns).await?;
    in_folder(app, key, "portrait", async |folder| {
        let file = folder.join("portrait");
        let fetched = provider.picture(id, &file).await;
        let now = app.platform.store.now().await?;
        let ending = fetched.map_err(|error| PreviewError::Face(faces.failed(&place, now, error)))?;
        let hash = app.platform.media.keep_file(file).await?.hash;
        Ok(Portrait { hash, ending: ending.to_owned() })
    })
    .await
}

async fn kept_portrait(app: &ReelApp, key: &str) -> Result<Option<Portrait>, PreviewError> {
    kept_as::<Portrait>(app, key, |portrait| portrait.hash.clone()).await
}

/// The sample sentence of a voice.
fn sentence(language: Language) -> &'static str {
    match language.code() {
        "ar" => "مرحبًا، سأروي لكم ما في هذه الوثيقة، صفحةً بعد صفحة.",
        "fr" => "Bonjour, je vous raconte ce document, page après page.",
        "de" => "Guten Tag, ich erzähle Ihnen dieses Dokument, Seite für Seite.",
        "es" => "Hola, les cuento este documento, página por página.",
        "it" => "Buongiorno, vi racconto questo documento, pagina dopo pagina.",
        "pt" => "Olá, vou contar este documento, página por página.",
        "nl" => "Hallo, ik vertel u dit document, bladzijde voor bladzijde.",
        _ => "Hello, I will tell you what is in this document, page by page.",
    }
}

async fn speak(
    owner: &OwnerId,
    app: &ReelApp,
    voice: &str,
    language: Language,
    (text, key): (&str, &str),
) -> Result<BlobHash, PreviewError> {
    let router = app.speaking.of(owner).await?;
    let stored: Stored = in_folder(app, key, "sample", async |folder| {
        let out = folder.join("sample.wav");
        let request = &SpeakRequest { voice: voice.to_owned(), text: text.to_owned(), out: out.clone() };
        let wish = Wish { language: Some(language.into()), local_only: true, ..Wish::default() };
        let spoken = router.first(request, &wish, &(), |speaker| async move {
            match speaker.begin(request, Context { key: "", progress: &|_| {} }).await {
                Ok(Begun::Done(_)) => Ok(()),
                Ok(Begun::Accepted { .. }) => {
                    let message = "this voice answers later, and a sample is heard at once";
                    Err(Attempt::Next(CapabilityError::fail("voice_too_slow", message)))
                }
                Err(error) => Err(Attempt::Next(error)),
            }
        });
        spoken.await.map_err(|none| {
            let text = none.to_string();
            none.error.unwrap_or_else(|| CapabilityError::fail("no_voice", text))
        })?;
        Ok(app.platform.media.keep_file(out).await?)
    })
    .await?;
    Ok(stored.hash)
}

/// Makes a file in a folder of its own, and stores it as the result of `key`.
async fn in_folder<T, F>(app: &ReelApp, key: &str, kind: &str, make: F) -> Result<T, PreviewError>
where
    T: Serialize,
    F: AsyncFnOnce(&Path) -> Result<T, PreviewError>,
{
    let folder = work::hold(&app.platform).await?;
    let made = make(folder.path()).await;
    folder.clear().await.map_err(MediaError::from)?;
    let stored = made?;
    let value = json!(&stored);
    app.platform.store.write(async |tx| results::store(tx, key, kind, &value).await).await?;
    Ok(stored)
}

/// The stored file of an earlier request, if its bytes still exist.
async fn kept(app: &ReelApp, key: &str) -> Result<Option<BlobHash>, PreviewError> {
    let stored = kept_as::<Stored>(app, key, |stored| stored.hash.clone()).await?;
    Ok(stored.map(|stored| stored.hash))
}

/// The stored result of an earlier request, if its bytes still exist.
async fn kept_as<T: DeserializeOwned>(
    app: &ReelApp,
    key: &str,
    hash: fn(&T) -> BlobHash,
) -> Result<Option<T>, PreviewError> {
    let Some(value) = app.platform.store.read(async |tx| results::find(tx, key).await).await? else { return Ok(None) };
    let stored = serde_json::from_value::<T>(value).map_err(|_| unreadable())?;
    let there = app.platform.media.has_all([&hash(&stored)]).await?;
    if there {
        app.platform.store.write(async |tx| results::touch(tx, key).await).await?;
    }
    Ok(there.then_some(stored))
}

async fn link(owner: &OwnerId, app: &ReelApp, key: &str, hash: &BlobHash, name: &str) -> Result<String, PreviewError> {
    Ok(Signer::of(&app.platform, owner).await?.of_result(key).show(hash, name))
}

fn unreadable() -> StoreError {
    StoreError::Unreadable { what: "a stored picture or sample".to_owned() }
}
