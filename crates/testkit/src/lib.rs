//! What tests share: a database that goes away, a clock that they move, and failures that they plan.

pub mod faults;
mod store;

pub use faults::PlannedFaults;
pub use store::TestStore;
