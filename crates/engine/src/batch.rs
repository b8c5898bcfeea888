//! Work of many callers done as one: whoever comes first takes what the others have brought, too.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_store::StoreError;
use tokio::sync::oneshot;

use crate::bisect::bisect;

/// Most items in one batch.
const MOST: usize = 500;

type Answer<O> = oneshot::Sender<Result<O, StoreError>>;

/// A queue of items, each with someone who waits for its outcome.
pub(crate) struct Batch<I, O> {
    queue: Arc<Mutex<Queue<I, O>>>,
    at_once: usize,
}

struct Queue<I, O> {
    items: Vec<(I, Answer<O>)>,
    /// Tasks that do one batch after the other.
    tasks: usize,
}

impl<I: Clone + Send + Sync + 'static, O: Send + 'static> Batch<I, O> {
    /// At most so many batches are under way at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { queue: Arc::new(Mutex::new(Queue { items: Vec::new(), tasks: 0 })), at_once }
    }

    /// Brings an item, and waits until it is done. `work` does a batch, in a task of its own: a caller that is dropped
    /// in mid-way leaves nobody without an answer. When an item makes its batch fail, the batch is split until that item
    /// is alone; an outage is the answer to everyone in it.
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

/// Does batches until nothing is left: what comes while one is under way is the next.
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
        // In a task of its own: a fault in it ends that batch, and not the ones after it.
        let work = Arc::clone(&work);
        let outcomes = tokio::spawn(async move { bisect(items, |items| work(items)).await }).await;
        answer_all(answers, outcomes.ok());
    }
}

/// Without outcomes, the task that did the batch ended in mid-way.
fn answer_all<O>(answers: Vec<Answer<O>>, outcomes: Option<Vec<Result<O, StoreError>>>) {
    let mut outcomes = outcomes.unwrap_or_default().into_iter();
    for answer in answers {
        answer.send(outcomes.next().unwrap_or_else(|| Err(interrupted()))).ok();
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
