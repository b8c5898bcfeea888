//! Ogg Opus of any length: frames of silence, by RFC 7845 and RFC 3533.

use bytes::Bytes;

use crate::numbers::{ceil, ceil_len};

/// 20 ms of silence, mono.
const FRAME: &[u8] = &[0xf8, 0xff, 0xfe];
/// Samples of a frame, always counted at 48 kHz.
const SAMPLES: u64 = 960;
/// The most packets of a page.
const PACKETS: usize = 250;

/// Silence of a length.
pub(crate) fn silence(seconds: f64) -> Bytes {
    let mut file = Vec::new();
    let mut head = b"OpusHead".to_vec();
    head.extend_from_slice(&[1, 1, 0, 0]);
    head.extend_from_slice(&48_000_u32.to_le_bytes());
    head.extend_from_slice(&[0, 0, 0]);
    let mut tags = b"OpusTags".to_vec();
    tags.extend_from_slice(&4_u32.to_le_bytes());
    tags.extend_from_slice(b"twin");
    tags.extend_from_slice(&0_u32.to_le_bytes());
    page(&mut file, 2, 0, 0, &[&head]);
    page(&mut file, 0, 0, 1, &[&tags]);
    let frames = vec![FRAME; ceil_len(seconds * 50.0).max(1)];
    let pages = frames.len().div_ceil(PACKETS);
    let mut position = 0;
    for (number, packets) in frames.chunks(PACKETS).enumerate() {
        position += SAMPLES * u64::try_from(packets.len()).unwrap_or(0);
        let last = number + 1 == pages;
        // The last page says where the sound ends, if within a frame.
        let position = if last { position.min(ceil(seconds * 48_000.0).max(1)) } else { position };
        page(&mut file, if last { 4 } else { 0 }, position, u32::try_from(number + 2).unwrap_or(u32::MAX), packets);
    }
    file.into()
}

fn page(file: &mut Vec<u8>, flags: u8, position: u64, number: u32, packets: &[&[u8]]) {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend_from_slice(&position.to_le_bytes());
    page.extend_from_slice(b"twin");
    page.extend_from_slice(&number.to_le_bytes());
    page.extend_from_slice(&[0; 4]);
    // Every packet here is shorter than 255 bytes: one segment each.
    page.push(u8::try_from(packets.len()).unwrap_or(u8::MAX));
    page.extend(packets.iter().map(|packet| u8::try_from(packet.len()).unwrap_or(u8::MAX)));
    page.extend(packets.iter().flat_map(|packet| packet.iter().copied()));
    let sum = checksum(&page);
    if let Some(place) = page.get_mut(22..26) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
    file.extend(page);
}

/// The checksum of Ogg: CRC-32 without reflection.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8)
            .fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
    })
}

/// The seconds of a file of Ogg Opus, if it is one: what its last page says.
pub(crate) fn seconds(file: &[u8]) -> Option<f64> {
    if !file.starts_with(b"OggS") {
        return None;
    }
    let last = file.windows(4).rposition(|bytes| bytes == b"OggS")?;
    let position = u64::from_le_bytes(*file.get(last + 6..)?.first_chunk()?);
    let rate = if file.windows(8).take(128).any(|bytes| bytes == b"OpusHead") { 48_000.0 } else { 44_100.0 };
    Some(f64::from(u32::try_from(position).ok()?) / rate)
}
