//! MP3 of any length: the frames of a tone that do not depend on each other, again and again.

use bytes::Bytes;

use crate::numbers::{ceil_len, float};

/// Two seconds of a tone: 64 kbit/s, 44.1 kHz, mono, encoded without a bit reservoir.
const TONE: &[u8] = include_bytes!("../../assets/tone-44100-64.mp3");
/// Seconds of a frame.
pub(crate) const FRAME: f64 = 1_152.0 / 44_100.0;
/// Frames at the start in which the encoder warms up.
const WARMING_UP: usize = 4;

/// A tone of a length.
pub(crate) fn tone(seconds: f64) -> Bytes {
    let frames = frames(TONE);
    let steady = frames.get(WARMING_UP..).unwrap_or_default();
    steady.iter().cycle().take(ceil_len(seconds / FRAME).max(1)).flat_map(|frame| frame.iter().copied()).collect()
}

/// The frames of a file of MPEG-1 layer III, after a tag if it has one.
pub(crate) fn frames(file: &[u8]) -> Vec<&[u8]> {
    let mut rest = after_tag(file);
    let mut found = Vec::new();
    while let Some((size, _)) = header(rest) {
        let Some((frame, after)) = rest.split_at_checked(size) else { break };
        found.push(frame);
        rest = after;
    }
    found
}

/// The seconds of a file, if it is one.
pub(crate) fn seconds(file: &[u8]) -> Option<f64> {
    let all = frames(file);
    let (_, rate) = header(all.first()?)?;
    Some(float(all.len()) * 1_152.0 / f64::from(rate))
}

fn after_tag(file: &[u8]) -> &[u8] {
    let Some(([b'I', b'D', b'3', _, _, _, size @ ..], _)) = file.split_first_chunk::<10>() else { return file };
    let size = size.iter().fold(0, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
    file.get(size + 10..).unwrap_or_default()
}

/// Size in bytes, and rate in Hz, of the frame that begins here.
fn header(at: &[u8]) -> Option<(usize, u32)> {
    const KBITS: [u32; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    let [0xff, kind, setup, _] = at.first_chunk::<4>()? else { return None };
    if kind & 0xfe != 0xfa {
        return None;
    }
    let kbits = *KBITS.get(usize::from(setup >> 4))?;
    let rate = *[44_100, 48_000, 32_000].get(usize::from(setup >> 2 & 3))?;
    let padding = u32::from(setup >> 1 & 1);
    let size = usize::try_from(144_000 * kbits / rate + padding).ok()?;
    (kbits > 0).then_some((size, rate))
}
