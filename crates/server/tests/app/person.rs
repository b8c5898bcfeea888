//! What a person does over HTTP, as far as tests have it in common.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::reel::ReelApp;
use sluice_app::reel::ReelId;
use sluice_app::reel::edit::{self, EditError};
use sluice_domain::ids::OwnerId;
use sluice_store::calls;
use sluice_testkit::pdf;

use crate::support::TestApp;

pub(crate) fn ada() -> OwnerId {
    "ada".parse().unwrap()
}

pub(crate) fn omar() -> OwnerId {
    "omar".parse().unwrap()
}

pub(crate) fn path(reel: &Value) -> String {
    format!("/api/v1/reels/{}", reel["id"].as_str().unwrap())
}

pub(crate) fn job_path(reel: &Value, rest: &str) -> String {
    format!("/api/v1/jobs/{}{rest}", reel["job_id"].as_str().unwrap())
}

fn reel_id(reel: &Value) -> ReelId {
    reel["id"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn scenes(view: &Value) -> &Vec<Value> {
    view["scenes"].as_array().unwrap()
}

/// The path of a link, without its signature: the same for the same bytes under the same name.
pub(crate) fn file_of(link: &Value) -> String {
    link.as_str().unwrap().split('?').next().unwrap().to_owned()
}

/// A document that is fine, and whose sentences are no other document's.
pub(crate) fn about(subject: &str) -> Vec<u8> {
    pdf::text(&[&format!(
        "The {subject} turns twice a day. It follows the moon, which pulls at the water of the sea.\n\
         When sun and moon stand in one line, the {subject} is strongest: sailors fear it then.\n\
         A week later they stand at a right angle, and the {subject} is weak for some days.\n\
         Harbours publish tables of the hours of the {subject}. They are computed years ahead.\n\
         Wind and air pressure move the {subject} too, and nobody can compute those years ahead.\n\
         So a careful sailor knows the {subject} first, then looks at the sky, then at the water."
    )])
}

impl TestApp {
    pub(crate) async fn show(&self, reel: &Value) -> Value {
        let (status, view) = self.get(&path(reel)).of(&ada()).send().await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    pub(crate) async fn job(&self, reel: &Value) -> Value {
        let (status, view) = self.get(&job_path(reel, "")).of(&ada()).send().await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    /// A reel of a document, not yet begun.
    pub(crate) async fn started(&self, bytes: &[u8], choices: Value) -> Value {
        let document = self.document(&ada(), "tides.pdf", bytes).await;
        self.reel(&ada(), &document, choices).await
    }

    /// A reel of a document, in the smallest shape, done.
    pub(crate) async fn made(&self, bytes: &[u8]) -> Value {
        let reel = self.started(bytes, json!({ "shape": "1:1" })).await;
        let done = self.run_to_end(&reel).await;
        assert_eq!((&done["state"], &done["error"]), (&json!("done"), &Value::Null), "{done}");
        done
    }

    /// Runs jobs, also those that wait for their next attempt, until a reel is not worked on any more.
    pub(crate) async fn run_to_end(&self, reel: &Value) -> Value {
        for _ in 0..20 {
            self.run_jobs().await;
            let view = self.show(reel).await;
            if view["state"] != "working" {
                return view;
            }
            self.advance(Duration::from_secs(40)).await;
        }
        panic!("it never ends: {}", self.show(reel).await);
    }

    /// Returns once a reel is not worked on any more, by a worker that was started before.
    pub(crate) async fn until_done(&self, reel: &Value) -> Value {
        let mut changed = self.app.engine.changed();
        loop {
            changed.mark_unchanged();
            let view = self.show(reel).await;
            if view["state"] != "working" {
                return view;
            }
            changed.changed().await.unwrap();
        }
    }

    /// Ends the work on a reel, so that the test leaves nothing behind.
    pub(crate) async fn stop(&self, reel: &Value) {
        let (status, answer) = self.post(&job_path(reel, "/cancel")).of(&ada()).send().await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    pub(crate) async fn retry(&self, reel: &Value) -> (StatusCode, Value) {
        self.post(&job_path(reel, "/retry")).of(&ada()).send().await
    }

    pub(crate) async fn delete(&self, reel: &Value) -> StatusCode {
        self.ask(Method::DELETE, &path(reel)).of(&ada()).send().await.0
    }

    pub(crate) async fn edit(&self, reel: &Value, n: u32, change: Value) -> (StatusCode, Value) {
        self.ask(Method::PATCH, &format!("{}/scenes/{n}", path(reel))).of(&ada()).json(&change).send().await
    }

    /// An edit that is taken; gives the reel after it.
    pub(crate) async fn edited(&self, reel: &Value, n: u32, change: Value) -> Value {
        let (status, view) = self.edit(reel, n, change).await;
        assert_eq!(status, StatusCode::OK, "{view}");
        view
    }

    /// Asks for what changed to be rendered; gives the reel after it.
    pub(crate) async fn render(&self, reel: &Value) -> Value {
        let (status, view) = self.post(&format!("{}/render", path(reel))).of(&ada()).send().await;
        assert_eq!(status, StatusCode::ACCEPTED, "{view}");
        view
    }

    /// As `sluice reel --again` does it.
    pub(crate) async fn again(&self, owner: &OwnerId, reel: &Value) -> Result<(), EditError> {
        let handle = self.app.module::<ReelApp>().unwrap();
        edit::again(owner, handle, &self.app.engine, &reel_id(reel)).await
    }

    pub(crate) async fn calls(&self) -> u64 {
        let rows = self.app.platform.store.read(async |tx| calls::count(tx).await).await.unwrap();
        rows.into_iter().map(|(_, _, count)| count).sum()
    }

    /// The status and the code of a link or an address.
    pub(crate) async fn code_of(&self, address: &str) -> (u16, String) {
        let (status, answer) = self.get(address).of(&ada()).send().await;
        (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
    }
}
