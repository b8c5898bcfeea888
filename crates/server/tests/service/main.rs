//! The release binary as a program of somebody else meets it: over HTTP, with real files.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

mod clocks;
mod documents;
mod events;
mod forms;
mod http;
mod intake;
mod lasting;
mod limits;
mod lists;
mod logs;
mod lost_replies;
mod media;
mod remote;
mod scans;
mod support;
mod video;
