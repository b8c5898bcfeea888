//! A provider that works while nobody waits: it loses replies, fails, says too early, too often or never that it is done,
//! and keeps books of what it charged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use sluice_domain::money::MicroUsd;
use sluice_engine::{Answer, CallError, CallProgress, Cancelled, Submit, Submitted};
use tokio::sync::mpsc;

use crate::provider::PRICE;

/// How far a work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    /// Done, and charged.
    Done,
    Failed,
    Rejected,
    Stopped,
}

struct Work {
    key: String,
    state: State,
}

/// The provider, the same for all nodes.
pub(crate) struct Studio {
    random: Mutex<StdRng>,
    works: Mutex<Vec<Work>>,
    /// The same key again is the same work.
    knows_keys: bool,
    /// Of 100 requests.
    trouble: u32,
    /// Takes the ids of works that changed.
    webhooks: mpsc::UnboundedSender<String>,
}

impl Studio {
    pub(crate) fn new(seed: u64, knows_keys: bool, trouble: u32, webhooks: mpsc::UnboundedSender<String>) -> Self {
        let random = Mutex::new(StdRng::seed_from_u64(seed));
        Self { random, works: Mutex::default(), knows_keys, trouble, webhooks }
    }

    fn random(&self, from: u64, to: u64) -> u64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).random_range(from..to)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Work>) -> T) -> T {
        work(&mut self.works.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often this key was charged.
    pub(crate) fn charges_of(&self, key: &str) -> usize {
        self.with(|works| works.iter().filter(|work| work.key == key && work.state == State::Done).count())
    }

    /// Works that were charged, and the keys that were charged more than once.
    pub(crate) fn charged(&self) -> (u64, Vec<String>) {
        let mut charges = BTreeMap::<String, u64>::new();
        self.with(|works| {
            for work in works.iter().filter(|work| work.state == State::Done) {
                *charges.entry(work.key.clone()).or_default() += 1;
            }
        });
        let twice = charges.iter().filter(|(_, count)| **count > 1).map(|(key, count)| format!("{key}, {count} times"));
        (charges.values().sum(), twice.collect())
    }

    /// A webhook, which may come twice, later, or never.
    async fn announce(&self, id: usize) {
        for _ in 0..self.random(0, 3) {
            tokio::time::sleep(Duration::from_millis(self.random(0, 3_000))).await;
            self.webhooks.send(format!("w-{id}")).ok();
        }
    }

    async fn trouble(&self) -> Result<(), CallError> {
        tokio::time::sleep(Duration::from_millis(self.random(1, 60))).await;
        if self.random(0, 100) < u64::from(self.trouble) {
            return Err(CallError::Trouble { retry_after: None, message: "503".to_owned() });
        }
        Ok(())
    }
}

/// The same, with itself to work on.
pub(crate) struct Filming<'a>(pub(crate) &'a Arc<Studio>);

fn id(provider_id: &str) -> usize {
    provider_id.trim_start_matches("w-").parse().unwrap_or(usize::MAX)
}

impl Submit<Value> for Filming<'_> {
    fn provider(&self) -> &'static str {
        "studio"
    }

    async fn submit(&self, key: &str) -> Result<Submitted<Value>, CallError> {
        let studio = self.0;
        studio.trouble().await?;
        let lost = || CallError::Unknown { message: "the connection was lost".to_owned() };
        let fate = if studio.random(0, 100) < u64::from(studio.trouble) { studio.random(0, 2) } else { 2 };
        if fate == 0 {
            return Err(lost());
        }
        let known = studio.with(|works| {
            let open = |work: &Work| work.key == key && matches!(work.state, State::Pending | State::Done);
            works.iter().position(open).filter(|_| studio.knows_keys)
        });
        let number = known.unwrap_or_else(|| {
            studio.with(|works| {
                works.push(Work { key: key.to_owned(), state: State::Pending });
                works.len() - 1
            })
        });
        if known.is_none() {
            let theirs = Arc::clone(studio);
            tokio::spawn(async move {
                // Now and then a webhook comes before the reply.
                let slow = theirs.random(0, 4) > 0;
                let takes = if slow { theirs.random(1_000, 60_000) } else { 0 };
                tokio::time::sleep(Duration::from_millis(takes)).await;
                let ends = match theirs.random(0, 20) {
                    0..2 if theirs.trouble > 0 => State::Failed,
                    2 if theirs.trouble > 0 => State::Rejected,
                    _ => State::Done,
                };
                theirs.with(|works| {
                    if works[number].state == State::Pending {
                        works[number].state = ends;
                    }
                });
                theirs.announce(number).await;
            });
        }
        tokio::time::sleep(Duration::from_millis(studio.random(1, 500))).await;
        if fate == 1 {
            return Err(lost());
        }
        let poll_after = Duration::from_millis(studio.random(500, 8_000));
        Ok(Submitted::Accepted { provider_id: format!("w-{number}"), poll_after })
    }

    async fn poll(&self, key: &str, provider_id: Option<&str>) -> Result<CallProgress, CallError> {
        let studio = self.0;
        studio.trouble().await?;
        if provider_id.is_none() && studio.random(0, 10) == 0 {
            return Ok(CallProgress::CannotTell);
        }
        let found = studio.with(|works| {
            let by_key = || works.iter().rposition(|work| work.key == key);
            let number = provider_id.map_or_else(by_key, |it| Some(id(it)))?;
            works.get(number).map(|work| (number, work.state))
        });
        let Some((number, state)) = found else { return Ok(CallProgress::NotFound) };
        let provider_id = format!("w-{number}");
        let cost = MicroUsd(0);
        Ok(match state {
            State::Pending => {
                CallProgress::Pending { provider_id, poll_after: Duration::from_millis(studio.random(500, 8_000)) }
            }
            State::Done => CallProgress::Ready { provider_id },
            State::Rejected => {
                CallProgress::Rejected { code: "refused".to_owned(), message: "not this".to_owned(), cost }
            }
            State::Failed | State::Stopped => CallProgress::Failed { message: "it broke".to_owned(), cost },
        })
    }

    async fn fetch(&self, provider_id: &str) -> Result<Answer<Value>, CallError> {
        self.0.trouble().await?;
        Ok(Answer { value: json!(provider_id), provider_id: None, cost: Some(PRICE), quota: None })
    }

    async fn cancel(&self, provider_id: &str) -> Result<Cancelled, CallError> {
        self.0.trouble().await?;
        Ok(self.0.with(|works| match works.get_mut(id(provider_id)) {
            Some(work) if work.state == State::Pending => {
                work.state = State::Stopped;
                Cancelled::Stopped { cost: MicroUsd(0) }
            }
            _ => Cancelled::GoesOn,
        }))
    }

    fn timeout(&self) -> Duration {
        Duration::from_mins(40)
    }
}
