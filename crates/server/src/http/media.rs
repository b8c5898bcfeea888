//! Media by signed link, with byte ranges. User uploads never execute in our origin: the response is sandboxed, has a
//! content type of ours, and is not sniffed.

use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use sluice_app::media::Media;
use sluice_blobs::BlobHash;

use super::Api;
use super::extract::{Path, Query};
use super::problem::Problem;
use super::ranges::{Selection, select};

/// The boundary of a multipart response. Random, so that no media contains it.
const BOUNDARY: &str = "sluice-7f1c0a52b8d94e36a1d05c3e9b2f6478";

#[derive(Deserialize)]
pub(crate) struct LinkQuery {
    expires: i64,
    signature: String,
    #[serde(default)]
    save: Option<String>,
}

/// Our own file types, by extension. Everything else is downloaded as bytes.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("mp4") => "video/mp4",
        Some("wav") => "audio/wav",
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("srt") => "application/x-subrip; charset=utf-8",
        Some("vtt") => "text/vtt; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("md") => "text/markdown; charset=utf-8",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// `GET /media/{hash}/{name}?expires=…&signature=…`
pub(crate) async fn read(
    State(api): State<Api>,
    Path((hash, name)): Path<(String, String)>,
    Query(link): Query<LinkQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let hash: BlobHash = hash.parse().map_err(|_| Problem::not_found("file"))?;
    let attachment = link.save.is_some();
    let now = api.app.platform.now().await?.as_millis() / 1000;
    api.app.platform.links.check(&hash, &name, attachment, link.expires, &link.signature, now).map_err(|error| {
        Problem::new(StatusCode::FORBIDDEN, "link_refused", "This link does not work", error.to_string())
    })?;
    let media = &api.app.platform.media;
    // Deleted media are unreachable at once, although their bytes are collected later.
    let size = media.size_of_referenced(&hash).await?.ok_or_else(gone)?;
    let etag = format!("\"{hash}\"");
    let selection = select(request.method(), request.headers(), &etag, size);
    if selection == Selection::Unsatisfiable {
        return Err(unsatisfiable(size));
    }
    let file = File { media: media.clone(), hash: hash.clone() };
    let mut response = answer(file, size, content_type(&name), selection, request.method());
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, header_value(&etag));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600, immutable"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CONTENT_DISPOSITION, content_disposition(&name, attachment));
    Ok(response)
}

fn gone() -> Problem {
    let detail = "It was deleted together with what it belonged to.";
    Problem::new(StatusCode::GONE, "media_gone", "This file is gone", detail)
}

fn unsatisfiable(size: u64) -> Problem {
    let detail = format!("The file has {size} bytes, and none of them are in the ranges that were asked for.");
    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "There are no such bytes", detail)
        .header(header::CONTENT_RANGE, header_value(&format!("bytes */{size}")))
}

/// The bytes of a response.
#[derive(Clone)]
struct File {
    media: Media,
    hash: BlobHash,
}

impl File {
    /// A range, opened when its first byte is requested.
    fn bytes(&self, range: Range<u64>) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
        let Self { media, hash } = self.clone();
        let open = async move { media.open_range(&hash, range).await.map_err(std::io::Error::other) };
        stream::once(open).map_ok(|bytes| bytes.map_err(std::io::Error::other)).try_flatten()
    }
}

fn answer(file: File, size: u64, content_type: &'static str, selection: Selection, method: &Method) -> Response {
    let whole = |file: File| (size, Body::from_stream(file.bytes(0..size)));
    let (status, kind, range, (length, body)) = match selection {
        Selection::NotModified => return StatusCode::NOT_MODIFIED.into_response(),
        Selection::Parts(parts) => {
            if let [one] = parts.as_slice() {
                let range = content_range(one, size);
                let body = Body::from_stream(file.bytes(one.clone()));
                (StatusCode::PARTIAL_CONTENT, content_type.to_owned(), Some(range), (one.end - one.start, body))
            } else {
                let kind = format!("multipart/byteranges; boundary={BOUNDARY}");
                (StatusCode::PARTIAL_CONTENT, kind, None, several(file, size, content_type, parts))
            }
        }
        Selection::Whole | Selection::Unsatisfiable => (StatusCode::OK, content_type.to_owned(), None, whole(file)),
    };
    let body = if *method == Method::HEAD { Body::empty() } else { body };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header_value(&kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(range) = range {
        headers.insert(header::CONTENT_RANGE, header_value(&range));
    }
    response
}

/// The length and the body of a multipart response (RFC 9110, 14.6).
fn several(file: File, size: u64, content_type: &str, parts: Vec<Range<u64>>) -> (u64, Body) {
    let head = |part: &Range<u64>| {
        let range = content_range(part, size);
        format!("\r\n--{BOUNDARY}\r\nContent-Type: {content_type}\r\nContent-Range: {range}\r\n\r\n")
    };
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    let heads: Vec<String> = parts.iter().map(head).collect();
    let bytes = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
    let length = heads.iter().zip(&parts).map(|(head, part)| bytes(head) + part.end - part.start).sum::<u64>();
    let length = length + bytes(&end);
    let pieces = stream::iter(heads.into_iter().zip(parts)).flat_map(move |(head, part)| {
        let head = stream::once(std::future::ready(Ok(Bytes::from(head))));
        head.chain(file.bytes(part))
    });
    let end = stream::once(async move { Ok(Bytes::from(end)) });
    (length, Body::from_stream(pieces.chain(end)))
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// The characters that RFC 8187 does not encode, beside letters and digits.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-').remove(b'~');

/// `Content-Disposition` by RFC 6266, with the name in UTF-8 by RFC 8187 and an ASCII fallback.
fn content_disposition(name: &str, attachment: bool) -> HeaderValue {
    let how = if attachment { "attachment" } else { "inline" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, NAME);
    HeaderValue::from_str(&format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script_are_carried() {
        let value = content_disposition("تجربة \"1\".mp4", true);
        let text = value.to_str().unwrap();
        assert!(text.starts_with("attachment; filename=\"_____ _1_.mp4\"; filename*=UTF-8''%D8%AA"), "{text}");
    }

    #[test]
    fn an_unknown_ending_is_only_bytes() {
        assert_eq!(content_type("page.html"), "application/octet-stream");
    }
}
