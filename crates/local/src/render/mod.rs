//! Rendering: a scene becomes a clip (slide, presenter, captions); clips and audio become a video. Frames are drawn
//! here, in a child process; ffmpeg encodes, joins and checks, under the guard. A clip has no audio: audio is joined as
//! samples, so that there is no gap between scenes.

mod assemble;
mod camera;
mod captions;
mod card;
mod error;
mod file;
mod fitted;
mod fonts;
mod frames;
mod glance;
mod layout;
mod loudness;
mod marks;
mod motif;
mod page;
mod palette;
mod presenter;
mod probe;
mod sequence;
mod sight;
mod slides;
mod spec;
mod subtitles;
mod text;
mod wave;
mod window;
mod yuv;

use std::path::Path;

use tokio::io::{AsyncBufReadExt, BufReader};

pub use assemble::{AssembleSpec, Assembled, Chapter, Part};
pub use captions::{Caption, captions};
pub use error::RenderError;
pub use frames::{SUBCOMMAND, run_child};
pub use glance::Waveform;
pub use layout::Shape;
pub use presenter::{PresenterInfo, presenter_still, presenters};
pub use probe::Probe;
pub use sight::{Sight, sights};
pub use spec::{ClipSpec, FRAME_MS, FRAMES_PER_SECOND, Focus, Presenter, RENDERER, Shown, Slide, frames};
pub use subtitles::{SubtitleError, parse_srt, parse_vtt, srt, validate_captions, vtt};

use crate::guard::{CappedStdout, Guard, GuardError, Limits};
use error::from_guard;
use file::Partial;
use frames::{RenderMessage, RenderRequest};

/// A finished clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clip {
    /// Its frames.
    pub frames: u32,
    /// Its exact length in milliseconds.
    pub ms: u32,
}

/// Renders clips and videos in guarded child processes. Dropping the future of a call stops its processes and removes
/// its files.
#[derive(Debug, Clone)]
pub struct Renderer {
    guard: Guard,
    executable: std::path::PathBuf,
}

impl Renderer {
    /// `executable` is the program that implements `__engine frames` and `__engine guard`: this one.
    pub fn new(executable: std::path::PathBuf) -> Self {
        Self { guard: Guard::new(executable.clone()), executable }
    }

    /// Renders a clip into `out` (MP4, H.264, no audio). `out` appears once it is complete; `progress` is called with
    /// the fraction of the frames drawn, from 0 to 1.
    pub async fn clip(
        &self,
        spec: &ClipSpec,
        out: &Path,
        progress: impl Fn(f32) + Send + Sync,
    ) -> Result<Clip, RenderError> {
        if spec.duration_ms == 0 {
            return Err(RenderError::Empty("the clip has no length"));
        }
        let partial = Partial::beside(out)?;
        let request = RenderRequest { spec: spec.clone(), out: partial.path().to_owned() };
        let request = serde_json::to_vec(&request).map_err(|error| RenderError::Died(error.to_string()))?;
        let arguments = [crate::child::SUBCOMMAND, SUBCOMMAND];
        let progress = &progress;
        let listen = |stdout: CappedStdout| async move { listen(stdout, progress).await };
        let ran = self.guard.run_with(&Limits::MEDIA, &self.executable, arguments, Some(request), listen).await;
        match ran {
            Ok((Some(RenderMessage::Done), _)) => {}
            Ok((Some(RenderMessage::Failed(failure)), _)) => return Err(failure.into()),
            Ok((_, words)) => return Err(RenderError::Died(String::from_utf8_lossy(&words).trim().to_owned())),
            Err(error) => return Err(from_guard(error)),
        }
        partial.publish(out).await?;
        progress(1.0);
        Ok(Clip { frames: spec.frames(), ms: spec.frames() * FRAME_MS })
    }

    /// Runs ffmpeg or ffprobe to its end.
    async fn run(
        &self,
        program: &'static str,
        arguments: Vec<std::ffi::OsString>,
        stdin: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, RenderError> {
        let output = self.guard.run(&Limits::MEDIA, program, arguments, stdin).await;
        output.map(|output| output.stdout).map_err(|error: GuardError| from_guard(error))
    }
}

/// One frame of a clip as a PNG, drawn in this process: for a preview. `at_ms` is a time within the clip.
pub fn still(spec: &ClipSpec, at_ms: u32) -> Result<Vec<u8>, RenderError> {
    let (width, height) = spec.shape.size();
    let mut frame = yuv::Picture::new(width as usize, height as usize);
    let mut drawing = frames::Drawing::new(spec)?;
    drawing.draw(&mut frame, (at_ms / FRAME_MS).min(spec.frames() - 1))?;
    frame.to_pixmap()?.encode_png().map_err(|error| RenderError::Picture(error.to_string()))
}

/// Reads the messages of the rendering process and returns the last one.
async fn listen(stdout: CappedStdout, progress: &(impl Fn(f32) + Send + Sync)) -> Option<RenderMessage> {
    let mut lines = BufReader::new(stdout).lines();
    let mut last = None;
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(RenderMessage::Progress(done)) => progress(done),
            Ok(answer) => last = Some(answer),
            Err(_) => {}
        }
    }
    last
}
