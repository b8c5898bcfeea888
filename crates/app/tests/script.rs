//! Scripts of real documents, and of built ones for each rule. `documents/` has what reading gave for the two example
//! documents and for the Universal Declaration of Human Rights in every language of the table.
#![expect(clippy::unwrap_used, reason = "tests")]

use sluice_app::reel::script::{
    Mode, SceneScript, Script, ScriptError, Sentence, SlideKind, TextProblem, Unfit, check_text, detect, extract,
    judge, repair, validate,
};
use sluice_domain::document::{Block, Document, LeftOut, Page, Reason};
use sluice_domain::language::{LANGUAGES, Language};

const MODES: [Mode; 2] = [Mode::Summary, Mode::Explanation];

fn document(name: &str) -> Document {
    let path = format!("{}/tests/documents/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every real document with its language.
fn documents() -> Vec<(String, Language, Document)> {
    let declarations = LANGUAGES.iter().map(|facts| (format!("declaration-{}", facts.code), facts.code));
    declarations
        .chain([("lighthouses".to_owned(), "en"), ("astrolabe".to_owned(), "ar")])
        .map(|(name, code)| (name.clone(), Language::from_code(code).unwrap(), document(&name)))
        .collect()
}

fn pages(document: &Document) -> u32 {
    u32::try_from(document.pages.len()).unwrap()
}

fn sentences(script: &Script) -> Vec<&Sentence> {
    script.scenes.iter().flat_map(|scene| &scene.sentences).collect()
}

/// A document of paragraphs, one page each.
fn built(pages: &[&[&str]]) -> Document {
    let pages = pages
        .iter()
        .zip(1..)
        .map(|(blocks, number)| Page {
            number,
            width: 595.0,
            height: 842.0,
            blocks: blocks
                .iter()
                .zip(0_u16..)
                .map(|(text, row)| Block {
                    text: (*text).to_owned(),
                    bounds: [72.0, 80.0 + 60.0 * f32::from(row), 520.0, 130.0 + 60.0 * f32::from(row)],
                    line_height: 12.0,
                    lines: u32::try_from(text.len() / 90 + 1).unwrap(),
                    ..Block::default()
                })
                .collect(),
            ..Page::default()
        })
        .collect();
    Document {
        title: Some("The Bees of the Valley".to_owned()),
        pages,
        read_by: "test".to_owned(),
        ..Document::default()
    }
}

const BEES: [&str; 8] = [
    "The bees of the valley live in wooden hives that the farmers build in spring from the wood of old apple trees. \
     Each hive has room for about forty thousand bees and for the honey that they need in the winter.",
    "A queen lays up to two thousand eggs a day in the early summer, and the workers feed the young with pollen. \
     Young workers clean the cells first and guard the entrance of the hive before they fly out for nectar.",
    "The dance of a worker tells the others where the flowers are and how far they have to fly. \
     Karl von Frisch described the dance of the bees in detail and received a prize for it in 1973.",
    "Honey is made from nectar, which the bees thicken by moving their wings over the open cells for several days. \
     A good summer gives the farmers of the valley about thirty kilograms of honey from each hive.",
    "Mites are the greatest danger to the hives, because they weaken the young bees before they leave their cells. \
     Farmers treat the hives with acids that occur in nature, and they do so only after the last harvest.",
    "Flowers along the fields feed the bees when the fruit trees have stopped flowering in the month of June. \
     The valley pays its farmers for strips of flowers that stay uncut until the autumn.",
    "Apple trees give more fruit where bees live nearby, and the fruit is larger and more even in shape. \
     Studies in twelve orchards found a harvest that was one fifth larger with hives than without them.",
    "Children of the valley learn in school how to look after a hive without disturbing the bees in it. \
     Every class has a hive of its own behind the school and sells its honey at the market in October.",
];

#[test]
fn real_documents_in_every_language_give_scripts_that_keep_the_rules() {
    for (name, language, document) in documents() {
        let found = judge(&document).unwrap();
        assert_eq!((found.language, found.language_reliable), (language, true), "{name}");
        assert_eq!(found.estimates.len(), 2, "{name}");
        for (mode, estimate) in MODES.into_iter().zip(&found.estimates) {
            let script = extract(&document, language, mode).unwrap();
            validate(&script, pages(&document)).unwrap();
            let (shortest, _, longest) = mode.seconds();
            assert!((shortest..=longest).contains(&script.seconds()), "{name} {mode:?}: {} s", script.seconds());
            assert_eq!(
                (estimate.mode, estimate.seconds, estimate.words),
                (mode, script.seconds(), script.words()),
                "{name}"
            );
            assert_eq!(script.scenes[0].slide, SlideKind::Title, "{name}");
            assert!(script.scenes.iter().all(|scene| scene.heading.chars().count() <= 60), "{name}");
            let question = &script.scenes.last().unwrap().sentences[0].text;
            assert!(question.ends_with(['?', '؟']), "{name}: {question}");
            assert_eq!(
                extract(&document, language, mode).unwrap(),
                script,
                "{name}: the same document, the same script"
            );
        }
    }
}

#[test]
fn every_told_sentence_is_on_the_page_that_it_names() {
    let letters = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    for (name, language, document) in documents() {
        let script = extract(&document, language, Mode::Explanation).unwrap();
        for sentence in script.scenes[1..].iter().flat_map(|scene| &scene.sentences) {
            let Some(page) = sentence.page else { continue };
            // A sentence may go on over the page's end.
            let text: String =
                document.pages.iter().filter(|p| p.number == page || p.number == page + 1).map(Page::text).collect();
            let there = letters(&text);
            let words = letters(&sentence.text);
            let found = words.iter().filter(|word| there.iter().any(|other| other.ends_with(word.as_str()))).count();
            assert!(found * 10 >= words.len() * 9, "{name}, page {page}: {}", sentence.text);
        }
    }
}

#[test]
fn the_rest_of_a_sentence_that_begins_elsewhere_is_not_told() {
    let rest = "however, the old lookout did not last long, because it became too dangerous for the men of the camp.";
    let mut pages: Vec<Vec<&str>> = BEES.iter().map(|text| vec![*text]).collect();
    pages[0].insert(0, rest);
    let pages: Vec<&[&str]> = pages.iter().map(Vec::as_slice).collect();
    let script = extract(&built(&pages), Language::ENGLISH, Mode::Explanation).unwrap();
    assert!(!script.narration().contains("did not last long"), "{}", script.narration());
}

#[test]
fn a_document_too_short_for_the_usual_length_says_so() {
    let summary = |pages: &[&[&str]]| {
        let found = judge(&built(pages)).unwrap();
        let estimate = found.estimates.into_iter().find(|estimate| estimate.mode == Mode::Summary).unwrap();
        (estimate.seconds, estimate.is_short())
    };
    let (seconds, is_short) = summary(&[&BEES[..2]]);
    assert!(is_short && (20..60).contains(&seconds), "{seconds}");
    let (seconds, is_short) = summary(&[&BEES]);
    assert!(!is_short && (60..=90).contains(&seconds), "{seconds}");
}

#[test]
fn scripts_are_stored_and_read_back() {
    let script = extract(&document("astrolabe"), Language::ARABIC, Mode::Summary).unwrap();
    let json = serde_json::to_string(&script).unwrap();
    assert!(
        json.contains("\"source\":\"extract\"")
            && json.contains("\"slide\":\"title\"")
            && json.contains("{\"page\":2}")
    );
    assert_eq!(serde_json::from_str::<Script>(&json).unwrap(), script);
}

#[test]
fn documents_without_a_script_give_the_reason() {
    let short = built(&[&["Hello, world."]]);
    assert_eq!(judge(&short), Err(Unfit::TooShort { characters: 12 }));
    let signs = built(&[&[
        "% & / ( ) = ? * + # ; : _ - . , < > | ^ ~ { } [ ] ! a b c % & / ( ) = ? * + # ; : _ - . , < > | ^ ~",
    ]]);
    assert!(matches!(judge(&signs), Err(Unfit::NotText { percent }) if percent < 30), "{:?}", judge(&signs));
    let arabic_only = built(&[&["النحل يعيش في الوادي منذ زمن بعيد ويصنع العسل من أزهار الأشجار في الربيع والصيف."]]);
    assert!(judge(&arabic_only).is_ok(), "Arabic letters are letters");
    let private: String = "\u{F041}\u{F042}\u{F043}bcd \u{F044}ef ".repeat(30);
    assert_eq!(judge(&built(&[&[&private]])).unwrap_err().code(), "document_garbled");
    let left_out = vec![LeftOut { page: 1, reason: Reason::Unexamined, sample: String::new() }];
    let unexamined = Document { left_out, ..built(&[&[]]) };
    assert_eq!(judge(&unexamined).unwrap_err().code(), "document_unexamined");
    let few =
        built(&[&["The bees of the valley live in wooden hives that the farmers build in spring from old trees."]]);
    assert!(judge(&few).unwrap().estimates.is_empty(), "enough to read, too little for a reel");
    let error = extract(&few, Language::ENGLISH, Mode::Summary).unwrap_err();
    assert_eq!(error, ScriptError::TooLittleToSay { words: 18, needed: 50 });
}

#[test]
fn what_is_around_the_text_is_not_told() {
    let code =
        "for (int i = 0; i < n; i++) { sum += hive[i].bees; } printf(\"%d\\n\", sum); return sum == 0 ? NULL : hives;";
    let mut pages: Vec<Vec<&str>> =
        BEES.iter().map(|text| vec!["Bees of the valley — Journal of Honey 12 (2020)", text]).collect();
    pages[1].push("Figure 3: The queen of the hive and her workers on a comb in the month of May.");
    pages[2]
        .push("Copyright 2020 by the authors. All rights reserved. No part of this may be copied without permission.");
    pages[3].push(code);
    pages[4].push("2019 12 33.5 18 2020 14 35.1 19 2021 15 36.2 22 2022 11 30.9 17 2023 16 38.4 25");
    pages[5].push("Contact the authors at bees@valley.example or see https://valley.example/bees for the data.");
    pages.push(vec![
        "References",
        "[1] A. Miller, B. Farmer. The Secret Life of Mites in the Hives of the Valley. Journal of Honey, vol. 3, 2004.",
        "The Honey Handbook explains to every farmer of the valley how the hives are built and how the bees are fed.",
    ]);
    let pages: Vec<&[&str]> = pages.iter().map(Vec::as_slice).collect();
    let script = extract(&built(&pages), Language::ENGLISH, Mode::Explanation).unwrap();
    let told = script.narration();
    for absent in ["Journal", "Figure", "Copyright", "printf", "36.2", "example", "Secret", "Handbook"] {
        assert!(!told.contains(absent), "{absent} in {told}");
    }
    assert!(told.contains("hives"));
}

#[test]
fn sentences_that_lean_on_others_are_told_with_them_or_not_at_all() {
    let mut blocks: Vec<&str> = BEES.to_vec();
    let leaning =
        "They dance in the dark of the hive. This is why the bees of the valley find flowers that no farmer has seen.";
    blocks.push(leaning);
    let script = extract(&built(&[&blocks]), Language::ENGLISH, Mode::Summary).unwrap();
    let told: Vec<&str> = sentences(&script).iter().map(|sentence| sentence.text.as_str()).collect();
    for (index, text) in told.iter().enumerate() {
        if text.starts_with("This is why") {
            assert_eq!(told[index - 1], "They dance in the dark of the hive.");
        }
    }
}

#[test]
fn a_very_long_document_is_told_from_all_its_parts() {
    // A book of 120 towns, each on three pages, with words of its own.
    let mut long = Document {
        title: Some("The Towns of the Coast".to_owned()),
        read_by: "test".to_owned(),
        ..Document::default()
    };
    for town in 0_u32..120 {
        let name: String = [town / 26, town % 26].map(|n| char::from(b'a' + u8::try_from(n).unwrap())).iter().collect();
        let texts = [
            format!(
                "Port {name}land is a town on the coast with a {name}tower that can be seen from the sea for many miles."
            ),
            format!("The people of {name}land build boats of {name}wood and sell them to the fishermen in the autumn."),
            format!(
                "In the winter a {name}wind blows from the hills, and the harbour of {name}land is closed for some weeks."
            ),
        ];
        for text in &texts {
            let heading = format!("The town of {name}land");
            let mut page = built(&[&[&heading, text, text]]).pages.remove(0);
            page.number = u32::try_from(long.pages.len()).unwrap() + 1;
            page.blocks[0].line_height = 18.0;
            long.pages.push(page);
        }
    }
    let script = extract(&long, Language::ENGLISH, Mode::Explanation).unwrap();
    validate(&script, pages(&long)).unwrap();
    let told: Vec<u32> = sentences(&script).iter().filter_map(|sentence| sentence.page).collect();
    assert!(told.iter().max().unwrap() > &300 && told.iter().filter(|page| **page > 180).count() >= 3, "{told:?}");
    assert!(told.windows(2).all(|pair| pair[0] <= pair[1]), "in the document's order: {told:?}");
}

#[test]
fn slides_without_sentences_are_told_line_by_line() {
    let lines: Vec<String> =
        BEES.iter().map(|text| format!("• {}", text.split(". ").next().unwrap().replace(',', ""))).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let script = extract(&built(&[&lines[..4], &lines[4..]]), Language::ENGLISH, Mode::Summary).unwrap();
    let told: Vec<&str> = sentences(&script).iter().map(|sentence| sentence.text.as_str()).collect();
    for clause in &told[1..told.len() - 1] {
        assert!(lines.iter().any(|line| line.trim_start_matches("• ") == *clause), "{clause}");
    }
    assert!(told.len() > 5, "{told:?}");
}

fn sound() -> (Script, Document) {
    let document = document("lighthouses");
    (extract(&document, Language::ENGLISH, Mode::Summary).unwrap(), document)
}

#[test]
fn a_persons_text_may_have_what_documents_print() {
    let (good, document) = sound();
    for text in [
        "–5 °C was measured on 03/04/2024.",
        "See www.example.org or write to a@b.example.",
        "#1 was 3 < 5 & f(x) = 2.",
    ] {
        let mut script = good.clone();
        script.scenes[1].sentences[0].text = text.to_owned();
        assert_eq!(validate(&script, pages(&document)), Ok(()), "{text}");
    }
}

#[test]
fn scripts_that_break_a_rule_are_refused_and_repaired() {
    let (good, document) = sound();
    let pages = pages(&document);
    let broken = |change: &dyn Fn(&mut Script)| {
        let mut script = good.clone();
        change(&mut script);
        let error = validate(&script, pages).unwrap_err();
        validate(&repair(&script, &document), pages).unwrap();
        error
    };
    let say = |text: &str, page| SceneScript {
        heading: "More".to_owned(),
        slide: SlideKind::Page(1),
        sentences: vec![Sentence { text: text.to_owned(), page, lines: Vec::new() }],
    };
    let error = broken(&|script| {
        script.scenes.pop();
    });
    assert_eq!(error, ScriptError::NoQuestion);
    let error = broken(&|script| script.scenes.insert(1, say("Read **this** at once.", Some(1))));
    assert_eq!(error, ScriptError::Markup { scene: 2, found: "**this**".to_owned() });
    let error = broken(&|script| script.scenes.insert(1, say("See [it](https://a.example) for more.", Some(1))));
    assert_eq!(error.code(), "script_markup");
    let error = broken(&|script| script.scenes.insert(1, say("A light was seen.", Some(99))));
    assert_eq!(error, ScriptError::NoPage { scene: 2 });
    let error = broken(&|script| script.scenes.insert(1, say("A light was\u{7} seen.", Some(1))));
    assert_eq!(error, ScriptError::Text { scene: 2, problem: TextProblem::ControlCharacters });
    let error = broken(&|script| {
        let scene = say(&"The light was seen by all. ".repeat(16), Some(1));
        script.scenes.splice(1..1, vec![scene; 5]);
    });
    assert!(matches!(error, ScriptError::Length { words, most: 400, .. } if words > 400), "{error}");
    let error = broken(&|script| script.scenes.drain(1..script.scenes.len() - 1).for_each(drop));
    assert!(matches!(error, ScriptError::Length { words, fewest: 50, .. } if words < 50), "{error}");
    let german = extract(&self::document("declaration-de"), Language::from_code("de").unwrap(), Mode::Summary).unwrap();
    let error = validate(&Script { language: Language::ENGLISH, ..german }, 9).unwrap_err();
    assert_eq!(error.code(), "script_language");
}

#[test]
fn the_text_of_one_scene_is_checked() {
    let english = Language::ENGLISH;
    assert_eq!(check_text("A line.\nAnother one.", english), Ok(()));
    assert_eq!(check_text(" … ", english), Err(TextProblem::Empty));
    assert_eq!(check_text(&"word ".repeat(121), english), Err(TextProblem::TooLong { words: 121, most: 120 }));
    assert_eq!(check_text(&"a".repeat(5_000), english), Ok(()));
    let endless = TextProblem::TooManyCharacters { characters: 5_001, most: 5_000 };
    assert_eq!(check_text(&"a".repeat(5_001), english), Err(endless));
    assert_eq!(check_text("bell\u{7}", english), Err(TextProblem::ControlCharacters));
    assert_eq!(TextProblem::Empty.code(), "text_empty");
}

#[test]
fn no_text_whatever_makes_it_panic() {
    let pieces = [
        "a", "É", "ß", "لا", "،", "؟", "\u{202B}", "\u{301}", "ﬁ", "…", ".", "e.g.", "(", ")", "[", "]", "“", "„", "12",
        "5%", "§", "—", "--", "``", "However,", "see", "Figure", "3", "This", "وال", "\u{F041}", "\u{0}", " ", " ",
        "\n", "İ", "𝒜", "http://", "z. B.", "et al.", "THE", "word", "no.", "1.", "•", "و", "ها",
    ];
    let mut state = 7_u64;
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..200 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
            if state >> 40 & 1 == 0 {
                text.push(' ');
            }
        }
        let document = built(&[&[&text, &text[..text.floor_char_boundary(40)]], &[&text]]);
        let _ = judge(&document);
        let _ = detect(&text);
        for facts in &LANGUAGES {
            let _ = extract(&document, Language::from_code(facts.code).unwrap(), Mode::Summary);
        }
    }
    for empty in [Document::default(), built(&[&[]]), built(&[&[""]])] {
        assert_eq!(judge(&empty), Err(Unfit::TooShort { characters: 0 }));
        assert!(extract(&empty, Language::ENGLISH, Mode::Summary).is_err());
    }
}
