//! The scheduled job that ends sessions to which nobody sends anything any more.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Engine, EnqueueOptions, Job, JobError, Next, Run};
use sluice_store::schedules::CatchUp;
use sluice_store::{StoreError, Tx, scribe};

use super::{clock, session};
use crate::maintenance::POOL;

/// Sessions that are looked at together.
const AT_ONCE: u32 = 100;

/// Ends abandoned sessions with what they have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndAbandoned {}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Ends them, one after the other.
    End,
}

impl Job for EndAbandoned {
    const KIND: &'static str = "scribe.end_abandoned";
    type Stage = Stage;
    type Context = ();

    fn first_stage() -> Stage {
        Stage::End
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::End: Stage, run: &Run, (): &()) -> Result<Next<Stage>, JobError> {
        let abandoned = run
            .read(async |tx: &mut Tx| {
                let before = tx.now().await? - clock::ABANDONED;
                scribe::abandoned(tx, before, AT_ONCE).await
            })
            .await?;
        let mut ended = 0;
        for (owner, id) in abandoned {
            // One that fails stops no other; the next run tries it again.
            match session::end_abandoned(run, &owner, &id).await {
                Ok(yes) => ended += u32::from(yes),
                Err(error) => tracing::warn!(%owner, session = %id, %error, "a session cannot be ended"),
            }
        }
        Ok(Next::Done(json!({ "ended": ended })))
    }
}

/// Sets its schedule: once an hour.
pub(super) async fn schedule(engine: &Engine) -> Result<(), StoreError> {
    let options = EnqueueOptions::of(&OwnerId::system());
    engine
        .store()
        .write(async |tx| {
            let (job, options) = (EndAbandoned::default(), options.clone());
            engine.schedule(tx, EndAbandoned::KIND, "23 * * * *", &job, options, CatchUp::Latest).await
        })
        .await
        .map(drop)
}
