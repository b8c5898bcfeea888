//! Calls of synchronous providers.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_domain::money::MicroUsd;
use sluice_store::calls::{OpenCall, Outcome};

use super::open::{Asked, CallState, RECHECK_AFTER};
use super::{Ask, Charge, Found};
use crate::job::JobError;
use crate::run::Run;

impl Run {
    /// The result that is stored under `key`, or else the provider's. It is never paid twice: while another job makes the same
    /// call, this one waits without a worker, and the outcome of a call whose caller died is looked up before it is made again.
    ///
    /// A stage must return the error unchanged, since it may only say that the job waits.
    pub async fn call<T, A>(&self, key: &str, kind: &str, ask: &A) -> Result<T, JobError>
    where
        T: Serialize + DeserializeOwned + Send,
        A: Ask<T>,
    {
        let _guard = self.lock_key(key).await;
        let asked = Asked { provider: ask.provider(), timeout: ask.timeout(), account: None, charge: Charge::Covered };
        loop {
            if let Some(found) = self.stored_result(key).await? {
                return Ok(found);
            }
            let call = match self.begin_call(key, kind, Some(asked)).await? {
                CallState::New { call } => call,
                CallState::Stored => continue,
                CallState::Open(open) => match self.look_up(key, kind, &open, ask).await? {
                    Some(found) => return Ok(found),
                    None => continue,
                },
            };
            return match self.timed(ask.provider(), ask.ask(key)).await {
                Ok(answer) => self.store_answer(key, kind, &call, ask.provider(), answer).await,
                Err(error) => Err(self.note_failure(&call, ask.provider(), error).await?),
            };
        }
    }

    /// The result of an open call, or `None` if it may be made again.
    async fn look_up<T, A>(&self, key: &str, kind: &str, open: &OpenCall, ask: &A) -> Result<Option<T>, JobError>
    where
        T: Serialize + DeserializeOwned + Send,
        A: Ask<T>,
    {
        match self.timed(ask.provider(), ask.look(key, open.provider_id.as_deref())).await {
            Ok(Found::Done(answer)) => self.store_answer(key, kind, &open.id, ask.provider(), answer).await.map(Some),
            Ok(Found::Pending(wait)) if self.store().now().await? < open.deadline => {
                Err(self.wait_for(open, wait.max(Duration::from_millis(10))))
            }
            // Nobody answered, which says nothing of the call: it is asked again.
            Err(_) if self.store().now().await? < open.deadline => Err(self.wait_for(open, RECHECK_AFTER)),
            Ok(Found::Nothing) => {
                self.end_call(&open.id, Outcome::Failed, Some(MicroUsd(0))).await?;
                Ok(None)
            }
            Ok(Found::Pending(_) | Found::CannotTell) | Err(_) => Err(self.cannot_tell(open, ask.provider()).await?),
        }
    }
}
