//! An answer whose body is still arriving.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use crate::client::{Beyond, Limits, SendError, classified};

/// The head of an answer, and its body as it arrives, within the limits of its request.
#[derive(Debug)]
pub struct Incoming {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    response: reqwest::Response,
    limits: Limits,
    read: usize,
}

impl Incoming {
    pub(crate) fn new(response: reqwest::Response, limits: Limits) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, response, limits, read: 0 }
    }

    /// Lowers the limit of the body, for an answer that is not what was asked for.
    pub fn limit(&mut self, body: usize, beyond: Beyond) {
        (self.limits.body, self.limits.beyond) = (self.limits.body.min(body), beyond);
    }

    /// The next bytes, or nothing at the end. The length that the head names is refused before a byte is read.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, SendError> {
        let Limits { body: limit, beyond, .. } = self.limits;
        let room = limit.saturating_sub(self.read);
        if beyond == Beyond::Refuse && self.read == 0 && self.announced().is_some_and(|length| length > limit) {
            return Err(SendError::TooLong { limit });
        }
        if beyond == Beyond::Cut && room == 0 {
            return Ok(None);
        }
        let Some(mut chunk) = self.response.chunk().await.map_err(|error| classified(error, self.limits))? else {
            return Ok(None);
        };
        if chunk.len() > room {
            if beyond == Beyond::Refuse {
                return Err(SendError::TooLong { limit });
            }
            chunk.truncate(room);
        }
        self.read += chunk.len();
        Ok(Some(chunk))
    }

    /// All that is left of the body.
    pub async fn bytes(mut self) -> Result<Bytes, SendError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    fn announced(&self) -> Option<usize> {
        self.response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX))
    }
}
