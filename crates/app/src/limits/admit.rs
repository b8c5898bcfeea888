//! Admission of uploads, jobs and bytes, each in the unit of work that adds them: if it is refused, it is rolled back with what
//! it counted.

use std::time::Duration;

use sluice_domain::ids::{OwnerId, UploadId};
use sluice_domain::limits::{Cap, Holder, Limited};
use sluice_domain::time::Timestamp;
use sluice_store::limits::{self, Of, Taken, Use, Warning};
use sluice_store::{StoreError, Tx, blobs, uploads};

use super::terms::{Terms, terms};
use super::{Asker, Exceeded, LimitError, Limiter, Standing};

/// The delay after which a client with too many concurrent jobs may retry; it is not known when one of them ends.
const ASK_AGAIN: Duration = Duration::from_secs(30);
/// How often an owner is warned that the space is nearly used up.
const ROOM_WARNING: Duration = Duration::from_hours(24);

/// Counts the beginning of an upload, and checks that there is room for its bytes, if their number is known.
pub async fn upload(
    tx: &mut Tx,
    limiter: &Limiter,
    asker: &Asker,
    bytes: Option<u64>,
) -> Result<Vec<Standing>, LimitError> {
    let terms = terms(tx, &limiter.plans, &asker.owner).await?;
    let standings = take(tx, &terms, asker, Limited::Uploads).await?;
    if let Some(cap) = terms.user.bytes_kept {
        let of = Of::new(Holder::User, asker.owner.as_str());
        limits::lock(tx, &of, Limited::BytesKept).await?;
        // Bytes of other uploads that are announced, and not received yet, count as used.
        let used = blobs::usage(tx, &asker.owner).await? + uploads::announced(tx, &asker.owner).await?;
        fits(cap, used, bytes)?;
    }
    Ok(standings)
}

/// Counts one against a limit that has only windows.
pub async fn one(tx: &mut Tx, limiter: &Limiter, asker: &Asker, limited: Limited) -> Result<Vec<Standing>, LimitError> {
    let terms = terms(tx, &limiter.plans, &asker.owner).await?;
    take(tx, &terms, asker, limited).await
}

/// Counts the start of a job, and checks the limit of concurrent jobs, and that there is room for its results.
pub async fn job(tx: &mut Tx, limiter: &Limiter, asker: &Asker) -> Result<Vec<Standing>, LimitError> {
    let terms = terms(tx, &limiter.plans, &asker.owner).await?;
    let mut standings = take(tx, &terms, asker, Limited::Jobs).await?;
    standings.extend(one_more_at_once(tx, limiter, &terms, &asker.owner).await?);
    Ok(standings)
}

/// Checks the limit of concurrent jobs for one that continues, or is retried. It was counted when it was started.
pub async fn job_again(tx: &mut Tx, limiter: &Limiter, owner: &OwnerId) -> Result<(), LimitError> {
    let terms = terms(tx, &limiter.plans, owner).await?;
    one_more_at_once(tx, limiter, &terms, owner).await.map(drop)
}

async fn one_more_at_once(
    tx: &mut Tx,
    limiter: &Limiter,
    terms: &Terms,
    owner: &OwnerId,
) -> Result<Option<Standing>, LimitError> {
    if let Some(cap) = terms.user.bytes_kept {
        let used = blobs::usage(tx, owner).await?;
        if used >= cap.hard {
            return Err(full(cap, used, None).into());
        }
    }
    let Some(cap) = terms.user.jobs_at_once else { return Ok(None) };
    let of = Of::new(Holder::User, owner.as_str());
    limits::lock(tx, &of, Limited::JobsAtOnce).await?;
    let used = limits::jobs_at_once(tx, owner, &limiter.uncounted()).await?;
    let (holder, limited, hard, seconds) = (Holder::User, Limited::JobsAtOnce, cap.hard, None);
    if used >= hard {
        let retry_after = Some(ASK_AGAIN);
        return Err(Exceeded { holder, limited, hard, used, asked: None, seconds, frees_at: None, retry_after }.into());
    }
    let now = tx.now().await?;
    warn(tx, owner, &of, limited, (used + 1, cap.soft, hard), now + ROOM_WARNING).await?;
    Ok(Some(Standing { holder, limited, hard, seconds, left: hard - used - 1, more_in: None }))
}

/// Checks, while a file is received, that there is still room for it.
pub async fn still_room(tx: &mut Tx, limiter: &Limiter, owner: &OwnerId, upload: &UploadId) -> Result<(), LimitError> {
    let Some(cap) = terms(tx, &limiter.plans, owner).await?.user.bytes_kept else { return Ok(()) };
    let length = uploads::find(tx, owner, upload).await?.map_or(0, |row| row.length);
    let used = blobs::usage(tx, owner).await?;
    Ok(fits(cap, used, Some(length))?)
}

/// The bytes that an owner stored before a unit of work that adds some, for [`kept`].
pub struct Before {
    cap: Option<Cap>,
    used: u64,
}

/// Begins a unit of work that may add bytes: until it ends, no other one does so for this owner.
pub async fn before_keeping(tx: &mut Tx, limiter: &Limiter, owner: &OwnerId) -> Result<Before, LimitError> {
    let cap = terms(tx, &limiter.plans, owner).await?.user.bytes_kept;
    if cap.is_none() {
        return Ok(Before { cap, used: 0 });
    }
    limits::lock(tx, &Of::new(Holder::User, owner.as_str()), Limited::BytesKept).await?;
    Ok(Before { cap, used: blobs::usage(tx, owner).await? })
}

/// Checks the bytes that such a unit of work has added: exceeding the limit is refused, unless nothing was added.
pub async fn kept(tx: &mut Tx, owner: &OwnerId, before: Before) -> Result<(), LimitError> {
    let Some(cap) = before.cap else { return Ok(()) };
    let used = blobs::usage(tx, owner).await?;
    if used > before.used {
        fits(cap, before.used, Some(used - before.used))?;
        let (of, now) = (Of::new(Holder::User, owner.as_str()), tx.now().await?);
        warn(tx, owner, &of, Limited::BytesKept, (used, cap.soft, cap.hard), now + ROOM_WARNING).await?;
    }
    Ok(())
}

fn fits(cap: Cap, used: u64, more: Option<u64>) -> Result<(), Exceeded> {
    // An upload of unknown length is checked again at its end, and bytes that are stored already need no room.
    let more = more.unwrap_or(0);
    if used.saturating_add(more) <= cap.hard { Ok(()) } else { Err(full(cap, used, Some(more))) }
}

fn full(cap: Cap, used: u64, asked: Option<u64>) -> Exceeded {
    let (holder, limited, hard) = (Holder::User, Limited::BytesKept, cap.hard);
    Exceeded { holder, limited, hard, used, asked, seconds: None, frees_at: None, retry_after: None }
}

/// Counts one in every window that applies, or in none of them.
async fn take(tx: &mut Tx, terms: &Terms, asker: &Asker, limited: Limited) -> Result<Vec<Standing>, LimitError> {
    let mut standings = Vec::new();
    let now = tx.now().await?;
    for (of, window) in terms.windows(asker, limited) {
        let (holder, hard, seconds) = (of.holder, window.hard, Some(window.seconds));
        match limits::take(tx, &of, limited, window).await? {
            Taken::Full(Use { used, frees_at }) => {
                let retry_after = frees_at.map(|at| at.since(now) + Duration::from_secs(1));
                return Err(
                    Exceeded { holder, limited, hard, used, asked: None, seconds, frees_at, retry_after }.into()
                );
            }
            Taken::Yes(Use { used, frees_at }) => {
                let until = frees_at.unwrap_or(now);
                warn(tx, &asker.owner, &of, limited, (used, window.soft, hard), until).await?;
                let more_in = frees_at.map(|at| at.since(now));
                standings.push(Standing { holder, limited, hard, seconds, left: hard.saturating_sub(used), more_in });
            }
        }
    }
    Ok(standings)
}

/// Emits an event that a soft limit is reached.
pub(super) async fn warn(
    tx: &mut Tx,
    owner: &OwnerId,
    of: &Of,
    limited: Limited,
    (used, soft, hard): (u64, Option<u64>, u64),
    until: Timestamp,
) -> Result<(), StoreError> {
    let Some(soft) = soft.filter(|soft| used >= *soft) else { return Ok(()) };
    limits::warn(tx, owner, &Warning { of: of.clone(), limited, used, soft, hard, until }).await.map(drop)
}
