//! What the tests of this crate share.

use std::path::PathBuf;

use sluice_local::guard::Guard;

/// A guard with the example that is only an engine child.
pub(crate) fn guard() -> Guard {
    Guard::new(engine_child())
}

pub(crate) fn engine_child() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // target/release/deps/test-… → target/release/examples/engine_child
    let path = test.ancestors().nth(2).unwrap().join("examples/engine_child");
    assert!(path.exists(), "{} is missing: cargo build --release -p sluice-local --examples", path.display());
    path
}
