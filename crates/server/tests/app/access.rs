//! Who is let in: nobody without an identity, nobody with one that is forged, ended or too small.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluice_app::account::{Accounts, Identity, Proof, SignUp};
use sluice_domain::ids::{OwnerId, SessionId};
use sluice_store::accounts::SessionRow;
use sluice_store::{Dialect, StoreError, Tx};
use std::time::Duration;

use crate::support::{Ask, TestApp};

pub(crate) const PASSWORD: &str = "a quiet lighthouse";
const ADA: &str = "ada@example.org";

/// A server whose first administrator is Ada; with her cookie.
pub(crate) async fn with_ada(dialect: Dialect, sign_up: SignUp) -> (TestApp, String) {
    with_ada_and(dialect, sign_up, &[]).await
}

/// The same with these arguments.
pub(crate) async fn with_ada_and(dialect: Dialect, sign_up: SignUp, arguments: &[&str]) -> (TestApp, String) {
    let (app, accounts) = TestApp::with_accounts_and(dialect, sign_up, arguments).await;
    let cookie = first(&app, &accounts).await;
    (app, cookie)
}

/// Ada becomes the first administrator; her cookie.
pub(crate) async fn first(app: &TestApp, accounts: &Accounts) -> String {
    let secret = accounts.first_invitation().await.unwrap().unwrap();
    let body = json!({ "email": ADA, "name": "Ada", "password": PASSWORD, "invitation": secret.reveal() });
    let answer = app.post("/api/v1/accounts").unknown().json(&body).answer().await;
    assert_eq!((answer.status, &answer.json()["role"]), (StatusCode::CREATED, &json!("admin")));
    answer.cookie()
}

impl Ask<'_> {
    pub(crate) fn cookie(self, cookie: &str) -> Self {
        self.unknown().header("cookie", cookie)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.unknown().header("authorization", &format!("Bearer {token}"))
    }
}

pub(crate) async fn token(app: &TestApp, cookie: &str, scopes: &[&str], days: Option<u32>) -> (String, String) {
    let body = json!({ "name": "a script", "scopes": scopes, "expires_in_days": days });
    let (status, made) = app.post("/api/v1/tokens").cookie(cookie).json(&body).send().await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    (made["token"]["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_no_other_and_no_more_than_its_maker_may() {
    let (app, _) = with_ada(Dialect::Sqlite, SignUp::Open).await;
    let body = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
    let answer = app.post("/api/v1/accounts").unknown().json(&body).answer().await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let omar = answer.cookie();
    // A token cannot make another one, nor one with more than its maker may do.
    let his = token(&app, &omar, &["read", "write"], None).await.1;
    let body = json!({ "name": "more", "scopes": ["read"] });
    let (status, answer) = app.post("/api/v1/tokens").bearer(&his).json(&body).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("session_needed")));
    let body = json!({ "name": "more", "scopes": ["admin"] });
    let (status, answer) = app.post("/api/v1/tokens").cookie(&omar).json(&body).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_account")));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_proves_nothing() {
    let (app, cookie) = with_ada(Dialect::Sqlite, SignUp::Closed).await;
    let account = async |ask: Ask<'_>| ask.send().await.0;
    let (id, secret) = token(&app, &cookie, &["read"], None).await;
    let short = token(&app, &cookie, &["read"], Some(1)).await.1;
    assert_eq!(account(app.get("/api/v1/account").bearer(&secret)).await, StatusCode::OK);
    let revoked = app.ask(Method::DELETE, &format!("/api/v1/tokens/{id}")).cookie(&cookie).send().await.0;
    assert_eq!(revoked, StatusCode::NO_CONTENT);
    assert_eq!(account(app.get("/api/v1/account").bearer(&secret)).await, StatusCode::UNAUTHORIZED, "revoked");

    // The secret of a session changes while it is used; the one before is good for requests that are on their way.
    app.advance(Duration::from_hours(2)).await;
    let answer = app.get("/api/v1/account").cookie(&cookie).answer().await;
    assert_eq!(answer.status, StatusCode::OK);
    let renewed = answer.cookie();
    assert_ne!(renewed, cookie);
    assert_eq!(account(app.get("/api/v1/account").cookie(&cookie)).await, StatusCode::OK, "on its way");
    app.advance(Duration::from_mins(2)).await;
    assert_eq!(account(app.get("/api/v1/account").cookie(&cookie)).await, StatusCode::UNAUTHORIZED, "replayed");
    assert_eq!(account(app.get("/api/v1/account").cookie(&renewed)).await, StatusCode::OK);

    app.advance(Duration::from_hours(23)).await;
    assert_eq!(account(app.get("/api/v1/account").bearer(&short)).await, StatusCode::UNAUTHORIZED, "expired");
    let renewed = app.get("/api/v1/account").cookie(&renewed).answer().await.cookie();
    assert_eq!(app.ask(Method::DELETE, "/api/v1/session").cookie(&renewed).send().await.0, StatusCode::NO_CONTENT);
    assert_eq!(account(app.get("/api/v1/account").cookie(&renewed)).await, StatusCode::UNAUTHORIZED, "signed out");

    let cookie = sign_in(&app, PASSWORD).await.1.unwrap();
    app.advance(Duration::from_hours(24 * 15)).await;
    assert_eq!(account(app.get("/api/v1/account").cookie(&cookie)).await, StatusCode::UNAUTHORIZED, "unused for long");
    app.end().await;
}

async fn sign_in(app: &TestApp, password: &str) -> (StatusCode, Option<String>, Value) {
    let body = json!({ "email": ADA, "password": password });
    let answer = app.post("/api/v1/session").unknown().json(&body).answer().await;
    let cookie = (answer.status == StatusCode::OK).then(|| answer.cookie());
    (answer.status, cookie, answer.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_leaves_the_one_who_asked() {
    let (app, first) = with_ada(Dialect::Sqlite, SignUp::Closed).await;
    let second = sign_in(&app, PASSWORD).await.1.unwrap();
    let (status, ended) = app.ask(Method::DELETE, "/api/v1/account/sessions").cookie(&second).send().await;
    assert_eq!((status, &ended["ended"]), (StatusCode::OK, &json!(1)));
    assert_eq!(app.get("/api/v1/account").cookie(&first).send().await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/api/v1/account").cookie(&second).send().await.0, StatusCode::OK);
    let body = json!({ "present": "not this one at all", "new": "another quiet lighthouse" });
    let (status, answer) = app.post("/api/v1/account/password").cookie(&second).json(&body).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNAUTHORIZED, &json!("wrong_password")));
    let body = json!({ "present": PASSWORD, "new": "another quiet lighthouse" });
    assert_eq!(app.post("/api/v1/account/password").cookie(&second).json(&body).send().await.0, StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&app, PASSWORD).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&app, "another quiet lighthouse").await.0, StatusCode::OK);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_says_for_how_long() {
    let (app, ada) = with_ada(Dialect::Sqlite, SignUp::Closed).await;
    let mut last = StatusCode::OK;
    for _ in 0..7 {
        last = sign_in(&app, "a wrong password").await.0;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let body = json!({ "email": ADA, "password": PASSWORD });
    let answer = app.post("/api/v1/session").unknown().json(&body).answer().await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "a right password is not looked at either");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    app.advance(Duration::from_secs(wait)).await;
    assert_eq!(sign_in(&app, PASSWORD).await.0, StatusCode::OK);
    let metrics = app.get("/metrics").cookie(&ada).answer().await;
    for outcome in ["succeeded", "failed", "throttled"] {
        let line = format!("sluice_sign_ins_total{{outcome=\"{outcome}\"}} ");
        let count = metrics.text().lines().find_map(|found| found.strip_prefix(&line)?.parse::<u64>().ok());
        assert!(count.is_some_and(|count| count > 0), "{outcome}: {count:?}");
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_and_deleted_accounts_are_out_at_once() {
    let (app, ada) = with_ada(Dialect::Sqlite, SignUp::Open).await;
    let body = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
    let answer = app.post("/api/v1/accounts").unknown().json(&body).answer().await;
    let (omar, id) = (answer.cookie(), answer.json()["id"].as_str().unwrap().to_owned());
    let his = token(&app, &omar, &["read"], None).await.1;
    let path = format!("/api/v1/admin/accounts/{id}");
    let state = async |state: &str| {
        let body = json!({ "state": state });
        assert_eq!(app.ask(Method::PATCH, &path).cookie(&ada).json(&body).send().await.0, StatusCode::OK);
    };
    state("suspended").await;
    assert_eq!(app.get("/api/v1/account").cookie(&omar).send().await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/api/v1/account").bearer(&his).send().await.0, StatusCode::UNAUTHORIZED);
    state("active").await;
    assert_eq!(app.get("/api/v1/account").bearer(&his).send().await.0, StatusCode::OK);
    assert_eq!(app.ask(Method::DELETE, &path).cookie(&ada).send().await.0, StatusCode::NO_CONTENT);
    assert_eq!(app.get("/api/v1/account").bearer(&his).send().await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get(&path).cookie(&ada).send().await.0, StatusCode::NOT_FOUND);

    let own = format!("/api/v1/admin/accounts/{}", OwnerId::local());
    let (status, answer) = app.ask(Method::DELETE, &own).cookie(&ada).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("last_administrator")));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_leaves_with_their_password_and_the_last_administrator_stays() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let (app, ada) = with_ada(dialect, SignUp::Open).await;
        let body = json!({ "email": "omar@example.org", "name": "Omar", "password": PASSWORD });
        let omar = app.post("/api/v1/accounts").unknown().json(&body).answer().await.cookie();
        let his = token(&app, &omar, &["read", "write"], None).await.1;
        let leave = async |ask: Ask<'_>, body: Value| ask.json(&body).answer().await;
        let path = "/api/v1/account";
        for body in [json!({}), json!({ "password": "not this one at all" })] {
            let answer = leave(app.ask(Method::DELETE, path).cookie(&omar), body).await;
            assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("wrong_password")));
        }
        let by_token = leave(app.ask(Method::DELETE, path).bearer(&his), json!({ "password": PASSWORD })).await;
        assert_eq!(by_token.json()["code"], "session_needed");
        let gone = leave(app.ask(Method::DELETE, path).cookie(&omar), json!({ "password": PASSWORD })).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert!(gone.header("set-cookie").contains("Max-Age=0"), "{}", gone.header("set-cookie"));
        assert_eq!(app.get(path).cookie(&omar).send().await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(app.get(path).bearer(&his).send().await.0, StatusCode::UNAUTHORIZED);
        let last = leave(app.ask(Method::DELETE, path).cookie(&ada), json!({ "password": PASSWORD })).await;
        assert_eq!((last.status, &last.json()["code"]), (StatusCode::CONFLICT, &json!("last_administrator")));
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_work_without_script() {
    let (app, accounts) = TestApp::with_accounts(Dialect::Sqlite, SignUp::Invitation).await;
    let answer = app.get("/reel?x=1").unknown().answer().await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/sign-in?next=%2Freel%3Fx%3D1");
    let secret = accounts.first_invitation().await.unwrap().unwrap();
    let page = app.get(&format!("/join/{}", secret.reveal())).unknown().answer().await;
    assert!(page.text().contains("Set up Sluice"), "{}", page.text());
    let form = |fields: &str| {
        app.post("/join").unknown().text(fields).header("content-type", "application/x-www-form-urlencoded")
    };
    let weak = form(&format!("invitation={}&name=%3Cb%3EAda&email=ada%40example.org&password=short", secret.reveal()));
    let weak = weak.answer().await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = weak.text();
    assert!(text.contains("10 to 256 characters") && text.contains("&lt;b&gt;Ada") && !text.contains("<b>"), "{text}");
    let made =
        form(&format!("invitation={}&name=Ada&email=ada%40example.org&password=a+quiet+lighthouse", secret.reveal()));
    let made = made.answer().await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = made.cookie();
    assert_eq!(app.get("/").cookie(&cookie).answer().await.status, StatusCode::OK);
    let used = app.get(&format!("/join/{}", secret.reveal())).unknown().answer().await;
    assert_eq!(used.status, StatusCode::NOT_FOUND);
    let post = |path: &str, fields: &str| {
        app.post(path).unknown().text(fields).header("content-type", "application/x-www-form-urlencoded")
    };
    let wrong = post("/sign-in", "email=ada%40example.org&password=wrong+password&next=%2Freel")
        .header("accept-language", "ar")
        .answer()
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let text = wrong.text();
    assert!(text.contains("dir=\"rtl\"") && text.contains("غير صحيحة") && text.contains("value=\"/reel\""), "{text}");
    for (next, to) in
        [("%2Freel", "/reel"), ("%2F%2Fevil.example", "/"), ("https%3A%2F%2Fevil.example", "/"), ("%2F%5Cevil", "/")]
    {
        let fields = format!("email=ada%40example.org&password=a+quiet+lighthouse&next={next}");
        let answer = post("/sign-in", &fields).answer().await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, to));
    }
    let out = app.post("/sign-out").cookie(&cookie).answer().await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get("/").cookie(&cookie).answer().await.status, StatusCode::SEE_OTHER);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_first_has_what_was_made_before() {
    let (app, accounts) = TestApp::with_accounts(Dialect::Postgres, SignUp::Closed).await;
    assert!(accounts.is_new().await.unwrap());
    let first = accounts.first_invitation().await.unwrap().unwrap();
    let second = accounts.first_invitation().await.unwrap().unwrap();
    let join = async |secret: &str, email: &str| {
        let body = json!({ "email": email, "name": "Ada", "password": PASSWORD, "invitation": secret });
        app.post("/api/v1/accounts").unknown().json(&body).send().await
    };
    assert_eq!(join(first.reveal(), ADA).await.0, StatusCode::UNPROCESSABLE_ENTITY, "replaced by the second");
    let (status, account) = join(second.reveal(), ADA).await;
    assert_eq!((status, &account["id"]), (StatusCode::CREATED, &json!(OwnerId::local())));
    assert_eq!(join(second.reveal(), "eve@example.org").await.0, StatusCode::UNPROCESSABLE_ENTITY, "used");
    assert!(accounts.first_invitation().await.unwrap().is_none());
    let body = json!({ "email": "eve@example.org", "name": "Eve", "password": PASSWORD });
    let (status, answer) = app.post("/api/v1/accounts").unknown().json(&body).send().await;
    assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("sign_up_closed")));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_how_to_prove_an_identity() {
    let (app, _) = TestApp::with_accounts(Dialect::Sqlite, SignUp::Open).await;
    let answer = app.post("/api/v1/webhooks").unknown().json(&json!({ "url": "https://example.org" })).answer().await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_sessions_and_invitations_are_listed_page_by_page() {
    for dialect in crate::support::BOTH {
        let (app, cookie) = with_ada(dialect, SignUp::Closed).await;
        for n in 0..3 {
            token(&app, &cookie, &["read"], None).await;
            let invited = app.post("/api/v1/admin/invitations").cookie(&cookie).json(&json!({})).send().await;
            assert_eq!(invited.0, StatusCode::CREATED, "{n}: {}", invited.1);
        }
        for _ in 0..2 {
            sign_in(&app, PASSWORD).await.1.unwrap();
        }
        for path in ["/api/v1/tokens", "/api/v1/admin/invitations", "/api/v1/account/sessions"] {
            let page = async |query: &str| {
                let (status, page) = app.get(&format!("{path}?{query}")).cookie(&cookie).send().await;
                assert_eq!(status, StatusCode::OK, "{path}: {page}");
                let ids = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
                (ids, page["next_cursor"].as_str().map(str::to_owned))
            };
            let (all, end) = page("").await;
            assert_eq!((all.len(), end), (3, None), "{path}");
            let (first, next) = page("limit=2").await;
            let (second, end) = page(&format!("limit=2&cursor={}", next.unwrap())).await;
            assert_eq!(([first, second].concat(), end), (all, None), "{path}: each once, in the same order");
            for wrong in ["limit=0", "limit=101", "cursor=nonsense", "page=2"] {
                let answer = app.get(&format!("{path}?{wrong}")).cookie(&cookie).answer().await;
                assert_eq!(answer.problem(), (400, "bad_request".to_owned()), "{path} {wrong}");
            }
        }
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_holds_however_many_came_after_it() {
    for dialect in crate::support::BOTH {
        let (app, accounts) = TestApp::with_accounts(dialect, SignUp::Closed).await;
        first(&app, &accounts).await;
        let account = accounts.by_email(&ADA.parse().unwrap()).await.unwrap();
        let old = accounts.sessions(&account.owner, None, 1).await.unwrap().remove(0);
        let identity = Identity::of(&account, Proof::Session(old.id.clone()));
        let store = &app.app.platform.store;
        let later = old.created_at + Duration::from_secs(1);
        let add = async |tx: &mut Tx| {
            for n in 0..=200 {
                let (id, hash) = (SessionId::new(later, [n; 10]), format!("{n:064}"));
                let row = SessionRow { id, hash, previous_hash: None, ..old.clone() };
                sluice_store::accounts::insert_session(tx, &row).await?;
            }
            Ok::<_, StoreError>(())
        };
        store.write(add).await.unwrap();
        assert!(accounts.still_holds(&identity).await.unwrap(), "{dialect:?}");
        accounts.sign_out(&account.owner, &old.id).await.unwrap();
        assert!(!accounts.still_holds(&identity).await.unwrap(), "{dialect:?}");
        app.end().await;
    }
}
