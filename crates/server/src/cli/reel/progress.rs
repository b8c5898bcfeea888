//! The progress of a video: a bar for each scene on a terminal, a line for each step elsewhere, nothing for programs.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use sluice_app::reel::view::{PartState, ReelState, ReelView};
use sluice_app::view::StepState;

/// A line is written for each further step of this size, and for each new stage.
const LINE_EVERY_PERCENT: u32 = 5;

/// Displays progress. Always on standard error: standard output is for results.
pub(super) enum Progress {
    Bars(Bars),
    Lines(Lines),
    Silent,
}

impl Progress {
    pub(super) fn new(silent: bool) -> anyhow::Result<Self> {
        Ok(match (silent, io::stderr().is_terminal()) {
            (true, _) => Self::Silent,
            (false, true) => Self::Bars(Bars::new()?),
            (false, false) => Self::Lines(Lines::default()),
        })
    }

    pub(super) fn show(&mut self, reel: &ReelView) {
        match self {
            Self::Bars(bars) => bars.show(reel),
            Self::Lines(lines) => {
                if let Some(line) = lines.changed(reel) {
                    // The video is made whether or not its progress can be displayed.
                    writeln!(io::stderr().lock(), "{line}").ok();
                }
            }
            Self::Silent => {}
        }
    }

    /// A line of its own, above the bars.
    pub(super) fn tell(&self, line: &str) {
        match self {
            Self::Bars(bars) => {
                bars.all.println(line).ok();
            }
            Self::Lines(_) => {
                writeln!(io::stderr().lock(), "{line}").ok();
            }
            Self::Silent => {}
        }
    }
}

/// A bar for the whole video, and one for each scene.
pub(super) struct Bars {
    all: MultiProgress,
    style: ProgressStyle,
    whole: ProgressBar,
    by_scene: HashMap<String, ProgressBar>,
}

impl Bars {
    fn new() -> anyhow::Result<Self> {
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{prefix:>10} {bar:28} {percent:>3} %  {msg}")?;
        let whole = all.add(ProgressBar::new(100).with_style(style.clone()).with_prefix("video"));
        Ok(Self { all, style, whole, by_scene: HashMap::new() })
    }

    fn show(&mut self, reel: &ReelView) {
        for scene in &reel.scenes {
            let bar = self.by_scene.entry(scene.id.clone()).or_insert_with(|| {
                let bar = ProgressBar::new(100).with_style(self.style.clone());
                self.all.add(bar.with_prefix(format!("scene {}", scene.n)))
            });
            set(bar, scene.percent, &scene.heading);
            if scene.state == PartState::Done && !bar.is_finished() {
                bar.finish();
            }
        }
        set(&self.whole, reel.percent, step(reel));
        if reel.state == ReelState::Done {
            self.whole.finish_with_message("");
        }
    }
}

fn set(bar: &ProgressBar, percent: f64, message: &str) {
    bar.set_position(whole_percent(percent).into());
    bar.set_message(message.chars().take(48).collect::<String>());
}

/// The last line, so that only changes are written.
#[derive(Default)]
pub(super) struct Lines {
    last: Option<(String, u32)>,
}

impl Lines {
    fn changed(&mut self, reel: &ReelView) -> Option<String> {
        self.next(step(reel), reel.percent, reel.state == ReelState::Done)
    }

    fn next(&mut self, step: &str, percent: f64, done: bool) -> Option<String> {
        let percent = whole_percent(percent);
        let (step, percent) = if done { ("done", 100) } else { (step, percent - percent % LINE_EVERY_PERCENT) };
        let now = (step.to_owned(), percent);
        if self.last.as_ref() == Some(&now) {
            return None;
        }
        self.last = Some(now);
        Some(format!("video: {percent} %  {step}").trim_end().to_owned())
    }
}

/// The step that runs now.
fn step(reel: &ReelView) -> &'static str {
    reel.steps.iter().find(|step| step.state == StepState::Running).map_or("", |step| step.name.name())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn whole_percent(percent: f64) -> u32 {
    percent.clamp(0.0, 100.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_when_something_changed() {
        let mut lines = Lines::default();
        let mut next = |step, percent, done| lines.next(step, percent, done);
        assert_eq!(next("", 0.0, false).as_deref(), Some("video: 0 %"));
        assert_eq!(next("script", 0.0, false).as_deref(), Some("video: 0 %  script"));
        assert_eq!(next("script", 4.9, false), None);
        assert_eq!(next("script", 7.0, false).as_deref(), Some("video: 5 %  script"));
        assert_eq!(next("", 99.9, true).as_deref(), Some("video: 100 %  done"));
        assert_eq!(next("", 100.0, true), None);
    }
}
