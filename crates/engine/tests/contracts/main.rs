//! The engine's contracts, each a named test on a real database. Crash points are named, the clock is moved by the
//! test, and nothing sleeps.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod basics;
mod support;
