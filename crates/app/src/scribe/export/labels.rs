//! The words that an export adds: in Arabic for Arabic, in English for every other language.

use super::direction::primary_subtag;
use super::{Gap, GapReason};

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
    speaker: &'static str,
    gap: [&'static str; 2],
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
    speaker: "Speaker",
    gap: ["gap of", "s"],
    unreadable: ": the sound cannot be read",
    not_written: ": what is said was not written down",
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
    speaker: "المتحدث",
    gap: ["انقطاع مدته", "ث"],
    unreadable: ": تتعذّر قراءة الصوت",
    not_written: ": لم يُدوَّن ما قيل",
};

impl Labels {
    pub(super) fn of_language(language: &str) -> &'static Self {
        if primary_subtag(language) == "ar" { &ARABIC } else { &ENGLISH }
    }

    /// A speaker without a name. People count from 1.
    pub(super) fn speaker(&self, number: u32) -> String {
        format!("{} {}", self.speaker, u64::from(number) + 1)
    }

    /// `[gap of 12 s]`: whole seconds, tenths below one, and why if something was recorded and arrived.
    pub(super) fn gap(&self, gap: Gap) -> String {
        let lasts = gap.end_ms.saturating_sub(gap.start_ms);
        let [before, unit] = self.gap;
        let why = match gap.reason {
            GapReason::NotRecorded | GapReason::NotReceived => "",
            GapReason::Unreadable => self.unreadable,
            GapReason::NotWritten => self.not_written,
        };
        if lasts < 1000 {
            format!("[{before} 0.{} {unit}{why}]", (lasts / 100).max(1))
        } else {
            format!("[{before} {} {unit}{why}]", lasts.saturating_add(500) / 1000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_speakers_are_named_in_the_language() {
        let english = Labels::of_language("en-GB");
        let gap = |start_ms, end_ms, reason| Gap { start_ms, end_ms, reason };
        assert_eq!(english.gap(gap(1_000, 13_200, GapReason::NotRecorded)), "[gap of 12 s]");
        assert_eq!(english.gap(gap(1_000, 1_400, GapReason::NotReceived)), "[gap of 0.4 s]");
        let damaged = english.gap(gap(0, 30_000, GapReason::Unreadable));
        assert_eq!(damaged, "[gap of 30 s: the sound cannot be read]");
        let unwritten = english.gap(gap(0, 3_000, GapReason::NotWritten));
        assert_eq!(unwritten, "[gap of 3 s: what is said was not written down]");
        assert_eq!(english.speaker(0), "Speaker 1");
        let arabic = Labels::of_language("ar");
        assert_eq!(arabic.gap(gap(0, 2_000, GapReason::NotRecorded)), "[انقطاع مدته 2 ث]");
        assert_eq!(arabic.gap(gap(0, 2_000, GapReason::Unreadable)), "[انقطاع مدته 2 ث: تتعذّر قراءة الصوت]");
    }
}
