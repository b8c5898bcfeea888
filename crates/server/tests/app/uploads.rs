//! Resumable uploads by tus 1.0, over the real router, on both databases.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sluice_app::maintenance;
use sluice_store::Dialect;
use sluice_store::uploads::{self, Hold};
use sluice_testkit::pdf;

use crate::support::{Answer, Ask, BOTH, TestApp};

const UPLOADS: &str = "/api/v1/uploads";

fn tus<'a>(app: &'a TestApp, method: Method, path: &str) -> Ask<'a> {
    app.ask(method, path).header("tus-resumable", "1.0.0")
}

/// Announces a file of this length; gives its address.
async fn begin(app: &TestApp, length: usize) -> String {
    // tides.pdf
    let ask = tus(app, Method::POST, UPLOADS).header("upload-metadata", "filename dGlkZXMucGRm");
    let answer = ask.header("upload-length", &length.to_string()).answer().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    assert!(answer.header("upload-expires").ends_with(" GMT"));
    answer.header("location").to_owned()
}

async fn send(app: &TestApp, address: &str, offset: usize, bytes: &[u8]) -> Answer {
    let ask = tus(app, Method::PATCH, address).header("content-type", "application/offset+octet-stream");
    ask.header("upload-offset", &offset.to_string()).raw(bytes).answer().await
}

fn bytes(ask: Ask<'_>) -> Ask<'_> {
    ask.header("content-type", "application/offset+octet-stream")
}

async fn offset(app: &TestApp, address: &str) -> String {
    let answer = tus(app, Method::HEAD, address).answer().await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(answer.bytes.is_empty());
    answer.header("upload-offset").to_owned()
}

fn staged(app: &TestApp) -> usize {
    std::fs::read_dir(app.data().join("uploads")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_parts_is_one_document_and_the_same_as_by_the_form() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let file = pdf::fine();
        let address = begin(&app, file.len()).await;
        let half = file.len() / 2;
        let answer = send(&app, &address, 0, &file[..half]).await;
        assert_eq!((answer.status, answer.header("upload-offset")), (StatusCode::NO_CONTENT, &*half.to_string()));
        assert_eq!(answer.header("sluice-document"), "");
        assert_eq!(offset(&app, &address).await, half.to_string());
        let answer = send(&app, &address, half, &file[half..]).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.json());
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
        let document = answer.header("sluice-document").to_owned();
        let (status, view) = app.get(&format!("/api/v1/documents/{document}")).send().await;
        assert_eq!((status, &view["name"]), (StatusCode::OK, &json!("tides.pdf")));
        let (_, upload) = app.get(&address).send().await;
        assert_eq!((&upload["document_id"], &upload["offset"]), (&json!(document), &json!(file.len())), "{upload}");
        assert_eq!(send(&app, &address, file.len(), b"").await.header("sluice-document"), document, "asked again");
        assert_eq!(staged(&app), 0);
        // By the other door, and by this one again: the same document.
        let owner = sluice_domain::ids::OwnerId::local();
        assert_eq!(app.document(&owner, "tides.pdf", &file).await["id"], document);
        let again = begin(&app, file.len()).await;
        assert_eq!(send(&app, &again, 0, &file).await.header("sluice-document"), document);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_bytes_may_come_with_the_creation_and_any_method_may_be_overridden() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let file = pdf::fine();
    let ask = tus(&app, Method::POST, UPLOADS).header("content-type", "application/offset+octet-stream");
    let answer = ask.header("upload-length", &file.len().to_string()).raw(&file[..100]).header("content-length", "100");
    let answer = answer.answer().await;
    assert_eq!((answer.status, answer.header("upload-offset")), (StatusCode::CREATED, "100"));
    let address = answer.header("location").to_owned();
    let ask = tus(&app, Method::POST, &address).header("x-http-method-override", "PATCH");
    let ask = ask.header("content-type", "application/offset+octet-stream").header("upload-offset", "100");
    let answer = ask.raw(&file[100..]).answer().await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.json());
    let over = |method: Method| tus(&app, method, &address).header("x-http-method-override", "DELETE");
    let refused = over(Method::GET).answer().await;
    assert_eq!(refused.problem(), (400, "bad_request".to_owned()), "who may only read cannot delete");
    assert_eq!(over(Method::POST).answer().await.status, StatusCode::NO_CONTENT);
    let document = app.texts("SELECT id AS value FROM documents", &[]).await;
    assert_eq!(document.len(), 1, "a document outlives its upload");
    let answer = app.ask(Method::OPTIONS, UPLOADS).answer().await;
    assert_eq!((answer.status, answer.header("tus-version")), (StatusCode::NO_CONTENT, "1.0.0"));
    for extension in ["creation", "creation-with-upload", "expiration", "checksum", "termination"] {
        assert!(answer.header("tus-extension").split(',').any(|name| name == extension), "{extension}");
    }
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_changes_nothing() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let file = pdf::fine();
        let address = begin(&app, file.len()).await;
        assert_eq!(send(&app, &address, 0, &file[..100]).await.status, StatusCode::NO_CONTENT);
        let more = || tus(&app, Method::PATCH, &address).raw(&file[100..200]);
        let wrong = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
        for (expected, ask) in [
            ((409, "wrong_upload_offset"), bytes(more()).header("upload-offset", "99")),
            ((400, "bad_request"), bytes(more())),
            ((415, "unsupported_media_type"), more().header("upload-offset", "100")),
            ((460, "checksum_mismatch"), bytes(more()).header("upload-offset", "100").header("upload-checksum", wrong)),
            ((400, "bad_checksum"), bytes(more()).header("upload-offset", "100").header("upload-checksum", "md5 eA==")),
            ((412, "unsupported_tus_version"), app.ask(Method::PATCH, &address).header("tus-resumable", "0.2.2")),
        ] {
            let (status, code) = ask.answer().await.problem();
            assert_eq!((status, code.as_str()), expected);
            assert_eq!(offset(&app, &address).await, "100", "{code}");
        }
        let long = send(&app, &address, 100, &file.repeat(2)).await;
        assert_eq!(long.problem(), (413, "upload_exceeds_length".to_owned()));
        let announce = |length: &'static str| tus(&app, Method::POST, UPLOADS).header("upload-length", length);
        let large = announce("999999999999").answer().await;
        assert_eq!(large.problem(), (413, "document_too_large".to_owned()));
        assert_eq!(large.json()["limit_bytes"], 20 * 1024 * 1024);
        assert_eq!(announce("0").answer().await.problem(), (422, "document_empty".to_owned()));
        assert_eq!(announce("-1").answer().await.problem(), (400, "bad_request".to_owned()));
        // After all that the file still arrives.
        assert_ne!(send(&app, &address, 100, &file[100..]).await.header("sluice-document"), "");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_can_be_no_document_is_refused_and_its_upload_has_ended() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        // By its first bytes, long before its end.
        let address = begin(&app, 1_000_000).await;
        let answer = send(&app, &address, 0, &[b'x'; 2000]).await;
        assert_eq!(answer.problem(), (415, "not_a_pdf".to_owned()));
        let ended = send(&app, &address, 0, b"%PDF-").await;
        assert_eq!(ended.problem(), (410, "upload_refused".to_owned()));
        assert_eq!(ended.json()["reason"], "not_a_pdf");
        // When all of it is here.
        let broken = [b"%PDF-1.7\n".as_slice(), &[b' '; 3000]].concat();
        let address = begin(&app, broken.len()).await;
        let (status, code) = send(&app, &address, 0, &broken).await.problem();
        assert_eq!(status, 422, "{code}");
        assert_eq!(tus(&app, Method::HEAD, &address).answer().await.status, StatusCode::GONE);
        assert_eq!(staged(&app), 0);
        assert_eq!(app.texts("SELECT id AS value FROM documents", &[]).await, [""; 0]);
        assert_eq!(tus(&app, Method::DELETE, &address).answer().await.status, StatusCode::NO_CONTENT);
        assert_eq!(tus(&app, Method::DELETE, &address).answer().await.status, StatusCode::NOT_FOUND);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_requests_is_locked_out_until_the_lease_of_the_first_lapses() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let file = pdf::fine();
        let address = begin(&app, file.len()).await;
        // As another process that receives, and dies.
        let id = address.rsplit('/').next().unwrap();
        let lease = id.parse().unwrap();
        let hold = Hold { owner: sluice_domain::ids::OwnerId::local(), upload: id.parse().unwrap(), lease };
        let store = app.app.platform.store.clone();
        store.write(async |tx| uploads::acquire(tx, &hold, uploads_hold()).await).await.unwrap();
        let second = send(&app, &address, 0, &file).await;
        assert_eq!(second.problem(), (423, "upload_locked".to_owned()));
        assert_eq!(second.header("retry-after"), "2");
        assert_eq!(offset(&app, &address).await, "0", "to look is allowed");
        app.advance(uploads_hold() + Duration::from_secs(1)).await;
        assert_ne!(send(&app, &address, 0, &file).await.header("sluice-document"), "");
        let now = store.now().await.unwrap();
        let late = store.write(async |tx| uploads::record(tx, &hold, 5, now).await).await;
        assert!(!late.unwrap(), "the first one writes nothing more");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_discarded_while_a_request_sends_it() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let file = pdf::fine();
        let address = begin(&app, file.len()).await;
        let (sender, body) = tokio::sync::mpsc::unbounded_channel::<Result<Bytes, std::io::Error>>();
        sender.send(Ok(Bytes::copy_from_slice(&file[..600]))).unwrap();
        let body = futures::stream::unfold(body, async |mut body| body.recv().await.map(|bytes| (bytes, body)));
        let patch = tus(&app, Method::PATCH, &address).header("upload-offset", "0").streamed(body);
        let sending = patch.header("content-type", "application/offset+octet-stream").answer();
        let discarding = async {
            // Until the request holds it.
            let held = "SELECT id AS value FROM uploads WHERE lease IS NOT NULL";
            while app.texts(held, &[]).await.is_empty() {
                tokio::task::yield_now().await;
            }
            let discarded = tus(&app, Method::DELETE, &address).answer().await;
            assert_eq!(discarded.status, StatusCode::NO_CONTENT, "{}", discarded.text());
        };
        let (sent, ()) = tokio::join!(sending, discarding);
        assert_eq!(sent.problem(), (410, "upload_removed".to_owned()), "it learns that there is nothing to continue");
        drop(sender);
        assert_eq!(tus(&app, Method::HEAD, &address).answer().await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.texts("SELECT id AS value FROM uploads", &[]).await, [""; 0]);
        app.end().await;
    }
}

fn uploads_hold() -> Duration {
    sluice_app::uploads::HOLD
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_the_end_leaves_an_upload_that_can_be_continued() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let file = pdf::fine();
        let address = begin(&app, file.len()).await;
        // Its text and its bytes cannot be published.
        let media = app.data().join("media");
        std::fs::rename(&media, app.data().join("elsewhere")).unwrap();
        let answer = send(&app, &address, 0, &file).await;
        assert_eq!(answer.problem().0, 500);
        std::fs::rename(app.data().join("elsewhere"), &media).unwrap();
        assert_eq!(app.texts("SELECT id AS value FROM documents", &[]).await, [""; 0]);
        let at: usize = offset(&app, &address).await.parse().unwrap();
        assert!(at < file.len(), "not acknowledged without its document");
        assert_ne!(send(&app, &address, at, &file[at..]).await.header("sluice-document"), "");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_upload_is_gone_and_its_bytes_are_removed() {
    for dialect in BOTH {
        let app = TestApp::open(dialect).await;
        let file = pdf::fine();
        let (old, young) = (begin(&app, file.len()).await, begin(&app, file.len()).await);
        send(&app, &old, 0, &file[..100]).await;
        send(&app, &young, 0, &file[..100]).await;
        app.advance(Duration::from_hours(23)).await;
        send(&app, &young, 100, &file[100..200]).await;
        app.advance(Duration::from_hours(2)).await;
        assert_eq!(send(&app, &old, 100, &file[100..]).await.problem(), (410, "upload_expired".to_owned()));
        assert_eq!(offset(&app, &young).await, "200", "its time counts from its last bytes");
        let removed = maintenance::uploads::remove_expired(&app.app.maintenance(), || false).await.unwrap();
        assert_eq!((removed, staged(&app)), (1, 1));
        assert_eq!(tus(&app, Method::HEAD, &old).answer().await.status, StatusCode::NOT_FOUND);
        // Bytes without a row, as a process leaves them that was stopped for longer than its lease.
        let orphan = young.replace('0', "1");
        let orphan = app.data().join("uploads").join(orphan.rsplit('/').next().unwrap());
        std::fs::write(&orphan, b"late").unwrap();
        let removed = maintenance::uploads::remove_unknown(&app.app.maintenance(), || false).await.unwrap();
        assert_eq!((removed, orphan.exists(), staged(&app)), (1, false, 1));
        app.end().await;
    }
}
