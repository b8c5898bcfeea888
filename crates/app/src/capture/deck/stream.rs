//! A deck as the body of an answer, while it is written.

use std::io::{self, Write};

use bytes::Bytes;
use futures::Stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::{Card, Deck, DeckError, Form, Made, Recordings, write};

/// Pieces of 64 KiB between the writer and the reader.
const AHEAD: usize = 8;

/// What is exported.
#[derive(Debug, Clone)]
pub struct Export {
    /// How.
    pub form: Form,
    /// As what.
    pub deck: Deck,
    /// Which cards, in the order in which they are learned.
    pub cards: Vec<Card>,
}

/// A deck that is being written.
pub struct Exporting<S> {
    /// Its bytes. An error at its end says that the file is not whole.
    pub body: S,
    /// What was written, as soon as the file was made whole. Only then are its cards exported.
    pub outcome: Outcome,
}

/// The end of an export.
pub struct Outcome(oneshot::Receiver<Result<Made, DeckError>>);

impl Outcome {
    /// Waits for it. A body that is dropped before its end is an error.
    pub async fn wait(self) -> Result<Made, DeckError> {
        self.0.await.unwrap_or(Err(DeckError::Interrupted))
    }
}

/// Starts to write a deck, on a thread that may block. At most [`AHEAD`] pieces wait for a slow reader.
pub fn stream<R>(export: Export, recordings: R) -> Exporting<impl Stream<Item = io::Result<Bytes>> + Send + use<R>>
where
    R: Recordings + 'static,
{
    let (pieces, receiver) = channel(AHEAD);
    let (told, outcome) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let Export { form, deck, cards } = export;
        let made = write(form, &deck, &cards, &recordings, Pieces(pieces.clone()));
        if let Err(error) = &made {
            // The reader must not take what it has for a whole file. It may be gone itself.
            let _ = pieces.blocking_send(Err(io::Error::other(error.to_string())));
        }
        drop(pieces);
        // What follows needs memory itself.
        drop(cards);
        // Nobody has to wait for it.
        let _ = told.send(made);
    });
    Exporting { body: body(receiver), outcome: Outcome(outcome) }
}

fn body(receiver: Receiver<io::Result<Bytes>>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures::stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)))
}

/// Sends what is written.
struct Pieces(Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
