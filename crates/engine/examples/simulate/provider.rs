//! A paid provider that misbehaves, and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use sluice_domain::money::MicroUsd;
use sluice_engine::{Answer, Ask, CallError, Found};

/// What a call costs.
pub(crate) const PRICE: MicroUsd = MicroUsd(1_000);

#[derive(Default)]
struct Question {
    /// Being worked on.
    open: u32,
    /// Done and charged.
    charged: u32,
}

/// The provider, the same for all nodes.
pub(crate) struct Provider {
    random: Mutex<StdRng>,
    questions: Mutex<BTreeMap<String, Question>>,
    /// The same key again is the same work: it is done and charged once.
    knows_keys: bool,
    /// Of 100 calls.
    trouble: u32,
}

enum Mood {
    Works,
    Refuses,
    Overloaded,
    /// Never came.
    LostOnTheWay,
    /// Done, and the answer was lost.
    LostOnTheWayBack,
}

impl Provider {
    pub(crate) fn new(seed: u64, knows_keys: bool, trouble: u32) -> Self {
        let random = Mutex::new(StdRng::seed_from_u64(seed));
        Self { random, questions: Mutex::default(), knows_keys, trouble }
    }

    fn random(&self, from: u64, to: u64) -> u64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).random_range(from..to)
    }

    fn mood(&self) -> Mood {
        if self.random(0, 100) >= u64::from(self.trouble) {
            return Mood::Works;
        }
        match self.random(0, 10) {
            0 => Mood::Refuses,
            1..4 => Mood::Overloaded,
            4..7 => Mood::LostOnTheWay,
            _ => Mood::LostOnTheWayBack,
        }
    }

    fn with<T>(&self, key: &str, work: impl FnOnce(&mut Question) -> T) -> T {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        work(questions.entry(key.to_owned()).or_default())
    }

    /// Calls that were charged, and the keys that were charged more than once.
    pub(crate) fn charged(&self) -> (u64, Vec<String>) {
        let questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let all = questions.values().map(|question| u64::from(question.charged)).sum();
        let twice = questions.iter().filter(|(_, question)| question.charged > 1);
        (all, twice.map(|(key, question)| format!("{key}, {} times", question.charged)).collect())
    }

    /// How often this key was charged.
    pub(crate) fn charges_of(&self, key: &str) -> u32 {
        self.with(key, |question| question.charged)
    }
}

/// A question to it.
pub(crate) struct Asking<'a>(pub(crate) &'a Arc<Provider>);

fn answer() -> Answer<Value> {
    Answer { value: json!("an answer"), provider_id: Some("theirs".to_owned()), cost: Some(PRICE), quota: None }
}

impl Ask<Value> for Asking<'_> {
    fn provider(&self) -> &'static str {
        "acme"
    }

    async fn ask(&self, key: &str) -> Result<Answer<Value>, CallError> {
        let provider = self.0;
        let mood = provider.mood();
        let lost = || CallError::Unknown { message: "the connection was lost".to_owned() };
        match mood {
            Mood::Refuses => {
                return Err(CallError::Refused { code: "refused".to_owned(), message: "not this".to_owned() });
            }
            Mood::Overloaded => {
                let retry_after = Some(Duration::from_millis(provider.random(100, 3_000)));
                return Err(CallError::Trouble { retry_after, message: "429".to_owned() });
            }
            Mood::LostOnTheWay => {
                tokio::time::sleep(Duration::from_millis(provider.random(1, 2_000))).await;
                return Err(lost());
            }
            Mood::Works | Mood::LostOnTheWayBack => {}
        }
        let known = provider.knows_keys && provider.with(key, |question| question.open + question.charged > 0);
        if known && provider.charges_of(key) > 0 {
            return Ok(answer());
        }
        if !known {
            provider.with(key, |question| question.open += 1);
        }
        // It works on, whether its caller is still there or not.
        let slow = provider.random(0, 20) == 0;
        let takes = Duration::from_millis(if slow { provider.random(2_000, 40_000) } else { provider.random(1, 800) });
        let (theirs, name) = (Arc::clone(provider), key.to_owned());
        let done = tokio::spawn(async move {
            tokio::time::sleep(takes).await;
            if !known {
                theirs.with(&name, |question| {
                    question.open -= 1;
                    question.charged += 1;
                });
            }
        });
        done.await.map_err(|_| lost())?;
        if matches!(mood, Mood::LostOnTheWayBack) { Err(lost()) } else { Ok(answer()) }
    }

    async fn look(&self, key: &str, _provider_id: Option<&str>) -> Result<Found<Value>, CallError> {
        let provider = self.0;
        tokio::time::sleep(Duration::from_millis(provider.random(1, 50))).await;
        if provider.random(0, 10) == 0 {
            return Ok(Found::CannotTell);
        }
        let (open, charged) = provider.with(key, |question| (question.open, question.charged));
        Ok(match (open, charged) {
            (_, 1..) => Found::Done(answer()),
            (1.., 0) => Found::Pending(Duration::from_secs(5)),
            (0, 0) => Found::Nothing,
        })
    }
}
