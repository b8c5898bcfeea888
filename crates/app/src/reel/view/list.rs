//! Lists reels: small summaries, page by page.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sluice_blobs::{BlobHash, Stored};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::jobs::Why;
use sluice_store::reel::ReelId;
use sluice_store::reel::ReelRow;
use sluice_store::reel::list::{ListedReel, ReelFilter, listed};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::ReelState;
use super::rows::Rows;
use super::waiting;
use crate::links::Signer;
use crate::reel::choices::Choices;
use crate::reel::context::ReelApp;
use crate::reel::script::Mode;
use crate::reel::storyboard;
use crate::view::{ErrorView, WhyView, first_page};

/// A reel in a list, without its storyboard.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReelSummary {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file name of its document.
    pub document_name: String,
    /// `summary` or `explanation`.
    pub mode: Mode,
    /// `16:9`, `9:16` or `1:1`.
    #[schema(value_type = String)]
    pub shape: sluice_local::render::Shape,
    /// Its state.
    pub state: ReelState,
    /// From 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: f64,
    /// Why nothing of it goes on; none while something does.
    pub waiting: Option<WhyView>,
    /// The job that makes it.
    #[schema(format = "uuid")]
    pub job_id: String,
    /// A still image, once there is one.
    pub poster_url: Option<String>,
    /// The same in small (the longer edge has 480 pixels), once it is playable; before that, the first page of the document.
    pub thumbnail_url: Option<String>,
    /// Its length in seconds, once it is playable.
    pub seconds: Option<f64>,
    /// Why it failed.
    pub error: Option<ErrorView>,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub updated_at: Timestamp,
}

/// A page of reels, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReelPage {
    /// The reels.
    #[schema(max_items = 100)]
    pub items: Vec<ReelSummary>,
    /// The cursor of the next page; none on the last page.
    pub next_cursor: Option<String>,
}

/// A filter for an owner's reels.
#[derive(Debug, Clone, Default)]
pub struct ReelQuery {
    /// The title or the document's name contains this, ignoring case.
    pub text: Option<String>,
    /// In one of these states.
    pub state: Option<ReelState>,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
    /// After this cursor, from [`ReelPage::next_cursor`].
    pub cursor: Option<String>,
    /// Page size.
    pub limit: u32,
}

/// Why a page cannot be returned.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The cursor is invalid.
    #[error("the cursor is not one that this server gave: begin again without it")]
    Cursor,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A page of the owner's reels, by time of creation. New reels do not shift the pages after a cursor.
pub async fn page(owner: &OwnerId, app: &ReelApp, query: ReelQuery) -> Result<ReelPage, ListError> {
    let after = query.cursor.map(|cursor| decode(&cursor).ok_or(ListError::Cursor)).transpose()?;
    let filter = ReelFilter {
        text: query.text,
        state: query.state.map(|state| state.as_str().to_owned()),
        oldest_first: query.oldest_first,
        after,
    };
    Ok(read(owner, app, &filter, query.limit.max(1)).await?)
}

/// The owner's newest reels, in one state or in any.
pub async fn newest(
    owner: &OwnerId,
    app: &ReelApp,
    state: Option<ReelState>,
    limit: u32,
) -> Result<ReelPage, StoreError> {
    let state = state.map(|state| state.as_str().to_owned());
    let filter = ReelFilter { text: None, state, oldest_first: false, after: None };
    read(owner, app, &filter, limit).await
}

async fn read(owner: &OwnerId, app: &ReelApp, filter: &ReelFilter, limit: u32) -> Result<ReelPage, StoreError> {
    let (rows, working) = app
        .platform
        .store
        .read(async |tx: &mut Tx| {
            let rows = listed(tx, owner, filter, limit + 1).await?;
            let mut working = Vec::new();
            // Progress is in the steps of the scenes' jobs, and so is what they wait for: a few rows, for the few reels that
            // are being made.
            for row in rows.iter().filter(|row| row.state == ReelState::Working.as_str()) {
                if let Some(reel) = sluice_store::reel::reel(tx, owner, &row.id).await? {
                    match underway(tx, reel).await {
                        Ok(underway) => working.push((row.id.clone(), underway)),
                        Err(error) if error.is_outage() => return Err(error),
                        // Below, it is left out, or shown without its progress.
                        Err(error) => tracing::error!(%owner, %error, "the progress of a reel is left out of a list"),
                    }
                }
            }
            Ok::<_, StoreError>((rows, working))
        })
        .await?;
    let links = Signer::of(&app.platform, owner).await?;
    let (rows, next_cursor) = first_page(rows, limit, encode);
    let mut working: HashMap<ReelId, Underway> = working.into_iter().collect();
    // One that cannot be read hides no other.
    let items = rows.into_iter().filter_map(|row| {
        let done = Underway { percent: if row.state == ReelState::Done.as_str() { 100.0 } else { 0.0 }, waiting: None };
        let underway = working.remove(&row.id).unwrap_or(done);
        let report = |error: &StoreError| tracing::error!(%owner, %error, "a reel is left out of a list");
        summary(row, underway, &links).inspect_err(report).ok()
    });
    Ok(ReelPage { items: items.collect(), next_cursor })
}

/// How far a reel is, and why it is no further.
struct Underway {
    percent: f64,
    waiting: Option<Why>,
}

async fn underway(tx: &mut Tx, reel: ReelRow) -> Result<Underway, StoreError> {
    let rows = Rows::read(tx, reel).await?;
    let (waiting, _) = waiting::waits(tx, &rows).await?;
    Ok(Underway { percent: rows.percent(), waiting })
}

fn summary(row: ListedReel, underway: Underway, links: &Signer) -> Result<ReelSummary, StoreError> {
    /// The hashes of the published files, and of the rendered parts of a scene.
    #[derive(Deserialize)]
    struct Files {
        #[serde(alias = "still")]
        poster: BlobHash,
        #[serde(default)]
        thumbnail: Option<BlobHash>,
        duration_ms: u32,
    }
    let choices: Choices = storyboard::decode(&row.choices, "a reel's choices")?;
    let files = |made: &Option<serde_json::Value>, what: &'static str| {
        made.as_ref().map(|made| storyboard::decode::<Files>(made, what)).transpose()
    };
    let published = files(&row.result, "a reel's result")?;
    let scene = files(&row.first_made, "a scene's parts")?;
    let state =
        ReelState::parse(&row.state).ok_or_else(|| StoreError::Unreadable { what: "a reel's state".to_owned() })?;
    let poster = match (&published, &scene) {
        (Some(published), _) => Some(links.show(&published.poster, "poster.jpg")),
        (None, Some(scene)) => Some(links.show(&scene.poster, "scene.jpg")),
        (None, None) => None,
    };
    let thumbnail = match (&published, &row.cover) {
        (Some(published), _) => published.thumbnail.as_ref().map(|hash| links.show(hash, "thumbnail.jpg")),
        (None, Some((key, cover))) => {
            let cover = storyboard::decode::<Stored>(cover, "the picture of a first page")?;
            Some(links.clone().of_result(key).show(&cover.hash, "page.png"))
        }
        (None, None) => None,
    };
    Ok(ReelSummary {
        id: row.id.to_string(),
        title: if row.title.is_empty() { row.document_name.clone() } else { row.title },
        document_name: row.document_name,
        mode: choices.mode,
        shape: choices.shape,
        state,
        percent: underway.percent,
        waiting: underway.waiting.map(|why| WhyView::of(why, None)),
        job_id: row.job_id.to_string(),
        poster_url: poster,
        thumbnail_url: thumbnail,
        seconds: published.map(|published| f64::from(published.duration_ms) / 1000.0),
        error: row.error.as_ref().filter(|_| state == ReelState::Failed).map(ErrorView::of),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The position of a row in the list, as an opaque cursor.
fn encode(row: &ListedReel) -> String {
    hex::encode(format!("{} {}", row.created_at.as_millis(), row.id))
}

fn decode(cursor: &str) -> Option<(Timestamp, ReelId)> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    let (at, id) = text.split_once(' ')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}
