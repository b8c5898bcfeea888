//! The kinds of jobs that this process can run, type-erased.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice_domain::job::RetryRule;
use sluice_store::jobs::{Need, Then};

use crate::job::{Job, JobError, Next};
use crate::run::Run;

pub(crate) type Running = Pin<Box<dyn Future<Output = Result<Next<Then>, JobError>> + Send>>;

/// A type-erased kind of job.
pub(crate) trait Handler: Send + Sync {
    fn start(&self, payload: &str, stage: &str, run: Run) -> Running;
    fn retry_rule(&self) -> RetryRule;
    /// What a stage needs; nothing if it cannot be parsed, which is reported when it runs.
    fn need(&self, payload: &str, stage: &str) -> Need;
    fn phases(&self) -> Phases;
}

/// Steps, and the share of the work that each has.
pub(crate) type Phases = &'static [(&'static str, f64)];

struct Typed<J: Job> {
    context: J::Context,
}

impl<J: Job> Handler for Typed<J> {
    fn start(&self, payload: &str, stage: &str, run: Run) -> Running {
        let job = serde_json::from_str::<J>(payload)
            .map_err(|error| JobError::fail("poison_payload", format!("its stored data no longer parses: {error}")));
        let stage = parse_stage::<J::Stage>(stage);
        let context = self.context.clone();
        Box::pin(async move {
            let job = job?;
            let next = job.run(stage?, &run, &context).await?;
            next.map(|stage| then(&job, &stage))
        })
    }

    fn retry_rule(&self) -> RetryRule {
        J::retry_rule()
    }

    fn need(&self, payload: &str, stage: &str) -> Need {
        let job = serde_json::from_str::<J>(payload).ok();
        let stage = parse_stage::<J::Stage>(stage).ok();
        job.zip(stage).map(|(job, stage)| job.need(&stage)).unwrap_or_default()
    }

    fn phases(&self) -> Phases {
        J::phases()
    }
}

/// A stage as it is stored, and what it needs.
pub(crate) fn then<J: Job>(job: &J, stage: &J::Stage) -> Result<Then, JobError> {
    Ok(Then { stage: stage_name(stage)?, need: job.need(stage) })
}

/// The name under which a stage is stored.
pub(crate) fn stage_name<S: serde::Serialize>(stage: &S) -> Result<String, JobError> {
    match serde_json::to_value(stage) {
        Ok(Value::String(name)) => Ok(name),
        _ => Err(JobError::fail("bad_stage", "a stage must be an enum without data: it is stored by its name")),
    }
}

fn parse_stage<S: DeserializeOwned>(name: &str) -> Result<S, JobError> {
    serde_json::from_value(Value::String(name.to_owned()))
        .map_err(|error| JobError::fail("unknown_stage", format!("its stored stage is unknown: {error}")))
}

/// The registered kinds, and the pool of each.
#[derive(Default)]
pub(crate) struct Registry {
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    pools: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Registry {
    pub(crate) fn add<J: Job>(&mut self, context: J::Context) {
        let known = self.handlers.insert(J::KIND, Arc::new(Typed::<J> { context }));
        assert!(known.is_none(), "the kind \"{}\" is registered twice", J::KIND);
        self.pools.entry(J::pool()).or_default().push(J::KIND);
    }

    pub(crate) fn handler(&self, kind: &str) -> Option<Arc<dyn Handler>> {
        self.handlers.get(kind).cloned()
    }

    /// The phases of a kind; none of one that has none, or that this process cannot run.
    pub(crate) fn phases(&self, kind: &str) -> Phases {
        self.handlers.get(kind).map(|handler| handler.phases()).unwrap_or_default()
    }

    /// Each pool with its kinds.
    pub(crate) fn pools(&self) -> impl Iterator<Item = (&'static str, &[&'static str])> {
        self.pools.iter().map(|(pool, kinds)| (*pool, kinds.as_slice()))
    }
}
