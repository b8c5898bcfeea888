//! Whether a provider accepts a key, by a request that costs nothing and changes nothing, and what it says of the account.

use std::time::Duration;

use http::HeaderName;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use sluice_capability::CapabilityError;
use sluice_outbound::Client;

use crate::http::{Endpoint, Lost, Operation, Secret};
use crate::runner::Access;

/// A person waits for it.
const CHECK: Operation = Operation { time: Duration::from_secs(20), body: 4 * 1024 * 1024, lost: Lost::Repeat };

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// `OpenAI`'s, or that of a server with its shape.
    OpenAi,
    /// `OpenRouter`'s.
    OpenRouter,
    /// `ElevenLabs`'s.
    ElevenLabs,
    /// D-ID's.
    DId,
    /// Google Cloud Vision's.
    Vision,
    /// A runner's, which has no public address.
    Runner,
}

#[derive(Deserialize)]
struct ModelList {
    /// Some servers send null instead of an empty list.
    data: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct OpenRouterKey {
    data: OpenRouterLimit,
}

#[derive(Deserialize)]
struct OpenRouterLimit {
    limit_remaining: Option<f64>,
    usage: Option<f64>,
}

#[derive(Deserialize)]
struct Subscription {
    tier: Option<String>,
    character_count: Option<u64>,
    character_limit: Option<u64>,
}

#[derive(Deserialize)]
struct Credits {
    remaining: f64,
    total: Option<f64>,
}

impl Account {
    /// Its public address.
    pub const fn usual_address(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::OpenRouter => "https://openrouter.ai/api/v1",
            Self::ElevenLabs => "https://api.elevenlabs.io",
            Self::DId => "https://api.d-id.com",
            Self::Vision => "https://vision.googleapis.com/v1",
            Self::Runner => "",
        }
    }

    /// Asks `provider` at `address` whether it accepts the key; the answer says for people what is known of the account, and may be
    /// empty. A refused key is the error `key_refused` or `forbidden`.
    pub async fn check(
        self,
        client: Client,
        provider: &str,
        address: Option<&str>,
        key: Option<&Secret>,
    ) -> Result<String, CapabilityError> {
        let unusable = |error: &dyn std::error::Error| CapabilityError::fail("address_forbidden", error.to_string());
        let address = address.unwrap_or(self.usual_address());
        let mut endpoint = Endpoint::new(client, provider, address).map_err(|error| unusable(&error))?;
        if let Some(key) = key {
            endpoint = match self {
                Self::OpenAi | Self::OpenRouter => endpoint.with_key("Bearer", key),
                Self::DId => endpoint.with_key("Basic", key),
                Self::ElevenLabs => endpoint.with_secret(HeaderName::from_static("xi-api-key"), key),
                Self::Vision => endpoint.with_secret(HeaderName::from_static("x-goog-api-key"), key),
                Self::Runner => Access::of(key).and_then(|access| access.open(endpoint)),
            }
            .map_err(|error| unusable(&error))?;
        }
        self.ask(&endpoint).await
    }

    async fn ask(self, endpoint: &Endpoint) -> Result<String, CapabilityError> {
        Ok(match self {
            Self::OpenAi => {
                let models: ModelList = endpoint.get(CHECK, "/models").await?.value;
                format!("{} models", models.data.map_or(0, |models| models.len()))
            }
            Self::OpenRouter => {
                let OpenRouterLimit { limit_remaining, usage } =
                    endpoint.get::<OpenRouterKey>(CHECK, "/key").await?.value.data;
                match (limit_remaining, usage) {
                    (Some(left), _) => format!("${left:.2} left"),
                    (None, Some(used)) => format!("${used:.2} used, no limit"),
                    (None, None) => String::new(),
                }
            }
            Self::ElevenLabs => {
                let of: Subscription = endpoint.get(CHECK, "/v1/user/subscription").await?.value;
                let tier = of.tier.unwrap_or_default();
                match (of.character_count, of.character_limit) {
                    (Some(used), Some(limit)) => format!("{tier}: {used} of {limit} characters used"),
                    _ => tier,
                }
            }
            // A request for nothing is refused, after the key is.
            Self::Vision => {
                match endpoint.post::<IgnoredAny>(CHECK, "/images:annotate", &json!({ "requests": [] })).await {
                    Ok(_) => String::new(),
                    Err(error) if error.code == "request_refused" && error.message.contains("API key") => {
                        return Err(CapabilityError { code: "key_refused".to_owned(), ..error });
                    }
                    Err(error) if error.code == "request_refused" => String::new(),
                    Err(error) => return Err(error),
                }
            }
            Self::Runner => match endpoint.get::<IgnoredAny>(CHECK, "/jobs?key=check").await {
                Ok(_) => String::new(),
                // One without a list of its jobs.
                Err(error) if ["not_found", "request_refused"].contains(&error.code.as_str()) => String::new(),
                Err(error) => return Err(error),
            },
            Self::DId => {
                let Credits { remaining, total } = endpoint.get(CHECK, "/credits").await?.value;
                total.map_or_else(
                    || format!("{remaining} credits left"),
                    |total| format!("{remaining} of {total} credits left"),
                )
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::response::{IntoResponse as _, Response};
    use axum::routing::{any, post};
    use sluice_outbound::{Rules, Settings};

    use super::*;

    /// A server that answers each of them, if the header is this.
    async fn server(header: &'static str, value: &'static str) -> String {
        let answer = move |headers: HeaderMap, body: &'static str| -> Response {
            let is_right = headers.get(header).is_some_and(|given| given == value);
            let status = if is_right { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
            let body = if is_right { body } else { r#"{"error":{"message":"no such key"}}"# };
            (status, [("content-type", "application/json")], body).into_response()
        };
        let path = |body: &'static str| any(move |headers: HeaderMap| async move { answer(headers, body) });
        let router = Router::new()
            .route("/models", path(r#"{"data":[{"id":"a"},{"id":"b"}]}"#))
            .route("/key", path(r#"{"data":{"limit_remaining":7.5,"usage":1.25}}"#))
            .route("/v1/user/subscription", path(r#"{"tier":"creator","character_count":5,"character_limit":100}"#))
            .route("/images:annotate", path("{}"))
            .route("/jobs", path(r#"{"jobs":[]}"#))
            .route("/credits", path(r#"{"credits":[],"remaining":17.5,"total":20}"#));
        let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn client() -> Client {
        let rules = Rules::new(vec!["127.0.0.1".parse().unwrap()]);
        Client::new(&Settings { rules, ..Settings::new("test") }).unwrap()
    }

    #[tokio::test]
    async fn each_provider_is_asked_in_its_own_way() {
        for (account, header, value, said) in [
            (Account::OpenAi, "authorization", "Bearer a-key", "2 models"),
            (Account::OpenRouter, "authorization", "Bearer a-key", "$7.50 left"),
            (Account::ElevenLabs, "xi-api-key", "a-key", "creator: 5 of 100 characters used"),
            (Account::DId, "authorization", "Basic a-key", "17.5 of 20 credits left"),
            (Account::Vision, "x-goog-api-key", "a-key", ""),
            (Account::Runner, "authorization", "Bearer a-key", ""),
        ] {
            let address = server(header, value).await;
            let check = async |key: &str| {
                account.check(client(), "test", Some(&address), Some(&Secret::new(key).unwrap())).await
            };
            assert_eq!(check("a-key").await.unwrap(), said, "{account:?}");
            let refused = check("another-key").await.unwrap_err();
            assert_eq!(refused.code, "key_refused", "{account:?}: {refused}");
            assert!(!refused.message.contains("another-key"), "{refused}");
        }
        let away = Account::OpenAi.check(client(), "test", Some("http://127.0.0.1:1/v1"), None).await.unwrap_err();
        assert!(!["key_refused", "forbidden"].contains(&away.code.as_str()), "{away:?}");
    }

    #[tokio::test]
    async fn google_calls_a_wrong_key_an_invalid_argument() {
        let answer = |headers: HeaderMap| async move {
            let is_right = headers.get("x-goog-api-key").is_some_and(|given| given == "a-key");
            let said = if is_right {
                "Between 1 and 16 images are needed."
            } else {
                "API key not valid. Please pass a valid API key."
            };
            let body = serde_json::json!({ "error": { "code": 400, "message": said, "status": "INVALID_ARGUMENT" } });
            (StatusCode::BAD_REQUEST, axum::Json(body))
        };
        let listener = tokio::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/images:annotate", post(answer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let check = async |key: &str| {
            Account::Vision.check(client(), "test", Some(&address), Some(&Secret::new(key).unwrap())).await
        };
        assert_eq!(check("a-key").await.unwrap(), "", "a request without pictures is refused after the key");
        assert_eq!(check("another").await.unwrap_err().code, "key_refused");
    }
}
