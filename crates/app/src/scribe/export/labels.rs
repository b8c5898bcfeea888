//! The words that an export adds: in Arabic for Arabic, in English for every other language.

use super::direction::primary_subtag;
use super::{Gap, GapReason, clock};

/// The words of one language.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) untitled: &'static str,
    pub(super) recorded: &'static str,
    pub(super) language: &'static str,
    pub(super) consent: &'static str,
    pub(super) status: &'static str,
    pub(super) provisional: &'static str,
    pub(super) extract: &'static str,
    /// The names of models follow.
    pub(super) written: &'static str,
    /// Of a summary.
    pub(super) older: &'static str,
    speaker: &'static str,
    gap: &'static str,
    /// The same of one of which nobody knows exactly how long it is: on one line of a caption, too.
    gap_about: &'static str,
    seconds: &'static str,
    not_recorded: &'static str,
    not_received: &'static str,
    unreadable: &'static str,
    not_written: &'static str,
}

static ENGLISH: Labels = Labels {
    untitled: "Transcript",
    recorded: "Recorded",
    language: "Language",
    consent: "Consent",
    status: "Status",
    provisional: "provisional: the text may still change",
    extract: "Extract (sentences of the transcript, unchanged)",
    written: "Summary, written by",
    older: "older than the corrections of the transcript",
    speaker: "Speaker",
    gap: "gap of",
    gap_about: "gap of about",
    seconds: "s,",
    not_recorded: "nothing was recorded",
    not_received: "what was recorded never arrived",
    unreadable: "the sound cannot be read",
    not_written: "what is said was not written down",
};

static ARABIC: Labels = Labels {
    untitled: "نص مفرّغ",
    recorded: "تاريخ التسجيل",
    language: "اللغة",
    consent: "الموافقة",
    status: "الحالة",
    provisional: "نص مؤقت قد يتغيّر",
    extract: "مقتطف (جمل من النص دون تغيير)",
    written: "ملخص كتبه",
    older: "أقدم من تصحيحات النص",
    speaker: "المتحدث",
    gap: "انقطاع مدته",
    gap_about: "انقطاع نحو",
    seconds: "ث،",
    not_recorded: "لم يُسجَّل شيء",
    not_received: "ما سُجّل لم يصل قط",
    unreadable: "تتعذّر قراءة الصوت",
    not_written: "لم يُدوَّن ما قيل",
};

impl Labels {
    pub(super) fn of_language(language: &str) -> &'static Self {
        if primary_subtag(language) == "ar" { &ARABIC } else { &ENGLISH }
    }

    /// A speaker without a name. People count from 1.
    pub(super) fn speaker(&self, number: u32) -> String {
        format!("{} {}", self.speaker, u64::from(number) + 1)
    }

    /// `[gap of 12 s, 00:00:01–00:00:13: nothing was recorded]`: how long, from when to when, and why.
    pub(super) fn gap(&self, gap: Gap) -> String {
        self.gap_lines(gap).join(" ")
    }

    /// The same on two lines, `about` so long if nobody knows exactly when it ends. It lasts whole seconds, tenths below one, and its
    /// times are as far apart.
    pub(super) fn gap_lines(&self, gap: Gap) -> [String; 2] {
        let exact_ms = gap.end_ms.saturating_sub(gap.start_ms);
        // 950 ms and more round to a second.
        let step_ms = if exact_ms < 950 { 100 } else { 1000 };
        let steps = (exact_ms.saturating_add(step_ms / 2) / step_ms).max(1);
        let from_ms = gap.start_ms / step_ms * step_ms;
        let to_ms = from_ms.saturating_add(steps.saturating_mul(step_ms));
        let (lasts, from, to) = if step_ms == 1000 {
            (steps.to_string(), clock(from_ms), clock(to_ms))
        } else {
            (format!("0.{steps}"), clock_with_tenths(from_ms), clock_with_tenths(to_ms))
        };
        let (before, unit) = (if gap.estimated { self.gap_about } else { self.gap }, self.seconds);
        let why = match gap.reason {
            GapReason::NotRecorded => self.not_recorded,
            GapReason::NotReceived => self.not_received,
            GapReason::Unreadable => self.unreadable,
            GapReason::NotWritten => self.not_written,
        };
        [format!("[{before} {lasts} {unit} {from}–{to}:"), format!("{why}]")]
    }
}

/// `01:02:03.4`.
fn clock_with_tenths(ms: u32) -> String {
    format!("{}.{}", clock(ms), ms / 100 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_speakers_are_named_in_the_language() {
        let english = Labels::of_language("en-GB");
        let gap = |start_ms, end_ms, reason| Gap { start_ms, end_ms, reason, estimated: false };
        let estimated = Gap { estimated: true, ..gap(0, 86_400_000, GapReason::NotReceived) };
        let all = [
            (gap(1_000, 13_200, GapReason::NotRecorded), "[gap of 12 s, 00:00:01–00:00:13: nothing was recorded]"),
            (gap(1_000, 2_200, GapReason::NotRecorded), "[gap of 1 s, 00:00:01–00:00:02: nothing was recorded]"),
            (gap(400, 1_900, GapReason::NotRecorded), "[gap of 2 s, 00:00:00–00:00:02: nothing was recorded]"),
            (gap(5_000, 5_950, GapReason::NotRecorded), "[gap of 1 s, 00:00:05–00:00:06: nothing was recorded]"),
            (gap(0, 949, GapReason::NotRecorded), "[gap of 0.9 s, 00:00:00.0–00:00:00.9: nothing was recorded]"),
            (gap(1_930, 1_950, GapReason::NotRecorded), "[gap of 0.1 s, 00:00:01.9–00:00:02.0: nothing was recorded]"),
            (
                gap(3_601_000, 3_601_400, GapReason::NotReceived),
                "[gap of 0.4 s, 01:00:01.0–01:00:01.4: what was recorded never arrived]",
            ),
            (gap(0, 30_000, GapReason::Unreadable), "[gap of 30 s, 00:00:00–00:00:30: the sound cannot be read]"),
            (
                gap(0, 3_000, GapReason::NotWritten),
                "[gap of 3 s, 00:00:00–00:00:03: what is said was not written down]",
            ),
            (estimated, "[gap of about 86400 s, 00:00:00–24:00:00: what was recorded never arrived]"),
        ];
        for (gap, text) in all {
            assert_eq!(english.gap(gap), text);
            assert!(Labels::of_language("ar").gap_lines(gap).iter().all(|line| line.chars().count() <= 42));
        }
        assert_eq!(english.speaker(0), "Speaker 1");
        let arabic = Labels::of_language("ar");
        assert_eq!(arabic.gap_lines(estimated)[0], "[انقطاع نحو 86400 ث، 00:00:00–24:00:00:");
        assert_eq!(
            arabic.gap(gap(0, 2_000, GapReason::NotRecorded)),
            "[انقطاع مدته 2 ث، 00:00:00–00:00:02: لم يُسجَّل شيء]"
        );
        assert_eq!(
            arabic.gap(gap(0, 2_000, GapReason::Unreadable)),
            "[انقطاع مدته 2 ث، 00:00:00–00:00:02: تتعذّر قراءة الصوت]"
        );
    }
}
