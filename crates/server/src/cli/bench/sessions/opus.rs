//! Ogg Opus as long as it is wanted, made of one minute that ffmpeg has encoded: its pages again and again, with the numbers,
//! the times and the checksums that a stream of its own has. No two recordings have the same bytes.

use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// Something like a voice: a pitch that moves, with noise and pauses.
const SOUND: &str = "aevalsrc=exprs='(0.25*sin(2*PI*140*t+9*sin(2*PI*0.7*t))+0.12*sin(2*PI*420*t+9*sin(2*PI*0.9*t))\
    +0.05*(random(0)-0.5))*(0.55+0.45*sin(2*PI*2.7*t))':s=48000:d=60";
/// Bytes of a page's header before the lengths of its parts.
const HEAD: usize = 27;
/// The flag of a stream's last page.
const LAST: u8 = 4;

/// A minute of sound, by pages of a second.
pub(super) struct Minute {
    /// The pages before the sound.
    heads: Vec<Vec<u8>>,
    pages: Vec<Vec<u8>>,
    /// The time at its end, in samples.
    samples: u64,
}

impl Minute {
    /// Encodes it by ffmpeg.
    pub(super) fn encode() -> anyhow::Result<Self> {
        let mut command = Command::new("ffmpeg");
        command.args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            SOUND,
            "-c:a",
            "libopus",
            "-b:a",
            "48k",
        ]);
        command.args(["-page_duration", "1000000", "-f", "ogg", "-"]).stdin(Stdio::null());
        let output = command.output().context("cannot run ffmpeg, which makes the sound: install it")?;
        ensure!(output.status.success(), "ffmpeg failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        Self::parse(&output.stdout)
    }

    fn parse(mut bytes: &[u8]) -> anyhow::Result<Self> {
        let mut pages = Vec::new();
        while !bytes.is_empty() {
            let lengths = *bytes.get(26).context("a page is cut short")? as usize;
            let table = bytes.get(HEAD..HEAD + lengths).context("a page is cut short")?;
            let length = HEAD + lengths + table.iter().map(|length| *length as usize).sum::<usize>();
            let (page, rest) = bytes.split_at_checked(length).context("a page is cut short")?;
            ensure!(page.starts_with(b"OggS"), "ffmpeg made no Ogg");
            pages.push(page.to_vec());
            bytes = rest;
        }
        ensure!(pages.len() > 3, "ffmpeg made no sound");
        let sound = pages.split_off(2);
        let samples = sound.last().map_or(0, |page| granule(page));
        Ok(Self { heads: pages, pages: sound, samples })
    }

    /// The bytes of a chunk of `seconds` pages of the stream with this serial number; `last` ends the stream.
    pub(super) fn chunk(&self, serial: u32, number: u32, seconds: u32, last: bool) -> Vec<u8> {
        let mut chunk = Vec::new();
        if number == 0 {
            for (sequence, page) in (0..).zip(&self.heads) {
                put(&mut chunk, page, serial, sequence, granule(page), false);
            }
        }
        let minute = u32::try_from(self.pages.len()).unwrap_or(1);
        let first = number * seconds;
        for place in first..first + seconds {
            let Some(page) = self.pages.get((place % minute) as usize) else { continue };
            let before = u64::from(place / minute) * self.samples;
            let is_last = last && place + 1 == first + seconds;
            put(&mut chunk, page, serial, place + 2, before + granule(page), is_last);
        }
        chunk
    }
}

fn granule(page: &[u8]) -> u64 {
    page.get(6..14).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// Appends a page with its own numbers and checksum (RFC 3533, 6).
fn put(chunk: &mut Vec<u8>, page: &[u8], serial: u32, sequence: u32, granule: u64, last: bool) {
    let from = chunk.len();
    chunk.extend_from_slice(page);
    let Some(page) = chunk.get_mut(from..) else { return };
    if let Some(flags) = page.get_mut(5) {
        *flags = if last { *flags | LAST } else { *flags & !LAST };
    }
    let mut write = |at: usize, bytes: &[u8]| {
        if let Some(place) = page.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    };
    write(6, &granule.to_le_bytes());
    write(14, &serial.to_le_bytes());
    write(18, &sequence.to_le_bytes());
    write(22, &[0; 4]);
    let sum = checksum(page);
    if let Some(place) = page.get_mut(22..26) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
}

/// The CRC of Ogg: polynomial 0x04c11db7, nothing reflected, beginning with zero.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    bytes.iter().fold(0, |sum, byte| {
        let place = (sum >> 24) as u8 ^ byte;
        (sum << 8) ^ TABLE.get(place as usize).copied().unwrap_or_default()
    })
}

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "the index is below 256")]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut sum = (at as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04c1_1db7 };
            bit += 1;
        }
        table[at] = sum;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_chunks_are_a_stream_that_decodes_to_its_full_length() {
        let minute = Minute::encode().unwrap();
        let bytes: Vec<u8> = (0..3).flat_map(|number| minute.chunk(7, number, 30, number == 2)).collect();
        // Its own pages, unchanged: the checksums are those of ffmpeg.
        for page in &minute.pages {
            let mut same = Vec::new();
            let (serial, sequence) = (page[14..18].try_into().unwrap(), page[18..22].try_into().unwrap());
            let last = page[5] & LAST != 0;
            put(&mut same, page, u32::from_le_bytes(serial), u32::from_le_bytes(sequence), granule(page), last);
            assert_eq!(&same, page);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("joined.ogg");
        std::fs::write(&file, bytes).unwrap();
        let mut probe = Command::new("ffmpeg");
        probe.args(["-v", "warning", "-i"]).arg(&file).args(["-f", "s16le", "-ac", "1", "-ar", "8000", "-"]);
        let output = probe.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let seconds = output.stdout.len() / 2 / 8_000;
        assert!((89..=90).contains(&seconds), "{seconds}");
    }
}
