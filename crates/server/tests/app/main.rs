//! The real router over a real store, in process: what an app must keep to, whichever database there is.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod example;
mod owners;
mod reels;
mod storyboard;
mod support;
