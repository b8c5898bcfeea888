//! Sessions, as the shared rules of keeping see them.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::keeping::Terms;
use sluice_store::scribe::{self, RecordingId};
use sluice_store::{StoreError, Tx};

use super::{compare, forget_sound, inspect, pack};
use crate::scribe::context::ScribeApp;
use crate::tiers::{Checked, Due, Holding, MoveError, Moved, Tier, Tiers};

fn id_of(subject: &str) -> Result<RecordingId, MoveError> {
    subject.parse().map_err(|_| MoveError::Unknown)
}

impl Tiers for ScribeApp {
    fn remember<'a>(
        &'a self,
        tx: &'a mut Tx,
        after: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        scribe::tiers::remember_unmade(tx, after, limit).boxed()
    }

    fn has<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: &'a OwnerId,
        subject: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        async move {
            match subject.parse() {
                Ok(id) => Ok(scribe::tiers::shelf(tx, owner, &id).await?.is_some()),
                Err(_) => Ok(false),
            }
        }
        .boxed()
    }

    fn lock<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: &'a OwnerId,
        subject: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        async move {
            match subject.parse() {
                Ok(id) => Ok(scribe::lock(tx, owner, &id).await?.is_some()),
                Err(_) => Ok(false),
            }
        }
        .boxed()
    }

    fn due<'a>(
        &'a self,
        tx: &'a mut Tx,
        from: Tier,
        terms: Terms,
        now: Timestamp,
        after: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<Due>, StoreError>> {
        async move {
            let mut due = Vec::new();
            for (owner, id, days) in scribe::tiers::due(tx, from.as_str(), terms, now, after, limit).await? {
                let bytes = scribe::tiers::bytes(tx, &owner, &id).await?;
                due.push(Due { owner, subject: id.to_string(), bytes, days });
            }
            Ok(due)
        }
        .boxed()
    }

    fn shift<'a>(
        &'a self,
        owner: &'a OwnerId,
        subject: &'a str,
        to: Tier,
        terms: Terms,
        rule: &'a str,
    ) -> BoxFuture<'a, Result<Moved, MoveError>> {
        async move {
            let id = id_of(subject)?;
            match to {
                Tier::Hot => Err(MoveError::NotDue),
                Tier::Warm => pack(self, owner, &id, terms, rule).await,
                Tier::Cold => forget_sound(self, owner, &id, terms, rule).await,
            }
        }
        .boxed()
    }

    fn holdings<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: Option<&'a OwnerId>,
    ) -> BoxFuture<'a, Result<Vec<Holding>, StoreError>> {
        async move {
            let held = scribe::tiers::holdings(tx, owner).await?;
            let holding = |one: scribe::tiers::Holding| {
                let tier = Tier::parse(&one.tier)?;
                Ok(Holding { tier, count: one.sessions, bytes: one.bytes, oldest: one.oldest })
            };
            let mut holdings = held.into_iter().map(holding).collect::<Result<Vec<_>, StoreError>>()?;
            holdings.sort_by_key(|holding| holding.tier);
            Ok(holdings)
        }
        .boxed()
    }

    fn received<'a>(
        &'a self,
        tx: &'a mut Tx,
        owner: Option<&'a OwnerId>,
        since: Timestamp,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        scribe::tiers::received(tx, owner, since).boxed()
    }

    fn inspect<'a>(&'a self, owner: &'a OwnerId, subject: &'a str, from: Tier) -> BoxFuture<'a, Result<(), MoveError>> {
        async move {
            match from {
                Tier::Warm => inspect(self, owner, &id_of(subject)?).await,
                // Chunks are read and compared when they are archived, and without its sound a session has nothing to lose.
                Tier::Hot | Tier::Cold => Ok(()),
            }
        }
        .boxed()
    }

    fn check<'a>(&'a self, after: &'a str, limit: u32) -> BoxFuture<'a, Result<Vec<Checked>, MoveError>> {
        async move {
            let store = &self.platform.store;
            let archives = store.read(async |tx| scribe::tiers::archives(tx, after, limit).await).await?;
            let mut checked = Vec::with_capacity(archives.len());
            for (owner, id, archive) in archives {
                let wrong = match compare(self, &owner, &id, &archive).await {
                    Ok(()) => None,
                    Err(MoveError::Store(error)) => return Err(error.into()),
                    Err(error) => Some(error.to_string()),
                };
                checked.push(Checked { owner, subject: id.to_string(), wrong });
            }
            Ok(checked)
        }
        .boxed()
    }
}
