//! ElevenLabs: speech with the time of every word, its voices, and transcription.
//!
//! Speech is made within one call, which ElevenLabs does not find again by a key of ours: if its answer is lost, nobody can
//! tell whether it was charged, and a person decides. A transcription may also be left with ElevenLabs, which keeps it under
//! an id and reports its end by webhook.

mod account;
mod speech;
mod transcription;
mod voices;

use std::time::Duration;

use http::HeaderMap;
use sluice_domain::time::Timestamp;

pub use account::{Account, Settings, Subscription};
pub use speech::{SpeechModel, SpeechSettings};
pub use transcription::{TranscriptionModel, TranscriptionSettings};
pub use voices::voices;

use crate::http::{Secret, header};
use crate::webhook::{Notice, Refused, check_age, check_size, id_in, is_signed, parse};

/// The provider's name in health, limits and prices.
pub const NAME: &str = "elevenlabs";
/// The version of its interface, which the addresses have: answers name none of their model.
const VERSION: &str = "v1";

/// How old a webhook may be: ElevenLabs signs it once, and repeats it with the same signature.
const WINDOW: Duration = Duration::from_mins(30);

/// Whether a text is a secret with which ElevenLabs signs webhooks.
pub fn is_webhook_secret(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    text.strip_prefix("wsec_").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain))
}

/// Verifies a webhook (`ElevenLabs-Signature: t=…,v0=…`), and returns of which transcription it tells. Any of the secrets
/// counts, so that they can be rotated.
pub fn webhook(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Notice, Refused> {
    check_size(body)?;
    let signature = header(headers, "elevenlabs-signature").ok_or(Refused::Unsigned)?;
    let parts: Vec<(&str, &str)> = signature.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let at = parts.iter().find(|(name, _)| *name == "t").map(|(_, value)| *value).ok_or(Refused::Unsigned)?;
    let signatures: Vec<Vec<u8>> =
        parts.iter().filter(|(name, _)| *name == "v0").filter_map(|(_, value)| hex::decode(value).ok()).collect();
    if signatures.is_empty() {
        return Err(Refused::Unsigned);
    }
    let signed = [at.as_bytes(), b".", body];
    let matches = |secret: &Secret| signatures.iter().any(|one| is_signed(secret.reveal().as_bytes(), &signed, one));
    if !secrets.iter().any(matches) {
        return Err(Refused::WrongSignature);
    }
    check_age(at, now, WINDOW)?;
    let places = ["/data/transcription/transcription_id", "/data/transcription_id", "/data/request_id"];
    Ok(Notice { provider_id: id_in(&parse(body)?, &places)?, event_id: None })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn webhooks_are_verified() {
        let secret = [Secret::new("wsec_test").unwrap()];
        let at = 1_739_537_297;
        let right = "t=1739537297,v0=62277903f838e2226a5b24a1f6b0d0641c7db163f910b5e6ed34b110ea66699a";
        let verify = |signature: &str, body: &[u8], seconds: i64| {
            let mut headers = HeaderMap::new();
            headers.insert("elevenlabs-signature", HeaderValue::from_str(signature).unwrap());
            webhook(&secret, &headers, body, Timestamp::from_millis(seconds * 1_000))
        };
        let body = br#"{"a":1}"#;
        assert_eq!(verify(right, body, at), Err(Refused::Unreadable), "verified, but it names nothing");
        let two = format!("{right},v0=00,v1=11");
        assert_eq!(verify(&two, body, at + 1_800), Err(Refused::Unreadable));
        assert_eq!(verify(right, body, at + 1_801), Err(Refused::Stale));
        assert_eq!(verify(right, br#"{"a":2}"#, at), Err(Refused::WrongSignature));
        assert_eq!(
            verify("t=1739537298,v0=62277903f838e2226a5b24a1f6b0d0641c7db163f910b5e6ed34b110ea66699a", body, at),
            Err(Refused::WrongSignature)
        );
        for odd in ["t=1739537297", "v0=00", "", "t=1739537297,v0=xyz"] {
            assert_eq!(verify(odd, body, at), Err(Refused::Unsigned), "{odd}");
        }
        assert_eq!(webhook(&secret, &HeaderMap::new(), body, Timestamp::from_millis(0)), Err(Refused::Unsigned));
    }
}
