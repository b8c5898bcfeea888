//! What is checked of a token, in this order: size and form, algorithm, type, key, signature, issuer, times, audience, party,
//! state.

use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use sluice_domain::time::Timestamp;

use super::{IssuerError, Oidc};

/// Most bytes of a token: what a browser keeps in a cookie is half of it.
const LONGEST: usize = 8 * 1024;
/// By how many seconds the clocks may differ. A session token of Clerk lasts 60.
const TOLERANCE: u64 = 10;
/// Signatures by a key pair alone: with HS256 the public key would be the secret.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
];

/// What a token says, after it was checked.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    /// Who it is, for this issuer.
    pub(crate) sub: String,
    /// When it expires, in seconds since 1970.
    exp: f64,
    #[serde(default)]
    iat: Option<f64>,
    #[serde(default)]
    aud: Option<Value>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<Value>,
    #[serde(default)]
    name: Option<String>,
    /// Clerk: `pending` while something is left to do before the session counts.
    #[serde(default)]
    sts: Option<String>,
    /// Somebody who acts in this person's place.
    #[serde(default)]
    act: Option<Value>,
}

impl Claims {
    /// When it is not accepted any more.
    #[expect(clippy::cast_possible_truncation, reason = "saturates in the far future")]
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp::from_millis((self.exp * 1_000.0) as i64) + Duration::from_secs(TOLERANCE)
    }

    /// The email address, if the issuer has verified it.
    pub(crate) fn verified_email(&self) -> Option<&str> {
        // Some write it as text.
        let yes = self.email_verified.as_ref().is_some_and(|value| *value == true || *value == "true");
        self.email.as_deref().filter(|_| yes)
    }

    /// What the person is called there.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether somebody acts in this person's place.
    pub(crate) const fn is_impersonated(&self) -> bool {
        self.act.is_some()
    }

    fn audiences(&self) -> Vec<&str> {
        match &self.aud {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// Why a token is not accepted; for the log, and for who develops against this server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejected {
    /// It is none.
    #[error("token-invalid: it is not a signed token")]
    Malformed,
    /// It is for another purpose, or asks for what is not understood here.
    #[error("token-invalid-type: tokens of sessions, ID tokens and access tokens are accepted")]
    Type,
    /// Its algorithm is none of [`ALGORITHMS`], or not the one that its key is for.
    #[error("token-invalid-algorithm: signatures by RSA or ECDSA are accepted, by the algorithm that the key is for")]
    Algorithm,
    /// The issuer has no such key.
    #[error("jwk-kid-mismatch: the issuer has no such key")]
    UnknownKey,
    /// Its signature is not by that key.
    #[error("token-invalid-signature: it was not signed by the issuer, or was changed")]
    Signature,
    /// It is from somebody else.
    #[error("token-invalid-issuer: it is from another issuer")]
    Issuer,
    /// Its time is over.
    #[error("token-expired: get a new one")]
    Expired,
    /// Its time has not come.
    #[error("token-not-active-yet: it is from the future; compare the clocks of the issuer and of this server")]
    Future,
    /// It is for somebody else.
    #[error("token-invalid-audience: it is for another service")]
    Audience,
    /// It was given to another application.
    #[error("token-invalid-authorized-parties: it was given to another application")]
    Party,
    /// Something is left to do before the session counts.
    #[error("token-pending: the session at the issuer is not complete")]
    Pending,
    /// It answers another sign-in.
    #[error("token-invalid-nonce: it answers another sign-in")]
    Nonce,
    /// The issuer cannot be asked for its keys.
    #[error(transparent)]
    Issuers(#[from] IssuerError),
}

impl Oidc {
    /// Checks a token that came with a request.
    pub(crate) async fn bearer(&self, token: &str) -> Result<Claims, Rejected> {
        let (claims, header) = self.signed(token).await?;
        let settings = self.settings();
        let for_us = claims.audiences().iter().any(|aud| settings.audiences.iter().any(|wanted| wanted == aud));
        if !settings.audiences.is_empty() && !for_us {
            return Err(Rejected::Audience);
        }
        // An access token (RFC 9068) is for one audience, which has to be this server.
        if kind(&header) == Some(Kind::Access) && !for_us {
            return Err(Rejected::Audience);
        }
        let party = claims.azp.as_ref().is_some_and(|azp| settings.parties.contains(azp));
        if !settings.parties.is_empty() && !party {
            return Err(Rejected::Party);
        }
        if claims.sts.as_deref() == Some("pending") {
            return Err(Rejected::Pending);
        }
        Ok(claims)
    }

    /// Checks the token of a sign-in, which answers the request with this nonce (Core 1.0, 3.1.3.7).
    pub(super) async fn id_token(&self, token: &str, client_id: &str, nonce: &str) -> Result<Claims, Rejected> {
        let (claims, _) = self.signed(token).await?;
        let audiences = claims.audiences();
        if !audiences.contains(&client_id) {
            return Err(Rejected::Audience);
        }
        let of_us = claims.azp.as_deref().is_none_or(|azp| azp == client_id);
        if !of_us || (audiences.len() > 1 && claims.azp.is_none()) {
            return Err(Rejected::Party);
        }
        if claims.nonce.as_deref() == Some(nonce) { Ok(claims) } else { Err(Rejected::Nonce) }
    }

    async fn signed(&self, token: &str) -> Result<(Claims, Header), Rejected> {
        use jsonwebtoken::errors::ErrorKind;

        if token.len() > LONGEST || token.split('.').count() != 3 {
            return Err(Rejected::Malformed);
        }
        let header = decode_header(token).map_err(|error| match error.kind() {
            // Such as "none".
            ErrorKind::Json(_) | ErrorKind::InvalidAlgorithmName => Rejected::Algorithm,
            _ => Rejected::Malformed,
        })?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(Rejected::Algorithm);
        }
        // What is critical has to be understood (RFC 7515, 4.1.11), and nothing is. An answer to a logout, say, is signed by the
        // same keys, and proves nothing here (RFC 8725, 3.11).
        if header.crit.is_some() || kind(&header).is_none() {
            return Err(Rejected::Type);
        }
        let key = self.keys.key(&self.client, header.kid.as_deref()).await?.ok_or(Rejected::UnknownKey)?;
        if !fits(&key, header.alg) {
            return Err(Rejected::Algorithm);
        }
        let decoding = DecodingKey::from_jwk(&key).map_err(|_| Rejected::UnknownKey)?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = TOLERANCE;
        validation.validate_nbf = true;
        // Checked above, by what is configured.
        validation.validate_aud = false;
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        let claims = decode::<Claims>(token, &decoding, &validation).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => Rejected::Signature,
            ErrorKind::ExpiredSignature => Rejected::Expired,
            ErrorKind::ImmatureSignature => Rejected::Future,
            ErrorKind::InvalidIssuer => Rejected::Issuer,
            _ => Rejected::Malformed,
        })?;
        let now = jsonwebtoken::get_current_timestamp().saturating_add(TOLERANCE);
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double")]
        if claims.claims.iat.is_some_and(|iat| iat > now as f64) {
            return Err(Rejected::Future);
        }
        Ok((claims.claims, header))
    }
}

/// What a token is for, by its header.
#[derive(PartialEq, Eq)]
enum Kind {
    /// Of a session, or of a sign-in.
    Identity,
    /// By RFC 9068.
    Access,
}

/// None for a token of another type.
fn kind(header: &Header) -> Option<Kind> {
    let Some(typ) = &header.typ else { return Some(Kind::Identity) };
    let typ = typ.to_ascii_lowercase();
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "jwt" => Some(Kind::Identity),
        "at+jwt" => Some(Kind::Access),
        _ => None,
    }
}

/// Whether a key is of the kind that an algorithm needs, and for this one if it says for which (RFC 8725, 3.1).
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    if key.common.key_algorithm.is_some_and(|named| named != KeyAlgorithm::from(algorithm)) {
        return false;
    }
    let elliptic = matches!(algorithm, Algorithm::ES256 | Algorithm::ES384);
    match key.algorithm {
        AlgorithmParameters::RSA(_) => !elliptic,
        AlgorithmParameters::EllipticCurve(_) => elliptic,
        _ => false,
    }
}
