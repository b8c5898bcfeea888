//! `/docs`: the API as a page, rendered from the OpenAPI document at the start of the process. It needs no script, so that it
//! works under the page's content security policy, and nothing from elsewhere.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::entity_tags;

const STYLE: &str = include_str!("docs.css");

/// Marks a response that is compressed on the fly: it holds no secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compressible;

/// The rendered page and its entity tag.
#[derive(Clone)]
pub(crate) struct Docs {
    page: Arc<str>,
    etag: Arc<str>,
}

impl Docs {
    /// Renders a document.
    pub(crate) fn of(document: &Value) -> Self {
        let page = page(document).into_string();
        let etag = format!("W/\"{}\"", &hex::encode(Sha256::digest(&page))[..32]);
        Self { page: page.into(), etag: etag.into() }
    }

    /// The page; nothing for who has it already.
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response {
        let same = entity_tags::is_known(asked, &self.etag);
        let mut response =
            if same { StatusCode::NOT_MODIFIED.into_response() } else { Html(self.page.to_string()).into_response() };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, etag);
        }
        response.extensions_mut().insert(Compressible);
        response
    }
}

/// An operation with its method and path.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    is: &'a Value,
}

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

fn operations<'a>(document: &'a Value, tag: &str) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    for (path, of_path) in fields(&document["paths"]) {
        for method in METHODS {
            let is = &of_path[method];
            if is["tags"].as_array().is_some_and(|tags| tags.iter().any(|name| name == tag)) {
                found.push(Operation { method, path, is });
            }
        }
    }
    found
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn page(document: &Value) -> Markup {
    let (title, version) = (text(&document["info"]["title"]), text(&document["info"]["version"]));
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                title { "API · " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header {
                    a.brand href="/" { (title) }
                    span { "API " (version) }
                    a.end href="/api/v1/openapi.json" { "openapi.json" }
                }
                div.columns {
                    (navigation(document))
                    main #main tabindex="-1" {
                        h1 { (title) " API" }
                        p { (prose(text(&document["info"]["description"]))) }
                        (sign_in(document))
                        @for tag in items(&document["tags"]) { (section(document, tag)) }
                        section #schemas {
                            h2 { "Schemas" }
                            @for (name, schema) in fields(&document["components"]["schemas"]) { (named(name, schema)) }
                        }
                    }
                }
            }
        }
    }
}

fn navigation(document: &Value) -> Markup {
    html! {
        nav aria-label="Operations" tabindex="0" {
            details {
                summary { "Operations" }
                @for tag in items(&document["tags"]) {
                    @let name = text(&tag["name"]);
                    a.group href={ "#" (name) } { (name) }
                    ul {
                        @for operation in operations(document, name) {
                            li {
                                a href={ "#" (text(&operation.is["operationId"])) } {
                                    (method(operation.method)) " " span { (words(text(&operation.is["operationId"]))) }
                                }
                            }
                        }
                    }
                }
                a.group href="#schemas" { "schemas" }
            }
        }
    }
}

/// An operation's id as words: `start_reel` is "start reel".
fn words(id: &str) -> String {
    id.replace('_', " ")
}

fn method(name: &str) -> Markup {
    html! { b.method.(name) { (name.to_uppercase()) } }
}

fn sign_in(document: &Value) -> Markup {
    html! {
        h2 #authentication { "Authentication" }
        dl {
            @for (name, scheme) in fields(&document["components"]["securitySchemes"]) {
                dt { (name) }
                dd { (prose(text(&scheme["description"]))) }
            }
        }
        pre tabindex="0" { code { "curl -H \"Authorization: Bearer $SLUICE_TOKEN\" http://127.0.0.1:8080/api/v1/jobs" } }
        p { "In single-user mode, requests from this machine need neither." }
    }
}

fn section(document: &Value, tag: &Value) -> Markup {
    let name = text(&tag["name"]);
    html! {
        section #(name) {
            h2 { (name) }
            p { (prose(text(&tag["description"]))) "." }
            @for operation in operations(document, name) { (described(document, &operation)) }
        }
    }
}

fn described(document: &Value, operation: &Operation<'_>) -> Markup {
    let Operation { method: name, path, is } = operation;
    let public = items(&is["security"]).any(|way| way.as_object().is_some_and(Map::is_empty));
    html! {
        article #(text(&is["operationId"])) {
            h3 {
                (method(name)) " " code.path { (path) }
                a.anchor href={ "#" (text(&is["operationId"])) } aria-label={ "Link to " (words(text(&is["operationId"]))) } { "#" }
            }
            p { (prose(text(&is["summary"]))) }
            p { (prose(text(&is["description"]))) }
            @if public { p.note { "Needs no authentication." } }
            (parameters(&is["parameters"]))
            @for (kind, content) in fields(&is["requestBody"]["content"]) {
                h4 { "Body " code { (kind) } }
                (shape(&content["schema"]))
            }
            h4 { "Responses" }
            (responses(document, &is["responses"]))
        }
    }
}

fn parameters(all: &Value) -> Markup {
    html! {
        @if items(all).next().is_some() {
            h4 { "Parameters" }
            div.table tabindex="0" role="group" aria-label="Parameters" {
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "In" } th scope="col" { "Type" } th scope="col" { "Description" } } }
                    tbody {
                        @for one in items(all) {
                            tr {
                                th scope="row" { code { (text(&one["name"])) } (required(one["required"] == true)) }
                                td { (text(&one["in"])) }
                                td { (kind(&one["schema"])) }
                                td { (prose(text(&one["description"]))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn required(yes: bool) -> Markup {
    html! { @if yes { " " small { "required" } } }
}

fn responses(document: &Value, all: &Value) -> Markup {
    let resolve = |response: &Value| match response["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        Some(name) => document["components"]["responses"][name].clone(),
        None => response.clone(),
    };
    html! {
        ul.responses {
            @for (status, response) in fields(all) {
                @let response = resolve(response);
                li {
                    b.status { (status) } " " (prose(text(&response["description"])))
                    @for (_, content) in fields(&response["content"]).filter(|(_, content)| !content["schema"].is_null()) {
                        " " (kind(&content["schema"]))
                    }
                }
            }
        }
    }
}

fn named(name: &str, schema: &Value) -> Markup {
    html! {
        article.schema #{ "schema-" (name) } {
            h3 { (name) }
            p { (prose(text(&schema["description"]))) }
            (shape(schema))
        }
    }
}

/// The properties of an object, or what else it is.
fn shape(schema: &Value) -> Markup {
    let required_ones: Vec<&str> = items(&schema["required"]).map(text).collect();
    html! {
        @if fields(&schema["properties"]).next().is_none() {
            p { (kind(schema)) }
        } @else {
            div.table tabindex="0" role="group" aria-label="Properties" {
                table {
                    thead { tr { th scope="col" { "Property" } th scope="col" { "Type" } th scope="col" { "Description" } } }
                    tbody {
                        @for (name, property) in fields(&schema["properties"]) {
                            tr {
                                th scope="row" { code { (name) } (required(required_ones.contains(&name.as_str()))) }
                                td { (kind(property)) }
                                td { (prose(description(property))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Its own description, or that of the alternative which has one.
fn description(schema: &Value) -> &str {
    let own = text(&schema["description"]);
    if own.is_empty() {
        items(&schema["oneOf"]).map(|one| text(&one["description"])).max().unwrap_or_default()
    } else {
        own
    }
}

/// The type of a value, with links to schemas that have a name.
fn kind(schema: &Value) -> Markup {
    if let Some(name) = schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    let alternatives = items(&schema["oneOf"]).chain(items(&schema["anyOf"])).chain(items(&schema["allOf"]));
    let alternatives: Vec<&Value> = alternatives.collect();
    if !alternatives.is_empty() {
        return html! { @for (n, one) in alternatives.iter().enumerate() { @if n > 0 { " or " } (kind(one)) } };
    }
    if items(&schema["enum"]).next().is_some() {
        return html! { @for (n, one) in items(&schema["enum"]).enumerate() { @if n > 0 { " " } code { (plain(one)) } } };
    }
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        several => items(several).map(text).collect(),
    };
    html! {
        @for (n, one) in types.iter().enumerate() {
            @if n > 0 { " or " }
            @if *one == "array" { "list of " (kind(&schema["items"])) } @else { (one) }
        }
        @if types.is_empty() { "any" }
        @if let Some(format) = schema["format"].as_str() { " " small { (format) } }
        (bounds(schema))
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn bounds(schema: &Value) -> Markup {
    const NAMES: [(&str, &str); 6] = [
        ("minimum", "from "),
        ("maximum", "to "),
        ("minLength", "at least "),
        ("maxLength", "at most "),
        ("minItems", "at least "),
        ("maxItems", "at most "),
    ];
    html! {
        @for (name, word) in NAMES {
            @if !schema[name].is_null() { ", " small { (word) (plain(&schema[name])) } }
        }
    }
}

/// A description: what stands between backticks is code.
fn prose(text: &str) -> Markup {
    html! { @for (n, part) in text.split('`').enumerate() { @if n % 2 == 1 { code { (part) } } @else { (part) } } }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_are_said_in_words() {
        let of = |schema: Value| kind(&schema).into_string();
        assert_eq!(of(json!({ "type": ["string", "null"] })), "string or null");
        assert_eq!(
            of(json!({ "type": "array", "items": { "$ref": "#/components/schemas/Reel" } })),
            "list of <a href=\"#schema-Reel\">Reel</a>"
        );
        assert_eq!(
            of(json!({ "oneOf": [{ "type": "integer", "minimum": 1 }, { "type": "null" }] })),
            "integer, <small>from 1</small> or null"
        );
        assert_eq!(of(json!({ "enum": ["a", 1] })), "<code>a</code> <code>1</code>");
        assert_eq!(prose("see `a<b` & c").into_string(), "see <code>a&lt;b</code> &amp; c");
    }
}
