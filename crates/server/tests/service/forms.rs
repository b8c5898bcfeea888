//! Hostile forms: whatever a body holds, it is refused early and the server's memory stays as it was.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::support::Server;

const DOORS: [&str; 2] = ["/api/v1/documents", "/api/v1/reels"];
const MEGABYTE: usize = 1024 * 1024;

/// Sends the beginning of a form and then `piece` again and again, until the server answers; gives the answer's status and
/// text, and how many bytes were taken.
fn flood(server: &Server, door: &str, begin: &str, piece: &[u8]) -> (u16, String, usize) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    let host = server.address();
    write!(stream, "POST {door} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n")
        .unwrap();
    write!(stream, "content-type: multipart/form-data; boundary=b\r\n\r\n").unwrap();
    let mut reading = stream.try_clone().unwrap();
    let answer = std::thread::spawn(move || {
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = reading.read(&mut part) {
            answer.extend_from_slice(&part[..count]);
            // The body is there once the head and a problem are.
            if answer.ends_with(b"}") {
                break;
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    });
    let mut chunk = |bytes: &[u8]| {
        write!(stream, "{:x}\r\n", bytes.len())
            .and_then(|()| stream.write_all(bytes))
            .and_then(|()| stream.write_all(b"\r\n"))
    };
    let mut sent = begin.len();
    let mut open = chunk(begin.as_bytes()).is_ok();
    while open && sent < 64 * MEGABYTE && !answer.is_finished() {
        open = chunk(piece).is_ok();
        sent += piece.len();
    }
    let text = answer.join().unwrap();
    stream.shutdown(Shutdown::Both).ok();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text, sent)
}

#[tokio::test]
async fn no_form_makes_the_server_hold_more_than_its_bounds() {
    let server = Server::start().await;
    // What the first requests fill, such as the caches of the database connections, is no cost of a form.
    for _ in 0..100 {
        assert!(server.get("/api/v1/reels").send().await.unwrap().status().is_success());
        for door in DOORS {
            let form = server.post(door).header("content-type", "multipart/form-data; boundary=b").body("--b--\r\n");
            assert!(form.send().await.unwrap().status().is_client_error());
        }
    }
    let before = server.megabytes("VmHWM");
    let field = |name: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
    let file = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n";
    let filler = vec![b'x'; 64 * 1024];
    let many = format!("\r\n{}", field("ocr")).repeat(500).into_bytes();
    let files = format!("{file}\r\n").repeat(500).into_bytes();
    let cases: [(&str, String, &[u8], &[u16]); 8] = [
        ("an endless field", field("ocr"), &filler, &[413]),
        ("a field that is not known", field("note"), &filler, &[400]),
        ("endless headers of a field", "--b\r\nx: ".to_owned(), &filler, &[413]),
        ("an endless name", "--b\r\ncontent-disposition: form-data; name=\"".to_owned(), &filler, &[413]),
        ("no boundary at all", "nothing".to_owned(), &filler, &[413]),
        ("many fields", field("ocr"), &many, &[400]),
        ("many files", String::new(), &files, &[400]),
        ("an endless line after a boundary", "--b ".to_owned(), &filler, &[400, 413]),
    ];
    for door in DOORS {
        for (name, begin, piece, expected) in &cases {
            let (status, answer, sent) = flood(&server, door, begin, piece);
            assert!(expected.contains(&status), "{door}, {name}: {status} after {sent} bytes: {answer}");
            assert!(answer.contains("application/problem+json"), "{door}, {name}: {answer}");
            assert!(sent < 16 * MEGABYTE, "{door}, {name}: {sent} bytes were taken");
        }
    }
    let grown = server.megabytes("VmHWM") - before;
    println!("{grown} MB more than {before} MB");
    assert!(grown < 32, "{grown} MB more than before");
    server.work_is_cleared().await;
}

#[tokio::test]
async fn a_field_that_comes_twice_or_is_no_text_is_refused() {
    let server = Server::start().await;
    let part = |name: &str, value: &[u8]| {
        let mut part = format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes();
        part.extend_from_slice(value);
        part.extend_from_slice(b"\r\n");
        part
    };
    for body in [[part("ocr", b"true"), part("ocr", b"false")].concat(), part("ocr", b"\xff\xfe")] {
        let body = [body, b"--b--\r\n".to_vec()].concat();
        let request = server.post("/api/v1/documents").header("content-type", "multipart/form-data; boundary=b");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(crate::support::problem(answer).await.0.as_u16(), 400);
    }
}

/// A bound that nobody reaches is none that turns around to nothing.
#[tokio::test]
async fn the_greatest_limit_of_uploads_is_one() {
    let server = Server::with(&[("SLUICE_UPLOAD_LIMIT", "18446744073709551615")]).await;
    let document = server.document(sluice_testkit::pdf::fine()).await;
    assert!(document["id"].is_string(), "{document}");
}
