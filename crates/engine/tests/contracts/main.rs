//! The engine's contracts, each a named test on a real database. Crash points are named, the clock is moved by the
//! test, and nothing sleeps.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod basics;
mod cancelling;
mod enqueueing;
mod events;
mod failing;
mod finishing;
mod leases;
mod results;
mod stopping;
mod storage;
mod support;
mod waiting;
