//! Photographs are read by the real models: askew, blurred, turned, in several scripts; and what cannot be read is explained.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/drawn.rs"]
mod drawn;
#[path = "support/models.rs"]
mod folder;
#[path = "support/linked.rs"]
mod linked;
mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use drawn::{ARABIC, ENGLISH, FRENCH, JAPANESE, RUSSIAN, character_error, jpeg, photograph, saved};
use image::{RgbImage, imageops};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sluice_capability::{Begun, Context, Does, ReadRequest};
use sluice_domain::language::Language;
use sluice_local::models::{Models, PHOTO_READING, PHOTO_RECOGNISER};
use sluice_local::photo::{PhotoError, PhotoReader, PhotoText};

fn of(models: Models) -> PhotoReader {
    PhotoReader::new(support::guard(), models, support::engine_child())
}

fn reader() -> PhotoReader {
    of(folder::models(&PHOTO_READING))
}

fn japanese() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photo-ja.jpg")
}

fn text(read: &PhotoText) -> String {
    read.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

async fn refused(reader: &PhotoReader, picture: &Path) -> PhotoError {
    reader.read(picture, None).await.unwrap_err()
}

#[tokio::test]
async fn photographs_are_read_with_the_places_of_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    let picture = |name: &str, lines: &[&str]| saved(folder.path(), name, &jpeg(&photograph(lines, 4.0, 1.2)));
    for (picture, expected, language) in [
        (picture("en.jpg", &ENGLISH), ENGLISH, Some("en")),
        (picture("fr.jpg", &FRENCH), FRENCH, None),
        (japanese(), JAPANESE, None),
    ] {
        let read = reader.read(&picture, language).await.unwrap();
        let error = character_error(&text(&read), &expected.concat());
        assert!(error <= 0.03, "{error}: {}", text(&read));
        assert_eq!((read.read_by.engine, read.read_by.model.as_str()), ("pp-ocr", "PP-OCRv6 small"));
        assert_eq!((read.lines.len(), read.quarter_turns), (4, 0), "{read:?}");
        assert!(read.confidence > 0.9, "{read:?}");
        let mut last = 0.0;
        for line in &read.lines {
            let [left, right, _, down] = line.corners;
            assert!(line.confidence > 0.8 && left[1] > last, "{line:?}");
            // It falls to the right, by four degrees.
            let slope = (right[1] - left[1]) / (right[0] - left[0]);
            assert!((0.05..0.09).contains(&slope) && down[1] > left[1], "{line:?}");
            last = left[1];
        }
    }
}

#[tokio::test]
async fn arabic_is_read_by_tesseract_whether_the_language_is_known_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    let picture = saved(folder.path(), "ar.jpg", &jpeg(&photograph(&ARABIC, 2.0, 0.6)));
    for language in [Some("ar"), None] {
        let read = reader.read(&picture, language).await.unwrap();
        assert_eq!((read.read_by.engine, read.read_by.model.as_str()), ("tesseract", "ara"), "{language:?}: {read:?}");
        assert!(read.read_by.version.starts_with("tesseract 5"), "{:?}", read.read_by);
        let error = character_error(&text(&read), &ARABIC.concat());
        assert!(error < 0.1, "{error}: {}", text(&read));
        assert!(read.lines.iter().all(|line| line.confidence >= 0.5), "{read:?}");
    }
    let error = reader.read(&picture, Some("tlh")).await.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("language_unknown", false));
}

#[tokio::test]
async fn russian_is_read_by_tesseract_whether_the_language_is_known_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    let picture = saved(folder.path(), "ru.jpg", &jpeg(&photograph(&RUSSIAN, 2.0, 0.6)));
    for language in [Some("ru"), None] {
        let read = reader.read(&picture, language).await.unwrap();
        assert_eq!((read.read_by.engine, read.read_by.model.as_str()), ("tesseract", "rus"), "{language:?}: {read:?}");
        let error = character_error(&text(&read), &RUSSIAN.concat());
        assert!(error < 0.1, "{error}: {}", text(&read));
        assert!(read.not_tried.is_empty(), "{read:?}");
    }
}

#[tokio::test]
async fn any_way_up_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    let picture = photograph(&ENGLISH, 3.0, 1.0);
    let ways: [(&str, u8, RgbImage); 3] = [
        ("upside-down.jpg", 2, imageops::rotate180(&picture)),
        ("left.jpg", 1, imageops::rotate270(&picture)),
        ("right.jpg", 3, imageops::rotate90(&picture)),
    ];
    for (name, turns, turned) in ways {
        let read = reader.read(&saved(folder.path(), name, &jpeg(&turned)), None).await.unwrap();
        assert!(character_error(&text(&read), &ENGLISH.concat()) <= 0.03, "{name}: {read:?}");
        assert_eq!((read.quarter_turns, read.width), (turns, turned.width()), "{name}");
        // The line begins where a reader begins, and the first one is above the last.
        let [begin, end, ..] = read.lines[0].corners;
        let last = read.lines[3].corners[0];
        let right = match turns {
            1 => begin[1] > end[1] && begin[0] < last[0],
            2 => begin[0] > end[0] && begin[1] > last[1],
            _ => begin[1] < end[1] && begin[0] > last[0],
        };
        assert!(right, "{name}: {read:?}");
    }
}

/// The largest cameras have a hundred million pixels, and a line may fill the picture that they take.
#[tokio::test]
async fn small_and_large_letters_of_a_large_picture_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let line = "The keeper lived alone";
    // Of the letters' height, and as wide as the line.
    let large = imageops::crop_imm(&photograph(&[line], 0.0, 0.1), 90, 100, 560, 100).to_image();
    let small = photograph(&ENGLISH, 1.0, 0.6);
    let resized = |picture: &RgbImage, width: u32| {
        let height = width * picture.height() / picture.width();
        imageops::resize(picture, width, height, imageops::FilterType::Nearest)
    };
    for edge in [4_000, 10_000] {
        let mut picture = RgbImage::from_pixel(edge, edge, image::Rgb([232, 224, 208]));
        imageops::replace(&mut picture, &resized(&large, edge), 0, i64::from(edge / 10));
        imageops::replace(&mut picture, &resized(&small, edge / 2), 0, i64::from(edge / 2));
        let read = reader().read(&saved(folder.path(), "large.jpg", &jpeg(&picture)), None).await.unwrap();
        assert_eq!((read.width, read.height), (edge, edge));
        let error = character_error(&text(&read), &[&[line][..], &ENGLISH[..]].concat().concat());
        assert!(error <= 0.05, "{edge}: {error}: {}", text(&read));
    }
}

#[tokio::test]
async fn the_way_up_that_the_camera_noted_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    // Stored on its side, to be turned to the right by a quarter (Exif 2.3, orientation 6).
    let stored = jpeg(&imageops::rotate270(&photograph(&ENGLISH, 3.0, 1.0)));
    let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let exif = [b"Exif\0\0".as_slice(), tiff].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let noted = [&stored[..2], b"\xff\xe1", &length, &exif, &stored[2..]].concat();
    let read = reader().read(&saved(folder.path(), "noted.jpg", &noted), None).await.unwrap();
    assert_eq!((read.quarter_turns, read.width, read.height), (0, 1400, 600));
    assert!(character_error(&text(&read), &ENGLISH.concat()) <= 0.03, "{read:?}");
}

#[tokio::test]
async fn a_picture_without_text_has_no_lines() {
    let folder = tempfile::tempdir().unwrap();
    let blank = RgbImage::from_pixel(900, 700, image::Rgb([200, 210, 190]));
    let path = folder.path().join("blank.webp");
    blank.save(&path).unwrap();
    let read = reader().read(&path, None).await.unwrap();
    assert_eq!((read.lines.len(), read.width, read.height), (0, 900, 700));
    assert!(read.confidence < 0.5, "{read:?}");
}

/// tesseract would look for each script in the grain, for ten times as long.
#[tokio::test]
async fn a_wall_on_which_nothing_looks_like_text_is_not_read_in_each_script() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    reader.warm().await.unwrap();
    let mut seed = 1_u32;
    let wall = RgbImage::from_fn(2_400, 1_600, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = u8::try_from(seed >> 27).unwrap();
        image::Rgb([200, 196, 180].map(|shade: u8| shade + grain))
    });
    let path = saved(folder.path(), "wall.jpg", &jpeg(&wall));
    let took = async |language: Option<&'static str>| {
        let begun = Instant::now();
        let read = reader.read(&path, language).await.unwrap();
        assert!(read.lines.is_empty() && read.not_tried.is_empty(), "{read:?}");
        begun.elapsed()
    };
    let (alone, all) = (took(Some("es")).await, took(None).await);
    assert!(all < 3 * alone, "{all:?} instead of {alone:?}");
}

/// A PNG file up to the first bytes of its pixels.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let chunk = |name: &[u8], content: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(name);
        crc.update(content);
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [length.as_slice(), name, content, &crc.sum().to_be_bytes()].concat()
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[size.as_slice(), &[8, 2, 0, 0, 0]].concat());
    [b"\x89PNG\r\n\x1a\n".as_slice(), &header, &chunk(b"IDAT", b"\x78\x9c")].concat()
}

#[tokio::test]
async fn what_cannot_be_read_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    let whole = jpeg(&photograph(&ENGLISH, 0.0, 1.0));
    let mut huge = whole.clone();
    let frame = huge.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    huge[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    let mut png = Vec::new();
    photograph(&ENGLISH, 0.0, 1.0).write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    for (name, bytes, code, says) in [
        ("huge.png", png_header(30_000, 30_000), "picture_too_large", "30000 × 30000 pixels"),
        ("huge.jpg", huge, "picture_too_large", "30000 × 30000 pixels"),
        ("cut.jpg", whole[..whole.len() / 2].to_vec(), "picture_damaged", "it is cut short"),
        ("cut.png", png[..png.len() / 2].to_vec(), "picture_damaged", "copy it again"),
        ("header.png", png_header(400, 300), "picture_damaged", "copy it again"),
        ("notes.jpg", b"these are notes".to_vec(), "not_a_picture", "PNG, JPEG or WebP"),
        ("page.png", b"%PDF-1.7 some page".to_vec(), "not_a_picture", "PNG, JPEG or WebP"),
        ("empty.jpg", Vec::new(), "file_empty", "the file is empty"),
    ] {
        let error = refused(&reader, &saved(folder.path(), name, &bytes)).await;
        assert_eq!((error.code(), error.is_transient()), (code, false), "{name}: {error}");
        assert!(error.to_string().contains(says), "{name}: {error}");
    }
    assert_eq!(refused(&reader, &folder.path().join("none.jpg")).await.code(), "not_found");
    assert_eq!(refused(&reader, folder.path()).await.code(), "not_found");
}

#[tokio::test]
async fn missing_and_damaged_models_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = refused(&of(Models::new(folder.path())), &japanese()).await;
    assert!(matches!(&nothing, PhotoError::NotInstalled { files } if files.len() == 3), "{nothing}");
    assert!(nothing.to_string().contains("sluice models pull photo-reading --from FOLDER"), "{nothing}");

    let whole = folder::models(&PHOTO_READING);
    let damaged = linked::linked(&PHOTO_READING, &whole, folder.path());
    let model = damaged.path(&PHOTO_RECOGNISER);
    let mut bytes = std::fs::read(whole.path(&PHOTO_RECOGNISER)).unwrap();
    std::fs::remove_file(&model).unwrap();
    std::fs::write(&model, &bytes[..1_000_000]).unwrap();
    let cut = refused(&of(damaged.clone()), &japanese()).await;
    assert!(matches!(&cut, PhotoError::NotInstalled { files } if files == &[PHOTO_RECOGNISER.name]), "{cut}");
    assert_eq!((cut.code(), cut.is_transient()), ("photo_not_installed", false));

    // Another model of the same length, as far as anybody can tell: a single bit.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&model, &bytes).unwrap();
    let swapped = refused(&of(damaged), &japanese()).await;
    assert_eq!((swapped.code(), swapped.is_transient()), ("photo_not_loaded", false));
    assert!(swapped.to_string().contains("PP-OCRv6_rec_small.onnx is damaged, or another file"), "{swapped}");
}

/// Hundredths of a second that a process has computed.
fn worked(process: Pid) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    after_name.split(' ').nth(11).unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_engine_that_dies_costs_one_attempt() {
    let reader = reader();
    reader.warm().await.unwrap();
    let engine = Pid::from_raw(i32::try_from(reader.process_id().await.unwrap()).unwrap());
    let before = worked(engine);
    let kill_at_work = async {
        while worked(engine) < before + 5 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kill(engine, Signal::SIGKILL).unwrap();
    };
    let picture = japanese();
    let (read, ()) = tokio::join!(reader.read(&picture, Some("ja")), kill_at_work);
    let error = read.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("photo_stopped", true), "{error}");
    assert_eq!(reader.read(&picture, Some("ja")).await.unwrap().lines.len(), 4);
}

#[tokio::test]
async fn a_photograph_is_a_document_for_the_capability() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path(), "en.jpg", &jpeg(&photograph(&ENGLISH, 2.0, 1.0)));
    let request = ReadRequest { file, as_pictures: true, languages: vec![Language::ENGLISH.into()] };
    let context = Context { key: "key", progress: &|_| () };
    let reader = reader();
    let Begun::Done(answer) = reader.begin(&request, context).await.unwrap() else { panic!("it is done at once") };
    assert_eq!((answer.made_by.model.as_str(), answer.usage.pictures), ("PP-OCRv6 small", 1));
    let document = answer.value;
    assert_eq!(document.pages.len(), 1);
    assert!(character_error(&document.text(), &ENGLISH.concat()) <= 0.03, "{}", document.text());
    assert!(document.text().contains("lit every evening by a keeper"), "lines are joined: {}", document.text());
    assert!(document.read_by.starts_with("PP-OCRv6 small by ONNX Runtime"), "{}", document.read_by);
}

/// Prints what `docs/local-engines.md` says: run it alone, with `--ignored --nocapture`.
#[tokio::test]
#[ignore = "measures this machine"]
#[expect(clippy::print_stdout, reason = "its result is what it prints")]
async fn figures_beside_tesseract() {
    let folder = tempfile::tempdir().unwrap();
    let reader = reader();
    reader.warm().await.unwrap();
    let drawn = |name: &str, lines: &[&str], degrees, blur| {
        saved(folder.path(), &format!("{name}.jpg"), &jpeg(&photograph(lines, degrees, blur)))
    };
    for (name, picture, expected, tesseract) in [
        ("en, level and sharp", drawn("en0", &ENGLISH, 0.0, 0.1), ENGLISH, "eng"),
        ("en", drawn("en4", &ENGLISH, 4.0, 1.2), ENGLISH, "eng"),
        ("en, more", drawn("en8", &ENGLISH, 8.0, 2.0), ENGLISH, "eng"),
        ("fr, level and sharp", drawn("fr0", &FRENCH, 0.0, 0.1), FRENCH, "fra"),
        ("fr", drawn("fr4", &FRENCH, 4.0, 1.2), FRENCH, "fra"),
        ("fr, more", drawn("fr8", &FRENCH, 8.0, 2.0), FRENCH, "fra"),
        ("ja", japanese(), JAPANESE, "jpn"),
        ("ar, level and sharp", drawn("ar0", &ARABIC, 0.0, 0.1), ARABIC, "ara"),
        ("ar", drawn("ar2", &ARABIC, 2.0, 0.6), ARABIC, "ara"),
        ("ar, more", drawn("ar4", &ARABIC, 4.0, 1.2), ARABIC, "ara"),
    ] {
        let begun = Instant::now();
        let read = reader.read(&picture, None).await.unwrap();
        let seconds = begun.elapsed().as_secs_f64();
        let error = character_error(&text(&read), &expected.concat());
        let begun = Instant::now();
        let output = std::process::Command::new("tesseract")
            .args([picture.as_os_str(), "stdout".as_ref(), "-l".as_ref(), tesseract.as_ref()])
            .output()
            .unwrap();
        let alone = begun.elapsed().as_secs_f64();
        let other = character_error(&String::from_utf8_lossy(&output.stdout), &expected.concat());
        println!(
            "{name}: {error:.2} in {seconds:.2} s by {}; tesseract alone {other:.2} in {alone:.2} s",
            read.read_by
        );
    }
}
