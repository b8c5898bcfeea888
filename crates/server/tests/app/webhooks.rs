//! Webhooks, received over real sockets and verified with the reference library of Standard Webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::maintenance;
use sluice_domain::ids::{OwnerId, WebhookId};
use sluice_server::apps::APPS;
use sluice_store::migrations::MODULES;
use sluice_store::webhooks::{self as rows, WebhookRow};
use sluice_store::{Dialect, StoreError, Tx, events, retention};
use standardwebhooks::Webhook;
use tokio::net::TcpListener;

use crate::support::{BOTH, TestApp};

mod beside;
mod dead;

const DELIVERIES: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM deliveries";
const ATTEMPTS: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM delivery_attempts";
const ENDPOINTS: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM webhooks";

/// What arrived.
#[derive(Clone)]
struct Hit {
    headers: HeaderMap,
    body: Bytes,
}

impl Hit {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Verified as a receiver does it.
    fn is_signed_with(&self, secret: &str) -> bool {
        Webhook::new(secret).unwrap().verify(&self.body, &self.headers).is_ok()
    }

    /// The same at another time than now.
    fn is_signed_then_with(&self, secret: &str) -> bool {
        let at: i64 = self.header("webhook-timestamp").parse().unwrap();
        let signature = Webhook::new(secret).unwrap().sign(self.header("webhook-id"), at, &self.body).unwrap();
        self.header("webhook-signature").split(' ').any(|one| one == signature)
    }
}

type Reply = (StatusCode, &'static [(&'static str, &'static str)]);

/// A receiver, which answers what it is told to, and 200 otherwise.
#[derive(Clone)]
struct Receiver {
    url: String,
    hits: Arc<Mutex<Vec<Hit>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let this = Self { url, hits: Arc::default(), replies: Arc::default() };
        let of_server = this.clone();
        let app = Router::new().fallback(async move |headers: HeaderMap, body: Bytes| {
            of_server.hits.lock().unwrap().push(Hit { headers, body });
            let (status, extra) = of_server.replies.lock().unwrap().pop_front().unwrap_or((StatusCode::OK, &[]));
            let mut answer = HeaderMap::new();
            for (name, value) in extra {
                answer.insert(*name, value.parse().unwrap());
            }
            (status, answer, "s".repeat(5_000))
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        this
    }

    fn reply(&self, replies: &[Reply]) {
        self.replies.lock().unwrap().extend(replies);
    }

    fn hits(&self) -> Vec<Hit> {
        self.hits.lock().unwrap().clone()
    }

    fn count(&self) -> usize {
        self.hits.lock().unwrap().len()
    }
}

fn ada() -> OwnerId {
    "ada".parse().unwrap()
}

fn omar() -> OwnerId {
    "omar".parse().unwrap()
}

async fn open(dialect: Dialect) -> TestApp {
    TestApp::with(dialect, MODULES, APPS, &["--outbound-allow", "127.0.0.1"]).await
}

/// Makes an endpoint; gives its address in the API and its secret.
async fn create(app: &TestApp, owner: &OwnerId, url: &str, kinds: &[&str]) -> (String, String) {
    let body = json!({ "url": url, "description": "a receiver", "events": kinds });
    let (status, made) = app.post("/api/v1/webhooks").of(owner).json(&body).send().await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["webhook"]["id"].as_str().unwrap();
    (format!("/api/v1/webhooks/{id}"), made["secret"].as_str().unwrap().to_owned())
}

async fn emit(app: &TestApp, owner: &OwnerId, kind: &str) {
    let emit = async |tx: &mut Tx| events::emit(tx, owner, kind, "the subject", &json!({ "reel_id": "r" }));
    app.app.platform.store.write::<_, StoreError, _>(emit).await.unwrap();
}

/// Sends everything that is due.
async fn deliver(app: &TestApp) {
    app.app.webhooks.dispatch().await.unwrap();
    app.run_jobs().await;
}

async fn get(app: &TestApp, path: &str) -> Value {
    let (status, answer) = app.get(path).of(&ada()).send().await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

async fn items(app: &TestApp, address: &str, query: &str) -> Vec<Value> {
    get(app, &format!("{address}/deliveries{query}")).await["items"].as_array().unwrap().clone()
}

async fn post(app: &TestApp, path: &str, body: &Value) -> (StatusCode, Value) {
    app.post(path).of(&ada()).json(body).send().await
}

async fn delete(app: &TestApp, owner: &OwnerId, address: &str) {
    assert_eq!(app.ask(Method::DELETE, address).of(owner).send().await.0, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_signed_once_and_are_logged() {
    for dialect in BOTH {
        let (app, receiver) = (open(dialect).await, Receiver::start().await);
        emit(&app, &ada(), "reel.changed").await;
        let (address, secret) = create(&app, &ada(), &receiver.url, &["reel.*"]).await;
        for (owner, kind) in [(ada(), "reel.changed"), (ada(), "document.changed"), (omar(), "reel.changed")] {
            emit(&app, &owner, kind).await;
        }
        deliver(&app).await;
        deliver(&app).await;
        let hits = receiver.hits();
        assert_eq!(hits.len(), 1, "not what was before, not what is filtered, not another owner's");
        let hit = &hits[0];
        assert!(hit.is_signed_with(&secret) && hit.is_signed_then_with(&secret));
        let forged = Hit { body: hit.body.to_ascii_uppercase().into(), ..hit.clone() };
        assert!(!forged.is_signed_with(&secret) && !hit.is_signed_with("whsec_c2VjcmV0"));
        assert_eq!(hit.header("content-type"), "application/json");
        assert!(hit.header("user-agent").starts_with("Sluice/"));
        let sent = hit.json();
        assert_eq!(sent["type"], "reel.changed");
        assert_eq!(sent["data"], json!({ "reel_id": "r", "subject": "the subject", "event": 2 }));
        assert!(sent["timestamp"].as_str().unwrap().ends_with('Z'), "{sent}");

        let logged = items(&app, &address, "").await;
        assert_eq!(logged.len(), 1);
        assert_eq!((&logged[0]["state"], &logged[0]["attempts"]), (&json!("delivered"), &json!(1)));
        assert_eq!(logged[0]["id"], hit.header("webhook-id"));
        let one = format!("{address}/deliveries/{}", hit.header("webhook-id"));
        let detail = get(&app, &one).await;
        assert_eq!(detail["payload"], sent);
        let attempt = &detail["attempts"][0];
        assert_eq!((&attempt["status"], &attempt["error"]), (&json!(200), &Value::Null), "{attempt}");
        assert_eq!(attempt["answer"].as_str().unwrap().len(), 1_024, "no more of an answer is kept");

        // Sent again under its id, one or a range; and a test, whatever the filter is.
        assert_eq!(post(&app, &format!("{one}/replay"), &json!({})).await.0, StatusCode::ACCEPTED);
        deliver(&app).await;
        let range = json!({ "since": 0, "state": "delivered" });
        let (status, replayed) = post(&app, &format!("{address}/replay"), &range).await;
        assert_eq!((status, &replayed["replayed"]), (StatusCode::ACCEPTED, &json!(1)));
        deliver(&app).await;
        assert_eq!(post(&app, &format!("{address}/ping"), &json!({})).await.0, StatusCode::ACCEPTED);
        deliver(&app).await;
        let ids: Vec<_> = receiver.hits().iter().map(|hit| hit.header("webhook-id").to_owned()).collect();
        assert_eq!((ids.len(), &ids[0], &ids[0]), (4, &ids[1], &ids[2]));
        assert_eq!(receiver.hits()[3].json()["type"], "webhook.ping");
        assert_eq!(get(&app, &one).await["attempts"].as_array().unwrap().len(), 3);
        let page = get(&app, &format!("{address}/deliveries?limit=1")).await;
        let cursor = page["next_cursor"].as_str().unwrap();
        assert_eq!(items(&app, &address, &format!("?limit=1&cursor={cursor}")).await[0]["id"], ids[0]);
        assert_eq!(items(&app, &address, "?state=failed").await.len(), 0);

        delete(&app, &ada(), &address).await;
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 4, "nothing is sent to a deleted endpoint");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_told_of_by_their_state_and_the_job_that_sends_is_not() {
    let (app, receiver) = (open(Dialect::Sqlite).await, Receiver::start().await);
    let (address, _) = create(&app, &ada(), &receiver.url, &[]).await;
    emit(&app, &ada(), "reel.changed").await;
    for _ in 0..5 {
        deliver(&app).await;
    }
    assert_eq!(receiver.count(), 1, "being told is nothing to be told of");
    let data = json!({ "kind": "reel.make", "state": "succeeded" });
    let changed = async |tx: &mut Tx| events::emit(tx, &ada(), "job.changed", "a job", &data);
    app.app.platform.store.write::<_, StoreError, _>(changed).await.unwrap();
    deliver(&app).await;
    let sent = receiver.hits()[1].json();
    assert_eq!((&sent["type"], &sent["data"]["job_id"]), (&json!("job.succeeded"), &json!("a job")));
    delete(&app, &ada(), &address).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_signs_beside_the_new_one_for_the_stated_time() {
    for dialect in BOTH {
        let (app, receiver) = (open(dialect).await, Receiver::start().await);
        let (address, old) = create(&app, &ada(), &receiver.url, &[]).await;
        let rotate = async |body: Value| post(&app, &format!("{address}/secret/rotate"), &body).await;
        assert_eq!(rotate(json!({ "overlap_hours": 169 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, rotated) = rotate(json!({ "overlap_hours": 2 })).await;
        assert_eq!(status, StatusCode::OK, "{rotated}");
        let new = rotated["secret"].as_str().unwrap().to_owned();
        assert_ne!(old, new);
        assert!(rotated["webhook"]["previous_secret_until"].is_i64());
        let shown = get(&app, &address).await.to_string();
        assert!(!shown.contains(&new) && !shown.contains(&old), "shown once");
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        let both = receiver.hits()[0].clone();
        assert!(both.is_signed_with(&old) && both.is_signed_with(&new));
        app.advance(Duration::from_hours(3)).await;
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        let one = receiver.hits()[1].clone();
        assert!(!one.is_signed_then_with(&old) && one.is_signed_then_with(&new));
        let last = rotate(json!({ "overlap_hours": 0 })).await.1["secret"].as_str().unwrap().to_owned();
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        let leaked = receiver.hits()[2].clone();
        assert!(!leaked.is_signed_then_with(&new) && leaked.is_signed_then_with(&last));
        delete(&app, &ada(), &address).await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_by_the_schedule_and_when_the_endpoint_asks_for_it() {
    for dialect in BOTH {
        let (app, receiver) = (open(dialect).await, Receiver::start().await);
        let (address, secret) = create(&app, &ada(), &receiver.url, &[]).await;
        receiver.reply(&[
            (StatusCode::INTERNAL_SERVER_ERROR, &[]),
            (StatusCode::FOUND, &[("location", "/elsewhere")]),
            (StatusCode::SERVICE_UNAVAILABLE, &[("retry-after", "7200")]),
        ]);
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 1, "not at once");
        app.advance(Duration::from_secs(4)).await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 1);
        app.advance(Duration::from_secs(3)).await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 2, "after 5 seconds and jitter; the redirect is not followed");
        app.advance(Duration::from_secs(299)).await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 2);
        app.advance(Duration::from_secs(62)).await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 3, "after 5 minutes and jitter");
        // 30 minutes by the schedule, and 2 hours by the endpoint, also for what comes later.
        app.advance(Duration::from_secs(7_190)).await;
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 3, "it asked to be left alone");
        let failing = get(&app, &address).await;
        assert_eq!((&failing["failures"], failing["failing_since"].is_i64()), (&json!(3), true), "{failing}");
        app.advance(Duration::from_secs(11)).await;
        deliver(&app).await;
        let hits = receiver.hits();
        assert_eq!(hits.len(), 5);
        assert!(hits.iter().all(|hit| hit.is_signed_then_with(&secret)));
        let ids: Vec<_> = hits.iter().map(|hit| hit.header("webhook-id")).collect();
        // Of the two that waited, the one that was due first is first.
        assert!(ids[..3].iter().all(|id| *id == ids[0]) && ids[3] != ids[0] && ids[4] == ids[0], "{ids:?}");
        let times: Vec<i64> = hits.iter().map(|hit| hit.header("webhook-timestamp").parse().unwrap()).collect();
        assert!(times[1] - times[0] >= 5 && times[2] - times[1] >= 300 && times[3] - times[2] >= 7_200, "{times:?}");
        let detail = get(&app, &format!("{address}/deliveries/{}", ids[0])).await;
        let log: Vec<_> =
            detail["attempts"].as_array().unwrap().iter().map(|one| (&one["status"], &one["error"])).collect();
        let (refused, redirected) = (json!("refused"), json!("redirected"));
        assert_eq!(
            log,
            [(&json!(500), &refused), (&json!(302), &redirected), (&json!(503), &refused), (&json!(200), &Value::Null)]
        );
        let healthy = get(&app, &address).await;
        assert_eq!((&healthy["failures"], &healthy["failing_since"]), (&json!(0), &Value::Null));
        delete(&app, &ada(), &address).await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_is_disabled_and_can_be_enabled_again() {
    for dialect in BOTH {
        let (app, receiver) = (open(dialect).await, Receiver::start().await);
        let (address, _) = create(&app, &ada(), &receiver.url, &[]).await;
        receiver.reply(&[(StatusCode::GONE, &[])]);
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        let disabled = get(&app, &address).await;
        assert_eq!((&disabled["enabled"], &disabled["disabled_reason"]), (&json!(false), &json!("gone")), "{disabled}");
        let log = app.app.engine.events_after(&ada(), 0, 100).await.unwrap();
        assert!(log.iter().any(|event| event.kind == "webhook.disabled" && event.data["reason"] == "gone"));
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 1);
        let (status, answer) = post(&app, &format!("{address}/ping"), &json!({})).await;
        assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("webhook_disabled")));
        let patch = async |body: Value| app.ask(Method::PATCH, &address).of(&ada()).json(&body).send().await;
        let enabled = patch(json!({ "enabled": true })).await.1;
        assert_eq!((&enabled["enabled"], &enabled["disabled_reason"]), (&json!(true), &Value::Null));
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        assert_eq!(receiver.count(), 2, "of what happens from now on");
        let (status, replayed) = post(&app, &format!("{address}/replay"), &json!({ "since": 0 })).await;
        assert_eq!((status, &replayed["replayed"]), (StatusCode::ACCEPTED, &json!(1)), "what it had refused");
        deliver(&app).await;
        assert_eq!(receiver.count(), 3);
        assert_eq!(patch(json!({ "enabled": false })).await.1["disabled_reason"], "by_owner");
        delete(&app, &ada(), &address).await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_for_the_whole_schedule_is_disabled_and_says_why() {
    let (app, receiver) = (open(Dialect::Sqlite).await, Receiver::start().await);
    let (address, _) = create(&app, &ada(), &receiver.url, &["reel.changed"]).await;
    receiver.reply(&[(StatusCode::BAD_GATEWAY, &[] as &[_]); 50]);
    emit(&app, &ada(), "reel.changed").await;
    let mut hours = 0;
    while get(&app, &address).await["enabled"] == true {
        deliver(&app).await;
        app.advance(Duration::from_mins(20)).await;
        hours += 1;
        assert!(hours < 3 * 24 * 6, "it is never given up");
    }
    assert_eq!(receiver.count(), 10, "ten attempts");
    assert!(hours / 3 >= 75, "over more than three days: {}", hours / 3);
    assert_eq!(get(&app, &address).await["disabled_reason"], "failing");
    assert_eq!(items(&app, &address, "?state=failed").await.len(), 1);
    delete(&app, &ada(), &address).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_and_odd_addresses_are_refused() {
    let (app, receiver) = (open(Dialect::Sqlite).await, Receiver::start().await);
    for bad in [
        "http://example.org/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost.:1/",
        "https://a:b@example.org/",
        "ftp://example.org/",
        "nothing",
    ] {
        let (status, answer) = post(&app, "/api/v1/webhooks", &json!({ "url": bad })).await;
        // A name is resolved when it is connected to, if the operator allows some network.
        if bad.contains("localhost") || bad == "http://example.org/" {
            assert_eq!(status, StatusCode::CREATED, "{bad}: {answer}");
            continue;
        }
        assert_eq!(
            (status, &answer["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_webhook_url")),
            "{bad}"
        );
    }
    for (owner, hook) in [(ada(), get(&app, "/api/v1/webhooks").await)] {
        for hook in hook.as_array().unwrap() {
            delete(&app, &owner, &format!("/api/v1/webhooks/{}", hook["id"].as_str().unwrap())).await;
        }
    }
    let bad = json!({ "url": receiver.url, "events": ["NOT A KIND"] });
    let (status, answer) = post(&app, "/api/v1/webhooks", &bad).await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_webhook")));
    app.end().await;

    // This operator allows another network, so that the name is accepted, and refused when it is connected to.
    let app = TestApp::with(Dialect::Sqlite, MODULES, APPS, &["--outbound-allow", "10.9.9.0/24"]).await;
    let url = receiver.url.replace("127.0.0.1", "localhost");
    let (address, _) = create(&app, &ada(), &url, &[]).await;
    emit(&app, &ada(), "reel.changed").await;
    deliver(&app).await;
    let delivery = items(&app, &address, "").await[0]["id"].as_str().unwrap().to_owned();
    let detail = get(&app, &format!("{address}/deliveries/{delivery}")).await;
    assert_eq!(detail["attempts"][0]["error"], "address_forbidden", "{detail}");
    assert_eq!(receiver.count(), 0, "nothing was connected to");
    delete(&app, &ada(), &address).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_has_a_limited_number_of_endpoints() {
    let (app, receiver) = (open(Dialect::Sqlite).await, Receiver::start().await);
    for _ in 0..20 {
        create(&app, &ada(), &receiver.url, &[]).await;
    }
    let (status, answer) = post(&app, "/api/v1/webhooks", &json!({ "url": receiver.url })).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("too_many_webhooks")));
    create(&app, &omar(), &receiver.url, &[]).await;
    app.end().await;
}

/// The worker is killed while a request is under way: another one sends it again, under the same id.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_mid_delivery_delivers() {
    for dialect in BOTH {
        let app = open(dialect).await;
        let receiver = Receiver::start().await;
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let (address, secret) = create(&app, &ada(), &url, &[]).await;
        emit(&app, &ada(), "reel.changed").await;
        app.app.webhooks.dispatch().await.unwrap();
        let worker = app.app.engine.start();
        let connection = tokio::time::timeout(Duration::from_secs(10), silent.accept()).await.unwrap().unwrap();
        // As a kill does it.
        drop(worker);
        let body = json!({ "url": receiver.url });
        assert_eq!(app.ask(Method::PATCH, &address).of(&ada()).json(&body).send().await.0, StatusCode::OK);
        let pending = items(&app, &address, "?state=pending").await;
        assert_eq!((pending.len(), &pending[0]["attempts"]), (1, &json!(0)), "no attempt was written");
        // The lease of the dead worker ends.
        app.advance(Duration::from_hours(2)).await;
        let worker = app.app.engine.start();
        let begun = std::time::Instant::now();
        while receiver.count() == 0 && begun.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        worker.shutdown(Duration::from_secs(5)).await;
        let hits = receiver.hits();
        assert_eq!(hits.len(), 1);
        assert!(hits[0].is_signed_then_with(&secret));
        assert_eq!(pending[0]["id"], hits[0].header("webhook-id"));
        drop(connection);
        delete(&app, &ada(), &address).await;
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_end_with_their_account_and_the_log_after_its_time() {
    for dialect in BOTH {
        let (app, receiver) = (open(dialect).await, Receiver::start().await);
        let (address, _) = create(&app, &ada(), &receiver.url, &[]).await;
        emit(&app, &ada(), "reel.changed").await;
        deliver(&app).await;
        let count = async |query| app.texts(query, &[]).await[0].clone();
        assert_eq!((count(DELIVERIES).await, count(ATTEMPTS).await), ("1".to_owned(), "1".to_owned()));
        let retain = async || {
            maintenance::retain::retain(&app.app.maintenance(), retention::RetentionPeriods::default(), || false).await
        };
        app.advance(Duration::from_hours(24 * 29)).await;
        retain().await;
        assert_eq!(count(DELIVERIES).await, "1");
        app.advance(Duration::from_hours(24 * 2)).await;
        let retained = retain().await;
        assert_eq!(retained.removed["deliveries"], 1, "{retained:?}");
        assert_eq!((count(DELIVERIES).await, count(ATTEMPTS).await), ("0".to_owned(), "0".to_owned()));
        delete(&app, &ada(), &address).await;
        retain().await;
        assert_eq!(count(ENDPOINTS).await, "0");
        app.end().await;
    }
}
