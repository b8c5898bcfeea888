//! An issuer of which a test decides every answer, and its tokens.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The origin of the page whose tokens are accepted.
pub(crate) const ORIGIN: &str = "https://app.example.org";
/// The path of its discovery document.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// The private keys of the issuer. They sign nothing but what tests make up.
const KEYS: [(&str, &str); 2] = [("one", include_str!("keys/one.txt")), ("two", include_str!("keys/two.txt"))];

/// Seconds since 1970, as tokens have them.
pub(crate) fn now() -> i64 {
    i64::try_from(jsonwebtoken::get_current_timestamp()).unwrap()
}

fn private(id: &str) -> EncodingKey {
    let text = KEYS.iter().find(|(name, _)| *name == id).unwrap().1.replace('\n', "");
    EncodingKey::from_rsa_der(&STANDARD.decode(text).unwrap())
}

/// The public half of a key, as the issuer shows it.
pub(crate) fn public(id: &str) -> Value {
    let mut key = serde_json::to_value(Jwk::from_encoding_key(&private(id), Algorithm::RS256).unwrap()).unwrap();
    key["kid"] = json!(id);
    key["use"] = json!("sig");
    key
}

/// A token with this head and these claims, signed by this algorithm.
pub(crate) fn signed(algorithm: Algorithm, key: &EncodingKey, head: &Value, claims: &Value) -> String {
    let text = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    format!("{text}.{}", crypto::sign(text.as_bytes(), key, algorithm).unwrap())
}

/// The same as the issuer does it: RS256, by the key of this name.
pub(crate) fn token_by(id: &str, claims: &Value) -> String {
    with_head(&json!({ "alg": "RS256", "typ": "JWT", "kid": id, "cat": "cl_B7d4PD111AAA" }), id, claims)
}

/// The same with another head.
pub(crate) fn with_head(head: &Value, id: &str, claims: &Value) -> String {
    signed(Algorithm::RS256, &private(id), head, claims)
}

/// Signed with the public key as if it were a secret, which everybody can do.
pub(crate) fn by_the_public_key(id: &str, claims: &Value) -> String {
    let secret = EncodingKey::from_secret(public(id)["n"].as_str().unwrap().as_bytes());
    signed(Algorithm::HS256, &secret, &json!({ "alg": "HS256", "typ": "JWT", "kid": id }), claims)
}

/// By RSA-PSS, with a key that is for RS256.
pub(crate) fn by_another_algorithm(id: &str, claims: &Value) -> String {
    signed(Algorithm::PS256, &private(id), &json!({ "alg": "PS256", "typ": "JWT", "kid": id }), claims)
}

/// What the issuer says, and how often it was asked.
pub(crate) struct Says {
    /// The discovery document.
    pub(crate) discovery: Value,
    /// Its keys.
    pub(crate) keys: Value,
    /// Answers 500 to everything.
    pub(crate) is_broken: bool,
    /// Sends everybody to this address instead of answering.
    pub(crate) sends_to: Option<String>,
    /// Requests for its keys.
    pub(crate) keys_asked: usize,
    /// Requests for anything.
    pub(crate) asked: usize,
}

/// An issuer on this machine.
pub(crate) struct Issuer {
    pub(crate) url: String,
    says: Arc<Mutex<Says>>,
}

impl Issuer {
    /// One that shows its first key.
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let discovery = json!({
            "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let keys = json!([public("one")]);
        let says = Says { discovery, keys, is_broken: false, sends_to: None, keys_asked: 0, asked: 0 };
        let says = Arc::new(Mutex::new(says));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&says));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, says }
    }

    pub(crate) fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap()
    }

    /// Shows these keys from now on.
    pub(crate) fn show(&self, ids: &[&str]) {
        self.says().keys = ids.iter().map(|id| public(id)).collect();
    }

    /// The claims of a session token of Clerk, version 2, with some in the place of others; null takes one away.
    pub(crate) fn claims(&self, other: Value) -> Value {
        let now = now();
        let mut claims = json!({
            "iss": self.url, "sub": "user_2NNEqL2nrIRdJ194ndJqAHwEfxC", "sid": "sess_2GbDB4enNdCa5vS1zpC3Xzg9tK9", "azp": ORIGIN,
            "iat": now, "nbf": now - 10, "exp": now + 60, "jti": "a1b2c3", "v": 2, "fva": [7, -1], "pla": "u:free",
            "fea": "u:export", "o": { "id": "org_1", "slg": "lights", "rol": "admin", "per": "read", "fpm": "1" },
        });
        let Value::Object(other) = other else { panic!("claims are an object, not {other}") };
        for (name, value) in other {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(&name);
            } else {
                claims[name] = value;
            }
        }
        claims
    }

    /// A token with these claims, by its first key.
    pub(crate) fn token(&self, other: Value) -> String {
        token_by("one", &self.claims(other))
    }
}

async fn answer(State(says): State<Arc<Mutex<Says>>>, request: Request) -> Response {
    let mut says = says.lock().unwrap();
    says.asked += 1;
    if says.is_broken {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if let Some(address) = &says.sends_to {
        return (StatusCode::FOUND, [(header::LOCATION, format!("{address}{}", request.uri().path()))]).into_response();
    }
    match request.uri().path() {
        DISCOVERY => axum::Json(&says.discovery).into_response(),
        "/keys" => {
            says.keys_asked += 1;
            axum::Json(json!({ "keys": says.keys })).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
