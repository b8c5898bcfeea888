//! Pictures that a provider reads.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::capture::CaptureApp;
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Profile, Read, ReadRequest, Reading,
    Route, Router, When,
};
use sluice_domain::document::{Block, Document, Page};
use sluice_domain::money::MicroUsd;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::Dialect;
use sluice_store::migrations::MODULES;
use utoipa_axum::router::OpenApiRouter;

use crate::capture::{path, picture};
use crate::person::ada;
use crate::support::{BOTH, TestApp};

const PRICE: i64 = 1_500;

/// Why a provider does not read.
type Fails = fn() -> CapabilityError;

/// Sees the same on every picture, or fails.
struct Eye {
    profile: Profile,
    fails: Mutex<Option<Fails>>,
    asked: Mutex<Vec<ReadRequest>>,
}

impl Eye {
    fn new(fails: Option<Fails>) -> Arc<Self> {
        Self::named("eyes", fails)
    }

    fn named(name: &str, fails: Option<Fails>) -> Arc<Self> {
        let profile = Profile { provider: name.to_owned(), is_local: name == "local", languages: Vec::new() };
        Arc::new(Self { profile, fails: Mutex::new(fails), asked: Mutex::default() })
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Does<Reading> for Eye {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &ReadRequest) -> Option<MicroUsd> {
        Some(MicroUsd(PRICE))
    }

    fn begin<'a>(&'a self, request: &'a ReadRequest, _: Context<'a>) -> Doing<'a, Begun<Document>> {
        self.asked.lock().unwrap().push(request.clone());
        let block = |text: &str, top: f32| Block {
            text: text.to_owned(),
            bounds: [10.0, top, 60.0, top + 10.0],
            ..Block::default()
        };
        let blocks = vec![block("Где мой чай?", 20.0), block("EXIT", 50.0)];
        let page = Page { number: 1, width: 100.0, height: 100.0, blocks, ..Page::default() };
        let made_by = MadeBy { provider: "eyes".to_owned(), model: "TEXT".to_owned(), version: "v1".to_owned() };
        let answer = Answer::local(Document { pages: vec![page], ..Document::default() }, "", "");
        let answer = Answer { made_by, cost: Some(MicroUsd(PRICE)), ..answer };
        let fails = *self.fails.lock().unwrap();
        Box::pin(async move {
            match fails {
                Some(fails) => Err(fails()),
                None => Ok(Begun::Done(answer)),
            }
        })
    }

    fn look<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async { Ok(CallProgress::CannotTell) })
    }
}

/// Its answer cannot be read, and it cannot tell what became of the picture.
fn lost() -> CapabilityError {
    CapabilityError::lost("bad_answer", "its answer cannot be read")
}

/// Capture with these readers, in this order.
struct Capture(Vec<Arc<Eye>>);

fn real() -> &'static dyn ServerApp {
    APPS[2]
}

impl ServerApp for Capture {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = real().open(common)?;
        let real: &dyn Any = &*real;
        let mut capture = real.downcast_ref::<CaptureApp>().unwrap().clone();
        let route = |eye: &Arc<Eye>| Route { implementation: Arc::clone(eye) as Arc<dyn Read>, when: When::default() };
        capture.reading = Routes::only(Router::new(self.0.iter().map(route)));
        Ok(Arc::new(capture))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        real().routes()
    }
}

/// The phrase of a picture in a language, once its job has ended.
async fn photographed(app: &TestApp, text: &str, language: &str) -> Value {
    let bytes = picture(text);
    let fields = [("file", Some("a.png"), bytes.as_slice()), ("language", None, language.as_bytes())];
    let answer = app.post("/api/v1/phrases/files").of(&ada()).form(&fields).answer().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    app.run_jobs().await;
    app.get(&path(&answer.json(), "")).of(&ada()).send().await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_before_this_machine_reads_a_picture_and_its_price_is_shown() {
    let eye = Eye::new(None);
    let app = TestApp::with(Dialect::Sqlite, MODULES, &[&Capture(vec![Arc::clone(&eye)])], &[]).await;
    let made = photographed(&app, "Something else", "ru").await;
    let text = &made["text"];
    assert_eq!((&text["text"], &text["state"]), (&json!("Где мой чай?"), &json!("doubtful")), "{made}");
    assert_eq!(text["source"], json!({ "kind": "engine", "name": "eyes TEXT v1", "version": null }));
    let lines = made["picture"]["lines"].as_array().unwrap();
    assert_eq!((lines.len(), lines[0]["confidence"].as_f64()), (1, Some(0.0)), "only what is in its script: {made}");
    let reading = json!({ "step": "reading", "own_key": false, "spent_micro_usd": PRICE, "unpriced_calls": 0 });
    assert_eq!((&made["cost"]["steps"], &made["cost"]["spent_micro_usd"]), (&json!([reading]), &json!(PRICE)));
    // The same picture once more is paid for already.
    let again = photographed(&app, "Something else", "ru").await;
    assert_eq!((&again["text"], &again["cost"]), (text, &Value::Null));
    let asked = eye.asked.lock().unwrap().clone();
    assert!(asked.len() == 1 && asked[0].as_pictures, "{asked:?}");
    app.end().await;
}

fn refused() -> CapabilityError {
    CapabilityError::fail("no_credits", "there is no money left there")
}

fn busy() -> CapabilityError {
    CapabilityError::put_off(None, "rate_limited", "it has too much to do")
}

/// What is on the pictures that this machine reads.
const OURS: &str = "La casa de mi abuela es muy grande.";

#[tokio::test(flavor = "multi_thread")]
async fn where_a_provider_does_not_read_a_picture_this_machine_does_and_nobody_waits() {
    for (fails, why) in [(refused as Fails, "there is no money left there"), (busy, "it has too much to do")] {
        let eye = Eye::new(Some(fails));
        let app = TestApp::with(Dialect::Sqlite, MODULES, &[&Capture(vec![Arc::clone(&eye)])], &[]).await;
        let made = photographed(&app, OURS, "es").await;
        assert_eq!((eye.asked(), &made["text"]["text"]), (1, &json!(OURS)), "{made}");
        assert_ne!(made["text"]["source"]["name"], "eyes TEXT v1", "it says who read it: {made}");
        assert_eq!(made["cost"], Value::Null, "{made}");
        assert_eq!(made["passed_over"], json!([{ "provider": "eyes", "why": why }]), "{made}");
        // Who writes the phrase needs to be told no more.
        let edit = app
            .ask(Method::PATCH, &path(&made, ""))
            .of(&ada())
            .json(&json!({ "text": "La casa es grande." }))
            .send()
            .await
            .1;
        assert_eq!(edit["passed_over"], json!([]), "{edit}");
        app.run_jobs().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_behind_this_machine_sees_no_picture_that_it_reads() {
    let first = Eye::new(Some(refused));
    let last = Eye::named("others", None);
    let routes = vec![Arc::clone(&first), Eye::named("local", None), Arc::clone(&last)];
    let app = TestApp::with(Dialect::Sqlite, MODULES, &[&Capture(routes)], &[]).await;
    let made = photographed(&app, OURS, "es").await;
    assert_eq!((first.asked(), last.asked(), &made["text"]["text"]), (1, 0, &json!(OURS)), "{made}");
    assert_eq!(made["passed_over"], json!([{ "provider": "eyes", "why": "there is no money left there" }]), "{made}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_nobody_could_read_says_so_of_each_until_one_of_them_can() {
    for dialect in BOTH {
        let eye = Eye::new(Some(refused));
        let app = TestApp::with(dialect, MODULES, &[&Capture(vec![Arc::clone(&eye)])], &[]).await;
        let failed = photographed(&app, "12 34", "ru").await;
        assert_eq!((&failed["status"], &failed["text"]["text"]), (&json!("failed"), &json!("")), "{failed}");
        assert!(failed["error"]["detail"].as_str().unwrap().contains("no text"), "{failed}");
        let told = json!([{ "provider": "eyes", "why": "there is no money left there" }]);
        assert_eq!(failed["passed_over"], told, "{failed}");
        *eye.fails.lock().unwrap() = None;
        let retried = app.on_phrase(&failed, "/retry", &json!({})).await;
        assert_eq!(retried.json()["passed_over"], json!([]), "{}", retried.text());
        app.run_jobs().await;
        let made = app.phrase_now(&failed).await;
        assert_eq!((&made["text"]["text"], &made["passed_over"]), (&json!("Где мой чай?"), &json!([])), "{made}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_which_the_answer_was_lost_is_read_here_and_by_no_other_provider() {
    for dialect in BOTH {
        let (eye, other) = (Eye::new(Some(lost)), Eye::named("others", None));
        let routes = vec![Arc::clone(&eye), Arc::clone(&other)];
        let app = TestApp::with(dialect, MODULES, &[&Capture(routes)], &[]).await;
        let read = photographed(&app, OURS, "es").await;
        app.advance(Duration::from_mins(1)).await;
        app.run_jobs().await;
        let made = app.phrase_now(&read).await;
        assert_eq!((&made["status"], &made["text"]["text"]), (&json!("pending_review"), &json!(OURS)), "{made}");
        let passed = made["passed_over"].as_array().unwrap();
        assert_eq!((passed.len(), &passed[0]["provider"]), (1, &json!("eyes")), "{made}");
        assert!(passed[0]["why"].as_str().unwrap().contains("may have been paid"), "{made}");
        assert_eq!((eye.asked(), other.asked()), (1, 0), "nobody is paid for it beside the first");
        app.end().await;
    }
}
