//! The durable job engine: jobs survive crashes, wait without occupying a worker, and write under fenced leases.
//!
//! A job is data plus one function. Its stages are a stored enum; each ends in a [`Next`]. The engine counts an attempt when
//! it claims a job, grants it a lease, renews that while the stage runs, and accepts writes only under it, by the database's
//! clock. `docs/engine.md` has the states and the rules.
//!
#![doc = include_str!("../../../docs/jobs.md")]

mod attempt;
mod backoff;
mod batch;
mod bisect;
mod call;
mod counters;
mod cron;
mod engine;
mod job;
mod keyed_locks;
mod live;
mod maintenance;
mod operator;
mod progress;
mod randomness;
mod reading;
mod registry;
mod reports;
mod run;
mod tallies;
mod timings;
mod worker;

pub use call::{Answer, Ask, CallError, CallProgress, Called, Cancelled, Charge, Found, Pending, Submit, Submitted};
pub use counters::Counter;
pub use engine::{Builder, ChildOptions, Engine, EnqueueOptions, JobView, Settings};
pub use job::{Job, JobError, Next, UNKNOWN};
pub use operator::Operator;
pub use progress::Progress;
pub use randomness::Randomness;
pub use run::Run;
pub use sluice_store::calls::Notified;
pub use sluice_store::events::Event;
pub use sluice_store::jobs::{Amounts, Filter, JobRow, LogLine, Need, Reason, Signalled, Step, Wake, Why};
pub use sluice_store::providers::Quota;
pub use sluice_store::schedules::CatchUp;
pub use tallies::Tallies;
pub use timings::{BOUNDS, Histogram, Timing};
pub use worker::Worker;
