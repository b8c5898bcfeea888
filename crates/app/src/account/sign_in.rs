//! Sign-in, sessions, and whose a request is.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sluice_domain::account::{AccountState, Email};
use sluice_domain::ids::{OwnerId, SessionId};
use sluice_domain::time::Timestamp;
use sluice_store::accounts::{self, AccountRow, SessionRow};
use sluice_store::throttles::{self, Rule};
use sluice_store::{StoreError, Tx};

use super::secret::{Purpose, Secret};
use super::{AccountError, Accounts, Identity, Proof};

/// The secret of a session is changed when it is so old.
const ROTATE: Duration = Duration::from_hours(1);
/// Requests that were on their way then have the one before.
const OVERLAP: Duration = Duration::from_mins(1);
/// That a session or a token is used is noted so often.
pub(super) const NOTE: Duration = Duration::from_mins(1);

/// Failures with one email address: a person mistypes a few times.
pub(super) const OF_EMAIL: Rule =
    Rule { free: 5, first: Duration::from_secs(2), longest: Duration::from_mins(15), forget: Duration::from_hours(1) };
/// Failures from one address: many people may share it.
const OF_ADDRESS: Rule =
    Rule { free: 20, first: Duration::from_secs(2), longest: Duration::from_mins(15), forget: Duration::from_hours(1) };

/// Where a sign-in comes from.
#[derive(Debug, Clone)]
pub struct From {
    /// The client's address.
    pub address: String,
    /// What its browser calls itself.
    pub user_agent: String,
}

/// What failures of an attempt are counted under.
pub(super) fn attempts(email: Option<&Email>, from: &From) -> Vec<(String, Rule)> {
    let of_email = email.map(|email| (key_of(email), OF_EMAIL));
    of_email.into_iter().chain([(format!("address {}", from.address), OF_ADDRESS)]).collect()
}

pub(super) fn key_of(email: &Email) -> String {
    format!("email {email}")
}

/// A session that was found by its secret.
#[derive(Debug)]
pub struct Found {
    /// Who is signed in by it.
    pub identity: Identity,
    /// The new secret, if it was changed: the response sets it.
    pub renewed: Option<Secret>,
}

impl Accounts {
    /// Signs in with a password. Failures are counted by email address and by the client's address, and slow down the next
    /// attempt; a right password that comes too early is not looked at either.
    pub async fn sign_in(
        &self,
        email: &Email,
        password: String,
        from: &From,
    ) -> Result<(AccountRow, Secret), AccountError> {
        let keys = attempts(Some(email), from);
        self.refuse_while_throttled(&keys).await.inspect_err(|error| {
            if matches!(error, AccountError::Throttled { .. }) {
                self.attempts.throttled.fetch_add(1, Ordering::Relaxed);
            }
        })?;
        let account = self.platform.store.read(async |tx| accounts::by_email(tx, email).await).await?;
        let account = account.filter(|account| account.state == AccountState::Active);
        let stored = account.as_ref().and_then(|account| account.password.clone());
        let right = self.passwords.matches(password, stored).await?;
        let Some(account) = account.filter(|_| right) else {
            self.attempts.failed.fetch_add(1, Ordering::Relaxed);
            self.note_failure(&keys).await?;
            tracing::warn!(address = %from.address, "a sign-in failed");
            return Err(AccountError::WrongPassword);
        };
        let secret = self.open_session(&account.owner, from).await?;
        self.forgive(email).await?;
        self.attempts.succeeded.fetch_add(1, Ordering::Relaxed);
        tracing::info!(owner = %account.owner, address = %from.address, "signed in");
        Ok((account, secret))
    }

    /// Refuses an attempt that comes too early after failed ones.
    pub(super) async fn refuse_while_throttled(&self, keys: &[(String, Rule)]) -> Result<(), AccountError> {
        let now = self.platform.now().await?;
        let waits = self.platform.store.read(async |tx| {
            let mut wait = None;
            for (key, _) in keys {
                wait = wait.max(throttles::until(tx, key, now).await?);
            }
            Ok::<_, StoreError>(wait)
        });
        match waits.await? {
            None => Ok(()),
            Some(until) => Err(AccountError::Throttled { seconds: until.since(now).as_secs() + 1 }),
        }
    }

    /// Counts a failed attempt.
    pub(super) async fn note_failure(&self, keys: &[(String, Rule)]) -> Result<(), StoreError> {
        let now = self.platform.now().await?;
        let count = async |tx: &mut Tx| {
            for (key, rule) in keys {
                throttles::fail(tx, key, *rule, now).await?;
            }
            Ok(())
        };
        self.platform.store.write(count).await
    }

    /// Forgets the failures with an email address, whose password was right now.
    pub(super) async fn forgive(&self, email: &Email) -> Result<(), StoreError> {
        let key = key_of(email);
        self.platform.store.write(async |tx| throttles::clear(tx, &key).await).await
    }

    /// A new session of an account.
    pub async fn open_session(&self, owner: &OwnerId, from: &From) -> Result<Secret, AccountError> {
        let secret = Secret::new(Purpose::Session);
        let now = self.platform.now().await?;
        let row = SessionRow {
            id: SessionId::new(now, self.platform.randomness.id_bytes()),
            owner: owner.clone(),
            hash: secret.hash(),
            previous_hash: None,
            rotated_at: now,
            user_agent: from.user_agent.clone(),
            address: from.address.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now + self.settings.session,
        };
        self.platform.store.write(async |tx| accounts::insert_session(tx, &row).await).await?;
        Ok(secret)
    }

    /// Whose the session of a cookie is; none if it is none, has ended, or its account cannot be used.
    pub async fn of_session(&self, cookie: &str) -> Result<Option<Found>, StoreError> {
        let Some(secret) = Secret::parse(Purpose::Session, cookie) else { return Ok(None) };
        let (hash, now) = (secret.hash(), self.platform.now().await?);
        let found = self.platform.store.read(async |tx| accounts::session(tx, &hash, now, now - OVERLAP).await).await?;
        let Some((session, account)) = found else { return Ok(None) };
        let identity = Identity::of(&account, Proof::Session(session.id.clone()));
        let renewed = self.renew(&session, &hash, now).await?;
        Ok(Some(Found { identity, renewed }))
    }

    /// Changes the secret of a session that has had it for long, or notes that it is used.
    async fn renew(&self, session: &SessionRow, hash: &str, now: Timestamp) -> Result<Option<Secret>, StoreError> {
        let expires_at = now + self.settings.session;
        if session.hash == hash && now.since(session.rotated_at) >= ROTATE {
            let new = Secret::new(Purpose::Session);
            let (id, new_hash) = (&session.id, new.hash());
            let rotate = async |tx: &mut Tx| accounts::rotate_session(tx, id, hash, &new_hash, now, expires_at).await;
            // Another request may have been first: its response has the new secret.
            return Ok(self.platform.store.write(rotate).await?.then_some(new));
        }
        if now.since(session.seen_at) >= NOTE {
            let touch = async |tx: &mut Tx| accounts::touch_session(tx, &session.id, now, expires_at).await;
            self.platform.store.write(touch).await?;
        }
        Ok(None)
    }

    /// The sessions of an owner, the latest sign-in first: `limit` at most, of those before `before`.
    pub async fn sessions(
        &self,
        owner: &OwnerId,
        before: Option<&SessionId>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let now = self.platform.now().await?;
        self.platform.store.read(async |tx| accounts::sessions(tx, owner, now, before, limit).await).await
    }

    /// Ends one session of an owner.
    pub async fn sign_out(&self, owner: &OwnerId, id: &SessionId) -> Result<(), AccountError> {
        let ended = self.platform.store.write(async |tx| accounts::end_session(tx, owner, id).await).await?;
        ended.then_some(()).ok_or(AccountError::NotFound)
    }

    /// Signs out everywhere, but for one session; links that were signed before are refused, too. Returns how many sessions.
    pub async fn sign_out_everywhere(&self, owner: &OwnerId, except: Option<&SessionId>) -> Result<u64, AccountError> {
        let now = self.platform.now().await?;
        let ended = self.platform.store.write(async |tx| {
            if let Some(account) = accounts::locked(tx, owner).await? {
                let link_epoch = account.link_epoch + 1;
                accounts::update(tx, &AccountRow { link_epoch, updated_at: now, ..account }).await?;
            }
            accounts::end_sessions(tx, owner, except).await
        });
        Ok(ended.await?)
    }
}
