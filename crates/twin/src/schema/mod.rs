//! Structured answers: values that follow a JSON schema, with texts that stand in the prompt.

mod strict;

use serde_json::{Map, Value, json};

pub(crate) use strict::check_strict;

use crate::numbers::long;
use crate::source::Source;
use crate::state::hash;
use crate::text::Sentence;

/// The most levels that a value has; schemas may refer to themselves.
const DEPTH: usize = 12;
/// Members of a list that may have any number.
const MEMBERS: u64 = 4;
/// The most members of a list.
const MOST_MEMBERS: u64 = 64;

/// Makes a value. The sentences of the source are quoted in their order, each object has one of its own; lists go on until
/// the source's number of words is reached, and no further. With `invents` the quotations do not stand in the source.
pub(crate) fn generate(schema: &Value, source: &Source, seed: u64, invents: bool) -> Value {
    let mut maker = Maker { root: schema, source, seed, invents, next: 0, part: 0, made: 0, words: 0 };
    maker.value(schema, "", None, 0)
}

struct Maker<'a> {
    root: &'a Value,
    source: &'a Source,
    seed: u64,
    invents: bool,
    /// The next sentence to quote.
    next: usize,
    /// The next part to write again.
    part: usize,
    /// How many values were made.
    made: u64,
    /// How many words were written.
    words: u64,
}

impl<'a> Maker<'a> {
    fn value(&mut self, schema: &'a Value, name: &str, sentence: Option<&'a Sentence>, depth: usize) -> Value {
        let schema = self.resolve(schema);
        self.made += 1;
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.choose(values, name);
        }
        for either in ["anyOf", "oneOf"] {
            if let Some(all) = schema.get(either).and_then(Value::as_array) {
                return self.either(all, name, sentence, depth);
            }
        }
        match kind(schema, depth) {
            "object" => self.object(schema, depth),
            "array" => self.list(schema, name, sentence, depth),
            "integer" => self.whole(schema, name, sentence),
            "number" => self.number(schema, name),
            "boolean" => json!(self.hash(name).is_multiple_of(2)),
            "null" => Value::Null,
            _ => Value::String(self.string(schema, name, sentence)),
        }
    }

    /// Follows references within the schema.
    fn resolve(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..DEPTH {
            let Some(path) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#')) else {
                break;
            };
            let Some(target) = self.root.pointer(path) else { break };
            schema = target;
        }
        schema
    }

    fn hash(&self, name: &str) -> u64 {
        hash(self.seed, &["schema", name, &self.made.to_string()])
    }

    fn choose(&self, values: &[Value], name: &str) -> Value {
        let which = self.hash(name) % long(values.len()).max(1);
        usize::try_from(which).ok().and_then(|which| values.get(which)).cloned().unwrap_or_default()
    }

    /// The first that is not null, or null where it gets too deep.
    fn either(&mut self, all: &'a [Value], name: &str, sentence: Option<&'a Sentence>, depth: usize) -> Value {
        let is_null = |schema: &&Value| schema.get("type").and_then(Value::as_str) == Some("null");
        if depth >= DEPTH && all.iter().any(|schema| is_null(&schema)) {
            return Value::Null;
        }
        match all.iter().find(|schema| !is_null(schema)) {
            Some(schema) => self.value(schema, name, sentence, depth),
            None => Value::Null,
        }
    }

    fn object(&mut self, schema: &'a Value, depth: usize) -> Value {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return json!({}) };
        if let Some(part) = self.next_part(properties) {
            return part;
        }
        let sentence = self.source.sentence(None, self.next);
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, property) in properties {
            if depth < DEPTH || required.contains(&name.as_str()) {
                object.insert(name.clone(), self.value(property, name, sentence, depth + 1));
            }
        }
        Value::Object(object)
    }

    /// What is to be written again has its id.
    fn next_part(&mut self, properties: &Map<String, Value>) -> Option<Value> {
        if !properties.contains_key("id") || !properties.contains_key("text") {
            return None;
        }
        let (id, page) = self.source.parts.get(self.part)?;
        let sentence = self.source.sentence(*page, self.next)?;
        self.part += 1;
        self.next += 1;
        let text = if self.invents {
            invented(&sentence.text)
        } else if id.contains("title") || id.contains("heading") {
            first_words(&sentence.text, 6)
        } else if id.contains("question") {
            question(&sentence.text)
        } else {
            sentence.text.clone()
        };
        let mut part = Map::new();
        part.insert("id".to_owned(), json!(id));
        part.insert("text".to_owned(), json!(text));
        if properties.contains_key("page") {
            part.insert("page".to_owned(), json!(page.unwrap_or(0)));
        }
        Some(Value::Object(part))
    }

    fn list(&mut self, schema: &'a Value, name: &str, sentence: Option<&'a Sentence>, depth: usize) -> Value {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let least = bound("minItems").unwrap_or(0);
        let wanted = match depth {
            DEPTH.. => 0,
            5.. => 1,
            _ => MEMBERS,
        };
        let items = schema.get("items").unwrap_or(&Value::Null);
        let of_objects = kind(self.resolve(items), depth) == "object";
        // What an object says about its one sentence has one member.
        let wanted = if of_objects || sentence.is_none() { wanted } else { wanted.min(1) };
        let parts = long(self.source.parts.len());
        let wanted = if of_objects && parts > 0 { parts } else { wanted };
        let most = bound("maxItems").unwrap_or(MOST_MEMBERS).min(MOST_MEMBERS);
        let count = wanted.max(least).min(most);
        let mut list = Vec::new();
        // The outermost list of objects is the one that makes the answer as long as it shall be.
        let goes_on = |maker: &Self| of_objects && depth <= 1 && parts == 0 && maker.words < maker.source.words;
        // Other lists end with it, too, once they have something.
        let is_enough = |maker: &Self| maker.source.words > 0 && maker.words >= maker.source.words && parts == 0;
        while long(list.len()) < count || (goes_on(self) && long(list.len()) < most) {
            if is_enough(self) && long(list.len()) >= least.max(1) {
                break;
            }
            let before = self.next;
            list.push(self.value(items, name, sentence, depth + 1));
            // Lists within have moved on already.
            self.next = self.next.max(before + 1);
        }
        Value::Array(list)
    }

    fn whole(&self, schema: &Value, name: &str, sentence: Option<&Sentence>) -> Value {
        let name = name.to_ascii_lowercase();
        let said = sentence.and_then(|sentence| {
            if name.contains("page") || name.contains("passage") {
                sentence.page
            } else if ["sentence", "source", "number", "line", "id"].iter().any(|word| name.contains(word)) {
                sentence.number
            } else {
                None
            }
        });
        let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
        let lowest = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1));
        // Passages are counted from 0.
        let least = lowest.unwrap_or(i64::from(said != Some(0)));
        let highest = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1));
        let quoted = said.and_then(|said| i64::try_from(said).ok());
        let most = highest.unwrap_or(least.max(quoted.unwrap_or(9)));
        let step = bound("multipleOf").unwrap_or(1).max(1);
        let value = quoted.unwrap_or_else(|| {
            let spread = u64::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
            least.saturating_add(i64::try_from(self.hash(&name) % spread).unwrap_or(0))
        });
        let value = value.clamp(least, most.max(least));
        json!(value.div_euclid(step).saturating_mul(step).max(least))
    }

    fn number(&self, schema: &Value, name: &str) -> Value {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 0.001)).unwrap_or(0.0);
        let most =
            bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 0.001)).unwrap_or(least + 1.0);
        json!(least + (most - least).max(0.0) * crate::numbers::unit(self.hash(name)))
    }

    fn string(&mut self, schema: &Value, name: &str, sentence: Option<&Sentence>) -> String {
        if let Some(format) = schema.get("format").and_then(Value::as_str) {
            return formatted(format).to_owned();
        }
        let lower = name.to_ascii_lowercase();
        let text = match sentence {
            _ if matches!(lower.as_str(), "language" | "lang" | "language_code") => "en".to_owned(),
            Some(sentence) if self.invents => {
                let text = invented(&sentence.text);
                self.words += long(text.split_whitespace().count());
                text
            }
            // A heading quotes, too: its words stand where the sentence does.
            Some(sentence) if ["title", "heading", "headline", "topic"].iter().any(|word| lower.contains(word)) => {
                first_words(&sentence.text, 6)
            }
            Some(sentence) if lower.contains("question") => question(&sentence.text),
            Some(sentence) => {
                self.words += long(sentence.text.split_whitespace().count());
                sentence.text.clone()
            }
            None => "The lamp was lit.".to_owned(),
        };
        fit(text, schema)
    }
}

/// What stands nowhere.
fn invented(text: &str) -> String {
    format!("{text} In 1957 there were 4711 of them, said Ambrose Quillfeather.")
}

fn first_words(text: &str, count: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().take(count).collect();
    words.join(" ").trim_end_matches(|character: char| !character.is_alphanumeric()).to_owned()
}

/// A question in the words of a sentence.
fn question(text: &str) -> String {
    let mark = if text.chars().any(|character| ('\u{0600}'..='\u{06ff}').contains(&character)) { '؟' } else { '?' };
    format!("{}{mark}", first_words(text, 12))
}

/// As long as the schema says.
fn fit(text: String, schema: &Value) -> String {
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
    let mut text = text;
    if let Some(most) = bound("maxLength") {
        text = text.chars().take(most).collect();
    }
    let missing = bound("minLength").unwrap_or(0).min(100_000).saturating_sub(text.chars().count());
    text.push_str(&".".repeat(missing));
    text
}

/// The kind of a value: the first that is not null, unless it gets too deep.
fn kind(schema: &Value, depth: usize) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut names = kinds.iter().filter_map(Value::as_str);
            if depth >= DEPTH && names.clone().any(|kind| kind == "null") {
                return "null";
            }
            names.find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ => "string",
    }
}

fn formatted(format: &str) -> &'static str {
    match format {
        "date-time" => "2026-01-02T03:04:05Z",
        "date" => "2026-01-02",
        "time" => "03:04:05Z",
        "duration" => "PT1H",
        "email" => "keeper@example.org",
        "hostname" => "example.org",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uuid" => "019ab2c4-0000-7000-8000-000000000001",
        "uri" => "https://example.org/",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str =
        "Task: quote.\nPage 1\nThe tower is 35 m high.\nPage 2\nIt was built in 1811. The lamp burns oil.";

    fn script() -> Value {
        json!({ "type": "object", "required": ["title", "scenes"], "properties": {
            "title": { "type": "string" },
            "scenes": { "type": "array", "minItems": 3, "items": { "$ref": "#/$defs/scene" } },
        }, "$defs": { "scene": { "type": "object", "properties": {
            "sentence": { "type": "string" }, "page": { "type": "integer" },
            "mood": { "enum": ["calm", "stormy"] }, "note": { "type": ["null", "string"], "maxLength": 5 },
        } } } })
    }

    #[test]
    fn each_object_quotes_a_sentence_with_its_page() {
        let value = generate(&script(), &Source::of(PROMPT, PROMPT), 7, false);
        let quoted: Vec<(&str, u64)> = value["scenes"]
            .as_array()
            .unwrap()
            .iter()
            .take(3)
            .map(|scene| (scene["sentence"].as_str().unwrap(), scene["page"].as_u64().unwrap()))
            .collect();
        assert_eq!(quoted, [("The tower is 35 m high.", 1), ("It was built in 1811.", 2), ("The lamp burns oil.", 2)]);
        assert_eq!(value["title"], "The tower is 35 m high");
        assert_eq!(value["scenes"][0]["note"], "The t");
        assert_eq!(value, generate(&script(), &Source::of(PROMPT, PROMPT), 7, false), "the same seed, the same answer");
    }

    #[test]
    fn an_invention_does_not_stand_in_the_source() {
        let value = generate(&script(), &Source::of(PROMPT, PROMPT), 7, true);
        assert!(!PROMPT.contains(value["scenes"][0]["sentence"].as_str().unwrap()));
    }

    #[test]
    fn who_makes_things_up_does_so_when_asked_again() {
        let schema = json!({ "type": "object", "properties": { "parts": { "type": "array", "items": {
            "type": "object", "properties": { "id": { "type": "string" }, "text": { "type": "string" }, "page": { "type": "integer" } },
        } } } });
        let asked = "{\"refused\":[{\"id\":\"scene 1 sentence 1\",\"text\":\"x\",\"page\":2,\"refused\":\"why\"}],\"pages\":[{\"page\":2,\"text\":\"The lamp burns clean oil.\"}]}";
        let said = |invents| generate(&schema, &Source::of(asked, asked), 7, invents)["parts"][0]["text"].clone();
        assert_eq!(said(false), "The lamp burns clean oil.");
        assert!(said(true).as_str().unwrap().contains("Quillfeather"), "{}", said(true));
    }

    #[test]
    fn a_summary_names_the_passages_that_it_quotes_and_is_short() {
        let item = json!({ "type": "object", "properties": {
            "text": { "type": "string" }, "passages": { "type": "array", "items": { "type": "integer" } },
        } });
        let list = json!({ "type": "array", "items": item });
        let schema = json!({ "type": "object", "properties": { "overview": list, "decisions": list } });
        let text = |n: u32| format!("Number {n} of the boats sails on Monday.");
        let passages: Vec<Value> =
            (0..400).map(|n| json!({ "passage": n, "speaker": null, "text": text(n) })).collect();
        let asked = json!({ "passages": passages }).to_string();
        let made = generate(&schema, &Source::of(&asked, &asked), 7, false);
        assert!(made.to_string().len() < 2_000, "{made}");
        for list in ["overview", "decisions"] {
            for item in made[list].as_array().unwrap() {
                let passage = u32::try_from(item["passages"][0].as_u64().unwrap()).unwrap();
                assert_eq!((&item["text"], item["passages"].as_array().unwrap().len()), (&json!(text(passage)), 1));
            }
        }
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let tree = json!({ "type": "object", "properties": {
            "name": { "type": "string" },
            "children": { "type": "array", "maxItems": 1, "items": { "$ref": "#" } },
            "parent": { "anyOf": [{ "$ref": "#" }, { "type": "null" }] },
        } });
        assert!(generate(&tree, &Source::default(), 1, false)["children"].is_array());
    }

    #[test]
    fn numbers_keep_their_bounds() {
        let schema = json!({ "type": "object", "properties": {
            "share": { "type": "number", "minimum": 0.25, "maximum": 0.5 },
            "even": { "type": "integer", "minimum": 3, "maximum": 9, "multipleOf": 3 },
        } });
        for seed in 0..50 {
            let value = generate(&schema, &Source::default(), seed, false);
            assert!((0.25..=0.5).contains(&value["share"].as_f64().unwrap()));
            let even = value["even"].as_i64().unwrap();
            assert!((3..=9).contains(&even) && even % 3 == 0);
        }
    }
}
