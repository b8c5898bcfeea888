//! The rendering process: `sluice __engine frames` reads a request on standard input, draws frame after frame, pipes
//! them to ffmpeg, and reports progress and result on standard output, one JSON object per line.

use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use super::captions::Caption;
use super::error::{Failure, RenderError, from_guard};
use super::layout::{Layout, Zone};
use super::palette::Palette;
use super::presenter::{Actor, Film, Screen};
use super::sequence::Sequence;
use super::spec::{ClipSpec, FRAME_MS, FRAMES_PER_SECOND, Presenter};
use super::text::{Anchor, Style, Typesetter, document};
use super::yuv::{Layer, Picture};
use crate::guard::{Guard, GuardError, Limits};

/// Name of this engine child.
pub const SUBCOMMAND: &str = "frames";

/// The request to the rendering process.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RenderRequest {
    pub(super) spec: ClipSpec,
    pub(super) out: PathBuf,
}

/// A line of its output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RenderMessage {
    /// The fraction of the frames that are drawn.
    Progress(f32),
    /// The clip is complete.
    Done,
    /// Rendering failed.
    Failed(Failure),
}

/// Reads a request, renders it, and reports. The exit code is a failure only if the result could not be reported.
pub fn run_child() -> ExitCode {
    let mut request = String::new();
    let read = std::io::stdin().lock().read_to_string(&mut request);
    let outcome = read
        .map_err(|error| RenderError::Died(format!("no request was received: {error}")))
        .and_then(|_| {
            serde_json::from_str::<RenderRequest>(&request).map_err(|error| RenderError::Died(error.to_string()))
        })
        .and_then(|request| {
            let executable = std::env::current_exe()
                .map_err(|source| RenderError::Io { path: PathBuf::from("/proc/self/exe"), source })?;
            render(&request.spec, &request.out, &Guard::new(executable), |done| send(&RenderMessage::Progress(done)))
        });
    match outcome {
        Ok(()) => {
            send(&RenderMessage::Done);
            ExitCode::SUCCESS
        }
        Err(error) => {
            send(&RenderMessage::Failed(Failure::from(&error)));
            ExitCode::SUCCESS
        }
    }
}

fn send(message: &RenderMessage) {
    if let Ok(mut line) = serde_json::to_string(message) {
        line.push('\n');
        // If the reader has closed the pipe, its own error reports that.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }
}

/// Draws and encodes a clip into `out`.
fn render(spec: &ClipSpec, out: &Path, guard: &Guard, progress: impl Fn(f32)) -> Result<(), RenderError> {
    let (width, height) = spec.shape.size();
    let mut drawing = Drawing::new(spec)?;
    drawing.play(spec, guard)?;
    let encoder = Encoder::start(guard, (width, height), out)?;
    let frames = spec.frames();
    for number in 0..frames {
        let Some(mut frame) = encoder.spare() else { break };
        drawing.draw(&mut frame, number)?;
        if !encoder.push(frame) {
            break;
        }
        if number % 10 == 9 {
            #[expect(clippy::cast_precision_loss, reason = "a share of the frames, for a progress bar")]
            progress(number as f32 / frames as f32);
        }
    }
    encoder.finish()
}

/// Everything that is drawn in a clip.
pub(super) struct Drawing {
    slides: Sequence,
    actor: Option<Actor>,
    screen: Option<Screen>,
    captions: Vec<Caption>,
    shown: Option<(usize, Layer)>,
    layout: Layout,
    palette: Palette,
    type_: Typesetter,
}

impl Drawing {
    /// Draws what does not change from frame to frame.
    pub(super) fn new(spec: &ClipSpec) -> Result<Self, RenderError> {
        let right_to_left = spec.language.facts().right_to_left;
        let layout = Layout::new(spec.shape, spec.presenter.is_some(), right_to_left);
        let palette = Palette::of(spec.look);
        let type_ = Typesetter::new(right_to_left);
        let seconds = seconds(spec.frames());
        let slides = Sequence::new(spec, seconds)?;
        let actor = match (&spec.presenter, layout.presenter) {
            (Some(Presenter::Drawn { id, seed, phonemes }), Some(zone)) => {
                Some(Actor::new((id.as_str(), *seed, phonemes.as_slice()), zone, layout.width, seconds, &palette)?)
            }
            _ => None,
        };
        let captions = spec.captions.clone();
        Ok(Self { slides, actor, screen: None, captions, shown: None, layout, palette, type_ })
    }

    /// Decodes the video of a filmed presenter from now on: what is drawn without it has nobody in the corner.
    fn play(&mut self, spec: &ClipSpec, guard: &Guard) -> Result<(), RenderError> {
        if let (Some(Presenter::Filmed(video)), Some(zone)) = (&spec.presenter, self.layout.presenter) {
            let film = Film::open(guard, video, Screen::side(zone), spec.frames())?;
            self.screen = Some(Screen::new(film, zone, &self.palette)?);
        }
        Ok(())
    }

    /// Draws one frame, at the time of its middle.
    pub(super) fn draw(&mut self, frame: &mut Picture, number: u32) -> Result<(), RenderError> {
        let at = seconds(number) + 0.5 / FPS;
        self.slides.draw(frame, at, (&self.layout, &self.palette), &mut self.type_)?;
        if let Some(actor) = &mut self.actor {
            actor.draw(frame, at)?;
        }
        if let Some(screen) = &mut self.screen {
            screen.draw(frame, number)?;
        }
        let ms = number * FRAME_MS + FRAME_MS / 2;
        let current = self.captions.iter().position(|caption| (caption.start_ms..caption.end_ms).contains(&ms));
        let Some(index) = current else {
            self.shown = None;
            return Ok(());
        };
        if self.shown.as_ref().is_none_or(|(known, _)| *known != index) {
            let layer = caption_layer(&self.captions[index].text, &self.layout, &self.palette, &mut self.type_)?;
            self.shown = Some((index, layer));
        }
        if let Some((_, layer)) = &self.shown {
            frame.blend(layer, 256);
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "25")]
const FPS: f32 = FRAMES_PER_SECOND as f32;

#[expect(clippy::cast_precision_loss, reason = "frames of some minutes: far below 2^24")]
pub(super) fn seconds(frames: u32) -> f32 {
    frames as f32 / FPS
}

/// A caption in its zone: the lines as given, smaller if they would not fit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "pixel coordinates: small and positive by layout"
)]
fn caption_layer(text: &str, layout: &Layout, palette: &Palette, type_: &mut Typesetter) -> Result<Layer, RenderError> {
    let zone = layout.captions;
    let mut lines: Vec<String> = text.lines().map(super::text::drawable).filter(|line| !line.is_empty()).collect();
    let mut size = layout.caption_size;
    let widest = lines.iter().map(|line| type_.width(line, size, 600)).fold(0.0, f32::max);
    if widest > zone.width {
        size = (size * zone.width / widest).max(layout.caption_size * 0.72);
    }
    let too_wide = lines.len() > 2 || lines.iter().any(|line| type_.width(line, size, 600) > zone.width + 1.0);
    if too_wide {
        lines = type_.wrap(&lines.join(" "), size, 600, zone.width, 2);
    }
    let leading = size * 1.36;
    let high = leading * lines.len() as f32;
    let Zone { x, y, .. } = Zone { x: (zone.x / 2.0).floor() * 2.0, y: (zone.y / 2.0).floor() * 2.0, ..zone };
    let first = (zone.height - high) / 2.0 + leading * 0.5 + size * 0.34;
    let mut body = String::new();
    for (index, line) in lines.iter().enumerate() {
        let at = (zone.width / 2.0, first + leading * index as f32);
        let shade = Style { size, weight: 600, fill: &palette.deep };
        body.push_str(&type_.line(line, shade, (at.0, at.1 + 2.0), Anchor::Middle));
        body.push_str(&type_.line(line, Style { size, weight: 600, fill: &palette.text }, at, Anchor::Middle));
    }
    let pixmap = type_.draw(&document(zone.width, zone.height, &body), zone.width as u32, zone.height as u32, 1.0)?;
    Ok(Layer::from_pixmap(&pixmap, x as usize, y as usize))
}

/// The running encoder, fed by its own thread.
struct Encoder {
    child: Child,
    full: SyncSender<Picture>,
    empty: Receiver<Picture>,
    feeder: JoinHandle<std::io::Result<()>>,
    words: JoinHandle<Vec<u8>>,
}

/// Most frames that wait for the encoder.
const AHEAD: usize = 4;

impl Encoder {
    fn start(guard: &Guard, size: (u32, u32), out: &Path) -> Result<Self, RenderError> {
        let mut command = guard.command(&Limits::MEDIA, "ffmpeg", arguments(size, out)).into_std();
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| from_guard(GuardError::Io(error)))?;
        let (full, frames) = sync_channel::<Picture>(AHEAD);
        let (give_back, empty) = channel();
        for _ in 0..=AHEAD + 1 {
            // The receiver is still alive.
            let _ = give_back.send(Picture::new(size.0 as usize, size.1 as usize));
        }
        let stdin = child.stdin.take();
        let feeder = std::thread::spawn(move || feed(stdin, &frames, &give_back));
        let words = words_of(child.stderr.take());
        Ok(Self { child, full, empty, feeder, words })
    }

    /// A picture to draw the next frame on; none if the encoder has ended.
    fn spare(&self) -> Option<Picture> {
        self.empty.recv().ok()
    }

    /// Passes a frame to the encoder; false if it has ended.
    fn push(&self, frame: Picture) -> bool {
        self.full.send(frame).is_ok()
    }

    fn finish(self) -> Result<(), RenderError> {
        let Self { mut child, full, empty, feeder, words } = self;
        drop((full, empty));
        let fed = feeder.join().unwrap_or_else(|_| Err(std::io::Error::other("the feeding thread stopped")));
        let status = child.wait().map_err(|error| from_guard(GuardError::Io(error)))?;
        let words = words.join().unwrap_or_default();
        match GuardError::from_exit("ffmpeg", &Limits::MEDIA, status, &words) {
            Some(error) => Err(from_guard(error)),
            None => fed.map_err(|error| RenderError::Encoder { detail: error.to_string() }),
        }
    }
}

/// The end of what a program says on standard error, read as it comes so that the program never waits.
pub(super) fn words_of(stderr: Option<ChildStderr>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut tail = Vec::new();
        let lines = stderr.map(std::io::BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok);
        for line in lines {
            tail.extend_from_slice(line.as_bytes());
            tail.push(b'\n');
            if tail.len() > 8192 {
                tail.drain(..4096);
            }
        }
        tail
    })
}

fn feed(
    stdin: Option<ChildStdin>,
    frames: &Receiver<Picture>,
    give_back: &std::sync::mpsc::Sender<Picture>,
) -> std::io::Result<()> {
    let Some(mut stdin) = stdin else { return Ok(()) };
    // A pipe of 1 MB instead of 64 kB: fewer context switches. A failure is harmless.
    let _ = nix::fcntl::fcntl(&stdin, nix::fcntl::FcntlArg::F_SETPIPE_SZ(1 << 20));
    while let Ok(frame) = frames.recv() {
        for plane in &frame.planes {
            stdin.write_all(&plane.data)?;
        }
        // The drawing side may have finished.
        let _ = give_back.send(frame);
    }
    Ok(())
}

/// How clips are encoded. All in the same way, so that they can be joined without re-encoding: closed groups of
/// pictures, no reordered frames, one time base, BT.709. The motion search is small, because the camera moves whole
/// pixels and most of a frame stands still: a quarter to a third less work than the plain preset, for 10 to 20 percent
/// more bytes.
fn arguments((width, height): (u32, u32), out: &Path) -> Vec<std::ffi::OsString> {
    let size = format!("{width}x{height}");
    let rate = FRAMES_PER_SECOND.to_string();
    let clock = (FRAMES_PER_SECOND * 512).to_string();
    let mut arguments: Vec<std::ffi::OsString> = [
        "-hide_banner",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-s",
        &size,
        "-r",
        &rate,
        "-i",
        "pipe:0",
        "-an",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "21",
        "-profile:v",
        "high",
        "-g",
        "100",
        "-bf",
        "0",
        "-x264-params",
        "open-gop=0:ref=1:me=dia:subme=1:trellis=0:weightp=0:rc-lookahead=10:scenecut=0:colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv",
        "-pix_fmt",
        "yuv420p",
        "-color_range",
        "tv",
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-video_track_timescale",
        &clock,
        "-movflags",
        "+faststart",
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        "-f",
        "mp4",
        "-y",
    ]
    .map(Into::into)
    .to_vec();
    arguments.push(out.into());
    arguments
}
