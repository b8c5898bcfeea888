//! Plain text. A line whose first letter has the other direction begins with a mark, since editors take its direction from
//! that letter.

use std::fmt::Write as _;

use super::turns::{Turn, turns};
use super::{Talk, clock};

pub(super) fn write(talk: &Talk) -> String {
    let (direction, labels) = (talk.direction(), talk.labels());
    let mut out = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(out, "{}{text}", if text.is_empty() { "" } else { direction.mark(text) });
    };
    line(&direction.inline(&talk.heading()));
    for (label, value) in talk.facts() {
        line(&format!("{}: {}", direction.inline(label), direction.inline(&value)));
    }
    let summary = talk.summary_lines();
    if !summary.is_empty() {
        line("");
        line(&format!("{}:", direction.inline(&talk.summary_label())));
        for paragraph in &summary {
            line(&direction.said(paragraph));
        }
    }
    for turn in turns(talk) {
        line("");
        match turn {
            Turn::Said { start_ms, speaker, text } => {
                let name = speaker.map(|speaker| format!(" {}:", direction.inline(&talk.name_of(speaker))));
                line(&format!("[{}]{} {}", clock(start_ms), name.unwrap_or_default(), direction.said(&text)));
            }
            Turn::Gap(gap) => line(&direction.inline(&labels.gap(gap))),
        }
    }
    out
}
