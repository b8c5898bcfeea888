//! Exports of talks in several languages, read back by the parser of Reel's captions, by ffmpeg, and by what unpacks DOCX.

mod captions;
mod files;
mod random;

use std::collections::BTreeMap;

use sluice_capability::{Segment, Transcript, Word};
use sluice_domain::time::Timestamp;

use super::{Format, Gap, GapReason, Overview, Talk, export};

/// How long a letter is said, so that English comes to about 15 letters a second.
const LETTER_MS: u32 = 60;

/// Segments said one after the other, with a pause of 600 ms between them, by the given speakers.
pub(super) fn said(texts: &[(Option<u32>, &str)], divide: impl Fn(&str) -> Vec<String>) -> Vec<Segment> {
    let mut now = 300;
    let mut segments = Vec::new();
    for (speaker, text) in texts {
        let from = now;
        let mut words = Vec::new();
        for word in divide(text) {
            let lasts = LETTER_MS * u32::try_from(word.chars().count()).unwrap();
            words.push(Word { text: word, start_ms: now, end_ms: now + lasts, confidence: 0.9 });
            now += lasts + LETTER_MS;
        }
        segments.push(Segment { start_ms: from, end_ms: now, text: (*text).to_owned(), speaker: *speaker, words });
        now += 600;
    }
    segments
}

pub(super) fn by_spaces(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn extract(text: &str) -> Overview {
    Overview { text: text.to_owned(), written_by: None, is_older: false }
}

pub(super) fn talk(language: &str, segments: Vec<Segment>) -> Talk {
    Talk {
        title: "Board meeting: <May> & June".to_owned(),
        language: language.to_owned(),
        recorded: Some(Timestamp::from_millis(1_778_576_400_000)),
        consent: Some("All agreed at the start --> for minutes only.".to_owned()),
        speakers: BTreeMap::from([(0, "Amal & Co".to_owned())]),
        gaps: Vec::new(),
        provisional: true,
        summary: Some(extract("We open on Monday.\n\n1. It is *not* decided.")),
        transcript: Transcript {
            language: language.to_owned(),
            segments,
            suppressed: Vec::new(),
            unwritten: Vec::new(),
        },
    }
}

pub(super) fn english() -> Talk {
    let mut talk = talk(
        "en",
        said(
            &[
                (
                    Some(0),
                    "Good morning, everybody, and thank you for coming in at such short notice. We have three things to decide today.",
                ),
                (
                    Some(0),
                    "The first is the opening of the new library, which the architects promised for the end of May, but which will now be ready in the middle of June at the earliest.",
                ),
                (Some(1), "Yes. That is what they told me, too."),
                (
                    Some(1),
                    "They said that the lift has to be tested again, and that nobody may use the upper floor until the fire brigade has seen it; the report is due next week.",
                ),
                (Some(0), "Then we open on Monday, June 22. Is anybody against it? No? Good."),
            ],
            by_spaces,
        ),
    );
    let third = talk.transcript.segments[2].start_ms;
    for segment in &mut talk.transcript.segments[2..] {
        segment.start_ms += 12_000;
        segment.end_ms += 12_000;
        for word in &mut segment.words {
            word.start_ms += 12_000;
            word.end_ms += 12_000;
        }
    }
    talk.gaps =
        vec![Gap { start_ms: third - 300, end_ms: third + 11_700, reason: GapReason::NotReceived, estimated: false }];
    talk
}

pub(super) fn arabic() -> Talk {
    let mut talk = talk(
        "ar",
        said(
            &[
                (Some(0), "صباح الخير جميعا، وشكرا لحضوركم في هذا الوقت القصير. لدينا اليوم ثلاثة أمور نقررها."),
                (
                    Some(1),
                    "تمتص المحيطات نحو 25% من ثاني أكسيد الكربون وفق تقرير IPCC لعام 2021، وهذا يجعل المياه أكثر حموضة.",
                ),
                (Some(1), "Thank you, that is all for today."),
                (Some(0), "iPhone الجديد وصل أمس، هل جربته؟"),
            ],
            by_spaces,
        ),
    );
    talk.title = "اجتماع المجلس (Board)".to_owned();
    talk.speakers = BTreeMap::from([(0, "أمل".to_owned()), (1, "Dr. Smith".to_owned())]);
    talk.consent = Some("وافق الجميع في البداية".to_owned());
    talk.summary = Some(extract("وصل iPhone الجديد أمس."));
    talk.gaps = vec![Gap { start_ms: 0, end_ms: 300, reason: GapReason::NotRecorded, estimated: false }];
    talk
}

pub(super) fn japanese() -> Talk {
    let texts = [
        (
            Some(0),
            "皆さん、おはようございます。本日は急なお知らせにもかかわらずお集まりいただき、ありがとうございます。",
        ),
        (Some(1), "新しい図書館は五月末に完成する予定でしたが、エレベーターの検査のため、六月中旬になるそうです。"),
        (None, "「それでは、六月二十二日の月曜日に開館しましょう」と館長が言いました。"),
    ];
    let mut talk = talk("ja", said(&texts, |text| text.chars().map(String::from).collect()));
    // One that has no times of words.
    talk.transcript.segments[1].words.clear();
    talk.title = "会議".to_owned();
    talk
}

/// Two hours of English, with speakers taking turns.
pub(super) fn two_hours() -> Talk {
    let short = english();
    let mut talk = talk("en", Vec::new());
    let mut from = 0;
    while from < 7_200_000 {
        for segment in &short.transcript.segments {
            let mut segment = segment.clone();
            segment.start_ms += from;
            segment.end_ms += from;
            for word in &mut segment.words {
                word.start_ms += from;
                word.end_ms += from;
            }
            talk.transcript.segments.push(segment);
        }
        from += 60_000;
    }
    talk
}

/// All letters of a text but its spaces and marks of direction: what must be the same before and after.
pub(super) fn letters(text: &str) -> String {
    let is_mark =
        |letter: char| matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|letter| !letter.is_whitespace() && !is_mark(*letter)).collect()
}

pub(super) fn spoken(talk: &Talk) -> String {
    talk.transcript.segments.iter().map(|segment| letters(&segment.text)).collect()
}

pub(super) fn text_of(talk: &Talk, format: Format) -> String {
    String::from_utf8(export(talk, format).unwrap().bytes).unwrap()
}
