//! Generated inputs, and functions that inspect the outputs.

mod emoji;
mod sight;

use std::path::Path;
use std::process::Command;

use resvg::tiny_skia::{Color, Paint, Pixmap, Rect, Transform};
use sluice_domain::language::Language;
use sluice_local::render::{ClipSpec, Presenter, Renderer, Shape, Slide};

/// A renderer whose child is the example beside this test.
pub(crate) fn renderer() -> Renderer {
    let test = std::env::current_exe().unwrap();
    let child = test.parent().unwrap().parent().unwrap().join("examples/engine_child");
    assert!(child.is_file(), "{} is built by `cargo test`", child.display());
    Renderer::new(child)
}

/// One second of a title card with a silent presenter.
pub(crate) fn spec(slide: Slide) -> ClipSpec {
    ClipSpec {
        shape: Shape::Landscape,
        language: Language::ENGLISH,
        look: 0,
        slides: slide.into(),
        presenter: Some(Presenter::Drawn { id: "ada".to_owned(), seed: 1, phonemes: Vec::new() }),
        captions: Vec::new(),
        duration_ms: 1000,
    }
}

pub(crate) fn title() -> Slide {
    Slide::Title { kicker: "Kicker".to_owned(), title: "A title".to_owned(), subtitle: "Below".to_owned() }
}

pub(crate) fn page_slide(image: &Path, heading: &str) -> Slide {
    Slide::Page {
        image: image.to_owned(),
        label: Some("p. 1".to_owned()),
        heading: Some(heading.to_owned()),
        focus: Vec::new(),
    }
}

/// A page with black bars instead of lines of text, as PNG.
pub(crate) fn page(width: u32, height: u32) -> Vec<u8> {
    let mut pixmap = Pixmap::new(width, height).unwrap();
    pixmap.fill(Color::WHITE);
    let (wide, high) = (f32::from(u16::try_from(width).unwrap()), f32::from(u16::try_from(height).unwrap()));
    let mut line = high * 0.1;
    while line < high * 0.9 {
        if let Some(bar) = Rect::from_xywh(wide * 0.1, line, wide * 0.8, 12.0f32.min(high * 0.3)) {
            pixmap.fill_rect(bar, &Paint::default(), Transform::identity(), None);
        }
        line += 40.0;
    }
    pixmap.encode_png().unwrap()
}

/// A WAVE file with a tone of 300 Hz.
pub(crate) fn tone(rate: u32, ms: u32) -> Vec<u8> {
    let count = u64::from(rate) * u64::from(ms) / 1000;
    let bytes = u32::try_from(count * 2).unwrap();
    let mut wave = Vec::new();
    wave.extend_from_slice(b"RIFF");
    wave.extend_from_slice(&(36 + bytes).to_le_bytes());
    wave.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wave.extend_from_slice(&rate.to_le_bytes());
    wave.extend_from_slice(&(rate * 2).to_le_bytes());
    wave.extend_from_slice(b"\x02\0\x10\0data");
    wave.extend_from_slice(&bytes.to_le_bytes());
    for index in 0..count {
        let high = index * 600 / u64::from(rate) % 2 == 0;
        wave.extend_from_slice(&(if high { 6000i16 } else { -6000 }).to_le_bytes());
    }
    wave
}

/// A film with a sound: half a second of each colour.
pub(crate) fn film(out: &Path, colours: &[&str]) {
    let parts: Vec<String> =
        colours.iter().map(|colour| format!("color={colour}:size=640x360:rate=30:duration=0.5")).collect();
    let inputs = parts.iter().flat_map(|part| ["-f", "lavfi", "-i", part.as_str()]);
    let graph = format!("concat=n={}", parts.len());
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(inputs)
        .args(["-f", "lavfi", "-i", "sine=duration=0.5", "-filter_complex", &graph, "-map"])
        .arg(format!("{}:a", parts.len()))
        .args(["-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac"])
        .arg(out)
        .status()
        .unwrap();
    assert!(made.success(), "{graph}");
}

/// A film of one frame with more pixels than are decoded.
pub(crate) fn large_film(out: &Path) {
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "color=white:size=4200x4200", "-frames:v", "1"])
        .args(["-c:v", "mpeg4"])
        .arg(out)
        .status()
        .unwrap();
    assert!(made.success());
}

fn output(program: &str, arguments: &[&str], file: &Path) -> Vec<u8> {
    let mut command = Command::new(program);
    for argument in arguments {
        if *argument == "FILE" {
            command.arg(file);
        } else {
            command.arg(argument);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// ffprobe's output for a stream: values separated by `|`, frames counted.
pub(crate) fn ffprobe(file: &Path, stream: &str, entries: &str) -> String {
    let arguments = [
        "-v",
        "error",
        "-count_frames",
        "-select_streams",
        stream,
        "-show_entries",
        entries,
        "-of",
        "default=noprint_wrappers=1:nokey=1",
        "FILE",
    ];
    String::from_utf8(output("ffprobe", &arguments, file)).unwrap().trim().lines().collect::<Vec<_>>().join("|")
}

/// The luma of each pixel of each frame after a filter.
pub(crate) fn decode_gray(file: &Path, filter: &str) -> Vec<u8> {
    let arguments = ["-v", "error", "-i", "FILE", "-vf", filter, "-pix_fmt", "gray", "-f", "rawvideo", "-"];
    output("ffmpeg", &arguments, file)
}

/// The audio as mono samples at 48 kHz.
pub(crate) fn decode_sound(file: &Path) -> Vec<i16> {
    let arguments = ["-v", "error", "-i", "FILE", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"];
    let bytes = output("ffmpeg", &arguments, file);
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}
