//! The files that the built-in engines need beside the binary: which ones ([`SETS`]), whether they are present and intact,
//! and how they are downloaded, or copied from a folder.

mod catalogue;
mod configured;
mod content;
mod download;
mod error;
mod languages;
mod mirror;
mod pairs;
mod room;
mod state;

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::fs;

pub(crate) use catalogue::incomplete;
pub use catalogue::{
    CTRANSLATE2, CTRANSLATE2_THREADS, Content, EMBEDDING_MODEL, EMBEDDING_TOKENIZER, MEANING, ModelFile, ModelSet,
    ONNX_RUNTIME, PHOTO_DETECTOR, PHOTO_READING, PHOTO_RECOGNISER, PIPER_CONFIG, PIPER_MODEL, SETS, SPEAKER_TURNS,
    SPEAKER_WEIGHTS, SPEAKERS, SPEECH, SPEECH_SMALL, Source, VOICE_ACTIVITY, VOICE_AR, VOICE_EN, WHISPER_MODEL,
    WHISPER_SHIM, files, own_files, pull_command,
};
pub use configured::ConfiguredPairs;
pub(crate) use content::{checked, content_of, verified};
pub use error::ModelError;
pub use languages::{
    AR_BUCKWALTER, ES_APERTIUM, ES_FREEDICT, HSK_LEVELS, KA_EMOJI, KA_LEMMAS, KA_SPELLING, LANGUAGE_ADDITIONS,
    LANGUAGE_AR, LANGUAGE_ES, LANGUAGE_FREQUENCY, LANGUAGE_KA, LANGUAGE_KA_WORDS, LANGUAGE_RU, LANGUAGE_ZH, LANGUAGES,
    RU_MORPHOLOGY, RU_MUELLER, WORD_FREQUENCIES, ZH_CEDICT, ZH_FREQUENCIES,
};
pub use mirror::Mirror;
pub use pairs::{EN_PT, PAIRS, PT_EN, Pair};
pub use state::FileState;

use self::content::{is_built_here, record, wrong_content};
use self::error::failed;
use self::room::Held;

/// The progress of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The file that is being downloaded or copied.
    pub name: &'static str,
    /// Bytes received so far.
    pub received: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// The models folder, and what may be in it.
#[derive(Debug, Clone)]
pub struct Models {
    folder: PathBuf,
    sets: &'static [ModelSet],
    pairs: &'static [Pair],
}

impl Models {
    /// The folder may be missing or empty. It is for the sets of this binary.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), sets: &SETS, pairs: &PAIRS }
    }

    /// With the pairs of a configuration, too, each in the place of the known one of its languages. Their tables are never
    /// freed: a program reads its configuration when it starts.
    #[must_use]
    pub fn with_pairs(self, configured: &ConfiguredPairs) -> Self {
        let pairs = configured.pairs();
        if pairs.is_empty() {
            return self;
        }
        let is_replaced = |id: &str| pairs.iter().any(|pair| pair.set.id == id);
        let kept_pairs = self.pairs.iter().filter(|known| !is_replaced(known.set.id));
        let kept_sets = self.sets.iter().filter(|known| !is_replaced(known.id));
        let sets: Vec<ModelSet> = kept_sets.copied().chain(pairs.iter().map(|pair| pair.set)).collect();
        let all: Vec<Pair> = kept_pairs.copied().chain(pairs.iter().copied()).collect();
        Self { folder: self.folder, sets: Vec::leak(sets), pairs: Vec::leak(all) }
    }

    /// Every set.
    pub fn sets(&self) -> &'static [ModelSet] {
        self.sets
    }

    /// The set with this name.
    pub fn set(&self, id: &str) -> Option<&'static ModelSet> {
        self.sets.iter().find(|set| set.id == id)
    }

    /// Every model that translates.
    pub fn pairs(&self) -> &'static [Pair] {
        self.pairs
    }

    /// Its path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file is, or would be.
    pub fn path(&self, file: &ModelFile) -> PathBuf {
        self.folder.join(file.name)
    }

    /// Whether the file is present with the right length. Quick: [`Models::verify`] checks the content.
    pub fn has(&self, file: &ModelFile) -> bool {
        let path = self.path(file);
        match file.content {
            Content::Published { bytes, .. } => {
                std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == bytes)
            }
            Content::Built => std::fs::read(&path).is_ok_and(|content| is_built_here(&content, &path)),
        }
    }

    /// The files of these sets that are not present.
    pub fn missing(&self, sets: &[&'static ModelSet]) -> Vec<&'static ModelFile> {
        files(sets).into_iter().filter(|file| !self.has(file)).collect()
    }

    /// Reads each present file of these sets and compares its content. Returns those that do not match.
    pub async fn verify(&self, sets: &[&'static ModelSet]) -> Result<Vec<&'static ModelFile>, ModelError> {
        let mut wrong = Vec::new();
        for file in files(sets) {
            if self.is_damaged(file).await? {
                wrong.push(file);
            }
        }
        Ok(wrong)
    }

    /// Whether a file is present with another content: reads all of it.
    pub async fn is_damaged(&self, file: &'static ModelFile) -> Result<bool, ModelError> {
        let path = self.path(file);
        Ok(path.exists() && wrong_content(file, &path).await?.is_some())
    }

    /// Downloads what these sets lack, or what is damaged, each file into a `.part` file, which a later call resumes; with
    /// `from`, from there instead of from their publishers. Returns what was installed. One call at a time changes the
    /// folder, in whatever process.
    pub async fn pull(
        &self,
        sets: &[&'static ModelSet],
        from: Option<&Mirror>,
        mut progress: impl FnMut(Progress),
    ) -> Result<Vec<&'static ModelFile>, ModelError> {
        let mut installed = Vec::new();
        let mut lacking = Vec::new();
        let mut held: Option<Held> = None;
        for file in files(sets) {
            if self.has(file) && wrong_content(file, &self.path(file)).await?.is_none() {
                continue;
            }
            // Not before there is something to write: a complete folder may be read-only.
            if held.is_none() {
                held = Some(self.hold()?);
            }
            let done = match (from, file.source) {
                (Some(Mirror::Folder(folder)), _) => self.copy(file, folder, &mut progress).await?,
                // Only a hash makes a file of another machine trustworthy.
                (Some(Mirror::Address(_)), _) if file.content == Content::Built => false,
                (Some(Mirror::Address(address)), _) => {
                    let url = format!("{address}/{}", file.name);
                    self.download(file, &url, &mut progress).await.map(|()| true)?
                }
                (None, Source::Url(url)) => self.download(file, url, &mut progress).await.map(|()| true)?,
                (None, Source::SetUp) => false,
            };
            if done { installed.push(file) } else { lacking.push(file.name) }
        }
        match from {
            _ if lacking.is_empty() => Ok(installed),
            Some(Mirror::Folder(folder)) => Err(ModelError::NotInFolder { folder: folder.clone(), names: lacking }),
            Some(Mirror::Address(_)) | None => Err(ModelError::NeedsSetUp { names: lacking }),
        }
    }

    /// Deletes the files of a set that no other one has, finished or not. Returns those that were there.
    pub async fn remove(&self, set: &'static ModelSet) -> Result<Vec<&'static ModelFile>, ModelError> {
        let mut removed = Vec::new();
        let _held = self.hold()?;
        for file in own_files(set) {
            for path in [self.part(file), record(&self.path(file)), self.path(file)] {
                match fs::remove_file(&path).await {
                    Ok(()) if path == self.path(file) => removed.push(file),
                    Ok(()) => (),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => (),
                    Err(source) => return Err(ModelError::Io { path, source }),
                }
            }
        }
        Ok(removed)
    }

    fn part(&self, file: &ModelFile) -> PathBuf {
        self.folder.join(format!("{}.part", file.name))
    }

    /// Makes the file's folder and returns the path of its `.part` file.
    async fn make_folder(&self, file: &ModelFile) -> Result<PathBuf, ModelError> {
        let part = self.part(file);
        let folder = part.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).await.map_err(|source| failed(file, folder, source))?;
        Ok(part)
    }

    async fn download(
        &self,
        file: &'static ModelFile,
        url: &str,
        progress: &mut impl FnMut(Progress),
    ) -> Result<(), ModelError> {
        let part = self.make_folder(file).await?;
        let have = fs::metadata(&part).await.map_or(0, |found| found.len());
        if file.bytes().is_none_or(|bytes| have < bytes) {
            self.check_room(file, have)?;
            let appended = download::append(file, url, &part, progress).await;
            give_way(appended, &part).await?;
        }
        self.install(file, &part).await
    }

    /// Copies a file from a folder, which has it by its path or by its last name; false if it does not.
    async fn copy(
        &self,
        file: &'static ModelFile,
        folder: &Path,
        progress: &mut impl FnMut(Progress),
    ) -> Result<bool, ModelError> {
        let whole = folder.join(file.name);
        let last = Path::new(file.name).file_name().map(|name| folder.join(name));
        let Some(found) = [Some(whole), last].into_iter().flatten().find(|path| path.is_file()) else {
            return Ok(false);
        };
        let part = self.make_folder(file).await?;
        self.check_room(file, 0)?;
        let copied = fs::copy(&found, &part).await.map_err(|source| failed(file, &found, source));
        let bytes = give_way(copied, &part).await?;
        progress(Progress { name: file.name, received: bytes, bytes });
        self.install(file, &part).await.map(|()| true)
    }

    /// Checks a finished `.part` file and gives it its name.
    async fn install(&self, file: &'static ModelFile, part: &Path) -> Result<(), ModelError> {
        if let Some(found) = wrong_content(file, part).await? {
            fs::remove_file(part).await.map_err(|source| failed(file, part, source))?;
            return Err(ModelError::WrongContent { name: file.name, found });
        }
        let path = self.path(file);
        if file.content == Content::Built {
            let content = fs::read(part).await.map_err(|source| failed(file, part, source))?;
            let hash = hex::encode(Sha256::digest(content));
            fs::write(record(&path), hash).await.map_err(|source| failed(file, &path, source))?;
        }
        fs::rename(part, path).await.map_err(|source| failed(file, part, source))
    }
}

/// When the disk is full, what was received of a file is deleted: the database beside it needs the room.
async fn give_way<T>(written: Result<T, ModelError>, part: &Path) -> Result<T, ModelError> {
    if matches!(written, Err(ModelError::DiskFull { .. })) {
        // If it stays, it stays: the error to tell of is that of the full disk.
        fs::remove_file(part).await.ok();
    }
    written
}

#[cfg(test)]
mod tests {
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
        assert!(
            matches!(&refused, Err(ModelError::NeedsSetUp { names }) if names == &[WHISPER_SHIM.name]),
            "{refused:?}"
        );
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
}
