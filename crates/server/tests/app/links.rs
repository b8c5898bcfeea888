//! Links to media: what ends them, and what they do not open, whichever database and whichever store there is.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;
use sluice_app::account::people::Change;
use sluice_app::account::{Accounts, SignUp};
use sluice_app::links::{self, Signer};
use sluice_blobs::BlobHash;
use sluice_domain::account::AccountState;
use sluice_domain::ids::OwnerId;
use sluice_server::apps::APPS;
use sluice_store::blobs::{self, Subject};
use sluice_store::migrations::MODULES;
use sluice_store::{Dialect, StoreError};

use crate::bucket::Server;
use crate::support::{BOTH, TestApp};

const BYTES: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A file that a row of an owner has.
async fn kept(app: &TestApp, owner: &OwnerId, bytes: &[u8]) -> BlobHash {
    let platform = &app.app.platform;
    let hash = platform.media.keep_bytes(bytes.to_vec()).await.unwrap().hash;
    let subject = Subject { owner, app: "test", id: "one" };
    platform.store.write(async |tx| blobs::reference(tx, &subject, &[hash.as_str()]).await).await.unwrap();
    hash
}

async fn link(app: &TestApp, owner: &OwnerId, hash: &BlobHash) -> String {
    Signer::of(&app.app.platform, owner).await.unwrap().show(hash, "a.mp4")
}

/// What somebody gets who shows nothing but the link.
async fn opens(app: &TestApp, link: &str) -> (u16, String) {
    let answer = app.get(link).unknown().answer().await;
    if answer.status.is_success() { (answer.status.as_u16(), String::new()) } else { answer.problem() }
}

fn refused() -> (u16, String) {
    (403, "link_refused".to_owned())
}

fn works() -> (u16, String) {
    (200, String::new())
}

#[tokio::test]
async fn a_link_opens_what_it_was_given_for_and_nothing_else() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let (ada, omar): (OwnerId, OwnerId) = ("ada".parse().unwrap(), "omar".parse().unwrap());
        let (hash, other) = (kept(&app, &ada, BYTES).await, kept(&app, &omar, b"another").await);
        let good = link(&app, &ada, &hash).await;
        assert_eq!(opens(&app, &good).await, works());
        let key = good.split("&key=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let (head, signature) = good.rsplit_once('=').unwrap();
        for forged in [
            good.replace(hash.as_str(), other.as_str()),
            good.replace("a.mp4", "a.html"),
            good.replace("of=ada", "of=omar"),
            good.replace("of=ada", "of=%2F"),
            good.replace("epoch=0", "epoch=1"),
            good.replace("expires=1", "expires=9"),
            good.replace(&format!("key={key}"), "key=another"),
            format!("{good}&save=1"),
            format!("{good}&result=x"),
            format!("{good}0"),
            format!("{head}="),
            format!("{head}={}", signature.to_uppercase()),
        ] {
            assert_ne!(forged, good);
            assert_eq!(opens(&app, &forged).await, refused(), "{forged}");
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = app.ask(method, &good).unknown().answer().await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        }
        // Signed for somebody who has not the bytes.
        assert_eq!(opens(&app, &link(&app, &omar, &hash).await).await, (410, "media_gone".to_owned()));
        app.end().await;
    }
}

#[tokio::test]
async fn a_link_lasts_its_time_and_is_the_same_for_caches() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let owner = OwnerId::local();
        let hash = kept(&app, &owner, BYTES).await;
        // To the beginning of a window.
        let now = app.app.platform.now().await.unwrap().as_millis();
        app.advance(Duration::from_millis(u64::try_from(600_000 - now % 600_000).unwrap())).await;
        let first = link(&app, &owner, &hash).await;
        app.advance(Duration::from_mins(9)).await;
        assert_eq!(link(&app, &owner, &hash).await, first);
        let answer = app.get(&first).unknown().answer().await;
        let cached = answer.header("cache-control").to_owned();
        let left: u64 = cached.strip_prefix("public, max-age=").unwrap().split(',').next().unwrap().parse().unwrap();
        assert!((600..=660).contains(&left) && cached.ends_with(", immutable"), "{cached}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.header("etag"), format!("\"{hash}\""));
        assert_eq!(answer.header("set-cookie"), "");
        app.advance(Duration::from_mins(2)).await;
        assert_ne!(link(&app, &owner, &hash).await, first);
        // Twenty minutes after its window began, and within the minute by which clocks may be apart.
        app.advance(Duration::from_mins(9) + Duration::from_secs(30)).await;
        let late = app.get(&first).unknown().answer().await;
        assert_eq!((late.status, late.header("cache-control")), (StatusCode::OK, "public, max-age=0, immutable"));
        app.advance(Duration::from_mins(1)).await;
        let ended = app.get(&first).unknown().answer().await;
        assert_eq!(ended.problem(), refused());
        assert!(ended.text().contains("expired"), "{}", ended.text());
        app.end().await;
    }
}

#[tokio::test]
async fn keys_are_replaced_every_day_and_older_links_work_until_they_expire() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let owner = OwnerId::local();
        let hash = kept(&app, &owner, BYTES).await;
        let key = |link: &str| link.split("&key=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let first = link(&app, &owner, &hash).await;
        app.advance(Duration::from_hours(24) - Duration::from_mins(5)).await;
        let last = link(&app, &owner, &hash).await;
        assert_eq!(key(&last), key(&first));
        app.advance(Duration::from_mins(5)).await;
        let next = link(&app, &owner, &hash).await;
        assert_ne!(key(&next), key(&first));
        assert_eq!([opens(&app, &last).await, opens(&app, &next).await], [works(), works()]);
        links::rotate(&app.app.platform).await.unwrap();
        let after = link(&app, &owner, &hash).await;
        assert_ne!(key(&after), key(&next));
        assert_eq!([opens(&app, &next).await, opens(&app, &after).await], [works(), works()]);
        links::revoke(&app.app.platform).await.unwrap();
        for revoked in [&last, &next, &after] {
            assert_eq!(opens(&app, revoked).await, refused());
        }
        assert_eq!(opens(&app, &link(&app, &owner, &hash).await).await, works());
        app.end().await;
    }
}

async fn account(accounts: &Accounts, app: &TestApp) -> OwnerId {
    let body = json!({ "email": "ada@example.org", "name": "Ada", "password": "a long walk by the river" });
    let (status, view) = app.post("/api/v1/accounts").unknown().json(&body).send().await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    accounts.by_email(&"ada@example.org".parse().unwrap()).await.unwrap().owner
}

#[tokio::test]
async fn a_link_ends_with_the_epoch_of_its_owner_and_with_the_last_row_that_has_the_bytes() {
    for dialect in BOTH {
        let (app, accounts) = TestApp::with_accounts(dialect, SignUp::Open).await;
        // The administrator, who stays.
        let body = json!({ "email": "root@example.org", "name": "Root", "password": "a long walk by the river" });
        app.post("/api/v1/accounts").unknown().json(&body).send().await;
        let ada = account(&accounts, &app).await;
        let hash = kept(&app, &ada, BYTES).await;
        let (one, other) = (link(&app, &ada, &hash).await, link(&app, &OwnerId::local(), &hash).await);
        assert_eq!(opens(&app, &one).await, works());
        accounts.sign_out_everywhere(&ada, None).await.unwrap();
        let ended = app.get(&one).unknown().answer().await;
        assert_eq!(ended.problem(), refused());
        assert!(ended.text().contains("revoked"), "{}", ended.text());
        let two = link(&app, &ada, &hash).await;
        assert_eq!(opens(&app, &two).await, works());
        let state = async |state| {
            let change = Change { state: Some(state), ..Change::default() };
            accounts.change(&ada, change).await.unwrap();
        };
        state(AccountState::Suspended).await;
        assert_eq!(opens(&app, &two).await, refused());
        state(AccountState::Active).await;
        assert_eq!(opens(&app, &two).await, refused(), "what was revoked stays so");
        let three = link(&app, &ada, &hash).await;
        assert_eq!(opens(&app, &three).await, works());
        let release = async |tx: &mut sluice_store::Tx| {
            blobs::release(tx, &Subject { owner: &ada, app: "test", id: "one" }).await
        };
        kept(&app, &OwnerId::system(), BYTES).await;
        app.app.platform.store.write::<_, StoreError, _>(release).await.unwrap();
        assert_eq!(opens(&app, &three).await, (410, "media_gone".to_owned()), "although another owner has the bytes");
        assert_eq!(opens(&app, &other).await, (410, "media_gone".to_owned()));
        accounts.delete(&ada).await.unwrap();
        assert_eq!(opens(&app, &three).await, refused());
        app.run_jobs().await;
        app.end().await;
    }
}

/// An app whose media are in a bucket.
pub(crate) async fn in_bucket(server: &Server, more: &[&str]) -> TestApp {
    let settings = server.settings();
    let (id, secret) = settings.key.unwrap();
    let fixed = [
        ["--blobs", "s3://media/some/prefix"],
        ["--s3-endpoint", &settings.endpoint.unwrap()],
        ["--s3-region", "us-east-1"],
        ["--s3-access-key-id", &id],
        ["--s3-secret", &secret],
    ];
    TestApp::with(Dialect::Sqlite, MODULES, APPS, &[fixed.as_flattened(), more].concat()).await
}

#[tokio::test]
async fn media_in_a_bucket_come_through_the_server_like_those_in_a_folder() {
    let server = Server::start().await;
    let app = in_bucket(&server, &[]).await;
    let owner = OwnerId::local();
    let hash = kept(&app, &owner, BYTES).await;
    let good = link(&app, &owner, &hash).await;
    for (range, status, body) in [("bytes=0-4", 206, &b"01234"[..]), ("bytes=-1", 206, b"z"), ("lines=0-4", 200, BYTES)]
    {
        let answer = app.get(&good).unknown().header("range", range).answer().await;
        assert_eq!((answer.status.as_u16(), answer.bytes.as_slice()), (status, body), "{range}");
    }
    assert_eq!(app.get(&good).header("range", "bytes=36-").answer().await.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(opens(&app, &good.replace("a.mp4", "b.mp4")).await, refused());
    std::fs::remove_file(server.object(&hash)).unwrap();
    assert_eq!(opens(&app, &good).await, (410, "media_gone".to_owned()));
    app.end().await;
}

#[tokio::test]
async fn clients_are_sent_to_the_bucket_if_that_is_set() {
    let server = Server::start().await;
    let app = in_bucket(&server, &["--s3-redirect"]).await;
    let owner = OwnerId::local();
    let hash = kept(&app, &owner, BYTES).await;
    let good = link(&app, &owner, &hash).await;
    let answer = app.get(&good).unknown().answer().await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let presigned = answer.header("location").to_owned();
    let client = reqwest::Client::new();
    let there = client.get(&presigned).header("range", "bytes=0-4").send().await.unwrap();
    assert_eq!((there.status().as_u16(), there.headers()["content-type"].to_str().unwrap()), (206, "video/mp4"));
    assert_eq!(there.headers()["content-disposition"], "inline; filename=\"a.mp4\"; filename*=UTF-8''a.mp4");
    assert_eq!(there.headers()["cache-control"], answer.header("cache-control"));
    assert_eq!(there.bytes().await.unwrap().as_ref(), b"01234");
    let forged = client.get(presigned.replace("inline", "attachment")).send().await.unwrap();
    assert_eq!(forged.status().as_u16(), 403);
    // What is refused is not redirected; captions and the head of a file come from here.
    assert_eq!(opens(&app, &good.replace("epoch=0", "epoch=1")).await, refused());
    let head = app.ask(Method::HEAD, &good).unknown().answer().await;
    assert_eq!((head.status, head.header("content-length")), (StatusCode::OK, "36"));
    let captions = Signer::of(&app.app.platform, &owner).await.unwrap().show(&hash, "a.vtt");
    assert_eq!(opens(&app, &captions).await, works());
    // The page may show what it is redirected to.
    let policy = app.get("/").answer().await.header("content-security-policy").to_owned();
    let origin = server.settings().endpoint.unwrap();
    for list in ["img-src", "media-src"] {
        assert!(policy.contains(&format!("{list} 'self' {origin}")), "{policy}");
    }
    app.end().await;
}
