//! A models folder that a test may damage.

use std::path::Path;

use sluice_local::models::{ModelSet, Models, files};

/// A models folder with links to another one's files of a set.
pub(crate) fn linked(set: &'static ModelSet, models: &Models, folder: &Path) -> Models {
    let linked = Models::new(folder);
    for file in files(&[set]) {
        let path = linked.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(models.path(file), path).unwrap();
    }
    linked
}
