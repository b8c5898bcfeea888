//! Work of many callers done as one: whoever comes first takes what the others have brought, too.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_store::StoreError;
use tokio::sync::{Semaphore, oneshot};

/// Most items in one batch.
const MOST: usize = 500;

type Answer<O> = oneshot::Sender<Result<O, StoreError>>;

/// A queue of items, each with someone who waits for its outcome.
pub(crate) struct Batch<I, O> {
    items: Mutex<Vec<(I, Answer<O>)>>,
    turns: Arc<Semaphore>,
}

impl<I, O: Send + 'static> Batch<I, O> {
    /// At most so many batches are under way at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { items: Mutex::default(), turns: Arc::new(Semaphore::new(at_once)) }
    }

    /// Brings an item, and waits until it or someone else has done it. `work` does a batch, in a task of its own: a
    /// caller that is dropped in mid-way leaves nobody without an answer. An error of the whole batch is told to
    /// everyone in it.
    pub(crate) async fn run<F, W>(&self, item: I, work: F) -> Result<O, StoreError>
    where
        F: Fn(Vec<I>) -> W,
        W: Future<Output = Result<Vec<Result<O, StoreError>>, StoreError>> + Send + 'static,
    {
        let (answer, mut outcome) = oneshot::channel();
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push((item, answer));
        loop {
            tokio::select! {
                biased;
                outcome = &mut outcome => return outcome.unwrap_or_else(|_| Err(interrupted())),
                turn = Arc::clone(&self.turns).acquire_owned() => {
                    let turn = turn.map_err(|_| interrupted())?;
                    self.gather().await;
                    let taken = self.take();
                    // Nothing is left, so another has taken this one's item, and will answer.
                    if taken.is_empty() {
                        break;
                    }
                    let (items, answers): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
                    let work = work(items);
                    let done = tokio::spawn(async move {
                        answer_all(answers, work.await);
                        drop(turn);
                    });
                    done.await.ok();
                    // With very many items, its own may come only with the next batch.
                }
            }
        }
        outcome.await.unwrap_or_else(|_| Err(interrupted()))
    }

    /// Lets those come that are about to bring an item, for as long as each round of the runtime brings more: under
    /// load a commit serves hundreds, and an item that is alone loses nothing.
    async fn gather(&self) {
        let mut seen = self.len();
        loop {
            tokio::task::yield_now().await;
            let now = self.len();
            if now <= seen || now >= MOST {
                return;
            }
            seen = now;
        }
    }

    fn len(&self) -> usize {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).len()
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

/// The task that did the batch ended in mid-way.
fn interrupted() -> StoreError {
    StoreError::Interrupted
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_the_others_their_answers() {
        let batch = Arc::new(Batch::<u32, u32>::new(1));
        let go = Arc::new(Semaphore::new(0));
        let (begun, mut batches) = mpsc::unbounded_channel();
        let call = |item: u32| {
            let (batch, go, begun) = (Arc::clone(&batch), Arc::clone(&go), begun.clone());
            tokio::spawn(async move {
                let work = |items: Vec<u32>| {
                    let (go, begun) = (Arc::clone(&go), begun.clone());
                    async move {
                        begun.send(items.clone()).ok();
                        go.acquire().await.map_err(|_| interrupted())?.forget();
                        Ok(items.into_iter().map(|item| Ok(item * 2)).collect())
                    }
                };
                batch.run(item, work).await
            })
        };
        let first = call(1);
        assert_eq!(batches.recv().await, Some(vec![1]));
        // These come while the first is under way, and are one batch after it.
        let (leader, other) = (call(2), call(3));
        tokio::task::yield_now().await;
        go.add_permits(1);
        assert_eq!(batches.recv().await, Some(vec![2, 3]));
        leader.abort();
        go.add_permits(1);
        assert!(matches!(first.await, Ok(Ok(2))));
        assert!(matches!(other.await, Ok(Ok(6))));
    }
}
