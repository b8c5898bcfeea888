//! Limits over the real router: shared by processes, of addresses, people, tokens and plans, in mid-upload, raised at once.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use serde_json::{Value, json};
use sluice_app::account::SignUp;
use sluice_testkit::pdf;

use crate::access::{token, with_ada_and};
use crate::support::{Answer, Ask, BOTH, TestApp};

const JOBS: &str = "/api/v1/jobs";

fn requests(answer: &Answer) -> bool {
    if answer.status == StatusCode::OK {
        return true;
    }
    assert_eq!(answer.problem(), (429, "limit_requests".to_owned()));
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=601).contains(&seconds), "{seconds}");
    assert_eq!(answer.json()["retry_after_seconds"], seconds);
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_answer_exactly_as_many_requests_as_an_address_may_make() {
    let plans = r#"{"visitor": {"address": {"requests": {"hard": 20, "soft": 15, "seconds": 600}}}}"#;
    for dialect in BOTH {
        let mut app = TestApp::open_with(dialect, &["--plans", plans]).await;
        app.behind(&["10.0.0.0/8"]);
        let other = app.beside_alone(&["--plans", plans]).await;
        let ask = |n: usize| if n.is_multiple_of(2) { app.get(JOBS) } else { app.get(JOBS).to(&other) };
        let answers = join_all((0..60).map(|n| ask(n).answer())).await;
        assert_eq!(answers.iter().filter(|answer| requests(answer)).count(), 20);
        let refused = app.get(JOBS).answer().await;
        assert_eq!(refused.header("ratelimit-policy"), "\"address-requests\";q=20;w=600");
        assert!(
            refused.header("ratelimit").starts_with("\"address-requests\";r=0;t="),
            "{}",
            refused.header("ratelimit")
        );
        assert_eq!(refused.json()["violated-policies"], json!(["address-requests"]));
        // Another address has its own, and what a client claims is not believed, but what a trusted proxy says is.
        let first = app.get(JOBS).from("192.0.2.7").header("x-forwarded-for", "192.0.2.8").answer().await;
        assert_eq!(first.header("ratelimit"), "\"address-requests\";r=19;t=600");
        let same = app.get(JOBS).from("10.0.0.1").header("x-forwarded-for", "192.0.2.7").answer().await;
        assert!(same.header("ratelimit").starts_with("\"address-requests\";r=18;"), "{}", same.header("ratelimit"));
        let new = app.get(JOBS).from("2001:db8::1").answer().await;
        assert!(new.header("ratelimit").starts_with("\"address-requests\";r=19;"));
        let network = app.get(JOBS).from("2001:db8::2").answer().await;
        assert!(
            network.header("ratelimit").starts_with("\"address-requests\";r=18;"),
            "a network of IPv6 is one client"
        );
        // Probes, the page and the description of the API itself.
        assert_eq!(app.get("/api/v1/health").answer().await.status, StatusCode::OK);
        assert_eq!(app.get("/health/live").answer().await.status, StatusCode::OK);
        app.advance(Duration::from_secs(601)).await;
        assert!(requests(&app.get(JOBS).answer().await));
        let usage = app.get("/api/v1/usage").send().await.1;
        let limit = &usage["limits"][0];
        assert_eq!(
            (&limit["limit"], &limit["holder"], &limit["used"]),
            (&json!("requests"), &json!("address"), &json!(2))
        );
        assert_eq!((&usage["plan"], &usage["plan_is_known"]), (&json!("visitor"), &json!(true)));
        let warned = app.texts("SELECT entries AS value FROM event_log WHERE entries LIKE '%limit.near%'", &[]).await;
        assert_eq!(warned.len(), 1, "{warned:?}");
        app.end().await;
    }
}

/// A wrong token takes work as well, so that whoever tries many of them is told to wait.
#[tokio::test(flavor = "multi_thread")]
async fn requests_whose_identity_is_refused_count_too() {
    let plans = r#"{"visitor": {"address": {"requests": {"hard": 3, "seconds": 600}}}}"#;
    for dialect in BOTH {
        let (app, _) = with_ada_and(dialect, SignUp::Closed, &["--plans", plans]).await;
        let wrong = async || app.get(JOBS).bearer("x.y").from("192.0.2.7").answer().await;
        for _ in 0..3 {
            assert_eq!(wrong().await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(wrong().await.problem(), (429, "limit_requests".to_owned()));
        let elsewhere = app.get(JOBS).bearer("x.y").from("192.0.2.8").answer().await;
        assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED);
        app.end().await;
    }
}

/// Which limits an administrator gives Ada.
async fn limit(app: &TestApp, cookie: &str, plan: Option<&str>, overrides: Value) -> Value {
    let owner = app.get("/api/v1/account").cookie(cookie).send().await.1["owner"].clone();
    let address = format!("/api/v1/admin/users/{}/limits", owner.as_str().unwrap());
    let body = json!({ "plan": plan, "overrides": overrides });
    let (status, limits) = app.ask(Method::PUT, &address).cookie(cookie).json(&body).send().await;
    assert_eq!(status, StatusCode::OK, "{limits}");
    assert_eq!(app.get(&address).cookie(cookie).send().await.1["overrides"], overrides);
    limits
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_start_exactly_as_many_videos_at_once_as_a_person_may_have() {
    for dialect in BOTH {
        let (app, cookie) = with_ada_and(dialect, SignUp::Closed, &[]).await;
        let other = app.beside(&[]).await;
        let document = app.post("/api/v1/documents").cookie(&cookie).file("tides.pdf", &pdf::fine()).send().await.1;
        let body = json!({ "document_id": document["id"] });
        let start = || app.post("/api/v1/reels").cookie(&cookie).json(&body);
        let answers = join_all((0..8).map(|n| if n % 2 == 0 { start() } else { start().to(&other) }.answer())).await;
        let (started, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == StatusCode::ACCEPTED);
        assert_eq!((started.len(), refused.len()), (2, 6));
        let policy = "\"user-jobs-at-once\";q=2;qu=\"concurrent-requests\"";
        for answer in &refused {
            assert_eq!(answer.problem(), (429, "limit_jobs_at_once".to_owned()));
            let body = answer.json();
            assert_eq!((&body["hard"], &body["used"], &body["holder"]), (&json!(2), &json!(2), &json!("user")));
            assert_eq!((answer.header("retry-after"), answer.header("ratelimit-policy")), ("30", policy));
        }
        assert_eq!(started[0].header("ratelimit-policy"), policy);
        // Raised, it holds at once, in the other process, too.
        limit(&app, &cookie, None, json!({ "jobs_at_once": { "hard": 3, "soft": 3 } })).await;
        assert_eq!(start().to(&other).answer().await.status, StatusCode::ACCEPTED);
        assert_eq!(start().answer().await.problem().1, "limit_jobs_at_once");
        let warned = app.texts("SELECT entries AS value FROM event_log WHERE entries LIKE '%limit.near%'", &[]).await;
        assert_eq!(warned.len(), 1, "{warned:?}");
        // One that ends makes room for another.
        let id = started[0].json()["job_id"].as_str().unwrap().to_owned();
        app.post(&format!("/api/v1/jobs/{id}/cancel")).cookie(&cookie).send().await;
        assert_eq!(start().answer().await.status, StatusCode::ACCEPTED);
        let again = app.post(&format!("/api/v1/jobs/{id}/retry")).cookie(&cookie).answer().await;
        assert_eq!(again.problem(), (429, "limit_jobs_at_once".to_owned()), "a retried one is one more");
        let usage = app.get("/api/v1/usage").cookie(&cookie).send().await.1;
        assert_eq!((&usage["jobs_at_once"], &usage["limits"][0]["state"]), (&json!(3), &json!("reached")), "{usage}");
        let jobs = app.get(JOBS).cookie(&cookie).send().await.1;
        for job in jobs["items"].as_array().unwrap() {
            let id = job["id"].as_str().unwrap();
            app.post(&format!("/api/v1/jobs/{id}/cancel")).cookie(&cookie).send().await;
        }
        app.end().await;
    }
}

fn tus<'a>(app: &'a TestApp, cookie: &str, method: Method, path: &str) -> Ask<'a> {
    app.ask(method, path).cookie(cookie).header("tus-resumable", "1.0.0")
}

async fn announce(app: &TestApp, cookie: &str, length: usize) -> Answer {
    let ask = tus(app, cookie, Method::POST, "/api/v1/uploads").header("upload-metadata", "filename dGlkZXMucGRm");
    ask.header("upload-length", &length.to_string()).answer().await
}

async fn send(app: &TestApp, cookie: &str, address: &str, offset: usize, bytes: &[u8]) -> Answer {
    let ask = tus(app, cookie, Method::PATCH, address).header("content-type", "application/offset+octet-stream");
    ask.header("upload-offset", &offset.to_string()).raw(bytes).answer().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_reached_in_mid_upload_loses_nothing_and_more_room_lets_it_go_on() {
    for dialect in BOTH {
        let (app, cookie) = with_ada_and(dialect, SignUp::Closed, &[]).await;
        let file = pdf::fine();
        let length = file.len();
        let room = |bytes: usize| json!({ "bytes_kept": { "hard": bytes, "soft": 1 } });
        limit(&app, &cookie, None, room(length)).await;
        let large = announce(&app, &cookie, length + 1).await;
        assert_eq!(large.problem(), (413, "limit_bytes_kept".to_owned()));
        assert_eq!((&large.json()["hard"], &large.json()["asked"]), (&json!(length), &json!(length + 1)));
        let address = announce(&app, &cookie, length).await.header("location").to_owned();
        // What is announced has its place.
        assert_eq!(announce(&app, &cookie, 1).await.problem(), (413, "limit_bytes_kept".to_owned()));
        assert_eq!(send(&app, &cookie, &address, 0, &file[..500]).await.status, StatusCode::NO_CONTENT);
        limit(&app, &cookie, None, room(length - 1)).await;
        let refused = send(&app, &cookie, &address, 500, &file[500..800]).await;
        assert_eq!(refused.problem(), (413, "limit_bytes_kept".to_owned()));
        // Its lock is given back, and what was received is there.
        let head = tus(&app, &cookie, Method::HEAD, &address).answer().await;
        assert_eq!((head.status, head.header("upload-offset")), (StatusCode::OK, "500"));
        // Room for the file, but not for what is read of it, which is known at its end.
        limit(&app, &cookie, None, room(length)).await;
        let refused = send(&app, &cookie, &address, 500, &file[500..]).await;
        assert_eq!(refused.problem(), (413, "limit_bytes_kept".to_owned()));
        let at: usize =
            tus(&app, &cookie, Method::HEAD, &address).answer().await.header("upload-offset").parse().unwrap();
        assert_eq!(at, length - 1, "all but the last byte");
        assert_eq!(app.texts("SELECT id AS value FROM documents", &[]).await, [""; 0]);
        limit(&app, &cookie, None, room(1_000_000)).await;
        let answer = send(&app, &cookie, &address, at, &file[at..]).await;
        assert_ne!(answer.header("sluice-document"), "", "{}", answer.json());
        let usage = app.get("/api/v1/usage").cookie(&cookie).send().await.1;
        let (limit_of_bytes, kept) = (&usage["limits"][1], usage["bytes_kept"].as_u64().unwrap());
        assert!(kept > length as u64 && usage["bytes_announced"] == 0, "{usage}");
        assert_eq!((&limit_of_bytes["limit"], &limit_of_bytes["state"]), (&json!("bytes_kept"), &json!("near")));
        // By the other door the same; the same file once more needs no room.
        limit(&app, &cookie, None, room(usize::try_from(kept).unwrap())).await;
        let same = app.post("/api/v1/documents").cookie(&cookie).file("again.pdf", &file).answer().await;
        assert_eq!(same.status, StatusCode::CREATED, "{}", same.json());
        let other = [file.as_slice(), b"\n%more"].concat();
        let refused = app.post("/api/v1/documents").cookie(&cookie).file("other.pdf", &other).answer().await;
        assert_eq!(refused.problem(), (413, "limit_bytes_kept".to_owned()));
        let body = json!({ "document_id": same.json()["id"] });
        let full = app.post("/api/v1/reels").cookie(&cookie).json(&body).answer().await;
        assert_eq!(full.problem(), (429, "limit_bytes_kept".to_owned()), "where there is no room nothing is made");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_tokens_and_plans_have_limits_of_their_own() {
    let plans = r#"{
        "standard": {},
        "team": {
            "user": { "requests": { "hard": 8, "seconds": 60 }, "uploads": { "hard": 2, "seconds": 60 } },
            "token": { "requests": { "hard": 3, "seconds": 60 } },
            "together": { "uploads": { "hard": 3, "seconds": 60 } }
        }
    }"#;
    for dialect in BOTH {
        let (app, ada) = with_ada_and(dialect, SignUp::Open, &["--plans", plans]).await;
        let body = json!({ "email": "omar@example.org", "name": "Omar", "password": "a quiet lighthouse" });
        let omar = app.post("/api/v1/accounts").unknown().json(&body).answer().await;
        let (omar, cookie) = (omar.json()["id"].as_str().unwrap().to_owned(), omar.cookie());
        let (one, two) = (token(&app, &ada, &["read"], None).await.1, token(&app, &ada, &["read"], None).await.1);
        let known = app.get("/api/v1/admin/plans").cookie(&ada).send().await.1;
        assert_eq!(known[1]["name"], "team", "{known}");
        limit(&app, &ada, Some("team"), json!({})).await;
        let of_omar = format!("/api/v1/admin/users/{omar}/limits");
        let give = |body: Value| app.ask(Method::PUT, &of_omar).cookie(&ada).json(&body);
        let answers = [
            give(json!({ "plan": "gone", "overrides": {} })).answer().await,
            give(json!({ "overrides": { "jobs": { "hard": 1, "soft": 2, "seconds": 1 } } })).answer().await,
            give(json!({ "overrides": { "wishes": null } })).answer().await,
        ];
        let codes: Vec<_> = answers.iter().map(Answer::problem).collect();
        let expected = [(422, "no_such_plan"), (400, "bad_request"), (400, "bad_request")];
        assert_eq!(codes, expected.map(|(status, code)| (status, code.to_owned())));
        assert!(answers[1].json()["detail"].as_str().unwrap().contains("above the hard one"));
        app.advance(Duration::from_secs(61)).await;

        let asked = async |secret: &str| app.get(JOBS).bearer(secret).answer().await;
        for left in [2, 1, 0] {
            let header = asked(&one).await.header("ratelimit").to_owned();
            assert!(header.contains(&format!("\"token-requests\";r={left};")), "{header}");
        }
        let refused = asked(&one).await;
        assert_eq!((refused.problem().1, &refused.json()["holder"]), ("limit_requests".to_owned(), &json!("token")));
        assert_eq!(asked(&two).await.status, StatusCode::OK, "another token has its own");
        // The person has made four by tokens; the refused one did not count.
        let policies = app.get(JOBS).cookie(&ada).answer().await;
        assert_eq!(policies.header("ratelimit-policy"), "\"user-requests\";q=8;w=60");
        assert!(policies.header("ratelimit").starts_with("\"user-requests\";r=3;"), "{}", policies.header("ratelimit"));
        for _ in 0..3 {
            assert!(requests(&app.get(JOBS).cookie(&ada).answer().await));
        }
        assert_eq!(app.get(JOBS).cookie(&ada).answer().await.json()["holder"], "user");
        // Nobody is refused for another's sake, until the plan's own limit is reached.
        app.advance(Duration::from_secs(61)).await;
        let omars = give(json!({ "plan": "team", "overrides": { "uploads": null } })).send().await.1;
        assert_eq!(omars["overrides"], json!({ "uploads": null }), "null lifts a limit: {omars}");
        let begun = announce(&app, &ada, 1000).await;
        assert!(begun.header("ratelimit-policy").contains("uploads"), "{}", begun.header("ratelimit-policy"));
        assert_eq!(announce(&app, &ada, 1000).await.status, StatusCode::CREATED);
        assert_eq!(announce(&app, &ada, 1000).await.json()["holder"], "user");
        assert_eq!(announce(&app, &cookie, 1000).await.status, StatusCode::CREATED);
        let refused = announce(&app, &cookie, 1000).await;
        assert_eq!((refused.problem().1, &refused.json()["holder"]), ("limit_uploads".to_owned(), &json!("plan")));
        assert_eq!((&refused.json()["hard"], &refused.json()["used"]), (&json!(3), &json!(3)));
        let usage = app.get(&format!("/api/v1/admin/users/{omar}/usage")).cookie(&ada).send().await.1;
        let plan = usage["limits"].as_array().unwrap().iter().find(|limit| limit["holder"] == "plan").unwrap();
        assert_eq!((&plan["used"], &plan["state"]), (&json!(3), &json!("reached")));
        assert_eq!(app.get("/api/v1/admin/users/nobody/usage").cookie(&ada).send().await.0, StatusCode::NOT_FOUND);
        app.end().await;
    }
}
