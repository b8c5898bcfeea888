//! The real router over a real store, in process: what an app must keep to, whichever database there is.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

mod access;
mod again;
#[expect(dead_code, reason = "its faults are for the tests of the blob store, whose server it is")]
#[path = "../../../blobs/tests/conformance/server.rs"]
mod bucket;
mod capture;
mod capture_drafts;
mod capture_model;
mod capture_review;
mod capture_seen;
mod capture_uploads;
mod choices;
mod capture_swaps;
mod docs;
mod edits;
mod ended;
mod events;
mod example;
mod failures;
mod fakes;
mod filmed;
mod finished;
mod health;
mod issuer;
mod issuers;
mod keeping;
mod limits;
mod links;
mod listening;
mod metrics;
mod model;
mod models;
mod oidc;
mod operations;
mod owners;
mod person;
mod previews;
mod providers;
mod reels;
mod refusals;
mod scenes;
mod scribe;
mod scribe_summary;
mod scribe_words;
mod shelf;
mod stages;
mod storage;
mod storyboard;
mod studio;
mod support;
mod ticks;
mod uploads;
mod walk;
mod webhooks;
mod written;
