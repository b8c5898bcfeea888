//! Extracts of real texts, by the words of their sentences and by the real model of embeddings.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/models.rs"]
mod folder;
mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use folder::models;
use sluice_capability::{Segment, Transcript};
use sluice_local::embed::{EmbedSettings, Embedder};
use sluice_local::models::MEANING;
use sluice_local::reading::{Reader, ReadingLimits};
use sluice_local::summary::{Extract, extract, of_transcript, passages};
use sluice_testkit::corpus;

const LIGHTHOUSE: &str = "The lighthouse of Skerryvore stands on a reef in the Atlantic, twelve miles from the nearest island. \
    The reef had wrecked more than thirty ships before anyone thought of building a tower there. \
    Alan Stevenson, the engineer, began the work in 1838 with a barrack for his masons. \
    The first winter storm washed the barrack away, and the masons built another one. \
    Every block of granite was cut on the shore and carried to the reef by ship. \
    The masons could land only in calm weather, and work began before four in the morning. \
    The tower is 48 metres high, and its walls are nearly three metres thick at the foot. \
    The lamp was lit in 1844 and can be seen from eighteen miles. \
    The keepers lived in the tower for six weeks at a time, with books and a small harmonium. \
    A fire destroyed the upper rooms of the tower in 1954, and the lamp was dark for five years. \
    The lighthouse was automated in 1994, and no keeper has lived on the reef since.";

const BEES: &str = "A colony of honey bees has one queen, some hundred drones and up to sixty thousand workers. \
    The queen lays two thousand eggs a day in summer, more than her own weight. \
    Workers clean the cells first, then feed the larvae, build combs, and at last fly out for nectar. \
    A bee that found good flowers dances on the comb, and the angle of the dance shows the others the way. \
    A jar of honey needs the nectar of about two million flowers. \
    Bees keep the brood at 35 degrees by shivering in winter and by fanning with their wings in summer. \
    The mite Varroa came to Europe in the seventies and kills colonies that are not treated.";

/// By words.
async fn by_words(text: &str, count: usize) -> Extract {
    checked(extract(&passages(text), count, None).await.unwrap(), count)
}

/// By meaning.
async fn by_meaning(text: &str, count: usize) -> Extract {
    let settings = EmbedSettings::of(support::engine_child());
    let embedder = Embedder::new(support::guard(), models(&MEANING), settings);
    let extract = extract(&passages(text), count, Some(&embedder)).await.unwrap();
    assert_eq!(extract.made_by, "multilingual-e5-small 4-bit");
    checked(extract, count)
}

fn checked(extract: Extract, count: usize) -> Extract {
    assert!(extract.sentences.len() <= count);
    assert!(extract.sentences.windows(2).all(|pair| pair[0].index < pair[1].index), "they are in order: {extract:?}");
    assert!(extract.sentences.iter().all(|sentence| (0.0..=1.0).contains(&sentence.score)), "{extract:?}");
    extract
}

fn text(extract: &Extract) -> String {
    extract.sentences.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn terms(extract: &Extract) -> Vec<&str> {
    extract.terms.iter().map(|term| term.text.as_str()).collect()
}

#[tokio::test]
async fn a_subject_of_the_last_part_is_not_forgotten() {
    let mut long = String::new();
    for part in 1..=4 {
        writeln!(long, "{}\n", LIGHTHOUSE.replace("Skerryvore", &format!("Skerry {part}"))).unwrap();
    }
    for part in 1..=3 {
        writeln!(long, "{}\n", BEES.replace("35 degrees", &format!("35.{part} degrees"))).unwrap();
    }
    for extract in [by_words(&long, 6).await, by_meaning(&long, 6).await] {
        let text = text(&extract);
        assert!(text.contains("lighthouse") || text.contains("tower"), "{text}");
        assert!(["bee", "Bee", "queen", "Workers", "Varroa"].iter().any(|word| text.contains(word)), "{text}");
        assert!(extract.parts >= 3, "{}", extract.parts);
    }
}

#[tokio::test]
async fn what_is_said_twice_is_quoted_once() {
    let twice = format!("{LIGHTHOUSE}\n\n{LIGHTHOUSE}\n\n{LIGHTHOUSE}");
    for extract in [by_words(&twice, 8).await, by_meaning(&twice, 8).await] {
        let mut quoted: Vec<&str> = extract.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
        quoted.sort_unstable();
        let all = quoted.len();
        quoted.dedup();
        assert_eq!((quoted.len(), all), (8, 8), "{quoted:?}");
    }
    // There are no more that differ.
    assert_eq!(by_words(&twice, 20).await.sentences.len(), 11);
}

#[tokio::test]
async fn it_says_what_it_is_and_what_the_text_is_about() {
    let extract = by_words(LIGHTHOUSE, 4).await;
    assert_eq!((extract.sentences.len(), extract.of, extract.made_by.as_str()), (4, 11, "words (TF-IDF)"));
    assert!(extract.sentences.iter().all(|sentence| LIGHTHOUSE.contains(&sentence.text)), "quoted word by word");
    assert!(terms(&extract).iter().take(5).any(|term| ["tower", "reef", "lighthouse"].contains(term)), "{extract:?}");
    let json = serde_json::to_value(&extract).unwrap();
    assert_eq!(json["kind"], "extract");
}

async fn document(name: &str) -> String {
    let document = Reader::new(support::guard(), ReadingLimits::DEFAULT).read(&corpus::path(name)).await.unwrap();
    document.text()
}

#[tokio::test]
async fn real_documents_in_three_languages_are_extracted_from_end_to_end() {
    for name in ["siege-of-vicksburg", "debian-reference-french", "arabic-book"] {
        let text = document(name).await;
        let extract = by_words(&text, 8).await;
        assert_eq!(extract.sentences.len(), 8, "{name}");
        let quarter = |at: usize| at * 4 / extract.of;
        let quarters: std::collections::BTreeSet<usize> =
            extract.sentences.iter().map(|sentence| quarter(sentence.index)).collect();
        assert!(quarters.len() >= 3, "{name}: {quarters:?}");
        assert!(extract.terms.len() == 10, "{name}: {:?}", extract.terms);
    }
}

#[tokio::test]
async fn scripts_without_spaces_are_extracted_too() {
    let text = "灯台は岩礁の上に立っている。岩礁では三十隻以上の船が難破した。技師のスティーブンソンは千八百三十八年に工事を始めた。\
        最初の冬の嵐が石工の宿舎を押し流した。花崗岩の塊は岸で切り出され、船で岩礁へ運ばれた。塔の高さは四十八メートルである。\
        灯台のランプは十八マイル先から見える。灯台守は六週間ずつ塔の中で暮らした。火事が塔の上の部屋を焼き、ランプは五年間消えていた。\
        灯台は自動化され、それ以来岩礁には誰も住んでいない。灯台は自動化され、それ以来岩礁には誰も住んでいない。";
    for extract in [by_words(text, 4).await, by_meaning(text, 4).await] {
        assert_eq!((extract.of, extract.sentences.len()), (11, 4), "{extract:?}");
        assert!(extract.sentences.iter().all(|sentence| sentence.text.ends_with('。')), "{extract:?}");
        assert!(terms(&extract).contains(&"灯台"), "{extract:?}");
        let last = extract.sentences.iter().filter(|sentence| sentence.text.contains("自動化")).count();
        assert!(last <= 1, "{extract:?}");
    }
}

#[tokio::test]
async fn a_transcript_keeps_its_times_and_speakers() {
    let sentences: Vec<&str> = LIGHTHOUSE.split_inclusive(". ").chain(BEES.split_inclusive(". ")).collect();
    let segment = |(at, text): (usize, &&str)| Segment {
        start_ms: u32::try_from(at).unwrap() * 4_000,
        end_ms: u32::try_from(at).unwrap() * 4_000 + 3_500,
        text: (*text).to_owned(),
        speaker: Some(u32::from(at >= 11)),
        words: Vec::new(),
    };
    let segments = sentences.iter().enumerate().map(segment).collect();
    let transcript = Transcript { language: "en".to_owned(), segments, suppressed: Vec::new(), unwritten: Vec::new() };
    let extract = extract(&of_transcript(&transcript), 6, None).await.unwrap();
    assert_eq!(extract.sentences.len(), 6);
    for sentence in &extract.sentences {
        let segment = &transcript.segments[sentence.passage];
        assert!(segment.text.contains(&sentence.text), "{sentence:?}");
        assert_eq!((sentence.start_ms, sentence.speaker), (Some(segment.start_ms), segment.speaker));
        assert_eq!(sentence.end_ms, Some(segment.end_ms));
    }
    assert!(extract.sentences.iter().any(|sentence| sentence.speaker == Some(1)), "{extract:?}");
}

#[tokio::test]
async fn hardly_any_text_is_no_error() {
    for nothing in ["", " \n\n ", "12 — 34\n\n😀 …"] {
        let extract = by_words(nothing, 5).await;
        assert_eq!((extract.of, extract.sentences.len(), extract.terms.len()), (0, 0, 0), "{nothing:?}");
    }
    for one in ["One sentence only.", "灯台", "xq zzv"] {
        assert_eq!(text(&by_words(one, 5).await), one);
    }
    let made_up = by_words("Blorf zint karg. Mup drelk zint. Zint karg wosp. Fleeb.", 2).await;
    assert_eq!(made_up.sentences.len(), 2);
    // Signs that the model has no word for: compared as what they are.
    let cuneiform = "𒀀𒀁𒀂 𒀃\n\n𒀄𒀅 𒀆𒀇\n\n𒀈𒀉 𒀊";
    let settings = EmbedSettings::of(support::engine_child());
    let embedder = Embedder::new(support::guard(), models(&MEANING), settings);
    let unknown = extract(&passages(cuneiform), 2, Some(&embedder)).await.unwrap();
    assert_eq!(unknown.made_by, "words (TF-IDF)");
}

#[tokio::test]
async fn a_megabyte_takes_seconds() {
    let manual = document("gnuplot-manual").await;
    let mut text = String::new();
    while text.len() < 1024 * 1024 {
        text.push_str(&manual);
        text.push_str("\n\n");
    }
    let begun = Instant::now();
    let extract = by_words(&text, 20).await;
    assert_eq!(extract.sentences.len(), 20);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?} for {} sentences", begun.elapsed(), extract.of);
    // Without a space, a full stop or a line.
    let begun = Instant::now();
    let endless = by_words(&"abcdefghij".repeat(100 * 1024), 5).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?} for {} pieces", begun.elapsed(), endless.of);
}
