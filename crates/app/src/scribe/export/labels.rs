//! The words that an export adds: in Arabic for Arabic, in English for every other language.

use super::Gap;
use super::direction::primary_subtag;

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
};

impl Labels {
    pub(super) fn of_language(language: &str) -> &'static Self {
        if primary_subtag(language) == "ar" { &ARABIC } else { &ENGLISH }
    }

    /// A speaker without a name. People count from 1.
    pub(super) fn speaker(&self, number: u32) -> String {
        format!("{} {}", self.speaker, u64::from(number) + 1)
    }

    /// `[gap of 12 s]`: whole seconds, tenths below one.
    pub(super) fn gap(&self, gap: Gap) -> String {
        let lasts = gap.end_ms.saturating_sub(gap.start_ms);
        let [before, unit] = self.gap;
        if lasts < 1000 {
            format!("[{before} 0.{} {unit}]", (lasts / 100).max(1))
        } else {
            format!("[{before} {} {unit}]", lasts.saturating_add(500) / 1000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_speakers_are_named_in_the_language() {
        let english = Labels::of_language("en-GB");
        assert_eq!(english.gap(Gap { start_ms: 1000, end_ms: 13_200 }), "[gap of 12 s]");
        assert_eq!(english.gap(Gap { start_ms: 1000, end_ms: 1400 }), "[gap of 0.4 s]");
        assert_eq!(english.speaker(0), "Speaker 1");
        assert_eq!(Labels::of_language("ar").gap(Gap { start_ms: 0, end_ms: 2000 }), "[انقطاع مدته 2 ث]");
    }
}
