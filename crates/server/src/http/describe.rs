//! What every operation of the OpenAPI document has in common: it is added here, so that no handler repeats it.

use serde_json::{Map, Value, json};

/// Answers that any request may get.
const ANY: [u16; 4] = [400, 421, 500, 503];
/// Answers that any request with a body may get as well.
const BODY: [u16; 3] = [408, 413, 415];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Completes the document: descriptions of answers, errors as problems, and the answers that any request may get.
pub(super) fn complete(document: &utoipa::openapi::OpenApi) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(document)?;
    document["servers"] = json!([{ "url": "/", "description": "This server." }]);
    // There are no accounts yet: only this machine is answered.
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
        // utoipa gives every body the type of JSON.
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

/// Ids are UUIDs, and a scene's number counts from 1.
fn parameter_of(parameter: &mut Value) {
    match parameter["name"].as_str() {
        Some("id") => {
            parameter["description"] = "The id that the server gave.".into();
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
        200 => "What was asked for.",
        201 => "It was created.",
        202 => "It was accepted; the work goes on by itself.",
        204 => "It was done.",
        302 => "It is at the address in Location.",
        400 => "The request cannot be understood.",
        403 => "A web page from elsewhere sent the request.",
        404 => "There is no such thing.",
        408 => "The request's body stopped arriving.",
        409 => "It cannot be done in the present state.",
        413 => "The request is too large.",
        415 => "The body is of another type than expected, or its file is.",
        421 => "The request is for another host.",
        422 => "It is understood, and cannot be done as asked.",
        429 => "Too many requests: Retry-After says when the next one is accepted.",
        503 => "The database cannot be used now.",
        507 => "The disk is full.",
        _ => "The server is at fault; its log has the cause under the request's id.",
    }
}
