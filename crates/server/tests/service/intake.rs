//! What is ingested, and what is refused: each rule with a real file.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_testkit::SmallDisk;
use sluice_testkit::pdf::{self, Filling};

use crate::support::{Server, file, problem};

/// The figure is five seconds on an idle machine; tests run side by side.
const SECONDS: Duration = Duration::from_secs(15);
const MEGABYTE: usize = 1024 * 1024;

#[tokio::test]
async fn every_bad_document_is_refused_by_its_code_in_seconds_with_memory_flat() {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let cases: [(&str, Vec<u8>, StatusCode, &[&str]); 17] = [
        ("empty", Vec::new(), refused, &["document_empty"]),
        ("a picture called .pdf", pdf::png(), StatusCode::UNSUPPORTED_MEDIA_TYPE, &["not_a_pdf"]),
        ("an archive called .pdf", pdf::zip(), StatusCode::UNSUPPORTED_MEDIA_TYPE, &["not_a_pdf"]),
        ("a web page called .pdf", pdf::html(), StatusCode::UNSUPPORTED_MEDIA_TYPE, &["not_a_pdf"]),
        ("encrypted", pdf::encrypted(), refused, &["document_encrypted"]),
        ("truncated", pdf::truncated(&pdf::of_pages(50), 0.5), refused, &["document_damaged"]),
        ("no pages", pdf::without_pages(), refused, &["document_no_pages"]),
        ("scanned", pdf::scanned(3), refused, &["document_scanned"]),
        ("20 characters", pdf::text(&["Twenty characters ok"]), refused, &["document_too_short"]),
        ("no letters", pdf::text(&["%%%% #### ---- ++++ ==== ".repeat(20).as_str()]), refused, &["document_not_text"]),
        (
            "page-tree loop",
            pdf::page_tree_loop(),
            refused,
            &["document_damaged", "document_no_pages", "document_too_short"],
        ),
        (
            "deep page tree",
            pdf::deep_page_tree(20_000),
            refused,
            &["document_damaged", "document_no_pages", "document_too_short"],
        ),
        (
            "a form that draws itself",
            pdf::self_drawing_form(),
            refused,
            &["document_damaged", "document_too_short", "document_too_slow"],
        ),
        ("5,000 pages", pdf::of_pages(5_000), refused, &["document_too_many_pages"]),
        (
            "a bomb of nothing",
            pdf::bomb(Filling::Nothing, 8 << 30),
            refused,
            &["document_too_slow", "document_too_much_memory"],
        ),
        (
            "a bomb of text",
            pdf::bomb(Filling::Text, 8 << 30),
            refused,
            &["document_too_slow", "document_too_much_memory"],
        ),
        ("half a file", pdf::truncated(&file("examples/lighthouses.pdf"), 0.7), refused, &["document_damaged"]),
    ];
    // Only now: while they are written, nothing reads from the connection, which the server closes when it is idle.
    let server = Server::start().await;
    server.document(pdf::fine()).await;
    let (before, kept) = (server.megabytes("VmHWM"), server.media().len());
    for (name, bytes, status, codes) in cases {
        let began = Instant::now();
        let answer = server.upload(bytes, &[]).await;
        let (found, code, body) = problem(answer).await;
        let took = began.elapsed();
        assert!(found == status && codes.contains(&code.as_str()), "{name}: {found} {body}");
        assert!(took < SECONDS, "{name}: {took:?}");
        println!("{name}: {code} in {} ms", took.as_millis());
    }
    let grown = server.megabytes("VmHWM") - before;
    println!("memory of the server at most {grown} MB above what one good document needs ({before} MB)");
    assert!(grown < 64, "{grown} MB");
    assert_eq!(server.media().len(), kept, "nothing of a refused document is kept");
    server.work_is_cleared().await;
    assert_eq!(server.json("/api/v1/reels").await["items"], json!([]));
}

#[tokio::test]
async fn a_scan_is_offered_to_ocr_and_read_by_it() {
    let server = Server::start().await;
    let scan = file("web/tests/documents/scanned.pdf");
    let (_, code, body) = problem(server.upload(scan.clone(), &[]).await).await;
    assert_eq!((code.as_str(), &body["ocr_available"]), ("document_scanned", &json!(true)));
    // It is a page of noise or of words: in either case OCR reads it, and the answer is no longer that it is a scan.
    let answer = server.upload(scan, &[("ocr", "true")]).await;
    let body: Value = answer.json().await.unwrap();
    assert!(body["ocr"] == true || body["code"] != "document_scanned", "{body}");
}

#[tokio::test]
async fn twenty_megabytes_pass() {
    let server = Server::start().await;
    let document = server.document(pdf::of_size(20 * MEGABYTE)).await;
    assert_eq!(document["bytes"], 20 * MEGABYTE);
    // As a form that starts the video at once, too; a wrong choice is told before the document is looked at.
    let form = reqwest::multipart::Form::new()
        .part("file", reqwest::multipart::Part::bytes(pdf::of_size(20 * MEGABYTE)).file_name("large.pdf"))
        .text("shape", "4:3");
    let answer = server.post("/api/v1/reels").multipart(form).send().await.unwrap();
    assert_eq!(problem(answer).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn twenty_one_megabytes_are_refused_before_they_are_received() {
    let server = Server::start().await;
    let length = 21 * MEGABYTE;
    let answer = talk(&server, &format!("content-length: {length}\r\n"), |_| false);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("document_too_large") && answer.contains("20971520"), "{answer}");
    // Without a length it is refused as soon as it is too long.
    let mut sent = 0;
    let chunk = vec![b'x'; 64 * 1024];
    let answer = talk(&server, "transfer-encoding: chunked\r\n", |stream| {
        let head = if sent == 0 { FIELD.as_bytes() } else { &chunk };
        sent += head.len();
        write!(stream, "{:x}\r\n", head.len()).is_ok()
            && stream.write_all(head).is_ok()
            && stream.write_all(b"\r\n").is_ok()
            && sent < 60 * MEGABYTE
    });
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    // Some megabytes more fit into the buffers between the two.
    assert!(sent < 32 * MEGABYTE, "{sent} bytes were sent");
    server.work_is_cleared().await;
}

/// Whoever sends all of it at once reads the answer only afterwards.
#[tokio::test]
async fn a_client_that_does_not_wait_gets_its_refusal_too() {
    let server = Server::start().await;
    for _ in 0..5 {
        let part = reqwest::multipart::Part::bytes(vec![0xff; 22 * MEGABYTE]).file_name("large.jpg");
        let form = reqwest::multipart::Form::new().part("file", part);
        let answer = server.post("/api/v1/phrases/files").multipart(form).send().await.unwrap();
        let (status, code, body) = problem(answer).await;
        assert_eq!((status, code.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "document_too_large"), "{body}");
    }
}

const FIELD: &str = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\n";

/// A request in the raw: the head, then what `more` writes until it says that it is enough or the server has closed.
fn talk(server: &Server, header: &str, mut more: impl FnMut(&mut std::net::TcpStream) -> bool) -> String {
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(SECONDS)).unwrap();
    let host = server.address();
    write!(stream, "POST /api/v1/documents HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{header}").unwrap();
    write!(stream, "content-type: multipart/form-data; boundary=b\r\n\r\n").unwrap();
    stream.set_nonblocking(true).unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    let mut going = true;
    let began = Instant::now();
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock && began.elapsed() < SECONDS => {
                if going && answer.is_empty() {
                    stream.set_nonblocking(false).unwrap();
                    going = more(&mut stream);
                    stream.set_nonblocking(true).unwrap();
                }
            }
            // The server closes a connection on which there is more to come: the answer was sent before.
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_right_to_left_document_with_latin_numbers_is_read_in_its_order() {
    let server = Server::start().await;
    let document = server.document(file("examples/astrolabe.pdf")).await;
    assert_eq!((&document["language"]["code"], &document["language"]["dir"]), (&json!("ar"), &json!("rtl")));
    assert!(document["apps"]["reel"]["voices"][0]["id"].as_str().unwrap().starts_with("espeak:ar"), "{document}");
}

#[tokio::test]
async fn the_same_document_is_kept_once() {
    let server = Server::start().await;
    let one = server.document(pdf::fine()).await;
    let two = server.document(pdf::fine()).await;
    assert_eq!(one["id"], two["id"]);
    assert_eq!(server.media().len(), 2, "the file and its text");
}

#[tokio::test]
async fn a_full_disk_is_called_so_and_everything_goes_on_afterwards() {
    let Some(disk) = SmallDisk::mounted("6m") else { return };
    let server = Server::at(disk.path(), &[]).await;
    let (status, code, _) = problem(server.upload(pdf::of_size(12 * MEGABYTE), &[]).await).await;
    assert_eq!((status, code.as_str()), (StatusCode::INSUFFICIENT_STORAGE, "disk_full"));
    server.work_is_cleared().await;
    // What fits is welcome at once.
    server.document(pdf::fine()).await;
}

#[tokio::test]
async fn a_request_that_makes_no_sense_says_why() {
    let server = Server::start().await;
    let bad = StatusCode::BAD_REQUEST;
    let form = reqwest::multipart::Form::new().text("note", "no file here");
    let answer = server.post("/api/v1/documents").multipart(form).send().await.unwrap();
    assert_eq!(problem(answer).await.0, bad);
    for body in [json!({}), json!({"document_id": 1}), json!({"document_id": "x", "colour": "red"}), json!([])] {
        assert_eq!(problem(server.post("/api/v1/reels").json(&body).send().await.unwrap()).await.0, bad, "{body}");
    }
    let unknown = json!({"document_id": "01890000-0000-7000-8000-000000000000"});
    let answer = server.post("/api/v1/reels").json(&unknown).send().await.unwrap();
    assert_eq!(problem(answer).await.0, StatusCode::NOT_FOUND);
    for path in ["/api/v1/reels/x", "/api/v1/reels/../../etc/passwd", "/api/v1/jobs/x", "/api/v1/nothing"] {
        assert_eq!(problem(server.get(path).send().await.unwrap()).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let id = server.document(pdf::fine()).await["id"].clone();
    for (field, value, code) in [("voice", "nobody", "no_such_voice"), ("presenter", "nobody", "no_such_presenter")] {
        let mut body = json!({"document_id": id});
        body[field] = json!(value);
        let answer = server.post("/api/v1/reels").json(&body).send().await.unwrap();
        let (status, found, _) = problem(answer).await;
        assert_eq!((status, found.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code));
    }
}

#[tokio::test]
async fn a_stranger_host_or_origin_is_not_answered() {
    let server = Server::start().await;
    let answer = server.get("/api/v1/config").header("host", "evil.example").send().await.unwrap();
    assert!(answer.status().is_client_error(), "{}", answer.status());
    let answer = server.post("/api/v1/reels").header("origin", "https://evil.example").json(&json!({})).send().await;
    assert_eq!(answer.unwrap().status(), StatusCode::FORBIDDEN);
}
