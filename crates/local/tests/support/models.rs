//! The models of this machine.

use std::path::PathBuf;

use sluice_local::models::{ModelSet, Models};

/// Where set-up puts the models (`scripts/fetch-models.sh`), with all files of a set.
pub(crate) fn models(set: &'static ModelSet) -> Models {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let data = || variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local/share")));
    let folder = variable("SLUICE_MODELS").or_else(|| Some(data()?.join("sluice/models"))).unwrap();
    let models = Models::new(folder);
    let missing = models.missing(&[set]);
    assert!(missing.is_empty(), "run `make setup`: {missing:?} are missing");
    models
}
