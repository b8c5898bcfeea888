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
#[cfg(test)]
mod tests;

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
