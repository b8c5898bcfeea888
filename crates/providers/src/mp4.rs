//! How long and how large a video is, from the head of its MP4 file (ISO/IEC 14496-12).

use std::io;
use std::path::Path;

use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, SeekFrom};

/// The most bytes of the index of a file that are read: hours of video.
const INDEX: u64 = 32 * 1024 * 1024;
/// The most boxes before the index.
const BOXES: usize = 10_000;

/// What the head of a video says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Video {
    pub(crate) duration_ms: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Describes the first video track of a file.
pub(crate) async fn describe(path: &Path) -> io::Result<Video> {
    let mut file = File::open(path).await?;
    let length = file.metadata().await?.len();
    let mut at = 0;
    for n in 0..BOXES {
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at)).await?;
        let room = usize::try_from(length.saturating_sub(at).min(16)).unwrap_or(16);
        let Some(head) = head.get_mut(..room) else { break };
        file.read_exact(head).await?;
        let Some((name, size, start)) = box_head(head, length - at) else { break };
        if n == 0 && name != *b"ftyp" {
            break;
        }
        if size > length - at {
            return Err(invalid("the video is cut off"));
        }
        if name == *b"moov" {
            if size > INDEX {
                break;
            }
            let mut index = vec![0; usize::try_from(size).map_err(io::Error::other)?];
            file.seek(SeekFrom::Start(at)).await?;
            file.read_exact(&mut index).await?;
            let inner = index.get(start..).unwrap_or_default();
            return video(inner).ok_or_else(|| invalid("the file has no video"));
        }
        at += size;
        if at >= length {
            break;
        }
    }
    Err(invalid("the file is no MP4 video"))
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Name, size with its head, and length of its head.
fn box_head(bytes: &[u8], rest: u64) -> Option<([u8; 4], u64, usize)> {
    let name = bytes.get(4..8)?.try_into().ok()?;
    let (size, start) = match u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) {
        0 => (rest, 8),
        1 => (u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?), 16),
        size => (size.into(), 8),
    };
    (size >= start as u64).then_some((name, size, start))
}

/// The boxes inside of one.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (name, size, start) = box_head(bytes, bytes.len() as u64)?;
        let size = usize::try_from(size).ok()?;
        let content = bytes.get(start..size)?;
        bytes = bytes.get(size..)?;
        Some((name, content))
    })
}

fn inside(bytes: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find(|(found, _)| *found == name).map(|(_, content)| content)
}

fn video(moov: &[u8]) -> Option<Video> {
    boxes(moov).filter(|(name, _)| name == b"trak").find_map(|(_, track)| {
        let media = inside(track, *b"mdia")?;
        if inside(media, *b"hdlr")?.get(8..12)? != b"vide" {
            return None;
        }
        let [width, height] = size(inside(track, *b"tkhd")?)?;
        let duration_ms = duration(inside(media, *b"mdhd")?).or_else(|| duration(inside(moov, *b"mvhd")?))?;
        (width > 0 && height > 0).then_some(Video { duration_ms, width, height })
    })
}

/// The last two fields of a track's head: fixed-point numbers of 16 and 16 bits.
fn size(head: &[u8]) -> Option<[u32; 2]> {
    let at = head.len().checked_sub(8)?;
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?) >> 16);
    Some([number(at)?, number(at + 4)?])
}

/// Of a head that has a time scale and a length, in milliseconds.
fn duration(head: &[u8]) -> Option<u32> {
    let short = |at: usize| Some(u64::from(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?)));
    let (scale, length) = match head.first()? {
        0 => (short(12)?, short(16)?),
        1 => (short(20)?, u64::from_be_bytes(head.get(24..32)?.try_into().ok()?)),
        _ => return None,
    };
    let millis = length.checked_mul(1_000)?.checked_add(scale / 2)?.checked_div(scale)?;
    u32::try_from(millis).ok().filter(|millis| *millis > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes()[..], &name, content].concat()
    }

    fn timed(scale: u32, length: u32) -> Vec<u8> {
        [&[0; 12][..], &scale.to_be_bytes(), &length.to_be_bytes(), &[0; 4]].concat()
    }

    fn track(kind: [u8; 4], width: u32, height: u32) -> Vec<u8> {
        let head = [&[0; 76][..], &(width << 16).to_be_bytes(), &(height << 16).to_be_bytes()].concat();
        let handler = [&[0; 8][..], &kind, &[0; 13]].concat();
        let media = [boxed(*b"mdhd", &timed(12_800, 32_000)), boxed(*b"hdlr", &handler)].concat();
        boxed(*b"trak", &[boxed(*b"tkhd", &head), boxed(*b"mdia", &media)].concat())
    }

    fn file() -> Vec<u8> {
        let moov = [boxed(*b"mvhd", &timed(1_000, 2_600)), track(*b"soun", 0, 0), track(*b"vide", 512, 480)].concat();
        [boxed(*b"ftyp", b"isom"), boxed(*b"mdat", &[7; 100]), boxed(*b"moov", &moov)].concat()
    }

    #[tokio::test]
    async fn the_video_track_says_length_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        tokio::fs::write(&path, file()).await.unwrap();
        assert_eq!(describe(&path).await.unwrap(), Video { duration_ms: 2_500, width: 512, height: 480 });
    }

    #[tokio::test]
    async fn what_is_no_video_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        let whole = file();
        let huge = [boxed(*b"ftyp", b"isom"), b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()].concat();
        let still = [boxed(*b"ftyp", b"isom"), b"\0\0\0\x04free".to_vec()].concat();
        for bad in [&b""[..], b"<html>", &whole[..whole.len() - 1], &whole[..60], &huge, &still] {
            tokio::fs::write(&path, bad).await.unwrap();
            assert!(describe(&path).await.is_err(), "{} bytes", bad.len());
        }
    }
}
