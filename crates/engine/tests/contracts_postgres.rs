//! The engine's contracts on `PostgreSQL`: the same suite as `contracts/main.rs`, on a server that it starts itself.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

/// The database that this suite runs on.
const ON: sluice_store::Dialect = sluice_store::Dialect::Postgres;

#[path = "contracts/asking.rs"]
mod asking;
#[path = "contracts/basics.rs"]
mod basics;
#[path = "contracts/budgets.rs"]
mod budgets;
#[path = "contracts/cancelling.rs"]
mod cancelling;
#[path = "contracts/enqueueing.rs"]
mod enqueueing;
#[path = "contracts/events.rs"]
mod events;
#[path = "contracts/failing.rs"]
mod failing;
#[path = "contracts/finishing.rs"]
mod finishing;
#[path = "contracts/isolation.rs"]
mod isolation;
#[path = "contracts/leases.rs"]
mod leases;
#[path = "contracts/offers.rs"]
mod offers;
#[path = "contracts/owners.rs"]
mod owners;
#[path = "contracts/paying.rs"]
mod paying;
#[path = "contracts/rates.rs"]
mod rates;
#[path = "contracts/refusing.rs"]
mod refusing;
#[path = "contracts/results.rs"]
mod results;
#[path = "contracts/schema.rs"]
mod schema;
#[path = "contracts/stopping.rs"]
mod stopping;
#[path = "contracts/studio.rs"]
mod studio;
#[path = "contracts/submitting.rs"]
mod submitting;
#[path = "contracts/support.rs"]
mod support;
#[path = "contracts/values.rs"]
mod values;
#[path = "contracts/waiting.rs"]
mod waiting;
