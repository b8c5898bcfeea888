//! The sets of model files: the last job of each, and what it found.

use sluice_domain::ids::JobId;
use sluice_domain::time::Timestamp;
use sluice_store::models::{self, SetRow};
use sluice_store::{Store, StoreError};

use crate::on_both_databases;

on_both_databases!(a_set_has_its_last_job_and_what_that_found);

async fn all(store: &Store) -> Vec<SetRow> {
    store.read(async |tx| models::all(tx).await).await.unwrap()
}

async fn a_set_has_its_last_job_and_what_that_found(store: &Store) {
    let job = |n| JobId::new(Timestamp::from_millis(1_000_000_000), [n; 10]);
    let (first, second) = (job(1), job(2));
    assert_eq!(all(store).await, []);
    let begun = store
        .write(async |tx| {
            let row = models::locked(tx, "speech").await?;
            models::begin(tx, "speech", "pull", &first).await?;
            Ok::<_, StoreError>(row)
        })
        .await
        .unwrap();
    let new = SetRow { name: "speech".to_owned(), job: None, action: None, machine: None, damaged: "[]".to_owned() };
    assert_eq!(begun, new);
    let end = async |job: &JobId, damaged: &str| {
        store.write(async |tx| models::end(tx, "speech", job, "box", damaged).await).await.unwrap();
    };
    end(&first, r#"["a"]"#).await;
    let machine = Some("box".to_owned());
    let ended = SetRow {
        job: Some(first.clone()),
        action: Some("pull".to_owned()),
        machine: machine.clone(),
        damaged: r#"["a"]"#.to_owned(),
        ..new
    };
    assert_eq!(all(store).await, std::slice::from_ref(&ended));

    store.write(async |tx| models::begin(tx, "speech", "verify", &second).await).await.unwrap();
    end(&first, "[]").await;
    let later = SetRow { job: Some(second), action: Some("verify".to_owned()), ..ended };
    assert_eq!(all(store).await, [later], "the end of the one before changes nothing");
}
