use super::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

const CONTENT: &[u8] = b"a model, as far as this test is concerned";
static FILE: ModelFile = ModelFile {
    name: "model.bin",
    content: Content::Published {
        bytes: CONTENT.len() as u64,
        sha256: "5d6187bf1c70ab1ba9fa1d52ba1ba1ee8a9f6cbbf4ea0f7aef65b0b5c0c0d6f0",
    },
    source: Source::SetUp,
    licence: "CC0",
};

/// A server for `answers` requests. It supports ranges and drops the connection after `most` bytes of a body.
async fn serve(answers: usize, most: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for _ in 0..answers {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut from = 0;
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap() > 2 {
                if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
                    from = range.trim().trim_end_matches('-').parse().unwrap();
                }
                line.clear();
            }
            let rest = &CONTENT[from..];
            let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", rest.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&rest[..rest.len().min(most)]).await.unwrap();
        }
    });
    format!("http://{address}/model.bin")
}

fn file() -> &'static ModelFile {
    let sha256 = Box::leak(hex::encode(Sha256::digest(CONTENT)).into_boxed_str());
    let content = Content::Published { bytes: CONTENT.len() as u64, sha256 };
    Box::leak(Box::new(ModelFile { content, ..FILE }))
}

#[tokio::test]
async fn an_interrupted_download_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let url = serve(2, 30).await;
    let broken = models.download(file(), &url, &mut |_| ()).await;
    assert!(matches!(broken, Err(ModelError::Unreachable { .. })), "{broken:?}");

    let mut seen = Vec::new();
    models.download(file(), &url, &mut |progress| seen.push(progress.received)).await.unwrap();
    assert!(seen.first().is_some_and(|first| *first > 30), "{seen:?} goes on after the first 30 bytes");
    assert_eq!(std::fs::read(models.path(file())).unwrap(), CONTENT);
    assert!(models.has(file()));
}

#[tokio::test]
async fn wrong_content_is_rejected_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let url = serve(1, usize::MAX).await;
    let wrong = models.download(&FILE, &url, &mut |_| ()).await;
    assert!(matches!(wrong, Err(ModelError::WrongContent { .. })), "{wrong:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_unreachable_server_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let nobody = models.download(&FILE, "http://127.0.0.1:9/model.bin", &mut |_| ()).await;
    assert!(matches!(nobody, Err(ModelError::Unreachable { .. })), "{nobody:?}");
}

#[tokio::test]
async fn a_damaged_file_is_detected_and_removed_with_its_set() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    assert_eq!(models.missing(&[&SETS[0]]).len(), 3);
    assert_eq!(models.verify(&[&SETS[0]]).await.unwrap(), Vec::<&ModelFile>::new());
    std::fs::write(models.path(&PIPER_CONFIG), "{}").unwrap();
    assert_eq!(models.verify(&[&SETS[0]]).await.unwrap(), [&PIPER_CONFIG]);
    assert_eq!(models.remove(&SETS[0]).await.unwrap(), [&PIPER_CONFIG]);
    assert!(!models.path(&PIPER_CONFIG).exists());
}

#[tokio::test]
async fn a_file_is_copied_from_a_folder_by_its_path_or_its_name() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let models = Models::new(folder.path());
    let nothing = models.pull(&[&SETS[2]], Some(&Mirror::Folder(from.path().into())), |_| ()).await;
    assert!(matches!(&nothing, Err(ModelError::NotInFolder { names, .. }) if names.len() == 9), "{nothing:?}");

    std::fs::write(from.path().join("model.bin"), CONTENT).unwrap();
    assert!(models.copy(file(), from.path(), &mut |_| ()).await.unwrap());
    assert!(models.has(file()));
    let wrong = models.copy(&FILE, from.path(), &mut |_| ()).await;
    assert!(matches!(wrong, Err(ModelError::WrongContent { .. })), "{wrong:?}");
}

#[tokio::test]
async fn a_damaged_file_of_the_right_length_is_fetched_again() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let models = Models::new(folder.path());
    let set: &'static ModelSet = Box::leak(Box::new(ModelSet { files: std::slice::from_ref(file()), ..SETS[0] }));
    std::fs::write(models.path(&FILE), vec![0; CONTENT.len()]).unwrap();
    assert!(models.has(&FILE));
    let nowhere = models.pull(&[set], None, |_| ()).await;
    assert!(matches!(&nowhere, Err(ModelError::NeedsSetUp { names }) if names == &[FILE.name]), "{nowhere:?}");
    std::fs::write(from.path().join(FILE.name), CONTENT).unwrap();
    assert_eq!(models.pull(&[set], Some(&Mirror::Folder(from.path().into())), |_| ()).await.unwrap().len(), 1);
    assert_eq!(std::fs::read(models.path(&FILE)).unwrap(), CONTENT);
    assert_eq!(models.pull(&[set], None, |_| ()).await.unwrap(), Vec::<&ModelFile>::new());
}

#[tokio::test]
async fn files_are_taken_from_an_address_by_their_hash_and_never_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let set: &'static ModelSet = Box::leak(Box::new(ModelSet { files: std::slice::from_ref(file()), ..SETS[0] }));
    let url = serve(1, usize::MAX).await;
    let address = Mirror::Address(url.trim_end_matches("/model.bin").to_owned());
    assert_eq!(models.pull(&[set], Some(&address), |_| ()).await.unwrap(), [file()]);
    assert_eq!(std::fs::read(models.path(&FILE)).unwrap(), CONTENT);

    let built: &'static ModelSet = Box::leak(Box::new(ModelSet { files: &[WHISPER_SHIM], ..SETS[0] }));
    let refused = models.pull(&[built], Some(&address), |_| ()).await;
    assert!(matches!(&refused, Err(ModelError::NeedsSetUp { names }) if names == &[WHISPER_SHIM.name]), "{refused:?}");
}

#[tokio::test]
async fn one_at_a_time_changes_the_folder_and_a_complete_one_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let set: &'static ModelSet = Box::leak(Box::new(ModelSet { files: std::slice::from_ref(file()), ..SETS[0] }));
    let held = models.hold().unwrap();
    let busy = models.pull(&[set], None, |_| ()).await;
    assert!(matches!(&busy, Err(ModelError::Busy { .. })), "{busy:?}");
    assert!(matches!(models.remove(set).await, Err(ModelError::Busy { .. })));
    std::fs::write(models.path(&FILE), CONTENT).unwrap();
    assert_eq!(models.pull(&[set], None, |_| ()).await.unwrap(), Vec::<&ModelFile>::new());
    drop(held);
    assert_eq!(models.remove(set).await.unwrap(), [file()]);
}

#[tokio::test]
async fn on_a_full_disk_what_was_received_gives_way() {
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("model.bin.part");
    std::fs::write(&part, CONTENT).unwrap();
    let io = || failed(&FILE, &part, io::ErrorKind::PermissionDenied.into());
    assert!(give_way::<()>(Err(io()), &part).await.is_err());
    assert!(part.exists(), "to be continued");
    let full = failed(&FILE, &part, io::ErrorKind::StorageFull.into());
    assert!(matches!(give_way::<()>(Err(full), &part).await, Err(ModelError::DiskFull { .. })));
    assert!(!part.exists());
    let models = Models::new(folder.path());
    let huge = Content::Published { bytes: u64::MAX, sha256: "" };
    let huge = ModelFile { content: huge, ..FILE };
    assert!(matches!(models.check_room(&huge, 0), Err(ModelError::DiskFull { .. })));
    assert!(models.check_room(&FILE, 0).is_ok());
}

#[tokio::test]
async fn a_disk_that_fills_while_a_file_is_received_is_told_and_left_with_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    // Whatever is written to it, there is no space left.
    std::os::unix::fs::symlink("/dev/full", models.part(file())).unwrap();
    let url = serve(2, usize::MAX).await;
    let full = models.download(file(), &url, &mut |_| ()).await.unwrap_err();
    assert_eq!((full.code(), full.is_transient()), ("disk_full", false), "{full}");
    assert_eq!(full.to_string(), "no space left for model.bin (41 bytes): free some and try again");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    models.download(file(), &url, &mut |_| ()).await.unwrap();
    assert!(models.has(file()));
}

#[tokio::test]
async fn a_download_follows_the_hub_to_where_its_files_are_and_goes_on_there() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let store = serve(2, 30).await;
    let hub = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/resolve/1/model.bin", hub.local_addr().unwrap());
    tokio::spawn(async move {
        for _ in 0..2 {
            let mut stream = BufReader::new(hub.accept().await.unwrap().0);
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap() > 2 {
                line.clear();
            }
            let found = format!("HTTP/1.1 302 Found\r\nLocation: {store}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(found.as_bytes()).await.unwrap();
        }
    });
    let broken = models.download(file(), &url, &mut |_| ()).await;
    assert!(matches!(broken, Err(ModelError::Unreachable { .. })), "{broken:?}");
    assert_eq!(models.state(file()), FileState::Partial { received: 30 });
    models.download(file(), &url, &mut |_| ()).await.unwrap();
    assert!(models.has(file()));
}

#[test]
fn whisper_is_pulled_as_its_publisher_has_it() {
    for set in [&SPEECH, &SPEECH_SMALL] {
        let own = set.files.iter().filter(|file| file.name.contains("whisper-"));
        for file in own {
            let Source::Url(url) = file.source else { panic!("{} has no address", file.name) };
            assert!(url.starts_with("https://huggingface.co/Systran/faster-whisper-"), "{url}");
            assert!(!url.contains("/main/"), "what is at a branch changes: {url}");
        }
    }
}

#[test]
fn a_built_file_is_recognised_by_the_sources_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    std::fs::create_dir(folder.path().join("ctranslate2")).unwrap();
    std::fs::write(models.path(&WHISPER_SHIM), b"some library").unwrap();
    assert!(!models.has(&WHISPER_SHIM));
    let library = format!("ELF {} and more", sluice_whisper::marker());
    std::fs::write(models.path(&WHISPER_SHIM), &library).unwrap();
    assert!(models.has(&WHISPER_SHIM));
    std::fs::write(record(&models.path(&WHISPER_SHIM)), hex::encode(Sha256::digest(&library)) + "\n").unwrap();
    assert!(models.has(&WHISPER_SHIM) && verified(&WHISPER_SHIM, &models.path(&WHISPER_SHIM)).is_ok());
    std::fs::write(models.path(&WHISPER_SHIM), library + " and a swap").unwrap();
    assert!(!models.has(&WHISPER_SHIM) && verified(&WHISPER_SHIM, &models.path(&WHISPER_SHIM)).is_err());
}

#[tokio::test]
async fn what_is_built_is_copied_with_its_hash_and_removed_with_it() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let models = Models::new(folder.path());
    let set: &'static ModelSet = Box::leak(Box::new(ModelSet { files: &[WHISPER_SHIM], id: "built", ..SETS[0] }));
    std::fs::write(from.path().join("libct2_whisper.so"), format!("ELF {}", sluice_whisper::marker())).unwrap();
    let usb = Mirror::Folder(from.path().into());
    assert_eq!(models.pull(&[set], Some(&usb), |_| ()).await.unwrap(), [&WHISPER_SHIM]);
    let path = models.path(&WHISPER_SHIM);
    let mut swapped = std::fs::read(&path).unwrap();
    swapped[0] ^= 0xff;
    std::fs::write(&path, swapped).unwrap();
    assert_eq!(models.verify(&[set]).await.unwrap(), [&WHISPER_SHIM]);
    assert_eq!(models.pull(&[set], Some(&usb), |_| ()).await.unwrap(), [&WHISPER_SHIM]);
    assert!(models.has(&WHISPER_SHIM));
    models.remove(&SPEECH).await.unwrap();
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_only_set_up_has_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::new(folder.path());
    let error = models.pull(&[&SETS[1]], None, |_| ()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "run `make setup`, which fetches or makes what is not published on its own: libonnxruntime.so.1.31.1"
    );
}
