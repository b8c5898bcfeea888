//! The files that the built-in engines need beside the binary: which ones, whether they are present and intact, and how
//! they are downloaded.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Downloaded over HTTPS from this address.
    Url(&'static str),
    /// `make setup` extracts it from a package; it cannot be downloaded on its own.
    SetUp,
}

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    /// Its name in the models folder.
    pub name: &'static str,
    /// What it is for, and so what does not work without it.
    pub purpose: &'static str,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: &'static str,
    /// Where it comes from.
    pub source: Source,
    /// Its licence.
    pub licence: &'static str,
}

/// The Piper voice.
pub const PIPER_MODEL: ModelFile = ModelFile {
    name: "en_US-joe-medium.onnx",
    purpose: "the English voice",
    bytes: 63_201_294,
    sha256: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
    source: Source::Url(
        "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/en_US-joe-medium.onnx",
    ),
    licence: "CC0",
};

/// The configuration of the voice: sample rate, phonemes and their ids.
pub const PIPER_CONFIG: ModelFile = ModelFile {
    name: "en_US-joe-medium.onnx.json",
    purpose: "the English voice",
    bytes: 4_794,
    sha256: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
    source: Source::Url(
        "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0/en/en_US/joe/medium/en_US-joe-medium.onnx.json",
    ),
    licence: "CC0",
};

/// ONNX Runtime, which runs the models.
pub const ONNX_RUNTIME: ModelFile = ModelFile {
    name: "libonnxruntime.so.1.31.1",
    purpose: "the English voice and Arabic vowel marks",
    bytes: 29_352_200,
    sha256: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
    source: Source::SetUp,
    licence: "MIT",
};

/// All files.
pub static FILES: [ModelFile; 3] = [PIPER_MODEL, PIPER_CONFIG, ONNX_RUNTIME];

/// Why the files could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It is not downloaded by this program.
    #[error("{name} is missing: run `make setup`, which installs it")]
    NeedsSetUp {
        /// The file's name.
        name: &'static str,
    },
    /// The server did not respond, or the connection was lost. What was received is kept for the next attempt.
    #[error("{name} could not be downloaded from {url}: check the network and try again (what was received is kept)")]
    Unreachable {
        /// The file's name.
        name: &'static str,
        /// Its address.
        url: String,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// The server responded with something other than the file.
    #[error("{url} responded with status {status} instead of {name}")]
    Refused {
        /// The file's name.
        name: &'static str,
        /// Its address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// The content is not the expected one.
    #[error("{name} is not the expected file (SHA-256 {found}); it was removed, try again")]
    WrongContent {
        /// The file's name.
        name: &'static str,
        /// SHA-256 of what was found.
        found: String,
    },
    /// No space on the disk.
    #[error("no space left for {name} ({bytes} bytes): free some and try again")]
    DiskFull {
        /// The file's name.
        name: &'static str,
        /// Its length.
        bytes: u64,
    },
    /// The folder or a file in it cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// The progress of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The file that is being downloaded.
    pub name: &'static str,
    /// Bytes received so far.
    pub received: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// The models folder.
#[derive(Debug, Clone)]
pub struct Models {
    folder: PathBuf,
}

impl Models {
    /// The folder may be missing or empty.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
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
        std::fs::metadata(self.path(file)).is_ok_and(|found| found.is_file() && found.len() == file.bytes)
    }

    /// The files that are not present.
    pub fn missing(&self) -> Vec<&'static ModelFile> {
        FILES.iter().filter(|file| !self.has(file)).collect()
    }

    /// Reads each present file and compares its SHA-256. Returns those that do not match.
    pub async fn verify(&self) -> Result<Vec<&'static ModelFile>, ModelError> {
        let mut wrong = Vec::new();
        for file in &FILES {
            let path = self.path(file);
            if path.exists() && sha256(&path).await.map_err(|source| failed(file, &path, source))? != file.sha256 {
                wrong.push(file);
            }
        }
        Ok(wrong)
    }

    /// Downloads what is missing, each file into a `.part` file, which a later call resumes.
    pub async fn fetch(&self, mut progress: impl FnMut(Progress)) -> Result<(), ModelError> {
        fs::create_dir_all(&self.folder).await.map_err(|source| failed(&FILES[0], &self.folder, source))?;
        for file in self.missing() {
            match file.source {
                Source::SetUp => return Err(ModelError::NeedsSetUp { name: file.name }),
                Source::Url(url) => self.fetch_file(file, url, &mut progress).await?,
            }
        }
        Ok(())
    }

    async fn fetch_file(
        &self,
        file: &'static ModelFile,
        url: &str,
        progress: &mut impl FnMut(Progress),
    ) -> Result<(), ModelError> {
        let part = self.folder.join(format!("{}.part", file.name));
        if fs::metadata(&part).await.map_or(0, |found| found.len()) < file.bytes {
            download(file, url, &part, progress).await?;
        }
        let found = sha256(&part).await.map_err(|source| failed(file, &part, source))?;
        if found != file.sha256 {
            fs::remove_file(&part).await.map_err(|source| failed(file, &part, source))?;
            return Err(ModelError::WrongContent { name: file.name, found });
        }
        fs::rename(&part, self.path(file)).await.map_err(|source| failed(file, &part, source))
    }
}

/// Appends the rest of a file to `part`.
async fn download(
    file: &'static ModelFile,
    url: &str,
    part: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<(), ModelError> {
    let unreachable = |source| ModelError::Unreachable { name: file.name, url: url.to_owned(), source };
    // It fails if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(Duration::from_mins(1))
        .build()
        .map_err(unreachable)?;
    let have = fs::metadata(part).await.map_or(0, |found| found.len());
    let mut request = client.get(url);
    if have > 0 {
        request = request.header(reqwest::header::RANGE, format!("bytes={have}-"));
    }
    let response = request.send().await.map_err(unreachable)?;
    let resumed = response.status() == reqwest::StatusCode::PARTIAL_CONTENT;
    if !response.status().is_success() {
        return Err(ModelError::Refused { name: file.name, url: url.to_owned(), status: response.status().as_u16() });
    }
    // A server without range support sends the whole file again.
    let mut received = if resumed { have } else { 0 };
    let mut target = fs::OpenOptions::new()
        .create(true)
        .append(resumed)
        .write(true)
        .truncate(!resumed)
        .open(part)
        .await
        .map_err(|source| failed(file, part, source))?;
    let mut body = response.bytes_stream();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(unreachable)?;
        received += chunk.len() as u64;
        if received > file.bytes {
            break;
        }
        target.write_all(&chunk).await.map_err(|source| failed(file, part, source))?;
        progress(Progress { name: file.name, received, bytes: file.bytes });
    }
    target.sync_all().await.map_err(|source| failed(file, part, source))
}

async fn sha256(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path).await?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hex::encode(hash.finalize()))
}

fn failed(file: &ModelFile, path: &Path, source: io::Error) -> ModelError {
    match source.kind() {
        io::ErrorKind::StorageFull => ModelError::DiskFull { name: file.name, bytes: file.bytes },
        _ => ModelError::Io { path: path.to_owned(), source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::net::TcpListener;

    const CONTENT: &[u8] = b"a model, as far as this test is concerned";
    static FILE: ModelFile = ModelFile {
        name: "model.bin",
        purpose: "this test",
        bytes: CONTENT.len() as u64,
        sha256: "5d6187bf1c70ab1ba9fa1d52ba1ba1ee8a9f6cbbf4ea0f7aef65b0b5c0c0d6f0",
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
        let sha256 = hex::encode(Sha256::digest(CONTENT));
        Box::leak(Box::new(ModelFile { sha256: Box::leak(sha256.into_boxed_str()), ..FILE }))
    }

    #[tokio::test]
    async fn an_interrupted_download_is_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::new(folder.path());
        let url = serve(2, 30).await;
        let broken = models.fetch_file(file(), &url, &mut |_| ()).await;
        assert!(matches!(broken, Err(ModelError::Unreachable { .. })), "{broken:?}");

        let mut seen = Vec::new();
        models.fetch_file(file(), &url, &mut |progress| seen.push(progress.received)).await.unwrap();
        assert!(seen.first().is_some_and(|first| *first > 30), "{seen:?} goes on after the first 30 bytes");
        assert_eq!(std::fs::read(models.path(file())).unwrap(), CONTENT);
        assert!(models.has(file()));
    }

    #[tokio::test]
    async fn wrong_content_is_rejected_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::new(folder.path());
        let url = serve(1, usize::MAX).await;
        let wrong = models.fetch_file(&FILE, &url, &mut |_| ()).await;
        assert!(matches!(wrong, Err(ModelError::WrongContent { .. })), "{wrong:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_unreachable_server_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::new(folder.path());
        let nobody = models.fetch_file(&FILE, "http://127.0.0.1:9/model.bin", &mut |_| ()).await;
        assert!(matches!(nobody, Err(ModelError::Unreachable { .. })), "{nobody:?}");
    }

    #[tokio::test]
    async fn a_damaged_file_is_detected() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::new(folder.path());
        assert_eq!(models.missing().len(), FILES.len());
        assert_eq!(models.verify().await.unwrap(), Vec::<&ModelFile>::new());
        std::fs::write(models.path(&PIPER_CONFIG), "{}").unwrap();
        assert_eq!(models.verify().await.unwrap(), [&FILES[1]]);
    }
}
