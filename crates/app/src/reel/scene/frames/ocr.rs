//! What OCR reads in a frame.

use std::process::Command;

use sluice_domain::language::Language;

use super::letters;
use sluice_local::render::Sight;

/// Pixels around a line that are given to OCR, too.
const AROUND: f32 = 4.0;

pub(super) fn model(language: Language) -> &'static str {
    if language == Language::ARABIC { "ara" } else { "eng" }
}

/// What tesseract takes a window for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Blocks {
    /// It looks for them.
    Found,
    /// One line.
    Line,
}

/// The pixels of a line that is seen, with some around it.
pub(super) fn line_in(sight: &Sight, bounds: [f32; 4]) -> [f32; 4] {
    let (window, part) = (sight.window, sight.part);
    let pixel = |share: f32, low: usize, high: usize, around: f32| {
        let at = (share - part[low]) / (part[high] - part[low]);
        (window[low] + at * (window[high] - window[low]) + around).clamp(window[low], window[high]).round()
    };
    [
        pixel(bounds[0], 0, 2, -AROUND),
        pixel(bounds[1], 1, 3, -AROUND),
        pixel(bounds[2], 0, 2, AROUND),
        pixel(bounds[3], 1, 3, AROUND),
    ]
}

/// What OCR reads in a part of a frame, a PNG: left, top, right, bottom in pixels.
pub(super) fn recognised(frame: &[u8], part: [f32; 4], model: &str, blocks: Blocks) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (whole, window) = (folder.path().join("frame.png"), folder.path().join("window.png"));
    std::fs::write(&whole, frame).unwrap();
    let [left, top, right, bottom] = part;
    let crop = format!("crop={}:{}:{left}:{top},scale=iw*2:-1:flags=lanczos", right - left, bottom - top);
    // Tesseract takes a marked paragraph for a picture, and skips it: the soft tint becomes white, as paper is.
    let filter = format!("{crop},format=gray,lutyuv=y='if(gt(val,150),255,val)'");
    let mut cut = Command::new("ffmpeg");
    cut.args(["-v", "error", "-i"]).arg(&whole).args(["-vf", &filter]).arg(&window);
    assert!(cut.status().unwrap().success(), "{filter}");
    let mode = match blocks {
        Blocks::Found => "3",
        // A raw line: what is looked for in the others is not found in every marked line.
        Blocks::Line => "13",
    };
    let read = Command::new("tesseract").arg(&window).args(["-", "-l", model, "--psm", mode]).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}

/// The share of the neighbouring words of a sentence that are neighbours in a text.
pub(super) fn overlap(sentence: &str, text: &str) -> f64 {
    let words = |text: &str| text.split_whitespace().map(letters).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let (said, read) = (words(sentence), words(text));
    let found = said.windows(2).filter(|pair| read.windows(2).any(|other| other == *pair)).count();
    let count = |number: usize| f64::from(u32::try_from(number).unwrap());
    count(found) / count(said.len().saturating_sub(1).max(1))
}
