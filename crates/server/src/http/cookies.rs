//! The cookies of a session, and of a sign-in at the issuer.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluice_app::account::secret::Secret;

use super::identity::Access;
use crate::oidc::Attempt;

/// Name of the cookie of a session.
const SESSION: &str = "sluice_session";
/// Name of the cookie of a sign-in at the issuer.
const ATTEMPT: &str = "sluice_attempt";
/// Seconds that a sign-in at the issuer may take.
const ATTEMPT_SECONDS: u64 = 600;

/// With the prefix, browsers accept the cookie over TLS alone, and for this host alone (RFC 6265bis, 4.1.3.2).
fn full_name(access: &Access, name: &str) -> String {
    if access.is_secure() { format!("__Host-{name}") } else { name.to_owned() }
}

/// `Lax`: a link from a mail opens the page signed in, and no other site can post with it.
fn text(access: &Access, name: &str, value: &str, seconds: u64) -> HeaderValue {
    let (name, secure) = (full_name(access, name), if access.is_secure() { "; Secure" } else { "" });
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Sets the cookie, for as long as a session lasts unused.
pub(super) fn session(access: &Access, secret: &Secret) -> HeaderValue {
    text(access, SESSION, secret.reveal(), access.accounts.settings().session.as_secs())
}

/// Removes it.
pub(super) fn none(access: &Access) -> HeaderValue {
    text(access, SESSION, "", 0)
}

/// The secret in a request's cookie.
pub(super) fn read<'h>(access: &Access, headers: &'h HeaderMap) -> Option<&'h str> {
    value(access, headers, SESSION)
}

/// Sets the cookie of a sign-in at the issuer, with the path that it leads to.
pub(super) fn attempt(access: &Access, attempt: &Attempt, next: &str) -> HeaderValue {
    let value = format!("{}.{}", attempt.reveal(), URL_SAFE_NO_PAD.encode(next));
    text(access, ATTEMPT, &value, ATTEMPT_SECONDS)
}

/// Removes it.
pub(super) fn no_attempt(access: &Access) -> HeaderValue {
    text(access, ATTEMPT, "", 0)
}

/// The sign-in of this browser, and the path that it leads to.
pub(super) fn read_attempt(access: &Access, headers: &HeaderMap) -> Option<(Attempt, String)> {
    let (secret, next) = value(access, headers, ATTEMPT)?.split_once('.')?;
    let next = URL_SAFE_NO_PAD.decode(next).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
    Some((Attempt::parse(secret)?, next))
}

fn value<'h>(access: &Access, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let wanted = full_name(access, name);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pair = |pair: &'h str| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted).then_some(value)
    };
    all.flat_map(|cookies| cookies.split(';')).find_map(pair)
}
