//! The programs that the built-in engines need: which are installed, and what does not work without them.

use std::ffi::OsString;
use std::time::Duration;

use crate::guard::{Guard, GuardError, Limits};

/// A program or resource that some feature needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub name: &'static str,
    /// Its version, or other evidence that it is installed; none if it is missing.
    pub version: Option<String>,
    /// Whether videos cannot be made without it.
    pub required: bool,
    /// What it is used for.
    pub needed_for: &'static str,
    /// What does not work without it.
    pub without_it: &'static str,
    /// The Debian packages that provide it.
    pub install: &'static str,
}

const LIMITS: Limits = Limits {
    cpu: Duration::from_secs(5),
    wall: Duration::from_secs(10),
    output_bytes: 4 * 1024 * 1024,
    ..Limits::DOCUMENT
};

/// Checks every program that the built-in engines run.
pub async fn needs(guard: &Guard) -> Vec<Need> {
    let args = |args: &[&str]| args.iter().map(OsString::from).collect::<Vec<_>>();
    vec![
        Need {
            name: "pdfinfo, pdftotext, pdftoppm",
            version: poppler(guard).await,
            required: true,
            needed_for: "reading PDF files and drawing their pages",
            without_it: "no document can be read",
            install: "poppler-utils",
        },
        Need {
            name: "maps of East Asian fonts",
            version: font_maps(guard).await,
            required: false,
            needed_for: "reading Chinese, Japanese and Korean PDF files that do not embed their fonts",
            without_it: "such a file seems to have no text",
            install: "poppler-data",
        },
        Need {
            name: "ffmpeg, ffprobe",
            version: ffmpeg(guard).await,
            required: true,
            needed_for: "encoding, joining and checking videos",
            without_it: "no video can be made",
            install: "ffmpeg",
        },
        Need {
            name: "espeak-ng",
            version: version_of(guard, "espeak-ng", args(&["--version"])).await,
            required: true,
            needed_for: "phonemes of the English voice, and the voices of all other languages",
            without_it: "nothing can be spoken",
            install: "espeak-ng libespeak-ng1",
        },
        Need {
            name: "tesseract",
            version: tesseract(guard).await,
            required: false,
            needed_for: "reading scanned documents, and photos in Arabic, Russian and Georgian",
            without_it: "scanned documents and such photos are refused",
            install: "tesseract-ocr tesseract-ocr-ara tesseract-ocr-fra tesseract-ocr-rus tesseract-ocr-kat",
        },
        Need {
            name: "tesseract in Arabic, Georgian and Russian",
            version: languages_of_cards(guard).await,
            required: false,
            needed_for: "reading photographs of phrases in these languages",
            without_it: "a photograph in such a language is refused, and names the package that is missing",
            install: "tesseract-ocr-ara tesseract-ocr-kat tesseract-ocr-rus",
        },
        Need {
            name: "font with Arabic letters",
            version: font(guard, "ar").await,
            required: false,
            needed_for: "Arabic slides and captions",
            without_it: "Arabic text shows as empty boxes",
            install: "fonts-noto-core",
        },
        Need {
            name: "font with Latin letters",
            version: font(guard, "en").await,
            required: true,
            needed_for: "slides and captions",
            without_it: "text shows as empty boxes",
            install: "fonts-noto-core",
        },
    ]
}

/// All three of poppler's programs must be installed.
async fn poppler(guard: &Guard) -> Option<String> {
    let version = version_of(guard, "pdfinfo", [OsString::from("-v")]).await?;
    for program in ["pdftotext", "pdftoppm", "pdfimages"] {
        version_of(guard, program, [OsString::from("-v")]).await?;
    }
    Some(version)
}

/// Poppler lists the encodings for which it has maps.
async fn font_maps(guard: &Guard) -> Option<String> {
    let output = guard.run(&LIMITS, "pdftotext", ["-listenc"], None).await.ok()?;
    let listed = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&listed).lines().any(|line| line.trim() == "Shift-JIS").then(|| "installed".to_owned())
}

async fn ffmpeg(guard: &Guard) -> Option<String> {
    version_of(guard, "ffprobe", [OsString::from("-version")]).await?;
    version_of(guard, "ffmpeg", [OsString::from("-version")]).await
}

/// Its version, with its languages.
async fn tesseract(guard: &Guard) -> Option<String> {
    let version = version_of(guard, "tesseract", [OsString::from("--version")]).await?;
    Some(format!("{version} ({})", tesseract_languages(guard).await?.join(", ")))
}

/// By its own codes.
async fn tesseract_languages(guard: &Guard) -> Option<Vec<String>> {
    let output = guard.run(&LIMITS, "tesseract", ["--list-langs"], None).await.ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text.lines().skip(1).map(str::trim).filter(|name| !name.is_empty() && *name != "osd");
    Some(names.map(str::to_owned).collect())
}

/// Those languages of cards that nothing else reads, if all are there.
async fn languages_of_cards(guard: &Guard) -> Option<String> {
    let there = tesseract_languages(guard).await?;
    let wanted = ["ara", "kat", "rus"];
    wanted.iter().all(|code| there.iter().any(|name| name == code)).then(|| wanted.join(", "))
}

/// A font that fontconfig finds for a language.
async fn font(guard: &Guard, language: &str) -> Option<String> {
    let pattern = format!(":lang={language}");
    let output = guard.run(&LIMITS, "fc-list", [pattern.as_str(), "family"], None).await.ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let families =
        || text.lines().filter_map(|line| line.split(',').next()).map(str::trim).filter(|name| !name.is_empty());
    families().find(|name| name.starts_with("Noto")).or_else(|| families().next()).map(str::to_owned)
}

/// The version that a program prints, or none if it is missing: the first word of its first line that starts with a
/// digit (`pdftotext version 22.12.0`, `eSpeak NG text-to-speech: 1.51  Data at: …`, `ffmpeg version 5.1.6-0+deb12u1
/// …`).
pub(crate) async fn version_of(
    guard: &Guard,
    program: &str,
    args: impl IntoIterator<Item = OsString>,
) -> Option<String> {
    let (stdout, stderr) = match guard.run(&LIMITS, program, args, None).await {
        Ok(output) => (output.stdout, output.stderr),
        // Some versions of poppler's programs print their version and exit with an error.
        Err(GuardError::Failed { stderr_tail, .. }) => (Vec::new(), stderr_tail.into_bytes()),
        Err(_) => return None,
    };
    let said = if stdout.is_empty() { stderr } else { stdout };
    Some(first_version(&String::from_utf8_lossy(&said)).unwrap_or_else(|| "installed".to_owned()))
}

fn first_version(said: &str) -> Option<String> {
    let words = || said.lines().next().unwrap_or_default().split_whitespace();
    let version = words().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    version.or_else(|| words().nth(2)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_program_output() {
        for (said, version) in [
            ("pdftotext version 22.12.0\nCopyright 2005", "22.12.0"),
            ("eSpeak NG text-to-speech: 1.51  Data at: /usr/lib", "1.51"),
            ("ffmpeg version 5.1.6-0+deb12u1 Copyright", "5.1.6-0+deb12u1"),
            ("ffmpeg version N-109 Copyright", "N-109"),
            ("tesseract 5.3.0\n leptonica-1.82.0", "5.3.0"),
        ] {
            assert_eq!(first_version(said).as_deref(), Some(version));
        }
    }
}
