//! Units of work that get into each other's way are run again, and nobody hears of it.

use std::sync::atomic::{AtomicUsize, Ordering};

use sluice_store::{StoreError, controls};
use sluice_testkit::TestStore;
use tokio::sync::Barrier;

#[tokio::test]
async fn a_unit_of_work_that_ends_in_a_deadlock_is_run_again() {
    let test = TestStore::open_on(crate::ON).await;
    let store = test.store();
    for kind in ["a", "b"] {
        store.write(async |tx| controls::pause(tx, "kind", kind, "").await).await.unwrap();
    }
    let (both, runs) = (Barrier::new(2), AtomicUsize::new(0));
    let change = async |first: &str, second: &str| {
        store
            .write(async |tx| {
                controls::pause(tx, "kind", first, "again").await?;
                // Each holds one row and wants the other's: only the first time, or it would not be over.
                if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                    both.wait().await;
                }
                controls::pause(tx, "kind", second, "again").await?;
                Ok::<_, StoreError>(())
            })
            .await
    };
    let (one, other) = tokio::join!(change("a", "b"), change("b", "a"));
    one.unwrap();
    other.unwrap();
    assert_eq!(runs.into_inner(), 3, "one of them was run again");
    test.end().await;
}
