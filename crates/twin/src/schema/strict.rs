//! What strict structured output accepts of JSON schema.

use serde_json::Value;

/// The most properties of all objects together.
const PROPERTIES: usize = 5_000;
/// The most levels of objects and lists.
const LEVELS: usize = 10;
/// What is not understood.
const REFUSED: [&str; 9] = [
    "allOf",
    "not",
    "oneOf",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "default",
    "patternProperties",
    "propertyNames",
];

/// Refuses a schema as the provider does; the message is without its beginning, which names the format.
pub(crate) fn check_strict(schema: &Value) -> Result<(), String> {
    if schema.get("anyOf").is_some() || schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err("schema must be a JSON Schema of 'type: \"object\"', got something else.".to_owned());
    }
    let mut properties = 0;
    check(schema, "()", 1, &mut properties)
}

fn check(schema: &Value, at: &str, level: usize, properties: &mut usize) -> Result<(), String> {
    if level > LEVELS {
        return Err(format!("In context={at}, the schema is nested too deeply: more than {LEVELS} levels."));
    }
    if let Some(word) = REFUSED.iter().find(|word| schema.get(**word).is_some()) {
        return Err(format!("In context={at}, '{word}' is not permitted."));
    }
    let definitions = schema.get("$defs").and_then(Value::as_object).into_iter().flat_map(|all| all.values());
    let parts = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten().chain(definitions);
    for part in parts {
        check(part, at, level, properties)?;
    }
    if let Some(items) = schema.get("items") {
        check(items, &format!("{at}.items"), level + 1, properties)?;
    }
    let named = schema.get("properties").and_then(Value::as_object);
    if schema.get("type").and_then(Value::as_str) == Some("object") || named.is_some() {
        if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Err(format!("In context={at}, 'additionalProperties' is required to be supplied and to be false."));
        }
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in named.into_iter().flatten() {
            *properties += 1;
            if *properties > PROPERTIES {
                return Err(format!("The schema has more than {PROPERTIES} properties."));
            }
            if !required.contains(&name.as_str()) {
                return Err(format!(
                    "In context={at}, 'required' is required to be supplied and to be an array including every key in \
                     properties. Missing '{name}'."
                ));
            }
            check(property, &format!("{at}.properties.{name}"), level + 1, properties)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_strict_is_refused() {
        let open = json!({ "type": "object", "properties": {} });
        assert!(check_strict(&open).unwrap_err().contains("'additionalProperties' is required"));
        let optional = json!({ "type": "object", "additionalProperties": false, "required": [], "properties": { "x": { "type": "string" } } });
        assert!(check_strict(&optional).unwrap_err().contains("Missing 'x'"));
        let closed = json!({ "type": "object", "additionalProperties": false, "required": ["x"], "properties": { "x": { "type": "string" } } });
        assert_eq!(check_strict(&closed), Ok(()));
    }
}
