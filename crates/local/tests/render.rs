//! Rendering as a caller sees it: specs in, files out, checked with ffprobe and ffmpeg. Properties, not pixels.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod render_files;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use render_files::{decode_gray, ffprobe, page, page_slide, renderer, spec, title, tone};
use sluice_domain::language::Language;
use sluice_domain::speech::PhonemeTiming;
use sluice_local::render::{
    AssembleSpec, Caption, Chapter, ClipSpec, Part, Presenter, RenderError, Shape, Slide, presenter_still, presenters,
    srt, still,
};
use sluice_testkit::SmallDisk;

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_clip_has_exactly_its_frames_in_every_shape() {
    let folder = tempfile::tempdir().unwrap();
    for (shape, ms, frames) in [(Shape::Landscape, 1000, 25), (Shape::Portrait, 1001, 26), (Shape::Square, 30, 1)] {
        let out = folder.path().join("clip.mp4");
        let order = ClipSpec { shape, duration_ms: ms, ..spec(title()) };
        let clip = renderer().clip(&order, &out, |_| {}).await.unwrap();
        assert_eq!((clip.frames, clip.ms), (frames, frames * 40));
        let (width, height) = shape.size();
        let counted = ffprobe(&out, "v:0", "stream=width,height,nb_read_frames,codec_name,pix_fmt,color_space,profile");
        assert_eq!(counted, format!("h264|High|{width}|{height}|yuv420p|bt709|{frames}"), "{shape:?}");
        assert_eq!(ffprobe(&out, "a", "stream=index"), "", "a clip has no sound");
    }
    assert_eq!(entries(folder.path()), ["clip.mp4"], "nothing is left behind");
}

#[tokio::test]
async fn clips_and_sounds_join_without_gap_or_drift() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut parts = Vec::new();
    for (number, (rate, ms)) in [(22_050u32, 1330u32), (16_000, 970), (48_000, 1510)].into_iter().enumerate() {
        let (clip, wav) = (at(&format!("{number}.mp4")), at(&format!("{number}.wav")));
        let order = ClipSpec { duration_ms: ms, ..spec(title()) };
        renderer().clip(&order, &clip, |_| {}).await.unwrap();
        // The audio is shorter than its clip: the rest is silence.
        std::fs::write(&wav, tone(rate, ms - 400)).unwrap();
        parts.push(Part { clip, wav: Some(wav), duration_ms: ms });
    }
    let captions = [Caption { start_ms: 0, end_ms: 1200, text: "one = two; # three".to_owned() }];
    std::fs::write(at("all.srt"), srt(&captions, Language::ARABIC)).unwrap();
    let chapter = |title: &str, start_ms, end_ms| Chapter { title: title.to_owned(), start_ms, end_ms };
    let order = AssembleSpec {
        parts,
        chapters: vec![chapter("First; = #\\ \n[CHAPTER]", 0, 1360), chapter("الثاني", 1360, 3880)],
        title: "A title: with = and ; and \"quotes\"".to_owned(),
        language: Language::ARABIC,
        srt: Some(at("all.srt")),
    };
    let out = at("it's all.mp4");
    let made = renderer().assemble(&order, &out).await.unwrap();
    assert_eq!((made.ms, made.starts_ms.as_slice()), (3880, [0, 1360, 2360].as_slice()));
    let probe = renderer().check(&out, made.ms).await.unwrap();
    assert_eq!((probe.frames, probe.chapters, probe.video_ms), (97, 2, 3880), "{probe:?}");
    assert!(probe.audio_ms.abs_diff(3880) <= 1, "{probe:?}");
    // Every frame is 40 ms after the previous one.
    let times = ffprobe(&out, "v:0", "frame=best_effort_timestamp_time");
    let times: Vec<f64> = times.split('|').filter_map(|time| time.parse().ok()).collect();
    assert_eq!(times.len(), 97);
    assert!(times.iter().zip(0i32..).all(|(time, frame)| (time - f64::from(frame) * 0.04).abs() < 0.001), "{times:?}");
    // Each tone begins where its scene begins and ends 400 ms before the scene's requested end.
    let sound = render_files::decode_sound(&out);
    let loud = |ms: usize| sound[ms * 48..(ms + 10) * 48].iter().any(|sample| sample.unsigned_abs() > 2000);
    for (start, ms) in [(0usize, 1330usize), (1360, 970), (2360, 1510)] {
        assert!(loud(start + 5) && loud(start + ms - 415), "the sound of the scene at {start} is in its place");
        assert!(!loud(start + ms - 385) && !loud(start + ms - 20), "silence after the scene at {start}");
    }
    assert!(renderer().check(&out, made.ms + 900).await.is_err());
    assert_eq!(ffprobe(&out, "s:0", "stream=codec_name:stream_tags=language"), "mov_text|ara");
    renderer().poster(&out, 1000, &at("poster.jpg")).await.unwrap();
    assert!(std::fs::read(at("poster.jpg")).unwrap().starts_with(b"\xff\xd8"));
    renderer().thumbnail(&at("poster.jpg"), &at("small.jpg")).await.unwrap();
    assert_eq!(ffprobe(&at("small.jpg"), "v:0", "stream=width,height"), "480|270");
    // Three tones of the same level, each followed by silence.
    let peaks = renderer().waveform(&out).await.unwrap().peaks;
    assert!((390..=400).contains(&peaks.len()), "{}", peaks.len());
    let peak_at = |ms: usize| peaks[ms * peaks.len() / 3880];
    for (tone, pause) in [(500, 1150), (1800, 2150), (3000, 3700)] {
        assert!(peak_at(tone) > 60 && peak_at(pause) < 5, "{} and {} at {tone} ms", peak_at(tone), peak_at(pause));
    }
}

#[tokio::test]
async fn lips_open_and_close_within_40_ms_of_the_sound() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("lips.mp4");
    // Boundaries that do not coincide with frames.
    let boundaries = [510u32, 823, 1147, 1466, 1791, 2113, 2500];
    let phonemes: Vec<PhonemeTiming> = boundaries
        .windows(2)
        .zip(["m", "aː"].iter().cycle())
        .map(|(pair, ipa)| PhonemeTiming { ipa: (*ipa).to_owned(), start_ms: pair[0], end_ms: pair[1] })
        .collect();
    let presenter = Presenter::Drawn { id: "ada".to_owned(), seed: 1, phonemes };
    let order = ClipSpec { presenter: Some(presenter), duration_ms: 3000, ..spec(title()) };
    renderer().clip(&order, &out, |_| {}).await.unwrap();
    // Dark red is the inside of a mouth: count the pixels of the frame's lower right corner that are darker than lips
    // and skin.
    let openness: Vec<usize> = decode_gray(&out, "crop=60:40:1074:564")
        .chunks_exact(60 * 40)
        .map(|mouth| mouth.iter().filter(|value| **value < 62).count())
        .collect();
    let (least, most) = (openness.iter().min().unwrap(), openness.iter().max().unwrap());
    let half = usize::midpoint(*least, *most);
    assert!(most - least > 40, "the mouth opens: {openness:?}");
    for (number, boundary) in boundaries[1..].iter().enumerate() {
        let opens = number % 2 == 0;
        let crossing = (0..openness.len())
            .filter(|frame| *frame > 0 && (openness[*frame] > half) == opens && (openness[frame - 1] > half) != opens)
            .map(|frame| u32::try_from(frame).unwrap() * 40)
            .min_by_key(|ms| ms.abs_diff(*boundary))
            .unwrap_or(0);
        assert!(crossing.abs_diff(*boundary) <= 40, "boundary {boundary} ms, lips at {crossing} ms: {openness:?}");
    }
}

#[tokio::test]
async fn a_filmed_presenter_is_shown_in_the_corner_and_its_last_frame_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (film, out) = (folder.path().join("film.mp4"), folder.path().join("clip.mp4"));
    // Half a second of dark, and half a second of light, at another size and another frame rate; with a sound of its own.
    render_files::film(&film, &["black", "white"]);
    // The middle of the circle, which is in the lower right corner, or the lower left one; and the corner of its square.
    for (language, inside) in [(Language::ENGLISH, 1104), (Language::ARABIC, 176)] {
        let presenter = Some(Presenter::Filmed(film.clone()));
        let order = ClipSpec { presenter, language, duration_ms: 2000, ..spec(title()) };
        let clip = renderer().clip(&order, &out, |_| {}).await.unwrap();
        assert_eq!(clip.frames, 50);
        assert_eq!(ffprobe(&out, "a", "stream=index"), "", "its sound is not taken");
        let middle: Vec<u8> = decode_gray(&out, &format!("crop=16:16:{}:548", inside - 8));
        let level = |frame: usize| {
            let pixels = &middle[frame * 256..(frame + 1) * 256];
            pixels.iter().map(|pixel| u32::from(*pixel)).sum::<u32>() / 256
        };
        assert_eq!(middle.len(), 50 * 256);
        assert!(level(2) < 40 && level(9) < 40, "{} {}", level(2), level(9));
        assert!(level(15) > 210 && level(22) > 210, "{} {}", level(15), level(22));
        assert!(level(49) > 210, "the last frame stays: {}", level(49));
        let corner = decode_gray(&out, &format!("crop=8:8:{}:430", inside - 126));
        assert!(corner[49 * 64..].iter().all(|pixel| *pixel < 150), "what is beside the circle is hidden");
    }
    // A clip shorter than its film is not made longer by it.
    let order = ClipSpec { presenter: Some(Presenter::Filmed(film)), duration_ms: 200, ..spec(title()) };
    assert_eq!(renderer().clip(&order, &out, |_| {}).await.unwrap().frames, 5);
}

#[tokio::test]
async fn a_film_that_is_none_is_rejected_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (film, out) = (folder.path().join("film.mp4"), folder.path().join("clip.mp4"));
    let elsewhere = format!("#EXTM3U\n#EXTINF:1,\nfile://{}\n", folder.path().join("secret.mp4").display());
    render_files::film(&folder.path().join("secret.mp4"), &["white"]);
    for bytes in [b"".as_slice(), b"<html>busy</html>", elsewhere.as_bytes()] {
        std::fs::write(&film, bytes).unwrap();
        let order = ClipSpec { presenter: Some(Presenter::Filmed(film.clone())), ..spec(title()) };
        let error = renderer().clip(&order, &out, |_| {}).await.unwrap_err();
        assert!(matches!(&error, RenderError::Film { detail } if detail.starts_with("the video: ")), "{error:?}");
    }
    assert_eq!(entries(folder.path()), ["film.mp4", "secret.mp4"]);
}

#[tokio::test]
async fn a_film_whose_picture_would_fill_the_memory_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let (film, out) = (folder.path().join("film.mp4"), folder.path().join("clip.mp4"));
    render_files::large_film(&film);
    let order = ClipSpec { presenter: Some(Presenter::Filmed(film)), ..spec(title()) };
    let error = renderer().clip(&order, &out, |_| {}).await.unwrap_err();
    assert!(matches!(error, RenderError::Film { .. }), "{error:?}");
}

#[test]
fn hostile_text_is_drawn_or_left_out_but_never_fatal() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("page.png");
    std::fs::write(&image, page(200, 300)).unwrap();
    let words = [
        String::new(),
        "x".repeat(500),
        "word ".repeat(100),
        "ﷺ😀👩‍👩‍👧‍👦🏳️‍🌈 <script>&amp;\"'</svg> ]]>".to_owned(),
        "a\u{0}b\u{1b}[31m\u{202e}evil\u{7f}\u{fffe}\u{200b}".to_owned(),
        "مرحبا بالعالم 2021 IPCC ".repeat(20),
        "中文标题 हिन्दी ไทย".to_owned(),
        "e\u{301}\u{302}\u{303}".repeat(50),
    ];
    for language in [Language::ENGLISH, Language::ARABIC] {
        for text in &words {
            let order = ClipSpec {
                language,
                slides: Slide::Title { kicker: text.clone(), title: text.clone(), subtitle: text.clone() }.into(),
                captions: vec![Caption { start_ms: 0, end_ms: 900, text: format!("{text}\n{text}\n{text}") }],
                ..spec(title())
            };
            still(&order, 500).unwrap();
            let slides = Slide::Question { kicker: text.clone(), text: text.clone() }.into();
            still(&ClipSpec { slides, ..order.clone() }, 500).unwrap();
            let (label, heading) = (Some(text.clone()), Some(text.clone()));
            let slides = Slide::Page { image: image.clone(), label, heading, focus: Vec::new() }.into();
            still(&ClipSpec { slides, ..order }, 500).unwrap();
        }
    }
}

#[test]
fn pages_of_any_size_are_fitted() {
    let folder = tempfile::tempdir().unwrap();
    for (width, height) in [(1, 1), (8, 8), (2000, 30), (30, 2000), (600, 9_000), (620, 877), (800, 450)] {
        let image = folder.path().join(format!("{width}x{height}.png"));
        std::fs::write(&image, page(width, height)).unwrap();
        for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
            let slide = page_slide(&image, "A");
            for (language, at) in [(Language::ENGLISH, 29_000), (Language::ARABIC, 5_010)] {
                let order = ClipSpec { shape, language, duration_ms: 30_000, ..spec(slide.clone()) };
                still(&order, at).unwrap_or_else(|error| panic!("{width} × {height} {shape:?} at {at}: {error}"));
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_rendered_is_rejected_with_the_reason_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.mp4");
    let image = folder.path().join("page.png");
    std::fs::write(&image, b"%PDF-1.7 not a picture").unwrap();
    let order = spec(page_slide(&image, ""));
    let error = renderer().clip(&order, &out, |_| {}).await.unwrap_err();
    assert!(matches!(&error, RenderError::Image { path, .. } if *path == image), "{error:?}");
    let error = renderer().clip(&ClipSpec { duration_ms: 0, ..spec(title()) }, &out, |_| {}).await.unwrap_err();
    assert!(matches!(error, RenderError::Empty(_)), "{error:?}");
    let nowhere = folder.path().join("nowhere/clip.mp4");
    let error = renderer().clip(&spec(title()), &nowhere, |_| {}).await.unwrap_err();
    assert!(matches!(error, RenderError::Io { .. }), "{error:?}");
    std::fs::write(&out, b"no video").unwrap();
    let error = renderer().check(&out, 1000).await.unwrap_err();
    assert!(matches!(error, RenderError::NotPlayable(_)), "{error:?}");
    assert_eq!(entries(folder.path()), ["clip.mp4", "page.png"]);
}

#[tokio::test]
async fn a_cancelled_clip_leaves_no_file_and_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("clip.mp4");
    let started = Arc::new(tokio::sync::Notify::new());
    let seen = Arc::clone(&started);
    let order = ClipSpec { duration_ms: 600_000, ..spec(title()) };
    let renderer = renderer();
    tokio::select! {
        ended = renderer.clip(&order, &out, move |_| seen.notify_one()) => panic!("ten minutes in no time: {ended:?}"),
        () = started.notified() => {}
    }
    assert_eq!(entries(folder.path()), Vec::<String>::new());
    let place = folder.path().to_string_lossy().into_owned();
    let running = || {
        std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
            let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&command).contains(&place)
        })
    };
    // The kernel needs a moment to reap them.
    let mut looks = 0;
    while running() {
        looks += 1;
        assert!(looks < 100_000, "ffmpeg is still running");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_full_disk_is_reported_and_nothing_is_left() {
    let Some(disk) = SmallDisk::mounted("200k") else { return };
    let order = ClipSpec { duration_ms: 20_000, ..spec(title()) };
    let error = renderer().clip(&order, &disk.path().join("clip.mp4"), |_| {}).await.unwrap_err();
    assert!(matches!(error, RenderError::DiskFull), "{error:?}");
    assert_eq!(entries(disk.path()), Vec::<String>::new());
}

#[tokio::test]
async fn progress_only_grows() {
    let folder = tempfile::tempdir().unwrap();
    let last = std::sync::Mutex::new(0.0f32);
    let fell = AtomicBool::new(false);
    let told = |done: f32| {
        let mut last = last.lock().unwrap();
        fell.fetch_or(done < *last, Ordering::Relaxed);
        *last = done;
    };
    renderer().clip(&spec(title()), &folder.path().join("a.mp4"), told).await.unwrap();
    assert!(!fell.load(Ordering::Relaxed));
    assert!((*last.lock().unwrap() - 1.0).abs() < f32::EPSILON);
}

#[test]
fn every_presenter_has_a_picture() {
    for info in presenters() {
        assert!(presenter_still(info.id, 0, 128).unwrap().starts_with(b"\x89PNG"));
    }
    assert!(presenter_still("nobody", 0, 128).is_err());
}
