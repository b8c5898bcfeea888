//! JSON in what a model says, and schemas that a provider can enforce.

use serde_json::{Map, Value};

use super::assembly::without_thoughts;

/// The JSON of an answer, as text, if it is what the schema's outermost level asks for: an object with all that it requires. Words
/// and fences around it are left out. What is inside is for the caller to check.
pub(super) fn answer_of(text: &str, schema: &Value) -> Option<String> {
    let text = without_thoughts(text).trim();
    let whole = serde_json::from_str::<Value>(text).ok();
    let value = whole.or_else(|| outermost(text)).filter(|value| fits(value, schema))?;
    Some(value.to_string())
}

/// What stands between the first opening bracket and the last closing one.
fn outermost(text: &str) -> Option<Value> {
    let (start, end) = (text.find(['{', '['])?, text.rfind(['}', ']'])?);
    serde_json::from_str(text.get(start..=end)?).ok()
}

fn fits(value: &Value, schema: &Value) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    let has = |name: &Value| name.as_str().is_none_or(|name| value.get(name).is_some());
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => value.is_object() && required.is_none_or(|names| names.iter().all(has)),
        Some("array") => value.is_array(),
        _ => true,
    }
}

/// Whether a schema is one that OpenAI enforces strictly: the root is an object, and every object names all its properties as
/// required and no others as allowed. Any other is sent as a hint, rather than refused.
pub(super) fn is_strict(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object") && schema.get("anyOf").is_none() && keeps_to(schema)
}

/// Keywords that strict schemas cannot have.
const REFUSED: [&str; 10] = [
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "default",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
];

fn keeps_to(schema: &Value) -> bool {
    let Some(fields) = schema.as_object() else { return true };
    if REFUSED.iter().any(|name| fields.contains_key(*name)) {
        return false;
    }
    let inner = |name: &str| fields.get(name).and_then(Value::as_object).into_iter().flat_map(Map::values);
    let listed = fields.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let all = inner("properties").chain(inner("$defs")).chain(fields.get("items")).chain(listed);
    is_closed(fields) && all.into_iter().all(keeps_to)
}

fn is_closed(fields: &Map<String, Value>) -> bool {
    let Some(properties) = fields.get("properties").and_then(Value::as_object) else {
        return fields.get("type").and_then(Value::as_str) != Some("object");
    };
    let required: Vec<&str> =
        fields.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    fields.get("additionalProperties") == Some(&Value::Bool(false))
        && properties.keys().all(|name| required.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_found_in_what_is_said() {
        let schema = json!({ "type": "object", "required": ["a"] });
        for text in [
            "{\"a\":1}",
            " \n{\"a\": 1}",
            "```json\n{\"a\":1}\n```",
            "Here it is: {\"a\":1}. Anything else?",
            "<think>{</think>{\"a\":1}",
        ] {
            assert_eq!(answer_of(text, &schema).as_deref(), Some("{\"a\":1}"), "{text}");
        }
        for text in ["", "no", "{\"a\":", "{\"b\":1}", "[1]", "{\"a\":1} {\"a\":2}"] {
            assert_eq!(answer_of(text, &schema), None, "{text}");
        }
    }

    #[test]
    fn only_closed_schemas_are_strict() {
        let closed = |inner: Value| json!({ "type": "object", "properties": { "a": inner }, "required": ["a"], "additionalProperties": false });
        assert!(is_strict(&closed(json!({ "type": "string" }))));
        assert!(is_strict(&closed(json!({ "type": "array", "items": closed(json!({ "type": ["string", "null"] })) }))));
        for open in [
            json!({ "type": "object" }),
            json!({ "type": "array", "items": { "type": "string" } }),
            closed(json!({ "type": "object" })),
            closed(json!({ "type": "string", "default": "x" })),
            closed(json!({ "type": "array", "items": { "type": "object", "properties": { "b": {} } } })),
            json!({ "type": "object", "properties": { "a": {} }, "required": [], "additionalProperties": false }),
        ] {
            assert!(!is_strict(&open), "{open}");
        }
    }
}
