//! Keys: any is accepted but `bad-key`.

use axum::http::{HeaderMap, Uri};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::call::Provider;
use crate::refusal::Refusal;

/// The key that no provider accepts.
const BAD: &str = "bad-key";

/// Refuses a request without a key, or with the bad one.
pub(crate) fn check(provider: Provider, headers: &HeaderMap, uri: &Uri) -> Result<(), Refusal> {
    let keys = keys(provider, headers, uri);
    if keys.is_empty() {
        return Err(Refusal::NoKey);
    }
    if keys.iter().any(|key| is_bad(key)) {
        return Err(Refusal::BadKey);
    }
    Ok(())
}

/// What the provider takes for a key; both halves of one in two headers.
fn keys(provider: Provider, headers: &HeaderMap, uri: &Uri) -> Vec<String> {
    let header = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
    };
    let with_scheme = |scheme: &str| {
        let (given, key) = header("authorization")?.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then_some(key.trim()).filter(|key| !key.is_empty())
    };
    let found = match provider {
        Provider::OpenAi | Provider::OpenRouter => vec![with_scheme("bearer")],
        Provider::ElevenLabs => vec![header("xi-api-key")],
        Provider::Did => {
            vec![with_scheme("basic").or_else(|| with_scheme("bearer")).or_else(|| with_scheme("client-key"))]
        }
        Provider::Vision => {
            let query = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("key="));
            vec![
                query
                    .filter(|key| !key.is_empty())
                    .or_else(|| header("x-goog-api-key"))
                    .or_else(|| with_scheme("bearer")),
            ]
        }
        Provider::Runner => match (header("modal-key"), header("modal-secret")) {
            (Some(key), Some(secret)) => vec![Some(key), Some(secret)],
            _ => vec![with_scheme("bearer")],
        },
    };
    found.into_iter().flatten().map(str::to_owned).collect()
}

/// The bad key: alone, as a user's secret, or either of them encoded, as some clients of D-ID do.
fn is_bad(key: &str) -> bool {
    let bad = |text: &str| text == BAD || text.ends_with(":bad-key") || text.starts_with("bad-key:");
    bad(key)
        || BASE64_STANDARD
            .decode(key)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .is_some_and(|text| bad(&text))
}
