//! Server-sent events, as the servers write them: with comments in between, without a blank after the colon, with or without an
//! end mark.

use std::collections::VecDeque;
use std::time::Duration;

use sluice_capability::CapabilityError;
use sluice_outbound::Incoming;

use crate::http::{Endpoint, Operation, lost};

/// The longest pause between two pieces of a stream that has begun. Comments keep it alive.
const IDLE: Duration = Duration::from_mins(2);

/// The data of a stream, event by event.
pub(super) struct Events<'a> {
    endpoint: &'a Endpoint,
    operation: Operation,
    incoming: Incoming,
    lines: Lines,
    is_over: bool,
}

impl<'a> Events<'a> {
    pub(super) fn new(endpoint: &'a Endpoint, operation: Operation, incoming: Incoming) -> Self {
        Self { endpoint, operation, incoming, lines: Lines::default(), is_over: false }
    }

    /// The data of the next event, or nothing at the end of the stream.
    pub(super) async fn next(&mut self) -> Result<Option<String>, CapabilityError> {
        loop {
            if let Some(data) = self.lines.events.pop_front() {
                return Ok(Some(data));
            }
            if self.is_over {
                return Ok(None);
            }
            let chunk = tokio::time::timeout(IDLE, self.incoming.chunk()).await;
            let chunk = chunk
                .map_err(|_| lost(self.operation, "timed_out", "the provider stopped in the middle of its answer"))?;
            if let Some(chunk) = chunk.map_err(|error| self.endpoint.broken_off(self.operation, error))? {
                self.lines.feed(&chunk);
            } else {
                self.is_over = true;
                self.lines.end();
            }
        }
    }
}

/// Bytes to events.
#[derive(Debug, Default)]
struct Lines {
    rest: Vec<u8>,
    data: Option<String>,
    events: VecDeque<String>,
}

impl Lines {
    fn feed(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.rest);
                self.line(line.strip_suffix(b"\n").unwrap_or(&line));
            }
        }
    }

    /// The last event may lack its blank line.
    fn end(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        self.line(&rest);
        self.line(b"");
    }

    fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            self.events.extend(self.data.take());
        } else if let Some(data) = line.strip_prefix(b"data:") {
            let data = String::from_utf8_lossy(data.strip_prefix(b" ").unwrap_or(data)).into_owned();
            match &mut self.data {
                Some(all) => {
                    all.push('\n');
                    all.push_str(&data);
                }
                None => self.data = Some(data),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_their_bytes_arrive() {
        let stream = ": OPENROUTER PROCESSING\r\n\r\nevent: x\ndata: {\"a\":\ndata: \"é\"}\n\ndata:[1]\n\n: ping\n\nid: 7\n\ndata: [DONE]";
        for size in [1, 2, 3, 7, 1_000] {
            let mut lines = Lines::default();
            for chunk in stream.as_bytes().chunks(size) {
                lines.feed(chunk);
            }
            lines.end();
            assert_eq!(lines.events, ["{\"a\":\n\"é\"}", "[1]", "[DONE]"], "{size}");
        }
    }
}
