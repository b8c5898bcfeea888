//! The guarded client over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Redirect;
use axum::routing::{get, post};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_outbound::{Answer, Beyond, Client, Limits, Lookup, Request, Rules, SendError, Settings};
use tokio::net::TcpListener;

const LIMITS: Limits = Limits { time: Duration::from_secs(5), body: 1_000, beyond: Beyond::Cut };

/// Answers one list of addresses after the other, as a hostile name server does.
struct Scripted {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Lookup for Scripted {
    fn lookup<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        async move { Ok(self.answers[n.min(self.answers.len() - 1)].clone()) }.boxed()
    }
}

fn client(allowed: &[&str], answers: &[&[&str]]) -> Client {
    let parse = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
    let lookup = Scripted { answers: answers.iter().map(parse).collect(), asked: AtomicUsize::new(0) };
    let rules = Rules::new(allowed.iter().map(|text| text.parse().unwrap()).collect());
    Client::new(&Settings { rules, lookup: Arc::new(lookup), ..Settings::new("Sluice/test") }).unwrap()
}

async fn send(client: &Client, url: &str, limits: Limits) -> Result<Answer, SendError> {
    let to = client.address(url)?;
    let request = Request { method: Method::POST, to: &to, headers: HeaderMap::new(), body: "hello".into(), limits };
    client.send(request).await
}

/// A server that answers, with the number of its requests.
async fn server() -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let app = Router::new()
        .route(
            "/ok",
            post(async |headers: HeaderMap, body: String| format!("{:?} {body}", headers[header::USER_AGENT])),
        )
        .route("/away", post(async || Redirect::temporary("/ok")))
        .route("/long", post(async || "x".repeat(100_000)))
        .route("/slow", post(async || tokio::time::sleep(Duration::from_mins(1)).await))
        .route("/ok", get(async || "by GET"))
        .layer(axum::middleware::map_request(move |request: axum::extract::Request| {
            count.fetch_add(1, Ordering::SeqCst);
            std::future::ready(request)
        }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, asked)
}

#[tokio::test]
async fn what_the_operator_names_is_reached_by_address_and_by_name() {
    let (at, asked) = server().await;
    let by_network = client(&["127.0.0.0/8"], &[&["127.0.0.1"]]);
    let answer = send(&by_network, &format!("http://{at}/ok"), LIMITS).await.unwrap();
    assert_eq!((answer.status, &*answer.body), (StatusCode::OK, &b"\"Sluice/test\" hello"[..]));
    assert!(send(&by_network, &format!("http://hooks.example.org:{}/ok", at.port()), LIMITS).await.is_ok());
    let by_name = client(&["hooks.internal"], &[&["127.0.0.1"]]);
    assert!(send(&by_name, &format!("http://hooks.internal:{}/ok", at.port()), LIMITS).await.is_ok());
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn names_of_internal_addresses_are_refused_when_they_are_connected_to() {
    let (at, asked) = server().await;
    let port = at.port();
    for internal in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "100.64.0.1", "fd00::1"] {
        let client = client(&[], &[&[internal]]);
        let refused = send(&client, &format!("https://hooks.example.org:{port}/ok"), LIMITS).await.unwrap_err();
        assert!(matches!(refused, SendError::Forbidden), "{internal}: {refused:?}");
        assert_eq!(refused.code(), "address_forbidden");
    }
    // Without TLS, only what is named, even if the rest is public.
    let some = client(&["10.0.0.0/8"], &[&["93.184.216.34", "127.0.0.1"]]);
    let refused = send(&some, &format!("http://hooks.example.org:{port}/ok"), LIMITS).await.unwrap_err();
    assert!(matches!(refused, SendError::Forbidden), "{refused:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing was connected to");
}

/// A name that changes its address between two requests, or between a check and a connection, gains nothing: each
/// connection goes to an address that was checked.
#[tokio::test]
async fn a_name_that_is_rebound_gains_nothing() {
    let (at, asked) = server().await;
    let port = at.port();
    // Of the first answer the unreachable public address is tried alone; the second is refused as a whole.
    let client = client(&[], &[&["192.88.99.7", "127.0.0.1"], &["203.0.113.1"], &["127.0.0.1"]]);
    let url = format!("https://rebind.example.org:{port}/ok");
    for _ in 0..3 {
        let refused = send(&client, &url, LIMITS).await.unwrap_err();
        assert!(matches!(refused, SendError::Forbidden), "{refused:?}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn redirects_are_answers_and_long_answers_are_cut_or_refused() {
    let (at, asked) = server().await;
    let client = client(&["127.0.0.1"], &[&["127.0.0.1"]]);
    let answer = send(&client, &format!("http://{at}/away"), LIMITS).await.unwrap();
    assert_eq!(
        (answer.status, answer.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::TEMPORARY_REDIRECT, "/ok")
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1, "it is not followed");
    let cut = send(&client, &format!("http://{at}/long"), LIMITS).await.unwrap();
    assert_eq!((cut.status, cut.body.len()), (StatusCode::OK, 1_000));
    let refuse = Limits { beyond: Beyond::Refuse, ..LIMITS };
    let refused = send(&client, &format!("http://{at}/long"), refuse).await.unwrap_err();
    assert!(matches!(refused, SendError::TooLong { limit: 1_000 }), "{refused:?}");
}

#[tokio::test]
async fn what_does_not_answer_is_told_apart() {
    let (at, _) = server().await;
    let client = client(&["127.0.0.1", "nowhere.internal"], &[&[]]);
    let short = Limits { time: Duration::from_millis(200), ..LIMITS };
    let begun = Instant::now();
    let slow = send(&client, &format!("http://{at}/slow"), short).await.unwrap_err();
    assert!(matches!(slow, SendError::TimedOut { .. }), "{slow:?}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    let unknown = send(&client, "http://nowhere.internal/", LIMITS).await.unwrap_err();
    assert!(matches!(unknown, SendError::Unresolved(_)), "{unknown:?}");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let closed = send(&client, &format!("http://{free}/s3cret"), LIMITS).await.unwrap_err();
    assert!(matches!(closed, SendError::Connect(_)), "{closed:?}");
    assert!(!format!("{closed:?}").contains("s3cret"), "{closed:?}");
    let no_tls = send(&client, &format!("https://{at}/ok"), LIMITS).await.unwrap_err();
    assert!(matches!(no_tls, SendError::Connect(_)), "{no_tls:?}");
    let internal = send(&client, "http://10.0.0.1/", LIMITS).await.unwrap_err();
    assert_eq!(internal.code(), "address_forbidden");
}

#[tokio::test]
async fn an_operators_proxy_gets_everything() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let proxy = Router::new().fallback(async move |request: axum::extract::Request| {
        count.fetch_add(1, Ordering::SeqCst);
        request.uri().to_string()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, proxy).await });
    let settings = Settings {
        rules: Rules::new(vec!["hooks.internal".parse().unwrap()]),
        proxy: Some(format!("http://{at}")),
        ..Settings::new("Sluice/test")
    };
    let client = Client::new(&settings).unwrap();
    let answer = send(&client, "http://hooks.internal/x", LIMITS).await.unwrap();
    assert_eq!((&*answer.body, seen.load(Ordering::SeqCst)), (&b"http://hooks.internal/x"[..], 1));
}
