//! Draws single frames of every kind of slide, shape and language into a folder, for visual inspection:
//! `cargo run --release -p sluice-local --example render_gallery -- FOLDER [PAGE.png…]`.
#![expect(clippy::unwrap_used, reason = "a tool for developers: it stops where it fails")]

use std::path::PathBuf;

use sluice_domain::language::Language;
use sluice_domain::speech::PhonemeTiming;
use sluice_local::render::{Caption, ClipSpec, Presenter, Shape, Slide, presenter_still, presenters, still};

fn spec(shape: Shape, language: Language, slide: Slide, presenter: Option<&str>, look: u64) -> ClipSpec {
    let arabic = language == Language::ARABIC;
    let text = if arabic {
        "ارتفعت الحرارة بنسبة 1.5 درجة عام 2021\nوفق تقرير IPCC (الفصل 3)، وهذا كثير."
    } else {
        "The ocean takes up about a quarter\nof the carbon dioxide that we release."
    };
    let sounds = ["m", "aː", "s", "uː", "f", "ɪ", "o", "l"];
    let phonemes = sounds
        .iter()
        .zip((0u32..).step_by(500))
        .map(|(ipa, at)| PhonemeTiming { ipa: (*ipa).to_owned(), start_ms: at, end_ms: at + 500 })
        .collect();
    ClipSpec {
        shape,
        language,
        look,
        slides: slide.into(),
        presenter: presenter.map(|id| Presenter::Drawn { id: id.to_owned(), seed: 3, phonemes }),
        captions: vec![Caption { start_ms: 0, end_ms: 6000, text: text.to_owned() }],
        duration_ms: 8000,
    }
}

fn slides(language: Language, pages: &[PathBuf]) -> Vec<(String, Slide)> {
    let pick = |english: &str, arabic: &str| (if language == Language::ARABIC { arabic } else { english }).to_owned();
    let mut slides = vec![
        (
            "title".to_owned(),
            Slide::Title {
                kicker: pick("Explanation", "شرح"),
                title: pick(
                    "How the ocean breathes: carbon between water and air",
                    "كيف يتنفس المحيط: الكربون بين الماء والهواء",
                ),
                subtitle: pick("From “Ocean Acidification”, 24 pages", "من وثيقة «تحمض المحيطات»، 24 صفحة"),
            },
        ),
        (
            "question".to_owned(),
            Slide::Question {
                kicker: pick("A question to think about", "سؤال للتفكير"),
                text: pick(
                    "If the ocean stopped taking up carbon dioxide tomorrow, what would change first?",
                    "لو توقف المحيط غدًا عن امتصاص CO₂، فما أول شيء سيتغير في حياتنا؟",
                ),
            },
        ),
    ];
    for (index, page) in pages.iter().enumerate() {
        slides.push((
            format!("page{index}"),
            Slide::Page {
                image: page.clone(),
                label: Some(pick("p. 12", "ص 12")),
                heading: Some(pick("Where the carbon goes", "إلى أين يذهب الكربون؟ تقرير 2021")),
                focus: Vec::new(),
            },
        ));
    }
    slides
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap();
    let pages: Vec<PathBuf> = arguments.collect();
    std::fs::create_dir_all(&folder).unwrap();
    for (index, info) in presenters().iter().enumerate() {
        let png = presenter_still(info.id, index as u64, 400).unwrap();
        std::fs::write(folder.join(format!("presenter-{}.png", info.id)), png).unwrap();
    }
    let cast = ["ada", "omar", "noor", "lin"];
    let mut look = 0;
    for language in [Language::ENGLISH, Language::ARABIC] {
        for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
            for (name, slide) in slides(language, &pages) {
                let presenter = (look % 5 != 4).then(|| cast[usize::try_from(look).unwrap() % 4]);
                let spec = spec(shape, language, slide, presenter, look * 3);
                let file = format!("{}-{}-{name}.png", language.code(), shape.ratio().replace(':', "x"));
                std::fs::write(folder.join(file), still(&spec, 2600).unwrap()).unwrap();
                look += 1;
            }
        }
    }
}
