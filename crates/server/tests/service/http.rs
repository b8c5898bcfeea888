//! What holds for every request: errors as problems, hosts, methods, timeouts, and a line in the log.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Server, problem};

#[tokio::test]
async fn every_error_is_a_problem_with_a_code_and_the_requests_id() {
    let server = Server::start().await;
    let json = "application/json";
    let long = format!("{{\"document_id\": \"{}\"}}", "x".repeat(300 * 1024));
    let put = Method::PUT;
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let cases: [(&Method, &str, &str, &str, u16, &str); 20] = [
        (&get, "/api/v1/nothing", "", "", 404, "not_found"),
        (&get, "/api", "", "", 404, "not_found"),
        (&get, "/nothing", "", "", 404, "not_found"),
        (&get, "/reels/0190", "", "", 404, "not_found"),
        (&get, "/nowhere", "", "", 404, "not_found"),
        (&get, "/nothing.js", "", "", 404, "not_found"),
        (&get, "/assets/", "", "", 404, "not_found"),
        (&post, "/nothing", json, "{}", 404, "not_found"),
        (&post, "/", json, "{}", 405, "method_not_allowed"),
        (&put, "/api/v1/reels", json, "{}", 405, "method_not_allowed"),
        (&post, "/api/v1/config", json, "{}", 405, "method_not_allowed"),
        (&get, "/api/v1/reels?limit=many", "", "", 400, "bad_request"),
        (&get, "/api/v1/events?last_event_id=x", "", "", 400, "bad_request"),
        (&patch, "/api/v1/reels/x/scenes/one", json, "{}", 404, "not_found"),
        (&post, "/api/v1/reels", json, "{", 400, "bad_request"),
        (&post, "/api/v1/reels", json, "{\"document_id\": 1}", 400, "bad_request"),
        (&post, "/api/v1/reels", json, &long, 413, "request_too_large"),
        (&post, "/api/v1/reels", "text/plain", "{}", 415, "unsupported_media_type"),
        (&post, "/api/v1/documents", json, "{}", 415, "unsupported_media_type"),
        (&get, "/media/x/y", "", "", 400, "bad_request"),
    ];
    for (method, path, kind, body, status, code) in cases {
        let mut request = server.client.request(method.clone(), server.url(path));
        if !kind.is_empty() {
            request = request.header("content-type", kind).body(body.to_owned());
        }
        let answer = request.send().await.unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        if status == 405 {
            assert!(!answer.headers()["allow"].is_empty(), "{method} {path}");
        }
        let (found, found_code, body) = problem(answer).await;
        assert_eq!((found.as_u16(), found_code.as_str()), (status, code), "{method} {path}: {body}");
        assert_eq!(body["request_id"], json!(id));
        assert_eq!(body["type"], json!(format!("https://sluice.invalid/problems/{code}")));
    }
}

#[tokio::test]
async fn the_page_is_at_its_own_addresses_only() {
    let server = Server::start().await;
    for path in ["/", "/reel", "/reel/0190", "/jobs", "/settings"] {
        let answer = server.get(path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
    }
    let answer = server.client.head(server.url("/")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_counters_are_there_for_prometheus_and_for_this_machine_alone() {
    let server = Server::start().await;
    let answer = server.get("/metrics").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.unwrap();
    for name in ["sluice_maintenance_failures_total", "sluice_jobs_deferred_total", "sluice_unwritable_endings_total"] {
        assert!(text.contains(&format!("# HELP {name} ")), "{text}");
        assert!(text.contains(&format!("# TYPE {name} counter\n")), "{text}");
    }
    for (name, kind) in [
        ("sluice_jobs_finished_total", "counter"),
        ("sluice_job_queue_wait_seconds", "histogram"),
        ("sluice_job_run_seconds", "histogram"),
    ] {
        assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{text}");
    }
    let foreign = server.get("/metrics").header("host", "evil.example").send().await.unwrap();
    assert_eq!(problem(foreign).await.0, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn hosts_are_compared_without_case_and_must_be_clear() {
    let server = Server::start().await;
    let port = server.address().rsplit_once(':').unwrap().1.to_owned();
    let status = |head: &str| raw(&server, &format!("{head}\r\nconnection: close\r\n\r\n")).0;
    for host in [format!("LocalHost:{port}"), "localhost".to_owned(), format!("[::1]:{port}")] {
        assert_eq!(status(&format!("GET /api/v1/health HTTP/1.1\r\nhost: {host}")), 200, "{host}");
        assert_eq!(status(&format!("GET http://{host}/api/v1/health HTTP/1.1\r\nhost: {host}")), 200, "{host}");
    }
    for (head, expected) in [
        ("GET /api/v1/health HTTP/1.1\r\nhost: evil.example", 421),
        ("GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\nhost: evil.example", 400),
        ("GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\nHost: localhost", 400),
        // A probe may ask under any name, but not under two.
        ("GET /health/live HTTP/1.1\r\nhost: 192.0.2.1:8080", 200),
        ("GET /health/ready HTTP/1.1\r\nhost: localhost\r\nhost: evil.example", 400),
        ("GET /health/live HTTP/1.1\r\nhost: localhost\r\nHost: localhost", 400),
        ("GET /api/v1/health HTTP/1.1", 400),
        ("GET /api/v1/health HTTP/1.1\r\nhost: a@localhost", 400),
        ("GET http://evil.example/api/v1/health HTTP/1.1\r\nhost: localhost", 400),
        ("GET http://evil.example/api/v1/health HTTP/1.1\r\nhost: evil.example", 421),
    ] {
        assert_eq!(status(head), expected, "{head}");
    }
}

/// Sends a request as it stands, and gives the status and what came back until the server closed.
fn raw(server: &Server, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}

#[tokio::test]
async fn a_client_that_sends_nothing_more_is_not_waited_for() {
    let server = Server::with(&[("SLUICE_HEAD_TIMEOUT_SECONDS", "1"), ("SLUICE_BODY_TIMEOUT_SECONDS", "1")]).await;
    let host = server.address();
    let began = Instant::now();
    // Neither a head that never ends, nor nothing at all, nor a connection that is kept after an answer.
    raw(&server, &format!("GET /api/v1/health HTTP/1.1\r\nhost: {host}\r\nx-slow: "));
    raw(&server, "");
    assert_eq!(raw(&server, &format!("GET /api/v1/health HTTP/1.1\r\nhost: {host}\r\n\r\n")).0, 200);
    // A body that stops, of either kind.
    let half = format!(
        "POST /api/v1/reels HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{{"
    );
    let (status, answer) = raw(&server, &half);
    assert!(status == 408 && answer.contains("request_timeout"), "{answer}");
    let half = format!(
        "POST /api/v1/documents HTTP/1.1\r\nhost: {host}\r\ncontent-type: multipart/form-data; boundary=b\r\n\
         content-length: 9999\r\n\r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF"
    );
    let (status, answer) = raw(&server, &half);
    assert!(status == 408 && answer.contains("request_timeout"), "{answer}");
    server.work_is_cleared().await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn each_request_is_a_line_of_the_log_without_ids_of_things() {
    let server = Server::with(&[("SLUICE_LOG_FORMAT", "text"), ("NO_COLOR", "1")]).await;
    let missing = "/api/v1/reels/01890000-0000-7000-8000-000000000000";
    let answer = server.get(missing).header("x-request-id", "mine-1").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "mine-1");
    let length = answer.bytes().await.unwrap().len();
    let forged = server.get("/api/v1/health").header("x-request-id", "a status=200").send().await.unwrap();
    assert_ne!(forged.headers()["x-request-id"], "a status=200");
    // The line is written when the answer was sent, which the client may know first.
    let line = server.logged("mine-1").await;
    let bytes = format!("bytes={length}");
    for part in ["owner=local", "method=GET", "route=/api/v1/reels/{id}", "status=404", "code=\"not_found\"", &bytes] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("01890000"), "{line}");
}

#[tokio::test]
async fn long_json_is_compressed_and_events_are_not() {
    let server = Server::start().await;
    for encoding in ["br", "gzip"] {
        let answer = server.get("/api/v1/openapi.json").header("accept-encoding", encoding).send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], encoding);
    }
    let answer = server.get("/api/v1/events").header("accept-encoding", "br, gzip").send().await.unwrap();
    assert!(!answer.headers().contains_key("content-encoding"));
    let answer: Value = server.json("/api/v1/config").await;
    assert!(answer["version"].is_string());
}
