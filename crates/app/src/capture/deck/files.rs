//! ZIP files that are whole or have no directory, and recordings on their way into them.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;

use sha1::{Digest as _, Sha1};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use super::media_map::Entry;
use super::{AudioFile, DeckError, Recordings};

/// Bytes that are copied at once.
const COPIED: usize = 64 * 1024;

/// A ZIP that is written from start to end.
pub(super) type Zip<W> = ZipWriter<StreamWriter<Severable<W>>>;

/// Writes a ZIP with what `fill` adds. If that fails, nothing more is written: the directory at its end, which the writer would
/// add when it is dropped, would make a whole ZIP of a part of the deck.
pub(super) fn zip<W: Write>(to: W, fill: impl FnOnce(&mut Zip<W>) -> Result<(), DeckError>) -> Result<(), DeckError> {
    let severed = Rc::new(Cell::new(false));
    let mut zip = ZipWriter::new_stream(Severable { to, severed: Rc::clone(&severed) });
    if let Err(error) = fill(&mut zip) {
        severed.set(true);
        return Err(error);
    }
    Ok(zip.finish()?.flush()?)
}

/// A writer that swallows everything once it was severed, or has failed.
pub(super) struct Severable<W> {
    to: W,
    severed: Rc<Cell<bool>>,
}

impl<W: Write> Write for Severable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.severed.get() {
            return Ok(bytes.len());
        }
        self.to.write(bytes).inspect_err(|error| self.severed.set(error.kind() != io::ErrorKind::Interrupted))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.severed.get() { Ok(()) } else { self.to.flush() }
    }
}

/// For what is compressed already, as sound is.
pub(super) fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

/// For texts and collections.
pub(super) fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

/// Copies a recording, and says what it was.
pub(super) fn copy(recordings: &dyn Recordings, audio: &AudioFile, to: &mut dyn Write) -> Result<Entry, DeckError> {
    let failed = |source| DeckError::Recording { name: audio.name.clone(), source };
    let mut reader = recordings.open(audio).map_err(failed)?;
    let (mut hash, mut size) = (Sha1::new(), 0_u64);
    let mut buffer = vec![0; COPIED];
    loop {
        let read = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        let part = buffer.get(..read).unwrap_or_default();
        hash.update(part);
        size += part.len() as u64;
        to.write_all(part)?;
    }
    if size == 0 {
        return Err(failed(io::Error::new(io::ErrorKind::UnexpectedEof, "it is empty")));
    }
    Ok(Entry { name: audio.name.clone(), size, sha1: hash.finalize().into() })
}
