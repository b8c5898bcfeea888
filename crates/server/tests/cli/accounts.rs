//! `sluice user`, `sluice token` and `sluice links`: what they print, what they change, and how they refuse.

use serde_json::{Value, json};
use sluice_domain::account::Scope;
use sluice_domain::ids::{OwnerId, TokenId};
use sluice_domain::time::Timestamp;
use sluice_store::Store;
use sluice_store::accounts::{self, TokenRow};

use crate::support::{Place, Ran};

const ADA: &str = "ada@example.org";
const OMAR: &str = "omar@example.org";

/// What a command prints with `--json`: one value, in one line, and nothing else.
fn object(place: &Place, arguments: &[&str]) -> Value {
    let ran = place.run(&[arguments, &["--json"]].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}: {ran:?}");
    assert_eq!(ran.stdout.lines().count(), 1, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn text(place: &Place, arguments: &[&str]) -> String {
    let ran = place.run(arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}: {ran:?}");
    ran.stdout
}

/// A refusal with this exit code and this code, in words and as an object.
fn refused(place: &Place, arguments: &[&str], exit: i32, code: &str) {
    let ran = place.run(&[arguments, &["--json"]].concat());
    assert_eq!((ran.code, &ran.failure()["code"]), (exit, &json!(code)), "{arguments:?}: {ran:?}");
    let Ran { code, stdout, stderr } = place.run(arguments);
    assert_eq!((code, stdout.as_str()), (exit, ""), "{arguments:?}");
    assert!(!stderr.is_empty() && serde_json::from_str::<Value>(&stderr).is_err(), "words: {stderr}");
}

/// Ada, who is the administrator, and Omar.
fn people() -> Place {
    let place = Place::new();
    place.write("password", "a quiet lighthouse\n");
    for email in [ADA, OMAR] {
        object(&place, &["user", "add", email, "--password-file", "password"]);
    }
    place
}

fn listed(place: &Place, email: &str) -> Value {
    let all = object(place, &["user", "list"]);
    all.as_array().unwrap().iter().find(|account| account["email"] == email).cloned().unwrap_or_default()
}

#[test]
fn an_account_is_changed() {
    let place = people();
    assert_eq!(listed(&place, ADA)["role"], "admin", "who comes first");
    assert_eq!(listed(&place, OMAR)["role"], "member");
    let changed = object(&place, &["user", "set", OMAR, "--name", "Omar ibn Said", "--role", "admin"]);
    assert_eq!(changed, listed(&place, OMAR));
    assert_eq!((&changed["name"], &changed["role"]), (&json!("Omar ibn Said"), &json!("admin")));
    let said = text(&place, &["user", "set", OMAR, "--state", "suspended"]);
    assert!(said.starts_with("changed: omar@example.org (admin, owner "), "{said}");
    assert_eq!(listed(&place, OMAR)["state"], "suspended");
    assert_eq!(listed(&place, OMAR)["name"], "Omar ibn Said", "what is not named stays");
    assert_eq!(object(&place, &["user", "set", OMAR, "--state", "active", "--plan", "standard"])["state"], "active");
    place.write("new", "another quiet lighthouse\nand what is on other lines\n");
    object(&place, &["user", "set", OMAR, "--password-file", "new"]);
    let table = text(&place, &["user", "list"]);
    assert!(table.lines().any(|line| line.starts_with(OMAR) && line.ends_with("Omar ibn Said")), "{table}");

    place.write("weak", "short\n");
    place.write("empty", "");
    refused(&place, &["user", "set", OMAR, "--password-file", "weak"], 1, "weak_password");
    refused(&place, &["user", "set", OMAR, "--password-file", "empty"], 1, "failed");
    refused(&place, &["user", "set", OMAR, "--password-file", "not-there"], 1, "not_found");
    refused(&place, &["user", "set", OMAR, "--plan", "golden"], 1, "no_such_plan");
    refused(&place, &["user", "set", OMAR, "--name", ""], 1, "invalid_account");
    refused(&place, &["user", "set", OMAR, "--state", "deleted"], 1, "invalid_account");
    refused(&place, &["user", "set", "eve@example.org", "--name", "Eve"], 1, "not_found");
    refused(&place, &["user", "set", OMAR, "--role", "king"], 2, "usage");
    refused(&place, &["user", "set", "nobody", "--role", "admin"], 2, "usage");
    object(&place, &["user", "set", OMAR, "--role", "member"]);
    refused(&place, &["user", "set", ADA, "--role", "member"], 1, "last_administrator");
    refused(&place, &["user", "set", ADA, "--state", "suspended"], 1, "last_administrator");
    assert_eq!((&listed(&place, ADA)["role"], &listed(&place, ADA)["state"]), (&json!("admin"), &json!("active")));
}

#[test]
fn an_invitation_is_a_link() {
    let place = Place::new();
    // Nobody is there yet: the link is the administrator's, and another replaces it.
    let first = object(&place, &["user", "invite"]);
    assert!(first["link"].as_str().unwrap().starts_with("http://127.0.0.1:8080/join/"), "{first}");
    assert!(first["expires_at"].is_i64(), "{first}");
    let place = people();
    let invite = ["user", "invite", "--email", "eve@example.org", "--url", "https://sluice.example.org"];
    let link = text(&place, &invite);
    assert!(link.starts_with("https://sluice.example.org/join/") && link.trim().len() > 60, "{link}");
    assert_ne!(object(&place, &invite)["link"], link.trim(), "each is of its own");
    assert!(object(&place, &["user", "invite", "--admin"])["link"].is_string());
    assert_eq!(listed(&place, "eve@example.org"), Value::Null, "nobody is there until the link is used");
    refused(&place, &["user", "invite", "--email", "nobody"], 2, "usage");
    refused(&place, &["user", "invite", "--url", "not an address"], 2, "usage");
}

#[test]
fn an_account_is_deleted_with_its_tokens() {
    let place = people();
    object(&place, &["token", "add", OMAR, "a script"]);
    let before = listed(&place, OMAR);
    assert_eq!(object(&place, &["user", "delete", OMAR])["id"], before["id"]);
    assert_eq!(listed(&place, OMAR), Value::Null);
    refused(&place, &["user", "delete", OMAR], 1, "not_found");
    refused(&place, &["token", "list", OMAR], 1, "not_found");
    refused(&place, &["user", "delete", ADA], 1, "last_administrator");
    // The address is free, and the account that gets it has nothing of the one before.
    let again = object(&place, &["user", "add", OMAR, "--password-file", "password"]);
    assert_ne!(again["id"], before["id"]);
    assert_eq!(object(&place, &["token", "list", OMAR]), json!([]));
    let said = text(&place, &["user", "delete", OMAR]);
    assert!(said.starts_with("deleted: omar@example.org"), "{said}");
}

#[test]
fn limits_of_an_account_are_shown_and_set() {
    let place = people();
    let usage = object(&place, &["user", "limits", OMAR]);
    assert_eq!((&usage["plan"], &usage["overrides"]), (&json!("standard"), &json!({})));
    assert_eq!((&usage["bytes_kept"], &usage["micro_usd_today"]), (&json!(0), &json!(0)));
    let hard = |usage: &Value, limit: &str| {
        let entries = usage["limits"].as_array().unwrap();
        entries.iter().find(|entry| entry["limit"] == limit).map(|entry| entry["hard"].clone())
    };
    let set = r#"{"jobs": {"hard": 5, "soft": 4, "seconds": 3600}, "bytes_kept": {"hard": 1000000}}"#;
    let usage = object(&place, &["user", "limits", OMAR, "--set", set]);
    assert_eq!((hard(&usage, "jobs"), hard(&usage, "bytes_kept")), (Some(json!(5)), Some(json!(1_000_000))));
    assert_eq!(object(&place, &["user", "limits", OMAR]), usage, "they stay");
    let table = text(&place, &["user", "limits", OMAR]);
    assert!(table.starts_with("plan standard\n") && table.contains("fine, in 1h"), "{table}");
    // What is set replaces what was set before; without any, the plan's apply.
    let usage = object(&place, &["user", "limits", OMAR, "--set", r#"{"jobs": null}"#, "--plan", "standard"]);
    assert_eq!(usage["overrides"], json!({ "jobs": null }));
    assert_eq!(object(&place, &["user", "limits", OMAR, "--set", "{}"])["overrides"], json!({}));

    refused(&place, &["user", "limits", "eve@example.org"], 1, "not_found");
    for wrong in ["5", "{\"jobs\": 5}", "{\"wishes\": {\"hard\": 3}}", "{\"jobs\": {\"hard\": -1}}"] {
        refused(&place, &["user", "limits", OMAR, "--set", wrong], 2, "usage");
    }
    assert_eq!(object(&place, &["user", "limits", OMAR])["overrides"], json!({}), "a refusal changes nothing");
}

#[test]
fn tokens_are_listed_without_their_secret_and_revoked() {
    let place = people();
    let made = object(&place, &["token", "add", OMAR, "nightly import", "--scopes", "read", "--days", "90"]);
    let (id, secret) = (made["token"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let listed = object(&place, &["token", "list", OMAR]);
    assert_eq!(listed, json!([made["token"]]));
    assert_eq!((&listed[0]["scopes"], &listed[0]["used_at"]), (&json!(["read"]), &Value::Null));
    let days = listed[0]["expires_at"].as_i64().unwrap() - listed[0]["created_at"].as_i64().unwrap();
    assert_eq!(days, 90 * 24 * 3_600 * 1_000);
    assert!(secret.starts_with(listed[0]["shown"].as_str().unwrap()), "{listed}");
    let table = text(&place, &["token", "list", OMAR]);
    assert!(table.contains(id) && table.contains("nightly import") && !table.contains(secret), "{table}");
    assert_eq!(object(&place, &["token", "list", ADA]), json!([]));

    refused(&place, &["token", "revoke", ADA, id], 1, "not_found");
    refused(&place, &["token", "revoke", OMAR, "not-an-id"], 2, "usage");
    refused(&place, &["token", "add", OMAR, "x", "--scopes", "everything"], 2, "usage");
    refused(&place, &["token", "add", OMAR, "x", "--scopes", "admin"], 1, "invalid_account");
    assert_eq!(object(&place, &["token", "list", OMAR]).as_array().unwrap().len(), 1, "nothing was revoked or made");
    assert_eq!(object(&place, &["token", "revoke", OMAR, id]), json!({ "revoked": id }));
    assert_eq!(object(&place, &["token", "list", OMAR]), json!([]));
    refused(&place, &["token", "revoke", OMAR, id], 1, "not_found");
    let other = object(&place, &["token", "add", OMAR, "another"])["token"]["id"].as_str().unwrap().to_owned();
    assert_eq!(text(&place, &["token", "revoke", OMAR, &other]), format!("revoked: {other}\n"));
}

#[tokio::test]
async fn more_tokens_than_are_read_at_a_time_are_all_listed() {
    let place = people();
    let first = object(&place, &["token", "add", OMAR, "the first"])["token"]["id"].clone();
    let users = object(&place, &["user", "list"]);
    let owner = users.as_array().unwrap().iter().find(|user| user["email"] == OMAR).unwrap()["id"].as_str().unwrap();
    let store = Store::open(&place.data().join("sluice.db")).await.unwrap();
    let (owner, at) = (owner.parse::<OwnerId>().unwrap(), Timestamp::from_millis(1_900_000_000_000));
    let rows: Vec<TokenRow> = (0..=200)
        .map(|n| TokenRow {
            id: TokenId::new(at, [n; 10]),
            owner: owner.clone(),
            name: format!("script {n}"),
            hash: format!("{n:064}"),
            shown: "slc_abcd".to_owned(),
            scopes: [Scope::Read].into_iter().collect(),
            created_at: at,
            expires_at: None,
            used_at: None,
        })
        .collect();
    for row in &rows {
        store.write(async |tx| accounts::insert_token(tx, row).await).await.unwrap();
    }
    drop(store);
    let listed = object(&place, &["token", "list", OMAR]);
    let ids: Vec<String> =
        listed.as_array().unwrap().iter().map(|token| token["id"].as_str().unwrap().to_owned()).collect();
    let mut all: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    all.push(first.as_str().unwrap().to_owned());
    all.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(ids, all, "the latest first, none left out");
    assert_eq!(text(&place, &["token", "list", OMAR]).lines().count(), 203, "with a heading");
}

#[test]
fn keys_of_links_are_replaced_and_revoked() {
    let place = Place::new();
    assert_eq!(object(&place, &["links", "revoke"]), json!({ "revoked_keys": 0 }), "none signed anything yet");
    assert_eq!(object(&place, &["links", "rotate"]), json!({ "rotated": true }));
    let said = text(&place, &["links", "rotate"]);
    assert!(said.contains("older links work until they expire"), "{said}");
    let revoked = object(&place, &["links", "revoke"])["revoked_keys"].as_u64().unwrap();
    assert!(revoked >= 1, "{revoked}");
    assert!(text(&place, &["links", "revoke"]).contains("has ended"));
    refused(&place, &["links", "forget"], 2, "usage");
}
