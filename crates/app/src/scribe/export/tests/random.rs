//! Transcripts as no engine would write them: whatever they hold, each letter comes once and in order.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::cues::cues;
use super::super::direction::plain;
use super::super::speech::{Passage, joined, passages};
use super::captions::assert_readable;
use super::*;

const WORDS: &[&str] = &[
    "a",
    "the",
    "library",
    "Yes.",
    "well-known",
    "3.14",
    "“quoted”",
    "e\u{301}te\u{301}",
    "Donaudampfschifffahrtsgesellschaft",
    "https://example.org/a/very/long/address/that/no/line/can/hold?and=more&even=more",
    "نعم،",
    "المحيطات",
    "٢٠٢١",
    "שלום.",
    "図書館は、",
    "六月「中旬」です。",
    "エレベーター",
    "สวัสดีครับ",
    "안녕하세요",
    "👩‍👩‍👧",
    "-->",
    "<b>",
    "&amp;",
    "_",
    "\u{A0}",
    "…",
];

fn segment(random: &mut StdRng, now: &mut u32) -> Segment {
    let count = random.random_range(0..30);
    let texts: Vec<&str> = (0..count).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect();
    let start_ms = *now;
    let mut words = Vec::new();
    for text in &texts {
        let lasts = random.random_range(0..700);
        // Some words are missing, some are others, some have no sensible times.
        match random.random_range(0..20) {
            0 => {}
            1 => words.push(Word { text: "nobody".to_owned(), start_ms: *now, end_ms: *now + lasts, confidence: 0.1 }),
            2 => words.push(Word { text: (*text).to_owned(), start_ms: *now + 900, end_ms: *now, confidence: 0.1 }),
            _ => words.push(Word { text: (*text).to_owned(), start_ms: *now, end_ms: *now + lasts, confidence: 1.0 }),
        }
        *now += lasts + if random.random_bool(0.1) { random.random_range(0..4000) } else { 40 };
    }
    if random.random_bool(0.1) {
        words.clear();
    }
    let between = ["", " ", "  ", "\n"][random.random_range(0..4)];
    let speaker = random.random_bool(0.8).then(|| random.random_range(0..3));
    Segment { start_ms, end_ms: *now, text: texts.join(between), speaker, words }
}

#[test]
fn every_letter_comes_once_and_in_order() {
    for seed in 0..300 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut now = random.random_range(0..5000);
        let count = random.random_range(0..12);
        let mut segments: Vec<Segment> = (0..count).map(|_| segment(&mut random, &mut now)).collect();
        for segment in &mut segments {
            // A segment whose text is empty is that of its words.
            if segment.text.trim().is_empty() {
                segment.words.clear();
            }
            segment.text = segment.text.replace("-->", "→");
        }
        let mut talk = talk(["en", "ar", "ja"][random.random_range(0..3)], segments);
        for _ in 0..random.random_range(0..4) {
            let start_ms = random.random_range(0..now + 1000);
            let end_ms = start_ms + random.random_range(0..20_000);
            talk.gaps.push(Gap { start_ms, end_ms, reason: GapReason::NotRecorded, estimated: false });
        }
        let made = cues(&talk);
        assert_readable(&talk, &made);
        let passages = passages(&talk);
        let texts = passages.iter().map(|passage| match passage {
            Passage::Speech { tokens, .. } => joined(tokens),
            Passage::Gap(_) => String::new(),
        });
        assert_eq!(letters(&texts.collect::<String>()), spoken(&talk), "seed {seed}");
        let gaps = passages.iter().filter(|passage| matches!(passage, Passage::Gap(_))).count();
        assert_eq!(gaps, talk.gaps.len(), "seed {seed}");
        for format in Format::ALL {
            export(&talk, format).unwrap();
        }
    }
}

#[test]
fn text_without_times_is_spread_over_its_segment() {
    let mut segments = said(&[(None, "One two three four.")], by_spaces);
    segments[0].words.clear();
    (segments[0].start_ms, segments[0].end_ms) = (1000, 2900);
    let passages = passages(&talk("en", segments));
    let [Passage::Speech { tokens, .. }] = &*passages else { panic!("{passages:?}") };
    let times: Vec<_> = tokens.iter().map(|token| (token.text.as_str(), token.start_ms, token.end_ms)).collect();
    assert_eq!(times, [("One", 1000, 1300), ("two", 1400, 1700), ("three", 1800, 2300), ("four.", 2400, 2900)]);
}

#[test]
fn a_corrected_text_keeps_the_times_of_the_words_around() {
    let mut segments = said(&[(None, "We opened the libary in June")], by_spaces);
    segments[0].text = "We opened the new library in June.".to_owned();
    let words = segments[0].words.clone();
    let passages = passages(&talk("en", segments));
    let [Passage::Speech { tokens, .. }] = &*passages else { panic!("{passages:?}") };
    assert_eq!(tokens.len(), 7);
    assert_eq!((tokens[2].start_ms, tokens[2].end_ms), (words[2].start_ms, words[2].end_ms));
    assert!(tokens[3].start_ms >= words[2].end_ms && tokens[4].end_ms <= words[4].start_ms);
    assert_eq!((tokens[6].start_ms, tokens[6].end_ms), (words[5].start_ms, words[5].end_ms));
    assert_eq!(plain(&joined(tokens)), "We opened the new library in June.");
}
