//! File names from titles, safe on Linux, macOS and Windows.

use unicode_segmentation::UnicodeSegmentation as _;

use super::direction::plain;

/// File systems allow 255 bytes; some room is left for what downloads append.
const LONGEST_BYTES: usize = 180;
/// What Windows takes for devices, with any extension.
const DEVICES: &[&str] = &["aux", "con", "nul", "prn", "com", "lpt"];

/// The title with an extension. Letters of any script stay; what a file system or a shell takes for something else goes.
pub(super) fn of_title(title: &str, extension: &str) -> String {
    let allowed = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '`' | '$' | '%' => ' ',
        letter => letter,
    };
    let allowed: String = plain(title).chars().map(allowed).collect();
    let words = plain(&allowed.replace(['\u{200E}', '\u{200F}', '\u{061C}', '\u{200B}'], ""));
    let mut name = String::new();
    // A letter is never separated from its marks.
    for letter in words.graphemes(true) {
        if name.len() + letter.len() > LONGEST_BYTES {
            break;
        }
        name.push_str(letter);
    }
    let name = name.trim_matches([' ', '.', '-', '~']);
    let stem = name.split('.').next().unwrap_or_default().trim().trim_end_matches(|c: char| c.is_ascii_digit());
    let name = if name.is_empty() {
        "transcript".to_owned()
    } else if DEVICES.contains(&&*stem.to_ascii_lowercase()) {
        format!("transcript {name}")
    } else {
        name.to_owned()
    };
    format!("{name}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_stay_readable() {
        for (title, name) in [
            ("Board meeting, 12 May", "Board meeting, 12 May.srt"),
            ("اجتماع مجلس الإدارة", "اجتماع مجلس الإدارة.srt"),
            ("../../etc/passwd", "etc passwd.srt"),
            ("a/b\\c:d*e?\"<f>|g", "a b c d e f g.srt"),
            ("\u{202E}gpj.exe\u{0}", "gpj.exe.srt"),
            ("CON", "transcript CON.srt"),
            ("com1.txt", "transcript com1.txt.srt"),
            (" ... ", "transcript.srt"),
            ("-rf", "rf.srt"),
        ] {
            assert_eq!(of_title(title, "srt"), name);
        }
        let long = of_title(&"हिन्दी ".repeat(100), "docx");
        assert!(long.len() <= LONGEST_BYTES + 5 && long.strip_suffix(".docx").is_some(), "{long}");
    }
}
