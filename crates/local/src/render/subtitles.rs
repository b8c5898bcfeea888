//! Caption files: `SubRip` (SRT) and `WebVTT`, written so that players display mixed directions correctly, and parsed
//! back to check them.

use std::fmt::Write as _;

use sluice_domain::language::Language;

use super::captions::Caption;

/// Why a caption file is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubtitleError {
    /// The header is missing.
    #[error("the file does not begin with WEBVTT")]
    NoHeader,
    /// A block has no timing line.
    #[error("caption {number} has no valid times: \"{line}\"")]
    Times {
        /// Counted from 1.
        number: usize,
        /// The invalid line.
        line: String,
    },
    /// A caption ends before it begins, or begins before the previous one ends.
    #[error("caption {number} overlaps in time or ends before it begins")]
    Order {
        /// Counted from 1.
        number: usize,
    },
    /// A caption has no text.
    #[error("caption {number} is empty")]
    Empty {
        /// Counted from 1.
        number: usize,
    },
    /// There are no captions.
    #[error("there are no captions")]
    Nothing,
}

/// Right-to-left embedding and its end. SRT players take each line for left-to-right, or guess from its first letter.
const EMBED: char = '\u{202B}';
const POP: char = '\u{202C}';
/// `WebVTT` takes the direction of a line from its first strong character, so one is put there.
const MARK: char = '\u{200F}';

/// Writes `SubRip`.
pub fn srt(captions: &[Caption], language: Language) -> String {
    let mut out = String::new();
    for (index, caption) in captions.iter().enumerate() {
        let _ = writeln!(out, "{}\n{} --> {}", index + 1, clock(caption.start_ms, ','), clock(caption.end_ms, ','));
        for line in lines(caption) {
            if language.facts().right_to_left {
                let _ = writeln!(out, "{EMBED}{line}{POP}");
            } else {
                let _ = writeln!(out, "{line}");
            }
        }
        out.push('\n');
    }
    out
}

/// Writes `WebVTT`.
pub fn vtt(captions: &[Caption], language: Language) -> String {
    let mut out = String::from("WEBVTT\n\n");
    for (index, caption) in captions.iter().enumerate() {
        let _ = writeln!(out, "{}\n{} --> {}", index + 1, clock(caption.start_ms, '.'), clock(caption.end_ms, '.'));
        for line in lines(caption) {
            let escaped = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            if language.facts().right_to_left {
                let _ = writeln!(out, "{MARK}{escaped}");
            } else {
                let _ = writeln!(out, "{escaped}");
            }
        }
        out.push('\n');
    }
    out
}

/// No line is empty (that would end the block) and none looks like a timing line.
fn lines(caption: &Caption) -> impl Iterator<Item = String> {
    caption.text.lines().map(|line| line.trim().replace("-->", "→")).filter(|line| !line.is_empty())
}

fn clock(ms: u32, point: char) -> String {
    format!("{:02}:{:02}:{:02}{point}{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// Parses `SubRip`.
pub fn parse_srt(text: &str) -> Result<Vec<Caption>, SubtitleError> {
    parse(text, ',')
}

/// Parses `WebVTT`.
pub fn parse_vtt(text: &str) -> Result<Vec<Caption>, SubtitleError> {
    let text = text.trim_start_matches('\u{FEFF}');
    let Some((header, rest)) = text.split_once('\n') else {
        return if text.trim() == "WEBVTT" { Ok(Vec::new()) } else { Err(SubtitleError::NoHeader) };
    };
    if header.trim_end() != "WEBVTT" && !header.starts_with("WEBVTT ") {
        return Err(SubtitleError::NoHeader);
    }
    let mut captions = parse(rest, '.')?;
    for caption in &mut captions {
        caption.text = caption.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }
    Ok(captions)
}

fn parse(text: &str, point: char) -> Result<Vec<Caption>, SubtitleError> {
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    let mut captions = Vec::new();
    for block in text.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.trim().is_empty()) {
        if point == '.' && (block.starts_with("NOTE") || block.starts_with("STYLE") || block.starts_with("REGION")) {
            continue;
        }
        let number = captions.len() + 1;
        let mut lines = block.lines().peekable();
        let mut line = lines.next().unwrap_or_default();
        if !line.contains("-->") {
            line = lines.next().unwrap_or_default();
        }
        let wrong = || SubtitleError::Times { number, line: line.chars().take(80).collect() };
        let (start, end) = line.split_once("-->").ok_or_else(wrong)?;
        let end = end.split_whitespace().next().unwrap_or_default();
        let (start_ms, end_ms) =
            (read_clock(start.trim(), point).ok_or_else(wrong)?, read_clock(end, point).ok_or_else(wrong)?);
        let shown: Vec<String> =
            lines.map(|line| line.chars().filter(|c| ![EMBED, POP, MARK].contains(c)).collect()).collect();
        captions.push(Caption { start_ms, end_ms, text: shown.join("\n") });
    }
    Ok(captions)
}

fn read_clock(text: &str, point: char) -> Option<u32> {
    let (whole, ms) = text.split_once(point)?;
    if ms.len() != 3 {
        return None;
    }
    let mut seconds = 0u32;
    for part in whole.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?)?;
    }
    seconds.checked_mul(1000)?.checked_add(ms.parse().ok()?)
}

/// Whether captions are valid: there are some, none is empty, and they are in order without overlaps.
pub fn validate_captions(captions: &[Caption]) -> Result<(), SubtitleError> {
    if captions.is_empty() {
        return Err(SubtitleError::Nothing);
    }
    let mut until = 0;
    for (index, caption) in captions.iter().enumerate() {
        let number = index + 1;
        if caption.text.trim().is_empty() {
            return Err(SubtitleError::Empty { number });
        }
        if caption.start_ms < until || caption.end_ms <= caption.start_ms {
            return Err(SubtitleError::Order { number });
        }
        until = caption.end_ms;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str, start_ms: u32, end_ms: u32) -> Caption {
        Caption { start_ms, end_ms, text: text.to_owned() }
    }

    #[test]
    fn what_is_written_is_read_back_in_both_directions() {
        let shown = vec![some("a < b & c\nsecond", 0, 1500), some("--> odd", 3_661_007, 3_662_000)];
        for language in [Language::ENGLISH, Language::ARABIC] {
            let mut expected = shown.clone();
            expected[1].text = "→ odd".to_owned();
            assert_eq!(parse_srt(&srt(&shown, language)).unwrap(), expected);
            assert_eq!(parse_vtt(&vtt(&shown, language)).unwrap(), expected);
        }
        assert!(srt(&shown, Language::ENGLISH).contains("01:01:01,007 --> 01:01:02,000"));
        assert!(vtt(&shown, Language::ARABIC).contains("\u{200F}a &lt; b &amp; c"));
    }

    #[test]
    fn errors_name_the_caption() {
        assert_eq!(parse_vtt("1\n00:00"), Err(SubtitleError::NoHeader));
        assert!(matches!(parse_srt("1\n00:00:xx,000 --> 1\nhi"), Err(SubtitleError::Times { number: 1, .. })));
        assert_eq!(validate_captions(&[]), Err(SubtitleError::Nothing));
        assert_eq!(validate_captions(&[some("a", 0, 10), some("b", 5, 20)]), Err(SubtitleError::Order { number: 2 }));
        assert_eq!(validate_captions(&[some(" ", 0, 10)]), Err(SubtitleError::Empty { number: 1 }));
        assert_eq!(validate_captions(&[some("a", 0, 10), some("b", 10, 20)]), Ok(()));
    }
}
