//! Sounds that ffmpeg makes.

use std::path::Path;
use std::process::Command;

fn ffmpeg(arguments: &[&str], out: &Path) {
    let done = Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-y"]).args(arguments).arg(out).status();
    assert!(done.unwrap().success(), "{arguments:?}");
}

/// Makes another sound of one.
pub(crate) fn convert(sound: &Path, arguments: &[&str], out: &Path) {
    ffmpeg(&[&["-i", sound.to_str().unwrap()], arguments].concat(), out);
}

/// Makes one sound of those in a list, as ffmpeg's concat reads it.
pub(crate) fn join(list: &Path, out: &Path) {
    ffmpeg(&["-f", "concat", "-safe", "0", "-i", list.to_str().unwrap()], out);
}

/// Makes a sound by one of ffmpeg's sources.
pub(crate) fn generate(source: &str, out: &Path) {
    ffmpeg(&["-f", "lavfi", "-i", source], out);
}

/// Makes a video without sound.
pub(crate) fn generate_video(source: &str, out: &Path) {
    ffmpeg(&["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"], out);
}
