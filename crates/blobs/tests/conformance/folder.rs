//! What only the folder does.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sluice_blobs::{Blobs, Place};

use super::{folder, keep};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}

#[tokio::test]
async fn everything_is_for_its_owner_alone() {
    let opened = folder().await;
    let data = opened.data.path();
    let work = opened.blobs.work_folder("attempt").await.unwrap();
    let made_by_a_child = work.join("clip.mp4");
    std::fs::write(&made_by_a_child, b"made").unwrap();
    std::fs::set_permissions(&made_by_a_child, std::fs::Permissions::from_mode(0o644)).unwrap();
    opened.blobs.publish(opened.blobs.stage_file(made_by_a_child).await.unwrap()).await.unwrap();
    keep(&opened.blobs, b"kept").await;
    for path in walk(data) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), wanted, "{}", path.display());
    }
}

#[tokio::test]
async fn folders_that_were_open_to_others_are_closed() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    for folder in ["media/00", "work"] {
        std::fs::create_dir_all(data.join(folder)).unwrap();
    }
    for folder in ["", "media", "media/00", "work"] {
        std::fs::set_permissions(data.join(folder), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    Blobs::open(&data, &Place::Folder).unwrap();
    for folder in ["", "media", "media/00", "work"] {
        assert_eq!(mode(&data.join(folder)), 0o700, "{folder}");
    }
}

#[tokio::test]
async fn a_blob_needs_no_new_folder() {
    // A new folder would have to be synced in its parent, too: all of them are made, and synced, when it is opened.
    let opened = folder().await;
    let media = opened.data.path().join("media");
    assert_eq!(std::fs::read_dir(&media).unwrap().count(), 256);
}

#[tokio::test]
async fn the_same_bytes_again_mend_what_was_damaged() {
    let opened = folder().await;
    let stored = keep(&opened.blobs, b"whole").await;
    let file = opened.blobs.materialise(&stored.hash).await.unwrap();
    std::fs::write(file.path(), b"torn!").unwrap();
    keep(&opened.blobs, b"whole").await;
    assert_eq!(opened.blobs.read(&stored.hash, 10).await.unwrap(), b"whole");
}
