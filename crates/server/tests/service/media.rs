//! Media over HTTP: ranges and conditions by RFC 9110.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sluice_app::links::Signer;
use sluice_app::media::Media;
use sluice_app::platform::Platform;
use sluice_blobs::{Blobs, Place};
use sluice_domain::ids::OwnerId;
use sluice_engine::Randomness;
use sluice_store::Store;
use sluice_store::blobs::{self, Subject};

use crate::support::{Server, problem};

const BYTES: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A file that is kept, and the link to it.
async fn kept(server: &Server, name: &str, save: bool) -> String {
    kept_bytes(server, BYTES.to_vec(), name, save).await
}

async fn kept_bytes(server: &Server, bytes: Vec<u8>, name: &str, save: bool) -> String {
    let store = Store::open(&server.data().join("sluice.db")).await.unwrap();
    let media = Media::new(store.clone(), Blobs::open(server.data(), &Place::Folder).unwrap());
    let hash = media.keep_bytes(bytes).await.unwrap().hash;
    let owner = OwnerId::local();
    let subject = Subject { owner: &owner, app: "test", id: "some video" };
    store.write(async |tx| blobs::reference(tx, &subject, &[hash.as_str()]).await).await.unwrap();
    let platform = Platform { store, media, randomness: Randomness::from_entropy(), limits: std::sync::Arc::default() };
    let signer = Signer::of(&platform, &owner).await.unwrap();
    if save { signer.save(&hash, name) } else { signer.show(&hash, name) }
}

async fn with(server: &Server, link: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.get(link);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn ranges_give_the_bytes_that_were_asked_for() {
    let server = Server::start().await;
    let link = kept(&server, "a.mp4", false).await;
    let whole = with(&server, &link, &[]).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with('"'), "a strong one: {etag}");
    assert_eq!(whole.bytes().await.unwrap(), BYTES);

    for (range, content_range, body) in [
        ("bytes=0-4", "bytes 0-4/36", "01234"),
        ("bytes=30-", "bytes 30-35/36", "uvwxyz"),
        ("bytes=-3", "bytes 33-35/36", "xyz"),
        ("bytes=-99", "bytes 0-35/36", "0123456789abcdefghijklmnopqrstuvwxyz"),
        ("bytes=10-99", "bytes 10-35/36", "abcdefghijklmnopqrstuvwxyz"),
    ] {
        let answer = with(&server, &link, &[("range", range), ("if-range", &etag)]).await;
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.headers()["content-range"], content_range);
        assert_eq!(answer.headers()["content-length"], body.len().to_string().as_str());
        assert_eq!(answer.text().await.unwrap(), body);
    }
    let date = "Sat, 29 Oct 1994 19:43:31 GMT";
    let weak = format!("W/{etag}");
    for headers in [
        [("range", "lines=0-4"), ("accept", "*/*")],
        [("range", "bytes=4-0"), ("accept", "*/*")],
        [("range", "bytes=0-4"), ("if-range", "\"other\"")],
        [("range", "bytes=0-4"), ("if-range", &weak)],
        [("range", "bytes=0-4"), ("if-range", date)],
    ] {
        let answer = with(&server, &link, &headers).await;
        assert_eq!(answer.status(), StatusCode::OK, "{headers:?}");
        assert_eq!(answer.bytes().await.unwrap(), BYTES);
    }
    let answer = with(&server, &link, &[("range", "bytes=36-")]).await;
    assert_eq!(answer.headers()["content-range"], "bytes */36");
    let (status, code, _) = problem(answer).await;
    assert_eq!((status, code.as_str()), (StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable"));
}

#[tokio::test]
async fn several_ranges_come_as_parts_of_one_answer() {
    let server = Server::start().await;
    let link = kept(&server, "a.mp4", false).await;
    let answer = with(&server, &link, &[("range", "bytes=30-32, 0-1,99-100,-1")]).await;
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap().to_owned();
    let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
    assert!(!answer.headers().contains_key("content-range"));
    let text = answer.text().await.unwrap();
    assert_eq!(text.len(), length);
    let part = |range: &str, body: &str| {
        format!("\r\n--{boundary}\r\nContent-Type: video/mp4\r\nContent-Range: bytes {range}/36\r\n\r\n{body}")
    };
    let parts = [part("30-32", "uvw"), part("0-1", "01"), part("35-35", "z")].concat();
    assert_eq!(text, format!("{parts}\r\n--{boundary}--\r\n"));
    // A boundary that is known before could be put into the media.
    let again = with(&server, &link, &[("range", "bytes=30-32, 0-1")]).await;
    assert_ne!(again.headers()["content-type"], kind.as_str());
}

#[tokio::test]
async fn the_log_says_whether_all_bytes_were_sent() {
    let server = Server::start().await;
    let link = kept(&server, "a.mp4", false).await;
    let line = async |id: &str| -> Value {
        serde_json::from_str(&server.logged(&format!("\"request_id\":\"{id}\"")).await).unwrap()
    };
    for (id, range) in [("all", "bytes=0-"), ("one-range", "bytes=3-12"), ("two-ranges", "bytes=0-1,9-9")] {
        let answer = with(&server, &link, &[("range", range), ("x-request-id", id)]).await;
        let bytes = answer.bytes().await.unwrap().len();
        let line = line(id).await;
        assert_eq!((&line["bytes"], &line["whole"]), (&json!(bytes), &json!(true)), "{line}");
    }
    let answer = with(&server, &link, &[("x-request-id", "without-a-range")]).await;
    assert_eq!(answer.bytes().await.unwrap(), BYTES);
    assert_eq!(line("without-a-range").await["whole"], true);

    // More than the buffers of a connection hold, for somebody who leaves.
    let link = kept_bytes(&server, vec![7; 64 * 1024 * 1024], "b.mp4", false).await;
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "GET {link} HTTP/1.1\r\nhost: {}\r\nx-request-id: left\r\n\r\n", server.address()).unwrap();
    stream.read_exact(&mut [0; 1024]).unwrap();
    drop(stream);
    assert_eq!(line("left").await["whole"], false);
}

#[tokio::test]
async fn heads_and_conditions_save_the_body() {
    let server = Server::start().await;
    let link = kept(&server, "a.mp4", false).await;
    let head = server.client.head(server.url(&link)).header("range", "bytes=0-4").send().await.unwrap();
    assert_eq!((head.status(), &head.headers()["content-length"]), (StatusCode::OK, &"36".parse().unwrap()));
    let etag = head.headers()["etag"].to_str().unwrap().to_owned();
    let answer = with(&server, &link, &[("if-none-match", &etag), ("range", "bytes=0-4")]).await;
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(answer.headers()["etag"], etag.as_str());
    let lines = [("if-none-match", "\"an-older-one\""), ("if-none-match", etag.as_str())];
    assert_eq!(with(&server, &link, &lines).await.status(), StatusCode::NOT_MODIFIED, "of several lines each counts");
    let save = kept(&server, "تجربة.mp4", true).await;
    let answer = with(&server, &save, &[]).await;
    let disposition = answer.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"_____.mp4\"; filename*=UTF-8''%D8%AA%D8%AC%D8%B1%D8%A8%D8%A9.mp4");
    let forged = with(&server, &save.replace("&save=1", ""), &[]).await;
    assert_eq!(problem(forged).await.0, StatusCode::FORBIDDEN);
}
