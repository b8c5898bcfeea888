//! Where the bytes of recordings come from.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;

use sluice_blobs::BlobHash;
use tokio::runtime::Handle;

use crate::media::Media;

/// Most bytes of a recording, which is in memory as a whole while it is written.
const RECORDING_BYTES: u64 = 20 * 1024 * 1024;

/// The recording of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioFile {
    /// Its name in the deck. It names the content: Anki has one folder for the files of all decks, and renames what has the
    /// name of another file.
    pub name: String,
    /// Where its bytes are.
    pub source: AudioSource,
}

/// Where the bytes of a recording are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioSource {
    /// In a file.
    File(PathBuf),
    /// Among the stored bytes.
    Stored(BlobHash),
}

impl AudioFile {
    /// A stored recording, named by its content; `extension` is one such as `mp3`.
    pub fn stored(hash: BlobHash, extension: &str) -> Self {
        // Half of the hash is unique enough, and leaves room in the names of other systems.
        let name = format!("sluice-{:.32}.{extension}", hash.as_str());
        Self { name, source: AudioSource::Stored(hash) }
    }
}

/// Opens recordings. Called on a thread that may block.
pub trait Recordings: Send {
    /// The bytes of a recording.
    fn open(&self, audio: &AudioFile) -> io::Result<Box<dyn Read>>;
}

/// Recordings in files alone.
#[derive(Debug, Clone, Copy)]
pub struct Files;

impl Recordings for Files {
    fn open(&self, audio: &AudioFile) -> io::Result<Box<dyn Read>> {
        match &audio.source {
            AudioSource::File(path) => Ok(Box::new(File::open(path)?)),
            AudioSource::Stored(_) => Err(io::Error::new(io::ErrorKind::Unsupported, "no store of bytes")),
        }
    }
}

/// Recordings among the stored bytes, and in files.
pub struct StoredRecordings {
    media: Media,
    runtime: Handle,
}

impl StoredRecordings {
    /// Of this store. Must be called on a runtime, which then fetches the bytes.
    pub fn new(media: Media) -> Self {
        Self { media, runtime: Handle::current() }
    }
}

impl Recordings for StoredRecordings {
    fn open(&self, audio: &AudioFile) -> io::Result<Box<dyn Read>> {
        match &audio.source {
            AudioSource::File(_) => Files.open(audio),
            AudioSource::Stored(hash) => {
                let bytes = self.runtime.block_on(self.media.read(hash, RECORDING_BYTES));
                Ok(Box::new(Cursor::new(bytes.map_err(io::Error::other)?)))
            }
        }
    }
}
