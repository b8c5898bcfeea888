//! Photos of phrases: printed by ffmpeg on tinted paper, then askew, in an uneven light, blurred and grainy, as JPEG.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, bail};
use tokio::process::Command;

use super::set::Phrase;

/// Pixels across, and those of a line.
const WIDTH: u32 = 1_000;
const LINE: u32 = 84;
/// Above and below the lines.
const MARGIN: u32 = 90;
/// Most characters of a line; those of Chinese are twice as wide.
const ACROSS: usize = 26;
const ACROSS_CHINESE: usize = 14;
/// Angles in radians, shades of the light from one side to the other, and blurs in pixels: every phrase has others.
const ANGLES: [&str; 4] = ["-0.035", "0.02", "0.04", "-0.015"];
const SHADES: [&str; 3] = ["X/W", "(1-X/W)", "Y/H"];
const BLURS: [&str; 3] = ["0.6", "1.2", "1.8"];
const PAPER: &str = "0xe8e2d4";

/// Fonts with the letters of a language, by the Debian packages that have them.
const FONTS: [(&str, &str, &str); 6] = [
    ("es", "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "fonts-noto-core"),
    ("ru", "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "fonts-noto-core"),
    ("ar", "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf", "fonts-noto-core"),
    ("ka", "/usr/share/fonts/truetype/noto/NotoSansGeorgian-Regular.ttf", "fonts-noto-core"),
    ("zh", "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", "fonts-droid-fallback"),
    ("zh", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "fonts-noto-cjk"),
];

/// A font for a language, or why there is none.
pub(super) fn font(language: &str) -> Result<&'static str, String> {
    let own = || FONTS.iter().filter(|(code, ..)| *code == language);
    if let Some((_, file, _)) = own().find(|(_, file, _)| Path::new(file).is_file()) {
        return Ok(file);
    }
    let packages: Vec<&str> = own().map(|(.., package)| *package).collect();
    Err(format!("no font for \"{language}\" is installed: apt-get install {}", packages.join(" or ")))
}

/// Takes a photo of a phrase, and returns its file in this folder.
pub(super) async fn photograph(phrase: &Phrase, font: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let Phrase { number, language, text, .. } = phrase;
    let is_chinese = *language == "zh";
    let lines = lines(text, is_chinese);
    let mut filter = String::new();
    let mut top = MARGIN;
    for (at, line) in lines.iter().enumerate() {
        // In a file of its own, so that no sign of it is one of ffmpeg's.
        let name = format!("{number}-{at}.txt");
        tokio::fs::write(folder.join(&name), line).await?;
        let left = if *language == "ar" { "w-tw-70" } else { "70" };
        let print = "expansion=none:fontsize=52:fontcolor=0x202028";
        write!(filter, "drawtext=fontfile={font}:textfile={name}:{print}:x={left}:y={top},")?;
        top += LINE;
    }
    let height = top + MARGIN;
    let (angle, shade, blur) = (ANGLES[number % 4], SHADES[number % 3], BLURS[number % 3]);
    write!(
        filter,
        "rotate={angle}:fillcolor={PAPER},format=yuv420p,geq=lum='p(X,Y)*(1-0.5*{shade})':cb='p(X,Y)':cr='p(X,Y)',\
         gblur=sigma={blur},noise=alls=8:all_seed={number}"
    )?;
    let (paper, name) = (format!("color={PAPER}:s={WIDTH}x{height}"), format!("{number}.jpg"));
    let arguments = ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", &paper, "-vf", &filter];
    let mut command = Command::new("ffmpeg");
    command.args(arguments).args(["-frames:v", "1", "-q:v", "4", &name]).current_dir(folder).stdin(Stdio::null());
    let done = command.output().await.context("ffmpeg cannot be started: install it")?;
    if !done.status.success() {
        bail!("ffmpeg: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(folder.join(name))
}

/// A phrase in lines: between words, or anywhere in Chinese.
fn lines(text: &str, is_chinese: bool) -> Vec<String> {
    if is_chinese {
        let characters: Vec<char> = text.chars().collect();
        return characters.chunks(ACROSS_CHINESE).map(|line| line.iter().collect()).collect();
    }
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < ACROSS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_the_paper() {
        let text = "Все люди рождаются свободными и равными";
        assert_eq!(lines(text, false), ["Все люди рождаются", "свободными и равными"]);
        assert_eq!(lines("一切形式的奴隶制度和奴隶买卖均应", true), ["一切形式的奴隶制度和奴隶买卖", "均应"]);
    }

    #[test]
    fn every_language_has_a_font_and_others_say_so() {
        let languages = ["es", "ru", "ar", "zh", "ka"];
        assert!(languages.iter().all(|language| FONTS.iter().any(|(code, ..)| code == language)));
        assert!(font("xx").unwrap_err().contains("\"xx\""));
    }
}
