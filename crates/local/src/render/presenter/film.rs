//! A filmed presenter: a video that somebody else made is decoded by ffmpeg and shown in the circle, in place of the drawing.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::guard::{Guard, GuardError, Limits};
use crate::render::error::{RenderError, from_guard};
use crate::render::frames::words_of;
use crate::render::layout::Zone;
use crate::render::palette::Palette;
use crate::render::spec::FRAMES_PER_SECOND;
use crate::render::text::Typesetter;
use crate::render::yuv::{Area, Layer, Picture};

use super::{Circle, FIELD, over, spread, whole};

/// Most pixels of its picture: more than 4K has. One frame of what claims more would fill the memory.
const MOST_PIXELS: &str = "16777216";
/// Most characters of what ffmpeg said.
const LONGEST_REASON: usize = 300;
/// How long decoding may take: to begin, and for each frame. The clip is drawn and encoded meanwhile, at the machine's own pace, so
/// that this is much; a file that takes longer keeps a worker busy.
const STARTING: Duration = Duration::from_mins(1);
const EACH_FRAME: Duration = Duration::from_secs(1);

/// What a decoder of so many frames may use. As much CPU time as time: it has one thread.
fn limits(frames: u32) -> Limits {
    let wall = STARTING.saturating_add(EACH_FRAME.saturating_mul(frames)).min(Limits::MEDIA.wall);
    Limits { cpu: wall, wall, ..Limits::MEDIA }
}

/// A video that is being decoded, at the frame rate of clips, cut to a square. It ends when it is dropped.
pub(crate) struct Film {
    child: Child,
    frames: Option<ChildStdout>,
    words: Option<JoinHandle<Vec<u8>>>,
    /// The path of the file, as ffmpeg says it.
    name: String,
    limits: Limits,
}

impl Film {
    /// Starts to decode so many frames, each a square with `side` pixels.
    pub(crate) fn open(guard: &Guard, video: &Path, side: usize, frames: u32) -> Result<Self, RenderError> {
        let limits = limits(frames);
        // Its own alarm ends it after the wall limit, so that reading a frame never waits longer.
        let mut command = guard.command(&limits, "ffmpeg", arguments(video, side, frames)).into_std();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| from_guard(GuardError::Io(error)))?;
        let words = Some(words_of(child.stderr.take()));
        let name = video.file_name().unwrap_or(video.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { frames: child.stdout.take(), child, words, name, limits })
    }

    /// Reads the next frame as RGBA; false if there is none, or not the whole of it.
    fn read(&mut self, pixels: &mut [u8]) -> bool {
        self.frames.as_mut().is_some_and(|frames| frames.read_exact(pixels).is_ok())
    }

    /// Why ffmpeg ended; none if it had decoded what there is.
    fn ended(&mut self) -> Result<Option<GuardError>, RenderError> {
        self.frames = None;
        let status = self.child.wait().map_err(|error| from_guard(GuardError::Io(error)))?;
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        Ok(GuardError::from_exit("ffmpeg", &self.limits, status, &words))
    }

    /// Why there is not a single frame.
    fn unusable(&mut self) -> RenderError {
        match self.ended() {
            Ok(Some(GuardError::Failed { stderr_tail, .. })) => RenderError::Film { detail: self.reason(&stderr_tail) },
            Ok(Some(error @ (GuardError::OutOfMemory { .. } | GuardError::TimedOut { .. }))) => {
                RenderError::Film { detail: error.to_string() }
            }
            Ok(Some(error)) => from_guard(error),
            Ok(None) => RenderError::Film { detail: "it has no frames".to_owned() },
            Err(error) => error,
        }
    }

    /// Whether the frames so far are all that can be had of it. One that was stopped for its time is not shown in part: its presenter
    /// would freeze.
    fn check_end(&mut self) -> Result<(), RenderError> {
        match self.ended()? {
            Some(error @ GuardError::TimedOut { .. }) => Err(RenderError::Film { detail: error.to_string() }),
            _ => Ok(()),
        }
    }

    /// The last line of what ffmpeg said, for people who do not know where the file lies.
    fn reason(&self, words: &str) -> String {
        let last = words.lines().rev().map(str::trim).find(|line| !line.is_empty());
        let last = last.unwrap_or("it cannot be decoded").replace(&self.name, "the video");
        last.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect()
    }
}

impl Drop for Film {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The file came from somebody else: it is taken for an MP4 whatever it contains, and cannot name other files.
fn arguments(video: &Path, side: usize, frames: u32) -> Vec<OsString> {
    let filter = format!(
        "fps={FRAMES_PER_SECOND},crop='min(iw,ih)':'min(iw,ih)':(iw-ow)/2:0,scale={side}:{side},setsar=1,format=rgba"
    );
    let frames = frames.to_string();
    let mut arguments: Vec<OsString> =
        ["-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "file"].map(Into::into).to_vec();
    arguments.extend(["-max_pixels", MOST_PIXELS, "-f", "mov", "-i"].map(OsString::from));
    arguments.push(video.into());
    arguments.extend(["-map", "0:v:0", "-an", "-sn", "-dn", "-vf", &filter].map(OsString::from));
    arguments.extend(["-frames:v", &frames, "-f", "rawvideo", "pipe:1"].map(OsString::from));
    arguments
}

/// The circle in which a film is shown.
pub(crate) struct Screen {
    film: Film,
    /// How many frames were read.
    read: u32,
    is_over: bool,
    circle: Circle,
    pixels: Vec<u8>,
    canvas: Vec<u8>,
    layer: Layer,
}

impl Screen {
    /// The side of the square that is shown in a zone, in pixels.
    pub(crate) fn side(zone: Zone) -> usize {
        whole(zone.width) & !1
    }

    /// Shows a film, decoded with the side of this zone.
    pub(crate) fn new(film: Film, zone: Zone, palette: &Palette) -> Result<Self, RenderError> {
        let side = Self::side(zone);
        let circle = Circle::new(side, zone.width / FIELD, palette, &Typesetter::new(false))?;
        Ok(Self {
            film,
            read: 0,
            is_over: false,
            circle,
            pixels: vec![0; side * side * 4],
            canvas: vec![0; side * side * 4],
            layer: Layer::new(Area::even(whole(zone.x), whole(zone.y), side, side)),
        })
    }

    /// Draws the frame with this number, or the last one if the film is over by then. Numbers grow.
    pub(crate) fn draw(&mut self, frame: &mut Picture, number: u32) -> Result<(), RenderError> {
        let before = self.read;
        while !self.is_over && self.read <= number {
            if self.film.read(&mut self.canvas) {
                std::mem::swap(&mut self.pixels, &mut self.canvas);
                self.read += 1;
            } else if self.read == 0 {
                return Err(self.film.unusable());
            } else {
                self.film.check_end()?;
                self.is_over = true;
            }
        }
        if self.read != before {
            self.canvas.copy_from_slice(&self.circle.disc);
            let shown = self.canvas.as_chunks_mut::<4>().0.iter_mut().zip(self.pixels.as_chunks::<4>().0);
            for ((under, pixel), mask) in shown.zip(&self.circle.mask) {
                // A film hides what is behind it, whatever it says of itself.
                let [red, green, blue, _] = *pixel;
                if *mask > 0 {
                    over(under, spread([red, green, blue, 255]), u64::from(*mask));
                }
            }
            self.layer.load(&self.canvas);
        }
        frame.blend(&self.layer, 256);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A film whose decoder is this script.
    fn film(script: &str) -> Film {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let words = Some(words_of(child.stderr.take()));
        Film { frames: child.stdout.take(), child, words, name: "a.mp4".to_owned(), limits: limits(25) }
    }

    #[test]
    fn a_decoder_has_so_much_time_for_each_frame() {
        assert_eq!(limits(0).wall, STARTING);
        assert_eq!(limits(25).wall, Duration::from_secs(85));
        assert_eq!(limits(u32::MAX).wall, Limits::MEDIA.wall);
        assert_eq!((limits(25).cpu, limits(25).memory_bytes), (limits(25).wall, Limits::MEDIA.memory_bytes));
    }

    #[test]
    fn a_film_that_was_stopped_for_its_time_is_not_shown_in_part() {
        let mut pixels = [0; 4];
        let mut stopped = film("printf abcd; kill -ALRM $$");
        assert!(stopped.read(&mut pixels) && !stopped.read(&mut pixels));
        let error = stopped.check_end().unwrap_err();
        assert!(
            matches!(&error, RenderError::Film { detail } if detail.contains("was stopped after 85 seconds")),
            "{error}"
        );
        let mut never = film("kill -ALRM $$");
        assert!(!never.read(&mut pixels));
        assert!(matches!(never.unusable(), RenderError::Film { .. }));
        // A damaged end is the end.
        let mut damaged = film("printf abcd; exit 1");
        assert!(damaged.read(&mut pixels) && !damaged.read(&mut pixels));
        damaged.check_end().unwrap();
    }
}
