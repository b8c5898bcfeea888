//! Signing in by a browser: authorisation code with PKCE (Core 1.0, 3.1; RFC 7636).
//!
//! The secret of a sign-in is in a cookie of the browser that began it, and nowhere else. `state`, `nonce` and the code verifier
//! are derived from it by different labels, so that none reveals another, and the issuer's response is useless to any other
//! browser.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::Rng as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::token::{Claims, Rejected};
use super::{IssuerError, Oidc, json};

/// Why a sign-in at the issuer failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FlowError {
    /// Another browser began it, or it took too long.
    #[error("the answer of the issuer belongs to no sign-in of this browser")]
    OtherBrowser,
    /// Sign-in by the page is not configured.
    #[error("this server has no client id at the issuer")]
    NoClient,
    /// The issuer cannot be asked.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// Its token is not accepted.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// The secret of one sign-in: 256 random bits, in base64.
#[derive(Clone)]
pub(crate) struct Attempt(String);

/// Characters of 32 bytes in base64.
const LENGTH: usize = 43;

impl Attempt {
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// From the value of a cookie.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain =
            text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        plain.then(|| Self(text.to_owned()))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    fn derive(&self, purpose: &str) -> String {
        let mut block = [0; 64];
        if let Some(start) = block.get_mut(..LENGTH) {
            start.copy_from_slice(self.0.as_bytes());
        }
        let mut mac = <Hmac<Sha256>>::new(&block.into());
        mac.update(purpose.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

/// The members of the token endpoint's response that are used.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Oidc {
    /// The URL of the issuer's sign-in page, which redirects to `back`.
    pub(crate) async fn begin(&self, attempt: &Attempt, back: &str) -> Result<String, FlowError> {
        let client_id = self.settings.client_id.as_deref().ok_or(FlowError::NoClient)?;
        let endpoint = self.keys.discovered(&self.client).await?.authorization_endpoint;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(attempt.derive("verifier").as_bytes()));
        let (state, nonce) = (attempt.derive("state"), attempt.derive("nonce"));
        let query = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", back),
            ("scope", "openid email profile"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let url = reqwest::Url::parse_with_params(&endpoint, query);
        let url = url.map_err(|error| IssuerError::Odd { url: endpoint, why: error.to_string() })?;
        Ok(url.into())
    }

    /// The claims of the user who signed in, from the issuer's redirect.
    pub(crate) async fn finish(
        &self,
        attempt: &Attempt,
        code: &str,
        state: &str,
        back: &str,
    ) -> Result<Claims, FlowError> {
        let client_id = self.settings.client_id.as_deref().ok_or(FlowError::NoClient)?;
        if !bool::from(attempt.derive("state").as_bytes().ct_eq(state.as_bytes())) {
            return Err(FlowError::OtherBrowser);
        }
        let url = self.keys.discovered(&self.client).await?.token_endpoint;
        let verifier = attempt.derive("verifier");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("client_id", client_id),
            ("code_verifier", &verifier),
        ];
        let ask = self.client.post(&url).form(&form);
        let ask = match &self.settings.client_secret {
            // `client_secret_basic`, the default of Core 1.0, 9.
            Some(secret) => ask.basic_auth(encoded(client_id), Some(encoded(secret))),
            None => ask,
        };
        let response = ask.send().await.map_err(|source| IssuerError::Unreachable { url: url.clone(), source })?;
        let answer = json(&url, response).await?;
        let tokens: Tokens = serde_json::from_value(answer).map_err(|error| odd(&url, &error))?;
        Ok(self.id_token(&tokens.id_token, client_id, &attempt.derive("nonce")).await?)
    }
}

/// Form-encoded for the Basic scheme, as RFC 6749, 2.3.1 requires.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn odd(url: &str, error: &dyn std::error::Error) -> IssuerError {
    IssuerError::Odd { url: url.to_owned(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_a_secret_tells_nothing_of_the_rest() {
        let attempt = Attempt::new();
        let made = ["state", "nonce", "verifier"].map(|purpose| attempt.derive(purpose));
        assert!(made.iter().all(|text| text.len() == LENGTH && *text != attempt.0));
        assert!(made[0] != made[1] && made[1] != made[2] && made[0] != made[2]);
        assert_eq!(Attempt::parse(attempt.reveal()).unwrap().derive("state"), made[0]);
        assert!(Attempt::parse("short").is_none() && Attempt::parse(&"=".repeat(LENGTH)).is_none());
    }
}
