//! Media by signed link, with byte ranges. What a user uploaded never runs in our origin: the answer is sandboxed,
//! typed by us, and cannot be sniffed.

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use sluice_blobs::BlobHash;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use super::Api;
use super::problem::Problem;

#[derive(Deserialize)]
pub(crate) struct LinkQuery {
    expires: i64,
    signature: String,
    #[serde(default)]
    save: Option<String>,
}

/// The files that we make, by ending. Everything else is bytes to be saved.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("mp4") => "video/mp4",
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
    let path = api.app.platform.blobs.path(&hash);
    if !path.is_file() {
        return Err(Problem::new(
            StatusCode::GONE,
            "media_gone",
            "This file is gone",
            "It was deleted together with what it belonged to.",
        ));
    }
    let mime = content_type(&name).parse().map_err(|_| Problem::not_found("file"))?;
    let served = ServeFile::new_with_mime(path, &mime).oneshot(request).await;
    let mut response = served.unwrap_or_else(|never| match never {}).map(Body::new).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600, immutable"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let disposition = content_disposition(&name, attachment);
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// RFC 6266, with the name in UTF-8 by RFC 8187 and an ASCII form beside it.
fn content_disposition(name: &str, attachment: bool) -> HeaderValue {
    let how = if attachment { "attachment" } else { "inline" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'.' | b'_' | b'-' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
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
