//! The progress of a transcript: a bar on a terminal, lines elsewhere, nothing for programs.

use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

/// A line is written for each further step of this size.
const LINE_EVERY_PERCENT: u32 = 5;

/// Displays progress. Always on standard error: standard output is for results.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines { last: Option<u32> },
    Silent,
}

impl Progress {
    pub(super) fn new(silent: bool) -> anyhow::Result<Self> {
        Ok(match (silent, io::stderr().is_terminal()) {
            (true, _) => Self::Silent,
            (false, true) => {
                let style = ProgressStyle::with_template("{prefix:>10} {bar:28} {percent:>3} %  {elapsed}")?;
                Self::Bar(ProgressBar::new(100).with_style(style).with_prefix("transcript"))
            }
            (false, false) => Self::Lines { last: None },
        })
    }

    /// From 0 to 1. An attempt that follows a failure does the part again that was under way: what was shown stays until then.
    pub(super) fn show(&mut self, fraction: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
        let percent = (fraction * 100.0).clamp(0.0, 99.0) as u32;
        self.set(percent);
    }

    /// A line of its own, above the bar.
    pub(super) fn tell(&self, line: &str) {
        match self {
            Self::Bar(bar) => bar.println(line),
            Self::Lines { .. } => {
                writeln!(io::stderr().lock(), "{line}").ok();
            }
            Self::Silent => {}
        }
    }

    pub(super) fn done(&mut self) {
        match self {
            Self::Bar(bar) => bar.finish(),
            _ => self.set(100),
        }
    }

    fn set(&mut self, percent: u32) {
        match self {
            Self::Bar(bar) => bar.set_position(bar.position().max(percent.into())),
            Self::Lines { last } => {
                let percent = percent - percent % LINE_EVERY_PERCENT;
                if last.is_none_or(|last| last < percent) {
                    *last = Some(percent);
                    // The transcript is made whether or not its progress can be displayed.
                    writeln!(io::stderr().lock(), "transcript: {percent} %").ok();
                }
            }
            Self::Silent => {}
        }
    }
}
