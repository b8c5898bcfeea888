//! Everything that a request holds has bounds in the OpenAPI document, and what is beyond them is refused.

use axum::http::Method;
use serde_json::{Value, json};
use sluice_store::Dialect;

use crate::support::TestApp;

/// Walks a schema of a request, and names the parts of it that may be of any size.
struct Walk<'d> {
    document: &'d Value,
    /// The schemas that are being walked, since one may hold itself.
    inside: Vec<&'d str>,
    unbounded: Vec<String>,
}

impl<'d> Walk<'d> {
    fn schema(&mut self, schema: &'d Value, place: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            if !self.inside.contains(&reference) {
                self.inside.push(reference);
                let document = self.document;
                self.schema(document.pointer(reference.trim_start_matches('#')).unwrap(), place);
                self.inside.pop();
            }
            return;
        }
        for choice in ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| schema[key].as_array().into_iter().flatten()) {
            self.schema(choice, place);
        }
        let is = |kind: &str| match &schema["type"] {
            Value::Array(kinds) => kinds.iter().any(|one| one == kind),
            one => one == kind,
        };
        let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
        let of_few = has(&["enum", "const"]);
        if is("string") && !of_few && !has(&["maxLength"]) && !is_short(schema) {
            self.unbounded.push(format!("{place}: a string"));
        }
        let has_both = has(&["minimum", "exclusiveMinimum"]) && has(&["maximum", "exclusiveMaximum"]);
        if (is("integer") || is("number")) && !of_few && !has_both {
            self.unbounded.push(format!("{place}: a number"));
        }
        if is("array") {
            if !has(&["maxItems"]) {
                self.unbounded.push(format!("{place}: a list"));
            }
            self.schema(&schema["items"], &format!("{place}[]"));
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.schema(property, &format!("{place}.{name}"));
        }
        if schema["additionalProperties"].is_object() {
            if !has(&["maxProperties"]) {
                self.unbounded.push(format!("{place}: a map"));
            }
            self.schema(&schema["additionalProperties"], &format!("{place}.*"));
        }
    }
}

/// By its form or its pattern. The length of a file is bounded by its endpoint, which says so.
fn is_short(schema: &Value) -> bool {
    let by_form = matches!(schema["format"].as_str(), Some("uuid" | "binary"));
    by_form || schema["pattern"].as_str().is_some_and(|pattern| !pattern.contains(['*', '+', ',']))
}

#[tokio::test]
async fn everything_in_a_request_has_bounds_in_the_document() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let document = app.get("/api/v1/openapi.json").answer().await.json();
    let mut walk = Walk { document: &document, inside: Vec::new(), unbounded: Vec::new() };
    let mut walked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = format!("{method} {path}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["schema"].is_object(), "{name} {parameter}");
                walk.schema(&parameter["schema"], &format!("{name} {}", parameter["name"]));
                walked += 1;
            }
            for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                assert!(content["schema"].is_object(), "{name} {kind}");
                walk.schema(&content["schema"], &format!("{name} body"));
                walked += 1;
            }
        }
    }
    assert!(walked > 150, "{walked}");
    assert!(walk.unbounded.is_empty(), "{:#?}", walk.unbounded);
    app.end().await;
}

#[test]
fn a_part_without_bounds_is_found() {
    let document = json!({ "schemas": { "Tree": { "type": "object", "properties": {
        "name": { "type": ["string", "null"] },
        "kind": { "type": "string", "pattern": "^(a|b)$" },
        "children": { "type": "array", "items": { "$ref": "#/schemas/Tree" } },
        "ages": { "type": "array", "maxItems": 3, "items": { "type": "integer", "minimum": 0 } },
        "words": { "type": "object", "additionalProperties": { "type": "string", "pattern": "^[a-z]+$" } },
    } } } });
    let root = json!({ "$ref": "#/schemas/Tree" });
    let mut walk = Walk { document: &document, inside: Vec::new(), unbounded: Vec::new() };
    walk.schema(&root, "body");
    walk.unbounded.sort();
    assert_eq!(
        walk.unbounded,
        [
            "body.ages[]: a number",
            "body.children: a list",
            "body.name: a string",
            "body.words.*: a string",
            "body.words: a map"
        ]
    );
}

#[tokio::test]
async fn what_is_beyond_a_bound_is_refused_before_anything_is_looked_up() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let id = "0197a3a0-0000-7000-8000-000000000000";
    let session = format!("/api/v1/sessions/{id}");
    let post = Method::POST;
    for (method, path, body) in [
        (&post, format!("{session}/segments"), segment(8_640_000_000_000_001)),
        (&post, format!("{session}/segments"), segment(-8_640_000_000_000_001)),
        (&post, format!("/api/v1/phrase-drafts/{id}/keep"), json!({ "places": [50] })),
        (&post, format!("/api/v1/phrase-exports/{id}/arrived"), json!({ "notes": [{ "id": id, "changed_at": -1 }] })),
        (&post, format!("/api/v1/webhooks/{id}/replay"), json!({ "since": -1 })),
        (&post, format!("/api/v1/webhooks/{id}/replay"), json!({ "since": 0, "until": 9_007_199_254_740_992_i64 })),
    ] {
        let answer = app.ask(method.clone(), &path).json(&body).answer().await;
        assert_eq!(answer.problem(), (400, "bad_request".to_owned()), "{path}: {}", answer.json());
        assert!(answer.json()["detail"].as_str().unwrap().len() < 300, "{path}: {}", answer.json());
    }
    for last in ["-1", "9007199254740992"] {
        let answer = app.get(&format!("/api/v1/events?last_event_id={last}")).answer().await;
        assert_eq!(answer.problem().0, 400, "{last}");
    }
    let upload = app.post("/api/v1/uploads").header("tus-resumable", "1.0.0");
    assert_eq!(upload.header("upload-length", "9007199254740992").answer().await.problem().0, 400);
    let chunk = format!("{session}/segments/0/chunks/0?start_ms=0&length_ms=1");
    let digest = format!("sha-256=:{}=:, md5=:{}:", "A".repeat(43), "A".repeat(1_000));
    let answer = app.ask(Method::PUT, &chunk).header("content-digest", &digest).raw(b"x").answer().await;
    assert_eq!(answer.problem().0, 400, "{}", answer.json());
    // A name that is longer than any names nothing, percent-encoded or not; one that is as long may.
    for (name, is_looked_up) in [("a", 200), ("a", 201), ("%C3%A4", 200), ("%C3%A4", 201)]
        .map(|(letter, length)| (letter.repeat(length), length == 200))
    {
        for path in [format!("/api/v1/jobs/{name}"), format!("/api/v1/admin/models/{name}/verify")] {
            let method = if path.ends_with("verify") { Method::POST } else { Method::GET };
            let answer = app.ask(method, &path).answer().await;
            assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
            let detail = answer.json()["detail"].to_string();
            assert_eq!(detail.contains("address in this API"), !is_looked_up, "{path}: {detail}");
        }
    }
    app.end().await;
}

#[tokio::test]
async fn a_body_is_refused_where_none_is_expected() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let document = app.get("/api/v1/openapi.json").answer().await.json();
    let id = "0197a3a0-0000-7000-8000-000000000000";
    let mut walked = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        // By tus, the first bytes of a file may come with its upload.
        let takes_none = operations["post"].is_object() && operations["post"]["requestBody"].is_null();
        if !takes_none || path == "/api/v1/uploads" {
            continue;
        }
        let address = path.replace("{id}", id).replace("{delivery}", id).replace("{n}", "1");
        let address = address.replace("{name}", "nothing").replace("{set}", "nothing");
        assert!(!address.contains('{'), "a parameter that this walk does not know: {address}");
        let long = vec![b' '; 300_000];
        for body in [&br#"{ "language": "ar" }"#[..], b"[]", b"null", b"language=ar", &long] {
            let answer = app.post(&address).header("content-type", "application/json").raw(body).answer().await;
            assert_eq!(answer.problem(), (400, "bad_request".to_owned()), "{address}: {}", answer.json());
        }
        for body in [&b""[..], b" {}\n"] {
            let answer = app.post(&address).raw(body).answer().await;
            assert_ne!(answer.status, 400, "{address}: {}", answer.json());
        }
        walked.push(path.as_str());
    }
    assert!(walked.contains(&"/api/v1/sessions/{id}/transcribe") && walked.len() >= 19, "{walked:?}");
    app.end().await;
}

fn segment(started_at: i64) -> Value {
    json!({ "key": "a", "source": "microphone", "media_type": "audio/webm;codecs=opus", "started_at": started_at })
}
