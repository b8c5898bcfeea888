//! Each kind of refusal of a document, by its name, as whoever sent it sees it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice_domain::document::{Block, Document, Page, Role};
use sluice_local::reading::ReadError;
use sluice_store::Dialect;
use sluice_testkit::pdf;

use crate::fakes::Trouble;
use crate::person::{ada, omar};
use crate::support::{Answer, BOTH, TestApp};

/// A field's name, its file name if it is a file, and its bytes.
type Field<'a> = (&'a str, Option<&'a str>, &'a [u8]);

impl TestApp {
    async fn upload(&self, fields: &[(&str, Option<&str>, &[u8])]) -> Answer {
        self.post("/api/v1/documents").of(&ada()).form(fields).answer().await
    }

    async fn upload_file(&self, bytes: &[u8]) -> Answer {
        self.upload(&[("file", Some("a.pdf"), bytes)]).await
    }

    /// Nothing of what was refused is kept: no row, no bytes, no job.
    async fn has_kept_nothing(&self) {
        for query in
            ["SELECT id AS value FROM documents", "SELECT id AS value FROM jobs", "SELECT id AS value FROM reels"]
        {
            assert_eq!(self.texts(query, &[]).await, Vec::<String>::new(), "{query}");
        }
        assert!(self.media().is_empty(), "{:?}", self.media());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_used_is_refused_by_its_name() {
    let words = |line: &str| pdf::text(&[&format!("{line}\n").repeat(8)]);
    let files: [(&str, Vec<u8>, u16, &str); 12] = [
        ("nothing", Vec::new(), 422, "document_empty"),
        ("a picture", pdf::png(), 415, "not_a_pdf"),
        ("an archive", pdf::zip(), 415, "not_a_pdf"),
        ("a web page", pdf::html(), 415, "not_a_pdf"),
        ("with a password", pdf::encrypted(), 422, "document_encrypted"),
        ("half of it", pdf::truncated(&pdf::of_pages(15), 0.5), 422, "document_damaged"),
        ("without pages", pdf::without_pages(), 422, "document_no_pages"),
        ("a scan", pdf::scanned(1), 422, "document_scanned"),
        ("21 pages", pdf::of_pages(21), 422, "document_too_many_pages"),
        ("a few words", pdf::text(&["Twenty characters ok"]), 422, "document_too_short"),
        ("signs", words("%%%% #### ---- ++++ ==== ????"), 422, "document_not_text"),
        ("too many bytes", pdf::of_size(1_200_000), 413, "document_too_large"),
    ];
    let (app, _fakes) = TestApp::faked_with(Dialect::Sqlite, &["--upload-limit", "1000000"]).await;
    for (name, bytes, status, code) in &files {
        let answer = app.upload_file(bytes).await;
        assert_eq!(answer.problem(), (*status, (*code).to_owned()), "{name}: {}", answer.json());
    }
    app.has_kept_nothing().await;

    // What a program can use is beside the words.
    let facts = async |bytes: &[u8]| app.upload_file(bytes).await.json();
    let scan = facts(&pdf::scanned(2)).await;
    assert_eq!((&scan["pages"], scan["ocr_available"].is_boolean()), (&json!(2), true), "{scan}");
    let long = facts(&pdf::of_pages(30)).await;
    assert_eq!((&long["pages"], &long["limit_pages"]), (&json!(30), &json!(20)), "{long}");
    assert_eq!(facts(&pdf::of_size(1_200_000)).await["limit_bytes"], 1_000_000);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_reader_says_is_told_and_what_is_no_fault_of_the_file_is_no_fault_of_the_sender() {
    let missing = || ReadError::ToolMissing { tool: "pdftotext".into(), package: "poppler-utils".into() };
    let broken = || ReadError::Io(std::io::Error::other("a bad sector"));
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        let cases: [(ReadError, u16, &str, &str); 10] = [
            (ReadError::TooSlow, 422, "document_too_slow", "takes too long"),
            (ReadError::TooMuchMemory, 422, "document_too_much_memory", "expands"),
            (ReadError::Damaged { detail: "no xref".into() }, 422, "document_damaged", "no xref"),
            (ReadError::Scanned { pages: 7, ocr_available: false }, 422, "document_scanned", "7 pages"),
            (ReadError::TooManyScans { found: 300, limit: 60 }, 422, "document_too_many_scans", "300 pages"),
            (ReadError::TooManyPages { found: 9, limit: 8 }, 422, "document_too_many_pages", "9 pages"),
            (ReadError::Encrypted, 422, "document_encrypted", "password"),
            (ReadError::DiskFull, 507, "disk_full", "not enough space"),
            (missing(), 500, "internal", "an error of the server"),
            (broken(), 500, "internal", "an error of the server"),
        ];
        for (error, status, code, words) in cases {
            let name = error.to_string();
            fakes.reader.fail(error);
            let answer = app.upload_file(&pdf::fine()).await;
            assert_eq!(answer.problem(), (status, code.to_owned()), "{name}");
            assert!(answer.text().contains(words), "{name}: {}", answer.text());
            assert!(!answer.text().contains("bad sector"), "what is ours to know stays in the log");
        }
        for (trouble, words) in [
            (Trouble::Fail("no_credits"), "told to fail"),
            (Trouble::Retry("overloaded"), "told to fail"),
            (Trouble::Later, "asynchronous"),
        ] {
            fakes.reader.trouble(trouble);
            let answer = app.upload_file(&pdf::fine()).await;
            assert_eq!(answer.problem(), (422, "document_not_read".to_owned()), "{trouble:?}");
            assert!(answer.json()["detail"].as_str().unwrap().contains(words), "{}", answer.json());
        }
        app.has_kept_nothing().await;
        // The same file is welcome as soon as it can be read.
        assert_eq!(app.upload_file(&pdf::fine()).await.status, StatusCode::CREATED);
        app.end().await;
    }
}

fn document(texts: &[&str]) -> Document {
    let block = |text: &&str| Block {
        text: (*text).to_owned(),
        bounds: [72.0, 80.0, 520.0, 130.0],
        line_height: 12.0,
        lines: 2,
        ..Block::default()
    };
    let page = |number, texts: &[&str]| Page {
        number,
        width: 595.0,
        height: 842.0,
        blocks: texts.iter().map(block).collect(),
        ..Page::default()
    };
    Document { title: None, pages: vec![page(1, texts)], read_by: "test reader 1".to_owned(), ..Document::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_and_cannot_be_told_is_refused_before_any_work() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let private = "\u{F041}\u{F042}\u{F043}bcd \u{F044}ef ".repeat(30);
    let polish =
        "Mieszkańcy miasta nigdy nie widzieli takiej burzy i nie byli przygotowani na to, co miała im przynieść. "
            .repeat(5);
    let few = "Bees live in hives. They dance in the dark of the hive, and each dance tells a place.";
    let french =
        "Les abeilles vivent dans des ruches que les paysans de la vallée construisent au printemps avec le bois \
        des vieux arbres, et elles y gardent le miel dont elles ont besoin pour l'hiver. "
            .repeat(3);
    let names = "Anna Berg, Otto Kahn, Lina Roth, Karl Wirth, Emma Stein, Paul Krantz, Rosa Winter, Hugo Brandt";
    for (texts, code, words) in [
        (vec![french.as_str()], "document_other_language", "There are voices for English, العربية, Deutsch"),
        (vec![names], "document_no_sentences", "no sentence"),
        (vec![], "document_too_short", "only 0 characters"),
        (vec!["Only a title"], "document_too_short", "only 10 characters"),
        (vec![private.as_str()], "document_garbled", "OCR"),
        (vec![polish.as_str()], "document_other_language", "Polish"),
        (vec![few], "script_too_little_to_say", "whole sentences"),
    ] {
        fakes.reader.give(document(&texts));
        let answer = app.upload_file(&pdf::fine()).await;
        assert_eq!(answer.problem(), (422, code.to_owned()), "{texts:?}");
        let body = answer.json();
        assert_eq!(body["title"], "No video can be made of this document");
        assert!(body["detail"].as_str().unwrap().contains(words), "{body}");
    }
    let cells = ["The number of hives", "lost in the winter", "of the year before", "in the whole valley"].repeat(4);
    let mut table = document(&cells);
    table.pages[0].blocks.iter_mut().for_each(|block| block.role = Role::Cell);
    fakes.reader.give(table);
    assert_eq!(app.upload_file(&pdf::fine()).await.problem(), (422, "document_tables_only".to_owned()));
    fakes.reader.fail(ReadError::Scanned { pages: 300, ocr_available: false });
    let pictures = app.upload_file(&pdf::fine()).await;
    assert_eq!(pictures.problem(), (422, "document_scanned".to_owned()));
    assert!(pictures.text().contains("300 pages"), "{}", pictures.text());
    app.has_kept_nothing().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_makes_no_sense_is_refused_and_nothing_is_read() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let fine = pdf::fine();
    let file = ("file", Some("a.pdf"), fine.as_slice());
    let long_name = "n".repeat(1025);
    let long_value = "v".repeat(4097);
    let bad_name = "x".repeat(60);
    let cases: [(Vec<Field<'_>>, u16, &str, &str); 8] = [
        (vec![("ocr", None, b"true")], 400, "bad_request", "no field \\\"file\\\""),
        (vec![file, file], 400, "bad_request", "more than one file"),
        (vec![("ocr", None, b"true"), ("ocr", None, b"true"), file], 400, "bad_request", "twice"),
        (vec![("colour", None, b"red"), file], 400, "bad_request", "means nothing here. Its fields are: file, ocr."),
        (vec![(&bad_name, None, b"x")], 400, "bad_request", "means nothing here"),
        (vec![("ocr", None, b"\xff\xfe"), file], 400, "bad_request", "UTF-8"),
        (vec![("ocr", None, long_value.as_bytes()), file], 413, "request_too_large", "4096"),
        (vec![("file", Some(&long_name), &fine)], 400, "bad_request", "1024"),
    ];
    for (fields, status, code, words) in cases {
        let answer = app.upload(&fields).await;
        assert_eq!(answer.problem(), (status, code.to_owned()), "{words}");
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    let post = || app.post("/api/v1/documents").of(&ada());
    let no_form = post().header("content-type", "application/pdf").text("%PDF-1.7").answer().await;
    assert_eq!(no_form.problem(), (415, "unsupported_media_type".to_owned()));
    let no_edge = post().header("content-type", "multipart/form-data").text("x").answer().await;
    assert_eq!(no_edge.problem(), (415, "unsupported_media_type".to_owned()));
    let cut = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7";
    let cut = post().header("content-type", "multipart/form-data; boundary=edge").text(cut).answer().await;
    assert_eq!(cut.problem(), (400, "bad_request".to_owned()));
    assert_eq!(fakes.reader.asked(), Vec::<bool>::new());
    app.has_kept_nothing().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_tells_what_was_found_in_it_and_keeps_its_name_tidy() {
    for dialect in BOTH {
        let (app, fakes) = TestApp::faked(dialect).await;
        for (sent, kept) in [
            ("tides.pdf", "tides.pdf"),
            ("C:\\\\papers\\\\tides.pdf", "tides.pdf"),
            ("../../etc/passwd", "passwd"),
            (" ", "document.pdf"),
        ] {
            let view = app.document(&ada(), sent, &pdf::fine()).await;
            assert_eq!(view["name"], kept, "{sent}");
        }
        let view = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
        let expected = json!({ "pages": 1, "language": { "code": "en", "name": "English", "dir": "ltr" },
            "language_reliable": true, "ocr": false, "bytes": pdf::fine().len() });
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&view[field], value, "{field} of {view}");
        }
        assert!(view["words"].as_u64().unwrap() > 90 && view["characters"].as_u64().unwrap() > 400, "{view}");
        assert!(view["read_by"].as_str().unwrap().starts_with("poppler "), "{view}");
        let offer = &view["apps"]["reel"];
        assert_eq!(
            (&offer["estimates"][0]["mode"], &offer["estimates"][0]["cost_micro_usd"]),
            (&json!("summary"), &Value::Null)
        );
        let voices = offer["voices"].as_array().unwrap();
        let told = |voice: &Value| (voice["id"].clone(), voice["installed"].clone(), voice["default"].clone());
        assert_eq!(
            voices.iter().map(told).collect::<Vec<_>>(),
            [
                (json!("test:absent"), json!(false), json!(false)),
                (json!("test:en"), json!(true), json!(true)),
                (json!("test:other"), json!(true), json!(false)),
            ]
        );
        // Bytes that an owner has are read once, by whatever name they come; another owner's are read for themselves.
        assert_eq!(fakes.reader.asked(), [false]);
        app.document(&omar(), "tides.pdf", &pdf::fine()).await;
        assert_eq!(fakes.reader.asked(), [false, false]);
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_read_as_pictures_when_that_is_asked_for_and_are_another_document_then() {
    let (app, fakes) = TestApp::faked(Dialect::Sqlite).await;
    let as_text = app.document(&ada(), "tides.pdf", &pdf::fine()).await;
    fakes.reader.give(serde_json::from_str(include_str!("../../../app/tests/documents/lighthouses.json")).unwrap());
    let bytes = pdf::fine();
    let answer = app.upload(&[("ocr", None, b"true"), ("file", Some("tides.pdf"), &bytes)]).await;
    let as_pictures = answer.json();
    assert_eq!((answer.status, &as_pictures["ocr"]), (StatusCode::CREATED, &json!(true)), "{as_pictures}");
    assert_ne!(as_pictures["id"], as_text["id"]);
    assert_ne!(as_pictures["words"], as_text["words"]);
    let again = app.upload(&[("ocr", None, b"true"), ("file", Some("tides.pdf"), &bytes)]).await.json();
    assert_eq!(again["id"], as_pictures["id"]);
    assert_eq!(fakes.reader.asked(), [false, true]);
    app.end().await;
}
