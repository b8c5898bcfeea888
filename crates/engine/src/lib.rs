//! The durable engine: jobs that survive a crash, wait without holding a worker, and are never done twice.
//!
//! A job is data plus one function. Its stages are an enum that is stored; each ends in a [`Next`]. The engine
//! counts an attempt when it claims a job, gives it a lease, renews that while the stage runs, and lets nothing be
//! written but under it, by the database's clock. `docs/engine.md` draws the states and says the rules.
//!
//! A whole job, and the program around it:
//!
//! ```
//! use std::time::Duration;
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//! use sluice_engine::{Engine, EnqueueOptions, Job, JobError, Next, Run, Wake};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Greet { name: String }
//!
//! #[derive(Serialize, Deserialize)]
//! enum Stage { Write, Send }
//!
//! impl Job for Greet {
//!     const KIND: &'static str = "example.greet";
//!     type Stage = Stage;
//!     type Context = String; // what it needs to work: clients, folders, settings
//!
//!     fn first_stage() -> Stage { Stage::Write }
//!
//!     async fn run(&self, stage: Stage, run: &Run, greeting: &String) -> Result<Next<Stage>, JobError> {
//!         let key = format!("greet/{greeting}/{}", self.name); // a hash of all that goes in
//!         let text: String = run.result_or(&key, "writer", async || Ok(format!("{greeting}, {}", self.name))).await?;
//!         match stage {
//!             Stage::Write => {
//!                 run.progress("write", 1.0);
//!                 let deadline = Duration::from_mins(1);
//!                 Ok(Next::Wait { then: Stage::Send, signal: "approved".into(), deadline, poll_every: None })
//!             }
//!             Stage::Send if run.wake() == Some(&Wake::Deadline) => Err(JobError::fail("silence", "nobody approved")),
//!             Stage::Send => Ok(Next::Done(json!({ "sent": text }))),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let test = sluice_testkit::TestStore::open().await;
//! # let store = test.store().clone();
//! let engine = Engine::builder(store.clone()).register::<Greet>("Hello".into()).build();
//! let greet = Greet { name: "Ada".into() };
//! let job = store.write(async |tx| engine.enqueue(tx, &greet, EnqueueOptions::default()).await).await?;
//! engine.run_until_idle().await?; // a program calls start(), which works in the background
//! store.write(async |tx| engine.signal(tx, &job, "approved", &json!({})).await).await?;
//! engine.run_until_idle().await?;
//! assert_eq!(engine.job(&job).await?.unwrap().job.result, Some(json!({ "sent": "Hello, Ada" })));
//! # test.end().await;
//! # Ok(()) }
//! ```

mod attempt;
mod batch;
mod call;
mod cron;
mod engine;
mod job;
mod randomness;
mod registry;
mod reports;
mod run;
mod turns;
mod worker;

pub use call::{Answer, Ask, CallError, Found};
pub use engine::{Builder, Engine, EnqueueOptions, JobView, LOCAL_OWNER, Settings};
pub use job::{Job, JobError, Next};
pub use randomness::Randomness;
pub use run::Run;
pub use sluice_store::events::Event;
pub use sluice_store::jobs::{JobRow, LogLine, Need, Reason, Signalled, Step, Wake, Why};
pub use sluice_store::schedules::CatchUp;
pub use worker::Worker;
