//! Webhooks beside many of others.

use super::*;

const OWNERS: usize = 500;
const EACH: usize = 20;

const HERS: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM deliveries WHERE owner = 'zoe'";
const PENDING: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM deliveries WHERE state = 'pending'";

/// Writing deliveries for 10,000 endpoints of 500 owners beside one of another.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_deliveries_hold_up_those_of_another_owner_for_two_rounds_at_most() {
    let (app, receiver) = (open(Dialect::Sqlite).await, Receiver::start().await);
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", dead.local_addr().unwrap());
    let store = app.app.platform.store.clone();
    let now = store.now().await.unwrap();
    for n in 0..OWNERS {
        let owner: OwnerId = format!("a{n:03}").parse().unwrap();
        let insert = async |tx: &mut Tx| {
            for _ in 0..EACH {
                let id = WebhookId::new(now, app.app.platform.randomness.id_bytes());
                let row = WebhookRow::new(id, owner.clone(), url.clone(), "whsec_c2VjcmV0".to_owned(), now);
                assert!(rows::insert(tx, &row, 20).await?);
            }
            events::emit(tx, &owner, "reel.changed", "x", &json!({}))
        };
        store.write::<_, StoreError, _>(insert).await.unwrap();
    }
    // The last owner of all.
    let zoe: OwnerId = "zoe".parse().unwrap();
    create(&app, &zoe, &receiver.url, &["reel.*"]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let dispatching = tokio::spawn(app.app.webhooks.clone().run(stop.clone()));
    let written = async || app.texts(PENDING, &[]).await[0].parse::<usize>().unwrap();
    let mut before = Vec::new();
    for n in 0..10 {
        let there = written().await;
        emit(&app, &zoe, "reel.changed").await;
        while app.texts(HERS, &[]).await[0].parse::<usize>().unwrap() == n {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        before.push(written().await - there);
    }
    // She waits for the rest of one round of all owners, and for the next one, in which hers is found.
    assert!(before.iter().all(|count| *count <= 3 * OWNERS), "{before:?}");
    assert!(before.iter().any(|count| *count > 0), "nothing else happened meanwhile: {before:?}");
    stop.cancel();
    dispatching.await.unwrap();
    for n in 0..OWNERS {
        let owner: OwnerId = format!("a{n:03}").parse().unwrap();
        let leave = async |tx: &mut Tx| sluice_store::jobs::cancel_of(tx, &owner, 1_000).await;
        store.write::<_, StoreError, _>(leave).await.unwrap();
    }
    app.run_jobs().await;
    app.end().await;
}
