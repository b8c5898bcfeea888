//! The real router over a real store, in process: what an app must keep to, whichever database there is.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod again;
mod choices;
mod edits;
mod example;
mod failures;
mod fakes;
mod finished;
mod keeping;
mod owners;
mod person;
mod previews;
mod reels;
mod refusals;
mod scenes;
mod stages;
mod storyboard;
mod support;
