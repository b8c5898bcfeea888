//! The page: built by `web/`, embedded in the binary, already compressed.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Page;

const PLACEHOLDER: &str = "<!doctype html><title>Sluice</title><p>This binary was built without its page. Build the page with \
     <code>npm ci && npm run build</code> in <code>web/</code>, then build the binary again. The API works: see \
     <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.";

/// Whether the real page is in this binary.
pub(crate) fn is_built() -> bool {
    Page::get("index.html").is_some()
}

/// A file of the page; every other path is one of the page's own routes and gets `index.html`.
pub(crate) async fn serve(uri: Uri, request_headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let name = if is_file { path } else { "index.html" };
    let accepts =
        request_headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts.contains(encoding)
            && let Some(file) = Page::get(&format!("{name}{ending}"))
        {
            return answer(name, file.data.into_owned(), Some(encoding));
        }
    }
    match Page::get(name) {
        Some(file) => answer(name, file.data.into_owned(), None),
        None if name == "index.html" => {
            (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], PLACEHOLDER).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(name: &str, bytes: Vec<u8>, encoding: Option<&'static str>) -> Response {
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    // Names in assets/ carry a hash of their content; index.html does not, and must be asked for each time.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, mime.as_ref())
        .header(header::CACHE_CONTROL, cache)
        .header(header::VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    response.body(Body::from(bytes)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
