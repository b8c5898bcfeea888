//! What a person decides about phrases, one or many at once: approved, excluded, sent back, retried, deleted. All of it but a retry
//! can be undone.

use std::collections::HashSet;
use std::slice;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::limits::Limited;
use sluice_engine::Engine;
use sluice_store::capture::{self, ActionId, ActionRow, PhraseId, PhraseRow, Status};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::context::CaptureApp;
use super::error::PhraseError;
use super::jobs::{self, Order, Work};
use super::notify::changed;
use super::phrases;
use super::view::{PhraseView, etag};
use crate::limits::{Asker, Standing, admit};

/// Most phrases of one action.
pub const BATCH: usize = 500;

/// Most cards of one phrase that are asked about.
const MOST_OTHERS: u32 = 100;

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PhraseAction)]
pub enum Action {
    /// The card is as it should be.
    Approve,
    /// It is left out of decks.
    Exclude,
    /// It is no longer left out.
    Include,
    /// It is to be reviewed again.
    SendBack,
    /// Its card is made once more, after it failed.
    Retry,
    /// It is deleted.
    Delete,
}

impl Action {
    const fn done(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Exclude => "excluded",
            Self::Include => "included",
            Self::SendBack => "sent back",
            Self::Retry => "tried again",
            Self::Delete => "deleted",
        }
    }

    const fn limited(self) -> Option<Limited> {
        match self {
            Self::Approve => Some(Limited::Approvals),
            Self::Retry => Some(Limited::Retries),
            _ => None,
        }
    }
}

/// A phrase that was left as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PhraseSkipped)]
pub struct Skipped {
    /// The phrase.
    pub id: String,
    /// Why: `not_found`, `wrong_status`, `working`, `changed`, or `same_phrase` if there is another card of it by now.
    #[schema(pattern = "^(not_found|wrong_status|working|changed|same_phrase)$")]
    pub code: &'static str,
    /// The same for people.
    pub detail: String,
    /// The other card of the same phrase.
    pub other: Option<String>,
}

impl Skipped {
    fn of(id: &PhraseId, error: &PhraseError) -> Self {
        let code = match error {
            PhraseError::Unknown { .. } => "not_found",
            PhraseError::Working => "working",
            PhraseError::Changed { .. } => "changed",
            PhraseError::SamePhrase { .. } => "same_phrase",
            _ => "wrong_status",
        };
        let other = if let PhraseError::SamePhrase { id } = error { Some(id.to_string()) } else { None };
        Self { id: id.to_string(), code, detail: error.to_string(), other }
    }
}

/// What became of an action.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PhrasesActed)]
pub struct Acted {
    /// What undoes it, by `/api/v1/phrases/undo`; null if nothing can be undone. That of an undo is for what is left.
    pub undo: Option<String>,
    /// The phrases that changed, as they are now; without those that were deleted.
    pub changed: Vec<PhraseView>,
    /// How many changed, with those that were deleted.
    pub count: usize,
    /// How many an undo left that can come back later: another card of their phrase is in their place.
    pub left: usize,
    /// The phrases that did not.
    pub skipped: Vec<Skipped>,
}

/// What a phrase was before an action, and its version after it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Before {
    id: PhraseId,
    after: u64,
    status: String,
    excluded: bool,
    deleted: bool,
    /// The other cards of a phrase that was deleted, which were there by then or can come back to where it was: they do not keep it
    /// from coming back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<PhraseId>,
}

/// Acts on phrases. Each for which it is not possible is skipped, with its reason. Together they count once.
pub async fn act(
    app: &CaptureApp,
    engine: &Engine,
    asker: &Asker,
    action: Action,
    ids: &[PhraseId],
) -> Result<(Acted, Vec<Standing>), PhraseError> {
    act_if(app, engine, asker, action, ids, None).await
}

/// Acts on a phrase that has one of the entity tags, which are those that a person saw; it is skipped otherwise.
pub async fn act_on_seen(
    app: &CaptureApp,
    engine: &Engine,
    asker: &Asker,
    action: Action,
    id: &PhraseId,
    tags: Option<&[String]>,
) -> Result<(Acted, Vec<Standing>), PhraseError> {
    act_if(app, engine, asker, action, slice::from_ref(id), tags).await
}

async fn act_if(
    app: &CaptureApp,
    engine: &Engine,
    asker: &Asker,
    action: Action,
    ids: &[PhraseId],
    tags: Option<&[String]>,
) -> Result<(Acted, Vec<Standing>), PhraseError> {
    if ids.len() > BATCH {
        return Err(PhraseError::TooMany { what: "phrases", found: ids.len(), most: BATCH });
    }
    let undo = app.platform.new_id(ActionId::new).await?;
    // In one order, so that two actions never wait for each other.
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let (before, skipped, standings) = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            let standings = match action.limited() {
                Some(limited) => admit::one(tx, &app.platform.limits, asker, limited).await?,
                None => Vec::new(),
            };
            let gone = if action == Action::Delete { deleted_beside(tx, &asker.owner).await? } else { Vec::new() };
            let (mut before, mut skipped) = (Vec::new(), Vec::new());
            for id in &sorted {
                match one(tx, engine, asker, action, id, tags).await {
                    Ok(mut done) => {
                        done.others
                            .extend(gone.iter().filter(|gone| gone.others.contains(id)).map(|gone| gone.id.clone()));
                        before.push(done);
                    }
                    Err(PhraseError::Store(error)) => return Err(error.into()),
                    Err(error) => skipped.push(Skipped::of(id, &error)),
                }
            }
            if action != Action::Retry && !before.is_empty() {
                record(tx, asker, &undo, action, &before).await?;
            }
            Ok::<_, PhraseError>((before, skipped, standings))
        })
        .await?;
    let changed: Vec<PhraseId> = before.iter().map(|before| before.id.clone()).collect();
    let undo = (action != Action::Retry && !before.is_empty()).then(|| undo.to_string());
    let changed = phrases::of_ids(app, &asker.owner, &changed).await?;
    Ok((Acted { undo, changed, count: before.len(), left: 0, skipped }, standings))
}

/// What was deleted while there was another card of it, and can come back: whichever of the two does so first, the other one may, too.
async fn deleted_beside(tx: &mut Tx, owner: &OwnerId) -> Result<Vec<Before>, StoreError> {
    let rows = capture::actions_with(tx, owner, Action::Delete.done(), "\"others\"").await?;
    let mut all = Vec::new();
    for row in rows {
        all.append(&mut before_of(&row)?);
    }
    Ok(all)
}

fn before_of(row: &ActionRow) -> Result<Vec<Before>, StoreError> {
    Vec::deserialize(&row.before)
        .map_err(|error| StoreError::Unreadable { what: format!("what action {} changed ({error})", row.id) })
}

async fn record(
    tx: &mut Tx,
    asker: &Asker,
    id: &ActionId,
    action: Action,
    before: &[Before],
) -> Result<(), StoreError> {
    let row = ActionRow {
        id: id.clone(),
        owner: asker.owner.clone(),
        action: action.done().to_owned(),
        before: json!(before),
        created_at: tx.now().await?,
    };
    capture::insert_action(tx, &row).await
}

async fn one(
    tx: &mut Tx,
    engine: &Engine,
    asker: &Asker,
    action: Action,
    id: &PhraseId,
    tags: Option<&[String]>,
) -> Result<Before, PhraseError> {
    let mut row = phrases::lock(tx, &asker.owner, id).await?;
    let now = etag(row.version);
    if tags.is_some_and(|tags| !tags.contains(&now)) {
        return Err(PhraseError::Changed { etag: now });
    }
    let before = Before {
        id: id.clone(),
        after: row.version + 1,
        status: row.stored_status.as_str().to_owned(),
        excluded: row.excluded,
        deleted: false,
        others: Vec::new(),
    };
    decide(tx, engine, &mut row, action).await?;
    capture::update(tx, &row).await?;
    if action == Action::Delete {
        let others = phrases::same_as(tx, &row, MOST_OTHERS).await?;
        return Ok(Before { deleted: true, others, ..before });
    }
    changed(tx, &row.owner, id)?;
    Ok(before)
}

async fn decide(tx: &mut Tx, engine: &Engine, row: &mut PhraseRow, action: Action) -> Result<(), PhraseError> {
    let status = row.status();
    let wrong = Err(PhraseError::Status { status: status.as_str(), action: action.done() });
    match action {
        // What is being made would change what was approved; a sound alone would not.
        Action::Approve | Action::SendBack if is_remade(row) => Err(PhraseError::Working),
        Action::Approve if status == Status::PendingReview => {
            row.stored_status = Status::Approved;
            Ok(())
        }
        Action::SendBack if matches!(status, Status::Approved | Status::Exported) => {
            row.stored_status = Status::PendingReview;
            Ok(())
        }
        Action::Exclude | Action::Include => {
            row.excluded = action == Action::Exclude;
            Ok(())
        }
        Action::Retry if status == Status::Failed => Ok(jobs::start(tx, engine, row, Order::Retry).await?),
        Action::Delete => phrases::delete_row(tx, row).await,
        Action::Approve | Action::SendBack | Action::Retry => wrong,
    }
}

/// Whether fields of a card are being made.
fn is_remade(row: &PhraseRow) -> bool {
    row.open_job().is_some_and(|job| Work::parse(&job.what) != Some(Work::Voice))
}

/// Undoes an action, each phrase once. One that was changed since stays as it is; one that was deleted, and of which there is another
/// card since, stays deleted, and can be asked for again by the same id.
pub async fn undo(app: &CaptureApp, asker: &Asker, id: &ActionId) -> Result<Acted, PhraseError> {
    let owner = &asker.owner;
    let (ids, skipped, left) = app
        .platform
        .store
        .write(async |tx: &mut Tx| {
            capture::lock_texts(tx, owner).await?;
            let row = capture::take_action(tx, owner, id).await?.ok_or(PhraseError::Unknown { what: "action" })?;
            let before = before_of(&row)?;
            let (mut ids, mut skipped, mut left) = (Vec::new(), Vec::new(), Vec::new());
            let mut refusal = PhraseError::NothingToUndo;
            let together: HashSet<PhraseId> = before.iter().map(|before| before.id.clone()).collect();
            for before in before {
                match restore(tx, asker, &before, &together).await {
                    Ok(()) => ids.push(before.id),
                    Err(PhraseError::Store(error)) => return Err(error.into()),
                    Err(error) => {
                        skipped.push(Skipped::of(&before.id, &error));
                        if matches!(error, PhraseError::SamePhrase { .. }) {
                            refusal = error;
                            left.push(before);
                        }
                    }
                }
            }
            if ids.is_empty() {
                return Err(refusal);
            }
            let count = left.len();
            keep_left(tx, row, left, &ids).await?;
            Ok::<_, PhraseError>((ids, skipped, count))
        })
        .await?;
    let changed = phrases::of_ids(app, owner, &ids).await?;
    let undo = (left > 0).then(|| id.to_string());
    Ok(Acted { undo, count: changed.len(), changed, left, skipped })
}

/// Keeps what is left of an action, as old as it was. What has come back of it keeps none of the others from doing so later.
async fn keep_left(tx: &mut Tx, row: ActionRow, mut left: Vec<Before>, back: &[PhraseId]) -> Result<(), PhraseError> {
    if left.is_empty() {
        return Ok(());
    }
    for before in &mut left {
        if let Some(phrase) = capture::lock(tx, &row.owner, &before.id).await? {
            let same = phrases::same_as(tx, &phrase, MOST_OTHERS).await?;
            before.others.extend(same.into_iter().filter(|other| back.contains(other)));
        }
    }
    Ok(capture::insert_action(tx, &ActionRow { before: json!(left), ..row }).await?)
}

/// What was done to those of `together` at once is undone at once: they do not keep each other from coming back.
async fn restore(tx: &mut Tx, asker: &Asker, before: &Before, together: &HashSet<PhraseId>) -> Result<(), PhraseError> {
    let row = capture::lock(tx, &asker.owner, &before.id).await?;
    let mut row = row.ok_or(PhraseError::Unknown { what: "phrase" })?;
    if row.version != before.after {
        return Err(PhraseError::Changed { etag: etag(row.version) });
    }
    if let Some(status) = Status::parse(&before.status) {
        row.stored_status = status;
    }
    row.excluded = before.excluded;
    if before.deleted {
        let mut others = phrases::same_as(tx, &row, MOST_OTHERS).await?;
        others.retain(|other| !before.others.contains(other) && !together.contains(other));
        if let Some(id) = others.into_iter().next() {
            return Err(PhraseError::SamePhrase { id });
        }
        row.deleted_at = None;
    }
    capture::update(tx, &row).await?;
    Ok(changed(tx, &row.owner, &row.id)?)
}
