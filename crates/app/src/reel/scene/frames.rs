//! The frame in the middle of each sentence contains its text: for ten documents of different kinds, read, scripted,
//! located and drawn as a reel is, with the times of a steady voice. By the boxes of its lines for every sentence, and
//! by OCR of the frame for some.

mod ocr;
mod tally;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sluice_domain::document::Document;
use sluice_domain::language::Language;
use sluice_domain::speech::{Speech, WordTiming};
use sluice_local::guard::Guard;
use sluice_local::reading::{PageView, Reader, ReadingLimits};
use sluice_local::render::{self, ClipSpec, Presenter, Renderer, Shape, Shown, Sight, Slide, sights};

use self::ocr::{Blocks, model, overlap, recognised};
use self::tally::{Tally, by_ocr};
use super::super::locate;
use super::super::script::{self, Mode, PrintedLine, SceneScript, Sentence, SlideKind};
use super::{PageFacts, below_heading, one_sentence_a_line, slides, storyboard};
use crate::reel::shots;

/// The share of the neighbouring words of a sentence that OCR of its frame finds, at least.
const RECOGNISED: f64 = 0.5;

/// A reel of the ten: file below `crates`, language, mode, shape.
type Kind = (&'static str, Language, Mode, Shape);

const TEN: [Kind; 10] = [
    ("../examples/lighthouses.pdf", Language::ENGLISH, Mode::Summary, Shape::Landscape),
    ("../examples/astrolabe.pdf", Language::ARABIC, Mode::Explanation, Shape::Portrait),
    ("local/tests/fixtures/two-columns.pdf", Language::ENGLISH, Mode::Summary, Shape::Landscape),
    ("local/tests/fixtures/slides.pdf", Language::ENGLISH, Mode::Summary, Shape::Square),
    ("local/tests/fixtures/bees-lam-alef.pdf", Language::ARABIC, Mode::Summary, Shape::Landscape),
    ("local/tests/fixtures/sideways-page.pdf", Language::ENGLISH, Mode::Summary, Shape::Landscape),
    ("local/tests/fixtures/webpage-600x12000.pdf", Language::ENGLISH, Mode::Explanation, Shape::Portrait),
    ("local/tests/fixtures/arabic-wide-lines.pdf", Language::ARABIC, Mode::Summary, Shape::Portrait),
    ("local/tests/fixtures/pleading.pdf", Language::ENGLISH, Mode::Summary, Shape::Portrait),
    ("local/tests/fixtures/hyphens.pdf", Language::ENGLISH, Mode::Summary, Shape::Square),
];

/// A reel before its voice.
struct Reel {
    name: &'static str,
    language: Language,
    shape: Shape,
    document: Document,
    scenes: Vec<SceneScript>,
    pages: BTreeMap<u32, PathBuf>,
    _folder: tempfile::TempDir,
}

/// A scene as it is rendered, and when its sentences are said.
struct Planned<'a> {
    script: &'a SceneScript,
    spec: ClipSpec,
    times: Vec<(u32, u32)>,
}

/// The example of the crate `local` that is only an engine child: `cargo test` builds it.
fn engine_child() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples/engine_child");
    assert!(path.exists(), "{} is missing: cargo build --release -p sluice-local --examples", path.display());
    path
}

impl Reel {
    async fn of((name, language, mode, shape): Kind) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let reader = Reader::new(Guard::new(engine_child()), ReadingLimits::DEFAULT);
        let document = reader.read(&file).await.unwrap();
        let mut script = script::extract(&document, language, mode).unwrap_or_else(|error| panic!("{name}: {error}"));
        locate::locate(&mut script, &document);
        let folder = tempfile::tempdir().unwrap();
        let mut pages = BTreeMap::new();
        for number in script.scenes.iter().flat_map(shots::pages_shown) {
            if pages.contains_key(&number) {
                continue;
            }
            let page = document.pages.iter().find(|page| page.number == number).unwrap();
            let (width, height, quarter_turns) = (page.width, page.height, page.quarter_turns);
            let facts = PageFacts { number, width, height, quarter_turns, printed_number: None };
            let image = folder.path().join(format!("{number}.png"));
            let view = PageView { quarter_turns, ..PageView::whole(number, facts.image_width()) };
            reader.draw(&file, &view, &image).await.unwrap();
            pages.insert(number, image);
        }
        Self { name, language, shape, document, scenes: script.scenes, pages, _folder: folder }
    }

    fn planned(&self) -> Vec<Planned<'_>> {
        self.scenes.iter().map(|script| self.plan(script)).collect()
    }

    fn plan<'a>(&'a self, script: &'a SceneScript) -> Planned<'a> {
        let speech = steady(&one_sentence_a_line(script));
        let times = storyboard::sentence_times(script, &speech);
        let pages = self.pages.iter().map(|(number, image)| (*number, ("p.", image.as_path()))).collect();
        let spec = ClipSpec {
            shape: self.shape,
            language: self.language,
            look: 7,
            slides: slides(script, &times, &pages),
            presenter: Some(Presenter::Drawn { id: "ada".to_owned(), seed: 1, phonemes: Vec::new() }),
            // Captions would show the text wherever the camera is.
            captions: Vec::new(),
            duration_ms: times.last().map_or(1000, |(_, end)| end + 450),
        };
        Planned { script, spec, times }
    }
}

/// A voice that says 14 letters in a second, with a pause after each sentence.
fn steady(text: &str) -> Speech {
    let (mut words, mut at, mut byte) = (Vec::new(), 100u32, 0u32);
    for line in text.split('\n') {
        if line.is_empty() {
            byte += 1;
            continue;
        }
        for word in line.split(' ') {
            let length = u32::try_from(word.len()).unwrap();
            let end_ms = at + 70 * u32::try_from(word.chars().count() + 1).unwrap();
            words.push(WordTiming { start_byte: byte, end_byte: byte + length, start_ms: at, end_ms });
            (byte, at) = (byte + length + 1, end_ms);
        }
        at += 300;
    }
    Speech { sample_rate: 8000, samples: 0, words, phonemes: Vec::new(), spoken_by: String::new() }
}

impl Planned<'_> {
    fn middles(&self) -> Vec<u32> {
        self.times.iter().map(|(from, until)| u32::midpoint(*from, *until)).collect()
    }

    /// Each sentence with the middle of its time and what of a page is seen then.
    fn moments(&self) -> Vec<(&Sentence, u32, Option<Sight>)> {
        let seen = sights(&self.spec, &self.middles()).unwrap();
        self.script.sentences.iter().zip(self.middles()).zip(seen).map(|((one, at), seen)| (one, at, seen)).collect()
    }

    /// The page that a slide shows.
    fn page(&self, slide: usize) -> u32 {
        shots::shots(self.script, &self.times)[slide].page.unwrap()
    }

    /// The lines of a sentence that must be seen: on the page that is shown, all if they fit into the view, otherwise
    /// the one that is said in the middle.
    fn due<'a>(&self, sentence: &'a Sentence, sight: &Sight) -> Vec<&'a PrintedLine> {
        let page = self.page(sight.slide);
        let here: Vec<_> = sentence.lines.iter().filter(|line| line.page == page).collect();
        let top = here.iter().map(|line| line.bounds[1]).fold(1.0, f32::min);
        let bottom = here.iter().map(|line| line.bounds[3]).fold(0.0, f32::max);
        if bottom - top <= 0.8 * (sight.part[3] - sight.part[1]) {
            return here;
        }
        let length = |line: &PrintedLine| line.bounds[2] - line.bounds[0];
        let half = sentence.lines.iter().map(length).sum::<f32>() / 2.0;
        let mut read = 0.0;
        let middle = sentence.lines.iter().find(|line| {
            read += length(line);
            read >= half
        });
        middle.filter(|line| line.page == page).into_iter().collect()
    }
}

fn sees(sight: &Sight, line: &PrintedLine) -> bool {
    let (part, line, near) = (sight.part, line.bounds, 0.002);
    line[0] >= part[0] - near && line[1] >= part[1] - near && line[2] <= part[2] + near && line[3] <= part[3] + near
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a card shows the sentence that is said.
fn on_card(shown: &Shown, sentence: &str) -> bool {
    match &shown.slide {
        Slide::Title { title, .. } => letters(sentence).starts_with(letters(title).as_str()),
        Slide::Question { kicker, text } => letters(sentence) == letters(&format!("{kicker}{text}")),
        Slide::Page { .. } => false,
    }
}

/// Checks every sentence by the boxes of its lines; gives their number.
fn assert_seen(reel: &Reel) -> usize {
    let mut checked = 0;
    for planned in reel.planned() {
        for (sentence, at, sight) in planned.moments() {
            let name = format!("{}, at {at} ms of {:?}: {}", reel.name, planned.script.heading, sentence.text);
            let Some(sight) = sight else {
                let card = planned.spec.slides.iter().rfind(|shown| shown.from_ms <= at).unwrap();
                assert!(on_card(card, &sentence.text), "{name}: {card:?}");
                checked += 1;
                continue;
            };
            assert!(!sentence.lines.is_empty(), "{name}: nobody knows where it stands");
            let due = planned.due(sentence, &sight);
            assert!(!due.is_empty(), "{name}: page {} is shown", planned.page(sight.slide));
            for line in due {
                assert!(sees(&sight, line), "{name}: {line:?} is not in {sight:?}");
            }
            checked += 1;
        }
    }
    checked
}

/// Each sentence that OCR can be asked for has frames that do not show it: one of another document for each, and one of its
/// own for most. Otherwise that it is found in its own frame proves nothing.
fn assert_comparable(tallies: &[Tally]) {
    let sum = |count: fn(&Tally) -> usize| tallies.iter().map(count).sum::<usize>();
    let whole = sum(|one| one.whole);
    assert_eq!(sum(|one| one.unseen_in_another), whole, "{tallies:#?}");
    assert!(sum(|one| one.unseen_elsewhere) * 2 >= whole, "{tallies:#?}");
}

#[tokio::test]
async fn the_frame_in_the_middle_of_each_sentence_contains_its_text() {
    let (mut reels, mut troubles) = (Vec::new(), Vec::new());
    for kind in TEN {
        let reel = Reel::of(kind).await;
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let count = assert_seen(&reel);
            assert!(count >= 3, "{}: only {count} sentences", reel.name);
        }));
        if checked.is_err() {
            troubles.push(reel.name.to_owned());
        }
        reels.push(reel);
    }
    let tallies = by_ocr(&reels, false);
    assert_comparable(&tallies);
    let is_wrong = |tally: &&Tally| tally.read != 1 || !tally.wrong.is_empty();
    troubles.extend(tallies.iter().filter(is_wrong).map(|tally| format!("{tally:#?}")));
    assert!(troubles.is_empty(), "{troubles:#?}");
}

#[tokio::test]
#[ignore = "some minutes of OCR: every sentence of ten reels"]
async fn every_sentence_is_recognised_in_its_frame() {
    let mut reels = Vec::new();
    for kind in TEN {
        reels.push(Reel::of(kind).await);
    }
    let tallies = by_ocr(&reels, true);
    for tally in &tallies {
        eprintln!("{tally:#?}");
        assert_eq!(tally.cards + tally.short + tally.partly + tally.whole, tally.said, "{}", tally.name);
        assert_eq!(tally.read, tally.whole, "{}", tally.name);
    }
    assert_comparable(&tallies);
    let sum = |count: fn(&Tally) -> usize| tallies.iter().map(count).sum::<usize>();
    let (pages, read) = (sum(|one| one.said - one.cards), sum(|one| one.read));
    let wrong: Vec<_> = tallies.iter().filter(|tally| !tally.wrong.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(read * 10 >= pages * 7, "OCR was asked for {read} of {pages}");
}

/// A camera at a wrong place, and a wrong page, are noticed by the boxes.
#[tokio::test]
async fn a_wrong_place_and_a_wrong_page_are_noticed() {
    let reel = Reel::of(TEN[0]).await;
    let notices = |spoil: &dyn Fn(&mut PrintedLine)| {
        let planned = reel.planned();
        planned.iter().any(|planned| {
            planned.moments().into_iter().any(|(sentence, _, sight)| {
                let mut told = sentence.clone();
                told.lines.iter_mut().for_each(spoil);
                sight.is_some_and(|sight| {
                    let due = planned.due(&told, &sight);
                    due.is_empty() || !due.iter().all(|line| sees(&sight, line))
                })
            })
        })
    };
    assert!(!notices(&|_| {}), "as it is, all is seen");
    assert!(notices(&|line| line.page += 1));
    assert!(notices(&|line| {
        let away = if line.bounds[1] > 0.5 { -0.45 } else { 0.45 };
        line.bounds[1] += away;
        line.bounds[3] += away;
    }));
    assert!(reel.document.pages.len() > 1);
}

/// The same of a video: encoded, decoded, and read.
#[tokio::test]
async fn the_encoded_video_shows_what_is_said() {
    let reel = Reel::of(TEN[2]).await;
    let renderer = Renderer::new(engine_child());
    let folder = tempfile::tempdir().unwrap();
    let (mut read, mut shares) = (0, Vec::new());
    for (number, planned) in reel.planned().iter().enumerate() {
        let clip = folder.path().join(format!("{number}.mp4"));
        renderer.clip(&planned.spec, &clip, |_| {}).await.unwrap();
        for (sentence, at, sight) in planned.moments() {
            let Some(sight) = sight.filter(|_| sentence.text.split_whitespace().count() >= 6) else { continue };
            let frame = folder.path().join("frame.png");
            let seek = format!("{}.{:03}", at / 1000, at % 1000);
            let mut cut = Command::new("ffmpeg");
            cut.args(["-v", "error", "-y", "-ss", &seek, "-i"]).arg(&clip).args(["-frames:v", "1"]).arg(&frame);
            assert!(cut.status().unwrap().success());
            let text = recognised(&std::fs::read(&frame).unwrap(), sight.window, model(reel.language), Blocks::Found);
            let found = overlap(&sentence.text, &text);
            assert!(found >= RECOGNISED, "{found:.2} of {:?} in {text:?}", sentence.text);
            shares.push(found);
            read += 1;
        }
    }
    assert!(read >= 4, "{shares:?}");
}

#[test]
fn a_question_does_not_repeat_its_heading() {
    for (heading, text, shown) in [
        (
            "A question to think about",
            "A question to think about: how are “a” and “b” connected?",
            "How are “a” and “b” connected?",
        ),
        ("سؤال للتفكير", "سؤال للتفكير: ما العلاقة بين «أ» و«ب»؟", "ما العلاقة بين «أ» و«ب»؟"),
        ("Une question pour réfléchir", "Une question pour réfléchir : quel lien ?", "Quel lien ?"),
        ("Una pregunta para pensar", "Una pregunta para pensar: ¿qué idea?", "¿Qué idea?"),
        // A person's own words, and a text that is nothing but its heading.
        ("A question", "A question of time, is it not?", "A question of time, is it not?"),
        ("A question to think about", "A question to think about:", "A question to think about:"),
        ("", ": why?", ": why?"),
    ] {
        assert_eq!(below_heading(heading, text), shown);
    }
    let text = "A question to think about: why?".to_owned();
    let sentences = vec![Sentence { text, page: None, lines: Vec::new() }];
    let script = SceneScript { heading: "A question to think about".to_owned(), slide: SlideKind::Question, sentences };
    let shown = slides(&script, &[(0, 1000)], &BTreeMap::new());
    let question = Slide::Question { kicker: "A question to think about".to_owned(), text: "Why?".to_owned() };
    assert_eq!(shown, [Shown { from_ms: 0, slide: question }]);
}

#[test]
fn words_have_the_same_place_in_what_is_spoken_and_in_what_is_captioned() {
    let sentence = |text: &str| Sentence { text: text.to_owned(), page: Some(1), lines: Vec::new() };
    // A title and a clause have no full stop, the other has.
    let sentences =
        ["How a lens works", "Glass gathers light.", "Rings of glass", "حلقات من الزجاج"].map(sentence).to_vec();
    let script = SceneScript { heading: "Lens".to_owned(), slide: SlideKind::Page(1), sentences };
    let spoken = one_sentence_a_line(&script);
    assert_eq!(spoken.lines().filter(|line| !line.is_empty()).count(), 4);
    let speech = steady(&spoken);
    let text = script.text();
    let word = |timing: &WordTiming| &text[timing.start_byte as usize..timing.end_byte as usize];
    let words: Vec<&str> = speech.words.iter().map(word).collect();
    assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
    let captions = render::captions(&text, &speech.words, Language::ENGLISH, Shape::Landscape);
    let captioned: Vec<&str> = captions.iter().flat_map(|caption| caption.text.split_whitespace()).collect();
    assert_eq!(captioned, words);
    let times = storyboard::sentence_times(&script, &speech);
    let first = |word: usize| speech.words[word].start_ms;
    assert_eq!(times.iter().map(|time| time.0).collect::<Vec<_>>(), [first(0), first(4), first(7), first(10)]);
}
