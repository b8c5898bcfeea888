//! Where in a file there is sound that can be read: a container whose middle is damaged is read on behind the damage, and what is
//! lost leaves a hole between the times of its packets.

use std::ffi::OsString;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::probe::refused;
use super::{CONTAINERS, MIB, meaning};
use crate::guard::{Guard, GuardError, Limits};
use crate::speech::SpeechError;

/// All packets of a day are listed.
const LIMITS: Limits = Limits {
    memory_bytes: 512 * MIB,
    cpu: Duration::from_mins(10),
    wall: Duration::from_hours(1),
    file_bytes: MIB,
    output_bytes: u64::MAX,
    threads: 1,
};
/// Packets that are no further apart are of one stretch, in milliseconds.
const JOINED: u64 = 250;
/// More stretches than this are not kept apart: the rest is one.
const MOST: usize = 10_000;

/// What a recording ends with that was cut off: there is nothing wrong with what is before.
const CUT_OFF: &str = "File ended prematurely";

/// What can be read of a sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readable {
    /// Of which there are packets, in milliseconds from its beginning, in order.
    pub stretches: Vec<Range<u64>>,
    /// The container is damaged. If it is not, nothing was recorded between them.
    pub is_damaged: bool,
}

/// What can be read of the first sound of a file; nothing of a file that is none.
pub async fn readable(guard: &Guard, file: &Path) -> Result<Readable, SpeechError> {
    let mut input = OsString::from("file:");
    input.push(file);
    let fixed = ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS];
    let asked = ["-select_streams", "a:0", "-show_entries", "packet=pts_time,duration_time:format=start_time"];
    let arguments = fixed.iter().chain(&asked).chain(&["-of", "csv"]).map(OsString::from).chain([input]);
    match guard.run_with(&LIMITS, "ffprobe", arguments, None, collect).await {
        Ok((found, said)) => {
            let stretches = found.map_err(|error| SpeechError::Failed { message: error.to_string() })?;
            Ok(Readable { stretches, is_damaged: is_damage(&said) })
        }
        Err(GuardError::Missing { .. }) => Err(SpeechError::NoDecoder),
        Err(error) => match refused(meaning(error)) {
            SpeechError::NotMedia | SpeechError::NoSound | SpeechError::Empty => {
                Ok(Readable { stretches: Vec::new(), is_damaged: true })
            }
            error => Err(error),
        },
    }
}

/// Whether what ffprobe said of a file that it could read is about damage.
fn is_damage(said: &[u8]) -> bool {
    let said = String::from_utf8_lossy(said);
    said.lines().any(|line| !line.trim().is_empty() && !line.contains(CUT_OFF))
}

/// Reads ffprobe's lines to their end: `packet,12.48,0.02`, and at last `format,0.0`.
async fn collect(lines: impl AsyncRead + Unpin) -> io::Result<Vec<Range<u64>>> {
    let (mut found, mut begins) = (Vec::<Range<i64>>::new(), 0);
    let mut lines = BufReader::new(lines).lines();
    while let Some(line) = lines.next_line().await? {
        let mut fields = line.split(',');
        let kind = fields.next();
        let Some(from) = fields.next().and_then(milliseconds) else { continue };
        if kind == Some("format") {
            begins = from;
        } else {
            add(&mut found, from..from + fields.next().and_then(milliseconds).unwrap_or(0).max(0));
        }
    }
    let since = |ms: i64| u64::try_from(ms - begins).unwrap_or(0);
    Ok(found.into_iter().map(|stretch| since(stretch.start)..since(stretch.end)).collect())
}

/// Packets come in the order of their times, or nearly so.
fn add(found: &mut Vec<Range<i64>>, packet: Range<i64>) {
    let is_full = found.len() >= MOST;
    match found.last_mut() {
        Some(last) if is_full || packet.start <= last.end + JOINED.cast_signed() => last.end = last.end.max(packet.end),
        _ => found.push(packet),
    }
}

fn milliseconds(seconds: &str) -> Option<i64> {
    let seconds: f64 = seconds.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "less than a year")]
    (seconds.abs() < 31_536_000.0).then_some((seconds * 1_000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn packets_that_follow_each_other_are_one_stretch_and_a_hole_is_none() {
        let said = b"packet,-0.007000,0.020000\npacket,0.013000,0.020000,\npacket,0.033000,N/A\npacket,N/A,N/A\n\
                     packet,3.000000,0.060000\npacket,3.300000,0.060000\nformat,-0.007000\n";
        assert_eq!(collect(&said[..]).await.unwrap(), [0..40, 3_007..3_367]);
        assert_eq!(collect(&b""[..]).await.unwrap(), [0_u64..0; 0]);
        assert!(
            !is_damage(b"") && !is_damage(b"[matroska,webm @ 0x5] File ended prematurely at pos. 18455 (0x4817)\n")
        );
        assert!(is_damage(b"[ogg @ 0x5] CRC mismatch!\n"));
        assert_eq!(collect(&b"format,N/A\n"[..]).await.unwrap(), [0_u64..0; 0]);
    }
}
