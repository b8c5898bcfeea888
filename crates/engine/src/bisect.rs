//! Processes many items at once, so that a bad item does not affect the others.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;

use sluice_store::StoreError;

/// Processes all items at once. If that fails because of one of them, it is repeated with each half, down to that item. After
/// an outage nothing more is tried. Returns the outcomes in the order of the items.
pub(crate) async fn bisect<I, O, F, W>(items: Vec<I>, work: F) -> Vec<Result<O, StoreError>>
where
    I: Clone,
    F: Fn(Arc<Vec<I>>) -> W,
    W: Future<Output = Result<Vec<Result<O, StoreError>>, StoreError>>,
{
    let all = Arc::new(items);
    let mut outcomes = Vec::with_capacity(all.len());
    let whole = 0..all.len();
    let mut open: Vec<Range<usize>> = vec![whole];
    let mut outage: Option<StoreError> = None;
    while let Some(range) = open.pop() {
        if let Some(error) = &outage {
            outcomes.extend(range.map(|_| Err(error.again())));
            continue;
        }
        let whole = range.len() == all.len();
        let these = if whole { Arc::clone(&all) } else { Arc::new(all[range.clone()].to_vec()) };
        match work(these).await {
            Ok(done) => outcomes.extend(done),
            Err(error) if error.is_outage() => {
                outcomes.extend(range.map(|_| Err(error.again())));
                outage = Some(error);
            }
            Err(error) if range.len() <= 1 => outcomes.push(Err(error)),
            Err(error) => {
                tracing::warn!(items = range.len(), code = error.code(), %error, "a batch failed; it is split");
                let middle = range.start + range.len() / 2;
                open.push(middle..range.end);
                open.push(range.start..middle);
            }
        }
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_bad_item_costs_nobody_else() {
        let work = |items: Arc<Vec<u32>>| async move {
            if items.contains(&13) {
                return Err(StoreError::NotStorable { what: "13".into() });
            }
            Ok(items.iter().map(|item| Ok(item * 2)).collect())
        };
        let outcomes = bisect((0..100).collect(), work).await;
        assert_eq!(outcomes.len(), 100);
        for (item, outcome) in (0_u32..).zip(outcomes) {
            match outcome {
                Ok(doubled) => assert_eq!(doubled, item * 2),
                Err(StoreError::NotStorable { .. }) => assert_eq!(item, 13),
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[tokio::test]
    async fn an_outage_is_not_looked_for_in_the_items() {
        let runs = std::sync::atomic::AtomicUsize::new(0);
        let work = |_: Arc<Vec<u32>>| {
            runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            async { Err::<Vec<Result<u32, _>>, _>(StoreError::DiskFull) }
        };
        let outcomes = bisect((0..100).collect(), work).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(StoreError::DiskFull))));
        assert_eq!((outcomes.len(), runs.into_inner()), (100, 1));
    }
}
