//! What only the folder does.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sluice_blobs::{BlobHash, Blobs, Place};

use super::{Opened, folder, keep, s3};

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
    for opened in [folder().await, s3().await] {
        is_for_its_owner_alone(opened).await;
    }
}

async fn is_for_its_owner_alone(opened: Opened) {
    let data = opened.data.path();
    let _held = opened.blobs.hold_folder("held").await.unwrap();
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

/// In place of a file or a folder, a link that nobody can follow.
fn unusable(path: &Path) {
    if path.is_dir() {
        std::fs::remove_dir_all(path).unwrap();
    } else {
        std::fs::remove_file(path).unwrap();
    }
    std::os::unix::fs::symlink(path, path).unwrap();
}

/// What a listing found, in order: the blobs, and whether each has a length.
async fn listed(blobs: &Blobs, limit: usize) -> Vec<(BlobHash, bool)> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = blobs.list(after.as_ref(), limit).await.unwrap();
        found.extend(page.iter().map(|listed| (listed.hash.clone(), listed.bytes.is_ok())));
        let Some(last) = page.last().filter(|_| page.len() == limit) else { return found };
        after = Some(last.hash.clone());
    }
}

#[tokio::test]
async fn a_blob_that_cannot_be_used_hides_no_other() {
    let opened = folder().await;
    let mut kept = BTreeMap::new();
    for number in 0..20 {
        kept.insert(keep(&opened.blobs, format!("number {number}").as_bytes()).await.hash, true);
    }
    let hashes: Vec<BlobHash> = kept.keys().cloned().collect();
    for hash in [&hashes[0], &hashes[7], &hashes[19]] {
        let path = opened.blobs.materialise(hash).await.unwrap().path().to_owned();
        unusable(&path);
        kept.insert(hash.clone(), false);
    }
    let folder_of_that_name = opened.blobs.materialise(&hashes[3]).await.unwrap().path().to_owned();
    std::fs::remove_file(&folder_of_that_name).unwrap();
    std::fs::create_dir(&folder_of_that_name).unwrap();
    kept.insert(hashes[3].clone(), false);
    let kept: Vec<(BlobHash, bool)> = kept.into_iter().collect();
    for limit in [1, 7, 100] {
        assert_eq!(listed(&opened.blobs, limit).await, kept, "{limit} at a time");
    }
}

#[tokio::test]
async fn a_folder_of_blobs_that_cannot_be_read_hides_no_other() {
    let opened = folder().await;
    let mut kept = BTreeSet::new();
    for number in 0..20 {
        kept.insert(keep(&opened.blobs, format!("number {number}").as_bytes()).await.hash);
    }
    let media = opened.data.path().join("media");
    let lost = kept.iter().nth(7).unwrap().as_str()[..2].to_owned();
    unusable(&media.join(&lost));
    kept.retain(|hash| hash.as_str()[..2] != lost);
    let found = listed(&opened.blobs, 7).await.into_iter().map(|(hash, _)| hash);
    assert_eq!(found.collect::<Vec<_>>(), kept.into_iter().collect::<Vec<_>>());
    std::fs::remove_dir_all(&media).unwrap();
    let gone = opened.blobs.list(None, 7).await;
    assert!(gone.is_err(), "all of them: {gone:?}");
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
