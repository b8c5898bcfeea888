//! Reading a photograph, beside tesseract on the same picture.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use sluice_local::photo::PhotoReader;
use tokio::process::Command;

use super::{Bench, Measured, memory, number, sounds, words};
use crate::cli::bench::figures::{Figure, median};

/// What is on the picture.
const LINES: [&str; 4] = [
    "The lighthouse was built in 1858",
    "and its lamp was lit every evening",
    "by a keeper who lived alone.",
    "Ships could see it from 30 km away.",
];

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Measured> {
    let reader = PhotoReader::new(bench.guard(), bench.models.clone(), bench.executable.clone());
    if let Err(error) = reader.check_installed() {
        return Ok(Measured::Skipped(error.to_string()));
    }
    let picture = match picture(&bench.folder.path().join("photo.jpg")).await {
        Ok(picture) => picture,
        Err(error) => return Ok(Measured::Skipped(format!("the picture cannot be drawn: {error:#}"))),
    };
    let begun = Instant::now();
    reader.warm().await?;
    let load = begun.elapsed().as_secs_f64();
    reader.read(&picture, Some("en")).await?;
    let first = begun.elapsed().as_secs_f64();
    let (mut times, mut errors) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let begun = Instant::now();
        let read = reader.read(&picture, Some("en")).await?;
        times.push(begun.elapsed().as_secs_f64());
        let text: Vec<&str> = read.lines.iter().map(|line| line.text.as_str()).collect();
        errors.push(wrong(&text.concat()));
    }
    let theirs = tesseract(&picture).await;
    let theirs = theirs.as_ref().map(std::slice::from_ref).map_err(String::as_str);
    Ok(Measured::Figures(vec![
        Figure::beside("photo_character_error", "%", &errors, "tesseract", theirs)
            .no_more_errors()
            .note("four lines, 4° askew and a little blurred"),
        Figure::alone("photo_time", median(&times), "s").note("a picture, loaded"),
        Figure::alone("photo_memory", memory::peak_mb(reader.process_id().await), "MB"),
        Figure::alone("photo_load", load, "s"),
        Figure::alone("photo_first", first, "s").note("from the start of the process"),
    ]))
}

/// Draws the lines as a telephone takes them: askew, a little blurred, on tinted paper on a table, as JPEG.
async fn picture(out: &Path) -> anyhow::Result<PathBuf> {
    let line = |(at, text): (usize, &&str)| {
        format!("drawtext=text='{text}':fontsize=40:x=120:y={}:fontcolor=0x282432", 130 + 80 * at)
    };
    let lines: Vec<String> = LINES.iter().enumerate().map(line).collect();
    let look = format!("{},rotate=4*PI/180:fillcolor=0x787064,gblur=sigma=1.2", lines.join(","));
    let arguments = ["-f", "lavfi", "-i", "color=c=0xe8e0d0:s=1400x600", "-vf", &look, "-frames:v", "1", "-q:v", "4"];
    sounds::ffmpeg(&arguments.map(OsStr::new), out).await?;
    Ok(out.to_owned())
}

/// The share of characters that tesseract gets wrong, or why that is not known.
async fn tesseract(picture: &Path) -> Result<f64, String> {
    let mut command = Command::new("tesseract");
    command.arg(picture).args(["stdout", "-l", "eng"]).stdin(Stdio::null());
    let done = command.output().await.map_err(|error| format!("it cannot be started: {error}"))?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).trim().to_owned());
    }
    Ok(wrong(&String::from_utf8_lossy(&done.stdout)))
}

/// Characters that are wrong, missing or too many, in percent.
fn wrong(read: &str) -> f64 {
    let (errors, all) = words::of_characters(&LINES.concat(), read);
    number(errors) * 100.0 / number(all)
}
