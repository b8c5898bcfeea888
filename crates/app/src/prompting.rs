//! What every prompt has: data that a model must not take for instructions.

use serde_json::Value;

/// JSON between two lines with a hash of it: no text contains the hash of what contains it. The angle brackets are escaped,
/// so that no text is taken for a special token of a model.
pub(crate) fn fenced(data: &Value) -> String {
    let text = data.to_string().replace('<', "\\u003c").replace('>', "\\u003e");
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let mark = hash.get(..16).unwrap_or_default();
    format!("DATA {mark}\n{text}\nDATA {mark} END")
}

/// On one line, so that what a model answered cannot look like a part of the prompt.
pub(crate) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(1_000).collect()
}
