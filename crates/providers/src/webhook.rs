//! Webhooks from providers. What arrives is not trusted: it only says for which work the provider is to be asked.
//!
//! The HTTP endpoint checks the token in the path; here the size, the signature and the age are checked, before the body is
//! parsed. An unknown, late or repeated notice does no harm, since the outcome comes from the provider itself.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use serde_json::Value;
use sha2::Sha256;
use sluice_domain::time::Timestamp;

use crate::http::{Secret, header};

/// The most bytes of a webhook that are read.
pub const LARGEST: usize = 4 * 1024 * 1024;
/// The most characters of a provider's id.
const LONGEST_ID: usize = 200;

/// What a webhook says: ask the provider about this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The provider's id of the work.
    pub provider_id: String,
    /// The id of the notice, which a repetition has again; none where the provider gives none.
    pub event_id: Option<String>,
}

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its body is too large.
    #[error("the webhook is larger than {LARGEST} bytes")]
    TooLarge,
    /// It has no signature, or an unreadable one.
    #[error("the webhook is not signed")]
    Unsigned,
    /// No signature matches.
    #[error("the webhook's signature is wrong: check that both sides have the same secret")]
    WrongSignature,
    /// It was signed too long ago, or in the future.
    #[error("the webhook is too old, or from the future: check the clocks of both sides")]
    Stale,
    /// It does not name any work.
    #[error("the webhook does not say what it is about")]
    Unreadable,
}

impl Refused {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "webhook_too_large",
            Self::Unsigned => "webhook_unsigned",
            Self::WrongSignature => "webhook_signature_wrong",
            Self::Stale => "webhook_stale",
            Self::Unreadable => "webhook_unreadable",
        }
    }
}

/// Refuses a body that is too large.
pub(crate) fn check_size(body: &[u8]) -> Result<(), Refused> {
    if body.len() > LARGEST { Err(Refused::TooLarge) } else { Ok(()) }
}

/// The body as JSON.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Refused> {
    serde_json::from_slice(body).map_err(|_| Refused::Unreadable)
}

/// The first of these places that holds an id. What does not look like one is refused, as it becomes part of a path.
pub(crate) fn id_in(body: &Value, places: &[&str]) -> Result<String, Refused> {
    let found = places.iter().find_map(|place| body.pointer(place)?.as_str()).ok_or(Refused::Unreadable)?;
    if is_id(found) { Ok(found.to_owned()) } else { Err(Refused::Unreadable) }
}

/// Whether a text can be a provider's id and a segment of a path.
pub(crate) fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@|~".contains(&byte);
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain) && !text.bytes().all(|byte| byte == b'.')
}

/// Whether `seconds` since 1970 is at most `window` away from now, in either direction.
pub(crate) fn check_age(seconds: &str, now: Timestamp, window: Duration) -> Result<(), Refused> {
    let at: i64 = seconds.parse().map_err(|_| Refused::Unsigned)?;
    let at = Timestamp::from_millis(at.checked_mul(1_000).ok_or(Refused::Stale)?);
    if now.since(at).max(at.since(now)) > window { Err(Refused::Stale) } else { Ok(()) }
}

/// Whether `signature` is the HMAC-SHA256 of the parts, one after the other. Takes the same time for every wrong one.
pub(crate) fn is_signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(signature).is_ok()
}

/// How old a webhook by Standard Webhooks may be.
const STANDARD_WINDOW: Duration = Duration::from_mins(5);

/// Whether a text is a secret of [Standard Webhooks](https://www.standardwebhooks.com).
pub fn is_standard_secret(text: &str) -> bool {
    standard_key(text).is_some()
}

/// The key in a secret: never an empty one, with which everybody could sign.
fn standard_key(secret: &str) -> Option<Vec<u8>> {
    STANDARD.decode(secret.strip_prefix("whsec_")?).ok().filter(|key| !key.is_empty())
}

/// Verifies a webhook by [Standard Webhooks](https://www.standardwebhooks.com), and returns its id. Any of the secrets
/// counts, so that they can be rotated.
pub(crate) fn standard(
    secrets: &[Secret],
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<String, Refused> {
    check_size(body)?;
    let get = |name| header(headers, name).filter(|value| !value.is_empty()).ok_or(Refused::Unsigned);
    let (id, at, signatures) = (get("webhook-id")?, get("webhook-timestamp")?, get("webhook-signature")?);
    let signatures: Vec<Vec<u8>> =
        signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok()).collect();
    if signatures.is_empty() {
        return Err(Refused::Unsigned);
    }
    let parts = [id.as_bytes(), b".", at.as_bytes(), b".", body];
    let keys: Vec<Vec<u8>> = secrets.iter().filter_map(|secret| standard_key(secret.reveal())).collect();
    if !keys.iter().any(|key| signatures.iter().any(|signature| is_signed(key, &parts, signature))) {
        return Err(Refused::WrongSignature);
    }
    check_age(at, now, STANDARD_WINDOW)?;
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn headers(signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        headers.insert("webhook-timestamp", HeaderValue::from_static("1614265330"));
        headers.insert("webhook-signature", HeaderValue::from_str(signature).unwrap());
        headers
    }

    /// The example of the reference libraries.
    #[test]
    fn standard_webhooks_are_verified() {
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let right = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let other = Secret::new("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let verify = |secrets: &[Secret], signature: &str, body: &[u8], seconds: i64| {
            standard(secrets, &headers(signature), body, Timestamp::from_millis(seconds * 1_000))
        };
        let (right, both) = (&[right.clone()][..], &[other.clone(), right][..]);
        let now = 1_614_265_330;
        assert_eq!(verify(right, signature, BODY, now).as_deref(), Ok("msg_p5jXN8AQM9LWM0D4loKWxJek"));
        assert!(verify(both, signature, BODY, now + 300).is_ok(), "a rotated secret");
        let two = format!("v1,AAAA v1a,BBBB {signature}");
        assert!(verify(right, &two, BODY, now - 300).is_ok(), "the first signature is another's");
        assert_eq!(verify(right, signature, BODY, now + 301), Err(Refused::Stale), "a replay");
        assert_eq!(verify(right, signature, BODY, now - 301), Err(Refused::Stale), "from the future");
        assert_eq!(
            verify(right, signature, br#"{"test":2432232314}"#, now),
            Err(Refused::WrongSignature),
            "re-encoded"
        );
        assert_eq!(verify(&[other], signature, BODY, now), Err(Refused::WrongSignature));
        assert_eq!(verify(right, "v1a,g0hM", BODY, now), Err(Refused::Unsigned), "of another version alone");
        assert_eq!(verify(right, signature, &vec![b' '; LARGEST + 1], now), Err(Refused::TooLarge));
        let mut none = headers(signature);
        none.remove("webhook-id");
        assert_eq!(standard(right, &none, BODY, Timestamp::from_millis(now * 1_000)), Err(Refused::Unsigned));
    }

    #[test]
    fn only_secrets_of_the_form_are_taken_for_secrets() {
        for (text, is) in [
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true),
            ("whsec_", false),
            ("whsec_not-base64", false),
            ("wsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false),
        ] {
            assert_eq!(is_standard_secret(text), is, "{text}");
        }
    }

    #[test]
    fn only_ids_are_taken_for_ids() {
        for (text, is) in [
            ("tlk_Ab-1", true),
            ("google-oauth2|10@x.y", true),
            ("", false),
            ("../../keys", false),
            ("..", false),
            ("a b", false),
        ] {
            assert_eq!(is_id(text), is, "{text}");
        }
        assert!(!is_id(&"a".repeat(LONGEST_ID + 1)));
    }
}
