//! What the programs of this workspace share.
//!
//! A program implements [`Peer`] for a job queue and hands it to [`measure`], which takes every queue through the same
//! phases and prints one line of JSON for each figure. `floor`, which has no queue to implement, uses the phases one by one.

pub mod handler;
pub mod latencies;
pub mod peer;
pub mod phases;
pub mod report;
pub mod settings;

pub use peer::{Peer, measure};
pub use report::{Measure, Report};
pub use settings::{Database, Settings};
