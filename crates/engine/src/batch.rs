//! Work of many callers done as one: whoever comes first takes what the others have brought, too.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use sluice_store::StoreError;
use tokio::sync::{Semaphore, oneshot};

/// Most items in one batch.
const MOST: usize = 500;

type Answer<O> = oneshot::Sender<Result<O, StoreError>>;

/// A queue of items, each with someone who waits for its outcome.
pub(crate) struct Batch<I, O> {
    items: Mutex<Vec<(I, Answer<O>)>>,
    turns: Semaphore,
}

impl<I, O> Batch<I, O> {
    /// At most so many batches are under way at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { items: Mutex::default(), turns: Semaphore::new(at_once) }
    }

    /// Brings an item, and waits until it or someone else has done it. `work` does a batch; an error of the whole
    /// batch is told to everyone in it.
    pub(crate) async fn run<F, W>(&self, item: I, work: F) -> Result<O, StoreError>
    where
        F: Fn(Vec<I>) -> W,
        W: Future<Output = Result<Vec<Result<O, StoreError>>, StoreError>>,
    {
        let (answer, mut outcome) = oneshot::channel();
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push((item, answer));
        loop {
            tokio::select! {
                biased;
                outcome = &mut outcome => return outcome.unwrap_or_else(|_| Err(interrupted())),
                turn = self.turns.acquire() => {
                    let _turn = turn.map_err(|_| interrupted())?;
                    let taken = self.take();
                    // Nothing is left, so another has taken this one's item, and will answer.
                    if taken.is_empty() {
                        break;
                    }
                    let (items, answers): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
                    answer_all(answers, work(items).await);
                    // With very many items, its own may come only with the next batch.
                }
            }
        }
        outcome.await.unwrap_or_else(|_| Err(interrupted()))
    }

    fn take(&self) -> Vec<(I, Answer<O>)> {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let many = items.len().min(MOST);
        items.drain(..many).collect()
    }
}

fn answer_all<O>(answers: Vec<Answer<O>>, outcome: Result<Vec<Result<O, StoreError>>, StoreError>) {
    match outcome {
        Ok(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                answer.send(outcome).ok();
            }
        }
        Err(error) => {
            for answer in answers {
                answer.send(Err(error.again())).ok();
            }
        }
    }
}

/// The one who did the batch was stopped in mid-way.
fn interrupted() -> StoreError {
    StoreError::Interrupted
}
