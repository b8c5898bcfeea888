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

/// The program that a test runs from outside: the one in `SLUICE_BINARY`, such as the binary that is shipped, or else the
/// one that was built with the test.
pub fn program(built: &str) -> std::path::PathBuf {
    std::env::var_os("SLUICE_BINARY").map_or_else(|| built.into(), Into::into)
}
