//! Markdown as `CommonMark` and GitHub read it. What was said is escaped: nobody speaks markup.

use std::fmt::Write as _;

use super::direction::{Direction, primary_subtag};
use super::turns::{Turn, turns};
use super::{Talk, clock};

pub(super) fn write(talk: &Talk) -> String {
    let (direction, labels) = (talk.direction(), talk.labels());
    let mut out = String::new();
    if direction == Direction::RightToLeft {
        let language: String = primary_subtag(&talk.language).chars().filter(char::is_ascii_alphanumeric).collect();
        let _ = writeln!(out, "<div dir=\"rtl\" lang=\"{language}\">\n");
    }
    let _ = writeln!(out, "# {}\n", escaped(&direction.inline(&talk.heading())));
    for (label, value) in talk.facts() {
        let _ = writeln!(out, "- **{}:** {}", direction.inline(label), escaped(&direction.inline(&value)));
    }
    let summary = talk.summary_lines();
    if !summary.is_empty() {
        let _ = writeln!(out, "\n## {}", escaped(&direction.inline(&talk.summary_label())));
        for paragraph in &summary {
            let _ = writeln!(out, "\n> {}", escaped(&direction.said(paragraph)));
        }
    }
    let _ = writeln!(out, "\n---");
    for turn in turns(talk) {
        let _ = match turn {
            Turn::Said { start_ms, speaker, text } => {
                let name = speaker.map(|speaker| format!(" {}:", escaped(&direction.inline(&talk.name_of(speaker)))));
                let head = format!("[{}]{}", clock(start_ms), name.unwrap_or_default());
                writeln!(
                    out,
                    "\n**{}** {}",
                    head.replace('[', "\\[").replace(']', "\\]"),
                    escaped(&direction.said(&text))
                )
            }
            Turn::Gap(gap) => writeln!(out, "\n*{}*", escaped(&direction.inline(&labels.gap(gap)))),
        };
    }
    if direction == Direction::RightToLeft {
        out.push_str("\n</div>\n");
    }
    out
}

/// Markup anywhere in a line, and at its beginning. `$` is GitHub's sign for formulas.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\`*_[]<>&#|~$!".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    let digits = out.len() - out.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if out.starts_with(['-', '+', '=']) {
        out.insert(0, '\\');
    } else if digits > 0 && out[digits..].starts_with(['.', ')']) {
        out.insert(digits, '\\');
    }
    out
}
