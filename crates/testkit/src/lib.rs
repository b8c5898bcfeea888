//! What tests share: a database that goes away, a clock that they move, failures that they plan, documents that are
//! hostile.

pub mod corpus;
mod disk;
pub mod faults;
pub mod pdf;
pub mod postgres;
mod store;

pub use disk::SmallDisk;
pub use faults::PlannedFaults;
pub use store::TestStore;
