//! Writes a deck in any form.

use std::io::{BufWriter, Write};

use super::package::Version;
use super::{Card, Deck, DeckError, Form, Recordings, archive, collection, csv, names, package};

/// Bytes that are handed on together.
const PIECE: usize = 64 * 1024;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Cards.
    pub cards: usize,
    /// Recordings in the file, each once.
    pub recordings: usize,
}

/// Writes a deck from start to end. Blocks the thread. Only what was written without an error is whole.
pub fn write<W: Write>(
    form: Form,
    deck: &Deck,
    cards: &[Card],
    recordings: &dyn Recordings,
    to: W,
) -> Result<Made, DeckError> {
    collection::check(cards)?;
    let audio = names::recordings(cards)?;
    let mut to = BufWriter::with_capacity(PIECE, to);
    match form {
        Form::PackageLegacy => package::write(Version::Legacy, deck, cards, &audio, recordings, &mut to)?,
        Form::Package => package::write(Version::Latest, deck, cards, &audio, recordings, &mut to)?,
        Form::Csv => csv::write(deck, cards, &mut to)?,
        Form::Archive => archive::write(deck, cards, &audio, recordings, &mut to)?,
    }
    to.flush()?;
    let contained = if form == Form::Csv { 0 } else { audio.len() };
    Ok(Made { cards: cards.len(), recordings: contained })
}
