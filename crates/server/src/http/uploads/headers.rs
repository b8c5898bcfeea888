//! The request headers of tus.

use std::collections::BTreeSet;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sluice_app::uploads::{Checksum, METADATA_BYTES};

use super::super::bounds::COUNTED;
use super::super::problem::Problem;

pub(crate) const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
pub(crate) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// As `Tus-Checksum-Algorithm` lists them: those of [`Checksum::ALGORITHMS`].
pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// The media type of bytes.
const BYTES: &str = "application/offset+octet-stream";

/// What a client says about its file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) text: String,
    pub(super) name: String,
    pub(super) ocr: bool,
}

/// The method that a request is to be answered by: another one only for a `POST`, since what a request may do was decided by its
/// own method, and a `GET` that changes something would need no right to.
pub(super) fn method(request: &Request) -> Result<Method, Problem> {
    match text(request.headers(), "x-http-method-override")? {
        Some(_) if request.method() != Method::POST => {
            Err(Problem::bad_request("The header X-HTTP-Method-Override is for POST requests."))
        }
        Some(method) => method
            .to_ascii_uppercase()
            .parse()
            .map_err(|_| Problem::bad_request("The header X-HTTP-Method-Override is not a method.")),
        None => Ok(request.method().clone()),
    }
}

/// Refuses other versions of the protocol.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(TUS_RESUMABLE) == Some(&VERSION) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "unsupported_tus_version",
        "Another version of tus is needed",
        "Send the header \"Tus-Resumable: 1.0.0\": this server speaks version 1.0.0 of the tus protocol.",
    )
    .header(TUS_VERSION, VERSION))
}

/// `Upload-Length`.
pub(super) fn length(headers: &HeaderMap) -> Result<u64, Problem> {
    if headers.contains_key("upload-defer-length") {
        return Err(Problem::bad_request(
            "The length of a file must be known when its upload begins: send Upload-Length, not Upload-Defer-Length.",
        ));
    }
    if headers.contains_key("upload-concat") {
        return Err(Problem::bad_request("Files cannot be concatenated here: send the whole file as one upload."));
    }
    number(headers, "upload-length")?
        .ok_or_else(|| Problem::bad_request("The header Upload-Length is missing: the file's length in bytes."))
}

/// `Upload-Offset`.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    number(headers, "upload-offset")?
        .ok_or_else(|| Problem::bad_request("The header Upload-Offset is missing: ask for it by HEAD."))
}

/// `Content-Length`, if the request has one.
pub(super) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok())
}

fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, Problem> {
    let Some(text) = text(headers, name)? else { return Ok(None) };
    // `parse` also takes a plus sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(number) if digits && number <= COUNTED.unsigned_abs() => Ok(Some(number)),
        _ => Err(Problem::bad_request(format!("The header {name} is not a number of bytes."))),
    }
}

/// A header that a request has at most once.
fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Problem> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Problem::bad_request(format!("The header {name} is not ASCII text."))),
        },
        _ => Err(Problem::bad_request(format!("The header {name} is sent twice."))),
    }
}

/// Refuses a body of another media type.
pub(super) fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(BYTES) {
        return Ok(());
    }
    Err(Problem::unsupported_media_type(format!("Send the bytes of the file as {BYTES}.")))
}

/// Whether a request that creates an upload brings bytes of it.
pub(super) fn brings_bytes(headers: &HeaderMap) -> Result<bool, Problem> {
    let has_body = announced(headers).is_some_and(|bytes| bytes > 0) || headers.contains_key(header::TRANSFER_ENCODING);
    if has_body {
        check_media_type(headers)?;
    }
    Ok(has_body)
}

/// `Upload-Checksum`.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let Some(text) = text(headers, "upload-checksum")? else { return Ok(None) };
    let parsed = text
        .split_once(' ')
        .and_then(|(algorithm, digest)| Checksum::new(algorithm, &BASE64_STANDARD.decode(digest.trim()).ok()?));
    let wrong = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_checksum",
            "The checksum cannot be understood",
            "Upload-Checksum is the name of an algorithm (sha1 or sha256), a space, and the digest in Base64.",
        )
    };
    parsed.map(Some).ok_or_else(wrong)
}

/// `Upload-Metadata`: pairs of a key and a value in Base64, which may be missing, separated by commas.
pub(super) fn metadata(headers: &HeaderMap) -> Result<Metadata, Problem> {
    let text = text(headers, "upload-metadata")?.unwrap_or_default();
    let wrong = |detail: &str| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_upload_metadata", "Upload-Metadata cannot be understood", detail)
    };
    if text.len() > METADATA_BYTES {
        return Err(wrong(&format!("Upload-Metadata is longer than {METADATA_BYTES} bytes.")));
    }
    let mut found = Metadata { text: text.to_owned(), name: String::new(), ocr: false };
    let mut keys = BTreeSet::new();
    for pair in text.split(',').filter(|_| !text.trim().is_empty()) {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) || !keys.insert(key) {
            return Err(wrong("Each key is ASCII text without spaces, and there once."));
        }
        let value = BASE64_STANDARD.decode(value.trim()).map_err(|_| wrong("Each value is in Base64."))?;
        let in_utf8 = || String::from_utf8(value.clone()).map_err(|_| wrong(&format!("\"{key}\" is not in UTF-8.")));
        match key {
            "filename" => found.name = in_utf8()?,
            "ocr" => match value.as_slice() {
                b"true" => found.ocr = true,
                b"false" | b"" => {}
                _ => return Err(wrong("\"ocr\" is true or false.")),
            },
            // For the app that takes the file.
            "app" | "idempotency_key" | "language" | "translate_to" => drop(in_utf8()?),
            // Kept for the client, and without a meaning here.
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn metadata_names_the_file() {
        let found = metadata(&headers(&[("upload-metadata", "filename d29ybGQucGRm,ocr dHJ1ZQ==,is_confidential")]));
        let found = found.unwrap();
        assert_eq!((found.name.as_str(), found.ocr), ("world.pdf", true));
        assert_eq!(found.text, "filename d29ybGQucGRm,ocr dHJ1ZQ==,is_confidential");
        assert_eq!(metadata(&HeaderMap::new()).unwrap().name, "");
        for wrong in
            ["filename not base64", "a YQ==,a YQ==", ",", "ocr bWF5YmU=", "filename /w==", "idempotency_key /w=="]
        {
            assert!(metadata(&headers(&[("upload-metadata", wrong)])).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_length_is_a_number_of_bytes() {
        assert_eq!(length(&headers(&[("upload-length", "100")])).unwrap(), 100);
        for wrong in ["", "+1", "-1", "1.5", "1e3", "9223372036854775808", "x"] {
            assert!(length(&headers(&[("upload-length", wrong)])).is_err(), "{wrong}");
        }
        assert!(length(&headers(&[("upload-length", "1"), ("upload-length", "1")])).is_err());
        assert!(length(&headers(&[("upload-defer-length", "1")])).is_err());
    }

    #[test]
    fn a_checksum_has_an_algorithm_that_is_offered() {
        let of = |text: &str| checksum(&headers(&[("upload-checksum", text)]));
        assert!(of("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap().is_some());
        for wrong in ["sha1", "md5 XUFAKrxLKna5cZ2REBfFkg==", "sha1 XUFAKrxLKna5cZ2REBfFkg==", "sha1 !"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert_eq!(ALGORITHMS, Checksum::ALGORITHMS.join(","));
    }
}
