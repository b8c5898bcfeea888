//! Names that Anki, and the file systems of learners, can take.

use std::collections::BTreeMap;

use super::{AudioFile, Card, DeckError};

/// Most bytes of a file's name (Anki cuts longer ones off).
const FILE_NAME_BYTES: usize = 120;
/// Most characters of a deck's name.
const DECK_NAME_CHARS: usize = 100;
/// The name of a deck whose own one has nothing to show.
const UNNAMED: &str = "Sluice";
/// What Windows takes for devices, whatever the extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The deck's name without what Anki or the header of a CSV file would take for something else.
pub(super) fn deck(name: &str) -> String {
    let spaced = name.replace(|c: char| c.is_control() || matches!(c, '"' | '\u{2028}' | '\u{2029}'), " ");
    let parts = spaced.split("::").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let name: String = parts.join("::").chars().take(DECK_NAME_CHARS).collect();
    let name = name.trim_end_matches([':', ' ']);
    if name.is_empty() { UNNAMED.to_owned() } else { name.to_owned() }
}

/// All recordings of these cards, each once, in the order of their names.
pub(super) fn recordings(cards: &[Card]) -> Result<Vec<&AudioFile>, DeckError> {
    let mut found: BTreeMap<String, &AudioFile> = BTreeMap::new();
    for audio in cards.iter().filter_map(|card| card.audio.as_ref()) {
        if !is_file_name(&audio.name) {
            return Err(DeckError::RecordingName { name: audio.name.clone() });
        }
        // Systems that do not tell capitals apart would overwrite one with the other.
        let other = found.entry(audio.name.to_ascii_lowercase()).or_insert(audio);
        if **other != *audio {
            return Err(DeckError::Clash { name: audio.name.clone() });
        }
    }
    Ok(found.into_values().collect())
}

/// Whether every system, and HTML, takes the name as it is.
fn is_file_name(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let device = DEVICES.contains(&stem.as_str())
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.ends_with(char::is_numeric));
    // Anki takes files whose names begin with an underscore for part of a template.
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    plain && begins && !device && name.len() <= FILE_NAME_BYTES && name.contains('.') && !name.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_that_some_system_refuses_are_refused() {
        for name in ["a.mp3", "sluice-00ff.ogg", "a_b.c.wav"] {
            assert!(is_file_name(name), "{name}");
        }
        let long = format!("{}.mp3", "a".repeat(120));
        for name in
            ["", ".", "..", "../a.mp3", "a/b.mp3", "a b.mp3", "con.mp3", "COM1.mp3", "_a.mp3", "a.", "é.mp3", &long]
        {
            assert!(!is_file_name(name), "{name}");
        }
    }

    #[test]
    fn a_deck_has_a_name_on_one_line() {
        assert_eq!(deck("  Russian \t verbs "), "Russian verbs");
        assert_eq!(deck("Russian:: verbs::\n#html:false"), "Russian::verbs::#html:false");
        assert_eq!(deck("\n\"\" :: "), "Sluice");
        assert_eq!(deck(&"а".repeat(300)).chars().count(), 100);
    }
}
