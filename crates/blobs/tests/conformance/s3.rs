//! What only S3 does: signatures, cut connections, changed bytes, the cache of local copies.

use std::path::PathBuf;
use std::time::Duration;

use sluice_blobs::{BlobError, BlobHash, Blobs, Place, Presented, S3Settings};

use super::server::Server;
use super::{keep, noise, s3};

fn cached(data: &std::path::Path) -> Vec<PathBuf> {
    let folder = data.join("cache/0");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| !path.ends_with("lock")).collect()
}

fn fresh(settings: S3Settings) -> (tempfile::TempDir, Blobs) {
    let data = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(data.path(), &Place::S3(settings)).unwrap();
    (data, blobs)
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    let server = Server::start().await;
    let settings = S3Settings { key: Some(("test".into(), "guessed".into())), ..server.settings() };
    let (_data, blobs) = fresh(settings);
    let refused = blobs.publish(blobs.stage_bytes(b"x".to_vec()).await.unwrap()).await;
    assert!(matches!(refused, Err(BlobError::Remote { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_connection_that_is_cut_in_an_upload_leaves_nothing_visible() {
    for length in [5 * 1024 * 1024, 17 * 1024 * 1024] {
        let opened = s3().await;
        let server = opened.server.as_ref().unwrap();
        let staged = opened.blobs.stage_bytes(noise(length)).await.unwrap();
        let hash = staged.hash.clone();
        server.cut_after(length as u64 / 2);
        let failed = opened.blobs.publish(staged).await;
        assert!(matches!(failed, Err(BlobError::Remote { .. })), "{failed:?}");
        server.mend();
        assert_eq!(opened.blobs.size(&hash).await.unwrap(), None, "{length} bytes");
        assert!(opened.blobs.list(None, 10).await.unwrap().is_empty());
        let stored = keep(&opened.blobs, &noise(length)).await;
        assert_eq!(opened.blobs.size(&stored.hash).await.unwrap(), Some(length as u64), "the next upload succeeds");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_for_a_moment_is_tried_again() {
    let opened = s3().await;
    let server = opened.server.as_ref().unwrap();
    server.cut_once_after(3 * 1024 * 1024);
    let bytes = noise(5 * 1024 * 1024);
    let stored = keep(&opened.blobs, &bytes).await;
    assert!(opened.blobs.read(&stored.hash, u64::MAX).await.unwrap() == bytes);
}

#[tokio::test]
async fn a_byte_that_changes_on_its_way_is_noticed_by_the_server() {
    for length in [5 * 1024 * 1024, 17 * 1024 * 1024] {
        let opened = s3().await;
        let server = opened.server.as_ref().unwrap();
        let bytes = noise(length);
        let staged = opened.blobs.stage_bytes(bytes.clone()).await.unwrap();
        let hash = staged.hash.clone();
        server.flip_at(4 * 1024 * 1024);
        // The server refuses what was changed, and it is sent again: what is kept in the end is right, or nothing is.
        match opened.blobs.publish(staged).await {
            Ok(_) => assert!(std::fs::read(server.object(&hash)).unwrap() == bytes, "a changed byte was kept"),
            Err(error) => {
                assert!(matches!(error, BlobError::Remote { .. }), "{error:?}");
                assert_eq!(opened.blobs.size(&hash).await.unwrap(), None);
            }
        }
    }
}

#[tokio::test]
async fn a_damaged_object_is_not_given_to_a_child_process() {
    let opened = s3().await;
    let server = opened.server.as_ref().unwrap();
    let stored = keep(&opened.blobs, b"as it was stored").await;
    std::fs::write(server.object(&stored.hash), b"as it was change").unwrap();
    let (data, elsewhere) = fresh(server.settings());
    let failed = elsewhere.materialise(&stored.hash).await;
    assert!(matches!(failed, Err(BlobError::Damaged { .. })), "{failed:?}");
    assert!(cached(data.path()).is_empty());
}

#[tokio::test]
async fn a_presigned_link_reads_one_object_and_no_other() {
    let opened = s3().await;
    let server = opened.server.as_ref().unwrap();
    let (one, other) = (keep(&opened.blobs, b"one").await, keep(&opened.blobs, b"other").await);
    let presented = Presented {
        content_type: "video/mp4".to_owned(),
        disposition: "inline; filename=\"a b.mp4\"; filename*=UTF-8''a%20b.mp4".to_owned(),
        cache_control: "public, max-age=300, immutable".to_owned(),
    };
    let presign = async |blobs: &Blobs| blobs.presign(&one.hash, Duration::from_mins(5), &presented).await.unwrap();
    assert_eq!((presign(&opened.blobs).await, opened.blobs.redirect_origin()), (None, None), "only if it is set");
    let (_data, blobs) = fresh(S3Settings { redirect: true, ..server.settings() });
    assert_eq!(blobs.redirect_origin(), server.settings().endpoint.as_deref());
    let link = presign(&blobs).await.unwrap();
    assert!(link.starts_with(blobs.redirect_origin().unwrap()), "{link}");
    let client = reqwest::Client::new();
    let answer = client.get(&link).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "video/mp4");
    assert_eq!(answer.headers()["content-disposition"], presented.disposition.as_str());
    assert_eq!(answer.headers()["cache-control"], presented.cache_control.as_str());
    let saved = link.replace("inline", "attachment");
    assert_ne!(saved, link);
    assert_eq!(client.get(&saved).send().await.unwrap().status().as_u16(), 403);
    assert_eq!((answer.status().as_u16(), answer.bytes().await.unwrap().as_ref()), (200, &b"one"[..]));
    let shard = |hash: &BlobHash| format!("{}/{hash}", &hash.as_str()[..2]);
    let forged = link.replace(&shard(&one.hash), &shard(&other.hash));
    assert_ne!(forged, link);
    assert_eq!(client.get(&forged).send().await.unwrap().status().as_u16(), 403);
    let longer = link.replace("X-Amz-Expires=300", "X-Amz-Expires=3000");
    assert_ne!(longer, link);
    assert_eq!(client.get(&longer).send().await.unwrap().status().as_u16(), 403);
    assert_eq!(client.put(&link).body("mine").send().await.unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn local_copies_are_bounded_and_those_in_use_stay() {
    let opened = s3().await;
    let server = opened.server.as_ref().unwrap();
    let mut hashes = Vec::new();
    for number in 0_u8..6 {
        hashes.push(keep(&opened.blobs, &[number; 1000]).await.hash);
    }
    let (data, blobs) = fresh(S3Settings { cache_bytes: 2500, ..server.settings() });
    let held = blobs.materialise(&hashes[0]).await.unwrap();
    for hash in &hashes[1..] {
        drop(blobs.materialise(hash).await.unwrap());
    }
    assert_eq!(std::fs::read(held.path()).unwrap(), [0; 1000], "it is the oldest, and in use");
    assert_eq!(cached(data.path()).len(), 2);
    // The last one used is still there, and the others are fetched again.
    let before = server.requests();
    drop(blobs.materialise(&hashes[5]).await.unwrap());
    assert_eq!(server.requests(), before, "from the cache");
    drop(blobs.materialise(&hashes[1]).await.unwrap());
    assert!(server.requests() > before);
    drop(held);
    for hash in &hashes[1..] {
        drop(blobs.materialise(hash).await.unwrap());
    }
    assert!(!cached(data.path()).iter().any(|path| path.ends_with(hashes[0].as_str())), "nobody holds it any more");
    drop(blobs);
    let again = Blobs::open(data.path(), &Place::S3(S3Settings { cache_bytes: 1000, ..server.settings() }));
    again.unwrap();
    assert_eq!(cached(data.path()).len(), 1, "a smaller bound holds from the start");
}

#[tokio::test]
async fn two_processes_on_one_data_folder_have_a_cache_each() {
    let opened = s3().await;
    let server = opened.server.as_ref().unwrap();
    let stored = keep(&opened.blobs, b"for both").await;
    let other = Blobs::open(opened.data.path(), &Place::S3(server.settings())).unwrap();
    let (a, b) =
        (opened.blobs.materialise(&stored.hash).await.unwrap(), other.materialise(&stored.hash).await.unwrap());
    assert_ne!(a.path(), b.path());
}

#[tokio::test]
async fn many_who_want_one_file_cause_one_download() {
    let opened = s3().await;
    let server = opened.server.as_ref().unwrap();
    let stored = keep(&opened.blobs, &noise(100_000)).await;
    let (data, blobs) = fresh(server.settings());
    let before = server.requests();
    let all = futures::future::join_all((0..8).map(|_| blobs.materialise(&stored.hash))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(server.requests() - before, 1);
    assert_eq!(cached(data.path()).len(), 1);
}
