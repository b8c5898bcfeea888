//! Tokens of an issuer: which are accepted, and what an issuer can do that is down, changes its keys, or lies.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_app::account::people::Change;
use sluice_domain::account::Role;
use sluice_server::oidc::OidcSettings;
use sluice_store::Dialect;

use crate::issuer::{self, Issuer, ORIGIN, now, token_by, with_head};
use crate::support::TestApp;

const AUDIENCE: &str = "https://sluice.test/api";
const ACCOUNT: &str = "/api/v1/account";

fn settings(issuer: &Issuer, audiences: &[&str], parties: &[&str]) -> OidcSettings {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    OidcSettings {
        issuer: issuer.url.clone(),
        name: "The Test Issuer".to_owned(),
        client_id: None,
        client_secret: None,
        audiences: owned(audiences),
        parties: owned(parties),
    }
}

/// A server that accepts the session tokens of one page, as they come from Clerk.
async fn open() -> (TestApp, Issuer) {
    let issuer = Issuer::open().await;
    let (app, _) = TestApp::with_issuer(Dialect::Sqlite, settings(&issuer, &[], &[ORIGIN])).await;
    (app, issuer)
}

/// What a token gets: nothing if it is accepted, else the reason, of a refusal with 401.
async fn refusal(app: &TestApp, token: &str) -> String {
    let answer = app.get(ACCOUNT).bearer(token).answer().await;
    if answer.status == StatusCode::OK {
        assert_eq!(answer.json()["proof"], "issuer", "{}", answer.text());
        return String::new();
    }
    assert_eq!(answer.problem(), (401, "invalid_token".to_owned()), "{}", answer.text());
    assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
    answer.json()["detail"].as_str().unwrap().split(':').next().unwrap().to_owned()
}

async fn all_get(app: &TestApp, issuer: &Issuer, cases: &[(Value, &str)]) {
    for (claims, expected) in cases {
        assert_eq!(refusal(app, &issuer.token(claims.clone())).await, *expected, "{claims}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_may_differ_by_ten_seconds() {
    let (app, issuer) = open().await;
    let (expired, early, invalid) = ("token-expired", "token-not-active-yet", "token-invalid");
    // In seconds from now: a test may take some until it asks.
    let times = [
        ("exp", 60, ""),
        ("exp", -4, ""),
        ("exp", -12, expired),
        ("exp", -86_400, expired),
        ("nbf", 8, ""),
        ("nbf", 40, early),
        ("iat", 8, ""),
        ("iat", 40, early),
    ];
    for (name, seconds, expected) in times {
        let token = issuer.token(json!({ name: now() + seconds }));
        assert_eq!(refusal(&app, &token).await, expected, "{name} in {seconds} seconds");
    }
    let cases = [
        (json!({ "exp": format!("{}.5", now() + 60).parse::<f64>().unwrap() }), ""),
        (json!({ "exp": 0 }), expired),
        (json!({ "exp": -1 }), invalid),
        (json!({ "exp": null }), invalid),
        (json!({ "exp": "tomorrow" }), invalid),
        (json!({ "nbf": null }), ""),
        (json!({ "nbf": "soon" }), invalid),
        (json!({ "iat": null }), ""),
        (json!({ "iat": "soon" }), invalid),
    ];
    all_get(&app, &issuer, &cases).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_are_a_minute_apart_let_nobody_in_by_mistake_and_are_named() {
    let (app, issuer) = open().await;
    let at = |made: i64, lasts: i64| json!({ "iat": made, "nbf": made - 10, "exp": made + lasts });
    let now = now();
    let cases = [
        // The issuer is ahead: what it made just now is from the future, however long it lasts.
        (at(now + 60, 60), "token-not-active-yet"),
        (at(now + 60, 3_600), "token-not-active-yet"),
        // It is behind: what lasts for a minute is over soon after it was made, what lasts for an hour is not.
        (at(now - 60 - 15, 60), "token-expired"),
        (at(now - 60, 3_600), ""),
    ];
    all_get(&app, &issuer, &cases).await;
    let answer = app.get(ACCOUNT).bearer(&issuer.token(at(now + 60, 60))).answer().await;
    assert!(answer.text().contains("compare the clocks"), "{}", answer.text());
    // The clock of the database is another one: what it says decides nothing about tokens.
    app.advance(Duration::from_mins(1)).await;
    assert_eq!(refusal(&app, &issuer.token(json!({}))).await, "");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_other_pages_and_audiences_are_refused() {
    let (app, issuer) = open().await;
    let party = "token-invalid-authorized-parties";
    let cases = [
        (json!({ "azp": null }), party),
        (json!({ "azp": "" }), party),
        (json!({ "azp": "null" }), party),
        (json!({ "azp": "https://evil.example" }), party),
        // Compared byte by byte.
        (json!({ "azp": format!("{ORIGIN}/") }), party),
        (json!({ "azp": format!("{ORIGIN}.evil.example") }), party),
        (json!({ "azp": ORIGIN.to_uppercase() }), party),
        (json!({ "azp": [ORIGIN] }), "token-invalid"),
        // An audience is not asked for here.
        (json!({ "aud": "https://another.test" }), ""),
        (json!({ "iss": format!("{}/", issuer.url) }), "token-invalid-issuer"),
        (json!({ "iss": "https://clerk.example.com" }), "token-invalid-issuer"),
        (json!({ "iss": null }), "token-invalid"),
        (json!({ "sub": null }), "token-invalid"),
        (json!({ "sub": 7 }), "token-invalid"),
    ];
    all_get(&app, &issuer, &cases).await;
    app.end().await;

    // With an audience and a page, a token needs both.
    let (app, _) = TestApp::with_issuer(Dialect::Sqlite, settings(&issuer, &[AUDIENCE], &[ORIGIN])).await;
    let audience = "token-invalid-audience";
    let cases = [
        (json!({ "aud": AUDIENCE }), ""),
        (json!({ "aud": ["https://another.test", AUDIENCE] }), ""),
        (json!({}), audience),
        (json!({ "aud": [] }), audience),
        (json!({ "aud": "https://another.test" }), audience),
        (json!({ "aud": { AUDIENCE: true } }), audience),
        (json!({ "aud": AUDIENCE, "azp": "https://evil.example" }), party),
    ];
    all_get(&app, &issuer, &cases).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn session_tokens_of_clerk_are_of_one_person_and_of_a_whole_session() {
    let issuer = Issuer::open().await;
    let (app, accounts) = TestApp::with_issuer(Dialect::Sqlite, settings(&issuer, &[], &[ORIGIN])).await;
    let who =
        async |claims: Value| app.get(ACCOUNT).bearer(&issuer.token(claims)).send().await.1["account"]["id"].clone();
    let first = who(json!({})).await;
    assert!(first.is_string());
    assert_eq!(who(json!({ "sid": "sess_other", "jti": "z", "sts": "active" })).await, first, "another session");
    // Version 1 has the organisation in members of their own.
    let older =
        json!({ "v": null, "o": null, "fva": null, "org_id": "org_1", "org_role": "org:admin", "org_permissions": [] });
    assert_eq!(who(older).await, first);
    assert_ne!(who(json!({ "sub": "user_other" })).await, first);
    // Something is left to do at the issuer before the session counts.
    assert_eq!(refusal(&app, &issuer.token(json!({ "sts": "pending" }))).await, "token-pending");

    // A role there is none here. Who acts in an administrator's place administrates nothing.
    let admin = async |claims: Value| app.get("/api/v1/admin/queues").bearer(&issuer.token(claims)).send().await.0;
    assert_eq!(admin(json!({})).await, StatusCode::FORBIDDEN);
    let owner = first.as_str().unwrap().parse().unwrap();
    accounts.change(&owner, Change { role: Some(Role::Admin), ..Change::default() }).await.unwrap();
    assert_eq!(admin(json!({})).await, StatusCode::OK);
    let actor = json!({ "act": { "iss": "https://dashboard.clerk.com", "sid": "sess_x", "sub": "user_support" } });
    assert_eq!(admin(actor.clone()).await, StatusCode::FORBIDDEN);
    assert_eq!(who(actor).await, first);
    // What proves who a person is, is not changed with a token.
    let body = json!({ "name": "more", "scopes": ["read"] });
    let (status, answer) = app.post("/api/v1/tokens").bearer(&issuer.token(json!({}))).json(&body).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("session_needed")));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_another_kind_or_signature_are_refused_and_never_fall_through() {
    let (app, issuer) = open().await;
    let claims = issuer.claims(json!({}));
    let head = |other: Value| {
        let mut head = json!({ "alg": "RS256", "kid": "one" });
        head.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        with_head(&head, "one", &claims)
    };
    let good = issuer.token(json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let cases = [
        (head(json!({})), ""),
        (head(json!({ "typ": "jwt", "oiat": 1, "unknown": {} })), ""),
        (head(json!({ "typ": "application/JWT" })), ""),
        // Access tokens are for an audience, and none is configured.
        (head(json!({ "typ": "at+jwt" })), "token-invalid-audience"),
        (head(json!({ "typ": "application/at+jwt" })), "token-invalid-audience"),
        (head(json!({ "typ": "logout+jwt" })), "token-invalid-type"),
        (head(json!({ "typ": "secevent+jwt" })), "token-invalid-type"),
        (head(json!({ "crit": ["b64"], "b64": false })), "token-invalid-type"),
        // A key that a token brings along is not looked at.
        (
            with_head(&json!({ "alg": "RS256", "kid": "one", "jwk": issuer::public("two") }), "two", &claims),
            "token-invalid-signature",
        ),
        (issuer::by_the_public_key("one", &claims), "token-invalid-algorithm"),
        (issuer::by_another_algorithm("one", &claims), "token-invalid-algorithm"),
        (with_head(&json!({ "alg": "none", "kid": "one" }), "one", &claims), "token-invalid-algorithm"),
        (token_by("two", &claims), "jwk-kid-mismatch"),
        (with_head(&json!({ "alg": "RS256", "kid": "one" }), "two", &claims), "token-invalid-signature"),
        (format!("{}.{}.", parts[0], parts[1]), "token-invalid-signature"),
        (format!("{}.{}", parts[0], parts[1]), "token-invalid"),
        (format!("{good}.x"), "token-invalid"),
        (format!("{}.{}.{}", parts[0], "a".repeat(9_000), parts[2]), "token-invalid"),
        ("..".to_owned(), "token-invalid-algorithm"),
    ];
    for (token, expected) in &cases {
        assert_eq!(refusal(&app, token).await, *expected, "{token}");
    }
    // The only key is meant where none is named.
    assert_eq!(refusal(&app, &with_head(&json!({ "alg": "RS256" }), "one", &claims)).await, "");
    issuer.show(&["one", "two"]);

    // Beside what would let somebody in, a bad token is refused.
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": crate::access::PASSWORD });
    let cookie = app.post("/api/v1/accounts").unknown().json(&body).answer().await.cookie();
    let bad = issuer.token(json!({ "exp": 1 }));
    for token in [bad.as_str(), "", "ak_live_x", "mt_x.y.z"] {
        for path in [ACCOUNT, "/api/v1/jobs", "/api/v1/health"] {
            let answer = app.get(path).header("cookie", &cookie).bearer(token).answer().await;
            assert_eq!(answer.problem(), (401, "invalid_token".to_owned()), "{path} with {token:?}");
        }
    }
    let basic =
        app.get(ACCOUNT).unknown().header("cookie", &cookie).header("authorization", "Basic YTpi").answer().await;
    assert_eq!(basic.status, StatusCode::UNAUTHORIZED);
    // And a good one counts more than a cookie.
    let (_, both) = app.get(ACCOUNT).header("cookie", &cookie).bearer(&good).send().await;
    assert_eq!((&both["proof"], &both["account"]["email"]), (&json!("issuer"), &Value::Null), "{both}");
    app.end().await;
}
