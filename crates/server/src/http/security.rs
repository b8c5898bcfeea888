//! What holds for every request while there are no accounts: the server listens on loopback only, and a web page from
//! elsewhere must not be able to talk to it through the visitor's browser.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;

const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
     style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Refuses foreign hosts and foreign origins, and sets the headers that every answer carries.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    if let Err(problem) = check(request.method(), request.headers()) {
        return problem.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Media sets a stricter one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    response
}

fn check(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A name that resolves to 127.0.0.1 is how a foreign page reaches a local server (DNS rebinding).
    if !is_loopback_host(host) {
        return Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "foreign_host",
            "Wrong host name",
            "This server answers only to localhost, 127.0.0.1 and [::1] until it has accounts.",
        ));
    }
    let changes_something = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let foreign_site = site.is_some_and(|site| site != "same-origin" && site != "none");
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let foreign_origin = origin.is_some_and(|origin| origin.split_once("://").is_none_or(|(_, rest)| rest != host));
    if changes_something && (foreign_site || foreign_origin) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "Not from this page",
            "Another web page tried to change something here. Open Sluice itself to do that.",
        ));
    }
    Ok(())
}

fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_foreign_page_can_neither_rebind_nor_post() {
        assert!(check(&Method::GET, &headers(&[("host", "evil.example:8080")])).is_err());
        assert!(check(&Method::GET, &headers(&[("host", "localhost:8080")])).is_ok());
        assert!(check(&Method::GET, &headers(&[("host", "[::1]:8080")])).is_ok());
        let cross = [("host", "localhost:8080"), ("sec-fetch-site", "cross-site")];
        assert!(check(&Method::POST, &headers(&cross)).is_err());
        assert!(
            check(&Method::POST, &headers(&[("host", "localhost:8080"), ("origin", "http://evil.example")])).is_err()
        );
        assert!(
            check(&Method::POST, &headers(&[("host", "localhost:8080"), ("origin", "http://localhost:8080")])).is_ok()
        );
        assert!(check(&Method::POST, &headers(&[("host", "127.0.0.1:8080")])).is_ok(), "a program sends no origin");
    }
}
