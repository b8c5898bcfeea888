//! Sound as samples: ffmpeg decodes any file to 16 kHz mono, as fast as it is read, so that a day of sound needs no more
//! memory than a minute.

mod cut;
mod encode;
mod probe;
mod stretches;

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::guard::{Guard, GuardError, Limits};

pub use cut::{CUT_STEP_MS, cut};
pub use encode::{EncodeError, encode_mp3};
pub use probe::{SoundFile, sound_file};
pub use stretches::{Readable, readable};

/// Samples per second of what is heard.
pub(crate) const SAMPLE_RATE: u32 = 16_000;

const MIB: u64 = 1024 * 1024;

/// It lives as long as the transcription, waiting for its reader; each request has a limit of its own, at which the engine
/// child and with it this one are stopped.
const LIMITS: Limits = Limits {
    memory_bytes: 1024 * MIB,
    cpu: Duration::from_hours(12),
    wall: Duration::from_hours(48),
    file_bytes: MIB,
    output_bytes: u64::MAX,
    threads: 1,
};

/// The containers that are opened, by ffmpeg's names: those that hold their sound themselves. Playlists (HLS, DASH, concat and
/// others) name further files, which ffmpeg would open, and may go on for ever.
const CONTAINERS: &str = "aac,ac3,act,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dsf,dts,dtshd,dv,eac3,flac,flv,gsm,\
                          gxf,iff,loas,matroska,mlp,mov,mp3,mpc,mpc8,mpeg,mpegts,mpegvideo,mxf,nut,ogg,oma,\
                          rm,sox,tak,truehd,tta,voc,w64,wav,webm,wsd,wtv,wv,xwma";

/// Gaps between timestamps become silence, so that times are those of the file.
const AS_TIMED: &str = "aresample=async=1:first_pts=0";
/// Seconds that are heard of any file: 25 hours. A false timestamp would make silence without an end.
const LONGEST: &str = "90000";

/// Bytes of ffmpeg's error output that are kept: its first words say what is wrong with the file.
const ERRORS: usize = 8 * 1024;

/// Why a file has no samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unhearable {
    /// It has no bytes.
    Empty,
    /// It is a video without sound.
    NoSound,
    /// ffmpeg does not know it, or it is a playlist, a picture or a text.
    NotMedia,
}

/// Why sound could not be read.
#[derive(Debug)]
pub(crate) enum SoundError {
    Unhearable(Unhearable),
    /// ffmpeg failed otherwise.
    Failed(GuardError),
    Io(io::Error),
}

impl From<io::Error> for SoundError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Which part of a file is heard, in milliseconds from its beginning; as it is, all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) from: u32,
    /// Exclusive; none for its end.
    pub(crate) until: Option<u32>,
}

impl Part {
    /// ffmpeg's options for it.
    fn options(self) -> Vec<String> {
        let time = |ms: u32| format!("{}.{:03}", ms / 1_000, ms % 1_000);
        let mut options = Vec::new();
        if self.from > 0 {
            options.extend(["-ss".to_owned(), time(self.from)]);
        }
        if let Some(until) = self.until {
            options.extend(["-t".to_owned(), time(until.saturating_sub(self.from))]);
        }
        options
    }
}

/// What ffmpeg is asked for: the samples of the first sound of a file, two bytes each, to its standard output.
pub(crate) fn arguments(file: &Path, part: Part) -> Vec<OsString> {
    // "file:", or a name with a colon would be taken for a protocol.
    let mut input = OsString::from("file:");
    input.push(file);
    let rate = SAMPLE_RATE.to_string();
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |more: &[&str]| arguments.extend(more.iter().map(OsString::from));
    // However much of it is damaged, the rest is heard.
    add(&["-nostdin", "-v", "error", "-threads", "1", "-max_error_rate", "1"]);
    add(&["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS]);
    arguments.extend(part.options().into_iter().map(OsString::from));
    arguments.extend(["-i".into(), input]);
    let mut add = |more: &[&str]| arguments.extend(more.iter().map(OsString::from));
    add(&["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", &rate, "-af", AS_TIMED, "-t", LONGEST]);
    add(&["-f", "s16le", "pipe:1"]);
    arguments
}

/// What a decoder may use that is done after this time.
pub(crate) const fn limits(wall: Duration) -> Limits {
    Limits { wall, ..LIMITS }
}

/// Samples from a file.
pub(crate) struct Sound {
    child: Child,
    output: ChildStdout,
    errors: Option<JoinHandle<Vec<u8>>>,
    /// The first byte of a sample whose second one was not read yet.
    half: Option<u8>,
    any: bool,
}

impl Sound {
    /// Starts to decode the first sound of a file.
    pub(crate) fn open(guard: &Guard, file: &Path, part: Part) -> Result<Self, SoundError> {
        if std::fs::metadata(file)?.len() == 0 {
            return Err(SoundError::Unhearable(Unhearable::Empty));
        }
        let mut command = guard.command(&LIMITS, "ffmpeg", arguments(file, part));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.into_std().spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
        let errors = child.stderr.take().map(|errors| std::thread::spawn(move || first_words(errors)));
        Ok(Self { child, output, errors, half: None, any: false })
    }

    /// Reads on: some samples from -1 to 1, none at the end.
    pub(crate) fn read(&mut self) -> Result<Vec<f32>, SoundError> {
        let mut buffer = vec![0; 64 * 1024];
        let from = match self.half.take() {
            Some(byte) => {
                buffer[0] = byte;
                1
            }
            None => 0,
        };
        let read = self.output.read(&mut buffer[from..])?;
        if read == 0 {
            self.finish()?;
            return Ok(Vec::new());
        }
        let (samples, rest) = buffer[..from + read].as_chunks::<2>();
        self.half = rest.first().copied();
        self.any |= !samples.is_empty();
        let sample = |bytes: &[u8; 2]| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0;
        let samples: Vec<f32> = samples.iter().map(sample).collect();
        // One byte alone is no sample and not the end.
        if samples.is_empty() { self.read() } else { Ok(samples) }
    }

    /// Waits for ffmpeg's end, and says what its errors mean.
    fn finish(&mut self) -> Result<(), SoundError> {
        let words = self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
        let status = self.child.wait()?;
        match GuardError::from_exit("ffmpeg", &LIMITS, status, &words) {
            None if self.any => Ok(()),
            None => Err(SoundError::Unhearable(Unhearable::NoSound)),
            Some(error) => match meaning(error) {
                // A file that is damaged further on was heard up to there.
                SoundError::Unhearable(_) if self.any => Ok(()),
                error => Err(error),
            },
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        // It fails when ffmpeg has ended already; waiting leaves no zombie.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads all error output, so that ffmpeg never waits for its reader.
fn first_words(mut errors: ChildStderr) -> Vec<u8> {
    let mut words = Vec::new();
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = errors.read(&mut buffer) {
        if words.len() < ERRORS {
            words.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
    }
    words
}

/// Words of ffmpeg about this machine, which has them for any file.
const OF_THE_MACHINE: [&str; 8] = [
    "Cannot allocate memory",
    "No space left on device",
    "Too many open files",
    "No such file or directory",
    "Permission denied",
    "Resource temporarily unavailable",
    "Device or resource busy",
    "error while loading shared libraries",
];

/// What ffmpeg's words say about the file. It has more of them for damaged files than can be listed, and reads a file of this
/// machine: what is not about the machine is about the file, and comes again however often it is tried.
pub(crate) fn meaning(error: GuardError) -> SoundError {
    let GuardError::Failed { stderr_tail, .. } = &error else { return SoundError::Failed(error) };
    let says = |words: &[&str]| words.iter().any(|word| stderr_tail.contains(word));
    if says(&["matches no streams", "does not contain any stream"]) {
        SoundError::Unhearable(Unhearable::NoSound)
    } else if says(&OF_THE_MACHINE) {
        SoundError::Failed(error)
    } else {
        SoundError::Unhearable(Unhearable::NotMedia)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn of(stderr: &str) -> SoundError {
        let status = ExitStatus::from_raw(0x100);
        meaning(GuardError::Failed { program: "ffmpeg".to_owned(), status, stderr_tail: stderr.to_owned() })
    }

    #[test]
    fn a_part_is_given_in_seconds() {
        assert_eq!(Part::default().options(), Vec::<String>::new());
        assert_eq!(Part { from: 61_005, until: Some(70_010) }.options(), ["-ss", "61.005", "-t", "9.005"]);
    }

    #[test]
    fn what_ffmpeg_says_becomes_what_is_wrong_with_the_file() {
        let no_sound = of("Stream map '0:a:0' matches no streams.");
        assert!(matches!(no_sound, SoundError::Unhearable(Unhearable::NoSound)));
        let text = of("file:notes.txt: Invalid data found when processing input");
        assert!(matches!(text, SoundError::Unhearable(Unhearable::NotMedia)));
        for unknown in [
            "Decoder (codec none) not found for input stream #0:0",
            "[wav @ 0x5] Decoding requested, but no decoder found for: mace3",
            "[concat @ 0x5] Format not on whitelist 'wav'",
            "file:head.webm: End of file",
            "file:head.flac: Input/output error",
            "what no version has said so far",
        ] {
            assert!(matches!(of(unknown), SoundError::Unhearable(Unhearable::NotMedia)), "{unknown}");
        }
        for machine in
            ["Device or resource busy", "av_malloc: Cannot allocate memory", "pipe:1: No space left on device"]
        {
            assert!(matches!(of(machine), SoundError::Failed(_)), "{machine}");
        }
    }
}
