//! Secrets and signatures, as Standard Webhooks describes them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::Rng as _;
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// The secret of an endpoint. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one of 256 bits, from the operating system's generator.
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(format!("{PREFIX}{}", STANDARD.encode(bytes)))
    }

    /// As it is shown once, and stored.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A stored secret is no secret of ours.
#[derive(Debug, thiserror::Error)]
#[error("the endpoint's secret in the database cannot be read; rotate it")]
pub(crate) struct BadSecret;

/// The value of `webhook-signature`: one signature for each secret. `seconds` is the value of `webhook-timestamp`.
pub(crate) fn signatures(secrets: &[&str], id: &str, seconds: i64, body: &str) -> Result<String, BadSecret> {
    let signed = secrets.iter().map(|secret| signature(secret, id, seconds, body)).collect::<Result<Vec<_>, _>>()?;
    Ok(signed.join(" "))
}

fn signature(secret: &str, id: &str, seconds: i64, body: &str) -> Result<String, BadSecret> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX).ok_or(BadSecret)?).map_err(|_| BadSecret)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| BadSecret)?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference libraries.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}");
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signatures(&[secret], id, 1_614_265_330, body).unwrap(), expected);
        let both = signatures(&[secret, secret], id, 1_614_265_330, body).unwrap();
        assert_eq!(both, format!("{expected} {expected}"));
        assert!(signatures(&["other"], id, 1, body).is_err());
    }

    #[test]
    fn a_secret_has_256_bits_and_hides_itself() {
        let secret = Secret::new();
        assert_eq!(STANDARD.decode(secret.reveal().strip_prefix(PREFIX).unwrap()).unwrap().len(), 32);
        assert_ne!(secret, Secret::new());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
