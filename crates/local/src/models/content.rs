//! Whether a file holds what it should.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::fs;
use tokio::io::AsyncReadExt as _;

use super::error::failed;
use super::{Content, ModelError, ModelFile};

/// Bytes that are hashed at once.
const BUFFER: usize = 256 * 1024;

/// The SHA-256 of a file that is not what it should be; none if it is.
pub(super) async fn wrong_content(file: &'static ModelFile, path: &Path) -> Result<Option<String>, ModelError> {
    let found = sha256(path).await.map_err(|source| failed(file, path, source))?;
    let right = match file.content {
        Content::Published { sha256, .. } => found == sha256,
        Content::Built => is_built_here(&fs::read(path).await.map_err(|source| failed(file, path, source))?, path),
    };
    Ok((!right).then_some(found))
}

/// The content of a file, which must be the published one. For an engine that would go on with another one unnoticed.
pub(crate) fn checked(file: &ModelFile, path: &Path) -> Result<Vec<u8>, String> {
    match file.sha256() {
        Some(sha256) => content_of(path, sha256),
        None => read(path),
    }
}

/// The content of the file with this hash.
pub(crate) fn content_of(path: &Path, sha256: &str) -> Result<Vec<u8>, String> {
    let content = read(path)?;
    if hex::encode(Sha256::digest(&content)) == sha256 { Ok(content) } else { Err(another(path)) }
}

/// The same for a file that a library reads by itself, and for a library.
pub(crate) fn verified(file: &ModelFile, path: &Path) -> Result<(), String> {
    let Some(sha256) = file.sha256() else {
        return if is_built_here(&read(path)?, path) { Ok(()) } else { Err(another(path)) };
    };
    let unreadable = |error: io::Error| format!("{}: {error}", path.display());
    let mut content = File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = content.read(&mut buffer).map_err(unreadable)?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
    }
    if hex::encode(hash.finalize()) == sha256 { Ok(()) } else { Err(another(path)) }
}

fn another(path: &Path) -> String {
    format!("{} is damaged, or another file", path.display())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether a library names the sources in this binary as what it was made of, and is the one that was installed, as far as
/// that was recorded.
pub(super) fn is_built_here(library: &[u8], path: &Path) -> bool {
    let marker = sluice_whisper::marker();
    let is_ours = library.windows(marker.len()).any(|window| window == marker.as_bytes());
    is_ours
        && match std::fs::read_to_string(record(path)) {
            Ok(recorded) => recorded.trim() == hex::encode(Sha256::digest(library)),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
}

/// Where the hash of a library is, that was built here: set-up writes it, and whoever copies the library.
pub(super) fn record(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    name.into()
}

async fn sha256(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path).await?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hex::encode(hash.finalize()))
}
