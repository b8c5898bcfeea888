//! Accounts: who may use this installation, and what proves it.
//!
//! | file | holds |
//! |---|---|
//! | `secret` | secrets that are shown once |
//! | `password` | hashes of passwords |
//! | `entry` | the first administrator, sign-up, invitations |
//! | `sign_in` | sign-in, sessions, and whose a request is |
//! | `issuer` | people whom an OpenID Connect issuer vouches for |
//! | `tokens` | API tokens |
//! | `people` | what an administrator and a person do with accounts |

pub mod entry;
pub mod issuer;
pub mod password;
pub mod people;
pub mod secret;
pub mod sign_in;
pub mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sluice_domain::account::{AccountState, Role, Scope, Scopes};
use sluice_domain::ids::{OwnerId, SessionId, TokenId};
use sluice_domain::limits::{Overrides, Plans};
use sluice_domain::time::Timestamp;
use sluice_store::accounts::{self, AccountRow};
use sluice_store::{StoreError, Tx};

use crate::platform::Platform;
use password::{HashError, Passwords, Weak};

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    Open,
    /// Who has an invitation.
    Invitation,
    /// Nobody: administrators make them.
    Closed,
}

/// The settings of accounts.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Who may make one.
    pub sign_up: SignUp,
    /// The plan of new accounts.
    pub plan: String,
    /// A session ends when it was not used for so long.
    pub session: Duration,
    /// An invitation ends after so long.
    pub invitation: Duration,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            sign_up: SignUp::Invitation,
            plan: "standard".to_owned(),
            session: Duration::from_hours(24 * 14),
            invitation: Duration::from_hours(24 * 7),
        }
    }
}

/// Accounts of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    platform: Platform,
    passwords: Passwords,
    settings: Arc<AccountSettings>,
    attempts: Arc<Attempts>,
}

/// Sign-ins with a password in this process, by how they ended.
#[derive(Debug, Default)]
struct Attempts {
    succeeded: AtomicU64,
    failed: AtomicU64,
    throttled: AtomicU64,
}

impl Accounts {
    /// With these settings.
    pub fn new(platform: Platform, settings: AccountSettings) -> Result<Self, HashError> {
        let (settings, attempts) = (settings.into(), Arc::default());
        Ok(Self { platform, passwords: Passwords::new()?, settings, attempts })
    }

    /// Sign-ins with a password in this process, by how they ended.
    pub fn attempts(&self) -> [(&'static str, u64); 3] {
        let Attempts { succeeded, failed, throttled } = &*self.attempts;
        [("succeeded", succeeded), ("failed", failed), ("throttled", throttled)]
            .map(|(outcome, count)| (outcome, count.load(Ordering::Relaxed)))
    }

    /// Whether what proved an identity still does: its account is active, and its session or token has not ended.
    pub async fn still_holds(&self, identity: &Identity) -> Result<bool, StoreError> {
        if identity.proof == Proof::Local {
            return Ok(true);
        }
        let now = self.platform.now().await?;
        let (owner, proof) = (&identity.owner, &identity.proof);
        let holds = async |tx: &mut Tx| {
            let account = accounts::account(tx, owner).await?;
            if account.is_none_or(|account| account.state != AccountState::Active) {
                return Ok(false);
            }
            Ok(match proof {
                Proof::Local => true,
                Proof::Session(id) => accounts::session_lasts(tx, owner, id, now).await?,
                Proof::Token(id) => accounts::token_lasts(tx, owner, id, now).await?,
                Proof::Issuer(until) => *until > now,
            })
        };
        self.platform.store.read(holds).await
    }

    /// The settings.
    pub fn settings(&self) -> &AccountSettings {
        &self.settings
    }
}

/// What proved whose a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: the one person of this machine.
    Local,
    /// A cookie.
    Session(SessionId),
    /// An API token.
    Token(TokenId),
    /// A token of an OpenID Connect issuer, until it expires.
    Issuer(Timestamp),
}

/// Whose a request is, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The owner of what it makes and sees.
    pub owner: OwnerId,
    /// The role of its account.
    pub role: Role,
    /// What it may do.
    pub scopes: Scopes,
    /// What proved it.
    pub proof: Proof,
    /// The plan whose limits apply.
    pub plan: String,
    /// Limits of its account instead of those of the plan.
    pub limits: Overrides,
}

impl Identity {
    /// The one person of an installation without accounts, who may do everything.
    pub fn local() -> Self {
        Self {
            owner: OwnerId::local(),
            role: Role::Admin,
            scopes: Scope::ALL.iter().copied().collect(),
            proof: Proof::Local,
            plan: Plans::VISITOR.to_owned(),
            limits: Overrides::default(),
        }
    }

    /// An account, with all that its role allows.
    pub fn of(account: &AccountRow, proof: Proof) -> Self {
        let of_admins = |scope: Scope| matches!(scope, Scope::Admin | Scope::Metrics);
        let allowed = Scope::ALL.iter().copied().filter(|scope| account.role == Role::Admin || !of_admins(*scope));
        let (plan, limits) = (account.plan.clone(), account.limits);
        Self { owner: account.owner.clone(), role: account.role, scopes: allowed.collect(), proof, plan, limits }
    }

    /// The same with no more than these scopes.
    fn within(mut self, scopes: &Scopes) -> Self {
        self.scopes = self.scopes.iter().filter(|scope| scopes.allow(*scope)).collect();
        self
    }

    /// Whether a request that needs `scope` is allowed.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.allow(scope)
    }
}

/// Why something about an account cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Address and password do not belong together; which of them is wrong is not said.
    #[error("the email address or the password is wrong")]
    WrongPassword,
    /// Too many attempts failed.
    #[error("too many attempts failed; the next one is looked at in {seconds} seconds")]
    Throttled {
        /// From now.
        seconds: u64,
    },
    /// Nobody may make an account, or only with an invitation.
    #[error("an account is made by invitation here")]
    SignUpClosed,
    /// The invitation does not exist, is used up, has ended, or is for another address.
    #[error("this invitation cannot be used")]
    NoInvitation,
    /// There is an account with this address.
    #[error("there is an account with this email address")]
    AddressTaken,
    /// The password would be guessed.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// No such plan.
    #[error("there is no plan \"{plan}\": choose one of {known}")]
    NoSuchPlan {
        /// The name.
        plan: String,
        /// Those that exist.
        known: String,
    },
    /// A name, a label or a scope cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// There is no such account, session, token or invitation.
    #[error("there is no such account, session, token or invitation")]
    NotFound,
    /// The last administrator would be gone.
    #[error("one administrator has to stay")]
    LastAdministrator,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccountError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::Throttled { .. } => "too_many_attempts",
            Self::SignUpClosed => "sign_up_closed",
            Self::NoInvitation => "invitation_invalid",
            Self::AddressTaken => "address_taken",
            Self::Weak(_) => "weak_password",
            Self::NoSuchPlan { .. } => "no_such_plan",
            Self::Invalid(_) => "invalid_account",
            Self::NotFound => "not_found",
            Self::LastAdministrator => "last_administrator",
            Self::Hash(_) => "internal",
            Self::Store(error) => error.code(),
        }
    }
}

/// A name that a person gives: trimmed, 1 to 100 characters, none of them a control character.
fn name(text: &str, what: &str) -> Result<String, AccountError> {
    let text = text.trim();
    let fine = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fine.then(|| text.to_owned()).ok_or_else(|| AccountError::Invalid(format!("{what} has 1 to 100 characters.")))
}
