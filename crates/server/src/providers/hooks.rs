//! The notifications of each kind of provider that sends some.

use std::sync::Arc;

use axum::http::HeaderMap;
use sluice_app::providers::Key;
use sluice_app::providers::config::Kind;
use sluice_app::providers::open::{Delivery, Hook, Notice, Unacceptable};
use sluice_domain::time::Timestamp;
use sluice_providers::http::Secret;
use sluice_providers::webhook::{self, Refused};
use sluice_providers::{did, elevenlabs, runner};

/// What reads them; none of a kind that sends none.
pub(super) fn of(kind: Kind) -> Option<Arc<dyn Hook>> {
    match kind {
        Kind::DId => Some(Arc::new(Unsigned)),
        Kind::Runner => {
            Some(Arc::new(Signed { verify: runner::webhook, is_secret: webhook::is_standard_secret, form: STANDARD }))
        }
        Kind::ElevenLabs => Some(Arc::new(Signed {
            verify: elevenlabs::webhook,
            is_secret: elevenlabs::is_webhook_secret,
            form: ELEVENLABS,
        })),
        Kind::OpenAi | Kind::OpenRouter | Kind::Vision => None,
    }
}

/// Of D-ID: the token of the endpoint alone authenticates them.
struct Unsigned;

impl Hook for Unsigned {
    fn is_signed(&self) -> bool {
        false
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Notice, Unacceptable> {
        did::webhook(delivery.headers, delivery.body).map(notice).map_err(unacceptable)
    }
}

/// Verifies a notification by any of the secrets.
type Verify = fn(&[Secret], &HeaderMap, &[u8], Timestamp) -> Result<webhook::Notice, Refused>;

/// Of a runner, by Standard Webhooks, and of ElevenLabs, in its own way. Without a secret none is accepted, and they are polled.
struct Signed {
    verify: Verify,
    is_secret: fn(&str) -> bool,
    form: &'static str,
}

/// The form of a secret of Standard Webhooks.
const STANDARD: &str = "whsec_ with base64 after it";
/// The form of a secret of ElevenLabs.
const ELEVENLABS: &str = "wsec_ with letters and digits after it, as ElevenLabs shows it once when the webhook is made";

impl Hook for Signed {
    fn check_secret(&self, secret: &Key) -> Result<(), &'static str> {
        if (self.is_secret)(secret.reveal()) { Ok(()) } else { Err(self.form) }
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Notice, Unacceptable> {
        let secret = delivery.secret.ok_or(Unacceptable::Unsigned)?;
        let secret = Secret::new(secret.reveal()).map_err(|_| Unacceptable::Unsigned)?;
        let read = (self.verify)(&[secret], delivery.headers, delivery.body, delivery.now);
        read.map(notice).map_err(unacceptable)
    }
}

fn notice(notice: webhook::Notice) -> Notice {
    Notice { ids: vec![notice.provider_id], event: notice.event_id }
}

fn unacceptable(refused: Refused) -> Unacceptable {
    match refused {
        Refused::Unsigned | Refused::WrongSignature => Unacceptable::Unsigned,
        Refused::Stale => Unacceptable::OutOfWindow,
        Refused::TooLarge | Refused::Unreadable => Unacceptable::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, headers: &HeaderMap, body: &[u8], secret: Option<&str>) -> Result<Notice, Unacceptable> {
        let secret = secret.map(|text| Key::new(text.to_owned()).unwrap());
        let now = Timestamp::from_millis(1_614_265_330_000);
        of(kind).unwrap().read(&Delivery { headers, body, secret: secret.as_ref(), now })
    }

    #[test]
    fn a_notification_names_its_work() {
        let body = br#"{"id": "clp_1", "status": "done"}"#;
        let found = read(Kind::DId, &HeaderMap::new(), body, None);
        assert_eq!(found, Ok(Notice { ids: vec!["clp_1".to_owned()], event: None }));
        assert_eq!(read(Kind::DId, &HeaderMap::new(), b"{}", None), Err(Unacceptable::Unreadable));
        assert!(of(Kind::OpenAi).is_none());
    }

    /// The signature is of another implementation.
    #[test]
    fn elevenlabs_signs_its_notifications() {
        let mut headers = HeaderMap::new();
        let signature = "t=1614265330,v0=977a53718ff6aef5d2e475a173bf0dca566a03ee62455dc5efda1166a8f45ef2";
        headers.insert("elevenlabs-signature", signature.parse().unwrap());
        let body = br#"{"type":"speech_to_text_transcription","data":{"request_id":"r","transcription":{"transcription_id":"tr_1"}}}"#;
        let found = read(Kind::ElevenLabs, &headers, body, Some("wsec_test"));
        assert_eq!(found, Ok(Notice { ids: vec!["tr_1".to_owned()], event: None }));
        let forged = read(Kind::ElevenLabs, &headers, br#"{"data":{"request_id":"other"}}"#, Some("wsec_test"));
        assert_eq!(forged, Err(Unacceptable::Unsigned));
        assert_eq!(read(Kind::ElevenLabs, &headers, body, None), Err(Unacceptable::Unsigned), "no secret was set");
    }

    /// The signature is of another implementation.
    #[test]
    fn a_runner_signs_its_notifications() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,DyN5JEB6sVvNy8uihPuo75X4U4+OFmFTFiMxR4s7/5Y="),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let body = br#"{"data":{"id":"fc-1"}}"#;
        let found = read(Kind::Runner, &headers, body, Some(secret));
        assert_eq!(found, Ok(Notice { ids: vec!["fc-1".to_owned()], event: Some("msg_1".to_owned()) }));
        let forged = read(Kind::Runner, &headers, br#"{"data":{"id":"fc-2"}}"#, Some(secret));
        assert_eq!(forged, Err(Unacceptable::Unsigned));
        assert_eq!(read(Kind::Runner, &headers, body, None), Err(Unacceptable::Unsigned), "no secret was set");
        headers.insert("webhook-timestamp", "1614265000".parse().unwrap());
        assert_eq!(read(Kind::Runner, &headers, body, Some(secret)), Err(Unacceptable::Unsigned), "it signs its time");
    }
}
