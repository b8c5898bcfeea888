//! Bytes: kept, collected, compared with their rows.

use std::path::Path;

use sluice_app::maintenance::verify::{self, Fault};
use sluice_app::maintenance::work;
use sluice_app::media::MediaError;
use sluice_blobs::Stored;
use sluice_domain::ids::JobId;
use sluice_store::{Tx, blobs, results};

use crate::{World, on_both};

on_both! {
    bytes_stay_while_referenced_and_are_collected_afterwards
    what_was_deleted_cannot_be_read_although_its_bytes_are_still_there
    a_stored_result_keeps_its_bytes_until_it_is_forgotten
    missing_bytes_are_reported_with_their_owner
    bytes_without_a_row_are_collected
    a_blob_that_cannot_be_looked_at_is_named_and_passed_over
    a_store_that_cannot_be_used_is_verified_later
    bytes_that_are_being_deleted_can_be_stored_again_afterwards
    temporary_folders_of_finished_attempts_are_removed
    a_temporary_folder_that_cannot_be_removed_stops_no_other
}

async fn bytes_stay_while_referenced_and_are_collected_afterwards(world: World) {
    let (kept, lost) = (world.keep(b"kept").await, world.keep(b"lost").await);
    world.point("ada", "one", &kept).await;
    assert_eq!(world.collect().await, 0, "both are new");
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 1);
    assert!(world.file(&kept).is_file() && !world.file(&lost).exists());
    world.release("ada", "one").await;
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 1);
    assert!(!world.file(&kept).exists());
    world.test.end().await;
}

async fn what_was_deleted_cannot_be_read_although_its_bytes_are_still_there(world: World) {
    let stored = world.keep(b"secret").await;
    world.point("ada", "one", &stored).await;
    assert_eq!(world.media().size_of_referenced(&stored.hash).await.unwrap(), Some(6));
    world.release("ada", "one").await;
    assert_eq!(world.media().size_of_referenced(&stored.hash).await.unwrap(), None);
    assert!(world.file(&stored).is_file());
    world.test.end().await;
}

async fn a_stored_result_keeps_its_bytes_until_it_is_forgotten(world: World) {
    let stored = world.keep(b"a clip").await;
    let value = serde_json::json!({ "clip": stored.hash });
    let store = world.test.store();
    store.write(async |tx| results::store(tx, "clip:1", "clip", &value).await).await.unwrap();
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 0);
    store.write(async |tx| results::forget(tx, "clip:1").await).await.unwrap();
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 1);
    world.test.end().await;
}

async fn verified(world: &World) -> Vec<verify::Finding> {
    let mut found = Vec::new();
    verify::verify_rows(&world.context, || false, &mut found).await.unwrap();
    found
}

async fn missing_bytes_are_reported_with_their_owner(world: World) {
    let (whole, missing) = (world.keep(b"whole").await, world.keep(b"missing").await);
    for stored in [&whole, &missing] {
        world.point("ada", "reel 1", stored).await;
    }
    std::fs::remove_file(world.file(&missing)).unwrap();
    let found = verified(&world).await;
    let named: Vec<_> = found.iter().map(|missing| (missing.hash.as_str(), missing.owner.as_str())).collect();
    assert_eq!(named, [(missing.hash.as_str(), "ada")]);
    assert_eq!((found[0].app.as_str(), found[0].subject.as_str()), ("test", "reel 1"));

    // A row whose owner cannot be read is named as it is.
    world.run("UPDATE blob_refs SET owner = 'bad owner!' WHERE subject = 'reel 1'").await.unwrap();
    let found = verified(&world).await;
    assert_eq!(found.iter().map(|missing| missing.owner.as_str()).collect::<Vec<_>>(), ["bad owner!"]);
    world.test.end().await;
}

async fn bytes_without_a_row_are_collected(world: World) {
    let kept = world.keep(b"kept").await;
    world.point("ada", "one", &kept).await;
    // As a crash leaves them, between publishing and a row that was collected meanwhile.
    let orphan = publish(&world, b"orphan").await;
    assert_eq!(verify::verify_bytes(&world.context, || false).await.unwrap().adopted, 1);
    assert_eq!(verify::verify_bytes(&world.context, || false).await.unwrap().adopted, 0, "it has a row now");
    assert_eq!(world.collect().await, 0, "it is too young");
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 1);
    assert!(world.file(&kept).is_file() && !world.file(&orphan).exists());
    world.test.end().await;
}

/// In place of a blob, a link that nobody can follow: to look at it is an error of its own.
fn break_file(file: &Path) {
    std::fs::remove_file(file).unwrap();
    std::os::unix::fs::symlink(file, file).unwrap();
}

/// Publishes without a row.
async fn publish(world: &World, bytes: &[u8]) -> Stored {
    let blobs = world.media().blobs();
    blobs.publish(blobs.stage_bytes(bytes.to_vec()).await.unwrap()).await.unwrap()
}

async fn a_blob_that_cannot_be_looked_at_is_named_and_passed_over(world: World) {
    let mut wanted = Vec::new();
    // Whatever their hashes are, a missing one comes behind an unusable one.
    for number in 0..10 {
        let stored = world.keep(format!("number {number}").as_bytes()).await;
        world.point("ada", "reel 1", &stored).await;
        let fault = if number % 2 == 0 { Fault::Unusable } else { Fault::Missing };
        match fault {
            Fault::Unusable => break_file(&world.file(&stored)),
            Fault::Missing => std::fs::remove_file(world.file(&stored)).unwrap(),
        }
        wanted.push((stored.hash.to_string(), fault, "ada".to_owned()));
    }
    wanted.sort();
    let found = verified(&world).await;
    let mut named: Vec<_> = found.into_iter().map(|found| (found.hash, found.fault, found.owner)).collect();
    named.sort();
    assert_eq!(named, wanted);

    let (mut orphans, mut unusable) = (Vec::new(), Vec::new());
    for number in 10..20 {
        let orphan = publish(&world, format!("number {number}").as_bytes()).await;
        if number % 2 == 0 {
            break_file(&world.file(&orphan));
            unusable.push(orphan.hash.to_string());
        } else {
            orphans.push(orphan);
        }
    }
    unusable.sort();
    let without_row = verify::verify_bytes(&world.context, || false).await.unwrap();
    assert_eq!((without_row.adopted, without_row.unusable), (5, unusable));
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 5);
    assert!(orphans.iter().all(|orphan| !world.file(orphan).exists()));
    world.test.end().await;
}

async fn a_store_that_cannot_be_used_is_verified_later(world: World) {
    let stored = world.keep(b"kept").await;
    world.point("ada", "reel 1", &stored).await;
    let orphan = publish(&world, b"orphan").await;
    for stored in [&stored, &orphan] {
        break_file(&world.file(stored));
    }
    // Nothing can be written any more: what is wrong with the blobs may be the disk's fault.
    let incoming = world.test.folder().join("data/incoming");
    std::fs::remove_dir(&incoming).unwrap();
    let rows = verify::verify_rows(&world.context, || false, &mut Vec::new()).await.unwrap_err();
    assert_eq!(rows.code, "media_folder");
    let bytes = verify::verify_bytes(&world.context, || false).await.unwrap_err();
    assert_eq!(bytes.code, "media_folder");
    std::fs::create_dir(&incoming).unwrap();
    assert_eq!(verified(&world).await.len(), 1);
    assert_eq!(verify::verify_bytes(&world.context, || false).await.unwrap().unusable, [orphan.hash.to_string()]);
    world.test.end().await;
}

async fn bytes_that_are_being_deleted_can_be_stored_again_afterwards(world: World) {
    let stored = world.keep(b"again").await;
    world.after_the_grace().await;
    let begin = async |tx: &mut Tx| blobs::begin_collecting(tx, blobs::GRACE, 10).await;
    let garbage = world.test.store().write(begin).await.unwrap();
    assert_eq!(garbage.hashes, [stored.hash.to_string()]);
    let refused = world.media().keep_bytes(b"again".to_vec()).await;
    assert!(matches!(refused, Err(MediaError::Collecting)), "{refused:?}");
    // The collector died.
    world.test.advance(blobs::TAKE_OVER).await;
    let again = world.keep(b"again").await;
    world.point("ada", "one", &again).await;
    world.after_the_grace().await;
    assert_eq!(world.collect().await, 0);
    assert_eq!(world.media().read(&again.hash, 10).await.unwrap(), b"again");
    world.test.end().await;
}

async fn temporary_folders_of_finished_attempts_are_removed(world: World) {
    let media = world.media();
    let now = world.test.store().now().await.unwrap();
    let held = work::hold(&world.context.platform).await.unwrap();
    // As a process leaves it that dies before it has removed what it received.
    let abandoned = "upload-of-a-dead-process".to_owned();
    let dead = format!("{}.{}", JobId::new(now, [1; 10]), JobId::new(now, [2; 10]));
    media.work_folder(&dead).await.unwrap();
    tokio::fs::write(media.blobs().work_folder(&abandoned).await.unwrap().join(".held"), b"").await.unwrap();
    tokio::fs::write(held.path().join("upload"), b"received").await.unwrap();
    assert_eq!(work::clear(&world.context.platform).await.unwrap(), 2);
    assert_eq!(tokio::fs::read(held.path().join("upload")).await.unwrap(), b"received");
    held.clear().await.unwrap();
    assert!(media.blobs().work_names("", 10).await.unwrap().is_empty());
    world.test.end().await;
}

async fn a_temporary_folder_that_cannot_be_removed_stops_no_other(world: World) {
    let blobs = world.media().blobs();
    let lock = async |name: &str| blobs.work_folder(name).await.unwrap().join(".held");
    // Where its lock should be is what cannot be opened as a file.
    std::fs::create_dir(lock("upload-1").await).unwrap();
    std::fs::write(lock("upload-2").await, b"").unwrap();
    // Nor can the folder of staged files be listed, which comes before them.
    std::fs::remove_dir(world.test.folder().join("data/incoming")).unwrap();
    assert_eq!(work::clear(&world.context.platform).await.unwrap(), 1);
    assert_eq!(blobs.work_names("", 10).await.unwrap(), ["upload-1"]);
    world.test.end().await;
}
