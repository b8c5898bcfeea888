//! What the reader of TOML says of a value, in the words of the other mistakes: its own are those of a programming language.

use super::problem::{Place, Problem, nearest};

/// The mistake that a message of the reader is about.
pub(super) fn problem(place: Place, key: &str, message: &str) -> Problem {
    if let Some(name) = message.strip_prefix("missing field ") {
        return Problem::new(place, key, format!("{} is missing", bare(name)));
    }
    let Some((what, expected)) = message.split_once(", expected ") else { return Problem::new(place, key, message) };
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let named = |prefix: &str| what.strip_prefix(prefix).map(bare);
    let one_of = |found: String, name: &str| {
        let nearest = nearest(name, known.iter().copied());
        Problem::new(place.clone(), key, found).expected(format!("one of {}", known.join(", "))).nearest(nearest)
    };
    if let Some(name) = named("unknown field ") {
        return one_of(format!("{name} is no key of this table"), name);
    }
    if let Some(name) = named("unknown variant ") {
        return one_of(format!("\"{name}\" is not allowed"), name);
    }
    match named("invalid type: ").or_else(|| named("invalid value: ")) {
        Some(found) => Problem::new(place, key, format!("found {}", found.replace('`', ""))).expected(kind(expected)),
        None => Problem::new(place, key, message),
    }
}

/// Without the quotation marks of code.
fn bare(name: &str) -> &str {
    name.trim_matches('`')
}

/// A kind of value, as the file has it.
fn kind(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "an integer that is not negative",
        "i8" | "i16" | "i32" | "i64" => "an integer",
        "f32" | "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_reader_are_those_of_the_file() {
        for (message, said) in [
            ("missing field `provider`", "provider is missing"),
            (
                "unknown field `colour`, expected one of `kind`, `colours`",
                "colour is no key of this table; expected one of kind, colours; did you mean colours?",
            ),
            ("unknown field `colour`, expected `kind`", "colour is no key of this table; expected one of kind"),
            (
                "unknown variant `opnai`, expected `openai` or `d-id`",
                "\"opnai\" is not allowed; expected one of openai, d-id; did you mean openai?",
            ),
            ("invalid type: string \"yes\", expected a boolean", "found string \"yes\"; expected true or false"),
            ("invalid type: integer `2`, expected a string", "found integer 2; expected a string"),
            ("invalid type: integer `2`, expected struct Cap", "found integer 2; expected a table"),
            ("invalid value: integer `-1`, expected u64", "found integer -1; expected an integer that is not negative"),
            ("\"x\" is no SHA-256", "\"x\" is no SHA-256"),
        ] {
            assert_eq!(problem(Place::Default, "", message).to_string(), format!("default: {said}"));
        }
    }
}
