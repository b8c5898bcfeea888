//! Samples of a voice to a WAV file: mono, 16 bit.

use std::io;
use std::path::Path;

use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

/// The most bytes of samples in a WAV file.
const LONGEST: u64 = u32::MAX as u64 - 44;

/// What a voice has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Samples {
    pub(crate) rate: u32,
    pub(crate) count: u64,
}

/// Writes the raw samples of `raw` (little-endian, mono, 16 bit, `rate` a second) to `out` as WAV, and renames it when it is
/// complete. What comes as a whole WAV file in spite of what was asked for is taken as well, whatever length its head
/// names: of a stream it was not known.
pub(crate) async fn from_raw(raw: &Path, rate: u32, out: &Path) -> io::Result<Samples> {
    let mut source = File::open(raw).await?;
    let length = source.metadata().await?.len();
    let mut start = Vec::new();
    (&mut source).take(4_096).read_to_end(&mut start).await?;
    let (from, rate) = match head(&start) {
        Some(Head::Raw) => (0, rate),
        Some(Head::Wave { data, rate }) => (data as u64, rate),
        None => return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no sound with one channel of 16 bit")),
    };
    let bytes = length.saturating_sub(from);
    if bytes < 2 || bytes % 2 != 0 || bytes > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the sound ends in the middle of a sample"));
    }
    source.seek(io::SeekFrom::Start(from)).await?;
    let part = out.with_extension("part");
    let written = write(&mut source, bytes, rate, &part).await;
    let moved = match written {
        Ok(()) => tokio::fs::rename(&part, out).await,
        Err(error) => Err(error),
    };
    if moved.is_err() {
        let _ = tokio::fs::remove_file(&part).await;
    }
    moved.map(|()| Samples { rate, count: bytes / 2 })
}

async fn write(source: &mut File, bytes: u64, rate: u32, part: &Path) -> io::Result<()> {
    let mut target = File::create(part).await?;
    let data = u32::try_from(bytes).map_err(io::Error::other)?;
    let mut start = Vec::with_capacity(44);
    start.extend_from_slice(b"RIFF");
    start.extend_from_slice(&data.saturating_add(36).to_le_bytes());
    start.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    start.extend_from_slice(&rate.to_le_bytes());
    start.extend_from_slice(&rate.saturating_mul(2).to_le_bytes());
    start.extend_from_slice(b"\x02\0\x10\0data");
    start.extend_from_slice(&data.to_le_bytes());
    target.write_all(&start).await?;
    tokio::io::copy(&mut source.take(bytes), &mut target).await?;
    target.flush().await
}

#[derive(Debug, PartialEq, Eq)]
enum Head {
    Raw,
    Wave { data: usize, rate: u32 },
}

/// What a file begins with; nothing if that is another format.
fn head(start: &[u8]) -> Option<Head> {
    let compressed = [&b"ID3"[..], b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"{\"", b"<!"];
    if compressed.iter().any(|mark| start.starts_with(mark)) {
        return None;
    }
    if !start.starts_with(b"RIFF") || start.get(8..12) != Some(b"WAVE") {
        return Some(Head::Raw);
    }
    let number = |at: usize| Some(u32::from_le_bytes(start.get(at..at + 4)?.try_into().ok()?));
    let (mut at, mut rate) = (12, None);
    loop {
        let (name, length) = (start.get(at..at + 4)?, usize::try_from(number(at + 4)?).ok()?);
        match name {
            // PCM, one channel, 16 bit.
            b"fmt " => {
                let fits = start.get(at + 8..at + 12) == Some(b"\x01\0\x01\0")
                    && start.get(at + 22..at + 24) == Some(b"\x10\0");
                rate = fits.then(|| number(at + 12)).flatten();
            }
            b"data" => return Some(Head::Wave { data: at + 8, rate: rate? }),
            _ => {}
        }
        at = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn raw_samples_and_whole_files_become_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let (raw, once, twice) = (folder.path().join("raw"), folder.path().join("a.wav"), folder.path().join("b.wav"));
        tokio::fs::write(&raw, [1, 0, 2, 0, 3, 0]).await.unwrap();
        let samples = from_raw(&raw, 24_000, &once).await.unwrap();
        assert_eq!(samples, Samples { rate: 24_000, count: 3 });
        let mut whole = tokio::fs::read(&once).await.unwrap();
        assert_eq!((&whole[..4], &whole[40..]), (&b"RIFF"[..], &[6, 0, 0, 0, 1, 0, 2, 0, 3, 0][..]));
        // The length of a stream is not known when its head is written.
        whole[40..44].copy_from_slice(&[0xff; 4]);
        tokio::fs::write(&raw, &whole).await.unwrap();
        assert_eq!(from_raw(&raw, 8_000, &twice).await.unwrap(), samples, "its own rate counts");
        assert_eq!(tokio::fs::read(&once).await.unwrap(), tokio::fs::read(&twice).await.unwrap());
        for bad in [
            &b""[..],
            b"\x01",
            b"\x01\0\x02",
            b"ID3\x04\0\0",
            b"RIFF\0\0\0\0WAVEdata",
            b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\xff",
        ] {
            tokio::fs::write(&raw, bad).await.unwrap();
            let out = folder.path().join("c.wav");
            assert!(from_raw(&raw, 24_000, &out).await.is_err() && !out.exists(), "{bad:?}");
        }
    }
}
