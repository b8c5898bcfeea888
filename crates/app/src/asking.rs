//! Asking a language model: each question is paid once, whatever happens between, and counted against the allowance of the day
//! unless the owner's own key pays for it.

use std::sync::Arc;

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{Complete, CompleteRequest, Completing, Completion, MadeBy, Message, Role, Router, Wish};
use sluice_domain::limits::Limited;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Called, JobError, Pending, Run};
use sluice_store::{Tx, results};

use crate::limits::{Asker, LimitError, Limiter, admit};
use crate::platform::Platform;
use crate::providers::{ProviderError, Routes};
use crate::routing::{self, Made, Unchanged};

/// What becomes of a question.
pub(crate) enum Asked {
    /// A model answered it.
    Answer(Completion, MadeBy),
    /// A model is at work on it.
    Pending(Pending),
    /// No model answered it: the code of the error.
    Failed(String),
    /// The allowance of the day is used up.
    UsedUp,
}

/// Most bytes of a token of an answer, with the complaints about it.
const BYTES_OF_TOKEN: usize = 6;

/// The upper bound of the cost of an answer and one repair of it, by any of these models; none if the price of one of them is
/// unknown.
pub(crate) fn most_with_repair(models: &[Arc<dyn Complete>], request: &CompleteRequest) -> Option<MicroUsd> {
    let repair = repair_of(request);
    let both = |model: &Arc<dyn Complete>| Some(model.estimate(request)? + model.estimate(&repair)?);
    models.iter().map(both).try_fold(MicroUsd(0), |most, both| Some(most.max(both?)))
}

/// The largest request for a repair: it has the same data, and the refused parts, which may be the whole answer.
fn repair_of(request: &CompleteRequest) -> CompleteRequest {
    let tokens = usize::try_from(request.max_output_tokens).unwrap_or(usize::MAX);
    let refused = Message { role: Role::User, text: "x".repeat(tokens.saturating_mul(BYTES_OF_TOKEN)) };
    let mut repair = request.clone();
    repair.messages.push(refused);
    repair
}

/// The models that a job may ask.
pub(crate) struct Model<'a> {
    run: &'a Run,
    limits: &'a Limiter,
    /// The routes to them.
    pub(crate) router: Router<Completing, dyn Complete>,
    /// The owner's own key pays for them.
    is_own: bool,
}

impl<'a> Model<'a> {
    /// None if this owner has no model.
    pub(crate) async fn of(
        run: &'a Run,
        platform: &'a Platform,
        routes: &Routes<Completing, dyn Complete>,
    ) -> Result<Option<Self>, JobError> {
        let router = match routes.of(run.owner()).await {
            // What needs a provider says so.
            Err(ProviderError::Keyless { .. }) => return Ok(None),
            found => found?,
        };
        if router.implementations().next().is_none() {
            return Ok(None);
        }
        // Who brings a key pays the model, and is then asked with no other.
        let is_own = router.has_own();
        let router = if is_own { router.paid_by_asker() } else { router };
        Ok(Some(Self { run, limits: &platform.limits, router, is_own }))
    }

    /// Asks the first of these routes that answers; `key` is the hash of the question. What heals is an error, so that the job
    /// waits for it as long as it has attempts.
    pub(crate) async fn ask(
        &self,
        router: &Router<Completing, dyn Complete>,
        key: &str,
        request: &CompleteRequest,
        wish: &Wish,
    ) -> Result<Asked, JobError> {
        if !self.is_allowed(router, key).await? {
            return Ok(Asked::UsedUp);
        }
        let request = CompleteRequest { once: true, ..request.clone() };
        match routing::ask(self.run, key, router, &request, wish, Unchanged).await {
            Ok(Called::Done(Made { value, made_by })) => Ok(Asked::Answer(value, made_by)),
            Ok(Called::Pending(pending)) => Ok(Asked::Pending(pending)),
            Err(error) if goes_on(self.run, &error) => Err(error),
            Err(error) => {
                self.run.log(format!("No model answered: {error}"));
                Ok(Asked::Failed(error.code))
            }
        }
    }

    /// Counts a question, once for all attempts of this job; false if the allowance has no room for it. A question that was asked
    /// before is not counted again.
    async fn is_allowed(&self, router: &Router<Completing, dyn Complete>, key: &str) -> Result<bool, JobError> {
        if self.is_own {
            return Ok(true);
        }
        let unreadable = match routing::asking::<_, _, Completion>(self.run, key, router).await? {
            routing::Asking::Free => return Ok(true),
            routing::Asking::Call { unreadable } => unreadable,
        };
        let of = json!(["allowance/1", self.run.job_id(), key]);
        let counted = BlobHash::of(of.to_string().as_bytes()).to_string();
        match self.count(&counted, &unreadable).await {
            Ok(()) => Ok(true),
            Err(LimitError::Exceeded(exceeded)) => {
                self.run.log(format!("No model is asked: {exceeded}"));
                Ok(false)
            }
            Err(LimitError::Store(error)) => Err(error.into()),
        }
    }

    /// Counts a call, unless it was counted under this key. The key is stored in the same unit of work, so that a crash neither
    /// counts it twice nor loses it. A question whose stored answers cannot be read any more is asked again: that is another
    /// call, which is counted, and the unreadable answers are deleted.
    async fn count(&self, key: &str, unreadable: &[String]) -> Result<(), LimitError> {
        let (limits, asker) = (self.limits, Asker { owner: self.run.owner().clone(), token: None, address: None });
        let counted = self.run.write(async |tx: &mut Tx| {
            if unreadable.is_empty() && results::find(tx, key).await?.is_some() {
                results::touch(tx, key).await?;
                return Ok::<_, LimitError>(());
            }
            admit::one(tx, limits, &asker, Limited::ModelCalls).await?;
            results::store(tx, key, "allowance", &json!(true)).await?;
            for answer in unreadable {
                results::forget(tx, answer).await?;
            }
            Ok(())
        });
        counted.await
    }
}

/// Whether the job runs again after this error: it waits, is postponed without spending an attempt, or has attempts left. A job
/// that can do without the answer checks this first, and returns the error unchanged if so.
pub(crate) fn goes_on(run: &Run, error: &JobError) -> bool {
    error.is_waiting() || error.put_off.is_some() || (error.retry && !run.is_last_attempt())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use serde::{Deserialize, Serialize};
    use sluice_capability::{Answer, Begun, CapabilityError, Context, Does, Doing, Finish, Profile};
    use sluice_domain::ids::OwnerId;
    use sluice_domain::job::JobState;
    use sluice_domain::limits::{Holder, Window};
    use sluice_domain::money::MicroUsd;
    use sluice_engine::{Engine, EnqueueOptions, Job, Next};
    use sluice_store::Dialect;
    use sluice_store::faults::Fault;
    use sluice_store::limits::{self, Of};
    use sluice_testkit::TestStore;

    use super::*;

    struct Quill {
        profile: Profile,
        asked: AtomicUsize,
        /// It answers something that is no answer.
        mumbles: bool,
    }

    impl Does<Completing> for Quill {
        fn profile(&self) -> &Profile {
            &self.profile
        }

        fn estimate(&self, _: &CompleteRequest) -> Option<MicroUsd> {
            Some(MicroUsd(0))
        }

        fn begin<'a>(&'a self, _: &'a CompleteRequest, _: Context<'a>) -> Doing<'a, Begun<Completion>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let completion = Completion { text: "{}".to_owned(), finish: Finish::Stop };
            let mumbles = self.mumbles;
            Box::pin(async move {
                if mumbles {
                    return Err(CapabilityError::fail("bad_answer", "the provider's answer cannot be read"));
                }
                Ok(Begun::Done(Answer::local(completion, "quill", "1")))
            })
        }
    }

    struct Desk {
        router: Router<Completing, dyn Complete>,
        limits: Limiter,
    }

    #[derive(Serialize, Deserialize)]
    struct Question {
        about: String,
        /// What is stored of its answer is of another version.
        is_old: bool,
    }

    #[derive(Serialize, Deserialize)]
    enum Only {
        Ask,
    }

    impl Job for Question {
        const KIND: &'static str = "test.question";
        type Stage = Only;
        type Context = Arc<Desk>;

        fn first_stage() -> Only {
            Only::Ask
        }

        async fn run(&self, _: Only, run: &Run, desk: &Arc<Desk>) -> Result<Next<Only>, JobError> {
            let model = Model { run, limits: &desk.limits, router: desk.router.clone(), is_own: false };
            if self.is_old {
                let keys = routing::keys_of(run, &self.about, &desk.router).await?;
                let old = json!({ "words": "of an older version" });
                run.write(async |tx: &mut Tx| results::store(tx, &keys[0], "complete", &old).await).await?;
            }
            let request = CompleteRequest {
                messages: Vec::new(),
                schema: None,
                max_output_tokens: 9,
                temperature: None,
                once: false,
            };
            Ok(match model.ask(&desk.router, &self.about, &request, &Wish::default()).await? {
                Asked::Answer(..) => Next::Done(json!("answered")),
                Asked::Pending(pending) => Next::AwaitCall(pending),
                Asked::Failed(code) => return Err(JobError::fail(code, "no model answered")),
                Asked::UsedUp => Next::Done(json!("used up")),
            })
        }
    }

    /// An engine with a model that may be asked twice a day, and the model.
    fn desk(test: &TestStore, mumbles: bool) -> (Engine, Arc<Quill>) {
        let plans = json!({ "visitor": { "user": { "model_calls": { "hard": 2, "seconds": 86_400 } } } });
        let profile = Profile { provider: "letters".to_owned(), is_local: true, languages: Vec::new() };
        let quill = Arc::new(Quill { profile, asked: AtomicUsize::new(0), mumbles });
        let limits = Limiter::new(serde_json::from_value(plans).unwrap());
        let desk = Desk { router: Router::only(Arc::clone(&quill) as Arc<dyn Complete>), limits };
        (Engine::builder(test.store().clone()).register::<Question>(Arc::new(desk)).build(), quill)
    }

    /// How many calls count for today.
    async fn used(test: &TestStore) -> u64 {
        let (of, window) =
            (Of::new(Holder::User, OwnerId::local().as_str()), Window { hard: 2, soft: None, seconds: 86_400 });
        let used = async |tx: &mut Tx| limits::used(tx, &of, Limited::ModelCalls, window).await;
        test.store().read(used).await.unwrap().used
    }

    /// Asks, and says how the job ended.
    async fn asked(test: &TestStore, engine: &Engine, is_old: bool) -> (JobState, Option<serde_json::Value>) {
        let (owner, question) = (OwnerId::local(), Question { about: "tide".to_owned(), is_old });
        let job = engine.submit(&question, EnqueueOptions::of(&owner)).await.unwrap();
        engine.run_until_idle().await.unwrap();
        test.advance(Duration::from_hours(1)).await;
        engine.run_until_idle().await.unwrap();
        let row = engine.job(&owner, &job).await.unwrap().unwrap().job;
        (row.state, row.result)
    }

    #[tokio::test]
    async fn a_question_is_counted_once_though_the_reply_of_its_count_is_lost() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let test = TestStore::open_on(dialect).await;
            let (engine, _) = desk(&test, false);
            test.faults().plan("run.write", Fault::LostReply);
            assert_eq!(
                asked(&test, &engine, false).await,
                (JobState::Succeeded, Some(json!("answered"))),
                "{dialect:?}"
            );
            assert_eq!(used(&test).await, 1, "{dialect:?}");
            test.end().await;
        }
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_any_more_is_asked_for_and_counted_anew() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let test = TestStore::open_on(dialect).await;
            let (engine, quill) = desk(&test, false);
            let answered = (JobState::Succeeded, Some(json!("answered")));
            for (is_old, counted) in [(false, 1), (false, 1), (true, 2)] {
                assert_eq!(asked(&test, &engine, is_old).await, answered, "{dialect:?}");
                let calls = u64::try_from(quill.asked.load(Ordering::Relaxed)).unwrap();
                assert_eq!((calls, used(&test).await), (counted, counted), "each call counts: {dialect:?}");
            }
            let used_up = (JobState::Succeeded, Some(json!("used up")));
            assert_eq!(asked(&test, &engine, true).await, used_up, "{dialect:?}");
            assert_eq!((quill.asked.load(Ordering::Relaxed), used(&test).await), (2, 2), "{dialect:?}");
            test.end().await;
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_none_is_counted_because_it_was_paid() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let test = TestStore::open_on(dialect).await;
            let (engine, quill) = desk(&test, true);
            assert_eq!(asked(&test, &engine, false).await.0, JobState::Dead, "{dialect:?}");
            assert_eq!((quill.asked.load(Ordering::Relaxed), used(&test).await), (1, 1), "{dialect:?}");
            test.end().await;
        }
    }
}
