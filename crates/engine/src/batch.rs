//! Batches the items of concurrent callers.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_store::StoreError;
use tokio::sync::oneshot;

use crate::bisect::bisect;

/// The most items per batch.
const MOST: usize = 500;

type Answer<O> = oneshot::Sender<Result<O, StoreError>>;

/// A queue of items, each with a caller that waits for its outcome.
pub(crate) struct Batch<I, O> {
    queue: Arc<Mutex<Queue<I, O>>>,
    at_once: usize,
}

struct Queue<I, O> {
    items: Vec<(I, Answer<O>)>,
    /// The number of tasks that process batches.
    tasks: usize,
}

impl<I: Clone + Send + Sync + 'static, O: Send + 'static> Batch<I, O> {
    /// Processes at most `at_once` batches concurrently.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { queue: Arc::new(Mutex::new(Queue { items: Vec::new(), tasks: 0 })), at_once }
    }

    /// Adds an item, and waits for its outcome. `work` processes a batch, in a task of its own, so that a caller that is
    /// cancelled does not affect the others. If an item makes its batch fail, the batch is bisected until that item is alone;
    /// an outage fails the whole batch.
    pub(crate) async fn run<F, W>(&self, item: I, work: F) -> Result<O, StoreError>
    where
        F: Fn(Arc<Vec<I>>) -> W + Send + Sync + 'static,
        W: Future<Output = Result<Vec<Result<O, StoreError>>, StoreError>> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let begins = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.items.push((item, answer));
            let begins = queue.tasks < self.at_once;
            queue.tasks += usize::from(begins);
            begins
        };
        if begins {
            tokio::spawn(do_all(Arc::clone(&self.queue), Arc::new(work)));
        }
        outcome.await.unwrap_or_else(|_| Err(interrupted()))
    }
}

/// Processes batches until the queue is empty: the items that arrive during one batch are the next.
async fn do_all<I, O, F, W>(queue: Arc<Mutex<Queue<I, O>>>, work: Arc<F>)
where
    I: Clone + Send + Sync + 'static,
    O: Send + 'static,
    F: Fn(Arc<Vec<I>>) -> W + Send + Sync + 'static,
    W: Future<Output = Result<Vec<Result<O, StoreError>>, StoreError>> + Send + 'static,
{
    loop {
        let taken: Vec<_> = {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let many = queue.items.len().min(MOST);
            if many == 0 {
                queue.tasks -= 1;
                return;
            }
            queue.items.drain(..many).collect()
        };
        let (items, answers): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
        // In a task of its own, so that a panic ends only that batch.
        let work = Arc::clone(&work);
        let outcomes = tokio::spawn(async move { bisect(items, |items| work(items)).await }).await;
        answer_all(answers, outcomes.ok());
    }
}

/// Without outcomes, the task that processed the batch panicked.
fn answer_all<O>(answers: Vec<Answer<O>>, outcomes: Option<Vec<Result<O, StoreError>>>) {
    let mut outcomes = outcomes.unwrap_or_default().into_iter();
    for answer in answers {
        answer.send(outcomes.next().unwrap_or_else(|| Err(interrupted()))).ok();
    }
}

/// The task that processed the batch panicked.
fn interrupted() -> StoreError {
    StoreError::Interrupted
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::*;
    use crate::backoff::Backoff;
    use crate::randomness::Randomness;

    const CALLERS: u32 = 100;

    /// Callers whose first batches fail at once, and which try again as settlements do: when each later batch was processed, and
    /// its size. On a virtual clock, with a seed.
    async fn after_a_failed_batch(seed: u64) -> Vec<(Duration, usize)> {
        let (batch, randomness) = (Arc::new(Batch::<u32, u32>::new(1)), Randomness::seeded(seed));
        let (begun, (processed, mut batches)) = (Instant::now(), mpsc::unbounded_channel());
        let call = |item: u32| {
            let (batch, randomness, processed) = (Arc::clone(&batch), randomness.clone(), processed.clone());
            tokio::spawn(async move {
                let mut backoff = Backoff::new(Duration::from_millis(10), Duration::from_secs(1));
                loop {
                    let processed = processed.clone();
                    let work = move |items: Arc<Vec<u32>>| {
                        let at = begun.elapsed();
                        if at > Duration::ZERO {
                            processed.send((at, items.len())).ok();
                        }
                        async move {
                            if at == Duration::ZERO {
                                return Err(StoreError::DiskFull);
                            }
                            Ok(items.iter().map(|item| Ok(*item)).collect())
                        }
                    };
                    match batch.run(item, work).await {
                        Ok(done) => return done == item,
                        Err(_) => tokio::time::sleep(backoff.pause(&randomness)).await,
                    }
                }
            })
        };
        let calls: Vec<_> = (0..CALLERS).map(call).collect();
        for call in calls {
            assert!(matches!(call.await, Ok(true)));
        }
        drop(processed);
        let mut later = Vec::new();
        while let Some(batch) = batches.recv().await {
            later.push(batch);
        }
        later
    }

    #[tokio::test(start_paused = true)]
    async fn items_of_a_failed_batch_are_not_repeated_together() {
        let later = after_a_failed_batch(7).await;
        assert_eq!(later.iter().map(|(_, items)| items).sum::<usize>(), CALLERS as usize);
        // Each after 5 to 15 milliseconds; the timer has a resolution of one.
        assert!(later.iter().all(|(at, _)| (5..=16).contains(&at.as_millis())), "{later:?}");
        let largest = later.iter().map(|(_, items)| *items).max().unwrap_or_default();
        assert!(later.len() >= 8 && largest <= CALLERS as usize / 4, "{later:?}");
        assert_eq!(after_a_failed_batch(7).await, later, "the seed decides");
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_the_others_their_answers() {
        let batch = Arc::new(Batch::<u32, u32>::new(1));
        let go = Arc::new(tokio::sync::Semaphore::new(0));
        let (begun, mut batches) = mpsc::unbounded_channel();
        let call = |item: u32| {
            let (batch, go, begun) = (Arc::clone(&batch), Arc::clone(&go), begun.clone());
            tokio::spawn(async move {
                let work = move |items: Arc<Vec<u32>>| {
                    let (go, begun) = (Arc::clone(&go), begun.clone());
                    async move {
                        begun.send(items.to_vec()).ok();
                        go.acquire().await.map_err(|_| interrupted())?.forget();
                        Ok(items.iter().map(|item| Ok(item * 2)).collect())
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
