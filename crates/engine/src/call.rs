//! Calls of paid or slow providers: the intent is stored before, the outcome after. What a crash leaves between the two is
//! unknown, and is asked about before anything is asked for again.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_domain::ids::JobId;
use sluice_domain::money::MicroUsd;
use sluice_store::providers::Quota;
use sluice_store::results::{self, Call, Outcome};
use sluice_store::{StoreError, providers};

use crate::job::JobError;
use crate::run::Run;

/// What a provider gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The result.
    pub value: T,
    /// The provider's own id of the call.
    pub provider_id: Option<String>,
    /// What it cost.
    pub cost: MicroUsd,
    /// What it said of how many more requests it takes.
    pub quota: Option<Quota>,
}

/// Why a provider gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// It is overloaded, out of order or cannot be reached, and did nothing: another time. With what it said itself
    /// about when (`Retry-After`).
    Trouble {
        /// How long to stay away.
        retry_after: Option<Duration>,
        /// What happened.
        message: String,
    },
    /// It will not do this, now or later.
    Refused {
        /// Stable, for programs.
        code: String,
        /// What it said.
        message: String,
    },
    /// It was asked and the answer was lost: it may have done it, and charged for it.
    Unknown {
        /// What happened.
        message: String,
    },
}

/// What a provider knows of a call that was asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It was done: here is the result.
    Done(Answer<T>),
    /// It is still being done: look again after this.
    Pending(Duration),
    /// It never came, or failed: nothing was charged.
    Nothing,
    /// It cannot be told.
    CannotTell,
}

/// A provider's call.
pub trait Ask<T>: Send + Sync {
    /// The provider's name, as in [`sluice_store::jobs::Need`].
    fn provider(&self) -> &str;

    /// Asks. `key` is the same for the same question, also after a crash: providers that know idempotency keys take it.
    fn ask(&self, key: &str) -> impl Future<Output = Result<Answer<T>, CallError>> + Send;

    /// Looks what became of a call that was asked with this key.
    fn look(&self, key: &str, provider_id: Option<&str>) -> impl Future<Output = Result<Found<T>, CallError>> + Send;
}

/// How long a call whose outcome cannot be told is left before it is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

impl Run {
    /// The stored result under `key`, or what the provider gives. Never paid twice: a call whose asker died is looked
    /// up first, and a stage whose call cannot be accounted for waits.
    pub async fn call<T, A>(&self, key: &str, kind: &str, ask: &A) -> Result<T, JobError>
    where
        T: Serialize + DeserializeOwned + Send,
        A: Ask<T>,
    {
        let _turn = self.turn(key).await;
        if let Some(found) = self.stored_result(key).await? {
            return Ok(found);
        }
        self.note_asked();
        for open in self.read(async |tx| results::unknown_calls(tx, key).await).await? {
            match ask.look(key, open.provider_id.as_deref()).await {
                Ok(Found::Done(answer)) => return self.keep_answer(key, kind, &open.id, ask.provider(), answer).await,
                Ok(Found::Pending(wait)) => {
                    return Err(JobError::put_off(wait, "call_pending", "its provider is still at it"));
                }
                Ok(Found::Nothing) => {
                    self.write(async |tx| {
                        tx.at("call.reconcile");
                        results::settle_unknown(tx, &open.id, Outcome::Failed, None, MicroUsd(0)).await
                    })
                    .await?;
                }
                Ok(Found::CannotTell) | Err(_) => {
                    let message = "a call's answer was lost, and its provider cannot tell yet what became of it";
                    return Err(JobError::put_off(LOOK_AGAIN, "call_unknown", message));
                }
            }
        }
        let id = self.new_id(JobId::new).to_string();
        let call = Call { id: id.clone(), key: key.to_owned(), kind: kind.to_owned(), owner: self.owner().clone() };
        self.write(async |tx| {
            tx.at("call.start");
            results::start_call(tx, self.lease(), &call).await
        })
        .await?;
        match ask.ask(key).await {
            Ok(answer) => self.keep_answer(key, kind, &id, ask.provider(), answer).await,
            Err(error) => Err(self.note_failure(&id, ask.provider(), error).await?),
        }
    }

    async fn keep_answer<T: Serialize>(
        &self,
        key: &str,
        kind: &str,
        call: &str,
        provider: &str,
        answer: Answer<T>,
    ) -> Result<T, JobError> {
        let value = serde_json::to_value(&answer.value).map_err(|error| {
            JobError::fail("bad_result", format!("the result of \"{kind}\" cannot be stored")).because(error)
        })?;
        // What was paid for is kept, whoever holds the job by now.
        self.store()
            .write(async |tx| {
                tx.at("call.finish");
                let id = answer.provider_id.as_deref();
                results::settle_unknown(tx, call, Outcome::Succeeded, id, answer.cost).await?;
                results::keep(tx, key, kind, &value).await?;
                if let Some(quota) = answer.quota {
                    providers::note_quota(tx, provider, quota).await?;
                }
                providers::succeeded(tx, provider).await
            })
            .await?;
        Ok(answer.value)
    }

    async fn note_failure(&self, call: &str, provider: &str, error: CallError) -> Result<JobError, StoreError> {
        let outcome = if matches!(error, CallError::Unknown { .. }) { Outcome::Unknown } else { Outcome::Failed };
        let trouble = match &error {
            CallError::Trouble { retry_after, message } => Some((*retry_after, message.clone())),
            CallError::Unknown { message } => Some((None, message.clone())),
            CallError::Refused { .. } => None,
        };
        let rest = self
            .store()
            .write(async |tx| {
                tx.at("call.finish");
                results::settle_unknown(tx, call, outcome, None, MicroUsd(0)).await?;
                match &trouble {
                    Some((retry_after, message)) => providers::failed(tx, provider, *retry_after, message).await,
                    None => Ok(Duration::ZERO),
                }
            })
            .await?;
        let soon = rest.max(Duration::from_secs(1));
        Ok(match error {
            CallError::Trouble { message, .. } => {
                JobError::put_off(soon, "provider_trouble", format!("{provider}: {message}"))
            }
            CallError::Unknown { message } => JobError::put_off(soon, "call_unknown", format!("{provider}: {message}")),
            CallError::Refused { code, message } => JobError::fail(code, format!("{provider}: {message}")),
        })
    }
}
