//! What an app keeps in tiers, as the shared rules see it: `hot` as it came, `warm` as one verified archive, `cold` without what
//! takes the room. The rules, with their periods, are in `keeping`; only the app knows how to move one of its things.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::keeping::Terms;
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use crate::media::MediaError;

/// A tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// As it came.
    Hot,
    /// As one archive.
    Warm,
    /// Without its largest parts, for good.
    Cold,
}

impl Tier {
    /// Its name in what is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Warm => "warm",
            Self::Cold => "cold",
        }
    }

    /// The tier of this stored name; an error for a name that this version does not know.
    pub fn parse(name: &str) -> Result<Self, StoreError> {
        let known = [Self::Hot, Self::Warm, Self::Cold].into_iter().find(|tier| tier.as_str() == name);
        known.ok_or_else(|| StoreError::Unreadable { what: format!("the tier \"{name}\"") })
    }
}

/// Something that is due to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its owner.
    pub owner: OwnerId,
    /// Its id.
    pub subject: String,
    /// What it references now.
    pub bytes: u64,
    /// The days that hold for it in the tier that it leaves.
    pub days: u32,
}

/// What a move did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Bytes that it referenced before.
    pub bytes_before: u64,
    /// Bytes that it references now.
    pub bytes_after: u64,
}

/// What is kept in a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The tier.
    pub tier: Tier,
    /// How many things.
    pub count: u64,
    /// Bytes that they reference.
    pub bytes: u64,
    /// When the oldest began.
    pub oldest: Option<Timestamp>,
}

/// An archive that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its owner.
    pub owner: OwnerId,
    /// The id of what is in it.
    pub subject: String,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

/// Why something was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// It is no longer due: it changed, is held, or was moved already.
    #[error("it is not due any more")]
    NotDue,
    /// There is no such thing.
    #[error("there is no such thing")]
    Unknown,
    /// It was deleted for good, as the rules say.
    #[error("it was deleted, as the rules of keeping say: only what was made from it is left")]
    Deleted,
    /// An archive does not have what it should have. Nothing was deleted.
    #[error("the archive is not what it should be ({what}): nothing was deleted")]
    Differs {
        /// What differs.
        what: String,
    },
    /// An archive cannot be written or read.
    #[error("the archive cannot be written or read ({what}): nothing was deleted")]
    Archive {
        /// Why.
        what: String,
    },
    /// Its bytes cannot be stored or read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an app keeps in tiers.
pub trait Tiers: Send + Sync {
    /// Writes down what keeps things from being moved and would be forgotten, such as jobs that failed, whose rows retention deletes: of
    /// at most `limit` things after the id `after`. Returns the last of them; none at the end. A sweep asks for this first.
    fn remember<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _after: &'a str,
        _limit: u32,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        async { Ok(None) }.boxed()
    }

    /// Whether an owner has this.
    fn has<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: &'a OwnerId,
        subject: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Whether an owner has this; locks it, so that it is not moved until the unit of work ends that sets how long it is kept.
    fn lock<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: &'a OwnerId,
        subject: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// At most `limit` things of all owners that at `now` have been in `from` for the days that hold for them by these terms and may
    /// leave it, after the id `after`.
    fn due<'a>(
        &'a self,
        tx: &'a mut Tx,
        from: Tier,
        terms: Terms,
        now: Timestamp,
        after: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<Due>, StoreError>>;

    /// Moves one into its next tier, if it is still due by these terms, and writes a tombstone that names the rule. What is released is
    /// deleted by garbage collection.
    fn shift<'a>(
        &'a self,
        owner: &'a OwnerId,
        subject: &'a str,
        to: Tier,
        terms: Terms,
        rule: &'a str,
    ) -> BoxFuture<'a, Result<Moved, MoveError>>;

    /// What is kept in each tier; of one owner, or of all.
    fn holdings<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: Option<&'a OwnerId>,
    ) -> BoxFuture<'a, Result<Vec<Holding>, StoreError>>;

    /// The bytes that arrived since a time; of one owner, or of all.
    fn received<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: Option<&'a OwnerId>,
        since: Timestamp,
    ) -> BoxFuture<'a, Result<u64, StoreError>>;

    /// Reads what one keeps in `from`, and compares it with the rows: an error if it is not what it should be. What is damaged is never
    /// deleted for good, since nobody could repair it any more; so a sweep asks for this before, and a dry run says what it would find.
    fn inspect<'a>(&'a self, owner: &'a OwnerId, subject: &'a str, from: Tier) -> BoxFuture<'a, Result<(), MoveError>>;

    /// Reads at most `limit` archives of all owners, after the id `after`, and compares them with the rows.
    fn check<'a>(&'a self, after: &'a str, limit: u32) -> BoxFuture<'a, Result<Vec<Checked>, MoveError>>;
}
