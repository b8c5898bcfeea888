//! Caption files: `SubRip` (SRT) and `WebVTT`.
//!
//! Each caption has the direction of most of its letters. SRT players take every line for left-to-right or guess, so that
//! right-to-left lines are embedded; `WebVTT` takes the direction from the first letter, so that a mark is put before another.

use std::fmt::Write as _;

use super::cues::{Cue, cues};
use super::direction::Direction;
use super::{Talk, direction};

/// Right-to-left embedding and its end.
const EMBED: char = '\u{202B}';
const POP: char = '\u{202C}';

pub(super) fn srt(talk: &Talk) -> String {
    let mut out = String::new();
    for (index, cue) in cues(talk).iter().enumerate() {
        let _ = writeln!(out, "{}\n{} --> {}", index + 1, time(cue.start_ms, ','), time(cue.end_ms, ','));
        for line in cue.lines.iter().map(|line| without_arrow(line)) {
            let _ = match direction_of(cue, talk) {
                Direction::RightToLeft => writeln!(out, "{EMBED}{line}{POP}"),
                Direction::LeftToRight => writeln!(out, "{line}"),
            };
        }
        out.push('\n');
    }
    out
}

pub(super) fn vtt(talk: &Talk) -> String {
    let mut out = String::from("WEBVTT\n\n");
    let facts = talk.facts().into_iter().map(|(label, value)| format!("{label}: {value}"));
    let _ = writeln!(out, "NOTE\n{}", note(&talk.heading()));
    for fact in facts {
        let _ = writeln!(out, "{}", note(&fact));
    }
    let summary = talk.summary_lines();
    if !summary.is_empty() {
        let _ = writeln!(out, "\nNOTE\n{}", note(&talk.summary_label()));
        for paragraph in summary {
            let _ = writeln!(out, "{}", note(&paragraph));
        }
    }
    out.push('\n');
    for (index, cue) in cues(talk).iter().enumerate() {
        let _ = writeln!(out, "{}\n{} --> {}", index + 1, time(cue.start_ms, '.'), time(cue.end_ms, '.'));
        let voice =
            cue.speaker.map(|speaker| format!("<v {}>", voice_name(&talk.name_of(speaker)))).unwrap_or_default();
        for (number, line) in cue.lines.iter().enumerate() {
            let mark = direction_of(cue, talk).mark(line);
            // The voice lasts to the end of the caption.
            let voice = if number == 0 { &*voice } else { "" };
            let _ = writeln!(out, "{voice}{mark}{}", escaped(line));
        }
        out.push('\n');
    }
    out
}

fn direction_of(cue: &Cue, talk: &Talk) -> Direction {
    Direction::of_text(&cue.lines.join(" ")).unwrap_or_else(|| talk.direction())
}

fn escaped(text: &str) -> String {
    without_arrow(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A name within a tag. References to characters are allowed there, but ffmpeg shows what follows one as text.
fn voice_name(name: &str) -> String {
    without_arrow(name).replace('&', "＆").replace('<', "‹").replace('>', "›")
}

/// A line of a comment: a line with an arrow would begin a caption.
fn note(text: &str) -> String {
    without_arrow(&direction::plain(text))
}

/// An arrow would be taken for a line of times.
fn without_arrow(text: &str) -> String {
    text.replace("-->", "→")
}

fn time(ms: u32, point: char) -> String {
    format!("{}{point}{:03}", super::clock(ms), ms % 1000)
}
