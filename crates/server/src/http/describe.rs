//! What all operations of the OpenAPI document share: it is added here, so that no handler repeats it.

use serde_json::{Map, Value, json};

/// Responses of any request.
const ANY: [u16; 4] = [400, 421, 500, 503];
/// Additional responses of any request with a body.
const BODY: [u16; 3] = [408, 413, 415];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Completes the document: descriptions of responses, errors as problems, and the responses of any request.
pub(super) fn complete(document: &utoipa::openapi::OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(document)?;
    document["servers"] = json!([{ "url": "/", "description": "This server." }]);
    // There are no accounts yet: only this machine is served.
    document["security"] = json!([]);
    apps_of(&mut document);
    document["components"]["responses"] = ANY.iter().chain(&BODY).chain(&[403]).map(|status| shared(*status)).collect();
    for path in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in METHODS {
            if let Some(operation) = path.get_mut(method) {
                operation_of(method, operation);
            }
        }
    }
    Ok(document)
}

/// What the answers of shared endpoints hold of an app stands under its name: an app that has a schema `…Offer` adds to
/// documents, one that has `…Choices` to the server's description.
fn apps_of(document: &mut Value) {
    for (view, suffix) in [("DocumentView", "Offer"), ("ConfigView", "Choices")] {
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
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        parameter_of(parameter);
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for (status, response) in responses.iter_mut() {
        response["description"] = status.parse().map_or("An answer.", description).into();
        // utoipa gives every body the JSON media type.
        let is_error = status.starts_with(['4', '5']);
        if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut).filter(|_| is_error)
            && let Some(problem) = content.remove("application/json")
        {
            content.insert("application/problem+json".to_owned(), problem);
        }
    }
    let of_body = BODY.iter().filter(|_| has_body);
    let of_change = [403].iter().filter(|_| method != "get");
    for status in ANY.iter().chain(of_body).chain(of_change) {
        responses
            .entry(status.to_string())
            .or_insert_with(|| json!({ "$ref": format!("#/components/responses/{}", name(*status)) }));
    }
}

/// Ids are UUIDs, and scene numbers start at 1.
fn parameter_of(parameter: &mut Value) {
    match parameter["name"].as_str() {
        Some("id") => {
            parameter["description"] = "The id that the server assigned.".into();
            parameter["schema"]["format"] = "uuid".into();
        }
        Some("n") => {
            parameter["description"] = "The number of the scene, from 1.".into();
            parameter["schema"] = json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": 100_000 });
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
        403 => "ForeignOrigin",
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
        403 => "The request comes from another origin.",
        404 => "Not found.",
        408 => "Timeout while waiting for the request body.",
        409 => "The current state does not allow this.",
        412 => "Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one.",
        413 => "The request is too large.",
        415 => "The media type of the body or of its file is not supported.",
        421 => "The request is for another host.",
        422 => "The request is well-formed, but cannot be fulfilled.",
        429 => "Too many requests: Retry-After says when the next one is accepted.",
        503 => "The database is unavailable.",
        507 => "The disk is full.",
        _ => "An internal error; the server's log has its cause under the request id.",
    }
}
