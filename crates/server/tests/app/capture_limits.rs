//! What a person may do in Capture within a minute and a day: each limit up to its end, what is said there, and when there is more.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sluice_app::account::SignUp;
use sluice_app::app::App;
use sluice_app::capture::CaptureApp;
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_capability::{Complete, Router};

use crate::access::{first, with_ada};
use crate::capture::{path, wave};
use crate::model::FakeModel;
use crate::support::{Answer, BOTH, TestApp};

const PHRASES: &str = "/api/v1/phrases";
const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

/// A limit of the plan that every account begins with.
struct Limit {
    name: &'static str,
    most: u64,
    seconds: u64,
}

const ENTRIES: Limit = Limit { name: "entries", most: 10, seconds: MINUTE };
const REGENERATIONS: Limit = Limit { name: "regenerations", most: 5, seconds: MINUTE };
const RETRIES: Limit = Limit { name: "retries", most: 5, seconds: MINUTE };
const APPROVALS: Limit = Limit { name: "approvals", most: 20, seconds: MINUTE };
const GENERATIONS: Limit = Limit { name: "generations", most: 10, seconds: MINUTE };
const MODEL_CALLS: Limit = Limit { name: "model_calls", most: 10, seconds: DAY };

impl Limit {
    fn policy(&self) -> String {
        format!("user-{}", self.name.replace('_', "-"))
    }

    /// An answer that was admitted, and says how many more are.
    fn leaves(&self, answer: &Answer, left: u64) {
        assert!(answer.status.is_success(), "{}", answer.text());
        let Self { most, seconds, .. } = self;
        let (policy, standing) = (answer.header("ratelimit-policy"), answer.header("ratelimit"));
        assert!(policy.contains(&format!("\"{}\";q={most};w={seconds}", self.policy())), "{policy}");
        assert!(standing.contains(&format!("\"{}\";r={left};t=", self.policy())), "{standing}");
    }

    /// An answer that was not: it says why, and when there is room again.
    fn refuses(&self, answer: &Answer) {
        assert_eq!(answer.problem(), (429, format!("limit_{}", self.name)));
        let Self { most, seconds, .. } = self;
        assert_eq!(answer.header("ratelimit-policy"), format!("\"{}\";q={most};w={seconds}", self.policy()));
        let after: u64 = answer.header("retry-after").parse().unwrap();
        assert!(after >= 1 && after <= seconds + 1, "{after}");
        assert_eq!(answer.header("ratelimit"), format!("\"{}\";r=0;t={after}", self.policy()));
        let body = answer.json();
        assert_eq!(
            (&body["retry_after_seconds"], &body["violated-policies"]),
            (&json!(after), &json!([self.policy()]))
        );
        let detail = body["detail"].as_str().unwrap();
        assert!(
            detail.contains(&format!("{most} ")) && detail.contains(&format!("try again in {after} s")),
            "{detail}"
        );
    }
}

impl TestApp {
    async fn as_ada(&self, cookie: &str, path: &str, body: &Value) -> Answer {
        self.post(path).cookie(cookie).json(body).answer().await
    }

    /// So many phrases with this status, whose jobs make nothing.
    async fn listed(&self, cookie: &str, lines: usize, status: &str) -> Vec<Value> {
        let text: Vec<String> = (0..lines).map(|line| format!("Фраза {line}")).collect();
        let added = self.as_ada(cookie, PHRASES, &json!({ "text": text.join("\n"), "each_line": true })).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
        self.without_jobs(status).await;
        added.json()["items"].as_array().unwrap().clone()
    }

    async fn without_jobs(&self, status: &str) {
        self.execute(&format!("UPDATE capture_phrases SET job_id = NULL, status = '{status}'")).await.unwrap();
        self.run_jobs().await;
    }
}

fn batch(action: &str, phrases: &[Value]) -> Value {
    json!({ "action": action, "ids": phrases.iter().map(|phrase| &phrase["id"]).collect::<Vec<_>>() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_captures_ten_times_a_minute_by_whatever_door() {
    for dialect in BOTH {
        let (app, cookie) = with_ada(dialect, SignUp::Closed).await;
        let tus = async |name: &str, to: Option<&str>| {
            let named = [("filename", Some(name)), ("app", to)];
            let said = named.into_iter().filter_map(|(key, value)| Some(format!("{key} {}", STANDARD.encode(value?))));
            let ask = app.ask(Method::POST, "/api/v1/uploads").cookie(&cookie).header("tus-resumable", "1.0.0");
            let ask = ask.header("upload-metadata", &said.collect::<Vec<_>>().join(","));
            ask.header("upload-length", "2000000").answer().await
        };
        let file = async || {
            let (bytes, language) = (wave(1), b"ru".as_slice());
            let form = [("file", Some("a.wav"), bytes.as_slice()), ("language", None, language)];
            app.post("/api/v1/phrases/files").cookie(&cookie).form(&form).answer().await
        };
        let line = async |n: u64| app.as_ada(&cookie, PHRASES, &json!({ "text": format!("Фраза {n}") })).await;
        // A list is captured at once, and a photo when it is announced.
        let list = json!({ "text": "Раз\nДва\nТри", "each_line": true });
        ENTRIES.leaves(&app.as_ada(&cookie, PHRASES, &list).await, 9);
        ENTRIES.leaves(&tus("photo.jpg", None).await, 8);
        ENTRIES.leaves(&tus("clip.ogg", Some("capture")).await, 7);
        ENTRIES.leaves(&file().await, 6);
        for n in 0..6 {
            ENTRIES.leaves(&line(n).await, 5 - n);
        }
        for refused in [line(6).await, file().await, tus("photo.jpg", None).await, tus("a.ogg", Some("capture")).await]
        {
            ENTRIES.refuses(&refused);
        }
        let document = tus("tides.pdf", None).await;
        assert_eq!(document.status, StatusCode::CREATED, "what is no capture is not counted as one");
        app.advance(Duration::from_secs(61)).await;
        ENTRIES.leaves(&line(7).await, 9);
        app.without_jobs("pending_review").await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_five_parts_made_again_a_minute() {
    for dialect in BOTH {
        let (app, cookie) = with_ada(dialect, SignUp::Closed).await;
        let phrase = app.listed(&cookie, 1, "pending_review").await.remove(0);
        let redo = async |body: &Value| app.as_ada(&cookie, &path(&phrase, "/redo"), body).await;
        let kinds = [
            json!({ "what": "voice" }),
            json!({ "what": "field", "field": "translation" }),
            json!({ "what": "language", "language": "ru" }),
        ];
        for n in 0..5 {
            REGENERATIONS.leaves(&redo(&kinds[n % 3]).await, 4 - n as u64);
            app.without_jobs("pending_review").await;
        }
        for kind in &kinds {
            REGENERATIONS.refuses(&redo(kind).await);
        }
        let seen = app.get(&path(&phrase, "")).cookie(&cookie).send().await.1;
        assert_eq!((&seen["work"], &seen["status"]), (&Value::Null, &json!("pending_review")), "nothing has begun");
        app.advance(Duration::from_secs(61)).await;
        REGENERATIONS.leaves(&redo(&kinds[0]).await, 4);
        app.without_jobs("pending_review").await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_tries_again_five_times_a_minute_and_many_at_once_count_once() {
    for dialect in BOTH {
        let (app, cookie) = with_ada(dialect, SignUp::Closed).await;
        let phrases = app.listed(&cookie, 30, "failed").await;
        let retry = async |n: usize| app.as_ada(&cookie, &path(&phrases[n], "/retry"), &json!({})).await;
        let many = async |some: &[Value]| app.as_ada(&cookie, "/api/v1/phrases/batch", &batch("retry", some)).await;
        let acted = many(&phrases[10..]).await;
        RETRIES.leaves(&acted, 4);
        assert_eq!(acted.json()["count"], 20);
        for n in 0..4 {
            RETRIES.leaves(&retry(n).await, 3 - n as u64);
        }
        RETRIES.refuses(&retry(4).await);
        RETRIES.refuses(&many(&phrases[4..10]).await);
        let failed = app.get(&format!("{PHRASES}?status=failed")).cookie(&cookie).send().await.1;
        assert_eq!(failed["counts"]["failed"], 6, "what was refused is as it was: {}", failed["counts"]);
        app.without_jobs("failed").await;
        app.advance(Duration::from_secs(61)).await;
        RETRIES.leaves(&many(&phrases).await, 4);
        app.without_jobs("pending_review").await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_approves_twenty_times_a_minute_and_fifty_at_once_count_once() {
    for dialect in BOTH {
        let (app, cookie) = with_ada(dialect, SignUp::Closed).await;
        let phrases = app.listed(&cookie, 50, "pending_review").await;
        let many = async |action: &str| app.as_ada(&cookie, "/api/v1/phrases/batch", &batch(action, &phrases)).await;
        let approve = async |n: usize| app.as_ada(&cookie, &path(&phrases[n], "/approve"), &json!({})).await;
        // It is one decision, in one transaction, and takes 500 cards at most.
        let acted = many("approve").await;
        APPROVALS.leaves(&acted, 19);
        assert_eq!(acted.json()["count"], 50);
        let ids: Vec<String> = (0..501).map(|_| phrases[0]["id"].as_str().unwrap().to_owned()).collect();
        let more = app.as_ada(&cookie, "/api/v1/phrases/batch", &json!({ "action": "approve", "ids": ids })).await;
        assert_eq!(more.problem(), (422, "too_many".to_owned()));
        assert_eq!(many("send_back").await.status, StatusCode::OK);
        for n in 0..19 {
            APPROVALS.leaves(&approve(n).await, 18 - n as u64);
        }
        APPROVALS.refuses(&approve(19).await);
        APPROVALS.refuses(&many("approve").await);
        let seen = app.get(&format!("{PHRASES}?limit=1")).cookie(&cookie).send().await.1;
        assert_eq!(seen["counts"], json!({ "approved": 19, "pending_review": 31 }), "what was refused is as it was");
        assert_eq!(many("send_back").await.status, StatusCode::OK);
        app.advance(Duration::from_secs(61)).await;
        APPROVALS.leaves(&approve(0).await, 19);
        app.end().await;
    }
}

/// The same with a language model, as far as requests are concerned.
fn with_model(app: &mut App) {
    let with_model = |module: &Arc<dyn Module>| {
        let any: &dyn Any = &**module;
        let Some(capture) = any.downcast_ref::<CaptureApp>() else { return Arc::clone(module) };
        let router = Router::only(Arc::new(FakeModel::new()) as Arc<dyn Complete>);
        Arc::new(CaptureApp { completing: Routes::only(router), ..capture.clone() }) as Arc<dyn Module>
    };
    app.modules = app.modules.iter().map(with_model).collect();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_asks_for_phrases_ten_times_a_minute_and_a_model_ten_times_a_day() {
    for dialect in BOTH {
        let (app, accounts) = TestApp::with_accounts_changed(dialect, with_model).await;
        let cookie = first(&app, &accounts).await;
        let wanted = json!({ "theme": "tea", "language": "ru", "count": 2 });
        let ask = async || app.as_ada(&cookie, "/api/v1/phrase-drafts", &wanted).await;
        for n in 0..10 {
            let answer = ask().await;
            GENERATIONS.leaves(&answer, 9 - n);
            MODEL_CALLS.leaves(&answer, 9 - n);
        }
        GENERATIONS.refuses(&ask().await);
        app.advance(Duration::from_secs(61)).await;
        MODEL_CALLS.refuses(&ask().await);
        // What was refused by one of them is counted by none.
        let usage = app.get("/api/v1/usage").cookie(&cookie).send().await.1;
        let used = |name: &str| {
            usage["limits"].as_array().unwrap().iter().find(|one| one["limit"] == name).unwrap()["used"].clone()
        };
        assert_eq!((used("generations"), used("model_calls")), (json!(0), json!(10)), "{usage}");
        app.advance(Duration::from_secs(DAY)).await;
        let answer = ask().await;
        GENERATIONS.leaves(&answer, 9);
        MODEL_CALLS.leaves(&answer, 9);
        // The jobs know of no model.
        let jobs = app.get("/api/v1/jobs?limit=100").cookie(&cookie).send().await.1;
        for job in jobs["items"].as_array().unwrap() {
            let cancel = format!("/api/v1/jobs/{}/cancel", job["id"].as_str().unwrap());
            app.post(&cancel).cookie(&cookie).send().await;
        }
        app.end().await;
    }
}
