//! Packages (`.apkg`): a ZIP with the collection, the recordings under numbers, and the map of their names.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use sluice_domain::time::Timestamp;

use super::files::{Zip, copy, deflated, stored, zip};
use super::media_map::{self, Entry};
use super::{AudioFile, Card, Deck, DeckError, Direction, Recordings, collection, notetype};

/// `meta` is a message of Protocol Buffers whose first field is the version of the package.
const META_LEGACY: [u8; 2] = [0x08, 0x02];
const META: [u8; 2] = [0x08, 0x03];

/// The level of Zstandard: the fastest, as what takes space is compressed already.
const LEVEL: i32 = 1;

/// What the deck consists of for programs that know nothing of the newer form, as Anki itself writes it.
const TOO_OLD: &str = "This deck is in a form that this version of Anki is too old for. Update Anki and import it again, or \
                       export it in the form that older versions read.";

/// Which of both forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Schema 11 as it is, and a map as JSON.
    Legacy,
    /// Everything compressed by Zstandard, and a map as Protocol Buffers.
    Latest,
}

/// Writes a package.
pub(super) fn write<W: Write>(
    version: Version,
    deck: &Deck,
    cards: &[Card],
    audio: &[&AudioFile],
    recordings: &dyn Recordings,
    to: W,
) -> Result<(), DeckError> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("collection");
    collection::write(&path, deck, cards)?;
    let dummy = folder.path().join("dummy");
    if version == Version::Latest {
        collection::write(&dummy, deck, &[too_old()])?;
    }
    zip(to, |zip| {
        add_collection(zip, version, &path, &dummy)?;
        let mut entries = Vec::with_capacity(audio.len());
        for (number, audio) in audio.iter().enumerate() {
            zip.start_file(number.to_string(), stored())?;
            entries.push(match version {
                Version::Legacy => copy(recordings, audio, zip)?,
                Version::Latest => compress(recordings, audio, zip)?,
            });
        }
        let map = match version {
            Version::Legacy => media_map::json(&entries),
            Version::Latest => zstd::stream::encode_all(media_map::protobuf(&entries).as_slice(), LEVEL)?,
        };
        add(zip, "media", &map)
    })
}

fn too_old() -> Card {
    let at = Timestamp::from_millis(notetype::CHANGED_AT * 1000);
    Card {
        id: "too-old".into(),
        source: TOO_OLD.into(),
        transliteration: String::new(),
        translation: String::new(),
        grammar: Vec::new(),
        vocabulary: Vec::new(),
        language: "en".into(),
        direction: Direction::LeftToRight,
        audio: None,
        created_at: at,
        changed_at: at,
    }
}

fn add_collection<W: Write>(zip: &mut Zip<W>, version: Version, path: &Path, dummy: &Path) -> Result<(), DeckError> {
    match version {
        Version::Legacy => {
            add(zip, "meta", &META_LEGACY)?;
            // The second for clients that do not know of the first.
            for name in ["collection.anki21", "collection.anki2"] {
                zip.start_file(name, deflated())?;
                io::copy(&mut File::open(path)?, zip)?;
            }
        }
        Version::Latest => {
            add(zip, "meta", &META)?;
            zip.start_file("collection.anki21b", stored())?;
            zstd::stream::copy_encode(File::open(path)?, &mut *zip, LEVEL)?;
            zip.start_file("collection.anki2", deflated())?;
            io::copy(&mut File::open(dummy)?, zip)?;
        }
    }
    Ok(())
}

fn add<W: Write>(zip: &mut Zip<W>, name: &str, bytes: &[u8]) -> Result<(), DeckError> {
    zip.start_file(name, stored())?;
    Ok(zip.write_all(bytes)?)
}

fn compress(recordings: &dyn Recordings, audio: &AudioFile, to: &mut dyn Write) -> Result<Entry, DeckError> {
    let mut encoder = zstd::stream::Encoder::new(to, LEVEL)?;
    let entry = copy(recordings, audio, &mut encoder)?;
    encoder.finish()?;
    Ok(entry)
}
