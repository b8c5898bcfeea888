//! Files that arrive over several requests, on both places.

use bytes::Bytes;
use sluice_blobs::BlobError;

use crate::{Opened, keep, noise};

const MIB: usize = 1024 * 1024;

/// One request of an upload: its bytes from `offset` on; returns what is durable at its end.
async fn send(opened: &Opened, name: &str, whole: &[u8], from: usize, to: usize) -> u64 {
    let mut receiving = opened.blobs.receive(name, from as u64, whole.len() as u64).await.unwrap();
    for part in whole.get(from..to).unwrap().chunks(100_000) {
        receiving.write(Bytes::copy_from_slice(part)).await.unwrap();
    }
    let durable = receiving.flush().await.unwrap();
    receiving.recorded().await.unwrap();
    durable
}

async fn assembled(opened: &Opened, name: &str, whole: &[u8], from: usize) -> Vec<u8> {
    let mut receiving = opened.blobs.receive(name, from as u64, whole.len() as u64).await.unwrap();
    receiving.write(Bytes::copy_from_slice(whole.get(from..).unwrap())).await.unwrap();
    let target = opened.blobs.work_folder("upload").await.unwrap().join("upload");
    receiving.assemble(&target).await.unwrap();
    std::fs::read(target).unwrap()
}

pub(crate) async fn a_file_arrives_over_several_requests(opened: Opened) {
    let whole = noise(20 * MIB + 7);
    let mut at = 0;
    // Within a piece, at its end, over several, and nothing at all.
    for to in [1, 3 * MIB, 8 * MIB, 8 * MIB, 17 * MIB, 18 * MIB] {
        let durable = send(&opened, "one", &whole, at, to).await;
        assert_eq!(durable, to as u64);
        at = to;
    }
    assert!(assembled(&opened, "one", &whole, at).await == whole);
    assert_eq!(opened.blobs.received_names("", 10).await.unwrap(), ["one"]);
    opened.blobs.remove_received("one").await.unwrap();
    opened.blobs.remove_received("one").await.unwrap();
    assert_eq!(opened.blobs.received_names("", 10).await.unwrap(), [""; 0]);
}

pub(crate) async fn what_was_not_remembered_is_overwritten(opened: Opened) {
    let whole = noise(10 * MIB);
    let wrong = vec![0xaa; 10 * MIB];
    assert_eq!(send(&opened, "one", &whole, 0, MIB).await, MIB as u64);
    // A request whose end nobody recorded, as after a crash.
    let mut receiving = opened.blobs.receive("one", MIB as u64, whole.len() as u64).await.unwrap();
    receiving.write(Bytes::from(wrong.clone()).slice(..8 * MIB)).await.unwrap();
    receiving.flush().await.unwrap();
    drop(receiving);
    // One whose checksum was wrong.
    let mut receiving = opened.blobs.receive("one", MIB as u64, whole.len() as u64).await.unwrap();
    receiving.write(Bytes::from(wrong).slice(..9 * MIB)).await.unwrap();
    receiving.discard().await.unwrap();
    assert!(assembled(&opened, "one", &whole, MIB).await == whole);
}

pub(crate) async fn a_finished_file_that_is_continued_leaves_what_was_made_of_it(opened: Opened) {
    let whole = noise(3 * MIB);
    send(&opened, "one", &whole, 0, 2 * MIB).await;
    let first = {
        let mut receiving = opened.blobs.receive("one", 2 * MIB as u64, whole.len() as u64).await.unwrap();
        receiving.write(Bytes::copy_from_slice(whole.get(2 * MIB..).unwrap())).await.unwrap();
        let target = opened.blobs.work_folder("upload").await.unwrap().join("upload");
        receiving.assemble(&target).await.unwrap();
        opened.blobs.publish(opened.blobs.stage_file(target).await.unwrap()).await.unwrap()
    };
    // The row of the document was not written, and the client sends other bytes now.
    let mut other = whole.clone();
    other[2 * MIB..].fill(7);
    assert!(assembled(&opened, "one", &other, 2 * MIB).await == other);
    assert!(opened.blobs.read(&first.hash, u64::MAX).await.unwrap() == whole, "a published blob never changes");
}

pub(crate) async fn bytes_that_are_gone_are_noticed(opened: Opened) {
    let whole = noise(MIB);
    send(&opened, "one", &whole, 0, 1000).await;
    opened.blobs.remove_received("one").await.unwrap();
    let lost = opened.blobs.receive("one", 1000, MIB as u64).await;
    assert!(matches!(lost, Err(BlobError::Lost { received: 1000, found: 0 })), "{lost:?}");
}

pub(crate) async fn names_are_listed_page_by_page(opened: Opened) {
    let whole = noise(1000);
    for name in ["a", "b", "c", "d", "e"] {
        send(&opened, name, &whole, 0, 500).await;
        send(&opened, name, &whole, 500, 600).await;
    }
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = opened.blobs.received_names(&after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        found.extend(page);
    }
    assert_eq!(found, ["a", "b", "c", "d", "e"]);
    assert!(opened.blobs.list(None, 10).await.unwrap().is_empty(), "none of it is a blob");
}

#[tokio::test]
async fn a_file_in_the_folder_has_one_writer() {
    let opened = crate::folder().await;
    let first = opened.blobs.receive("one", 0, 10).await.unwrap();
    let second = opened.blobs.receive("one", 0, 10).await;
    assert!(matches!(second, Err(BlobError::Held)), "{second:?}");
    drop(first);
    opened.blobs.receive("one", 0, 10).await.unwrap();
}

#[tokio::test]
async fn a_bucket_that_is_away_stops_an_upload_at_its_next_piece_and_not_before() {
    let opened = crate::s3().await;
    let server = opened.server.as_ref().unwrap();
    let whole = noise(20 * MIB);
    assert_eq!(send(&opened, "one", &whole, 0, MIB).await, MIB as u64);
    let mut receiving = opened.blobs.receive("one", MIB as u64, whole.len() as u64).await.unwrap();
    server.cut_after(MIB as u64);
    // The first piece is being sent while the second is received.
    receiving.write(Bytes::copy_from_slice(whole.get(MIB..10 * MIB).unwrap())).await.unwrap();
    for _ in 0..2 {
        let failed = receiving.flush().await;
        assert!(matches!(failed, Err(BlobError::Remote { .. })), "{failed:?}");
    }
    assert_eq!(receiving.sync().await.unwrap(), MIB as u64, "what was durable before");
    drop(receiving);
    server.mend();
    assert!(assembled(&opened, "one", &whole, MIB).await == whole);
}

#[tokio::test]
async fn what_is_sent_at_once_beyond_the_memory_for_it_waits_and_arrives() {
    let opened = crate::s3().await;
    let whole = noise(9 * MIB);
    let names = ["a", "b", "c", "d", "e"];
    let uploads = names.map(|name| send(&opened, name, &whole, 0, 8 * MIB + 5));
    // Each has parts that wait for those of the other.
    let files = [noise(25 * MIB), noise(25 * MIB + 1)];
    let publish = files.each_ref().map(|file| keep(&opened.blobs, file));
    let (durable, stored) = tokio::join!(futures::future::join_all(uploads), futures::future::join_all(publish));
    assert_eq!(durable, [8 * MIB as u64 + 5; 5]);
    for name in names {
        assert!(assembled(&opened, name, &whole, 8 * MIB + 5).await == whole, "{name}");
    }
    for (file, stored) in files.iter().zip(stored) {
        assert!(opened.blobs.read(&stored.hash, u64::MAX).await.unwrap() == *file);
    }
}
