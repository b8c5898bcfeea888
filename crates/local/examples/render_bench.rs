//! How fast videos are made: renders four scenes alone and two side by side, joins them, checks the result, and prints a table.
//! `cargo build --release -p sluice-local --examples`, then `render_bench FOLDER PAGE.png [en|ar]` (espeak-ng gives the sound).
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a tool for developers: it prints, and stops where it fails"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use sluice_domain::language::Language;
use sluice_domain::speech::{PhonemeTiming, WordTiming};
use sluice_local::render::{AssembleSpec, Chapter, ClipSpec, Part, Presenter, Renderer, Shape, Slide, captions, srt};

const ENGLISH: &str = "The ocean takes up about a quarter of the carbon dioxide that people release each year. This slows the warming of \
    the air, but it makes the water more acidic, and shells grow thinner. Small animals at the bottom of the food web feel it first.";
const ARABIC: &str = "تمتص المحيطات نحو 25% من ثاني أكسيد الكربون الذي يطلقه البشر كل عام. وهذا يبطئ احترار الهواء، لكنه يجعل المياه أكثر \
    حموضة وفق تقرير IPCC لعام 2021، وتصبح الأصداف أرق.";

struct Scene {
    spec: ClipSpec,
    wav: PathBuf,
}

/// Timings at a constant rate: a voice's own are more natural, but cost the same to draw.
fn timings(text: &str, ms: u32) -> (Vec<WordTiming>, Vec<PhonemeTiming>) {
    let total = u32::try_from(text.chars().count()).unwrap();
    let (mut words, mut sounds, mut letter, mut start) = (Vec::new(), Vec::new(), 0u32, (0usize, 0u32));
    let at = |letter: u32| letter * ms / total;
    for (byte, character) in text.char_indices().chain([(text.len(), ' ')]) {
        if character == ' ' {
            let (start_byte, end_byte) = (u32::try_from(start.0).unwrap(), u32::try_from(byte).unwrap());
            words.push(WordTiming { start_byte, end_byte, start_ms: at(start.1), end_ms: at(letter) });
            start = (byte + 1, letter + 1);
        }
        let ipa = if character.is_alphabetic() {
            ["m", "a", "s", "iː", "l", "oʊ", "k", "ɛ"][(u32::from(character) % 8) as usize]
        } else {
            ""
        };
        sounds.push(PhonemeTiming { ipa: ipa.to_owned(), start_ms: at(letter), end_ms: at(letter + 1) });
        letter += 1;
    }
    (words, sounds)
}

fn scene(folder: &Path, number: u32, language: Language, slide: Slide) -> Scene {
    let (text, voice) = if language == Language::ARABIC { (ARABIC, "ar") } else { (ENGLISH, "en-us") };
    let wav = folder.join(format!("{number}.wav"));
    assert!(Command::new("espeak-ng").args(["-v", voice, "-w"]).arg(&wav).arg(text).status().unwrap().success());
    let bytes = std::fs::metadata(&wav).unwrap().len() - 44;
    let ms = u32::try_from(bytes * 1000 / 2 / 22_050).unwrap();
    let (words, phonemes) = timings(text, ms);
    let spec = ClipSpec {
        shape: Shape::Landscape,
        language,
        look: 0,
        slides: slide.into(),
        presenter: Some(Presenter::Drawn { id: "ada".to_owned(), seed: u64::from(number), phonemes }),
        captions: captions(text, &words, language, Shape::Landscape),
        duration_ms: ms + 350,
    };
    Scene { spec, wav }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap());
    let page = PathBuf::from(arguments.next().unwrap());
    let language = Language::from_code(&arguments.next().unwrap_or("en".to_owned())).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let child = std::env::current_exe().unwrap().with_file_name("engine_child");
    let renderer = Renderer::new(child);
    let image = |heading: &str| Slide::Page {
        image: page.clone(),
        label: Some("p. 3".to_owned()),
        heading: Some(heading.to_owned()),
        focus: Vec::new(),
    };
    let title = Slide::Title {
        kicker: "Explanation".to_owned(),
        title: "How the ocean breathes".to_owned(),
        subtitle: "24 pages".to_owned(),
    };
    let question =
        Slide::Question { kicker: "A question to think about".to_owned(), text: "What would change first?".to_owned() };
    let slides = [title, image("Where the carbon goes"), image("What it does to shells"), question];
    let scenes: Vec<Scene> =
        (1u32..).zip(slides).map(|(number, slide)| scene(&folder, number, language, slide)).collect();
    let length: u32 = scenes.iter().map(|scene| scene.spec.frames() * 40).sum();
    let seconds = |ms: u32| ms as f32 / 1000.0;
    println!("{:<28} {:>9} {:>9} {:>7}", "", "video s", "wall s", "ratio");
    let print = |name: &str, wall: f32| {
        println!("{name:<28} {:>9.2} {wall:>9.2} {:>7.3}", seconds(length), wall / seconds(length));
    };
    let start = Instant::now();
    for (number, scene) in scenes.iter().enumerate() {
        let one = Instant::now();
        let clip = renderer.clip(&scene.spec, &folder.join(format!("{}.mp4", number + 1)), |_| {}).await.unwrap();
        let wall = one.elapsed().as_secs_f32();
        println!("  scene {:<20} {:>9.2} {wall:>9.2} {:>7.3}", number + 1, seconds(clip.ms), wall / seconds(clip.ms));
    }
    print("clips, one at a time", start.elapsed().as_secs_f32());
    let start = Instant::now();
    for pair in scenes.chunks(2) {
        let renders = pair.iter().map(|scene| {
            let out = folder.join(format!("pair-{}.mp4", scene.wav.file_stem().unwrap().to_string_lossy()));
            let renderer = &renderer;
            async move { renderer.clip(&scene.spec, &out, |_| {}).await.unwrap() }
        });
        futures::future::join_all(renders).await;
    }
    print("clips, two at a time", start.elapsed().as_secs_f32());
    join(&renderer, &scenes, &folder, language, length, print).await;
}

async fn join(
    renderer: &Renderer,
    scenes: &[Scene],
    folder: &Path,
    language: Language,
    length: u32,
    print: impl Fn(&str, f32),
) {
    let mut at = 0;
    let mut chapters = Vec::new();
    let mut shown = Vec::new();
    for (number, scene) in scenes.iter().enumerate() {
        let end_ms = at + scene.spec.frames() * 40;
        chapters.push(Chapter { title: format!("Part {}", number + 1), start_ms: at, end_ms });
        shown.extend(scene.spec.captions.iter().cloned().map(|mut caption| {
            caption.start_ms += at;
            caption.end_ms += at;
            caption
        }));
        at = end_ms;
    }
    let captions = folder.join("all.srt");
    std::fs::write(&captions, srt(&shown, language)).unwrap();
    let parts = scenes.iter().enumerate().map(|(number, scene)| Part {
        clip: folder.join(format!("{}.mp4", number + 1)),
        wav: Some(scene.wav.clone()),
        duration_ms: scene.spec.duration_ms,
    });
    let spec = AssembleSpec {
        parts: parts.collect(),
        chapters,
        title: "How the ocean breathes".to_owned(),
        language,
        srt: Some(captions),
    };
    let out = folder.join("all.mp4");
    let start = Instant::now();
    let made = renderer.assemble(&spec, &out).await.unwrap();
    print("joining", start.elapsed().as_secs_f32());
    let start = Instant::now();
    let probe = renderer.check(&out, made.ms).await.unwrap();
    print("checking", start.elapsed().as_secs_f32());
    let start = Instant::now();
    renderer.poster(&out, 2000, &folder.join("poster.jpg")).await.unwrap();
    print("poster", start.elapsed().as_secs_f32());
    println!("{probe:?}; expected {length} ms, {} bytes", made.bytes);
}
