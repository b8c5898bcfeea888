//! How slowly a request's body may arrive. That a client may not pause for long is not enough: a body that drips would hold its
//! connection, and what was received of it, for as long as its client likes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

/// However little arrives, it is waited for so long in all. Chunks of recordings have a limit of their own, which comes first for
/// those of up to 240 KiB.
const GRACE: Duration = Duration::from_mins(2);
/// For every so many bytes that have arrived it is waited for a second more: less than what a modem sends in that time.
const BYTES: u64 = 1024;

/// A body was sent more slowly than that.
#[derive(Debug, thiserror::Error)]
#[error("the body was sent too slowly")]
pub(crate) struct TooSlow;

/// The same body, which ends in [`TooSlow`] if it arrives too slowly.
pub(crate) fn paced(body: Body) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Paced { body, bytes: 0, waited: Duration::ZERO, since: None })
}

struct Paced {
    body: Body,
    bytes: u64,
    /// How long its reader has waited for its client in all. What a handler does between two reads is not the client's fault.
    waited: Duration,
    /// Since when it waits for the next bytes.
    since: Option<Instant>,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            // This needs no timer: a body that pauses for long is ended by the layer around it.
            this.since.get_or_insert_with(Instant::now);
            return Poll::Pending;
        };
        this.waited += this.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        if let Some(Ok(frame)) = &frame {
            this.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            if this.waited > GRACE + Duration::from_secs(this.bytes / BYTES) {
                return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream};

    use super::super::extract::timed_out;
    use super::*;

    /// Pieces of so many bytes, each after a pause.
    fn sent(pieces: usize, bytes: usize, pause: Duration) -> Body {
        let piece = move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::io::Error>(Bytes::from(vec![b'a'; bytes]))
        };
        paced(Body::from_stream(stream::iter(0..pieces).then(piece)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up() {
        let read = async |pieces, bytes| {
            let body = sent(pieces, bytes, Duration::from_secs(2));
            axum::body::to_bytes(body, usize::MAX).await.map(|all| all.len())
        };
        let began = Instant::now();
        let error = read(100_000, 1).await.unwrap_err();
        assert!(timed_out(&error), "{error:?}");
        assert!(began.elapsed() < GRACE + Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(read(59, 1).await.unwrap(), 59);
        assert_eq!(read(1_000, 2 * 1024).await.unwrap(), 2_048_000, "half an hour, at what is fast enough");
        assert!(timed_out(&read(1_000, 1024).await.unwrap_err()), "half of that is not");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_done_between_two_reads_is_not_the_fault_of_the_client() {
        let mut body = sent(5, 1, Duration::from_secs(2)).into_data_stream();
        let mut bytes = 0;
        while let Some(piece) = body.next().await {
            bytes += piece.unwrap().len();
            tokio::time::advance(GRACE).await;
        }
        assert_eq!(bytes, 5);
    }
}
