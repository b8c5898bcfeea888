//! Remote providers over HTTP: whose keys, what is shown of them, and the door for notifications.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sluice_app::app::App;
use sluice_app::providers::config::{Kind, ProvidersConfig};
use sluice_app::providers::open::{CheckError, Checked, Delivery, Hook, Notice, Open, Opening, Unacceptable};
use sluice_store::Dialect;

use crate::access::{PASSWORD, first, token};
use crate::support::{Answer, Ask, BOTH, TestApp};

/// Clients that accept keys which begin with `good`.
struct Clients;

impl Open for Clients {
    fn check<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Checked, CheckError>> {
        let key = opening.key.map_or("", |key| key.reveal());
        let said = match key {
            key if key.starts_with("good") => Ok(Checked { detail: "7 credits".to_owned() }),
            key if key.starts_with("down") => Err(CheckError::Unreachable { message: "timed out".to_owned() }),
            _ => Err(CheckError::Refused { message: "401".to_owned() }),
        };
        async { said }.boxed()
    }

    fn hook(&self, kind: Kind) -> Option<Arc<dyn Hook>> {
        (kind == Kind::DId).then(|| Arc::new(Plain) as Arc<dyn Hook>)
    }
}

/// Notifications as JSON, without a signature.
struct Plain;

impl Hook for Plain {
    fn read(&self, delivery: &Delivery<'_>) -> Result<Notice, Unacceptable> {
        let body: Value = serde_json::from_slice(delivery.body).map_err(|_| Unacceptable::Unreadable)?;
        Ok(Notice { ids: body["id"].as_str().map(str::to_owned).into_iter().collect(), event: None })
    }
}

fn change(app: &mut App) {
    let config = ProvidersConfig {
        providers: serde_json::from_value(json!({ "voices": { "kind": "elevenlabs" }, "faces": { "kind": "d-id" } })).unwrap(),
        routes: serde_json::from_value(
            json!({ "speak": [{ "provider": "local" }, { "provider": "voices", "languages": ["ar"], "cost_cap": 500 }] }),
        )
        .unwrap(),
    };
    app.providers = app.providers.with(config, Arc::new(Clients));
}

/// With Ada, who is the administrator, and Omar.
async fn open(dialect: Dialect) -> (TestApp, String, String) {
    let (app, accounts) = TestApp::with_accounts_changed(dialect, change).await;
    let ada = first(&app, &accounts).await;
    let body = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
    let omar = app.post("/api/v1/accounts").unknown().json(&body).answer().await.cookie();
    (app, ada, omar)
}

async fn said(ask: Ask<'_>) -> (StatusCode, Value) {
    ask.send().await
}

fn put<'a>(app: &'a TestApp, path: &str, key: &str) -> Ask<'a> {
    app.ask(Method::PUT, path).json(&json!({ "key": key }))
}

/// The entry of a provider in a list.
async fn shown(ask: Ask<'_>, name: &str) -> Value {
    let (status, all) = said(ask).await;
    assert_eq!(status, StatusCode::OK, "{all}");
    all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
}

const KEY: &str = "/api/v1/providers/voices/key";
const TEST: &str = "/api/v1/providers/voices/test";
const ADMIN_KEY: &str = "/api/v1/admin/providers/voices/key";

#[tokio::test(flavor = "multi_thread")]
async fn everybody_has_their_own_keys_before_that_of_the_installation() {
    for dialect in BOTH {
        let (app, ada, omar) = open(dialect).await;
        let list = || app.get("/api/v1/providers");
        let nothing = shown(list().cookie(&omar), "voices").await;
        assert_eq!((&nothing["key"], &nothing["kind"]), (&Value::Null, &json!("elevenlabs")), "{nothing}");
        assert_eq!(nothing["health"]["circuit"], "closed");
        let route = json!({ "capability": "speak", "place": 2, "model": null, "languages": ["ar"], "longest": null,
            "shortest": null, "cost_cap": 500 });
        assert_eq!(nothing["routes"], json!([route]));
        assert_eq!(said(app.post(TEST).cookie(&omar)).await.0, StatusCode::NOT_FOUND, "there is no key to try");

        let (status, saved) = said(put(&app, ADMIN_KEY, "good-installation-1234").cookie(&ada)).await;
        assert_eq!((status, &saved["masked"]), (StatusCode::OK, &json!("••••1234")), "{saved}");
        let (status, tested) = said(app.post(TEST).cookie(&omar)).await;
        assert_eq!((status, tested), (StatusCode::OK, json!({ "whose": "installation", "detail": "" })));
        let his = shown(list().cookie(&omar), "voices").await;
        assert_eq!((&his["key"]["whose"], &his["key"]["masked"]), (&json!("installation"), &Value::Null), "{his}");

        let (status, saved) = said(put(&app, KEY, "good-of-omar-5678").cookie(&omar)).await;
        assert_eq!((status, &saved["whose"]), (StatusCode::OK, &json!("own")), "{saved}");
        let (_, tested) = said(app.post(TEST).cookie(&omar)).await;
        assert_eq!(tested, json!({ "whose": "own", "detail": "7 credits" }));
        let his = shown(list().cookie(&omar), "voices").await;
        assert_eq!(his["key"]["masked"], "••••5678");
        let hers = shown(list().cookie(&ada), "voices").await;
        assert_eq!((&hers["key"]["whose"], &hers["hook_url"]), (&json!("installation"), &Value::Null), "{hers}");
        let all = shown(app.get("/api/v1/admin/providers").cookie(&ada), "voices").await;
        assert_eq!(
            (&all["key"]["whose"], &all["key"]["masked"]),
            (&json!("installation"), &json!("••••1234")),
            "{all}"
        );

        let remove = |path: &str, cookie: &str| app.ask(Method::DELETE, path).cookie(cookie);
        assert_eq!(said(remove(KEY, &ada)).await.0, StatusCode::NOT_FOUND, "his is not hers to remove");
        assert_eq!(said(remove(ADMIN_KEY, &omar)).await.0, StatusCode::FORBIDDEN);
        assert_eq!(said(remove(KEY, &omar)).await.0, StatusCode::NO_CONTENT);
        assert_eq!(said(remove(KEY, &omar)).await.0, StatusCode::NOT_FOUND);
        assert_eq!(said(remove(ADMIN_KEY, &ada)).await.0, StatusCode::NO_CONTENT);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_or_is_not_accepted_is_not_saved() {
    let (app, _, omar) = open(Dialect::Sqlite).await;
    let long = "x".repeat(513);
    for (key, status, code) in [
        ("good\nX-Other: 1", StatusCode::UNPROCESSABLE_ENTITY, "invalid_key"),
        ("schlüssel", StatusCode::UNPROCESSABLE_ENTITY, "invalid_key"),
        ("", StatusCode::UNPROCESSABLE_ENTITY, "invalid_key"),
        (&long, StatusCode::UNPROCESSABLE_ENTITY, "invalid_key"),
        ("bad-0123456789", StatusCode::UNPROCESSABLE_ENTITY, "key_refused"),
        ("down-0123456789", StatusCode::BAD_GATEWAY, "provider_unreachable"),
    ] {
        let answer = put(&app, KEY, key).cookie(&omar).answer().await;
        assert_eq!(answer.problem(), (status.as_u16(), code.to_owned()), "{key:?}");
        assert!(key.is_empty() || !answer.text().contains(key), "{}", answer.text());
    }
    assert_eq!(shown(app.get("/api/v1/providers").cookie(&omar), "voices").await["key"], Value::Null);
    let unknown = put(&app, "/api/v1/providers/other/key", "good").cookie(&omar).answer().await;
    assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
    let read = token(&app, &omar, &["read"], None).await.1;
    assert_eq!(said(put(&app, KEY, "good-0123456789").bearer(&read)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(said(app.get("/api/v1/providers").bearer(&read)).await.0, StatusCode::OK);
    // What is stored says nothing of the key.
    let write = token(&app, &omar, &["write"], None).await.1;
    assert_eq!(said(put(&app, KEY, "good-0123456789").bearer(&write)).await.0, StatusCode::OK);
    let stored = app.texts("SELECT sealed AS value FROM provider_keys", &[]).await;
    assert!(stored.len() == 1 && !stored[0].contains("good"), "{stored:?}");
    assert!(app.data().join("secret.key").is_file());
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_secret_is_an_error_and_not_the_installations_key() {
    let (app, ada, omar) = open(Dialect::Sqlite).await;
    said(put(&app, ADMIN_KEY, "good-installation-1234").cookie(&ada)).await;
    said(put(&app, KEY, "good-of-omar-5678").cookie(&omar)).await;
    app.execute("UPDATE provider_keys SET sealed_by = 'lost' WHERE owner <> ':system'").await.unwrap();
    let answer = app.post(TEST).cookie(&omar).answer().await;
    assert_eq!(answer.problem(), (409, "key_undecryptable".to_owned()));
    assert_eq!(shown(app.get("/api/v1/providers").cookie(&omar), "voices").await["key"]["is_readable"], false);
    assert_eq!(said(app.post(TEST).cookie(&ada)).await.0, StatusCode::OK);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_for_notifications_asks_nobody_who_they_are() {
    let (app, ada, _) = open(Dialect::Sqlite).await;
    // It has a token as soon as there is a secret.
    said(put(&app, ADMIN_KEY, "good-installation-1234").cookie(&ada)).await;
    let text = std::fs::read_to_string(app.data().join("secret.key")).unwrap();
    let secret = sluice_app::providers::sealing::Secret::new(&text).unwrap();
    let door = format!("/api/v1/hooks/faces/{}", secret.hook_token("faces").unwrap());
    let knock = |path: &str, body: &[u8]| app.post(path).unknown().header("content-type", "application/json").raw(body);
    let notice = json!({ "id": "nobody-waits-for-it", "status": "done" }).to_string();
    let knocked = async |ask: Ask<'_>| -> Answer { ask.answer().await };
    assert_eq!(knocked(knock(&door, notice.as_bytes())).await.status, StatusCode::NO_CONTENT);
    let marked = knock(&door, notice.as_bytes()).header("authorization", "Bearer of-the-providers-own");
    assert_eq!(knocked(marked).await.status, StatusCode::NO_CONTENT, "what else it shows says nothing");
    let foreign = knock(&door, notice.as_bytes()).header("origin", "https://elsewhere.example");
    assert_eq!(knocked(foreign).await.status, StatusCode::NO_CONTENT);
    assert_eq!(knocked(knock(&door, b"<html>")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(knocked(knock(&door, &vec![b' '; 1024 * 1024 + 1])).await.problem().0, 413);
    let mut whole = vec![b' '; 1024 * 1024 - notice.len()];
    whole.extend(notice.as_bytes());
    assert_eq!(knocked(knock(&door, &whole)).await.status, StatusCode::NO_CONTENT);
    let voices = format!("/api/v1/hooks/voices/{}", secret.hook_token("voices").unwrap());
    let other = door.replace("faces", "voices");
    for wrong in [&door[..door.len() - 1], &voices, &other, "/api/v1/hooks/other/x", "/api/v1/hooks/faces/x"] {
        assert_eq!(knocked(knock(wrong, notice.as_bytes())).await.problem(), (404, "not_found".to_owned()), "{wrong}");
    }
    assert_eq!(app.texts("SELECT notice AS value FROM provider_notices", &[]).await, [""; 0], "nothing came of any");
    app.end().await;
}
