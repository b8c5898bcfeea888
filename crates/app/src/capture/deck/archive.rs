//! A ZIP of the plain text and the recordings.

use std::io::Write;

use super::files::{copy, deflated, stored, zip};
use super::{AudioFile, Card, Deck, DeckError, Recordings, plain};

/// Writes `cards.txt` and `media/…`, and `credits.txt` if there is somebody to be named.
pub(super) fn write<W: Write>(
    deck: &Deck,
    cards: &[Card],
    audio: &[&AudioFile],
    recordings: &dyn Recordings,
    to: W,
) -> Result<(), DeckError> {
    zip(to, |zip| {
        zip.start_file("cards.txt", deflated())?;
        plain::write(cards, zip)?;
        if !deck.credits.is_empty() {
            zip.start_file("credits.txt", deflated())?;
            writeln!(zip, "{}", deck.credited())?;
        }
        for audio in audio {
            zip.start_file(format!("media/{}", audio.name), stored())?;
            copy(recordings, audio, zip)?;
        }
        Ok(())
    })
}
