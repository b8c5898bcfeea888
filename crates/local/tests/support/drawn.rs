//! Pictures of text as a telephone takes them: askew, a little blurred, on tinted paper on a table, as JPEG.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use image::codecs::jpeg::JpegEncoder;
use image::{RgbImage, imageops};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

pub(crate) const ENGLISH: [&str; 4] = [
    "The lighthouse was built in 1858",
    "and its lamp was lit every evening",
    "by a keeper who lived alone.",
    "Ships could see it from 30 km away.",
];
pub(crate) const FRENCH: [&str; 4] = [
    "La bibliothèque est ouverte",
    "du mardi au samedi, de 9 h à 18 h.",
    "L’entrée est gratuite pour les élèves",
    "et coûte 4,50 € pour les adultes.",
];
/// On `fixtures/photo-ja.jpg`, which has the same look and was drawn with Noto Sans CJK: no font of this machine has its letters.
pub(crate) const JAPANESE: [&str; 4] =
    ["図書館は火曜日から土曜日まで", "午前九時に開きます。", "入場料は大人五百円です。", "静かにお読みください。"];
pub(crate) const ARABIC: [&str; 4] =
    ["تفتح المكتبة أبوابها يوم الثلاثاء", "من الساعة التاسعة صباحا", "الدخول مجاني للتلاميذ", "ويدفع الكبار خمسة دنانير"];

pub(crate) const RUSSIAN: [&str; 4] = [
    "Библиотека открыта со вторника",
    "по субботу с девяти часов утра.",
    "Вход для школьников бесплатный,",
    "для взрослых сто рублей.",
];

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_fonts_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts"));
    Arc::new(fonts)
});

/// A photograph of four lines.
pub(crate) fn photograph(lines: &[&str], degrees: f32, blur: f32) -> RgbImage {
    let text: Vec<String> = lines
        .iter()
        .zip([110, 190, 270, 350])
        .map(|(line, y)| format!(r#"<text x="120" y="{y}">{line}</text>"#))
        .collect();
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="600"><rect width="1400" height="600" fill="#787064"/>
        <g transform="rotate({degrees} 700 300) translate(0 50)" fill="#282432" font-size="40"
        font-family="IBM Plex Sans, IBM Plex Sans Arabic"><rect width="1400" height="500" fill="#e8e0d0"/>{}</g></svg>"##,
        text.concat()
    );
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    let tree = Tree::from_str(&svg, &options).unwrap();
    let mut pixels = Pixmap::new(1400, 600).unwrap();
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    let rgb = pixels.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    imageops::blur(&RgbImage::from_raw(1400, 600, rgb).unwrap(), blur)
}

/// As JPEG of the quality that messengers send.
pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 60).encode_image(picture).unwrap();
    bytes
}

/// Writes a file into a folder.
pub(crate) fn saved(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The share of characters that are wrong, missing or too many, without regard to spaces.
pub(crate) fn character_error(read: &str, expected: &str) -> f64 {
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<Vec<char>>();
    let (read, expected) = (letters(read), letters(expected));
    let mut row: Vec<usize> = (0..=read.len()).collect();
    for (above, wanted) in expected.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, found) in read.iter().enumerate() {
            let changed = diagonal + usize::from(found != wanted);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(diagonal + 1);
        }
    }
    f64::from(u32::try_from(row[read.len()]).unwrap()) / f64::from(u32::try_from(expected.len()).unwrap())
}
