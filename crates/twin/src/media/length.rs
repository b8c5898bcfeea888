//! How long a sound or a video is: of the usual formats, by their headers.

use super::{mp3, opus};
use crate::numbers::float;

/// The seconds of a file; nothing if its format is another one.
pub(crate) fn seconds(file: &[u8]) -> Option<f64> {
    wav(file)
        .or_else(|| opus::seconds(file))
        .or_else(|| flac(file))
        .or_else(|| mp4(file))
        .or_else(|| mp3::seconds(file))
}

fn wav(file: &[u8]) -> Option<f64> {
    if !file.starts_with(b"RIFF") {
        return None;
    }
    let format = file.windows(4).take(4_096).position(|bytes| bytes == b"fmt ")?;
    let per_second = number(file, format + 16)?;
    let data = file.windows(4).take(65_536).position(|bytes| bytes == b"data")?;
    // The header of a sound that was streamed says nothing about its size.
    let size = usize::try_from(number(file, data + 4)?).ok()?.min(file.len().saturating_sub(data + 8));
    (per_second > 0).then(|| float(size) / f64::from(per_second))
}

fn number(file: &[u8], at: usize) -> Option<u32> {
    file.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn flac(file: &[u8]) -> Option<f64> {
    let info = file.strip_prefix(b"fLaC")?.get(14..22)?.first_chunk()?;
    let packed = u64::from_be_bytes(*info);
    let rate = u32::try_from(packed >> 44).ok()?;
    let samples = u32::try_from(packed & 0xf_ffff_ffff).ok()?;
    (rate > 0).then(|| f64::from(samples) / f64::from(rate))
}

/// By the header of the movie, in its first version.
fn mp4(file: &[u8]) -> Option<f64> {
    if file.get(4..8)? != b"ftyp" {
        return None;
    }
    let header = file.windows(4).position(|bytes| bytes == b"mvhd")?;
    let big = |at: usize| file.get(header + at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
    let scale = big(16)?;
    (scale > 0).then(|| Some(f64::from(big(20)?) / f64::from(scale)))?
}
