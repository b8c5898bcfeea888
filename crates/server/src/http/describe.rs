//! Completes the OpenAPI document with what all operations share, so that no handler repeats it.

use serde_json::{Map, Value, json};
use sluice_app::uploads::METADATA_BYTES;

use super::bounds::{COUNTED, NAME, TAGS};

/// Responses of any request.
const ANY: [u16; 4] = [400, 421, 500, 503];
/// Additional responses of any request with a body.
const BODY: [u16; 3] = [408, 413, 415];
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "options"];

/// Completes the document: descriptions of responses, errors as problems, and the responses of any request.
pub(super) fn complete(document: &utoipa::openapi::OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(document)?;
    document["servers"] = json!([{ "url": "/", "description": "This server." }]);
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "An API token, made in the settings or with sluice token add." },
        "session": { "type": "apiKey", "in": "cookie", "name": "sluice_session", "description": "The session of a browser." },
    });
    document["security"] = json!([{ "token": [] }, { "session": [] }]);
    apps_of(&mut document);
    document["components"]["responses"] =
        ANY.iter().chain(&BODY).chain(&[401, 403]).map(|status| shared(*status)).collect();
    for path in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in METHODS {
            if let Some(operation) = path.get_mut(method) {
                operation_of(method, operation);
            }
        }
    }
    Ok(document)
}

/// Sets the schemas of members that apps add to shared responses, by the name of the app: its schema `…Offer` for documents,
/// `…Choices` for the server's description, and `…Snapshot` for the event `reset`.
fn apps_of(document: &mut Value) {
    for (view, suffix) in [("DocumentView", "Offer"), ("ConfigView", "Choices"), ("PresentState", "Snapshot")] {
        let schemas = document["components"]["schemas"].as_object().into_iter().flat_map(Map::keys);
        let of_app = |name: &String| {
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            Some((name.strip_suffix(suffix)?.to_lowercase(), reference))
        };
        let apps: Map<String, Value> = schemas.filter_map(of_app).collect();
        document["components"]["schemas"][view]["properties"]["apps"]["properties"] = Value::Object(apps);
    }
}

fn operation_of(method: &str, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    if let Some(form) = operation.pointer_mut("/requestBody/content/multipart~1form-data/schema") {
        // forms.rs refuses fields that it does not know.
        form["additionalProperties"] = false.into();
    }
    for bytes in ["application~1offset+octet-stream", "application~1octet-stream"] {
        if let Some(bytes) = operation.pointer_mut(&format!("/requestBody/content/{bytes}/schema")) {
            *bytes = json!({ "type": "string", "format": "binary" });
        }
    }
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        parameter_of(parameter);
    }
    let operation_is_public = operation.get("security").is_some();
    if operation_is_public {
        // utoipa writes an empty requirement, which means the same.
        operation["security"] = json!([]);
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, response) in responses.iter_mut() {
        // Unless the operation has a description of its own.
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = status.parse().map_or("An answer.", description).into();
        }
        // utoipa gives every body the JSON media type.
        let is_error = status.starts_with(['4', '5']);
        if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut).filter(|_| is_error)
            && let Some(problem) = content.remove("application/json")
        {
            content.insert("application/problem+json".to_owned(), problem);
        }
        if let Some(stream) = response.pointer_mut("/content/text~1event-stream/schema") {
            *stream = events_of_stream();
        }
    }
    // Without identity, or with one that lacks the scope.
    let of_identity = [401, 403].iter().filter(|_| !operation_is_public);
    let of_body = BODY.iter().filter(|_| has_body);
    let of_change = [403].iter().filter(|_| !matches!(method, "get" | "options"));
    for status in ANY.iter().chain(of_body).chain(of_change).chain(of_identity) {
        responses
            .entry(status.to_string())
            .or_insert_with(|| json!({ "$ref": format!("#/components/responses/{}", name(*status)) }));
    }
}

/// OpenAPI before 3.2 cannot describe the items of a stream (`itemSchema`), but JSON Schema can describe the content of a text.
fn events_of_stream() -> Value {
    let reset = json!({ "event": { "const": "reset" }, "data": { "$ref": "#/components/schemas/PresentState" } });
    let other = json!({ "event": { "type": "string" }, "data": { "type": "object" } });
    let of = |properties| json!({ "type": "object", "properties": properties, "required": ["event", "data"] });
    let event = json!({ "anyOf": [of(reset), of(other)] });
    json!({
        "type": "string",
        "contentMediaType": "text/event-stream",
        "contentSchema": { "type": "array", "items": event }
    })
}

/// The name of an algorithm, and 20 or 32 bytes in Base64.
const CHECKSUM: &str = "^(sha1 [A-Za-z0-9+/]{26}|sha256 [A-Za-z0-9+/]{42})[AEIMQUYcgkosw048]=$";

/// The shared schemas of parameters: ids are UUIDs, and the bounds are those of the extractors and the readers of headers.
fn parameter_of(parameter: &mut Value) {
    let is_name = parameter["in"] == "path" && parameter["schema"]["type"] == "string";
    if is_name && parameter["schema"].get("maxLength").is_none() {
        parameter["schema"]["maxLength"] = NAME.into();
    }
    let is_number = parameter["schema"]["type"] == "integer" && parameter["schema"]["format"] == "int32";
    if is_number && parameter["schema"].get("maximum").is_none() {
        // Nothing is numbered beyond a 32-bit integer.
        parameter["schema"]["maximum"] = i32::MAX.into();
    }
    match parameter["name"].as_str() {
        Some("id") => {
            parameter["description"] = "The id that the server assigned.".into();
            parameter["schema"]["format"] = "uuid".into();
        }
        Some("Tus-Resumable") => {
            parameter["description"] = "The version of tus.".into();
            parameter["schema"]["enum"] = json!(["1.0.0"]);
        }
        Some("Upload-Checksum") => {
            parameter["schema"]["pattern"] = CHECKSUM.into();
            parameter["schema"]["maxLength"] = 100.into();
        }
        Some("Upload-Metadata") => parameter["schema"]["maxLength"] = METADATA_BYTES.into(),
        Some("If-Match") => parameter["schema"]["maxLength"] = TAGS.into(),
        Some("Upload-Length" | "Upload-Offset") => parameter["schema"]["maximum"] = COUNTED.into(),
        Some("Last-Event-ID") => {
            parameter["schema"]["minimum"] = 0.into();
            parameter["schema"]["maximum"] = COUNTED.into();
        }
        _ => {}
    }
}

/// A response that many operations refer to.
fn shared(status: u16) -> (String, Value) {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let content = json!({ "application/problem+json": { "schema": schema } });
    (name(status).to_owned(), json!({ "description": description(status), "content": content }))
}

const fn name(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "NotSignedIn",
        403 => "NotAllowed",
        408 => "RequestTimeout",
        413 => "TooLarge",
        415 => "UnsupportedMediaType",
        421 => "ForeignHost",
        503 => "Unavailable",
        _ => "Internal",
    }
}

const fn description(status: u16) -> &'static str {
    match status {
        200 => "Success.",
        201 => "Created.",
        202 => "Accepted; the work continues in the background.",
        204 => "Done.",
        302 => "Redirects to the address in Location.",
        400 => "The request is malformed.",
        401 => "Nobody is signed in, or the token is not valid.",
        403 => "This session or token may not do that, or the request comes from another origin.",
        404 => "Not found.",
        408 => "Timeout while waiting for the request body.",
        409 => "The current state does not allow this.",
        410 => "It has expired, or has ended.",
        412 => "Somebody else changed it first: `If-Match` names an earlier state.",
        413 => "The request is too large.",
        415 => "The media type of the body or of its file is not supported.",
        421 => "The request is for another host.",
        422 => "The request is well-formed, but cannot be fulfilled.",
        423 => "Another request is doing this now: try again when it has ended.",
        429 => "Too many requests: Retry-After says when the next one is accepted.",
        460 => "The checksum does not match. Nothing was stored.",
        502 => "The provider could not be asked.",
        503 => "The database is unavailable.",
        507 => "The disk is full.",
        _ => "An internal error; the server's log has its cause under the request id.",
    }
}
