//! The page: built by `web/`, embedded in the binary, precompressed.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

use super::Api;
use super::accounts::pages::to_sign_in;
use super::identity::Person;
use super::problem::Problem;

/// First path segments of the page's own routes, like `SHELL_PREFIXES` in its router; each app adds its name.
const ROUTES: [&str; 6] = ["", "admin", "index.html", "jobs", "library", "settings"];

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Page;

const PLACEHOLDER: &str = "<!doctype html><title>Sluice</title><p>This binary was built without its page. Build the page with \
     <code>npm ci && npm run build</code> in <code>web/</code>, then build the binary again. The API works: see \
     <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.";

/// Whether the built page is embedded in this binary.
pub(crate) fn is_built() -> bool {
    Page::get("index.html").is_some()
}

/// Whether `Accept-Encoding` names an encoding, and not as one that is refused (RFC 9110, 12.5.3).
fn accepted(header: &str, encoding: &str) -> bool {
    header.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let refused = |part: &str| part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding)) && !parts.any(refused)
    })
}

/// A file of the page, or `index.html` for one of its routes.
pub(crate) async fn serve(
    State(api): State<Api>,
    person: Option<Person>,
    method: Method,
    uri: Uri,
    request_headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    let is_route = ROUTES.contains(&first) || api.app.names().any(|name| name == first);
    let name = if is_route { "index.html" } else { path };
    if !is_route && Page::get(name).is_none() {
        return Err(Problem::not_found("address here"));
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return Err(Problem::of_status(StatusCode::METHOD_NOT_ALLOWED).header(header::ALLOW, GET));
    }
    // The page's files contain no data of anybody, but without a session the page could show nothing.
    if is_route && person.is_none() {
        return Ok(to_sign_in(uri.path_and_query().map_or("/", |path| path.as_str())));
    }
    let accepts =
        request_headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepted(accepts, encoding)
            && let Some(file) = Page::get(&format!("{name}{ending}"))
        {
            return Ok(answer(name, file.data.into_owned(), Some(encoding)));
        }
    }
    Ok(match Page::get(name) {
        Some(file) => answer(name, file.data.into_owned(), None),
        None => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], PLACEHOLDER).into_response(),
    })
}

const GET: header::HeaderValue = header::HeaderValue::from_static("GET, HEAD");

fn answer(name: &str, bytes: Vec<u8>, encoding: Option<&'static str>) -> Response {
    let mut mime = mime_guess::from_path(name).first_or_octet_stream().to_string();
    if mime.starts_with("text/") {
        mime.push_str("; charset=utf-8");
    }
    // Names in assets/ contain a hash of their content; index.html does not, and must be revalidated.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, mime)
        .header(header::CACHE_CONTROL, cache)
        .header(header::VARY, "accept-encoding");
    if let Some(encoding) = encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    response.body(Body::from(bytes)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_sent_to_who_accepts_it() {
        for (header, yes) in [
            ("br", true),
            ("gzip, deflate, BR;q=0.5", true),
            ("gzip;q=1.0, br; q=0", false),
            ("br;q=0.000", false),
            ("brotli", false),
            ("", false),
        ] {
            assert_eq!(accepted(header, "br"), yes, "{header}");
        }
    }
}
