//! What every place for bytes must do: the same tests on the folder and on S3, and the faults of each.
//!
//! S3 is `s3s-fs`, served in this process with signatures checked (`SimpleAuth`): a server of its own, in Rust, that
//! speaks the protocol over TCP, so that connections can be cut and bytes changed on their way.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod folder;
mod receiving;
mod s3;
mod server;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use sluice_blobs::{BlobError, BlobHash, Blobs, Place, Stored};
use tempfile::TempDir;

use receiving::{
    a_file_arrives_over_several_requests, a_finished_file_that_is_continued_leaves_what_was_made_of_it,
    bytes_that_are_gone_are_noticed, names_are_listed_page_by_page, what_was_not_remembered_is_overwritten,
};
use server::Server;

/// An open place, and what it stands on.
struct Opened {
    blobs: Blobs,
    data: TempDir,
    server: Option<Server>,
}

async fn folder() -> Opened {
    let data = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(data.path(), &Place::Folder).unwrap();
    Opened { blobs, data, server: None }
}

async fn s3() -> Opened {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start().await;
    let blobs = Blobs::open(data.path(), &Place::S3(server.settings())).unwrap();
    Opened { blobs, data, server: Some(server) }
}

/// Runs a test on both.
macro_rules! conforms {
    ($($name:ident)*) => {
        mod on_a_folder { $(#[tokio::test] async fn $name() { super::$name(super::folder().await).await; })* }
        mod on_s3 { $(#[tokio::test] async fn $name() { super::$name(super::s3().await).await; })* }
    };
}

conforms! {
    bytes_from_memory_a_file_and_a_stream_are_one_blob
    nothing_is_visible_before_it_is_published
    a_stream_is_bounded_while_it_is_received
    a_stream_that_breaks_leaves_nothing
    ranges_are_exactly_what_was_asked_for
    a_large_blob_comes_back_whole
    an_empty_blob_is_a_blob
    a_blob_becomes_a_local_file
    listing_goes_page_by_page_in_order
    deleting_twice_is_deleting_once
    what_is_missing_is_said_by_its_hash
    damaged_bytes_are_noticed
    the_place_can_be_checked
    work_folders_come_empty_and_go
    a_held_folder_stays_until_its_holder_is_gone
    holding_and_clearing_at_once_leaves_each_its_own
    a_file_arrives_over_several_requests
    what_was_not_remembered_is_overwritten
    a_finished_file_that_is_continued_leaves_what_was_made_of_it
    bytes_that_are_gone_are_noticed
    names_are_listed_page_by_page
}

async fn keep(blobs: &Blobs, bytes: &[u8]) -> Stored {
    blobs.publish(blobs.stage_bytes(bytes.to_vec()).await.unwrap()).await.unwrap()
}

fn parts(
    parts: Vec<Result<&'static [u8], &'static str>>,
) -> impl futures::Stream<Item = Result<Bytes, String>> + Unpin {
    futures::stream::iter(parts.into_iter().map(|part| part.map(Bytes::from_static).map_err(str::to_owned)))
}

async fn collect(blobs: &Blobs, hash: &BlobHash, range: std::ops::Range<u64>) -> Vec<u8> {
    let mut stream = blobs.open_range(hash, range).await.unwrap();
    let mut all = Vec::new();
    while let Some(part) = stream.next().await {
        all.extend_from_slice(&part.unwrap());
    }
    all
}

/// Bytes that repeat nowhere, so that a part in a wrong place is seen.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

async fn bytes_from_memory_a_file_and_a_stream_are_one_blob(opened: Opened) {
    let blobs = &opened.blobs;
    let file = blobs.work_folder("attempt").await.unwrap().join("a");
    std::fs::write(&file, b"hello").unwrap();
    let from_file = blobs.publish(blobs.stage_file(file.clone()).await.unwrap()).await.unwrap();
    assert!(!file.exists(), "it was taken over");
    let from_stream = blobs.stage_stream(parts(vec![Ok(b"hel"), Ok(b"lo")]), 5).await.unwrap();
    let from_stream = blobs.publish(from_stream).await.unwrap();
    let from_memory = keep(blobs, b"hello").await;
    assert_eq!((&from_file, &from_stream), (&from_memory, &from_memory));
    assert_eq!(from_memory.hash, BlobHash::of(b"hello"));
    assert_eq!(blobs.read(&from_memory.hash, 5).await.unwrap(), b"hello");
    assert_eq!(blobs.list(None, 10).await.unwrap().len(), 1);
}

async fn nothing_is_visible_before_it_is_published(opened: Opened) {
    let staged = opened.blobs.stage_bytes(b"soon".to_vec()).await.unwrap();
    assert_eq!(opened.blobs.size(&staged.hash).await.unwrap(), None);
    assert!(opened.blobs.list(None, 10).await.unwrap().is_empty());
    let hash = staged.hash.clone();
    drop(staged);
    assert_eq!(opened.blobs.size(&hash).await.unwrap(), None);
    assert_eq!(opened.blobs.clear_incoming(Duration::ZERO).await.unwrap(), 0, "its file went with it");
}

async fn a_stream_is_bounded_while_it_is_received(opened: Opened) {
    let endless = futures::stream::repeat_with(|| Ok::<_, String>(Bytes::from_static(&[7; 1000])));
    let refused = opened.blobs.stage_stream(endless, 10_000).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { limit: 10_000 })), "{refused:?}");
    assert_eq!(opened.blobs.clear_incoming(Duration::ZERO).await.unwrap(), 0, "nothing stays of it");
}

async fn a_stream_that_breaks_leaves_nothing(opened: Opened) {
    let refused = opened.blobs.stage_stream(parts(vec![Ok(b"half"), Err("connection reset")]), 100).await;
    assert!(matches!(refused, Err(BlobError::Interrupted(_))), "{refused:?}");
    assert_eq!(opened.blobs.clear_incoming(Duration::ZERO).await.unwrap(), 0);
    assert!(opened.blobs.list(None, 10).await.unwrap().is_empty());
}

async fn ranges_are_exactly_what_was_asked_for(opened: Opened) {
    let bytes = noise(300_000);
    let stored = keep(&opened.blobs, &bytes).await;
    for range in [0..1, 0..300_000, 299_999..300_000, 131_071..131_073, 1_000..1_000, 300_000..300_000] {
        let wanted = bytes.get(range.start..range.end).unwrap();
        let got = collect(&opened.blobs, &stored.hash, range.start as u64..range.end as u64).await;
        assert!(got == wanted, "{range:?}");
    }
    let outside = opened.blobs.open_range(&stored.hash, 0..300_001).await.err();
    assert!(matches!(outside, Some(BlobError::OutOfRange { bytes: 300_000, .. })), "{outside:?}");
}

async fn a_large_blob_comes_back_whole(opened: Opened) {
    // Three parts on S3, the last one short.
    let bytes = noise(17 * 1024 * 1024 + 5);
    let stored = keep(&opened.blobs, &bytes).await;
    assert_eq!(opened.blobs.size(&stored.hash).await.unwrap(), Some(bytes.len() as u64));
    assert!(opened.blobs.read(&stored.hash, u64::MAX).await.unwrap() == bytes);
}

async fn an_empty_blob_is_a_blob(opened: Opened) {
    let stored = keep(&opened.blobs, b"").await;
    assert_eq!(opened.blobs.size(&stored.hash).await.unwrap(), Some(0));
    assert_eq!(opened.blobs.read(&stored.hash, 0).await.unwrap(), b"");
}

async fn a_blob_becomes_a_local_file(opened: Opened) {
    let stored = keep(&opened.blobs, b"for a child process").await;
    let file = opened.blobs.materialise(&stored.hash).await.unwrap();
    assert_eq!(std::fs::read(file.path()).unwrap(), b"for a child process");
}

async fn listing_goes_page_by_page_in_order(opened: Opened) {
    let mut kept = BTreeSet::new();
    for number in 0..50 {
        kept.insert(keep(&opened.blobs, format!("number {number}").as_bytes()).await.hash);
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = opened.blobs.list(after.as_ref(), 7).await.unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        after = Some(last.hash.clone());
        found.extend(page.into_iter().map(|listed| listed.hash));
    }
    assert_eq!(found, kept.into_iter().collect::<Vec<_>>());
}

async fn deleting_twice_is_deleting_once(opened: Opened) {
    let stored = keep(&opened.blobs, b"gone").await;
    opened.blobs.delete(&stored.hash).await.unwrap();
    opened.blobs.delete(&stored.hash).await.unwrap();
    assert!(!opened.blobs.contains(&stored.hash).await.unwrap());
    let again = keep(&opened.blobs, b"gone").await;
    assert_eq!(opened.blobs.read(&again.hash, 10).await.unwrap(), b"gone");
}

async fn what_is_missing_is_said_by_its_hash(opened: Opened) {
    let hash = BlobHash::of(b"never");
    for outcome in [
        opened.blobs.read(&hash, 10).await.map(drop),
        opened.blobs.open_range(&hash, 0..1).await.map(drop),
        opened.blobs.materialise(&hash).await.map(drop),
    ] {
        assert!(matches!(&outcome, Err(BlobError::Missing { hash: named }) if *named == hash), "{outcome:?}");
    }
}

async fn damaged_bytes_are_noticed(opened: Opened) {
    let stored = keep(&opened.blobs, b"as it was stored").await;
    let file = match &opened.server {
        Some(server) => server.object(&stored.hash),
        None => opened.data.path().join("media").join(&stored.hash.as_str()[..2]).join(stored.hash.as_str()),
    };
    std::fs::write(&file, b"as it was change").unwrap();
    let read = opened.blobs.read(&stored.hash, 100).await;
    assert!(matches!(read, Err(BlobError::Damaged { .. })), "{read:?}");
}

async fn the_place_can_be_checked(opened: Opened) {
    opened.blobs.check().await.unwrap();
    assert!(opened.blobs.list(None, 1).await.unwrap().is_empty(), "it leaves nothing");
}

async fn a_held_folder_stays_until_its_holder_is_gone(opened: Opened) {
    let blobs = &opened.blobs;
    let held = blobs.hold_folder("held").await.unwrap();
    std::fs::write(held.path().join("received"), b"x").unwrap();
    assert!(!blobs.clear_unless_held("held").await.unwrap());
    assert!(held.path().join("received").exists());
    // A process that died leaves the folder and the file, without the lock.
    let left = blobs.work_folder("left").await.unwrap();
    std::fs::write(left.join(".held"), b"").unwrap();
    assert!(blobs.clear_unless_held("left").await.unwrap());
    assert!(!blobs.clear_unless_held("left").await.unwrap(), "it is gone already");
    held.clear().await.unwrap();
    assert!(blobs.work_names("", 10).await.unwrap().is_empty());
}

async fn holding_and_clearing_at_once_leaves_each_its_own(opened: Opened) {
    let blobs = opened.blobs.clone();
    let clearer = tokio::spawn(async move {
        loop {
            for name in blobs.work_names("", 100).await.unwrap() {
                blobs.clear_unless_held(&name).await.unwrap();
            }
        }
    });
    for number in 0..200 {
        let held = opened.blobs.hold_folder(&format!("held-{number}")).await.unwrap();
        let file = held.path().join("received");
        std::fs::write(&file, b"x").unwrap();
        tokio::task::yield_now().await;
        assert!(file.exists(), "{number}");
        held.clear().await.unwrap();
    }
    assert!(!clearer.is_finished());
    clearer.abort();
}

async fn work_folders_come_empty_and_go(opened: Opened) {
    let blobs = &opened.blobs;
    let folder = blobs.work_folder("attempt").await.unwrap();
    std::fs::write(folder.join("old"), b"x").unwrap();
    let folder = blobs.work_folder("attempt").await.unwrap();
    assert!(!folder.join("old").exists(), "what an earlier attempt left is gone");
    blobs.work_folder("other").await.unwrap();
    assert_eq!(blobs.work_names("", 10).await.unwrap(), ["attempt", "other"]);
    assert_eq!(blobs.work_names("attempt", 10).await.unwrap(), ["other"]);
    blobs.clear_work("attempt").await.unwrap();
    blobs.clear_work("attempt").await.unwrap();
    assert_eq!(blobs.work_names("", 10).await.unwrap(), ["other"]);
}
