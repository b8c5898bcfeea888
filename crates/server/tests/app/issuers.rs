//! An issuer that changes its keys, is down, or lies. Its times are those of the process, which a test moves.

use std::time::Duration;

use axum::http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use sluice_server::oidc::OidcSettings;
use sluice_store::Dialect;
use tokio::time::Instant;

use crate::issuer::{Issuer, ORIGIN, public, signed, token_by, with_head};
use crate::support::TestApp;

const ACCOUNT: &str = "/api/v1/account";

async fn open() -> (TestApp, Issuer) {
    let issuer = Issuer::open().await;
    let settings = OidcSettings {
        issuer: issuer.url.clone(),
        name: "The Test Issuer".to_owned(),
        client_id: Some("sluice".to_owned()),
        client_secret: None,
        audiences: Vec::new(),
        parties: vec![ORIGIN.to_owned()],
    };
    let (app, _) = TestApp::with_issuer(Dialect::Sqlite, settings).await;
    (app, issuer)
}

/// The status for a token by the key of this name.
async fn status(app: &TestApp, issuer: &Issuer, key: &str) -> u16 {
    let token = token_by(key, &issuer.claims(json!({})));
    app.get(ACCOUNT).bearer(&token).send().await.0.as_u16()
}

/// Moves the clock that the age of keys is measured by.
async fn wait(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_new_key_of_the_issuer_is_accepted_after_one_question() {
    let (app, issuer) = open().await;
    assert_eq!(status(&app, &issuer, "one").await, 200);
    wait(31).await;
    // Both are shown for a while, as those do who rotate keys with care.
    issuer.show(&["two", "one"]);
    assert_eq!((status(&app, &issuer, "two").await, issuer.says().keys_asked), (200, 2));
    assert_eq!((status(&app, &issuer, "one").await, issuer.says().keys_asked), (200, 2));

    // The old one is taken back: it is good for as long as keys are kept, and no longer.
    issuer.show(&["two"]);
    wait(4 * 60).await;
    assert_eq!((status(&app, &issuer, "one").await, issuer.says().keys_asked), (200, 2));
    wait(61).await;
    assert_eq!((status(&app, &issuer, "one").await, issuer.says().keys_asked), (401, 3));
    assert_eq!((status(&app, &issuer, "two").await, issuer.says().keys_asked), (200, 3));
    app.end().await;
}

#[tokio::test]
async fn unknown_keys_are_asked_for_once_in_thirty_seconds() {
    let (app, issuer) = open().await;
    assert_eq!(status(&app, &issuer, "one").await, 200);
    let claims = issuer.claims(json!({}));
    let flood = async || {
        let unknown = (0..40).map(|n| json!({ "alg": "RS256", "kid": format!("unknown-{n}") }));
        let tokens: Vec<String> = unknown.map(|head| with_head(&head, "two", &claims)).collect();
        let asked = tokens.iter().map(|token| app.get(ACCOUNT).bearer(token).send());
        for (status, answer) in futures::future::join_all(asked).await {
            assert_eq!((status, &answer["code"]), (StatusCode::UNAUTHORIZED, &json!("invalid_token")));
        }
    };
    // On a busy machine a flood may take longer than the pause after a question.
    let asked = async |floods: u32| {
        let (before, begun) = (issuer.says().keys_asked, Instant::now());
        for _ in 0..floods {
            flood().await;
        }
        let pauses = usize::try_from(begun.elapsed().as_secs() / 30).unwrap();
        (issuer.says().keys_asked - before, pauses)
    };
    let (times, pauses) = asked(1).await;
    assert!(times <= pauses, "they were asked for just now: {times} times in {pauses} pauses");
    for _ in 0..2 {
        wait(31).await;
        let (times, pauses) = asked(2).await;
        assert!((1..=1 + pauses).contains(&times), "{times} times in {pauses} pauses");
    }
    // Who has a known key was never kept waiting by it.
    assert_eq!(status(&app, &issuer, "one").await, 200);
    app.end().await;
}

#[tokio::test]
async fn while_the_issuer_is_down_its_known_keys_are_used() {
    let (app, issuer) = open().await;
    issuer.says().is_broken = true;
    let token = issuer.token(json!({}));
    let answer = app.get(ACCOUNT).bearer(&token).answer().await;
    assert_eq!(answer.problem(), (503, "issuer_unavailable".to_owned()), "nobody is let in without keys");
    issuer.says().is_broken = false;
    wait(2).await;
    assert_eq!(status(&app, &issuer, "one").await, 200);

    issuer.says().is_broken = true;
    let before = issuer.says().asked;
    wait(6 * 60).await;
    for _ in 0..5 {
        assert_eq!(status(&app, &issuer, "one").await, 200);
        assert_eq!(status(&app, &issuer, "two").await, 401);
    }
    assert_eq!(issuer.says().asked, before + 1, "it is not asked at each request");
    app.end().await;
}

/// Nobody is let in by an issuer that says this of itself, and nothing is asked that it should not be.
async fn is_not_believed(change: impl FnOnce(&mut Value, &str), elsewhere: &Issuer) {
    let (app, issuer) = open().await;
    change(&mut issuer.says().discovery, &elsewhere.url);
    let said = issuer.says().discovery.to_string();
    for key in ["one", "two"] {
        assert_eq!(status(&app, &issuer, key).await, 503, "{said}");
        wait(2).await;
    }
    let begun = app.get("/auth/sign-in").unknown().answer().await;
    assert_eq!(begun.status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
    assert_eq!((issuer.says().keys_asked, elsewhere.says().asked), (0, 0), "{said}");
    app.end().await;
}

#[tokio::test]
async fn a_discovery_document_that_lies_is_not_believed() {
    let elsewhere = Issuer::open().await;
    elsewhere.show(&["one", "two"]);
    is_not_believed(|said, _| said["issuer"] = json!("https://accounts.example.org"), &elsewhere).await;
    is_not_believed(|said, _| said["issuer"] = json!(format!("{}/", said["issuer"].as_str().unwrap())), &elsewhere)
        .await;
    is_not_believed(|said, elsewhere| said["issuer"] = json!(elsewhere), &elsewhere).await;
    is_not_believed(|said, elsewhere| said["jwks_uri"] = json!(format!("{elsewhere}/keys")), &elsewhere).await;
    is_not_believed(|said, elsewhere| said["token_endpoint"] = json!(format!("{elsewhere}/token")), &elsewhere).await;
    is_not_believed(|said, _| said["authorization_endpoint"] = json!("javascript:alert(1)"), &elsewhere).await;
    is_not_believed(|said, _| said["jwks_uri"] = json!("file:///etc/passwd"), &elsewhere).await;
    is_not_believed(|said, _| said["jwks_uri"] = json!("/keys"), &elsewhere).await;
    is_not_believed(|said, _| *said = json!(["no document"]), &elsewhere).await;
    is_not_believed(|said, _| said["filler"] = json!("x".repeat(600_000)), &elsewhere).await;
}

#[tokio::test]
async fn an_issuer_that_sends_elsewhere_is_not_followed() {
    let (app, issuer) = open().await;
    let elsewhere = Issuer::open().await;
    issuer.says().sends_to = Some(elsewhere.url.clone());
    assert_eq!(status(&app, &issuer, "one").await, 503);
    assert_eq!(elsewhere.says().asked, 0);
    app.end().await;
}

#[tokio::test]
async fn an_issuer_that_begins_to_lie_keeps_the_keys_that_it_had() {
    let (app, issuer) = open().await;
    let elsewhere = Issuer::open().await;
    elsewhere.show(&["two"]);
    assert_eq!(status(&app, &issuer, "one").await, 200);
    issuer.says().discovery["jwks_uri"] = json!(format!("{}/keys", elsewhere.url));
    wait(6 * 60).await;
    assert_eq!((status(&app, &issuer, "two").await, status(&app, &issuer, "one").await), (401, 200));
    assert_eq!(elsewhere.says().asked, 0);
    app.end().await;
}

#[tokio::test]
async fn keys_that_are_not_for_signatures_by_key_pairs_are_passed_over() {
    let (app, issuer) = open().await;
    let mut encrypts = public("two");
    encrypts["use"] = json!("enc");
    let secret = json!({ "kty": "oct", "kid": "secret", "k": "c2VjcmV0" });
    let curve = json!({ "kty": "EC", "kid": "two", "crv": "secp256k1", "x": "AA", "y": "AA" });
    issuer.says().keys = json!([secret, curve, encrypts, { "kty": "unknown" }, "nonsense", public("one")]);
    assert_eq!((status(&app, &issuer, "one").await, status(&app, &issuer, "two").await), (200, 401));
    let forged = EncodingKey::from_secret(b"secret");
    let head = json!({ "alg": "HS256", "kid": "secret" });
    let forged = signed(Algorithm::HS256, &forged, &head, &issuer.claims(json!({})));
    assert_eq!(app.get(ACCOUNT).bearer(&forged).send().await.0, StatusCode::UNAUTHORIZED);
    // A set without any is no answer: those that are known stay.
    issuer.says().keys = json!([]);
    wait(6 * 60).await;
    assert_eq!(status(&app, &issuer, "one").await, 200);
    app.end().await;
}
