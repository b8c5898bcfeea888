//! Media by signed link, with byte ranges. User uploads never execute in our origin: the response is sandboxed, has a
//! content type of ours, and is not sniffed.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use sluice_app::links::{self, OpenError};
use sluice_app::media::Media;
use sluice_blobs::{BlobHash, Link, LinkKey, Presented};
use sluice_domain::ids::OwnerId;
use utoipa::ToSchema;

use super::Api;
use super::extract::{Path, Query};
use super::problem::Problem;
use super::ranges::{Selection, select};

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct FileBytes(#[expect(dead_code, reason = "only described")] Vec<u8>);

#[derive(Deserialize)]
pub(crate) struct LinkQuery {
    of: String,
    epoch: i64,
    expires: i64,
    key: String,
    signature: String,
    #[serde(default)]
    result: Option<String>,
    #[serde(default)]
    save: Option<String>,
}

/// Our own file types, by extension. Everything else is downloaded as bytes.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("mp4") => "video/mp4",
        Some("wav") => "audio/wav",
        Some("mp3") => "audio/mpeg",
        Some("m4a") => "audio/mp4",
        Some("ogg") => "audio/ogg",
        Some("webm") => "audio/webm",
        Some("flac") => "audio/flac",
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("srt") => "application/x-subrip; charset=utf-8",
        Some("vtt") => "text/vtt; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("md") => "text/markdown; charset=utf-8",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// `GET /media/{hash}/{name}?of=…&epoch=…&expires=…&key=…&signature=…`
pub(crate) async fn read(
    State(api): State<Api>,
    Path((hash, name)): Path<(String, String)>,
    Query(query): Query<LinkQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hash: BlobHash = hash.parse().map_err(|_| Problem::not_found("file"))?;
    let LinkQuery { of: owner, epoch, expires, key, signature, result, save } = query;
    let link = Link { hash, name, attachment: save.is_some(), owner, epoch, result, expires };
    let opened = links::open(&api.app.platform, &link, &key, &signature).await.map_err(refused)?;
    let media = &api.app.platform.media;
    let shown = Shown::of(&link, opened.remaining);
    let mut response = match elsewhere(media, &link, &shown, opened.remaining, &method).await? {
        Some(redirect) => redirect,
        None => here(media, &link, &shown, &method, &headers).await?,
    };
    let cached = HeaderValue::from_str(&shown.cache_control).map_err(|error| Problem::internal(&error))?;
    response.headers_mut().insert(header::CACHE_CONTROL, cached);
    if let Ok(owner) = link.owner.parse::<OwnerId>() {
        response.extensions_mut().insert(owner);
    }
    Ok(response)
}

/// How a file is presented.
struct Shown {
    content_type: &'static str,
    disposition: HeaderValue,
    cache_control: String,
}

impl Shown {
    /// The address determines the whole response, so that any cache may keep it for as long as the link works.
    fn of(link: &Link, remaining: Duration) -> Self {
        Self {
            content_type: content_type(&link.name),
            disposition: content_disposition(&link.name, link.attachment),
            cache_control: format!("public, max-age={}, immutable", remaining.as_secs()),
        }
    }
}

/// A redirect to the bucket, if clients are sent there. Text stays here: captions are read by our page only from its own
/// origin. A presigned address is for GET alone.
async fn elsewhere(
    media: &Media,
    link: &Link,
    shown: &Shown,
    remaining: Duration,
    method: &Method,
) -> Result<Option<Response>, Problem> {
    let large = ["video/", "audio/", "image/"].iter().any(|kind| shown.content_type.starts_with(kind));
    if !large || *method != Method::GET {
        return Ok(None);
    }
    let presented = Presented {
        content_type: shown.content_type.to_owned(),
        disposition: shown.disposition.to_str().unwrap_or("attachment").to_owned(),
        cache_control: shown.cache_control.clone(),
    };
    // A link is accepted for some time after its expiry, and the bucket has to accept the redirect then.
    let lifetime = remaining.max(LinkKey::TOLERANCE);
    let address = media.blobs().presign(&link.hash, lifetime, &presented).await;
    let Some(address) = address.map_err(|error| Problem::internal(&error))? else { return Ok(None) };
    let location = HeaderValue::from_str(&address).map_err(|error| Problem::internal(&error))?;
    Ok(Some((StatusCode::FOUND, [(header::LOCATION, location)]).into_response()))
}

/// The bytes through this process.
async fn here(
    media: &Media,
    link: &Link,
    shown: &Shown,
    method: &Method,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    // Missing bytes are reported before the response begins.
    let size = media.size(&link.hash).await?.ok_or_else(gone)?;
    let etag = format!("\"{}\"", link.hash);
    let selection = select(method, asked, &etag, size);
    if selection == Selection::Unsatisfiable {
        return Err(unsatisfiable(size));
    }
    let file = File { media: media.clone(), parts: Arc::from([(link.hash.clone(), size)]) };
    let mut response = answer(file, size, shown.content_type, selection, method);
    present(&mut response, &etag, &shown.disposition);
    Ok(response)
}

/// The headers of every response with media.
fn present(response: &mut Response, etag: &str, disposition: &HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, header_value(etag));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CONTENT_DISPOSITION, disposition.clone());
}

/// A file that was made for this request, to be saved.
pub(crate) fn generated(bytes: Vec<u8>, content_type: &'static str, name: &str) -> Response {
    saved(Body::from(bytes), content_type, name)
}

/// The same while it is being made.
pub(crate) fn saved(body: Body, content_type: &'static str, name: &str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, content_disposition(name, true));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Concatenated blobs as one file, with ranges. The caller has checked access. The file may grow, so that caches must
/// revalidate it.
pub(crate) fn joined(
    media: &Media,
    parts: Vec<(BlobHash, u64)>,
    (content_type, name): (&'static str, &str),
    method: &Method,
    asked: &HeaderMap,
) -> Result<Response, Problem> {
    let size = parts.iter().map(|(_, bytes)| bytes).sum();
    let names: Vec<u8> = parts.iter().flat_map(|(hash, _)| hash.as_str().bytes()).collect();
    let etag = format!("\"{}\"", BlobHash::of(&names));
    let selection = select(method, asked, &etag, size);
    if selection == Selection::Unsatisfiable {
        return Err(unsatisfiable(size));
    }
    let file = File { media: media.clone(), parts: parts.into() };
    let mut response = answer(file, size, content_type, selection, method);
    present(&mut response, &etag, &content_disposition(name, false));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

fn refused(error: OpenError) -> Problem {
    match error {
        OpenError::Refused(error) => {
            Problem::new(StatusCode::FORBIDDEN, "link_refused", "This link does not work", error.to_string())
        }
        OpenError::Gone => gone(),
        OpenError::Store(error) => error.into(),
    }
}

fn gone() -> Problem {
    let detail = "It was deleted together with what it belonged to, or its bytes were lost and have to be restored from a backup.";
    Problem::new(StatusCode::GONE, "media_gone", "This file is gone", detail)
}

fn unsatisfiable(size: u64) -> Problem {
    let detail = format!("The file has {size} bytes, and none of them are in the ranges that were asked for.");
    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "There are no such bytes", detail)
        .header(header::CONTENT_RANGE, header_value(&format!("bytes */{size}")))
}

/// The bytes of a response: blobs one after the other, each with its length.
#[derive(Clone)]
struct File {
    media: Media,
    parts: Arc<[(BlobHash, u64)]>,
}

impl File {
    /// A range; each blob is opened when its first byte is requested.
    fn bytes(&self, range: Range<u64>) -> impl Stream<Item = std::io::Result<Bytes>> + Send + use<> {
        let media = self.media.clone();
        let pieces = within(&self.parts, &range).into_iter().map(move |(hash, range)| {
            let media = media.clone();
            let open = async move { media.open_range(&hash, range).await.map_err(std::io::Error::other) };
            stream::once(open).map_ok(|bytes| bytes.map_err(std::io::Error::other)).try_flatten()
        });
        stream::iter(pieces).flatten()
    }
}

/// Which bytes of which parts a range of the whole has.
fn within(parts: &[(BlobHash, u64)], range: &Range<u64>) -> Vec<(BlobHash, Range<u64>)> {
    let mut from = 0;
    let mut pieces = Vec::new();
    for (hash, bytes) in parts {
        let (start, end) = (range.start.max(from), range.end.min(from + bytes));
        if start < end {
            pieces.push((hash.clone(), start - from..end - from));
        }
        from += bytes;
    }
    pieces
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
                // Of this response alone: nobody can put it into the media before.
                let boundary = format!("sluice-{}", uuid::Uuid::now_v7().simple());
                let kind = format!("multipart/byteranges; boundary={boundary}");
                (StatusCode::PARTIAL_CONTENT, kind, None, several(file, size, content_type, parts, &boundary))
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
fn several(file: File, size: u64, content_type: &str, parts: Vec<Range<u64>>, boundary: &str) -> (u64, Body) {
    let head = |part: &Range<u64>| {
        let range = content_range(part, size);
        format!("\r\n--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: {range}\r\n\r\n")
    };
    let end = format!("\r\n--{boundary}--\r\n");
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

/// Letters, digits and these are left as they are: RFC 8187 allows more, but encoding those is allowed, too.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-').remove(b'~');

/// `Content-Disposition` by RFC 6266, with the name in UTF-8 by RFC 8187 and an ASCII fallback. No kept crate writes
/// `filename*`: `headers` 0.4 has only `inline`, `axum-extra` 0.12 takes no name that is not ASCII, and `content_disposition`
/// 0.4 only parses. The encoding itself is `percent-encoding`'s.
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
    fn a_range_of_joined_blobs_is_made_of_ranges_of_each() {
        let [one, two, three] = [b"1", b"2", b"3"].map(|bytes| BlobHash::of(bytes));
        let parts = [(one.clone(), 5), (two.clone(), 3), (three.clone(), 7)];
        assert_eq!(within(&parts, &(0..15)), [(one.clone(), 0..5), (two.clone(), 0..3), (three.clone(), 0..7)]);
        assert_eq!(within(&parts, &(4..9)), [(one, 4..5), (two.clone(), 0..3), (three, 0..1)]);
        assert_eq!(within(&parts, &(5..8)), [(two, 0..3)]);
        assert_eq!(within(&parts, &(0..0)), []);
    }

    #[test]
    fn an_unknown_ending_is_only_bytes() {
        assert_eq!(content_type("page.html"), "application/octet-stream");
    }
}
