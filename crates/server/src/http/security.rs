//! Protection of every request from foreign web pages, which must not be able to act through the user's browser.
//!
//! Without accounts being able to connect is all that is needed, so only loopback names are served: a foreign name that
//! resolves to 127.0.0.1 (DNS rebinding) is refused. With accounts a foreign name has none of our cookies.

use axum::extract::{Request, State};
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Api;
use super::hooks::is_hook;
use super::identity::Access;
use super::problem::Problem;
use crate::apps::ServerApp;

/// The policy of a page, to which [`policy`] adds what depends on the installation and on its apps. Pictures that wait to be
/// sent are shown, which `img-src` allows; nothing of the page fetches one.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
     style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// What the layer needs: the policy is the same for every response.
#[derive(Clone)]
pub(super) struct Protection {
    api: Api,
    policy: HeaderValue,
}

impl Protection {
    pub(super) fn new(api: Api, apps: &[&dyn ServerApp]) -> Self {
        let local: Vec<&str> = apps.iter().flat_map(|app| app.connects()).copied().collect();
        let policy = policy(api.app.platform.media.blobs().redirect_origin(), &local);
        Self { api, policy }
    }
}

/// Rejects foreign hosts and foreign origins, and sets the headers of every response.
pub(super) async fn protect(
    State(Protection { api, policy }): State<Protection>,
    request: Request,
    next: Next,
) -> Response {
    let rules = Rules::of(&api.access);
    // A probe asks by the address of a machine, and learns nothing that is anybody's.
    let is_probe = request.uri().path().starts_with("/health/");
    let checked = if is_probe || is_hook(request.uri().path()) {
        at_most_one_host(request.headers())
    } else {
        check(&rules, request.method(), request.uri(), request.headers())
    };
    if let Err(problem) = checked {
        return problem.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With no-referrer a browser sends `Origin: null` with the forms of our own pages, which is what a foreign page may send.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if api.access.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // Media sets a stricter one.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The policy of a page, with the origin to which requests for media are redirected, and with the `local` ones that pages of
/// apps connect to.
fn policy(media: Option<&str>, local: &[&str]) -> HeaderValue {
    let media = media.iter().flat_map(|origin| [("img-src", *origin), ("media-src", *origin)]);
    let local = local.iter().map(|origin| ("connect-src", *origin));
    let text = media.chain(local).fold(CONTENT_SECURITY_POLICY.to_owned(), |text, (list, origin)| {
        text.replace(&format!("{list} 'self'"), &format!("{list} 'self' {origin}"))
    });
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY))
}

/// The names under which this server answers.
struct Rules {
    /// No name but those of this machine.
    loopback_only: bool,
    /// The name behind which it is reached, by a proxy that may not pass it on.
    public: Option<Authority>,
}

impl Rules {
    fn of(access: &Access) -> Self {
        Self { loopback_only: access.single_user, public: access.public_authority().cloned() }
    }

    fn serves(&self, host: &Authority) -> bool {
        let public = self.public.as_ref();
        is_loopback(host) || public == Some(host) || (!self.loopback_only && public.is_none())
    }
}

fn check(rules: &Rules, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let host = host(uri, headers)?;
    if !rules.serves(&host) {
        let detail = if rules.loopback_only {
            "In single-user mode this server accepts requests for localhost, 127.0.0.1 and [::1] only."
        } else {
            "This server is reached under its public address, or by the names of its own machine."
        };
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "foreign_host", "Wrong host name", detail));
    }
    let changes_something = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let foreign_site = site.is_some_and(|site| site != "same-origin" && site != "none");
    let foreign_origin = headers.get(header::ORIGIN).is_some_and(|origin| {
        !is_origin(origin, &host) && !rules.public.as_ref().is_some_and(|public| is_origin(origin, public))
    });
    if changes_something && (foreign_site || foreign_origin) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "Cross-origin request rejected",
            "Another web page tried to change data. Use Sluice's own page for that.",
        ));
    }
    Ok(())
}

fn invalid(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_host", "The host of the request is not clear", detail)
}

/// What is answered under any name, or under none: two names are refused there, too (RFC 9112, 3.2), since what is in front may
/// have gone by the other one.
fn at_most_one_host(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get_all(header::HOST).iter().nth(1) {
        Some(_) => Err(invalid("A request has exactly one Host header.")),
        None => Ok(()),
    }
}

/// The host of the request, by RFC 9112, 3.2: a single Host header, overridden by the authority of the request target.
fn host(uri: &Uri, headers: &HeaderMap) -> Result<Authority, Problem> {
    let mut all = headers.get_all(header::HOST).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Err(invalid("A request has exactly one Host header."));
    };
    let parsed = value.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
    // Programs disagree on the meaning of an authority with user information or an invalid port.
    let parsed = parsed.filter(|host| !host.as_str().contains('@') && has_valid_port(host));
    let host = parsed.ok_or_else(|| invalid("The Host header is not a host name with an optional port."))?;
    match uri.authority() {
        Some(target) if *target == host => Ok(host),
        Some(_) => Err(invalid("The Host header and the address of the request name different hosts.")),
        None => Ok(host),
    }
}

fn has_valid_port(host: &Authority) -> bool {
    let name = host.host().len();
    host.port_u16().is_some() || host.as_str().len() == name
}

fn is_loopback(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    // An IP address cannot be rebound, unlike a name.
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_origin(origin: &HeaderValue, host: &Authority) -> bool {
    let parsed = origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
    // `Authority` compares case-insensitively, as required for host names.
    parsed.is_some_and(|uri| uri.authority() == Some(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: Rules = Rules { loopback_only: true, public: None };

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(header::HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn get(pairs: &[(&'static str, &'static str)]) -> Result<(), Problem> {
        check(&LOCAL, &Method::GET, &Uri::from_static("/"), &headers(pairs))
    }

    fn post(pairs: &[(&'static str, &'static str)]) -> Result<(), Problem> {
        check(&LOCAL, &Method::POST, &Uri::from_static("/"), &headers(pairs))
    }

    #[test]
    fn a_foreign_page_can_neither_rebind_nor_post() {
        assert!(get(&[("host", "evil.example:8080")]).is_err());
        assert!(get(&[("host", "localhost.evil.example")]).is_err());
        assert!(post(&[("host", "localhost:8080"), ("sec-fetch-site", "cross-site")]).is_err());
        assert!(post(&[("host", "localhost:8080"), ("origin", "http://evil.example")]).is_err());
        assert!(post(&[("host", "localhost:8080"), ("origin", "null")]).is_err());
        assert!(post(&[("host", "localhost:8080"), ("origin", "http://localhost:9090")]).is_err());
        assert!(post(&[("host", "localhost:8080"), ("origin", "http://localhost:8080")]).is_ok());
        assert!(post(&[("host", "127.0.0.1:8080")]).is_ok(), "a program sends no origin");
    }

    #[test]
    fn a_page_connects_to_this_server_and_where_its_apps_say() {
        let of = |media, local: &[&str]| {
            let policy = policy(media, local).to_str().unwrap().to_owned();
            policy.split("; ").filter(|list| list.contains("-src 'self'")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert!(of(None, &[]).contains(&"connect-src 'self'".to_owned()));
        let both = of(Some("https://bucket.example"), &["http://127.0.0.1:1", "http://127.0.0.1:2"]);
        for list in [
            "connect-src 'self' http://127.0.0.1:2 http://127.0.0.1:1",
            "img-src 'self' https://bucket.example data: blob:",
            "media-src 'self' https://bucket.example blob:",
        ] {
            assert!(both.contains(&list.to_owned()), "{both:?}");
        }
    }

    #[test]
    fn a_host_is_compared_without_case_and_with_any_port() {
        for host in ["localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
            assert!(get(&[("host", host)]).is_ok(), "{host}");
        }
        assert!(post(&[("host", "LOCALHOST:8080"), ("origin", "http://localhost:8080")]).is_ok());
    }

    #[test]
    fn a_host_that_is_not_clear_is_refused() {
        assert!(get(&[]).is_err());
        assert!(get(&[("host", "localhost"), ("host", "localhost")]).is_err());
        for host in ["", "a@localhost", "localhost:port", "localhost:", "localhost:99999", "localhost/x"] {
            assert!(get(&[("host", host)]).is_err(), "{host}");
        }
        let absolute = |target: &'static str, host: &'static str| {
            check(&LOCAL, &Method::GET, &Uri::from_static(target), &headers(&[("host", host)]))
        };
        assert!(absolute("http://localhost:8080/api", "localhost:8080").is_ok());
        assert!(absolute("http://evil.example/api", "localhost:8080").is_err());
        assert!(absolute("http://evil.example/api", "evil.example").is_err());
    }

    #[test]
    fn with_accounts_a_server_has_the_name_that_it_was_given() {
        let ask = |public: Option<&'static str>, pairs: &[(&'static str, &'static str)]| {
            let rules = Rules { loopback_only: false, public: public.map(Authority::from_static) };
            check(&rules, &Method::POST, &Uri::from_static("/"), &headers(pairs))
        };
        assert!(ask(None, &[("host", "media.example")]).is_ok());
        assert!(ask(None, &[("host", "media.example"), ("origin", "https://media.example")]).is_ok());
        assert!(ask(None, &[("host", "media.example"), ("origin", "https://evil.example")]).is_err());
        let public = Some("media.example");
        assert!(ask(public, &[("host", "media.example")]).is_ok());
        assert!(ask(public, &[("host", "evil.example")]).is_err());
        // A proxy that does not pass the name on.
        assert!(ask(public, &[("host", "127.0.0.1:8080"), ("origin", "https://media.example")]).is_ok());
        assert!(ask(public, &[("host", "127.0.0.1:8080"), ("origin", "https://evil.example")]).is_err());
    }
}
