//! The engine's contracts, each a named test on a real database: here `SQLite`. Crash points are named, the clock is
//! moved by the test, and nothing sleeps. `contracts_postgres.rs` is the same suite on `PostgreSQL`.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

/// The database that this suite runs on.
const ON: sluice_store::Dialect = sluice_store::Dialect::Sqlite;

mod asking;
mod basics;
mod budgets;
mod cancelling;
mod enqueueing;
mod events;
mod failing;
mod finishing;
mod isolation;
mod leases;
mod offers;
mod owners;
mod paying;
mod rates;
mod refusing;
mod results;
mod schema;
mod stopping;
mod storage;
mod studio;
mod submitting;
mod support;
mod values;
mod waiting;
